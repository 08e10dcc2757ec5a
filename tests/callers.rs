//! Who may speak: senders as real browsers report them, and every forgery of them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests state what they know"
)]

use app::sender::{Sender, SenderTab, UnknownSender, identify};

fn recorded(json: &str) -> Sender {
    serde_json::from_str(json).unwrap()
}

fn page() -> Sender {
    recorded(include_str!("senders/chromium-page.json"))
}

fn self_id() -> String {
    page().id.unwrap()
}

#[test]
fn a_recorded_page_is_believed() {
    let proof = identify(&page(), &self_id(), &[]).unwrap();
    assert_eq!(proof.site().origin(), "https://login.microsoftonline.com");
    assert_eq!(proof.tab(), page().tab.unwrap().id.unwrap());
    assert!(proof.in_front());
    assert_eq!(Some(proof.document()), page().document_id.as_deref());
    // The first tab of all has the number 0; one behind others is known, and is not the one in front.
    let behind = Sender { tab: Some(SenderTab { id: Some(0), active: false }), ..page() };
    let proof = identify(&behind, &self_id(), &[]).unwrap();
    assert_eq!((proof.tab(), proof.in_front()), (0, false));
}

#[test]
fn our_own_pages_have_no_business_in_messages() {
    let own = recorded(include_str!("senders/chromium-own-page.json"));
    assert_eq!(identify(&own, &self_id(), &[]), Err(UnknownSender::Origin));
}

