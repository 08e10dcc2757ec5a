//! Parts of Google Authenticator's transfer that it did not write.

use data_encoding::BASE64;
use exchange::migration::{Parameters, Part};
use formats::{Import, ImportError, read};
use prost::Message;

fn take(message: &[u8]) -> Result<Import, ImportError> {
    read(format!("otpauth-migration://offline?data={}", BASE64.encode(message)).as_bytes(), None)
}

fn part(entries: Vec<Parameters>) -> Vec<u8> {
    let entries = entries.iter().map(Message::encode_to_vec).collect();
    Part { entries, ..Part::default() }.encode_to_vec()
}

#[test]
fn what_ends_early_or_overflows_is_refused() {
    for bytes in [
        &[0x0a, 5, 1][..],
        &[0x08],
        &[0x80; 11],
        &[0x0b],
        &[0x00, 0x00],
        &[0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2],
        &[0x10, 1],
        // Groups in groups.
        &[0x7b; 1_000],
    ] {
        assert_eq!(take(bytes).err(), Some(ImportError::Damaged), "{bytes:?}");
    }
}

#[test]
fn the_size_of_a_part_is_bounded() {
    let entry = Parameters { secret: vec![7; 20], ..Parameters::default() };
    assert_eq!(take(&part(vec![entry; 500])).map(|import| import.entries.len()).ok(), Some(500));
    // Each of these is two bytes in the file, and a hundred in memory.
    assert_eq!(take(&[0x0a, 0].repeat(256 * 1024)).err(), Some(ImportError::TooMany));
}

#[test]
fn names_split_as_in_a_uri() {
    for (issuer, name, expected) in [
        ("Sha", "Sha:512", ("Sha", "512", None)),
        ("Microsoft", "Contoso: AS:kari@contoso.no", ("Microsoft", "kari@contoso.no", Some("Contoso: AS"))),
        ("", "NoIssuer", ("", "NoIssuer", None)),
    ] {
        let (issuer, name) = (issuer.into(), name.into());
        let import =
            take(&part(vec![Parameters { secret: vec![7; 20], issuer, name, ..Parameters::default() }])).unwrap();
        let entry = &import.entries[0];
        assert_eq!((entry.issuer.as_str(), entry.name.as_str(), entry.organisation.as_deref()), expected);
    }
}
