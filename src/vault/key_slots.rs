//! The unlock methods: opening by one, adding, removing, renaming, changing.

use zeroize::Zeroizing;

use super::crypto::{self, KeyBytes, VaultKey};
use super::device;
use super::error::VaultError;
use super::header::{Header, MAX_SLOTS};
use super::organisation_key::OrganisationKey;
use super::record::Record;
use super::recovery::RecoveryCode;
use super::sharing;
use super::slot::{FreshSlot, KeySlot, Place, Prf, SlotId, SlotType, UnlockMethod, Unopened, VaultId};
use super::store::{self, Revision};
use kdf::{Argon2Cost, Kek, Passphrase};
use platform::{Outage, Platform};

/// What the person has, to open the vault with.
pub enum Unlock<'a> {
    /// What was typed.
    Passphrase(&'a Passphrase),
    /// The printed code.
    Recovery(&'a RecoveryCode),
    /// Nothing; the device's own secret.
    Device,
    /// What the authenticator of that slot answered.
    Prf(SlotId, &'a PrfOutput),
}

/// An unlock method, to be added.
pub enum NewUnlockMethod<'a> {
    /// Something to type.
    Passphrase(&'a Passphrase),
    /// A code to print.
    Recovery(&'a RecoveryCode),
    /// Nothing to type on this device.
    Device,
    /// An authenticator and what it answered. Always mixed with a secret of this device.
    Prf(Prf, &'a PrfOutput),
    /// The organisation, by its private key.
    Organisation(&'a OrganisationKey),
}

/// What an authenticator answered. Wiped on drop.
pub struct PrfOutput(Zeroizing<Vec<u8>>);

impl PrfOutput {
    /// Refuses what is too short to be a secret, and the zeros of an
    /// authenticator that only pretends.
    pub fn new(bytes: Vec<u8>) -> Result<Self, VaultError> {
        let bytes = Zeroizing::new(bytes);
        if bytes.len() < 32 || bytes.iter().all(|byte| *byte == 0) {
            return Err(VaultError::NoPrf);
        }
        Ok(Self(bytes))
    }
}

/// A fresh PRF input for a new authenticator slot.
pub fn make_prf_salt<P: Platform>(p: &P) -> Result<[u8; 32], Outage> {
    let mut salt = [0; 32];
    p.random(&mut salt)?;
    Ok(salt)
}

/// Adds an unlock method.
pub async fn add<P: Platform>(
    p: &P,
    key: &VaultKey,
    label: &str,
    unlock_method: &NewUnlockMethod<'_>,
) -> Result<SlotId, VaultError> {
    let mut revision = Revision::begin(p, key).await?;
    if revision.header.slots.len() >= MAX_SLOTS {
        return Err(VaultError::SlotLimits);
    }
    let slot = make_slot(p, revision.header.place(), label, unlock_method, key).await?;
    let id = slot.id;
    revision.header.slots.push(slot);
    share(p, &mut revision, key, &typed(id, unlock_method)).await?;
    revision.save(p, key).await?;
    Ok(id)
}

/// Removes an unlock method. If it may be in wrong hands, use [`rotate`] instead: an
/// old copy of the record still opens by it, and holds the same vault key.
pub async fn remove<P: Platform>(p: &P, key: &VaultKey, id: SlotId) -> Result<(), VaultError> {
    let mut revision = Revision::begin(p, key).await?;
    let at = position(&revision.header, id)?;
    revision.header.slots.remove(at);
    share(p, &mut revision, key, &[]).await?;
    revision.save(p, key).await
}

/// Renames an unlock method.
pub async fn rename<P: Platform>(p: &P, key: &VaultKey, id: SlotId, label: &str) -> Result<(), VaultError> {
    let mut revision = Revision::begin(p, key).await?;
    let at = position(&revision.header, id)?;
    let slot = revision.header.slots.get_mut(at).ok_or(VaultError::NoSuchSlot)?;
    if label.len() > super::MAX_LABEL {
        return Err(VaultError::SlotLimits);
    }
    label.clone_into(&mut slot.label);
    revision.save(p, key).await
}

/// Puts a new passphrase (or recovery code, or authenticator) in the place of
/// an old one; the label stays.
pub async fn replace<P: Platform>(
    p: &P,
    key: &VaultKey,
    id: SlotId,
    unlock_method: &NewUnlockMethod<'_>,
) -> Result<SlotId, VaultError> {
    let mut revision = Revision::begin(p, key).await?;
    let at = position(&revision.header, id)?;
    let place = revision.header.place();
    let slot = revision.header.slots.get_mut(at).ok_or(VaultError::NoSuchSlot)?;
    *slot = make_slot(p, place, &slot.label, unlock_method, key).await?;
    let id = slot.id;
    share(p, &mut revision, key, &typed(id, unlock_method)).await?;
    revision.save(p, key).await?;
    Ok(id)
}

/// Makes `keys` the ones of the organisation's that open the vault, besides what else does; those that are there and
/// not among them go if that is `certain`, and those that there is no room for stay out. `None` where nothing had to be
/// done.
pub async fn seal_to<P: Platform>(
    p: &P,
    key: &VaultKey,
    keys: &[OrganisationKey],
    certain: bool,
) -> Result<Option<()>, VaultError> {
    if !must_follow(store::newest(p).await?.header(), keys, certain) {
        return Ok(None);
    }
    let mut revision = Revision::begin(p, key).await?;
    if certain {
        revision.header.slots.retain(|slot| OrganisationKey::of(slot).is_none_or(|of| keys.contains(&of)));
    }
    for to in keys {
        if revision.header.slots.iter().any(|slot| OrganisationKey::of(slot).as_ref() == Some(to)) {
            continue;
        }
        if revision.header.slots.len() >= MAX_SLOTS {
            break;
        }
        let slot = make_slot(p, revision.header.place(), &to.name, &NewUnlockMethod::Organisation(to), key).await?;
        revision.header.slots.push(slot);
    }
    revision.save_keeping(p, key).await.map(Some)
}

fn must_follow(header: &Header, keys: &[OrganisationKey], certain: bool) -> bool {
    let there: Vec<_> = header.slots.iter().filter_map(OrganisationKey::of).collect();
    let lacks = header.slots.len() < MAX_SLOTS && keys.iter().any(|to| !there.contains(to));
    lacks || (certain && there.iter().any(|of| !keys.contains(of)))
}

/// Changes the vault key, for when an unlock method may be in wrong hands. Those that
/// are given are the only ones afterwards: a slot can only be wrapped anew by
/// whoever can open it.
pub async fn rotate<P: Platform>(
    p: &P,
    key: &VaultKey,
    unlock_methods: &[(&str, NewUnlockMethod<'_>)],
) -> Result<VaultKey, VaultError> {
    let mut revision = Revision::begin(p, key).await?;
    let new_key = store::make_key(p)?;
    let place = revision.header.place();
    sharing::end(&mut revision.contents.settings, &sharing::derive_key(key, place), place);
    let header = &mut revision.header;
    header.key_epoch = header.key_epoch.checked_add(1).ok_or(VaultError::TooLarge)?;
    header.slots = make_slots(p, header.place(), unlock_methods, &new_key).await?;
    let made = header.slots.iter().zip(unlock_methods);
    let made: Vec<_> = made.flat_map(|(slot, (_, unlock_method))| typed(slot.id, unlock_method)).collect();
    share(p, &mut revision, &new_key, &made).await?;
    revision.save(p, &new_key).await?;
    Ok(new_key)
}

/// A passphrase that was just typed, and the slot that it opens.
fn typed<'a>(id: SlotId, unlock_method: &NewUnlockMethod<'a>) -> Vec<(SlotId, &'a Passphrase)> {
    match unlock_method {
        NewUnlockMethod::Passphrase(passphrase) => vec![(id, *passphrase)],
        _ => Vec::new(),
    }
}

/// What others join by goes with the same save.
async fn share<P: Platform>(
    p: &P,
    revision: &mut Revision<P>,
    key: &VaultKey,
    made: &[(SlotId, &Passphrase)],
) -> Result<(), VaultError> {
    sharing::follow(p, &mut revision.contents, &revision.header, key, made).await
}

/// A slot for `key` that the passphrase opens.
pub(crate) async fn wrap_for<P: Platform>(
    p: &P,
    place: Place,
    id: SlotId,
    passphrase: &Passphrase,
    key: &VaultKey,
) -> Result<KeySlot, VaultError> {
    let fresh_slot = FreshSlot { id, ..make_fresh_slot(p)? };
    let (cost, kek) = derive_affordable(p, passphrase, &fresh_slot.salt).await?;
    let unlock_method = UnlockMethod::Passphrase(cost);
    KeySlot::wrap(place, fresh_slot, String::new(), p.now_ms(), unlock_method, &kek, key).ok_or(VaultError::SlotLimits)
}

pub(crate) async fn make_slots<P: Platform>(
    p: &P,
    place: Place,
    unlock_methods: &[(&str, NewUnlockMethod<'_>)],
    key: &VaultKey,
) -> Result<Vec<KeySlot>, VaultError> {
    if unlock_methods.len() > MAX_SLOTS {
        return Err(VaultError::SlotLimits);
    }
    let mut slots = Vec::with_capacity(unlock_methods.len());
    for (label, unlock_method) in unlock_methods {
        slots.push(make_slot(p, place, label, unlock_method, key).await?);
    }
    Ok(slots)
}

async fn make_slot<P: Platform>(
    p: &P,
    place: Place,
    label: &str,
    new: &NewUnlockMethod<'_>,
    key: &VaultKey,
) -> Result<KeySlot, VaultError> {
    let fresh_slot = make_fresh_slot(p)?;
    let (unlock_method, kek) = match new {
        NewUnlockMethod::Passphrase(passphrase) if !passphrase.is_long_enough() => {
            return Err(VaultError::TooShort);
        }
        NewUnlockMethod::Passphrase(passphrase) => {
            let (cost, kek) = derive_affordable(p, passphrase, &fresh_slot.salt).await?;
            (UnlockMethod::Passphrase(cost), kek)
        }
        NewUnlockMethod::Recovery(code) => {
            let kek = code.derive_kek(&fresh_slot.salt, place.vault, fresh_slot.id);
            (UnlockMethod::Recovery, kek)
        }
        NewUnlockMethod::Device => {
            let secret = device::make(p, SlotType::Device, fresh_slot.id).await?;
            (UnlockMethod::Device, derive_device_kek(&secret, &fresh_slot.salt, place.vault, fresh_slot.id))
        }
        NewUnlockMethod::Prf(prf, output) => {
            let secret = device::make(p, SlotType::Prf, fresh_slot.id).await?;
            let prf = Prf { mixes_device_secret: true, ..prf.clone() };
            let kek = derive_prf_kek(output, Some(&secret), &fresh_slot.salt, place.vault, fresh_slot.id);
            (UnlockMethod::Prf(prf), kek)
        }
        NewUnlockMethod::Organisation(to) => {
            let mut drawn = Zeroizing::new([0; 32]);
            p.random(drawn.as_mut_slice())?;
            let (sealed, kek) = to.seal(&drawn, &fresh_slot.salt, place.vault, fresh_slot.id)?;
            (UnlockMethod::Organisation(sealed), kek)
        }
    };
    KeySlot::wrap(place, fresh_slot, label.to_owned(), p.now_ms(), unlock_method, &kek, key)
        .ok_or(VaultError::SlotLimits)
}

/// The vault key, by the newest copy whose slot was not tampered with. Where
/// copies of several vaults lie about, the newest of each is tried.
pub(crate) async fn unwrap_newest<P: Platform>(
    p: &P,
    copies: &[(super::storage_scan::Spot, &Record)],
    unlock: &Unlock<'_>,
) -> Result<VaultKey, VaultError> {
    let mut answer = VaultError::NoSuchSlot;
    let mut refused = Vec::new();
    for (_, record) in copies {
        let header = record.header();
        if refused.contains(&header.vault_id) {
            continue;
        }
        match unwrap(p, header, unlock).await {
            Err(VaultError::Damaged(damage)) => answer = VaultError::Damaged(damage),
            Err(error @ VaultError::Wrong(_)) => {
                answer = error;
                refused.push(header.vault_id);
            }
            Err(VaultError::NoSuchSlot) => refused.push(header.vault_id),
            other => return other,
        }
    }
    Err(answer)
}

pub(crate) async fn unwrap<P: Platform>(p: &P, header: &Header, unlock: &Unlock<'_>) -> Result<VaultKey, VaultError> {
    unwrap_slot(p, header, unlock).await.map(|(_, key)| key)
}

/// [`unwrap`], and by which slot.
pub(crate) async fn unwrap_slot<P: Platform>(
    p: &P,
    header: &Header,
    unlock: &Unlock<'_>,
) -> Result<(SlotId, VaultKey), VaultError> {
    let wanted = unlock.slot_type();
    let mut answer = VaultError::NoSuchSlot;
    for slot in &header.slots {
        if slot.slot_type() != Some(wanted) {
            continue;
        }
        let Some(kek) = derive_kek(p, header.vault_id, slot, unlock).await? else {
            continue;
        };
        match slot.unwrap(header.place(), &kek) {
            Ok(key) => return Ok((slot.id, key)),
            Err(Unopened::Tampered) => answer = VaultError::Damaged(super::Damage::Seal),
            Err(Unopened::WrongKey) => {
                if answer == VaultError::NoSuchSlot {
                    answer = VaultError::Wrong(wanted);
                }
            }
        }
    }
    Err(answer)
}

async fn derive_kek<P: Platform>(
    p: &P,
    vault: VaultId,
    slot: &KeySlot,
    unlock: &Unlock<'_>,
) -> Result<Option<Kek>, VaultError> {
    let (Some(unlock_method), Some(salt)) = (slot.unlock_method(), slot.salt()) else {
        return Ok(None);
    };
    Ok(match (unlock, unlock_method) {
        (Unlock::Passphrase(passphrase), UnlockMethod::Passphrase(cost)) => {
            Some(p.derive(passphrase, salt, *cost).await?)
        }
        (Unlock::Recovery(code), UnlockMethod::Recovery) => Some(code.derive_kek(salt, vault, slot.id)),
        (Unlock::Device, UnlockMethod::Device) => device::find(p, SlotType::Device, slot.id)
            .await?
            .map(|secret| derive_device_kek(&secret, salt, vault, slot.id)),
        (Unlock::Prf(id, output), UnlockMethod::Prf(prf)) if *id == slot.id => {
            let secret = if prf.mixes_device_secret { device::find(p, SlotType::Prf, slot.id).await? } else { None };
            Some(derive_prf_kek(output, secret.as_ref(), salt, vault, slot.id))
        }
        _ => None,
    })
}

/// The usual cost, or the next cheaper one where memory is short.
async fn derive_affordable<P: Platform>(
    p: &P,
    passphrase: &Passphrase,
    salt: &[u8; 32],
) -> Result<(Argon2Cost, Kek), VaultError> {
    let mut answer = Outage::Derivation;
    for cost in Argon2Cost::LADDER {
        match p.derive(passphrase, salt, cost).await {
            Ok(kek) => return Ok((cost, kek)),
            Err(Outage::Derivation) => {}
            Err(other) => {
                answer = other;
                break;
            }
        }
    }
    Err(answer.into())
}

fn derive_prf_kek(output: &PrfOutput, device: Option<&KeyBytes>, salt: &[u8; 32], vault: VaultId, slot: SlotId) -> Kek {
    let mut ikm = Zeroizing::new(Vec::with_capacity(output.0.len() + 32));
    ikm.extend_from_slice(&output.0);
    if let Some(device) = device {
        ikm.extend_from_slice(device.as_slice());
    }
    let info: [&[u8]; 3] = [b"m365totp/v1/kek/prf", &vault.0, &slot.0];
    crypto::derive_key(&ikm, salt, &info).into()
}

fn derive_device_kek(secret: &KeyBytes, salt: &[u8; 32], vault: VaultId, slot: SlotId) -> Kek {
    let info: [&[u8]; 3] = [b"m365totp/v1/kek/device", &vault.0, &slot.0];
    crypto::derive_key(secret.as_slice(), salt, &info).into()
}

fn make_fresh_slot<P: Platform>(p: &P) -> Result<FreshSlot, Outage> {
    let mut fresh_slot = FreshSlot { id: SlotId([0; 16]), salt: [0; 32], nonce: [0; 12] };
    p.random(&mut fresh_slot.id.0)?;
    p.random(&mut fresh_slot.salt)?;
    p.random(&mut fresh_slot.nonce)?;
    Ok(fresh_slot)
}

fn position(header: &Header, id: SlotId) -> Result<usize, VaultError> {
    header.slots.iter().position(|slot| slot.id == id).ok_or(VaultError::NoSuchSlot)
}

impl Unlock<'_> {
    /// Whether it can be guessed at, and so must be slowed down.
    pub(crate) const fn is_typed(&self) -> bool {
        matches!(self, Self::Passphrase(_) | Self::Recovery(_))
    }

    const fn slot_type(&self) -> SlotType {
        match self {
            Self::Passphrase(_) => SlotType::Passphrase,
            Self::Recovery(_) => SlotType::Recovery,
            Self::Device => SlotType::Device,
            Self::Prf(..) => SlotType::Prf,
        }
    }
}
