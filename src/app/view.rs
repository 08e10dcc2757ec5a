//! What the popup paints, made whole from what the stores hold.

use super::accounts::is_enrolled;
use super::fill::{self, Used, could_be_meant, is_microsoft, same};
use super::pending_accounts::{self, PendingAccount};
use super::shown::{as_shown, looks_like_another, name_as_shown, time_as_shown};
use super::tab_state::TabState;
use super::{
    audit, clock, copies, enrol, guard, order, preferences, recovery_keys, tokens, unknown_site, unlock_methods,
};
use crate::protocol::{
    AccountView, CopyView, DeletedView, FoundOn, Loss, PageView, PendingAccountView, Reason, RivalView, Screen,
    Standing, Tab, Trouble, TroubleView, UnknownSiteView, View,
};
use otp::uri::is_steam;
use pages::State;
use pages::guide::Step;
use pages::hindrance::Hindrance;
use pages::hosts::{self, Family};
use platform::Platform;
use serde::Serialize;
use std::collections::BTreeMap;
use strict_json::json;
use vault::{Account, Came, Contents, Identity, Status, VaultError, VaultKey, attempts, session, store};

/// Fewer than this are found faster by eye.
const SEARCHABLE: usize = 6;
/// A set-up that has not come to its end in this time was abandoned: Microsoft's pages time out sooner.
const SET_UP_MS: u64 = 60 * 60 * 1000;
/// Accounts that are seen without scrolling, and some.
pub(super) const SCREENFUL: usize = 24;
/// Colours that an account's initial may have.
const HUES: u32 = 8;

/// The whole view, with `max` accounts. `opened` is what the vault answered.
pub(super) async fn make(p: &impl Platform, tab: &Tab, opened: &Result<Contents, VaultError>, max: usize) -> View {
    let contents = opened.as_ref().ok();
    let tab_state = match tab.id {
        Some(id) => TabState::read(p, id).await,
        None => None,
    };
    // The tab has moved on since this was written: it is about another page. So it may be where nobody says which it is.
    let at = |url: &str, tab_state: &TabState| hosts::host_of(url) == Some(&tab_state.host);
    let (tab_state, left) = match tab_state {
        Some(tab_state) if tab.url.as_deref().is_some_and(|url| at(url, &tab_state)) => (Some(tab_state), None),
        left => (None, left),
    };
    let unseen = tab.id.is_some() && tab.url.is_none();
    let now_ms = clock::now_ms(p).await;
    let trouble = match opened {
        Err(VaultError::None) if guard::seems_wiped(p).await => Some(Trouble::Wiped),
        Err(error) => trouble(error),
        Ok(_) => None,
    };
    let screen = if trouble.is_some() { Screen::Recovery } else { screen(opened) };
    let (unlock_methods, wait_ms) = match screen {
        Screen::Locked => (
            unlock_methods::header(p).await.map(|header| unlock_methods::views(&header)).unwrap_or_default(),
            attempts::wait_ms(p).await.unwrap_or_default(),
        ),
        _ => (Vec::new(), 0),
    };
    // The script on a page reports only from hosts that it may be on.
    let policy = guard::policy(p).await;
    let kept = contents.iter().flat_map(|contents| &contents.accounts).filter(|account| is_microsoft(account));
    let unknown_site =
        unknown_site::of(tab, &policy, kept.map(|account| account.name.as_str())).filter(|_| tab_state.is_none());
    let elsewhere = elsewhere(tab, unknown_site.as_ref(), left.as_ref(), p.now_ms());
    let may_be_false = unseen || unknown_site.as_ref().is_some_and(|unknown_site| unknown_site.looks_alike);
    let withheld = may_be_false && !tab.warned && contents.is_some();
    // On a false page a code is only in the way of the warning.
    let shown = contents.filter(|_| !withheld);
    let waiting = pending_accounts::read(p).await;
    let key = if contents.is_some() && !waiting.is_empty() { session::key(p).await.ok() } else { None };
    let opened = contents.zip(key.as_ref());
    let is_finished = contents.is_some() && tab_state.as_ref().is_some_and(|state| state.step == Some(Step::Finished));
    let lacks_recovery =
        is_finished && unlock_methods::header(p).await.is_some_and(|header| !unlock_methods::has_recovery(&header));
    let released = if shown.is_some() { fill::released(p).await } else { Vec::new() };
    View {
        screen,
        pending_accounts: waiting.iter().filter_map(|waiting| pending_account_view(waiting, tab, opened)).collect(),
        accounts: shown.map(|c| accounts(c, tab_state.as_ref(), &released, now_ms, max)).unwrap_or_default(),
        unknown_site,
        unseen,
        withheld,
        advice: contents.is_some_and(|contents| preferences::advises(&contents.settings)),
        unlock_methods,
        wait_ms: u32::try_from(wait_ms).unwrap_or(u32::MAX),
        trouble: match trouble {
            Some(kind) => Some(trouble_view(p, kind).await),
            None => None,
        },
        searchable: shown.is_some_and(|contents| contents.accounts.len() >= SEARCHABLE),
        lacks_recovery,
        policy: policy.view(),
        deleted: shown.map(|contents| deleted(contents).collect()).unwrap_or_default(),
        untold: shown.map(untold).unwrap_or_default(),
        recoverers: match contents {
            Some(contents) => recovery_keys::untold(p, contents).await,
            None => None,
        },
        tokens: shown.map(tokens::untold).unwrap_or_default(),
        unsaved: contents.map_or(0, |contents| u32::try_from(copies::unsaved(contents)).unwrap_or(u32::MAX)),
        page: match (tab_state, elsewhere) {
            (Some(tab_state), _) => Some(page_view(p, tab_state, contents).await),
            (None, Some((host, says))) => Some(PageView {
                host,
                says: says.to_owned(),
                clock_off_s: clock::off_s(p).await,
                ..PageView::default()
            }),
            (None, None) => None,
        },
    }
}

