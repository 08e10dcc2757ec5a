//! Copies of the vault in a folder of the person's: a sync client's, a stick, a home directory, or gone tomorrow.
//!
//! Two files to a vault, today's record and the one before. A file is written over only if today's record is known to be
//! a later state of it: the digests of what was written there, or was brought back, lie beside the vault and go with it.
//! Whatever else lies under these names, another vault's or another computer's, stays, and the copies get further names.

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::future::Future;

use super::record::Record;
use super::storage_scan::keys;
use super::store;
use platform::{LATEST_MS, Platform, Store};

const ENDING: &str = ".tofaktor";
/// Pairs of names that are tried.
const MAX_PAIRS: u32 = 99;
/// Digests that are kept: of folders that were written to before, too.
const MAX_KNOWN: usize = 16;

/// A folder, as the world gives it.
pub trait Folder {
    /// Of the files in it.
    fn names(&self) -> impl Future<Output = Result<Vec<String>, FolderTrouble>>;

    /// A whole file; `None` if there is none of that name.
    fn read(&self, name: &str) -> impl Future<Output = Result<Option<Vec<u8>>, FolderTrouble>>;

    /// Puts all of it in the place of what was there, or leaves that.
    fn write(&self, name: &str, bytes: &[u8]) -> impl Future<Output = Result<(), FolderTrouble>>;
}

/// Why nothing could be written; a sentence in every locale under `folder_` and its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum FolderTrouble {
    /// The browser wants a press before it writes.
    Asks,
    /// The folder is not there.
    Gone,
    /// There is no room.
    Full,
    /// It cannot be written to.
    ReadOnly,
    /// Anything else.
    Failed,
}

/// How the last copy went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct FolderView {
    /// When one was written, in milliseconds since the Unix epoch.
    pub at_ms: Option<u64>,
    /// Its generation.
    pub generation: u64,
    /// Why the last one was not.
    pub trouble: Option<FolderTrouble>,
    /// Under the names that come before lies what is not written over.
    pub beside: bool,
}

/// What is kept beside the vault.
#[derive(Default, Serialize, Deserialize)]
struct Kept {
    /// Records of which the vault is a later state, the last ones at the end.
    known: Vec<Known>,
    #[serde(flatten)]
    view: FolderView,
}

/// A record that was written into a folder, or came from there.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    generation: u64,
    digest: String,
}

impl Known {
    fn of(record: &Record) -> Self {
        let digest = HEXLOWER.encode(&Sha256::digest(record.as_bytes()));
        Self { generation: record.header().generation, digest }
    }
}

/// What is kept of a vault that was just brought back: it is a later state of what it came from, and of nothing else.
pub(crate) fn after(record: &Record) -> String {
    write(&Kept { known: vec![Known::of(record)], ..Kept::default() })
}

/// How the last copy went.
pub async fn view<P: Platform>(p: &P) -> FolderView {
    read(p).await.1.view
}

/// Copies the vault, unless it lies there already. Whatever is the matter, the vault itself is not touched.
pub async fn save<P: Platform>(p: &P, folder: &impl Folder) {
    let (before, kept) = read(p).await;
    let Ok(record) = store::newest(p).await else { return };
    let mut known = kept.known.clone();
    // Where the newest copies in the stores are lost, what was written of them is no state before this one.
    let own = Known::of(&record);
    known.retain(|other| other.generation < own.generation || *other == own);
    let (now, view) = match put(p, folder, &record, &before, &mut known).await {
        Ok(done) => {
            let at_ms = if done.wrote { Some(p.now_ms()) } else { kept.view.at_ms.or_else(|| Some(p.now_ms())) };
            let generation = record.header().generation.min(LATEST_MS);
            (done.before, FolderView { at_ms, generation, trouble: None, beside: done.beside })
        }
        Err((now, trouble)) => (now, FolderView { trouble: Some(trouble), ..kept.view }),
    };
    swap(p, &now, &write(&Kept { known, view })).await;
}

