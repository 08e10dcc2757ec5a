//! The words: complete in every language, and none left in the code.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests state what they know"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

const LANGUAGES: [&str; 3] = ["en", "nb", "nn"];

type Messages = BTreeMap<String, String>;

fn root() -> PathBuf {
    support::path("")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn messages(language: &str) -> Messages {
    let text = read(&format!("extension/_locales/{language}/messages.json"));
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let object = json.as_object().expect("an object");
    object.iter().map(|(key, value)| (key.clone(), value["message"].as_str().expect("a message").to_owned())).collect()
}

/// `$1` to `$9`, sorted.
fn placeholders(message: &str) -> BTreeSet<char> {
    let digits = message.split('$').skip(1).filter_map(|rest| rest.chars().next());
    digits.filter(char::is_ascii_digit).collect()
}

/// The scripts and pages that speak.
fn sources() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for folder in ["www/manager", "www/ontop", "www/popup", "www/shared", "www/unlock", "www/welcome", "extension"] {
        for entry in fs::read_dir(root().join(folder)).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|kind| kind == "js" || kind == "html") {
                let name = path.strip_prefix(root()).expect("a part").to_string_lossy().into_owned();
                found.push((name, fs::read_to_string(&path).expect("text")));
            }
        }
    }
    found
}

/// Every text between `before` and `after`.
fn between<'a>(text: &'a str, before: &str, after: char) -> Vec<&'a str> {
    text.split(before).skip(1).filter_map(|rest| rest.split(after).next()).collect()
}

fn is_key(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The sources of all crates.
fn crates() -> String {
    fn walk(folder: PathBuf, all: &mut String) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(path, all);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                all.push_str(&fs::read_to_string(path).expect("text"));
            }
        }
    }
    let mut all = String::new();
    walk(root().join("src"), &mut all);
    all
}

/// The names of an enum's values, as they cross the boundary.
fn variants(sources: &str, name: &str) -> Vec<String> {
    let body = sources.split(&format!("pub enum {name} {{")).nth(1).and_then(|rest| rest.split("\n}").next());
    let body = body.unwrap_or_else(|| panic!("no enum {name}"));
    let lines = body.lines().map(str::trim).filter(|line| !line.starts_with("//") && !line.is_empty());
    let names = lines.filter_map(|line| line.strip_suffix(',')).filter(|name| is_key(name));
    let camel = |name: &str| format!("{}{}", name[..1].to_lowercase(), &name[1..]);
    names.map(camel).collect()
}

/// Keys are put together from a prefix and the name of a variant of these.
const COMPOSED: [(&str, &str); 23] = [
    ("notice", "Notice"),
    ("reason", "Reason"),
    ("badge", "Badge"),
    ("unlockMethod", "UnlockMethodKind"),
    ("unlockMethodText", "UnlockMethodKind"),
    ("mode", "Mode"),
    ("modeText", "Mode"),
    ("loss", "Loss"),
    ("deleted", "Cause"),
    ("came", "Came"),
    ("policy", "ReportKind"),
    ("trouble", "Trouble"),
    ("troubleText", "Trouble"),
    ("step", "Step"),
    ("hindrance", "Hindrance"),
    ("audit", "Audit"),
    ("import", "ImportError"),
    ("why", "Why"),
    ("fate", "FateView"),
    ("discarded", "Discarded"),
    ("note", "NoteView"),
    ("taking", "Choice"),
    ("sync", "SyncState"),
];

fn composed() -> BTreeSet<String> {
    let sources = crates();
    let mut keys = BTreeSet::new();
    for (prefix, name) in COMPOSED {
        let names = variants(&sources, name);
        assert!(names.len() > 1, "{name}");
        keys.extend(names.into_iter().map(|name| format!("{prefix}_{name}")));
    }
    keys.extend(policy::KEYS.iter().map(|key| format!("policyKey_{key}")));
    for trouble in ["asks", "gone", "full", "readOnly", "failed"] {
        keys.insert(format!("folder_{trouble}"));
    }
    for score in 0..=4 {
        keys.insert(format!("strength_{score}"));
    }
    for standing in variants(&sources, "Standing").into_iter().filter(|standing| standing != "new") {
        keys.insert(format!("standing_{standing}"));
    }
    keys
}

