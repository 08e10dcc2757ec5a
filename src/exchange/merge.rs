//! What taking a file over would mean for a vault, and doing it.
//!
//! [`plan`] is for the preview: one line per entry, nothing changed. [`apply`]
//! is what a person's answers come to, as one function on the contents, so
//! that it is one atomic change of the vault. It looks at the contents anew:
//! whatever happened since the preview, nothing is added twice, and a second
//! application of the same file adds nothing.

use super::Entry;
use otp::Factor;
use platform::Outage;
use vault::{Account, AccountId, Came, Contents};

/// What an entry is to a vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Not there yet.
    New,
    /// There already: the same secret and the same codes, whatever it is called; a counter that has run further here.
    Same {
        /// The account that it is.
        with: AccountId,
    },
    /// At odds with one that is there.
    Conflict {
        /// The account in the vault.
        with: AccountId,
        /// In what they differ.
        how: Clash,
    },
    /// The same as an earlier entry of the file.
    Repeated {
        /// Its position in the file.
        of: usize,
    },
}

/// In what an entry and an account differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clash {
    /// They are called the same and have different secrets: one of them is from before a new registration.
    Secret,
    /// They have the same secret, and would give different codes.
    Parameters,
    /// They are the same, and the entry's counter has run further.
    Counter,
}

/// What to do with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Leave it.
    Skip,
    /// Add it, also beside one that it is at odds with.
    Add,
    /// Put it in the place of the one that it is at odds with; add it if there is none.
    Replace,
}

impl Fate {
    /// What happens unless a person says otherwise: what is new is added, and nothing that is there is touched.
    pub const fn usual_choice(self) -> Choice {
        match self {
            Self::New => Choice::Add,
            _ => Choice::Skip,
        }
    }
}

/// What [`apply`] did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// Accounts that are new.
    pub added: Vec<AccountId>,
    /// Accounts that were changed.
    pub replaced: Vec<AccountId>,
    /// Where those lie aside whose key was replaced.
    pub aside: Vec<AccountId>,
    /// Entries that were left.
    pub skipped: usize,
}

/// What each of `entries` is to `contents`, in their order.
pub fn plan(contents: &Contents, entries: &[Entry]) -> Vec<Fate> {
    let earlier = |at: usize, entry: &Entry| {
        let before = entries.iter().take(at);
        before.enumerate().find(|(_, other)| other.credential == entry.credential).map(|(of, _)| Fate::Repeated { of })
    };
    let fate = |(at, entry)| earlier(at, entry).unwrap_or_else(|| fate(contents, entry));
    entries.iter().enumerate().map(fate).collect()
}

/// Takes over what `choices` say, entry by entry; entries without a choice are
/// left. `make_id` names new accounts. If it fails, `contents` is to be thrown away.
pub fn apply(
    contents: &mut Contents,
    entries: &[Entry],
    choices: &[Choice],
    now_ms: u64,
    mut make_id: impl FnMut() -> Result<AccountId, Outage>,
) -> Result<Merged, Outage> {
    let mut merged = Merged::default();
    for (at, entry) in entries.iter().enumerate() {
        let choice = choices.get(at).copied().unwrap_or(Choice::Skip);
        match (choice, fate(contents, entry)) {
            (Choice::Skip, _) | (_, Fate::Same { .. } | Fate::Repeated { .. }) => merged.skipped += 1,
            // One key has one counter, and what is called otherwise in the file is still called as it is here.
            (_, Fate::Conflict { with, how: Clash::Counter }) => {
                if let Some(account) = contents.account_mut(with) {
                    account.credential.factor = entry.credential.factor;
                    account.touch(now_ms);
                    merged.replaced.push(with);
                }
            }
            (Choice::Replace, Fate::Conflict { with, .. }) => {
                merged.aside.extend(contents.overwrite(with, now_ms, |account| replace(account, entry)));
                merged.replaced.push(with);
            }
            (Choice::Add, _) | (Choice::Replace, Fate::New) => {
                let account = make_account(contents, entry, now_ms, &mut make_id)?;
                merged.added.push(account.id);
                contents.accounts.push(account);
            }
        }
    }
    Ok(merged)
}

fn fate(contents: &Contents, entry: &Entry) -> Fate {
    let ours = &entry.credential;
    if let Some(same) = contents.accounts.iter().find(|account| account.credential == *ours) {
        return Fate::Same { with: same.id };
    }
    // Another organisation's account is not replaced, whatever else they have in common.
    let accounts = || contents.accounts.iter().filter(|a| !a.identity().is_of_another_organisation(&entry.identity()));
    if let Some(other) = accounts().find(|account| account.credential.secret == ours.secret) {
        let theirs = &other.credential;
        return match (ours.factor, theirs.factor) {
            (Factor::Counter { counter }, Factor::Counter { counter: here })
                if ours.algorithm == theirs.algorithm && ours.digits == theirs.digits =>
            {
                // A counter never goes back: the service has taken the codes before it.
                if counter > here {
                    Fate::Conflict { with: other.id, how: Clash::Counter }
                } else {
                    Fate::Same { with: other.id }
                }
            }
            _ => Fate::Conflict { with: other.id, how: Clash::Parameters },
        };
    }
    let id = entry.account.as_ref().map(|account| account.id);
    match accounts().find(|account| Some(account.id) == id || is_called_the_same(account, entry)) {
        Some(other) => Fate::Conflict { with: other.id, how: Clash::Secret },
        None => Fate::New,
    }
}

fn is_called_the_same(account: &Account, entry: &Entry) -> bool {
    !entry.name.is_empty()
        && account.identity() == entry.identity()
        && account.issuer.eq_ignore_ascii_case(&entry.issuer)
}

/// What its codes are made of and what it is called; where it was enrolled and how it is used stay.
fn replace(account: &mut Account, entry: &Entry) {
    if account.credential.secret == entry.credential.secret {
        account.credential = entry.credential.clone();
        account.last_step = None;
    } else {
        account.rekey(entry.credential.clone(), Came::Imported);
    }
    account.issuer.clone_from(&entry.issuer);
    account.name.clone_from(&entry.name);
    account.organisation.clone_from(&entry.organisation);
    (account.status, account.said) = entry.account.as_ref().map(|from| (from.status, from.said)).unwrap_or_default();
}

fn make_account(
    contents: &Contents,
    entry: &Entry,
    now_ms: u64,
    make_id: &mut impl FnMut() -> Result<AccountId, Outage>,
) -> Result<Account, Outage> {
    if let Some(account) = &entry.account {
        let mut account = Account::clone(account);
        // Under a name that was deleted, the next merge of two browsers would delete it again.
        let taken = contents.account(account.id).is_some() || contents.tombstones.iter().any(|t| t.id == account.id);
        if taken {
            account.id = make_id()?;
        }
        // A person wants it here, whatever was deleted elsewhere before.
        account.life = account.life.saturating_add(1);
        // What it was to take the place of is not here, or not by that name.
        account.replaces = None;
        account.came = Some(Came::Imported);
        account.touch(now_ms);
        return Ok(account);
    }
    Ok(Account { came: Some(Came::Imported), ..Account::enrolled(make_id()?, entry.to_enrolment(), None, now_ms) })
}
