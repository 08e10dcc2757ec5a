//! Storage that refuses, tears, lies and dies, at every step of every operation.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test states what it knows, helpers outside #[test] too"
)]

use platform::{Outage, Store};
use support::forge::Parts;
use support::{Fake, Fault, account, now, passphrase, run};
use vault::attempts;
use vault::diagnostics;
use vault::key_slots::{self, NewUnlockMethod, Unlock};
use vault::recovery::RecoveryCode;
use vault::store;
use vault::{Contents, Damage, Holds, Record, SlotType, VaultError, VaultKey};

const WORDS: &str = "correct horse";
const NEW_WORDS: &str = "battery staple";

fn create(p: &Fake) -> VaultKey {
    let words = passphrase(WORDS);
    let unlock_methods = [("Typed", NewUnlockMethod::Passphrase(&words)), ("Here", NewUnlockMethod::Device)];
    now(store::create(p, &unlock_methods, &Contents::default())).expect("a new vault")
}

async fn add(p: &Fake, key: &VaultKey, number: u8) -> Result<(), VaultError> {
    store::change(p, key, |contents| {
        contents.accounts.push(account(number, "kari@example.no"));
        Ok(())
    })
    .await
}

/// A vault with two accounts, three copies, and its key.
fn world() -> (Fake, VaultKey) {
    let p = Fake::new();
    let key = create(&p);
    now(add(&p, &key, 1)).expect("saved");
    now(add(&p, &key, 2)).expect("saved");
    (p, key)
}

/// The numbers of the accounts, by whichever passphrase opens the vault.
fn numbers(p: &Fake) -> Result<Vec<u8>, VaultError> {
    let mut answer = Err(VaultError::None);
    for words in [WORDS, NEW_WORDS] {
        let words = passphrase(words);
        answer = now(store::unlock(p, &Unlock::Passphrase(&words))).map(|(_, contents)| {
            let ids = contents.accounts.iter().map(|account| account.id.0[0]);
            ids.collect()
        });
        if answer != Err(VaultError::Wrong(SlotType::Passphrase)) {
            break;
        }
    }
    answer
}

fn generation(p: &Fake, store: Store, key: &str) -> Option<u64> {
    let text = p.text(store, key)?;
    let record = Record::from_text(&text).ok()?;
    Some(record.header().generation)
}

/// All three copies are sound.
fn is_whole(p: &Fake) -> bool {
    generation(p, Store::Local, "v1.a").is_some()
        && generation(p, Store::Local, "v1.b").is_some()
        && generation(p, Store::Mirror, "v1.mirror").is_some()
}

/// No copy can be opened by a way in that the others have no more.
fn unlock_methods_agree(p: &Fake) -> bool {
    let slots = |store, name| {
        let record = Record::from_text(&p.text(store, name)?).ok()?;
        Some(record.header().slots.clone())
    };
    let a = slots(Store::Local, "v1.a");
    a == slots(Store::Local, "v1.b") && a == slots(Store::Mirror, "v1.mirror")
}

/// What is done while something goes wrong. Answers whether it was acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    Change,
    Unlock,
    AddUnlockMethod,
    RemoveUnlockMethod,
    Rename,
    ChangePassphrase,
    Rotate,
    Settle,
}

impl Deed {
    const ALL: [Self; 8] = [
        Self::Change,
        Self::Unlock,
        Self::AddUnlockMethod,
        Self::RemoveUnlockMethod,
        Self::Rename,
        Self::ChangePassphrase,
        Self::Rotate,
        Self::Settle,
    ];

    async fn run(self, p: &Fake, key: &VaultKey) -> Result<(), VaultError> {
        let Ok(record) = store::newest(&p.fork()).await else { panic!("no vault before the deed") };
        let slots = &record.header().slots;
        let (typed, device) = (slots[0].id, slots[1].id);
        let (words, new_words) = (passphrase(WORDS), passphrase(NEW_WORDS));
        match self {
            Self::Change => add(p, key, 3).await,
            Self::Unlock => store::unlock(p, &Unlock::Passphrase(&words)).await.map(|_| ()),
            Self::AddUnlockMethod => {
                let code = RecoveryCode::make(p)?;
                let unlock_method = NewUnlockMethod::Recovery(&code);
                key_slots::add(p, key, "Paper", &unlock_method).await.map(|_| ())
            }
            Self::RemoveUnlockMethod => key_slots::remove(p, key, device).await,
            Self::Rename => key_slots::rename(p, key, typed, "Other").await,
            Self::ChangePassphrase => {
                let unlock_method = NewUnlockMethod::Passphrase(&new_words);
                key_slots::replace(p, key, typed, &unlock_method).await.map(|_| ())
            }
            Self::Rotate => {
                let unlock_methods = [("Typed", NewUnlockMethod::Passphrase(&new_words))];
                key_slots::rotate(p, key, &unlock_methods).await.map(|_| ())
            }
            Self::Settle => store::settle(p, key).await.map(|_| ()),
        }
    }

    /// Whether it is to have happened, as seen from outside.
    fn shows(self, p: &Fake) -> bool {
        let Ok(record) = now(store::newest(p)) else { panic!("no vault after the deed") };
        let header = record.header();
        let opens = |words| {
            let p = p.fork();
            let words = passphrase(words);
            now(store::unlock(&p, &Unlock::Passphrase(&words))).is_ok()
        };
        match self {
            Self::Change => numbers(&p.fork()) == Ok(vec![1, 2, 3]),
            Self::Unlock | Self::Settle => true,
            Self::AddUnlockMethod => header.slots.len() == 3,
            Self::RemoveUnlockMethod => header.slots.len() == 1,
            Self::Rename => header.slots[0].label == "Other",
            Self::ChangePassphrase => opens(NEW_WORDS) && !opens(WORDS),
            Self::Rotate => opens(NEW_WORDS) && !opens(WORDS) && header.key_epoch == 1,
        }
    }
}

