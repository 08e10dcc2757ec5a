//! Entries whose fields are called what each program likes: rows of a table, objects of JSON.
//!
//! A field is known by its name, in any case and whatever stands between its words. What a
//! field for keys in general holds is taken only if it looks like a key of a code: passwords,
//! user names and web addresses stand under the same names.

use std::borrow::Cow;

use super::beside::Beside;
use super::draft::{Draft, parsed, read_base32};
use super::error::{ImportError, Why};
use super::json::{Fields, Value};
use super::{Import, keepass_codes, otpauth};
use exchange::{Discarded, Entry};
use otp::uri::MAX_NAME;

/// What a field is, as its name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// A code's key or URI.
    Code,
    /// A key, perhaps of a code.
    Key,
    Issuer,
    Name,
    Email,
    Site,
    Kind,
    Algorithm,
    Digits,
    Period,
    Counter,
    Archived,
    Trashed,
    /// A password: what has one is a table of a password manager.
    Password,
    /// The same once more.
    Again,
    /// What a person wrote down about it.
    Note,
    /// How it is sorted.
    Tag,
    /// The same, as a path that begins with what holds everything.
    Path,
    /// Several of these, a name and a value a line.
    Lines,
    /// KeePass' own, by its name there.
    Keepass(&'static str),
}

impl Role {
    fn is_of_a_key(self) -> bool {
        match self {
            Self::Code | Self::Key => true,
            Self::Keepass(name) => keepass_codes::is_key(name),
            _ => false,
        }
    }
}

/// The names, small and without what stands between words; of one kind, the certain before the vague.
const NAMES: [(Role, &str); 15] = [
    (Role::Code, "secretbase32"),
    (
        Role::Key,
        "secret secretkey sharedsecret seed secretseed decryptedseed decryptedsecret key sharedkey token verificationcode \
         authenticationcode setupkey base32 base32key base32secret",
    ),
    (
        Role::Issuer,
        "issuer issuername originalissuer originalissuername service servicename provider appname app name title accountname \
         nickname passwordname secretname site website nettsted titel beschreibung displayname",
    ),
    (
        Role::Name,
        "account username loginusername user userid userprincipalname upn login loginname originalusername label \
         accountlabel accountname brukernavn benutzername name title",
    ),
    (Role::Email, "email mail emailaddress loginemail itememail epost"),
    (
        Role::Site,
        "url loginuri loginurl loginurls weburl webaddress uri domain passwordurl secreturl internetseite internetadresse webseite",
    ),
    (Role::Kind, "otptype tokentype type kind method"),
    (Role::Archived, "archived isarchived"),
    (Role::Trashed, "trashed istrashed deleted isdeleted"),
    (Role::Password, PASSWORDS),
    (Role::Again, "legacyuri"),
    (
        Role::Note,
        "notes note notesplain comments comment extra remarks remark notat notater merknad additionalinfo informationen",
    ),
    (
        Role::Tag,
        "folder foldername tags tag category categories grouping mappe kategori ordner organisationseinheit datatags vault labels",
    ),
    (Role::Path, "group"),
    (Role::Lines, "secretdata"),
];

const PASSWORDS: &str = "password loginpassword passord pwd passwort kennwort";

/// What a field is whose name is made of words for codes and nothing else. What is called after a way to sign in, without a word
/// for its key, may as well say whether there is one.
fn role_of_codes(name: &str) -> Option<Role> {
    const CODES: &str = "onetimepassword onetimepasscode onetimecode engangspassord engangskode engangsnøkkel \
                         onetimepasswort einmalpasswort einmalkennwort totp otp";
    const WAYS: &str = "authenticator googleauth twofactor 2factor 2faktor tofaktor twostep 2step totrinn twofa 2fa mfa tfa \
                        softtoken";
    const KEYS: &str = "secret base32 token nøkkel seed code skode kode key uri url";
    const FILLERS: &str = "authentication verification verifisering google shared setup login auth soft app";
    let without = |name: &str, words: &str| {
        let rest = words.split_ascii_whitespace().fold(name.to_owned(), |rest, word| rest.replace(word, ""));
        let had = rest != name;
        (rest, had)
    };
    let (rest, is_code) = without(name, CODES);
    let (rest, is_way) = without(&rest, WAYS);
    let (rest, is_key) = without(&rest, KEYS);
    let (rest, _) = without(&rest, FILLERS);
    match (rest.is_empty(), is_code, is_way) {
        (false, ..) => None,
        (true, true, _) => Some(Role::Code),
        (true, false, true) => Some(if is_key { Role::Code } else { Role::Key }),
        (true, false, false) => None,
    }
}

