//! Base32 (RFC 4648, section 6) as people and Microsoft write it.
//!
//! Microsoft prints secrets in lower case and people type them with spaces and
//! dashes, so those are taken. The digits 0, 1, 8 and 9 are not in the
//! alphabet and are never guessed at: a wrong guess is a dead account.

use zeroize::Zeroizing;

use super::Secret;
use data_encoding::BASE32_NOPAD;

/// Why a text is not a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base32Error {
    /// Nothing in it.
    Empty,
    /// A character that base32 does not have, most often 0, 1, 8 or 9.
    Character,
    /// No number of bytes has this many base32 characters: some are missing.
    Length,
    /// More than [`Secret::MAX_BYTES`].
    TooLong,
}

/// Reads a secret as a person types it; white space, `-`, `=` and what is not seen are ignored, case does not matter.
pub fn decode(text: &str) -> Result<Secret, Base32Error> {
    let letters = letters(text)?;
    if matches!(letters.len() % 8, 1 | 3 | 6) {
        return Err(Base32Error::Length);
    }
    bytes(letters)
}

/// Reads a secret that a program wrote. Bits that fill no byte are dropped, also where they are a whole last character:
/// the other side made codes of the rest, so must we.
pub fn decode_written(text: &str) -> Result<Secret, Base32Error> {
    let mut letters = letters(text)?;
    if letters.len() > 1 && matches!(letters.len() % 8, 1 | 3 | 6) {
        letters.pop();
    }
    bytes(letters)
}

fn letters(text: &str) -> Result<Zeroizing<Vec<u8>>, Base32Error> {
    let mut letters = Zeroizing::new(Vec::with_capacity(text.len()));
    for c in text.chars() {
        match c {
            '-' | '=' | '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' => {}
            c if c.is_whitespace() => {}
            'A'..='Z' | '2'..='7' => letters.push(c as u8),
            'a'..='z' => letters.push(c.to_ascii_uppercase() as u8),
            _ => return Err(Base32Error::Character),
        }
    }
    if letters.is_empty() { Err(Base32Error::Empty) } else { Ok(letters) }
}

fn bytes(mut letters: Zeroizing<Vec<u8>>) -> Result<Secret, Base32Error> {
    if letters.len() * 5 / 8 > Secret::MAX_BYTES {
        return Err(Base32Error::TooLong);
    }
    // Peers leave stray bits in the last character; they carry nothing, so they are cleared.
    clear_trailing_bits(&mut letters);
    let bytes = BASE32_NOPAD.decode(&letters).map_err(|_| Base32Error::Length)?;
    Secret::new(bytes).ok_or(Base32Error::Empty)
}

/// Writes a secret in upper case without padding, as the Key URI Format wants it.
pub fn encode(secret: &Secret) -> Zeroizing<String> {
    Zeroizing::new(BASE32_NOPAD.encode(secret.expose()))
}

fn clear_trailing_bits(letters: &mut [u8]) {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let spare_bits = letters.len() * 5 % 8;
    if let Some(last) = letters.last_mut()
        && let Some(value) = ALPHABET.iter().position(|c| c == last)
        && let Some(&cleared) = ALPHABET.get(value >> spare_bits << spare_bits)
    {
        *last = cleared;
    }
}
