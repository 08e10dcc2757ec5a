//! Policies as administrators write them: what is mistyped is found, and each platform's form says the same.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests state what they know"
)]

use std::collections::BTreeSet;

use policy::{KEYS, Policy};
use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::Event;
use rollout::{Ids, Kind, Target, check, keys, would_be_everybodys, write};
use serde_json::{Map, Value, json};

/// Every key but the text that holds all others.
fn every_key() -> Map<String, Value> {
    let policy = json!({
        "passphraseLength": 12,
        "unlockMethods": ["passphrase", "key"],
        "autoLockMaximum": 60,
        "exportAllowed": false,
        "syncAllowed": true,
        "modes": ["approve"],
        "tenants": ["skole.example", "Bømlo kommune"],
        "adfsHosts": ["adfs.skole.example skole.example elev.skole.example"],
        "clockCheck": false,
        "restoreBeforeNew": true,
        "backupFolder": "required",
        "recoveryKeys": ["EyxEK-AQ-9V-cmAzKKp25x_MwVA6riGTJ9FNnJmT9HKj7RUD Fylket, \"IT\""],
        "tokens": [token()],
        "deskName": "IT-hjelp \"Nå\" \\ <Bø & Sønn> 'ja' \u{2019}",
        "deskPhone": "12 34 56 78",
        "deskLink": "https://hjelp.skole.example/?a=1&b=2",
        "guideText": "Ring oss.\r\nVi svarer.\n\nÆØÅ \u{1f4de}",
        "pageRules": r#"{"words":{"app":["innloggingsappen"]}}"#,
        "language": "nn",
    });
    policy.as_object().unwrap().clone()
}

/// A token as `tofaktor issue --for-policy` has written it.
fn token() -> String {
    let policy: Value = serde_json::from_str(include_str!("vectors/policy/tokens.json")).unwrap();
    policy["tokens"][0].as_str().unwrap().to_owned()
}

/// What is checked as it is rolled out.
const READ: [Target; 6] =
    [Target::ChromeRegistry, Target::EdgeRegistry, Target::Macos, Target::Linux, Target::Firefox, Target::Chromeos];

fn one(target: Target, decisions: &Map<String, Value>) -> Vec<u8> {
    let [written] = write(target, decisions, &Ids::default()).try_into().unwrap();
    written.bytes
}

/// `line: key: why`, shortened.
fn faults(text: &str) -> Vec<String> {
    check(text.as_bytes()).faults.iter().map(ToString::to_string).collect()
}

#[test]
fn the_policy_of_the_tests_has_every_key_and_no_fault() {
    let decisions = every_key();
    let named: BTreeSet<&str> = decisions.keys().map(String::as_str).chain(["decisions"]).collect();
    assert_eq!(named, KEYS.into_iter().collect());
    assert_eq!(keys().iter().map(|key| key.name.as_str()).collect::<BTreeSet<_>>(), named);
    let checked = check(Value::Object(decisions.clone()).to_string().as_bytes());
    assert_eq!((checked.faults, checked.notes.len(), &checked.decisions), (vec![], 1, &decisions));
    assert_eq!(checked.notes[0].key, "tokens", "they are one person's, and the rest is not");
    let seen = Policy::parse(Some(&Value::Object(decisions).to_string())).decided();
    assert_eq!((seen.checksum.len(), seen.checksum), (19, checked.checksum));
    assert_eq!(seen.decisions.len(), KEYS.len() - 1);
}

