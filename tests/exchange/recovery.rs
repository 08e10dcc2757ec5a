//! `tofaktor recovery-key` and `tofaktor recover`, as the desk runs them.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use support::{Fake, account, now, passphrase};
use vault::key_slots::NewUnlockMethod;
use vault::{Contents, OrganisationKey, store};

use crate::{Answer, Folder, tofaktor};

const OLD: &str = "fire glade elger i gamle";
const NEW: &str = "fem nye ord i stolen";

/// The key that the command line prints for the policy.
fn printed(answer: &Answer) -> OrganisationKey {
    assert_eq!(answer.code, 0, "{}", answer.err);
    let policy: serde_json::Value = serde_json::from_str(&answer.out).unwrap();
    OrganisationKey::from_text(policy["recoveryKeys"][0].as_str().unwrap()).unwrap()
}

/// A vault of 40 accounts that is sealed to it, as a browser saves it.
fn vault(folder: &Folder, name: &str, key: &OrganisationKey) -> String {
    let (p, words) = (Fake::new(), passphrase(OLD));
    let contents = Contents {
        accounts: (1..=40).map(|n| account(n, &format!("{n}@skole.example"))).collect(),
        ..Contents::default()
    };
    let ways = [("", NewUnlockMethod::Passphrase(&words)), (key.name.as_str(), NewUnlockMethod::Organisation(key))];
    now(store::create(&p, &ways, &contents)).unwrap();
    folder.write(name, now(store::export_raw(&p)))
}

#[test]
fn every_subset_of_the_shares_opens_if_it_is_enough_and_no_other_does() {
    let folder = Folder::new("recovery");
    let password = folder.write("new", NEW);
    let mut tried = [0, 0];
    for (shares, needed) in [(1, 1), (2, 1), (3, 2), (3, 3), (4, 2)] {
        let keys = folder.path(&format!("keys-{shares}-{needed}"));
        let create = [
            "recovery-key",
            "create",
            "--name",
            "Fylket, IT-drift",
            "--shares",
            &shares.to_string(),
            "--needed",
            &needed.to_string(),
            "-o",
            &keys,
        ];
        let answer = tofaktor(&create);
        let key = printed(&answer);
        assert_eq!(key.name, "Fylket, IT-drift");
        assert_eq!(tofaktor(&create).code, 1, "a folder that is there is left alone");
        let sealed = vault(&folder, &format!("vault-{shares}-{needed}"), &key);
        let share = |n: u32| format!("{keys}/share-{n}-of-{shares}.txt");
        for subset in 0_u32..1 << shares {
            let chosen: Vec<String> = (1..=shares).filter(|n| subset & (1 << (n - 1)) != 0).map(share).collect();
            let out = folder.path(&format!("out-{shares}-{needed}-{subset}"));
            let mut args = vec!["recover", &sealed, "--password-file", &password, "-o", &out];
            // Given twice, one counts once.
            for path in chosen.iter().chain(chosen.first()) {
                args.extend(["--key-file", path.as_str()]);
            }
            let answer = tofaktor(&args);
            let enough = chosen.len() >= needed as usize;
            assert_eq!((answer.code == 0, fs::exists(&out).unwrap()), (enough, enough), "{subset:b}: {}", answer.err);
            if !enough {
                let wanted = if chosen.is_empty() { "no share".to_owned() } else { format!("{needed} are needed") };
                assert!(answer.err.contains(&wanted), "{}", answer.err);
            }
            tried[usize::from(enough)] += 1;
        }
    }
    println!("{} subsets open, {} do not", tried[1], tried[0]);

    // What came of it opens by the new passphrase and not by the old one, with all that was in it.
    let out = folder.path("out-3-2-3");
    let opened = tofaktor(&["open", &out, "--password-file", &password]);
    assert!(opened.code == 0 && opened.out.lines().count() >= 40, "{}", opened.err);
    let old = folder.write("old", OLD);
    assert_eq!(tofaktor(&["open", &out, "--password-file", &old]).code, 1);
}

