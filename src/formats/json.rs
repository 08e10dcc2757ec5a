//! What the readers ask of JSON beside what everybody does.

use data_encoding::BASE64;
use strict_json::Refused;
use zeroize::Zeroizing;

use super::draft::Number;
use super::error::{ImportError, Why};

pub(crate) use strict_json::Value;

/// Reads a text.
pub(crate) fn parse(text: &str) -> Result<Value, ImportError> {
    strict_json::parse(text).map_err(|refused| match refused {
        Refused::Malformed => ImportError::Damaged,
        Refused::TooDeep => ImportError::TooDeep,
        Refused::TooMany => ImportError::TooMany,
    })
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

    /// The text of a field, empty where there is none.
    fn text_of(&self, key: &str) -> &str {
        self.value().get(key).and_then(Value::as_str).unwrap_or_default()
    }

    /// The bytes of a field in base64.
    fn base64_of(&self, key: &str) -> Result<Vec<u8>, ImportError> {
        BASE64.decode(self.text_of(key).as_bytes()).map_err(|_| ImportError::Damaged)
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
