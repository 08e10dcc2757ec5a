//! Import and export: our own vectors, real files where they are at hand,
//! hostile ones, and round trips through a program that is not ours.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test states what it knows, helpers outside #[test] too"
)]

mod answers;
mod attack;
mod awkward;
mod bombs;
mod discarded;
mod elsewhere;
mod fields;
mod given;
mod hostile;
mod keepass;
mod kinds;
mod limits;
mod manifest;
mod merge;
mod migration;
mod mistakes;
mod real;
mod remarks;
mod round_trip;
mod shown;
mod texts;
pub(crate) mod vectors;
