//! What an organisation has decided, at the acts that it is about.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests state what they know"
)]

use app::protocol::{
    Draft, ExchangeRequest, Mode, Notice, PageReply, ReportKind, Screen, Seen, SettingsRequest, Shown, Tab, Trouble,
    UiRequest, UnlockBy, UnlockMethodKind, WhenKnown,
};
use app::{ask, policy_changed};
use platform::Store;
use policy::{DecisionValue, KEYS, Policy};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::cell::Cell;
use support::{Fake, MINUTE_MS, WORDS, adfs, create, decide, draft, go, now, run_all, set, ui, yield_now};
use zeroize::Zeroizing;

fn managed(policy: &Value) -> Fake {
    let p = Fake::new();
    decide(&p, policy);
    p
}

/// A vault made before anybody decided anything.
fn made_and(policy: &Value) -> Fake {
    let p = Fake::new();
    assert_eq!(create(&p).view.screen, Screen::Accounts);
    decide(&p, policy);
    p
}

fn enter(p: &Fake, name: &str) -> Option<Notice> {
    now(enter_now(p, name))
}

async fn enter_now(p: &Fake, name: &str) -> Option<Notice> {
    let key = Zeroizing::new(b"jbswy3dpehpk3pxp".to_vec());
    ask(p, &Tab::default(), UiRequest::Enter { draft: draft(name) }, key).await.notice
}

#[test]
fn without_a_policy_nothing_is_decided() {
    for none in [None, Some("{}")] {
        let policy = Policy::parse(none);
        assert_eq!(policy, Policy::default());
        assert!(!policy.view().managed && policy.view().reports.is_empty() && policy.view().locked.is_empty());
    }
}

#[test]
fn passphrase_length() {
    let wanted = json!({ "passphraseLength": 20 });
    let p = managed(&wanted);
    let create = || UiRequest::Create { save: None, said: Vec::new() };
    assert_eq!(ui(&p, create(), WORDS).notice, Some(Notice::PassphraseShorterThanDecided));
    assert_eq!(ui(&p, create(), "kort").notice, Some(Notice::PassphraseTooShort));
    let made = ui(&p, create(), "fire glade elger i skogen");
    assert_eq!((made.view.screen, made.view.policy.passphrase_length), (Screen::Accounts, 20));
    for request in [SettingsRequest::AddPassphrase, SettingsRequest::Renew] {
        assert_eq!(set(&p, request, WORDS).notice, Some(Notice::PassphraseShorterThanDecided));
    }
    // The old passphrase of a vault from before still opens it: nobody is locked out of their accounts.
    let p = made_and(&wanted);
    ui(&p, UiRequest::Lock, "");
    assert_eq!(ui(&p, UiRequest::Unlock { by: UnlockBy::Passphrase, save: None }, WORDS).view.screen, Screen::Accounts);
    // Nobody can ask for less than the floor.
    assert_eq!(
        ui(&managed(&json!({ "passphraseLength": 0 })), create(), "kort").notice,
        Some(Notice::PassphraseTooShort)
    );
}

#[test]
fn unlock_methods() {
    let p = managed(&json!({ "unlockMethods": ["passphrase"] }));
    assert_eq!(
        ui(&p, UiRequest::CreateOpen { save: None, said: Vec::new() }, "").notice,
        Some(Notice::UnlockMethodNotAllowed)
    );
    create(&p);
    for request in [SettingsRequest::AddDevice, SettingsRequest::BeginKey] {
        assert_eq!(set(&p, request, "").notice, Some(Notice::UnlockMethodNotAllowed));
    }
    // A recovery code is for when nothing else opens.
    assert!(set(&p, SettingsRequest::MakeRecovery, "").shown.is_some());

    let p = managed(&json!({ "unlockMethods": [] }));
    assert_eq!(create(&p).notice, Some(Notice::UnlockMethodNotAllowed));

    // One from before the decision does not open any more, unless there is no other.
    let p = made_and(&json!({}));
    set(&p, SettingsRequest::AddDevice, "");
    ui(&p, UiRequest::Lock, "");
    decide(&p, &json!({ "unlockMethods": ["passphrase"] }));
    let by_device = || ui(&p, UiRequest::Unlock { by: UnlockBy::Device, save: None }, "");
    assert_eq!(by_device().notice, Some(Notice::UnlockMethodNotAllowed));
    decide(&p, &json!({ "unlockMethods": ["key"] }));
    assert_eq!(by_device().view.screen, Screen::Accounts);
}

