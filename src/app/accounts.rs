//! What a person does with accounts: enters them, renames, moves, groups and removes them.

use super::pending_accounts::Way;
use super::sentences::{outage, sentence, unusable};
use super::shown::name_as_shown;
use super::{Done, change_if, enrol, guard, order, pending_accounts};
use crate::protocol::{Draft, Notice, Tab, WhenKnown};
use exchange::merge::Noted;
use otp::uri::{Enrolment, UriError, clean, is_a_name};
use otp::{Algorithm, Credential, Factor, Secret, base32};
use platform::Platform;
use vault::{Account, AccountId, Came, Contents, MAX_GROUP, session};
use zeroize::Zeroizing;

/// What is wrong with an account that is being typed in.
pub fn check(draft: &Draft, key: &[u8]) -> Option<Notice> {
    read(draft, key).err()
}

/// The fields in the order in which they are filled in, so that the first sentence is about the first mistake.
fn read(draft: &Draft, key: &[u8]) -> Result<Enrolment, Notice> {
    let (issuer, name, organisation) = label(draft)?;
    let factor = match draft.period {
        0 => Factor::Counter { counter: draft.counter.into() },
        period => Factor::Time { period },
    };
    Ok(Enrolment { credential: credential(draft, secret(key)?, factor)?, issuer, name, organisation })
}

/// What an account is called: issuer, name, organisation.
pub(super) fn label(draft: &Draft) -> Result<(String, String, Option<String>), Notice> {
    let name = name(&draft.name)?;
    if !is_a_name(&draft.issuer) || !is_a_name(&draft.organisation) {
        return Err(Notice::NameTooLong);
    }
    let organisation = Some(clean(&draft.organisation)).filter(|organisation| !organisation.is_empty());
    Ok((clean(&draft.issuer), name, organisation))
}

/// A key as it was typed.
pub(super) fn secret(key: &[u8]) -> Result<Secret, Notice> {
    let key = std::str::from_utf8(key).map_err(|_| Notice::QrSecretCharacter)?;
    base32::decode(key).map_err(|error| unusable(UriError::Secret(error)))
}

/// What the codes are made of.
pub(super) fn credential(draft: &Draft, secret: Secret, factor: Factor) -> Result<Credential, Notice> {
    let algorithm = match draft.algorithm.as_str() {
        "SHA1" => Algorithm::Sha1,
        "SHA256" => Algorithm::Sha256,
        "SHA512" => Algorithm::Sha512,
        _ => return Err(Notice::QrAlgorithm),
    };
    if matches!(factor, Factor::Time { period } if !otp::PERIODS.contains(&period)) {
        return Err(Notice::QrPeriod);
    }
    Credential::new(secret, algorithm, draft.digits, factor).ok_or(Notice::QrDigits)
}

fn name(text: &str) -> Result<String, Notice> {
    let name = clean(text);
    if name.is_empty() {
        return Err(Notice::NameMissing);
    }
    if is_a_name(&name) { Ok(name) } else { Err(Notice::NameTooLong) }
}

/// Adds an account by hand. It becomes a pending account first, so that one that is
/// there already, or another of its name, is met in the same way as from a page.
pub(super) async fn enter(
    p: &impl Platform,
    tab: &Tab,
    draft: &Draft,
    key: &Zeroizing<Vec<u8>>,
) -> Result<Done, Notice> {
    let enrolment = read(draft, key)?;
    let vault = session::key(p).await.map_err(sentence)?;
    let way = Way::Came(Came::Typed);
    let pending_account = pending_accounts::add(p, &enrolment, way, tab.id).await.map_err(outage)?;
    let done = enrol::save(p, &vault, &pending_account, &WhenKnown::Ask, false, "").await?;
    Ok(Done {
        notice: done.notice.map(|notice| if notice == Notice::Saved { Notice::Entered } else { notice }),
        ..done
    })
}

/// Changes one account.
pub(super) async fn edit(
    p: &impl Platform,
    id: &str,
    operation: &mut dyn FnMut(&mut Account, u64),
) -> Result<Done, Notice> {
    let now_ms = p.now_ms();
    change(p, id, &mut |contents, id| {
        operation(contents.account_mut(id)?, now_ms);
        Some(())
    })
    .await
}

