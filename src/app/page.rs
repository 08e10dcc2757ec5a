//! What the script on a Microsoft page is told.

use super::tab::{Captured, CapturedKind, Note, Pending};
use super::{fill, offers, settings};
use crate::caller::Page;
use crate::otp::base32;
use crate::otp::payload::{self, Payload};
use crate::otp::uri::Enrolment;
use crate::otp::{Algorithm, Credential, Factor};
use crate::pages::hosts::Family;
use crate::pages::{self, Field, Manual, Mark, Method, Observation, State};
use crate::platform::Platform;
use crate::protocol::{Badge, PageReply, PageRequest, Reason};
use crate::vault::{Account, AccountId, Contents, Mode, Status, VaultError, session};

/// Longest picture taken, as the text of its `data:` URL. A QR code of
/// Microsoft's is under 20 kB.
const MAX_PICTURE: usize = 2 << 20;

/// Answers one message. The proof comes first: without one there is no answering.
pub async fn answer(p: &impl Platform, page: &Page, request: PageRequest) -> PageReply {
    let mut note = Note::of(p, page).await;
    let reply = match request {
        PageRequest::Look { seen, visible } => look(p, page, &mut note, &seen, visible).await,
        PageRequest::Pictures { pictures } => {
            take_pictures(p, page, &mut note, &pictures).await;
            PageReply::Rest
        }
        PageRequest::Did { done } => {
            did(p, &mut note, done).await;
            PageReply::Rest
        }
    };
    note.pending = match reply {
        PageReply::Fill { .. } => Some(Pending::Fill),
        PageReply::Click { .. } => Some(Pending::Click),
        PageReply::SendPictures => Some(Pending::Pictures),
        PageReply::Rest | PageReply::Again { .. } => None,
    };
    note.settled = reply == PageReply::Rest;
    note.write(p, page.tab()).await;
    p.badge(page.tab(), badge(&note));
    reply
}

async fn look(p: &impl Platform, page: &Page, note: &mut Note, seen: &Observation, visible: bool) -> PageReply {
    let before = Some(note.state).filter(|state| *state != State::Unknown);
    note.moves_to(&pages::read(page.site(), seen, before));
    note.reason = Reason::NothingToDo;

    if sets_up(page) && seen.pictures > 0 {
        return PageReply::SendPictures;
    }
    match note.state {
        State::SetUpManual => {
            if let Some(manual) = &seen.manual {
                take_manual(p, page, note, manual).await;
            }
        }
        State::Code | State::SetUpCode => {
            if let Some(field) = seen.field {
                return code(p, page, note, field, visible).await;
            }
        }
        State::Push | State::ProofPicker => return switch(p, page, note, seen, visible).await,
        State::StaySignedIn | State::SetUpDone => confirm(p, note).await,
        _ => {}
    }
    if note.reason == Reason::NothingToDo {
        note.reason = captured_reason(note);
    }
    PageReply::Rest
}

/// A page asks for a code.
async fn code(p: &impl Platform, page: &Page, note: &mut Note, field: Field, visible: bool) -> PageReply {
    note.reason = match note.method {
        Some(Method::AppCode) => match open(p).await {
            Ok(contents) => match fill::choose(&contents, note) {
                Ok(account) => match fill::judge(p, page, note, field, visible, account).await {
                    fill::Verdict::Release(code) => {
                        note.view_filled = true;
                        let submit = account.mode == Mode::Automatic;
                        return PageReply::Fill { code: code.to_string(), submit };
                    }
                    fill::Verdict::Wait { ms } => {
                        note.reason = Reason::WaitingForNext;
                        let after_ms = u32::try_from(ms).unwrap_or(u32::MAX).saturating_add(50);
                        return PageReply::Again { after_ms };
                    }
                    fill::Verdict::Nothing(reason) => reason,
                },
                Err(reason) => reason,
            },
            Err(reason) => reason,
        },
        Some(_) => Reason::NotAppCode,
        None => Reason::MethodUnknown,
    };
    PageReply::Rest
}

/// The page waits for a phone, or offers methods: leads to the code, where the
/// account has one here that is known to work. Once per view.
async fn switch(p: &impl Platform, page: &Page, note: &mut Note, seen: &Observation, visible: bool) -> PageReply {
    let wanted = match note.state {
        State::Push => Mark::AnotherWay,
        _ => Mark::AppCodeChoice,
    };
    // Whoever left the code or the push view by hand wants another method.
    let by_hand = note.state == State::ProofPicker
        && !note.switching
        && matches!(note.came_from, Some(State::Code | State::Push));
    if by_hand || note.clicked.contains(&wanted) {
        return PageReply::Rest;
    }
    if !seen.marks.contains(&wanted) {
        note.reason = Reason::NotAppCode;
        return PageReply::Rest;
    }
    note.reason = match open(p).await {
        Err(reason) => reason,
        Ok(contents) => match fill::choose(&contents, note) {
            Err(reason) => reason,
            Ok(_) if !settings::switches(&contents.settings) => Reason::NotAppCode,
            Ok(account) if account.status != Status::Confirmed => Reason::NothingToDo,
            Ok(_) if !visible || !page.in_front() => Reason::NotInFront,
            Ok(_) => {
                note.reason = Reason::Switched;
                note.clicked.push(wanted);
                note.switching = true;
                return PageReply::Click { mark: wanted };
            }
        },
    };
    PageReply::Rest
}

