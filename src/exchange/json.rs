//! JSON as exports have it: read whole, bounded, and wiped.
//!
//! A tree of our own instead of serde_json's, for three reasons: its texts are
//! wiped on drop, it counts what it makes (16 MiB of `[0,0,0…` are a third of
//! a gigabyte as a tree), and it keeps the order in which things stand. No two
//! fields of one name: such a file means different things to different readers.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use zeroize::Zeroizing;

use super::error::ImportError;
use super::limits::{MAX_DEPTH, MAX_VALUES};

/// A value.
pub(crate) enum Json {
    Null,
    Bool(bool),
    Whole(i128),
    Fraction(f64),
    Text(Zeroizing<String>),
    List(Vec<Json>),
    Map(Vec<(String, Json)>),
}

/// Reads a text.
pub(crate) fn parse(text: &str) -> Result<Json, ImportError> {
    let mut budget = Budget { values: MAX_VALUES, stopped: None };
    let mut reader = serde_json::Deserializer::from_str(text);
    let json = Node { budget: &mut budget, depth: 0 }.deserialize(&mut reader);
    let json = json.and_then(|json| reader.end().map(|()| json));
    json.map_err(|_| budget.stopped.unwrap_or(ImportError::Damaged))
}

impl Json {
    pub(crate) fn get(&self, key: &str) -> Option<&Json> {
        match self {
            Self::Map(fields) => fields.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    pub(crate) fn list(&self) -> Option<&[Json]> {
        match self {
            Self::List(items) => Some(items),
            _ => None,
        }
    }

    pub(crate) fn fields(&self) -> Option<&[(String, Json)]> {
        match self {
            Self::Map(fields) => Some(fields),
            _ => None,
        }
    }

    /// A whole number; some apps write it as a text, some with a `.0`.
    pub(crate) fn number(&self) -> Option<i128> {
        match self {
            Self::Whole(value) => Some(*value),
            // In this range every whole f64 is one, and the cast cannot lose anything.
            Self::Fraction(value) if value.fract() == 0.0 && value.abs() < 9e15 => Some(*value as i128),
            Self::Text(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// Bytes as Java writes them: a list of numbers from -128 to 127.
    pub(crate) fn signed_bytes(&self) -> Option<Zeroizing<Vec<u8>>> {
        let items = self.list()?;
        let mut bytes = Zeroizing::new(Vec::with_capacity(items.len()));
        for item in items {
            let Self::Whole(value) = item else { return None };
            bytes.push(i8::try_from(*value).ok()?.cast_unsigned());
        }
        Some(bytes)
    }

    /// The text of a field, empty where there is none.
    pub(crate) fn text_of(&self, key: &str) -> &str {
        self.get(key).and_then(Self::text).unwrap_or_default()
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

struct Budget {
    values: usize,
    stopped: Option<ImportError>,
}

struct Node<'a> {
    budget: &'a mut Budget,
    depth: usize,
}

impl Node<'_> {
    fn stop<E: Error>(&mut self, with: ImportError) -> E {
        self.budget.stopped = Some(with);
        // Never seen: what is told is in the budget.
        E::custom("stopped")
    }

    fn enter<E: Error>(&mut self) -> Result<(), E> {
        if self.depth >= MAX_DEPTH { Err(self.stop(ImportError::TooDeep)) } else { Ok(()) }
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(mut self, deserializer: D) -> Result<Json, D::Error> {
        match self.budget.values.checked_sub(1) {
            Some(left) => self.budget.values = left,
            None => return Err(self.stop(ImportError::TooMany)),
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Whole(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Whole(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Json::Fraction(value))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(Zeroizing::new(text.to_owned())))
    }

    fn visit_seq<S: SeqAccess<'de>>(mut self, mut seq: S) -> Result<Json, S::Error> {
        self.enter()?;
        let mut items = Vec::new();
        let depth = self.depth + 1;
        while let Some(item) = seq.next_element_seed(Node { budget: self.budget, depth })? {
            items.push(item);
        }
        Ok(Json::List(items))
    }

    fn visit_map<M: MapAccess<'de>>(mut self, mut map: M) -> Result<Json, M::Error> {
        self.enter()?;
        let mut fields: Vec<(String, Json)> = Vec::new();
        let depth = self.depth + 1;
        while let Some(name) = map.next_key::<String>()? {
            fields.push((name, map.next_value_seed(Node { budget: self.budget, depth })?));
        }
        let mut names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        if names.windows(2).any(|pair| matches!(pair, [a, b] if a == b)) {
            return Err(self.stop(ImportError::Damaged));
        }
        Ok(Json::Map(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        for text in ["", "{", "[1,]", "{\"a\":1,\"a\":2}", "{} x", "nul", "1e999"] {
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
