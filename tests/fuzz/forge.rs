//! A vault whose sealed contents are whatever they are.

#![allow(unreachable_pub, reason = "a module of the fuzz targets and of a test")]

use std::future::Future;
use std::sync::OnceLock;

#[path = "../support/forge.rs"]
mod parts;
#[path = "../support/mod.rs"]
mod support;

pub use support::{Fake, now as run_now};
use tofaktor::platform::Store;
use tofaktor::vault::ways::NewWay;
use tofaktor::vault::{Contents, VaultKey, store};

/// A world in which `json`, properly sealed, is the vault.
pub fn vault_of(json: &[u8]) -> (Fake, VaultKey) {
    static EMPTY: OnceLock<(String, [u8; 32])> = OnceLock::new();
    let (text, key) = EMPTY.get_or_init(|| {
        let p = Fake::new();
        let words = support::passphrase("correct horse");
        let ways = [("", NewWay::Passphrase(&words))];
        let Ok(key) = now(store::create(&p, &ways, &Contents::default())) else { unreachable!("nothing fails here") };
        (p.text(Store::Local, "v1.a").unwrap_or_default(), *key.expose())
    });
    let mut parts = parts::Parts::from_text(text);
    parts.reseal_json(key, json);
    let p = Fake::new();
    p.put(Store::Local, "v1.a", Some(&parts.to_text()));
    (p, VaultKey::from_bytes(key))
}

/// Runs a task that waits for nothing outside of it.
pub fn now<T>(task: impl Future<Output = T>) -> T {
    run_now(task)
}