/// What there is to say of a page that no script of ours is on: the password's own, where the person types the code, and
/// the one that Microsoft's list of methods has just sent them to.
fn elsewhere(
    tab: &Tab,
    unknown_site: Option<&UnknownSiteView>,
    left: Option<&TabState>,
    now_ms: u64,
) -> Option<(String, &'static str)> {
    if tab.url.as_deref().is_some_and(hosts::is_password_reset) {
        return Some((hosts::host_of(tab.url.as_deref()?)?.to_owned(), "guide_passwordReset"));
    }
    let sent_on = left.is_some_and(|left| left.was_picking(now_ms));
    let site = unknown_site.filter(|site| sent_on && !site.looks_alike)?;
    Some((site.host.clone(), "guide_externalMfa"))
}

async fn page_view(p: &impl Platform, tab_state: TabState, contents: Option<&Contents>) -> PageView {
    let replaced = tab_state.replaced.as_ref().map(|replaced| replaced.place.to_text());
    let found = tab_state.in_the_way();
    let hindrance = found.map(|found| found.hindrance);
    let error = found.and_then(|found| found.error).map(|number| format!("AADSTS{number}"));
    PageView {
        view: tab_state.view(),
        replaced: contents.and_then(|contents| deleted(contents).find(|view| Some(&view.id) == replaced.as_ref())),
        says: says(&tab_state, hindrance, contents),
        // Whoever has led here may have put the name there.
        about: error.or(tab_state.account.as_deref().map(name_as_shown)).unwrap_or_default(),
        can_do_step: tab_state.step_shown,
        step: tab_state.step,
        can_fill: hindrance.is_none()
            && (tab_state.view_by_hand.is_some()
                || matches!(
                    tab_state.reason,
                    Reason::MethodUnknown
                        | Reason::NotRegistered
                        | Reason::AccountNotNamed
                        | Reason::Ambiguous
                        | Reason::NoAccount
                        | Reason::CouldBeMeant
                )),
        can_describe: tab_state.reason == Reason::NotRecognised,
        audit: contents
            .zip(tab_state.registered.as_ref())
            .map(|(contents, registered)| audit::lines(contents, registered))
            .unwrap_or_default(),
        report: report(tab_state.step, hindrance).filter(|_| !is_personal(&tab_state.host)),
        leads_to_set_up: matches!(hindrance, Some(Hindrance::SmsOnly | Hindrance::SetUpNeeded)),
        clock_off_s: clock::off_s(p).await,
        host: tab_state.host,
        reason: tab_state.reason,
    }
}

