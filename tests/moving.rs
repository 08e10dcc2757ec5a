//! In and out, as our own pages ask for it: what is read, shown, saved and handed out.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests state what they know"
)]

use crate::exchange::vectors;

use app::protocol::{
    Choice, ExchangeReply, ExchangeRequest, FateView, Loss, NoteView, Notice, Out, Reply, Screen, SettingsRequest,
    Shown, UiRequest, UnlockBy,
};
use formats::{Discarded, ImportError, Password, Reading, read, read_file};
use platform::{Outage, Store};
use serde_json::json;
use support::forged::parcel_of;
use support::{Fake, Fault, WORDS, account, contents, create, decide, draft, go, now, reaches_scripts, set, ui};
use vault::{Came, VaultError, session, store};

const LIST: &str = "otpauth://totp/Contoso:kari%40contoso.no?secret=5nvfdqfdaaaabbbb&issuer=Microsoft\notpauth://hotp/Example:ola?secret=GEZDGNBVGY3TQOJQ&counter=7&algorithm=SHA256&digits=8\n";

/// A world whose derivations are the real ones: what it makes is opened elsewhere.
fn real() -> Fake {
    let p = Fake::new();
    p.0.borrow_mut().real_derivation = true;
    p
}

fn made() -> Fake {
    let p = real();
    assert_eq!(create(&p).view.screen, Screen::Accounts);
    p
}

/// Long enough for the proof of a moment ago to be none.
fn a_while_later(p: &Fake) {
    p.advance(4 * 60_000);
}

fn reading(file: &[u8], password: Option<&str>) -> Reading {
    read_file(file, password.map(Password::ascii).as_ref())
}

fn take_all(p: &Fake, reading: &Reading) -> ExchangeReply {
    let choices = vec![Choice::Add; usize::try_from(reading.count).unwrap()];
    go(p, ExchangeRequest::Take { choices, names: Vec::new() }, &reading.entries.0)
}

fn with_list() -> Fake {
    let p = made();
    let reply = take_all(&p, &reading(LIST.as_bytes(), None));
    assert!(matches!(reply.out, Some(Out::Taken { added: 2, replaced: 0, .. })));
    p
}

fn file(reply: &ExchangeReply) -> &[u8] {
    match &reply.out {
        Some(Out::File { bytes, .. }) => &bytes.0,
        _ => panic!("{:?}", reply.notice),
    }
}

fn frame(words: &str, entries: &[u8]) -> Vec<u8> {
    [&u32::try_from(words.len()).unwrap().to_le_bytes(), words.as_bytes(), entries].concat()
}

fn saves(p: &Fake) -> usize {
    let records = |(store, keys): &&(Store, Vec<String>)| {
        *store == Store::Local && keys.iter().any(|key| key == "v1.a" || key == "v1.b")
    };
    p.0.borrow().writes.iter().filter(records).count()
}

#[test]
fn what_was_thrown_away_elsewhere_comes_along_only_if_it_is_ticked() {
    let p = made();
    let trashed = "&codeDisplay=%7B%22trashed%22%3Atrue%7D";
    let file = format!("otpauth://totp/Old:kari?secret=mzxw6ytb&issuer=Old{trashed}\n{LIST}");
    let read = reading(file.as_bytes(), None);
    let Some(Out::Preview { lines }) = go(&p, ExchangeRequest::Preview, &read.entries.0).out else {
        panic!("no lines")
    };
    let seen: Vec<_> = lines.iter().map(|line| (line.issuer.as_str(), line.discarded, line.usual)).collect();
    assert_eq!(
        seen,
        [
            ("Microsoft", None, Choice::Add),
            ("Example", None, Choice::Add),
            ("Old", Some(Discarded::Trash), Choice::Skip)
        ]
    );
    let usual = lines.iter().map(|line| line.usual).collect();
    go(&p, ExchangeRequest::Take { choices: usual, names: Vec::new() }, &read.entries.0);
    assert_eq!(ui(&p, UiRequest::Show, b"").view.accounts.len(), 2);
    take_all(&p, &read);
    let accounts = ui(&p, UiRequest::Show, b"").view.accounts;
    assert_eq!((accounts.len(), &*accounts[2].issuer), (3, "Old"));
    // Nothing of the other app's bin is kept with it.
    assert!(
        matches!(go(&p, ExchangeRequest::Preview, &read.entries.0).out, Some(Out::Preview { lines }) if lines[2].fate == FateView::Same)
    );
}

