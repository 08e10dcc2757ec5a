//! An account, and its form inside the sealed body.

use zeroize::Zeroizing;

use crate::encoding::{BASE64, HEXLOWER};
use crate::json::{Json, Map};
use crate::letters::small;
use crate::otp::uri::Enrolment;
use crate::otp::{Algorithm, Credential, Factor, Secret};
use crate::platform::{Outage, Platform};

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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// Captured, and no code of it accepted so far.
    #[default]
    Unconfirmed,
    /// Microsoft has taken a code of it.
    Confirmed,
}

/// What happens when a sign-in page asks for a code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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
    pub tenant: Option<String>,
    /// The https origin it was enrolled on.
    pub origin: Option<String>,
    /// What its codes are made of.
    pub credential: Credential,
    /// Whether it is known to work.
    pub status: Status,
    /// What to do on a sign-in page.
    pub mode: Mode,
    /// Shown first.
    pub pinned: bool,
    /// When a code of it was last shown or filled.
    pub last_used_ms: Option<u64>,
    /// The time step that was last released for filling.
    pub last_step: Option<u64>,
    /// The account to delete once this one is confirmed.
    pub replaces: Option<AccountId>,
    /// Fields of a later version, kept.
    pub extra: Map,
}

impl Account {
    /// An account as it is enrolled: nobody has accepted a code of it yet.
    pub fn enrolled(id: AccountId, enrolment: Enrolment, origin: Option<String>, now_ms: u64) -> Self {
        let Enrolment { credential, issuer, name, tenant } = enrolment;
        Self {
            id,
            created_ms: now_ms,
            modified_ms: now_ms,
            issuer,
            name,
            tenant,
            origin,
            credential,
            status: Status::Unconfirmed,
            mode: Mode::Code,
            pinned: false,
            last_used_ms: None,
            last_step: None,
            replaces: None,
            extra: Map::default(),
        }
    }
}

impl Account {
    /// Both are known to be of an organisation, and not of the same one. A guest has one user principal name and
    /// a secret for each organisation, so the same name tells nothing of two such accounts.
    pub fn is_of_another_organisation(&self, tenant: Option<&str>) -> bool {
        match (organisation(self.tenant.as_deref()), organisation(tenant)) {
            (Some(ours), Some(theirs)) => ours != theirs,
            _ => false,
        }
    }
}

/// An organisation as it is compared: like a name, by its code points but for case. Nothing where it is not known.
pub fn organisation(tenant: Option<&str>) -> Option<String> {
    tenant.map(|tenant| small(tenant.trim())).filter(|tenant| !tenant.is_empty())
}

impl Account {
    /// Its form inside the sealed body.
    pub fn to_json(&self) -> Json {
        let text = |text: &String| Json::text(text);
        let (kind, period, counter) = match self.credential.factor {
            Factor::Time { period } => ("totp", Some(Json::whole(period)), None),
            Factor::Counter { counter } => ("hotp", None, Some(Json::whole(counter))),
            Factor::Steam => ("steam", None, None),
        };
        let fields = [
            ("id", Some(Json::text(self.id.to_text()))),
            ("created", Some(Json::whole(self.created_ms))),
            ("modified", Some(Json::whole(self.modified_ms))),
            ("issuer", Some(text(&self.issuer))),
            ("name", Some(text(&self.name))),
            ("tenant", self.tenant.as_ref().map(text)),
            ("origin", self.origin.as_ref().map(text)),
            ("secret", Some(Json::text(BASE64.encode(self.credential.secret.expose())))),
            ("algorithm", Some(Json::Name(algorithm_name(self.credential.algorithm)))),
            ("digits", Some(Json::whole(self.credential.digits))),
            ("kind", Some(Json::Name(kind))),
            ("period", period),
            ("counter", counter),
            ("status", Some(Json::Name(status_name(self.status)))),
            ("mode", Some(Json::Name(mode_name(self.mode)))),
            ("pinned", Some(Json::Bool(self.pinned))),
            ("last_used", self.last_used_ms.map(Json::whole)),
            ("last_step", self.last_step.map(Json::whole)),
            ("replaces", self.replaces.map(|id| Json::text(id.to_text()))),
        ];
        let mut map = Map::default();
        for (name, value) in fields {
            map.extend(value.map(|value| (name.into(), value)));
        }
        map.extend(self.extra.clone());
        Json::Map(map)
    }

    /// The inverse; `None` for what a later version made.
    pub fn from_json(json: &Json) -> Option<Self> {
        let mut rest = Rest(json.as_map()?.clone());
        let kind = rest.text("kind")?;
        let factor = match (kind.as_str(), rest.number("period")?, rest.number("counter")?) {
            ("totp", Some(period), None) => Factor::Time { period: period.try_into().ok()? },
            ("hotp", None, Some(counter)) => Factor::Counter { counter },
            ("steam", None, None) => Factor::Steam,
            _ => return None,
        };
        let secret = Secret::new(BASE64.decode(Zeroizing::new(rest.text("secret")?).as_bytes()).ok()?)?;
        let algorithm =
            rest.named("algorithm", [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512], algorithm_name)?;
        let digits = rest.number("digits")??.try_into().ok()?;
        Some(Self {
            id: rest.id("id")??,
            created_ms: rest.number("created")??,
            modified_ms: rest.number("modified")??,
            issuer: rest.text("issuer")?,
            name: rest.text("name")?,
            tenant: rest.may("tenant", |json| Some(json.as_str()?.to_owned()))?,
            origin: rest.may("origin", |json| Some(json.as_str()?.to_owned()))?,
            credential: Credential::new(secret, algorithm, digits, factor)?,
            status: rest.named("status", [Status::Unconfirmed, Status::Confirmed], status_name)?,
            mode: rest.named("mode", [Mode::Code, Mode::Approve, Mode::Automatic], mode_name)?,
            pinned: rest.may("pinned", Json::as_bool)??,
            last_used_ms: rest.number("last_used")?,
            last_step: rest.number("last_step")?,
            replaces: rest.id("replaces")?,
            extra: rest.0,
        })
    }
}

/// The fields that have not been read yet. A field that is there and not what it
/// should be is a later version's.
struct Rest(Map);

impl Rest {
    /// A field that need not be there.
    fn may<T>(&mut self, name: &str, read: impl Fn(&Json) -> Option<T>) -> Option<Option<T>> {
        match self.0.remove(name) {
            Some(json) => read(&json).map(Some),
            None => Some(None),
        }
    }

    fn text(&mut self, name: &str) -> Option<String> {
        self.may(name, |json| Some(json.as_str()?.to_owned()))?
    }

    fn number(&mut self, name: &str) -> Option<Option<u64>> {
        self.may(name, Json::as_u64)
    }

    fn id(&mut self, name: &str) -> Option<Option<AccountId>> {
        self.may(name, |json| AccountId::from_text(json.as_str()?))
    }

    fn named<T: Copy, const N: usize>(&mut self, name: &str, all: [T; N], called: fn(T) -> &'static str) -> Option<T> {
        self.may(name, |json| all.into_iter().find(|one| json.as_str() == Some(called(*one))))?
    }
}

const fn algorithm_name(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Sha1 => "SHA1",
        Algorithm::Sha256 => "SHA256",
        Algorithm::Sha512 => "SHA512",
    }
}

const fn status_name(status: Status) -> &'static str {
    match status {
        Status::Unconfirmed => "unconfirmed",
        Status::Confirmed => "confirmed",
    }
}

const fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Code => "code",
        Mode::Approve => "approve",
        Mode::Automatic => "automatic",
    }
}