#[test]
fn what_is_mistyped_is_said_with_line_and_reason() {
    for (text, expected) in [
        ("", &["line 1: this is no JSON"][..]),
        ("[]", &["line 1: a policy is a JSON object"]),
        ("7", &["line 1: a policy is a JSON object"]),
        ("{\n\"exportAllowed\": false,\n}", &["line 3: this is no JSON: trailing comma"]),
        ("{\n\"exportAllowed\": nei\n}", &["line 2: this is no JSON"]),
        ("{\n // no\n \"clockCheck\": true}", &["line 2: this is no JSON"]),
        (
            "{\n\n\"exportAlowed\": false}",
            &[
                "line 3: exportAlowed: there is no such key, and nothing comes of it: Chromium, Chrome and Edge drop it without a word. Perhaps exportAllowed was meant.",
            ],
        ),
        ("{\"exportallowed\": false}", &["line 1: exportallowed: there is no such key"]),
        ("{\"zzz\": false}", &["line 1: zzz: there is no such key"]),
        (
            "{\"exportAllowed\":\n\"no\"}",
            &["line 2: exportAllowed: this must be true or false, without quotes. Chromium"],
        ),
        ("{\"exportAllowed\": null}", &["line 1: exportAllowed: this must be true or false"]),
        ("{\"passphraseLength\": \"12\"}", &["line 1: passphraseLength: this must be a whole number"]),
        ("{\"passphraseLength\": 12.0}", &["line 1: passphraseLength: this must be a whole number"]),
        ("{\"passphraseLength\": 100}", &["line 1: passphraseLength: this must be from 0 to 64"]),
        ("{\"autoLockMaximum\": -1}", &["line 1: autoLockMaximum: this must be from 0 to 10080"]),
        ("{\"tenants\": \"skole.example\"}", &["line 1: tenants: this must be a list"]),
        ("{\"tenants\": [\"skole.example\", 7]}", &["line 1: tenants: this must be a list of texts"]),
        ("{\"modes\": [\"code\", \"aproved\", \"approve\"]}", &["line 1: modes: \"aproved\" cannot be taken"]),
        ("{\"unlockMethods\": [\"recovery\"]}", &["line 1: unlockMethods: \"recovery\" cannot be taken"]),
        (
            "{\"adfsHosts\": [\"adfs.skole.example\", \"https://x/\"]}",
            &["line 1: adfsHosts: \"https://x/\" cannot be taken"],
        ),
        (
            "{\"recoveryKeys\": [\"EyxEK-AQ-9V-cmAzKKp25x_MwVA6riGTJ9FNnJmT9HKj7RUD A\", \"EyxEK-AQ-9V-cmAzKKp25x_MwVA6riGTJ9FNnJmT9HKj7RUD B\"]}",
            &["line 1: recoveryKeys: \"B\" cannot be taken"],
        ),
        ("{\"deskLink\": \"http://hjelp.example/\"}", &["line 1: deskLink: this cannot be taken"]),
        ("{\"deskName\": \"IT\\u0007\"}", &["line 1: deskName: this holds a control character"]),
        ("{\"language\": \"no\"}", &["line 1: language: this cannot be taken"]),
        ("{\"pageRules\": \"{\"}", &["line 1: pageRules: this cannot be taken"]),
        ("{\"pageRules\": \"{\\\"words\\\":{\\\"app\\\":[\\\"kort\\\"]}}\"}", &["line 1: pageRules: \"words.app"]),
        ("{\"clockCheck\": true,\n\"clockCheck\": true}", &["line 2: clockCheck: this stands twice"]),
        ("{\"decisions\": \"[]\"}", &["line 1: decisions: the text in it is no JSON object"]),
        ("{\"decisions\": {}}", &["line 1: decisions: this must be a text"]),
        (
            "{\"decisions\": \"{\\\"exportAlowed\\\": true, \\\"clockCheck\\\": 1}\", \"clockCheck\": true}",
            &[
                "line 1: decisions: exportAlowed: there is no such key",
                "line 1: decisions: clockCheck: this stands twice",
            ],
        ),
        (
            "{\"language\": \"xx\",\n\"modes\": [],\n\"tenants\": {}}",
            &["line 1: language", "line 3: tenants: this must be a list"],
        ),
    ] {
        let found = faults(text);
        assert_eq!(found.len(), expected.len(), "{text}: {found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.starts_with(expected), "{text}: {found}");
        }
        assert_eq!(check(text.as_bytes()).checksum, "");
    }
    assert!(faults("{}").is_empty());
    assert!(check(b"\xff\xfe{\0}\0").faults[0].to_string().contains("not UTF-8"));
    assert!(check("\u{feff}{\"clockCheck\": true}".as_bytes()).faults.is_empty());
}

#[test]
fn what_is_sound_and_perhaps_not_meant_is_noted() {
    let text = r#"{"passphraseLength":4,"autoLockMaximum":0,"unlockMethods":[],"decisions":"{\"tenants\":[],\"modes\":[],\"adfsHosts\":[]}"}"#;
    let checked = check(text.as_bytes());
    assert_eq!((checked.faults.len(), checked.notes.len()), (0, 6), "{:?}", checked.notes);
}

/// Every mistake that Chromium or the core would see is a fault, and nothing else is.
#[test]
fn a_policy_without_a_fault_is_taken_whole_by_the_core() {
    for Row { text, sound } in table() {
        let view = Policy::parse(Some(&text)).view();
        assert_eq!(view.reports.is_empty(), sound, "{text}");
        assert_eq!(check(text.as_bytes()).faults.is_empty(), sound, "{text}");
    }
}

struct Row {
    text: String,
    sound: bool,
}