/// Recovery codes may stand in it: whoever finds the vault open is not shown them.
#[test]
fn a_note_comes_along_and_is_shown_to_whoever_proves_who_they_are() {
    let p = made();
    let set = |request, bytes: &[u8]| set(&p, request, bytes);
    let note = |text: &str| {
        format!("&codeDisplay=%7B%22note%22%3A%22{text}%22%2C%22tags%22%3A%5B%22Jobb%22%2C%22Hjem%22%5D%7D")
    };
    let line = |more: &str| format!("otpauth://totp/Old:kari?secret=mzxw6ytb&issuer=Old{more}");
    let read = |more: &str| reading(line(more).as_bytes(), None);
    let preview = |more: &str| match go(&p, ExchangeRequest::Preview, &read(more).entries.0).out {
        Some(Out::Preview { mut lines }) => lines.remove(0),
        _ => panic!("no lines"),
    };
    let first = preview(&note("1111-2222"));
    assert_eq!(
        (first.note, first.group.as_deref(), first.other_tags),
        (Some(NoteView::Comes), Some("Jobb"), vec!["Hjem".to_owned()])
    );
    take_all(&p, &read(&note("1111-2222")));
    let shown = ui(&p, UiRequest::Show, b"").view.accounts.remove(0);
    assert_eq!((shown.noted, shown.group.as_deref()), (true, Some("Jobb")));
    // There already; with another note, only that comes.
    assert_eq!((preview("").fate, preview("").note), (FateView::Same, None));
    let more = preview(&note("3333-4444"));
    assert_eq!((more.fate, more.note, more.usual), (FateView::OtherNote, Some(NoteView::Comes), Choice::Replace));
    assert_eq!(preview(&note(&"x".repeat(5000))).note, Some(NoteView::TooLong));
    take_all(&p, &read(&note("3333-4444")));
    let request = SettingsRequest::Note { account: shown.id.clone() };
    a_while_later(&p);
    let reply = set(request.clone(), b"");
    assert!(reply.notice == Some(Notice::ProveFirst) && reply.shown.is_none());
    set(SettingsRequest::Prove { by: UnlockBy::Passphrase }, WORDS.as_bytes());
    let reply = set(request.clone(), b"");
    assert!(matches!(reply.shown, Some(Shown::Note { text }) if text == "1111-2222\n3333-4444"));
    set(SettingsRequest::RemoveNote { account: shown.id }, b"");
    assert!(!ui(&p, UiRequest::Show, b"").view.accounts[0].noted);
    assert_eq!(set(request, b"").notice, Some(Notice::Gone));
}

/// A guest has one name in several organisations; a name that is long or mixes alphabets is somebody else's doing.
#[test]
fn the_preview_says_whose_each_entry_is() {
    let p = made();
    let uri = |organisation: &str, secret: &str| {
        format!("otpauth://totp/{organisation}:kari%40skole.example?secret={secret}&issuer=Microsoft\n")
    };
    let home = reading(uri("Hjemskolen", "GEZDGNBVGY3TQOJQ").as_bytes(), None);
    take_all(&p, &home);
    let file = uri("Vertsfirma", "MFRGGZDFMZTWQ2LK")
        + &uri("Hjemsk%D0%BElen", "MZXW6YTB")
        + &uri("Hjemskolen", "ONSWG4TFORZWK43T");
    let read = reading(file.as_bytes(), None);
    let Some(Out::Preview { lines }) = go(&p, ExchangeRequest::Preview, &read.entries.0).out else { panic!() };
    let seen: Vec<_> =
        lines.iter().map(|line| (line.organisation.as_deref(), line.mixed, line.fate, &*line.with)).collect();
    assert_eq!(
        seen,
        [
            (Some("Vertsfirma"), false, FateView::New, ""),
            (Some("Hjemsk\u{43e}len"), true, FateView::New, ""),
            (Some("Hjemskolen"), false, FateView::OtherKey, "kari@skole.example · Hjemskolen"),
        ]
    );
}

#[test]
fn nothing_is_written_before_the_person_confirms_and_then_once() {
    let p = made();
    let before = saves(&p);
    let read = reading(LIST.as_bytes(), None);
    assert_eq!((read.format, read.count, read.error), ("otpauth", 2, None));
    let reply = go(&p, ExchangeRequest::Preview, &read.entries.0);
    let Some(Out::Preview { lines }) = reply.out else { panic!() };
    assert!(lines.iter().all(|line| line.fate == FateView::New && line.usual == Choice::Add));
    assert_eq!((lines[0].name.as_str(), lines[1].issuer.as_str()), ("kari@contoso.no", "Example"));
    assert_eq!((saves(&p), reply.view.accounts), (before, 0));

    let none = go(&p, ExchangeRequest::Take { choices: vec![Choice::Skip; 2], names: Vec::new() }, &read.entries.0);
    assert_eq!((none.notice, none.view.accounts), (Some(Notice::NothingImported), 0), "nothing was chosen");
    assert_eq!(saves(&p), before);
    let reply = take_all(&p, &read);
    assert_eq!((reply.notice, reply.view.accounts, reply.view.unsaved), (Some(Notice::Imported), 2, 2));
    assert_eq!(saves(&p), before + 1);
    let again = take_all(&p, &read);
    assert_eq!((again.notice, again.view.accounts), (Some(Notice::NothingImported), 2));
    assert_eq!(saves(&p), before + 1);
}

