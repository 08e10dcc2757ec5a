//! Hardware tokens that are none: what an administrator's list becomes, and that every parcel opens for its person alone.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests state what they know"
)]

use std::collections::BTreeSet;

use ::tokens::{Issued, MAX_PEOPLE, Period, Person, graph, issue, microsoft_csv, read};
use app::protocol::{Choice, ExchangeRequest, PageReply, UiRequest};
use app::sender::{Page, Sender, identify};
use data_encoding::BASE32;
use formats::{Format, ImportError, Password};
use serde_json::{Value, json};
use support::{Fake, SET_UP, SIGN_IN, create, draft, go, look, random, tell, ui};
use vault::SERIAL;

fn person(upn: &str) -> Person {
    Person { upn: upn.to_owned(), id: None }
}

fn issued(people: &[Person]) -> Vec<Issued> {
    issue(people, Some("Fylket"), Period::Half, 1_700_000_000_000, &mut random).unwrap()
}

/// What the extension's own core makes of a parcel.
#[test]
fn a_parcel_is_imported_with_its_serial_number_and_gives_its_codes() {
    let p = Fake::new();
    create(&p);
    let [first, second] = issued(&[person("kari@skole.example"), person("ola@skole.example")]).try_into().ok().unwrap();
    for Issued { token, parcel, code } in [first, second] {
        // As a person types it.
        let code = code.to_text().to_lowercase().replace('-', " ");
        let read = formats::read_file(&parcel, Some(&Password::ascii(&code)));
        assert_eq!(read.count, 1);
        let take = ExchangeRequest::Take { choices: vec![Choice::Add], names: Vec::new() };
        go(&p, take, &read.entries.0);
        let view = ui(&p, UiRequest::Show, "").view;
        let shown = view.accounts.iter().find(|account| account.name == token.person.upn).unwrap();
        assert_eq!((shown.serial.as_deref(), shown.microsoft), (Some(token.serial.as_str()), true));
        let now_ms = p.0.borrow().now_ms;
        assert_eq!(shown.code.replace(' ', ""), token.credential.code_at(now_ms).expose());
    }
    let view = ui(&p, UiRequest::Show, "").view;
    assert_eq!(view.accounts.len(), 2);
}

fn with_parcel(p: &Fake, issued: &Issued) {
    let read = formats::read_file(&issued.parcel, Some(&Password::ascii(&issued.code.to_text())));
    let take = ExchangeRequest::Take { choices: vec![Choice::Add], names: Vec::new() };
    go(p, take, &read.entries.0);
}

fn page_at(origin: &str, document: &str) -> Option<Page> {
    let sender: Sender = serde_json::from_value(json!({
        "id": "us", "origin": origin, "url": format!("{origin}/security-info"), "frameId": 0, "documentId": document,
        "documentLifecycle": "active", "tab": { "id": 1, "active": true },
    }))
    .unwrap();
    identify(&sender, "us", &[]).ok()
}

fn set_up_page() -> Page {
    page_at(SET_UP, "A").unwrap()
}

/// The dialog's field under these words; what it gets.
fn asked(p: &Fake, title: &str, sentence: &str) -> Option<String> {
    given(
        p,
        json!({
            "title": title, "sentence": sentence, "marks": ["dialog", "nextStep"],
            "field": { "kind": "dialog", "empty": true, "invalid": false, "ours": false },
        }),
    )
}

/// What a page of the set-up gets that looks like this.
fn given(p: &Fake, seen: serde_json::Value) -> Option<String> {
    match look(p, &set_up_page(), seen) {
        PageReply::Fill { code, submit: false } => Some(code),
        PageReply::Fill { .. } => panic!("nothing here is sent off"),
        _ => None,
    }
}