/// Every key with a value of every type.
fn table() -> Vec<Row> {
    let sound = every_key();
    let values = [
        json!(true),
        json!(7),
        json!(-7),
        json!(1.5),
        json!(null),
        json!("x"),
        json!([7]),
        json!(["\u{1}"]),
        json!({}),
    ];
    let mut rows = Vec::new();
    for key in keys().into_iter().filter(|key| key.name != "decisions" && key.name != "pageRules") {
        for value in &values {
            let right = match key.kind {
                Kind::Number(_) => *value == json!(7),
                Kind::Switch => *value == json!(true),
                Kind::List => false,
                Kind::Text => {
                    *value == json!("x") && !["backupFolder", "language", "deskLink"].contains(&key.name.as_str())
                }
            };
            // Any text names an organisation; what no platform carries is the check's own.
            if !(key.name == "tenants" && *value == json!(["\u{1}"])) {
                rows.push(Row { text: json!({ &key.name: value }).to_string(), sound: right });
            }
        }
        rows.push(Row { text: json!({ &key.name: sound[&key.name] }).to_string(), sound: true });
    }
    rows
}

#[test]
fn it_is_read_also_as_it_lies_in_a_browsers_file() {
    let decisions = every_key();
    let mut files = vec![];
    for target in [Target::Linux, Target::Firefox, Target::Chromeos] {
        files.push(String::from_utf8(one(target, &decisions)).unwrap());
    }
    files.push(json!({ "3rdparty": { "extensions": { "abcdefghijklmnopabcdefghijklmnop": decisions } } }).to_string());
    files.push(json!({ "HomepageLocation": "x", "3rdparty": { "extensions": { "other": {"a": 1}, rollout::CHROMIUM_ID: decisions } } }).to_string());
    for file in files {
        let checked = check(file.as_bytes());
        assert_eq!((checked.faults, &checked.decisions), (vec![], &decisions), "{file}");
    }
    let several = json!({ "3rdparty": { "extensions": { "a": {}, "b": {} } } }).to_string();
    assert!(faults(&several)[0].contains("which of these extensions"));
    // With the line in the browser's own file.
    assert!(
        faults(
            "{\"policies\":\n{\"3rdparty\":\n{\"Extensions\":\n{\"tofaktor@tofaktor.no\":\n{\"clockChek\": true}}}}}"
        )[0]
        .starts_with("line 5: clockChek")
    );
}

/// The line is counted on from the key before, in each form.
#[test]
fn each_of_many_keys_is_said_with_its_own_line() {
    const MANY: usize = 2_000;
    let keys = |one: &dyn Fn(usize) -> String, between: &str| (0..MANY).map(one).collect::<Vec<_>>().join(between);
    let bare = format!("{{\n{}}}", keys(&|at| format!("\n\"æ{at}\":\n[\n]"), ","));
    let console = format!("{{\n{}}}", keys(&|at| format!("\n\"æ{at}\": {{\n\"Value\": [\n] }}"), ","));
    let list = format!("<plist>\n<dict>{}</dict></plist>", keys(&|at| format!("\n\n\n<key>æ{at}</key><array/>"), ""));
    for (file, first, each) in [(&bare, 4, 3), (&console, 4, 3), (&list, 5, 3)] {
        let found: Vec<_> = check(file.as_bytes()).faults.into_iter().map(|fault| (fault.key, fault.line)).collect();
        let expected: Vec<_> = (0..MANY).map(|at| (format!("æ{at}"), first + each * at)).collect();
        assert_eq!(found, expected);
    }
}

