//! What is remembered of a tab: the last judgement of its page, and what was
//! done there. Lives in session storage under `page.<tab>`, so it is gone with
//! the browser and survives any stop of the worker.

use crate::protocol::Reason;
use crate::sender::Page;
use pages::guide::Step;
use pages::{Judgement, Mark, Method, Observation, State};
use platform::{Platform, Store};
use serde::{Deserialize, Serialize};
use vault::AccountId;

/// How long what was released on a tab may still be answered for by the next
/// document in it: a sign-in page that takes longer has lost its session.
const MEMORY_MS: u64 = 5 * 60 * 1000;

/// The memory of one tab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Note {
    pub(super) state: State,
    pub(super) method: Option<Method>,
    pub(super) account: Option<String>,
    pub(super) reason: Reason,
    /// The script has nothing more to do until the page changes.
    pub(super) settled: bool,
    /// What was found on the page, without secrets.
    pub(super) captured: Vec<Captured>,
    pub(super) host: String,
    /// The document that all of this is about, where the browser names it.
    document: Option<String>,
    /// What the script was last told to do and has not reported on.
    pub(super) pending: Option<Pending>,
    /// A code has been filled in this view; it is not filled again unless refused.
    pub(super) view_filled: bool,
    /// Clicked in this sign-in, once and never again: who comes back to a page means it.
    pub(super) clicked: Vec<Mark>,
    /// On the way from push to code, by our own click.
    pub(super) switching: bool,
    /// The known state before this one.
    pub(super) came_from: Option<State>,
    /// What the set-up's step said that asked for the app's code.
    code_step: Option<String>,
    /// What this tab enrols. Kept beside the note, as what the person says is: the popup saves an
    /// account while the worker may be answering the page, and one must not undo the other.
    #[serde(skip)]
    enrolled: Option<Enrolled>,
    /// It is another than when the note was read.
    #[serde(skip)]
    enrolled_anew: bool,
    /// The code last released here.
    pub(super) released: Option<Released>,
    /// The next thing to do, and whether its element is there.
    pub(super) step: Option<Step>,
    pub(super) step_shown: bool,
    /// What the person said in the popup about this view. Kept beside the note too.
    #[serde(skip)]
    pub(super) told: Option<Told>,
    /// There was something when the note was read.
    #[serde(skip)]
    was_told: bool,
    /// The popup was opened to ask, for this view.
    pub(super) asked: bool,
}

/// A person's word in our own pages, for the view that the tab shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Told {
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
    pub(super) issuer: Option<String>,
    pub(super) account: Option<String>,
    /// Names the offer, as long as it stands.
    pub(super) offer: Option<String>,
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
pub(super) enum Pending {
    Fill,
    Click,
    Pictures,
}

/// An account that was saved from a tab, or was kept already when the tab showed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Enrolled {
    account: AccountId,
    /// The offer that it was, which stands no longer.
    offer: Option<String>,
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
}

impl Note {
    fn new(page: &Page) -> Self {
        Self {
            state: State::Unknown,
            method: None,
            account: None,
            reason: Reason::NothingToDo,
            settled: false,
            captured: Vec::new(),
            host: page.site().host().to_owned(),
            document: page.document().map(str::to_owned),
            pending: None,
            view_filled: false,
            clicked: Vec::new(),
            switching: false,
            came_from: None,
            code_step: None,
            enrolled: None,
            enrolled_anew: false,
            released: None,
            step: None,
            step_shown: false,
            told: None,
            was_told: false,
            asked: false,
        }
    }

    /// The note of the tab that speaks. A new document starts a new note and
    /// keeps only what the document before it released.
    pub(super) async fn of(p: &impl Platform, page: &Page) -> Self {
        let old = Self::read(p, page.tab()).await;
        match old {
            Some(note) if note.document.is_some() && note.document.as_deref() == page.document() => note,
            Some(old) => {
                let released = old.released.filter(|r| p.now_ms().abs_diff(r.at_ms) < MEMORY_MS);
                let released = released.map(|released| Released { left: true, ..released });
                let enrolled_anew = old.enrolled.is_some();
                Self { released, was_told: old.was_told, enrolled_anew, ..Self::new(page) }
            }
            None => Self::new(page),
        }
    }

