//! Locking, expiry, clocks that jump, and the pace of guesses.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test states what it knows, helpers outside #[test] too"
)]

use platform::Store;
use support::{Fake, now, passphrase, run_all};
use vault::attempts;
use vault::key_slots::{NewUnlockMethod, Unlock};
use vault::recovery::RecoveryCode;
use vault::session::{self, Idle};
use vault::store;
use vault::{Contents, SlotType, VaultError, VaultKey};

const MINUTE: u64 = 60_000;

fn kept(idle: Idle) -> Fake {
    let p = Fake::new();
    let key = VaultKey::from_bytes(&[7; 32]);
    now(session::keep(&p, &key, idle)).expect("kept");
    p
}

fn is_open(p: &Fake) -> bool {
    match now(session::key(p)) {
        Ok(key) => {
            assert_eq!(key.expose(), &[7; 32]);
            true
        }
        Err(VaultError::Locked) => {
            assert_eq!(p.text(Store::Session, "v1.key"), None, "the key is gone");
            false
        }
        Err(error) => panic!("{error:?}"),
    }
}

#[test]
fn it_locks_after_the_idle_time_and_not_before() {
    let mut tried = 0;
    for minutes in [1, 5, 15, 60, 480] {
        let p = kept(Idle::After(minutes * MINUTE));
        p.advance(minutes * MINUTE - 1);
        assert!(is_open(&p));
        p.advance(1);
        assert!(!is_open(&p));
        assert_eq!(now(session::touch(&p)), Err(VaultError::Locked), "stays so");
        p.rewind(minutes * MINUTE);
        assert!(!is_open(&p), "and a clock put back does not bring it back");
        tried += 1;
    }
    println!("idle times: {tried} tried, 0 late");
}

#[test]
fn a_lock_ends_the_proof_whatever_locked_it() {
    let key = VaultKey::from_bytes(&[7; 32]);
    let idle = Idle::After(MINUTE);
    let p = kept(idle);
    now(session::prove(&p)).unwrap();
    now(session::keep(&p, &key, idle)).unwrap();
    assert!(now(session::proved_ms(&p)).is_some(), "an open vault that is kept open");
    now(session::lock(&p)).unwrap();
    assert_eq!(now(session::proved_ms(&p)), None);
    // By time alone, before anybody has asked: what opens next does so without the proof, or with its own.
    for proves in [false, true] {
        let p = kept(idle);
        now(session::prove(&p)).unwrap();
        p.advance(MINUTE);
        if proves {
            now(session::prove(&p)).unwrap();
        }
        now(session::keep(&p, &key, idle)).unwrap();
        assert_eq!(now(session::proved_ms(&p)).is_some(), proves);
    }
}

#[test]
fn use_renews_it_and_reading_does_not() {
    let p = kept(Idle::USUAL);
    for _ in 0..10 {
        p.advance(10 * MINUTE);
        assert_eq!(now(session::touch(&p)), Ok(()));
    }
    for _ in 0..2 {
        p.advance(7 * MINUTE);
        assert!(is_open(&p));
    }
    p.advance(MINUTE);
    assert!(!is_open(&p));
}

#[test]
fn it_locks_by_hand_at_once_and_with_the_browser() {
    let p = kept(Idle::UntilClosed);
    p.advance(1_000 * 24 * 60 * MINUTE);
    assert!(is_open(&p));
    assert_eq!(now(session::until_ms(&p)), Ok(None));
    assert_eq!(now(session::lock(&p)), Ok(()));
    assert!(!is_open(&p));
    let p = kept(Idle::UntilClosed);
    p.restart_browser();
    assert!(!is_open(&p));
}

