//! Every type that crosses a boundary, once.
//!
//! Our own pages import the core and call it with a [`UiRequest`]; content
//! scripts send messages, and a message can only ever be a [`PageRequest`]: it
//! cannot spell anything that is meant for our own pages. TypeScript types of
//! all of them are generated into `core/tofaktor.d.ts`.

use serde::{Deserialize, Serialize};

use crate::pages::guide::Step;
use crate::pages::{Mark, Method, Observation, State};

/// What our own pages may ask. Bytes that go with a request (a passphrase, the
/// payload of a QR code) travel beside it, never in it: they must not become text.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum UiRequest {
    /// Show what there is. Also asked again when a code has run out.
    Show,
    /// Make the vault; the bytes are the passphrase.
    Create {
        /// An offered account to keep at once, [`OfferView::id`].
        save: Option<String>,
    },
    /// Open the vault; the bytes are the passphrase.
    Unlock {
        /// An offered account to keep at once.
        save: Option<String>,
    },
    /// Close it.
    Lock,
    /// Read what a QR code held; the bytes are its payload.
    Offer,
    /// Keep an offered account.
    Save {
        /// [`OfferView::id`].
        offer: String,
        /// An account of the same name with another secret is to be replaced
        /// once the new one is confirmed.
        replace: bool,
    },
    /// Forget an offered account.
    Dismiss {
        /// [`OfferView::id`].
        offer: String,
    },
    /// Mark an account as one that Microsoft has accepted, or not yet.
    Confirm {
        /// [`AccountView::id`].
        account: String,
        /// Accepted.
        confirmed: bool,
    },
    /// Delete an account.
    Remove {
        /// [`AccountView::id`].
        account: String,
    },
    /// Move a counter on and show its next code.
    Next {
        /// [`AccountView::id`].
        account: String,
    },
    /// The sign-in on this tab is the person's own: fill and submit, or leave the page alone.
    Approve {
        /// Fill and submit.
        approved: bool,
    },
    /// Fill this account's code into the page, where the page itself does not tell enough.
    FillHere {
        /// [`AccountView::id`].
        account: String,
    },
    /// Click the element that the guide points at.
    DoStep,
}

/// The tab that a page of ours was opened over.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default)]
pub struct Tab {
    /// The browser's number of it.
    pub id: Option<i32>,
    /// Its address, where the browser lets us know.
    pub url: Option<String>,
}

/// The answer to a [`UiRequest`]: always the whole view, and what happened.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Reply {
    /// What to paint.
    pub view: View,
    /// What to say, if anything.
    pub notice: Option<Notice>,
    /// A content script that waits on this tab should look again.
    pub wake: Option<i32>,
}

/// Everything that the popup paints.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct View {
    /// Which screen.
    pub screen: Screen,
    /// Accounts found on the tab and not kept yet.
    pub offers: Vec<OfferView>,
    /// The accounts, in order; empty unless the vault is open.
    pub accounts: Vec<AccountView>,
    /// What the tab is about, where it is Microsoft's.
    pub page: Option<PageView>,
}

/// Which of the popup's screens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Screen {
    /// There is no vault yet.
    FirstRun,
    /// There is one, and it is closed.
    Locked,
    /// It is open.
    Accounts,
    /// There was one, and it cannot be read. Never becomes a first run.
    Recovery,
}

/// An account on offer. Holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct OfferView {
    /// Names it in later requests.
    pub id: String,
    /// Who asks for the code.
    pub issuer: String,
    /// Whose code.
    pub name: String,
    /// The tenant, where it differs from the issuer.
    pub tenant: Option<String>,
    /// How it stands to the vault.
    pub standing: Standing,
}

/// How an offered account stands to those kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Standing {
    /// Not there yet, or the vault is closed and nobody can tell.
    New,
    /// The very same is there.
    Known,
    /// The same name is there with another secret.
    Conflict,
}

/// An account with its code of this moment.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct AccountView {
    /// Names it in requests.
    pub id: String,
    /// Who asks for the code.
    pub issuer: String,
    /// Whose code.
    pub name: String,
    /// The tenant, where it differs from the issuer.
    pub tenant: Option<String>,
    /// The code, grouped for the eye.
    pub code: String,
    /// The code after this one, grouped; empty for a counter.
    pub next_code: String,
    /// Milliseconds per step; 0 for a counter.
    pub period_ms: u32,
    /// Milliseconds until the next code; 0 for a counter.
    pub left_ms: u32,
    /// Microsoft has accepted a code of it.
    pub confirmed: bool,
    /// The open page names this account.
    pub wanted: bool,
}

