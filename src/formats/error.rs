//! Everything that an import can answer instead.
//!
//! Closed on purpose: each value is one sentence in the user interface, and
//! none of them carries text from inside a file.

use serde::Serialize;

use otp::base32::Base32Error;
use otp::uri::UriError;

/// Why a file was not read; a sentence in every locale under `import_` and its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum ImportError {
    /// It is encrypted and no password was given.
    NeedsPassword,
    /// The password does not open it. Most formats cannot tell this from damage.
    WrongPassword,
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
    /// There is nothing in it.
    Empty,
    /// Nothing that is known here.
    NotAnExport,
    /// It is known here, and has no codes in it.
    NoCodes,
    /// Nothing that is known here, unless it is a file of which nothing but the right password tells what it is.
    UnknownOrSealed,
    /// The password does not open it, or it wants a key file or a hardware key as well.
    KeyFile,
    /// A known format whose bytes do not fit together.
    Damaged,
    /// A Tofaktor file that a newer version wrote.
    Newer,

    // What is known and cannot be read, so that the sentence can say what to do instead.
    /// A Bitwarden export that only the account it came from can open: export again, as plain or with a password.
    BitwardenAccount,
    /// Microsoft Authenticator has no export: register anew.
    MicrosoftAuthenticator,
    /// A KeePass database before KDBX 2, or under a cipher that is not read: save it as KDBX 4, or export as XML.
    Keepass,
    /// A picture; its QR codes are for the scanner.
    Picture,
    /// An app's own database, taken from a phone: use the app's export.
    Database,
    /// Authy's own tokens, which are not in the preferences that are read; Authy has no export.
    Authy,
    /// An archive of pictures and no export: its QR codes are for the scanner.
    Pictures,
    /// A document.
    Document,
    /// A web page without codes: most often one to sign in on, saved in the export's place.
    WebPage,
    /// A table as Excel and others keep it: save it as CSV.
    Spreadsheet,
    /// An archive that holds no export, or is packed in a way that no export is.
    Archive,
    /// A Steam desktop file without its key.
    SteamFile,
    /// Under OpenPGP, age or OpenSSL: decrypt it first.
    SealedOutside,
    /// A picture as phones take it, which no browser here opens.
    Heic,
    /// WinAuth's own file, whose keys only this computer opens: use its export.
    WinAuth,
}

impl ImportError {
    /// Whether it says what the file is, and that it cannot be read here.
    pub(crate) const fn is_foreign(self) -> bool {
        matches!(
            self,
            Self::BitwardenAccount
                | Self::MicrosoftAuthenticator
                | Self::Keepass
                | Self::Picture
                | Self::Database
                | Self::Authy
                | Self::Document
                | Self::WebPage
                | Self::Spreadsheet
                | Self::Archive
                | Self::SteamFile
                | Self::SealedOutside
                | Self::Heic
                | Self::WinAuth
        )
    }
}

/// Why one entry of a file was not read; words in every locale under `why_` and its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Why {
    /// A kind of code that Tofaktor does not make: mOTP, Yandex, push.
    Type,
    /// It has no secret.
    NoSecret,
    /// Its secret has a character that base32 does not have.
    SecretCharacter,
    /// Its secret has characters missing.
    SecretLength,
    /// Its secret is longer than any.
    SecretTooLong,
    /// Its name, issuer or organisation is longer than any.
    NameTooLong,
    /// A hash other than SHA-1, SHA-256 and SHA-512.
    Algorithm,
    /// Digits outside 6 to 9.
    Digits,
    /// A period outside 1 to 3600 seconds.
    Period,
    /// A counter that is not a number.
    Counter,
    /// It has a parameter of this name, which changes the key or the codes in a way that is not known here.
    Setting(&'static str),
    /// It is encrypted on its own, and does not open.
    Sealed,
    /// Its fields are not those of the format.
    Shape,
    /// A line that is no otpauth URI.
    NotOtpauth,
    /// What stands where a key may stand does not look like one.
    NoKey,
    /// A part of a transfer that is damaged.
    Transfer,
    /// It has two keys, and nobody knows which is meant.
    Twice,
    /// A file in an archive that is damaged or does not open.
    Part,
}

impl From<Base32Error> for Why {
    fn from(error: Base32Error) -> Self {
        match error {
            Base32Error::Empty => Self::NoSecret,
            Base32Error::Character => Self::SecretCharacter,
            Base32Error::Length => Self::SecretLength,
            Base32Error::TooLong => Self::SecretTooLong,
        }
    }
}

impl From<UriError> for Why {
    fn from(error: UriError) -> Self {
        match error {
            UriError::NotOtpauth => Self::NotOtpauth,
            UriError::TooLong => Self::NameTooLong,
            UriError::Malformed => Self::Shape,
            UriError::Type => Self::Type,
            UriError::Secret(error) => error.into(),
            UriError::Digits => Self::Digits,
            UriError::Period => Self::Period,
            UriError::Algorithm => Self::Algorithm,
            UriError::Counter => Self::Counter,
            UriError::Setting(name) => Self::Setting(name),
        }
    }
}