/// Checks a world in which `deed` met with trouble and gave `answer`.
fn check(p: &Fake, deed: Deed, answer: Option<&Result<(), VaultError>>, what: &str) {
    let happened = deed.shows(p);
    match answer {
        Some(Ok(())) => assert!(happened, "{what}: acknowledged and lost"),
        Some(Err(VaultError::NotSaved { holds, .. })) => match holds {
            Holds::Old => assert!(!happened || deed.shows_always(), "{what}: said old, is new"),
            Holds::New => assert!(happened, "{what}: said new, is old"),
            Holds::Unknown => {}
        },
        Some(Err(error)) => {
            assert!(matches!(error, VaultError::Outage(_)) && (!happened || deed.shows_always()), "{what}: {error:?}")
        }
        None => {}
    }
    // Old or new, whole, and ready for the next save.
    let found = numbers(p).unwrap_or_else(|error| panic!("{what}: {error:?}"));
    let expected: &[&[u8]] = match deed {
        Deed::Change => &[&[1, 2], &[1, 2, 3]],
        _ => &[&[1, 2]],
    };
    assert!(expected.contains(&found.as_slice()), "{what}: {found:?}");
    assert!(is_whole(p), "{what}: not mended");
    assert!(unlock_methods_agree(p), "{what}: a copy keeps other ways in");
    for words in [WORDS, NEW_WORDS] {
        let words = passphrase(words);
        if let Ok((key, _)) = now(store::unlock(p, &Unlock::Passphrase(&words))) {
            now(add(p, &key, 9)).unwrap_or_else(|error| panic!("{what}, next save: {error:?}"));
            assert_eq!(numbers(p).map(|numbers| numbers.last().copied()), Ok(Some(9)));
            return;
        }
    }
    panic!("{what}: no passphrase opens it");
}

impl Deed {
    /// It leaves nothing by which to tell whether it happened.
    fn shows_always(self) -> bool {
        matches!(self, Self::Unlock | Self::Settle)
    }
}

#[test]
fn one_fault_at_every_step_of_every_deed_leaves_old_or_new() {
    let (base, key) = world();
    let mut tried = 0;
    for deed in Deed::ALL {
        // A sound world, one whose newest local copy is damaged, one without a mirror.
        for start in 0..3 {
            let world = base.fork();
            match start {
                1 => world.put(Store::Local, "v1.a", Some("damaged")),
                2 => world.put(Store::Mirror, "v1.mirror", None),
                _ => {}
            }
            let steps = {
                let p = world.fork();
                now(deed.run(&p, &key)).expect("nothing goes wrong");
                p.steps()
            };
            for step in 0..steps {
                for fault in Fault::ALL {
                    for restart in [false, true] {
                        let p = world.fork();
                        p.fail_at(step, fault);
                        let answer = run(deed.run(&p, &key));
                        p.0.borrow_mut().faults.clear();
                        if restart {
                            p.restart_browser();
                        }
                        let what = format!("{deed:?}, start {start}, step {step}, {fault:?}");
                        check(&p, deed, answer.as_ref(), &what);
                        tried += 1;
                    }
                }
            }
        }
    }
    println!("one fault at every step: {tried} tried, 0 lost, 0 torn");
}

#[test]
fn a_second_fault_while_the_first_is_being_mended_leaves_old_or_new() {
    let (base, key) = world();
    let mut tried = 0;
    let steps = {
        let p = base.fork();
        now(Deed::Change.run(&p, &key)).expect("nothing goes wrong");
        p.steps()
    };
    for first in 0..steps {
        for fault in Fault::ALL {
            let p = base.fork();
            p.fail_at(first, fault);
            let answer = run(Deed::Change.run(&p, &key));
            p.0.borrow_mut().faults.clear();
            p.restart_browser();
            for second in 0.. {
                for fault_too in Fault::ALL {
                    let q = p.fork();
                    q.fail_at(second, fault_too);
                    let again = run(Deed::Unlock.run(&q, &key));
                    q.0.borrow_mut().faults.clear();
                    q.restart_browser();
                    // Nothing was wrong with the passphrase, so nothing was counted, unless it died.
                    let what = format!("{first} {fault:?}, then {second} {fault_too:?}: {again:?}");
                    check(&q, Deed::Change, answer.as_ref(), &what);
                    tried += 1;
                }
                let q = p.fork();
                run(Deed::Unlock.run(&q, &key));
                if second >= q.steps() {
                    break;
                }
            }
        }
    }
    println!("two faults in a row: {tried} tried, 0 lost, 0 torn");
}

