//! Sync, as a person switches it on and off, and as it runs by itself.

use zeroize::Zeroizing;

use super::copies::Done;
use super::sentences::{outage, sentence};
use super::{change_if, guard, unlock_methods};
use crate::protocol::{Notice, SyncState, SyncView};
use ::sync::sync_store::{ENDED_KEYS, JOIN_RECORD, PREFIX};
use ::sync::{self, Item, JoinRecord, Membership, SyncStore, quota};
use kdf::Passphrase;
use platform::{Outage, Platform, Store};
use std::collections::BTreeSet;
use strict_json::{Map, Value};
use vault::sharing::{self, SETTING};
use vault::{Record, SlotId, SlotType, VaultError, VaultKey, session, store};

/// There while sync is on, so that the worker need not wake the core for nothing. Local storage; says nothing else.
const MARK: &str = "v1.sync";
/// What the last attempt came to. Session storage.
const STATUS: &str = "sync";

/// Browsers count the writes of a minute, and of an hour.
const AGAIN_MS: u64 = 60_000;

/// How it stands.
pub(super) async fn view(p: &impl Platform) -> SyncView {
    let Ok(key) = session::key(p).await else { return SyncView::default() };
    match membership(p, &key).await {
        None => {
            let joinable = p.synced().await.is_ok_and(|items| join_record(&items).is_some());
            return SyncView { joinable, ..SyncView::default() };
        }
        Some((Membership::Out, _)) => return SyncView { state: SyncState::Other, ..SyncView::default() },
        Some(_) => {}
    }
    let text = p.get_one(Store::Session, STATUS).await.ok().flatten();
    let last = text.and_then(|text| strict_json::read(&text));
    last.unwrap_or(SyncView { state: SyncState::On, ..SyncView::default() })
}

/// Whether this browser is in, and the setting that says so.
async fn membership(p: &impl Platform, key: &VaultKey) -> Option<(Membership, Value)> {
    let contents = store::open(p, key).await.ok()?;
    let own = unlock_methods::header(p).await?;
    Some((SyncStore::from_settings(&contents.settings, &own, key)?, contents.settings.get(SETTING)?.clone()))
}

/// Whether nobody could join any more if this vault lost that unlock method.
pub(super) async fn rests_on(p: &impl Platform, key: &VaultKey, slot: SlotId) -> bool {
    match (membership(p, key).await, unlock_methods::header(p).await) {
        (Some((Membership::In(sync_store), _)), Some(own)) => sync_store.rests_on(slot, &own),
        _ => false,
    }
}

/// Begins: makes a sync store, whose join record that passphrase of this vault opens. It shows that it is them, too.
pub(super) async fn begin(p: &impl Platform, bytes: &Zeroizing<Vec<u8>>) -> Result<Done, Notice> {
    let key = session::key(p).await.map_err(sentence)?;
    let header = unlock_methods::header(p).await.ok_or(Notice::Gone)?;
    if !header.slots.iter().any(|slot| slot.slot_type() == Some(SlotType::Passphrase)) {
        return Err(Notice::SyncNeedsPassphrase);
    }
    let passphrase = unlock_methods::old_passphrase(bytes)?;
    let items = p.synced().await.map_err(outage)?;
    if join_record(&items).is_some() {
        return Err(Notice::SyncThere);
    }
    begin_by(p, &key, &passphrase).await?;
    Ok((Some(Notice::SyncBegun), None))
}

async fn begin_by(p: &impl Platform, key: &VaultKey, passphrase: &Passphrase) -> Result<(), Notice> {
    let (sync_store, join_record) = SyncStore::make(p, key, passphrase).await.map_err(sentence)?;
    must_be_current(p, key, &sync_store).await?;
    p.sync(&[(JOIN_RECORD, Some(&join_record))]).await.map_err(outage)?;
    enter(p, key, &sync_store).await
}

