//! A slot: the vault key, wrapped under one way of opening the vault.
//!
//! Everything that decides how the wrapping key comes about is in the
//! associated data of the wrapping, so a slot whose cost was lowered, whose
//! type was changed or which was carried over from another vault does not
//! open. AES-GCM does not commit to its key; `commit` does, and tells a wrong
//! passphrase from a slot that was tampered with.

use zeroize::Zeroizing;

use super::crypto::{self, NONCE, TAG, VaultKey};
use super::error::Damage;
use super::header::is_known;
use super::organisation_key::SealedTo;
use super::wire::{Reader, Writer};
use kdf::{Argon2Cost, Kek};

/// Names a slot; random.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SlotId(pub [u8; 16]);

/// Names a vault; random.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VaultId(pub [u8; 16]);

/// The five unlock methods of a vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SlotType {
    /// Something typed.
    Passphrase,
    /// Windows Hello, Touch ID, a security key: WebAuthn's PRF extension.
    Prf,
    /// Nothing at all: a secret that lies on this computer.
    Device,
    /// The code that was printed.
    Recovery,
    /// The private key of the organisation, where its policy says so.
    Organisation,
}

/// What a slot needs in order to be opened, by type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnlockMethod {
    /// Argon2id over the passphrase.
    Passphrase(Argon2Cost),
    /// Reserved in the format for places where Argon2 may not be used; neither
    /// written nor opened by this version.
    PassphrasePbkdf2 {
        /// Rounds of PBKDF2-HMAC-SHA256.
        iterations: u32,
    },
    /// HKDF over the authenticator's secret and this device's.
    Prf(Prf),
    /// HKDF over this device's secret.
    Device,
    /// HKDF over the recovery code.
    Recovery,
    /// What HPKE exports to the holder of a private key.
    Organisation(SealedTo),
}

/// How to ask the authenticator again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prf {
    /// WebAuthn credential id.
    pub credential_id: Vec<u8>,
    /// Relying party; empty where it was left to the browser.
    pub rp_id: String,
    /// Bit set: 1 usb, 2 nfc, 4 ble, 8 internal, 16 hybrid, 32 smart-card.
    pub transports: u8,
    /// The input of the PRF.
    pub prf_salt: [u8; 32],
    /// Whether a secret of this device is mixed in; always true in what we write.
    pub mixes_device_secret: bool,
}

/// Longest label of a slot, in bytes.
pub const MAX_LABEL: usize = 64;
/// Longest WebAuthn credential id, in bytes (the limit of the specification).
const MAX_CREDENTIAL_ID: usize = 1023;
const MAX_RP_ID: usize = 253;
const PBKDF2_ROUNDS: std::ops::RangeInclusive<u32> = 600_000..=10_000_000;
const WRAPPED: usize = 32 + TAG;

/// One unlock method.
#[derive(Clone, PartialEq, Eq)]
pub struct KeySlot {
    /// Its name in the record.
    pub id: SlotId,
    /// Its name for the user.
    pub label: String,
    /// When it was made.
    pub created_ms: u64,
    lock: Lock,
}

#[derive(Clone, PartialEq, Eq)]
enum Lock {
    Known(Known),
    /// Of a later minor version: carried along, not understood.
    Later {
        slot_type: u8,
        rest: Vec<u8>,
    },
}

#[derive(Clone, PartialEq, Eq)]
struct Known {
    unlock_method: UnlockMethod,
    salt: [u8; 32],
    commit: [u8; 16],
    nonce: [u8; NONCE],
    wrapped: [u8; WRAPPED],
    /// Fields of a later minor version.
    later: Vec<u8>,
}

/// What is random about a new slot.
pub struct FreshSlot {
    /// Its name in the record.
    pub id: SlotId,
    /// Salt of its key derivation.
    pub salt: [u8; 32],
    /// Nonce of its wrapping.
    pub nonce: [u8; NONCE],
}

