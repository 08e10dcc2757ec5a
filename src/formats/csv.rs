//! CSV with a header: Bitwarden, KeePassXC, 1Password, Proton Pass and
//! whatever else has a column for codes.
//!
//! RFC 4180, with a comma, a semicolon (Excel in much of Europe) or a tab
//! between the fields, by csv-core. Columns are found by their names, in any
//! order and case.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use zeroize::Zeroizing;

use super::draft::{Draft, parsed, read_base32};
use super::error::{ImportError, Why};
use super::limits::{MAX_COLUMNS, MAX_ENTRIES};
use super::{Format, Import, otpauth};
use exchange::{Discarded, label};

/// What the columns are called, each in the order from the certain to the vague:
/// the code (a URI or a bare secret), issuer, name, kind, algorithm, digits, period, counter, 1Password's archive.
const COLUMNS: [&[&str]; 9] = [
    &[
        "login_totp",
        "totp",
        "otp",
        "otpauth",
        "otp_auth",
        "otpurl",
        "otp_url",
        "otp auth",
        "one-time password",
        "otpsecret",
        "totp secret",
        "totpsecret",
        "secret",
        "seed",
        "uri",
        "url",
    ],
    &["issuer", "service", "name", "title", "site", "website", "account name", "app"],
    &["account", "username", "login_username", "user name", "user", "login", "email", "label"],
    &["type", "kind", "otp_type"],
    &["algorithm", "algo", "hash"],
    &["digits", "length"],
    &["period", "interval", "timestep", "step"],
    &["counter"],
    &["archived"],
];

/// Most rows: of a password manager's, few have a code.
const MAX_ROWS: usize = 10 * MAX_ENTRIES;

/// Whether the first line names a column that may hold codes.
pub(crate) fn has_header(text: &str) -> bool {
    matches!(Rows::new(text).next(), Ok(Some(row)) if row.ends.len() > 1 && Columns::find(&row).is_some())
}

pub(crate) fn read(text: &str) -> Result<Import, ImportError> {
    let mut rows = Rows::new(text);
    let header = rows.next()?.ok_or(ImportError::NotAnExport)?;
    let columns = Columns::find(&header).ok_or(ImportError::NotAnExport)?;
    let mut import = Import::of(Format::Csv);
    let mut count = 0;
    while let Some(row) = rows.next()? {
        count += 1;
        if count > MAX_ROWS {
            return Err(ImportError::TooMany);
        }
        columns.read(&row, &mut import)?;
    }
    Ok(import)
}

struct Columns {
    /// Where each of [`COLUMNS`] stands.
    at: [Option<usize>; COLUMNS.len()],
    /// The codes' column is one for web addresses, which may hold a URI of ours.
    is_address: bool,
}

impl Columns {
    fn find(header: &Row<'_>) -> Option<Self> {
        let names: Vec<String> = header.iter().map(str::to_lowercase).collect();
        let at = COLUMNS.map(|known| known.iter().find_map(|known| names.iter().position(|name| name == known)));
        let [code, ..] = at;
        Some(Self { at, is_address: matches!(names.get(code?)?.as_str(), "uri" | "url") })
    }

    fn read(&self, row: &Row<'_>, import: &mut Import) -> Result<(), ImportError> {
        let cells = self.at.map(|at| row.get(at?).filter(|cell| !cell.is_empty()));
        let [code, issuer, name, kind, algorithm, digits, period, counter, archived] = cells;
        // A password without a code is no entry, and neither is a web address.
        let Some(code) = code.filter(|code| !self.is_address || otpauth::is_list(code)) else { return Ok(()) };
        let (issuer, name) = (issuer.unwrap_or_default(), name.unwrap_or_default());
        let is_archived = archived.is_some_and(|archived| archived.eq_ignore_ascii_case("true"));
        let discarded = is_archived.then_some(Discarded::Archive);
        if code.contains("://") {
            return import.push_from(discarded, label(issuer, name), otpauth::parse_field(code, issuer, name));
        }
        // Bitwarden's `type` is "login": what is no kind of code says nothing about codes.
        let kind =
            kind.filter(|kind| ["totp", "hotp", "steam", "motp"].iter().any(|known| known.eq_ignore_ascii_case(kind)));
        let draft = Draft {
            algorithm,
            digits: parsed(digits, Why::Digits),
            period: parsed(period, Why::Period),
            counter: parsed(counter, Why::Counter),
            ..Draft::of(kind.unwrap_or("totp"), issuer, name, read_base32(code))
        };
        import.push_from(discarded, label(issuer, name), draft.finish())
    }
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
    /// The separator is whichever is the most frequent in the first line.
    fn new(text: &'a str) -> Self {
        let first = text.lines().next().unwrap_or_default();
        let count = |c: u8| first.bytes().filter(|byte| *byte == c).count();
        let separator = [b',', b';', b'\t'].into_iter().max_by_key(|c| (count(*c), *c == b',')).unwrap_or(b',');
        Self {
            reader: ReaderBuilder::new().delimiter(separator).build(),
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
