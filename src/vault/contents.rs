//! What a vault holds, and its versioned JSON form.
//!
//! Nothing is dropped for not being understood: unknown fields stay where they
//! were, and an account that this version cannot read is carried along.

use zeroize::Zeroizing;

use super::account::{Account, AccountId};
use super::error::{Damage, VaultError};
use super::recently_deleted::Tombstone;
use serde::{Deserialize, Serialize};
use strict_json::{Map, Value, json};

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
#[derive(Serialize, Deserialize)]
struct Stored {
    v: u64,
    /// Each as it is, because a later version's is no [`Account`] of ours.
    accounts: Vec<Value>,
    #[serde(default)]
    tombstones: Vec<Tombstone>,
    #[serde(default)]
    settings: Map,
    #[serde(flatten)]
    extra: Map,
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
        let accounts = self.accounts.iter().map(|account| json!(account)).chain(self.unread.iter().cloned());
        strict_json::write(&Stored {
            v: VERSION,
            accounts: accounts.collect(),
            tombstones: self.tombstones.clone(),
            settings: self.settings.clone(),
            extra: self.extra.clone(),
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
            match Account::from_json(&json) {
                Some(account) => contents.accounts.push(account),
                None => contents.unread.push(json),
            }
        }
        Ok(contents)
    }
}
