//! One set of accounts in several browsers, by way of a store that a browser
//! vendor carries around and can read.
//!
//! - [`sync_record`]: what is known of one account, and which of two reports of it counts;
//! - [`sync_store`]: what lies in the store: a join record that a passphrase opens, and each
//!   sync record sealed on its own;
//! - [`quota`]: what fits into the store.
//!
//! Sync records of one account are in a total order and the greater one counts, so
//! the merge is commutative, associative and idempotent by construction:
//! whatever is delivered late, twice or in another order, all browsers come to
//! the same. src/vault/FORMAT.md, section 8, is the format.

pub mod quota;
pub mod sync_record;
pub mod sync_store;

pub use sync_record::SyncRecord;
pub use sync_store::{Item, JoinRecord, Membership, SyncStore};

use std::collections::BTreeSet;
use vault::{Account, AccountId, Contents};

/// Takes over what counts more than what is here. Whether anything did. No key gets lost on the way: an account that
/// gives way to another key, or to its deletion, lies aside from then on.
pub fn merge(contents: &mut Contents, others: impl IntoIterator<Item = SyncRecord>) -> bool {
    let (mut aside, others): (Vec<_>, Vec<_>) = others.into_iter().partition(SyncRecord::lies_aside);
    let mut changed = false;
    for other in others {
        match SyncRecord::find(contents, other.id()) {
            Some(ours) if !other.outranks(&ours) => aside.extend(other.gives_way_to(&ours)),
            ours => {
                aside.extend(ours.and_then(|ours| ours.gives_way_to(&other)));
                other.put_into(contents);
                changed = true;
            }
        }
    }
    // Only now is it known which keys are in use: what was said of one while it lay aside is over.
    let in_use: BTreeSet<AccountId> = contents.accounts.iter().map(Account::place_aside).collect();
    for other in aside.into_iter().filter(|other| !in_use.contains(&other.id())) {
        if SyncRecord::find(contents, other.id()).is_none_or(|ours| other.outranks(&ours)) {
            other.put_into(contents);
            changed = true;
        }
    }
    contents.tombstones.retain(|tombstone| !in_use.contains(&tombstone.id));
    changed
}

/// The sync records of these contents that the store does not have as they are. What
/// a later version stored is left to it.
pub fn missing(contents: &Contents, stored: &[Item]) -> Vec<SyncRecord> {
    let is_there = |sync_record: &SyncRecord| {
        stored.iter().any(|item| match item {
            Item::SyncRecord(other) => other == sync_record,
            Item::Later(id) => *id == sync_record.id(),
            Item::Foreign => false,
        })
    };
    SyncRecord::all(contents).into_iter().filter(|sync_record| !is_there(sync_record)).collect()
}
