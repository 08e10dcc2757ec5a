//! An account, and its form inside the sealed body.

use super::account_note::AccountNote;
use super::recently_deleted::is_zero;
use data_encoding::{BASE64, HEXLOWER};
use otp::uri::Enrolment;
use otp::{Algorithm, Credential, Factor, Secret};
use platform::{Outage, Platform};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use strict_json::{Map, Value};
use zeroize::Zeroizing;

/// The field that says when another app last showed the right code.
pub const ELSEWHERE: &str = "elsewhere";

/// The field with the serial number under which Microsoft knows the account as a hardware token.
pub const SERIAL: &str = "serial";

/// The field with the name of the group into which a person has put the account.
const GROUP: &str = "group";
/// The longest name of a group, in characters: it is a heading, and no more.
pub const MAX_GROUP: usize = 64;

/// Names an account; random.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountId(pub [u8; 16]);

impl AccountId {
    /// A new name.
    pub fn make<P: Platform>(p: &P) -> Result<Self, Outage> {
        let mut id = [0; 16];
        p.random(&mut id)?;
        Ok(Self(id))
    }

    /// 32 lower-case hexadecimal digits.
    pub fn to_text(self) -> String {
        HEXLOWER.encode(&self.0)
    }

    /// The inverse of [`AccountId::to_text`].
    pub fn from_text(text: &str) -> Option<Self> {
        let bytes = HEXLOWER.decode(text.as_bytes()).ok()?;
        bytes.try_into().ok().map(Self)
    }
}

/// Whether the other side has accepted a code yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Status {
    /// Captured, and no code of it accepted so far.
    #[default]
    Unconfirmed,
    /// Microsoft has taken a code of it.
    Confirmed,
}

/// How an account came here, where no page of Microsoft's has shown it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Came {
    /// In a file of another app's, or a backup.
    Imported,
    /// By hand.
    Typed,
    /// By a QR code of the person's choice.
    Scanned,
}

/// What happens when a sign-in page asks for a code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Mode {
    /// The code is filled in; the person presses Verify.
    #[default]
    Code,
    /// One click in the browser's own interface fills and submits.
    Approve,
    /// Filled and submitted without a click.
    Automatic,
}

/// One account.
#[derive(Clone, PartialEq)]
pub struct Account {
    /// Its name in the vault.
    pub id: AccountId,
    /// When it was added.
    pub created_ms: u64,
    /// When a person or a confirmation last changed it.
    pub modified_ms: u64,
    /// Who issued it, for display.
    pub issuer: String,
    /// The user principal name, or the account part of the label.
    pub name: String,
    /// The prefix of the label where it differs from the issuer, as Microsoft's does.
    pub organisation: Option<String>,
    /// The https origin it was enrolled on.
    pub origin: Option<String>,
    /// How it came here otherwise; `None` also of one that an early version took in.
    pub came: Option<Came>,
    /// What its codes are made of.
    pub credential: Credential,
    /// Whether it is known to work.
    pub status: Status,
    /// That it works was said by a person, and not seen.
    pub said: bool,
    /// What to do on a sign-in page.
    pub mode: Mode,
    /// Shown first.
    pub pinned: bool,
    /// When a code of it was last shown or filled.
    pub last_used_ms: Option<u64>,
    /// The time step that was last released for filling.
    pub last_step: Option<u64>,
    /// [`Account::modified_ms`] as the last file has it that was made here.
    pub saved_ms: Option<u64>,
    /// The account to delete once this one is confirmed.
    pub replaces: Option<AccountId>,
    /// Whether it signs in at Microsoft, where a person or an accepted code has said so.
    pub microsoft: Option<bool>,
    /// The ids by which pages have named its organisation, oldest first.
    pub organisation_ids: Vec<String>,
    /// What a person has written down about it.
    pub note: Option<AccountNote>,
    /// How often it was restored, or given another key: what is known of a later life counts more.
    pub life: u64,
    /// Fields of a later version, kept.
    pub extra: Map,
}