/// Keys that a page, a script, the manifest or the core names outright.
fn named() -> BTreeMap<String, String> {
    let mut keys = BTreeMap::new();
    let mut add = |key: String, place: &str| {
        if is_key(&key) {
            keys.insert(key, place.to_owned());
        }
    };
    for (file, text) in sources() {
        for attribute in ["data-i18n", "data-i18n-label", "data-i18n-title", "data-i18n-placeholder"] {
            for written in [format!("{attribute}=\""), format!("\"{attribute}\": \"")] {
                between(&text, &written, '"').into_iter().for_each(|key| add(key.to_owned(), &file));
            }
        }
        between(&text, "word(\"", '"').into_iter().for_each(|key| add(key.to_owned(), &file));
        for before in ["tell(\"", "notice = \"", "outcome = \"", "sentence = \"", "notFound(seen, \""] {
            between(&text, before, '"').into_iter().for_each(|key| add(format!("notice_{key}"), &file));
        }
        // Every text in a `say(...)`, also where a condition chooses between two.
        for call in text.split("say(").skip(1) {
            let mut depth = 1;
            let end = call.find(|c| {
                depth += i32::from(c == '(') - i32::from(c == ')');
                depth == 0
            });
            let call = &call[..end.unwrap_or(0)];
            between(call, "\"", '"').into_iter().for_each(|key| {
                if messages("en").contains_key(key) || call.starts_with(&format!("\"{key}\"")) {
                    add(key.to_owned(), &file);
                }
            });
        }
    }
    for key in between(&read("extension/manifest.json"), "__MSG_", '"') {
        add(key.trim_end_matches('_').to_owned(), "manifest.json");
    }
    for file in ["src/app/view.rs", "src/web/core/browser.rs"] {
        for prefix in ["desk_", "guide_", "reason_"] {
            for rest in between(&read(file), &format!("\"{prefix}"), '"') {
                add(format!("{prefix}{rest}"), file);
            }
        }
    }
    keys
}

#[test]
fn every_language_has_the_same_keys_and_placeholders() {
    let english = messages("en");
    for language in LANGUAGES {
        let other = messages(language);
        let keys = |messages: &Messages| messages.keys().cloned().collect::<BTreeSet<_>>();
        assert_eq!(keys(&english), keys(&other), "{language}");
        for (key, message) in &english {
            assert_eq!(placeholders(message), placeholders(&other[key]), "{language} {key}");
            assert!(!other[key].trim().is_empty(), "{language} {key}");
        }
    }
}

/// The forms of a sentence with a count, as `Intl.PluralRules` names them in each of our languages.
const FORMS: [&str; 2] = ["_one", "_other"];

/// By its key, or by that of its forms.
fn is_there(english: &Messages, key: &str) -> bool {
    english.contains_key(key) || FORMS.iter().all(|form| english.contains_key(&format!("{key}{form}")))
}

/// The sentence that this is a form of; `sync_other` is none.
fn counted<'a>(english: &Messages, key: &'a str) -> Option<&'a str> {
    let sentence = FORMS.iter().find_map(|form| key.strip_suffix(form))?;
    (english.contains_key(&format!("{sentence}_one"))).then_some(sentence)
}

#[test]
fn every_key_that_is_used_is_there() {
    let english = messages("en");
    let missing: Vec<_> = composed().into_iter().filter(|key| !is_there(&english, key)).collect();
    assert!(missing.is_empty(), "the core names {missing:?}");
    let missing: Vec<_> = named().into_iter().filter(|(key, _)| !is_there(&english, key)).collect();
    assert!(missing.is_empty(), "the pages name {missing:?}");
}

#[test]
fn a_sentence_with_a_count_has_every_form_and_is_given_a_number() {
    let english = messages("en");
    let forms: Vec<_> = english.keys().filter_map(|key| counted(&english, key)).collect();
    assert!(forms.len() > 20, "{forms:?}");
    for key in forms {
        assert!(!english.contains_key(key) && is_there(&english, key), "{key}");
        assert!(english[&format!("{key}_other")].contains("$1"), "{key}");
        for (file, text) in sources() {
            let plain = key.strip_prefix("notice_").unwrap_or(key);
            for given in between(&text, &format!("\"{plain}\", "), ')') {
                assert!(!given.starts_with("String("), "{file}: {key} is given {given}");
            }
        }
    }
}

