//! Which account a page means, and whether its code may go there now.

use super::tab_state::{Decision, Released, TabState};
use super::{clock, issuers};
use crate::protocol::Reason;
use ::policy::Policy;
use otp::Factor;
use otp::uri::Enrolment;
use pages::hosts::{Family, Site};
use pages::organisation::{Organisation, PERSONAL};
use pages::{Field, Refusal, State};
use platform::{Outage, Platform, Store};
use serde::{Deserialize, Serialize};
use vault::{Account, AccountId, Contents, SERIAL, Status, session};
use zeroize::Zeroizing;

/// Less than this left, and the code might end before it arrives.
const LEAST_LEFT_MS: u64 = 2000;
/// A used step may be so far ahead of the clock, which a new correction can set back.
const MAX_STEPS_AHEAD: u64 = 3;
/// So many codes in a row are sent off without a person: the first and one retry.
const MAX_BY_ITSELF: u8 = 2;
/// More than anybody is a guest of; the oldest give way.
const MAX_ORGANISATION_IDS: usize = 32;
/// How long a person's word in the popup waits for the page to look again.
pub(super) const WORD_MS: u64 = 60 * 1000;
/// The time-steps released last, by account.
const STEPS: &str = "steps";

/// What to do about a field that wants an app code.
pub(super) enum Verdict {
    Release { code: Zeroizing<String>, submit: bool },
    Wait { ms: u64 },
    Nothing(Reason),
}

/// The account whose code the page wants.
pub(super) fn choose<'a>(contents: &'a Contents, tab_state: &TabState, family: Family) -> Result<&'a Account, Reason> {
    if tab_state.state == State::SetUpCode {
        return choose_enrolled(contents, tab_state, family);
    }
    let named = tab_state.account.as_deref().ok_or(Reason::AccountNotNamed)?;
    let signs_in = |a: &&Account| is_microsoft(a) && belongs(a, family) && a.identity().has_name(named);
    let fitting: Vec<&Account> = contents.accounts.iter().filter(signs_in).collect();
    match fitting.as_slice() {
        [] if contents.accounts.iter().any(|a| could_be_meant(a, named) || is_labelled(a, named)) => {
            Err(Reason::CouldBeMeant)
        }
        [] => Err(Reason::NoAccount),
        [one] => Ok(one),
        several => tab_state
            .organisation
            .as_ref()
            .and_then(|organisation| of_organisation(several, organisation))
            .or_else(|| the_one_that_works(several))
            .ok_or(Reason::Ambiguous),
    }
}

/// What was learned of the page's organisation comes first, then what it calls itself.
fn of_organisation<'a>(accounts: &[&'a Account], organisation: &Organisation) -> Option<&'a Account> {
    let Organisation { id, name } = organisation;
    let knows = |a: &Account| id.as_ref().is_some_and(|id| a.organisation_ids.contains(id));
    let is_called = |a: &Account| name.as_ref().is_some_and(|name| a.identity().is_of(name));
    the_one(accounts, knows).or_else(|| the_one(accounts, is_called))
}

/// While a new secret waits for its confirmation, the old one is the one that signs in: but not for another organisation.
fn the_one_that_works<'a>(accounts: &[&'a Account]) -> Option<&'a Account> {
    let one = the_one(accounts, |a| a.status == Status::Confirmed)?;
    let is_alone = accounts.iter().all(|other| !other.identity().is_of_another_organisation(&one.identity()));
    is_alone.then_some(one)
}

fn the_one<'a>(accounts: &[&'a Account], is: impl Fn(&Account) -> bool) -> Option<&'a Account> {
    let mut fitting = accounts.iter().filter(|account| is(account));
    match (fitting.next(), fitting.next()) {
        (Some(one), None) => Some(one),
        _ => None,
    }
}

/// Of that name, and nothing says that it is another service's: other apps drop the issuer or put the organisation there.
pub(super) fn could_be_meant(account: &Account, name: &str) -> bool {
    !is_microsoft(account)
        && account.microsoft.is_none()
        && account.identity().has_name(name)
        && matches!(account.credential.factor, Factor::Time { .. })
        && !issuers::is_other(&account.issuer)
}

