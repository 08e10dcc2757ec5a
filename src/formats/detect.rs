//! Tells formats apart by their content.
//!
//! From the certain to the vague: magic bytes, the shape of the JSON, the root
//! of the XML, lines with a scheme, a header of CSV. Last comes andOTP, whose
//! encrypted file is random bytes and nothing else.

use strict_json::Map;
use zeroize::Zeroizing;

use super::error::{ImportError, Why};
use super::json::{self, Fields, Value};
use super::limits::Budget;
use super::{
    Format, Import, MAX_FILE, Password, aegis, andotp, authenticator_extension, bitwarden, csv, duo, ente, freeotp,
    freeotp2, google_sqlite, keepass, lastpass, otpauth, own, proton, raivo, sqlite, stratum, twofas, xml, zip,
};

/// Reads a file. Without a password, an encrypted one answers
/// [`ImportError::NeedsPassword`] before any work.
pub fn read(bytes: &[u8], password: Option<&Password>) -> Result<Import, ImportError> {
    if bytes.len() > MAX_FILE {
        return Err(ImportError::TooLarge);
    }
    let budget = &Budget::of_a_file();
    match bytes {
        _ if own::is_record(bytes) => own::read(bytes, password),
        _ if stratum::is_encrypted(bytes) => stratum::read_encrypted(bytes, password),
        _ if freeotp2::is_backup(bytes) => freeotp2::read(bytes, password, budget),
        _ if keepass::is_database(bytes) => keepass::read(bytes, password, budget),
        _ if sqlite::is_database(bytes) => google_sqlite::read(bytes, budget),
        _ if zip::is_archive(bytes) => read_archive(bytes, password, budget),
        _ => match (foreign(bytes), text(bytes)) {
            (Some(foreign), _) => Err(foreign),
            (None, Some(text)) => read_text(&text, password),
            (None, None) if andotp::may_be_encrypted(bytes) => andotp::read_encrypted(bytes, password),
            (None, None) => Err(ImportError::NotAnExport),
        },
    }
}

/// [`read`] of what is text for certain, as what was inside an encrypted file is.
pub(crate) fn read_text(text: &str, password: Option<&Password>) -> Result<Import, ImportError> {
    let text = text.trim();
    match text {
        _ if text.starts_with(['{', '[']) => match json::parse(text) {
            Ok(json) => read_json(&json, password),
            // A list may begin with a comment in brackets; what else does is damaged JSON.
            Err(ImportError::Damaged) if otpauth::is_list(text) => otpauth::read(text),
            Err(error) => Err(error),
        },
        _ if text.starts_with('<') => read_xml(text),
        _ if otpauth::is_list(text) => only_if_any(otpauth::read(text)?),
        _ if text.starts_with("phonefactor://") => Err(ImportError::MicrosoftAuthenticator),
        _ if own::is_record_text(text) => own::read_text(text, password),
        _ if csv::has_header(text) => csv::read(text),
        _ => Err(ImportError::NotAnExport),
    }
}

fn read_json(json: &Value, password: Option<&Password>) -> Result<Import, ImportError> {
    match json {
        Value::Array(items) => read_list(json, items.first().unwrap_or(&Value::Null)),
        Value::Object(fields) => read_object(json, fields, password),
        _ => Err(ImportError::NotAnExport),
    }
}

fn read_list(json: &Value, first: &Value) -> Result<Import, ImportError> {
    match first {
        _ if first.has("otpGenerator") => duo::read(json),
        _ if first.has("kind") && first.has("timer") => raivo::read(json),
        _ if first.has("secret") && first.has("type") => andotp::read(json),
        Value::String(_) => read_list_of_text(json),
        _ => Err(ImportError::NotAnExport),
    }
}

