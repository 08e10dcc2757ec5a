//! What the tests stand on: a world in which anything can be made to fail, pictures, and records taken apart.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    missing_docs,
    reason = "a test states what it knows"
)]

mod asked;
pub mod forge;
pub mod forged;
pub mod picture;
mod world;

use std::path::Path;

pub use asked::*;
pub use world::*;

/// What a fuzz target is to be fed with in each test: `tests/fuzz/corpus/TARGET`.
pub fn corpus(target: &str) -> Vec<Vec<u8>> {
    let directory = path("tests/fuzz/corpus").join(target);
    let mut paths: Vec<_> = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// A file of the repository.
pub fn path(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)
}
