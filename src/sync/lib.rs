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

use vault::Contents;

/// Takes over what counts more than what is here. Whether anything did.
pub fn merge(contents: &mut Contents, others: impl IntoIterator<Item = SyncRecord>) -> bool {
    let mut changed = false;
    for other in others {
        let ours = SyncRecord::find(contents, other.id());
        if ours.as_ref().is_none_or(|ours| other.outranks(ours)) {
            other.put_into(contents);
            changed = true;
        }
    }
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
