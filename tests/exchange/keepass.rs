//! KeePass databases around an XML of ours, under the cheapest key there is.

use std::sync::LazyLock;

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20::ChaCha20;
use chacha20::cipher::{KeyIvInit, StreamCipher};
use formats::{Discarded, Import, ImportError, Password, read};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256, Sha512};

pub(super) const PASSWORD: &str = "fire glade elger";
const SEED: [u8; 32] = [1; 32];
const SALT: [u8; 32] = [2; 32];
const NONCE: [u8; 12] = [3; 12];
const MEMORY_KIB: u32 = 8;

const XML: &str = "<?xml version=\"1.0\"?><KeePassFile><Meta><RecycleBinUUID>YQ==</RecycleBinUUID></Meta><Root><Group><UUID>Yg==</UUID><Entry><String><Key>Title</Key><Value>a &amp; b</Value></String><String><Key>TOTP Seed</Key><Value>MZXW6YTB</Value></String><String><Key>TOTP Settings</Key><Value>60;8</Value></String><History><Entry><String><Key>otp</Key><Value Protected=\"True\">AAAA</Value></String></Entry></History></Entry><Group><UUID>YQ==</UUID><Entry><String><Key>otp</Key><Value>MZXW6YTB</Value></String></Entry></Group></Group></Root></KeePassFile>";

fn take(xml: &str) -> Result<Import, ImportError> {
    read(&database(xml), Some(&Password::ascii(PASSWORD)))
}

fn database(xml: &str) -> Vec<u8> {
    sealed(&inside(xml), 0)
}

/// The same, packed as KeePass packs it.
pub(super) fn packed_database(xml: &str) -> Vec<u8> {
    let packed = miniz_oxide::deflate::compress_to_vec(&inside(xml), 1);
    sealed(&[&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0], packed.as_slice()].concat(), 1)
}

fn field(id: u8, bytes: &[u8]) -> Vec<u8> {
    [&[id][..], &counted(bytes)].concat()
}

fn counted(bytes: &[u8]) -> Vec<u8> {
    [&(bytes.len() as u32).to_le_bytes()[..], bytes].concat()
}

fn inside(xml: &str) -> Vec<u8> {
    [field(1, &[3, 0, 0, 0]), field(2, &[4; 64]), field(0, &[]), xml.as_bytes().to_vec()].concat()
}

/// <https://keepass.info/help/kb/kdbx.html>
fn sealed(inside: &[u8], packed: u8) -> Vec<u8> {
    sealed_under(&TRANSFORMED, inside, packed)
}

fn sealed_under(transformed: &[u8; 32], inside: &[u8], packed: u8) -> Vec<u8> {
    let item = |kind: u8, name: &[u8], value: &[u8]| [&[kind][..], &counted(name), &counted(value)].concat();
    let uuid = |value: u128| value.to_be_bytes();
    let kdf = [
        vec![0, 1],
        item(0x42, b"$UUID", &uuid(0x9e29_8b19_56db_4773_b23d_fc3e_c6f0_a1e6)),
        item(0x42, b"S", &SALT),
        item(5, b"M", &(1024 * u64::from(MEMORY_KIB)).to_le_bytes()),
        item(5, b"I", &1u64.to_le_bytes()),
        item(4, b"P", &1u32.to_le_bytes()),
        vec![0],
    ];
    let header = [
        vec![0x03, 0xd9, 0xa2, 0x9a, 0x67, 0xfb, 0x4b, 0xb5, 0, 0, 4, 0],
        field(2, &uuid(0xd603_8a2b_8b6f_4cb5_a524_339a_31db_b59a)),
        field(3, &[packed, 0, 0, 0]),
        field(4, &SEED),
        field(7, &NONCE),
        field(11, &kdf.concat()),
        field(0, &[]),
    ]
    .concat();
    let base = Sha512::digest([&SEED[..], transformed, &[1]].concat());
    let mac = |number: u64, parts: &[&[u8]]| {
        let key = Sha512::digest([&number.to_le_bytes()[..], &base].concat());
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        parts.iter().for_each(|part| mac.update(part));
        mac.finalize().into_bytes().to_vec()
    };
    let block =
        |number: u64, bytes: &[u8]| [mac(number, &[&number.to_le_bytes(), &counted(bytes)]), counted(bytes)].concat();
    let mut body = inside.to_vec();
    let key = Sha256::digest([&SEED[..], transformed].concat());
    ChaCha20::new_from_slices(&key, &NONCE).unwrap().apply_keystream(&mut body);
    let hash = Sha256::digest(&header).to_vec();
    [header.clone(), hash, mac(u64::MAX, &[&header]), block(0, &body), block(1, &[])].concat()
}

