//! Where the set-up goes on.

use super::Look;
use crate::fill;
use crate::protocol::PageReply;
use crate::tab_state::{CapturedKind, Decision, TabState};
use pages::guide::{self, Progress, Step, Target};
use pages::hosts::Family;
use platform::Platform;

/// Where the set-up goes on: points at it, or clicks it if the person said so.
pub(super) fn lead_on(p: &impl Platform, look: Look<'_>, tab_state: &mut TabState) -> PageReply {
    let seen = look.seen;
    let progress = Progress {
        push: tab_state.captured.iter().any(|c| c.kind == CapturedKind::Push),
        pending: tab_state.captured.iter().any(|c| c.pending_account.is_some()),
        saved: tab_state.enrolled.is_some(),
        filled: tab_state.view_filled && seen.field.is_some_and(|field| field.ours && !field.empty),
    };
    // What follows the QR code on the pages of personal accounts is not known.
    let is_known = |step: &Step| *step != Step::ToCode || look.family() != Family::PersonalSetUp;
    let next = || guide::next(look.rules(), tab_state.state, seen, progress).filter(is_known);
    // What can be put off is the person's to take or leave.
    tab_state.step = if tab_state.in_the_way().is_some() { None } else { next() };
    let target = tab_state.step.and_then(|step| step.target(look.rules(), seen));
    tab_state.step_shown = target.is_some();
    let decision = match tab_state.decision {
        // It counts until the script has done it: an answer can be lost on the way.
        Some(Decision::Step { at_ms }) => look.in_front && p.now_ms().abs_diff(at_ms) < fill::WORD_MS,
        _ => false,
    };
    match target {
        Some(Target { mark, words }) if decision => PageReply::Click { mark, words },
        Some(Target { mark, words }) => PageReply::Point { mark, words },
        None => PageReply::Rest,
    }
}
