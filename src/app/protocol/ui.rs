//! The words of the popup, and those that all of our own pages share.

use ::exchange::merge::Noted;
use pages::guide::Step;
use vault::{Came, Cause, Mode};

use super::{PolicyView, Reason, UnlockMethodKind};
use serde::{Deserialize, Serialize};
/// What our own pages may ask. Bytes that go with a request (a passphrase, the
/// payload of a QR code) travel beside it, never in it: they must not become text.
#[derive(Clone, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum UiRequest {
    /// Show what there is.
    Show,
    /// A code has run out: show what there is now. Unlike every other request
    /// this is not a use, so a page left open does not keep the vault open.
    Refresh,
    /// Make the vault; the bytes are the passphrase.
    Create {
        /// A pending account to save at once, [`PendingAccountView::id`].
        save: Option<String>,
        /// [`PolicyView::recovery`], as the form has said it.
        #[serde(default)]
        said: Vec<String>,
    },
    /// Open the vault; the bytes are as the unlock method has them.
    Unlock {
        /// By which.
        #[serde(default)]
        by: UnlockBy,
        /// A pending account to save at once.
        save: Option<String>,
    },
    /// Make the vault with nothing to type: this computer opens it.
    CreateOpen {
        /// A pending account to save at once.
        save: Option<String>,
        /// [`PolicyView::recovery`], as the form has said it.
        #[serde(default)]
        said: Vec<String>,
    },
    /// Close it.
    Lock,
    /// Read what a QR code held; the bytes are its payload.
    AddPending,
    /// Save a pending account.
    Save {
        /// [`PendingAccountView::id`].
        pending_account: String,
        /// What to do about an account that it is at odds with.
        when_known: WhenKnown,
        /// The person says that its codes are Steam's own.
        #[serde(default)]
        steam: bool,
        /// What it is called, where it has no name of its own.
        #[serde(default)]
        name: String,
    },
    /// Forget a pending account.
    Dismiss {
        /// [`PendingAccountView::id`].
        pending_account: String,
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
    /// Delete several.
    RemoveSeveral {
        /// [`AccountView::id`] of each.
        accounts: Vec<String>,
    },
    /// Put accounts into a group.
    Group {
        /// [`AccountView::id`] of each.
        accounts: Vec<String>,
        /// What it is called; empty for none.
        group: String,
    },
    /// Put back accounts that lie aside.
    Restore {
        /// [`DeletedView::id`] of each.
        deleted: Vec<String>,
    },
    /// Take an import back, all of it.
    TakeBack {
        /// [`AccountView::id`] of each account that it added.
        added: Vec<String>,
        /// [`DeletedView::id`] of each that it put aside.
        deleted: Vec<String>,
        /// What it added to others.
        noted: Vec<Noted>,
    },
    /// What sync took away was read.
    RemovalsRead,
    /// Who else can open the vault was read.
    RecoverersRead {
        /// [`RecoverersView::there`], of the card that was read.
        there: Vec<String>,
    },
    /// What came from the organisation was read of.
    TokensRead {
        /// [`TokenView::account`] of each.
        accounts: Vec<String>,
    },
    /// Delete for good what lies aside.
    Empty {
        /// [`DeletedView::id`] of each.
        deleted: Vec<String>,
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
        /// [`PageView::view`].
        view: String,
    },
    /// Fill this account's code into the page, where the page itself does not tell enough.
    FillHere {
        /// [`AccountView::id`].
        account: String,
        /// [`PageView::view`].
        view: String,
    },
    /// Click the element that the guide points at.
    DoStep {
        /// [`PageView::view`].
        view: String,
    },
    /// The advice about the default method was read.
    Advised,
    /// The code was copied.
    Used {
        /// [`AccountView::id`].
        account: String,
    },
    /// Call an account something else.
    Rename {
        /// [`AccountView::id`].
        account: String,
        /// Its new name.
        name: String,
    },
    /// Change an account; the bytes are another key as it was typed, or empty.
    Edit {
        /// [`AccountView::id`].
        account: String,
        /// What it was when the form was filled, so that only what a person changed is changed.
        seen: Seen,
        /// What it is to be.
        draft: Draft,
    },
    /// Show an account first, or no longer.
    Pin {
        /// [`AccountView::id`].
        account: String,
        /// First.
        pinned: bool,
    },
    /// Let an account change places with its neighbour.
    Move {
        /// [`AccountView::id`].
        account: String,
        /// With the one below, else with the one above.
        down: bool,
    },
    /// Let an account stand before another one, in that one's group, or last in its own.
    Place {
        /// [`AccountView::id`].
        account: String,
        /// The other's.
        #[serde(default)]
        before: Option<String>,
    },
    /// Say what happens when a page asks for the account's code.
    SetMode {
        /// [`AccountView::id`].
        account: String,
        /// What.
        mode: Mode,
    },
    /// Add an account by hand; the bytes are the key as it was typed.
    Enter {
        /// The rest of the form.
        draft: Draft,
    },
}

