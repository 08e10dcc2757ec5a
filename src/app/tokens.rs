//! Hardware tokens that the organisation has laid into the policy of one person: each is taken by itself, once, beside
//! whatever is there, and shown until somebody has read of it.

use super::sentences::sentence;
use super::shown::{as_shown, name_as_shown};
use super::{Done, change_if};
use crate::protocol::{Notice, TokenView};
use ::policy::Policy;
use exchange::Entry;
use exchange::merge::{self, Choice};
use platform::Platform;
use strict_json::{Map, Value};
use vault::{Account, AccountId, Contents, Parcel, VaultKey, session};

/// Name of the list of accounts that came so, and that nobody has read of.
const UNREAD: &str = "tokens";

/// Takes what is new in the policy. Where that cannot be saved, it is tried again at the next opening.
pub(super) async fn take(p: &impl Platform, key: &VaultKey, policy: &Policy) {
    let tokens: Vec<Account> = policy.tokens().iter().filter_map(Parcel::open).collect();
    if tokens.is_empty() {
        return;
    }
    let now_ms = p.now_ms();
    let taken = change_if(p, key, |contents| {
        let is_new = |token: &Account| !knows(contents, token);
        let entries: Vec<Entry> = tokens.into_iter().filter(is_new).map(Entry::from).collect();
        let choices = vec![Choice::Add; entries.len()];
        let merged = merge::apply(contents, &entries, &choices, now_ms, || AccountId::make(p)).ok()?;
        let came = merged.added.iter().map(|id| Value::from(id.to_text()));
        let unread: Vec<Value> = unread(&contents.settings).cloned().chain(came).collect();
        contents.settings.insert(UNREAD.to_owned(), Value::from(unread));
        (!merged.added.is_empty()).then_some(())
    });
    let _ = taken.await;
}

/// It is here under whatever name, or somebody has put it away.
fn knows(contents: &Contents, token: &Account) -> bool {
    let place = token.place_aside();
    contents.account(token.id).is_some()
        || contents.accounts.iter().any(|account| account.credential == token.credential)
        || contents.tombstones.iter().any(|gone| gone.id == token.id || gone.id == place)
}

/// Those that came and that nobody has read of, as long as they are here.
pub(super) fn untold(contents: &Contents) -> Vec<TokenView> {
    let accounts = unread(&contents.settings).filter_map(|id| contents.account(AccountId::from_text(id.as_str()?)?));
    let view = |account: &Account| TokenView {
        account: account.id.to_text(),
        name: name_as_shown(&account.name),
        serial: account.serial().map(as_shown).unwrap_or_default(),
    };
    accounts.map(view).collect()
}

/// The person has read of these.
pub(super) async fn tell(p: &impl Platform, accounts: &[String]) -> Result<Done, Notice> {
    let key = session::key(p).await.map_err(sentence)?;
    let told = change_if(p, &key, |contents| {
        let is_new = |id: &&Value| !id.as_str().is_some_and(|id| accounts.iter().any(|told| told == id));
        let left: Vec<Value> = unread(&contents.settings).filter(is_new).cloned().collect();
        let before = match left.is_empty() {
            true => contents.settings.shift_remove(UNREAD),
            false => contents.settings.insert(UNREAD.to_owned(), Value::from(left)),
        };
        before.is_some().then_some(())
    });
    told.await.map_err(sentence)?;
    Ok(Done::default())
}

fn unread(settings: &Map) -> impl Iterator<Item = &Value> {
    settings.get(UNREAD).and_then(Value::as_array).into_iter().flatten()
}
