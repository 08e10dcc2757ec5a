//! What is wrong with a policy, and in which line.

use std::fmt;

use policy::{Policy, PolicyReport, ReportKind};
use strict_json::{Map, Value, json};

use crate::form::{self, Field};
use crate::schema::{Key, Kind, keys};

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

/// Why something would not be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The bytes are no UTF-8.
    Encoding,
    /// It is no JSON: what is wrong there.
    Malformed(String),
    /// It is JSON, but no object.
    NoObject,
    /// It is a property list in bytes.
    Binary,
    /// It is a script.
    Script,
    /// The line is none of a registry file's, or the property list breaks off there.
    Line,
    /// There is no extension's policy in it.
    NoPolicy,
    /// It names several extensions, and none of them is Tofaktor; or it is not the same for each browser.
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
            Wrong::Binary => {
                f.write_str("this is a property list in bytes; write it as text: plutil -convert xml1 -o - FILE.")
            }
            Wrong::Script => f.write_str("this is a script; check the file that it was written from, whose checksum is in its first line."),
            Wrong::Line => f.write_str("this cannot be read; export it anew."),
            Wrong::NoPolicy => f.write_str("there is no policy of an extension in this file."),
            Wrong::SeveralExtensions => f.write_str(
                "which of these extensions is Tofaktor cannot be told, or it gets another policy in another browser; leave the others out.",
            ),
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

/// Looks at a policy: the bare object of keys, or one in the form of any platform (`form.rs`).
pub fn check(bytes: &[u8]) -> Checked {
    let mut faults = Vec::new();
    let decisions = match form::read(bytes) {
        Ok(fields) => judged(fields, &mut faults),
        Err(fault) => {
            faults.push(fault);
            Map::new()
        }
    };
    faults.sort_by_key(|fault| fault.line);
    // What is sound alone may not be beside the rest.
    if faults.is_empty() {
        let reports = Policy::parse(Some(&Value::Object(decisions.clone()).to_string())).view().reports;
        faults.extend(reports.into_iter().map(|report| Fault { line: 1, key: report.key, wrong: Wrong::Value }));
    }
    let checksum = if faults.is_empty() { policy::checksum(&decisions) } else { String::new() };
    Checked { notes: notes(&decisions), decisions, faults, checksum }
}

/// What each key decides; of one that stands twice, the first.
fn judged(fields: Vec<Field>, faults: &mut Vec<Fault>) -> Map {
    let keys = keys();
    let names: Vec<String> = fields.iter().map(|field| field.name.clone()).collect();
    let mut decisions = Map::new();
    for Field { name, line, value } in fields {
        let fault = |wrong| Fault { line, key: name.clone(), wrong };
        let value = match value {
            _ if decisions.contains_key(&name) => Err(Wrong::Twice),
            value => value,
        };
        match value {
            Ok(value) => {
                let found =
                    if name == policy::WHOLE { inside(&value, &keys, &names) } else { judge(&name, &value, &keys) };
                faults.extend(found.into_iter().map(|(key, wrong)| Fault { line, key, wrong }));
                decisions.insert(name, value);
            }
            Err(wrong) => faults.push(fault(wrong)),
        }
    }
    decisions
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
