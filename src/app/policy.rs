//! The organisation's decisions at the acts that they are about.

use super::unlock_methods;
use crate::protocol::Notice;
use ::policy::Policy;
use platform::{Platform, Store};
use vault::{VaultError, session};

/// A person has said that they are new in this profile.
const NEW_HERE: &str = "newHere";

/// What holds now. Read at each act and never kept, so that a change holds at once.
pub(super) async fn read(p: &impl Platform) -> Policy {
    match p.policy().await {
        Ok(text) => Policy::parse(text.as_deref()),
        Err(_) => Policy::unreadable(),
    }
}

/// The decisions are others now: an open vault keeps to the new idle time.
pub async fn changed(p: &impl Platform) {
    if let Ok(key) = session::key(p).await
        && unlock_methods::keep_open(p, &key).await.is_err()
    {
        // Nobody knows for how long it may stay open.
        let _ = session::lock(p).await;
    }
}

/// An empty profile that the organisation wants taken for a wiped one.
pub(super) async fn seems_wiped(p: &impl Platform) -> bool {
    if !read(p).await.restores_before_new() {
        return false;
    }
    let said = p.get(Store::Local, &[NEW_HERE]).await.ok().and_then(|mut values| values.pop().flatten());
    said.is_none()
}

/// A vault may be made here, or not before the person has said that there was none.
pub(super) async fn may_begin(p: &impl Platform) -> Result<(), Notice> {
    if seems_wiped(p).await { Err(Notice::GoneFromProfile) } else { Ok(()) }
}

/// The person says that there was none.
pub(super) async fn begins(p: &impl Platform) -> Result<(), VaultError> {
    Ok(p.set(Store::Local, &[(NEW_HERE, Some("1"))]).await?)
}
