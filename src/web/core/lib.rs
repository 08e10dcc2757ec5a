//! The only code that knows a browser. Conversions, no decisions.
#![cfg(target_arch = "wasm32")]
#![allow(unreachable_pub, reason = "what wasm-bindgen exports is reached from JavaScript")]

mod browser;
mod folder;
mod snapshot;

use js_sys::{Array, Function, JsString, Promise, Uint8Array};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_wasm_bindgen::Serializer;
use tsify::Ts;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise, spawn_local};
use zeroize::Zeroizing;

use app::protocol::{Draft, ExchangeRequest, Screen, SettingsRequest, Tab, UiRequest};
use app::sender::{self, Page, Sender};
use folder::FolderAccess;
use kdf::{self, Argon2Cost, Passphrase};
use pages::description::{self, Collected};
use pages::{domains, hosts};
use platform::Cached;

/// One type of world, whatever has been read of it, so that each use case is compiled once.
type World = Cached<'static, browser::Browser>;

/// Freed memory is overwritten: what was decrypted leaves no copy behind.
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> = zeroizing_alloc::ZeroAlloc(std::alloc::System);

/// A crash names its line, and never a value: what a panic's message says may have one in it.
#[wasm_bindgen(start)]
fn start() {
    std::panic::set_hook(Box::new(|panic| {
        if let Some(at) = panic.location() {
            crashed(at.file(), at.line());
        }
    }));
}

#[wasm_bindgen(raw_module = "../crash.js")]
extern "C" {
    fn crashed(file: &str, line: u32);
}

/// What a popup paints first, of what its page has read; `undefined` where that does not tell. `stores` is what
/// `snapshot.js` makes.
#[wasm_bindgen(unchecked_return_type = "Promise<Reply | undefined>")]
pub fn glance(stores: JsValue, tab: Ts<Tab>) -> Promise {
    let world = World::read_only(&browser::Browser, snapshot::stores(&stores));
    promise(async move { write(&app::glance(&world, &read(tab.into())?).await) })
}

/// Asked by our own pages. `bytes` are copied in and the caller empties its own.
/// The promise is rejected if the request is not one.
#[wasm_bindgen(unchecked_return_type = "Promise<Reply>")]
pub fn ask(request: Ts<UiRequest>, tab: Ts<Tab>, bytes: Uint8Array) -> Promise {
    let bytes = Zeroizing::new(bytes.to_vec());
    promise(async move {
        let (request, tab): (UiRequest, Tab) = (read(request.into())?, read(tab.into())?);
        let opens = request.opens();
        let reply = app::ask(&world(), &tab, request, bytes).await;
        // After the reply, which must not wait for what other browsers have stored.
        if opens && reply.view.screen == Screen::Accounts {
            spawn_local(async { app::sync(&world()).await });
        }
        write(&reply)
    })
}

/// Asked by our own pages that change settings. As with [`ask`].
#[wasm_bindgen(unchecked_return_type = "Promise<SettingsReply>")]
pub fn manage(request: Ts<SettingsRequest>, bytes: Uint8Array) -> Promise {
    let bytes = Zeroizing::new(bytes.to_vec());
    promise(async move { write(&app::manage(&world(), read(request.into())?, bytes).await) })
}

