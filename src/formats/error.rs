//! Everything that an import or an export can answer instead.
//!
//! Closed on purpose: each value is one sentence in the user interface, and
//! none of them carries text from inside a file.

use otp::base32::Base32Error;
use otp::uri::UriError;

/// Why a file was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportError {
    /// It is encrypted and no password was given.
    NeedsPassword,
    /// The password does not open it. Most formats cannot tell this from damage.
    WrongPassword,
    /// What it is is known, and that it cannot be read here.
    Unsupported(Foreign),
    /// Over [`MAX_FILE`](super::MAX_FILE).
    TooLarge,
    /// More accounts or more parts than anyone has.
    TooMany,
    /// Nested deeper than any export.
    TooDeep,
    /// It asks for a key derivation that is meant to exhaust this computer.
    KdfTooExpensive,
    /// It asks for a key derivation that takes more memory than there is.
    NoMemory,
    /// Nothing that is known here.
    NotAnExport,
    /// A known format whose bytes do not fit together.
    Damaged,
    /// A Tofaktor file that a newer version wrote.
    Newer,
}

/// What is known and cannot be read, so that the sentence can say what to do instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// A Bitwarden export that only the account it came from can open: export again, as plain or with a password.
    BitwardenAccount,
    /// Microsoft Authenticator has no export: register anew.
    MicrosoftAuthenticator,
    /// A KeePass database of version 3, or under a cipher that is not read: save it in version 4, or export as CSV.
    Keepass,
    /// A picture; its QR codes are for the scanner.
    Picture,
    /// An app's own database, taken from a phone: use the app's export.
    Database,
    /// An Authy store; Authy has no export.
    Authy,
    /// A web page or another document.
    Document,
    /// An archive that holds no export, or is packed in a way that no export is.
    Archive,
    /// A Steam desktop file.
    SteamFile,
}

/// Why one entry of a file was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// A kind of code that Tofaktor does not make: mOTP, Yandex, Battle.net, push.
    Type,
    /// It has no secret.
    NoSecret,
    /// Its secret is not base32.
    Secret(Base32Error),
    /// A hash other than SHA-1, SHA-256 and SHA-512.
    Algorithm,
    /// Digits outside 6 to 9.
    Digits,
    /// A period outside 1 to 3600 seconds.
    Period,
    /// A counter that is not a number.
    Counter,
    /// Its otpauth URI cannot be used.
    Uri(UriError),
    /// It is encrypted on its own, and does not open.
    Sealed,
    /// Its fields are not those of the format.
    Shape,
}

/// Why nothing was exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportError {
    /// The format is an encrypted one and there is no password.
    NeedsPassword,
    /// No randomness.
    Random,
    /// The key derivation did not run, most often for want of memory.
    Derivation,
    /// More than the format holds.
    TooLarge,
}
