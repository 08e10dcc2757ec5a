//! A configuration profile for macOS: the preferences of Chrome and Edge for
//! this extension. Read back from that, from one payload's own property list,
//! as it lies below `Managed Preferences`, and from Firefox'.
//!
//! Weighed: plist; not taken because it does not say in which line something
//! stands.

use std::fmt::Write;

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;
use strict_json::{Map, Value};

use crate::check::{Fault, Wrong};
use crate::form::{Field, Place, of_one, whole};
use crate::{FIREFOX_ID, Ids, xml};

/// What comes before the id in a payload's type.
const DOMAINS: [&str; 2] = ["com.google.Chrome.extensions.", "com.microsoft.Edge.extensions."];
/// No profile is nested deeper.
const DEEPEST: usize = 16;

pub(crate) fn profile(decisions: &Map, ids: &Ids) -> Vec<u8> {
    let payloads =
        [("Chrome", format!("{}{}", DOMAINS[0], ids.chrome)), ("Edge", format!("{}{}", DOMAINS[1], ids.edge))];
    let checksum = policy::checksum(decisions);
    // Tokens are one person's: a profile of theirs, beside that of the machine.
    let (scope, identifier) = match decisions.contains_key(policy::TOKENS) {
        true => ("User", "no.tofaktor.policy.tokens"),
        false => ("System", "no.tofaktor.policy"),
    };
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n\
         <plist version=\"1.0\">\n<dict>\n<key>PayloadContent</key>\n<array>\n",
    );
    for (browser, domain) in &payloads {
        text.push_str("<dict>\n");
        text.push_str(&head(&format!("Tofaktor: {browser}"), domain, domain));
        for (name, value) in decisions {
            // Writing to memory does not fail.
            writeln!(text, "<key>{}</key>{}", xml(name), element(value)).unwrap_or_default();
        }
        text.push_str("</dict>\n");
    }
    text.push_str("</array>\n");
    text.push_str(&head(&format!("Tofaktor ({checksum})"), "Configuration", identifier));
    text.push_str(&format!("<key>PayloadScope</key><string>{scope}</string>\n</dict>\n</plist>\n"));
    text.into_bytes()
}

fn head(name: &str, kind: &str, identifier: &str) -> String {
    format!(
        "<key>PayloadDisplayName</key><string>{}</string>\n<key>PayloadType</key><string>{kind}</string>\n<key>PayloadIdentifier</key><string>{identifier}</string>\n\
         <key>PayloadUUID</key><string>{}</string>\n<key>PayloadVersion</key><integer>1</integer>\n",
        xml(name),
        uuid(identifier),
    )
}

/// The same for each policy of one identifier: a profile takes the place of the one before it.
fn uuid(identifier: &str) -> String {
    let name: Map = [("uuid".to_owned(), Value::from(identifier))].into_iter().collect();
    let hex = policy::checksum(&name).replace(' ', "").to_uppercase();
    let part = |from, to| hex.get(from..to).unwrap_or_default().to_owned();
    format!("{}-{}-8{}-8{}-54464B544F52", part(0, 8), part(8, 12), part(12, 15), part(13, 16))
}

fn element(value: &Value) -> String {
    match value {
        Value::Bool(true) => "<true/>".to_owned(),
        Value::Bool(false) => "<false/>".to_owned(),
        Value::String(text) => format!("<string>{}</string>", xml(text)),
        Value::Array(items) => format!("<array>{}</array>", items.iter().map(element).collect::<String>()),
        value => format!("<integer>{value}</integer>"),
    }
}

pub(crate) fn read(text: &str) -> Result<Vec<Field>, Fault> {
    let mut parts = Parts { text, reader: Reader::from_str(text), seen: 0, line: 1 };
    parts.reader.config_mut().expand_empty_elements = true;
    let top = loop {
        match parts.next()? {
            Part::Open(name) if name == "plist" => {}
            Part::Open(name) => match parts.item(&name, 0)? {
                Item::Dict(fields) => break fields,
                _ => return Err(whole(1, Wrong::NoPolicy)),
            },
            Part::Text(_) => {}
            Part::Close => return Err(parts.broken()),
        }
    };
    let payloads = top.iter().find(|field| field.name == "PayloadContent").map(|field| &field.item);
    let Some(Item::List(payloads)) = payloads else { return of_one(vec![place(String::new(), top)]) };
    let places = payloads.iter().filter_map(|payload| {
        let Item::Dict(fields) = payload else { return None };
        let kind = fields.iter().find(|field| field.name == "PayloadType")?.item.value();
        let kind = kind.as_str()?;
        let id = DOMAINS.iter().find_map(|domain| kind.strip_prefix(domain));
        let is_firefox = kind == "org.mozilla.firefox";
        (is_firefox || id.is_some()).then(|| place(id.unwrap_or_default().to_owned(), fields.clone()))
    });
    of_one(places.collect())
}

