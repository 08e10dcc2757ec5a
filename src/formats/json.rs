//! What the readers ask of JSON beside what everybody does.

use data_encoding::BASE64;
use strict_json::Refused;
use zeroize::Zeroizing;

use super::draft::{Number, Written, read_base32};
use super::error::{ImportError, Why};

pub(crate) use strict_json::Value;

/// Whether a text begins as JSON does, and not with a word in brackets.
pub(crate) fn begins(text: &str) -> bool {
    let may_follow =
        |rest: &str, marks: &str| rest.trim_start().starts_with(|c| marks.contains(c)) || rest.trim().is_empty();
    text.strip_prefix('{').is_some_and(|rest| may_follow(rest, "\"}"))
        || text.strip_prefix('[').is_some_and(|rest| may_follow(rest, "{[]\"-0123456789tfn"))
}

/// Reads a text. Half of a pair of surrogates, which some apps cut a name after, is shown as unreadable and loses nothing else.
pub(crate) fn parse(text: &str) -> Result<Value, ImportError> {
    let read = match strict_json::parse_doubled(text) {
        Err(Refused::Malformed) if text.contains("\\u") => strict_json::parse_doubled(&without_halves(text)),
        read => read,
    };
    read.map_err(|refused| match refused {
        Refused::Malformed => ImportError::Damaged,
        Refused::TooDeep => ImportError::TooDeep,
        Refused::TooMany => ImportError::TooMany,
    })
}

/// A text in which each half of a pair is escaped as U+FFFD.
fn without_halves(text: &str) -> Zeroizing<String> {
    let unit = |rest: &str| {
        let digits = rest.strip_prefix("\\u")?.get(..4)?;
        u16::from_str_radix(digits, 16).ok()
    };
    let mut whole = Zeroizing::new(String::with_capacity(text.len()));
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at_checked(at).unwrap_or((rest, ""));
        whole.push_str(before);
        let next = escape.get(6..).unwrap_or_default();
        let (taken, instead) = match (unit(escape), unit(next)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => (12, None),
            (Some(0xd800..=0xdfff), _) => (6, Some("\\ufffd")),
            (Some(_), _) => (6, None),
            // A backslash and what it escapes.
            (None, _) => (1 + escape.chars().nth(1).map_or(0, char::len_utf8), None),
        };
        whole.push_str(instead.or_else(|| escape.get(..taken)).unwrap_or_default());
        rest = escape.get(taken..).unwrap_or_default();
    }
    whole.push_str(rest);
    whole
}

/// Reads objects of which each stands on a line of its own; lines of stars may stand between, as in 1Password's 1PIF.
pub(crate) fn parse_lines(text: &str) -> Option<Value> {
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("***"));
    if !lines().all(|line| line.starts_with('{') && line.ends_with('}')) {
        return None;
    }
    let mut list = Zeroizing::new(String::with_capacity(text.len() + 2));
    for line in lines() {
        let before = if list.is_empty() { "[" } else { "," };
        list.push_str(before);
        list.push_str(line);
    }
    list.push(']');
    parse(&list).ok()
}

/// Reads a text that was sealed.
pub(crate) fn parse_bytes(text: &[u8]) -> Result<Value, ImportError> {
    parse(std::str::from_utf8(text).map_err(|_| ImportError::Damaged)?)
}

/// The first text, or the second where there is nothing in it.
pub(crate) fn either<'a>(first: &'a str, second: &'a str) -> &'a str {
    if first.is_empty() { second } else { first }
}

/// The same questions, of every format.
pub(crate) trait Fields {
    fn value(&self) -> &Value;

    fn has(&self, key: &str) -> bool {
        self.value().get(key).is_some()
    }

    /// A whole number; some apps write it as a text, some with a `.0`.
    fn number(&self) -> Option<i128> {
        /// Up to here every whole number has a floating-point one of its own.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        match self.value() {
            Value::Number(number) => match (number.as_i128(), number.as_f64()) {
                (None, Some(float)) if float.fract() == 0.0 && float.abs() <= EXACT => Some(float as i128),
                (whole, _) => whole,
            },
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// Bytes as Java writes them: a list of numbers from -128 to 127.
    fn signed_bytes(&self) -> Option<Zeroizing<Vec<u8>>> {
        let items = self.value().as_array()?;
        let mut bytes = Zeroizing::new(Vec::with_capacity(items.len()));
        for item in items {
            bytes.push(i8::try_from(item.as_i64()?).ok()?.cast_unsigned());
        }
        Some(bytes)
    }

    /// The text of a field that must not be there twice.
    fn only_of(&self, key: &str) -> Result<&str, Why> {
        let is_twice = matches!(self.value().get(key), Some(Value::Array(_)));
        if is_twice { Err(Why::Twice) } else { Ok(self.text_of(key)) }
    }

    /// A secret in base32.
    fn secret_of(&self, key: &str) -> Written {
        read_base32(self.only_of(key)?)
    }

    /// The items of a list; none where there is none.
    fn list_of(&self, key: &str) -> &[Value] {
        self.value().get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// The items of a list; of anything else, itself alone.
    fn each(&self) -> &[Value] {
        self.value().as_array().map_or(std::slice::from_ref(self.value()), Vec::as_slice)
    }

    /// The text of a field, empty where there is none; of one that is there twice, the first.
    fn text_of(&self, key: &str) -> &str {
        self.texts_of(key).next().unwrap_or_default()
    }

    /// The texts of a list, or the one that is there.
    fn texts_of(&self, key: &str) -> impl Iterator<Item = &str> {
        let value = self.value().get(key);
        let list = value.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        list.iter().chain(value).filter_map(Value::as_str)
    }

    /// What that of this list is called which has this under `id`, the name being under `name`.
    fn named<'a>(&'a self, key: &str, [id, name]: [&str; 2], wanted: &Value) -> Option<&'a str> {
        let found = self.list_of(key).iter().find(|item| item.get(id).is_some_and(|own| own == wanted))?;
        Some(found.text_of(name))
    }

    /// The bytes of a field in base64.
    fn base64_of(&self, key: &str) -> Result<Vec<u8>, ImportError> {
        let text = self.only_of(key).map_err(|_| ImportError::Damaged)?;
        BASE64.decode(text.as_bytes()).map_err(|_| ImportError::Damaged)
    }

    /// The number of a field.
    fn number_of(&self, key: &str) -> Option<i128> {
        self.value().get(key).and_then(Fields::number)
    }

    /// The number of a field that must be one and not negative.
    fn count_of(&self, key: &str) -> Result<u64, ImportError> {
        self.number_of(key).and_then(|n| u64::try_from(n).ok()).ok_or(ImportError::Damaged)
    }

    /// The number of a field, where a `null` and nothing are the same.
    fn optional(&self, key: &str, why: Why) -> Number {
        match self.value().get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => value.number().map(Some).ok_or(why),
        }
    }
}

impl Fields for Value {
    fn value(&self) -> &Value {
        self
    }
}
