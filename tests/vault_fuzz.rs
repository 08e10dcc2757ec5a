//! The fuzz targets without a fuzzer: their corpus, and random changes to it.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test states what it knows, helpers outside #[test] too"
)]

#[path = "fuzz/checks.rs"]
mod checks;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// What is done to a seed.
#[derive(Clone, Debug)]
enum Change {
    Set(usize, u8),
    Flip(usize, u8),
    Cut(usize, usize),
    Insert(usize, Vec<u8>),
    Copy(usize, usize, usize),
}

fn change() -> impl Strategy<Value = Change> {
    let at = || 0..8192_usize;
    // What parsers trip over rather than what is likely.
    let telling = prop_oneof![
        Just(vec![0xff; 4]),
        Just(vec![0; 8]),
        Just("%".into()),
        Just("otpauth://".into()),
        Just(":".into()),
        Just("&secret=".into()),
        Just("\u{130}".into()),
        Just("{\"id\":".into()),
        Just("1e999".into()),
        Just("[[[[[[[[[[[[[[[[".into()),
        prop::collection::vec(any::<u8>(), 1..20),
    ];
    prop_oneof![
        (at(), any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
        (at(), 0..8_u8).prop_map(|(at, bit)| Change::Flip(at, bit)),
        (at(), 1..64_usize).prop_map(|(at, count)| Change::Cut(at, count)),
        (at(), telling).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        (at(), at(), 1..64_usize).prop_map(|(from, to, count)| Change::Copy(from, to, count)),
    ]
}

impl Change {
    fn apply(&self, data: &mut Vec<u8>) {
        let within = |at: usize| at % data.len().max(1);
        match self {
            Self::Set(at, byte) => {
                let at = within(*at);
                data.iter_mut().skip(at).take(1).for_each(|found| *found = *byte);
            }
            Self::Flip(at, bit) => {
                let at = within(*at);
                data.iter_mut().skip(at).take(1).for_each(|found| *found ^= 1 << bit);
            }
            Self::Cut(at, count) => {
                let at = within(*at).min(data.len());
                data.drain(at..data.len().min(at + count));
            }
            Self::Insert(at, bytes) => {
                let at = within(*at).min(data.len());
                data.splice(at..at, bytes.iter().copied());
            }
            Self::Copy(from, to, count) => {
                let (from, to) = (within(*from).min(data.len()), within(*to).min(data.len()));
                let bytes: Vec<u8> = data[from..data.len().min(from + count)].to_vec();
                data.splice(to..to, bytes);
            }
        }
    }
}

#[test]
fn no_target_falls_over_its_corpus_or_changes_to_it() {
    for (name, check) in checks::TARGETS {
        let seeds = support::corpus(name);
        assert!(!seeds.is_empty(), "{name} has no corpus");
        seeds.iter().for_each(|seed| check(seed));
        let config = Config { cases: 40 * Config::default().cases, failure_persistence: None, ..Config::default() };
        let tried = std::cell::Cell::new(seeds.len());
        let changes = prop::collection::vec(change(), 0..6);
        let outcome = TestRunner::new(config).run(&(0..seeds.len() + 1, &changes), |(at, changes)| {
            let mut data = seeds.get(at).cloned().unwrap_or_default();
            changes.iter().for_each(|change| change.apply(&mut data));
            check(&data);
            tried.set(tried.get() + 1);
            Ok(())
        });
        if let Err(error) = outcome {
            panic!("{name}: {error}");
        }
        println!("fuzz target {name}: {} tried, 0 failures", tried.get());
    }
}
