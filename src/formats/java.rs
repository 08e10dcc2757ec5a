//! As much of Java's serialisation as a `HashMap<String, String>` needs.
//!
//! <https://docs.oracle.com/en/java/javase/21/docs/specs/serialization/protocol.html>.
//! Any other class is refused by name; nothing is ever instantiated.
//!
//! Weighed: jaded; not taken because it reads object within object by calling
//! itself, as deep as the stream says, and takes every class.

use std::collections::HashSet;
use std::rc::Rc;

use zeroize::Zeroizing;

use super::error::ImportError;
use super::limits::{Budget, MAX_ENTRIES};

const MAGIC: &[u8] = &[0xac, 0xed, 0x00, 0x05];
const TC_OBJECT: u8 = 0x73;
const TC_CLASSDESC: u8 = 0x72;
const TC_STRING: u8 = 0x74;
const TC_LONGSTRING: u8 = 0x7c;
const TC_REFERENCE: u8 = 0x71;
const TC_BLOCKDATA: u8 = 0x77;
const TC_ENDBLOCKDATA: u8 = 0x78;
const TC_NULL: u8 = 0x70;
/// Of the first object; the class and the map itself come before the strings.
const FIRST_HANDLE: u32 = 0x7e_0000;
const HANDLES_BEFORE_STRINGS: u32 = 2;

pub(crate) fn is_stream(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// A text, which may stand in several places.
pub(crate) type Text = Rc<Zeroizing<String>>;

/// The pairs of the map, in the stream's order.
pub(crate) fn read_map(bytes: &[u8], budget: &Budget) -> Result<Vec<(Text, Text)>, ImportError> {
    let pairs = Reader { rest: bytes, strings: Vec::new(), budget }.map();
    let pairs = pairs.ok_or_else(|| budget.or(ImportError::Damaged))?;
    // Java's own reader would keep the last of two, others the first.
    let mut keys = HashSet::new();
    let once = pairs.iter().all(|(key, _)| keys.insert(key.as_str()));
    if once { Ok(pairs) } else { Err(ImportError::Damaged) }
}

struct Reader<'a> {
    rest: &'a [u8],
    /// What back references may mean.
    strings: Vec<Text>,
    budget: &'a Budget,
}

impl<'a> Reader<'a> {
    fn map(&mut self) -> Option<Vec<(Text, Text)>> {
        self.expect(MAGIC)?;
        self.expect(&[TC_OBJECT, TC_CLASSDESC])?;
        let length = self.u16()?;
        (self.take(usize::from(length))? == b"java.util.HashMap").then_some(())?;
        // serialVersionUID, and flags: has writeObject, is serialisable.
        self.take(8)?;
        self.expect(&[3])?;
        // Android 6 has one field, all others have two; then comes no superclass.
        let fields = match self.u16()? {
            1 => &b"F\0\x0aloadFactor"[..],
            2 => b"F\0\x0aloadFactorI\0\x09threshold",
            _ => return None,
        };
        self.expect(fields)?;
        self.expect(&[TC_ENDBLOCKDATA, TC_NULL])?;
        self.take(if fields.len() > 16 { 8 } else { 4 })?;
        // What writeObject adds: the capacity and the size.
        self.expect(&[TC_BLOCKDATA, 8])?;
        self.take(4)?;
        let size = usize::try_from(self.u32()?).ok().filter(|size| *size <= 3 * MAX_ENTRIES)?;
        let mut pairs = Vec::new();
        for _ in 0..size {
            pairs.push((self.string()?, self.string()?));
        }
        Some(pairs)
    }

    fn string(&mut self) -> Option<Text> {
        self.budget.value()?;
        let length = match self.take(1)? {
            [TC_STRING] => usize::from(self.u16()?),
            [TC_LONGSTRING] => usize::try_from(u64::from_be_bytes(self.take(8)?.try_into().ok()?)).ok()?,
            [TC_REFERENCE] => {
                let at = self.u32()?.checked_sub(FIRST_HANDLE + HANDLES_BEFORE_STRINGS)?;
                let text = self.strings.get(usize::try_from(at).ok()?)?;
                // It is not copied, but it will be read as often as it is meant.
                self.budget.bytes(text.len())?;
                return Some(text.clone());
            }
            _ => return None,
        };
        self.budget.bytes(length)?;
        let text = Rc::new(modified_utf8(self.take(length)?)?);
        self.strings.push(text.clone());
        Some(text)
    }

    fn expect(&mut self, bytes: &[u8]) -> Option<()> {
        (self.take(bytes.len())? == bytes).then_some(())
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes(self.take(2)?.try_into().ok()?))
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(self.take(4)?.try_into().ok()?))
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }
}

/// UTF-16 units, each in one to three bytes as UTF-8 would have it.
fn modified_utf8(mut bytes: &[u8]) -> Option<Zeroizing<String>> {
    let mut units = Zeroizing::new(Vec::with_capacity(bytes.len()));
    while let [first, rest @ ..] = bytes {
        let more = |byte: &u8| (byte & 0xc0 == 0x80).then_some(u16::from(byte & 0x3f));
        let (unit, rest) = match (first, rest) {
            (0x00..=0x7f, rest) => (u16::from(*first), rest),
            (0xc0..=0xdf, [a, rest @ ..]) => (u16::from(first & 0x1f) << 6 | more(a)?, rest),
            (0xe0..=0xef, [a, b, rest @ ..]) => (u16::from(first & 0x0f) << 12 | more(a)? << 6 | more(b)?, rest),
            _ => return None,
        };
        units.push(unit);
        bytes = rest;
    }
    String::from_utf16(&units).ok().map(Zeroizing::new)
}
