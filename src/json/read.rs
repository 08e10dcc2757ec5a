//! Reads a text.

use std::borrow::Cow;

use zeroize::Zeroizing;

use super::{Json, Map};

/// Deepest nesting.
pub const MAX_DEPTH: usize = 32;
/// Most values in a text; FreeOTP writes each byte of a secret as one.
pub const MAX_VALUES: usize = 1_000_000;

/// Why a text was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It is not JSON, or a map has two fields of one name: such a text means different things to different readers.
    Malformed,
    /// It is nested deeper than [`MAX_DEPTH`].
    TooDeep,
    /// It has more values than [`MAX_VALUES`].
    TooMany,
}

impl Json {
    /// Reads a text.
    ///
    /// # Errors
    /// Says why not.
    pub fn parse(text: &str) -> Result<Self, Refused> {
        let mut reader = Reader { text, at: 0, depth: 0, values: 0 };
        let value = reader.value()?;
        if reader.peek().is_some() { Err(Refused::Malformed) } else { Ok(value) }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    values: usize,
}

impl<'a> Reader<'a> {
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is not white space.
    fn peek(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.byte() {
            self.at += 1;
        }
        self.byte()
    }

    /// Takes the next byte that is not white space, if it is this one.
    fn takes(&mut self, wanted: u8) -> bool {
        let is_there = self.peek() == Some(wanted);
        self.at += usize::from(is_there);
        is_there
    }

    fn must(&mut self, wanted: u8) -> Result<(), Refused> {
        if self.takes(wanted) { Ok(()) } else { Err(Refused::Malformed) }
    }

    /// What stands from `from` to here.
    fn since(&self, from: usize) -> &'a str {
        self.text.get(from..self.at).unwrap_or_default()
    }

    fn value(&mut self) -> Result<Json, Refused> {
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err(Refused::TooMany);
        }
        match self.peek() {
            Some(b'{') => self.nested(Self::map),
            Some(b'[') => self.nested(Self::list),
            Some(b'"') => self.string().map(Json::Text),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => {
                let literals = [("null", Json::Null), ("true", Json::Bool(true)), ("false", Json::Bool(false))];
                let rest = self.text.get(self.at..).unwrap_or_default();
                let found = literals.into_iter().find(|(word, _)| rest.starts_with(word));
                let (word, value) = found.ok_or(Refused::Malformed)?;
                self.at += word.len();
                Ok(value)
            }
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Json, Refused>) -> Result<Json, Refused> {
        if self.depth == MAX_DEPTH {
            return Err(Refused::TooDeep);
        }
        self.depth += 1;
        self.at += 1;
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn list(&mut self) -> Result<Json, Refused> {
        let mut items = Vec::new();
        if !self.takes(b']') {
            loop {
                items.push(self.value()?);
                if !self.takes(b',') {
                    break;
                }
            }
            self.must(b']')?;
        }
        Ok(Json::List(items))
    }

    fn map(&mut self) -> Result<Json, Refused> {
        let mut fields: Vec<(Cow<'static, str>, Json)> = Vec::new();
        if !self.takes(b'}') {
            loop {
                let name = self.string()?;
                self.must(b':')?;
                fields.push((Cow::Owned(name.to_string()), self.value()?));
                if !self.takes(b',') {
                    break;
                }
            }
            self.must(b'}')?;
        }
        let mut names: Vec<&str> = fields.iter().map(|(name, _)| &**name).collect();
        names.sort_unstable();
        if names.windows(2).any(|pair| matches!(pair, [a, b] if a == b)) {
            return Err(Refused::Malformed);
        }
        Ok(Json::Map(Map(fields)))
    }

    fn number(&mut self) -> Result<Json, Refused> {
        let from = self.at;
        self.at += usize::from(self.byte() == Some(b'-'));
        if self.byte() == Some(b'0') {
            self.at += 1
        } else {
            self.digits()?
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.at += 1;
            self.at += usize::from(matches!(self.byte(), Some(b'+' | b'-')));
            self.digits()?;
        }
        let text = self.since(from);
        // What would not be written as it was read stays as it is.
        let whole = text.parse().ok().filter(|_| text != "-0");
        Ok(whole.map_or_else(|| Json::Number(text.to_owned()), Json::Whole))
    }

    /// One digit, and those that follow it.
    fn digits(&mut self) -> Result<(), Refused> {
        let from = self.at;
        while let Some(b'0'..=b'9') = self.byte() {
            self.at += 1;
        }
        if self.at == from { Err(Refused::Malformed) } else { Ok(()) }
    }

    fn string(&mut self) -> Result<Zeroizing<String>, Refused> {
        self.must(b'"')?;
        let rest = self.text.get(self.at..).unwrap_or_default();
        // No longer than it is up to a quotation mark that may end it, and with escapes never longer than that.
        let mut text = Zeroizing::new(String::with_capacity(length(rest)));
        loop {
            let from = self.at;
            while !matches!(self.byte(), None | Some(b'"' | b'\\' | 0..=0x1f)) {
                self.at += 1;
            }
            text.push_str(self.since(from));
            self.at += 1;
            match self.text.as_bytes().get(self.at - 1) {
                Some(b'"') => return Ok(text),
                Some(b'\\') => text.push(self.escape()?),
                _ => return Err(Refused::Malformed),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Refused> {
        let byte = self.byte();
        self.at += 1;
        Ok(match byte {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let first = self.hex()?;
                let units = if (0xd800..0xdc00).contains(&first) {
                    let follows = self.text.get(self.at..).is_some_and(|rest| rest.starts_with("\\u"));
                    self.at += if follows { 2 } else { return Err(Refused::Malformed) };
                    [first, self.hex()?]
                } else {
                    [first, 0]
                };
                match char::decode_utf16(units).next() {
                    Some(Ok(character)) => character,
                    _ => return Err(Refused::Malformed),
                }
            }
            _ => return Err(Refused::Malformed),
        })
    }

    /// Four hexadecimal digits.
    fn hex(&mut self) -> Result<u16, Refused> {
        let digits = self.text.get(self.at..self.at + 4).ok_or(Refused::Malformed)?;
        self.at += 4;
        let all = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        u16::from_str_radix(digits, 16).ok().filter(|_| all).ok_or(Refused::Malformed)
    }
}

/// Bytes up to the quotation mark that ends a string.
fn length(rest: &str) -> usize {
    let mut escaped = false;
    let end = rest.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.unwrap_or(rest.len())
}
