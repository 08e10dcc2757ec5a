//! Several browsers, one set of accounts.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests state what they know"
)]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit};
use app::protocol::{Choice, ExchangeRequest, Notice, SettingsRequest, SyncState, UiRequest, UnlockBy};
use app::{exchange, sync};
use formats::read_file;
use kdf::Passphrase;
use otp::{Algorithm, Credential, Factor, Secret};
use platform::{Outage, Store};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use strict_json::{Map, json};
use support::{Fake, Fault, WORDS, go, header, now, run, set, settle, ui};
use sync::{self as merging, Item, SyncRecord, SyncStore};
use vault::key_slots::Unlock;
use vault::{
    Account, AccountId, AccountNote, Cause, Contents, Mode, Record, Status, Tombstone, VaultError, VaultKey, session,
    store,
};
use zeroize::Zeroizing;

/// The first browser's passphrase, and with it everyone's way in. Every other has `WORDS`.
const SHARED: &str = "felles ord for alle";

fn runs(p: &Fake) -> SyncState {
    now(sync(p));
    go(p, ExchangeRequest::Show, b"").view.sync.state
}

type Shared = Rc<RefCell<BTreeMap<String, String>>>;

/// A browser with a vault of its own, on the same store as the others; the first has seed 0.
fn browser(shared: &Shared, seed: u64) -> Fake {
    let p = profile(shared, seed);
    let words = if seed == 0 { SHARED } else { WORDS };
    ui(&p, UiRequest::Create { save: None, said: Vec::new() }, words.as_bytes());
    p
}

/// A browser where nothing is yet.
fn profile(shared: &Shared, seed: u64) -> Fake {
    let p = Fake::new();
    for _ in 0..seed {
        // No two browsers draw the same random numbers.
        platform::Platform::random(&p, &mut [0; 8]).unwrap();
    }
    p.0.borrow_mut().synced = Some(shared.clone());
    p
}

fn add(p: &Fake, name: &str, key: &str) {
    let file = format!("otpauth://totp/Contoso:{name}?secret={key}&issuer=Microsoft");
    let reading = read_file(file.as_bytes(), None);
    let reply = go(p, ExchangeRequest::Take { choices: vec![Choice::Add], names: Vec::new() }, &reading.entries.0);
    assert_eq!(reply.notice, Some(Notice::Imported));
}

fn names(p: &Fake) -> Vec<String> {
    let mut names: Vec<_> = ui(p, UiRequest::Show, b"").view.accounts.into_iter().map(|a| a.name).collect();
    names.sort();
    names
}

fn id(p: &Fake, name: &str) -> String {
    ui(p, UiRequest::Show, b"").view.accounts.into_iter().find(|a| a.name == name).unwrap().id
}

fn two() -> (Shared, Fake, Fake) {
    let shared = Shared::default();
    let (a, b) = (browser(&shared, 0), browser(&shared, 1000));
    add(&a, "kari", "GEZDGNBVGY3TQOJQ");
    add(&b, "ola", "MFRGGZDFMZTWQ2LK");
    settle(
        &a,
        SettingsRequest::RenameUnlockMethod {
            unlock_method: unlock_methods(&a)[0].clone(),
            label: "Kari's laptop".into(),
        },
        b"",
    );
    assert_eq!(go(&a, ExchangeRequest::SyncOn, b"not the one").notice, Some(Notice::WrongPassphrase));
    assert!(shared.borrow().is_empty());
    assert_eq!(go(&a, ExchangeRequest::SyncOn, SHARED.as_bytes()).notice, Some(Notice::SyncBegun));
    assert!(go(&b, ExchangeRequest::Show, b"").view.sync.joinable);
    assert_eq!(go(&b, ExchangeRequest::SyncJoin, b"not the one").notice, Some(Notice::WrongPassphrase));
    assert_eq!(go(&b, ExchangeRequest::SyncJoin, SHARED.as_bytes()).notice, Some(Notice::SyncJoined));
    assert_eq!(runs(&a), SyncState::On);
    (shared, a, b)
}

#[test]
fn a_second_browser_joins_with_the_passphrase_and_both_have_all() {
    let (_, a, b) = two();
    assert_eq!(names(&a), ["kari", "ola"]);
    assert_eq!(names(&b), names(&a));
    // Renamed there, removed here, added there.
    b.advance(1000);
    ui(&b, UiRequest::Rename { account: id(&b, "kari"), name: "kari n".into() }, b"");
    add(&b, "hanne", "ONSWG4TFOQ");
    a.advance(2000);
    ui(&a, UiRequest::Remove { account: id(&a, "ola") }, b"");
    for p in [&a, &b, &a] {
        assert_eq!(runs(p), SyncState::On);
    }
    assert_eq!(names(&a), ["hanne", "kari n"]);
    assert_eq!(names(&b), names(&a));
    // Each keeps its own passphrase.
    now(session::lock(&b)).unwrap();
    assert_eq!(
        ui(&b, UiRequest::Unlock { by: UnlockBy::Passphrase, save: None }, WORDS.as_bytes()).view.accounts.len(),
        2
    );
}

/// A year, while one of them changed the account.
#[test]
fn what_is_done_by_hand_counts_however_far_ahead_a_clock_was() {
    let (_, a, b) = two();
    let year = 365 * 24 * 3_600_000;
    let rename = |p: &Fake, from: &str, to: &str| {
        ui(p, UiRequest::Rename { account: id(p, from), name: to.into() }, b"");
    };
    a.advance(year);
    ui(&a, UiRequest::Unlock { by: UnlockBy::Passphrase, save: None }, SHARED.as_bytes());
    rename(&a, "kari", "kari n");
    runs(&a);
    a.rewind(year);
    ui(&a, UiRequest::Unlock { by: UnlockBy::Passphrase, save: None }, SHARED.as_bytes());
    runs(&b);
    rename(&b, "kari n", "kari today");
    runs(&b);
    runs(&a);
    assert_eq!([names(&a), names(&b)], [["kari today", "ola"]; 2]);
    ui(&a, UiRequest::Remove { account: id(&a, "kari today") }, b"");
    runs(&a);
    runs(&b);
    runs(&a);
    assert_eq!([names(&a), names(&b)], [["ola"]; 2]);
}

#[test]
fn once_all_is_the_same_nothing_more_is_written() {
    let (_, a, b) = two();
    for p in [&a, &b] {
        runs(p);
    }
    let written = |p: &Fake| {
        (p.0.borrow().sync_writes, p.0.borrow().writes.iter().filter(|w| w.1.contains(&"v1.exists".to_owned())).count())
    };
    let before = (written(&a), written(&b));
    for p in [&a, &b, &a, &b] {
        runs(p);
    }
    assert_eq!((written(&a), written(&b)), before);
    // A code that is used is this browser's own business.
    ui(&a, UiRequest::Used { account: id(&a, "kari") }, b"");
    let writes = a.0.borrow().sync_writes;
    runs(&a);
    assert_eq!(a.0.borrow().sync_writes, writes);
}

#[test]
fn nothing_in_the_store_can_be_read_changed_or_moved() {
    let (shared, a, b) = two();
    for (name, value) in shared.borrow().iter() {
        let bytes = data_encoding::BASE64.decode(value.as_bytes()).unwrap();
        let text = String::from_utf8_lossy(&bytes).to_lowercase() + name;
        for telling in ["kari", "ola", "contoso", "microsoft", "gezdgnbv", "secret", "sha1", "12345678"] {
            assert!(!text.contains(telling), "{name}: {telling}");
        }
    }
    // Any byte that is changed, and any sync record in another's place, is as good as none, and is put right.
    let sync_records: Vec<(String, String)> =
        shared.borrow().iter().filter(|(name, _)| *name != "s1.door").map(|(n, v)| (n.clone(), v.clone())).collect();
    assert_eq!(sync_records.len(), 2);
    for (name, value) in &sync_records {
        let sealed = data_encoding::BASE64.decode(value.as_bytes()).unwrap();
        for at in 0..sealed.len() {
            let mut bad = sealed.clone();
            bad[at] ^= 1;
            shared.borrow_mut().insert(name.clone(), data_encoding::BASE64.encode(&bad));
            if at % 97 == 0 {
                assert_eq!(runs(&b), SyncState::On);
                assert_eq!(names(&b), ["kari", "ola"]);
            }
        }
    }
    shared.borrow_mut().insert(sync_records[0].0.clone(), sync_records[1].1.clone());
    assert_eq!(runs(&b), SyncState::On);
    assert_ne!(shared.borrow()[&sync_records[0].0], sync_records[1].1, "put right");
    assert_eq!((names(&a), names(&b)), (vec!["kari".into(), "ola".into()], vec!["kari".into(), "ola".into()]));
    assert_eq!(runs(&a), SyncState::On);
}

#[test]
fn an_old_state_of_the_store_brings_nothing_back() {
    let (shared, a, b) = two();
    let old = shared.borrow().clone();
    a.advance(1000);
    ui(&a, UiRequest::Remove { account: id(&a, "kari") }, b"");
    runs(&a);
    runs(&b);
    *shared.borrow_mut() = old;
    for p in [&b, &a] {
        assert_eq!(runs(p), SyncState::On);
        assert_eq!(names(p), ["ola"]);
    }
}

