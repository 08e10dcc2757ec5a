//! What lies in the store: a join record, and sync records sealed one by one.
//!
//! The sync store's key is the vault key of the browser that began it, and every
//! other that is in keeps it among its sealed settings. The join record is that
//! vault's record without its accounts, and opens by its passphrases alone: all
//! that guards a vault guards it too.

use data_encoding::{BASE64, HEXLOWER};
use zeroize::Zeroizing;

use super::SyncRecord;
use kdf::Passphrase;
use platform::Platform;
use strict_json::{Map, json};
use vault::{AccountId, Header, KeySlot, Record, SlotId, SlotType, VaultError, VaultId, VaultKey, backup, crypto};

/// Name of the join record in the store.
pub const JOIN_RECORD: &str = "s1.door";
/// What every name in the store begins with; a sync record's goes on with its account in hexadecimal.
pub const PREFIX: &str = "s1.";
/// Sync records are padded to a multiple of this many bytes.
const PAD: usize = 128;
const SALT: usize = 16;

/// What an item of the store is to a sync store.
#[derive(Clone, PartialEq)]
pub enum Item {
    /// A sync record.
    SyncRecord(SyncRecord),
    /// A sync record of a later version, to be left as it is.
    Later(AccountId),
    /// Something else, or damaged.
    Foreign,
}

/// Whose join record it is that lies in the store.
pub enum JoinRecord {
    /// This sync store's.
    Own,
    /// This sync store's, but the vault that began it has changed its passphrases since, and perhaps its key.
    Outdated,
    /// Another sync store's.
    Other,
}

/// A sync store that this browser is in.
pub struct SyncStore {
    id: VaultId,
    key: VaultKey,
    /// By what its join record opens, if this vault began it: see [`passphrases`].
    begun: Option<String>,
}

impl SyncStore {
    /// The sync store of the vault that `key` opens, and its join record;
    /// [`VaultError::NoSuchSlot`] if the vault has no passphrase.
    pub async fn make<P: Platform>(p: &P, key: &VaultKey) -> Result<(Self, String), VaultError> {
        let join_record = backup::join_record(p, key).await?;
        Ok((Self::own(join_record.header(), key), join_record.to_text()))
    }

    fn own(header: &Header, key: &VaultKey) -> Self {
        let key = VaultKey::from_bytes(key.expose());
        Self { id: header.vault_id, key, begun: Some(passphrases(header)) }
    }

    /// In by its join record. `own` is the header of this browser's own vault, which may have begun it.
    pub async fn join<P: Platform>(
        p: &P,
        own: &Header,
        join_record: &str,
        passphrase: &Passphrase,
    ) -> Result<Self, VaultError> {
        let record = Record::from_text(join_record)?;
        let header = record.header();
        let key = backup::open_with(p, &record, passphrase).await?;
        let is_own = header.vault_id == own.vault_id && own.is_under(&key);
        Ok(Self { id: header.vault_id, key, begun: is_own.then(|| passphrases(header)) })
    }

    /// As it is kept among the sealed settings of the vault that `key` opens.
    /// `None` also in a copy that became a vault of its own: it is not in.
    pub fn from_settings(settings: &Map, own: &Header, key: &VaultKey) -> Option<Self> {
        let text = |name: &str| settings.get(SETTING)?.get(name)?.as_str();
        let id = VaultId(HEXLOWER.decode(text("room")?.as_bytes()).ok()?.try_into().ok()?);
        let Some(joined) = text("key") else {
            let begun = Some(text("door")?.to_owned());
            return (id == own.vault_id).then(|| Self { begun, ..Self::own(own, key) });
        };
        let key = Zeroizing::new(BASE64.decode(joined.as_bytes()).ok()?);
        Some(Self { id, key: VaultKey::from_bytes(key.as_slice().try_into().ok()?), begun: None })
    }

    /// Keeps it among the sealed settings.
    pub fn keep(&self, settings: &mut Map) {
        let sync_store = HEXLOWER.encode(&self.id.0);
        let kept = match &self.begun {
            Some(passphrases) => json!({ "room": sync_store, "door": passphrases }),
            None => json!({ "room": sync_store, "key": BASE64.encode(self.key.expose()) }),
        };
        settings.insert(SETTING.to_owned(), kept);
    }

