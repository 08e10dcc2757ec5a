//! The rollback marker: how far the vault had come, said where the record is not.
//!
//! A store that is put back to an older state still opens. The rollback marker in the
//! other stores says that there was a newer one, and is signed with a key
//! derived from the vault key, so a page or a stray program cannot raise or
//! lower it unnoticed.

use super::crypto::{self, VaultKey};
use super::header::Header;
use super::slot::VaultId;
use super::wire::{Reader, Writer};
use data_encoding::BASE64;

/// A generation that was reached.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct RollbackMarker {
    pub(crate) vault: VaultId,
    pub(crate) generation: u64,
    pub(crate) key_epoch: u32,
    mac: [u8; 32],
}

impl RollbackMarker {
    pub(crate) fn derive(vault: VaultId, generation: u64, key_epoch: u32, key: &VaultKey) -> Self {
        let mut mac = [0; 32];
        crypto::derive(
            key.expose(),
            &[],
            &[b"m365totp/v1/anchor", &vault.0, &generation.to_le_bytes(), &key_epoch.to_le_bytes()],
            &mut mac,
        );
        Self { vault, generation, key_epoch, mac }
    }

    pub(crate) fn of(header: &Header, key: &VaultKey) -> Self {
        Self::derive(header.vault_id, header.generation, header.key_epoch, key)
    }

    pub(crate) fn is_genuine(&self, key: &VaultKey) -> bool {
        let own = Self::derive(self.vault, self.generation, self.key_epoch, key);
        crypto::same(&own.mac, &self.mac)
    }

    pub(crate) fn to_text(self) -> String {
        let mut writer = Writer::default();
        writer.bytes(&self.vault.0).u64(self.generation).u32(self.key_epoch).bytes(&self.mac);
        BASE64.encode(&writer.done())
    }

    pub(crate) fn from_text(text: &str) -> Option<Self> {
        let bytes = BASE64.decode(text.as_bytes()).ok()?;
        let mut reader = Reader::new(&bytes);
        let rollback_marker = Self {
            vault: VaultId(reader.array().ok()?),
            generation: reader.u64().ok()?,
            key_epoch: reader.u32().ok()?,
            mac: reader.array().ok()?,
        };
        reader.rest().is_empty().then_some(rollback_marker)
    }
}
