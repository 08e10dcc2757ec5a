//! The vault in a folder that others write into, too: nobody's state is lost there, and what went wrong is said.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests state what they know"
)]

use std::cell::RefCell;
use std::collections::BTreeMap;

use app::protocol::{Notice, Screen, SettingsRequest, UiRequest, UnlockBy};
use app::save_copy;
use platform::Store;
use support::forge::Parts;
use support::{Fake, WORDS, create, draft, now, reaches_scripts, record, set, settle};
use vault::Record;
use vault::folder::{Folder, FolderTrouble, FolderView, FoundCopies, find};

type Files = BTreeMap<String, Vec<u8>>;

/// A folder of which any call can fail.
#[derive(Default)]
struct Shelf {
    files: RefCell<Files>,
    calls: RefCell<usize>,
    /// From this call on, this is the matter.
    fails: Option<(usize, FolderTrouble)>,
    /// A write that says that all is well, and stores half.
    halves: bool,
    /// Files that cannot be read.
    locked: Vec<String>,
}

impl Shelf {
    fn call(&self) -> Result<(), FolderTrouble> {
        let call = self.calls.replace_with(|calls| *calls + 1);
        match self.fails {
            Some((from, trouble)) if call >= from => Err(trouble),
            _ => Ok(()),
        }
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        self.files.borrow_mut().insert(name.into(), bytes.to_vec());
    }

    fn get(&self, name: &str) -> Vec<u8> {
        self.files.borrow().get(name).unwrap_or_else(|| panic!("{name}: {:?}", self.names())).clone()
    }

    fn names(&self) -> Vec<String> {
        self.files.borrow().keys().cloned().collect()
    }
}

impl Folder for Shelf {
    async fn names(&self) -> Result<Vec<String>, FolderTrouble> {
        self.call()?;
        Ok(self.names())
    }

    async fn read(&self, name: &str) -> Result<Option<Vec<u8>>, FolderTrouble> {
        self.call()?;
        if self.locked.iter().any(|locked| locked == name) {
            return Err(FolderTrouble::Failed);
        }
        Ok(self.files.borrow().get(name).cloned())
    }

    async fn write(&self, name: &str, bytes: &[u8]) -> Result<(), FolderTrouble> {
        self.call()?;
        let kept = if self.halves { bytes.len() / 2 } else { bytes.len() };
        self.put(name, &bytes[..kept]);
        Ok(())
    }
}

fn ui(p: &Fake, request: UiRequest, bytes: &str) {
    let reply = support::ui(p, request, bytes);
    assert_eq!(reply.view.screen, Screen::Accounts, "{:?}", reply.notice);
}

fn enter(p: &Fake, name: &str) {
    p.advance(1000);
    ui(p, UiRequest::Enter { draft: draft(name) }, "jbswy3dpehpk3pxp");
}

fn made() -> Fake {
    let p = Fake::new();
    create(&p);
    enter(&p, "kari");
    p
}

/// Another world, whose randomness is another.
fn other() -> Fake {
    let p = Fake::new();
    let _ = platform::Platform::random(&p, &mut [0; 64]);
    create(&p);
    enter(&p, "ola");
    p
}

fn save(p: &Fake, shelf: &Shelf) -> FolderView {
    now(save_copy(p, shelf));
    now(vault::folder::view(p))
}

fn name(p: &Fake, further: &str) -> String {
    let id: String = record(p).header().vault_id.0[..4].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("tofaktor-{id}{further}.tofaktor")
}

fn holds(shelf: &Shelf, name: &str, p: &Fake) -> bool {
    shelf.get(name) == record(p).as_bytes()
}

/// Brought back from that file, and open.
fn restored(bytes: &[u8], words: &str) -> Fake {
    let q = Fake::new();
    let _ = platform::Platform::random(&q, &mut [0; 160]);
    assert_eq!(settle(&q, SettingsRequest::BringBack, bytes), Some(Notice::BroughtBack));
    ui(&q, UiRequest::Unlock { by: UnlockBy::Passphrase, save: None }, words);
    q
}

