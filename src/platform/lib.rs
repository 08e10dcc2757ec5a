//! The outside world, as one trait.
//!
//! Everything the core needs from elsewhere passes through here: the clock,
//! randomness, the stores, the policy and the slow key derivation.
//! Nothing else in the core knows a browser, so the tests can stand in for
//! all of it and make any of it fail.

mod cached;

pub use cached::{Cached, Entries, Snapshot};

use std::future::Future;

use kdf::{Argon2Cost, Kek, Passphrase};
use serde::Serialize;

/// The latest time that a browser's dates know, in milliseconds since the Unix epoch; not far beyond it lie numbers that a
/// script has none of, and one of those would keep a whole answer from it.
pub const LATEST_MS: u64 = 8_640_000_000_000_000;

/// The outside world failed, or said no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outage {
    /// A store refused or could not be read; what it held before is intact.
    Storage,
    /// A store is full.
    Full,
    /// A store takes no more writes for now.
    Busy,
    /// No randomness.
    Random,
    /// The key derivation did not run, most often for want of memory.
    Derivation,
}

/// A store of text by key, all-or-nothing per call.
///
/// `Local` outlives the browser; `Session` is memory only and dies with it;
/// `Mirror` is a second store on disk that fails independently of `Local`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    /// `storage.local`.
    Local,
    /// `storage.session`.
    Session,
    /// IndexedDB.
    Mirror,
}

/// A badge on the toolbar icon; a title in every locale under `badge_` and its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Badge {
    /// Nothing to tell.
    Clear,
    /// An account is pending.
    Captured,
    /// Open the popup: there is something to know.
    Attention,
    /// The set-up has a next step, and the popup says which.
    Step,
    /// The page waits for the vault to be opened.
    Locked,
    /// A code was filled.
    Filled,
    /// The page is not recognised.
    NotRecognised,
}

/// What the core may ask of the world.
///
/// The futures are not `Send`: a browser context has one thread.
pub trait Platform {
    /// Held while something is read, changed and written; released on drop, also by death.
    type Lock;

    /// Milliseconds since the Unix epoch by the computer's own clock, uncorrected.
    fn now_ms(&self) -> u64;

    /// Fills `out` with cryptographically secure random bytes.
    fn random(&self, out: &mut [u8]) -> Result<(), Outage>;

    /// Waits for the one lock that all contexts of the extension share.
    fn lock(&self) -> impl Future<Output = Result<Self::Lock, Outage>>;

    /// Waits for the lock of one tab, of which the worker and the popup both write. Whoever holds it may take
    /// [`Platform::lock`], never the other way round.
    fn lock_tab(&self, tab: i32) -> impl Future<Output = Result<Self::Lock, Outage>>;

    /// Reads several keys at one instant; a missing key is `None`.
    fn get(&self, store: Store, keys: &[&str]) -> impl Future<Output = Result<Vec<Option<String>>, Outage>>;

    /// [`Platform::get`] of one key.
    fn get_one(&self, store: Store, key: &str) -> impl Future<Output = Result<Option<String>, Outage>> {
        async move { Ok(self.get(store, &[key]).await?.pop().flatten()) }
    }

    /// Writes several keys, or none; a `None` removes the key.
    fn set(&self, store: Store, items: &[(&str, Option<&str>)]) -> impl Future<Output = Result<(), Outage>>;

    /// All that lies in the store that the browser carries to the person's
    /// other browsers; its vendor can read it.
    fn synced(&self) -> impl Future<Output = Result<Vec<(String, String)>, Outage>> {
        async { Err(Outage::Storage) }
    }

    /// Writes several items to that store, in one call; a `None` removes the key.
    fn sync(&self, _items: &[(&str, Option<&str>)]) -> impl Future<Output = Result<(), Outage>> {
        async { Err(Outage::Storage) }
    }

    /// Argon2id, off the thread that paints.
    fn derive(
        &self,
        passphrase: &Passphrase,
        salt: &[u8; 32],
        cost: Argon2Cost,
    ) -> impl Future<Output = Result<Kek, Outage>>;

    /// Shows something on the toolbar icon of a tab. Decoration: the world may have none.
    fn badge(&self, _tab: i32, _badge: Badge) {}

    /// Wakes the extension at that time to lock an idle vault; `None` forgets the alarm.
    /// Promptness only: the deadline itself is checked at every use.
    fn wake_at(&self, _at_ms: Option<u64>) {}

    /// Wakes the extension at that time to sync again; `None` forgets the alarm.
    fn sync_at(&self, _at_ms: Option<u64>) {}

    /// Opens the popup where the browser allows it without a click.
    fn open_popup(&self) {}

    /// Opens the first run over a tab, if it has never opened.
    fn welcome(&self, _tab: i32) {}

    /// What a host's clock says: `Date` of the answer to a HEAD request without
    /// cookies, in milliseconds since the Unix epoch, truncated to seconds.
    fn server_date_ms(&self, _origin: &str) -> impl Future<Output = Result<u64, Outage>> {
        async { Err(Outage::Storage) }
    }

    /// What the organisation that manages the browser has decided, as JSON; `None` if there is no such.
    fn policy(&self) -> impl Future<Output = Result<Option<String>, Outage>> {
        async { Ok(None) }
    }

    /// Waits.
    fn sleep(&self, _ms: u32) -> impl Future<Output = ()> {
        async {}
    }
}
