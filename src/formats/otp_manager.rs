//! OTP Manager for Nextcloud: `{"accounts":[…]}`, and with `iv`, each key under AES-256-CBC and one hash of the password.
//!
//! <https://github.com/matteo-convertino/otpmanager-nextcloud>, `src/js/modals/ExportAccounts.js` and
//! `lib/Utils/Encryption.php`. Algorithms are numbers.

use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::draft::{Draft, Written, read_base32};
use super::error::{ImportError, Why};
use super::json::{Fields, Value};
use super::sealed::{self, Key};
use super::{Format, Import, Password};

/// By the numbers, which no other list of accounts has.
pub(crate) fn is_export(json: &Value) -> bool {
    json.list_of("accounts").iter().any(|account| account.has("secret") && account.number_of("algorithm").is_some())
}

pub(crate) fn read(json: &Value, password: Option<&Password>) -> Result<Import, ImportError> {
    let opener = match json.get("iv") {
        None => None,
        Some(iv) => {
            let iv = HEXLOWER_PERMISSIVE.decode(iv.as_str().unwrap_or_default().as_bytes());
            let password = password.ok_or(ImportError::NeedsPassword)?;
            let key: Key = Zeroizing::new(Sha256::digest(password.typed()).into());
            Some((key, iv.map_err(|_| ImportError::Damaged)?))
        }
    };
    let import = Import::of_list(Format::OtpManager, json.get("accounts"), |account| Draft {
        name: account.text_of("name"),
        algorithm: match account.number_of("algorithm") {
            Some(0) => Some("SHA1"),
            Some(1) => Some("SHA256"),
            Some(2) => Some("SHA512"),
            // The browser's own list has them by name.
            _ => account.get("algorithm").and_then(Value::as_str).or(Some("?")),
        },
        secret: match &opener {
            None => account.secret_of("secret"),
            Some((key, iv)) => open(account.text_of("secret"), key, iv),
        },
        ..Draft::of_json(account)
    })?;
    // Without a MAC, a wrong password may open one to nonsense, and not all.
    let is_wrong = opener.is_some() && import.entries.is_empty() && import.is_only(Why::Sealed);
    if is_wrong { Err(ImportError::WrongPassword) } else { Ok(import) }
}

fn open(secret: &str, key: &Key, iv: &[u8]) -> Written {
    let text = || {
        let text = sealed::open_cbc(key, iv, &BASE64.decode(secret.as_bytes()).ok()?)?;
        read_base32(std::str::from_utf8(&text).ok()?).ok()
    };
    text().ok_or(Why::Sealed)
}
