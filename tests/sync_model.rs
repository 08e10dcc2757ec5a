//! Sync against a store that does what it likes: every history up to a depth, each state once, and the code that is
//! shipped is the model. The store drops, replays, reorders, forks, rolls back, forges, and mixes in another vault's.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests state what they know"
)]

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::rc::Rc;

use app::protocol::{Choice, ExchangeRequest, Notice, SettingsRequest, SyncState, UiRequest};
use sha2::{Digest, Sha256};
use support::forge::Parts;
use support::{Fake, contents, go, header, now, set, settle, ui};
use sync::{Item, Membership, SyncStore};
use vault::{Contents, Header, Record, VaultKey, session, sharing};

/// Everyone's passphrase, before and after each renewal: the worst that a person can do.
const WORDS: &str = "felles ord for alle";
/// Another vault's.
const OTHER: &str = "ord som er en annens";
const KEYS: [&str; 4] = ["GEZDGNBVGY3TQOJQ", "MFRGGZDFMZTWQ2LK", "ONSWG4TFORZWK43T", "MZXW6YTBMZXW6YTB"];
const DOOR: &str = "s1.door";
const ENDED: &str = "s1.ended";

type Items = BTreeMap<String, String>;

/// A part of what lies in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Part {
    Door,
    Ended,
    Entries,
}

impl Part {
    const ALL: [Self; 3] = [Self::Door, Self::Ended, Self::Entries];

    fn of(name: &str) -> Self {
        match name {
            DOOR => Self::Door,
            ENDED => Self::Ended,
            _ => Self::Entries,
        }
    }
}

/// What the store does to the view that one browser has of it, just before that browser syncs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Trick {
    /// Nothing.
    None,
    /// Shows all that another browser sees.
    Carry(usize),
    /// Of that, one part alone.
    CarryOnly(usize, Part),
    /// Shows what lay there at the beginning.
    RollBack,
    /// Of that, one part alone.
    RollBackOnly(Part),
    Drop(Part),
    /// A join record that says of itself that it is newer.
    ForgeEpoch,
    /// A join record that says of itself that it is another's.
    ForgeId,
    /// A word of nobody's that a key is over.
    ForgeEnded,
    /// Another vault's part in the place of this one's.
    Mix(Part),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Deed {
    /// The store does something, and the browser syncs.
    Sync(usize, Trick),
    /// A person renews the vault key there.
    Renew(usize),
    /// Adds an account there, one of its own.
    Add(usize),
    /// Gives the account that all have another name there.
    Rename(usize),
    /// Types the passphrase to join, where told to.
    Join(usize),
}

/// What a browser has ever known, by the test's own books.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
struct Known {
    /// Keys that it knows to be over; it is never to use them again.
    over: Vec<usize>,
    /// Its accounts, and how far each had come.
    accounts: BTreeMap<String, (u64, String)>,
    added: bool,
    renamed: bool,
    renewed: bool,
}

struct World {
    browsers: Vec<Fake>,
    known: Vec<Known>,
    /// What lay in the store at the beginning.
    first: Rc<Items>,
    /// Another vault's store.
    other: Rc<Items>,
    /// Every key that was ever shared, and whose it was.
    keys: Vec<(VaultKey, Header, usize)>,
}

fn browser(seed: u64, words: &str) -> Fake {
    let p = Fake::new();
    for _ in 0..seed {
        platform::Platform::random(&p, &mut [0; 8]).unwrap();
    }
    p.0.borrow_mut().synced = Some(Rc::default());
    ui(&p, UiRequest::Create { save: None, said: Vec::new() }, words.as_bytes());
    p
}

fn add(p: &Fake, name: &str, key: &str) {
    let file = format!("otpauth://totp/Contoso:{name}?secret={key}&issuer=Microsoft");
    let entries = formats::read_file(file.as_bytes(), None).entries.0;
    assert_eq!(
        go(p, ExchangeRequest::Take { choices: vec![Choice::Add], names: Vec::new() }, &entries).notice,
        Some(Notice::Imported)
    );
}

fn view(p: &Fake) -> Items {
    p.0.borrow().synced.as_ref().unwrap().borrow().clone()
}

fn show(p: &Fake, items: Items) {
    p.0.borrow_mut().synced = Some(Rc::new(RefCell::new(items)));
}

fn key(p: &Fake) -> VaultKey {
    now(session::key(p)).unwrap()
}

