//! All stores, read at once.
//!
//! Each read is a way to another process and back. Where many would follow one another, one round of reading serves them.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::{Badge, Outage, Platform, Store};
use kdf::{Argon2Cost, Kek, Passphrase};

/// All texts of one store, by key.
pub type Entries = Result<BTreeMap<String, String>, Outage>;

/// What the stores held, each at its own instant: what contradicts itself is to be asked again, under the lock. Holds the
/// key, so no `Debug`.
pub struct Snapshot {
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

/// A world whose stores may have been read at once. That serves until something is to be changed under a lock, or a write
/// fails: from then on the stores are asked themselves.
pub struct Cached<'a, P> {
    world: &'a P,
    seen: RefCell<Option<Snapshot>>,
    writable: bool,
}

impl<'a, P: Platform> Cached<'a, P> {
    /// Of which nothing has been read.
    pub const fn new(world: &'a P) -> Self {
        Self { world, seen: RefCell::new(None), writable: true }
    }

    /// Of which this has been read.
    pub const fn of(world: &'a P, seen: Snapshot) -> Self {
        Self { world, seen: RefCell::new(Some(seen)), writable: true }
    }

    /// Of which this has been read, and in which nothing can be done. A write is well and keeps nothing: an error would be
    /// an answer about the store, which has not been asked.
    pub const fn read_only(world: &'a P, seen: Snapshot) -> Self {
        Self { world, seen: RefCell::new(Some(seen)), writable: false }
    }

    /// The world, if anything may be done in it.
    fn outside(&self) -> Option<&P> {
        self.writable.then_some(self.world)
    }
}

impl<P: Platform> Platform for Cached<'_, P> {
    /// None where nothing can be done: nobody else is there.
    type Lock = Option<P::Lock>;

    fn now_ms(&self) -> u64 {
        self.world.now_ms()
    }

    fn random(&self, out: &mut [u8]) -> Result<(), Outage> {
        self.outside().ok_or(Outage::Random)?.random(out)
    }

    async fn lock(&self) -> Result<Self::Lock, Outage> {
        let Some(world) = self.outside() else { return Ok(None) };
        let lock = world.lock().await;
        self.seen.take();
        lock.map(Some)
    }

    async fn lock_tab(&self, tab: i32) -> Result<Self::Lock, Outage> {
        let Some(world) = self.outside() else { return Ok(None) };
        let lock = world.lock_tab(tab).await;
        self.seen.take();
        lock.map(Some)
    }

    async fn get(&self, store: Store, keys: &[&str]) -> Result<Vec<Option<String>>, Outage> {
        let known = self.seen.borrow().as_ref().map(|seen| seen.texts(store, keys));
        match known {
            Some(known) => known,
            None => self.world.get(store, keys).await,
        }
    }

    async fn set(&self, store: Store, items: &[(&str, Option<&str>)]) -> Result<(), Outage> {
        let Some(world) = self.outside() else { return Ok(()) };
        let done = world.set(store, items).await;
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
        self.outside().ok_or(Outage::Storage)?.sync(items).await
    }

    async fn derive(&self, passphrase: &Passphrase, salt: &[u8; 32], cost: Argon2Cost) -> Result<Kek, Outage> {
        self.outside().ok_or(Outage::Derivation)?.derive(passphrase, salt, cost).await
    }

    fn badge(&self, tab: i32, badge: Badge) {
        if let Some(world) = self.outside() {
            world.badge(tab, badge);
        }
    }

    fn welcome(&self, tab: i32) {
        if let Some(world) = self.outside() {
            world.welcome(tab);
        }
    }

    fn wake_at(&self, at_ms: Option<u64>) {
        if let Some(world) = self.outside() {
            world.wake_at(at_ms);
        }
    }

    fn sync_at(&self, at_ms: Option<u64>) {
        if let Some(world) = self.outside() {
            world.sync_at(at_ms);
        }
    }

    fn open_popup(&self) {
        if let Some(world) = self.outside() {
            world.open_popup();
        }
    }

    async fn server_date_ms(&self, origin: &str) -> Result<u64, Outage> {
        self.outside().ok_or(Outage::Storage)?.server_date_ms(origin).await
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
