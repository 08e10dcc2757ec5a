//! What the readers ask of JSON beside what everybody does.

use strict_json::Refused;
use zeroize::Zeroizing;

use super::error::ImportError;

pub(crate) use strict_json::Value;

/// Reads a text.
pub(crate) fn parse(text: &str) -> Result<Value, ImportError> {
    strict_json::parse(text).map_err(|refused| match refused {
        Refused::Malformed => ImportError::Damaged,
        Refused::TooDeep => ImportError::TooDeep,
        Refused::TooMany => ImportError::TooMany,
    })
}

/// The same questions, of every format.
pub(crate) trait Fields {
    fn has(&self, key: &str) -> bool;

    /// A whole number; some apps write it as a text, some with a `.0`.
    fn number(&self) -> Option<i128>;

    /// Bytes as Java writes them: a list of numbers from -128 to 127.
    fn signed_bytes(&self) -> Option<Zeroizing<Vec<u8>>>;

    /// The items of a list; none where it is not one.
    fn items(&self) -> &[Value];

    /// The text of a field, empty where there is none.
    fn text_of(&self, key: &str) -> &str;

    /// The number of a field.
    fn number_of(&self, key: &str) -> Option<i128>;

    /// The number of a field that must be one and not negative.
    fn count_of(&self, key: &str) -> Result<u64, ImportError>;
}

impl Fields for Value {
    fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    fn number(&self) -> Option<i128> {
        /// Up to here every whole number has a floating-point one of its own.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        match self {
            Self::Number(number) => match (number.as_i128(), number.as_f64()) {
                (None, Some(float)) if float.fract() == 0.0 && float.abs() <= EXACT => Some(float as i128),
                (whole, _) => whole,
            },
            Self::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    fn signed_bytes(&self) -> Option<Zeroizing<Vec<u8>>> {
        let items = self.as_array()?;
        let mut bytes = Zeroizing::new(Vec::with_capacity(items.len()));
        for item in items {
            bytes.push(i8::try_from(item.as_i64()?).ok()?.cast_unsigned());
        }
        Some(bytes)
    }

    fn items(&self) -> &[Value] {
        self.as_array().map(Vec::as_slice).unwrap_or_default()
    }

    fn text_of(&self, key: &str) -> &str {
        self.get(key).and_then(Self::as_str).unwrap_or_default()
    }

    fn number_of(&self, key: &str) -> Option<i128> {
        self.get(key).and_then(Self::number)
    }

    fn count_of(&self, key: &str) -> Result<u64, ImportError> {
        self.number_of(key).and_then(|n| u64::try_from(n).ok()).ok_or(ImportError::Damaged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strict_json::MAX_VALUES;

    fn refusal(text: &str) -> Option<ImportError> {
        parse(text).err()
    }

    #[test]
    fn depth_and_count_are_bounded() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert_eq!(refusal(&nested(32)), None);
        assert_eq!(refusal(&nested(33)), Some(ImportError::TooDeep));
        assert_eq!(refusal(&nested(1_000_000)), Some(ImportError::TooDeep));
        assert_eq!(refusal(&format!("[{}0]", "0,".repeat(MAX_VALUES))), Some(ImportError::TooMany));
    }

    #[test]
    fn what_is_not_json_is_damaged() {
        for text in ["", "{", "[1,]", "{\"a\":1,\"a\":2}", "{} x", "nul"] {
            assert_eq!(refusal(text), Some(ImportError::Damaged), "{text}");
        }
    }

    #[test]
    fn numbers_in_every_spelling() {
        let json = parse(r#"{"a":30,"b":"30","c":30.0,"d":18446744073709551615,"e":-1,"f":1.5,"g":null}"#).unwrap();
        assert_eq!(json.number_of("a"), Some(30));
        assert_eq!(json.number_of("b"), Some(30));
        assert_eq!(json.number_of("c"), Some(30));
        assert_eq!(json.number_of("d"), Some(u64::MAX.into()));
        assert_eq!(json.number_of("e"), Some(-1));
        assert_eq!(json.number_of("f"), None);
        assert_eq!(json.number_of("g"), None);
    }
}
