//! How the loose fields of an export become an entry.

use zeroize::Zeroizing;

use super::error::Why;
use super::json::{Fields, Value};
use exchange::Entry;
use otp::base32;
use otp::uri;
use otp::{Algorithm, Credential, Factor, PERIODS, Secret};

/// The fields of an entry, as formats have them, before anything is believed.
pub(crate) struct Draft<'a> {
    /// In any case: totp, hotp, steam and their synonyms.
    pub(crate) kind: &'a str,
    pub(crate) issuer: &'a str,
    pub(crate) name: &'a str,
    pub(crate) secret: Written<'a>,
    /// `None` for the default, SHA-1.
    pub(crate) algorithm: Option<&'a str>,
    /// `None` for the default, 6.
    pub(crate) digits: Option<i128>,
    /// `None` for the default, 30.
    pub(crate) period: Option<i128>,
    /// `None` for the default, 0.
    pub(crate) counter: Option<i128>,
}

/// How a format writes a secret.
pub(crate) enum Written<'a> {
    Base32(&'a str),
    Raw(&'a [u8]),
}

impl Draft<'_> {
    pub(crate) fn finish(self) -> Result<Entry, Why> {
        let (secret, written) = self.secret.read()?;
        let period = number(self.period, 30, Why::Period)?;
        let factor = match self.kind.to_ascii_lowercase().as_str() {
            "totp" => Factor::Time { period: u32::try_from(period).map_err(|_| Why::Period)? },
            "hotp" => Factor::Counter { counter: number(self.counter, 0, Why::Counter)? },
            "steam" if period == 30 => Factor::Steam,
            "steam" => return Err(Why::Period),
            _ => return Err(Why::Type),
        };
        if matches!(factor, Factor::Time { period } if !PERIODS.contains(&period)) {
            return Err(Why::Period);
        }
        // Steam has but one algorithm and one length, whatever a file says.
        let (algorithm, digits) = match factor {
            Factor::Steam => (Algorithm::Sha1, 5),
            _ => (algorithm(self.algorithm)?, number(self.digits, 6, Why::Digits)?),
        };
        let digits = u8::try_from(digits).map_err(|_| Why::Digits)?;
        let credential = Credential::new(secret, algorithm, digits, factor).ok_or(Why::Digits)?;
        Ok(Entry {
            issuer: uri::clean(self.issuer),
            name: uri::clean(self.name),
            organisation: None,
            credential,
            account: None,
            written,
        })
    }
}

impl Written<'_> {
    fn read(&self) -> Result<(Secret, Option<Zeroizing<String>>), Why> {
        match self {
            Self::Raw([]) => Err(Why::NoSecret),
            Self::Raw(bytes) => Secret::new(bytes.to_vec()).map(|s| (s, None)).ok_or(Why::SecretTooLong),
            Self::Base32(text) => read_base32(text),
        }
    }
}

/// As the apps that wrote it read it: bits that fill no byte are dropped, also
/// where they are a whole last character. The app made codes of it, so must we.
pub(crate) fn read_base32(text: &str) -> Result<(Secret, Option<Zeroizing<String>>), Why> {
    let mut letters = Zeroizing::new(String::with_capacity(text.len()));
    letters.extend(text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '=')));
    letters.make_ascii_uppercase();
    let whole = match letters.len() % 8 {
        1 | 3 | 6 if letters.is_ascii() => letters.get(..letters.len() - 1).unwrap_or_default(),
        _ => letters.as_str(),
    };
    let secret = base32::decode(whole)?;
    let same = *base32::encode(&secret) == *letters;
    Ok((secret, (!same).then_some(letters)))
}

fn algorithm(name: Option<&str>) -> Result<Algorithm, Why> {
    match name.map(str::trim) {
        None | Some("") => Ok(Algorithm::Sha1),
        Some(name) => uri::algorithm(name).ok_or(Why::Algorithm),
    }
}

fn number(value: Option<i128>, default: u64, why: Why) -> Result<u64, Why> {
    value.map_or(Ok(default), |value| u64::try_from(value).map_err(|_| why))
}

/// The number of a field, where a `null` and nothing are the same.
pub(crate) fn optional(json: &Value, key: &str, why: Why) -> Result<Option<i128>, Why> {
    match json.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value.number().map(Some).ok_or(why),
    }
}

/// Takes an issuer that is repeated at the head of a name off it again; what is
/// left in front of an address is the organisation, as in [`uri`].
pub(crate) fn split_name<'a>(issuer: &str, name: &'a str) -> (Option<&'a str>, &'a str) {
    let colon = match name.rfind('@') {
        Some(at) => name.get(..at).and_then(|before| before.rfind(':')),
        None => name.find(':'),
    };
    let Some((prefix, rest)) = colon.and_then(|at| name.split_at_checked(at)) else {
        return (None, name);
    };
    let rest = rest.strip_prefix(':').unwrap_or(rest).trim_start();
    match prefix.trim() == issuer.trim() {
        true => (None, rest),
        false => (Some(prefix), rest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft<'a>(kind: &'a str, secret: &'a str) -> Draft<'a> {
        let secret = Written::Base32(secret);
        Draft { kind, issuer: "a", name: "b", secret, algorithm: None, digits: None, period: None, counter: None }
    }

    #[test]
    fn every_refusal_has_its_reason() {
        let why = |draft: Draft<'_>| draft.finish().err();
        assert_eq!(why(draft("totp", "MZXW6YTB")), None);
        assert_eq!(why(draft("motp", "MZXW6YTB")), Some(Why::Type));
        assert_eq!(why(draft("totp", " ")), Some(Why::NoSecret));
        assert_eq!(why(draft("totp", "MZXW6YT1")), Some(Why::SecretCharacter));
        assert_eq!(why(Draft { digits: Some(10), ..draft("totp", "MZXW6YTB") }), Some(Why::Digits));
        assert_eq!(why(Draft { digits: Some(-1), ..draft("hotp", "MZXW6YTB") }), Some(Why::Digits));
        assert_eq!(why(Draft { period: Some(0), ..draft("totp", "MZXW6YTB") }), Some(Why::Period));
        assert_eq!(why(Draft { period: Some(1 << 40), ..draft("totp", "MZXW6YTB") }), Some(Why::Period));
        assert_eq!(why(Draft { counter: Some(-1), ..draft("hotp", "MZXW6YTB") }), Some(Why::Counter));
        assert_eq!(why(Draft { algorithm: Some("MD5"), ..draft("totp", "MZXW6YTB") }), Some(Why::Algorithm));
    }

    #[test]
    fn a_lone_last_character_is_dropped_as_its_app_does_and_still_shown() {
        let entry = draft("totp", "poakspdoaskdos").finish().unwrap_or_else(|_| panic!());
        assert_eq!(entry.credential.secret.expose().len(), 8);
        assert_eq!(entry.secret_text().as_str(), "POAKSPDOASKDOS");
    }

    #[test]
    fn names_split_as_in_a_uri() {
        assert_eq!(split_name("Sha", "Sha:512"), (None, "512"));
        assert_eq!(split_name("Microsoft", "Contoso: AS:kari@contoso.no"), (Some("Contoso: AS"), "kari@contoso.no"));
        assert_eq!(split_name("", "NoIssuer"), (None, "NoIssuer"));
    }
}
