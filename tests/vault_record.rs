//! Attacks on the sealed record: every bit, every length, mixed and forged
//! parts, key derivations as weapons.
#![allow(
    clippy::cast_possible_truncation,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test states what it knows, helpers outside #[test] too"
)]

use data_encoding::BASE64;
use forge::Parts;
use platform::Store;
use support::forge;
use support::{Fake, account, now, passphrase};
use vault::key_slots::{self, NewUnlockMethod, PrfOutput, Unlock};
use vault::recovery::RecoveryCode;
use vault::store;
use vault::{Contents, Damage, Fresh, MAX_HEADER, MAX_RECORD, Prf, Record, VaultError, VaultKey};

const WORDS: &str = "correct horse";

/// A vault with every way in, of exactly 4 KiB.
struct Sample {
    p: Fake,
    key: VaultKey,
    code: RecoveryCode,
    output: PrfOutput,
    record: Record,
}

impl Sample {
    fn new(seed: u8) -> Self {
        let p = Fake::new();
        // Another world, other random numbers.
        let mut skip = [0; 8];
        for _ in 0..seed {
            platform::Platform::random(&p, &mut skip).unwrap();
        }
        let words = passphrase(WORDS);
        let code = RecoveryCode::make(&p).unwrap();
        let output = PrfOutput::new(vec![7; 32]).unwrap();
        let prf = Prf {
            credential_id: vec![1; 64],
            rp_id: String::new(),
            transports: 8,
            prf_salt: key_slots::make_prf_salt(&p).unwrap(),
            mixes_device_secret: true,
        };
        let (long, rest) = ("l".repeat(64), "r".repeat(11 - env!("CARGO_PKG_VERSION").len()));
        let unlock_methods = [
            (long.as_str(), NewUnlockMethod::Passphrase(&words)),
            (long.as_str(), NewUnlockMethod::Recovery(&code)),
            (long.as_str(), NewUnlockMethod::Device),
            (rest.as_str(), NewUnlockMethod::Prf(prf, &output)),
        ];
        let contents =
            Contents { accounts: (1..=8).map(|n| account(n, "kari@example.no")).collect(), ..Contents::default() };
        let key = now(store::create(&p, &unlock_methods, &contents)).expect("a new vault");
        let text = p.text(Store::Local, "v1.a").unwrap();
        let record = Record::from_text(&text).expect("sound");
        Self { p, key, code, output, record }
    }

    fn parts(&self) -> Parts {
        Parts::from_bytes(self.record.as_bytes())
    }

    /// A world in which this is all there is of the vault.
    fn world_with(&self, text: &str) -> Fake {
        let p = self.p.fork();
        p.put(Store::Local, "v1.a", Some(text));
        p.put(Store::Local, "v1.b", None);
        p.put(Store::Mirror, "v1.mirror", Some(text));
        p
    }
}

fn open(bytes: Vec<u8>, key: &VaultKey) -> Result<(), VaultError> {
    Record::parse(bytes)?.open(key).map(|_| ())
}

#[test]
fn the_forger_agrees_with_the_format() {
    let sample = Sample::new(0);
    assert_eq!(sample.parts().to_bytes(), sample.record.as_bytes());
    assert_eq!(sample.record.as_bytes().len(), 4096);
    assert!(open(sample.record.as_bytes().to_vec(), &sample.key).is_ok());
}

#[test]
fn every_bit_flip_is_refused_as_damage() {
    let sample = Sample::new(0);
    let sound = sample.record.as_bytes();
    let mut tried = 0;
    for bit in 0..sound.len() * 8 {
        let mut bytes = sound.to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let wanted = if bit < 64 { Damage::NotARecord } else { Damage::Checksum };
        assert_eq!(open(bytes, &sample.key), Err(VaultError::Damaged(wanted)), "bit {bit}");
        tried += 1;
    }
    assert_eq!(tried, 32_768);
    println!("bit flips: {tried} tried, 0 accepted, 0 of the wrong class");
}

