//! The set-up pages: mysignins in three generations, the interrupt look, and proofup.aspx.

use super::hindrance;
use super::hosts::Family;
use super::links::{OtherApp, other_app};
use super::rules::Rules;
use super::{Field, FieldKind, Mark, Method, Observation, State};

pub(super) fn read(
    rules: &Rules,
    family: Family,
    seen: &Observation,
    before: Option<State>,
) -> (State, Option<Method>) {
    if seen.shows(Mark::SetUpError) {
        return (State::SetUpError, None);
    }
    if seen.manual.is_some() {
        return (State::SetUpManual, None);
    }
    if family == Family::SetUp && hindrance::campaign(rules, seen).is_some() {
        return (State::SetUpCampaign, None);
    }
    let asked = seen.field.and_then(|field| asked(rules, field, family, seen, before));
    asked.unwrap_or_else(|| (step(rules, seen, before), None))
}

/// Which of the steps without a field for a code.
fn step(rules: &Rules, seen: &Observation, before: Option<State>) -> State {
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
    if is_done(rules, seen, before) {
        return State::SetUpDone;
    }
    // The older generations have no marks of their own.
    if installs_microsofts(seen) || leads_to_other_app(rules, seen) {
        return State::SetUpInstall;
    }
    if is_instructions(rules, seen, before) {
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

/// The link to another app stands in one step alone, the one that speaks of Microsoft's own.
fn leads_to_other_app(rules: &Rules, seen: &Observation) -> bool {
    let names_microsofts = |text: &String| text.contains("Microsoft Authenticator");
    let speaks_of_it = [&seen.title, &seen.sentence].into_iter().flatten().any(names_microsofts);
    matches!(other_app(rules, seen), OtherApp::Is(_)) && (speaks_of_it || seen.shows(Mark::Download))
}

/// The older generations' step between that one and the QR code: nothing but a button, and a word about the app.
fn is_instructions(rules: &Rules, seen: &Observation, before: Option<State>) -> bool {
    let follows_install = matches!(before, Some(State::SetUpInstall | State::SetUpInstructions));
    let is_bare = seen.shows(Mark::Dialog) && seen.shows(Mark::NextStep) && seen.field.is_none();
    follows_install && is_bare && says(rules, seen, Rules::names_app) && !says(rules, seen, Rules::names_other_method)
}

fn says(rules: &Rules, seen: &Observation, what: fn(&Rules, &str) -> bool) -> bool {
    [&seen.title, &seen.sentence].into_iter().flatten().any(|text| what(rules, text))
}

/// What a step with a field asks for. The same field takes the app's code, codes that were sent, and in the
/// older generations telephone numbers, so it is the app's only where something beside the field says so, or
/// where it follows the secret; and never where something speaks against it.
fn asked(
    rules: &Rules,
    field: Field,
    family: Family,
    seen: &Observation,
    before: Option<State>,
) -> Option<(State, Option<Method>)> {
    match field.kind {
        FieldKind::Verification | FieldKind::Dialog => {}
        FieldKind::Telephone | FieldKind::Address => return Some((State::SetUpOtherMethod, None)),
        FieldKind::Otc | FieldKind::Split | FieldKind::Short | FieldKind::Adfs => return None,
    }
    // A device's own code, asked for in the same dialog: an account is that device only where it has its serial number.
    if is_hardware(rules, seen) {
        return Some((hardware(rules, family, seen), None));
    }
    // An app's code was sent to no address.
    let names_address = seen.sentence.as_deref().is_some_and(|sentence| sentence.contains('@'));
    let said = rules.heard(seen).filter(|said| !names_address || *said != Method::AppCode);
    let came_from_secret = matches!(before, Some(State::SetUpQr | State::SetUpManual | State::SetUpCode));
    // In a language that is known, it would have been understood.
    let is_foreign = || seen.sentence.is_some() && seen.language.as_deref().is_some_and(|tag| !rules.knows(tag));
    match said.or(names_address.then_some(Method::Email)) {
        Some(Method::AppCode) => Some((State::SetUpCode, Some(Method::AppCode))),
        Some(other) => Some((State::SetUpOtherMethod, Some(other))),
        // What comes after the QR code on the pages of personal accounts is not known.
        None if came_from_secret && is_foreign() && !seen.shows(Mark::SetUpPicker) && family == Family::SetUp => {
            Some((State::SetUpCode, Some(Method::AppCode)))
        }
        // A code it is, but nobody says which.
        None if field.kind == FieldKind::Verification => Some((State::Code, None)),
        None => None,
    }
}

/// What the dialog for such a device asks for, where its words name one thing and nothing speaks against it. What it is
/// called, and whatever else there may be, is the person's.
fn hardware(rules: &Rules, family: Family, seen: &Observation) -> State {
    let is_its_own = family == Family::SetUp && rules.heard(seen).is_none() && !says(rules, seen, Rules::names_app);
    match (says(rules, seen, Rules::names_serial), says(rules, seen, Rules::names_code)) {
        (true, false) if is_its_own => State::SetUpSerial,
        (false, true) if is_its_own => State::SetUpTokenCode,
        _ => State::SetUpOtherMethod,
    }
}

/// The QR code without a mark of its own: a picture in the steps that lead to it.
fn shows_qr(seen: &Observation, before: Option<State>) -> bool {
    let leads_here = matches!(before, Some(State::SetUpQr | State::SetUpManual | State::SetUpCode));
    seen.picture && leads_here
}

/// After the confirming code comes either a step back, which shows the secret
/// again and was caught above, or a step that is none of the known ones and leads on.
fn is_done(rules: &Rules, seen: &Observation, before: Option<State>) -> bool {
    let is_over = seen.field.is_none() && seen.shows(Mark::Dialog) && seen.shows(Mark::NextStep) && !seen.picture;
    let follows_code = matches!(before, Some(State::SetUpCode | State::SetUpTokenCode | State::SetUpDone));
    follows_code && is_over && !leads_to_other_app(rules, seen) && !says(rules, seen, Rules::names_other_method)
}

/// Whether the step is about a device that shows codes of its own.
pub(super) fn is_hardware(rules: &Rules, seen: &Observation) -> bool {
    says(rules, seen, Rules::names_hardware)
}

/// Whether the last step says itself that it is one, beside following the code.
pub(super) fn says_done(rules: &Rules, seen: &Observation) -> bool {
    says(rules, seen, Rules::says_done) || says(rules, seen, Rules::names_app)
}
