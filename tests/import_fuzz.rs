//! The importers' fuzz targets without a fuzzer: the vectors as their corpus, and random changes to them.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test states what it knows, helpers outside #[test] too"
)]

#[path = "fuzz/import_checks.rs"]
#[allow(unreachable_pub, reason = "shared with the fuzz targets")]
mod import_checks;
use crate::exchange::vectors;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// A vector, where it is cut, and what follows instead.
fn changed() -> impl Strategy<Value = (usize, usize, Vec<u8>)> {
    (any::<usize>(), any::<usize>(), prop::collection::vec(any::<u8>(), 0..40))
}

fn each(name: &str, cases: u32, check: fn(&[u8]), body: fn(&vectors::Vector) -> bool) {
    let seeds: Vec<Vec<u8>> = vectors::all().into_iter().filter(body).map(|vector| vector.body).collect();
    assert!(seeds.len() > 5, "{name}");
    let found = support::corpus(name);
    for seed in seeds.iter().chain(&found) {
        check(seed);
    }
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[11; 32]));
    runner
        .run(&changed(), |(which, at, instead)| {
            let mut bytes = seeds[which % seeds.len()].clone();
            let at = at % (bytes.len() + 1);
            let end = bytes.len().min(at + instead.len());
            bytes.splice(at..end, instead);
            check(&bytes);
            Ok(())
        })
        .unwrap();
    println!("{name}: {} seeds, {cases} changes, no panic", seeds.len() + found.len());
}

#[test]
fn import_any() {
    each("import_any", 4_000, import_checks::any, |_| true);
}

#[test]
fn import_binary() {
    each("import_binary", 2_000, import_checks::binary, |vector| std::str::from_utf8(&vector.body).is_err());
}

#[test]
fn import_text() {
    each("import_text", 2_000, import_checks::text, |vector| !vector.body.starts_with(b"{"));
}

#[test]
fn import_json() {
    each("import_json", 2_000, import_checks::json, |vector| {
        vector.body.starts_with(b"{") || vector.body.starts_with(b"[")
    });
}

/// Few, because what is left whole asks for its derivation.
#[test]
fn import_sealed() {
    each("import_sealed", 60, import_checks::sealed, |vector| {
        vector.password.is_some() && !vector.name.starts_with("keepass") && !vector.name.starts_with("stratum")
    });
}