#[test]
fn a_store_that_stays_full_or_broken_keeps_the_old_and_still_opens() {
    let (base, key) = world();
    let mut tried = 0;
    for outage in [Outage::Full, Outage::Storage] {
        for deed in Deed::ALL {
            let p = base.fork();
            for step in 0..100 {
                // Reading works; nothing can be written.
                if outage == Outage::Full {
                    p.fail_at(step, Fault::Refuse(outage));
                }
            }
            // A full store refuses writes alone: let the reads through.
            p.0.borrow_mut().writes_only = true;
            let answer = run(deed.run(&p, &key));
            p.0.borrow_mut().faults.clear();
            p.0.borrow_mut().writes_only = false;
            let what = format!("{deed:?}, {outage:?}");
            if deed == Deed::Unlock {
                assert_eq!(answer, Some(Ok(())), "{what}: a full disk keeps nobody out");
            }
            check(&p, deed, answer.as_ref(), &what);
            tried += 1;
        }
    }
    println!("a store that takes nothing: {tried} tried, 0 lost");
}

#[test]
fn a_new_vault_is_made_whole_or_can_be_made_again() {
    let steps = {
        let p = Fake::new();
        create(&p);
        p.steps()
    };
    let mut tried = 0;
    for step in 0..steps {
        for fault in Fault::ALL {
            let p = Fake::new();
            p.fail_at(step, fault);
            let words = passphrase(WORDS);
            let unlock_methods = [("Typed", NewUnlockMethod::Passphrase(&words)), ("Here", NewUnlockMethod::Device)];
            let answer = run(store::create(&p, &unlock_methods, &Contents::default()));
            p.0.borrow_mut().faults.clear();
            p.restart_browser();
            let acknowledged = matches!(answer, Some(Ok(_)));
            let what = format!("step {step}, {fault:?}");
            match now(store::newest(&p)) {
                Err(VaultError::None) => {
                    assert!(!acknowledged, "{what}: acknowledged and lost");
                    create(&p);
                }
                Ok(_) => assert_eq!(numbers(&p), Ok(vec![]), "{what}"),
                // A torn first write: nothing is lost, and nothing is silently replaced.
                Err(VaultError::Damaged(_) | VaultError::Vanished) => {
                    assert!(!acknowledged, "{what}: acknowledged and lost");
                    let again = run(store::create(&p, &unlock_methods, &Contents::default()));
                    assert_eq!(again.unwrap().err(), Some(VaultError::Exists));
                    now(store::bury(&p)).expect("buried");
                    create(&p);
                }
                Err(_) => panic!("{what}"),
            }
            tried += 1;
        }
    }
    println!("making a vault, one fault: {tried} tried, 0 lost");
}

#[test]
fn every_choice_of_damaged_copies_is_survived_while_one_is_sound() {
    let (base, key) = world();
    let spots = [(Store::Local, "v1.a"), (Store::Local, "v1.b"), (Store::Mirror, "v1.mirror")];
    let newest = generation(&base, Store::Local, "v1.a").unwrap();
    let mut tried = 0;
    for choice in 0..4_u32.pow(3) {
        let p = base.fork();
        p.restart_browser();
        let mut newest_left = false;
        let mut any_left = false;
        for (at, (store, name)) in spots.iter().enumerate() {
            let sound = p.text(*store, name).unwrap();
            match choice / 4_u32.pow(at as u32) % 4 {
                0 => {
                    any_left = true;
                    newest_left |= generation(&p, *store, name) == Some(newest);
                }
                1 => p.put(*store, name, None),
                2 => p.put(*store, name, Some(&sound[..sound.len() / 3])),
                _ => p.put(*store, name, Some(&sound.replace('A', "B"))),
            }
        }
        let what = format!("choice {choice}");
        let answer = numbers(&p);
        if newest_left {
            assert_eq!(answer, Ok(vec![1, 2]), "{what}");
            let counts = now(diagnostics::read(&p));
            if choice != 0 && choice / 4 % 4 != 1 {
                assert_ne!(counts, diagnostics::Diagnostics::default(), "{what}: {counts:?}");
            }
            assert!(now(store::open(&p, &key)).is_ok());
        } else if any_left {
            // The older generation is all there is: the rollback marker in the mirror tells.
            let known = VaultError::RolledBack { found: newest - 1, known: newest };
            assert_eq!(answer, Err(known), "{what}");
            assert!(now(store::settle(&p, &key)).is_ok());
            assert_eq!(numbers(&p), Ok(vec![1]));
        } else {
            assert!(matches!(answer, Err(VaultError::Damaged(_) | VaultError::Vanished)), "{what}: {answer:?}");
            assert!(!matches!(now(store::newest(&p)), Err(VaultError::None)));
            let words = passphrase(WORDS);
            let again = [("", NewUnlockMethod::Passphrase(&words))];
            let again = now(store::create(&p, &again, &Contents::default()));
            assert_eq!(again.err(), Some(VaultError::Exists), "{what}");
        }
        tried += 1;
    }
    println!("damaged, deleted and torn copies: {tried} tried, 0 silent losses, 0 new vaults");
}

