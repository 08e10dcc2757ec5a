//! As much of XML as Android's SharedPreferences write: `<map>` of
//! `<string name="…">…</string>`. No entities but the predefined and numeric
//! ones, and no document types, so nothing can be made to expand.

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

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, after) = tag.split_once(name)?;
    let after = after.trim_start().strip_prefix('=')?.trim_start();
    let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    after.strip_prefix(quote)?.split_once(quote).map(|(value, _)| value)
}

fn unescape(text: &str) -> Result<Zeroizing<String>, ImportError> {
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
