//! What taking a file over would mean for a vault, and doing it.
//!
//! [`plan`] is for the preview: one line per entry, nothing changed. [`apply`]
//! is what a person's answers come to, as one function on the contents, so
//! that it is one atomic change of the vault. It looks at the contents anew:
//! whatever happened since the preview, nothing is added twice, and a second
//! application of the same file adds nothing.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use super::Entry;
use otp::Factor;
use platform::Outage;
use serde::{Deserialize, Serialize};
use vault::{Account, AccountId, Came, Contents, Identity, SERIAL};

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
    /// They are the same, and the entry has a note that is not there.
    Note,
}

/// What to do with an entry; words in every locale under `taking_` and its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
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
            Self::Conflict { how: Clash::Note, .. } => Choice::Replace,
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
    /// What came to others.
    pub noted: Vec<Noted>,
    /// Entries that were left.
    pub skipped: usize,
}

/// What an account that was there got beside what it had, and keeps its key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Noted {
    /// Which.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "string"))]
    pub account: AccountId,
    /// At which byte of its note something was added.
    pub from: usize,
    /// Where that ends.
    pub to: usize,
    /// By what it is known again.
    pub mark: String,
    /// The group into which it came; empty for none.
    pub group: String,
}

impl Noted {
    /// Takes that away from the account, where nobody has changed it since. Whether there was anything.
    pub fn take_back(&self, contents: &mut Contents, now_ms: u64) -> bool {
        // A note stays with its account when that gets another key, and what it is known by is made with the key.
        let aside = contents.tombstones.iter().filter_map(|tombstone| tombstone.account.as_deref());
        let earlier: Vec<_> =
            aside.filter(|own| own.id == self.account).map(|own| own.credential.secret.clone()).collect();
        let Some(account) = contents.account_mut(self.account) else { return false };
        let is_grouped = !self.group.is_empty() && account.group() == Some(&*self.group);
        if is_grouped {
            account.set_group(None);
        }
        let is_there = account.cut_note(self.from, self.to, &self.mark, &earlier) || is_grouped;
        if is_there {
            account.touch(now_ms);
        }
        is_there
    }
}

/// What each of `entries` is to `contents`, in their order.
pub fn plan<'a>(contents: &Contents, entries: &'a [Entry]) -> Vec<Fate> {
    let index = Index::of(contents);
    let mut seen: HashMap<&'a [u8], Vec<usize>> = HashMap::new();
    let fate = |(at, entry): (usize, &'a Entry)| {
        let alike = seen.entry(entry.credential.secret.expose()).or_default();
        let earlier =
            alike.iter().find(|of| entries.get(**of).is_some_and(|other| other.credential == entry.credential));
        earlier.map(|of| Fate::Repeated { of: *of }).unwrap_or_else(|| {
            alike.push(at);
            index.fate(contents, entry)
        })
    };
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
    let mut index = Index::of(contents);
    for (at, entry) in entries.iter().enumerate() {
        let choice = choices.get(at).copied().unwrap_or(Choice::Skip);
        match (choice, index.fate(contents, entry)) {
            (Choice::Skip, _) | (_, Fate::Same { .. } | Fate::Repeated { .. }) => merged.skipped += 1,
            // One key has one counter, and what is called otherwise in the file is still called as it is here.
            (_, Fate::Conflict { with, how: Clash::Counter }) => {
                if let Some(account) = contents.account_mut(with) {
                    account.credential.factor = entry.credential.factor;
                    merged.noted.extend(take_remarks(account, entry));
                    account.touch(now_ms);
                    merged.replaced.push(with);
                }
            }
            // A note comes beside what is there.
            (_, Fate::Conflict { with, how: Clash::Note }) => {
                if let Some(account) = contents.account_mut(with) {
                    merged.noted.extend(take_remarks(account, entry));
                    account.touch(now_ms);
                    merged.replaced.push(with);
                }
            }
            (Choice::Replace, Fate::Conflict { with, .. }) => {
                merged.aside.extend(contents.overwrite(with, now_ms, |account| replace(account, entry)));
                merged.replaced.push(with);
                // What it was called before is found there still, and no longer the same.
                if let Some(at) = index.ids.get(&with).copied()
                    && let Some(account) = contents.accounts.get(at)
                {
                    index.add(at, account);
                }
            }
            (Choice::Add, _) | (Choice::Replace, Fate::New) => {
                let is_taken = |id| index.ids.contains_key(&id) || contents.tombstones.iter().any(|t| t.id == id);
                let account = make_account(is_taken, entry, now_ms, &mut make_id)?;
                merged.added.push(account.id);
                index.add(contents.accounts.len(), &account);
                contents.accounts.push(account);
            }
        }
    }
    Ok(merged)
}

/// Where accounts stand, by what they are found by: of ten thousand, each is compared with a few.
#[derive(Default)]
struct Index {
    secrets: HashMap<u64, Vec<usize>>,
    names: HashMap<u64, Vec<usize>>,
    ids: HashMap<AccountId, usize>,
    hashes: RandomState,
}

impl Index {
    fn of(contents: &Contents) -> Self {
        let mut index = Self::default();
        contents.accounts.iter().enumerate().for_each(|(at, account)| index.add(at, account));
        index
    }

