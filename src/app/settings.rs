//! What our own pages ask that change settings and unlock methods.

use zeroize::Zeroizing;

use super::preferences::{self, CLOCK_CHECK, LOCK_AFTER, LOCK_WITH_COMPUTER, SWITCHING};
use super::sentences::{outage, sentence};
use super::unlock_methods::{self, passphrase};
use super::{accounts, change_if, edit, guard, open, recovery_keys, sync, transfer};
use crate::protocol::{
    KeyView, Notice, SettingsReply, SettingsRequest, SettingsView, Shown, UnlockBy, UnlockMethodKind,
};
use exchange::write::account_uri;
use platform::Platform;
use strict_json::{Value, json};
use vault::key_slots::{self, NewUnlockMethod, PrfOutput};
use vault::recovery::RecoveryCode;
use vault::session;
use vault::{AccountId, MAX_LABEL, SlotType, VaultError, diagnostics, folder, store};

/// Asked by our own pages that change settings.
pub async fn manage(p: &impl Platform, request: SettingsRequest, bytes: Zeroizing<Vec<u8>>) -> SettingsReply {
    // A form that tries out a code every half minute does not keep the vault open either.
    let shows_only = matches!(request, SettingsRequest::Show | SettingsRequest::TryEdit { .. });
    let (notice, shown) = act(p, request, &bytes).await.unwrap_or_else(|notice| (Some(notice), None));
    if !shows_only {
        let _ = session::touch(p).await;
    }
    SettingsReply { view: view(p).await, notice, shown }
}

async fn view(p: &impl Platform) -> SettingsView {
    let contents = open(p).await.ok();
    let header = unlock_methods::header(p).await;
    let policy = guard::policy(p).await;
    let settings = contents.as_ref().map(|contents| contents.settings.clone()).unwrap_or_default();
    let mut shown = policy.view();
    if let (Some(_), Some(header)) = (&contents, &header) {
        shown.reports.extend(recovery_keys::not_sealed(header, &policy));
    }
    let unlock_methods = header.as_ref().map(unlock_methods::views).unwrap_or_default();
    let facts = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "open": contents.is_some(),
        "accounts": contents.as_ref().map(|contents| contents.accounts.len()),
        "writtenBy": header.as_ref().map(|header| &header.writer),
        "saves": header.as_ref().map(|header| header.generation),
        "keyChanges": header.as_ref().map(|header| header.key_epoch),
        "unlockMethodsIn": unlock_methods.iter().map(|unlock_method| unlock_method.kind).collect::<Vec<_>>(),
        "mended": diagnostics::read(p).await,
        "crashes": diagnostics::crashes(p).await,
    });
    SettingsView {
        open: contents.is_some(),
        proved: contents.is_some() && guard::is_proved(p).await,
        unlock_methods,
        idle_minutes: policy.idle_minutes(preferences::idle_minutes(&settings)),
        idle_choices: preferences::idle_choices(&policy),
        lock_with_computer: preferences::locks_with_computer(&settings),
        switching: preferences::switches(&settings),
        clock_check: preferences::checks_clock(&settings, &policy),
        policy: shown,
        decided: policy.decided(),
        diagnostics: facts.to_string(),
        aside: contents.is_none() && store::has_aside(p).await,
        folder: folder::view(p).await,
    }
}

type Done = (Option<Notice>, Option<Shown>);

const fn done(notice: Notice) -> Done {
    (Some(notice), None)
}

