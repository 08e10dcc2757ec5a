//! Notes and tags: taken from every format that has a place for them, kept in a merge, and written where there is one.

use exchange::Entry;
use exchange::merge::{Choice, Clash, Fate, apply, plan};
use exchange::write::{Costs, Target, write};
use formats::{Format, Password, read};
use vault::{AccountId, AccountNote, Contents, MAX_NOTE};

const CODES: &str = "Codes: 1111-2222\n3333-4444";

/// A format, a file of it, the note and the tags that the one entry in it has.
#[rustfmt::skip]
const FILES: [(Format, &str, &[&str]); 18] = [
    (Format::Keeper, r#"{"records":[{"title":"A","login":"kari","notes":"NOTE","custom_fields":{"$oneTimeCode::1":"GEZDGNBVGY3TQOJQ"},"folders":[{"folder":"Home\\Work\\\\Desk","shared_folder":"All"}]}]}"#, &["Work\\Desk", "All"]),
    (Format::Aegis, r#"{"version":1,"header":{"slots":null,"params":null},"db":{"version":3,"groups":[{"uuid":"g","name":"Work"}],"entries":[{"type":"totp","uuid":"u","name":"kari","issuer":"A","note":"NOTE","groups":["g"],"info":{"secret":"GEZDGNBVGY3TQOJQ","algo":"SHA1","digits":6,"period":30}}]}}"#, &["Work"]),
    (Format::Aegis, r#"{"version":1,"header":{"slots":null,"params":null},"db":{"version":1,"entries":[{"type":"totp","name":"kari","issuer":"A","note":"NOTE","group":"Work","info":{"secret":"GEZDGNBVGY3TQOJQ"}}]}}"#, &["Work"]),
    (Format::AndOtp, r#"[{"secret":"GEZDGNBVGY3TQOJQ","issuer":"A","label":"kari","digits":6,"type":"TOTP","algorithm":"SHA1","period":30,"tags":["Work","Home"]}]"#, &["Work", "Home"]),
    (Format::TwoFas, r#"{"groups":[{"id":"g","name":"Work"}],"services":[{"name":"A","secret":"GEZDGNBVGY3TQOJQ","groupId":"g","otp":{"account":"kari","tokenType":"TOTP"}}],"schemaVersion":4}"#, &["Work"]),
    (Format::Stratum, r#"{"Authenticators":[{"Type":2,"Issuer":"A","Username":"kari","Secret":"GEZDGNBVGY3TQOJQ","Algorithm":0,"Digits":6,"Period":30,"Counter":0}],"Categories":[{"Id":"c","Name":"Work"}],"AuthenticatorCategories":[{"CategoryId":"c","AuthenticatorSecret":"GEZDGNBVGY3TQOJQ"}]}"#, &["Work"]),
    (Format::Bitwarden, r#"{"encrypted":false,"folders":[{"id":"f","name":"Work"}],"items":[{"name":"A","notes":"NOTE","folderId":"f","login":{"username":"kari","totp":"GEZDGNBVGY3TQOJQ"}}]}"#, &["Work"]),
    (Format::Bitwarden, r#"{"encrypted":false,"collections":[{"id":"c","name":"Desk"}],"items":[{"name":"A","notes":"NOTE","folderId":null,"collectionIds":["c"],"login":{"username":"kari","totp":"GEZDGNBVGY3TQOJQ"}}]}"#, &["Desk"]),
    (Format::OnePassword, r#"{"accounts":[{"vaults":[{"items":[{"overview":{"title":"A","tags":["Work"]},"details":{"notesPlain":"NOTE","sections":[{"fields":[{"value":{"totp":"GEZDGNBVGY3TQOJQ"}}]}]}}]}]}]}"#, &["Work"]),
    (Format::ProtonPass, r#"{"version":"1.31","vaults":{"a":{"name":"Work","items":[{"state":1,"data":{"metadata":{"name":"A","note":"NOTE"},"content":{"totpUri":"GEZDGNBVGY3TQOJQ"}}}]},"b":{"name":"Home","items":[]}}}"#, &["Work"]),
    (Format::Proton, r#"{"version":1,"entries":[{"id":"i","content":{"uri":"otpauth://totp/kari?secret=GEZDGNBVGY3TQOJQ&issuer=A","entry_type":"Totp","name":"kari"},"note":"NOTE"}]}"#, &[]),
    (Format::Enpass, r#"{"folders":[{"uuid":"f","title":"Work"}],"items":[{"title":"A","template_type":"login.default","note":"NOTE","folders":["f"],"fields":[{"type":"totp","value":"GEZDGNBVGY3TQOJQ"}]}]}"#, &["Work"]),
    (Format::Cxf, r#"{"version":{"major":1,"minor":0},"exporterRpId":"x","accounts":[{"collections":[{"id":"c","title":"Home","items":[{"item":"i"}]}],"items":[{"id":"i","title":"A","tags":["Work"],"credentials":[{"type":"totp","secret":"GEZDGNBVGY3TQOJQ","period":30,"digits":6,"algorithm":"sha1","username":"kari","issuer":"A"},{"type":"note","content":{"fieldType":"string","value":"NOTE"}}]}]}]}"#, &["Work", "Home"]),
    (Format::OtpauthList, "otpauth://totp/A:kari?secret=GEZDGNBVGY3TQOJQ&issuer=A&codeDisplay=%7B%22note%22%3A%22NOTE%22%2C%22tags%22%3A%5B%22Work%22%5D%7D", &["Work"]),
    (Format::Csv, "folder,favorite,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp\nWork/Desk,,login,A,\"NOTE\",,0,,kari,p,GEZDGNBVGY3TQOJQ\n", &["Work/Desk"]),
    (Format::Csv, "\"Group\",\"Title\",\"Username\",\"Password\",\"URL\",\"Notes\",\"TOTP\"\n\"Passwords/Work\",\"A\",\"kari\",\"p\",\"\",\"NOTE\",\"GEZDGNBVGY3TQOJQ\"\n", &["Work"]),
    (Format::Csv, "\"Group\",\"Title\",\"Username\",\"Password\",\"URL\",\"Notes\",\"TOTP\"\n\"Passwords\",\"A\",\"kari\",\"p\",\"\",\"NOTE\",\"GEZDGNBVGY3TQOJQ\"\n", &[]),
    (Format::Keepass, "<KeePassFile><Root><Group><Name>Passwords</Name><Group><Name>Desk</Name><Entry><Tags>Work;Home</Tags><String><Key>Title</Key><Value>A</Value></String><String><Key>Notes</Key><Value>NOTE</Value></String><String><Key>otp</Key><Value>GEZDGNBVGY3TQOJQ</Value></String></Entry></Group></Group></Root></KeePassFile>", &["Work", "Home", "Desk"]),
];

fn entries(file: &str) -> Vec<Entry> {
    read(file.as_bytes(), None).unwrap_or_else(|error| panic!("{error:?}: {file}")).entries
}

fn noted(name: &str, note: &str) -> Entry {
    let line = format!("otpauth://totp/A:{name}?secret=GEZDGNBVGY3TQOJQ&issuer=A");
    let mut entry = entries(&line).remove(0);
    entry.remarks = exchange::Remarks::of(note, ["Work", "Home"]);
    entry
}

fn take(contents: &mut Contents, entries: &[Entry], choice: Choice) -> exchange::merge::Merged {
    let mut next = contents.accounts.len() as u8;
    let choices = vec![choice; entries.len()];
    apply(contents, entries, &choices, 7, || {
        next += 1;
        Ok(AccountId([next; 16]))
    })
    .unwrap()
}

fn note(contents: &Contents) -> Option<&str> {
    contents.accounts[0].note.as_ref().map(AccountNote::expose)
}

#[test]
fn notes_and_tags_come_along_from_every_format_that_has_them() {
    for (format, file, tags) in FILES {
        let escaped = CODES.replace('\n', if file.starts_with(['{', '[', 'o']) { "\\n" } else { "\n" });
        let escaped =
            if file.starts_with("otpauth") { escaped.replace(' ', "%20").replace('\\', "%5C") } else { escaped };
        let import = read(file.replace("NOTE", &escaped).as_bytes(), None).unwrap();
        assert_eq!((import.format, import.entries.len()), (format, 1), "{file}");
        let remarks = &import.entries[0].remarks;
        let wanted = file.contains("NOTE").then_some(CODES);
        assert_eq!(remarks.note.as_ref().map(AccountNote::expose), wanted, "{format:?}");
        assert_eq!(remarks.tags, tags, "{format:?}");
        // On the way to the vault's instance, nothing is lost.
        let packed = exchange::bundle::pack(&import.entries, None);
        assert!(exchange::bundle::unpack(&packed).unwrap().entries[0].remarks == *remarks, "{format:?}");
    }
}

#[test]
fn a_note_is_kept_in_a_merge_and_comes_below_one_that_is_there() {
    let mut contents = Contents::default();
    let file = [noted("kari", "one")];
    assert_eq!(take(&mut contents, &file, Choice::Add).added.len(), 1);
    assert_eq!((note(&contents), contents.accounts[0].group()), (Some("one"), Some("Work")));
    // The same once more is nothing new; another note is, and changes nothing else.
    let with = contents.accounts[0].id;
    assert_eq!(plan(&contents, &file), [Fate::Same { with }]);
    let more = [noted("ola", "two")];
    assert_eq!(plan(&contents, &more), [Fate::Conflict { with, how: Clash::Note }]);
    assert_eq!(take(&mut contents, &more, Choice::Skip).skipped, 1);
    assert_eq!(take(&mut contents, &more, Choice::Add).replaced, [with]);
    assert_eq!((note(&contents), &*contents.accounts[0].name), (Some("one\ntwo"), "kari"));
    assert_eq!(plan(&contents, &more), [Fate::Same { with }]);
    // What is too long below it is left.
    let long = [noted("kari", &"x".repeat(MAX_NOTE))];
    assert_eq!(plan(&contents, &long), [Fate::Same { with }]);
    // Another key in its place leaves the note where it is, and a group that a person has chosen.
    let mut other = noted("kari", "three");
    other.credential.secret = otp::Secret::new(b"another key".to_vec()).unwrap();
    contents.accounts[0].set_group(Some("Mine"));
    take(&mut contents, &[other], Choice::Replace);
    assert_eq!((note(&contents), contents.accounts[0].group()), (Some("one\ntwo\nthree"), Some("Mine")));
}

/// Whatever else a person, or another import, has done with the account since.
#[test]
fn what_came_to_an_account_that_was_there_is_taken_back_and_nothing_else() {
    let mut contents = Contents::default();
    let mut plain = noted("kari", "");
    plain.remarks = exchange::Remarks::default();
    take(&mut contents, &[plain], Choice::Add);
    let first = take(&mut contents, &[noted("kari", "one")], Choice::Replace).noted.remove(0);
    let second = take(&mut contents, &[noted("kari", "two\nthree")], Choice::Replace).noted.remove(0);
    assert_eq!((&*first.group, &*second.group), ("Work", ""));
    contents.accounts[0].set_group(Some("Mine"));
    let before = contents.accounts[0].modified_ms;
    assert!(first.take_back(&mut contents, 5) && contents.accounts[0].modified_ms > before);
    assert_eq!((note(&contents), contents.accounts[0].group()), (Some("two\nthree"), Some("Mine")));
    // It stands elsewhere now, and no other lines are taken for it.
    assert!(!second.take_back(&mut contents, 5) && !first.take_back(&mut contents, 5));
    assert_eq!(note(&contents), Some("two\nthree"));
    let third = take(&mut contents, &[noted("kari", "for")], Choice::Replace).noted.remove(0);
    assert!(third.take_back(&mut contents, 5) && !third.take_back(&mut contents, 5));
    assert_eq!(note(&contents), Some("two\nthree"));
    // Nothing comes of nothing, nor of numbers that are nobody's.
    let account = &mut contents.accounts[0];
    account.note = AccountNote::new("\u{e6}\u{f8}\n\u{e5}");
    for (from, to) in [(0, 0), (1, 3), (3, 2), (0, 8), (0, usize::MAX)] {
        let mark = account.mark_of_note(from, to, &account.credential.secret).unwrap_or_default();
        assert!(!account.cut_note(from, to, &mark, &[]), "{from} {to}");
    }
    let mark = account.mark_of_note(0, 7, &account.credential.secret).unwrap();
    assert!(
        !account.cut_note(0, 7, "", &[]) && !account.cut_note(0, 4, &mark, &[]) && account.cut_note(0, 7, &mark, &[])
    );
    assert_eq!(note(&contents), None);
}

#[test]
fn what_is_too_long_is_said_and_a_codes_own_uri_is_no_note() {
    let remarks = |text: &str| exchange::Remarks::of(text, []);
    assert!(remarks(&"x".repeat(MAX_NOTE)).note.is_some());
    let long = remarks(&"x".repeat(MAX_NOTE + 1));
    assert!(long.note.is_none() && long.note_too_long);
    let uri = remarks("otpauth://totp/A:kari?secret=GEZDGNBVGY3TQOJQ");
    assert!(uri.note.is_none() && !uri.note_too_long);
    let long = "x".repeat(65);
    let tags = exchange::Remarks::of("", [long.as_str(), "Work", " ", "Work", "Home"]);
    assert_eq!((tags.group(), tags.other_tags().collect::<Vec<_>>()), (Some("Work"), vec![&*long, "Home"]));
}

#[test]
fn what_has_a_place_for_notes_and_groups_is_given_them_and_the_rest_says_so() {
    let mut contents = Contents::default();
    take(&mut contents, &[noted("kari", CODES)], Choice::Add);
    let password = Password::ascii("abc");
    for (target, has_a_place) in [
        (Target::Tofaktor, true),
        (Target::Aegis, true),
        (Target::Cxf, true),
        (Target::OtpauthList, false),
        (Target::Migration, false),
    ] {
        let mut fill = |out: &mut [u8]| {
            out.fill(7);
            Ok(())
        };
        let export = write(target, &contents, Some(&password), &Costs::USUAL, 7, &mut fill).unwrap();
        assert_eq!(export.without_note, u32::from(!has_a_place), "{target:?}");
        let entry = read(&export.pages[0], Some(&password)).unwrap().entries.remove(0);
        let there = (entry.remarks.note.as_ref().map(AccountNote::expose), entry.remarks.group());
        assert_eq!(there, if has_a_place { (Some(CODES), Some("Work")) } else { (None, None) }, "{target:?}");
    }
}
