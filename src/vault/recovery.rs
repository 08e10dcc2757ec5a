//! The recovery code: 128 random bits on paper.
//!
//! 26 characters of RFC 4648 base32 and two check characters, in groups of
//! four. The check characters are verified before any work is done, so a
//! mistyped code is not taken for a wrong one.

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::crypto;
use super::error::VaultError;
use super::slot::{SlotId, VaultId};
use data_encoding::BASE32_NOPAD;
use kdf::Kek;
use platform::{Outage, Platform};

/// A recovery code. Wiped on drop.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(Zeroizing<[u8; 16]>);

const CHARACTERS: usize = 28;
const GROUP: usize = 4;

impl RecoveryCode {
    /// A new code.
    pub fn make<P: Platform>(p: &P) -> Result<Self, Outage> {
        let mut code = Self(Zeroizing::default());
        p.random(code.0.as_mut_slice())?;
        Ok(code)
    }

    /// One of random bytes that were drawn elsewhere.
    pub fn of(bytes: &[u8; 16]) -> Self {
        Self(Zeroizing::new(*bytes))
    }

    /// As it is printed: seven groups of four.
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut letters = Zeroizing::new(BASE32_NOPAD.encode(self.0.as_slice()));
        letters.push_str(&self.check());
        let mut text = Zeroizing::new(String::with_capacity(CHARACTERS + CHARACTERS / GROUP));
        for (at, letter) in letters.chars().enumerate() {
            if at > 0 && at % GROUP == 0 {
                text.push('-');
            }
            text.push(letter);
        }
        text
    }

    /// Reads what a person typed: case, spaces and dashes do not matter, and
    /// 0, 1 and 8, which the alphabet lacks, are read as O, I and B.
    pub fn from_text(text: &str) -> Result<Self, VaultError> {
        let mut letters = Zeroizing::new(String::with_capacity(CHARACTERS));
        for letter in text.chars() {
            let letter = match letter.to_ascii_uppercase() {
                '0' => 'O',
                '1' => 'I',
                '8' => 'B',
                letter @ ('A'..='Z' | '2'..='7') => letter,
                // Every dash that a word processor may have made of ours.
                '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' => continue,
                space if space.is_whitespace() => continue,
                _ => return Err(VaultError::Mistyped),
            };
            if letters.len() == CHARACTERS {
                return Err(VaultError::Mistyped);
            }
            letters.push(letter);
        }
        let (code, check) = letters.split_at_checked(CHARACTERS - 2).ok_or(VaultError::Mistyped)?;
        let bytes = BASE32_NOPAD.decode(code.as_bytes()).map(Zeroizing::new).map_err(|_| VaultError::Mistyped)?;
        let mut code = Self(Zeroizing::default());
        if bytes.len() != code.0.len() {
            return Err(VaultError::Mistyped);
        }
        code.0.copy_from_slice(&bytes);
        if *code.check() == *check { Ok(code) } else { Err(VaultError::Mistyped) }
    }

    /// The key-encryption key of its slot (FORMAT.md, 4.3).
    pub fn derive_kek(&self, salt: &[u8; 32], vault: VaultId, slot: SlotId) -> Kek {
        let info: [&[u8]; 3] = [b"m365totp/v1/kek/recovery", &vault.0, &slot.0];
        crypto::derive_key(self.0.as_slice(), salt, &info).into()
    }

    /// The first two base32 characters of a hash: 1 mistyped code in 1,024 passes.
    fn check(&self) -> Zeroizing<String> {
        let hash = Sha256::new().chain_update(b"m365totp/v1/recovery-check").chain_update(self.0.as_slice()).finalize();
        let mut check = Zeroizing::new(BASE32_NOPAD.encode(&hash));
        check.truncate(2);
        check
    }
}