/// What of a code's making a field is whose name is made of words for that and nothing else, and how certain that is: what
/// goes unnoticed there makes another code. Microsoft's table of hardware tokens has a `time interval`, its list
/// `timeIntervalInSeconds` and `hashFunction`; privacyIDEA has `otplen` and `hashlib`.
fn role_of_making(name: &str) -> Option<(Role, usize)> {
    const WORDS: [(Role, &str, &str); 4] = [
        (
            Role::Algorithm,
            "algorithmus algorithm algoritme algo hash digest",
            "totp hotp otp hmac function type name mode lib",
        ),
        (Role::Digits, "digits digit siffer ziffern stellen length len", "totp hotp otp code token numberof"),
        (
            Role::Period,
            "periode period intervall interval timestep step timer",
            "totp hotp otp code token time zeit inseconds seconds sec s",
        ),
        (Role::Counter, "counter movingfactor", "hotp otp code token"),
    ];
    let without =
        |rest: String, words: &str| words.split_ascii_whitespace().fold(rest, |rest, word| rest.replace(word, ""));
    WORDS.iter().find_map(|(role, words, fillers)| {
        let place = words.split_ascii_whitespace().position(|word| name.contains(word))?;
        without(without(name.to_owned(), words), fillers).is_empty().then_some((*role, place))
    })
}

/// The part of the names in a header that says what each column is.
pub(crate) struct Roles(Vec<Vec<(Role, usize)>>);

impl Roles {
    pub(crate) fn of<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        Self(names.map(roles).collect())
    }

    /// Whether the names are a header's.
    pub(crate) fn is_header(&self) -> bool {
        self.0.iter().flatten().any(|(role, _)| role.is_of_a_key() || matches!(role, Role::Password | Role::Lines))
    }

    /// A row under this header.
    pub(crate) fn row<'a>(&'a self, cells: impl Iterator<Item = &'a str>) -> Named<'a> {
        let names =
            self.0.iter().map(Vec::as_slice).map(Cow::Borrowed).chain(std::iter::repeat(Cow::Borrowed(&[][..])));
        let field = |(roles, cell): (_, &'a str)| match roboform_key(cell) {
            Some(key) => Field::of(Cow::Borrowed(CODE), key.into()),
            None => Field::of(roles, cell.trim().into()),
        };
        let mut fields: Vec<Field<'_>> = names.zip(cells).map(field).collect();
        // Zoho Vault's user name stands in such.
        let cells = fields.iter().filter(|field| field.place(Role::Lines).is_some());
        let lines: Vec<Field<'_>> = cells
            .flat_map(|field| field.text.lines().filter_map(|line| line.split_once(':')))
            .map(|(name, text)| Field::of(roles(name).into(), text.trim().to_owned().into()))
            .collect();
        fields.extend(lines);
        Named(fields)
    }
}

/// What is a code and nothing else.
const CODE: &[(Role, usize)] = &[(Role::Code, 0)];

/// What names an entry, and is no issuer that it has of its own.
const TITLE: &[(Role, usize)] = &[(Role::Issuer, 1)];

/// RoboForm has a field in each cell from some column on: its name, two that are empty, its kind and what it holds.
fn roboform_key(cell: &str) -> Option<&str> {
    cell.strip_prefix("TOTP KEY$,")?.splitn(4, ',').last().map(str::trim)
}

/// In bytes: a name that is longer is made of other words.
const LONGEST: usize = 64;

/// What may stand before a field's own name.
const KINDS: [&str; 4] = ["websitepassword", "applicationpassword", "totp", "otp"];

