//! May this person do this now? What the organisation has decided, and whether somebody has just shown that it is them.
//!
//! Both are read at each act and never kept, so that a change holds at once.

use super::sentences::sentence;
use crate::protocol::{Notice, UnlockMethodKind};
use platform::{Platform, Store};
use policy::Policy;
use vault::{VaultError, VaultKey, session, store};

/// How long it is good for what could be turned against somebody that they have shown that it is them.
const PROOF_MS: u64 = 3 * 60 * 1000;
/// A person has said that they are new in this profile. Local storage.
const NEW_HERE: &str = "newHere";

/// What the organisation has decided.
pub(super) async fn policy(p: &impl Platform) -> Policy {
    match p.policy().await {
        Ok(text) => Policy::parse(text.as_deref()),
        Err(_) => Policy::unreadable(),
    }
}

/// Notes that somebody has just shown that it is them. What opens without
/// them shows nothing.
pub(super) async fn prove(p: &impl Platform) {
    let _ = session::prove(p).await;
}

/// Whether that was a moment ago.
pub(super) async fn is_proved(p: &impl Platform) -> bool {
    session::proved_ms(p).await.is_some_and(|at_ms| p.now_ms().checked_sub(at_ms).is_some_and(|ago| ago < PROOF_MS))
}

/// The key, for what could be turned against its owner by whoever finds the vault open.
pub(super) async fn proved(p: &impl Platform) -> Result<VaultKey, Notice> {
    let key = session::key(p).await.map_err(sentence)?;
    if is_proved(p).await { Ok(key) } else { Err(Notice::ProveFirst) }
}

/// A vault may be opened like this, or closed like this from now on; by what else was decided of it.
pub(super) async fn may_unlock_by(p: &impl Platform, kind: UnlockMethodKind) -> Result<Policy, Notice> {
    let policy = policy(p).await;
    if policy.allows_unlock_method(kind) { Ok(policy) } else { Err(Notice::UnlockMethodNotAllowed) }
}

/// Accounts may leave in a form that others can read.
pub(super) async fn may_export(p: &impl Platform) -> Result<(), Notice> {
    if policy(p).await.allows_export() { Ok(()) } else { Err(Notice::ExportNotAllowed) }
}

/// Accounts may be kept alike in several browsers.
pub(super) async fn may_sync(p: &impl Platform) -> Result<(), Notice> {
    if policy(p).await.allows_sync() { Ok(()) } else { Err(Notice::SyncNotAllowed) }
}

/// A vault may be made here, or not before the person has said that there was none.
pub(super) async fn may_begin(p: &impl Platform) -> Result<(), Notice> {
    if seems_wiped(p).await { Err(Notice::GoneFromProfile) } else { Ok(()) }
}

/// An empty profile that the organisation wants taken for a wiped one.
pub(super) async fn seems_wiped(p: &impl Platform) -> bool {
    policy(p).await.restores_before_new() && !matches!(p.get_one(Store::Local, NEW_HERE).await, Ok(Some(_)))
}

/// The person says that there was none.
pub(super) async fn begin(p: &impl Platform) -> Result<(), VaultError> {
    Ok(p.set(Store::Local, &[(NEW_HERE, Some("1"))]).await?)
}

/// The vault may be put out of the way: not what can be read and is open, that is not to be had like this.
pub(super) async fn may_put_aside(p: &impl Platform) -> Result<(), Notice> {
    if store::newest(p).await.is_ok() && session::key(p).await.is_ok() { Err(Notice::AlreadyExists) } else { Ok(()) }
}