#[test]
fn auto_lock_maximum() {
    let p = made_and(&json!({}));
    set(&p, SettingsRequest::SetIdle { minutes: 0 }, "");
    decide(&p, &json!({ "autoLockMaximum": 5 }));
    now(policy_changed(&p));
    let view = set(&p, SettingsRequest::Show, "").view;
    assert_eq!((view.idle_minutes, view.idle_choices), (5, vec![1, 5]));
    p.advance(4 * MINUTE_MS);
    assert_eq!(ui(&p, UiRequest::Refresh, "").view.screen, Screen::Accounts);
    p.advance(2 * MINUTE_MS);
    assert_eq!(ui(&p, UiRequest::Refresh, "").view.screen, Screen::Locked, "the change held at once");

    let p = managed(&json!({ "autoLockMaximum": 0 }));
    create(&p);
    p.advance(2 * MINUTE_MS);
    assert_eq!(ui(&p, UiRequest::Refresh, "").view.screen, Screen::Locked, "0 is the least, not nothing");
}

#[test]
fn export_allowed() {
    let p = made_and(&json!({ "exportAllowed": false }));
    enter(&p, "kari@skole.example");
    let account = ui(&p, UiRequest::Show, "").view.accounts[0].id.clone();
    let transfer = || set(&p, SettingsRequest::Transfer { account: account.clone() }, "");
    let refused = transfer();
    assert!(refused.shown.is_none() && refused.notice == Some(Notice::ExportNotAllowed));
    decide(&p, &json!({ "exportAllowed": true }));
    assert!(transfer().shown.is_some());
}

#[test]
fn no_account_leaves_by_any_of_the_ways_out() {
    let p = made_and(&json!({ "exportAllowed": false, "syncAllowed": false }));
    enter(&p, "kari@skole.example");
    let refusal = |request, words: &str| {
        let reply = go(&p, request, words);
        assert!(reply.out.is_none());
        reply.notice
    };
    for request in [
        ExchangeRequest::SaveBackup,
        ExchangeRequest::SaveAegis { accounts: None },
        ExchangeRequest::SaveAegis { accounts: Some(Vec::new()) },
        ExchangeRequest::SaveList,
        ExchangeRequest::SaveCxf,
        ExchangeRequest::DrawTransfer { accounts: None },
        ExchangeRequest::DrawTransfer { accounts: Some(Vec::new()) },
        ExchangeRequest::DrawSheet,
    ] {
        assert_eq!(refusal(request, WORDS), Some(Notice::ExportNotAllowed));
    }
    for request in [ExchangeRequest::SyncOn, ExchangeRequest::SyncJoin, ExchangeRequest::SyncNow] {
        assert_eq!(refusal(request, WORDS), Some(Notice::SyncNotAllowed));
    }
    decide(&p, &json!({}));
    let reply = go(&p, ExchangeRequest::SaveList, "");
    assert!(reply.out.is_some(), "and all of it where nobody has decided");
}

#[test]
fn modes() {
    let p = made_and(&json!({ "modes": ["approve"] }));
    enter(&p, "kari@skole.example");
    let account = ui(&p, UiRequest::Show, "").view.accounts[0].id.clone();
    let choose = |mode| ui(&p, UiRequest::SetMode { account: account.clone(), mode }, "").notice;
    assert_eq!(choose(Mode::Automatic), Some(Notice::ModeNotAllowed));
    assert_eq!(choose(Mode::Approve), None);
    decide(&p, &json!({ "modes": [] }));
    assert_eq!(choose(Mode::Approve), Some(Notice::ModeNotAllowed));
    assert_eq!(choose(Mode::Code), None);
}

