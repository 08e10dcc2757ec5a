//! Google Authenticator's transfer: `otpauth-migration://offline?data=` and a
//! base64 protobuf, in as many QR codes as it takes.
//!
//! The message, as published by those who read it (no specification exists):
//!
//! ```text
//! repeated 1 { 1 bytes secret, 2 string name, 3 string issuer,
//!              4 algorithm (1 SHA1, 2 SHA256, 3 SHA512, 4 MD5),
//!              5 digits (1 six, 2 eight), 6 type (1 HOTP, 2 TOTP), 7 int64 counter }
//! 2 version   3 batch_size   4 batch_index   5 batch_id
//! ```
//!
//! There is no period: it is always 30. A `+` of the base64 may arrive raw, or
//! as the space that a form decoder makes of it.

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use zeroize::Zeroizing;

use super::entry::{Draft, Entry, Written, label, split_name};
use super::error::{ImportError, Why};
use super::protobuf::{Field, Reader, Writer};
use super::{Import, PartsSeen};
use data_encoding::{BASE64, BASE64_NOPAD};
use otp::uri::{self, Enrolment};
use otp::{Algorithm, Credential, Factor};

/// Largest page, in bytes of URI: a QR code of version 17 or less at the lowest
/// error correction, which a phone reads off a screen.
const MAX_PAGE: usize = 640;
/// Most accounts on a page, as Google Authenticator has it.
const MAX_ON_PAGE: usize = 10;

/// What has been seen of a transfer in several parts.
#[derive(Default)]
pub(crate) struct Parts {
    seen: Vec<(i64, u64)>,
    of: u64,
}

impl Parts {
    /// Reads one part; one that was there already adds nothing.
    pub(crate) fn take(&mut self, text: &str, import: &mut Import) -> Result<(), ImportError> {
        let message = payload(text).ok_or(ImportError::Damaged)?;
        let part = Part::parse(&message).ok_or(ImportError::Damaged)?;
        if self.seen.contains(&(part.batch, part.index)) {
            return Ok(());
        }
        self.seen.push((part.batch, part.index));
        self.of = self.of.max(part.size);
        for (label, entry) in part.entries {
            import.push(label, entry)?;
        }
        Ok(())
    }

    pub(crate) fn any(&self) -> bool {
        !self.seen.is_empty()
    }

    pub(crate) fn counted(&self) -> Option<PartsSeen> {
        let seen = self.seen.len();
        let of = usize::try_from(self.of).unwrap_or(usize::MAX).max(seen);
        (of > 1).then_some(PartsSeen { seen, of })
    }
}

/// The pages for Google Authenticator, each a URI for one QR code, and the
/// positions of those that the format cannot hold: it has no Steam, no period
/// but 30 seconds, and no lengths but 6 and 8. `batch` is random.
pub(crate) fn write(entries: &[Enrolment], batch: i32) -> (Vec<Zeroizing<String>>, Vec<usize>) {
    let mut left_out = Vec::new();
    let mut pages: Vec<Vec<Zeroizing<Vec<u8>>>> = vec![Vec::new()];
    let mut room = 0;
    for (at, entry) in entries.iter().enumerate() {
        let Some(message) = write_entry(entry) else {
            left_out.push(at);
            continue;
        };
        // Base64 takes four characters for three bytes, and `+`, `/` and `=` are escaped: one in 21 on average.
        let cost = (message.len() + 3) * 3 / 2;
        let full = pages.last().is_none_or(|page| page.len() >= MAX_ON_PAGE || room + cost > MAX_PAGE);
        if full && pages.last().is_some_and(|page| !page.is_empty()) {
            pages.push(Vec::new());
            room = 0;
        }
        room += cost;
        if let Some(page) = pages.last_mut() {
            page.push(message);
        }
    }
    pages.retain(|page| !page.is_empty());
    let size = pages.len() as u64;
    let write_page = |(index, page): (usize, &Vec<Zeroizing<Vec<u8>>>)| {
        let mut message = Writer::default();
        for entry in page {
            message.bytes(1, entry);
        }
        message.number(2, 1).number(3, size).number(4, index as u64).number(5, i64::from(batch).cast_unsigned());
        let base64 = Zeroizing::new(BASE64.encode(&Zeroizing::new(message.done())));
        Zeroizing::new(format!("otpauth-migration://offline?data={}", utf8_percent_encode(&base64, NON_ALPHANUMERIC)))
    };
    (pages.iter().enumerate().map(write_page).collect(), left_out)
}

