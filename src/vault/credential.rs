//! A credential, as its parts stand among the fields of an account.

use data_encoding::BASE64;
use otp::{Algorithm, Credential, Factor, Secret};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

#[derive(Serialize, Deserialize)]
struct Stored {
    /// In base64.
    secret: Zeroizing<String>,
    #[serde(with = "StoredAlgorithm")]
    algorithm: Algorithm,
    digits: u8,
    kind: Kind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    period: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    counter: Option<u64>,
}

/// By the names of RFC 6238.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Algorithm", rename_all = "UPPERCASE")]
enum StoredAlgorithm {
    Sha1,
    Sha256,
    Sha512,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Totp,
    Hotp,
    Steam,
}

pub(super) fn serialize<S: Serializer>(credential: &Credential, serializer: S) -> Result<S::Ok, S::Error> {
    let Credential { secret, algorithm, digits, factor } = credential;
    let (kind, period, counter) = match *factor {
        Factor::Time { period } => (Kind::Totp, Some(period), None),
        Factor::Counter { counter } => (Kind::Hotp, None, Some(counter)),
        Factor::Steam => (Kind::Steam, None, None),
    };
    let secret = Zeroizing::new(BASE64.encode(secret.expose()));
    Stored { secret, algorithm: *algorithm, digits: *digits, kind, period, counter }.serialize(serializer)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Credential, D::Error> {
    read(Stored::deserialize(deserializer)?).ok_or_else(|| D::Error::custom("not a credential"))
}

fn read(stored: Stored) -> Option<Credential> {
    let factor = match (stored.kind, stored.period, stored.counter) {
        (Kind::Totp, Some(period), None) => Factor::Time { period },
        (Kind::Hotp, None, Some(counter)) => Factor::Counter { counter },
        (Kind::Steam, None, None) => Factor::Steam,
        _ => return None,
    };
    let secret = Secret::new(BASE64.decode(stored.secret.as_bytes()).ok()?)?;
    Credential::new(secret, stored.algorithm, stored.digits, factor)
}
