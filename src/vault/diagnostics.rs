//! What the store had to put right, counted. No secret, no time, no name.

use super::storage_scan::{Found, Spot};
use platform::{Platform, Store};
use serde::{Deserialize, Serialize};

const KEY: &str = "v1.diagnostics";

/// How often what happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Diagnostics {
    /// A damaged local record was replaced by a sound copy.
    pub local_mended: u32,
    /// A local record was behind or gone and was brought up to date.
    pub local_renewed: u32,
    /// A damaged mirror was replaced.
    pub mirror_mended: u32,
    /// The mirror was behind or gone and was brought up to date.
    pub mirror_renewed: u32,
    /// The mirror could not be written.
    pub mirror_missed: u32,
    /// A person took an older copy for the truth.
    pub settled: u32,
}

/// Where crashed modules name their lines, in the mirror, because every context can write to that; the newest last.
const CRASHES: &str = "v1.crashes";
/// So many are shown.
const MAX_CRASHES: usize = 8;
/// Longer is no place in a source.
const MAX_PLACE: usize = 200;

/// The places in the source at which a module of ours has crashed.
pub async fn crashes<P: Platform>(p: &P) -> Vec<String> {
    let text = p.get_one(Store::Mirror, CRASHES).await.unwrap_or_default();
    let mut places: Vec<String> = text.and_then(|text| strict_json::read(&text)).unwrap_or_default();
    places.retain(|place| place.len() <= MAX_PLACE);
    places.split_off(places.len().saturating_sub(MAX_CRASHES))
}

impl Diagnostics {
    /// The count for a copy that had to be written anew there, by what was found in its place.
    pub(crate) fn mended(&mut self, spot: Spot, found: &Found) -> &mut u32 {
        let damaged = matches!(found, Found::Damaged(..));
        match (spot, damaged) {
            (Spot::Mirror, true) => &mut self.mirror_mended,
            (Spot::Mirror, false) => &mut self.mirror_renewed,
            (_, true) => &mut self.local_mended,
            (_, false) => &mut self.local_renewed,
        }
    }
}

/// The counts so far; unreadable ones start again.
pub async fn read<P: Platform>(p: &P) -> Diagnostics {
    let text = p.get_one(Store::Local, KEY).await.unwrap_or_default();
    text.and_then(|text| strict_json::read(&text)).unwrap_or_default()
}

/// Counts one more there; best effort. The caller holds the lock.
pub(crate) async fn count<P: Platform>(p: &P, which: impl FnOnce(&mut Diagnostics) -> &mut u32) {
    let mut counts = read(p).await;
    let count = which(&mut counts);
    *count = count.saturating_add(1);
    let _ = p.set(Store::Local, &[(KEY, Some(&strict_json::write(&counts)))]).await;
}