/// A file for `reg import`, read by its own rules.
fn read_registry(bytes: &[u8], root: &str) -> Map<String, Value> {
    let units: Vec<u16> = bytes.chunks(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    let text = String::from_utf16(&units).unwrap();
    let mut lines = text.strip_prefix('\u{feff}').unwrap().split("\r\n").filter(|line| !line.is_empty());
    assert_eq!(lines.next(), Some("Windows Registry Editor Version 5.00"));
    // Nothing of before stays, and nothing else goes.
    let (machines, persons) = (format!("HKEY_LOCAL_MACHINE\\{root}"), format!("HKEY_CURRENT_USER\\{root}"));
    let gone = [format!("[-{machines}]"), format!("[-{persons}\\tokens]")];
    assert!(gone.contains(&lines.clone().next().unwrap().to_owned()));
    let (mut found, mut list) = (Map::new(), None);
    for line in lines {
        if gone.iter().any(|gone| gone == line) {
            assert!(list.is_none() || line == gone[1]);
            continue;
        }
        if let Some(key) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            let below = key.strip_prefix(&machines).unwrap_or_else(|| {
                assert_eq!(key.strip_prefix(&persons), Some("\\tokens"), "one person's, and nothing else");
                "\\tokens"
            });
            assert_eq!(below == "\\tokens", key.starts_with(&persons));
            list = below.strip_prefix('\\').map(str::to_owned);
            list.iter().for_each(|name| assert!(found.insert(name.clone(), json!([])).is_none()));
            continue;
        }
        let (name, data) = line.strip_prefix('"').unwrap().split_once("\"=").unwrap();
        let value = if let Some(number) = data.strip_prefix("dword:") {
            json!(u32::from_str_radix(number, 16).unwrap())
        } else if let Some(bytes) = data.strip_prefix("hex(1):") {
            let bytes: Vec<u8> = bytes.split(',').map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect();
            let units: Vec<u16> = bytes.chunks(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
            json!(String::from_utf16(&units).unwrap().strip_suffix('\0').unwrap())
        } else {
            let mut text = String::new();
            let mut rest = data.strip_prefix('"').unwrap().strip_suffix('"').unwrap().chars();
            while let Some(character) = rest.next() {
                assert_ne!(character, '"');
                text.push(if character == '\\' { rest.next().unwrap() } else { character });
            }
            json!(text)
        };
        match &list {
            None => assert!(found.insert(name.to_owned(), value).is_none()),
            Some(list) => {
                let items = found[list].as_array_mut().unwrap();
                items.push(value);
                assert_eq!(name, items.len().to_string());
            }
        }
    }
    found
}

/// The registry has no booleans; the schema says which numbers are some.
fn typed(mut found: Map<String, Value>) -> Map<String, Value> {
    for key in keys().into_iter().filter(|key| key.kind == Kind::Switch) {
        if let Some(value) = found.get_mut(&key.name) {
            *value = json!([0, 1].iter().position(|number| *value == json!(number)).unwrap() == 1);
        }
    }
    found
}

/// A text in PowerShell: quoted, or put together.
fn read_quoted(text: &str) -> String {
    if let Some(sum) = text.strip_prefix("('' + ").and_then(|text| text.strip_suffix(')')) {
        return sum
            .split(" + ")
            .map(|part| match part {
                "[char]10" => "\n".to_owned(),
                "[char]13" => "\r".to_owned(),
                part => read_quoted(part),
            })
            .collect();
    }
    let is_quote = |c: char| "'\u{2018}\u{2019}\u{201a}\u{201b}".contains(c);
    let mut said = String::new();
    let mut rest = text.strip_prefix('\'').unwrap().strip_suffix('\'').unwrap().chars();
    while let Some(character) = rest.next() {
        if is_quote(character) {
            assert!(is_quote(rest.next().unwrap()), "{text}");
        }
        said.push(character);
    }
    said
}

fn read_script(bytes: Vec<u8>) -> Map<String, Value> {
    let text = String::from_utf8(bytes).unwrap();
    let mut found = Map::new();
    for line in text.strip_prefix('\u{feff}').unwrap().split("\r\n").map(str::trim) {
        if let Some(list) = line.strip_prefix("New-Item -Path \"$policy\\") {
            found.insert(list.split('"').next().unwrap().to_owned(), json!([]));
        }
        let Some(rest) = line.strip_prefix("New-ItemProperty -LiteralPath ") else { continue };
        let (key, rest) = rest.split_once(" -Name '").unwrap();
        let (name, rest) = rest.split_once("' -PropertyType ").unwrap();
        let (kind, rest) = rest.split_once(" -Value ").unwrap();
        let data = rest.strip_suffix(" | Out-Null").unwrap();
        let value = if kind == "DWord" { json!(data.parse::<u32>().unwrap()) } else { json!(read_quoted(data)) };
        match key.strip_prefix("\"$policy\\") {
            None => assert!(found.insert(name.to_owned(), value).is_none()),
            Some(list) => found[list.strip_suffix('"').unwrap()].as_array_mut().unwrap().push(value),
        }
    }
    found
}

/// The values of a property list, as far as there are any here.
fn read_plist(reader: &mut Reader<&[u8]>, end: &str) -> Value {
    let (mut fields, mut items, mut key) = (Map::new(), vec![], None);
    loop {
        let value = match reader.read_event().unwrap() {
            Event::Start(tag) if tag.name().as_ref() == "dict" => read_plist(reader, "dict"),
            Event::Start(tag) if tag.name().as_ref() == "array" => read_plist(reader, "array"),
            Event::Start(tag) if tag.name().as_ref() == "plist" => continue,
            Event::Start(tag) => {
                let name = tag.name().as_ref().to_owned();
                let mut text = String::new();
                loop {
                    match reader.read_event().unwrap() {
                        Event::Text(part) => text += &part.xml10_content(),
                        Event::GeneralRef(part) => match part.resolve_char_ref().unwrap() {
                            Some(character) => text.push(character),
                            None => text += quick_xml::escape::resolve_predefined_entity(&part).unwrap(),
                        },
                        Event::End(_) => break,
                        event => panic!("{event:?}"),
                    }
                }
                match name.as_str() {
                    "key" => {
                        key = Some(text);
                        continue;
                    }
                    "integer" => json!(text.parse::<u32>().unwrap()),
                    "string" => json!(text),
                    name => panic!("{name}"),
                }
            }
            Event::Empty(tag) => json!(tag.name().as_ref() == "true"),
            Event::End(tag) => {
                assert_eq!(tag.name().as_ref(), end);
                return if end == "array" { json!(items) } else { Value::Object(fields) };
            }
            Event::Eof => panic!("it ends too early"),
            _ => continue,
        };
        match key.take() {
            Some(key) => assert!(fields.insert(key, value).is_none()),
            None if end == "array" => items.push(value),
            None => return value,
        }
    }
}

fn read_profile(bytes: &str) -> Vec<Map<String, Value>> {
    let profile = read_plist(&mut Reader::from_str(bytes), "");
    let payloads = profile["PayloadContent"].as_array().unwrap().iter();
    payloads
        .map(|payload| {
            payload
                .as_object()
                .unwrap()
                .iter()
                .filter(|(key, _)| !key.starts_with("Payload"))
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect()
        })
        .collect()
}

/// What each platform makes of what is written for it.
fn read_back(decisions: &Map<String, Value>) -> Vec<(&'static str, Map<String, Value>)> {
    let id = rollout::CHROMIUM_ID;
    let chrome = format!("SOFTWARE\\Policies\\Google\\Chrome\\3rdparty\\extensions\\{id}\\policy");
    let edge = format!("SOFTWARE\\Policies\\Microsoft\\Edge\\3rdparty\\extensions\\{id}\\policy");
    let mut all = vec![
        ("chrome-registry", typed(read_registry(&one(Target::ChromeRegistry, decisions), &chrome))),
        ("edge-registry", typed(read_registry(&one(Target::EdgeRegistry, decisions), &edge))),
    ];
    // It runs as nobody.
    if !would_be_everybodys(Target::Intune, decisions) {
        all.push(("intune", typed(read_script(one(Target::Intune, decisions)))));
    }
    let profiles = read_profile(&String::from_utf8(one(Target::Macos, decisions)).unwrap());
    assert_eq!(profiles.len(), 2);
    all.extend(profiles.into_iter().map(|found| ("macos", found)));
    for (name, target) in [("linux", Target::Linux), ("firefox", Target::Firefox), ("chromeos", Target::Chromeos)] {
        all.push((name, check(&one(target, decisions)).decisions));
    }
    all
}

#[test]
fn each_platforms_form_says_the_same() {
    let decisions = every_key();
    let empty = json!({ "tenants": [], "deskName": "", "passphraseLength": 0, "decisions": "{\"clockCheck\": false}" });
    let mut everybodys = decisions.clone();
    let tokens = everybodys.shift_remove("tokens").unwrap();
    let persons = json!({ "tokens": tokens });
    let none = json!({ "tokens": [] });
    for decisions in
        [&decisions, &everybodys, empty.as_object().unwrap(), persons.as_object().unwrap(), none.as_object().unwrap()]
    {
        for (platform, found) in read_back(decisions) {
            assert_eq!(&found, decisions, "{platform}");
            assert_eq!(policy::checksum(&found), policy::checksum(decisions));
        }
        // The desk checks the file that it has deployed; templates hold no policy, and a script is not read.
        let bare = check(Value::Object(decisions.clone()).to_string().as_bytes());
        for target in READ {
            let file = check(&one(target, decisions));
            assert_eq!((&file.decisions, &file.checksum), (decisions, &bare.checksum), "{target:?}");
            // A platform has an order of its own.
            let notes =
                |checked: &rollout::Checked| checked.notes.iter().map(|note| note.key.clone()).collect::<BTreeSet<_>>();
            assert_eq!((&file.faults, notes(&file)), (&bare.faults, notes(&bare)), "{target:?}");
        }
    }
}

/// As the Registry Editor exports what is there, and as Chromium takes it.
#[test]
fn what_lies_in_the_registry_is_checked_as_chromium_reads_it() {
    const KEY: &str = r"HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Google\Chrome\3rdparty\Extensions";
    let id = rollout::CHROMIUM_ID;
    let head = format!("Windows Registry Editor Version 5.00\r\n\r\n[{KEY}]\r\n\r\n[{KEY}\\{id}\\policy]\r\n");
    let other = format!("\r\n[{KEY}\\abcdefghijklmnopabcdefghijklmnop\\policy]\r\n\"toOverwrite\"=dword:00000001\r\n");
    let body = format!(
        "; by hand\r\n@=\"\"\r\n\"exportAllowed\"=dword:00000000\r\n\"clockCheck\"=dword:00000002\r\n\"syncAllowed\"=\"1\"\r\n\
         \"passphraseLength\"=\"12\"\r\n\"tenants\"=\"[\\\"skole.example\\\"]\"\r\n\"guideText\"=\"Ring \\\"oss\\\".\r\n\r\nVi svarer.\"\r\n\
         \"deskName\"=hex(1):49,00,\\\r\n  54,00,e6,\\\r\n  00,00,00\r\n\r\n[{KEY}\\{id}\\policy\\modes]\r\n\"1\"=\"approve\"\r\n\"2\"=\"code\"\r\n"
    );
    let wanted = json!({
        "exportAllowed": false, "clockCheck": true, "syncAllowed": true, "passphraseLength": 12, "tenants": ["skole.example"],
        "guideText": "Ring \"oss\".\r\n\r\nVi svarer.", "deskName": "IT\u{e6}", "modes": ["approve", "code"],
    });
    let utf16 = |text: &str| -> Vec<u8> {
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
    };
    let whole = format!("{head}{body}{other}");
    for file in [whole.clone().into_bytes(), utf16(&whole), format!("{head}{body}").replace("\r\n", "\n").into_bytes()]
    {
        let checked = check(&file);
        assert_eq!(checked.faults, vec![]);
        let said = Value::Object(checked.decisions).to_string().replace("\\r\\n", "\\n");
        assert_eq!(said, wanted.to_string().replace("\\r\\n", "\\n"));
    }
    // Both browsers, and not the same in both.
    let edge = format!("{head}{body}").replace(r"Google\Chrome", r"Microsoft\Edge").split_off(40);
    assert_eq!(check(format!("{whole}{edge}").as_bytes()).faults, vec![]);
    let differs = edge.replace("dword:00000002", "dword:00000000");
    assert!(faults(&format!("{whole}{differs}"))[0].contains("which of these extensions"));
    for (text, expected) in [
        ("\"exportAlowed\"=dword:0", "line 6: exportAlowed: there is no such key"),
        ("\"exportAllowed\"=\"no\"", "line 6: exportAllowed: this must be true or false"),
        (
            "\"passphraseLength\"=hex(b):0c,00,00,00,00,00,00,00",
            "line 6: passphraseLength: this must be a whole number",
        ),
        ("\"passphraseLength\"=dword:00000064", "line 6: passphraseLength: this must be from 0 to 64"),
        ("\"deskName\"=dword:00000001", "line 6: deskName: this must be a text"),
        ("\"modes\"=\"approve\"", "line 6: modes: this must be a list"),
        ("\"clockCheck\"=dword:1\n\"clockCheck\"=dword:1", "line 7: clockCheck: this stands twice"),
        (&format!("[{KEY}\\{id}\\policy\\modes]\n\"first\"=\"approve\""), "line 6: modes: \"first\" cannot be taken"),
        (&format!("[{KEY}\\{id}\\policy\\modes]\n\"1\"=dword:1"), "line 6: modes: this must be a list"),
        ("\"deskName\"=dword:x", "line 6: this cannot be read"),
        ("deskName=1", "line 6: this cannot be read"),
        ("\"deskName\"=\"IT", "line 6: this cannot be read"),
        ("[HKEY_LOCAL_MACHINE", "line 6: this cannot be read"),
    ] {
        let found = faults(&format!("{head}{text}\r\n"));
        assert!(found.len() == 1 && found[0].starts_with(expected), "{text}: {found:?}");
    }
    assert!(
        faults("REGEDIT4\n\n[HKEY_CURRENT_USER\\Software]\n\"a\"=\"b\"\n")[0].contains("no policy of an extension")
    );
}

/// As it lies on a Mac, and in Firefox' own profile there.
#[test]
fn a_property_list_is_checked_as_it_lies_there() {
    let list = |body: &str| {
        format!(
            "<?xml version=\"1.0\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"x\">\n<plist version=\"1.0\">\n{body}\n</plist>\n"
        )
    };
    let decided = "<key>deskName</key>\n<string>IT &amp; &#230;</string>\n<key>clockCheck</key><true/>\n<key>modes</key><array><string>approve</string></array>";
    let firefox = format!(
        "<dict><key>PayloadContent</key><array><dict><key>PayloadType</key><string>com.apple.dock</string><key>modes</key><string/></dict><dict><key>PayloadType</key><string>org.mozilla.firefox</string><key>EnterprisePoliciesEnabled</key><true/><key>3rdparty</key><dict><key>Extensions</key><dict><key>{}</key><dict>{decided}</dict></dict></dict></dict></array></dict>",
        rollout::FIREFOX_ID
    );
    for file in [format!("<dict>{decided}</dict>"), firefox] {
        let checked = check(list(&file).as_bytes());
        assert_eq!(checked.faults, vec![]);
        assert_eq!(
            Value::Object(checked.decisions),
            json!({ "deskName": "IT & \u{e6}", "clockCheck": true, "modes": ["approve"] })
        );
    }
    let profile = String::from_utf8(one(Target::Macos, &every_key())).unwrap();
    let differs = profile.replacen("<key>clockCheck</key><false/>", "<key>clockCheck</key><true/>", 1);
    for (file, expected) in [
        (list("<dict>\n<key>clockChek</key>\n<true/></dict>"), "line 5: clockChek: there is no such key"),
        (
            list("<dict>\n\n<key>exportAllowed</key><string>false</string></dict>"),
            "line 6: exportAllowed: this must be true or false",
        ),
        (
            list("<dict><key>passphraseLength</key><real>12.5</real></dict>"),
            "line 4: passphraseLength: this must be a whole number",
        ),
        (list("<dict><key>deskName</key><data>SVQ=</data></dict>"), "line 4: deskName: this must be a text"),
        (list("<dict><key>modes</key><array><dict/></array></dict>"), "line 4: modes: this must be a list"),
        (
            list("<dict><key>clockCheck</key><true/><key>clockCheck</key><true/></dict>"),
            "line 4: clockCheck: this stands twice",
        ),
        (list("<dict><key>PayloadContent</key><array/></dict>"), "line 1: there is no policy of an extension"),
        (list("<dict><key>clockCheck</key>"), "line 5: this cannot be read"),
        (list(&"<array>".repeat(100)), "line 4: this cannot be read"),
        ("<html>\n".to_owned(), "line 2: this cannot be read"),
        (differs, "line 1: which of these extensions"),
    ] {
        let found = faults(&file);
        assert!(found.len() == 1 && found[0].starts_with(expected), "{file}: {found:?}");
    }
    // What holds no policy that can be read says so.
    for (target, expected) in [(Target::Admx, "no policy of an extension"), (Target::Intune, "this is a script")] {
        let written = write(target, &Map::new(), &Ids::default()).swap_remove(0);
        assert!(check(&written.bytes).faults[0].to_string().contains(expected));
    }
    assert!(check(b"bplist00\xd1").faults[0].to_string().contains("plutil"));
}

/// What is one person's is never written for all, where a platform tells them apart.
#[test]
fn tokens_are_written_for_their_person_alone() {
    let persons = json!({ "tokens": [token()] });
    let persons = persons.as_object().unwrap();
    let text =
        |target, decisions: &Map<String, Value>| String::from_utf8_lossy(&one(target, decisions)).replace('\0', "");
    for target in [Target::ChromeRegistry, Target::EdgeRegistry] {
        assert!(!text(target, persons).contains("HKEY_LOCAL_MACHINE"), "the machine's own stay");
        assert!(!text(target, json!({ "clockCheck": true }).as_object().unwrap()).contains("HKEY_CURRENT_USER"));
    }
    let scope = |decisions: &Map<String, Value>| {
        text(Target::Macos, decisions).split("PayloadScope</key>").nth(1).unwrap()[..13].to_owned()
    };
    assert_eq!([scope(persons), scope(json!({}).as_object().unwrap())], ["<string>User<", "<string>Syste"]);
    let admx = write(Target::Admx, &Map::new(), &Ids::default()).swap_remove(0);
    let admx = String::from_utf8(admx.bytes).unwrap();
    let users = admx.lines().filter(|line| line.contains("class=\"User\"")).count();
    assert_eq!((users, admx.matches("_tokens\" class=\"User\"").count()), (2, 2));
    for target in [Target::Intune, Target::Linux, Target::Firefox] {
        assert!(would_be_everybodys(target, persons) && !would_be_everybodys(target, &Map::new()));
    }
    // Inside the one text nobody can tell them apart: that is said.
    let inside = json!({ "decisions": json!({ "tokens": [token()] }).to_string() }).to_string();
    assert_eq!(check(inside.as_bytes()).notes.len(), 1);
}

/// The names and values of all attributes, and whether the XML is well formed.
fn attributes(bytes: &str) -> Vec<(String, String, String)> {
    let mut reader = Reader::from_str(bytes);
    let mut found = vec![];
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) | Event::Empty(tag) => {
                for attribute in tag.attributes() {
                    let attribute = attribute.unwrap();
                    found.push((
                        tag.name().as_ref().to_owned(),
                        attribute.key.as_ref().to_owned(),
                        attribute.value.to_string(),
                    ));
                }
            }
            Event::Eof => return found,
            _ => {}
        }
    }
}