#[test]
fn a_store_that_is_put_back_is_found_out() {
    let mut tried = 0;
    for back in 1..=10_u8 {
        let p = Fake::new();
        let key = create(&p);
        now(add(&p, &key, 1)).expect("saved");
        let old = p.fork();
        for number in 0..back {
            now(add(&p, &key, 10 + number)).expect("saved");
        }
        let all = numbers(&p).unwrap();
        // The local store alone: the mirror has the newest, and all is mended.
        let q = p.fork();
        q.restart_browser();
        q.0.borrow_mut().local = old.0.borrow().local.clone();
        assert_eq!(numbers(&q), Ok(all.clone()));
        assert!(now(diagnostics::read(&q)).local_renewed > 0);
        // The mirror alone.
        let q = p.fork();
        q.restart_browser();
        q.0.borrow_mut().mirror = old.0.borrow().mirror.clone();
        assert_eq!(numbers(&q), Ok(all.clone()));
        assert!(now(diagnostics::read(&q)).mirror_renewed > 0);
        // The local store, and the mirror's record is gone: its rollback marker speaks.
        let q = p.fork();
        q.restart_browser();
        q.0.borrow_mut().local = old.0.borrow().local.clone();
        q.put(Store::Mirror, "v1.mirror", None);
        assert!(matches!(numbers(&q), Err(VaultError::RolledBack { .. })));
        // Both, while the vault is open: the session speaks.
        let q = p.fork();
        q.0.borrow_mut().local = old.0.borrow().local.clone();
        q.0.borrow_mut().mirror = old.0.borrow().mirror.clone();
        assert!(matches!(now(store::open(&q, &key)), Err(VaultError::RolledBack { .. })));
        let answer = now(add(&q, &key, 99));
        assert!(matches!(answer, Err(VaultError::RolledBack { .. })));
        // A person settles it, and it stays settled when the newer mirror comes back.
        assert!(now(store::settle(&q, &key)).is_ok());
        q.0.borrow_mut().mirror = p.0.borrow().mirror.clone();
        assert_eq!(numbers(&q), Ok(vec![1]));
        tried += 5;
    }
    println!("stores put back: {tried} tried, 0 unnoticed");
}

#[test]
fn a_forged_rollback_marker_does_not_pass_for_a_later_one() {
    let (p, key) = world();
    let text = p.text(Store::Mirror, "v1.anchor").unwrap();
    let mut bytes = data_encoding::BASE64.decode(text.as_bytes()).unwrap();
    bytes[16] = 200;
    let forged = data_encoding::BASE64.encode(&bytes);
    p.put(Store::Mirror, "v1.anchor", Some(&forged));
    assert!(now(store::open(&p, &key)).is_ok());
    for nonsense in ["", "x", "AAAA"] {
        p.put(Store::Mirror, "v1.anchor", Some(nonsense));
        assert!(now(store::open(&p, &key)).is_ok());
    }
}

/// Where there is something to settle, a forged one raises no count, or the vault could never be saved again.
#[test]
fn a_forged_rollback_marker_counts_for_nothing_when_a_rollback_is_settled() {
    let (p, key) = world();
    let old = p.0.borrow().local.clone();
    let marker = p.text(Store::Mirror, "v1.anchor").unwrap();
    now(add(&p, &key, 3)).expect("saved");
    p.0.borrow_mut().local = old;
    let mut bytes = data_encoding::BASE64.decode(marker.as_bytes()).unwrap();
    bytes[16..24].fill(0xff);
    p.put(Store::Mirror, "v1.anchor", Some(&data_encoding::BASE64.encode(&bytes)));
    p.put(Store::Mirror, "v1.mirror", None);
    // The session's is genuine.
    assert_eq!(now(store::open(&p, &key)).err(), Some(VaultError::RolledBack { found: 3, known: 4 }));
    assert!(now(store::settle(&p, &key)).is_ok());
    assert_eq!(generation(&p, Store::Local, "v1.a"), Some(5));
    assert_eq!(numbers(&p), Ok(vec![1, 2]));
}

#[test]
fn the_rollback_marker_of_a_vault_that_is_gone_is_not_overlooked() {
    let (p, _) = world();
    let other = Fake::new();
    platform::Platform::random(&other, &mut [0; 8]).unwrap();
    let other_key = create(&other);
    p.restart_browser();
    p.0.borrow_mut().local = other.0.borrow().local.clone();
    p.put(Store::Mirror, "v1.mirror", None);
    let words = passphrase(WORDS);
    let answer = now(store::unlock(&p, &Unlock::Passphrase(&words))).err();
    assert_eq!(answer, Some(VaultError::OtherVault));
    assert!(now(store::settle(&p, &other_key)).is_ok());
    assert_eq!(numbers(&p), Ok(vec![]));
}

