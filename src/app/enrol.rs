//! How an account comes into the vault: pending first, then saved.

use super::fill::{belongs, same};
use super::pending_accounts::Way;
use super::sentences::{outage, sentence, unusable};
use super::{Done, guard, open, page, pending_accounts};
use crate::protocol::{Notice, Tab, WhenKnown};
use otp::payload::{self, Payload};
use otp::uri::{UriError, clean, is_a_name, is_steam};
use pages::hosts;
use platform::Platform;
use vault::{Account, AccountId, Came, Contents, Identity, VaultError, VaultKey, store};

/// A QR code was found on a tab of the person's choice.
pub(super) async fn hold(p: &impl Platform, tab: &Tab, payload: &[u8]) -> Result<Done, Notice> {
    let enrolment = match payload::classify(payload) {
        Payload::Enrolment(enrolment) => enrolment,
        Payload::Unusable(UriError::Setting(name)) => {
            return Ok(Done { notice: Some(Notice::QrSetting), about: Some(name), ..Done::default() });
        }
        Payload::Unusable(error) => return Err(unusable(error)),
        Payload::Push => return Err(Notice::QrPush),
        Payload::Migration => return Err(Notice::QrMigration),
        Payload::Key => return Err(Notice::QrKey),
        Payload::Passkey => return Err(Notice::QrPasskey),
        Payload::Wifi => return Err(Notice::QrWifi),
        Payload::Web => return Err(Notice::QrWeb),
        Payload::Other => return Err(Notice::QrOther),
    };
    if let Ok(contents) = open(p).await
        && contents.accounts.iter().any(|account| same(account, &enrolment))
    {
        return Err(Notice::AlreadyKnown);
    }
    // The origin counts only where the page's own script found it: a tab's address is not a proof.
    pending_accounts::add(p, &enrolment, Way::Came(Came::Scanned), tab.id).await.map_err(outage)?;
    let short = enrolment.credential.secret.is_short();
    Ok(Done { notice: Some(if short { Notice::FoundShort } else { Notice::Found }), ..Done::default() })
}

/// Saves a pending account by the press that opens the vault. That press is about what the asking tab has shown:
/// what another tab has left is not saved, and stays pending, and so does what a question comes with.
pub(super) async fn save_shown(p: &impl Platform, tab: &Tab, key: &VaultKey, id: &str) -> Result<Done, Notice> {
    if pending_accounts::read(p).await.iter().any(|pending_account| {
        let is_question = is_steam(&pending_account.issuer) || pending_account.name.is_empty();
        pending_account.id == id && (!pending_account.is_of(tab) || is_question)
    }) {
        return Ok(Done::default());
    }
    save(p, key, id, &WhenKnown::Ask, false, "").await
}

/// Moves a pending account into the vault, unless it is there already.
pub(super) async fn save(
    p: &impl Platform,
    key: &VaultKey,
    id: &str,
    when_known: &WhenKnown,
    steam: bool,
    name: &str,
) -> Result<Done, Notice> {
    let pending_account = pending_accounts::read(p)
        .await
        .into_iter()
        .find(|pending_account| pending_account.id == id)
        .ok_or(Notice::Gone)?;
    let enrolment = pending_account.open(key).ok_or(Notice::Gone)?;
    let mut enrolment = if steam { enrolment.as_steams() } else { enrolment };
    if enrolment.name.is_empty() {
        if !is_a_name(name) {
            return Err(Notice::NameTooLong);
        }
        enrolment.name = clean(name.trim());
    }
    let organisation = enrolment.organisation.as_deref().filter(|_| pending_account.is_microsofts());
    if !guard::policy(p).await.allows_account(&enrolment.name, organisation) {
        return Err(Notice::OrganisationNotAllowed);
    }
    let id = AccountId::make(p).map_err(outage)?;
    let account = Account::enrolled(id, enrolment, pending_account.origin.clone(), p.now_ms());
    let account = Account { came: pending_account.came, ..account };
    let new_id = account.id;
    let outcome = store::change(p, key, |contents| Ok::<_, VaultError>(keep(contents, &account, when_known)))
        .await
        .map_err(sentence)?;
    let (id, notice) = match outcome {
        Kept::New => (new_id, Notice::Saved),
        Kept::Beside => (new_id, Notice::SavedOverOld),
        Kept::Known(known) => (known, Notice::AlreadyKnown),
        // The view shows it as a conflict now; the person decides.
        Kept::Conflict => return Ok(Done::default()),
    };
    pending_accounts::remove(p, &pending_account.id).await.map_err(outage)?;
    if let Some(tab) = pending_account.tab {
        page::enrols(p, tab, &pending_account.id, id).await;
    }
    Ok(Done { notice: Some(notice), woke: pending_account.tab, ..Done::default() })
}

/// How an account came into the vault, or did not.
enum Kept {
    New,
    /// The older one of the same name goes once this one is confirmed.
    Beside,
    Known(AccountId),
    Conflict,
}

/// The account that a new one is at odds with: of the same name and issuer, and not known to be another
/// organisation's, or personal where the new one is not. One of the very organisation comes before one of which that is
/// not known.
pub(super) fn rival<'a>(
    contents: &'a Contents,
    name: &str,
    issuer: &str,
    organisation: Option<&str>,
    origin: Option<&str>,
) -> Option<&'a Account> {
    let new = Identity::new(name, organisation);
    let site = origin.and_then(hosts::find);
    let alike = contents.accounts.iter().filter(|account| {
        account.identity().has_name(name)
            && account.issuer == issuer
            && !account.identity().is_of_another_organisation(&new)
            && site.as_ref().is_none_or(|site| belongs(account, site.family()))
    });
    alike.min_by_key(|account| account.identity() != new)
}

fn keep(contents: &mut Contents, account: &Account, when_known: &WhenKnown) -> Kept {
    if let Some(known) =
        contents.accounts.iter().find(|a| a.credential == account.credential && a.identity().has_name(&account.name))
    {
        return Kept::Known(known.id);
    }
    let Account { name, issuer, organisation, origin, .. } = account;
    let (kept, replaces) = match (rival(contents, name, issuer, organisation.as_deref(), origin.as_deref()), when_known)
    {
        (None, _) | (Some(_), WhenKnown::KeepBoth) => (Kept::New, None),
        // Only what the person was shown is replaced, whatever has happened to the vault since.
        (Some(rival), WhenKnown::Replace { account }) if rival.id.to_text() == *account => {
            (Kept::Beside, Some(rival.id))
        }
        (Some(_), _) => return Kept::Conflict,
    };
    contents.accounts.push(Account { replaces, ..account.clone() });
    kept
}
