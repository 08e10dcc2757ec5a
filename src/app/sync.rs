//! Sync, as a person switches it on and off, and as it runs by itself.

use zeroize::Zeroizing;

use super::copies::Done;
use super::sentences::{outage, sentence};
use super::{change_if, guard, unlock_methods};
use crate::protocol::{Notice, SyncState, SyncView};
use ::sync::sync_store::{JOIN_RECORD, PREFIX, SETTING};
use ::sync::{self, Item, JoinRecord, SyncStore, quota};
use platform::{Outage, Platform, Store};
use vault::{Header, SlotId, VaultError, VaultKey, session, store};

/// There while sync is on, so that the worker need not wake the core for nothing. Local storage; says nothing else.
const MARK: &str = "v1.sync";
/// What the last attempt came to. Session storage.
const STATUS: &str = "sync";

/// Browsers count the writes of a minute, and of an hour.
const AGAIN_MS: u64 = 60_000;

/// Every state, by the number under which its name is kept.
const STATES: [SyncState; 7] = [
    SyncState::Off,
    SyncState::On,
    SyncState::Full,
    SyncState::Gone,
    SyncState::Other,
    SyncState::Failed,
    SyncState::Busy,
];

/// Reads what the last attempt came to: state, left, time.
fn from_text(text: &str) -> Option<SyncView> {
    let mut parts = text.split(' ');
    Some(SyncView {
        state: STATES.get(parts.next()?.parse::<usize>().ok()?).copied()?,
        left: parts.next()?.parse().ok()?,
        at_ms: Some(parts.next()?.parse().ok()?),
        joinable: false,
    })
}

/// How it stands.
pub(super) async fn view(p: &impl Platform) -> SyncView {
    let Ok(key) = session::key(p).await else { return SyncView::default() };
    if sync_store(p, &key).await.is_none() {
        let joinable = p.synced().await.is_ok_and(|items| join_record(&items).is_some());
        return SyncView { joinable, ..SyncView::default() };
    }
    let text = p.get(Store::Session, &[STATUS]).await.ok().and_then(|mut values| values.pop().flatten());
    text.as_deref().and_then(from_text).unwrap_or(SyncView { state: SyncState::On, ..SyncView::default() })
}

/// The sync store that this browser is in, and the header of its own vault.
async fn sync_store(p: &impl Platform, key: &VaultKey) -> Option<(SyncStore, Header)> {
    let contents = store::open(p, key).await.ok()?;
    let own = unlock_methods::header(p).await?;
    Some((SyncStore::from_settings(&contents.settings, &own, key)?, own))
}

/// Whether nobody could join any more if this vault lost that unlock method.
pub(super) async fn rests_on(p: &impl Platform, key: &VaultKey, slot: SlotId) -> bool {
    sync_store(p, key).await.is_some_and(|(sync_store, own)| sync_store.rests_on(slot, &own))
}

/// Begins: makes a sync store, with a join record that this vault's passphrases open.
pub(super) async fn begin(p: &impl Platform) -> Result<Done, Notice> {
    let key = guard::proved(p).await?;
    let items = p.synced().await.map_err(outage)?;
    if join_record(&items).is_some() {
        return Err(Notice::SyncThere);
    }
    let (sync_store, new_join_record) = SyncStore::make(p, &key).await.map_err(|error| match error {
        VaultError::NoSuchSlot => Notice::SyncNeedsPassphrase,
        other => sentence(other),
    })?;
    p.sync(&[(JOIN_RECORD, Some(&new_join_record))]).await.map_err(outage)?;
    enter(p, &key, &sync_store).await?;
    Ok((Some(Notice::SyncBegun), None))
}

/// Joins what another browser began.
pub(super) async fn join(p: &impl Platform, bytes: &Zeroizing<Vec<u8>>) -> Result<Done, Notice> {
    let key = guard::proved(p).await?;
    let passphrase = unlock_methods::old_passphrase(bytes)?;
    let items = p.synced().await.map_err(outage)?;
    let join_record = join_record(&items).ok_or(Notice::SyncMissing)?;
    let own = unlock_methods::header(p).await.ok_or(Notice::Gone)?;
    let sync_store = SyncStore::join(p, &own, join_record, &passphrase).await.map_err(sentence)?;
    enter(p, &key, &sync_store).await?;
    Ok((Some(Notice::SyncJoined), None))
}

/// Stops here, and with `erase` for all browsers.
pub(super) async fn stop(p: &impl Platform, erase: bool) -> Result<Done, Notice> {
    let key = guard::proved(p).await?;
    if erase {
        let items = p.synced().await.map_err(outage)?;
        let ours: Vec<_> =
            items.iter().filter(|(name, _)| name.starts_with(PREFIX)).map(|(name, _)| (name.as_str(), None)).collect();
        p.sync(&ours).await.map_err(outage)?;
    }
    let stopped = change_if(p, &key, |contents| contents.settings.shift_remove(SETTING).map(|_| ()));
    stopped.await.map_err(sentence)?;
    p.set(Store::Local, &[(MARK, None)]).await.map_err(outage)?;
    Ok((Some(Notice::SyncStopped), None))
}

