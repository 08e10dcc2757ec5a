//! The behaviour, from first sight to sign-in, on a world made of maps.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests state what they know"
)]

use app::protocol::{
    Audit, Badge, Draft, FoundOn, Loss, Notice, PageReply, PageRequest, Reason, Reply, Screen, Seen, SettingsRequest,
    Shown, Standing, Tab, UiRequest,
};
use app::sender::{Sender, identify};
use otp::base32;
use pages::Mark;
use platform::{Outage, Platform, Store};
use serde_json::json;
use support::{
    Fake, Fault, IN_APP, SET_UP, SIGN_IN, START_MS, adfs, answer, look, now, page, pressed, reason, run, tab_state,
    tell,
};
use zeroize::Zeroizing;

const KARI: &str = "otpauth://totp/Contoso%3Akari%40contoso.no?secret=5nvfdqfdaaaabbbb&issuer=Microsoft";
const KARI_ANEW: &str = "otpauth://totp/Contoso%3Akari%40contoso.no?secret=abcdefghijklmnop&issuer=Microsoft";
const OLA: &str = "otpauth://totp/Contoso%3Aola%40contoso.no?secret=frjlnxskaaaabbbb&issuer=Microsoft";
const WORDS: &str = "korrekt hest batteri stift";

/// Replies hold codes, so they have no `Debug` to print.
macro_rules! replies {
    ($got:expr, $expected:expr $(, $why:expr)?) => {
        assert!($got == $expected, "another reply {}", ["" $(, $why)?].concat())
    };
}

fn ask(p: &Fake, tab: i32, request: serde_json::Value, bytes: &str) -> Reply {
    let over = over(p, tab);
    let request = pressed(p, &over, request);
    now(app::ask(p, &over, request, Zeroizing::new(bytes.into())))
}

/// The tab as the browser tells of it: where its script was last, or else anywhere.
fn over(p: &Fake, tab: i32) -> Tab {
    let last = p.text(Store::Session, &format!("page.{tab}"));
    let last = last.and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok());
    let host = last.and_then(|last| last["host"].as_str().map(str::to_owned)).unwrap_or("example.org".into());
    Tab { id: Some(tab), url: Some(format!("https://{host}/")), ..Tab::default() }
}

const OTHER_APP: &str = "Set up a different authentication app";

fn replace(pending_account: &str, account: &str) -> serde_json::Value {
    json!({ "save": { "pendingAccount": pending_account, "whenKnown": { "replace": { "account": account } } } })
}

fn manage(p: &Fake, request: serde_json::Value, bytes: &str) -> Option<Notice> {
    let request = serde_json::from_value(request).unwrap();
    now(app::manage(p, request, Zeroizing::new(bytes.into()))).notice
}

fn code_view(account: &str) -> serde_json::Value {
    json!({ "authMethod": "PhoneAppOTP", "login": account, "field": { "kind": "otc", "empty": true, "invalid": false, "ours": false } })
}

fn refused_view(account: &str) -> serde_json::Value {
    json!({ "authMethod": "PhoneAppOTP", "login": account, "field": { "kind": "otc", "empty": true, "invalid": true, "ours": true } })
}

fn right_code(uri: &str, at_ms: u64) -> String {
    otp::uri::parse(uri).unwrap().credential.code_at(at_ms).expose().to_owned()
}

/// What the set-up page shows is captured.
fn capture(p: &Fake, uri: &str, tab: i32) {
    let set_up = page(SET_UP, tab, "set-up");
    replies!(
        look(p, &set_up, json!({ "marks": ["dialog", "qrToggle"], "picture": true, "pictures": 1 })),
        PageReply::SendPictures
    );
    tell(p, &set_up, json!({ "pictures": { "pictures": [format!("qr:{uri}")] } }));
    assert_eq!(tab_state(p, tab)["settled"], false, "the next look is to come");
}

/// Captures what the set-up page shows and keeps it.
fn enrol(p: &Fake, uri: &str, tab: i32) -> Reply {
    capture(p, uri, tab);
    let shown = ask(p, tab, json!("show"), "");
    let pending_account = shown.view.pending_accounts.last().expect("an offer").id.clone();
    match shown.view.screen {
        Screen::FirstRun => ask(p, tab, json!({ "create": { "save": pending_account } }), WORDS),
        Screen::Locked => ask(p, tab, json!({ "unlock": { "save": pending_account } }), WORDS),
        _ => ask(p, tab, json!({ "save": { "pendingAccount": pending_account, "whenKnown": "ask" } }), ""),
    }
}

/// The step after the QR code: fills, and lets Microsoft accept.
fn confirm(p: &Fake, tab: i32) -> String {
    let set_up = page(SET_UP, tab, "set-up");
    let view = json!({ "marks": ["dialog"], "sentence": IN_APP, "field": { "kind": "verification", "empty": true, "invalid": false, "ours": false } });
    let PageReply::Fill { code, submit: false } = look(p, &set_up, view) else {
        panic!("nothing to fill: {:?}", reason(p, tab))
    };
    tell(p, &set_up, json!({ "did": { "done": true } }));
    look(p, &set_up, json!({ "marks": ["dialog", "nextStep"] }));
    code
}

#[test]
fn from_the_qr_code_to_a_confirmed_account_to_a_sign_in() {
    let p = Fake::new();
    let reply = enrol(&p, KARI, 7);
    assert_eq!(reply.notice, Some(Notice::Saved));
    assert_eq!(reply.wake, Some(7));
    let [account] = reply.view.accounts.as_slice() else { panic!("one account") };
    assert_eq!(
        (account.name.as_str(), account.organisation.as_deref(), account.confirmed),
        ("kari@contoso.no", Some("Contoso"), false)
    );
    assert_eq!(account.code.replace(' ', ""), right_code(KARI, START_MS));
    assert!(reply.view.pending_accounts.is_empty());

    assert_eq!(confirm(&p, 7), right_code(KARI, START_MS));
    let reply = ask(&p, 7, json!("show"), "");
    assert!(reply.view.accounts[0].confirmed);

    p.advance(60_000);
    let sign_in = page(SIGN_IN, 8, "sign-in");
    let PageReply::Fill { code, submit } = look(&p, &sign_in, code_view("KARI@contoso.no")) else {
        panic!("{:?}", reason(&p, 8))
    };
    assert_eq!((code, submit), (right_code(KARI, START_MS + 60_000), false));
    tell(&p, &sign_in, json!({ "did": { "done": true } }));
    assert_eq!(reason(&p, 8), Reason::Filled);
    assert_eq!(tab_state(&p, 8)["settled"], true);
}

#[test]
fn nothing_telling_is_ever_written_to_disk_in_clear() {
    let p = Fake::new();
    enrol(&p, KARI, 1);
    confirm(&p, 1);
    let secret = base32::decode("5nvfdqfdaaaabbbb").unwrap();
    let raw = secret.expose();
    let forms = [
        "5nvfdqfdaaaabbbb".to_owned(),
        data_encoding::HEXLOWER.encode(raw),
        data_encoding::BASE64.encode(raw),
        "kari".to_owned(),
        "contoso".to_owned(),
        "microsoft".to_owned(),
        "mysignins".to_owned(),
        WORDS.to_owned(),
    ];
    let world = p.0.borrow();
    let on_disk = world.local.iter().chain(&world.mirror);
    let mut looked = 0;
    for (key, value) in on_disk {
        let decoded = data_encoding::BASE64.decode(value.as_bytes()).unwrap_or_default();
        for form in &forms {
            assert!(!value.to_lowercase().contains(&form.to_lowercase()), "{form} in {key}");
            assert!(
                !decoded.windows(form.len()).any(|w| w.eq_ignore_ascii_case(form.as_bytes())),
                "{form} inside {key}"
            );
        }
        assert!(!decoded.windows(raw.len()).any(|w| w == raw), "the secret inside {key}");
        looked += 1;
    }
    assert!(looked >= 4, "{looked}");
    println!("{looked} stored values x {} forms, 0 hits", forms.len() + 1);
}

#[test]
fn of_two_accounts_the_one_the_page_names_is_chosen_and_none_for_a_stranger() {
    let p = Fake::new();
    enrol(&p, KARI, 1);
    enrol(&p, OLA, 1);
    p.advance(60_000);
    let sign_in = page(SIGN_IN, 2, "a");
    assert!(
        matches!(look(&p, &sign_in, code_view("ola@contoso.no")), PageReply::Fill { code, .. } if code == right_code(OLA, START_MS + 60_000))
    );
    let another = page(SIGN_IN, 3, "b");
    replies!(look(&p, &another, code_view("per@contoso.no")), PageReply::Rest);
    assert_eq!(reason(&p, 3), Reason::NoAccount);
    let nameless = page(SIGN_IN, 4, "c");
    replies!(look(&p, &nameless, code_view("")), PageReply::Rest);
    assert_eq!(reason(&p, 4), Reason::AccountNotNamed);
}

#[test]
fn only_an_app_code_is_ever_filled() {
    let p = Fake::new();
    enrol(&p, KARI, 1);
    confirm(&p, 1);
    p.advance(60_000);
    for (method, expected) in [
        ("OneWaySMS", Reason::NotAppCode),
        ("TwoWayVoiceOffice", Reason::NotAppCode),
        ("Brandnew", Reason::MethodUnknown),
    ] {
        let sign_in = page(SIGN_IN, 2, method);
        let mut view = code_view("kari@contoso.no");
        view["authMethod"] = json!(method);
        replies!(look(&p, &sign_in, view), PageReply::Rest);
        assert_eq!(reason(&p, 2), expected, "{method}");
    }
    // Whoever is called has no field before them, and leaves the call for a method of their own choice.
    let called = page(SIGN_IN, 2, "called");
    let mut view = code_view("kari@contoso.no");
    (view["authMethod"], view["field"]) = (json!("TwoWayVoiceMobile"), json!(null));
    replies!(look(&p, &called, view), PageReply::Rest);
    assert_eq!(reason(&p, 2), Reason::NotAppCode);
    let picker = json!({ "login": "kari@contoso.no", "marks": ["proofPicker", "appCodeChoice"] });
    replies!(look(&p, &called, picker), PageReply::Rest);
}

#[test]
fn a_locked_vault_fills_once_it_is_unlocked_and_the_page_looks_again() {
    let p = Fake::new();
    enrol(&p, KARI, 1);
    ask(&p, 1, json!("lock"), "");
    p.advance(60_000);
    let sign_in = page(SIGN_IN, 2, "a");
    replies!(look(&p, &sign_in, code_view("kari@contoso.no")), PageReply::Rest);
    assert_eq!(reason(&p, 2), Reason::Locked);
    let wrong = ask(&p, 2, json!({ "unlock": { "save": null } }), "feil frase");
    assert_eq!((wrong.notice, wrong.view.screen), (Some(Notice::WrongPassphrase), Screen::Locked));
    let reply = ask(&p, 2, json!({ "unlock": { "save": null } }), WORDS);
    assert_eq!((reply.view.screen, reply.wake), (Screen::Accounts, Some(2)));
    assert!(matches!(look(&p, &sign_in, code_view("kari@contoso.no")), PageReply::Fill { .. }));
}

/// What the page says of a refusal is told apart, and what counts tries ends it at once.
#[test]
fn why_a_code_was_refused_is_told_as_far_as_the_page_does() {
    for (fault, waits, expected) in [
        ("You didn't enter the expected verification code.", true, Reason::WaitingForNext),
        ("The code has already been used.", true, Reason::WaitingForNext),
        ("You've tried too many times.", false, Reason::TooManyTries),
        ("This method is not allowed by your organization.", false, Reason::AppNotAllowed),
    ] {
        let p = Fake::new();
        enrol(&p, KARI, 1);
        p.advance(60_000 - START_MS % 30_000);
        let sign_in = page(SIGN_IN, 2, "a");
        assert!(matches!(look(&p, &sign_in, code_view("kari@contoso.no")), PageReply::Fill { .. }));
        tell(&p, &sign_in, json!({ "did": { "done": true } }));
        let mut refused = refused_view("kari@contoso.no");
        refused["fault"] = json!(fault);
        let reply = look(&p, &page(SIGN_IN, 2, "b"), refused);
        assert_eq!((matches!(reply, PageReply::Again { .. }), reason(&p, 2)), (waits, expected), "{fault}");
    }
}

#[test]
fn a_time_step_is_never_used_twice_and_two_refusals_end_it() {
    let p = Fake::new();
    enrol(&p, KARI, 1);
    p.advance(60_000 - START_MS % 30_000);
    let sign_in = page(SIGN_IN, 2, "a");
    let PageReply::Fill { code: first, .. } = look(&p, &sign_in, code_view("kari@contoso.no")) else { panic!() };
    tell(&p, &sign_in, json!({ "did": { "done": true } }));
    // Our own typing changes the page; that is no reason to type again.
    let mut typed = code_view("kari@contoso.no");
    typed["field"]["empty"] = json!(false);
    replies!(look(&p, &sign_in, typed), PageReply::Rest);
    replies!(
        look(&p, &sign_in, code_view("kari@contoso.no")),
        PageReply::Rest,
        "a person who empties the field means it"
    );

    // Microsoft refuses, in a new document: the same step never again, the next one once.
    let again = page(SIGN_IN, 2, "b");
    let PageReply::Again { after_ms } = look(&p, &again, refused_view("kari@contoso.no")) else {
        panic!("{:?}", reason(&p, 2))
    };
    assert!(after_ms <= 30_050, "{after_ms}");
    p.advance(u64::from(after_ms));
    let PageReply::Fill { code: second, .. } = look(&p, &again, refused_view("kari@contoso.no")) else { panic!() };
    assert_ne!(first, second);
    let last = page(SIGN_IN, 2, "c");
    p.advance(31_000);
    replies!(look(&p, &last, refused_view("kari@contoso.no")), PageReply::Rest);
    assert_eq!(reason(&p, 2), Reason::Rejected);

    // Another tab is no way around it.
    let elsewhere = page(SIGN_IN, 3, "d");
    p.rewind(31_000);
    assert!(matches!(look(&p, &elsewhere, code_view("kari@contoso.no")), PageReply::Again { .. }));
}

/// Only what follows our own submission refuses our code.
#[test]
fn a_mark_from_before_or_on_what_the_person_typed_is_no_refusal() {
    let p = Fake::new();
    enrol(&p, KARI, 1);
    p.advance(60_000);
    let sign_in = page(SIGN_IN, 2, "a");
    let view = |empty: bool, invalid: bool, ours: bool| {
        let mut view = code_view("kari@contoso.no");
        view["field"] = json!({ "kind": "otc", "empty": empty, "invalid": invalid, "ours": ours });
        view
    };
    // The person has pressed Verify too early: the field is marked before anything was typed.
    assert!(matches!(look(&p, &sign_in, view(true, true, false)), PageReply::Fill { .. }));
    tell(&p, &sign_in, json!({ "did": { "done": true } }));
    replies!(look(&p, &sign_in, view(false, false, true)), PageReply::Rest, "the mark is the old one");
    assert_eq!(reason(&p, 2), Reason::Filled);
    // They type another code themselves, and that one is refused.
    replies!(look(&p, &sign_in, view(false, true, false)), PageReply::Rest, "not ours");
    replies!(look(&p, &sign_in, view(true, true, false)), PageReply::Rest, "emptied by hand");

    // Ours is refused: once more in the next step, with the old mark still there.
    let PageReply::Again { after_ms } = look(&p, &sign_in, refused_view("kari@contoso.no")) else { panic!() };
    p.advance(after_ms.into());
    assert!(matches!(look(&p, &sign_in, refused_view("kari@contoso.no")), PageReply::Fill { .. }));
    tell(&p, &sign_in, json!({ "did": { "done": true } }));
    replies!(look(&p, &sign_in, view(false, false, true)), PageReply::Rest);
    assert_eq!(reason(&p, 2), Reason::Filled, "it has not been sent yet");
    replies!(look(&p, &sign_in, view(false, true, true)), PageReply::Rest);
    assert_eq!(reason(&p, 2), Reason::Rejected, "now it has");

    // A new document that comes marked has refused what was sent; not if the person has begun to type there.
    let q = Fake::new();
    enrol(&q, KARI, 1);
    q.advance(60_000);
    assert!(matches!(look(&q, &page(SIGN_IN, 2, "a"), code_view("kari@contoso.no")), PageReply::Fill { .. }));
    let next = page(SIGN_IN, 2, "b");
    replies!(look(&q, &next, view(false, true, false)), PageReply::Rest);
    assert_eq!(reason(&q, 2), Reason::FieldNotEmpty);
    assert!(matches!(look(&q, &next, view(true, true, false)), PageReply::Again { .. }));
}

