//! What a person changes of an account that is kept: what it is called, whose it is, and what its codes are made of.

use super::accounts::{self, credential, label, proved_organisation, secret};
use super::fill::is_microsoft;
use super::sentences::sentence;
use super::{Done, clock, guard, open};
use crate::protocol::{Draft, Notice, Seen, Shown};
use otp::{Credential, Factor};
use platform::Platform;
use vault::{Account, AccountId, Came};

/// The account as it would be, with its code of now and the one that would be. The key itself is not among it: whoever
/// finds the vault open may put another in its place, and not take this one along.
pub(super) async fn try_out(p: &impl Platform, id: &str, draft: Option<Draft>, key: &[u8]) -> Result<Shown, Notice> {
    let contents = open(p).await.map_err(sentence)?;
    let id = AccountId::from_text(id).ok_or(Notice::Gone)?;
    let account = contents.account(id).ok_or(Notice::Gone)?;
    let draft = draft.unwrap_or_else(|| as_it_is(account));
    label(&draft)?;
    let credential = edited(&account.credential, &draft, key)?;
    let now_ms = clock::now_ms(p).await;
    let (before, after) = (account.credential.code_at(now_ms), credential.code_at(now_ms));
    let left_ms = [before.left_ms, after.left_ms].into_iter().flatten().min().unwrap_or(0);
    Ok(Shown::Edit {
        before: before.grouped().to_string(),
        after: after.grouped().to_string(),
        left_ms: u32::try_from(left_ms).unwrap_or(u32::MAX),
        replaces: credential != account.credential,
        key: account.place_aside().to_text(),
        draft,
    })
}

/// Changes what the form changed. What has changed meanwhile, in another window or by sync, stays; but what a person has
/// said of one key is not done to another.
pub(super) async fn save(p: &impl Platform, id: &str, seen: &Seen, draft: &Draft, key: &[u8]) -> Result<Done, Notice> {
    let (policy, now_ms) = (guard::policy(p).await, p.now_ms());
    let (mut trouble, mut aside) = (None, Vec::new());
    let done = accounts::change(p, id, &mut |contents, id| {
        let account = contents.account(id)?;
        let draft = merged(as_it_is(account), &seen.draft, draft);
        let (issuer, name, organisation) = label(&draft).map_err(|notice| trouble = Some(notice)).ok()?;
        let is_called_otherwise = account.name != name || account.organisation != organisation;
        let proved = proved_organisation(account).filter(|_| account.organisation == organisation);
        if is_called_otherwise && !policy.allows_account(&name, proved) {
            trouble = Some(Notice::OrganisationNotAllowed);
            return None;
        }
        let credential = edited(&account.credential, &draft, key).map_err(|notice| trouble = Some(notice)).ok()?;
        if credential != account.credential && account.place_aside().to_text() != seen.key {
            trouble = Some(Notice::EditedMeanwhile);
            return None;
        }
        if credential != account.credential {
            aside.extend(contents.overwrite(id, now_ms, |account| account.rekey(credential, Came::Typed)));
        }
        let account = contents.account_mut(id)?;
        (account.issuer, account.name, account.organisation) = (issuer, name, organisation);
        // What the rest tells by itself is not kept beside it.
        if is_microsoft(account) != draft.microsoft {
            account.microsoft = Some(draft.microsoft);
        }
        account.touch(now_ms);
        Some(())
    })
    .await;
    match trouble {
        Some(notice) => Err(notice),
        None => done.map(|done| Done { notice: Some(Notice::Edited), aside, ..done }),
    }
}

/// Of each field what the form changed, and else what stands there by now.
fn merged(now: Draft, seen: &Draft, draft: &Draft) -> Draft {
    fn pick<T: PartialEq + Clone>(now: T, seen: &T, draft: &T) -> T {
        if draft == seen { now } else { draft.clone() }
    }
    Draft {
        name: pick(now.name, &seen.name, &draft.name),
        issuer: pick(now.issuer, &seen.issuer, &draft.issuer),
        organisation: pick(now.organisation, &seen.organisation, &draft.organisation),
        microsoft: pick(now.microsoft, &seen.microsoft, &draft.microsoft),
        algorithm: pick(now.algorithm, &seen.algorithm, &draft.algorithm),
        digits: pick(now.digits, &seen.digits, &draft.digits),
        period: pick(now.period, &seen.period, &draft.period),
        counter: now.counter,
    }
}

/// Without a key in the form it is the one that is kept. What moves the code on stays what it was, and a counter goes on.
fn edited(old: &Credential, draft: &Draft, key: &[u8]) -> Result<Credential, Notice> {
    let secret = if key.is_empty() { old.secret.clone() } else { secret(key)? };
    match old.factor {
        Factor::Time { .. } => credential(draft, secret, Factor::Time { period: draft.period }),
        Factor::Counter { .. } => credential(draft, secret, old.factor),
        // All of it is given by the kind.
        Factor::Steam => Ok(Credential { secret, ..old.clone() }),
    }
}

fn as_it_is(account: &Account) -> Draft {
    let Credential { algorithm, digits, factor, .. } = account.credential;
    let (period, counter) = match factor {
        Factor::Time { period } => (period, 0),
        Factor::Counter { counter } => (0, u32::try_from(counter).unwrap_or(u32::MAX)),
        Factor::Steam => (account.credential.period().unwrap_or(0), 0),
    };
    Draft {
        name: account.name.clone(),
        issuer: account.issuer.clone(),
        organisation: account.organisation.clone().unwrap_or_default(),
        microsoft: is_microsoft(account),
        algorithm: algorithm.name().to_owned(),
        digits,
        period,
        counter,
    }
}