async fn act(p: &impl Platform, request: SettingsRequest, bytes: &Zeroizing<Vec<u8>>) -> Result<Done, Notice> {
    match request {
        SettingsRequest::Show => Ok((None, None)),
        SettingsRequest::SetIdle { minutes } => {
            set(p, LOCK_AFTER, Value::from(minutes)).await?;
            let key = session::key(p).await.map_err(sentence)?;
            unlock_methods::keep_open(p, &key).await?;
            Ok((None, None))
        }
        SettingsRequest::SetLockWithComputer { on } => set(p, LOCK_WITH_COMPUTER, Value::Bool(on)).await,
        SettingsRequest::SetSwitching { on } => set(p, SWITCHING, Value::Bool(on)).await,
        SettingsRequest::SetClockCheck { on } => set(p, CLOCK_CHECK, Value::Bool(on)).await,
        SettingsRequest::Prove { by } => prove(p, &by, bytes).await,
        SettingsRequest::AddPassphrase => {
            let key = guard::proved(p).await?;
            let words = passphrase(p, bytes).await?;
            key_slots::add(p, &key, "", &NewUnlockMethod::Passphrase(&words)).await.map_err(sentence)?;
            Ok(done(Notice::UnlockMethodAdded))
        }
        SettingsRequest::ChangePassphrase { unlock_method } => {
            let key = guard::proved(p).await?;
            let words = passphrase(p, bytes).await?;
            let id = unlock_methods::changeable_slot(p, &unlock_method).await?;
            key_slots::replace(p, &key, id, &NewUnlockMethod::Passphrase(&words)).await.map_err(sentence)?;
            Ok(done(Notice::PassphraseChanged))
        }
        SettingsRequest::MakeRecovery => make_recovery(p).await,
        SettingsRequest::AddDevice => {
            let key = guard::proved(p).await?;
            guard::may_unlock_by(p, UnlockMethodKind::Device).await?;
            key_slots::add(p, &key, "", &NewUnlockMethod::Device).await.map_err(sentence)?;
            Ok(done(Notice::UnlockMethodAdded))
        }
        SettingsRequest::BeginKey => {
            guard::proved(p).await?;
            guard::may_unlock_by(p, UnlockMethodKind::Key).await?;
            let salt = key_slots::make_prf_salt(p).map_err(outage)?;
            let mut user = vec![0; 16];
            p.random(&mut user).map_err(outage)?;
            Ok((None, Some(Shown::Key { salt: salt.to_vec(), user })))
        }
        SettingsRequest::AddKey { label, key } => add_key(p, &label, &key, bytes).await,
        SettingsRequest::RenameUnlockMethod { unlock_method, label } => {
            let key = session::key(p).await.map_err(sentence)?;
            let id = unlock_methods::changeable_slot(p, &unlock_method).await?;
            key_slots::rename(p, &key, id, fitting(&label)).await.map_err(sentence)?;
            Ok((None, None))
        }
        SettingsRequest::RemoveUnlockMethod { unlock_method } => {
            let key = guard::proved(p).await?;
            let id = unlock_methods::changeable_slot(p, &unlock_method).await?;
            if sync::rests_on(p, &key, id).await {
                return Err(Notice::SyncNeedsPassphrase);
            }
            key_slots::remove(p, &key, id).await.map_err(sentence)?;
            Ok(done(Notice::UnlockMethodRemoved))
        }
        SettingsRequest::Renew => renew(p, bytes).await,
        SettingsRequest::Transfer { account } => {
            guard::proved(p).await?;
            guard::may_export(p).await?;
            let id = AccountId::from_text(&account).ok_or(Notice::Gone)?;
            let contents = open(p).await.map_err(sentence)?;
            let account = contents.account(id).ok_or(Notice::Gone)?;
            let qr = transfer::draw(account_uri(account).as_bytes()).ok_or(Notice::TransferTooLong)?;
            Ok((None, Some(Shown::Qr { path: qr.path, size: qr.size })))
        }
        // It may hold recovery codes, which are worth as much as the key.
        SettingsRequest::Note { account } => {
            guard::proved(p).await?;
            let id = AccountId::from_text(&account).ok_or(Notice::Gone)?;
            let contents = open(p).await.map_err(sentence)?;
            let note = contents.account(id).and_then(|account| account.note.as_ref()).ok_or(Notice::Gone)?;
            Ok((None, Some(Shown::Note { text: note.expose().to_owned() })))
        }
        SettingsRequest::RemoveNote { account } => {
            guard::proved(p).await?;
            accounts::edit(p, &account, &mut |account, now_ms| {
                account.note = None;
                account.touch(now_ms);
            })
            .await?;
            Ok(done(Notice::NoteRemoved))
        }
        SettingsRequest::TryEdit { account, draft } => {
            Ok((None, Some(edit::try_out(p, &account, draft, bytes).await?)))
        }
        SettingsRequest::ExportSealed => {
            let text = store::export_raw(p).await;
            Ok((None, Some(Shown::Sealed { text })))
        }
        SettingsRequest::Bury => {
            if guard::seems_wiped(p).await && matches!(store::newest(p).await, Err(VaultError::None)) {
                guard::begin(p).await.map_err(sentence)?;
                return Ok((None, None));
            }
            guard::may_put_aside(p).await?;
            store::bury(p).await.map_err(sentence)?;
            let _ = session::lock(p).await;
            Ok(done(Notice::SetAside))
        }
        SettingsRequest::BringBack => match store::restore(p, bytes).await {
            Ok(()) => {
                let _ = session::lock(p).await;
                Ok(done(Notice::BroughtBack))
            }
            Err(VaultError::Damaged(_)) => Err(Notice::NotAVault),
            Err(error) => Err(sentence(error)),
        },
        SettingsRequest::Settle => {
            let key = session::key(p).await.map_err(sentence)?;
            store::settle(p, &key).await.map_err(sentence)?;
            unlock_methods::keep_open(p, &key).await?;
            Ok(done(Notice::Settled))
        }
    }
}

