//! One set of accounts in several browsers, by way of a store that a browser
//! vendor carries around and can read.
//!
//! - [`cell`]: what is known of one account, and which of two reports of it counts;
//! - [`room`]: what lies in the store: a door that a passphrase opens, and each
//!   cell sealed on its own;
//! - [`quota`]: what fits into the store.
//!
//! Cells of one account are in a total order and the greater one counts, so
//! the merge is commutative, associative and idempotent by construction:
//! whatever is delivered late, twice or in another order, all browsers come to
//! the same. src/vault/FORMAT.md, section 8, is the format.

pub mod cell;
pub mod quota;
pub mod room;

pub use cell::Cell;
pub use room::{Door, Item, Room};

use vault::Contents;

/// Takes over what counts more than what is here. Whether anything did.
pub fn merge(contents: &mut Contents, others: impl IntoIterator<Item = Cell>) -> bool {
    let mut changed = false;
    for other in others {
        let ours = Cell::find(contents, other.id());
        if ours.as_ref().is_none_or(|ours| other.outranks(ours)) {
            other.put_into(contents);
            changed = true;
        }
    }
    changed
}

/// The cells of these contents that the store does not have as they are. What
/// a later version stored is left to it.
pub fn missing(contents: &Contents, stored: &[Item]) -> Vec<Cell> {
    let is_there = |cell: &Cell| {
        stored.iter().any(|item| match item {
            Item::Cell(other) => other == cell,
            Item::Later(id) => *id == cell.id(),
            Item::Foreign => false,
        })
    };
    Cell::all(contents).into_iter().filter(|cell| !is_there(cell)).collect()
}
