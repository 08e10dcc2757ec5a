//! The only code that knows a browser. Conversions, no decisions.
#![allow(unreachable_pub, reason = "what wasm-bindgen exports is reached from JavaScript")]

mod browser;

use std::pin::Pin;

use js_sys::{Array, Number, Object, Promise, Uint8Array};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use tsify::Ts;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{future_to_promise, spawn_local};
use zeroize::Zeroizing;

use crate::caller::{self, Sender};
use crate::exchange::Password;
use crate::json::{Json, MAX_DEPTH, Map};
use crate::pages::{domains, hosts};
use crate::plain::Plain;
use crate::protocol::{Draft, ExchangeRequest, SettingsRequest, Tab, UiRequest};
use crate::vault::kdf::{self, Argon2Cost, Passphrase};
use browser::Browser;

/// Freed memory is overwritten: what was decrypted leaves no copy behind.
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> = zeroizing_alloc::ZeroAlloc(std::alloc::System);

/// Asked by our own pages. `bytes` are copied in and the caller empties its own.
/// The promise is rejected if the request is not one.
#[wasm_bindgen(unchecked_return_type = "Promise<Reply>")]
pub fn ask(request: Ts<UiRequest>, tab: Ts<Tab>, bytes: Uint8Array) -> Promise {
    let bytes = Zeroizing::new(bytes.to_vec());
    promise(async move {
        let (request, tab) = (read(request.into())?, read(tab.into())?);
        write(&crate::app::ask(&Browser, &tab, request, bytes).await)
    })
}

/// Asked by our own pages that change settings. As with [`ask`].
#[wasm_bindgen(unchecked_return_type = "Promise<SettingsReply>")]
pub fn manage(request: Ts<SettingsRequest>, bytes: Uint8Array) -> Promise {
    let bytes = Zeroizing::new(bytes.to_vec());
    promise(async move { write(&crate::app::manage(&Browser, read(request.into())?, bytes).await) })
}

/// Asked by our own pages for import, export, backup and sync. As with [`ask`].
#[wasm_bindgen(unchecked_return_type = "Promise<ExchangeReply>")]
pub fn exchange(request: Ts<ExchangeRequest>, bytes: Uint8Array) -> Promise {
    let bytes = Zeroizing::new(bytes.to_vec());
    promise(async move { write(&crate::app::exchange(&Browser, read(request.into())?, bytes).await) })
}

/// Reads another app's export, for the Worker that `read.js` is. The password
/// comes in two spellings, as it was typed and NFKC-normalised; none if both are empty.
///
/// # Errors
/// Throws if what was read cannot be handed over.
#[wasm_bindgen(js_name = readFile, unchecked_return_type = "Reading")]
pub fn read_file(file: Uint8Array, typed: Uint8Array, normalised: Uint8Array) -> Result<JsValue, JsValue> {
    let file = Zeroizing::new(file.to_vec());
    let password = (typed.length() > 0).then(|| Password::new(typed.to_vec(), normalised.to_vec()));
    write(&crate::app::read_file(&file, password.as_ref()))
}

/// What is wrong with an account that is being typed in, as the name of a
/// [`Notice`](crate::protocol::Notice); `undefined` if nothing is.
///
/// # Errors
/// Throws if the draft is not one.
#[wasm_bindgen]
pub fn check(draft: Ts<Draft>, key: Uint8Array) -> Result<JsValue, JsValue> {
    let key = Zeroizing::new(key.to_vec());
    write(&crate::app::check(&read(draft.into())?, &key))
}

/// A text as a search compares it.
#[wasm_bindgen]
pub fn fold(text: &str) -> String {
    crate::app::fold(text)
}

/// The organisation's decisions are others now.
#[wasm_bindgen(js_name = policyChanged, unchecked_return_type = "Promise<void>")]
pub fn policy_changed() -> Promise {
    done(crate::app::policy_changed(&Browser))
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
    done(crate::app::computer_locked(&Browser))
}