/// The key of the text for the service desk, which a personal account has none of.
fn report(step: Option<Step>, hindrance: Option<Hindrance>) -> Option<String> {
    // The link may be missing there as well: where it should be, nobody can tell.
    if matches!(step, Some(Step::OtherAppMissing | Step::BackFromPush)) {
        return Some("report".to_owned());
    }
    let of = match hindrance? {
        Hindrance::PasskeyOnly | Hindrance::Certificate => "desk_stronger",
        Hindrance::Stronger => "desk_strength",
        Hindrance::SmsOnly => "desk_smsOnly",
        Hindrance::AccessPass | Hindrance::AccessPassRefused => "desk_accessPass",
        Hindrance::RegistrationCampaign | Hindrance::PasskeyCampaign => "desk_campaign",
        // The person can choose another way, or is asked about a device of their own.
        Hindrance::Passkey | Hindrance::DeviceCode => return None,
        _ => "desk_error",
    };
    Some(of.to_owned())
}

fn is_personal(host: &str) -> bool {
    hosts::find(&format!("https://{host}")).is_some_and(|site| site.family() == Family::PersonalSetUp)
}

/// The key of the sentence about the page: the next step, or what stands in the way, or what was done, or else what to
/// expect.
fn says(tab_state: &TabState, hindrance: Option<Hindrance>, contents: Option<&Contents>) -> String {
    // The names in the protocol are the names in the locales.
    if let Some(step) = tab_state.step {
        return format!("step_{}", name(&step));
    }
    if let Some(hindrance) = hindrance {
        return format!("hindrance_{}", name(&hindrance));
    }
    match (tab_state.reason, tab_state.state) {
        (Reason::NotRecognised, _) if tab_state.view_by_hand.is_some() => "guide_notRecognised",
        (Reason::NoAccount, _) if tab_state.account.is_none() => "reason_noneWaits",
        // One of those that are there may be the same under another name; one of this name is personal, or is not.
        (Reason::NoAccount, _)
            if contents.is_some_and(|contents| are_called_otherwise(contents, &tab_state.account)) =>
        {
            "reason_noAccountOfName"
        }
        (Reason::NothingToDo, State::SetUpQr | State::SetUpManual) => "guide_setUpQr",
        (Reason::NothingToDo, State::PushDenied | State::PushTimedOut) => "guide_pushOver",
        (Reason::NothingToDo, State::UserName | State::Password | State::AccountPicker) => "guide_signIn",
        (reason, _) => return format!("reason_{}", name(&reason)),
    }
    .to_owned()
}

fn are_called_otherwise(contents: &Contents, named: &Option<String>) -> bool {
    let has_name = |account: &&Account| named.as_ref().is_some_and(|named| account.identity().has_name(named));
    let microsofts = || contents.accounts.iter().filter(|account| is_microsoft(account));
    microsofts().next().is_some() && !microsofts().any(|account| has_name(&account))
}

fn name(value: &impl Serialize) -> String {
    json!(value).as_str().unwrap_or_default().to_owned()
}

/// Where nothing is the matter with the vault itself.
fn screen(opened: &Result<Contents, VaultError>) -> Screen {
    match opened {
        Ok(_) => Screen::Accounts,
        Err(VaultError::None) => Screen::FirstRun,
        Err(_) => Screen::Locked,
    }
}

/// What is the matter with the vault itself, if that is what the error says.
const fn trouble(error: &VaultError) -> Option<Trouble> {
    Some(match error {
        VaultError::Damaged(_) => Trouble::Damaged,
        VaultError::Newer { .. } => Trouble::Newer,
        VaultError::Vanished => Trouble::Vanished,
        VaultError::RolledBack { .. } => Trouble::PutBack,
        VaultError::OtherVault => Trouble::TwoVaults,
        VaultError::Outage(_) => Trouble::Silent,
        _ => return None,
    })
}

