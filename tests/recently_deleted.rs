//! What was deleted lies aside: nothing is lost that a person did not delete twice, nothing comes back by itself, and
//! all browsers agree, whatever their clocks say.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests state what they know"
)]

use app::protocol::{Choice, ExchangeReply, ExchangeRequest, Notice, Out, Reply, SettingsRequest, UiRequest, UnlockBy};
use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};

use otp::{Credential, Factor, Secret};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use support::{Fake, START_MS, WORDS, account, contents, create, go, now, set};
use sync::{Item, SyncRecord, merge, missing};
use vault::{Account, AccountId, Contents, KEPT_MS, Tombstone, session};

const YEAR_MS: i64 = 365 * 24 * 60 * 60 * 1000;

/// What a person does in one browser, or the browsers do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    /// Adds an account, with a key that nobody had.
    Enrol,
    /// Puts another key in an account's place, as an import does; every third time one that it had before.
    Replace(usize),
    Rename(usize),
    Delete(usize),
    Undo(usize),
    Empty(usize),
    /// A clock that was checked says that so much of the thirty days has passed.
    Wait,
    /// Takes over what lies in the store.
    Pull,
    /// Stores so much of what the store lacks.
    Push(usize),
    /// What lay in the store when this browser last looked is put back, as by an engine that was offline.
    Stale,
}

/// Several browsers and the store between them.
#[derive(Clone)]
struct World {
    browsers: Vec<Contents>,
    /// What each clock is off by.
    off_ms: Vec<i64>,
    /// What each has last seen in the store.
    seen: Vec<Vec<SyncRecord>>,
    store: Vec<SyncRecord>,
    now_ms: u64,
    /// Of each key ever made: whose it is.
    keys: BTreeMap<u8, AccountId>,
    /// Keys that a person deleted twice, or that lay aside until a checked clock ended it.
    lost: BTreeSet<u8>,
    /// Keys that were deleted or replaced somewhere.
    deleted: BTreeSet<u8>,
    /// Keys that a person has put back, or imported a second time.
    returned: BTreeSet<u8>,
}

fn key(account: &Account) -> u8 {
    account.credential.secret.expose()[0]
}

/// An account's key is told by its first byte; every fourth one counts.
fn credential(key: u8) -> Credential {
    let factor = if key.is_multiple_of(4) { Factor::Counter { counter: 7 } } else { Factor::Time { period: 30 } };
    Credential::new(Secret::new(vec![key; 10]).unwrap(), otp::Algorithm::Sha1, 6, factor).unwrap()
}

impl World {
    fn new(off_ms: Vec<i64>) -> Self {
        Self {
            browsers: vec![Contents::default(); off_ms.len()],
            seen: vec![Vec::new(); off_ms.len()],
            off_ms,
            store: Vec::new(),
            now_ms: START_MS,
            keys: BTreeMap::new(),
            lost: BTreeSet::new(),
            deleted: BTreeSet::new(),
            returned: BTreeSet::new(),
        }
    }

