//! Aegis: `{"version":1,"header":{"slots","params"},"db"}`.
//!
//! <https://github.com/beemdevelopment/Aegis/blob/master/docs/vault.md>. A
//! random master key seals `db`; each password slot (type 1) wraps it under a
//! key by scrypt. Plain where `slots` and `params` are null and `db` an object.

use zeroize::Zeroizing;

use super::draft::Draft;
use super::error::{ImportError, Why};
use super::json::{self, Fields, Value};
use super::limits::{self, MAX_DERIVATIONS};
use super::sealed::{self, Key};
use super::{Format, Import, Password};
use data_encoding::HEXLOWER_PERMISSIVE;

const PASSWORD_SLOT: i128 = 1;

pub(crate) fn read(json: &Value, password: Option<&Password>) -> Result<Import, ImportError> {
    match json.get("db") {
        Some(db @ Value::Object(_)) => read_db(db),
        Some(Value::String(_)) => {
            let password = password.ok_or(ImportError::NeedsPassword)?;
            let header = json.get("header").ok_or(ImportError::Damaged)?;
            let key = unwrap_master_key(header, password)?;
            let params = header.get("params").ok_or(ImportError::Damaged)?;
            let text = open(&key, params, &json.base64_of("db")?).ok_or(ImportError::Damaged)?;
            read_db(&json::parse_bytes(&text)?)
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
    Import::of_list(Format::Aegis, db.get("entries"), |entry| Draft {
        kind: entry.text_of("type"),
        issuer: entry.text_of("issuer"),
        name: entry.text_of("name"),
        note: entry.text_of("note"),
        // Before its third version an entry names its group itself.
        tags: (entry.list_of("groups").iter().filter_map(|group| db.named("groups", ["uuid", "name"], group)))
            .chain([entry.text_of("group")])
            .collect(),
        ..entry.get("info").map_or_else(
            || Draft::of("", "", "", Err(Why::Shape)),
            |info| Draft { algorithm: info.get("algo").and_then(Value::as_str), ..Draft::of_json(info) },
        )
    })
}
