//! Tokens that an organisation lays into one person's policy: taken by themselves, once, shown, and never for somebody else.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests state what they know"
)]

use ::tokens::{Issued, Period, Person, issue};
use app::protocol::{Choice, Draft, ExchangeRequest, Reply, Tab, TokenView, UiRequest, UnlockBy};
use app::{ask, policy_changed};
use data_encoding::BASE64;
use formats::Password;
use platform::Store;
use policy::{Policy, ReportKind};
use rollout::check;
use serde_json::{Value, json};
use support::forged::parcel_of;
use support::{Fake, Fault, WORDS, create, decide, draft, go, now, random, run, ui};
use vault::{Parcel, Record};
use zeroize::Zeroizing;

const KARI: &str = "kari@skole.example";

fn issued<const N: usize>(people: [&str; N]) -> [Issued; N] {
    let people = people.map(|upn| Person { upn: upn.to_owned(), id: None });
    issue(&people, Some("Fylket"), Period::Half, 1_700_000_000_000, &mut random).unwrap().try_into().ok().unwrap()
}

/// What the policy of that person says.
fn text(issued: &Issued) -> String {
    let policy: Value = serde_json::from_slice(&issued.policy().unwrap()).unwrap();
    policy["tokens"][0].as_str().unwrap().to_owned()
}

fn open_again(p: &Fake) -> Reply {
    ui(p, UiRequest::Lock, "");
    ui(p, UiRequest::Unlock { by: UnlockBy::Passphrase, save: None }, WORDS)
}

/// Who is there, and by which number.
fn there(reply: &Reply) -> Vec<(String, Option<String>)> {
    reply.view.accounts.iter().map(|account| (account.name.clone(), account.serial.clone())).collect()
}

fn told(reply: &Reply) -> Vec<String> {
    reply.view.tokens.iter().map(|token| token.serial.clone()).collect()
}

#[test]
fn a_token_in_the_policy_comes_by_itself_once_and_is_shown_until_it_was_read() {
    let [token] = issued([KARI]);
    let serial = token.token.serial.clone();
    let mine = vec![(KARI.to_owned(), Some(serial.clone()))];
    let policy = json!({ "tokens": [text(&token)] });
    let p = Fake::new();
    decide(&p, &policy);
    // At the making of a vault, and said until somebody has read it.
    let made = create(&p);
    assert_eq!((there(&made), told(&made)), (mine.clone(), vec![serial.clone()]));
    let shown = made.view.accounts[0].code.replace(' ', "");
    assert_eq!(shown, token.token.credential.code_at(p.0.borrow().now_ms).expose());
    assert_eq!(told(&ui(&p, UiRequest::Lock, "")), [""; 0], "nothing is told of a vault that is closed");
    for _ in 0..2 {
        let again = open_again(&p);
        assert_eq!((there(&again), told(&again)), (mine.clone(), vec![serial.clone()]));
    }
    let TokenView { account, name, .. } = made.view.tokens[0].clone();
    assert_eq!(name, KARI);
    let read = ui(&p, UiRequest::TokensRead { accounts: vec![account.clone()] }, "");
    assert_eq!((there(&read), told(&read)), (mine.clone(), vec![]));
    let generation = |p: &Fake| Record::from_text(&p.text(Store::Local, "v1.a").unwrap()).unwrap().header().generation;
    let before = generation(&p);
    let again = open_again(&p);
    assert_eq!(
        (there(&again), told(&again), generation(&p)),
        (mine.clone(), vec![], before),
        "nothing to do, nothing saved"
    );

    // What a person has put away stays away: aside, restored and removed once more, and deleted for good.
    let removed = ui(&p, UiRequest::Remove { account: account.clone() }, "");
    let deleted: Vec<String> = removed.view.deleted.iter().map(|deleted| deleted.id.clone()).collect();
    assert_eq!(there(&open_again(&p)), []);
    assert_eq!(there(&ui(&p, UiRequest::Restore { deleted: deleted.clone() }, "")), mine);
    assert_eq!(there(&open_again(&p)), mine);
    ui(&p, UiRequest::Remove { account }, "");
    ui(&p, UiRequest::Empty { deleted }, "");
    let gone = open_again(&p);
    assert_eq!((there(&gone), told(&gone)), (vec![], vec![]));

    // A new one beside it comes alone, also to a vault that is open when the policy changes.
    let [next] = issued([KARI]);
    decide(&p, &json!({ "tokens": [text(&token), text(&next)] }));
    now(policy_changed(&p));
    let later = ui(&p, UiRequest::Show, "");
    assert_eq!(
        (there(&later), told(&later)),
        (vec![(KARI.to_owned(), Some(next.token.serial.clone()))], vec![next.token.serial])
    );
    // And in another profile, wiped or new, the first one is there again as long as the policy has it.
    let wiped = Fake::new();
    decide(&wiped, &policy);
    assert_eq!(there(&create(&wiped)), mine);
}

