//! FreeOTP 1 (Android's preferences as XML) and FreeOTP+ (the same tokens as
//! JSON, `{"tokens":[…],"tokenOrder":[…]}`; or its preferences).
//!
//! <https://github.com/freeotp/freeotp-android>, class Token. A secret is a
//! list of signed bytes. The counter of a HOTP token is the last one used
//! where the app counts before it answers; it is taken as it stands, because
//! one too low costs a refused code and one too high may cost the account.

use super::draft::{Draft, Written, read_bytes};
use super::error::{ImportError, Why};
use super::json::{self, Fields, Value};
use super::{Format, Import, otpauth};
use zeroize::Zeroizing;

pub(crate) fn read_preferences(strings: &[(String, Zeroizing<String>)]) -> Result<Import, ImportError> {
    let mut import = Import::of(Format::FreeOtp1);
    for (_, value) in strings {
        // Settings stand between the tokens, and the order of the tokens is one of them. The first versions kept URIs.
        match json::parse(value) {
            Ok(token) if token.has("secret") && token.has("type") => import.take(draft(&token))?,
            Ok(_) => {}
            Err(_) => {
                otpauth::found(value).try_for_each(|uri| import.push(otpauth::label_of(uri), otpauth::parse(uri)))?
            }
        }
    }
    if import.entries.is_empty() && import.unreadable.is_empty() {
        return Err(ImportError::NotAnExport);
    }
    Ok(import)
}

pub(crate) fn read_plus(json: &Value) -> Result<Import, ImportError> {
    Import::of_list(Format::FreeOtpPlus, json.get("tokens"), draft)
}

fn draft(token: &Value) -> Draft<'_> {
    let secret = token.get("secret").and_then(Value::signed_bytes).ok_or(Why::NoSecret);
    draft_with(token, secret.and_then(|secret| read_bytes(&secret)))
}

/// A token whose secret stands elsewhere.
pub(super) fn draft_with(token: &Value, secret: Written) -> Draft<'_> {
    // `issuerInt` is the parameter of the URI, `issuerExt` the prefix of its label.
    let (issuer, organisation) = match (token.text_of("issuerInt"), token.text_of("issuerExt")) {
        ("", prefix) => (prefix, None),
        (issuer, prefix) => (issuer, Some(prefix).filter(|p| !p.is_empty() && *p != issuer)),
    };
    // All three apps make Steam's codes for whom the label calls that, whatever the kind and the length say.
    let is_steams = token.text_of("issuerExt") == "Steam" && token.text_of("type").eq_ignore_ascii_case("totp");
    Draft {
        kind: if is_steams { "steam" } else { token.text_of("type") },
        issuer,
        name: token.text_of("label"),
        organisation,
        secret,
        algorithm: token.get("algo").and_then(Value::as_str),
        // FreeOTP+ begins before the first.
        counter: token.optional("counter", Why::Counter).map(|counter| counter.map(|counter| counter.max(0))),
        ..Draft::of_json(token)
    }
}
