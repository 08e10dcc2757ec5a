//! What is remembered of a tab: the last judgement of its page, and what was
//! done there. Lives in session storage under `page.<tab>`, so it is gone with
//! the browser and survives any stop of the worker.
//!
//! The worker answers the tab's script, and the popup leaves the person's word or an account that was saved: each under
//! the tab's own lock, so that neither undoes the other. Whoever holds that may take the vault's; never the other way
//! round.

use crate::protocol::Reason;
use crate::sender::Page;
use pages::guide::Step;
use pages::hindrance::Found;
use pages::organisation::Organisation;
use pages::registered::Registered;
use pages::{Judgement, Mark, Method, Observation, State};
use platform::{Platform, Store};
use serde::{Deserialize, Serialize};
use std::hash::{DefaultHasher, Hash, Hasher};
use vault::AccountId;

/// How long what was released on a tab may still be answered for by the next
/// document in it: a sign-in page that takes longer has lost its session.
const MEMORY_MS: u64 = 5 * 60 * 1000;

/// The memory of one tab.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TabState {
    pub(super) state: State,
    pub(super) method: Option<Method>,
    pub(super) account: Option<String>,
    /// The organisation that the page names.
    pub(super) organisation: Option<Organisation>,
    pub(super) reason: Reason,
    /// Why a code of an app does not help.
    pub(super) hindrance: Option<Found>,
    /// What the list of the person's methods holds, while it is on screen.
    pub(super) registered: Option<Registered>,
    /// When the script last saw the page.
    pub(super) looked_ms: Option<u64>,
    /// The script has nothing more to do until the page changes.
    pub(super) settled: bool,
    /// What was found on the page, without secrets.
    pub(super) captured: Vec<Captured>,
    pub(super) host: String,
    /// The document that all of this is about.
    document: String,
    /// What the script was last told to do and has not reported on.
    pub(super) outstanding: Option<Outstanding>,
    /// A code has been filled in this view; it is not filled again unless refused.
    pub(super) view_filled: bool,
    /// The field has not kept it.
    pub(super) not_taken: bool,
    /// Clicked in this sign-in, once and never again: who comes back to a page means it.
    pub(super) clicked: Vec<Mark>,
    /// On the way from push to code, by our own click.
    pub(super) switching: bool,
    /// The known state before this one.
    pub(super) came_from: Option<State>,
    /// What the set-up's step said that asked for the app's code.
    code_step: Option<String>,
    /// The account that this tab enrols, until it has come to the end of its set-up.
    pub(super) enrolled: Option<AccountId>,
    /// Whom the sign-in in this tab has named last, for the pages behind it that name nobody.
    signs_in: Option<String>,
    /// The code last released here.
    pub(super) released: Option<Released>,
    /// What was put aside when Microsoft accepted a code of the account in its place.
    pub(super) replaced: Option<Replaced>,
    /// The next thing to do, and whether its element is there.
    pub(super) step: Option<Step>,
    pub(super) step_shown: bool,
    /// What the person said in the popup about this view.
    pub(super) decision: Option<Decision>,
    /// The popup was opened to ask, for this view.
    pub(super) asked: bool,
    /// The page is not recognised, and a person who knows better may have a code filled into its one field: into that of
    /// the view that this stands for.
    pub(super) view_by_hand: Option<String>,
}

/// A person's word in our own pages, for the view that the tab shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Decision {
    /// Fill and submit.
    Approve { at_ms: u64 },
    /// Leave the page alone.
    Deny,
    /// Fill this account's code.
    Fill { account: AccountId, at_ms: u64 },
    /// Click the step's element.
    Step { at_ms: u64 },
}