/// An early version began it, and let others join with the vault's own key: the passphrase that was just typed gives
/// them another.
pub(super) async fn convert(p: &impl Platform, key: &VaultKey, passphrase: &[u8]) {
    let Ok(contents) = store::open(p, key).await else { return };
    let is_early = contents.settings.get(SETTING).is_some_and(|kept| kept.get("door").is_some());
    // Nothing begins anew that was erased, and nothing of another's or of a later copy is written over.
    let Some(own) = unlock_methods::header(p).await.map(|header| header.place()) else { return };
    let items = p.synced().await.unwrap_or_default();
    let record = join_record(&items).and_then(|record| Record::from_text(record).ok());
    let is_ours = record.is_some_and(|record| {
        let theirs = record.header().place();
        theirs.vault == own.vault && theirs.key_epoch <= own.key_epoch
    });
    if is_early && is_ours && guard::may_sync(p).await.is_ok() {
        // Should it fail, it is tried again when the vault is opened the next time.
        let _ = begin_by(p, key, &Passphrase::new(passphrase.to_vec())).await;
    }
}

/// Joins what another browser began.
pub(super) async fn join(p: &impl Platform, bytes: &Zeroizing<Vec<u8>>) -> Result<Done, Notice> {
    let key = guard::proved(p).await?;
    let passphrase = unlock_methods::old_passphrase(bytes)?;
    let items = p.synced().await.map_err(outage)?;
    let record = join_record(&items).ok_or(Notice::SyncMissing)?;
    let record = Record::from_text(record).map_err(sentence)?;
    let own = unlock_methods::header(p).await.ok_or(Notice::Gone)?.place();
    let theirs = record.header().place();
    // A copy of this vault may have renewed its key, too: then it is that one's.
    let is_ours = theirs.key_epoch < own.key_epoch
        || record.header().is_under(&sharing::derive_key(&key, own))
        || record.header().is_under(&key);
    if theirs.vault == own.vault && is_ours {
        // What this vault began itself: its passphrase of today counts, and not the one of then.
        begin_by(p, &key, &passphrase).await?;
    } else {
        let sync_store = SyncStore::join(p, &record, &passphrase).await.map_err(|error| match error {
            VaultError::OtherKey => Notice::SyncMissing,
            other => sentence(other),
        })?;
        must_be_current(p, &key, &sync_store).await?;
        enter(p, &key, &sync_store).await?;
    }
    Ok((Some(Notice::SyncJoined), None))
}

/// Nobody goes back to a key that is known to be over.
async fn must_be_current(p: &impl Platform, key: &VaultKey, sync_store: &SyncStore) -> Result<(), Notice> {
    let contents = store::open(p, key).await.map_err(sentence)?;
    if sync_store.is_outdated(&contents.settings) { Err(Notice::SyncOver) } else { Ok(()) }
}

/// Stops here, and with `erase` for all browsers.
pub(super) async fn stop(p: &impl Platform, erase: bool) -> Result<Done, Notice> {
    let key = guard::proved(p).await?;
    if erase {
        remove_all(p).await.map_err(outage)?;
    }
    let stopped = change_if(p, &key, |contents| contents.settings.shift_remove(SETTING).map(|_| ()));
    stopped.await.map_err(sentence)?;
    if erase {
        // What a sync that was under way has stored since.
        let _ = remove_all(p).await;
    }
    p.set(Store::Local, &[(MARK, None)]).await.map_err(outage)?;
    Ok((Some(Notice::SyncStopped), None))
}

/// Removes everything of ours from the store.
async fn remove_all(p: &impl Platform) -> Result<(), Outage> {
    let items = p.synced().await?;
    let ours: Vec<_> =
        items.iter().filter(|(name, _)| name.starts_with(PREFIX)).map(|(name, _)| (name.as_str(), None)).collect();
    if ours.is_empty() { Ok(()) } else { p.sync(&ours).await }
}

