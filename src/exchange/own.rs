//! Tofaktor's own encrypted file, which is a vault record (src/vault/FORMAT.md);
//! the crate `formats` reads it.

use zeroize::Zeroizing;

use super::write::{ExportError, Random};
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
    let mut fill = |out: &mut [u8]| random(out).map_err(|_| ExportError::Random);
    let mut key = Zeroizing::new([0; 32]);
    fill(key.as_mut_slice())?;
    let key = VaultKey::from_bytes(&key);
    let mut vault = VaultId([0; 16]);
    fill(&mut vault.0)?;
    let mut fresh_slot = FreshSlot { id: SlotId([0; 16]), salt: [0; 32], nonce: [0; 12] };
    fill(&mut fresh_slot.id.0)?;
    fill(&mut fresh_slot.salt)?;
    fill(&mut fresh_slot.nonce)?;
    let mut fresh = Fresh { body_salt: [0; 32], body_nonce: [0; 12] };
    fill(&mut fresh.body_salt)?;
    fill(&mut fresh.body_nonce)?;

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
