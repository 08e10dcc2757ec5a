//! What an organisation has decided, as its administrators write it.
//!
//! `POLICY.md` is the table; `extension/policy.json` is the same for the
//! browser. A value of the wrong type is reported and read as strictly as its
//! key can be: a typing mistake must not open what was meant to be closed.

use pages::rules::Added;
use pages::{domains, hosts};
use serde::de::DeserializeOwned;
use serde::de::value::StrDeserializer;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use strict_json::{Map, Value};
use vault::{Mode, OrganisationKey, Parcel};

/// Shortest passphrase taken in any case, in characters (NIST SP 800-63B-4, as part of two factors).
pub const SHORTEST_PASSPHRASE: u32 = 8;
/// What is asked for where the wanted length cannot be read, and the most that can be asked for.
pub const LONGEST_WANTED: u32 = 64;
/// Longest idle time that a maximum can name, in minutes: a week.
pub const LONGEST_IDLE: u32 = 7 * 24 * 60;
/// Longest text taken, in characters.
const LONGEST_TEXT: usize = 2000;
/// Keys that can open each vault besides its owner: as many as a vault always has room for.
const MAX_RECOVERY_KEYS: usize = 4;
/// Tokens of one person: as many as Microsoft lets one have.
const MAX_TOKENS: usize = 5;
/// The key that holds all others as one text.
pub const WHOLE: &str = "decisions";
/// The key with the tokens of the person whose policy it is: the one key that must not hold for all.
pub const TOKENS: &str = "tokens";
/// The languages that there are.
pub const LANGUAGES: [&str; 3] = ["en", "nb", "nn"];

/// The decisions. The default is that nobody decided anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    view: PolicyView,
    /// As the browser gave it.
    given: Map,
    unlock_methods: Option<Vec<UnlockMethodKind>>,
    idle_maximum: Option<u32>,
    export_forbidden: bool,
    sync_forbidden: bool,
    modes: Option<Vec<Mode>>,
    organisations: Option<Vec<String>>,
    adfs_hosts: Option<Vec<AdfsHost>>,
    clock_check_forbidden: bool,
    restore_before_new: bool,
    recovery_keys: Vec<OrganisationKey>,
    /// Whether the list could be read; `None` where there is none.
    recovery_keys_sound: Option<bool>,
    tokens: Vec<Parcel>,
    page_rules: Added,
}

/// A sign-in server of the organisation's own.
#[derive(Clone, Debug, PartialEq, Eq)]
struct AdfsHost {
    host: String,
    /// Domains of the accounts that it signs in; where none is named, those of its own registered domain.
    domains: Vec<String>,
}

impl Policy {
    /// Reads what the browser holds: a JSON object, or nothing at all.
    pub fn parse(text: Option<&str>) -> Self {
        match text.map(strict_json::parse) {
            None => Self::default(),
            Some(Ok(Value::Object(keys))) => Self::of(&keys),
            Some(_) => Self::unreadable(),
        }
    }

    /// There is or may be a policy, and it cannot be read: the strict reading of every key.
    pub fn unreadable() -> Self {
        let mut policy = Self::of(&unreadable());
        policy.view.reports = vec![PolicyReport { key: String::new(), kind: ReportKind::Unreadable }];
        policy.given = Map::new();
        policy
    }

    fn of(keys: &Map) -> Self {
        let mut policy = Self::default();
        policy.view.managed = !keys.is_empty();
        policy.given = keys.clone();
        let mut keys: Vec<_> = unfolded(keys).into_iter().collect();
        keys.sort_by(|(a, _), (b, _)| a.cmp(b));
        for (key, value) in keys {
            let kind = match policy.take(&key, &value) {
                Some(true) => None,
                Some(false) => Some(ReportKind::IllTyped),
                None => Some(ReportKind::Unknown),
            };
            if kind != Some(ReportKind::Unknown) {
                policy.view.locked.push(key.clone());
            }
            policy.view.reports.extend(kind.map(|kind| PolicyReport { key, kind }));
        }
        // A copy in a folder is one that leaves, unless it is what the organisation asks for.
        if policy.export_forbidden && policy.view.backup_folder == BackupFolder::Offered {
            policy.view.backup_folder = BackupFolder::Off;
        }
        // Whose account may not be added, gets none by this way either.
        if !policy.tokens.iter().all(|token| policy.allows_account(&token.person, None)) {
            policy.tokens.clear();
            policy.view.reports.push(PolicyReport { key: TOKENS.to_owned(), kind: ReportKind::IllTyped });
        }
        policy
    }

