//! Entries out, as lines for people or as JSON.

use std::io::{self, Write};

use formats::{Discarded, Entry, Import, PassedOver};
use otp::Factor;
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use crate::failure::{self, Failure};

/// `{"entries":[…]}`; the secret only if asked for, the period and the counter where there is one.
pub(crate) fn as_json(import: &Import, show_secrets: bool) -> Result<(), Failure> {
    let entries: Vec<Value> = import.entries.iter().map(|entry| entry_json(entry, show_secrets)).collect();
    let text = serde_json::to_string_pretty(&json!({ "entries": entries })).map(Zeroizing::new);
    let text = text.map_err(|error| Failure::Output(error.into()))?;
    line(&text)
}

/// One line for each entry.
pub(crate) fn as_lines(import: &Import, show_secrets: bool) -> Result<(), Failure> {
    for entry in &import.entries {
        let noted = if entry.remarks.note.is_some() { ", with a note" } else { "" };
        let mut text = Zeroizing::new(format!("{}  ({}{noted})", named(&entry.label()), parameters(entry)));
        if show_secrets {
            text.push_str("  ");
            text.push_str(&entry.secret_text());
        }
        line(&text)?;
    }
    Ok(())
}

/// What is not taken and what is missing, for a person: on standard error. Whether there was nothing to say, which the exit
/// status tells, too.
pub(crate) fn complaints(import: &Import) -> bool {
    for unreadable in &import.unreadable {
        eprintln!("tofaktor: {}: {}.", named(&unreadable.label), failure::why(unreadable.why));
    }
    for entry in &import.discarded {
        let how = if entry.discarded == Some(Discarded::Archive) { "archived" } else { "thrown away" };
        eprintln!("tofaktor: {}: {how} in the app that wrote the file; it is left out.", named(&entry.label()));
    }
    let noteless: Vec<_> = import.entries.iter().filter(|entry| entry.remarks.note_too_long).collect();
    for entry in &noteless {
        eprintln!("tofaktor: {}: its note is too long, and is left out.", named(&entry.label()));
    }
    let torn = import.parts.filter(|parts| parts.seen < parts.of);
    if let Some(parts) = torn {
        eprintln!("tofaktor: this is {} of {} parts; the others are missing.", parts.seen, parts.of);
    }
    let PassedOver { pictures, files } = import.passed_over;
    if pictures > 0 {
        eprintln!(
            "tofaktor: pictures in the archive that were not read: {pictures}; if they show QR codes, unpack it and give each to `tofaktor import`."
        );
    }
    if files > 0 {
        eprintln!(
            "tofaktor: other files in the archive that were not read: {files}; they are attachments, or no exports that are known here."
        );
    }
    import.unreadable.is_empty()
        && pictures == 0
        && import.discarded.is_empty()
        && noteless.is_empty()
        && torn.is_none()
}

/// What went wrong, on standard error.
pub(crate) fn complain(failure: &Failure) {
    eprintln!("tofaktor: {failure}");
}

/// One line on standard output. A reader that has gone away (`| head`) is no failure.
pub(crate) fn line(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => std::process::exit(0),
        done => done.map_err(Failure::Output),
    }
}

fn named(label: &str) -> &str {
    if label.is_empty() { "(no name)" } else { label }
}

fn entry_json(entry: &Entry, show_secrets: bool) -> Value {
    let credential = &entry.credential;
    let mut map = Map::new();
    let mut put = |key: &str, value: Value| map.insert(key.to_owned(), value);
    put("type", credential.factor.name().into());
    put("issuer", entry.issuer.as_str().into());
    put("account", entry.name.as_str().into());
    if show_secrets {
        put("secret", entry.secret_text().as_str().into());
    }
    put("algorithm", credential.algorithm.name().into());
    put("digits", credential.digits.into());
    match credential.factor {
        Factor::Counter { counter } => put("counter", counter.into()),
        _ => put("period", credential.period().into()),
    };
    if let Some(note) = entry.remarks.note.as_ref().filter(|_| show_secrets) {
        put("note", note.expose().into());
    }
    if !entry.remarks.tags.is_empty() {
        put("tags", entry.remarks.tags.clone().into());
    }
    Value::Object(map)
}

fn parameters(entry: &Entry) -> String {
    let credential = &entry.credential;
    let (algorithm, digits) = (credential.algorithm.name(), credential.digits);
    match credential.factor {
        Factor::Time { period } => format!("TOTP, {algorithm}, {digits} digits, {period} s"),
        Factor::Counter { counter } => format!("HOTP, {algorithm}, {digits} digits, counter {counter}"),
        Factor::Steam => "Steam".to_owned(),
    }
}
