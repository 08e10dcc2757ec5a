//! One-time passwords: what an account holds, how it is written down, and the
//! code it gives at an instant.
//!
//! HOTP is RFC 4226, TOTP is RFC 6238, the URI is the Key URI Format of
//! Google Authenticator as Microsoft bends it (see [`uri`]). The arithmetic is
//! totp-rs; every range is checked here first, because its unchecked builder
//! panics outside them and its checked one refuses Microsoft's 80-bit secrets.

pub mod base32;
pub mod code;
pub mod payload;
pub mod uri;

use zeroize::Zeroizing;

/// The shared secret, raw. Wiped on drop; has no `Debug`, so it cannot be logged.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Longest secret taken, in bytes: twice the block of SHA-512, past which HMAC hashes it anyway.
    pub const MAX_BYTES: usize = 256;

    /// Takes 1 to [`Self::MAX_BYTES`] bytes.
    pub fn new(bytes: Vec<u8>) -> Option<Self> {
        let bytes = Zeroizing::new(bytes);
        (1..=Self::MAX_BYTES).contains(&bytes.len()).then_some(Self(bytes))
    }

    /// Whether it undercuts RFC 4226 and every service of note, which a person is told.
    pub fn is_short(&self) -> bool {
        self.0.len() < 10
    }

    /// The raw bytes, for the arithmetic and for sealing.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

/// The hash under the HMAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// SHA-1, the default of the format and all that Microsoft uses.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

impl Algorithm {
    /// As URIs and most apps write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Sha512 => "SHA512",
        }
    }
}

/// What moves the code on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Factor {
    /// RFC 6238; a new code every `period` seconds, 1 to 3600.
    Time {
        /// Seconds per step.
        period: u32,
    },
    /// RFC 4226; a new code each time one is asked for.
    Counter {
        /// The counter of the next code.
        counter: u64,
    },
    /// Steam Guard: time-based, 30 seconds, five letters of its own alphabet.
    Steam,
}

impl Factor {
    /// As URIs and most apps write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Time { .. } => "totp",
            Self::Counter { .. } => "hotp",
            Self::Steam => "steam",
        }
    }
}

/// All that is needed to make codes.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    /// The shared secret.
    pub secret: Secret,
    /// The hash.
    pub algorithm: Algorithm,
    /// Digits in a code, 6 to 9 (5 characters for Steam).
    pub digits: u8,
    /// What moves the code on.
    pub factor: Factor,
}

/// Lengths that a code may have.
pub const DIGITS: std::ops::RangeInclusive<u8> = 6..=9;
/// Seconds that a step may last.
pub const PERIODS: std::ops::RangeInclusive<u32> = 1..=3600;

impl Credential {
    /// A credential whose numbers are inside their ranges, or nothing.
    pub fn new(secret: Secret, algorithm: Algorithm, digits: u8, factor: Factor) -> Option<Self> {
        let sound = match factor {
            Factor::Time { period } => DIGITS.contains(&digits) && PERIODS.contains(&period),
            Factor::Counter { .. } => DIGITS.contains(&digits),
            Factor::Steam => digits == 5,
        };
        sound.then_some(Self { secret, algorithm, digits, factor })
    }
}
