//! XML of which no more is known: every element that has a code's URI or key, named by what stands beside it.
//!
//! SafeInCloud, PasswordSafe, Delinea Secret Server and Password Depot write such. It becomes what JSON would be, and is read
//! as that: an attribute or a child with a text is a field. A child is called by its element, or by what it says that it is
//! called; of a pair of a name and a value, by the name.

use std::collections::BTreeMap;

use quick_xml::escape::unescape;
use quick_xml::events::BytesStart;
use zeroize::Zeroizing;

use super::error::ImportError;
use super::json::Value;
use super::limits::Budget;
use super::named;
use super::xml::{Piece, Pieces};
use strict_json::Map;

/// By what an element says what it is.
const NAMES: [&str; 2] = ["name", "type"];
/// What names the value beside it.
const KEYS: [&str; 5] = ["key", "name", "label", "fieldname", "slug"];
/// More attributes than these are nobody's.
const MAX: usize = 32;
/// What is said of a pair beside its name and value.
const MAX_OF_A_PAIR: usize = 8;

pub(crate) fn to_json(text: &str, budget: &Budget) -> Result<Value, ImportError> {
    let mut pieces = Pieces::of(text);
    let mut path = vec![Element::default()];
    // SafeInCloud has its labels first, and then the number of each.
    let mut labels = BTreeMap::new();
    while let Some(piece) = pieces.next()? {
        match piece {
            Piece::Open(open) => path.push(Element::of(&open)),
            Piece::Text(text) => path.last_mut().into_iter().for_each(|element| element.text.push_str(&text)),
            Piece::Close => {
                let (Some(mut closed), Some(outer)) = (path.pop(), path.last_mut()) else { break };
                budget.value().ok_or(ImportError::TooMany)?;
                match closed.name.as_str() {
                    "label" => labels.extend(closed.attribute("id").zip(closed.attribute("name"))),
                    "label_id" => {
                        if let Some(label) = labels.get(closed.text.trim()) {
                            (closed.name, closed.text) = ("labels".to_owned(), Zeroizing::new(label.clone()));
                        }
                    }
                    _ => {}
                }
                outer.take(closed);
            }
        }
    }
    Ok(path.pop().map_or(Value::Null, |root| Value::Object(root.fields)))
}

#[derive(Default)]
struct Element {
    name: String,
    attributes: Map,
    text: Zeroizing<String>,
    /// What is in it.
    fields: Map,
    /// All of that were pairs of names and values.
    is_of_pairs: bool,
}

impl Element {
    fn of(open: &BytesStart<'_>) -> Self {
        // Without a look for doubled ones, which would compare each with all.
        let mut attributes = open.attributes();
        let attributes = attributes.with_checks(false).take(MAX).filter_map(Result::ok);
        let attributes = attributes.map(|attribute| {
            let text = unescape(&attribute.value).map(|text| text.into_owned()).unwrap_or_default();
            (attribute.key.as_ref().to_owned(), Value::String(text))
        });
        Self { name: open.name().as_ref().to_owned(), attributes: attributes.collect(), ..Self::default() }
    }

    fn attribute(&self, name: &str) -> Option<String> {
        self.attributes.get(name)?.as_str().map(str::to_owned)
    }

    fn take(&mut self, inner: Self) {
        let is_first = self.fields.is_empty();
        let is_pair = inner.value().is_some();
        self.is_of_pairs = is_pair && (is_first || self.is_of_pairs);
        match inner.value() {
            Some(value) => inner.keys().for_each(|key| put(&mut self.fields, key, value.clone())),
            None if inner.is_of_pairs => {
                inner.fields.into_iter().for_each(|(key, value)| put(&mut self.fields, key, value))
            }
            None if inner.fields.is_empty() && !inner.text.trim().is_empty() => {
                let said = NAMES.iter().filter_map(|name| inner.attributes.get(*name)?.as_str()).map(str::to_owned);
                let mut names: Vec<String> = said.collect();
                if names.is_empty() {
                    names.push(inner.name);
                }
                let text = inner.text.trim().to_owned();
                names.into_iter().for_each(|name| put(&mut self.fields, name, Value::String(text.clone())));
            }
            None => {
                let mut object = inner.attributes;
                inner.fields.into_iter().for_each(|(key, value)| put(&mut object, key, value));
                put(&mut self.fields, inner.name, Value::Object(object));
            }
        }
    }

    /// Of a pair, the value. What has a code of its own beside it is an entry, whatever it is called.
    fn value(&self) -> Option<&Value> {
        let mut fields = self.fields.iter().filter(|_| self.fields.len() <= MAX_OF_A_PAIR);
        let (_, value) = fields.find(|(name, _)| name.eq_ignore_ascii_case("value"))?;
        self.keys().next().filter(|_| !self.fields.keys().any(|name| named::is_of_a_code(name))).map(|_| value)
    }

    fn keys(&self) -> impl Iterator<Item = String> {
        let keys = self.fields.iter().filter(|(name, _)| KEYS.contains(&&*name.to_ascii_lowercase()));
        keys.filter_map(|(_, key)| key.as_str().map(str::to_owned))
    }
}

/// Of several of one name, none is lost.
fn put(fields: &mut Map, name: String, value: Value) {
    match fields.get_mut(&name) {
        Some(Value::Array(list)) => list.push(value),
        Some(one) if *one == value => {}
        Some(one) => {
            let first = one.take();
            *one = Value::Array(vec![first, value]);
        }
        None => drop(fields.insert(name, value)),
    }
}