/// Pages that take turns, each without a word of refusal.
#[test]
fn without_a_person_two_codes_in_a_row_are_sent_off_and_no_more() {
    let p = Fake::new();
    enrol(&p, KARI, 1);
    confirm(&p, 1);
    set_mode(&p, vault::Mode::Automatic);
    let submitted: Vec<bool> = (0..6)
        .map(|document| {
            p.advance(40_000);
            match look(&p, &page(SIGN_IN, 2, &document.to_string()), code_view("kari@contoso.no")) {
                PageReply::Fill { submit, .. } => submit,
                _ => panic!("{:?}", reason(&p, 2)),
            }
        })
        .collect();
    assert_eq!(submitted, [true, true, false, false, false, false]);
    // Once Microsoft has accepted one, the next sign-in begins anew.
    look(&p, &page(SIGN_IN, 2, "kmsi"), json!({ "marks": ["staySignedIn"] }));
    p.advance(40_000);
    let next = look(&p, &page(SIGN_IN, 2, "next"), code_view("kari@contoso.no"));
    assert!(matches!(next, PageReply::Fill { submit: true, .. }));
}

/// A field that takes no code would else take one in each time-step, for as long as it is there.
#[test]
fn a_field_that_takes_no_code_is_filled_twice_and_no_more() {
    let p = Fake::new();
    enrol(&p, KARI, 1);
    confirm(&p, 1);
    let sign_in = page(SIGN_IN, 2, "a");
    let filled: Vec<bool> = (0..6)
        .map(|_| {
            p.advance(40_000);
            let filled = matches!(look(&p, &sign_in, code_view("kari@contoso.no")), PageReply::Fill { .. });
            tell(&p, &sign_in, json!({ "did": { "done": false } }));
            filled
        })
        .collect();
    assert_eq!(filled, [true, true, false, false, false, false]);
}

/// However many accounts take turns: it is the tab that counts.
#[test]
fn two_codes_in_a_row_are_sent_off_for_a_tab_and_not_for_each_account() {
    let p = Fake::new();
    enrol(&p, KARI, 1);
    confirm(&p, 1);
    p.advance(60_000);
    enrol(&p, &KARI.replace("kari", "ola").replace("secret=", "secret=mzxw"), 1);
    confirm(&p, 1);
    for account in ask(&p, 1, json!("show"), "").view.accounts {
        ask(&p, 1, json!({ "setMode": { "account": account.id, "mode": "automatic" } }), "");
    }
    let submitted = (0..20).filter(|n| {
        p.advance(40_000);
        let name = if n % 2 == 0 { "kari@contoso.no" } else { "ola@contoso.no" };
        let reply = look(&p, &page(SIGN_IN, 2, &n.to_string()), code_view(name));
        assert!(matches!(reply, PageReply::Fill { .. }), "{n}: {:?}", reason(&p, 2));
        matches!(reply, PageReply::Fill { submit: true, .. })
    });
    assert_eq!(submitted.count(), 2);
}

/// Such as in a window that another site opened.
#[test]
fn where_nobody_has_acted_a_code_is_not_sent_off() {
    let p = Fake::new();
    enrol(&p, KARI, 1);
    confirm(&p, 1);
    set_mode(&p, vault::Mode::Automatic);
    p.advance(60_000);
    let request = json!({ "look": { "seen": code_view("kari@contoso.no"), "visible": true, "acted": false } });
    assert!(matches!(tell(&p, &page(SIGN_IN, 2, "a"), request), PageReply::Fill { submit: false, .. }));
}

#[test]
fn a_clock_that_was_ahead_once_does_not_silence_the_account() {
    let p = Fake::new();
    enrol(&p, KARI, 1);
    confirm(&p, 1);
    p.advance(60_000);
    let corrected =
        |ms: u64| p.put(Store::Session, "clock", Some(&format!("{{\"offset_ms\":{ms},\"checked_ms\":null}}")));
    corrected(24 * 3_600_000);
    assert!(matches!(look(&p, &page(SIGN_IN, 2, "a"), code_view("kari@contoso.no")), PageReply::Fill { .. }));
    corrected(0);
    p.advance(10_000);
    assert!(matches!(look(&p, &page(SIGN_IN, 3, "b"), code_view("kari@contoso.no")), PageReply::Fill { .. }));
    // The step that was given out now is used, as ever.
    assert!(matches!(look(&p, &page(SIGN_IN, 4, "c"), code_view("kari@contoso.no")), PageReply::Again { .. }));
}

/// An administrator switches a mode off while a page is being answered, and while one waits for its code.
#[test]
fn a_policy_that_changes_during_a_fill_counts_from_the_next_look_on() {
    let p = Fake::new();
    enrol(&p, KARI, 1);
    confirm(&p, 1);
    set_mode(&p, vault::Mode::Automatic);
    p.advance(60_000 - START_MS % 30_000);
    let fills =
        |world: &Fake, document: &str| match look(world, &page(SIGN_IN, 2, document), code_view("kari@contoso.no")) {
            PageReply::Fill { submit, .. } => Some(submit),
            _ => None,
        };
    let codes_alone = || Some(json!({ "modes": ["code"] }).to_string());
    let (mut by_the_old, mut by_the_new) = (0, 0);
    for head_start in 0..30 {
        let world = p.fork();
        support::run_all(vec![
            Box::pin(async {
                let request = json!({ "look": { "seen": code_view("kari@contoso.no"), "visible": true, "acted": true, "resting": true } });
                let answered = answer(&world, &page(SIGN_IN, 2, "a"), serde_json::from_value(request).unwrap()).await;
                let PageReply::Fill { submit, .. } = answered else { panic!("{head_start}") };
                *if submit { &mut by_the_old } else { &mut by_the_new } += 1;
            }),
            Box::pin(async {
                for _ in 0..head_start {
                    support::yield_now().await;
                }
                world.0.borrow_mut().policy = codes_alone();
            }),
        ]);
        world.advance(30_000);
        assert_eq!(fills(&world, "b"), Some(false), "{head_start}");
    }
    assert!(by_the_old > 0 && by_the_new > 0, "{by_the_old} and {by_the_new}");

    assert_eq!(fills(&p, "a"), Some(true));
    assert_eq!(fills(&p, "b"), None, "waits for the next step");
    p.0.borrow_mut().policy = codes_alone();
    p.advance(30_000);
    assert_eq!(fills(&p, "b"), Some(false));
}

#[test]
fn whoever_chooses_the_phone_by_hand_is_not_led_away_from_it_again() {
    let push = json!({ "login": "kari@contoso.no", "marks": ["push", "anotherWay"] });
    let picker = json!({ "login": "kari@contoso.no", "marks": ["proofPicker", "appCodeChoice"] });
    for begins_with_push in [true, false] {
        let p = Fake::new();
        enrol(&p, KARI, 1);
        confirm(&p, 1);
        p.advance(60_000);
        let sign_in = page(SIGN_IN, 2, "a");
        if begins_with_push {
            assert!(matches!(look(&p, &sign_in, push.clone()), PageReply::Click { .. }));
        }
        assert!(matches!(look(&p, &sign_in, picker.clone()), PageReply::Click { .. }));
        assert!(matches!(look(&p, &sign_in, code_view("kari@contoso.no")), PageReply::Fill { .. }));
        for _ in 0..3 {
            replies!(look(&p, &sign_in, picker.clone()), PageReply::Rest);
            replies!(look(&p, &sign_in, push.clone()), PageReply::Rest);
        }
        // Who begins anew is led again.
        look(&p, &sign_in, json!({ "login": "kari@contoso.no", "marks": ["userName"] }));
        look(&p, &sign_in, json!({ "login": "kari@contoso.no", "marks": ["password"] }));
        assert!(matches!(look(&p, &sign_in, push.clone()), PageReply::Click { .. }));
    }
}

/// The popup saves an account while the worker answers its page, whichever of them is how far.
#[test]
fn a_save_and_a_look_at_the_same_time_lose_neither() {
    let p = Fake::new();
    let set_up = page(SET_UP, 1, "set-up");
    ask(&p, 1, json!({ "create": { "save": null } }), WORDS);
    let qr = json!({ "marks": ["dialog", "qrToggle", "nextStep"], "picture": true, "pictures": 1 });
    look(&p, &set_up, qr.clone());
    tell(&p, &set_up, json!({ "pictures": { "pictures": [format!("qr:{KARI}")] } }));
    let pending_account = ask(&p, 1, json!("show"), "").view.pending_accounts[0].id.clone();
    let mut seen = qr;
    seen["pictures"] = json!(0);
    for head_start in 0..60 {
        let world = p.fork();
        support::run_all(vec![
            Box::pin(async {
                for _ in 0..head_start {
                    support::yield_now().await;
                }
                let request = serde_json::from_value(
                    json!({ "look": { "seen": seen, "visible": true, "acted": true, "resting": true } }),
                )
                .unwrap();
                answer(&world, &set_up, request).await;
            }),
            Box::pin(async {
                let request = serde_json::from_value(
                    json!({ "save": { "pendingAccount": pending_account, "whenKnown": "ask" } }),
                )
                .unwrap();
                let tab = Tab { id: Some(1), ..Tab::default() };
                let reply = app::ask(&world, &tab, request, Zeroizing::default()).await;
                assert_eq!(reply.notice, Some(Notice::Saved), "{head_start}");
            }),
        ]);
        look(&world, &set_up, seen.clone());
        assert_eq!(tab_state(&world, 1)["step"], "toCode", "{head_start}");
        // And it is this account that the next step confirms, although another one waits as well.
        enrol(&world, OLA, 3);
        let code = json!({ "marks": ["dialog"], "sentence": IN_APP, "field": { "kind": "verification", "empty": true, "invalid": false, "ours": false } });
        assert!(
            matches!(look(&world, &set_up, code), PageReply::Fill { code, .. } if code == right_code(KARI, START_MS)),
            "{head_start}"
        );
    }
}

#[test]
fn an_answer_reads_at_once_and_asks_again_only_for_what_it_changes() {
    let p = Fake::new();
    enrol(&p, KARI, 1);
    p.advance(60_000 - START_MS % 30_000);
    look(&p, &page(SIGN_IN, 2, "a"), json!({ "marks": ["password"] }));
    let before = (p.steps(), p.0.borrow().writes.len());
    assert!(matches!(look(&p, &page(SIGN_IN, 2, "a"), code_view("kari@contoso.no")), PageReply::Fill { .. }));
    let writes = p.0.borrow().writes[before.1..].to_vec();
    // That the vault was seen open at this time, the time-step before its code leaves, and what was done.
    assert_eq!(writes, ["v1.lease", "steps", "page.2"].map(|key| (Store::Session, vec![key.to_owned()])));
    assert_eq!(
        p.steps() - before.0,
        5,
        "the steps are read once more under the lock, and then whether it is open still"
    );
}

/// The person says yes while the worker answers the page, whichever of them is how far.
#[test]
fn a_word_and_a_look_at_the_same_time_lose_neither() {
    let p = Fake::new();
    enrol(&p, KARI, 1);
    confirm(&p, 1);
    set_mode(&p, vault::Mode::Approve);
    p.advance(60_000 - START_MS % 30_000);
    let sign_in = page(SIGN_IN, 2, "a");
    replies!(look(&p, &sign_in, code_view("kari@contoso.no")), PageReply::Rest);
    assert_eq!(reason(&p, 2), Reason::AwaitingApproval);
    let (mut at_once, mut at_the_next) = (0, 0);
    let yes = pressed(&p, &over(&p, 2), json!({ "approve": { "approved": true } }));
    for head_start in 0..60 {
        let (world, filled) = (p.fork(), std::cell::Cell::new(0));
        support::run_all(vec![
            Box::pin(async {
                for _ in 0..head_start {
                    support::yield_now().await;
                }
                let request = json!({ "look": { "seen": code_view("kari@contoso.no"), "visible": true, "acted": true, "resting": true } });
                let reply = answer(&world, &sign_in, serde_json::from_value(request).unwrap()).await;
                filled.set(usize::from(matches!(reply, PageReply::Fill { submit: true, .. })));
            }),
            Box::pin(async {
                let tab = Tab { id: Some(2), ..Tab::default() };
                let reply = app::ask(&world, &tab, yes.clone(), Zeroizing::default()).await;
                assert_eq!((reply.notice, reply.wake), (None, Some(2)), "{head_start}");
            }),
        ]);
        let next = look(&world, &sign_in, code_view("kari@contoso.no"));
        let later = usize::from(matches!(next, PageReply::Fill { submit: true, .. }));
        assert_eq!(filled.get() + later, 1, "{head_start}");
        at_once += filled.get();
        at_the_next += later;
    }
    assert!(at_once > 0 && at_the_next > 0, "{at_once} and {at_the_next}");
}

#[test]
fn less_than_two_seconds_left_waits_for_the_next_code() {
    let p = Fake::new();
    enrol(&p, KARI, 1);
    p.advance(90_000 - START_MS % 30_000 - 1_999);
    let sign_in = page(SIGN_IN, 2, "a");
    replies!(look(&p, &sign_in, code_view("kari@contoso.no")), PageReply::Again { after_ms: 2_049 });
    p.advance(2_049);
    assert!(matches!(look(&p, &sign_in, code_view("kari@contoso.no")), PageReply::Fill { .. }));
}

#[test]
fn what_a_person_typed_is_left_alone() {
    let p = Fake::new();
    enrol(&p, KARI, 1);
    p.advance(60_000);
    let sign_in = page(SIGN_IN, 2, "a");
    let mut typed = code_view("kari@contoso.no");
    typed["field"]["empty"] = json!(false);
    replies!(look(&p, &sign_in, typed), PageReply::Rest);
    assert_eq!(reason(&p, 2), Reason::FieldNotEmpty);
    let mut wrong = refused_view("kari@contoso.no");
    wrong["field"]["empty"] = json!(false);
    replies!(look(&p, &sign_in, wrong), PageReply::Rest, "refused, but not ours");
}

#[test]
fn a_page_behind_another_gets_nothing() {
    let p = Fake::new();
    enrol(&p, KARI, 1);
    p.advance(60_000);
    let sign_in = page(SIGN_IN, 2, "a");
    let hidden = json!({ "look": { "seen": code_view("kari@contoso.no"), "visible": false, "acted": true } });
    replies!(tell(&p, &sign_in, hidden), PageReply::Rest);
    assert_eq!(reason(&p, 2), Reason::NotInFront);
}

