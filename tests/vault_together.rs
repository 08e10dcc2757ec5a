//! Several contexts at once: the popup, the manager and the worker all write.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test states what it knows, helpers outside #[test] too"
)]

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;

use platform::Outage;
use support::{Fake, Fault, now, passphrase, run_all};
use vault::key_slots::NewUnlockMethod;
use vault::store;
use vault::{Contents, VaultError, VaultKey};

const WRITERS: [&str; 3] = ["popup", "manager", "worker"];

fn create(p: &Fake) -> VaultKey {
    let words = passphrase("correct horse");
    let unlock_methods = [("", NewUnlockMethod::Passphrase(&words))];
    now(store::create(p, &unlock_methods, &Contents::default())).expect("a new vault")
}

/// One operation: the writer's own count goes up by one.
async fn count(p: &Fake, key: &VaultKey, writer: &str) -> Result<(), VaultError> {
    store::change(p, key, |contents| {
        let before = contents.settings.get(writer).and_then(|v| v.as_u64());
        let after = before.unwrap_or(0) + 1;
        contents.settings.insert(writer.to_owned(), after.into());
        Ok(())
    })
    .await
}

fn counted(p: &Fake, key: &VaultKey, writer: &str) -> u64 {
    let contents = now(store::open(p, key)).expect("open");
    contents.settings.get(writer).and_then(|v| v.as_u64()).unwrap_or(0)
}

type Task<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

#[test]
fn three_writers_of_a_thousand_operations_lose_none() {
    let p = Fake::new();
    let key = create(&p);
    let tasks = WRITERS.map(|writer| -> Task<'_> {
        let (p, key) = (&p, &key);
        Box::pin(async move {
            for _ in 0..1_000 {
                count(p, key, writer).await.expect("saved");
            }
        })
    });
    run_all(tasks.into());
    for writer in WRITERS {
        assert_eq!(counted(&p, &key, writer), 1_000);
    }
    println!("three writers: 3000 tried, 0 lost");
}

#[test]
fn without_the_lock_a_write_is_refused_and_not_lost() {
    let p = Fake::new();
    let key = create(&p);
    p.0.borrow_mut().lockless = true;
    let acknowledged = RefCell::new([0_u64; 3]);
    let refused = RefCell::new(0);
    let tasks = [0, 1, 2].map(|at| -> Task<'_> {
        let (p, key, acknowledged, refused) = (&p, &key, &acknowledged, &refused);
        Box::pin(async move {
            for turn in 0..1_000 {
                // Out of step with each other, in every phase.
                for _ in 0..(turn * (at + 3)) % 11 {
                    support::yield_now().await;
                }
                match count(p, key, WRITERS[at]).await {
                    Ok(()) => acknowledged.borrow_mut()[at] += 1,
                    Err(VaultError::Conflict) => *refused.borrow_mut() += 1,
                    Err(error) => panic!("{error:?}"),
                }
            }
        })
    });
    run_all(tasks.into());
    p.0.borrow_mut().lockless = false;
    let mut lost = 0;
    for (writer, acknowledged) in WRITERS.iter().zip(acknowledged.borrow().iter()) {
        lost += acknowledged.saturating_sub(counted(&p, &key, writer));
    }
    let refused = refused.into_inner();
    assert!(refused > 0, "they never met");
    assert_eq!(lost, 0);
    println!("three writers without a lock: 3000 tried, {refused} refused, {lost} lost");
}

#[test]
fn writers_that_die_at_any_moment_let_the_others_go_on() {
    let p = Fake::new();
    let key = create(&p);
    let acknowledged = RefCell::new(0_u64);
    let begun = RefCell::new(0_u64);
    for round in 0..300 {
        p.fail_at(round % 37, Fault::DieBefore);
        p.fail_at(20 + round % 23, Fault::DieAfter);
        p.fail_at(5 + round % 41, Fault::Refuse(Outage::Storage));
        let tasks = WRITERS.map(|_| -> Task<'_> {
            let (p, key, acknowledged, begun) = (&p, &key, &acknowledged, &begun);
            Box::pin(async move {
                for _ in 0..3 {
                    *begun.borrow_mut() += 1;
                    if count(p, key, "all").await.is_ok() {
                        *acknowledged.borrow_mut() += 1;
                    }
                }
            })
        });
        run_all(tasks.into());
        p.0.borrow_mut().faults.clear();
        let found = counted(&p, &key, "all");
        assert!(found >= *acknowledged.borrow(), "acknowledged and lost");
        assert!(found <= *begun.borrow());
        // What was saved without being acknowledged counts as known from here.
        *acknowledged.borrow_mut() = found;
    }
    println!("dying writers: {} tried, 0 lost", begun.into_inner());
}

#[test]
fn reading_beside_a_writer_never_gives_a_false_alarm() {
    let p = Fake::new();
    let key = create(&p);
    let reads = RefCell::new(0);
    let writer: Task<'_> = Box::pin(async {
        for _ in 0..500 {
            count(&p, &key, "w").await.expect("saved");
        }
    });
    let reader: Task<'_> = Box::pin(async {
        let mut last = 0;
        for turn in 0..700 {
            for _ in 0..turn % 7 {
                support::yield_now().await;
            }
            let contents = store::open(&p, &key).await.expect("open");
            let seen = contents.settings.get("w").and_then(|v| v.as_u64());
            assert!(seen.unwrap_or(0) >= last, "went back");
            last = seen.unwrap_or(0);
            *reads.borrow_mut() += 1;
        }
    });
    run_all(vec![writer, reader]);
    println!("reads beside a writer: {} tried, 0 wrong", reads.into_inner());
}
