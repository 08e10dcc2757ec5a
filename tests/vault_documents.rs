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

/// The papers in bokmål.
fn papers() -> Vec<(String, String)> {
    let folder = std::fs::read_dir(support::path("docs")).unwrap();
    let names = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names
        .filter(|name| name != "live-check.md")
        .map(|name| (std::fs::read_to_string(support::path("docs").join(&name)).unwrap(), name))
        .map(|(text, name)| (name, text))
        .collect()
}

/// What stands between single asterisks.
fn quoted(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('*') {
        let mark = if rest[at..].starts_with("**") { "**" } else { "*" };
        let begun = &rest[at + mark.len()..];
        let Some(end) = begun.find(mark) else { break };
        if mark == "*" {
            found.push(&begun[..end]);
        }
        rest = &begun[end + mark.len()..];
    }
    found
}

#[test]
fn what_the_papers_quote_is_what_is_on_the_screen() {
    let words = std::fs::read_to_string(support::path("extension/_locales/nb/messages.json")).unwrap();
    let words: serde_json::Value = serde_json::from_str(&words).unwrap();
    let shown: Vec<&str> = words.as_object().unwrap().values().map(|each| each["message"].as_str().unwrap()).collect();
    let mut found = 0;
    for (name, text) in papers() {
        for quote in quoted(&text) {
            // A heading may have a number behind it.
            let is_shown = shown.iter().any(|words| *words == quote || words.starts_with(&format!("{quote}:")));
            assert!(is_shown, "docs/{name}: *{quote}* is nowhere on the screen");
            found += 1;
        }
    }
    assert!(found >= 30, "{found}");
}

#[test]
fn what_the_deployment_paper_suggests_has_no_fault() {
    let text = std::fs::read_to_string(support::path("docs/utrulling.md")).unwrap();
    let blocks: Vec<&str> = text.split("```json\n").skip(1).filter_map(|block| block.split("```").next()).collect();
    let [policy] = blocks.as_slice() else { panic!("{} policies", blocks.len()) };
    let checked = rollout::check(policy.as_bytes());
    assert!(checked.faults.is_empty(), "{:?}", checked.faults);
    // And how it is installed is JSON, each with its browser's own key for the icon.
    let manifest = std::fs::read_to_string(support::path("extension/manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    let oldest =
        [&manifest["minimum_chrome_version"], &manifest["browser_specific_settings"]["gecko"]["strict_min_version"]]
            .map(|version| version.as_str().unwrap().split('.').next().unwrap());
    for (browser, version, key) in [
        ("Chrome", oldest[0], "toolbar_pin"),
        ("Edge", oldest[0], "toolbar_state"),
        ("Firefox", oldest[1], "default_area"),
    ] {
        let row = text
            .lines()
            .find(|line| line.starts_with(&format!("| {browser} ({version} ")))
            .unwrap_or_else(|| panic!("{browser} {version}"));
        let value: serde_json::Value = serde_json::from_str(row.split('`').nth(1).unwrap()).unwrap();
        let (id, settings) = value.as_object().unwrap().iter().next().unwrap();
        assert_eq!(settings["installation_mode"], "force_installed", "{browser}");
        assert!(settings[key].is_string(), "{browser}");
        assert_eq!(browser == "Firefox", *id == manifest["browser_specific_settings"]["gecko"]["id"], "{id}");
    }
}

#[test]
fn every_test_that_the_papers_name_is_there() {
    let folder = std::fs::read_dir(support::path("docs")).unwrap();
    let pages: Vec<String> = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(pages.len() >= 8, "{pages:?}");
    for page in pages {
        let found = tests_named_in(&format!("docs/{page}"));
        // The sheets are handed out as they are: what they promise stands in the README beside them.
        assert!(found > 0 || page.starts_with("for-"), "docs/{page} names no test");
    }
}
