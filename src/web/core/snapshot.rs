//! What a page has read of the stores, for a first look.

use js_sys::Reflect;
use wasm_bindgen::JsValue;

use super::browser::{Browser, outage, policy, texts};
use platform::{Entries, Platform, Snapshot};

/// Reads an object of `Promise.allSettled`'s results by the names of the stores.
pub(super) fn read(stores: &JsValue) -> Snapshot {
    Snapshot {
        now_ms: Browser.now_ms(),
        local: entries(stores, "local"),
        session: entries(stores, "session"),
        mirror: entries(stores, "mirror"),
        policy: policy(settled(stores, "managed")),
    }
}

fn entries(stores: &JsValue, name: &str) -> Entries {
    settled(stores, name).map(|found| texts(&found).collect()).map_err(outage)
}

/// What a promise came to.
fn settled(stores: &JsValue, name: &str) -> Result<JsValue, JsValue> {
    let result = Reflect::get(stores, &name.into())?;
    let part = |name: &str| Reflect::get(&result, &name.into());
    if part("status")? == "fulfilled" { part("value") } else { Err(part("reason")?) }
}
