//! What our own pages ask for.

use zeroize::Zeroizing;

use super::doors::{self, Door};
use super::tab::{Id, Note, Told};
use super::{accounts, fill, offers, open, page, settings, view};
use crate::otp::Factor;
use crate::otp::base32::Base32Error;
use crate::otp::payload::{self, Payload};
use crate::otp::uri::UriError;
use crate::platform::{Outage, Platform};
use crate::protocol::{Notice, Reply, Tab, UiRequest};
use crate::vault::kdf::Passphrase;
use crate::vault::session;
use crate::vault::ways::NewWay;
use crate::vault::{Account, AccountId, Contents, Status, VaultError, VaultKey, store};

/// Shortest passphrase taken, in characters (NIST SP 800-63B-4, as part of two factors).
const SHORTEST_PASSPHRASE: usize = 8;

/// Asked by our own pages. `bytes` go with the request: a passphrase as
/// NFKC-normalised UTF-8, or the payload of a QR code.
pub async fn ask(p: &impl Platform, tab: &Tab, request: UiRequest, bytes: Zeroizing<Vec<u8>>) -> Reply {
    let is_use = !matches!(request, UiRequest::Refresh);
    let most = if matches!(request, UiRequest::Glance) { view::SCREENFUL } else { usize::MAX };
    let mut wake = None;
    let notice = match act(p, tab, request, &bytes).await {
        Ok(Done { notice, woke }) => {
            wake = woke;
            notice
        }
        Err(notice) => Some(notice),
    };
    if is_use && session::touch(p).await.is_ok() {
        p.wake_at(session::until_ms(p).await.unwrap_or_default());
    }
    let opened = open(p).await;
    let unreadable = match &opened {
        Err(VaultError::Damaged(_)) => Some(Notice::Damaged),
        Err(VaultError::Newer { .. }) => Some(Notice::Newer),
        Err(VaultError::Vanished) => Some(Notice::Vanished),
        _ => None,
    };
    Reply { view: view::make(p, tab, &opened, most).await, notice: notice.or(unreadable), wake }
}

/// What came of a request that succeeded.
#[derive(Default)]
pub(super) struct Done {
    pub(super) notice: Option<Notice>,
    /// The tab whose page waits for this.
    pub(super) woke: Option<i32>,
}

async fn act(p: &impl Platform, tab: &Tab, request: UiRequest, bytes: &Zeroizing<Vec<u8>>) -> Result<Done, Notice> {
    match request {
        UiRequest::Show | UiRequest::Glance | UiRequest::Refresh => Ok(Done::default()),
        UiRequest::Create { save } => {
            let passphrase = passphrase(bytes)?;
            create(p, tab, NewWay::Passphrase(&passphrase), save).await
        }
        UiRequest::CreateOpen { save } => create(p, tab, NewWay::Device, save).await,
        UiRequest::Unlock { save } => unlock(p, tab, Door::Passphrase, bytes, save).await,
        UiRequest::UnlockByRecovery { save } => unlock(p, tab, Door::Recovery, bytes, save).await,
        UiRequest::UnlockByDevice { save } => unlock(p, tab, Door::Device, bytes, save).await,
        UiRequest::UnlockByKey { door, save } => unlock(p, tab, Door::Key(&door), bytes, save).await,
        UiRequest::Lock => {
            session::lock(p).await.map_err(|_| Notice::StorageRefused)?;
            p.wake_at(None);
            Ok(Done::default())
        }
        UiRequest::Offer => offer(p, tab, bytes).await,
        UiRequest::Save { offer, replace } => {
            let key = session::key(p).await.map_err(sentence)?;
            save(p, &key, &offer, replace).await
        }
        UiRequest::Dismiss { offer } => {
            offers::remove(p, &offer).await.map_err(outage)?;
            Ok(Done::default())
        }
        UiRequest::Confirm { account, confirmed } => {
            let status = if confirmed { Status::Confirmed } else { Status::Unconfirmed };
            accounts::edit(p, &account, |account, now_ms| (account.status, account.modified_ms) = (status, now_ms))
                .await
        }
        UiRequest::Next { account } => {
            accounts::edit(p, &account, |account, now_ms| {
                if let Factor::Counter { counter } = &mut account.credential.factor {
                    *counter = counter.saturating_add(1);
                    account.last_used_ms = Some(now_ms);
                }
            })
            .await
        }
        UiRequest::Approve { approved } => {
            tell(p, tab, if approved { Told::Approve { at_ms: p.now_ms() } } else { Told::Deny }).await
        }
        UiRequest::FillHere { account } => {
            let account = AccountId::from_text(&account).ok_or(Notice::Gone)?;
            tell(p, tab, Told::Fill { account: Id(account), at_ms: p.now_ms() }).await
        }
        UiRequest::DoStep => tell(p, tab, Told::Step { at_ms: p.now_ms() }).await,
        UiRequest::Used { account } => {
            accounts::edit(p, &account, |account, now_ms| account.last_used_ms = Some(now_ms)).await
        }
        UiRequest::Rename { account, name } => accounts::rename(p, &account, &name).await,
        UiRequest::Pin { account, pinned } => {
            accounts::edit(p, &account, |account, now_ms| (account.pinned, account.modified_ms) = (pinned, now_ms))
                .await
        }
        UiRequest::Move { account, down } => accounts::shift(p, &account, down).await,
        UiRequest::SetMode { account, mode } => {
            accounts::edit(p, &account, |account, now_ms| (account.mode, account.modified_ms) = (mode.into(), now_ms))
                .await
        }
        UiRequest::Enter { draft } => accounts::enter(p, tab, &draft, bytes).await,
        UiRequest::Remove { account } => accounts::remove(p, &account).await,
    }
}

