//! What went wrong, in one sentence that says what to do.

use std::fmt;
use std::path::PathBuf;

use exchange::ExportError;
use formats::{ImportError, MAX_FILE, MAX_LARGE, Why};
use qr::{Obstacle, Symbol, Unread};

/// Why nothing was done.
pub(crate) enum Failure {
    File(PathBuf, std::io::Error),
    Import(PathBuf, ImportError),
    Export(ExportError),
    NotAPicture(PathBuf),
    TooLarge(PathBuf),
    NoCodes(PathBuf, Unread),
    SomeCodes(PathBuf, usize, Unread),
    /// All has been said.
    Told,
    /// This sentence alone.
    Plain(&'static str),
    /// This sentence about a file or folder.
    About(PathBuf, &'static str),
    NotOurs(PathBuf),
    Nothing(PathBuf),
    NoAccount(String),
    SeveralAccounts(String),
    /// Of a policy file.
    Faults(PathBuf, usize),
    Id(String),
    TooFewShares {
        given: usize,
        needed: u8,
    },
    Output(std::io::Error),
    Terminal(std::io::Error),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Import(path, error) => write!(f, "{}: {}", path.display(), import(*error)),
            Self::Export(error) => f.write_str(export(*error)),
            Self::NotAPicture(path) => write!(
                f,
                "{}: this is no picture that is read here; save it as PNG, JPEG, GIF, WebP, AVIF, BMP or TIFF.",
                path.display()
            ),
            Self::TooLarge(path) => {
                write!(f, "{}: this has more than 64 million pixels; make it smaller.", path.display())
            }
            Self::NoCodes(path, unread) => write!(f, "{}: {}", path.display(), nothing(*unread)),
            Self::SomeCodes(path, read, unread) => {
                write!(
                    f,
                    "{}: {read} read, {} seen but not readable: {}",
                    path.display(),
                    unread.codes,
                    in_the_way(unread.why)
                )
            }
            Self::Told => Ok(()),
            Self::Plain(sentence) => f.write_str(sentence),
            Self::About(path, sentence) => write!(f, "{}: {sentence}", path.display()),
            Self::NotOurs(path) => {
                write!(f, "{}: this is not a Tofaktor backup; `tofaktor import` reads other exports.", path.display())
            }
            Self::Nothing(path) => write!(f, "{}: there is no account in it that could be written.", path.display()),
            Self::NoAccount(name) => write!(f, "{name}: no account is called so; `tofaktor open` lists them."),
            Self::SeveralAccounts(name) => {
                write!(f, "{name}: several accounts are called so; name the one as \"ISSUER: NAME\".")
            }
            Self::Faults(path, 1) => write!(f, "{}: one fault.", path.display()),
            Self::Faults(path, faults) => write!(f, "{}: {faults} faults.", path.display()),
            Self::Id(id) => write!(f, "{id}: the id of an extension has 32 letters from a to p."),
            Self::TooFewShares { given, needed } => {
                write!(f, "{given} different shares were given, and {needed} are needed.")
            }
            Self::Terminal(error) => write!(f, "the password could not be asked for: {error}"),
            Self::Output(error) => write!(f, "the output could not be written: {error}"),
        }
    }
}

/// What a picture shows of which nothing was read.
fn nothing(unread: Unread) -> String {
    let other = match unread.other {
        _ if unread.codes > 0 => {
            return format!("{} seen but not readable: {}", unread.codes, in_the_way(unread.why));
        }
        None => return "no QR code was found.".to_owned(),
        Some(Symbol::MicroQr) => "a Micro QR or rMQR code",
        Some(Symbol::Aztec) => "an Aztec code",
        Some(Symbol::DataMatrix) => "a Data Matrix code",
        Some(Symbol::Pdf417) => "a PDF417 code",
        Some(Symbol::Barcode) => "a bar code",
    };
    format!("this is not a QR code but {other}; take a picture of the QR code.")
}

const fn in_the_way(why: Obstacle) -> &'static str {
    match why {
        Obstacle::Unknown => "take a larger and sharper picture.",
        Obstacle::Covered => "part of it is covered; take a picture without what lies over it.",
        Obstacle::Small => "it is too small; take a larger picture.",
        Obstacle::Faint => "it is too faint; take a picture with more contrast.",
        Obstacle::Oblique => "it is seen at an angle; take the picture straight on.",
    }
}