fn write_entry(entry: &Enrolment) -> Option<Zeroizing<Vec<u8>>> {
    let Credential { secret, algorithm, digits, factor } = &entry.credential;
    let (kind, counter) = match factor {
        Factor::Time { period: 30 } => (2, None),
        Factor::Counter { counter } => (1, Some(*counter)),
        _ => return None,
    };
    let digits = match digits {
        6 => 1,
        8 => 2,
        _ => return None,
    };
    let algorithm = match algorithm {
        Algorithm::Sha1 => 1,
        Algorithm::Sha256 => 2,
        Algorithm::Sha512 => 3,
    };
    let prefix = entry.tenant.as_deref().unwrap_or(&entry.issuer);
    let name = if prefix.is_empty() { entry.name.clone() } else { format!("{prefix}:{}", entry.name) };
    let mut message = Writer::default();
    message.bytes(1, secret.expose()).bytes(2, name.as_bytes()).bytes(3, entry.issuer.as_bytes());
    message.number(4, algorithm).number(5, digits).number(6, kind);
    if let Some(counter) = counter {
        message.number(7, counter);
    }
    Some(Zeroizing::new(message.done()))
}

/// The bytes after `data=`.
fn payload(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let (_, query) = text.split_once('?')?;
    let data = query.split(['&', '#']).find_map(|pair| {
        pair.split_once('=').filter(|(name, _)| name.eq_ignore_ascii_case("data")).map(|(_, value)| value)
    })?;
    let decoded = Zeroizing::new(percent_decode_str(data).decode_utf8().ok()?.into_owned());
    // A space was a plus; the URL-safe alphabet and missing padding are taken as well.
    let mut plain = Zeroizing::new(String::with_capacity(decoded.len()));
    plain.extend(decoded.trim_end_matches('=').chars().map(|c| match c {
        ' ' | '-' => '+',
        '_' => '/',
        c => c,
    }));
    BASE64_NOPAD.decode(plain.as_bytes()).map(Zeroizing::new).ok().filter(|bytes| !bytes.is_empty())
}

struct Part {
    entries: Vec<(String, Result<Entry, Why>)>,
    size: u64,
    index: u64,
    batch: i64,
}

impl Part {
    fn parse(message: &[u8]) -> Option<Self> {
        let mut part = Self { entries: Vec::new(), size: 0, index: 0, batch: 0 };
        let mut reader = Reader::new(message);
        while let Some((number, field)) = reader.next()? {
            match (number, field) {
                (1, Field::Bytes(bytes)) => part.entries.push(parse_entry(bytes)?),
                (3, Field::Number(size)) => part.size = size,
                (4, Field::Number(index)) => part.index = index,
                (5, Field::Number(batch)) => part.batch = batch.cast_signed(),
                _ => {}
            }
        }
        // Anything short parses as some unknown field; a transfer has accounts.
        (!part.entries.is_empty()).then_some(part)
    }
}

fn parse_entry(message: &[u8]) -> Option<(String, Result<Entry, Why>)> {
    let (mut secret, mut name, mut issuer) = (&[][..], "", "");
    let (mut algorithm, mut digits, mut kind, mut counter) = (0, 0, 0, 0);
    let mut reader = Reader::new(message);
    while let Some((number, field)) = reader.next()? {
        match (number, field) {
            (1, Field::Bytes(bytes)) => secret = bytes,
            (2, Field::Bytes(bytes)) => name = std::str::from_utf8(bytes).ok()?,
            (3, Field::Bytes(bytes)) => issuer = std::str::from_utf8(bytes).ok()?,
            (4, Field::Number(value)) => algorithm = value,
            (5, Field::Number(value)) => digits = value,
            (6, Field::Number(value)) => kind = value,
            (7, Field::Number(value)) => counter = value,
            _ => {}
        }
    }
    let (prefix, account) = split_name(issuer, name);
    let (issuer, tenant) = match prefix {
        Some(prefix) if issuer.is_empty() => (prefix, None),
        prefix => (issuer, prefix),
    };
    let draft = Draft {
        // Unspecified is what old versions wrote for the usual.
        kind: match kind {
            1 => "hotp",
            0 | 2 => "totp",
            _ => "",
        },
        issuer,
        name: account,
        secret: Written::Raw(secret),
        algorithm: Some(match algorithm {
            0 | 1 => "SHA1",
            2 => "SHA256",
            3 => "SHA512",
            _ => "unknown",
        }),
        digits: Some(match digits {
            0 | 1 => 6,
            2 => 8,
            _ => -1,
        }),
        period: None,
        counter: Some(counter.into()),
    };
    let label = label(issuer, account);
    let mut entry = draft.finish();
    if let Ok(entry) = &mut entry {
        entry.tenant = tenant.map(uri::clean);
    }
    Some((label, entry))
}
