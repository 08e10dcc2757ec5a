//! A key for each person, and the parcel that it comes in.

use std::collections::HashSet;

use exchange::ExportError;
use exchange::write::{Random, parcel};
use otp::uri::Enrolment;
use otp::{Algorithm, Credential, Factor, Secret};
use serde_json::json;
use vault::recovery::RecoveryCode;
use vault::{Account, AccountId, Contents, Parcel, Record, SERIAL};
use zeroize::Zeroizing;

use crate::people::Person;

/// As long as the hash: what RFC 4226 recommends.
const KEY_BYTES: usize = 20;
/// Letters first, so that no spreadsheet takes it for a number.
const SERIAL_PREFIX: &str = "TF";

/// Seconds that a code holds: what Microsoft takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// 30 seconds.
    Half,
    /// 60 seconds.
    Whole,
}

impl Period {
    /// In seconds.
    pub const fn seconds(self) -> u32 {
        match self {
            Self::Half => 30,
            Self::Whole => 60,
        }
    }
}

/// What Microsoft is to know of a token. Holds the key, so no `Debug`.
pub struct Token {
    /// Whose it is.
    pub person: Person,
    /// By which Microsoft and the person know it.
    pub serial: String,
    /// What its codes are made of.
    pub credential: Credential,
}

/// A token, and what its person gets.
pub struct Issued {
    /// For Microsoft.
    pub token: Token,
    /// A file of ours with the account, sealed.
    pub parcel: Vec<u8>,
    /// What opens it; to be given by another way than the parcel, or in a policy that only its person gets.
    pub code: RecoveryCode,
}

impl Issued {
    /// A policy that brings it to its person; `None` where the parcel is none of ours. Holds what opens the parcel.
    pub fn policy(&self) -> Option<Zeroizing<Vec<u8>>> {
        let record = Record::parse(self.parcel.clone()).ok()?;
        let parcel = Parcel::new(&self.token.person.upn, self.code.clone(), record)?;
        // It fails for maps whose keys are no text, and this has none.
        serde_json::to_vec_pretty(&json!({ "tokens": [parcel.to_text().as_str()] })).ok().map(Zeroizing::new)
    }
}

/// Makes a token for each person.
///
/// # Errors
/// [`ExportError::Random`] where the system gives no randomness; [`ExportError::TooLarge`] for a name beyond all limits.
pub fn issue(
    people: &[Person],
    organisation: Option<&str>,
    period: Period,
    now_ms: u64,
    random: Random<'_>,
) -> Result<Vec<Issued>, ExportError> {
    let mut serials = HashSet::new();
    people.iter().map(|person| one(person, organisation, period, now_ms, &mut serials, random)).collect()
}

fn one(
    person: &Person,
    organisation: Option<&str>,
    period: Period,
    now_ms: u64,
    serials: &mut HashSet<String>,
    random: Random<'_>,
) -> Result<Issued, ExportError> {
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    random(key.as_mut_slice()).map_err(|_| ExportError::Random)?;
    let factor = Factor::Time { period: period.seconds() };
    let credential = Secret::new(key.to_vec()).and_then(|key| Credential::new(key, Algorithm::Sha1, 6, factor));
    let credential = credential.ok_or(ExportError::TooLarge)?;
    let serial = loop {
        let mut bytes = [0; 8];
        random(&mut bytes).map_err(|_| ExportError::Random)?;
        let serial = format!("{SERIAL_PREFIX}{:010}", u64::from_le_bytes(bytes) % 10_000_000_000);
        if serials.insert(serial.clone()) {
            break serial;
        }
    };
    let mut id = AccountId([0; 16]);
    random(&mut id.0).map_err(|_| ExportError::Random)?;
    let enrolment = Enrolment {
        credential: credential.clone(),
        issuer: "Microsoft".to_owned(),
        name: person.upn.clone(),
        organisation: organisation.map(str::to_owned),
    };
    let mut account = Account::enrolled(id, enrolment, None, now_ms);
    account.extra.insert(SERIAL.to_owned(), serial.clone().into());
    let contents = Contents { accounts: vec![account], ..Contents::default() };
    let (parcel, code) = parcel(&contents, now_ms, random)?;
    Ok(Issued { token: Token { person: person.clone(), serial, credential }, parcel, code })
}