#[test]
fn a_share_that_is_mistyped_or_of_another_key_and_a_vault_of_another_are_said() {
    let folder = Folder::new("recovery-refused");
    let make = |name: &str| {
        let keys = folder.path(name);
        let answer =
            tofaktor(&["recovery-key", "create", "--name", name, "--shares", "2", "--needed", "2", "-o", &keys]);
        (printed(&answer), [1, 2].map(|n| format!("{keys}/share-{n}-of-2.txt")))
    };
    let (ours, own) = make("Fylket");
    let (_, others) = make("Kommunen");
    let (password, short) = (folder.write("new", NEW), folder.write("short", "kort"));
    let sealed = vault(&folder, "vault", &ours);
    let recover = |sealed: &str, shares: &[&str], password: &str| {
        let out = folder.path("out");
        let mut args = vec!["recover", sealed, "--password-file", password, "-o", &out];
        for share in shares {
            args.extend(["--key-file", share]);
        }
        let answer = tofaktor(&args);
        assert!(answer.code == 1 && !fs::exists(&out).unwrap());
        answer.err
    };
    let text = fs::read_to_string(&own[0]).unwrap();
    for at in 0..text.trim_end().len() {
        let mut bytes = text.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'C' } else { b'A' };
        let bad = folder.write("bad", bytes);
        // One in the middle of the file costs a process each; a few stand for all, and the check is over every byte.
        if at % 9 == 0 {
            let said = recover(&sealed, &[&bad, &own[1]], &password);
            assert!(said.contains("no share of a recovery key") || said.contains("are needed"), "{at}: {said}");
        }
    }
    // As Windows' own PowerShell writes a file: it is the file that is said, and not that there is nothing in it.
    let wide: Vec<u8> = std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let wide = folder.write("wide", wide);
    assert!(recover(&sealed, &[&wide, &own[1]], &password).contains("wide: a line in it is no share"));
    assert!(recover(&sealed, &[&own[0], &others[1]], &password).contains("of another key"));
    assert!(recover(&sealed, &[&others[0], &others[1]], &password).contains("not sealed to that key"));
    assert!(recover(&sealed, &[&own[0], &own[1]], &short).contains("8 characters"));
    assert!(recover(&password, &[&own[0], &own[1]], &password).contains("not a Tofaktor backup"));
    assert!(recover(&folder.path("none"), &[&own[0], &own[1]], &password).contains("No such file"));
    let cut = fs::read(&sealed).unwrap();
    let cut = folder.write("cut", &cut[..cut.len() / 4]);
    assert!(recover(&cut, &[&own[0], &own[1]], &password).contains("not a Tofaktor backup"));
    for wrong in [["--shares", "0"], ["--needed", "0"], ["--shares", "256"]] {
        let out = folder.path("x");
        let args = [&["recovery-key", "create", "--name", "x", "-o", &out][..], &wrong].concat();
        assert_eq!(tofaktor(&args).code, 2, "{wrong:?}");
    }
    let more =
        tofaktor(&["recovery-key", "create", "--name", "x", "--shares", "2", "--needed", "3", "-o", &folder.path("x")]);
    assert!(more.code == 1 && more.err.contains("more shares"), "{}", more.err);
    // Typed from paper: small letters, blanks for dashes, the digits that look like letters, an empty line, Windows' line ends.
    let typed = |path: &String| {
        let text = fs::read_to_string(path).unwrap().to_lowercase();
        format!(
            "\u{feff}{}\r\n\r\n",
            text.trim().replace('-', " ").replace('o', "0").replace('i', "1").replace('b', "8")
        )
    };
    let typed = [folder.write("first", typed(&own[0])), folder.write("second", typed(&own[1]))];
    let out = folder.path("typed");
    let args = [
        "recover",
        &sealed,
        "--password-file",
        &password,
        "-o",
        &out,
        "--key-file",
        &typed[0],
        "--key-file",
        &typed[1],
    ];
    let answer = tofaktor(&args);
    assert_eq!(answer.code, 0, "{}", answer.err);
    let nameless = tofaktor(&["recovery-key", "create", "--name", " ", "-o", &folder.path("x")]);
    assert!(nameless.code == 1 && !fs::exists(folder.path("x")).unwrap(), "{}", nameless.err);
}

/// A share through a pipe, and a folder in which the vault lies; and nobody else on the computer can read what was made.
#[cfg(unix)]
#[test]
fn a_share_comes_through_a_descriptor_and_what_is_written_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new("recovery-fd");
    let keys = folder.path("keys");
    let key = printed(&tofaktor(&["recovery-key", "create", "--name", "Fylket", "-o", &keys]));
    let share = fs::read(format!("{keys}/share-1-of-1.txt")).unwrap();
    let (password, sealed) = (folder.write("new", NEW), vault(&folder, "vault", &key));
    let out = folder.path("out");
    let mut child = Command::new(env!("CARGO_BIN_EXE_tofaktor"))
        .args(["recover", &sealed, "--key-fd", "0", "--password-file", &password, "-o", &out])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&share).unwrap();
    let done = child.wait_with_output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    for (path, mode) in [(&out, 0o600), (&keys, 0o700), (&format!("{keys}/share-1-of-1.txt"), 0o600)] {
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, mode, "{path}");
    }
}
