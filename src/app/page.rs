//! What the script on a Microsoft page is told.

use super::pending_accounts::Way;
use super::tab_state::{Captured, CapturedKind, Decision, Outstanding, Replaced, TabState, heading};
use super::{clock, fill, guard, pending_accounts, preferences};
use crate::protocol::{Badge, PageReply, PageRequest, Reason};
use crate::sender::Page;
use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};

use ::policy::Policy;
use otp::payload::{self, Payload};
use otp::uri::Enrolment;
use otp::{Algorithm, Credential, Factor, base32};
use pages::guide::{self, Progress, Step, Target};
use pages::hindrance::Hindrance;
use pages::hosts::{Family, Site};
use pages::rules::Rules;
use pages::{self, Field, Manual, Mark, Method, Observation, Refusal, State};
use platform::{Platform, Store};
use vault::{Account, AccountId, Contents, Mode, Status, VaultError, session};
use zeroize::Zeroizing;

/// Most pictures taken from a page at once.
pub const MAX_PICTURES: usize = 8;
/// When the popup was last opened without a click, for the popup itself. Session storage.
const OPENED: &str = "opened";
/// Longest picture taken, as the text of its `data:` URL. A QR code of
/// Microsoft's is under 20 kB.
const MAX_PICTURE: usize = 2 << 20;
/// A little longer than the script takes for a rest.
const REST_MS: u32 = 850;

/// Answers one message. The proof comes first: without one there is no answering. The caller holds the tab's lock: one
/// message is answered after the other, because what an old document has said last must not undo what the new one says.
pub async fn answer(p: &impl Platform, page: &Page, request: PageRequest) -> PageReply {
    respond(p, page, Said::Request(request)).await
}

/// Whether a picture of so many characters is scanned for this page; the proof comes before that too.
pub fn scans(page: &Page, length: usize) -> bool {
    sets_up(page) && length <= MAX_PICTURE
}

/// Answers for the pictures that a page has shown, by what their QR codes hold, best first. As with [`answer`].
pub async fn captured(p: &impl Platform, page: &Page, payloads: &[Vec<u8>]) -> PageReply {
    respond(p, page, Said::Payloads(payloads)).await
}

/// What is known beside the page itself.
struct Known {
    policy: Policy,
    rules: Cow<'static, Rules>,
}

impl Known {
    async fn of(p: &impl Platform) -> Self {
        let policy = guard::policy(p).await;
        let added = policy.page_rules();
        let rules = if added.is_empty() { Cow::Borrowed(Rules::ours()) } else { Cow::Owned(Rules::ours().with(added)) };
        Self { policy, rules }
    }
}

/// How a page stands while it is looked at.
struct Standing {
    /// The person can see it.
    visible: bool,
    /// The person has acted on it.
    acted: bool,
    /// It has come to rest.
    resting: bool,
}

enum Said<'a> {
    Request(PageRequest),
    Payloads(&'a [Vec<u8>]),
}

async fn respond(p: &impl Platform, page: &Page, said: Said<'_>) -> PageReply {
    let site = page.site();
    let known = Known::of(p).await;
    if site.family() == Family::Adfs && !known.policy.allows_adfs(site.host()) {
        return PageReply::Rest;
    }
    let added = known.policy.page_rules();
    if matches!(said, Said::Request(PageRequest::Look { taught: false, .. })) && !added.is_empty() {
        return PageReply::Learn { rules: Box::new(Rules::ours().for_scripts(added)) };
    }
    let mut tab_state = TabState::of(p, page).await;
    let in_front = page.in_front() && !matches!(said, Said::Request(PageRequest::Look { visible: false, .. }));
    let handed_over = matches!(said, Said::Payloads(_));
    let reply = match said {
        Said::Request(PageRequest::Look { seen, visible, acted, resting, .. }) => {
            look(p, page, &known, &mut tab_state, &seen, Standing { visible, acted, resting }).await
        }
        Said::Payloads(payloads) => {
            if take_payloads(p, page, &mut tab_state, payloads).await {
                PageReply::Rest
            } else {
                PageReply::NoQr
            }
        }
        Said::Request(PageRequest::Did { done }) => {
            did(p, &mut tab_state, done).await;
            PageReply::Rest
        }
    };
    tab_state.outstanding = match reply {
        PageReply::Fill { .. } => Some(Outstanding::Fill),
        PageReply::Click { .. } => Some(Outstanding::Click),
        PageReply::SendPictures => Some(Outstanding::Pictures),
        PageReply::Rest
        | PageReply::NoQr
        | PageReply::Learn { .. }
        | PageReply::Point { .. }
        | PageReply::Again { .. } => None,
    };
    // The script looks again after a picture was handed over.
    tab_state.settled = !handed_over && matches!(reply, PageReply::Rest | PageReply::Point { .. });
    tab_state.write(p, page.tab()).await;
    p.badge(page.tab(), badge(&tab_state));
    if in_front && wants_vault(&tab_state) && open(p).await.err() == Some(Reason::NoVault) {
        p.welcome(page.tab());
    }
    reply
}