impl Account {
    /// Gives it another key. What was seen and learned of the old one says nothing of this one.
    pub fn rekey(&mut self, credential: Credential, came: Came) {
        self.credential = credential;
        (self.status, self.said) = (Status::Unconfirmed, false);
        (self.origin, self.came) = (None, Some(came));
        self.last_step = None;
        self.organisation_ids.clear();
        self.extra.shift_remove(ELSEWHERE);
        self.extra.shift_remove(SERIAL);
    }

    /// An account as it is enrolled: nobody has accepted a code of it yet.
    pub fn enrolled(id: AccountId, enrolment: Enrolment, origin: Option<String>, now_ms: u64) -> Self {
        let Enrolment { credential, issuer, name, organisation } = enrolment;
        Self {
            id,
            created_ms: now_ms,
            modified_ms: now_ms,
            issuer,
            name,
            organisation,
            origin,
            came: None,
            credential,
            status: Status::Unconfirmed,
            said: false,
            mode: Mode::Code,
            pinned: false,
            last_used_ms: None,
            last_step: None,
            saved_ms: None,
            replaces: None,
            microsoft: None,
            organisation_ids: Vec::new(),
            note: None,
            life: 0,
            extra: Map::new(),
        }
    }
}

impl Account {
    /// The group into which a person has put it.
    pub fn group(&self) -> Option<&str> {
        self.extra.get(GROUP).and_then(Value::as_str)
    }

    /// Puts it into a group, or into none.
    pub fn set_group(&mut self, group: Option<&str>) {
        match group {
            Some(group) => drop(self.extra.insert(GROUP.to_owned(), Value::from(group))),
            None => drop(self.extra.shift_remove(GROUP)),
        }
    }

    /// By what those bytes of its note are known again; nobody without its key learns anything of them.
    pub fn mark_of_note(&self, from: usize, to: usize, secret: &Secret) -> Option<String> {
        let lines = self.note.as_ref()?.expose().get(from..to)?;
        let hash = Sha256::new().chain_update(secret.expose()).chain_update(lines).finalize();
        Some(HEXLOWER.encode(hash.get(..8)?))
    }

    /// Takes those bytes out of its note, if they are there still, whichever key it had then. Whether they were.
    pub fn cut_note(&mut self, from: usize, to: usize, mark: &str, earlier: &[Secret]) -> bool {
        let is_of = |secret| self.mark_of_note(from, to, secret).is_some_and(|own| own == mark);
        let is_there = from < to && std::iter::once(&self.credential.secret).chain(earlier).any(is_of);
        if let Some(note) = self.note.take_if(|_| is_there) {
            let (before, after) = (note.expose().get(..from), note.expose().get(to..));
            self.note = AccountNote::new(&Zeroizing::new([before, after].map(Option::unwrap_or_default).concat()));
        }
        is_there
    }

    /// A person or a confirmation has changed it. That counts more than what was there, however wrong the clock was
    /// or is.
    pub fn touch(&mut self, now_ms: u64) {
        self.modified_ms = now_ms.max(self.modified_ms.saturating_add(1));
    }

    /// The form inside the sealed body; `None` for what a later version made.
    pub fn from_json(json: &Value) -> Option<Self> {
        Stored::deserialize(json).ok()?.read()
    }
}

/// What stands in the sealed body. A field that is not there is left out, and never null.
#[derive(Serialize, Deserialize)]
struct Stored {
    id: AccountId,
    #[serde(rename = "created")]
    created_ms: u64,
    #[serde(rename = "modified")]
    modified_ms: u64,
    issuer: String,
    name: String,
    #[serde(rename = "tenant", default, skip_serializing_if = "Option::is_none")]
    organisation: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    came: Option<Came>,
    /// In base64.
    secret: Zeroizing<String>,
    algorithm: StoredAlgorithm,
    digits: u8,
    kind: Kind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    period: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    counter: Option<u64>,
    status: Status,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    said: bool,
    mode: Mode,
    pinned: bool,
    #[serde(rename = "last_used", default, skip_serializing_if = "Option::is_none")]
    last_used_ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_step: Option<u64>,
    #[serde(rename = "saved", default, skip_serializing_if = "Option::is_none")]
    saved_ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    replaces: Option<AccountId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    microsoft: Option<bool>,
    #[serde(rename = "tenant_ids", default, skip_serializing_if = "Vec::is_empty")]
    organisation_ids: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<AccountNote>,
    #[serde(default, skip_serializing_if = "is_zero")]
    life: u64,
    #[serde(flatten)]
    extra: Map,
}

