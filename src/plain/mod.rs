//! Plain data: what JSON and JavaScript know, and our own types as that.
//!
//! serde's derives make code for every field of every type, once for each
//! format; in the core they were a quarter of all. By way of a [`Tree`], and
//! back by way of a [`Value`], a field costs a call, and a format comes once.

use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, SerializeStruct, Serializer};
use serde_json::{Map, Value};

pub(crate) use plain_derive::Plain;

/// A type that plain data can stand for.
pub(crate) trait Plain: Sized {
    /// As plain data, whose texts are this one's own.
    fn to_plain(&self) -> Tree<'_>;

    /// The inverse; `None` for what is none of this type.
    fn from_plain(value: Value) -> Option<Self>;

    /// What it is where its field is missing, if that can be.
    fn absent() -> Option<Self> {
        None
    }
}

/// Plain data to be written.
pub(crate) enum Tree<'a> {
    Null,
    Bool(bool),
    Whole(i64),
    Text(&'a str),
    /// What an enum's value is called.
    Name(&'static str),
    /// A text that was made for it.
    Made(String),
    Bytes(&'a [u8]),
    List(Vec<Tree<'a>>),
    Map(Vec<(&'static str, Tree<'a>)>),
}

impl<'a> Tree<'a> {
    pub(crate) fn list(items: &'a [impl Plain]) -> Self {
        Self::List(items.iter().map(Plain::to_plain).collect())
    }

    /// An enum's value that has fields: a map of one.
    pub(crate) fn variant(name: &'static str, fields: Vec<(&'static str, Self)>) -> Self {
        Self::Map(vec![(name, Self::Map(fields))])
    }
}

impl Serialize for Tree<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Whole(value) => serializer.serialize_i64(*value),
            Self::Text(text) | Self::Name(text) => serializer.serialize_str(text),
            Self::Made(text) => serializer.serialize_str(text),
            Self::Bytes(bytes) => serializer.serialize_bytes(bytes),
            Self::List(items) => items.serialize(serializer),
            // A struct, because a map would be JavaScript's `Map`.
            Self::Map(fields) => {
                let mut out = serializer.serialize_struct("", fields.len())?;
                for (name, value) in fields {
                    out.serialize_field(name, value)?;
                }
                out.end()
            }
        }
    }
}

/// Reads a type from any format.
pub(crate) fn read<'de, T: Plain, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    // Says nothing: a message would quote values.
    T::from_plain(Value::deserialize(deserializer)?).ok_or_else(|| D::Error::custom("something else"))
}

/// Reads a type from JSON.
pub(crate) fn parse<T: Plain>(text: &str) -> Option<T> {
    T::from_plain(serde_json::from_str(text).ok()?)
}

/// Writes JSON.
pub(crate) fn text(tree: &Tree<'_>) -> String {
    // It can fail only for keys that are no texts.
    serde_json::to_string(tree).unwrap_or_default()
}

/// The fields of a type that is being read.
pub(crate) struct Fields(Map<String, Value>);

impl Fields {
    pub(crate) fn of(value: Value) -> Option<Self> {
        match value {
            Value::Object(fields) => Some(Self(fields)),
            _ => None,
        }
    }

    pub(crate) fn take<T: Plain>(&mut self, name: &str) -> Option<T> {
        match self.0.remove(name) {
            Some(value) => T::from_plain(value),
            None => T::absent(),
        }
    }

    /// `None` if fields are left where there must not be any.
    pub(crate) fn end(self, strict: bool) -> Option<()> {
        (!strict || self.0.is_empty()).then_some(())
    }
}

/// Which of an enum's values it is, by its place among their names, and its fields.
pub(crate) fn variant(value: Value, names: &[&str]) -> Option<(usize, Value)> {
    let (name, value) = match value {
        Value::String(name) => (name, Value::Null),
        Value::Object(only) if only.len() == 1 => only.into_iter().next()?,
        _ => return None,
    };
    Some((names.iter().position(|known| *known == name)?, value))
}

impl Plain for bool {
    fn to_plain(&self) -> Tree<'_> {
        Tree::Bool(*self)
    }

    fn from_plain(value: Value) -> Option<Self> {
        value.as_bool()
    }
}

impl Plain for String {
    fn to_plain(&self) -> Tree<'_> {
        Tree::Text(self)
    }

    fn from_plain(value: Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }
}

/// Whole numbers, as far as both formats have them.
macro_rules! whole {
    ($($type:ty)*) => {$(
        impl Plain for $type {
            fn to_plain(&self) -> Tree<'_> {
                Tree::Whole(i64::try_from(*self).unwrap_or(i64::MAX))
            }

            fn from_plain(value: Value) -> Option<Self> {
                value.as_i64()?.try_into().ok()
            }
        }
    )*};
}

whole!(u8 u32 i32 u64 i64);

impl<T: Plain> Plain for Option<T> {
    fn to_plain(&self) -> Tree<'_> {
        self.as_ref().map_or(Tree::Null, T::to_plain)
    }

    fn from_plain(value: Value) -> Option<Self> {
        if value.is_null() { Some(None) } else { T::from_plain(value).map(Some) }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: Plain> Plain for Box<T> {
    fn to_plain(&self) -> Tree<'_> {
        (**self).to_plain()
    }

    fn from_plain(value: Value) -> Option<Self> {
        T::from_plain(value).map(Self::new)
    }
}

impl<T: Plain> Plain for Vec<T> {
    fn to_plain(&self) -> Tree<'_> {
        Tree::list(self)
    }

    fn from_plain(value: Value) -> Option<Self> {
        match value {
            Value::Array(items) => items.into_iter().map(T::from_plain).collect(),
            _ => None,
        }
    }
}
