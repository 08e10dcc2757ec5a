//! What lies in the store: a join record, and sync records sealed one by one.
//!
//! The sync store's key is derived from the vault key of the browser that began it, and every
//! other that is in keeps it among its sealed settings. The join record opens by passphrases of
//! that vault, and hands out the derived key: neither opens the vault or a backup of it.

use data_encoding::{BASE64, HEXLOWER};
use zeroize::Zeroizing;

use super::SyncRecord;
use kdf::Passphrase;
use platform::Platform;
use strict_json::{Map, Value, json};
use vault::sharing::{self, DUE, JOIN, SETTING};
use vault::{AccountId, Header, Place, Record, SlotId, VaultError, VaultId, VaultKey, backup, crypto};

/// Name of the join record in the store.
pub const JOIN_RECORD: &str = "s1.door";
/// What every name in the store begins with; a sync record's goes on with its account in hexadecimal.
pub const PREFIX: &str = "s1.";
/// Name of what says which keys are over.
pub const ENDED_KEYS: &str = "s1.ended";
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinRecord {
    /// This sync store's.
    Own,
    /// This sync store's, and the vault that began it has a newer one.
    Outdated,
    /// Anything else: another sync store's, one under a new key, a forged one, or one from before the key that is known.
    Foreign,
}

/// What the sealed settings say.
pub enum Membership {
    /// This browser is in.
    In(SyncStore),
    /// It was, and was shut out. It stays out, whatever the store looks like later, until it joins again.
    Out,
    /// It joined with an early version, which kept the other vault's own key.
    Early(VaultId, VaultKey),
}

/// A sync store that this browser is in.
pub struct SyncStore {
    place: Place,
    key: VaultKey,
    /// If this vault began it.
    begun: Option<Begun>,
}

struct Begun {
    join_record: String,
    /// It is still to be stored.
    due: bool,
    /// What says of each key that is over that it is.
    ended: Vec<String>,
}

impl SyncStore {
    /// The sync store of the vault that `key` opens, and its join record, which the vault's own
    /// `passphrase` opens; [`VaultError::NoSuchSlot`] if the vault has none.
    pub async fn make<P: Platform>(
        p: &P,
        key: &VaultKey,
        passphrase: &Passphrase,
    ) -> Result<(Self, String), VaultError> {
        let record = sharing::make(p, key, passphrase).await?;
        let (place, join_record) = (record.header().place(), record.to_text());
        let begun = Begun { join_record: join_record.clone(), due: false, ended: Vec::new() };
        Ok((Self { place, key: sharing::derive_key(key, place), begun: Some(begun) }, join_record))
    }

    /// In by its join record, which another vault made.
    pub async fn join<P: Platform>(p: &P, record: &Record, passphrase: &Passphrase) -> Result<Self, VaultError> {
        let key = backup::open_with(p, record, passphrase).await?;
        if !sharing::is_shared(record, &key) {
            return Err(VaultError::OtherKey);
        }
        Ok(Self { place: record.header().place(), key, begun: None })
    }

    /// In with what an early version kept, if that join record is of the same key: from now on with the derived one.
    pub fn from_early(id: VaultId, key: &VaultKey, record: &Record) -> Option<Self> {
        let place = record.header().place();
        // That version may have joined by a join record of ours.
        let shared = if sharing::is_shared(record, key) {
            VaultKey::from_bytes(key.expose())
        } else {
            sharing::derive_key(key, place)
        };
        let is_known = record.header().is_under(key) || record.header().is_under(&shared);
        (place.vault == id && is_known).then_some(Self { place, key: shared, begun: None })
    }

    /// As it is kept among the sealed settings of the vault that `key` opens.
    /// `None` also in a copy that became a vault of its own: it is not in.
    pub fn from_settings(settings: &Map, own: &Header, key: &VaultKey) -> Option<Membership> {
        let kept = settings.get(SETTING)?;
        let text = |name: &str| kept.get(name)?.as_str();
        let vault = VaultId(HEXLOWER.decode(text("room")?.as_bytes()).ok()?.try_into().ok()?);
        let secret = |name: &str| {
            let bytes = Zeroizing::new(BASE64.decode(text(name)?.as_bytes()).ok()?);
            Some(VaultKey::from_bytes(bytes.as_slice().try_into().ok()?))
        };
        if kept.get("out").is_some() {
            return Some(Membership::Out);
        }
        if let Some(key) = secret("key") {
            return Some(Membership::Early(vault, key));
        }
        if let Some(key) = secret("shared") {
            let key_epoch = kept.get("epoch").and_then(Value::as_u64)?.try_into().ok()?;
            return Some(Membership::In(Self { place: Place { vault, key_epoch }, key, begun: None }));
        }
        let begun = Begun {
            join_record: text(JOIN)?.to_owned(),
            due: kept.get(DUE).is_some(),
            ended: sharing::ended(settings).map(str::to_owned).collect(),
        };
        let key = sharing::derive_key(key, own.place());
        (vault == own.vault_id).then(|| Membership::In(Self { place: own.place(), key, begun: Some(begun) }))
    }

    /// Keeps it among the sealed settings.
    pub fn keep(&self, settings: &mut Map) {
        let vault = HEXLOWER.encode(&self.place.vault.0);
        let kept = match &self.begun {
            Some(begun) => json!({ "room": vault, JOIN: begun.join_record }),
            None => {
                json!({ "room": vault, "epoch": self.place.key_epoch, "shared": BASE64.encode(self.key.expose()) })
            }
        };
        settings.insert(SETTING.to_owned(), kept);
    }

