//! Recovery by the organisation: who can open a vault besides its owner, since when, and that it is said.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests state what they know"
)]

use app::policy_changed;
use app::protocol::{Notice, RecoverersView, Reply, SettingsRequest, UiRequest, UnlockBy, UnlockMethodKind};
use data_encoding::BASE64URL_NOPAD;
use platform::Store;
use policy::{Policy, PolicyReport, ReportKind};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use support::forge::Parts;
use support::{Fake, WORDS, create, now, passphrase, set, ui};
use vault::key_slots::{self, NewUnlockMethod, Unlock};
use vault::{Contents, Damage, OrganisationKey, PrivateKey, Record, VaultError, VaultKey, backup, store};

fn decide(p: &Fake, keys: &[&PrivateKey]) {
    let names = ["Fylket, IT-drift", "Fylket, beredskap", "Kommunen"];
    let keys: Vec<String> = keys.iter().zip(names).map(|(key, name)| key.public(name).to_text()).collect();
    p.0.borrow_mut().policy = Some(json!({ "recoveryKeys": keys }).to_string());
}

/// As it lies in the stores, in both places and in the mirror.
fn record(p: &Fake) -> Record {
    let newest = |text: &String| Record::from_text(text).unwrap().header().generation;
    let texts = ["v1.a", "v1.b"].iter().filter_map(|key| p.text(Store::Local, key));
    Record::from_text(&texts.max_by_key(newest).unwrap()).unwrap()
}

/// What a page would say of the card or the form that it shows.
fn there(p: &Fake) -> Vec<String> {
    ui(p, UiRequest::Show, "").view.recoverers.map_or_else(Vec::new, |card| card.there)
}

fn read(p: &Fake) -> UiRequest {
    UiRequest::RecoverersRead { there: there(p) }
}

fn told(reply: &Reply) -> [Vec<String>; 2] {
    reply
        .view
        .recoverers
        .clone()
        .map_or_else(Default::default, |RecoverersView { added, removed, .. }| [added, removed])
}

fn can_open(p: &Fake, key: &PrivateKey) -> bool {
    match key.open(&record(p)) {
        Ok(vault_key) => record(p).open(&vault_key).is_ok(),
        Err(error) => {
            assert_eq!(error, VaultError::NoSuchSlot);
            false
        }
    }
}

#[test]
fn a_vault_is_sealed_to_who_the_policy_names_and_the_person_is_told() {
    let [drift, other, third] = [1, 2, 3].map(|byte| PrivateKey::of(&[byte; 32]));
    let none = || -> [Vec<String>; 2] { Default::default() };
    let p = Fake::new();

    // Without a policy nobody else can.
    create(&p);
    assert!(!can_open(&p, &drift) && told(&ui(&p, UiRequest::Show, "")) == none());

    // A policy that comes later holds for a vault that is open, and is said until it was read.
    decide(&p, &[&drift]);
    now(policy_changed(&p));
    assert!(can_open(&p, &drift) && !can_open(&p, &other));
    for _ in 0..2 {
        assert_eq!(told(&ui(&p, UiRequest::Show, "")), [vec!["Fylket, IT-drift".to_owned()], vec![]]);
    }
    let shown = set(&p, SettingsRequest::Show, "").view.unlock_methods.pop().unwrap();
    assert_eq!((shown.kind, shown.label.as_str()), (UnlockMethodKind::Organisation, "Fylket, IT-drift"));
    assert!(!shown.removable);
    set(&p, SettingsRequest::Prove { by: UnlockBy::Passphrase }, WORDS);
    for request in [
        SettingsRequest::RemoveUnlockMethod { unlock_method: shown.id.clone() },
        SettingsRequest::RenameUnlockMethod { unlock_method: shown.id.clone(), label: "Ingen".into() },
        SettingsRequest::ChangePassphrase { unlock_method: shown.id.clone() },
    ] {
        assert_eq!(set(&p, request, "en helt annen frase").notice, Some(Notice::NoSuchUnlockMethod));
    }
    assert_eq!(told(&ui(&p, read(&p), "")), none());

    // Other keys: sealed anew at the next unlocking, and said.
    ui(&p, UiRequest::Lock, "");
    decide(&p, &[&other, &third]);
    assert_eq!(told(&ui(&p, UiRequest::Show, "")), none(), "nothing is told of a vault that is closed");
    let reply = ui(&p, UiRequest::Unlock { by: UnlockBy::Passphrase, save: None }, WORDS);
    assert_eq!(told(&reply)[0], ["Fylket, IT-drift", "Fylket, beredskap"]);
    assert!(!can_open(&p, &drift) && can_open(&p, &other) && can_open(&p, &third));
    ui(&p, read(&p), "");

    // The vault key is renewed, and they still can; nothing is new.
    set(&p, SettingsRequest::Prove { by: UnlockBy::Passphrase }, WORDS);
    assert_eq!(set(&p, SettingsRequest::Renew, "en helt annen frase").notice, Some(Notice::Renewed));
    assert!(can_open(&p, &other) && can_open(&p, &third));
    assert_eq!(told(&ui(&p, UiRequest::Show, "")), none());

    // What cannot be read takes nobody in and puts nobody out: one item, the key, or the whole.
    let good = other.public("Fylket, IT-drift").to_text();
    // What Chromium leaves of a list of the wrong type beside another decision.
    let dropped = json!({ "exportAllowed": false });
    for policy in [json!({ "recoveryKeys": [good, "x"] }), json!({ "recoveryKeys": 7 }), json!([]), dropped] {
        p.0.borrow_mut().policy = Some(policy.to_string());
        now(policy_changed(&p));
        assert!(can_open(&p, &other) && can_open(&p, &third) && !can_open(&p, &drift), "{policy}");
    }

    // And the policy is gone, or says that it is nobody.
    let gone = p.fork();
    gone.0.borrow_mut().policy = None;
    now(policy_changed(&gone));
    assert!(!can_open(&gone, &other) && !can_open(&gone, &third));
    p.0.borrow_mut().policy = Some(json!({ "recoveryKeys": [] }).to_string());
    now(policy_changed(&p));
    assert!(!can_open(&p, &other) && !can_open(&p, &third));
    assert_eq!(told(&ui(&p, UiRequest::Show, ""))[1], ["Fylket, IT-drift", "Fylket, beredskap"]);
    assert_eq!(told(&ui(&p, read(&p), "")), none());
    assert!(!record(&p).header().slots.iter().any(|slot| OrganisationKey::of(slot).is_some()));
    assert!(Parts::from_text(&record(&p).to_text()).minor == 0, "an older Tofaktor reads it again");
}