fn runs(p: &Fake) -> SyncState {
    now(app::sync(p));
    go(p, ExchangeRequest::Show, b"").view.sync.state
}

/// Kari, whom all have, by the key that makes the codes.
fn accounts(contents: &Contents) -> BTreeMap<String, (u64, String)> {
    let of = |a: &vault::Account| {
        (data_encoding::BASE32.encode(a.credential.secret.expose()), (a.modified_ms, a.name.clone()))
    };
    contents.accounts.iter().map(of).collect()
}

/// What an item of the store opens under.
fn opens_under(shared: &(VaultKey, Header, usize), name: &str, sealed: &str) -> Option<Vec<u8>> {
    let id = data_encoding::HEXLOWER.decode(name.strip_prefix("s1.")?.as_bytes()).ok()?;
    let sealed = data_encoding::BASE64.decode(sealed.as_bytes()).ok()?;
    let info = [b"m365totp/v1/sync".as_slice(), &shared.1.vault_id.0, &id].concat();
    let key = vault::crypto::derive_key(shared.0.expose(), sealed.get(..16)?, &[&info]);
    let nonce: [u8; 12] = sealed.get(16..28)?.try_into().ok()?;
    vault::crypto::open(&key, &nonce, &info, sealed.get(28..)?).map(|text| text.to_vec())
}

impl World {
    /// The first browser begins and the last one joins; what is between them is a copy of the first.
    fn new(copies: usize) -> Self {
        let a = browser(0, WORDS);
        add(&a, "kari", KEYS[0]);
        assert_eq!(go(&a, ExchangeRequest::SyncOn, WORDS.as_bytes()).notice, Some(Notice::SyncBegun));
        let first = view(&a);
        let mut browsers = vec![a.fork()];
        for copy in 0..copies {
            let twin = a.fork();
            for _ in 0..=copy {
                platform::Platform::random(&twin, &mut [0; 8]).unwrap();
            }
            browsers.push(twin);
        }
        let b = browser(1000, WORDS);
        show(&b, first.clone());
        assert_eq!(go(&b, ExchangeRequest::SyncJoin, WORDS.as_bytes()).notice, Some(Notice::SyncJoined));
        browsers.push(b);
        for p in &browsers {
            show(p, first.clone());
            assert_eq!(runs(p), SyncState::On);
            assert_eq!(view(p), first);
        }
        // Another vault, which has renewed its key: all that there can be in a store, and as genuine as can be.
        let other = browser(5000, OTHER);
        add(&other, "hanne", KEYS[3]);
        assert_eq!(go(&other, ExchangeRequest::SyncOn, OTHER.as_bytes()).notice, Some(Notice::SyncBegun));
        set(&other, SettingsRequest::Renew, OTHER);
        assert_eq!(runs(&other), SyncState::On);
        let mut world = Self {
            known: vec![Known::default(); browsers.len()],
            browsers,
            first: Rc::new(first),
            other: Rc::new(view(&other)),
            keys: Vec::new(),
        };
        world.learn_key(0);
        for at in 0..world.browsers.len() {
            world.known[at].accounts = accounts(&contents(&world.browsers[at]));
        }
        world
    }

    fn fork(&self) -> Self {
        let fork = |p: &Fake| {
            let fork = p.fork();
            show(&fork, view(p));
            fork
        };
        let copy =
            |(key, header, of): &(VaultKey, Header, usize)| (VaultKey::from_bytes(key.expose()), header.clone(), *of);
        Self {
            browsers: self.browsers.iter().map(fork).collect(),
            known: self.known.clone(),
            first: self.first.clone(),
            other: self.other.clone(),
            keys: self.keys.iter().map(copy).collect(),
        }
    }

    fn learn_key(&mut self, at: usize) {
        let header = header(&self.browsers[at]);
        self.keys.push((sharing::derive_key(&key(&self.browsers[at]), header.place()), header, at));
    }

    /// The key that a browser syncs under, and whether it was shut out.
    fn membership(&self, at: usize) -> (Option<usize>, bool) {
        let p = &self.browsers[at];
        let settings = contents(p).settings;
        let own = header(p);
        match SyncStore::from_settings(&settings, &own, &key(p)) {
            Some(Membership::Out) => (None, true),
            Some(Membership::In(sync_store)) => {
                let is = |shared: &(VaultKey, Header, usize)| {
                    let probe = self.probe(shared);
                    matches!(sync_store.open(&probe.0, &probe.1), Item::SyncRecord(_) | Item::Later(_))
                };
                (Some(self.keys.iter().position(is).expect("a key that somebody made")), false)
            }
            _ => (None, false),
        }
    }

