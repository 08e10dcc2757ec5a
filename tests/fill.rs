//! Which account a page means, and when its code goes there: what lies beside the usual ways.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests state what they know"
)]

use app::protocol::{PageReply, Reason, Standing, Tab, UiRequest};
use app::sender::Page;
use otp::{Algorithm, Credential, Factor, Secret};
use pages::organisation::PERSONAL;
use platform::{Badge, Cached, Platform, Store};
use serde_json::{Value, json};
use support::{
    Fake, IN_APP, SET_UP, SIGN_IN, START_MS, account, adfs, contents, look, now, page, pressed, reason, tab_state, tell,
};
use vault::key_slots::NewUnlockMethod;
use vault::session::{self, Idle};
use vault::{Account, AccountId, CaptureKey, Cause, Contents, Mode, SERIAL, Status, VaultError, VaultKey, store};
use zeroize::Zeroizing;

const KARI: &str = "kari@contoso.no";
/// As a page names an organisation.
const HOME: &str = "00000001-2222-4333-8444-555555555555";
const GUEST: &str = "00000002-2222-4333-8444-555555555555";
const THIRD: &str = "00000003-2222-4333-8444-555555555555";

/// A world whose vault holds these, and is open.
fn world(accounts: Vec<Account>) -> Fake {
    let p = Fake::new();
    let words = support::passphrase("korrekt hest");
    let contents = Contents { accounts, ..Contents::default() };
    let key = now(store::create(&p, &[("", NewUnlockMethod::Passphrase(&words))], &contents)).unwrap();
    now(session::keep(&p, &key, Idle::UntilClosed)).unwrap();
    // In the middle of a time-step.
    p.advance(35_000 - START_MS % 30_000);
    p
}

fn change(p: &Fake, by: impl FnOnce(&mut Contents)) {
    let key = now(session::key(p)).unwrap();
    let change = |contents: &mut Contents| {
        by(contents);
        Ok::<_, VaultError>(())
    };
    now(store::change(p, &key, change)).unwrap();
}

/// Microsoft's, and known to work.
fn working(number: u8, name: &str) -> Account {
    Account { status: Status::Confirmed, ..account(number, name) }
}

/// As another app kept it.
fn foreign(number: u8, issuer: &str) -> Account {
    Account { issuer: issuer.into(), origin: None, organisation: None, ..working(number, KARI) }
}

fn did(p: &Fake, page: &Page) {
    tell(p, page, json!({ "did": { "done": true } }));
}

fn ask(p: &Fake, tab: i32, request: Value) -> app::protocol::Reply {
    let over = json!({ "id": tab, "url": format!("https://{}/", tab_state(p, tab)["host"].as_str().unwrap()) });
    let over = serde_json::from_value(over).unwrap();
    let request = pressed(p, &over, request);
    now(app::ask(p, &over, request, Zeroizing::default()))
}

fn pick(p: &Fake, tab: i32, account: u8) {
    ask(p, tab, json!({ "fillHere": { "account": AccountId([account; 16]).to_text() } }));
}

fn field(empty: bool, invalid: bool, ours: bool) -> Value {
    json!({ "kind": "otc", "empty": empty, "invalid": invalid, "ours": ours })
}

fn code_view(name: &str) -> Value {
    json!({ "authMethod": "PhoneAppOTP", "login": name, "field": field(true, false, false) })
}

fn view_of(organisation: &str, field: Value) -> Value {
    json!({ "authMethod": "PhoneAppOTP", "login": KARI, "field": field, "organisation": { "paths": [organisation] } })
}

/// Whose code it is, by the number of the account.
fn filled(p: &Fake, reply: &PageReply) -> Option<u8> {
    let PageReply::Fill { code, .. } = reply else { return None };
    let now_ms = p.0.borrow().now_ms;
    let whose = contents(p).accounts.into_iter().find(|a| a.credential.code_at(now_ms).expose() == code);
    Some(whose.expect("a code of an account here").id.0[0])
}

/// What another app kept under the page's name is offered where it may be Microsoft's, and nothing else is.
#[test]
fn what_may_be_microsofts_is_offered_and_no_other() {
    let counter =
        Secret::new(vec![7; 20]).and_then(|s| Credential::new(s, Algorithm::Sha1, 6, Factor::Counter { counter: 1 }));
    for (what, account, expected) in [
        ("may be", foreign(1, "Contoso"), Reason::CouldBeMeant),
        ("a person said no", Account { microsoft: Some(false), ..foreign(1, "Contoso") }, Reason::NoAccount),
        ("another's name", Account { name: "ola@contoso.no".into(), ..foreign(1, "Contoso") }, Reason::NoAccount),
        ("counts", Account { credential: counter.unwrap(), ..foreign(1, "Contoso") }, Reason::NoAccount),
        ("another service", foreign(1, "GitHub"), Reason::NoAccount),
        (
            "Microsoft's, and a person said no",
            Account { microsoft: Some(false), ..working(1, KARI) },
            Reason::NoAccount,
        ),
    ] {
        let p = world(vec![account]);
        assert!(look(&p, &page(SIGN_IN, 3, "a"), code_view(KARI)) == PageReply::Rest, "{what}");
        assert_eq!(reason(&p, 3), expected, "{what}");
    }
    for (what, account) in [
        ("by the issuer", foreign(1, "Microsoft")),
        ("by the page", Account { origin: Some(SET_UP.into()), ..foreign(1, "Contoso") }),
        ("by a person's word", Account { microsoft: Some(true), ..foreign(1, "Contoso") }),
    ] {
        let p = world(vec![account]);
        assert_eq!(filled(&p, &look(&p, &page(SIGN_IN, 3, "a"), code_view(KARI))), Some(1), "{what}");
    }
}

