//! What a code says (ISO/IEC 18004, 7.4).
//!
//! Where something had to be corrected, rqrr corrects the symbol once more and reads it too. Alone it is not enough: it drops
//! the character set that a code names (ECI), does not tell kanji from bytes, refuses parts of a longer message (structured
//! append), FNC1 and what some encoders put before the padding, and takes long to say that a grid is no symbol, which is what
//! most grids are.

use super::Kind;
use super::codewords;
use super::modules::Modules;
use rqrr::{Grid, SimpleGrid};

/// What bytes mean. The tables of most sets are bigger than the scanner, so the caller decodes them: every browser can.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    /// The payload is text in UTF-8.
    Utf8,
    /// Shift JIS.
    ShiftJis,
    /// The code does not say. Nearly always it is Latin-1 or what Windows made of it.
    Unknown,
    /// Latin-2.
    Latin2,
    /// Latin-5, Turkish.
    Latin5,
    /// Latin-9.
    Latin9,
    /// Cyrillic.
    Iso5,
    /// Greek.
    Iso7,
    /// Central European of Windows.
    Windows1250,
    /// Cyrillic of Windows.
    Windows1251,
    /// Western European of Windows.
    Windows1252,
    /// Arabic of Windows.
    Windows1256,
    /// Two bytes a letter, the higher one first.
    Utf16,
    /// Traditional Chinese.
    Big5,
    /// Simplified Chinese: GB 2312, GBK and GB 18030.
    Gb18030,
    /// Korean.
    EucKr,
}

impl Charset {
    /// The set of an ECI assignment (AIM ITS/04-023), if it is one that is in use.
    fn assigned(number: u32) -> Option<Charset> {
        Some(match number {
            4 => Charset::Latin2,
            7 => Charset::Iso5,
            9 => Charset::Iso7,
            11 => Charset::Latin5,
            17 => Charset::Latin9,
            20 => Charset::ShiftJis,
            21 => Charset::Windows1250,
            22 => Charset::Windows1251,
            23 => Charset::Windows1252,
            24 => Charset::Windows1256,
            25 => Charset::Utf16,
            28 => Charset::Big5,
            29 | 31 | 32 => Charset::Gb18030,
            30 => Charset::EucKr,
            _ => return None,
        })
    }

    /// Its label by the WHATWG's Encoding Standard.
    pub fn label(self) -> &'static str {
        match self {
            Charset::Utf8 => "utf-8",
            Charset::ShiftJis => "shift_jis",
            Charset::Unknown | Charset::Windows1252 => "windows-1252",
            Charset::Latin2 => "iso-8859-2",
            Charset::Latin5 => "iso-8859-9",
            Charset::Latin9 => "iso-8859-15",
            Charset::Iso5 => "iso-8859-5",
            Charset::Iso7 => "iso-8859-7",
            Charset::Windows1250 => "windows-1250",
            Charset::Windows1251 => "windows-1251",
            Charset::Windows1256 => "windows-1256",
            Charset::Utf16 => "utf-16be",
            Charset::Big5 => "big5",
            Charset::Gb18030 => "gb18030",
            Charset::EucKr => "euc-kr",
        }
    }
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
pub(crate) fn read(modules: &Modules) -> Option<Message> {
    let of = |modules: &Modules| {
        let parsed = modules.formats().find_map(|format| {
            let corrected = codewords::correct(modules, format)?;
            let parsed = parse(&corrected.data, modules.version.number(), corrected.spare >= VOUCHED)?;
            Some((parsed, corrected.errors))
        });
        let (parsed, errors) = parsed?;
        (errors == 0 || agrees_with_rqrr(&parsed, modules)).then_some(parsed)
    };
    of(modules).or_else(|| of(&modules.mirrored())).map(text)
}

/// What rqrr reads too, it has to read to the same byte: a wrong key is worse than none. Of a symbol without an error, nobody
/// could make anything else.
fn agrees_with_rqrr(parsed: &Parsed, modules: &Modules) -> bool {
    let grid = SimpleGrid::from_func(modules.version.size(), |x, y| modules.is_dark(x, y));
    let mut bytes = Vec::new();
    let is_read = Grid::new(grid).decode_to(&mut bytes).is_ok();
    !is_read || bytes == parsed.bytes || modules.version.number() == MISREAD
}

