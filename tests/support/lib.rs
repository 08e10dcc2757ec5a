//! What the tests stand on: a world in which anything can be made to fail, pictures, and records taken apart.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    missing_docs,
    reason = "a test states what it knows"
)]

pub mod forge;
pub mod forged;
pub mod picture;
mod world;

use std::path::Path;

pub use world::*;

/// Once, or for `FUZZ_SECONDS`, as `./build.sh fuzz` asks.
pub fn for_fuzzing(mut each: impl FnMut()) {
    let seconds = std::env::var("FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    let begun = std::time::Instant::now();
    loop {
        each();
        if begun.elapsed().as_secs() >= seconds {
            break;
        }
    }
}

/// A file of the repository.
pub fn path(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)
}