    fn add(&mut self, at: usize, account: &Account) {
        let secret = self.hashes.hash_one(account.credential.secret.expose());
        self.secrets.entry(secret).or_default().push(at);
        let name = self.hash_of_name(&account.issuer, &account.identity());
        self.names.entry(name).or_default().push(at);
        self.ids.insert(account.id, at);
    }

    fn hash_of_name(&self, issuer: &str, identity: &Identity) -> u64 {
        self.hashes.hash_one((issuer.to_ascii_lowercase(), identity))
    }

    fn fate(&self, contents: &Contents, entry: &Entry) -> Fate {
        let ours = &entry.credential;
        let at = |place: &usize| Some((*place, contents.accounts.get(*place)?));
        let alike = self.secrets.get(&self.hashes.hash_one(ours.secret.expose())).into_iter().flatten().filter_map(at);
        if let Some((_, same)) = alike.clone().find(|(_, account)| account.credential == *ours) {
            return same_or_noted(same, entry);
        }
        let identity = entry.identity();
        // Another organisation's account is not replaced, whatever else they have in common.
        let is_near = |(_, account): &(usize, &Account)| !account.identity().is_of_another_organisation(&identity);
        if let Some((_, other)) = alike.filter(is_near).find(|(_, account)| account.credential.secret == ours.secret) {
            let theirs = &other.credential;
            return match (ours.factor, theirs.factor) {
                (Factor::Counter { counter }, Factor::Counter { counter: here })
                    if ours.algorithm == theirs.algorithm && ours.digits == theirs.digits =>
                {
                    // A counter never goes back: the service has taken the codes before it.
                    if counter > here {
                        Fate::Conflict { with: other.id, how: Clash::Counter }
                    } else {
                        same_or_noted(other, entry)
                    }
                }
                _ => Fate::Conflict { with: other.id, how: Clash::Parameters },
            };
        }
        let own = entry.account.as_ref().and_then(|account| self.ids.get(&account.id)).and_then(at).filter(is_near);
        // Nobody is called the same who is not called anything.
        let named = self.names.get(&self.hash_of_name(&entry.issuer, &identity)).filter(|_| !entry.name.is_empty());
        let mut named = named.into_iter().flatten().filter_map(at).filter(is_near);
        let named = named.find(|(_, account)| is_called_the_same(account, entry));
        match own.into_iter().chain(named).min_by_key(|(place, _)| *place) {
            Some((_, other)) => Fate::Conflict { with: other.id, how: Clash::Secret },
            None => Fate::New,
        }
    }
}

/// The same account: but for a note, nothing of the entry is new.
fn same_or_noted(account: &Account, entry: &Entry) -> Fate {
    let fits = |note| account.note.as_ref().is_none_or(|own| !own.holds(note) && own.and(note).is_some());
    match entry.remarks.note.as_ref().is_some_and(fits) {
        true => Fate::Conflict { with: account.id, how: Clash::Note },
        false => Fate::Same { with: account.id },
    }
}

/// Its note comes below the one that is there, and its group where there is none. What came of it.
fn take_remarks(account: &mut Account, entry: &Entry) -> Option<Noted> {
    let length = |account: &Account| account.note.as_ref().map_or(0, |note| note.expose().len());
    let from = length(account);
    if let Some(note) = &entry.remarks.note {
        let both = account.note.as_ref().map_or(Some(note.clone()), |own| own.and(note));
        account.note = both.or_else(|| account.note.take());
    }
    let group = entry.remarks.group().filter(|_| account.group().is_none()).unwrap_or_default().to_owned();
    if !group.is_empty() {
        account.set_group(Some(&group));
    }
    let to = length(account);
    let mark = account.mark_of_note(from, to, &account.credential.secret).unwrap_or_default();
    (from < to || !group.is_empty()).then_some(Noted { account: account.id, from, to, mark, group })
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
    if let Some(serial) = entry.account.as_ref().and_then(|from| from.extra.get(SERIAL)) {
        account.extra.insert(SERIAL.to_owned(), serial.clone());
    }
    account.issuer.clone_from(&entry.issuer);
    account.name.clone_from(&entry.name);
    account.organisation.clone_from(&entry.organisation);
    (account.status, account.said) = entry.account.as_ref().map(|from| (from.status, from.said)).unwrap_or_default();
    take_remarks(account, entry);
}

fn make_account(
    is_taken: impl Fn(AccountId) -> bool,
    entry: &Entry,
    now_ms: u64,
    make_id: &mut impl FnMut() -> Result<AccountId, Outage>,
) -> Result<Account, Outage> {
    if let Some(account) = &entry.account {
        let mut account = Account::clone(account);
        // Under a name that was deleted, the next merge of two browsers would delete it again.
        if is_taken(account.id) {
            account.id = make_id()?;
        }
        // What a file dates ahead would be later than all that is done to it here.
        account.created_ms = account.created_ms.min(now_ms);
        account.modified_ms = account.modified_ms.min(now_ms);
        account.last_used_ms = account.last_used_ms.map(|ms| ms.min(now_ms));
        // A person wants it here, whatever was deleted elsewhere before.
        account.life = account.life.saturating_add(1);
        // What it was to take the place of is not here, or not by that name.
        account.replaces = None;
        account.came = Some(Came::Imported);
        account.touch(now_ms);
        return Ok(account);
    }
    let mut account = Account::enrolled(make_id()?, entry.to_enrolment(), None, now_ms);
    account.came = Some(Came::Imported);
    take_remarks(&mut account, entry);
    Ok(account)
}
