//! A PowerShell script for Intune, which runs as the system: the registry of
//! Chrome and Edge. With the byte order mark, without which Windows' own
//! PowerShell takes æ, ø and å for something else.

use std::fmt::Write;

use strict_json::{Map, Value};

use crate::{Ids, registry};

/// What PowerShell takes for the end of a text in single quotes; each stands for itself if it is there twice.
const QUOTES: [char; 5] = ['\'', '\u{2018}', '\u{2019}', '\u{201a}', '\u{201b}'];

pub(crate) fn file(decisions: &Map, ids: &Ids) -> Vec<u8> {
    let mut text = format!(
        "\u{feff}# Tofaktor's managed policy for Chrome and Edge; checksum {}\n$ErrorActionPreference = 'Stop'\nforeach ($policy in @('HKLM:\\{}', 'HKLM:\\{}')) {{\n    \
         if (Test-Path -LiteralPath $policy) {{ Remove-Item -LiteralPath $policy -Recurse }}\n    New-Item -Path $policy -Force | Out-Null\n",
        policy::checksum(decisions),
        registry::chrome(&ids.chrome),
        registry::edge(&ids.edge),
    );
    for (name, value) in decisions {
        let done = match value {
            Value::Array(items) => list(&mut text, name, items),
            value => set(&mut text, "$policy", name, value),
        };
        // Writing to memory does not fail.
        done.unwrap_or_default();
    }
    text.push_str("}\n");
    text.replace('\n', "\r\n").into_bytes()
}

fn list(text: &mut String, name: &str, items: &[Value]) -> std::fmt::Result {
    let key = format!("\"$policy\\{name}\"");
    writeln!(text, "    New-Item -Path {key} -Force | Out-Null")?;
    items.iter().enumerate().try_for_each(|(at, item)| set(text, &key, &(at + 1).to_string(), item))
}

fn set(text: &mut String, key: &str, name: &str, value: &Value) -> std::fmt::Result {
    let (kind, data) = match value {
        Value::Bool(on) => ("DWord", u8::from(*on).to_string()),
        Value::String(text) => ("String", quoted(text)),
        value => ("DWord", value.to_string()),
    };
    writeln!(
        text,
        "    New-ItemProperty -LiteralPath {key} -Name '{name}' -PropertyType {kind} -Value {data} | Out-Null"
    )
}

/// Several lines are put together, so that their ends do not depend on how the script is saved.
fn quoted(text: &str) -> String {
    let line = |line: &str| {
        let mut quoted = String::from("'");
        for character in line.chars() {
            quoted.extend(std::iter::repeat_n(character, 1 + usize::from(QUOTES.contains(&character))));
        }
        quoted + "'"
    };
    if !text.contains(['\n', '\r']) {
        return line(text);
    }
    let parts: Vec<String> = text
        .split_inclusive(['\n', '\r'])
        .flat_map(|part| {
            let end = match part.chars().next_back() {
                Some('\n') => Some("[char]10"),
                Some('\r') => Some("[char]13"),
                _ => None,
            };
            let words = part.trim_end_matches(['\n', '\r']);
            [(!words.is_empty()).then(|| line(words)), end.map(str::to_owned)].into_iter().flatten()
        })
        .collect();
    format!("('' + {})", parts.join(" + "))
}
