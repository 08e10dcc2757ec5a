//! A vault as a file that stands alone: the record, less what only this
//! computer could open it by.

use super::contents::Contents;
use super::crypto::VaultKey;
use super::error::VaultError;
use super::header::Header;
use super::kdf::Passphrase;
use super::record::Record;
use super::slot::{SlotType, VaultId};
use super::store::{self, Presence};
use super::ways::{self, NewWay, Unlock};
use crate::platform::Platform;

/// The vault as it is, to be opened by its own passphrases and recovery codes;
/// [`VaultError::NoSuchSlot`] if it has none.
pub async fn copy<P: Platform>(p: &P, key: &VaultKey) -> Result<Record, VaultError> {
    let contents = store::open(p, key).await?;
    let mut header = match store::presence(p).await? {
        Presence::Present(record) => record.header().clone(),
        _ => return Err(VaultError::Vanished),
    };
    if !header.is_under(key) {
        return Err(VaultError::OtherKey);
    }
    header.slots.retain(|slot| slot.slot_type().is_some_and(SlotType::is_typed));
    if header.slots.is_empty() {
        return Err(VaultError::NoSuchSlot);
    }
    seal(p, header, key, &contents)
}

/// The same contents as a vault of its own, under a password of its own.
pub async fn copy_under<P: Platform>(p: &P, key: &VaultKey, password: &Passphrase) -> Result<Record, VaultError> {
    let contents = store::open(p, key).await?;
    seal_under(p, &contents, password).await.map(|(record, _)| record)
}

/// A vault of its own, and its key.
pub(crate) async fn seal_under<P: Platform>(
    p: &P,
    contents: &Contents,
    password: &Passphrase,
) -> Result<(Record, VaultKey), VaultError> {
    let key = store::make_key(p)?;
    let mut vault = VaultId([0; 16]);
    p.random(&mut vault.0)?;
    let mut header = Header::first(vault);
    header.generation = 1;
    header.slots = ways::make_slots(p, header.place(), &[("", NewWay::Passphrase(password))], &key).await?;
    Ok((seal(p, header, &key, contents)?, key))
}

/// The key of a record that stands alone.
pub(crate) async fn open_with<P: Platform>(
    p: &P,
    record: &Record,
    password: &Passphrase,
) -> Result<VaultKey, VaultError> {
    ways::unwrap(p, record.header(), &Unlock::Passphrase(password)).await
}

fn seal<P: Platform>(p: &P, mut header: Header, key: &VaultKey, contents: &Contents) -> Result<Record, VaultError> {
    header.written_at_ms = p.now_ms();
    header.writer = env!("CARGO_PKG_VERSION").to_owned();
    let json = contents.encode();
    Record::seal(header, store::make_fresh(p)?, key, json.as_bytes()).ok_or(VaultError::TooLarge)
}