    /// Whether these settings know that its key is over, or are in by a later one: who was shut out does not go back to it,
    /// nor does anybody whom an old state of the store would lead there.
    pub fn is_outdated(&self, settings: &Map) -> bool {
        let end = sharing::end_of(&self.key, self.place);
        let kept = settings.get(SETTING);
        let is_same = kept.and_then(|kept| kept.get("room")?.as_str()) == Some(&HEXLOWER.encode(&self.place.vault.0));
        let epoch = kept.and_then(|kept| kept.get("epoch")?.as_u64());
        sharing::ended(settings).any(|ended| ended == end)
            || (is_same && epoch.is_some_and(|epoch| epoch > u64::from(self.place.key_epoch)))
    }

    /// Keeps that its key is over and this browser out.
    pub fn end(&self, settings: &mut Map) {
        sharing::end(settings, &self.key, self.place);
        Self::leave(settings);
    }

    /// Keeps that this browser is out, and no key.
    pub fn leave(settings: &mut Map) {
        let room = settings.get(SETTING).and_then(|kept| kept.get("room")).cloned();
        settings.insert(SETTING.to_owned(), json!({ "room": room, "out": true }));
    }

    /// Whose join record that is.
    pub fn look(&self, join_record: &Record) -> JoinRecord {
        let theirs = join_record.header().place();
        if theirs.vault != self.place.vault || theirs.key_epoch > self.place.key_epoch {
            // Anybody can write such a record who can write to the store.
            JoinRecord::Foreign
        } else if self.begun.as_ref().is_some_and(|begun| begun.due || theirs.key_epoch < self.place.key_epoch) {
            JoinRecord::Outdated
        } else if !join_record.header().is_under(&self.key) {
            JoinRecord::Foreign
        } else if self.begun.as_ref().is_some_and(|begun| begun.is_later_than(join_record)) {
            JoinRecord::Outdated
        } else {
            JoinRecord::Own
        }
    }

    /// Whether the store says, in words that only who has the key can write, that its key is over: this browser is out
    /// until it joins again.
    pub fn is_over(&self, stored: &[(String, String)]) -> bool {
        let end = sharing::end_of(&self.key, self.place);
        ended_keys(stored).split(' ').any(|said| said == end)
    }

    /// What is to be said of the keys that are over, if the store does not say it yet.
    pub fn ended_keys(&self, stored: &[(String, String)]) -> Option<String> {
        let ended = &self.begun.as_ref()?.ended;
        let said = ended_keys(stored);
        let is_missing = ended.iter().any(|end| !said.split(' ').any(|said| said == end));
        is_missing.then(|| ended.join(" "))
    }

    /// The join record as this vault has it, if it began.
    pub fn join_record(&self) -> Option<&str> {
        self.begun.as_ref().map(|begun| begun.join_record.as_str())
    }

    /// Whether nobody could join any more if this vault lost that unlock method.
    pub fn rests_on(&self, slot: SlotId, own: &Header) -> bool {
        let record = self.join_record().and_then(|join_record| Record::from_text(join_record).ok());
        record.is_some_and(|record| sharing::slots(&record, own).iter().all(|other| other.id == slot))
    }

    /// A sync record as it lies in the store: its name, and base64.
    pub fn seal<P: Platform>(&self, p: &P, sync_record: &SyncRecord) -> Result<(String, String), VaultError> {
        let mut salt = [0; SALT];
        let mut nonce = [0; crypto::NONCE];
        p.random(&mut salt)?;
        p.random(&mut nonce)?;
        let mut text = pad(&sync_record.encode()).ok_or(VaultError::TooLarge)?;
        let place = self.stored_under(sync_record);
        let info = self.info(place);
        let key = crypto::derive_key(self.key.expose(), &salt, &[&info]);
        crypto::seal(&key, &nonce, &info, &mut text).ok_or(VaultError::TooLarge)?;
        Ok((name(place), BASE64.encode(&[&salt[..], &nonce[..], &text[..]].concat())))
    }

    /// What an item of the store says.
    pub fn open(&self, name: &str, sealed: &str) -> Item {
        let Some(id) = name.strip_prefix(PREFIX).and_then(AccountId::from_text) else { return Item::Foreign };
        match self.unseal(id, sealed) {
            None => Item::Foreign,
            Some(bytes) => match SyncRecord::decode(&bytes) {
                Some(sync_record) if self.stored_under(&sync_record) == id => Item::SyncRecord(sync_record),
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

    /// Under whose id it is stored. That of what lies aside is made of its key: it is not for whoever carries the store.
    fn stored_under(&self, sync_record: &SyncRecord) -> AccountId {
        if !sync_record.lies_aside() {
            return sync_record.id();
        }
        let mut place = AccountId([0; 16]);
        let info = [b"m365totp/v1/sync-aside".as_slice(), &self.place.vault.0, &sync_record.id().0];
        crypto::derive(self.key.expose(), &[], &info, &mut place.0);
        place
    }

    /// What a sync record's key is derived from, and its associated data: no sync record opens in another's place.
    fn info(&self, id: AccountId) -> Vec<u8> {
        [b"m365totp/v1/sync".as_slice(), &self.place.vault.0, &id.0].concat()
    }
}

impl Begun {
    /// Whether the passphrases have been changed since that one was written.
    fn is_later_than(&self, stored: &Record) -> bool {
        let own = Record::from_text(&self.join_record);
        own.is_ok_and(|own| own.header().written_at_ms > stored.header().written_at_ms)
    }
}

fn ended_keys(stored: &[(String, String)]) -> &str {
    stored.iter().find(|(name, _)| name == ENDED_KEYS).map_or("", |(_, said)| said)
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
