//! 2FAS: `{"services":[…],"schemaVersion":1…4}`, from Android and iOS.
//!
//! <https://github.com/twofas/2fas-android>. Encrypted: `servicesEncrypted` is
//! `base64(ciphertext and tag):base64(salt):base64(iv)`, AES-256-GCM under
//! PBKDF2-SHA256 of 10,000 rounds. The secret stands beside `otp` or, in early
//! versions, inside it; the issuer may be only in `name`; numbers may be null.

use super::draft::Draft;
use super::error::ImportError;
use super::json::{self, Fields, Value, either};
use super::{Format, Import, Password, sealed};
use data_encoding::BASE64;
use exchange::split_name;
use otp::Algorithm;

const ROUNDS: u32 = 10_000;

pub(crate) fn read(json: &Value, password: Option<&Password>) -> Result<Import, ImportError> {
    let text = json.text_of("servicesEncrypted");
    if text.is_empty() {
        return read_services(json.get("services"), json);
    }
    let password = password.ok_or(ImportError::NeedsPassword)?;
    let parts: Result<Vec<_>, _> = text.split(':').map(|part| BASE64.decode(part.as_bytes())).collect();
    let [sealed, salt, iv] = <[_; 3]>::try_from(parts.unwrap_or_default()).map_err(|_| ImportError::Damaged)?;
    let key = sealed::pbkdf2(Algorithm::Sha256, password.typed(), &salt, ROUNDS);
    let text = sealed::open_gcm(&key, &iv, &[], &sealed).ok_or(ImportError::WrongPassword)?;
    read_services(Some(&json::parse_bytes(&text)?), json)
}

/// The groups stand beside, in the open.
fn read_services(services: Option<&Value>, json: &Value) -> Result<Import, ImportError> {
    Import::of_list(Format::TwoFas, services, |service| {
        let otp = service.get("otp").unwrap_or(&Value::Null);
        let issuer = either(otp.text_of("issuer"), service.text_of("name"));
        // Where there is no account, the label may have it, or may repeat the issuer.
        let (organisation, labelled) = split_name(issuer, otp.text_of("label"));
        let labelled = if labelled == issuer { "" } else { labelled };
        Draft {
            kind: either(otp.text_of("tokenType"), "totp"),
            issuer,
            name: either(otp.text_of("account"), labelled),
            organisation,
            tags: (service.get("groupId").and_then(|id| json.named("groups", ["id", "name"], id)).into_iter())
                .collect(),
            secret: if service.text_of("secret").is_empty() { otp } else { service }.secret_of("secret"),
            ..Draft::of_json(otp)
        }
    })
}
