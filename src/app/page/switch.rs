//! From a page that waits for a phone, or offers methods, to the one that asks for a code.

use super::{Look, change, open};
use crate::protocol::{PageReply, Reason};
use crate::tab_state::TabState;
use crate::{fill, preferences};
use pages::hosts::Family;
use pages::{Mark, State};
use platform::Platform;
use vault::Status;

/// The page waits for a phone, or offers methods: leads to the code, where the
/// account has one here that is known to work. Once per sign-in.
pub(super) async fn switch(p: &impl Platform, look: Look<'_>, tab_state: &mut TabState, said: Reason) -> PageReply {
    let wanted = match tab_state.state {
        State::Push => Mark::AnotherWay,
        _ => Mark::AppCodeChoice,
    };
    // Whoever left one of these views by hand for another wants another method.
    let by_hand =
        !tab_state.switching && matches!(tab_state.came_from, Some(State::Code | State::Push | State::ProofPicker));
    let clicked = tab_state.clicked.contains(&wanted);
    if clicked && matches!(said, Reason::Switching | Reason::NoEffect) {
        tab_state.reason = said;
    }
    if by_hand || clicked {
        return PageReply::Rest;
    }
    // On an organisation's own server no link is known to be that one.
    if look.family() == Family::Adfs || !look.seen.marks.contains(&wanted) {
        tab_state.reason = Reason::NotAppCode;
        return PageReply::Rest;
    }
    tab_state.reason = match open(p).await {
        Err(reason) => reason,
        Ok(contents) => match fill::choose(&contents, tab_state, look.family()) {
            Err(reason) => reason,
            Ok(_) if !preferences::switches(&contents.settings) => Reason::NotAppCode,
            Ok(_) if look.seen.has_app_code(look.rules()) == Some(false) => Reason::NotRegistered,
            Ok(account) if account.status != Status::Confirmed => Reason::NothingToDo,
            Ok(_) if !look.in_front => Reason::NotInFront,
            Ok(_) => {
                if tab_state.state == State::Push {
                    advise(p).await;
                }
                tab_state.reason = Reason::Switching;
                tab_state.clicked.push(wanted);
                tab_state.switching = true;
                return PageReply::Click { mark: wanted, words: None };
            }
        },
    };
    PageReply::Rest
}

/// Microsoft asks the phone first: the popup says once where that is changed.
async fn advise(p: &impl Platform) {
    let _ = change(p, &mut |contents| preferences::make_advice_due(&mut contents.settings)).await;
}
