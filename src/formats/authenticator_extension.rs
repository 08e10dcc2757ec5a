//! Authenticator-Extension, the browser extension called "Authenticator".
//!
//! <https://github.com/Authenticator-Extension/Authenticator/blob/dev/src/models/encryption.ts>.
//! A map of entries, by hash. Its encryptions, oldest first, all by CryptoJS'
//! passphrase mode, which authenticates nothing:
//!
//! 1. every secret under the password;
//! 2. every secret under the hexadecimal form of a random key, which stands
//!    under the password in `key.enc` (or, in one release, in `enc` at the top);
//! 3. every entry as JSON under a key derived with Argon2id, of which the
//!    encoded hash is the passphrase; its salt is latin-1 taken for UTF-8.

use zeroize::Zeroizing;

use super::draft::{Draft, Written, read_base32, read_bytes};
use super::error::{ImportError, Why};
use super::json::{self, Fields, Value, either};
use super::limits::{self, MAX_DERIVATIONS};
use super::{Entry, Format, Import, Password, sealed};
use data_encoding::{BASE64_NOPAD, HEXLOWER, HEXLOWER_PERMISSIVE};
use exchange::label;
use strict_json::Map;

/// Of the Argon2 in version 3: KiB, passes, lanes.
const COST: (u64, u64, u64) = (19 * 1024, 2, 1);
/// Longest random key of version 2, in bytes; it is 120 characters.
const MAX_KEY: usize = 1024;

/// Whether a map is one: what else maps names to objects has no such fields.
pub(crate) fn is_export(fields: &Map) -> bool {
    fields.iter().any(|(_, value)| {
        value.text_of("dataType").contains("OTPStorage")
            || (value.has("secret") && (value.has("issuer") || value.has("account") || value.has("hash")))
    })
}

pub(crate) fn read(fields: &Map, password: Option<&Password>) -> Result<Import, ImportError> {
    let mut entries: Vec<&Value> = fields.iter().map(|(_, value)| value).filter(|value| is_entry(value)).collect();
    entries.sort_by_key(|entry| entry.number_of("index").unwrap_or(i128::MAX));
    let sealed = entries.iter().any(|entry| is_sealed(entry));
    let keyring = match (sealed, password) {
        (false, _) => None,
        (true, None) => return Err(ImportError::NeedsPassword),
        (true, Some(password)) => Some(Keyring::open(fields, password)?),
    };

    let mut import = Import::of(Format::AuthenticatorExtension);
    let mut opened = 0;
    for entry in entries {
        let label = label(entry.text_of("issuer"), entry.text_of("account"));
        match keyring.as_ref().filter(|_| is_sealed(entry)) {
            None => import.push(label, entry.only_of("secret").and_then(|secret| read_entry(entry, secret)))?,
            Some(keyring) => match keyring.read(entry) {
                Some(result) => {
                    opened += 1;
                    import.push(label, result)?;
                }
                None => import.push(label, Err(Why::Sealed))?,
            },
        }
    }
    // One that does not open may be under another password; none that does means a wrong one.
    if sealed && opened == 0 { Err(ImportError::WrongPassword) } else { Ok(import) }
}

fn is_entry(value: &Value) -> bool {
    value.has("secret") || value.text_of("dataType").contains("OTPStorage")
}

fn is_sealed(entry: &Value) -> bool {
    entry.get("encrypted").and_then(Value::as_bool) == Some(true) || entry.text_of("dataType") == "EncOTPStorage"
}

/// The passphrases under which entries may stand.
struct Keyring<'a> {
    /// Of versions 1 and 2, for secrets.
    secrets: Zeroizing<Vec<u8>>,
    /// Of version 3, by the key's id, for whole entries.
    entries: Vec<(&'a str, Zeroizing<String>)>,
}

