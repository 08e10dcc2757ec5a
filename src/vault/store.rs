//! The two-generation store.
//!
//! Two full records lie in the local store and a third in the mirror. A save
//! overwrites the older local one, reads it back, and only then touches the
//! mirror, so at every instant at least two copies are untouched. A save is an
//! operation applied to the newest contents under the lock, never a state that
//! a caller carried around.

use zeroize::Zeroizing;

use super::aside::{self, Unopened};
use super::attempts;
use super::contents::Contents;
use super::crypto::VaultKey;
use super::device;
use super::diagnostics;
use super::error::{Damage, Holds, VaultError};
use super::folder;
use super::header::Header;
use super::key_slots::{self, NewUnlockMethod, Unlock};
use super::record::{Fresh, Record};
use super::rollback_marker::RollbackMarker;
use super::slot::{KeySlot, VaultId};
use super::storage_scan::{Best, Spot, StorageScan, keys};
use platform::{Outage, Platform, Store};

/// The newest sound copy of the vault, or why there is none; [`VaultError::None`] is the only answer after which
/// [`create`] works. Needs no key and writes nothing.
pub async fn newest<P: Platform>(p: &P) -> Result<Record, VaultError> {
    StorageScan::take(p).await.newest().cloned()
}

/// Every copy as it lies in the stores, for export from the recovery screen:
/// lines of a key and a record in base64, and what [`bury`] put away before.
pub async fn export_raw<P: Platform>(p: &P) -> String {
    let mut text = read_buried(p).await.unwrap_or_default();
    for (key, piece) in StorageScan::take(p).await.pieces() {
        text.push_str(&format!("{} {key} {piece}\n", p.now_ms()));
    }
    text
}