    /// Whose join record that is.
    pub fn look(&self, join_record: &str, own: &Header) -> JoinRecord {
        match Record::from_text(join_record) {
            Ok(record) if record.header().vault_id == self.id => {
                // A copy of the vault that was shut out by a renewal does not take the sync store back.
                let is_older = record.header().key_epoch <= own.key_epoch;
                if is_older && self.begun.as_ref().is_some_and(|begun| *begun != passphrases(own)) {
                    JoinRecord::Outdated
                } else if record.header().is_under(&self.key) {
                    JoinRecord::Own
                } else {
                    JoinRecord::Other
                }
            }
            _ => JoinRecord::Other,
        }
    }

    /// Whether nobody could join any more if this vault lost that unlock method.
    pub fn rests_on(&self, slot: SlotId, own: &Header) -> bool {
        let stays = |other: &KeySlot| other.id != slot && other.slot_type() == Some(SlotType::Passphrase);
        self.begun.is_some() && !own.slots.iter().any(stays)
    }

    /// A sync record as it lies in the store: its name, and base64.
    pub fn seal<P: Platform>(&self, p: &P, sync_record: &SyncRecord) -> Result<(String, String), VaultError> {
        let mut salt = [0; SALT];
        let mut nonce = [0; crypto::NONCE];
        p.random(&mut salt)?;
        p.random(&mut nonce)?;
        let mut text = pad(&sync_record.encode()).ok_or(VaultError::TooLarge)?;
        let info = self.info(sync_record.id());
        let key = crypto::derive_key(self.key.expose(), &salt, &[&info]);
        crypto::seal(&key, &nonce, &info, &mut text).ok_or(VaultError::TooLarge)?;
        Ok((name(sync_record.id()), BASE64.encode(&[&salt[..], &nonce[..], &text[..]].concat())))
    }

    /// What an item of the store says.
    pub fn open(&self, name: &str, sealed: &str) -> Item {
        let Some(id) = name.strip_prefix(PREFIX).and_then(AccountId::from_text) else { return Item::Foreign };
        match self.unseal(id, sealed) {
            None => Item::Foreign,
            Some(bytes) => match SyncRecord::decode(&bytes) {
                Some(sync_record) if sync_record.id() == id => Item::SyncRecord(sync_record),
                _ => Item::Later(id),
            },
        }
    }

    fn unseal(&self, id: AccountId, sealed: &str) -> Option<Zeroizing<Vec<u8>>> {
        let sealed = BASE64.decode(sealed.as_bytes()).ok()?;
        let (salt, rest) = sealed.split_first_chunk::<SALT>()?;
        let (nonce, rest) = rest.split_first_chunk::<{ crypto::NONCE }>()?;
        let info = self.info(id);
        let key = crypto::derive_key(self.key.expose(), salt, &[&info]);
        let padded = crypto::open(&key, nonce, &info, rest)?;
        unpad(&padded).map(|bytes| Zeroizing::new(bytes.to_vec()))
    }

    /// What a sync record's key is derived from, and its associated data: no sync record opens in another's place.
    fn info(&self, id: AccountId) -> Vec<u8> {
        [b"m365totp/v1/sync".as_slice(), &self.id.0, &id.0].concat()
    }
}

/// Where the settings keep the sync store.
pub const SETTING: &str = "sync";

/// The passphrases of a vault, by name: two lists differ if one was added, changed or removed.
fn passphrases(header: &Header) -> String {
    let slots = header.slots.iter().filter(|slot| slot.slot_type() == Some(SlotType::Passphrase));
    slots.map(|slot| HEXLOWER.encode(&slot.id.0)).collect()
}

fn name(id: AccountId) -> String {
    format!("{PREFIX}{}", id.to_text())
}

/// Length, bytes, zeros: the size tells little.
fn pad(bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let length = u16::try_from(bytes.len()).ok()?;
    let padded = (2 + bytes.len()).checked_next_multiple_of(PAD)?;
    let mut out = Zeroizing::new(Vec::with_capacity(padded + crypto::TAG));
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(bytes);
    out.resize(padded, 0);
    Some(out)
}

fn unpad(padded: &[u8]) -> Option<&[u8]> {
    let (length, rest) = padded.split_first_chunk::<2>()?;
    let (bytes, padding) = rest.split_at_checked(usize::from(u16::from_le_bytes(*length)))?;
    (padding.len() < PAD && padding.iter().all(|byte| *byte == 0)).then_some(bytes)
}