pub(crate) fn import(error: ImportError) -> String {
    match error {
        ImportError::NeedsPassword => {
            "this is encrypted; give its password with --password-file, --password-fd or --password-command.".into()
        }
        ImportError::WrongPassword => "the password does not open it, or the file is damaged.".into(),
        ImportError::TooLarge => format!(
            "this is over {} MiB, or {} for JSON, an archive or a KeePass database; choose the file that the app exported.",
            MAX_FILE >> 20,
            MAX_LARGE >> 20
        ),
        ImportError::TooMany => "there are more accounts or parts in it than any export has; export fewer at a time.".into(),
        ImportError::TooDeep => "it is nested deeper than any export; export again from the app.".into(),
        ImportError::KdfTooExpensive => "it asks for a key derivation that no app uses, which was not tried; export again from the app.".into(),
        ImportError::NoMemory => "there is not enough memory to derive its key; close other programs, or export without encryption.".into(),
        ImportError::Empty => "there is nothing in this file; export again from the app.".into(),
        ImportError::NotAnExport => "this is no export that is known here; choose the file that the app exported.".into(),
        ImportError::NoCodes => "there are no accounts with codes in this; passwords alone are not taken over.".into(),
        ImportError::UnknownOrSealed => {
            "this is no export that is known here; if it is a backup of andOTP or TOTP Authenticator, give its password with \
             --password-file; of Authenticator Plus, use its export as text and HTML, and not authplus.db."
                .into()
        }
        ImportError::KeyFile => {
            "the password does not open it; where a KeePass database also wants a key file, name it by \
             --key-file; where it wants a hardware key, remove that in KeePass from a copy of it, or export it as XML."
                .into()
        }
        ImportError::Damaged => "this is damaged or not all there; export again from the app.".into(),
        ImportError::Newer => "a newer Tofaktor wrote this; update Tofaktor first.".into(),
        ImportError::BitwardenAccount => {
            "only the Bitwarden account that it came from opens this; export again and choose \"password protected\"."
                .into()
        }
        ImportError::MicrosoftAuthenticator => {
            "Microsoft Authenticator has no export; register this computer anew.".into()
        }
        ImportError::Keepass => {
            "this KeePass database is older than KDBX 2, or under a cipher that is not known here; save it as KDBX 4 \
             (in KeePassXC under Database Settings, Security, Encryption Settings), \
             or export it as XML from KeePass.".into()
        }
        ImportError::Picture => {
            "this is a picture; `tofaktor scan` reads the QR codes of PNG, JPEG, GIF, WebP, AVIF, BMP and TIFF.".into()
        }
        ImportError::Pictures => {
            "there are pictures in this archive and no export; unpack it, and give each to `tofaktor import`.".into()
        }
        ImportError::Database => "this is an app's own database; use the app's export.".into(),
        ImportError::Authy => "Authy's own store is not opened, and Authy has no export; register anew.".into(),
        ImportError::Document => "this is a document; use the app's export, or a picture of its QR code.".into(),
        ImportError::WebPage => {
            "this is a web page without codes, perhaps one to sign in on; sign in there, and export again.".into()
        }
        ImportError::Spreadsheet => "this is a spreadsheet; save it as CSV, and choose that file.".into(),
        ImportError::Archive => "there is no export in this archive that is read; unpack it, and choose the file inside.".into(),
        ImportError::SteamFile => {
            "this Steam file has no key in the open; in Steam Desktop Authenticator choose Manage Encryption, with a blank passkey.".into()
        }
        ImportError::SealedOutside => "this is encrypted with GPG, age or OpenSSL; decrypt it first.".into(),
        ImportError::Heic => "this is a picture as phones take it; save it as PNG or JPEG first.".into(),
        ImportError::WinAuth => "this is WinAuth's own file; export from WinAuth as text or zip.".into(),
    }
}

const fn export(error: ExportError) -> &'static str {
    match error {
        ExportError::NeedsPassword => "the file to be written needs a password; give it with --output-password-file.",
        ExportError::Random => "the system gave no randomness.",
        ExportError::Derivation => "there is not enough memory to derive a key.",
        ExportError::TooLarge => "this is more than the format holds.",
    }
}

pub(crate) fn why(why: Why) -> String {
    let words = match why {
        Why::Type => "a kind of code that Tofaktor does not make",
        Why::NoSecret => "it has no secret",
        Why::SecretCharacter => "its secret has a character that base32 does not have",
        Why::SecretLength => "its secret has characters missing",
        Why::SecretTooLong => "its secret is too long",
        Why::NameTooLong => "its name is too long",
        Why::Algorithm => "a hash other than SHA-1, SHA-256 and SHA-512",
        Why::Digits => "its codes are not 6 to 9 digits long",
        Why::Period => "its period is not 1 to 3600 seconds",
        Why::Counter => "its counter is not a number",
        Why::Setting(name) => {
            return format!("it has the setting {name}, which changes the codes and which Tofaktor does not know");
        }
        Why::Sealed => "it is encrypted on its own and does not open",
        Why::Shape => "its fields are not those of the format",
        Why::NotOtpauth => "it is not an otpauth URI",
        Why::NoKey => "what stands there does not look like a key of a code",
        Why::Transfer => "a part of a transfer that is damaged",
        Why::Twice => "it has two keys, and nothing says which is meant",
        Why::Part => "a file in the archive that is damaged or does not open",
    };
    words.to_owned()
}