#[test]
fn a_vault_that_is_made_under_a_policy_is_sealed_from_its_first_record_on() {
    let key = PrivateKey::of(&[7; 32]);
    let p = Fake::new();
    decide(&p, &[&key]);
    let said = ui(&p, UiRequest::Show, "").view.policy.recovery;
    assert_eq!(said, [key.public("Fylket, IT-drift").to_text()], "the form says it");
    let made = ui(&p, UiRequest::Create { save: None, said }, WORDS);
    assert!(made.view.recoverers.is_none(), "it was just said");
    assert_eq!(record(&p).header().generation, 1);
    assert!(can_open(&p, &key));

    // It goes with a backup, and no device slot comes of it.
    let vault = key.open(&record(&p)).unwrap();
    let copy = now(backup::copy(&p, &vault)).unwrap();
    assert!(copy.open(&key.open(&copy).unwrap()).is_ok());
    assert_eq!(Parts::from_text(&copy.to_text()).minor, 1);
}

#[test]
fn only_what_was_shown_counts_as_told() {
    let [first, second, third] = [1, 2, 3].map(|byte| PrivateKey::of(&[byte; 32]));
    let name = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    // The form was drawn before the policy was another: of a key beside it, of one in its place, of none.
    for (shown, sealed, card) in [
        (vec![&first], vec![&first, &second], [name(&["Fylket, beredskap"]), vec![]]),
        (vec![], vec![&first], [name(&["Fylket, IT-drift"]), vec![]]),
        (vec![&first], vec![], [vec![], name(&["Fylket, IT-drift"])]),
    ] {
        for open in [false, true] {
            let p = Fake::new();
            decide(&p, &shown);
            let said = ui(&p, UiRequest::Show, "").view.policy.recovery;
            decide(&p, &sealed);
            let create =
                if open { UiRequest::CreateOpen { save: None, said } } else { UiRequest::Create { save: None, said } };
            assert_eq!(told(&ui(&p, create, if open { "" } else { WORDS })), card, "{open}");
        }
    }
    // The card was drawn before another came.
    let p = Fake::new();
    create(&p);
    decide(&p, &[&first]);
    now(policy_changed(&p));
    let read = read(&p);
    decide(&p, &[&first, &second, &third]);
    now(policy_changed(&p));
    assert_eq!(told(&ui(&p, read, "")), [name(&["Fylket, beredskap", "Kommunen"]), vec![]]);
    // A slot that nobody was told of is told of under whatever policy: one that cannot be read keeps it there.
    let p = Fake::new();
    decide(&p, &[&first]);
    create(&p);
    p.0.borrow_mut().policy = Some(json!({ "recoveryKeys": 7 }).to_string());
    assert_eq!(told(&ui(&p, UiRequest::Show, "")), [name(&["Fylket, IT-drift"]), vec![]]);
}