#[test]
fn each_kind_of_trouble_has_its_own_error_and_loses_nothing() {
    let (base, key) = world();
    let words = passphrase(WORDS);
    let unlock = |p: &Fake| now(store::unlock(p, &Unlock::Passphrase(&words))).err();

    let nothing = Fake::new();
    assert_eq!(unlock(&nothing), Some(VaultError::None));

    let wrong = passphrase("incorrect horse");
    let answer = now(store::unlock(&base.fork(), &Unlock::Passphrase(&wrong))).err();
    assert_eq!(answer, Some(VaultError::Wrong(SlotType::Passphrase)));

    let mut code = RecoveryCode::make(&base).unwrap();
    let answer = now(store::unlock(&base.fork(), &Unlock::Recovery(&code))).err();
    assert_eq!(answer, Some(VaultError::NoSuchSlot));
    let p = base.fork();
    now(key_slots::add(&p, &key, "", &NewUnlockMethod::Recovery(&code))).unwrap();
    code = RecoveryCode::make(&p).unwrap();
    let answer = now(store::unlock(&p, &Unlock::Recovery(&code))).err();
    assert_eq!(answer, Some(VaultError::Wrong(SlotType::Recovery)));

    let damaged = base.fork();
    for (store, name) in [(Store::Local, "v1.a"), (Store::Local, "v1.b"), (Store::Mirror, "v1.mirror")] {
        let text = damaged.text(store, name).unwrap();
        damaged.put(store, name, Some(&format!("{}AAAA", &text[..text.len() - 4])));
    }
    let before = damaged.0.borrow().local.clone();
    assert_eq!(unlock(&damaged), Some(VaultError::Damaged(Damage::Checksum)));
    assert!(matches!(now(store::newest(&damaged)), Err(VaultError::Damaged(_))));
    assert_eq!(now(store::export_raw(&damaged)).lines().count(), 3);
    assert!(damaged.0.borrow().local == before, "nothing was written");

    let other = Fake::new();
    other.0.borrow_mut().now_ms += 1;
    platform::Platform::random(&other, &mut [0; 8]).unwrap();
    let other_key = create(&other);
    let mixed = base.fork();
    mixed.restart_browser();
    mixed.0.borrow_mut().local = other.0.borrow().local.clone();
    let before = mixed.0.borrow().local.clone();
    assert_eq!(unlock(&mixed), Some(VaultError::OtherVault));
    let answer = now(add(&mixed, &key, 3)).err();
    assert_eq!(answer, Some(VaultError::OtherVault));
    assert!(mixed.0.borrow().local["v1.a"] == before["v1.a"]);
    assert_eq!(now(store::open(&other, &key)).err(), Some(VaultError::OtherKey));
    assert!(now(store::open(&other, &other_key)).is_ok());
    // A person decides for the vault that the key opens; the mirror had it.
    assert!(now(store::settle(&mixed, &key)).is_ok());
    assert_eq!(numbers(&mixed), Ok(vec![1, 2]));

    let vanished = base.fork();
    vanished.restart_browser();
    for name in ["v1.a", "v1.b"] {
        vanished.put(Store::Local, name, None);
    }
    vanished.put(Store::Mirror, "v1.mirror", None);
    assert_eq!(unlock(&vanished), Some(VaultError::Vanished));
    assert!(matches!(now(store::newest(&vanished)), Err(VaultError::Vanished)));

    // Wiped altogether, the mirror brings everything back; also the device's secret.
    let wiped = base.fork();
    wiped.restart_browser();
    wiped.0.borrow_mut().local.clear();
    assert!(now(store::unlock(&wiped, &Unlock::Device)).is_ok());
    assert_eq!(numbers(&wiped), Ok(vec![1, 2]));
    let wiped = base.fork();
    wiped.restart_browser();
    wiped.0.borrow_mut().mirror.clear();
    assert!(now(store::unlock(&wiped, &Unlock::Device)).is_ok());
    assert!(wiped.text(Store::Mirror, "v1.mirror").is_some());
}

#[test]
fn a_store_that_cannot_be_read_is_not_an_empty_one() {
    let (base, key) = world();
    // Neither for a vault that is there ...
    for step in 0..2 {
        let p = base.fork();
        p.restart_browser();
        p.fail_at(step, Fault::Refuse(Outage::Storage));
        assert!(now(store::newest(&p)).is_ok());
        p.fail_at(step, Fault::Refuse(Outage::Storage));
        assert!(now(store::open(&p, &key)).is_ok());
    }
    let p = base.fork();
    p.fail_at(0, Fault::Refuse(Outage::Storage));
    p.fail_at(1, Fault::Refuse(Outage::Storage));
    let answer = now(store::newest(&p)).err();
    assert_eq!(answer, Some(VaultError::Outage(Outage::Storage)));
    // ... nor where there seems to be none.
    for step in 0..2 {
        let p = Fake::new();
        p.fail_at(step, Fault::Refuse(Outage::Storage));
        let words = passphrase(WORDS);
        let unlock_methods = [("", NewUnlockMethod::Passphrase(&words))];
        let answer = now(store::create(&p, &unlock_methods, &Contents::default())).err();
        assert_eq!(answer, Some(VaultError::Outage(Outage::Storage)));
        assert!(p.0.borrow().local.is_empty());
    }
}

#[test]
fn a_right_passphrase_is_not_called_wrong_because_a_store_is_silent() {
    let (p, key) = world();
    let typed = match now(store::newest(&p)) {
        Ok(record) => record.header().slots[0].id,
        _ => panic!("no vault"),
    };
    // The new passphrase reaches the local store, and the mirror stays behind.
    let new_words = passphrase(NEW_WORDS);
    let unlock_method = NewUnlockMethod::Passphrase(&new_words);
    let written = {
        let p = p.fork();
        now(key_slots::replace(&p, &key, typed, &unlock_method)).expect("replaced");
        let writes = p.0.borrow().writes.clone();
        assert_eq!(writes[1].0, Store::Mirror);
        p.steps()
    };
    for step in 0..written {
        let p = p.fork();
        p.fail_at(step, Fault::Refuse(Outage::Storage));
        let answer = now(key_slots::replace(&p, &key, typed, &unlock_method));
        p.0.borrow_mut().faults.clear();
        p.restart_browser();
        if answer.is_ok() {
            p.fail_at(0, Fault::Refuse(Outage::Storage));
            let answer = now(store::unlock(&p, &Unlock::Passphrase(&new_words)));
            let silent = VaultError::Outage(Outage::Storage);
            assert!(answer.is_ok() || answer.err() == Some(silent), "step {step}");
            assert_eq!(now(attempts::wait_ms(&p)), Ok(0));
            assert_eq!(p.text(Store::Local, "v1.attempts").filter(|text| !text.starts_with("0 ")), None);
        }
    }
}

#[test]
fn nothing_lies_aside_where_nothing_was_put() {
    assert!(!now(store::has_aside(&Fake::new())));
    assert!(!now(store::has_aside(&world().0)));
}