    /// Takes one key: whether its value could be read; `None` for a key that there is not.
    fn take(&mut self, key: &str, value: &Value) -> Option<bool> {
        match key {
            "passphraseLength" => {
                let length = number(value, LONGEST_WANTED);
                self.view.passphrase_length = length.unwrap_or(LONGEST_WANTED).max(SHORTEST_PASSPHRASE);
                Some(length.is_some())
            }
            // Not the recovery code, which is for when nothing else opens, nor what has a key of its own.
            "unlockMethods" => names(&mut self.unlock_methods, value, |name| {
                named(name).filter(|kind| !matches!(kind, UnlockMethodKind::Recovery | UnlockMethodKind::Organisation))
            }),
            "autoLockMaximum" => {
                let minutes = number(value, LONGEST_IDLE);
                self.idle_maximum = Some(minutes.unwrap_or(0).max(1));
                Some(minutes.is_some())
            }
            "exportAllowed" => allowed(&mut self.export_forbidden, value),
            "syncAllowed" => allowed(&mut self.sync_forbidden, value),
            "modes" => names(&mut self.modes, value, named),
            "tenants" => names(&mut self.organisations, value, |name| Some(name.trim().to_lowercase())),
            "adfsHosts" => {
                let taken = names(&mut self.adfs_hosts, value, adfs_host);
                let hosts = self.adfs_hosts.iter().flatten();
                self.view.adfs_hosts = Some(hosts.map(|named| named.host.clone()).collect());
                taken
            }
            "clockCheck" => allowed(&mut self.clock_check_forbidden, value),
            "restoreBeforeNew" => {
                self.restore_before_new = value.as_bool().unwrap_or(true);
                Some(value.is_boolean())
            }
            "backupFolder" => {
                let wish = value.as_str().and_then(named);
                self.view.backup_folder = wish.unwrap_or(BackupFolder::Off);
                Some(wish.is_some())
            }
            // Nobody is let in by a mistake, and nobody who was let in is shut out by one.
            "recoveryKeys" => {
                let mut keys = None;
                let taken = names(&mut keys, value, OrganisationKey::from_text);
                self.recovery_keys_sound = taken;
                for to in keys.into_iter().flatten() {
                    let is_known = self.recovery_keys.iter().any(|known| known.is_same_key(&to));
                    if is_known || self.recovery_keys.len() >= MAX_RECOVERY_KEYS {
                        let key = format!("{key}: {}", to.name);
                        self.view.reports.push(PolicyReport { key, kind: ReportKind::LeftOut });
                    } else {
                        self.recovery_keys.push(to);
                    }
                }
                self.view.recovery = self.recovery_keys.iter().map(OrganisationKey::to_text).collect();
                taken
            }
            // All of them, and all of one person, or none: a policy that has reached somebody else gives nothing away.
            TOKENS => {
                let mut tokens = None;
                let all = names(&mut tokens, value, Parcel::from_text);
                let tokens = tokens.unwrap_or_default();
                let is_one_person = tokens.windows(2).all(|pair| matches!(pair, [a, b] if a.is_for_the_same(b)));
                let taken = all == Some(true) && tokens.len() <= MAX_TOKENS && is_one_person;
                self.tokens = if taken { tokens } else { Vec::new() };
                Some(taken)
            }
            "deskName" => text(&mut self.view.desk.name, value),
            "deskPhone" => text(&mut self.view.desk.phone, value),
            // Only what cannot run anything.
            "deskLink" => {
                let link = &mut self.view.desk.link;
                let taken = text(link, value);
                if link.is_empty() || link.starts_with("https://") {
                    return taken;
                }
                link.clear();
                Some(false)
            }
            "guideText" => text(&mut self.view.guide, value),
            // One that cannot be taken teaches nothing; that a page is not known is strict enough.
            "pageRules" => {
                let inside = value.as_str().map(strict_json::parse);
                let rules = match &inside {
                    Some(parsed) => parsed.as_ref().ok(),
                    None => Some(value),
                };
                let rules = rules.filter(|rules| rules.is_object());
                let (added, refused) = rules.map(Added::read).unwrap_or_default();
                self.page_rules = added;
                let report = |place| PolicyReport { key: format!("{key}: {place}"), kind: ReportKind::LeftOut };
                self.view.reports.extend(refused.into_iter().map(report));
                Some(rules.is_some())
            }
            // `words.js` follows it: words are needed before there is a core.
            "language" => Some(value.as_str().is_some_and(|name| LANGUAGES.contains(&name))),
            // Unfolded before, if it could be.
            WHOLE => Some(false),
            _ => None,
        }
    }

