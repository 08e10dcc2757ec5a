//! Accounts found on a page and not kept yet.
//!
//! They wait in session storage, which is memory only: nothing of them is ever on disk before it is in the vault. What
//! makes their codes is sealed from the moment it is found, to a key of the vault that a closed one has too
//! ([`vault::CaptureKey`]); in clear stands what the button says that saves one. Where there is no such key, because
//! there is no vault, they end after ten minutes.

use crate::protocol::Tab;
use data_encoding::HEXLOWER;
use otp::uri::{self, Enrolment};
use pages::hosts::{self, Family};
use platform::{Outage, Platform, Store};
use serde::{Deserialize, Serialize};
use vault::{Came, CaptureKey, VaultKey, crypto, session};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

const KEY: &str = "pendingAccounts";
/// One that nobody saved by then was not meant.
const LIFETIME_MS: u64 = 60 * 60 * 1000;
/// The same for one that is not sealed.
const CLEAR_LIFETIME_MS: u64 = 10 * 60 * 1000;
/// More at once than any set-up makes; the oldest give way.
const MAX: usize = 20;

/// One pending account. May hold the secret, so no `Debug`.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(rename_all = "camelCase")]
pub(super) struct PendingAccount {
    pub(super) id: String,
    pub(super) issuer: String,
    pub(super) name: String,
    pub(super) organisation: Option<String>,
    uri: Held,
    /// Of the URI: enough to know it again, too little to find it by trying.
    mark: [u8; 2],
    /// The page it was found on, where it was one of Microsoft's.
    pub(super) origin: Option<String>,
    /// How it came here otherwise.
    #[zeroize(skip)]
    pub(super) came: Option<Came>,
    pub(super) tab: Option<i32>,
    at_ms: u64,
}

/// How an account comes here.
#[derive(Clone, Copy)]
pub(super) enum Way<'a> {
    /// The script on Microsoft's page of this origin has found it.
    Page(&'a str),
    /// A person has brought it.
    Came(Came),
}

#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(rename_all = "camelCase")]
enum Held {
    Sealed(String),
    /// There was no key to seal it to.
    Clear(String),
}

impl PendingAccount {
    /// All of it, for whoever has opened the vault.
    pub(super) fn open(&self, key: &VaultKey) -> Option<Enrolment> {
        uri::parse(std::str::from_utf8(&self.uri.open(Some(key))?).ok()?).ok()
    }

    /// Microsoft's own set-up page for work and school accounts has shown it, so what it says of its organisation is so.
    pub(super) fn is_microsofts(&self) -> bool {
        self.origin.as_deref().and_then(hosts::find).is_some_and(|site| site.family() == Family::SetUp)
    }

    /// This very tab has shown it. Of what was handed over without a tab nobody can say so.
    pub(super) fn is_of(&self, tab: &Tab) -> bool {
        self.tab.is_some() && self.tab == tab.id
    }

    /// When it ends.
    const fn until_ms(&self) -> u64 {
        self.at_ms.saturating_add(match self.uri {
            Held::Sealed(_) => LIFETIME_MS,
            Held::Clear(_) => CLEAR_LIFETIME_MS,
        })
    }

    fn stands(&self, now_ms: u64) -> bool {
        // A clock that was put back does not keep it either.
        self.at_ms.abs_diff(now_ms) < self.until_ms().saturating_sub(self.at_ms)
    }
}

impl Held {
    async fn of(p: &impl Platform, uri: &str) -> Result<Self, Outage> {
        let mut fresh = Zeroizing::new([0; 32]);
        p.random(fresh.as_mut_slice())?;
        let sealed = CaptureKey::read(p).await.and_then(|key| key.seal(&fresh, uri.as_bytes()));
        Ok(sealed.map_or_else(|| Self::Clear(uri.to_owned()), Self::Sealed))
    }

    fn open(&self, key: Option<&VaultKey>) -> Option<Zeroizing<Vec<u8>>> {
        match self {
            Self::Sealed(sealed) => key?.open_capture(sealed),
            Self::Clear(uri) => Some(Zeroizing::new(uri.as_bytes().to_vec())),
        }
    }
}

/// Those that still stand, oldest first.
pub(super) async fn read(p: &impl Platform) -> Vec<PendingAccount> {
    let mut pending_accounts = stored(p).await;
    pending_accounts.retain(|pending_account| pending_account.stands(p.now_ms()));
    pending_accounts
}