#[test]
fn a_clock_that_jumps_back_locks() {
    let mut tried = 0;
    for idle in [Idle::USUAL, Idle::UntilClosed] {
        for (seconds, open) in
            [(1, true), (60, true), (300, true), (301, false), (3_600, false), (10 * 365 * 86_400, false)]
        {
            let p = kept(idle);
            p.rewind(seconds * 1_000);
            assert_eq!(is_open(&p), open, "{seconds} s back");
            tried += 1;
        }
        // In small steps, measured against the latest time ever seen.
        let p = kept(idle);
        p.advance(4 * MINUTE);
        assert!(is_open(&p));
        p.rewind(3 * MINUTE);
        assert!(is_open(&p));
        p.rewind(3 * MINUTE);
        assert!(!is_open(&p), "six minutes behind the latest");
        tried += 1;
    }
    println!("clocks put back: {tried} tried, 0 left open");
}

#[test]
fn a_lease_that_cannot_be_read_is_none() {
    for lease in [None, Some(""), Some("1 2"), Some("x y z"), Some("1 2 -3")] {
        let p = kept(Idle::USUAL);
        p.put(Store::Session, "v1.lease", lease);
        assert!(!is_open(&p), "{lease:?}");
    }
    for key in ["", "x", "AAAA"] {
        let p = kept(Idle::USUAL);
        p.put(Store::Session, "v1.key", Some(key));
        assert!(!is_open(&p), "{key:?}");
    }
}

#[test]
fn using_it_while_it_locks_does_not_bring_the_key_back() {
    let mut tried = 0;
    for delay in 0..6 {
        let p = kept(Idle::USUAL);
        p.advance(MINUTE);
        run_all(vec![
            Box::pin(async {
                let _ = session::key(&p).await;
                let _ = session::touch(&p).await;
            }),
            Box::pin(async {
                for _ in 0..delay {
                    support::yield_now().await;
                }
                session::lock(&p).await.expect("locked");
            }),
        ]);
        // Looking whether it is open would end what is left: the key itself must be gone.
        assert_eq!(p.text(Store::Session, "v1.key"), None, "delay {delay}");
        assert!(!is_open(&p), "delay {delay}");
        tried += 1;
    }
    println!("use while locking: {tried} tried, 0 reopened");
}

fn create(p: &Fake) {
    let words = passphrase("correct horse");
    let unlock_methods = [("", NewUnlockMethod::Passphrase(&words)), ("", NewUnlockMethod::Device)];
    now(store::create(p, &unlock_methods, &Contents::default())).expect("a new vault");
}

