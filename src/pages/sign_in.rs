//! The sign-in pages of work, school and personal accounts.

use super::rules::Rules;
use super::{FieldKind, Mark, Method, Observation, State};

/// Marks and the states they mean, the most telling first: views of one page
/// may be in the document together, and the code view is the innermost.
const STATES: &[(Mark, State)] = &[
    (Mark::PushDenied, State::PushDenied),
    (Mark::PushTimedOut, State::PushTimedOut),
    (Mark::Push, State::Push),
    (Mark::ProofPicker, State::ProofPicker),
    (Mark::MoreInformation, State::MoreInformation),
    (Mark::StaySignedIn, State::StaySignedIn),
    (Mark::Password, State::Password),
    (Mark::UserName, State::UserName),
    (Mark::AccountTiles, State::AccountPicker),
    (Mark::NewPasskey, State::OtherCredential),
    (Mark::Passkey, State::OtherCredential),
    (Mark::SignInError, State::SignInError),
];

pub(super) fn read(rules: &Rules, seen: &Observation) -> (State, Option<Method>) {
    // What stands in for the password, and what another device shows, is nothing of an app's, whatever its field is
    // called; and a page that says what went wrong asks for no code.
    if seen.shows(Mark::DeviceCode) {
        return (State::OtherCredential, None);
    }
    if seen.shows(Mark::AccessPass) {
        return (State::OtherCredential, Some(Method::AccessPass));
    }
    if seen.shows(Mark::SignInError) {
        return (State::SignInError, None);
    }
    let named = seen.auth_method.as_deref().and_then(|name| rules.by_method(name));
    let asks_for_code = seen.field.is_some_and(|field| match field.kind {
        FieldKind::Otc | FieldKind::Split => true,
        FieldKind::Short => named == Some(Method::AppCode),
        _ => false,
    });
    if asks_for_code {
        return (State::Code, code_method(rules, seen));
    }
    let shown = STATES.iter().find(|(mark, _)| seen.shows(*mark)).map(|(_, state)| *state);
    let state = shown.or_else(|| rules.by_page_id(seen.page_id.as_deref()?)).unwrap_or(State::Unknown);
    let method = match state {
        State::Push | State::PushDenied | State::PushTimedOut => Some(Method::Push),
        State::OtherCredential => Some(Method::Passkey),
        // A call is answered on the telephone, and so may a text message be: the page has no field for it.
        State::Unknown if matches!(named, Some(Method::Voice | Method::Sms)) => return (State::Code, named),
        _ => None,
    };
    (state, method)
}

/// Which code a code view wants. The same field takes app, SMS and voice codes.
/// What the sentence says against the app outweighs all else: a masked number
/// stands there for the person to see, an id for nobody. For the app, the page's
/// own signals are asked in order of how much they can be trusted; text is the last.
fn code_method(rules: &Rules, seen: &Observation) -> Option<Method> {
    let said = rules.heard(seen);
    if let Some(against) = said.filter(|method| *method != Method::AppCode) {
        return Some(against);
    }
    if let Some(named) = seen.auth_method.as_deref().filter(|m| !m.is_empty()) {
        // A page that names a method names the truth: no fallback, even if the name is new.
        return rules.by_method(named);
    }
    if let Some(method) = seen.icon.as_deref().and_then(|file| rules.by_icon(file)) {
        return Some(method);
    }
    match (by_proofs(rules, seen), said) {
        // Reached from the picker, the default proof is not the chosen one: then they may differ.
        (Some(proof), Some(text)) if (proof == Method::AppCode) != (text == Method::AppCode) => None,
        (Some(proof), _) => Some(proof),
        (None, text) => text,
    }
}

/// The default proof, while the link that leaves it is on the page: then the
/// view is the one the page began with.
fn by_proofs(rules: &Rules, seen: &Observation) -> Option<Method> {
    if !seen.shows(Mark::AnotherWay) {
        return None;
    }
    let default = seen.proofs.iter().find(|proof| proof.default)?;
    rules.by_method(&default.id)
}
