//! What is written is read back, by us and by a program that is not ours.
//!
//! 1,000 random vaults a format. Key derivations are the cheapest that each
//! format's reader takes (the vault's own floor; scrypt with N = 2^4), but for
//! three vaults of each encrypted format, which are written as they ship.
//! Of our own format, whose floor is far above the others', all 1,000 are tried
//! by `./build.sh soak`, which sets `SOAK`, and the first 100 otherwise.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use data_encoding::BASE64;
use exchange::write::{Costs, Export, Target, write};
use formats::{Entry, Password, read};
use kdf::Argon2Cost;
use otp::{Algorithm, Credential, Factor, Secret};
use platform::Outage;
use serde_json::{Value, json};
use vault::{Account, AccountId, Contents, Mode, Status};

use super::shown;

const VAULTS: usize = 1_000;
const AS_SHIPPED: usize = 3;
pub(super) const CHEAP: Costs<'static> =
    Costs { argon2: &[Argon2Cost { memory_kib: 19 * 1024, passes: 2, lanes: 1 }], scrypt: (4, 8, 1) };
const PASSWORD: &str = "Ærlig talt: ﬁre";
const NORMALISED: &str = "Ærlig talt: fire";

#[test]
fn tofaktor_file() {
    round_trips("tofaktor", Target::Tofaktor);
}

#[test]
fn aegis_file() {
    round_trips("aegis", Target::Aegis);
}

#[test]
fn otpauth_list() {
    round_trips("otpauth", Target::OtpauthList);
}

#[test]
fn migration_pages() {
    round_trips("migration", Target::Migration);
}

fn round_trips(name: &str, target: Target) {
    let mut random = Noise(0x9e37_79b9_7f4a_7c15 ^ name.len() as u64);
    let password = Password::new(PASSWORD.into(), NORMALISED.into());
    let mut lines = String::new();
    let vaults = if target == Target::Tofaktor && std::env::var_os("SOAK").is_none() { VAULTS / 10 } else { VAULTS };
    for number in 0..vaults {
        let costs = if number < AS_SHIPPED { Costs::USUAL } else { CHEAP };
        let contents = random.contents();
        let mut fill = |out: &mut [u8]| -> Result<(), Outage> {
            out.fill_with(|| random.next() as u8);
            Ok(())
        };
        let export = write(target, &contents, Some(&password), &costs, 1_800_000_000_000, &mut fill).unwrap();
        let taken: Vec<Entry> = contents
            .accounts
            .iter()
            .filter(|account| !export.left_out.contains(&account.id))
            .map(|account| Entry::from(account.clone()))
            .collect();
        // Our own derivation at its floor is what takes long, and the other program does it for all.
        if target != Target::Tofaktor || number % 10 == 0 {
            reads_back(target, &export, &password, &contents, &taken);
        }
        let line = json!({
            "format": name,
            "password": PASSWORD,
            "pages": export.pages.iter().map(|page| BASE64.encode(page)).collect::<Vec<_>>(),
            "expected": taken.iter().map(expected).collect::<Vec<_>>(),
        });
        writeln!(lines, "{line}").unwrap();
    }
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.jsonl"));
    std::fs::write(&path, lines).unwrap();
    read_by_python(&path);
}

/// By our own importer, exactly.
fn reads_back(target: Target, export: &Export, password: &Password, contents: &Contents, taken: &[Entry]) {
    if taken.is_empty() && target.is_plain() {
        return;
    }
    let pages: Vec<&[u8]> = export.pages.iter().map(|page| page.as_slice()).collect();
    let import = read(&pages.join(&b'\n'), Some(password)).unwrap_or_else(|error| panic!("{target:?}: {error:?}"));
    assert_eq!(import.entries.len(), taken.len(), "{target:?}");
    for (got, wanted) in import.entries.iter().zip(taken) {
        assert!(got.credential == wanted.credential, "{target:?}");
        match target {
            Target::Tofaktor => assert!(got.account == wanted.account),
            // These have no field for the tenant: Aegis gets a note, and in the others it is part of
            // the label, where a colon in a name that is no address cannot be told from the separator.
            Target::Aegis => assert_eq!((&got.issuer, &got.name), (&wanted.issuer, &wanted.name)),
            Target::OtpauthList | Target::Migration if wanted.name.contains('@') && !wanted.name.contains(':') => {
                assert_eq!(got.name, wanted.name, "{target:?}");
            }
            _ => {}
        }
    }
    if target == Target::Tofaktor {
        assert!(import.backup.as_ref() == Some(contents));
    }
}

