//! Copies elsewhere: when a file was last made, what is in none, and which
//! accounts another app has shown to have.

use zeroize::Zeroizing;

use super::sentences::sentence;
use super::shown::{name_as_shown, time_as_shown};
use super::{accounts, change_if, clock, open, unlock_methods};
use crate::protocol::{ExchangeView, Notice, Out};
use otp::Factor;
use platform::Platform;
use strict_json::Value;
use vault::{Account, AccountId, Contents, ELSEWHERE, VaultKey};

/// When a file with all accounts was last made; in the sealed settings.
const SAVED: &str = "savedAt";

/// What came of a request: a sentence, and what goes out.
pub(super) type Done = (Option<Notice>, Option<Out>);

/// How it stands with copies elsewhere.
pub(super) async fn view(p: &impl Platform) -> ExchangeView {
    let Ok(contents) = open(p).await else { return ExchangeView::default() };
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    ExchangeView {
        open: true,
        accounts: count(contents.accounts.len()),
        saved_ms: saved_ms(&contents).map(time_as_shown),
        unsaved: count(unsaved(&contents)),
        needs_password: unlock_methods::header(p).await.is_some_and(|header| !unlock_methods::opens_elsewhere(&header)),
        ..ExchangeView::default()
    }
}

/// Accounts that are new or changed since the last file, and so in none: by what that file has, and not by the time,
/// which may have been wrong.
pub(super) fn unsaved(contents: &Contents) -> usize {
    contents.accounts.iter().filter(|account| account.saved_ms != Some(account.modified_ms)).count()
}

fn saved_ms(contents: &Contents) -> Option<u64> {
    contents.settings.get(SAVED).and_then(Value::as_u64)
}

/// A file with all accounts is being made.
pub(super) async fn mark_saved(p: &impl Platform, key: &VaultKey) -> Result<(), Notice> {
    let now_ms = p.now_ms();
    let marked = change_if(p, key, |contents| {
        contents.settings.insert(SAVED.to_owned(), Value::from(now_ms));
        contents.accounts.iter_mut().for_each(|account| account.saved_ms = Some(account.modified_ms));
        Some(())
    });
    marked.await.map(|_| ()).map_err(sentence)
}

/// Whether another app has shown the right code of it.
pub(super) fn is_elsewhere(account: &Account) -> bool {
    account.extra.contains_key(ELSEWHERE)
}

/// What to call an account in a sentence.
pub(super) fn label(account: &Account) -> String {
    let Account { name, issuer, .. } = account;
    name_as_shown(if name.is_empty() { issuer } else { name })
}

/// Notes that it is elsewhere, if the code that was typed is this account's of this moment, give or take one.
pub(super) async fn check(p: &impl Platform, id: &str, typed: &Zeroizing<Vec<u8>>) -> Result<Done, Notice> {
    let contents = open(p).await.map_err(sentence)?;
    let account = AccountId::from_text(id).and_then(|id| contents.account(id)).ok_or(Notice::Gone)?;
    let typed = Zeroizing::new(String::from_utf8_lossy(typed).split_whitespace().collect::<String>());
    if !codes(account, clock::now_ms(p).await).iter().any(|code| code.eq_ignore_ascii_case(&typed)) {
        return Err(Notice::CopyDiffers);
    }
    accounts::edit(p, id, &mut |account, now_ms| {
        account.touch(now_ms);
        account.extra.insert(ELSEWHERE.to_owned(), Value::from(now_ms));
    })
    .await?;
    Ok((Some(Notice::CopyWorks), None))
}

/// The codes that another clock, or another counter, may show.
fn codes(account: &Account, now_ms: u64) -> Vec<Zeroizing<String>> {
    let credential = &account.credential;
    let text = |code: otp::code::Code| Zeroizing::new(code.expose().to_owned());
    match credential.factor {
        Factor::Counter { counter } => (counter..=counter.saturating_add(1))
            .map(|counter| {
                let mut at = credential.clone();
                at.factor = Factor::Counter { counter };
                text(at.code_at(now_ms))
            })
            .collect(),
        _ => {
            let period_ms = u64::from(credential.period().unwrap_or(30)) * 1000;
            let around = [now_ms.saturating_sub(period_ms), now_ms, now_ms.saturating_add(period_ms)];
            around.map(|ms| text(credential.code_at(ms))).into()
        }
    }
}