/// In each browser: accounts, and what lies aside.
fn both(a: &Fake, b: &Fake) -> [[Vec<String>; 2]; 2] {
    [a, b].map(|p| [names(p), ui(p, UiRequest::Show, b"").view.deleted.into_iter().map(|d| d.name).collect()])
}

#[test]
fn what_is_deleted_lies_aside_in_every_browser_and_comes_back_in_every_one() {
    let (shared, a, b) = two();
    let removed = ui(&a, UiRequest::Remove { account: id(&a, "kari") }, b"");
    let [place] = removed.undo.as_slice() else { panic!("one to be undone") };
    runs(&a);
    // Its place is made of its key, and nobody sees it in the store.
    assert!(!shared.borrow().keys().any(|name| name.contains(place.as_str())));
    assert_eq!(shared.borrow().len(), 4);
    runs(&b);
    let aside = || [vec!["ola".to_owned()], vec!["kari".to_owned()]];
    assert_eq!(both(&a, &b), [aside(), aside()]);
    // A renewed key seals it anew, says that the old one is over, and leaves nothing in the store that nobody can open.
    assert_eq!(settle(&a, SettingsRequest::Renew, b"ny frase med mange ord"), Some(Notice::Renewed));
    assert_eq!(runs(&a), SyncState::On);
    assert_eq!(shared.borrow().len(), 5);
    go(&b, ExchangeRequest::SyncJoin, b"ny frase med mange ord");
    assert_eq!(both(&a, &b), [aside(), aside()]);
    // The other browser puts it back, and the first is told.
    let back = ui(&b, UiRequest::Restore { deleted: vec![place.clone()] }, b"");
    assert_eq!(back.notice, Some(Notice::Undone));
    for p in [&b, &a, &b] {
        assert_eq!(runs(p), SyncState::On);
    }
    let all = || [vec!["kari".to_owned(), "ola".to_owned()], vec![]];
    assert_eq!(both(&a, &b), [all(), all()]);
    // Deleted twice, it is gone in both, whatever lies in the store.
    let before = shared.borrow().clone();
    let removed = ui(&a, UiRequest::Remove { account: id(&a, "kari") }, b"");
    assert_eq!(ui(&a, UiRequest::Empty { deleted: removed.undo }, b"").notice, Some(Notice::Emptied));
    runs(&a);
    runs(&b);
    shared.borrow_mut().extend(before);
    for p in [&a, &b, &a, &b] {
        assert_eq!(runs(p), SyncState::On);
    }
    let gone = || [vec!["ola".to_owned()], vec![]];
    assert_eq!(both(&a, &b), [gone(), gone()]);
}

/// Nobody is at the other browser when sync takes something away there: it is said until somebody has read it.
#[test]
fn what_another_browser_took_away_is_said_here_until_it_was_read() {
    let (_, a, b) = two();
    let view = |p: &Fake| ui(p, UiRequest::Show, b"").view;
    let import = |p: &Fake, key: &str| {
        let file = format!("otpauth://totp/Contoso:ola?secret={key}&issuer=Microsoft");
        let entries = read_file(file.as_bytes(), None).entries.0;
        go(p, ExchangeRequest::Take { choices: vec![Choice::Replace], names: Vec::new() }, &entries);
    };
    ui(&a, UiRequest::Remove { account: id(&a, "kari") }, b"");
    import(&a, "MZXW6YTBMZXW6YTB");
    assert!(view(&a).untold.is_empty(), "who has done it, knows");
    let here: Vec<_> = view(&a).deleted.into_iter().map(|d| (d.name, d.why)).collect();
    assert!(
        here.contains(&("kari".into(), Some(Cause::Removed))) && here.contains(&("ola".into(), Some(Cause::Replaced)))
    );
    runs(&a);
    b.advance(5000);
    assert_eq!(runs(&b), SyncState::On);
    let seen = view(&b);
    assert_eq!(seen.untold.len(), 2);
    assert!(seen.deleted.iter().all(|d| d.why == Some(Cause::Elsewhere) && d.at_ms == b.0.borrow().now_ms));
    // It lasts, also where the vault is locked in between and syncs again; and it is this browser's own business.
    ui(&b, UiRequest::Lock, b"");
    ui(&b, UiRequest::Unlock { by: UnlockBy::Passphrase, save: None }, WORDS.as_bytes());
    for p in [&b, &a, &b] {
        assert_eq!(runs(p), SyncState::On);
    }
    assert_eq!((view(&a).untold.len(), view(&b).untold.len()), (0, 2));
    let writes = a.0.borrow().sync_writes + b.0.borrow().sync_writes;
    runs(&a);
    runs(&b);
    assert_eq!(a.0.borrow().sync_writes + b.0.borrow().sync_writes, writes);
    // A third that has never had them is told nothing of them.
    let c = b.fork();
    // One press puts all of it back, in every browser.
    let back = ui(&b, UiRequest::Restore { deleted: seen.untold }, b"");
    assert_eq!((back.notice, back.view.untold.len()), (Some(Notice::Undone), 0));
    for p in [&b, &a] {
        assert_eq!(runs(p), SyncState::On);
    }
    assert_eq!([names(&a), names(&b)], [["kari", "ola"]; 2]);
    // What was removed here stays that, and when, whatever another browser removes later.
    let own = ui(&a, UiRequest::Remove { account: id(&a, "kari") }, b"").view.deleted;
    let kari =
        |view: app::protocol::View| view.deleted.into_iter().find(|d| d.name == "kari").map(|d| (d.why, d.at_ms));
    runs(&a);
    runs(&b);
    let untold = view(&a).untold.len();
    b.advance(5000);
    a.advance(9000);
    ui(&b, UiRequest::Remove { account: id(&b, "ola") }, b"");
    runs(&b);
    runs(&a);
    assert_eq!(view(&a).untold.len(), untold + 1);
    assert_eq!(kari(view(&a)), own.into_iter().find(|d| d.name == "kari").map(|d| (Some(Cause::Removed), d.at_ms)));
    // Or it was read, and is said no more.
    let read = ui(&c, UiRequest::RemovalsRead, b"").view;
    assert_eq!((read.untold.len(), read.deleted.len()), (0, 2));
}

/// Two browsers give one account another key; the one that does not count lies aside in both.
#[test]
fn of_two_keys_for_one_account_the_other_lies_aside() {
    let (_, a, b) = two();
    let import = |p: &Fake, key: &str| {
        let file = format!("otpauth://totp/Contoso:kari?secret={key}&issuer=Microsoft");
        let entries = read_file(file.as_bytes(), None).entries.0;
        go(p, ExchangeRequest::Take { choices: vec![Choice::Replace], names: Vec::new() }, &entries);
    };
    import(&a, "MZXW6YTBMZXW6YTB");
    b.advance(1000);
    import(&b, "ONSWG4TFORZWK43T");
    for p in [&a, &b, &a, &b] {
        assert_eq!(runs(p), SyncState::On);
    }
    let [[accounts, aside], other] = both(&a, &b);
    assert_eq!((accounts.len(), aside.len()), (2, 2), "the first key, and the one that came first");
    assert_eq!([accounts, aside], other);
}

#[test]
fn what_lies_aside_gives_way_where_the_store_is_full() {
    let shared = Shared::default();
    let a = browser(&shared, 0);
    let list = |from: usize, to: usize| -> Vec<u8> {
        let line = |n| format!("otpauth://totp/Skole:elev{n}%40skole.example?secret={}&issuer=Microsoft\n", base32(n));
        let list: String = (from..to).map(line).collect();
        read_file(list.as_bytes(), None).entries.0.to_vec()
    };
    go(&a, ExchangeRequest::Take { choices: vec![Choice::Add; 110], names: Vec::new() }, list(0, 110));
    assert_eq!(go(&a, ExchangeRequest::SyncOn, SHARED.as_bytes()).notice, Some(Notice::SyncBegun));
    for account in ui(&a, UiRequest::Show, b"").view.accounts.into_iter().take(20) {
        ui(&a, UiRequest::Remove { account: account.id }, b"");
    }
    assert_eq!(runs(&a), SyncState::On);
    let items = shared.borrow().len();
    assert_eq!(items, 1 + 110 + 20);
    // Nothing is stored before what makes room for it has gone.
    a.0.borrow_mut().sync_quota = Some(102_400);
    // More come than there is room for beside what lies aside.
    go(&a, ExchangeRequest::Take { choices: vec![Choice::Add; 50], names: Vec::new() }, list(110, 160));
    let state = runs(&a);
    let bytes: usize = shared.borrow().iter().map(|(name, value)| name.len() + value.len() + 2).sum();
    println!("{} items, {bytes} bytes, {state:?}", shared.borrow().len());
    assert!(bytes <= 102_400);
    assert_eq!((state, ui(&a, UiRequest::Show, b"").view.deleted.len()), (SyncState::On, 20));
    let b = browser(&shared, 7);
    go(&b, ExchangeRequest::SyncJoin, SHARED.as_bytes());
    let there = ui(&b, UiRequest::Show, b"").view;
    assert_eq!(there.accounts.len(), 140);
    assert!(there.deleted.len() < 20, "{}", there.deleted.len());
    // Nobody fights over the room.
    let written = |p: &Fake| p.0.borrow().sync_writes;
    for p in [&b, &a] {
        runs(p);
    }
    let before = written(&a) + written(&b);
    for p in [&b, &a, &b, &a] {
        runs(p);
    }
    assert_eq!(written(&a) + written(&b), before);
}

