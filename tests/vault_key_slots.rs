//! The ways in: added, removed, renamed, changed, and the vault key with them.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test states what it knows, helpers outside #[test] too"
)]

use kdf::{Argon2Cost, derive_kek};
use platform::{Outage, Store};
use support::forge::Parts;
use support::{Fake, Fault, account, header, now, passphrase, run};
use vault::key_slots::{self, NewUnlockMethod, PrfOutput, Unlock};
use vault::recovery::RecoveryCode;
use vault::store;
use vault::{Contents, MAX_LABEL, MAX_SLOTS, Prf, PrivateKey, Record, SlotId, SlotType, VaultError, VaultKey};

const WORDS: &str = "correct horse";

fn create(p: &Fake, unlock_methods: &[(&str, NewUnlockMethod<'_>)]) -> Result<VaultKey, VaultError> {
    now(store::create(p, unlock_methods, &Contents::default()))
}

fn with_passphrase() -> (Fake, VaultKey) {
    let p = Fake::new();
    let words = passphrase(WORDS);
    let key = create(&p, &[("Typed", NewUnlockMethod::Passphrase(&words))]).expect("a new vault");
    (p, key)
}

fn prf(p: &Fake) -> Prf {
    Prf {
        credential_id: vec![5; 32],
        rp_id: "login.microsoftonline.com".into(),
        transports: 1,
        prf_salt: key_slots::make_prf_salt(p).unwrap(),
        // What a caller asks for here is overruled.
        mixes_device_secret: false,
    }
}

/// What an authenticator is asked with is drawn for each slot.
#[test]
fn no_two_slots_ask_an_authenticator_the_same() {
    let p = Fake::new();
    assert_ne!(prf(&p).prf_salt, prf(&p).prf_salt);
}

/// A store that says that all is well and kept a part of it: no unlock method is said to be there that opens nothing.
#[test]
fn a_device_secret_is_read_back_before_anything_rests_on_it() {
    let (base, words) = (Fake::new(), passphrase(WORDS));
    let key = create(&base, &[("", NewUnlockMethod::Passphrase(&words))]).unwrap();
    let steps = {
        let p = base.fork();
        now(key_slots::add(&p, &key, "", &NewUnlockMethod::Device)).unwrap();
        p.steps()
    };
    let mut refused = 0;
    // The secret lies in two stores: both may have kept a part.
    for (first, second) in (0..steps).flat_map(|first| (first..steps).map(move |second| (first, second))) {
        let p = base.fork();
        p.fail_at(first, Fault::Halves);
        p.fail_at(second, Fault::Halves);
        let added = now(key_slots::add(&p, &key, "", &NewUnlockMethod::Device));
        p.0.borrow_mut().faults.clear();
        assert!(added.is_err() || opens(&p, &Unlock::Device), "steps {first} and {second}");
        refused += u32::from(added.is_err());
    }
    assert!(refused > 0);
}

/// How many device secrets lie in the stores.
fn secrets(p: &Fake) -> usize {
    let world = p.0.borrow();
    let names = world.local.keys().chain(world.mirror.keys());
    names.filter(|name| name.starts_with("v1.device")).count()
}

fn opens(p: &Fake, unlock: &Unlock<'_>) -> bool {
    now(store::unlock(&p.fork(), unlock)).is_ok()
}

#[test]
fn there_is_always_a_safe_unlock_method() {
    let p = Fake::new();
    let words = passphrase(WORDS);
    let code = RecoveryCode::make(&p).unwrap();
    let output = PrfOutput::new(vec![3; 32]).unwrap();
    let refused: [&[(&str, NewUnlockMethod<'_>)]; 3] = [
        &[],
        &[("", NewUnlockMethod::Prf(prf(&p), &output))],
        &[("", NewUnlockMethod::Prf(prf(&p), &output)), ("", NewUnlockMethod::Device)],
    ];
    for unlock_methods in refused {
        assert_eq!(create(&p, unlock_methods).err(), Some(VaultError::LastSlot));
        assert!(matches!(now(store::newest(&p)), Err(VaultError::None)));
    }
    let taken: [&[(&str, NewUnlockMethod<'_>)]; 4] = [
        &[("", NewUnlockMethod::Passphrase(&words))],
        &[("", NewUnlockMethod::Recovery(&code))],
        &[("", NewUnlockMethod::Device)],
        &[("", NewUnlockMethod::Prf(prf(&p), &output)), ("", NewUnlockMethod::Recovery(&code))],
    ];
    for unlock_methods in taken {
        assert!(create(&Fake::new(), unlock_methods).is_ok());
    }
    // Nor can one be taken away until only unsafe ones are left.
    let (p, key) = with_passphrase();
    let typed = header(&p).slots[0].id;
    assert_eq!(now(key_slots::remove(&p, &key, typed)), Err(VaultError::LastSlot));
    now(key_slots::add(&p, &key, "", &NewUnlockMethod::Prf(prf(&p), &output))).expect("added");
    assert_eq!(now(key_slots::remove(&p, &key, typed)), Err(VaultError::LastSlot));
    now(key_slots::add(&p, &key, "", &NewUnlockMethod::Device)).expect("added");
    assert_eq!(now(key_slots::remove(&p, &key, typed)), Err(VaultError::LastSlot));
    now(key_slots::add(&p, &key, "", &NewUnlockMethod::Recovery(&code))).expect("added");
    assert_eq!(now(key_slots::remove(&p, &key, typed)), Ok(()));
}

#[test]
fn a_new_passphrase_replaces_the_old_in_every_copy() {
    let (p, key) = with_passphrase();
    now(store::change(&p, &key, |contents| {
        contents.accounts.push(account(1, "kari@example.no"));
        Ok::<_, VaultError>(())
    }))
    .expect("saved");
    let (old, new) = (passphrase(WORDS), passphrase("battery staple"));
    let typed = header(&p).slots[0].id;
    let unlock_method = NewUnlockMethod::Passphrase(&new);
    now(key_slots::replace(&p, &key, typed, &unlock_method)).expect("replaced");
    assert!(opens(&p, &Unlock::Passphrase(&new)));
    for (store, name) in [(Store::Local, "v1.a"), (Store::Local, "v1.b"), (Store::Mirror, "v1.mirror")] {
        let q = p.fork();
        let text = q.text(store, name).expect("a copy");
        for (store, name) in [(Store::Local, "v1.a"), (Store::Local, "v1.b"), (Store::Mirror, "v1.mirror")] {
            q.put(store, name, Some(&text));
        }
        assert!(!opens(&q, &Unlock::Passphrase(&old)), "{name}");
        assert!(opens(&q, &Unlock::Passphrase(&new)), "{name}");
    }
    assert_eq!(header(&p).slots[0].label, "Typed");
    // The vault key stayed, and so whoever is in stays in.
    assert!(now(store::open(&p, &key)).is_ok());
}

#[test]
fn a_changed_vault_key_shuts_everyone_else_out() {
    let (p, key) = with_passphrase();
    let code = RecoveryCode::make(&p).unwrap();
    now(key_slots::add(&p, &key, "Lost paper", &NewUnlockMethod::Recovery(&code))).expect("added");
    now(key_slots::add(&p, &key, "Here", &NewUnlockMethod::Device)).expect("added");
    let stolen = p.fork();
    let words = passphrase(WORDS);
    let new_code = RecoveryCode::make(&p).unwrap();
    let unlock_methods =
        [("Typed", NewUnlockMethod::Passphrase(&words)), ("Paper", NewUnlockMethod::Recovery(&new_code))];
    let new_key = now(key_slots::rotate(&p, &key, &unlock_methods)).expect("rotated");
    assert!(new_key.expose() != key.expose());
    assert_eq!(header(&p).key_epoch, 1);
    assert_eq!(now(store::open(&p, &key)).err(), Some(VaultError::OtherKey));
    let answer = now(store::change(&p, &key, |_| Ok::<_, VaultError>(())));
    assert_eq!(answer, Err(VaultError::OtherKey), "nor write");
    assert!(now(store::open(&p, &new_key)).is_ok());
    assert!(opens(&p, &Unlock::Passphrase(&words)));
    assert!(opens(&p, &Unlock::Recovery(&new_code)));
    assert!(!opens(&p, &Unlock::Recovery(&code)));
    // The device's secret went with its slot.
    assert_eq!(secrets(&p), 0);
    for (store, name) in [(Store::Local, "v1.a"), (Store::Local, "v1.b"), (Store::Mirror, "v1.mirror")] {
        let text = p.text(store, name).unwrap();
        let record = Record::from_text(&text).unwrap();
        assert!(record.open(&key).is_err(), "{name} is under the new key");
    }
    // Each slot has its own, so that a new one here is not opened by what lay there.
    now(key_slots::add(&p, &new_key, "Here again", &NewUnlockMethod::Device)).expect("added");
    assert_eq!(secrets(&p), 2);
    assert!(opens(&p, &Unlock::Device));
    // The old record put back in one store is not taken for the vault.
    p.0.borrow_mut().local = stolen.0.borrow().local.clone();
    assert!(now(store::open(&p, &new_key)).is_ok());
    assert_eq!(header(&p).key_epoch, 1);
    p.0.borrow_mut().local = stolen.0.borrow().local.clone();
    p.put(Store::Mirror, "v1.mirror", None);
    assert!(matches!(now(store::open(&p, &key)), Err(VaultError::RolledBack { .. })));
}

#[test]
fn limits_are_kept() {
    let (p, key) = with_passphrase();
    let code = RecoveryCode::make(&p).unwrap();
    let long = "x".repeat(MAX_LABEL + 1);
    let fits = "ø".repeat(MAX_LABEL / 2);
    let unlock_method = NewUnlockMethod::Recovery(&code);
    let answer = now(key_slots::add(&p, &key, &long, &unlock_method));
    assert_eq!(answer, Err(VaultError::SlotLimits));
    let id = now(key_slots::add(&p, &key, &fits, &unlock_method)).expect("fits");
    let answer = now(key_slots::rename(&p, &key, id, &long));
    assert_eq!(answer, Err(VaultError::SlotLimits));
    assert_eq!(now(key_slots::rename(&p, &key, id, "Papir")), Ok(()));
    assert_eq!(header(&p).slots[1].label, "Papir");
    assert_eq!(now(key_slots::rename(&p, &key, id, &fits)), Ok(()));
    let output = PrfOutput::new(vec![3; 32]).unwrap();
    for length in [0, 1024, 70_000] {
        let mut prf = prf(&p);
        prf.credential_id = vec![1; length];
        let answer = now(key_slots::add(&p, &key, "", &NewUnlockMethod::Prf(prf, &output)));
        assert_eq!(answer, Err(VaultError::SlotLimits), "{length}");
    }
    for _ in header(&p).slots.len()..MAX_SLOTS {
        now(key_slots::add(&p, &key, "", &unlock_method)).expect("fits");
    }
    let answer = now(key_slots::add(&p, &key, "", &unlock_method));
    assert_eq!(answer, Err(VaultError::SlotLimits));
    let nobody = SlotId([0; 16]);
    assert_eq!(now(key_slots::remove(&p, &key, nobody)), Err(VaultError::NoSuchSlot));
    assert_eq!(now(key_slots::rename(&p, &key, nobody, "")), Err(VaultError::NoSuchSlot));
    let short = passphrase("seven77");
    let id = header(&p).slots[2].id;
    let answer = now(key_slots::replace(&p, &key, id, &NewUnlockMethod::Passphrase(&short)));
    assert_eq!(answer, Err(VaultError::TooShort));
    // Eight characters, not eight bytes.
    let norwegian = passphrase("blåbærøy");
    let unlock_method = NewUnlockMethod::Passphrase(&norwegian);
    assert!(now(key_slots::replace(&p, &key, id, &unlock_method)).is_ok());
}

#[test]
fn a_new_vault_takes_as_many_ways_in_as_the_format_and_not_one_more() {
    let words = passphrase(WORDS);
    for (count, answer) in [(MAX_SLOTS, None), (MAX_SLOTS + 1, Some(VaultError::SlotLimits))] {
        let p = Fake::new();
        let ways: Vec<_> = (0..count).map(|_| ("", NewUnlockMethod::Passphrase(&words))).collect();
        assert_eq!(create(&p, &ways).err(), answer, "{count}");
        assert_eq!(opens(&p, &Unlock::Passphrase(&words)), answer.is_none(), "{count}");
    }
}

#[test]
fn an_authenticator_opens_only_with_the_devices_secret() {
    let (p, key) = with_passphrase();
    for bad in [vec![], vec![1; 31], vec![0; 32], vec![0; 64]] {
        assert_eq!(PrfOutput::new(bad).err(), Some(VaultError::NoPrf));
    }
    let output = PrfOutput::new(vec![3; 32]).unwrap();
    let id = now(key_slots::add(&p, &key, "Key", &NewUnlockMethod::Prf(prf(&p), &output))).expect("added");
    let second = PrfOutput::new(vec![4; 32]).unwrap();
    let other = now(key_slots::add(&p, &key, "Key 2", &NewUnlockMethod::Prf(prf(&p), &second))).expect("added");
    assert!(opens(&p, &Unlock::Prf(id, &output)));
    assert!(opens(&p, &Unlock::Prf(other, &second)));
    assert!(!opens(&p, &Unlock::Prf(other, &output)));
    let wrong = now(store::unlock(&p.fork(), &Unlock::Prf(id, &second))).err();
    assert_eq!(wrong, Some(VaultError::Wrong(SlotType::Prf)));
    // Not in the local store, which content scripts may be able to read.
    assert!(!p.0.borrow().local.keys().any(|name| name.starts_with("v1.device")));
    let bare = p.fork();
    bare.0.borrow_mut().mirror.retain(|name, _| !name.starts_with("v1.device"));
    assert!(!opens(&bare, &Unlock::Prf(id, &output)));
    // A removed authenticator leaves the rest as it was.
    now(key_slots::remove(&p, &key, id)).expect("removed");
    let gone = now(store::unlock(&p.fork(), &Unlock::Prf(id, &output))).err();
    assert_eq!(gone, Some(VaultError::NoSuchSlot));
    assert!(opens(&p, &Unlock::Prf(other, &second)));
    now(key_slots::remove(&p, &key, other)).expect("removed");
    assert_eq!(secrets(&p), 0);
    assert!(opens(&p, &Unlock::Passphrase(&passphrase(WORDS))));
}

#[test]
fn recovery_codes_survive_being_typed_and_not_being_mistyped() {
    let p = Fake::new();
    let mut mistyped = 0;
    let mut passed = 0;
    for _ in 0..50 {
        let code = RecoveryCode::make(&p).unwrap();
        let text = code.to_text();
        assert_eq!(text.len(), 34);
        let spaced = text.replace('-', " ").to_lowercase();
        let loose = text.replace('-', "");
        let looks = text.replace('O', "0").replace('I', "1").replace('B', "8");
        for typed in [text.as_str(), &spaced, &loose, &looks, &format!(" {loose}\n")] {
            assert!(RecoveryCode::from_text(typed).is_ok_and(|typed| typed == code));
        }
        for at in 0..loose.len() {
            for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".chars() {
                let mut wrong: Vec<char> = loose.chars().collect();
                if wrong[at] == letter {
                    continue;
                }
                wrong[at] = letter;
                let wrong: String = wrong.into_iter().collect();
                match RecoveryCode::from_text(&wrong) {
                    Err(VaultError::Mistyped) => mistyped += 1,
                    Ok(other) => {
                        assert!(other != code);
                        passed += 1;
                    }
                    Err(error) => panic!("{error:?}"),
                }
            }
        }
        for bad in ["", "A", &loose[1..], &format!("{loose}A"), &text.replace('-', "_"), "ÆØÅ"] {
            assert!(matches!(RecoveryCode::from_text(bad), Err(VaultError::Mistyped)));
        }
    }
    println!("mistyped recovery codes: {mistyped} caught, {passed} not");
    assert!(passed * 500 < mistyped, "two check characters catch 1,023 of 1,024");
}

#[test]
fn at_full_cost_the_passphrase_opens_and_another_does_not() {
    let p = Fake::new();
    p.0.borrow_mut().real_derivation = true;
    let words = passphrase(WORDS);
    create(&p, &[("", NewUnlockMethod::Passphrase(&words))]).expect("a new vault");
    assert!(now(store::unlock(&p, &Unlock::Passphrase(&words))).is_ok());
    let wrong = passphrase("incorrect horse");
    let answer = now(store::unlock(&p, &Unlock::Passphrase(&wrong))).err();
    assert_eq!(answer, Some(VaultError::Wrong(SlotType::Passphrase)));
}

#[test]
fn no_cost_outside_the_limits_is_ever_derived() {
    let words = passphrase(WORDS);
    for (memory_kib, passes, lanes) in [
        (19 * 1024 - 1, 2, 1),
        (19 * 1024, 1, 1),
        (19 * 1024, 2, 0),
        (1024 * 1024 + 1, 2, 1),
        (19 * 1024, 65, 1),
        (19 * 1024, 2, 17),
        (1024 * 1024, 3, 1),
        (1024 * 1024, 64, 1),
        (32 * 1024 + 1, 64, 1),
    ] {
        let cost = Argon2Cost { memory_kib, passes, lanes };
        assert!(derive_kek(&words, &[0; 32], cost).is_none());
    }
    assert!(Argon2Cost::LADDER.into_iter().all(Argon2Cost::is_sound));
}

/// Every text in every store that is a record, wherever it lies.
fn records(p: &Fake) -> Vec<(String, Record)> {
    let world = p.0.borrow();
    let stores = [&world.local, &world.session, &world.mirror];
    let texts = stores.into_iter().flatten();
    let words = texts.flat_map(|(name, text)| text.split_ascii_whitespace().map(move |word| (name, word)));
    words.filter_map(|(name, word)| Some((name.clone(), Record::from_text(word).ok()?))).collect()
}

/// Whether a record, taken from where it lies and put into an empty world, opens.
fn opens_alone(record: &Record, words: &str) -> bool {
    let thief = Fake::new();
    thief.put(Store::Local, "v1.a", Some(&record.to_text()));
    now(store::unlock(&thief, &Unlock::Passphrase(&passphrase(words)))).is_ok()
}

const NEW: &str = "battery staple";
const SECOND: &str = "stays as it is";
const OTHER: &str = "another vault altogether";

/// Another vault and this one, both put aside, and this one put back; and half a copy of it. Its key, the name of its
/// first unlock method, and that half.
fn with_copies_aside() -> (Fake, VaultKey, SlotId, String) {
    let p = Fake::new();
    let other = passphrase(OTHER);
    create(&p, &[("Typed", NewUnlockMethod::Passphrase(&other))]).expect("a new vault");
    now(store::bury(&p)).expect("buried");
    let (words, second) = (passphrase(WORDS), passphrase(SECOND));
    let unlock_methods =
        [("Typed", NewUnlockMethod::Passphrase(&words)), ("Second", NewUnlockMethod::Passphrase(&second))];
    let key = create(&p, &unlock_methods).expect("a new vault");
    now(store::change(&p, &key, |contents| {
        contents.accounts.push(account(1, "kari@example.no"));
        Ok::<_, VaultError>(())
    }))
    .expect("saved");
    let damaged = p.text(Store::Local, "v1.a").unwrap();
    p.advance(1);
    now(store::bury(&p)).expect("buried");
    now(store::restore(&p, b"")).expect("put back");
    let half = damaged[..damaged.len() / 2 + 1].to_owned();
    let aside = p.text(Store::Local, "v1.buried").unwrap();
    p.put(Store::Local, "v1.buried", Some(&format!("{aside}1 v1.a {half}\n")));
    let typed = header(&p).slots[0].id;
    (p, key, typed, half)
}

/// What is done about a passphrase, and what opens the vault then.
const CHANGES: [(&str, &str); 3] = [("changed", NEW), ("removed", SECOND), ("renewed", NEW)];

/// `None` if it was cut short.
fn change(p: &Fake, key: &VaultKey, typed: SlotId, what: &str) -> Option<Result<(), VaultError>> {
    let new = passphrase(NEW);
    let new = || NewUnlockMethod::Passphrase(&new);
    match what {
        "changed" => run(key_slots::replace(p, key, typed, &new())).map(|done| done.map(drop)),
        "removed" => run(key_slots::remove(p, key, typed)),
        _ => run(key_slots::rotate(p, key, &[("Typed", new())])).map(|done| done.map(drop)),
    }
}

fn of(p: &Fake, words: &str) -> usize {
    records(p).iter().filter(|(_, record)| opens_alone(record, words)).count()
}

fn aside(p: &Fake, words: &str) -> usize {
    let aside = records(p).into_iter().filter(|(name, _)| name == "v1.buried");
    aside.filter(|(_, record)| opens_alone(record, words)).count()
}

#[test]
fn what_lies_aside_opens_by_nothing_that_was_changed_removed_or_renewed() {
    let (base, key, typed, half) = with_copies_aside();
    assert!(of(&base, WORDS) >= 4, "the test finds copies in the stores and aside");
    let others = records(&base).into_iter().find(|(_, record)| opens_alone(record, OTHER)).unwrap().1.to_text();
    let others_half = &others[..others.len() / 2 + 1];
    let buried = base.text(Store::Local, "v1.buried").unwrap();
    base.put(Store::Local, "v1.buried", Some(&format!("{buried}1 v1.a {others_half}\n")));
    for (what, left) in CHANGES {
        let p = base.fork();
        assert_eq!(change(&p, &key, typed, what), Some(Ok(())));
        assert_eq!(of(&p, WORDS), 0, "{what}");
        assert!(aside(&p, left) > 0, "{what}: it is kept, under today's");
        assert!(aside(&p, OTHER) > 0, "{what}: the other vault's stays");
        let buried = p.text(Store::Local, "v1.buried").unwrap();
        assert!(!buried.contains(&half), "{what}: no slot in a damaged copy");
        assert!(
            buried.lines().any(|line| line.ends_with(others_half)),
            "{what}: another vault's damaged one stays too"
        );
        assert_eq!(p.text(Store::Local, "v1.reseal"), None, "{what}");
        if what == "renewed" {
            assert!(records(&p).iter().all(|(_, record)| record.open(&key).is_err()), "nothing is under the old key");
        }
    }
    // Where there is no room to seal it anew, it goes.
    let full_at = |n: u64| {
        let p = base.fork();
        p.0.borrow_mut().writes_only = true;
        p.fail_at(n, Fault::Refuse(Outage::Full));
        p
    };
    let is_full = |n: &u64| {
        let p = full_at(*n);
        change(&p, &key, typed, "changed") == Some(Ok(())) && aside(&p, NEW) == 0
    };
    let full: Vec<_> = (0..40).filter(is_full).collect();
    assert!(!full.is_empty(), "the write of what lies aside");
    for n in full {
        let p = full_at(n);
        assert_eq!(change(&p, &key, typed, "changed"), Some(Ok(())));
        assert_eq!(of(&p, WORDS), 0, "full at {n}");
    }
}

/// A policy is no reason to lose a copy: what today's key does not open stays, and so does all where the disk is full.
#[test]
fn nothing_that_lies_aside_is_lost_by_a_policy() {
    let (base, key, _, half) = with_copies_aside();
    let to = [PrivateKey::of(&[7; 32]).public("Fylket")];
    let buried = |p: &Fake| p.text(Store::Local, "v1.buried").unwrap();
    let lines = |p: &Fake| buried(p).lines().count();
    let p = base.fork();
    assert_eq!(now(key_slots::seal_to(&p, &key, &to, true)), Ok(Some(())));
    assert!(buried(&p).contains(&half) && lines(&p) == lines(&base));
    let sealed = |p: &Fake| {
        let aside = records(p).into_iter().filter(|(name, _)| name == "v1.buried");
        aside.filter(|(_, record)| PrivateKey::of(&[7; 32]).open(record).is_ok()).count()
    };
    assert!(sealed(&p) > 0 && aside(&p, WORDS) > 0 && aside(&p, OTHER) > 0, "what it opens is sealed as the vault is");
    assert_eq!(now(key_slots::seal_to(&p, &key, &[], true)), Ok(Some(())));
    assert!(sealed(&p) == 0 && buried(&p).contains(&half) && lines(&p) == lines(&base));

    // Full, or killed, at each step.
    let mut as_before = 0;
    for fault in [Fault::Refuse(Outage::Full), Fault::DieBefore, Fault::DieAfter] {
        for n in 0..40 {
            let p = base.fork();
            p.0.borrow_mut().writes_only = true;
            p.fail_at(n, fault);
            let _ = run(key_slots::seal_to(&p, &key, &to, true));
            p.restart_browser();
            now(store::open(&p, &key)).expect("a vault");
            assert!(buried(&p).contains(&half) && lines(&p) == lines(&base), "{fault:?} at {n}");
            as_before += usize::from(buried(&p) == buried(&base));
        }
    }
    assert!(as_before > 2, "{as_before}");

    // What a person has changed is ended first: while it cannot be, no such change is made.
    let refused = |n: &u64| {
        let p = base.fork();
        p.put(Store::Local, "v1.reseal", Some("due"));
        p.0.borrow_mut().writes_only = true;
        p.fail_at(*n, Fault::Refuse(Outage::Full));
        let done = now(key_slots::seal_to(&p, &key, &to, true));
        assert!(done.is_err() || p.text(Store::Local, "v1.reseal").is_none(), "full at {n}");
        done == Err(VaultError::Outage(Outage::Storage)) && p.text(Store::Local, "v1.reseal").is_some()
    };
    assert!((0..40).any(|n| refused(&n)));
}

/// The browser is killed before or after each step of a change, and started again.
#[test]
fn a_change_that_was_cut_short_leaves_nothing_that_the_old_passphrase_opens() {
    let (base, key, typed, half) = with_copies_aside();
    let (mut undone, mut ended) = (0, 0);
    for ((what, left), fault) in
        CHANGES.into_iter().flat_map(|change| [(change, Fault::DieBefore), (change, Fault::DieAfter)])
    {
        for n in 0.. {
            let p = base.fork();
            p.fail_at(n, fault);
            if change(&p, &key, typed, what).is_some() {
                break;
            }
            let at = format!("{what}, {fault:?} at {n}");
            p.restart_browser();
            let open = |words| now(store::unlock(&p, &Unlock::Passphrase(&passphrase(words)))).is_ok();
            if open(left) && (what != "removed" || header(&p).slots.len() == 1) {
                assert_eq!(of(&p, WORDS), 0, "{at}: the old passphrase opens something");
                assert!(aside(&p, left) > 0, "{at}: it is kept, under today's");
                assert!(!p.text(Store::Local, "v1.buried").unwrap().contains(&half), "{at}: a damaged copy");
                ended += 1;
            } else {
                assert!(open(WORDS), "{at}");
                assert_eq!(p.text(Store::Local, "v1.buried"), base.text(Store::Local, "v1.buried"), "{at}");
                undone += 1;
            }
            assert!(aside(&p, OTHER) > 0, "{at}: the other vault's stays");
            assert_eq!(p.text(Store::Local, "v1.reseal"), None, "{at}");
        }
    }
    println!("changes cut short: {undone} as if never begun, {ended} ended at the next unlocking");
    assert!(undone > 20 && ended > 20, "{undone}, {ended}");
}

/// The same where there is no room to write down what is to lie aside, and the copies are a later version's, with fields
/// that this one does not know: what was sealed anew is not taken for what is to go.
#[test]
fn what_was_sealed_anew_before_the_cut_stays_whoever_wrote_the_vault() {
    let (base, key, typed, _) = with_copies_aside();
    for name in ["v1.a", "v1.b"] {
        let mut parts = Parts::from_text(&base.text(Store::Local, name).unwrap());
        (parts.minor, parts.later, parts.writer) = (7, b"tomorrow".to_vec(), b"99.0.0".to_vec());
        parts.reseal_json(key.expose(), br#"{"v":1,"accounts":[]}"#);
        base.put(Store::Local, name, Some(&parts.to_text()));
    }
    let stopped = |at: u64| {
        let p = base.fork();
        p.fail_at(at, Fault::DieAfter);
        (change(&p, &key, typed, "changed"), p)
    };
    let first =
        (0..40).find(|at| stopped(*at).1.text(Store::Local, "v1.reseal").is_some()).expect("it is written down");
    let (mut ended, mut sealed) = (0, 0);
    for at in first + 1.. {
        let p = base.fork();
        p.fail_at(first, Fault::Refuse(Outage::Full));
        p.fail_at(at, Fault::DieAfter);
        if change(&p, &key, typed, "changed").is_some() {
            break;
        }
        p.restart_browser();
        let anew = aside(&p, NEW);
        if now(store::unlock(&p, &Unlock::Passphrase(&passphrase(NEW)))).is_ok() {
            assert_eq!(of(&p, WORDS), 0, "{at}: the old passphrase opens something");
            assert!(aside(&p, NEW) >= anew, "{at}: what was sealed anew is kept");
            ended += 1;
            sealed += usize::from(anew > 0);
        }
        assert!(aside(&p, OTHER) > 0, "{at}: the other vault's stays");
    }
    assert!(ended > sealed && sealed > 0, "{ended}, {sealed}");
}
