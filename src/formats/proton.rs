//! Proton Authenticator: `{"version":1,"entries":[{"content":{"uri","name","entry_type"}}]}`.
//!
//! <https://github.com/protonpass/proton-authenticator>. Encrypted:
//! `{"version","salt","content"}`, Argon2id at OWASP's floor, AES-256-GCM with
//! the nonce in front and a domain in the associated data.

use super::error::{ImportError, Why};
use super::json::{self, Fields, Value};
use exchange::Remarks;

use super::{Entry, Format, Import, Password, otpauth, sealed};

const DOMAIN: &[u8] = b"proton.authenticator.export.v1";
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);

pub(crate) fn read_encrypted(json: &Value, password: Option<&Password>) -> Result<Import, ImportError> {
    let password = password.ok_or(ImportError::NeedsPassword)?;
    let (salt, content) = (json.base64_of("salt")?, json.base64_of("content")?);
    let (nonce, sealed) = content.split_at_checked(12).ok_or(ImportError::Damaged)?;
    let key = sealed::argon2id(password.typed(), &salt, COST)?;
    let text = sealed::open_gcm(&key, nonce, DOMAIN, sealed).ok_or(ImportError::WrongPassword)?;
    read(&json::parse_bytes(&text)?)
}

pub(crate) fn read(json: &Value) -> Result<Import, ImportError> {
    let mut import = Import::of(Format::Proton);
    for entry in json.get("entries").and_then(Value::as_array).ok_or(ImportError::Damaged)? {
        let content = entry.get("content").unwrap_or(&Value::Null);
        let name = content.text_of("name");
        let note = entry.text_of("note");
        let read = read_entry(content, name).map(|read| Entry { remarks: Remarks::of(note, []), ..read });
        import.push(exchange::label("", name), read)?;
    }
    Ok(import)
}

fn read_entry(content: &Value, name: &str) -> Result<Entry, Why> {
    match content.text_of("entry_type").to_ascii_lowercase().as_str() {
        "totp" => otpauth::parse_field(content.only_of("uri")?, "", name),
        // All that Steam's entries have is a name, and it is the issuer's.
        "steam" => otpauth::parse_field(content.only_of("uri")?, name, ""),
        _ => Err(Why::Type),
    }
}