    /// An item under that key alone.
    fn probe(&self, (key, header, _): &(VaultKey, Header, usize)) -> (String, String) {
        let id = [9; 16];
        let info = [b"m365totp/v1/sync".as_slice(), &header.vault_id.0, &id].concat();
        let sealing = vault::crypto::derive_key(key.expose(), &[0; 16], &[&info]);
        let mut text = vec![1, 0, 0];
        text.resize(128, 0);
        vault::crypto::seal(&sealing, &[0; 12], &info, &mut text).unwrap();
        let name = format!("s1.{}", data_encoding::HEXLOWER.encode(&id));
        (name, data_encoding::BASE64.encode(&[&[0; 28][..], &text].concat()))
    }

    fn play(&self, at: usize, trick: Trick) {
        let p = &self.browsers[at];
        let mut items = view(p);
        let put = |items: &mut Items, from: &Items, part: Part| {
            items.retain(|name, _| Part::of(name) != part);
            items.extend(from.iter().filter(|(name, _)| Part::of(name) == part).map(|(n, v)| (n.clone(), v.clone())));
        };
        let forge = |items: &mut Items, change: &dyn Fn(&mut Parts)| {
            let mut parts = Parts::from_text(items.get(DOOR).unwrap_or(&self.first[DOOR]));
            change(&mut parts);
            items.insert(DOOR.into(), parts.to_text());
        };
        match trick {
            Trick::None => {}
            Trick::Carry(from) => items = view(&self.browsers[from]),
            Trick::CarryOnly(from, part) => put(&mut items, &view(&self.browsers[from]), part),
            Trick::RollBack => items = (*self.first).clone(),
            Trick::RollBackOnly(part) => put(&mut items, &self.first, part),
            Trick::Drop(part) => items.retain(|name, _| Part::of(name) != part),
            Trick::ForgeEpoch => forge(&mut items, &|parts| parts.key_epoch = 7),
            Trick::ForgeId => forge(&mut items, &|parts| parts.vault_id = [7; 16]),
            Trick::ForgeEnded => drop(items.insert(ENDED.into(), "07".repeat(16))),
            Trick::Mix(part) => put(&mut items, &self.other, part),
        }
        show(p, items);
    }

    /// Does it, and holds what must hold whatever the store did. `None` where there is nothing to do.
    fn act(&mut self, deed: Deed) -> Option<Result<(), String>> {
        let (Deed::Sync(at, _) | Deed::Renew(at) | Deed::Add(at) | Deed::Rename(at) | Deed::Join(at)) = deed;
        let (key_before, out_before) = self.membership(at);
        match deed {
            Deed::Sync(_, trick) => {
                if matches!(trick, Trick::Carry(from) | Trick::CarryOnly(from, _) if from == at) {
                    return None;
                }
                self.play(at, trick);
            }
            Deed::Renew(_) => {
                if std::mem::replace(&mut self.known[at].renewed, true) {
                    return None;
                }
            }
            Deed::Add(_) => {
                if std::mem::replace(&mut self.known[at].added, true) {
                    return None;
                }
            }
            Deed::Rename(_) => {
                if std::mem::replace(&mut self.known[at].renamed, true) {
                    return None;
                }
            }
            Deed::Join(_) => {}
        }
        let (p, before) = (self.browsers[at].clone(), view(&self.browsers[at]));
        let began = contents(&p).settings["sync"].get("join").is_some();
        match deed {
            Deed::Sync(..) => drop(runs(&p)),
            Deed::Renew(_) => {
                let done = settle(&p, SettingsRequest::Renew, WORDS);
                assert_eq!(done, Some(Notice::Renewed));
                // Whoever began shuts the old key out; whoever joined has renewed its own vault, which is none of theirs.
                if began {
                    self.known[at].over.extend(key_before);
                    self.learn_key(at);
                } else if at + 1 < self.browsers.len() {
                    self.learn_key(at);
                }
            }
            Deed::Add(_) => add(&p, ["ola", "per", "liv"][at], KEYS[at + 1]),
            Deed::Rename(_) => {
                let id = ui(&p, UiRequest::Show, b"").view.accounts[0].id.clone();
                ui(&p, UiRequest::Rename { account: id, name: format!("kari at {at}") }, b"");
            }
            Deed::Join(_) => {
                let state = go(&p, ExchangeRequest::Show, b"").view.sync.state;
                if state != SyncState::Other {
                    return None;
                }
                go(&p, ExchangeRequest::SyncJoin, WORDS.as_bytes());
            }
        }
        let (key_after, out_after) = self.membership(at);
        if out_after && !out_before {
            // Forged words shut nobody out: somebody who began has renewed that very key.
            let lost = key_before.expect("it was in");
            if !self.known.iter().any(|known| known.over.contains(&lost) && known.renewed) {
                return Some(Err(format!("browser {at} was shut out by a forged word")));
            }
            self.known[at].over.push(lost);
        }
        if let Some(key) = key_after.filter(|key| self.known[at].over.contains(key)) {
            return Some(Err(format!("browser {at} went back to key {key}, which it knows to be over")));
        }
        // What is new in the store opens by no key that this browser knows to be over.
        for (name, sealed) in view(&p).iter().filter(|(name, sealed)| before.get(*name) != Some(sealed)) {
            let over = self.known[at].over.iter().find(|key| opens_under(&self.keys[**key], name, sealed).is_some());
            if let Some(key) = over {
                return Some(Err(format!("browser {at} stored {name} under key {key}, which is over")));
            }
        }
        // Nothing that a browser had is lost, nor goes back to what it was before.
        let now = accounts(&contents(&p));
        for (secret, known) in &self.known[at].accounts {
            match now.get(secret) {
                None => return Some(Err(format!("browser {at} lost {}", known.1))),
                Some(after) if after.0 < known.0 => return Some(Err(format!("browser {at} went back to {}", after.1))),
                Some(_) => {}
            }
        }
        self.known[at].accounts = now;
        Some(Ok(()))
    }

