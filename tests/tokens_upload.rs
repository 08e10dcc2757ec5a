//! The other side of `tofaktor issue`: a replica of the service that takes the upload, written from Microsoft's page on OATH
//! tokens and from nothing of ours, with a verifier of its own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests state what they know"
)]

use std::collections::BTreeMap;

use ::tokens::{Period, Person, issue, microsoft_csv};
use formats::Password;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

const HEADER: &str = "upn,serial number,secret key,time interval,manufacturer,model";
const START_MS: u64 = 1_700_000_000_000;
const WINDOW_MS: u64 = 5 * 60 * 1000;

/// A token as it was uploaded.
struct Row {
    upn: String,
    key: Vec<u8>,
    seconds: u64,
    active: bool,
}

#[derive(Default)]
struct Tenant {
    tokens: BTreeMap<String, Row>,
    activations: Vec<u64>,
}

#[derive(Debug, PartialEq)]
enum Refused {
    Header,
    Columns,
    Base32,
    TooLong,
    Interval,
    Twice,
    Guest,
    MoreThanFive,
    WrongCode,
    TooManyActivations,
}

impl Tenant {
    /// All of a file or nothing, as lines of six fields that are not quoted.
    fn upload(&mut self, file: &[u8]) -> Result<usize, Refused> {
        let text = std::str::from_utf8(file).map_err(|_| Refused::Header)?;
        let mut lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
        if lines.next() != Some(HEADER) {
            return Err(Refused::Header);
        }
        let mut taken = BTreeMap::new();
        for line in lines.filter(|line| !line.is_empty()) {
            let fields: Vec<&str> = line.split(',').collect();
            let &[upn, serial, key, seconds, manufacturer, model] = fields.as_slice() else {
                return Err(Refused::Columns);
            };
            if [upn, serial, manufacturer, model].iter().any(|field| field.is_empty() || field.contains('"')) {
                return Err(Refused::Columns);
            }
            if upn.contains("#EXT#") {
                return Err(Refused::Guest);
            }
            if key.len() > 128 {
                return Err(Refused::TooLong);
            }
            let seconds = match seconds {
                "30" => 30,
                "60" => 60,
                _ => return Err(Refused::Interval),
            };
            let row = Row { upn: upn.to_lowercase(), key: decode(key).ok_or(Refused::Base32)?, seconds, active: false };
            if self.tokens.contains_key(serial) || taken.insert(serial.to_owned(), row).is_some() {
                return Err(Refused::Twice);
            }
        }
        let count = taken.len();
        let mut of_each: BTreeMap<&str, u32> = BTreeMap::new();
        for row in taken.values().chain(self.tokens.values()) {
            *of_each.entry(&row.upn).or_default() += 1;
        }
        if of_each.values().any(|tokens| *tokens > 5) {
            return Err(Refused::MoreThanFive);
        }
        self.tokens.extend(taken);
        Ok(count)
    }

    fn activate(&mut self, serial: &str, code: &str, now_ms: u64) -> Result<(), Refused> {
        if self.activations.iter().filter(|at| now_ms - **at < WINDOW_MS).count() >= 200 {
            return Err(Refused::TooManyActivations);
        }
        let row = self.tokens.get_mut(serial).unwrap();
        let step = now_ms / 1000 / row.seconds;
        // The clock of a token may be a step off.
        if !(step - 1..=step + 1).any(|step| totp(&row.key, step) == code) {
            return Err(Refused::WrongCode);
        }
        row.active = true;
        self.activations.push(now_ms);
        Ok(())
    }
}

/// RFC 4648 without padding, letters of either case: bit by bit.
fn decode(text: &str) -> Option<Vec<u8>> {
    let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::new());
    for letter in text.bytes() {
        let value = match letter.to_ascii_uppercase() {
            letter @ b'A'..=b'Z' => letter - b'A',
            digit @ b'2'..=b'7' => digit - b'2' + 26,
            _ => return None,
        };
        (bits, count) = (bits << 5 | u32::from(value), count + 5);
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    (!bytes.is_empty()).then_some(bytes)
}

