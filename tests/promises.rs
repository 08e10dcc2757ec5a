//! What SECURITY.md promises has been broken, promise by promise, and the test that is named has noticed.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test states what it knows")]

use std::collections::BTreeMap;

struct Mutation<'a> {
    promise: &'a str,
    test: &'a str,
    /// Each file, and what is replaced in it.
    parts: Vec<(&'a str, String)>,
}

fn read(name: &str) -> String {
    std::fs::read_to_string(support::path(name)).unwrap_or_else(|_| panic!("{name} is not there"))
}

fn mutations(text: &str) -> Vec<Mutation<'_>> {
    text.split("\n= ").skip(1).map(mutation).collect()
}

fn mutation(entry: &str) -> Mutation<'_> {
    let mut lines = entry.trim_end().lines();
    let (promise, test) = (lines.next().unwrap(), lines.next().unwrap());
    let mut parts: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in lines.filter(|line| *line != "not yet" && !line.starts_with(['+', '?'])) {
        match line.strip_prefix('-') {
            Some(from) => parts.last_mut().unwrap().1.push(from),
            None => parts.push((line, Vec::new())),
        }
    }
    Mutation { promise, test, parts: parts.into_iter().map(|(file, from)| (file, from.join("\n"))).collect() }
}

/// `./build.sh prove` is what breaks them; here it is held that its list has kept up.
#[test]
fn every_promise_was_broken_and_its_test_has_noticed() {
    let (page, list, results) =
        (read("SECURITY.md"), read("tests/promises/mutations.txt"), read("tests/promises/results.txt"));
    let mutations = mutations(&list);
    let results: BTreeMap<&str, &str> = results.lines().filter_map(|line| line.rsplit_once(" | ")).collect();
    let (promises, _) = page.split_once("## What malicious").unwrap();
    let rows: Vec<&str> = promises
        .lines()
        .filter(|line| line.starts_with('|') && line.matches('|').count() == 3 && line.contains('`'))
        .collect();
    let outcome = |one: &Mutation<'_>| results.get(format!("{} | {}", one.promise, one.test).as_str()).copied();
    let mut not_broken = Vec::new();
    for row in &rows {
        let of_row: Vec<_> = mutations.iter().filter(|one| row[1..].trim_start().starts_with(one.promise)).collect();
        assert!(!of_row.is_empty(), "nobody has broken this promise: {row}");
        if !of_row.iter().any(|one| outcome(one) == Some("fails")) {
            not_broken.push(of_row[0].promise);
        }
    }
    for one @ Mutation { promise, test, parts } in &mutations {
        let found = outcome(one);
        let of: Vec<_> = rows.iter().filter(|row| row[1..].trim_start().starts_with(promise)).collect();
        assert!(
            matches!(of.as_slice(), [row] if row.contains(test)),
            "{promise}: no promise, or {test} is not its test"
        );
        for (file, from) in parts {
            let times = read(file).matches(from.as_str()).count();
            assert_eq!(times, 1, "{promise}: {file} has this {times} times, and not once:\n{from}");
        }
        assert!(matches!(found, Some("fails" | "not tried")), "{promise} | {test}: {found:?}; run ./build.sh prove");
    }
    let (all, left) = (rows.len(), not_broken.len());
    println!("{} of {all} promises were broken, and a test has failed; not yet: {not_broken:#?}", all - left);
    assert_eq!(left, 0, "{left} are left");
}