    /// Characters that a new passphrase must have.
    pub fn passphrase_length(&self) -> u32 {
        self.view.passphrase_length
    }

    /// Whether the vault may be opened like this. The recovery code always may: it is for when nothing else does.
    pub fn allows_unlock_method(&self, kind: UnlockMethodKind) -> bool {
        kind == UnlockMethodKind::Recovery || self.unlock_methods.as_ref().is_none_or(|methods| methods.contains(&kind))
    }

    /// Minutes that the vault may stay open without use, for those chosen; 0 is until the browser closes.
    pub fn idle_minutes(&self, chosen: u32) -> u32 {
        match self.idle_maximum {
            Some(max) if chosen == 0 || chosen > max => max,
            _ => chosen,
        }
    }

    /// Whether an account may leave in a form that others can read.
    pub fn allows_export(&self) -> bool {
        !self.export_forbidden
    }

    /// Whether the vault may be kept alike in several browsers.
    pub fn allows_sync(&self) -> bool {
        !self.sync_forbidden
    }

    /// Whether a page's code may be handled like this. That a person presses the page's own button is always allowed.
    pub fn allows_mode(&self, mode: Mode) -> bool {
        mode == Mode::Code || self.modes.as_ref().is_none_or(|modes| modes.contains(&mode))
    }

    /// Whether an account may be added: its domain or its organisation is on the list. `organisation` as Microsoft's own
    /// page has shown it: in a file or a QR code from elsewhere anybody can write one.
    pub fn allows_account(&self, name: &str, organisation: Option<&str>) -> bool {
        let Some(allowed) = &self.organisations else { return true };
        let domain = name.rsplit_once('@').map(|(_, domain)| domain.trim().to_lowercase());
        let organisation = organisation.map(|organisation| organisation.trim().to_lowercase());
        [domain, organisation].into_iter().flatten().any(|of| allowed.contains(&of))
    }

    /// Whether codes may go to this sign-in server of an organisation's own, once the browser has granted it.
    pub fn allows_adfs(&self, host: &str) -> bool {
        self.adfs_hosts.is_none() || self.names_adfs(host)
    }

    /// Whether the organisation itself says that this server is its own.
    pub fn names_adfs(&self, host: &str) -> bool {
        self.adfs_host(host).is_some()
    }

    /// Whether this server may have the codes of the account: by its domain, or because the organisation says so.
    pub fn serves(&self, host: &str, account: &str) -> bool {
        let Some(domain) = domains::of_account(account) else { return false };
        match self.adfs_host(host) {
            Some(named) if !named.domains.is_empty() => named.domains.contains(&domain),
            _ => self.allows_adfs(host) && domains::serves(host, &domain),
        }
    }

    fn adfs_host(&self, host: &str) -> Option<&AdfsHost> {
        self.adfs_hosts.as_ref()?.iter().find(|named| named.host == host)
    }

    /// Whether Microsoft's own page may be asked for the time.
    pub fn allows_clock_check(&self) -> bool {
        !self.clock_check_forbidden
    }

    /// Whether an empty profile is taken for one that was wiped, until the person says that they are new.
    pub fn restores_before_new(&self) -> bool {
        self.restore_before_new
    }

    /// To whom the vault key is sealed besides, so that the organisation can open a vault whose passphrase is lost; and
    /// whether that is all of them. Chromium drops a list of the wrong type before anybody sees it: beside other
    /// decisions, none at all says nothing, and an empty one does.
    pub fn recovery_keys(&self) -> (&[OrganisationKey], bool) {
        (&self.recovery_keys, self.recovery_keys_sound.unwrap_or(!self.view.managed))
    }

    /// What it has for the person whose policy this is.
    pub fn tokens(&self) -> &[Parcel] {
        &self.tokens
    }

    /// What it has taught about Microsoft's pages.
    pub fn page_rules(&self) -> &Added {
        &self.page_rules
    }