async fn trouble_view(p: &impl Platform, kind: Trouble) -> TroubleView {
    let copy = match (kind, session::key(p).await) {
        (Trouble::PutBack | Trouble::TwoVaults, Ok(key)) => store::proposal(p, &key).await,
        _ => None,
    };
    let copy = copy.map(|(header, contents)| CopyView {
        written_ms: time_as_shown(header.written_at_ms),
        accounts: u32::try_from(contents.accounts.len()).unwrap_or(u32::MAX),
    });
    TroubleView { kind, savable: !matches!(kind, Trouble::Vanished | Trouble::Wiped | Trouble::Silent), copy }
}

fn pending_account_view(
    pending_account: &PendingAccount,
    tab: &Tab,
    opened: Option<(&Contents, &VaultKey)>,
) -> Option<PendingAccountView> {
    let PendingAccount { id, issuer, name, organisation, origin, .. } = pending_account;
    let steam = match opened {
        Some((_, key)) => pending_account.open(key)?.may_be_steams(),
        None => is_steam(issuer),
    };
    let is_known = match opened {
        Some((contents, key)) => {
            // What is of a vault that was put out of the way opens no more.
            let enrolment = pending_account.open(key)?;
            contents.accounts.iter().any(|a| same(a, &enrolment))
        }
        None => false,
    };
    let rival = opened
        .filter(|_| !is_known)
        .and_then(|(contents, _)| enrol::rival(contents, name, issuer, organisation.as_deref(), origin.as_deref()))
        .map(|rival| RivalView {
            account: rival.id.to_text(),
            name: name_as_shown(&rival.name),
            organisation: rival.organisation.as_deref().map(as_shown).filter(|organisation| !organisation.is_empty()),
        });
    let standing = match &rival {
        Some(_) => Standing::Conflict,
        None if is_known => Standing::Known,
        None => Standing::New,
    };
    let found = match origin.as_deref().and_then(hosts::host_of) {
        _ if pending_account.tab == tab.id => FoundOn::ThisTab,
        Some(host) => FoundOn::Page { host: host.to_owned() },
        None => FoundOn::Elsewhere,
    };
    Some(PendingAccountView {
        id: id.clone(),
        issuer: as_shown(issuer),
        name: name_as_shown(name),
        organisation: organisation.as_deref().map(as_shown),
        mixed: mixed(issuer, name, organisation.as_deref()),
        found,
        steam: steam && !is_known,
        standing,
        rival,
    })
}

/// The account that the page names first, then the pinned ones, then by the vault's own order.
fn accounts(
    contents: &Contents,
    tab_state: Option<&TabState>,
    released: &[Used],
    now_ms: u64,
    max: usize,
) -> Vec<AccountView> {
    let named = tab_state.and_then(|tab_state| tab_state.account.as_deref());
    let wanted = |a: &Account| named.is_some_and(|named| a.identity().has_name(named));
    let mut ordered: Vec<&Account> = contents.accounts.iter().collect();
    ordered.sort_by_key(|a| (!wanted(a), !a.pinned));
    let mut working = BTreeMap::new();
    for account in contents.accounts.iter().filter(|a| a.status == Status::Confirmed) {
        *working.entry(account.identity()).or_default() += 1;
    }
    let places = order::Places::of(contents);
    ordered.truncate(max);
    let mut views = Vec::with_capacity(ordered.len());
    for account in ordered {
        let mut view = account_view(account, wanted(account), released, now_ms);
        (view.above, view.below) = places.around(account);
        view.loss = loss(account, &working);
        view.meant = named.is_some_and(|named| could_be_meant(account, named));
        views.push(view);
    }
    views
}

