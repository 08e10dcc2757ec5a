//! The vectors in tests/vectors/exchange, each of which says what it is.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tofaktor::exchange::{ImportError, Password, read};

use crate::shown;

/// One file.
pub(crate) struct Vector {
    pub(crate) name: String,
    format: Option<String>,
    pub(crate) password: Option<String>,
    expect: Option<String>,
    entries: Vec<Value>,
    unreadable: Vec<String>,
    pub(crate) body: Vec<u8>,
}

impl Vector {
    fn parse(name: String, text: &str) -> Self {
        let (head, body) = text.split_once("\n\n").expect("a header, an empty line, a body");
        let all = |key: &str| head.lines().filter_map(|line| line.strip_prefix(key)).map(str::trim).collect::<Vec<_>>();
        let one = |key: &str| all(key).first().map(|value| (*value).to_owned());
        let body = match one("body:").as_deref() {
            Some("text") => body.as_bytes().to_vec(),
            Some("base64") => data_encoding::BASE64.decode(body.replace('\n', "").as_bytes()).expect("base64"),
            other => panic!("{name}: {other:?}"),
        };
        Self {
            name,
            format: one("format:"),
            password: one("password:"),
            expect: one("expect:"),
            entries: all("entry:").iter().map(|entry| serde_json::from_str(entry).expect("JSON")).collect(),
            unreadable: all("unreadable:").iter().map(|u| (*u).to_owned()).collect(),
            body,
        }
    }

    pub(crate) fn password(&self) -> Option<Password> {
        self.password.as_ref().map(|text| Password::new(text.clone().into_bytes(), text.clone().into_bytes()))
    }
}

pub(crate) fn all() -> Vec<Vector> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/exchange");
    let mut paths: Vec<_> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "vector"));
    paths.sort();
    let parse = |path: &std::path::PathBuf| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        Vector::parse(name, &fs::read_to_string(path).unwrap())
    };
    paths.iter().map(parse).collect()
}

#[test]
fn every_vector_answers_what_it_says() {
    let vectors = all();
    assert!(vectors.len() >= 67, "{} vectors", vectors.len());
    for vector in &vectors {
        let name = &vector.name;
        match (read(&vector.body, vector.password().as_ref()), &vector.expect) {
            (Err(error), Some(expected)) => assert_eq!(format!("{error:?}"), *expected, "{name}"),
            (Ok(import), None) => {
                assert_eq!(Some(format!("{:?}", import.format)), vector.format, "{name}");
                let with_tenant = vector.entries.iter().any(|entry| entry.get("tenant").is_some());
                let show = if with_tenant { shown::entry_with_tenant } else { shown::entry };
                assert_eq!(import.entries.iter().map(show).collect::<Vec<_>>(), vector.entries, "{name}");
                let unreadable: Vec<_> = import.unreadable.iter().map(|u| format!("{}|{:?}", u.label, u.why)).collect();
                let unreadable: Vec<_> =
                    unreadable.iter().map(|u| u.replace("Uri(Secret(Character))", "Secret(Character)")).collect();
                assert_eq!(unreadable, vector.unreadable, "{name}");
            }
            (Err(error), None) => panic!("{name}: {error:?}"),
            (Ok(_), Some(expected)) => panic!("{name}: read, and should have been {expected}"),
        }
    }
}

/// Without a password, what is encrypted asks for one; with a wrong one, it says so.
#[test]
fn passwords_are_asked_for_and_wrong_ones_are_told() {
    let wrong = Password::ascii("not the password");
    for vector in all().iter().filter(|vector| vector.password.is_some() && vector.expect.is_none()) {
        assert_eq!(read(&vector.body, None).err(), Some(ImportError::NeedsPassword), "{}", vector.name);
        assert_eq!(read(&vector.body, Some(&wrong)).err(), Some(ImportError::WrongPassword), "{}", vector.name);
    }
}

/// A password for what needs none changes nothing.
#[test]
fn a_password_too_many_does_no_harm() {
    let password = Password::ascii("superfluous");
    for vector in all().iter().filter(|vector| vector.password.is_none() && vector.expect.is_none()) {
        let import = read(&vector.body, Some(&password)).unwrap_or_else(|error| panic!("{}: {error:?}", vector.name));
        assert_eq!(import.entries.len(), vector.entries.len(), "{}", vector.name);
    }
}