/// One address may be a personal account and an organisation's: each has a key, and pages that sign it in.
#[test]
fn a_personal_account_and_an_organisations_of_one_name_never_stand_in_for_each_other() {
    let enrolled = |number, origin: &str| Account { origin: Some(origin.into()), ..foreign(number, "Microsoft") };
    let (work, personal) = (enrolled(1, SET_UP), enrolled(2, "https://account.live.com"));
    let labelled = |organisation: &str| Account {
        organisation: Some(organisation.into()),
        microsoft: Some(true),
        ..foreign(3, "Microsoft")
    };
    let learned = Account { organisation_ids: vec![HOME.into()], ..foreign(3, "Microsoft") };
    let nobody = Err(Reason::NoAccount);
    for (what, accounts, at_work, personally) in [
        ("enrolled for work", vec![work.clone()], Ok(1), nobody),
        ("enrolled as personal", vec![personal.clone()], nobody, Ok(2)),
        ("one of each", vec![work, personal], Ok(1), Ok(2)),
        ("labelled by its organisation", vec![labelled("Contoso")], Ok(3), Err(Reason::CouldBeMeant)),
        ("labelled by Microsoft", vec![labelled("Microsoft")], Ok(3), Ok(3)),
        ("by no label", vec![labelled(" ")], Ok(3), Ok(3)),
        ("known to a directory", vec![learned], Ok(3), Err(Reason::CouldBeMeant)),
    ] {
        for (site, expected) in [(SIGN_IN, at_work), ("https://login.live.com", personally)] {
            let p = world(accounts.clone());
            let reply = look(&p, &page(site, 3, "a"), code_view(KARI));
            assert_eq!(filled(&p, &reply).ok_or_else(|| reason(&p, 3)), expected, "{what}, {site}");
        }
    }
    // Whose code the confirmation is, the page of the set-up does not even say.
    for (site, expected) in [(SET_UP, Ok(1)), ("https://account.live.com", nobody)] {
        let p = world(vec![Account { status: Status::Unconfirmed, ..enrolled(1, SET_UP) }]);
        let field = json!({ "kind": "verification", "empty": true, "invalid": false, "ours": false });
        let reply = look(&p, &page(site, 3, "a"), json!({ "marks": ["dialog"], "sentence": IN_APP, "field": field }));
        assert_eq!(filled(&p, &reply).ok_or_else(|| reason(&p, 3)), expected, "{site}");
    }
}

/// What Microsoft has accepted as a personal account is of no organisation, whatever another app has called it.
#[test]
fn a_personal_account_that_was_accepted_is_filled_again() {
    let p = world(vec![foreign(1, "Hotmail")]);
    let sign_in = |document| page("https://login.live.com", 3, document);
    look(&p, &sign_in("a"), code_view(KARI));
    assert_eq!(reason(&p, 3), Reason::CouldBeMeant);
    pick(&p, 3, 1);
    assert_eq!(filled(&p, &look(&p, &sign_in("a"), code_view(KARI))), Some(1));
    did(&p, &sign_in("a"));
    look(&p, &sign_in("kmsi"), json!({ "marks": ["staySignedIn"] }));
    assert_eq!(contents(&p).accounts[0].organisation, None);
    p.advance(60_000);
    assert_eq!(filled(&p, &look(&p, &sign_in("b"), code_view(KARI))), Some(1));
}

/// A label may be the person's own word, or another app's; what was picked once on a personal account's page is known there.
#[test]
fn a_personal_account_with_a_label_is_filled_by_itself_once_it_was_picked() {
    for (what, ids) in [("by a label alone", vec![]), ("picked for work by mistake", vec![HOME.to_owned()])] {
        let labelled = Account {
            organisation: Some("Privat".into()),
            microsoft: Some(true),
            organisation_ids: ids,
            ..foreign(1, "Microsoft")
        };
        let p = world(vec![labelled]);
        let sign_in = |document| page("https://login.live.com", 3, document);
        look(&p, &sign_in("a"), code_view(KARI));
        assert_eq!(reason(&p, 3), Reason::CouldBeMeant, "{what}");
        pick(&p, 3, 1);
        assert_eq!(filled(&p, &look(&p, &sign_in("a"), code_view(KARI))), Some(1), "{what}");
        did(&p, &sign_in("a"));
        p.advance(60_000);
        assert_eq!(filled(&p, &look(&p, &sign_in("b"), code_view(KARI))), Some(1), "{what}");
    }
    // And it is not an organisation's any more.
    let known = Account { organisation_ids: vec![PERSONAL.into()], ..foreign(1, "Microsoft") };
    let p = world(vec![known]);
    look(&p, &page(SIGN_IN, 3, "a"), code_view(KARI));
    assert_eq!(reason(&p, 3), Reason::CouldBeMeant);
}

/// It is there, and of the other kind: nobody is told to look for it under another name.
#[test]
fn of_an_account_of_the_other_kind_it_is_not_said_that_none_has_the_name() {
    let personal = Account { origin: Some("https://account.live.com".into()), ..foreign(1, "Microsoft") };
    let other = working(2, "ola@contoso.no");
    for (what, accounts, says) in [
        ("another's", vec![other.clone()], "reason_noAccountOfName"),
        ("the personal one", vec![personal, other], "reason_noAccount"),
    ] {
        let p = world(accounts);
        look(&p, &page(SIGN_IN, 3, "a"), code_view(KARI));
        assert_eq!(reason(&p, 3), Reason::NoAccount, "{what}");
        assert_eq!(ask(&p, 3, json!("show")).view.page.unwrap().says, says, "{what}");
    }
}

/// Neither is it what a new one would take the place of.
#[test]
fn an_account_of_the_other_kind_is_not_offered_to_be_replaced() {
    const PERSONAL_SET_UP: &str = "https://account.live.com";
    let unlabelled = |origin: &str| Account { origin: Some(origin.into()), ..foreign(1, "Microsoft") };
    for (kept, new, standing) in [
        (unlabelled(SET_UP), PERSONAL_SET_UP, Standing::New),
        (unlabelled(PERSONAL_SET_UP), SET_UP, Standing::New),
        (working(1, KARI), PERSONAL_SET_UP, Standing::New),
        (unlabelled(SET_UP), SET_UP, Standing::Conflict),
        (unlabelled(PERSONAL_SET_UP), PERSONAL_SET_UP, Standing::Conflict),
        (foreign(1, "Microsoft"), PERSONAL_SET_UP, Standing::Conflict),
    ] {
        let what = format!("{:?} {:?} {new}", kept.origin, kept.organisation);
        let p = world(vec![kept]);
        let picture = format!("qr:otpauth://totp/Microsoft:{KARI}?secret=jbswy3dpehpk3pxp&issuer=Microsoft");
        tell(&p, &page(new, 3, "a"), json!({ "pictures": { "pictures": [picture] } }));
        let found = ask(&p, 3, json!("show")).view.pending_accounts.remove(0);
        assert_eq!((found.standing, found.rival.is_some()), (standing, standing == Standing::Conflict), "{what}");
        let saved = ask(&p, 3, json!({ "save": { "pendingAccount": found.id, "whenKnown": "ask" } }));
        assert_eq!(saved.view.accounts.len() == 2, standing == Standing::New, "{what}");
    }
}

/// A link to Microsoft's page can bring the name along.
#[test]
fn a_name_that_a_page_shows_turns_no_words_of_ours_around() {
    let p = world(vec![working(1, KARI)]);
    look(&p, &page(SIGN_IN, 3, "a"), code_view("ola@\u{202e}on.osotnoc\u{200b}"));
    assert_eq!(ask(&p, 3, json!("show")).view.page.unwrap().about, "ola@on.osotnoc");
}

