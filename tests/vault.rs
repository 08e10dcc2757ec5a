//! The vault in ordinary use: made, opened, changed, locked.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test states what it knows, helpers outside #[test] too"
)]

use kdf::Argon2Cost;
use platform::Store;
use support::{Fake, account, now, passphrase};
use vault::key_slots::{self, NewUnlockMethod, PrfOutput, Unlock};
use vault::recovery::RecoveryCode;
use vault::store;
use vault::{Contents, Prf, SlotType, UnlockMethod, VaultError, VaultKey};

fn create(p: &Fake) -> VaultKey {
    let words = passphrase("correct horse");
    let unlock_method = [("At work", NewUnlockMethod::Passphrase(&words))];
    now(store::create(p, &unlock_method, &Contents::default())).expect("a new vault")
}

fn add(p: &Fake, key: &VaultKey, number: u8) {
    now(store::change(p, key, |contents| {
        contents.accounts.push(account(number, "kari@example.no"));
        Ok::<_, VaultError>(())
    }))
    .expect("saved");
}

#[test]
fn what_is_saved_is_there_after_a_restart() {
    let p = Fake::new();
    let key = create(&p);
    add(&p, &key, 1);
    add(&p, &key, 2);
    p.restart_browser();
    let words = passphrase("correct horse");
    let (key, contents) = now(store::unlock(&p, &Unlock::Passphrase(&words))).expect("open");
    assert_eq!(contents.accounts.len(), 2);
    assert!(contents.accounts[0] == account(1, "kari@example.no"));
    assert!(now(store::open(&p, &key)).is_ok_and(|again| again == contents));
}

#[test]
fn an_empty_world_has_no_vault_and_a_second_one_is_refused() {
    let p = Fake::new();
    assert!(matches!(now(store::newest(&p)), Err(VaultError::None)));
    create(&p);
    assert!(now(store::newest(&p)).is_ok());
    let words = passphrase("another one");
    let again = now(store::create(&p, &[("", NewUnlockMethod::Passphrase(&words))], &Contents::default()));
    assert_eq!(again.err(), Some(VaultError::Exists));
}

#[test]
fn a_wrong_passphrase_says_so_and_costs_time_after_five() {
    let p = Fake::new();
    create(&p);
    let wrong = passphrase("incorrect horse");
    let right = passphrase("correct horse");
    for _ in 0..5 {
        let answer = now(store::unlock(&p, &Unlock::Passphrase(&wrong)));
        assert_eq!(answer.err(), Some(VaultError::Wrong(SlotType::Passphrase)));
    }
    let derived = p.0.borrow().derivations;
    let answer = now(store::unlock(&p, &Unlock::Passphrase(&right)));
    assert_eq!(answer.err(), Some(VaultError::Wait { ms: 1_000 }));
    assert_eq!(p.0.borrow().derivations, derived, "no work while waiting");
    p.restart_browser();
    p.advance(1_000);
    assert!(now(store::unlock(&p, &Unlock::Passphrase(&right))).is_ok());
    assert_eq!(now(vault::attempts::wait_ms(&p)), Ok(0));
}

#[test]
fn every_unlock_method_opens_the_same_vault() {
    let p = Fake::new();
    let key = create(&p);
    add(&p, &key, 1);
    let code = RecoveryCode::make(&p).expect("random");
    now(key_slots::add(&p, &key, "Paper", &NewUnlockMethod::Recovery(&code))).expect("added");
    now(key_slots::add(&p, &key, "Here", &NewUnlockMethod::Device)).expect("added");
    let output = PrfOutput::new(vec![7; 32]).expect("long enough");
    let prf = Prf {
        credential_id: vec![1; 48],
        rp_id: String::new(),
        transports: 8,
        prf_salt: key_slots::make_prf_salt(&p).expect("random"),
        mixes_device_secret: true,
    };
    let id = now(key_slots::add(&p, &key, "Hello", &NewUnlockMethod::Prf(prf, &output))).expect("added");
    p.restart_browser();
    let words = passphrase("correct horse");
    for unlock in [Unlock::Passphrase(&words), Unlock::Recovery(&code), Unlock::Device, Unlock::Prf(id, &output)] {
        let (_, contents) = now(store::unlock(&p, &unlock)).expect("open");
        assert_eq!(contents.accounts.len(), 1);
    }
    let other = PrfOutput::new(vec![8; 32]).expect("long enough");
    let answer = now(store::unlock(&p, &Unlock::Prf(id, &other)));
    assert_eq!(answer.err(), Some(VaultError::Wrong(SlotType::Prf)));
}

#[test]
fn where_memory_is_short_the_cost_steps_down_to_the_floor_and_no_further() {
    let usual = Argon2Cost { memory_kib: 64 * 1024, passes: 3, lanes: 1 };
    let floor = Argon2Cost { memory_kib: 19 * 1024, passes: 2, lanes: 1 };
    for (memory_kib, cost) in [(None, usual), (Some(20 * 1024), floor)] {
        let p = Fake::new();
        p.0.borrow_mut().memory_kib = memory_kib;
        create(&p);
        let Ok(record) = now(store::newest(&p)) else { panic!("no vault") };
        assert_eq!(record.header().slots[0].unlock_method(), Some(&UnlockMethod::Passphrase(cost)));
    }
    let poor = Fake::new();
    poor.0.borrow_mut().memory_kib = Some(10 * 1024);
    let words = passphrase("long enough");
    let unlock_method = [("", NewUnlockMethod::Passphrase(&words))];
    assert!(now(store::create(&poor, &unlock_method, &Contents::default())).is_err());
    assert!(matches!(now(store::newest(&poor)), Err(VaultError::None)));
}

#[test]
fn one_write_to_the_local_store_for_each_save() {
    let p = Fake::new();
    let key = create(&p);
    p.0.borrow_mut().writes.clear();
    add(&p, &key, 1);
    let world = p.0.borrow();
    let local = world.writes.iter().filter(|(store, _)| *store == Store::Local);
    assert_eq!(local.count(), 1);
}
