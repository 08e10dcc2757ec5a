//! Tells formats apart by their content.
//!
//! From the certain to the vague: magic bytes, the shape of the JSON, the root
//! of the XML, lines with a scheme, a header of CSV. Last comes andOTP, whose
//! encrypted file is random bytes and nothing else.

use zeroize::Zeroizing;

use super::error::{ImportError, Why};
use super::json::{self, Fields, Value};
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
    if own::is_record(bytes) {
        return own::read(bytes, password);
    }
    if stratum::is_encrypted(bytes) {
        return stratum::read_encrypted(bytes, password);
    }
    if freeotp2::is_backup(bytes) {
        return freeotp2::read(bytes, password);
    }
    if keepass::is_database(bytes) {
        return keepass::read(bytes, password);
    }
    if sqlite::is_database(bytes) {
        return google_sqlite::read(bytes);
    }
    if zip::is_archive(bytes) {
        return read_archive(bytes, password);
    }
    if let Some(foreign) = foreign(bytes) {
        return Err(foreign);
    }
    match text(bytes) {
        Some(text) => read_text(&text, password),
        None if andotp::may_be_encrypted(bytes) => andotp::read_encrypted(bytes, password),
        None => Err(ImportError::NotAnExport),
    }
}

/// [`read`] of what is text for certain, as what was inside an encrypted file is.
pub(crate) fn read_text(text: &str, password: Option<&Password>) -> Result<Import, ImportError> {
    let text = text.trim();
    if text.starts_with(['{', '[']) {
        return match json::parse(text) {
            Ok(json) => read_json(&json, password),
            // A list may begin with a comment in brackets; what else does is damaged JSON.
            Err(ImportError::Damaged) if otpauth::is_list(text) => otpauth::read(text),
            Err(error) => Err(error),
        };
    }
    if text.starts_with('<') {
        return read_xml(text);
    }
    if otpauth::is_list(text) {
        return only_if_any(otpauth::read(text)?);
    }
    if text.starts_with("phonefactor://") {
        return Err(ImportError::MicrosoftAuthenticator);
    }
    if own::is_record_text(text) {
        return own::read_text(text, password);
    }
    if csv::has_header(text) {
        return csv::read(text);
    }
    Err(ImportError::NotAnExport)
}

fn read_json(json: &Value, password: Option<&Password>) -> Result<Import, ImportError> {
    let first = match json {
        Value::Array(items) => items.first(),
        _ => None,
    };
    match first {
        Some(first) if first.has("otpGenerator") => return duo::read(json),
        Some(first) if first.has("kind") && first.has("timer") => return raivo::read(json),
        Some(first) if first.has("secret") && first.has("type") => return andotp::read(json),
        Some(first) if first.as_str().is_some() => return read_list_of_text(json),
        _ => {}
    }
    let Value::Object(fields) = json else {
        return Err(ImportError::NotAnExport);
    };
    let has = |key: &str| json.has(key);
    let list = |key: &str| json.get(key).and_then(Value::as_array);
    if has("header") && has("db") {
        return aegis::read(json, password);
    }
    if has("services") || has("servicesEncrypted") {
        return twofas::read(json, password);
    }
    if has("encrypted") && (has("items") || has("data") || has("encKeyValidation_DO_NOT_EDIT")) {
        return bitwarden::read(json, password);
    }
    if has("kdfParams") && has("encryptedData") {
        return ente::read(json, password);
    }
    if has("version") && has("salt") && has("content") {
        return proton::read_encrypted(json, password);
    }
    if has("Authenticators") {
        return stratum::read(json);
    }
    if has("tokens") && (has("tokenOrder") || list("tokens").is_some()) {
        return freeotp::read_plus(json);
    }
    if has("shared_secret") || json.get("accounts").and_then(Value::as_object).is_some() {
        return Err(ImportError::SteamFile);
    }
    if list("accounts").is_some() {
        return lastpass::read(json);
    }
    if let Some(entries) = list("entries") {
        return match entries.first() {
            Some(first) if first.has("content") => proton::read(json),
            Some(first) if first.has("secret") => own::read_json(json),
            _ if has("version") => proton::read(json),
            _ => own::read_json(json),
        };
    }
    if authenticator_extension::is_export(fields) {
        return authenticator_extension::read(fields, password);
    }
    Err(ImportError::NotAnExport)
}

/// A JSON list of URIs.
fn read_list_of_text(json: &Value) -> Result<Import, ImportError> {
    let mut import = Import::of(Format::OtpauthList);
    for line in json.items() {
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
fn read_archive(bytes: &[u8], password: Option<&Password>) -> Result<Import, ImportError> {
    let mut answer = ImportError::Archive;
    for file in zip::files(bytes)? {
        let unpacked = match file.unpack(password) {
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
    let none = import.entries.is_empty() && import.unreadable.iter().all(|u| matches!(u.why, Why::NotOtpauth));
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
