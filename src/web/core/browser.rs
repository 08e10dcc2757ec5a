//! The outside world, as a browser gives it.

use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    MessageEvent, ReferrerPolicy, Request, RequestCache, RequestCredentials, RequestInit, RequestRedirect, Response,
    Worker, WorkerOptions, WorkerType,
};

use kdf::{Argon2Cost, Kek, Passphrase};
use platform::Badge;
use platform::{Outage, Platform, Store};

/// The browser. Keeps nothing.
pub(super) struct Browser;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["chrome", "runtime"], js_name = id, thread_local_v2)]
    static SELF_ID: Option<String>;
    #[wasm_bindgen(js_namespace = ["chrome", "runtime"], js_name = getURL)]
    fn get_url(path: &str) -> String;

    #[wasm_bindgen(catch, js_namespace = ["chrome", "storage", "local"], js_name = get)]
    fn local_get(keys: &Array) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "storage", "local"], js_name = set)]
    fn local_set(items: &Object) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "storage", "local"], js_name = remove)]
    fn local_remove(keys: &Array) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "storage", "session"], js_name = get)]
    fn session_get(keys: &Array) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "storage", "session"], js_name = set)]
    fn session_set(items: &Object) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "storage", "session"], js_name = remove)]
    fn session_remove(keys: &Array) -> Result<Promise, JsValue>;

    #[wasm_bindgen(catch, js_namespace = ["chrome", "storage", "managed"], js_name = get)]
    fn managed_get(keys: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "storage", "sync"], js_name = get)]
    fn sync_get(keys: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "storage", "sync"], js_name = set)]
    fn sync_set(items: &Object) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "storage", "sync"], js_name = remove)]
    fn sync_remove(keys: &Array) -> Result<Promise, JsValue>;

    #[wasm_bindgen(catch, js_namespace = ["chrome", "action"], js_name = setBadgeText)]
    fn set_badge_text(details: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "action"], js_name = setBadgeBackgroundColor)]
    fn set_badge_colour(details: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "action"], js_name = setTitle)]
    fn set_title(details: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "alarms"], js_name = create)]
    fn create_alarm(name: &str, details: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "alarms"], js_name = clear)]
    fn clear_alarm(name: &str) -> Result<Promise, JsValue>;

    #[wasm_bindgen(catch, js_namespace = ["chrome", "action"], js_name = openPopup)]
    fn open_popup() -> Result<Promise, JsValue>;
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Function, ms: u32) -> i32;
    #[wasm_bindgen(js_name = fetch)]
    fn fetch(request: &Request) -> Promise;
}

#[wasm_bindgen(raw_module = "../mirror.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = get)]
    async fn mirror_get(keys: &Array) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = set)]
    async fn mirror_set(items: &Array) -> Result<JsValue, JsValue>;
}

#[wasm_bindgen(raw_module = "../locks.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = lock)]
    async fn wait_for_lock(name: &str) -> Result<JsValue, JsValue>;
}

#[wasm_bindgen(raw_module = "../words.js")]
extern "C" {
    #[wasm_bindgen(catch)]
    async fn word(key: &str) -> Result<JsValue, JsValue>;
}

#[wasm_bindgen(raw_module = "../welcome.js")]
extern "C" {
    fn welcome(tab: i32) -> Promise;
}

/// The id that our own messages carry.
pub(super) fn self_id() -> String {
    SELF_ID.with(|id| id.clone().unwrap_or_default())
}

/// The names of the Web Lock and of the alarms.
const VAULT_LOCK: &str = "vault";
const LOCK_ALARM: &str = "lock";
const SYNC_ALARM: &str = "sync";

/// A held Web Lock: what gives it back, which dropping this calls. Should this instance trap, `core.js` does.
pub(super) struct Held(Function);

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.0.call0(&JsValue::UNDEFINED);
    }
}

impl Platform for Browser {
    type Lock = Held;

    fn now_ms(&self) -> u64 {
        // Whole and positive for the next 280,000 years.
        js_sys::Date::now() as u64
    }

    fn random(&self, out: &mut [u8]) -> Result<(), Outage> {
        getrandom::fill(out).map_err(|_| Outage::Random)
    }

    async fn lock(&self) -> Result<Held, Outage> {
        lock(VAULT_LOCK).await
    }

    async fn lock_tab(&self, tab: i32) -> Result<Held, Outage> {
        lock(&format!("page.{tab}")).await
    }

    async fn get(&self, store: Store, keys: &[&str]) -> Result<Vec<Option<String>>, Outage> {
        let names: Array = keys.iter().map(|key| JsValue::from_str(key)).collect();
        let found = match store {
            Store::Local => settle(local_get(&names)).await?,
            Store::Session => settle(session_get(&names)).await?,
            Store::Mirror => {
                let values = mirror_get(&names).await.map_err(outage)?;
                return Ok(Array::from(&values).iter().map(|value| value.as_string()).collect());
            }
        };
        Ok(keys
            .iter()
            .map(|key| Reflect::get(&found, &JsValue::from_str(key)).ok().and_then(|value| value.as_string()))
            .collect())
    }