/// Leaves a word for the page of this tab, and lets its script look again.
async fn tell(p: &impl Platform, tab: &Tab, told: Told) -> Result<Done, Notice> {
    let id = tab.id.ok_or(Notice::Gone)?;
    let mut note = Note::read(p, id).await.ok_or(Notice::Gone)?;
    note.told = Some(told);
    note.write(p, id).await;
    Ok(Done { notice: None, woke: Some(id) })
}

pub(super) fn passphrase(bytes: &Zeroizing<Vec<u8>>) -> Result<Passphrase, Notice> {
    let characters = std::str::from_utf8(bytes).map_or(0, |text| text.chars().count());
    if characters < SHORTEST_PASSPHRASE {
        return Err(Notice::PassphraseTooShort);
    }
    Ok(Passphrase::new(bytes.to_vec()))
}

async fn create(p: &impl Platform, tab: &Tab, way: NewWay<'_>, save: Option<String>) -> Result<Done, Notice> {
    let key = store::create(p, &[("", way)], &Contents::default()).await.map_err(sentence)?;
    doors::prove(p).await;
    opened(p, tab, &key, save).await
}

async fn unlock(
    p: &impl Platform,
    tab: &Tab,
    door: Door<'_>,
    bytes: &Zeroizing<Vec<u8>>,
    save: Option<String>,
) -> Result<Done, Notice> {
    // What opens by itself does not show that anybody is there.
    let proves = !matches!(door, Door::Device);
    let (key, _) = doors::unlock(p, door, bytes).await?;
    if proves {
        doors::prove(p).await;
    }
    opened(p, tab, &key, save).await
}

/// The vault is open from now on; a page that waited for it may look again.
async fn opened(p: &impl Platform, tab: &Tab, key: &VaultKey, offer: Option<String>) -> Result<Done, Notice> {
    keep_open(p, key).await?;
    let mut done = match offer {
        Some(offer) => save(p, key, &offer, false).await?,
        None => Done::default(),
    };
    done.woke = done.woke.or(tab.id);
    Ok(done)
}

/// Keeps the vault open for as long as the person chose.
pub(super) async fn keep_open(p: &impl Platform, key: &VaultKey) -> Result<(), Notice> {
    let contents = store::open(p, key).await.map_err(sentence)?;
    session::keep(p, key, settings::idle(&contents.settings)).await.map_err(sentence)?;
    p.wake_at(session::until_ms(p).await.map_err(sentence)?);
    Ok(())
}

/// A QR code was found on a tab of the person's choice.
async fn offer(p: &impl Platform, tab: &Tab, payload: &[u8]) -> Result<Done, Notice> {
    let enrolment = match payload::classify(payload) {
        Payload::Enrolment(enrolment) => enrolment,
        Payload::Unusable(error) => return Err(unusable(error)),
        Payload::Push => return Err(Notice::QrPush),
        Payload::Migration => return Err(Notice::QrMigration),
        Payload::Passkey => return Err(Notice::QrPasskey),
        Payload::Wifi => return Err(Notice::QrWifi),
        Payload::Web => return Err(Notice::QrWeb),
        Payload::Other => return Err(Notice::QrOther),
    };
    if let Ok(contents) = open(p).await
        && contents.accounts.iter().any(|account| page::same(account, &enrolment))
    {
        return Err(Notice::AlreadyKnown);
    }
    // The origin counts only where the page's own script found it: a tab's address is not a proof.
    offers::add(p, &enrolment, None, tab.id).await.map_err(outage)?;
    Ok(Done { notice: Some(Notice::Found), woke: None })
}