    /// Does it, if there is anything to do it to.
    fn act(&mut self, at: usize, deed: Deed) {
        self.now_ms += 1000;
        let now_ms = self.now_ms.saturating_add_signed(self.off_ms[at]);
        let next_key = u8::try_from(self.keys.len() + 1).unwrap();
        let contents = &mut self.browsers[at];
        let of = |nth: usize| {
            let count = contents.accounts.len();
            (count > 0).then(|| (contents.accounts[nth % count].id, key(&contents.accounts[nth % count])))
        };
        let aside = |nth: usize| {
            let all = contents.recently_deleted();
            (!all.is_empty()).then(|| (all[nth % all.len()].0.id, key(all[nth % all.len()].1)))
        };
        match deed {
            Deed::Enrol => {
                let mut new = account(next_key, "kari");
                new.credential = credential(next_key);
                (new.created_ms, new.modified_ms) = (now_ms, now_ms);
                self.keys.insert(next_key, new.id);
                contents.accounts.push(new);
            }
            Deed::Replace(nth) => {
                let Some((id, old)) = of(nth) else { return };
                let before = self.keys.iter().find(|(key, of)| **of == id && **key != old).map(|(key, _)| *key);
                let new = match before.filter(|_| nth.is_multiple_of(3)) {
                    Some(before) => {
                        let again = Account { credential: credential(before), ..contents.account(id).unwrap().clone() };
                        // Who has not heard that a key was deleted twice elsewhere does not undo that.
                        if contents.tombstones.iter().any(|t| t.id == again.place_aside() && t.emptied) {
                            self.lost.remove(&before);
                        }
                        self.returned.insert(before);
                        before
                    }
                    None => next_key,
                };
                self.keys.insert(new, id);
                assert!(contents.overwrite(id, now_ms, |account| account.credential = credential(new)).is_some());
                self.deleted.insert(old);
            }
            Deed::Rename(nth) => {
                let Some((id, _)) = of(nth) else { return };
                let name = format!("name {now_ms}");
                assert_eq!(contents.overwrite(id, now_ms, |account| account.name = name), None);
            }
            Deed::Delete(nth) => {
                let Some((id, key)) = of(nth) else { return };
                contents.delete(id, now_ms).unwrap();
                self.deleted.insert(key);
            }
            Deed::Undo(nth) => {
                let Some((place, key)) = aside(nth) else { return };
                let id = contents.restore(place, now_ms).unwrap();
                assert_eq!(self::key(contents.account(id).unwrap()), key);
                self.returned.insert(key);
            }
            Deed::Empty(nth) => {
                let Some((place, key)) = aside(nth) else { return };
                assert!(contents.empty(place, now_ms));
                self.lost.insert(key);
            }
            Deed::Wait => {
                self.now_ms += KEPT_MS / 2;
                let before: BTreeSet<u8> = contents.recently_deleted().iter().map(|(_, a)| self::key(a)).collect();
                contents.expire(self.now_ms);
                let after: BTreeSet<u8> = contents.recently_deleted().iter().map(|(_, a)| self::key(a)).collect();
                self.lost.extend(before.difference(&after));
            }
            Deed::Pull => {
                self.seen[at].clone_from(&self.store);
                take_over(contents, &self.store, now_ms);
            }
            Deed::Push(max) => self.push(at, max),
            Deed::Stale => {
                for stale in self.seen[at].clone() {
                    self.put(stale);
                }
            }
        }
    }

    fn push(&mut self, at: usize, max: usize) {
        let stored: Vec<Item> = self.store.iter().cloned().map(Item::SyncRecord).collect();
        for new in missing(&self.browsers[at], &stored).into_iter().take(max) {
            self.put(new);
        }
    }

    fn put(&mut self, new: SyncRecord) {
        self.store.retain(|old| old.id() != new.id());
        self.store.push(new);
    }

    /// Everyone hears everything.
    fn rest(&mut self) {
        for _ in 0..2 {
            for at in 0..self.browsers.len() {
                take_over(&mut self.browsers[at], &self.store, self.now_ms);
                self.push(at, usize::MAX);
            }
        }
    }

    /// What must hold in every world.
    fn judge(&self) -> Result<(), String> {
        let mut everywhere: BTreeSet<u8> = self.browsers.iter().flat_map(held).collect();
        everywhere.extend(self.store.iter().filter_map(held_by));
        if let Some(key) = self.keys.keys().find(|key| !everywhere.contains(key) && !self.lost.contains(key)) {
            return Err(format!("key {key} is nowhere"));
        }
        let mut end = self.clone();
        end.rest();
        let first = known(&end.browsers[0]);
        if end.browsers.iter().any(|browser| known(browser) != first) {
            return Err("they do not agree".into());
        }
        if end.browsers.iter_mut().any(|browser| merge(browser, end.store.iter().cloned())) {
            return Err("it never ends".into());
        }
        let (held, alive) = (held(&end.browsers[0]), alive(&end.browsers[0]));
        if let Some(key) = self.keys.keys().find(|key| !held.contains(key) && !self.lost.contains(key)) {
            return Err(format!("key {key} is lost"));
        }
        let comes_back = |key: &&u8| alive.contains(key) && !self.returned.contains(key);
        match self.deleted.iter().find(comes_back) {
            Some(key) => Err(format!("key {key} came back by itself")),
            None => Ok(()),
        }
    }
}

