//! The only code that knows a browser. Conversions, no decisions.
#![cfg(target_arch = "wasm32")]
#![allow(unreachable_pub, reason = "what wasm-bindgen exports is reached from JavaScript")]

mod browser;
mod snapshot;

use js_sys::{Array, Function, JsString, Promise, Uint8Array};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_wasm_bindgen::Serializer;
use tsify::Ts;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise, spawn_local};
use zeroize::Zeroizing;

use app::Turn;
use app::protocol::{Draft, ExchangeRequest, Screen, SettingsRequest, Tab, UiRequest};
use app::sender::{self, Page, Sender};
use browser::Browser;
use kdf::{self, Argon2Cost, Passphrase};
use pages::{domains, hosts};

/// Freed memory is overwritten: what was decrypted leaves no copy behind.
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> = zeroizing_alloc::ZeroAlloc(std::alloc::System);

/// What a popup paints first, of what its page has read; `undefined` where that does not tell. `stores` is what
/// `snapshot.js` makes.
#[wasm_bindgen(unchecked_return_type = "Promise<Reply | undefined>")]
pub fn glance(stores: JsValue, tab: Ts<Tab>) -> Promise {
    promise(async move { write(&app::glance(&snapshot::read(&stores), &read(tab.into())?).await) })
}

/// Asked by our own pages. `bytes` are copied in and the caller empties its own.
/// The promise is rejected if the request is not one.
#[wasm_bindgen(unchecked_return_type = "Promise<Reply>")]
pub fn ask(request: Ts<UiRequest>, tab: Ts<Tab>, bytes: Uint8Array) -> Promise {
    let bytes = Zeroizing::new(bytes.to_vec());
    promise(async move {
        let (request, tab): (UiRequest, Tab) = (read(request.into())?, read(tab.into())?);
        let opens = request.opens();
        let reply = app::ask(&Browser, &tab, request, bytes).await;
        // After the reply, which must not wait for what other browsers have stored.
        if opens && reply.view.screen == Screen::Accounts {
            spawn_local(app::sync(&Browser));
        }
        write(&reply)
    })
}

/// Asked by our own pages that change settings. As with [`ask`].
#[wasm_bindgen(unchecked_return_type = "Promise<SettingsReply>")]
pub fn manage(request: Ts<SettingsRequest>, bytes: Uint8Array) -> Promise {
    let bytes = Zeroizing::new(bytes.to_vec());
    promise(async move { write(&app::manage(&Browser, read(request.into())?, bytes).await) })
}

/// Asked by our own pages for import, export, backup and sync. As with [`ask`].
#[wasm_bindgen(unchecked_return_type = "Promise<ExchangeReply>")]
pub fn exchange(request: Ts<ExchangeRequest>, bytes: Uint8Array) -> Promise {
    let bytes = Zeroizing::new(bytes.to_vec());
    promise(async move { write(&app::exchange(&Browser, read(request.into())?, bytes).await) })
}

/// What is wrong with an account that is being typed in, as the name of a
/// [`Notice`](app::protocol::Notice); `undefined` if nothing is.
///
/// # Errors
/// Throws if the draft is not one.
#[wasm_bindgen]
pub fn check(draft: Ts<Draft>, key: Uint8Array) -> Result<JsValue, JsValue> {
    let key = Zeroizing::new(key.to_vec());
    write(&app::check(&read(draft.into())?, &key))
}

/// A text as a search compares it.
#[wasm_bindgen]
pub fn fold(text: &str) -> String {
    app::fold(text)
}

/// The organisation's decisions are others now.
#[wasm_bindgen(js_name = policyChanged, unchecked_return_type = "Promise<void>")]
pub fn policy_changed() -> Promise {
    done(app::policy_changed(&Browser))
}

/// Whether an origin, as the browser writes it, could be an organisation's own sign-in host.
#[wasm_bindgen]
pub fn organisation(origin: &str) -> bool {
    hosts::organisation(origin).is_some()
}

/// The domain of the accounts whose codes may go to an organisation's own sign-in host.
#[wasm_bindgen(js_name = servedDomain)]
pub fn served_domain(host: &str) -> Option<String> {
    domains::registrable(host).map(str::to_owned)
}

/// The computer was locked.
#[wasm_bindgen(js_name = computerLocked, unchecked_return_type = "Promise<void>")]
pub fn computer_locked() -> Promise {
    done(app::computer_locked(&Browser))
}