#[test]
fn the_same_account_again_is_the_same_and_another_secret_asks_first() {
    let p = Fake::new();
    enrol(&p, KARI, 1);
    confirm(&p, 1);
    // The same QR code once more: known, nothing to offer.
    let set_up = page(SET_UP, 1, "again");
    look(&p, &set_up, json!({ "marks": ["dialog", "qrToggle"], "picture": true, "pictures": 1 }));
    tell(&p, &set_up, json!({ "pictures": { "pictures": [format!("qr:{KARI}")] } }));
    assert!(ask(&p, 1, json!("show"), "").view.pending_accounts.is_empty());
    assert_eq!(ask(&p, 1, json!("addPending"), KARI).notice, Some(Notice::AlreadyKnown));

    // Another secret for the same account: asks, keeps both, and drops the old one once the new is confirmed.
    p.advance(60_000);
    let set_up = page(SET_UP, 1, "anew");
    look(&p, &set_up, json!({ "marks": ["dialog", "qrToggle"], "picture": true, "pictures": 1 }));
    tell(&p, &set_up, json!({ "pictures": { "pictures": [format!("qr:{KARI_ANEW}")] } }));
    let shown = ask(&p, 1, json!("show"), "");
    let pending_account = &shown.view.pending_accounts[0];
    assert_eq!(pending_account.standing, Standing::Conflict);
    let asked = ask(&p, 1, json!({ "save": { "pendingAccount": pending_account.id, "whenKnown": "ask" } }), "");
    assert_eq!((asked.view.accounts.len(), asked.view.pending_accounts.len()), (1, 1), "not without being told to");
    let rival = pending_account.rival.as_ref().expect("one to be replaced");
    assert_eq!((rival.name.as_str(), rival.organisation.as_deref()), ("kari@contoso.no", Some("Contoso")));
    let kept = ask(&p, 1, replace(&pending_account.id, &rival.account), "");
    assert_eq!((kept.notice, kept.view.accounts.len()), (Some(Notice::SavedOverOld), 2));

    // Until then the old one signs in.
    let sign_in = page(SIGN_IN, 2, "a");
    assert!(
        matches!(look(&p, &sign_in, code_view("kari@contoso.no")), PageReply::Fill { code, .. } if code == right_code(KARI, START_MS + 60_000))
    );
    let set_up = page(SET_UP, 1, "anew");
    let view = json!({ "marks": ["dialog"], "sentence": IN_APP, "field": { "kind": "verification", "empty": true, "invalid": false, "ours": false } });
    assert!(
        matches!(look(&p, &set_up, view), PageReply::Fill { code, .. } if code == right_code(KARI_ANEW, START_MS + 60_000))
    );
    tell(&p, &set_up, json!({ "did": { "done": true } }));
    look(&p, &set_up, json!({ "marks": ["dialog", "nextStep"] }));
    let shown = ask(&p, 1, json!("show"), "");
    assert_eq!(shown.view.accounts.len(), 1);
    assert!(shown.view.accounts[0].confirmed);
    assert_eq!(shown.view.accounts[0].code.replace(' ', ""), right_code(KARI_ANEW, START_MS + 60_000));
    // The popup over that page says so, and puts the old one back.
    let replaced = |reply: &Reply| reply.view.page.as_ref().and_then(|page| page.replaced.clone());
    let old = replaced(&shown).expect("the old one");
    assert_eq!(old.name, "kari@contoso.no");
    let back = ask(&p, 1, json!({ "restore": { "deleted": [old.id] } }), "");
    assert_eq!((back.notice, back.view.accounts.len(), replaced(&back)), (Some(Notice::Undone), 2, None));
}

/// “Contoso” with two Cyrillic letters is another organisation, and marked.
#[test]
fn a_name_that_looks_like_another_is_another_and_is_marked() {
    const LOOK_ALIKE: &str =
        "otpauth://totp/C%D0%BEnt%D0%BEs%D0%BE%3Akari%40contoso.no?secret=abcdefghijklmnop&issuer=Microsoft";
    let p = Fake::new();
    enrol(&p, KARI, 1);
    let found = ask(&p, 1, json!("addPending"), LOOK_ALIKE);
    let [pending_account] = found.view.pending_accounts.as_slice() else { panic!("one") };
    assert_eq!((pending_account.standing, pending_account.mixed), (Standing::New, true));
    let saved = ask(&p, 1, json!({ "save": { "pendingAccount": pending_account.id, "whenKnown": "ask" } }), "");
    assert_eq!(saved.view.accounts.iter().map(|account| account.mixed).collect::<Vec<_>>(), [false, true]);
    // Too long, and turned around: shown cut and the right way round, and kept as what it is.
    let long = format!(
        "otpauth://totp/{}%E2%80%AE%3Aola%40contoso.no?secret=mzxw6ytbmzxw6ytb&issuer=Microsoft",
        "a".repeat(300)
    );
    let found = ask(&p, 1, json!("addPending"), &long);
    let shown = found.view.pending_accounts[0].organisation.clone().expect("an organisation");
    assert_eq!(shown, format!("{}…", "a".repeat(80)));
    ask(&p, 1, json!({ "save": { "pendingAccount": found.view.pending_accounts[0].id, "whenKnown": "ask" } }), "");
    // What differs only at its end is another; what is longer than any name is refused and not cut.
    let other = long.replace("%E2%80%AE", "b").replace("mzxw6ytbmzxw6ytb", "onswg4tfoqonswg4");
    let found = ask(&p, 1, json!("addPending"), &other);
    assert_eq!(found.view.pending_accounts[0].standing, Standing::New);
    let longest = long.replace(&"a".repeat(300), &"a".repeat(1025));
    assert_eq!(ask(&p, 1, json!("addPending"), &longest).notice, Some(Notice::QrTooLong));
}

/// A guest has one user name and a secret for each organisation.
const AT_HOME: &str = "otpauth://totp/Hjemskolen%3Akari%40skole.example?secret=5nvfdqfdaaaabbbb&issuer=Microsoft";
const AT_HOME_ANEW: &str =
    "otpauth://totp/%20hjemSKOLEN%3AKari%40skole.example?secret=mzxw6ytbmzxw6ytb&issuer=Microsoft";
const AS_A_GUEST: &str = "otpauth://totp/Vertsfirma%3Akari%40skole.example?secret=abcdefghijklmnop&issuer=Microsoft";
const OF_NO_ORGANISATION: &str =
    "otpauth://totp/Microsoft%3Akari%40skole.example?secret=frjlnxskaaaabbbb&issuer=Microsoft";

/// The accounts by organisation and by whether they are confirmed.
fn kept(p: &Fake) -> Vec<(String, bool)> {
    let accounts = ask(p, 1, json!("show"), "").view.accounts;
    accounts.into_iter().map(|a| (a.organisation.unwrap_or_default(), a.confirmed)).collect()
}

fn organisations<const N: usize>(expected: [(&str, bool); N]) -> Vec<(String, bool)> {
    expected.map(|(organisation, confirmed)| (organisation.to_owned(), confirmed)).to_vec()
}

#[test]
fn a_guest_keeps_the_account_at_home_and_the_person_says_which_of_them_signs_in() {
    let p = Fake::new();
    enrol(&p, AT_HOME, 1);
    confirm(&p, 1);
    p.advance(60_000);
    capture(&p, AS_A_GUEST, 2);
    let pending_accounts = ask(&p, 2, json!("show"), "").view.pending_accounts;
    assert!(pending_accounts[0].standing == Standing::New && pending_accounts[0].rival.is_none());
    assert_eq!(enrol(&p, AS_A_GUEST, 2).notice, Some(Notice::Saved));
    assert_eq!(confirm(&p, 2), right_code(AS_A_GUEST, START_MS + 60_000));
    assert_eq!(kept(&p), organisations([("Hjemskolen", true), ("Vertsfirma", true)]));
    // Neither of them stands in for the other.
    assert!(ask(&p, 1, json!("show"), "").view.accounts.iter().all(|account| account.loss == Loss::OnlyCopy));

    // The page does not tell which it means: nothing is filled before the person has said it.
    p.advance(60_000);
    for (account, uri) in [AT_HOME, AS_A_GUEST].into_iter().enumerate() {
        let world = p.fork();
        let sign_in = page(SIGN_IN, 3, "a");
        replies!(look(&world, &sign_in, code_view("kari@skole.example")), PageReply::Rest);
        assert_eq!(reason(&world, 3), Reason::Ambiguous);
        let shown = ask(&world, 3, json!("show"), "").view;
        assert!(shown.page.is_some_and(|page| page.can_fill));
        ask(&world, 3, json!({ "fillHere": { "account": shown.accounts[account].id } }), "");
        let reply = look(&world, &sign_in, code_view("kari@skole.example"));
        assert!(
            matches!(reply, PageReply::Fill { code, submit: false } if code == right_code(uri, START_MS + 120_000))
        );
    }
}

#[test]
fn what_says_it_replaces_another_organisations_account_deletes_nothing() {
    use vault::{VaultError, session, store};
    let p = Fake::new();
    enrol(&p, AT_HOME, 1);
    confirm(&p, 1);
    p.advance(60_000);
    enrol(&p, AS_A_GUEST, 2);
    // As it was saved before organisations were told apart.
    let key = now(session::key(&p)).unwrap();
    now(store::change(&p, &key, |contents| {
        contents.accounts[1].replaces = Some(contents.accounts[0].id);
        Ok::<_, VaultError>(())
    }))
    .unwrap();
    confirm(&p, 2);
    assert_eq!(kept(&p), organisations([("Hjemskolen", true), ("Vertsfirma", true)]));
    let contents = now(store::open(&p, &key)).unwrap();
    assert!(contents.accounts[1].replaces.is_none() && contents.tombstones.is_empty());
}

#[test]
fn of_one_or_no_known_organisation_the_person_keeps_both_or_replaces_the_one_that_is_named() {
    // What is there already, what comes, and the organisation that is named where there is one.
    for (there, comes, named) in [
        (AT_HOME, AT_HOME_ANEW, Some("Hjemskolen")),
        (AT_HOME, OF_NO_ORGANISATION, Some("Hjemskolen")),
        (OF_NO_ORGANISATION, AT_HOME, None),
    ] {
        let p = Fake::new();
        enrol(&p, there, 1);
        confirm(&p, 1);
        p.advance(60_000);
        capture(&p, comes, 2);
        let pending_account = ask(&p, 2, json!("show"), "").view.pending_accounts.remove(0);
        let rival = pending_account.rival.expect("the one that is there");
        assert!(pending_account.standing == Standing::Conflict && rival.organisation.as_deref() == named, "{comes}");
        let unsaved = ask(&p, 2, json!({ "save": { "pendingAccount": pending_account.id, "whenKnown": "ask" } }), "");
        assert_eq!((unsaved.view.accounts.len(), unsaved.view.pending_accounts.len()), (1, 1), "{comes}");
        let unsaved = ask(&p, 2, replace(&pending_account.id, "00000000000000000000000000000000"), "");
        assert_eq!(unsaved.view.accounts.len(), 1, "another one than was shown: {comes}");

        for (says, notice, left) in [
            (json!({ "save": { "pendingAccount": pending_account.id, "whenKnown": "keepBoth" } }), Notice::Saved, 2),
            (replace(&pending_account.id, &rival.account), Notice::SavedOverOld, 1),
        ] {
            let world = p.fork();
            let saved = ask(&world, 2, says.clone(), "");
            assert_eq!((saved.notice, saved.view.accounts.len()), (Some(notice), 2), "{says}");
            assert_eq!(confirm(&world, 2), right_code(comes, world.0.borrow().now_ms), "{says}");
            let accounts = ask(&world, 2, json!("show"), "").view.accounts;
            assert!(accounts.len() == left && accounts.iter().all(|account| account.confirmed), "{says}");
        }
    }
    // With one of the very organisation and one of none, it is the former that is named.
    let p = Fake::new();
    enrol(&p, OF_NO_ORGANISATION, 1);
    ask(&p, 1, json!("addPending"), AT_HOME);
    let pending_account = ask(&p, 1, json!("show"), "").view.pending_accounts.remove(0).id;
    ask(&p, 1, json!({ "save": { "pendingAccount": pending_account, "whenKnown": "keepBoth" } }), "");
    capture(&p, AT_HOME_ANEW, 2);
    let rival = ask(&p, 2, json!("show"), "").view.pending_accounts.remove(0).rival.expect("one of two");
    assert_eq!(rival.organisation.as_deref(), Some("Hjemskolen"));
}

#[test]
fn an_account_typed_in_replaces_nothing_by_itself() {
    let p = Fake::new();
    enrol(&p, AT_HOME, 1);
    confirm(&p, 1);
    let draft = json!({ "name": "kari@skole.example", "issuer": "Microsoft", "algorithm": "SHA1", "digits": 6, "period": 30, "counter": 0 });
    let typed = ask(&p, 1, json!({ "enter": { "draft": draft } }), "mfrggzdfmztwq2lk");
    assert_eq!((typed.view.accounts.len(), typed.view.pending_accounts[0].standing), (1, Standing::Conflict));
    let pending_account = &typed.view.pending_accounts[0].id;
    ask(&p, 1, json!({ "save": { "pendingAccount": pending_account, "whenKnown": "keepBoth" } }), "");
    assert_eq!(kept(&p), organisations([("Hjemskolen", true), ("", false)]));
}

#[test]
fn the_press_that_opens_the_vault_saves_what_this_tab_has_shown_and_nothing_else() {
    const FALSE: &str =
        "otpauth://totp/Hjemskolen%3Akari%40skole.example?secret=mzxw6ytbmzxw6ytb&issuer=Microsoft%20Entra";
    let p = Fake::new();
    enrol(&p, OLA, 1);
    confirm(&p, 1);
    ask(&p, 1, json!("lock"), "");
    // A scan over some page, half an hour ago, of a code that bears the same name; and one without a tab.
    ask(&p, 9, json!("addPending"), FALSE);
    now(app::ask(
        &p,
        &Tab::default(),
        serde_json::from_value(json!("addPending")).unwrap(),
        Zeroizing::new(AS_A_GUEST.into()),
    ));
    p.advance(30 * 60_000);
    capture(&p, AT_HOME, 2);
    let pending_accounts = ask(&p, 2, json!("show"), "").view.pending_accounts;
    assert_eq!(
        pending_accounts.iter().map(|pending_account| &pending_account.found).collect::<Vec<_>>(),
        [&FoundOn::Elsewhere, &FoundOn::Elsewhere, &FoundOn::ThisTab]
    );
    let seen_from_9 = ask(&p, 9, json!("show"), "").view.pending_accounts;
    assert_eq!(seen_from_9[0].found, FoundOn::ThisTab);
    assert_eq!(seen_from_9[2].found, FoundOn::Page { host: "mysignins.microsoft.com".to_owned() });

    // Whatever the page of ours asks for, and whatever opens the vault.
    for other in [&pending_accounts[0].id, &pending_accounts[1].id] {
        for tab in [over(&p, 2), Tab::default()] {
            let world = p.fork();
            let request = serde_json::from_value(json!({ "unlock": { "save": other } })).unwrap();
            let reply = now(app::ask(&world, &tab, request, Zeroizing::new(WORDS.into())));
            assert!(reply.view.screen == Screen::Accounts && reply.notice.is_none());
            assert_eq!((reply.view.accounts.len(), reply.view.pending_accounts.len()), (1, 3));
        }
        let fresh = Fake::new();
        ask(&fresh, 9, json!("addPending"), FALSE);
        let pending_account = ask(&fresh, 2, json!("show"), "").view.pending_accounts.remove(0).id;
        for first in
            [json!({ "create": { "save": pending_account } }), json!({ "createOpen": { "save": pending_account } })]
        {
            let reply = ask(&fresh.fork(), 2, first, WORDS);
            assert!(reply.view.screen == Screen::Accounts && reply.view.accounts.is_empty());
            assert_eq!(reply.view.pending_accounts.len(), 1);
        }
    }

    // This tab's is saved by that press, and its page gets that one's code; the others still wait for a press of their own.
    let reply = ask(&p, 2, json!({ "unlock": { "save": pending_accounts[2].id } }), WORDS);
    assert_eq!((reply.notice, reply.view.pending_accounts.len()), (Some(Notice::Saved), 2));
    assert_eq!(confirm(&p, 2), right_code(AT_HOME, p.0.borrow().now_ms));
    let pressed = ask(&p, 2, json!({ "save": { "pendingAccount": pending_accounts[0].id, "whenKnown": "ask" } }), "");
    assert_eq!((pressed.notice, pressed.view.pending_accounts.len()), (Some(Notice::Saved), 1));
}

/// What lies in memory, as whoever reads it finds it.
fn remembered(p: &Fake) -> String {
    p.0.borrow().session.iter().map(|(key, text)| format!("{key} {text}\n")).collect::<String>().to_lowercase()
}

