//! What lies in the store: a door, and cells sealed one by one.
//!
//! The room has a key of its own, which every browser that is in keeps among
//! its sealed settings; so none has to give up its own vault key or
//! passphrase. The door is a vault record without accounts whose one way in is
//! the passphrase for joining: all that guards a vault guards it too.

use crate::encoding::{BASE64, HEXLOWER};
use zeroize::Zeroizing;

use super::Cell;
use crate::json::{Json, Map};
use crate::platform::Platform;
use crate::vault::kdf::Passphrase;
use crate::vault::{AccountId, Contents, Record, VaultError, VaultId, VaultKey, backup, crypto};

/// Name of the door in the store.
pub const DOOR: &str = "s1.door";
/// What every name in the store begins with; a cell's goes on with its account in hexadecimal.
pub const PREFIX: &str = "s1.";
/// Cells are padded to a multiple of this many bytes.
const PAD: usize = 128;
const SALT: usize = 16;

/// What an item of the store is to a room.
#[derive(Clone, PartialEq)]
pub enum Item {
    /// A cell.
    Cell(Cell),
    /// A cell of a later version, to be left as it is.
    Later(AccountId),
    /// Something else, or damaged.
    Foreign,
}

/// A room that this browser is in.
pub struct Room {
    id: VaultId,
    key: VaultKey,
}

impl Room {
    /// A new one, and its door.
    pub async fn make<P: Platform>(p: &P, passphrase: &Passphrase) -> Result<(Self, String), VaultError> {
        let (record, key) = backup::seal_under(p, &Contents::default(), passphrase).await?;
        Ok((Self { id: record.header().vault_id, key }, record.to_text()))
    }

    /// In by its door.
    pub async fn join<P: Platform>(p: &P, door: &str, passphrase: &Passphrase) -> Result<Self, VaultError> {
        let record = Record::from_text(door)?;
        let key = backup::open_with(p, &record, passphrase).await?;
        Ok(Self { id: record.header().vault_id, key })
    }

    /// As it is kept among the sealed settings.
    pub fn from_settings(settings: &Map) -> Option<Self> {
        let text = |name: &str| settings.get(SETTING)?.get(name)?.as_str();
        let id = HEXLOWER.decode(text("room")?.as_bytes()).ok()?.try_into().ok()?;
        let key = Zeroizing::new(BASE64.decode(text("key")?.as_bytes()).ok()?);
        Some(Self { id: VaultId(id), key: VaultKey::from_bytes(key.as_slice().try_into().ok()?) })
    }

    /// Keeps it among the sealed settings.
    pub fn keep(&self, settings: &mut Map) {
        let room = Json::text(HEXLOWER.encode(&self.id.0));
        let key = Json::text(BASE64.encode(self.key.expose()));
        settings.insert(SETTING, Json::map(vec![("room", room), ("key", key)]));
    }

    /// Whether that is its door, and not another room's.
    pub fn is_behind(&self, door: &str) -> bool {
        Record::from_text(door)
            .is_ok_and(|record| record.header().vault_id == self.id && record.header().is_under(&self.key))
    }

    /// A cell as it lies in the store: its name, and base64.
    pub fn seal<P: Platform>(&self, p: &P, cell: &Cell) -> Result<(String, String), VaultError> {
        let mut salt = [0; SALT];
        let mut nonce = [0; crypto::NONCE];
        p.random(&mut salt)?;
        p.random(&mut nonce)?;
        let mut text = pad(&cell.encode()).ok_or(VaultError::TooLarge)?;
        let info = self.info(cell.id());
        let key = crypto::derive_key(self.key.expose(), &salt, &[&info]);
        crypto::seal(&key, &nonce, &info, &mut text).ok_or(VaultError::TooLarge)?;
        Ok((name(cell.id()), BASE64.encode(&[&salt[..], &nonce[..], &text[..]].concat())))
    }

    /// What an item of the store says.
    pub fn open(&self, name: &str, sealed: &str) -> Item {
        let Some(id) = name.strip_prefix(PREFIX).and_then(AccountId::from_text) else { return Item::Foreign };
        match self.unseal(id, sealed) {
            None => Item::Foreign,
            Some(bytes) => match Cell::decode(&bytes) {
                Some(cell) if cell.id() == id => Item::Cell(cell),
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

    /// What a cell's key is derived from, and its associated data: no cell opens in another's place.
    fn info(&self, id: AccountId) -> Vec<u8> {
        [b"m365totp/v1/sync".as_slice(), &self.id.0, &id.0].concat()
    }
}

/// Where the settings keep the room.
pub const SETTING: &str = "sync";

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
