//! Tofaktor's own encrypted file, which is a vault record (src/vault/FORMAT.md);
//! the crate `formats` reads it.

use zeroize::Zeroizing;

use super::write::{ExportError, Random, draw};
use kdf::{Argon2Cost, Kek, Passphrase, derive_kek};
use vault::recovery::RecoveryCode;
use vault::{Contents, Fresh, FreshSlot, Header, KeySlot, Record, SlotId, UnlockMethod, VaultId, VaultKey};

/// A record of its own: a new vault key, one passphrase slot, at the first of
/// the costs that this computer can afford.
pub(crate) fn write(
    contents: &Contents,
    passphrase: &Passphrase,
    costs: &[Argon2Cost],
    now_ms: u64,
    random: Random<'_>,
) -> Result<Vec<u8>, ExportError> {
    let fresh = fresh_slot(random)?;
    let derive = |cost: &Argon2Cost| derive_kek(passphrase, &fresh.salt, *cost).map(|kek| (*cost, kek));
    let (cost, kek) = costs.iter().find_map(derive).ok_or(ExportError::Derivation)?;
    let vault = VaultId(draw(random)?);
    seal(contents, vault, fresh, UnlockMethod::Passphrase(cost), &kek, now_ms, random)
}

/// A record of its own that opens by a code alone, which is made for it. The code cannot be guessed, so that its
/// derivation need not be dear: a thousand of them take no time.
///
/// # Errors
/// Where there is no randomness, or what it is to hold is too large.
pub fn parcel(contents: &Contents, now_ms: u64, random: Random<'_>) -> Result<(Vec<u8>, RecoveryCode), ExportError> {
    let mut bytes = Zeroizing::new([0; 16]);
    random(bytes.as_mut_slice()).map_err(|_| ExportError::Random)?;
    let code = RecoveryCode::of(&bytes);
    let (fresh, vault) = (fresh_slot(random)?, VaultId(draw(random)?));
    let kek = code.derive_kek(&fresh.salt, vault, fresh.id);
    let record = seal(contents, vault, fresh, UnlockMethod::Recovery, &kek, now_ms, random)?;
    Ok((record, code))
}

fn fresh_slot(random: Random<'_>) -> Result<FreshSlot, ExportError> {
    Ok(FreshSlot { id: SlotId(draw(random)?), salt: draw(random)?, nonce: draw(random)? })
}

fn seal(
    contents: &Contents,
    vault: VaultId,
    fresh_slot: FreshSlot,
    unlock_method: UnlockMethod,
    kek: &Kek,
    now_ms: u64,
    random: Random<'_>,
) -> Result<Vec<u8>, ExportError> {
    let mut key = Zeroizing::new([0; 32]);
    random(key.as_mut_slice()).map_err(|_| ExportError::Random)?;
    let key = VaultKey::from_bytes(&key);
    let fresh = Fresh { body_salt: draw(random)?, body_nonce: draw(random)? };
    let mut header = Header::first(vault);
    header.generation = 1;
    header.written_at_ms = now_ms;
    header.writer = env!("CARGO_PKG_VERSION").to_owned();
    let slot = KeySlot::wrap(header.place(), fresh_slot, String::new(), now_ms, unlock_method, kek, &key);
    header.slots.push(slot.ok_or(ExportError::TooLarge)?);
    let json = contents.encode();
    let record = Record::seal(header, fresh, &key, json.as_bytes()).ok_or(ExportError::TooLarge)?;
    Ok(record.as_bytes().to_vec())
}
