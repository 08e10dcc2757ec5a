//! The ways to open the vault, as a person meets them.

use zeroize::Zeroizing;

use super::sentences::sentence;
use super::{policy, preferences};
use crate::protocol::{DoorKind, DoorView, KeyView, Notice};
use ::policy::{Policy, SHORTEST_PASSPHRASE};
use data_encoding::HEXLOWER;
use kdf::Passphrase;
use platform::{Platform, Store};
use vault::recovery::RecoveryCode;
use vault::session;
use vault::store::{self, Presence};
use vault::ways::{PrfOutput, Unlock};
use vault::{Contents, Header, Prf, SlotId, SlotType, VaultError, VaultKey, Way};

/// When somebody last showed that it is them. Session storage, beside the key.
const PROVED: &str = "proved";
/// How long that is good for what could be turned against them.
const PROOF_MS: u64 = 3 * 60 * 1000;

/// WebAuthn's names of the transports, by the bits of the format.
const TRANSPORTS: [(u8, &str); 6] =
    [(1, "usb"), (2, "nfc"), (4, "ble"), (8, "internal"), (16, "hybrid"), (32, "smart-card")];

/// Which door, and what it takes beside the bytes.
pub(super) enum Door<'a> {
    Passphrase,
    Recovery,
    Device,
    Key(&'a str),
}

/// Opens the door, or says in a sentence why not; and what the vault behind it answers.
pub(super) async fn unlock(
    p: &impl Platform,
    door: Door<'_>,
    bytes: &Zeroizing<Vec<u8>>,
) -> Result<(VaultKey, Result<Contents, VaultError>), Notice> {
    may_open(p, &door).await?;
    match door {
        Door::Passphrase => {
            let passphrase = Passphrase::new(bytes.to_vec());
            store::unwrap(p, &Unlock::Passphrase(&passphrase)).await
        }
        Door::Recovery => {
            let text = std::str::from_utf8(bytes).map_err(|_| Notice::MistypedRecoveryCode)?;
            let code = RecoveryCode::from_text(text).map_err(sentence)?;
            store::unwrap(p, &Unlock::Recovery(&code)).await
        }
        Door::Device => store::unwrap(p, &Unlock::Device).await,
        Door::Key(id) => {
            let id = slot_id(id).ok_or(Notice::NoSuchDoor)?;
            let output = PrfOutput::new(bytes.to_vec()).map_err(sentence)?;
            store::unwrap(p, &Unlock::Prf(id, &output)).await
        }
    }
    .map_err(sentence)
}

/// What a new passphrase is taken as.
pub(super) async fn passphrase(p: &impl Platform, bytes: &Zeroizing<Vec<u8>>) -> Result<Passphrase, Notice> {
    let policy = allowed(p, DoorKind::Passphrase).await?;
    let passphrase = old_passphrase(bytes)?;
    if characters(bytes) < policy.passphrase_length() as usize {
        return Err(Notice::PassphraseShorterThanDecided);
    }
    Ok(passphrase)
}

/// What the passphrase of a backup is taken as: it may be from before a decision.
pub(super) fn old_passphrase(bytes: &Zeroizing<Vec<u8>>) -> Result<Passphrase, Notice> {
    if characters(bytes) < SHORTEST_PASSPHRASE as usize {
        return Err(Notice::PassphraseTooShort);
    }
    Ok(Passphrase::new(bytes.to_vec()))
}

fn characters(bytes: &[u8]) -> usize {
    std::str::from_utf8(bytes).map_or(0, |text| text.chars().count())
}

/// The policy, if it allows to open a vault like this.
pub(super) async fn allowed(p: &impl Platform, kind: DoorKind) -> Result<Policy, Notice> {
    let policy = policy::read(p).await;
    if policy.allows_door(kind) { Ok(policy) } else { Err(Notice::WayNotAllowed) }
}

/// A way in that is not allowed any more opens only where the vault has no other: nobody is to be locked out.
async fn may_open(p: &impl Platform, door: &Door<'_>) -> Result<(), Notice> {
    let kind = match door {
        Door::Passphrase => DoorKind::Passphrase,
        Door::Recovery => DoorKind::Recovery,
        Door::Device => DoorKind::Device,
        Door::Key(_) => DoorKind::Key,
    };
    let policy = policy::read(p).await;
    let another = header(p).await.is_some_and(|header| views(&header).iter().any(|door| policy.allows_door(door.kind)));
    if another && !policy.allows_door(kind) { Err(Notice::WayNotAllowed) } else { Ok(()) }
}

