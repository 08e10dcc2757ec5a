//! What is written about the vault is true.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test states what it knows, helpers outside #[test] too"
)]

/// How many tests a page names; each of them is there and runs, and each row of a promise names one.
fn tests_named_in(path: &str) -> usize {
    let root = support::path("");
    let read = |file: &str| std::fs::read_to_string(root.join(file)).unwrap_or_else(|_| panic!("{path}: no {file}"));
    let page = read(path);
    let parts: Vec<&str> = page.split('`').collect();
    let mut found = 0;
    for (at, part) in parts.iter().enumerate() {
        if let Some((file, name)) = part.split_once(".rs::") {
            let code = read(&format!("{file}.rs"));
            let begin = code.find(&format!("fn {name}(")).unwrap_or_else(|| panic!("{path}: {part} is not there"));
            let before = code[..begin].trim_end().lines().next_back().unwrap_or_default();
            assert!(before.contains("#[test]"), "{path}: {part} is no test that runs");
        } else if part.ends_with(".test.mjs") {
            let code = read(part);
            // One test of it, where its name stands behind.
            let name = parts[at + 1].strip_prefix(", \"").and_then(|behind| behind.split_once('"'));
            assert!(name.is_none_or(|(name, _)| code.contains(name)), "{path}: {part} has no test {name:?}");
        } else {
            continue;
        }
        found += 1;
    }
    let mut promises = false;
    for line in page.lines() {
        let is_head = ["| Promise", "| Løfte", "| What the server did"].iter().any(|head| line.starts_with(head));
        promises = is_head || promises && line.starts_with('|');
        let is_row = promises && !is_head && !line.starts_with("|---");
        assert!(!is_row || line.contains('`'), "{path}: a promise without a test: {line}");
    }
    found
}

#[test]
fn every_test_that_security_names_is_there() {
    let found = tests_named_in("SECURITY.md");
    assert!(found >= 30);
    println!("tests that SECURITY.md names: {found} looked for, 0 missing");
}

#[test]
fn every_test_that_the_papers_name_is_there() {
    let folder = std::fs::read_dir(support::path("docs")).unwrap();
    let pages: Vec<String> = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(pages.len() >= 8, "{pages:?}");
    for page in pages {
        let found = tests_named_in(&format!("docs/{page}"));
        assert!(found > 0, "docs/{page} names no test");
    }
}
