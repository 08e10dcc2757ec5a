//! Accounts that were deleted, or gave way to another key, and lie aside for thirty days.
//!
//! An account that goes leaves a bare tombstone under its own id, and one that holds it, whose id is made of its own and
//! of its key. So each key has one place to lie in, whatever several browsers do at once, and what a person decides about
//! one key says nothing of another. What person or clock did last is told by how often the account came back to life, and
//! only then by the time.

use super::account::{Account, AccountId};
use super::contents::Contents;
use otp::{Algorithm, Factor};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use strict_json::{Map, Value, json};

/// How long an account lies aside, once a clock that was checked has seen it there.
pub const KEPT_MS: u64 = 30 * 24 * 60 * 60 * 1000;

/// The field of an account that lies aside.
const ACCOUNT: &str = "account";

/// Why an account lies aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Cause {
    /// A person removed it here.
    Removed,
    /// Another key, or another account, took its place here.
    Replaced,
    /// Another browser did either, and this one heard of it by sync.
    Elsewhere,
}

/// How it came to lie aside, in this browser: no other is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Why.
    pub why: Cause,
    /// When.
    #[serde(rename = "at")]
    pub at_ms: u64,
    /// Nobody has been told yet that it is gone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub untold: bool,
}

/// A deleted account.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub struct Tombstone {
    /// Which; of one that lies aside, [`Account::place_aside`].
    pub id: AccountId,
    /// When; of one that lies aside, its last change.
    pub deleted_ms: u64,
    /// [`Account::life`] that ended.
    pub life: u64,
    /// The account, as long as it lies aside.
    pub account: Option<Box<Account>>,
    /// It lay aside and was deleted for good.
    pub emptied: bool,
    /// Nobody did that: its time was over.
    pub expired: bool,
    /// Until when it lies aside, by a clock that was checked; `None` while none was.
    pub until_ms: Option<u64>,
    /// How it came to lie aside; `None` where that was not written down.
    pub note: Option<Note>,
    /// Fields of a later version, kept: also the account, where that is one.
    pub extra: Map,
}

impl Tombstone {
    /// That the account is gone.
    pub fn of(account: &Account) -> Self {
        Self {
            id: account.id,
            deleted_ms: account.modified_ms,
            life: account.life,
            account: None,
            emptied: false,
            expired: false,
            until_ms: None,
            note: None,
            extra: Map::new(),
        }
    }

    /// The account itself, aside.
    pub fn holding(account: Account) -> Self {
        Self { id: account.place_aside(), account: Some(Box::new(account.clone())), ..Self::of(&account) }
    }

    /// It is about an account that lies aside, or did.
    pub fn is_aside(&self) -> bool {
        self.emptied || self.holds()
    }

    fn holds(&self) -> bool {
        self.account.is_some() || self.extra.contains_key(ACCOUNT)
    }

    fn empty(&mut self, now_ms: u64) {
        self.account = None;
        self.extra.shift_remove(ACCOUNT);
        (self.emptied, self.until_ms, self.note) = (true, None, None);
        self.deleted_ms = now_ms.max(self.deleted_ms.saturating_add(1));
    }
}

impl Account {
    /// Where it lies once it is gone: the same for the same key of the same account, in every browser. A counter that has
    /// moved on makes no other key.
    pub fn place_aside(&self) -> AccountId {
        let algorithm = match self.credential.algorithm {
            Algorithm::Sha1 => 1,
            Algorithm::Sha256 => 2,
            Algorithm::Sha512 => 3,
        };
        let (kind, period) = match self.credential.factor {
            Factor::Time { period } => (1, period),
            Factor::Counter { .. } => (2, 0),
            Factor::Steam => (3, 0),
        };
        let hash = Sha256::new()
            .chain_update(b"m365totp/v1/aside")
            .chain_update(self.id.0)
            .chain_update([algorithm, self.credential.digits, kind])
            .chain_update(period.to_le_bytes())
            .chain_update(self.credential.secret.expose())
            .finalize();
        AccountId(std::array::from_fn(|at| hash.get(at).copied().unwrap_or_default()))
    }
}