/// FORMAT.md, section 8, with nothing of the code that writes it: what opens an entry, and what it is bound to.
fn cipher(key: &[u8], sync_store: &[u8; 16], name: &str, salt: &[u8]) -> (Aes256Gcm, Vec<u8>) {
    let id = data_encoding::HEXLOWER.decode(name.strip_prefix("s1.").unwrap().as_bytes()).unwrap();
    let info = [b"m365totp/v1/sync".as_slice(), sync_store, &id].concat();
    let mut own = [0; 32];
    hkdf::Hkdf::<sha2::Sha256>::new(Some(salt), key).expand(&info, &mut own).unwrap();
    (Aes256Gcm::new(&own.into()), info)
}

fn opens_under(key: &[u8], sync_store: &[u8; 16], name: &str, sealed: &str) -> Option<Vec<u8>> {
    let sealed = data_encoding::BASE64.decode(sealed.as_bytes()).unwrap();
    let (cipher, info) = cipher(key, sync_store, name, &sealed[..16]);
    let nonce: [u8; 12] = sealed[16..28].try_into().unwrap();
    cipher.decrypt(&nonce.into(), Payload { msg: &sealed[28..], aad: &info }).ok()
}

fn seals_under(key: &[u8], sync_store: &[u8; 16], name: &str, padded: &[u8]) -> String {
    let (salt, nonce) = ([7; 16], [8; 12]);
    let (cipher, info) = cipher(key, sync_store, name, &salt);
    let sealed = cipher.encrypt(&nonce.into(), Payload { msg: padded, aad: &info }).unwrap();
    data_encoding::BASE64.encode(&[&salt[..], &nonce[..], &sealed[..]].concat())
}

/// Also who has the key can put nothing under another account's name, nor more into an entry than its length says.
#[test]
fn an_entry_is_of_the_account_that_it_is_named_after_and_padded_as_it_is_written() {
    let (shared, a, _) = two();
    let sync_store =
        now(SyncStore::make(&a, &now(session::key(&a)).unwrap(), &Passphrase::new(SHARED.into()))).unwrap().0;
    let (key, vault) = (shared_key(&a), header(&a).vault_id.0);
    let name = |account: &str| format!("s1.{}", id(&a, account));
    let padded = opens_under(&key, &vault, &name("kari"), &shared.borrow()[&name("kari")]).unwrap();
    let length = 2 + usize::from(u16::from_le_bytes([padded[0], padded[1]]));
    assert!(length < padded.len());
    let with = |length: usize, last: u8| {
        let mut bytes = padded.clone();
        bytes.resize(length, 0);
        *bytes.last_mut().unwrap() = last;
        bytes
    };
    let ends = padded.len();
    for (what, name, padded, is_read, is_later) in [
        ("as it was", name("kari"), with(ends, 0), true, false),
        ("under another's name", name("ola"), with(ends, 0), false, true),
        ("with something in the padding", name("kari"), with(ends, 1), false, false),
        ("with more padding than is needed", name("kari"), with(length + 128, 0), false, false),
        ("with as much as there can be", name("kari"), with(length + 127, 0), true, false),
    ] {
        let item = sync_store.open(&name, &seals_under(&key, &vault, &name, &padded));
        assert_eq!(matches!(item, Item::SyncRecord(_)), is_read, "{what}");
        assert_eq!(matches!(item, Item::Later(_)), is_later, "{what}");
    }
}

/// When an account was last used here, which step it gave out and in which file it is: nobody is told, and nobody's word counts.
#[test]
fn what_is_a_browsers_own_is_neither_told_nor_taken_over() {
    let of = |modified_ms, used| {
        let own = Account {
            last_used_ms: Some(used),
            last_step: Some(used + 1),
            saved_ms: Some(used + 2),
            ..account(1, 1, 1)
        };
        Account { modified_ms, ..own }
    };
    assert!(SyncRecord::of(&of(1, 5)) == SyncRecord::of(&of(1, 50)));
    let mut contents = Contents { accounts: vec![of(1, 5)], ..Contents::default() };
    assert!(merging::merge(&mut contents, [SyncRecord::Account(Box::new(of(2, 50)))]));
    let kept = &contents.accounts[0];
    assert_eq!((kept.modified_ms, kept.last_used_ms, kept.last_step, kept.saved_ms), (2, Some(5), Some(6), Some(7)));
}

/// Where nothing else tells two reports apart their bytes do, in every version alike.
#[test]
fn of_two_that_are_as_late_the_greater_bytes_count() {
    let (one, two) = (account(1, 1, 1), account(1, 1, 2));
    let is_greater = strict_json::write(&one).as_str() > strict_json::write(&two).as_str();
    let [one, two] = [&one, &two].map(SyncRecord::of);
    assert_eq!((one.outranks(&two), two.outranks(&one)), (is_greater, !is_greater));
    assert!(!one.outranks(&one));
    // A counter that ran further comes before that.
    let [nine, ten] = [9, 10].map(|counter| {
        let secret = Secret::new(vec![3; 10]).unwrap();
        let credential = Credential::new(secret, Algorithm::Sha1, 6, Factor::Counter { counter }).unwrap();
        SyncRecord::of(&Account { credential, ..account(1, 1, 3) })
    });
    assert!(ten.outranks(&nine) && !nine.outranks(&ten));
}

/// Who is in by a later key does not go back to an earlier one of the same vault.
#[test]
fn a_key_is_outdated_where_a_later_one_is_known() {
    let (_, a, _) = two();
    let sync_store =
        now(SyncStore::make(&a, &now(session::key(&a)).unwrap(), &Passphrase::new(SHARED.into()))).unwrap().0;
    let another = VaultKey::from_bytes(&[9; 32]);
    let refused = now(SyncStore::make(&a, &another, &Passphrase::new(SHARED.into()))).err();
    assert_eq!(refused, Some(VaultError::OtherKey), "nobody shares a vault by another's key");
    let (epoch, vault) = (header(&a).key_epoch, data_encoding::HEXLOWER.encode(&header(&a).vault_id.0));
    for (vault, epoch, expected) in [
        (vault.as_str(), epoch, false),
        (vault.as_str(), epoch + 1, true),
        (vault.as_str(), epoch + 2, true),
        ("00000000000000000000000000000000", epoch + 1, false),
    ] {
        let mut settings = Map::new();
        settings.insert(vault::sharing::SETTING.to_owned(), json!({ "room": vault, "epoch": epoch }));
        assert_eq!(sync_store.is_outdated(&settings), expected, "{vault} {epoch}");
    }
}

/// The key that the vault of `p` shares; FORMAT.md, section 8.
fn shared_key(p: &Fake) -> [u8; 32] {
    let (key, header) = (now(session::key(p)).unwrap(), header(p));
    let info = [b"m365totp/v1/sync-key".as_slice(), &header.vault_id.0, &header.key_epoch.to_le_bytes()].concat();
    let mut shared = [0; 32];
    hkdf::Hkdf::<sha2::Sha256>::new(None, key.expose()).expand(&info, &mut shared).unwrap();
    shared
}

/// How many entries of the store open under that key, and how many there are.
fn opened(shared: &Shared, key: &[u8; 32], sync_store: &[u8; 16]) -> (usize, usize) {
    let store = shared.borrow();
    let sync_records: Vec<_> =
        store.iter().filter(|(name, _)| !["s1.door", "s1.ended"].contains(&name.as_str())).collect();
    let open = |(name, sealed): &&(&String, &String)| opens_under(key, sync_store, name, sealed).is_some();
    (sync_records.iter().filter(open).count(), sync_records.len())
}

/// Whether everything in the store is sealed under the key that the vault of `p` shares.
fn all_under(shared: &Shared, p: &Fake) -> bool {
    let (open, all) = opened(shared, &shared_key(p), &header(p).vault_id.0);
    all > 0 && open == all
}

fn unlock_methods(p: &Fake) -> Vec<String> {
    set(p, SettingsRequest::Show, "").view.unlock_methods.into_iter().map(|join_record| join_record.id).collect()
}

#[test]
fn every_entry_is_sealed_on_its_own_under_a_key_that_opens_nothing_else() {
    let (shared, a, b) = two();
    assert_eq!(shared.borrow().len(), 3);
    assert!(all_under(&shared, &a));
    let vault_key = *now(session::key(&a)).unwrap().expose();
    assert_eq!(opened(&shared, &vault_key, &header(&a).vault_id.0).0, 0);
    assert!(!all_under(&shared, &b), "the other has a key of its own");
    // What the other changes too.
    b.advance(1000);
    ui(&b, UiRequest::Rename { account: id(&b, "kari"), name: "kari n".into() }, b"");
    runs(&b);
    assert!(all_under(&shared, &a));
}

