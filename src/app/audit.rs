//! What the list of a person's methods means for the accounts that are here. Its rows name no account, so what can be
//! said is how many there are, which accounts can be among them, and what Microsoft asks for first.

use super::fill::is_microsoft;
use super::shown::name_as_shown;
use crate::protocol::{Audit, AuditView};
use pages::Method;
use pages::registered::Registered;
use vault::{Account, Contents, SERIAL};

/// The sentences about the list, the most pressing first.
pub(super) fn lines(contents: &Contents, found: &Registered) -> Vec<AuditView> {
    let is_token = |account: &&Account| account.extra.contains_key(SERIAL);
    let (tokens, apps): (Vec<&Account>, Vec<&Account>) =
        contents.accounts.iter().filter(|account| is_microsoft(account)).partition(is_token);
    let aside: Vec<&Account> =
        contents.recently_deleted().into_iter().map(|(_, account)| account).filter(|a| is_microsoft(a)).collect();
    let here = u32::try_from(apps.len()).unwrap_or(u32::MAX);

    let mut said = Vec::new();
    let mut say = |says: Audit, about: &[&Account]| said.push(AuditView { says, about: names(about) });
    if let Some(first) = first(found) {
        say(first, &[]);
    }
    match (found.apps, here) {
        (0, 0) => {}
        (0, _) => say(Audit::Gone, &apps),
        (_, 0) => say(Audit::NotHere, &[]),
        _ => say(Audit::Fits, &apps),
    }
    if here > 0 && found.apps > here {
        say(Audit::More, &[]);
    }
    if found.apps > here && !aside.is_empty() {
        say(Audit::Deleted, &aside);
    }
    match (found.tokens, tokens.is_empty()) {
        (0, _) => {}
        (_, true) => say(Audit::TokenNotHere, &[]),
        (_, false) => say(Audit::TokenFits, &tokens),
    }
    if found.unknown > 0 {
        say(Audit::Unknown, &[]);
    }
    said
}

/// What Microsoft asks for before the code, or that it asks for the code, as far as the page tells.
fn first(found: &Registered) -> Option<Audit> {
    match found.default {
        _ if found.strongest_first && found.passkeys > 0 => Some(Audit::PasskeyFirst),
        _ if found.strongest_first && found.approvals > 0 => Some(Audit::ApprovalFirst),
        _ if found.strongest_first => None,
        Some(Method::Push) => Some(Audit::ApprovalDefault),
        Some(Method::Sms) => Some(Audit::SmsDefault),
        Some(Method::AppCode) => Some(Audit::CodeDefault),
        _ if found.passkeys + found.approvals > 0 => Some(Audit::PerhapsFirst),
        _ => None,
    }
}

fn names(accounts: &[&Account]) -> String {
    let named = |account: &&Account| {
        let name = if account.name.is_empty() { &account.issuer } else { &account.name };
        match account.organisation.as_deref().filter(|organisation| !organisation.is_empty()) {
            Some(organisation) => format!("{} ({})", name_as_shown(name), super::shown::as_shown(organisation)),
            None => name_as_shown(name),
        }
    };
    let mut all: Vec<String> = accounts.iter().map(named).collect();
    all.sort();
    all.dedup();
    all.join(", ")
}
