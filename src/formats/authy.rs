//! Authy's preferences, taken from a phone: Authy has no export.
//!
//! After Aegis' importer of what is in the open, and the files in its tests. A JSON list; where backups were on, each key is sealed
//! under the backups' password: PBKDF2-SHA1, AES-256-CBC with an IV of zeros. Authy's own tokens, which are no accounts
//! of other services, are not in this list.

use data_encoding::BASE64;
use zeroize::Zeroizing;

use super::draft::{Draft, Written, read_base32};
use super::error::{ImportError, Why};
use super::json::{self, Fields, Value, either};
use super::{Format, Import, Password, sealed};
use otp::Algorithm;

pub(crate) const PREFERENCE: &str = "com.authy.storage.tokens.authenticator.key";
const ROUNDS: u32 = 1000;

pub(crate) fn read(list: &str, password: Option<&Password>) -> Result<Import, ImportError> {
    let list = json::parse(list)?;
    let items = list.as_array().ok_or(ImportError::Damaged)?;
    let is_sealed = |item: &Value| !item.has("decryptedSecret") && item.has("encryptedSecret");
    let sealed = items.iter().filter(|item| is_sealed(item)).count();
    if sealed > 0 && password.is_none() {
        return Err(ImportError::NeedsPassword);
    }
    let mut import = Import::of(Format::Authy);
    for item in items {
        let (issuer, name) = names(item);
        let secret = match password.filter(|_| is_sealed(item)) {
            Some(password) => open(item, password),
            None => item.secret_of("decryptedSecret"),
        };
        let digits = item.optional("digits", Why::Digits);
        import.take(Draft { digits, ..Draft::of("totp", issuer, name, secret) })?;
    }
    // Without a MAC, a wrong password may open one to nonsense, and not all.
    if sealed > 0 && import.unreadable.iter().filter(|one| one.why == Why::Sealed).count() == sealed {
        return Err(ImportError::WrongPassword);
    }
    Ok(import)
}

fn open(item: &Value, password: &Password) -> Written {
    let key = || {
        let key = sealed::pbkdf2(Algorithm::Sha1, password.typed(), item.text_of("salt").as_bytes(), ROUNDS);
        let text = sealed::open_cbc(&key, &[0; 16], &BASE64.decode(item.text_of("encryptedSecret").as_bytes()).ok()?)?;
        read_base32(&Zeroizing::new(String::from_utf8(text.to_vec()).ok()?)).ok()
    };
    key().ok_or(Why::Sealed)
}

/// `originalName` is what the code said, `name` what is shown, which a person may have changed.
fn names(item: &Value) -> (&str, &str) {
    let shown = item.text_of("name");
    let said = either(item.text_of("originalName"), shown);
    let (issuer, name) = said.split_once(':').unwrap_or((item.text_of("originalIssuer"), shown));
    (issuer.trim(), name.trim())
}