#[test]
fn what_clashes_is_said_and_left_unless_the_person_chooses() {
    let p = with_list();
    let other = reading(
        b"otpauth://totp/Contoso:kari%40contoso.no?secret=MFRGGZDFMZTWQ2LK&issuer=Microsoft\notpauth://hotp/Example:ola?secret=GEZDGNBVGY3TQOJQ&counter=9&algorithm=SHA256&digits=8\notpauth://totp/a:b?secret=MZXW6YTB\notpauth://totp/a:b?secret=MZXW6YTB",
        None,
    );
    let Some(Out::Preview { lines }) = go(&p, ExchangeRequest::Preview, &other.entries.0).out else { panic!() };
    let fates: Vec<_> = lines.iter().map(|line| (line.fate, line.with.as_str(), line.usual)).collect();
    assert_eq!(
        fates,
        [
            (FateView::OtherKey, "kari@contoso.no · Contoso", Choice::Skip),
            (FateView::OtherCounter, "ola", Choice::Skip),
            (FateView::New, "", Choice::Add),
            (FateView::Repeated, "a: b", Choice::Skip),
        ]
    );
    let choices = vec![Choice::Replace, Choice::Skip, Choice::Add];
    let reply = go(&p, ExchangeRequest::Take { choices, names: Vec::new() }, &other.entries.0);
    let Some(Out::Taken { added: 1, replaced: 1, undo, .. }) = reply.out else { panic!() };
    assert_eq!(reply.view.accounts, 3);
    // The key that was there lies aside, and changes places with the new one; and again.
    let code = |reply: &Reply| reply.view.accounts[0].code.clone();
    let new = code(&ui(&p, UiRequest::Show, b""));
    let old = ui(&p, UiRequest::Restore { deleted: undo.clone() }, b"");
    assert_eq!((old.notice, old.view.accounts.len(), old.view.deleted.len()), (Some(Notice::Undone), 3, 1));
    assert_ne!(code(&old), new);
    let again = ui(&p, UiRequest::Restore { deleted: vec![old.view.deleted[0].id.clone()] }, b"");
    assert_eq!((code(&again), again.view.deleted[0].id.clone()), (new, undo[0].clone()));
}

/// Feide's QR codes have no name: a person says it before it is saved. What has a name keeps it.
#[test]
fn what_has_no_name_gets_the_one_that_is_given() {
    let p = made();
    let read = reading(b"otpauth://totp/?secret=mzxw6ytb&issuer=Feide\notpauth://totp/x:kari?secret=mzxw6ytc", None);
    let names = vec![(0, "kari@skole.example".to_owned()), (1, "another".to_owned()), (9, "nobody".to_owned())];
    go(&p, ExchangeRequest::Take { choices: vec![Choice::Add; 2], names }, &read.entries.0);
    let accounts = ui(&p, UiRequest::Show, b"").view.accounts;
    let names: Vec<_> = accounts.iter().map(|account| (&*account.issuer, &*account.name)).collect();
    assert_eq!(names, [("Feide", "kari@skole.example"), ("x", "kari")]);
}

/// What a format cannot hold is told when the file is made.
#[test]
fn what_a_file_has_no_room_for_is_told() {
    let p = made();
    take_all(
        &p,
        &reading(b"otpauth://hotp/Counter:h?secret=mzxw6ytb&counter=3\notpauth://totp/x:kari?secret=mzxw6ytc", None),
    );
    let Some(Out::File { left_out, .. }) = go(&p, ExchangeRequest::SaveCxf, b"").out else { panic!() };
    assert_eq!(left_out, ["Counter: h"]);
    let counter = made();
    take_all(&counter, &reading(b"otpauth://hotp/Counter:h?secret=mzxw6ytb&counter=3", None));
    let reply = go(&counter, ExchangeRequest::SaveCxf, b"");
    assert_eq!((reply.notice, reply.out.is_none()), (Some(Notice::NothingToExport), true), "no empty file");
}

