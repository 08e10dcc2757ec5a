//! JSON within limits.

use strict_json::{MAX_DEPTH, MAX_VALUES, Refused, parse, parse_doubled};

#[test]
fn depth_and_count_are_bounded() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert_eq!(parse(&nested(MAX_DEPTH)).err(), None);
    assert_eq!(parse(&nested(MAX_DEPTH + 1)).err(), Some(Refused::TooDeep));
    assert_eq!(parse(&nested(1_000_000)).err(), Some(Refused::TooDeep));
    assert_eq!(parse(&format!("[{}0]", "0,".repeat(MAX_VALUES - 2))).err(), None);
    assert_eq!(parse(&format!("[{}0]", "0,".repeat(MAX_VALUES - 1))).err(), Some(Refused::TooMany));
}

#[test]
fn what_means_two_things_is_malformed() {
    for text in ["", "{", "[1,]", r#"{"a":1,"a":2}"#, r#"{"b":{"a":1,"\u0061":2}}"#, "{} x", "nul", r#""\ud800""#] {
        assert_eq!(parse(text).err(), Some(Refused::Malformed), "{text}");
    }
}

#[test]
fn fields_stay_in_their_order() {
    let text = r#"{"z":1,"a":[true,null,-1,"\u00e6"],"m":{"b":2,"a":1.5}}"#;
    assert_eq!(parse(text).map(|value| value.to_string()).as_deref(), Ok(text.replace("\\u00e6", "æ").as_str()));
}

#[test]
fn a_field_said_often_is_one_list_however_often() {
    let doubled = |text: &str| parse_doubled(text).map(|value| value.to_string());
    assert_eq!(doubled(r#"{"a":1,"a":2,"a":3,"a":"4"}"#).as_deref(), Ok(r#"{"a":[1,2,3,"4"]}"#));
    assert_eq!(doubled(r#"{"a":[1],"a":[2],"a":3,"a":1}"#).as_deref(), Ok(r#"{"a":[1,2,3,1]}"#));
    // Where each repetition were a level, the stack would end before these do.
    let often: String = (0..200_000).map(|n| format!(r#""a":{n},"#)).collect();
    let value = parse_doubled(&format!(r#"{{{often}"b":0}}"#)).unwrap_or_default();
    let list = value.get("a").and_then(strict_json::Value::as_array);
    assert_eq!(list.map(Vec::len), Some(200_000));
    assert!(list.into_iter().flatten().all(strict_json::Value::is_number));
}