    /// What our own pages show of it.
    pub fn view(&self) -> PolicyView {
        self.view.clone()
    }

    /// Each decision that could be taken as it stands, for the manager.
    pub fn decided(&self) -> DecidedView {
        let is_sound = |key: &str| {
            KEYS.contains(&key) && !self.view.reports.iter().any(|report| report.key == key || report.key.is_empty())
        };
        let decisions = unfolded(&self.given).into_iter().filter(|(key, _)| is_sound(key));
        DecidedView {
            checksum: checksum(&self.given),
            decisions: decisions
                .map(|(key, value)| Decision { value: DecisionValue::of(shown(&key, value)), key })
                .collect(),
        }
    }
}

/// By which a service desk sees whether a machine has what was written: of the keys and values as they were given, in
/// whatever order and however spaced; empty where there are none.
pub fn checksum(given: &Map) -> String {
    if given.is_empty() {
        return String::new();
    }
    let mut sorted = Value::Object(given.clone());
    sorted.sort_all_objects();
    let hash = Sha256::digest(sorted.to_string());
    let group = |pair: &[u8]| pair.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    hash.chunks(2).take(4).map(group).collect::<Vec<_>>().join(" ")
}

/// What an organisation has decided, value for value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct DecidedView {
    /// That of the file, which `tofaktor policy check` prints; empty where nothing is decided.
    pub checksum: String,
    /// In the order in which they came.
    pub decisions: Vec<Decision>,
}

/// One key; its words are in every locale under `policyKey_` and its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// Its name.
    pub key: String,
    /// What was decided.
    pub value: DecisionValue,
}

/// A value of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(untagged)]
pub enum DecisionValue {
    /// Allowed or not.
    Switch(bool),
    /// So many.
    Number(u32),
    /// These.
    List(Vec<String>),
    /// A text.
    Text(String),
}

impl DecisionValue {
    fn of(value: Value) -> Self {
        match value {
            Value::Bool(on) => Self::Switch(on),
            Value::String(text) => Self::Text(text),
            Value::Array(items) => Self::List(items.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
            value => match value.as_u64().and_then(|number| u32::try_from(number).ok()) {
                Some(number) => Self::Number(number),
                // Rules for pages that were written as an object, inside a text.
                None => Self::Text(value.to_string()),
            },
        }
    }
}

/// What an organisation has decided, as far as our pages show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct PolicyView {
    /// It has decided something.
    pub managed: bool,
    /// Characters that a new passphrase must have.
    pub passphrase_length: u32,
    /// Hosts of its own sign-in servers (AD FS), which alone may be granted; nothing where it has not decided.
    pub adfs_hosts: Option<Vec<String>>,
    /// The names of what it has decided.
    pub locked: Vec<String>,
    /// What of it could not be taken as it stands.
    pub reports: Vec<PolicyReport>,
    /// Whom to ask for help.
    pub desk: DeskView,
    /// What it wants people to know; empty for nothing.
    pub guide: String,
    /// Who can open a vault in its name: keys and names, as they are written.
    pub recovery: Vec<String>,
    /// Whether the vault is copied into a folder of the person's by itself.
    pub backup_folder: BackupFolder,
}

impl Default for PolicyView {
    fn default() -> Self {
        Self {
            managed: false,
            passphrase_length: SHORTEST_PASSPHRASE,
            adfs_hosts: None,
            locked: Vec::new(),
            reports: Vec::new(),
            desk: DeskView::default(),
            guide: String::new(),
            recovery: Vec::new(),
            backup_folder: BackupFolder::Offered,
        }
    }
}

/// The service desk; what is empty is not shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct DeskView {
    /// What it is called.
    pub name: String,
    /// Its telephone number.
    pub phone: String,
    /// An `https:` address.
    pub link: String,
}

/// What the organisation wishes of a folder into which the vault is copied by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum BackupFolder {
    /// The person may choose one.
    Offered,
    /// They are asked for one until it is chosen.
    Required,
    /// None is written to.
    Off,
}

/// A part of a policy that could not be taken as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct PolicyReport {
    /// The key; empty for the whole.
    pub key: String,
    /// What is wrong with it.
    pub kind: ReportKind,
}

