//! Opens every file under tests/vectors/vault, the frozen past of the format.
//!
//! A vector says in its own head what it is and what is to come of it. A new
//! case is a new file; an old one is never written again, because it stands
//! for a vault that somebody may have.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test states what it knows, helpers outside #[test] too"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use support::forge;

use data_encoding::{BASE64, HEXLOWER};
use forge::Parts;
use otp::{Algorithm, Credential, Factor, Secret};
use platform::Store;
use serde_json::Value;
use strict_json::parse;
use support::{Fake, account, now, passphrase};
use vault::key_slots::{self, NewUnlockMethod, PrfOutput, Unlock};
use vault::recovery::RecoveryCode;
use vault::store;
use vault::{
    Account, AccountId, CaptureKey, Contents, Damage, Mode, Prf, PrivateKey, Record, SlotType, Status, Tombstone,
    VaultError, VaultKey,
};
use zeroize::Zeroizing;

fn directory() -> PathBuf {
    support::path("tests/vectors/vault")
}

/// `name: value` lines, an empty line, and the record in base64 lines.
struct Vector {
    fields: BTreeMap<String, String>,
    record: String,
}

impl Vector {
    fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap();
        let (head, record) = text.split_once("\n\n").expect("an empty line");
        let fields = head.lines().map(|line| {
            let (name, value) = line.split_once(": ").expect("name: value");
            (name.to_owned(), value.to_owned())
        });
        Self { fields: fields.collect(), record: record.split_whitespace().collect() }
    }

    fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }

    fn bytes(&self, name: &str) -> Option<Vec<u8>> {
        self.field(name).map(|hex| HEXLOWER.decode(hex.as_bytes()).unwrap())
    }

    /// A world in which this record is the vault.
    fn world(&self) -> Fake {
        let p = Fake::new();
        p.0.borrow_mut().real_derivation = true;
        p.put(Store::Local, "v1.a", Some(&self.record));
        for (field, of, store) in
            [("device-secret", SlotType::Device, Store::Local), ("mixed-secret", SlotType::Prf, Store::Mirror)]
        {
            if let Some(bytes) = self.bytes(field) {
                p.put(store, &secret_key(&self.record, of), Some(&BASE64.encode(&bytes)));
            }
        }
        p
    }
}

/// Where the device secret of the one slot of that type lies.
fn secret_key(record: &str, of: SlotType) -> String {
    let record = Record::from_text(record).unwrap();
    let slot = record.header().slots.iter().find(|slot| slot.slot_type() == Some(of)).unwrap();
    format!("v1.device.{}", HEXLOWER.encode(&slot.id.0))
}

fn name(answer: VaultError) -> &'static str {
    match answer {
        VaultError::Damaged(Damage::NotARecord) => "not a record",
        VaultError::Damaged(Damage::Length) => "length",
        VaultError::Damaged(Damage::Checksum) => "checksum",
        VaultError::Damaged(Damage::Header) => "header",
        VaultError::Damaged(Damage::Cost) => "cost",
        VaultError::Damaged(Damage::Seal) => "seal",
        VaultError::Damaged(Damage::Body) => "body",
        VaultError::Newer { .. } => "newer",
        VaultError::Wrong(SlotType::Passphrase) => "wrong passphrase",
        other => panic!("no vector has {other:?}"),
    }
}

#[test]
fn an_account_is_sealed_to_the_vaults_public_key_as_the_format_says() {
    let text = std::fs::read_to_string(directory().join("capture.json")).unwrap();
    let vector: Value = serde_json::from_str(&text).unwrap();
    let bytes = |name: &str| HEXLOWER.decode(vector[name].as_str().unwrap().as_bytes()).unwrap().try_into().unwrap();
    let (key, fresh) = (VaultKey::from_bytes(&bytes("vault-key")), Zeroizing::new(bytes("fresh")));
    let (text, sealed) = (vector["text"].as_str().unwrap(), vector["sealed"].as_str().unwrap());

    let p = Fake::new();
    assert!(now(CaptureKey::read(&p)).is_none());
    now(CaptureKey::lay_down(&p, &key)).unwrap();
    now(CaptureKey::lay_down(&p, &key)).unwrap();
    assert_eq!(p.0.borrow().writes.len(), 1);
    assert_eq!(p.text(Store::Local, "v1.capture").as_deref(), vector["public-key"].as_str());
    let public = now(CaptureKey::read(&p)).unwrap();
    assert_eq!(public.seal(&fresh, text.as_bytes()).as_deref(), Some(sealed));
    assert_eq!(key.open_capture(sealed).unwrap().as_slice(), text.as_bytes());

    // Another vault, another bit, less of it.
    assert!(VaultKey::from_bytes(&[7; 32]).open_capture(sealed).is_none());
    let sound = BASE64.decode(sealed.as_bytes()).unwrap();
    for at in 0..sound.len() {
        let mut changed = sound.clone();
        changed[at] ^= 1;
        assert!(key.open_capture(&BASE64.encode(&changed)).is_none(), "{at}");
        assert!(key.open_capture(&BASE64.encode(&sound[..at])).is_none(), "{at}");
    }
    // To a key that makes every secret the same nothing is sealed, from one nothing is opened.
    p.put(Store::Local, "v1.capture", Some(&BASE64.encode(&[0; 32])));
    assert!(now(CaptureKey::read(&p)).unwrap().seal(&fresh, b"x").is_none());
    assert!(key.open_capture(&BASE64.encode(&[[0; 32].as_slice(), &sound[32..]].concat())).is_none());
}