/// Asked by the worker for a content script; strangers and nonsense get `undefined`.
#[wasm_bindgen(unchecked_return_type = "Promise<PageReply | undefined>")]
pub fn answer(message: JsValue, sender: JsValue) -> Promise {
    promise(async move {
        let Some((turn, page)) = listen(sender).await else { return Ok(JsValue::UNDEFINED) };
        let Ok(request) = read(message) else { return Ok(JsValue::UNDEFINED) };
        let reply = app::answer(&Browser, &turn, &page, request).await;
        // After the reply, which must not wait for the network.
        spawn_local(async move { app::check_clock(&Browser, &page).await });
        write(&reply)
    })
}

/// The same for pictures that a content script hands over, as `data:` URLs. They stay in JavaScript: `scan` takes one
/// and gives the payloads of its QR codes, and is called only for a sender that is proved and sets up accounts.
#[wasm_bindgen(unchecked_return_type = "Promise<PageReply | undefined>")]
pub fn captured(pictures: JsValue, sender: JsValue, scan: Function) -> Promise {
    promise(async move {
        let Some((turn, page)) = listen(sender).await else { return Ok(JsValue::UNDEFINED) };
        let Ok(pictures) = pictures.dyn_into::<Array>() else { return Ok(JsValue::UNDEFINED) };
        let mut payloads = Vec::new();
        for picture in pictures.iter().take(app::MAX_PICTURES) {
            let Some(text) = picture.dyn_ref::<JsString>() else { continue };
            if !app::scans(&page, text.length() as usize) {
                continue;
            }
            let found = scan.call1(&JsValue::UNDEFINED, text).and_then(|found| found.dyn_into::<Promise>());
            // A picture that cannot be read shows no code.
            let Ok(found) = found.map(JsFuture::from) else { continue };
            let found = found.await.map(|found| Array::from(&found)).unwrap_or_default();
            payloads.extend(found.iter().map(|payload| Uint8Array::new(&payload).to_vec()));
        }
        write(&app::captured(&Browser, &turn, &page, &payloads).await)
    })
}

/// The turn of the tab that speaks, and the proof of who that is.
async fn listen(sender: JsValue) -> Option<(Turn<Browser>, Page)> {
    let sender: Sender = read(sender).ok()?;
    let tab = sender.tab.as_ref()?.id?;
    // Before anything else that waits, so that turns are taken as the messages came.
    let turn = Turn::take(&Browser, tab).await.ok()?;
    if !browser::sees(tab).await {
        return None;
    }
    let known = sender.origin.as_deref().is_some_and(|origin| hosts::find(origin).is_some());
    let granted = if known { Vec::new() } else { browser::granted_origins().await };
    let page = sender::identify(&sender, &browser::self_id(), &granted).ok()?;
    Some((turn, page))
}

/// Something changed here or in the browser's sync store.
#[wasm_bindgen(unchecked_return_type = "Promise<void>")]
pub fn sync() -> Promise {
    done(app::sync(&Browser))
}

/// The alarm went off.
#[wasm_bindgen(unchecked_return_type = "Promise<void>")]
pub fn expire() -> Promise {
    done(app::expire(&Browser))
}

/// A tab was closed.
#[wasm_bindgen(unchecked_return_type = "Promise<void>")]
pub fn forget(tab: i32) -> Promise {
    done(app::forget(&Browser, tab))
}

/// Argon2id, for the Worker that `derive.js` is; `undefined` where memory is short.
#[wasm_bindgen]
pub fn derive(passphrase: Uint8Array, salt: &[u8], memory_kib: u32, passes: u32, lanes: u32) -> Option<Uint8Array> {
    let passphrase = Passphrase::new(passphrase.to_vec());
    let salt = salt.try_into().ok()?;
    let kek = kdf::derive_kek(&passphrase, salt, Argon2Cost { memory_kib, passes, lanes })?;
    Some(Uint8Array::from(kek.expose().as_slice()))
}

/// A promise of what the work comes to.
fn promise(work: impl Future<Output = Result<JsValue, JsValue>> + 'static) -> Promise {
    future_to_promise(work)
}

/// The same of work that comes to nothing.
fn done(work: impl Future<Output = ()> + 'static) -> Promise {
    promise(async {
        work.await;
        Ok(JsValue::UNDEFINED)
    })
}

/// What serde says of a value that is none is kept back: it quotes.
fn read<T: DeserializeOwned>(value: JsValue) -> Result<T, JsValue> {
    serde_wasm_bindgen::from_value(value).map_err(|_| JsError::new("not what is asked here").into())
}

fn write(data: &impl Serialize) -> Result<JsValue, JsValue> {
    data.serialize(&Serializer::new()).map_err(Into::into)
}
