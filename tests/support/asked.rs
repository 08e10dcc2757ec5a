//! What is asked of the core: by our own pages, by scripts in Microsoft's, and what a vault is then looked at for.

use app::protocol::{
    Draft, ExchangeReply, ExchangeRequest, Notice, PageReply, PageRequest, Reason, Reply, SettingsReply,
    SettingsRequest, Tab, UiRequest,
};
use app::sender::{Page, Sender, identify};
use platform::{Cached, Outage, Platform, Store};
use serde_json::{Value, json};
use vault::{Contents, Header, Record, session, store};
use zeroize::Zeroizing;

use crate::{Fake, now};

pub const SET_UP: &str = "https://mysignins.microsoft.com";
pub const SIGN_IN: &str = "https://login.microsoftonline.com";
/// The sentence above the field for the app's code.
pub const IN_APP: &str = "Enter the 6-digit code shown in the Authenticator app.";
/// What a person opens a vault with.
pub const WORDS: &str = "fire glade elger";
pub const MINUTE_MS: u64 = 60_000;

/// Asked in the popup or the list, over no page.
pub fn ui(p: &Fake, request: UiRequest, bytes: impl AsRef<[u8]>) -> Reply {
    now(app::ask(p, &Tab::default(), request, Zeroizing::new(bytes.as_ref().to_vec())))
}

/// A vault that opens with `WORDS`.
pub fn create(p: &Fake) -> Reply {
    ui(p, UiRequest::Create { save: None, said: Vec::new() }, WORDS)
}

/// Asked on the page of the settings.
pub fn set(p: &Fake, request: SettingsRequest, bytes: impl AsRef<[u8]>) -> SettingsReply {
    now(app::manage(p, request, Zeroizing::new(bytes.as_ref().to_vec())))
}

/// Asked there for what is then said of it.
pub fn settle(p: &Fake, request: SettingsRequest, bytes: impl AsRef<[u8]>) -> Option<Notice> {
    set(p, request, bytes).notice
}

/// Asked where accounts come and go.
pub fn go(p: &Fake, request: ExchangeRequest, bytes: impl AsRef<[u8]>) -> ExchangeReply {
    now(app::exchange(p, request, Zeroizing::new(bytes.as_ref().to_vec())))
}

/// What a person types of an account beside its key, as Microsoft gives it.
pub fn draft(name: &str) -> Draft {
    Draft {
        name: name.into(),
        issuer: "Microsoft".into(),
        algorithm: "SHA1".into(),
        digits: 6,
        period: 30,
        ..Default::default()
    }
}

/// What a command takes for chance.
pub fn random(out: &mut [u8]) -> Result<(), Outage> {
    getrandom::fill(out).map_err(|_| Outage::Random)
}

/// The organisation decides so.
pub fn decide(p: &Fake, policy: &Value) {
    p.0.borrow_mut().policy = Some(policy.to_string());
}

/// A tab that shows a document of an origin.
pub fn page(origin: &str, tab: i32, document: &str) -> Page {
    shown(origin, "/x", tab, document, &[])
}

/// A tab that shows the sign-in of an organisation's own server, which the browser was allowed.
pub fn adfs(host: &str, document: &str) -> Page {
    let granted = [format!("https://{host}")];
    shown(&granted[0], "/adfs/ls/", 2, document, &granted)
}

fn shown(origin: &str, path: &str, tab: i32, document: &str, granted: &[String]) -> Page {
    let sender: Sender = serde_json::from_value(json!({
        "id": "us", "origin": origin, "url": format!("{origin}{path}"), "frameId": 0, "documentId": document,
        "documentLifecycle": "active", "tab": { "id": tab, "active": true },
    }))
    .unwrap();
    identify(&sender, "us", granted).unwrap()
}

pub async fn answer(p: &Fake, page: &Page, request: PageRequest) -> PageReply {
    let _turn = p.lock_tab(page.tab()).await.unwrap();
    app::answer(&Cached::of(p, p.snapshot().await), page, request).await
}

/// What a script hands over. A picture here is what its QR code holds, and the worker has it scanned.
pub fn tell(p: &Fake, page: &Page, request: Value) -> PageReply {
    if let Some(pictures) = request["pictures"]["pictures"].as_array() {
        let read = |picture: &Value| Some(picture.as_str()?.strip_prefix("qr:")?.as_bytes().to_vec());
        let payloads: Vec<_> = pictures.iter().filter_map(read).collect();
        return now(async {
            let _turn = p.lock_tab(page.tab()).await.unwrap();
            app::captured(p, page, &payloads).await
        });
    }
    now(answer(p, page, serde_json::from_value(request).unwrap()))
}

pub fn look(p: &Fake, page: &Page, seen: Value) -> PageReply {
    tell(p, page, json!({ "look": { "seen": seen, "visible": true, "acted": true, "resting": true } }))
}

/// Whether each number in an answer is one that scripts have: with a larger one, none of it reaches our pages.
pub fn reaches_scripts(answer: &impl serde::Serialize) -> bool {
    fn fits(value: &Value) -> bool {
        match value {
            Value::Array(items) => items.iter().all(fits),
            Value::Object(fields) => fields.values().all(fits),
            Value::Number(number) => number.as_u64().is_none_or(|number| number < 1 << 53),
            _ => true,
        }
    }
    fits(&json!(answer))
}

/// A press on what the popup over that tab shows just now.
pub fn pressed(p: &Fake, over: &Tab, mut request: Value) -> UiRequest {
    if request == "doStep" {
        request = json!({ "doStep": {} });
    }
    for press in ["approve", "fillHere", "doStep"] {
        if let Some(press) = request.get_mut(press).filter(|press| press.get("view").is_none()) {
            let shown = now(app::ask(p, over, UiRequest::Refresh, Zeroizing::default())).view;
            press["view"] = json!(shown.page.map(|page| page.view).unwrap_or_default());
        }
    }
    serde_json::from_value(request).unwrap()
}

/// What was kept of a tab at its last look.
pub fn tab_state(p: &Fake, tab: i32) -> Value {
    serde_json::from_str(&p.text(Store::Session, &format!("page.{tab}")).unwrap()).unwrap()
}

pub fn reason(p: &Fake, tab: i32) -> Reason {
    serde_json::from_value(tab_state(p, tab)["reason"].clone()).unwrap()
}

/// The vault's record, as it is found.
pub fn record(p: &Fake) -> Record {
    match now(store::newest(p)) {
        Ok(record) => record,
        _ => panic!("no vault"),
    }
}

/// What it says of itself.
pub fn header(p: &Fake) -> Header {
    record(p).header().clone()
}

/// What is in a vault that is open.
pub fn contents(p: &Fake) -> Contents {
    now(store::open(p, &now(session::key(p)).unwrap())).unwrap()
}
