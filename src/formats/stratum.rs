//! Stratum, formerly Authenticator Pro: `{"Authenticators":[…]}`.
//!
//! <https://github.com/stratumauth/app/wiki/Backup-format>. Two encryptions,
//! told apart by the case of their magic: `AUTHENTICATORPRO`, Argon2id and
//! AES-256-GCM; before that `AuthenticatorPro`, PBKDF2-SHA1 and AES-256-CBC.

use zeroize::Zeroizing;

use super::draft::{Draft, read_base32};
use super::error::{ImportError, Why};
use super::json::{self, Fields, Value};
use super::sqlite::Table;
use super::{Format, Import, Password, sealed};
use otp::Algorithm;

const STRONG: &[u8] = b"AUTHENTICATORPRO";
const LEGACY: &[u8] = b"AuthenticatorPro";
const STRONG_COST: (u32, u32, u32) = (64 * 1024, 3, 4);
const LEGACY_ROUNDS: u32 = 64_000;

pub(crate) fn is_encrypted(bytes: &[u8]) -> bool {
    bytes.starts_with(STRONG) || bytes.starts_with(LEGACY)
}

pub(crate) fn read_encrypted(bytes: &[u8], password: Option<&Password>) -> Result<Import, ImportError> {
    let password = password.ok_or(ImportError::NeedsPassword)?;
    let (magic, rest) = bytes.split_at_checked(STRONG.len()).ok_or(ImportError::Damaged)?;
    let text = if magic == STRONG { open_strong(rest, password) } else { open_legacy(rest, password) }?;
    // Without a MAC, a wrong password may get as far as here.
    let text = std::str::from_utf8(&text).map_err(|_| ImportError::WrongPassword)?;
    read(&json::parse(text)?)
}

fn open_strong(rest: &[u8], password: &Password) -> Result<Zeroizing<Vec<u8>>, ImportError> {
    let (salt, rest) = rest.split_at_checked(16).ok_or(ImportError::Damaged)?;
    let (nonce, sealed) = rest.split_at_checked(12).ok_or(ImportError::Damaged)?;
    let key = sealed::argon2id(password.typed(), salt, STRONG_COST)?;
    sealed::open_gcm(&key, nonce, &[], sealed).ok_or(ImportError::WrongPassword)
}

fn open_legacy(rest: &[u8], password: &Password) -> Result<Zeroizing<Vec<u8>>, ImportError> {
    let (salt, rest) = rest.split_at_checked(20).ok_or(ImportError::Damaged)?;
    let (iv, sealed) = rest.split_at_checked(16).ok_or(ImportError::Damaged)?;
    let key = sealed::pbkdf2(Algorithm::Sha1, password.typed(), salt, LEGACY_ROUNDS);
    sealed::open_cbc(&key, iv, sealed).ok_or(ImportError::WrongPassword)
}

pub(crate) fn read(json: &Value) -> Result<Import, ImportError> {
    Import::of_list(Format::Stratum, json.get("Authenticators"), |item| {
        let of = |place: &&Value| place.text_of("AuthenticatorSecret") == item.text_of("Secret");
        let places = json.list_of("AuthenticatorCategories").iter().filter(of);
        let secret = item.secret_of("Secret");
        Draft {
            tags: places
                .filter_map(|place| json.named("Categories", ["Id", "Name"], place.get("CategoryId")?))
                .collect(),
            algorithm: Some(algorithm(item.number_of("Algorithm"))),
            digits: item.optional("Digits", Why::Digits),
            period: item.optional("Period", Why::Period),
            counter: item.optional("Counter", Why::Counter),
            ..Draft::of(kind(item.number_of("Type")), item.text_of("Issuer"), item.text_of("Username"), secret)
        }
    })
}

/// Its own database, from a phone that its owner has opened up: the table `authenticator`.
pub(crate) fn read_table(table: &Table<'_>) -> Result<Import, ImportError> {
    if !["type", "issuer", "username", "secret", "algorithm"].into_iter().all(|column| table.has(column)) {
        return Err(ImportError::Database);
    }
    let mut import = Import::of(Format::Stratum);
    for row in table.rows() {
        let number = |column| row.get(column).number();
        import.take(Draft {
            algorithm: Some(algorithm(number("algorithm"))),
            digits: Ok(number("digits")),
            period: Ok(number("period")),
            counter: Ok(number("counter")),
            ..Draft::of(
                kind(number("type")),
                row.get("issuer").text(),
                row.get("username").text(),
                read_base32(row.get("secret").text()),
            )
        })?;
    }
    Ok(import)
}

/// 3 is mOTP, 5 is Yandex.
const fn kind(number: Option<i128>) -> &'static str {
    match number {
        Some(1) => "hotp",
        Some(2) => "totp",
        Some(4) => "steam",
        _ => "",
    }
}

const fn algorithm(number: Option<i128>) -> &'static str {
    match number {
        None | Some(0) => "SHA1",
        Some(1) => "SHA256",
        Some(2) => "SHA512",
        _ => "unknown",
    }
}