#[test]
fn the_dialog_for_a_hardware_token_gets_the_number_and_the_code_of_the_one_that_waits_and_of_no_other() {
    const SERIAL_STEP: (&str, &str) = ("Hardware token", "Enter the serial number of your hardware token.");
    const NAME_STEP: (&str, &str) = ("Hardware token", "Choose a name for your hardware token.");
    const CODE_STEP: (&str, &str) = ("Hardware token", "Enter the 6-digit code shown on your hardware token.");
    let p = Fake::new();
    let step = |(title, sentence): (&str, &str)| asked(&p, title, sentence);
    assert_eq!(step(SERIAL_STEP), None, "there is no vault");
    create(&p);
    // Another account that waits for its own confirmation is no token.
    ui(&p, UiRequest::Enter { draft: draft("kari@skole.example") }, "jbswy3dpehpk3pxp");
    for each in [SERIAL_STEP, NAME_STEP, CODE_STEP] {
        assert_eq!(step(each), None, "{each:?}");
    }
    let [one, other] = issued(&[person("ola@skole.example"), person("per@skole.example")]).try_into().ok().unwrap();
    with_parcel(&p, &one);
    for (title, sentence) in [
        SERIAL_STEP,
        ("Maskinvaretoken", "Angi serienummeret. Det står ofte på baksiden."),
        ("Hardware-Token", "Geben Sie die Seriennummer ein."),
    ] {
        assert_eq!(asked(&p, title, sentence).as_deref(), Some(one.token.serial.as_str()), "{sentence}");
        tell(&p, &set_up_page(), json!({ "did": { "done": false } }));
        assert_eq!(asked(&p, title, sentence), None, "once in each view, also where the field did not take it");
        assert_eq!(step(NAME_STEP), None, "its name is the person's");
    }
    let now_ms = p.0.borrow().now_ms;
    assert_eq!(step(CODE_STEP).as_deref(), Some(one.token.credential.code_at(now_ms).expose()));
    assert_eq!(step(NAME_STEP), None);
    assert_eq!(step(CODE_STEP), None, "a code goes out once");
    // Whatever names another way, or both, gets neither, nor does the step that confirms an app.
    p.advance(60_000);
    let app_step = support::path("tests/vectors/pages/mysignins-gen3-register-checkCode__en.json");
    let mut app_step: serde_json::Value = serde_json::from_slice(&std::fs::read(app_step).unwrap()).unwrap();
    app_step["seen"]["field"]["empty"] = json!(true);
    let code = one.token.credential.code_at(p.0.borrow().now_ms);
    assert!(given(&p, app_step["seen"].clone()).is_some_and(|of_the_app| of_the_app != code.expose()));
    for sentence in [
        "Enter the code shown in the authenticator app or on your hardware token.",
        "We sent a code to +XX XXXXXX12. Or enter the serial number of your hardware token.",
        "Enter the serial number and the code of your hardware token.",
        "Enter the code we texted you for your hardware token.",
    ] {
        assert_eq!(asked(&p, "Hardware token", sentence), None, "{sentence}");
    }
    // Of two nobody can know which is meant.
    with_parcel(&p, &other);
    assert_eq!((step(SERIAL_STEP), step(CODE_STEP)), (None, None));
    ui(&p, UiRequest::Lock, "");
    assert_eq!((step(SERIAL_STEP), step(CODE_STEP)), (None, None));
}

/// A consultant with a vault for many tenants: whoever is named around the dialog is whose token goes there.
#[test]
fn the_dialog_of_somebody_else_gets_neither_number_nor_code() {
    const CODE: &str = "Enter the 6-digit code shown on your hardware token.";
    let p = Fake::new();
    create(&p);
    let [kari, ola] = issued(&[person("kari@skole.example"), person("ola@annet.example")]).try_into().ok().unwrap();
    with_parcel(&p, &kari);
    let mut document = 0;
    let mut signs_in = |name: &str| {
        document += 1;
        let page = page_at(SIGN_IN, &format!("L{document}")).unwrap();
        look(&p, &page, json!({ "login": name, "marks": [] }));
    };
    // The dialog anew each time: of its own document, in a new time-step.
    let mut dialogs = 0;
    let mut gets = |sentence: &str| {
        dialogs += 1;
        p.advance(60_000);
        // It would lock in between.
        ui(&p, UiRequest::Show, "");
        let seen = json!({
            "title": "Hardware token", "sentence": sentence, "marks": ["dialog", "nextStep"],
            "field": { "kind": "dialog", "empty": true, "invalid": false, "ours": false },
        });
        let page = page_at(SET_UP, &format!("D{dialogs}")).unwrap();
        match look(&p, &page, seen) {
            PageReply::Fill { code, submit: false } => Some(code),
            _ => None,
        }
    };
    let number_for = |name: &str| format!("Enter the serial number of the hardware token for {name}.");
    let code_of = |issued: &Issued| issued.token.credential.code_at(p.0.borrow().now_ms).expose().to_owned();
    assert_eq!(gets("Enter the serial number."), Some(kari.token.serial.clone()));
    // The only token that waits, and the page names another, or the sign-in before it did.
    for other in
        ["ola@annet.example", "kari@annet.example", "k\u{430}ri@skole.example", "kari@skole.example.annet.example"]
    {
        assert_eq!(gets(&number_for(other)), None, "{other}");
        assert_eq!(gets(&number_for(&format!("«{other}»"))), None, "{other}");
        signs_in(other);
        assert_eq!((gets("Enter the serial number."), gets(CODE)), (None, None), "{other}");
        signs_in("kari@skole.example");
        assert_eq!(gets(&number_for(other)), None, "{other}");
    }
    assert_eq!(gets(&number_for("KARI@skole.example")), Some(kari.token.serial.clone()));
    assert_eq!(gets(CODE), Some(code_of(&kari)));
    // Two wait: nobody can know, unless somebody is named.
    with_parcel(&p, &ola);
    for issued in [&ola, &kari, &ola] {
        signs_in(&issued.token.person.upn);
        assert_eq!(gets("Enter the serial number."), Some(issued.token.serial.clone()));
        assert_eq!(gets(CODE), Some(code_of(issued)));
    }
    signs_in("per@tredje.example");
    assert_eq!((gets("Enter the serial number."), gets(CODE)), (None, None));
    // Two of one name: which of them is meant nobody says.
    let [second] = issued(&[person("ola@annet.example")]).try_into().ok().unwrap();
    with_parcel(&p, &second);
    signs_in("ola@annet.example");
    assert_eq!((gets("Enter the serial number."), gets(CODE)), (None, None));
    // And hosts that only look so are nobody.
    for host in [
        "https://mysignins.microsoft.com.annet.example",
        "https://mysignins-microsoft.com",
        "http://mysignins.microsoft.com",
        "https://mysignins.micr\u{43e}soft.com",
        "https://mysignins.microsoft.com:8443",
    ] {
        assert!(page_at(host, "A").is_none(), "{host}");
    }
}

