//! Other apps' files, read; our own as well.
//!
//! [`read`] says what a file holds, told by its content and never by its name;
//! [`read_file`] is the same for the Wasm module in which it happens in a
//! browser, and which does nothing else.
//!
//! Every file is hostile until shown otherwise: sizes, depths and the cost of
//! key derivations are checked before the work ([`limits`]), one unreadable
//! entry does not lose the others, and nothing is guessed at. Each format is a
//! module of its own that names its source; FORMATS.md beside this file lists
//! what was verified on real files.

mod aegis;
mod andotp;
mod any_xml;
mod authenticator_extension;
mod authme;
mod authy;
mod battle_net;
mod beside;
mod bitwarden;
mod cotp;
mod csv;
mod cxf;
mod detect;
mod draft;
mod duo;
mod enpass;
mod ente;
mod error;
mod freeotp;
mod freeotp2;
mod google_sqlite;
mod gzip;
mod html;
mod java;
mod json;
mod keepass;
mod keepass3;
mod keepass_codes;
mod keepass_key;
mod keepass_xml;
mod keeper;
mod lastpass;
pub mod limits;
mod microsoft;
mod migration;
mod named;
mod onepassword;
mod otp_auth;
mod otp_manager;
mod otpauth;
mod own;
mod pass;
mod plist;
mod proton;
mod proton_pass;
mod raivo;
mod reading;
mod roboform;
mod sealed;
mod secretstream;
mod sqlite;
mod steam;
mod stratum;
mod text;
pub mod tiff;
mod totp_authenticator;
mod two_fa_extension;
mod twofas;
mod xml;
mod zip;

pub use detect::read;
pub use error::{ImportError, Why};
pub use exchange::{Discarded, Entry, Password};
pub use limits::{MAX_ENTRIES, MAX_FILE, MAX_LARGE};
pub use reading::{Reading, read_file};

use serde::Serialize;
use vault::Contents;

use draft::Draft;
use json::Value;

/// What a file was recognised as; each by the name of its app, where nothing else is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the formats are named after their apps")]
pub enum Format {
    /// Tofaktor's own encrypted file.
    Tofaktor,
    /// What `tofaktor import --json --show-secrets` prints.
    TofaktorJson,
    /// `otpauth://` URIs, one a line.
    OtpauthList,
    /// Google Authenticator's transfer.
    Migration,
    Aegis,
    TwoFas,
    AndOtp,
    /// Authenticator-Extension, whose own name is just "Authenticator".
    AuthenticatorExtension,
    /// Authme, and the text that it is made of.
    Authme,
    Authy,
    BattleNet,
    /// Bitwarden and Bitwarden Authenticator.
    Bitwarden,
    Cotp,
    /// Any table.
    Csv,
    /// FIDO's Credential Exchange Format.
    Cxf,
    /// Duo Mobile's store.
    Duo,
    Enpass,
    /// Ente Auth, encrypted; its plain export is an [`OtpauthList`](Self::OtpauthList).
    Ente,
    /// Android's XML of preferences.
    FreeOtp1,
    FreeOtp2,
    FreeOtpPlus,
    /// Google Authenticator's own database.
    GoogleDatabase,
    /// JSON that no app here is known to write.
    Json,
    Keepass,
    Keeper,
    LastPass,
    Microsoft,
    OnePassword,
    /// OTP Auth, an app for iOS.
    OtpAuth,
    /// An app of Nextcloud's.
    OtpManager,
    /// An entry of pass or gopass.
    Pass,
    Proton,
    ProtonPass,
    Raivo,
    /// Steam's desktop file.
    Steam,
    /// Stratum, which was Authenticator Pro.
    Stratum,
    TotpAuthenticator,
    /// The browser extension by VastBlast, whose own name is "2FA Authenticator".
    TwoFaExtension,
    TwoFAuth,
    /// XML that no app here is known to write.
    Xml,
}

impl Format {
    /// What its app, or the format itself, is called everywhere.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tofaktor | Self::TofaktorJson => "Tofaktor",
            Self::OtpauthList => "otpauth",
            Self::Migration | Self::GoogleDatabase => "Google Authenticator",
            Self::Aegis => "Aegis",
            Self::TwoFas => "2FAS",
            Self::AndOtp => "andOTP",
            Self::AuthenticatorExtension => "Authenticator",
            Self::Authme => "Authme",
            Self::Authy => "Authy",
            Self::BattleNet => "Battle.net",
            Self::Bitwarden => "Bitwarden",
            Self::Cotp => "cotp",
            Self::Csv => "CSV",
            Self::Cxf => "CXF",
            Self::Duo => "Duo Mobile",
            Self::Enpass => "Enpass",
            Self::Ente => "Ente Auth",
            Self::FreeOtp1 | Self::FreeOtp2 => "FreeOTP",
            Self::FreeOtpPlus => "FreeOTP+",
            Self::Json => "JSON",
            Self::Keepass => "KeePass",
            Self::Keeper => "Keeper",
            Self::LastPass => "LastPass Authenticator",
            Self::Microsoft => "Microsoft Authenticator",
            Self::OnePassword => "1Password",
            Self::OtpAuth => "OTP Auth",
            Self::OtpManager => "OTP Manager",
            Self::Pass => "pass",
            Self::Proton => "Proton Authenticator",
            Self::ProtonPass => "Proton Pass",
            Self::Raivo => "Raivo",
            Self::Steam => "Steam",
            Self::Stratum => "Stratum",
            Self::TotpAuthenticator => "TOTP Authenticator",
            Self::TwoFaExtension => "2FA Authenticator",
            Self::TwoFAuth => "2FAuth",
            Self::Xml => "XML",
        }
    }
}