fn read_object(json: &Value, fields: &Map, password: Option<&Password>) -> Result<Import, ImportError> {
    let has = |key: &str| json.has(key);
    let list = |key: &str| json.get(key).and_then(Value::as_array);
    match list("entries").map(|entries| entries.first().unwrap_or(&Value::Null)) {
        _ if has("header") && has("db") => aegis::read(json, password),
        _ if has("services") || has("servicesEncrypted") => twofas::read(json, password),
        _ if has("encrypted") && (has("items") || has("data") || has("encKeyValidation_DO_NOT_EDIT")) => {
            bitwarden::read(json, password)
        }
        _ if has("kdfParams") && has("encryptedData") => ente::read(json, password),
        _ if has("version") && has("salt") && has("content") => proton::read_encrypted(json, password),
        _ if has("Authenticators") => stratum::read(json),
        _ if has("tokens") && (has("tokenOrder") || list("tokens").is_some()) => freeotp::read_plus(json),
        _ if has("shared_secret") || json.get("accounts").is_some_and(Value::is_object) => Err(ImportError::SteamFile),
        _ if list("accounts").is_some() => lastpass::read(json),
        Some(first) if first.has("content") => proton::read(json),
        Some(first) if has("version") && !first.has("secret") => proton::read(json),
        Some(_) => own::read_json(json),
        None if authenticator_extension::is_export(fields) => authenticator_extension::read(fields, password),
        None => Err(ImportError::NotAnExport),
    }
}

/// A JSON list of URIs.
fn read_list_of_text(json: &Value) -> Result<Import, ImportError> {
    let mut import = Import::of(Format::OtpauthList);
    for line in json.as_array().into_iter().flatten() {
        let text = line.as_str().unwrap_or_default();
        import.push(otpauth::label_of(text), otpauth::parse(text))?;
    }
    only_if_any(import)
}

fn read_xml(text: &str) -> Result<Import, ImportError> {
    if xml::is_preferences(text) {
        if text.contains("com.authy.storage") {
            return Err(ImportError::Authy);
        }
        return freeotp::read_xml(text);
    }
    Err(if text.contains("<KeePassFile") { ImportError::Keepass } else { ImportError::Document })
}

/// The one file of an archive that is an export.
fn read_archive(bytes: &[u8], password: Option<&Password>, budget: &Budget) -> Result<Import, ImportError> {
    let mut answer = ImportError::Archive;
    for file in zip::files(bytes)? {
        let unpacked = match file.unpack(password, budget) {
            Ok(unpacked) => unpacked,
            Err(error @ (ImportError::NeedsPassword | ImportError::WrongPassword)) => return Err(error),
            Err(error) => {
                answer = error;
                continue;
            }
        };
        let Some(text) = self::text(&unpacked) else { continue };
        match read_text(&text, password) {
            Ok(import) => return Ok(import),
            Err(ImportError::NotAnExport) => {}
            Err(error) if error.is_foreign() => {}
            Err(error) => answer = error,
        }
    }
    Err(answer)
}

/// Something that only looks like a list has nothing that can be read in it.
fn only_if_any(import: Import) -> Result<Import, ImportError> {
    let none = import.entries.is_empty()
        && import.discarded.is_empty()
        && import.unreadable.iter().all(|u| matches!(u.why, Why::NotOtpauth));
    if none { Err(ImportError::NotAnExport) } else { Ok(import) }
}

/// What is not read, by how it begins.
fn foreign(bytes: &[u8]) -> Option<ImportError> {
    const KNOWN: [(&[u8], ImportError); 10] = [
        (&[0x03, 0xd9, 0xa2, 0x9a], ImportError::Keepass),
        (b"\x89PNG\r\n\x1a\n", ImportError::Picture),
        (b"\xff\xd8\xff", ImportError::Picture),
        (b"GIF8", ImportError::Picture),
        (b"BM", ImportError::Picture),
        (b"RIFF", ImportError::Picture),
        (b"%PDF-", ImportError::Document),
        (b"\xd0\xcf\x11\xe0", ImportError::Document),
        (b"Rar!", ImportError::Archive),
        (b"7z\xbc\xaf\x27\x1c", ImportError::Archive),
    ];
    let found = KNOWN.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, foreign)| *foreign)?;
    // Two letters are too few to go by; a text may begin with them.
    (std::str::from_utf8(bytes).is_err() || found != ImportError::Picture).then_some(found)
}

/// UTF-8, or the UTF-16 that Windows programs write, in either order of bytes.
fn text(bytes: &[u8]) -> Option<Zeroizing<String>> {
    let wide = |rest: &[u8], read: fn([u8; 2]) -> u16| {
        let (pairs, odd) = rest.as_chunks::<2>();
        let units = pairs.iter().map(|pair| read(*pair));
        let text: Result<String, _> = char::decode_utf16(units).collect();
        text.ok().filter(|_| odd.is_empty()).map(Zeroizing::new)
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] | rest => std::str::from_utf8(rest).ok().map(|t| Zeroizing::new(t.to_owned())),
    }
}