#[test]
fn every_vector_gives_what_it_says() {
    let mut tried = BTreeMap::new();
    let mut paths: Vec<_> = std::fs::read_dir(directory())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "vault"))
        .collect();
    paths.sort();
    for path in paths {
        let what = path.file_name().unwrap().to_string_lossy().into_owned();
        let vector = Vector::read(&path);
        let expect = vector.field("expect").expect("expect");
        let p = vector.world();
        let mut unlock_methods = 0;
        let mut check = |unlock: &Unlock<'_>| {
            match now(store::unlock(&p, unlock)) {
                Ok((key, contents)) => {
                    assert_eq!(expect, "opens", "{what}");
                    let known = vector.bytes("vault-key").unwrap();
                    assert_eq!(key.expose().as_slice(), known, "{what}");
                    let record = Record::from_text(&vector.record).unwrap();
                    let json: Value = serde_json::from_slice(&record.open(&key).unwrap()).unwrap();
                    let known: Value = serde_json::from_str(vector.field("contents").unwrap()).unwrap();
                    assert_eq!(json, known, "{what}");
                    let count = known["accounts"].as_array().unwrap().len();
                    assert_eq!(contents.accounts.len() + contents.unread.len(), count);
                }
                Err(error) => assert_eq!(name(error), expect, "{what}"),
            }
            unlock_methods += 1;
        };
        if let Some(words) = vector.field("passphrase") {
            check(&Unlock::Passphrase(&passphrase(words)));
        }
        if let Some(code) = vector.field("recovery-code") {
            check(&Unlock::Recovery(&RecoveryCode::from_text(code).unwrap()));
        }
        if vector.field("device-secret").is_some() {
            check(&Unlock::Device);
        }
        if let Some(output) = vector.bytes("prf-output") {
            let record = Record::from_text(&vector.record).unwrap();
            let slots = &record.header().slots;
            let slot = slots.iter().find(|slot| slot.slot_type() == Some(SlotType::Prf));
            let output = PrfOutput::new(output).unwrap();
            check(&Unlock::Prf(slot.unwrap().id, &output));
        }
        if let Some(private) = vector.bytes("organisation-key") {
            let key = PrivateKey::of(&private.try_into().unwrap()).open(&Record::from_text(&vector.record).unwrap());
            assert_eq!(key.unwrap().expose().as_slice(), vector.bytes("vault-key").unwrap(), "{what}");
        }
        assert!(unlock_methods > 0, "{what}: nothing to open it with");
        *tried.entry(expect.to_owned()).or_insert(0) += 1;
    }
    assert!(tried.values().sum::<i32>() >= 20, "{tried:?}");
    println!("vectors: {tried:?} as they say");
}

/// What a generator puts into a file, once.
struct Draft<'a> {
    comment: &'a str,
    expect: &'a str,
    fields: Vec<(&'a str, String)>,
    record: String,
}

impl Draft<'_> {
    fn write_once(&self, name: &str) {
        let path = directory().join(name).with_extension("vault");
        if path.exists() {
            println!("{name}: stands already, and stays as it is");
            return;
        }
        let mut text = format!("comment: {}\nexpect: {}\n", self.comment, self.expect);
        for (name, value) in &self.fields {
            writeln!(text, "{name}: {value}").unwrap();
        }
        text.push('\n');
        for line in self.record.as_bytes().chunks(76) {
            text.push_str(std::str::from_utf8(line).unwrap());
            text.push('\n');
        }
        std::fs::write(path, text).unwrap();
    }
}

