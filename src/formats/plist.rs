//! Apple's binary property lists, and the objects that NSKeyedArchiver puts into them.
//!
//! <https://opensource.apple.com/source/CF/CF-550/CFBinaryPList.c>. Objects by number, each of which may name others; of
//! an archive, all lie in `$objects` and name one another by their places there. What is named twice is read twice, so
//! each reading is paid for.

use zeroize::Zeroizing;

use super::limits::Budget;

pub(crate) const MAGIC: &[u8] = b"bplist00";

/// One object.
pub(crate) enum Object<'a> {
    Number(i128),
    Data(&'a [u8]),
    Text(Zeroizing<String>),
    /// A place among the objects of an archive.
    Place(usize),
    List(Vec<usize>),
    /// Names, and what has them.
    Map(Vec<usize>, Vec<usize>),
    Other,
}

/// An archive.
pub(crate) struct Archive<'a> {
    bytes: &'a [u8],
    offsets: &'a [u8],
    offset_size: usize,
    reference_size: usize,
    /// The numbers of the archived objects, by their places.
    objects: Vec<usize>,
    budget: &'a Budget,
}

impl<'a> Archive<'a> {
    /// An archive, and what it is of.
    pub(crate) fn read(bytes: &'a [u8], budget: &'a Budget) -> Option<(Self, Object<'a>)> {
        let (_, trailer) = bytes.strip_prefix(MAGIC).map(|_| bytes)?.split_last_chunk::<32>()?;
        let [_, _, _, _, _, _, offset_size, reference_size, numbers @ ..] = trailer;
        let top = usize::try_from(number(numbers.get(8..16)?)).ok()?;
        let offsets = bytes.get(usize::try_from(number(numbers.get(16..24)?)).ok()?..)?;
        let sizes = (usize::from(*offset_size), usize::from(*reference_size));
        let (offset_size, reference_size) = Some(sizes).filter(|(a, b)| (1..=8).contains(a) && (1..=8).contains(b))?;
        let mut archive = Self { bytes, offsets, offset_size, reference_size, objects: Vec::new(), budget };
        let root = archive.object(top)?;
        let Object::List(objects) = archive.raw_field(&root, "$objects")? else { return None };
        archive.objects = objects;
        let named = archive.raw_field(&root, "$top")?;
        let root = archive.field(&named, "root")?;
        Some((archive, root))
    }

    /// What an object of the archive has under that name.
    pub(crate) fn field(&self, object: &Object<'a>, name: &str) -> Option<Object<'a>> {
        // A dictionary that is archived has its names and values in two lists.
        let (Some(Object::List(names)), Some(Object::List(values))) =
            (self.raw_field(object, "NS.keys"), self.raw_field(object, "NS.objects"))
        else {
            return self.followed(self.raw_field(object, name)?);
        };
        let is = |at: &usize| matches!(self.at(*at), Some(Object::Text(text)) if *text == name);
        let (_, value) = std::iter::zip(names, values).find(|(at, _)| is(at))?;
        self.at(value)
    }

    /// The items of an archived list.
    pub(crate) fn items(&self, object: &Object<'a>) -> impl Iterator<Item = Option<Object<'a>>> {
        let items = match self.raw_field(object, "NS.objects") {
            Some(Object::List(items)) => items,
            _ => Vec::new(),
        };
        items.into_iter().map(|item| self.at(item))
    }

    pub(crate) fn text(&self, object: &Object<'a>, name: &str) -> Zeroizing<String> {
        match self.field(object, name) {
            Some(Object::Text(text)) => text,
            _ => Zeroizing::default(),
        }
    }

    pub(crate) fn number(&self, object: &Object<'a>, name: &str) -> Option<i128> {
        match self.field(object, name)? {
            Object::Number(number) => Some(number),
            _ => None,
        }
    }

    pub(crate) fn data(&self, object: &Object<'a>, name: &str) -> Option<&'a [u8]> {
        match self.field(object, name)? {
            Object::Data(data) => Some(data),
            _ => None,
        }
    }

    /// An object that another names; of a text or data in a shell of its own, what is in it.
    fn at(&self, reference: usize) -> Option<Object<'a>> {
        self.followed(self.object(reference)?)
    }

    fn followed(&self, object: Object<'a>) -> Option<Object<'a>> {
        let object = match object {
            Object::Place(place) => self.object(*self.objects.get(place)?)?,
            object => object,
        };
        let inside = ["NS.string", "NS.data"].into_iter().find_map(|name| self.raw_field(&object, name));
        Some(inside.unwrap_or(object))
    }

    fn raw_field(&self, object: &Object<'a>, name: &str) -> Option<Object<'a>> {
        let Object::Map(names, values) = object else { return None };
        let is = |at: &usize| matches!(self.object(*at), Some(Object::Text(text)) if *text == name);
        let (_, value) = std::iter::zip(names, values).find(|(at, _)| is(at))?;
        self.object(*value)
    }

    fn object(&self, at: usize) -> Option<Object<'a>> {
        self.budget.value()?;
        let offset = self.offsets.get(at.checked_mul(self.offset_size)?..)?.get(..self.offset_size)?;
        let (marker, rest) = self.bytes.get(usize::try_from(number(offset)).ok()?..)?.split_first()?;
        let low = usize::from(marker & 0xf);
        let sized = || -> Option<(usize, &'a [u8])> {
            if low < 0xf {
                return Some((low, rest));
            }
            let (marker, rest) = rest.split_first().filter(|(marker, _)| *marker >> 4 == 1)?;
            let (count, rest) = rest.split_at_checked(1 << (marker & 0xf).min(4))?;
            Some((usize::try_from(number(count)).ok()?, rest))
        };
        let references = |count: usize, rest: &[u8]| -> Option<Vec<usize>> {
            let bytes = rest.get(..count.checked_mul(self.reference_size)?)?;
            self.budget.bytes(bytes.len())?;
            bytes.chunks_exact(self.reference_size).map(|one| usize::try_from(number(one)).ok()).collect()
        };
        Some(match marker >> 4 {
            1 => Object::Number(number(rest.get(..1 << low.min(4))?).into()),
            4 => {
                let (count, rest) = sized()?;
                Object::Data(rest.get(..count)?)
            }
            5 => {
                let (count, rest) = sized()?;
                self.budget.bytes(count)?;
                Object::Text(Zeroizing::new(String::from_utf8(rest.get(..count)?.to_vec()).ok()?))
            }
            6 => {
                let (count, rest) = sized()?;
                self.budget.bytes(count)?;
                let (pairs, _) = rest.get(..count.checked_mul(2)?)?.as_chunks::<2>();
                let text: Result<String, _> =
                    char::decode_utf16(pairs.iter().map(|p| u16::from_be_bytes(*p))).collect();
                Object::Text(Zeroizing::new(text.ok()?))
            }
            8 => Object::Place(usize::try_from(number(rest.get(..low + 1)?)).ok()?),
            0xa => {
                let (count, rest) = sized()?;
                Object::List(references(count, rest)?)
            }
            0xd => {
                let (count, rest) = sized()?;
                let names = references(count, rest)?;
                Object::Map(names, references(count, rest.get(count * self.reference_size..)?)?)
            }
            _ => Object::Other,
        })
    }
}

/// The last eight bytes count: no number here is longer.
fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |n, byte| n << 8 | u64::from(*byte))
}