/// The account signs in at the organisation that a page has named by this id, and none of its name does so beside it.
/// `None` where that is known.
pub(super) fn learn(contents: &mut Contents, id: AccountId, organisation: &str, now_ms: u64) -> Option<()> {
    let account = contents.account(id)?;
    if account.organisation_ids.iter().any(|known| known == organisation) {
        return None;
    }
    let identity = account.identity();
    for other in contents.accounts.iter_mut().filter(|other| identity.has_name(&other.name)) {
        forget(other, organisation, now_ms);
    }
    let account = contents.account_mut(id)?;
    account.organisation_ids.push(organisation.to_owned());
    let surplus = account.organisation_ids.len().saturating_sub(MAX_ORGANISATION_IDS);
    account.organisation_ids.drain(..surplus);
    account.touch(now_ms);
    Some(())
}

/// The account does not sign in there.
pub(super) fn forget(account: &mut Account, organisation: &str, now_ms: u64) {
    let before = account.organisation_ids.len();
    account.organisation_ids.retain(|known| known != organisation);
    if account.organisation_ids.len() < before {
        account.touch(now_ms);
    }
}

/// Microsoft has accepted a code of it, so it is Microsoft's from now on. What another app kept as its issuer is the
/// organisation, as in Microsoft's own URIs; a personal account has none.
pub(super) fn keep_as_microsofts(account: &mut Account, family: Family) -> bool {
    if is_microsoft(account) {
        return false;
    }
    account.microsoft = Some(true);
    let has_organisation = account.organisation.as_ref().is_some_and(|organisation| !organisation.trim().is_empty());
    let names_one = !account.issuer.trim().is_empty() && !issuers::is_microsofts(&account.issuer);
    if !has_organisation && names_one && !is_personal(family) {
        account.organisation = Some(std::mem::replace(&mut account.issuer, "Microsoft".to_owned()));
    }
    true
}

/// The set-up page names nobody: it means the account that this tab enrols, or
/// else the only one that still waits for its confirmation.
fn choose_enrolled<'a>(contents: &'a Contents, tab_state: &TabState, family: Family) -> Result<&'a Account, Reason> {
    if let Some(account) = tab_state.enrolled.and_then(|id| contents.account(id)) {
        return Ok(account);
    }
    // A hardware token is asked for elsewhere.
    let waits = |a: &&Account| is_microsoft(a) && a.status == Status::Unconfirmed && !a.extra.contains_key(SERIAL);
    let mut waiting = contents.accounts.iter().filter(waits).filter(|a| belongs(a, family));
    match (waiting.next(), waiting.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => Err(Reason::NoAccount),
        (Some(_), Some(_)) => Err(Reason::Ambiguous),
    }
}

/// The account that is a hardware token and still waits for its confirmation, where there is one alone; and its number. The
/// dialog itself names nobody, so whoever is `named` around it is that account's person, or it is not meant.
pub(super) fn choose_token<'a>(contents: &'a Contents, named: &[String]) -> Result<(&'a Account, &'a str), Reason> {
    let is_theirs = |account: &&Account| named.iter().all(|name| account.identity().has_name(name));
    let waiting = contents.accounts.iter().filter(|account| account.status == Status::Unconfirmed).filter(is_theirs);
    let mut tokens = waiting.filter_map(|account| Some((account, account.serial()?)));
    match (tokens.next(), tokens.next()) {
        (Some(one), None) => Ok(one),
        // A device that is none of ours.
        (None, _) => Err(Reason::NothingToDo),
        (Some(_), Some(_)) => Err(Reason::Ambiguous),
    }
}

/// Microsoft's own, by where it was enrolled or by the issuer that its URI names, unless somebody has said so;
/// an address book's worth of other services use the same address as a name.
pub(super) fn is_microsoft(account: &Account) -> bool {
    let issued = || account.issuer.to_lowercase().starts_with("microsoft");
    account.microsoft.unwrap_or_else(|| {
        issued() || account.origin.as_deref().is_some_and(|origin| pages::hosts::find(origin).is_some())
    })
}

