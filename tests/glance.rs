//! What a popup paints first, of what its page has read.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests state what they know")]

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use app::ask;
use app::protocol::{Reply, Screen, Tab, UiRequest, UnlockBy};
use kdf::Argon2Cost;
use platform::{Badge, Cached, Outage, Platform, Snapshot, Store};
use strict_json::json;
use support::{Fake, Fault, WORDS, create, draft, now, passphrase, run_all, yield_now};
use zeroize::Zeroizing;

const PAGE: &str = "https://intranet.skole.example/";

fn ui(p: &Fake, request: UiRequest, bytes: &str) -> Reply {
    now(ask(p, &tab(), request, Zeroizing::new(bytes.as_bytes().to_vec())))
}

fn tab() -> Tab {
    Tab { id: Some(7), url: Some(PAGE.into()), ..Tab::default() }
}

fn enter(p: &Fake, name: &str) -> Reply {
    ui(p, UiRequest::Enter { draft: draft(name) }, "jbswy3dpehpk3pxp")
}

fn made() -> Fake {
    let p = Fake::new();
    create(&p);
    enter(&p, "kari@skole.example");
    p
}

/// The first paint, of what was read; nothing is written for it, whatever it meets.
fn glance(p: &Fake, seen: Snapshot, tab: &Tab) -> Option<Reply> {
    let writes = p.0.borrow().writes.len();
    let reply = now(app::glance(&Cached::read_only(p, seen), tab));
    assert_eq!(p.0.borrow().writes.len(), writes);
    reply
}

/// All stores at one instant.
fn seen(p: &Fake) -> Snapshot {
    let world = p.0.borrow();
    Snapshot {
        local: Ok(world.local.clone()),
        session: Ok(world.session.clone()),
        mirror: Ok(world.mirror.clone()),
        policy: Ok(world.policy.clone()),
    }
}

