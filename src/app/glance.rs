//! What a popup paints first.
//!
//! Its page reads every store at once, while the core is still being loaded, and hands over what it found: the first
//! view is made of that alone ([`platform::Cached::read_only`]), without another call to the browser. What the vault's rules write on the way of a look
//! (a lease that is renewed or has run out, a copy that is mended) is written by the request that follows the paint.

use super::{open, view};
use crate::protocol::{Reply, Tab};
use platform::Platform;
use vault::VaultError;

/// The view with a screenful of accounts.
///
/// `None` where the stores do not agree. They were read side by side, and what looks like a vault that was put back may
/// be a save under way: whoever asks again, under the lock, is told the truth.
pub async fn glance(p: &impl Platform, tab: &Tab) -> Option<Reply> {
    let opened = open(p).await;
    match opened {
        Ok(_) | Err(VaultError::None | VaultError::Locked) => {
            let view = view::make(p, tab, &opened, view::SCREENFUL).await;
            Some(Reply { view, notice: None, about: None, wake: None, undo: Vec::new() })
        }
        Err(_) => None,
    }
}
