//! The time that codes are made for.

use serde::{Deserialize, Serialize};

use crate::platform::{Platform, Store};

/// Where the correction of the computer's clock is kept.
const KEY: &str = "clock";

#[derive(Serialize, Deserialize)]
struct Correction {
    /// Microsoft's clock less this computer's, in milliseconds.
    offset_ms: i64,
}

/// Milliseconds since the Unix epoch by Microsoft's clock, as far as it is known.
pub(super) async fn now_ms(p: &impl Platform) -> u64 {
    let stored = p.get(Store::Session, &[KEY]).await.ok().and_then(|mut values| values.pop().flatten());
    let offset = stored.and_then(|text| serde_json::from_str::<Correction>(&text).ok()).map_or(0, |c| c.offset_ms);
    p.now_ms().saturating_add_signed(offset)
}
