//! The two primitives: AES-256-GCM and HKDF-SHA256, and the keys they work on.

use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::{Aes256Gcm, Nonce, Tag};
use hkdf::Hkdf;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Bytes of an AES-GCM nonce.
pub(crate) const NONCE: usize = 12;
/// Bytes of an AES-GCM tag.
pub(crate) const TAG: usize = 16;

/// 32 secret bytes on the heap, so that moving the owner leaves no copy behind.
pub(crate) type KeyBytes = Box<Zeroizing<[u8; 32]>>;

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
pub(crate) fn derive(ikm: &[u8], salt: &[u8], info: &[&[u8]], out: &mut [u8]) {
    // The one refusal is an output over 8,160 bytes; ours are 16 or 32.
    let _ = Hkdf::<Sha256>::new(Some(salt), ikm).expand_multi_info(info, out);
}

/// [`derive()`] to a key.
pub(crate) fn derive_key(ikm: &[u8], salt: &[u8], info: &[&[u8]]) -> KeyBytes {
    let mut key = KeyBytes::default();
    derive(ikm, salt, info, key.as_mut_slice());
    key
}

/// Encrypts in place and appends the tag. `None` above 64 GiB.
pub(crate) fn seal(key: &[u8; 32], nonce: &[u8; NONCE], aad: &[u8], text: &mut Vec<u8>) -> Option<()> {
    let tag = Aes256Gcm::new(key.into())
        .encrypt_inout_detached(&Nonce::from(*nonce), aad, text.as_mut_slice().into())
        .ok()?;
    text.extend_from_slice(&tag);
    Some(())
}

/// Decrypts what [`seal()`] made; `None` if one bit of anything differs.
pub(crate) fn open(key: &[u8; 32], nonce: &[u8; NONCE], aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (text, tag) = sealed.split_last_chunk::<TAG>()?;
    let mut text = Zeroizing::new(text.to_vec());
    Aes256Gcm::new(key.into())
        .decrypt_inout_detached(&Nonce::from(*nonce), aad, text.as_mut_slice().into(), &Tag::from(*tag))
        .ok()?;
    Some(text)
}

/// Equality that takes as long whatever the bytes are.
pub(crate) fn same(a: &[u8], b: &[u8]) -> bool {
    bool::from(a.ct_eq(b))
}
