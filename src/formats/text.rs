//! Bytes as text: UTF-8, UTF-16 with or without its mark, or one of the code pages that Windows programs still save in.
//!
//! Weighed for the code pages: encoding_rs; not taken because its one entrance brings the tables of forty, a third of a
//! megabyte, where two are met.

use zeroize::Zeroizing;

/// Where code page 1252 is not Latin-1.
const WESTERN: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";
/// Code page 1251 from 0x80 up to its alphabet.
const CYRILLIC: &str = "ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\u{98}™љ›њќћџ\u{a0}ЎўЈ¤Ґ¦§Ё©Є«¬\u{ad}®Ї°±Ііґµ¶·ё№є»јЅѕї";

/// `None` for what is no text.
pub(crate) fn of(bytes: &[u8]) -> Option<Zeroizing<String>> {
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        // Zeros at the end are what a program had reserved and not filled.
        [0xef, 0xbb, 0xbf, rest @ ..] | rest => match std::str::from_utf8(without_zeros(rest)) {
            Ok(text) if !text.contains('\0') => Some(Zeroizing::new(text.to_owned())),
            Ok(_) => unmarked(rest),
            Err(_) => unmarked(rest).or_else(|| paged(rest)),
        },
    }
}

/// What of a text was encoded to go by mail (quoted-printable, RFC 2045), and would be read as other keys: all equals signs in
/// it say so, and those before a key are encoded. One alone may as well stand before a key that begins so.
pub(crate) fn unquoted(text: &str) -> Option<Zeroizing<String>> {
    let count = |part: &str| text.matches(part).count();
    let is_before_keys = |name: &str| count(&format!("{name}=")) == count(&format!("{name}=3D"));
    if count("=3D") < 2 || !is_before_keys("secret") || !is_before_keys("data") {
        return None;
    }
    let mut parts = text.split('=');
    let mut bytes = Zeroizing::new(parts.next()?.as_bytes().to_vec());
    for part in parts {
        let rest = part.strip_prefix('\n').or_else(|| part.strip_prefix("\r\n"));
        let code = part.get(..2).filter(|code| !code.bytes().any(|c| c.is_ascii_lowercase()));
        match (rest, code.and_then(|code| u8::from_str_radix(code, 16).ok())) {
            (Some(rest), _) => bytes.extend_from_slice(rest.as_bytes()),
            (None, Some(byte)) => {
                bytes.push(byte);
                bytes.extend_from_slice(part.get(2..)?.as_bytes());
            }
            (None, None) => return None,
        }
    }
    Some(Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned()))
}

fn without_zeros(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |at| at + 1);
    bytes.get(..end).unwrap_or_default()
}

fn wide(bytes: &[u8], read: fn([u8; 2]) -> u16) -> Option<Zeroizing<String>> {
    let (pairs, odd) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| read(*pair));
    let text: Result<String, _> = char::decode_utf16(units).collect();
    text.ok().filter(|_| odd.is_empty()).map(Zeroizing::new)
}

/// UTF-16 without its mark: most of what is exported is ASCII, so every other byte is zero.
fn unmarked(bytes: &[u8]) -> Option<Zeroizing<String>> {
    let (pairs, _) = bytes.as_chunks::<2>();
    let zeros = |at: usize| pairs.iter().filter(|pair| pair.get(at) == Some(&0)).count();
    let (first, second) = (zeros(0), zeros(1));
    let most = pairs.len() * 3 / 4;
    match () {
        () if second > most && first == 0 => wide(bytes, u16::from_le_bytes),
        () if first > most && second == 0 => wide(bytes, u16::from_be_bytes),
        () => None,
    }
}

/// A code page: there are no control characters in a text. Where letters beyond ASCII stand side by side, it is Cyrillic.
fn paged(bytes: &[u8]) -> Option<Zeroizing<String>> {
    if bytes.iter().any(|byte| *byte < 0x20 && !b"\t\n\r\x0c".contains(byte) || *byte == 0x7f) {
        return None;
    }
    let is_high = |byte: &u8| *byte >= 0xc0;
    let high = bytes.iter().filter(|byte| is_high(byte)).count();
    let together = bytes.windows(2).filter(|pair| pair.iter().all(is_high)).count();
    let is_cyrillic = together * 2 > high;
    let decode = |byte: &u8| match (*byte, is_cyrillic) {
        (0..0x80, _) => char::from(*byte),
        (0xc0.., true) => char::from_u32(0x410 + u32::from(*byte) - 0xc0).unwrap_or('\u{fffd}'),
        (_, true) => CYRILLIC.chars().nth(usize::from(*byte) - 0x80).unwrap_or('\u{fffd}'),
        (0x80..0xa0, false) => WESTERN.chars().nth(usize::from(*byte) - 0x80).unwrap_or('\u{fffd}'),
        (0xa0.., false) => char::from(*byte),
    };
    Some(Zeroizing::new(bytes.iter().map(decode).collect()))
}