#[test]
fn what_a_silent_mirror_may_hold_is_not_buried() {
    let (p, key) = world();
    p.restart_browser();
    p.put(Store::Local, "v1.a", Some("damaged"));
    // The mirror has the newest and says nothing: the older one can be read ...
    for _ in 0..3 {
        p.fail_at(1, Fault::Refuse(Outage::Storage));
        let contents = now(store::open(&p, &key)).expect("readable");
        assert_eq!(contents.accounts.len(), 1);
    }
    // ... and not written upon.
    p.fail_at(1, Fault::Refuse(Outage::Storage));
    let refused = VaultError::NotSaved { cause: Outage::Storage, holds: Holds::Old };
    assert_eq!(now(add(&p, &key, 3)), Err(refused));
    assert_eq!(numbers(&p), Ok(vec![1, 2]));
    assert!(is_whole(&p));
}

/// A private window has no mirror: where both local copies are whole, or the first is all that there can be, nothing newer
/// can hide in it, and every save stands without it.
#[test]
fn a_mirror_that_is_never_there_keeps_no_save_back() {
    let p = Fake::new();
    let key = create(&p);
    for number in 1..=3 {
        p.fail_at(1, Fault::Refuse(Outage::Storage));
        assert_eq!(now(add(&p, &key, number)), Ok(()), "{number}");
    }
    assert_eq!(numbers(&p), Ok(vec![1, 2, 3]));
    // Of a copy that is gone or damaged it is not known whether it was the newest.
    for (name, text) in ["v1.a", "v1.b"].into_iter().flat_map(|name| [(name, None), (name, Some("damaged"))]) {
        let p = p.fork();
        p.put(Store::Local, name, text);
        p.fail_at(1, Fault::Refuse(Outage::Storage));
        let refused = now(add(&p, &key, 4));
        let silent = VaultError::Outage(Outage::Storage);
        let not_saved = VaultError::NotSaved { cause: Outage::Storage, holds: Holds::Old };
        assert!(refused == Err(silent) || refused == Err(not_saved), "{name} {text:?}: {refused:?}");
    }
}

/// Any trace of a vault, alone, keeps another one from being made in its place as if there had never been one.
#[test]
fn every_trace_of_a_vault_alone_tells_that_there_was_one() {
    let (base, _) = world();
    let traces = [(Store::Local, "v1.exists"), (Store::Mirror, "v1.anchor"), (Store::Session, "v1.anchor")];
    for (store, name) in traces {
        let p = Fake::new();
        p.put(store, name, Some(&base.text(store, name).expect(name)));
        assert!(matches!(now(store::newest(&p)), Err(VaultError::Vanished)), "{store:?} {name}");
    }
}

/// What was not read is not written over either, though the vault opens from the mirror meanwhile.
#[test]
fn a_local_store_that_is_silent_is_not_mended() {
    let (p, key) = world();
    let mirror = p.0.borrow().mirror.clone();
    now(add(&p, &key, 3)).expect("saved");
    now(add(&p, &key, 4)).expect("saved");
    p.restart_browser();
    p.0.borrow_mut().mirror = mirror;
    let local = p.0.borrow().local.clone();
    for step in 0..2 {
        p.fail_at(step * 3, Fault::Refuse(Outage::Storage));
    }
    let contents = now(store::open(&p, &key)).expect("an older state can be read");
    assert_eq!(contents.accounts.len(), 2);
    p.0.borrow_mut().faults.clear();
    assert!(["v1.a", "v1.b"].iter().all(|name| p.text(Store::Local, name).as_ref() == local.get(*name)));
    assert_eq!(numbers(&p), Ok(vec![1, 2, 3, 4]));
}

/// The newest lies in the mirror alone; of the two local copies one is an older state, the other damaged or tampered with.
#[test]
fn a_save_takes_the_place_of_the_worthless_copy_and_not_of_the_older_state() {
    let (base, key) = world();
    let older = base.text(Store::Local, "v1.b").filter(|_| generation(&base, Store::Local, "v1.b") == Some(2));
    let older = older.or_else(|| base.text(Store::Local, "v1.a")).unwrap();
    let mut tampered = Parts::from_text(&older);
    tampered.generation += 40;
    for (kept, worthless) in [("v1.a", "v1.b"), ("v1.b", "v1.a")] {
        for bad in ["damaged", &tampered.to_text()] {
            let p = base.fork();
            p.put(Store::Local, kept, Some(&older));
            p.put(Store::Local, worthless, Some(bad));
            assert_eq!(now(add(&p, &key, 3)), Ok(()));
            let found = [kept, worthless].map(|name| generation(&p, Store::Local, name));
            assert_eq!(found, [Some(2), Some(4)], "{kept}");
            assert_eq!(numbers(&p), Ok(vec![1, 2, 3]));
        }
    }
}

#[test]
fn an_operation_that_refuses_writes_nothing() {
    let (p, key) = world();
    p.0.borrow_mut().writes.clear();
    let answer = now(store::change(&p, &key, |contents| {
        contents.accounts.clear();
        Err::<(), _>(VaultError::Locked)
    }));
    assert_eq!(answer, Err(VaultError::Locked));
    assert!(p.0.borrow().writes.is_empty());
    assert_eq!(numbers(&p), Ok(vec![1, 2]));
}

#[test]
fn buried_remains_are_kept() {
    let (p, _) = world();
    p.restart_browser();
    let text = p.text(Store::Mirror, "v1.mirror").unwrap();
    now(store::bury(&p)).expect("buried");
    assert!(matches!(now(store::newest(&p)), Err(VaultError::None)));
    // A second one does not bury the first for good.
    create(&p);
    now(store::bury(&p)).expect("buried");
    let raw = now(store::export_raw(&p));
    assert!(raw.contains(&text));
    assert_eq!(raw.lines().count(), 3, "every copy that differs: two generations, and the second vault");
}

