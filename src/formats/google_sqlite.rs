//! Google Authenticator's own database, `databases/databases` on a phone that
//! its owner has opened up: the table `accounts`. No algorithm, digits or
//! period: they are the usual ones. A database with Microsoft's or Stratum's
//! table goes on to its own reader.

use super::draft::{Draft, read_base32};
use super::error::ImportError;
use super::limits::Budget;
use super::sqlite::Table;
use super::{Format, Import, microsoft, stratum};
use exchange::split_name;

pub(crate) fn read(bytes: &[u8], budget: &Budget) -> Result<Import, ImportError> {
    let Some(table) = Table::read(bytes, "accounts", budget)? else {
        return stratum::read_table(&Table::read(bytes, "authenticator", budget)?.ok_or(ImportError::Database)?);
    };
    if table.has("oath_secret_key") {
        return microsoft::read(&table);
    }
    if !["email", "secret", "type", "counter"].into_iter().all(|column| table.has(column)) {
        return Err(ImportError::Database);
    }
    let mut import = Import::of(Format::GoogleDatabase);
    for row in table.rows() {
        let issuer = row.get("issuer").text();
        let (organisation, name) = split_name(issuer, row.get("email").text());
        let kind = match row.get("type").number() {
            Some(0) => "totp",
            Some(1) => "hotp",
            _ => "",
        };
        let counter = Ok(row.get("counter").number());
        import.take(Draft {
            counter,
            organisation,
            ..Draft::of(kind, issuer, name, read_base32(row.get("secret").text()))
        })?;
    }
    Ok(import)
}
