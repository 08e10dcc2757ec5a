//! A vault whose sealed contents are whatever they are.

use std::sync::OnceLock;

use crate::forge::Parts;
use crate::{Fake, now, passphrase};
use platform::Store;
use vault::key_slots::NewUnlockMethod;
use vault::{Contents, VaultKey, store};

/// A world in which `json`, properly sealed, is the vault.
pub fn vault_of(json: &[u8]) -> (Fake, VaultKey) {
    static EMPTY: OnceLock<(String, [u8; 32])> = OnceLock::new();
    let (text, key) = EMPTY.get_or_init(|| {
        let p = Fake::new();
        let words = passphrase("correct horse");
        let unlock_methods = [("", NewUnlockMethod::Passphrase(&words))];
        let Ok(key) = now(store::create(&p, &unlock_methods, &Contents::default())) else {
            unreachable!("nothing fails here")
        };
        (p.text(Store::Local, "v1.a").unwrap_or_default(), *key.expose())
    });
    let mut parts = Parts::from_text(text);
    parts.reseal_json(key, json);
    let p = Fake::new();
    p.put(Store::Local, "v1.a", Some(&parts.to_text()));
    (p, VaultKey::from_bytes(key))
}
