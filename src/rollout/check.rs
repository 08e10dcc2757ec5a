//! What is wrong with a policy, and in which line.

use std::fmt;

use policy::{Policy, PolicyReport, ReportKind};
use serde::Deserializer;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;
use strict_json::{Map, Refused, Value, json};

use crate::schema::{Key, Kind, keys};
use crate::{CHROMIUM_ID, FIREFOX_ID};

/// Least that two names must have in common for one to be taken for the other, mistyped.
const ALIKE: f64 = 0.7;

/// A policy that was looked at.
#[derive(Clone, Debug)]
pub struct Checked {
    /// What it decides: sound if there is no fault.
    pub decisions: Map,
    /// What a browser or the extension would not take as it stands.
    pub faults: Vec<Fault>,
    /// What is taken, and may not have been meant.
    pub notes: Vec<Note>,
    /// What the manager shows on a machine that has all of it.
    pub checksum: String,
}

/// What would not be taken as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// In which line, from 1.
    pub line: usize,
    /// Of which key; empty for the whole.
    pub key: String,
    /// The reason.
    pub wrong: Wrong,
}

/// Wrong something would not be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The bytes are no UTF-8.
    Encoding,
    /// It is no JSON: what is wrong there.
    Malformed(String),
    /// It is JSON, but no object.
    NoObject,
    /// It names several extensions, and none of them is Tofaktor.
    SeveralExtensions,
    /// There is no such key; perhaps this one was meant.
    Unknown(Option<String>),
    /// The key stands twice, or in `decisions` too.
    Twice,
    /// It is of another type than this.
    Type(&'static str),
    /// The number is larger than this.
    Range(u32),
    /// This item of the list, or part of the rules, is none.
    Item(String),
    /// The text of `decisions` is no JSON object.
    Inside,
    /// It is of the right type, and not one of the values that there are.
    Value,
    /// It holds a control character, which not every platform carries.
    Control,
}

/// What is taken, and may not have been meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Of which key.
    pub key: String,
    /// What follows.
    pub follows: &'static str,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, key, wrong } = self;
        write!(f, "line {line}: ")?;
        if !key.is_empty() {
            write!(f, "{key}: ")?;
        }
        match wrong {
            Wrong::Encoding => f.write_str("this is not UTF-8; save the file as UTF-8."),
            Wrong::Malformed(what) => write!(f, "this is no JSON: {what}."),
            Wrong::NoObject => f.write_str("a policy is a JSON object, in { }."),
            Wrong::SeveralExtensions => {
                f.write_str("which of these extensions is Tofaktor cannot be told; leave the others out.")
            }
            Wrong::Unknown(meant) => {
                f.write_str(
                    "there is no such key, and nothing comes of it: Chromium, Chrome and Edge drop it without a word.",
                )?;
                meant.as_ref().map_or(Ok(()), |meant| write!(f, " Perhaps {meant} was meant."))
            }
            Wrong::Twice => f.write_str("this stands twice, and nobody can know which of the two was meant."),
            Wrong::Type(wanted) => write!(
                f,
                "this must be {wanted}. Chromium, Chrome and Edge drop the whole key without a word, so that nothing is decided; Firefox hands it on, and it is read as strictly as it can be."
            ),
            Wrong::Range(max) => write!(f, "this must be from 0 to {max}; it is read as strictly as it can be."),
            Wrong::Item(item) => write!(f, "\"{item}\" cannot be taken; the rest holds without it."),
            Wrong::Inside => {
                f.write_str("the text in it is no JSON object, so every key is read as strictly as it can be.")
            }
            Wrong::Value => f.write_str(
                "this cannot be taken as it stands (POLICY.md says what can); it is read as strictly as it can be.",
            ),
            Wrong::Control => f.write_str("this holds a control character, which not every platform carries."),
        }
    }
}

