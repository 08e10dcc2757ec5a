//! The page model against looks that the real content script took at replica pages in a real browser.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests state what they know"
)]

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use tofaktor::pages::{self, Method, Observation, State, hosts};

#[derive(Deserialize)]
struct Vector {
    /// Where the page was.
    at: String,
    /// What the tab showed before, where a step is told by that alone.
    before: Option<State>,
    /// What the script saw.
    seen: Observation,
    expect: Expected,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Expected {
    state: State,
    method: Option<Method>,
    account: Option<String>,
}

#[test]
fn every_recorded_look_is_judged_right() {
    let mut tried = 0;
    for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/pages")).unwrap() {
        let path = file.unwrap().path();
        let vector: Vector =
            serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap_or_else(|e| panic!("{path:?}: {e}"));
        let origin = format!("https://{}", hosts::host_of(&vector.at).unwrap());
        let site = hosts::find(&origin).or_else(|| hosts::organisation(&origin)).unwrap();
        let judged = pages::read(site.family(), &vector.seen, vector.before);
        let judged = Expected { state: judged.state, method: judged.method, account: judged.account };
        assert_eq!(judged, vector.expect, "{path:?}");
        tried += 1;
    }
    println!("{tried} pages tried, 0 misjudged");
    assert!(tried >= 28);
}

fn code_view(auth_method: Option<&str>, icon: Option<&str>, sentence: Option<&str>) -> Option<Method> {
    let seen: Observation = serde_json::from_value(serde_json::json!({
        "authMethod": auth_method, "icon": icon, "sentence": sentence,
        "field": { "kind": "otc", "empty": true, "invalid": false, "ours": false },
    }))
    .unwrap();
    let site = hosts::find("https://login.microsoftonline.com").unwrap();
    let judged = pages::read(site.family(), &seen, None);
    assert_eq!(judged.state, State::Code);
    judged.method
}

/// The hidden field outweighs the icon, the icon outweighs the text; what no signal names is never filled.
#[test]
fn signals_outweigh_each_other_in_their_order() {
    let app = "Enter the code displayed in the authenticator app on your mobile device";
    let sms = "We texted your phone +XX XXXXXXX02. Please enter the code to sign in.";
    assert_eq!(code_view(Some("PhoneAppOTP"), Some("picker_verify_sms_1.svg"), Some(sms)), Some(Method::AppCode));
    assert_eq!(code_view(Some("OneWaySMS"), Some("picker_verify_code_1.svg"), Some(app)), Some(Method::Sms));
    assert_eq!(code_view(Some("TwoWayVoiceMobile"), None, Some(app)), Some(Method::Voice));
    assert_eq!(
        code_view(Some("SomethingNew"), Some("picker_verify_code_1.svg"), Some(app)),
        None,
        "a method with a new name is not guessed at"
    );
    assert_eq!(code_view(None, Some("picker_verify_sms_1.svg"), Some(app)), Some(Method::Sms));
    assert_eq!(code_view(None, Some("picker_verify_fluent_authenticator_1.svg"), Some(sms)), Some(Method::AppCode));
    assert_eq!(code_view(None, None, Some(app)), Some(Method::AppCode));
    assert_eq!(code_view(None, None, Some(sms)), Some(Method::Sms));
    assert_eq!(code_view(None, None, Some("Kode")), None);
    assert_eq!(code_view(None, None, None), None);
}

/// What is known of which page in which language, as it stands in the vectors: printed, so that it cannot be out of date.
#[test]
fn the_table_of_pages_states_and_languages() {
    let mut table: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/pages")).unwrap() {
        let path = file.unwrap().path();
        let vector: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let (page, language) = name.split_once("__").map_or((name, "-"), |(page, rest)| (page, &rest[..2]));
        let expect = &vector["expect"];
        let state = expect["state"].as_str().unwrap();
        let told = expect["method"].as_str().map_or(state.to_owned(), |method| format!("{state}: {method}"));
        table.entry(page.to_owned()).or_default().insert(language.to_owned(), told);
    }
    let languages = ["en", "nb", "de", "-"];
    println!("{:<42}{}", "page", languages.map(|language| format!("{language:<24}")).concat());
    for (page, cells) in &table {
        let row = languages.map(|language| format!("{:<24}", cells.get(language).map_or("", String::as_str)));
        println!("{page:<42}{}", row.concat());
        let told: BTreeSet<&String> = cells.values().collect();
        assert_eq!(told.len(), 1, "{page} is another page in another language: {cells:?}");
    }
    // Every view of the sign-in, in both languages.
    for view in [
        "user-name",
        "password",
        "push",
        "picker",
        "sms-code",
        "app-code",
        "app-code-refused",
        "more-information",
        "stay-signed-in",
    ] {
        let cells = table.get(&format!("signin-{view}")).unwrap_or_else(|| panic!("no {view}"));
        assert!(cells.contains_key("en") && cells.contains_key("nb"), "{view}");
    }
    // Every generation of the set-up, in both languages, from the wrong QR code to the code that is checked.
    for generation in ["gen1-register", "gen2", "gen3", "gen3-register"] {
        for step in ["backFromPush", "otherApp", "continue", "save", "toCode", "checkCode"] {
            let page = format!("mysignins-{generation}-{step}");
            let cells = table.get(&page).unwrap_or_else(|| panic!("no {page}"));
            assert!(cells.contains_key("en") && cells.contains_key("nb"), "{page}");
        }
    }
}
