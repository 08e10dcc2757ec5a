//! What our own pages ask for.

use super::sentences::{outage, sentence};
use super::tab_state::{Decision, TabState};
use super::{
    Done, accounts, change_if, edit, enrol, fill, guard, open, pending_accounts, preferences, recovery_keys, sync,
    tokens, unlock_methods, view,
};
use crate::protocol::{Notice, Reply, Tab, UiRequest, UnlockBy, UnlockMethodKind};
use otp::Factor;
use pages::hosts;
use platform::Platform;
use strict_json::Map;
use vault::key_slots::NewUnlockMethod;
use vault::{AccountId, Contents, Status, VaultError, VaultKey, session, store};
use zeroize::Zeroizing;

/// Asked by our own pages. `bytes` go with the request: a passphrase as
/// NFKC-normalised UTF-8, or the payload of a QR code.
pub async fn ask(p: &impl Platform, tab: &Tab, request: UiRequest, bytes: Zeroizing<Vec<u8>>) -> Reply {
    let is_use = !matches!(request, UiRequest::Refresh);
    let done = act(p, tab, request, &bytes).await;
    let Done { mut notice, about, woke: wake, aside } =
        done.unwrap_or_else(|notice| Done { notice: Some(notice), ..Done::default() });
    if is_use && session::touch(p).await.is_ok() {
        p.wake_at(session::until_ms(p).await.unwrap_or_default());
    }
    let opened = open(p).await;
    if notice.is_none()
        && is_use
        && opened.is_ok()
        && let Ok(key) = session::key(p).await
        && pending_accounts::forget_unreadable(p, &key).await
    {
        notice = Some(Notice::PendingLost);
    }
    let view = view::make(p, tab, &opened, usize::MAX).await;
    // The screen itself says what is the matter, once.
    let said = view.trouble.is_some().then(|| opened.err().map(sentence)).flatten();
    let undo = aside.into_iter().map(AccountId::to_text).collect();
    Reply { view, notice: notice.filter(|notice| Some(*notice) != said), about, wake, undo }
}

async fn act(p: &impl Platform, tab: &Tab, request: UiRequest, bytes: &Zeroizing<Vec<u8>>) -> Result<Done, Notice> {
    match request {
        UiRequest::Show | UiRequest::Refresh => Ok(Done::default()),
        UiRequest::Create { save, said } => {
            let passphrase = unlock_methods::passphrase(p, bytes).await?;
            create(p, tab, NewUnlockMethod::Passphrase(&passphrase), save, &said).await
        }
        UiRequest::CreateOpen { save, said } => {
            guard::may_unlock_by(p, UnlockMethodKind::Device).await?;
            create(p, tab, NewUnlockMethod::Device, save, &said).await
        }
        UiRequest::Unlock { by, save } => unlock(p, tab, &by, bytes, save).await,
        UiRequest::Lock => {
            session::lock(p).await.map_err(|_| Notice::StorageRefused)?;
            p.wake_at(None);
            Ok(Done::default())
        }
        UiRequest::AddPending => enrol::hold(p, tab, bytes).await,
        UiRequest::Save { pending_account, when_known, steam, name } => {
            let key = session::key(p).await.map_err(sentence)?;
            enrol::save(p, &key, &pending_account, &when_known, steam, &name).await
        }
        UiRequest::Dismiss { pending_account } => {
            pending_accounts::remove(p, &pending_account).await.map_err(outage)?;
            Ok(Done::default())
        }
        UiRequest::Confirm { account, confirmed } => {
            let status = if confirmed { Status::Confirmed } else { Status::Unconfirmed };
            accounts::edit(p, &account, &mut |account, now_ms| {
                (account.status, account.said) = (status, confirmed);
                account.touch(now_ms);
            })
            .await
        }
        UiRequest::Next { account } => {
            accounts::edit(p, &account, &mut |account, now_ms| {
                if let Factor::Counter { counter } = &mut account.credential.factor {
                    *counter = counter.saturating_add(1);
                    account.touch(now_ms);
                    account.last_used_ms = Some(now_ms);
                }
            })
            .await
        }
        UiRequest::Approve { approved, view } => {
            tell(p, tab, &view, if approved { Decision::Approve { at_ms: p.now_ms() } } else { Decision::Deny }).await
        }
        UiRequest::FillHere { account, view } => {
            let account = AccountId::from_text(&account).ok_or(Notice::Gone)?;
            if !may_fill(p, tab, account).await? {
                return Err(Notice::NotServed);
            }
            tell(p, tab, &view, Decision::Fill { account, at_ms: p.now_ms() }).await
        }
        UiRequest::DoStep { view } => tell(p, tab, &view, Decision::Step { at_ms: p.now_ms() }).await,
        UiRequest::Advised => {
            let key = session::key(p).await.map_err(sentence)?;
            let read = change_if(p, &key, |contents| preferences::end_advice(&mut contents.settings)).await;
            read.map_err(sentence)?;
            Ok(Done::default())
        }
        UiRequest::Used { account } => {
            accounts::edit(p, &account, &mut |account, now_ms| account.last_used_ms = Some(now_ms)).await
        }
        UiRequest::Rename { account, name } => accounts::rename(p, &account, &name).await,
        UiRequest::Edit { account, seen, draft } => edit::save(p, &account, &seen, &draft, bytes).await,
        UiRequest::Pin { account, pinned } => {
            accounts::edit(p, &account, &mut |account, now_ms| {
                account.pinned = pinned;
                account.touch(now_ms);
            })
            .await
        }
        UiRequest::Move { account, down } => accounts::shift(p, &account, down).await,
        UiRequest::Place { account, before } => accounts::place(p, &account, before.as_deref()).await,
        UiRequest::SetMode { account, mode } => {
            if !guard::policy(p).await.allows_mode(mode) {
                return Err(Notice::ModeNotAllowed);
            }
            accounts::edit(p, &account, &mut |account, now_ms| {
                account.mode = mode;
                account.touch(now_ms);
            })
            .await
        }
        UiRequest::Enter { draft } => accounts::enter(p, tab, &draft, bytes).await,
        UiRequest::Remove { account } => accounts::remove(p, &[account], Notice::Removed).await,
        UiRequest::RemoveSeveral { accounts } => accounts::remove(p, &accounts, Notice::RemovedSeveral).await,
        UiRequest::Group { accounts, group } => accounts::group(p, &accounts, &group).await,
        UiRequest::Restore { deleted } => accounts::restore(p, &deleted).await,
        UiRequest::TakeBack { added, deleted, noted } => accounts::take_back(p, &added, &deleted, &noted).await,
        UiRequest::RemovalsRead => accounts::removals_read(p).await,
        UiRequest::RecoverersRead { there } => recovery_keys::tell(p, &there).await,
        UiRequest::TokensRead { accounts } => tokens::tell(p, &accounts).await,
        UiRequest::Empty { deleted } => accounts::empty(p, &deleted).await,
    }
}