/// Keeps the vault open for as long as the person chose.
pub(super) async fn keep_open(p: &impl Platform, key: &VaultKey) -> Result<(), Notice> {
    let contents = store::open(p, key).await.map_err(sentence)?;
    session::keep(p, key, preferences::idle(&contents.settings, &policy::read(p).await)).await.map_err(sentence)?;
    p.wake_at(session::until_ms(p).await.map_err(sentence)?);
    Ok(())
}

/// Notes that somebody has just shown that it is them. What opens without
/// them shows nothing.
pub(super) async fn prove(p: &impl Platform) {
    let now = p.now_ms().to_string();
    let _ = p.set(Store::Session, &[(PROVED, Some(&now))]).await;
}

/// Whether that was a moment ago.
pub(super) async fn is_proved(p: &impl Platform) -> bool {
    let text = p.get(Store::Session, &[PROVED]).await.ok().and_then(|mut values| values.pop().flatten());
    let at_ms: Option<u64> = text.and_then(|text| text.parse().ok());
    at_ms.is_some_and(|at_ms| p.now_ms().checked_sub(at_ms).is_some_and(|ago| ago < PROOF_MS))
}

/// The header of the newest sound copy, if there is one. Takes no key.
pub(super) async fn header(p: &impl Platform) -> Option<Header> {
    match store::presence(p).await {
        Ok(Presence::Present(record)) => Some(record.header().clone()),
        _ => None,
    }
}

/// Whether the vault opens only by what lies on this computer.
pub(super) fn opens_by_itself(header: &Header) -> bool {
    header.slots.iter().all(|slot| slot.slot_type() == Some(SlotType::Device))
}

/// Whether a copy of the vault opens on another computer: by something typed.
pub(super) fn opens_elsewhere(header: &Header) -> bool {
    header.slots.iter().any(|slot| matches!(slot.slot_type(), Some(SlotType::Passphrase | SlotType::Recovery)))
}

/// The ways in, the most convenient first.
pub(super) fn views(header: &Header) -> Vec<DoorView> {
    let mut doors: Vec<DoorView> = header
        .slots
        .iter()
        .filter_map(|slot| {
            let way = slot.way()?;
            let mut without = header.clone();
            without.slots.retain(|other| other.id != slot.id);
            Some(DoorView {
                id: HEXLOWER.encode(&slot.id.0),
                kind: kind(way.slot_type()),
                label: slot.label.clone(),
                created_ms: slot.created_ms,
                removable: without.has_safe_way_in(),
                key: match way {
                    Way::Prf(prf) => Some(key_view(prf)),
                    _ => None,
                },
            })
        })
        .collect();
    doors.sort_by_key(|door| door.kind);
    doors
}

/// The name of a door, as a slot's.
pub(super) fn slot_id(text: &str) -> Option<SlotId> {
    HEXLOWER.decode(text.as_bytes()).ok()?.try_into().ok().map(SlotId)
}

/// How to ask an authenticator, as the format keeps it.
pub(super) fn prf(key: &KeyView) -> Option<Prf> {
    let transports = TRANSPORTS.iter().filter(|(_, name)| key.transports.iter().any(|known| known == name));
    Some(Prf {
        credential_id: key.credential_id.clone(),
        rp_id: key.rp_id.clone(),
        transports: transports.fold(0, |bits, (bit, _)| bits | bit),
        prf_salt: key.salt.as_slice().try_into().ok()?,
        mixes_device_secret: true,
    })
}

fn key_view(prf: &Prf) -> KeyView {
    let transports = TRANSPORTS.iter().filter(|(bit, _)| prf.transports & bit != 0);
    KeyView {
        credential_id: prf.credential_id.clone(),
        rp_id: prf.rp_id.clone(),
        transports: transports.map(|(_, name)| (*name).to_owned()).collect(),
        salt: prf.prf_salt.to_vec(),
    }
}

const fn kind(slot_type: SlotType) -> DoorKind {
    match slot_type {
        SlotType::Passphrase => DoorKind::Passphrase,
        SlotType::Prf => DoorKind::Key,
        SlotType::Device => DoorKind::Device,
        SlotType::Recovery => DoorKind::Recovery,
    }
}
