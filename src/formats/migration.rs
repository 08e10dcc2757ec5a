//! Google Authenticator's transfer: `otpauth-migration://offline?data=` and a
//! base64 protobuf, of which [`Part`] is the message.
//!
//! A `+` of the base64 may arrive raw, or as the space that a form decoder
//! makes of it.

use percent_encoding::percent_decode_str;
use prost::Message;
use zeroize::Zeroizing;

use super::draft::{Draft, read_bytes};
use super::error::{ImportError, Why};
use super::limits::MAX_PART;
use super::{Import, PartsSeen};
use data_encoding::BASE64_NOPAD;
use exchange::migration::{Parameters, Part};
use exchange::split_name;

/// What has been seen of a transfer in several parts.
#[derive(Default)]
pub(crate) struct Parts {
    /// Batch, index, and how many of that batch there are.
    seen: Vec<(i32, i32, usize)>,
}

impl Parts {
    /// Reads one part; one that was there already adds nothing.
    pub(crate) fn take(&mut self, text: &str, import: &mut Import) -> Result<(), ImportError> {
        let message = payload(text).ok_or(ImportError::Damaged)?;
        if message.len() > MAX_PART {
            return Err(ImportError::TooMany);
        }
        // Anything short parses as some unknown field; a transfer has accounts.
        let part = Part::decode(message.as_slice()).ok().filter(|part| !part.entries.is_empty());
        let part = part.ok_or(ImportError::Damaged)?;
        if self.seen.iter().any(|(batch, index, _)| (*batch, *index) == (part.batch_id, part.batch_index)) {
            return Ok(());
        }
        self.seen.push((part.batch_id, part.batch_index, usize::try_from(part.batch_size).unwrap_or_default()));
        for entry in &part.entries {
            match Parameters::decode(entry.as_slice()) {
                Ok(parameters) => {
                    // What is no UTF-8 in a name is shown as that, and loses no key.
                    let [issuer, name] =
                        [&parameters.issuer, &parameters.name].map(|name| String::from_utf8_lossy(name));
                    import.take(draft(&parameters, &issuer, &name))?
                }
                Err(_) => import.push(String::new(), Err(Why::Shape))?,
            }
        }
        Ok(())
    }

    pub(crate) fn any(&self) -> bool {
        !self.seen.is_empty()
    }

    pub(crate) fn counted(&self) -> Option<PartsSeen> {
        let mut batches: Vec<i32> = self.seen.iter().map(|(batch, ..)| *batch).collect();
        batches.sort_unstable();
        batches.dedup();
        let size = |batch: i32| {
            let parts = || self.seen.iter().filter(move |(of, ..)| *of == batch);
            parts().map(|(.., size)| *size).max().unwrap_or_default().max(parts().count())
        };
        let (seen, of) = (self.seen.len(), batches.into_iter().map(size).sum());
        (of > 1).then_some(PartsSeen { seen, of })
    }
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

fn draft<'a>(from: &Parameters, issuer: &'a str, name: &'a str) -> Draft<'a> {
    let (prefix, name) = split_name(issuer, name);
    let (issuer, organisation) = match prefix {
        Some(prefix) if issuer.is_empty() => (prefix, None),
        prefix => (issuer, prefix),
    };
    let kind = match from.kind {
        1 => "hotp",
        0 | 2 => "totp",
        _ => "",
    };
    Draft {
        organisation,
        algorithm: Some(match from.algorithm {
            0 | 1 => "SHA1",
            2 => "SHA256",
            3 => "SHA512",
            _ => "unknown",
        }),
        digits: Ok(Some(match from.digits {
            0 | 1 => 6,
            2 => 8,
            _ => -1,
        })),
        counter: Ok(Some(from.counter.into())),
        ..Draft::of(kind, issuer, name, read_bytes(&from.secret))
    }
}
