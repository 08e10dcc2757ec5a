//! In and out, as our own pages ask for it.

use zeroize::Zeroizing;

use super::copies::{self, Done, label};
use super::sentences::sentence;
use super::shown::{as_shown, looks_like_another, name_as_shown};
use super::{export, guard, open, sync, unlock_methods};
use crate::protocol::{ExchangeReply, ExchangeRequest, ExchangeView, FateView, NoteView, Notice, Out, PreviewLine};
use exchange::Entry;
use exchange::bundle;
use exchange::merge::{self, Choice, Clash, Fate};
use otp::uri;
use platform::Platform;
use vault::key_slots::NewUnlockMethod;
use vault::recovery::RecoveryCode;
use vault::{Account, AccountId, Contents, VaultError, session, store};

/// Asked by our own pages. `bytes` go with the request.
pub async fn exchange(p: &impl Platform, request: ExchangeRequest, bytes: Zeroizing<Vec<u8>>) -> ExchangeReply {
    let shows_only = matches!(request, ExchangeRequest::Show);
    let (notice, out) = act(p, request, &bytes).await.unwrap_or_else(|notice| (Some(notice), None));
    if !shows_only {
        let _ = session::touch(p).await;
    }
    ExchangeReply { view: ExchangeView { sync: sync::view(p).await, ..copies::view(p).await }, notice, out }
}

async fn act(p: &impl Platform, request: ExchangeRequest, bytes: &Zeroizing<Vec<u8>>) -> Result<Done, Notice> {
    permitted(p, &request).await?;
    match request {
        ExchangeRequest::Show => Ok((None, None)),
        ExchangeRequest::Preview => preview(p, bytes).await,
        ExchangeRequest::Take { choices, names } => take(p, bytes, &choices, names).await,
        ExchangeRequest::Restore => restore(p, bytes).await,
        ExchangeRequest::SaveBackup => export::backup(p, bytes).await,
        ExchangeRequest::SaveAegis { accounts } => export::aegis(p, accounts.as_deref(), bytes).await,
        ExchangeRequest::SaveList => export::list(p).await,
        ExchangeRequest::SaveCxf => export::cxf(p).await,
        ExchangeRequest::DrawTransfer { accounts } => export::transfer(p, accounts.as_deref()).await,
        ExchangeRequest::DrawSheet => export::sheet(p).await,
        ExchangeRequest::CheckCopy { account } => copies::check(p, &account, bytes).await,
        ExchangeRequest::SyncOn => sync::begin(p, bytes).await,
        ExchangeRequest::SyncJoin => sync::join(p, bytes).await,
        ExchangeRequest::SyncOff { erase } => sync::stop(p, erase).await,
        ExchangeRequest::SyncNow => {
            sync::sync(p).await;
            Ok((None, None))
        }
    }
}

/// What the organisation has decided about accounts that leave.
async fn permitted(p: &impl Platform, request: &ExchangeRequest) -> Result<(), Notice> {
    match request {
        ExchangeRequest::SaveBackup
        | ExchangeRequest::SaveAegis { .. }
        | ExchangeRequest::SaveList
        | ExchangeRequest::SaveCxf
        | ExchangeRequest::DrawTransfer { .. }
        | ExchangeRequest::DrawSheet => guard::may_export(p).await,
        ExchangeRequest::SyncOn | ExchangeRequest::SyncJoin | ExchangeRequest::SyncNow => guard::may_sync(p).await,
        _ => Ok(()),
    }
}

async fn preview(p: &impl Platform, bytes: &[u8]) -> Result<Done, Notice> {
    let contents = open(p).await.map_err(sentence)?;
    let entries = bundle::unpack(bytes).map_err(|_| Notice::Malformed)?.entries;
    let name = |id: AccountId| contents.account(id).map(label_with_organisation).unwrap_or_default();
    let lines = merge::plan(&contents, &entries).into_iter().zip(&entries).map(|(fate, entry)| {
        let (shown, with) = match fate {
            Fate::New => (FateView::New, String::new()),
            Fate::Same { with } => (FateView::Same, name(with)),
            Fate::Repeated { of } => {
                (FateView::Repeated, entries.get(of).map(|entry| name_as_shown(&entry.label())).unwrap_or_default())
            }
            Fate::Conflict { with, how: Clash::Secret } => (FateView::OtherKey, name(with)),
            Fate::Conflict { with, how: Clash::Parameters } => (FateView::OtherCodes, name(with)),
            Fate::Conflict { with, how: Clash::Counter } => (FateView::OtherCounter, name(with)),
            Fate::Conflict { with, how: Clash::Note } => (FateView::OtherNote, name(with)),
        };
        PreviewLine {
            issuer: as_shown(&entry.issuer),
            organisation: entry.organisation.as_deref().map(as_shown),
            name: name_as_shown(&entry.name),
            mixed: [&entry.issuer, &entry.name]
                .into_iter()
                .chain(&entry.organisation)
                .any(|text| looks_like_another(text)),
            short: entry.credential.secret.is_short(),
            fate: shown,
            with,
            discarded: entry.discarded,
            note: note_view(&contents, &entries, fate, entry),
            group: entry.remarks.group().filter(|_| fate == Fate::New).map(as_shown),
            other_tags: entry.remarks.other_tags().filter(|_| fate == Fate::New).map(as_shown).collect(),
            usual: if entry.discarded.is_some() { Choice::Skip } else { fate.usual_choice() },
        }
    });
    Ok((None, Some(Out::Preview { lines: lines.collect() })))
}