fn every_kind() -> Contents {
    let mut accounts: Vec<_> = (1..=6).map(|n| account(n, "kari.nordmann@example.no")).collect();
    let secret = |length: u8| Secret::new((0..length).collect()).unwrap();
    let credential = |secret, algorithm, digits, factor| Credential::new(secret, algorithm, digits, factor).unwrap();
    accounts[1].credential = credential(secret(128), Algorithm::Sha512, 8, Factor::Time { period: 60 });
    accounts[2].credential = credential(secret(20), Algorithm::Sha256, 9, Factor::Counter { counter: u64::MAX });
    accounts[3].credential = credential(secret(1), Algorithm::Sha1, 5, Factor::Steam);
    accounts[4].issuer = "Blåbær & «sønn» \"AS\" \\ 日本 🔑".into();
    accounts[4].name = String::new();
    (accounts[4].organisation, accounts[4].origin) = (None, None);
    accounts[5].status = Status::Confirmed;
    accounts[5].mode = Mode::Automatic;
    accounts[5].pinned = true;
    accounts[5].last_used_ms = Some(support::START_MS);
    accounts[5].last_step = Some(59_833_333);
    accounts[5].replaces = Some(AccountId([1; 16]));
    accounts[0].mode = Mode::Approve;
    accounts[0].extra.insert("of_tomorrow".to_owned(), parse(r#"{"a":[1,null,"x"]}"#).unwrap());
    Contents {
        accounts,
        tombstones: vec![Tombstone::of(&Account { id: AccountId([9; 16]), ..account(9, "") })],
        settings: parse(r#"{"idle":15,"language":"nb"}"#).unwrap().as_object().unwrap().clone(),
        ..Contents::default()
    }
}

/// Writes the files that are not there yet. `cargo test -p support vault_vectors:: -- --ignored`
#[test]
#[ignore = "makes files; for whoever adds a vector"]
fn make_missing_vectors() {
    std::fs::create_dir_all(directory()).unwrap();
    let opens = |name: &str, comment: &str, p: &Fake, key: &VaultKey, mut fields: Vec<(&'static str, String)>| {
        let slot = if p.text(Store::Local, "v1.b").is_some() { "v1.b" } else { "v1.a" };
        let text = p.text(Store::Mirror, "v1.mirror").or(p.text(Store::Local, slot)).unwrap();
        let record = Record::from_text(&text).unwrap();
        let json = record.open(key).unwrap();
        fields.push(("vault-key", HEXLOWER.encode(key.expose())));
        fields.push(("contents", String::from_utf8(json.to_vec()).unwrap()));
        Draft { comment, expect: "opens", fields, record: text.clone() }.write_once(name);
        text
    };
    let world = |skip: u8, floor: bool| {
        let p = Fake::new();
        {
            let mut world = p.0.borrow_mut();
            world.real_derivation = true;
            world.memory_kib = floor.then_some(20 * 1024);
        }
        for _ in 0..skip {
            platform::Platform::random(&p, &mut [0; 8]).unwrap();
        }
        p
    };

    let words = "correct horse battery staple";
    let typed = passphrase(words);
    let p = world(1, false);
    let key = now(store::create(&p, &[("Passphrase", NewUnlockMethod::Passphrase(&typed))], &every_kind())).unwrap();
    opens(
        "passphrase-usual-cost",
        "Argon2id with 64 MiB and 3 passes; accounts of every kind",
        &p,
        &key,
        vec![("passphrase", words.into())],
    );

    let p = world(2, true);
    let key = now(store::create(&p, &[("", NewUnlockMethod::Passphrase(&typed))], &Contents::default())).unwrap();
    let empty = opens(
        "passphrase-floor-cost",
        "Argon2id with 19 MiB and 2 passes; no accounts, no label",
        &p,
        &key,
        vec![("passphrase", words.into())],
    );
    let empty_key = key;

    let p = world(3, true);
    let norwegian = "blåbærsyltetøy 𝄞 på flatbrød";
    let key =
        now(store::create(&p, &[("Ord", NewUnlockMethod::Passphrase(&passphrase(norwegian)))], &Contents::default()))
            .unwrap();
    opens(
        "passphrase-not-ascii",
        "a passphrase in UTF-8, NFKC already",
        &p,
        &key,
        vec![("passphrase", norwegian.into())],
    );

    let p = world(4, true);
    let code = RecoveryCode::make(&p).unwrap();
    let key = now(store::create(&p, &[("Papir", NewUnlockMethod::Recovery(&code))], &Contents::default())).unwrap();
    opens(
        "recovery-code-only",
        "nothing but a printed code",
        &p,
        &key,
        vec![("recovery-code", code.to_text().to_string())],
    );

    let p = world(5, true);
    let key = now(store::create(&p, &[("Denne maskinen", NewUnlockMethod::Device)], &every_kind())).unwrap();
    let secret = |p: &Fake, of| {
        let text = p.text(Store::Mirror, &secret_key(&p.text(Store::Mirror, "v1.mirror").unwrap(), of));
        HEXLOWER.encode(&BASE64.decode(text.unwrap().as_bytes()).unwrap())
    };
    let device = |p: &Fake| secret(p, SlotType::Device);
    opens("device-only", "nothing to type", &p, &key, vec![("device-secret", device(&p))]);

    let p = world(6, true);
    let code = RecoveryCode::make(&p).unwrap();
    let output = PrfOutput::new((1..=32).collect()).unwrap();
    let prf = Prf {
        credential_id: (0..64).collect(),
        rp_id: "login.microsoftonline.com".into(),
        transports: 0b1000,
        prf_salt: key_slots::make_prf_salt(&p).unwrap(),
        mixes_device_secret: true,
    };
    let all = [
        ("Passord", NewUnlockMethod::Passphrase(&typed)),
        ("Papir", NewUnlockMethod::Recovery(&code)),
        ("Denne maskinen", NewUnlockMethod::Device),
        ("Windows Hello", NewUnlockMethod::Prf(prf, &output)),
    ];
    let key = now(store::create(&p, &all, &every_kind())).unwrap();
    let mixed = secret(&p, SlotType::Prf);
    let all_fields = vec![
        ("passphrase", words.to_owned()),
        ("recovery-code", code.to_text().to_string()),
        ("device-secret", device(&p)),
        ("mixed-secret", mixed),
        ("prf-output", HEXLOWER.encode(&(1..=32).collect::<Vec<_>>())),
    ];
    opens("every-way-in", "all four types of slot", &p, &key, all_fields.clone());
    for number in 10..60 {
        now(store::change(&p, &key, |contents| {
            contents.accounts.push(account(number, "ola.nordmann@example.no"));
            Ok::<_, VaultError>(())
        }))
        .unwrap();
    }
    let large = opens("generation-51", "56 accounts after fifty saves, 19 KiB", &p, &key, all_fields);
    let new_key = now(key_slots::rotate(&p, &key, &[("Passord", NewUnlockMethod::Passphrase(&typed))])).unwrap();
    opens("key-epoch-1", "after the vault key was changed", &p, &new_key, vec![("passphrase", words.into())]);

    let p = world(7, true);
    let mut deleted = every_kind();
    for number in 1..=4 {
        deleted.delete(AccountId([number; 16]), support::START_MS + 1000);
    }
    let places: Vec<_> = deleted.recently_deleted().iter().map(|(tombstone, _)| tombstone.id).collect();
    deleted.restore(places[0], support::START_MS + 2000);
    deleted.expire(support::START_MS + 3000);
    deleted.empty(places[1], support::START_MS + 4000);
    deleted.overwrite(AccountId([5; 16]), support::START_MS + 5000, |of| of.credential = account(7, "").credential);
    let key = now(store::create(&p, &[("", NewUnlockMethod::Passphrase(&typed))], &deleted)).unwrap();
    opens(
        "recently-deleted",
        "accounts that lie aside, one that was restored, one emptied, one whose key was replaced",
        &p,
        &key,
        vec![("passphrase", words.into())],
    );

    let p = world(9, true);
    let private = PrivateKey::of(&[0x42; 32]);
    let public = private.public("Fylkeskommunen, beredskap");
    let ways = [("", NewUnlockMethod::Passphrase(&typed)), (&*public.name, NewUnlockMethod::Organisation(&public))];
    let key = now(store::create(&p, &ways, &every_kind())).unwrap();
    opens(
        "organisation",
        "minor version 1: a slot that the organisation opens, by a private key that is 32 times 0x42",
        &p,
        &key,
        vec![("passphrase", words.into()), ("organisation-key", HEXLOWER.encode(&[0x42; 32]))],
    );

    let mut parts = Parts::from_text(&empty);
    (parts.minor, parts.later) = (3, b"header of tomorrow".to_vec());
    parts.slots[0].later = b"slot of tomorrow".to_vec();
    let mut unknown = parts.slots[0].clone();
    (unknown.id, unknown.slot_type, unknown.kdf) = ([9; 16], 77, 42);
    unknown.numbers.clear();
    parts.slots.push(unknown);
    let json = r#"{"v":1,"accounts":[{"id":"0","mode":"telepathy"}],"of_tomorrow":[1,2]}"#;
    parts.reseal_json(empty_key.expose(), json.as_bytes());
    Draft {
        comment: "a later minor version: more header, a longer slot, an unknown slot, an unknown account",
        expect: "opens",
        fields: vec![
            ("passphrase", words.into()),
            ("vault-key", HEXLOWER.encode(empty_key.expose())),
            ("contents", json.into()),
        ],
        record: parts.to_text(),
    }
    .write_once("minor-3");

    let bad = |name: &str, comment: &str, expect: &str, record: String| {
        Draft { comment, expect, fields: vec![("passphrase", words.into())], record }.write_once(name);
    };
    let sound = Parts::from_text(&empty);
    let forged = |forge: fn(&mut Parts)| {
        let mut parts = sound.clone();
        forge(&mut parts);
        parts.to_text()
    };
    Draft {
        comment: "another passphrase than the vault's",
        expect: "wrong passphrase",
        fields: vec![("passphrase", "incorrect horse battery staple".into())],
        record: empty.clone(),
    }
    .write_once("bad-passphrase");
    let flip = |at: usize| {
        let mut bytes = BASE64.decode(empty.as_bytes()).unwrap();
        bytes[at] ^= 0x10;
        BASE64.encode(&bytes)
    };
    bad("bad-magic", "another magic", "not a record", flip(3));
    bad("bad-checksum-in-header", "one bit of the header", "checksum", flip(40));
    bad("bad-checksum-in-body", "one bit of the body", "checksum", flip(700));
    bad(
        "bad-truncated",
        "cut off in the middle",
        "checksum",
        BASE64.encode(&BASE64.decode(empty.as_bytes()).unwrap()[..600]),
    );
    bad("bad-short", "nothing but a prefix", "length", BASE64.encode(b"M365TOTP\x01\0\0\0\0\0"));
    bad("bad-major-2", "a later major version", "newer", forged(|r| r.major = 2));
    bad("bad-minor-0-with-more", "more header than minor version 0 has", "header", forged(|r| r.later = vec![1]));
    bad("bad-header-length", "a header of a gigabyte", "header", forged(|r| r.header_len = Some(1 << 30)));
    bad("bad-no-slots", "no way in", "header", forged(|r| r.slots.clear()));
    bad("bad-slot-twice", "two slots of one id", "header", forged(|r| r.slots.push(r.slots[0].clone())));
    bad("bad-type-and-derivation", "a recovery slot with Argon2id", "header", forged(|r| r.slots[0].slot_type = 4));
    bad("bad-cost-below-floor", "19 MiB less one KiB", "cost", forged(|r| r.slots[0].numbers[0] = 19_455));
    bad("bad-cost-one-pass", "one pass", "cost", forged(|r| r.slots[0].numbers[1] = 1));
    bad("bad-cost-bomb", "four tebibytes", "cost", forged(|r| r.slots[0].numbers[0] = u32::MAX));
    bad(
        "bad-cost-pbkdf2",
        "599,999 rounds of PBKDF2",
        "cost",
        forged(|r| {
            r.slots[0].kdf = 2;
            r.slots[0].numbers = vec![599_999];
        }),
    );
    bad("bad-generation", "a generation that was not sealed", "seal", forged(|r| r.generation = 7));
    bad("bad-label", "a label that was not sealed", "seal", forged(|r| r.slots[0].label = b"Renamed".to_vec()));
    bad("bad-slot-tampered", "a wrapped key that was not sealed", "seal", forged(|r| r.slots[0].wrapped[0] ^= 1));
    bad("bad-slot-epoch", "a slot of another epoch", "seal", forged(|r| r.key_epoch = 1));
    bad(
        "bad-body",
        "the tag of the body changed",
        "seal",
        forged(|r| {
            let n = r.body.len();
            r.body[n - 1] ^= 1;
        }),
    );
    let mut parts = sound.clone();
    parts.body = Parts::from_text(&large).body;
    bad("bad-body-of-another", "another record's body", "seal", parts.to_text());
    let mut padded = b"\x02\0\0\0{}".to_vec();
    padded.resize(1024, 0);
    padded[1000] = 1;
    let mut parts = sound.clone();
    parts.reseal(empty_key.expose(), &padded);
    bad("bad-padding", "sealed padding that is not zero", "body", parts.to_text());
    let mut parts = sound.clone();
    parts.reseal_json(empty_key.expose(), b"[]");
    bad("bad-contents", "sealed contents that are no contents", "body", parts.to_text());
    let mut parts = sound;
    parts.reseal_json(empty_key.expose(), br#"{"v":2,"accounts":[]}"#);
    bad("bad-contents-v2", "sealed contents of a later version", "newer", parts.to_text());
}
