//! TOTP Authenticator (`com.authenticator.authservice2`): its backup and its preferences.
//!
//! After Aegis' and Stratum's importers of it. The backup is base64 of AES-256-CBC under the SHA-256 of the password, or
//! of a fixed one where none was set, with an IV of zeros: an object whose one name is the list, as text.

use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::draft::{Draft, Written, read_base32, read_bytes};
use super::error::{ImportError, Why};
use super::json::{self, Fields, Value};
use super::{Format, Import, Password, sealed};

/// The name of the list among the app's preferences.
pub(crate) const PREFERENCE: &str = "STATIC_TOTP_CODES_LIST";
/// What the app takes where a person set no password.
const USUAL: &[u8] = b"TotpAuthenticator";

/// What may be a backup: base64 of whole blocks, and nothing in it that says so.
pub(crate) fn sealed(text: &str) -> Option<Vec<u8>> {
    let text: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    BASE64.decode(&text).ok().filter(|sealed| sealed.len() >= 64 && sealed.len().is_multiple_of(16))
}

pub(crate) fn read_encrypted(sealed: &[u8], password: Option<&Password>) -> Result<Import, ImportError> {
    let typed = password.map(Password::typed);
    let text = [Some(USUAL), typed].into_iter().flatten().find_map(|password| open(sealed, password));
    let otherwise = if password.is_some() { ImportError::WrongPassword } else { ImportError::UnknownOrSealed };
    read(&text.ok_or(otherwise)?)
}

fn open(sealed: &[u8], password: &[u8]) -> Option<Zeroizing<String>> {
    let text = sealed::open_cbc(&Sha256::digest(password).into(), &[0; 16], sealed)?;
    let outer = json::parse_bytes(&text).ok()?;
    // What is under another key is no object of one list.
    let (list, _) = outer.as_object()?.iter().next()?;
    list.starts_with('[').then(|| Zeroizing::new(list.to_owned()))
}

pub(crate) fn read(list: &str) -> Result<Import, ImportError> {
    Import::of_list(Format::TotpAuthenticator, Some(&json::parse(list)?), |item| {
        // "Unknown" is what the app calls an issuer that there is none of.
        let (issuer, name) = match (item.text_of("issuer"), item.text_of("name")) {
            ("Unknown", name) => (name, ""),
            both => both,
        };
        let number = |key: &str, why| if item.text_of(key).is_empty() { Ok(None) } else { item.optional(key, why) };
        let (digits, period) = (number("digits", Why::Digits), number("period", Why::Period));
        Draft { digits, period, ..Draft::of("totp", issuer, name, secret(item)) }
    })
}

fn secret(item: &Value) -> Written {
    let key = item.only_of("key")?;
    let bytes = match item.number_of("base") {
        Some(16) => HEXLOWER_PERMISSIVE.decode(key.as_bytes()),
        Some(32) => return read_base32(key),
        Some(64) => BASE64.decode(key.as_bytes()),
        _ => return Err(Why::Shape),
    };
    read_bytes(&Zeroizing::new(bytes.map_err(|_| Why::SecretCharacter)?))
}
