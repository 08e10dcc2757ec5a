//! The header: everything about a record that is not secret.
//!
//! All of it is the associated data of the body. Parsing yields only headers
//! that can be opened safely: costs are inside their limits before anything
//! is derived. FORMAT.md has the layout.

use super::crypto::{self, VaultKey};
use super::error::Damage;
use super::slot::{KeySlot, Place, SlotId, SlotType, VaultId};
use super::wire::{Reader, Short, Writer};

/// The newest minor version whose every field is known here: 1 knows slots that an organisation opens.
const MINOR: u16 = 1;
/// Most slots that a record holds.
pub const MAX_SLOTS: usize = 16;
const BODY_AES_256_GCM: u8 = 1;
const PAD_TO_KIB: u8 = 1;
const MAX_WRITER: usize = 32;

/// Everything about a record that is not secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Header {
    /// Kept as read, so that a later version's fields stay what they are.
    pub(crate) minor: u16,
    /// The vault.
    pub vault_id: VaultId,
    /// Counts saves.
    pub generation: u64,
    /// Counts changes of the vault key.
    pub key_epoch: u32,
    /// When it was written, by the computer's clock.
    pub written_at_ms: u64,
    /// The version of the program that wrote it.
    pub writer: String,
    pub(crate) body_salt: [u8; 32],
    pub(crate) commitment: [u8; 32],
    /// The unlock methods; never none.
    pub slots: Vec<KeySlot>,
    /// Fields of a later minor version.
    pub(crate) later: Vec<u8>,
}

impl Header {
    pub(crate) fn parse(bytes: &[u8], minor: u16) -> Result<Self, Damage> {
        let mut reader = Reader::new(bytes);
        let vault_id = VaultId(reader.array()?);
        let generation = reader.u64()?;
        let key_epoch = reader.u32()?;
        let written_at_ms = reader.u64()?;
        let writer = reader.short_bytes()?;
        if writer.len() > MAX_WRITER || !writer.iter().all(u8::is_ascii_graphic) {
            return Err(Damage::Header);
        }
        let writer = String::from_utf8_lossy(writer).into_owned();
        if reader.u8()? != BODY_AES_256_GCM {
            return Err(Damage::Header);
        }
        let body_salt = reader.array()?;
        let commitment = reader.array()?;
        if reader.u8()? != PAD_TO_KIB {
            return Err(Damage::Header);
        }
        let count = usize::from(reader.u8()?);
        if !(1..=MAX_SLOTS).contains(&count) {
            return Err(Damage::Header);
        }
        let mut slots: Vec<KeySlot> = Vec::with_capacity(count);
        for _ in 0..count {
            let slot = KeySlot::parse(reader.long_bytes()?, minor)?;
            if slots.iter().any(|other| other.id == slot.id) {
                return Err(Damage::Header);
            }
            slots.push(slot);
        }
        let later = reader.rest().to_vec();
        if is_known(minor) && !later.is_empty() {
            return Err(Damage::Header);
        }
        Ok(Self { minor, vault_id, generation, key_epoch, written_at_ms, writer, body_salt, commitment, slots, later })
    }

    /// The bytes that it is parsed from.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        writer
            .bytes(&self.vault_id.0)
            .u64(self.generation)
            .u32(self.key_epoch)
            .u64(self.written_at_ms)
            .short_bytes(self.writer.as_bytes())
            .u8(BODY_AES_256_GCM)
            .bytes(&self.body_salt)
            .bytes(&self.commitment)
            .u8(PAD_TO_KIB)
            .u8(u8::try_from(self.slots.len()).unwrap_or(u8::MAX));
        for slot in &self.slots {
            writer.long_bytes(&slot.write());
        }
        writer.bytes(&self.later);
        writer.done()
    }

    /// The minor version to write: the least that its slots need, or the later one that was read.
    pub(crate) fn minor(&self) -> u16 {
        let is_new = |slot: &KeySlot| slot.slot_type() == Some(SlotType::Organisation);
        if is_known(self.minor) { u16::from(self.slots.iter().any(is_new)) } else { self.minor }
    }

    /// Where the wrappings of this header belong.
    pub fn place(&self) -> Place {
        Place { vault: self.vault_id, key_epoch: self.key_epoch }
    }

    /// Whether `key` is the one this record is sealed under; cheap, and says nothing else.
    pub fn is_under(&self, key: &VaultKey) -> bool {
        crypto::same(&self.commitment, &derive_commitment(key))
    }

    /// The slot of that name.
    pub fn slot(&self, id: SlotId) -> Option<&KeySlot> {
        self.slots.iter().find(|slot| slot.id == id)
    }

    /// Whether the unlock methods are ones to rely on: an authenticator breaks or is
    /// reset, so it needs something that can be typed beside it.
    pub fn has_safe_unlock_method(&self) -> bool {
        let has = |wanted| self.slots.iter().any(|slot| slot.slot_type() == Some(wanted));
        let typed = has(SlotType::Passphrase) || has(SlotType::Recovery);
        typed || (has(SlotType::Device) && !has(SlotType::Prf))
    }
}

/// Whether every field of that minor version is known here, so that what is
/// left over is an error and not the future.
pub(crate) const fn is_known(minor: u16) -> bool {
    minor <= MINOR
}

pub(crate) fn derive_commitment(key: &VaultKey) -> [u8; 32] {
    let mut commitment = [0; 32];
    crypto::derive(key.expose(), &[], &[b"m365totp/v1/commit"], &mut commitment);
    commitment
}

impl From<Short> for Damage {
    fn from(_: Short) -> Self {
        Self::Header
    }
}