/// The page is one for which there has to be a vault.
fn wants_vault(tab_state: &TabState) -> bool {
    tab_state.reason == Reason::NoVault || tab_state.step.is_some_and(Step::leads_on)
}

async fn look(
    p: &impl Platform,
    page: &Page,
    known: &Known,
    tab_state: &mut TabState,
    seen: &Observation,
    Standing { visible, acted, resting }: Standing,
) -> PageReply {
    let mut judgement = pages::read(&known.rules, page.site().family(), seen, tab_state.before(seen));
    // The day on which text messages end is that of Microsoft's public cloud.
    judgement.hindrance =
        judgement.hindrance.filter(|found| found.hindrance != Hindrance::SmsOnly || page.site().is_public_cloud());
    tab_state.moves_to(&judgement);
    tab_state.looked_ms = Some(p.now_ms());
    tab_state.remembers(seen, sets_up(page));
    let before = tab_state.view_by_hand.take();
    if before.is_some() && tab_state.state != State::Unknown {
        // What was said of a page that no rule knows says nothing of one that is known.
        tab_state.decision.take_if(|decision| matches!(decision, Decision::Fill { .. }));
    }
    let said = std::mem::replace(&mut tab_state.reason, Reason::NothingToDo);
    unlearn(p, known, tab_state, seen).await;

    if sets_up(page) && seen.pictures > 0 {
        return PageReply::SendPictures;
    }
    let reply = match tab_state.state {
        State::SetUpManual => {
            if let Some(manual) = &seen.manual {
                take_manual(p, page, tab_state, manual).await;
            }
            PageReply::Rest
        }
        State::Code | State::SetUpCode => match seen.field {
            Some(field) => code(p, page, known, tab_state, (seen, field), visible, acted).await,
            None => PageReply::Rest,
        },
        State::SetUpSerial | State::SetUpTokenCode => match seen.field {
            Some(field) => token(p, page, known, tab_state, (seen, field), visible).await,
            None => PageReply::Rest,
        },
        State::Push | State::ProofPicker => switch(p, page, known, tab_state, seen, visible, said).await,
        State::StaySignedIn | State::SetUpDone => {
            confirm(p, tab_state).await;
            PageReply::Rest
        }
        state if pages::is_unrecognised(&known.rules, page.site().family(), seen, state) => {
            // Half drawn, a page that is known may look like none. What was said of it stays said.
            if resting || before.is_some() || said == Reason::NotRecognised {
                unrecognised(p, page, known, tab_state, seen, visible, before).await
            } else {
                PageReply::Again { after_ms: REST_MS }
            }
        }
        _ => PageReply::Rest,
    };
    if matches!(tab_state.reason, Reason::NothingToDo | Reason::NotRecognised) {
        let captured = captured_reason(tab_state);
        if captured != Reason::NothingToDo {
            tab_state.reason = captured;
        }
    }
    if reply == PageReply::Rest { guide(p, page, known, tab_state, seen, visible && page.in_front()) } else { reply }
}

/// Where the set-up goes on: points at it, or clicks it if the person said so.
fn guide(
    p: &impl Platform,
    page: &Page,
    known: &Known,
    tab_state: &mut TabState,
    seen: &Observation,
    in_front: bool,
) -> PageReply {
    let progress = Progress {
        push: tab_state.captured.iter().any(|c| c.kind == CapturedKind::Push),
        pending: tab_state.captured.iter().any(|c| c.pending_account.is_some()),
        saved: tab_state.enrolling().is_some(),
        filled: tab_state.view_filled && seen.field.is_some_and(|field| field.ours && !field.empty),
    };
    // What follows the QR code on the pages of personal accounts is not known.
    let is_known = |step: &Step| *step != Step::ToCode || page.site().family() != Family::PersonalSetUp;
    let next = || guide::next(&known.rules, tab_state.state, seen, progress).filter(is_known);
    // What can be put off is the person's to take or leave.
    tab_state.step = if tab_state.in_the_way().is_some() { None } else { next() };
    let target = tab_state.step.and_then(|step| step.target(&known.rules, seen));
    tab_state.step_shown = target.is_some();
    let decision = match tab_state.decision {
        // It counts until the script has done it: an answer can be lost on the way.
        Some(Decision::Step { at_ms }) => in_front && p.now_ms().abs_diff(at_ms) < fill::WORD_MS,
        _ => false,
    };
    match target {
        Some(Target { mark, words }) if decision => PageReply::Click { mark, words },
        Some(Target { mark, words }) => PageReply::Point { mark, words },
        None => PageReply::Rest,
    }
}

