//! What other browsers join by: a record of its own, under a key that is derived from the vault's and opens nothing
//! else. The vault keeps it among its sealed settings, because only when a passphrase is typed can it be made.

use super::contents::Contents;
use super::crypto::{self, VaultKey};
use super::error::VaultError;
use super::header::Header;
use super::key_slots::{self, Unlock};
use super::record::Record;
use super::slot::{KeySlot, Place, SlotId};
use super::store;
use super::{attempts, backup};
use data_encoding::HEXLOWER;
use kdf::Passphrase;
use platform::Platform;
use strict_json::{Map, Value, json};

/// Where the sealed settings keep what is shared, here or by another.
pub const SETTING: &str = "sync";
/// In it, the join record of the vault that began, in base64.
pub const JOIN: &str = "join";
/// In it, that this join record has not been stored yet.
pub const DUE: &str = "due";
/// Where the sealed settings keep, of each shared key that is over, what says so to whoever has it.
const ENDED: &str = "ended";
/// So many renewals back.
const MAX_ENDED: usize = 32;
/// What a join record's contents say of themselves. Those of early versions do not: their key was the vault's own.
const SHARES: &str = "shares";

/// The key of what the vault shares.
pub fn derive_key(key: &VaultKey, place: Place) -> VaultKey {
    let info: [&[u8]; 3] = [b"m365totp/v1/sync-key", &place.vault.0, &place.key_epoch.to_le_bytes()];
    VaultKey::from_bytes(&crypto::derive_key(key.expose(), &[], &info))
}

/// What says of a shared key that it is over. Only who has it can make that, or tell it from another.
pub fn end_of(shared: &VaultKey, place: Place) -> String {
    let info: [&[u8]; 3] = [b"m365totp/v1/sync-ended", &place.vault.0, &place.key_epoch.to_le_bytes()];
    let mut end = [0; 16];
    crypto::derive(shared.expose(), &[], &info, &mut end);
    HEXLOWER.encode(&end)
}

/// Keeps that a shared key is over: this vault never goes back to it, whatever the store looks like.
pub fn end(settings: &mut Map, shared: &VaultKey, place: Place) {
    let mut ended: Vec<Value> = ended(settings).map(Value::from).collect();
    ended.push(Value::from(end_of(shared, place)));
    ended.drain(..ended.len().saturating_sub(MAX_ENDED));
    settings.insert(ENDED.to_owned(), Value::from(ended));
}

/// What says of each shared key that this vault knows to be over that it is.
pub fn ended(settings: &Map) -> impl Iterator<Item = &str> {
    settings.get(ENDED).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

/// Whether `key`, which opens that join record, opens nothing else.
pub fn is_shared(record: &Record, key: &VaultKey) -> bool {
    let contents = record.open(key).and_then(|json| Contents::decode(&json));
    contents.is_ok_and(|contents| contents.settings.contains_key(SHARES))
}

/// A join record that the passphrase opens, which must be one of the vault's own; guesses at it are slowed down.
pub async fn make<P: Platform>(p: &P, key: &VaultKey, passphrase: &Passphrase) -> Result<Record, VaultError> {
    let _lock = p.lock().await?;
    let newest = store::newest(p).await?;
    let header = newest.header();
    if !header.is_under(key) {
        return Err(VaultError::OtherKey);
    }
    attempts::spend(p).await?;
    let slot = key_slots::unwrap_slot(p, header, &Unlock::Passphrase(passphrase)).await;
    attempts::conclude(p, &slot).await;
    seal(p, header, key, 0, Vec::new(), &[(slot?.0, passphrase)]).await
}

/// The slots of a join record that are still the vault's.
pub fn slots(join_record: &Record, own: &Header) -> Vec<KeySlot> {
    let place = join_record.header().place();
    let stays = |slot: &&KeySlot| place.key_epoch == own.key_epoch && own.slot(slot.id).is_some();
    join_record.header().slots.iter().filter(stays).cloned().collect()
}

/// Keeps the join record in step with the vault's passphrases, of which those that were `made` are at hand.
pub(crate) async fn follow<P: Platform>(
    p: &P,
    contents: &mut Contents,
    header: &Header,
    key: &VaultKey,
    made: &[(SlotId, &Passphrase)],
) -> Result<(), VaultError> {
    let Some(shared) = contents.settings.get_mut(SETTING).and_then(Value::as_object_mut) else { return Ok(()) };
    let Some(old) = shared.get(JOIN).and_then(Value::as_str) else { return Ok(()) };
    let old = Record::from_text(old)?;
    let slots = slots(&old, header);
    if made.is_empty() && slots.len() == old.header().slots.len() {
        return Ok(());
    }
    let record = seal(p, header, key, old.header().written_at_ms.saturating_add(1), slots, made).await?;
    shared.insert(JOIN.to_owned(), Value::from(record.to_text()));
    shared.insert(DUE.to_owned(), Value::Bool(true));
    Ok(())
}

/// A slot bears the name of the one that the same passphrase opens in the vault. Its generation, 0, is no
/// vault's, so that nobody can pass the record off as the vault itself. It says that it was written `since` then at least,
/// whatever the clock says. [`VaultError::LastSlot`] if nothing opened it.
async fn seal<P: Platform>(
    p: &P,
    own: &Header,
    key: &VaultKey,
    since: u64,
    mut slots: Vec<KeySlot>,
    made: &[(SlotId, &Passphrase)],
) -> Result<Record, VaultError> {
    let shared = derive_key(key, own.place());
    for (id, passphrase) in made {
        slots.push(key_slots::wrap_for(p, own.place(), *id, passphrase, &shared).await?);
    }
    if slots.is_empty() {
        return Err(VaultError::LastSlot);
    }
    let header = Header { key_epoch: own.key_epoch, written_at_ms: since, slots, ..Header::first(own.vault_id) };
    let mut contents = Contents::default();
    contents.settings.insert(SHARES.to_owned(), json!(true));
    backup::seal(p, header, &shared, &contents)
}