#[test]
fn once_accepted_another_apps_account_keeps_the_organisation_that_it_has() {
    for (organisation, issuer, kept) in
        [(None, "Microsoft", "Contoso"), (Some("  "), "Microsoft", "Contoso"), (Some("Skole"), "Contoso", "Skole")]
    {
        let p = world(vec![Account { organisation: organisation.map(str::to_owned), ..foreign(1, "Contoso") }]);
        let sign_in = page(SIGN_IN, 3, "a");
        look(&p, &sign_in, code_view(KARI));
        pick(&p, 3, 1);
        assert_eq!(filled(&p, &look(&p, &sign_in, code_view(KARI))), Some(1));
        did(&p, &sign_in);
        look(&p, &page(SIGN_IN, 3, "kmsi"), json!({ "marks": ["staySignedIn"] }));
        let account = contents(&p).accounts.remove(0);
        assert_eq!((account.microsoft, account.issuer.as_str()), (Some(true), issuer), "{organisation:?}");
        assert_eq!(account.organisation.as_deref(), Some(kept), "{organisation:?}");
    }
}

/// The page of the set-up names nobody: whoever waits for a confirmation is meant, where it is one alone.
#[test]
fn the_set_ups_code_is_that_of_the_one_account_that_waits() {
    let mut token = account(3, "token@contoso.no");
    token.extra.insert(SERIAL.to_owned(), "TF1".into());
    let another = Account { status: Status::Unconfirmed, ..foreign(4, "GitHub") };
    for (what, accounts, expected) in [
        ("the one", vec![account(1, KARI)], Ok(1)),
        (
            "beside what waits for nothing",
            vec![working(2, KARI), account(1, KARI), token.clone(), another.clone()],
            Ok(1),
        ),
        ("one that works", vec![working(2, KARI)], Err(Reason::NoAccount)),
        ("a hardware token", vec![token], Err(Reason::NoAccount)),
        ("another service's", vec![another], Err(Reason::NoAccount)),
        ("none", vec![], Err(Reason::NoAccount)),
        ("two", vec![account(1, KARI), account(2, "ola@contoso.no")], Err(Reason::Ambiguous)),
    ] {
        let p = world(accounts);
        let field = json!({ "kind": "verification", "empty": true, "invalid": false, "ours": false });
        let reply = look(&p, &page(SET_UP, 3, "a"), json!({ "marks": ["dialog"], "sentence": IN_APP, "field": field }));
        let found = filled(&p, &reply).ok_or_else(|| reason(&p, 3));
        assert_eq!(found, expected, "{what}");
    }
}

/// What a person said in the popup counts for a minute.
#[test]
fn a_pick_counts_for_a_minute() {
    for (later_ms, expected) in [(59_999, Some(1)), (60_000, None)] {
        let p = world(vec![working(1, KARI), working(2, KARI)]);
        let sign_in = page(SIGN_IN, 3, "a");
        look(&p, &sign_in, code_view(KARI));
        assert_eq!(reason(&p, 3), Reason::Ambiguous);
        pick(&p, 3, 1);
        p.advance(later_ms);
        assert_eq!(filled(&p, &look(&p, &sign_in, code_view(KARI))), expected, "{later_ms}");
    }
}

/// Where a person said which account it is, the organisation is learned: of that one, of what works there alone, once.
#[test]
fn an_organisation_is_learned_of_the_account_that_was_picked_there_and_forgotten_of_the_others() {
    let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
    let with = |number, known: &[&str]| Account { organisation_ids: ids(known), ..working(number, KARI) };
    let p = world(vec![with(1, &[HOME, GUEST]), with(2, &[]), with(3, &[THIRD]), working(4, "ola@contoso.no")]);
    change(&p, |contents| contents.accounts[3].organisation_ids.push(THIRD.to_owned()));
    let before = contents(&p).accounts;
    let sign_in = page(SIGN_IN, 3, "a");
    let new = || view_of(THIRD, field(true, false, false));
    // Another of the name is known there already, so that is asked for by hand.
    assert_eq!(filled(&p, &look(&p, &sign_in, new())), Some(3));
    p.advance(60_000);
    let sign_in = page(SIGN_IN, 3, "b");
    look(
        &p,
        &sign_in,
        json!({ "login": KARI, "field": field(true, false, false), "organisation": { "paths": [THIRD] } }),
    );
    pick(&p, 3, 1);
    assert_eq!(filled(&p, &look(&p, &sign_in, new())), Some(1));
    did(&p, &sign_in);
    let after = contents(&p).accounts;
    let known: Vec<_> = after.iter().map(|a| a.organisation_ids.clone()).collect();
    assert_eq!(known, [ids(&[HOME, GUEST, THIRD]), ids(&[]), ids(&[]), ids(&[THIRD])], "Ola is somebody else");
    let changed: Vec<bool> = after.iter().zip(&before).map(|(a, b)| a.modified_ms != b.modified_ms).collect();
    assert_eq!(changed, [true, false, true, false], "what knew nothing of it is as it was");
}

#[test]
fn of_thirty_two_organisations_the_oldest_gives_way() {
    let many: Vec<String> = (0..32).map(|n| format!("{n:08}-0000-4333-8444-555555555555")).collect();
    let p = world(vec![Account { organisation_ids: many.clone(), ..working(1, KARI) }, working(2, KARI)]);
    let sign_in = page(SIGN_IN, 3, "a");
    look(&p, &sign_in, view_of(HOME, field(true, false, false)));
    pick(&p, 3, 1);
    look(&p, &sign_in, view_of(HOME, field(true, false, false)));
    did(&p, &sign_in);
    let mut expected = many[1..].to_vec();
    expected.push(HOME.to_owned());
    assert_eq!(contents(&p).accounts[0].organisation_ids, expected);
}

/// Who picks on a page that has refused a code may be trying one after the other; what no one picked was not said.
#[test]
fn nothing_is_learned_of_a_pick_on_a_refusal_nor_without_one() {
    let p = world(vec![working(1, KARI), working(2, KARI)]);
    let sign_in = page(SIGN_IN, 3, "a");
    let refused = || view_of(HOME, field(true, true, false));
    look(&p, &sign_in, refused());
    pick(&p, 3, 1);
    assert_eq!(filled(&p, &look(&p, &sign_in, refused())), Some(1));
    did(&p, &sign_in);
    assert!(contents(&p).accounts.iter().all(|a| a.organisation_ids.is_empty()), "on a refusal");

    let p = world(vec![working(1, KARI)]);
    let sign_in = page(SIGN_IN, 3, "a");
    assert_eq!(filled(&p, &look(&p, &sign_in, view_of(HOME, field(true, false, false)))), Some(1));
    did(&p, &sign_in);
    assert!(contents(&p).accounts[0].organisation_ids.is_empty(), "without a pick");
    assert_eq!(contents(&p).accounts[0].last_used_ms, Some(p.0.borrow().now_ms));
}

