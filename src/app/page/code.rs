//! A page asks for a code, or for a hardware token's number: whose goes there, and whether it is sent off as well.

use super::{Look, open};
use crate::fill;
use crate::protocol::{PageReply, Reason};
use crate::tab_state::{Decision, TabState};
use pages::hosts::Family;
use pages::{Field, Method, State};
use platform::{Platform, Store};
use vault::{Account, Contents, Mode};
use zeroize::Zeroizing;

/// When the popup was last opened without a click, for the popup itself. Session storage.
const OPENED: &str = "opened";

/// A page asks for a code.
pub(super) async fn account(p: &impl Platform, look: Look<'_>, tab_state: &mut TabState, field: Field) -> PageReply {
    let outcome = match open(p).await {
        Ok(contents) => match wanted(&contents, look, tab_state, p.now_ms()) {
            Ok((account, submit)) => judge(p, look, tab_state, field, account, submit).await,
            Err(reason) => fill::Verdict::Nothing(reason),
        },
        // What can be told without the vault comes first: an SMS page does not ask to unlock.
        Err(reason) => fill::Verdict::Nothing(not_for_us(tab_state).unwrap_or(reason)),
    };
    carry_out(p, look, tab_state, outcome).await
}

/// The dialog for a hardware token asks for its number or its code.
pub(super) async fn token(p: &impl Platform, look: Look<'_>, tab_state: &mut TabState, field: Field) -> PageReply {
    let (contents, named) = (open(p).await, tab_state.named(look.seen));
    let chosen = contents.as_ref().map_err(|reason| *reason).and_then(|contents| fill::choose_token(contents, &named));
    let outcome = match chosen {
        // Where there is no vault, it is a device that is none of ours.
        Err(Reason::NoVault) => fill::Verdict::Nothing(Reason::NothingToDo),
        Err(reason) => fill::Verdict::Nothing(reason),
        Ok((_, number)) if tab_state.state == State::SetUpSerial => {
            if !look.in_front {
                fill::Verdict::Nothing(Reason::NotInFront)
            } else if tab_state.view_filled {
                fill::Verdict::Nothing(Reason::Filled)
            } else if !field.empty {
                fill::Verdict::Nothing(Reason::FieldNotEmpty)
            } else {
                fill::Verdict::Release { code: Zeroizing::new(number.to_owned()), submit: false }
            }
        }
        Ok((account, _)) => judge(p, look, tab_state, field, account, false).await,
    };
    carry_out(p, look, tab_state, outcome).await
}

async fn judge(
    p: &impl Platform,
    look: Look<'_>,
    tab_state: &mut TabState,
    field: Field,
    account: &Account,
    submit: bool,
) -> fill::Verdict {
    fill::judge(p, tab_state, (field, look.rules().refusal(look.seen)), look.in_front, account, submit).await
}

async fn carry_out(p: &impl Platform, look: Look<'_>, tab_state: &mut TabState, outcome: fill::Verdict) -> PageReply {
    match outcome {
        fill::Verdict::Release { code, submit } => {
            (tab_state.view_filled, tab_state.not_taken) = (true, false);
            tab_state.decision = None;
            PageReply::Fill { code: code.to_string(), submit }
        }
        fill::Verdict::Wait { ms } => {
            tab_state.reason = Reason::WaitingForNext;
            PageReply::Again { after_ms: u32::try_from(ms).unwrap_or(u32::MAX).saturating_add(50) }
        }
        fill::Verdict::Nothing(reason) => {
            // Over another page than the one that asks it would have nothing to ask.
            if reason == Reason::AwaitingApproval && !tab_state.asked && look.in_front {
                tab_state.asked = true;
                // The popup is to know that nobody clicked for it; where that cannot be kept, it just opens.
                let _ = p.set(Store::Session, &[(OPENED, Some(&p.now_ms().to_string()))]).await;
                p.open_popup();
            }
            tab_state.reason = reason;
            PageReply::Rest
        }
    }
}

/// The page wants something else than an app code, or does not tell.
pub(super) fn not_for_us(tab_state: &TabState) -> Option<Reason> {
    match tab_state.method {
        Some(Method::AppCode) => None,
        Some(_) => Some(Reason::NotAppCode),
        None => Some(Reason::MethodUnknown),
    }
}

/// The account whose code goes to the page, and whether it is submitted as well.
fn wanted<'a>(
    contents: &'a Contents,
    look: Look<'_>,
    tab_state: &TabState,
    now_ms: u64,
) -> Result<(&'a Account, bool), Reason> {
    let (site, policy) = (look.page.site(), &look.known.policy);
    // A person's own choice stands in for what the page does not tell, never against what it tells.
    if let Some(account) =
        fill::decision(contents, tab_state, now_ms).filter(|_| not_for_us(tab_state) != Some(Reason::NotAppCode))
    {
        return if fill::serves(site, account, policy) { Ok((account, false)) } else { Err(Reason::NotServed) };
    }
    if let Some(reason) = not_for_us(tab_state) {
        return Err(reason);
    }
    let account = fill::choose(contents, tab_state, site.family())?;
    if look.seen.has_app_code(look.rules()) == Some(false) {
        return Err(Reason::NotRegistered);
    }
    if !fill::serves(site, account, policy) {
        return Err(Reason::NotServed);
    }
    // On a server that nobody but the person knows of, a person has to look each time, whatever the account's mode.
    let asks = site.family() == Family::Adfs && !policy.names_adfs(site.host());
    let allowed = policy.allows_mode(account.mode);
    // What a decision takes away from an account that asks first is the sending off, never the asking.
    let mode = if asks || account.mode == Mode::Approve {
        Mode::Approve
    } else if allowed {
        account.mode
    } else {
        Mode::Code
    };
    // The set-up's confirming code is never submitted by itself: its dialog has more to tell.
    let submit = match (mode, tab_state.decision) {
        _ if tab_state.state == State::SetUpCode => false,
        (Mode::Code, _) => false,
        // Another site can open a window of Microsoft's where nobody acts.
        (Mode::Automatic, _) => look.acted && fill::goes_by_itself(tab_state),
        (Mode::Approve, Some(Decision::Approve { at_ms })) if now_ms.abs_diff(at_ms) < fill::WORD_MS => {
            policy.allows_mode(Mode::Approve)
        }
        (Mode::Approve, Some(Decision::Deny)) => return Err(Reason::Denied),
        (Mode::Approve, _) if tab_state.view_filled => return Err(Reason::Filled),
        (Mode::Approve, _) => return Err(Reason::AwaitingApproval),
    };
    Ok((account, submit))
}