fn roles(name: &str) -> Vec<(Role, usize)> {
    let name: String = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    if name.len() > LONGEST {
        return Vec::new();
    }
    let letters = |own: &str| own.bytes().filter(|c| *c != b'-').map(|c| c.to_ascii_lowercase()).eq(name.bytes());
    if let Some(own) = keepass_codes::NAMES.into_iter().find(|own| name.contains("otp") && letters(own)) {
        return vec![(Role::Keepass(own), 0)];
    }
    let of = |name: &str| -> Vec<(Role, usize)> {
        let place = |names: &str| names.split_ascii_whitespace().position(|known| known == name);
        let of_codes = role_of_codes(name).map(|role| (role, 0)).or_else(|| role_of_making(name));
        of_codes.into_iter().chain(NAMES.iter().filter_map(|(role, names)| Some((*role, place(names)?)))).collect()
    };
    // Psono says of each field which kind of entry it is of, and some say it of all that makes up a code.
    let known = [of(&name)].into_iter().chain(KINDS.iter().filter_map(|kind| name.strip_prefix(kind)).map(of));
    known.into_iter().find(|roles| !roles.is_empty()).unwrap_or_default()
}

/// Whether a field of that name holds a code's key.
pub(crate) fn is_of_a_code(name: &str) -> bool {
    roles(name).iter().any(|(role, _)| *role == Role::Code)
}

struct Field<'a> {
    /// What it may be, each with its place among the names of that.
    roles: Cow<'a, [(Role, usize)]>,
    text: Cow<'a, str>,
    /// Whether it says anything: no name is a URI of a code.
    says: bool,
}

impl<'a> Field<'a> {
    fn of(roles: Cow<'a, [(Role, usize)]>, text: Cow<'a, str>) -> Self {
        // Bitwarden Authenticator's table has the word where there is no issuer.
        let text = if otp::uri::is_unset(&text) { "".into() } else { text };
        let says = !roles.is_empty() && !text.is_empty() && otpauth::found(&text).next().is_none();
        Self { roles, text, says }
    }

    fn of_pair(pair: &'a Value) -> Self {
        let text = match pair.get("value") {
            Some(Value::Number(number)) => number.to_string().into(),
            _ => Cow::Borrowed(pair.text_of("value").trim()),
        };
        Self::of(roles(name_of_pair(pair).unwrap_or_default()).into(), text)
    }

    fn place(&self, role: Role) -> Option<usize> {
        self.roles.iter().find(|(own, _)| *own == role).map(|(_, place)| *place)
    }

    fn is_a_key(&self) -> bool {
        self.says && self.roles.iter().any(|(role, _)| role.is_of_a_key())
    }

    /// Whether there may be a code in it.
    fn may_hold_a_code(&self) -> bool {
        self.is_a_key() || otpauth::found(&self.text).next().is_some()
    }
}

/// What an object says of all that is in it, worked out once: every object in it asks.
struct Around<'a>(Vec<Field<'a>>);

impl<'a> Around<'a> {
    const ROLES: [Role; 6] = [Role::Issuer, Role::Name, Role::Email, Role::Site, Role::Archived, Role::Trashed];
    /// More names than these, or longer ones, are nobody's.
    const MAX: usize = 64;
    const LONGEST: usize = 4 * MAX_NAME;

    fn of(fields: &[Field<'a>]) -> Self {
        let said = fields.iter().filter_map(|field| {
            let roles: Vec<_> = field.roles.iter().filter(|(role, _)| Self::ROLES.contains(role)).copied().collect();
            let text = if field.says && field.text.len() <= Self::LONGEST { field.text.clone() } else { "".into() };
            let says = !text.is_empty();
            (!roles.is_empty()).then_some(Field { roles: roles.into(), text, says })
        });
        Self(said.take(Self::MAX).collect())
    }
}

/// The fields of what may be an entry.
pub(crate) struct Named<'a>(Vec<Field<'a>>);

