//! What our own pages set, and the ways to open the vault, as a person meets them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests state what they know"
)]

mod support;

use support::{Fake, now};
use tofaktor::app::{ask, computer_locked, manage};
use tofaktor::protocol::{
    DoorKind, Draft, FillMode, Loss, Notice, Reply, Screen, SettingsReply, SettingsRequest, Shown, Tab, UiRequest,
};
use zeroize::Zeroizing;

const WORDS: &str = "fire glade elger";
const MINUTE_MS: u64 = 60_000;

fn ui(p: &Fake, request: UiRequest, bytes: &str) -> Reply {
    now(ask(p, &Tab::default(), request, Zeroizing::new(bytes.as_bytes().to_vec())))
}

fn set(p: &Fake, request: SettingsRequest, bytes: &str) -> SettingsReply {
    now(manage(p, request, Zeroizing::new(bytes.as_bytes().to_vec())))
}

fn made() -> Fake {
    let p = Fake::new();
    assert_eq!(ui(&p, UiRequest::Create { save: None }, WORDS).view.screen, Screen::Accounts);
    p
}

fn enter(p: &Fake, name: &str, key: &str) -> Reply {
    let draft = Draft {
        name: name.into(),
        issuer: "Microsoft".into(),
        algorithm: "SHA1".into(),
        digits: 6,
        period: 30,
        counter: 0,
    };
    ui(p, UiRequest::Enter { draft }, key)
}

fn screen(p: &Fake) -> Screen {
    ui(p, UiRequest::Refresh, "").view.screen
}

#[test]
fn locks_after_the_time_that_was_chosen() {
    for (minutes, open, closed) in [(1, 59, Some(61)), (15, 14 * 60, Some(15 * 60 + 1)), (0, 7 * 24 * 3600, None)] {
        let p = made();
        let reply = set(&p, SettingsRequest::SetIdle { minutes }, "");
        assert_eq!((reply.notice, reply.view.idle_minutes), (None, minutes));
        p.advance(open * 1000);
        assert_eq!(screen(&p), Screen::Accounts, "{minutes}");
        if let Some(closed) = closed {
            p.advance((closed - open) * 1000);
            assert_eq!(screen(&p), Screen::Locked, "{minutes}");
        }
    }
}

#[test]
fn a_page_left_open_keeps_nothing_open_and_a_use_does() {
    let p = made();
    for _ in 0..29 {
        p.advance(30_000);
        assert_eq!(screen(&p), Screen::Accounts);
    }
    p.advance(60_000);
    assert_eq!(screen(&p), Screen::Locked);

    let p = made();
    for _ in 0..10 {
        p.advance(10 * MINUTE_MS);
        assert_eq!(ui(&p, UiRequest::Show, "").view.screen, Screen::Accounts);
    }
}

#[test]
fn the_chosen_time_holds_for_the_next_unlocking() {
    let p = made();
    set(&p, SettingsRequest::SetIdle { minutes: 60 }, "");
    ui(&p, UiRequest::Lock, "");
    ui(&p, UiRequest::Unlock { save: None }, WORDS);
    p.advance(59 * MINUTE_MS);
    assert_eq!(screen(&p), Screen::Accounts);
}

#[test]
fn the_vault_is_locked_with_the_computer_unless_that_is_off() {
    let p = made();
    now(computer_locked(&p));
    assert_eq!(screen(&p), Screen::Locked);
    ui(&p, UiRequest::Unlock { save: None }, WORDS);
    assert!(!set(&p, SettingsRequest::SetLockWithComputer { on: false }, "").view.lock_with_computer);
    now(computer_locked(&p));
    assert_eq!(screen(&p), Screen::Accounts);
}