#[test]
fn every_forged_variation_is_refused() {
    let some = |text: &str| Some(text.to_owned());
    let forgeries: Vec<(&str, UnknownSender, Sender)> = vec![
        ("no id", UnknownSender::Id, Sender { id: None, ..page() }),
        (
            "another extension's id",
            UnknownSender::Id,
            Sender { id: some("abcdefghijklmnopabcdefghijklmnop"), ..page() },
        ),
        ("no origin", UnknownSender::Origin, Sender { origin: None, ..page() }),
        (
            "an opaque origin, as a sandboxed frame has",
            UnknownSender::Origin,
            Sender { origin: some("null"), ..page() },
        ),
        (
            "the origin with a port",
            UnknownSender::Origin,
            Sender { origin: some("https://login.microsoftonline.com:8443"), ..page() },
        ),
        ("without TLS", UnknownSender::Origin, Sender { origin: some("http://login.microsoftonline.com"), ..page() }),
        (
            "a trailing slash",
            UnknownSender::Origin,
            Sender { origin: some("https://login.microsoftonline.com/"), ..page() },
        ),
        (
            "a suffix",
            UnknownSender::Origin,
            Sender { origin: some("https://login.microsoftonline.com.evil.example"), ..page() },
        ),
        (
            "a prefix",
            UnknownSender::Origin,
            Sender { origin: some("https://evil.login.microsoftonline.com"), ..page() },
        ),
        ("a homograph", UnknownSender::Origin, Sender { origin: some("https://login.mіcrosoftonline.com"), ..page() }),
        (
            "punycode",
            UnknownSender::Origin,
            Sender { origin: some("https://login.xn--mcrosoftonline-2cl.com"), ..page() },
        ),
        ("upper case", UnknownSender::Origin, Sender { origin: some("https://LOGIN.MICROSOFTONLINE.COM"), ..page() }),
        (
            "a user in it",
            UnknownSender::Origin,
            Sender { origin: some("https://login.microsoftonline.com@evil.example"), ..page() },
        ),
        ("no address", UnknownSender::Url, Sender { url: None, ..page() }),
        ("another address", UnknownSender::Url, Sender { url: some("https://evil.example/"), ..page() }),
        (
            "an address that only begins alike",
            UnknownSender::Url,
            Sender { url: some("https://login.microsoftonline.com.evil.example/"), ..page() },
        ),
        (
            "an address without a path",
            UnknownSender::Url,
            Sender { url: some("https://login.microsoftonline.com"), ..page() },
        ),
        ("about:blank under the origin", UnknownSender::Url, Sender { url: some("about:blank"), ..page() }),
        ("about:srcdoc under the origin", UnknownSender::Url, Sender { url: some("about:srcdoc"), ..page() }),
        (
            "a blob of the origin",
            UnknownSender::Url,
            Sender { url: some("blob:https://login.microsoftonline.com/1"), ..page() },
        ),
        (
            "what a customer of Azure AD B2C has made",
            UnknownSender::Url,
            Sender { url: some("https://login.microsoftonline.com/te/evil.example/b2c_1a_x/login"), ..page() },
        ),
        (
            "the same by its policy",
            UnknownSender::Url,
            Sender { url: some("https://login.microsoftonline.com/evil.example/oauth2/authorize?p=B2C_1_x"), ..page() },
        ),
        ("a frame", UnknownSender::Frame, Sender { frame_id: Some(5), ..page() }),
        ("no frame number", UnknownSender::Frame, Sender { frame_id: None, ..page() }),
        ("a negative frame number", UnknownSender::Frame, Sender { frame_id: Some(-1), ..page() }),
        ("of a document without a name", UnknownSender::Document, Sender { document_id: None, ..page() }),
        ("of a document with an empty name", UnknownSender::Document, Sender { document_id: some(""), ..page() }),
        ("prerendering", UnknownSender::Inactive, Sender { document_lifecycle: some("prerender"), ..page() }),
        ("in the back-forward cache", UnknownSender::Inactive, Sender { document_lifecycle: some("cached"), ..page() }),
        ("about to go", UnknownSender::Inactive, Sender { document_lifecycle: some("pending_deletion"), ..page() }),
        ("no tab", UnknownSender::Tab, Sender { tab: None, ..page() }),
        (
            "a tab without a number",
            UnknownSender::Tab,
            Sender { tab: Some(SenderTab { id: None, active: true }), ..page() },
        ),
        (
            "a tab that is none (-1)",
            UnknownSender::Tab,
            Sender { tab: Some(SenderTab { id: Some(-1), active: true }), ..page() },
        ),
    ];
    for (name, refusal, sender) in &forgeries {
        assert_eq!(identify(sender, &self_id(), &[]).as_ref().err(), Some(refusal), "{name}");
    }
    assert_eq!(
        identify(&Sender { id: some(""), ..page() }, "", &[]),
        Err(UnknownSender::Id),
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
    assert!(identify(&adfs(), &self_id(), &granted).is_ok());
    assert_eq!(identify(&adfs(), &self_id(), &[]), Err(UnknownSender::Origin));
    let others = [
        "https://*".to_owned(),
        "*://*".to_owned(),
        "https://contoso.no".to_owned(),
        "https://*.contoso.no".to_owned(),
    ];
    assert_eq!(identify(&adfs(), &self_id(), &others), Err(UnknownSender::Origin));
    let at = |url: &str| Sender { url: Some(url.to_owned()), ..adfs() };
    for url in [
        "https://adfs.contoso.no/",
        "https://adfs.contoso.no/intranet",
        "https://adfs.contoso.no/adfsx/",
        "https://adfs.contoso.no.evil.example/adfs/ls/",
    ] {
        assert_eq!(identify(&at(url), &self_id(), &granted), Err(UnknownSender::Url), "{url}");
    }
    assert!(identify(&at("https://adfs.contoso.no/ADFS/oauth2/authorize"), &self_id(), &granted).is_ok());
    let false_one = "https://login.micros0ftonline.example";
    let claimed = Sender { origin: Some(false_one.to_owned()), url: Some(format!("{false_one}/adfs/ls/")), ..page() };
    assert_eq!(identify(&claimed, &self_id(), &granted), Err(UnknownSender::Origin), "not even if it was granted");
    let frame = Sender { frame_id: Some(3), ..adfs() };
    assert_eq!(identify(&frame, &self_id(), &granted), Err(UnknownSender::Frame));
}