/// Whether this browser is in no more.
async fn is_off(p: &impl Platform, key: &VaultKey) -> bool {
    let contents = store::open(p, key).await;
    contents.is_ok_and(|c| c.settings.get(SETTING).is_none_or(|kept| kept.get("out").is_some()))
}

/// The vault was opened: whoever did that syncs, see [`sync()`]. That may be a popup, which closes at any moment; then the
/// alarm sees to it.
pub(super) async fn make_due(p: &impl Platform) {
    if matches!(p.get_one(Store::Local, MARK).await, Ok(Some(_))) {
        p.sync_at(Some(p.now_ms() + AGAIN_MS));
    }
}

/// Takes over what other browsers stored, and stores what they lack. Does
/// nothing while the vault is closed or sync is off.
pub async fn sync(p: &impl Platform) {
    let Ok(key) = session::key(p).await else { return };
    let Some(membership) = membership(p, &key).await else { return };
    if !guard::policy(p).await.allows_sync() {
        return;
    }
    // Where a vault was put back nobody has set it yet.
    if p.get_one(Store::Local, MARK).await == Ok(None) {
        let _ = p.set(Store::Local, &[(MARK, Some("on"))]).await;
    }
    let (state, left) = run(p, &key, membership).await.unwrap_or_else(|outage| match outage {
        Outage::Busy => (SyncState::Busy, 0),
        _ => (SyncState::Failed, 0),
    });
    let again = matches!(state, SyncState::Failed | SyncState::Busy);
    p.sync_at(again.then(|| p.now_ms() + AGAIN_MS));
    let view = SyncView { state, left, at_ms: Some(p.now_ms()), joinable: false };
    let _ = p.set(Store::Session, &[(STATUS, Some(&strict_json::write(&view)))]).await;
}