/// Less than two seconds are not enough for a code to arrive.
#[test]
fn a_code_has_two_seconds_left_or_the_next_one_is_waited_for() {
    for (left_ms, waits) in [(2_001, false), (2_000, false), (1_999, true), (1, true)] {
        let p = world(vec![working(1, KARI)]);
        p.advance(25_000 - left_ms);
        let reply = look(&p, &page(SIGN_IN, 3, "a"), code_view(KARI));
        let expected = u32::try_from(left_ms).unwrap() + 50;
        assert!(matches!(reply, PageReply::Again { after_ms } if after_ms == expected) == waits, "{left_ms}");
        assert_eq!(filled(&p, &reply).is_none(), waits, "{left_ms}");
    }
}

/// By this browser's memory and by the vault's, which sync brings from others; not what a wrong clock left far ahead.
#[test]
fn a_step_that_was_used_anywhere_is_waited_out_unless_a_wrong_clock_left_it() {
    for (ahead, fills) in [(-1, true), (0, false), (3, false), (4, true)] {
        let p = world(vec![working(1, KARI), working(2, "ola@contoso.no")]);
        let step = p.0.borrow().now_ms / 30_000;
        change(&p, |contents| contents.accounts[0].last_step = step.checked_add_signed(ahead));
        let reply = look(&p, &page(SIGN_IN, 3, "a"), code_view(KARI));
        assert_eq!(filled(&p, &reply).is_some(), fills, "{ahead} of the vault");
        // Of another account nothing was used.
        assert_eq!(filled(&p, &look(&p, &page(SIGN_IN, 4, "a"), code_view("ola@contoso.no"))), Some(2));

        let p = world(vec![working(1, KARI)]);
        let used = json!([{ "account": AccountId([1; 16]).to_text(), "step": step.checked_add_signed(ahead) }]);
        p.put(Store::Session, "steps", Some(&used.to_string()));
        let reply = look(&p, &page(SIGN_IN, 3, "a"), code_view(KARI));
        assert_eq!(filled(&p, &reply).is_some(), fills, "{ahead} of the session");
    }
}

/// What the page says of the person's own tries is no word about ours; that the tries are too many ends it.
#[test]
fn a_refusal_of_what_the_person_typed_stops_no_code() {
    for (fault, expected) in
        [("This method is not allowed by your organization.", Some(1)), ("You've tried too many times.", None)]
    {
        let p = world(vec![working(1, KARI)]);
        let mut seen = code_view(KARI);
        seen["fault"] = json!(fault);
        assert_eq!(filled(&p, &look(&p, &page(SIGN_IN, 3, "a"), seen)), expected, "{fault}");
    }
}

/// The field is empty again: whether the page or the person has done that tells whose word stood there.
#[test]
fn a_code_that_is_gone_again_was_not_taken_unless_it_was_sent_off() {
    for (mode, now_there, expected) in [
        (Mode::Code, field(true, false, true), Reason::NotTaken),
        (Mode::Code, field(true, false, false), Reason::Filled),
        (Mode::Code, field(false, false, true), Reason::Filled),
        (Mode::Automatic, field(true, false, true), Reason::Filled),
    ] {
        let p = world(vec![Account { mode, ..working(1, KARI) }]);
        let sign_in = page(SIGN_IN, 3, "a");
        assert_eq!(filled(&p, &look(&p, &sign_in, code_view(KARI))), Some(1));
        did(&p, &sign_in);
        let mut seen = code_view(KARI);
        seen["field"] = now_there.clone();
        assert!(look(&p, &sign_in, seen) == PageReply::Rest);
        assert_eq!(reason(&p, 3), expected, "{mode:?} {now_there}");
    }
}

/// The popup that opens by itself asks once for a view, and knows that nobody opened it.
#[test]
fn the_popup_opens_once_to_ask() {
    let p = world(vec![Account { mode: Mode::Approve, ..working(1, KARI) }]);
    let opened = || p.text(Store::Session, "opened");
    assert_eq!(opened(), None);
    look(
        &p,
        &page(SIGN_IN, 3, "sms"),
        json!({ "authMethod": "OneWaySMS", "login": KARI, "field": field(true, false, false) }),
    );
    assert_eq!(opened(), None, "for nothing to approve");
    let sign_in = page(SIGN_IN, 3, "a");
    let behind = json!({ "look": { "seen": code_view(KARI), "visible": false, "acted": true, "resting": true } });
    tell(&p, &sign_in, behind);
    assert_eq!(
        (reason(&p, 3), opened()),
        (Reason::AwaitingApproval, None),
        "over the page in front it has nothing to ask"
    );
    look(&p, &sign_in, code_view(KARI));
    assert_eq!(reason(&p, 3), Reason::AwaitingApproval);
    assert_eq!((opened(), p.0.borrow().popups), (Some(p.0.borrow().now_ms.to_string()), 1));
    p.put(Store::Session, "opened", None);
    look(&p, &sign_in, code_view(KARI));
    assert_eq!((reason(&p, 3), opened(), p.0.borrow().popups), (Reason::AwaitingApproval, None, 1));
}

