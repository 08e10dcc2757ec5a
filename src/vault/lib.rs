//! The encrypted vault.
//!
//! A random vault key seals the contents; every way in (a passphrase, an
//! authenticator, a recovery code, this device) wraps that key in a slot of
//! its own. The sealed record stands in three copies, of which a save touches
//! the oldest. FORMAT.md beside this file is the format; this is what to call:
//!
//! - [`store`]: is there a vault, make one, open it, change it;
//! - [`ways`]: add, remove, rename and change the ways in, change the vault key;
//! - [`backup`]: the vault as a file;
//! - [`session`]: the unlocked key between two calls, with its expiry;
//! - [`attempts`]: how fast guesses may come.
//!
//! What is not sound is never guessed at, and never a reason for an empty vault.

mod account;
mod anchor;
pub mod attempts;
pub mod backup;
mod checksum;
mod contents;
pub mod crypto;
mod device;
pub mod diagnostics;
mod error;
mod header;
mod record;
pub mod recovery;
pub mod session;
mod slot;
pub mod store;
mod survey;
pub mod ways;
mod wire;

pub use account::{Account, AccountId, Mode, Status, organisation};
pub use contents::{Contents, Tombstone};
pub use crypto::VaultKey;
pub use error::{Damage, Holds, VaultError};
pub use header::{Header, MAX_SLOTS};
pub use record::{Fresh, MAX_HEADER, MAX_RECORD, Record};
pub use slot::{MAX_CREDENTIAL_ID, MAX_LABEL, Place, Prf, Seat, Slot, SlotId, SlotType, Unopened, VaultId, Way};
