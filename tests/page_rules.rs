//! What is known of Microsoft's pages is data, and what an organisation adds to it takes nothing away.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests state what they know"
)]

use std::collections::BTreeSet;

use pages::rules::{Added, Rules};
use pages::{FieldKind, Mark, Method, Observation, State, hosts};
use policy::{Policy, ReportKind};
use proptest::prelude::*;
use serde_json::{Value, json};

const RULES: &str = include_str!("../src/pages/rules/rules.json");
const SCHEMA: &str = include_str!("../src/pages/rules/rules.schema.json");

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn names(object: &Value) -> BTreeSet<String> {
    object.as_object().unwrap().keys().cloned().collect()
}

/// The names of an enum's variants, as its source says.
fn variants(path: &str, name: &str) -> BTreeSet<String> {
    let source = std::fs::read_to_string(support::path(path)).unwrap();
    let body = source.split_once(&format!("pub enum {name} {{")).unwrap().1.split_once("\n}").unwrap().0;
    let lines = body.lines().map(str::trim).filter(|line| !line.starts_with("//") && !line.is_empty());
    lines.map(|line| line[..1].to_lowercase() + line[1..].trim_end_matches(',')).collect()
}

#[test]
fn every_name_has_its_rules_and_every_rule_its_name() {
    assert_ne!(*Rules::ours(), Rules::default(), "the file is read");
    let rules = value(RULES);
    let both = |list: &str| names(&rules["signIn"][list]).union(&names(&rules["setUp"][list])).cloned().collect();
    let marks: BTreeSet<String> = both("marks");
    assert_eq!(marks, variants("src/pages/lib.rs", "Mark"));
    // What is no field for a code is told by `never`.
    let fields: BTreeSet<String> = both("fields");
    assert_eq!(&fields | &names(&rules["never"]), variants("src/pages/lib.rs", "FieldKind"));
    assert_eq!(names(&rules["words"]), variants("src/pages/rules/mod.rs", "Words"));
    for (list, words) in rules["words"].as_object().unwrap() {
        for word in words.as_array().unwrap() {
            let word = word.as_str().unwrap();
            assert_eq!(word.to_lowercase(), word, "{list}: texts are compared in small letters");
        }
    }
    for mark in marks {
        serde_json::from_value::<Mark>(json!(mark)).unwrap();
    }
}

/// The schema is what an administrator's editor reads: it names what there is, and nothing else.
#[test]
fn the_schema_names_the_same() {
    fn compare(at: &str, rules: &Value, schema: &Value) {
        let Some(fields) = rules.as_object() else { return };
        let Some(named) = schema.get("properties") else {
            assert_eq!(schema["type"], "object", "{at}");
            return;
        };
        assert_eq!(schema["additionalProperties"], false, "{at}");
        assert_eq!(names(rules), names(named), "{at}");
        for (name, inner) in fields {
            compare(&format!("{at}.{name}"), inner, &named[name]);
        }
    }
    compare("", &value(RULES), &value(SCHEMA));
}

fn added(rules: &Value) -> (Policy, Vec<String>) {
    let policy = Policy::parse(Some(&json!({ "pageRules": rules.to_string() }).to_string()));
    let reports = policy.view().reports;
    assert!(reports.iter().all(|report| report.kind == ReportKind::LeftOut));
    (policy, reports.into_iter().map(|report| report.key).collect())
}

#[test]
fn a_broken_item_is_left_out_and_named_and_the_rest_holds() {
    let (policy, reports) = added(&json!({
        "$schema": "anything",
        "signIn": { "marks": { "push": ["#new", "body", 7], "pull": ["#a"] }, "submit": ["#go", ["#b"]], "secret": ["#c"] },
        "setUp": { "sentence": ["@ .text", "% .text"], "fields": { "dialog": "#d", "otc": ["#otc"] }, "marks": { "push": ["#p"] } },
        "never": { "telephone": ["[name='tlf']"], "fax": ["#f"] },
        "words": { "app": ["kodeapplikasjon", "app", "Kodeapplikasjon"], "message": ["melding på mobil"] },
        "methods": { "OneWaySMS": "appCode" },
        "icons": { "verify_sms": "appCode" },
        "pageIds": { "ConvergedTFA": "staySignedIn" },
        "hosts": ["https://login.evil.example"],
        "languages": ["ja"],
    }));
    assert_eq!(
        reports,
        [
            "pageRules: signIn.marks.push[1]",
            "pageRules: signIn.marks.push[2]",
            "pageRules: signIn.marks.pull[0]",
            "pageRules: signIn.submit[1]",
            "pageRules: signIn.secret[0]",
            "pageRules: setUp.sentence[1]",
            "pageRules: setUp.fields.dialog",
            "pageRules: setUp.fields.otc[0]",
            "pageRules: setUp.marks.push[0]",
            "pageRules: never.fax[0]",
            "pageRules: words.app[1]",
            "pageRules: words.app[2]",
            "pageRules: methods.OneWaySMS",
            "pageRules: icons.verify_sms",
            "pageRules: pageIds.ConvergedTFA",
            "pageRules: hosts[0]",
            "pageRules: languages[0]",
        ]
    );
    // What the scripts are told: the selectors, and no words.
    assert_eq!(
        serde_json::to_value(policy.page_rules()).unwrap(),
        json!({
            "signIn": { "marks": { "push": ["#new"] }, "submit": ["#go"] },
            "setUp": { "sentence": ["@ .text"] },
            "never": { "telephone": ["[name='tlf']"] },
        })
    );
    // And those of this version before them.
    let told = serde_json::to_value(Rules::ours().for_scripts(policy.page_rules())).unwrap();
    let ours = serde_json::to_value(Rules::ours().for_scripts(&Added::default())).unwrap();
    let marks = |all: &Value| all["signIn"]["marks"]["push"].as_array().unwrap().clone();
    assert!(!marks(&ours).is_empty() && ours["setUp"]["fields"]["dialog"].is_array());
    assert_eq!(marks(&told), [marks(&ours), vec![json!("#new")]].concat());
    assert_eq!(told.get("words"), None);
    assert_eq!(method(policy.page_rules(), "Koden fra kodeapplikasjonen"), Some(Method::AppCode));
    assert_eq!(method(&Added::default(), "Koden fra kodeapplikasjonen"), None);
}

