//! A review's files, which are not part of this repository, with what each should become.

use std::fs;

use formats::{Entry, read};
use serde_json::Value;

use super::shown;

/// Where what is wanted there and what is promised here are not the same.
const OTHERWISE: [(&str, &str); 7] = [
    ("uri-digits-5.txt", "five digits are no length that a service asks for; the line is told"),
    ("uri-digits-10.txt", "ten digits are none, either"),
    ("uri-lookalike-018.txt", "0, 1 and 8 are not guessed at: a wrong guess is a dead account"),
    ("uri-algo-sha224.txt", "a hash that codes are not made with here; the line is told"),
    ("aegis-comments-trailing.json", "damaged, as its own note says is fair"),
    ("uri-long-name-300.txt", "names are kept up to 256 characters"),
    ("protonpass", "what was thrown away there is offered as that, and left out unless it is ticked"),
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
        let is_otherwise = OTHERWISE.iter().any(|(file, _)| name.starts_with(file));
        let mut want: Vec<Value> = expected["want"].as_array().unwrap().clone();
        let import = read(&fs::read(folder.join("files").join(name)).unwrap(), None);
        let (entries, unreadable) =
            import.as_ref().map_or((&[][..], 0), |i| (i.entries.as_slice(), i.unreadable.len()));
        let mut got: Vec<Value> = entries.iter().map(|entry: &Entry| shown::entry(entry)).collect();
        let order = |value: &Value| value.to_string();
        got.sort_by_key(order);
        want.sort_by_key(order);
        let is_told = import.is_err() || unreadable as u64 >= expected["unreadable"].as_u64().unwrap();
        match got == want && is_told {
            true => same += 1,
            false if is_otherwise => {}
            false => wrong.push(format!("{name}: {:?} {got:?}", import.err())),
        }
    }
    println!("{same} of {} as they should be", wanted.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
