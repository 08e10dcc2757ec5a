//! Random histories, against a model that is a list and two flags.
//!
//! Requests, deaths, refusals, damaged copies, restarts and clocks that move
//! come in any order. After each step the model says what must be true.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test states what it knows, helpers outside #[test] too"
)]

use std::cell::Cell;

use platform::{Platform, Store};
use proptest::prelude::*;
use support::{Fake, Fault, account, now, passphrase, run};
use vault::key_slots::{self, NewUnlockMethod, Unlock};
use vault::session::{self, Idle};
use vault::store;
use vault::{AccountId, Contents, Holds, SlotType, VaultError, VaultKey};

const WORDS: [&str; 3] = ["correct horse", "battery staple", "blåbærsyltetøy"];

#[derive(Clone, Debug)]
enum Act {
    Add(u8),
    Delete(u8),
    Rename(u8, u8),
    Refuse,
    Read,
    Touch,
    Lock,
    Unlock(usize),
    ChangePassphrase(usize),
    Rotate(usize),
    AddDevice,
    Restart,
    Advance(u32),
    Rewind(u32),
    Trouble(u64, usize),
    Damage(usize),
    Delete1(usize),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (0..6_u8).prop_map(Act::Add),
        3 => (0..6_u8).prop_map(Act::Delete),
        3 => (0..6_u8, any::<u8>()).prop_map(|(at, name)| Act::Rename(at, name)),
        1 => Just(Act::Refuse),
        3 => Just(Act::Read),
        1 => Just(Act::Touch),
        1 => Just(Act::Lock),
        4 => (0..3_usize).prop_map(Act::Unlock),
        1 => (0..3_usize).prop_map(Act::ChangePassphrase),
        1 => (0..3_usize).prop_map(Act::Rotate),
        1 => Just(Act::AddDevice),
        1 => Just(Act::Restart),
        2 => (0..2_000_000_u32).prop_map(Act::Advance),
        1 => (0..900_000_u32).prop_map(Act::Rewind),
        6 => (0..14_u64, 0..Fault::ALL.len()).prop_map(|(step, fault)| Act::Trouble(step, fault)),
        1 => (0..3_usize).prop_map(Act::Damage),
        1 => (0..3_usize).prop_map(Act::Delete1),
    ]
}

/// What a vault holds and which passphrase opens it.
#[derive(Clone, PartialEq, Debug)]
struct State {
    accounts: Vec<(u8, String)>,
    words: usize,
}

struct Model {
    p: Fake,
    /// What was acknowledged last; or, where that was cut short, either.
    sure: State,
    maybe: Option<State>,
}

thread_local! {
    static ACTS: Cell<u64> = const { Cell::new(0) };
    static CHECKS: Cell<u64> = const { Cell::new(0) };
}

impl Model {
    fn new() -> Self {
        let p = Fake::new();
        let words = passphrase(WORDS[0]);
        let unlock_methods = [("", NewUnlockMethod::Passphrase(&words))];
        now(store::create(&p, &unlock_methods, &Contents::default())).expect("a new vault");
        Self { p, sure: State { accounts: Vec::new(), words: 0 }, maybe: None }
    }

    /// What the vault turns out to hold is what it holds from now on.
    fn settle(&mut self) {
        CHECKS.set(CHECKS.get() + 1);
        // Seen from a world of its own, so that looking mends nothing here.
        let q = self.p.fork();
        q.put(Store::Local, "v1.attempts", None);
        q.put(Store::Session, "v1.attempts", None);
        let mut seen = None;
        for (at, words) in WORDS.iter().enumerate() {
            let words = passphrase(words);
            match now(store::unlock(&q, &Unlock::Passphrase(&words))) {
                Ok((_, contents)) => {
                    assert!(seen.is_none(), "two passphrases open it");
                    seen = Some(State { accounts: listed(&contents), words: at });
                }
                Err(VaultError::Wrong(SlotType::Passphrase)) => {}
                Err(error) => panic!("not to be opened: {error:?}"),
            }
        }
        let seen = seen.expect("no passphrase opens it");
        if Some(&seen) == self.maybe.as_ref() {
            self.sure = seen;
        } else {
            assert_eq!(seen, self.sure, "neither old nor new");
        }
        self.maybe = None;
    }

