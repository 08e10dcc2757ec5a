//! What the fuzz targets of the scanner check, without a fuzzer: the same functions, fed by its corpus and by proptest.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests state what they know"
)]

#[path = "fuzz/qr_checks.rs"]
mod checks;

use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn rgba(bytes in prop::collection::vec(any::<u8>(), 0..20_000)) {
        checks::rgba(&bytes);
    }

    #[test]
    fn grid(bytes in prop::collection::vec(any::<u8>(), 0..1_200)) {
        checks::grid(&bytes);
    }
}

#[test]
fn no_target_falls_over_its_corpus() {
    support::corpus("qr_rgba").iter().for_each(|bytes| checks::rgba(bytes));
    support::corpus("qr_grid").iter().for_each(|bytes| checks::grid(bytes));
}

/// A grid with finders, timing and a good format gets much farther than noise.
#[test]
fn grids_of_every_version_that_look_like_codes() {
    for version in 1..=40 {
        for fill in [0x00, 0xff, 0x5a, version] {
            checks::grid(&[version, 2, fill, fill ^ 0x3c, 0x81]);
        }
    }
}