/// Whether the page of this tab could get the account's code at all; said here, so that nobody waits for it in vain.
async fn may_fill(p: &impl Platform, tab: &Tab, account: AccountId) -> Result<bool, Notice> {
    let tab_state = TabState::read(p, tab.id.ok_or(Notice::Gone)?).await.ok_or(Notice::Gone)?;
    let Some(site) = hosts::organisation(&format!("https://{}", tab_state.host)) else { return Ok(true) };
    let contents = open(p).await.map_err(sentence)?;
    let account = contents.account(account).ok_or(Notice::Gone)?;
    Ok(fill::serves(&site, account, &guard::policy(p).await))
}

/// Leaves a word about what the page of this tab has shown, and lets its script look again.
async fn tell(p: &impl Platform, tab: &Tab, view: &str, decision: Decision) -> Result<Done, Notice> {
    let id = tab.id.ok_or(Notice::Gone)?;
    TabState::tell(p, id, view, decision).await.ok_or(Notice::Gone)?;
    Ok(Done { woke: Some(id), ..Done::default() })
}

async fn create(
    p: &impl Platform,
    tab: &Tab,
    unlock_method: NewUnlockMethod<'_>,
    save: Option<String>,
    said: &[String],
) -> Result<Done, Notice> {
    guard::may_begin(p).await?;
    let policy = guard::policy(p).await;
    let (keys, _) = policy.recovery_keys();
    let mut unlock_methods = vec![("", unlock_method)];
    unlock_methods.extend(keys.iter().map(|key| (key.name.as_str(), NewUnlockMethod::Organisation(key))));
    let contents = Contents { settings: recovery_keys::told_at_first(said), ..Contents::default() };
    let key = store::create(p, &unlock_methods, &contents).await.map_err(sentence)?;
    guard::prove(p).await;
    opened(p, tab, &key, save).await
}

async fn unlock(
    p: &impl Platform,
    tab: &Tab,
    by: &UnlockBy,
    bytes: &Zeroizing<Vec<u8>>,
    save: Option<String>,
) -> Result<Done, Notice> {
    // What opens by itself does not show that anybody is there.
    let proves = !matches!(by, UnlockBy::Device);
    let (key, contents) = unlock_methods::unlock(p, by, bytes).await?;
    if proves {
        guard::prove(p).await;
    }
    if let Err(error) = contents {
        if matches!(error, VaultError::RolledBack { .. } | VaultError::OtherVault) {
            // The way on is theirs to choose, and takes the key.
            let idle = preferences::idle(&Map::new(), &guard::policy(p).await);
            session::keep(p, &key, idle).await.map_err(sentence)?;
            p.wake_at(session::until_ms(p).await.map_err(sentence)?);
        }
        return Err(sentence(error));
    }
    let done = opened(p, tab, &key, save).await?;
    if matches!(by, UnlockBy::Passphrase) {
        sync::convert(p, &key, bytes).await;
    }
    Ok(done)
}

/// The vault is open from now on; a page that waited for it may look again.
async fn opened(p: &impl Platform, tab: &Tab, key: &VaultKey, pending_account: Option<String>) -> Result<Done, Notice> {
    unlock_methods::keep_open(p, key).await?;
    sync::make_due(p).await;
    let mut done = match pending_account {
        Some(pending_account) => enrol::save_shown(p, tab, key, &pending_account).await?,
        None => Done::default(),
    };
    done.woke = done.woke.or(tab.id);
    Ok(done)
}
