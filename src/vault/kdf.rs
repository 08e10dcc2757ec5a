//! From what a person knows to the key that wraps the vault key.

use zeroize::Zeroizing;

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
}

/// A key-encryption key. Wiped on drop.
pub struct Kek(Zeroizing<[u8; 32]>);

impl Kek {
    /// Takes the bytes over.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes, for wrapping alone.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
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
