//! JSON (RFC 8259) by serde_json, within limits: what a vault holds, what other
//! apps export, what we note for ourselves.
//!
//! serde_json alone bounds depth but not the number of values (16 MiB of
//! `[0,0,0…` are a gigabyte as a tree), and takes the last of two fields of one
//! name, which other readers take the first of.

use std::cell::Cell;
use std::fmt;

use serde::Serialize;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use zeroize::Zeroizing;

pub use serde_json::{Value, json};

/// The fields of an object, in the order in which they stand.
pub type Map = serde_json::Map<String, Value>;

/// Deepest nesting.
pub const MAX_DEPTH: usize = 32;
/// Most values in a text; FreeOTP writes each byte of a secret as one.
pub const MAX_VALUES: usize = 1_000_000;

/// Why a text was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It is not JSON, or a map has two fields of one name: such a text means different things to different readers.
    Malformed,
    /// It is nested deeper than [`MAX_DEPTH`].
    TooDeep,
    /// It has more values than [`MAX_VALUES`].
    TooMany,
}

/// Reads a text.
///
/// # Errors
/// Says why not, and quotes nothing of it.
pub fn parse(text: &str) -> Result<Value, Refused> {
    parse_with(text, Limits::default())
}

/// [`parse`] of what others wrote: of two fields of one name, neither is lost. The same said twice is said once; lists are
/// joined; of two objects the second stands under the name and [`AGAIN`]; anything else becomes the list of all.
///
/// # Errors
/// As [`parse`].
pub fn parse_doubled(text: &str) -> Result<Value, Refused> {
    parse_with(text, Limits { doubled: true, ..Limits::default() })
}

/// What follows the name of an object that stands under it a second time.
pub const AGAIN: &str = "\0again";

fn parse_with(text: &str, limits: Limits) -> Result<Value, Refused> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = Tree { limits: &limits, depth: MAX_DEPTH }.deserialize(&mut deserializer);
    let read = read.and_then(|value| deserializer.end().map(|()| value));
    read.map_err(|_| limits.passed.get().unwrap_or(Refused::Malformed))
}

/// Reads a text as a type of our own; `None` for what is none.
pub fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_value(parse(text).ok()?).ok()
}

/// A type of our own as text, without white space.
pub fn write(data: &(impl Serialize + ?Sized)) -> Zeroizing<String> {
    // It fails for maps whose keys are no text, and we have none.
    Zeroizing::new(serde_json::to_string(data).unwrap_or_default())
}

#[derive(Default)]
struct Limits {
    /// Fields of one name are kept.
    doubled: bool,
    values: Cell<usize>,
    /// The limit that was passed.
    passed: Cell<Option<Refused>>,
}

#[derive(Clone, Copy)]
struct Tree<'a> {
    limits: &'a Limits,
    /// How much deeper it may go.
    depth: usize,
}

impl Tree<'_> {
    fn refuse<E: Error>(self, why: Refused) -> E {
        self.limits.passed.set(Some(why));
        E::custom("over a limit")
    }

    fn deeper<E: Error>(self) -> Result<Self, E> {
        let depth = self.depth.checked_sub(1).ok_or_else(|| self.refuse(Refused::TooDeep))?;
        Ok(Self { depth, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Tree<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let values = self.limits.values.get() + 1;
        self.limits.values.set(values);
        if values > MAX_VALUES {
            return Err(self.refuse(Refused::TooMany));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Tree<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let item = self.deeper()?;
        let mut items = Vec::new();
        while let Some(value) = list.next_element_seed(item)? {
            items.push(value);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let field = self.deeper()?;
        let mut fields = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            let value = map.next_value_seed(field)?;
            if fields.contains_key(&name) {
                let kept = self.limits.doubled && keep(&mut fields, name, value);
                if !kept {
                    return Err(A::Error::custom("two fields of one name"));
                }
            } else {
                fields.insert(name, value);
            }
        }
        Ok(Value::Object(fields))
    }
}

/// A second value of a name; whether there was a place for it.
fn keep(fields: &mut Map, name: String, second: Value) -> bool {
    let Some(first) = fields.get_mut(&name) else { return false };
    match (first, second) {
        (first, second) if *first == second => true,
        (Value::Object(_), second) => fields.insert(name + AGAIN, second).is_none(),
        (Value::Array(list), Value::Array(more)) => {
            list.extend(more);
            true
        }
        // Put beside the others: a list around a list for each repetition would be as deep as there are repetitions.
        (Value::Array(list), second) => {
            list.push(second);
            true
        }
        (first, second) => {
            *first = Value::Array(vec![first.take(), second]);
            true
        }
    }
}
