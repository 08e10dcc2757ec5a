//! The only code that knows a browser. Conversions, no decisions.
#![allow(unreachable_pub, reason = "what wasm-bindgen exports is reached from JavaScript")]

mod browser;

use js_sys::Uint8Array;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

use crate::caller::{self, Sender};
use crate::exchange::Password;
use crate::pages::hosts;
use crate::protocol::{
    Draft, ExchangeReply, ExchangeRequest, PageReply, PageRequest, Reading, Reply, SettingsReply, SettingsRequest, Tab,
    UiRequest,
};
use crate::vault::kdf::{self, Argon2Cost, Passphrase};
use browser::Browser;

/// Freed memory is overwritten: what was decrypted leaves no copy behind.
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> = zeroizing_alloc::ZeroAlloc(std::alloc::System);

/// Asked by our own pages. `bytes` are copied in and the caller empties its own.
///
/// # Errors
/// Throws if the request is not one.
#[wasm_bindgen]
pub async fn ask(request: Ts<UiRequest>, tab: Ts<Tab>, bytes: Uint8Array) -> Result<Ts<Reply>, JsError> {
    let bytes = Zeroizing::new(bytes.to_vec());
    let request = request.to_rust().map_err(|_| JsError::new("not a request"))?;
    let tab = tab.to_rust().map_err(|_| JsError::new("not a tab"))?;
    let reply = crate::app::ask(&Browser, &tab, request, bytes).await;
    reply.into_ts().map_err(|_| JsError::new("not a reply"))
}

/// Asked by our own pages that change settings. `bytes` as with [`ask`].
///
/// # Errors
/// Throws if the request is not one.
#[wasm_bindgen]
pub async fn manage(request: Ts<SettingsRequest>, bytes: Uint8Array) -> Result<Ts<SettingsReply>, JsError> {
    let bytes = Zeroizing::new(bytes.to_vec());
    let request = request.to_rust().map_err(|_| JsError::new("not a request"))?;
    let reply = crate::app::manage(&Browser, request, bytes).await;
    reply.into_ts().map_err(|_| JsError::new("not a reply"))
}

/// Asked by our own pages for import, export, backup and sync. `bytes` as with [`ask`].
///
/// # Errors
/// Throws if the request is not one.
#[wasm_bindgen]
pub async fn exchange(request: Ts<ExchangeRequest>, bytes: Uint8Array) -> Result<Ts<ExchangeReply>, JsError> {
    let bytes = Zeroizing::new(bytes.to_vec());
    let request = request.to_rust().map_err(|_| JsError::new("not a request"))?;
    let reply = crate::app::exchange(&Browser, request, bytes).await;
    reply.into_ts().map_err(|_| JsError::new("not a reply"))
}

/// Reads another app's export, for the Worker that `read.js` is. The password
/// comes in two spellings, as it was typed and NFKC-normalised; none if both are empty.
///
/// # Errors
/// Throws if what was read cannot be handed over.
#[wasm_bindgen(js_name = readFile)]
pub fn read_file(file: Uint8Array, typed: Uint8Array, normalised: Uint8Array) -> Result<Ts<Reading>, JsError> {
    let file = Zeroizing::new(file.to_vec());
    let password = (typed.length() > 0).then(|| Password::new(typed.to_vec(), normalised.to_vec()));
    let reading = crate::app::read_file(&file, password.as_ref());
    reading.into_ts().map_err(|_| JsError::new("not a reading"))
}

/// What is wrong with an account that is being typed in, as the name of a
/// [`Notice`](crate::protocol::Notice); `undefined` if nothing is.
///
/// # Errors
/// Throws if the draft is not one.
#[wasm_bindgen]
pub fn check(draft: Ts<Draft>, key: Uint8Array) -> Result<JsValue, JsError> {
    let key = Zeroizing::new(key.to_vec());
    let draft = draft.to_rust().map_err(|_| JsError::new("not a draft"))?;
    let problem = crate::app::check(&draft, &key);
    serde_wasm_bindgen::to_value(&problem).map_err(|_| JsError::new("not a notice"))
}

/// A text as a search compares it.
#[wasm_bindgen]
pub fn fold(text: &str) -> String {
    crate::app::fold(text)
}

/// Whether an origin, as the browser writes it, could be an organisation's own sign-in host.
#[wasm_bindgen]
pub fn organisation(origin: &str) -> bool {
    hosts::organisation(origin).is_some()
}

/// The computer was locked.
#[wasm_bindgen(js_name = computerLocked)]
pub async fn computer_locked() {
    crate::app::computer_locked(&Browser).await;
}

/// Asked by the worker for a content script; strangers and nonsense get `undefined`.
#[wasm_bindgen]
pub async fn answer(message: JsValue, sender: JsValue) -> JsValue {
    let Some(sender) = read::<Sender>(sender) else { return JsValue::UNDEFINED };
    let known = sender.origin.as_deref().is_some_and(|origin| hosts::find(origin).is_some());
    let granted = if known { Vec::new() } else { browser::granted_origins().await };
    let Ok(page) = caller::identify(&sender, &browser::own_id(), &granted) else { return JsValue::UNDEFINED };
    let Some(request) = read::<PageRequest>(message) else { return JsValue::UNDEFINED };
    let reply: PageReply = crate::app::answer(&Browser, &page, request).await;
    // After the reply, which must not wait for the network.
    wasm_bindgen_futures::spawn_local(async move { crate::app::check_clock(&Browser, &page).await });
    reply.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).unwrap_or(JsValue::UNDEFINED)
}

/// Something changed here or in the browser's sync store.
#[wasm_bindgen]
pub async fn sync() {
    crate::app::sync(&Browser).await;
}

/// The alarm went off.
#[wasm_bindgen]
pub async fn expire() {
    crate::app::expire(&Browser).await;
}

/// A tab was closed.
#[wasm_bindgen]
pub async fn forget(tab: i32) {
    crate::app::forget(&Browser, tab).await;
}

/// Argon2id, for the Worker that `derive.js` is; `undefined` where memory is short.
#[wasm_bindgen]
pub fn derive(passphrase: Uint8Array, salt: &[u8], memory_kib: u32, passes: u32, lanes: u32) -> Option<Uint8Array> {
    let passphrase = Passphrase::new(passphrase.to_vec());
    let salt = salt.try_into().ok()?;
    let kek = kdf::derive_kek(&passphrase, salt, Argon2Cost { memory_kib, passes, lanes })?;
    Some(Uint8Array::from(kek.expose().as_slice()))
}

fn read<T: DeserializeOwned>(value: JsValue) -> Option<T> {
    serde_wasm_bindgen::from_value(value).ok()
}