/// The icon of a tab says in a word what the popup would.
#[test]
fn the_icon_says_what_there_is_to_say() {
    let secret = |name: &str| json!({ "marks": ["dialog"], "manual": { "name": name, "secret": "mfrggzdfmztwq2lk" } });
    let badge = |p: &Fake| p.0.borrow().badges[&3];
    let p = world(vec![working(1, KARI)]);
    for (what, origin, seen, expected) in [
        ("a code", SIGN_IN, code_view(KARI), Badge::Filled),
        ("a stranger", SIGN_IN, code_view("per@contoso.no"), Badge::Attention),
        ("a passkey", SIGN_IN, json!({ "login": KARI, "marks": ["passkey"] }), Badge::Attention),
        ("a password", SIGN_IN, json!({ "login": KARI, "marks": ["password"] }), Badge::Clear),
        ("what no rule knows", SIGN_IN, json!({ "marks": ["asks"] }), Badge::NotRecognised),
        ("a step", SET_UP, json!({ "marks": ["setUpList"] }), Badge::Step),
        (
            "a step with no app",
            SET_UP,
            json!({ "marks": ["dialog"], "field": { "kind": "telephone", "empty": true, "invalid": false, "ours": false } }),
            Badge::Clear,
        ),
        ("a secret", SET_UP, secret("Contoso:new@contoso.no"), Badge::Captured),
    ] {
        let at = page(origin, 3, what);
        if look(&p, &at, seen) != PageReply::Rest {
            did(&p, &at);
        }
        assert_eq!(badge(&p), expected, "{what}: {:?}", reason(&p, 3));
    }
    // As text the secret is Microsoft's own, and is saved like that of a QR code.
    let pending = ask(&p, 3, json!("show")).view.pending_accounts.remove(0);
    assert_eq!((pending.name.as_str(), pending.organisation.as_deref()), ("new@contoso.no", Some("Contoso")));
    look(&p, &page(SET_UP, 3, "a secret"), secret("Contoso:new@contoso.no"));
    assert_eq!(tab_state(&p, 3)["captured"].as_array().unwrap().len(), 1, "seen twice it is one");
    ask(&p, 3, json!({ "save": { "pendingAccount": pending.id, "whenKnown": "ask" } }));
    assert_ne!(badge(&p), Badge::Captured, "saved, it waits no longer");
    assert_eq!(contents(&p).accounts.len(), 2);

    now(session::lock(&p)).unwrap();
    look(&p, &page(SIGN_IN, 3, "locked"), code_view(KARI));
    assert_eq!(badge(&p), Badge::Locked);
}

/// The day on which text messages end is that of Microsoft's public cloud; a country's own has another.
#[test]
fn that_messages_end_is_said_in_the_public_cloud_alone() {
    let proof = |id: &str| json!([{ "id": id, "default": true, "types": [] }]);
    for (origin, id, expected) in [
        (SIGN_IN, "OneWaySMS", json!("smsOnly")),
        ("https://login.microsoftonline.us", "OneWaySMS", Value::Null),
        ("https://login.microsoftonline.us", "FidoKey", json!("passkey")),
    ] {
        let p = world(vec![]);
        let seen = json!({ "authMethod": id, "login": KARI, "field": field(true, false, false), "proofs": proof(id) });
        look(&p, &page(origin, 3, "a"), seen);
        assert_eq!(tab_state(&p, 3)["hindrance"]["hindrance"], expected, "{origin} {id}");
    }
}

/// The next document in the tab answers for what was released there, and says what was put aside, for five minutes.
#[test]
fn what_a_tab_has_released_and_replaced_is_remembered_for_five_minutes() {
    for (later_ms, is_known) in [(299_999, true), (300_000, false)] {
        let new = Account { status: Status::Unconfirmed, replaces: Some(AccountId([2; 16])), ..account(1, KARI) };
        let p = world(vec![
            new,
            Account { status: Status::Unconfirmed, ..foreign(2, "GitHub") },
            working(3, "ola@contoso.no"),
        ]);
        change(&p, |contents| {
            contents.delete(AccountId([3; 16]), START_MS);
        });
        let sign_in = page(SIGN_IN, 3, "a");
        assert_eq!(filled(&p, &look(&p, &sign_in, code_view(KARI))), Some(1));
        did(&p, &sign_in);
        look(&p, &page(SIGN_IN, 4, "other"), code_view(KARI));
        p.advance(later_ms);
        look(&p, &page(SIGN_IN, 3, "b"), json!({ "login": KARI, "marks": ["password"] }));
        assert_eq!(!tab_state(&p, 3)["released"].is_null(), is_known, "{later_ms}");
        // Whose code was accepted takes the place of the other, and of no third.
        look(&p, &page(SIGN_IN, 3, "c"), json!({ "marks": ["staySignedIn"] }));
        assert_eq!(!tab_state(&p, 3)["replaced"].is_null(), is_known, "{later_ms}");
        if is_known {
            let aside = contents(&p);
            let aside = aside.recently_deleted().into_iter();
            let replaced = aside.filter(|(t, _)| t.note.is_some_and(|note| note.why == Cause::Replaced));
            assert_eq!(replaced.map(|(_, account)| account.id.0[0]).collect::<Vec<_>>(), [2]);
            p.advance(299_999);
            look(&p, &page(SIGN_IN, 3, "d"), json!({ "login": KARI, "marks": ["password"] }));
            assert!(!tab_state(&p, 3)["replaced"].is_null());
            p.advance(1);
            look(&p, &page(SIGN_IN, 3, "e"), json!({ "login": KARI, "marks": ["password"] }));
            assert!(tab_state(&p, 3)["replaced"].is_null());
        }
    }
}

/// An hour is more than Microsoft's pages wait.
#[test]
fn a_set_up_counts_as_abandoned_after_an_hour() {
    let p = world(vec![account(1, KARI)]);
    look(&p, &page(SIGN_IN, 3, "a"), json!({ "login": KARI, "marks": ["password"] }));
    let (created_ms, now_ms) = (contents(&p).accounts[0].created_ms, p.0.borrow().now_ms);
    p.advance(created_ms + 60 * 60_000 - now_ms);
    assert!(!ask(&p, 3, json!("show")).view.accounts[0].abandoned);
    p.advance(1);
    assert!(ask(&p, 3, json!("show")).view.accounts[0].abandoned);
}

/// A document that comes back marked and empty has refused what went to the one before it, though nothing of ours stands in
/// it; one with something else in its field has not.
#[test]
fn the_next_document_refuses_with_an_empty_field() {
    for (empty, refuses) in [(true, true), (false, false)] {
        let p = world(vec![working(1, KARI)]);
        let sign_in = page(SIGN_IN, 3, "a");
        assert_eq!(filled(&p, &look(&p, &sign_in, code_view(KARI))), Some(1));
        did(&p, &sign_in);
        p.advance(30_000);
        let mut seen = code_view(KARI);
        seen["field"] = field(empty, true, false);
        let again = look(&p, &page(SIGN_IN, 3, "b"), seen.clone());
        assert_eq!(filled(&p, &again).is_some(), refuses);
        assert_eq!(tab_state(&p, 3)["released"]["retry"], json!(refuses));
        p.advance(30_000);
        assert!(look(&p, &page(SIGN_IN, 3, "c"), seen) == PageReply::Rest, "one retry, and no more");
        assert_eq!(reason(&p, 3), if refuses { Reason::Rejected } else { Reason::FieldNotEmpty });
    }
}

