//! The unlock methods of the vault, as a person meets them.

use zeroize::Zeroizing;

use super::sentences::sentence;
use super::shown::time_as_shown;
use super::{guard, pending_accounts, preferences, tokens};
use crate::protocol::{KeyView, Notice, UnlockBy, UnlockMethodKind, UnlockMethodView};
use ::policy::{Policy, SHORTEST_PASSPHRASE};
use data_encoding::HEXLOWER;
use kdf::Passphrase;
use platform::Platform;
use vault::key_slots::{self, PrfOutput, Unlock};
use vault::recovery::RecoveryCode;
use vault::{
    CaptureKey, Contents, Header, KeySlot, Prf, SlotId, SlotType, UnlockMethod, VaultError, VaultKey, session, store,
};

/// WebAuthn's names of the transports, by the bits of the format.
const TRANSPORTS: [(u8, &str); 6] =
    [(1, "usb"), (2, "nfc"), (4, "ble"), (8, "internal"), (16, "hybrid"), (32, "smart-card")];

/// Opens the unlock method, or says in a sentence why not; and what the vault behind it answers.
pub(super) async fn unlock(
    p: &impl Platform,
    by: &UnlockBy,
    bytes: &Zeroizing<Vec<u8>>,
) -> Result<(VaultKey, Result<Contents, VaultError>), Notice> {
    may_open(p, by).await?;
    match by {
        UnlockBy::Passphrase => {
            let passphrase = Passphrase::new(bytes.to_vec());
            store::unwrap(p, &Unlock::Passphrase(&passphrase)).await
        }
        UnlockBy::Recovery => {
            let text = std::str::from_utf8(bytes).map_err(|_| Notice::MistypedRecoveryCode)?;
            let code = RecoveryCode::from_text(text).map_err(sentence)?;
            store::unwrap(p, &Unlock::Recovery(&code)).await
        }
        UnlockBy::Device => store::unwrap(p, &Unlock::Device).await,
        UnlockBy::Key { unlock_method } => {
            let id = slot_id(unlock_method).ok_or(Notice::NoSuchUnlockMethod)?;
            let output = PrfOutput::new(bytes.to_vec()).map_err(sentence)?;
            store::unwrap(p, &Unlock::Prf(id, &output)).await
        }
    }
    .map_err(sentence)
}