pub(super) async fn save(p: &impl Platform, key: &VaultKey, id: &str, replace: bool) -> Result<Done, Notice> {
    let offer = offers::read(p).await.into_iter().find(|offer| offer.id == id).ok_or(Notice::Gone)?;
    let enrolment = offer.enrolment().ok_or(Notice::Gone)?;
    let id = AccountId::make(p).map_err(outage)?;
    let account = Account::enrolled(id, enrolment, offer.origin.clone(), p.now_ms());
    let new_id = account.id;
    let outcome = store::change(p, key, |contents| Ok::<_, VaultError>(keep(contents, &account, replace)))
        .await
        .map_err(sentence)?;
    let (id, notice) = match outcome {
        Kept::New => (new_id, Notice::Saved),
        Kept::Beside => (new_id, Notice::SavedOverOld),
        Kept::Known(known) => (known, Notice::AlreadyKnown),
        // The view shows it as a conflict now; the person decides.
        Kept::Conflict => return Ok(Done::default()),
    };
    offers::remove(p, &offer.id).await.map_err(outage)?;
    if let Some(tab) = offer.tab {
        page::enrols(p, tab, &offer.id, id).await;
    }
    Ok(Done { notice: Some(notice), woke: offer.tab })
}

/// How an account came into the vault, or did not.
enum Kept {
    New,
    /// The older one of the same name goes once this one is confirmed.
    Beside,
    Known(AccountId),
    Conflict,
}

fn keep(contents: &mut Contents, account: &Account, replace: bool) -> Kept {
    if let Some(known) =
        contents.accounts.iter().find(|a| a.credential == account.credential && fill::same_name(&a.name, &account.name))
    {
        return Kept::Known(known.id);
    }
    let older =
        contents.accounts.iter().find(|a| fill::same_name(&a.name, &account.name) && a.issuer == account.issuer);
    let (kept, replaces) = match older {
        None => (Kept::New, None),
        Some(_) if !replace => return Kept::Conflict,
        Some(older) => (Kept::Beside, Some(older.id)),
    };
    contents.accounts.push(Account { replaces, ..account.clone() });
    kept
}

/// The sentence for what the vault answered.
pub(super) fn sentence(error: VaultError) -> Notice {
    if let Some(notice) = doors::refused(&error) {
        return notice;
    }
    match error {
        VaultError::None | VaultError::Vanished => Notice::Vanished,
        VaultError::Exists => Notice::AlreadyExists,
        VaultError::TooShort => Notice::PassphraseTooShort,
        VaultError::Damaged(_) | VaultError::RolledBack { .. } | VaultError::OtherVault => Notice::Damaged,
        VaultError::Newer { .. } => Notice::Newer,
        VaultError::Wrong(slot_type) => doors::wrong(slot_type),
        VaultError::Wait { .. } => Notice::TooManyAttempts,
        VaultError::Locked | VaultError::OtherKey => Notice::Locked,
        VaultError::NotSaved { cause, .. } | VaultError::Outage(cause) => outage(cause),
        VaultError::TooLarge => Notice::StorageFull,
        _ => Notice::StorageRefused,
    }
}

pub(super) fn outage(outage: Outage) -> Notice {
    match outage {
        Outage::Full => Notice::StorageFull,
        Outage::Random => Notice::NoRandomness,
        Outage::Derivation => Notice::NoMemory,
        Outage::Storage | Outage::Picture => Notice::StorageRefused,
    }
}

pub(super) fn unusable(error: UriError) -> Notice {
    match error {
        UriError::TooLong => Notice::QrTooLong,
        UriError::NotOtpauth => Notice::QrOther,
        UriError::Malformed => Notice::QrMalformed,
        UriError::Type => Notice::QrType,
        UriError::Secret(Base32Error::Empty) => Notice::QrNoSecret,
        UriError::Secret(Base32Error::Character) => Notice::QrSecretCharacter,
        UriError::Secret(Base32Error::Length) => Notice::QrSecretLength,
        UriError::Secret(Base32Error::TooLong) => Notice::QrSecretTooLong,
        UriError::Digits => Notice::QrDigits,
        UriError::Period => Notice::QrPeriod,
        UriError::Algorithm => Notice::QrAlgorithm,
        UriError::Counter => Notice::QrCounter,
    }
}