/// An account or something else that a page's QR code held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Captured {
    pub(super) kind: CapturedKind,
    pub(super) account: Option<String>,
    /// Names the pending account, as long as there is one.
    pub(super) pending_account: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum CapturedKind {
    Totp,
    Push,
    Unusable,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Outstanding {
    Fill,
    Click,
}

/// A code that went to the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Released {
    pub(super) account: AccountId,
    pub(super) at_ms: u64,
    /// It is the one retry after a refusal.
    pub(super) retry: bool,
    /// How many were released since Microsoft has last accepted one, this one included.
    pub(super) in_a_row: u8,
    /// For the set-up page's confirmation, not for a sign-in.
    pub(super) set_up: bool,
    /// The document that it went to has made way for another.
    pub(super) left: bool,
    /// The page has refused it, or gone on to another way: whatever is accepted then says nothing of it.
    pub(super) void: bool,
    /// The id of the organisation that the page named.
    pub(super) organisation: Option<String>,
    /// A person picked the account, on a page that had refused nothing yet.
    pub(super) picked: bool,
    /// That pick is remembered since.
    pub(super) learned: bool,
}

/// An account that gave way to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Replaced {
    /// Where it lies aside.
    pub(super) place: AccountId,
    pub(super) at_ms: u64,
}

impl TabState {
    fn new(page: &Page) -> Self {
        let (host, document) = (page.site().host().to_owned(), page.document().to_owned());
        Self { host, document, ..Self::default() }
    }

    /// The state of the tab that speaks. A new document starts a new one and
    /// keeps only what the document before it released, and who signs in.
    pub(super) async fn of(p: &impl Platform, page: &Page) -> Self {
        let old = Self::read(p, page.tab()).await;
        match old {
            Some(tab_state) if tab_state.document == page.document() => tab_state,
            Some(old) => {
                let released = old.released.filter(|r| p.now_ms().abs_diff(r.at_ms) < MEMORY_MS);
                let released = released.map(|released| Released { left: true, ..released });
                let replaced = old.replaced.filter(|r| p.now_ms().abs_diff(r.at_ms) < MEMORY_MS);
                Self { released, replaced, signs_in: old.signs_in, ..Self::new(page) }
            }
            None => Self::new(page),
        }
    }

    /// The state of a tab, for our own pages.
    pub(super) async fn read(p: &impl Platform, tab: i32) -> Option<Self> {
        let text = p.get_one(Store::Session, &key(tab)).await.ok()??;
        strict_json::read(&text)
    }

    /// Changes the state of a tab from one of our own pages, between two answers to its script; as it is then.
    async fn change(p: &impl Platform, tab: i32, by: impl FnOnce(&mut Self)) -> Option<Self> {
        let _turn = p.lock_tab(tab).await.ok()?;
        let mut tab_state = Self::read(p, tab).await?;
        by(&mut tab_state);
        p.set(Store::Session, &[(&key(tab), Some(&strict_json::write(&tab_state)))]).await.ok()?;
        Some(tab_state)
    }

    /// An account was saved from what the tab shows; the state as it is now.
    pub(super) async fn saved(p: &impl Platform, tab: i32, pending_account: &str, account: AccountId) -> Option<Self> {
        Self::change(p, tab, |tab_state| {
            tab_state.enrolled = Some(account);
            // It is pending no longer.
            for captured in tab_state
                .captured
                .iter_mut()
                .filter(|captured| captured.pending_account.as_deref() == Some(pending_account))
            {
                captured.pending_account = None;
            }
        })
        .await
    }

    /// The page of a sign-in has named its account.
    pub(super) fn names(&mut self, account: Option<&String>) {
        self.signs_in = account.cloned().or(self.signs_in.take());
    }

    /// Everybody who is named where this page is shown: by what it says itself, and by the sign-in before it.
    pub(super) fn named(&self, seen: &Observation) -> Vec<String> {
        let is_end = |c: char| c.is_whitespace() || "()[]<>\"',;:\u{ab}\u{bb}\u{201c}\u{201d}".contains(c);
        let said = heading(seen);
        let addresses = said.split(is_end).map(|word| word.trim_matches('.')).filter(|word| word.contains('@'));
        addresses.chain(self.signs_in.as_deref()).map(str::to_owned).collect()
    }

    /// What stands in the way, where nothing was done on the page.
    pub(super) fn in_the_way(&self) -> Option<Found> {
        let is_idle = matches!(
            self.reason,
            Reason::NothingToDo | Reason::NotAppCode | Reason::NotRegistered | Reason::MethodUnknown
        );
        self.hindrance.filter(|_| is_idle)
    }

