//! Authme's export, version 3: JSON around the base64 of a text, which has `Name:`, `Secret:`, `Issuer:` and `Type:` a line
//! each, account after account; and that text alone, which its first versions wrote, and extract_otp_secrets prints.
//!
//! <https://github.com/Levminer/authme>, `interface/windows/export` and `interface/utils/convert`: no algorithm but SHA-1, six
//! digits, 30 seconds. <https://github.com/scito/extract_otp_secrets>

use zeroize::Zeroizing;

use super::draft::{Draft, Number, parsed, read_base32};
use super::error::{ImportError, Why};
use super::json::{Fields, Value};
use super::{Format, Import};

pub(crate) fn is_export(json: &Value) -> bool {
    json.has("role") && json.has("encrypted") && json.has("codes")
}

pub(crate) fn read(json: &Value) -> Result<Import, ImportError> {
    if json.get("encrypted").and_then(Value::as_bool) != Some(false) {
        return Err(ImportError::Database);
    }
    let text = String::from_utf8(json.base64_of("codes")?).map_err(|_| ImportError::Damaged)?;
    read_text(&Zeroizing::new(text))
}

pub(crate) fn is_text(text: &str) -> bool {
    let mut names = lines(text).map(|(name, _)| name);
    names.next() == Some("Name") && names.next() == Some("Secret")
}

pub(crate) fn read_text(text: &str) -> Result<Import, ImportError> {
    let mut import = Import::of(Format::Authme);
    let mut account = Vec::new();
    for (name, value) in lines(text).chain([("Name", "")]) {
        if name == "Name" && !account.is_empty() {
            import.take(draft(&account))?;
            account.clear();
        }
        account.push((name, value));
    }
    Ok(import)
}

fn draft<'a>(account: &[(&'a str, &'a str)]) -> Draft<'a> {
    let of = |wanted: &str| account.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value);
    let kind = of("Type").unwrap_or("totp");
    let counter: Number = match of("Counter") {
        // Authme writes none, whatever the kind.
        None if otp::uri::strip_prefix(kind, "OTP_HOTP").is_some() => Err(Why::Counter),
        counter => parsed(counter, Why::Counter),
    };
    let secret = read_base32(of("Secret").unwrap_or_default());
    let kind = otp::uri::strip_prefix(kind, "OTP_").unwrap_or(kind);
    Draft { counter, ..Draft::of(kind, of("Issuer").unwrap_or_default(), of("Name").unwrap_or_default(), secret) }
}

/// Names and values.
fn lines(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines().filter_map(|line| line.split_once(':')).map(|(name, value)| (name.trim(), value.trim()))
}