/// What is wrong with a part of a policy; a sentence in every locale under
/// `policy_` and its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum ReportKind {
    /// There is no such key; nothing comes of it.
    Unknown,
    /// The value is not one; the strictest one holds.
    IllTyped,
    /// An item of a list is not one; it is left out, and the rest holds.
    LeftOut,
    /// An organisation's key that the vault is not sealed to: there is no room for it.
    NotSealed,
    /// The browser did not hand it out, or it is no object; the strictest one holds.
    Unreadable,
}

/// What it takes to open the vault; each has its words in every locale under
/// `unlockMethod_` and its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum UnlockMethodKind {
    /// Nothing: it lies on this computer.
    Device,
    /// An authenticator: Windows Hello, Touch ID, a security key.
    Key,
    /// Something typed.
    Passphrase,
    /// The code that was printed.
    Recovery,
    /// The organisation's own key.
    Organisation,
}

/// Every key that there is.
pub const KEYS: [&str; 20] = [
    "passphraseLength",
    "unlockMethods",
    "autoLockMaximum",
    "exportAllowed",
    "syncAllowed",
    "modes",
    "tenants",
    "adfsHosts",
    "clockCheck",
    "restoreBeforeNew",
    "backupFolder",
    "recoveryKeys",
    TOKENS,
    "deskName",
    "deskPhone",
    "deskLink",
    "guideText",
    "pageRules",
    "language",
    WHOLE,
];

/// Every key, and nothing that could be read.
fn unreadable() -> Map {
    KEYS.iter().map(|key| ((*key).to_owned(), Value::Null)).collect()
}

/// With those that come as one text. Chromium drops a key that it does not know, and a value that is not of the
/// type in `policy.json`, before anybody sees them; what is inside a text it leaves as it is.
fn unfolded(keys: &Map) -> Map {
    let mut all = keys.clone();
    let Some(whole) = all.shift_remove(WHOLE) else { return all };
    match whole.as_str().map(strict_json::parse) {
        Some(Ok(Value::Object(inside))) => {
            for (key, value) in inside {
                // Said twice, and nobody knows which of the two was meant.
                let value = if all.contains_key(&key) { Value::Null } else { value };
                all.insert(key, value);
            }
        }
        _ => all = unreadable(),
    }
    all
}

/// Of a token, whose it is, and not what opens it.
fn shown(key: &str, value: Value) -> Value {
    match value {
        Value::Array(tokens) if key == TOKENS => {
            let person = |token: &Value| Some(Value::from(token.as_str()?.split_ascii_whitespace().next()?));
            tokens.iter().filter_map(person).collect()
        }
        value => value,
    }
}

/// A whole number from 0 to `max`.
fn number(value: &Value, max: u32) -> Option<u32> {
    value.as_u64().and_then(|number| u32::try_from(number).ok()).filter(|number| *number <= max)
}

/// A host, and after it the domains of the accounts that it signs in.
fn adfs_host(text: &str) -> Option<AdfsHost> {
    let text = text.to_lowercase();
    let mut words = text.split_whitespace();
    let host = words.next().filter(|host| hosts::organisation(&format!("https://{host}")).is_some())?.to_owned();
    let domains = words.map(|domain| hosts::is_name(domain).then(|| domain.to_owned())).collect::<Option<_>>()?;
    Some(AdfsHost { host, domains })
}

/// Forbidden unless it is said to be allowed.
fn allowed(forbidden: &mut bool, value: &Value) -> Option<bool> {
    *forbidden = value.as_bool() != Some(true);
    Some(value.is_boolean())
}

fn text(place: &mut String, value: &Value) -> Option<bool> {
    let text = value.as_str().filter(|text| text.chars().count() <= LONGEST_TEXT);
    *place = text.unwrap_or_default().to_owned();
    Some(text.is_some())
}

/// Takes those of a list that are known, and says whether it was a list in which all are.
fn names<T>(place: &mut Option<Vec<T>>, value: &Value, known: impl Fn(&str) -> Option<T>) -> Option<bool> {
    let names = value.as_array();
    let taken: Vec<T> = names.into_iter().flatten().filter_map(|name| known(name.as_str()?)).collect();
    let all = names.is_some_and(|names| names.len() == taken.len());
    *place = Some(taken);
    Some(all)
}

/// What serde calls so.
fn named<T: DeserializeOwned>(name: &str) -> Option<T> {
    T::deserialize(StrDeserializer::<serde::de::value::Error>::new(name)).ok()
}