/// `working` counts the confirmed accounts: one may stand in for another of the same identity.
fn loss(account: &Account, working: &BTreeMap<Identity, u32>) -> Loss {
    match account.status {
        Status::Unconfirmed if is_enrolled(account) => Loss::NeverConfirmed,
        Status::Unconfirmed => match account.came {
            Some(Came::Imported) => Loss::Imported,
            Some(Came::Typed) => Loss::Typed,
            Some(Came::Scanned) => Loss::Scanned,
            None => Loss::NotKnown,
        },
        Status::Confirmed if copies::is_elsewhere(account) => Loss::CopyElsewhere,
        Status::Confirmed if working.get(&account.identity()).is_some_and(|twins| *twins > 1) => Loss::AnotherWorks,
        Status::Confirmed => Loss::OnlyCopy,
    }
}

fn deleted(contents: &Contents) -> impl Iterator<Item = DeletedView> {
    contents.recently_deleted().into_iter().map(|(tombstone, account)| DeletedView {
        id: tombstone.id.to_text(),
        issuer: as_shown(&account.issuer),
        name: name_as_shown(&account.name),
        organisation: account.organisation.as_deref().map(as_shown),
        why: tombstone.note.map(|note| note.why),
        at_ms: time_as_shown(tombstone.note.map_or(tombstone.deleted_ms, |note| note.at_ms)),
        until_ms: tombstone.until_ms.map(time_as_shown),
    })
}

fn untold(contents: &Contents) -> Vec<String> {
    let all = contents.recently_deleted().into_iter();
    all.filter(|(t, _)| t.note.is_some_and(|note| note.untold)).map(|(t, _)| t.id.to_text()).collect()
}

fn account_view(account: &Account, wanted: bool, released: &[Used], now_ms: u64) -> AccountView {
    let code = account.credential.code_at(now_ms);
    let left_ms = code.left_ms.unwrap_or(0);
    let next_code = code.left_ms.map(|left| account.credential.code_at(now_ms + left).grouped().to_string());
    let known_by = account
        .organisation
        .as_deref()
        .filter(|organisation| !organisation.is_empty())
        .unwrap_or(if account.issuer.is_empty() { &account.name } else { &account.issuer });
    AccountView {
        id: account.id.to_text(),
        issuer: as_shown(&account.issuer),
        name: name_as_shown(&account.name),
        organisation: account.organisation.as_deref().map(as_shown),
        code: code.grouped().to_string(),
        next_code: next_code.unwrap_or_default(),
        spent: code.left_ms.is_some() && fill::is_spent(released, account, code.step),
        period_ms: account.credential.period().unwrap_or(0).saturating_mul(1000),
        left_ms: u32::try_from(left_ms).unwrap_or(0),
        confirmed: account.status == Status::Confirmed,
        said: account.said,
        enrolled: is_enrolled(account),
        came: account.came,
        serial: account.serial().map(as_shown),
        abandoned: is_abandoned(account, now_ms),
        created_ms: time_as_shown(account.created_ms),
        wanted,
        meant: false,
        mixed: mixed(&account.issuer, &account.name, account.organisation.as_deref()),
        initial: initial(known_by),
        hue: hue(known_by),
        pinned: account.pinned,
        group: account.group().map(as_shown),
        noted: account.note.is_some(),
        above: false,
        below: false,
        mode: account.mode,
        microsoft: is_microsoft(account),
        last_used_ms: account.last_used_ms.map(time_as_shown),
        loss: Loss::OnlyCopy,
    }
}

/// Enrolled, and not accepted in the time that a set-up takes.
fn is_abandoned(account: &Account, now_ms: u64) -> bool {
    is_enrolled(account)
        && account.status == Status::Unconfirmed
        && now_ms.saturating_sub(account.created_ms) > SET_UP_MS
}

fn mixed(issuer: &str, name: &str, organisation: Option<&str>) -> bool {
    [issuer, name, organisation.unwrap_or_default()].into_iter().any(looks_like_another)
}

/// The first letter or digit, as a capital.
fn initial(text: &str) -> String {
    let first = text.chars().find(|c| !c.is_ascii_punctuation() && !c.is_whitespace());
    first.map(|c| c.to_uppercase().to_string()).unwrap_or_default()
}

/// Always the same colour for the same name.
fn hue(text: &str) -> u8 {
    let sum = text.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    u8::try_from(sum % HUES).unwrap_or(0)
}