/// A page asks for a code.
async fn code(
    p: &impl Platform,
    page: &Page,
    known: &Known,
    tab_state: &mut TabState,
    (seen, field): (&Observation, Field),
    visible: bool,
    acted: bool,
) -> PageReply {
    let outcome = match open(p).await {
        Ok(contents) => match wanted(&contents, known, tab_state, seen, page.site(), p.now_ms(), acted) {
            Ok((account, submit)) => {
                fill::judge(p, page, tab_state, (field, known.rules.refusal(seen)), visible, account, submit).await
            }
            Err(reason) => fill::Verdict::Nothing(reason),
        },
        // What can be told without the vault comes first: an SMS page does not ask to unlock.
        Err(reason) => fill::Verdict::Nothing(not_for_us(tab_state).unwrap_or(reason)),
    };
    carry_out(p, tab_state, outcome).await
}

/// The dialog for a hardware token asks for its number or its code.
async fn token(
    p: &impl Platform,
    page: &Page,
    known: &Known,
    tab_state: &mut TabState,
    (seen, field): (&Observation, Field),
    visible: bool,
) -> PageReply {
    let contents = open(p).await;
    let outcome = match contents.as_ref().map_err(|reason| *reason).and_then(fill::choose_token) {
        // Where there is no vault, it is a device that is none of ours.
        Err(Reason::NoVault) => fill::Verdict::Nothing(Reason::NothingToDo),
        Err(reason) => fill::Verdict::Nothing(reason),
        Ok((_, number)) if tab_state.state == State::SetUpSerial => {
            if !visible || !page.in_front() {
                fill::Verdict::Nothing(Reason::NotInFront)
            } else if tab_state.view_filled {
                fill::Verdict::Nothing(Reason::Filled)
            } else if !field.empty {
                fill::Verdict::Nothing(Reason::FieldNotEmpty)
            } else {
                fill::Verdict::Release { code: Zeroizing::new(number.to_owned()), submit: false }
            }
        }
        Ok((account, _)) => {
            fill::judge(p, page, tab_state, (field, known.rules.refusal(seen)), visible, account, false).await
        }
    };
    carry_out(p, tab_state, outcome).await
}