/// Without what is said of the payload itself; of Firefox' policies what is this extension's.
fn place(id: String, mut fields: Vec<Entry>) -> Place {
    for inner in ["3rdparty", "Extensions", FIREFOX_ID] {
        if let Some(found) = fields.iter().position(|field| field.name == inner) {
            fields = fields.swap_remove(found).item.fields();
        }
    }
    let own = fields.into_iter().filter(|field| !field.name.starts_with("Payload"));
    let own = own.map(|Entry { name, line, item }| Field { name, line, value: Ok(item.value()) });
    Place { id, fields: own.collect() }
}

#[derive(Clone)]
struct Entry {
    name: String,
    line: usize,
    item: Item,
}

#[derive(Clone)]
enum Item {
    Dict(Vec<Entry>),
    List(Vec<Self>),
    Value(Value),
}

impl Item {
    fn fields(self) -> Vec<Entry> {
        if let Self::Dict(fields) = self { fields } else { Vec::new() }
    }

    fn value(&self) -> Value {
        match self {
            Self::Dict(fields) => fields.iter().map(|field| (field.name.clone(), field.item.value())).collect(),
            Self::List(items) => items.iter().map(Self::value).collect(),
            Self::Value(value) => value.clone(),
        }
    }
}

enum Part {
    Open(String),
    Text(String),
    Close,
}

struct Parts<'a> {
    text: &'a str,
    reader: Reader<&'a [u8]>,
    /// Bytes, and the line that they end in.
    seen: usize,
    line: usize,
}

impl Parts<'_> {
    fn line(&mut self) -> usize {
        let at = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
        let since = self.text.as_bytes().get(self.seen..at).unwrap_or_default();
        self.line += since.iter().filter(|byte| **byte == b'\n').count();
        self.seen = at;
        self.line
    }

    fn broken(&mut self) -> Fault {
        whole(self.line(), Wrong::Line)
    }

    fn next(&mut self) -> Result<Part, Fault> {
        loop {
            return Ok(match self.reader.read_event().map_err(|_| self.broken())? {
                Event::Start(tag) => Part::Open(tag.name().as_ref().to_owned()),
                Event::Text(text) => Part::Text(text.xml10_content().into_owned()),
                Event::CData(text) => Part::Text(text.into_inner().into_owned()),
                Event::GeneralRef(entity) => {
                    let letter = entity.resolve_char_ref().ok().flatten().map(String::from);
                    let named = || resolve_predefined_entity(&entity).map(str::to_owned);
                    Part::Text(letter.or_else(named).ok_or_else(|| self.broken())?)
                }
                Event::End(_) => Part::Close,
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => continue,
                Event::Empty(_) | Event::Eof => return Err(self.broken()),
            });
        }
    }

    /// What an element holds that was just opened.
    fn item(&mut self, name: &str, depth: usize) -> Result<Item, Fault> {
        if depth > DEEPEST {
            return Err(self.broken());
        }
        let (mut fields, mut items, mut said, mut key) = (Vec::new(), Vec::new(), String::new(), None);
        loop {
            let line = self.line();
            match self.next()? {
                Part::Text(text) => said.push_str(&text),
                Part::Close => break,
                Part::Open(inner) if name == "dict" && inner == "key" => {
                    key = Some((self.item(&inner, depth + 1)?.value(), line));
                }
                Part::Open(inner) => {
                    let item = self.item(&inner, depth + 1)?;
                    match key.take() {
                        Some((name, line)) => {
                            let name = name.as_str().unwrap_or_default().to_owned();
                            fields.push(Entry { name, line, item });
                        }
                        None => items.push(item),
                    }
                }
            }
        }
        Ok(match name {
            "dict" => Item::Dict(fields),
            "array" => Item::List(items),
            "true" | "false" => Item::Value((name == "true").into()),
            "integer" => Item::Value(said.trim().parse::<i64>().map_or(Value::Null, Value::from)),
            "real" => Item::Value(said.trim().parse::<f64>().map_or(Value::Null, Value::from)),
            "string" | "key" => Item::Value(said.into()),
            // Dates and bytes, which no key is.
            _ => Item::Value(Value::Null),
        })
    }
}
