//! Tofaktor's own files; the crate `exchange` writes the encrypted one.
//!
//! The encrypted one is a vault record (src/vault/FORMAT.md), as bytes or as
//! the base64 in which stores keep it: a copy out of the browser's storage
//! opens as well as an export does. The plain one is the JSON of the command
//! line.

use super::draft::Draft;
use super::error::{ImportError, Why};
use super::json::{Fields, Value};
use super::limits::MAX_DERIVATIONS;
use super::{Format, Import, Password};
use kdf::{Passphrase, derive_kek};
use otp::uri::is_a_name;
use vault::recovery::RecoveryCode;
use vault::{Contents, Damage, Record, UnlockMethod, Unopened, VaultError, VaultKey, sharing};

const MAGIC: &[u8] = b"M365TOTP";
/// What base64 makes of the magic, as far as it depends on nothing else.
const MAGIC_TEXT: &str = "TTM2NVRPVF";

pub(crate) fn is_record(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

pub(crate) fn is_record_text(text: &str) -> bool {
    text.starts_with(MAGIC_TEXT)
}

pub(crate) fn read(bytes: &[u8], password: Option<&Password>) -> Result<Import, ImportError> {
    open(&Record::parse(bytes.to_vec()).map_err(reason)?, password)
}

pub(crate) fn read_text(text: &str, password: Option<&Password>) -> Result<Import, ImportError> {
    // A mail breaks the line.
    let text: String = text.split_ascii_whitespace().collect();
    open(&Record::from_text(&text).map_err(reason)?, password)
}

fn open(record: &Record, password: Option<&Password>) -> Result<Import, ImportError> {
    let key = unlock(record, password.ok_or(ImportError::NeedsPassword)?)?;
    let json = record.open(&key).map_err(reason)?;
    let mut contents = Contents::decode(&json).map_err(reason)?;
    // Early versions' backups have another browser's key in it.
    contents.settings.shift_remove(sharing::SETTING);
    let mut import = Import::of(Format::Tofaktor);
    let all = contents.accounts.len();
    contents.accounts.retain(|account| {
        [&account.issuer, &account.name].into_iter().chain(&account.organisation).all(|name| is_a_name(name))
    });
    for account in &contents.accounts {
        import.push(String::new(), Ok(account.clone().into()))?;
    }
    for _ in contents.accounts.len()..all {
        import.push(String::new(), Err(Why::NameTooLong))?;
    }
    for _ in &contents.unread {
        import.push(String::new(), Err(Why::Type))?;
    }
    import.backup = Some(contents);
    Ok(import)
}

/// By a passphrase, or by a recovery code typed in its place: on the day of a
/// recovery, the paper may be all there is.
fn unlock(record: &Record, password: &Password) -> Result<VaultKey, ImportError> {
    let header = record.header();
    let code = std::str::from_utf8(password.typed()).ok().and_then(|text| RecoveryCode::from_text(text).ok());
    let mut derivations = 0;
    for slot in &header.slots {
        let (Some(unlock_method), Some(salt)) = (slot.unlock_method(), slot.salt()) else { continue };
        let kek = match (unlock_method, &code) {
            (UnlockMethod::Recovery, Some(code)) => code.derive_kek(salt, header.vault_id, slot.id),
            (UnlockMethod::Passphrase(cost), _) => {
                derivations += 1;
                if derivations > MAX_DERIVATIONS {
                    return Err(ImportError::KdfTooExpensive);
                }
                let passphrase = Passphrase::new(password.normalised().expose().to_vec());
                derive_kek(&passphrase, salt, *cost).ok_or(ImportError::NoMemory)?
            }
            _ => continue,
        };
        match slot.unwrap(header.place(), &kek) {
            Ok(key) => return Ok(key),
            Err(Unopened::Tampered) => return Err(ImportError::Damaged),
            Err(Unopened::WrongKey) => {}
        }
    }
    Err(ImportError::WrongPassword)
}

fn reason(error: VaultError) -> ImportError {
    match error {
        VaultError::Newer { .. } => ImportError::Newer,
        VaultError::Damaged(Damage::Cost) => ImportError::KdfTooExpensive,
        _ => ImportError::Damaged,
    }
}

/// `{"entries":[{"type","issuer","account","secret","algorithm","digits","period","counter"}]}`
pub(crate) fn read_json(json: &Value) -> Result<Import, ImportError> {
    Import::of_list(Format::TofaktorJson, json.get("entries"), |entry| Draft {
        note: entry.text_of("note"),
        tags: entry.texts_of("tags").collect(),
        ..Draft::of_json(entry)
    })
}
