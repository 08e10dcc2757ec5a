//! What an organisation adds to the rules, in their shape. Each item is looked at by itself: one that cannot be taken is
//! left out and named, and the rest holds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use strict_json::{Map, Value};

use super::{Elements, NotForCodes, Rules, Words};

/// Most items that are taken.
const MAX_ITEMS: usize = 500;
/// Most characters in one.
const MAX_LENGTH: usize = 200;
/// Fewest letters in a word: less is found in any sentence.
const MIN_LETTERS: usize = 6;

/// What was added. The content scripts are told of all but the words, with what was there before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Added {
    /// Elements of the sign-in's pages.
    pub sign_in: Elements,
    /// Elements of the set-up's.
    pub set_up: Elements,
    /// Fields that are for no app's code.
    pub never: BTreeMap<NotForCodes, Vec<String>>,
    #[serde(skip_serializing)]
    pub(super) words: BTreeMap<Words, Vec<String>>,
}

impl Added {
    /// Takes what can be taken, and says where what cannot be stands, such as `signIn.marks.push[0]`.
    pub fn read(value: &Value) -> (Self, Vec<String>) {
        let mut reader = Reader { added: Self::default(), left: MAX_ITEMS, refused: Vec::new() };
        reader.walk(&mut Vec::new(), value);
        (reader.added, reader.refused)
    }

    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn extend(&mut self, more: Self) {
        self.sign_in.extend(more.sign_in);
        self.set_up.extend(more.set_up);
        merge(&mut self.never, more.never);
        merge(&mut self.words, more.words);
    }
}

impl Elements {
    /// Adds to nothing but lists that there are in this half.
    fn stands_within(&self, ours: &Self) -> bool {
        let lists =
            |of: &Self| [&of.sentence, &of.title, &of.fault, &of.submit, &of.secret].map(|list| list.is_empty());
        self.marks.keys().all(|mark| ours.marks.contains_key(mark))
            && self.fields.keys().all(|kind| ours.fields.contains_key(kind))
            && lists(self).iter().zip(lists(ours)).all(|(is_empty, is_missing)| *is_empty || !is_missing)
    }

    fn extend(&mut self, more: Self) {
        merge(&mut self.marks, more.marks);
        merge(&mut self.fields, more.fields);
        self.sentence.extend(more.sentence);
        self.title.extend(more.title);
        self.fault.extend(more.fault);
        self.submit.extend(more.submit);
        self.secret.extend(more.secret);
    }
}

pub(super) fn merge<K: Ord>(lists: &mut BTreeMap<K, Vec<String>>, more: BTreeMap<K, Vec<String>>) {
    for (name, items) in more {
        lists.entry(name).or_default().extend(items);
    }
}

struct Reader {
    added: Added,
    left: usize,
    refused: Vec<String>,
}

impl Reader {
    fn walk<'a>(&mut self, place: &mut Vec<&'a str>, value: &'a Value) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields.iter().filter(|(name, _)| *name != "$schema") {
                    place.push(name);
                    self.walk(place, value);
                    place.pop();
                }
            }
            Value::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    match item.as_str().and_then(|text| one(place, text)).filter(|_| self.left > 0) {
                        Some(rule) => {
                            self.left -= 1;
                            self.added.extend(rule);
                        }
                        None => self.refused.push(format!("{}[{at}]", place.join("."))),
                    }
                }
            }
            _ => self.refused.push(place.join(".")),
        }
    }
}

/// A rule of one item, if it is one: the place says which list it is for.
fn one(place: &[&str], text: &str) -> Option<Added> {
    let may_stand = text.chars().count() <= MAX_LENGTH
        && match place {
            ["words", _] => is_word(text),
            // Only where the set-up draws its steps.
            ["setUp", ..] => is_selector(text.strip_prefix("@ ").unwrap_or(text)),
            _ => is_selector(text),
        };
    let wrap = |inner, name: &&str| Value::Object(Map::from_iter([((*name).to_owned(), inner)]));
    let alone = || place.iter().rev().fold(Value::from(vec![text]), wrap);
    let rule: Added = may_stand.then(alone).and_then(|value| serde_json::from_value(value).ok())?;
    let ours = Rules::ours();
    let is_known = rule.sign_in.stands_within(&ours.sign_in) && rule.set_up.stands_within(&ours.set_up);
    is_known.then_some(rule)
}

/// Letters enough to say something, as they are compared.
fn is_word(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    letters >= MIN_LETTERS && text.trim() == text && text.to_lowercase() == text && !text.contains(char::is_control)
}

/// A selector of tags, ids, classes and attributes, one inside or after the other, and never a tag alone. CSS has more;
/// what is taken here is taken by every browser.
fn is_selector(text: &str) -> bool {
    let mut rest = text;
    loop {
        let Some(after) = compound(rest) else { return false };
        if after.is_empty() {
            return true;
        }
        rest = match after.trim_start_matches(' ') {
            same if same.len() == after.len() => return false,
            inner => inner.strip_prefix(['>', '+', '~']).unwrap_or(inner).trim_start_matches(' '),
        };
    }
}

/// What comes after one compound selector.
fn compound(text: &str) -> Option<&str> {
    let mut rest = name(text).unwrap_or(text);
    let tag = rest.len();
    loop {
        rest = match rest.chars().next() {
            Some('#' | '.') => name(rest.get(1..)?)?,
            Some('[') => attribute(rest.get(1..)?)?,
            _ => return (rest.len() < tag).then_some(rest),
        };
    }
}

/// What comes after a name.
fn name(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').unwrap_or(text.len());
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_').then(|| text.get(end..)).flatten()
}

/// What comes after `name]` or `name='value']`.
fn attribute(text: &str) -> Option<&str> {
    let rest = name(text)?;
    if let Some(rest) = rest.strip_prefix(']') {
        return Some(rest);
    }
    let rest = rest.strip_prefix(['^', '$', '*', '~', '|']).unwrap_or(rest).strip_prefix("='")?;
    let (value, rest) = rest.split_once('\'')?;
    let is_plain = !value.is_empty() && value.chars().all(|c| !c.is_control() && c != '\\');
    rest.strip_prefix(']').filter(|_| is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selector_is_told_from_what_is_none() {
        for good in [
            "#id",
            ".class",
            "input.code",
            "[data-testid='new-entry']",
            "input[name^='otc'][maxlength='6']",
            "#form .row > input[type='tel']",
            "#a ~ .b",
        ] {
            assert!(is_selector(good), "{good}");
        }
        for bad in [
            "",
            "input",
            "div input",
            "*",
            "#",
            ".",
            "#1",
            "a,b",
            "#a,#b",
            "#a:has(b)",
            "input:not(#a)",
            "[a=b]",
            "[a='b",
            "[a='']",
            "#a >> .b",
            "#a +~ .b",
            "#a >",
            "> #a",
            "#a  ",
            " #a",
            "#a{}",
            "#a'",
            "[a='\\']",
            "#a\n",
            "@ #a",
            "#å",
            "[a='b']p.c",
            "#a>.b",
        ] {
            assert!(!is_selector(bad), "{bad}");
        }
    }
}
