//! What a QR code turns out to hold, told apart so that each gets its own sentence.

use super::uri::{self, Enrolment, UriError, strip_prefix};
use super::{Algorithm, Credential, Factor, base32};

/// What was in the code.
pub enum Payload {
    /// An account to add.
    Enrolment(Enrolment),
    /// An `otpauth:` URI that cannot be used, and why.
    Unusable(UriError),
    /// Microsoft's code for its own app's notifications, which no other app can use.
    Push,
    /// An export of Google Authenticator.
    Migration,
    /// A key and nothing else, which a person may type in.
    Key,
    /// A passkey request (FIDO cross-device).
    Passkey,
    /// The key of a wireless network.
    Wifi,
    /// A web address.
    Web,
    /// Anything else.
    Other,
}

/// Tells what `bytes` are.
pub fn classify(bytes: &[u8]) -> Payload {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Payload::Other;
    };
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let starts = |prefix| strip_prefix(text, prefix).is_some();
    match text {
        _ if is_push(text) => Payload::Push,
        _ if starts("otpauth-migration:") => Payload::Migration,
        _ if starts("otpauth:") || starts("apple-otpauth:") => {
            uri::parse(text).map_or_else(Payload::Unusable, Payload::Enrolment)
        }
        _ if starts("steam://") => steam(text).map_or_else(Payload::Unusable, Payload::Enrolment),
        _ if starts("motp:") => Payload::Unusable(UriError::Type),
        _ if starts("fido:/") => Payload::Passkey,
        _ if starts("wifi:") => Payload::Wifi,
        _ if starts("https://") || starts("http://") => Payload::Web,
        _ if is_key(text) => Payload::Key,
        _ => Payload::Other,
    }
}

/// `steam://` and a secret, as KeeWeb and others write it.
fn steam(text: &str) -> Result<Enrolment, UriError> {
    let secret =
        base32::decode_written(strip_prefix(text, "steam://").unwrap_or_default()).map_err(UriError::Secret)?;
    let credential = Credential::new(secret, Algorithm::Sha1, 5, Factor::Steam).ok_or(UriError::Digits)?;
    Ok(Enrolment { credential, issuer: "Steam".to_owned(), name: String::new(), organisation: None })
}

/// 80 bits or more of base32, in one case.
fn is_key(text: &str) -> bool {
    let one_case = !text.chars().any(|c| c.is_ascii_lowercase()) || !text.chars().any(|c| c.is_ascii_uppercase());
    one_case && base32::decode(text).is_ok_and(|secret| secret.expose().len() >= 10)
}

/// `phonefactor://…`, and since 2025 an https form on the sign-in hosts.
fn is_push(text: &str) -> bool {
    const HOSTS: [&str; 3] = ["login.microsoftonline.com", "login.microsoftonline.us", "login.chinacloudapi.cn"];
    let Some(rest) = strip_prefix(text, "https://") else {
        return strip_prefix(text, "phonefactor:").is_some();
    };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    HOSTS.iter().any(|known| known.eq_ignore_ascii_case(host))
        && strip_prefix(path, "authenticatorapp/activateaccount").is_some()
}
