//! The set-up pages: mysignins in three generations, the interrupt look, and proofup.aspx.

use super::hosts::Family;
use super::{Field, FieldKind, Mark, Method, Observation, State, texts};

pub(super) fn read(family: Family, seen: &Observation, before: Option<State>) -> State {
    if seen.shows(Mark::SetUpError) {
        return State::SetUpError;
    }
    if seen.manual.is_some() {
        return State::SetUpManual;
    }
    if seen.field.is_some_and(|field| asks_for_code(field, family, seen, before)) {
        return State::SetUpCode;
    }
    if seen.shows(Mark::QrToggle) || shows_qr(seen, before) {
        return State::SetUpQr;
    }
    if seen.shows(Mark::Install) {
        return State::SetUpInstall;
    }
    if seen.shows(Mark::Instructions) {
        return State::SetUpInstructions;
    }
    // The dialog that asks for a telephone number has a list too, of countries.
    if seen.shows(Mark::SetUpPicker) && seen.field.is_none() {
        return State::SetUpPicker;
    }
    if is_done(seen, before) {
        return State::SetUpDone;
    }
    // The older generations have no marks of their own; the link to another app stands in one step alone.
    if seen.shows(Mark::OtherApp) || installs_microsofts(seen) {
        return State::SetUpInstall;
    }
    // And the step between that one and the QR code is the one with nothing but a button.
    let follows_install = matches!(before, Some(State::SetUpInstall | State::SetUpInstructions));
    if follows_install && seen.shows(Mark::Dialog) && seen.shows(Mark::NextStep) && seen.field.is_none() {
        return State::SetUpInstructions;
    }
    if seen.shows(Mark::SetUpList) && !seen.shows(Mark::Dialog) {
        return State::SecurityInfo;
    }
    State::Unknown
}

/// The older generations' step where the link to another app may be missing: it is headed by the name of
/// Microsoft's own app, which is the same in every language, and leads to where that is downloaded.
fn installs_microsofts(seen: &Observation) -> bool {
    let is_headed = seen.title.as_deref() == Some("Microsoft Authenticator");
    is_headed && seen.shows(Mark::Download) && seen.shows(Mark::NextStep) && seen.field.is_none()
}

/// Older generations ask for telephone numbers and the codes sent to them in the same nameless field.
fn asks_for_code(field: Field, family: Family, seen: &Observation, before: Option<State>) -> bool {
    if field.kind == FieldKind::Verification {
        return true;
    }
    let said = [&seen.sentence, &seen.title].into_iter().flatten().find_map(|text| texts::method(text));
    let came_from_secret = matches!(before, Some(State::SetUpQr | State::SetUpManual | State::SetUpCode));
    let lists = seen.shows(Mark::SetUpPicker);
    field.kind == FieldKind::Dialog
        && match said {
            Some(method) => method == Method::AppCode,
            // What comes after the QR code on the pages of personal accounts is not known.
            None => came_from_secret && !lists && family == Family::SetUp,
        }
}

/// The QR code without a mark of its own: a picture in the steps that lead to it.
fn shows_qr(seen: &Observation, before: Option<State>) -> bool {
    let leads_here = matches!(before, Some(State::SetUpQr | State::SetUpManual | State::SetUpCode));
    seen.picture && leads_here
}

/// After the confirming code comes either a step back, which shows the secret
/// again and was caught above, or a step that is none of the known ones and leads on.
fn is_done(seen: &Observation, before: Option<State>) -> bool {
    let is_over = seen.field.is_none() && seen.shows(Mark::NextStep) && !seen.picture;
    seen.shows(Mark::Dialog)
        && (before == Some(State::SetUpDone)
            || before == Some(State::SetUpCode) && is_over && !seen.shows(Mark::OtherApp))
}
