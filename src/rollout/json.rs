//! The platforms that take JSON: Chromium on Linux, Firefox, the Admin console; and the bare object of keys.

use std::fmt;

use serde::Deserializer;
use serde::de::{MapAccess, Visitor};
use serde_json::to_vec_pretty;
use serde_json::value::RawValue;
use strict_json::{Map, Refused, Value, json};

use crate::check::{Fault, Wrong};
use crate::form::{Field, whole};
use crate::{CHROMIUM_ID, FIREFOX_ID};

pub(crate) fn linux(decisions: &Map, id: &str) -> Vec<u8> {
    pretty(&json!({ "3rdparty": { "extensions": { id: decisions } } }))
}

pub(crate) fn firefox(decisions: &Map) -> Vec<u8> {
    pretty(&json!({ "policies": { "3rdparty": { "Extensions": { FIREFOX_ID: decisions } } } }))
}

pub(crate) fn chromeos(decisions: &Map) -> Vec<u8> {
    pretty(&decisions.iter().map(|(key, value)| (key.clone(), json!({ "Value": value }))).collect())
}

fn pretty(value: &Value) -> Vec<u8> {
    // It fails for maps whose keys are no text, and this has none.
    let mut bytes = to_vec_pretty(value).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

pub(crate) fn read(text: &str) -> Result<Vec<Field>, Fault> {
    let fields = Fields::of(text).map_err(|error| {
        let said = error.to_string();
        let what = said.split(" at line ").next().unwrap_or_default().to_owned();
        whole(error.line().max(1), Wrong::Malformed(what))
    })?;
    let fields = unwrapped(fields.ok_or(whole(1, Wrong::NoObject))?);
    let fields = fields.ok_or(whole(1, Wrong::SeveralExtensions))?.0.into_iter();
    // Each begins after the one before it, from where its line is counted on.
    let (mut rest, mut line) = (text, 1);
    let field = |(name, raw): (String, &RawValue)| {
        let offset = (raw.get().as_ptr() as usize).saturating_sub(rest.as_ptr() as usize);
        let (passed, after) = rest.split_at_checked(offset).unwrap_or((rest, ""));
        line += passed.matches('\n').count();
        rest = after;
        Field { name, line, value: strict_json::parse(raw.get()).map_err(refusal) }
    };
    Ok(fields.map(field).collect())
}

fn refusal(refused: Refused) -> Wrong {
    Wrong::Malformed(
        match refused {
            Refused::Malformed => "two fields of one name are in it",
            Refused::TooDeep => "it is nested too deep",
            Refused::TooMany => "there is too much in it",
        }
        .to_owned(),
    )
}

/// An object's fields, each with where it stands, and twice what stands twice.
struct Fields<'a>(Vec<(String, &'a RawValue)>);

impl<'a> Fields<'a> {
    /// `None` for what is JSON and no object.
    fn of(text: &'a str) -> Result<Option<Self>, serde_json::Error> {
        let mut reader = serde_json::Deserializer::from_str(text);
        if !text.trim_start().starts_with('{') {
            serde_json::from_str::<&RawValue>(text)?;
            return Ok(None);
        }
        let fields = reader.deserialize_map(FieldsVisitor)?;
        reader.end()?;
        Ok(Some(fields))
    }

    /// The object in a field.
    fn inner(&self, names: &[&str]) -> Option<Self> {
        let (_, raw) = self.0.iter().find(|(name, _)| names.contains(&name.as_str()))?;
        Self::of(raw.get()).ok().flatten()
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Fields(fields))
    }
}

/// The keys themselves, out of what a browser's own file has around them. `None` if there are several to choose from.
fn unwrapped(fields: Fields<'_>) -> Option<Fields<'_>> {
    let fields = fields.inner(&["policies"]).unwrap_or(fields);
    if let Some(extensions) = fields.inner(&["3rdparty"]).and_then(|inner| inner.inner(&["extensions", "Extensions"])) {
        return match extensions.inner(&[CHROMIUM_ID, FIREFOX_ID]) {
            Some(ours) => Some(ours),
            None => match extensions.0.as_slice() {
                [(_, only)] => Fields::of(only.get()).ok().flatten(),
                _ => None,
            },
        };
    }
    // The Admin console's has each value in an object of its own.
    let values: Option<Vec<_>> = fields
        .0
        .iter()
        .map(|(name, raw)| {
            let inner = Fields::of(raw.get()).ok().flatten()?;
            match inner.0.as_slice() {
                [(field, value)] if field == "Value" => Some((name.clone(), *value)),
                _ => None,
            }
        })
        .collect();
    Some(values.filter(|values| !values.is_empty()).map_or(fields, Fields))
}
