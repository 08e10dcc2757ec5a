//! What must hold for any bytes at all, once for the fuzzer and once for `cargo test`.
//!
//! None of these may panic, whatever comes; and what is taken must be what it
//! says it is.

#![allow(unreachable_pub, reason = "a module of the fuzz targets and of a test")]

use exchange::bundle;
use otp::{DIGITS, Factor, PERIODS, Secret, base32, uri};
use vault::recovery::RecoveryCode;
use vault::{MAX_HEADER, MAX_LABEL, MAX_RECORD, MAX_SLOTS, Record, UnlockMethod, VaultError, VaultKey};

/// What one target does with the fuzzer's bytes.
pub type Check = fn(&[u8]);

/// Names and checks of all targets.
pub const TARGETS: [(&str, Check); 13] = [
    ("record", record),
    ("header", header),
    ("contents", contents),
    ("otpauth", otpauth),
    ("base32", base32),
    ("recovery", recovery),
    ("page", page),
    ("policy", policy),
    ("sync_record", sync_record),
    ("bundle", bundle),
    ("pending", pending),
    ("restore", restore),
    ("parcel", parcel),
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

/// What a page's script says, for every kind of page that it could stand on.
pub fn page(data: &[u8]) {
    let Ok(app::protocol::PageRequest::Look { seen, .. }) = serde_json::from_slice(data) else { return };
    let rules = pages::rules::Rules::ours();
    let families = pages::hosts::SITES.iter().map(pages::hosts::Site::family);
    let adfs = pages::hosts::organisation("https://adfs.skole.example").map(|site| site.family());
    for family in families.chain(adfs) {
        let judgement = pages::read(rules, family, &seen, None);
        let again = pages::read(rules, family, &seen, Some(judgement.state));
        for state in [judgement.state, again.state] {
            let step = pages::guide::next(rules, state, &seen, pages::guide::Progress::default());
            let _ = step.and_then(|step| step.target(rules, &seen));
        }
        // An app's code needs somewhere to go.
        assert!(judgement.method != Some(pages::Method::AppCode) || seen.field.is_some());
    }
}

/// An organisation's policy.
pub fn policy(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let read = policy::Policy::parse(Some(text));
    let (_, _) = (read.view(), read.decided());
    assert!(read.passphrase_length() >= policy::SHORTEST_PASSPHRASE);
    assert!(read.allows_mode(vault::Mode::Code), "a person may always press the page's own button");
    assert!(read.allows_unlock_method(policy::UnlockMethodKind::Recovery));
    // What is no object closes.
    if !matches!(strict_json::parse(text), Ok(strict_json::Value::Object(_))) {
        assert!(!read.allows_export() && !read.allows_sync() && read.restores_before_new());
    }
}

/// What lies in the sync store, sealed as it should be: only who is in can do that, and it is believed no more than that.
pub fn sync_record(data: &[u8]) {
    let (p, key) = support::forged::vault_of(b"{\"v\":1,\"accounts\":[]}");
    let Ok(record) = support::now(vault::store::newest(&p)) else { return };
    let settings = strict_json::json!({ "sync": { "room": "07".repeat(16), "epoch": 0, "shared": data_encoding::BASE64.encode(&[7; 32]) } });
    let settings = settings.as_object().cloned().unwrap_or_default();
    let Some(sync::Membership::In(sync_store)) = sync::SyncStore::from_settings(&settings, record.header(), &key)
    else {
        return;
    };
    let (id, sealed) = data.split_at_checked(16).unwrap_or((&[7; 16], data));
    let Ok(length) = u16::try_from(sealed.len()) else { return };
    let mut padded = [length.to_le_bytes().as_slice(), sealed].concat();
    padded.resize(padded.len().next_multiple_of(128), 0);
    let info = [b"m365totp/v1/sync".as_slice(), &[7; 16], id].concat();
    let key = vault::crypto::derive_key(&[7; 32], &[0; 16], &[&info]);
    vault::crypto::seal(&key, &[0; 12], &info, &mut padded);
    let name = format!("s1.{}", data_encoding::HEXLOWER.encode(id));
    let text = data_encoding::BASE64.encode(&[&[0; 28], padded.as_slice()].concat());
    let sync::Item::SyncRecord(one) = sync_store.open(&name, &text) else { return };
    let mut contents = vault::Contents::default();
    sync::merge(&mut contents, [one.clone()]);
    assert!(!sync::merge(&mut contents, [one]), "a second time it says nothing new");
    assert!(vault::Contents::decode(contents.encode().as_bytes()).is_ok_and(|again| again == contents));
}

/// What the reader's module hands to the vault's.
pub fn bundle(data: &[u8]) {
    let Ok(read) = bundle::unpack(data) else { return };
    let all =
        [bundle::pack(&read.entries, None), bundle::pack(&[], Some(&read.contents))].map(|packed| packed.to_vec());
    let Ok(again) = bundle::unpack(&all.concat()) else { unreachable!("what is packed is unpacked") };
    assert!(again.contents == read.contents);
    let known = |of: &exchange::Entry| (of.label(), of.credential.clone(), of.discarded);
    assert!(again.entries.iter().zip(&read.entries).all(|(again, entry)| known(again) == known(entry)));
    assert!(again.entries.len() == read.entries.len() + read.contents.accounts.len());
}

/// What waits to be saved: the list as it lies in the session, and one that was sealed.
pub fn pending(data: &[u8]) {
    let (p, key) = support::forged::vault_of(b"{\"v\":1,\"accounts\":[]}");
    let Ok(text) = std::str::from_utf8(data) else { return };
    assert!(key.open_capture(text).is_none(), "nobody else has sealed it");
    assert!(support::now(vault::CaptureKey::lay_down(&p, &key)).is_ok());
    if let Some(to) = support::now(vault::CaptureKey::read(&p)) {
        let sealed = to.seal(&[7; 32].into(), data).unwrap_or_default();
        assert!(key.open_capture(&sealed).is_some_and(|opened| *opened == *data));
    }
    p.put(platform::Store::Session, "pendingAccounts", Some(text));
    let show = || {
        support::now(app::ask(&p, &app::protocol::Tab::default(), app::protocol::UiRequest::Show, Default::default()))
    };
    let shown = show().view.pending_accounts.len();
    assert!(show().view.pending_accounts.len() == shown, "to look changes nothing");
}

/// A file that a vault is put back from: copies out of the stores, line by line.
pub fn restore(data: &[u8]) {
    let p = support::Fake::new();
    if support::now(vault::store::restore(&p, data)).is_err() {
        assert!(p.text(platform::Store::Local, "v1.a").is_none(), "nothing was put there");
        return;
    }
    let Ok(record) = support::now(vault::store::newest(&p)) else { unreachable!("it was put back") };
    is_sane(&record);
    let again = support::Fake::new();
    let file = support::now(vault::store::export_raw(&p));
    assert!(support::now(vault::store::restore(&again, file.as_bytes())).is_ok());
    assert!(again.text(platform::Store::Local, "v1.a") == p.text(platform::Store::Local, "v1.a"));
}

/// What an organisation has sealed for a person: it is a file of ours, and what is in it is believed no more than another's.
pub fn parcel(data: &[u8]) {
    let (file, code) = support::forged::parcel_of(data);
    let code = formats::Password::ascii(&code.to_text());
    assert!(matches!(formats::read(&file, None), Err(formats::ImportError::NeedsPassword)));
    let Ok(import) = formats::read(&file, Some(&code)) else { return };
    for entry in &import.entries {
        assert!(!entry.credential.secret.expose().is_empty());
        let _ = entry.credential.code_at(1_800_000_000_000);
    }
    bundle(&bundle::pack(&import.entries, import.backup.as_ref()));
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