#[test]
fn the_templates_have_every_key_and_every_word() {
    let [admx, english, norwegian] = write(Target::Admx, &Map::new(), &Ids::default()).try_into().unwrap();
    assert_eq!(
        [admx.name, english.name, norwegian.name],
        ["tofaktor.admx", "en-US/tofaktor.adml", "nb-NO/tofaktor.adml"]
    );
    let found = attributes(std::str::from_utf8(&admx.bytes).unwrap());
    let all = |tag: &str, name: &str| -> BTreeSet<String> {
        found.iter().filter(|(t, n, _)| t == tag && n == name).map(|(_, _, value)| value.clone()).collect()
    };
    let both = |keys: &[&str]| -> BTreeSet<String> {
        keys.iter().flat_map(|key| [format!("chrome_{key}"), format!("edge_{key}")]).collect()
    };
    assert_eq!(all("policy", "name"), both(&KEYS));
    for key in keys() {
        let (tag, name) = match key.kind {
            Kind::Number(_) => ("decimal", "valueName"),
            Kind::Switch => ("policy", "valueName"),
            Kind::List => ("list", "id"),
            Kind::Text if key.name == "language" => ("enum", "valueName"),
            Kind::Text => ("text", "valueName"),
        };
        assert!(all(tag, name).contains(&key.name), "{}", key.name);
    }
    let wanted = |kind: &str| -> BTreeSet<String> {
        let prefix = format!("$({kind}.");
        found
            .iter()
            .filter_map(|(_, _, value)| Some(value.strip_prefix(&prefix)?.strip_suffix(')')?.to_owned()))
            .collect()
    };
    for words in [&english, &norwegian] {
        let there = attributes(std::str::from_utf8(&words.bytes).unwrap());
        let ids = |tag: &str| -> BTreeSet<String> {
            there.iter().filter(|(t, n, _)| t == tag && n == "id").map(|(_, _, value)| value.clone()).collect()
        };
        assert_eq!((ids("string"), ids("presentation")), (wanted("string"), wanted("presentation")), "{}", words.name);
        let text = String::from_utf8(words.bytes.clone()).unwrap();
        assert!(!text.contains("\"></string>"), "{}: a word is missing", words.name);
    }
    assert!(String::from_utf8(norwegian.bytes).unwrap().contains("Minste lengde på en ny passordfrase"));
}