/// Asked by our own pages for import, export, backup and sync. As with [`ask`].
#[wasm_bindgen(unchecked_return_type = "Promise<ExchangeReply>")]
pub fn exchange(request: Ts<ExchangeRequest>, bytes: Uint8Array) -> Promise {
    let bytes = Zeroizing::new(bytes.to_vec());
    promise(async move { write(&app::exchange(&world(), read(request.into())?, bytes).await) })
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

/// How strong a passphrase is that is being chosen: from 0, too short, over 1, weak, to 4, strong.
#[wasm_bindgen]
pub fn strength(passphrase: Uint8Array) -> u32 {
    let bytes = Zeroizing::new(passphrase.to_vec());
    std::str::from_utf8(&bytes).map_or(0, strength::score)
}

/// The organisation's decisions are others now.
#[wasm_bindgen(js_name = policyChanged, unchecked_return_type = "Promise<void>")]
pub fn policy_changed() -> Promise {
    done(async { app::policy_changed(&world()).await })
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

/// What a page is made of, in words that have nothing of a person in them; `undefined` of a page that is not Microsoft's.
///
/// # Errors
/// Throws if what was collected is not in that shape.
#[wasm_bindgen]
pub fn describe(page: Ts<Collected>) -> Result<Option<String>, JsValue> {
    Ok(description::describe(&read(page.into())?))
}

/// The computer was locked.
#[wasm_bindgen(js_name = computerLocked, unchecked_return_type = "Promise<void>")]
pub fn computer_locked() -> Promise {
    done(async { app::computer_locked(&world()).await })
}

/// Asked by the worker for a content script, under the lock of its tab; strangers and nonsense get `undefined`. `seen` is
/// what `stores.js` has read for it.
#[wasm_bindgen(unchecked_return_type = "Promise<PageReply | undefined>")]
pub fn answer(message: JsValue, sender: JsValue, seen: JsValue) -> Promise {
    promise(async move {
        let Some(page) = identify(sender, &seen) else { return Ok(JsValue::UNDEFINED) };
        let Ok(request) = read(message) else { return Ok(JsValue::UNDEFINED) };
        let reply = app::answer(&World::of(&browser::Browser, snapshot::stores(&seen)), &page, request).await;
        // After the reply, which must not wait for the network.
        spawn_local(async move { app::check_clock(&world(), &page).await });
        write(&reply)
    })
}

/// The same for pictures that a content script hands over, as `data:` URLs. They stay in JavaScript: `scan` takes one
/// and gives the payloads of its QR codes, and is called only for a sender that is proved and sets up accounts.
#[wasm_bindgen(unchecked_return_type = "Promise<PageReply | undefined>")]
pub fn captured(pictures: JsValue, sender: JsValue, seen: JsValue, scan: Function) -> Promise {
    promise(async move {
        let Some(page) = identify(sender, &seen) else { return Ok(JsValue::UNDEFINED) };
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
        // The scans have taken their time: the stores are asked anew.
        write(&app::captured(&world(), &page, &payloads).await)
    })
}

/// The proof of who speaks.
fn identify(sender: JsValue, seen: &JsValue) -> Option<Page> {
    let sender: Sender = read(sender).ok()?;
    if !snapshot::sees(seen) {
        return None;
    }
    sender::identify(&sender, &browser::self_id(), &snapshot::granted_origins(seen)).ok()
}

/// The world, of which nothing has been read.
fn world() -> World {
    World::new(&browser::Browser)
}

/// The vault may have changed since it was copied into the folder.
#[wasm_bindgen(js_name = saveCopy, unchecked_return_type = "Promise<void>")]
pub fn save_copy(folder: FolderAccess) -> Promise {
    done(async move { app::save_copy(&world(), &folder).await })
}

/// The newest copy of each vault that lies in a folder. The promise is rejected if it cannot be listed.
#[wasm_bindgen(js_name = findCopies, unchecked_return_type = "Promise<FoundCopies>")]
pub fn find_copies(folder: FolderAccess) -> Promise {
    promise(async move {
        let found = vault::folder::find(&folder).await.map_err(|_| JsError::new("the folder cannot be read"))?;
        write(&found)
    })
}

/// Something changed here or in the browser's sync store.
#[wasm_bindgen(unchecked_return_type = "Promise<void>")]
pub fn sync() -> Promise {
    done(async { app::sync(&world()).await })
}

/// The alarm went off.
#[wasm_bindgen(unchecked_return_type = "Promise<void>")]
pub fn expire() -> Promise {
    done(async { app::expire(&world()).await })
}

/// A tab was closed.
#[wasm_bindgen(unchecked_return_type = "Promise<void>")]
pub fn forget(tab: i32) -> Promise {
    done(async move { app::forget(&world(), tab).await })
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
    data.serialize(&Serializer::new().serialize_maps_as_objects(true)).map_err(Into::into)
}