#[test]
fn every_bit_flip_with_a_mended_checksum_is_refused() {
    let sample = Sample::new(0);
    let sound = sample.record.as_bytes();
    let covered = sound.len() - 4;
    let header_end = sample.parts().aad().len();
    let mut tried = 0;
    for bit in 0..covered * 8 {
        let mut bytes = sound[..covered].to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        bytes.extend(crc32c::crc32c(&bytes).to_le_bytes());
        let answer = open(bytes, &sample.key).expect_err("accepted");
        let right = match bit / 8 {
            0..8 => answer == VaultError::Damaged(Damage::NotARecord),
            8..10 => matches!(answer, VaultError::Newer { .. }),
            at if at < header_end => {
                matches!(answer, VaultError::Damaged(_) | VaultError::OtherKey)
            }
            _ => answer == VaultError::Damaged(Damage::Seal),
        };
        assert!(right, "bit {bit}: {answer:?}");
        tried += 1;
    }
    assert_eq!(tried, 32_768 - 32);
    println!("bit flips with a mended checksum: {tried} tried, 0 accepted");
}

#[test]
fn no_flipped_bit_of_the_header_opens_by_any_unlock_method() {
    let sample = Sample::new(0);
    let sound = sample.record.as_bytes();
    let covered = sound.len() - 4;
    let words = passphrase(WORDS);
    let prf = sample.record.header().slots[3].id;
    let mut tried = 0;
    for bit in 0..sample.parts().aad().len() * 8 {
        let mut bytes = sound[..covered].to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        bytes.extend(crc32c::crc32c(&bytes).to_le_bytes());
        let p = sample.world_with(&BASE64.encode(&bytes));
        for unlock in [
            Unlock::Passphrase(&words),
            Unlock::Recovery(&sample.code),
            Unlock::Device,
            Unlock::Prf(prf, &sample.output),
        ] {
            assert!(now(store::unlock(&p, &unlock)).is_err(), "bit {bit}");
            p.put(Store::Local, "v1.attempts", None);
            tried += 1;
        }
    }
    println!("unlocking with one header bit flipped: {tried} tried, 0 opened");
}

#[test]
fn every_truncation_and_extension_is_refused() {
    let sample = Sample::new(0);
    let sound = sample.record.as_bytes();
    let mut tried = 0;
    for length in 0..sound.len() {
        let answer = open(sound[..length].to_vec(), &sample.key);
        let right = match length {
            0..8 => answer == Err(VaultError::Damaged(Damage::NotARecord)),
            8..20 => answer == Err(VaultError::Damaged(Damage::Length)),
            _ => answer == Err(VaultError::Damaged(Damage::Checksum)),
        };
        assert!(right, "{length} bytes: {answer:?}");
        // And with a checksum that fits the shorter record.
        if length >= 20 {
            let mut bytes = sound[..length - 4].to_vec();
            bytes.extend(crc32c::crc32c(&bytes).to_le_bytes());
            let answer = open(bytes, &sample.key);
            let right = matches!(answer, Err(VaultError::Damaged(Damage::Length | Damage::Header | Damage::Seal)));
            assert!(right, "{length} bytes, mended: {answer:?}");
            tried += 1;
        }
        tried += 1;
    }
    for more in (1..=64).chain([1024, 4096]) {
        for byte in [0, 0xff] {
            let mut bytes = sound.to_vec();
            bytes.resize(sound.len() + more, byte);
            assert_eq!(open(bytes, &sample.key), Err(VaultError::Damaged(Damage::Checksum)));
            let mut bytes = sound[..sound.len() - 4].to_vec();
            bytes.resize(sound.len() - 4 + more, byte);
            bytes.extend(crc32c::crc32c(&bytes).to_le_bytes());
            assert!(matches!(open(bytes, &sample.key), Err(VaultError::Damaged(Damage::Length | Damage::Seal))));
            tried += 2;
        }
    }
    println!("truncations and extensions: {tried} tried, 0 accepted");
}