#[test]
fn organisations() {
    let p = made_and(&json!({ "tenants": ["skole.example", "Fylket"] }));
    assert_eq!(enter(&p, "Kari@SKOLE.example"), Some(Notice::Entered));
    for unknown_site in ["kari@skole.example.evil.example", "kari@elev.skole.example", "kari", "skole.example"] {
        assert_eq!(enter(&p, unknown_site), Some(Notice::OrganisationNotAllowed), "{unknown_site}");
    }
    let by_organisation = "otpauth://totp/Fylket:ola@annet.example?secret=jbswy3dpehpk3pxq&issuer=Microsoft";
    let pending_account = ui(&p, UiRequest::AddPending, by_organisation)
        .view
        .pending_accounts
        .iter()
        .find(|o| o.name.starts_with("ola"))
        .unwrap()
        .id
        .clone();
    let saved =
        ui(&p, UiRequest::Save { pending_account, when_known: WhenKnown::Ask, steam: false, name: String::new() }, "")
            .notice;
    assert_eq!(saved, Some(Notice::OrganisationNotAllowed), "a label's own word");
    // Nor by calling one otherwise that is there.
    let kari = ui(&p, UiRequest::Show, "").view.accounts[0].id.clone();
    let edit = |name: &str, organisation: &str| {
        let tried = set(&p, SettingsRequest::TryEdit { account: kari.clone(), draft: None }, "").shown;
        let Some(Shown::Edit { draft, key, .. }) = tried else { panic!("nothing shown") };
        let seen = Seen { draft: draft.clone(), key };
        let draft = Draft { name: name.into(), organisation: organisation.into(), ..draft };
        ui(&p, UiRequest::Edit { account: kari.clone(), seen, draft }, "").notice
    };
    assert_eq!(edit("kari@annet.example", ""), Some(Notice::OrganisationNotAllowed));
    assert_eq!(edit("kari@annet.example", "Fylket"), Some(Notice::OrganisationNotAllowed), "a person's own word");
    assert_eq!(edit("ola@skole.example", "Fylket"), Some(Notice::Edited));
    let rename = |name: &str| ui(&p, UiRequest::Rename { account: kari.clone(), name: name.into() }, "").notice;
    assert_eq!(rename("ola@annet.example"), Some(Notice::OrganisationNotAllowed), "by the short way neither");
    assert_eq!(ui(&p, UiRequest::Show, "").view.accounts[0].name, "ola@skole.example");
    assert_eq!(rename("kari@skole.example"), None);
    assert_eq!(rename("ola@skole.example"), None);
    decide(&p, &json!({ "tenants": [] }));
    assert_eq!(enter(&p, "per@skole.example"), Some(Notice::OrganisationNotAllowed));
    assert_eq!(edit("ola@skole.example", "Fylket"), Some(Notice::Edited), "what is called as before stays editable");
}

#[test]
fn adfs_hosts() {
    let p = made_and(&json!({ "adfsHosts": [" ADFS.skole.example ", "sts.skole.example"] }));
    assert_eq!(enter(&p, "kari@skole.example"), Some(Notice::Entered));
    let named = ui(&p, UiRequest::Show, "").view.policy.adfs_hosts;
    assert_eq!(named, Some(vec!["adfs.skole.example".to_owned(), "sts.skole.example".to_owned()]));

    let documents = Cell::new(0);
    let look = |host: &str| {
        documents.set(documents.get() + 1);
        let seen = json!({ "authMethod": "AzureMfaAuthentication", "sentence": "Enter the verification code from your mobile app.",
            "login": "kari@skole.example", "field": { "kind": "adfs", "empty": true, "invalid": false, "ours": false } });
        support::look(&p, &adfs(host, &documents.get().to_string()), seen)
    };
    assert!(matches!(look("adfs.annet.example"), PageReply::Rest), "granted by the browser, not by the organisation");
    assert!(matches!(look("adfs.skole.example"), PageReply::Fill { .. }));
    p.advance(MINUTE_MS);
    decide(&p, &json!({ "adfsHosts": [] }));
    assert!(matches!(look("adfs.skole.example"), PageReply::Rest), "the change held at once");

    // A host that it names has the accounts of the domains that it names there, or else of its own registered domain.
    let look_for = |hosts: Value| {
        p.advance(MINUTE_MS);
        decide(&p, &json!({ "adfsHosts": hosts }));
        matches!(look("sts.konsern.example"), PageReply::Fill { .. })
    };
    assert!(!look_for(json!(["sts.konsern.example"])));
    assert!(look_for(json!(["sts.konsern.example barnehage.example  Skole.Example"])));
    assert!(!look_for(json!(["sts.konsern.example barnehage.example"])));
    assert!(!look_for(json!(["sts.konsern.example elev.skole.example"])));
    assert!(!look_for(json!(["sts.konsern.example konsern.example"])));
    let named = Policy::parse(Some(&json!({ "adfsHosts": ["sts.konsern.example skole.example"] }).to_string()));
    assert_eq!(named.view().adfs_hosts, Some(vec!["sts.konsern.example".to_owned()]));

    for wrong in [
        "https://adfs.skole.example",
        "*.skole.example",
        "localhost",
        "10.0.0.1",
        "login.microsoftonline.com",
        "adfs.skole.example *",
        "adfs.skole.example @skole.example",
        "adfs.skole.example skole.example,elev.skole.example",
        "adfs.skole.example ålesund.example",
        "",
    ] {
        let policy = Policy::parse(Some(&json!({ "adfsHosts": [wrong, "sts.skole.example"] }).to_string()));
        assert!(policy.allows_adfs("sts.skole.example") && !policy.allows_adfs(wrong), "{wrong}");
        assert!(!policy.allows_adfs("adfs.skole.example"), "{wrong}");
        assert_eq!(policy.view().reports.len(), 1, "{wrong}");
    }
}