async fn carry_out(p: &impl Platform, tab_state: &mut TabState, outcome: fill::Verdict) -> PageReply {
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
            if reason == Reason::AwaitingApproval && !tab_state.asked {
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

/// A page that no rule knows gets nothing, but a code into its one field where a person says so and nothing speaks against it.
async fn unrecognised(
    p: &impl Platform,
    page: &Page,
    known: &Known,
    tab_state: &mut TabState,
    seen: &Observation,
    visible: bool,
    before: Option<String>,
) -> PageReply {
    let by_hand = pages::takes_by_hand(&known.rules, page.site().family(), seen);
    tab_state.view_by_hand = by_hand.then(|| view(seen));
    tab_state.reason = Reason::NotRecognised;
    let Some(field) = seen.field.filter(|_| by_hand) else { return PageReply::Rest };
    if before != tab_state.view_by_hand {
        // It was said of a view before this one.
        tab_state.decision = None;
    }
    let is_said = |at_ms| p.now_ms().abs_diff(at_ms) < fill::WORD_MS;
    if matches!(tab_state.decision, Some(Decision::Fill { at_ms, .. }) if is_said(at_ms)) {
        // What was filled in the view before says nothing of this one.
        let filled = std::mem::replace(&mut tab_state.view_filled, false);
        let reply = code(p, page, known, tab_state, (seen, field), visible, false).await;
        tab_state.view_filled |= filled;
        return reply;
    }
    if tab_state.view_filled && field.ours && !field.empty {
        tab_state.reason = Reason::Filled;
    }
    PageReply::Rest
}

/// What tells a view that no rule knows from the next: its words without the digits, which may count down, and as a number
/// that gives none of them away.
fn view(seen: &Observation) -> String {
    let (around, page_id) = (seen.around.as_deref().unwrap_or_default(), seen.page_id.as_deref().unwrap_or_default());
    let words = format!("{}\n{around}\n{page_id}", heading(seen)).replace(|c: char| c.is_ascii_digit(), "");
    let mut hasher = DefaultHasher::new();
    words.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// The page wants something else than an app code, or does not tell.
fn not_for_us(tab_state: &TabState) -> Option<Reason> {
    match tab_state.method {
        Some(Method::AppCode) => None,
        Some(_) => Some(Reason::NotAppCode),
        None => Some(Reason::MethodUnknown),
    }
}

/// The account whose code goes to the page, and whether it is submitted as well.
fn wanted<'a>(
    contents: &'a Contents,
    known: &Known,
    tab_state: &TabState,
    seen: &Observation,
    site: &Site,
    now_ms: u64,
    acted: bool,
) -> Result<(&'a Account, bool), Reason> {
    let policy = &known.policy;
    // A person's own choice stands in for what the page does not tell, never against what it tells.
    if let Some(account) =
        fill::decision(contents, tab_state, now_ms).filter(|_| not_for_us(tab_state) != Some(Reason::NotAppCode))
    {
        return if fill::serves(site, account, policy) { Ok((account, false)) } else { Err(Reason::NotServed) };
    }
    if let Some(reason) = not_for_us(tab_state) {
        return Err(reason);
    }
    let account = fill::choose(contents, tab_state)?;
    if seen.has_app_code(&known.rules) == Some(false) {
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
        (Mode::Automatic, _) => acted && fill::goes_by_itself(tab_state),
        (Mode::Approve, Some(Decision::Approve { at_ms })) if now_ms.abs_diff(at_ms) < fill::WORD_MS => {
            policy.allows_mode(Mode::Approve)
        }
        (Mode::Approve, Some(Decision::Deny)) => return Err(Reason::Denied),
        (Mode::Approve, _) if tab_state.view_filled => return Err(Reason::Filled),
        (Mode::Approve, _) => return Err(Reason::AwaitingApproval),
    };
    Ok((account, submit))
}

/// The page waits for a phone, or offers methods: leads to the code, where the
/// account has one here that is known to work. Once per sign-in.
async fn switch(
    p: &impl Platform,
    page: &Page,
    known: &Known,
    tab_state: &mut TabState,
    seen: &Observation,
    visible: bool,
    said: Reason,
) -> PageReply {
    let wanted = match tab_state.state {
        State::Push => Mark::AnotherWay,
        _ => Mark::AppCodeChoice,
    };
    // Whoever left one of these views by hand for another wants another method.
    let by_hand =
        !tab_state.switching && matches!(tab_state.came_from, Some(State::Code | State::Push | State::ProofPicker));
    let clicked = tab_state.clicked.contains(&wanted);
    if clicked && matches!(said, Reason::Switching | Reason::NoEffect) {
        tab_state.reason = said;
    }
    if by_hand || clicked {
        return PageReply::Rest;
    }
    // On an organisation's own server no link is known to be that one.
    if page.site().family() == Family::Adfs || !seen.marks.contains(&wanted) {
        tab_state.reason = Reason::NotAppCode;
        return PageReply::Rest;
    }
    tab_state.reason = match open(p).await {
        Err(reason) => reason,
        Ok(contents) => match fill::choose(&contents, tab_state) {
            Err(reason) => reason,
            Ok(_) if !preferences::switches(&contents.settings) => Reason::NotAppCode,
            Ok(_) if seen.has_app_code(&known.rules) == Some(false) => Reason::NotRegistered,
            Ok(account) if account.status != Status::Confirmed => Reason::NothingToDo,
            Ok(_) if !visible || !page.in_front() => Reason::NotInFront,
            Ok(_) => {
                if tab_state.state == State::Push {
                    advise(p).await;
                }
                tab_state.reason = Reason::Switching;
                tab_state.clicked.push(wanted);
                tab_state.switching = true;
                return PageReply::Click { mark: wanted, words: None };
            }
        },
    };
    PageReply::Rest
}

/// Microsoft asks the phone first: the popup says once where that is changed.
async fn advise(p: &impl Platform) {
    let _ = change(p, &mut |contents| preferences::make_advice_due(&mut contents.settings)).await;
}

/// Microsoft has accepted the code that was last released on this tab.
async fn confirm(p: &impl Platform, tab_state: &mut TabState) {
    let Some(released) = tab_state.released.take() else { return };
    let proves_it = released.set_up == (tab_state.state == State::SetUpDone);
    if !proves_it || p.now_ms().abs_diff(released.at_ms) > 5 * 60 * 1000 {
        return;
    }
    tab_state.captured.clear();
    tab_state.enrols(None);
    let now_ms = p.now_ms();
    let mut place = None;
    let _ = change(p, &mut |contents| {
        let organisation = released.organisation.as_deref();
        let learned = organisation.and_then(|id| fill::learn(contents, released.account, id, now_ms));
        let confirmed = contents.account_mut(released.account)?;
        let is_kept = fill::keep_as_microsofts(confirmed);
        if confirmed.status == Status::Confirmed && !confirmed.said && learned.is_none() && !is_kept {
            return None;
        }
        (confirmed.status, confirmed.said) = (Status::Confirmed, false);
        confirmed.touch(now_ms);
        if let Some(replaced) = confirmed.replaces.take() {
            let identity = confirmed.identity();
            // Also one that says so from before organisations were told apart: the code proves nothing of another's.
            if contents.account(replaced).is_some_and(|old| !old.identity().is_of_another_organisation(&identity)) {
                place = contents.delete(replaced, now_ms);
                place.iter().for_each(|place| contents.note_replaced(*place));
            }
        }
        Some(())
    })
    .await;
    if let Some(place) = place {
        tab_state.replaced = Some(Replaced { place, at_ms: now_ms });
    }
}

/// The page has refused the code of the account that a person picked: that pick is not remembered.
async fn unlearn(p: &impl Platform, known: &Known, tab_state: &mut TabState, seen: &Observation) {
    let Some(released) = &mut tab_state.released else { return };
    // Where the code was right, so was the pick.
    if matches!(known.rules.refusal(seen), Some(Refusal::Used | Refusal::NotAllowed)) {
        return;
    }
    let refused =
        tab_state.state == State::SignInError || seen.field.is_some_and(|field| fill::refuses(field, released));
    if !refused {
        return;
    }
    released.picked = false;
    if let Some(organisation) = released.organisation.clone().filter(|_| std::mem::take(&mut released.learned)) {
        let (account, now_ms) = (released.account, p.now_ms());
        let _ = change(p, &mut |contents| {
            fill::forget(contents.account_mut(account)?, &organisation, now_ms);
            Some(())
        })
        .await;
    }
}

/// The script reports on what it was told.
async fn did(p: &impl Platform, tab_state: &mut TabState, done: bool) {
    let Some(outstanding) = tab_state.outstanding.take() else {
        // What was done later turned out to have changed nothing.
        match tab_state.reason {
            Reason::Switching if !done => tab_state.reason = Reason::NoEffect,
            Reason::Filled if !done => (tab_state.reason, tab_state.not_taken) = (Reason::NotTaken, true),
            _ => {}
        }
        return;
    };
    match (outstanding, done) {
        (Outstanding::Fill, true) => {
            tab_state.reason = Reason::Filled;
            // A serial number is no code, and what was released is that of a page before.
            if let Some(released) = tab_state.released.as_mut().filter(|_| tab_state.state != State::SetUpSerial) {
                let (id, at_ms) = (released.account, released.at_ms);
                let organisation = released.organisation.clone().filter(|_| released.picked);
                let mut learned = false;
                let _ = change(p, &mut |contents| {
                    contents.account_mut(id)?.last_used_ms = Some(at_ms);
                    // What is not known to be Microsoft's is remembered once its code is accepted.
                    let known = fill::is_microsoft(contents.account(id)?);
                    learned = organisation
                        .as_deref()
                        .is_some_and(|organisation| known && fill::learn(contents, id, organisation, at_ms).is_some());
                    Some(())
                })
                .await;
                released.learned = learned;
            }
        }
        (Outstanding::Fill, false) => {
            // A field that takes none would take one in each time-step, and a serial number without end.
            tab_state.view_filled = tab_state.state == State::SetUpSerial || !fill::goes_by_itself(tab_state);
            tab_state.not_taken = true;
            tab_state.reason = Reason::CouldNot;
        }
        (Outstanding::Click, done) => {
            tab_state.decision = None;
            if !done {
                tab_state.reason = Reason::CouldNot;
            }
        }
        (Outstanding::Pictures, _) => {}
    }
}

/// Whether any of them is the QR code of an account.
async fn take_payloads(p: &impl Platform, page: &Page, tab_state: &mut TabState, payloads: &[Vec<u8>]) -> bool {
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
        remember_capture(tab_state, Captured { kind, issuer: None, account: None, pending_account: None });
        found = true;
    }
    // The older generations tell the step with the QR code by nothing else.
    if found && matches!(tab_state.state, State::Unknown | State::SetUpInstall | State::SetUpInstructions) {
        tab_state.state = State::SetUpQr;
    }
    tab_state.reason = captured_reason(tab_state);
    found
}

/// The page shows the secret as text: Microsoft's parameters are always the same.
async fn take_manual(p: &impl Platform, page: &Page, tab_state: &mut TabState, manual: &Manual) {
    let Ok(secret) = base32::decode(&manual.secret) else { return };
    let Some(credential) = Credential::new(secret, Algorithm::Sha1, 6, Factor::Time { period: 30 }) else { return };
    let (organisation, name) = match manual.name.rsplit_once(':') {
        Some((organisation, name)) => (Some(organisation.trim().to_owned()), name.trim().to_owned()),
        None => (None, manual.name.trim().to_owned()),
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
            tab_state.enrols(Some(id));
            None
        }
        None => pending_accounts::add(p, enrolment, Way::Page(page.site().origin()), Some(page.tab())).await.ok(),
    };
    remember_capture(
        tab_state,
        Captured {
            kind: CapturedKind::Totp,
            issuer: Some(enrolment.issuer.clone()),
            account: Some(enrolment.name.clone()),
            pending_account,
        },
    );
}