/// Calls it something else.
pub(super) async fn rename(p: &impl Platform, id: &str, text: &str) -> Result<Done, Notice> {
    let (name, policy, now_ms) = (name(text)?, guard::policy(p).await, p.now_ms());
    let mut allowed = true;
    let done = change(p, id, &mut |contents, id| {
        let account = contents.account_mut(id)?;
        // A long name is shown cut, and what was left as it is shown is left as it is.
        if name != name_as_shown(&account.name) {
            allowed = policy.allows_account(&name, proved_organisation(account));
            if !allowed {
                return None;
            }
            account.name.clone_from(&name);
            account.touch(now_ms);
        }
        Some(())
    })
    .await;
    if allowed { done } else { Err(Notice::OrganisationNotAllowed) }
}

/// Whose the account is, as Microsoft's own page has shown it here: what a person types proves nothing, nor does a file,
/// which may say that of itself.
pub(super) fn proved_organisation(account: &Account) -> Option<&str> {
    account.organisation.as_deref().filter(|_| is_enrolled(account))
}

/// Found on Microsoft's own page by Tofaktor itself. What a backup brought was, but nobody knows how that went on.
pub(super) fn is_enrolled(account: &Account) -> bool {
    account.origin.is_some() && account.came.is_none()
}

/// Lets it change places with its neighbour as they are shown, in its row.
pub(super) async fn shift(p: &impl Platform, id: &str, down: bool) -> Result<Done, Notice> {
    change(p, id, &mut |contents, id| {
        let shown = order::neighbours(contents, id);
        let other = if down { shown.below } else { shown.above }?;
        let at = |id| contents.accounts.iter().position(|account| account.id == id);
        let (here, there) = (at(id)?, at(other)?);
        contents.accounts.swap(here, there);
        Some(())
    })
    .await
}

/// Lets it stand before another one, in that one's group, or last in its own.
pub(super) async fn place(p: &impl Platform, id: &str, before: Option<&str>) -> Result<Done, Notice> {
    let before = before.map(|id| AccountId::from_text(id).ok_or(Notice::Gone)).transpose()?;
    let now_ms = p.now_ms();
    change(p, id, &mut |contents, id| {
        if let Some(other) = before {
            let other = contents.account(other).filter(|other| other.id != id)?;
            let (pinned, group) = (other.pinned, other.group().map(str::to_owned));
            let account = contents.account_mut(id).filter(|account| account.pinned == pinned)?;
            // The pinned ones are one row, whatever their group.
            if !pinned && account.group() != group.as_deref() {
                account.set_group(group.as_deref());
                account.touch(now_ms);
            }
        }
        let at = |accounts: &[Account], id| accounts.iter().position(|account| account.id == id);
        let moved = contents.accounts.remove(at(&contents.accounts, id)?);
        let there = before.and_then(|id| at(&contents.accounts, id)).unwrap_or(contents.accounts.len());
        contents.accounts.insert(there, moved);
        Some(())
    })
    .await
}

/// Puts accounts into a group, or into none.
pub(super) async fn group(p: &impl Platform, accounts: &[String], text: &str) -> Result<Done, Notice> {
    let name = clean(text.trim());
    if name.chars().nth(MAX_GROUP).is_some() {
        return Err(Notice::NameTooLong);
    }
    let group = Some(name.as_str()).filter(|name| !name.is_empty());
    let (now_ms, notice) = (p.now_ms(), if group.is_some() { Notice::Grouped } else { Notice::Ungrouped });
    decide(p, accounts, notice, &mut |contents, id| {
        let Some(account) = contents.account_mut(id) else { return false };
        account.set_group(group);
        account.touch(now_ms);
        true
    })
    .await
}

/// Deletes them: they lie aside from then on.
pub(super) async fn remove(p: &impl Platform, accounts: &[String], notice: Notice) -> Result<Done, Notice> {
    let (now_ms, mut aside) = (p.now_ms(), Vec::new());
    let done = decide(p, accounts, notice, &mut |contents, id| {
        let put = contents.delete(id, now_ms);
        aside.extend(put);
        put.is_some()
    })
    .await?;
    // The last first: [`restore`] begins at the end, and each goes to the end of the list.
    aside.reverse();
    Ok(Done { aside, ..done })
}

/// Puts accounts back that lie aside.
pub(super) async fn restore(p: &impl Platform, places: &[String]) -> Result<Done, Notice> {
    let now_ms = p.now_ms();
    // The last first: one place may have given way twice.
    let places: Vec<String> = places.iter().rev().cloned().collect();
    decide(p, &places, Notice::Undone, &mut |contents, place| contents.restore(place, now_ms).is_some()).await
}

