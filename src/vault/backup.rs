//! A vault as a file that stands alone: the record, less what only this
//! computer could open it by.

use super::contents::Contents;
use super::crypto::VaultKey;
use super::error::VaultError;
use super::header::Header;
use super::key_slots::{self, NewUnlockMethod, Unlock};
use super::record::Record;
use super::sharing;
use super::slot::{SlotType, VaultId};
use super::store;
use kdf::Passphrase;
use platform::Platform;

/// The vault as it is, to be opened by its own passphrases and recovery codes, and by the organisation if that opens it;
/// [`VaultError::NoSuchSlot`] if it has none.
pub async fn copy<P: Platform>(p: &P, key: &VaultKey) -> Result<Record, VaultError> {
    let contents = contents(p, key).await?;
    let mut header = store::newest(p).await?.header().clone();
    if !header.is_under(key) {
        return Err(VaultError::OtherKey);
    }
    header.slots.retain(|slot| slot.slot_type().is_some_and(SlotType::opens_anywhere));
    if !header.slots.iter().any(|slot| slot.slot_type().is_some_and(SlotType::is_typed)) {
        return Err(VaultError::NoSuchSlot);
    }
    seal(p, header, key, &contents)
}

/// What is in a backup: all but what other browsers share, which is theirs too.
async fn contents<P: Platform>(p: &P, key: &VaultKey) -> Result<Contents, VaultError> {
    let mut contents = store::open(p, key).await?;
    contents.settings.shift_remove(sharing::SETTING);
    Ok(contents)
}

/// The same contents as a vault of its own, under a password of its own.
pub async fn copy_under<P: Platform>(p: &P, key: &VaultKey, password: &Passphrase) -> Result<Record, VaultError> {
    let contents = contents(p, key).await?;
    let key = store::make_key(p)?;
    let mut vault = VaultId([0; 16]);
    p.random(&mut vault.0)?;
    let mut header = Header::first(vault);
    header.generation = 1;
    header.slots =
        key_slots::make_slots(p, header.place(), &[("", NewUnlockMethod::Passphrase(password))], &key).await?;
    seal(p, header, &key, &contents)
}

/// The key of a record that stands alone.
pub async fn open_with<P: Platform>(p: &P, record: &Record, password: &Passphrase) -> Result<VaultKey, VaultError> {
    key_slots::unwrap(p, record.header(), &Unlock::Passphrase(password)).await
}

pub(crate) fn seal<P: Platform>(
    p: &P,
    mut header: Header,
    key: &VaultKey,
    contents: &Contents,
) -> Result<Record, VaultError> {
    // Not before what it takes the place of.
    header.written_at_ms = header.written_at_ms.max(p.now_ms());
    header.writer = env!("CARGO_PKG_VERSION").to_owned();
    let json = contents.encode();
    Record::seal(header, store::make_fresh(p)?, key, json.as_bytes()).ok_or(VaultError::TooLarge)
}
