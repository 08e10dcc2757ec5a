//! One-time passwords against answers from elsewhere: the RFCs, and spellings as Microsoft, peers and people have them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests state what they know"
)]

use otp::base32::{self, Base32Error};
use otp::payload::{Payload, classify};
use otp::uri::{self, UriError};
use otp::{Algorithm, Credential, Factor, Secret};
use serde_json::Value;

const VECTORS: &str = include_str!("vectors/otp.json");

fn vectors(group: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(VECTORS).unwrap();
    all[group].as_array().unwrap().clone()
}

fn number(vector: &Value, key: &str, default: u64) -> u64 {
    vector.get(key).map_or(default, |n| n.as_u64().unwrap())
}

fn text<'a>(vector: &'a Value, key: &str) -> &'a str {
    vector[key].as_str().unwrap()
}

fn secret(vector: &Value) -> Secret {
    if let Some(ascii) = vector.get("secret_ascii") {
        return Secret::new(ascii.as_str().unwrap().into()).unwrap();
    }
    if let Some(hex) = vector.get("secret_hex") {
        return Secret::new(data_encoding::HEXLOWER_PERMISSIVE.decode(hex.as_str().unwrap().as_bytes()).unwrap())
            .unwrap();
    }
    base32::decode(text(vector, "secret")).unwrap()
}

fn code(secret: Secret, algorithm: Algorithm, digits: u64, factor: Factor, time: u64) -> String {
    let credential = Credential::new(secret, algorithm, digits as u8, factor).unwrap();
    credential.code_at(time * 1000).expose().to_owned()
}

const TOTP: Factor = Factor::Time { period: 30 };

#[test]
fn all_known_answers() {
    let mut tried = 0;
    for v in vectors("rfc4226") {
        let factor = Factor::Counter { counter: number(&v, "counter", 0) };
        assert_eq!(code(secret(&v), Algorithm::Sha1, 6, factor, 0), text(&v, "code"));
        tried += 1;
    }
    for v in vectors("rfc6238") {
        let algorithm = match text(&v, "alg") {
            "SHA1" => Algorithm::Sha1,
            "SHA256" => Algorithm::Sha256,
            _ => Algorithm::Sha512,
        };
        assert_eq!(code(secret(&v), algorithm, number(&v, "digits", 6), TOTP, number(&v, "time", 0)), text(&v, "code"));
        tried += 1;
    }
    for group in ["microsoft_80bit", "periods", "digits"] {
        for v in vectors(group) {
            let factor = Factor::Time { period: number(&v, "period", 30) as u32 };
            tried += 1;
            if number(&v, "digits", 6) > 9 {
                // Ten digits are more than a 31-bit number can fill: no credential, so no code.
                assert!(Credential::new(secret(&v), Algorithm::Sha1, 10, factor).is_none());
                continue;
            }
            let answer = code(secret(&v), Algorithm::Sha1, number(&v, "digits", 6), factor, number(&v, "time", 0));
            assert_eq!(answer, text(&v, "code"), "{group} {v}");
        }
    }
    for v in vectors("steam") {
        assert_eq!(code(secret(&v), Algorithm::Sha1, 5, Factor::Steam, number(&v, "time", 0)), text(&v, "code"));
        tried += 1;
    }
    for v in vectors("lengths") {
        for (algorithm, key) in
            [(Algorithm::Sha1, "sha1"), (Algorithm::Sha256, "sha256"), (Algorithm::Sha512, "sha512")]
        {
            assert_eq!(code(secret(&v), algorithm, 6, TOTP, number(&v, "time", 0)), text(&v, key), "{v}");
        }
        tried += 1;
    }
    println!("{tried} vectors tried, 0 wrong");
    assert_eq!(tried, 97);
}

