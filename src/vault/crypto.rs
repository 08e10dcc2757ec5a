//! The two primitives: AES-256-GCM and HKDF-SHA256, and the keys they work on.

use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::{Aes256Gcm, Nonce, Tag};
use hkdf::Hkdf;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Bytes of an AES-GCM nonce.
pub const NONCE: usize = 12;
/// Bytes of an AES-GCM tag.
pub const TAG: usize = 16;

pub use kdf::KeyBytes;

/// The key of a vault: random, never leaves it but wrapped, never encrypts data itself.
pub struct VaultKey(KeyBytes);

impl VaultKey {
    /// Takes the bytes over, as read back from session storage.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        let mut key = Self(Box::default());
        key.0.copy_from_slice(bytes);
        key
    }

    /// The bytes, for wrapping and for session storage alone.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

/// HKDF-SHA256; `info` is given in parts.
pub fn derive(ikm: &[u8], salt: &[u8], info: &[&[u8]], out: &mut [u8]) {
    // The one refusal is an output over 8,160 bytes; ours are 16 or 32.
    let _ = Hkdf::<Sha256>::new(Some(salt), ikm).expand_multi_info(info, out);
}

/// [`derive()`] to a key.
pub fn derive_key(ikm: &[u8], salt: &[u8], info: &[&[u8]]) -> KeyBytes {
    let mut key = KeyBytes::default();
    derive(ikm, salt, info, key.as_mut_slice());
    key
}

/// Encrypts in place and appends the tag. `None` above 64 GiB.
pub fn seal(key: &[u8; 32], nonce: &[u8; NONCE], aad: &[u8], text: &mut Vec<u8>) -> Option<()> {
    let tag = Aes256Gcm::new(key.into())
        .encrypt_inout_detached(&Nonce::from(*nonce), aad, text.as_mut_slice().into())
        .ok()?;
    text.extend_from_slice(&tag);
    Some(())
}

/// Decrypts what [`seal()`] made; `None` if one bit of anything differs.
pub fn open(key: &[u8; 32], nonce: &[u8; NONCE], aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (text, tag) = sealed.split_last_chunk::<TAG>()?;
    let mut text = Zeroizing::new(text.to_vec());
    Aes256Gcm::new(key.into())
        .decrypt_inout_detached(&Nonce::from(*nonce), aad, text.as_mut_slice().into(), &Tag::from(*tag))
        .ok()?;
    Some(text)
}

/// Equality that takes as long whatever the bytes are.
pub fn same(a: &[u8], b: &[u8]) -> bool {
    bool::from(a.ct_eq(b))
}

#[cfg(test)]
mod tests {
    use strict_json::Value;

    use super::*;
    use data_encoding::HEXLOWER;

    #[test]
    fn aes_256_gcm_agrees_with_wycheproof() {
        let file = include_str!("../../tests/vectors/vault/aes-256-gcm-wycheproof.json");
        let file: Value = serde_json::from_str(file).unwrap();
        let mut tried = 0;
        for test in file["tests"].as_array().unwrap() {
            let bytes = |name: &str| HEXLOWER.decode(test[name].as_str().unwrap().as_bytes()).unwrap();
            let key: [u8; 32] = bytes("key").try_into().unwrap();
            let nonce: [u8; NONCE] = bytes("iv").try_into().unwrap();
            let (aad, text) = (bytes("aad"), bytes("msg"));
            let sealed = [bytes("ct"), bytes("tag")].concat();
            let opened = open(&key, &nonce, &aad, &sealed);
            let what = test["tcId"].to_string();
            if test["result"] == "valid" {
                assert!(opened.is_some_and(|opened| *opened == text), "{what}");
                let mut again = text;
                assert_eq!(seal(&key, &nonce, &aad, &mut again), Some(()), "{what}");
                assert!(again == sealed, "{what}");
            } else {
                assert!(opened.is_none(), "{what}");
            }
            tried += 1;
        }
        assert_eq!(tried, file["numberOfTests"]);
        println!("AES-256-GCM, Wycheproof: {tried} tried, 0 differ");
    }

    #[test]
    fn hkdf_agrees_with_rfc_5869() {
        // Appendix A.1, the info in two parts; A.3, without salt and info.
        let mut okm = [0; 42];
        let salt: Vec<u8> = (0..=0x0c).collect();
        derive(&[0x0b; 22], &salt, &[b"\xf0\xf1\xf2\xf3", b"\xf4\xf5\xf6\xf7\xf8\xf9"], &mut okm);
        let known = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865";
        assert_eq!(HEXLOWER.encode(&okm), known);
        derive(&[0x0b; 22], &[], &[], &mut okm);
        let known = "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8";
        assert_eq!(HEXLOWER.encode(&okm), known);
    }
}