struct Put {
    wrote: bool,
    beside: bool,
    /// What is kept by now.
    before: String,
}

async fn put<P: Platform>(
    p: &P,
    folder: &impl Folder,
    record: &Record,
    before: &str,
    known: &mut Vec<Known>,
) -> Result<Put, (String, FolderTrouble)> {
    let as_before = |trouble| (before.to_owned(), trouble);
    let (pair, beside) = find_pair(folder, record, known).await.map_err(as_before)?;
    // Who may not come in any more does not come in by the one before either.
    let opens_alike = |other: &Record| {
        let (a, b) = (record.header(), other.header());
        a.key_epoch == b.key_epoch && a.slots == b.slots
    };
    let is_there = pair.newest.record().is_some_and(|newest| newest == record);
    let shifted = pair.newest.record().filter(|newest| !is_there && opens_alike(newest));
    let stale = shifted.is_none() && pair.previous.record().is_some_and(|previous| !opens_alike(previous));
    if is_there && !stale {
        remember(known, record);
        return Ok(Put { wrote: false, beside, before: before.to_owned() });
    }

    // Before it is written: whoever is stopped in between knows it for its own.
    remember(known, record);
    let now = write(&Kept { known: known.clone(), view: read(p).await.1.view });
    if !swap(p, before, &now).await {
        return Err(as_before(FolderTrouble::Failed));
    }
    let failed = |trouble| (now.clone(), trouble);
    if let Some(shifted) = shifted {
        folder.write(&pair.previous_name, shifted.as_bytes()).await.map_err(failed)?;
    }
    if !is_there {
        write_whole(folder, &pair.name, record).await.map_err(failed)?;
    }
    if stale {
        write_whole(folder, &pair.previous_name, record).await.map_err(failed)?;
    }
    Ok(Put { wrote: true, beside, before: now })
}

async fn write_whole(folder: &impl Folder, name: &str, record: &Record) -> Result<(), FolderTrouble> {
    folder.write(name, record.as_bytes()).await?;
    // A folder's word alone is not enough.
    match folder.read(name).await? {
        Some(bytes) if bytes == record.as_bytes() => Ok(()),
        _ => Err(FolderTrouble::Failed),
    }
}

/// Two names, and what lies under them.
struct Pair {
    name: String,
    previous_name: String,
    newest: There,
    previous: There,
}

/// What lies under a name.
enum There {
    Nothing,
    /// Of which today's record is a later state, or itself.
    Own(Box<Record>),
    Other,
}

impl There {
    fn record(&self) -> Option<&Record> {
        match self {
            Self::Own(record) => Some(record),
            _ => None,
        }
    }
}

/// The pair of this vault's own, or the first that is free, and whether something else lies under a name before it.
async fn find_pair(folder: &impl Folder, record: &Record, known: &[Known]) -> Result<(Pair, bool), FolderTrouble> {
    let (mut free, mut beside) = (None, false);
    for number in 1..=MAX_PAIRS {
        let pair = read_pair(folder, record, known, number).await?;
        match (&pair.newest, &pair.previous) {
            (There::Other, _) | (_, There::Other) => beside = true,
            // The names after it are tried too: what was in the way before may have been taken away.
            (There::Nothing, There::Nothing) if free.is_none() => free = Some((pair, beside)),
            (There::Nothing, There::Nothing) => break,
            _ => return Ok((pair, beside)),
        }
    }
    free.ok_or(FolderTrouble::Failed)
}