#[test]
fn what_is_found_is_sealed_at_once_and_also_to_a_vault_that_is_closed() {
    let p = Fake::new();
    enrol(&p, OLA, 1);
    // Open or closed, found by a page's script or handed over: the key that makes the codes lies nowhere.
    capture(&p, AT_HOME, 2);
    assert!(!remembered(&p).contains("5nvfdqfdaaaabbbb"));
    ask(&p, 1, json!("lock"), "");
    capture(&p, KARI, 3);
    ask(&p, 9, json!("addPending"), AS_A_GUEST);
    assert!(!["5nvfdqfdaaaabbbb", "abcdefghijklmnop"].iter().any(|key| remembered(&p).contains(key)));
    // What a button says stands there, and is shown.
    let shown = ask(&p, 3, json!("show"), "").view;
    assert!(shown.screen == Screen::Locked);
    assert_eq!(
        shown.pending_accounts.iter().map(|a| &*a.name).collect::<Vec<_>>(),
        ["kari@skole.example", "kari@contoso.no", "kari@skole.example"]
    );
    // The same one found again is the same one, and a scan of the tab takes nothing from what the page has proved.
    capture(&p, KARI, 3);
    ask(&p, 3, json!("addPending"), KARI);
    ask(&p, 3, json!("addPending"), KARI_ANEW);
    let shown = ask(&p, 3, json!("show"), "").view.pending_accounts;
    assert_eq!(shown.len(), 4);
    let saved = ask(&p, 3, json!({ "unlock": { "save": shown[2].id } }), WORDS);
    assert_eq!(
        (saved.notice, saved.view.accounts.len(), saved.view.pending_accounts.len()),
        (Some(Notice::Saved), 2, 3)
    );
    assert!(saved.view.accounts.iter().any(|a| a.name == "kari@contoso.no" && a.enrolled));
    assert_eq!(confirm(&p, 3), right_code(KARI, p.0.borrow().now_ms));

    // A renewed vault key takes over what waits, and another vault does not open it.
    let aside = p.fork();
    assert_eq!(manage(&p, json!("renew"), "andre ord som er lange"), Some(Notice::Renewed));
    let last = ask(&p, 9, json!("show"), "").view.pending_accounts;
    assert_eq!(last.len(), 3);
    let saved = ask(&p, 9, json!({ "save": { "pendingAccount": last[1].id, "whenKnown": "keepBoth" } }), "");
    assert_eq!(saved.notice, Some(Notice::Saved));
    let before = aside.text(Store::Local, "v1.capture").unwrap();
    assert_ne!(p.text(Store::Local, "v1.capture").unwrap(), before);
    for key in ["v1.a", "v1.b", "v1.exists"] {
        aside.put(Store::Local, key, None);
    }
    aside.put(Store::Mirror, "v1.mirror", None);
    ask(&aside, 1, json!("lock"), "");
    assert_eq!(manage(&aside, json!("bury"), ""), Some(Notice::SetAside));
    assert!(aside.text(Store::Local, "v1.capture").is_none());
    let other = ask(&aside, 3, json!({ "create": { "save": null } }), WORDS);
    assert!(other.view.screen == Screen::Accounts && other.view.pending_accounts.is_empty());
    // What nobody can read any more is said once, and dropped.
    assert_eq!(other.notice, Some(Notice::PendingLost));
    assert!(!remembered(&aside).contains("pendingaccounts") && ask(&aside, 3, json!("show"), "").notice.is_none());
}

/// A page shows its QR code in the very moment in which the vault gets another key, wherever the two meet.
#[test]
fn what_is_found_while_the_vaults_key_is_renewed_opens_by_the_new_one() {
    let p = Fake::new();
    enrol(&p, OLA, 1);
    let set_up = page(SET_UP, 2, "set-up");
    look(&p, &set_up, json!({ "marks": ["dialog", "qrToggle"], "picture": true, "pictures": 1 }));
    for head_start in 0..120 {
        let world = p.fork();
        support::run_all(vec![
            Box::pin(async {
                for _ in 0..head_start {
                    support::yield_now().await;
                }
                let _turn = world.lock_tab(2).await.unwrap();
                app::captured(&world, &set_up, &[KARI.as_bytes().to_vec()]).await;
            }),
            Box::pin(async {
                let words = Zeroizing::new("andre ord som er lange".into());
                let reply = app::manage(&world, serde_json::from_value(json!("renew")).unwrap(), words).await;
                assert_eq!(reply.notice, Some(Notice::Renewed), "{head_start}");
            }),
        ]);
        let shown = ask(&world, 2, json!("show"), "");
        assert_eq!(
            (shown.notice, shown.view.pending_accounts.len()),
            (None, 1),
            "found {head_start} steps into the renewal"
        );
    }
}

/// The worker is killed at any step of a renewal; what waits in the browser's memory is there afterwards, or ended.
#[test]
fn what_waits_is_never_left_to_a_key_that_was_renewed() {
    let base = Fake::new();
    enrol(&base, OLA, 1);
    capture(&base, AT_HOME, 2);
    let old = now(vault::session::key(&base)).unwrap();
    // What stands in the browser's memory, whoever made it.
    let opens = |p: &Fake, key: &vault::VaultKey| {
        let text = p.text(Store::Session, "pendingAccounts").unwrap_or_else(|| "[]".into());
        let all: serde_json::Value = serde_json::from_str(&text).unwrap();
        let sealed =
            all.as_array().unwrap().iter().map(|pending| pending["uri"]["sealed"].as_str().unwrap().to_owned());
        sealed.filter(|sealed| key.open_capture(sealed).is_some()).count()
    };
    assert_eq!(opens(&base, &old), 1);
    let (mut undone, mut renewed) = (0, [0; 2]);
    for n in 0.. {
        let p = base.fork();
        p.fail_at(n, Fault::DieAfter);
        let words = Zeroizing::new("andre ord som er lange".as_bytes().to_vec());
        if run(app::manage(&p, SettingsRequest::Renew, words)).is_some() {
            break;
        }
        ask(&p, 1, json!({ "unlock": { "save": null } }), "andre ord som er lange");
        let is_new = now(vault::session::key(&p)).is_ok_and(|key| key.expose() != old.expose());
        if is_new {
            assert_eq!(opens(&p, &old), 0, "at {n}");
            renewed[ask(&p, 2, json!("show"), "").view.pending_accounts.len()] += 1;
        } else {
            ask(&p, 1, json!({ "unlock": { "save": null } }), WORDS);
            assert_eq!(opens(&p, &old), 1, "at {n}");
            undone += 1;
        }
    }
    println!("killed after each step: {undone} as if never begun, {renewed:?} renewed without and with what waits");
    assert!(undone > 5 && renewed.iter().all(|times| *times > 0), "{undone}, {renewed:?}");
}

#[test]
fn before_there_is_a_vault_what_is_found_ends_after_ten_minutes() {
    let p = Fake::new();
    capture(&p, KARI, 1);
    p.advance(10 * 60_000 - 1);
    now(app::expire(&p));
    assert_eq!(ask(&p, 1, json!("show"), "").view.pending_accounts.len(), 1);
    p.advance(1);
    assert!(ask(&p, 1, json!("show"), "").view.pending_accounts.is_empty());
    // And is gone from memory by the alarm, whether or not anybody looks.
    assert!(remembered(&p).contains("5nvfdqfdaaaabbbb"));
    now(app::expire(&p));
    assert!(!remembered(&p).contains("5nvfdqfdaaaabbbb"));

    // A vault from before there was such a key gets one as it is opened; what waits is sealed by that, saved or not.
    for opens in ["create", "unlock"] {
        let p = Fake::new();
        if opens == "unlock" {
            enrol(&p, OLA, 1);
            ask(&p, 1, json!("lock"), "");
            p.put(Store::Local, "v1.capture", None);
        }
        capture(&p, KARI, 1);
        ask(&p, 9, json!("addPending"), AS_A_GUEST);
        assert!(remembered(&p).contains("5nvfdqfdaaaabbbb"), "{opens}");
        ask(&p, 1, json!({ opens: { "save": null } }), WORDS);
        assert!(!remembered(&p).contains("5nvfdqfdaaaabbbb"), "{opens}");
        p.advance(30 * 60_000);
        assert_eq!(ask(&p, 1, json!("show"), "").view.pending_accounts.len(), 2, "{opens}");
        p.advance(30 * 60_000);
        assert!(ask(&p, 1, json!("show"), "").view.pending_accounts.is_empty(), "{opens}");
    }
}

#[test]
fn stepping_back_from_the_code_confirms_nothing() {
    let p = Fake::new();
    enrol(&p, KARI, 1);
    let set_up = page(SET_UP, 1, "set-up");
    let view = json!({ "marks": ["dialog"], "sentence": IN_APP, "field": { "kind": "verification", "empty": true, "invalid": false, "ours": false } });
    assert!(matches!(look(&p, &set_up, view), PageReply::Fill { .. }));
    tell(&p, &set_up, json!({ "did": { "done": true } }));
    look(&p, &set_up, json!({ "marks": ["dialog", "qrToggle", "nextStep"] }));
    assert!(!ask(&p, 1, json!("show"), "").view.accounts[0].confirmed);
    // Closing the dialog is no acceptance either.
    look(&p, &set_up, json!({ "marks": ["setUpList"] }));
    assert!(!ask(&p, 1, json!("show"), "").view.accounts[0].confirmed);
}

#[test]
fn the_way_from_push_to_code_is_walked_once_and_only_for_confirmed_accounts() {
    let p = Fake::new();
    enrol(&p, KARI, 1);
    let push =
        json!({ "authMethod": "PhoneAppNotification", "login": "kari@contoso.no", "marks": ["push", "anotherWay"] });
    let sign_in = page(SIGN_IN, 2, "a");
    replies!(look(&p, &sign_in, push.clone()), PageReply::Rest, "not confirmed yet");
    confirm(&p, 1);
    assert!(matches!(look(&p, &sign_in, push.clone()), PageReply::Click { .. }));
    tell(&p, &sign_in, json!({ "did": { "done": true } }));
    replies!(look(&p, &sign_in, push.clone()), PageReply::Rest, "once per view");
    let picker = json!({ "login": "kari@contoso.no", "marks": ["proofPicker", "appCodeChoice"] });
    assert!(matches!(look(&p, &sign_in, picker.clone()), PageReply::Click { .. }));
    p.advance(60_000);
    assert!(matches!(look(&p, &sign_in, code_view("kari@contoso.no")), PageReply::Fill { .. }));
    // A person who goes back to the picker wants something else.
    replies!(look(&p, &sign_in, picker), PageReply::Rest);
}

#[test]
fn each_kind_of_qr_code_has_its_own_sentence() {
    let p = Fake::new();
    let cases = [
        ("phonefactor://activate_account?code=1", Notice::QrPush),
        ("otpauth-migration://offline?data=AA", Notice::QrMigration),
        ("FIDO:/123", Notice::QrPasskey),
        ("WIFI:S:x;;", Notice::QrWifi),
        ("https://example.org", Notice::QrWeb),
        ("hei", Notice::QrOther),
        ("otpauth://totp/a?secret=", Notice::QrNoSecret),
        ("otpauth://totp/a?secret=ABCDEFG0", Notice::QrSecretCharacter),
        ("otpauth://totp/a?secret=A", Notice::QrSecretLength),
        ("otpauth://totp/a?secret=ABC", Notice::FoundShort),
        ("otpauth://totp/a?secret=ABCDEFGH&digits=5", Notice::QrDigits),
        ("otpauth://totp/a?secret=ABCDEFGH&period=3601", Notice::QrPeriod),
        ("otpauth://totp/a?secret=ABCDEFGH&algorithm=MD5", Notice::QrAlgorithm),
        ("otpauth://motp/a?secret=ABCDEFGH", Notice::QrType),
        ("otpauth://totp/a?secret=ABCDEFGH&secret=BBCDEFGH", Notice::QrMalformed),
        ("otpauth://totp/a?secret=ABCDEFGH&encoder=hex", Notice::QrSetting),
        ("otpauth://totp/a?secret=ABCDEFGH&2step_salt=8", Notice::QrSetting),
        ("JBSWY3DPEHPK3PXP", Notice::QrKey),
    ];
    for (payload, notice) in cases {
        assert_eq!(ask(&p, 1, json!("addPending"), payload).notice, Some(notice), "{payload}");
    }
    let named = ask(&p, 1, json!("addPending"), "otpauth://hotp/a?secret=ABCDEFGH&2step_salt=8");
    assert_eq!(named.about, Some("2step"), "what is refused is named");
    assert_eq!(ask(&p, 1, json!("addPending"), KARI).notice, Some(Notice::Found));
}

/// Steam's own codes are five letters and digits, and a code that only calls itself Steam's does not say which it means.
#[test]
fn steam_by_issuer_alone_asks() {
    const STEAM: &str = "otpauth://totp/Steam:kari?secret=JBSWY3DPEHPK3PXP&issuer=Steam";
    for (steam, digits) in [(true, 5), (false, 6)] {
        let p = Fake::new();
        ask(&p, 1, json!({ "create": { "save": null } }), WORDS);
        ask(&p, 1, json!("addPending"), STEAM);
        // The press that opens the vault answers no question.
        ask(&p, 1, json!("lock"), "");
        let pending = |p: &Fake| ask(p, 1, json!("show"), "").view.pending_accounts;
        let id = pending(&p)[0].id.clone();
        let unlocked = ask(&p, 1, json!({ "unlock": { "save": id } }), WORDS);
        assert!(unlocked.view.accounts.is_empty() && unlocked.view.pending_accounts[0].steam);
        let save = json!({ "save": { "pendingAccount": id, "whenKnown": "ask", "steam": steam } });
        let reply = ask(&p, 1, save, "");
        assert_eq!((reply.notice, reply.view.accounts.len()), (Some(Notice::Saved), 1));
        let code = reply.view.accounts[0].code.clone();
        assert_eq!(code.chars().filter(|c| !c.is_whitespace()).count(), digits);
        assert!(pending(&p).is_empty());
    }
    let p = Fake::new();
    for said in [KARI, "otpauth://steam/Steam:kari?secret=JBSWY3DPEHPK3PXP&issuer=Steam"] {
        ask(&p, 1, json!("addPending"), said);
    }
    assert!(
        ask(&p, 1, json!({ "create": { "save": null } }), WORDS).view.pending_accounts.iter().all(|one| !one.steam)
    );
}

/// As Feide's QR codes are, which say whose service it is and not whose account.
#[test]
fn a_nameless_account_is_saved_under_the_name_that_it_is_given() {
    let p = Fake::new();
    ask(&p, 1, json!({ "create": { "save": null } }), WORDS);
    ask(&p, 1, json!("addPending"), "otpauth://totp/?secret=JBSWY3DPEHPK3PXP&issuer=Feide");
    // The press that opens the vault gives none.
    ask(&p, 1, json!("lock"), "");
    let id = ask(&p, 1, json!("show"), "").view.pending_accounts[0].id.clone();
    let unlocked = ask(&p, 1, json!({ "unlock": { "save": id } }), WORDS).view;
    assert_eq!((unlocked.accounts.len(), unlocked.pending_accounts.len()), (0, 1));
    let save = |id: &str, name: &str| {
        ask(&p, 1, json!({ "save": { "pendingAccount": id, "whenKnown": "ask", "name": name } }), "")
    };
    assert_eq!(save(&id, &"x".repeat(1025)).notice, Some(Notice::NameTooLong));
    let saved = save(&id, " kari\u{202e}@skole.example ");
    assert_eq!((saved.notice, &*saved.view.accounts[0].name), (Some(Notice::Saved), "kari@skole.example"));
    // What has a name keeps it.
    ask(&p, 1, json!("addPending"), KARI);
    let id = ask(&p, 1, json!("show"), "").view.pending_accounts[0].id.clone();
    assert!(save(&id, "another").view.accounts.iter().any(|account| account.name == "kari@contoso.no"));
}

#[test]
fn a_store_that_refuses_leaves_what_was_there_and_says_so() {
    let p = Fake::new();
    enrol(&p, KARI, 1);
    let set_up = page(SET_UP, 1, "anew");
    look(&p, &set_up, json!({ "marks": ["dialog", "qrToggle"], "picture": true, "pictures": 1 }));
    tell(&p, &set_up, json!({ "pictures": { "pictures": [format!("qr:{OLA}")] } }));
    let pending_account = ask(&p, 1, json!("show"), "").view.pending_accounts[0].id.clone();
    // Whichever storage call of the save is refused, the old account stays and nothing claims success falsely.
    let (mut refused, mut saved) = (0, 0);
    for n in 0..40 {
        for outage in [Outage::Storage, Outage::Full] {
            let world = p.fork();
            world.fail_at(n, support::Fault::Refuse(outage));
            let reply =
                ask(&world, 1, json!({ "save": { "pendingAccount": pending_account, "whenKnown": "ask" } }), "");
            world.0.borrow_mut().faults.clear();
            let after = ask(&world, 1, json!("show"), "");
            assert!(after.view.accounts.iter().any(|a| a.name == "kari@contoso.no"), "call {n}: {outage:?}");
            let there = after.view.accounts.iter().any(|a| a.name == "ola@contoso.no");
            match reply.notice {
                Some(Notice::Saved) => {
                    assert!(there, "call {n}");
                    saved += 1;
                }
                _ => refused += 1,
            }
        }
    }
    println!("80 refusals tried: {saved} saved all the same, {refused} said so, 0 lost");
    assert!(refused > 0 && saved > 0);
}

