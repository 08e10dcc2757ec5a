//! What a vault holds, and its versioned JSON form.
//!
//! Nothing is dropped for not being understood: unknown fields stay where they
//! were, and an account that this version cannot read is carried along.

use zeroize::Zeroizing;

use super::account::{Account, AccountId};
use super::error::{Damage, VaultError};
use crate::json::{Json, Map};

const VERSION: u64 = 1;

/// Everything inside a vault.
#[derive(Clone, Default, PartialEq)]
pub struct Contents {
    /// The accounts, in the order in which they were added.
    pub accounts: Vec<Account>,
    /// What was deleted, so that a merge does not bring it back.
    pub tombstones: Vec<Tombstone>,
    /// Settings, kept as they are.
    pub settings: Map,
    /// Accounts of a later version, as they are.
    pub unread: Vec<Json>,
    /// Fields of a later version, kept.
    pub extra: Map,
}

/// A deleted account.
#[derive(Clone, PartialEq)]
pub struct Tombstone {
    /// Which.
    pub id: AccountId,
    /// When.
    pub deleted_ms: u64,
    /// Fields of a later version, kept.
    pub extra: Map,
}

impl Tombstone {
    /// Its form inside the sealed body.
    pub fn to_json(&self) -> Json {
        let fields = vec![("id", Json::text(self.id.to_text())), ("deleted", Json::whole(self.deleted_ms))];
        extended(fields, &self.extra)
    }

    /// The inverse.
    pub fn from_json(json: &Json) -> Option<Self> {
        let mut extra = json.as_map()?.clone();
        let id = AccountId::from_text(extra.remove("id")?.as_str()?)?;
        Some(Self { id, deleted_ms: extra.remove("deleted")?.as_u64()?, extra })
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
        self.tombstones.push(Tombstone { id, deleted_ms: now_ms, extra: Map::default() });
        Some(self.accounts.remove(at))
    }

    pub(crate) fn encode(&self) -> Zeroizing<String> {
        let accounts = self.accounts.iter().map(Account::to_json).chain(self.unread.iter().cloned());
        let fields = vec![
            ("v", Json::whole(VERSION)),
            ("accounts", Json::List(accounts.collect())),
            ("tombstones", Json::List(self.tombstones.iter().map(Tombstone::to_json).collect())),
            ("settings", Json::Map(self.settings.clone())),
        ];
        extended(fields, &self.extra).to_text()
    }

    pub(crate) fn decode(json: &[u8]) -> Result<Self, VaultError> {
        let text = std::str::from_utf8(json).map_err(|_| Damage::Body)?;
        let Ok(Json::Map(mut fields)) = Json::parse(text) else { return Err(Damage::Body.into()) };
        match fields.remove("v").and_then(|version| version.as_u64()) {
            Some(VERSION) => {}
            Some(0) | None => return Err(Damage::Body.into()),
            Some(later) => return Err(VaultError::Newer { major: u16::try_from(later).unwrap_or(u16::MAX) }),
        }
        Self::read(fields).ok_or(Damage::Body.into())
    }

    fn read(mut fields: Map) -> Option<Self> {
        let Json::List(accounts) = fields.remove("accounts")? else { return None };
        let tombstones = fields.remove("tombstones").unwrap_or(Json::List(Vec::new()));
        let tombstones = tombstones.as_list()?.iter().map(Tombstone::from_json).collect::<Option<_>>()?;
        let settings = match fields.remove("settings") {
            Some(Json::Map(settings)) => settings,
            None => Map::default(),
            Some(_) => return None,
        };
        let mut contents = Self { tombstones, settings, extra: fields, ..Self::default() };
        for json in accounts {
            match Account::from_json(&json) {
                Some(account) => contents.accounts.push(account),
                None => contents.unread.push(json),
            }
        }
        Some(contents)
    }
}

/// Fields of ours, and those of a later version.
fn extended(fields: Vec<(&'static str, Json)>, extra: &Map) -> Json {
    let mut map = Map::default();
    map.extend(fields.into_iter().map(|(name, value)| (name.into(), value)));
    map.extend(extra.clone());
    Json::Map(map)
}