/// RFC 6238 with SHA-1 and six digits.
fn totp(key: &[u8], step: u64) -> String {
    let hash = Hmac::<Sha1>::new_from_slice(key).unwrap().chain_update(step.to_be_bytes()).finalize().into_bytes();
    let at = usize::from(hash[19] & 15);
    let number = u32::from_be_bytes(hash[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

fn people(count: usize) -> Vec<Person> {
    (0..count).map(|n| Person { upn: format!("elev{n}@skole.example"), id: None }).collect()
}

#[test]
fn what_is_issued_for_a_thousand_people_is_taken_whole_and_each_parcels_code_activates_its_token() {
    assert_eq!(totp(b"12345678901234567890", 59 / 30), "287082", "RFC 6238, appendix B");
    let (mut tried, mut refused) = (0, 0);
    for period in [Period::Half, Period::Whole] {
        let mut tenant = Tenant::default();
        let issued = issue(&people(500), Some("Fylket"), period, START_MS, &mut support::random).unwrap();
        let file = microsoft_csv(issued.iter().map(|issued| &issued.token));
        assert_eq!(tenant.upload(&file), Ok(500));
        assert_eq!(tenant.upload(&file), Err(Refused::Twice), "the same file again");
        let mut now_ms = START_MS;
        for (at, one) in issued.iter().enumerate() {
            // What the person's own parcel gives, and nothing else.
            let code = one.code.to_text();
            let password = Password::ascii(&code);
            let import = formats::read(&one.parcel, Some(&password)).unwrap();
            let [entry] = import.entries.as_slice() else { panic!("one account") };
            if at > 0 && at % 200 == 0 {
                let code = entry.credential.code_at(now_ms);
                let answer = tenant.activate(&one.token.serial, code.expose(), now_ms);
                assert_eq!(answer, Err(Refused::TooManyActivations), "200 in five minutes, as the sentences say");
                now_ms += WINDOW_MS;
            }
            let other = issued[(at + 1) % issued.len()].token.credential.code_at(now_ms);
            let code = entry.credential.code_at(now_ms);
            // By chance one of some hundred thousand is right in the three steps that are taken.
            let is_right = |ms: u64| entry.credential.code_at(ms).expose() == other.expose();
            if ![now_ms - 60_000, now_ms - 30_000, now_ms, now_ms + 30_000, now_ms + 60_000].into_iter().any(is_right) {
                let answer = tenant.activate(&one.token.serial, other.expose(), now_ms);
                assert_eq!(answer, Err(Refused::WrongCode));
                refused += 1;
            }
            assert_eq!(tenant.activate(&one.token.serial, code.expose(), now_ms), Ok(()), "{}", one.token.serial);
            tried += 1;
        }
        assert!(tenant.tokens.values().all(|row| row.active));
    }
    println!("{tried} tokens uploaded and activated, {refused} of another's codes refused");
    assert!(tried == 1000 && refused > 900);
}

#[test]
fn the_replica_refuses_what_microsofts_page_says_is_refused() {
    let row = "kari@skole.example,TF1,2234567abcdef2234567abcdef,60,Contoso,HardwareKey";
    let six: Vec<String> = (0..6).map(|n| row.replace("TF1", &format!("TF{n}"))).collect();
    for (file, expected) in [
        (format!("{HEADER}\n{row}\n"), Ok(1)),
        (format!("{HEADER}\r\n{row}"), Ok(1)),
        (format!("\u{feff}{HEADER}\n{row}\n"), Err(Refused::Header)),
        (format!("{}\n{row}\n", HEADER.replace("time interval", "timeinterval")), Err(Refused::Header)),
        (format!("{}\n{row}\n", HEADER.to_uppercase()), Err(Refused::Header)),
        (row.to_owned(), Err(Refused::Header)),
        (format!("{HEADER}\n{}\n", row.replace("2234567abcdef", "1234567abcdef")), Err(Refused::Base32)),
        (format!("{HEADER}\n{}\n", row.replace("abcdef,60", "abcdef==,60")), Err(Refused::Base32)),
        (format!("{HEADER}\n{}\n", row.replace(",60,", ",45,")), Err(Refused::Interval)),
        (format!("{HEADER}\n{}\n", row.replace("2234567abcdef2234567abcdef", &"a".repeat(136))), Err(Refused::TooLong)),
        (format!("{HEADER}\n{row},x\n"), Err(Refused::Columns)),
        (format!("{HEADER}\n{}\n", row.replace("Contoso", "\"Contoso\"")), Err(Refused::Columns)),
        (format!("{HEADER}\n{row}\n{row}\n"), Err(Refused::Twice)),
        (format!("{HEADER}\n{}\n", row.replace("kari@", "kari_annet#EXT#@")), Err(Refused::Guest)),
        (format!("{HEADER}\n{}\n", six.join("\n")), Err(Refused::MoreThanFive)),
        (format!("{HEADER}\n{}\n", six[..5].join("\n")), Ok(5)),
    ] {
        assert_eq!(Tenant::default().upload(file.as_bytes()), expected, "{file}");
    }
}