proptest! {
    /// Whatever a text has in it, each platform hands on the same.
    #[test]
    fn any_text_survives_each_platform(name in "\\PC{0,40}", guide in "(\\PC|[\r\n\t'\"\\\\]){0,60}", tenants in prop::collection::vec("\\PC{0,20}", 0..4)) {
        let decisions = json!({ "deskName": name, "guideText": guide, "tenants": tenants });
        let decisions = decisions.as_object().unwrap();
        prop_assert!(check(Value::Object(decisions.clone()).to_string().as_bytes()).faults.is_empty());
        for (platform, found) in read_back(decisions) {
            prop_assert_eq!(&found, decisions, "{}", platform);
        }
        for target in READ {
            let checked = check(&one(target, decisions));
            prop_assert_eq!((checked.faults.len(), &checked.decisions), (0, decisions), "{:?}", target);
        }
    }

    /// Whatever the bytes are, they are checked, and without a fault only if the core takes them whole.
    #[test]
    fn any_bytes_are_checked(text in "[{}\\[\\]\":,a-zA-Z0-9 \n<>/=\\\\]{0,80}", form in 0..3usize) {
        let registry = "REGEDIT4\n[HKEY_LOCAL_MACHINE\\S\\3rdparty\\extensions\\a\\policy]\n\"clockCheck\"=";
        let begun = ["", registry, "<plist><dict><key>modes</key><array>"][form];
        let checked = check(format!("{begun}{text}").as_bytes());
        if checked.faults.is_empty() {
            prop_assert!(Policy::parse(Some(&Value::Object(checked.decisions).to_string())).view().reports.is_empty());
        }
    }
}