/// What a new passphrase is taken as.
pub(super) async fn passphrase(p: &impl Platform, bytes: &Zeroizing<Vec<u8>>) -> Result<Passphrase, Notice> {
    let policy = guard::may_unlock_by(p, UnlockMethodKind::Passphrase).await?;
    let passphrase = old_passphrase(bytes)?;
    if characters(bytes) < policy.passphrase_length() as usize {
        return Err(Notice::PassphraseShorterThanDecided);
    }
    if std::str::from_utf8(bytes).is_ok_and(strength::is_common) {
        return Err(Notice::PassphraseCommon);
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

/// An unlock method that is not allowed any more opens only where the vault has no other: nobody is to be locked out.
async fn may_open(p: &impl Platform, by: &UnlockBy) -> Result<(), Notice> {
    let kind = match by {
        UnlockBy::Passphrase => UnlockMethodKind::Passphrase,
        UnlockBy::Recovery => UnlockMethodKind::Recovery,
        UnlockBy::Device => UnlockMethodKind::Device,
        UnlockBy::Key { .. } => UnlockMethodKind::Key,
    };
    let policy = guard::policy(p).await;
    let another = header(p).await.is_some_and(|header| {
        views(&header).iter().any(|unlock_method| policy.allows_unlock_method(unlock_method.kind))
    });
    if another && !policy.allows_unlock_method(kind) { Err(Notice::UnlockMethodNotAllowed) } else { Ok(()) }
}

/// Keeps the vault open for as long as the person chose.
pub(super) async fn keep_open(p: &impl Platform, key: &VaultKey) -> Result<(), Notice> {
    keep_open_after(p, None, key).await
}

/// The same after a change of its key from the `old` one.
pub(super) async fn keep_open_after(p: &impl Platform, old: Option<&VaultKey>, key: &VaultKey) -> Result<(), Notice> {
    let contents = store::open(p, key).await.map_err(sentence)?;
    let policy = guard::policy(p).await;
    // It is the one that counts. A full disk must not close it: what is found then ends sooner.
    let _ = CaptureKey::lay_down(p, key).await;
    // Before anybody else has the key, and takes for lost what is sealed under the old one.
    let _ = pending_accounts::seal(p, old).await;
    session::keep(p, key, preferences::idle(&contents.settings, &policy)).await.map_err(sentence)?;
    p.wake_at(session::until_ms(p).await.map_err(sentence)?);
    follow(p, key, &policy).await;
    Ok(())
}

/// Who else can open it is as the organisation says now, and what it has for the person is here. Where that cannot be
/// saved, it is tried again at the next opening; who can open it, and who cannot yet, is in the manager either way.
async fn follow(p: &impl Platform, key: &VaultKey, policy: &Policy) {
    let (keys, certain) = policy.recovery_keys();
    let _ = key_slots::seal_to(p, key, keys, certain).await;
    tokens::take(p, key, policy).await;
}

/// The decisions are others now: an open vault keeps to the new idle time.
pub async fn policy_changed(p: &impl Platform) {
    if let Ok(key) = session::key(p).await
        && keep_to(p, &key).await.is_err()
    {
        // Nobody knows for how long it may stay open.
        let _ = session::lock(p).await;
    }
}

/// It may be locked meanwhile, and stays so.
async fn keep_to(p: &impl Platform, key: &VaultKey) -> Result<(), Notice> {
    let contents = store::open(p, key).await.map_err(sentence)?;
    let policy = guard::policy(p).await;
    session::set_idle(p, preferences::idle(&contents.settings, &policy)).await.map_err(sentence)?;
    p.wake_at(session::until_ms(p).await.map_err(sentence)?);
    follow(p, key, &policy).await;
    Ok(())
}

/// The header of the newest sound copy, if there is one. Takes no key.
pub(super) async fn header(p: &impl Platform) -> Option<Header> {
    Some(store::newest(p).await.ok()?.header().clone())
}

/// Whether the vault opens only by what lies on this computer.
pub(super) fn opens_by_itself(header: &Header) -> bool {
    let is_here = |slot: &KeySlot| matches!(slot.slot_type(), Some(SlotType::Device | SlotType::Organisation));
    header.slots.iter().all(is_here)
}

/// Whether a copy of the vault opens on another computer: by something typed.
pub(super) fn opens_elsewhere(header: &Header) -> bool {
    header.slots.iter().any(|slot| matches!(slot.slot_type(), Some(SlotType::Passphrase | SlotType::Recovery)))
}

/// Whether there is a code on paper.
pub(super) fn has_recovery(header: &Header) -> bool {
    header.slots.iter().any(|slot| slot.slot_type() == Some(SlotType::Recovery))
}

/// The unlock methods, the most convenient first.
pub(super) fn views(header: &Header) -> Vec<UnlockMethodView> {
    let mut unlock_methods: Vec<UnlockMethodView> = header
        .slots
        .iter()
        .filter_map(|slot| {
            let unlock_method = slot.unlock_method()?;
            let mut without = header.clone();
            without.slots.retain(|other| other.id != slot.id);
            Some(UnlockMethodView {
                id: HEXLOWER.encode(&slot.id.0),
                kind: kind(unlock_method.slot_type()),
                label: slot.label.clone(),
                created_ms: time_as_shown(slot.created_ms),
                removable: slot.slot_type() != Some(SlotType::Organisation) && without.has_safe_unlock_method(),
                key: match unlock_method {
                    UnlockMethod::Prf(prf) => Some(key_view(prf)),
                    _ => None,
                },
            })
        })
        .collect();
    unlock_methods.sort_by_key(|unlock_method| unlock_method.kind);
    unlock_methods
}

/// The unlock method of that name, if it is the person's own to change.
pub(super) async fn changeable_slot(p: &impl Platform, text: &str) -> Result<SlotId, Notice> {
    let id = slot_id(text).ok_or(Notice::NoSuchUnlockMethod)?;
    let header = header(p).await.ok_or(Notice::Gone)?;
    match header.slot(id).and_then(KeySlot::slot_type) {
        Some(SlotType::Organisation) => Err(Notice::NoSuchUnlockMethod),
        _ => Ok(id),
    }
}

/// The name of an unlock method, as a slot's.
fn slot_id(text: &str) -> Option<SlotId> {
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

const fn kind(slot_type: SlotType) -> UnlockMethodKind {
    match slot_type {
        SlotType::Passphrase => UnlockMethodKind::Passphrase,
        SlotType::Prf => UnlockMethodKind::Key,
        SlotType::Device => UnlockMethodKind::Device,
        SlotType::Recovery => UnlockMethodKind::Recovery,
        SlotType::Organisation => UnlockMethodKind::Organisation,
    }
}
