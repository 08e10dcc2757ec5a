//! FIDO's Credential Exchange Format, written; the crate `formats` reads it. Plain.
//!
//! <https://fidoalliance.org/specs/cx/cxf-v1.0-ps-20250814.html>. It knows codes by time alone, and counts seconds and
//! digits in one byte each.

use data_encoding::BASE64URL_NOPAD;
use zeroize::Zeroizing;

use super::write::note_of;
use otp::{Algorithm, Factor, base32};
use strict_json::{Value, json};
use vault::Account;

/// The file, and the positions of what the format cannot hold. `now_ms` is the time.
pub(crate) fn write(accounts: &[Account], now_ms: u64) -> (Zeroizing<String>, Vec<usize>) {
    let (mut items, mut left_out) = (Vec::new(), Vec::new());
    for (at, entry) in accounts.iter().enumerate() {
        match item(at, entry) {
            Some(item) => items.push(item),
            None => left_out.push(at),
        }
    }
    let account = json!({ "id": id(0), "username": "", "email": "", "collections": [], "items": items });
    let file = strict_json::write(&json!({
        "version": { "major": 1, "minor": 0 },
        "exporterRpId": "tofaktor",
        "exporterDisplayName": "Tofaktor",
        "timestamp": now_ms / 1000,
        "accounts": [account],
    }));
    (file, left_out)
}

fn item(at: usize, entry: &Account) -> Option<Value> {
    let credential = &entry.credential;
    let Factor::Time { period } = credential.factor else { return None };
    let period = u8::try_from(period).ok()?;
    let algorithm = match credential.algorithm {
        Algorithm::Sha1 => "sha1",
        Algorithm::Sha256 => "sha256",
        Algorithm::Sha512 => "sha512",
    };
    let secret = base32::encode(&credential.secret);
    let code = json!({
        "type": "totp",
        "secret": secret.as_str(),
        "period": period,
        "digits": credential.digits,
        "username": entry.name,
        "algorithm": algorithm,
        "issuer": entry.issuer,
    });
    // There is no field for the organisation; a note is shown, and nothing is lost.
    let note = note_of(entry);
    let note = (!note.is_empty())
        .then(|| json!({ "type": "note", "content": { "fieldType": "string", "value": note.as_str() } }));
    let title = if entry.issuer.is_empty() { &entry.name } else { &entry.issuer };
    let credentials: Vec<Value> = std::iter::once(code).chain(note).collect();
    let tags: Vec<&str> = entry.group().into_iter().collect();
    Some(json!({ "id": id(at as u64 + 1), "title": title, "tags": tags, "credentials": credentials }))
}

fn id(number: u64) -> String {
    BASE64URL_NOPAD.encode(&number.to_be_bytes())
}
