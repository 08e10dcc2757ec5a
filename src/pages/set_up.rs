//! The set-up pages: mysignins in three generations, the interrupt look, and proofup.aspx.

use super::{FieldKind, Mark, Method, Observation, State, texts};

pub(super) fn read(seen: &Observation, before: Option<State>) -> State {
    if seen.shows(Mark::SetUpError) {
        return State::SetUpError;
    }
    if seen.manual.is_some() {
        return State::SetUpManual;
    }
    if let Some(field) = seen.field {
        match field.kind {
            FieldKind::Verification => return State::SetUpCode,
            // Older generations ask for phone numbers and SMS codes in the same nameless field.
            FieldKind::Dialog if came_from_secret(before) || says_app(seen) => return State::SetUpCode,
            _ => {}
        }
    }
    let still_there = before == Some(State::SetUpQr) && seen.picture;
    if seen.shows(Mark::QrToggle) || still_there {
        return State::SetUpQr;
    }
    if seen.shows(Mark::Install) {
        return State::SetUpInstall;
    }
    if seen.shows(Mark::Instructions) {
        return State::SetUpInstructions;
    }
    if seen.shows(Mark::SetUpPicker) {
        return State::SetUpPicker;
    }
    // After the confirming code comes either a step back, which shows the secret
    // again and was caught above, or a step that is none of the known ones.
    if before == Some(State::SetUpCode) && seen.field.is_none() && seen.shows(Mark::Dialog) && !seen.picture {
        return State::SetUpDone;
    }
    if before == Some(State::SetUpDone) && seen.shows(Mark::Dialog) {
        return State::SetUpDone;
    }
    // The oldest dialogs have no marks of their own; the link to another app stands in them alone.
    if seen.shows(Mark::OtherApp) && !seen.picture {
        return State::SetUpInstall;
    }
    if seen.shows(Mark::SetUpList) && !seen.shows(Mark::Dialog) {
        return State::SecurityInfo;
    }
    State::Unknown
}

fn came_from_secret(before: Option<State>) -> bool {
    matches!(before, Some(State::SetUpQr | State::SetUpManual | State::SetUpCode))
}

fn says_app(seen: &Observation) -> bool {
    [&seen.sentence, &seen.title].into_iter().flatten().any(|text| texts::method(text) == Some(Method::AppCode))
}
