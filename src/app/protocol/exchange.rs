//! The words of import, export, backup and sync.

use serde::{Deserialize, Serialize};

use super::Notice;
use ::exchange::merge::{Choice, Noted};
use ::exchange::{Bytes, Discarded};

/// What the pages for import, export, backup and sync may ask. Bytes go beside
/// it, as with [`UiRequest`](super::UiRequest).
#[derive(Clone, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum ExchangeRequest {
    /// Show what there is.
    Show,
    /// What taking files over would mean; the bytes are what was read of each, one after the other. Changes nothing.
    Preview,
    /// Take it over, in one save; the bytes are as for the preview.
    Take {
        /// For each entry, in the order of the preview; those without a choice are left.
        choices: Vec<Choice>,
        /// What a person calls those that say nothing of whose they are, by their places.
        #[serde(default)]
        names: Vec<(u32, String)>,
    },
    /// Make the vault from a backup, where there is none. The bytes are the
    /// passphrase, preceded by its length as four bytes, little-endian, and what was read.
    Restore,
    /// All accounts as an encrypted file of our own. It opens by the passphrase
    /// and the recovery code of this vault; where there is neither, the bytes are a password.
    SaveBackup,
    /// Accounts as Aegis' encrypted file; the bytes are its password.
    SaveAegis {
        /// [`AccountView::id`](super::AccountView::id) of each; `None` for all.
        accounts: Option<Vec<String>>,
    },
    /// All accounts as `otpauth:` URIs, which anyone can read.
    SaveList,
    /// All accounts in the format that password managers exchange, which anyone can read.
    SaveCxf,
    /// Accounts as QR codes for Google Authenticator, which anyone can scan.
    DrawTransfer {
        /// [`AccountView::id`](super::AccountView::id) of each; `None` for all.
        accounts: Option<Vec<String>>,
    },
    /// All accounts on paper: name, key and QR code.
    DrawSheet,
    /// Whether another app has the account too; the bytes are the code that it shows.
    CheckCopy {
        /// [`AccountView::id`](super::AccountView::id).
        account: String,
    },
    /// Begin to sync with other browsers, which join with the passphrase of this vault that the bytes are.
    SyncOn,
    /// Join what another browser began; the bytes are its passphrase.
    SyncJoin,
    /// Sync no more.
    SyncOff {
        /// Also remove everything from the browser's sync store, for all browsers.
        erase: bool,
    },
    /// Sync now.
    SyncNow,
}

/// The answer to an [`ExchangeRequest`].
#[derive(Clone, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct ExchangeReply {
    /// What to paint.
    pub view: ExchangeView,
    /// What to say, if anything.
    pub notice: Option<Notice>,
    /// What to show or save, once.
    pub out: Option<Out>,
}

/// How it stands with copies elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct ExchangeView {
    /// The vault is open; the rest is the default if not.
    pub open: bool,
    /// Accounts that there are.
    pub accounts: u32,
    /// When a file with all accounts was last made, in milliseconds since the Unix epoch.
    pub saved_ms: Option<u64>,
    /// Accounts that are new or changed since, and so in no such file.
    pub unsaved: u32,
    /// A backup needs a password of its own, because nothing that is typed opens this vault.
    pub needs_password: bool,
    /// How it stands with sync.
    pub sync: SyncView,
}

/// How it stands with sync.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct SyncView {
    /// What the last attempt came to.
    pub state: SyncState,
    /// Another browser has begun to sync, and this one is not in.
    pub joinable: bool,
    /// Accounts that do not fit into the browser's sync store.
    pub left: u32,
    /// When the last attempt was, in milliseconds since the Unix epoch.
    pub at_ms: Option<u64>,
}

/// What came of syncing; a sentence in every locale under `sync_` and its name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum SyncState {
    /// It is off.
    #[default]
    Off,
    /// All is the same here and there.
    On,
    /// There is no room for some accounts.
    Full,
    /// Another browser has removed everything from the store.
    Gone,
    /// Another browser has begun anew, with another passphrase.
    Other,
    /// The browser did not let us read or write; it is tried again.
    Failed,
    /// The browser takes no more writes for now; it is tried again.
    Busy,
}

