//! Aegis: `{"version":1,"header":{"slots","params"},"db"}`.
//!
//! <https://github.com/beemdevelopment/Aegis/blob/master/docs/vault.md>. A
//! random master key seals `db`; each password slot (type 1) wraps it under a
//! key by scrypt. Plain where `slots` and `params` are null and `db` an object.

use zeroize::Zeroizing;

use super::entry::{Draft, Written, optional};
use super::error::{ExportError, ImportError, Why};
use super::json::{self, Fields, Value};
use super::limits::{self, MAX_DERIVATIONS};
use super::sealed::{self, Key};
use super::write::Random;
use super::{Entry, Format, Import, Password};
use data_encoding::{BASE64, HEXLOWER, HEXLOWER_PERMISSIVE};
use otp::base32;
use otp::uri::Enrolment;
use otp::{Algorithm, Factor};
use strict_json::json;

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
        let label = super::entry::label(entry.text_of("issuer"), entry.text_of("name"));
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

/// scrypt: log2 N, r, p.
pub(crate) const COST: (u8, u32, u32) = (15, 8, 1);

/// The encrypted file, with one password slot.
pub(crate) fn write(
    entries: &[Enrolment],
    password: &[u8],
    cost: (u8, u32, u32),
    random: Random<'_>,
) -> Result<Zeroizing<Vec<u8>>, ExportError> {
    let db = write_db(entries, random)?;
    let mut key = Key::default();
    let (mut salt, mut nonce, mut key_nonce) = ([0; 32], [0; 12], [0; 12]);
    random(key.as_mut_slice()).map_err(|_| ExportError::Random)?;
    random(&mut salt).map_err(|_| ExportError::Random)?;
    random(&mut nonce).map_err(|_| ExportError::Random)?;
    random(&mut key_nonce).map_err(|_| ExportError::Random)?;
    let kek = sealed::scrypt(password, &salt, cost).map_err(|_| ExportError::Derivation)?;
    let (wrapped, key_tag) = sealed::seal_gcm(&kek, &key_nonce, key.as_slice()).ok_or(ExportError::TooLarge)?;
    let (db, tag) = sealed::seal_gcm(&key, &nonce, db.as_bytes()).ok_or(ExportError::TooLarge)?;
    let (log_n, r, p) = cost;
    let hex = |bytes: &[u8]| HEXLOWER.encode(bytes);
    let params = |nonce: &[u8], tag: &[u8]| json!({ "nonce": hex(nonce), "tag": hex(tag) });
    let slot = json!({
        "type": 1,
        "uuid": make_uuid(random)?,
        "key": hex(&wrapped),
        "key_params": params(&key_nonce, &key_tag),
        "n": 1 << log_n,
        "r": r,
        "p": p,
        "salt": hex(&salt),
        "repaired": true,
        "is_backup": false,
    });
    let header = json!({ "slots": [slot], "params": params(&nonce, &tag) });
    let file = json!({ "version": 1, "header": header, "db": BASE64.encode(&db) });
    Ok(Zeroizing::new(strict_json::write(&file).as_bytes().to_vec()))
}

fn write_db(entries: &[Enrolment], random: Random<'_>) -> Result<Zeroizing<String>, ExportError> {
    let mut list = Vec::with_capacity(entries.len());
    for entry in entries {
        let credential = &entry.credential;
        let algorithm = match credential.algorithm {
            Algorithm::Sha1 => "SHA1",
            Algorithm::Sha256 => "SHA256",
            Algorithm::Sha512 => "SHA512",
        };
        let (kind, key, value) = match credential.factor {
            Factor::Time { period } => ("totp", "period", u64::from(period)),
            Factor::Counter { counter } => ("hotp", "counter", counter),
            Factor::Steam => ("steam", "period", 30),
        };
        let secret = base32::encode(&credential.secret);
        list.push(json!({
            "type": kind,
            "uuid": make_uuid(random)?,
            "name": entry.name,
            "issuer": entry.issuer,
            // Aegis has no field for the tenant; the note is shown, and nothing is lost.
            "note": entry.tenant.as_deref().unwrap_or_default(),
            "favorite": false,
            "icon": null,
            "info": { "secret": secret.as_str(), "algo": algorithm, "digits": credential.digits, key: value },
            "groups": [],
        }));
    }
    Ok(strict_json::write(&json!({ "version": 3, "entries": list, "groups": [], "icons_optimized": true })))
}

/// A random UUID (RFC 9562, version 4).
fn make_uuid(random: Random<'_>) -> Result<String, ExportError> {
    let mut bits = [0; 16];
    random(&mut bits).map_err(|_| ExportError::Random)?;
    let value = u128::from_be_bytes(bits) & !(0xf << 76) & !(0x3 << 62) | (0x4 << 76) | (0x2 << 62);
    let hex = format!("{value:032x}");
    let cuts = [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)];
    let groups: Vec<&str> = cuts.iter().filter_map(|&(from, to)| hex.get(from..to)).collect();
    Ok(groups.join("-"))
}
