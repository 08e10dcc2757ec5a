//! A world made of maps and a clock, in which anything can be made to fail.
//!
//! Every storage call first yields, so that other tasks may run in between,
//! and then takes effect at one instant. A call can be made to fail, to write
//! only a part, or to be the last thing that its task ever does.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use kdf::{Argon2Cost, Kek, Passphrase, derive_kek};
use otp::{Algorithm, Credential, Factor, Secret};
use platform::{Badge, Outage, Platform, Snapshot, Store};
use vault::{Account, AccountId, Mode, Status};

/// What goes wrong, at one storage call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing happens and an error comes back.
    Refuse(Outage),
    /// A write takes effect and an error comes back.
    RefuseLate,
    /// A write stores only its first key, and says that all is well.
    OnlyFirst,
    /// A write stores only its last key, and says that all is well.
    OnlyLast,
    /// A write stores the first half of every value, and says that all is well.
    Halves,
    /// The task dies before the call takes effect.
    DieBefore,
    /// The task dies after the call took effect.
    DieAfter,
}

impl Fault {
    pub const ALL: [Self; 8] = [
        Self::Refuse(Outage::Storage),
        Self::Refuse(Outage::Full),
        Self::RefuseLate,
        Self::OnlyFirst,
        Self::OnlyLast,
        Self::Halves,
        Self::DieBefore,
        Self::DieAfter,
    ];
}

/// The state of the world.
#[derive(Default)]
pub struct World {
    pub local: BTreeMap<String, String>,
    pub session: BTreeMap<String, String>,
    pub mirror: BTreeMap<String, String>,
    /// What the browser carries to other browsers; `None` where there is no such store.
    pub synced: Option<Rc<RefCell<BTreeMap<String, String>>>>,
    /// Calls that wrote to it.
    pub sync_writes: u64,
    /// Bytes that it takes, where it says when it is full.
    pub sync_quota: Option<usize>,
    /// Whether it was written to too often.
    pub sync_busy: bool,
    /// When it is to be tried again.
    pub sync_at: Option<u64>,
    pub now_ms: u64,
    /// Storage calls so far.
    pub steps: u64,
    /// What goes wrong at which call.
    pub faults: BTreeMap<u64, Fault>,
    /// Derivations so far.
    pub derivations: u64,
    /// Derivations dearer than this many KiB find no memory.
    pub memory_kib: Option<u32>,
    /// Whether derivations are the real, slow ones.
    pub real_derivation: bool,
    /// The organisation's policy.
    pub policy: Option<String>,
    /// Whether the browser refuses to hand it out.
    pub policy_refused: bool,
    /// Whether the lock does nothing.
    pub lockless: bool,
    /// Whether faults pass the reads by.
    pub writes_only: bool,
    /// What the icon shows, by tab.
    pub badges: BTreeMap<i32, Badge>,
    /// The tabs over which the first run was to open.
    pub welcomed: Vec<i32>,
    /// How often the popup was to open.
    pub popups: u32,
    /// When an idle vault is to be locked.
    pub wake_at: Option<u64>,
    /// Every write: where, and which keys.
    pub writes: Vec<(Store, Vec<String>)>,
    /// The locks that are held: the vault's, and those of tabs.
    locks: BTreeSet<Option<i32>>,
    random: u64,
}

/// A handle on the world; clones share it.
#[derive(Clone, Default)]
pub struct Fake(pub Rc<RefCell<World>>);

pub const START_MS: u64 = 1_795_000_000_000;

impl Fake {
    pub fn new() -> Self {
        let fake = Self::default();
        fake.0.borrow_mut().now_ms = START_MS;
        fake
    }

    pub fn advance(&self, ms: u64) {
        self.0.borrow_mut().now_ms += ms;
    }

    pub fn rewind(&self, ms: u64) {
        self.0.borrow_mut().now_ms -= ms;
    }

    /// The browser ends: memory is gone, the disks stay.
    pub fn restart_browser(&self) {
        let mut world = self.0.borrow_mut();
        world.session.clear();
        world.locks.clear();
    }

    /// A world of its own with the same contents.
    pub fn fork(&self) -> Self {
        let world = self.0.borrow();
        Self(Rc::new(RefCell::new(World {
            local: world.local.clone(),
            session: world.session.clone(),
            mirror: world.mirror.clone(),
            now_ms: world.now_ms,
            random: world.random,
            memory_kib: world.memory_kib,
            ..World::default()
        })))
    }

    /// Makes the `n`-th storage call from now go wrong; 0 is the next.
    pub fn fail_at(&self, n: u64, fault: Fault) {
        let mut world = self.0.borrow_mut();
        let at = world.steps + n;
        world.faults.insert(at, fault);
    }

    pub fn steps(&self) -> u64 {
        self.0.borrow().steps
    }

    pub fn text(&self, store: Store, key: &str) -> Option<String> {
        self.0.borrow_mut().store(store).get(key).cloned()
    }

