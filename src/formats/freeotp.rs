//! FreeOTP 1 (Android's preferences as XML) and FreeOTP+ (the same tokens as
//! JSON, `{"tokens":[…],"tokenOrder":[…]}`; or its preferences).
//!
//! <https://github.com/freeotp/freeotp-android>, class Token. A secret is a
//! list of signed bytes. The counter of a HOTP token is the last one used
//! where the app counts before it answers; it is taken as it stands, because
//! one too low costs a refused code and one too high may cost the account.

use super::draft::{Draft, Written, optional};
use super::error::{ImportError, Why};
use super::json::{self, Fields, Value};
use super::{Entry, Format, Import, xml};
use exchange::label;
use otp::uri;

pub(crate) fn read_xml(text: &str) -> Result<Import, ImportError> {
    let mut import = Import::of(Format::FreeOtp1);
    for value in xml::strings(text)? {
        // Settings stand between the tokens, and the order of the tokens is one of them.
        let Ok(token) = json::parse(&value) else { continue };
        if token.has("secret") && token.has("type") {
            import.push(label_of(&token), read_token(&token))?;
        }
    }
    if import.entries.is_empty() && import.unreadable.is_empty() {
        return Err(ImportError::NotAnExport);
    }
    Ok(import)
}

pub(crate) fn read_plus(json: &Value) -> Result<Import, ImportError> {
    let mut import = Import::of(Format::FreeOtpPlus);
    for token in json.get("tokens").and_then(Value::as_array).ok_or(ImportError::Damaged)? {
        import.push(label_of(token), read_token(token))?;
    }
    Ok(import)
}

fn read_token(token: &Value) -> Result<Entry, Why> {
    let secret = token.get("secret").and_then(Value::signed_bytes).ok_or(Why::NoSecret)?;
    read_token_with(token, &secret, None)
}

/// A token whose secret stands elsewhere, and perhaps its algorithm.
pub(super) fn read_token_with(token: &Value, secret: &[u8], algorithm: Option<&str>) -> Result<Entry, Why> {
    let (issuer, prefix) = issuers(token);
    let mut entry = Draft {
        kind: token.text_of("type"),
        issuer,
        name: token.text_of("label"),
        secret: Written::Raw(secret),
        algorithm: token.get("algo").and_then(Value::as_str).or(algorithm),
        digits: optional(token, "digits", Why::Digits)?,
        period: optional(token, "period", Why::Period)?,
        counter: optional(token, "counter", Why::Counter)?,
    }
    .finish()?;
    entry.organisation = prefix.map(uri::clean);
    Ok(entry)
}

pub(super) fn label_of(token: &Value) -> String {
    label(issuers(token).0, token.text_of("label"))
}

/// `issuerInt` is the parameter of the URI, `issuerExt` the prefix of its label.
fn issuers(token: &Value) -> (&str, Option<&str>) {
    match (token.text_of("issuerInt"), token.text_of("issuerExt")) {
        ("", prefix) => (prefix, None),
        (issuer, prefix) => (issuer, Some(prefix).filter(|p| !p.is_empty() && *p != issuer)),
    }
}