/// One press takes the whole import back: what it replaced is there again, and what it added lies aside.
#[test]
fn an_import_is_taken_back_whole() {
    let p = with_list();
    let before = ui(&p, UiRequest::Show, b"").view;
    let other = &LIST.lines().nth(1).unwrap();
    let note = "codeDisplay=%7B%22note%22%3A%221111-2222%22%2C%22tags%22%3A%5B%22Jobb%22%5D%7D";
    let list = format!(
        "otpauth://totp/Contoso:kari%40contoso.no?secret=MFRGGZDFMZTWQ2LK&issuer=Microsoft\notpauth://totp/a:b?secret=MZXW6YTB\notpauth://totp/a:c?secret=ONSWG4TFOQ\n{other}&{note}"
    );
    let choices = vec![Choice::Replace, Choice::Add, Choice::Add, Choice::Replace];
    let reply = go(&p, ExchangeRequest::Take { choices, names: Vec::new() }, &reading(list.as_bytes(), None).entries.0);
    let Some(Out::Taken { added: 2, replaced: 2, new, undo, noted }) = reply.out else { panic!() };
    let remarks = || ui(&p, UiRequest::Show, b"").view.accounts.into_iter().map(|a| (a.noted, a.group));
    assert_eq!(remarks().filter(|remarks| *remarks == (true, Some("Jobb".into()))).count(), 1);
    // What a person has done with one of them meanwhile is not lost either.
    ui(&p, UiRequest::Rename { account: new[0].clone(), name: "min".into() }, b"");
    let saved = saves(&p);
    let take_back = UiRequest::TakeBack { added: new, deleted: undo, noted };
    let back = ui(&p, take_back.clone(), b"");
    assert_eq!((back.notice, saves(&p)), (Some(Notice::TakenBack), saved + 1));
    let codes = |view: &app::protocol::View| -> Vec<_> {
        view.accounts.iter().map(|a| (a.id.clone(), a.name.clone(), a.code.clone())).collect()
    };
    assert_eq!(codes(&back.view), codes(&before));
    assert!(remarks().all(|remarks| remarks == (false, None)));
    let mut aside: Vec<_> = back.view.deleted.iter().map(|deleted| deleted.name.as_str()).collect();
    aside.sort_unstable();
    assert_eq!(aside, ["c", "kari@contoso.no", "min"]);
    assert_eq!(ui(&p, take_back, b"").notice, Some(Notice::Gone), "once");
}

/// A note that an import brought goes with it, also after the account has got another key by another one.
#[test]
fn a_note_is_taken_back_after_its_account_has_another_key() {
    let p = made();
    let uri = |key: &str, note: &str| format!("otpauth://totp/a:kari?secret={key}{note}");
    take_all(&p, &reading(uri("MZXW6YTB", "").as_bytes(), None));
    let note = "&codeDisplay=%7B%22note%22%3A%221111-2222%22%7D";
    let take = |file: String| {
        let choices = vec![Choice::Replace];
        go(&p, ExchangeRequest::Take { choices, names: Vec::new() }, &reading(file.as_bytes(), None).entries.0).out
    };
    let Some(Out::Taken { noted, .. }) = take(uri("MZXW6YTB", note)) else { panic!() };
    let Some(Out::Taken { replaced: 1, undo, .. }) = take(uri("ONSWG4TFOQ", "")) else { panic!() };
    assert_eq!((noted.len(), undo.len()), (1, 1));
    assert!(ui(&p, UiRequest::Show, b"").view.accounts[0].noted);
    let back = ui(&p, UiRequest::TakeBack { added: vec![], deleted: vec![], noted }, b"");
    assert_eq!((back.notice, back.view.accounts[0].noted), (Some(Notice::TakenBack), false));
}

/// An account says where it came from, and of no other way: also of a backup nobody knows what became of a set-up.
#[test]
fn an_account_says_where_it_came_from() {
    let p = with_list();
    let draft = app::protocol::Draft { issuer: String::new(), ..draft("typed") };
    ui(&p, UiRequest::Enter { draft }, b"mzxw6ytbmzxw6ytb");
    ui(&p, UiRequest::AddPending, b"otpauth://totp/scanned?secret=onswg4tfoqonswg4tfoq");
    let pending_account = ui(&p, UiRequest::Show, b"").view.pending_accounts[0].id.clone();
    ui(
        &p,
        UiRequest::Save {
            pending_account,
            when_known: app::protocol::WhenKnown::Ask,
            steam: false,
            name: String::new(),
        },
        b"",
    );
    let of = |view: app::protocol::View| -> Vec<_> {
        view.accounts.into_iter().map(|a| (a.name, a.came, a.loss, a.enrolled)).collect()
    };
    let [_, _, typed, scanned] = &*of(ui(&p, UiRequest::Show, b"").view) else { panic!("four") };
    assert_eq!(*typed, ("typed".to_owned(), Some(Came::Typed), Loss::Typed, false));
    assert_eq!(*scanned, ("scanned".to_owned(), Some(Came::Scanned), Loss::Scanned, false));
    // By a backup, into another vault.
    let backup = file(&go(&p, ExchangeRequest::SaveBackup, b"")).to_vec();
    let other = made();
    let read = reading(&backup, Some(WORDS));
    take_all(&other, &read);
    let there = of(ui(&other, UiRequest::Show, b"").view);
    assert_eq!(there.len(), 4);
    assert!(there.iter().all(|(_, came, loss, _)| (*came, *loss) == (Some(Came::Imported), Loss::Imported)));
}

