//! Secrets of this device: 32 random bytes each, never shown.
//!
//! One opens a vault without typing, and so lies in two stores, because it may
//! be the only way in. The other is mixed into an authenticator's answer; it
//! lies in the mirror alone, which content scripts cannot read in any browser,
//! and its loss costs convenience only, since an authenticator is never the
//! only way in.

use data_encoding::BASE64;
use zeroize::Zeroizing;

use super::crypto::KeyBytes;
use super::error::VaultError;
use super::header::Header;
use super::slot::Way;
use crate::platform::{Outage, Platform, Store};

/// What a secret is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Open,
    Mix,
}

/// A secret of this device. Wiped on drop.
pub(crate) struct DeviceSecret(KeyBytes);

impl DeviceSecret {
    pub(crate) fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl Purpose {
    const fn serves(self, way: &Way) -> bool {
        match self {
            Self::Open => matches!(way, Way::Device),
            Self::Mix => matches!(way, Way::Prf(_)),
        }
    }

    const fn key(self) -> &'static str {
        match self {
            Self::Open => "v1.device",
            Self::Mix => "v1.mix",
        }
    }

    const fn stores(self) -> &'static [Store] {
        match self {
            Self::Open => &[Store::Local, Store::Mirror],
            Self::Mix => &[Store::Mirror],
        }
    }
}

/// The secret, if there is one.
pub(crate) async fn find<P: Platform>(p: &P, purpose: Purpose) -> Result<Option<DeviceSecret>, VaultError> {
    let mut outage = None;
    for store in purpose.stores() {
        match p.get(*store, &[purpose.key()]).await {
            Ok(values) => {
                let text = values.into_iter().next().flatten().map(Zeroizing::new);
                if let Some(secret) = text.and_then(|text| parse(&text)) {
                    return Ok(Some(secret));
                }
            }
            Err(cause) => outage = Some(cause),
        }
    }
    outage.map_or(Ok(None), |cause| Err(cause.into()))
}

/// The secret, made if there is none. The caller holds the lock.
pub(crate) async fn obtain<P: Platform>(p: &P, purpose: Purpose) -> Result<DeviceSecret, VaultError> {
    let secret = match find(p, purpose).await? {
        Some(secret) => secret,
        None => {
            let mut secret = DeviceSecret(KeyBytes::default());
            p.random(secret.0.as_mut_slice())?;
            secret
        }
    };
    // Also when it was found: it may have been missing in one of its stores.
    let text = Zeroizing::new(BASE64.encode(secret.expose()));
    let mut answer = Err(Outage::Storage);
    for store in purpose.stores() {
        let item = [(purpose.key(), Some(text.as_str()))];
        answer = match p.set(*store, &item).await {
            Ok(()) => answer.or(holds(p, *store, purpose, &text).await),
            refused => answer.or(refused),
        };
    }
    answer?;
    Ok(secret)
}

/// Reads back: a slot that no secret opens would be a promise broken later.
async fn holds<P: Platform>(p: &P, store: Store, purpose: Purpose, text: &str) -> Result<(), Outage> {
    let back = p.get(store, &[purpose.key()]).await?;
    match back.first() {
        Some(Some(back)) if back == text => Ok(()),
        _ => Err(Outage::Storage),
    }
}

/// Removes the secrets that no slot needs any more; best effort.
pub(crate) async fn forget_unused<P: Platform>(p: &P, header: &Header) {
    for purpose in [Purpose::Open, Purpose::Mix] {
        let needed = header.slots.iter().any(|slot| slot.way().is_none_or(|way| purpose.serves(way)));
        if !needed {
            for store in purpose.stores() {
                let _ = p.set(*store, &[(purpose.key(), None)]).await;
            }
        }
    }
}

fn parse(text: &str) -> Option<DeviceSecret> {
    let bytes = Zeroizing::new(BASE64.decode(text.as_bytes()).ok()?);
    let mut secret = DeviceSecret(KeyBytes::default());
    if bytes.len() != 32 {
        return None;
    }
    secret.0.copy_from_slice(&bytes);
    Some(secret)
}