    async fn set(&self, store: Store, items: &[(&str, Option<&str>)]) -> Result<(), Outage> {
        if store == Store::Mirror {
            let pairs: Array =
                items.iter().map(|(key, value)| Array::of2(&JsValue::from_str(key), &JsValue::from(*value))).collect();
            return mirror_set(&pairs).await.map(|_| ()).map_err(outage);
        }
        match store {
            Store::Local => write(items, local_set, local_remove).await,
            _ => write(items, session_set, session_remove).await,
        }
    }

    async fn synced(&self) -> Result<Vec<(String, String)>, Outage> {
        let found = settle(sync_get(&JsValue::NULL)).await?;
        Ok(texts(&found).collect())
    }

    async fn sync(&self, items: &[(&str, Option<&str>)]) -> Result<(), Outage> {
        write(items, sync_set, sync_remove).await
    }

    async fn derive(&self, passphrase: &Passphrase, salt: &[u8; 32], cost: Argon2Cost) -> Result<Kek, Outage> {
        derive_in_worker(passphrase, salt, cost).await.ok_or(Outage::Derivation)
    }

    fn badge(&self, tab: i32, badge: Badge) {
        let (text, colour, key) = match badge {
            Badge::Clear => ("", "#5b5f66", "badge_clear"),
            Badge::Captured => ("+", "#0f6b3a", "badge_captured"),
            Badge::Attention => ("!", "#a4262c", "badge_attention"),
            Badge::Step => ("→", "#0b5cad", "badge_step"),
            Badge::NotRecognised => ("?", "#8a5a00", "badge_notRecognised"),
            Badge::Locked => ("…", "#0b5cad", "badge_locked"),
            Badge::Filled => ("✓", "#0f6b3a", "badge_filled"),
        };
        // A tab that is gone has no badge to show: nothing to do about a refusal.
        detached(set_badge_text(&tab_details(tab, "text", text)));
        wasm_bindgen_futures::spawn_local(async move {
            let title = word(key).await.ok().and_then(|title| title.as_string()).unwrap_or_default();
            detached(set_title(&tab_details(tab, "title", &title)));
        });
        if !text.is_empty() {
            detached(set_badge_colour(&tab_details(tab, "color", colour)));
        }
    }

    fn wake_at(&self, at_ms: Option<u64>) {
        set_alarm(LOCK_ALARM, at_ms);
    }

    fn sync_at(&self, at_ms: Option<u64>) {
        set_alarm(SYNC_ALARM, at_ms);
    }

    fn welcome(&self, tab: i32) {
        detached(Ok(welcome(tab)));
    }

    fn open_popup(&self) {
        // Not every browser lets the worker open it; the badge says the same.
        detached(open_popup());
    }

    async fn server_date_ms(&self, origin: &str) -> Result<u64, Outage> {
        let options = RequestInit::new();
        options.set_method("HEAD");
        options.set_credentials(RequestCredentials::Omit);
        options.set_cache(RequestCache::NoStore);
        options.set_redirect(RequestRedirect::Manual);
        options.set_referrer_policy(ReferrerPolicy::NoReferrer);
        let request = Request::new_with_str_and_init(&format!("{origin}/favicon.ico"), &options).map_err(outage)?;
        // Of the page or of the worker, which share no type that has it.
        let response = JsFuture::from(fetch(&request)).await.map_err(outage)?;
        let headers = response.dyn_into::<Response>().map_err(outage)?.headers();
        // A cached answer tells the time of its making.
        let age = headers.get("age").ok().flatten();
        let date = headers.get("date").ok().flatten().ok_or(Outage::Storage)?;
        let ms = js_sys::Date::parse(&date);
        if age.is_some_and(|age| age != "0") || !ms.is_finite() || ms < 0.0 {
            Err(Outage::Storage)
        } else {
            Ok(ms as u64)
        }
    }

    async fn policy(&self) -> Result<Option<String>, Outage> {
        policy(JsFuture::from(managed_get(&JsValue::NULL).map_err(outage)?).await)
    }

    async fn sleep(&self, ms: u32) {
        let _ = JsFuture::from(Promise::new(&mut |resolve, _| {
            set_timeout(&resolve, ms);
        }))
        .await;
    }
}

/// Waits for a Web Lock.
async fn lock(name: &str) -> Result<Held, Outage> {
    Ok(Held(wait_for_lock(name).await.map_err(|_| Outage::Storage)?.unchecked_into()))
}

fn set_alarm(name: &str, at_ms: Option<u64>) {
    let Some(at_ms) = at_ms else { return detached(clear_alarm(name)) };
    let details = Object::new();
    let _ = Reflect::set(&details, &"when".into(), &JsValue::from_f64(at_ms as f64));
    let _ = create_alarm(name, &details);
}