/// rqrr 0.11 has an alignment pattern of this version elsewhere.
const MISREAD: usize = 21;

/// With one error to spare in every block, a symbol was surely corrected into itself: of n codewords at random, 1 in
/// 256^(t + 1) / C(n, t - 1) is so near to a symbol that corrects t errors, which is never more than 1 in ten million.
const VOUCHED: usize = 1;

/// The segments put together.
struct Parsed {
    bytes: Vec<u8>,
    /// The character set assignments of all byte segments, where there are any.
    sets: Vec<Option<u32>>,
    kanji: bool,
    part: Option<Part>,
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

/// `vouched`: there were so few errors that the padding need not tell whether this is a message.
fn parse(data: &[u8], version: usize, vouched: bool) -> Option<Parsed> {
    let mut reader = Reader { data, bit: 0 };
    let mut parsed = Parsed { bytes: Vec::new(), sets: Vec::new(), kanji: false, part: None };
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
                break;
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
            }
            // FNC1: the message is a GS1 or an industry one, otherwise as usual.
            0b0101 => {}
            0b1001 => {
                reader.take(8)?;
            }
            _ => return None,
        }
    }
    (vouched || padded(&mut reader)).then_some(parsed)
}

/// Whether the rest is padding: zeros up to the codeword, then 0xEC and 0x11 in turn. A grid that was read wrongly and
/// corrected into another symbol hardly ever ends like that. Some encoders pad with zeros alone, others put one before.
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

/// Whether bytes of which the code does not say what they are must be Shift JIS, as Japanese encoders mean it: all that is
/// not ASCII comes in pairs, and two of them stand side by side, most of which begin with what is hardly a letter anywhere
/// else.
fn unsaid_shift_jis(bytes: &[u8]) -> bool {
    let (mut at, mut row, mut longest, mut pairs, mut telling) = (0, 0, 0, 0, 0);
    while let Some(&first) = bytes.get(at) {
        if first.is_ascii() {
            (at, row) = (at + 1, 0);
            continue;
        }
        let second = bytes.get(at + 1).copied().unwrap_or(0);
        if !matches!(first, 0x81..=0x9f | 0xe0..=0xfc) || !matches!(second, 0x40..=0x7e | 0x80..=0xfc) {
            return false;
        }
        (at, row, pairs) = (at + 2, row + 1, pairs + 1);
        (longest, telling) = (longest.max(row), telling + usize::from(first < 0xa0));
    }
    longest >= 2 && telling * 2 > pairs
}

/// Whether bytes of which the code does not say what they are must be Latin-1, which is what the standard says of them.
/// Japanese encoders mean Shift JIS, whose katakana are letters in Latin-1, so only for the codes that matter here.
fn unsaid_latin_1(bytes: &[u8]) -> bool {
    Kind::of(bytes) != Kind::Other && bytes.iter().all(|byte| !(0x80..0xa0).contains(byte))
}

/// The text that bytes are of which no code says what they are.
pub(crate) fn unsaid(bytes: Vec<u8>) -> (Vec<u8>, Charset) {
    let Message { bytes, charset, .. } = text(Parsed { bytes, sets: Vec::new(), kanji: false, part: None });
    (bytes, charset)
}

fn text(parsed: Parsed) -> Message {
    const LATIN_1: [u32; 2] = [1, 3];
    let Parsed { bytes, sets, kanji, part } = parsed;
    if part.is_some() {
        // It may end in the middle of a letter.
        return Message { bytes, charset: Charset::Unknown, part };
    }
    // What all byte segments are said to be, if it is one and the same.
    let said = sets.first().copied().flatten().filter(|_| sets.windows(2).all(|pair| matches!(pair, [a, b] if a == b)));
    let assigned = said.and_then(Charset::assigned);
    let (bytes, charset) = if bytes.is_ascii() && assigned != Some(Charset::Utf16) {
        (bytes, Charset::Utf8)
    } else if kanji {
        (bytes, Charset::ShiftJis)
    } else if let Some(assigned) = assigned {
        (bytes, assigned)
    } else if str::from_utf8(&bytes).is_ok() {
        // A byte-order mark is no part of the text.
        (bytes.strip_prefix("\u{feff}".as_bytes()).map(<[u8]>::to_vec).unwrap_or(bytes), Charset::Utf8)
    } else if said.is_some_and(|said| LATIN_1.contains(&said)) || unsaid_latin_1(&bytes) {
        (bytes.iter().map(|&byte| char::from(byte)).collect::<String>().into_bytes(), Charset::Utf8)
    } else if unsaid_shift_jis(&bytes) {
        (bytes, Charset::ShiftJis)
    } else {
        (bytes, Charset::Unknown)
    };
    Message { bytes, charset, part }
}

