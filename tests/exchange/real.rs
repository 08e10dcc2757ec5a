//! Real exports of other apps, from their own tests: third-party data under the
//! GPL, which is not part of this repository. Without it, this says so and passes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use formats::{ImportError, Password, read};

use super::{manifest, shown};

#[test]
fn real_files_hold_what_their_apps_say() {
    let Some((directory, files)) = manifest::read() else {
        eprintln!("SKIPPED: ../shared/fixtures/imports is not here; the vectors of our own stand in for it.");
        return;
    };
    // Aegis' own tests have the same accounts in every format, so that what no decoder listed is known by its keys.
    let keys: BTreeSet<String> = files
        .iter()
        .filter(|file| file.path.contains("aegisrepo"))
        .flat_map(|file| file.expected.iter().flatten())
        .map(|entry| entry["secret"].as_str().unwrap().to_owned())
        .collect();
    let mut table: BTreeMap<String, [usize; 3]> = BTreeMap::new();
    for file in &files {
        let bytes = fs::read(directory.join(&file.path)).unwrap();
        let password = file.password.as_deref().map(Password::ascii);
        let answer = read(&bytes, password.as_ref());
        let row = table.entry(file.format.clone()).or_default();
        row[0] += 1;
        match (file.taken(), answer) {
            (Some(expected), answer) => {
                let import = answer.unwrap_or_else(|error| panic!("{}: {error:?}", file.path));
                assert_eq!(import.entries.iter().map(shown::entry).collect::<Vec<_>>(), expected, "{}", file.path);
                let others = file.expected.as_ref().map_or(0, Vec::len) - expected.len();
                // Some of what is unreadable here is not in the manifest at all.
                assert!(import.unreadable.len() >= others, "{}", file.path);
                row[1] += 1;
                row[2] += import.entries.len();
            }
            (None, Ok(import)) => {
                // More than the manifest's own decoder reads.
                assert!(!import.entries.is_empty(), "{}", file.path);
                for entry in import.entries.iter().filter(|_| file.path.contains("aegisrepo")) {
                    assert!(keys.contains(entry.secret_text().as_str()), "{}: {}", file.path, entry.label());
                }
                row[1] += 1;
                row[2] += import.entries.len();
            }
            (None, Err(error)) => {
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
