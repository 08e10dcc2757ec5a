//! The words of the pages that change settings and the unlock methods.

use super::{DecidedView, Draft, FolderView, KeyView, Notice, PolicyView, UnlockBy, UnlockMethodView};
use serde::{Deserialize, Serialize};
/// What the manager and the other pages that change settings may ask. Bytes go
/// beside it, as with [`UiRequest`](super::UiRequest).
#[derive(Clone, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum SettingsRequest {
    /// Show what there is.
    Show,
    /// Lock after so long without use.
    SetIdle {
        /// 0 for when the browser closes.
        minutes: u32,
    },
    /// Lock when the computer is locked.
    SetLockWithComputer {
        /// Yes.
        on: bool,
    },
    /// Go from the phone's approval to the code without being asked.
    SetSwitching {
        /// Yes.
        on: bool,
    },
    /// Ask Microsoft's own page for the time, and correct this computer's clock by it.
    SetClockCheck {
        /// Yes.
        on: bool,
    },
    /// Show again that it is you; the bytes are as the unlock method has them. What lies on this computer does only where
    /// nothing else opens the vault.
    Prove {
        /// By which.
        #[serde(default)]
        by: UnlockBy,
    },
    /// Add a passphrase, in the bytes.
    AddPassphrase,
    /// Put another passphrase, in the bytes, in the place of this one.
    ChangePassphrase {
        /// [`UnlockMethodView::id`].
        unlock_method: String,
    },
    /// Make a recovery code; one that was there is void.
    MakeRecovery,
    /// Open on this computer with nothing to type.
    AddDevice,
    /// Answer with what a new authenticator is to be asked.
    BeginKey,
    /// Add an authenticator; the bytes are what it answered.
    AddKey {
        /// What to call it.
        label: String,
        /// How to ask it again.
        key: KeyView,
    },
    /// Call an unlock method something else.
    RenameUnlockMethod {
        /// [`UnlockMethodView::id`].
        unlock_method: String,
        /// Its new name.
        label: String,
    },
    /// Remove an unlock method.
    RemoveUnlockMethod {
        /// [`UnlockMethodView::id`].
        unlock_method: String,
    },
    /// Someone may know an unlock method: seal everything anew. The bytes are a new
    /// passphrase; every other unlock method is void, and there is a new recovery code.
    Renew,
    /// Show an account as a QR code.
    Transfer {
        /// [`AccountView::id`](super::AccountView::id).
        account: String,
    },
    /// Show an account's note.
    Note {
        /// [`AccountView::id`](super::AccountView::id).
        account: String,
    },
    /// Delete an account's note.
    RemoveNote {
        /// [`AccountView::id`](super::AccountView::id).
        account: String,
    },
    /// What an account is, and what its codes would be; the bytes are another key as it was typed, or empty.
    TryEdit {
        /// [`AccountView::id`](super::AccountView::id).
        account: String,
        /// What it is to be; without it, what it is.
        draft: Option<Draft>,
    },
    /// Hand out the sealed copies as they lie in the stores.
    ExportSealed,
    /// Put what cannot be read, or is locked and nobody can open, aside and begin anew.
    Bury,
    /// Put a vault back from a file, in the bytes; without bytes, from what was put aside.
    BringBack,
    /// Where the copies disagree, go on with the newest one that the unlocked key opens.
    Settle,
}

/// The answer to a [`SettingsRequest`].
#[derive(Clone, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct SettingsReply {
    /// What to paint.
    pub view: SettingsView,
    /// What to say, if anything.
    pub notice: Option<Notice>,
    /// What to show once.
    pub shown: Option<Shown>,
}

/// Everything that can be set and that is sealed with the accounts.
#[derive(Clone, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct SettingsView {
    /// The vault is open; the rest is the default if not.
    pub open: bool,
    /// The person has shown who they are a moment ago.
    pub proved: bool,
    /// The unlock methods of the vault.
    pub unlock_methods: Vec<UnlockMethodView>,
    /// Minutes without use until it locks; 0 for when the browser closes.
    pub idle_minutes: u32,
    /// What can be chosen for it.
    pub idle_choices: Vec<u32>,
    /// It locks when the computer is locked.
    pub lock_with_computer: bool,
    /// Goes from the phone's approval to the code without being asked.
    pub switching: bool,
    /// Asks Microsoft's own page for the time.
    pub clock_check: bool,
    /// What the organisation has decided.
    pub policy: PolicyView,
    /// The same, value for value.
    pub decided: DecidedView,
    /// Facts for a service desk, as JSON. No secret, no name.
    pub diagnostics: String,
    /// There is a vault that was put aside and could be put back.
    pub aside: bool,
    /// How the last copy into a folder went.
    pub folder: FolderView,
}

/// Something that is shown once and kept nowhere.
#[derive(Clone, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Shown {
    /// A recovery code, to be written down.
    Recovery {
        /// Seven groups of four.
        code: String,
    },
    /// An account as a QR code.
    Qr {
        /// Path of the dark modules.
        path: String,
        /// Modules along a side, the margin included.
        size: u32,
    },
    /// What was noted of an account.
    Note {
        /// As it was written.
        text: String,
    },
    /// An account as it would be. Never its key.
    Edit {
        /// What it is to be.
        draft: Draft,
        /// [`Seen::key`](super::Seen::key) of the account as it is.
        key: String,
        /// The code of now, grouped for the eye.
        before: String,
        /// The code that it would be.
        after: String,
        /// Milliseconds until both are others; 0 for a counter.
        left_ms: u32,
        /// Another key, or another way from the key to the codes.
        replaces: bool,
    },
    /// What a new authenticator is to be asked.
    Key {
        /// What it is asked to hash.
        salt: Vec<u8>,
        /// WebAuthn's user id.
        user: Vec<u8>,
    },
    /// The sealed copies.
    Sealed {
        /// One a line: where it lay, and what lay there.
        text: String,
    },
}
