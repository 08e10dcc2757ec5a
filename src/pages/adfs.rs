//! AD FS, an organisation's own sign-in server, with Azure MFA as its second factor.
//!
//! Any other adapter (RSA's, that of Microsoft's old server in the house, or one made
//! there) asks for codes of its own, and says so in the hidden `AuthMethod`: there
//! nothing is done.

use super::rules::Rules;
use super::{FieldKind, Mark, Method, Observation, State};

pub(super) fn read(rules: &Rules, seen: &Observation) -> (State, Option<Method>) {
    let is_azure = seen.auth_method.as_deref() == Some("AzureMfaAuthentication");
    if is_azure && seen.field.is_some_and(|field| field.kind == FieldKind::Adfs) {
        // The page has one field for all kinds of code and no sign of which, but its sentence.
        return (State::Code, seen.sentence.as_deref().and_then(|text| rules.method(text)));
    }
    if is_azure && seen.shows(Mark::Push) {
        return (State::Push, Some(Method::Push));
    }
    if seen.shows(Mark::Password) { (State::Password, None) } else { (State::Unknown, None) }
}

/// Whom the page itself greets, before whom the address asks for: another may have signed in since, and an application that
/// sends people here names nobody.
pub(super) fn named(login: &str) -> Option<&str> {
    let is_between = |c: char| c.is_whitespace() || "()（）".contains(c);
    let mut words = login.split(is_between).map(|word| word.trim_end_matches('.'));
    words.find(|word| word.contains('@'))
}