/// Every spelling in which Microsoft's set-up pages have been seen to write their code.
#[test]
fn microsofts_own_uris_are_accepted() {
    let cases = [
        (
            "otpauth://totp/contosodev%3Aola%40contosodev.onmicrosoft.com?secret=frjlnxskaaaabbbb&issuer=Microsoft",
            ("Microsoft", "ola@contosodev.onmicrosoft.com", Some("contosodev")),
        ),
        (
            "otpauth://totp/Contoso.no%3Akari%40contoso.no?secret=5nvfdqfdaaaabbbb&issuer=Microsoft",
            ("Microsoft", "kari@contoso.no", Some("Contoso.no")),
        ),
        (
            "otpauth://totp/Some+Company%3aola%40somecompany.example?secret=abcdefghijklmnop&issuer=Microsoft",
            ("Microsoft", "ola@somecompany.example", Some("Some Company")),
        ),
        (
            "otpauth://totp/Some%20Company%3aola%40somecompany.example?secret=abcdefghijklmnop&issuer=Microsoft",
            ("Microsoft", "ola@somecompany.example", Some("Some Company")),
        ),
        (
            "otpauth://totp/Test+Und%2BFirma%3Atest%40firma.example?secret=abcdefghijklmnop&issuer=Microsoft",
            ("Microsoft", "test@firma.example", Some("Test Und+Firma")),
        ),
        (
            "otpauth://totp/Microsoft:user@outlook.com?secret=ABCDEFGHIJKLMNOP&issuer=Microsoft",
            ("Microsoft", "user@outlook.com", None),
        ),
        (
            "otpauth://totp/M%C3%B8re+og+Romsdal%3A%C3%A5se%40mrfylke.example?secret=abcdefghijklmnop&issuer=Microsoft",
            ("Microsoft", "åse@mrfylke.example", Some("Møre og Romsdal")),
        ),
        (
            "otpauth://totp/Møre:åse@mrfylke.example?secret=abcdefghijklmnop&issuer=Microsoft",
            ("Microsoft", "åse@mrfylke.example", Some("Møre")),
        ),
        (
            "otpauth://totp/a%3Ab%3ac%3Akari%40contoso.no?secret=abcdefghijklmnop&issuer=Microsoft",
            ("Microsoft", "kari@contoso.no", Some("a:b:c")),
        ),
        (
            "OTPAUTH://TOTP/Contoso%3Akari%40contoso.no?SECRET=ABCDEFGHIJKLMNOP&ISSUER=Microsoft",
            ("Microsoft", "kari@contoso.no", Some("Contoso")),
        ),
    ];
    for (written, (issuer, name, organisation)) in cases {
        let e = uri::parse(written).unwrap_or_else(|error| panic!("{error:?}: {written}"));
        assert_eq!(
            (e.issuer.as_str(), e.name.as_str(), e.organisation.as_deref()),
            (issuer, name, organisation),
            "{written}"
        );
        assert_eq!((e.credential.digits, e.credential.factor, e.credential.algorithm), (6, TOTP, Algorithm::Sha1));
        assert_eq!(e.credential.secret.expose().len(), 10, "80 bits: {written}");
        assert!(matches!(classify(written.as_bytes()), Payload::Enrolment(again) if again == e));
    }
}

/// Each refusal is an error of its own, because each has a sentence of its own.
#[test]
fn every_refusal_has_its_own_reason() {
    use UriError::*;
    let long = format!("otpauth://totp/a?secret=ABCDEFGHIJKLMNOP&issuer={}", "x".repeat(uri::MAX_BYTES));
    let cases = [
        ("otpauth://totp/a?issuer=Microsoft", Secret(Base32Error::Empty)),
        ("otpauth://totp/a?secret=&issuer=Microsoft", Secret(Base32Error::Empty)),
        ("otpauth://totp/a?secret=ABCDEFGHIJKLMNO0", Secret(Base32Error::Character)),
        ("otpauth://totp/a?secret=ABCDEFGHIJKLMNO1", Secret(Base32Error::Character)),
        ("otpauth://totp/a?secret=ABCDEFGHIJKLMNO8", Secret(Base32Error::Character)),
        ("otpauth://totp/a?secret=ABCDEFGHIJKLMNO9", Secret(Base32Error::Character)),
        ("otpauth://totp/a?secret=ABCDEFGHIJKLMNOP&digits=5", Digits),
        ("otpauth://totp/a?secret=ABCDEFGHIJKLMNOP&digits=10", Digits),
        ("otpauth://totp/a?secret=ABCDEFGHIJKLMNOP&digits=six", Digits),
        ("otpauth://totp/a?secret=ABCDEFGHIJKLMNOP&period=3601", Period),
        ("otpauth://totp/a?secret=ABCDEFGHIJKLMNOP&period=-30", Period),
        ("otpauth://totp/a?secret=ABCDEFGHIJKLMNOP&algorithm=MD5", Algorithm),
        ("otpauth://hotp/a?secret=ABCDEFGHIJKLMNOP&counter=x", Counter),
        ("otpauth://yotp/a?secret=ABCDEFGHIJKLMNOP", Type),
        ("otpauth://totp/a?secret=ABCDEFGHIJKLMNOP&secret=BBCDEFGHIJKLMNOP", Malformed),
        ("otpauth://totp/a?secret=ABCDEFGHIJKLMNOP&encoder=base64", Setting("encoder")),
        ("otpauth://totp/a?secret=ABCDEFGHIJKLMNOP&2step_salt=8", Setting("2step")),
        ("otpauth://", Secret(Base32Error::Empty)),
        ("https://example.org", NotOtpauth),
        (long.as_str(), TooLong),
    ];
    for (written, error) in cases {
        assert_eq!(uri::parse(written).err(), Some(error), "{written}");
    }
}