/// Both browsers answer only once they know. Where there is none, Chromium has an empty object and Firefox says so.
pub(super) fn policy(found: Result<JsValue, JsValue>) -> Result<Option<String>, Outage> {
    let found = match found {
        Ok(found) => found,
        Err(error) if message(&error).contains("not found") => return Ok(None),
        Err(error) => return Err(outage(error)),
    };
    let text = js_sys::JSON::stringify(&found).ok().and_then(|text| text.as_string());
    text.map(Some).ok_or(Outage::Storage)
}

/// What is text in an object, by key.
pub(super) fn texts(found: &JsValue) -> impl Iterator<Item = (String, String)> {
    let entries = found.dyn_ref::<Object>().map(Object::entries).unwrap_or_default();
    entries.into_iter().filter_map(|pair| {
        let pair = Array::from(&pair);
        Some((pair.get(0).as_string()?, pair.get(1).as_string()?))
    })
}

/// One `set` is all or nothing; a removal never goes with a write that must be atomic with it.
async fn write(
    items: &[(&str, Option<&str>)],
    set: fn(&Object) -> Result<Promise, JsValue>,
    remove: fn(&Array) -> Result<Promise, JsValue>,
) -> Result<(), Outage> {
    let (written, removed) = (Object::new(), Array::new());
    for (key, value) in items {
        match value {
            Some(value) => {
                let _ = Reflect::set(&written, &JsValue::from_str(key), &JsValue::from_str(value));
            }
            None => {
                removed.push(&JsValue::from_str(key));
            }
        }
    }
    if Object::keys(&written).length() > 0 {
        settle(set(&written)).await?;
    }
    if removed.length() > 0 {
        settle(remove(&removed)).await?;
    }
    Ok(())
}

/// Runs the derivation in a Worker of its own, which is ended afterwards.
async fn derive_in_worker(passphrase: &Passphrase, salt: &[u8; 32], cost: Argon2Cost) -> Option<Kek> {
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    let worker = Worker::new_with_options(&get_url("derive.js"), &options).ok()?;
    let request = Object::new();
    let set = |key: &str, value: &JsValue| Reflect::set(&request, &JsValue::from_str(key), value);
    let bytes = Uint8Array::from(passphrase.expose());
    set("passphrase", &bytes).ok()?;
    set("salt", &Uint8Array::from(salt.as_slice())).ok()?;
    set("memoryKib", &cost.memory_kib.into()).ok()?;
    set("passes", &cost.passes.into()).ok()?;
    set("lanes", &cost.lanes.into()).ok()?;

    let answer = Promise::new(&mut |resolve, _| {
        let fail = resolve.clone();
        let on_message = Closure::once_into_js(move |event: MessageEvent| {
            let _ = resolve.call1(&JsValue::UNDEFINED, &event.data());
        });
        let on_error = Closure::once_into_js(move |_: JsValue| {
            let _ = fail.call0(&JsValue::UNDEFINED);
        });
        worker.set_onmessage(Some(on_message.unchecked_ref()));
        worker.set_onerror(Some(on_error.unchecked_ref()));
    });
    worker.post_message_with_transfer(&request, &Array::of1(&bytes.buffer())).ok()?;
    let kek = JsFuture::from(answer).await.ok();
    worker.terminate();
    let kek: Uint8Array = kek?.dyn_into().ok()?;
    let mut key = zeroize::Zeroizing::new([0; 32]);
    if kek.length() != 32 {
        return None;
    }
    kek.copy_to(key.as_mut_slice());
    kek.fill(0, 0, 32);
    Some(Kek::new(*key))
}

async fn settle(promise: Result<Promise, JsValue>) -> Result<JsValue, Outage> {
    match promise {
        Ok(promise) => JsFuture::from(promise).await.map_err(outage),
        Err(error) => Err(outage(error)),
    }
}

/// Browsers tell a full store, and one that was written to too often, only in words.
pub(super) fn outage(error: JsValue) -> Outage {
    let text = message(&error);
    let name = Reflect::get(&error, &"name".into()).ok().and_then(|name| name.as_string()).unwrap_or_default();
    if text.contains("MAX_WRITE_OPERATIONS") {
        Outage::Busy
    } else if name == "QuotaExceededError" || text.to_ascii_lowercase().contains("quota") {
        Outage::Full
    } else {
        Outage::Storage
    }
}

fn message(error: &JsValue) -> String {
    Reflect::get(error, &"message".into()).ok().and_then(|message| message.as_string()).unwrap_or_default()
}

/// Lets a decoration take its time, and fail quietly.
fn detached(promise: Result<Promise, JsValue>) {
    if let Ok(promise) = promise {
        wasm_bindgen_futures::spawn_local(async move {
            let _ = JsFuture::from(promise).await;
        });
    }
}

fn tab_details(tab: i32, key: &str, value: &str) -> JsValue {
    let details = Object::new();
    let _ = Reflect::set(&details, &"tabId".into(), &tab.into());
    let _ = Reflect::set(&details, &JsValue::from_str(key), &JsValue::from_str(value));
    details.into()
}
