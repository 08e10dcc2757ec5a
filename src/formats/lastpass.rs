//! LastPass Authenticator: `{"version","accounts":[{"issuerName","userName","secret",…}]}`.

use super::draft::{Draft, Written, optional};
use super::error::{ImportError, Why};
use super::json::{Fields, Value};
use super::{Entry, Format, Import};
use exchange::label;

pub(crate) fn read(json: &Value) -> Result<Import, ImportError> {
    let mut import = Import::of(Format::LastPass);
    let accounts = json.get("accounts").and_then(Value::as_array).ok_or(ImportError::Damaged)?;
    if !accounts.iter().all(|account| account.has("secret") || account.has("issuerName")) {
        return Err(ImportError::NotAnExport);
    }
    for account in accounts {
        import.push(label(issuer(account), name(account)), read_account(account))?;
    }
    Ok(import)
}

fn issuer(account: &Value) -> &str {
    either(account, "issuerName", "originalIssuerName")
}

fn name(account: &Value) -> &str {
    either(account, "userName", "originalUserName")
}

/// What the person renamed it to, else what it was.
fn either<'a>(json: &'a Value, first: &str, second: &str) -> &'a str {
    Some(json.text_of(first)).filter(|text| !text.is_empty()).unwrap_or(json.text_of(second))
}

fn read_account(account: &Value) -> Result<Entry, Why> {
    Draft {
        kind: "totp",
        issuer: issuer(account),
        name: name(account),
        secret: Written::Base32(account.text_of("secret")),
        algorithm: account.get("algorithm").and_then(Value::as_str),
        digits: optional(account, "digits", Why::Digits)?,
        period: optional(account, "timeStep", Why::Period)?,
        counter: None,
    }
    .finish()
}