/// Where a wrapping belongs: it opens nowhere else.
#[derive(Clone, Copy)]
pub struct Place {
    /// The vault.
    pub vault: VaultId,
    /// How often its key has been changed.
    pub key_epoch: u32,
}

/// Why a slot did not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unopened {
    /// The key is not this slot's.
    WrongKey,
    /// The key is right and the slot was changed, or belongs elsewhere.
    Tampered,
}

impl KeySlot {
    /// Wraps `key` under `kek`; `None` where label or unlock method are outside the limits of the format.
    pub fn wrap(
        place: Place,
        fresh_slot: FreshSlot,
        label: String,
        created_ms: u64,
        unlock_method: UnlockMethod,
        kek: &Kek,
        key: &VaultKey,
    ) -> Option<Self> {
        if !Self::fits(&label, &unlock_method) {
            return None;
        }
        let aad = wrap_aad(place, fresh_slot.id, &unlock_method, &fresh_slot.salt);
        let mut sealed = Zeroizing::new(Vec::with_capacity(WRAPPED));
        sealed.extend_from_slice(key.expose());
        crypto::seal(kek.expose(), &fresh_slot.nonce, &aad, &mut sealed)?;
        Some(Self {
            id: fresh_slot.id,
            label,
            created_ms,
            lock: Lock::Known(Known {
                unlock_method,
                salt: fresh_slot.salt,
                commit: derive_commit(kek),
                nonce: fresh_slot.nonce,
                wrapped: sealed.as_slice().try_into().ok()?,
                later: Vec::new(),
            }),
        })
    }

    /// The vault key, if `kek` is the right one and nothing was changed.
    pub fn unwrap(&self, place: Place, kek: &Kek) -> Result<VaultKey, Unopened> {
        let Lock::Known(known) = &self.lock else {
            return Err(Unopened::WrongKey);
        };
        if !crypto::same(&known.commit, &derive_commit(kek)) {
            return Err(Unopened::WrongKey);
        }
        let aad = wrap_aad(place, self.id, &known.unlock_method, &known.salt);
        let bytes = crypto::open(kek.expose(), &known.nonce, &aad, &known.wrapped).ok_or(Unopened::Tampered)?;
        let bytes = <&[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| Unopened::Tampered)?;
        Ok(VaultKey::from_bytes(bytes))
    }

    /// How it opens; `None` for a slot of a later version.
    pub fn unlock_method(&self) -> Option<&UnlockMethod> {
        match &self.lock {
            Lock::Known(known) => Some(&known.unlock_method),
            Lock::Later { .. } => None,
        }
    }

    /// Its type; `None` for a slot of a later version.
    pub fn slot_type(&self) -> Option<SlotType> {
        self.unlock_method().map(UnlockMethod::slot_type)
    }

    /// The salt of its key derivation.
    pub fn salt(&self) -> Option<&[u8; 32]> {
        match &self.lock {
            Lock::Known(known) => Some(&known.salt),
            Lock::Later { .. } => None,
        }
    }

    /// Whether label and unlock method stay inside the limits of the format.
    fn fits(label: &str, unlock_method: &UnlockMethod) -> bool {
        label.len() <= MAX_LABEL
            && match unlock_method {
                UnlockMethod::Passphrase(cost) => cost.is_sound(),
                UnlockMethod::PassphrasePbkdf2 { iterations } => PBKDF2_ROUNDS.contains(iterations),
                UnlockMethod::Prf(prf) => {
                    (1..=MAX_CREDENTIAL_ID).contains(&prf.credential_id.len()) && prf.rp_id.len() <= MAX_RP_ID
                }
                UnlockMethod::Device | UnlockMethod::Recovery | UnlockMethod::Organisation(_) => true,
            }
    }