impl UiRequest {
    /// Whether the vault is open afterwards that was closed before, if all goes well.
    pub const fn opens(&self) -> bool {
        matches!(self, Self::Create { .. } | Self::CreateOpen { .. } | Self::Unlock { .. })
    }
}

/// By which unlock method, and what the bytes are.
#[derive(Clone, Default, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum UnlockBy {
    /// The passphrase.
    #[default]
    Passphrase,
    /// The recovery code, as it was typed.
    Recovery,
    /// What lies on this computer; there are no bytes.
    Device,
    /// What the authenticator answered.
    Key {
        /// [`UnlockMethodView::id`].
        unlock_method: String,
    },
}

/// What happens to an account that a new one is at odds with, [`Standing::Conflict`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum WhenKnown {
    /// The new one is not saved before the person has chosen.
    Ask,
    /// The new one is saved beside it.
    KeepBoth,
    /// The new one is saved, and takes its place once Microsoft has accepted a code of it.
    Replace {
        /// The one that the person was shown, [`RivalView::account`].
        account: String,
    },
}

/// What a person fills in beside the key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Draft {
    /// Whose code, usually an e-mail address.
    pub name: String,
    /// Who asks for it.
    pub issuer: String,
    /// The organisation, where it differs from that; empty where it does not.
    #[serde(default)]
    pub organisation: String,
    /// It signs in at Microsoft; of a new account that is told by the rest.
    #[serde(default)]
    pub microsoft: bool,
    /// `SHA1`, `SHA256` or `SHA512`.
    pub algorithm: String,
    /// Digits in a code.
    pub digits: u8,
    /// Seconds per code; 0 for a counter.
    pub period: u32,
    /// The next value of the counter; it counts only where the period is 0.
    pub counter: u32,
}

/// An account as a form has shown it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Seen {
    /// What stood in it.
    pub draft: Draft,
    /// Tells its key from every other, and tells nothing of it.
    pub key: String,
}

/// The tab that a page of ours was opened over.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default)]
pub struct Tab {
    /// The browser's number of it.
    pub id: Option<i32>,
    /// Its address, where the browser lets us know; otherwise it is taken for an unknown site.
    pub url: Option<String>,
    /// It shows Microsoft's sign-in form, as far as the page that asks could see.
    pub imitates: bool,
    /// The person has read the warning about it and wants the codes all the same.
    pub warned: bool,
}

/// The answer to a [`UiRequest`]: always the whole view, and what happened.
#[derive(Clone, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Reply {
    /// What to paint.
    pub view: View,
    /// What to say, if anything.
    pub notice: Option<Notice>,
    /// What stands for `$1` in its sentence.
    pub about: Option<&'static str>,
    /// A content script that waits on this tab should look again.
    pub wake: Option<i32>,
    /// What can be undone of it: [`DeletedView::id`] of each account that was put aside.
    pub undo: Vec<String>,
}

