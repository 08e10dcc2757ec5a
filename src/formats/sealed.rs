//! The ciphers and key derivations of other apps' files.
//!
//! Each function takes what a file says and answers the plain bytes, wiped on
//! drop. Costs have passed [`limits`](super::limits) before they come here.

use aes::cipher::KeyInit;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, KeyIvInit};
use hmac::{Hmac, Mac};
use md5::{Digest, Md5};
use otp::Algorithm as Hash;
use pbkdf2::pbkdf2_hmac;
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use zeroize::Zeroizing;

use super::error::ImportError;

/// 32 secret bytes.
pub(crate) type Key = Zeroizing<[u8; 32]>;

/// AES-256-GCM, the tag at the end. `None` if one bit of anything differs.
pub(crate) fn open_gcm(key: &Key, nonce: &[u8], aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    vault::crypto::open(key, nonce.try_into().ok()?, aad, sealed)
}

/// AES-256-CBC with PKCS #7 padding. It has no authentication: a wrong key most often shows in the padding.
pub(crate) fn open_cbc(key: &[u8; 32], iv: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let iv = <[u8; 16]>::try_from(iv).ok()?;
    unpad(cbc::Decryptor::<aes::Aes256>::new(key.into(), (&iv).into()), sealed)
}

/// What the first block under AES-256-CBC with an IV of zeros says.
pub(crate) fn first_block(key: &[u8; 32], sealed: &[u8]) -> Option<[u8; 16]> {
    let mut block = cbc::cipher::Block::<aes::Aes256>::from(*sealed.first_chunk::<16>()?);
    aes::cipher::BlockCipherDecrypt::decrypt_block(&aes::Aes256::new(key.into()), &mut block);
    Some(block.into()).filter(|_| sealed.len().is_multiple_of(16))
}

/// Twofish-CBC with PKCS #7 padding, which only KeePass uses.
pub(crate) fn open_twofish(key: &[u8; 32], iv: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let iv = <[u8; 16]>::try_from(iv).ok()?;
    unpad(cbc::Decryptor::<twofish::Twofish>::new_from_slices(key, &iv).ok()?, sealed)
}

fn unpad(decryptor: impl BlockModeDecrypt, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut text = Zeroizing::new(sealed.to_vec());
    let length = decryptor.decrypt_padded::<Pkcs7>(&mut text).ok()?.len();
    text.truncate(length);
    Some(text)
}

/// PBKDF2 under HMAC with that hash.
pub(crate) fn pbkdf2(hash: Hash, password: &[u8], salt: &[u8], rounds: u32) -> Key {
    let derive = match hash {
        Hash::Sha1 => pbkdf2_hmac::<Sha1>,
        Hash::Sha256 => pbkdf2_hmac::<Sha256>,
        Hash::Sha512 => pbkdf2_hmac::<Sha512>,
    };
    let mut key = Key::default();
    derive(password, salt, rounds, key.as_mut_slice());
    key
}

/// scrypt.
pub(crate) fn scrypt(password: &[u8], salt: &[u8], cost: (u8, u32, u32)) -> Result<Key, ImportError> {
    let (log_n, r, p) = cost;
    let params = scrypt::Params::new(log_n, r, p).map_err(|_| ImportError::Damaged)?;
    let mut key = Key::default();
    scrypt::scrypt(password, salt, &params, key.as_mut_slice()).map_err(|_| ImportError::Damaged)?;
    Ok(key)
}

/// Argon2id, version 0x13. The cost is KiB of memory, passes, lanes.
pub(crate) fn argon2id(password: &[u8], salt: &[u8], cost: (u32, u32, u32)) -> Result<Key, ImportError> {
    argon2(Algorithm::Argon2id, password, salt, cost)
}

/// Argon2, of which only KeePass uses other kinds.
pub(crate) fn argon2(
    algorithm: Algorithm,
    password: &[u8],
    salt: &[u8],
    cost: (u32, u32, u32),
) -> Result<Key, ImportError> {
    let (memory, passes, lanes) = cost;
    let params = Params::new(memory, passes, lanes, Some(32)).map_err(|_| ImportError::Damaged)?;
    // Reserved by hand, because the crate's own allocation aborts where memory is short.
    let mut blocks = Zeroizing::new(Vec::<Block>::new());
    blocks.try_reserve_exact(params.block_count()).map_err(|_| ImportError::NoMemory)?;
    blocks.resize(params.block_count(), Block::default());
    let mut key = Key::default();
    Argon2::new(algorithm, Version::V0x13, params)
        .hash_password_into_with_memory(password, salt, key.as_mut_slice(), blocks.as_mut_slice())
        .map_err(|_| ImportError::Damaged)?;
    Ok(key)
}

/// HMAC-SHA256, checked in constant time.
pub(crate) fn is_hmac_sha256(key: &[u8], parts: &[&[u8]], expected: &[u8]) -> bool {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return false };
    for part in parts {
        mac.update(part);
    }
    mac.verify_slice(expected).is_ok()
}

/// CryptoJS' passphrase mode, which is OpenSSL's of old: base64 of `Salted__`,
/// eight bytes of salt and AES-256-CBC, key and IV by one round of MD5.
pub(crate) fn open_crypto_js(passphrase: &[u8], text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let bytes = data_encoding::BASE64.decode(text.trim().as_bytes()).ok()?;
    let (salt, sealed) = bytes.strip_prefix(b"Salted__")?.split_first_chunk::<8>()?;
    let mut stream = Zeroizing::new([0u8; 48]);
    let mut block = Zeroizing::new(Vec::with_capacity(16 + passphrase.len() + 8));
    for out in stream.chunks_exact_mut(16) {
        block.extend_from_slice(passphrase);
        block.extend_from_slice(salt);
        let digest = Md5::digest(block.as_slice());
        out.copy_from_slice(&digest);
        block.clear();
        block.extend_from_slice(&digest);
    }
    let (key, iv) = stream.split_first_chunk::<32>()?;
    open_cbc(key, iv, sealed)
}