/// Microsoft lists the methods, and sends the person on to another provider: for five minutes that page is said to be one.
#[test]
fn where_the_list_of_methods_has_sent_the_person_is_said_for_five_minutes() {
    let list = json!({ "login": KARI, "marks": ["proofPicker"] });
    let password = json!({ "login": KARI, "marks": ["password"] });
    for (what, seen, later_ms, is_said) in [
        ("at once", &list, 0, true),
        ("for five minutes", &list, 299_999, true),
        ("then no more", &list, 300_000, false),
        ("from elsewhere", &password, 0, false),
    ] {
        let p = world(vec![working(1, KARI)]);
        look(&p, &page(SIGN_IN, 3, "a"), seen.clone());
        p.advance(later_ms);
        let over = serde_json::from_value(json!({ "id": 3, "url": "https://provider.example/mfa" })).unwrap();
        let shown = now(app::ask(&p, &over, UiRequest::Show, Zeroizing::default()));
        let says = shown.view.page.map(|page| page.says);
        assert_eq!(says.as_deref() == Some("guide_externalMfa"), is_said, "{what}: {says:?}");
    }
}

/// A tab that shows what is kept already sets that up again, whoever else waits; once accepted, that is over.
#[test]
fn a_tab_enrols_what_its_page_shows() {
    let p = world(vec![account(1, KARI), account(2, "ola@contoso.no")]);
    let set_up = page(SET_UP, 3, "a");
    let secret = otp::base32::encode(&Secret::new(vec![1, 1, 2, 3, 4, 5, 6, 7, 8, 9]).unwrap());
    look(&p, &set_up, json!({ "marks": ["dialog"], "manual": { "name": KARI, "secret": *secret } }));
    let field = json!({ "kind": "verification", "empty": true, "invalid": false, "ours": false });
    let code = json!({ "marks": ["dialog"], "sentence": IN_APP, "field": field });
    assert_eq!(filled(&p, &look(&p, &set_up, code)), Some(1));
    did(&p, &set_up);
    look(&p, &set_up, json!({ "marks": ["dialog", "nextStep"] }));
    assert_eq!(contents(&p).accounts[0].status, Status::Confirmed);
    assert!(tab_state(&p, 3)["enrolled"].is_null() && tab_state(&p, 3)["captured"] == json!([]));
}

/// The set-up names nobody: where nothing waits for its code, no other name is looked for.
#[test]
fn on_the_set_up_it_is_said_that_nothing_waits() {
    let p = world(vec![working(1, KARI)]);
    let field = json!({ "kind": "verification", "empty": true, "invalid": false, "ours": false });
    look(&p, &page(SET_UP, 3, "a"), json!({ "marks": ["dialog"], "sentence": IN_APP, "field": field }));
    assert_eq!(ask(&p, 3, json!("show")).view.page.unwrap().says, "reason_noneWaits");
}

/// What is no account's QR code tells no step, and one that is changes none that is known.
#[test]
fn a_qr_code_tells_the_step_that_nothing_else_tells() {
    let uri = b"otpauth://totp/Contoso:new@contoso.no?secret=mfrggzdfmztwq2lk&issuer=Microsoft".to_vec();
    for (marks, payload, expected) in [
        (json!(["dialog"]), uri.clone(), "setUpQr"),
        (json!(["dialog"]), b"https://example.org/".to_vec(), "unknown"),
        (json!(["setUpList", "dialog", "setUpPicker"]), uri, "setUpPicker"),
    ] {
        let p = world(vec![]);
        let set_up = page(SET_UP, 3, "a");
        assert!(look(&p, &set_up, json!({ "marks": marks, "pictures": 1 })) == PageReply::SendPictures);
        now(async {
            let _turn = p.lock_tab(3).await.unwrap();
            app::captured(&p, &set_up, &[payload]).await
        });
        assert_eq!(tab_state(&p, 3)["state"], json!(expected), "{marks}");
    }
}

/// The stores are read before the core is there, and a lock that comes in between counts.
#[test]
fn a_vault_that_is_locked_meanwhile_gives_no_code() {
    for locks in [false, true] {
        let p = world(vec![working(1, KARI)]);
        let sign_in = page(SIGN_IN, 3, "a");
        let request = json!({ "look": { "seen": code_view(KARI), "visible": true, "acted": true, "resting": true } });
        let reply = now(async {
            let read = p.snapshot().await;
            if locks {
                session::lock(&p).await.unwrap();
            }
            app::answer(&Cached::of(&p, read), &sign_in, serde_json::from_value(request).unwrap()).await
        });
        assert_eq!(matches!(reply, PageReply::Fill { .. }), !locks);
        assert_eq!(reason(&p, 3) == Reason::Locked, locks);
    }
}

/// A yes counts for a minute and for one code; what stands there then is not asked for again.
#[test]
fn a_yes_counts_for_a_minute_and_once() {
    for (later_ms, fills) in [(59_999, true), (60_000, false)] {
        let p = world(vec![Account { mode: Mode::Approve, ..working(1, KARI) }]);
        let sign_in = page(SIGN_IN, 3, "a");
        look(&p, &sign_in, code_view(KARI));
        ask(&p, 3, json!({ "approve": { "approved": true } }));
        p.advance(later_ms);
        let reply = look(&p, &sign_in, code_view(KARI));
        assert_eq!(filled(&p, &reply).is_some(), fills, "{later_ms}");
        if fills {
            did(&p, &sign_in);
            let mut seen = code_view(KARI);
            seen["field"] = field(false, false, true);
            assert!(look(&p, &sign_in, seen) == PageReply::Rest);
            assert_eq!(reason(&p, 3), Reason::Filled);
        }
    }
}

/// The step is clicked where the person sees the page, for a minute from their word.
#[test]
fn a_step_is_clicked_in_front_and_within_a_minute() {
    for (later_ms, visible, clicks) in [(59_999, true, true), (60_000, true, false), (0, false, false)] {
        let p = world(vec![]);
        let set_up = page(SET_UP, 3, "a");
        let list = json!({ "marks": ["setUpList"] });
        look(&p, &set_up, list.clone());
        ask(&p, 3, json!("doStep"));
        p.advance(later_ms);
        let seen = json!({ "look": { "seen": list, "visible": visible, "acted": true, "resting": true } });
        let reply = tell(&p, &set_up, seen);
        assert!(matches!(reply, PageReply::Click { .. }) == clicks, "{later_ms} {visible}");
        assert!(matches!(reply, PageReply::Point { .. }) != clicks, "{later_ms} {visible}");
    }
}

