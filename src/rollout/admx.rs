//! Templates for Group Policy: the keys of the schema, with the words that the
//! extension itself has for them.

use std::fmt::Write;

use strict_json::Value;

use crate::schema::{Key, Kind, keys};
use crate::{Ids, Written, registry, xml};

/// Longest text that the editor takes; the registry itself takes more.
const LONGEST: u32 = 1_000_000;

const LANGUAGES: [(&str, &str, &str); 2] = [
    ("en-US/tofaktor.adml", "Chrome or Edge 140, or newer", include_str!("../../extension/_locales/en/messages.json")),
    (
        "nb-NO/tofaktor.adml",
        "Chrome eller Edge 140, eller nyere",
        include_str!("../../extension/_locales/nb/messages.json"),
    ),
];

pub(crate) fn templates(ids: &Ids) -> Vec<Written> {
    let keys = keys();
    let help = strict_json::parse(include_str!("help.json")).unwrap_or_default();
    let mut written = vec![Written { name: "tofaktor.admx", bytes: definitions(&keys, ids).into_bytes() }];
    for (at, (name, supported, messages)) in LANGUAGES.into_iter().enumerate() {
        let messages = strict_json::parse(messages).unwrap_or_default();
        let text = words(&keys, supported, &messages, |key| help.get(key)?.get(at)?.as_str());
        written.push(Written { name, bytes: text.into_bytes() });
    }
    written
}

fn definitions(keys: &[Key], ids: &Ids) -> String {
    let mut text = String::from(
        r#"<?xml version="1.0" encoding="utf-8"?>
<policyDefinitions xmlns="http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions" revision="1.0" schemaVersion="1.0">
  <policyNamespaces>
    <target prefix="tofaktor" namespace="Tofaktor.Policies"/>
  </policyNamespaces>
  <resources minRequiredRevision="1.0"/>
  <supportedOn>
    <definitions>
      <definition name="SUPPORTED" displayName="$(string.SUPPORTED)"/>
    </definitions>
  </supportedOn>
  <categories>
    <category name="tofaktor" displayName="$(string.tofaktor)"/>
    <category name="chrome" displayName="$(string.chrome)"><parentCategory ref="tofaktor"/></category>
    <category name="edge" displayName="$(string.edge)"><parentCategory ref="tofaktor"/></category>
  </categories>
  <policies>
"#,
    );
    for (browser, root) in [("chrome", registry::chrome(&ids.chrome)), ("edge", registry::edge(&ids.edge))] {
        for key in keys {
            // Writing to memory does not fail.
            definition(&mut text, browser, &xml(&root), key).unwrap_or_default();
        }
    }
    text.push_str("  </policies>\n</policyDefinitions>\n");
    text
}

fn definition(text: &mut String, browser: &str, root: &str, Key { name, kind }: &Key) -> std::fmt::Result {
    let is_switch = *kind == Kind::Switch;
    let class = if name == policy::TOKENS { "User" } else { "Machine" };
    let value =
        if is_switch { format!(" valueName=\"{name}\"") } else { format!(" presentation=\"$(presentation.{name})\"") };
    writeln!(
        text,
        "    <policy name=\"{browser}_{name}\" class=\"{class}\" displayName=\"$(string.{name})\" explainText=\"$(string.{name}_help)\" key=\"{root}\"{value}>\n      \
         <parentCategory ref=\"{browser}\"/>\n      <supportedOn ref=\"SUPPORTED\"/>"
    )?;
    let element = match kind {
        Kind::Switch => {
            return writeln!(
                text,
                "      <enabledValue><decimal value=\"1\"/></enabledValue>\n      <disabledValue><decimal value=\"0\"/></disabledValue>\n    </policy>"
            );
        }
        Kind::Number(max) => {
            format!("<decimal id=\"{name}\" valueName=\"{name}\" minValue=\"0\" maxValue=\"{max}\" required=\"true\"/>")
        }
        Kind::List => format!("<list id=\"{name}\" key=\"{root}\\{name}\" valuePrefix=\"\"/>"),
        Kind::Text if name == "language" => {
            let items = policy::LANGUAGES.map(|language| {
                format!("<item displayName=\"$(string.language_{language})\"><value><string>{language}</string></value></item>")
            });
            format!("<enum id=\"{name}\" valueName=\"{name}\" required=\"true\">{}</enum>", items.concat())
        }
        Kind::Text => format!("<text id=\"{name}\" valueName=\"{name}\" maxLength=\"{LONGEST}\"/>"),
    };
    writeln!(text, "      <elements>{element}</elements>\n    </policy>")
}

fn words<'a>(keys: &[Key], supported: &str, messages: &Value, help: impl Fn(&str) -> Option<&'a str>) -> String {
    let message = |name: &str| {
        xml(messages.get(name).and_then(|message| message.get("message")).and_then(Value::as_str).unwrap_or_default())
    };
    let mut strings = vec![
        ("SUPPORTED".to_owned(), xml(supported)),
        ("tofaktor".to_owned(), "Tofaktor".to_owned()),
        ("chrome".to_owned(), "Google Chrome".to_owned()),
        ("edge".to_owned(), "Microsoft Edge".to_owned()),
    ];
    strings.extend(
        policy::LANGUAGES.map(|language| (format!("language_{language}"), message(&format!("language_{language}")))),
    );
    let mut presentations = String::new();
    for Key { name, kind } in keys {
        let title = message(&format!("policyKey_{name}"));
        let control = match kind {
            Kind::Switch => None,
            Kind::Number(_) => Some(format!("<decimalTextBox refId=\"{name}\">{title}</decimalTextBox>")),
            Kind::List => Some(format!("<listBox refId=\"{name}\">{title}</listBox>")),
            Kind::Text if name == "language" => {
                Some(format!("<dropdownList refId=\"{name}\" noSort=\"true\">{title}</dropdownList>"))
            }
            Kind::Text => Some(format!("<textBox refId=\"{name}\"><label>{title}</label></textBox>")),
        };
        if let Some(control) = control {
            presentations.push_str(&format!("      <presentation id=\"{name}\">{control}</presentation>\n"));
        }
        strings.push((name.clone(), title));
        strings.push((format!("{name}_help"), xml(help(name).unwrap_or_default())));
    }
    let strings: String =
        strings.iter().map(|(id, text)| format!("      <string id=\"{id}\">{text}</string>\n")).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<policyDefinitionResources xmlns=\"http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions\" revision=\"1.0\" schemaVersion=\"1.0\">\n  \
         <displayName>Tofaktor</displayName>\n  <description>Tofaktor</description>\n  <resources>\n    <stringTable>\n{strings}    </stringTable>\n    \
         <presentationTable>\n{presentations}    </presentationTable>\n  </resources>\n</policyDefinitionResources>\n"
    )
}