    /// The store is honest from now on, and people do what they are told: all come to the same.
    fn judge(&self) -> Result<(), String> {
        let world = self.fork();
        let shared = Rc::new(RefCell::new(view(&world.browsers[0])));
        for p in &world.browsers {
            p.0.borrow_mut().synced = Some(shared.clone());
        }
        for _ in 0..4 {
            for (at, p) in world.browsers.iter().enumerate() {
                let state = runs(p);
                if state == SyncState::On
                    || go(p, ExchangeRequest::SyncJoin, WORDS.as_bytes()).notice == Some(Notice::SyncJoined)
                {
                    continue;
                }
                if at > 0 {
                    return Err(format!("browser {at} finds no way back in"));
                }
                // What lies there is another's, or nothing: it is deleted, and begun anew.
                go(p, ExchangeRequest::SyncOff { erase: true }, b"");
                let mut again = go(p, ExchangeRequest::SyncOn, WORDS.as_bytes()).notice;
                if again == Some(Notice::SyncOver) {
                    // A copy has renewed the key that this one began with: its own is renewed as well.
                    set(p, SettingsRequest::Renew, WORDS);
                    again = go(p, ExchangeRequest::SyncOn, WORDS.as_bytes()).notice;
                }
                if again != Some(Notice::SyncBegun) {
                    return Err(format!("it cannot begin anew: {again:?}"));
                }
            }
        }
        if let Some(at) = world.browsers.iter().position(|p| runs(p) != SyncState::On) {
            return Err(format!("browser {at} does not come to rest"));
        }
        let all: HashSet<_> = self.known.iter().flat_map(|known| known.accounts.keys().cloned()).collect();
        let ends: Vec<_> = world.browsers.iter().map(|p| accounts(&contents(p))).collect();
        if ends.iter().any(|end| *end != ends[0]) {
            return Err("they do not agree".into());
        }
        if let Some(secret) = all.iter().find(|secret| !ends[0].contains_key(*secret)) {
            return Err(format!("{secret} is lost"));
        }
        Ok(())
    }

