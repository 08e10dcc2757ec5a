//! What each vector answers.

use formats::{ImportError, Password, read};

use super::shown;
use super::vectors::all;

#[test]
fn every_vector_answers_what_it_says() {
    let vectors = all();
    assert!(vectors.len() >= 98, "{} vectors", vectors.len());
    for vector in &vectors {
        let name = &vector.name;
        match (read(&vector.body, vector.password().as_ref()), &vector.expect) {
            (Err(error), Some(expected)) => assert_eq!(format!("{error:?}"), *expected, "{name}"),
            (Ok(import), None) => {
                assert_eq!(Some(format!("{:?}", import.format)), vector.format, "{name}");
                let with_organisation = vector.entries.iter().any(|entry| entry.get("tenant").is_some());
                let show = if with_organisation { shown::entry_with_organisation } else { shown::entry };
                assert_eq!(import.entries.iter().map(show).collect::<Vec<_>>(), vector.entries, "{name}");
                let unreadable: Vec<_> = import.unreadable.iter().map(|u| format!("{}|{:?}", u.label, u.why)).collect();
                assert_eq!(unreadable, vector.unreadable, "{name}");
            }
            (Err(error), None) => panic!("{name}: {error:?}"),
            (Ok(_), Some(expected)) => panic!("{name}: read, and should have been {expected}"),
        }
    }
}

/// All formats but our own file, which the round trips write, have a vector that was not made by Tofaktor.
#[test]
fn every_format_has_a_vector() {
    let formats: std::collections::BTreeSet<_> = all().into_iter().filter_map(|vector| vector.format).collect();
    assert_eq!(formats.len(), 39, "{formats:?}");
}

/// Without a password, what is encrypted asks for one; with a wrong one, it says so.
#[test]
fn passwords_are_asked_for_and_wrong_ones_are_told() {
    let wrong = Password::ascii("not the password");
    for vector in all().iter().filter(|vector| !vector.is_open() && vector.expect.is_none()) {
        // Said only where it is known: one is random bytes and nothing else, and of the other the key may have more parts.
        let (without, with) = match vector.name.as_str() {
            "andotp-old" | "totp-authenticator" => (ImportError::UnknownOrSealed, ImportError::WrongPassword),
            name if name.starts_with("keepass-") => (ImportError::NeedsPassword, ImportError::KeyFile),
            _ => (ImportError::NeedsPassword, ImportError::WrongPassword),
        };
        assert_eq!(read(&vector.body, None).err(), Some(without), "{}", vector.name);
        assert_eq!(read(&vector.body, Some(&wrong)).err(), Some(with), "{}", vector.name);
    }
}

/// A password for what needs none changes nothing.
#[test]
fn a_password_too_many_does_no_harm() {
    let password = Password::ascii("superfluous");
    for vector in all().iter().filter(|vector| vector.is_open() && vector.expect.is_none()) {
        let import = read(&vector.body, Some(&password)).unwrap_or_else(|error| panic!("{}: {error:?}", vector.name));
        assert_eq!(import.entries.len(), vector.entries.len(), "{}", vector.name);
    }
}
