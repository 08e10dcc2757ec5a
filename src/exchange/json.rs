//! What the readers ask of JSON beside what everybody does.

use zeroize::Zeroizing;

use super::error::ImportError;
use crate::json::Refused;

pub(crate) use crate::json::Json;

/// Reads a text.
pub(crate) fn parse(text: &str) -> Result<Json, ImportError> {
    Json::parse(text).map_err(|refused| match refused {
        Refused::Malformed => ImportError::Damaged,
        Refused::TooDeep => ImportError::TooDeep,
        Refused::TooMany => ImportError::TooMany,
    })
}

impl Json {
    pub(crate) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// A whole number; some apps write it as a text, some with a `.0`.
    pub(crate) fn number(&self) -> Option<i128> {
        match self {
            Self::Whole(value) => Some((*value).into()),
            Self::Number(text) => {
                let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
                whole.parse().ok().filter(|_| fraction.bytes().all(|digit| digit == b'0'))
            }
            Self::Text(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// Bytes as Java writes them: a list of numbers from -128 to 127.
    pub(crate) fn signed_bytes(&self) -> Option<Zeroizing<Vec<u8>>> {
        let items = self.as_list()?;
        let mut bytes = Zeroizing::new(Vec::with_capacity(items.len()));
        for item in items {
            let Self::Whole(value) = item else { return None };
            bytes.push(i8::try_from(*value).ok()?.cast_unsigned());
        }
        Some(bytes)
    }

    /// The text of a field, empty where there is none.
    pub(crate) fn text_of(&self, key: &str) -> &str {
        self.get(key).and_then(Self::as_str).unwrap_or_default()
    }

    /// The number of a field.
    pub(crate) fn number_of(&self, key: &str) -> Option<i128> {
        self.get(key).and_then(Self::number)
    }

    /// The number of a field that must be one and not negative.
    pub(crate) fn count_of(&self, key: &str) -> Result<u64, ImportError> {
        self.number_of(key).and_then(|n| u64::try_from(n).ok()).ok_or(ImportError::Damaged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::MAX_VALUES;

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
