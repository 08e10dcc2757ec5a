//! Aegis: `{"version":1,"header":{"slots","params"},"db"}`.
//!
//! <https://github.com/beemdevelopment/Aegis/blob/master/docs/vault.md>. A
//! random master key seals `db`; each password slot (type 1) wraps it under a
//! key by scrypt. Plain where `slots` and `params` are null and `db` an object.

use zeroize::Zeroizing;

use super::draft::{Draft, Written, optional};
use super::error::{ImportError, Why};
use super::json::{self, Fields, Value};
use super::limits::{self, MAX_DERIVATIONS};
use super::sealed::{self, Key};
use super::{Entry, Format, Import, Password};
use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};

const PASSWORD_SLOT: i128 = 1;

pub(crate) fn read(json: &Value, password: Option<&Password>) -> Result<Import, ImportError> {
    match json.get("db") {
        Some(db @ Value::Object(_)) => read_db(db),
        Some(Value::String(sealed)) => {
            let password = password.ok_or(ImportError::NeedsPassword)?;
            let header = json.get("header").ok_or(ImportError::Damaged)?;
            let key = unwrap_master_key(header, password)?;
            let sealed = BASE64.decode(sealed.as_bytes()).map_err(|_| ImportError::Damaged)?;
            let params = header.get("params").ok_or(ImportError::Damaged)?;
            let text = open(&key, params, &sealed).ok_or(ImportError::Damaged)?;
            let text = std::str::from_utf8(&text).map_err(|_| ImportError::Damaged)?;
            read_db(&json::parse(text)?)
        }
        _ => Err(ImportError::Damaged),
    }
}

fn unwrap_master_key(header: &Value, password: &Password) -> Result<Key, ImportError> {
    let slots = header.get("slots").and_then(Value::as_array).ok_or(ImportError::Damaged)?;
    let slots: Vec<&Value> = slots.iter().filter(|slot| slot.number_of("type") == Some(PASSWORD_SLOT)).collect();
    if slots.len() > MAX_DERIVATIONS {
        return Err(ImportError::KdfTooExpensive);
    }
    for slot in slots {
        let cost = limits::scrypt(slot.count_of("n")?, slot.count_of("r")?, slot.count_of("p")?)?;
        let salt = hex(slot, "salt").ok_or(ImportError::Damaged)?;
        let wrapped = hex(slot, "key").ok_or(ImportError::Damaged)?;
        let params = slot.get("key_params").ok_or(ImportError::Damaged)?;
        let kek = sealed::scrypt(password.typed(), &salt, cost)?;
        if let Some(key) = open(&kek, params, &wrapped) {
            let key = <[u8; 32]>::try_from(key.as_slice()).map_err(|_| ImportError::Damaged)?;
            return Ok(Zeroizing::new(key));
        }
    }
    Err(ImportError::WrongPassword)
}

/// Nonce and tag stand beside the ciphertext.
fn open(key: &Key, params: &Value, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let sealed = [sealed, &hex(params, "tag")?].concat();
    sealed::open_gcm(key, &hex(params, "nonce")?, &[], &sealed)
}

fn hex(json: &Value, key: &str) -> Option<Vec<u8>> {
    HEXLOWER_PERMISSIVE.decode(json.get(key)?.as_str()?.as_bytes()).ok()
}

fn read_db(db: &Value) -> Result<Import, ImportError> {
    let mut import = Import::of(Format::Aegis);
    for entry in db.get("entries").and_then(Value::as_array).ok_or(ImportError::Damaged)? {
        let label = exchange::label(entry.text_of("issuer"), entry.text_of("name"));
        import.push(label, read_entry(entry))?;
    }
    Ok(import)
}

fn read_entry(entry: &Value) -> Result<Entry, Why> {
    let info = entry.get("info").ok_or(Why::Shape)?;
    Draft {
        kind: entry.text_of("type"),
        issuer: entry.text_of("issuer"),
        name: entry.text_of("name"),
        secret: Written::Base32(info.text_of("secret")),
        algorithm: info.get("algo").and_then(Value::as_str),
        digits: optional(info, "digits", Why::Digits)?,
        period: optional(info, "period", Why::Period)?,
        counter: optional(info, "counter", Why::Counter)?,
    }
    .finish()
}