/// Microsoft has accepted the code that was last released on this tab.
async fn confirm(p: &impl Platform, note: &mut Note) {
    let Some(released) = note.released.take() else { return };
    let proves_it = released.set_up == (note.state == State::SetUpDone);
    if !proves_it || p.now_ms().abs_diff(released.at_ms) > 5 * 60 * 1000 {
        return;
    }
    note.captured.clear();
    note.enrolling = None;
    let now_ms = p.now_ms();
    let _ = change(p, |contents| {
        let confirmed = contents.account_mut(released.account.0)?;
        if confirmed.status == Status::Confirmed {
            return None;
        }
        confirmed.status = Status::Confirmed;
        confirmed.modified_ms = now_ms;
        if let Some(replaced) = confirmed.replaces.take() {
            contents.delete(replaced, now_ms);
        }
        Some(())
    })
    .await;
}

/// The script reports on what it was told.
async fn did(p: &impl Platform, note: &mut Note, done: bool) {
    let Some(pending) = note.pending.take() else { return };
    match (pending, done) {
        (Pending::Fill, true) => {
            note.reason = Reason::Filled;
            if let Some(released) = &note.released {
                let (id, at_ms) = (released.account.0, released.at_ms);
                let _ = change(p, |contents| {
                    contents.account_mut(id)?.last_used_ms = Some(at_ms);
                    Some(())
                })
                .await;
            }
        }
        (Pending::Fill, false) => {
            note.view_filled = false;
            note.reason = Reason::CouldNot;
        }
        (Pending::Click, false) => note.reason = Reason::CouldNot,
        (Pending::Click, true) | (Pending::Pictures, _) => {}
    }
}

async fn take_pictures(p: &impl Platform, page: &Page, note: &mut Note, pictures: &[String]) {
    if !sets_up(page) {
        return;
    }
    for picture in pictures.iter().take(PageRequest::MAX_PICTURES).filter(|picture| picture.len() <= MAX_PICTURE) {
        for payload in p.scan(picture).await.unwrap_or_default() {
            match payload::classify(&payload) {
                Payload::Enrolment(enrolment) => capture(p, page, note, &enrolment).await,
                Payload::Push => {
                    note_capture(note, Captured { kind: CapturedKind::Push, issuer: None, account: None, offer: None })
                }
                Payload::Unusable(_) => {
                    note_capture(
                        note,
                        Captured { kind: CapturedKind::Unusable, issuer: None, account: None, offer: None },
                    );
                }
                _ => {}
            }
        }
    }
    if !note.captured.is_empty() && matches!(note.state, State::Unknown | State::SecurityInfo | State::SetUpInstall) {
        note.state = State::SetUpQr;
    }
    note.reason = captured_reason(note);
}

/// The page shows the secret as text: Microsoft's parameters are always the same.
async fn take_manual(p: &impl Platform, page: &Page, note: &mut Note, manual: &Manual) {
    let Ok(secret) = base32::decode(&manual.secret) else { return };
    let Some(credential) = Credential::new(secret, Algorithm::Sha1, 6, Factor::Time { period: 30 }) else { return };
    let (tenant, name) = match manual.name.rsplit_once(':') {
        Some((tenant, name)) => (Some(tenant.trim().to_owned()), name.trim().to_owned()),
        None => (None, manual.name.trim().to_owned()),
    };
    capture(p, page, note, &Enrolment { credential, issuer: "Microsoft".to_owned(), name, tenant }).await;
}

/// Puts an account of the page on offer, unless it is kept already.
async fn capture(p: &impl Platform, page: &Page, note: &mut Note, enrolment: &Enrolment) {
    let kept = match open(p).await {
        Ok(contents) => contents.accounts.iter().find(|a| same(a, enrolment)).map(|a| a.id),
        Err(_) => None,
    };
    let offer = match kept {
        Some(id) => {
            note.enrolling = Some(super::tab::Id(id));
            None
        }
        None => offers::add(p, enrolment, Some(page.site().origin()), Some(page.tab())).await.ok(),
    };
    note_capture(
        note,
        Captured {
            kind: CapturedKind::Totp,
            issuer: Some(enrolment.issuer.clone()),
            account: Some(enrolment.name.clone()),
            offer,
        },
    );
}

fn note_capture(note: &mut Note, captured: Captured) {
    note.captured.retain(|known| (known.kind, &known.account) != (captured.kind, &captured.account));
    note.captured.push(captured);
}

/// The same account: same secret, same name.
pub(super) fn same(account: &Account, enrolment: &Enrolment) -> bool {
    account.credential == enrolment.credential && fill::same_name(&account.name, &enrolment.name)
}

fn captured_reason(note: &Note) -> Reason {
    let has = |kind| note.captured.iter().any(|c| c.kind == kind);
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

fn badge(note: &Note) -> Badge {
    match note.reason {
        Reason::Captured if note.captured.iter().any(|c| c.offer.is_some()) => Badge::Captured,
        Reason::Filled | Reason::Switched => Badge::Filled,
        Reason::Locked => Badge::Locked,
        Reason::NothingToDo
        | Reason::Captured
        | Reason::FieldNotEmpty
        | Reason::NotInFront
        | Reason::WaitingForNext => Badge::Clear,
        _ => Badge::Attention,
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
    operation: impl FnOnce(&mut Contents) -> Option<()>,
) -> Result<Option<()>, VaultError> {
    let key = session::key(p).await?;
    super::change_if(p, &key, operation).await
}

/// For the tests and our own pages: marks that this tab enrols an account.
pub(super) async fn enrols(p: &impl Platform, tab: i32, offer: &str, account: AccountId) {
    if let Some(mut note) = Note::read(p, tab).await {
        note.enrolling = Some(super::tab::Id(account));
        for captured in &mut note.captured {
            if captured.offer.as_deref() == Some(offer) {
                captured.offer = None;
            }
        }
        note.write(p, tab).await;
        p.badge(tab, badge(&note));
    }
}
