//! `otpauth://` URIs: the Key URI Format, as Microsoft bends it.
//!
//! ```text
//! otpauth://totp/Contoso%3Akari%40contoso.no?secret=5nvfdqfdaaaabbbb&issuer=Microsoft
//!                organisation user principal name     80 bits, lower case
//! ```
//!
//! The label's prefix is the organisation and differs from the issuer, which is
//! always `Microsoft`; spaces come as `+` or `%20`; hexadecimal digits in
//! either case. No other reader takes all of these, hence our own.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use zeroize::Zeroizing;

use super::base32::{self, Base32Error};
use super::{Algorithm, Credential, Factor, PERIODS};

/// Longest URI taken, in bytes.
pub const MAX_BYTES: usize = 4096;
/// Longest issuer, organisation or account name kept, in characters.
const MAX_NAME: usize = 256;

/// What a URI enrols: the credential and what to call it.
#[derive(Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// All that is needed to make codes.
    pub credential: Credential,
    /// Who asks for the code: the `issuer` parameter, else the label's prefix, else empty.
    pub issuer: String,
    /// Whose code it is: the user principal name where it is Microsoft's.
    pub name: String,
    /// The label's prefix where it differs from the issuer: the organisation, with Microsoft.
    pub organisation: Option<String>,
}

/// Why a text is not an enrolment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UriError {
    /// Over [`MAX_BYTES`].
    TooLong,
    /// Another scheme.
    NotOtpauth,
    /// `otpauth:` but not in its shape: bad escapes, a parameter twice, not UTF-8.
    Malformed,
    /// Neither `totp`, `hotp` nor `steam`.
    Type,
    /// No secret, or one that is not base32.
    Secret(Base32Error),
    /// Digits outside 6 to 9.
    Digits,
    /// A period outside 1 to 3600 seconds.
    Period,
    /// A hash other than SHA-1, SHA-256 and SHA-512.
    Algorithm,
    /// A counter that is not a number.
    Counter,
}

/// Reads a URI. White space around it is ignored.
pub fn parse(text: &str) -> Result<Enrolment, UriError> {
    if text.len() > MAX_BYTES {
        return Err(UriError::TooLong);
    }
    let rest = strip_prefix(text.trim(), "otpauth://").ok_or(UriError::NotOtpauth)?;
    let (kind, rest) = rest.split_once('/').unwrap_or_else(|| rest.split_at(rest.find('?').unwrap_or(rest.len())));
    let rest = rest.split('#').next().unwrap_or_default();
    let (label, query) = rest.split_once('?').unwrap_or((rest, ""));

    let label = Label::parse(label)?;
    let query = Query::parse(query)?;

    let secret = query.secret.ok_or(UriError::Secret(Base32Error::Empty))?;
    let secret = base32::decode(&secret).map_err(UriError::Secret)?;
    let steam = kind.eq_ignore_ascii_case("steam") || query.encoder.as_deref() == Some("steam");
    let factor = if steam {
        Factor::Steam
    } else if kind.eq_ignore_ascii_case("totp") {
        Factor::Time { period: query.period.unwrap_or(30) }
    } else if kind.eq_ignore_ascii_case("hotp") {
        Factor::Counter { counter: query.counter.unwrap_or(0) }
    } else {
        return Err(UriError::Type);
    };
    let digits = if steam { 5 } else { query.digits.unwrap_or(6) };
    let credential =
        Credential::new(secret, query.algorithm.unwrap_or(Algorithm::Sha1), digits, factor).ok_or(UriError::Digits)?;

    let issuer = query.issuer.filter(|i| !i.is_empty()).or_else(|| label.prefix.clone()).unwrap_or_default();
    let organisation = label.prefix.filter(|p| *p != issuer);
    Ok(Enrolment { credential, issuer, name: label.name, organisation })
}

/// Writes the URI that [`parse`] reads back to the same, in the plainest spelling
/// that other apps take. Holds the secret.
pub fn write(enrolment: &Enrolment) -> Zeroizing<String> {
    /// RFC 3986 unreserved characters stay; `@` is common enough in labels to stay readable.
    const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'@');
    let escape = |text: &str| utf8_percent_encode(text, KEPT).to_string();
    let Enrolment { credential, issuer, name, organisation } = enrolment;

    let prefix = organisation.as_deref().unwrap_or(issuer);
    let mut uri = Zeroizing::new(format!("otpauth://{}/", credential.factor.name()));
    // A bare colon is the one that divides; those inside the parts are escaped.
    if !prefix.is_empty() || name.contains(':') {
        uri.push_str(&escape(prefix));
        uri.push(':');
    }
    uri.push_str(&escape(name));
    uri.push_str("?secret=");
    uri.push_str(&base32::encode(&credential.secret));
    if !issuer.is_empty() {
        uri.push_str("&issuer=");
        uri.push_str(&escape(issuer));
    }
    if credential.algorithm != Algorithm::Sha1 {
        uri.push_str("&algorithm=");
        uri.push_str(credential.algorithm.name());
    }
    if !matches!(credential.digits, 5 | 6) {
        uri.push_str(&format!("&digits={}", credential.digits));
    }
    match credential.factor {
        Factor::Time { period: 30 } | Factor::Steam => {}
        Factor::Time { period } => uri.push_str(&format!("&period={period}")),
        Factor::Counter { counter } => uri.push_str(&format!("&counter={counter}")),
    }
    uri
}

