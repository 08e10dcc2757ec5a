//! What became of a code, or of a click: what the page says, and what the script reports.

use super::{Look, change};
use crate::fill;
use crate::protocol::Reason;
use crate::tab_state::{Outstanding, Replaced, TabState};
use pages::{Method, Refusal, State};
use platform::Platform;
use vault::Status;

/// Microsoft has accepted the code that was last released on this tab.
pub(super) async fn confirm(p: &impl Platform, look: Look<'_>, tab_state: &mut TabState) {
    let Some(released) = tab_state.released.take() else { return };
    let proves_it = !released.void && released.set_up == (tab_state.state == State::SetUpDone);
    if !proves_it || p.now_ms().abs_diff(released.at_ms) > 5 * 60 * 1000 {
        return;
    }
    tab_state.captured.clear();
    tab_state.enrolled = None;
    let now_ms = p.now_ms();
    let mut place = None;
    let _ = change(p, &mut |contents| {
        let organisation = released.organisation.as_deref();
        let learned = organisation.and_then(|id| fill::learn(contents, released.account, id, now_ms));
        let confirmed = contents.account_mut(released.account)?;
        let is_kept = fill::keep_as_microsofts(confirmed, look.family());
        if confirmed.status == Status::Confirmed && !confirmed.said && learned.is_none() && !is_kept {
            return None;
        }
        (confirmed.status, confirmed.said) = (Status::Confirmed, false);
        confirmed.touch(now_ms);
        if let Some(replaced) = confirmed.replaces.take() {
            let identity = confirmed.identity();
            // Also one that says so from before organisations were told apart: the code proves nothing of another's.
            if contents.account(replaced).is_some_and(|old| !old.identity().is_of_another_organisation(&identity)) {
                place = contents.delete(replaced, now_ms);
                place.iter().for_each(|place| contents.note_replaced(*place));
            }
        }
        Some(())
    })
    .await;
    if let Some(place) = place {
        tab_state.replaced = Some(Replaced { place, at_ms: now_ms });
    }
}

/// The script reports on what it was told before it looks again: where it has not, it has not heard of it.
pub(super) fn forget_lost(look: Look<'_>, tab_state: &mut TabState, said: Reason) {
    match tab_state.outstanding.take() {
        // Or its report was lost, and the code is there.
        Some(Outstanding::Fill) => tab_state.view_filled &= look.seen.field.is_some_and(|field| field.ours),
        Some(Outstanding::Click) if said == Reason::Switching => drop(tab_state.clicked.pop()),
        _ => {}
    }
}

/// The page has refused the code: nothing proves it any more, and where a person picked its account, that is not remembered.
pub(super) async fn unlearn(p: &impl Platform, look: Look<'_>, tab_state: &mut TabState) {
    let (seen, refusal) = (look.seen, look.rules().refusal(look.seen));
    let Some(released) = &mut tab_state.released else { return };
    let asks_otherwise = tab_state.method.is_some_and(|method| method != Method::AppCode);
    released.void |= asks_otherwise && matches!(tab_state.state, State::Code | State::Push | State::OtherCredential);
    // Where the code was right, so was the pick.
    if matches!(refusal, Some(Refusal::Used | Refusal::NotAllowed)) {
        return;
    }
    let refused =
        tab_state.state == State::SignInError || seen.field.is_some_and(|field| fill::refuses(field, released));
    if !refused {
        return;
    }
    (released.void, released.picked) = (true, false);
    if let Some(organisation) = released.organisation.clone().filter(|_| std::mem::take(&mut released.learned)) {
        let (account, now_ms) = (released.account, p.now_ms());
        let _ = change(p, &mut |contents| {
            fill::forget(contents.account_mut(account)?, &organisation, now_ms);
            Some(())
        })
        .await;
    }
}

/// The script reports on what it was told.
pub(super) async fn did(p: &impl Platform, tab_state: &mut TabState, done: bool) {
    let Some(outstanding) = tab_state.outstanding.take() else {
        // What was done later turned out to have changed nothing.
        match tab_state.reason {
            Reason::Switching if !done => tab_state.reason = Reason::NoEffect,
            Reason::Filled if !done => (tab_state.reason, tab_state.not_taken) = (Reason::NotTaken, true),
            _ => {}
        }
        return;
    };
    match (outstanding, done) {
        (Outstanding::Fill, true) => {
            tab_state.reason = Reason::Filled;
            // A serial number is no code, and what was released is that of a page before.
            if let Some(released) = tab_state.released.as_mut().filter(|_| tab_state.state != State::SetUpSerial) {
                let (id, at_ms) = (released.account, released.at_ms);
                let organisation = released.organisation.clone().filter(|_| released.picked);
                let mut learned = false;
                let _ = change(p, &mut |contents| {
                    contents.account_mut(id)?.last_used_ms = Some(at_ms);
                    // What is not known to be Microsoft's is remembered once its code is accepted.
                    let known = fill::is_microsoft(contents.account(id)?);
                    learned = organisation
                        .as_deref()
                        .is_some_and(|organisation| known && fill::learn(contents, id, organisation, at_ms).is_some());
                    Some(())
                })
                .await;
                released.learned = learned;
            }
        }
        (Outstanding::Fill, false) => {
            // A field that takes none would take one in each time-step, and a serial number without end.
            tab_state.view_filled = tab_state.state == State::SetUpSerial || !fill::goes_by_itself(tab_state);
            tab_state.not_taken = true;
            tab_state.reason = Reason::CouldNot;
        }
        (Outstanding::Click, done) => {
            tab_state.decision = None;
            if !done {
                tab_state.reason = Reason::CouldNot;
            }
        }
    }
}