#[test]
fn other_codes_are_told_apart() {
    let kind = |text: &str| match classify(text.as_bytes()) {
        Payload::Enrolment(_) => "enrolment",
        Payload::Unusable(_) => "unusable",
        Payload::Push => "push",
        Payload::Migration => "migration",
        Payload::Key => "key",
        Payload::Passkey => "passkey",
        Payload::Wifi => "wifi",
        Payload::Web => "web",
        Payload::Other => "other",
    };
    let cases = [
        (
            "phonefactor://activate_account?code=362000000&url=https%3A%2F%2Fco1napad04.na.phonefactor.net%2Fpad%2F040000000",
            "push",
        ),
        ("PHONEFACTOR://activate_account?code=1", "push"),
        (
            "https://login.microsoftonline.com/authenticatorApp/activateAccount?accountType=mfa&source=qrCode&code=012345678",
            "push",
        ),
        ("https://login.microsoftonline.com/AUTHENTICATORAPP/activateaccount?source=qrCode&accountType=msa", "push"),
        ("https://login.microsoftonline.us/authenticatorApp/activateAccount?x", "push"),
        ("https://login.chinacloudapi.cn/authenticatorApp/activateAccount?x", "push"),
        ("https://login.microsoftonline.com.evil.example/authenticatorApp/activateAccount?x", "web"),
        ("otpauth-migration://offline?data=CjEKCkhlbGxvId6tvu8", "migration"),
        ("FIDO:/1234567890", "passkey"),
        ("WIFI:S:Skole;T:WPA;P:hemmelig;;", "wifi"),
        ("https://example.org/", "web"),
        ("hei", "other"),
        ("JBSW Y3DP EHPK 3PXP", "key"),
        ("HELLOWORLD", "other"),
        ("motp://a:b?secret=0123456789abcdef", "unusable"),
        ("steam://JBSWY3DPEHPK3PXP", "enrolment"),
        ("apple-otpauth://totp/a?secret=JBSWY3DPEHPK3PXP", "enrolment"),
        ("\u{feff}otpauth://totp/a?secret=JBSWY3DPEHPK3PXP", "enrolment"),
        ("otpauth://totp/a?secret=", "unusable"),
    ];
    for (text, expected) in cases {
        assert_eq!(kind(text), expected, "{text}");
    }
    assert!(matches!(classify(&[0xff, 0xfe]), Payload::Other));
}

fn secret_of(text: &str) -> Vec<u8> {
    base32::decode(text).expect("valid").expose().to_vec()
}

#[test]
fn the_spelling_of_a_secret_does_not_matter() {
    let plain = secret_of("JBSWY3DPEHPK3PXP");
    for spelling in [
        "jbswy3dpehpk3pxp",
        "JBSW Y3DP EHPK 3PXP",
        "jbsw-y3dp-ehpk-3pxp",
        "JBSWY3DPEHPK3PXP====",
        "jbswy3dp\u{a0}ehpk3pxp\n",
    ] {
        assert_eq!(secret_of(spelling), plain, "{spelling:?}");
    }
}

