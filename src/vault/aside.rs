//! What was put aside, after a change of the unlock methods.

use data_encoding::BASE64;

use super::crypto::VaultKey;
use super::header::Header;
use super::record::Record;
use super::slot::VaultId;
use super::storage_scan::keys;
use super::store::{make_fresh, read_buried};
use platform::{Platform, Store};

/// Seals what lies aside of this vault anew, so that it opens by what opens the vault today, and by
/// nothing else. What `old` does not open is dropped: by what it would open, nobody is to come in.
/// Other vaults' copies stay as they are. The caller holds the lock.
pub(crate) async fn reseal<P: Platform>(p: &P, old: &VaultKey, header: &Header, new: &VaultKey) {
    let Ok(before) = read_buried(p).await else { return };
    let (mut all, mut others) = (String::new(), String::new());
    for line in before.lines() {
        let (head, text) = line.rsplit_once(' ').unwrap_or(("", line));
        if !is_of(text, header.vault_id) {
            for kept in [&mut all, &mut others] {
                kept.push_str(&format!("{line}\n"));
            }
        } else if let Some(text) = sealed_anew(p, text, old, header, new) {
            all.push_str(&format!("{head} {text}\n"));
        }
    }
    if all == before {
        return;
    }
    // Where there is no room for both, the old ones go.
    for text in [&all, &others] {
        let text = Some(text.as_str()).filter(|text| !text.is_empty());
        if p.set(Store::Local, &[(keys::BURIED, text)]).await.is_ok() {
            return;
        }
    }
}

/// Whether a copy, sound or not, is one of this vault.
fn is_of(text: &str, vault: VaultId) -> bool {
    if let Ok(record) = Record::from_text(text) {
        return record.header().vault_id == vault;
    }
    // Of a damaged one, what can be decoded: its slots may be whole.
    let bytes = text.as_bytes().chunks(4).filter_map(|four| BASE64.decode(four).ok()).collect::<Vec<_>>().concat();
    bytes.windows(vault.0.len()).any(|part| part == vault.0)
}

fn sealed_anew<P: Platform>(p: &P, text: &str, old: &VaultKey, header: &Header, new: &VaultKey) -> Option<String> {
    let record = Record::from_text(text).ok()?;
    let contents = record.open(old).ok()?;
    let slots = header.slots.clone();
    let header = Header { slots, key_epoch: header.key_epoch, ..record.header().clone() };
    Some(Record::seal(header, make_fresh(p).ok()?, new, &contents)?.to_text())
}