/// What Microsoft accepts within five minutes of a code has accepted it: the sign-in's at the sign-in, the set-up's there.
#[test]
fn a_code_is_accepted_where_it_went_and_within_five_minutes() {
    let signed_in = json!({ "marks": ["staySignedIn"] });
    for (what, later_ms, confirmed) in [("in time", 300_000, true), ("too late", 300_001, false)] {
        let p = world(vec![account(1, KARI)]);
        let sign_in = page(SIGN_IN, 3, "a");
        assert_eq!(filled(&p, &look(&p, &sign_in, code_view(KARI))), Some(1));
        did(&p, &sign_in);
        p.advance(later_ms);
        look(&p, &sign_in, signed_in.clone());
        assert_eq!(contents(&p).accounts[0].status == Status::Confirmed, confirmed, "{what}");
    }
    let p = world(vec![account(1, KARI)]);
    let field = json!({ "kind": "verification", "empty": true, "invalid": false, "ours": false });
    let set_up = page(SET_UP, 3, "a");
    let reply = look(&p, &set_up, json!({ "marks": ["dialog"], "sentence": IN_APP, "field": field }));
    assert_eq!(filled(&p, &reply), Some(1));
    did(&p, &set_up);
    look(&p, &page(SIGN_IN, 3, "b"), signed_in);
    assert_eq!(contents(&p).accounts[0].status, Status::Unconfirmed, "a sign-in accepts no code of the set-up");
}

/// What was refused, or left for another way, was not accepted: neither is the account known to work by that, nor known there.
#[test]
fn what_another_way_brings_about_confirms_no_code() {
    let refused = || view_of(HOME, field(false, true, true));
    let sms = || json!({ "authMethod": "OneWaySMS", "login": KARI, "field": field(true, false, false) });
    let push = || json!({ "authMethod": "PhoneAppNotification", "login": KARI, "marks": ["push"] });
    let passkey = || json!({ "login": KARI, "marks": ["passkey"] });
    for (what, between, confirmed) in [
        ("nothing", vec![], true),
        ("the same view", vec![view_of(HOME, field(false, false, true))], true),
        ("refused", vec![refused()], false),
        ("refused, then a message", vec![refused(), sms()], false),
        ("a message", vec![sms()], false),
        ("an approval", vec![push()], false),
        ("a passkey", vec![passkey()], false),
    ] {
        let p = world(vec![account(1, KARI)]);
        let sign_in = page(SIGN_IN, 3, "a");
        assert_eq!(filled(&p, &look(&p, &sign_in, view_of(HOME, field(true, false, false)))), Some(1), "{what}");
        did(&p, &sign_in);
        between.into_iter().for_each(|seen| drop(look(&p, &sign_in, seen)));
        look(&p, &page(SIGN_IN, 3, "kmsi"), json!({ "marks": ["staySignedIn"] }));
        let after = contents(&p).accounts.remove(0);
        assert_eq!(after.status == Status::Confirmed, confirmed, "{what}");
        assert_eq!(after.organisation_ids == [HOME], confirmed, "{what}");
    }
}

/// What the script says of a click or a code, and what it says later, when the page has not changed for it.
#[test]
fn what_had_no_effect_is_said() {
    let did = |p: &Fake, page: &Page, done: bool| {
        tell(p, page, json!({ "did": { "done": done } }));
        reason(p, 3)
    };
    let push = json!({ "authMethod": "PhoneAppNotification", "login": KARI, "marks": ["push", "anotherWay"] });
    for (seen, first, [at_once, later]) in [
        (push.clone(), true, [Reason::Switching, Reason::Switching]),
        (push.clone(), false, [Reason::CouldNot, Reason::CouldNot]),
        (code_view(KARI), true, [Reason::Filled, Reason::Filled]),
        (code_view(KARI), false, [Reason::CouldNot, Reason::CouldNot]),
    ] {
        let p = world(vec![working(1, KARI)]);
        let sign_in = page(SIGN_IN, 3, "a");
        assert!(look(&p, &sign_in, seen) != PageReply::Rest);
        assert_eq!(did(&p, &sign_in, first), at_once);
        assert_eq!(did(&p, &sign_in, true), later, "all is well");
    }
    for (seen, expected) in [(push, Reason::NoEffect), (code_view(KARI), Reason::NotTaken)] {
        let p = world(vec![working(1, KARI)]);
        let sign_in = page(SIGN_IN, 3, "a");
        look(&p, &sign_in, seen);
        did(&p, &sign_in, true);
        assert_eq!(did(&p, &sign_in, false), expected);
    }
}

/// What the script was told it reports on before it looks again; what it has never heard of is told once more.
#[test]
fn what_was_lost_on_the_way_to_the_page_comes_again() {
    let p = world(vec![working(1, KARI)]);
    let sign_in = page(SIGN_IN, 3, "a");
    assert_eq!(filled(&p, &look(&p, &sign_in, code_view(KARI))), Some(1));
    // No step twice.
    assert!(matches!(look(&p, &sign_in, code_view(KARI)), PageReply::Again { .. }));
    p.advance(30_000);
    assert_eq!(filled(&p, &look(&p, &sign_in, code_view(KARI))), Some(1));
    // It has come this time, and the report on it has not.
    p.advance(30_000);
    let mut seen = code_view(KARI);
    seen["field"] = field(false, false, true);
    assert!(look(&p, &sign_in, seen) == PageReply::Rest);
    assert_eq!(reason(&p, 3), Reason::Filled);

    let push = || json!({ "authMethod": "PhoneAppNotification", "login": KARI, "marks": ["push", "anotherWay"] });
    let sign_in = page(SIGN_IN, 4, "a");
    for _ in 0..2 {
        assert!(matches!(look(&p, &sign_in, push()), PageReply::Click { .. }));
    }
    did(&p, &sign_in);
    assert!(look(&p, &sign_in, push()) == PageReply::Rest);
}

/// From the phone to the code: where that is wanted, known to work, and in sight.
#[test]
fn the_way_from_the_phone_is_left_alone_where_it_leads_nowhere() {
    let push = |marks: &[&str]| json!({ "authMethod": "PhoneAppNotification", "login": KARI, "marks": marks });
    let both = ["push", "anotherWay"];
    let mut other_proofs = push(&both);
    other_proofs["proofs"] = json!([{ "id": "PhoneAppNotification", "default": true, "types": [] }]);
    for (what, seen, visible, setting, expected) in [
        ("all is there", push(&both), true, true, Reason::Switching),
        ("no link", push(&["push"]), true, true, Reason::NotAppCode),
        ("not in front", push(&both), false, true, Reason::NotInFront),
        ("not wanted", push(&both), true, false, Reason::NotAppCode),
        ("no app registered", other_proofs, true, true, Reason::NotRegistered),
    ] {
        let p = world(vec![working(1, KARI)]);
        change(&p, |contents| {
            contents.settings.insert("switchToCode".to_owned(), setting.into());
        });
        let request = json!({ "look": { "seen": seen, "visible": visible, "acted": true, "resting": true } });
        let reply = tell(&p, &page(SIGN_IN, 3, "a"), request);
        assert_eq!(reason(&p, 3), expected, "{what}");
        assert!(matches!(reply, PageReply::Click { .. }) == (expected == Reason::Switching), "{what}");
    }
    // On an organisation's own server no link is known to be that one.
    let p = world(vec![working(1, KARI)]);
    let mut seen = push(&both);
    seen["authMethod"] = json!("AzureMfaAuthentication");
    assert!(look(&p, &adfs("adfs.contoso.no", "a"), seen) == PageReply::Rest);
    assert_eq!((tab_state(&p, 2)["state"].clone(), reason(&p, 2)), (json!("push"), Reason::NotAppCode));
}