#[test]
fn each_key_counts_once_and_four_at_most_and_whom_there_is_no_room_for_is_said() {
    let text = |byte: u8, name: &str| PrivateKey::of(&[byte; 32]).public(name).to_text();
    let keys = [text(1, "A"), text(1, "B"), text(2, "C"), text(3, "D"), text(4, "E"), text(5, "F")];
    let decided = json!({ "recoveryKeys": keys });
    let policy = Policy::parse(Some(&decided.to_string()));
    let names = |policy: &Policy| policy.recovery_keys().0.iter().map(|key| key.name.clone()).collect::<Vec<_>>();
    assert_eq!((names(&policy), policy.recovery_keys().1), (["A", "C", "D", "E"].map(str::to_owned).to_vec(), true));
    let report = |key: &str, kind| PolicyReport { key: key.to_owned(), kind };
    let left_out = ["recoveryKeys: B", "recoveryKeys: F"].map(|key| report(key, ReportKind::LeftOut));
    assert_eq!(policy.view().reports, left_out);

    // Two places are left in the vault.
    let p = Fake::new();
    create(&p);
    let key = now(vault::session::key(&p)).unwrap();
    for _ in 0..vault::MAX_SLOTS - 3 {
        now(key_slots::add(&p, &key, "", &NewUnlockMethod::Device)).unwrap();
    }
    p.0.borrow_mut().policy = Some(decided.to_string());
    now(policy_changed(&p));
    let saves = record(&p).header().generation;
    now(policy_changed(&p));
    assert_eq!(record(&p).header().generation, saves, "there is nothing left to do");
    assert_eq!(told(&ui(&p, UiRequest::Show, ""))[0], ["A", "C"]);
    let reports = set(&p, SettingsRequest::Show, "").view.policy.reports;
    let no_room = ["D", "E"].map(|name| report(name, ReportKind::NotSealed));
    assert_eq!(reports, [left_out, no_room].concat());
}

#[test]
fn a_forged_mistyped_or_weak_key_is_refused_and_shown() {
    let good = PrivateKey::of(&[7; 32]).public("Fylket").to_text();
    let text = |public: [u8; 32]| {
        let check = Sha256::new().chain_update(b"m365totp/v1/organisation-key").chain_update(public).finalize();
        format!("{} Fylket", BASE64URL_NOPAD.encode(&[&public[..], &check[..4]].concat()))
    };
    let hex = |text: &str| data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap().try_into().unwrap();
    // The points of small order, and what is the same as one of them modulo the prime.
    let mut weak: Vec<String> = [
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ]
    .map(|point| text(hex(point)))
    .to_vec();
    weak.extend([text([0; 32]), text(std::array::from_fn(|at| u8::from(at == 0)))]);
    let (key, _) = good.split_once(' ').unwrap();
    let swapped = format!("{}{}{} Fylket", &key[1..2], &key[..1], &key[2..]);
    let long = format!("{key} {}", "å".repeat(33));
    let others = [String::new(), key.to_owned(), format!("{key} \u{7}"), format!("{key}A Fylket"), swapped, long];
    for bad in weak.iter().chain(&others) {
        assert!(OrganisationKey::from_text(bad).is_none(), "{bad}");
        let policy = Policy::parse(Some(&json!({ "recoveryKeys": [bad, good] }).to_string()));
        assert_eq!(policy.view().reports.len(), 1, "{bad}");
        assert_eq!((policy.view().recovery, policy.recovery_keys().1), (vec![good.clone()], false));
    }
    assert_eq!(OrganisationKey::from_text(&good).unwrap().to_text(), good);
    // Each mistyped character is noticed.
    for at in 0..key.len() {
        let mut other = key.as_bytes().to_vec();
        other[at] = if other[at] == b'B' { b'C' } else { b'B' };
        let other = String::from_utf8(other).unwrap();
        assert!(OrganisationKey::from_text(&format!("{other} Fylket")).is_none(), "{at}");
    }
}