/// The vault was opened: whoever did that syncs, see [`sync`]. That may be a popup, which closes at any moment; then the
/// alarm sees to it.
pub(super) async fn make_due(p: &impl Platform) {
    if p.get(Store::Local, &[MARK]).await.is_ok_and(|values| values.iter().any(Option::is_some)) {
        p.sync_at(Some(p.now_ms() + AGAIN_MS));
    }
}

/// Takes over what other browsers stored, and stores what they lack. Does
/// nothing while the vault is closed or sync is off.
pub async fn sync(p: &impl Platform) {
    let Ok(key) = session::key(p).await else { return };
    let Some((sync_store, own)) = sync_store(p, &key).await else { return };
    if !guard::policy(p).await.allows_sync() {
        return;
    }
    // After a restored backup nobody has set it yet.
    if p.get(Store::Local, &[MARK]).await.is_ok_and(|values| values.iter().all(Option::is_none)) {
        let _ = p.set(Store::Local, &[(MARK, Some("on"))]).await;
    }
    let (state, left) = run(p, &key, &sync_store, &own).await.unwrap_or_else(|outage| match outage {
        Outage::Busy => (SyncState::Busy, 0),
        _ => (SyncState::Failed, 0),
    });
    let again = matches!(state, SyncState::Failed | SyncState::Busy);
    p.sync_at(again.then(|| p.now_ms() + AGAIN_MS));
    let at = STATES.iter().position(|known| *known == state).unwrap_or_default();
    let text = format!("{at} {left} {}", p.now_ms());
    let _ = p.set(Store::Session, &[(STATUS, Some(&text))]).await;
}

async fn run(
    p: &impl Platform,
    key: &VaultKey,
    sync_store: &SyncStore,
    own: &Header,
) -> Result<(SyncState, u32), Outage> {
    let stored = p.synced().await?;
    let Some(join_record) = join_record(&stored) else { return Ok((SyncState::Gone, 0)) };
    match sync_store.look(join_record, own) {
        JoinRecord::Own => {}
        JoinRecord::Outdated => renew(p, key).await?,
        JoinRecord::Other => return Ok((SyncState::Other, 0)),
    }
    let items: Vec<Item> = stored.iter().map(|(name, sealed)| sync_store.open(name, sealed)).collect();
    let sync_records = items.iter().filter_map(|item| match item {
        Item::SyncRecord(sync_record) => Some(sync_record.clone()),
        _ => None,
    });
    let merged = change_if(p, key, |contents| sync::merge(contents, sync_records).then_some(()));
    merged.await.map_err(|_| Outage::Storage)?;
    let contents = store::open(p, key).await.map_err(|_| Outage::Storage)?;
    let missing = sync::missing(&contents, &items);
    let sealed: Result<Vec<_>, _> = missing.iter().map(|sync_record| sync_store.seal(p, sync_record)).collect();
    let (fitting, left) = quota::fit(&stored, sealed.map_err(|_| Outage::Storage)?);
    let items: Vec<_> = fitting.iter().map(|(name, sealed)| (name.as_str(), Some(sealed.as_str()))).collect();
    let left = left + put(p, &items).await?;
    let state = if left > 0 { SyncState::Full } else { SyncState::On };
    Ok((state, u32::try_from(left).unwrap_or(u32::MAX)))
}

/// A new join record, after the passphrases of this vault have changed. If its key has too,
/// nothing that lies in the store opens any more, and all of it is stored anew.
async fn renew(p: &impl Platform, key: &VaultKey) -> Result<(), Outage> {
    let (sync_store, join_record) = SyncStore::make(p, key).await.map_err(|_| Outage::Storage)?;
    p.sync(&[(JOIN_RECORD, Some(&join_record))]).await?;
    keep(p, key, &sync_store).await.map_err(|_| Outage::Storage)
}

/// Stores items in as few writes as can be; how many found no room. Not every
/// browser counts the bytes as [`quota`] does, and of a write too many it takes nothing.
async fn put(p: &impl Platform, mut items: &[(&str, Option<&str>)]) -> Result<usize, Outage> {
    let mut max = items.len();
    while !items.is_empty() {
        let (now, later) = items.split_at(max.min(items.len()));
        match p.sync(now).await {
            Ok(()) => items = later,
            Err(Outage::Full) if now.len() > 1 => max = now.len() / 2,
            Err(Outage::Full) => return Ok(items.len()),
            Err(other) => return Err(other),
        }
    }
    Ok(0)
}

async fn keep(p: &impl Platform, key: &VaultKey, sync_store: &SyncStore) -> Result<(), VaultError> {
    let kept = change_if(p, key, |contents| {
        sync_store.keep(&mut contents.settings);
        Some(())
    });
    kept.await.map(|_| ())
}

/// This browser is in from now on.
async fn enter(p: &impl Platform, key: &VaultKey, sync_store: &SyncStore) -> Result<(), Notice> {
    keep(p, key, sync_store).await.map_err(sentence)?;
    p.set(Store::Local, &[(MARK, Some("on"))]).await.map_err(outage)?;
    sync(p).await;
    Ok(())
}

fn join_record(items: &[(String, String)]) -> Option<&str> {
    items.iter().find(|(name, _)| name == JOIN_RECORD).map(|(_, join_record)| join_record.as_str())
}