#[test]
fn a_changed_passphrase_is_the_one_to_join_with() {
    let (shared, a, b) = two();
    let old = unlock_methods(&a)[0].clone();
    assert_eq!(
        settle(&a, SettingsRequest::ChangePassphrase { unlock_method: old }, b"ny frase med mange ord"),
        Some(Notice::PassphraseChanged)
    );
    assert_eq!((runs(&a), runs(&b)), (SyncState::On, SyncState::On));
    let c = browser(&shared, 9);
    assert_eq!(go(&c, ExchangeRequest::SyncJoin, SHARED.as_bytes()).notice, Some(Notice::WrongPassphrase));
    assert_eq!(go(&c, ExchangeRequest::SyncJoin, b"ny frase med mange ord").notice, Some(Notice::SyncJoined));
    assert_eq!(names(&c), ["kari", "ola"]);
    // And it is written once.
    let writes = a.0.borrow().sync_writes;
    assert_eq!(runs(&a), SyncState::On);
    assert_eq!(a.0.borrow().sync_writes, writes);
}

#[test]
fn a_new_vault_key_seals_everything_anew_and_shuts_the_others_out() {
    let (shared, a, b) = two();
    assert_eq!(settle(&a, SettingsRequest::Renew, b"ny frase med mange ord"), Some(Notice::Renewed));
    b.advance(1000);
    add(&b, "hanne", "ONSWG4TFOQ");
    let before = shared.borrow().clone();
    assert_eq!(runs(&a), SyncState::On);
    assert!(all_under(&shared, &a));
    assert!(before.iter().all(|(name, sealed)| shared.borrow()[name] != *sealed));
    // Who has only the old key reads nothing, writes nothing, and loses nothing.
    let after = shared.borrow().clone();
    assert_eq!(runs(&b), SyncState::Other);
    assert_eq!(*shared.borrow(), after);
    assert_eq!(names(&b), ["hanne", "kari", "ola"]);
    assert_eq!(go(&b, ExchangeRequest::SyncJoin, b"ny frase med mange ord").notice, Some(Notice::SyncJoined));
    assert_eq!(runs(&a), SyncState::On);
    assert_eq!(names(&a), names(&b));
}

/// Before it has run again, and where a vault was put back without the setting of this browser.
#[test]
fn a_browser_that_is_in_is_shown_as_in_and_sets_the_mark_again() {
    let (_, a, _) = two();
    assert_eq!(runs(&a), SyncState::On);
    a.restart_browser();
    ui(&a, UiRequest::Unlock { by: UnlockBy::Passphrase, save: None }, SHARED.as_bytes());
    assert_eq!(go(&a, ExchangeRequest::Show, b"").view.sync.state, SyncState::On);
    a.put(Store::Local, "v1.sync", None);
    assert_eq!(runs(&a), SyncState::On);
    assert_eq!(a.text(Store::Local, "v1.sync").as_deref(), Some("on"));
}

/// The key that was renewed may be in wrong hands, and so may the store.
#[test]
fn whoever_was_shut_out_stays_out_until_it_joins_again() {
    let (shared, a, b) = two();
    let (old_key, old_store) = (shared_key(&a), shared.borrow().clone());
    assert_eq!(settle(&a, SettingsRequest::Renew, b"ny frase med mange ord"), Some(Notice::Renewed));
    assert_eq!((runs(&a), runs(&b)), (SyncState::On, SyncState::Other));
    let new_store = shared.borrow().clone();
    *shared.borrow_mut() = old_store.clone();
    add(&b, "hanne", "ONSWG4TFOQ");
    assert_eq!(runs(&b), SyncState::Other);
    assert_eq!(*shared.borrow(), old_store, "nothing new goes into the old one");
    // The browser is restarted; the one that began puts the store right.
    ui(&b, UiRequest::Lock, b"");
    ui(&b, UiRequest::Unlock { by: UnlockBy::Passphrase, save: None }, WORDS.as_bytes());
    assert_eq!((runs(&b), runs(&a)), (SyncState::Other, SyncState::On));
    assert!(all_under(&shared, &a));
    assert_eq!(opened(&shared, &old_key, &header(&a).vault_id.0).0, 0);
    *shared.borrow_mut() = new_store;
    assert_eq!(runs(&b), SyncState::Other);
    assert_eq!(go(&b, ExchangeRequest::SyncJoin, b"ny frase med mange ord").notice, Some(Notice::SyncJoined));
    assert_eq!(runs(&a), SyncState::On);
    assert_eq!([names(&a), names(&b)], [["hanne", "kari", "ola"]; 2]);
}

/// Whoever writes to the store can lay a join record there that says of itself that it is newer, or another's.
#[test]
fn no_forged_record_makes_a_browser_forget_its_key() {
    let (shared, a, b) = two();
    let sound = shared.borrow().clone();
    let with = |change: &dyn Fn(&mut support::forge::Parts)| {
        let mut parts = support::forge::Parts::from_text(&sound["s1.door"]);
        change(&mut parts);
        parts.to_text()
    };
    let other = Shared::default();
    let c = browser(&other, 9);
    assert_eq!(go(&c, ExchangeRequest::SyncOn, WORDS.as_bytes()).notice, Some(Notice::SyncBegun));
    // Of another vault, an end that is as genuine as can be.
    settle(&c, SettingsRequest::Renew, b"ny frase med mange ord");
    assert_eq!(runs(&c), SyncState::On);
    let foreign_end = other.borrow()["s1.ended"].clone();
    let end = data_encoding::HEXLOWER.encode(&[7; 16]);
    let forged: [(&str, &str, String); 7] = [
        ("a later epoch", "s1.door", with(&|parts| parts.key_epoch += 1)),
        ("the last epoch", "s1.door", with(&|parts| parts.key_epoch = u32::MAX)),
        ("another id", "s1.door", with(&|parts| parts.vault_id[0] ^= 1)),
        ("another vault's", "s1.door", other.borrow()["s1.door"].clone()),
        ("no record", "s1.door", "AAAA".into()),
        ("any end", "s1.ended", end),
        ("another vault's end", "s1.ended", foreign_end),
    ];
    for (what, name, text) in &forged {
        let kept_before = kept(&b);
        shared.borrow_mut().insert((*name).to_owned(), text.clone());
        let before = shared.borrow().clone();
        let told = if *name == "s1.door" { SyncState::Other } else { SyncState::On };
        assert_eq!(runs(&b), told, "{what}");
        assert_eq!(*shared.borrow(), before, "{what}: nothing is written to it");
        assert_eq!(kept(&b), kept_before, "{what}: nothing is forgotten");
        // Once it is gone, all goes on, and nobody has typed anything.
        *shared.borrow_mut() = sound.clone();
        assert_eq!((runs(&b), runs(&a)), (SyncState::On, SyncState::On), "{what}");
    }
    // What a browser that was shut out once said is not over again.
    assert_eq!(settle(&a, SettingsRequest::Renew, b"ny frase med mange ord"), Some(Notice::Renewed));
    assert_eq!((runs(&a), runs(&b)), (SyncState::On, SyncState::Other));
    assert!(kept(&b).contains("out"));
    assert_eq!(go(&b, ExchangeRequest::SyncJoin, b"ny frase med mange ord").notice, Some(Notice::SyncJoined));
    assert_eq!((runs(&a), runs(&b)), (SyncState::On, SyncState::On));
}

/// Whoever kept what lay there once can put it back: of today's key from before a passphrase was changed, of an older key,
/// and of an early version, which was under the vault's own key.
#[test]
fn an_old_join_record_lets_nobody_in_and_nobody_forget() {
    let (shared, a, b) = two();
    let old_key = shared.borrow()["s1.door"].clone();
    assert_eq!(settle(&a, SettingsRequest::Renew, b"ny frase med mange ord"), Some(Notice::Renewed));
    assert_eq!((runs(&a), runs(&b)), (SyncState::On, SyncState::Other));
    assert_eq!(go(&b, ExchangeRequest::SyncJoin, b"ny frase med mange ord").notice, Some(Notice::SyncJoined));
    let old_passphrase = shared.borrow()["s1.door"].clone();
    // Also by a clock that went back.
    a.rewind(60_000);
    ui(&a, UiRequest::Lock, b"");
    ui(&a, UiRequest::Unlock { by: UnlockBy::Passphrase, save: None }, b"ny frase med mange ord");
    let passphrase = unlock_methods(&a)[0].clone();
    let change = SettingsRequest::ChangePassphrase { unlock_method: passphrase };
    assert_eq!(settle(&a, change, b"enda en frase med ord"), Some(Notice::PassphraseChanged));
    assert_eq!((runs(&a), runs(&b)), (SyncState::On, SyncState::On));
    let sound = shared.borrow().clone();
    let early = early_join_record(&a);
    let by_today = ("enda en frase med ord", Notice::SyncJoined);
    // What a browser that joined makes of it, whether the one that began puts it right, and what joins then.
    for (what, old, joined, is_mended, (words, notice)) in [
        ("another passphrase's", &old_passphrase, SyncState::On, true, by_today),
        ("an older key's", &old_key, SyncState::Other, true, by_today),
        ("an early version's", &early, SyncState::Other, false, ("enda en frase med ord", Notice::SyncMissing)),
    ] {
        let kept_before = kept(&b);
        shared.borrow_mut().insert("s1.door".to_owned(), old.clone());
        assert_eq!(runs(&b), joined, "{what}");
        assert_eq!(
            (&shared.borrow()["s1.door"], kept(&b)),
            (old, kept_before),
            "{what}: nothing is done by who joined"
        );
        assert_eq!(runs(&a), if is_mended { SyncState::On } else { SyncState::Other }, "{what}");
        assert_eq!(shared.borrow()["s1.door"] == sound["s1.door"], is_mended, "{what}");
        let c = browser(&shared, 9);
        for words in [SHARED, "ny frase med mange ord"] {
            let told = go(&c, ExchangeRequest::SyncJoin, words.as_bytes()).notice;
            assert_eq!(told, Some(Notice::WrongPassphrase), "{what}");
        }
        assert_eq!(go(&c, ExchangeRequest::SyncJoin, words.as_bytes()).notice, Some(notice), "{what}");
        *shared.borrow_mut() = sound.clone();
        assert_eq!((runs(&b), runs(&a)), (SyncState::On, SyncState::On), "{what}");
    }
    // Where the one that began finds an early version's, its passphrase puts it right.
    shared.borrow_mut().insert("s1.door".to_owned(), early);
    assert_eq!(go(&a, ExchangeRequest::SyncJoin, b"enda en frase med ord").notice, Some(Notice::SyncJoined));
    assert_eq!((runs(&b), runs(&a)), (SyncState::On, SyncState::On));
}