/// By what the file has, and not by when it was made: a clock that was wrong then silences nothing later.
#[test]
fn a_backup_dated_ahead_does_not_silence_the_reminder() {
    const YEAR_MS: u64 = 365 * 24 * 60 * 60 * 1000;
    let p = with_list();
    let kari = ui(&p, UiRequest::Show, b"").view.accounts[0].id.clone();
    p.0.borrow_mut().now_ms += YEAR_MS;
    ui(&p, UiRequest::Unlock { by: UnlockBy::Passphrase, save: None }, WORDS.as_bytes());
    ui(&p, UiRequest::Pin { account: kari.clone(), pinned: true }, b"");
    let saved = go(&p, ExchangeRequest::SaveBackup, b"");
    assert_eq!((saved.notice, saved.view.unsaved), (Some(Notice::BackedUp), 0));
    p.0.borrow_mut().now_ms -= YEAR_MS;
    ui(&p, UiRequest::Unlock { by: UnlockBy::Passphrase, save: None }, WORDS.as_bytes());
    take_all(&p, &reading(b"otpauth://totp/a:b?secret=MZXW6YTB", None));
    assert_eq!(ui(&p, UiRequest::Show, b"").view.unsaved, 1, "the new one");
    ui(&p, UiRequest::Pin { account: kari, pinned: false }, b"");
    assert_eq!(ui(&p, UiRequest::Show, b"").view.unsaved, 2, "and the changed one");
    assert_eq!(go(&p, ExchangeRequest::SaveBackup, b"").view.unsaved, 0);
}

/// Our own files, too, are made by anybody. One number that scripts do not have, and no page of ours would ever show the
/// vault again, nor take the account out.
#[test]
fn no_file_of_ours_brings_a_number_or_a_name_that_our_pages_cannot_show() {
    let mut kari = json!(support::account(7, "kari@\u{202e}on.osotnoc\u{200b}"));
    for time in ["created", "modified", "last_used", "saved", "last_step"] {
        kari[time] = json!(u64::MAX);
    }
    let mut counter = json!(support::account(8, "ola"));
    counter.as_object_mut().unwrap().remove("period");
    (counter["kind"], counter["counter"]) = (json!("hotp"), json!(u64::MAX - 1));
    let long = json!(support::account(9, &"x".repeat(1025)));
    let all =
        json!({ "v": 1, "accounts": [kari, counter, long], "tombstones": [], "settings": { "savedAt": u64::MAX } });
    let (file, code) = parcel_of(all.to_string().as_bytes());
    let code = code.to_text();
    let read = reading(&file, Some(code.as_str()));
    assert_eq!((read.count, read.unreadable.len()), (2, 1), "a name that is too long is refused");

    let taken_over = made();
    assert!(reaches_scripts(&take_all(&taken_over, &read)));
    let restored = real();
    assert!(reaches_scripts(&go(&restored, ExchangeRequest::Restore, frame(&code, &read.entries.0))));
    for (p, is_restored) in [(taken_over, false), (restored, true)] {
        let shown = ui(&p, UiRequest::Show, b"");
        assert!(reaches_scripts(&shown));
        assert!(reaches_scripts(&go(&p, ExchangeRequest::Show, b"")));
        assert!(reaches_scripts(&set(&p, SettingsRequest::Show, b"")));
        let [kari, ola] = shown.view.accounts.as_slice() else { panic!("two accounts") };
        assert_eq!((kari.name.as_str(), ola.name.as_str()), ("kari@on.osotnoc", "ola"));
        let sheet = go(&p, ExchangeRequest::DrawSheet, b"");
        assert!(reaches_scripts(&sheet));
        let Some(Out::PrintedSheet { accounts }) = sheet.out else { panic!() };
        assert_eq!(accounts[0].label, "Microsoft · Fylkeskommune · kari@on.osotnoc");
        assert_eq!(accounts[1].step, (u64::MAX - 1).to_string());
        if !is_restored {
            assert_eq!(contents(&p).accounts[0].name, "kari@on.osotnoc");
            let ahead = contents(&p).accounts[0].modified_ms - p.0.borrow().now_ms;
            assert!(ahead < 10, "what is done to it later counts more");
        }
        let named = ui(&p, UiRequest::Rename { account: ola.id.clone(), name: " \u{2066}ola\u{202e} ".into() }, b"");
        assert_eq!((named.notice, contents(&p).accounts[1].name.as_str()), (None, "ola"));
        assert!(reaches_scripts(&ui(&p, UiRequest::Remove { account: kari.id.clone() }, b"")));
    }
}

#[test]
fn a_save_that_fails_takes_over_nothing() {
    let read = reading(LIST.as_bytes(), None);
    for fault in [Fault::Refuse(Outage::Storage), Fault::Refuse(Outage::Full), Fault::Halves, Fault::OnlyLast] {
        let p = made();
        p.0.borrow_mut().writes_only = true;
        for step in 0..12 {
            p.fail_at(step, fault);
        }
        let reply = take_all(&p, &read);
        p.0.borrow_mut().faults.clear();
        assert!(reply.out.is_none() && reply.notice != Some(Notice::Imported), "{fault:?}");
        let there = ui(&p, UiRequest::Show, b"").view.accounts.len();
        assert!(there == 0 || there == 2, "{fault:?}: {there}");
    }
}

