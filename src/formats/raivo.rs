//! Raivo OTP: a JSON list whose values are all texts, inside a password zip.
//!
//! <https://github.com/raivo-otp/ios-application>. The archive also holds a
//! page with QR codes, which the reader of archives passes over.

use super::draft::{Draft, Written, optional};
use super::error::{ImportError, Why};
use super::json::{Fields, Value};
use super::{Entry, Format, Import};
use exchange::label;

pub(crate) fn read(json: &Value) -> Result<Import, ImportError> {
    let mut import = Import::of(Format::Raivo);
    for item in json.as_array().ok_or(ImportError::Damaged)? {
        import.push(label(item.text_of("issuer"), item.text_of("account")), read_item(item))?;
    }
    Ok(import)
}

fn read_item(item: &Value) -> Result<Entry, Why> {
    Draft {
        kind: item.text_of("kind"),
        issuer: item.text_of("issuer"),
        name: item.text_of("account"),
        secret: Written::Base32(item.text_of("secret")),
        algorithm: item.get("algorithm").and_then(Value::as_str),
        digits: optional(item, "digits", Why::Digits)?,
        period: optional(item, "timer", Why::Period)?,
        counter: optional(item, "counter", Why::Counter)?,
    }
    .finish()
}