/// Keeps an account pending, once: the same one found again is the same pending account.
pub(super) async fn add(
    p: &impl Platform,
    enrolment: &Enrolment,
    way: Way<'_>,
    tab: Option<i32>,
) -> Result<String, Outage> {
    let _lock = p.lock().await?;
    let mut pending_accounts = read(p).await;
    let uri = uri::write(enrolment);
    let (origin, came) = match way {
        Way::Page(origin) => (Some(origin.to_owned()), None),
        Way::Came(came) => (None, Some(came)),
    };
    let mut new = PendingAccount {
        id: String::new(),
        issuer: enrolment.issuer.clone(),
        name: enrolment.name.clone(),
        organisation: enrolment.organisation.clone(),
        uri: Held::of(p, &uri).await?,
        mark: mark(&uri),
        origin,
        came,
        tab,
        at_ms: p.now_ms(),
    };
    let label = |of: &PendingAccount| (of.issuer.clone(), of.name.clone(), of.organisation.clone(), of.mark);
    let same = pending_accounts.iter().position(|known| label(known) == label(&new));
    match same.map(|at| pending_accounts.remove(at)) {
        Some(known) => {
            new.id.clone_from(&known.id);
            // A scan of the tab does not undo what Microsoft's page has proved.
            if known.origin.is_some() {
                (new.origin, new.came) = (known.origin.clone(), None);
            }
        }
        None => {
            let mut id = [0; 8];
            p.random(&mut id)?;
            new.id = HEXLOWER.encode(&id);
        }
    }
    let id = new.id.clone();
    pending_accounts.push(new);
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

/// There is a key to seal them to, or another than before: what is in clear, or sealed under the `old` one, is sealed anew.
pub(super) async fn seal(p: &impl Platform, old: Option<&VaultKey>) -> Result<(), Outage> {
    let is_due = |pending_account: &PendingAccount| old.is_some() || matches!(pending_account.uri, Held::Clear(_));
    // Whoever has read the old key and not written yet holds the lock, and what it writes is due as well.
    if old.is_none() && !stored(p).await.iter().any(is_due) {
        return Ok(());
    }
    let _lock = p.lock().await?;
    let mut pending_accounts = read(p).await;
    for pending_account in pending_accounts.iter_mut().filter(|pending_account| is_due(pending_account)) {
        if let Some(uri) = pending_account.uri.open(old)
            && let Ok(uri) = std::str::from_utf8(&uri)
        {
            pending_account.uri = Held::of(p, uri).await?;
        }
    }
    write(p, &pending_accounts).await
}

/// Forgets those that this vault's key does not open: they were sealed to one that is no more, and only the page that
/// showed them can show them again. Whether there were any.
pub(super) async fn forget_unreadable(p: &impl Platform, key: &VaultKey) -> bool {
    let opens = |pending_account: &PendingAccount| pending_account.open(key).is_some();
    if read(p).await.iter().all(opens) {
        return false;
    }
    let Ok(_lock) = p.lock().await else { return false };
    // The vault may have another key by now, which opens them.
    if !CaptureKey::read(p).await.is_some_and(|laid| laid.is_of(key)) {
        return false;
    }
    let mut pending_accounts = read(p).await;
    let before = pending_accounts.len();
    pending_accounts.retain(opens);
    pending_accounts.len() < before && write(p, &pending_accounts).await.is_ok()
}

/// Forgets those that have ended.
pub(super) async fn expire(p: &impl Platform) -> Result<(), Outage> {
    let pending_accounts = stored(p).await;
    if pending_accounts.iter().all(|pending_account| pending_account.stands(p.now_ms())) {
        wake(p, &pending_accounts).await;
        return Ok(());
    }
    let _lock = p.lock().await?;
    write(p, &read(p).await).await
}

async fn stored(p: &impl Platform) -> Vec<PendingAccount> {
    let text = p.get_one(Store::Session, KEY).await.ok().flatten().map(Zeroizing::new);
    text.and_then(|text| strict_json::read(&text)).unwrap_or_default()
}

async fn write(p: &impl Platform, pending_accounts: &[PendingAccount]) -> Result<(), Outage> {
    let text = (!pending_accounts.is_empty()).then(|| strict_json::write(pending_accounts));
    p.set(Store::Session, &[(KEY, text.as_ref().map(|text| text.as_str()))]).await?;
    wake(p, pending_accounts).await;
    Ok(())
}

/// While there is no vault, the alarm is theirs.
async fn wake(p: &impl Platform, pending_accounts: &[PendingAccount]) {
    let in_clear = pending_accounts.iter().filter(|pending_account| matches!(pending_account.uri, Held::Clear(_)));
    if let Some(until_ms) = in_clear.map(PendingAccount::until_ms).min()
        && session::key(p).await.is_err()
    {
        p.wake_at(Some(until_ms));
    }
}

fn mark(uri: &str) -> [u8; 2] {
    let mut mark = [0; 2];
    crypto::derive(uri.as_bytes(), &[], &[b"m365totp/v1/capture-mark"], &mut mark);
    mark
}
