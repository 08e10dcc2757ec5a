//! Tells formats apart by their content.
//!
//! From the certain to the vague: magic bytes, the shape of the JSON, the root
//! of the XML, lines with a scheme, a header of CSV. Last comes andOTP, whose
//! encrypted file is random bytes and nothing else.

use super::error::{ImportError, Why};
use super::json::{self, Fields, Value};
use super::limits::Budget;
use super::{
    Format, Import, MAX_FILE, MAX_LARGE, PassedOver, Password, aegis, andotp, any_xml, authenticator_extension, authme,
    authy, battle_net, bitwarden, cotp, csv, cxf, duo, enpass, ente, freeotp, freeotp2, google_sqlite, gzip, html,
    java, keepass, keepass_xml, keeper, lastpass, named, onepassword, otp_auth, otp_manager, otpauth, own, pass,
    proton, proton_pass, raivo, sqlite, steam, stratum, text, totp_authenticator, two_fa_extension, twofas, xml, zip,
};
use strict_json::Map;
use zeroize::Zeroizing;

/// Reads a file. Without a password, an encrypted one answers
/// [`ImportError::NeedsPassword`] before any work.
pub fn read(bytes: &[u8], password: Option<&Password>) -> Result<Import, ImportError> {
    // Attachments and icons make them long.
    let is_object = bytes.trim_ascii_start().starts_with(b"{");
    let may_be_large = is_object || zip::is_archive(bytes) || keepass::is_database(bytes);
    if bytes.len() > if may_be_large { MAX_LARGE } else { MAX_FILE } {
        return Err(ImportError::TooLarge);
    }
    if bytes.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0) {
        return Err(ImportError::Empty);
    }
    let budget = &Budget::of_a_file();
    let import = if zip::is_archive(bytes) {
        read_archive(bytes, password, budget, false)
    } else if gzip::is_packed(bytes) {
        read_bytes(&gzip::unpack(bytes, budget)?, password, budget)
    } else {
        read_bytes(bytes, password, budget)
    }?;
    let none = import.entries.is_empty() && import.unreadable.is_empty() && import.discarded.is_empty();
    if none && import.backup.is_none() { Err(ImportError::NoCodes) } else { Ok(import) }
}

/// [`read`] of what is not packed.
fn read_bytes(bytes: &[u8], password: Option<&Password>, budget: &Budget) -> Result<Import, ImportError> {
    if let Some(shell) = otp_auth::unpack(bytes) {
        return otp_auth::read(&shell, password, budget);
    }
    match bytes {
        _ if is_guess(bytes) => andotp::read_encrypted(bytes, password),
        _ if own::is_record(bytes) => own::read(bytes, password),
        _ if stratum::is_encrypted(bytes) => stratum::read_encrypted(bytes, password),
        _ if java::is_stream(bytes) => freeotp2::read(bytes, password, budget),
        _ if keepass::is_database(bytes) => keepass::read(bytes, password, budget),
        _ if sqlite::is_database(bytes) => google_sqlite::read(bytes, budget),
        _ => match (foreign(bytes), text::of(bytes)) {
            (Some(foreign), _) => Err(foreign),
            (None, Some(text)) => read_text(&text, password, budget),
            (None, None) => Err(ImportError::NotAnExport),
        },
    }
}

/// Whether it is nothing that says what it is, and could be andOTP's encrypted file.
fn is_guess(bytes: &[u8]) -> bool {
    let says = own::is_record(bytes)
        || stratum::is_encrypted(bytes)
        || java::is_stream(bytes)
        || keepass::is_database(bytes)
        || sqlite::is_database(bytes)
        || foreign(bytes).is_some();
    !says && andotp::may_be_encrypted(bytes) && text::of(bytes).is_none()
}

/// Whether it is a text that says of nothing but itself, and could be TOTP Authenticator's.
fn is_base64(bytes: &[u8]) -> bool {
    text::of(bytes).is_some_and(|text| !own::is_record_text(text.trim()) && totp_authenticator::sealed(&text).is_some())
}

