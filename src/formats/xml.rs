//! As much of XML as two programs write: Android's SharedPreferences, a `<map>`
//! of `<string name="…">…</string>`, and KeePass. No entities but the
//! predefined and numeric ones, and no document types, so nothing can be made
//! to expand.

use zeroize::Zeroizing;

use super::error::ImportError;
use super::limits::MAX_ENTRIES;

/// Whether the root is a `<map>`.
pub(crate) fn is_preferences(text: &str) -> bool {
    let mut rest = text.trim_start();
    if let Some(after) = rest.strip_prefix("<?") {
        rest = after.split_once("?>").map_or("", |(_, rest)| rest).trim_start();
    }
    rest.strip_prefix("<map").is_some_and(|rest| rest.starts_with(['>', ' ', '/', '\n', '\r', '\t']))
}

/// Name and text of each `<string>`.
pub(crate) fn strings(text: &str) -> Result<Vec<(String, Zeroizing<String>)>, ImportError> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("<string") {
        let (tag, after) = after.split_once('>').ok_or(ImportError::Damaged)?;
        rest = after;
        if tag.ends_with('/') {
            continue;
        }
        let (content, after) = after.split_once("</string>").ok_or(ImportError::Damaged)?;
        rest = after;
        if found.len() >= MAX_ENTRIES {
            return Err(ImportError::TooMany);
        }
        let name = attribute(tag, "name").unwrap_or_default();
        found.push((unescape(name)?.to_string(), unescape(content)?));
    }
    Ok(found)
}

pub(crate) fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, after) = tag.split_once(name)?;
    let after = after.trim_start().strip_prefix('=')?.trim_start();
    let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    after.strip_prefix(quote)?.split_once(quote).map(|(value, _)| value)
}

pub(crate) fn unescape(text: &str) -> Result<Zeroizing<String>, ImportError> {
    let mut out = Zeroizing::new(String::with_capacity(text.len()));
    let mut pieces = text.split('&');
    out.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let (entity, rest) = piece.split_once(';').ok_or(ImportError::Damaged)?;
        let number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
        let c = match entity {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => match (entity.strip_prefix("#x"), entity.strip_prefix('#')) {
                (Some(digits), _) => number(digits, 16),
                (None, Some(digits)) => number(digits, 10),
                _ => None,
            },
        };
        out.push(c.ok_or(ImportError::Damaged)?);
        out.push_str(rest);
    }
    Ok(out)
}

/// What stands next in a document.
pub(crate) enum Event<'a> {
    /// The beginning of an element: its name and what stands in the tag.
    Open(&'a str, &'a str),
    /// The end of the innermost element.
    Close,
    /// Text, still escaped.
    Text(&'a str),
}

/// Takes a document apart. Whether the ends fit the beginnings is for the caller to see.
pub(crate) struct Events<'a> {
    rest: &'a str,
    /// The element that was just opened is empty.
    close: bool,
}

impl<'a> Events<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        Self { rest: text, close: false }
    }

    /// `Ok(None)` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Event<'a>>, ImportError> {
        loop {
            if std::mem::take(&mut self.close) {
                return Ok(Some(Event::Close));
            }
            let Some(tag) = self.rest.strip_prefix('<') else {
                let (text, rest) = self.rest.split_at(self.rest.find('<').unwrap_or(self.rest.len()));
                self.rest = rest;
                return Ok((!text.is_empty()).then_some(Event::Text(text)));
            };
            let (ends, skipped) = match tag {
                tag if tag.starts_with('?') => ("?>", true),
                tag if tag.starts_with("!--") => ("-->", true),
                tag if tag.starts_with('!') => return Err(ImportError::Damaged),
                _ => (">", false),
            };
            let (tag, rest) = tag.split_once(ends).ok_or(ImportError::Damaged)?;
            self.rest = rest;
            if skipped {
                continue;
            }
            if tag.starts_with('/') {
                return Ok(Some(Event::Close));
            }
            self.close = tag.ends_with('/');
            let tag = tag.strip_suffix('/').unwrap_or(tag);
            let (name, attributes) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
            return Ok(Some(Event::Open(name, attributes)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_of_a_map() {
        let text = "<?xml version='1.0'?>\n<map>\n<int name=\"x\" value=\"1\" />\n<string name=\"a&amp;b\">{&quot;c&quot;:&#100;&#x65;}</string><string name='e' />\n</map>";
        assert!(is_preferences(text));
        let found = strings(text).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].0.as_str(), found[0].1.as_str()), ("a&b", "{\"c\":de}"));
    }

    #[test]
    fn what_is_not_whole_is_damaged() {
        for text in [
            "<map><string",
            "<map><string name=\"a\">",
            "<string>&bad;</string>",
            "<string>&#xD800;</string>",
            "<string>& </string>",
        ] {
            assert!(strings(text).is_err(), "{text}");
        }
        assert!(!is_preferences("<mapping>"));
        assert!(!is_preferences("<!DOCTYPE map><map>"));
    }
}
