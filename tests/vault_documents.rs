//! What is written about the vault is true.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test states what it knows, helpers outside #[test] too"
)]

#[test]
fn every_test_that_security_names_is_there() {
    let root = support::path("");
    let page = std::fs::read_to_string(root.join("SECURITY.md")).unwrap();
    let mut found = 0;
    for named in page.split('`').filter(|part| part.contains(".rs::")) {
        let (file, name) = named.split_once("::").unwrap();
        let code = std::fs::read_to_string(root.join(file)).unwrap_or_else(|_| panic!("{file} is not there"));
        let begin = code.find(&format!("fn {name}(")).unwrap_or_else(|| panic!("{named} is not there"));
        let before = code[..begin].trim_end().lines().next_back().unwrap_or_default();
        assert!(before.contains("#[test]"), "{named} is no test that runs");
        found += 1;
    }
    for file in page.split('`').filter(|part| part.ends_with(".test.mjs")) {
        assert!(root.join(file).exists(), "{file} is not there");
        found += 1;
    }
    // Every row of a promise has its test.
    let bare: Vec<_> = page
        .lines()
        .filter(|line| line.starts_with('|') && line.matches('|').count() == 3)
        .filter(|line| !["| Promise", "|---", "| What the server did"].iter().any(|head| line.starts_with(head)))
        .filter(|line| !line.contains('`'))
        .collect();
    assert!(bare.is_empty(), "promises without a test: {bare:?}");
    assert!(found >= 30);
    println!("tests that SECURITY.md names: {found} looked for, 0 missing");
}
