//! Windows' registry, as `reg import` and a double click read it: UTF-16, and
//! first of all without what was decided before.

use std::fmt::Write;

use strict_json::{Map, Value};

pub(crate) fn chrome(id: &str) -> String {
    format!(r"SOFTWARE\Policies\Google\Chrome\3rdparty\extensions\{id}\policy")
}

pub(crate) fn edge(id: &str) -> String {
    format!(r"SOFTWARE\Policies\Microsoft\Edge\3rdparty\extensions\{id}\policy")
}

/// Tokens are one person's, and stand under that person; a file that has nothing else leaves the machine's own alone.
pub(crate) fn file(decisions: &Map, key: &str) -> Vec<u8> {
    let root = format!(r"HKEY_LOCAL_MACHINE\{key}");
    let mut text = String::from("Windows Registry Editor Version 5.00\n");
    let tokens = decisions.get(policy::TOKENS).and_then(Value::as_array);
    let mut lists = String::new();
    // Writing to memory does not fail.
    if decisions.len() > usize::from(tokens.is_some()) || tokens.is_none() {
        write!(text, "\n[-{root}]\n\n[{root}]\n").unwrap_or_default();
    }
    for (name, value) in decisions.iter().filter(|(name, _)| *name != policy::TOKENS) {
        let done = match value {
            Value::Array(items) => list(&mut lists, &root, name, items),
            value => writeln!(text, "\"{name}\"={}", data(value)),
        };
        done.unwrap_or_default();
    }
    if let Some(items) = tokens {
        let root = format!(r"HKEY_CURRENT_USER\{key}");
        write!(lists, "\n[-{root}\\{}]\n", policy::TOKENS).unwrap_or_default();
        list(&mut lists, &root, policy::TOKENS, items).unwrap_or_default();
    }
    text.push_str(&lists);
    text.push('\n');
    let lines = text.replace('\n', "\r\n");
    std::iter::once(0xfeff).chain(lines.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

fn list(lists: &mut String, root: &str, name: &str, items: &[Value]) -> std::fmt::Result {
    writeln!(lists, "\n[{root}\\{name}]")?;
    for (at, item) in items.iter().enumerate() {
        writeln!(lists, "\"{}\"={}", at + 1, data(item))?;
    }
    Ok(())
}

fn data(value: &Value) -> String {
    match value {
        Value::Bool(on) => format!("dword:{:08x}", u8::from(*on)),
        Value::String(text) if text.contains(['\n', '\r']) => bytes(text),
        Value::String(text) => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
        value => format!("dword:{:08x}", value.as_u64().unwrap_or_default()),
    }
}

/// A text of several lines, which the quoted form does not hold.
fn bytes(text: &str) -> String {
    let units = text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes);
    format!("hex(1):{}", units.map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(","))
}
