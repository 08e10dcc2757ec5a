//! From what a person knows to the key that wraps the vault key.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use zeroize::Zeroizing;

/// 32 secret bytes on the heap, so that moving the owner leaves no copy behind.
pub type KeyBytes = Box<Zeroizing<[u8; 32]>>;

/// What the person typed: NFKC-normalised UTF-8. Wiped on drop.
pub struct Passphrase(Zeroizing<Vec<u8>>);

impl Passphrase {
    /// Takes the bytes over.
    pub fn new(utf8: Vec<u8>) -> Self {
        Self(Zeroizing::new(utf8))
    }

    /// The bytes, for the derivation alone.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Whether it may guard a vault. Length is the one rule: rules on kinds of
    /// characters make passphrases worse.
    pub fn is_long_enough(&self) -> bool {
        let characters = self.0.iter().filter(|byte| (**byte & 0xc0) != 0x80);
        characters.count() >= MIN_PASSPHRASE
    }
}

/// Fewest characters of a new passphrase (NIST SP 800-63B-4, as one of two factors:
/// the other is the profile that the vault lies in).
pub const MIN_PASSPHRASE: usize = 8;

/// A key-encryption key. Wiped on drop.
pub struct Kek(KeyBytes);

impl Kek {
    /// Takes the bytes over.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Box::new(Zeroizing::new(bytes)))
    }

    /// The bytes, for wrapping alone.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl From<KeyBytes> for Kek {
    fn from(bytes: KeyBytes) -> Self {
        Self(bytes)
    }
}

/// The price of one guess (RFC 9106): Argon2id, version 0x13, one lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Argon2Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Argon2Cost {
    /// What a new slot is made with: RFC 9106's second choice, with the one
    /// lane that Wasm can run (more lanes would help only the attacker).
    pub const USUAL: Self = Self { memory_kib: 64 * 1024, passes: 3, lanes: 1 };

    /// Where memory is short, in the order to be tried. The last is OWASP's floor.
    pub const LADDER: [Self; 3] = [
        Self::USUAL,
        Self { memory_kib: 46 * 1024, passes: 2, lanes: 1 },
        Self { memory_kib: 19 * 1024, passes: 2, lanes: 1 },
    ];

    /// Most work of one derivation, in KiB times passes: eleven times the usual, and seconds, not minutes.
    const MAX_WORK: u64 = 2 * 1024 * 1024;

    /// Dear enough to protect and cheap enough to be no weapon.
    pub fn is_sound(self) -> bool {
        (19 * 1024..=1024 * 1024).contains(&self.memory_kib)
            && (2..=64).contains(&self.passes)
            && (1..=16).contains(&self.lanes)
            && u64::from(self.memory_kib) * u64::from(self.passes) <= Self::MAX_WORK
    }
}

/// The derivation itself, for whoever implements the platform. `None` if the
/// cost is unsound or the memory is not to be had.
pub fn derive_kek(passphrase: &Passphrase, salt: &[u8; 32], cost: Argon2Cost) -> Option<Kek> {
    if !cost.is_sound() {
        return None;
    }
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32)).ok()?;
    // Reserved by hand, because the crate's own allocation aborts where memory is
    // short, and the ladder of costs is for exactly that case.
    let mut memory = Zeroizing::new(Vec::<Block>::new());
    memory.try_reserve_exact(params.block_count()).ok()?;
    memory.resize(params.block_count(), Block::default());
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut key = KeyBytes::default();
    argon2.hash_password_into_with_memory(passphrase.expose(), salt, key.as_mut_slice(), memory.as_mut_slice()).ok()?;
    Some(Kek(key))
}
