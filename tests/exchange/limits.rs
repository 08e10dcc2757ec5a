//! What a file may ask for.

use formats::limits::{aes_kdf, argon2, pbkdf2, scrypt};
use formats::{ImportError, MAX_ENTRIES, read};
use std::fmt::Write as _;
use strict_json::MAX_VALUES;

use super::texts::refusal;

#[test]
fn what_apps_ask_for_passes_and_what_would_hang_does_not() {
    assert_eq!(argon2(1024 * 1024, 4, 1), Ok((1024 * 1024, 4, 1)));
    assert_eq!(argon2(1024 * 1024 + 1, 1, 1), Err(ImportError::KdfTooExpensive));
    assert_eq!(argon2(1024 * 1024, 9, 1), Err(ImportError::KdfTooExpensive));
    assert_eq!(argon2(u64::MAX, u64::MAX, 1), Err(ImportError::KdfTooExpensive));
    assert_eq!(aes_kdf(100_000_000), Ok(100_000_000));
    assert_eq!(aes_kdf(100_000_001), Err(ImportError::KdfTooExpensive));
    assert_eq!(pbkdf2(600_000), Ok(600_000));
    assert_eq!(pbkdf2(10_000_001), Err(ImportError::KdfTooExpensive));
    assert_eq!(pbkdf2(0), Err(ImportError::Damaged));
    assert_eq!(scrypt(32_768, 8, 1), Ok((15, 8, 1)));
    assert_eq!(scrypt(1 << 30, 8, 1), Err(ImportError::KdfTooExpensive));
    assert_eq!(scrypt(1 << 63, u64::MAX, 1), Err(ImportError::KdfTooExpensive));
    assert_eq!(scrypt(32_767, 8, 1), Err(ImportError::Damaged));
    assert_eq!(scrypt(2, 1, u64::MAX), Err(ImportError::KdfTooExpensive));
}

#[test]
fn the_depth_and_the_values_of_json_are_bounded() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert_eq!(refusal(&nested(32)), Some(ImportError::NotAnExport));
    assert_eq!(refusal(&nested(33)), Some(ImportError::TooDeep));
    assert_eq!(refusal(&nested(1_000_000)), Some(ImportError::TooDeep));
    assert_eq!(refusal(&format!("[{}0]", "0,".repeat(MAX_VALUES))), Some(ImportError::TooMany));
}

#[test]
fn the_depth_and_the_texts_of_preferences_are_bounded() {
    let map = |inside: &str| refusal(&format!("<map>{inside}</map>"));
    let nested = |depth: usize| "<a>".repeat(depth) + &"</a>".repeat(depth);
    assert_eq!(map(&nested(127)), Some(ImportError::NotAnExport));
    assert_eq!(map(&nested(128)), Some(ImportError::TooDeep));
    assert_eq!(map(&"<a>".repeat(1_000_000)), Some(ImportError::TooDeep));
    assert_eq!(map(&"<string/>".repeat(MAX_ENTRIES)), Some(ImportError::NotAnExport));
    assert_eq!(map(&"<string/>".repeat(MAX_ENTRIES + 1)), Some(ImportError::TooMany));
}

/// Each of these takes hours where attributes or namespaces are compared with one another.
#[test]
fn attributes_and_namespaces_cost_what_they_are_long() {
    let many = |what: fn(usize) -> String| (0..900_000).map(what).collect::<String>();
    for attributes in [many(|n| format!(" a{n}=''")), many(|n| format!(" xmlns:a{n}=''"))] {
        assert_eq!(refusal(&format!("<map{attributes}/>")), Some(ImportError::NotAnExport));
    }
}

#[test]
fn the_rows_and_columns_of_a_table_are_bounded() {
    let columns = |count: usize| refusal(&format!("secret,issuer\n{}\n", ",".repeat(count - 1)));
    assert_eq!(columns(1_000), Some(ImportError::NoCodes));
    assert_eq!(columns(1_001), Some(ImportError::TooMany));
    let header = |count: usize| refusal(&format!("secret,{}\n", ",".repeat(count - 2)));
    assert_eq!(header(1_000), Some(ImportError::NoCodes));
    assert_eq!(header(1_001), Some(ImportError::NotAnExport));
    let rows = |count: usize| refusal(&format!("secret,issuer\n{}", ",\n".repeat(count)));
    assert_eq!(rows(100_000), Some(ImportError::NoCodes));
    assert_eq!(rows(100_001), Some(ImportError::TooMany));
}

/// Each of these takes hours where every object asks all that stands around it, or every code all before it.
#[test]
fn objects_cost_what_they_are_long_whatever_stands_around_them() {
    let numbers: String = (0..200_000).fold(String::new(), |mut all, n| {
        let _ = write!(all, r#""{n}":{n},"#);
        all
    });
    let names: String = (0..200_000).fold(String::new(), |mut all, n| {
        let _ = write!(all, r#""name{}":"a","#, "-".repeat(n % 40));
        all
    });
    let inside = "{},".repeat(200_000);
    for around in [numbers, names, format!(r#""title":"{}","#, "to ".repeat(1_000_000))] {
        assert_eq!(refusal(&format!(r#"{{{around}"in":[{inside}0]}}"#)), Some(ImportError::NotAnExport));
    }
    let keys: String = (0..200_000).fold(String::new(), |mut all, n| {
        let _ = write!(all, r#""{n}":"otpauth://totp/a","#);
        all
    });
    assert_eq!(refusal(&format!(r#"{{{keys}"trashed":true}}"#)), Some(ImportError::TooMany));
}

/// A title may be issuer or name: an object with one of its own takes neither from around it.
#[test]
fn what_stands_around_an_object_names_what_is_in_it() {
    let uri = "otpauth://totp/?secret=JBSWY3DPEHPK3PXP";
    let text = format!(
        r#"{{"title":"Fjord","user":"kari","x":[{{"a":"{uri}"}},{{"title":"Bank","more":{{"a":"{uri}"}}}},{{"title":"","a":"{uri}"}}]}}"#
    );
    let import = read(text.as_bytes(), None).unwrap_or_else(|error| panic!("{error:?}"));
    let names: Vec<_> = import.entries.iter().map(|entry| (entry.issuer.as_str(), entry.name.as_str())).collect();
    assert_eq!(names, [("Fjord", "kari"), ("Bank", ""), ("", "")]);
    // What is a code around it is no name, and is taken once.
    let text = format!(r#"{{"title":"{uri}","x":[{{"a":"{}"}},{{}}]}}"#, uri.replace("JBSW", "KRSX"));
    assert_eq!(read(text.as_bytes(), None).map(|import| import.entries.len()).ok(), Some(2));
}