impl Contents {
    /// Takes an account out and puts it aside; its place there.
    pub fn delete(&mut self, id: AccountId, now_ms: u64) -> Option<AccountId> {
        let at = self.accounts.iter().position(|account| account.id == id)?;
        let mut account = self.accounts.remove(at);
        account.touch(now_ms);
        self.tombstones.push(Tombstone::of(&account));
        Some(self.put_aside(account, Cause::Removed, now_ms))
    }

    /// Changes an account. If it has another key then, the old one is put aside; its place there.
    pub fn overwrite(&mut self, id: AccountId, now_ms: u64, by: impl FnOnce(&mut Account)) -> Option<AccountId> {
        let account = self.account_mut(id)?;
        let mut before = account.clone();
        by(account);
        account.touch(now_ms);
        let place = account.place_aside();
        if place == before.place_aside() {
            return None;
        }
        // Whoever changes only its name elsewhere does not bring the old key back, whatever the clocks say.
        account.life = account.life.max(before.life).saturating_add(1);
        // What was said of the new one while it lay aside is over.
        if let Some(over) = self.take_tombstone(place)
            && let Some(account) = self.account_mut(id)
        {
            account.life = account.life.max(over.life.saturating_add(1));
        }
        before.touch(now_ms);
        Some(self.put_aside(before, Cause::Replaced, now_ms))
    }

    /// Later than all that is known of that key.
    fn put_aside(&mut self, mut account: Account, why: Cause, at_ms: u64) -> AccountId {
        let place = account.place_aside();
        if let Some(before) = self.take_tombstone(place) {
            account.life = account.life.max(before.life);
            account.modified_ms = account.modified_ms.max(before.deleted_ms.saturating_add(1));
        }
        let note = Some(Note { why, at_ms, untold: false });
        self.tombstones.push(Tombstone { note, ..Tombstone::holding(account) });
        place
    }

    /// What lay aside in other browsers until its time was over, while this one was closed and had it all along: nobody
    /// here could have put it back, so it lies aside anew. What a person has deleted for good stays gone.
    pub fn keep_what_expired(&mut self, before: &Self, now_ms: u64) {
        for account in &before.accounts {
            let place = account.place_aside();
            let Some(over) = self.tombstones.iter().find(|t| t.id == place && t.expired) else { continue };
            let mut account = account.clone();
            account.life = account.life.max(over.life).saturating_add(1);
            account.touch(now_ms);
            self.put_aside(account, Cause::Elsewhere, now_ms);
        }
    }

    /// Another account has taken the place of the one that lies there.
    pub fn note_replaced(&mut self, place: AccountId) {
        let notes =
            self.tombstones.iter_mut().filter(|tombstone| tombstone.id == place).filter_map(|t| t.note.as_mut());
        notes.for_each(|note| note.why = Cause::Replaced);
    }

    /// What lies aside now and did not `before` came by sync; whoever saw such an account here is to be told.
    pub fn note_elsewhere(&mut self, before: &Self, at_ms: u64) {
        let lay_aside: BTreeSet<_> = before.tombstones.iter().filter(|t| t.holds()).map(|t| t.id).collect();
        let was_here: BTreeSet<_> = before.accounts.iter().map(Account::place_aside).collect();
        for new in self.tombstones.iter_mut().filter(|t| t.holds() && !lay_aside.contains(&t.id)) {
            new.note = Some(Note { why: Cause::Elsewhere, at_ms, untold: was_here.contains(&new.id) });
        }
    }

    /// A person has read what sync took away. Whether there was anything.
    pub fn mark_removals_read(&mut self) -> bool {
        let untold = self.tombstones.iter_mut().filter_map(|t| t.note.as_mut()).filter(|note| note.untold);
        untold.map(|note| note.untold = false).count() > 0
    }

    /// What lies aside and can be restored, the latest first.
    pub fn recently_deleted(&self) -> Vec<(&Tombstone, &Account)> {
        let holding = |tombstone| Some((tombstone, Tombstone::account(tombstone)?));
        let mut all: Vec<_> = self.tombstones.iter().filter_map(holding).collect();
        all.sort_by_key(|(tombstone, _)| (std::cmp::Reverse(tombstone.deleted_ms), tombstone.id));
        all
    }

