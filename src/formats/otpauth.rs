//! Lists of `otpauth://` URIs, one a line, as many apps write them: Aegis,
//! Stratum, Ente (with a `codeDisplay` of its own), WinAuth, Authenticator-Extension.
//!
//! The URI is <https://github.com/google/google-authenticator/wiki/Key-Uri-Format>;
//! its reader is [`uri`]. Lines of `otpauth-migration://` may stand between.

use super::draft::{Draft, read_base32};
use super::error::{ImportError, Why};
use super::json::Value;
use super::{Format, Import, migration};
use exchange::{Discarded, Entry, label};
use otp::uri;

/// Whether any line is one of ours to read.
pub(crate) fn is_list(text: &str) -> bool {
    text.lines().any(|line| scheme(line).is_some())
}

/// Reads all lines. Empty ones and comments (`#`, `//`) are passed over.
pub(crate) fn read(text: &str) -> Result<Import, ImportError> {
    let mut import = Import::of(Format::OtpauthList);
    let mut parts = migration::Parts::default();
    for line in text.lines().map(str::trim) {
        match scheme(line) {
            Some(Scheme::Migration) => parts.take(line, &mut import)?,
            Some(Scheme::Otpauth) => import.push_from(discarded(line), label_of(line), parse(line))?,
            None if line.is_empty() || line.starts_with('#') || line.starts_with("//") => {}
            None => import.push(String::new(), Err(Why::NotOtpauth))?,
        }
    }
    if parts.any() {
        import.format = Format::Migration;
        import.parts = parts.counted();
    }
    Ok(import)
}

/// One URI.
pub(crate) fn parse(text: &str) -> Result<Entry, Why> {
    Ok(uri::parse(text)?.into())
}

/// What password managers keep in their field for codes: a URI, Steam's own
/// scheme, or a bare secret. The issuer and name are for the last two.
pub(crate) fn parse_field(text: &str, issuer: &str, name: &str) -> Result<Entry, Why> {
    let text = text.trim();
    if scheme(text).is_some() {
        return parse(text);
    }
    let (kind, secret) = uri::strip_prefix(text, "steam://").map_or(("totp", text), |secret| ("steam", secret));
    Draft::of(kind, issuer, name, read_base32(secret)).finish()
}

/// What to call a line that cannot be read: its label, never its query.
pub(crate) fn label_of(line: &str) -> String {
    let path = line.split(['?', '#']).next().unwrap_or_default();
    let path = path.split_once("://").map_or(path, |(_, rest)| rest);
    let path = path.split_once('/').map_or("", |(_, rest)| rest);
    label("", &percent_encoding::percent_decode_str(path).decode_utf8_lossy())
}

/// Ente says beside each URI how it is shown, in JSON: also that it lies in the bin.
fn discarded(line: &str) -> Option<Discarded> {
    let (_, query) = line.split_once('?')?;
    let display = query.split('&').find_map(|part| part.strip_prefix("codeDisplay="))?;
    let display = percent_encoding::percent_decode_str(display).decode_utf8().ok()?;
    let is_trashed = strict_json::parse(&display).ok()?.get("trashed") == Some(&Value::Bool(true));
    is_trashed.then_some(Discarded::Trash)
}

enum Scheme {
    Otpauth,
    Migration,
}

fn scheme(line: &str) -> Option<Scheme> {
    let starts = |prefix| uri::strip_prefix(line.trim_start(), prefix).is_some();
    match line {
        _ if starts("otpauth://") => Some(Scheme::Otpauth),
        _ if starts("otpauth-migration://") => Some(Scheme::Migration),
        _ => None,
    }
}
