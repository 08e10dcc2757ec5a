//! Windows' registry, as `reg import` and a double click read it: UTF-16, and
//! first of all without what was decided before. Read back as Chromium reads
//! the registry (`components/policy/core/common/registry_dict.cc`), also from
//! what the Registry Editor has exported.

use std::collections::BTreeMap;
use std::fmt::Write;

use strict_json::{Map, Value};

use crate::check::{Fault, Wrong};
use crate::form::{Field, Place, of_one, whole};
use crate::schema::{Key, Kind, keys};

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

pub(crate) fn is_file(text: &str) -> bool {
    ["Windows Registry Editor Version ", "REGEDIT4"].iter().any(|head| text.trim_start().starts_with(head))
}

pub(crate) fn read(text: &str) -> Result<Vec<Field>, Fault> {
    let keys = keys();
    // By browser and id; the machine's and a person's together.
    let mut places: BTreeMap<String, Place> = BTreeMap::new();
    let mut here = None;
    for (line, text) in entries(text) {
        if let Some(key) = text.strip_prefix('[') {
            let key = key.trim_end().strip_suffix(']').ok_or(whole(line, Wrong::Line))?;
            here = Below::of(key);
            if let Some(Below { place, id, list }) = &here {
                let place = places.entry(place.clone());
                let place = place.or_insert_with(|| Place { id: id.clone(), fields: Vec::new() });
                // Also one with nothing in it decides something.
                place.fields.extend(list.iter().map(|name| field(name, line, Value::Array(Vec::new()))));
            }
            continue;
        }
        let (name, data) = entry(&text).ok_or(whole(line, Wrong::Line))?;
        let Some(below) = &here else { continue };
        let Some(place) = places.get_mut(&below.place) else { continue };
        match (&below.list, place.fields.last_mut()) {
            (None, _) => {
                let kind = keys.iter().find(|key| key.name == name).map(|Key { kind, .. }| *kind);
                place.fields.push(field(&name, line, data.read_as(kind)));
            }
            // What Chromium passes over.
            (Some(_), Some(list)) if name.parse::<u32>().is_err() => list.value = Err(Wrong::Item(name)),
            (Some(_), Some(list)) => {
                if let Ok(Value::Array(items)) = &mut list.value {
                    items.push(data.read_as(Some(Kind::Text)));
                }
            }
            (Some(_), None) => {}
        }
    }
    of_one(places.into_values().collect())
}

fn field(name: &str, line: usize, value: Value) -> Field {
    Field { name: name.to_owned(), line, value: Ok(value) }
}

/// A key of the registry that belongs to an extension's policy.
struct Below {
    /// The browser's part of it, and the id.
    place: String,
    id: String,
    /// What is below that.
    list: Option<String>,
}

impl Below {
    /// The letters' case says nothing in the registry. What is taken out of it begins with a hyphen.
    fn of(key: &str) -> Option<Self> {
        const EXTENSIONS: &str = r"\3rdparty\extensions\";
        let (_, path) = key.split_once('\\').filter(|(hive, _)| !hive.starts_with('-'))?;
        let folded = path.to_ascii_lowercase();
        let (browser, rest) = path.split_at_checked(folded.find(EXTENSIONS)?)?;
        let mut parts = rest.get(EXTENSIONS.len()..)?.split('\\');
        let id = parts.next()?.to_ascii_lowercase();
        let is_policy = parts.next()?.eq_ignore_ascii_case("policy");
        let list = parts.next().map(str::to_owned);
        let place = format!("{} {id}", browser.to_ascii_lowercase());
        (is_policy && parts.next().is_none()).then_some(Self { place, id, list })
    }
}

/// The lines that say something, each with its number: bytes go on after a backslash, and a text has line ends of its own.
fn entries(text: &str) -> Vec<(usize, String)> {
    let mut entries: Vec<(usize, String)> = Vec::new();
    let (mut goes_on, mut is_quoted) = (false, false);
    for (at, line) in text.lines().enumerate().skip(1) {
        match entries.last_mut() {
            Some((_, entry)) if is_quoted => {
                entry.push_str("\r\n");
                entry.push_str(line);
            }
            Some((_, entry)) if goes_on => {
                entry.truncate(entry.trim_end().len().saturating_sub(1));
                entry.push_str(line.trim());
            }
            _ if line.trim().is_empty() || line.starts_with([';', '@']) => continue,
            _ => entries.push((at + 1, line.trim_start().to_owned())),
        }
        if !goes_on && (is_quoted || line.trim_start().starts_with('"')) {
            is_quoted ^= has_odd_quotes(line);
        }
        goes_on = !is_quoted && line.trim_end().ends_with('\\');
    }
    entries
}

fn has_odd_quotes(line: &str) -> bool {
    let mut is_odd = false;
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => drop(letters.next()),
            '"' => is_odd = !is_odd,
            _ => {}
        }
    }
    is_odd
}

/// What stands in the registry.
enum Data {
    Number(u32),
    Text(String),
    /// What Chromium does not read, or what is taken out.
    Other,
}

impl Data {
    /// What Chromium makes of it.
    fn read_as(self, kind: Option<Kind>) -> Value {
        match (self, kind) {
            (Self::Number(number), Some(Kind::Switch)) => (number != 0).into(),
            (Self::Number(number), _) => number.into(),
            (Self::Other, _) => Value::Null,
            (Self::Text(text), kind) => {
                let number = text.parse::<i32>().ok();
                match kind {
                    Some(Kind::Switch) => number.map(|number| (number != 0).into()),
                    Some(Kind::Number(_)) => number.map(Value::from),
                    Some(Kind::List) => strict_json::parse(&text).ok(),
                    Some(Kind::Text) | None => None,
                }
                .unwrap_or(Value::String(text))
            }
        }
    }
}

/// A name and what it holds.
fn entry(text: &str) -> Option<(String, Data)> {
    let (name, rest) = unquoted(text)?;
    let data = rest.trim_start().strip_prefix('=')?.trim();
    let data = match data.split_once(':') {
        _ if data.starts_with('"') => Data::Text(unquoted(data)?.0),
        Some(("dword", number)) => Data::Number(u32::from_str_radix(number, 16).ok()?),
        // One with variables in it is a text as well.
        Some(("hex(1)" | "hex(2)", bytes)) => Data::Text(text_of(bytes)?),
        _ => Data::Other,
    };
    Some((name, data))
}

fn unquoted(text: &str) -> Option<(String, &str)> {
    let rest = text.strip_prefix('"')?;
    let (mut said, mut letters) = (String::new(), rest.char_indices());
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((said, rest.get(at + 1..)?)),
            '\\' => said.push(letters.next()?.1),
            letter => said.push(letter),
        }
    }
    None
}

fn text_of(bytes: &str) -> Option<String> {
    let bytes: Option<Vec<u8>> = bytes.split(',').map(|byte| u8::from_str_radix(byte.trim(), 16).ok()).collect();
    let bytes = bytes?;
    let (pairs, _) = bytes.as_chunks::<2>();
    let units: Vec<u16> = pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
    let text = String::from_utf16(&units).ok()?;
    text.split('\0').next().map(str::to_owned)
}
