//! Google Authenticator's own database, `databases/databases` on a phone that
//! its owner has opened up: the table `accounts`. No algorithm, digits or
//! period: they are the usual ones.

use super::draft::{Draft, Written, split_name};
use super::error::ImportError;
use super::sqlite::Table;
use super::{Format, Import};
use exchange::label;

pub(crate) fn read(bytes: &[u8]) -> Result<Import, ImportError> {
    let table = Table::read(bytes, "accounts")?.ok_or(ImportError::Database)?;
    if table.has("oath_secret_key") {
        return Err(ImportError::MicrosoftAuthenticator);
    }
    if !["email", "secret", "type", "counter"].into_iter().all(|column| table.has(column)) {
        return Err(ImportError::Database);
    }
    let mut import = Import::of(Format::GoogleDatabase);
    for row in table.rows() {
        let issuer = row.get("issuer").text();
        let (_, name) = split_name(issuer, row.get("email").text());
        let draft = Draft {
            kind: match row.get("type").number() {
                Some(0) => "totp",
                Some(1) => "hotp",
                _ => "",
            },
            issuer,
            name,
            secret: Written::Base32(row.get("secret").text()),
            algorithm: None,
            digits: None,
            period: None,
            counter: row.get("counter").number(),
        };
        import.push(label(issuer, name), draft.finish())?;
    }
    Ok(import)
}
