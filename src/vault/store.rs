//! The two-generation store.
//!
//! Two full records lie in the local store and a third in the mirror. A save
//! overwrites the older local one, reads it back, and only then touches the
//! mirror, so at every instant at least two copies are untouched. A save is an
//! operation applied to the newest contents under the lock, never a state that
//! a caller carried around.

use zeroize::Zeroizing;

use super::anchor::Anchor;
use super::attempts;
use super::contents::Contents;
use super::crypto::VaultKey;
use super::diagnostics::{self, Event};
use super::error::{Damage, Holds, VaultError};
use super::header::{Header, MINOR};
use super::record::{Fresh, Record};
use super::slot::{Slot, VaultId};
use super::survey::{Best, Spot, Survey, keys};
use super::ways::{self, NewWay, Unlock};
use crate::platform::{Outage, Platform, Store};

/// Whether there is a vault.
pub enum Presence {
    /// There never was one; the only answer after which [`create`] works.
    None,
    /// There is one; this is its newest sound copy.
    Present(Box<Record>),
    /// There is one, and no copy of it is sound.
    Damaged(Wreck),
    /// It was written by a newer version.
    Newer {
        /// The format it is written in.
        major: u16,
    },
    /// There was one, and every copy of it is gone.
    Vanished,
}

/// What lies in the stores, as it is.
#[derive(Clone)]
pub struct Wreck {
    /// What is wrong with it.
    pub damage: Damage,
    /// Key and text of every copy, sound or not; sealed, so safe to hand out.
    pub pieces: Vec<(&'static str, String)>,
}

/// Whether there is a vault. Needs no key and writes nothing.
pub async fn presence<P: Platform>(p: &P) -> Result<Presence, VaultError> {
    Survey::take(p).await.presence()
}

/// Every copy as it lies in the stores, for export from the recovery screen.
pub async fn export_raw<P: Platform>(p: &P) -> Wreck {
    Survey::take(p).await.wreck(Damage::NotARecord)
}

/// Makes a vault where there never was one.
pub async fn create<P: Platform>(
    p: &P,
    ways: &[(&str, NewWay<'_>)],
    contents: &Contents,
) -> Result<VaultKey, VaultError> {
    let _lock = p.lock().await?;
    let survey = Survey::take(p).await;
    match survey.presence()? {
        Presence::None => {}
        _ => return Err(VaultError::Exists),
    }
    let key = make_key(p)?;
    let mut vault_id = VaultId([0; 16]);
    p.random(&mut vault_id.0)?;
    let mut header = Header::first(vault_id);
    header.slots = ways::make_slots(p, header.place(), ways, &key).await?;
    if !header.has_safe_way_in() {
        return Err(VaultError::LastSlot);
    }
    let mark = Anchor::of(&header, &key);
    commit(p, &survey, mark, header, &key, contents).await?;
    Ok(key)
}

/// Opens the vault with what the person has, at the pace that [`attempts`] allows.
pub async fn unlock<P: Platform>(p: &P, unlock: &Unlock<'_>) -> Result<(VaultKey, Contents), VaultError> {
    let key = {
        let _lock = p.lock().await?;
        let survey = Survey::take(p).await;
        let sound = match survey.presence()? {
            Presence::Present(_) => survey.sound(),
            Presence::None => return Err(VaultError::None),
            Presence::Vanished => return Err(VaultError::Vanished),
            Presence::Newer { major } => return Err(VaultError::Newer { major }),
            Presence::Damaged(wreck) => return Err(VaultError::Damaged(wreck.damage)),
        };
        attempts::spend(p).await?;
        let key = ways::unwrap_newest(p, &sound, unlock).await;
        if key.is_ok() {
            attempts::forgive(p).await;
        }
        key?
    };
    let contents = open(p, &key).await?;
    Ok((key, contents))
}

/// The contents, by the unlocked key. Mends copies that are damaged or behind.
pub async fn open<P: Platform>(p: &P, key: &VaultKey) -> Result<Contents, VaultError> {
    let survey = Survey::take(p).await;
    if let Ok(best) = survey.best(key)
        && survey.to_mend(&best).is_empty()
    {
        return Contents::decode(&best.json);
    }
    // Something is amiss, or a save was under way between two looks; look again alone.
    let _lock = p.lock().await?;
    let survey = Survey::take(p).await;
    let best = survey.best(key)?;
    let contents = Contents::decode(&best.json)?;
    mend(p, &survey, &best, key).await;
    remember(p, &Anchor::of(best.record.header(), key)).await;
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
    let _lock = p.lock().await.map_err(VaultError::from)?;
    let survey = Survey::take(p).await;
    let best = survey.best(key)?;
    let mut contents = Contents::decode(&best.json)?;
    let result = operation(&mut contents)?;
    let header = best.record.header().clone();
    let mark = Anchor::of(&header, key);
    commit(p, &survey, mark, header, key, &contents).await?;
    Ok(result)
}

/// Applies an operation to the ways in and saves the result everywhere, so
/// that no copy keeps the old ones. Returns what `operation` returns.
pub(crate) async fn change_header<P: Platform, R>(
    p: &P,
    key: &VaultKey,
    operation: impl AsyncFnOnce(&mut Header) -> Result<(R, Option<VaultKey>), VaultError>,
) -> Result<(R, Option<VaultKey>), VaultError> {
    let _lock = p.lock().await?;
    let survey = Survey::take(p).await;
    let best = survey.best(key)?;
    let contents = Contents::decode(&best.json)?;
    let mut header = best.record.header().clone();
    let mark = Anchor::of(&header, key);
    let (result, new_key) = operation(&mut header).await?;
    if !header.has_safe_way_in() {
        return Err(VaultError::LastSlot);
    }
    let sealed_under = new_key.as_ref().unwrap_or(key);
    let (record, written) = commit(p, &survey, mark, header, sealed_under, &contents).await?;
    let other = if written == Spot::A { Spot::B } else { Spot::A };
    // Best effort: if it fails, opening the vault sees the difference and mends it.
    let _ = p.set(Store::Local, &[(other.key(), Some(&record.to_text()))]).await;
    Ok((result, new_key))
}

/// Takes the newest copy that `key` opens for the truth, after a rollback or
/// beside another vault's record. Only when a person has been told what that
/// means and could export the rest.
pub async fn settle<P: Platform>(p: &P, key: &VaultKey) -> Result<Contents, VaultError> {
    let _lock = p.lock().await?;
    let survey = Survey::take(p).await;
    let mut newest: Option<(Record, Zeroizing<Vec<u8>>)> = None;
    for (_, record) in survey.sound() {
        if let Ok(json) = record.open(key) {
            newest = Some((record.clone(), json));
            break;
        }
    }
    let (record, json) = newest.ok_or(VaultError::OtherKey)?;
    let contents = Contents::decode(&json)?;
    let text = record.to_text();
    let anchor = Anchor::of(record.header(), key);
    let anchor_text = anchor.to_text();
    let local =
        [(keys::A, Some(text.as_str())), (keys::B, Some(text.as_str())), (keys::EXISTS, Some(anchor_text.as_str()))];
    p.set(Store::Local, &local).await.map_err(not_saved)?;
    let mirror = [(keys::MIRROR, Some(text.as_str())), (keys::ANCHOR, Some(anchor_text.as_str()))];
    p.set(Store::Mirror, &mirror).await.map_err(not_saved)?;
    remember(p, &anchor).await;
    diagnostics::count(p, Event::Settled).await;
    Ok(contents)
}

/// Clears the stores for a new vault, and keeps everything that lay in them
/// under another name. Only on the recovery screen, on a person's word.
pub async fn bury<P: Platform>(p: &P) -> Result<(), VaultError> {
    let _lock = p.lock().await?;
    let survey = Survey::take(p).await;
    if matches!(survey.presence()?, Presence::Newer { .. }) {
        return Err(VaultError::Exists);
    }
    let name = format!("v1.buried.{}", p.now_ms());
    let pieces = survey.wreck(Damage::NotARecord).pieces;
    let text = pieces.iter().map(|(key, text)| format!("{key} {text}")).collect::<Vec<_>>().join("\n");
    let local = [(name.as_str(), Some(text.as_str())), (keys::A, None), (keys::B, None), (keys::EXISTS, None)];
    p.set(Store::Local, &local).await.map_err(not_saved)?;
    let cleared = [(keys::MIRROR, None), (keys::ANCHOR, None)];
    p.set(Store::Mirror, &cleared).await.map_err(not_saved)?;
    p.set(Store::Session, &[(keys::ANCHOR, None)]).await.map_err(not_saved)?;
    Ok(())
}

/// Seals `contents` as the next generation and writes it. `mark` is the anchor
/// of the generation before: should the store tear the write, the mark beside
/// the record must not promise a generation that never was.
async fn commit<P: Platform>(
    p: &P,
    survey: &Survey,
    mark: Anchor,
    mut header: Header,
    key: &VaultKey,
    contents: &Contents,
) -> Result<(Record, Spot), VaultError> {
    header.generation = header.generation.checked_add(1).ok_or(VaultError::TooLarge)?;
    header.written_at_ms = p.now_ms();
    header.writer = env!("CARGO_PKG_VERSION").to_owned();
    let json = contents.encode().ok_or(VaultError::TooLarge)?;
    let record = Record::seal(header, make_fresh(p)?, key, &json).ok_or(VaultError::TooLarge)?;
    let text = record.to_text();
    self_test(&text, key, &json)?;

    let spot = survey.older();
    if !is_unchanged(p, survey).await? {
        return Err(VaultError::Conflict);
    }
    let mark = mark.to_text();
    let items = [(spot.key(), Some(text.as_str())), (keys::EXISTS, Some(mark.as_str()))];
    let refused = p.set(Store::Local, &items).await.err();
    confirm(p, spot, &text, &record, refused).await?;

    let anchor = Anchor::of(record.header(), key);
    write_mirror(p, &text, &anchor).await;
    remember(p, &anchor).await;
    Ok((record, spot))
}

/// A record that cannot be read back from its own text is not written.
fn self_test(text: &str, key: &VaultKey, json: &[u8]) -> Result<(), VaultError> {
    let opened = Record::from_text(text)?.open(key)?;
    if opened.as_slice() == json { Ok(()) } else { Err(Damage::Body.into()) }
}

/// The compare of compare-and-swap: whether the local store still holds what
/// the operation was applied to. The lock makes it superfluous; it is here for
/// the day on which the lock fails.
async fn is_unchanged<P: Platform>(p: &P, survey: &Survey) -> Result<bool, VaultError> {
    let now = p.get(Store::Local, &[keys::A, keys::B]).await.map_err(not_saved)?;
    let seen = [survey.a.text(), survey.b.text()];
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
    let Ok(back) = p.get(Store::Local, &[spot.key()]).await else {
        return Err(VaultError::NotSaved { cause, holds: Holds::Unknown });
    };
    let back = back.into_iter().next().flatten();
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
async fn write_mirror<P: Platform>(p: &P, text: &str, anchor: &Anchor) {
    let anchor = anchor.to_text();
    let items = [(keys::MIRROR, Some(text)), (keys::ANCHOR, Some(anchor.as_str()))];
    if p.set(Store::Mirror, &items).await.is_err() {
        diagnostics::count(p, Event::MirrorMissed).await;
    }
}

/// Best effort throughout: the vault is open, and a full disk must not close it.
async fn mend<P: Platform>(p: &P, survey: &Survey, best: &Best, key: &VaultKey) {
    let text = best.record.to_text();
    let anchor = Anchor::of(best.record.header(), key);
    for spot in survey.to_mend(best) {
        if spot == Spot::Mirror {
            write_mirror(p, &text, &anchor).await;
        } else {
            let mark = anchor.to_text();
            let items = [(spot.key(), Some(text.as_str())), (keys::EXISTS, Some(&mark))];
            let _ = p.set(Store::Local, &items).await;
        }
        diagnostics::count(p, Event::mended(spot, survey.at(spot))).await;
    }
}

async fn remember<P: Platform>(p: &P, anchor: &Anchor) {
    let _ = p.set(Store::Session, &[(keys::ANCHOR, Some(&anchor.to_text()))]).await;
}

pub(crate) fn make_key<P: Platform>(p: &P) -> Result<VaultKey, Outage> {
    let mut bytes = Zeroizing::new([0; 32]);
    p.random(bytes.as_mut_slice())?;
    Ok(VaultKey::from_bytes(&bytes))
}

fn make_fresh<P: Platform>(p: &P) -> Result<Fresh, Outage> {
    let mut fresh = Fresh { body_salt: [0; 32], body_nonce: [0; 12] };
    p.random(&mut fresh.body_salt)?;
    p.random(&mut fresh.body_nonce)?;
    Ok(fresh)
}

fn not_saved(cause: Outage) -> VaultError {
    VaultError::NotSaved { cause, holds: Holds::Old }
}

impl Header {
    pub(crate) fn first(vault_id: VaultId) -> Self {
        Self {
            minor: MINOR,
            vault_id,
            generation: 0,
            key_epoch: 0,
            written_at_ms: 0,
            writer: String::new(),
            body_salt: [0; 32],
            commitment: [0; 32],
            slots: Vec::<Slot>::new(),
            later: Vec::new(),
        }
    }
}