#[test]
fn all_of_it_as_one_text() {
    let parse = |policy: &Value| Policy::parse(Some(&policy.to_string()));
    let policy = parse(
        &json!({ "decisions": r#"{"exportAllowed":"no","clockChek":false,"tenants":[]}"#, "autoLockMaximum": 5 }),
    );
    let view = policy.view();
    let reports: Vec<_> = view.reports.iter().map(|report| (report.key.as_str(), report.kind)).collect();
    assert_eq!(reports, [("clockChek", ReportKind::Unknown), ("exportAllowed", ReportKind::IllTyped)]);
    assert_eq!(view.locked, ["autoLockMaximum", "exportAllowed", "tenants"]);
    assert!(
        !policy.allows_export() && !policy.allows_account("kari@skole.example", None) && policy.allows_clock_check()
    );
    assert_eq!(policy.idle_minutes(60), 5);
    for unreadable in [json!(""), json!("[]"), json!("{"), json!({}), json!(null), json!("{\"exportAllowed\":true,}")] {
        is_strictest(&parse(&json!({ "decisions": unreadable, "exportAllowed": true })));
    }
    let twice = parse(&json!({ "decisions": r#"{"exportAllowed":true}"#, "exportAllowed": true }));
    assert!(!twice.allows_export(), "said twice, and nobody knows which was meant");
    let inside_itself = parse(&json!({ "decisions": r#"{"decisions":"{}"}"# }));
    assert_eq!(inside_itself.view().reports.len(), 1);
    assert_eq!(parse(&json!({ "decisions": "{}" })).view().reports, []);
}

#[test]
fn clock_check() {
    let p = made_and(&json!({ "clockCheck": false }));
    assert!(!set(&p, SettingsRequest::SetClockCheck { on: true }, "").view.clock_check);
}

#[test]
fn a_wiped_profile_begins_only_by_the_persons_word() {
    let p = managed(&json!({ "restoreBeforeNew": true }));
    let shown = ui(&p, UiRequest::Show, "");
    let trouble = shown.view.trouble.map(|trouble| trouble.kind);
    assert_eq!((shown.view.screen, trouble, shown.notice), (Screen::Recovery, Some(Trouble::Wiped), None));
    for create in
        [UiRequest::Create { save: None, said: Vec::new() }, UiRequest::CreateOpen { save: None, said: Vec::new() }]
    {
        assert_eq!(ui(&p, create, WORDS).notice, Some(Notice::GoneFromProfile));
    }
    set(&p, SettingsRequest::Bury, "");
    assert_eq!(ui(&p, UiRequest::Show, "").view.screen, Screen::FirstRun);
    assert_eq!(create(&p).view.screen, Screen::Accounts);
    // Wiped: nothing of it is left, and so the question is there again.
    p.0.borrow_mut().local.clear();
    p.0.borrow_mut().mirror.clear();
    p.0.borrow_mut().session.clear();
    assert_eq!(ui(&p, UiRequest::Show, "").view.screen, Screen::Recovery);
    // One that is damaged is put aside by the same word, and not passed over.
    p.put(Store::Local, "v1.a", Some("no vault"));
    assert_eq!(set(&p, SettingsRequest::Bury, "").notice, Some(Notice::SetAside));
    assert_eq!(p.text(Store::Local, "v1.a"), None);
}

#[test]
fn a_decision_undoes_no_lock_that_lands_while_it_is_taken_over() {
    let before = made_and(&json!({}));
    for turns in 0..40 {
        let p = before.fork();
        decide(&p, &json!({ "autoLockMaximum": 1 }));
        let lock = async {
            for _ in 0..turns {
                yield_now().await;
            }
            vault::session::lock(&p).await.expect("locked");
        };
        run_all(vec![Box::pin(policy_changed(&p)), Box::pin(lock)]);
        assert_eq!(ui(&p, UiRequest::Refresh, "").view.screen, Screen::Locked, "after {turns}");
    }
}

#[test]
fn a_decision_that_comes_in_the_middle_of_a_save_leaves_all_or_nothing_of_it() {
    let before = made_and(&json!({}));
    let (mut saved, mut refused) = (0, 0);
    for turns in 0..80 {
        let p = before.fork();
        let notice = Cell::new(None);
        let save = async { notice.set(enter_now(&p, "kari@skole.example").await) };
        let decision = async {
            for _ in 0..turns {
                yield_now().await;
            }
            decide(&p, &json!({ "tenants": ["annet.example"], "autoLockMaximum": 1 }));
            policy_changed(&p).await;
        };
        run_all(vec![Box::pin(save), Box::pin(decision)]);
        let kept = ui(&p, UiRequest::Refresh, "").view.accounts.len();
        match notice.get() {
            Some(Notice::Entered) => saved += 1,
            Some(Notice::OrganisationNotAllowed) => refused += 1,
            other => panic!("{other:?} after {turns}"),
        }
        assert_eq!(kept, usize::from(notice.get() == Some(Notice::Entered)), "after {turns}");
        assert_eq!(enter(&p, "ola@skole.example"), Some(Notice::OrganisationNotAllowed), "from then on, after {turns}");
        p.advance(2 * MINUTE_MS);
        assert_eq!(ui(&p, UiRequest::Refresh, "").view.screen, Screen::Locked, "after {turns}");
        p.restart_browser();
        assert_eq!(
            ui(&p, UiRequest::Unlock { by: UnlockBy::Passphrase, save: None }, WORDS).view.accounts.len(),
            kept,
            "after {turns}"
        );
    }
    println!("a decision at 80 moments of a save: {saved} saved, {refused} refused");
    assert!(saved > 0 && refused > 0);
}

#[test]
fn what_is_shown_of_it() {
    let view = Policy::parse(Some(
        r#"{"deskName":"IT-hjelp","deskPhone":"","deskLink":"https://hjelp.example/","guideText":"Ring oss.","language":"nn"}"#,
    ))
    .view();
    assert_eq!((view.desk.name.as_str(), view.desk.phone.as_str(), view.guide.as_str()), ("IT-hjelp", "", "Ring oss."));
    assert_eq!(view.desk.link, "https://hjelp.example/");
    assert!(view.managed && view.reports.is_empty());
    for link in ["javascript:alert(1)", "http://hjelp.example/", "data:text/html,x"] {
        let view = Policy::parse(Some(&json!({ "deskLink": link }).to_string())).view();
        assert_eq!((view.desk.link.as_str(), view.reports.len()), ("", 1), "{link}");
    }
}

#[test]
fn each_value_is_taken_up_to_its_bound_and_shown_as_it_is() {
    let long = |length| json!("å".repeat(length));
    for (key, value, is_taken) in [
        ("passphraseLength", json!(64), true),
        ("passphraseLength", json!(65), false),
        ("passphraseLength", json!(-1), false),
        ("autoLockMaximum", json!(10_080), true),
        ("autoLockMaximum", json!(10_081), false),
        ("guideText", long(2000), true),
        ("guideText", long(2001), false),
        ("deskLink", json!(""), true),
        ("language", json!("nb"), true),
        ("language", json!("sv"), false),
        ("unlockMethods", json!(["device", "key", "passphrase"]), true),
        ("unlockMethods", json!(["recovery"]), false),
        ("modes", json!(["code", "approve", "automatic"]), true),
        ("pageRules", json!("{}"), true),
        ("pageRules", json!("7"), false),
        ("restoreBeforeNew", json!(false), true),
        ("restoreBeforeNew", json!(0), false),
    ] {
        let policy = Policy::parse(Some(&format!("{{\"{key}\":{value}}}")));
        assert!(policy.view().managed);
        assert_eq!((policy.view().reports.is_empty(), policy.view().locked), (is_taken, vec![key.to_owned()]), "{key}");
        let decided = policy.decided();
        assert_eq!((decided.decisions.len(), decided.checksum.len()), (usize::from(is_taken), 19), "{key}");
    }
    let given = r#"{"exportAllowed":false,"passphraseLength":12,"modes":["code"],"deskName":"IT","pageRules":{},"no":1,"decisions":"{\"syncAllowed\":true}"}"#;
    let decided = Policy::parse(Some(given)).decided();
    let decisions: Vec<_> = decided.decisions.iter().map(|one| (one.key.as_str(), &one.value)).collect();
    let text = |text: &str| DecisionValue::Text(text.to_owned());
    assert_eq!(
        decisions,
        [
            ("exportAllowed", &DecisionValue::Switch(false)),
            ("passphraseLength", &DecisionValue::Number(12)),
            ("modes", &DecisionValue::List(vec!["code".to_owned()])),
            ("deskName", &text("IT")),
            ("pageRules", &text("{}")),
            ("syncAllowed", &DecisionValue::Switch(true)),
        ]
    );
    let nothing = Policy::parse(Some("[]")).decided();
    assert_eq!((nothing.decisions.len(), nothing.checksum.as_str()), (0, ""));
    let other = Policy::parse(Some(&given.replace("12", "13"))).decided();
    assert_ne!(other.checksum, decided.checksum);
}

/// Nothing that a policy can close is open.
fn is_strictest(policy: &Policy) {
    let unlock_methods = [UnlockMethodKind::Device, UnlockMethodKind::Key, UnlockMethodKind::Passphrase];
    assert!(
        unlock_methods.iter().all(|unlock_method| !policy.allows_unlock_method(*unlock_method))
            && policy.allows_unlock_method(UnlockMethodKind::Recovery)
    );
    assert!(!policy.allows_mode(Mode::Approve) && !policy.allows_mode(Mode::Automatic));
    assert!(!policy.allows_export() && !policy.allows_sync() && !policy.allows_clock_check());
    assert!(!policy.allows_account("kari@skole.example", Some("skole")) && policy.restores_before_new());
    assert!(!policy.allows_adfs("adfs.skole.example"));
    assert_eq!((policy.idle_minutes(0), policy.idle_minutes(60), policy.passphrase_length()), (1, 1, 64));
}

#[test]
fn what_cannot_be_read_is_reported_and_read_strictly() {
    let p = made_and(&json!({}));
    p.0.borrow_mut().policy_refused = true;
    let view = ui(&p, UiRequest::Show, "").view;
    assert_eq!(view.policy.reports.first().map(|report| report.kind), Some(ReportKind::Unreadable));
    assert_eq!(enter(&p, "kari@skole.example"), Some(Notice::OrganisationNotAllowed));
    for broken in ["", "[]", "null", "7", "{", "\"x\""] {
        is_strictest(&Policy::parse(Some(broken)));
    }
    let wrong: serde_json::Map<String, Value> = KEYS.iter().map(|key| ((*key).to_owned(), Value::Null)).collect();
    let policy = Policy::parse(Some(&Value::Object(wrong).to_string()));
    is_strictest(&policy);
    assert_eq!(policy.view().reports.len(), KEYS.len());
    assert!(policy.view().reports.iter().all(|report| report.kind == ReportKind::IllTyped));

    let strange = Policy::parse(Some(r#"{"exportAlowed":true,"exportAllowed":"yes","modes":["code","approve",7]}"#));
    let reports: Vec<_> = strange.view().reports.into_iter().map(|report| (report.key, report.kind)).collect();
    let expected = [
        ("exportAllowed", ReportKind::IllTyped),
        ("exportAlowed", ReportKind::Unknown),
        ("modes", ReportKind::IllTyped),
    ];
    assert_eq!(reports, expected.map(|(key, kind)| (key.to_owned(), kind)));
    assert!(!strange.allows_export() && strange.allows_mode(Mode::Approve) && !strange.allows_mode(Mode::Automatic));
}

#[test]
fn the_schema_for_the_browser_names_the_same_keys() {
    let schema: Value = serde_json::from_str(include_str!("../extension/policy.json")).unwrap();
    let mut named: Vec<&str> = schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
    let mut known = KEYS.to_vec();
    named.sort_unstable();
    known.sort_unstable();
    assert_eq!(named, known);
    let table = include_str!("../POLICY.md");
    for key in KEYS {
        assert!(table.contains(&format!("| `{key}` |")), "{key}");
    }
}

proptest! {
    /// Whatever is written, each key is at least as strict as without it, or as it says.
    #[test]
    fn nothing_opens_by_mistake(
        key in prop_oneof![prop::sample::select(KEYS.to_vec()), Just("passphraseLength"), Just("autoLockMaximum")],
        text in prop_oneof!["[a-z\\[\\]{}\":0-9,.-]{0,12}", (0..100_u32).prop_map(|number| number.to_string())],
    ) {
        let policy = Policy::parse(Some(&format!("{{\"{key}\":{text}}}")));
        let free = Policy::default();
        prop_assert!(policy.passphrase_length() >= free.passphrase_length());
        for minutes in [1, 5, 60, 240] {
            prop_assert!(policy.idle_minutes(minutes) <= minutes);
        }
    }
}