/// Everything that the popup paints.
#[derive(Clone, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct View {
    /// Which screen.
    pub screen: Screen,
    /// Accounts found on the tab and not kept yet.
    pub pending_accounts: Vec<PendingAccountView>,
    /// The accounts, in order; empty unless the vault is open.
    pub accounts: Vec<AccountView>,
    /// What the tab is about, where it is Microsoft's.
    pub page: Option<PageView>,
    /// The tab's host, where it is not one of Microsoft's sign-in pages.
    pub unknown_site: Option<UnknownSiteView>,
    /// The browser does not say which page the tab shows: it may be any.
    pub unseen: bool,
    /// Microsoft asks this person's phone first, and it was not said yet where to change that.
    pub advice: bool,
    /// The accounts are held back until the person has read the warning about that host.
    pub withheld: bool,
    /// The unlock methods of the vault, the most convenient first; only while it is closed.
    pub unlock_methods: Vec<UnlockMethodView>,
    /// Milliseconds until the next attempt is taken.
    pub wait_ms: u32,
    /// Why the vault cannot be used; only on the recovery screen.
    pub trouble: Option<TroubleView>,
    /// There are enough accounts for a search field.
    pub searchable: bool,
    /// What was deleted and lies aside, the latest first.
    pub deleted: Vec<DeletedView>,
    /// [`DeletedView::id`] of what sync took away, as long as nobody was told.
    pub untold: Vec<String>,
    /// Who else has come to open the vault, or does so no more, as long as nobody was told.
    pub recoverers: Option<RecoverersView>,
    /// Hardware tokens that the organisation's policy has brought, as long as nobody was told.
    pub tokens: Vec<TokenView>,
    /// Accounts that are in no backup.
    pub unsaved: u32,
    /// A set-up has just come to its end, and there is no recovery code yet.
    pub lacks_recovery: bool,
    /// What the organisation has decided.
    pub policy: PolicyView,
}

/// Who can open the vault in the name of the organisation, as far as that has changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct RecoverersView {
    /// Names of those who can now.
    pub added: Vec<String>,
    /// Names of those who no longer can.
    pub removed: Vec<String>,
    /// All who can, key and name: what is known once this was read.
    pub there: Vec<String>,
}

/// A hardware token that the organisation's policy has brought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct TokenView {
    /// [`AccountView::id`].
    pub account: String,
    /// Whose it is.
    pub name: String,
    /// Its number.
    pub serial: String,
}

/// A host that is none of Microsoft's sign-in pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct UnknownSiteView {
    /// The host.
    pub host: String,
    /// It passes itself off as one of them.
    pub looks_alike: bool,
    /// It could be an organisation's own sign-in server, which has to be granted first.
    pub organisation: bool,
}

/// An unlock method.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct UnlockMethodView {
    /// Names it in requests.
    pub id: String,
    /// What it takes.
    pub kind: UnlockMethodKind,
    /// What the person calls it; empty where they never named it.
    pub label: String,
    /// When it was made, in milliseconds since the Unix epoch.
    pub created_ms: u64,
    /// The vault stays safe to open without it.
    pub removable: bool,
    /// How to ask the authenticator, for one of these.
    pub key: Option<KeyView>,
}

/// How to ask an authenticator. Nothing of this is secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct KeyView {
    /// WebAuthn's credential id.
    pub credential_id: Vec<u8>,
    /// The relying party; empty where it is left to the browser.
    pub rp_id: String,
    /// WebAuthn's names of the transports.
    pub transports: Vec<String>,
    /// What the authenticator is asked to hash.
    pub salt: Vec<u8>,
}

/// Which of the popup's screens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
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

/// Why the vault cannot be used, and with what it could go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct TroubleView {
    /// Why.
    pub kind: Trouble,
    /// There is something to save as a file.
    pub savable: bool,
    /// The copy that there is to go on with, where the copies disagree.
    pub copy: Option<CopyView>,
}

/// A copy of the vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct CopyView {
    /// When it was written, in milliseconds since the Unix epoch.
    pub written_ms: u64,
    /// How many accounts it holds.
    pub accounts: u32,
}

/// Why the vault cannot be used; each has its title and its way forward in
/// every locale under `trouble_`, `troubleText_` and its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Trouble {
    /// No copy of it is sound.
    Damaged,
    /// It was written by a later version.
    Newer,
    /// It was there and is gone.
    Vanished,
    /// There is none, and the organisation takes that for a loss.
    Wiped,
    /// The newest copy is older than one that was there before.
    PutBack,
    /// Copies of another vault lie where its own should.
    TwoVaults,
    /// The browser's stores do not answer.
    Silent,
}

/// A pending account. Holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct PendingAccountView {
    /// Names it in later requests.
    pub id: String,
    /// Who asks for the code.
    pub issuer: String,
    /// Whose code.
    pub name: String,
    /// The organisation, where it differs from the issuer.
    pub organisation: Option<String>,
    /// Where it is from.
    pub found: FoundOn,
    /// A word of its names could be taken for another.
    pub mixed: bool,
    /// Only its issuer is Steam: whether its codes are Steam's own is for the person to say.
    pub steam: bool,
    /// How it stands to the vault.
    pub standing: Standing,
    /// The account that it is at odds with.
    pub rival: Option<RivalView>,
}

