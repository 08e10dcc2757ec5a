//! Whoever types a name fast finds it.
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test states what it knows, helpers outside #[test] too"
)]

use app::fold;

const NAMES: &str = include_str!("vectors/names.txt");

/// A name, and how it is typed without its marks.
type Pair = (&'static str, &'static str);

fn pairs(line: &'static str) -> Vec<Pair> {
    line.split_whitespace().map(|pair| pair.split_once('=').unwrap()).collect()
}

/// Every given name before every surname of its language.
fn people() -> Vec<(String, String)> {
    let lines: Vec<&str> = NAMES.lines().filter(|line| !line.starts_with('#')).collect();
    let languages = lines.chunks_exact(3);
    assert!(languages.len() >= 30 && languages.remainder().is_empty());
    let whole = |(given, plain_given): &Pair, (name, plain_name): &Pair| {
        (format!("{given} {name}"), format!("{plain_given} {plain_name}"))
    };
    languages
        .flat_map(|language| {
            let [given, names] = [language[1], language[2]].map(pairs);
            given.iter().flat_map(|given| names.iter().map(move |name| whole(given, name))).collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn names_of_thirty_languages_are_found_without_their_marks_and_in_the_other_case() {
    let people = people();
    assert!(people.len() >= 2000, "{}", people.len());
    for (name, plain) in &people {
        assert_eq!(&fold(name), plain, "{name}");
        for typed in [name.to_lowercase(), name.to_uppercase(), plain.clone(), plain.to_uppercase()] {
            assert_eq!(&fold(&typed), plain, "{name}, typed as {typed}");
        }
    }
    println!("{} names found", people.len());
}

#[test]
fn a_part_of_a_name_is_found_in_the_whole() {
    for (whole, typed) in
        [("ȘTEFAN Popescu", "ștef"), ("Jiří Novák", "jiri nov"), ("Agata Żak", "zak"), ("LÊ THỊ ƯƠNG", "ương")]
    {
        assert!(fold(whole).contains(&fold(typed)), "{typed} in {whole}");
    }
}