#[test]
fn a_page_cannot_spell_a_request_of_ours() {
    for ours in [
        json!("show"),
        json!("lock"),
        json!("addPending"),
        json!({ "create": { "save": null } }),
        json!({ "unlock": { "save": null } }),
        json!({ "save": { "pendingAccount": "x", "whenKnown": "keepBoth" } }),
        replace("x", "y"),
        json!({ "dismiss": { "pendingAccount": "x" } }),
        json!({ "confirm": { "account": "x", "confirmed": true } }),
        json!({ "remove": { "account": "x" } }),
        json!({ "next": { "account": "x" } }),
        json!({ "approve": { "approved": true, "view": "x" } }),
    ] {
        assert!(serde_json::from_value::<UiRequest>(ours.clone()).is_ok(), "{ours}");
        assert!(serde_json::from_value::<PageRequest>(ours.clone()).is_err(), "{ours}");
    }
    let extra = json!({ "did": { "done": true, "code": "give" } });
    assert!(serde_json::from_value::<PageRequest>(extra).is_err());
}

#[test]
fn a_script_cannot_spell_what_a_picture_holds() {
    for spelling in ["pictures", "payloads", "captured"] {
        let request = json!({ spelling: { spelling: [KARI] } });
        assert!(serde_json::from_value::<PageRequest>(request).is_err(), "{spelling}");
    }
}

#[test]
fn only_a_page_that_sets_up_has_its_pictures_scanned_and_no_large_one() {
    for (origin, length, scans) in
        [(SET_UP, 20_000, true), (SET_UP, 2 << 20, true), (SET_UP, (2 << 20) + 1, false), (SIGN_IN, 20_000, false)]
    {
        assert_eq!(app::scans(&page(origin, 1, "a"), length), scans, "{origin} {length}");
    }
}

#[test]
fn a_sign_in_page_hands_over_no_pictures() {
    let p = Fake::new();
    let sign_in = page(SIGN_IN, 2, "a");
    tell(&p, &sign_in, json!({ "pictures": { "pictures": [format!("qr:{KARI}")] } }));
    assert!(ask(&p, 2, json!("show"), "").view.pending_accounts.is_empty());
}

fn set_mode(p: &Fake, mode: vault::Mode) {
    let key = now(vault::session::key(p)).unwrap();
    now(vault::store::change(p, &key, |contents| {
        contents.accounts.iter_mut().for_each(|account| account.mode = mode);
        Ok::<_, vault::VaultError>(())
    }))
    .unwrap();
}

#[test]
fn what_a_decision_takes_from_an_account_that_asks_first_is_never_the_asking() {
    let p = Fake::new();
    enrol(&p, KARI, 1);
    confirm(&p, 1);
    set_mode(&p, vault::Mode::Approve);
    for policy in [
        json!({ "modes": ["automatic"] }),
        json!({ "modes": ["aproved"] }),
        json!({ "modes": [] }),
        json!({ "decisions": "{" }),
    ] {
        p.advance(60_000);
        p.0.borrow_mut().policy = Some(policy.to_string());
        let sign_in = page(SIGN_IN, 2, &policy.to_string());
        replies!(look(&p, &sign_in, code_view("kari@contoso.no")), PageReply::Rest);
        assert_eq!(reason(&p, 2), Reason::AwaitingApproval, "{policy}");
        // After the yes it is filled; the page's own button is the person's.
        ask(&p, 2, json!({ "approve": { "approved": true } }), "");
        let filled = look(&p, &sign_in, code_view("kari@contoso.no"));
        assert!(matches!(filled, PageReply::Fill { submit: false, .. }), "{policy}");
        tell(&p, &sign_in, json!({ "did": { "done": true } }));
    }
}

#[test]
fn approve_waits_for_a_yes_in_our_own_popup_and_submits_then() {
    let p = Fake::new();
    enrol(&p, KARI, 1);
    confirm(&p, 1);
    set_mode(&p, vault::Mode::Approve);
    p.advance(60_000);
    let sign_in = page(SIGN_IN, 2, "a");
    replies!(look(&p, &sign_in, code_view("kari@contoso.no")), PageReply::Rest);
    assert_eq!(reason(&p, 2), Reason::AwaitingApproval);
    // A yes for one tab is no yes for another.
    let other = page(SIGN_IN, 3, "b");
    replies!(look(&p, &other, code_view("kari@contoso.no")), PageReply::Rest);
    let reply = ask(&p, 2, json!({ "approve": { "approved": true } }), "");
    assert_eq!(reply.wake, Some(2));
    replies!(look(&p, &other, code_view("kari@contoso.no")), PageReply::Rest);
    let filled = look(&p, &sign_in, code_view("kari@contoso.no"));
    assert!(matches!(filled, PageReply::Fill { submit: true, .. }));
    // And it was for that sign-in alone.
    tell(&p, &sign_in, json!({ "did": { "done": true } }));
    p.advance(60_000);
    let next = page(SIGN_IN, 2, "c");
    replies!(look(&p, &next, code_view("kari@contoso.no")), PageReply::Rest);
    assert_eq!(reason(&p, 2), Reason::AwaitingApproval);
}

/// Between what a person sees and their press the page can go on, by itself or because whoever opened it wants it to.
#[test]
fn a_press_is_for_what_was_shown_and_for_nothing_that_came_since() {
    let p = Fake::new();
    for (uri, tab) in [(KARI, 1), (OLA, 4)] {
        enrol(&p, uri, tab);
        confirm(&p, tab);
        p.advance(60_000);
    }
    set_mode(&p, vault::Mode::Approve);
    let kari = ask(&p, 1, json!("show"), "").view.accounts.into_iter().find(|a| a.name.starts_with("kari")).unwrap().id;
    let (first, second) = (page(SIGN_IN, 2, "a"), page(SIGN_IN, 2, "b"));
    let unknown = |text: &str| json!({ "field": { "kind": "short", "empty": true, "invalid": false, "ours": false }, "around": text, "marks": ["asks"] });
    let mute = |account: &str| json!({ "login": account, "field": { "kind": "otc", "empty": true, "invalid": false, "ours": false } });
    for (what, press, before, then, after) in [
        ("another account", "approve", &first, code_view("ola@contoso.no"), &first),
        ("another document", "approve", &first, code_view("kari@contoso.no"), &second),
        ("another account's field", "fillHere", &first, mute("ola@contoso.no"), &first),
        ("another unknown view", "fillHere", &first, unknown("Enter the other code"), &second),
        ("a no", "deny", &first, code_view("ola@contoso.no"), &first),
    ] {
        let world = p.fork();
        now(vault::session::keep(&world, &now(vault::session::key(&p)).unwrap(), vault::session::Idle::USUAL)).unwrap();
        let seen = if press == "fillHere" { mute("kari@contoso.no") } else { code_view("kari@contoso.no") };
        replies!(look(&world, before, seen.clone()), PageReply::Rest, what);
        let request = match press {
            "approve" => json!({ "approve": { "approved": true } }),
            "deny" => json!({ "approve": { "approved": false } }),
            _ => json!({ "fillHere": { "account": kari } }),
        };
        let request = pressed(&world, &over(&world, 2), request);
        replies!(look(&world, after, then.clone()), PageReply::Rest, what);
        let stood = reason(&world, 2);
        let reply = now(app::ask(&world, &over(&world, 2), request.clone(), Zeroizing::default()));
        assert_eq!((reply.notice, reply.wake), (Some(Notice::Gone), None), "{what}");
        replies!(look(&world, after, then), PageReply::Rest, what);
        assert_eq!(reason(&world, 2), stood, "{what}");
    }
}

#[test]
fn a_no_leaves_the_page_alone_and_an_old_yes_counts_for_nothing() {
    let p = Fake::new();
    enrol(&p, KARI, 1);
    confirm(&p, 1);
    set_mode(&p, vault::Mode::Approve);
    p.advance(60_000);
    let sign_in = page(SIGN_IN, 2, "a");
    look(&p, &sign_in, code_view("kari@contoso.no"));
    ask(&p, 2, json!({ "approve": { "approved": false } }), "");
    replies!(look(&p, &sign_in, code_view("kari@contoso.no")), PageReply::Rest);
    assert_eq!(reason(&p, 2), Reason::Denied);
    ask(&p, 2, json!({ "approve": { "approved": true } }), "");
    p.advance(61_000);
    replies!(look(&p, &sign_in, code_view("kari@contoso.no")), PageReply::Rest, "too old");
    // A yes given to one document is not for the one that took its place.
    ask(&p, 2, json!({ "approve": { "approved": true } }), "");
    let another = page(SIGN_IN, 2, "b");
    replies!(look(&p, &another, code_view("kari@contoso.no")), PageReply::Rest, "another document");
}

#[test]
fn automatic_fills_and_submits_a_sign_in_but_never_a_set_up() {
    let p = Fake::new();
    enrol(&p, KARI, 1);
    set_mode(&p, vault::Mode::Automatic);
    let set_up = page(SET_UP, 1, "set-up");
    let view = json!({ "marks": ["dialog"], "sentence": IN_APP, "field": { "kind": "verification", "empty": true, "invalid": false, "ours": false } });
    assert!(matches!(look(&p, &set_up, view), PageReply::Fill { submit: false, .. }));
    p.advance(60_000);
    let sign_in = page(SIGN_IN, 2, "a");
    assert!(matches!(look(&p, &sign_in, code_view("kari@contoso.no")), PageReply::Fill { submit: true, .. }));
}

#[test]
fn one_click_fills_where_the_page_does_not_tell_and_never_against_what_it_tells() {
    let p = Fake::new();
    let saved = enrol(&p, KARI, 1);
    let id = &saved.view.accounts[0].id;
    p.advance(60_000);
    let mute = json!({ "login": "kari@contoso.no", "field": { "kind": "otc", "empty": true, "invalid": false, "ours": false } });
    let sign_in = page(SIGN_IN, 2, "a");
    replies!(look(&p, &sign_in, mute.clone()), PageReply::Rest);
    assert_eq!(reason(&p, 2), Reason::MethodUnknown);
    let shown = ask(&p, 2, json!("show"), "");
    assert!(shown.view.page.is_some_and(|page| page.can_fill));
    ask(&p, 2, json!({ "fillHere": { "account": id } }), "");
    assert!(matches!(look(&p, &sign_in, mute), PageReply::Fill { submit: false, .. }));

    let mut sms = code_view("kari@contoso.no");
    sms["authMethod"] = json!("OneWaySMS");
    let sign_in = page(SIGN_IN, 3, "b");
    look(&p, &sign_in, sms.clone());
    ask(&p, 3, json!({ "fillHere": { "account": id } }), "");
    replies!(look(&p, &sign_in, sms), PageReply::Rest, "an SMS field stays empty");
}

#[test]
fn a_page_that_is_not_recognised_says_so_and_gets_a_code_by_a_press_alone() {
    let p = Fake::new();
    let id = enrol(&p, KARI, 1).view.accounts[0].id.clone();
    p.advance(60_000);
    let seen = |around: &str, ours: bool| {
        let field = json!({ "kind": "short", "empty": !ours, "invalid": false, "ours": ours });
        json!({ "login": "kari@contoso.no", "around": around, "marks": ["asks"], "field": field })
    };
    let press = |tab| ask(&p, tab, json!({ "fillHere": { "account": id } }), "");
    let shown = |tab| ask(&p, tab, json!("show"), "").view.page.unwrap();

    let unknown = page(SIGN_IN, 2, "a");
    replies!(look(&p, &unknown, seen("Type it in here", false)), PageReply::Rest);
    let view = shown(2);
    assert_eq!((view.reason, view.says.as_str()), (Reason::NotRecognised, "guide_notRecognised"));
    assert!(view.can_fill && view.can_describe);
    press(2);
    let reply = look(&p, &unknown, seen("Type it in here", false));
    assert!(matches!(reply, PageReply::Fill { code, submit: false } if code == right_code(KARI, START_MS + 60_000)));
    tell(&p, &unknown, json!({ "did": { "done": true } }));
    replies!(look(&p, &unknown, seen("Type it in here", true)), PageReply::Rest);
    assert_eq!(reason(&p, 2), Reason::Filled);

    p.advance(60_000);
    // Whatever speaks of another code; and a press for one view is none for the next.
    for (tab, around) in [
        "We texted your phone.",
        "Vi sendte deg en kode.",
        "k***@contoso.no",
        "+47 912 34 567",
        "Enter the number shown to sign in.",
        "Enter the code of your hardware token.",
        "Use your passkey.",
        &"long ".repeat(1000),
    ]
    .into_iter()
    .enumerate()
    {
        let tab = i32::try_from(tab).unwrap() + 3;
        let sent = page(SIGN_IN, tab, "a");
        replies!(look(&p, &sent, seen(around, false)), PageReply::Rest);
        let view = shown(tab);
        assert_eq!((view.reason, view.can_fill), (Reason::NotRecognised, false), "{around}");
        press(tab);
        replies!(look(&p, &sent, seen(around, false)), PageReply::Rest, around);
        for _ in 0..3 {
            replies!(look(&p, &sent, seen("Type it in here", false)), PageReply::Rest, around);
        }
    }
    // A press that found the field full is none for another view that no rule knows; a countdown makes no other view.
    let next = page(SIGN_IN, 14, "a");
    for (around, full) in
        [("Type it in here, 30 left", true), ("Choose a number", false), ("Type it in here, 28 left", false)]
    {
        let mut seen = seen(around, false);
        seen["field"]["empty"] = json!(!full);
        replies!(look(&p, &next, seen.clone()), PageReply::Rest, around);
        if full {
            press(14);
            replies!(look(&p, &next, seen), PageReply::Rest);
            assert_eq!(reason(&p, 14), Reason::FieldNotEmpty);
        }
    }
    press(14);
    let reply = look(&p, &next, seen("Type it in here, 27 left", false));
    assert!(matches!(reply, PageReply::Fill { .. }));
    // What needs no language speaks against it as well.
    for (tab, sign) in [
        (15, json!({ "icon": "picker_verify_sms_12ab.svg" })),
        (16, json!({ "authMethod": "SomethingNew" })),
        (17, json!({ "proofs": [{ "id": "OneWaySMS", "default": true }] })),
    ] {
        let mut seen = seen("Geben Sie ihn ein", false);
        seen.as_object_mut().unwrap().extend(sign.as_object().unwrap().clone());
        replies!(look(&p, &page(SIGN_IN, tab, "a"), seen.clone()), PageReply::Rest);
        assert!(!shown(tab).can_fill, "{sign}");
        press(tab);
        replies!(look(&p, &page(SIGN_IN, tab, "a"), seen), PageReply::Rest, "{sign}");
    }
    // The older pages' own words and names come first, and what is no page of anything is not unknown.
    for (tab, blank, is_unknown) in [
        (20, json!({ "pageId": "ConvergedTFA" }), false),
        (21, json!({ "pageId": "ConvergedSomething" }), true),
        (22, json!({ "authMethod": "SomethingNew" }), true),
        (23, json!({ "marks": ["asks"] }), true),
        (24, json!({ "marks": ["password", "asks"] }), false),
        (25, json!({}), false),
    ] {
        look(&p, &page(SIGN_IN, tab, "a"), blank);
        assert_eq!(reason(&p, tab) == Reason::NotRecognised, is_unknown, "{tab}");
        assert!(!shown(tab).can_fill);
    }
}

