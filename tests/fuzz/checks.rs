//! What must hold for any bytes at all, once for the fuzzer and once for `cargo test`.
//!
//! None of these may panic, whatever comes; and what is taken must be what it
//! says it is.

#![allow(unreachable_pub, reason = "a module of the fuzz targets and of a test")]

use otp::{DIGITS, Factor, PERIODS, Secret, base32, uri};
use vault::recovery::RecoveryCode;
use vault::{MAX_HEADER, MAX_LABEL, MAX_RECORD, MAX_SLOTS, Record, UnlockMethod, VaultError, VaultKey};

/// What one target does with the fuzzer's bytes.
pub type Check = fn(&[u8]);

/// Names and checks of all targets.
pub const TARGETS: [(&str, Check); 6] = [
    ("record", record),
    ("header", header),
    ("contents", contents),
    ("otpauth", otpauth),
    ("base32", base32),
    ("recovery", recovery),
];

/// A sealed record, as bytes and as text.
pub fn record(data: &[u8]) {
    if let Ok(record) = Record::parse(data.to_vec()) {
        is_sane(&record);
        assert!(record.as_bytes() == data);
        let again = Record::from_text(&record.to_text());
        assert!(again.is_ok_and(|again| again == record));
    }
    if let Ok(text) = std::str::from_utf8(data)
        && let Ok(record) = Record::from_text(text)
    {
        is_sane(&record);
        assert!(record.to_text() == text, "one record, one text");
    }
}

/// A header, in a frame that is always right.
pub fn header(data: &[u8]) {
    let (minor, header) = data.split_at_checked(2).unwrap_or((&[0, 0], data));
    let mut bytes = b"M365TOTP\x01\0".to_vec();
    bytes.extend(minor);
    bytes.extend(u32::try_from(header.len()).unwrap_or(u32::MAX).to_le_bytes());
    bytes.extend(header);
    bytes.resize(bytes.len() + 12 + 1024 + 16, 0);
    bytes.extend(crc32c::crc32c(&bytes).to_le_bytes());
    if let Ok(record) = Record::parse(bytes) {
        is_sane(&record);
        assert!(record.header().to_bytes() == header, "written as it was read");
    }
}

/// The contents of a record that was sealed under the right key.
pub fn contents(data: &[u8]) {
    let (p, key) = support::forged::vault_of(data);
    let Ok(contents) = support::now(vault::store::open(&p, &key)) else {
        return;
    };
    for account in &contents.accounts {
        let credential = &account.credential;
        match credential.factor {
            Factor::Time { period } => {
                assert!(PERIODS.contains(&period) && DIGITS.contains(&credential.digits))
            }
            Factor::Counter { .. } => assert!(DIGITS.contains(&credential.digits)),
            Factor::Steam => assert!(credential.digits == 5),
        }
    }
    // Saved again without a change, it is the same; nothing was dropped.
    let saved = support::now(vault::store::change(&p, &key, |_| Ok::<_, VaultError>(())));
    assert!(saved == Ok(()));
    assert!(support::now(vault::store::open(&p, &key)).is_ok_and(|again| again == contents));
}

/// An `otpauth:` URI.
pub fn otpauth(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(enrolment) = uri::parse(text) else { return };
    let _ = enrolment.credential.code_at(0);
    let _ = enrolment.credential.code_at(u64::MAX);
    let written = uri::write(&enrolment);
    if written.len() <= uri::MAX_BYTES {
        assert!(uri::parse(&written).is_ok_and(|again| again == enrolment), "read back the same");
    }
}

/// A secret as people type it.
pub fn base32(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(secret) = base32::decode(text) else { return };
    assert!((1..=Secret::MAX_BYTES).contains(&secret.expose().len()));
    let written = base32::encode(&secret);
    assert!(base32::decode(&written).is_ok_and(|again| again == secret));
}

/// A recovery code as people type it.
pub fn recovery(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(code) = RecoveryCode::from_text(text) else { return };
    let printed = code.to_text();
    assert!(RecoveryCode::from_text(&printed).is_ok_and(|again| again == code));
}

fn is_sane(record: &Record) {
    let header = record.header();
    assert!(record.as_bytes().len() <= MAX_RECORD);
    assert!(header.to_bytes().len() <= MAX_HEADER);
    assert!((1..=MAX_SLOTS).contains(&header.slots.len()));
    for slot in &header.slots {
        assert!(slot.label.len() <= MAX_LABEL);
        if let Some(UnlockMethod::Passphrase(cost)) = slot.unlock_method() {
            assert!(cost.is_sound());
        }
    }
    let nobody = VaultKey::from_bytes(&[0; 32]);
    assert!(record.open(&nobody).is_err());
}
