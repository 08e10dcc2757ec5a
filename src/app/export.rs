//! All accounts, on their way out.
//!
//! What is encrypted under this vault's own unlock methods is given to whoever has
//! the vault open. All else, also what is encrypted under a password chosen
//! now, could be turned against the owner by whoever finds it open, and takes
//! a fresh proof.

use zeroize::Zeroizing;

use super::copies::{self, Done};
use super::sentences::sentence;
use super::shown::name_as_shown;
use super::{guard, transfer, unlock_methods};
use crate::protocol::{Notice, Out, PrintedAccount, QrView};
use exchange::write::{self, Costs, account_uri};
use exchange::{Bytes, ExportError};
use otp::uri::clean;
use otp::{Factor, base32};
use platform::Platform;
use vault::{AccountId, Contents, backup as copy, session, store};

/// An encrypted file of our own.
pub(super) async fn backup(p: &impl Platform, password: &Zeroizing<Vec<u8>>) -> Result<Done, Notice> {
    let key = session::key(p).await.map_err(sentence)?;
    let own = unlock_methods::header(p).await.is_some_and(|header| unlock_methods::opens_elsewhere(&header));
    if !own {
        guard::proved(p).await?;
        if password.is_empty() {
            return Err(Notice::PasswordMissing);
        }
    }
    // Before the copy is made, so that the copy knows of itself.
    copies::mark_saved(p, &key).await?;
    let record = if own {
        copy::copy(p, &key).await
    } else {
        copy::copy_under(p, &key, &unlock_methods::passphrase(p, password).await?).await
    };
    let bytes = record.map_err(sentence)?.as_bytes().to_vec();
    Ok((Some(Notice::BackedUp), Some(file("tofaktor", bytes.into(), Vec::new(), 0))))
}

/// Aegis' encrypted file, of all accounts or of those that were chosen.
pub(super) async fn aegis(
    p: &impl Platform,
    chosen: Option<&[String]>,
    password: &Zeroizing<Vec<u8>>,
) -> Result<Done, Notice> {
    let contents = contents_if_proved(p, chosen).await?;
    unlock_methods::passphrase(p, password).await?;
    let mut random = |out: &mut [u8]| p.random(out);
    let export = write::aegis(&contents, password, Costs::USUAL.scrypt, &mut random);
    saved(p, "json", export.map_err(refusal)?, &contents, chosen.is_none()).await
}

/// `otpauth:` URIs.
pub(super) async fn list(p: &impl Platform) -> Result<Done, Notice> {
    let contents = contents_if_proved(p, None).await?;
    saved(p, "txt", write::otpauth_list(&contents), &contents, true).await
}

/// What password managers exchange.
pub(super) async fn cxf(p: &impl Platform) -> Result<Done, Notice> {
    let contents = contents_if_proved(p, None).await?;
    saved(p, "json", write::cxf(&contents, p.now_ms()), &contents, true).await
}

/// QR codes for Google Authenticator, of all accounts or of those that were chosen.
pub(super) async fn transfer(p: &impl Platform, chosen: Option<&[String]>) -> Result<Done, Notice> {
    let contents = contents_if_proved(p, chosen).await?;
    let mut random = |out: &mut [u8]| p.random(out);
    let export = write::migration(&contents, &mut random).map_err(refusal)?;
    let pages: Option<Vec<QrView>> = export.pages.iter().map(|uri| transfer::draw(uri)).collect();
    let (left_out, renamed) = (labels(&export.left_out, &contents), labels(&export.renamed, &contents));
    let (pages, without_note) = (pages.ok_or(Notice::TransferTooLong)?, export.without_note);
    Ok((None, Some(Out::Pages { pages, left_out, renamed, without_note })))
}

/// Every account on paper.
pub(super) async fn sheet(p: &impl Platform) -> Result<Done, Notice> {
    let contents = contents_if_proved(p, None).await?;
    let accounts = contents.accounts.iter().map(|account| {
        let credential = &account.credential;
        let names = [account.issuer.as_str(), account.organisation.as_deref().unwrap_or_default(), &account.name];
        PrintedAccount {
            label: names.map(clean).into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(" · "),
            key: grouped(&base32::encode(&credential.secret)),
            kind: credential.factor.name().to_owned(),
            algorithm: credential.algorithm.name().to_owned(),
            digits: credential.digits,
            step: match credential.factor {
                Factor::Time { period } => period.to_string(),
                Factor::Counter { counter } => counter.to_string(),
                Factor::Steam => "30".to_owned(),
            },
            qr: transfer::draw(account_uri(account).as_bytes()),
        }
    });
    Ok((None, Some(Out::PrintedSheet { accounts: accounts.collect() })))
}

/// `whole`: a copy of everything, which is a backup unless something is left out.
async fn saved(
    p: &impl Platform,
    extension: &str,
    mut export: write::Export,
    contents: &Contents,
    whole: bool,
) -> Result<Done, Notice> {
    let left_out = labels(&export.left_out, contents);
    let key = session::key(p).await.map_err(sentence)?;
    let page = export.pages.pop().ok_or(Notice::NothingToExport)?;
    if whole && left_out.is_empty() {
        copies::mark_saved(p, &key).await?;
    }
    Ok((
        Some(if whole { Notice::BackedUp } else { Notice::ChosenSaved }),
        Some(file(extension, page, left_out, export.without_note)),
    ))
}

/// With the issuer: of several accounts of one address, one may be left out.
fn labels(ids: &[AccountId], contents: &Contents) -> Vec<String> {
    let accounts = ids.iter().filter_map(|id| contents.account(*id));
    accounts.map(|account| name_as_shown(&exchange::label(&account.issuer, &account.name))).collect()
}

/// The open vault's contents, once it is certain who asks: for what anyone can read afterwards.
async fn contents_if_proved(p: &impl Platform, chosen: Option<&[String]>) -> Result<Contents, Notice> {
    let key = guard::proved(p).await?;
    let mut contents = store::open(p, &key).await.map_err(sentence)?;
    if let Some(chosen) = chosen {
        contents.accounts.retain(|account| chosen.contains(&account.id.to_text()));
    }
    if contents.accounts.is_empty() { Err(Notice::NothingToExport) } else { Ok(contents) }
}

fn file(extension: &str, bytes: Zeroizing<Vec<u8>>, left_out: Vec<String>, without_note: u32) -> Out {
    Out::File { extension: extension.to_owned(), bytes: Bytes(bytes), left_out, without_note }
}

fn grouped(key: &str) -> String {
    let groups: Vec<&str> = key.as_bytes().chunks(4).filter_map(|four| std::str::from_utf8(four).ok()).collect();
    groups.join(" ")
}

const fn refusal(error: ExportError) -> Notice {
    match error {
        ExportError::NeedsPassword => Notice::PasswordMissing,
        ExportError::Random => Notice::NoRandomness,
        ExportError::Derivation => Notice::NoMemory,
        ExportError::TooLarge => Notice::StorageFull,
    }
}
