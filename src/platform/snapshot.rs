//! All stores, read at once.
//!
//! Each read is a way to another process and back. Where many would follow one another, one round of reading serves them.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::{Badge, Outage, Platform, Store};
use kdf::{Argon2Cost, Kek, Passphrase};

/// All texts of one store, by key.
pub type Entries = Result<BTreeMap<String, String>, Outage>;

/// What the stores held, each at its own instant. Holds the key, so no `Debug`.
pub struct Snapshot {
    /// When that was, by the computer's clock.
    pub now_ms: u64,
    /// [`Store::Local`].
    pub local: Entries,
    /// [`Store::Session`].
    pub session: Entries,
    /// [`Store::Mirror`].
    pub mirror: Entries,
    /// [`Platform::policy`].
    pub policy: Result<Option<String>, Outage>,
}

impl Snapshot {
    fn texts(&self, store: Store, keys: &[&str]) -> Result<Vec<Option<String>>, Outage> {
        let entries = match store {
            Store::Local => &self.local,
            Store::Session => &self.session,
            Store::Mirror => &self.mirror,
        };
        let entries = entries.as_ref().map_err(|outage| *outage)?;
        Ok(keys.iter().map(|key| entries.get(*key).cloned()).collect())
    }

    /// What has been written since.
    fn keep(&mut self, store: Store, items: &[(&str, Option<&str>)]) {
        let entries = match store {
            Store::Local => &mut self.local,
            Store::Session => &mut self.session,
            Store::Mirror => &mut self.mirror,
        };
        let Ok(entries) = entries else { return };
        for (key, text) in items {
            match text {
                Some(text) => entries.insert((*key).to_owned(), (*text).to_owned()),
                None => entries.remove(*key),
            };
        }
    }
}

/// A world that can only be read.
impl Platform for Snapshot {
    /// Nobody else is in it.
    type Lock = ();

    fn now_ms(&self) -> u64 {
        self.now_ms
    }

    fn random(&self, _out: &mut [u8]) -> Result<(), Outage> {
        Err(Outage::Random)
    }

    async fn lock(&self) -> Result<(), Outage> {
        Ok(())
    }

    async fn lock_tab(&self, _tab: i32) -> Result<(), Outage> {
        Ok(())
    }

    async fn get(&self, store: Store, keys: &[&str]) -> Result<Vec<Option<String>>, Outage> {
        self.texts(store, keys)
    }

    /// Keeps nothing: the request that follows writes it. An error would be an answer about the store, which has not been asked.
    async fn set(&self, _store: Store, _items: &[(&str, Option<&str>)]) -> Result<(), Outage> {
        Ok(())
    }

    async fn policy(&self) -> Result<Option<String>, Outage> {
        self.policy.clone()
    }

    async fn derive(&self, _: &Passphrase, _: &[u8; 32], _: Argon2Cost) -> Result<Kek, Outage> {
        Err(Outage::Derivation)
    }
}

/// A world whose stores were read at once. That serves until something is to be changed under a lock, or a write fails:
/// from then on the stores are asked themselves.
pub struct Ahead<'a, P> {
    world: &'a P,
    seen: RefCell<Option<Snapshot>>,
}

impl<'a, P: Platform> Ahead<'a, P> {
    /// Reads them.
    pub async fn look(world: &'a P) -> Self {
        Self { world, seen: RefCell::new(world.snapshot().await) }
    }
}

impl<P: Platform> Platform for Ahead<'_, P> {
    type Lock = P::Lock;

    fn now_ms(&self) -> u64 {
        self.world.now_ms()
    }

    fn random(&self, out: &mut [u8]) -> Result<(), Outage> {
        self.world.random(out)
    }

    async fn lock(&self) -> Result<Self::Lock, Outage> {
        let lock = self.world.lock().await;
        self.seen.take();
        lock
    }

    async fn lock_tab(&self, tab: i32) -> Result<Self::Lock, Outage> {
        let lock = self.world.lock_tab(tab).await;
        self.seen.take();
        lock
    }

    async fn get(&self, store: Store, keys: &[&str]) -> Result<Vec<Option<String>>, Outage> {
        let known = self.seen.borrow().as_ref().map(|seen| seen.texts(store, keys));
        match known {
            Some(known) => known,
            None => self.world.get(store, keys).await,
        }
    }

    async fn set(&self, store: Store, items: &[(&str, Option<&str>)]) -> Result<(), Outage> {
        let done = self.world.set(store, items).await;
        let mut seen = self.seen.borrow_mut();
        match (done, seen.as_mut()) {
            (Ok(()), Some(seen)) => seen.keep(store, items),
            _ => *seen = None,
        }
        done
    }

    async fn synced(&self) -> Result<Vec<(String, String)>, Outage> {
        self.world.synced().await
    }

    async fn sync(&self, items: &[(&str, Option<&str>)]) -> Result<(), Outage> {
        self.world.sync(items).await
    }

    async fn derive(&self, passphrase: &Passphrase, salt: &[u8; 32], cost: Argon2Cost) -> Result<Kek, Outage> {
        self.world.derive(passphrase, salt, cost).await
    }

    fn badge(&self, tab: i32, badge: Badge) {
        self.world.badge(tab, badge);
    }

    fn wake_at(&self, at_ms: Option<u64>) {
        self.world.wake_at(at_ms);
    }

    fn sync_at(&self, at_ms: Option<u64>) {
        self.world.sync_at(at_ms);
    }

    fn open_popup(&self) {
        self.world.open_popup();
    }

    async fn server_date_ms(&self, origin: &str) -> Result<u64, Outage> {
        self.world.server_date_ms(origin).await
    }

    async fn policy(&self) -> Result<Option<String>, Outage> {
        let known = self.seen.borrow().as_ref().map(|seen| seen.policy.clone());
        match known {
            Some(known) => known,
            None => self.world.policy().await,
        }
    }

    async fn sleep(&self, ms: u32) {
        self.world.sleep(ms).await;
    }
}
