//! A configuration profile for macOS: the preferences of Chrome and Edge for
//! this extension.

use std::fmt::Write;

use strict_json::{Map, Value};

use crate::{Ids, xml};

pub(crate) fn profile(decisions: &Map, ids: &Ids) -> Vec<u8> {
    let payloads = [
        ("Chrome", format!("com.google.Chrome.extensions.{}", ids.chrome)),
        ("Edge", format!("com.microsoft.Edge.extensions.{}", ids.edge)),
    ];
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
