//! Accounts found on a page and not kept yet.
//!
//! They wait in session storage, which is memory only: nothing of them is ever
//! on disk before it is sealed.

use crate::protocol::Tab;
use data_encoding::HEXLOWER;
use otp::uri::{self, Enrolment};
use pages::hosts::{self, Family};
use platform::{Outage, Platform, Store};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

const KEY: &str = "pendingAccounts";
/// One that nobody saved by then was not meant.
const LIFETIME_MS: u64 = 60 * 60 * 1000;
/// More at once than any set-up makes; the oldest give way.
const MAX: usize = 20;

/// One pending account. Holds the secret, so no `Debug`.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(super) struct PendingAccount {
    pub(super) id: String,
    uri: String,
    /// The page it was found on, where it was one of Microsoft's.
    pub(super) origin: Option<String>,
    pub(super) tab: Option<i32>,
    at_ms: u64,
}

impl PendingAccount {
    pub(super) fn enrolment(&self) -> Option<Enrolment> {
        uri::parse(&self.uri).ok()
    }

    /// Microsoft's own set-up page for work and school accounts has shown it, so what it says of its organisation is so.
    pub(super) fn is_microsofts(&self) -> bool {
        self.origin.as_deref().and_then(hosts::find).is_some_and(|site| site.family() == Family::SetUp)
    }

    /// This very tab has shown it. Of what was handed over without a tab nobody can say so.
    pub(super) fn is_of(&self, tab: &Tab) -> bool {
        self.tab.is_some() && self.tab == tab.id
    }
}

/// Those that still stand, oldest first.
pub(super) async fn read(p: &impl Platform) -> Vec<PendingAccount> {
    let text = match p.get(Store::Session, &[KEY]).await {
        Ok(mut values) => values.pop().flatten().map(Zeroizing::new),
        Err(_) => None,
    };
    let mut pending_accounts: Vec<PendingAccount> = text.and_then(|text| strict_json::read(&text)).unwrap_or_default();
    pending_accounts.retain(|pending_account| p.now_ms().abs_diff(pending_account.at_ms) < LIFETIME_MS);
    pending_accounts
}

/// Keeps an account pending, once: the same one found again is the same pending account.
pub(super) async fn add(
    p: &impl Platform,
    enrolment: &Enrolment,
    origin: Option<&str>,
    tab: Option<i32>,
) -> Result<String, Outage> {
    let _lock = p.lock().await?;
    let mut pending_accounts = read(p).await;
    let uri = uri::write(enrolment);
    let id = match pending_accounts.iter().position(|pending_account| pending_account.uri == *uri) {
        Some(at) => pending_accounts.remove(at).id.clone(),
        None => {
            let mut id = [0; 8];
            p.random(&mut id)?;
            HEXLOWER.encode(&id)
        }
    };
    pending_accounts.push(PendingAccount {
        id: id.clone(),
        uri: uri.to_string(),
        origin: origin.map(str::to_owned),
        tab,
        at_ms: p.now_ms(),
    });
    let surplus = pending_accounts.len().saturating_sub(MAX);
    write(p, pending_accounts.get(surplus..).unwrap_or_default()).await?;
    Ok(id)
}

/// Takes one away.
pub(super) async fn remove(p: &impl Platform, id: &str) -> Result<(), Outage> {
    let _lock = p.lock().await?;
    let mut pending_accounts = read(p).await;
    pending_accounts.retain(|pending_account| pending_account.id != id);
    write(p, &pending_accounts).await
}

async fn write(p: &impl Platform, pending_accounts: &[PendingAccount]) -> Result<(), Outage> {
    if pending_accounts.is_empty() {
        return p.set(Store::Session, &[(KEY, None)]).await;
    }
    let text = strict_json::write(pending_accounts);
    p.set(Store::Session, &[(KEY, Some(&text))]).await
}
