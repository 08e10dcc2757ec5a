//! andOTP: a JSON list, in the open or as one of two encrypted files.
//!
//! <https://github.com/andOTP/andOTP/wiki/Backup-format>. New: rounds (u32,
//! big-endian), 12 bytes of salt, 12 of IV, AES-256-GCM, PBKDF2-SHA1. Old: IV,
//! AES-256-GCM under the SHA-256 of the password. Neither has a magic number.

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::draft::Draft;
use super::error::ImportError;
use super::json::{self, Fields, Value};
use super::{Format, Import, Password, limits, sealed};
use otp::Algorithm;

const IV: usize = 12;
const SALT: usize = 12;
const TAG: usize = 16;
/// What andOTP draws its rounds from, with room on both sides.
const ROUNDS: std::ops::RangeInclusive<u32> = 1_000..=5_000_000;
/// The longest that is tried: a thousand accounts with thumbnails' names are far below.
const LARGEST: usize = 4 * 1024 * 1024;

/// Whether bytes that nothing else claims could be one of the encrypted files:
/// they look random, or begin with a plausible number of rounds.
pub(crate) fn may_be_encrypted(bytes: &[u8]) -> bool {
    (IV + TAG + 2..=LARGEST).contains(&bytes.len()) && (rounds(bytes).is_some() || looks_random(bytes))
}

pub(crate) fn read_encrypted(bytes: &[u8], password: Option<&Password>) -> Result<Import, ImportError> {
    // Only the newer of the two says something of itself, and a chance in nine hundred says it, too.
    let unknown = if rounds(bytes).is_some() { ImportError::NeedsPassword } else { ImportError::UnknownOrSealed };
    let password = password.ok_or(unknown)?;
    let text = open_new(bytes, password)?.or_else(|| open_old(bytes, password)).ok_or(ImportError::WrongPassword)?;
    read(&json::parse_bytes(&text)?)
}

fn rounds(bytes: &[u8]) -> Option<u32> {
    let (rounds, _) = bytes.split_first_chunk::<4>()?;
    Some(u32::from_be_bytes(*rounds)).filter(|rounds| ROUNDS.contains(rounds))
}

fn looks_random(bytes: &[u8]) -> bool {
    let mut counts = [0usize; 256];
    for byte in bytes {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count += 1;
        }
    }
    let max = counts.iter().max().copied().unwrap_or_default();
    max <= 6 + bytes.len() / 64
}

fn open_new(bytes: &[u8], password: &Password) -> Result<Option<Zeroizing<Vec<u8>>>, ImportError> {
    let Some(rounds) = rounds(bytes) else { return Ok(None) };
    let rounds = limits::pbkdf2(rounds.into())?;
    let opened = || {
        let (_, rest) = bytes.split_at_checked(4)?;
        let (salt, rest) = rest.split_at_checked(SALT)?;
        let (iv, sealed) = rest.split_at_checked(IV)?;
        sealed::open_gcm(&sealed::pbkdf2(Algorithm::Sha1, password.typed(), salt, rounds), iv, &[], sealed)
    };
    Ok(opened())
}

fn open_old(bytes: &[u8], password: &Password) -> Option<Zeroizing<Vec<u8>>> {
    let (iv, sealed) = bytes.split_at_checked(IV)?;
    sealed::open_gcm(&Zeroizing::new(Sha256::digest(password.typed()).into()), iv, &[], sealed)
}

/// Old versions have no `issuer`, and a label of "issuer - issuer:account"; it
/// is kept as it is, because it may as well be what a person wrote.
pub(crate) fn read(json: &Value) -> Result<Import, ImportError> {
    Import::of_list(Format::AndOtp, Some(json), |item| Draft {
        name: item.text_of("label"),
        tags: item.texts_of("tags").collect(),
        ..Draft::of_json(item)
    })
}