fn faults(bytes: &[u8]) -> Vec<String> {
    read(bytes).unwrap_err().iter().map(ToString::to_string).collect()
}

#[test]
fn a_thousand_parcels_open_each_with_its_own_code_and_hold_what_was_uploaded() {
    let people: Vec<Person> = (0..1000).map(|at| person(&format!("elev{at}@skole.example"))).collect();
    let issued = issued(&people);
    let csv = microsoft_csv(issued.iter().map(|issued| &issued.token));
    let text = std::str::from_utf8(&csv).unwrap();
    let mut lines = text.split_terminator("\r\n");
    assert_eq!(lines.next(), Some("upn,serial number,secret key,time interval,manufacturer,model"));
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.len(), 1000);
    let mut serials = BTreeSet::new();
    let mut wrong = 0;
    for ((row, issued), person) in rows.iter().zip(&issued).zip(&people) {
        assert_eq!((row.len(), row[0], row[3], row[4], row[5]), (6, person.upn.as_str(), "30", "Tofaktor", "Browser"));
        assert!(serials.insert(row[1]) && row[1].starts_with("TF") && row[1].len() == 12);
        assert!(row[2].bytes().all(|c| matches!(c, b'A'..=b'Z' | b'2'..=b'7')) && row[2].len() == 32, "no padding");
        let opened = formats::read(&issued.parcel, Some(&Password::ascii(&issued.code.to_text()))).unwrap();
        assert_eq!((opened.format, opened.entries.len()), (Format::Tofaktor, 1));
        let entry = &opened.entries[0];
        let account = entry.account.as_ref().unwrap();
        let is_same = entry.name == person.upn
            && entry.organisation.as_deref() == Some("Fylket")
            && entry.credential.secret.expose() == BASE32.decode(row[2].as_bytes()).unwrap()
            && (entry.credential.digits, entry.credential.period()) == (6, Some(30))
            && account.extra[SERIAL] == row[1];
        wrong += usize::from(!is_same);
    }
    assert_eq!(wrong, 0);
    // Nobody else's code opens it.
    for pair in issued.windows(2).take(50) {
        let other = formats::read(&pair[0].parcel, Some(&Password::ascii(&pair[1].code.to_text())));
        assert!(matches!(other, Err(ImportError::WrongPassword)));
    }
    assert!(matches!(formats::read(&issued[0].parcel, None), Err(ImportError::NeedsPassword)));
    println!("1,000 parcels issued and opened, {wrong} wrong");
}

