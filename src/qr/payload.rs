//! What a code says (ISO/IEC 18004, 7.4).
//!
//! rqrr corrects the errors of a symbol and reads it, and where it says ASCII, as nearly all codes do, that is the answer.
//! For the rest it is not enough: rqrr drops the character set that a code names (ECI), does not tell kanji from bytes,
//! and refuses codes that are part of a longer message (structured append) or of a kind of their own (FNC1). There the
//! segments are read here, from [`codewords`]; where rqrr has read them too, both must agree to the byte.

use super::Kind;
use super::codewords;
use super::version::Version;
use rqrr::{BitGrid, DeQRError, Grid, SimpleGrid};

/// What bytes mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    /// The payload is text in UTF-8.
    Utf8,
    /// The payload is text in Shift JIS, for the caller's platform to decode; such tables are bigger than a scanner.
    ShiftJis,
    /// The code does not say, or says something unusual; these are the bytes as they are.
    Unknown,
}

/// A part of a message that is spread over several codes (clause 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The place of this part, from 0.
    pub index: u8,
    /// How many parts there are, 1 to 16.
    pub count: u8,
    /// The exclusive or of all bytes of the whole message.
    pub parity: u8,
}

/// What a code says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) bytes: Vec<u8>,
    pub(crate) charset: Charset,
    pub(crate) part: Option<Part>,
}

/// Reads a symbol, mirrored ones too; nothing if what it says is no message.
pub(crate) fn read(modules: &SimpleGrid, version: Version) -> Option<Message> {
    let mut bytes = Vec::new();
    if version.is_misread() {
        return segments(modules, version).map(text);
    }
    match Grid::new(modules.clone()).decode_to(&mut bytes) {
        Ok(_) if bytes.is_ascii() && !bytes.is_empty() => Some(Message { bytes, charset: Charset::Utf8, part: None }),
        Ok(_) => segments(modules, version).filter(|own| own.bytes == bytes).map(text),
        Err(DeQRError::UnknownDataType) => segments(modules, version).filter(|own| own.unusual).map(text),
        Err(_) => None,
    }
}

fn segments(modules: &SimpleGrid, version: Version) -> Option<Parsed> {
    let mirrored = SimpleGrid::from_func(modules.size(), |x, y| modules.bit(x, y));
    [modules, &mirrored].into_iter().find_map(|modules| parse(&codewords::data(modules, version)?, version.number()))
}

/// The segments put together.
struct Parsed {
    bytes: Vec<u8>,
    /// The character set assignments of all byte segments, where there are any.
    sets: Vec<Option<u32>>,
    kanji: bool,
    part: Option<Part>,
    /// Structured append or FNC1.
    unusual: bool,
}

struct Reader<'a> {
    data: &'a [u8],
    bit: usize,
}

impl Reader<'_> {
    fn left(&self) -> usize {
        self.data.len() * 8 - self.bit
    }

    fn take(&mut self, count: usize) -> Option<usize> {
        if self.left() < count {
            return None;
        }
        let mut value = 0;
        for _ in 0..count {
            let byte = self.data.get(self.bit / 8)?;
            value = value << 1 | usize::from(byte >> (7 - self.bit % 8) & 1);
            self.bit += 1;
        }
        Some(value)
    }
}

const ALPHANUMERIC: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