/// [`read`] of what is text for certain, as what was inside an encrypted file is.
fn read_text(text: &str, password: Option<&Password>, budget: &Budget) -> Result<Import, ImportError> {
    let sent = text.contains("otpauth").then(|| text::unquoted(text)).flatten();
    let text = sent.as_ref().map_or(text, |sent| sent.as_str()).trim();
    if let Some(json) = text.starts_with("***").then(|| json::parse_lines(text)).flatten() {
        return read_json(&json, password);
    }
    match text {
        _ if text.starts_with("{\\rtf") => Err(ImportError::Document),
        _ if json::begins(text) => match json::parse(text) {
            Ok(json) => read_json(&json, password),
            // A list may begin with a comment in brackets; what else does is damaged JSON.
            Err(ImportError::Damaged) if otpauth::is_list(text) => otpauth::read(text),
            Err(error) => json::parse_lines(text).map_or(Err(error), |json| read_json(&json, password)),
        },
        _ if html::is_page(text) => html::read(text),
        _ if text.starts_with('<') => read_xml(text, password, budget),
        _ if csv::has_header(text) => csv::read(text),
        _ if otpauth::is_list(text) => only_if_any(otpauth::read(text)?),
        _ if text.starts_with("phonefactor://") => Err(ImportError::MicrosoftAuthenticator),
        _ if own::is_record_text(text) => own::read_text(text, password),
        _ if authme::is_text(text) => authme::read_text(text),
        _ if pass::is_entry(text) => pass::read(text),
        _ if csv::has_uri(text) => csv::read(text),
        _ => match totp_authenticator::sealed(text) {
            Some(sealed) => totp_authenticator::read_encrypted(&sealed, password),
            None => otpauth::read_within(text).unwrap_or(Err(ImportError::NotAnExport)),
        },
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
        // Others have the hash under another name.
        _ if first.has("secret") && first.has("type") && first.has("label") && !first.has("algo") => andotp::read(json),
        _ if first.has("login") || first.text_of("object") == "item" => bitwarden::read_items(json),
        _ if onepassword::is_pif(json) => onepassword::read_pif(json),
        _ if steam::is_file(json) => steam::read(json),
        Value::String(_) => read_list_of_text(json),
        _ => read_any(json, Format::Json),
    }
}

fn read_object(json: &Value, fields: &Map, password: Option<&Password>) -> Result<Import, ImportError> {
    let has = |key: &str| json.has(key);
    let list = |key: &str| json.get(key).and_then(Value::as_array);
    match list("entries").map(|entries| entries.first().unwrap_or(&Value::Null)) {
        _ if has("header") && has("db") => aegis::read(json, password),
        _ if has("services") || has("servicesEncrypted") => twofas::read(json, password),
        _ if list("items").is_some_and(|items| items.iter().any(|item| item.has("login"))) => {
            bitwarden::read(json, password)
        }
        _ if has("encrypted") && (has("items") || has("encKeyValidation_DO_NOT_EDIT")) => {
            bitwarden::read(json, password)
        }
        _ if has("kdfParams") && has("encryptedData") => ente::read(json, password),
        _ if has("version") && has("salt") && has("content") => proton::read_encrypted(json, password),
        _ if has("nonce") && has("salt") && has("cipher") => cotp::read_encrypted(json, password),
        _ if has("elements") && has("version") => cotp::read(json),
        _ if two_fa_extension::is_backup(json) => two_fa_extension::read(json, password),
        _ if authy::is_answer(json) => authy::read_answer(json, password),
        _ if enpass::is_export(json) => enpass::read(json),
        _ if authme::is_export(json) => authme::read(json),
        _ if keeper::is_export(json) => keeper::read(json),
        _ if has("Authenticators") => stratum::read(json),
        _ if has("tokens") && (has("tokenOrder") || list("tokens").is_some()) => freeotp::read_plus(json),
        _ if steam::is_file(json) => steam::read(json),
        _ if cxf::is_export(json) => cxf::read(json),
        _ if onepassword::is_export(json) => onepassword::read(json),
        _ if has("vaults") => proton_pass::read(json),
        _ if has("app") && has("data") => read_any(json, Format::TwoFAuth),
        _ if otp_manager::is_export(json) => otp_manager::read(json, password),
        _ if list("accounts").is_some() && lastpass::is_export(json) => lastpass::read(json),
        Some(first) if first.has("content") => proton::read(json),
        Some(first) if has("version") && !first.has("secret") => proton::read(json),
        Some(_) => own::read_json(json),
        None if authenticator_extension::is_export(fields) => authenticator_extension::read(fields, password),
        None => read_any(json, Format::Json),
    }
}

