//! Real exports of other apps, from their own tests: third-party data under the
//! GPL, which is not part of this repository. Without it, this says so and passes.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use tofaktor::exchange::{Foreign, Import, ImportError, Password, read};

use crate::shown;

/// One line of the manifest.
struct File {
    path: String,
    format: String,
    password: Option<String>,
    /// `None` for what nobody is expected to read.
    expected: Option<Vec<Value>>,
}

/// What is known, and what it is not read for; the interface says what to do instead.
const NOT_READ: [(&str, Foreign); 2] = [("kdbx", Foreign::Keepass), ("ga-sqlite", Foreign::Database)];
/// Kinds of codes that Tofaktor does not make; such entries are reported, not imported.
const OTHER_KINDS: [&str; 2] = ["motp", "yandex"];

#[test]
fn real_files_hold_what_their_apps_say() {
    let Some((directory, files)) = manifest() else {
        eprintln!("SKIPPED: ../shared/fixtures/imports is not here; the vectors of our own stand in for it.");
        return;
    };
    let mut table: BTreeMap<String, [usize; 3]> = BTreeMap::new();
    for file in &files {
        let bytes = fs::read(directory.join(&file.path)).unwrap();
        let password = file.password.as_deref().map(Password::ascii);
        let answer = read(&bytes, password.as_ref());
        let row = table.entry(file.format.clone()).or_default();
        row[0] += 1;
        let foreign = NOT_READ.iter().find(|(format, _)| *format == file.format);
        match (&file.expected, answer, foreign) {
            (Some(_), answer, Some((_, foreign))) => {
                assert_eq!(answer.err(), Some(ImportError::Unsupported(*foreign)), "{}", file.path);
            }
            (Some(expected), answer, None) => {
                let import = answer.unwrap_or_else(|error| panic!("{}: {error:?}", file.path));
                is_as_expected(&file.path, &import, expected);
                row[1] += 1;
                row[2] += import.entries.len();
            }
            (None, Ok(import), _) => {
                // More than the manifest's own decoder reads.
                assert!(!import.entries.is_empty(), "{}", file.path);
                row[1] += 1;
                row[2] += import.entries.len();
            }
            (None, Err(error), _) => {
                assert!(
                    !matches!(error, ImportError::NeedsPassword | ImportError::TooMany),
                    "{}: {error:?}",
                    file.path
                );
            }
        }
    }
    println!("{:45} {:>6} {:>6} {:>8}", "format", "files", "read", "entries");
    for (format, [files, read, entries]) in &table {
        println!("{format:45} {files:6} {read:6} {entries:8}");
    }
    let [files, read, entries] = table.values().fold([0; 3], |a, b| [a[0] + b[0], a[1] + b[1], a[2] + b[2]]);
    println!("{:45} {files:6} {read:6} {entries:8}", "all");
}

fn is_as_expected(path: &str, import: &Import, expected: &[Value]) {
    let ours = |entry: &&Value| !OTHER_KINDS.iter().any(|kind| entry["type"] == *kind);
    let (taken, others): (Vec<&Value>, Vec<&Value>) = expected.iter().partition(ours);
    let got: Vec<Value> = import.entries.iter().map(shown::entry).collect();
    assert_eq!(got.iter().collect::<Vec<_>>(), taken, "{path}");
    // Some of what is unreadable here is not in the manifest at all.
    assert!(import.unreadable.len() >= others.len(), "{path}");
}

fn manifest() -> Option<(PathBuf, Vec<File>)> {
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/fixtures/imports");
    let text = fs::read_to_string(directory.join("manifest.csv")).ok()?;
    let mut rows = csv_rows(&text).into_iter();
    let header = rows.next()?;
    let column = |row: &[String], name: &str| row[header.iter().position(|h| h == name).unwrap()].clone();
    let files = rows.map(|row| {
        let password = column(&row, "password");
        let status = column(&row, "status");
        let expected = column(&row, "expected_entries_json");
        // A KDBX of version 3 is listed as decoded, to nothing.
        let expected = (status == "decoded").then(|| serde_json::from_str(&expected).unwrap());
        File {
            path: column(&row, "file"),
            format: column(&row, "format"),
            password: Some(password).filter(|p| !p.is_empty() && p != "?" && p != "(undecryptable)"),
            expected,
        }
    });
    Some((directory.clone(), files.collect()))
}

/// RFC 4180.
fn csv_rows(text: &str) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    let mut quoted = false;
    let mut chars = text.chars().filter(|c| *c != '\r').peekable();
    while let Some(c) = chars.next() {
        let row = rows.last_mut().unwrap();
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                row.last_mut().unwrap().push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(String::new()),
            '\n' if !quoted => rows.push(vec![String::new()]),
            c => row.last_mut().unwrap().push(c),
        }
    }
    rows.retain(|row| row.len() > 1);
    rows
}
