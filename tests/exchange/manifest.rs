//! The list of real exports, which are not part of this repository.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

/// One line of the manifest.
pub(crate) struct File {
    pub(crate) path: String,
    #[allow(dead_code, reason = "for the table, which the library's test prints")]
    pub(crate) format: String,
    pub(crate) password: Option<String>,
    /// `None` for what nobody is expected to read.
    pub(crate) expected: Option<Vec<Value>>,
}

/// What the manifest's own decoder does not read: KeePass 3, which it lists with no entries.
const NOT_READ: [&str; 1] = ["keepass.kdbx3.kdbx"];
/// Kinds of codes that Tofaktor does not make; such entries are reported, not imported.
const OTHER_KINDS: [&str; 2] = ["motp", "yandex"];

impl File {
    /// What is to be imported; `None` for what the manifest does not know.
    pub(crate) fn taken(&self) -> Option<Vec<Value>> {
        let expected = self.expected.as_ref().filter(|_| !NOT_READ.iter().any(|name| self.path.ends_with(name)))?;
        let ours = |entry: &&Value| !OTHER_KINDS.iter().any(|kind| entry["type"] == *kind);
        let mut taken: Vec<Value> = expected.iter().filter(ours).cloned().collect();
        // The manifest's decoder passes over `encoder=steam`, by which KeePassXC says what makes five digits.
        for entry in taken.iter_mut().filter(|entry| self.format == "kdbx" && entry["digits"] == 5) {
            entry["type"] = "steam".into();
        }
        Some(taken)
    }
}

/// All files and where they are; `None` where they are not.
pub(crate) fn read() -> Option<(PathBuf, Vec<File>)> {
    let directory = support::path("../shared/fixtures/imports");
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