/// Makes a vault where there never was one.
pub async fn create<P: Platform>(
    p: &P,
    unlock_methods: &[(&str, NewUnlockMethod<'_>)],
    contents: &Contents,
) -> Result<VaultKey, VaultError> {
    let _lock = p.lock().await?;
    let storage_scan = StorageScan::take(p).await;
    match storage_scan.newest() {
        Err(VaultError::None) => {}
        Err(error @ VaultError::Outage(_)) => return Err(error),
        _ => return Err(VaultError::Exists),
    }
    let key = make_key(p)?;
    let mut vault_id = VaultId([0; 16]);
    p.random(&mut vault_id.0)?;
    let mut header = Header::first(vault_id);
    header.slots = key_slots::make_slots(p, header.place(), unlock_methods, &key).await?;
    if !header.has_safe_unlock_method() {
        return Err(VaultError::LastSlot);
    }
    let mark = RollbackMarker::of(&header, &key);
    commit(p, &storage_scan, storage_scan.to_overwrite(None), mark, header, &key, contents).await?;
    Ok(key)
}

/// Opens the vault with what the person has, at the pace that [`attempts`] allows.
pub async fn unlock<P: Platform>(p: &P, unlock: &Unlock<'_>) -> Result<(VaultKey, Contents), VaultError> {
    let (key, contents) = unwrap(p, unlock).await?;
    Ok((key, contents?))
}

/// [`unlock`] in two answers: whether the person may come in, and what the
/// stores say to that. With the key, [`settle`] can go on where they disagree.
pub async fn unwrap<P: Platform>(
    p: &P,
    unlock: &Unlock<'_>,
) -> Result<(VaultKey, Result<Contents, VaultError>), VaultError> {
    let _lock = p.lock().await?;
    let storage_scan = StorageScan::take(p).await;
    storage_scan.newest()?;
    if unlock.is_typed() {
        attempts::spend(p).await?;
    }
    let key = key_slots::unwrap_newest(p, &storage_scan.sound(), unlock).await;
    // The store that is silent may hold the record that this does open.
    let key = match (key, storage_scan.unreadable()) {
        (Err(VaultError::Wrong(_)), Some(outage)) => Err(outage.into()),
        (key, _) => key,
    };
    if unlock.is_typed() {
        attempts::conclude(p, &key).await;
    }
    let key = key?;
    let contents = open_and_mend(p, &key).await;
    Ok((key, contents))
}

/// What [`settle`] would take for the truth: its header and contents. Writes nothing.
pub async fn proposal<P: Platform>(p: &P, key: &VaultKey) -> Option<(Header, Contents)> {
    let best = StorageScan::take(p).await.newest_under(key)?;
    Some((best.record.header().clone(), Contents::decode(&best.json).ok()?))
}

/// The contents, by the unlocked key. Mends copies that are damaged or behind.
pub async fn open<P: Platform>(p: &P, key: &VaultKey) -> Result<Contents, VaultError> {
    let storage_scan = StorageScan::take(p).await;
    if let Ok(best) = storage_scan.best(key)
        && storage_scan.to_mend(&best).is_empty()
        && storage_scan.reseal.is_none()
    {
        return Contents::decode(&best.json);
    }
    // Something is amiss, or a save was under way between two looks; look again alone.
    let _lock = p.lock().await?;
    open_and_mend(p, key).await
}

/// The caller holds the lock.
async fn open_and_mend<P: Platform>(p: &P, key: &VaultKey) -> Result<Contents, VaultError> {
    let storage_scan = StorageScan::take(p).await;
    let best = storage_scan.best(key)?;
    let contents = Contents::decode(&best.json)?;
    mend(p, &storage_scan, &best, key).await;
    if let Some(due) = &storage_scan.reseal {
        aside::resume(p, best.record.header(), due).await;
    }
    remember(p, &RollbackMarker::of(best.record.header(), key)).await;
    Ok(contents)
}

/// Applies an operation to the newest contents and saves the result.
///
/// If the operation refuses, nothing is written. Success means that the new
/// record was read back from the local store as it was written.
pub async fn change<P, R, E>(
    p: &P,
    key: &VaultKey,
    operation: impl FnOnce(&mut Contents) -> Result<R, E>,
) -> Result<R, E>
where
    P: Platform,
    E: From<VaultError>,
{
    let (mut operation, mut outcome) = (Some(operation), None);
    let by = &mut |contents: &mut Contents| {
        outcome = operation.take().map(|operation| operation(contents));
        matches!(outcome, Some(Ok(_)))
    };
    change_by(p, key, by).await?;
    // Whoever comes here has been asked.
    outcome.unwrap_or_else(|| Err(VaultError::from(Damage::Body).into()))
}

/// The same for an operation that answers whether its result is to be saved. One kind of
/// operation, because each would bring a copy of all this along.
pub async fn change_by<P: Platform>(
    p: &P,
    key: &VaultKey,
    operation: &mut dyn FnMut(&mut Contents) -> bool,
) -> Result<(), VaultError> {
    let _lock = p.lock().await?;
    let storage_scan = StorageScan::take(p).await;
    let best = best_to_change(&storage_scan, key)?;
    let mut contents = Contents::decode(&best.json)?;
    if operation(&mut contents) {
        let header = best.record.header().clone();
        let mark = RollbackMarker::of(&header, key);
        commit(p, &storage_scan, storage_scan.to_overwrite(Some(&best)), mark, header, key, &contents).await?;
    }
    Ok(())
}

/// The unlock methods, while they are being changed; nobody else can meanwhile.
pub(crate) struct Revision<P: Platform> {
    _lock: P::Lock,
    storage_scan: StorageScan,
    best: Best,
    pub(crate) contents: Contents,
    mark: RollbackMarker,
    /// Under which it is, until it is saved.
    key: VaultKey,
    /// What is to be changed.
    pub(crate) header: Header,
}

impl<P: Platform> Revision<P> {
    pub(crate) async fn begin(p: &P, key: &VaultKey) -> Result<Self, VaultError> {
        let lock = p.lock().await?;
        let storage_scan = StorageScan::take(p).await;
        let best = best_to_change(&storage_scan, key)?;
        let contents = Contents::decode(&best.json)?;
        let header = best.record.header().clone();
        if let Some(due) = &storage_scan.reseal {
            aside::resume(p, &header, due).await;
        }
        let (mark, key) = (RollbackMarker::of(&header, key), VaultKey::from_bytes(key.expose()));
        Ok(Self { _lock: lock, mark, key, storage_scan, best, contents, header })
    }

    /// Saves the result under the key everywhere, so that no copy keeps the old ones, nor one that lies aside.
    pub(crate) async fn save(self, p: &P, key: &VaultKey) -> Result<(), VaultError> {
        self.save_with(p, key, Unopened::Dropped).await
    }

    /// [`Revision::save`] for what no person has done: of what lies aside nothing is lost.
    pub(crate) async fn save_keeping(self, p: &P, key: &VaultKey) -> Result<(), VaultError> {
        // What a person wants to be gone goes first.
        if aside::is_due(p).await {
            return Err(VaultError::Outage(Outage::Storage));
        }
        self.save_with(p, key, Unopened::Kept).await
    }

    async fn save_with(self, p: &P, key: &VaultKey, unopened: Unopened) -> Result<(), VaultError> {
        let Self { storage_scan, best, contents, mark, header, .. } = &self;
        let before = best.record.header();
        if !header.has_safe_unlock_method() {
            device::forget(p, header, before).await;
            return Err(VaultError::LastSlot);
        }
        let reseal = aside::Reseal::prepare(p, &self.key, header, key, unopened).await;
        let saved = commit_everywhere(p, storage_scan, best, *mark, header.clone(), key, contents).await;
        match saved {
            Ok(()) => {
                if let Some(reseal) = reseal {
                    reseal.finish(p).await;
                }
                device::forget(p, before, header).await;
            }
            Err(VaultError::NotSaved { holds: Holds::Old, .. }) => {
                aside::forget(p).await;
                device::forget(p, header, before).await;
            }
            // Unless it is known which of the two is there, the secrets of both are kept.
            Err(_) => {}
        }
        saved
    }
}

/// Takes the newest copy that `key` opens for the truth, after a rollback or
/// beside another vault's record, and makes every store agree. What else lay
/// there is put aside. Only when a person has been told what that means.
pub async fn settle<P: Platform>(p: &P, key: &VaultKey) -> Result<Contents, VaultError> {
    let _lock = p.lock().await?;
    let storage_scan = StorageScan::take(p).await;
    match storage_scan.best(key) {
        Err(VaultError::RolledBack { .. } | VaultError::OtherVault) => {}
        // Nothing to settle, or nothing that settling helps against.
        _ => return open_and_mend(p, key).await,
    }
    let best = storage_scan.newest_under(key).ok_or(VaultError::OtherKey)?;
    if let Some(cause) = storage_scan.may_hide_newer(best.record.header().generation) {
        return Err(not_saved(cause));
    }
    let contents = Contents::decode(&best.json)?;
    let mut header = best.record.header().clone();
    // Past everything that was ever acknowledged, lest a store that was out of
    // reach come back and count as newer.
    header.generation = storage_scan
        .rollback_markers()
        .filter(|rollback_marker| rollback_marker.vault == header.vault_id && rollback_marker.is_genuine(key))
        .map(|rollback_marker| rollback_marker.generation)
        .fold(header.generation, u64::max);
    let mark = RollbackMarker::of(&header, key);
    put_aside(p, &storage_scan, &best.record.to_text()).await?;
    // What was copied may be of a state that this one is no later one of.
    p.set(Store::Local, &[(keys::FOLDER, Some(&folder::after(&best.record)))]).await.map_err(not_saved)?;
    commit_everywhere(p, &storage_scan, &best, mark, header, key, &contents).await?;
    diagnostics::count(p, |counts| &mut counts.settled).await;
    Ok(contents)
}

/// Clears the stores for a new vault, and keeps everything that lay in them
/// under another name. Only on the recovery screen, on a person's word.
pub async fn bury<P: Platform>(p: &P) -> Result<(), VaultError> {
    let _lock = p.lock().await?;
    let storage_scan = StorageScan::take(p).await;
    match storage_scan.newest() {
        Err(VaultError::Newer { .. }) => Err(VaultError::Exists),
        _ => clear(p, &storage_scan).await,
    }
}

/// Puts a vault back from a file that [`export_raw`] made, a record as bytes or
/// as text, or, where `file` is empty, from what was put aside. Only where no
/// sound vault is in its way; what is, is put aside. It opens as it did then.
pub async fn restore<P: Platform>(p: &P, file: &[u8]) -> Result<(), VaultError> {
    let _lock = p.lock().await?;
    let storage_scan = StorageScan::take(p).await;
    match storage_scan.newest() {
        Err(VaultError::None | VaultError::Damaged(_) | VaultError::Vanished) => {}
        Err(error @ VaultError::Outage(_)) => return Err(error),
        _ => return Err(VaultError::Exists),
    }
    let record = if file.is_empty() { newest_in(read_buried(p).await?.as_bytes()) } else { newest_in(file) };
    let record = record?;
    let text = record.to_text();
    clear(p, &storage_scan).await?;
    let copied = folder::after(&record);
    let items = [(keys::A, Some(text.as_str())), (keys::B, Some(text.as_str())), (keys::FOLDER, Some(copied.as_str()))];
    p.set(Store::Local, &items).await.map_err(not_saved)?;
    let back = p.get_one(Store::Local, keys::A).await.map_err(not_saved)?;
    if back == Some(text) { Ok(()) } else { Err(not_saved(Outage::Storage)) }
}

/// Whether something lies aside that [`restore`] could put back.
pub async fn has_aside<P: Platform>(p: &P) -> bool {
    read_buried(p).await.is_ok_and(|text| newest_in(text.as_bytes()).is_ok())
}

/// The record of a file; of several, the one that was written last.
pub fn newest_in(file: &[u8]) -> Result<Record, VaultError> {
    let text = std::str::from_utf8(file).unwrap_or_default();
    let mut answer = Record::parse(file.to_vec());
    // The record is the last word of its line.
    for word in text.lines().filter_map(|line| line.split_ascii_whitespace().next_back()) {
        let record = Record::from_text(word);
        let age = |record: &Record| (record.header().written_at_ms, record.header().generation);
        let later = |a: &Record, b: &Record| age(a) > age(b);
        answer = match (record, answer) {
            (Ok(record), Ok(best)) if later(&record, &best) => Ok(record),
            (Ok(record), Err(_)) => Ok(record),
            // Of two refusals the one that says more.
            (Err(VaultError::Newer { major }), Err(_)) => Err(VaultError::Newer { major }),
            (_, answer) => answer,
        };
    }
    answer
}

/// Kept first, cleared afterwards, the chief store last: whatever fails, it is still there.
async fn clear<P: Platform>(p: &P, storage_scan: &StorageScan) -> Result<(), VaultError> {
    // What could not be read can not be kept, and may be the one sound copy.
    if let Some(outage) = storage_scan.unreadable() {
        return Err(outage.into());
    }
    put_aside(p, storage_scan, "").await?;
    let mirror = [(keys::MIRROR, None), (keys::ROLLBACK_MARKER, None)];
    p.set(Store::Mirror, &mirror).await.map_err(not_saved)?;
    let session = [(keys::ROLLBACK_MARKER, None)];
    p.set(Store::Session, &session).await.map_err(not_saved)?;
    let local = [(keys::A, None), (keys::B, None), (keys::EXISTS, None), (keys::CAPTURE, None), (keys::FOLDER, None)];
    p.set(Store::Local, &local).await.map_err(not_saved)
}

/// Keeps every copy but `except` under another name, where nothing overwrites it.
async fn put_aside<P: Platform>(p: &P, storage_scan: &StorageScan, except: &str) -> Result<(), VaultError> {
    let mut text = read_buried(p).await.map_err(not_saved)?;
    let before = text.len();
    for (key, piece) in storage_scan.pieces() {
        // The same piece does not lie there twice, however often this is tried.
        if piece != except && !text.contains(piece) {
            text.push_str(&format!("{} {key} {piece}\n", p.now_ms()));
        }
    }
    if text.len() == before {
        return Ok(());
    }
    p.set(Store::Local, &[(keys::BURIED, Some(text.as_str()))]).await.map_err(not_saved)?;
    match read_buried(p).await.map_err(not_saved)? == text {
        true => Ok(()),
        false => Err(not_saved(Outage::Storage)),
    }
}

pub(crate) async fn read_buried<P: Platform>(p: &P) -> Result<String, Outage> {
    Ok(p.get_one(Store::Local, keys::BURIED).await?.unwrap_or_default())
}

/// The newest copy, if it is certain to be.
fn best_to_change(storage_scan: &StorageScan, key: &VaultKey) -> Result<Best, VaultError> {
    let best = storage_scan.best(key)?;
    match storage_scan.may_hide_newer(best.record.header().generation) {
        Some(cause) => Err(not_saved(cause)),
        None => Ok(best),
    }
}

/// [`commit`], and then the other local slot too, so that no copy keeps what was there.
async fn commit_everywhere<P: Platform>(
    p: &P,
    storage_scan: &StorageScan,
    best: &Best,
    mark: RollbackMarker,
    header: Header,
    key: &VaultKey,
    contents: &Contents,
) -> Result<(), VaultError> {
    let spot = storage_scan.to_overwrite(Some(best));
    let record = commit(p, storage_scan, spot, mark, header, key, contents).await?;
    let other = if spot == Spot::A { Spot::B } else { Spot::A };
    // Best effort: if it fails, opening the vault sees the difference and mends it.
    let text = record.to_text();
    let _ = p.set(Store::Local, &[(other.key(), Some(text.as_str()))]).await;
    Ok(())
}

/// Seals `contents` as the next generation and writes it to `spot`. `mark` is the rollback marker
/// of the generation before: should the store tear the write, the mark beside
/// the record must not promise a generation that never was.
async fn commit<P: Platform>(
    p: &P,
    storage_scan: &StorageScan,
    spot: Spot,
    mark: RollbackMarker,
    mut header: Header,
    key: &VaultKey,
    contents: &Contents,
) -> Result<Record, VaultError> {
    header.generation = header.generation.checked_add(1).ok_or(VaultError::TooLarge)?;
    header.written_at_ms = p.now_ms();
    header.writer = env!("CARGO_PKG_VERSION").to_owned();
    let json = contents.encode();
    let record = Record::seal(header, make_fresh(p)?, key, json.as_bytes()).ok_or(VaultError::TooLarge)?;
    let text = record.to_text();
    self_test(&text, key, json.as_bytes())?;

    if !is_unchanged(p, storage_scan).await? {
        return Err(VaultError::Conflict);
    }
    let mark = mark.to_text();
    let items = [(spot.key(), Some(text.as_str())), (keys::EXISTS, Some(mark.as_str()))];
    let refused = p.set(Store::Local, &items).await.err();
    let confirmed = confirm(p, spot, &text, &record, refused).await;
    if confirmed.is_ok() || confirmed.is_err_and(holds_new) {
        let rollback_marker = RollbackMarker::of(record.header(), key);
        write_mirror(p, &text, &rollback_marker).await;
        remember(p, &rollback_marker).await;
    }
    confirmed.map(|()| record)
}

/// A record that cannot be read back from its own text is not written.
fn self_test(text: &str, key: &VaultKey, json: &[u8]) -> Result<(), VaultError> {
    let opened = Record::from_text(text)?.open(key)?;
    if opened.as_slice() == json { Ok(()) } else { Err(Damage::Body.into()) }
}

/// The compare of compare-and-swap: whether the local store still holds what
/// the operation was applied to. The lock makes it superfluous; it is here for
/// the day on which the lock fails.
async fn is_unchanged<P: Platform>(p: &P, storage_scan: &StorageScan) -> Result<bool, VaultError> {
    let now = p.get(Store::Local, &[keys::A, keys::B]).await.map_err(not_saved)?;
    let seen = [storage_scan.a.text(), storage_scan.b.text()];
    Ok(now.iter().map(Option::as_deref).eq(seen))
}

/// Reads back what was written; the store's word alone is not enough, for good or ill.
async fn confirm<P: Platform>(
    p: &P,
    spot: Spot,
    text: &str,
    record: &Record,
    refused: Option<Outage>,
) -> Result<(), VaultError> {
    let cause = refused.unwrap_or(Outage::Storage);
    let Ok(back) = p.get_one(Store::Local, spot.key()).await else {
        return Err(VaultError::NotSaved { cause, holds: Holds::Unknown });
    };
    match (back.as_deref() == Some(text), refused) {
        (true, None) => Ok(()),
        (true, Some(cause)) => Err(VaultError::NotSaved { cause, holds: Holds::New }),
        (false, _) => {
            let other = back.and_then(|back| Record::from_text(&back).ok());
            let overtaken = other.is_some_and(|other| other.header().generation >= record.header().generation);
            Err(if overtaken { VaultError::Conflict } else { VaultError::NotSaved { cause, holds: Holds::Old } })
        }
    }
}

/// The mirror may be out of reach (private windows); the save stands without it.
async fn write_mirror<P: Platform>(p: &P, text: &str, rollback_marker: &RollbackMarker) {
    let rollback_marker = rollback_marker.to_text();
    let items = [(keys::MIRROR, Some(text)), (keys::ROLLBACK_MARKER, Some(rollback_marker.as_str()))];
    if p.set(Store::Mirror, &items).await.is_err() {
        diagnostics::count(p, |counts| &mut counts.mirror_missed).await;
    }
}

/// Best effort throughout: the vault is open, and a full disk must not close it.
async fn mend<P: Platform>(p: &P, storage_scan: &StorageScan, best: &Best, key: &VaultKey) {
    let text = best.record.to_text();
    let rollback_marker = RollbackMarker::of(best.record.header(), key);
    for spot in storage_scan.to_mend(best) {
        if spot == Spot::Mirror {
            write_mirror(p, &text, &rollback_marker).await;
        } else {
            let mark = rollback_marker.to_text();
            let items = [(spot.key(), Some(text.as_str())), (keys::EXISTS, Some(&mark))];
            let _ = p.set(Store::Local, &items).await;
        }
        diagnostics::count(p, |counts| counts.mended(spot, storage_scan.at(spot))).await;
    }
}

async fn remember<P: Platform>(p: &P, rollback_marker: &RollbackMarker) {
    let _ = p.set(Store::Session, &[(keys::ROLLBACK_MARKER, Some(&rollback_marker.to_text()))]).await;
}

pub(crate) fn make_key<P: Platform>(p: &P) -> Result<VaultKey, Outage> {
    let mut bytes = Zeroizing::new([0; 32]);
    p.random(bytes.as_mut_slice())?;
    Ok(VaultKey::from_bytes(&bytes))
}

pub(crate) fn make_fresh<P: Platform>(p: &P) -> Result<Fresh, Outage> {
    let mut fresh = Fresh { body_salt: [0; 32], body_nonce: [0; 12] };
    p.random(&mut fresh.body_salt)?;
    p.random(&mut fresh.body_nonce)?;
    Ok(fresh)
}

const fn holds_new(error: VaultError) -> bool {
    matches!(error, VaultError::NotSaved { holds: Holds::New, .. })
}

fn not_saved(cause: Outage) -> VaultError {
    VaultError::NotSaved { cause, holds: Holds::Old }
}

impl Header {
    /// Of a vault that has not been written yet.
    pub fn first(vault_id: VaultId) -> Self {
        Self {
            minor: 0,
            vault_id,
            generation: 0,
            key_epoch: 0,
            written_at_ms: 0,
            writer: String::new(),
            body_salt: [0; 32],
            commitment: [0; 32],
            slots: Vec::<KeySlot>::new(),
            later: Vec::new(),
        }
    }
}