/// Whoever left the code for the phone is not led back, though the page was blank in between.
#[test]
fn a_blank_moment_hides_no_choice() {
    let p = world(vec![working(1, KARI)]);
    let sign_in = page(SIGN_IN, 3, "a");
    assert_eq!(filled(&p, &look(&p, &sign_in, code_view(KARI))), Some(1));
    did(&p, &sign_in);
    assert!(look(&p, &sign_in, json!({})) == PageReply::Rest);
    let push = json!({ "authMethod": "PhoneAppNotification", "login": KARI, "marks": ["push", "anotherWay"] });
    assert!(look(&p, &sign_in, push) == PageReply::Rest);
}

/// On a page that no rule knows: a person's word is for a minute, and what stands there is said to be ours where it is.
#[test]
fn by_hand_a_code_goes_for_a_minute_and_is_known_again() {
    let seen = |empty: bool, ours: bool| {
        let field = json!({ "kind": "short", "empty": empty, "invalid": false, "ours": ours });
        json!({ "login": KARI, "around": "Type it in here", "marks": ["asks"], "field": field })
    };
    for (later_ms, fills) in [(59_999, true), (60_000, false)] {
        let p = world(vec![Account { mode: Mode::Automatic, ..working(1, KARI) }]);
        let unknown = page(SIGN_IN, 3, "a");
        look(&p, &unknown, seen(true, false));
        pick(&p, 3, 1);
        p.advance(later_ms);
        let reply = look(&p, &unknown, seen(true, false));
        assert!(matches!(reply, PageReply::Fill { submit: false, .. }) == fills, "{later_ms}");
        if fills {
            did(&p, &unknown);
        } else {
            assert_eq!(reason(&p, 3), Reason::NotRecognised);
        }
        for (empty, ours, is_filled) in [(false, true, fills), (false, false, false), (true, true, false)] {
            look(&p, &unknown, seen(empty, ours));
            assert_eq!(reason(&p, 3) == Reason::Filled, is_filled, "{later_ms} {empty} {ours}");
        }
    }
}

/// What is found on a page is sealed to the vault that is there, and to no other.
#[test]
fn the_key_that_lies_beside_a_vault_is_that_vaults() {
    let p = world(vec![]);
    let key = now(session::key(&p)).unwrap();
    now(CaptureKey::lay_down(&p, &key)).unwrap();
    let laid = now(CaptureKey::read(&p)).unwrap();
    assert!(laid.is_of(&key));
    assert!(!laid.is_of(&VaultKey::from_bytes(&[9; 32])));
}

/// What an organisation has added for the page's script is told to it once, before anything is judged.
#[test]
fn the_script_learns_what_the_organisation_has_added() {
    for (added, taught, learns) in [(true, false, true), (true, true, false), (false, false, false)] {
        let p = world(vec![working(1, KARI)]);
        let rules = json!({ "signIn": { "submit": ["#go"] } }).to_string();
        p.0.borrow_mut().policy = added.then(|| json!({ "pageRules": rules }).to_string());
        let look =
            json!({ "seen": code_view(KARI), "visible": true, "acted": true, "resting": true, "taught": taught });
        let reply = tell(&p, &page(SIGN_IN, 3, "a"), json!({ "look": look }));
        assert!(matches!(reply, PageReply::Learn { .. }) == learns, "{added} {taught}");
        assert_eq!(filled(&p, &reply).is_some(), !learns, "{added} {taught}");
    }
}

/// Whoever has no vault yet is told of the first run on a page that asks for a code, and not elsewhere.
#[test]
fn without_a_vault_a_code_page_says_so() {
    let p = Fake::new();
    look(&p, &page(SIGN_IN, 3, "a"), json!({ "login": KARI, "marks": ["password"] }));
    assert!(p.0.borrow().welcomed.is_empty());
    look(&p, &page(SIGN_IN, 3, "b"), code_view(KARI));
    assert_eq!((reason(&p, 3), p.0.borrow().welcomed.as_slice()), (Reason::NoVault, &[3][..]));
    let behind = json!({ "look": { "seen": code_view(KARI), "visible": false, "acted": true, "resting": true } });
    tell(&p, &page(SIGN_IN, 4, "c"), behind);
    assert_eq!((reason(&p, 4), p.0.borrow().welcomed.as_slice()), (Reason::NoVault, &[3][..]), "behind another tab");
}

/// What was known of a tab ends with it.
#[test]
fn a_tab_that_was_closed_is_forgotten() {
    let p = world(vec![working(1, KARI)]);
    look(&p, &page(SIGN_IN, 3, "a"), code_view(KARI));
    assert!(p.text(Store::Session, "page.3").is_some());
    now(app::forget(&p, 3));
    assert_eq!(p.text(Store::Session, "page.3"), None);
}

/// The correction of the clock is told where it is more than a minute and a half.
#[test]
fn a_clock_that_is_off_by_minutes_is_told() {
    let p = world(vec![working(1, KARI)]);
    look(&p, &page(SIGN_IN, 3, "a"), code_view(KARI));
    for (offset_ms, expected) in
        [(0, None), (90_000, None), (-90_000, None), (91_500, Some(91)), (-3_600_000, Some(-3600))]
    {
        let clock = json!({ "offset_ms": offset_ms, "checked_ms": null }).to_string();
        p.put(Store::Session, "clock", Some(&clock));
        let told = ask(&p, 3, json!("show")).view.page.unwrap().clock_off_s;
        assert_eq!(told, expected, "{offset_ms}");
        // There the person types the code.
        let over =
            Tab { id: Some(9), url: Some("https://passwordreset.microsoftonline.com/".into()), ..Tab::default() };
        let reset = now(app::ask(&p, &over, UiRequest::Show, Zeroizing::default())).view.page.unwrap();
        assert_eq!((reset.says.as_str(), reset.clock_off_s), ("guide_passwordReset", expected), "{offset_ms}");
        assert_eq!(reset.host, "passwordreset.microsoftonline.com");
    }
}