#[test]
fn what_could_be_turned_against_the_owner_asks_who_is_there() {
    let p = made();
    enter(&p, "kari@skole.example", "jbswy3dpehpk3pxp");
    let account = ui(&p, UiRequest::Show, "").view.accounts[0].id.clone();
    let door = set(&p, SettingsRequest::Show, "").view.doors[0].id.clone();
    p.advance(4 * MINUTE_MS);
    let requests = [
        SettingsRequest::AddPassphrase,
        SettingsRequest::ChangePassphrase { door: door.clone() },
        SettingsRequest::MakeRecovery,
        SettingsRequest::AddDevice,
        SettingsRequest::BeginKey,
        SettingsRequest::RemoveDoor { door },
        SettingsRequest::Renew,
        SettingsRequest::Transfer { account },
    ];
    for request in requests.clone() {
        let reply = set(&p, request, "another long phrase");
        assert_eq!(reply.notice, Some(Notice::ProveFirst));
        assert!(reply.shown.is_none());
    }
    assert_eq!(set(&p, SettingsRequest::Prove, "wrong words here").notice, Some(Notice::WrongPassphrase));
    assert_eq!(set(&p, SettingsRequest::ProveByDevice, "").notice, Some(Notice::ProveFirst));
    assert!(set(&p, SettingsRequest::Prove, WORDS).view.proved);
    let shown = set(&p, requests[7].clone(), "").shown;
    assert!(matches!(shown, Some(Shown::Qr { size, .. }) if size > 28));
    // Locking ends it, whoever unlocks next.
    ui(&p, UiRequest::Lock, "");
    assert_eq!(set(&p, SettingsRequest::MakeRecovery, "").notice, Some(Notice::Locked));
}

#[test]
fn a_recovery_code_opens_and_a_new_one_voids_it() {
    let p = made();
    let code = |p: &Fake| match set(p, SettingsRequest::MakeRecovery, "").shown {
        Some(Shown::Recovery { code }) => code,
        _ => panic!("no code"),
    };
    let (old, new) = (code(&p), code(&p));
    ui(&p, UiRequest::Lock, "");
    let by = |text: &str| ui(&p, UiRequest::UnlockByRecovery { save: None }, text);
    assert_eq!(by(&old).notice, Some(Notice::WrongRecoveryCode));
    let mistyped = format!("{}A", &new[..new.len() - 1]);
    if mistyped != new {
        assert_eq!(by(&mistyped).notice, Some(Notice::MistypedRecoveryCode));
    }
    assert_eq!(by(&new.to_lowercase().replace('-', " ")).view.screen, Screen::Accounts);
}

#[test]
fn the_last_safe_way_in_stays() {
    let p = made();
    let passphrase = set(&p, SettingsRequest::Show, "").view.doors[0].clone();
    assert!(!passphrase.removable);
    let reply = set(&p, SettingsRequest::RemoveDoor { door: passphrase.id.clone() }, "");
    assert_eq!(reply.notice, Some(Notice::LastDoor));
    set(&p, SettingsRequest::MakeRecovery, "");
    let doors = set(&p, SettingsRequest::Show, "").view.doors;
    assert!(doors.iter().all(|door| door.removable));
    assert_eq!(doors.iter().map(|door| door.kind).collect::<Vec<_>>(), [DoorKind::Passphrase, DoorKind::Recovery]);
    assert_eq!(set(&p, SettingsRequest::RemoveDoor { door: passphrase.id }, "").notice, Some(Notice::DoorRemoved));
}

#[test]
fn renewing_voids_every_other_way_in() {
    let p = made();
    enter(&p, "kari@skole.example", "jbswy3dpehpk3pxp");
    set(&p, SettingsRequest::AddDevice, "");
    let reply = set(&p, SettingsRequest::Renew, "helt nye ord her");
    assert_eq!(reply.notice, Some(Notice::Renewed));
    assert!(matches!(reply.shown, Some(Shown::Recovery { .. })));
    assert_eq!(screen(&p), Screen::Accounts, "and the vault stays open");
    ui(&p, UiRequest::Lock, "");
    assert_eq!(ui(&p, UiRequest::UnlockByDevice { save: None }, "").notice, Some(Notice::NoSuchDoor));
    assert_eq!(ui(&p, UiRequest::Unlock { save: None }, WORDS).notice, Some(Notice::WrongPassphrase));
    let reply = ui(&p, UiRequest::Unlock { save: None }, "helt nye ord her");
    assert_eq!(reply.view.accounts.len(), 1);
}