/// Takes an import back: what it put aside is restored, what it added lies aside from then on, because a person may have
/// done something with it meanwhile, and what came beside others goes. A counter that it moved on stays there.
pub(super) async fn take_back(
    p: &impl Platform,
    added: &[String],
    deleted: &[String],
    noted: &[Noted],
) -> Result<Done, Notice> {
    let (key, now_ms) = (session::key(p).await.map_err(sentence)?, p.now_ms());
    let taken_back = change_if(p, &key, |contents| {
        // The last first, as in [`restore`].
        let restored = ids(deleted).rev().filter(|place| contents.restore(*place, now_ms).is_some()).count();
        let removed = ids(added).filter(|id| contents.delete(*id, now_ms).is_some()).count();
        // The last first: of two notes of one account, the second stands behind the first.
        let cleared = noted.iter().rev().filter(|noted| noted.take_back(contents, now_ms)).count();
        (restored + removed + cleared > 0).then_some(())
    });
    taken_back.await.map_err(sentence)?.ok_or(Notice::Gone)?;
    Ok(Done { notice: Some(Notice::TakenBack), ..Done::default() })
}

/// Says of what sync took away that it was read.
pub(super) async fn removals_read(p: &impl Platform) -> Result<Done, Notice> {
    let key = session::key(p).await.map_err(sentence)?;
    change_if(p, &key, |contents| contents.mark_removals_read().then_some(())).await.map_err(sentence)?;
    Ok(Done::default())
}

/// Deletes for good what lies aside.
pub(super) async fn empty(p: &impl Platform, places: &[String]) -> Result<Done, Notice> {
    let now_ms = p.now_ms();
    decide(p, places, Notice::Emptied, &mut |contents, place| contents.empty(place, now_ms)).await
}

/// Does it to what is still there, in one save.
async fn decide(
    p: &impl Platform,
    places: &[String],
    notice: Notice,
    operation: &mut dyn FnMut(&mut Contents, AccountId) -> bool,
) -> Result<Done, Notice> {
    let key = session::key(p).await.map_err(sentence)?;
    let decided = change_if(p, &key, |contents| {
        let there = ids(places).filter(|place| operation(contents, *place)).count();
        (there > 0).then_some(())
    });
    decided.await.map_err(sentence)?.ok_or(Notice::Gone)?;
    Ok(Done { notice: Some(notice), ..Done::default() })
}

fn ids(texts: &[String]) -> impl DoubleEndedIterator<Item = AccountId> {
    texts.iter().filter_map(|text| AccountId::from_text(text))
}

pub(super) async fn change(
    p: &impl Platform,
    id: &str,
    operation: &mut dyn FnMut(&mut Contents, AccountId) -> Option<()>,
) -> Result<Done, Notice> {
    let id = AccountId::from_text(id).ok_or(Notice::Gone)?;
    let key = session::key(p).await.map_err(sentence)?;
    let changed = change_if(p, &key, |contents| operation(contents, id)).await.map_err(sentence)?;
    changed.map(|()| Done::default()).ok_or(Notice::Gone)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> Draft {
        Draft {
            name: " kari@skole.example ".into(),
            issuer: "Microsoft".into(),
            organisation: String::new(),
            microsoft: true,
            algorithm: "SHA1".into(),
            digits: 6,
            period: 30,
            counter: 0,
        }
    }

    #[test]
    fn each_field_has_its_own_sentence() {
        let key = b"jbsw y3dp ehpk 3pxp";
        assert_eq!(check(&draft(), key), None);
        assert_eq!(check(&Draft { name: " ".into(), ..draft() }, b""), Some(Notice::NameMissing));
        assert_eq!(check(&Draft { name: "a".repeat(1025), ..draft() }, key), Some(Notice::NameTooLong));
        assert_eq!(check(&draft(), b""), Some(Notice::QrNoSecret));
        assert_eq!(check(&draft(), b"jbswy3d1"), Some(Notice::QrSecretCharacter));
        assert_eq!(check(&draft(), b"jbsw yx"), Some(Notice::QrSecretLength));
        assert_eq!(check(&Draft { digits: 5, ..draft() }, key), Some(Notice::QrDigits));
        assert_eq!(check(&Draft { period: 3601, ..draft() }, key), Some(Notice::QrPeriod));
        assert_eq!(check(&Draft { period: 0, counter: 9, ..draft() }, key), None);
        assert_eq!(check(&Draft { algorithm: "MD5".into(), ..draft() }, key), Some(Notice::QrAlgorithm));
    }
}
