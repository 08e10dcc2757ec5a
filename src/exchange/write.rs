//! A vault as a file, or as pages of QR codes.
//!
//! Two encrypted formats and three plain ones. What a format cannot hold is
//! said, never bent: Google Authenticator's transfer has no Steam and no other
//! period than 30 seconds, and an account that silently gave wrong codes would
//! be worse than one that is missing.

use zeroize::Zeroizing;

pub use super::own::parcel;

use super::entry::enrolment_of;
use super::{Password, aegis, cxf, migration, own};
use kdf::Argon2Cost;
use otp::uri::{self, Enrolment};
use platform::Outage;
use vault::{Account, AccountId, AccountNote, Contents};

/// Fills a buffer with cryptographically secure random bytes.
pub type Random<'a> = &'a mut dyn FnMut(&mut [u8]) -> Result<(), Outage>;

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

/// What to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Tofaktor's own encrypted file: everything, and the default.
    Tofaktor,
    /// Aegis' encrypted JSON, which most other apps import.
    Aegis,
    /// `otpauth://` URIs, one a line. Plain.
    OtpauthList,
    /// FIDO's Credential Exchange Format, which password managers and Apple's and Google's take. Plain.
    Cxf,
    /// `otpauth-migration://` URIs, one for each QR code. Plain.
    Migration,
}

impl Target {
    /// Whether what is written can be read by anyone.
    pub const fn is_plain(self) -> bool {
        !matches!(self, Self::Tofaktor | Self::Aegis)
    }
}

/// The price of one guess at the password of what is written.
pub struct Costs<'a> {
    /// For Tofaktor's own, in the order to be tried where memory is short.
    pub argon2: &'a [Argon2Cost],
    /// For Aegis: log2 N, r and p of scrypt.
    pub scrypt: (u8, u32, u32),
}

impl Costs<'_> {
    /// What every file is written with; anything less is for tests.
    pub const USUAL: Costs<'static> = Costs { argon2: &Argon2Cost::LADDER, scrypt: aegis::COST };
}

/// What was written. Wiped on drop.
pub struct Export {
    /// The file; of [`Target::Migration`], the URI of each QR code.
    pub pages: Vec<Zeroizing<Vec<u8>>>,
    /// Accounts that the format cannot hold.
    pub left_out: Vec<AccountId>,
    /// Accounts that may be called otherwise there.
    pub renamed: Vec<AccountId>,
    /// How many have a note that the format cannot hold.
    pub without_note: u32,
}

/// Writes all accounts of `contents`. `now_ms` is the time, for the record of Tofaktor's own.
pub fn write(
    target: Target,
    contents: &Contents,
    password: Option<&Password>,
    costs: &Costs<'_>,
    now_ms: u64,
    random: Random<'_>,
) -> Result<Export, ExportError> {
    match target {
        Target::Tofaktor => {
            let password = password.ok_or(ExportError::NeedsPassword)?;
            let file = own::write(contents, password.normalised(), costs.argon2, now_ms, random)?;
            Ok(Export::of(Zeroizing::new(file)))
        }
        Target::Aegis => {
            let password = password.ok_or(ExportError::NeedsPassword)?;
            aegis(contents, password.typed(), costs.scrypt, random)
        }
        Target::OtpauthList => Ok(otpauth_list(contents)),
        Target::Cxf => Ok(cxf(contents, now_ms)),
        Target::Migration => migration(contents, random),
    }
}

/// [`Target::Aegis`]; `cost` is log2 N, r and p of scrypt.
pub fn aegis(
    contents: &Contents,
    password: &[u8],
    cost: (u8, u32, u32),
    random: Random<'_>,
) -> Result<Export, ExportError> {
    aegis::write(&contents.accounts, password, cost, random).map(Export::of)
}

/// [`Target::OtpauthList`].
pub fn otpauth_list(contents: &Contents) -> Export {
    let mut list = Zeroizing::new(Vec::with_capacity(512 * contents.accounts.len()));
    for account in &contents.accounts {
        list.extend_from_slice(account_uri(account).as_bytes());
        list.push(b'\n');
    }
    Export { without_note: notes(contents), ..Export::of(list) }
}

/// [`Target::Cxf`]; `now_ms` is the time. No file where nothing fits.
pub fn cxf(contents: &Contents, now_ms: u64) -> Export {
    let (file, left_out) = cxf::write(&contents.accounts, now_ms);
    let mut export =
        Export { left_out: ids(contents, left_out), ..Export::of(Zeroizing::new(file.as_bytes().to_vec())) };
    if export.left_out.len() == contents.accounts.len() {
        export.pages.clear();
    }
    export
}

/// [`Target::Migration`].
pub fn migration(contents: &Contents, random: Random<'_>) -> Result<Export, ExportError> {
    let (pages, left_out, renamed) = migration::write(&enrolments(contents), i32::from_le_bytes(draw(random)?));
    Ok(Export {
        pages: pages.iter().map(|page| Zeroizing::new(page.as_bytes().to_vec())).collect(),
        left_out: ids(contents, left_out),
        renamed: ids(contents, renamed),
        without_note: notes(contents),
    })
}

impl Export {
    fn of(file: Zeroizing<Vec<u8>>) -> Self {
        Self { pages: vec![file], left_out: Vec::new(), renamed: Vec::new(), without_note: 0 }
    }
}

fn ids(contents: &Contents, places: Vec<usize>) -> Vec<AccountId> {
    places.into_iter().filter_map(|at| contents.accounts.get(at)).map(|account| account.id).collect()
}

fn notes(contents: &Contents) -> u32 {
    u32::try_from(contents.accounts.iter().filter(|account| account.note.is_some()).count()).unwrap_or(u32::MAX)
}

/// For a format that knows one note: what else there is of it stands there too, the organisation first.
pub(crate) fn note_of(account: &Account) -> Zeroizing<String> {
    let note = account.note.as_ref().map(AccountNote::expose);
    let parts: Vec<&str> = account.organisation.as_deref().into_iter().chain(note).collect();
    Zeroizing::new(parts.join("\n"))
}

fn enrolments(contents: &Contents) -> Vec<Enrolment> {
    contents.accounts.iter().map(enrolment_of).collect()
}

/// The URI for one account's QR code. Plain.
pub fn account_uri(account: &Account) -> Zeroizing<String> {
    uri::write(&enrolment_of(account))
}

/// Random bytes that are no secret.
pub(crate) fn draw<const N: usize>(random: Random<'_>) -> Result<[u8; N], ExportError> {
    let mut bytes = [0; N];
    random(&mut bytes).map_err(|_| ExportError::Random)?;
    Ok(bytes)
}
