//! An account, and its form inside the sealed body.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::encoding::{BASE64, HEXLOWER};
use crate::otp::uri::Enrolment;
use crate::otp::{Algorithm, Credential, Factor, Secret};
use crate::platform::{Outage, Platform};

/// Names an account; random.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountId(pub [u8; 16]);

impl AccountId {
    /// A new name.
    pub fn make<P: Platform>(p: &P) -> Result<Self, Outage> {
        let mut id = [0; 16];
        p.random(&mut id)?;
        Ok(Self(id))
    }

    /// 32 lower-case hexadecimal digits.
    pub fn to_text(self) -> String {
        HEXLOWER.encode(&self.0)
    }

    /// The inverse of [`AccountId::to_text`].
    pub fn from_text(text: &str) -> Option<Self> {
        let bytes = HEXLOWER.decode(text.as_bytes()).ok()?;
        bytes.try_into().ok().map(Self)
    }
}

/// Whether the other side has accepted a code yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// Captured, and no code of it accepted so far.
    #[default]
    Unconfirmed,
    /// Microsoft has taken a code of it.
    Confirmed,
}

/// What happens when a sign-in page asks for a code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// The code is filled in; the person presses Verify.
    #[default]
    Code,
    /// One click in the browser's own interface fills and submits.
    Approve,
    /// Filled and submitted without a click.
    Automatic,
}

/// One account.
#[derive(Clone, PartialEq)]
pub struct Account {
    /// Its name in the vault.
    pub id: AccountId,
    /// When it was added.
    pub created_ms: u64,
    /// When a person or a confirmation last changed it.
    pub modified_ms: u64,
    /// Who issued it, for display.
    pub issuer: String,
    /// The user principal name, or the account part of the label.
    pub name: String,
    /// The prefix of the label where it differs from the issuer, as Microsoft's does.
    pub tenant: Option<String>,
    /// The https origin it was enrolled on.
    pub origin: Option<String>,
    /// What its codes are made of.
    pub credential: Credential,
    /// Whether it is known to work.
    pub status: Status,
    /// What to do on a sign-in page.
    pub mode: Mode,
    /// Shown first.
    pub pinned: bool,
    /// When a code of it was last shown or filled.
    pub last_used_ms: Option<u64>,
    /// The time step that was last released for filling.
    pub last_step: Option<u64>,
    /// The account to delete once this one is confirmed.
    pub replaces: Option<AccountId>,
    /// Fields of a later version, kept.
    pub extra: Map<String, Value>,
}

impl Account {
    /// An account as it is enrolled: nobody has accepted a code of it yet.
    pub fn enrolled(id: AccountId, enrolment: Enrolment, origin: Option<String>, now_ms: u64) -> Self {
        let Enrolment { credential, issuer, name, tenant } = enrolment;
        Self {
            id,
            created_ms: now_ms,
            modified_ms: now_ms,
            issuer,
            name,
            tenant,
            origin,
            credential,
            status: Status::Unconfirmed,
            mode: Mode::Code,
            pinned: false,
            last_used_ms: None,
            last_step: None,
            replaces: None,
            extra: Map::new(),
        }
    }
}

impl Serialize for Account {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &self.id)?;
        map.serialize_entry("created", &self.created_ms)?;
        map.serialize_entry("modified", &self.modified_ms)?;
        map.serialize_entry("issuer", &self.issuer)?;
        map.serialize_entry("name", &self.name)?;
        entry_if(&mut map, "tenant", self.tenant.as_ref())?;
        entry_if(&mut map, "origin", self.origin.as_ref())?;
        let secret = Zeroizing::new(BASE64.encode(self.credential.secret.expose()));
        map.serialize_entry("secret", secret.as_str())?;
        map.serialize_entry("algorithm", algorithm_name(self.credential.algorithm))?;
        map.serialize_entry("digits", &self.credential.digits)?;
        match self.credential.factor {
            Factor::Time { period } => {
                map.serialize_entry("kind", "totp")?;
                map.serialize_entry("period", &period)?;
            }
            Factor::Counter { counter } => {
                map.serialize_entry("kind", "hotp")?;
                map.serialize_entry("counter", &counter)?;
            }
            Factor::Steam => map.serialize_entry("kind", "steam")?,
        }
        map.serialize_entry("status", status_name(self.status))?;
        map.serialize_entry("mode", mode_name(self.mode))?;
        map.serialize_entry("pinned", &self.pinned)?;
        entry_if(&mut map, "last_used", self.last_used_ms.as_ref())?;
        entry_if(&mut map, "last_step", self.last_step.as_ref())?;
        entry_if(&mut map, "replaces", self.replaces.as_ref())?;
        for (key, value) in &self.extra {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

fn entry_if<M: SerializeMap, T: Serialize>(map: &mut M, key: &'static str, value: Option<&T>) -> Result<(), M::Error> {
    match value {
        Some(value) => map.serialize_entry(key, value),
        None => Ok(()),
    }
}

const fn algorithm_name(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Sha1 => "SHA1",
        Algorithm::Sha256 => "SHA256",
        Algorithm::Sha512 => "SHA512",
    }
}

const fn status_name(status: Status) -> &'static str {
    match status {
        Status::Unconfirmed => "unconfirmed",
        Status::Confirmed => "confirmed",
    }
}

const fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Code => "code",
        Mode::Approve => "approve",
        Mode::Automatic => "automatic",
    }
}

impl<'de> Deserialize<'de> for Account {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(AccountVisitor)
    }
}