    fn sound_copies(&self) -> usize {
        COPIES
            .iter()
            .filter(|(store, name)| {
                let text = self.p.text(*store, name);
                text.is_some_and(|text| vault::Record::from_text(&text).is_ok())
            })
            .count()
    }

    /// Whether every copy is sound and of the newest contents or ways in.
    fn all_agree(&self) -> bool {
        let Ok(newest) = now(store::newest(&self.p.fork())) else {
            return false;
        };
        let newest = newest.header().generation;
        let generation = |(store, name): (Store, &str)| {
            let text = self.p.text(store, name)?;
            let record = vault::Record::from_text(&text).ok()?;
            Some(record.header().generation)
        };
        let [a, b, mirror] = COPIES.map(generation);
        mirror == Some(newest) && (a == Some(newest) || b == Some(newest))
    }

    /// Runs a request that would lead to `after`; death and refusal leave either.
    fn attempt<T>(&mut self, after: State, request: impl AsyncFnOnce(&Fake) -> Result<T, VaultError>) -> Option<T> {
        let p = self.p.clone();
        let answer = run(request(&p));
        p.0.borrow_mut().faults.clear();
        match answer {
            Some(Ok(value)) => {
                self.sure = after;
                self.maybe = None;
                self.settle();
                return Some(value);
            }
            Some(Err(VaultError::NotSaved { holds, .. })) => match holds {
                Holds::Old => {}
                Holds::New => self.sure = after,
                Holds::Unknown => self.maybe = Some(after),
            },
            Some(Err(
                VaultError::Outage(_)
                | VaultError::Locked
                | VaultError::OtherKey
                | VaultError::LastSlot
                | VaultError::Wait { .. },
            )) => {}
            Some(Err(error)) => panic!("unexpected: {error:?}"),
            None => self.maybe = Some(after),
        }
        self.settle();
        None
    }