    /// The last that was seen here, just now, is the list of methods.
    pub(super) fn was_picking(&self, now_ms: u64) -> bool {
        let is_fresh = |at_ms: u64| now_ms.abs_diff(at_ms) < MEMORY_MS;
        self.known_state() == Some(State::ProofPicker) && self.looked_ms.is_some_and(is_fresh)
    }

    /// The person's word about a view, if the tab shows it still: between what they saw and their press it may have gone on.
    pub(super) async fn tell(p: &impl Platform, tab: i32, view: &str, decision: Decision) -> Option<()> {
        let mut is_shown = false;
        let told = Self::change(p, tab, |tab_state| {
            is_shown = tab_state.view() == view;
            if is_shown {
                tab_state.decision = Some(decision);
            }
        });
        told.await.filter(|_| is_shown).map(|_| ())
    }

    /// Names the view for those who say something of it, and gives none of it away.
    pub(super) fn view(&self) -> String {
        let shown = (&self.document, self.known_state(), &self.account, &self.view_by_hand);
        let mut hasher = DefaultHasher::new();
        strict_json::write(&shown).as_str().hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    }

    /// Keeps it. A failure loses convenience, never a secret or a rule: what
    /// must hold (a used time-step) is written on its own, before the release.
    pub(super) async fn write(&self, p: &impl Platform, tab: i32) {
        let _ = p.set(Store::Session, &[(&key(tab), Some(&strict_json::write(&self)))]).await;
    }

    pub(super) async fn forget(p: &impl Platform, tab: i32) {
        // Without the lock too: what is forgotten is of no more use.
        let _turn = p.lock_tab(tab).await;
        let _ = p.set(Store::Session, &[(&key(tab), None)]).await;
    }

    /// The last state that was a known one: between two views the page is blank for a moment.
    fn known_state(&self) -> Option<State> {
        Some(self.state).filter(|state| *state != State::Unknown).or(self.came_from)
    }

    /// What a look is judged after. A field in another step than the one that asked for the app's code does
    /// not follow from it: that step is over.
    pub(super) fn before(&self, seen: &Observation) -> Option<State> {
        let is_same_step = || seen.field.is_none() || self.code_step.as_ref() == Some(&heading(seen));
        self.known_state().filter(|state| *state != State::SetUpCode || is_same_step())
    }

    /// What the next look is judged after, beside the judgement itself.
    pub(super) fn remembers(&mut self, seen: &Observation, sets_up: bool) {
        if self.state == State::SetUpCode {
            self.code_step = Some(heading(seen));
        }
        // A set-up whose dialog was closed is over, whatever lies below it.
        if sets_up && self.state == State::Unknown && !seen.marks.contains(&Mark::Dialog) {
            self.came_from = None;
        }
    }

    /// Takes a new judgement in; a change of state or account is a new view.
    pub(super) fn moves_to(&mut self, judgement: &Judgement) {
        let known = self.known_state();
        self.hindrance = judgement.hindrance;
        self.registered = judgement.registered;
        if judgement.state == State::Unknown {
            (self.came_from, self.state, self.method) = (known, State::Unknown, None);
            return;
        }
        let same_view = known == Some(judgement.state) && self.account == judgement.account;
        if !same_view {
            self.came_from = known;
            (self.view_filled, self.not_taken) = (false, false);
            if matches!(judgement.state, State::UserName | State::AccountPicker) {
                self.clicked.clear();
            }
            self.decision = None;
            self.asked = false;
            // The way from push to code ends where it leads.
            self.switching &= matches!(judgement.state, State::Push | State::ProofPicker);
            // What was captured belongs to the step that showed it and to those that follow.
            if matches!(judgement.state, State::SecurityInfo | State::SetUpPicker | State::SetUpInstall) {
                self.captured.clear();
            }
        }
        self.state = judgement.state;
        self.method = judgement.method;
        self.account.clone_from(&judgement.account);
        self.organisation.clone_from(&judgement.organisation);
    }
}

pub(super) fn heading(seen: &Observation) -> String {
    [&seen.title, &seen.sentence].map(|text| text.as_deref().unwrap_or_default()).join("\n")
}

fn key(tab: i32) -> String {
    format!("page.{tab}")
}
