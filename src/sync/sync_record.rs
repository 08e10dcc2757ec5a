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
    /// used, which time-step it last gave out, and in which file it is.
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
        Self::Account(Box::new(shared(account)))
    }

    /// Of a tombstone.
    pub fn gone(tombstone: &Tombstone) -> Self {
        let account = tombstone.account.as_ref().map(|account| Box::new(shared(account)));
        Self::Gone(Tombstone { account, note: None, ..tombstone.clone() })
    }

    /// All that `contents` have: accounts, then what is gone, and last what lies aside.
    pub fn all(contents: &Contents) -> Vec<Self> {
        let gone = contents.tombstones.iter().filter(|t| contents.account(t.id).is_none());
        let mut all: Vec<_> = contents.accounts.iter().map(Self::of).chain(gone.map(Self::gone)).collect();
        all.sort_by_key(Self::lies_aside);
        all
    }

    /// What `contents` have of that account.
    pub fn find(contents: &Contents, id: AccountId) -> Option<Self> {
        let gone = || contents.tombstones.iter().find(|t| t.id == id).map(Self::gone);
        contents.account(id).map(Self::of).or_else(gone)
    }

    /// Which account.
    pub const fn id(&self) -> AccountId {
        match self {
            Self::Account(account) => account.id,
            Self::Gone(tombstone) => tombstone.id,
        }
    }

    /// It is about an account that lies aside, or did, and not about who is there.
    pub fn lies_aside(&self) -> bool {
        matches!(self, Self::Gone(tombstone) if tombstone.is_aside())
    }

    /// What is to lie aside once `self` gives way to `winner`: its key, unless that has the same.
    pub(super) fn gives_way_to(&self, winner: &Self) -> Option<Self> {
        let Self::Account(account) = self else { return None };
        let stays = matches!(winner, Self::Account(winner) if winner.place_aside() == account.place_aside());
        (!stays).then(|| Self::Gone(Tombstone::holding(Account::clone(account))))
    }

    /// Whether it counts more than `other`, of the same account: the later life; in one life a deletion, whatever the
    /// clocks say; then the later change, what was deleted for good, the counter that ran further, the later end, and
    /// at last the bytes, so that all browsers choose the same.
    pub fn outranks(&self, other: &Self) -> bool {
        match self.rank().cmp(&other.rank()) {
            Ordering::Equal => self != other && *self.encode() > *other.encode(),
            order => order.is_gt(),
        }
    }

    fn rank(&self) -> (u64, bool, u64, bool, u64, u64) {
        match self {
            Self::Account(account) => (account.life, false, account.modified_ms, false, counter(account), 0),
            Self::Gone(t) => {
                let counter = t.account.as_deref().map_or(0, counter);
                (t.life, true, t.deleted_ms, t.emptied, counter, t.until_ms.unwrap_or(0))
            }
        }
    }

    /// Puts it in the place of what `contents` have of that account.
    pub(super) fn put_into(self, contents: &mut Contents) {
        let id = self.id();
        let own = contents.accounts.iter().position(|account| account.id == id);
        let buried = contents.tombstones.iter().position(|tombstone| tombstone.id == id);
        let buried = buried.map(|at| contents.tombstones.remove(at));
        match self {
            Self::Account(new) => match own.and_then(|at| contents.accounts.get_mut(at)) {
                Some(old) => *old = with_uses_of(*new, old),
                None => contents.accounts.push(*new),
            },
            Self::Gone(mut new) => {
                if new.account.is_some() {
                    new.note = buried.as_ref().and_then(|old| old.note);
                }
                let old = match own {
                    Some(at) => Some(contents.accounts.remove(at)),
                    None => buried.and_then(|old| old.account).map(|old| *old),
                };
                if let (Some(new), Some(old)) = (&mut new.account, old) {
                    **new = with_uses_of(Account::clone(new), &old);
                }
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
            ACCOUNT => Account::deserialize(json).ok().map(|account| Self::of(&account)),
            GONE => Tombstone::deserialize(json).ok().map(|tombstone| Self::gone(&tombstone)),
            _ => None,
        }
    }
}

/// Less what is this browser's own business.
fn shared(account: &Account) -> Account {
    Account { last_used_ms: None, last_step: None, saved_ms: None, ..account.clone() }
}

/// A code is never given out twice for what another browser has changed.
fn with_uses_of(new: Account, old: &Account) -> Account {
    Account { last_used_ms: old.last_used_ms, last_step: old.last_step, saved_ms: old.saved_ms, ..new }
}

const fn counter(account: &Account) -> u64 {
    match account.credential.factor {
        Factor::Counter { counter } => counter,
        _ => 0,
    }
}