/// A store that does not answer may hold the only sound copy, or one of a later version.
#[test]
fn nothing_is_cleared_away_that_could_not_be_read() {
    const COPIES: [(Store, &str); 3] = [(Store::Local, "v1.a"), (Store::Local, "v1.b"), (Store::Mirror, "v1.mirror")];
    let (whole, _) = world();
    whole.restart_browser();
    let file = whole.text(Store::Mirror, "v1.mirror").unwrap();
    let newer = |p: &Fake| {
        let mut bytes = data_encoding::BASE64.decode(p.text(Store::Local, "v1.a").unwrap().as_bytes()).unwrap();
        bytes[8] = 2;
        let end = bytes.len() - 4;
        let crc = crc32c::crc32c(&bytes[..end]).to_le_bytes();
        bytes[end..].copy_from_slice(&crc);
        p.put(Store::Local, "v1.a", Some(&data_encoding::BASE64.encode(&bytes)));
    };
    let damaged = |stores: &[Store], p: &Fake| {
        for (store, name) in COPIES.into_iter().filter(|(store, _)| stores.contains(store)) {
            let half = p.text(store, name).map(|text| text[..text.len() / 2].to_owned());
            p.put(store, name, half.as_deref());
        }
    };
    type Spoil<'a> = &'a dyn Fn(&Fake);
    let spoilt: [(&str, Spoil<'_>); 5] = [
        ("sound", &|_| {}),
        ("newer", &newer),
        ("local damaged", &|p| damaged(&[Store::Local], p)),
        ("mirror damaged", &|p| damaged(&[Store::Mirror], p)),
        ("all damaged", &|p| damaged(&[Store::Local, Store::Mirror], p)),
    ];
    let (mut refused, mut done) = (0, 0);
    for (case, spoil) in spoilt {
        for silent in [None, Some(0), Some(1), Some(2), Some(3), Some(4)] {
            for restores in [false, true] {
                let p = whole.fork();
                spoil(&p);
                let before = COPIES.map(|(store, name)| p.text(store, name).unwrap());
                if let Some(step) = silent {
                    p.fail_at(step, Fault::Refuse(Outage::Storage));
                }
                let answer = match restores {
                    true => now(store::restore(&p, file.as_bytes())),
                    false => now(store::bury(&p)),
                };
                p.0.borrow_mut().faults.clear();
                let after = now(store::export_raw(&p));
                let what = format!("{case}, {silent:?} silent, restores: {restores}: {answer:?}");
                assert!(before.iter().all(|text| after.contains(text)), "{what}");
                let is_in_the_way = answer == Err(VaultError::Exists);
                match silent {
                    None => assert_eq!(is_in_the_way, case == "newer" || restores && case != "all damaged", "{what}"),
                    Some(_) => assert!(!is_in_the_way || case != "all damaged", "{what}"),
                }
                *(if answer.is_ok() { &mut done } else { &mut refused }) += 1;
            }
        }
    }
    println!("put aside or put back beside a store that is silent: {refused} refused, {done} done, 0 lost");
}

#[test]
fn of_several_records_in_a_file_the_one_written_last_is_put_back_wherever_it_stands() {
    let (p, key) = world();
    let early = p.text(Store::Mirror, "v1.mirror").unwrap();
    p.advance(1);
    now(add(&p, &key, 3)).expect("saved");
    let late = p.text(Store::Mirror, "v1.mirror").unwrap();
    for lines in [[&early, &late, &early], [&late, &early, &early], [&early, &early, &late]] {
        let file = lines.map(|record| format!("1 v1.a {record}\n")).concat();
        let p = Fake::new();
        now(store::restore(&p, file.as_bytes())).expect("put back");
        assert_eq!(numbers(&p), Ok(vec![1, 2, 3]));
    }
}

#[test]
fn whatever_fails_while_a_vault_is_put_back_nothing_that_lay_there_is_lost() {
    let (base, _) = world();
    let file = now(store::export_raw(&base));
    base.restart_browser();
    let spots = [(Store::Local, "v1.a"), (Store::Local, "v1.b"), (Store::Mirror, "v1.mirror")];
    let remains = spots.map(|(store, name)| {
        let text = base.text(store, name).unwrap();
        let half = text[..text.len() / 2].to_owned();
        base.put(store, name, Some(&half));
        half
    });
    let steps = {
        let p = base.fork();
        now(store::restore(&p, file.as_bytes())).expect("put back");
        assert_eq!(numbers(&p), Ok(vec![1, 2]));
        p.steps()
    };
    let mut tried = 0;
    for step in 0..steps {
        for fault in Fault::ALL {
            let p = base.fork();
            p.fail_at(step, fault);
            let said = run(store::restore(&p, file.as_bytes()));
            p.0.borrow_mut().faults.clear();
            p.restart_browser();
            if said == Some(Ok(())) {
                assert_eq!(numbers(&p), Ok(vec![1, 2]), "step {step}, {fault:?}: what is said to be there");
            }
            let raw = now(store::export_raw(&p));
            assert!(remains.iter().all(|text| raw.contains(text)), "step {step}, {fault:?}");
            // And it can be tried again.
            let again = now(store::restore(&p, file.as_bytes()));
            assert!(matches!(again, Ok(()) | Err(VaultError::Exists)), "step {step}, {fault:?}: {again:?}");
            assert_eq!(numbers(&p), Ok(vec![1, 2]), "step {step}, {fault:?}");
            tried += 1;
        }
    }
    println!("putting back a vault while something fails: {tried} tried, 0 lost");
}

#[test]
fn whatever_fails_while_a_rollback_is_settled_the_rest_is_kept_and_it_can_be_tried_again() {
    let (base, key) = world();
    let old = base.0.borrow().local.clone();
    now(add(&base, &key, 3)).expect("saved");
    let newest = base.text(Store::Mirror, "v1.mirror").unwrap();
    base.0.borrow_mut().local = old;
    // All that is left of the newest copy.
    let half = newest[..newest.len() / 2].to_owned();
    base.put(Store::Mirror, "v1.mirror", Some(&half));
    assert!(matches!(numbers(&base.fork()), Err(VaultError::RolledBack { .. })));
    let steps = {
        let p = base.fork();
        now(store::settle(&p, &key)).expect("settled");
        p.steps()
    };
    let mut tried = 0;
    for step in 0..steps {
        for fault in Fault::ALL {
            let p = base.fork();
            p.fail_at(step, fault);
            run(store::settle(&p, &key));
            p.0.borrow_mut().faults.clear();
            p.restart_browser();
            let what = format!("step {step}, {fault:?}");
            assert!(now(store::export_raw(&p)).contains(&half), "{what}");
            now(store::settle(&p, &key)).unwrap_or_else(|error| panic!("{what}: {error:?}"));
            assert_eq!(numbers(&p), Ok(vec![1, 2]), "{what}");
            tried += 1;
        }
    }
    println!("settling while something fails: {tried} tried, 0 lost");
}

/// Another vault, saved more often, lies beside the one copy there is of this one.
#[test]
fn whatever_fails_while_it_is_settled_between_two_vaults_the_chosen_one_is_not_lost() {
    let (own, key) = world();
    let text = own.text(Store::Mirror, "v1.mirror").unwrap();
    let other = Fake::new();
    platform::Platform::random(&other, &mut [0; 8]).unwrap();
    let other_key = create(&other);
    for number in 1..=5 {
        now(add(&other, &other_key, number)).expect("saved");
    }
    let others = other.text(Store::Mirror, "v1.mirror").unwrap();
    let mut tried = 0;
    for (own_at, other_at) in [("v1.a", "v1.b"), ("v1.b", "v1.a")] {
        let base = own.fork();
        base.restart_browser();
        base.0.borrow_mut().mirror.clear();
        base.put(Store::Local, own_at, Some(&text));
        base.put(Store::Local, other_at, Some(&others));
        let settled = base.fork();
        now(store::settle(&settled, &key)).expect("settled");
        for (step, fault) in (0..settled.steps()).flat_map(|step| Fault::ALL.map(|fault| (step, fault))) {
            let p = base.fork();
            p.fail_at(step, fault);
            run(store::settle(&p, &key));
            p.0.borrow_mut().faults.clear();
            p.restart_browser();
            let what = format!("{own_at}, step {step}, {fault:?}");
            now(store::settle(&p, &key)).unwrap_or_else(|error| panic!("{what}: {error:?}"));
            assert_eq!(numbers(&p), Ok(vec![1, 2]), "{what}");
            assert!(now(store::export_raw(&p)).contains(&others), "{what}");
            tried += 1;
        }
    }
    println!("settling between two vaults while something fails: {tried} tried, 0 lost");
}

#[test]
fn a_store_that_lies_is_found_out() {
    let (base, key) = world();
    let saving = {
        let p = base.fork();
        now(add(&p, &key, 3)).expect("saved");
        p.steps() - 4
    };
    let mut tried = 0;
    for fault in [Fault::Halves, Fault::OnlyLast, Fault::RefuseLate] {
        let p = base.fork();
        // The write to the local store lies, and there is no mirror to make up for it.
        p.fail_at(saving, fault);
        p.fail_at(saving + 2, Fault::Refuse(Outage::Storage));
        let answer = now(add(&p, &key, 3));
        p.0.borrow_mut().faults.clear();
        let holds = if fault == Fault::RefuseLate { Holds::New } else { Holds::Old };
        assert_eq!(answer, Err(VaultError::NotSaved { cause: Outage::Storage, holds }), "{fault:?}");
        let expected = if holds == Holds::New { vec![1, 2, 3] } else { vec![1, 2] };
        assert_eq!(numbers(&p), Ok(expected), "{fault:?}");
        tried += 1;
    }
    println!("lies of the store: {tried} tried, 0 believed");
    // Where the new state is there against the store's word, the mirror and the session hear of it as well.
    let p = base.fork();
    p.fail_at(saving, Fault::RefuseLate);
    assert_eq!(now(add(&p, &key, 3)), Err(VaultError::NotSaved { cause: Outage::Storage, holds: Holds::New }));
    assert_eq!(generation(&p, Store::Mirror, "v1.mirror"), Some(4));
    for name in ["v1.a", "v1.b", "v1.mirror"] {
        p.put(
            if name == "v1.mirror" { Store::Mirror } else { Store::Local },
            name,
            base.text(Store::Local, "v1.a").as_deref(),
        );
    }
    p.put(Store::Mirror, "v1.anchor", None);
    assert_eq!(now(store::open(&p, &key)).err(), Some(VaultError::RolledBack { found: 3, known: 4 }));
}