impl<'a> Keyring<'a> {
    fn open(fields: &'a Map, password: &Password) -> Result<Self, ImportError> {
        let wrapped =
            fields.get("key").and_then(|key| key.get("enc")).or_else(|| fields.get("enc")).and_then(Value::as_str);
        let secrets = match wrapped {
            None => Zeroizing::new(password.typed().to_vec()),
            Some(wrapped) => {
                let key = sealed::open_crypto_js(password.typed(), wrapped).ok_or(ImportError::WrongPassword)?;
                // It is hashed anew for every entry, so it is no longer than such a key is.
                if key.len() > MAX_KEY {
                    return Err(ImportError::Damaged);
                }
                Zeroizing::new(HEXLOWER.encode(&key).into_bytes())
            }
        };
        let keys: Vec<&Value> =
            fields.iter().map(|(_, value)| value).filter(|value| value.text_of("dataType") == "Key").collect();
        if keys.len() > MAX_DERIVATIONS {
            return Err(ImportError::KdfTooExpensive);
        }
        let mut entries = Vec::with_capacity(keys.len());
        for key in keys {
            let (memory, passes, lanes) = cost(key.text_of("hash")).unwrap_or(COST);
            let cost = limits::argon2(memory, passes, lanes)?;
            let derived = sealed::argon2id(password.typed(), key.text_of("salt").as_bytes(), cost)?;
            entries.push((key.text_of("id"), Zeroizing::new(BASE64_NOPAD.encode(derived.as_slice()))));
        }
        Ok(Self { secrets, entries })
    }

    /// `None` if it does not open.
    fn read(&self, entry: &Value) -> Option<Result<Entry, Why>> {
        if entry.text_of("dataType") != "EncOTPStorage" {
            let secret = sealed::open_crypto_js(&self.secrets, entry.text_of("secret"))?;
            let secret = std::str::from_utf8(&secret).ok()?;
            // Without a MAC, a wrong password may get as far as here.
            return (!secret.is_empty()).then(|| read_entry(entry, secret));
        }
        let id = entry.text_of("keyId");
        let (_, passphrase) = self.entries.iter().find(|(key, _)| *key == id)?;
        let text = sealed::open_crypto_js(passphrase.as_bytes(), entry.text_of("data"))?;
        let inner = json::parse(std::str::from_utf8(&text).ok()?).ok()?;
        Some(inner.only_of("secret").and_then(|secret| read_entry(&inner, secret)))
    }
}

/// The cost in an encoded hash, `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`.
fn cost(encoded: &str) -> Option<(u64, u64, u64)> {
    let mut params = encoded.split('$').nth(3)?.split(',');
    let mut next = |name: &str| params.next()?.strip_prefix(name)?.parse().ok();
    Some((next("m=")?, next("t=")?, next("p=")?))
}

fn read_entry(entry: &Value, secret: &str) -> Result<Entry, Why> {
    let named = either(entry.text_of("type"), "totp").to_ascii_lowercase();
    // Its first versions said Steam before the key.
    let (named, secret) = secret.strip_prefix("stm-").map_or((named.as_str(), secret), |secret| ("steam", secret));
    // As it does itself, a key that is no base32 is taken as hexadecimal.
    let is_hex = || read_base32(secret).is_err() && from_hex(secret).is_ok();
    let (kind, secret) = match named {
        "hex" => ("totp", from_hex(secret)),
        "hhex" => ("hotp", from_hex(secret)),
        "totp" | "hotp" if is_hex() => (named, from_hex(secret)),
        _ => (named, read_base32(secret)),
    };
    let issuer = entry.text_of("issuer");
    // After `::` stands the host that the person tied the entry to.
    let issuer = issuer.split("::").next().unwrap_or(issuer);
    Draft { kind, issuer, secret, ..Draft::of_json(entry) }.finish()
}

fn from_hex(text: &str) -> Written {
    let bytes = HEXLOWER_PERMISSIVE.decode(text.trim().as_bytes()).map(Zeroizing::new);
    read_bytes(&bytes.map_err(|_| Why::SecretCharacter)?)
}
