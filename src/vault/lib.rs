//! The encrypted vault.
//!
//! A random vault key seals the contents; every unlock method (a passphrase, an
//! authenticator, a recovery code, this device) wraps that key in a slot of
//! its own. The sealed record stands in three copies, of which a save touches
//! the oldest. FORMAT.md beside this file is the format; this is what to call:
//!
//! - [`store`]: is there a vault, make one, open it, change it;
//! - [`key_slots`]: open by an unlock method; add, remove, rename and change them, change the vault key;
//! - [`backup`]: the vault as a file;
//! - [`folder`]: the vault in a folder, after every change;
//! - [`sharing`]: what other browsers join by;
//! - [`session`]: the unlocked key between two calls, with its expiry;
//! - [`attempts`]: how fast guesses may come.
//!
//! What is not sound is never guessed at, and never a reason for an empty vault.

mod account;
mod account_note;
mod aside;
pub mod attempts;
pub mod backup;
mod capture_key;
mod checksum;
mod contents;
mod credential;
pub mod crypto;
mod device;
pub mod diagnostics;
mod error;
pub mod folder;
mod header;
mod identity;
pub mod key_slots;
mod organisation_key;
mod parcel;
mod recently_deleted;
mod record;
pub mod recovery;
mod rollback_marker;
pub mod session;
pub mod sharing;
mod slot;
mod storage_scan;
pub mod store;
mod wire;

pub use account::{Account, AccountId, Came, ELSEWHERE, MAX_GROUP, Mode, SERIAL, Status};
pub use account_note::{AccountNote, MAX_NOTE};
pub use capture_key::CaptureKey;
pub use contents::Contents;
pub use crypto::VaultKey;
pub use error::{Damage, Holds, VaultError};
pub use header::{Header, MAX_SLOTS};
pub use identity::Identity;
pub use organisation_key::{OrganisationKey, PrivateKey, SealedTo};
pub use parcel::Parcel;
pub use recently_deleted::{Cause, KEPT_MS, Note, Tombstone};
pub use record::{Fresh, MAX_HEADER, MAX_RECORD, Record};
pub use slot::{FreshSlot, KeySlot, MAX_LABEL, Place, Prf, SlotId, SlotType, UnlockMethod, Unopened, VaultId};