async fn read_pair(folder: &impl Folder, record: &Record, known: &[Known], number: u32) -> Result<Pair, FolderTrouble> {
    let vault = HEXLOWER.encode(record.header().vault_id.0.get(..4).unwrap_or_default());
    let further = if number == 1 { String::new() } else { format!("-{number}") };
    let name = format!("tofaktor-{vault}{further}{ENDING}");
    let previous_name = format!("tofaktor-{vault}{further}-previous{ENDING}");
    let newest = look(folder.read(&name).await?, record, |found| known.contains(&Known::of(found)));
    // What lies before one's own was put there together with it.
    let generation = newest.record().map_or(0, |newest| newest.header().generation);
    let previous = look(folder.read(&previous_name).await?, record, |found| {
        known.contains(&Known::of(found)) || found.header().generation < generation
    });
    Ok(Pair { name, previous_name, newest, previous })
}

fn look(bytes: Option<Vec<u8>>, record: &Record, is_known: impl Fn(&Record) -> bool) -> There {
    let Some(bytes) = bytes.filter(|bytes| !bytes.is_empty()) else { return There::Nothing };
    match Record::parse(bytes) {
        Ok(found) if found == *record => There::Own(Box::new(found)),
        // What is known is an earlier state.
        Ok(found) if found.header().vault_id == record.header().vault_id && is_known(&found) => {
            There::Own(Box::new(found))
        }
        _ => There::Other,
    }
}

/// The newest copy of one vault in a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct FoundCopy {
    /// Its file.
    pub name: String,
    /// When it was written, in milliseconds since the Unix epoch.
    pub written_ms: u64,
}

/// What lies in a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct FoundCopies {
    /// One for each vault, the one that was written last first.
    pub copies: Vec<FoundCopy>,
    /// Files that could not be read, or are not whole.
    pub unreadable: Vec<String>,
}

/// The newest copy of each vault: by the order of its saves, not by a clock. A file that cannot be read hides no other.
pub async fn find(folder: &impl Folder) -> Result<FoundCopies, FolderTrouble> {
    let mut names = folder.names().await?;
    names.retain(|name| name.ends_with(ENDING));
    names.sort();
    let mut found = FoundCopies::default();
    let mut newest: Vec<(String, Record)> = Vec::new();
    for name in names {
        let record = match folder.read(&name).await {
            Ok(Some(bytes)) => Record::parse(bytes).ok().filter(|record| record.header().generation > 0),
            _ => None,
        };
        let Some(record) = record else {
            found.unreadable.push(name);
            continue;
        };
        match newest.iter_mut().find(|(_, other)| other.header().vault_id == record.header().vault_id) {
            Some(other) if age(&other.1) < age(&record) => *other = (name, record),
            Some(_) => {}
            None => newest.push((name, record)),
        }
    }
    found.copies = newest
        .into_iter()
        .map(|(name, record)| FoundCopy { name, written_ms: record.header().written_at_ms.min(LATEST_MS) })
        .collect();
    found.copies.sort_by_key(|copy| std::cmp::Reverse(copy.written_ms));
    Ok(found)
}

fn age(record: &Record) -> (u32, u64, u64) {
    let header = record.header();
    (header.key_epoch, header.generation, header.written_at_ms)
}

fn remember(known: &mut Vec<Known>, record: &Record) {
    let new = Known::of(record);
    known.retain(|other| *other != new);
    known.push(new);
    let surplus = known.len().saturating_sub(MAX_KNOWN);
    known.drain(..surplus);
}

fn write(kept: &Kept) -> String {
    serde_json::to_string(kept).unwrap_or_default()
}

/// As it lies there, and as it is read.
async fn read<P: Platform>(p: &P) -> (String, Kept) {
    let text = p.get_one(Store::Local, keys::FOLDER).await.ok().flatten().unwrap_or_default();
    let kept = serde_json::from_str(&text).unwrap_or_default();
    (text, kept)
}

/// Unless another vault was put in the place of this one meanwhile.
async fn swap<P: Platform>(p: &P, before: &str, text: &str) -> bool {
    let Ok(_lock) = p.lock().await else { return false };
    if read(p).await.0 != before {
        return false;
    }
    text == before || p.set(Store::Local, &[(keys::FOLDER, Some(text))]).await.is_ok()
}
