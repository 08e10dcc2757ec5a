//! What the popup paints, made whole from what the stores hold.

use super::clock;
use super::fill::same_name;
use super::offers::{self, Offer};
use super::page::same;
use super::tab::Note;
use crate::pages::hosts;
use crate::platform::Platform;
use crate::protocol::{AccountView, OfferView, PageView, Reason, Screen, Standing, Tab, View};
use crate::vault::{Account, Contents, Status, VaultError};

/// The whole view. `opened` is what the vault answered.
pub(super) async fn make(p: &impl Platform, tab: &Tab, opened: &Result<Contents, VaultError>) -> View {
    let contents = opened.as_ref().ok();
    let note = match tab.id {
        Some(id) => Note::read(p, id).await,
        None => None,
    };
    // The tab has moved on since the note was written: it is about another page.
    let note = note.filter(|note| {
        tab.url.as_deref().is_none_or(|url| hosts::find_by_url(url).is_some_and(|site| site.host() == note.host))
    });
    let now_ms = clock::now_ms(p).await;
    View {
        screen: screen(opened),
        offers: offers::read(p).await.iter().filter_map(|offer| offer_view(offer, contents)).collect(),
        accounts: contents.map(|c| accounts(c, note.as_ref(), now_ms)).unwrap_or_default(),
        page: match note {
            Some(note) => Some(page_view(p, note).await),
            None => None,
        },
    }
}

async fn page_view(p: &impl Platform, note: Note) -> PageView {
    PageView {
        can_do_step: note.step_shown,
        step: note.step,
        can_fill: matches!(
            note.reason,
            Reason::MethodUnknown | Reason::AccountNotNamed | Reason::Ambiguous | Reason::NoAccount
        ),
        clock_off_s: clock::off_s(p).await,
        host: note.host,
        state: note.state,
        method: note.method,
        account: note.account,
        reason: note.reason,
    }
}

fn screen(opened: &Result<Contents, VaultError>) -> Screen {
    match opened {
        Ok(_) => Screen::Accounts,
        Err(VaultError::None) => Screen::FirstRun,
        Err(
            VaultError::Damaged(_)
            | VaultError::Newer { .. }
            | VaultError::Vanished
            | VaultError::RolledBack { .. }
            | VaultError::OtherVault,
        ) => Screen::Recovery,
        Err(_) => Screen::Locked,
    }
}

fn offer_view(offer: &Offer, contents: Option<&Contents>) -> Option<OfferView> {
    let enrolment = offer.enrolment()?;
    let standing = match contents {
        Some(contents) if contents.accounts.iter().any(|a| same(a, &enrolment)) => Standing::Known,
        Some(contents)
            if contents
                .accounts
                .iter()
                .any(|a| same_name(&a.name, &enrolment.name) && a.issuer == enrolment.issuer) =>
        {
            Standing::Conflict
        }
        _ => Standing::New,
    };
    Some(OfferView {
        id: offer.id.clone(),
        issuer: enrolment.issuer,
        name: enrolment.name,
        tenant: enrolment.tenant,
        standing,
    })
}

/// The account that the page names first, then the pinned ones, then by age.
fn accounts(contents: &Contents, note: Option<&Note>, now_ms: u64) -> Vec<AccountView> {
    let named = note.and_then(|note| note.account.as_deref());
    let wanted = |a: &Account| named.is_some_and(|named| same_name(&a.name, named));
    let mut ordered: Vec<&Account> = contents.accounts.iter().collect();
    ordered.sort_by_key(|a| (!wanted(a), !a.pinned));
    ordered.into_iter().map(|account| account_view(account, wanted(account), now_ms)).collect()
}

fn account_view(account: &Account, wanted: bool, now_ms: u64) -> AccountView {
    let code = account.credential.code_at(now_ms);
    let left_ms = code.left_ms.unwrap_or(0);
    let next_code = code.left_ms.map(|left| account.credential.code_at(now_ms + left).grouped().to_string());
    AccountView {
        id: account.id.to_text(),
        issuer: account.issuer.clone(),
        name: account.name.clone(),
        tenant: account.tenant.clone(),
        code: code.grouped().to_string(),
        next_code: next_code.unwrap_or_default(),
        period_ms: account.credential.period().unwrap_or(0).saturating_mul(1000),
        left_ms: u32::try_from(left_ms).unwrap_or(0),
        confirmed: account.status == Status::Confirmed,
        wanted,
    }
}
