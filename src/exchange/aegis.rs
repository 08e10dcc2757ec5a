//! Aegis' encrypted file, written; the crate `formats` reads it.

use zeroize::Zeroizing;

use super::write::{ExportError, Random, draw, note_of};
use data_encoding::{BASE64, HEXLOWER};
use otp::Factor;
use otp::base32;
use strict_json::{Value, json};
use vault::{Account, crypto};

type Key = Zeroizing<[u8; 32]>;

/// scrypt: log2 N, r, p.
pub(crate) const COST: (u8, u32, u32) = (15, 8, 1);

/// The encrypted file, with one password slot.
pub(crate) fn write(
    accounts: &[Account],
    password: &[u8],
    cost: (u8, u32, u32),
    random: Random<'_>,
) -> Result<Zeroizing<Vec<u8>>, ExportError> {
    let db = write_db(accounts, random)?;
    let mut key = Key::default();
    random(key.as_mut_slice()).map_err(|_| ExportError::Random)?;
    let (salt, nonce, key_nonce) = (draw::<32>(random)?, draw(random)?, draw(random)?);
    let kek = derive(password, &salt, cost).ok_or(ExportError::Derivation)?;
    let (wrapped, key_tag) = seal(&kek, &key_nonce, key.as_slice()).ok_or(ExportError::TooLarge)?;
    let (db, tag) = seal(&key, &nonce, db.as_bytes()).ok_or(ExportError::TooLarge)?;
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

fn write_db(accounts: &[Account], random: Random<'_>) -> Result<Zeroizing<String>, ExportError> {
    let mut list = Vec::with_capacity(accounts.len());
    let mut groups: Vec<(&str, String)> = Vec::new();
    for entry in accounts {
        if let Some(name) = entry.group().filter(|name| groups.iter().all(|(known, _)| known != name)) {
            groups.push((name, make_uuid(random)?));
        }
        let of: Vec<&str> =
            groups.iter().filter(|(name, _)| entry.group() == Some(name)).map(|(_, id)| id.as_str()).collect();
        let credential = &entry.credential;
        let (algorithm, digits) = (credential.algorithm.name(), credential.digits);
        let (key, value) = match credential.factor {
            Factor::Counter { counter } => ("counter", counter),
            _ => ("period", credential.period().unwrap_or_default().into()),
        };
        let secret = base32::encode(&credential.secret);
        list.push(json!({
            "type": credential.factor.name(),
            "uuid": make_uuid(random)?,
            "name": entry.name,
            "issuer": entry.issuer,
            // Aegis has no field for the organisation; the note is shown, and nothing is lost.
            "note": note_of(entry).as_str(),
            "favorite": false,
            "icon": null,
            "info": { "secret": secret.as_str(), "algo": algorithm, "digits": digits, key: value },
            "groups": of,
        }));
    }
    let groups: Vec<Value> = groups.iter().map(|(name, id)| json!({ "uuid": id, "name": name })).collect();
    Ok(strict_json::write(&json!({ "version": 3, "entries": list, "groups": groups, "icons_optimized": true })))
}

/// A random UUID (RFC 9562, version 4).
fn make_uuid(random: Random<'_>) -> Result<String, ExportError> {
    let value = u128::from_be_bytes(draw(random)?) & !(0xf << 76) & !(0x3 << 62) | (0x4 << 76) | (0x2 << 62);
    let hex = format!("{value:032x}");
    let cuts = [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)];
    let groups: Vec<&str> = cuts.iter().filter_map(|&(from, to)| hex.get(from..to)).collect();
    Ok(groups.join("-"))
}

fn derive(password: &[u8], salt: &[u8], (log_n, r, p): (u8, u32, u32)) -> Option<Key> {
    let mut key = Key::default();
    scrypt::scrypt(password, salt, &scrypt::Params::new(log_n, r, p).ok()?, key.as_mut_slice()).ok()?;
    Some(key)
}

/// AES-256-GCM without associated data: ciphertext and tag.
fn seal(key: &Key, nonce: &[u8; 12], text: &[u8]) -> Option<(Vec<u8>, [u8; 16])> {
    let mut sealed = text.to_vec();
    crypto::seal(key, nonce, &[], &mut sealed)?;
    let (text, tag) = sealed.split_last_chunk()?;
    Some((text.to_vec(), *tag))
}