async fn run(
    p: &impl Platform,
    key: &VaultKey,
    (membership, before): (Membership, Value),
) -> Result<(SyncState, u32), Outage> {
    const OTHER: (SyncState, u32) = (SyncState::Other, 0);
    let mut stored = p.synced().await?;
    if let Membership::In(sync_store) = &membership
        && sync_store.is_over(&stored)
    {
        return replace(p, key, &before, |settings| sync_store.end(settings)).await.map(|()| OTHER);
    }
    let Some(join_record) = join_record(&stored) else { return Ok((SyncState::Gone, 0)) };
    let Ok(join_record) = Record::from_text(join_record) else { return Ok(OTHER) };
    let sync_store = match membership {
        Membership::In(sync_store) => sync_store,
        Membership::Out => return Ok(OTHER),
        Membership::Early(vault, early) => match SyncStore::from_early(vault, &early, &join_record) {
            Some(sync_store) => {
                replace(p, key, &before, |settings| sync_store.keep(settings)).await?;
                sync_store
            }
            None => return replace(p, key, &before, SyncStore::leave).await.map(|()| OTHER),
        },
    };
    match sync_store.look(&join_record) {
        JoinRecord::Own => {}
        JoinRecord::Outdated => {
            let Some(join_record) = sync_store.join_record() else { return Ok(OTHER) };
            // What lies in the store under an older key does not open any more, and is stored anew.
            let lost = stored.iter().filter(|(name, sealed)| is_lost(&sync_store, name, sealed));
            let lost: Vec<_> = lost.map(|(name, _)| (name.as_str(), None)).collect();
            // Browsers store first and remove then, and there may be no room for both.
            if !lost.is_empty() {
                p.sync(&lost).await?;
            }
            p.sync(&[(JOIN_RECORD, Some(join_record))]).await?;
            replace(p, key, &before, |settings| sync_store.keep(settings)).await?;
            stored = p.synced().await?;
        }
        JoinRecord::Foreign => return Ok(OTHER),
    }
    if let Some(ended) = sync_store.ended_keys(&stored) {
        match p.sync(&[(ENDED_KEYS, Some(&ended))]).await {
            // Whoever does not hear of it reads the join record all the same, and goes on no more.
            Ok(()) | Err(Outage::Full) => stored = p.synced().await?,
            Err(other) => return Err(other),
        }
    }
    let items: Vec<Item> = stored.iter().map(|(name, sealed)| sync_store.open(name, sealed)).collect();
    let sync_records = items.iter().filter_map(|item| match item {
        Item::SyncRecord(sync_record) => Some(sync_record.clone()),
        _ => None,
    });
    let merged = change_if(p, key, |contents| {
        let before = contents.clone();
        let changed = sync::merge(contents, sync_records);
        contents.keep_what_expired(&before, p.now_ms());
        contents.note_elsewhere(&before, p.now_ms());
        changed.then_some(())
    });
    merged.await.map_err(|_| Outage::Storage)?;
    let contents = store::open(p, key).await.map_err(|_| Outage::Storage)?;
    // Switched off meanwhile: what is removed after that is nobody else's business.
    if contents.settings.get(SETTING).is_none_or(|kept| kept.get("out").is_some()) {
        return Ok(OTHER);
    }
    let missing = sync::missing(&contents, &items);
    let sealed: Result<Vec<_>, _> = missing.iter().map(|sync_record| sync_store.seal(p, sync_record)).collect();
    let sealed = sealed.map_err(|_| Outage::Storage)?;
    let there = stored.iter().zip(&items).filter(|(_, item)| matches!(item, Item::SyncRecord(it) if it.lies_aside()));
    let new = sealed.iter().zip(&missing).filter(|(_, sync_record)| sync_record.lies_aside());
    let spare: BTreeSet<String> =
        there.map(|((name, _), _)| name).chain(new.map(|((name, _), _)| name)).cloned().collect();
    let (fitting, left) = quota::fit(&stored, sealed, |name| spare.contains(name));
    let writes = fitting.iter().map(|(name, sealed)| (name.as_str(), sealed.as_deref()));
    let (removals, items): (Vec<_>, Vec<_>) = writes.partition(|(_, sealed)| sealed.is_none());
    if !removals.is_empty() {
        p.sync(&removals).await?;
    }
    let left = left + put(p, &items).await?.iter().filter(|(name, _)| !spare.contains(*name)).count();
    // Erased meanwhile: what was stored since is of nobody any more.
    if is_off(p, key).await && self::join_record(&p.synced().await?).is_none() {
        remove_all(p).await?;
        return Ok(OTHER);
    }
    let state = if left > 0 { SyncState::Full } else { SyncState::On };
    Ok((state, u32::try_from(left).unwrap_or(u32::MAX)))
}

/// Keeps what was found out, unless a person has changed the setting meanwhile.
async fn replace(p: &impl Platform, key: &VaultKey, before: &Value, by: impl FnOnce(&mut Map)) -> Result<(), Outage> {
    let kept = change_if(p, key, |contents| {
        (contents.settings.get(SETTING) == Some(before)).then(|| by(&mut contents.settings))
    });
    kept.await.map(|_| ()).map_err(|_| Outage::Storage)
}

fn is_lost(sync_store: &SyncStore, name: &str, sealed: &str) -> bool {
    let is_item = name.starts_with(PREFIX) && name != JOIN_RECORD && name != ENDED_KEYS;
    is_item && matches!(sync_store.open(name, sealed), Item::Foreign)
}

/// Stores items in as few writes as can be; those that found no room. Not every
/// browser counts the bytes as [`quota`] does, and of a write too many it takes nothing.
async fn put<'a>(
    p: &impl Platform,
    mut items: &'a [(&'a str, Option<&'a str>)],
) -> Result<&'a [(&'a str, Option<&'a str>)], Outage> {
    let mut max = items.len();
    while !items.is_empty() {
        let (now, later) = items.split_at(max.min(items.len()));
        match p.sync(now).await {
            Ok(()) => items = later,
            Err(Outage::Full) if now.len() > 1 => max = now.len() / 2,
            Err(Outage::Full) => return Ok(items),
            Err(other) => return Err(other),
        }
    }
    Ok(items)
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
