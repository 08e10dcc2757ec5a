//! Plain data: our own types as [`Json`], which JavaScript is handed and our notes are written in.
//!
//! serde's derives make code for every field of every type, once for each
//! format; in the core they were a quarter of all. By way of a tree a field
//! costs a call, and each format comes once.

use zeroize::Zeroizing;

use crate::json::{Json, Map};

pub(crate) use plain_derive::Plain;

/// A type that plain data can stand for.
pub(crate) trait Plain: Sized {
    /// As plain data.
    fn to_plain(&self) -> Json;

    /// The inverse; `None` for what is none of this type.
    fn from_plain(json: Json) -> Option<Self>;

    /// What it is where its field is missing, if that can be.
    fn absent() -> Option<Self> {
        None
    }
}

/// Reads a type from a text.
pub(crate) fn parse<T: Plain>(text: &str) -> Option<T> {
    T::from_plain(Json::parse(text).ok()?)
}

/// A list of plain data.
pub(crate) fn list(items: &[impl Plain]) -> Json {
    Json::List(items.iter().map(Plain::to_plain).collect())
}

/// An enum's value that has fields: a map of one.
pub(crate) fn variant(name: &'static str, fields: Vec<(&'static str, Json)>) -> Json {
    Json::map(vec![(name, Json::map(fields))])
}

/// The name of an enum's value, by its place among the names of all. They come as one text,
/// because in Wasm an address for each weighs as much as the name.
pub(crate) fn name(names: &'static str, place: usize) -> Json {
    Json::Name(names.split(' ').nth(place).unwrap_or_default())
}

/// Which of an enum's values it is, by its place among the names of all, and its fields.
pub(crate) fn which(json: Json, names: &str) -> Option<(usize, Fields)> {
    let place = |name: &str| names.split(' ').position(|known| known == name);
    match json {
        Json::Map(fields) => {
            let (name, fields) = fields.only()?;
            Some((place(&name)?, Fields::of(fields)?))
        }
        name => Some((place(name.as_str()?)?, Fields::default())),
    }
}

/// The fields of a type that is being read.
#[derive(Default)]
pub(crate) struct Fields(Map);

impl Fields {
    pub(crate) fn of(json: Json) -> Option<Self> {
        match json {
            Json::Map(fields) => Some(Self(fields)),
            _ => None,
        }
    }

    pub(crate) fn take<T: Plain>(&mut self, name: &str) -> Option<T> {
        match self.0.remove(name) {
            Some(json) => T::from_plain(json),
            None => T::absent(),
        }
    }

    /// The same of a field that need not be there.
    pub(crate) fn take_or<T: Plain>(&mut self, name: &str, usual: T) -> Option<T> {
        self.0.remove(name).map_or(Some(usual), T::from_plain)
    }

    /// `None` if fields are left where there must not be any.
    pub(crate) fn end(self, strict: bool) -> Option<()> {
        (!strict || self.0.is_empty()).then_some(())
    }
}

impl Plain for bool {
    fn to_plain(&self) -> Json {
        Json::Bool(*self)
    }

    fn from_plain(json: Json) -> Option<Self> {
        json.as_bool()
    }
}

impl Plain for String {
    fn to_plain(&self) -> Json {
        Json::text(self)
    }

    fn from_plain(json: Json) -> Option<Self> {
        match json {
            Json::Text(mut text) => Some(std::mem::take(&mut text)),
            _ => None,
        }
    }
}

impl Plain for Zeroizing<Vec<u8>> {
    fn to_plain(&self) -> Json {
        Json::Bytes(self.clone())
    }

    fn from_plain(json: Json) -> Option<Self> {
        Plain::from_plain(json).map(Self::new)
    }
}

/// Whole numbers, as far as both formats have them.
macro_rules! whole {
    ($($type:ty)*) => {$(
        impl Plain for $type {
            fn to_plain(&self) -> Json {
                Json::whole(*self)
            }

            fn from_plain(json: Json) -> Option<Self> {
                json.as_i64()?.try_into().ok()
            }
        }
    )*};
}

whole!(u8 u32 i32 u64 i64);

impl<T: Plain> Plain for Option<T> {
    fn to_plain(&self) -> Json {
        self.as_ref().map_or(Json::Null, T::to_plain)
    }

    fn from_plain(json: Json) -> Option<Self> {
        if json.is_null() { Some(None) } else { T::from_plain(json).map(Some) }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: Plain> Plain for Box<T> {
    fn to_plain(&self) -> Json {
        (**self).to_plain()
    }

    fn from_plain(json: Json) -> Option<Self> {
        T::from_plain(json).map(Self::new)
    }
}

impl<T: Plain> Plain for Vec<T> {
    fn to_plain(&self) -> Json {
        list(self)
    }

    fn from_plain(json: Json) -> Option<Self> {
        match json {
            Json::List(items) => items.into_iter().map(T::from_plain).collect(),
            _ => None,
        }
    }
}
