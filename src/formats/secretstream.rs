//! libsodium's `crypto_secretstream_xchacha20poly1305`, one message of it; and XChaCha20-Poly1305 by itself.
//!
//! After libsodium's documentation of the algorithm: a subkey by HChaCha20 from
//! the first 16 bytes of the header, a nonce of a counter from 1 and the other
//! 8, ChaCha20-Poly1305 with the message's tag byte in a block of its own.
//!
//! Weighed: crypto_secretstream; not taken because it stands on an older
//! generation of the same ciphers (chacha20 0.9, getrandom 0.2), which would be
//! shipped twice.

use chacha20::cipher::{KeyIvInit, StreamCipher, StreamCipherSeek};
use chacha20::{ChaCha20, R20, hchacha};
use poly1305::Poly1305;
use poly1305::universal_hash::KeyInit;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::sealed::Key;

const BLOCK: usize = 64;
/// Bytes that a message is longer for being sealed: the tag byte and the authenticator.
const MORE: usize = 17;

/// The cipher under a nonce of 24 bytes, and a number before its last eight.
fn cipher(key: &Key, nonce: &[u8], number: u32) -> Option<ChaCha20> {
    let (input, tail) = nonce.split_first_chunk::<16>()?;
    let subkey = Zeroizing::new(<[u8; 32]>::from(hchacha::<R20>((&**key).into(), input.into())));
    let mut nonce = [0; 12];
    let (counter, last) = nonce.split_first_chunk_mut::<4>()?;
    *counter = number.to_le_bytes();
    last.copy_from_slice(<&[u8; 8]>::try_from(tail).ok()?);
    Some(ChaCha20::new((&*subkey).into(), (&nonce).into()))
}

/// XChaCha20-Poly1305 without associated data (draft-irtf-cfrg-xchacha); `None` if it is not under that key.
pub(crate) fn open_alone(key: &Key, nonce: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut cipher = cipher(key, nonce, 0)?;
    let (text, expected) = sealed.split_last_chunk::<16>()?;
    let mut mac_key = Zeroizing::new([0; 32]);
    cipher.apply_keystream(mac_key.as_mut_slice());
    let mut authenticated = text.to_vec();
    authenticated.resize(text.len().next_multiple_of(16), 0);
    authenticated.extend_from_slice(&0u64.to_le_bytes());
    authenticated.extend_from_slice(&(text.len() as u64).to_le_bytes());
    let tag = Poly1305::new((&*mac_key).into()).compute_unpadded(&authenticated);
    if !bool::from(tag.as_slice().ct_eq(expected)) {
        return None;
    }
    let mut plain = Zeroizing::new(text.to_vec());
    cipher.try_seek(BLOCK).ok()?;
    cipher.apply_keystream(&mut plain);
    Some(plain)
}

/// Opens the first message of a stream; `None` if it is not under that key.
pub(crate) fn open(key: &Key, header: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    if sealed.len() < MORE {
        return None;
    }
    let mut cipher = cipher(key, header, 1)?;

    let mut mac_key = Zeroizing::new([0; 32]);
    cipher.apply_keystream(mac_key.as_mut_slice());

    let (&tag, rest) = sealed.split_first()?;
    let (text, expected) = rest.split_last_chunk::<16>()?;

    // The tag is encrypted as the first byte of a block of zeros, and authenticated as that block.
    let mut block = [0; BLOCK];
    cipher.try_seek(BLOCK).ok()?;
    cipher.apply_keystream(&mut block);
    *block.first_mut()? = tag;
    let mut authenticated = Vec::with_capacity(BLOCK + text.len() + 15 + 16);
    authenticated.extend_from_slice(&block);
    authenticated.extend_from_slice(text);
    // Not RFC 8439's padding, which would be what is missing to 16: libsodium adds what is over, and has kept to it.
    authenticated.resize(authenticated.len() + text.len() % 16, 0);
    authenticated.extend_from_slice(&0u64.to_le_bytes());
    authenticated.extend_from_slice(&((BLOCK + text.len()) as u64).to_le_bytes());
    let tag = Poly1305::new((&*mac_key).into()).compute_unpadded(&authenticated);
    if !bool::from(tag.as_slice().ct_eq(expected)) {
        return None;
    }
    let mut plain = Zeroizing::new(text.to_vec());
    cipher.try_seek(2 * BLOCK).ok()?;
    cipher.apply_keystream(&mut plain);
    Some(plain)
}
