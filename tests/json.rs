//! Our JSON against serde_json's: it reads the same texts, means the same by them, and writes what that reads.
#![allow(clippy::unwrap_used, reason = "tests state what they know")]

use proptest::prelude::*;
use serde_json::Value;
use tofaktor::json::{Json, MAX_DEPTH, MAX_VALUES, Refused};

/// What serde_json makes of a text.
fn theirs(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

/// Any JSON, with the characters and numbers that readers trip over.
fn any_json() -> impl Strategy<Value = Value> {
    let text = || {
        prop_oneof![
            any::<String>(),
            prop::collection::vec(prop::sample::select(TRIPS.to_vec()), 0..8).prop_map(|all| all.concat())
        ]
    };
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_filter_map("a number", |number| serde_json::Number::from_f64(number).map(Value::Number)),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((text(), inner), 0..6).prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// What is hard about texts.
const TRIPS: [&str; 11] = ["a", "b", "\"", "\\", "/", "\n", "\u{0}", "\u{1f}", "\u{7f}", "\u{2028}", "\u{10ffff}"];
/// What a text is tampered with.
const PUT: [&str; 24] = [
    "", "[", "]", "{", "}", ":", ",", "\"", "\\", "0", "9", "e", "E", "+", ".", " ", "-", "u", "\n", "t", "f", "n",
    "\u{0}", "\"\"",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    /// There and back, from either's text, with and without white space.
    #[test]
    fn what_one_writes_the_other_reads(value in any_json()) {
        for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
            let read = Json::parse(&text);
            prop_assert!(read.is_ok(), "{text}");
            prop_assert_eq!(theirs(&read.unwrap().to_text()), theirs(&text), "{}", text);
        }
    }

    /// A text that was tampered with is refused by both or read alike.
    #[test]
    fn both_refuse_the_same(value in any_json(), at in any::<prop::sample::Index>(), put in prop::sample::select(PUT.to_vec())) {
        let mut characters: Vec<String> = value.to_string().chars().map(String::from).collect();
        let at = at.index(characters.len());
        if let Some(character) = characters.get_mut(at) {
            *character = put.to_owned();
        }
        let text = characters.concat();
        match (Json::parse(&text), theirs(&text)) {
            (Ok(ours), Some(theirs_)) => prop_assert_eq!(theirs(&ours.to_text()), Some(theirs_), "{}", text),
            (Err(_), None) => {}
            // Numbers beyond a double are kept as they are written.
            (Ok(_), None) => prop_assert!(text.contains(['e', 'E']) || text.len() > 300, "{text}"),
            // Of two fields of one name serde_json takes the last.
            (Err(refused), Some(theirs_)) => {
                prop_assert_eq!(refused, Refused::Malformed);
                prop_assert!(theirs_.to_string().len() < text.len(), "{text}");
            }
        }
    }

    #[test]
    fn any_text_at_all_is_read_or_refused(text in any::<String>()) {
        prop_assert_eq!(Json::parse(&text).is_ok(), theirs(&text).is_some(), "{}", text);
    }
}

#[test]
fn what_is_not_json_is_refused() {
    let not = [
        "",
        " ",
        "{",
        "}",
        "[1,]",
        "[,1]",
        "{\"a\"}",
        "{\"a\":1,}",
        "{\"a\":1,\"a\":2}",
        "{a:1}",
        "{} x",
        "nul",
        "nulll",
        "tru",
        "01",
        "-",
        "-01",
        "1.",
        ".5",
        "1e",
        "1e+",
        "+1",
        "0x1",
        "NaN",
        "'a'",
        "\"a",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\\u+123\"",
        "\"\\ud800\"",
        "\"\\ud800\\u0041\"",
        "\"\\udc00\"",
        "\"\u{1}\"",
        "\"\n\"",
        "\u{feff}1",
        "\u{a0}1",
        "/**/1",
    ];
    for text in not {
        assert_eq!(Json::parse(text).err(), Some(Refused::Malformed), "{text}");
    }
}

#[test]
fn escapes_are_read_and_written() {
    let json = Json::parse(r#""\u00e5\ud83d\ude00\"\\\/\b\f\n\r\t""#).unwrap();
    assert_eq!(json.as_str(), Some("å😀\"\\/\u{8}\u{c}\n\r\t"));
    assert_eq!(*json.to_text(), r#""å😀\"\\/\u0008\u000c\n\r\t""#);
}

#[test]
fn numbers_keep_their_digits() {
    for text in [
        "0",
        "-0",
        "-1",
        "9223372036854775807",
        "18446744073709551615",
        "1.50",
        "1e999",
        "-0.0",
        "123456789012345678901",
    ] {
        assert_eq!(*Json::parse(text).unwrap().to_text(), text);
    }
    assert_eq!(Json::whole(u64::MAX).as_u64(), Some(u64::MAX));
    assert_eq!(Json::parse("18446744073709551615").unwrap().as_u64(), Some(u64::MAX));
    assert_eq!(Json::parse("-1").unwrap().as_u64(), None);
}

#[test]
fn depth_and_count_are_bounded() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(Json::parse(&nested(MAX_DEPTH)).is_ok());
    assert_eq!(Json::parse(&nested(MAX_DEPTH + 1)).err(), Some(Refused::TooDeep));
    assert_eq!(Json::parse(&nested(1_000_000)).err(), Some(Refused::TooDeep));
    assert_eq!(Json::parse(&format!("[{}0]", "0,".repeat(MAX_VALUES))).err(), Some(Refused::TooMany));
}
