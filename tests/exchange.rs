//! Import and export: our own vectors, real files where they are at hand,
//! hostile ones, and round trips through a program that is not ours.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test states what it knows, helpers outside #[test] too"
)]

#[path = "exchange/answers.rs"]
mod answers;
#[path = "exchange/hostile.rs"]
mod hostile;
#[path = "exchange/manifest.rs"]
mod manifest;
#[path = "exchange/real.rs"]
mod real;
#[path = "exchange/round_trip.rs"]
mod round_trip;
#[path = "exchange/shown.rs"]
mod shown;
#[path = "exchange/vectors.rs"]
mod vectors;