#[cfg(test)]
mod tests {
    use super::super::version::Version;
    use super::*;
    use proptest::prelude::*;
    use qrcodegen::{Mask, QrCode, QrCodeEcc, QrSegment};

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

    fn modules(number: usize, dark: impl Fn(usize, usize) -> bool) -> Modules {
        let version = Version::new(number).unwrap();
        let size = version.size();
        Modules::new(version, (0..size * size).map(|at| dark(at % size, at / size)).collect())
    }

    /// Some codewords are damaged, in both blocks, and all of it may be mirrored.
    fn read(symbol: &QrCode) -> Option<Message> {
        let dark = |x: usize, y: usize| symbol.get_module(x as i32, y as i32) ^ ((9..17).contains(&x) && y > 31);
        let message = super::read(&modules(4, |x, y| symbol.get_module(x as i32, y as i32)));
        let damaged = modules(4, dark);
        for modules in [damaged.mirrored(), damaged] {
            assert_eq!(super::read(&modules), message);
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
        let marked = read(&symbol(&bytes("\u{feff}otpauth://totp/a".as_bytes()))).unwrap();
        assert_eq!((marked.bytes.as_slice(), marked.charset), (&b"otpauth://totp/a"[..], Charset::Utf8));
        let bank = b"otpauth://totp/\x93\xfa\x96\x7b\x8b\xe2\x8d\x73";
        assert_eq!(read(&symbol(&bytes(bank))).unwrap().charset, Charset::ShiftJis);
        for text in [&b"L\x92Atelier \x96 Caf\xe9"[..], b"bl\xe5b\xe6r", b"M\xfcnchen", b"\xc4\xd6\xdc"] {
            assert_eq!(read(&symbol(&bytes(text))).unwrap().charset, Charset::Unknown);
        }
        for (number, charset) in [(4, Charset::Latin2), (22, Charset::Windows1251), (23, Charset::Windows1252)] {
            let said = read(&symbol(&format!("0111 {number:08b} {}", bytes(b"\xc1\xe0")))).unwrap();
            assert_eq!((said.bytes.as_slice(), said.charset), (&b"\xc1\xe0"[..], charset));
        }
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
            let code = QrCode::encode_segments_advanced(&[], QrCodeEcc::Low, qrcodegen::Version::new(number as u8), qrcodegen::Version::new(number as u8), None, false).unwrap();
            let noise = |x: usize, y: usize| {
                let hash = (seed ^ (x as u64) << 32 ^ y as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                (hash ^ hash >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 60 < share
            };
            let _ = super::read(&modules(number, |x, y| code.get_module(x as i32, y as i32) ^ noise(x, y)));
        }

        /// Which is why rqrr need not be asked about it.
        #[test]
        fn what_has_no_error_is_read_as_rqrr_reads_it(digits in "[0-9]{0,60}", upper in "[A-Z $%*+./:-]{0,60}", text in "[ -~]{0,900}") {
            let bytes = QrSegment::make_bytes(text.as_bytes());
            let segments = [QrSegment::make_numeric(&digits), QrSegment::make_alphanumeric(&upper), bytes];
            let code = QrCode::encode_segments(&segments, QrCodeEcc::Medium).unwrap();
            let dark = |x: usize, y: usize| code.get_module(x as i32, y as i32);
            let number = code.version().value().into();
            let own = super::read(&modules(number, dark)).unwrap();
            let text = format!("{digits}{upper}{text}").into_bytes();
            prop_assert_eq!(&own.bytes, &text);
            let mut judged = Vec::new();
            let is_judged = Grid::new(SimpleGrid::from_func(code.size() as usize, dark)).decode_to(&mut judged).is_ok();
            prop_assert!(number == MISREAD || (is_judged && judged == text));
        }

        #[test]
        fn any_codewords_are_answered(data in prop::collection::vec(any::<u8>(), 0..200), version in 1_usize..41) {
            let _ = (parse(&data, version, true), parse(&data, version, false));
        }
    }
}
