//! Everything that a vault can answer instead of opening or saving.
//!
//! Closed on purpose: each value is one sentence and one way forward in the
//! user interface, and none of them carries text from inside the vault.

use super::slot::SlotType;
use platform::Outage;

/// Why bytes are not a sound record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// They do not begin as a record does, or are not base64 at all.
    NotARecord,
    /// They end too early, or go on too long.
    Length,
    /// The checksum is wrong: bytes changed by accident.
    Checksum,
    /// The checksum holds and the header makes no sense: written by a broken or hostile program.
    Header,
    /// A key derivation cheaper than the floor or dearer than the cap.
    Cost,
    /// Sealed under the right key, and changed afterwards.
    Seal,
    /// The seal holds and what it held is not a vault's contents.
    Body,
}

/// What a store holds after a save that did not succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// What it held before; the operation may be tried again.
    Old,
    /// What was to be saved, though something complained; do not try again.
    New,
    /// It could not be read; ask again before deciding.
    Unknown,
}

/// What a vault answers instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VaultError {
    /// There is no vault yet.
    None,
    /// There is a vault already, or the remains of one; a new one would bury it.
    Exists,
    /// The vault was there and is gone from every store.
    Vanished,
    /// No copy of the vault is sound; the copies can still be exported as they are.
    Damaged(Damage),
    /// Written by a newer Tofaktor; nothing was touched.
    Newer {
        /// The format it is written in.
        major: u16,
    },
    /// The newest copy is older than one that was acknowledged.
    RolledBack {
        /// Generation of the best copy.
        found: u64,
        /// Generation that was acknowledged.
        known: u64,
    },
    /// A record of another vault than the one that is open.
    OtherVault,
    /// The record is under another key: the key was changed since, or it is another vault.
    OtherKey,
    /// What was typed, pressed or read opens no unlock method of that kind.
    Wrong(SlotType),
    /// A recovery code whose check characters do not fit: mistyped.
    Mistyped,
    /// The authenticator gave no usable secret (none, too short or all zero).
    NoPrf,
    /// A new passphrase with fewer than [`MIN_PASSPHRASE`](kdf::MIN_PASSPHRASE) characters.
    TooShort,
    /// The vault has no unlock method of this kind.
    NoSuchSlot,
    /// The change would leave no safe unlock method.
    LastSlot,
    /// Too many unlock methods, or a name or credential that does not fit.
    SlotLimits,
    /// More than a record can hold.
    TooLarge,
    /// Too many failures; try again after this time.
    Wait {
        /// Milliseconds.
        ms: u64,
    },
    /// The vault is locked.
    Locked,
    /// Someone else wrote in between, in spite of the lock; nothing was overwritten.
    Conflict,
    /// Not saved.
    NotSaved {
        /// What the store said, or [`Outage::Storage`] if it kept something else than it was given.
        cause: Outage,
        /// What it holds now.
        holds: Holds,
    },
    /// The world failed before anything was to be written.
    Outage(Outage),
}

impl From<Outage> for VaultError {
    fn from(outage: Outage) -> Self {
        Self::Outage(outage)
    }
}

impl From<Damage> for VaultError {
    fn from(damage: Damage) -> Self {
        Self::Damaged(damage)
    }
}