/// Every vector, as the Worker reads it and as the vault takes it.
#[test]
fn every_vector_comes_in_or_is_refused_with_a_reason() {
    let (mut taken, mut refused) = (0, 0);
    for vector in vectors::all() {
        let read = read_file(&vector.body, vector.password().as_ref());
        match (&vector.expect, read.error) {
            (Some(_), Some(_)) => refused += 1,
            (None, None) => {
                let entries = ::exchange::bundle::unpack(&read.entries.0).unwrap().entries;
                let live = entries.iter().filter(|entry| entry.discarded.is_none()).count();
                assert_eq!((entries.len(), live), (read.count as usize, vector.entries.len()), "{}", vector.name);
                let p = made();
                let reply = take_all(&p, &read);
                let Some(Out::Taken { added, .. }) = reply.out else { panic!("{}: {:?}", vector.name, reply.notice) };
                assert!(added > 0 && added <= read.count, "{}", vector.name);
                taken += 1;
            }
            (expected, error) => panic!("{}: {expected:?} {error:?}", vector.name),
        }
    }
    println!("{taken} vectors taken in, {refused} refused with a reason");
    assert!(taken >= 45 && refused >= 20);
}

#[test]
fn a_backup_opens_elsewhere_by_the_passphrase_and_brings_everything_back() {
    let p = with_list();
    let device = set(&p, SettingsRequest::AddDevice, "");
    assert_eq!(device.notice, Some(Notice::UnlockMethodAdded));
    a_while_later(&p);
    let reply = go(&p, ExchangeRequest::SaveBackup, b"");
    assert_eq!((reply.notice, reply.view.unsaved, reply.view.needs_password), (Some(Notice::BackedUp), 0, false));
    assert!(reply.view.saved_ms.is_some());
    let backup = file(&reply).to_vec();
    // What opens the vault by itself on this computer is in no file.
    let record = vault::Record::parse(backup.clone()).unwrap();
    let by: Vec<_> = record.header().slots.iter().map(vault::KeySlot::slot_type).collect();
    assert_eq!(by, [Some(vault::SlotType::Passphrase)]);
    assert!(!backup.windows(5).any(|five| five == b"Conto" || five == b"5NVFD"));

    assert_eq!(reading(&backup, None).error, Some(ImportError::NeedsPassword));
    assert_eq!(reading(&backup, Some("something else")).error, Some(ImportError::WrongPassword));
    let read = reading(&backup, Some(WORDS));
    assert!(read.backup);
    let fresh = Fake::new();
    let restored = go(&fresh, ExchangeRequest::Restore, frame(WORDS, &read.entries.0));
    assert_eq!((restored.notice, restored.view.accounts, restored.view.unsaved), (Some(Notice::Restored), 2, 0));
    let (old, new) = (ui(&p, UiRequest::Show, b"").view, ui(&fresh, UiRequest::Show, b"").view);
    assert_eq!(
        old.accounts.iter().map(|a| (&a.id, &a.name, &a.issuer)).collect::<Vec<_>>(),
        new.accounts.iter().map(|a| (&a.id, &a.name, &a.issuer)).collect::<Vec<_>>()
    );
    fresh.restart_browser();
    assert_eq!(
        ui(&fresh, UiRequest::Unlock { by: UnlockBy::Passphrase, save: None }, WORDS.as_bytes()).view.accounts.len(),
        2
    );
    // Where there is a vault, a backup is no way to be rid of it.
    let again = go(&fresh, ExchangeRequest::Restore, frame(WORDS, &read.entries.0));
    assert_eq!(again.notice, Some(Notice::AlreadyExists));
}

/// Of whom an account is, a backup is believed no more than any other file.
#[test]
fn what_a_backup_brought_is_not_proved_to_be_an_organisations() {
    let p = made();
    let key = now(session::key(&p)).unwrap();
    now(store::change(&p, &key, |contents| {
        contents.accounts.push(account(1, "kari@privat.example"));
        Ok::<_, VaultError>(())
    }))
    .unwrap();
    let backup = file(&go(&p, ExchangeRequest::SaveBackup, b"")).to_vec();
    let other = made();
    take_all(&other, &reading(&backup, Some(WORDS)));
    let renames = |p: &Fake| {
        decide(p, &json!({ "tenants": ["Fylkeskommune"] }));
        let account = ui(p, UiRequest::Show, b"").view.accounts.remove(0).id;
        ui(p, UiRequest::Rename { account, name: "kari@annet.example".into() }, b"").notice
    };
    assert_eq!((renames(&p), renames(&other)), (None, Some(Notice::OrganisationNotAllowed)));
}

