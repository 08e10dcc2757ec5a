//! Secrets of this device: 32 random bytes, one for each slot that needs one, never shown.
//!
//! The secret of a device slot lies in two stores, because that slot may be
//! the only unlock method. The one that is mixed into an authenticator's answer lies
//! in the mirror alone, which content scripts cannot read in any browser, and
//! its loss costs convenience only, since an authenticator is never the only
//! unlock method.

use zeroize::Zeroizing;

use super::crypto::KeyBytes;
use super::error::VaultError;
use super::header::Header;
use super::slot::{SlotId, SlotType};
use data_encoding::{BASE64, HEXLOWER};
use platform::{Outage, Platform, Store};

/// Makes the secret of a new slot and sees to it that it is kept: a slot that
/// no secret opens would be a promise broken later.
pub(crate) async fn make<P: Platform>(p: &P, of: SlotType, slot: SlotId) -> Result<KeyBytes, VaultError> {
    let mut secret = KeyBytes::default();
    p.random(secret.as_mut_slice())?;
    let key = key(slot);
    let text = Zeroizing::new(BASE64.encode(secret.as_slice()));
    let mut answer = Err(Outage::Storage);
    for store in stores(of) {
        let kept = match p.set(*store, &[(&key, Some(&text))]).await {
            Ok(()) => holds(p, *store, &key, &text).await,
            refused => refused,
        };
        answer = answer.or(kept);
    }
    answer?;
    Ok(secret)
}

/// The secret of a slot, if it is still there.
pub(crate) async fn find<P: Platform>(p: &P, of: SlotType, slot: SlotId) -> Result<Option<KeyBytes>, VaultError> {
    let mut outage = None;
    for store in stores(of) {
        match p.get_one(*store, &key(slot)).await {
            Ok(text) => {
                if let Some(secret) = text.map(Zeroizing::new).and_then(|text| parse(&text)) {
                    return Ok(Some(secret));
                }
            }
            Err(cause) => outage = Some(cause),
        }
    }
    outage.map_or(Ok(None), |cause| Err(cause.into()))
}

/// Removes the secrets of the slots that `gone` has and `kept` has not; best effort.
pub(crate) async fn forget<P: Platform>(p: &P, gone: &Header, kept: &Header) {
    for slot in gone.slots.iter().filter(|slot| kept.slot(slot.id).is_none()) {
        let Some(of) = slot.slot_type() else { continue };
        for store in stores(of) {
            let _ = p.set(*store, &[(&key(slot.id), None)]).await;
        }
    }
}

const fn stores(of: SlotType) -> &'static [Store] {
    match of {
        SlotType::Device => &[Store::Local, Store::Mirror],
        SlotType::Prf => &[Store::Mirror],
        SlotType::Passphrase | SlotType::Recovery | SlotType::Organisation => &[],
    }
}

fn key(slot: SlotId) -> String {
    format!("v1.device.{}", HEXLOWER.encode(&slot.0))
}

async fn holds<P: Platform>(p: &P, store: Store, key: &str, text: &str) -> Result<(), Outage> {
    if p.get_one(store, key).await?.as_deref() == Some(text) { Ok(()) } else { Err(Outage::Storage) }
}

fn parse(text: &str) -> Option<KeyBytes> {
    let bytes = Zeroizing::new(BASE64.decode(text.as_bytes()).ok()?);
    let mut secret = KeyBytes::default();
    if bytes.len() != secret.len() {
        return None;
    }
    secret.copy_from_slice(&bytes);
    Some(secret)
}
