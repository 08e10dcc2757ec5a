//! What no rule knows. That is an answer of its own: nothing is done there, and the person can say what the page is made of.

use super::hosts::Family;
use super::rules::Rules;
use super::{FieldKind, Mark, Method, Observation, State};

/// Whether there is something to recognise, and it was not: a field, a dialog with something to press, the name of a
/// method or of a page. On an organisation's own server anything may stand.
pub fn is_unrecognised(rules: &Rules, family: Family, seen: &Observation, state: State) -> bool {
    let is_unknown_page = || seen.page_id.as_deref().is_some_and(|id| !id.is_empty() && !rules.knows_page(id));
    let is_something =
        || seen.field.is_some() || seen.shows(Mark::Asks) || seen.auth_method.is_some() || is_unknown_page();
    state == State::Unknown && family != Family::Adfs && is_something()
}

/// Whether a person who says so may have a code filled there: the page's one field is made for a short code, and nothing
/// around it speaks of another, in words or without.
pub fn takes_by_hand(rules: &Rules, family: Family, seen: &Observation) -> bool {
    let is_short = seen.field.is_some_and(|field| match family {
        Family::SignIn | Family::PersonalSignIn => field.kind == FieldKind::Short,
        Family::SetUp => field.kind == FieldKind::Dialog && seen.around.is_some(),
        Family::PersonalSetUp | Family::Adfs => false,
    });
    let is_named = || seen.auth_method.as_deref().is_some_and(|name| !name.is_empty());
    let is_other = |method| method != Some(Method::AppCode);
    let by_icon =
        || seen.icon.as_deref().and_then(|file| rules.by_icon(file)).is_some_and(|method| is_other(Some(method)));
    let by_default = || seen.proofs.iter().any(|proof| proof.default && is_other(rules.by_method(&proof.id)));
    is_short && !is_named() && !by_icon() && !by_default() && !rules.is_spoken_against(seen)
}
