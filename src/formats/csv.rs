//! Tables: Bitwarden, KeePassXC, 1Password, Proton Pass, Keeper (which has no header) and
//! whatever else has a column for codes, or a code's URI in any other.
//!
//! RFC 4180, with a comma, a semicolon (Excel in much of Europe) or a tab
//! between the fields, by csv-core; Excel's `sep=;` before the header, and
//! quotes behind a backslash where only that makes the rows even. Columns are
//! found by their names ([`named`](super::named)), in any order and case.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use zeroize::Zeroizing;

use super::error::ImportError;
use super::limits::{MAX_COLUMNS, MAX_ENTRIES};
use super::named::{Named, Roles};
use super::{Format, Import, otpauth};

/// Keeper's columns; its further ones are names and values of fields in turn.
const KEEPER: [&str; 7] = ["folder", "title", "login", "password", "url", "notes", "shared folder"];

/// Most rows: of a password manager's, few have a code.
const MAX_ROWS: usize = 10 * MAX_ENTRIES;

/// Whether the first line names a column that may hold codes, or is one of a password manager's table.
pub(crate) fn has_header(text: &str) -> bool {
    header(&mut Rows::new(text, None)).is_some() || is_enpass(text)
}

/// Whether a table without a header has a code's URI in it.
pub(crate) fn has_uri(text: &str) -> bool {
    otpauth::found(text).next().is_some() && matches!(Rows::new(text, None).next(), Ok(Some(row)) if row.ends.len() > 1)
}

fn header(rows: &mut Rows<'_>) -> Option<Roles> {
    let row = rows.next().ok()?.filter(|row| row.ends.len() > 1)?;
    let roles = Roles::of(row.iter());
    roles.is_header().then_some(roles)
}

pub(crate) fn read(text: &str) -> Result<Import, ImportError> {
    let is_escaped = text.contains("\\\"") && !is_even(text, None) && is_even(text, Some(b'\\'));
    let escape = is_escaped.then_some(b'\\');
    let mut rows = Rows::new(text, escape);
    let roles = match header(&mut rows) {
        Some(roles) => roles,
        None => {
            rows = Rows::new(text, escape);
            Roles::of(KEEPER.into_iter())
        }
    };
    let is_enpass = is_enpass(text);
    if is_enpass {
        rows = Rows::new(text, escape);
    }
    let mut import = Import::of(Format::Csv);
    let mut count = 0;
    while let Some(row) = rows.next()? {
        count += 1;
        if count > MAX_ROWS {
            return Err(ImportError::TooMany);
        }
        let mut cells = row.iter();
        match is_enpass {
            true => Named::of_pairs(cells.next().unwrap_or_default(), cells).take(&mut import)?,
            false => roles.row(cells).take(&mut import)?,
        }
    }
    Ok(import)
}

/// Enpass has no header, but a title and then names and values in turn; the names of what is secret have a star.
fn is_enpass(text: &str) -> bool {
    const LOOKED_AT: usize = 100;
    let mut rows = Rows::new(text, None);
    let is_secret = |cell: &str| cell.strip_prefix('*').is_some_and(|name| name.starts_with(char::is_alphabetic));
    (0..LOOKED_AT).any(|_| match rows.next() {
        Ok(Some(row)) => row.ends.len() > 4 && row.iter().skip(1).step_by(2).any(is_secret),
        _ => false,
    })
}

/// Whether every row has as many cells as the first.
fn is_even(text: &str, escape: Option<u8>) -> bool {
    let mut rows = Rows::new(text, escape);
    let mut first = None;
    while let Ok(row) = rows.next() {
        let Some(row) = row else { return true };
        if *first.get_or_insert(row.ends.len()) != row.ends.len() {
            return false;
        }
    }
    false
}

/// The rows of a text; empty ones are passed over.
struct Rows<'a> {
    reader: Reader,
    /// What is still to be read; then, for a last row that is not ended, a line break; then nothing.
    input: [&'a [u8]; 2],
    cells: Zeroizing<Vec<u8>>,
    ends: [usize; MAX_COLUMNS],
}

impl<'a> Rows<'a> {
    /// The separator is what Excel says, or whichever is the most frequent in the first line.
    fn new(text: &'a str, escape: Option<u8>) -> Self {
        let first = text.split(['\n', '\r']).next().unwrap_or_default();
        let count = |c: u8| first.bytes().filter(|byte| *byte == c).count();
        let likely = [b',', b';', b'\t'].into_iter().max_by_key(|c| (count(*c), *c == b',')).unwrap_or(b',');
        let said = otp::uri::strip_prefix(first, "sep=").and_then(|rest| rest.bytes().next());
        let text = if said.is_some() { text.get(first.len()..).unwrap_or_default() } else { text };
        Self {
            reader: ReaderBuilder::new().delimiter(said.unwrap_or(likely)).escape(escape).build(),
            input: [text.as_bytes(), b"\n"],
            // No row is longer than the whole; without a byte of room, the reader would not look at the last line break.
            cells: Zeroizing::new(vec![0; text.len() + 1]),
            ends: [0; MAX_COLUMNS],
        }
    }

    /// `Ok(None)` at the end.
    fn next(&mut self) -> Result<Option<Row<'_>>, ImportError> {
        let (mut length, mut count) = (0, 0);
        loop {
            let [now, then] = self.input;
            let cells = self.cells.get_mut(length..).unwrap_or_default();
            let ends = self.ends.get_mut(count..).unwrap_or_default();
            let (result, read, written, ended) = self.reader.read_record(now, cells, ends);
            self.input = [now.get(read..).unwrap_or_default(), then];
            length += written;
            count += ended;
            match result {
                ReadRecordResult::InputEmpty => self.input = [then, b""],
                // After a line break nothing is open but quotes.
                ReadRecordResult::Record if now.is_empty() => return Err(ImportError::Damaged),
                ReadRecordResult::Record => {
                    let (cells, ends) = (self.cells.get(..length), self.ends.get(..count));
                    return Ok(cells.zip(ends).map(|(cells, ends)| Row { cells, ends }));
                }
                ReadRecordResult::End => return Ok(None),
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => return Err(ImportError::TooMany),
            }
        }
    }
}

/// One row.
struct Row<'a> {
    cells: &'a [u8],
    /// Where each cell ends in them.
    ends: &'a [usize],
}

impl<'a> Row<'a> {
    /// The text of a cell, without white space around it.
    fn get(&self, at: usize) -> Option<&'a str> {
        let from = at.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        std::str::from_utf8(self.cells.get(from..*self.ends.get(at)?)?).ok().map(str::trim)
    }

    fn iter(&self) -> impl Iterator<Item = &'a str> {
        (0..self.ends.len()).map_while(|at| self.get(at))
    }
}
