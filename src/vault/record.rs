//! The sealed record: one self-contained string of bytes that holds a vault.
//!
//! ```text
//! "M365TOTP" major minor header_len | header | body_nonce | body tag | crc32c
//! ```
//!
//! The checksum needs no key and tells damage from a wrong passphrase. The
//! body's key is derived afresh for every save from a random salt and the
//! generation, so no nonce can repeat, not even after a rollback or in a
//! cloned profile.

use zeroize::Zeroizing;

use super::checksum::crc32c;
use super::crypto::{self, KeyBytes, NONCE, TAG, VaultKey};
use super::error::{Damage, VaultError};
use super::header::{Header, derive_commitment};
use super::wire::{Reader, Writer};
use data_encoding::BASE64;

const MAGIC: &[u8; 8] = b"M365TOTP";
const MAJOR: u16 = 1;
const PREFIX: usize = 16;
const CRC: usize = 4;
/// Longest header, in bytes.
pub const MAX_HEADER: usize = 64 * 1024;
/// Longest record, in bytes.
pub const MAX_RECORD: usize = 16 * 1024 * 1024;
const PAD: usize = 1024;

/// A sound record, still sealed.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    header: Header,
    bytes: Vec<u8>,
    body_at: usize,
}

/// What is random about a save.
pub struct Fresh {
    /// Salt of the body's key.
    pub body_salt: [u8; 32],
    /// Nonce of the body.
    pub body_nonce: [u8; NONCE],
}

impl Record {
    /// Reads everything that needs no key.
    pub fn parse(bytes: Vec<u8>) -> Result<Self, VaultError> {
        if !bytes.starts_with(MAGIC) {
            return Err(Damage::NotARecord.into());
        }
        if bytes.len() > MAX_RECORD {
            return Err(Damage::Length.into());
        }
        let (covered, crc) = bytes.split_last_chunk::<CRC>().ok_or(Damage::Length)?;
        let mut reader = Reader::new(covered);
        let prefix = reader.bytes(PREFIX).map_err(|_| Damage::Length)?;
        // Before the version: one flipped bit must not pass for a newer program's work.
        if crc32c(covered) != u32::from_le_bytes(*crc) {
            return Err(Damage::Checksum.into());
        }
        let mut prefix = Reader::new(prefix);
        let (major, minor, length) = read_prefix(&mut prefix).map_err(|_| Damage::Length)?;
        if major != MAJOR {
            return Err(VaultError::Newer { major });
        }
        if length > MAX_HEADER {
            return Err(Damage::Header.into());
        }
        let header = reader.bytes(length).map_err(|_| Damage::Length)?;
        let header = Header::parse(header, minor)?;
        let body = reader.rest().len().checked_sub(NONCE + TAG);
        if !body.is_some_and(|length| length > 0 && length % PAD == 0) {
            return Err(Damage::Length.into());
        }
        Ok(Self { header, body_at: PREFIX + length, bytes })
    }

    /// [`Record::parse`] of the text form, in which stores keep it.
    pub fn from_text(text: &str) -> Result<Self, VaultError> {
        if text.len() > MAX_RECORD / 3 * 4 + 4 {
            return Err(Damage::Length.into());
        }
        let bytes = BASE64.decode(text.as_bytes()).map_err(|_| Damage::NotARecord)?;
        Self::parse(bytes)
    }

    /// The text form.
    pub fn to_text(&self) -> String {
        BASE64.encode(&self.bytes)
    }

    /// The bytes, as exported.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Everything that is not secret.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The contents, unpadded.
    pub fn open(&self, key: &VaultKey) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        if !self.header.is_under(key) {
            return Err(VaultError::OtherKey);
        }
        let (aad, rest) = self.bytes.split_at_checked(self.body_at).ok_or(Damage::Length)?;
        let (nonce, rest) = rest.split_first_chunk::<NONCE>().ok_or(Damage::Length)?;
        let (sealed, _crc) = rest.split_last_chunk::<CRC>().ok_or(Damage::Length)?;
        let padded = crypto::open(&derive_body_key(key, &self.header), nonce, aad, sealed).ok_or(Damage::Seal)?;
        unpad(padded).ok_or(Damage::Body.into())
    }

    /// Seals `contents` under `key` with the header's slots. `None` if it is too large.
    pub fn seal(mut header: Header, fresh: Fresh, key: &VaultKey, contents: &[u8]) -> Option<Self> {
        header.body_salt = fresh.body_salt;
        header.commitment = derive_commitment(key);
        header.minor = header.minor();
        let head = header.to_bytes();
        if head.len() > MAX_HEADER {
            return None;
        }
        let mut writer = Writer::default();
        writer.bytes(MAGIC).u16(MAJOR).u16(header.minor).u32(u32::try_from(head.len()).ok()?).bytes(&head);
        let aad = writer.done();
        let mut body = pad(contents)?;
        let body_key = derive_body_key(key, &header);
        crypto::seal(&body_key, &fresh.body_nonce, &aad, &mut body)?;
        let body_at = aad.len();
        let mut bytes = aad;
        bytes.reserve_exact(NONCE + body.len() + CRC);
        bytes.extend_from_slice(&fresh.body_nonce);
        bytes.extend_from_slice(&body);
        bytes.extend_from_slice(&crc32c(&bytes).to_le_bytes());
        (bytes.len() <= MAX_RECORD).then_some(Self { header, bytes, body_at })
    }
}

fn read_prefix(reader: &mut Reader<'_>) -> Result<(u16, u16, usize), super::wire::Short> {
    reader.bytes(MAGIC.len())?;
    let major = reader.u16()?;
    let minor = reader.u16()?;
    let length = usize::try_from(reader.u32()?).unwrap_or(usize::MAX);
    Ok((major, minor, length))
}

fn derive_body_key(key: &VaultKey, header: &Header) -> KeyBytes {
    crypto::derive_key(
        key.expose(),
        &header.body_salt,
        &[b"m365totp/v1/body", &header.vault_id.0, &header.generation.to_le_bytes()],
    )
}

/// Length, contents, zeros to the next KiB: the size tells little.
fn pad(contents: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let length = u32::try_from(contents.len()).ok()?;
    let padded = (4 + contents.len()).checked_next_multiple_of(PAD)?;
    // Room for the tag too, or appending it would leave an unwiped copy behind.
    let mut out = Zeroizing::new(Vec::with_capacity(padded + TAG));
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(contents);
    out.resize(padded, 0);
    Some(out)
}

fn unpad(mut padded: Zeroizing<Vec<u8>>) -> Option<Zeroizing<Vec<u8>>> {
    let (length, rest) = padded.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    let (_, padding) = rest.split_at_checked(length)?;
    if padding.len() >= PAD || padding.iter().any(|byte| *byte != 0) {
        return None;
    }
    padded.drain(..4);
    padded.truncate(length);
    Some(padded)
}
