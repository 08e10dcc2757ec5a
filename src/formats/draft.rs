//! How the loose fields of an export become an entry.

use zeroize::Zeroizing;

use super::error::Why;
use super::json::{Fields, Value};
use exchange::{Entry, Remarks};
use otp::base32;
use otp::uri;
use otp::{Algorithm, Credential, Factor, PERIODS, Secret};

/// The fields of an entry, as formats have them, before anything is believed.
pub(crate) struct Draft<'a> {
    /// In any case: totp, hotp, steam; empty for a kind that is none of them.
    pub(crate) kind: &'a str,
    pub(crate) issuer: &'a str,
    pub(crate) name: &'a str,
    pub(crate) organisation: Option<&'a str>,
    pub(crate) secret: Written,
    /// `None` for the default, SHA-1.
    pub(crate) algorithm: Option<&'a str>,
    /// The default is 6.
    pub(crate) digits: Number,
    /// The default is 30.
    pub(crate) period: Number,
    /// The default is 0.
    pub(crate) counter: Number,
    /// What a person wrote down about it.
    pub(crate) note: &'a str,
    /// How it is sorted.
    pub(crate) tags: Vec<&'a str>,
}

/// A secret, and how it was spelt where that is not the canonical way.
pub(crate) type Written = Result<(Secret, Option<Zeroizing<String>>), Why>;

/// A number, however large; `None` for the default.
pub(crate) type Number = Result<Option<i128>, Why>;

impl<'a> Draft<'a> {
    /// An entry of which no more is said.
    pub(crate) fn of(kind: &'a str, issuer: &'a str, name: &'a str, secret: Written) -> Self {
        let (digits, period, counter) = (Ok(None), Ok(None), Ok(None));
        let (note, tags) = ("", Vec::new());
        Self { kind, issuer, name, organisation: None, secret, algorithm: None, digits, period, counter, note, tags }
    }

    /// An entry in JSON, by the names that most apps have for its fields.
    pub(crate) fn of_json(json: &'a Value) -> Self {
        let secret = json.secret_of("secret");
        Self {
            algorithm: json.get("algorithm").and_then(Value::as_str),
            digits: json.optional("digits", Why::Digits),
            period: json.optional("period", Why::Period),
            counter: json.optional("counter", Why::Counter),
            ..Self::of(json.text_of("type"), json.text_of("issuer"), json.text_of("account"), secret)
        }
    }

    pub(crate) fn finish(self) -> Result<Entry, Why> {
        let (digits, period, counter) = (self.digits?, self.period?, self.counter?);
        let (secret, written) = self.secret?;
        let period = number(period, 30, Why::Period)?;
        // As in a URI: no other code has five digits.
        let is_steams = uri::is_steam(self.issuer) && digits == Some(5) && period == 30;
        let factor = match self.kind.to_ascii_lowercase().as_str() {
            "totp" if is_steams => Factor::Steam,
            "totp" => Factor::Time { period: u32::try_from(period).map_err(|_| Why::Period)? },
            "hotp" => Factor::Counter { counter: number(counter, 0, Why::Counter)? },
            // 2FAuth's, in which the period is not that of the codes.
            "steamtotp" => Factor::Steam,
            // Steam itself has no other.
            "steam" if period == 30 => Factor::Steam,
            _ => return Err(Why::Type),
        };
        if matches!(factor, Factor::Time { period } if !PERIODS.contains(&period)) {
            return Err(Why::Period);
        }
        // Steam has but one algorithm and one length, whatever a file says.
        let (algorithm, digits) = match factor {
            Factor::Steam => (Algorithm::Sha1, 5),
            _ => (
                uri::algorithm(self.algorithm.unwrap_or_default()).ok_or(Why::Algorithm)?,
                number(digits, 6, Why::Digits)?,
            ),
        };
        let digits = u8::try_from(digits).map_err(|_| Why::Digits)?;
        let credential = Credential::new(secret, algorithm, digits, factor).ok_or(Why::Digits)?;
        if ![self.issuer, self.name].into_iter().chain(self.organisation).all(uri::is_a_name) {
            return Err(Why::NameTooLong);
        }
        Ok(Entry {
            issuer: uri::clean(self.issuer),
            name: uri::clean(self.name),
            organisation: self.organisation.map(uri::clean),
            credential,
            account: None,
            written,
            discarded: None,
            remarks: Remarks::of(self.note, self.tags),
        })
    }
}

/// A secret as bytes.
pub(crate) fn read_bytes(bytes: &[u8]) -> Written {
    if bytes.is_empty() {
        return Err(Why::NoSecret);
    }
    Secret::new(bytes.to_vec()).map(|secret| (secret, None)).ok_or(Why::SecretTooLong)
}

/// A secret as text, as [`base32::decode_written`] reads it, with its spelling where that is not the canonical one.
pub(crate) fn read_base32(text: &str) -> Written {
    let secret = base32::decode_written(text)?;
    let mut letters = Zeroizing::new(String::with_capacity(text.len()));
    letters.extend(text.chars().filter(char::is_ascii_alphanumeric));
    letters.make_ascii_uppercase();
    let same = *base32::encode(&secret) == *letters;
    Ok((secret, (!same).then_some(letters)))
}

fn number(value: Option<i128>, default: u64, why: Why) -> Result<u64, Why> {
    value.map_or(Ok(default), |value| u64::try_from(value).map_err(|_| why))
}

/// A number that is written as a text; `30.0` is 30.
pub(crate) fn parsed(text: Option<&str>, why: Why) -> Number {
    text.map(|text| text.strip_suffix(".0").unwrap_or(text).parse().map_err(|_| why)).transpose()
}
