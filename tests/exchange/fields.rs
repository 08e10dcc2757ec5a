//! What the fields of an entry may be, in the JSON that our own command line prints.

use formats::{Entry, ImportError, Why, read};
use otp::Factor;
use serde_json::{Value, json};

/// An entry that can be read, but for what is said of it.
fn entry(said: &Value) -> Result<Entry, Why> {
    let mut fields = json!({ "type": "totp", "issuer": "a", "account": "b", "secret": "MZXW6YTB" });
    fields.as_object_mut().unwrap().extend(said.as_object().unwrap().clone());
    let mut import = read(json!({ "entries": [fields] }).to_string().as_bytes(), None).unwrap();
    import.unreadable.pop().map_or_else(|| Ok(import.entries.remove(0)), |unreadable| Err(unreadable.why))
}

#[test]
fn every_refusal_has_its_reason() {
    let why = |said: Value| entry(&said).err();
    assert_eq!(why(json!({})), None);
    assert_eq!(why(json!({ "type": "motp" })), Some(Why::Type));
    assert_eq!(why(json!({ "secret": " " })), Some(Why::NoSecret));
    assert_eq!(why(json!({ "secret": "MZXW6YT1" })), Some(Why::SecretCharacter));
    assert_eq!(why(json!({ "digits": 10 })), Some(Why::Digits));
    assert_eq!(why(json!({ "type": "hotp", "digits": -1 })), Some(Why::Digits));
    assert_eq!(why(json!({ "period": 0 })), Some(Why::Period));
    assert_eq!(why(json!({ "period": 1u64 << 40 })), Some(Why::Period));
    assert_eq!(why(json!({ "type": "hotp", "counter": -1 })), Some(Why::Counter));
    assert_eq!(why(json!({ "algorithm": "MD5" })), Some(Why::Algorithm));
}

#[test]
fn a_lone_last_character_is_dropped_as_its_app_does_and_still_shown() {
    let entry = entry(&json!({ "secret": "poakspdoaskdos" })).unwrap_or_else(|why| panic!("{why:?}"));
    assert_eq!(entry.credential.secret.expose().len(), 8);
    assert_eq!(entry.secret_text().as_str(), "POAKSPDOASKDOS");
}

#[test]
fn numbers_in_every_spelling() {
    let counter = |written: Value| {
        entry(&json!({ "type": "hotp", "counter": written })).map(|entry| match entry.credential.factor {
            Factor::Counter { counter } => counter,
            _ => panic!("no counter"),
        })
    };
    for thirty in [json!(30), json!("30"), json!(30.0)] {
        assert_eq!(counter(thirty), Ok(30));
    }
    assert_eq!(counter(json!(u64::MAX)), Ok(u64::MAX));
    assert_eq!(counter(json!(-1)), Err(Why::Counter));
    assert_eq!(counter(json!(1.5)), Err(Why::Counter));
    assert_eq!(counter(Value::Null), Ok(0));
}

#[test]
fn what_is_not_json_is_damaged() {
    for text in ["{", "[1,]", "{\"a\":1 \"b\":2}", "{} x"] {
        assert_eq!(read(text.as_bytes(), None).err(), Some(ImportError::Damaged), "{text}");
    }
}
