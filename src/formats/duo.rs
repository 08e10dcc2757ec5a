//! Duo Mobile's own store, `[{"accountType","name","otpGenerator":{"otpSecret","counter"}}]`,
//! as far as it is readable: accounts of third parties. Duo's own accounts are
//! push registrations bound to the phone.

use super::draft::{Draft, Written, optional};
use super::error::{ImportError, Why};
use super::json::{Fields, Value};
use super::{Entry, Format, Import};
use exchange::label;

pub(crate) fn read(json: &Value) -> Result<Import, ImportError> {
    let mut import = Import::of(Format::Duo);
    for account in json.as_array().ok_or(ImportError::Damaged)? {
        import.push(label("", account.text_of("name")), read_account(account))?;
    }
    Ok(import)
}

fn read_account(account: &Value) -> Result<Entry, Why> {
    let generator = account.get("otpGenerator").ok_or(Why::Type)?;
    let counter = optional(generator, "counter", Why::Counter)?;
    Draft {
        kind: if counter.is_some() { "hotp" } else { "totp" },
        issuer: "",
        name: account.text_of("name"),
        secret: Written::Base32(generator.text_of("otpSecret")),
        algorithm: None,
        digits: None,
        period: None,
        counter,
    }
    .finish()
}