#[test]
fn rfc_4648_section_10() {
    for (text, raw) in [
        ("MY======", "f"),
        ("MZXQ====", "fo"),
        ("MZXW6===", "foo"),
        ("MZXW6YQ=", "foob"),
        ("MZXW6YTB", "fooba"),
        ("MZXW6YTBOI======", "foobar"),
    ] {
        assert_eq!(secret_of(text), raw.as_bytes());
    }
}

#[test]
fn each_refusal_of_a_secret_has_its_reason() {
    let refusal = |text: &str| base32::decode(text).err();
    assert_eq!(refusal(""), Some(Base32Error::Empty));
    assert_eq!(refusal(" -= "), Some(Base32Error::Empty));
    for text in ["JBSWY3DPEHPK3PX0", "JBSWY3DPEHPK3PX1", "JBSWY3DPEHPK3PX8", "JBSWY3DPEHPK3PX9", "JBSWY3DPEHPK3PXÅ"] {
        assert_eq!(refusal(text), Some(Base32Error::Character), "{text}");
    }
    for text in ["A", "ABC", "ABCDEF", "JBSWY3DPEHPK3PXPA"] {
        assert_eq!(refusal(text), Some(Base32Error::Length), "{text}");
    }
    assert_eq!(refusal(&"A".repeat(8 * 1024)), Some(Base32Error::TooLong));
}

#[test]
fn stray_trailing_bits_are_cleared() {
    assert_eq!(secret_of("MZ"), secret_of("MY"));
}