    /// By what two states differ: what each browser holds, and what each sees, whatever the random numbers were.
    fn signature(&self) -> [u8; 32] {
        let mut text = Sha256::new();
        let door = |text: &str| match Record::from_text(text) {
            Ok(record) => {
                let under = self.keys.iter().position(|(key, ..)| record.header().is_under(key));
                format!("{:?} {} {under:?}", record.header().vault_id.0, record.header().key_epoch)
            }
            Err(_) => "none".into(),
        };
        for at in 0..self.browsers.len() {
            let p = &self.browsers[at];
            let contents = contents(p);
            let kept = &contents.settings["sync"];
            let known = &self.known[at];
            text.update(format!("{:?} {:?} {:?}", self.membership(at), kept.get("due"), kept.get("join").is_some()));
            text.update(format!("{:?}", go(p, ExchangeRequest::Show, b"").view.sync.state));
            text.update(format!("{:?} {} {} {}", known.accounts, known.added, known.renamed, known.renewed));
            text.update(format!("{:?}", known.over));
            for (name, sealed) in view(p) {
                text.update(&name);
                match Part::of(&name) {
                    Part::Door => text.update(door(&sealed)),
                    Part::Ended => {
                        let end = |shared: &(VaultKey, Header, usize)| {
                            sealed.contains(&sharing::end_of(&shared.0, shared.1.place()))
                        };
                        text.update(format!("{:?} {}", self.keys.iter().map(end).collect::<Vec<_>>(), sealed.len()));
                    }
                    Part::Entries => {
                        let opened = self
                            .keys
                            .iter()
                            .enumerate()
                            .find_map(|(n, key)| Some((n, opens_under(key, &name, &sealed)?)));
                        text.update(format!("{opened:?}"));
                    }
                }
            }
        }
        text.finalize().into()
    }
}

fn search(copies: usize, deeds: &[Deed], depth: usize, what: &str) -> usize {
    let first = World::new(copies);
    let mut seen = HashSet::from([first.signature()]);
    let mut queue = VecDeque::from([(Vec::new(), first)]);
    let (mut taken, mut at_depth) = (0usize, HashMap::new());
    while let Some((history, world)) = queue.pop_front() {
        *at_depth.entry(history.len()).or_insert(0usize) += 1;
        world.judge().unwrap_or_else(|why| panic!("{why}: {history:?}"));
        if history.len() == depth {
            continue;
        }
        for deed in deeds {
            let mut next = world.fork();
            let Some(held) = next.act(*deed) else { continue };
            taken += 1;
            let history = [history.as_slice(), &[*deed]].concat();
            held.unwrap_or_else(|why| panic!("{why}: {history:?}"));
            if seen.insert(next.signature()) {
                queue.push_back((history, next));
            }
        }
    }
    let mut by_depth: Vec<_> = at_depth.into_iter().collect();
    by_depth.sort_unstable();
    println!("{what}: {} states, {taken} steps, up to {depth} deeds, by depth {by_depth:?}: all sound", seen.len());
    seen.len()
}

/// The suite's time is short; `SOAK` gives it more.
fn depth(usual: usize) -> usize {
    usual + usize::from(std::env::var_os("SOAK").is_some())
}

/// Two browsers, the one that began and one that joined.
#[test]
fn every_state_of_two_browsers_and_a_store_that_lies_is_sound() {
    let mut deeds = vec![Deed::Renew(0), Deed::Add(0), Deed::Rename(0), Deed::Add(1), Deed::Join(1)];
    for at in 0..2 {
        let other = 1 - at;
        deeds.extend([Trick::None, Trick::Carry(other), Trick::RollBack].map(|trick| Deed::Sync(at, trick)));
        deeds.extend([Trick::ForgeEpoch, Trick::ForgeId, Trick::ForgeEnded].map(|trick| Deed::Sync(at, trick)));
        for part in Part::ALL {
            let tricks =
                [Trick::CarryOnly(other, part), Trick::RollBackOnly(part), Trick::Drop(part), Trick::Mix(part)];
            deeds.extend(tricks.map(|trick| Deed::Sync(at, trick)));
        }
    }
    let states = search(0, &deeds, depth(3), "two browsers");
    assert!(states > 1_000, "{states}");
}

/// A vault that is in two browsers, by a backup, and each of the two renews its key; and a third that joined.
#[test]
fn every_state_of_two_renewals_at_once_is_sound() {
    let mut deeds = vec![Deed::Renew(0), Deed::Renew(1), Deed::Add(0), Deed::Add(2)];
    for at in 0..3 {
        deeds.push(Deed::Join(at));
        deeds.extend([Trick::None, Trick::RollBack].map(|trick| Deed::Sync(at, trick)));
        deeds.extend((0..3).filter(|from| *from != at).map(|from| Deed::Sync(at, Trick::Carry(from))));
    }
    let states = search(1, &deeds, depth(5), "two renewals at once");
    assert!(states > 250, "{states}");
}
