//! Recovery by the organisation: what wraps the vault key is sealed to a public key that its policy names.
//!
//! HPKE (RFC 9180) in its base mode, with X25519 and HKDF-SHA256, of which only the export is used: what it exports is
//! the wrapping key of a slot like any other. By the crate `hpke`, which stands on the same RustCrypto crates as the rest;
//! `hpke-rs` was weighed: until 2026 it did not refuse a secret of zeros (GHSA-g433-pq76-6cmf), and it brings
//! a second provider for each of them.

use std::convert::Infallible;

use data_encoding::BASE64URL_NOPAD;
use hpke::aead::ExportOnlyAead;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable, setup_receiver, setup_sender_with_rng};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::crypto::{self, KeyBytes, VaultKey};
use super::error::VaultError;
use super::record::Record;
use super::slot::{KeySlot, MAX_LABEL, SlotId, UnlockMethod, VaultId};
use kdf::Kek;
use platform::Outage;

/// Bytes by which a mistyped key is told from another.
const CHECK: usize = 4;

/// A public key of an organisation's, and who holds the private one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganisationKey {
    /// Who.
    pub name: String,
    public: [u8; 32],
}

/// To whom a slot is sealed, and what HPKE gives along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedTo {
    /// The public key.
    pub public: [u8; 32],
    /// The encapsulated secret: the public half of a fresh pair.
    pub encapsulated: [u8; 32],
}

/// The private key. Wiped on drop.
pub struct PrivateKey(Zeroizing<[u8; 32]>);

impl OrganisationKey {
    /// Reads what a policy says: 48 characters, which are the key and its check, a blank, and the name. `None` for what
    /// is mistyped, for a name that no slot holds, and for a key that makes every secret the same.
    pub fn from_text(text: &str) -> Option<Self> {
        let (key, name) = text.trim().split_once(char::is_whitespace)?;
        let bytes = BASE64URL_NOPAD.decode(key.as_bytes()).ok()?;
        let (public, given) = bytes.split_first_chunk::<32>()?;
        let name = name.trim();
        let fits = !name.is_empty() && name.len() <= MAX_LABEL && !name.chars().any(char::is_control);
        (fits && *given == check(public) && is_strong(public)).then(|| Self { name: name.to_owned(), public: *public })
    }

    /// What [`OrganisationKey::from_text`] reads.
    pub fn to_text(&self) -> String {
        let bytes = [self.public.as_slice(), check(&self.public).as_slice()].concat();
        format!("{} {}", BASE64URL_NOPAD.encode(&bytes), self.name)
    }

    /// Whether it is the same key, by whatever name.
    pub fn is_same_key(&self, other: &Self) -> bool {
        self.public == other.public
    }

    /// Of the slot, if it is one that an organisation opens.
    pub fn of(slot: &KeySlot) -> Option<Self> {
        match slot.unlock_method() {
            Some(UnlockMethod::Organisation(to)) => Some(Self { name: slot.label.clone(), public: to.public }),
            _ => None,
        }
    }

    /// The wrapping key of a slot, and what the private key takes to find it again. `drawn` is random.
    pub(crate) fn seal(
        &self,
        drawn: &[u8; 32],
        salt: &[u8; 32],
        vault: VaultId,
        slot: SlotId,
    ) -> Result<(SealedTo, Kek), VaultError> {
        // Weak keys were refused when they were read; that HPKE refuses them too is no reason to go on.
        let failed = |_| VaultError::Outage(Outage::Random);
        let to = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(&self.public).map_err(failed)?;
        let mut rng = Drawn { seed: drawn, requests: 0 };
        let (encapsulated, context) = setup_sender_with_rng::<ExportOnlyAead, HkdfSha256, X25519HkdfSha256>(
            &OpModeS::Base,
            &to,
            &info(vault, slot),
            &mut rng,
        )
        .map_err(failed)?;
        let mut kek = KeyBytes::default();
        context.export(salt, kek.as_mut_slice()).map_err(failed)?;
        let sealed = SealedTo { public: self.public, encapsulated: encapsulated.to_bytes().into() };
        Ok((sealed, kek.into()))
    }
}

impl PrivateKey {
    /// Of 32 random bytes.
    pub fn of(bytes: &[u8; 32]) -> Self {
        Self(Zeroizing::new(*bytes))
    }

    /// The public half, under the name of whoever holds this one.
    pub fn public(&self, name: &str) -> OrganisationKey {
        OrganisationKey {
            name: name.to_owned(),
            public: x25519_dalek::x25519(*self.0, x25519_dalek::X25519_BASEPOINT_BYTES),
        }
    }

    /// The key of a vault that is sealed to this one.
    ///
    /// # Errors
    /// [`VaultError::NoSuchSlot`] where it is sealed to others or to none, [`VaultError::Damaged`] where the slot was
    /// changed.
    pub fn open(&self, record: &Record) -> Result<VaultKey, VaultError> {
        let header = record.header();
        let own = self.public("").public;
        for slot in &header.slots {
            let (Some(UnlockMethod::Organisation(to)), Some(salt)) = (slot.unlock_method(), slot.salt()) else {
                continue;
            };
            if !bool::from(to.public.ct_eq(&own)) {
                continue;
            }
            let kek = self.find_kek(to, salt, header.vault_id, slot.id);
            let key = kek.and_then(|kek| slot.unwrap(header.place(), &kek).ok());
            return key.ok_or(VaultError::Damaged(super::Damage::Seal));
        }
        Err(VaultError::NoSuchSlot)
    }

    fn find_kek(&self, to: &SealedTo, salt: &[u8; 32], vault: VaultId, slot: SlotId) -> Option<Kek> {
        let own = <X25519HkdfSha256 as Kem>::PrivateKey::from_bytes(self.0.as_slice()).ok()?;
        let given = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(&to.encapsulated).ok()?;
        let context = setup_receiver::<ExportOnlyAead, HkdfSha256, X25519HkdfSha256>(
            &OpModeR::Base,
            &own,
            &given,
            &info(vault, slot),
        );
        let mut kek = KeyBytes::default();
        context.ok()?.export(salt, kek.as_mut_slice()).ok()?;
        Some(kek.into())
    }
}

fn info(vault: VaultId, slot: SlotId) -> Vec<u8> {
    [b"m365totp/v1/kek/organisation".as_slice(), &vault.0, &slot.0].concat()
}

fn check(public: &[u8; 32]) -> [u8; CHECK] {
    let hash = Sha256::new().chain_update(b"m365totp/v1/organisation-key").chain_update(public).finalize();
    let mut check = [0; CHECK];
    check.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
    check
}

/// Points of small order give everybody the same secret, zero, whatever the other half is.
fn is_strong(public: &[u8; 32]) -> bool {
    x25519_dalek::x25519([1; 32], *public) != [0; 32]
}

/// Randomness that was drawn before, for a library that takes none from us: each request gets bytes of its own.
struct Drawn<'a> {
    seed: &'a [u8; 32],
    requests: u64,
}

impl TryRng for Drawn<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        self.requests += 1;
        crypto::derive(self.seed, &[], &[b"m365totp/v1/organisation-draw", &self.requests.to_le_bytes()], out);
        Ok(())
    }
}

impl TryCryptoRng for Drawn<'_> {}
