//! `otpauth://` URIs: the Key URI Format, as Microsoft bends it.
//!
//! ```text
//! otpauth://totp/Contoso%3Akari%40contoso.no?secret=5nvfdqfdaaaabbbb&issuer=Microsoft
//!                organisation user principal name     80 bits, lower case
//! ```
//!
//! The label's prefix is the organisation and differs from the issuer, which is
//! always `Microsoft`; spaces come as `+` or `%20`; hexadecimal digits in
//! either case. Others write it by hand, so what they forget is read as it was
//! meant where it can mean but one thing: `&amp;` for `&`, a raw `?`, `#` or `%`
//! in a name, Latin-1, a value that is empty or not needed, one said twice. No
//! other reader takes all of these, hence our own.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use zeroize::Zeroizing;

use super::base32::{self, Base32Error};
use super::{Algorithm, Credential, Factor, PERIODS};

/// Longest URI taken, in bytes: Ente keeps a note in it, which may be long.
pub const MAX_BYTES: usize = 16 * 1024;
/// Longest issuer, organisation or account name taken, in characters. None is cut: two that differ stay two.
pub const MAX_NAME: usize = 1024;

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

impl Enrolment {
    /// Whether only the issuer says Steam, whose own codes are five letters and digits: nobody but the person knows which
    /// are meant.
    pub fn may_be_steams(&self) -> bool {
        is_steam(&self.issuer) && self.credential.factor == Factor::Time { period: 30 }
    }

    /// The same with Steam's own codes.
    pub fn as_steams(self) -> Self {
        match Credential::new(self.credential.secret.clone(), Algorithm::Sha1, 5, Factor::Steam) {
            Some(credential) if self.may_be_steams() => Self { credential, ..self },
            _ => self,
        }
    }
}

/// Whether an issuer is Steam.
pub fn is_steam(issuer: &str) -> bool {
    issuer.trim().eq_ignore_ascii_case("steam")
}

/// Why a text is not an enrolment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UriError {
    /// Over [`MAX_BYTES`], or a name over [`MAX_NAME`].
    TooLong,
    /// Another scheme.
    NotOtpauth,
    /// A parameter twice, with two values: nobody knows which is meant.
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
    /// A parameter of this name, which changes the key or the codes in a way that is not known here.
    Setting(&'static str),
}

/// Reads a URI. White space and a byte-order mark around it are ignored.
pub fn parse(text: &str) -> Result<Enrolment, UriError> {
    if text.len() > MAX_BYTES {
        return Err(UriError::TooLong);
    }
    let rest = after_scheme(text).ok_or(UriError::NotOtpauth)?;
    // Out of a web page's source.
    let unescaped = Zeroizing::new(rest.replace("&amp;", "&"));
    let (path, query) = split_query(&unescaped);
    let (kind, label) = path.split_once('/').unwrap_or((path, ""));
    let label = Label::parse(label);
    let query = Query::parse(query)?;

    // Steam's own app says it by the kind, Aegis by the encoder, others only by the length of the code.
    let asks = if query.issuer.is_empty() { label.prefix.as_deref() } else { Some(&**query.issuer) };
    let by_length = asks.is_some_and(is_steam) && query.digits.trim() == "5";
    let steam = kind.eq_ignore_ascii_case("steam") || query.encoder.eq_ignore_ascii_case("steam") || by_length;
    if !steam && !query.encoder.is_empty() {
        return Err(UriError::Setting("encoder"));
    }
    let secret = base32::decode_written(&query.secret).map_err(UriError::Secret)?;
    let factor = if steam {
        Factor::Steam
    } else if kind.eq_ignore_ascii_case("totp") {
        // A step of no seconds is none: HCL Notes writes 0 where it means the usual 30.
        let period = number(&query.period).ok_or(UriError::Period)?.filter(|period| *period != 0);
        Factor::Time { period: period.unwrap_or(30) }
    } else if kind.eq_ignore_ascii_case("hotp") {
        Factor::Counter { counter: number(&query.counter).ok_or(UriError::Counter)?.unwrap_or(0) }
    } else {
        return Err(UriError::Type);
    };
    if matches!(factor, Factor::Time { period } if !PERIODS.contains(&period)) {
        return Err(UriError::Period);
    }
    let (algorithm, digits) = match factor {
        Factor::Steam => (Algorithm::Sha1, 5),
        _ => (
            algorithm(&query.algorithm).ok_or(UriError::Algorithm)?,
            number(&query.digits).ok_or(UriError::Digits)?.unwrap_or(6),
        ),
    };
    let credential = Credential::new(secret, algorithm, digits, factor).ok_or(UriError::Digits)?;

    let issuer =
        Some(clean(&query.issuer)).filter(|i| !i.is_empty()).or_else(|| label.prefix.clone()).unwrap_or_default();
    let organisation = label.prefix.filter(|p| *p != issuer);
    if ![&issuer, &label.name].into_iter().chain(&organisation).all(|name| is_a_name(name)) {
        return Err(UriError::TooLong);
    }
    Ok(Enrolment { credential, issuer, name: label.name, organisation })
}