#[test]
fn without_a_passphrase_it_opens_by_itself() {
    let p = Fake::new();
    assert_eq!(ui(&p, UiRequest::CreateOpen { save: None }, "").view.screen, Screen::Accounts);
    p.restart_browser();
    let locked = ui(&p, UiRequest::Show, "").view;
    assert_eq!((locked.screen, locked.doors[0].kind), (Screen::Locked, DoorKind::Device));
    assert_eq!(ui(&p, UiRequest::UnlockByDevice { save: None }, "").view.screen, Screen::Accounts);
    assert!(!set(&p, SettingsRequest::Show, "").view.proved, "opening by itself shows nobody");
    assert!(set(&p, SettingsRequest::ProveByDevice, "").view.proved, "where there is nothing else to ask for");
}

#[test]
fn a_vault_that_is_sound_is_not_put_aside() {
    let p = made();
    assert_eq!(set(&p, SettingsRequest::Bury, "").notice, Some(Notice::AlreadyExists));
    assert_eq!(screen(&p), Screen::Accounts);
}

#[test]
fn accounts_are_entered_moved_pinned_and_told_apart() {
    let p = made();
    for (name, key) in
        [("a@x.example", "jbswy3dpehpk3pxp"), ("b@x.example", "jbswy3dpehpk3pxq"), ("c@x.example", "mzxw6ytboi")]
    {
        assert_eq!(enter(&p, name, key).notice, Some(Notice::Entered));
    }
    assert_eq!(enter(&p, "A@x.example", "JBSW Y3DP EHPK 3PXP").notice, Some(Notice::AlreadyKnown));
    assert_eq!(enter(&p, "", "jbswy3dpehpk3pxp").notice, Some(Notice::NameMissing));
    let view = ui(&p, UiRequest::Show, "").view;
    let names = |p: &Fake| -> String {
        ui(p, UiRequest::Show, "").view.accounts.iter().map(|a| a.name[..1].to_owned()).collect()
    };
    let id = |at: usize| view.accounts[at].id.clone();
    assert!(!view.searchable && !view.accounts[0].above && view.accounts[0].below && !view.accounts[2].below);
    ui(&p, UiRequest::Move { account: id(2), down: false }, "");
    assert_eq!(names(&p), "acb");
    ui(&p, UiRequest::Pin { account: id(1), pinned: true }, "");
    assert_eq!(names(&p), "bac");
    // Pinned ones change places among themselves.
    ui(&p, UiRequest::Pin { account: id(2), pinned: true }, "");
    ui(&p, UiRequest::Move { account: id(1), down: true }, "");
    assert_eq!(names(&p), "cba");
    ui(&p, UiRequest::SetMode { account: id(0), mode: FillMode::Approve }, "");
    let a = ui(&p, UiRequest::Used { account: id(0) }, "").view.accounts[2].clone();
    assert_eq!((a.mode, a.loss, a.microsoft), (FillMode::Approve, Loss::NeverConfirmed, true));
    assert!(a.last_used_ms.is_some() && a.initial == "M" && a.hue < 8);
    ui(&p, UiRequest::Confirm { account: id(0), confirmed: true }, "");
    assert_eq!(ui(&p, UiRequest::Show, "").view.accounts[2].loss, Loss::OnlyCopy);
    ui(&p, UiRequest::Rename { account: id(0), name: " Ærlig Åse ".into() }, "");
    let a = ui(&p, UiRequest::Show, "").view.accounts[2].clone();
    assert_eq!((a.name.as_str(), a.sought.contains("aerlig ase")), ("Ærlig Åse", true));
}

#[test]
fn a_glance_is_a_screenful() {
    let p = made();
    for at in 0..30 {
        enter(&p, &format!("elev{at}@x.example"), "jbswy3dpehpk3pxp");
    }
    let (glance, all) = (ui(&p, UiRequest::Glance, "").view, ui(&p, UiRequest::Show, "").view);
    assert_eq!((glance.accounts.len(), glance.more, glance.searchable), (24, true, true));
    assert_eq!((all.accounts.len(), all.more), (30, false));
}

#[test]
fn facts_for_the_service_desk_hold_no_name() {
    let p = made();
    enter(&p, "kari@skole.example", "jbswy3dpehpk3pxp");
    let facts = set(&p, SettingsRequest::Show, "").view.diagnostics;
    assert!(facts.contains("\"accounts\": 1") && facts.contains("passphrase"));
    assert!(!facts.contains("kari") && !facts.contains("skole") && !facts.to_lowercase().contains("jbsw"));
}