#[test]
fn a_token_that_was_taken_by_hand_does_not_come_again_and_no_other_key_gives_way_to_it() {
    let [token] = issued([KARI]);
    let p = Fake::new();
    create(&p);
    let password = token.code.to_text();
    let read = formats::read_file(&token.parcel, Some(&Password::ascii(&password)));
    let take = ExchangeRequest::Take { choices: vec![Choice::Add], names: Vec::new() };
    go(&p, take, &read.entries.0);
    decide(&p, &json!({ "tokens": [text(&token)] }));
    let opened = open_again(&p);
    assert_eq!((opened.view.accounts.len(), told(&opened)), (1, vec![]));

    // The person's own account of that name, and what lies aside, stay as they are.
    let p = Fake::new();
    create(&p);
    let draft = Draft { organisation: "Fylket".into(), ..draft(KARI) };
    let before = ui(&p, UiRequest::Enter { draft }, "jbswy3dpehpk3pxp");
    decide(&p, &json!({ "tokens": [text(&token)] }));
    let opened = open_again(&p);
    assert_eq!((opened.view.accounts.len(), opened.view.deleted.len()), (2, 0));
    assert!(
        opened
            .view
            .accounts
            .iter()
            .any(|account| account.code == before.view.accounts[0].code && account.serial.is_none())
    );
}

#[test]
fn a_token_that_could_not_be_saved_comes_at_the_next_opening() {
    let [token] = issued([KARI]);
    let p = Fake::new();
    create(&p);
    ui(&p, UiRequest::Lock, "");
    decide(&p, &json!({ "tokens": [text(&token)] }));
    let world = || {
        let world = p.fork();
        decide(&world, &json!({ "tokens": [text(&token)] }));
        world
    };
    let unlock = async |p: &Fake| {
        let words = Zeroizing::new(WORDS.as_bytes().to_vec());
        ask(p, &Tab::default(), UiRequest::Unlock { by: UnlockBy::Passphrase, save: None }, words).await
    };
    let whole = world();
    let before = whole.steps();
    now(unlock(&whole));
    let steps = whole.steps() - before;
    assert!(steps > 10);
    for step in 0..steps {
        for fault in Fault::ALL {
            let cut = world();
            cut.fail_at(step, fault);
            run(unlock(&cut));
            cut.restart_browser();
            // As long as one has to wait after a try that failed.
            cut.advance(60 * 60 * 1000);
            let after = ui(&cut, UiRequest::Unlock { by: UnlockBy::Passphrase, save: None }, WORDS);
            assert_eq!(
                there(&after),
                [(KARI.to_owned(), Some(token.token.serial.clone()))],
                "{fault:?} at step {step}"
            );
            assert_eq!(told(&after).len(), 1, "{fault:?} at step {step}");
        }
    }
}

