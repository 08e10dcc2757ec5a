//! The people that are to get a token.

use std::collections::HashMap;
use std::fmt;

/// Most rows of a file.
pub const MAX_PEOPLE: usize = 100_000;

/// What the column with the user principal name may be called: as Microsoft's own lists have it.
const NAMES: [&str; 4] = ["upn", "userprincipalname", "user principal name", "brukernavn"];
/// The same of the object id, which Graph wants where a token is assigned at once.
const IDS: [&str; 4] = ["id", "object id", "objectid", "objekt-id"];

/// Someone who is to get a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The user principal name.
    pub upn: String,
    /// The id of the user object, where the file has it.
    pub id: Option<String>,
}

/// A row that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// In which line, from 1.
    pub line: u64,
    /// The reason.
    pub wrong: Wrong,
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// It is not UTF-8: Excel's other kinds of CSV are not.
    Encoding,
    /// No column has user principal names.
    NoColumn,
    /// There is no name in it.
    NoName,
    /// This is no user principal name.
    Name(String),
    /// This is a guest.
    Guest(String),
    /// This person stood in that line already.
    Twice(String, u64),
    /// There are more people than one file may have.
    TooMany,
    /// There is nobody.
    Nobody,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: ", self.line)?;
        match &self.wrong {
            Wrong::Encoding => f.write_str("this is not UTF-8; save the file as \"CSV UTF-8\"."),
            Wrong::NoColumn => {
                f.write_str("no column is called upn or userPrincipalName; the first line must name the columns.")
            }
            Wrong::NoName => f.write_str("there is no user principal name in it."),
            Wrong::Name(name) => write!(
                f,
                "{name}: this is no user principal name; such a name has letters a to z, digits and . - _ ' before an @ and a domain."
            ),
            Wrong::Guest(name) => write!(f, "{name}: Microsoft assigns no hardware token to a guest."),
            Wrong::Twice(name, line) => write!(f, "{name}: this person stands in line {line} already."),
            Wrong::TooMany => write!(f, "these are more than {MAX_PEOPLE} people; divide the file."),
            Wrong::Nobody => f.write_str("there is nobody in it."),
        }
    }
}

/// Reads a list: a header, then a row for each person; separated by commas, semicolons or tabs.
///
/// # Errors
/// All rows that cannot be taken: a list is taken whole or not at all.
pub fn read(bytes: &[u8]) -> Result<Vec<Person>, Vec<Fault>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |separator: u8| first.iter().filter(|byte| **byte == separator).count();
    let separator = [b',', b';', b'\t'].into_iter().max_by_key(|c| (count(*c), *c == b',')).unwrap_or(b',');
    let mut rows = csv::ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(bytes);
    let fault = |line, wrong| Fault { line, wrong };
    let mut columns = None;
    let (mut people, mut faults) = (Vec::new(), Vec::new());
    let mut seen: HashMap<String, u64> = HashMap::new();
    let mut lines = Lines { bytes, at: 0, line: 1 };
    let mut row = csv::StringRecord::new();
    loop {
        let from = rows.position().byte();
        let read = rows.read_record(&mut row);
        let line = lines.at(from);
        match read {
            Ok(false) => break,
            Ok(true) => {}
            Err(_) => {
                faults.push(fault(line, Wrong::Encoding));
                continue;
            }
        }
        let Some((name, id)) = columns else {
            let find = |known: &[&str]| row.iter().position(|cell| known.contains(&cell.to_lowercase().as_str()));
            let Some(name) = find(&NAMES) else { return Err(vec![fault(line, Wrong::NoColumn)]) };
            columns = Some((name, find(&IDS)));
            continue;
        };
        if people.len() + faults.len() >= MAX_PEOPLE {
            faults.push(fault(line, Wrong::TooMany));
            break;
        }
        let id = id.and_then(|at| row.get(at)).filter(|id| !id.is_empty()).map(str::to_owned);
        match upn(row.get(name).unwrap_or_default()) {
            Err(wrong) => faults.push(fault(line, wrong)),
            Ok(upn) => match seen.insert(upn.to_lowercase(), line) {
                Some(earlier) => faults.push(fault(line, Wrong::Twice(upn, earlier))),
                None => people.push(Person { upn, id }),
            },
        }
    }
    if people.is_empty() && faults.is_empty() {
        faults.push(fault(1, Wrong::Nobody));
    }
    if faults.is_empty() { Ok(people) } else { Err(faults) }
}

/// Counts lines, from the front to the back.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// In which line the row begins that is read from there on: the reader passes over empty ones.
    fn at(&mut self, from: u64) -> u64 {
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        while let Some(byte) = self.bytes.get(self.at).filter(|byte| self.at < from || matches!(byte, b'\r' | b'\n')) {
            self.line += u64::from(*byte == b'\n');
            self.at += 1;
        }
        self.line
    }
}

fn upn(text: &str) -> Result<String, Wrong> {
    let wrong = || Wrong::Name(text.chars().take(80).collect());
    if text.is_empty() {
        return Err(Wrong::NoName);
    }
    if text.to_ascii_uppercase().contains("#EXT#") {
        return Err(Wrong::Guest(text.chars().take(80).collect()));
    }
    let (name, domain) = text.split_once('@').ok_or_else(wrong)?;
    let is_name = !name.is_empty()
        && name.len() <= 64
        && name.bytes().all(|c| c.is_ascii_alphanumeric() || b".-_'!#^~+".contains(&c));
    let is_label = |label: &str| !label.is_empty() && label.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-');
    let is_domain = domain.contains('.') && domain.len() <= 253 && domain.split('.').all(is_label);
    if is_name && is_domain { Ok(text.to_owned()) } else { Err(wrong()) }
}