#[test]
fn a_backup_restored_by_the_recovery_code_opens_by_it() {
    let p = with_list();
    let shown = set(&p, SettingsRequest::MakeRecovery, "").shown;
    let Some(app::protocol::Shown::Recovery { code }) = shown else { panic!() };
    let backup = file(&go(&p, ExchangeRequest::SaveBackup, b"")).to_vec();
    let typed = code.replace('-', " ").to_lowercase();
    let read = reading(&backup, Some(&typed));
    assert!(read.backup);
    let fresh = Fake::new();
    assert_eq!(go(&fresh, ExchangeRequest::Restore, frame(&typed, &read.entries.0)).notice, Some(Notice::Restored));
    fresh.restart_browser();
    let opened = ui(&fresh, UiRequest::Unlock { by: UnlockBy::Recovery, save: None }, code.as_bytes());
    assert_eq!(opened.view.accounts.len(), 2);
}

#[test]
fn without_anything_typed_a_backup_takes_a_password_of_its_own() {
    let p = real();
    ui(&p, UiRequest::CreateOpen { save: None, said: Vec::new() }, b"");
    take_all(&p, &reading(LIST.as_bytes(), None));
    a_while_later(&p);
    let reply = go(&p, ExchangeRequest::SaveBackup, b"");
    assert_eq!((reply.notice, reply.view.needs_password), (Some(Notice::ProveFirst), true));
    set(&p, SettingsRequest::Prove { by: UnlockBy::Device }, "");
    assert_eq!(go(&p, ExchangeRequest::SaveBackup, b"").notice, Some(Notice::PasswordMissing));
    let reply = go(&p, ExchangeRequest::SaveBackup, WORDS.as_bytes());
    let read = reading(file(&reply), Some(WORDS));
    assert_eq!((read.count, read.backup), (2, true));
}

#[test]
fn what_others_could_read_takes_a_fresh_proof() {
    let p = with_list();
    a_while_later(&p);
    for request in [
        ExchangeRequest::SaveAegis { accounts: None },
        ExchangeRequest::SaveList,
        ExchangeRequest::SaveCxf,
        ExchangeRequest::DrawTransfer { accounts: None },
        ExchangeRequest::DrawSheet,
    ] {
        let reply = go(&p, request, WORDS.as_bytes());
        assert_eq!(reply.notice, Some(Notice::ProveFirst));
        assert!(reply.out.is_none());
    }
    now(session::lock(&p)).unwrap();
    for request in [ExchangeRequest::SaveBackup, ExchangeRequest::SaveList, ExchangeRequest::Preview] {
        let reply = go(&p, request, b"");
        assert_eq!(reply.notice, Some(Notice::Locked));
        assert!(reply.out.is_none() && !reply.view.open);
    }
}

#[test]
fn every_way_out_is_read_back_the_same() {
    let p = with_list();
    let wanted = read(LIST.as_bytes(), None).unwrap().entries;
    let same = |bytes: &[u8], password: Option<&str>| {
        let entries = read(bytes, password.map(Password::ascii).as_ref()).unwrap().entries;
        assert_eq!(entries.len(), wanted.len());
        assert!(
            entries.iter().zip(&wanted).all(|(got, want)| got.credential == want.credential && got.name == want.name)
        );
    };
    same(file(&go(&p, ExchangeRequest::SaveAegis { accounts: None }, WORDS.as_bytes())), Some(WORDS));
    same(file(&go(&p, ExchangeRequest::SaveList, b"")), None);
    // It has no codes by counter, which is told.
    let reply = go(&p, ExchangeRequest::SaveCxf, b"");
    assert_eq!(read(file(&reply), None).unwrap().entries.len(), 1);
    same(file(&go(&p, ExchangeRequest::SaveBackup, b"")), Some(WORDS));
    assert_eq!(
        go(&p, ExchangeRequest::SaveAegis { accounts: None }, b"short").notice,
        Some(Notice::PassphraseTooShort)
    );

    let Some(Out::Pages { pages, left_out, renamed, .. }) =
        go(&p, ExchangeRequest::DrawTransfer { accounts: None }, b"").out
    else {
        panic!()
    };
    assert_eq!((pages.len(), left_out.len(), renamed.len()), (1, 0, 0));
    assert!(pages[0].size > 40 && pages[0].path.starts_with('M'));
    let Some(Out::PrintedSheet { accounts }) = go(&p, ExchangeRequest::DrawSheet, b"").out else { panic!() };
    assert_eq!(accounts[0].key, "5NVF DQFD AAAA BBBB");
    assert!(accounts.iter().all(|account| account.qr.is_some()));
    assert_eq!(go(&made(), ExchangeRequest::SaveList, b"").notice, Some(Notice::NothingToExport));
}

