//! What a file held, on its way from the instance that read it to the vault's.
//!
//! A file is read in a Worker, by a Wasm module that holds no vault and is ended
//! afterwards: it is hostile, and some derivations take a gibibyte. What it held goes on as
//! bytes, in the JSON of a vault's contents, so that no secret becomes text
//! that JavaScript could not wipe. Entries that are no accounts of ours travel
//! under an id of zeros, and what was thrown away says so in a field of its own.

use zeroize::Zeroizing;

use super::entry::enrolment_of;
use super::{Discarded, Entry, Remarks};
use serde::Deserialize;
use strict_json::json;
use vault::{Account, AccountId, Contents, Damage, VaultError};

const NAMELESS: AccountId = AccountId([0; 16]);
const DISCARDED: &str = "discarded";
const TAGS: &str = "tags";
const NOTE_TOO_LONG: &str = "noteTooLong";

/// What files held, unpacked again.
#[derive(Default)]
pub struct Bundle {
    /// What can be taken over, in the files' order.
    pub entries: Vec<Entry>,
    /// The last of them as a vault; only of a backup has it more than accounts.
    pub contents: Contents,
}

/// The bytes for [`unpack`]: of the whole vault, where the file is a backup of one. Those of several files are one after
/// the other, so each begins with its length in four bytes, little-endian.
pub fn pack(entries: &[Entry], backup: Option<&Contents>) -> Zeroizing<Vec<u8>> {
    let text = match backup {
        Some(backup) => backup.encode(),
        None => Contents { accounts: entries.iter().map(account).collect(), ..Contents::default() }.encode(),
    };
    let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
    Zeroizing::new([&length.to_le_bytes(), text.as_bytes()].concat())
}

/// Reads what [`pack`] made, once or several times.
pub fn unpack(mut bytes: &[u8]) -> Result<Bundle, VaultError> {
    let damaged = VaultError::Damaged(Damage::Body);
    let mut bundle = Bundle::default();
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk::<4>().ok_or(damaged)?;
        let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| damaged)?;
        let (one, rest) = rest.split_at_checked(length).ok_or(damaged)?;
        bundle.contents = Contents::decode(one)?;
        bundle.entries.extend(bundle.contents.accounts.iter().map(entry));
        bytes = rest;
    }
    Ok(bundle)
}

fn account(entry: &Entry) -> Account {
    let mut account = Account::enrolled(NAMELESS, entry.to_enrolment(), None, 0);
    if let Some(discarded) = entry.discarded {
        account.extra.insert(DISCARDED.to_owned(), json!(discarded));
    }
    let Remarks { note, note_too_long, tags } = &entry.remarks;
    account.note.clone_from(note);
    if !tags.is_empty() {
        account.extra.insert(TAGS.to_owned(), json!(tags));
    }
    if *note_too_long {
        account.extra.insert(NOTE_TOO_LONG.to_owned(), json!(true));
    }
    account
}

fn entry(account: &Account) -> Entry {
    if account.id != NAMELESS {
        return account.clone().into();
    }
    let said = |name| account.extra.get(name);
    let remarks = Remarks {
        note: account.note.clone(),
        note_too_long: said(NOTE_TOO_LONG).is_some(),
        tags: said(TAGS).and_then(|tags| Vec::deserialize(tags).ok()).unwrap_or_default(),
    };
    let discarded = said(DISCARDED).and_then(|discarded| Discarded::deserialize(discarded).ok());
    Entry { discarded, remarks, ..enrolment_of(account).into() }
}