#[test]
fn a_policy_that_is_mistaken_or_anothers_brings_nothing_and_is_reported() {
    let [kari, ola, second] = issued([KARI, "ola@skole.example", "KARI@Skole.example"]);
    let (mine, theirs) = (text(&kari), text(&ola));
    let words =
        |text: &str| -> [String; 3] { text.split(' ').map(str::to_owned).collect::<Vec<_>>().try_into().unwrap() };
    let ([person, code, record], [other, other_code, other_record]) = (words(&mine), words(&theirs));
    let mut flipped = BASE64.decode(record.as_bytes()).unwrap();
    let at = flipped.len() / 2;
    flipped[at] ^= 1;
    let mut mistyped = code.clone().into_bytes();
    mistyped[0] = if mistyped[0] == b'A' { b'B' } else { b'A' };
    let mistyped = String::from_utf8(mistyped).unwrap();
    // Sealed as it should be, and something else is in it.
    let forged = |accounts: Value| {
        let (parcel, code) =
            parcel_of(json!({ "v": 1, "accounts": accounts, "tombstones": [], "settings": {} }).to_string().as_bytes());
        format!("{KARI} {} {}", code.to_text().as_str(), BASE64.encode(&parcel))
    };
    let account = json!(Parcel::from_text(&mine).unwrap().open().unwrap());
    let without = |field: &str| {
        let mut account = account.clone();
        account.as_object_mut().unwrap().remove(field);
        json!([account])
    };
    assert!(Parcel::from_text(&forged(json!([account]))).is_some(), "the forgery itself is sound");
    for (name, tokens) in [
        ("no list", json!(mine)),
        ("a number beside it", json!([mine, 7])),
        ("an object", json!([{ "person": person, "code": code, "parcel": record }])),
        ("no person", json!([format!("{code} {record}")])),
        ("more behind it", json!([format!("{mine} x")])),
        ("another's name on it", json!([format!("{other} {code} {record}")])),
        ("another's code", json!([format!("{person} {other_code} {record}")])),
        ("another's parcel", json!([format!("{person} {other_code} {other_record}")])),
        ("a mistyped code", json!([format!("{person} {mistyped} {record}")])),
        ("a flipped bit", json!([format!("{person} {code} {}", BASE64.encode(&flipped))])),
        ("cut short", json!([mine[..mine.len() - 4]])),
        ("two people", json!([mine, theirs])),
        ("one sound, one not", json!([mine, "x"])),
        ("six", json!([mine, mine, mine, mine, mine, mine])),
        ("no account", json!([forged(json!([]))])),
        ("two accounts", json!([forged(json!([account, account]))])),
        ("no serial number", json!([forged(without("serial"))])),
        ("an account of a later version", json!([forged(json!([account, { "id": "?" }]))])),
    ] {
        let policy = json!({ "tokens": tokens });
        let p = Fake::new();
        decide(&p, &policy);
        let made = create(&p);
        assert_eq!((there(&made), told(&made)), (vec![], vec![]), "{name}");
        let [report] = &made.view.policy.reports[..] else { panic!("{name}: {:?}", made.view.policy.reports) };
        assert_eq!((report.key.as_str(), report.kind), ("tokens", ReportKind::IllTyped), "{name}");
        let checked = check(policy.to_string().as_bytes());
        let said: String = checked.faults.iter().map(ToString::to_string).collect();
        assert!(said.contains("tokens: ") && !said.contains(&code) && !said.contains(&record[..40]), "{name}: {said}");
    }
    // Nor does one that no browser hands out, nor where that person's accounts may not be added.
    let p = Fake::new();
    p.0.borrow_mut().policy = Some("{".to_owned());
    assert!(Policy::unreadable().tokens().is_empty() && Policy::parse(Some("{")).tokens().is_empty());
    let elsewhere = json!({ "tokens": [mine], "tenants": ["annet.example"] });
    decide(&p, &elsewhere);
    let made = create(&p);
    assert_eq!((there(&made).len(), made.view.policy.reports.len()), (0, 1));
    assert_eq!(check(elsewhere.to_string().as_bytes()).faults.len(), 1);
    // Names do not tell case apart, and none at all takes nothing away.
    decide(&p, &json!({ "tokens": [mine, text(&second)], "tenants": ["skole.example"] }));
    assert_eq!(there(&open_again(&p)).len(), 2);
    decide(&p, &json!({ "tokens": [] }));
    assert_eq!(there(&open_again(&p)).len(), 2);
}

/// What was written once is read for ever.
#[test]
fn a_policy_that_was_issued_before_still_brings_its_token() {
    let policy = Policy::parse(Some(include_str!("vectors/policy/tokens.json")));
    let [token] = policy.tokens() else { panic!("{:?}", policy.view().reports) };
    let account = token.open().unwrap();
    assert_eq!((token.person.as_str(), account.serial()), (KARI, Some("TF1621262535")));
    let key = otp::base32::encode(&account.credential.secret);
    assert_eq!(key.as_str(), "OKE6OLMY3KBRJUCRJODDXRDHO2C45ESD");
}

#[test]
fn what_opens_a_token_is_not_shown_of_the_policy() {
    let [token] = issued([KARI]);
    let policy = Policy::parse(Some(&json!({ "tokens": [text(&token)] }).to_string()));
    let shown = json!([policy.view(), policy.decided()]).to_string();
    assert!(shown.contains(KARI));
    let parcels = format!("{:?}", policy.tokens());
    for secret in text(&token).split(' ').skip(1) {
        assert!(!shown.contains(secret) && !parcels.contains(secret));
    }
}

#[test]
fn a_thousand_tokens_come_by_a_thousand_policies_none_wrong() {
    let people: Vec<Person> = (0..1000).map(|at| Person { upn: format!("elev{at}@skole.example"), id: None }).collect();
    let all = issue(&people, Some("Fylket"), Period::Half, 1_700_000_000_000, &mut random).unwrap();
    let made = Fake::new();
    create(&made);
    let mut wrong = 0;
    for issued in &all {
        let p = made.fork();
        decide(&p, &json!({ "tokens": [text(issued)] }));
        now(policy_changed(&p));
        let shown = ui(&p, UiRequest::Show, "");
        let [account] = &shown.view.accounts[..] else { panic!("{:?}", there(&shown)) };
        let code = issued.token.credential.code_at(p.0.borrow().now_ms);
        let is_right = account.name == issued.token.person.upn
            && account.serial.as_ref() == Some(&issued.token.serial)
            && account.code.replace(' ', "") == code.expose()
            && told(&shown) == [issued.token.serial.clone()];
        wrong += usize::from(!is_right);
    }
    assert_eq!(wrong, 0);
    println!("1,000 tokens by policy, {wrong} wrong");
}