    pub(crate) fn parse(bytes: &[u8], minor: u16) -> Result<Self, Damage> {
        let mut reader = Reader::new(bytes);
        let id = SlotId(reader.array()?);
        let slot_type = reader.u8()?;
        let label = utf8(reader.short_bytes()?)?;
        let created_ms = reader.u64()?;
        let rest = reader.rest();
        let lock = match Known::parse(slot_type, rest, minor) {
            // What an older reader cannot understand, a later minor version may mean.
            Err(Unread::Unknown) if !is_known(minor) => Lock::Later { slot_type, rest: rest.to_vec() },
            Err(Unread::Unknown) => return Err(Damage::Header),
            Err(Unread::Damage(damage)) => return Err(damage),
            // Of minor version 1, and no sooner.
            Ok(Known { unlock_method: UnlockMethod::Organisation(_), .. }) if minor == 0 => return Err(Damage::Header),
            Ok(known) => Lock::Known(known),
        };
        if label.len() > MAX_LABEL {
            return Err(Damage::Header);
        }
        Ok(Self { id, label, created_ms, lock })
    }

    pub(crate) fn write(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.bytes(&self.id.0);
        writer.u8(match &self.lock {
            Lock::Known(known) => known.unlock_method.slot_type().number(),
            Lock::Later { slot_type, .. } => *slot_type,
        });
        writer.short_bytes(self.label.as_bytes()).u64(self.created_ms);
        match &self.lock {
            Lock::Known(known) => {
                known.unlock_method.write_kdf(&mut writer);
                writer.bytes(&known.salt);
                known.unlock_method.write_specific(&mut writer);
                writer.bytes(&known.commit).bytes(&known.nonce).bytes(&known.wrapped).bytes(&known.later);
            }
            Lock::Later { rest, .. } => {
                writer.bytes(rest);
            }
        }
        writer.done()
    }
}

impl SlotType {
    /// Whether it is opened by something that a person types, on any computer.
    pub(crate) const fn is_typed(self) -> bool {
        matches!(self, Self::Passphrase | Self::Recovery)
    }

    /// Whether a copy of the vault opens by it without this computer.
    pub(crate) const fn opens_anywhere(self) -> bool {
        self.is_typed() || matches!(self, Self::Organisation)
    }

    const fn number(self) -> u8 {
        match self {
            Self::Passphrase => 1,
            Self::Prf => 2,
            Self::Device => 3,
            Self::Recovery => 4,
            Self::Organisation => 5,
        }
    }
}

impl UnlockMethod {
    /// The type that it belongs to.
    pub const fn slot_type(&self) -> SlotType {
        match self {
            Self::Passphrase(_) | Self::PassphrasePbkdf2 { .. } => SlotType::Passphrase,
            Self::Prf(_) => SlotType::Prf,
            Self::Device => SlotType::Device,
            Self::Recovery => SlotType::Recovery,
            Self::Organisation(_) => SlotType::Organisation,
        }
    }

    fn write_kdf(&self, writer: &mut Writer) {
        match self {
            Self::Passphrase(cost) => writer.u8(1).u32(cost.memory_kib).u32(cost.passes).u32(cost.lanes),
            Self::PassphrasePbkdf2 { iterations } => writer.u8(2).u32(*iterations),
            Self::Prf(_) | Self::Device | Self::Recovery => writer.u8(3),
            Self::Organisation(_) => writer.u8(4),
        };
    }

    fn write_specific(&self, writer: &mut Writer) {
        let mut specific = Writer::default();
        if let Self::Prf(prf) = self {
            specific
                .long_bytes(&prf.credential_id)
                .short_bytes(prf.rp_id.as_bytes())
                .u8(prf.transports)
                .bytes(&prf.prf_salt)
                .u8(u8::from(prf.mixes_device_secret));
        }
        if let Self::Organisation(sealed) = self {
            specific.bytes(&sealed.public).bytes(&sealed.encapsulated);
        }
        writer.long_bytes(&specific.done());
    }
}

enum Unread {
    Unknown,
    Damage(Damage),
}

impl<E: Into<Damage>> From<E> for Unread {
    fn from(error: E) -> Self {
        Self::Damage(error.into())
    }
}

