//! In which form a policy lies there: told by its content, as each platform has it. A script is not read.

use strict_json::{Map, Value};

use crate::check::{Fault, Wrong};
use crate::{CHROMIUM_ID, json, plist, registry};

/// One key, and where it stands.
pub(crate) struct Field {
    pub(crate) name: String,
    /// From 1.
    pub(crate) line: usize,
    pub(crate) value: Result<Value, Wrong>,
}

/// What is wrong with the whole.
pub(crate) const fn whole(line: usize, wrong: Wrong) -> Fault {
    Fault { line, key: String::new(), wrong }
}

pub(crate) fn read(bytes: &[u8]) -> Result<Vec<Field>, Fault> {
    if bytes.starts_with(b"bplist0") {
        return Err(whole(1, Wrong::Binary));
    }
    if let Some(text) = utf16(bytes).filter(|text| registry::is_file(text)) {
        return registry::read(&text);
    }
    let text = std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
    match text.map_err(|_| whole(1, Wrong::Encoding))? {
        text if registry::is_file(text) => registry::read(text),
        text if text.trim_start().starts_with('<') => plist::read(text),
        text if text.trim_start().starts_with('#') => Err(whole(1, Wrong::Script)),
        text => json::read(text),
    }
}

/// As Windows writes a text.
fn utf16(bytes: &[u8]) -> Option<String> {
    let (pairs, rest) = bytes.strip_prefix(b"\xff\xfe")?.as_chunks::<2>();
    let units: Vec<u16> = pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
    String::from_utf16(&units).ok().filter(|_| rest.is_empty())
}

/// What one browser is told of one extension.
pub(crate) struct Place {
    /// The extension's id, as far as the form has one.
    pub(crate) id: String,
    pub(crate) fields: Vec<Field>,
}

impl Place {
    fn values(&self) -> Map {
        self.fields.iter().filter_map(|field| Some((field.name.clone(), field.value.clone().ok()?))).collect()
    }
}

/// Of several places Tofaktor's; the same in all browsers.
pub(crate) fn of_one(mut places: Vec<Place>) -> Result<Vec<Field>, Fault> {
    if places.iter().any(|place| place.id == CHROMIUM_ID) {
        places.retain(|place| place.id == CHROMIUM_ID);
    }
    let first = places.pop().ok_or(whole(1, Wrong::NoPolicy))?;
    let said = first.values();
    let same = places.iter().all(|place| place.fields.len() == first.fields.len() && place.values() == said);
    if same { Ok(first.fields) } else { Err(whole(1, Wrong::SeveralExtensions)) }
}