/// Where a pending account is from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum FoundOn {
    /// The tab that the asking page lies over; for one that lies over none, what was handed over to such a page. Only
    /// what a tab has shown may be saved by the press that opens the vault.
    ThisTab,
    /// One of Microsoft's pages, in another tab.
    Page {
        /// Its host.
        host: String,
    },
    /// A scan of another tab, or something handed over.
    Elsewhere,
}

/// The account that a pending one is at odds with, as far as a person has to know it to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct RivalView {
    /// [`AccountView::id`].
    pub account: String,
    /// Whose code.
    pub name: String,
    /// Its organisation, where that is known.
    pub organisation: Option<String>,
}

/// How a pending account stands to those kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Standing {
    /// Not there yet, or the vault is closed and nobody can tell.
    New,
    /// The very same is there.
    Known,
    /// The same name is there with another secret, and it is not known to be another organisation's.
    Conflict,
}

/// An account with its code of this moment.
#[derive(Clone, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct AccountView {
    /// Names it in requests.
    pub id: String,
    /// Who asks for the code.
    pub issuer: String,
    /// Whose code.
    pub name: String,
    /// The organisation, where it differs from the issuer.
    pub organisation: Option<String>,
    /// The code, grouped for the eye.
    pub code: String,
    /// The code after this one, grouped; empty for a counter.
    pub next_code: String,
    /// The code was filled in already, and is taken once only.
    pub spent: bool,
    /// Milliseconds per step; 0 for a counter.
    pub period_ms: u32,
    /// Milliseconds until the next code; 0 for a counter.
    pub left_ms: u32,
    /// Microsoft has accepted a code of it.
    pub confirmed: bool,
    /// That it works was said by a person, and not seen.
    pub said: bool,
    /// It was found on Microsoft's own page, and not imported or typed in.
    pub enrolled: bool,
    /// How it came here, where it was not and that is known.
    pub came: Option<Came>,
    /// The serial number under which Microsoft knows it as a hardware token.
    pub serial: Option<String>,
    /// Its set-up was begun some time ago and never ended.
    pub abandoned: bool,
    /// When it was added, in milliseconds since the Unix epoch.
    pub created_ms: u64,
    /// The open page names this account.
    pub wanted: bool,
    /// It is not known to be Microsoft's, and the page could mean it all the same.
    pub meant: bool,
    /// A word of its names could be taken for another.
    pub mixed: bool,
    /// One letter to know it by.
    pub initial: String,
    /// Which of eight colours goes with it.
    pub hue: u8,
    /// Shown first by the person's wish.
    pub pinned: bool,
    /// The group into which the person has put it.
    pub group: Option<String>,
    /// There is a note of it, which is shown only where it is asked for.
    pub noted: bool,
    /// There is one above to change places with.
    pub above: bool,
    /// There is one below.
    pub below: bool,
    /// What happens when a page asks for its code.
    pub mode: Mode,
    /// Microsoft's own, so that the modes apply.
    pub microsoft: bool,
    /// When a code of it was last copied or filled, in milliseconds since the Unix epoch.
    pub last_used_ms: Option<u64>,
    /// What its removal would mean.
    pub loss: Loss,
}

/// An account that lies aside. It has no code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct DeletedView {
    /// Names it in requests.
    pub id: String,
    /// Who asked for the code.
    pub issuer: String,
    /// Whose code.
    pub name: String,
    /// The organisation, where it differs from the issuer.
    pub organisation: Option<String>,
    /// Why it lies aside, where that was written down.
    pub why: Option<Cause>,
    /// Since when, in milliseconds since the Unix epoch.
    pub at_ms: u64,
    /// When it is deleted for good, in milliseconds since the Unix epoch, once a clock that was checked has told.
    pub until_ms: Option<u64>,
}

/// What removing an account would mean; a sentence in every locale under
/// `loss_` and its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Loss {
    /// Microsoft relies on it, and this is the only copy that Tofaktor knows.
    OnlyCopy,
    /// It was found on Microsoft's own page, and Microsoft has never accepted a code of it.
    NeverConfirmed,
    /// It was imported, and nothing that Tofaktor saw says whether it is in use.
    Imported,
    /// The same of one that was typed in.
    Typed,
    /// The same of one whose QR code was scanned.
    Scanned,
    /// The same of one that came here in a way that is not known.
    NotKnown,
    /// Another one of the same name works.
    AnotherWorks,
    /// Another app has shown the right code.
    CopyElsewhere,
}

