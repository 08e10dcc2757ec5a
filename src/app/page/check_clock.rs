//! Microsoft's clock, asked while its page is there.

use super::change;
use crate::sender::Page;
use crate::{clock, guard, preferences};
use pages::hosts::Family;
use platform::Platform;

/// Microsoft's sign-in is in front: a good moment to compare clocks.
pub async fn check_clock(p: &impl Platform, page: &Page) {
    let signs_in = matches!(page.site().family(), Family::SignIn | Family::PersonalSignIn);
    // Whether it may be asked at all is in the vault; while that is closed, nobody is asked.
    let policy = guard::policy(p).await;
    let may = crate::open(p).await.is_ok_and(|contents| preferences::checks_clock(&contents.settings, &policy));
    if signs_in
        && may
        && clock::check(p, page.site().origin()).await
        && let Some(now_ms) = clock::checked_ms(p).await
    {
        // The only clock that may end what lies aside.
        let _ = change(p, &mut |contents| contents.expire(now_ms).then_some(())).await;
    }
}