fn parse(data: &[u8], version: usize) -> Option<Parsed> {
    let mut reader = Reader { data, bit: 0 };
    let mut parsed = Parsed { bytes: Vec::new(), sets: Vec::new(), kanji: false, part: None, unusual: false };
    let mut set = None;
    // The width of a character count, by version (table 3).
    let width = |small, medium, large| match version {
        0..=9 => small,
        10..=26 => medium,
        _ => large,
    };
    while reader.left() >= 4 {
        match reader.take(4)? {
            0b0000 => {
                return padded(&mut reader).then_some(parsed);
            }
            0b0001 => {
                let mut count = reader.take(width(10, 12, 14))?;
                while count > 0 {
                    let digits = count.min(3);
                    let (bits, limit) = [(4, 10), (7, 100), (10, 1000)].get(digits - 1).copied()?;
                    let value = reader.take(bits)?;
                    if value >= limit {
                        return None;
                    }
                    let mut divisor = limit / 10;
                    for _ in 0..digits {
                        parsed.bytes.push(b'0' + (value / divisor % 10) as u8);
                        divisor /= 10;
                    }
                    count -= digits;
                }
            }
            0b0010 => {
                let mut count = reader.take(width(9, 11, 13))?;
                while count >= 2 {
                    let value = reader.take(11)?;
                    parsed.bytes.push(*ALPHANUMERIC.get(value / 45)?);
                    parsed.bytes.push(*ALPHANUMERIC.get(value % 45)?);
                    count -= 2;
                }
                if count == 1 {
                    parsed.bytes.push(*ALPHANUMERIC.get(reader.take(6)?)?);
                }
            }
            0b0100 => {
                let count = reader.take(width(8, 16, 16))?;
                if reader.left() < count * 8 {
                    return None;
                }
                for _ in 0..count {
                    parsed.bytes.push(reader.take(8)? as u8);
                }
                parsed.sets.push(set);
            }
            0b1000 => {
                let count = reader.take(width(8, 10, 12))?;
                for _ in 0..count {
                    let value = reader.take(13)?;
                    let packed = ((value / 0xc0) << 8) | (value % 0xc0);
                    let character = packed + if packed < 0x1f00 { 0x8140 } else { 0xc140 };
                    parsed.bytes.push((character >> 8) as u8);
                    parsed.bytes.push(character as u8);
                }
                parsed.kanji = true;
            }
            0b0111 => {
                let first = reader.take(8)?;
                set = Some(match first {
                    0..0x80 => first,
                    0x80..0xc0 => ((first & 0x3f) << 8) | reader.take(8)?,
                    0xc0..0xe0 => ((first & 0x1f) << 16) | reader.take(16)?,
                    _ => return None,
                } as u32);
            }
            0b0011 => {
                let (index, last, parity) = (reader.take(4)?, reader.take(4)?, reader.take(8)?);
                if index > last || parsed.part.is_some() {
                    return None;
                }
                parsed.part = Some(Part { index: index as u8, count: last as u8 + 1, parity: parity as u8 });
                parsed.unusual = true;
            }
            // FNC1: the message is a GS1 or an industry one, otherwise as usual.
            0b0101 => parsed.unusual = true,
            0b1001 => {
                reader.take(8)?;
                parsed.unusual = true;
            }
            _ => return None,
        }
    }
    Some(parsed)
}

/// Whether the rest is padding: zeros up to the codeword, then 0xEC and 0x11 in turn. A grid that was read wrongly and
/// corrected into another symbol hardly ever ends like that. Some encoders pad with zeros alone.
fn padded(reader: &mut Reader) -> bool {
    let ragged = (8 - reader.bit % 8) % 8;
    if reader.take(ragged.min(reader.left())) != Some(0) {
        return false;
    }
    let rest = reader.data.get(reader.bit / 8..).unwrap_or_default();
    let usual = rest.iter().enumerate().filter(|&(i, &byte)| byte == if i % 2 == 0 { 0xec } else { 0x11 }).count();
    let zeros = rest.iter().filter(|&&byte| byte == 0).count();
    usual.max(zeros) * 2 >= rest.len()
}

/// Whether bytes of which the code does not say what they are must be Latin-1, which is what the standard says of them.
/// Japanese encoders mean Shift JIS, whose katakana are letters in Latin-1, so only for the codes that matter here.
fn unsaid_latin_1(bytes: &[u8]) -> bool {
    Kind::of(bytes) != Kind::Other && !bytes.iter().any(|byte| (0x80..0xa0).contains(byte))
}

/// The text that bytes are of which no code says what they are.
pub(crate) fn unsaid(bytes: Vec<u8>) -> (Vec<u8>, Charset) {
    let Message { bytes, charset, .. } =
        text(Parsed { bytes, sets: Vec::new(), kanji: false, part: None, unusual: false });
    (bytes, charset)
}

