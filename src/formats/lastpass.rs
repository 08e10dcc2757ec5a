//! LastPass Authenticator: `{"version","accounts":[{"issuerName","userName","secret",…}]}`.

use super::draft::Draft;
use super::error::{ImportError, Why};
use super::json::{Fields, Value, either};
use super::{Format, Import};

pub(crate) fn read(json: &Value) -> Result<Import, ImportError> {
    let accounts = json.get("accounts").and_then(Value::as_array).ok_or(ImportError::Damaged)?;
    if !accounts.iter().all(|account| account.has("secret") || account.has("issuerName")) {
        return Err(ImportError::NotAnExport);
    }
    Import::of_list(Format::LastPass, json.get("accounts"), |account| Draft {
        kind: "totp",
        // What the person renamed it to, else what it was.
        issuer: either(account.text_of("issuerName"), account.text_of("originalIssuerName")),
        name: either(account.text_of("userName"), account.text_of("originalUserName")),
        period: account.optional("timeStep", Why::Period),
        counter: Ok(None),
        ..Draft::of_json(account)
    })
}