/// [`Algorithm`] by its names in the format, which are those of RFC 6238.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum StoredAlgorithm {
    Sha1,
    Sha256,
    Sha512,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Totp,
    Hotp,
    Steam,
}

impl Stored {
    fn of(account: &Account) -> Self {
        let Account { credential, .. } = account;
        let (kind, period, counter) = match credential.factor {
            Factor::Time { period } => (Kind::Totp, Some(period), None),
            Factor::Counter { counter } => (Kind::Hotp, None, Some(counter)),
            Factor::Steam => (Kind::Steam, None, None),
        };
        Self {
            id: account.id,
            created_ms: account.created_ms,
            modified_ms: account.modified_ms,
            issuer: account.issuer.clone(),
            name: account.name.clone(),
            organisation: account.organisation.clone(),
            origin: account.origin.clone(),
            came: account.came,
            secret: Zeroizing::new(BASE64.encode(credential.secret.expose())),
            algorithm: match credential.algorithm {
                Algorithm::Sha1 => StoredAlgorithm::Sha1,
                Algorithm::Sha256 => StoredAlgorithm::Sha256,
                Algorithm::Sha512 => StoredAlgorithm::Sha512,
            },
            digits: credential.digits,
            kind,
            period,
            counter,
            status: account.status,
            said: account.said,
            mode: account.mode,
            pinned: account.pinned,
            last_used_ms: account.last_used_ms,
            last_step: account.last_step,
            saved_ms: account.saved_ms,
            replaces: account.replaces,
            microsoft: account.microsoft,
            organisation_ids: account.organisation_ids.clone(),
            note: account.note.clone(),
            life: account.life,
            extra: account.extra.clone(),
        }
    }

    fn read(self) -> Option<Account> {
        let factor = match (self.kind, self.period, self.counter) {
            (Kind::Totp, Some(period), None) => Factor::Time { period },
            (Kind::Hotp, None, Some(counter)) => Factor::Counter { counter },
            (Kind::Steam, None, None) => Factor::Steam,
            _ => return None,
        };
        let algorithm = match self.algorithm {
            StoredAlgorithm::Sha1 => Algorithm::Sha1,
            StoredAlgorithm::Sha256 => Algorithm::Sha256,
            StoredAlgorithm::Sha512 => Algorithm::Sha512,
        };
        let secret = Secret::new(BASE64.decode(self.secret.as_bytes()).ok()?)?;
        Some(Account {
            id: self.id,
            created_ms: self.created_ms,
            modified_ms: self.modified_ms,
            issuer: self.issuer,
            name: self.name,
            organisation: self.organisation,
            origin: self.origin,
            came: self.came,
            credential: Credential::new(secret, algorithm, self.digits, factor)?,
            status: self.status,
            said: self.said,
            mode: self.mode,
            pinned: self.pinned,
            last_used_ms: self.last_used_ms,
            last_step: self.last_step,
            saved_ms: self.saved_ms,
            replaces: self.replaces,
            microsoft: self.microsoft,
            organisation_ids: self.organisation_ids,
            note: self.note,
            life: self.life,
            extra: self.extra,
        })
    }
}

impl Serialize for Account {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Stored::of(self).serialize(serializer)
    }
}

impl Serialize for AccountId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_text())
    }
}

impl<'de> Deserialize<'de> for AccountId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_text(&text).ok_or_else(|| D::Error::custom("not an account's id"))
    }
}