/// JSON in which an entry is known by the names of its fields alone.
fn read_any(json: &Value, format: Format) -> Result<Import, ImportError> {
    let mut import = Import::of(format);
    named::read_json(json, &mut import)?;
    if import.entries.is_empty() && import.discarded.is_empty() {
        let is_known = named::holds_passwords(json);
        return Err(if is_known { ImportError::NoCodes } else { ImportError::NotAnExport });
    }
    if matches!(format, Format::Json | Format::Xml) {
        // Of a file that nobody knows, what stands where names do may be a key.
        import.unreadable.iter_mut().for_each(|unreadable| unreadable.label.clear());
    }
    Ok(import)
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

fn read_xml(text: &str, password: Option<&Password>, budget: &Budget) -> Result<Import, ImportError> {
    if xml::is_preferences(text) {
        return read_preferences(&xml::strings(text)?, password);
    }
    match () {
        () if text.contains("<KeePassFile") => keepass_xml::read(text, None, budget),
        () if text.contains("<WinAuth") => Err(ImportError::WinAuth),
        () => match any_xml::to_json(text, budget).and_then(|json| read_any(&json, Format::Xml)) {
            Err(ImportError::Damaged | ImportError::NotAnExport) => {
                html::read(text).map_err(|error| if text.contains("<html") { error } else { ImportError::Document })
            }
            read => read,
        },
    }
}

/// What an Android app keeps of its own, by the names that it has.
fn read_preferences(
    strings: &[(String, Zeroizing<String>)],
    password: Option<&Password>,
) -> Result<Import, ImportError> {
    let named = |name: &str| strings.iter().find(|(own, _)| own == name).map(|(_, text)| text.as_str());
    if let Some(list) = named(authy::PREFERENCE) {
        authy::read(list, password)
    } else if let Some(list) = named(totp_authenticator::PREFERENCE) {
        totp_authenticator::read(list)
    } else if let Some(secret) = named(battle_net::SECRET) {
        battle_net::read(secret, named(battle_net::SERIAL).unwrap_or_default())
    } else if strings.iter().any(|(name, _)| name.starts_with("com.authy.storage")) {
        Err(ImportError::Authy)
    } else {
        freeotp::read_preferences(strings)
    }
}

/// The exports in an archive; those among attachments only where there is no other. One archive may lie in another.
fn read_archive(
    bytes: &[u8],
    password: Option<&Password>,
    budget: &Budget,
    is_inside: bool,
) -> Result<Import, ImportError> {
    let files = zip::files(bytes)?;
    if files.iter().any(zip::File::is_of_a_spreadsheet) {
        return Err(ImportError::Spreadsheet);
    }
    let (attached, own): (Vec<_>, Vec<_>) =
        files.iter().filter(|file| !file.is_packing()).partition(|file| file.is_attachment());
    let mut archive = Archive { is_inside, ..Archive::default() };
    for file in own {
        archive.take(file, password, budget)?;
    }
    match &archive.whole {
        Some(_) => archive.passed_over.files += attached.len(),
        None => attached.into_iter().try_for_each(|file| archive.take(file, password, budget))?,
    }
    archive.into_import(password)
}

/// What was found in an archive.
#[derive(Default)]
struct Archive {
    /// It lies in another one.
    is_inside: bool,
    whole: Option<Import>,
    /// There was something to read, with no codes in it.
    is_empty: bool,
    /// There was something that only the right password tells of.
    is_sealed: bool,
    /// Why something could not be read.
    answer: Option<ImportError>,
    /// The names of what is damaged, or known and not read.
    lost: Vec<String>,
    passed_over: PassedOver,
}

impl Archive {
    fn take(&mut self, file: &zip::File<'_>, password: Option<&Password>, budget: &Budget) -> Result<(), ImportError> {
        let read = file.unpack(password, budget).and_then(|unpacked| self.read_member(&unpacked, password, budget));
        match (read, &mut self.whole) {
            (Ok(import), _) if import.len() == 0 && import.backup.is_none() => self.is_empty = true,
            (Ok(import), None) => self.whole = Some(import),
            (Ok(import), Some(whole)) => whole.join(import)?,
            // A password opens it, whatever else there is.
            (Err(ImportError::NeedsPassword), _) => return Err(ImportError::NeedsPassword),
            // There may be another file to be opened with it.
            (Err(ImportError::WrongPassword), None) => return Err(ImportError::WrongPassword),
            (Err(ImportError::NoCodes), _) => self.is_empty = true,
            (Err(ImportError::UnknownOrSealed), _) => {
                (self.is_sealed, self.passed_over.files) = (true, self.passed_over.files + 1)
            }
            (Err(ImportError::NotAnExport), _) => self.passed_over.files += 1,
            (Err(ImportError::Empty), _) => {}
            // Out of the archive, its codes can be scanned.
            (Err(ImportError::Picture | ImportError::Heic), _) => self.passed_over.pictures += 1,
            (Err(error), _) => {
                match error {
                    ImportError::Document | ImportError::WebPage | ImportError::Spreadsheet => {
                        self.passed_over.files += 1
                    }
                    _ => self.lost.push(file.name().into_owned()),
                }
                // What is named, or was too much, is told before what is only damaged.
                let is_told = |error: ImportError| error.is_foreign() || error == ImportError::TooLarge;
                if self.answer.is_none_or(|answer| is_told(error) && !is_told(answer)) {
                    self.answer = Some(error);
                }
            }
        }
        Ok(())
    }

    /// [`read_bytes`] of a file in it. Of many files some look random, or are base64: only the right password says that one is
    /// andOTP's, or TOTP Authenticator's.
    fn read_member(&self, bytes: &[u8], password: Option<&Password>, budget: &Budget) -> Result<Import, ImportError> {
        if bytes.trim_ascii().is_empty() {
            return Err(ImportError::Empty);
        }
        if zip::is_archive(bytes) && !self.is_inside {
            return read_archive(bytes, password, budget, true);
        }
        if gzip::is_packed(bytes) {
            return read_bytes(&gzip::unpack(bytes, budget)?, password, budget);
        }
        match read_bytes(bytes, password, budget) {
            Err(ImportError::NeedsPassword | ImportError::WrongPassword) if is_guess(bytes) || is_base64(bytes) => {
                Err(ImportError::UnknownOrSealed)
            }
            read => read,
        }
    }

    fn into_import(self, password: Option<&Password>) -> Result<Import, ImportError> {
        let nothing = match password {
            Some(_) if self.is_sealed => ImportError::WrongPassword,
            None if self.is_sealed => ImportError::UnknownOrSealed,
            _ if self.is_empty => ImportError::NoCodes,
            _ if self.passed_over.pictures > 0 => ImportError::Pictures,
            _ => ImportError::Archive,
        };
        let mut whole = self.whole.ok_or(self.answer.unwrap_or(nothing))?;
        whole.passed_over.add(self.passed_over);
        for name in self.lost {
            whole.push(exchange::label("", &name), Err(Why::Part))?;
        }
        Ok(whole)
    }
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
    const KNOWN: [(&[u8], ImportError); 23] = [
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
        (b"BZh", ImportError::Archive),
        (b"\xfd7zXZ\0", ImportError::Archive),
        (b"\x28\xb5\x2f\xfd", ImportError::Archive),
        (b"bplist0", ImportError::NotAnExport),
        // PasswordSafe's and Buttercup's vaults.
        (b"PWS3", ImportError::Database),
        (b"b~>buttercup/", ImportError::Database),
        (b"MZ", ImportError::NotAnExport),
        (b"\x7fELF", ImportError::NotAnExport),
        (b"ID3", ImportError::NotAnExport),
        (b"-----BEGIN PGP MESSAGE-----", ImportError::SealedOutside),
        (b"-----BEGIN AGE ENCRYPTED FILE-----", ImportError::SealedOutside),
        (b"age-encryption.org/", ImportError::SealedOutside),
        (b"Salted__", ImportError::SealedOutside),
    ];
    if is_openpgp(bytes) {
        return Some(ImportError::SealedOutside);
    }
    if bytes.get(257..262) == Some(b"ustar") {
        return Some(ImportError::Archive);
    }
    if bytes.get(4..8) == Some(b"ftyp") {
        // Films begin alike.
        let is_picture = bytes.get(8..12).is_some_and(|brand| {
            [b"mif1", b"msf1"].iter().any(|b| brand == *b)
                || brand.starts_with(b"hei")
                || brand.starts_with(b"hev")
                || brand.starts_with(b"avi")
        });
        return Some(if is_picture { ImportError::Heic } else { ImportError::NotAnExport });
    }
    let found = KNOWN.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, foreign)| *foreign)?;
    // A few letters are too few to go by; a text may begin with them.
    let is_short = matches!(found, ImportError::Picture | ImportError::NotAnExport) || bytes.starts_with(b"BZh");
    (std::str::from_utf8(bytes).is_err() || !is_short).then_some(found)
}

/// A message of OpenPGP in bytes begins with a session key, for a public key (version 3) or for a password (version 4);
/// RFC 9580, section 5.
fn is_openpgp(bytes: &[u8]) -> bool {
    match bytes {
        [0x84, _, 3, ..] | [0x85, _, _, 3, ..] | [0x8c, _, 4, ..] => true,
        [0xc1, length, version, ..] | [0xc3, length, version, ..] => *length < 192 && matches!(version, 3 | 4 | 6),
        _ => false,
    }
}