fn remember_capture(tab_state: &mut TabState, captured: Captured) {
    tab_state.captured.retain(|known| (known.kind, &known.account) != (captured.kind, &captured.account));
    tab_state.captured.push(captured);
}

fn captured_reason(tab_state: &TabState) -> Reason {
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

fn sets_up(page: &Page) -> bool {
    matches!(page.site().family(), Family::SetUp | Family::PersonalSetUp)
}

fn badge(tab_state: &TabState) -> Badge {
    match tab_state.reason {
        Reason::NothingToDo if tab_state.in_the_way().is_some() => Badge::Attention,
        Reason::Captured if tab_state.captured.iter().any(|c| c.pending_account.is_some()) => Badge::Captured,
        Reason::Filled => Badge::Filled,
        Reason::Locked => Badge::Locked,
        Reason::NotRecognised => Badge::NotRecognised,
        Reason::NothingToDo
        | Reason::Switching
        | Reason::Captured
        | Reason::FieldNotEmpty
        | Reason::NotInFront
        | Reason::WaitingForNext => match tab_state.step {
            Some(step) if step.leads_on() => Badge::Step,
            _ => Badge::Clear,
        },
        _ => Badge::Attention,
    }
}

/// Microsoft's sign-in is in front: a good moment to compare clocks.
pub async fn check_clock(p: &impl Platform, page: &Page) {
    let signs_in = matches!(page.site().family(), Family::SignIn | Family::PersonalSignIn);
    // Whether it may be asked at all is in the vault; while that is closed, nobody is asked.
    let policy = guard::policy(p).await;
    let may = super::open(p).await.is_ok_and(|contents| preferences::checks_clock(&contents.settings, &policy));
    if signs_in
        && may
        && clock::check(p, page.site().origin()).await
        && let Some(now_ms) = clock::checked_ms(p).await
    {
        // The only clock that may end what lies aside.
        let _ = change(p, &mut |contents| contents.expire(now_ms).then_some(())).await;
    }
}

/// The contents, if the vault is open now.
async fn open(p: &impl Platform) -> Result<Contents, Reason> {
    super::open(p).await.map_err(|error| match error {
        VaultError::None => Reason::NoVault,
        VaultError::Locked => Reason::Locked,
        _ => Reason::Unreadable,
    })
}

/// Changes the contents, if the vault is open; `None` from the operation means there is nothing to change.
async fn change(
    p: &impl Platform,
    operation: &mut dyn FnMut(&mut Contents) -> Option<()>,
) -> Result<Option<()>, VaultError> {
    let key = session::key(p).await?;
    super::change_if(p, &key, operation).await
}

/// An account was saved from this tab.
pub(super) async fn enrols(p: &impl Platform, tab: i32, pending_account: &str, account: AccountId) {
    if let Some(tab_state) = TabState::saved(p, tab, pending_account, account).await {
        p.badge(tab, badge(&tab_state));
    }
}