fn text(parsed: Parsed) -> Message {
    const LATIN_1: [u32; 2] = [1, 3];
    let Parsed { bytes, sets, kanji, part, .. } = parsed;
    if part.is_some() {
        // It may end in the middle of a letter.
        return Message { bytes, charset: Charset::Unknown, part };
    }
    let all = |wanted: &[u32]| !sets.is_empty() && sets.iter().all(|set| set.is_some_and(|set| wanted.contains(&set)));
    let (bytes, charset) = if bytes.is_ascii() {
        (bytes, Charset::Utf8)
    } else if kanji || all(&[20]) {
        (bytes, Charset::ShiftJis)
    } else if str::from_utf8(&bytes).is_ok() {
        (bytes, Charset::Utf8)
    } else if all(&LATIN_1) || unsaid_latin_1(&bytes) {
        (bytes.iter().map(|&byte| char::from(byte)).collect::<String>().into_bytes(), Charset::Utf8)
    } else {
        (bytes, Charset::Unknown)
    };
    Message { bytes, charset, part }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use qrcodegen::{Mask, QrCode, QrCodeEcc};

    /// Bits as text; the rest of a version 4-M symbol is padding.
    fn symbol(bits: &str) -> QrCode {
        let mut bits: Vec<u8> = bits.bytes().filter(|b| b != &b' ').map(|b| b - b'0').collect();
        bits.extend([0; 4]);
        bits.resize(bits.len().next_multiple_of(8), 0);
        let mut data: Vec<u8> = bits.chunks(8).map(|byte| byte.iter().fold(0, |sum, bit| sum << 1 | bit)).collect();
        let mut padding = [0xec, 0x11].into_iter().cycle();
        data.resize_with(64, || padding.next().unwrap());
        QrCode::encode_codewords(qrcodegen::Version::new(4), QrCodeEcc::Medium, &data, Some(Mask::new(2)))
    }

    /// Some codewords are damaged, in both blocks, and all of it may be mirrored.
    fn read(symbol: &QrCode) -> Option<Message> {
        let dark = |x: usize, y: usize| symbol.get_module(x as i32, y as i32) ^ ((9..17).contains(&x) && y > 31);
        let plain = SimpleGrid::from_func(33, |x, y| symbol.get_module(x as i32, y as i32));
        let message = super::read(&plain, Version::new(4).unwrap());
        for grid in [SimpleGrid::from_func(33, dark), SimpleGrid::from_func(33, |x, y| dark(y, x))] {
            assert_eq!(super::read(&grid, Version::new(4).unwrap()), message);
        }
        message
    }

    fn bytes(text: &[u8]) -> String {
        let mut bits = format!("0100 {:08b}", text.len());
        for byte in text {
            bits += &format!("{byte:08b}");
        }
        bits
    }

    #[test]
    fn the_standards_own_example() {
        // 7.4.3: "01234567" in numeric mode.
        let message = read(&symbol("0001 0000001000 0000001100 0101011001 1000011")).unwrap();
        assert_eq!(message, Message { bytes: b"01234567".to_vec(), charset: Charset::Utf8, part: None });
        // 7.4.4: "AC-42".
        assert_eq!(read(&symbol("0010 000000101 00111001110 11100111001 000010")).unwrap().bytes, b"AC-42");
        // 7.4.6: two kanji.
        let kanji = read(&symbol("1000 00000010 0110110011111 1101010101010")).unwrap();
        assert_eq!((kanji.bytes.as_slice(), kanji.charset), (&b"\x93\x5f\xe4\xaa"[..], Charset::ShiftJis));
    }

    #[test]
    fn character_sets() {
        let latin = read(&symbol(&format!("0111 00000011 {}", bytes(b"bl\xe5b\xe6r")))).unwrap();
        assert_eq!((latin.bytes.as_slice(), latin.charset), ("blåbær".as_bytes(), Charset::Utf8));
        let utf8 = read(&symbol(&format!("0111 00011010 {}", bytes("blåbær".as_bytes())))).unwrap();
        assert_eq!(utf8.bytes, "blåbær".as_bytes());
        assert_eq!(read(&symbol(&bytes("blåbær".as_bytes()))).unwrap().charset, Charset::Utf8);
        assert_eq!(read(&symbol(&bytes(b"bl\xe5b\xe6r"))).unwrap().charset, Charset::Unknown);
        let unsaid = read(&symbol(&bytes(b"otpauth://totp/bl\xe5b\xe6r?secret=a"))).unwrap();
        assert_eq!(unsaid.bytes, "otpauth://totp/blåbær?secret=a".as_bytes());
        let japanese = read(&symbol(&format!("0111 00010100 {}", bytes(b"\x93\x5f")))).unwrap();
        assert_eq!(japanese.charset, Charset::ShiftJis);
    }

    #[test]
    fn structured_append_is_reported_and_fnc1_is_no_obstacle() {
        let message = read(&symbol(&format!("0011 0001 0010 10101010 {}", bytes(b"middle")))).unwrap();
        assert_eq!(message.part, Some(Part { index: 1, count: 3, parity: 0xaa }));
        assert_eq!(message.bytes, b"middle");
        assert_eq!(read(&symbol(&format!("0101 {}", bytes(b"01")))).unwrap().bytes, b"01");
    }

    #[test]
    fn nonsense_is_no_message() {
        assert!(read(&symbol("1111 0000")).is_none());
        // Three digits that are more than 999, in a part of a message.
        assert!(read(&symbol("0011 0000 0000 00000000 0001 0000000011 1111111111")).is_none());
        assert!(read(&symbol("0100 11111111")).is_none());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_modules_are_answered(number in 1_usize..41, seed in any::<u64>(), share in 0_u64..9) {
            let version = Version::new(number).unwrap();
            let code = QrCode::encode_segments_advanced(&[], QrCodeEcc::Low, qrcodegen::Version::new(number as u8), qrcodegen::Version::new(number as u8), None, false).unwrap();
            let noise = |x: usize, y: usize| {
                let hash = (seed ^ (x as u64) << 32 ^ y as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                (hash ^ hash >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 60 < share
            };
            let grid = SimpleGrid::from_func(version.size(), |x, y| code.get_module(x as i32, y as i32) ^ noise(x, y));
            let _ = (super::read(&grid, version), segments(&grid, version));
        }

        #[test]
        fn any_codewords_are_answered(data in prop::collection::vec(any::<u8>(), 0..200), version in 1_usize..41) {
            let _ = parse(&data, version);
        }
    }
}
