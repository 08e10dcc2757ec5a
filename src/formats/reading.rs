//! What a file held, as the page that asked is told.

use exchange::{Bytes, Password, bundle};
use serde::Serialize;

use super::error::ImportError;
use super::{Unreadable, read};

/// What was read from a file, in a Worker.
#[derive(Clone, Default, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Reading {
    /// The app that wrote it, by its own name; empty if that is not known.
    pub format: &'static str,
    /// Why it was not read.
    pub error: Option<ImportError>,
    /// Entries that can be taken over.
    pub count: u32,
    /// Those that cannot, in the file's order.
    pub unreadable: Vec<Unreadable>,
    /// Of a transfer in several parts, those that are not there yet.
    pub missing: u32,
    /// Of an archive: pictures in it, whose QR codes are for the scanner.
    pub pictures: u32,
    /// Of an archive: other files in it that are no exports.
    pub other_files: u32,
    /// It is a backup of a whole vault.
    pub backup: bool,
    /// The entries with their secrets, for the vault's module: a [`bundle`].
    pub entries: Bytes,
}

/// Reads a file, told by its content.
pub fn read_file(file: &[u8], password: Option<&Password>) -> Reading {
    let import = match read(file, password) {
        Ok(import) => import,
        Err(error) => return Reading { error: Some(error), ..Reading::default() },
    };
    // Those that were thrown away come last, and are offered as that.
    let entries = [import.entries, import.discarded].concat();
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Reading {
        format: import.format.name(),
        error: None,
        count: count(entries.len()),
        missing: import.parts.map_or(0, |parts| count(parts.of.saturating_sub(parts.seen))),
        pictures: count(import.passed_over.pictures),
        other_files: count(import.passed_over.files),
        backup: import.backup.is_some(),
        entries: Bytes(bundle::pack(&entries, import.backup.as_ref())),
        unreadable: import.unreadable,
    }
}
