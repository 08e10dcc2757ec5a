//! An account, as it stands in the sealed body.

use super::account_note::AccountNote;
use super::recently_deleted::is_zero;
use data_encoding::HEXLOWER;
use otp::uri::Enrolment;
use otp::{Credential, Secret};
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

/// One account. In its stored form a field that is not there is left out, and never null.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// Its name in the vault.
    pub id: AccountId,
    /// When it was added.
    #[serde(rename = "created")]
    pub created_ms: u64,
    /// When a person or a confirmation last changed it.
    #[serde(rename = "modified")]
    pub modified_ms: u64,
    /// Who issued it, for display.
    pub issuer: String,
    /// The user principal name, or the account part of the label.
    pub name: String,
    /// The prefix of the label where it differs from the issuer, as Microsoft's does.
    #[serde(rename = "tenant", default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// The https origin it was enrolled on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// How it came here otherwise; `None` also of one that an early version took in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub came: Option<Came>,
    /// What its codes are made of.
    #[serde(flatten, with = "super::credential")]
    pub credential: Credential,
    /// Whether it is known to work.
    pub status: Status,
    /// That it works was said by a person, and not seen.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub said: bool,
    /// What to do on a sign-in page.
    pub mode: Mode,
    /// Shown first.
    pub pinned: bool,
    /// When a code of it was last shown or filled.
    #[serde(rename = "last_used", default, skip_serializing_if = "Option::is_none")]
    pub last_used_ms: Option<u64>,
    /// The time step that was last released for filling.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_step: Option<u64>,
    /// [`Account::modified_ms`] as the last file has it that was made here.
    #[serde(rename = "saved", default, skip_serializing_if = "Option::is_none")]
    pub saved_ms: Option<u64>,
    /// The account to delete once this one is confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<AccountId>,
    /// Whether it signs in at Microsoft, where a person or an accepted code has said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub microsoft: Option<bool>,
    /// The ids by which pages have named its organisation, oldest first.
    #[serde(rename = "tenant_ids", default, skip_serializing_if = "Vec::is_empty")]
    pub organisation_ids: Vec<String>,
    /// What a person has written down about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<AccountNote>,
    /// How often it was restored, or given another key: what is known of a later life counts more.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub life: u64,
    /// Fields of a later version, kept.
    #[serde(flatten)]
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