    pub fn put(&self, store: Store, key: &str, text: Option<&str>) {
        let mut world = self.0.borrow_mut();
        match text {
            Some(text) => world.store(store).insert(key.into(), text.into()),
            None => world.store(store).remove(key),
        };
    }

    /// All that the stores hold, each at an instant of its own, as a browser reads them.
    pub async fn snapshot(&self) -> Snapshot {
        yield_now().await;
        let local = Ok(self.0.borrow().local.clone());
        yield_now().await;
        let session = Ok(self.0.borrow().session.clone());
        yield_now().await;
        let mirror = Ok(self.0.borrow().mirror.clone());
        Snapshot { local, session, mirror, policy: self.policy().await }
    }

    async fn hold(&self, lock: Option<i32>) -> Held {
        while !self.0.borrow_mut().locks.insert(lock) {
            yield_now().await;
        }
        Held(self.clone(), lock)
    }

    async fn step(&self, reads: bool) -> Option<Fault> {
        yield_now().await;
        let mut world = self.0.borrow_mut();
        let at = world.steps;
        world.steps += 1;
        let fault = world.faults.remove(&at);
        fault.filter(|_| !(reads && world.writes_only))
    }
}

impl World {
    fn store(&mut self, store: Store) -> &mut BTreeMap<String, String> {
        match store {
            Store::Local => &mut self.local,
            Store::Session => &mut self.session,
            Store::Mirror => &mut self.mirror,
        }
    }

    fn next_random(&mut self) -> u64 {
        // splitmix64: reproducible, and no two draws alike.
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// Released on drop, also when its task dies.
pub struct Held(Fake, Option<i32>);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.0.borrow_mut().locks.remove(&self.1);
    }
}

impl Platform for Fake {
    type Lock = Option<Held>;

    fn badge(&self, tab: i32, badge: Badge) {
        self.0.borrow_mut().badges.insert(tab, badge);
    }

    fn welcome(&self, tab: i32) {
        self.0.borrow_mut().welcomed.push(tab);
    }

    fn open_popup(&self) {
        self.0.borrow_mut().popups += 1;
    }

    fn wake_at(&self, at_ms: Option<u64>) {
        self.0.borrow_mut().wake_at = at_ms;
    }

    fn now_ms(&self) -> u64 {
        self.0.borrow().now_ms
    }

    fn random(&self, out: &mut [u8]) -> Result<(), Outage> {
        let mut world = self.0.borrow_mut();
        for chunk in out.chunks_mut(8) {
            let bytes = world.next_random().to_le_bytes();
            chunk.copy_from_slice(&bytes[..chunk.len()]);
        }
        Ok(())
    }

    async fn lock(&self) -> Result<Self::Lock, Outage> {
        if self.0.borrow().lockless {
            return Ok(None);
        }
        Ok(Some(self.hold(None).await))
    }

    async fn lock_tab(&self, tab: i32) -> Result<Self::Lock, Outage> {
        Ok(Some(self.hold(Some(tab)).await))
    }

    async fn get(&self, store: Store, keys: &[&str]) -> Result<Vec<Option<String>>, Outage> {
        match self.step(true).await {
            Some(Fault::Refuse(outage)) => return Err(outage),
            Some(Fault::RefuseLate) => return Err(Outage::Storage),
            Some(Fault::DieBefore | Fault::DieAfter) => die().await,
            Some(Fault::OnlyFirst | Fault::OnlyLast | Fault::Halves) | None => {}
        }
        let mut world = self.0.borrow_mut();
        let map = world.store(store);
        Ok(keys.iter().map(|key| map.get(*key).cloned()).collect())
    }

    async fn set(&self, store: Store, items: &[(&str, Option<&str>)]) -> Result<(), Outage> {
        let fault = self.step(false).await;
        match fault {
            Some(Fault::Refuse(outage)) => return Err(outage),
            Some(Fault::DieBefore) => die().await,
            _ => {}
        }
        let kept = match fault {
            Some(Fault::OnlyFirst) => &items[..1],
            Some(Fault::OnlyLast) => &items[items.len() - 1..],
            _ => items,
        };
        {
            let mut world = self.0.borrow_mut();
            let keys = items.iter().map(|(key, _)| (*key).to_owned()).collect();
            world.writes.push((store, keys));
            for (key, text) in kept {
                let text = text.map(|text| match fault {
                    Some(Fault::Halves) => text[..text.len() / 2].to_owned(),
                    _ => text.to_owned(),
                });
                match text {
                    Some(text) => world.store(store).insert((*key).into(), text),
                    None => world.store(store).remove(*key),
                };
            }
        }
        match fault {
            Some(Fault::RefuseLate) => Err(Outage::Storage),
            Some(Fault::DieAfter) => die().await,
            _ => Ok(()),
        }
    }

    async fn policy(&self) -> Result<Option<String>, Outage> {
        let world = self.0.borrow();
        if world.policy_refused { Err(Outage::Storage) } else { Ok(world.policy.clone()) }
    }