/// Not known to be of the other world: one address may be a personal account and an organisation's, each with a key of
/// its own. Told by where it was enrolled, else by where it has signed in, else by an organisation, which none but the
/// organisation's should have; but people and other apps write there what they like.
pub(super) fn belongs(account: &Account, family: Family) -> bool {
    let signs_in = |personally| account.organisation_ids.iter().any(|id| (id == PERSONAL) == personally);
    let personally = match (account.origin.as_deref().and_then(pages::hosts::find), signs_in(true), signs_in(false)) {
        (Some(site), ..) => is_personal(site.family()),
        (None, true, false) => true,
        (None, false, true) => false,
        (None, false, false) if names_organisation(account) => false,
        _ => return true,
    };
    personally == is_personal(family)
}

/// Microsoft's, of that name, and whether it is personal is told by nothing that Microsoft has shown here.
fn is_labelled(account: &Account, name: &str) -> bool {
    is_microsoft(account) && account.origin.is_none() && account.identity().has_name(name)
}

fn is_personal(family: Family) -> bool {
    matches!(family, Family::PersonalSignIn | Family::PersonalSetUp)
}

fn names_organisation(account: &Account) -> bool {
    let organisation = account.organisation.as_deref().map(str::trim).filter(|organisation| !organisation.is_empty());
    organisation.is_some_and(|organisation| !issuers::is_microsofts(organisation))
}

/// The same account: same secret, same name.
pub(super) fn same(account: &Account, enrolment: &Enrolment) -> bool {
    account.credential == enrolment.credential && account.identity().has_name(&enrolment.name)
}

/// Whether codes of the account may go to this site at all: Microsoft's own pages sign everybody in, an organisation's
/// own server only its accounts.
pub(super) fn serves(site: &Site, account: &Account, policy: &Policy) -> bool {
    site.family() != Family::Adfs || policy.serves(site.host(), &account.name)
}

/// The account that the person chose in the popup, for this view.
pub(super) fn decision<'a>(contents: &'a Contents, tab_state: &TabState, now_ms: u64) -> Option<&'a Account> {
    match tab_state.decision {
        Some(Decision::Fill { account, at_ms }) if now_ms.abs_diff(at_ms) < WORD_MS => contents.account(account),
        _ => None,
    }
}

/// Decides about one field, for an account already chosen. A release is noted
/// before it is made: a code must never go out twice, even if the worker dies here.
pub(super) async fn judge(
    p: &impl Platform,
    tab_state: &mut TabState,
    (field, refusal): (Field, Option<Refusal>),
    in_front: bool,
    account: &Account,
    submit: bool,
) -> Verdict {
    let before = tab_state.released.as_ref().filter(|released| released.account == account.id);
    let refused = before.is_some_and(|released| refuses(field, released));
    // The first code and one retry in a later step; then a person has to look.
    match refusal {
        Some(Refusal::TooMany) => return Verdict::Nothing(Reason::TooManyTries),
        Some(Refusal::NotAllowed) if refused => return Verdict::Nothing(Reason::AppNotAllowed),
        _ if refused && before.is_some_and(|released| released.retry) => return Verdict::Nothing(Reason::Rejected),
        _ => {}
    }
    let in_a_row = tab_state.released.as_ref().map_or(0, |released| released.in_a_row);
    if !in_front {
        return Verdict::Nothing(Reason::NotInFront);
    }
    if tab_state.view_filled && !refused {
        // The page has emptied the field, also the second time; what was sent off is the page's to take.
        let is_gone = field.ours && field.empty && !submit;
        return Verdict::Nothing(if is_gone || tab_state.not_taken { Reason::NotTaken } else { Reason::Filled });
    }
    if !field.empty && !refused {
        return Verdict::Nothing(Reason::FieldNotEmpty);
    }

    let code = account.credential.code_at(clock::now_ms(p).await);
    let Some(left_ms) = code.left_ms else {
        // Microsoft's are all time-based; a counter moves only when a person asks.
        return Verdict::Nothing(Reason::NoAccount);
    };
    let used = match used_step(p, account, code.step).await {
        Ok(used) => used,
        Err(_) => return Verdict::Nothing(Reason::CouldNot),
    };
    if left_ms < LEAST_LEFT_MS || used.is_some_and(|used| code.step <= used) {
        return Verdict::Wait { ms: left_ms };
    }
    if use_step(p, account.id, code.step).await.is_err() {
        return Verdict::Nothing(Reason::CouldNot);
    }
    // It may have been locked since the stores were read, and then it gives nothing any more.
    if session::key(p).await.is_err() {
        return Verdict::Nothing(Reason::Locked);
    }
    tab_state.released = Some(Released {
        account: account.id,
        at_ms: p.now_ms(),
        retry: refused,
        in_a_row: in_a_row.saturating_add(1),
        set_up: matches!(tab_state.state, State::SetUpCode | State::SetUpTokenCode),
        left: false,
        void: false,
        organisation: tab_state.organisation.as_ref().and_then(|organisation| organisation.id.clone()),
        // Who picks on a page that has refused a code already may be trying one after the other.
        picked: tab_state.state == State::Code
            && matches!(tab_state.decision, Some(Decision::Fill { .. }))
            && !field.invalid,
        learned: false,
    });
    Verdict::Release { code: Zeroizing::new(code.expose().to_owned()), submit }
}