impl<'a> Named<'a> {
    /// An object of JSON; what stands around it names it where it does not name itself.
    fn of_json(mut fields: Vec<Field<'a>>, around: &'a [Around<'_>]) -> Self {
        for Around(outer) in around.iter().rev().take(3) {
            let is_said = |role: &Role| fields.iter().any(|own| own.place(*role).is_some());
            let unsaid: Vec<Role> = Around::ROLES.into_iter().filter(|role| !is_said(role)).collect();
            fields.extend(outer.iter().filter_map(|field| {
                let roles: Vec<_> = field.roles.iter().filter(|(role, _)| unsaid.contains(role)).copied().collect();
                (!roles.is_empty()).then(|| Field {
                    roles: roles.into(),
                    text: (&*field.text).into(),
                    says: field.says,
                })
            }));
        }
        Self(fields)
    }

    /// What has names and values in turn, under a title.
    pub(crate) fn of_pairs(title: &'a str, texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut texts = texts.into_iter();
        let mut fields = vec![Field::of(Cow::Borrowed(TITLE), title.into())];
        while let Some(name) = texts.next() {
            // What is left over at the end is a note.
            let (roles, text) = texts.next().map_or((vec![(Role::Note, 0)], name), |text| (roles(name), text));
            fields.push(Field::of(roles.into(), text.into()));
        }
        Self(fields)
    }

    /// The first text with that role, and where it stands.
    fn find(&self, role: Role, but: Option<usize>) -> Option<(usize, &str)> {
        let fields = self.0.iter().enumerate().filter(|(at, _)| Some(*at) != but);
        let with = fields.filter(|(_, field)| field.says);
        with.filter_map(|(at, field)| Some((field.place(role)?, at, &*field.text)))
            .min_by_key(|(place, ..)| *place)
            .map(|(_, at, text)| (at, text))
    }

    fn text(&self, role: Role) -> Option<&str> {
        self.find(role, None).map(|(_, text)| text)
    }

    /// Takes its codes.
    pub(crate) fn take(&self, import: &mut Import) -> Result<(), ImportError> {
        let is = |role| {
            self.text(role).is_some_and(|text| !["false", "0", "no"].contains(&text.to_ascii_lowercase().as_str()))
        };
        // Where there is a field for the issuer, and it is empty, what may name either names the account, if nothing else does.
        let has_issuer = self.0.iter().any(|field| field.place(Role::Issuer) == Some(0));
        let issuer = self.find(Role::Issuer, None).filter(|(at, _)| {
            let may_be_name = self.0.get(*at).is_some_and(|field| field.place(Role::Name).is_some());
            !(has_issuer && may_be_name && self.find(Role::Name, Some(*at)).is_none())
        });
        let tags = self.0.iter().filter(|field| field.says);
        let mut tags: Vec<_> = tags.filter_map(|field| Some((field.place(Role::Tag)?, &*field.text))).collect();
        tags.sort_by_key(|(place, _)| *place);
        let beside = Beside {
            title: issuer.map_or("", |(_, text)| text),
            user: self.find(Role::Name, issuer.map(|(at, _)| at)).map_or("", |(_, text)| text),
            email: self.text(Role::Email).unwrap_or_default(),
            site: self.text(Role::Site).filter(|site| !otpauth::is_list(site)).unwrap_or_default(),
            discarded: match () {
                () if is(Role::Trashed) => Some(Discarded::Trash),
                () if is(Role::Archived) => Some(Discarded::Archive),
                () => None,
            },
            // Also where a code stands in it.
            note: (self.0.iter().find(|field| field.place(Role::Note).is_some() && !field.text.is_empty()))
                .map_or("", |field| &field.text),
            tags: (self.text(Role::Path).into_iter().flat_map(|path| path.split('/').skip(1).last()))
                .chain(tags.iter().flat_map(|(_, tags)| tags.split([';', ','])))
                .map(|tag| tag.trim_matches(['/', '\\']))
                .collect(),
        };
        // Password managers' `type` is "login": what is no kind of code says nothing about codes, but where it is said of them.
        let is_of_a_code = |at: usize| self.0.get(at).and_then(|field| field.place(Role::Kind)) < Some(2);
        let kind = self.find(Role::Kind, None).and_then(|(at, kind)| match kind.to_ascii_lowercase().as_str() {
            "totp" => Some("totp"),
            "hotp" => Some("hotp"),
            "steam" => Some("steam"),
            "steamtotp" => Some("steamtotp"),
            "motp" | "yandex" => Some(""),
            _ if is_of_a_code(at) => Some(""),
            _ => None,
        });
        // No password manager calls anything an issuer.
        let is_of_codes = kind.is_some() || has_issuer;
        let mut codes = Vec::new();
        let mut fields: Vec<&Field<'_>> = self.0.iter().filter(|field| !field.text.is_empty()).collect();
        fields.sort_by_key(|field| field.place(Role::Code).unwrap_or(usize::MAX));
        for field in fields {
            let (text, is_code) = (&*field.text, field.place(Role::Code).is_some());
            match () {
                () if field.place(Role::Again).is_some() => {}
                () if is_code && text.contains("://") && otpauth::found(text).next().is_none() => {
                    codes.push(beside.read(text));
                }
                () if is_code && !text.contains("://") => codes.push(match letters(text).count() {
                    // "yes", "SMS", a password.
                    1..SHORTEST => Err(Why::NoKey),
                    _ if text.contains("key=") => beside.read(text),
                    _ => self.read(&beside, kind, text),
                }),
                () if field.place(Role::Key).is_some() && !text.contains("://") => {
                    codes.push(self.read(&beside, kind, text).and_then(|entry| {
                        if is_of_codes || looks_like_a_key(text) { Ok(entry) } else { Err(Why::NoKey) }
                    }));
                }
                () => codes.extend(otpauth::found(text).map(|uri| beside.read(uri))),
            }
        }
        codes.extend(keepass_codes::read(&beside.issuer(), beside.name(), |name| {
            let is_it = |field: &&Field<'_>| {
                field.roles.iter().any(|(role, _)| matches!(role, Role::Keepass(own) if *own == name))
            };
            self.0.iter().find(is_it).map_or("", |field| &field.text)
        }));
        beside.push(import, codes)
    }