    /// Puts an account back; its id. What stands in its place by now is put aside in turn.
    pub fn restore(&mut self, place: AccountId, now_ms: u64) -> Option<AccountId> {
        let at = self.tombstones.iter().position(|tombstone| tombstone.id == place && tombstone.account.is_some())?;
        let mut account = *self.tombstones.remove(at).account?;
        let id = account.id;
        if self.account(id).is_some() {
            self.overwrite(id, now_ms, |there| {
                account.modified_ms = account.modified_ms.max(there.modified_ms);
                *there = account;
            });
            return Some(id);
        }
        if let Some(gone) = self.take_tombstone(id) {
            account.life = account.life.max(gone.life);
            account.modified_ms = account.modified_ms.max(gone.deleted_ms);
        }
        account.life = account.life.saturating_add(1);
        account.touch(now_ms);
        self.accounts.push(account);
        Some(id)
    }

    /// Deletes for good what lies in that place. Whether anything did.
    pub fn empty(&mut self, place: AccountId, now_ms: u64) -> bool {
        let found = self.tombstones.iter_mut().find(|tombstone| tombstone.id == place && tombstone.holds());
        found.map(|tombstone| tombstone.empty(now_ms)).is_some()
    }

    /// The time that counts for what lies aside, by a clock that was checked: by another, nothing is lost. Whether
    /// anything changed.
    pub fn expire(&mut self, checked_ms: u64) -> bool {
        let mut changed = false;
        for tombstone in self.tombstones.iter_mut().filter(|tombstone| tombstone.holds()) {
            match tombstone.until_ms {
                None => tombstone.until_ms = Some(checked_ms.saturating_add(KEPT_MS)),
                // Whatever a person has done with it meanwhile counts more.
                Some(until_ms) if until_ms <= checked_ms => {
                    tombstone.empty(0);
                    tombstone.expired = true;
                }
                Some(_) => continue,
            }
            changed = true;
        }
        changed
    }

    fn take_tombstone(&mut self, id: AccountId) -> Option<Tombstone> {
        let at = self.tombstones.iter().position(|tombstone| tombstone.id == id)?;
        Some(self.tombstones.remove(at))
    }
}

impl Tombstone {
    fn account(&self) -> Option<&Account> {
        self.account.as_deref()
    }
}

/// What stands in the sealed body. A field that is not there is left out, and never null.
#[derive(Clone, Serialize, Deserialize)]
struct Stored {
    id: AccountId,
    #[serde(rename = "deleted")]
    deleted_ms: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    life: u64,
    /// As it is, because a later version's is no [`Note`] of ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account: Option<Value>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    emptied: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    expired: bool,
    #[serde(rename = "until", default, skip_serializing_if = "Option::is_none")]
    until_ms: Option<u64>,
    #[serde(flatten)]
    extra: Map,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
pub(super) const fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl From<Stored> for Tombstone {
    fn from(stored: Stored) -> Self {
        let Stored { id, deleted_ms, life, account: json, emptied, expired, until_ms, note, mut extra } = stored;
        let account = json.as_ref().and_then(|json| Account::deserialize(json).ok()).map(Box::new);
        if let Some(json) = json.filter(|_| account.is_none()) {
            extra.insert(ACCOUNT.to_owned(), json);
        }
        let note = note.and_then(|note| Note::deserialize(note).ok());
        Self { id, deleted_ms, life, account, emptied, expired, until_ms, note, extra }
    }
}

impl From<Tombstone> for Stored {
    fn from(tombstone: Tombstone) -> Self {
        let Tombstone { id, deleted_ms, life, account, emptied, expired, until_ms, note, extra } = tombstone;
        let (account, note) = (account.map(|account| json!(account)), note.map(|note| json!(note)));
        Self { id, deleted_ms, life, account, emptied, expired, until_ms, note, extra }
    }
}