/// Half drawn, a page that is known may look like none.
#[test]
fn a_page_is_said_to_be_unknown_once_it_has_come_to_rest() {
    let p = Fake::new();
    enrol(&p, KARI, 1);
    let tab = page(SIGN_IN, 2, "a");
    let drawn = |seen: serde_json::Value, resting: bool| {
        tell(&p, &tab, json!({ "look": { "seen": seen, "visible": true, "acted": true, "resting": resting } }))
    };
    let blank = json!({ "pageId": "ConvergedTFA", "marks": ["password"] });
    let half = json!({ "marks": ["asks"] });
    replies!(drawn(blank.clone(), false), PageReply::Rest);
    for _ in 0..3 {
        assert!(matches!(drawn(half.clone(), false), PageReply::Again { .. }));
        assert_eq!(reason(&p, 2), Reason::NothingToDo);
    }
    replies!(drawn(half.clone(), true), PageReply::Rest);
    assert_eq!(reason(&p, 2), Reason::NotRecognised);
    // What was said of it stays said while it goes on changing, until it is another.
    replies!(drawn(half.clone(), false), PageReply::Rest);
    assert_eq!(reason(&p, 2), Reason::NotRecognised);
    replies!(drawn(blank, false), PageReply::Rest);
    assert!(matches!(drawn(half, false), PageReply::Again { .. }));
    assert_eq!(reason(&p, 2), Reason::NothingToDo);
}

/// In the set-up too: into the one field of a step that no word tells anything of, and by a press alone.
#[test]
fn a_step_of_the_set_up_that_is_not_recognised_gets_a_code_by_a_press_alone() {
    let p = Fake::new();
    let id = enrol(&p, KARI, 1).view.accounts[0].id.clone();
    p.advance(60_000);
    for (tab, around, title, may) in [
        (2, Some("Skriv inn sifrene"), "Neste", true),
        (3, None, "Neste", false),
        (4, Some("Skriv inn nummeret i telefonen: +47 912 34 567"), "Neste", false),
        (5, Some("Skriv inn sifrene"), "Telefonnummer", false),
        (6, Some("Skriv inn sifrene fra maskinvaretokenet"), "Neste", false),
        (7, Some("We emailed you"), "Next", false),
    ] {
        let field = json!({ "kind": "dialog", "empty": true, "invalid": false, "ours": false });
        let seen =
            json!({ "title": title, "around": around, "marks": ["dialog", "asks"], "language": "nb", "field": field });
        let tab_page = page(SET_UP, tab, "a");
        replies!(look(&p, &tab_page, seen.clone()), PageReply::Rest, title);
        assert_eq!(ask(&p, tab, json!("show"), "").view.page.unwrap().can_fill, may, "{around:?} {title}");
        ask(&p, tab, json!({ "fillHere": { "account": id } }), "");
        let reply = look(&p, &tab_page, seen);
        assert_eq!(matches!(reply, PageReply::Fill { submit: false, .. }), may, "{around:?} {title}");
    }
}

/// Of a field that keeps nothing it is not said that the code is there, however often it was typed.
#[test]
fn a_code_that_the_page_did_not_keep_is_said_not_to_be_there() {
    let p = Fake::new();
    enrol(&p, KARI, 1);
    let sign_in = page(SIGN_IN, 2, "a");
    for _ in 0..4 {
        p.advance(40_000);
        look(&p, &sign_in, code_view("kari@contoso.no"));
        tell(&p, &sign_in, json!({ "did": { "done": false } }));
        assert!(matches!(reason(&p, 2), Reason::CouldNot | Reason::NotTaken), "{:?}", reason(&p, 2));
    }
    look(&p, &sign_in, code_view("kari@contoso.no"));
    assert_eq!(reason(&p, 2), Reason::NotTaken);
    // It took the code, and emptied the field twice before the code was sent off.
    let emptied = page(SIGN_IN, 3, "b");
    p.advance(60_000);
    assert!(matches!(look(&p, &emptied, code_view("kari@contoso.no")), PageReply::Fill { .. }));
    tell(&p, &emptied, json!({ "did": { "done": true } }));
    assert_eq!(reason(&p, 3), Reason::Filled);
    tell(&p, &emptied, json!({ "did": { "done": false } }));
    assert_eq!(reason(&p, 3), Reason::NotTaken);
    look(&p, &emptied, code_view("kari@contoso.no"));
    assert_eq!(reason(&p, 3), Reason::NotTaken);
}

#[test]
fn the_list_of_methods_is_compared_with_the_accounts_here() {
    let p = Fake::new();
    let listed = |tab, text: &str| {
        let seen = json!({ "marks": ["setUpList"], "listed": text, "language": "en" });
        assert!(!matches!(look(&p, &page(SET_UP, tab, "a"), seen), PageReply::Fill { .. } | PageReply::Click { .. }));
        let view = ask(&p, tab, json!("show"), "").view.page.unwrap();
        view.audit.into_iter().map(|line| (line.says, line.about)).collect::<Vec<_>>()
    };
    let app = "Authenticator app\nDelete\n";
    let pushes = "Microsoft Authenticator\nDelete\n";
    assert_eq!(listed(1, app), [], "the vault does not exist");
    let id = enrol(&p, KARI, 1).view.accounts[0].id.clone();
    let kari = ask(&p, 1, json!("show"), "").view.accounts[0].clone();
    let named = format!("{} ({})", kari.name, kari.organisation.unwrap());
    let none = String::new;
    assert_eq!(listed(2, app), [(Audit::Fits, named.clone())]);
    assert_eq!(
        listed(
            3,
            &format!("Default sign-in method: App based authentication - notification\nChange\n{app}{app}{pushes}")
        ),
        [(Audit::ApprovalDefault, none()), (Audit::Fits, named.clone()), (Audit::More, none())]
    );
    assert_eq!(
        listed(
            4,
            &format!("Sign-in method when most advisable is unavailable: Phone\nChange\n{pushes}New thing\nDelete")
        ),
        [(Audit::ApprovalFirst, none()), (Audit::Gone, named.clone()), (Audit::Unknown, none())]
    );
    assert_eq!(
        listed(5, &format!("You're using the most advisable sign-in method.\n{app}{pushes}Passkey\nDelete")),
        [(Audit::PasskeyFirst, none()), (Audit::Fits, named.clone())]
    );
    assert_eq!(listed(6, "Hardware token\nDelete"), [(Audit::Gone, named.clone()), (Audit::TokenNotHere, none())]);
    assert_eq!(listed(7, "Add sign-in method"), []);
    // What Tofaktor has removed may be registered all the same.
    ask(&p, 1, json!({ "remove": { "account": id } }), "");
    assert_eq!(listed(8, app), [(Audit::NotHere, none()), (Audit::Deleted, named)]);
}

#[test]
fn the_guide_knows_the_next_step_everywhere_and_clicks_only_when_told() {
    let p = Fake::new();
    let set_up = page(SET_UP, 1, "set-up");
    let step = |p: &Fake| tab_state(p, 1)["step"].as_str().map(str::to_owned);
    let push = "phonefactor://activate_account?code=1";
    let walk: &[(serde_json::Value, Option<&str>)] = &[
        (json!({ "marks": ["setUpList"] }), Some("addMethod")),
        (json!({ "marks": ["setUpList", "dialog", "setUpPicker", "authenticatorTile"] }), Some("chooseApp")),
        (
            json!({ "marks": ["dialog", "install", "otherApp", "nextStep"], "links": ["More options", OTHER_APP, "Skip setup"], "language": "en" }),
            Some("otherApp"),
        ),
        (json!({ "marks": ["dialog", "instructions", "nextStep"] }), Some("continue")),
    ];
    for (seen, expected) in walk {
        assert!(matches!(look(&p, &set_up, seen.clone()), PageReply::Point { .. }), "{expected:?}");
        assert_eq!(step(&p).as_deref(), *expected);
    }
    // Microsoft's own QR code: back to the link.
    look(&p, &set_up, json!({ "marks": ["dialog", "qrToggle"], "picture": true, "pictures": 1 }));
    tell(&p, &set_up, json!({ "pictures": { "pictures": [format!("qr:{push}")] } }));
    replies!(
        look(&p, &set_up, json!({ "marks": ["dialog", "qrToggle", "nextStep"], "picture": true })),
        PageReply::Rest
    );
    assert_eq!((step(&p).as_deref(), reason(&p, 1)), (Some("backFromPush"), Reason::PushQr));
    let install = json!({ "marks": ["dialog", "install", "otherApp", "nextStep"], "links": ["More options", OTHER_APP, "Skip setup"], "language": "en" });
    assert!(matches!(look(&p, &set_up, install.clone()), PageReply::Point { .. }));
    let shown = ask(&p, 1, json!("show"), "");
    assert!(shown.view.page.is_some_and(|page| page.can_do_step));
    ask(&p, 1, json!("doStep"), "");
    assert!(matches!(look(&p, &set_up, install.clone()), PageReply::Click { .. }));
    assert!(
        matches!(look(&p, &set_up, install.clone()), PageReply::Click { .. }),
        "until it is done: answers get lost"
    );
    tell(&p, &set_up, json!({ "did": { "done": true } }));
    assert!(matches!(look(&p, &set_up, install), PageReply::Point { .. }), "once");
    // The organisation allows Microsoft's own app alone.
    look(&p, &set_up, json!({ "marks": ["dialog", "install", "nextStep"] }));
    assert_eq!(step(&p).as_deref(), Some("otherAppMissing"));
    // In the older dialogs, where the step has no mark of its own, however often it is looked at; the step after it has no download.
    for title in ["Microsoft Authenticator", "E-post", "Microsoft Authenticator"] {
        look(&p, &set_up, json!({ "marks": ["setUpList", "dialog", "setUpPicker", "nextStep"] }));
        for _ in 0..2 {
            look(&p, &set_up, json!({ "marks": ["setUpList", "dialog", "download", "nextStep"], "title": title }));
            let expected = (title != "E-post").then_some("otherAppMissing");
            assert_eq!(step(&p).as_deref(), expected, "{title}");
        }
    }
    look(&p, &set_up, json!({ "marks": ["setUpList", "dialog", "nextStep"], "title": "Microsoft Authenticator" }));
    assert_eq!(step(&p).as_deref(), Some("continue"));
    // The right QR code, kept, confirmed, done.
    enrol(&p, KARI, 1);
    look(&p, &set_up, json!({ "marks": ["dialog", "qrToggle", "nextStep"], "picture": true }));
    assert_eq!(step(&p).as_deref(), Some("toCode"));
    let view = json!({ "marks": ["dialog", "nextStep"], "sentence": IN_APP, "field": { "kind": "verification", "empty": true, "invalid": false, "ours": false } });
    assert!(matches!(look(&p, &set_up, view.clone()), PageReply::Fill { .. }));
    tell(&p, &set_up, json!({ "did": { "done": true } }));
    let mut typed = view;
    typed["field"]["empty"] = json!(false);
    look(&p, &set_up, typed.clone());
    assert_eq!(step(&p), None, "what stands there is not what was typed for the person");
    typed["field"]["ours"] = json!(true);
    look(&p, &set_up, typed);
    assert_eq!(step(&p).as_deref(), Some("checkCode"));
    look(&p, &set_up, json!({ "marks": ["dialog", "nextStep"] }));
    assert_eq!(step(&p).as_deref(), Some("finished"));
}

/// What follows the step with the app's code in the same dialog: another step, in a language of which no word is known,
/// whose field looks the same. It gets nothing, also when the page marks it as wrong, and is not said to be filled.
#[test]
fn the_step_after_the_code_gets_no_code() {
    let p = Fake::new();
    enrol(&p, KARI, 1);
    let set_up = page(SET_UP, 1, "set-up");
    let step = |p: &Fake| tab_state(p, 1)["step"].as_str().map(str::to_owned);
    let view = |title: &str, kind: &str, (empty, invalid, ours): (bool, bool, bool)| {
        json!({ "marks": ["dialog", "nextStep"], "title": title, "sentence": "コード", "language": "ja",
            "field": { "kind": kind, "empty": empty, "invalid": invalid, "ours": ours } })
    };
    let code = look(&p, &set_up, view("アプリ", "dialog", (true, false, false)));
    assert!(matches!(code, PageReply::Fill { .. }), "it follows the QR code");
    tell(&p, &set_up, json!({ "did": { "done": true } }));
    look(&p, &set_up, view("アプリ", "dialog", (false, false, true)));
    assert_eq!(step(&p).as_deref(), Some("checkCode"));
    for kind in ["dialog", "verification", "telephone", "address"] {
        for typed in [(true, false, false), (true, true, true), (false, false, true)] {
            p.advance(60_000);
            let seen = view("電話", kind, typed);
            assert!(!matches!(look(&p, &set_up, seen), PageReply::Fill { .. }), "{kind} {typed:?}");
            assert_ne!(step(&p).as_deref(), Some("checkCode"), "{kind} {typed:?}");
        }
    }
    // The dialog was closed, and what opens anew does not follow the QR code of the one before.
    enrol(&p, OLA, 1);
    look(&p, &set_up, json!({}));
    let seen = view("電話", "dialog", (true, false, false));
    assert!(!matches!(look(&p, &set_up, seen), PageReply::Fill { .. }));
}

/// Whatever a page shows, in whatever order, and however often it looks: no step twice, never more than two codes for
/// one sign-in, and an end to the looking.
#[test]
fn no_page_can_make_it_go_round_in_circles() {
    let p = Fake::new();
    enrol(&p, KARI, 1);
    confirm(&p, 1);
    p.advance(60_000);
    let views = [
        code_view("kari@contoso.no"),
        refused_view("kari@contoso.no"),
        json!({ "login": "kari@contoso.no", "marks": ["push", "anotherWay"] }),
        json!({ "login": "kari@contoso.no", "marks": ["proofPicker", "appCodeChoice"] }),
        json!({ "login": "kari@contoso.no", "marks": ["password"] }),
        code_view("ola@contoso.no"),
        json!({}),
    ];
    let (mut looks, mut codes, mut clicks, mut random) = (0, std::collections::BTreeSet::new(), 0, 1_u32);
    for document in 0..20 {
        let sign_in = page(SIGN_IN, 2, &document.to_string());
        let (mut in_document, before) = (0, clicks);
        for _ in 0..200 {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let view = views[(random >> 16) as usize % views.len()].clone();
            looks += 1;
            p.advance(20);
            match look(&p, &sign_in, view) {
                PageReply::Fill { code, .. } => {
                    assert!(codes.insert(code), "a code was given twice");
                    in_document += 1;
                }
                PageReply::Click { .. } => clicks += 1,
                _ => continue,
            }
            // The script says so before it looks again, whatever the page is.
            tell(&p, &sign_in, json!({ "did": { "done": true } }));
        }
        // Two hundred looks at twenty milliseconds are four seconds: a step, or the turn of one.
        assert!(in_document <= 2, "{in_document} codes in one document");
        assert!(clicks - before <= 2, "{} clicks in one document", clicks - before);
    }
    println!("{looks} looks, {} codes, none twice, {clicks} clicks", codes.len());
}

#[test]
fn what_a_tab_behind_another_asks_is_answered_when_it_comes_to_the_front() {
    let p = Fake::new();
    enrol(&p, KARI, 1);
    p.advance(60_000);
    let behind: Sender = serde_json::from_value(json!({
        "id": "us", "origin": SIGN_IN, "url": format!("{SIGN_IN}/x"), "frameId": 0, "documentId": "a",
        "documentLifecycle": "active", "tab": { "id": 2, "active": false },
    }))
    .unwrap();
    let behind = identify(&behind, "us", &[]).unwrap();
    replies!(look(&p, &behind, code_view("kari@contoso.no")), PageReply::Rest);
    assert_eq!(reason(&p, 2), Reason::NotInFront);
    assert!(matches!(look(&p, &page(SIGN_IN, 2, "a"), code_view("kari@contoso.no")), PageReply::Fill { .. }));
}

#[test]
fn that_the_phone_is_asked_first_is_said_once() {
    let p = Fake::new();
    enrol(&p, KARI, 1);
    confirm(&p, 1);
    let advice = |p: &Fake| ask(p, 2, json!("show"), "").view.advice;
    assert!(!advice(&p), "no reason yet");
    let push = json!({ "login": "kari@contoso.no", "marks": ["push", "anotherWay"] });
    assert!(matches!(look(&p, &page(SIGN_IN, 2, "a"), push.clone()), PageReply::Click { .. }));
    assert!(advice(&p));
    assert!(!ask(&p, 2, json!("advised"), "").view.advice);
    assert!(matches!(look(&p, &page(SIGN_IN, 2, "b"), push), PageReply::Click { .. }));
    assert!(!advice(&p), "once");
}