/// What comes after a beginning, which is in any case.
pub fn strip_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

struct Label {
    prefix: Option<String>,
    name: String,
}

impl Label {
    /// A single bare colon divides prefix and name. Where all are escaped, or
    /// several bare, the name is what follows the last colon before the `@`,
    /// because an organisation may have colons in its name and a user principal name may
    /// not; without an `@` the format's own rule holds, the first colon.
    fn parse(raw: &str) -> Result<Self, UriError> {
        let (spaced, plain) = (decode(raw, true)?, decode(raw, false)?);
        let bare = raw.split_once(':').filter(|(_, name)| !name.contains(':'));
        let split = match (bare, spaced.rfind('@')) {
            (Some((prefix, _)), _) => Some(decode(prefix, true)?.len()),
            (None, Some(at)) => spaced.get(..at).and_then(|before| before.rfind(':')),
            (None, None) => spaced.find(':'),
        };
        let Some(colon) = split else {
            return Ok(Self { prefix: None, name: clean(&plain) });
        };
        let prefix = clean(spaced.get(..colon).unwrap_or_default());
        // `kari+test@contoso.no`: in an address a plus is a plus.
        let name = if spaced.contains('@') { plain } else { spaced };
        Ok(Self {
            prefix: Some(prefix).filter(|p| !p.is_empty()),
            name: clean(name.get(colon + 1..).unwrap_or_default()),
        })
    }
}

#[derive(Default)]
struct Query {
    secret: Option<Zeroizing<String>>,
    issuer: Option<String>,
    algorithm: Option<Algorithm>,
    digits: Option<u8>,
    period: Option<u32>,
    counter: Option<u64>,
    encoder: Option<String>,
}

impl Query {
    /// Names in any case; unknown ones are ignored, known ones may come once.
    fn parse(raw: &str) -> Result<Self, UriError> {
        let mut query = Self::default();
        for pair in raw.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = Zeroizing::new(decode(value, true)?);
            match name.to_ascii_lowercase().as_str() {
                "secret" => once(&mut query.secret, value)?,
                "issuer" => once(&mut query.issuer, clean(&value))?,
                "algorithm" => once(&mut query.algorithm, algorithm(&value).ok_or(UriError::Algorithm)?)?,
                "digits" => once(&mut query.digits, value.trim().parse().map_err(|_| UriError::Digits)?)?,
                "period" => {
                    let period = value.trim().parse().ok().filter(|p| PERIODS.contains(p));
                    once(&mut query.period, period.ok_or(UriError::Period)?)?;
                }
                "counter" => once(&mut query.counter, value.trim().parse().map_err(|_| UriError::Counter)?)?,
                "encoder" => once(&mut query.encoder, value.to_ascii_lowercase())?,
                _ => {}
            }
        }
        Ok(query)
    }
}

fn once<T>(slot: &mut Option<T>, value: T) -> Result<(), UriError> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(UriError::Malformed),
    }
}

/// The names that peers write for the three hashes.
pub fn algorithm(text: &str) -> Option<Algorithm> {
    let name = text.trim().to_ascii_uppercase().replace(['-', '_'], "");
    match name.strip_prefix("HMAC").unwrap_or(&name) {
        "SHA1" | "SHA" => Some(Algorithm::Sha1),
        "SHA256" => Some(Algorithm::Sha256),
        "SHA512" => Some(Algorithm::Sha512),
        _ => None,
    }
}

/// Percent-decodes. A plus is a space only where spaces are not written `%20`.
fn decode(raw: &str, plus_is_space: bool) -> Result<String, UriError> {
    let spaced;
    let raw = if plus_is_space && !raw.contains("%20") {
        spaced = Zeroizing::new(raw.replace('+', " "));
        spaced.as_str()
    } else {
        raw
    };
    let whole = raw
        .split('%')
        .skip(1)
        .all(|after| after.as_bytes().get(..2).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)));
    if !whole {
        return Err(UriError::Malformed);
    }
    percent_decode_str(raw).decode_utf8().map(|text| text.into_owned()).map_err(|_| UriError::Malformed)
}

/// A name fit to be shown: no control or direction-changing characters, which
/// could make one account look like another, and no endless ones.
pub fn clean(text: &str) -> String {
    let shown = |c: &char| {
        !c.is_control()
            && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    text.chars().filter(shown).take(MAX_NAME).collect::<String>().trim().to_owned()
}