/// As the browsers do.
fn take_over(contents: &mut Contents, store: &[SyncRecord], now_ms: u64) {
    let before = contents.clone();
    merge(contents, store.iter().cloned());
    contents.keep_what_expired(&before, now_ms);
}

fn alive(contents: &Contents) -> BTreeSet<u8> {
    contents.accounts.iter().map(key).collect()
}

/// Keys that are there or lie aside.
fn held(contents: &Contents) -> BTreeSet<u8> {
    let aside = contents.recently_deleted();
    contents.accounts.iter().chain(aside.into_iter().map(|(_, account)| account)).map(key).collect()
}

fn held_by(record: &SyncRecord) -> Option<u8> {
    match record {
        SyncRecord::Account(account) => Some(key(account)),
        SyncRecord::Gone(tombstone) => tombstone.account.as_deref().map(key),
    }
}

/// What is known, without the order in which it came to be known.
fn known(contents: &Contents) -> Vec<SyncRecord> {
    let mut all = SyncRecord::all(contents);
    all.sort_by_key(SyncRecord::id);
    all
}

type Mark = (AccountId, u64, u64, Option<(u8, String)>, bool, bool);

/// By what two states differ, as far as these deeds go.
fn marks(records: &[SyncRecord]) -> Vec<Mark> {
    let of = |account: &Account| (key(account), account.name.clone());
    let mark = |record: &SyncRecord| match record {
        SyncRecord::Account(a) => (a.id, a.life, a.modified_ms, Some(of(a)), false, false),
        SyncRecord::Gone(t) => (t.id, t.life, t.deleted_ms, t.account.as_deref().map(of), t.emptied, true),
    };
    let mut marks: Vec<_> = records.iter().map(mark).collect();
    marks.sort();
    marks
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        2 => Just(Deed::Enrol),
        3 => (0usize..9).prop_map(Deed::Replace),
        2 => (0usize..9).prop_map(Deed::Rename),
        4 => (0usize..9).prop_map(Deed::Delete),
        2 => (0usize..9).prop_map(Deed::Undo),
        1 => (0usize..9).prop_map(Deed::Empty),
        1 => Just(Deed::Wait),
        6 => Just(Deed::Pull),
        6 => (1usize..9).prop_map(Deed::Push),
        1 => Just(Deed::Stale),
    ]
}

/// Three clocks, each up to a year wrong either way.
/// Reading what there was not is no change, which would be saved.
/// What is not there takes no room in the vault, nor in what is shared.
#[test]
fn a_bare_tombstone_is_written_as_who_and_when_alone() {
    let gone = Tombstone::of(&account(1, "kari"));
    let json = serde_json::to_value(&gone).unwrap();
    let names: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["id", "deleted"]);
}

#[test]
fn reading_of_no_removal_changes_nothing() {
    let mut contents = Contents { accounts: vec![account(1, "kari")], ..Contents::default() };
    assert!(!contents.mark_removals_read());
    contents.delete(AccountId([1; 16]), START_MS);
    assert!(!contents.mark_removals_read(), "whoever deleted it knows");
}

#[test]
fn no_history_loses_a_key_or_brings_one_back() {
    let clocks = prop::collection::vec(-YEAR_MS..=YEAR_MS, 3);
    let history = |(off_ms, deeds): (Vec<i64>, Vec<(usize, Deed)>)| {
        let mut world = World::new(off_ms);
        for (at, deed) in deeds {
            world.act(at, deed);
        }
        world.judge().map_err(TestCaseError::fail)
    };
    let config = Config { cases: 10_000, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[13; 32]));
    runner.run(&(clocks, prop::collection::vec((0usize..3, deed()), 0..40)), history).unwrap();
    println!("10,000 histories of three browsers: no key lost, none came back, all agree");
}