/// Looks at a policy: the bare object of keys, or one as it lies in Chromium's, Firefox' or the Admin console's file.
pub fn check(bytes: &[u8]) -> Checked {
    let mut faults = Vec::new();
    let decisions = read(bytes, &mut faults);
    faults.sort_by_key(|fault| fault.line);
    // What is sound alone may not be beside the rest.
    if faults.is_empty() {
        let reports = Policy::parse(Some(&Value::Object(decisions.clone()).to_string())).view().reports;
        faults.extend(reports.into_iter().map(|report| Fault { line: 1, key: report.key, wrong: Wrong::Value }));
    }
    let checksum = if faults.is_empty() { policy::checksum(&decisions) } else { String::new() };
    Checked { notes: notes(&decisions), decisions, faults, checksum }
}

fn read(bytes: &[u8], faults: &mut Vec<Fault>) -> Map {
    let whole = |wrong| Fault { line: 1, key: String::new(), wrong };
    let Ok(text) = std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)) else {
        faults.push(whole(Wrong::Encoding));
        return Map::new();
    };
    let fields = match Fields::of(text) {
        Ok(Some(fields)) => fields,
        Ok(None) => {
            faults.push(whole(Wrong::NoObject));
            return Map::new();
        }
        Err(error) => {
            let said = error.to_string();
            let what = said.split(" at line ").next().unwrap_or_default().to_owned();
            faults.push(Fault { line: error.line().max(1), ..whole(Wrong::Malformed(what)) });
            return Map::new();
        }
    };
    let Some(fields) = unwrapped(fields) else {
        faults.push(whole(Wrong::SeveralExtensions));
        return Map::new();
    };
    let keys = keys();
    let names: Vec<String> = fields.0.iter().map(|(name, _)| name.clone()).collect();
    let mut decisions = Map::new();
    for (name, raw) in fields.0 {
        let line = line_of(text, raw);
        let fault = |wrong| Fault { line, key: name.clone(), wrong };
        if decisions.contains_key(&name) {
            faults.push(fault(Wrong::Twice));
            continue;
        }
        let value = match strict_json::parse(raw.get()) {
            Ok(value) => value,
            Err(refused) => {
                faults.push(fault(refusal(refused)));
                continue;
            }
        };
        let found = if name == policy::WHOLE { inside(&value, &keys, &names) } else { judge(&name, &value, &keys) };
        faults.extend(found.into_iter().map(|(key, wrong)| Fault { line, key, wrong }));
        decisions.insert(name, value);
    }
    decisions
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

/// What is wrong with the decisions in one text.
fn inside(value: &Value, keys: &[Key], beside: &[String]) -> Vec<(String, Wrong)> {
    let whole = || policy::WHOLE.to_owned();
    let Some(text) = value.as_str() else { return vec![(whole(), Wrong::Type(Kind::Text.name()))] };
    let Ok(Value::Object(decisions)) = strict_json::parse(text) else { return vec![(whole(), Wrong::Inside)] };
    let one = |(name, value): (&String, &Value)| {
        let found = if beside.contains(name) { vec![(name.clone(), Wrong::Twice)] } else { judge(name, value, keys) };
        found.into_iter().map(|(key, wrong)| (format!("{}: {key}", policy::WHOLE), wrong)).collect::<Vec<_>>()
    };
    decisions.iter().flat_map(one).collect()
}

