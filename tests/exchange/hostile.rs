//! Files that nobody's app wrote.

use exchange::merge::{self, Choice};
use formats::{Import, ImportError, MAX_FILE, Password, read};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use vault::{AccountId, Contents};

use super::vectors::{self, Vector};

/// 10,000 changed vectors: whatever they answer, they answer.
#[test]
fn changed_files_never_panic() {
    // The dear derivations say nothing more about parsers than the cheap ones, and a mutation
    // that raises a cost within the caps would only take long.
    let dear = ["stratum-strong", "extension-v3", "proton-encrypted", "bitwarden-argon2"];
    let vectors: Vec<Vector> = vectors::all();
    let cheap = |v: &&Vector| !dear.contains(&v.name.as_str()) && !v.name.starts_with("bad-");
    let seeds: Vec<&Vector> = vectors.iter().filter(cheap).collect();
    let mut random = Noise(0x2545_f491_4f6c_dd1d);
    let (mut taken, mut refused) = (0, 0);
    for round in 0..10_000 {
        let seed = seeds[round % seeds.len()];
        let mut bytes = seed.body.clone();
        for _ in 0..1 + random.below(4) {
            mutate(&mut bytes, &mut random);
        }
        // Half without the password: parsing is what is attacked, decryption is what is slow.
        let password = seed.password().filter(|_| round % 16 == 0);
        match read(&bytes, password.as_ref()) {
            Ok(import) => {
                taken += 1;
                is_sound(&import);
            }
            Err(_) => refused += 1,
        }
    }
    println!("10,000 changed files of {}: {taken} read, {refused} refused, no panic", seeds.len());
    assert!(taken > 100 && refused > 100);
}

#[test]
fn any_bytes_at_all() {
    let mut runner = runner(2_000);
    runner
        .run(&prop::collection::vec(any::<u8>(), 0..400), |bytes| {
            let _ = read(&bytes, None);
            Ok(())
        })
        .unwrap();
}

#[test]
fn any_json_at_all() {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("-1".to_owned()),
        Just("1e300".to_owned()),
        Just("99999999999999999999999".to_owned()),
        Just("\"MZXW6YTB\"".to_owned()),
        Just("\"otpauth://totp/a?secret=MZXW6YTB\"".to_owned()),
        Just("\"U2FsdGVkX1+NAcAsfEOvgCexR4PFtfeQp9LUWtlezKW3W7PFB/TeV5KozljwhuPl\"".to_owned()),
        Just("\"totp\"".to_owned()),
        Just("true".to_owned()),
    ];
    let names = "(header|db|entries|info|secret|services|otp|encrypted|passwordProtected|items|login|totp|type|kdfParams|encryptedData|encryptionNonce|memLimit|opsLimit|salt|version|content|uri|entry_type|Authenticators|Type|Secret|tokens|tokenOrder|accounts|dataType|key|enc|hash|keyId|data|kind|timer|otpGenerator|otpSecret|slots|params|n|r|p|digits|period|counter|algorithm)";
    let json = leaf.prop_recursive(5, 60, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::btree_map(names, inner, 0..6).prop_map(|map| {
                let fields: Vec<_> = map.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
                format!("{{{}}}", fields.join(","))
            }),
        ]
    });
    let password = Password::ascii("x");
    let mut runner = runner(4_000);
    runner
        .run(&json, |text| {
            for password in [None, Some(&password)] {
                if let Ok(import) = read(text.as_bytes(), password) {
                    is_sound(&import);
                }
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn sizes_are_bounded() {
    assert_eq!(read(&vec![b' '; MAX_FILE + 1], None).err(), Some(ImportError::TooLarge));
    let line = "otpauth://totp/a?secret=MZXW6YTB\n";
    assert_eq!(read(line.repeat(10_001).as_bytes(), None).err(), Some(ImportError::TooMany));
    assert_eq!(read(line.repeat(10_000).as_bytes(), None).map(|i| i.entries.len()).ok(), Some(10_000));
    assert_eq!(read(format!("[{}0]", "0,".repeat(8_000_000)).as_bytes(), None).err(), Some(ImportError::TooMany));
    let deep = format!("{{\"a\":{}", "[".repeat(10_000_000));
    assert_eq!(read(deep.as_bytes(), None).err(), Some(ImportError::TooDeep));
    let many = format!("issuer,secret\n{}", "a,MZXW6YTB\n".repeat(10_001));
    assert_eq!(read(many.as_bytes(), None).err(), Some(ImportError::TooMany));
}

/// What cannot be read leaves the vault as it was, and what can is taken whole.
#[test]
fn a_merge_is_all_or_what_was_chosen() {
    for vector in vectors::all() {
        let Ok(import) = read(&vector.body, vector.password().as_ref()) else { continue };
        let mut contents = Contents::default();
        let mut next = 0u8;
        let make_id = || {
            next += 1;
            Ok(AccountId([next; 16]))
        };
        let choices: Vec<Choice> =
            merge::plan(&contents, &import.entries).into_iter().map(merge::Fate::usual_choice).collect();
        let merged = merge::apply(&mut contents, &import.entries, &choices, 1, make_id).unwrap();
        assert_eq!(merged.added.len() + merged.skipped, import.entries.len(), "{}", vector.name);
        for entry in &import.entries {
            assert!(contents.accounts.iter().any(|a| a.credential == entry.credential), "{}", vector.name);
        }
        let all_there = merge::plan(&contents, &import.entries);
        assert!(all_there.iter().all(|fate| !matches!(fate, merge::Fate::New)), "{}", vector.name);
    }
}

fn is_sound(import: &Import) {
    for entry in &import.entries {
        assert!(!entry.credential.secret.expose().is_empty());
        assert!(entry.name.chars().count() <= 256 && entry.issuer.chars().count() <= 256);
        let _ = entry.credential.code_at(1_800_000_000_000);
    }
    for unreadable in &import.unreadable {
        assert!(!unreadable.label.contains("MZXW6YTB"), "a secret in a label");
    }
}

fn mutate(bytes: &mut Vec<u8>, random: &mut Noise) {
    const TELLING: [&[u8]; 12] = [
        b"\xff\xff\xff\xff",
        b"\0\0\0\0",
        b"{",
        b"[[[[[[[[",
        b"\"",
        b":",
        b"null",
        b"-1",
        b"99999999999",
        b"otpauth://",
        b"%",
        b"\xf0\x9f",
    ];
    let at = random.below(bytes.len().max(1)).min(bytes.len());
    match random.below(6) {
        0 => bytes.truncate(at),
        1 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << (random.next() % 8)),
        2 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte = random.next() as u8),
        3 => drop(bytes.drain(at..bytes.len().min(at + 1 + random.below(16)))),
        4 => drop(bytes.splice(at..at, TELLING[random.below(TELLING.len())].iter().copied())),
        _ => {
            let piece: Vec<u8> = bytes.iter().skip(at).take(1 + random.below(64)).copied().collect();
            let to = random.below(bytes.len().max(1)).min(bytes.len());
            drop(bytes.splice(to..to, piece));
        }
    }
}

/// xorshift64: the same numbers on every machine.
pub(super) struct Noise(pub(super) u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(super) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }
}

fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 1_000, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]))
}
