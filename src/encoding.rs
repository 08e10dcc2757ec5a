//! Base16, base32 and base64 (RFC 4648), read strictly.
//!
//! One loop for all of them, because a loop for each and every bit width costs
//! fifty kilobytes of Wasm. `tests/encoding.rs` holds it against another
//! implementation.

/// One of the RFC's encodings. Its text is ASCII and read as bytes.
pub struct Encoding {
    alphabet: &'static [u8],
    /// What each byte stands for, [`FOREIGN`] if for nothing.
    values: &'static [u8; 256],
    /// Bits to a character.
    bits: u32,
    /// Padded with `=` to a multiple of this many characters; 1 for no padding.
    group: usize,
}

/// The text is none of the encoding's own: a foreign character, a length that
/// no bytes have, stray bits in the last character, or padding amiss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

/// The value of a character that is not in the alphabet.
const FOREIGN: u8 = u8::MAX;

const HEX_DIGITS: &[u8] = b"0123456789abcdef";
const BASE32_ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE64_ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Section 8, in lower case.
pub const HEXLOWER: Encoding = Encoding { alphabet: HEX_DIGITS, values: &values(HEX_DIGITS, false), bits: 4, group: 1 };
/// The same, read in either case.
pub const HEXLOWER_PERMISSIVE: Encoding = Encoding { values: &values(HEX_DIGITS, true), ..HEXLOWER };
/// Section 6, without padding.
pub const BASE32_NOPAD: Encoding =
    Encoding { alphabet: BASE32_ALPHABET, values: &values(BASE32_ALPHABET, false), bits: 5, group: 1 };
/// Section 4.
pub const BASE64: Encoding =
    Encoding { alphabet: BASE64_ALPHABET, values: &values(BASE64_ALPHABET, false), bits: 6, group: 4 };
/// Section 4, without padding.
pub const BASE64_NOPAD: Encoding = Encoding { group: 1, ..BASE64 };

/// Made by the compiler: a vault has thousands of short texts, and each would make it anew.
#[allow(clippy::indexing_slicing, reason = "an index out of bounds would be a compiler's error")]
const fn values(alphabet: &[u8], any_case: bool) -> [u8; 256] {
    let mut values = [FOREIGN; 256];
    let mut value = 0;
    while value < alphabet.len() {
        values[alphabet[value] as usize] = value as u8;
        if any_case {
            values[alphabet[value].to_ascii_uppercase() as usize] = value as u8;
        }
        value += 1;
    }
    values
}

impl Encoding {
    /// Writes bytes as text, in one allocation.
    pub fn encode(&self, bytes: &[u8]) -> String {
        let characters = (bytes.len() * 8).div_ceil(self.bits as usize);
        let mut text = String::with_capacity(characters.next_multiple_of(self.group));
        let (mut held, mut count) = (0_u32, 0);
        for byte in bytes {
            held = held << 8 | u32::from(*byte);
            count += 8;
            while count >= self.bits {
                count -= self.bits;
                text.push(self.character(held >> count));
            }
        }
        if count > 0 {
            text.push(self.character(held << (self.bits - count)));
        }
        while !text.len().is_multiple_of(self.group) {
            text.push('=');
        }
        text
    }

    fn character(&self, value: u32) -> char {
        let at = value as usize % self.alphabet.len();
        self.alphabet.get(at).map_or('=', |character| char::from(*character))
    }

    /// Reads text back, in one allocation.
    ///
    /// # Errors
    /// [`Malformed`], unless [`Encoding::encode`] writes just this text.
    pub fn decode(&self, text: &[u8]) -> Result<Vec<u8>, Malformed> {
        let characters = self.unpadded(text)?;
        let mut bytes = Vec::with_capacity(characters.len() * self.bits as usize / 8);
        let (mut held, mut count) = (0_u32, 0);
        for character in characters {
            let value = self.values.get(usize::from(*character)).filter(|value| **value != FOREIGN).ok_or(Malformed)?;
            held = held << self.bits | u32::from(*value);
            count += self.bits;
            if count >= 8 {
                count -= 8;
                bytes.push((held >> count) as u8);
            }
        }
        let stray = held & ((1 << count) - 1);
        if count < self.bits && stray == 0 { Ok(bytes) } else { Err(Malformed) }
    }

    fn unpadded<'a>(&self, text: &'a [u8]) -> Result<&'a [u8], Malformed> {
        if self.group == 1 {
            return Ok(text);
        }
        let characters = text.iter().position(|character| *character == b'=').unwrap_or(text.len());
        let (characters, padding) = text.split_at_checked(characters).ok_or(Malformed)?;
        let whole = text.len().is_multiple_of(self.group) && padding.len() < self.group;
        if whole && padding.iter().all(|character| *character == b'=') { Ok(characters) } else { Err(Malformed) }
    }
}