#[test]
fn no_key_is_left_over() {
    let (composed, named) = (composed(), named());
    // Chosen by a name that is a variable, and so named as plain text somewhere.
    let all: String = sources().into_iter().map(|(_, text)| text).collect();
    let english = messages("en");
    let unused: Vec<_> = english
        .keys()
        .filter(|key| {
            let key = counted(&english, key).unwrap_or(key);
            !composed.contains(key) && !named.contains_key(key) && !all.contains(&format!("\"{key}\""))
        })
        .collect();
    assert!(unused.is_empty(), "{unused:?}");
}

/// A variant that nothing makes would keep its words for ever; a prefix that no page says, all of its words.
#[test]
fn what_is_put_together_is_made_and_said() {
    let (sources, pages) = (crates(), sources().into_iter().map(|(_, text)| text).collect::<String>());
    let rules = read("src/pages/rules/rules.json");
    for (prefix, name) in COMPOSED {
        let said = pages.contains(&format!("{prefix}_${{")) || sources.contains(&format!("\"{prefix}_"));
        assert!(said, "nothing says {prefix}_…");
        for (at, variant) in variants(&sources, name).into_iter().enumerate() {
            let made = format!("{}{}", variant[..1].to_uppercase(), &variant[1..]);
            // The first may be made as the default, and a page or the rules may name one.
            let named = format!("\"{variant}\"");
            let is_made = at == 0
                || sources.contains(&format!("::{made}"))
                || [&pages, &rules].iter().any(|text| text.contains(&named));
            assert!(is_made, "nothing makes {name}::{made}");
        }
    }
}

/// A sentence that was put under another's key says in one language what two say in the others.
#[test]
fn what_is_said_alike_in_one_language_is_said_alike_in_all() {
    let all = LANGUAGES.map(messages);
    for one in &all {
        let mut said: BTreeMap<&str, &str> = BTreeMap::new();
        for (key, message) in one {
            let Some(first) = said.insert(message, key) else { continue };
            for other in &all {
                assert_eq!(other[first], other[key], "{first} and {key}");
            }
        }
    }
}

#[test]
fn no_words_are_left_in_the_pages() {
    for (file, text) in sources().into_iter().filter(|(file, _)| file.ends_with(".html")) {
        let body = text.split("<body").nth(1).unwrap_or_default();
        for piece in body.split('>').skip(1) {
            let words = piece.split('<').next().unwrap_or_default().trim();
            assert!(words.is_empty() || words == "Tofaktor", "{file}: {words:?}");
        }
        for attribute in ["placeholder=\"", " title=\"", "aria-label=\"", " alt=\""] {
            for value in between(body, attribute, '"') {
                assert!(value.is_empty() || messages("en").contains_key(value), "{file}: {attribute}{value}");
            }
        }
    }
}

#[test]
fn no_words_are_left_in_the_scripts() {
    for (file, text) in sources().into_iter().filter(|(file, _)| file.ends_with(".js")) {
        for write in
            ["textContent = \"", "\"aria-label\": \"", "title: \"", "placeholder: \"", "innerText = \"", "alert(\""]
        {
            for value in between(&text, write, '"') {
                assert!(value.is_empty(), "{file}: {write}{value}");
            }
        }
        assert!(!text.contains("innerHTML"), "{file}");
    }
}

#[test]
fn norwegian_is_written_as_microsofts_pages_write_it() {
    for language in ["nb", "nn"] {
        for (key, message) in messages(language) {
            let folded = message.to_lowercase();
            for wrong in ["autentisering", "two-factor", "2fa", "mobilapp"] {
                assert!(!folded.contains(wrong), "{language} {key}: {message}");
            }
        }
    }
    // Words that give away the other written language, or another form of a word than the one that all others have.
    let nn = " ikke , en , fra , hvis , jeg , nettleseren, kodene, siden , være ,tryggleikskopi,attopprett,sikkerheit, blei , bed , gjev, henne ";
    let nb = " ikkje , ein , frå , dersom du ikkje , eg , nettlesaren, kodane, sida , vere , fila , klokka ";
    for (language, wrongs) in [("nn", nn), ("nb", nb)] {
        for (key, message) in messages(language) {
            // What Microsoft's pages show is quoted as they show it, in Bokmål.
            let own: String =
                message.split('«').map(|part| part.split_once('»').map_or(part, |(_, rest)| rest)).collect();
            let padded = format!(" {} ", own.to_lowercase());
            for wrong in wrongs.split(',') {
                assert!(!padded.contains(wrong) || key.starts_with("language_"), "{language} {key}: {message}");
            }
        }
    }
}
