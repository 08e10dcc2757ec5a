//! An account on its way into a vault.

use zeroize::Zeroizing;

use super::Remarks;
use otp::uri::{self, Enrolment};
use otp::{Credential, base32};
use serde::{Deserialize, Serialize};
use vault::{Account, Identity};

/// One account of a file.
#[derive(Clone)]
pub struct Entry {
    /// Who issued it, for display.
    pub issuer: String,
    /// Whose it is.
    pub name: String,
    /// The prefix of the label where it differs from the issuer: the organisation, with Microsoft.
    pub organisation: Option<String>,
    /// What its codes are made of, exactly as the file has it.
    pub credential: Credential,
    /// The account as a whole, where the file is one of ours.
    pub account: Option<Box<Account>>,
    /// The secret in base32, upper-cased, where the file's own spelling of it is
    /// not the canonical one: stray bits, a lone last character.
    pub written: Option<Zeroizing<String>>,
    /// Why it is not taken over unless a person says so.
    pub discarded: Option<Discarded>,
    /// What is said of it beside.
    pub remarks: Remarks,
}

/// What a person has done with an entry in the app that wrote the file; a sentence in every locale under `discarded_` and
/// its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Discarded {
    /// Thrown away, and still in its bin.
    Trash,
    /// Archived.
    Archive,
}

impl Entry {
    /// The secret in base32, as the file has it.
    pub fn secret_text(&self) -> Zeroizing<String> {
        self.written.clone().unwrap_or_else(|| base32::encode(&self.credential.secret))
    }

    /// What a URI of it says.
    pub(crate) fn to_enrolment(&self) -> Enrolment {
        Enrolment {
            credential: self.credential.clone(),
            issuer: self.issuer.clone(),
            name: self.name.clone(),
            organisation: self.organisation.clone(),
        }
    }

    /// Whose it is.
    pub fn identity(&self) -> Identity {
        Identity::new(&self.name, self.organisation.as_deref())
    }

    /// What to call it in one line.
    pub fn label(&self) -> String {
        label(&self.issuer, &self.name)
    }
}

impl From<Enrolment> for Entry {
    fn from(e: Enrolment) -> Self {
        let Enrolment { credential, issuer, name, organisation } = e;
        Self {
            issuer,
            name,
            organisation,
            credential,
            account: None,
            written: None,
            discarded: None,
            remarks: Remarks::default(),
        }
    }
}

impl From<Account> for Entry {
    fn from(mut account: Account) -> Self {
        // A file of ours may have been made by anybody.
        for name in [&mut account.issuer, &mut account.name].into_iter().chain(&mut account.organisation) {
            *name = uri::clean(name);
        }
        let tags = account.group().map(str::to_owned).into_iter().collect();
        let remarks = Remarks { note: account.note.clone(), tags, ..Remarks::default() };
        let entry = Self::from(enrolment_of(&account));
        Self { account: Some(Box::new(account)), remarks, ..entry }
    }
}

/// What would enrol an account anew.
pub(crate) fn enrolment_of(account: &Account) -> Enrolment {
    Enrolment {
        credential: account.credential.clone(),
        issuer: account.issuer.clone(),
        name: account.name.clone(),
        organisation: account.organisation.clone(),
    }
}

/// `issuer: name`, or whichever there is.
pub fn label(issuer: &str, name: &str) -> String {
    let (issuer, name) = (uri::clean(issuer), uri::clean(name));
    match (issuer.is_empty(), name.is_empty()) {
        (false, false) => format!("{issuer}: {name}"),
        (false, true) => issuer,
        _ => name,
    }
}

/// Takes an issuer that is repeated at the head of a name off it again; what is
/// left in front of an address is the organisation, as in a URI.
pub fn split_name<'a>(issuer: &str, name: &'a str) -> (Option<&'a str>, &'a str) {
    // An issuer may have colons of its own.
    if let Some(rest) = name.strip_prefix(issuer).and_then(|rest| rest.strip_prefix(':')).filter(|_| !issuer.is_empty())
    {
        return (None, rest.trim_start());
    }
    let colon = match name.rfind('@') {
        Some(at) => name.get(..at).and_then(|before| before.rfind(':')),
        None => name.find(':'),
    };
    let Some((prefix, rest)) = colon.and_then(|at| name.split_at_checked(at)) else {
        return (None, name);
    };
    let rest = rest.strip_prefix(':').unwrap_or(rest).trim_start();
    match prefix.trim() == issuer.trim() {
        true => (None, rest),
        false => (Some(prefix), rest),
    }
}