/// By hand, because serde's `flatten` buffers every field, the secret among
/// them, in memory that is not wiped.
struct AccountVisitor;

impl<'de> Visitor<'de> for AccountVisitor {
    type Value = Account;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an account")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Account, M::Error> {
        let mut draft = Draft::default();
        while let Some(key) = map.next_key::<String>()? {
            let map = &mut map;
            match key.as_str() {
                "id" => once(&mut draft.id, map)?,
                "created" => once(&mut draft.created_ms, map)?,
                "modified" => once(&mut draft.modified_ms, map)?,
                "issuer" => once(&mut draft.issuer, map)?,
                "name" => once(&mut draft.name, map)?,
                "tenant" => once(&mut draft.tenant, map)?,
                "origin" => once(&mut draft.origin, map)?,
                "secret" => once(&mut draft.secret, map)?,
                "algorithm" => once(&mut draft.algorithm, map)?,
                "digits" => once(&mut draft.digits, map)?,
                "kind" => once(&mut draft.kind, map)?,
                "period" => once(&mut draft.period, map)?,
                "counter" => once(&mut draft.counter, map)?,
                "status" => once(&mut draft.status, map)?,
                "mode" => once(&mut draft.mode, map)?,
                "pinned" => once(&mut draft.pinned, map)?,
                "last_used" => once(&mut draft.last_used_ms, map)?,
                "last_step" => once(&mut draft.last_step, map)?,
                "replaces" => once(&mut draft.replaces, map)?,
                _ => {
                    let value = map.next_value()?;
                    if draft.extra.insert(key, value).is_some() {
                        return Err(unread());
                    }
                }
            }
        }
        draft.finish().ok_or_else(unread)
    }
}

#[derive(Default)]
struct Draft {
    id: Option<AccountId>,
    created_ms: Option<u64>,
    modified_ms: Option<u64>,
    issuer: Option<String>,
    name: Option<String>,
    tenant: Option<String>,
    origin: Option<String>,
    secret: Option<SecretText>,
    algorithm: Option<Algorithm1>,
    digits: Option<u8>,
    kind: Option<Kind>,
    period: Option<u32>,
    counter: Option<u64>,
    status: Option<Status1>,
    mode: Option<Mode1>,
    pinned: Option<bool>,
    last_used_ms: Option<u64>,
    last_step: Option<u64>,
    replaces: Option<AccountId>,
    extra: Map<String, Value>,
}

impl Draft {
    fn finish(self) -> Option<Account> {
        let factor = match (self.kind?, self.period, self.counter) {
            (Kind::Totp, Some(period), None) => Factor::Time { period },
            (Kind::Hotp, None, Some(counter)) => Factor::Counter { counter },
            (Kind::Steam, None, None) => Factor::Steam,
            _ => return None,
        };
        Some(Account {
            id: self.id?,
            created_ms: self.created_ms?,
            modified_ms: self.modified_ms?,
            issuer: self.issuer?,
            name: self.name?,
            tenant: self.tenant,
            origin: self.origin,
            credential: Credential::new(self.secret?.0, self.algorithm?.0, self.digits?, factor)?,
            status: self.status?.0,
            mode: self.mode?.0,
            pinned: self.pinned?,
            last_used_ms: self.last_used_ms,
            last_step: self.last_step,
            replaces: self.replaces,
            extra: self.extra,
        })
    }
}

/// Reads a field that may stand there once; two of one name have two meanings.
fn once<'de, M: MapAccess<'de>, T: Deserialize<'de>>(field: &mut Option<T>, map: &mut M) -> Result<(), M::Error> {
    match field.replace(map.next_value()?) {
        None => Ok(()),
        Some(_) => Err(unread()),
    }
}

/// Says nothing: serde's own messages quote values.
fn unread<E: de::Error>() -> E {
    E::custom("not an account")
}

impl Serialize for AccountId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_text())
    }
}

/// Implements `Deserialize` for a type that is read from a string.
macro_rules! from_text {
    ($type:ty, $parse:expr) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Text;
                impl Visitor<'_> for Text {
                    type Value = $type;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("text")
                    }
                    // The borrowed form comes here too, so a secret is decoded in place.
                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$type, E> {
                        let parse: fn(&str) -> Option<$type> = $parse;
                        parse(text).ok_or_else(unread)
                    }
                }
                deserializer.deserialize_str(Text)
            }
        }
    };
}

struct SecretText(Secret);
struct Algorithm1(Algorithm);
struct Status1(Status);
struct Mode1(Mode);
enum Kind {
    Totp,
    Hotp,
    Steam,
}

from_text!(AccountId, AccountId::from_text);
from_text!(SecretText, |text| {
    let bytes = BASE64.decode(text.as_bytes()).ok()?;
    Secret::new(bytes).map(SecretText)
});
from_text!(Algorithm1, |text| [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512]
    .into_iter()
    .find(|known| algorithm_name(*known) == text)
    .map(Algorithm1));
from_text!(Status1, |text| [Status::Unconfirmed, Status::Confirmed]
    .into_iter()
    .find(|known| status_name(*known) == text)
    .map(Status1));
from_text!(Mode1, |text| [Mode::Code, Mode::Approve, Mode::Automatic]
    .into_iter()
    .find(|known| mode_name(*known) == text)
    .map(Mode1));
from_text!(Kind, |text| match text {
    "totp" => Some(Kind::Totp),
    "hotp" => Some(Kind::Hotp),
    "steam" => Some(Kind::Steam),
    _ => None,
});