#[test]
fn no_changed_bit_of_the_slot_opens_and_it_opens_no_other_vault() {
    let (key, words) = (PrivateKey::of(&[7; 32]), passphrase(WORDS));
    let sealed_to = key.public("Fylket");
    let world = |skip: u8| -> (Fake, VaultKey) {
        let p = Fake::new();
        for _ in 0..skip {
            platform::Platform::random(&p, &mut [0; 8]).unwrap();
        }
        let ways = [("", NewUnlockMethod::Passphrase(&words)), ("Fylket", NewUnlockMethod::Organisation(&sealed_to))];
        let vault = now(store::create(&p, &ways, &Contents::default())).unwrap();
        (p, vault)
    };
    let (p, vault) = world(0);
    let parts = Parts::from_text(&record(&p).to_text());
    assert_eq!((parts.minor, parts.slots[1].slot_type, parts.slots[1].kdf), (1, 5, 4));
    // Sealed by a pair that is drawn for it: the same key says something else in each vault.
    assert_ne!(Parts::from_text(&record(&world(1).0).to_text()).slots[1].specific, parts.slots[1].specific);
    let opens = |parts: &Parts| {
        let mut parts = parts.clone();
        parts.reseal_json(vault.expose(), br#"{"v":1,"accounts":[]}"#);
        Record::from_text(&parts.to_text()).and_then(|record| key.open(&record)).map(|_| ())
    };
    assert_eq!(opens(&parts), Ok(()));
    // Bits of the public key make it another's; of all else, a slot that was changed.
    let mut tried = 0;
    for field in 0..5 {
        let size = |parts: &mut Parts| {
            let slot = &mut parts.slots[1];
            match field {
                0 => slot.salt.len(),
                1 => slot.specific.len(),
                2 => slot.commit.len(),
                3 => slot.nonce.len(),
                _ => slot.wrapped.len(),
            }
        };
        for at in 0..size(&mut parts.clone()) {
            let mut changed = parts.clone();
            let slot = &mut changed.slots[1];
            let byte = match field {
                0 => &mut slot.salt[at],
                1 => &mut slot.specific[at],
                2 => &mut slot.commit[at],
                3 => &mut slot.nonce[at],
                _ => &mut slot.wrapped[at],
            };
            *byte ^= 1;
            let expected =
                if field == 1 && at < 32 { VaultError::NoSuchSlot } else { VaultError::Damaged(Damage::Seal) };
            assert_eq!(opens(&changed), Err(expected), "{field} {at}");
            tried += 1;
        }
    }
    println!("{tried} changed bytes of the slot, 0 open");
    // A weak point in the place of what HPKE gave along, of which everybody knows the secret.
    let mut weak = parts.clone();
    weak.slots[1].specific[32..].fill(0);
    assert_eq!(opens(&weak), Err(VaultError::Damaged(Damage::Seal)));
    // Carried into another vault, or its type changed.
    let (q, _) = world(1);
    let mut other = Parts::from_text(&record(&q).to_text());
    other.slots[1] = parts.slots[1].clone();
    assert_eq!(key.open(&Record::from_text(&other.to_text()).unwrap()).err(), Some(VaultError::Damaged(Damage::Seal)));
    for forge in [
        |parts: &mut Parts| parts.minor = 0,
        |parts: &mut Parts| parts.slots[1].kdf = 3,
        |parts: &mut Parts| parts.slots[1].slot_type = 4,
        |parts: &mut Parts| parts.slots[1].specific.truncate(63),
        |parts: &mut Parts| parts.slots[1].specific.push(0),
        |parts: &mut Parts| parts.slots[1].later.push(0),
        |parts: &mut Parts| parts.later.push(0),
    ] {
        let mut forged = parts.clone();
        forge(&mut forged);
        assert_eq!(opens(&forged), Err(VaultError::Damaged(Damage::Header)));
    }
    // It is no way in for whoever types.
    let mut alone = parts.clone();
    alone.slots.remove(0);
    p.put(Store::Local, "v1.a", Some(&alone.to_text()));
    p.put(Store::Local, "v1.b", None);
    p.put(Store::Mirror, "v1.mirror", None);
    assert_eq!(now(store::unlock(&p, &Unlock::Passphrase(&words))).err(), Some(VaultError::NoSuchSlot));
    // And nothing that a vault may rest on.
    let r = Fake::new();
    let ways = [("Fylket", NewUnlockMethod::Organisation(&sealed_to))];
    assert_eq!(now(store::create(&r, &ways, &Contents::default())).err(), Some(VaultError::LastSlot));
    let (s, vault) = world(2);
    let own = record(&s).header().slots[0].id;
    assert_eq!(now(key_slots::remove(&s, &vault, own)), Err(VaultError::LastSlot));
}

#[test]
fn a_policy_that_says_so_is_no_list_for_a_way_to_unlock() {
    let policy: Value = json!({ "unlockMethods": ["organisation"] });
    let policy = Policy::parse(Some(&policy.to_string()));
    assert_eq!(policy.view().reports.len(), 1);
    assert!(!policy.allows_unlock_method(UnlockMethodKind::Organisation));
}
