//! The time that codes are made for: the computer's, corrected by Microsoft's.
//!
//! A code holds for thirty seconds, and computers are wrong by more. The only
//! clock that counts is the one that checks the code, and every answer of it
//! carries a `Date`. That is truncated to seconds and late by the network, so a
//! sample gives an interval; several intersect.

use platform::{Platform, Store};
use serde::{Deserialize, Serialize};

/// Where the correction is kept.
const KEY: &str = "clock";
/// A correction older than this is not used.
const LIFETIME_MS: u64 = 24 * 60 * 60 * 1000;
/// Not asked again sooner than this.
const PAUSE_MS: u64 = 10 * 60 * 1000;
/// Corrected only if the clock is surely off by more than this.
const LEAST_MS: i64 = 1000;
/// Asked more closely only if it is off by more than this.
const CLOSE_LOOK_MS: i64 = 2000;
/// Samples of one close look.
const MAX_SAMPLES: u32 = 6;
/// Off by more than this is told to the person.
const TELL_MS: i64 = 90_000;

/// Microsoft's clock less this computer's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Correction {
    offset_ms: i64,
    /// When that was found, by the computer's clock; without it, it holds as long as the browser runs.
    checked_ms: Option<u64>,
}

impl Correction {
    fn holds_at(self, now_ms: u64) -> bool {
        // A clock that was put back since makes the correction meaningless.
        self.checked_ms.is_none_or(|checked| (checked..checked.saturating_add(LIFETIME_MS)).contains(&now_ms))
    }
}

/// Milliseconds since the Unix epoch by Microsoft's clock, as far as it is known.
pub(super) async fn now_ms(p: &impl Platform) -> u64 {
    p.now_ms().saturating_add_signed(offset_ms(p).await)
}

/// The same, where Microsoft's clock has told lately.
pub(super) async fn checked_ms(p: &impl Platform) -> Option<u64> {
    let correction = read(p).await.filter(|c| c.holds_at(p.now_ms()))?;
    Some(p.now_ms().saturating_add_signed(correction.offset_ms))
}

/// How far the computer's clock is behind, in seconds, where that is worth telling.
pub(super) async fn off_s(p: &impl Platform) -> Option<i32> {
    let offset = offset_ms(p).await;
    if offset.abs() <= TELL_MS { None } else { i32::try_from(offset / 1000).ok() }
}

async fn offset_ms(p: &impl Platform) -> i64 {
    read(p).await.filter(|c| c.holds_at(p.now_ms())).map_or(0, |c| c.offset_ms)
}

async fn read(p: &impl Platform) -> Option<Correction> {
    let text = p.get_one(Store::Session, KEY).await.ok()??;
    strict_json::read(&text)
}

/// Asks the host for its time, unless it was asked lately. Whether it told.
pub(super) async fn check(p: &impl Platform, origin: &str) -> bool {
    let known = read(p).await;
    let lately = known.is_some_and(|c| c.checked_ms.is_none_or(|checked| p.now_ms().abs_diff(checked) < PAUSE_MS));
    if lately {
        return false;
    }
    let Some(offset_ms) = measure(p, origin).await else { return false };
    let correction = Correction { offset_ms, checked_ms: Some(p.now_ms()) };
    p.set(Store::Session, &[(KEY, Some(&strict_json::write(&correction)))]).await.is_ok()
}

/// The offset, 0 if the clock may well be right; `None` if the host did not tell.
async fn measure(p: &impl Platform, origin: &str) -> Option<i64> {
    let (mut interval, mut round_trip) = sample(p, origin).await?;
    if interval.least_distance() > CLOSE_LOOK_MS {
        for _ in 1..MAX_SAMPLES {
            // A request that arrives when, by the middle of what is known, a second begins halves the interval.
            let arrives = p.now_ms().saturating_add_signed(interval.middle()) + round_trip / 2;
            p.sleep(u32::try_from(1000 - arrives % 1000).unwrap_or(0)).await;
            let (next, took) = sample(p, origin).await?;
            interval = interval.and(next)?;
            round_trip = took;
        }
    }
    Some(if interval.least_distance() > LEAST_MS { interval.middle() } else { 0 })
}

/// The true offset lies between these two, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Interval {
    low: i64,
    high: i64,
}

impl Interval {
    /// What both say; `None` if they contradict each other, because a clock was moved in between or an answer was stale.
    fn and(self, other: Self) -> Option<Self> {
        let both = Self { low: self.low.max(other.low), high: self.high.min(other.high) };
        (both.low <= both.high).then_some(both)
    }

    fn middle(self) -> i64 {
        self.low.midpoint(self.high)
    }

    /// How far the clock is off at least.
    fn least_distance(self) -> i64 {
        self.low.max(-self.high).max(0)
    }
}

/// One sample, and how many milliseconds it took.
async fn sample(p: &impl Platform, origin: &str) -> Option<(Interval, u64)> {
    let sent = p.now_ms();
    let date = i64::try_from(p.server_date_ms(origin).await.ok()?).ok()?;
    let received = p.now_ms();
    // Set back while it was asked, or so slow that nothing is learnt.
    if received < sent || received - sent > 10_000 {
        return None;
    }
    let took = received - sent;
    let (sent, received) = (i64::try_from(sent).ok()?, i64::try_from(received).ok()?);
    Some((Interval { low: date - received, high: date + 1000 - sent }, took))
}
