//! The platforms that take JSON.

use serde_json::to_vec_pretty;
use strict_json::{Map, Value, json};

use crate::FIREFOX_ID;

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