/// The page has refused the code: it marks the field anew, and what stands there is still what was
/// typed; or it has come again, marked and empty. A mark that stood there before, or one on what
/// the person has typed since, says nothing of that code.
pub(super) fn refuses(field: Field, released: &Released) -> bool {
    field.invalid && if released.left { field.empty } else { field.ours }
}

/// Whether a code may still be sent off without a person. However the pages and the accounts take turns, that ends.
pub(super) fn goes_by_itself(tab_state: &TabState) -> bool {
    tab_state.released.as_ref().is_none_or(|released| released.in_a_row < MAX_BY_ITSELF)
}

/// The last step released for an account.
#[derive(Serialize, Deserialize)]
pub(super) struct Used {
    account: AccountId,
    step: u64,
}

/// What was released in this session, as far as it can be read.
pub(super) async fn released(p: &impl Platform) -> Vec<Used> {
    read_steps(p).await.unwrap_or_default()
}

/// The code of this step was released for the account.
pub(super) fn is_spent(released: &[Used], account: &Account, step: u64) -> bool {
    last_used(released, account, step).is_some_and(|used| step <= used)
}

/// A step so far ahead was used under a clock that was wrong: to wait for it would silence the account until then.
const fn is_void(used: u64, now: u64) -> bool {
    used > now.saturating_add(MAX_STEPS_AHEAD)
}

/// The last step released for the account: by this session's memory, and by the vault's.
async fn used_step(p: &impl Platform, account: &Account, now: u64) -> Result<Option<u64>, Outage> {
    Ok(last_used(&read_steps(p).await?, account, now))
}

fn last_used(released: &[Used], account: &Account, now: u64) -> Option<u64> {
    let here = released.iter().find(|used| used.account == account.id).map(|used| used.step);
    [here, account.last_step].into_iter().flatten().filter(|step| !is_void(*step, now)).max()
}

async fn use_step(p: &impl Platform, account: AccountId, step: u64) -> Result<(), Outage> {
    let _lock = p.lock().await?;
    let mut steps = read_steps(p).await?;
    if steps.iter().any(|used| used.account == account && used.step >= step && !is_void(used.step, step)) {
        return Err(Outage::Storage);
    }
    steps.retain(|used| used.account != account);
    steps.push(Used { account, step });
    p.set(Store::Session, &[(STEPS, Some(&strict_json::write(&steps)))]).await
}

async fn read_steps(p: &impl Platform) -> Result<Vec<Used>, Outage> {
    let text = p.get_one(Store::Session, STEPS).await?;
    Ok(text.and_then(|text| strict_json::read(&text)).unwrap_or_default())
}