/// Something that goes out, or is shown once.
#[derive(Clone, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Out {
    /// What a file would mean, an entry a line.
    Preview {
        /// In the file's order.
        lines: Vec<PreviewLine>,
    },
    /// What was taken over.
    Taken {
        /// Accounts that are new.
        added: u32,
        /// Accounts that were replaced.
        replaced: u32,
        /// [`AccountView::id`](super::AccountView::id) of each that is new.
        new: Vec<String>,
        /// [`DeletedView::id`](super::DeletedView::id) of each key that was put aside for that.
        undo: Vec<String>,
        /// What came beside others.
        noted: Vec<Noted>,
    },
    /// A file to save.
    File {
        /// Its last part after the dot.
        extension: String,
        /// What is in it.
        bytes: Bytes,
        /// What to call the accounts that the format cannot hold.
        left_out: Vec<String>,
        /// Accounts whose notes it cannot hold.
        without_note: u32,
    },
    /// QR codes to scan one after the other.
    Pages {
        /// What to call the accounts that may be called otherwise there.
        renamed: Vec<String>,
        /// Each of them.
        pages: Vec<QrView>,
        /// Names of the accounts that the format cannot hold.
        left_out: Vec<String>,
        /// Accounts whose notes it cannot hold.
        without_note: u32,
    },
    /// A page for each account, to be printed.
    PrintedSheet {
        /// In the vault's order.
        accounts: Vec<PrintedAccount>,
    },
}

/// A QR code to draw.
#[derive(Clone, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct QrView {
    /// Path of the dark modules.
    pub path: String,
    /// Modules along a side, the margin included.
    pub size: u32,
}

/// An account on paper.
#[derive(Clone, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct PrintedAccount {
    /// What it is called.
    pub label: String,
    /// Its key in base32, in groups of four.
    pub key: String,
    /// What moves its codes on: totp, hotp or steam.
    pub kind: String,
    /// The hash under them.
    pub algorithm: String,
    /// How many digits they have.
    pub digits: u8,
    /// Seconds that each lasts, or the counter of the next, which may be a number that scripts do not have.
    pub step: String,
    /// For a phone; `None` if it does not fit.
    pub qr: Option<QrView>,
}

/// One entry of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct PreviewLine {
    /// Who asks for the code.
    pub issuer: String,
    /// The organisation, where it differs from the issuer.
    pub organisation: Option<String>,
    /// Whose code.
    pub name: String,
    /// A word of these names could be taken for another.
    pub mixed: bool,
    /// Its key is so short that it is easy to guess.
    pub short: bool,
    /// How it stands to the vault.
    pub fate: FateView,
    /// What the account that it is the same as, or at odds with, is called; empty for a new one.
    pub with: String,
    /// It was thrown away or archived in the app that wrote the file.
    pub discarded: Option<Discarded>,
    /// What comes of the note that it has.
    pub note: Option<NoteView>,
    /// The group that it comes into.
    pub group: Option<String>,
    /// How it is sorted besides, which is left: an account is in one group.
    pub other_tags: Vec<String>,
    /// What happens unless the person says otherwise.
    pub usual: Choice,
}

/// What comes of an entry's note; words in every locale under `note_` and its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum NoteView {
    /// It comes along.
    Comes,
    /// It is too long, or would be below the one that is there.
    TooLong,
    /// An earlier entry of the same codes has another.
    Repeated,
}

/// How an entry stands to the vault; words in every locale under `fate_` and its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum FateView {
    /// Not there yet.
    New,
    /// There already.
    Same,
    /// The same as an earlier one of the file.
    Repeated,
    /// Called the same as one that is there, with another key.
    OtherKey,
    /// The same key as one that is there, with other codes.
    OtherCodes,
    /// The same as one that is there, and its counter has run further.
    OtherCounter,
    /// The same as one that is there, with a note that is not.
    OtherNote,
}