    fn read(&self, beside: &Beside<'_>, kind: Option<&str>, key: &str) -> Result<Entry, Why> {
        let number = |role, why| parsed(self.text(role), why);
        // Of a password manager, these are no fields of a code: a hash, a length or a step may be anything.
        let issuer = beside.issuer();
        Draft {
            algorithm: self.text(Role::Algorithm),
            digits: number(Role::Digits, Why::Digits),
            period: number(Role::Period, Why::Period),
            counter: number(Role::Counter, Why::Counter),
            ..Draft::of(kind.unwrap_or("totp"), &issuer, without(&issuer, beside.name()), read_base32(key))
        }
        .finish()
    }
}

/// A label may have the issuer before the name, as in a URI.
fn without<'a>(issuer: &str, name: &'a str) -> &'a str {
    let rest = name.strip_prefix(issuer.trim()).filter(|_| !issuer.trim().is_empty());
    rest.and_then(|rest| rest.strip_prefix(':')).map_or(name, str::trim_start)
}

/// Whether an object says how another's codes are made, and has no key itself: by its name, or by more than one thing that it
/// says, for a length alone may be anything's.
fn describes_a_code(name: &str, value: &Value) -> bool {
    let Value::Object(object) = value else { return false };
    let fields: Vec<Field<'_>> = fields(object).collect();
    let says = |role| fields.iter().any(|field| field.says && field.place(role).is_some());
    let roles =
        [Role::Algorithm, Role::Digits, Role::Period, Role::Counter].into_iter().filter(|role| says(*role)).count();
    roles > usize::from(!is_of_a_code(name)) && !fields.iter().any(Field::is_a_key)
}

/// What has several texts has several fields of one name.
fn fields(object: &strict_json::Map) -> impl Iterator<Item = Field<'_>> {
    let each = object.iter().flat_map(|(name, value)| value.each().iter().map(move |value| (name, value)));
    each.filter_map(|(name, value)| {
        let mut roles = roles(name);
        let text = match value {
            Value::String(text) => Cow::Borrowed(text.trim()),
            Value::Number(number) => number.to_string().into(),
            Value::Bool(is) => {
                // Whether there is a key is none.
                roles.retain(|(role, _)| !matches!(role, Role::Code | Role::Key));
                is.to_string().into()
            }
            _ => return None,
        };
        Some(Field::of(roles.into(), text))
    })
}

