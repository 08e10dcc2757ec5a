//! What the script on a Microsoft page is told.

mod capture;
mod check_clock;
mod code;
mod guide;
mod outcome;
mod switch;
mod unrecognised;

pub use check_clock::check_clock;

use super::guard;
use super::tab_state::{Decision, Outstanding, TabState};
use crate::protocol::{Badge, PageReply, PageRequest, Reason};
use crate::sender::Page;
use std::borrow::Cow;

use ::policy::Policy;
use pages::guide::Step;
use pages::hindrance::Hindrance;
use pages::hosts::Family;
use pages::rules::Rules;
use pages::{Observation, State};
use platform::Platform;
use vault::{AccountId, Contents, VaultError, session};

/// Most pictures taken from a page at once.
pub const MAX_PICTURES: usize = 8;
/// Longest picture taken, as the text of its `data:` URL. A QR code of
/// Microsoft's is under 20 kB.
const MAX_PICTURE: usize = 2 << 20;
/// A little longer than the script takes for a rest.
const REST_MS: u32 = 850;

/// Answers one message. The proof comes first: without one there is no answering. The caller holds the tab's lock: one
/// message is answered after the other, because what an old document has said last must not undo what the new one says.
pub async fn answer(p: &impl Platform, page: &Page, request: PageRequest) -> PageReply {
    respond(p, page, Said::Request(request)).await
}

/// Whether a picture of so many characters is scanned for this page; the proof comes before that too.
pub fn scans(page: &Page, length: usize) -> bool {
    sets_up(page) && length <= MAX_PICTURE
}

/// Answers for the pictures that a page has shown, by what their QR codes hold, best first. As with [`answer`].
pub async fn captured(p: &impl Platform, page: &Page, payloads: &[Vec<u8>]) -> PageReply {
    respond(p, page, Said::Payloads(payloads)).await
}

/// What is known beside the page itself.
struct Known {
    policy: Policy,
    rules: Cow<'static, Rules>,
}

impl Known {
    async fn of(p: &impl Platform) -> Self {
        let policy = guard::policy(p).await;
        let added = policy.page_rules();
        let rules = if added.is_empty() { Cow::Borrowed(Rules::ours()) } else { Cow::Owned(Rules::ours().with(added)) };
        Self { policy, rules }
    }
}

/// A look at a page: what the script has seen, and what is known of it.
#[derive(Clone, Copy)]
struct Look<'a> {
    page: &'a Page,
    known: &'a Known,
    seen: &'a Observation,
    /// The person can see it.
    in_front: bool,
    /// The person has acted on it.
    acted: bool,
    /// It has come to rest.
    resting: bool,
}

impl Look<'_> {
    fn family(&self) -> Family {
        self.page.site().family()
    }

    fn rules(&self) -> &Rules {
        &self.known.rules
    }
}

enum Said<'a> {
    Request(PageRequest),
    Payloads(&'a [Vec<u8>]),
}

async fn respond(p: &impl Platform, page: &Page, said: Said<'_>) -> PageReply {
    let site = page.site();
    let known = Known::of(p).await;
    if site.family() == Family::Adfs && !known.policy.allows_adfs(site.host()) {
        return PageReply::Rest;
    }
    let added = known.policy.page_rules();
    if matches!(said, Said::Request(PageRequest::Look { taught: false, .. })) && !added.is_empty() {
        return PageReply::Learn { rules: Box::new(Rules::ours().for_scripts(added)) };
    }
    let mut tab_state = TabState::of(p, page).await;
    let in_front = page.in_front() && !matches!(said, Said::Request(PageRequest::Look { visible: false, .. }));
    let handed_over = matches!(said, Said::Payloads(_));
    let reply = match said {
        Said::Request(PageRequest::Look { seen, visible, acted, resting, .. }) => {
            let in_front = visible && page.in_front();
            look(p, Look { page, known: &known, seen: &seen, in_front, acted, resting }, &mut tab_state).await
        }
        Said::Payloads(payloads) => {
            if capture::take_payloads(p, page, &mut tab_state, payloads).await {
                PageReply::Rest
            } else {
                PageReply::NoQr
            }
        }
        Said::Request(PageRequest::Did { done }) => {
            outcome::did(p, &mut tab_state, done).await;
            PageReply::Rest
        }
    };
    tab_state.outstanding = match reply {
        PageReply::Fill { .. } => Some(Outstanding::Fill),
        PageReply::Click { .. } => Some(Outstanding::Click),
        PageReply::Rest
        | PageReply::NoQr
        | PageReply::SendPictures
        | PageReply::Learn { .. }
        | PageReply::Point { .. }
        | PageReply::Again { .. } => None,
    };
    // The script looks again after a picture was handed over.
    tab_state.settled = !handed_over && matches!(reply, PageReply::Rest | PageReply::Point { .. });
    tab_state.write(p, page.tab()).await;
    p.badge(page.tab(), badge(&tab_state));
    if in_front && wants_vault(&tab_state) && open(p).await.err() == Some(Reason::NoVault) {
        p.welcome(page.tab());
    }
    reply
}