/// The accounts of a file, to whoever has these words.
fn accounts(bytes: &[u8], words: &str) -> Option<Vec<String>> {
    let q = Fake::new();
    assert_eq!(settle(&q, SettingsRequest::BringBack, bytes), Some(Notice::BroughtBack));
    let request = UiRequest::Unlock { by: UnlockBy::Passphrase, save: None };
    let view = support::ui(&q, request, words).view;
    (view.screen == Screen::Accounts).then(|| view.accounts.iter().map(|account| account.name.clone()).collect())
}

#[test]
fn every_change_lies_there_with_the_one_before() {
    let (p, shelf) = (made(), Shelf::default());
    let first = record(&p);
    let view = save(&p, &shelf);
    assert_eq!((view.trouble, view.beside, view.generation), (None, false, first.header().generation));
    assert_eq!(shelf.names(), [name(&p, "")]);
    // Nothing has changed: nothing is written.
    let calls = *shelf.calls.borrow();
    assert_eq!(save(&p, &shelf), view);
    assert!(*shelf.calls.borrow() - calls <= 4);
    // Nor where it is no longer known what was written: it is the same to the byte.
    p.put(Store::Local, "v1.folder", None);
    assert!(!save(&p, &shelf).beside);
    assert_eq!(shelf.names(), [name(&p, "")]);
    enter(&p, "eli");
    assert_eq!(save(&p, &shelf).trouble, None);
    assert!(holds(&shelf, &name(&p, ""), &p));
    assert_eq!(shelf.get(&name(&p, "-previous")), first.as_bytes());
}

#[test]
fn what_is_not_this_vaults_own_is_never_written_over() {
    let (p, q) = (made(), other());
    let own = record(&p);
    let whole = record(&q).as_bytes().to_vec();
    // Another vault's, the half of one's own, a person's file, and one's own of a state that this is no later one of.
    let mut diverged = own.header().clone();
    diverged.generation += 40;
    let key = now(vault::session::key(&p)).unwrap();
    let fresh = vault::Fresh { body_salt: [7; 32], body_nonce: [7; 12] };
    let newer = Record::seal(diverged, fresh, &key, b"{}").unwrap().as_bytes().to_vec();
    let half = own.as_bytes()[..own.as_bytes().len() / 2].to_vec();
    for there in [whole, half, b"Handleliste".to_vec(), newer] {
        for place in ["", "-previous"] {
            let (p, shelf) = (p.fork(), Shelf::default());
            shelf.put(&name(&p, place), &there);
            for round in 0..60 {
                let view = save(&p, &shelf);
                assert_eq!((view.trouble, view.beside), (None, true));
                assert_eq!(shelf.get(&name(&p, place)), there, "{place} {round}");
                assert!(holds(&shelf, &name(&p, "-2"), &p));
                // Past any generation that lies there.
                enter(&p, &format!("{round}"));
            }
        }
    }
}

#[test]
fn two_computers_with_one_vault_lose_nothing_of_each_other() {
    let (p, shelf) = (made(), Shelf::default());
    save(&p, &shelf);
    enter(&p, "eli");
    save(&p, &shelf);
    let main = name(&p, "");
    // A second computer opens the vault from the folder, and goes on where it was.
    let q = restored(&shelf.get(&main), WORDS);
    enter(&q, "på nummer to");
    assert_eq!(save(&q, &shelf), FolderView { beside: false, ..save(&q, &shelf) });
    assert!(holds(&shelf, &main, &q));
    // The first has moved on meanwhile, further than the second or not as far: neither goes.
    for changes in [1, 5] {
        for change in 0..changes {
            enter(&p, &format!("på nummer én {changes} {change}"));
        }
        let theirs = shelf.get(&main);
        let view = save(&p, &shelf);
        assert_eq!((view.trouble, view.beside), (None, true));
        assert_eq!(shelf.get(&main), theirs);
        assert!(holds(&shelf, &name(&p, "-2"), &p));
        enter(&q, &format!("{changes}"));
        save(&q, &shelf);
        assert!(holds(&shelf, &main, &q) && holds(&shelf, &name(&p, "-2"), &p));
    }
    assert_eq!(shelf.names().len(), 4);
}