/// Whether it is a list of pairs of names and values, of which one is of a code: the fields of what they stand in, as 1Password's
/// command line prints them. What has the key of a code of its own is an entry, whatever it is called; the code of a moment
/// is none.
fn is_of_pairs(list: &Value) -> bool {
    let is_pair = |item: &Value| {
        let Some(object) = item.as_object() else { return false };
        let is_key = |field: Field<'_>| field.place(Role::Code).is_some() && letters(&field.text).count() >= SHORTEST;
        name_of_pair(item).is_some() && !fields(object).any(is_key)
    };
    let items = list.as_array().map_or(&[][..], Vec::as_slice);
    let is_of_a_code = |item: &Value| item.has("value") && name_of_pair(item).is_some_and(is_of_a_code);
    items.iter().any(is_of_a_code) && items.iter().all(is_pair)
}

/// What a pair is called; its kind, where that says that it is of a code.
fn name_of_pair(pair: &Value) -> Option<&str> {
    let name = ["label", "name", "key"].into_iter().find_map(|name| pair.get(name)?.as_str());
    Some(pair.text_of("type")).filter(|kind| name.is_some() && is_of_a_code(kind)).or(name)
}

/// The fewest letters of a key in a table: no service gives out 40 bits.
const SHORTEST: usize = 8;

fn letters(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(char::is_ascii_alphanumeric)
}

/// 80 bits or more, in one case, and no word: with a digit, or as it is printed, in capitals.
fn looks_like_a_key(text: &str) -> bool {
    let has = |is: fn(&char) -> bool| letters(text).any(|c| is(&c));
    let (small, capital) = (has(char::is_ascii_lowercase), has(char::is_ascii_uppercase));
    // What is in two cases is base64, or a password.
    letters(text).count() >= 16 && !(small && capital) && (has(char::is_ascii_digit) || !small)
}

/// JSON of which no more is known: every object that has a code's URI or key.
pub(crate) fn read_json(json: &Value, import: &mut Import) -> Result<(), ImportError> {
    walk(json, &mut Vec::new(), import)
}

/// Whether it is a password manager's, which may have no codes.
pub(crate) fn holds_passwords(json: &Value) -> bool {
    match json {
        Value::Array(items) => items.iter().any(holds_passwords),
        Value::Object(object) => {
            // Without a look for all else that a name may mean: this is asked of files that are anything.
            let is_password = |name: &str| PASSWORDS.split(' ').any(|known| name.eq_ignore_ascii_case(known));
            object.iter().any(|(name, value)| {
                value.as_str().is_some_and(|text| !text.is_empty() && is_password(name)) || holds_passwords(value)
            })
        }
        _ => false,
    }
}

fn walk<'a>(json: &'a Value, around: &mut Vec<Around<'a>>, import: &mut Import) -> Result<(), ImportError> {
    match json {
        Value::Array(items) => items.iter().try_for_each(|item| walk(item, around, import)),
        Value::Object(object) => {
            let mut fields: Vec<Field<'a>> = fields(object).collect();
            let (pairs, others): (Vec<_>, Vec<_>) = object.iter().partition(|(_, value)| is_of_pairs(value));
            fields.extend(pairs.into_iter().flat_map(|(_, value)| value.each()).map(Field::of_pair));
            let inside = Around::of(&fields);
            // 2FAS has the key of a code in one object, and in one within it what makes its digits.
            let has_key = fields.iter().any(Field::is_a_key);
            let (said, others): (Vec<_>, Vec<_>) =
                others.into_iter().partition(|(name, value)| has_key && describes_a_code(name, value));
            fields.extend(said.into_iter().filter_map(|(_, value)| value.as_object()).flat_map(self::fields));
            if fields.iter().any(Field::may_hold_a_code) {
                Named::of_json(fields, around).take(import)?;
            }
            around.push(inside);
            let done = others.into_iter().try_for_each(|(_, value)| walk(value, around, import));
            around.pop();
            done
        }
        _ => Ok(()),
    }
}
