//! Duo Mobile's own store, `[{"accountType","name","otpGenerator":{"otpSecret","counter"}}]`,
//! as far as it is readable: accounts of third parties. Duo's own accounts are
//! push registrations bound to the phone.

use super::draft::Draft;
use super::error::{ImportError, Why};
use super::json::{Fields, Value};
use super::{Format, Import};

pub(crate) fn read(json: &Value) -> Result<Import, ImportError> {
    Import::of_list(Format::Duo, Some(json), |account| {
        let name = account.text_of("name");
        let Some(generator) = account.get("otpGenerator") else { return Draft::of("", "", name, Err(Why::Type)) };
        let counter = generator.optional("counter", Why::Counter);
        let kind = if counter == Ok(None) { "totp" } else { "hotp" };
        Draft { counter, ..Draft::of(kind, "", name, generator.secret_of("otpSecret")) }
    })
}
