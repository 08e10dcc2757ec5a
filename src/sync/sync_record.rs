//! What is known of one account: what it is, or that it is gone.

use std::cmp::Ordering;

use zeroize::Zeroizing;

use otp::Factor;
use serde::Deserialize;
use vault::{Account, AccountId, Contents, Tombstone};

/// One of the two.
#[derive(Clone, PartialEq)]
pub enum SyncRecord {
    /// The account, less what is this browser's own business: when it was last
    /// used, and which time-step it last gave out.
    Account(Box<Account>),
    /// It was deleted.
    Gone(Tombstone),
}

/// First byte of the form in which a sync record is sealed; others are of later versions.
const ACCOUNT: u8 = 1;
const GONE: u8 = 2;

impl SyncRecord {
    /// Of an account.
    pub fn of(account: &Account) -> Self {
        Self::Account(Box::new(Account { last_used_ms: None, last_step: None, ..account.clone() }))
    }

    /// All that `contents` have, an account or a tombstone each.
    pub fn all(contents: &Contents) -> Vec<Self> {
        let gone = contents.tombstones.iter().filter(|t| contents.account(t.id).is_none());
        contents.accounts.iter().map(Self::of).chain(gone.cloned().map(Self::Gone)).collect()
    }

    /// What `contents` have of that account.
    pub fn find(contents: &Contents, id: AccountId) -> Option<Self> {
        let gone = || contents.tombstones.iter().find(|t| t.id == id).cloned().map(Self::Gone);
        contents.account(id).map(Self::of).or_else(gone)
    }

    /// Which account.
    pub const fn id(&self) -> AccountId {
        match self {
            Self::Account(account) => account.id,
            Self::Gone(tombstone) => tombstone.id,
        }
    }

    /// Whether it counts more than `other`, of the same account: the later
    /// change; of two at one time a deletion, the counter that ran further,
    /// and at last the bytes, so that all browsers choose the same.
    pub fn outranks(&self, other: &Self) -> bool {
        match self.rank().cmp(&other.rank()) {
            Ordering::Equal => *self.encode() > *other.encode(),
            order => order.is_gt(),
        }
    }

    fn rank(&self) -> (u64, bool, u64) {
        match self {
            Self::Account(account) => {
                let counter = match account.credential.factor {
                    Factor::Counter { counter } => counter,
                    _ => 0,
                };
                (account.modified_ms, false, counter)
            }
            Self::Gone(tombstone) => (tombstone.deleted_ms, true, 0),
        }
    }

    /// Puts it in the place of what `contents` have of that account.
    pub(super) fn put_into(self, contents: &mut Contents) {
        match self {
            Self::Account(new) => {
                contents.tombstones.retain(|tombstone| tombstone.id != new.id);
                match contents.account_mut(new.id) {
                    Some(old) => {
                        *old = Account { last_used_ms: old.last_used_ms, last_step: old.last_step, ..*new };
                    }
                    None => contents.accounts.push(*new),
                }
            }
            Self::Gone(new) => {
                contents.accounts.retain(|account| account.id != new.id);
                contents.tombstones.retain(|tombstone| tombstone.id != new.id);
                contents.tombstones.push(new);
            }
        }
    }

    /// The form that is sealed: a byte that says which, and JSON.
    pub(super) fn encode(&self) -> Zeroizing<Vec<u8>> {
        let (form, json) = match self {
            Self::Account(account) => (ACCOUNT, strict_json::write(account)),
            Self::Gone(tombstone) => (GONE, strict_json::write(tombstone)),
        };
        Zeroizing::new([&[form], json.as_bytes()].concat())
    }

    /// Reads what [`SyncRecord::encode`] made; `None` for what a later version made.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (form, json) = bytes.split_first()?;
        let json = strict_json::parse(std::str::from_utf8(json).ok()?).ok()?;
        match *form {
            ACCOUNT => Account::from_json(&json).map(|account| Self::of(&account)),
            GONE => Tombstone::deserialize(json).ok().map(Self::Gone),
            _ => None,
        }
    }
}