#[test]
fn graphs_form_names_what_it_needs() {
    let people = [Person { upn: "kari@skole.example".into(), id: Some("0f0f-1".into()) }, person("ola@skole.example")];
    let issued = issue(&people, None, Period::Whole, 0, &mut random).unwrap();
    let body: Value = serde_json::from_slice(&graph(issued.iter().map(|issued| &issued.token))).unwrap();
    assert_eq!(body["@context"], "#$delta");
    let devices = body["value"].as_array().unwrap();
    assert_eq!(devices.len(), 2);
    for (at, (device, issued)) in devices.iter().zip(&issued).enumerate() {
        assert_eq!(device["@contentId"], (at + 1).to_string());
        assert_eq!((&device["timeIntervalInSeconds"], &device["hashFunction"]), (&60.into(), &"hmacsha1".into()));
        assert_eq!(device["serialNumber"], issued.token.serial.as_str());
        let key = BASE32.decode(device["secretKey"].as_str().unwrap().as_bytes()).unwrap();
        assert_eq!(key, issued.token.credential.secret.expose());
    }
    assert_eq!((&devices[0]["assignTo"]["id"], devices[1].get("assignTo")), (&"0f0f-1".into(), None));
}

#[test]
fn lists_are_read_as_spreadsheets_write_them() {
    for (name, text) in [
        ("plain", "upn\nkari@skole.example\nola@elev.skole.example\n"),
        ("byte order mark", "\u{feff}upn\r\nkari@skole.example\r\nola@elev.skole.example\r\n"),
        ("semicolons", "Navn;UPN;Avdeling\nKåre Ødegård;kari@skole.example;Åsen, 2\nØ;ola@elev.skole.example;\n"),
        ("tabs", "Name\tuserPrincipalName\nA\tkari@skole.example\nB\tola@elev.skole.example"),
        (
            "quotes",
            "\"User principal name\",\"Display, name\"\n\"kari@skole.example\",\"Bø, \"\"K\"\"\"\n\n ola@elev.skole.example ,x\n",
        ),
    ] {
        let people = read(text.as_bytes()).unwrap_or_else(|faults| panic!("{name}: {faults:?}"));
        assert_eq!(people, [person("kari@skole.example"), person("ola@elev.skole.example")], "{name}");
    }
    let people = read(b"id,upn\n17,kari@skole.example\n,ola@skole.example\n").unwrap();
    assert_eq!(people.iter().map(|person| person.id.as_deref()).collect::<Vec<_>>(), [Some("17"), None]);
}

#[test]
fn what_is_wrong_is_said_with_its_line_and_nothing_is_taken() {
    for (text, expected) in [
        ("", &["line 1: there is nobody"][..]),
        ("upn\n", &["line 1: there is nobody"]),
        ("navn;epost\nKari;kari@skole.example\n", &["line 1: no column is called upn"]),
        ("upn\nKari Nordmann\n", &["line 2: Kari Nordmann: this is no user principal name"]),
        ("upn,x\n,y\n", &["line 2: there is no user principal name"]),
        ("upn\nbjørn@skole.example\n", &["line 2: bjørn@skole.example: this is no user principal name"]),
        ("upn\nkari@skole\n=cmd()@skole.example\n", &["line 2: kari@skole", "line 3: =cmd()@skole.example"]),
        (
            "upn\nkari@skole.example\n\nKARI@skole.example\n",
            &["line 4: KARI@skole.example: this person stands in line 2"],
        ),
        (
            "upn\nkari_annet.example#EXT#@skole.onmicrosoft.com\n",
            &["line 2: kari_annet.example#EXT#@skole.onmicrosoft.com: Microsoft assigns no hardware token to a guest"],
        ),
    ] {
        let found = faults(text.as_bytes());
        assert_eq!(found.len(), expected.len(), "{text}: {found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.starts_with(expected), "{text}: {found}");
        }
    }
    // As Excel saves "CSV" in Norway.
    assert_eq!(
        faults(b"upn;navn\nkari@skole.example;B\xf8\nola@skole.example;\n"),
        ["line 2: this is not UTF-8; save the file as \"CSV UTF-8\"."]
    );
}

#[test]
fn a_hundred_thousand_rows_are_read_and_one_more_is_said() {
    let mut text = String::from("upn;navn\n");
    for at in 0..MAX_PEOPLE {
        text.push_str(&format!("elev{at}@skole.example;Ødegård {at}\n"));
    }
    assert_eq!(read(text.as_bytes()).unwrap().len(), MAX_PEOPLE);
    let twice = text.replace("elev99999@", "elev0@");
    assert_eq!(faults(twice.as_bytes()), ["line 100001: elev0@skole.example: this person stands in line 2 already."]);
    text.push_str("ola@skole.example;\n");
    assert_eq!(faults(text.as_bytes()), ["line 100002: these are more than 100000 people; divide the file."]);
}