/// The newest copies in the stores are lost, and what was written of the folder is not.
fn go_back(p: &Fake, early: &Record) {
    for key in ["v1.a", "v1.b"] {
        p.put(Store::Local, key, Some(&early.to_text()));
    }
    p.0.borrow_mut().mirror.clear();
    p.0.borrow_mut().session.clear();
    p.put(Store::Local, "v1.exists", None);
}

#[test]
fn a_vault_that_went_back_does_not_take_the_later_copy_with_it() {
    let (p, shelf) = (made(), Shelf::default());
    let early = record(&p);
    for name in ["eli", "per", "pia"] {
        enter(&p, name);
        save(&p, &shelf);
    }
    let late = shelf.get(&name(&p, ""));
    go_back(&p, &early);
    assert!(save(&p, &shelf).beside);
    ui(&p, UiRequest::Unlock { by: UnlockBy::Passphrase, save: None }, WORDS);
    for round in 0..8 {
        enter(&p, &format!("{round}"));
        assert!(save(&p, &shelf).beside);
        assert_eq!(shelf.get(&name(&p, "")), late);
    }
    assert_eq!(accounts(&late, WORDS).unwrap(), ["kari", "eli", "per", "pia"]);
}

/// One save is lost, and another one has taken its number before the folder is asked: it is no state before this one either.
#[test]
fn a_save_that_was_lost_stays_in_the_folder_whatever_is_saved_under_its_number() {
    let (p, shelf) = (made(), Shelf::default());
    save(&p, &shelf);
    let early = record(&p);
    enter(&p, "eli");
    save(&p, &shelf);
    let late = shelf.get(&name(&p, ""));
    go_back(&p, &early);
    ui(&p, UiRequest::Unlock { by: UnlockBy::Passphrase, save: None }, WORDS);
    for round in 0..3 {
        enter(&p, &format!("{round}"));
        let view = save(&p, &shelf);
        assert_eq!((view.trouble, view.beside), (None, true), "{round}");
        assert_eq!(shelf.get(&name(&p, "")), late, "{round}");
        assert!(holds(&shelf, &name(&p, "-2"), &p));
    }
}

/// What lies as the one before is taken for one's own if it is an earlier state: not another vault's that has saved less
/// often, and not one as far on as the newest that lies there.
#[test]
fn beside_ones_own_newest_nothing_else_is_written_over_either() {
    let (p, q) = (made(), other());
    enter(&p, "eli");
    enter(&p, "per");
    assert!(record(&q).header().generation < record(&p).header().generation);
    let key = now(vault::session::key(&p)).unwrap();
    let fresh = vault::Fresh { body_salt: [7; 32], body_nonce: [7; 12] };
    let diverged = Record::seal(record(&p).header().clone(), fresh, &key, b"{}").unwrap();
    for there in [record(&q), diverged] {
        let (p, shelf) = (p.fork(), Shelf::default());
        save(&p, &shelf);
        shelf.put(&name(&p, "-previous"), there.as_bytes());
        for round in 0..3 {
            enter(&p, &format!("{round}"));
            let view = save(&p, &shelf);
            assert_eq!((view.trouble, view.beside), (None, true), "{round}");
            assert_eq!(shelf.get(&name(&p, "-previous")), there.as_bytes(), "{round}");
            assert!(holds(&shelf, &name(&p, "-2"), &p));
        }
    }
}

