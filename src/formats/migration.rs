//! Google Authenticator's transfer: `otpauth-migration://offline?data=` and a
//! base64 protobuf, of which [`Part`] is the message.
//!
//! A `+` of the base64 may arrive raw, or as the space that a form decoder
//! makes of it.

use percent_encoding::percent_decode_str;
use prost::Message;
use zeroize::Zeroizing;

use super::draft::{Draft, Written, split_name};
use super::error::{ImportError, Why};
use super::limits::MAX_PART;
use super::{Import, PartsSeen};
use data_encoding::BASE64_NOPAD;
use exchange::migration::{Parameters, Part};
use exchange::{Entry, label};
use otp::uri;

/// What has been seen of a transfer in several parts.
#[derive(Default)]
pub(crate) struct Parts {
    /// Batch and index of each.
    seen: Vec<(i32, i32)>,
    of: usize,
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
        if self.seen.contains(&(part.batch_id, part.batch_index)) {
            return Ok(());
        }
        self.seen.push((part.batch_id, part.batch_index));
        self.of = self.of.max(usize::try_from(part.batch_size).unwrap_or_default());
        for parameters in &part.entries {
            let (label, entry) = read(parameters);
            import.push(label, entry)?;
        }
        Ok(())
    }

    pub(crate) fn any(&self) -> bool {
        !self.seen.is_empty()
    }

    pub(crate) fn counted(&self) -> Option<PartsSeen> {
        let seen = self.seen.len();
        let of = self.of.max(seen);
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

fn read(from: &Parameters) -> (String, Result<Entry, Why>) {
    let (prefix, account) = split_name(&from.issuer, &from.name);
    let (issuer, organisation) = match prefix {
        Some(prefix) if from.issuer.is_empty() => (prefix, None),
        prefix => (from.issuer.as_str(), prefix),
    };
    let draft = Draft {
        kind: match from.kind {
            1 => "hotp",
            0 | 2 => "totp",
            _ => "",
        },
        issuer,
        name: account,
        secret: Written::Raw(&from.secret),
        algorithm: Some(match from.algorithm {
            0 | 1 => "SHA1",
            2 => "SHA256",
            3 => "SHA512",
            _ => "unknown",
        }),
        digits: Some(match from.digits {
            0 | 1 => 6,
            2 => 8,
            _ => -1,
        }),
        period: None,
        counter: Some(from.counter.into()),
    };
    let mut entry = draft.finish();
    if let Ok(entry) = &mut entry {
        entry.organisation = organisation.map(uri::clean);
    }
    (label(issuer, account), entry)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Format;
    use data_encoding::BASE64;

    fn take(message: &[u8]) -> Result<usize, ImportError> {
        let mut import = Import::of(Format::Migration);
        let text = format!("otpauth-migration://offline?data={}", BASE64.encode(message));
        Parts::default().take(&text, &mut import).map(|()| import.entries.len())
    }

    #[test]
    fn what_ends_early_or_overflows_is_refused() {
        for bytes in [
            &[0x0a, 5, 1][..],
            &[0x08],
            &[0x80; 11],
            &[0x0b],
            &[0x00, 0x00],
            &[0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2],
            &[0x10, 1],
            // Groups in groups.
            &[0x7b; 1_000],
        ] {
            assert_eq!(take(bytes), Err(ImportError::Damaged), "{bytes:?}");
        }
    }

    #[test]
    fn the_size_of_a_part_is_bounded() {
        let entry = Parameters { secret: vec![7; 20], ..Parameters::default() };
        let part = |count| Part { entries: vec![entry.clone(); count], ..Part::default() }.encode_to_vec();
        assert_eq!(take(&part(500)), Ok(500));
        // Each of these is two bytes in the file, and a hundred in memory.
        assert_eq!(take(&[0x0a, 0].repeat(MAX_PART)), Err(ImportError::TooMany));
    }
}
