//! Who may speak: senders as real browsers report them, and every forgery of them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests state what they know"
)]

use app::sender::{Sender, SenderTab, Stranger, identify};

fn recorded(json: &str) -> Sender {
    serde_json::from_str(json).unwrap()
}

fn page() -> Sender {
    recorded(include_str!("senders/chromium-page.json"))
}

fn own_id() -> String {
    page().id.unwrap()
}

#[test]
fn a_recorded_page_is_believed() {
    let proof = identify(&page(), &own_id(), &[]).unwrap();
    assert_eq!(proof.site().origin(), "https://login.microsoftonline.com");
    assert_eq!(proof.tab(), page().tab.unwrap().id.unwrap());
    assert!(proof.in_front());
    assert!(proof.document().is_some());
}

#[test]
fn our_own_pages_have_no_business_in_messages() {
    let own = recorded(include_str!("senders/chromium-own-page.json"));
    assert_eq!(identify(&own, &own_id(), &[]), Err(Stranger::Origin));
}

#[test]
fn every_forged_variation_is_refused() {
    let some = |text: &str| Some(text.to_owned());
    let forgeries: Vec<(&str, Stranger, Sender)> = vec![
        ("no id", Stranger::Id, Sender { id: None, ..page() }),
        ("another extension's id", Stranger::Id, Sender { id: some("abcdefghijklmnopabcdefghijklmnop"), ..page() }),
        ("no origin", Stranger::Origin, Sender { origin: None, ..page() }),
        ("an opaque origin, as a sandboxed frame has", Stranger::Origin, Sender { origin: some("null"), ..page() }),
        (
            "the origin with a port",
            Stranger::Origin,
            Sender { origin: some("https://login.microsoftonline.com:8443"), ..page() },
        ),
        ("without TLS", Stranger::Origin, Sender { origin: some("http://login.microsoftonline.com"), ..page() }),
        ("a trailing slash", Stranger::Origin, Sender { origin: some("https://login.microsoftonline.com/"), ..page() }),
        (
            "a suffix",
            Stranger::Origin,
            Sender { origin: some("https://login.microsoftonline.com.evil.example"), ..page() },
        ),
        ("a prefix", Stranger::Origin, Sender { origin: some("https://evil.login.microsoftonline.com"), ..page() }),
        ("a homograph", Stranger::Origin, Sender { origin: some("https://login.mіcrosoftonline.com"), ..page() }),
        ("punycode", Stranger::Origin, Sender { origin: some("https://login.xn--mcrosoftonline-2cl.com"), ..page() }),
        ("upper case", Stranger::Origin, Sender { origin: some("https://LOGIN.MICROSOFTONLINE.COM"), ..page() }),
        (
            "a user in it",
            Stranger::Origin,
            Sender { origin: some("https://login.microsoftonline.com@evil.example"), ..page() },
        ),
        ("no address", Stranger::Url, Sender { url: None, ..page() }),
        ("another address", Stranger::Url, Sender { url: some("https://evil.example/"), ..page() }),
        (
            "an address that only begins alike",
            Stranger::Url,
            Sender { url: some("https://login.microsoftonline.com.evil.example/"), ..page() },
        ),
        (
            "an address without a path",
            Stranger::Url,
            Sender { url: some("https://login.microsoftonline.com"), ..page() },
        ),
        ("about:blank under the origin", Stranger::Url, Sender { url: some("about:blank"), ..page() }),
        ("about:srcdoc under the origin", Stranger::Url, Sender { url: some("about:srcdoc"), ..page() }),
        (
            "a blob of the origin",
            Stranger::Url,
            Sender { url: some("blob:https://login.microsoftonline.com/1"), ..page() },
        ),
        ("a frame", Stranger::Frame, Sender { frame_id: Some(5), ..page() }),
        ("no frame number", Stranger::Frame, Sender { frame_id: None, ..page() }),
        ("a negative frame number", Stranger::Frame, Sender { frame_id: Some(-1), ..page() }),
        ("prerendering", Stranger::Inactive, Sender { document_lifecycle: some("prerender"), ..page() }),
        ("in the back-forward cache", Stranger::Inactive, Sender { document_lifecycle: some("cached"), ..page() }),
        ("about to go", Stranger::Inactive, Sender { document_lifecycle: some("pending_deletion"), ..page() }),
        ("no tab", Stranger::Tab, Sender { tab: None, ..page() }),
        ("a tab without a number", Stranger::Tab, Sender { tab: Some(SenderTab { id: None, active: true }), ..page() }),
        (
            "a tab that is none (-1)",
            Stranger::Tab,
            Sender { tab: Some(SenderTab { id: Some(-1), active: true }), ..page() },
        ),
    ];
    for (name, refusal, sender) in &forgeries {
        assert_eq!(identify(sender, &own_id(), &[]).as_ref().err(), Some(refusal), "{name}");
    }
    assert_eq!(
        identify(&Sender { id: some(""), ..page() }, "", &[]),
        Err(Stranger::Id),
        "an extension without an id believes nobody"
    );
    println!("{} forgeries tried, 0 believed", forgeries.len() + 1);
}

/// An organisation's AD FS server, on the host that the person has let the browser grant.
fn adfs() -> Sender {
    let origin = "https://adfs.contoso.no";
    Sender { origin: Some(origin.to_owned()), url: Some(format!("{origin}/adfs/ls/?wa=wsignin1.0")), ..page() }
}

#[test]
fn an_organisations_host_is_believed_only_while_it_is_granted_and_only_where_it_signs_in() {
    let granted = ["https://adfs.contoso.no".to_owned(), "https://login.micros0ftonline.example".to_owned()];
    assert!(identify(&adfs(), &own_id(), &granted).is_ok());
    assert_eq!(identify(&adfs(), &own_id(), &[]), Err(Stranger::Origin));
    let others = [
        "https://*".to_owned(),
        "*://*".to_owned(),
        "https://contoso.no".to_owned(),
        "https://*.contoso.no".to_owned(),
    ];
    assert_eq!(identify(&adfs(), &own_id(), &others), Err(Stranger::Origin));
    let at = |url: &str| Sender { url: Some(url.to_owned()), ..adfs() };
    for url in [
        "https://adfs.contoso.no/",
        "https://adfs.contoso.no/intranet",
        "https://adfs.contoso.no/adfsx/",
        "https://adfs.contoso.no.evil.example/adfs/ls/",
    ] {
        assert_eq!(identify(&at(url), &own_id(), &granted), Err(Stranger::Url), "{url}");
    }
    assert!(identify(&at("https://adfs.contoso.no/ADFS/oauth2/authorize"), &own_id(), &granted).is_ok());
    let false_one = "https://login.micros0ftonline.example";
    let claimed = Sender { origin: Some(false_one.to_owned()), url: Some(format!("{false_one}/adfs/ls/")), ..page() };
    assert_eq!(identify(&claimed, &own_id(), &granted), Err(Stranger::Origin), "not even if it was granted");
    let frame = Sender { frame_id: Some(3), ..adfs() };
    assert_eq!(identify(&frame, &own_id(), &granted), Err(Stranger::Frame));
}
