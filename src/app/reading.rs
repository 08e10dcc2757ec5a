//! What a file is, in the Worker that reads it.

use crate::protocol::{Bytes, ReadError, ReadWhy, Reading, UnreadableView};
use formats::{Foreign, Import, ImportError, Password, Unreadable, Why, parcel};
use otp::base32::Base32Error;
use otp::uri::UriError;

/// Reads a file, told by its content.
pub fn read_file(file: &[u8], password: Option<&Password>) -> Reading {
    match formats::read(file, password) {
        Ok(import) => Reading { entries: Bytes(parcel::pack(&import)), ..reading(&import) },
        Err(error) => Reading { error: Some(refusal(error)), ..Reading::default() },
    }
}

fn reading(import: &Import) -> Reading {
    Reading {
        format: import.format.name().to_owned(),
        error: None,
        count: u32::try_from(import.entries.len()).unwrap_or(u32::MAX),
        unreadable: import.unreadable.iter().map(unreadable).collect(),
        missing: import.parts.map_or(0, |parts| u32::try_from(parts.of.saturating_sub(parts.seen)).unwrap_or(u32::MAX)),
        backup: import.backup.is_some(),
        entries: Bytes::default(),
    }
}

fn unreadable(entry: &Unreadable) -> UnreadableView {
    let why = match entry.why {
        Why::Type | Why::Uri(UriError::Type) => ReadWhy::Type,
        Why::NoSecret => ReadWhy::NoSecret,
        Why::Secret(error) | Why::Uri(UriError::Secret(error)) => match error {
            Base32Error::Empty => ReadWhy::NoSecret,
            Base32Error::Character => ReadWhy::SecretCharacter,
            Base32Error::Length => ReadWhy::SecretLength,
            Base32Error::TooLong => ReadWhy::SecretTooLong,
        },
        Why::Algorithm | Why::Uri(UriError::Algorithm) => ReadWhy::Algorithm,
        Why::Digits | Why::Uri(UriError::Digits) => ReadWhy::Digits,
        Why::Period | Why::Uri(UriError::Period) => ReadWhy::Period,
        Why::Counter | Why::Uri(UriError::Counter) => ReadWhy::Counter,
        Why::Sealed => ReadWhy::Sealed,
        Why::Shape | Why::Uri(UriError::TooLong | UriError::NotOtpauth | UriError::Malformed) => ReadWhy::Shape,
    };
    UnreadableView { label: entry.label.clone(), why }
}

const fn refusal(error: ImportError) -> ReadError {
    match error {
        ImportError::NeedsPassword => ReadError::NeedsPassword,
        ImportError::WrongPassword => ReadError::WrongPassword,
        ImportError::TooLarge => ReadError::TooLarge,
        ImportError::TooMany => ReadError::TooMany,
        ImportError::TooDeep => ReadError::TooDeep,
        ImportError::KdfTooExpensive => ReadError::KdfTooExpensive,
        ImportError::NoMemory => ReadError::NoMemory,
        ImportError::NotAnExport => ReadError::NotAnExport,
        ImportError::Damaged => ReadError::Damaged,
        ImportError::Newer => ReadError::Newer,
        ImportError::Unsupported(foreign) => match foreign {
            Foreign::BitwardenAccount => ReadError::BitwardenAccount,
            Foreign::MicrosoftAuthenticator => ReadError::MicrosoftAuthenticator,
            Foreign::Keepass => ReadError::Keepass,
            Foreign::Picture => ReadError::Picture,
            Foreign::Database => ReadError::Database,
            Foreign::Authy => ReadError::Authy,
            Foreign::Document => ReadError::Document,
            Foreign::Archive => ReadError::Archive,
            Foreign::SteamFile => ReadError::SteamFile,
        },
    }
}
