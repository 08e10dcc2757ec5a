//! CSV with a header: Bitwarden, KeePassXC, 1Password, Proton Pass and
//! whatever else has a column for codes.
//!
//! RFC 4180, with a comma, a semicolon (Excel in much of Europe) or a tab
//! between the fields. Columns are found by their names, in any order and case.

use zeroize::Zeroizing;

use super::entry::{Draft, Written, label};
use super::error::{ImportError, Why};
use super::limits::MAX_ENTRIES;
use super::{Entry, Format, Import, otpauth};

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

/// Whether the first line names a column that may hold codes.
pub(crate) fn has_header(text: &str) -> bool {
    let header = Rows::new(text).next();
    header.is_some_and(|row| row.len() > 1 && Columns::find(&row).is_some())
}

pub(crate) fn read(text: &str) -> Result<Import, ImportError> {
    let mut rows = Rows::new(text);
    let header = rows.next().ok_or(ImportError::NotAnExport)?;
    let columns = Columns::find(&header).ok_or(ImportError::NotAnExport)?;
    let mut import = Import::of(Format::Csv);
    for (count, row) in rows.by_ref().enumerate() {
        if count > 10 * MAX_ENTRIES {
            return Err(ImportError::TooMany);
        }
        let cell = |column: Option<usize>| {
            column.and_then(|at| row.get(at)).map(|cell| cell.trim()).filter(|cell| !cell.is_empty())
        };
        // A password without a code is no entry, and neither is a web address.
        let Some(code) = cell(Some(columns.code)) else { continue };
        if columns.is_address && !otpauth::is_list(code) {
            continue;
        }
        let (issuer, name) = (cell(columns.issuer).unwrap_or_default(), cell(columns.name).unwrap_or_default());
        import.push(label(issuer, name), columns.read(code, issuer, name, &cell))?;
    }
    if rows.open_quote { Err(ImportError::Damaged) } else { Ok(import) }
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
    fn find(header: &[Zeroizing<String>]) -> Option<Self> {
        let names: Vec<String> = header.iter().map(|cell| cell.trim().to_lowercase()).collect();
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
    rest: &'a str,
    separator: char,
    /// The text ended inside quotes.
    open_quote: bool,
}

impl<'a> Rows<'a> {
    /// The separator is whichever is the most frequent in the first line.
    fn new(text: &'a str) -> Self {
        let first = text.lines().next().unwrap_or_default();
        let count = |c: char| first.matches(c).count();
        let separator = [',', ';', '\t'].into_iter().max_by_key(|c| (count(*c), *c == ',')).unwrap_or(',');
        Self { rest: text, separator, open_quote: false }
    }
}

impl Iterator for Rows<'_> {
    type Item = Vec<Zeroizing<String>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.rest = self.rest.trim_start_matches(['\r', '\n']);
        if self.rest.is_empty() {
            return None;
        }
        let mut row = Vec::new();
        let mut cell = Zeroizing::new(String::new());
        let mut quoted = false;
        let mut chars = self.rest.char_indices().peekable();
        let mut end = self.rest.len();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' if quoted && chars.peek().is_some_and(|(_, next)| *next == '"') => {
                    chars.next();
                    cell.push('"');
                }
                '"' if quoted => quoted = false,
                '"' if cell.is_empty() => quoted = true,
                '\n' if !quoted => {
                    end = at;
                    break;
                }
                c if c == self.separator && !quoted => row.push(std::mem::take(&mut cell)),
                '\r' if !quoted => {}
                c => cell.push(c),
            }
        }
        self.open_quote |= quoted;
        row.push(cell);
        self.rest = self.rest.get(end..).unwrap_or_default();
        Some(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Vec<String>> {
        Rows::new(text).map(|row| row.iter().map(|cell| cell.to_string()).collect()).collect()
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
        assert_eq!(read("secret,issuer\nMZXW6YTB,\"a").err(), Some(ImportError::Damaged));
    }
}
