//! What taking a file over would mean for a vault.

use exchange::Entry;
use exchange::merge::{Choice, Clash, Fate, Merged, apply, plan};
use otp::Factor;
use platform::Outage;
use vault::{AccountId, Contents};

fn import(list: &str) -> Vec<Entry> {
    list.lines().map(|line| otp::uri::parse(line).unwrap().into()).collect()
}

fn add_all(contents: &mut Contents, import: &[Entry], choice: Choice) -> Merged {
    let mut next = contents.accounts.len() as u8;
    let choices = vec![choice; import.len()];
    apply(contents, import, &choices, 7, || {
        next += 1;
        Ok(AccountId([next; 16]))
    })
    .unwrap()
}

const LIST: &str = "otpauth://totp/a:b?secret=GEZDGNBVGY3TQOJQ\notpauth://hotp/a:c?secret=MZXW6YTB&counter=4\notpauth://totp/x:y?secret=GEZDGNBVGY3TQOJQ";

#[test]
fn a_second_time_changes_nothing() {
    let mut contents = Contents::default();
    let import = import(LIST);
    assert_eq!(plan(&contents, &import), [Fate::New, Fate::New, Fate::Repeated { of: 0 }]);
    let merged = add_all(&mut contents, &import, Choice::Add);
    assert_eq!((merged.added.len(), merged.skipped), (2, 1));
    let before = contents.accounts.len();
    assert_eq!(add_all(&mut contents, &import, Choice::Add).skipped, 3);
    assert_eq!(add_all(&mut contents, &import, Choice::Replace).skipped, 3);
    assert_eq!(contents.accounts.len(), before);
}

/// What was seen of the old key says nothing of the new one; and of two that a file puts in one place, each comes back.
#[test]
fn a_replaced_key_takes_what_was_known_of_it_along() {
    let uri = |secret: &str| format!("otpauth://totp/Contoso:kari?secret={secret}&issuer=Microsoft");
    let mut contents = Contents::default();
    add_all(&mut contents, &import(&uri("GEZDGNBVGY3TQOJQ")), Choice::Add);
    contents.accounts[0].origin = Some("https://mysignins.microsoft.com".to_owned());
    contents.accounts[0].extra.insert(vault::ELSEWHERE.to_owned(), 1.into());
    let before = contents.accounts[0].clone();
    let file = [uri("MFRGGZDFMZTWQ2LK"), uri("ONSWG4TFORZWK43T")].join("\n");
    let merged = add_all(&mut contents, &import(&file), Choice::Replace);
    assert_eq!((merged.replaced.len(), merged.aside.len()), (2, 2));
    let now = &contents.accounts[0];
    assert_eq!((now.origin.as_deref(), now.extra.contains_key(vault::ELSEWHERE)), (None, false));
    for place in merged.aside.iter().rev() {
        contents.restore(*place, 9).unwrap();
    }
    let back = &contents.accounts[0];
    assert!(back.credential == before.credential && back.origin == before.origin && back.extra == before.extra);
}

/// From a file of ours, after it was deleted in another browser: a person wants it here, whatever was done before.
#[test]
fn what_a_person_imports_is_not_deleted_by_an_older_deletion() {
    let mut old = Contents::default();
    add_all(&mut old, &import("otpauth://totp/a:b?secret=GEZDGNBVGY3TQOJQ"), Choice::Add);
    let file = Entry::from(old.accounts[0].clone());
    let id = old.accounts[0].id;
    old.delete(id, u64::MAX / 2).unwrap();
    let mut contents = Contents::default();
    add_all(&mut contents, &[file], Choice::Add);
    assert_eq!(contents.accounts[0].id, id);
    sync::merge(&mut contents, old.tombstones.iter().map(sync::SyncRecord::gone));
    assert_eq!(contents.accounts.len(), 1);
}

