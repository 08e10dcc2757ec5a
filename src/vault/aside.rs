//! What was put aside, after a change of the unlock methods.
//!
//! It is sealed anew, so that it opens by what opens the vault today and by nothing else. What is to become of it is
//! written down before the vault is saved: whoever opens the vault after a change that was cut short ends it.

use data_encoding::{BASE64, HEXLOWER};

use super::crypto::{self, VaultKey};
use super::header::Header;
use super::record::Record;
use super::slot::VaultId;
use super::storage_scan::keys;
use super::store::{make_fresh, read_buried};
use platform::{Platform, Store};

/// What is to become of it, once the vault has the unlock methods of `header`. The caller holds the lock.
pub(crate) struct Reseal<'a> {
    header: &'a Header,
    /// What lies aside of this vault, as it is then.
    lines: String,
    unopened: Unopened,
}

/// What is to become of what today's key does not open.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unopened {
    /// By what it would open, nobody is to come in.
    Dropped,
    /// Nobody has asked for anything to go.
    Kept,
}

impl<'a> Reseal<'a> {
    /// Other vaults' copies stay as they are.
    pub(crate) async fn prepare<P: Platform>(
        p: &P,
        old: &VaultKey,
        header: &'a Header,
        new: &VaultKey,
        unopened: Unopened,
    ) -> Option<Self> {
        // Of what cannot be read nothing is dropped either.
        let before = read_buried(p).await.ok()?;
        let own = || before.lines().filter(|line| is_of(line, header.vault_id));
        let kept = |line: &str| (unopened == Unopened::Kept).then(|| format!("{line}\n"));
        let lines = own().filter_map(|line| sealed_anew(p, line, old, header, new).or_else(|| kept(line))).collect();
        let reseal = Self { header, lines, unopened };
        if own().next().is_some() && unopened == Unopened::Dropped {
            let whole = format!("{}\n{}", state(header), reseal.lines);
            // Where there is no room for both, it is at least known that the old ones go.
            for text in [whole, state(header)] {
                if p.set(Store::Local, &[(keys::RESEAL, Some(&text))]).await.is_ok() {
                    break;
                }
            }
        }
        Some(reseal)
    }

    /// The vault has these unlock methods now.
    pub(crate) async fn finish<P: Platform>(self, p: &P) {
        let Ok(before) = read_buried(p).await else { return };
        let stays = |line: &&str| !is_of(line, self.header.vault_id) || is_in_step(line, self.header);
        let kept: String = before.lines().filter(stays).map(|line| format!("{line}\n")).collect();
        // A second time it is there already.
        let is_new = |line: &&str| !kept.lines().any(|known| known == *line);
        let new = self.lines.lines().filter(is_new).map(|line| format!("{line}\n"));
        let all = new.fold(kept.clone(), |all, line| all + &line);
        // Where there is no room for all, what is to go goes.
        let less = (self.unopened == Unopened::Dropped).then_some(&kept);
        for text in [Some(&all), less].into_iter().flatten() {
            let items = [(keys::BURIED, Some(text.as_str()).filter(|text| !text.is_empty()))];
            if *text == before || p.set(Store::Local, &items).await.is_ok() {
                return forget(p).await;
            }
        }
    }
}

/// Ends a change that was cut short; if the vault was not saved, there is nothing to end.
pub(crate) async fn resume<P: Platform>(p: &P, header: &Header, due: &str) {
    let (state_then, lines) = due.split_once('\n').unwrap_or((due, ""));
    if state_then == state(header) {
        Reseal { header, lines: lines.to_owned(), unopened: Unopened::Dropped }.finish(p).await;
    } else {
        forget(p).await;
    }
}

/// Whether a change that was cut short has not been ended.
pub(crate) async fn is_due<P: Platform>(p: &P) -> bool {
    p.get_one(Store::Local, keys::RESEAL).await != Ok(None)
}

/// Nothing is to become of it any more.
pub(crate) async fn forget<P: Platform>(p: &P) {
    // Nothing is written where nothing lies aside, as in most vaults.
    if is_due(p).await {
        let _ = p.set(Store::Local, &[(keys::RESEAL, None)]).await;
    }
}

/// The unlock methods and the key epoch, and nothing that a save changes.
fn state(header: &Header) -> String {
    let bare = Header {
        generation: 0,
        written_at_ms: 0,
        writer: String::new(),
        body_salt: [0; 32],
        commitment: [0; 32],
        later: Vec::new(),
        ..header.clone()
    };
    let mut state = [0; 16];
    crypto::derive(&bare.to_bytes(), &[], &[b"m365totp/v1/unlock-state"], &mut state);
    HEXLOWER.encode(&state)
}

/// The record is the last word of its line.
fn split(line: &str) -> (&str, &str) {
    line.rsplit_once(' ').unwrap_or(("", line))
}

/// Whether a copy, sound or not, is one of this vault.
fn is_of(line: &str, vault: VaultId) -> bool {
    let (_, text) = split(line);
    if let Ok(record) = Record::from_text(text) {
        return record.header().vault_id == vault;
    }
    // Of a damaged one, what can be decoded: its slots may be whole.
    let bytes = text.as_bytes().chunks(4).filter_map(|four| BASE64.decode(four).ok()).collect::<Vec<_>>().concat();
    bytes.windows(vault.0.len()).any(|part| part == vault.0)
}

fn is_in_step(line: &str, header: &Header) -> bool {
    Record::from_text(split(line).1).is_ok_and(|record| state(record.header()) == state(header))
}

fn sealed_anew<P: Platform>(p: &P, line: &str, old: &VaultKey, header: &Header, new: &VaultKey) -> Option<String> {
    let (head, text) = split(line);
    let record = Record::from_text(text).ok()?;
    let contents = record.open(old).ok()?;
    let slots = header.slots.clone();
    let header = Header { slots, key_epoch: header.key_epoch, ..record.header().clone() };
    Some(format!("{head} {}\n", Record::seal(header, make_fresh(p).ok()?, new, &contents)?.to_text()))
}
