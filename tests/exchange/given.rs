//! A review's files, which are not part of this repository, with what each should become.

use std::fs;

use formats::{Entry, ImportError, Password, read};
use serde_json::Value;

use super::shown;

/// Where what is wanted there and what is promised here are not the same.
const OTHERWISE: [(&str, &str); 7] = [
    ("uri-digits-5.txt", "five digits are no length that a service asks for; the line is told"),
    ("uri-digits-10.txt", "ten digits are none, either"),
    ("uri-lookalike-018.txt", "0, 1 and 8 are not guessed at: a wrong guess is a dead account"),
    ("uri-algo-sha224.txt", "a hash that codes are not made with here; the line is told"),
    ("aegis-comments-trailing.json", "damaged, as its own note says is fair"),
    ("protonpass-data.json", "what was thrown away there is offered as that, and left out unless it is ticked"),
    ("protonpass.zip", "the same"),
];

#[test]
fn the_given_files_become_what_they_should() {
    let folder = support::path("../shared/fixtures/review/imports");
    let Ok(text) = fs::read_to_string(folder.join("expect.json")) else {
        eprintln!("SKIPPED: ../shared/fixtures/review/imports is not here.");
        return;
    };
    let wanted: serde_json::Map<String, Value> = serde_json::from_str(&text).unwrap();
    let (mut same, mut wrong) = (0, Vec::new());
    for (name, expected) in &wanted {
        let is_otherwise = OTHERWISE.iter().any(|(file, _)| name == file);
        let mut want: Vec<Value> = expected["want"].as_array().unwrap().clone();
        let import = read(&fs::read(folder.join("files").join(name)).unwrap(), None);
        let (entries, unreadable) =
            import.as_ref().map_or((&[][..], 0), |i| (i.entries.as_slice(), i.unreadable.len()));
        let mut got: Vec<Value> = entries.iter().map(|entry: &Entry| shown::entry(entry)).collect();
        let order = |value: &Value| value.to_string();
        got.sort_by_key(order);
        want.sort_by_key(order);
        let is_told = import.is_err() || unreadable as u64 >= expected["unreadable"].as_u64().unwrap();
        let is_left = import.as_ref().is_ok_and(|import| !import.discarded.is_empty());
        match got == want && is_told {
            true if is_otherwise => wrong.push(format!("{name}: is as it should be, and listed as otherwise")),
            true => same += 1,
            // Nothing is lost without a word.
            false if is_otherwise && (import.is_err() || unreadable > 0 || is_left) => {}
            false => wrong.push(format!("{name}: {:?} {got:?}", import.err())),
        }
    }
    println!("{same} of {} as they should be", wanted.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Those that nothing is said of there: issuer and name of each entry.
#[test]
fn the_other_given_files_are_read_too() {
    let folder = support::path("../shared/fixtures/review/imports/files");
    if !folder.exists() {
        eprintln!("SKIPPED: ../shared/fixtures/review/imports is not here.");
        return;
    }
    let password = Password::ascii("test");
    for (name, expected) in [
        ("aegis-microsoft-tenant.json", &["Contoso|kari@contoso.example"][..]),
        ("bitwarden-17-attachments.zip", &["Fjord|kari"]),
        ("bitwarden-attachment-first.zip", &["Fjord|kari"]),
        ("bw-without-encrypted-key.json", &["Fjord|kari"]),
        ("csv-backslash-quote.csv", &["Fjord|kari"]),
        ("csv-second-code-column.csv", &["F|k"]),
        ("ente-literal-nulls.txt", &["Fjord|kari"]),
        ("keepass-time-and-hmac.kdbx", &["Fjord|kari", "Fjord|kari"]),
        ("keepassxc-otp_1.kdbx", &["B|inn", "B|handel", "Børs|kari"]),
        ("proton-nolabel.json", &["|Fjord"]),
    ] {
        let import = read(&fs::read(folder.join(name)).unwrap(), Some(&password));
        let import = import.unwrap_or_else(|error| panic!("{name}: {error:?}"));
        let names: Vec<_> = import.entries.iter().map(|entry| format!("{}|{}", entry.issuer, entry.name)).collect();
        assert_eq!(
            (names.iter().map(String::as_str).collect::<Vec<_>>(), import.unreadable.len()),
            (expected.to_vec(), 0),
            "{name}"
        );
    }
    // What opens it is not there, and is named; what nobody knows is not said to be encrypted.
    for (name, error) in
        [("keepass-keyfile.kdbx", ImportError::KeyFile), ("unknown-binary.otpauthdb", ImportError::NotAnExport)]
    {
        assert_eq!(read(&fs::read(folder.join(name)).unwrap(), Some(&password)).err(), Some(error), "{name}");
    }
}