fn credential(digits: u8, factor: Factor) -> Credential {
    let secret = base32::decode("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap();
    Credential::new(secret, Algorithm::Sha1, digits, factor).unwrap()
}

#[test]
fn a_step_begins_and_ends_on_the_millisecond() {
    let c = credential(6, Factor::Time { period: 30 });
    let (last, first) = (c.code_at(59_999), c.code_at(60_000));
    assert_eq!((last.step, last.left_ms), (1, Some(1)));
    assert_eq!((first.step, first.left_ms), (2, Some(30_000)));
    assert_ne!(last.expose(), first.expose());
}

#[test]
fn groups() {
    let grouped = |digits| credential(digits, Factor::Time { period: 30 }).code_at(59_000).grouped().to_string();
    assert_eq!(grouped(6), "287 082");
    assert_eq!(grouped(8), "9428 7082");
    assert_eq!(grouped(9).len(), 11);
}

#[test]
fn a_counter_ignores_the_clock() {
    let c = credential(6, Factor::Counter { counter: 1 });
    assert_eq!(c.code_at(0).expose(), "287082");
    assert_eq!(c.code_at(u64::MAX).expose(), "287082");
    assert_eq!(c.code_at(0).left_ms, None);
}

fn names(text: &str) -> (String, String, Option<String>) {
    let e = uri::parse(text).expect("accepted");
    (e.issuer, e.name, e.organisation)
}

#[test]
fn a_plus_is_a_plus_in_an_address_and_a_space_in_a_tenant() {
    assert_eq!(
        names("otpauth://totp/Some+Company%3aola+test%40x.example?secret=abcdefghijklmnop&issuer=Microsoft"),
        ("Microsoft".into(), "ola+test@x.example".into(), Some("Some Company".into()))
    );
}

#[test]
fn a_written_uri_reads_back() {
    for text in [
        "otpauth://totp/A%3Ab%3Ac%3Ad%40e.f?secret=GEZDGNBVGY3TQOJQ&issuer=Microsoft",
        "otpauth://hotp/x?secret=GEZDGNBVGY3TQOJQ&counter=7&digits=8&algorithm=SHA512",
        "otpauth://steam/Steam:gaben?secret=GEZDGNBVGY3TQOJQ",
        "otpauth://totp/%C3%86%C3%98%C3%85?secret=GEZDGNBVGY3TQOJQ&period=60",
        "otpauth://totp/c?secret=GEZDGNBVGY3TQOJQ&issuer=a%3Ab",
        "otpauth://totp/n?secret=GEZDGNBVGY3TQOJQ&issuer=x%40y",
        "otpauth://totp/:x:y?secret=GEZDGNBVGY3TQOJQ",
        "otpauth://totp/:x:y@z?secret=GEZDGNBVGY3TQOJQ&issuer=I",
    ] {
        let first = uri::parse(text).unwrap();
        assert!(uri::parse(&uri::write(&first)).unwrap() == first, "{text}");
    }
}

#[test]
fn names_cannot_hide_behind_invisible_characters() {
    assert_eq!(names("otpauth://totp/a%E2%80%AE%00b?secret=GEZDGNBVGY3TQOJQ").1, "ab");
}

proptest::proptest! {
    /// Colons, at signs, pluses and blanks wherever they may stand.
    #[test]
    fn names_of_any_shape_are_read_back_as_written(
        label in "(:|@|%3A|%40|%20|%2B|\\+|a|b){0,8}",
        issuer in "(:|@|%20|%2B|\\+|a|b){0,5}",
    ) {
        let enrolment = uri::parse(&format!("otpauth://totp/{label}?secret=GEZDGNBVGY3TQOJQ&issuer={issuer}")).unwrap();
        proptest::prop_assert!(uri::parse(&uri::write(&enrolment)).unwrap() == enrolment);
    }
}

/// `tests/vectors/otpauth.txt`: what others write, what it is read as, and why. A line is a text, a tab and the result;
/// a line that begins with `#` says what the next ones are.
#[test]
fn uris_as_they_are_found() {
    let written = include_str!("vectors/otpauth.txt");
    let mut wrong = Vec::new();
    for line in written.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let (text, right) = line.split_once('\t').expect("a tab");
        let (text, read) = (text.replace("{key}", "JBSWY3DPEHPK3PXP"), right.replace("{key}", "JBSWY3DPEHPK3PXP"));
        let got = shown(&text);
        if got != read {
            wrong.push(format!("{text}\n  is {got}\n  not {read}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(written.lines().filter(|line| line.contains('\t')).count() >= 170);
}

/// The reviewers' own list, beside the checkout if it is there: each of its texts stands in our table, where the reason is
/// written down, or differs from one that does by its length alone.
#[test]
fn the_texts_that_reviewers_found_are_all_decided() {
    let Ok(given) = std::fs::read(support::path("../shared/fixtures/review/qr/uris.json")) else {
        eprintln!("SKIPPED: ../shared/fixtures/review/qr is not here.");
        return;
    };
    let given: Vec<serde_json::Value> = serde_json::from_slice(&given).unwrap();
    assert!(given.len() >= 197);
    let decided: Vec<String> = include_str!("vectors/otpauth.txt")
        .lines()
        .filter_map(|line| Some(line.split_once('\t')?.0.replace("{key}", "JBSWY3DPEHPK3PXP")))
        .collect();
    let mut open = Vec::new();
    for one in &given {
        let [text, note, want] = ["text", "note", "want"].map(|key| one[key].as_str().unwrap());
        if decided.iter().any(|known| known == text.trim_start_matches('\u{feff}')) {
            continue;
        }
        let read = shown(text);
        let right = match note {
            "512 chars" => "Secret(TooLong)",
            _ if note.starts_with("label ") => "TooLong",
            _ => "totp 30 s 6 Sha1 ",
        };
        if !read.starts_with(right) {
            open.push(format!("{note} ({want}): {read}"));
        }
    }
    assert!(open.is_empty(), "{}", open.join("\n"));
}

/// One line for what a code is read as.
fn shown(text: &str) -> String {
    match classify(text.as_bytes()) {
        Payload::Enrolment(e) => {
            let c = &e.credential;
            let kind = match c.factor {
                Factor::Time { period } => format!("totp {period} s"),
                Factor::Counter { counter } => format!("hotp {counter}"),
                Factor::Steam => "steam".to_owned(),
            };
            let organisation = e.organisation.map(|o| format!(" of {o}")).unwrap_or_default();
            let key = base32::encode(&c.secret);
            format!("{kind} {} {:?} {} | {} | {}{organisation}", c.digits, c.algorithm, *key, e.issuer, e.name)
        }
        Payload::Unusable(UriError::Setting(name)) => format!("Setting {name}"),
        Payload::Unusable(error) => format!("{error:?}"),
        Payload::Push => "push".to_owned(),
        Payload::Key => "key".to_owned(),
        Payload::Web => "web".to_owned(),
        _ => "other".to_owned(),
    }
}
