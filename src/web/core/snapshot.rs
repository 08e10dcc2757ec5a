//! What our JavaScript has read of the browser before the core was there.

use js_sys::{Array, Reflect};
use wasm_bindgen::JsValue;

use super::browser::{outage, policy, texts};
use platform::{Entries, Snapshot};

/// The stores, of an object of `Promise.allSettled`'s results by name.
pub(super) fn stores(read: &JsValue) -> Snapshot {
    Snapshot {
        local: entries(read, "local"),
        session: entries(read, "session"),
        mirror: entries(read, "mirror"),
        policy: policy(settled(read, "managed")),
    }
}

fn entries(read: &JsValue, name: &str) -> Entries {
    settled(read, name).map(|found| texts(&found).collect()).map_err(outage)
}

/// The browser lets us see the tab. A script stays in its page when the person takes the page back from us; then the
/// browser hides its address.
pub(super) fn sees(read: &JsValue) -> bool {
    let url = settled(read, "tab").and_then(|tab| Reflect::get(&tab, &"url".into()));
    url.is_ok_and(|url| url.as_string().is_some_and(|url| !url.is_empty()))
}

/// The single origins that the browser was allowed, the fixed ones among them. One permission for many hosts names none of
/// them.
pub(super) fn granted_origins(read: &JsValue) -> Vec<String> {
    let matches =
        settled(read, "permissions").and_then(|all| Reflect::get(&all, &"origins".into())).unwrap_or_default();
    let matches = Array::from(&matches).iter().filter_map(|each| each.as_string()).collect::<Vec<_>>();
    matches.iter().filter_map(|each| each.strip_suffix("/*")).map(str::to_owned).collect()
}

/// What a promise came to.
fn settled(read: &JsValue, name: &str) -> Result<JsValue, JsValue> {
    let result = Reflect::get(read, &name.into())?;
    let part = |name: &str| Reflect::get(&result, &name.into());
    if part("status")? == "fulfilled" { part("value") } else { Err(part("reason")?) }
}
