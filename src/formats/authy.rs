//! Authy's preferences, taken from a phone, and what its service answers: Authy has no export.
//!
//! After Aegis' importer of what is in the open, and the files in its tests. A JSON list; where backups were on, each key is sealed
//! under the backups' password: PBKDF2-SHA1, AES-256-CBC with an IV of zeros. Authy's own tokens, which are no accounts
//! of other services, are not in this list. The same list under other names is the service's answer, which has rounds and an
//! IV of each token's own: <https://github.com/AlexTech01/Authy-iOS-MiTM> keeps it, and writes another with the keys in the open.

use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use zeroize::Zeroizing;

use super::draft::{Draft, Written, read_base32};
use super::error::{ImportError, Why};
use super::json::{self, Fields, Value, either};
use super::limits::{self, MAX_DERIVATIONS};
use super::{Format, Import, Password, sealed};
use exchange::split_name;
use otp::Algorithm;

pub(crate) const PREFERENCE: &str = "com.authy.storage.tokens.authenticator.key";
const ROUNDS: u64 = 1000;

/// The service's answer, and what is made of it.
const LISTS: [&str; 2] = ["authenticator_tokens", "decrypted_authenticator_tokens"];
const DECRYPTED: [&str; 2] = ["decryptedSecret", "decrypted_seed"];
const ENCRYPTED: [&str; 2] = ["encryptedSecret", "encrypted_seed"];

pub(crate) fn is_answer(json: &Value) -> bool {
    LISTS.iter().any(|list| !json.list_of(list).is_empty())
}

pub(crate) fn read_answer(json: &Value, password: Option<&Password>) -> Result<Import, ImportError> {
    let items: Vec<&Value> = LISTS.iter().flat_map(|list| json.list_of(list)).collect();
    read_items(&items, password)
}

pub(crate) fn read(list: &str, password: Option<&Password>) -> Result<Import, ImportError> {
    let list = json::parse(list)?;
    let items: Vec<&Value> = list.as_array().ok_or(ImportError::Damaged)?.iter().collect();
    read_items(&items, password)
}

fn read_items(items: &[&Value], password: Option<&Password>) -> Result<Import, ImportError> {
    let is_sealed = |item: &Value| text(item, DECRYPTED).is_empty() && ENCRYPTED.iter().any(|name| item.has(name));
    let sealed: Vec<&Value> = items.iter().copied().filter(|item| is_sealed(item)).collect();
    if !sealed.is_empty() {
        password.ok_or(ImportError::NeedsPassword)?;
        // Each has a key of its own; together they may cost what those of one file may.
        let all = sealed.iter().try_fold(0u64, |all, item| rounds(item).map(|rounds| all.saturating_add(rounds)))?;
        limits::pbkdf2(all.div_ceil(MAX_DERIVATIONS as u64))?;
    }
    let mut import = Import::of(Format::Authy);
    for item in items {
        let (issuer, organisation, name) = names(item);
        let secret = match password.filter(|_| is_sealed(item)) {
            Some(password) => open(item, password),
            None => DECRYPTED
                .into_iter()
                .find(|name| item.has(name))
                .map_or(Err(Why::NoSecret), |name| item.secret_of(name)),
        };
        // Its own tokens have a step that nobody says.
        let kind = if item.text_of("account_type") == "authy" { "" } else { "totp" };
        let digits = item.optional("digits", Why::Digits);
        import.take(Draft { organisation, digits, ..Draft::of(kind, issuer, name, secret) })?;
    }
    // Without a MAC, a wrong password may open one to nonsense, and not all.
    let unopened = import.unreadable.iter().filter(|one| one.why == Why::Sealed).count();
    if unopened > 0 && unopened == sealed.len() {
        return Err(ImportError::WrongPassword);
    }
    Ok(import)
}

fn text<'a>(item: &'a Value, names: [&str; 2]) -> &'a str {
    let [first, second] = names.map(|name| item.text_of(name));
    either(first, second)
}

fn rounds(item: &Value) -> Result<u64, ImportError> {
    match item.get("key_derivation_iterations") {
        None | Some(Value::Null) => Ok(ROUNDS),
        Some(_) => item.count_of("key_derivation_iterations"),
    }
}

fn open(item: &Value, password: &Password) -> Written {
    let key = || {
        let rounds = limits::pbkdf2(rounds(item).ok()?).ok()?;
        let key = sealed::pbkdf2(Algorithm::Sha1, password.typed(), item.text_of("salt").as_bytes(), rounds);
        let iv = match item.text_of("unique_iv") {
            "" => vec![0; 16],
            iv => HEXLOWER_PERMISSIVE.decode(iv.as_bytes()).ok()?,
        };
        let text = sealed::open_cbc(&key, &iv, &BASE64.decode(text(item, ENCRYPTED).as_bytes()).ok()?)?;
        read_base32(&Zeroizing::new(String::from_utf8(text.to_vec()).ok()?)).ok()
    };
    key().ok_or(Why::Sealed)
}

/// Issuer, organisation and name. `originalName` is what the code said, `name` what is shown, which a person may have changed.
fn names(item: &Value) -> (&str, Option<&str>, &str) {
    let shown = item.text_of("name");
    let said = either(text(item, ["originalName", "original_name"]), shown);
    let issuer = text(item, ["originalIssuer", "issuer"]);
    match split_name(issuer, said) {
        (None, name) if name == said => (issuer, None, shown),
        (Some(prefix), name) if issuer.is_empty() => (prefix, None, name),
        (prefix, name) => (issuer, prefix, name),
    }
}