#[test]
fn what_is_no_object_adds_nothing_and_is_reported() {
    for wrong in ["", "[]", "null", "{", "{\"signIn\":{},\"signIn\":{}}"] {
        let policy = Policy::parse(Some(&json!({ "pageRules": wrong }).to_string()));
        assert!(policy.page_rules().is_empty());
        let reports = policy.view().reports;
        assert_eq!((reports.len(), reports[0].kind), (1, ReportKind::IllTyped), "{wrong}");
    }
    // As part of the one text it needs no second wrapping.
    let inside = json!({ "decisions": json!({ "pageRules": { "signIn": { "submit": ["#go"] } } }).to_string() });
    assert!(!Policy::parse(Some(&inside.to_string())).page_rules().is_empty());
    let many = json!({ "words": { "app": vec!["kodeapplikasjon"; 501] } });
    assert_eq!(added(&many).1, ["pageRules: words.app[500]"]);
}

/// What a code view with this sentence, and nothing else that tells, asks for.
fn method(added: &Added, sentence: &str) -> Option<Method> {
    let seen: Observation = serde_json::from_value(json!({
        "sentence": sentence, "field": { "kind": "otc", "empty": true, "invalid": false, "ours": false },
    }))
    .unwrap();
    let judged = pages::read(&Rules::ours().with(added), hosts::Family::SignIn, &seen, None);
    assert_eq!(judged.state, State::Code);
    judged.method
}

/// A hostile organisation: words that are on other people's pages, as signs of an app.
fn hostile() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "texted your phone",
        "we texted",
        "text message",
        "sendt en kode",
        "enter the code",
        "please enter",
        "e-mailed",
        "phone number",
        "telefonnummer",
        "epostadresse",
        "skip setup",
        "hopp over",
        "authenticator",
        "verification",
        "security code",
        "bekreft",
        "xxxxxxx",
        "*******",
        "@contoso",
        "gesendet",
        "anruf wir",
        "kode til",
        "koden vi",
    ]);
    let words = prop::collection::vec(word, 1..8);
    let list = prop::sample::select(vec!["app", "done", "otherApp", "withoutNotifications", "appEnds", "appStems"]);
    prop::collection::vec((list, words), 1..5).prop_map(|lists| {
        let mut words = serde_json::Map::new();
        for (list, more) in lists {
            words.insert(list.to_owned(), json!(more));
        }
        json!({ "words": words })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// What speaks against the app outweighs it: no page that is known to ask for something else turns into one for a code.
    #[test]
    fn no_added_word_makes_another_method_an_app_s(rules in hostile()) {
        let (policy, _) = added(&rules);
        let rules = Rules::ours().with(policy.page_rules());
        let mut tried = 0;
        for path in std::fs::read_dir(support::path("tests/vectors/pages")).unwrap() {
            let path = path.unwrap().path();
            let vector = value(&std::fs::read_to_string(&path).unwrap());
            let seen: Observation = serde_json::from_value(vector["seen"].clone()).unwrap();
            let before: Option<State> = serde_json::from_value(vector["before"].clone()).unwrap();
            let origin = format!("https://{}", hosts::host_of(vector["at"].as_str().unwrap()).unwrap());
            let family = hosts::find(&origin).or_else(|| hosts::organisation(&origin)).unwrap().family();
            let ours = pages::read(Rules::ours(), family, &seen, before);
            let theirs = pages::read(&rules, family, &seen, before);
            if ours.method.is_some_and(|method| method != Method::AppCode) {
                tried += 1;
                prop_assert_ne!(theirs.method, Some(Method::AppCode), "{:?}", path);
            }
            // A field that says what it is for is never a field for a code.
            if seen.field.is_some_and(|field| matches!(field.kind, FieldKind::Telephone | FieldKind::Address)) {
                prop_assert_ne!(theirs.method, Some(Method::AppCode), "{:?}", path);
            }
        }
        prop_assert!(tried > 5, "{} pages", tried);
    }
}
