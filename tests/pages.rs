//! The page model against looks that the real content script took at replica pages in a real browser.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests state what they know"
)]

use serde::Deserialize;
use tofaktor::pages::{self, Method, Observation, State, hosts};

#[derive(Deserialize)]
struct Vector {
    /// Where the page was.
    at: String,
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
        let site = hosts::find_by_url(&vector.at).unwrap();
        let judged = pages::read(site, &vector.seen, None);
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
        "field": { "kind": "otc", "empty": true, "invalid": false },
    }))
    .unwrap();
    let site = hosts::find("https://login.microsoftonline.com").unwrap();
    let judged = pages::read(site, &seen, None);
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
