//! What a vault holds, and its versioned JSON form.
//!
//! Nothing is dropped for not being understood: unknown fields stay where they
//! were, and an account that this version cannot read is carried along.

use zeroize::Zeroizing;

use super::account::{Account, AccountId};
use super::error::{Damage, VaultError};
use super::recently_deleted::Tombstone;
use serde::ser::SerializeSeq;
use serde::{Deserialize, Serialize, Serializer};
use strict_json::{Map, Value};

const VERSION: u64 = 1;

/// Everything inside a vault.
#[derive(Clone, Default, PartialEq)]
pub struct Contents {
    /// The accounts, in the order in which they were added.
    pub accounts: Vec<Account>,
    /// What was deleted, so that a merge does not bring it back, and what lies aside.
    pub tombstones: Vec<Tombstone>,
    /// Settings, kept as they are.
    pub settings: Map,
    /// Accounts of a later version, as they are.
    pub unread: Vec<Value>,
    /// Fields of a later version, kept.
    pub extra: Map,
}

/// What stands in the sealed body.
#[derive(Deserialize)]
struct Stored {
    /// Looked at before.
    #[serde(rename = "v")]
    _version: u64,
    /// Each as it is, because a later version's is no [`Account`] of ours.
    accounts: Vec<Value>,
    #[serde(default)]
    tombstones: Vec<Tombstone>,
    #[serde(default)]
    settings: Map,
    #[serde(flatten)]
    extra: Map,
}

/// [`Stored`], written as it stands: of ten thousand accounts, no tree is made first.
#[derive(Serialize)]
struct Written<'a> {
    v: u64,
    accounts: Accounts<'a>,
    tombstones: &'a [Tombstone],
    settings: &'a Map,
    #[serde(flatten)]
    extra: &'a Map,
}

/// Those of ours, and after them those of a later version.
struct Accounts<'a>(&'a Contents);

impl Serialize for Accounts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.accounts.len() + self.0.unread.len()))?;
        self.0.accounts.iter().try_for_each(|account| list.serialize_element(account))?;
        self.0.unread.iter().try_for_each(|account| list.serialize_element(account))?;
        list.end()
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

    /// The form that is sealed (FORMAT.md, 5).
    pub fn encode(&self) -> Zeroizing<String> {
        strict_json::write(&Written {
            v: VERSION,
            accounts: Accounts(self),
            tombstones: &self.tombstones,
            settings: &self.settings,
            extra: &self.extra,
        })
    }

    /// Reads what [`Contents::encode`] made, and what other versions did.
    ///
    /// # Errors
    /// [`VaultError::Newer`] or [`Damage::Body`].
    pub fn decode(json: &[u8]) -> Result<Self, VaultError> {
        let text = std::str::from_utf8(json).map_err(|_| Damage::Body)?;
        let body = strict_json::parse(text).map_err(|_| Damage::Body)?;
        match body.get("v").and_then(Value::as_u64) {
            Some(VERSION) => {}
            Some(0) | None => return Err(Damage::Body.into()),
            Some(later) => return Err(VaultError::Newer { major: u16::try_from(later).unwrap_or(u16::MAX) }),
        }
        let stored: Stored = serde_json::from_value(body).map_err(|_| Damage::Body)?;
        let mut contents =
            Self { tombstones: stored.tombstones, settings: stored.settings, extra: stored.extra, ..Self::default() };
        for json in stored.accounts {
            match Account::deserialize(&json) {
                Ok(account) => contents.accounts.push(account),
                Err(_) => contents.unread.push(json),
            }
        }
        Ok(contents)
    }
}
