//! What a popup paints first, of what its page has read.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests state what they know")]

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use app::protocol::{Draft, Reply, Screen, Tab, UiRequest};
use app::{ask, glance};
use platform::{Outage, Snapshot, Store};
use strict_json::json;
use support::{Fake, now, run_all, yield_now};
use zeroize::Zeroizing;

const WORDS: &str = "fire glade elger";
const PAGE: &str = "https://intranet.skole.example/";

fn ui(p: &Fake, request: UiRequest, bytes: &str) -> Reply {
    now(ask(p, &tab(), request, Zeroizing::new(bytes.as_bytes().to_vec())))
}

fn tab() -> Tab {
    Tab { id: Some(7), url: Some(PAGE.into()), ..Tab::default() }
}

fn enter(p: &Fake, name: &str) -> Reply {
    let draft = Draft {
        name: name.into(),
        issuer: "Microsoft".into(),
        algorithm: "SHA1".into(),
        digits: 6,
        period: 30,
        counter: 0,
    };
    ui(p, UiRequest::Enter { draft }, "jbswy3dpehpk3pxp")
}

fn made() -> Fake {
    let p = Fake::new();
    ui(&p, UiRequest::Create { save: None }, WORDS);
    enter(&p, "kari@skole.example");
    p
}

/// All stores at one instant.
fn seen(p: &Fake) -> Snapshot {
    let world = p.0.borrow();
    Snapshot {
        now_ms: world.now_ms,
        local: Ok(world.local.clone()),
        session: Ok(world.session.clone()),
        mirror: Ok(world.mirror.clone()),
        policy: Ok(world.policy.clone()),
    }
}

#[test]
fn shows_what_any_other_look_shows() {
    let same = |p: &Fake, screen: Screen| {
        let first = now(glance(&seen(p), &tab())).expect("the stores agree").view;
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
    ui(&p, UiRequest::Unlock { save: None }, WORDS);
    p.rewind(10 * 60_000);
    same(&p, Screen::Locked);
    ui(&p, UiRequest::Unlock { save: None }, "no such words");
    same(&p, Screen::Locked);
}

#[test]
fn is_a_screenful() {
    let p = made();
    for at in 1..30 {
        enter(&p, &format!("elev{at}@x.example"));
    }
    let first = now(glance(&seen(&p), &tab())).expect("the stores agree").view;
    assert_eq!((first.accounts.len(), first.more, first.searchable), (24, true, true));
    let all = ui(&p, UiRequest::Show, "").view;
    assert_eq!((all.accounts.len(), all.more), (30, false));
}

#[test]
fn over_a_false_page_there_is_no_code_before_the_warning_is_read() {
    let p = made();
    let first = now(glance(&seen(&p), &Tab { imitates: true, ..tab() })).expect("the stores agree").view;
    assert!(first.withheld && first.accounts.is_empty());
    let first = now(glance(&seen(&p), &Tab { imitates: true, warned: true, ..tab() })).expect("the stores agree").view;
    assert_eq!(first.accounts.len(), 1);
}

#[test]
fn what_a_store_does_not_tell_is_asked_again() {
    let p = made();
    let silent = || Err(Outage::Storage);
    assert!(now(glance(&Snapshot { local: silent(), mirror: silent(), ..seen(&p) }, &tab())).is_none());
    assert!(now(glance(&Snapshot { session: silent(), ..seen(&p) }, &tab())).is_none());
    // One of the two that hold the vault is enough.
    for one in [Snapshot { mirror: silent(), ..seen(&p) }, Snapshot { local: silent(), ..seen(&p) }] {
        assert_eq!(now(glance(&one, &tab())).expect("the other tells").view.screen, Screen::Accounts);
    }
}

#[test]
fn the_vault_that_was_put_back_is_not_painted() {
    let p = made();
    let before = p.0.borrow().local.clone();
    enter(&p, "ola@skole.example");
    p.0.borrow_mut().local = before;
    p.put(Store::Mirror, "v1.mirror", None);
    assert!(now(glance(&seen(&p), &tab())).is_none());
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
    let create = UiRequest::Create { save: None };
    tears(&Fake::new(), create, WORDS, &["FirstRun ", "Locked ", "Accounts "]);
    let p = made();
    tears(&p, rename(&p), "", &["Accounts kari@skole.example", "Accounts ola"]);
    tears(&closed(), UiRequest::Unlock { save: None }, WORDS, &["Locked ", "Accounts kari@skole.example"]);
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
                let Some(Reply { view, .. }) = now(glance(&stores, &tab())) else { continue };
                let names: Vec<_> = view.accounts.iter().map(|account| account.name.as_str()).collect();
                met.insert(format!("{:?} {}", view.screen, names.join(",")));
            }
        }
    }
    let allowed = allowed.iter().map(|allowed| (*allowed).to_owned()).collect();
    assert!(met.is_subset(&allowed), "{met:?} is not in {allowed:?}");
    assert!(met.len() > 1, "{met:?}");
}