/// The page is one for which there has to be a vault.
fn wants_vault(tab_state: &TabState) -> bool {
    tab_state.reason == Reason::NoVault || tab_state.step.is_some_and(Step::leads_on)
}

async fn look(p: &impl Platform, look: Look<'_>, tab_state: &mut TabState) -> PageReply {
    let Look { page, seen, .. } = look;
    let mut judgement = pages::read(look.rules(), look.family(), seen, tab_state.before(seen));
    // The day on which text messages end is that of Microsoft's public cloud.
    judgement.hindrance =
        judgement.hindrance.filter(|found| found.hindrance != Hindrance::SmsOnly || page.site().is_public_cloud());
    tab_state.moves_to(&judgement);
    if !sets_up(page) {
        tab_state.names(judgement.account.as_ref());
    }
    tab_state.looked_ms = Some(p.now_ms());
    tab_state.remembers(seen, sets_up(page));
    let before = tab_state.view_by_hand.take();
    if before.is_some() && tab_state.state != State::Unknown {
        // What was said of a page that no rule knows says nothing of one that is known.
        tab_state.decision.take_if(|decision| matches!(decision, Decision::Fill { .. }));
    }
    let said = std::mem::replace(&mut tab_state.reason, Reason::NothingToDo);
    outcome::forget_lost(look, tab_state, said);
    outcome::unlearn(p, look, tab_state).await;

    if sets_up(page) && seen.pictures > 0 {
        return PageReply::SendPictures;
    }
    let reply = match tab_state.state {
        State::SetUpManual => {
            if let Some(manual) = &seen.manual {
                capture::take_manual(p, page, tab_state, manual).await;
            }
            PageReply::Rest
        }
        State::Code | State::SetUpCode => match seen.field {
            Some(field) => code::account(p, look, tab_state, field).await,
            None => {
                tab_state.reason = code::not_for_us(tab_state).unwrap_or_default();
                PageReply::Rest
            }
        },
        State::SetUpSerial | State::SetUpTokenCode => match seen.field {
            Some(field) => code::token(p, look, tab_state, field).await,
            None => PageReply::Rest,
        },
        State::Push | State::ProofPicker => switch::switch(p, look, tab_state, said).await,
        State::StaySignedIn | State::SetUpDone => {
            outcome::confirm(p, look, tab_state).await;
            PageReply::Rest
        }
        state if pages::is_unrecognised(look.rules(), look.family(), seen, state) => {
            // Half drawn, a page that is known may look like none. What was said of it stays said.
            if look.resting || before.is_some() || said == Reason::NotRecognised {
                unrecognised::unrecognised(p, look, tab_state, before).await
            } else {
                PageReply::Again { after_ms: REST_MS }
            }
        }
        _ => PageReply::Rest,
    };
    if matches!(tab_state.reason, Reason::NothingToDo | Reason::NotRecognised) {
        let captured = capture::reason(tab_state);
        if captured != Reason::NothingToDo {
            tab_state.reason = captured;
        }
    }
    if reply == PageReply::Rest { guide::lead_on(p, look, tab_state) } else { reply }
}

fn sets_up(page: &Page) -> bool {
    matches!(page.site().family(), Family::SetUp | Family::PersonalSetUp)
}

fn badge(tab_state: &TabState) -> Badge {
    match tab_state.reason {
        Reason::NothingToDo if tab_state.in_the_way().is_some() => Badge::Attention,
        Reason::Captured if tab_state.captured.iter().any(|c| c.pending_account.is_some()) => Badge::Captured,
        Reason::Filled => Badge::Filled,
        Reason::Locked => Badge::Locked,
        Reason::NotRecognised => Badge::NotRecognised,
        Reason::NothingToDo
        | Reason::Switching
        | Reason::Captured
        | Reason::FieldNotEmpty
        | Reason::NotInFront
        | Reason::WaitingForNext => match tab_state.step {
            Some(step) if step.leads_on() => Badge::Step,
            _ => Badge::Clear,
        },
        _ => Badge::Attention,
    }
}

/// The contents, if the vault is open now.
async fn open(p: &impl Platform) -> Result<Contents, Reason> {
    super::open(p).await.map_err(|error| match error {
        VaultError::None => Reason::NoVault,
        VaultError::Locked => Reason::Locked,
        _ => Reason::Unreadable,
    })
}

/// Changes the contents, if the vault is open; `None` from the operation means there is nothing to change.
async fn change(
    p: &impl Platform,
    operation: &mut dyn FnMut(&mut Contents) -> Option<()>,
) -> Result<Option<()>, VaultError> {
    let key = session::key(p).await?;
    super::change_if(p, &key, operation).await
}

/// An account was saved from this tab.
pub(super) async fn enrols(p: &impl Platform, tab: i32, pending_account: &str, account: AccountId) {
    if let Some(tab_state) = TabState::saved(p, tab, pending_account, account).await {
        p.badge(tab, badge(&tab_state));
    }
}
