//! JSON (RFC 8259): what the vault holds, what other apps export, what we note
//! for ourselves, and, as plain data, what crosses to JavaScript.
//!
//! A tree of our own, for four reasons: its texts are wiped on drop; it counts
//! what it makes (16 MiB of `[0,0,0…` are a third of a gigabyte as a tree); it
//! keeps the order in which things stand and the digits of numbers that it need
//! not understand; and it weighs a sixth of serde_json's in Wasm.
//! `tests/json.rs` holds it against that.

#[cfg(not(target_arch = "wasm32"))]
mod foreign;
mod read;
mod write;

use std::borrow::Cow;

use zeroize::Zeroizing;

pub use read::{MAX_DEPTH, MAX_VALUES, Refused};

/// A value.
#[derive(Clone, Default, PartialEq)]
pub enum Json {
    /// `null`; JavaScript's `undefined` too.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Whole(i64),
    /// Any other number, as it is written.
    Number(String),
    /// A text.
    Text(Zeroizing<String>),
    /// A text that is one of our own names.
    Name(&'static str),
    /// JavaScript's `Uint8Array`; in JSON a list. Never read from a text.
    Bytes(Zeroizing<Vec<u8>>),
    /// A list.
    List(Vec<Json>),
    /// A map.
    Map(Map),
}

/// A map, in the order in which its fields stand.
#[derive(Clone, Default, PartialEq)]
pub struct Map(Vec<(Cow<'static, str>, Json)>);

impl Json {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(Zeroizing::new(text.into()))
    }

    /// A whole number.
    pub fn whole(number: impl TryInto<i64> + ToString + Copy) -> Self {
        number.try_into().map_or_else(|_| Self::Number(number.to_string()), Self::Whole)
    }

    /// A map of fields with names of our own.
    pub fn map(fields: Vec<(&'static str, Self)>) -> Self {
        Self::Map(Map(fields.into_iter().map(|(name, value)| (Cow::Borrowed(name), value)).collect()))
    }

    /// The field of a map.
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.as_map()?.get(name)
    }

    /// Whether it is nothing.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// A text, or nothing.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Name(name) => Some(name),
            _ => None,
        }
    }

    /// Yes or no, or nothing.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// A whole number, or nothing.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Whole(value) => Some(*value),
            _ => None,
        }
    }

    /// A whole number that is not negative, or nothing.
    pub fn as_u64(&self) -> Option<u64> {
        match self {
            Self::Whole(value) => (*value).try_into().ok(),
            Self::Number(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// A list, or nothing.
    pub fn as_list(&self) -> Option<&[Self]> {
        match self {
            Self::List(items) => Some(items),
            _ => None,
        }
    }

    /// A map, or nothing.
    pub fn as_map(&self) -> Option<&Map> {
        match self {
            Self::Map(fields) => Some(fields),
            _ => None,
        }
    }
}

impl Map {
    /// The field of that name.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// Sets a field; what it was.
    pub fn insert(&mut self, name: impl Into<Cow<'static, str>>, value: Json) -> Option<Json> {
        let name = name.into();
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => Some(std::mem::replace(old, value)),
            None => {
                self.0.push((name, value));
                None
            }
        }
    }

    /// Takes a field out.
    pub fn remove(&mut self, name: &str) -> Option<Json> {
        let at = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.remove(at).1)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it has a field of that name.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The fields, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.0.iter().map(|(name, value)| (&**name, value))
    }

    /// The only field.
    pub fn only(mut self) -> Option<(Cow<'static, str>, Json)> {
        self.0.pop().filter(|_| self.0.is_empty())
    }
}

impl Extend<(Cow<'static, str>, Json)> for Map {
    fn extend<T: IntoIterator<Item = (Cow<'static, str>, Json)>>(&mut self, fields: T) {
        self.0.extend(fields);
    }
}

impl IntoIterator for Map {
    type Item = (Cow<'static, str>, Json);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// For native programs. What comes from JavaScript is read in `web`.
#[cfg(not(target_arch = "wasm32"))]
impl<'de> serde::Deserialize<'de> for Json {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(foreign::Foreign)
    }
}

/// For JavaScript: what goes there. The names of its fields must be our own, because those are made
/// into JavaScript's strings once and for all.
impl serde::Serialize for Json {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::{Error, SerializeStruct};
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Whole(value) => serializer.serialize_i64(*value),
            Self::Number(text) => serializer.serialize_str(text),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Name(name) => serializer.serialize_str(name),
            Self::Bytes(bytes) => serializer.serialize_bytes(bytes),
            Self::List(items) => items.serialize(serializer),
            Self::Map(Map(fields)) => {
                let mut out = serializer.serialize_struct("", fields.len())?;
                for (name, value) in fields {
                    match name {
                        Cow::Borrowed(name) => out.serialize_field(name, value)?,
                        Cow::Owned(_) => return Err(S::Error::custom("a name that is not ours")),
                    }
                }
                out.end()
            }
        }
    }
}