async fn set(p: &impl Platform, name: &'static str, value: Value) -> Result<Done, Notice> {
    let key = session::key(p).await.map_err(sentence)?;
    let set = change_if(p, &key, |contents| {
        let before = contents.settings.insert(name.to_owned(), value.clone());
        (before != Some(value)).then_some(())
    });
    set.await.map_err(sentence)?;
    Ok((None, None))
}

async fn prove(p: &impl Platform, by: &UnlockBy, bytes: &Zeroizing<Vec<u8>>) -> Result<Done, Notice> {
    if matches!(by, UnlockBy::Device) {
        let header = unlock_methods::header(p).await.ok_or(Notice::ProveFirst)?;
        if !unlock_methods::opens_by_itself(&header) {
            return Err(Notice::ProveFirst);
        }
    }
    session::key(p).await.map_err(sentence)?;
    unlock_methods::unlock(p, by, bytes).await?.1.map_err(sentence)?;
    guard::prove(p).await;
    Ok((None, None))
}

/// One code at a time: whoever makes a new one has lost the old one, or thinks so.
async fn make_recovery(p: &impl Platform) -> Result<Done, Notice> {
    let key = guard::proved(p).await?;
    let code = RecoveryCode::make(p).map_err(outage)?;
    let unlock_method = NewUnlockMethod::Recovery(&code);
    let header = unlock_methods::header(p).await.ok_or(Notice::Gone)?;
    match header.slots.iter().find(|slot| slot.slot_type() == Some(SlotType::Recovery)) {
        Some(old) => key_slots::replace(p, &key, old.id, &unlock_method).await,
        None => key_slots::add(p, &key, "", &unlock_method).await,
    }
    .map_err(sentence)?;
    Ok((None, Some(Shown::Recovery { code: code.to_text().to_string() })))
}

async fn add_key(p: &impl Platform, label: &str, key: &KeyView, output: &[u8]) -> Result<Done, Notice> {
    let vault = guard::proved(p).await?;
    guard::may_unlock_by(p, UnlockMethodKind::Key).await?;
    let prf = unlock_methods::prf(key).ok_or(Notice::Malformed)?;
    let output = PrfOutput::new(output.to_vec()).map_err(sentence)?;
    key_slots::add(p, &vault, fitting(label), &NewUnlockMethod::Prf(prf, &output)).await.map_err(sentence)?;
    Ok(done(Notice::UnlockMethodAdded))
}

/// Everything anew: the vault key, the passphrase, the recovery code if there was one.
async fn renew(p: &impl Platform, bytes: &Zeroizing<Vec<u8>>) -> Result<Done, Notice> {
    let key = guard::proved(p).await?;
    let words = passphrase(p, bytes).await?;
    let code = RecoveryCode::make(p).map_err(outage)?;
    let unlock_methods = [("", NewUnlockMethod::Passphrase(&words)), ("", NewUnlockMethod::Recovery(&code))];
    let renewed = key_slots::rotate(p, &key, &unlock_methods).await.map_err(sentence)?;
    unlock_methods::keep_open_after(p, Some(&key), &renewed).await?;
    Ok((Some(Notice::Renewed), Some(Shown::Recovery { code: code.to_text().to_string() })))
}

/// As much of a name as the format takes; a cut must not split a letter.
fn fitting(label: &str) -> &str {
    let label = label.trim();
    let end = (0..=MAX_LABEL.min(label.len())).rev().find(|end| label.is_char_boundary(*end)).unwrap_or(0);
    label.get(..end).unwrap_or_default()
}
