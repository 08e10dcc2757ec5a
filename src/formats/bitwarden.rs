//! Bitwarden, Bitwarden Authenticator and Vaultwarden: JSON.
//!
//! <https://bitwarden.com/help/encrypted-export/>. The field for codes holds
//! an otpauth URI, a bare secret or `steam://`. With a password: PBKDF2-SHA256
//! or Argon2id over the *base64 text* of the salt (hashed once more for
//! Argon2), stretched by HKDF-Expand to two keys, and type-2 texts,
//! `2.iv|ciphertext|mac`: AES-256-CBC, then HMAC-SHA256. Restricted to an
//! account, it opens nowhere else.

use hkdf::Hkdf;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::beside::Beside;
use super::error::ImportError;
use super::json::{self, Fields, Value};
use super::sealed::{self, Key};
use super::{Format, Import, Password, limits};
use data_encoding::BASE64;
use exchange::Discarded;
use otp::Algorithm;

pub(crate) fn read(json: &Value, password: Option<&Password>) -> Result<Import, ImportError> {
    if json.get("encrypted").and_then(Value::as_bool) != Some(true) {
        return read_items(json);
    }
    if json.get("passwordProtected").and_then(Value::as_bool) != Some(true) {
        return Err(ImportError::BitwardenAccount);
    }
    let password = password.ok_or(ImportError::NeedsPassword)?;
    let keys = derive_keys(json, password)?;
    // The first text is there to tell a wrong password from damage.
    keys.open(json.text_of("encKeyValidation_DO_NOT_EDIT")).ok_or(ImportError::WrongPassword)?;
    let text = keys.open(json.text_of("data")).ok_or(ImportError::Damaged)?;
    read_items(&json::parse_bytes(&text)?)
}

struct Keys {
    encrypt: Key,
    authenticate: Key,
}

fn derive_keys(json: &Value, password: &Password) -> Result<Keys, ImportError> {
    let salt = json.get("salt").and_then(Value::as_str).ok_or(ImportError::Damaged)?.as_bytes();
    let iterations = json.count_of("kdfIterations")?;
    let master = match json.number_of("kdfType") {
        Some(0) => sealed::pbkdf2(Algorithm::Sha256, password.typed(), salt, limits::pbkdf2(iterations)?),
        Some(1) => {
            let memory_kib = json.count_of("kdfMemory")?.saturating_mul(1024);
            let cost = limits::argon2(memory_kib, iterations, json.count_of("kdfParallelism")?)?;
            sealed::argon2id(password.typed(), &Sha256::digest(salt), cost)?
        }
        _ => return Err(ImportError::Damaged),
    };
    let expand = |info: &[u8]| {
        let mut key = Key::default();
        Hkdf::<Sha256>::from_prk(master.as_slice())
            .ok()
            .and_then(|hkdf| hkdf.expand(info, key.as_mut_slice()).ok())
            .ok_or(ImportError::Damaged)?;
        Ok(key)
    };
    Ok(Keys { encrypt: expand(b"enc")?, authenticate: expand(b"mac")? })
}

impl Keys {
    fn open(&self, text: &str) -> Option<Zeroizing<Vec<u8>>> {
        let mut parts = text.strip_prefix("2.")?.split('|').map(|part| BASE64.decode(part.as_bytes()).ok());
        let (iv, sealed, mac) = (parts.next()??, parts.next()??, parts.next()??);
        if parts.next().is_some() || !sealed::is_hmac_sha256(self.authenticate.as_slice(), &[&iv, &sealed], &mac) {
            return None;
        }
        sealed::open_cbc(&self.encrypt, &iv, &sealed)
    }
}

/// The items of an export, or those that `bw list items` prints.
pub(crate) fn read_items(json: &Value) -> Result<Import, ImportError> {
    let mut import = Import::of(Format::Bitwarden);
    let items = json.as_array().or_else(|| json.get("items").and_then(Value::as_array));
    for item in items.ok_or(ImportError::Damaged)? {
        let login = item.get("login").unwrap_or(&Value::Null);
        let beside = Beside {
            title: item.text_of("name"),
            user: login.text_of("username"),
            site: login.list_of("uris").first().map_or("", |uri| uri.text_of("uri")),
            discarded: [("deletedDate", Discarded::Trash), ("archivedDate", Discarded::Archive)]
                .into_iter()
                .find_map(|(date, discarded)| (!item.text_of(date).is_empty()).then_some(discarded)),
            note: item.text_of("notes"),
            tags: (item.get("folderId").and_then(|id| json.named("folders", ["id", "name"], id)).into_iter())
                .chain(
                    item.list_of("collectionIds").iter().filter_map(|id| json.named("collections", ["id", "name"], id)),
                )
                .collect(),
            ..Beside::default()
        };
        let texts = item.list_of("fields").iter().map(|field| field.text_of("value")).chain([item.text_of("notes")]);
        beside.take(&mut import, login.texts_of("totp"), texts)?;
    }
    Ok(import)
}
