//! Ente Auth, encrypted: `{"version","kdfParams","encryptedData","encryptionNonce"}`.
//!
//! <https://help.ente.io/auth/migration/export>. Argon2id (memory in *bytes*),
//! then one message of libsodium's secretstream; inside are otpauth URIs, one a
//! line. The usual cost is 1 GiB: half a minute in a browser.

use super::error::ImportError;
use super::json::{Fields, Value};
use super::{Format, Import, Password, limits, otpauth, sealed, secretstream};

pub(crate) fn read(json: &Value, password: Option<&Password>) -> Result<Import, ImportError> {
    if json.number_of("version") != Some(1) {
        return Err(ImportError::Damaged);
    }
    let password = password.ok_or(ImportError::NeedsPassword)?;
    let params = json.get("kdfParams").ok_or(ImportError::Damaged)?;
    let cost = limits::argon2(params.count_of("memLimit")? / 1024, params.count_of("opsLimit")?, 1)?;
    let (salt, header) = (params.base64_of("salt")?, json.base64_of("encryptionNonce")?);
    let sealed = json.base64_of("encryptedData")?;
    let key = sealed::argon2id(password.typed(), &salt, cost)?;
    let text = secretstream::open(&key, &header, &sealed).ok_or(ImportError::WrongPassword)?;
    let mut import = otpauth::read(std::str::from_utf8(&text).map_err(|_| ImportError::Damaged)?)?;
    import.format = Format::Ente;
    Ok(import)
}
