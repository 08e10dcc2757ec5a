//! What a page shows of an account that is being set up.

use super::{open, sets_up};
use crate::fill;
use crate::pending_accounts::{self, Way};
use crate::protocol::Reason;
use crate::sender::Page;
use crate::tab_state::{Captured, CapturedKind, TabState};
use otp::payload::{self, Payload};
use otp::uri::{Enrolment, clean, is_a_name};
use otp::{Algorithm, Credential, Factor, base32};
use pages::{Manual, State};
use platform::Platform;

/// Whether any of them is the QR code of an account.
pub(super) async fn take_payloads(
    p: &impl Platform,
    page: &Page,
    tab_state: &mut TabState,
    payloads: &[Vec<u8>],
) -> bool {
    if !sets_up(page) {
        return false;
    }
    let mut found = false;
    for payload in payloads {
        let kind = match payload::classify(payload) {
            Payload::Enrolment(enrolment) => {
                capture(p, page, tab_state, &enrolment).await;
                found = true;
                continue;
            }
            Payload::Push => CapturedKind::Push,
            Payload::Unusable(_) => CapturedKind::Unusable,
            // Such as the way to Microsoft's app in a shop.
            _ => continue,
        };
        remember(tab_state, Captured { kind, account: None, pending_account: None });
        found = true;
    }
    // The older generations tell the step with the QR code by nothing else.
    if found && matches!(tab_state.state, State::Unknown | State::SetUpInstall | State::SetUpInstructions) {
        tab_state.state = State::SetUpQr;
    }
    tab_state.reason = reason(tab_state);
    found
}

/// The page shows the secret as text: Microsoft's parameters are always the same.
pub(super) async fn take_manual(p: &impl Platform, page: &Page, tab_state: &mut TabState, manual: &Manual) {
    let Ok(secret) = base32::decode(&manual.secret) else { return };
    let Some(credential) = Credential::new(secret, Algorithm::Sha1, 6, Factor::Time { period: 30 }) else { return };
    if !is_a_name(&manual.name) {
        return;
    }
    let (organisation, name) = match manual.name.rsplit_once(':') {
        Some((organisation, name)) => (Some(clean(organisation)), clean(name)),
        None => (None, clean(&manual.name)),
    };
    capture(p, page, tab_state, &Enrolment { credential, issuer: "Microsoft".to_owned(), name, organisation }).await;
}

/// Keeps an account of the page pending, unless it is in the vault already.
async fn capture(p: &impl Platform, page: &Page, tab_state: &mut TabState, enrolment: &Enrolment) {
    let kept = match open(p).await {
        Ok(contents) => contents.accounts.iter().find(|a| fill::same(a, enrolment)).map(|a| a.id),
        Err(_) => None,
    };
    let pending_account = match kept {
        Some(id) => {
            tab_state.enrolled = Some(id);
            None
        }
        None => pending_accounts::add(p, enrolment, Way::Page(page.site().origin()), Some(page.tab())).await.ok(),
    };
    let account = Some(enrolment.name.clone());
    remember(tab_state, Captured { kind: CapturedKind::Totp, account, pending_account });
}

fn remember(tab_state: &mut TabState, captured: Captured) {
    tab_state.captured.retain(|known| (known.kind, &known.account) != (captured.kind, &captured.account));
    tab_state.captured.push(captured);
}

pub(super) fn reason(tab_state: &TabState) -> Reason {
    let has = |kind| tab_state.captured.iter().any(|c| c.kind == kind);
    if has(CapturedKind::Totp) {
        Reason::Captured
    } else if has(CapturedKind::Push) {
        Reason::PushQr
    } else if has(CapturedKind::Unusable) {
        Reason::BadQr
    } else {
        Reason::NothingToDo
    }
}
