//! What a vault holds, and its versioned JSON form.
//!
//! Nothing is dropped for not being understood: unknown fields stay where they
//! were, and an account that this version cannot read is carried along as text.

use std::io;

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::account::{Account, AccountId};
use super::error::{Damage, VaultError};

const VERSION: u64 = 1;

/// Everything inside a vault.
#[derive(Clone, Default, PartialEq)]
pub struct Contents {
    /// The accounts, in the order in which they were added.
    pub accounts: Vec<Account>,
    /// What was deleted, so that a merge does not bring it back.
    pub tombstones: Vec<Tombstone>,
    /// Settings, kept as they are.
    pub settings: Map<String, Value>,
    /// Accounts of a later version, as text.
    pub unread: Vec<Zeroizing<String>>,
    /// Fields of a later version, kept.
    pub extra: Map<String, Value>,
}

/// A deleted account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tombstone {
    /// Which.
    pub id: AccountId,
    /// When.
    pub deleted_ms: u64,
    /// Fields of a later version, kept.
    pub extra: Map<String, Value>,
}

impl Serialize for Tombstone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &self.id)?;
        map.serialize_entry("deleted", &self.deleted_ms)?;
        for (key, value) in &self.extra {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Tombstone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut extra = Map::deserialize(deserializer)?;
        let id = extra.remove("id").and_then(|id| AccountId::from_text(id.as_str()?));
        let deleted_ms = extra.remove("deleted").and_then(|at| at.as_u64());
        match (id, deleted_ms) {
            (Some(id), Some(deleted_ms)) => Ok(Self { id, deleted_ms, extra }),
            _ => Err(serde::de::Error::custom("not a tombstone")),
        }
    }
}

impl Contents {
    /// The account of that name.
    pub fn account(&self, id: AccountId) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }

    /// The account of that name, to be changed.
    pub fn account_mut(&mut self, id: AccountId) -> Option<&mut Account> {
        self.accounts.iter_mut().find(|account| account.id == id)
    }

    /// Takes an account out and leaves a tombstone.
    pub fn delete(&mut self, id: AccountId, now_ms: u64) -> Option<Account> {
        let at = self.accounts.iter().position(|account| account.id == id)?;
        self.tombstones.push(Tombstone { id, deleted_ms: now_ms, extra: Map::new() });
        Some(self.accounts.remove(at))
    }

    pub(crate) fn encode(&self) -> Option<Zeroizing<Vec<u8>>> {
        let mut out = Wiping(Zeroizing::new(Vec::with_capacity(256 + self.accounts.len() * 512)));
        let mut serializer = serde_json::Serializer::new(&mut out);
        self.write(&mut serializer).ok()?;
        Some(out.0)
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("v", &VERSION)?;
        map.serialize_entry("accounts", &Accounts(self))?;
        map.serialize_entry("tombstones", &self.tombstones)?;
        map.serialize_entry("settings", &self.settings)?;
        for (key, value) in &self.extra {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }

    pub(crate) fn decode(json: &[u8]) -> Result<Self, VaultError> {
        let body: Body<'_> =
            std::str::from_utf8(json).ok().and_then(|text| serde_json::from_str(text).ok()).ok_or(Damage::Body)?;
        if body.v == 0 {
            return Err(Damage::Body.into());
        }
        if body.v > VERSION {
            let major = u16::try_from(body.v).unwrap_or(u16::MAX);
            return Err(VaultError::Newer { major });
        }
        let mut contents =
            Self { tombstones: body.tombstones, settings: body.settings, extra: body.extra, ..Self::default() };
        for raw in body.accounts {
            match serde_json::from_str(raw.get()) {
                Ok(account) => contents.accounts.push(account),
                Err(_) => contents.unread.push(Zeroizing::new(raw.get().to_owned())),
            }
        }
        Ok(contents)
    }
}

/// The JSON of a part of the contents, after what is `before` it. By the same
/// writer as the whole, because each further one costs kilobytes of Wasm.
pub(crate) fn encode_part(before: u8, part: &impl Serialize) -> Option<Zeroizing<Vec<u8>>> {
    let mut out = Wiping(Zeroizing::new(Vec::with_capacity(1024)));
    out.0.push(before);
    part.serialize(&mut serde_json::Serializer::new(&mut out)).ok()?;
    Some(out.0)
}

struct Accounts<'a>(&'a Contents);

impl Serialize for Accounts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::{Error, SerializeSeq};
        let mut seq = serializer.serialize_seq(None)?;
        for account in &self.0.accounts {
            seq.serialize_element(account)?;
        }
        for text in &self.0.unread {
            let raw: &RawValue = serde_json::from_str(text).map_err(S::Error::custom)?;
            seq.serialize_element(raw)?;
        }
        seq.end()
    }
}

struct Body<'a> {
    v: u64,
    accounts: Vec<&'a RawValue>,
    tombstones: Vec<Tombstone>,
    settings: Map<String, Value>,
    extra: Map<String, Value>,
}

impl<'de> Deserialize<'de> for Body<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Body<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("contents")
            }

            fn visit_map<M: serde::de::MapAccess<'de>>(self, mut map: M) -> Result<Body<'de>, M::Error> {
                use serde::de::Error;
                let (mut v, mut accounts) = (None, None);
                let mut body = Body {
                    v: 0,
                    accounts: Vec::new(),
                    tombstones: Vec::new(),
                    settings: Map::new(),
                    extra: Map::new(),
                };
                while let Some(key) = map.next_key::<String>()? {
                    match key.as_str() {
                        "v" => v = Some(map.next_value()?),
                        "accounts" => accounts = Some(map.next_value()?),
                        "tombstones" => body.tombstones = map.next_value()?,
                        "settings" => body.settings = map.next_value()?,
                        _ => {
                            body.extra.insert(key, map.next_value()?);
                        }
                    }
                }
                body.v = v.ok_or_else(|| M::Error::missing_field("v"))?;
                body.accounts = accounts.ok_or_else(|| M::Error::missing_field("accounts"))?;
                Ok(body)
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

/// Grows without leaving the old buffer's bytes behind.
struct Wiping(Zeroizing<Vec<u8>>);

impl io::Write for Wiping {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let needed = self.0.len() + bytes.len();
        if needed > self.0.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(needed * 2));
            larger.extend_from_slice(&self.0);
            self.0 = larger;
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