/// By tests/read_export.py, where there is a Python environment for it.
fn read_by_python(path: &Path) {
    let root = support::path("");
    let python = root.join("target/venv/bin/python");
    if !python.exists() {
        eprintln!("SKIPPED: no target/venv, so {} was not read by another program.", path.display());
        return;
    }
    let done = Command::new(python).arg(root.join("tests/read_export.py")).arg(path).output().unwrap();
    let (said, complained) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "{complained}");
    print!("{said}");
}

fn expected(entry: &Entry) -> Value {
    let mut value = shown::entry_with_organisation(entry);
    if entry.credential.factor == Factor::Steam
        && let Some(map) = value.as_object_mut()
    {
        map.remove("period");
    }
    value
}

/// xorshift64: the same vaults on every machine.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[usize::try_from(self.below(choices.len() as u64)).unwrap()]
    }

    fn contents(&mut self) -> Contents {
        let count = if self.below(20) == 0 { self.below(60) } else { 1 + self.below(6) };
        Contents { accounts: (0..count).map(|_| self.account()).collect(), ..Contents::default() }
    }

    fn account(&mut self) -> Account {
        let length = if self.below(3) == 0 { 1 + self.below(128) } else { self.one_of(&[10, 16, 20, 32]) };
        let secret = Secret::new((0..length).map(|_| self.next() as u8).collect()).unwrap();
        let algorithm = self.one_of(&[Algorithm::Sha1, Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512]);
        let digits = self.one_of(&[6, 6, 6, 7, 8, 9]);
        let (algorithm, digits, factor) = match self.below(8) {
            0 => (Algorithm::Sha1, 5, Factor::Steam),
            // Other readers have the counter as a signed number.
            1 => (algorithm, digits, Factor::Counter { counter: self.next() >> (1 + self.below(63)) }),
            2 => (algorithm, digits, Factor::Time { period: 1 + u32::try_from(self.below(3600)).unwrap() }),
            _ => (algorithm, digits, Factor::Time { period: 30 }),
        };
        let mut id = [0; 16];
        id.fill_with(|| self.next() as u8);
        let issuer = if self.below(2) == 0 { "Microsoft".to_owned() } else { self.name() };
        let name = self.name();
        Account {
            id: AccountId(id),
            created_ms: self.below(1 << 50),
            modified_ms: self.below(1 << 50),
            organisation: (self.below(2) == 0)
                .then(|| self.name())
                .filter(|organisation| !organisation.is_empty() && *organisation != issuer),
            issuer,
            name,
            origin: None,
            came: None,
            credential: Credential::new(secret, algorithm, digits, factor).unwrap(),
            status: self.one_of(&[Status::Unconfirmed, Status::Confirmed]),
            said: false,
            mode: self.one_of(&[Mode::Code, Mode::Approve, Mode::Automatic]),
            pinned: self.below(2) == 0,
            last_used_ms: (self.below(2) == 0).then(|| self.below(1 << 50)),
            last_step: None,
            saved_ms: None,
            replaces: None,
            microsoft: None,
            organisation_ids: Vec::new(),
            note: None,
            life: 0,
            extra: strict_json::Map::new(),
        }
    }

    /// What URIs, JSON and people trip over.
    fn name(&mut self) -> String {
        const PIECES: [&str; 24] = [
            "kari",
            "ola.nordmann",
            "@",
            "contoso.no",
            " ",
            "Ærlig",
            ":",
            "%",
            "%3A",
            "&",
            "#",
            "?",
            "=",
            "+",
            "/",
            "\"",
            "\\",
            "'",
            "<b>",
            "日本",
            "😀",
            "é",
            ",",
            ";",
        ];
        let mut name: String = (0..self.below(7)).map(|_| self.one_of(&PIECES)).collect();
        if self.below(3) == 0 {
            name = format!("user{}@contoso.no", self.below(1000));
        }
        name.trim().to_owned()
    }
}