/// One forgery: what is done to a record, given another vault's and an older
/// one, and the answer that it must get from one who holds the vault key.
type Forgery = (&'static str, fn(&mut Parts, &Mix), fn(VaultError) -> bool);

struct Mix {
    other: Parts,
    older: Parts,
    rotated: Parts,
}

const SEAL: fn(VaultError) -> bool = |e| e == VaultError::Damaged(Damage::Seal);
const HEADER: fn(VaultError) -> bool = |e| e == VaultError::Damaged(Damage::Header);
const LENGTH: fn(VaultError) -> bool = |e| e == VaultError::Damaged(Damage::Length);
const COST: fn(VaultError) -> bool = |e| e == VaultError::Damaged(Damage::Cost);
const KEY: fn(VaultError) -> bool = |e| e == VaultError::OtherKey;

// One line for each: a list to be read down.
#[rustfmt::skip]
const FORGERIES: &[Forgery] = &[
    // Parts of another vault that has the same passphrase.
    ("another vault's body", |r, m| r.body.clone_from(&m.other.body), SEAL),
    ("another vault's nonce", |r, m| r.nonce = m.other.nonce, SEAL),
    ("another vault's body and nonce", |r, m| { r.body.clone_from(&m.other.body); r.nonce = m.other.nonce; }, SEAL),
    ("another vault's id", |r, m| r.vault_id = m.other.vault_id, SEAL),
    ("another vault's body salt", |r, m| r.body_salt = m.other.body_salt, SEAL),
    ("another vault's commitment", |r, m| r.commitment = m.other.commitment, KEY),
    ("another vault's slots", |r, m| r.slots.clone_from(&m.other.slots), SEAL),
    ("another vault's passphrase slot", |r, m| r.slots[0] = m.other.slots[0].clone(), SEAL),
    ("another vault's recovery slot", |r, m| r.slots[1] = m.other.slots[1].clone(), SEAL),
    ("another vault's device slot", |r, m| r.slots[2] = m.other.slots[2].clone(), SEAL),
    ("another vault's authenticator slot", |r, m| r.slots[3] = m.other.slots[3].clone(), SEAL),
    ("another vault's slot added", |r, m| r.slots.push(m.other.slots[0].clone()), SEAL),
    ("another vault's salt in a slot", |r, m| r.slots[0].salt = m.other.slots[0].salt, SEAL),
    ("another vault's wrapped key in a slot", |r, m| r.slots[0].wrapped = m.other.slots[0].wrapped, SEAL),
    ("another vault's header on this body", |r, m| { let (n, b) = (r.nonce, r.body.clone()); *r = m.other.clone(); r.nonce = n; r.body = b; }, KEY),
    // Parts of an older save.
    ("an older body", |r, m| r.body.clone_from(&m.older.body), SEAL),
    ("an older body, nonce and salt", |r, m| { r.body.clone_from(&m.older.body); r.nonce = m.older.nonce; r.body_salt = m.older.body_salt; }, SEAL),
    ("an older save called newer", |r, m| { let g = r.generation; *r = m.older.clone(); r.generation = g + 1; }, SEAL),
    ("generation + 1", |r, _| r.generation += 1, SEAL),
    ("generation - 1", |r, _| r.generation -= 1, SEAL),
    ("generation at its end", |r, _| r.generation = u64::MAX, SEAL),
    ("written at another time", |r, _| r.written_at += 1, SEAL),
    ("written by another version", |r, _| r.writer = b"9.9.9".to_vec(), SEAL),
    ("a writer that is not text", |r, _| r.writer = vec![0xff; 4], HEADER),
    ("a writer that is too long", |r, _| r.writer = vec![b'x'; 33], HEADER),
    // Parts from after the vault key was changed.
    ("a later epoch's slots", |r, m| r.slots.clone_from(&m.rotated.slots), SEAL),
    ("a later epoch's number", |r, m| r.key_epoch = m.rotated.key_epoch, SEAL),
    ("a later epoch's commitment", |r, m| r.commitment = m.rotated.commitment, KEY),
    ("a later epoch's body", |r, m| r.body.clone_from(&m.rotated.body), SEAL),
    // Slots made cheaper, dearer, other.
    ("memory lowered to the floor", |r, _| r.slots[0].numbers[0] = 19 * 1024, SEAL),
    ("memory lowered below the floor", |r, _| r.slots[0].numbers[0] = 19 * 1024 - 1, COST),
    ("passes lowered to the floor", |r, _| r.slots[0].numbers[1] = 2, SEAL),
    ("passes lowered below the floor", |r, _| r.slots[0].numbers[1] = 1, COST),
    ("lanes raised", |r, _| r.slots[0].numbers[2] = 4, SEAL),
    ("PBKDF2 instead of Argon2", |r, _| { r.slots[0].kdf = 2; r.slots[0].numbers = vec![600_000]; }, SEAL),
    ("HKDF for a passphrase", |r, _| { r.slots[0].kdf = 3; r.slots[0].numbers.clear(); }, HEADER),
    ("Argon2 for a recovery code", |r, _| { r.slots[1].kdf = 1; r.slots[1].numbers = vec![65_536, 3, 1]; }, HEADER),
    ("HKDF for a passphrase, in a later minor version", |r, _| { r.minor = 7; r.slots[0].kdf = 3; r.slots[0].numbers.clear(); }, HEADER),
    ("an unknown derivation", |r, _| { r.slots[0].kdf = 9; r.slots[0].numbers.clear(); }, HEADER),
    ("an unknown type of slot", |r, _| r.slots[0].slot_type = 5, HEADER),
    ("type 0", |r, _| r.slots[0].slot_type = 0, HEADER),
    ("a recovery slot called a device slot", |r, _| r.slots[1].slot_type = 3, SEAL),
    ("a device slot called a recovery slot", |r, _| r.slots[2].slot_type = 4, SEAL),
    ("an authenticator slot called a device slot", |r, _| r.slots[3].slot_type = 3, HEADER),
    ("a device slot called an authenticator slot", |r, _| r.slots[2].slot_type = 2, HEADER),
    // Parts of slots exchanged within one record.
    ("two slots change places", |r, _| r.slots.swap(0, 1), SEAL),
    ("two slots exchange their salts", |r, _| { let s = r.slots[0].salt; r.slots[0].salt = r.slots[1].salt; r.slots[1].salt = s; }, SEAL),
    ("two slots exchange their commitments", |r, _| { let s = r.slots[0].commit; r.slots[0].commit = r.slots[1].commit; r.slots[1].commit = s; }, SEAL),
    ("two slots exchange their wrapped keys", |r, _| { let s = r.slots[0].wrapped; r.slots[0].wrapped = r.slots[1].wrapped; r.slots[1].wrapped = s; }, SEAL),
    ("two slots exchange their ids", |r, _| { let s = r.slots[0].id; r.slots[0].id = r.slots[1].id; r.slots[1].id = s; }, SEAL),
    ("two slots of one id", |r, _| r.slots[1].id = r.slots[0].id, HEADER),
    ("a slot twice", |r, _| r.slots.push(r.slots[0].clone()), HEADER),
    ("a slot less", |r, _| { r.slots.remove(1); }, SEAL),
    ("another label", |r, _| r.slots[0].label[0] ^= 1, SEAL),
    ("a label that is not text", |r, _| r.slots[0].label[0] = 0xff, HEADER),
    ("a label that is too long", |r, _| r.slots[0].label = vec![b'x'; 65], HEADER),
    ("a slot made at another time", |r, _| r.slots[0].created += 1, SEAL),
    ("more bytes in a slot", |r, _| r.slots[0].later = vec![0; 4], HEADER),
    // The authenticator's particulars.
    ("another credential", |r, _| r.slots[3].specific[2] ^= 1, SEAL),
    ("no credential", |r, _| { r.slots[3].specific.drain(2..66); r.slots[3].specific[0] = 0; }, HEADER),
    ("another PRF input", |r, _| { let n = r.slots[3].specific.len(); r.slots[3].specific[n - 2] ^= 1; }, SEAL),
    ("without the device's secret", |r, _| { let n = r.slots[3].specific.len(); r.slots[3].specific[n - 1] = 0; }, SEAL),
    ("a truth value of 2", |r, _| { let n = r.slots[3].specific.len(); r.slots[3].specific[n - 1] = 2; }, HEADER),
    ("more particulars", |r, _| r.slots[3].specific.push(0), HEADER),
    ("particulars where there are none", |r, _| r.slots[0].specific.push(0), HEADER),
    // The frame.
    ("another body algorithm", |r, _| r.body_alg = 2, HEADER),
    ("another padding", |r, _| r.pad_class = 2, HEADER),
    ("no padding", |r, _| r.pad_class = 0, HEADER),
    ("no slots", |r, _| r.slots.clear(), HEADER),
    ("fewer slots than counted", |r, _| r.slot_count = Some(5), HEADER),
    ("more slots than counted", |r, _| r.slot_count = Some(3), HEADER),
    ("17 slots", |r, _| { while r.slots.len() < 17 { let mut s = r.slots[0].clone(); s.id[0] = r.slots.len() as u8; r.slots.push(s); } }, HEADER),
    ("more header than fields", |r, _| r.later = vec![1, 2, 3], HEADER),
    ("a later minor version", |r, _| r.minor = 2, SEAL),
    ("a later minor version with more header", |r, _| { r.minor = 2; r.later = vec![1, 2, 3]; }, SEAL),
    ("a later major version", |r, _| r.major = 2, |e| e == VaultError::Newer { major: 2 }),
    ("major version 0", |r, _| r.major = 0, |e| e == VaultError::Newer { major: 0 }),
    ("another program's magic", |r, _| r.magic = *b"M365HOTP", |e| e == VaultError::Damaged(Damage::NotARecord)),
    ("a header longer than allowed", |r, _| r.header_len = Some(65_537), HEADER),
    ("a header longer than the record", |r, _| r.header_len = Some(60_000), LENGTH),
    ("a header of a gigabyte", |r, _| r.header_len = Some(1 << 30), HEADER),
    ("a header of no bytes", |r, _| r.header_len = Some(0), HEADER),
    ("a body of no bytes", |r, _| r.body.clear(), LENGTH),
    ("a body of a tag", |r, _| r.body.truncate(16), LENGTH),
    ("a body that is not padded", |r, _| { r.body.pop(); }, LENGTH),
    ("a body one KiB longer", |r, _| r.body.extend([0; 1024]), SEAL),
    ("a body one KiB shorter", |r, _| { r.body.truncate(r.body.len() - 1024); }, SEAL),
];

#[test]
fn mixed_and_forged_records_are_refused() {
    let sample = Sample::new(0);
    let other = Sample::new(3);
    now(store::change(&sample.p, &sample.key, |_| Ok::<_, VaultError>(()))).expect("saved");
    let newer = Parts::from_text(&sample.p.text(Store::Local, "v1.b").unwrap());
    let rotated = {
        let p = sample.p.fork();
        let words = passphrase(WORDS);
        now(key_slots::rotate(&p, &sample.key, &[("", NewUnlockMethod::Passphrase(&words))])).expect("rotated");
        Parts::from_text(&p.text(Store::Local, "v1.a").unwrap())
    };
    let mix = Mix { other: other.parts(), older: sample.parts(), rotated };
    assert!(open(newer.to_bytes(), &sample.key).is_ok());
    let words = passphrase(WORDS);
    for (name, forge, wanted) in FORGERIES {
        let mut forged = newer.clone();
        forge(&mut forged, &mix);
        assert!(forged != newer, "{name}: nothing was forged");
        let answer = open(forged.to_bytes(), &sample.key).expect_err(name);
        assert!(wanted(answer), "{name}: {answer:?}");
        // The same by the passphrase, with the forgery in every store.
        let p = sample.world_with(&forged.to_text());
        let before = p.0.borrow().local.get("v1.a").cloned();
        assert!(now(store::unlock(&p, &Unlock::Passphrase(&words))).is_err(), "{name}");
        assert_eq!(p.0.borrow().local.get("v1.a").cloned(), before, "{name}");
        // With a sound copy left, the forgery changes nothing.
        let p = sample.p.fork();
        p.put(Store::Local, "v1.b", Some(&forged.to_text()));
        match now(store::open(&p, &sample.key)) {
            Ok(contents) => assert_eq!(contents.accounts.len(), 8, "{name}"),
            Err(error) => assert!(
                matches!(error, VaultError::OtherKey | VaultError::OtherVault | VaultError::Newer { .. }),
                "{name}: {error:?}"
            ),
        }
    }
    let tried = FORGERIES.len();
    assert!(tried >= 50);
    println!("mixed or forged records: {tried} tried, 0 accepted");
}

#[test]
fn bodies_that_were_sealed_wrong_are_refused() {
    let sample = Sample::new(0);
    let key = sample.key.expose();
    let mut pad = b"\x02\0\0\0{}".to_vec();
    pad.resize(1024, 0);
    let mut tried = 0;
    let mut refuse = |padded: Vec<u8>| {
        let mut parts = sample.parts();
        parts.reseal(key, &padded);
        let answer = open(parts.to_bytes(), &sample.key);
        assert_eq!(answer, Err(VaultError::Damaged(Damage::Body)));
        tried += 1;
    };
    let mut dirty = pad.clone();
    dirty[1023] = 1;
    refuse(dirty);
    let mut long = pad.clone();
    long[..4].copy_from_slice(&1021_u32.to_le_bytes());
    refuse(long);
    let mut huge = pad.clone();
    huge[..4].copy_from_slice(&u32::MAX.to_le_bytes());
    refuse(huge);
    let mut loose = pad.clone();
    loose.resize(2048, 0);
    refuse(loose);

    for (json, wanted) in [
        (&b"{}"[..], VaultError::Damaged(Damage::Body)),
        (b"", VaultError::Damaged(Damage::Body)),
        (b"[]", VaultError::Damaged(Damage::Body)),
        (b"\xff", VaultError::Damaged(Damage::Body)),
        (br#"{"v":1}"#, VaultError::Damaged(Damage::Body)),
        (br#"{"v":0,"accounts":[]}"#, VaultError::Damaged(Damage::Body)),
        (br#"{"v":1,"accounts":{}}"#, VaultError::Damaged(Damage::Body)),
        (br#"{"v":2,"accounts":[]}"#, VaultError::Newer { major: 2 }),
    ] {
        let mut parts = sample.parts();
        parts.reseal_json(key, json);
        let p = sample.world_with(&parts.to_text());
        let before = p.0.borrow().local.clone();
        assert_eq!(now(store::open(&p, &sample.key)).err(), Some(wanted), "{}", String::from_utf8_lossy(json));
        assert!(p.0.borrow().local == before, "nothing was written");
        tried += 1;
    }
    println!("bodies sealed wrong: {tried} tried, 0 accepted");
}

#[test]
fn key_derivation_bombs_are_refused_before_any_derivation() {
    let sample = Sample::new(0);
    let words = passphrase(WORDS);
    let mut bombs = Vec::new();
    let gib = 1024 * 1024;
    for [memory, passes, lanes] in [
        [gib + 1, 3, 1],
        [u32::MAX, 3, 1],
        [gib, 3, 1],
        [gib, 64, 1],
        [65_536, 33, 1],
        [65_536, 65, 1],
        [65_536, u32::MAX, 1],
        [65_536, 3, 17],
        [65_536, 3, u32::MAX],
        [u32::MAX, u32::MAX, u32::MAX],
        [0, 3, 1],
        [65_536, 0, 1],
        [65_536, 1, 1],
        [65_536, 3, 0],
        [19 * 1024 - 1, 2, 1],
    ] {
        let mut parts = sample.parts();
        parts.slots[0].numbers = vec![memory, passes, lanes];
        bombs.push(parts);
    }
    for rounds in [0, 1, 599_999, 10_000_001, u32::MAX] {
        let mut parts = sample.parts();
        parts.slots[0].kdf = 2;
        parts.slots[0].numbers = vec![rounds];
        bombs.push(parts);
    }
    // A bomb in a slot that nobody asked for counts too.
    let mut second = sample.parts();
    let mut slot = second.slots[0].clone();
    slot.id = [9; 16];
    slot.numbers[0] = u32::MAX;
    second.slots.push(slot);
    bombs.push(second);
    for parts in &bombs {
        let p = sample.world_with(&parts.to_text());
        let answer = now(store::unlock(&p, &Unlock::Passphrase(&words)));
        assert_eq!(answer.err(), Some(VaultError::Damaged(Damage::Cost)));
        assert_eq!(p.0.borrow().derivations, 0);
    }
    for length in [65_537, 1 << 30, u32::MAX] {
        let mut parts = sample.parts();
        parts.header_len = Some(length);
        let p = sample.world_with(&parts.to_text());
        let answer = now(store::unlock(&p, &Unlock::Passphrase(&words)));
        assert_eq!(answer.err(), Some(VaultError::Damaged(Damage::Header)));
        assert_eq!(p.0.borrow().derivations, 0);
    }
    println!("derivation bombs: {} tried, 0 derivations", bombs.len() + 3);
}

#[test]
fn a_later_minor_version_is_read_and_its_fields_are_kept() {
    let sample = Sample::new(0);
    let mut parts = sample.parts();
    parts.minor = 7;
    parts.later = b"header of tomorrow".to_vec();
    parts.slots[0].later = b"slot of tomorrow".to_vec();
    let mut unknown = parts.slots[1].clone();
    unknown.id = [9; 16];
    unknown.slot_type = 77;
    unknown.specific = b"anything".to_vec();
    parts.slots.push(unknown.clone());
    parts.reseal_json(sample.key.expose(), br#"{"v":1,"accounts":[{"id":"01","tomorrow":1}],"tomorrow":{"a":[1,2]}}"#);
    let p = sample.world_with(&parts.to_text());
    let words = passphrase(WORDS);
    let (key, contents) = now(store::unlock(&p, &Unlock::Passphrase(&words))).expect("opens");
    assert_eq!(contents.accounts.len(), 0);
    assert_eq!(contents.unread.len(), 1);
    now(store::change(&p, &key, |contents| {
        contents.accounts.push(account(1, "ola@example.no"));
        Ok::<_, VaultError>(())
    }))
    .expect("saved");
    let saved = Parts::from_text(&p.text(Store::Local, "v1.b").unwrap());
    assert_eq!((saved.minor, &saved.later), (7, &parts.later));
    assert!(saved.slots == parts.slots);
    let contents = now(store::open(&p, &key)).expect("opens");
    assert_eq!(contents.accounts.len(), 1);
    assert_eq!(contents.unread[0].to_string(), r#"{"id":"01","tomorrow":1}"#);
    assert_eq!(contents.extra.get("tomorrow").unwrap().to_string(), r#"{"a":[1,2]}"#);
}

/// As long as the format allows, and a byte or a block more: what may be written can be read, and no more.
#[test]
fn the_longest_record_and_the_longest_header_are_read_and_nothing_longer() {
    assert_eq!((MAX_HEADER, MAX_RECORD), (65_536, 16_777_216), "as FORMAT.md says");
    let sample = Sample::new(0);
    let fresh = || Fresh { body_salt: [7; 32], body_nonce: [7; 12] };
    let room = MAX_RECORD - sample.parts().aad().len() - 12 - 16 - 4;
    assert_eq!(room % 1024, 0, "the sample's header leaves whole blocks");
    let seal = |length| Record::seal(sample.record.header().clone(), fresh(), &sample.key, &vec![b'x'; length]);
    assert!(seal(room - 3).is_none());
    let longest = seal(room - 4).expect("as long as a record may be");
    assert_eq!(longest.as_bytes().len(), MAX_RECORD);
    let text = longest.to_text();
    let read = Record::from_text(&text).expect("what was written");
    assert_eq!(read.open(&sample.key).expect("opens").len(), room - 4);
    let mut longer = Parts::from_bytes(longest.as_bytes());
    longer.body.extend([0; 1024]);
    for answer in [Record::parse(longer.to_bytes()), Record::from_text(&longer.to_text())] {
        assert_eq!(answer.err(), Some(VaultError::Damaged(Damage::Length)));
    }
    // What is longer than any record's text is not decoded to see what it is.
    let answer = Record::from_text(&"A".repeat(text.len() + 4)).err();
    assert_eq!(answer, Some(VaultError::Damaged(Damage::Length)));

    let mut parts = sample.parts();
    parts.minor = 7;
    parts.later = vec![0; MAX_HEADER - parts.header().len()];
    parts.reseal_json(sample.key.expose(), b"{}");
    let mut header = Record::parse(parts.to_bytes()).expect("as long as a header may be").header().clone();
    let mut signed = sample.parts();
    signed.writer = vec![b'1'; 32];
    assert!(Record::parse(signed.to_bytes()).is_ok(), "as long as a writer's version may be");
    assert!(Record::seal(header.clone(), fresh(), &sample.key, b"{}").is_some());
    header.writer.push('1');
    assert!(Record::seal(header, fresh(), &sample.key, b"{}").is_none());
    parts.later.push(0);
    parts.reseal_json(sample.key.expose(), b"{}");
    assert_eq!(Record::parse(parts.to_bytes()).err(), Some(VaultError::Damaged(Damage::Header)));
}

#[test]
fn text_that_is_not_canonical_base64_is_not_a_record() {
    let sample = Sample::new(0);
    let text = sample.record.to_text();
    for bad in [
        String::new(),
        text[..text.len() - 1].to_owned(),
        format!("{text}="),
        format!("{text}\n"),
        format!(" {text}"),
        text.replace('+', "-"),
        "x".repeat(100),
    ] {
        assert_eq!(Record::from_text(&bad).err(), Some(VaultError::Damaged(Damage::NotARecord)));
    }
}
