//! The unlocked key between two calls.
//!
//! It lies in session storage, which is memory, with a lease and the idle time
//! beside it. The lease is checked at each use, so a timer that never fires
//! keeps nothing open. The three are apart because using the vault renews the
//! lease: were they one value, a renewal that crosses a lock would bring the key
//! back, and one that crosses a new idle time the old one.

use zeroize::Zeroizing;

use super::crypto::VaultKey;
use super::error::VaultError;
use data_encoding::BASE64;
use platform::{Platform, Store};

const KEY: &str = "v1.key";
const LEASE: &str = "v1.lease";
const IDLE: &str = "v1.idle";
/// When somebody last showed that it is them; a lock ends that too.
const PROVED: &str = "proved";

/// How far the clock may go back before the vault locks.
const TOLERANCE_MS: u64 = 5 * 60 * 1000;
/// How stale the lease's notion of the time may be before a use renews it.
const STALE_MS: u64 = 30 * 1000;

/// How long the vault stays open without being used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idle {
    /// Locks after this many milliseconds.
    After(u64),
    /// Locks when the browser closes.
    UntilClosed,
}

impl Idle {
    /// 15 minutes.
    pub const USUAL: Self = Self::After(15 * 60 * 1000);
}

/// Keeps the vault open.
pub async fn keep<P: Platform>(p: &P, key: &VaultKey, idle: Idle) -> Result<(), VaultError> {
    let text = Zeroizing::new(BASE64.encode(key.expose()));
    let lease = Lease::starting(p.now_ms()).to_text();
    let idle = idle.to_text();
    // What ended by time alone, and nobody has asked since, ends here.
    let _ = read(p).await;
    let items = [(KEY, Some(text.as_str())), (LEASE, Some(lease.as_str())), (IDLE, Some(idle.as_str()))];
    Ok(p.set(Store::Session, &items).await?)
}

/// The idle time is another from now on, and starts again. Does not open a vault that is locked meanwhile.
pub async fn set_idle<P: Platform>(p: &P, idle: Idle) -> Result<(), VaultError> {
    read(p).await?;
    let (lease, idle) = (Lease::starting(p.now_ms()).to_text(), idle.to_text());
    Ok(p.set(Store::Session, &[(LEASE, Some(&lease)), (IDLE, Some(&idle))]).await?)
}

/// Notes that somebody has just shown that it is them.
pub async fn prove<P: Platform>(p: &P) -> Result<(), VaultError> {
    let _ = read(p).await;
    Ok(p.set(Store::Session, &[(PROVED, Some(&p.now_ms().to_string()))]).await?)
}

/// When somebody last showed that it is them, since the vault was last opened.
pub async fn proved_ms<P: Platform>(p: &P) -> Option<u64> {
    p.get_one(Store::Session, PROVED).await.ok()??.parse().ok()
}

/// The key, if the vault is open; otherwise [`VaultError::Locked`], and then it is gone.
pub async fn key<P: Platform>(p: &P) -> Result<VaultKey, VaultError> {
    let (key, lease, _) = read(p).await?;
    let now = p.now_ms();
    if now > lease.seen_ms.saturating_add(STALE_MS) {
        let seen = Lease { seen_ms: now, ..lease };
        p.set(Store::Session, &[(LEASE, Some(&seen.to_text()))]).await?;
    }
    Ok(key)
}

/// The vault was used: the idle time starts again. Does not open a locked vault.
pub async fn touch<P: Platform>(p: &P) -> Result<(), VaultError> {
    read(p).await?;
    let lease = Lease::starting(p.now_ms()).to_text();
    Ok(p.set(Store::Session, &[(LEASE, Some(&lease))]).await?)
}

/// When the vault will lock if it is not used; `None` for not before the browser closes.
pub async fn until_ms<P: Platform>(p: &P) -> Result<Option<u64>, VaultError> {
    let (_, lease, idle) = read(p).await?;
    Ok(lease.until_ms(idle))
}

/// Locks the vault.
pub async fn lock<P: Platform>(p: &P) -> Result<(), VaultError> {
    Ok(p.set(Store::Session, &[(KEY, None), (LEASE, None), (IDLE, None), (PROVED, None)]).await?)
}

async fn read<P: Platform>(p: &P) -> Result<(VaultKey, Lease, Idle), VaultError> {
    let mut values = p.get(Store::Session, &[KEY, LEASE, IDLE]).await?.into_iter();
    let text = values.next().flatten().map(Zeroizing::new);
    let lease = values.next().flatten();
    let idle = values.next().flatten().and_then(|idle| Idle::from_text(&idle));
    let Some(text) = text else {
        return Err(VaultError::Locked);
    };
    let lease = lease.and_then(|lease| Lease::from_text(&lease)).zip(idle);
    let open = lease.filter(|(lease, idle)| lease.runs_at(p.now_ms(), *idle));
    match (parse(&text), open) {
        (Some(key), Some((lease, idle))) => Ok((key, lease, idle)),
        _ => {
            lock(p).await?;
            Err(VaultError::Locked)
        }
    }
}

impl Idle {
    fn to_text(self) -> String {
        match self {
            Self::After(ms) => ms.to_string(),
            Self::UntilClosed => "closed".to_owned(),
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        match text {
            "closed" => Some(Self::UntilClosed),
            ms => ms.parse().ok().map(Self::After),
        }
    }
}

#[derive(Clone, Copy)]
struct Lease {
    /// The last use that counts.
    used_ms: u64,
    /// The latest time that was ever seen.
    seen_ms: u64,
}

impl Lease {
    const fn starting(now_ms: u64) -> Self {
        Self { used_ms: now_ms, seen_ms: now_ms }
    }

    const fn until_ms(&self, idle: Idle) -> Option<u64> {
        match idle {
            Idle::After(ms) => Some(self.used_ms.saturating_add(ms)),
            Idle::UntilClosed => None,
        }
    }

    fn runs_at(&self, now_ms: u64, idle: Idle) -> bool {
        let in_time = self.until_ms(idle).is_none_or(|until| now_ms < until);
        in_time && now_ms.saturating_add(TOLERANCE_MS) >= self.seen_ms
    }

    fn to_text(self) -> String {
        format!("{} {}", self.used_ms, self.seen_ms)
    }

    fn from_text(text: &str) -> Option<Self> {
        let (used, seen) = text.split_once(' ')?;
        Some(Self { used_ms: used.parse().ok()?, seen_ms: seen.parse().ok()? })
    }
}

fn parse(text: &str) -> Option<VaultKey> {
    let bytes = Zeroizing::new(BASE64.decode(text.as_bytes()).ok()?);
    let bytes = <&[u8; 32]>::try_from(bytes.as_slice()).ok()?;
    Some(VaultKey::from_bytes(bytes))
}
