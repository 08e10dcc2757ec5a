//! A letter box: anybody can put something in, and only what opens the vault takes it out.
//!
//! Accounts are found while the vault is closed, too. Each is sealed as it is found, to a public key that lies beside
//! the vault; the private half is derived from the vault key and stands nowhere. A key that is not there yet (a vault
//! from before there was one) is laid down when the vault is opened next.
//!
//! X25519 is `x25519-dalek`'s, and the rest the vault's own HKDF and AES-GCM, in the manner of ECIES: a fresh pair of
//! keys for each seal. `hpke` (RFC 9180) would be the same on the same crate, with a key schedule for many messages
//! and a second trait for randomness; `crypto_box` brings XSalsa20 and Poly1305 along, which nothing else here needs.

use zeroize::Zeroizing;

use super::crypto::{self, KeyBytes, NONCE, VaultKey};
use super::storage_scan::keys;
use data_encoding::BASE64;
use platform::{Outage, Platform, Store};
use x25519_dalek::{PublicKey, SharedSecret, StaticSecret};

const PRIVATE: &[u8] = b"m365totp/v1/capture";
const SEAL: &[u8] = b"m365totp/v1/capture-seal";
/// Each key seals once.
const FIRST: [u8; NONCE] = [0; NONCE];

/// The public half.
pub struct CaptureKey(PublicKey);

impl CaptureKey {
    /// The one that lies beside the vault; `None` where there is no vault, or one that was not opened since.
    pub async fn read<P: Platform>(p: &P) -> Option<Self> {
        let text = p.get_one(Store::Local, keys::CAPTURE).await.ok()??;
        let bytes: [u8; 32] = BASE64.decode(text.as_bytes()).ok()?.try_into().ok()?;
        Some(Self(bytes.into()))
    }

    /// Lays down the vault's own, if another lies there, or none.
    pub async fn lay_down<P: Platform>(p: &P, key: &VaultKey) -> Result<(), Outage> {
        let text = BASE64.encode(PublicKey::from(&private(key)).as_bytes());
        if p.get_one(Store::Local, keys::CAPTURE).await?.as_ref() == Some(&text) {
            return Ok(());
        }
        let laid = p.set(Store::Local, &[(keys::CAPTURE, Some(&text))]).await;
        if laid.is_err() {
            // Better none than one whose private half is no more.
            let _ = p.set(Store::Local, &[(keys::CAPTURE, None)]).await;
        }
        laid
    }

    /// Whether that key opens what is sealed to this one.
    pub fn is_of(&self, key: &VaultKey) -> bool {
        self.0 == PublicKey::from(&private(key))
    }

    /// Seals the text; `fresh` is random, and used for nothing else. `None` where the key is no key.
    pub fn seal(&self, fresh: &Zeroizing<[u8; 32]>, text: &[u8]) -> Option<String> {
        let once = StaticSecret::from(**fresh);
        let sender = PublicKey::from(&once);
        let mut sealed = Vec::with_capacity(text.len() + crypto::TAG);
        sealed.extend_from_slice(text);
        let key = seal_key(&once.diffie_hellman(&self.0), &sender, &self.0)?;
        crypto::seal(&key, &FIRST, &[], &mut sealed)?;
        Some(BASE64.encode(&[sender.as_bytes(), sealed.as_slice()].concat()))
    }
}

impl VaultKey {
    /// What was sealed to [`CaptureKey`]; `None` if it was another vault's, or one bit of it differs.
    pub fn open_capture(&self, sealed: &str) -> Option<Zeroizing<Vec<u8>>> {
        let bytes = BASE64.decode(sealed.as_bytes()).ok()?;
        let (sender, sealed) = bytes.split_first_chunk::<32>()?;
        let (own, sender) = (private(self), PublicKey::from(*sender));
        let key = seal_key(&own.diffie_hellman(&sender), &sender, &PublicKey::from(&own))?;
        crypto::open(&key, &FIRST, &[], sealed)
    }
}

fn private(key: &VaultKey) -> StaticSecret {
    let bytes: KeyBytes = crypto::derive_key(key.expose(), &[], &[PRIVATE]);
    StaticSecret::from(**bytes)
}

/// `None` where one of the two public keys is of those that make every secret the same.
fn seal_key(shared: &SharedSecret, sender: &PublicKey, receiver: &PublicKey) -> Option<KeyBytes> {
    let key = || crypto::derive_key(shared.as_bytes(), &[], &[SEAL, sender.as_bytes(), receiver.as_bytes()]);
    shared.was_contributory().then(key)
}