/// What was in a file.
#[derive(Clone)]
pub struct Import {
    /// What it was recognised as.
    pub format: Format,
    /// What can be taken over, in the file's order.
    pub entries: Vec<Entry>,
    /// What cannot, in the file's order.
    pub unreadable: Vec<Unreadable>,
    /// What could be, and was thrown away or archived in the app that wrote it.
    pub discarded: Vec<Entry>,
    /// Of a transfer in several parts, how many were there; `None` if it is one.
    pub parts: Option<PartsSeen>,
    /// Of an archive, what else is in it.
    pub passed_over: PassedOver,
    /// The whole vault, where the file is a backup of one: for restoring onto a fresh install.
    pub backup: Option<Contents>,
}

/// An entry that cannot be taken over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Unreadable {
    /// What it is called, as far as that can be told; never any part of a secret.
    pub label: String,
    /// What is in the way.
    pub why: Why,
}

/// Of a transfer in several parts, how many were there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartsSeen {
    /// Different parts in this file.
    pub seen: usize,
    /// Parts that there are.
    pub of: usize,
}

/// Files of an archive that are no exports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PassedOver {
    /// The scanner may find QR codes in these.
    pub pictures: usize,
    /// Attachments, and what nobody here knows.
    pub files: usize,
}

impl PassedOver {
    const fn add(&mut self, other: Self) {
        self.pictures += other.pictures;
        self.files += other.files;
    }
}

impl Import {
    fn of(format: Format) -> Self {
        let (entries, unreadable, discarded) = (Vec::new(), Vec::new(), Vec::new());
        Self { format, entries, unreadable, discarded, parts: None, passed_over: PassedOver::default(), backup: None }
    }

    /// What a list in JSON holds, each item as `draft` reads it.
    fn of_list<'a>(
        format: Format,
        list: Option<&'a Value>,
        draft: impl Fn(&'a Value) -> Draft<'a>,
    ) -> Result<Self, ImportError> {
        let mut import = Self::of(format);
        for item in list.and_then(Value::as_array).ok_or(ImportError::Damaged)? {
            import.take(draft(item))?;
        }
        Ok(import)
    }

    /// What another file held besides.
    fn join(&mut self, other: Self) -> Result<(), ImportError> {
        self.entries.extend(other.entries);
        self.unreadable.extend(other.unreadable);
        self.discarded.extend(other.discarded);
        self.parts = match (self.parts, other.parts) {
            (Some(ours), Some(theirs)) => Some(PartsSeen { seen: ours.seen + theirs.seen, of: ours.of + theirs.of }),
            (ours, theirs) => ours.or(theirs),
        };
        self.passed_over.add(other.passed_over);
        // Of two backups, neither is the whole.
        self.backup = None;
        if self.len() > MAX_ENTRIES { Err(ImportError::TooMany) } else { Ok(()) }
    }

    fn len(&self) -> usize {
        self.entries.len() + self.unreadable.len() + self.discarded.len()
    }

    /// Whether all that cannot be read is so for that reason.
    fn is_only(&self, why: Why) -> bool {
        !self.unreadable.is_empty() && self.unreadable.iter().all(|unreadable| unreadable.why == why)
    }

    fn take(&mut self, draft: Draft<'_>) -> Result<(), ImportError> {
        self.push(exchange::label(draft.issuer, draft.name), draft.finish())
    }

    fn push(&mut self, label: String, entry: Result<Entry, Why>) -> Result<(), ImportError> {
        self.push_from(None, label, entry)
    }

    fn push_from(
        &mut self,
        discarded: Option<Discarded>,
        label: String,
        entry: Result<Entry, Why>,
    ) -> Result<(), ImportError> {
        if self.len() >= MAX_ENTRIES {
            return Err(ImportError::TooMany);
        }
        match (entry.and_then(with_a_key), discarded) {
            (Ok(entry), None) => self.entries.push(entry),
            (Ok(entry), Some(_)) => self.discarded.push(Entry { discarded, ..entry }),
            // Also of what was thrown away: nobody knows whether it is missed.
            (Err(why), _) => self.unreadable.push(Unreadable { label, why }),
        }
        Ok(())
    }
}

/// No key is what is left of a URI, or of nothing at all, where another program took that for one: KeePassXC 2.7.7 did of
/// 1Password's (<https://github.com/keepassxreboot/keepassxc/issues/10368>), and scripts did of Authy's.
fn with_a_key(entry: Entry) -> Result<Entry, Why> {
    const NO_KEYS: [&[u8]; 2] = [b"OTPAUTHTOTP", b"UNDEFINED"];
    let letters = otp::base32::encode(&entry.credential.secret);
    if NO_KEYS.iter().any(|no| letters.as_bytes().starts_with(no)) { Err(Why::NoKey) } else { Ok(entry) }
}
