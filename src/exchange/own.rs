//! Tofaktor's own encrypted file, which is a vault record (src/vault/FORMAT.md);
//! the crate `formats` reads it.

use zeroize::Zeroizing;

use super::write::{ExportError, Random, draw};
use kdf::{Argon2Cost, Passphrase, derive_kek};
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
    let mut key = Zeroizing::new([0; 32]);
    random(key.as_mut_slice()).map_err(|_| ExportError::Random)?;
    let key = VaultKey::from_bytes(&key);
    let vault = VaultId(draw(random)?);
    let fresh_slot = FreshSlot { id: SlotId(draw(random)?), salt: draw(random)?, nonce: draw(random)? };
    let fresh = Fresh { body_salt: draw(random)?, body_nonce: draw(random)? };

    let derive = |cost: &Argon2Cost| derive_kek(passphrase, &fresh_slot.salt, *cost).map(|kek| (*cost, kek));
    let (cost, kek) = costs.iter().find_map(derive).ok_or(ExportError::Derivation)?;
    let mut header = Header::first(vault);
    header.generation = 1;
    header.written_at_ms = now_ms;
    header.writer = env!("CARGO_PKG_VERSION").to_owned();
    let slot =
        KeySlot::wrap(header.place(), fresh_slot, String::new(), now_ms, UnlockMethod::Passphrase(cost), &kek, &key);
    header.slots.push(slot.ok_or(ExportError::TooLarge)?);
    let json = contents.encode();
    let record = Record::seal(header, fresh, &key, json.as_bytes()).ok_or(ExportError::TooLarge)?;
    Ok(record.as_bytes().to_vec())
}
