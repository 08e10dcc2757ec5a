//! FreeOTP 2: a Java-serialised map of texts.
//!
//! <https://github.com/freeotp/freeotp-android>, packages `encryptor` and
//! `utils`. `masterKey` holds a random key, sealed by AES-256-GCM under PBKDF2;
//! each token is `<id>` (its secret, sealed under the master key) and
//! `<id>-token` (the rest, in the open). The associated data of a sealing is
//! the name in its `mToken`, the nonce is in DER: in a SEQUENCE, or bare.

use zeroize::Zeroizing;

use super::draft::{Draft, Written, read_bytes};
use super::error::{ImportError, Why};
use super::json::{self, Fields, Value};
use super::limits::{self, Budget};
use super::sealed::{self, Key};
use super::{Format, Import, Password, freeotp, java};
use otp::Algorithm;

const MASTER_KEY: &str = "masterKey";
const TOKEN: &str = "-token";

pub(crate) fn read(bytes: &[u8], password: Option<&Password>, budget: &Budget) -> Result<Import, ImportError> {
    let map = java::read_map(bytes, budget)?;
    let find = |name: &str| map.iter().find(|(key, _)| key.as_str() == name).map(|(_, value)| value.as_str());
    let master = find(MASTER_KEY).ok_or(ImportError::NotAnExport)?;
    let password = password.ok_or(ImportError::NeedsPassword)?;
    let key = unwrap_master_key(&json::parse(master)?, password)?;

    let mut import = Import::of(Format::FreeOtp2);
    let secrets = map.iter().filter(|(name, _)| name.as_str() != MASTER_KEY && !name.ends_with(TOKEN));
    for (id, sealed) in secrets {
        let Some(token) = find(&format!("{}{TOKEN}", id.as_str())).and_then(|text| json::parse(text).ok()) else {
            import.push(String::new(), Err(Why::Shape))?;
            continue;
        };
        let (secret, algorithm) = open_secret(&key, sealed).unwrap_or((Err(Why::Sealed), String::new()));
        let draft = freeotp::draft_with(&token, secret);
        import.take(Draft { algorithm: draft.algorithm.or(Some(&algorithm)), ..draft })?;
    }
    Ok(import)
}

fn unwrap_master_key(master: &Value, password: &Password) -> Result<Key, ImportError> {
    let rounds = limits::pbkdf2(master.count_of("mIterations")?)?;
    let salt = master.get("mSalt").and_then(Value::signed_bytes).ok_or(ImportError::Damaged)?;
    let hash = match master.text_of("mAlgorithm") {
        "PBKDF2withHmacSHA512" => Algorithm::Sha512,
        "PBKDF2withHmacSHA1" => Algorithm::Sha1,
        _ => return Err(ImportError::Damaged),
    };
    let kek = sealed::pbkdf2(hash, password.typed(), &salt, rounds);
    let wrapped = master.get("mEncryptedKey").ok_or(ImportError::Damaged)?;
    let key = open(&kek, wrapped).ok_or(ImportError::WrongPassword)?;
    <[u8; 32]>::try_from(key.as_slice()).map(Zeroizing::new).map_err(|_| ImportError::Damaged)
}

/// A token's secret and the name of its hash.
fn open_secret(key: &Key, text: &str) -> Option<(Written, String)> {
    let outer = json::parse(text).ok()?;
    let sealed = json::parse(outer.text_of("key")).ok()?;
    let algorithm = sealed.text_of("mToken").strip_prefix("Hmac").unwrap_or_default().to_owned();
    Some((read_bytes(&open(key, &sealed)?), algorithm))
}

fn open(key: &Key, sealed: &Value) -> Option<Zeroizing<Vec<u8>>> {
    if sealed.text_of("mCipher") != "AES/GCM/NoPadding" {
        return None;
    }
    let text = sealed.get("mCipherText")?.signed_bytes()?;
    let parameters = sealed.get("mParameters")?.signed_bytes()?;
    sealed::open_gcm(key, nonce(&parameters)?, sealed.text_of("mToken").as_bytes(), &text)
}

/// `SEQUENCE { OCTET STRING nonce, INTEGER length of the tag }` or the octet string alone.
fn nonce(der: &[u8]) -> Option<&[u8]> {
    let octets = match der {
        [0x30, length, rest @ ..] if usize::from(*length) == rest.len() => rest,
        bare => bare,
    };
    match octets {
        [0x04, 12, rest @ ..] => rest.get(..12),
        _ => None,
    }
}