#[test]
fn a_set_up_that_was_never_completed_is_offered_for_removal_and_one_that_was_is_not() {
    let p = Fake::new();
    enrol(&p, KARI, 1);
    confirm(&p, 1);
    p.advance(60_000);
    enrol(&p, OLA, 2);
    let abandoned = |p: &Fake| -> Vec<String> {
        let shown = ask(p, 1, json!("show"), "");
        shown.view.accounts.into_iter().filter(|account| account.abandoned).map(|account| account.name).collect()
    };
    assert!(abandoned(&p).is_empty(), "it may still go on");
    p.advance(61 * 60 * 1000);
    ask(&p, 1, json!({ "unlock": { "save": null } }), WORDS);
    assert_eq!(abandoned(&p), ["ola@contoso.no"]);
    let id = ask(&p, 1, json!("show"), "").view.accounts[1].id.clone();
    ask(&p, 1, json!({ "confirm": { "account": id, "confirmed": true } }), "");
    assert!(abandoned(&p).is_empty(), "the person knows better");
    // It is marked as said by them, until Microsoft has accepted a code of it, too.
    let marks = || {
        let accounts = ask(&p, 2, json!("show"), "").view.accounts;
        let ola = accounts.iter().find(|account| account.name == "ola@contoso.no").unwrap();
        (ola.confirmed, ola.said)
    };
    assert_eq!(marks(), (true, true));
    let sign_in = page(SIGN_IN, 2, "signs in");
    assert!(matches!(look(&p, &sign_in, code_view("ola@contoso.no")), PageReply::Fill { .. }));
    assert_eq!(marks(), (true, true));
    look(&p, &page(SIGN_IN, 2, "signed in"), json!({ "marks": ["staySignedIn"] }));
    assert_eq!(marks(), (true, false));
    // What came from elsewhere was never set up here.
    ask(
        &p,
        1,
        json!("addPending"),
        "otpauth://totp/Microsoft:x@outlook.example?secret=abcdefghijklmnop&issuer=Microsoft",
    );
    let pending_account = ask(&p, 1, json!("show"), "").view.pending_accounts[0].id.clone();
    ask(&p, 1, json!({ "save": { "pendingAccount": pending_account, "whenKnown": "ask" } }), "");
    p.advance(61 * 60 * 1000);
    ask(&p, 1, json!({ "unlock": { "save": null } }), WORDS);
    assert!(abandoned(&p).is_empty());
}

#[test]
fn on_the_oldest_page_the_link_is_beside_the_wrong_qr_code() {
    let p = Fake::new();
    let old = page("https://account.activedirectory.windowsazure.com", 1, "old");
    replies!(look(&p, &old, json!({ "marks": ["dialog"], "picture": true, "pictures": 1 })), PageReply::SendPictures);
    tell(&p, &old, json!({ "pictures": { "pictures": ["qr:phonefactor://activate_account?code=1"] } }));
    let shown = |links: serde_json::Value| json!({ "marks": ["dialog", "withoutNotifications"], "links": links, "picture": true });
    let without = "Konfigurer appen uten varslinger";
    replies!(
        look(&p, &old, shown(json!(["Hjelp", without]))),
        PageReply::Point { mark: Mark::WithoutNotifications, words: Some(without.to_owned()) }
    );
    assert_eq!(tab_state(&p, 1)["step"], "withoutNotifications");
    replies!(look(&p, &old, shown(json!(["Hjelp"]))), PageReply::Rest, "said, and nothing outlined");
    assert_eq!(tab_state(&p, 1)["step"], "withoutNotifications");
    assert!(ask(&p, 1, json!("show"), "").view.page.unwrap().report.is_none());
}

/// What the service desk is asked for goes by what stands in the way; of what a person can go round, it is asked nothing.
#[test]
fn the_text_for_the_service_desk_is_of_what_stands_in_the_way() {
    let p = Fake::new();
    enrol(&p, KARI, 1);
    let listed = |method: &str, strengths: bool| json!({ "marks": ["proofPicker"], "proofs": [{ "id": method, "default": true }], "strengths": strengths });
    let error = json!({ "marks": ["signInError"], "sentence": "AADSTS50105" });
    let wish = json!({ "marks": ["nextStep"], "title": "Sign in faster with a passkey", "links": ["Skip for now"] });
    let cases = [
        (SIGN_IN, listed("FidoKey", false), Some("desk_stronger")),
        (SIGN_IN, listed("Certificate", false), Some("desk_stronger")),
        (SIGN_IN, listed("PhoneAppNotification", true), Some("desk_strength")),
        (SIGN_IN, listed("OneWaySMS", false), Some("desk_smsOnly")),
        (SIGN_IN, listed("AccessPass", false), Some("desk_accessPass")),
        (SIGN_IN, error, Some("desk_error")),
        (SET_UP, wish, Some("desk_campaign")),
        (SIGN_IN, json!({ "marks": ["passkey"] }), None),
        (SIGN_IN, json!({ "marks": ["deviceCode"] }), None),
        (SIGN_IN, json!({ "marks": ["password"] }), None),
    ];
    for (tab, (host, seen, report)) in (10..).zip(cases) {
        look(&p, &page(host, tab, "a"), seen.clone());
        assert_eq!(ask(&p, tab, json!("show"), "").view.page.unwrap().report.as_deref(), report, "{seen}");
    }
}

/// Of their set-up only the QR code is known: it is read, and nothing is promised of what comes after.
#[test]
fn on_the_pages_of_personal_accounts_the_qr_code_is_read_and_no_more_is_said() {
    let p = Fake::new();
    let proofs = page("https://account.live.com", 1, "proofs");
    let shows = json!({ "picture": true });
    for (payload, step) in [("phonefactor://activate_account?code=1", "backFromPush"), (KARI, "save")] {
        look(&p, &proofs, json!({ "picture": true, "pictures": 1 }));
        tell(&p, &proofs, json!({ "pictures": { "pictures": [format!("qr:{payload}")] } }));
        replies!(look(&p, &proofs, shows.clone()), PageReply::Rest);
        assert_eq!(tab_state(&p, 1)["step"], step);
        assert!(ask(&p, 1, json!("show"), "").view.page.unwrap().report.is_none(), "there is no service desk");
    }
    let pending_account = ask(&p, 1, json!("show"), "").view.pending_accounts[0].id.clone();
    ask(&p, 1, json!({ "create": { "save": pending_account } }), WORDS);
    replies!(look(&p, &proofs, shows), PageReply::Rest);
    assert_eq!((tab_state(&p, 1)["step"].is_null(), reason(&p, 1)), (true, Reason::Captured));
    // A field whose meaning is not known stays empty.
    let field =
        json!({ "picture": true, "field": { "kind": "dialog", "empty": true, "invalid": false, "ours": false } });
    assert!(!matches!(look(&p, &proofs, field), PageReply::Fill { .. }));
}

#[test]
fn a_picture_that_is_no_qr_code_of_an_account_counts_no_longer() {
    let p = Fake::new();
    let set_up = page(SET_UP, 1, "set-up");
    for picture in ["a photograph", "qr:https://aka.ms/getauthenticator", "qr:hei"] {
        look(&p, &set_up, json!({ "marks": ["dialog", "otherApp", "nextStep"], "picture": true, "pictures": 1 }));
        replies!(tell(&p, &set_up, json!({ "pictures": { "pictures": [picture] } })), PageReply::NoQr);
    }
    for picture in
        [format!("qr:{KARI}"), "qr:phonefactor://activate_account?code=1".into(), "qr:otpauth://totp/a?secret=".into()]
    {
        replies!(tell(&p, &set_up, json!({ "pictures": { "pictures": [picture] } })), PageReply::Rest);
    }
}

const APP_SENTENCE: &str = "Enter the verification code from your mobile app.";

fn adfs_view(method: &str, sentence: &str, login: Option<&str>) -> serde_json::Value {
    json!({ "authMethod": method, "sentence": sentence, "login": login, "field": { "kind": "adfs", "empty": true, "invalid": false, "ours": false } })
}

fn asks_for(login: &str) -> serde_json::Value {
    adfs_view("AzureMfaAuthentication", APP_SENTENCE, Some(login))
}

#[test]
fn an_organisations_own_page_gets_the_code_of_the_account_it_names() {
    let p = Fake::new();
    enrol(&p, KARI, 1);
    p.advance(60_000);
    let adfs = adfs("adfs.contoso.no", "a");
    let kari = Some("kari@contoso.no");
    replies!(
        look(&p, &adfs, adfs_view("SecurIDv2Authentication", APP_SENTENCE, kari)),
        PageReply::Rest,
        "another product's code"
    );
    replies!(look(&p, &adfs, adfs_view("AzureMfaAuthentication", "SMS: +XX XXXXXX12", kari)), PageReply::Rest);
    assert_eq!(reason(&p, 2), Reason::NotAppCode);
    replies!(look(&p, &adfs, adfs_view("AzureMfaAuthentication", APP_SENTENCE, None)), PageReply::Rest);
    assert_eq!(reason(&p, 2), Reason::AccountNotNamed);
    replies!(look(&p, &adfs, asks_for("kari@contoso.no")), PageReply::Rest);
    assert_eq!(reason(&p, 2), Reason::AwaitingApproval);
    ask(&p, 2, json!({ "approve": { "approved": true } }), "");
    assert!(matches!(look(&p, &adfs, asks_for("kari@contoso.no")), PageReply::Fill { submit: true, .. }));
}

#[test]
fn an_organisations_own_server_gets_no_code_of_an_account_of_another_domain() {
    let p = Fake::new();
    let account = enrol(&p, KARI, 1).view.accounts[0].id.clone();
    ask(&p, 1, json!({ "setMode": { "account": account, "mode": "automatic" } }), "");
    p.advance(60_000);
    for (n, host) in [
        "adfs.annetfirma.example",
        "contoso.no.evil.example",
        "adfs.evilcontoso.no",
        "adfs-contoso.no",
        "adfs.contoso.example",
        "adfs.kommune.no",
    ]
    .into_iter()
    .enumerate()
    {
        let page = adfs(host, &n.to_string());
        replies!(look(&p, &page, asks_for("kari@contoso.no")), PageReply::Rest, host);
        assert_eq!(reason(&p, 2), Reason::NotServed, "{host}");
        // Nor by a person's word, whichever it is and however it came there.
        ask(&p, 2, json!({ "approve": { "approved": true } }), "");
        replies!(look(&p, &page, asks_for("Kari@CONTOSO.no")), PageReply::Rest, host);
        for login in [Some("kari@contoso.no"), None] {
            replies!(look(&p, &page, adfs_view("AzureMfaAuthentication", "Kode?", login)), PageReply::Rest, host);
            let reply = ask(&p, 2, json!({ "fillHere": { "account": account } }), "");
            assert_eq!(reply.notice, Some(Notice::NotServed), "{host}");
            let mut state = tab_state(&p, 2);
            state["decision"] = json!({ "fill": { "account": account, "at_ms": p.now_ms() } });
            p.put(Store::Session, "page.2", Some(&state.to_string()));
            replies!(look(&p, &page, adfs_view("AzureMfaAuthentication", "Kode?", login)), PageReply::Rest, host);
            assert_eq!(reason(&p, 2), Reason::NotServed, "{host}");
        }
    }
    let own = adfs("sts.elev.contoso.no", "own");
    replies!(look(&p, &own, adfs_view("AzureMfaAuthentication", "Kode?", None)), PageReply::Rest);
    assert_eq!(ask(&p, 2, json!({ "fillHere": { "account": account } }), "").notice, None);
    assert!(matches!(
        look(&p, &own, adfs_view("AzureMfaAuthentication", "Kode?", None)),
        PageReply::Fill { submit: false, .. }
    ));
}

#[test]
fn on_an_organisations_own_server_a_person_says_yes_each_time_unless_the_organisation_names_it() {
    let p = Fake::new();
    let account = enrol(&p, KARI, 1).view.accounts[0].id.clone();
    confirm(&p, 1);
    for mode in ["code", "automatic", "approve"] {
        ask(&p, 1, json!({ "setMode": { "account": account, "mode": mode } }), "");
        p.advance(60_000);
        let page = adfs("adfs.contoso.no", mode);
        replies!(look(&p, &page, asks_for("kari@contoso.no")), PageReply::Rest, mode);
        assert_eq!(reason(&p, 2), Reason::AwaitingApproval, "{mode}");
        ask(&p, 2, json!({ "approve": { "approved": false } }), "");
        replies!(look(&p, &page, asks_for("kari@contoso.no")), PageReply::Rest, mode);
        assert_eq!(reason(&p, 2), Reason::Denied, "{mode}");
        ask(&p, 2, json!({ "approve": { "approved": true } }), "");
        assert!(matches!(look(&p, &page, asks_for("kari@contoso.no")), PageReply::Fill { submit: true, .. }), "{mode}");
    }

    let p = Fake::new();
    let account = enrol(&p, KARI, 1).view.accounts[0].id.clone();
    let fills = |policy: serde_json::Value, mode: &str| {
        p.0.borrow_mut().policy = Some("{}".into());
        ask(&p, 1, json!({ "setMode": { "account": account, "mode": mode } }), "");
        p.0.borrow_mut().policy = Some(policy.to_string());
        p.advance(60_000);
        let page = adfs("adfs.contoso.no", &format!("{mode} {policy}"));
        match look(&p, &page, asks_for("kari@contoso.no")) {
            PageReply::Fill { submit, .. } => Ok(submit),
            _ => Err(reason(&p, 2)),
        }
    };
    let named = || json!({ "adfsHosts": ["adfs.contoso.no"] });
    assert_eq!(fills(named(), "code"), Ok(false));
    assert_eq!(fills(named(), "automatic"), Ok(true));
    assert_eq!(fills(named(), "approve"), Err(Reason::AwaitingApproval));
    // Where nothing may be sent off, the yes fills, and the page's own button is left to the person.
    assert_eq!(fills(json!({ "modes": ["code"] }), "automatic"), Err(Reason::AwaitingApproval));
    ask(&p, 2, json!({ "approve": { "approved": true } }), "");
    let page = adfs("adfs.contoso.no", &format!("automatic {}", json!({ "modes": ["code"] })));
    assert!(matches!(look(&p, &page, asks_for("kari@contoso.no")), PageReply::Fill { submit: false, .. }));
}

#[test]
fn over_a_look_alike_no_code_is_shown_before_the_warning_is_read() {
    let p = Fake::new();
    enrol(&p, KARI, 1);
    let over = |url: &str, imitates: bool, warned: bool| {
        let tab = Tab { id: Some(1), url: Some(url.into()), imitates, warned };
        now(app::ask(&p, &tab, UiRequest::Show, Zeroizing::default())).view
    };
    for (url, imitates) in [
        ("https://login.micros0ftonline.example/common", false),
        ("https://skole.example/login", true),
        ("http://login.microsoftonline.com.evil.example/", false),
    ] {
        let held = over(url, imitates, false);
        assert!(held.withheld && held.accounts.is_empty() && !held.searchable, "{url}");
        let shown = over(url, imitates, true);
        assert!(!shown.withheld && shown.accounts.len() == 1, "{url}");
        assert!(shown.unknown_site.is_some_and(|unknown_site| unknown_site.looks_alike), "the warning stays: {url}");
    }
    for (url, imitates) in [("https://skole.example/login", false), ("https://login.microsoftonline.com/common", true)]
    {
        let shown = over(url, imitates, false);
        assert!(!shown.withheld && shown.accounts.len() == 1, "{url}");
    }
}

/// A label is written by whoever makes the code.
#[test]
fn of_its_organisation_an_account_is_believed_what_microsofts_own_page_has_shown() {
    const LABELLED: &str =
        "otpauth://totp/skole.example%3Akari%40privat.example?secret=abcdefghijklmnop&issuer=Microsoft";
    let p = Fake::new();
    enrol(&p, KARI, 1);
    p.0.borrow_mut().policy = Some(json!({ "tenants": ["skole.example"] }).to_string());
    let save = |tab| {
        let pending = ask(&p, tab, json!("show"), "").view.pending_accounts.last().unwrap().id.clone();
        ask(&p, tab, json!({ "save": { "pendingAccount": pending, "whenKnown": "ask" } }), "").notice
    };
    ask(&p, 3, json!("addPending"), LABELLED);
    assert_eq!(save(3), Some(Notice::OrganisationNotAllowed));
    // The same code, as the set-up page shows it.
    capture(&p, LABELLED, 2);
    assert_eq!(save(2), Some(Notice::Saved));
}