/// Two renewals, of which a browser sees the second alone; and the word of it comes back where it was taken away.
#[test]
fn a_browser_that_slept_through_renewals_hears_that_its_key_is_over() {
    let (shared, a, b) = two();
    for words in ["ny frase med mange ord", "enda en frase med ord"] {
        assert_eq!(settle(&a, SettingsRequest::Renew, words.as_bytes()), Some(Notice::Renewed));
    }
    assert_eq!(runs(&a), SyncState::On);
    shared.borrow_mut().remove("s1.ended");
    assert_eq!(runs(&b), SyncState::Other);
    assert!(!kept(&b).contains("out"), "it was told, and does not know it");
    assert_eq!(runs(&a), SyncState::On);
    assert_eq!(runs(&b), SyncState::Other);
    assert!(kept(&b).contains("out"));
}

/// All that one browser seals, and the file that it saves, with its own key.
#[test]
fn no_browser_holds_what_opens_anothers_vault_and_no_backup_holds_the_shared_key() {
    let (_, a, b) = two();
    let backup = |p: &Fake| match go(p, ExchangeRequest::SaveBackup, b"").out {
        Some(app::protocol::Out::File { bytes, .. }) => Record::parse(bytes.0.to_vec()).unwrap(),
        _ => panic!("a file"),
    };
    let keys = [&a, &b].map(|p| now(session::key(p)).unwrap());
    let within = |record: &Record, key: &VaultKey| String::from_utf8(record.open(key).unwrap().to_vec()).unwrap();
    let text = |key: &[u8; 32]| data_encoding::BASE64.encode(key);
    let mut held = String::new();
    for (store, name) in [(Store::Local, "v1.a"), (Store::Local, "v1.b"), (Store::Mirror, "v1.mirror")] {
        held += &within(&Record::from_text(&b.text(store, name).unwrap()).unwrap(), &keys[1]);
    }
    assert!(held.contains(&text(&shared_key(&a))) && !held.contains(&text(keys[0].expose())));
    for (p, key) in [(&a, &keys[0]), (&b, &keys[1])] {
        let inside = within(&backup(p), key);
        assert!(inside.contains("kari") && !inside.contains("\"sync\"") && !inside.contains(&text(&shared_key(&a))));
        // Where a password of its own is chosen, too.
        let copy = now(vault::backup::copy_under(p, key, &Passphrase::new(WORDS.into()))).unwrap();
        let opened = now(vault::backup::open_with(p, &copy, &Passphrase::new(WORDS.into()))).unwrap();
        assert!(!within(&copy, &opened).contains("\"sync\""));
    }
    let shared = VaultKey::from_bytes(&shared_key(&a));
    assert!(backup(&a).open(&shared).is_err(), "nor does the shared key open the vault that it is derived from");
}

/// The vault's own header, under the vault's own key.
fn early_join_record(p: &Fake) -> String {
    let fresh = vault::Fresh { body_salt: [1; 32], body_nonce: [2; 12] };
    let mut slots = header(p);
    slots.generation = 0;
    let key = now(session::key(p)).unwrap();
    Record::seal(slots, fresh, &key, Contents::default().encode().as_bytes()).unwrap().to_text()
}

/// What early versions left: the join record is the vault's own header, and who joined kept the vault's own key.
fn early() -> (Shared, Fake, Fake) {
    let (shared, a, b) = two();
    let (key, header, door) = (now(session::key(&a)).unwrap(), header(&a), early_join_record(&a));
    let room = data_encoding::HEXLOWER.encode(&header.vault_id.0);
    let ids: String = header.slots.iter().map(|slot| data_encoding::HEXLOWER.encode(&slot.id.0)).collect();
    *shared.borrow_mut() = BTreeMap::from([("s1.door".to_owned(), door)]);
    for (p, kept) in [
        (&a, json!({ "room": room, "door": ids })),
        (&b, json!({ "room": room, "key": data_encoding::BASE64.encode(key.expose()) })),
    ] {
        let own = now(session::key(p)).unwrap();
        let set = |contents: &mut Contents| {
            contents.settings.insert("sync".to_owned(), kept);
            Ok::<_, VaultError>(())
        };
        now(store::change(p, &own, set)).unwrap();
    }
    (shared, a, b)
}

fn kept(p: &Fake) -> String {
    now(store::open(p, &now(session::key(p)).unwrap())).unwrap().settings["sync"].to_string()
}

#[test]
fn what_an_early_version_began_gives_the_vault_key_to_nobody_from_now_on() {
    let (shared, a, b) = early();
    let vault_key = data_encoding::BASE64.encode(now(session::key(&a)).unwrap().expose());
    assert!(kept(&b).contains(&vault_key));
    // Whoever joined lets go of that key at once, and waits.
    assert_eq!(runs(&b), SyncState::Other);
    assert!(!kept(&b).contains(&vault_key));
    let c = browser(&shared, 9);
    assert_eq!(go(&c, ExchangeRequest::SyncJoin, SHARED.as_bytes()).notice, Some(Notice::SyncMissing));
    // The one that began makes it new with the passphrase, as it is typed to unlock.
    ui(&a, UiRequest::Lock, b"");
    ui(&a, UiRequest::Unlock { by: UnlockBy::Passphrase, save: None }, SHARED.as_bytes());
    assert_eq!((runs(&a), runs(&b), runs(&a)), (SyncState::On, SyncState::On, SyncState::On));
    assert!(all_under(&shared, &a));
    assert_eq!(go(&c, ExchangeRequest::SyncJoin, SHARED.as_bytes()).notice, Some(Notice::SyncJoined));
    assert_eq!([names(&a), names(&b), names(&c)], [["kari", "ola"]; 3]);
    // Or joins what it began itself.
    let (shared, a, b) = early();
    assert_eq!(runs(&b), SyncState::Other);
    assert_eq!(go(&a, ExchangeRequest::SyncJoin, SHARED.as_bytes()).notice, Some(Notice::SyncJoined));
    assert_eq!(runs(&b), SyncState::On);
    assert!(all_under(&shared, &a));
    // One that comes late finds the new one, and needs no more than what it has.
    let (_, a, b) = early();
    assert_eq!(go(&a, ExchangeRequest::SyncJoin, SHARED.as_bytes()).notice, Some(Notice::SyncJoined));
    assert_eq!(runs(&b), SyncState::On);
    // But not if the key was renewed.
    let (_, a, b) = early();
    assert_eq!(settle(&a, SettingsRequest::Renew, b"ny frase med mange ord"), Some(Notice::Renewed));
    assert_eq!(go(&a, ExchangeRequest::SyncJoin, b"ny frase med mange ord").notice, Some(Notice::SyncJoined));
    assert_eq!(runs(&b), SyncState::Other);
    assert!(kept(&b).contains("out"));
}

/// What was erased stays erased, and what another began in its place is not written over.
#[test]
fn what_an_early_version_began_is_not_begun_anew_where_it_lies_no_more() {
    let typed = |a: &Fake| {
        ui(a, UiRequest::Lock, b"");
        ui(a, UiRequest::Unlock { by: UnlockBy::Passphrase, save: None }, SHARED.as_bytes());
    };
    let (shared, a, _) = early();
    shared.borrow_mut().clear();
    typed(&a);
    runs(&a);
    assert!(shared.borrow().is_empty());
    let c = browser(&shared, 5);
    assert_eq!(go(&c, ExchangeRequest::SyncOn, WORDS.as_bytes()).notice, Some(Notice::SyncBegun));
    let before = shared.borrow().clone();
    typed(&a);
    runs(&a);
    assert!(*shared.borrow() == before);
    assert_eq!(runs(&c), SyncState::On);
}