    fn act(&mut self, act: &Act) {
        ACTS.set(ACTS.get() + 1);
        let mut after = self.sure.clone();
        let (p, before) = (self.p.clone(), self.p.now_ms());
        match *act {
            Act::Add(number) => {
                if after.accounts.iter().any(|(at, _)| *at == number) {
                    return;
                }
                after.accounts.push((number, "new".into()));
                self.attempt(after, async |p| {
                    change(p, |contents| contents.accounts.push(account(number, "new"))).await
                });
            }
            Act::Delete(number) => {
                after.accounts.retain(|(at, _)| *at != number);
                self.attempt(after, async |p| {
                    change(p, |contents| {
                        contents.delete(AccountId([number; 16]), p.now_ms());
                    })
                    .await
                });
            }
            Act::Rename(number, name) => {
                let name = format!("name {name}");
                for (at, old) in &mut after.accounts {
                    if *at == number {
                        old.clone_from(&name);
                    }
                }
                self.attempt(after, async |p| {
                    change(p, |contents| {
                        if let Some(account) = contents.account_mut(AccountId([number; 16])) {
                            account.name = name;
                        }
                    })
                    .await
                });
            }
            Act::Refuse => {
                self.attempt(after, async |p| {
                    let key = session::key(p).await?;
                    store::change(p, &key, |contents| {
                        contents.accounts.clear();
                        Err::<(), _>(VaultError::Locked)
                    })
                    .await
                });
            }
            Act::Read => {
                let known = self.sure.accounts.clone();
                // A silent local store leaves the mirror, for reading only, and
                // that may not have what was never acknowledged.
                let quiet = p.0.borrow().faults.is_empty();
                let read = self.attempt(after, async |p| {
                    let key = session::key(p).await?;
                    store::open(p, &key).await
                });
                if let Some(contents) = read.filter(|_| quiet) {
                    assert_eq!(listed(&contents), known);
                }
            }
            Act::Touch => {
                self.attempt(after, async |p| session::touch(p).await);
            }
            Act::Lock => {
                let locked = run(session::lock(&p));
                p.0.borrow_mut().faults.clear();
                if locked == Some(Ok(())) && p.text(Store::Session, "v1.key").is_none() {
                    assert_eq!(now(session::key(&p)).err(), Some(VaultError::Locked));
                }
            }
            Act::Unlock(words) => {
                if words != self.sure.words {
                    // A silent local store would leave the mirror, which may be behind.
                    p.0.borrow_mut().faults.clear();
                    let words = passphrase(WORDS[words]);
                    let answer = run(store::unlock(&p, &Unlock::Passphrase(&words)));
                    p.0.borrow_mut().faults.clear();
                    assert!(!matches!(answer, Some(Ok(_))), "opened by another");
                    return;
                }
                self.attempt(after, async |p| {
                    let words = passphrase(WORDS[words]);
                    let (key, _) = store::unlock(p, &Unlock::Passphrase(&words)).await?;
                    session::keep(p, &key, Idle::USUAL).await
                });
            }
            Act::ChangePassphrase(words) => {
                after.words = words;
                self.attempt(after, async |p| {
                    let key = session::key(p).await?;
                    let record = store::newest(p).await?;
                    let words = passphrase(WORDS[words]);
                    let id = record.header().slots[0].id;
                    key_slots::replace(p, &key, id, &NewUnlockMethod::Passphrase(&words)).await
                });
            }
            Act::Rotate(words) => {
                after.words = words;
                self.attempt(after, async |p| {
                    let key = session::key(p).await?;
                    let words = passphrase(WORDS[words]);
                    let unlock_methods = [("", NewUnlockMethod::Passphrase(&words))];
                    let key = key_slots::rotate(p, &key, &unlock_methods).await?;
                    // Dying or failing here means a locked vault, not a lost one.
                    let _ = session::keep(p, &key, Idle::USUAL).await;
                    Ok(())
                });
            }
            Act::AddDevice => {
                self.attempt(after, async |p| {
                    let key = session::key(p).await?;
                    let record = store::newest(p).await?;
                    if record.header().slots.len() < 4 {
                        key_slots::add(p, &key, "", &NewUnlockMethod::Device).await?;
                    }
                    Ok(())
                });
            }
            Act::Restart => p.restart_browser(),
            Act::Advance(ms) => {
                let open = is_open(&p);
                p.advance(ms.into());
                // Reading renews nothing: past the idle time, and what the clock may
                // have gone back unnoticed, it is locked for sure.
                if open && u64::from(ms) >= (15 + 5) * 60_000 {
                    assert!(!is_open(&p));
                }
            }
            Act::Rewind(ms) => {
                let open = is_open(&p);
                p.rewind(ms.into());
                if open && ms > 330_000 {
                    assert!(!is_open(&p));
                }
                assert!(p.now_ms() <= before);
            }
            Act::Trouble(step, fault) => {
                p.0.borrow_mut().faults.clear();
                p.fail_at(step, Fault::ALL[fault]);
            }
            // One copy at a time: the promise is for as long as one is sound.
            Act::Damage(at) | Act::Delete1(at) => {
                let (store, name) = COPIES[at];
                if self.all_agree() && self.sound_copies() == 3 {
                    let text = p.text(store, name).unwrap();
                    let torn = &text[..text.len() / 2];
                    let torn = matches!(act, Act::Damage(_)).then_some(torn);
                    p.put(store, name, torn);
                    self.settle();
                }
            }
        }
    }
}

const COPIES: [(Store, &str); 3] = [(Store::Local, "v1.a"), (Store::Local, "v1.b"), (Store::Mirror, "v1.mirror")];

/// Whether the vault is open, with nothing going wrong while it is asked.
fn is_open(p: &Fake) -> bool {
    let faults = std::mem::take(&mut p.0.borrow_mut().faults);
    let open = now(session::key(p)).is_ok();
    p.0.borrow_mut().faults = faults;
    open
}

async fn change(p: &Fake, operation: impl FnOnce(&mut Contents)) -> Result<(), VaultError> {
    let key: VaultKey = session::key(p).await?;
    store::change(p, &key, |contents| {
        operation(contents);
        Ok(())
    })
    .await
}

fn listed(contents: &Contents) -> Vec<(u8, String)> {
    contents.accounts.iter().map(|account| (account.id.0[0], account.name.clone())).collect()
}

#[test]
fn no_history_loses_what_was_acknowledged() {
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    let histories = prop::collection::vec(act(), 1..80);
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let tried = Cell::new(0);
    let outcome = runner.run(&histories, |history| {
        let mut model = Model::new();
        // Begin open, or most of the history would speak to a locked vault.
        model.act(&Act::Unlock(0));
        for act in &history {
            model.act(act);
        }
        tried.set(tried.get() + 1);
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    println!("random histories: {} of {} acts and {} checks tried, 0 lost", tried.get(), ACTS.get(), CHECKS.get());
}