    /// The note of a tab, for our own pages.
    pub(super) async fn read(p: &impl Platform, tab: i32) -> Option<Self> {
        let keys = [key(tab), told_key(tab), enrolled_key(tab)];
        let texts = p.get(Store::Session, &keys.each_ref().map(String::as_str)).await.ok()?;
        let [note, told, enrolled] = <[_; 3]>::try_from(texts).ok()?;
        let mut note: Self = strict_json::read(&note?)?;
        note.was_told = told.is_some();
        note.told = told.and_then(|told| strict_json::read(&told));
        note.enrolled = enrolled.and_then(|enrolled| strict_json::read(&enrolled));
        if let Some(offer) = note.enrolled.as_ref().and_then(|enrolled| enrolled.offer.as_deref()) {
            for captured in note.captured.iter_mut().filter(|captured| captured.offer.as_deref() == Some(offer)) {
                captured.offer = None;
            }
        }
        Some(note)
    }

    /// An account was saved from what the tab shows; the note as it is now.
    pub(super) async fn saved(p: &impl Platform, tab: i32, offer: &str, account: AccountId) -> Option<Self> {
        Self::read(p, tab).await?;
        let enrolled = Enrolled { account: account, offer: Some(offer.to_owned()) };
        p.set(Store::Session, &[(&enrolled_key(tab), Some(&strict_json::write(&enrolled)))]).await.ok()?;
        Self::read(p, tab).await
    }

    /// The account that this tab enrols.
    pub(super) fn enrolling(&self) -> Option<AccountId> {
        self.enrolled.as_ref().map(|enrolled| enrolled.account)
    }

    /// The tab shows an account that is kept, or has come to the end of its set-up.
    pub(super) fn enrols(&mut self, account: Option<AccountId>) {
        self.enrolled = account.map(|account| Enrolled { account: account, offer: None });
        self.enrolled_anew = true;
    }

    /// The person's word about the view that the tab shows.
    pub(super) async fn tell(p: &impl Platform, tab: i32, told: Told) -> Option<()> {
        Self::read(p, tab).await?;
        p.set(Store::Session, &[(&told_key(tab), Some(&strict_json::write(&told)))]).await.ok()
    }

    /// Keeps it. A failure loses convenience, never a secret or a rule: what
    /// must hold (a used time-step) is written on its own, before the release.
    pub(super) async fn write(&self, p: &impl Platform, tab: i32) {
        let _ = p.set(Store::Session, &[(&key(tab), Some(&strict_json::write(&self)))]).await;
        if self.was_told && self.told.is_none() {
            let _ = p.set(Store::Session, &[(&told_key(tab), None)]).await;
        }
        if self.enrolled_anew {
            let text = self.enrolled.as_ref().map(|enrolled| strict_json::write(enrolled));
            let _ = p.set(Store::Session, &[(&enrolled_key(tab), text.as_ref().map(|text| text.as_str()))]).await;
        }
    }

    pub(super) async fn forget(p: &impl Platform, tab: i32) {
        let keys = [key(tab), told_key(tab), enrolled_key(tab)];
        let _ = p.set(Store::Session, &keys.each_ref().map(|key| (key.as_str(), None))).await;
    }

    /// The last state that was a known one: between two views the page is blank for a moment.
    pub(super) fn known_state(&self) -> Option<State> {
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
        if judgement.state == State::Unknown {
            (self.came_from, self.state, self.method) = (known, State::Unknown, None);
            return;
        }
        let same_view = known == Some(judgement.state) && self.account == judgement.account;
        if !same_view {
            self.came_from = known;
            self.view_filled = false;
            if matches!(judgement.state, State::UserName | State::AccountPicker) {
                self.clicked.clear();
            }
            self.told = None;
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
    }
}

fn heading(seen: &Observation) -> String {
    [&seen.title, &seen.sentence].map(|text| text.as_deref().unwrap_or_default()).join("\n")
}

fn key(tab: i32) -> String {
    format!("page.{tab}")
}

fn told_key(tab: i32) -> String {
    format!("told.{tab}")
}

fn enrolled_key(tab: i32) -> String {
    format!("enrolled.{tab}")
}