/// It is switched off while a sync is under way, whichever of them is how far: nothing is left in the store that was
/// erased, and this browser is out.
#[test]
fn what_is_switched_off_while_it_syncs_stores_nothing_more() {
    let (shared, a, _) = two();
    ui(&a, UiRequest::Remove { account: id(&a, "kari") }, b"");
    add(&a, "hanne", "ONSWG4TFOQ");
    let before = shared.borrow().clone();
    for head_start in 0..80 {
        let world = a.fork();
        let store: Shared = Rc::new(RefCell::new(before.clone()));
        world.0.borrow_mut().synced = Some(store.clone());
        support::run_all(vec![
            Box::pin(async {
                for _ in 0..head_start {
                    support::yield_now().await;
                }
                let off = exchange(&world, ExchangeRequest::SyncOff { erase: true }, Zeroizing::default()).await;
                assert_eq!(off.notice, Some(Notice::SyncStopped), "{head_start}");
            }),
            Box::pin(sync(&world)),
        ]);
        assert!(store.borrow().is_empty(), "{head_start}: {:?}", store.borrow().keys());
        assert_eq!(go(&world, ExchangeRequest::Show, b"").view.sync.state, SyncState::Off, "{head_start}");
    }
}

/// However the making of a new join record is cut short, the next attempt ends it.
#[test]
fn a_renewal_that_is_cut_short_is_made_up_for() {
    let mut cuts = 0;
    for fault in [Fault::DieBefore, Fault::DieAfter, Fault::Refuse(Outage::Storage)] {
        for at in 0.. {
            let (shared, a, _) = two();
            assert_eq!(settle(&a, SettingsRequest::Renew, b"ny frase med mange ord"), Some(Notice::Renewed));
            a.fail_at(at, fault);
            let _ = run(sync(&a));
            if !a.0.borrow().faults.is_empty() {
                break;
            }
            assert_eq!(runs(&a), SyncState::On, "{fault:?} at {at}");
            assert!(all_under(&shared, &a), "{fault:?} at {at}");
            assert_eq!(names(&a), ["kari", "ola"]);
            cuts += 1;
        }
    }
    assert!(cuts > 30, "{cuts} cuts");
}

#[test]
fn sync_needs_a_passphrase_and_keeps_one() {
    let shared = Shared::default();
    let a = profile(&shared, 3);
    ui(&a, UiRequest::CreateOpen { save: None, said: Vec::new() }, b"");
    assert_eq!(settle(&a, SettingsRequest::Prove { by: UnlockBy::Device }, b""), None);
    assert_eq!(go(&a, ExchangeRequest::SyncOn, b"").notice, Some(Notice::SyncNeedsPassphrase));
    assert!(shared.borrow().is_empty());
    let device = unlock_methods(&a);
    assert_eq!(settle(&a, SettingsRequest::AddPassphrase, SHARED.as_bytes()), Some(Notice::UnlockMethodAdded));
    assert_eq!(go(&a, ExchangeRequest::SyncOn, SHARED.as_bytes()).notice, Some(Notice::SyncBegun));
    let first = unlock_methods(&a).into_iter().find(|join_record| !device.contains(join_record)).unwrap();
    let remove = |join_record: &str| {
        settle(&a, SettingsRequest::RemoveUnlockMethod { unlock_method: join_record.to_owned() }, b"")
    };
    assert_eq!(remove(&first), Some(Notice::SyncNeedsPassphrase));
    // With another beside it, it goes, and opens no more.
    assert_eq!(settle(&a, SettingsRequest::AddPassphrase, b"ny frase med mange ord"), Some(Notice::UnlockMethodAdded));
    assert_eq!(remove(&first), Some(Notice::UnlockMethodRemoved));
    assert_eq!(runs(&a), SyncState::On);
    let b = browser(&shared, 9);
    assert_eq!(go(&b, ExchangeRequest::SyncJoin, SHARED.as_bytes()).notice, Some(Notice::WrongPassphrase));
    assert_eq!(go(&b, ExchangeRequest::SyncJoin, b"ny frase med mange ord").notice, Some(Notice::SyncJoined));
    // Out of sync, the last one may go.
    assert_eq!(go(&a, ExchangeRequest::SyncOff { erase: false }, b"").notice, Some(Notice::SyncStopped));
    let second = unlock_methods(&a).into_iter().find(|join_record| !device.contains(join_record)).unwrap();
    assert_eq!(remove(&second), Some(Notice::UnlockMethodRemoved));
}

/// A backup makes two browsers of one vault; what one of them changes about its passphrase, the other does not undo.
#[test]
fn two_browsers_of_one_vault_do_not_fight_over_the_join_record() {
    let (shared, a, _) = two();
    let twin = a.fork();
    twin.0.borrow_mut().synced = Some(shared.clone());
    let old = unlock_methods(&a)[0].clone();
    settle(&a, SettingsRequest::ChangePassphrase { unlock_method: old }, b"ny frase med mange ord");
    for p in [&a, &twin, &a, &twin] {
        assert_eq!(runs(p), SyncState::On);
    }
    let c = browser(&shared, 9);
    assert_eq!(go(&c, ExchangeRequest::SyncJoin, b"ny frase med mange ord").notice, Some(Notice::SyncJoined));
    // One gets a new key: the other is out, until it joins.
    settle(&a, SettingsRequest::Renew, b"enda en frase med ord");
    assert_eq!(runs(&a), SyncState::On);
    assert_eq!((runs(&twin), runs(&a)), (SyncState::Other, SyncState::On));
    // Nor does it take the sync store back by a change of its own.
    let (old, before) = (unlock_methods(&twin)[0].clone(), shared.borrow().clone());
    assert_eq!(
        settle(&twin, SettingsRequest::ChangePassphrase { unlock_method: old }, b"tvillingens nye frase"),
        Some(Notice::PassphraseChanged)
    );
    assert_eq!((runs(&twin), runs(&a)), (SyncState::Other, SyncState::On));
    assert_eq!(*shared.borrow(), before);
    assert_eq!(go(&twin, ExchangeRequest::SyncJoin, b"enda en frase med ord").notice, Some(Notice::SyncJoined));
    for p in [&a, &twin, &a, &twin] {
        assert_eq!(runs(p), SyncState::On);
    }
    assert!(all_under(&shared, &a));
}

/// The first browser stops, and comes back: it is still the one whose passphrase counts.
#[test]
fn whoever_began_it_comes_back_as_such() {
    let (shared, a, _) = two();
    assert_eq!(go(&a, ExchangeRequest::SyncOff { erase: false }, b"").notice, Some(Notice::SyncStopped));
    let old = unlock_methods(&a)[0].clone();
    settle(&a, SettingsRequest::ChangePassphrase { unlock_method: old }, b"ny frase med mange ord");
    assert_eq!(go(&a, ExchangeRequest::SyncJoin, SHARED.as_bytes()).notice, Some(Notice::WrongPassphrase));
    assert_eq!(
        go(&a, ExchangeRequest::SyncJoin, b"ny frase med mange ord").notice,
        Some(Notice::SyncJoined),
        "its passphrase of today"
    );
    let c = browser(&shared, 9);
    assert_eq!(go(&c, ExchangeRequest::SyncJoin, SHARED.as_bytes()).notice, Some(Notice::WrongPassphrase));
    assert_eq!(go(&c, ExchangeRequest::SyncJoin, b"ny frase med mange ord").notice, Some(Notice::SyncJoined));
}

/// The join record is a record of the vault itself; put in the vault's place it would be one without accounts.
#[test]
fn the_join_record_does_not_pass_for_the_vault() {
    let (shared, a, _) = two();
    let join_record = shared.borrow()["s1.door"].clone();
    let (key, whole) = (now(session::key(&a)).unwrap(), a.fork());
    for (store, name) in [(Store::Local, "v1.a"), (Store::Local, "v1.b"), (Store::Mirror, "v1.mirror")] {
        assert!(a.text(store, name).is_some(), "{name}");
        a.put(store, name, Some(&join_record));
    }
    let words = Passphrase::new(SHARED.into());
    assert!(matches!(now(store::open(&a, &key)), Err(VaultError::Damaged(_))));
    assert!(matches!(now(store::unlock(&a, &Unlock::Passphrase(&words))), Err(VaultError::Damaged(_))));
    // In the place of one copy it is mended like any other damage.
    whole.put(Store::Local, "v1.b", Some(&join_record));
    assert!(
        now(store::unlock(&whole, &Unlock::Passphrase(&words))).is_ok_and(|(_, contents)| contents.accounts.len() == 2)
    );
    assert_ne!(whole.text(Store::Local, "v1.b"), Some(join_record));
}

/// A store that a version wrote, as tests/vectors/vault/sync.json keeps it; `tests/read_vault.py` reads it too.
#[test]
fn a_store_of_every_version_is_joined() {
    let file = std::fs::read_to_string(support::path("tests/vectors/vault/sync.json")).unwrap();
    let file: serde_json::Value = serde_json::from_str(&file).unwrap();
    let items = file["items"].as_object().unwrap().iter();
    let items = items.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()));
    let shared: Shared = Rc::new(RefCell::new(items.collect()));
    let c = browser(&shared, 9);
    let passphrase = file["passphrase"].as_str().unwrap();
    c.0.borrow_mut().real_derivation = true;
    assert_eq!(go(&c, ExchangeRequest::SyncJoin, passphrase.as_bytes()).notice, Some(Notice::SyncJoined));
    assert_eq!(names(&c), ["kari"]);
}

