//! As much of SQLite's file format as reading one small table needs.
//!
//! <https://www.sqlite.org/fileformat2.html>. No indexes, no overflow pages, no
//! write-ahead log: the tables in question have short rows.
//!
//! Weighed: rusqlite; not taken because it is all of SQLite in C, with a machine
//! that runs what the file's own schema says.

use super::error::ImportError;
use super::limits::{Budget, MAX_ENTRIES};

const MAGIC: &[u8] = b"SQLite format 3\0";
const LEAF: u8 = 0x0d;
const INTERIOR: u8 = 0x05;

pub(crate) fn is_database(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// A value of a row.
pub(crate) enum Value<'a> {
    Null,
    Number(i64),
    Bytes(&'a [u8]),
}

/// One table: the names of its columns and its rows.
pub(crate) struct Table<'a> {
    columns: Vec<String>,
    rows: Vec<Vec<Value<'a>>>,
}

impl<'a> Table<'a> {
    /// The table of that name; `Ok(None)` if there is none.
    pub(crate) fn read(bytes: &'a [u8], name: &str, budget: &'a Budget) -> Result<Option<Self>, ImportError> {
        let file = File::of(bytes, budget).ok_or(ImportError::Damaged)?;
        let schema = file.rows(1)?;
        // type, name, table, root page, SQL
        let found = schema.iter().find_map(|row| match row.as_slice() {
            [Value::Bytes(b"table"), Value::Bytes(n), _, Value::Number(page), Value::Bytes(sql)]
                if *n == name.as_bytes() =>
            {
                Some((*page, *sql))
            }
            _ => None,
        });
        let Some((page, sql)) = found else { return Ok(None) };
        let sql = std::str::from_utf8(sql).map_err(|_| ImportError::Damaged)?;
        let (_, list) = sql.split_once('(').ok_or(ImportError::Damaged)?;
        let first_word =
            |column: &str| column.split_whitespace().next().unwrap_or_default().trim_matches(['"', '`']).to_owned();
        let columns = list.split(',').map(first_word).collect();
        Ok(Some(Self { columns, rows: file.rows(usize::try_from(page).map_err(|_| ImportError::Damaged)?)? }))
    }

    pub(crate) fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|name| name == column)
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|values| Row { columns: &self.columns, values })
    }
}

/// One row.
pub(crate) struct Row<'a> {
    columns: &'a [String],
    values: &'a [Value<'a>],
}

impl Row<'_> {
    /// The value of a column; null where there is none.
    pub(crate) fn get(&self, column: &str) -> &Value<'_> {
        let at = self.columns.iter().position(|name| name == column);
        at.and_then(|at| self.values.get(at)).unwrap_or(&Value::Null)
    }
}

impl Value<'_> {
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Bytes(bytes) => std::str::from_utf8(bytes).unwrap_or_default(),
            _ => "",
        }
    }

    pub(crate) fn number(&self) -> Option<i128> {
        match self {
            Self::Number(number) => Some((*number).into()),
            _ => None,
        }
    }
}

struct File<'a> {
    bytes: &'a [u8],
    page_size: usize,
    budget: &'a Budget,
}

impl<'a> File<'a> {
    fn of(bytes: &'a [u8], budget: &'a Budget) -> Option<Self> {
        let page_size = match u16::from_be_bytes(*bytes.get(16..)?.first_chunk()?) {
            1 => 65_536,
            size if size.is_power_of_two() && size >= 512 => usize::from(size),
            _ => return None,
        };
        Some(Self { bytes, page_size, budget })
    }

    fn rows(&self, root: usize) -> Result<Vec<Vec<Value<'a>>>, ImportError> {
        let mut rows = Vec::new();
        let mut waiting = vec![root];
        // A page that is its own child would be read for ever.
        let mut pages = self.bytes.len() / self.page_size + 1;
        while let Some(number) = waiting.pop() {
            pages = pages.checked_sub(1).ok_or(ImportError::Damaged)?;
            self.page(number, &mut waiting, &mut rows).ok_or_else(|| self.budget.or(ImportError::Damaged))?;
            if rows.len() > MAX_ENTRIES {
                return Err(ImportError::TooMany);
            }
        }
        Ok(rows)
    }

    fn page(&self, number: usize, waiting: &mut Vec<usize>, rows: &mut Vec<Vec<Value<'a>>>) -> Option<()> {
        let at = number.checked_sub(1)?.checked_mul(self.page_size)?;
        let page = self.bytes.get(at..at.checked_add(self.page_size)?)?;
        // The first page begins with the header of the file.
        let head = page.get(if number == 1 { 100 } else { 0 }..)?;
        let kind = *head.first()?;
        let cells = usize::from(u16::from_be_bytes(*head.get(3..)?.first_chunk()?));
        let pointers = head.get(if kind == INTERIOR { 12 } else { 8 }..)?;
        let mut children = Vec::new();
        for pointer in pointers.as_chunks::<2>().0.get(..cells)? {
            // All pointers may point at one cell.
            self.budget.value()?;
            let cell = page.get(usize::from(u16::from_be_bytes(*pointer))..)?;
            match kind {
                INTERIOR => children.push(u32::from_be_bytes(*cell.first_chunk()?) as usize),
                LEAF => rows.push(row(cell, self.page_size, self.budget)?),
                _ => return None,
            }
        }
        if kind == INTERIOR {
            children.push(u32::from_be_bytes(*head.get(8..)?.first_chunk()?) as usize);
            // The last one in is the first one read.
            waiting.extend(children.into_iter().rev());
        }
        Some(())
    }
}

fn row<'a>(cell: &'a [u8], page_size: usize, budget: &Budget) -> Option<Vec<Value<'a>>> {
    let (length, cell) = varint(cell)?;
    let (_, cell) = varint(cell)?;
    let length = usize::try_from(length).ok().filter(|length| *length <= page_size - 35)?;
    let payload = cell.get(..length)?;
    let (head, _) = varint(payload)?;
    let (head, mut body) = payload.split_at_checked(usize::try_from(head).ok()?)?;
    let (_, mut types) = varint(head)?;
    let mut row = Vec::new();
    while !types.is_empty() {
        let (kind, rest) = varint(types)?;
        types = rest;
        let size = match kind {
            0 | 8 | 9 => 0,
            1..=4 => usize::try_from(kind).ok()?,
            5 => 6,
            6 | 7 => 8,
            12.. => usize::try_from((kind - 12) / 2).ok()?,
            _ => return None,
        };
        let (value, rest) = body.split_at_checked(size)?;
        body = rest;
        budget.value()?;
        row.push(match kind {
            8 => Value::Number(0),
            9 => Value::Number(1),
            1..=6 => Value::Number(signed(value)),
            12.. => Value::Bytes(value),
            _ => Value::Null,
        });
    }
    Some(row)
}

/// Big-endian two's complement of any length up to eight bytes.
fn signed(bytes: &[u8]) -> i64 {
    let sign = if bytes.first().is_some_and(|byte| *byte > 0x7f) { -1 } else { 0 };
    bytes.iter().fold(sign, |value, byte| value << 8 | i64::from(*byte))
}

/// Seven bits a byte, the high ones first; a ninth byte has all eight.
fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0u64;
    for (at, byte) in bytes.iter().take(9).enumerate() {
        if at == 8 {
            return Some((value << 8 | u64::from(*byte), bytes.get(9..)?));
        }
        value = value << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(at + 1..)?));
        }
    }
    None
}
