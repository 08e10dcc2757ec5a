//! cotp: `{"version","elements":[…]}`, in the open or sealed.
//!
//! <https://github.com/replydev/cotp>, `src/crypto` and `src/otp`. Sealed: `{"version","nonce","salt","cipher"}`,
//! XChaCha20-Poly1305 under Argon2id at one cost.

use super::draft::Draft;
use super::error::ImportError;
use super::json::{self, Fields, Value};
use super::{Format, Import, Password, limits, sealed, secretstream};

/// KiB, passes, lanes.
const COST: (u64, u64, u64) = (32 * 1024, 4, 4);

pub(crate) fn read_encrypted(json: &Value, password: Option<&Password>) -> Result<Import, ImportError> {
    let password = password.ok_or(ImportError::NeedsPassword)?;
    let (nonce, salt, cipher) = (json.base64_of("nonce")?, json.base64_of("salt")?, json.base64_of("cipher")?);
    let (memory, passes, lanes) = COST;
    let key = sealed::argon2id(password.typed(), &salt, limits::argon2(memory, passes, lanes)?)?;
    let text = secretstream::open_alone(&key, &nonce, &cipher).ok_or(ImportError::WrongPassword)?;
    read(&json::parse_bytes(&text)?)
}

/// The first version was the list alone.
pub(crate) fn read(json: &Value) -> Result<Import, ImportError> {
    let list = json.get("elements").unwrap_or(json);
    Import::of_list(Format::Cotp, Some(list), |item| Draft { name: item.text_of("label"), ..Draft::of_json(item) })
}
