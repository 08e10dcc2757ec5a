//! What a QR code turns out to hold, told apart so that each gets its own sentence.

use super::uri::{self, Enrolment, UriError};

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
    let text = text.trim();
    if is_push(text) {
        return Payload::Push;
    }
    if starts(text, "otpauth-migration:") {
        return Payload::Migration;
    }
    if starts(text, "otpauth:") {
        return match uri::parse(text) {
            Ok(enrolment) => Payload::Enrolment(enrolment),
            Err(error) => Payload::Unusable(error),
        };
    }
    if starts(text, "fido:/") {
        return Payload::Passkey;
    }
    if starts(text, "wifi:") {
        return Payload::Wifi;
    }
    if starts(text, "https://") || starts(text, "http://") {
        return Payload::Web;
    }
    Payload::Other
}

/// `phonefactor://…`, and since 2025 an https form on the sign-in hosts.
fn is_push(text: &str) -> bool {
    const HOSTS: [&str; 3] = ["login.microsoftonline.com", "login.microsoftonline.us", "login.chinacloudapi.cn"];
    if starts(text, "phonefactor:") {
        return true;
    }
    let Some(rest) =
        text.split_at_checked("https://".len()).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("https://"))
    else {
        return false;
    };
    let (host, path) = rest.1.split_once('/').unwrap_or((rest.1, ""));
    HOSTS.iter().any(|known| known.eq_ignore_ascii_case(host)) && starts(path, "authenticatorapp/activateaccount")
}

fn starts(text: &str, prefix: &str) -> bool {
    text.split_at_checked(prefix.len()).is_some_and(|(head, _)| head.eq_ignore_ascii_case(prefix))
}