static TRANSFORMED: LazyLock<[u8; 32]> = LazyLock::new(|| transformed(&[PASSWORD.as_bytes()]));

/// Of the parts of a key, each of them hashed.
fn transformed(parts: &[&[u8]]) -> [u8; 32] {
    let composite = Sha256::digest(parts.iter().flat_map(Sha256::digest).collect::<Vec<u8>>());
    let params = Params::new(MEMORY_KIB, 1, 1, Some(32)).unwrap();
    let mut key = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into(&composite, &SALT, &mut key).unwrap();
    key
}

/// What is wrong is the key file, and not the database.
#[test]
fn an_xml_that_is_no_whole_key_file_asks_for_another() {
    let file = |data: &str| format!("<KeyFile><Meta><Version>2.0</Version></Meta><Key>{data}</Key></KeyFile>");
    let whole = format!("<Data Hash=\"66687AAD\">{}</Data>", "00".repeat(32));
    for data in ["", "<Data>", "<Data>xyz</Data>", "<Data>00</Data>", &whole.replace("66", "67"), &whole] {
        let password = Password::ascii(PASSWORD).with_key_file(file(data).into_bytes());
        assert_eq!(read(&database(XML), Some(&password)).err(), Some(ImportError::KeyFile), "{data}");
    }
}

/// In version 3 nothing but the padding tells a wrong key, so a length that no cipher leaves is told before.
#[test]
fn a_database_of_version_3_that_is_cut_short_is_damaged() {
    let vector = super::vectors::all().into_iter().find(|vector| vector.name == "keepass-3").unwrap();
    for cut in [1, 15] {
        let body = &vector.body[..vector.body.len() - cut];
        assert_eq!(read(body, vector.password().as_ref()).err(), Some(ImportError::Damaged), "{cut}");
    }
}

#[test]
fn the_bin_is_set_apart_and_the_history_passed_over() {
    // The historic value is masked by nonsense here, which is not text.
    let import = take(&XML.replace("Protected=\"True\"", "")).unwrap();
    assert_eq!((import.entries.len(), import.discarded.len()), (1, 1));
    assert_eq!(import.discarded[0].discarded, Some(Discarded::Trash));
    let entry = &import.entries[0];
    assert_eq!((entry.issuer.as_str(), entry.credential.digits), ("a & b", 8));
    assert_eq!(entry.credential.period(), Some(60));
}

#[test]
fn cut_and_doubled_at_every_place() {
    for at in 0..XML.len() {
        let (head, tail) = XML.split_at(at);
        for text in [
            head.to_owned(),
            tail.to_owned(),
            format!("{head}{head}"),
            format!("{head}<{tail}"),
            format!("{head}>{tail}"),
        ] {
            let _ = take(&text);
        }
    }
    assert_eq!(take(&"<Group>".repeat(100_000)).err(), Some(ImportError::TooDeep));
}

/// Some programs hash an empty password as any other, some leave it out: with a key file, and without one.
#[test]
fn a_field_without_a_word_in_it_is_no_code() {
    for name in ["otp", "otp_1", "TimeOtp-Secret-Base32"] {
        let empty = format!("<Entry><String><Key>{name}</Key><Value> </Value></String>");
        let import = take(&XML.replace("Protected=\"True\"", "").replacen("<Entry>", &empty, 1)).unwrap();
        assert_eq!((import.entries.len(), import.unreadable.len()), (1, 0), "{name}");
    }
}

#[test]
fn an_empty_password_is_a_part_of_the_key_or_none() {
    let file: &[u8] = b"any file at all";
    let opens = |parts: &[&[u8]], key_file: Option<&[u8]>, password: &str| {
        let database = sealed_under(&transformed(parts), &inside(&XML.replace("Protected=\"True\"", "")), 0);
        assert_eq!(read(&database, None).err(), Some(ImportError::NeedsPassword));
        let password = Password::ascii(password);
        let password = key_file.iter().fold(password, |password, file| password.with_key_file(file.to_vec()));
        match read(&database, Some(&password)) {
            Ok(import) => import.entries.len() == 1,
            Err(error) => error != ImportError::KeyFile,
        }
    };
    for (parts, key_file) in [(&[b"", file][..], Some(file)), (&[file], Some(file)), (&[b""], None), (&[], None)] {
        assert!(opens(parts, key_file, ""), "{parts:?}");
        assert!(!opens(parts, key_file, "x"), "{parts:?}");
    }
    assert!(!opens(&[b""], Some(file), "") && !opens(&[file], None, "") && !opens(&[PASSWORD.as_bytes()], None, ""));
}