/// What the open tab is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct PageView {
    /// The host.
    pub host: String,
    /// Where in Microsoft's flow.
    pub state: State,
    /// How the page wants the proof.
    pub method: Option<Method>,
    /// The account that the page names.
    pub account: Option<String>,
    /// What was done, or why nothing was.
    pub reason: Reason,
    /// The next thing to do, where the guide knows one.
    pub step: Option<Step>,
    /// The step's element is on the page and can be clicked for the person.
    pub can_do_step: bool,
    /// A code of the person's choice may be filled by one click.
    pub can_fill: bool,
    /// How far the computer's clock is off, in seconds, where that is worth telling.
    pub clock_off_s: Option<i32>,
}

/// Something to tell the person; each has its sentence in every locale, under
/// `notice_` and its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "the sentences in _locales are the documentation")]
pub enum Notice {
    Saved,
    SavedOverOld,
    AlreadyKnown,
    Removed,
    Found,
    PassphraseTooShort,
    WrongPassphrase,
    TooManyAttempts,
    Locked,
    StorageRefused,
    StorageFull,
    NoMemory,
    NoRandomness,
    Damaged,
    Newer,
    Vanished,
    AlreadyExists,
    Gone,
    QrPush,
    QrMigration,
    QrPasskey,
    QrWifi,
    QrWeb,
    QrOther,
    QrTooLong,
    QrMalformed,
    QrType,
    QrNoSecret,
    QrSecretCharacter,
    QrSecretLength,
    QrSecretTooLong,
    QrDigits,
    QrPeriod,
    QrAlgorithm,
    QrCounter,
    Malformed,
}

/// All that a content script may say.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum PageRequest {
    /// What it sees now.
    Look {
        /// The look.
        seen: Box<Observation>,
        /// The person can see the page.
        visible: bool,
    },
    /// Pictures that could be QR codes, as `data:` URLs.
    Pictures {
        /// At most [`PageRequest::MAX_PICTURES`].
        pictures: Vec<String>,
    },
    /// It did, or could not do, what it was told.
    Did {
        /// The field took the code, or the element the click.
        done: bool,
    },
}

impl PageRequest {
    /// Most pictures taken from a page at once.
    pub const MAX_PICTURES: usize = 8;
}

/// All that a content script is ever told.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum PageReply {
    /// Nothing to do until the page changes.
    Rest,
    /// Hand over the pictures.
    SendPictures,
    /// Type this code into the field, and submit it if told so.
    Fill {
        /// The digits.
        code: String,
        /// Click the page's own button afterwards.
        submit: bool,
    },
    /// Click this.
    Click {
        /// The element.
        mark: Mark,
    },
    /// Nothing to do but to show the person where to go on.
    Point {
        /// The element to outline.
        mark: Mark,
    },
    /// Look again after so long.
    Again {
        /// Milliseconds.
        after_ms: u32,
    },
}

/// What was done on a page, or why nothing was: the page model's own names,
/// with a sentence in every locale under `reason_` and the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Reason {
    /// Nothing on this page is for an authenticator.
    NothingToDo,
    /// The code is in the field.
    Filled,
    /// Switched from the phone to the code.
    Switched,
    /// An account was found on the page.
    Captured,
    /// The page's QR code is for Microsoft's own app.
    PushQr,
    /// The page's QR code cannot be used.
    BadQr,
    /// There is no vault yet.
    NoVault,
    /// The vault is closed.
    Locked,
    /// The vault cannot be read.
    Unreadable,
    /// No account of this name.
    NoAccount,
    /// The page does not name an account.
    AccountNotNamed,
    /// Several accounts fit.
    Ambiguous,
    /// The page wants a code, but not an app's.
    NotAppCode,
    /// The page does not tell what kind of code it wants.
    MethodUnknown,
    /// Something has been typed already.
    FieldNotEmpty,
    /// Waiting for the next code: this one is used or about to end.
    WaitingForNext,
    /// Microsoft refused the code twice.
    Rejected,
    /// The account is set to ask first: the popup waits for a yes.
    AwaitingApproval,
    /// The person said no to this sign-in.
    Denied,
    /// The page is not the one in front.
    NotInFront,
    /// The field or button was gone.
    CouldNot,
}

/// A badge on the toolbar icon; a title in every locale under `badge_` and its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Badge {
    /// Nothing to tell.
    Clear,
    /// An account is on offer.
    Captured,
    /// Open the popup: there is something to know.
    Attention,
    /// The page waits for the vault to be opened.
    Locked,
    /// A code was filled.
    Filled,
}
