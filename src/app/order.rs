//! The order of accounts as they are shown, in rows: the pinned ones, then the rest, each group by itself, and each row by
//! the vault's own order.

use std::collections::BTreeMap;
use vault::{Account, AccountId, Contents};

/// Who is above and below an account.
#[derive(Default)]
pub(super) struct Neighbours {
    pub(super) above: Option<AccountId>,
    pub(super) below: Option<AccountId>,
}

/// Those of a pinned account are all pinned, whatever their group.
type Row<'a> = (bool, Option<&'a str>);

fn row(account: &Account) -> Row<'_> {
    (account.pinned, account.group().filter(|_| !account.pinned))
}

/// The neighbours of an account in its row.
pub(super) fn neighbours(contents: &Contents, id: AccountId) -> Neighbours {
    let Some(its_row) = contents.account(id).map(row) else {
        return Neighbours::default();
    };
    let ids: Vec<AccountId> = contents.accounts.iter().filter(|a| row(a) == its_row).map(|a| a.id).collect();
    let Some(at) = ids.iter().position(|other| *other == id) else {
        return Neighbours::default();
    };
    Neighbours { above: at.checked_sub(1).and_then(|at| ids.get(at)).copied(), below: ids.get(at + 1).copied() }
}

/// The first and the last of each row, for all accounts at once, without asking a thousand times for a thousand.
pub(super) struct Places<'a>(BTreeMap<Row<'a>, (AccountId, AccountId)>);

impl<'a> Places<'a> {
    pub(super) fn of(contents: &'a Contents) -> Self {
        let mut ends: BTreeMap<Row<'a>, (AccountId, AccountId)> = BTreeMap::new();
        for account in &contents.accounts {
            ends.entry(row(account)).and_modify(|(_, last)| *last = account.id).or_insert((account.id, account.id));
        }
        Self(ends)
    }

    /// Whether somebody is above it, and below.
    pub(super) fn around(&self, account: &Account) -> (bool, bool) {
        self.0.get(&row(account)).map_or((false, false), |(first, last)| (*first != account.id, *last != account.id))
    }
}
