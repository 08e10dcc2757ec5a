//! A thousand accounts that are awkward in every way, through every format that is written: what comes back is equal, or
//! the difference is one that was told.

use exchange::write::{Target, write};
use formats::{Password, read};
use otp::uri::{Enrolment, MAX_NAME, clean};
use otp::{Algorithm, Credential, Factor, Secret};
use platform::Outage;
use vault::{Account, AccountId, Contents};

use super::round_trip::CHEAP;

const NAMES: [&str; 16] = [
    "kari@fjord.example",
    "a:b",
    "a:b@fjord.example",
    ":",
    "line\nbreak",
    "👩‍👩‍👧 family",
    "שלום עולם",
    "مرحبا@fjord.example",
    "e\u{301} and \u{e9}",
    "100 % + 1 & 2 = 3 # ? / \\",
    "\"quoted\", 'too'; <b>",
    "  around  ",
    "kari+test@fjord.example",
    "日本語",
    "%3A%20",
    "",
];

fn contents() -> Contents {
    let algorithms = [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512];
    let accounts = (0..1_000usize).map(|n| {
        let long = "ø".repeat(MAX_NAME);
        let name = if n % 97 == 0 { &long } else { NAMES[n % NAMES.len()] };
        let issuer = NAMES[(n / 16) % NAMES.len()];
        let secret = Secret::new((0..1 + n % 64).map(|at| (n * 31 + at * 7) as u8).collect()).unwrap();
        let (algorithm, digits, factor) = match n % 5 {
            0 => (Algorithm::Sha1, 5, Factor::Steam),
            1 => (algorithms[n % 3], 6 + (n % 4) as u8, Factor::Counter { counter: (n as u64) << (n % 50) }),
            2 => (algorithms[n % 3], 6 + (n % 4) as u8, Factor::Time { period: 1 + (n as u32 * 37) % 3600 }),
            _ => (algorithms[n % 3], [6, 8][n % 2], Factor::Time { period: 30 }),
        };
        let organisation = (n % 7 == 0 && !clean(issuer).is_empty()).then(|| clean("Fylke: nord"));
        let credential = Credential::new(secret, algorithm, digits, factor).unwrap();
        let enrolment = Enrolment { credential, issuer: clean(issuer), name: clean(name), organisation };
        Account::enrolled(AccountId((n as u128 + 1).to_be_bytes()), enrolment, None, 1)
    });
    Contents { accounts: accounts.collect(), ..Contents::default() }
}

#[test]
fn awkward_accounts_come_back_as_they_were_or_it_is_told() {
    let contents = contents();
    let password = Password::ascii("elg og bjørn, ti til");
    for target in [Target::Tofaktor, Target::Aegis, Target::OtpauthList, Target::Cxf, Target::Migration] {
        let mut fill = |out: &mut [u8]| -> Result<(), Outage> {
            out.fill(7);
            Ok(())
        };
        let export = write(target, &contents, Some(&password), &CHEAP, 1, &mut fill).unwrap();
        let pages: Vec<&[u8]> = export.pages.iter().map(|page| page.as_slice()).collect();
        let import = read(&pages.join(&b'\n'), Some(&password)).unwrap();
        assert!(import.unreadable.is_empty(), "{target:?}: {:?}", import.unreadable);
        // No more is left out than the format cannot hold, and what is longer than any QR code.
        let may_be_left = |account: &Account| {
            let Credential { digits, ref factor, .. } = account.credential;
            match (target, factor) {
                (Target::Migration, Factor::Time { period: 30 } | Factor::Counter { .. }) => {
                    ![6, 8].contains(&digits) || account.name.len() + account.issuer.len() > MAX_NAME
                }
                (Target::Migration, _) => true,
                (Target::Cxf, Factor::Time { period }) => *period > 255,
                (Target::Cxf, _) => true,
                _ => false,
            }
        };
        let left = contents.accounts.iter().filter(|account| export.left_out.contains(&account.id));
        assert!(left.clone().all(may_be_left), "{target:?}");
        let wanted = contents.accounts.iter().filter(|account| !export.left_out.contains(&account.id));
        let mut left = import.entries.iter();
        let (mut equal, mut told) = (0, 0);
        for account in wanted {
            let got = left.next().unwrap_or_else(|| panic!("{target:?} lost {}", account.name));
            assert!(got.credential == account.credential, "{target:?}: {}", account.name);
            let organisation = match target {
                // It is a note there, which these have a field for.
                Target::Aegis | Target::Cxf => None,
                _ => account.organisation.as_ref(),
            };
            let is_equal =
                (&got.issuer, &got.name, got.organisation.as_ref()) == (&account.issuer, &account.name, organisation);
            assert!(
                is_equal || export.renamed.contains(&account.id),
                "{target:?}: {:?} {:?} {:?}, was {:?} {:?} {organisation:?}",
                got.issuer,
                got.name,
                got.organisation,
                account.issuer,
                account.name
            );
            equal += usize::from(is_equal);
            told += usize::from(!is_equal);
        }
        assert!(left.next().is_none());
        println!("{target:?}: {equal} equal, {told} renamed and {} left out, both told", export.left_out.len());
    }
}
