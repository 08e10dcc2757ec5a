//! The browser extension "2FA Authenticator" by VastBlast: its encrypted backup. Its plain one is a list of URIs.
//!
//! <https://github.com/VastBlast/authenticator-2fa>, `src/lib/auth`: `{"app":"2fa-authenticator","vault":{"kdf","cipher"}}`,
//! AES-256-GCM under PBKDF2-SHA256.

use super::draft::Draft;
use super::error::ImportError;
use super::json::{self, Fields, Value};
use super::{Format, Import, Password, limits, sealed};
use otp::Algorithm;

pub(crate) fn is_backup(json: &Value) -> bool {
    json.text_of("app") == "2fa-authenticator" && json.has("vault")
}

pub(crate) fn read(json: &Value, password: Option<&Password>) -> Result<Import, ImportError> {
    let part = |name: &str| json.get("vault").and_then(|vault| vault.get(name)).ok_or(ImportError::Damaged);
    let (kdf, cipher) = (part("kdf")?, part("cipher")?);
    let password = password.ok_or(ImportError::NeedsPassword)?;
    let rounds = limits::pbkdf2(kdf.count_of("iterations")?)?;
    let key = sealed::pbkdf2(Algorithm::Sha256, password.typed(), &kdf.base64_of("salt")?, rounds);
    let text = sealed::open_gcm(&key, &cipher.base64_of("iv")?, &[], &cipher.base64_of("data")?);
    let vault = json::parse_bytes(&text.ok_or(ImportError::WrongPassword)?)?;
    Import::of_list(Format::TwoFaExtension, vault.get("accounts"), |item| Draft {
        name: item.text_of("label"),
        ..Draft::of_json(item)
    })
}
