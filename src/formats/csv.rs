//! CSV with a header: Bitwarden, KeePassXC, 1Password, Proton Pass and
//! whatever else has a column for codes.
//!
//! RFC 4180, with a comma, a semicolon (Excel in much of Europe) or a tab
//! between the fields, by csv-core. Columns are found by their names, in any
//! order and case.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use zeroize::Zeroizing;

use super::draft::{Draft, Written};
use super::error::{ImportError, Why};
use super::limits::{MAX_COLUMNS, MAX_ENTRIES};
use super::{Entry, Format, Import, otpauth};
use exchange::label;

/// Names of the column that holds a URI or a bare secret.
const CODES: [&str; 16] = [
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
];
const ISSUERS: [&str; 8] = ["issuer", "service", "name", "title", "site", "website", "account name", "app"];
const NAMES: [&str; 8] = ["account", "username", "login_username", "user name", "user", "login", "email", "label"];
const KINDS: [&str; 3] = ["type", "kind", "otp_type"];
const ALGORITHMS: [&str; 3] = ["algorithm", "algo", "hash"];
const DIGITS: [&str; 2] = ["digits", "length"];
const PERIODS: [&str; 4] = ["period", "interval", "timestep", "step"];
const COUNTERS: [&str; 1] = ["counter"];

/// Most rows: of a password manager's, few have a code.
const MAX_ROWS: usize = 10 * MAX_ENTRIES;

/// Whether the first line names a column that may hold codes.
pub(crate) fn has_header(text: &str) -> bool {
    let mut rows = Rows::new(text);
    matches!(rows.next(), Ok(Some(row)) if row.ends.len() > 1 && Columns::find(&row).is_some())
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
        let cell = |column: Option<usize>| column.and_then(|at| row.get(at)).filter(|cell| !cell.is_empty());
        // A password without a code is no entry, and neither is a web address.
        let Some(code) = cell(Some(columns.code)) else { continue };
        if columns.is_address && !otpauth::is_list(code) {
            continue;
        }
        let (issuer, name) = (cell(columns.issuer).unwrap_or_default(), cell(columns.name).unwrap_or_default());
        import.push(label(issuer, name), columns.read(code, issuer, name, &cell))?;
    }
    Ok(import)
}

struct Columns {
    code: usize,
    /// The column is one for web addresses, which may hold a URI of ours.
    is_address: bool,
    issuer: Option<usize>,
    name: Option<usize>,
    kind: Option<usize>,
    algorithm: Option<usize>,
    digits: Option<usize>,
    period: Option<usize>,
    counter: Option<usize>,
}

impl Columns {
    fn find(header: &Row<'_>) -> Option<Self> {
        let names: Vec<String> = header.iter().map(str::to_lowercase).collect();
        // In the order of the list, which is from the certain to the vague.
        let column = |known: &[&str]| known.iter().find_map(|known| names.iter().position(|name| name == known));
        let code = column(&CODES)?;
        Some(Self {
            code,
            is_address: names.get(code).is_some_and(|name| matches!(name.as_str(), "uri" | "url")),
            issuer: column(&ISSUERS),
            name: column(&NAMES),
            kind: column(&KINDS),
            algorithm: column(&ALGORITHMS),
            digits: column(&DIGITS),
            period: column(&PERIODS),
            counter: column(&COUNTERS),
        })
    }

    fn read<'a>(
        &self,
        code: &'a str,
        issuer: &'a str,
        name: &'a str,
        cell: &dyn Fn(Option<usize>) -> Option<&'a str>,
    ) -> Result<Entry, Why> {
        if code.contains("://") {
            return otpauth::parse_field(code, issuer, name);
        }
        let number = |column, why| cell(column).map(|text| text.parse::<i128>().map_err(|_| why)).transpose();
        // Bitwarden's `type` is "login": what is no kind of code says nothing about codes.
        let kind = cell(self.kind)
            .filter(|kind| ["totp", "hotp", "steam", "motp"].iter().any(|known| known.eq_ignore_ascii_case(kind)));
        Draft {
            kind: kind.unwrap_or("totp"),
            issuer,
            name,
            secret: Written::Base32(code),
            algorithm: cell(self.algorithm),
            digits: number(self.digits, Why::Digits)?,
            period: number(self.period, Why::Period)?,
            counter: number(self.counter, Why::Counter)?,
        }
        .finish()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Vec<String>> {
        let (mut rows, mut found) = (Rows::new(text), Vec::new());
        while let Some(row) = rows.next().unwrap() {
            found.push(row.iter().map(str::to_owned).collect());
        }
        found
    }

    #[test]
    fn quotes_breaks_and_separators() {
        assert_eq!(
            rows("a,b\r\n\"1,\"\"2\"\"\n3\",4\n\n5,\n"),
            [vec!["a", "b"], vec!["1,\"2\"\n3", "4"], vec!["5", ""]]
        );
        assert_eq!(rows("a;b\n1,5;2"), [["a", "b"], ["1,5", "2"]]);
        assert_eq!(rows("a\tb"), [["a", "b"]]);
    }

    #[test]
    fn a_header_must_name_a_column_of_codes() {
        assert!(has_header("Title,Username,TOTP\n"));
        assert!(has_header("issuer;account;secret"));
        assert!(!has_header("name,password"));
        assert!(!has_header("secret"));
        assert!(!has_header(""));
    }

    #[test]
    fn columns_of_parameters_are_kept() {
        let import = read("account,secret,issuer,type,digits,period,algorithm,counter\nb,MZXW6YTB,a,totp,8,60,SHA-256,\nc,MZXW6YTB,a,HOTP,,,,7\nd,,,,,,,\ne,MZXW6YTB,,,x,,,").unwrap();
        assert_eq!(import.entries.len(), 2);
        assert_eq!(import.entries[0].credential.digits, 8);
        assert_eq!(import.unreadable.len(), 1);
        assert_eq!(import.unreadable[0].why, Why::Digits);
    }

    #[test]
    fn an_open_quote_is_damage() {
        for text in ["MZXW6YTB,\"a", "MZXW6YTB,\"a\n", "MZXW6YTB,\"", "\"MZXW6YTB,a\n\nb,c\n"] {
            assert_eq!(read(&format!("secret,issuer\n{text}")).err(), Some(ImportError::Damaged), "{text}");
        }
        assert!(read("secret,issuer\nMZXW6YTB,\"a\"").is_ok());
    }

    #[test]
    fn rows_and_columns_are_bounded() {
        let columns = |count: usize| read(&format!("secret,{}\n", ",".repeat(count - 2))).err();
        assert_eq!(columns(MAX_COLUMNS), None);
        assert_eq!(columns(MAX_COLUMNS + 1), Some(ImportError::TooMany));
        let rows = |count: usize| read(&format!("secret,issuer\n{}", ",\n".repeat(count))).err();
        assert_eq!(rows(MAX_ROWS), None);
        assert_eq!(rows(MAX_ROWS + 1), Some(ImportError::TooMany));
    }
}