/// What comes after `otpauth:`, and after `apple-otpauth:`, by which a web page asks for Apple's own keeper of codes.
fn after_scheme(text: &str) -> Option<&str> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let rest = strip_prefix(text, "otpauth:").or_else(|| strip_prefix(text, "apple-otpauth:"))?;
    Some(rest.trim_start_matches('/'))
}

/// Path and query. Labels may have a raw `?`: the query begins where a parameter's name follows.
fn split_query(rest: &str) -> (&str, &str) {
    let begins = |at: &usize| {
        let name = rest.get(at + 1..).unwrap_or_default().split(['=', '&']).next().unwrap_or_default();
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let mut marks = rest.match_indices('?').map(|(at, _)| at);
    let at = marks.clone().find(begins).or_else(|| marks.next());
    at.and_then(|at| Some((rest.get(..at)?, rest.get(at + 1..)?))).unwrap_or((rest, ""))
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
    fn parse(raw: &str) -> Self {
        let (spaced, plain) = (decode(raw, true), decode(raw, false));
        let bare = raw.split_once(':').filter(|(_, name)| !name.contains(':'));
        let split = match (bare, spaced.rfind('@')) {
            (Some((prefix, _)), _) => Some(decode(prefix, true).len()),
            (None, Some(at)) => spaced.get(..at).and_then(|before| before.rfind(':')),
            (None, None) => spaced.find(':'),
        };
        let Some(colon) = split else {
            return Self { prefix: None, name: clean(&plain) };
        };
        let prefix = clean(spaced.get(..colon).unwrap_or_default());
        // `kari+test@contoso.no`: in an address a plus is a plus.
        let name = if spaced.contains('@') { plain } else { spaced };
        Self { prefix: Some(prefix).filter(|p| !p.is_empty()), name: clean(name.get(colon + 1..).unwrap_or_default()) }
    }
}

/// The parameters that mean something, as they were written; empty where they are missing.
#[derive(Default)]
struct Query {
    secret: Zeroizing<String>,
    issuer: Zeroizing<String>,
    algorithm: Zeroizing<String>,
    digits: Zeroizing<String>,
    period: Zeroizing<String>,
    counter: Zeroizing<String>,
    encoder: Zeroizing<String>,
}

impl Query {
    /// Names in any case. Those that say nothing of the codes (`image`, `lock`, `tags`) are passed over.
    fn parse(raw: &str) -> Result<Self, UriError> {
        let mut query = Self::default();
        for pair in raw.split('&').flat_map(unglued) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = name.to_ascii_lowercase();
            if let Some(setting) = changes_the_codes(&name).or_else(|| says_otherwise(&name, value)) {
                return Err(UriError::Setting(setting));
            }
            let slot = match name.as_str() {
                "secret" => &mut query.secret,
                "issuer" => &mut query.issuer,
                "algorithm" => &mut query.algorithm,
                "digits" => &mut query.digits,
                "period" => &mut query.period,
                "counter" => &mut query.counter,
                "encoder" => &mut query.encoder,
                _ => continue,
            };
            let value = Zeroizing::new(decode(value, true));
            if value.is_empty() || is_unset(&value) || *slot == value {
                continue;
            }
            if !slot.is_empty() {
                return Err(UriError::Malformed);
            }
            *slot = value;
        }
        Ok(query)
    }
}