#[test]
fn what_does_not_open_the_vault_any_more_opens_neither_copy() {
    const NEW: &str = "fem grønne hester på vei";
    let changes: [fn(&Fake); 2] = [
        |p| {
            let slot = set(p, SettingsRequest::Show, "").view.unlock_methods[0].id.clone();
            let request = SettingsRequest::ChangePassphrase { unlock_method: slot };
            assert_eq!(settle(p, request, NEW.as_bytes()), Some(Notice::PassphraseChanged));
        },
        |p| assert_eq!(settle(p, SettingsRequest::Renew, NEW.as_bytes()), Some(Notice::Renewed)),
    ];
    for change in changes {
        // Also where it was stopped at any step, and where more was changed before it was written.
        for stopped in 0..7 {
            let (p, mut shelf) = (made(), Shelf::default());
            save(&p, &shelf);
            enter(&p, "eli");
            save(&p, &shelf);
            settle(&p, SettingsRequest::Prove { by: UnlockBy::Passphrase }, WORDS.as_bytes());
            change(&p);
            shelf.fails = Some((*shelf.calls.borrow() + stopped, FolderTrouble::Gone));
            save(&p, &shelf);
            shelf.fails = None;
            if stopped % 2 == 1 {
                enter(&p, "per");
            }
            assert_eq!(save(&p, &shelf).trouble, None);
            assert_eq!(shelf.names().len(), 2);
            for name in shelf.names() {
                assert_eq!(accounts(&shelf.get(&name), WORDS), None, "{name} after {stopped}");
                assert_eq!(accounts(&shelf.get(&name), NEW).unwrap()[..2], ["kari", "eli"], "{name} after {stopped}");
            }
        }
    }
}

#[test]
fn whatever_fails_at_whichever_step_the_vault_and_a_whole_copy_are_there() {
    use FolderTrouble::{Asks, Failed, Full, Gone, ReadOnly};
    for trouble in [Asks, Gone, Full, ReadOnly, Failed] {
        for step in 0..6 {
            let (p, mut shelf) = (made(), Shelf::default());
            save(&p, &shelf);
            enter(&p, "eli");
            save(&p, &shelf);
            enter(&p, "per");
            let before = record(&p);
            shelf.fails = Some((*shelf.calls.borrow() + step, trouble));
            shelf.put(&format!("{}.crswap", name(&p, "")), b"half of it");
            let view = save(&p, &shelf);
            let past_all = view.trouble.is_none();
            assert!(past_all || view.trouble == Some(trouble), "{trouble:?} at {step}: {view:?}");
            assert!(record(&p) == before);
            shelf.fails = None;
            let found = now(find(&shelf)).unwrap();
            assert_eq!((found.copies.len(), found.unreadable.len()), (1, 0), "{trouble:?} at {step}");
            assert!(accounts(&shelf.get(&found.copies[0].name), WORDS).unwrap().len() >= 2);
            // And at the next occasion all is as if nothing had been.
            let view = save(&p, &shelf);
            assert_eq!((view.trouble, view.beside), (None, false), "{trouble:?} at {step}");
            assert!(holds(&shelf, &name(&p, ""), &p));
        }
    }
    let p = made();
    let shelf = Shelf { halves: true, ..Shelf::default() };
    assert_eq!(save(&p, &shelf).trouble, Some(Failed), "a folder's word alone is not believed");
}

#[test]
fn a_task_that_dies_between_any_two_steps_knows_its_own_copies_again() {
    let (p, shelf) = (made(), Shelf::default());
    save(&p, &shelf);
    enter(&p, "eli");
    for step in 0..40 {
        let p = p.fork();
        let shelf = Shelf { files: shelf.files.clone(), ..Shelf::default() };
        for fault in [support::Fault::DieBefore, support::Fault::DieAfter] {
            p.fail_at(step, fault);
            let _ = support::run(save_copy(&p, &shelf));
            p.0.borrow_mut().faults.clear();
            let view = save(&p, &shelf);
            assert_eq!((view.trouble, view.beside), (None, false), "{fault:?} at {step}");
            assert!(holds(&shelf, &name(&p, ""), &p));
            ui(&p, UiRequest::Unlock { by: UnlockBy::Passphrase, save: None }, WORDS);
            enter(&p, "per");
        }
    }
}