#[test]
fn each_end_of_it_is_said_and_takes_nothing_from_the_vault() {
    let (shared, a, b) = two();
    assert_eq!(go(&a, ExchangeRequest::SyncOff { erase: true }, b"").notice, Some(Notice::SyncStopped));
    assert!(shared.borrow().is_empty());
    assert_eq!(runs(&b), SyncState::Gone);
    assert_eq!(names(&b), ["kari", "ola"]);
    // Another begins anew.
    let c = browser(&shared, 5);
    assert_eq!(go(&c, ExchangeRequest::SyncOn, WORDS.as_bytes()).notice, Some(Notice::SyncBegun));
    assert_eq!(runs(&b), SyncState::Other);
    assert_eq!(go(&b, ExchangeRequest::SyncJoin, SHARED.as_bytes()).notice, Some(Notice::WrongPassphrase));
    assert_eq!(go(&b, ExchangeRequest::SyncJoin, WORDS.as_bytes()).notice, Some(Notice::SyncJoined));
    assert_eq!(runs(&b), SyncState::On);
    assert_eq!(go(&b, ExchangeRequest::SyncOff { erase: false }, b"").view.sync.state, SyncState::Off);
    assert_eq!(runs(&c), SyncState::On);
    assert_eq!(names(&c), ["kari", "ola"]);

    let shared = Shared::default();
    let c = browser(&shared, 5);
    assert_eq!(go(&c, ExchangeRequest::SyncJoin, SHARED.as_bytes()).notice, Some(Notice::SyncMissing));
    assert_eq!(go(&c, ExchangeRequest::SyncOn, WORDS.as_bytes()).notice, Some(Notice::SyncBegun));
    assert_eq!(go(&c, ExchangeRequest::SyncOn, WORDS.as_bytes()).notice, Some(Notice::SyncThere));
    c.0.borrow_mut().synced = None;
    assert_eq!(runs(&c), SyncState::Failed);
    assert!(c.0.borrow().sync_at.is_some(), "it is tried again");
    c.advance(4 * 60_000);
    for request in [ExchangeRequest::SyncJoin, ExchangeRequest::SyncOff { erase: true }] {
        assert_eq!(go(&c, request, SHARED.as_bytes()).notice, Some(Notice::ProveFirst));
    }
}

#[test]
fn a_full_store_is_said_and_nothing_is_lost() {
    let shared = Shared::default();
    let (a, b) = (browser(&shared, 0), browser(&shared, 7));
    let list: String = (0..300)
        .map(|n| format!("otpauth://totp/Skole:elev{n}%40skole.example?secret={}&issuer=Microsoft\n", base32(n)))
        .collect();
    let reading = read_file(list.as_bytes(), None);
    go(&a, ExchangeRequest::Take { choices: vec![Choice::Add; 300], names: Vec::new() }, &reading.entries.0);
    let view = go(&a, ExchangeRequest::SyncOn, SHARED.as_bytes()).view.sync;
    let (items, bytes) = shared
        .borrow()
        .iter()
        .fold((0, 0), |(items, bytes), (name, value)| (items + 1, bytes + name.len() + value.len() + 2));
    assert!(items <= 512 && bytes <= 102_400 && shared.borrow().values().all(|value| value.len() <= 8_150));
    assert_eq!((view.state, view.left), (SyncState::Full, 300 - (items - 1)));
    println!("{} of 300 accounts fit into the store, {bytes} bytes", items - 1);
    assert!(items > 120);
    go(&b, ExchangeRequest::SyncJoin, SHARED.as_bytes());
    assert_eq!(names(&b).len(), usize::try_from(items - 1).unwrap());
    assert_eq!(names(&a).len(), 300);
}

/// Firefox counts otherwise than Chromium, and takes nothing of a write that is too much.
#[test]
fn a_store_that_is_full_before_its_time_takes_what_fits() {
    let shared = Shared::default();
    let a = browser(&shared, 0);
    let list: String = (0..100).map(|n| format!("otpauth://totp/s:elev{n}?secret={}\n", base32(n))).collect();
    let reading = read_file(list.as_bytes(), None);
    go(&a, ExchangeRequest::Take { choices: vec![Choice::Add; 100], names: Vec::new() }, &reading.entries.0);
    a.0.borrow_mut().sync_quota = Some(20_000);
    let view = go(&a, ExchangeRequest::SyncOn, SHARED.as_bytes()).view.sync;
    let (items, largest) = (shared.borrow().len() - 1, shared.borrow().iter().map(|(k, v)| k.len() + v.len()).max());
    let bytes: usize = shared.borrow().iter().map(|(key, text)| key.len() + text.len()).sum();
    assert_eq!((view.state, view.left as usize), (SyncState::Full, 100 - items));
    assert!(bytes <= 20_000 && bytes + largest.unwrap() > 20_000, "{items} accounts, {bytes} bytes");
    let writes = a.0.borrow().sync_writes;
    assert!(writes < 20, "{writes} writes");
    a.0.borrow_mut().sync_quota = None;
    assert_eq!(runs(&a), SyncState::On);
    assert_eq!(shared.borrow().len(), 101);
}

#[test]
fn a_store_that_was_written_to_too_often_is_tried_again_and_said() {
    let (shared, a, b) = two();
    let busy = |p: &Fake, busy| p.0.borrow_mut().sync_busy = busy;
    let again = |p: &Fake| p.0.borrow().sync_at;
    assert_eq!(again(&a), None);
    busy(&a, true);
    a.advance(1000);
    ui(&a, UiRequest::Rename { account: id(&a, "kari"), name: "kari n".into() }, b"");
    let before = shared.borrow().clone();
    assert_eq!(runs(&a), SyncState::Busy);
    assert_eq!((shared.borrow().clone(), again(&a)), (before, Some(a.0.borrow().now_ms + 60_000)));
    // What comes is taken over all the same.
    add(&b, "hanne", "ONSWG4TFOQ");
    runs(&b);
    assert_eq!(runs(&a), SyncState::Busy);
    assert_eq!(names(&a), ["hanne", "kari n", "ola"]);
    assert_eq!(go(&a, ExchangeRequest::SyncOff { erase: true }, b"").notice, Some(Notice::SyncBusy));
    // The alarm comes.
    busy(&a, false);
    assert_eq!((runs(&a), again(&a)), (SyncState::On, None));
    runs(&b);
    assert_eq!(names(&b), names(&a));

    let c = browser(&Shared::default(), 9);
    busy(&c, true);
    assert_eq!(go(&c, ExchangeRequest::SyncOn, WORDS.as_bytes()).notice, Some(Notice::SyncBusy));
    assert_eq!(go(&c, ExchangeRequest::Show, b"").view.sync.state, SyncState::Off);
    c.0.borrow_mut().synced = None;
    busy(&c, false);
    assert_eq!((runs(&c), again(&c)), (SyncState::Off, None));
}

fn base32(n: usize) -> String {
    (0..16).map(|i| char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[(n >> (i % 4 * 3)) % 32])).collect()
}

/// An account of a later version keeps its place in the store.
#[test]
fn what_a_later_version_stored_is_left_alone() {
    let (shared, a, _) = two();
    let p = Fake::new();
    let sync_store =
        now(SyncStore::make(&a, &now(session::key(&a)).unwrap(), &Passphrase::new(SHARED.into()))).unwrap().0;
    let of = AccountId::from_text(&id(&a, "kari")).unwrap();
    let mut later = account(1, 1, 1);
    later.id = of;
    let (name, sealed) = now_seal(&sync_store, &p, &later);
    shared.borrow_mut().insert(name.clone(), sealed.clone());
    assert!(matches!(sync_store.open(&name, &sealed), Item::Later(found) if found == of));
    assert_eq!(runs(&a), SyncState::On);
    assert_eq!(shared.borrow()[&name], sealed);
}

/// A sync record whose account says something that this version does not know.
fn now_seal(sync_store: &SyncStore, p: &Fake, account: &Account) -> (String, String) {
    let mut strange = account.clone();
    strange.extra.insert("digits".to_owned(), "many".into());
    sync_store.seal(p, &SyncRecord::Account(Box::new(strange))).unwrap()
}