/// What is wrong with one key, as the browser and the extension will see it.
fn judge(name: &str, value: &Value, keys: &[Key]) -> Vec<(String, Wrong)> {
    let here = |wrong| vec![(name.to_owned(), wrong)];
    let Some(key) = keys.iter().find(|key| key.name == name) else { return here(Wrong::Unknown(nearest(name, keys))) };
    if !key.kind.takes(value) {
        return here(Wrong::Type(key.kind.name()));
    }
    if holds_control(value) {
        return here(Wrong::Control);
    }
    let reports = |value: &Value| Policy::parse(Some(&json!({ name: value }).to_string())).view().reports;
    let item_of = |report: &PolicyReport| report.key.trim_start_matches(&format!("{name}: ")).to_owned();
    let reports_of_all = reports(value);
    match (key.kind, value) {
        (Kind::Number(max), _) if !reports_of_all.is_empty() => here(Wrong::Range(max)),
        (Kind::List, Value::Array(items)) => {
            let bad = items.iter().enumerate().filter(|(_, item)| !reports(&json!([item])).is_empty());
            let bad = bad.map(|(at, item)| quoted(name, at, item.as_str().unwrap_or_default()));
            // One too many, or there twice, is bad only beside the others.
            let left_out = reports_of_all.iter().filter(|report| report.kind == ReportKind::LeftOut);
            let found: Vec<_> = bad.chain(left_out.map(item_of)).flat_map(|item| here(Wrong::Item(item))).collect();
            if found.is_empty() && !reports_of_all.is_empty() { here(Wrong::Value) } else { found }
        }
        _ => reports_of_all
            .into_iter()
            .flat_map(|report| match report.kind {
                ReportKind::LeftOut => here(Wrong::Item(item_of(&report))),
                _ => here(Wrong::Value),
            })
            .collect(),
    }
}

/// An item as it can be shown: of a token, its place alone, because what is mistyped may be what opens it.
fn quoted(name: &str, at: usize, item: &str) -> String {
    if name == policy::TOKENS { format!("number {}", at + 1) } else { item.to_owned() }
}

/// Windows ends a text at the first NUL, and XML has no such characters at all.
fn holds_control(value: &Value) -> bool {
    let holds = |text: &str| text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'));
    match value {
        Value::String(text) => holds(text),
        Value::Array(items) => items.iter().any(holds_control),
        _ => false,
    }
}

fn nearest(name: &str, keys: &[Key]) -> Option<String> {
    let folded = name.to_lowercase();
    let likeness = |key: &Key| strsim::normalized_damerau_levenshtein(&folded, &key.name.to_lowercase());
    let best = keys.iter().map(|key| (likeness(key), key)).max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    (best.0 >= ALIKE).then(|| best.1.name.clone())
}

/// What is sound and may not have been meant.
fn notes(decisions: &Map) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut all = decisions.clone();
    if let Some(Ok(Value::Object(inside))) =
        decisions.get(policy::WHOLE).and_then(Value::as_str).map(strict_json::parse)
    {
        all.extend(inside);
    }
    if decisions.contains_key(policy::TOKENS) && decisions.len() > 1 {
        notes.push(Note {
            key: policy::TOKENS.to_owned(),
            follows: "this is one person's, and what stands beside it holds for all; a file of its own is rolled out to that person alone.",
        });
    }
    for (key, value) in &all {
        let is_empty = value.as_array().is_some_and(Vec::is_empty);
        let follows = match (key.as_str(), value.as_u64()) {
            ("passphraseLength", Some(length)) if length < u64::from(policy::SHORTEST_PASSPHRASE) => {
                "a new passphrase never has fewer than 8 characters; this is read as 8."
            }
            ("autoLockMaximum", Some(0)) => "0 is read as 1 minute, the strictest, and not as never.",
            ("unlockMethods", _) if is_empty => "an empty list allows no way to unlock, so nobody can make a vault.",
            ("tenants", _) if is_empty => "an empty list allows no account to be added.",
            ("adfsHosts", _) if is_empty => "an empty list allows no sign-in server of the organisation's own.",
            (policy::TOKENS, _) if !decisions.contains_key(policy::TOKENS) => {
                "inside decisions this holds for all who use the machine; it belongs beside it, under one person."
            }
            ("modes", _) if is_empty => "an empty list allows filling in alone: the person presses the button.",
            _ => continue,
        };
        notes.push(Note { key: key.clone(), follows });
    }
    notes
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

/// In which line of a text a part of it begins.
fn line_of(text: &str, part: &RawValue) -> usize {
    let offset = (part.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}