#[test]
fn nothing_leaves_where_nothing_may_unless_the_organisation_asks_for_it() {
    for (policy, writes) in [
        ("{}", true),
        (r#"{"backupFolder": "off"}"#, false),
        (r#"{"backupFolder": "of"}"#, false),
        (r#"{"exportAllowed": false}"#, false),
        (r#"{"exportAllowed": 0}"#, false),
        (r#"{"exportAllowed": false, "backupFolder": "offered"}"#, false),
        (r#"{"exportAllowed": false, "backupFolder": "required"}"#, true),
        (r#"{"exportAllowed": true, "backupFolder": "offered"}"#, true),
        ("not a policy", false),
    ] {
        let (p, shelf) = (made(), Shelf::default());
        p.0.borrow_mut().policy = Some(policy.into());
        save(&p, &shelf);
        assert_eq!(!shelf.names().is_empty(), writes, "{policy}");
    }
    let (p, shelf) = (made(), Shelf::default());
    p.0.borrow_mut().policy_refused = true;
    save(&p, &shelf);
    assert_eq!(shelf.names(), [""; 0]);
}

#[test]
fn of_each_vault_the_newest_is_found_by_the_order_of_saves_and_no_file_hides_another() {
    let (p, q) = (made(), other());
    let early = record(&p);
    // Its clock goes an hour back: what is saved then is newer all the same.
    p.rewind(3_600_000);
    ui(&p, UiRequest::Unlock { by: UnlockBy::Passphrase, save: None }, WORDS);
    enter(&p, "eli");
    let late = record(&p);
    q.advance(60_000);
    enter(&q, "liv");
    let mut shelf = Shelf::default();
    shelf.put("a.tofaktor", late.as_bytes());
    shelf.put("b.tofaktor", early.as_bytes());
    shelf.put("c.tofaktor", record(&q).as_bytes());
    shelf.put("d.tofaktor", &late.as_bytes()[..700]);
    shelf.put("e.tofaktor", record(&q).as_bytes());
    shelf.put("f.tofaktor.crswap", late.as_bytes());
    // What other browsers join by is no vault.
    let mut join = late.header().clone();
    (join.generation, join.vault_id) = (0, vault::VaultId([9; 16]));
    let fresh = vault::Fresh { body_salt: [7; 32], body_nonce: [7; 12] };
    let join = Record::seal(join, fresh, &now(vault::session::key(&p)).unwrap(), b"{}").unwrap();
    shelf.put("g.tofaktor", join.as_bytes());
    shelf.put("notes.txt", b"hei");
    // Whoever else may write there dates one as no script can say it.
    let mut dated = Parts::from_bytes(record(&q).as_bytes());
    (dated.vault_id, dated.written_at) = ([8; 16], u64::MAX);
    shelf.put("h.tofaktor", &dated.to_bytes());
    shelf.locked = vec!["e.tofaktor".into()];
    let found = now(find(&shelf)).unwrap();
    assert!(reaches_scripts(&found));
    let FoundCopies { copies, unreadable } = found;
    let names: Vec<_> = copies.iter().map(|copy| copy.name.as_str()).collect();
    assert_eq!(names, ["h.tofaktor", "c.tofaktor", "a.tofaktor"], "the person is asked between them");
    assert_eq!(unreadable, ["d.tofaktor", "e.tofaktor", "g.tofaktor"]);
}

#[test]
fn two_hundred_wiped_profiles_come_back_from_what_lies_in_their_folders() {
    for person in 0..200 {
        let (p, mut shelf) = (Fake::new(), Shelf::default());
        let words = format!("fire glade elger {person}");
        ui(&p, UiRequest::Create { save: None, said: Vec::new() }, &words);
        for name in 0..3 {
            enter(&p, &format!("elev{person}-{name}"));
            if person % 3 > 0 || name == 2 {
                save(&p, &shelf);
            }
        }
        // Another computer's copy that was synced by half lies beside, and one that cannot be read.
        let main = shelf.get(&name(&p, ""));
        shelf.put("tofaktor-0.tofaktor", &main[..main.len() / 4 * (person % 4)]);
        shelf.put("tofaktor-1.tofaktor", &main);
        shelf.locked.push("tofaktor-1.tofaktor".into());
        let found = now(find(&shelf)).unwrap();
        assert_eq!((found.copies.len(), found.unreadable.len()), (1, 2), "{person}");
        let q = restored(&shelf.get(&found.copies[0].name), &words);
        let wanted: Vec<_> = (0..3).map(|name| format!("elev{person}-{name}")).collect();
        assert_eq!(accounts(record(&q).as_bytes(), &words).unwrap(), wanted);
        // It goes on in the same files.
        enter(&q, "etterpå");
        assert!(!save(&q, &shelf).beside, "{person}");
        assert!(holds(&shelf, &name(&q, ""), &q));
    }
}
