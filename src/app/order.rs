//! The order of accounts as they are shown: the pinned ones, then the rest, each by the vault's own order.

use vault::{Account, AccountId, Contents};

/// Who is above and below an account.
#[derive(Default)]
pub(super) struct Neighbours {
    pub(super) above: Option<AccountId>,
    pub(super) below: Option<AccountId>,
}

/// The neighbours of an account among the pinned, or among the rest.
pub(super) fn neighbours(contents: &Contents, id: AccountId) -> Neighbours {
    let Some(pinned) = contents.account(id).map(|account| account.pinned) else {
        return Neighbours::default();
    };
    let row: Vec<AccountId> = contents.accounts.iter().filter(|a| a.pinned == pinned).map(|a| a.id).collect();
    let Some(at) = row.iter().position(|other| *other == id) else {
        return Neighbours::default();
    };
    Neighbours { above: at.checked_sub(1).and_then(|at| row.get(at)).copied(), below: row.get(at + 1).copied() }
}

/// The same for all accounts at once, without asking a thousand times for a thousand.
pub(super) struct Places {
    first: [Option<AccountId>; 2],
    last: [Option<AccountId>; 2],
}

impl Places {
    pub(super) fn of(contents: &Contents) -> Self {
        let row = |pinned| contents.accounts.iter().filter(move |a| a.pinned == pinned).map(|a| a.id);
        Self { first: [row(false).next(), row(true).next()], last: [row(false).next_back(), row(true).next_back()] }
    }

    /// Whether somebody is above it, and below.
    pub(super) fn around(&self, account: &Account) -> (bool, bool) {
        let is = |ends: &[Option<AccountId>; 2]| ends.get(usize::from(account.pinned)) == Some(&Some(account.id));
        (!is(&self.first), !is(&self.last))
    }
}
