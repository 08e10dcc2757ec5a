//! A page of Microsoft's that no rule knows.

use super::{Look, code};
use crate::fill;
use crate::protocol::{PageReply, Reason};
use crate::tab_state::{Decision, TabState, heading};
use pages::Observation;
use platform::Platform;
use std::hash::{DefaultHasher, Hash, Hasher};

/// A page that no rule knows gets nothing, but a code into its one field where a person says so and nothing speaks against it.
pub(super) async fn unrecognised(
    p: &impl Platform,
    look: Look<'_>,
    tab_state: &mut TabState,
    before: Option<String>,
) -> PageReply {
    let seen = look.seen;
    let by_hand = pages::takes_by_hand(look.rules(), look.family(), seen);
    tab_state.view_by_hand = by_hand.then(|| view(seen));
    tab_state.reason = Reason::NotRecognised;
    let Some(field) = seen.field.filter(|_| by_hand) else { return PageReply::Rest };
    if before != tab_state.view_by_hand {
        // It was said of a view before this one.
        tab_state.decision = None;
    }
    let is_said = |at_ms| p.now_ms().abs_diff(at_ms) < fill::WORD_MS;
    if matches!(tab_state.decision, Some(Decision::Fill { at_ms, .. }) if is_said(at_ms)) {
        // What was filled in the view before says nothing of this one.
        let filled = std::mem::replace(&mut tab_state.view_filled, false);
        let reply = code::account(p, look, tab_state, field).await;
        tab_state.view_filled |= filled;
        return reply;
    }
    if tab_state.view_filled && field.ours && !field.empty {
        tab_state.reason = Reason::Filled;
    }
    PageReply::Rest
}

/// What tells a view that no rule knows from the next: its words without the digits, which may count down, and as a number
/// that gives none of them away.
fn view(seen: &Observation) -> String {
    let (around, page_id) = (seen.around.as_deref().unwrap_or_default(), seen.page_id.as_deref().unwrap_or_default());
    let words = format!("{}\n{around}\n{page_id}", heading(seen)).replace(|c: char| c.is_ascii_digit(), "");
    let mut hasher = DefaultHasher::new();
    words.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}
