//! Microsoft Authenticator's database, `databases/PhoneFactor` on a phone that its owner has opened up: the app has no
//! export.
//!
//! After Aegis' importer of it. Kind 0 has a code of another service; kind 1 is a personal Microsoft account, whose codes
//! have eight digits; work accounts approve, and their keys stay in the phone. What the app has sealed in the phone's key
//! store says so.

use data_encoding::BASE64;
use zeroize::Zeroizing;

use super::draft::{Draft, Written, read_base32, read_bytes};
use super::error::{ImportError, Why};
use super::sqlite::Table;
use super::{Format, Import};

pub(crate) fn read(table: &Table<'_>) -> Result<Import, ImportError> {
    if !["account_type", "username", "name"].into_iter().all(|column| table.has(column)) {
        return Err(ImportError::MicrosoftAuthenticator);
    }
    let mut import = Import::of(Format::Microsoft);
    for row in table.rows() {
        let key = row.get("oath_secret_key").text().trim();
        let sealed = || !row.get("encrypted_oath_secret_key").text().is_empty();
        let personal = || -> Written {
            let bytes = BASE64.decode(key.as_bytes()).map(Zeroizing::new);
            read_bytes(&bytes.map_err(|_| Why::SecretCharacter)?)
        };
        let (kind, digits, secret) = match row.get("account_type").number() {
            Some(0 | 1) if key.is_empty() && sealed() => ("totp", 6, Err(Why::Sealed)),
            Some(0) => ("totp", 6, read_base32(key)),
            Some(1) => ("totp", 8, personal()),
            _ => ("", 6, Err(Why::Type)),
        };
        let (issuer, name) = (row.get("name").text(), row.get("username").text());
        import.take(Draft { digits: Ok(Some(digits)), ..Draft::of(kind, issuer, name, secret) })?;
    }
    // Of a work account alone, the sentence says what to do.
    if import.entries.is_empty() && import.is_only(Why::Type) {
        Err(ImportError::MicrosoftAuthenticator)
    } else {
        Ok(import)
    }
}
