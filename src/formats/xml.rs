//! XML: Android's SharedPreferences, a `<map>` of `<string name="…">…</string>`; and any other for those who read
//! it, KeePass' ([`keepass_xml`](super::keepass_xml)) and what else has codes ([`any_xml`](super::any_xml)).
//!
//! By quick-xml, a piece at a time. Document types are refused and no entities
//! are known but the predefined and numeric ones, so nothing can be made to
//! expand. Weighed: roxmltree; not taken because it compares each attribute
//! with all others of its tag, and each namespace with those around it. A
//! megabyte of attributes took half a minute, 110 kB of nested namespaces three
//! minutes; no option bounds either.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use zeroize::Zeroizing;

use super::error::ImportError;
use super::limits::{MAX_ENTRIES, MAX_XML_DEPTH};

/// Whether the root is a `<map>`.
pub(crate) fn is_preferences(text: &str) -> bool {
    let mut pieces = Pieces::of(text);
    loop {
        match pieces.next() {
            Ok(Some(Piece::Text(text))) if text.trim().is_empty() => {}
            Ok(Some(Piece::Open(element))) => return element.name().as_ref() == "map",
            _ => return false,
        }
    }
}

/// The name and the text of each `<string>`.
pub(crate) fn strings(text: &str) -> Result<Vec<(String, Zeroizing<String>)>, ImportError> {
    let mut found = Vec::new();
    let mut string: Option<(String, Zeroizing<String>)> = None;
    let mut pieces = Pieces::of(text);
    while let Some(piece) = pieces.next()? {
        match piece {
            Piece::Open(element) if element.name().as_ref() == "string" => {
                let name = element.try_get_attribute("name").map_err(|_| ImportError::Damaged)?;
                string = Some((name.map(|name| name.value.into_owned()).unwrap_or_default(), Zeroizing::default()));
            }
            Piece::Open(_) => string = None,
            Piece::Text(text) => string.iter_mut().for_each(|(_, string)| string.push_str(&text)),
            Piece::Close => found.extend(string.take()),
        }
        if found.len() > MAX_ENTRIES {
            return Err(ImportError::TooMany);
        }
    }
    Ok(found)
}

/// What stands next in a document.
pub(crate) enum Piece<'a> {
    /// The beginning of an element.
    Open(BytesStart<'a>),
    /// The end of the innermost element.
    Close,
    /// Text, or a part of it.
    Text(Zeroizing<String>),
}

/// Takes a document apart.
pub(crate) struct Pieces<'a> {
    reader: Reader<&'a [u8]>,
    depth: usize,
}

impl<'a> Pieces<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        Self { reader, depth: 0 }
    }

    /// `Ok(None)` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Piece<'a>>, ImportError> {
        loop {
            return Ok(Some(match self.reader.read_event().map_err(|_| ImportError::Damaged)? {
                Event::Start(element) => {
                    self.depth += 1;
                    if self.depth > MAX_XML_DEPTH {
                        return Err(ImportError::TooDeep);
                    }
                    Piece::Open(element)
                }
                Event::End(_) => {
                    self.depth -= 1;
                    Piece::Close
                }
                Event::Text(text) => Piece::Text(Zeroizing::new(text.into_inner().into_owned())),
                Event::CData(text) => Piece::Text(Zeroizing::new(text.into_inner().into_owned())),
                Event::GeneralRef(entity) => Piece::Text(resolve(&entity).ok_or(ImportError::Damaged)?),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => continue,
                Event::Eof if self.depth == 0 => return Ok(None),
                Event::Empty(_) | Event::DocType(_) | Event::Eof => return Err(ImportError::Damaged),
            }));
        }
    }
}

fn resolve(entity: &BytesRef<'_>) -> Option<Zeroizing<String>> {
    match entity.resolve_char_ref().ok()? {
        Some(c) => Some(Zeroizing::new(c.to_string())),
        None => resolve_predefined_entity(entity).map(|text| Zeroizing::new(text.to_owned())),
    }
}