/// Every history of two browsers and one store up to a depth, one clock a year ahead: each state once.
#[test]
fn every_state_of_two_browsers_up_to_six_deeds_is_sound() {
    const DEEDS: [Deed; 8] = [
        Deed::Replace(1),
        Deed::Replace(0),
        Deed::Rename(0),
        Deed::Delete(0),
        Deed::Undo(0),
        Deed::Empty(0),
        Deed::Pull,
        Deed::Push(usize::MAX),
    ];
    const DEPTH: usize = 6;
    let mut first = World::new(vec![0, YEAR_MS]);
    first.act(0, Deed::Enrol);
    first.rest();
    let (mut seen, mut queue) = (HashSet::new(), VecDeque::from([(Vec::new(), first)]));
    let mut judged = 0;
    while let Some((deeds, world)) = queue.pop_front() {
        world.judge().unwrap_or_else(|why| panic!("{why}: {deeds:?}"));
        judged += 1;
        if deeds.len() == DEPTH {
            continue;
        }
        for (at, deed) in (0..2).flat_map(|at| DEEDS.map(|deed| (at, deed))) {
            let mut next = world.clone();
            // The clocks stand still: the worst that they can do, and histories meet.
            next.now_ms = START_MS;
            next.act(at, deed);
            let all = next.browsers.iter().map(|browser| marks(&SyncRecord::all(browser))).collect::<Vec<_>>();
            let state = (all, marks(&next.store), next.lost.clone(), next.deleted.clone(), next.returned.clone());
            if seen.insert(state) {
                queue.push_back(([deeds.as_slice(), &[(at, deed)]].concat(), next));
            }
        }
    }
    println!("{judged} states of two browsers and a store, up to {DEPTH} deeds after the first account: all sound");
    assert!(judged > 10_000, "{judged}");
}

const LIST: &str = "otpauth://totp/Contoso:kari%40contoso.no?secret=5nvfdqfdaaaabbbb&issuer=Microsoft\notpauth://totp/Contoso:ola%40contoso.no?secret=frjlnxskaaaabbbb&issuer=Microsoft\n";

fn ui(p: &Fake, request: UiRequest) -> Reply {
    support::ui(p, request, "")
}

/// A vault with Kari and Ola.
fn made() -> Fake {
    let p = Fake::new();
    create(&p);
    let entries = formats::read_file(LIST.as_bytes(), None).entries.0;
    go(&p, ExchangeRequest::Take { choices: vec![Choice::Add; 2], names: Vec::new() }, &entries);
    p
}

fn file(reply: ExchangeReply) -> Vec<u8> {
    let Some(Out::File { bytes, .. }) = reply.out else { panic!("no file: {:?}", reply.notice) };
    bytes.0.to_vec()
}

#[test]
fn what_is_removed_is_nowhere_but_aside_and_one_press_brings_it_back() {
    let p = made();
    let before = ui(&p, UiRequest::Show).view;
    let kari = before.accounts[0].clone();
    let removed = ui(&p, UiRequest::Remove { account: kari.id.clone() });
    assert_eq!((removed.notice, removed.undo.len()), (Some(Notice::Removed), 1));
    assert_eq!((removed.view.accounts.len(), removed.view.deleted.len()), (1, 1));
    assert_eq!(removed.view.deleted[0].name, "kari@contoso.no");
    // What leaves for other apps knows nothing of it; the list of accounts, in which pages and searches look, neither.
    let list = String::from_utf8(file(go(&p, ExchangeRequest::SaveList, b""))).unwrap();
    assert!(list.contains("ola") && !list.contains("kari"));
    let Some(Out::PrintedSheet { accounts }) = go(&p, ExchangeRequest::DrawSheet, b"").out else { panic!() };
    assert_eq!(accounts.len(), 1);
    assert!(contents(&p).accounts.iter().all(|account| account.name != "kari@contoso.no"));
    // By a lock and an unlocking, and by another key of the vault, nothing changes.
    ui(&p, UiRequest::Lock);
    support::ui(&p, UiRequest::Unlock { by: UnlockBy::Passphrase, save: None }, WORDS);
    set(&p, SettingsRequest::Renew, WORDS);
    let back = ui(&p, UiRequest::Restore { deleted: removed.undo.clone() });
    assert_eq!((back.notice, back.view.accounts.len(), back.view.deleted.len()), (Some(Notice::Undone), 2, 0));
    let again = back.view.accounts.iter().find(|account| account.id == kari.id).unwrap();
    assert_eq!((&again.code, &again.name), (&kari.code, &kari.name));
    assert_eq!(ui(&p, UiRequest::Restore { deleted: removed.undo }).notice, Some(Notice::Gone));
}

