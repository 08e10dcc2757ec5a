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

/// Reads a secret; white space, `-` and `=` are ignored, case does not matter.
pub fn decode(text: &str) -> Result<Secret, Base32Error> {
    let mut letters = Zeroizing::new(Vec::with_capacity(text.len()));
    for c in text.chars() {
        match c {
            '-' | '=' => {}
            c if c.is_whitespace() => {}
            'A'..='Z' | '2'..='7' => letters.push(c as u8),
            'a'..='z' => letters.push(c.to_ascii_uppercase() as u8),
            _ => return Err(Base32Error::Character),
        }
    }
    if letters.is_empty() {
        return Err(Base32Error::Empty);
    }
    if matches!(letters.len() % 8, 1 | 3 | 6) {
        return Err(Base32Error::Length);
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        decode(text).expect("valid").expose().to_vec()
    }

    #[test]
    fn spelling_does_not_matter() {
        let plain = bytes("JBSWY3DPEHPK3PXP");
        for spelling in [
            "jbswy3dpehpk3pxp",
            "JBSW Y3DP EHPK 3PXP",
            "jbsw-y3dp-ehpk-3pxp",
            "JBSWY3DPEHPK3PXP====",
            "jbswy3dp\u{a0}ehpk3pxp\n",
        ] {
            assert_eq!(bytes(spelling), plain, "{spelling:?}");
        }
    }

    #[test]
    fn rfc_4648_section_10() {
        for (text, raw) in [
            ("MY======", "f"),
            ("MZXQ====", "fo"),
            ("MZXW6===", "foo"),
            ("MZXW6YQ=", "foob"),
            ("MZXW6YTB", "fooba"),
            ("MZXW6YTBOI======", "foobar"),
        ] {
            assert_eq!(bytes(text), raw.as_bytes());
        }
    }

    #[test]
    fn each_refusal_has_its_reason() {
        let refusal = |text: &str| decode(text).err();
        assert_eq!(refusal(""), Some(Base32Error::Empty));
        assert_eq!(refusal(" -= "), Some(Base32Error::Empty));
        for text in ["JBSWY3DPEHPK3PX0", "JBSWY3DPEHPK3PX1", "JBSWY3DPEHPK3PX8", "JBSWY3DPEHPK3PX9", "JBSWY3DPEHPK3PXÅ"]
        {
            assert_eq!(refusal(text), Some(Base32Error::Character), "{text}");
        }
        for text in ["A", "ABC", "ABCDEF", "JBSWY3DPEHPK3PXPA"] {
            assert_eq!(refusal(text), Some(Base32Error::Length), "{text}");
        }
        assert_eq!(refusal(&"A".repeat(8 * 1024)), Some(Base32Error::TooLong));
    }

    #[test]
    fn stray_trailing_bits_are_cleared() {
        assert_eq!(bytes("MZ"), bytes("MY"));
    }
}
