//! 2FAS: `{"services":[…],"schemaVersion":1…4}`, from Android and iOS.
//!
//! <https://github.com/twofas/2fas-android>. Encrypted: `servicesEncrypted` is
//! `base64(ciphertext and tag):base64(salt):base64(iv)`, AES-256-GCM under
//! PBKDF2-SHA256 of 10,000 rounds. The secret stands beside `otp` or, in early
//! versions, inside it; the issuer may be only in `name`; numbers may be null.

use super::draft::{Draft, Written, optional};
use super::error::{ImportError, Why};
use super::json::{self, Fields, Value};
use super::{Entry, Format, Import, Password, sealed};
use data_encoding::BASE64;
use exchange::label;

const ROUNDS: u32 = 10_000;

pub(crate) fn read(json: &Value, password: Option<&Password>) -> Result<Import, ImportError> {
    match json.get("servicesEncrypted").and_then(Value::as_str).filter(|text| !text.is_empty()) {
        None => read_services(json.get("services").unwrap_or(&Value::Null)),
        Some(text) => {
            let password = password.ok_or(ImportError::NeedsPassword)?;
            let mut parts = text.split(':').map(|part| BASE64.decode(part.as_bytes()));
            let (Some(Ok(sealed)), Some(Ok(salt)), Some(Ok(iv)), None) =
                (parts.next(), parts.next(), parts.next(), parts.next())
            else {
                return Err(ImportError::Damaged);
            };
            let key = sealed::pbkdf2_sha256(password.typed(), &salt, ROUNDS);
            let text = sealed::open_gcm(&key, &iv, &[], &sealed).ok_or(ImportError::WrongPassword)?;
            read_services(&json::parse(std::str::from_utf8(&text).map_err(|_| ImportError::Damaged)?)?)
        }
    }
}

fn read_services(services: &Value) -> Result<Import, ImportError> {
    let mut import = Import::of(Format::TwoFas);
    for service in services.as_array().ok_or(ImportError::Damaged)? {
        let otp = service.get("otp").unwrap_or(&Value::Null);
        let issuer = Some(otp.text_of("issuer")).filter(|i| !i.is_empty()).unwrap_or(service.text_of("name"));
        let account = Some(otp.text_of("account")).filter(|a| !a.is_empty()).unwrap_or_else(|| account(otp, issuer));
        import.push(label(issuer, account), read_service(service, otp, issuer, account))?;
    }
    Ok(import)
}

/// Where there is no account, the label may have it, or may repeat the issuer.
fn account<'a>(otp: &'a Value, issuer: &str) -> &'a str {
    let (_, name) = super::draft::split_name(issuer, otp.text_of("label"));
    if name == issuer { "" } else { name }
}

fn read_service(service: &Value, otp: &Value, issuer: &str, name: &str) -> Result<Entry, Why> {
    let secret = Some(service.text_of("secret")).filter(|s| !s.is_empty()).unwrap_or(otp.text_of("secret"));
    let kind = Some(otp.text_of("tokenType")).filter(|kind| !kind.is_empty()).unwrap_or("totp");
    Draft {
        kind,
        issuer,
        name,
        secret: Written::Base32(secret),
        algorithm: otp.get("algorithm").and_then(Value::as_str),
        digits: optional(otp, "digits", Why::Digits)?,
        period: optional(otp, "period", Why::Period)?,
        counter: optional(otp, "counter", Why::Counter)?,
    }
    .finish()
}
