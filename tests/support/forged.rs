//! A vault whose sealed contents are whatever they are.

use std::sync::OnceLock;

use crate::forge::Parts;
use crate::{Fake, now, passphrase};
use platform::Store;
use vault::key_slots::NewUnlockMethod;
use vault::recovery::RecoveryCode;
use vault::{Contents, VaultKey, store};

/// A world in which `json`, properly sealed, is the vault.
pub fn vault_of(json: &[u8]) -> (Fake, VaultKey) {
    static EMPTY: OnceLock<Empty> = OnceLock::new();
    let words = passphrase("correct horse");
    let (parts, key) = forged(EMPTY.get_or_init(|| empty(NewUnlockMethod::Passphrase(&words))), json);
    let p = Fake::new();
    p.put(Store::Local, "v1.a", Some(&parts.to_text()));
    (p, VaultKey::from_bytes(key))
}

/// A parcel with `json` in it, properly sealed, and the code that opens it.
pub fn parcel_of(json: &[u8]) -> (Vec<u8>, RecoveryCode) {
    static EMPTY: OnceLock<Empty> = OnceLock::new();
    let code = RecoveryCode::of(&[7; 16]);
    let (parts, _) = forged(EMPTY.get_or_init(|| empty(NewUnlockMethod::Recovery(&code))), json);
    (parts.to_bytes(), code)
}

/// The text of a vault with nothing in it, and its key.
type Empty = (String, [u8; 32]);

fn empty(unlock_method: NewUnlockMethod<'_>) -> Empty {
    let p = Fake::new();
    let Ok(key) = now(store::create(&p, &[("", unlock_method)], &Contents::default())) else {
        unreachable!("nothing fails here")
    };
    (p.text(Store::Local, "v1.a").unwrap_or_default(), *key.expose())
}

fn forged<'a>((text, key): &'a Empty, json: &[u8]) -> (Parts, &'a [u8; 32]) {
    let mut parts = Parts::from_text(text);
    parts.reseal_json(key, json);
    (parts, key)
}
