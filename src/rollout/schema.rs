//! The keys, from the schema that Chromium reads.

use strict_json::Value;

/// What a key's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A whole number from 0 to this.
    Number(u32),
    /// `true` or `false`.
    Switch,
    /// A list of texts.
    List,
    /// A text.
    Text,
}

/// A key that there is.
#[derive(Clone, Debug)]
pub struct Key {
    /// Its name.
    pub name: String,
    /// What its value is.
    pub kind: Kind,
}

/// All of them, in the schema's order.
pub fn keys() -> Vec<Key> {
    let schema = strict_json::parse(include_str!("../../extension/policy.json")).unwrap_or_default();
    let properties = schema.get("properties").and_then(Value::as_object);
    let key = |(name, property): (&String, &Value)| {
        let kind = match property.get("type").and_then(Value::as_str)? {
            // A range in the schema would have Chromium drop what is beyond it, without a word.
            "integer" if name == "passphraseLength" => Kind::Number(policy::LONGEST_WANTED),
            "integer" => Kind::Number(policy::LONGEST_IDLE),
            "boolean" => Kind::Switch,
            "array" => Kind::List,
            _ => Kind::Text,
        };
        Some(Key { name: name.clone(), kind })
    };
    properties.into_iter().flatten().filter_map(key).collect()
}

impl Kind {
    /// Whether Chromium lets a value through.
    pub(crate) fn takes(self, value: &Value) -> bool {
        match self {
            Self::Number(_) => value.is_i64() || value.is_u64(),
            Self::Switch => value.is_boolean(),
            Self::List => value.as_array().is_some_and(|items| items.iter().all(Value::is_string)),
            Self::Text => value.is_string(),
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Number(_) => "a whole number",
            Self::Switch => "true or false, without quotes",
            Self::List => "a list of texts, in [ ]",
            Self::Text => "a text, in quotes",
        }
    }
}