/// What comes of an entry's note, where that is not there already.
fn note_view(contents: &Contents, entries: &[Entry], fate: Fate, entry: &Entry) -> Option<NoteView> {
    let there = match fate {
        Fate::Same { with } | Fate::Conflict { with, .. } => contents.account(with).and_then(|own| own.note.as_ref()),
        Fate::Repeated { of } => entries.get(of).and_then(|first| first.remarks.note.as_ref()),
        Fate::New => None,
    };
    let note = match &entry.remarks.note {
        Some(note) => note,
        None => return entry.remarks.note_too_long.then_some(NoteView::TooLong),
    };
    match (fate, there) {
        (_, Some(there)) if there.holds(note) => None,
        (Fate::Repeated { .. }, _) => Some(NoteView::Repeated),
        (_, Some(there)) if there.and(note).is_none() => Some(NoteView::TooLong),
        _ => Some(NoteView::Comes),
    }
}

/// A guest has several accounts of one name.
fn label_with_organisation(account: &Account) -> String {
    match account.organisation.as_deref().map(as_shown) {
        Some(organisation) if !organisation.is_empty() => format!("{} · {organisation}", label(account)),
        _ => label(account),
    }
}

async fn take(p: &impl Platform, bytes: &[u8], choices: &[Choice], names: Vec<(u32, String)>) -> Result<Done, Notice> {
    let key = session::key(p).await.map_err(sentence)?;
    let mut entries = bundle::unpack(bytes).map_err(|_| Notice::Malformed)?.entries;
    for (at, name) in names.into_iter().filter(|(_, name)| uri::is_a_name(name)) {
        let nameless =
            usize::try_from(at).ok().and_then(|at| entries.get_mut(at)).filter(|entry| entry.name.is_empty());
        nameless.into_iter().for_each(|entry| entry.name = uri::clean(&name));
    }
    let policy = guard::policy(p).await;
    let allowed = |entry: &Entry| policy.allows_account(&entry.name, None);
    if !entries.is_empty() && !entries.iter().any(allowed) {
        return Err(Notice::OrganisationNotAllowed);
    }
    let choices: Vec<Choice> = entries
        .iter()
        .enumerate()
        .map(|(at, entry)| choices.get(at).copied().filter(|_| allowed(entry)).unwrap_or(Choice::Skip))
        .collect();
    let now_ms = p.now_ms();
    let merged = store::change(p, &key, |contents| {
        let merged = merge::apply(contents, &entries, &choices, now_ms, || AccountId::make(p))?;
        // Nothing to do is nothing to save.
        if merged.added.is_empty() && merged.replaced.is_empty() { Err(Untaken::Nothing) } else { Ok(merged) }
    });
    let merged = match merged.await {
        Ok(merged) => merged,
        Err(Untaken::Nothing) => return Ok((Some(Notice::NothingImported), None)),
        Err(Untaken::Vault(error)) => return Err(sentence(error)),
    };
    let count = |ids: &[AccountId]| u32::try_from(ids.len()).unwrap_or(u32::MAX);
    let texts = |ids: &[AccountId]| ids.iter().map(|id| id.to_text()).collect();
    let out = Out::Taken {
        added: count(&merged.added),
        replaced: count(&merged.replaced),
        new: texts(&merged.added),
        undo: texts(&merged.aside),
        noted: merged.noted,
    };
    Ok((Some(Notice::Imported), Some(out)))
}

enum Untaken {
    Nothing,
    Vault(VaultError),
}

impl<E: Into<VaultError>> From<E> for Untaken {
    fn from(error: E) -> Self {
        Self::Vault(error.into())
    }
}

/// The vault anew from a backup, in one save, to be opened by what opened the file.
async fn restore(p: &impl Platform, bytes: &[u8]) -> Result<Done, Notice> {
    let (length, rest) = bytes.split_first_chunk::<4>().ok_or(Notice::Malformed)?;
    let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| Notice::Malformed)?;
    let (words, packed) = rest.split_at_checked(length).ok_or(Notice::Malformed)?;
    let contents: Contents = bundle::unpack(packed).map_err(|_| Notice::Malformed)?.contents;
    // On the day of a recovery, the code on paper may be all that there is.
    let code = std::str::from_utf8(words).ok().and_then(|text| RecoveryCode::from_text(text).ok());
    let key = match &code {
        Some(code) => store::create(p, &[("", NewUnlockMethod::Recovery(code))], &contents).await,
        None => {
            let passphrase = unlock_methods::old_passphrase(&Zeroizing::new(words.to_vec()))?;
            store::create(p, &[("", NewUnlockMethod::Passphrase(&passphrase))], &contents).await
        }
    }
    .map_err(sentence)?;
    guard::prove(p).await;
    unlock_methods::keep_open(p, &key).await?;
    Ok((Some(Notice::Restored), None))
}
