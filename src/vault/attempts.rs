//! How fast guesses may come.
//!
//! Five are free; then each failure doubles the wait, from one second to
//! sixty. The count lies in the local store, so neither a stopped worker nor a
//! restarted browser resets it. It is raised before the guess is tried: whoever
//! kills the derivation half-way has spent the attempt.

use super::error::VaultError;
use platform::{Platform, Store};

const KEY: &str = "v1.attempts";
const FREE: u32 = 5;
const LONGEST_MS: u64 = 60_000;

/// Spends an attempt, or says how long to wait. The caller holds the lock.
pub(crate) async fn spend<P: Platform>(p: &P) -> Result<(), VaultError> {
    let now = p.now_ms();
    let mut count = read(p).await?;
    if count.last_ms > now {
        // The clock went back; the wait starts again instead of lasting for years.
        count.last_ms = now;
        write(p, &count).await;
    }
    let wait = count.wait_ms(now);
    if wait > 0 {
        return Err(VaultError::Wait { ms: wait });
    }
    count.failures = count.failures.saturating_add(1);
    count.last_ms = now;
    write(p, &count).await;
    Ok(())
}

/// What the attempt came to: where it opened, all is forgiven; where it failed through no fault of the person's, it is given
/// back. A store that refuses changes nothing about that.
pub(crate) async fn conclude<P: Platform, T>(p: &P, opened: &Result<T, VaultError>) {
    match opened {
        Ok(_) => {
            for store in [Store::Local, Store::Session] {
                let _ = p.set(store, &[(KEY, None)]).await;
            }
        }
        Err(VaultError::Wrong(_)) => {}
        Err(_) => {
            if let Ok(mut count) = read(p).await {
                count.failures = count.failures.saturating_sub(1);
                write(p, &count).await;
            }
        }
    }
}

/// How long until a guess is taken, in milliseconds; 0 for at once.
pub async fn wait_ms<P: Platform>(p: &P) -> Result<u64, VaultError> {
    Ok(read(p).await?.wait_ms(p.now_ms()))
}

#[derive(Default)]
struct Count {
    failures: u32,
    last_ms: u64,
}

impl Count {
    fn wait_ms(&self, now: u64) -> u64 {
        if self.failures < FREE {
            return 0;
        }
        let doublings = (self.failures - FREE).min(16);
        let wait = (1_000_u64 << doublings).min(LONGEST_MS);
        wait.saturating_sub(now.saturating_sub(self.last_ms))
    }
}

async fn read<P: Platform>(p: &P) -> Result<Count, VaultError> {
    let mut worst = Count::default();
    for store in [Store::Local, Store::Session] {
        let Some(text) = p.get_one(store, KEY).await? else { continue };
        // Unreadable counts as the fifth failure, long ago: neither a free pass nor a prison.
        let (failures, last_ms) = text
            .split_once(' ')
            .and_then(|(failures, last)| Some((failures.parse().ok()?, last.parse().ok()?)))
            .unwrap_or((FREE, 0));
        if failures > worst.failures {
            worst = Count { failures, last_ms };
        }
    }
    Ok(worst)
}

/// A full disk must not keep the owner out, so the session stands in for it;
/// and where nothing can be written at all, the passphrase's own cost must do.
async fn write<P: Platform>(p: &P, count: &Count) {
    let text = format!("{} {}", count.failures, count.last_ms);
    let item = [(KEY, Some(text.as_str()))];
    if p.set(Store::Local, &item).await.is_err() {
        let _ = p.set(Store::Session, &item).await;
    }
}
