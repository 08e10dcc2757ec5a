//! A description of a page has nothing in it that the page could have of a person, whatever its elements are called.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests state what they know"
)]

use std::collections::BTreeMap;

use pages::description::{Collected, Element, describe};
use pages::hosts;
use proptest::prelude::*;

const PAGES: u32 = 500;

const ATTRIBUTES: [&str; 13] = [
    "type",
    "role",
    "name",
    "id",
    "data-testid",
    "autocomplete",
    "maxlength",
    "class",
    "file",
    "value",
    "href",
    "title",
    "aria-label",
];
const TAGS: [&str; 12] =
    ["hidden", "input", "select", "textarea", "button", "a", "img", "dialog", "div", "span", "li", "Kari"];

/// What a page may know of a person: each in the forms that names of elements could have.
fn canary() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("kari.nordmann@skole.example".to_owned()),
        Just("KariNordmann".to_owned()),
        Just("kari-nordmann_code".to_owned()),
        Just("code kari nordmann".to_owned()),
        Just("+47 912 34 567".to_owned()),
        Just("01017012345".to_owned()),
        Just("482913".to_owned()),
        Just("frjlnxskqqqqzzzz".to_owned()),
        Just("0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0".to_owned()),
        Just("https://login.evil.example/kari?code=482913".to_owned()),
        Just("otpauth://totp/kari?secret=frjlnxskqqqqzzzz".to_owned()),
        "[a-zæøå]{4,30}(kari|nordmann)[A-Z0-9]{0,12}",
        "(input|code|otc)?[-_. ]?(kari|nordmann)[-_. ]?[0-9]{2,11}",
        "\\PC{0,40}(kari|482913)\\PC{0,200}",
    ]
}

fn element() -> impl Strategy<Value = Element> {
    let attributes = prop::collection::btree_map(prop::sample::select(&ATTRIBUTES[..]), canary(), 0..ATTRIBUTES.len());
    (prop::sample::select(&TAGS[..]), attributes, any::<bool>()).prop_map(|(tag, attributes, is_form)| {
        let mut attributes: BTreeMap<String, String> =
            attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        if is_form {
            attributes.insert("name".to_owned(), "mfaAuthMethod".to_owned());
        }
        Element { tag: tag.to_owned(), attributes }
    })
}

fn page() -> impl Strategy<Value = Collected> {
    let site = prop::sample::select(hosts::SITES);
    (site, canary(), prop::option::of(canary()), prop::option::of(canary()), prop::collection::vec(element(), 0..40))
        .prop_map(|(site, path, page_id, language, elements)| Collected {
            origin: site.origin().to_owned(),
            path: format!("/{path}/{path}"),
            page_id,
            language,
            elements,
        })
}

/// Anything of a canary: its names in any case, and any run of digits that could say something.
fn leaks(description: &str) -> Option<String> {
    let text = description.to_lowercase();
    let names = ["kari", "nordmann", "frjlnx", "skole", "evil", "otpauth", "0f1e", "æ", "ø", "å", "@", "?"];
    let named = names.into_iter().find(|name| text.contains(name)).map(str::to_owned);
    let digits = |part: &&str| part.len() > 2 && !["0116", "0118", "5600"].contains(part);
    named.or_else(|| text.split(|c: char| !c.is_ascii_digit()).find(digits).map(str::to_owned))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: PAGES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_of_a_person_gets_out(page in page()) {
        let description = describe(&page).unwrap();
        prop_assert_eq!(leaks(&description), None, "{}", description);
        prop_assert!(description.is_ascii());
        prop_assert!(description.lines().count() <= 103);
    }
}

#[test]
fn a_page_of_microsofts_is_told_as_far_as_it_is_known() {
    let element = |tag: &str, attributes: &[(&str, &str)]| Element {
        tag: tag.to_owned(),
        attributes: attributes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
    };
    let page = Collected {
        origin: "https://login.microsoftonline.com".to_owned(),
        path: "/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0/login".to_owned(),
        page_id: Some("ConvergedTFA".to_owned()),
        language: Some("nb-NO".to_owned()),
        elements: vec![
            element("hidden", &[("name", "login"), ("value", "kari@skole.example")]),
            element("hidden", &[("name", "mfaAuthMethod"), ("value", "PhoneAppOTP")]),
            element("hidden", &[("name", "type"), ("value", "19")]),
            element("img", &[("class", "tile-img medium"), ("file", "picker_verify_code_7e1f0a.svg")]),
            element(
                "input",
                &[
                    ("type", "tel"),
                    ("name", "newCode"),
                    ("id", "kariCode"),
                    ("maxlength", "6"),
                    ("class", "form-control kari"),
                ],
            ),
            element("p", &[("id", "kari")]),
            element("button", &[("data-testid", "submit-button"), ("role", "button")]),
        ],
    };
    assert_eq!(
        describe(&page).unwrap(),
        "page https://login.microsoftonline.com/*/login\n\
         id ConvergedTFA\n\
         language nb\n\
         hidden name=login\n\
         hidden name=mfaAuthMethod value=PhoneAppOTP\n\
         hidden name=type value=19\n\
         img class=tile-img,medium file=picker_verify_code_*.svg\n\
         input type=tel name=newCode id=*Code maxlength=6 class=form-control\n\
         button role=button testid=submit-button"
    );
    assert_eq!(describe(&Collected { origin: "https://login.evil.example".to_owned(), ..page }), None);
}