/// Asked by the worker for a content script; strangers and nonsense get `undefined`.
#[wasm_bindgen(unchecked_return_type = "Promise<PageReply | undefined>")]
pub fn answer(message: JsValue, sender: JsValue) -> Promise {
    promise(async move {
        let Ok(sender) = read::<Sender>(sender) else { return Ok(JsValue::UNDEFINED) };
        let known = sender.origin.as_deref().is_some_and(|origin| hosts::find(origin).is_some());
        let granted = if known { Vec::new() } else { browser::granted_origins().await };
        let Ok(page) = caller::identify(&sender, &browser::own_id(), &granted) else { return Ok(JsValue::UNDEFINED) };
        let Ok(request) = read(message) else { return Ok(JsValue::UNDEFINED) };
        let reply = crate::app::answer(&Browser, &page, request).await;
        // After the reply, which must not wait for the network.
        spawn_local(async move { crate::app::check_clock(&Browser, &page).await });
        write(&reply)
    })
}

/// Something changed here or in the browser's sync store.
#[wasm_bindgen(unchecked_return_type = "Promise<void>")]
pub fn sync() -> Promise {
    done(crate::app::sync(&Browser))
}

/// The alarm went off.
#[wasm_bindgen(unchecked_return_type = "Promise<void>")]
pub fn expire() -> Promise {
    done(crate::app::expire(&Browser))
}

/// A tab was closed.
#[wasm_bindgen(unchecked_return_type = "Promise<void>")]
pub fn forget(tab: i32) -> Promise {
    done(crate::app::forget(&Browser, tab))
}

/// Argon2id, for the Worker that `derive.js` is; `undefined` where memory is short.
#[wasm_bindgen]
pub fn derive(passphrase: Uint8Array, salt: &[u8], memory_kib: u32, passes: u32, lanes: u32) -> Option<Uint8Array> {
    let passphrase = Passphrase::new(passphrase.to_vec());
    let salt = salt.try_into().ok()?;
    let kek = kdf::derive_kek(&passphrase, salt, Argon2Cost { memory_kib, passes, lanes })?;
    Some(Uint8Array::from(kek.expose().as_slice()))
}

type Work = Pin<Box<dyn Future<Output = Result<JsValue, JsValue>>>>;

/// A promise of what the work comes to. One kind of work, because each that is
/// made a promise of brings the whole machinery along: ten of them were 10 kB.
fn promise(work: impl Future<Output = Result<JsValue, JsValue>> + 'static) -> Promise {
    let work: Work = Box::pin(work);
    future_to_promise(work)
}

/// The same of work that comes to nothing.
fn done(work: impl Future<Output = ()> + 'static) -> Promise {
    promise(async {
        work.await;
        Ok(JsValue::UNDEFINED)
    })
}

fn read<T: Plain>(value: JsValue) -> Result<T, JsValue> {
    T::from_plain(json(&value, MAX_DEPTH)).ok_or_else(|| JsError::new("not what is asked here").into())
}

/// JavaScript's value, as deep as JSON may be; what is no plain data is nothing. Not by serde, whose
/// messages about each wrong type weigh more than all of this reads.
fn json(value: &JsValue, depth: usize) -> Json {
    if let Some(value) = value.as_bool() {
        Json::Bool(value)
    } else if let Some(number) = value.as_f64() {
        // The cast loses nothing then. Nothing that is asked has fractions.
        if Number::is_safe_integer(value) { Json::Whole(number as i64) } else { Json::Number(String::new()) }
    } else if let Some(text) = value.as_string() {
        Json::text(text)
    } else if depth == 0 {
        Json::Null
    } else if Array::is_array(value) {
        Json::List(Array::from(value).iter().map(|item| json(&item, depth - 1)).collect())
    } else if let Some(fields) = value.dyn_ref::<Object>() {
        let mut map = Map::default();
        for pair in Object::entries(fields).iter() {
            let pair = Array::from(&pair);
            map.insert(pair.get(0).as_string().unwrap_or_default(), json(&pair.get(1), depth - 1));
        }
        Json::Map(map)
    } else {
        Json::Null
    }
}

fn write(data: &impl Plain) -> Result<JsValue, JsValue> {
    data.to_plain().serialize(&Serializer::new()).map_err(Into::into)
}