/// What a program writes that had nothing to write.
pub fn is_unset(value: &str) -> bool {
    matches!(value, "null" | "undefined")
}

/// A pair, or the two of which the `&` between was forgotten: `issuer=Contosoperiod=30`.
fn unglued(pair: &str) -> impl Iterator<Item = &str> {
    const NAMES: [&str; 5] = ["algorithm=", "counter=", "digits=", "period=", "secret="];
    let glued = strip_prefix(pair, "issuer=").and_then(|value| NAMES.iter().filter_map(|name| value.find(name)).min());
    let (first, second) = glued.and_then(|at| pair.split_at_checked("issuer=".len() + at)).unwrap_or((pair, ""));
    std::iter::once(first).chain((!second.is_empty()).then_some(second))
}

/// The name under which others change the key or the moment, if it is one: privacyIDEA makes the key of two halves, and a key
/// may be in another alphabet, or a clock begin elsewhere.
fn changes_the_codes(name: &str) -> Option<&'static str> {
    const NAMES: [&str; 8] = ["encoding", "hash", "offset", "t0", "epoch", "suite", "pin_length", "pinlength"];
    if name.starts_with("2step") { Some("2step") } else { NAMES.into_iter().find(|known| *known == name) }
}

/// The name under which a library writes what others do under another, if it says anything but the usual: most apps pass over it,
/// and only the service knows whether it does.
fn says_otherwise(name: &str, value: &str) -> Option<&'static str> {
    match (name, number::<u32>(value).flatten()) {
        ("algo", _) if algorithm(value) != Some(Algorithm::Sha1) => Some("algo"),
        // What is greater is a picture's.
        ("size", Some(5 | 7..=10)) => Some("size"),
        ("interval", Some(seconds)) if seconds != 30 => Some("interval"),
        _ => None,
    }
}

/// A number; `None` inside where nothing was written. `30.0` is 30.
fn number<N: std::str::FromStr>(text: &str) -> Option<Option<N>> {
    let text = text.trim();
    let text = text.strip_suffix(".0").unwrap_or(text);
    if text.is_empty() { Some(None) } else { text.parse().ok().map(Some) }
}

/// The names that peers write for the three hashes; without one it is SHA-1.
pub fn algorithm(text: &str) -> Option<Algorithm> {
    let name = text.trim().to_ascii_uppercase().replace(['-', '_', ' '], "");
    let name = name.strip_prefix("ALGORITHM.").unwrap_or(&name);
    match name.strip_prefix("HMAC").unwrap_or(name) {
        "" | "SHA1" | "SHA" => Some(Algorithm::Sha1),
        "SHA256" => Some(Algorithm::Sha256),
        "SHA512" => Some(Algorithm::Sha512),
        _ => None,
    }
}

/// Percent-decodes, by UTF-8 or else by Latin-1; a percent sign that begins no escape is one. A plus is a space only where
/// spaces are not written `%20`.
fn decode(raw: &str, plus_is_space: bool) -> String {
    let spaced;
    let raw = if plus_is_space && !raw.contains("%20") {
        spaced = Zeroizing::new(raw.replace('+', " "));
        spaced.as_str()
    } else {
        raw
    };
    match percent_decode_str(raw).decode_utf8() {
        Ok(text) => text.into_owned(),
        Err(_) => percent_decode_str(raw).map(char::from).collect(),
    }
}

/// Whether it is no longer than [`MAX_NAME`].
pub fn is_a_name(text: &str) -> bool {
    text.chars().nth(MAX_NAME).is_none()
}

/// A name fit to be shown: no control or direction-changing characters, which
/// could make one account look like another.
pub fn clean(text: &str) -> String {
    // What joins two pictures to one turns nothing around.
    let is_picture = |c: char| matches!(c, '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{fe0f}');
    let mut before = ' ';
    let mut rest = text.chars().peekable();
    let mut shown = String::with_capacity(text.len());
    while let Some(c) = rest.next() {
        match c {
            '\n' | '\r' | '\t' => shown.push(' '),
            '\u{200d}' if is_picture(before) && rest.peek().is_some_and(|next| is_picture(*next)) => shown.push(c),
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => {}
            c if c.is_control() => {}
            c => shown.push(c),
        }
        before = c;
    }
    shown.trim().to_owned()
}