#[test]
fn another_organisations_account_is_never_replaced() {
    let home = "otpauth://totp/Hjemskolen:kari%40skole.example?secret=GEZDGNBVGY3TQOJQ&issuer=Microsoft";
    let mut contents = Contents::default();
    add_all(&mut contents, &import(home), Choice::Add);
    // By its name, by its secret, and by its id as a file of ours has it.
    let mut others = import(
        "otpauth://totp/Vertsfirma:kari%40skole.example?secret=MFRGGZDFMZTWQ2LK&issuer=Microsoft\notpauth://totp/Vertsfirma:kari%40skole.example?secret=GEZDGNBVGY3TQOJQ&digits=8&issuer=Microsoft\notpauth://totp/Vertsfirma:kari%40skole.example?secret=ONSWG4TFOQ&issuer=Microsoft",
    );
    let mut own = contents.accounts[0].clone();
    (own.organisation, own.credential) = (others[2].organisation.clone(), others[2].credential.clone());
    others[2].account = Some(Box::new(own));
    assert_eq!(plan(&contents, &others), [Fate::New; 3]);
    let before = contents.accounts[0].clone();
    for other in others {
        let mut contents = contents.clone();
        let merged = add_all(&mut contents, &[other], Choice::Replace);
        assert_eq!((merged.added.len(), merged.replaced.len()), (1, 0));
        assert!(contents.accounts[0] == before && contents.accounts[1].id != before.id);
    }
    // The same organisation, written otherwise, is the same one.
    let again = import("otpauth://totp/%20HJEMSKOLEN:kari%40skole.example?secret=MZXW6YTB&issuer=Microsoft");
    assert_eq!(plan(&contents, &again), [Fate::Conflict { with: before.id, how: Clash::Secret }]);
}

#[test]
fn what_clashes_is_told_apart() {
    let mut contents = Contents::default();
    add_all(&mut contents, &import(LIST), Choice::Add);
    let with = |n: u8| AccountId([n; 16]);
    let other = import(
        "otpauth://totp/A:B?secret=MFRGGZDFMZTWQ2LK\notpauth://totp/q:r?secret=GEZDGNBVGY3TQOJQ&digits=8\notpauth://hotp/a:c?secret=MZXW6YTB&counter=9\notpauth://totp/n:n?secret=ONSWG4TFOQ",
    );
    assert_eq!(
        plan(&contents, &other),
        [
            Fate::Conflict { with: with(1), how: Clash::Secret },
            Fate::Conflict { with: with(1), how: Clash::Parameters },
            Fate::Conflict { with: with(2), how: Clash::Counter },
            Fate::New,
        ]
    );
    let usual: Vec<_> = plan(&contents, &other).into_iter().map(Fate::usual_choice).collect();
    assert_eq!(usual, [Choice::Skip, Choice::Skip, Choice::Skip, Choice::Add]);
    let merged =
        apply(&mut contents, &other, &[Choice::Skip, Choice::Skip, Choice::Replace], 9, || Err(Outage::Random));
    assert_eq!(merged, Ok(Merged { added: vec![], replaced: vec![with(2)], aside: vec![], noted: vec![], skipped: 3 }));
    assert_eq!(contents.accounts[1].credential.factor, Factor::Counter { counter: 9 });
    assert_eq!(contents.accounts[1].modified_ms, 9);
}

/// One key has one counter: it goes on and never back, and the account stays what it is called and known to be.
#[test]
fn a_counter_is_moved_on_and_nothing_else_of_its_account() {
    let mut contents = Contents::default();
    let uri = |label: &str, counter: u32| format!("otpauth://hotp/{label}?secret=MZXW6YTB&counter={counter}");
    add_all(&mut contents, &import(&uri("a:c", 4)), Choice::Add);
    contents.accounts[0].status = vault::Status::Confirmed;
    let behind = import(&[uri("x:y", 3), uri("x:y", 4)].join("\n"));
    assert_eq!(plan(&contents, &behind), [Fate::Same { with: contents.accounts[0].id }; 2]);
    let before = contents.accounts[0].clone();
    for choice in [Choice::Replace, Choice::Add] {
        assert_eq!(add_all(&mut contents, &behind, choice).skipped, 2);
        assert!(contents.accounts == [before.clone()]);
        let mut contents = contents.clone();
        let merged = add_all(&mut contents, &import(&uri("x:y", 9)), choice);
        assert_eq!((merged.added.len(), merged.replaced.len(), merged.aside.len()), (0, 1, 0));
        let [now] = contents.accounts.as_slice() else { panic!("one") };
        assert_eq!(now.credential.factor, Factor::Counter { counter: 9 });
        assert_eq!((&*now.issuer, &*now.name, now.status), ("a", "c", vault::Status::Confirmed));
    }
}