impl Known {
    fn parse(slot_type: u8, bytes: &[u8], minor: u16) -> Result<Self, Unread> {
        let mut reader = Reader::new(bytes);
        let kdf = match reader.u8()? {
            1 => Kdf::Argon2id(Argon2Cost { memory_kib: reader.u32()?, passes: reader.u32()?, lanes: reader.u32()? }),
            2 => Kdf::Pbkdf2(reader.u32()?),
            3 => Kdf::Hkdf,
            4 => Kdf::Hpke,
            _ => return Err(Unread::Unknown),
        };
        let salt = reader.array()?;
        let specific = reader.long_bytes()?;
        let unlock_method = match (slot_type, kdf) {
            (1, Kdf::Argon2id(cost)) => UnlockMethod::Passphrase(cost),
            (1, Kdf::Pbkdf2(iterations)) => UnlockMethod::PassphrasePbkdf2 { iterations },
            (2, Kdf::Hkdf) => UnlockMethod::Prf(parse_prf(specific)?),
            (3, Kdf::Hkdf) => UnlockMethod::Device,
            (4, Kdf::Hkdf) => UnlockMethod::Recovery,
            (5, Kdf::Hpke) => UnlockMethod::Organisation(parse_sealed(specific)?),
            (1..=5, _) => return Err(Damage::Header.into()),
            _ => return Err(Unread::Unknown),
        };
        if !matches!(unlock_method, UnlockMethod::Prf(_) | UnlockMethod::Organisation(_)) && !specific.is_empty() {
            return Err(Damage::Header.into());
        }
        if !KeySlot::fits("", &unlock_method) {
            let costs = matches!(unlock_method, UnlockMethod::Passphrase(_) | UnlockMethod::PassphrasePbkdf2 { .. });
            return Err(if costs { Damage::Cost } else { Damage::Header }.into());
        }
        let known = Self {
            unlock_method,
            salt,
            commit: reader.array()?,
            nonce: reader.array()?,
            wrapped: reader.array()?,
            later: reader.rest().to_vec(),
        };
        if is_known(minor) && !known.later.is_empty() {
            return Err(Damage::Header.into());
        }
        Ok(known)
    }
}

enum Kdf {
    Argon2id(Argon2Cost),
    Pbkdf2(u32),
    Hkdf,
    Hpke,
}

fn parse_sealed(bytes: &[u8]) -> Result<SealedTo, Damage> {
    let mut reader = Reader::new(bytes);
    let sealed = SealedTo { public: reader.array()?, encapsulated: reader.array()? };
    if reader.rest().is_empty() { Ok(sealed) } else { Err(Damage::Header) }
}

fn parse_prf(bytes: &[u8]) -> Result<Prf, Damage> {
    let mut reader = Reader::new(bytes);
    let prf = Prf {
        credential_id: reader.long_bytes()?.to_vec(),
        rp_id: utf8(reader.short_bytes()?)?,
        transports: reader.u8()?,
        prf_salt: reader.array()?,
        mixes_device_secret: match reader.u8()? {
            0 => false,
            1 => true,
            _ => return Err(Damage::Header),
        },
    };
    if reader.rest().is_empty() { Ok(prf) } else { Err(Damage::Header) }
}

fn utf8(bytes: &[u8]) -> Result<String, Damage> {
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| Damage::Header)
}

fn wrap_aad(place: Place, id: SlotId, unlock_method: &UnlockMethod, salt: &[u8; 32]) -> Vec<u8> {
    let mut aad = Writer::default();
    aad.bytes(b"m365totp/v1/slot")
        .bytes(&place.vault.0)
        .bytes(&id.0)
        .u8(unlock_method.slot_type().number())
        .u32(place.key_epoch);
    unlock_method.write_kdf(&mut aad);
    aad.bytes(salt);
    unlock_method.write_specific(&mut aad);
    aad.done()
}

fn derive_commit(kek: &Kek) -> [u8; 16] {
    let mut commit = [0; 16];
    crypto::derive(kek.expose(), &[], &[b"m365totp/v1/slot-commit"], &mut commit);
    commit
}