/// A phone, a person with a keyboard, and an app that knows no such length: each gets what it can take, and is told the rest.
#[test]
fn the_printed_sheet_says_all_that_is_typed_and_what_is_too_long_refuses_nothing_else() {
    let p = made();
    let key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ";
    let long = |count: usize| if count == 1024 { "%E6%97%A5" } else { "%C3%B8" }.repeat(count);
    let mut lines: Vec<String> = [(500, 2), (700, 3), (850, 4), (950, 5), (1024, 6)]
        .map(|(n, first)| format!("otpauth://totp/{n}:{}?secret={first}{key}", long(n)))
        .into();
    lines.extend([
        format!("otpauth://totp/A:kari?secret={key}A&algorithm=SHA512&digits=8&period=60"),
        format!("otpauth://hotp/B:ola?secret={key}B&algorithm=SHA256&counter=7"),
        format!("otpauth://steam/Steam:siv?secret={key}C"),
        format!("otpauth://totp/C:{key}?secret={key}D"),
    ]);
    let list = reading(lines.join("\n").as_bytes(), None);
    let wanted = read(lines.join("\n").as_bytes(), None).unwrap().entries;
    take_all(&p, &list);
    let Some(Out::PrintedSheet { accounts }) = go(&p, ExchangeRequest::DrawSheet, b"").out else { panic!() };
    assert_eq!(accounts.len(), wanted.len());
    for (printed, entry) in accounts.iter().zip(&wanted) {
        assert!(printed.label.ends_with(&entry.name) && printed.label.starts_with(&entry.issuer));
        // As somebody types it in elsewhere.
        let last = if printed.kind == "hotp" { "counter" } else { "period" };
        let (key, step) = (printed.key.replace(' ', ""), &printed.step);
        let said = format!(
            r#"{{"entries":[{{"type":"{}","issuer":"a","account":"b","secret":"{key}","algorithm":"{}","digits":{},"{last}":{step}}}]}}"#,
            printed.kind, printed.algorithm, printed.digits
        );
        assert!(read(said.as_bytes(), None).unwrap().entries[0].credential == entry.credential, "{said}");
    }
    // A name of 1,024 letters beyond ASCII is over six thousand in a URI: its QR code is not to be had, and its key is.
    assert_eq!(accounts.iter().map(|account| account.qr.is_some()).collect::<Vec<_>>()[5..], [true; 4]);
    assert!(accounts[4].qr.is_none());
    let reply = go(&p, ExchangeRequest::DrawTransfer { accounts: None }, b"");
    let Some(Out::Pages { pages, left_out, .. }) = reply.out else { panic!("{:?}", reply.notice) };
    assert!(!pages.is_empty());
    let is_left = |name: &str| left_out.iter().any(|label| label.starts_with(name));
    assert!(
        ["A: kari", "Steam: siv", "1024: "].into_iter().all(is_left)
            && !["B: ", "C: ", "500: "].into_iter().any(is_left),
        "{left_out:?}"
    );
}

#[test]
fn some_that_were_chosen_leave_alone_and_are_no_backup() {
    let p = with_list();
    let first = ui(&p, UiRequest::Show, b"").view.accounts.remove(0);
    let accounts = vec![first.id.clone(), "no such account".into()];
    let saved = go(&p, ExchangeRequest::SaveAegis { accounts: Some(accounts.clone()) }, WORDS.as_bytes());
    assert_eq!((saved.notice, saved.view.saved_ms), (Some(Notice::ChosenSaved), None));
    let entries = read(file(&saved), Some(&Password::ascii(WORDS))).unwrap().entries;
    assert_eq!(entries.iter().map(|entry| &entry.name).collect::<Vec<_>>(), [&first.name]);
    let drawn = go(&p, ExchangeRequest::DrawTransfer { accounts: Some(accounts) }, b"").out;
    assert!(matches!(drawn, Some(Out::Pages { pages, .. }) if pages.len() == 1));
    for accounts in [vec![], vec!["no such account".into()]] {
        assert_eq!(
            go(&p, ExchangeRequest::DrawTransfer { accounts: Some(accounts) }, b"").notice,
            Some(Notice::NothingToExport)
        );
    }
}

#[test]
fn a_copy_elsewhere_is_believed_only_by_its_code() {
    let p = with_list();
    let shown = ui(&p, UiRequest::Show, b"").view.accounts;
    let id = shown[0].id.clone();
    ui(&p, UiRequest::Confirm { account: id.clone(), confirmed: true }, b"");
    let loss = |p: &Fake| ui(p, UiRequest::Show, b"").view.accounts.into_iter().find(|a| a.id == id).unwrap().loss;
    let check = |code: &str| go(&p, ExchangeRequest::CheckCopy { account: id.clone() }, code.as_bytes()).notice;
    assert_eq!(loss(&p), Loss::OnlyCopy);
    for wrong in ["", "000000", "12345", &shown[1].code] {
        assert_eq!(check(wrong), Some(Notice::CopyDiffers), "{wrong}");
    }
    assert_eq!(loss(&p), Loss::OnlyCopy);
    // A clock that is half a minute behind is no other account.
    p.advance(30_000);
    assert_eq!(check(&shown[0].code), Some(Notice::CopyWorks));
    assert_eq!(loss(&p), Loss::CopyElsewhere);
    let counter = shown[1].id.clone();
    let reply = go(&p, ExchangeRequest::CheckCopy { account: counter }, shown[1].code.replace(' ', "").as_bytes());
    assert_eq!(reply.notice, Some(Notice::CopyWorks));
}
