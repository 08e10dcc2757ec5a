//! What Tofaktor does: [`ask`], [`manage`] and [`exchange()`] for our own pages,
//! [`glance()`] for the first that a popup paints, [`answer`] for the script on a
//! Microsoft page.
//!
//! Stateless. Whatever must outlast a call is in a store, so that a worker
//! stopped after any line loses nothing.

mod accounts;
mod audit;
mod clock;
mod copies;
mod edit;
mod enrol;
mod exchange;
mod export;
mod fill;
mod folder;
mod glance;
mod guard;
mod issuers;
mod order;
mod page;
mod pending_accounts;
mod preferences;
pub mod protocol;
mod recovery_keys;
pub mod sender;
mod sentences;
mod settings;
mod shown;
mod sync;
mod tab_state;
mod tokens;
mod transfer;
mod ui;
mod unknown_site;
mod unlock_methods;
mod view;

pub use accounts::check;
pub use exchange::exchange;
pub use folder::save_copy;
pub use glance::glance;
pub use page::{MAX_PICTURES, answer, captured, check_clock, scans};
pub use settings::manage;
pub use sync::sync;
pub use ui::ask;
pub use unlock_methods::policy_changed;

use crate::protocol::Notice;
use platform::Platform;
use vault::{AccountId, Contents, VaultError, VaultKey, session, store};

/// The browser's alarm went off: locks the vault if its deadline has passed, and forgets what waited for one in vain.
pub async fn expire(p: &impl Platform) {
    let _ = pending_accounts::expire(p).await;
    // An open vault whose time has run out is locked by the question itself.
    if let Ok(Some(until_ms)) = session::until_ms(p).await {
        p.wake_at(Some(until_ms));
    }
}

/// The computer was locked: locks the vault too, unless the person chose otherwise.
pub async fn computer_locked(p: &impl Platform) {
    let stays = open(p).await.is_ok_and(|contents| !preferences::locks_with_computer(&contents.settings));
    if !stays && session::lock(p).await.is_ok() {
        p.wake_at(None);
    }
}

/// A tab was closed: forgets what was known of it.
pub async fn forget(p: &impl Platform, tab: i32) {
    tab_state::TabState::forget(p, tab).await;
}

/// What came of a request that succeeded.
#[derive(Default)]
struct Done {
    notice: Option<Notice>,
    /// What the notice is about, where it names something.
    about: Option<&'static str>,
    /// The tab whose page waits for this.
    woke: Option<i32>,
    /// Where accounts lie that were put aside.
    aside: Vec<AccountId>,
}

/// The contents, if the vault is open; otherwise why not.
async fn open(p: &impl Platform) -> Result<Contents, VaultError> {
    match session::key(p).await {
        Ok(key) => match store::open(p, &key).await {
            // The vault key was changed while we looked; the session has the new one, or gets it now.
            Err(VaultError::OtherKey) => store::open(p, &session::key(p).await?).await,
            answer => answer,
        },
        Err(VaultError::Locked) => Err(store::newest(p).await.err().unwrap_or(VaultError::Locked)),
        Err(other) => Err(other),
    }
}

/// Changes the contents unless the operation finds nothing to change (`None`), which saves nothing.
async fn change_if<R>(
    p: &impl Platform,
    key: &VaultKey,
    operation: impl FnOnce(&mut Contents) -> Option<R>,
) -> Result<Option<R>, VaultError> {
    let (mut operation, mut outcome) = (Some(operation), None);
    let by = &mut |contents: &mut Contents| {
        outcome = operation.take().and_then(|operation| operation(contents));
        outcome.is_some()
    };
    store::change_by(p, key, by).await?;
    Ok(outcome)
}