/// What the open tab is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct PageView {
    /// The host.
    pub host: String,
    /// Names what the page shows: what a person says of it is said of this, and of nothing that comes after.
    pub view: String,
    /// What was done, or why nothing was.
    pub reason: Reason,
    /// The next thing to do, where the guide knows one.
    pub step: Option<Step>,
    /// The step's element is on the page and can be clicked for the person.
    pub can_do_step: bool,
    /// A code of the person's choice may be filled by one click.
    pub can_fill: bool,
    /// No rule knows the page: what it is made of can be described, for whoever keeps the rules.
    pub can_describe: bool,
    /// The key of the text to send to the service desk, where there is one.
    pub report: Option<String>,
    /// What the sentence and that text are about: the account, or Microsoft's number of the error.
    pub about: String,
    /// The way to the set-up belongs to the sentence.
    pub leads_to_set_up: bool,
    /// What the list of the person's methods means for the accounts here.
    pub audit: Vec<AuditView>,
    /// The account that the one enrolled here has replaced, as long as it can be put back.
    pub replaced: Option<DeletedView>,
    /// How far the computer's clock is off, in seconds, where that is worth telling.
    pub clock_off_s: Option<i32>,
    /// The key of the sentence to show: the reason's, or else what to do on this page.
    pub says: String,
}

/// A sentence about the list of a person's methods.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct AuditView {
    /// Which.
    pub says: Audit,
    /// The accounts that it is about.
    pub about: String,
}

/// What there is to say of the list of a person's methods; each has its sentence in every locale, under `audit_` and its
/// name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Audit {
    /// Accounts here that can be among the registered apps.
    Fits,
    /// More apps than accounts.
    More,
    /// No app, though there are accounts.
    Gone,
    /// An app, and no account.
    NotHere,
    /// What was removed or replaced here may still be registered there.
    Deleted,
    /// A hardware token that can be one of Tofaktor's.
    TokenFits,
    /// A hardware token that is none of them.
    TokenNotHere,
    /// A passkey is asked for first, whatever the default is.
    PasskeyFirst,
    /// An approval is, whatever the default is.
    ApprovalFirst,
    /// An approval is the default.
    ApprovalDefault,
    /// A text message or a call is.
    SmsDefault,
    /// The code is.
    CodeDefault,
    /// The page does not tell what is asked for first.
    PerhapsFirst,
    /// Rows that are not known.
    Unknown,
}

/// Something to tell the person; each has its sentence in every locale, under
/// `notice_` and its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "the sentences in _locales are the documentation")]
pub enum Notice {
    Saved,
    SavedOverOld,
    AlreadyKnown,
    Removed,
    RemovedSeveral,
    Grouped,
    /// A note was deleted.
    NoteRemoved,
    Ungrouped,
    Undone,
    TakenBack,
    Emptied,
    Found,
    FoundShort,
    PassphraseTooShort,
    PassphraseCommon,
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
    QrSetting,
    QrKey,
    Malformed,
    WrongRecoveryCode,
    MistypedRecoveryCode,
    WrongKey,
    NoKeySecret,
    NoSuchUnlockMethod,
    LastUnlockMethod,
    TooManyUnlockMethods,
    ProveFirst,
    UnlockMethodAdded,
    UnlockMethodRemoved,
    PassphraseChanged,
    Renewed,
    NameMissing,
    NameTooLong,
    TransferTooLong,
    SetAside,
    Entered,
    Edited,
    EditedMeanwhile,
    PendingLost,
    PutBack,
    TwoVaults,
    Settled,
    BroughtBack,
    NotAVault,
    Imported,
    NothingImported,
    Restored,
    BackedUp,
    ChosenSaved,
    NothingToExport,
    PasswordMissing,
    CopyWorks,
    CopyDiffers,
    SyncBegun,
    SyncJoined,
    SyncStopped,
    SyncThere,
    SyncMissing,
    /// What lies in the store is under a key that this browser knows to be over.
    SyncOver,
    SyncNeedsPassphrase,
    SyncBusy,
    PassphraseShorterThanDecided,
    UnlockMethodNotAllowed,
    ModeNotAllowed,
    NotServed,
    OrganisationNotAllowed,
    ExportNotAllowed,
    SyncNotAllowed,
    GoneFromProfile,
}