#[test]
fn shows_what_any_other_look_shows() {
    let same = |p: &Fake, screen: Screen| {
        let first = glance(p, seen(p), &tab()).expect("the stores agree").view;
        assert_eq!(first.screen, screen);
        assert_eq!(json!(first).to_string(), json!(ui(p, UiRequest::Refresh, "").view).to_string());
    };
    let p = Fake::new();
    same(&p, Screen::FirstRun);
    p.0.borrow_mut().policy = Some(r#"{"restoreBeforeNew":true}"#.into());
    same(&p, Screen::Recovery);
    let p = made();
    same(&p, Screen::Accounts);
    ui(
        &p,
        UiRequest::AddPending,
        "otpauth://totp/Contoso:ola%40skole.example?secret=gezdgnbvgy3tqojq&issuer=Microsoft",
    );
    same(&p, Screen::Accounts);
    // A renewal of the lease is due, which any other look writes.
    p.advance(60_000);
    same(&p, Screen::Accounts);
    // The time has run out, and nobody has noticed.
    p.advance(15 * 60_000);
    assert!(p.text(Store::Session, "v1.key").is_some());
    same(&p, Screen::Locked);
    ui(&p, UiRequest::Unlock { by: UnlockBy::Passphrase, save: None }, WORDS);
    p.rewind(10 * 60_000);
    same(&p, Screen::Locked);
    ui(&p, UiRequest::Unlock { by: UnlockBy::Passphrase, save: None }, "no such words");
    same(&p, Screen::Locked);
}

#[test]
fn is_a_screenful() {
    let p = made();
    for at in 1..30 {
        enter(&p, &format!("elev{at}@x.example"));
    }
    let first = glance(&p, seen(&p), &tab()).expect("the stores agree").view;
    assert_eq!((first.accounts.len(), first.searchable), (24, true));
    let all = ui(&p, UiRequest::Show, "").view;
    assert_eq!(all.accounts.len(), 30);
}

#[test]
fn over_a_false_page_there_is_no_code_before_the_warning_is_read() {
    let p = made();
    let first = glance(&p, seen(&p), &Tab { imitates: true, ..tab() }).expect("the stores agree").view;
    assert!(first.withheld && first.accounts.is_empty());
    let first = glance(&p, seen(&p), &Tab { imitates: true, warned: true, ..tab() }).expect("the stores agree").view;
    assert_eq!(first.accounts.len(), 1);
}

#[test]
fn what_a_store_does_not_tell_is_asked_again() {
    let p = made();
    let silent = || Err(Outage::Storage);
    assert!(glance(&p, Snapshot { local: silent(), mirror: silent(), ..seen(&p) }, &tab()).is_none());
    assert!(glance(&p, Snapshot { session: silent(), ..seen(&p) }, &tab()).is_none());
    // One of the two that hold the vault is enough.
    for one in [Snapshot { mirror: silent(), ..seen(&p) }, Snapshot { local: silent(), ..seen(&p) }] {
        assert_eq!(glance(&p, one, &tab()).expect("the other tells").view.screen, Screen::Accounts);
    }
}

#[test]
fn the_vault_that_was_put_back_is_not_painted() {
    let p = made();
    let before = p.0.borrow().local.clone();
    enter(&p, "ola@skole.example");
    p.0.borrow_mut().local = before;
    p.put(Store::Mirror, "v1.mirror", None);
    assert!(glance(&p, seen(&p), &tab()).is_none());
    assert_eq!(ui(&p, UiRequest::Show, "").view.screen, Screen::Recovery, "asked under the lock, it is said");
}

/// Every store is read at an instant of its own, while another page does something: the view is what there was before
/// or what there is after, or there is none yet.
#[test]
fn stores_that_are_read_side_by_side_never_show_what_was_not_there() {
    let closed = || {
        let p = made();
        ui(&p, UiRequest::Lock, "");
        p
    };
    let rename = |p: &Fake| {
        let account = ui(p, UiRequest::Show, "").view.accounts.first().unwrap().id.clone();
        UiRequest::Rename { account, name: "ola".into() }
    };
    let create = UiRequest::Create { save: None, said: Vec::new() };
    tears(&Fake::new(), create, WORDS, &["FirstRun ", "Locked ", "Accounts "]);
    let p = made();
    tears(&p, rename(&p), "", &["Accounts kari@skole.example", "Accounts ola"]);
    tears(
        &closed(),
        UiRequest::Unlock { by: UnlockBy::Passphrase, save: None },
        WORDS,
        &["Locked ", "Accounts kari@skole.example"],
    );
    tears(&made(), UiRequest::Lock, "", &["Locked ", "Accounts kari@skole.example"]);
}

type Stores = [BTreeMap<String, String>; 3];

fn tears(p: &Fake, request: UiRequest, bytes: &str, allowed: &[&str]) {
    let (instants, done) = (RefCell::new(Vec::<Stores>::new()), Cell::new(false));
    let tab_state = || {
        let world = p.0.borrow();
        let stores = [world.local.clone(), world.session.clone(), world.mirror.clone()];
        let mut instants = instants.borrow_mut();
        if instants.last() != Some(&stores) {
            instants.push(stores);
        }
    };
    let (about, bytes) = (tab(), Zeroizing::new(bytes.as_bytes().to_vec()));
    run_all(vec![
        Box::pin(async {
            ask(p, &about, request, bytes).await;
            done.set(true);
        }),
        Box::pin(async {
            while !done.get() {
                tab_state();
                yield_now().await;
            }
            tab_state();
        }),
    ]);
    let instants = instants.into_inner();
    assert!(instants.len() > 1, "something happens");
    let mut met = std::collections::BTreeSet::new();
    for [local, _, _] in &instants {
        for [_, session, _] in &instants {
            for [_, _, mirror] in &instants {
                let (local, session, mirror) = (Ok(local.clone()), Ok(session.clone()), Ok(mirror.clone()));
                let stores = Snapshot { local, session, mirror, ..seen(p) };
                let Some(Reply { view, .. }) = glance(p, stores, &tab()) else { continue };
                let names: Vec<_> = view.accounts.iter().map(|account| account.name.as_str()).collect();
                met.insert(format!("{:?} {}", view.screen, names.join(",")));
            }
        }
    }
    let allowed = allowed.iter().map(|allowed| (*allowed).to_owned()).collect();
    assert!(met.is_subset(&allowed), "{met:?} is not in {allowed:?}");
    assert!(met.len() > 1, "{met:?}");
}

/// What was read at once serves until somebody else could have written: from then on the stores themselves are asked.
#[test]
fn what_was_read_ahead_serves_until_a_lock_is_taken_or_a_write_fails() {
    let p = Fake::new();
    p.put(Store::Local, "key", Some("read"));
    let reads = |world: &Cached<Fake>| now(world.get(Store::Local, &["key"])).unwrap().pop().flatten();
    let read = |change: &dyn Fn(&Cached<Fake>)| {
        p.put(Store::Local, "key", Some("read"));
        let world = Cached::of(&p, seen(&p));
        p.put(Store::Local, "key", Some("since"));
        assert_eq!(reads(&world).as_deref(), Some("read"));
        change(&world);
        reads(&world)
    };
    assert_eq!(read(&|world| now(world.set(Store::Local, &[("key", Some("own"))])).unwrap()).as_deref(), Some("own"));
    assert_eq!(read(&|world| now(world.set(Store::Local, &[("key", None)])).unwrap()), None);
    assert_eq!(read(&|world| now(world.set(Store::Session, &[("key", None)])).unwrap()).as_deref(), Some("read"));
    assert_eq!(read(&|world| drop(now(world.lock()).unwrap())).as_deref(), Some("since"));
    assert_eq!(read(&|world| drop(now(world.lock_tab(1)).unwrap())).as_deref(), Some("since"));
    let fails = |world: &Cached<Fake>| {
        p.fail_at(0, Fault::Refuse(Outage::Full));
        assert_eq!(now(world.set(Store::Session, &[("key", None)])), Err(Outage::Full));
    };
    assert_eq!(read(&fails).as_deref(), Some("since"));
}

#[test]
fn in_a_world_that_is_only_read_nothing_can_be_done() {
    let p = Fake::new();
    p.put(Store::Local, "key", Some("read"));
    let world = Cached::read_only(&p, seen(&p));
    let steps = p.steps();
    now(world.set(Store::Local, &[("key", Some("own"))])).unwrap();
    assert!(now(world.lock()).unwrap().is_none() && now(world.lock_tab(1)).unwrap().is_none());
    assert_eq!(now(world.get(Store::Local, &["key"])).unwrap(), [Some("read".to_owned())]);
    assert_eq!(world.random(&mut [0; 8]), Err(Outage::Random));
    assert_eq!(now(world.sync(&[("key", None)])), Err(Outage::Storage));
    let cost = Argon2Cost { memory_kib: 8, passes: 1, lanes: 1 };
    assert!(now(world.derive(&passphrase(WORDS), &[0; 32], cost)).is_err());
    let decorate = |world: &Cached<Fake>| {
        world.sync_at(Some(1));
        world.wake_at(Some(2));
        world.badge(3, Badge::Filled);
        world.welcome(4);
        world.open_popup();
    };
    decorate(&world);
    {
        let done = p.0.borrow();
        assert_eq!((p.steps(), done.writes.len(), done.derivations, done.sync_at), (steps, 0, 0, None));
        assert_eq!((done.wake_at, done.badges.len(), done.welcomed.len(), done.popups), (None, 0, 0, 0));
    }
    // Where something can be, all of it reaches the world.
    decorate(&Cached::new(&p));
    let done = p.0.borrow();
    assert_eq!((done.sync_at, done.wake_at, done.popups), (Some(1), Some(2), 1));
    assert_eq!((done.badges[&3], done.welcomed.as_slice()), (Badge::Filled, &[4][..]));
}

/// What other browsers store is never read ahead.
#[test]
fn what_is_synced_is_asked_for_each_time() {
    let p = Fake::new();
    let world = Cached::of(&p, seen(&p));
    assert_eq!(now(world.synced()), Err(Outage::Storage), "where there is no such store");
    p.0.borrow_mut().synced = Some(Default::default());
    now(world.sync(&[("key", Some("text"))])).unwrap();
    assert_eq!(now(world.synced()), Ok(vec![("key".to_owned(), "text".to_owned())]));
}