#[test]
fn what_is_emptied_is_gone_for_ever() {
    let p = made();
    let kari = ui(&p, UiRequest::Show).view.accounts[0].id.clone();
    let deleted = ui(&p, UiRequest::Remove { account: kari }).undo;
    let secret = data_encoding::BASE64.encode(contents(&p).recently_deleted()[0].1.credential.secret.expose());
    assert!(contents(&p).encode().contains(&secret));
    let emptied = ui(&p, UiRequest::Empty { deleted: deleted.clone() });
    assert_eq!((emptied.notice, emptied.view.deleted.len()), (Some(Notice::Emptied), 0));
    assert!(!contents(&p).encode().contains(&secret));
    assert_eq!(ui(&p, UiRequest::Restore { deleted: deleted.clone() }).notice, Some(Notice::Gone));
    assert_eq!(ui(&p, UiRequest::Empty { deleted }).notice, Some(Notice::Gone));
    assert_eq!(ui(&p, UiRequest::Show).view.accounts.len(), 1);
}

#[test]
fn a_backup_brings_what_lies_aside_along() {
    let p = made();
    let kari = ui(&p, UiRequest::Show).view.accounts[0].id.clone();
    ui(&p, UiRequest::Remove { account: kari });
    let key = now(session::key(&p)).unwrap();
    let backup = now(vault::backup::copy(&p, &key)).unwrap();
    let restored = Contents::decode(&backup.open(&key).unwrap()).unwrap();
    assert_eq!((restored.accounts.len(), restored.recently_deleted().len()), (1, 1));
}

/// Closed for longer than the thirty days that another browser has counted.
#[test]
fn what_expired_elsewhere_lies_aside_where_it_was_all_along() {
    let first = Contents { accounts: vec![account(1, "kari"), account(2, "ola")], ..Contents::default() };
    for deleted_for_ever in [false, true] {
        let (mut a, mut b, mut c) = (first.clone(), first.clone(), first.clone());
        let place = a.delete(AccountId([1; 16]), START_MS).unwrap();
        let replaced = a.overwrite(AccountId([2; 16]), START_MS, |ola| ola.credential = credential(9)).unwrap();
        if deleted_for_ever {
            assert!(a.empty(place, START_MS) && a.empty(replaced, START_MS));
        }
        a.expire(START_MS);
        a.expire(START_MS + KEPT_MS);
        assert!(a.recently_deleted().is_empty());
        let stored = SyncRecord::all(&a);
        for late in [&mut b, &mut c] {
            take_over(late, &stored, START_MS + KEPT_MS);
            assert_eq!(late.recently_deleted().len(), if deleted_for_ever { 0 } else { 2 });
        }
        // They all agree, it is nowhere among the accounts, and it comes back by a press.
        for (to, from) in [(&mut a, &b), (&mut c, &b)] {
            take_over(to, &SyncRecord::all(from), START_MS + KEPT_MS);
        }
        take_over(&mut b, &SyncRecord::all(&c), START_MS + KEPT_MS);
        assert!(known(&a) == known(&b) && known(&b) == known(&c));
        assert_eq!(a.accounts.len(), 1);
        if !deleted_for_ever {
            assert!(a.restore(place, START_MS + KEPT_MS).is_some() && a.accounts.len() == 2);
            // Its time ends as any other's.
            b.expire(START_MS + 2 * KEPT_MS);
            b.expire(START_MS + 3 * KEPT_MS);
            assert!(b.recently_deleted().is_empty());
        }
    }
}

#[test]
fn what_a_later_version_put_aside_is_kept_as_it_is_and_emptied_all_the_same() {
    let mut contents = Contents { accounts: vec![account(1, "kari")], ..Contents::default() };
    let place = contents.delete(AccountId([1; 16]), START_MS).unwrap();
    let later = contents.encode().replace("\"mode\":\"code\"", "\"mode\":\"telepathy\"");
    let mut read = Contents::decode(later.as_bytes()).unwrap();
    assert!(read.recently_deleted().is_empty() && read.restore(place, START_MS).is_none());
    assert_eq!(*read.encode(), later);
    // A clock that was checked counts for it, too.
    assert!(read.expire(START_MS) && !read.expire(START_MS + KEPT_MS - 1) && read.expire(START_MS + KEPT_MS));
    assert!(!read.encode().contains("telepathy"));
}