#[test]
fn guesses_slow_down_to_one_a_minute() {
    let p = Fake::new();
    create(&p);
    let wrong = passphrase("incorrect horse");
    let mut waits = Vec::new();
    for _ in 0..14 {
        let wait = now(attempts::wait_ms(&p)).unwrap();
        waits.push(wait / 1_000);
        if wait > 0 {
            p.advance(wait - 1);
            let early = now(store::unlock(&p, &Unlock::Passphrase(&wrong))).err();
            assert_eq!(early, Some(VaultError::Wait { ms: 1 }));
            p.advance(1);
        }
        // The worker stops and starts again; the browser too.
        p.restart_browser();
        let answer = now(store::unlock(&p, &Unlock::Passphrase(&wrong))).err();
        assert_eq!(answer, Some(VaultError::Wrong(SlotType::Passphrase)));
    }
    assert_eq!(waits, [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
    // What cannot be guessed at does not wait.
    assert!(now(store::unlock(&p, &Unlock::Device)).is_ok());
    assert!(now(attempts::wait_ms(&p)).unwrap() > 0);
}

#[test]
fn a_clock_that_is_put_back_shortens_no_wait() {
    let p = Fake::new();
    create(&p);
    let wrong = passphrase("incorrect horse");
    let guess = |p: &Fake| now(store::unlock(p, &Unlock::Passphrase(&wrong))).err();
    for _ in 0..6 {
        p.advance(1_000);
        guess(&p);
    }
    for _ in 0..20 {
        p.rewind(60_000);
        assert_eq!(guess(&p), Some(VaultError::Wait { ms: 2_000 }));
    }
}

/// SECURITY.md says so: whoever moves the clock on, or deletes the count, does not wait.
#[test]
fn where_the_wait_does_not_hold_a_guess_costs_its_derivation() {
    let p = Fake::new();
    create(&p);
    let wrong = passphrase("incorrect horse");
    let before = p.0.borrow().derivations;
    for at in 0..100 {
        if at % 2 == 0 {
            p.advance(60_001);
        } else {
            p.put(platform::Store::Local, "v1.attempts", None);
        }
        let answer = now(store::unlock(&p, &Unlock::Passphrase(&wrong))).err();
        assert_eq!(answer, Some(VaultError::Wrong(SlotType::Passphrase)));
    }
    assert_eq!(p.0.borrow().derivations - before, 100);
}

#[test]
fn a_guess_counts_even_if_it_is_cut_short() {
    let p = Fake::new();
    create(&p);
    let wrong = passphrase("incorrect horse");
    let mut spent = 0;
    for _ in 0..5 {
        // Three looks at the stores, two at the count: then it is written down.
        p.fail_at(5, support::Fault::DieAfter);
        if support::run(store::unlock(&p, &Unlock::Passphrase(&wrong))).is_none() {
            spent += 1;
        }
    }
    assert_eq!(spent, 5);
    let answer = now(store::unlock(&p, &Unlock::Passphrase(&wrong))).err();
    assert_eq!(answer, Some(VaultError::Wait { ms: 1_000 }));
    assert_eq!(p.0.borrow().derivations, 1, "the one of its creation");
}

#[test]
fn a_clock_put_back_makes_nobody_wait_for_years() {
    let p = Fake::new();
    create(&p);
    p.advance(20 * 365 * 86_400_000);
    let wrong = passphrase("incorrect horse");
    for _ in 0..5 {
        let _ = now(store::unlock(&p, &Unlock::Passphrase(&wrong)));
    }
    p.rewind(20 * 365 * 86_400_000);
    let right = passphrase("correct horse");
    let answer = now(store::unlock(&p, &Unlock::Passphrase(&right))).err();
    assert_eq!(answer, Some(VaultError::Wait { ms: 1_000 }));
    p.advance(1_000);
    assert!(now(store::unlock(&p, &Unlock::Passphrase(&right))).is_ok());
}

#[test]
fn trouble_that_is_not_the_persons_costs_no_attempt() {
    let p = Fake::new();
    create(&p);
    let right = passphrase("correct horse");
    let code = RecoveryCode::make(&p).unwrap();
    p.0.borrow_mut().memory_kib = Some(1);
    for _ in 0..20 {
        assert!(now(store::unlock(&p, &Unlock::Passphrase(&right))).is_err());
        let answer = now(store::unlock(&p, &Unlock::Recovery(&code))).err();
        assert_eq!(answer, Some(VaultError::NoSuchSlot));
    }
    p.0.borrow_mut().memory_kib = None;
    assert!(now(store::unlock(&p, &Unlock::Passphrase(&right))).is_ok());
}

#[test]
fn a_count_that_was_tampered_with_is_neither_a_free_pass_nor_a_prison() {
    for text in ["", "x", "5", "-1 0", "99999999999 0", "4294967295 0"] {
        let p = Fake::new();
        create(&p);
        p.put(Store::Local, "v1.attempts", Some(text));
        let wrong = passphrase("incorrect horse");
        let answer = now(store::unlock(&p, &Unlock::Passphrase(&wrong))).err();
        assert_eq!(answer, Some(VaultError::Wrong(SlotType::Passphrase)), "{text}");
        assert!(now(attempts::wait_ms(&p)).unwrap() >= 1_000, "{text}");
        p.advance(MINUTE);
        let right = passphrase("correct horse");
        assert!(now(store::unlock(&p, &Unlock::Passphrase(&right))).is_ok());
    }
}