#[test]
fn a_slot_that_asks_too_much_is_refused_before_any_work() {
    let (shared, p, _) = two();
    let text = shared.borrow()["s1.door"].clone();
    let record = Record::from_text(&text).unwrap();
    // The memory of its one slot, in KiB: 65,536.
    let mut bytes = record.as_bytes().to_vec();
    let at = bytes.windows(4).position(|four| four == 65_536u32.to_le_bytes()).unwrap();
    bytes[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    let end = bytes.len() - 4;
    let crc = crc32c::crc32c(&bytes[..end]);
    bytes[end..].copy_from_slice(&crc.to_le_bytes());
    let bomb = data_encoding::BASE64.encode(&bytes);
    let before = p.0.borrow().derivations;
    shared.borrow_mut().insert("s1.door".to_owned(), bomb);
    assert_eq!(go(&p, ExchangeRequest::SyncJoin, SHARED.as_bytes()).notice, Some(Notice::Damaged));
    assert_eq!(p.0.borrow().derivations, before);
}

fn account(id: u8, modified_ms: u64, salt: u8) -> Account {
    let secret = Secret::new(vec![salt; 10]).unwrap();
    let factor =
        if salt.is_multiple_of(3) { Factor::Counter { counter: u64::from(salt) } } else { Factor::Time { period: 30 } };
    Account {
        id: AccountId([id; 16]),
        created_ms: 1,
        modified_ms,
        issuer: "Microsoft".into(),
        name: format!("name {salt}"),
        organisation: None,
        origin: None,
        came: None,
        credential: Credential::new(secret, Algorithm::Sha1, 6, factor).unwrap(),
        status: if salt.is_multiple_of(2) { Status::Confirmed } else { Status::Unconfirmed },
        said: false,
        mode: Mode::Code,
        pinned: salt.is_multiple_of(5),
        last_used_ms: Some(u64::from(salt)),
        last_step: Some(u64::from(salt)),
        saved_ms: None,
        replaces: None,
        microsoft: None,
        organisation_ids: Vec::new(),
        note: if salt.is_multiple_of(4) { AccountNote::new(&format!("note {salt}")) } else { None },
        life: 0,
        extra: Map::default(),
    }
}

/// Account, time, variant, deleted: a sync record without its secret, which has no `Debug`.
type Plan = (u8, u64, u8, bool);

/// Few accounts, few times, few variants: so that they meet.
fn plan() -> impl Strategy<Value = Plan> {
    (0u8..4, 0u64..4, 0u8..6, prop::bool::weighted(0.25))
}

fn sync_record((id, time, salt, gone): &Plan) -> SyncRecord {
    if *gone {
        SyncRecord::Gone(Tombstone::of(&account(*id, *time, *salt)))
    } else {
        SyncRecord::of(&account(*id, *time, *salt))
    }
}

/// What is known, without the order in which it came to be known.
fn known(contents: &Contents) -> Vec<(AccountId, Vec<u8>)> {
    let mut all: Vec<_> = SyncRecord::all(contents)
        .into_iter()
        .map(|sync_record| {
            let json = match &sync_record {
                SyncRecord::Account(account) => json!(account),
                SyncRecord::Gone(tombstone) => json!(tombstone),
            };
            (sync_record.id(), json.to_string().into_bytes())
        })
        .collect();
    all.sort();
    all
}

fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[9; 32]))
}

#[test]
fn the_merge_is_commutative_associative_and_idempotent() {
    let set = || prop::collection::vec(plan(), 0..8);
    let of = |sync_records: &[Plan]| {
        let mut contents = Contents::default();
        merging::merge(&mut contents, sync_records.iter().map(sync_record));
        contents
    };
    let join = |a: &Contents, b: &Contents| {
        let mut both = a.clone();
        merging::merge(&mut both, SyncRecord::all(b));
        both
    };
    let law = |(a, b, c): (Vec<Plan>, Vec<Plan>, Vec<Plan>)| {
        let (a, b, c) = (of(&a), of(&b), of(&c));
        prop_assert_eq!(known(&join(&a, &b)), known(&join(&b, &a)));
        prop_assert_eq!(known(&join(&join(&a, &b), &c)), known(&join(&a, &join(&b, &c))));
        let mut again = join(&a, &b);
        prop_assert!(!merging::merge(&mut again, SyncRecord::all(&a)));
        prop_assert!(!merging::merge(&mut again, SyncRecord::all(&b)));
        Ok(())
    };
    runner(10_000).run(&(set(), set(), set()), law).unwrap();
    println!("10,000 triples of contents: commutative, associative, idempotent");
}

/// What happens at one of three browsers.
#[derive(Clone, Debug)]
enum Deed {
    Put(usize, u8, u8),
    Delete(usize, u8),
    /// Takes all that lies in the store.
    Pull(usize),
    /// Stores what it is found to lack; the browser may carry only a part of it.
    Push(usize, usize),
    /// A browser engine that was offline puts its stale items over newer ones.
    Stale(usize),
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        3 => (0usize..3, 0u8..4, 0u8..6).prop_map(|(at, id, salt)| Deed::Put(at, id, salt)),
        1 => (0usize..3, 0u8..4).prop_map(|(at, id)| Deed::Delete(at, id)),
        3 => (0usize..3).prop_map(Deed::Pull),
        3 => (0usize..3, 0usize..5).prop_map(|(at, max)| Deed::Push(at, max)),
        1 => (0usize..3).prop_map(Deed::Stale),
    ]
}

#[test]
fn three_browsers_agree_whatever_the_order() {
    let p = browser(&Shared::default(), 0);
    let (sync_store, _) =
        now(SyncStore::make(&p, &now(session::key(&p)).unwrap(), &Passphrase::new(SHARED.into()))).unwrap();
    let history = |deeds: Vec<Deed>| {
        let mut browsers = vec![Contents::default(); 3];
        let mut stale: Vec<BTreeMap<String, String>> = vec![BTreeMap::new(); 3];
        let mut store = BTreeMap::new();
        let items = |store: &BTreeMap<String, String>| -> Vec<Item> {
            store.iter().map(|(name, sealed)| sync_store.open(name, sealed)).collect()
        };
        let pull = |browser: &mut Contents, store: &BTreeMap<String, String>| {
            let sync_records = items(store)
                .into_iter()
                .filter_map(|item| if let Item::SyncRecord(sync_record) = item { Some(sync_record) } else { None });
            merging::merge(browser, sync_records);
        };
        let push = |browser: &Contents, store: &mut BTreeMap<String, String>, max: usize| {
            for sync_record in merging::missing(browser, &items(store)).into_iter().take(max) {
                let (name, sealed) = sync_store.seal(&p, &sync_record).unwrap();
                store.insert(name, sealed);
            }
        };
        for (time, deed) in deeds.into_iter().enumerate() {
            let time = time as u64 / 2;
            match deed {
                Deed::Put(at, id, salt) => {
                    let new = account(id, time, salt);
                    let gone = browsers[at].tombstones.iter().any(|t| t.id == new.id);
                    match browsers[at].account_mut(new.id) {
                        Some(old) => *old = new,
                        None if gone => {}
                        None => browsers[at].accounts.push(new),
                    }
                }
                Deed::Delete(at, id) => {
                    browsers[at].delete(AccountId([id; 16]), time);
                }
                Deed::Pull(at) => {
                    pull(&mut browsers[at], &store);
                    stale[at] = store.clone();
                }
                Deed::Push(at, max) => push(&browsers[at], &mut store, max),
                Deed::Stale(at) => store.extend(stale[at].clone()),
            }
        }
        // The world comes to rest: everyone hears everything.
        for _ in 0..2 {
            for browser in &mut browsers {
                pull(browser, &store);
                push(browser, &mut store, usize::MAX);
            }
        }
        prop_assert_eq!(known(&browsers[0]), known(&browsers[1]));
        prop_assert_eq!(known(&browsers[1]), known(&browsers[2]));
        prop_assert!(merging::missing(&browsers[0], &items(&store)).is_empty());
        Ok(())
    };
    runner(10_000).run(&prop::collection::vec(deed(), 0..24), history).unwrap();
    println!("10,000 histories of three browsers: all agree");
}

#[test]
fn a_merge_never_lets_a_code_be_given_twice() {
    let mut contents = Contents { accounts: vec![account(1, 1, 1)], ..Contents::default() };
    contents.accounts[0].last_step = Some(77);
    let mut newer = account(1, 2, 2);
    newer.last_step = Some(3);
    assert!(merging::merge(&mut contents, [SyncRecord::of(&newer)]));
    assert_eq!((contents.accounts[0].name.as_str(), contents.accounts[0].last_step), ("name 2", Some(77)));
}

#[test]
fn a_store_that_refuses_is_said() {
    let shared = Shared::default();
    let p = browser(&shared, 3);
    p.0.borrow_mut().synced = None;
    assert_eq!(go(&p, ExchangeRequest::SyncOn, WORDS.as_bytes()).notice, Some(Notice::StorageRefused));
    assert_eq!(now(platform::Platform::synced(&p)).err(), Some(Outage::Storage));
}

#[test]
fn a_page_that_closes_before_it_has_synced_leaves_it_to_the_alarm() {
    let shared = Shared::default();
    let p = browser(&shared, 0);
    let opened = |p: &Fake| {
        ui(p, UiRequest::Lock, b"");
        ui(p, UiRequest::Unlock { by: UnlockBy::Passphrase, save: None }, SHARED.as_bytes());
        p.0.borrow().sync_at
    };
    assert_eq!(opened(&p), None, "sync is off");
    assert_eq!(go(&p, ExchangeRequest::SyncOn, SHARED.as_bytes()).notice, Some(Notice::SyncBegun));
    assert_eq!(opened(&p), Some(p.0.borrow().now_ms + 60_000));
    assert_eq!(runs(&p), SyncState::On);
    assert_eq!(p.0.borrow().sync_at, None);
}