/// What is allowed by its organisation stays so under another name, while the organisation is the one that was shown.
#[test]
fn by_another_name_it_stays_the_organisations_that_was_shown() {
    let uri = |name: &str, key: &str| format!("otpauth://totp/Fylket%3A{name}?secret={key}&issuer=Microsoft");
    let p = Fake::new();
    enrol(&p, &uri("kari%40privat.example", "abcdefghijklmnop"), 1);
    ask(&p, 3, json!("addPending"), &uri("ola%40privat.example", "ponmlkjihgfedcba"));
    let pending = ask(&p, 3, json!("show"), "").view.pending_accounts.last().unwrap().id.clone();
    let reply = ask(&p, 3, json!({ "save": { "pendingAccount": pending, "whenKnown": "ask" } }), "");
    let [kari, ola] = ["kari", "ola"]
        .map(|name| reply.view.accounts.iter().find(|account| account.name.starts_with(name)).unwrap().id.clone());
    support::decide(&p, &json!({ "tenants": ["Fylket"] }));
    let rename =
        |account: &str, name: &str| ask(&p, 3, json!({ "rename": { "account": account, "name": name } }), "").notice;
    assert_eq!(rename(&kari, "kari@annet.example"), None);
    assert_eq!(rename(&ola, "ola@annet.example"), Some(Notice::OrganisationNotAllowed), "a label's own word");
    let edit = |name: &str, organisation: &str| {
        let tried = support::set(&p, SettingsRequest::TryEdit { account: kari.clone(), draft: None }, "").shown;
        let Some(Shown::Edit { draft, key, .. }) = tried else { panic!("nothing shown") };
        let seen = Seen { draft: draft.clone(), key };
        let draft = Draft { name: name.into(), organisation: organisation.into(), ..draft };
        support::ui(&p, UiRequest::Edit { account: kari.clone(), seen, draft }, "").notice
    };
    assert_eq!(edit("kari@tredje.example", "Fylket"), Some(Notice::Edited));
    assert_eq!(edit("kari@tredje.example", "Et annet fylke"), Some(Notice::OrganisationNotAllowed));
}

/// As for a popup that was opened by the browser or by Tofaktor: it knows its tab, and not what the tab shows.
#[test]
fn a_page_that_the_browser_does_not_name_is_an_unknown_one() {
    let p = Fake::new();
    enrol(&p, KARI, 1);
    confirm(&p, 1);
    p.advance(60_000);
    look(&p, &page(SIGN_IN, 2, "a"), code_view("kari@contoso.no"));
    let show = |tab: &Tab| now(app::ask(&p, tab, UiRequest::Show, Zeroizing::default())).view;
    // The tab may have gone on to a look-alike since.
    for id in [2, 9, -1] {
        let tab = Tab { id: Some(id), ..Tab::default() };
        let held = show(&tab);
        assert!(held.page.is_none() && held.unseen && held.withheld && held.accounts.is_empty(), "{id}");
        assert!(!held.searchable, "{id}");
        let shown = show(&Tab { warned: true, ..tab });
        assert!(shown.page.is_none() && shown.unseen && !shown.withheld && shown.accounts.len() == 1, "{id}");
    }
    let known = show(&over(&p, 2));
    assert!(known.page.is_some() && !known.unseen && !known.withheld && known.accounts.len() == 1);
    // Our own pages lie over no tab.
    let own = show(&Tab::default());
    assert!(!own.unseen && !own.withheld && own.accounts.len() == 1);
    // Locked, there is nothing to hold back, and nothing to warn of.
    ask(&p, 2, json!("lock"), "");
    assert!(!show(&Tab { id: Some(2), ..Tab::default() }).withheld);
}

/// 500 origins that are not Microsoft's, none of which gets as far as a request.
#[test]
fn five_hundred_hostile_origins_get_nothing() {
    let real: Vec<&str> = pages::hosts::SITES.iter().map(|site| site.origin()).collect();
    let mut hostile: Vec<String> =
        vec!["null".into(), String::new(), "file://".into(), "about:blank".into(), "data:text/html,x".into()];
    for origin in &real {
        let host = origin.strip_prefix("https://").unwrap();
        for forged in [
            format!("http://{host}"),
            format!("https://{host}:8443"),
            format!("https://{host}:443"),
            format!("https://{host}/"),
            format!("https://{host}."),
            format!("https://{host}.evil.example"),
            format!("https://evil.example/{host}"),
            format!("https://evil-{host}"),
            format!("https://x.{host}"),
            format!("https://user@{host}"),
            format!("https://{host}@evil.example"),
            format!("https://{host}%2eevil.example"),
            format!("https://{}", host.replace('o', "0").replace('l', "1")),
            format!("https://{}", host.replace('m', "rn")),
            format!("https://{}", host.replace('i', "\u{456}").replace('a', "\u{430}").replace('e', "\u{435}")),
            format!("https://{}", host.replace('.', "-")),
            format!("https://{}", host.replace('.', "\u{3002}")),
            format!("https://{}", host.to_uppercase()),
            format!("https://xn--{host}"),
            format!("blob:https://{host}"),
            format!("view-source:https://{host}"),
            format!("https://{host}\0"),
            format!(" https://{host}"),
            format!("https://{host}#"),
            format!("wss://{host}"),
            format!("ftp://{host}"),
            format!("https://[{host}]"),
            format!("chrome-extension://{host}"),
        ] {
            if !real.contains(&forged.as_str()) {
                hostile.push(forged);
            }
        }
    }
    for origin in &hostile {
        let sender: Sender = serde_json::from_value(json!({
            "id": "us", "origin": origin, "url": format!("{origin}/common/login"), "frameId": 0,
            "documentLifecycle": "active", "tab": { "id": 1, "active": true },
        }))
        .unwrap();
        assert!(identify(&sender, "us", &[]).is_err(), "{origin}");
    }
    println!("{} hostile origins tried, 0 believed", hostile.len());
    assert!(hostile.len() >= 500);
}

const HOME_ID: &str = "11111111-2222-4333-8444-555555555555";
const GUEST_ID: &str = "aaaaaaaa-2222-4333-8444-555555555555";

fn code_view_of(account: &str, directory: &str) -> serde_json::Value {
    let mut seen = code_view(account);
    seen["organisation"] = json!({ "paths": [directory] });
    seen
}

/// Who has signed in at 20 organisations under one name.
#[test]
fn after_the_first_visit_of_each_organisation_nothing_is_asked_and_nothing_is_wrong() {
    use vault::{Account, AccountId, Status, VaultError, session, store};
    let p = Fake::new();
    enrol(&p, AT_HOME, 1);
    confirm(&p, 1);
    let key = now(session::key(&p)).unwrap();
    let secrets: Vec<String> = (0..20_u8).map(|n| format!("mfrggzdfmztwq2{}a", char::from(b'a' + n))).collect();
    let uri =
        |n: usize| format!("otpauth://totp/Org%20{n}%3Akari%40skole.example?secret={}&issuer=Microsoft", secrets[n]);
    now(store::change(&p, &key, |contents| {
        contents.accounts = (0..20)
            .map(|n| {
                let id = AccountId([u8::try_from(n).unwrap(); 16]);
                let account = Account::enrolled(id, otp::uri::parse(&uri(n)).unwrap(), None, 1);
                Account { status: Status::Confirmed, ..account }
            })
            .collect();
        Ok::<_, VaultError>(())
    }))
    .unwrap();
    let directory = |n: usize| format!("{n:08}-2222-4333-8444-555555555555");
    for round in 0..3 {
        for n in 0..20 {
            p.advance(60_000);
            let sign_in = page(SIGN_IN, 3, &format!("{round} {n}"));
            ask(&p, 3, json!("show"), ""); // a use: the vault stays open
            let view = code_view_of("kari@skole.example", &directory(n));
            let mut reply = look(&p, &sign_in, view.clone());
            if round == 0 {
                replies!(reply, PageReply::Rest);
                assert_eq!(reason(&p, 3), Reason::Ambiguous);
                let account = AccountId([u8::try_from(n).unwrap(); 16]).to_text();
                ask(&p, 3, json!({ "fillHere": { "account": account } }), "");
                reply = look(&p, &sign_in, view);
            }
            let now_ms = p.0.borrow().now_ms;
            assert!(
                matches!(reply, PageReply::Fill { code, .. } if code == right_code(&uri(n), now_ms)),
                "{round} {n}"
            );
            tell(&p, &sign_in, json!({ "did": { "done": true } }));
        }
    }
    // What it calls itself is enough where nothing was learned.
    p.advance(60_000);
    let mut view = code_view("kari@skole.example");
    view["organisation"] = json!({ "name": " org 7" });
    let now_ms = p.0.borrow().now_ms;
    let reply = look(&p, &page(SIGN_IN, 3, "named"), view);
    assert!(matches!(reply, PageReply::Fill { code, .. } if code == right_code(&uri(7), now_ms)));
}

#[test]
fn a_pick_that_the_page_refuses_is_not_remembered_and_one_that_is_accepted_is() {
    let p = Fake::new();
    enrol(&p, AT_HOME, 1);
    confirm(&p, 1);
    p.advance(60_000);
    enrol(&p, AS_A_GUEST, 2);
    confirm(&p, 2);
    let accounts = ask(&p, 1, json!("show"), "").view.accounts;
    let pick = |document: &str, account: &str| {
        p.advance(60_000);
        let sign_in = page(SIGN_IN, 3, document);
        look(&p, &sign_in, code_view_of("kari@skole.example", HOME_ID));
        ask(&p, 3, json!({ "fillHere": { "account": account } }), "");
        let reply = look(&p, &sign_in, code_view_of("kari@skole.example", HOME_ID));
        tell(&p, &sign_in, json!({ "did": { "done": true } }));
        (sign_in, matches!(reply, PageReply::Fill { .. }))
    };
    let refused = || {
        let mut seen = refused_view("kari@skole.example");
        seen["organisation"] = json!({ "paths": [HOME_ID] });
        seen
    };
    let (sign_in, filled) = pick("wrong", &accounts[1].id);
    assert!(filled);
    look(&p, &sign_in, refused());
    assert_eq!(reason(&p, 3), Reason::Ambiguous, "asks anew, and does not retry what was not meant");

    let fills = |account: usize, document: &str| {
        p.advance(60_000);
        let uri = [AT_HOME, AS_A_GUEST][account];
        let expected = right_code(uri, p.0.borrow().now_ms);
        let reply = look(&p, &page(SIGN_IN, 4, document), code_view_of("kari@skole.example", HOME_ID));
        matches!(reply, PageReply::Fill { code, .. } if code == expected)
    };
    assert!(!fills(0, "a") && !fills(1, "b"));
    pick("right", &accounts[0].id);
    look(&p, &page(SIGN_IN, 3, "kmsi"), json!({ "marks": ["staySignedIn"] }));
    assert!(fills(0, "c"));
    look(&p, &page(SIGN_IN, 5, "guest"), code_view_of("kari@skole.example", GUEST_ID));
    assert_eq!(reason(&p, 5), Reason::Ambiguous, "of another organisation nothing is known");
}

#[test]
fn an_account_that_another_app_kept_by_its_organisation_is_offered_and_kept_as_microsofts_once_accepted() {
    for (issuer, is_offered, organisation) in
        [("Contoso", true, Some("Contoso")), ("", true, None), ("Office 365", true, None), ("GitHub", false, None)]
    {
        let p = Fake::new();
        let label = if issuer.is_empty() { String::new() } else { format!("{}:", issuer.replace(' ', "%20")) };
        let uri = format!("otpauth://totp/{label}kari%40contoso.no?secret=5nvfdqfdaaaabbbb");
        enrol(&p, AT_HOME, 1);
        ask(&p, 1, json!("addPending"), &uri);
        let pending_account = ask(&p, 1, json!("show"), "").view.pending_accounts.remove(0).id;
        ask(&p, 1, json!({ "save": { "pendingAccount": pending_account, "whenKnown": "ask" } }), "");
        p.advance(60_000);
        let sign_in = page(SIGN_IN, 3, "a");
        replies!(look(&p, &sign_in, code_view("kari@contoso.no")), PageReply::Rest);
        assert_eq!(reason(&p, 3), if is_offered { Reason::CouldBeMeant } else { Reason::NoAccount }, "{issuer}");
        if !is_offered {
            continue;
        }
        let view = ask(&p, 3, json!("show"), "").view;
        assert!(
            view.accounts[0].wanted && view.accounts[0].meant && view.page.is_some_and(|page| page.can_fill),
            "{issuer}"
        );
        ask(&p, 3, json!({ "fillHere": { "account": view.accounts[0].id } }), "");
        assert!(matches!(look(&p, &sign_in, code_view("kari@contoso.no")), PageReply::Fill { submit: false, .. }));
        tell(&p, &sign_in, json!({ "did": { "done": true } }));
        // Not accepted yet: the next page gets nothing by itself.
        p.advance(60_000);
        replies!(look(&p, &page(SIGN_IN, 4, "b"), code_view("kari@contoso.no")), PageReply::Rest);
        look(&p, &page(SIGN_IN, 3, "kmsi"), json!({ "marks": ["staySignedIn"] }));
        p.advance(60_000);
        let reply = look(&p, &page(SIGN_IN, 4, "c"), code_view("kari@contoso.no"));
        assert!(matches!(reply, PageReply::Fill { .. }), "{issuer}");
        let kept =
            ask(&p, 3, json!("show"), "").view.accounts.into_iter().find(|a| a.name == "kari@contoso.no").unwrap();
        assert!(kept.microsoft && kept.confirmed, "{issuer}");
        assert_eq!(kept.organisation.as_deref(), organisation, "{issuer}");
    }
}

/// Where the guide has a next step the icon says so, on every page that was ever recorded; and whoever has no vault yet is
/// shown what this is.
#[test]
fn every_page_with_a_next_step_marks_the_icon() {
    let mut marked = 0;
    for file in std::fs::read_dir(support::path("tests/vectors/pages")).unwrap() {
        let path = file.unwrap().path();
        let vector: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let at = vector["at"].as_str().unwrap();
        let origin = at.split('/').take(3).collect::<Vec<_>>().join("/");
        if pages::hosts::find(&origin).is_none() {
            continue;
        }
        let seen = |p: &Fake| {
            look(p, &page(&origin, 3, "it"), vector["seen"].clone());
            let badge = p.0.borrow().badges[&3];
            (tab_state(p, 3)["step"].clone(), badge)
        };
        let p = Fake::new();
        let (step, badge) = seen(&p);
        let leads_on = step.as_str().is_some_and(|step| step != "otherMethod" && step != "hardwareToken");
        if leads_on {
            assert!(badge != Badge::Clear, "{path:?}");
            assert_eq!(p.0.borrow().welcomed, [3], "{path:?}");
            marked += 1;
        }
        // With a vault nobody is welcomed.
        let p = Fake::new();
        ask(&p, 9, json!({ "create": {} }), WORDS);
        let (step, badge) = seen(&p);
        assert!(p.0.borrow().welcomed.is_empty(), "{path:?}");
        assert!(badge != Badge::Clear || step.is_null() || !leads_on, "{path:?}");
    }
    assert!(marked > 30, "{marked}");
}

#[test]
fn a_code_that_was_filled_in_is_shown_as_spent() {
    let p = Fake::new();
    ask(&p, 3, json!({ "create": {} }), WORDS);
    capture(&p, KARI, 3);
    let pending = ask(&p, 3, json!("show"), "").view.pending_accounts[0].id.clone();
    ask(&p, 3, json!({ "save": { "pendingAccount": pending, "whenKnown": "ask" } }), "");
    let spent = || ask(&p, 4, json!("show"), "").view.accounts[0].spent;
    assert!(!spent());
    assert!(matches!(look(&p, &page(SIGN_IN, 4, "code"), code_view("kari@contoso.no")), PageReply::Fill { .. }));
    assert!(spent());
    p.advance(30_000);
    assert!(!spent(), "the next one is not");
}