    async fn synced(&self) -> Result<Vec<(String, String)>, Outage> {
        yield_now().await;
        let world = self.0.borrow();
        let shared = world.synced.as_ref().ok_or(Outage::Storage)?.borrow();
        Ok(shared.iter().map(|(key, text)| (key.clone(), text.clone())).collect())
    }

    async fn sync(&self, items: &[(&str, Option<&str>)]) -> Result<(), Outage> {
        yield_now().await;
        let mut world = self.0.borrow_mut();
        world.sync_writes += 1;
        if world.sync_busy {
            return Err(Outage::Busy);
        }
        let mut shared = world.synced.as_ref().ok_or(Outage::Storage)?.borrow_mut();
        let mut then = shared.clone();
        then.extend(items.iter().filter_map(|(key, text)| Some(((*key).to_owned(), (*text)?.to_owned()))));
        // As browsers do, which store first and remove then.
        let bytes: usize = then.iter().map(|(key, text)| key.len() + text.len()).sum();
        if world.sync_quota.is_some_and(|room| bytes > room) {
            return Err(Outage::Full);
        }
        for (key, _) in items.iter().filter(|(_, text)| text.is_none()) {
            then.remove(*key);
        }
        *shared = then;
        Ok(())
    }

    fn sync_at(&self, at_ms: Option<u64>) {
        self.0.borrow_mut().sync_at = at_ms;
    }

    async fn derive(&self, passphrase: &Passphrase, salt: &[u8; 32], cost: Argon2Cost) -> Result<Kek, Outage> {
        let real = {
            let mut world = self.0.borrow_mut();
            world.derivations += 1;
            if world.memory_kib.is_some_and(|max| cost.memory_kib > max) {
                return Err(Outage::Derivation);
            }
            world.real_derivation
        };
        if real {
            return derive_kek(passphrase, salt, cost).ok_or(Outage::Derivation);
        }
        // As good as Argon2 for a test: depends on everything, and takes no time.
        use sha2::{Digest, Sha256};
        let hash = Sha256::new()
            .chain_update(passphrase.expose())
            .chain_update(salt)
            .chain_update(cost.memory_kib.to_le_bytes())
            .chain_update(cost.passes.to_le_bytes())
            .chain_update(cost.lanes.to_le_bytes())
            .finalize();
        Ok(Kek::new(hash.into()))
    }
}

/// Lets every other task take a turn.
pub async fn yield_now() {
    let mut yielded = false;
    poll_fn(|_| if std::mem::replace(&mut yielded, true) { Poll::Ready(()) } else { Poll::Pending }).await
}

thread_local! {
    static DEAD: Cell<bool> = const { Cell::new(false) };
}

/// The task ends here; whoever runs it drops it.
async fn die() -> ! {
    poll_fn(|_| {
        DEAD.set(true);
        Poll::Pending
    })
    .await
}

/// Runs one task to its end; `None` if it died on the way.
pub fn run<T>(task: impl Future<Output = T>) -> Option<T> {
    let mut task = pin!(task);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..1_000_000 {
        DEAD.set(false);
        match task.as_mut().poll(&mut context) {
            Poll::Ready(value) => return Some(value),
            Poll::Pending if DEAD.get() => return None,
            Poll::Pending => {}
        }
    }
    panic!("a task that never ends");
}

/// Runs one task that must not die.
pub fn now<T>(task: impl Future<Output = T>) -> T {
    run(task).expect("the task died")
}

/// Runs tasks side by side, one step each in turn, until all have ended or died.
pub fn run_all<'a>(tasks: Vec<Pin<Box<dyn Future<Output = ()> + 'a>>>) {
    let mut queue: VecDeque<_> = tasks.into();
    let mut context = Context::from_waker(Waker::noop());
    while let Some(mut task) = queue.pop_front() {
        DEAD.set(false);
        if task.as_mut().poll(&mut context).is_pending() && !DEAD.get() {
            queue.push_back(task);
        }
    }
}

pub fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(text.as_bytes().to_vec())
}

/// An account as Microsoft's page makes it.
pub fn account(number: u8, name: &str) -> Account {
    let secret = Secret::new(vec![number, 1, 2, 3, 4, 5, 6, 7, 8, 9]).expect("ten bytes");
    Account {
        id: AccountId([number; 16]),
        created_ms: START_MS,
        modified_ms: START_MS,
        issuer: "Microsoft".into(),
        name: name.into(),
        organisation: Some("Fylkeskommune".into()),
        origin: Some("https://mysignins.microsoft.com".into()),
        came: None,
        credential: Credential::new(secret, Algorithm::Sha1, 6, Factor::Time { period: 30 }).expect("in range"),
        status: Status::Unconfirmed,
        said: false,
        mode: Mode::Code,
        pinned: false,
        last_used_ms: None,
        last_step: None,
        saved_ms: None,
        replaces: None,
        microsoft: None,
        organisation_ids: Vec::new(),
        note: None,
        life: 0,
        extra: strict_json::Map::default(),
    }
}
