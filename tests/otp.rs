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
    let long = format!("otpauth://totp/a?secret=ABCDEFGHIJKLMNOP&issuer={}", "x".repeat(4096));
    let cases = [
        ("otpauth://totp/a?issuer=Microsoft", Secret(Base32Error::Empty)),
        ("otpauth://totp/a?secret=&issuer=Microsoft", Secret(Base32Error::Empty)),
        ("otpauth://totp/a?secret=ABCDEFGHIJKLMNO0", Secret(Base32Error::Character)),
        ("otpauth://totp/a?secret=ABCDEFGHIJKLMNO1", Secret(Base32Error::Character)),
        ("otpauth://totp/a?secret=ABCDEFGHIJKLMNO8", Secret(Base32Error::Character)),
        ("otpauth://totp/a?secret=ABCDEFGHIJKLMNO9", Secret(Base32Error::Character)),
        ("otpauth://totp/a?secret=ABCDEFGHI", Secret(Base32Error::Length)),
        ("otpauth://totp/a?secret=ABCDEFGHIJKLMNOP&digits=5", Digits),
        ("otpauth://totp/a?secret=ABCDEFGHIJKLMNOP&digits=10", Digits),
        ("otpauth://totp/a?secret=ABCDEFGHIJKLMNOP&digits=six", Digits),
        ("otpauth://totp/a?secret=ABCDEFGHIJKLMNOP&period=0", Period),
        ("otpauth://totp/a?secret=ABCDEFGHIJKLMNOP&period=3601", Period),
        ("otpauth://totp/a?secret=ABCDEFGHIJKLMNOP&period=-30", Period),
        ("otpauth://totp/a?secret=ABCDEFGHIJKLMNOP&algorithm=MD5", Algorithm),
        ("otpauth://hotp/a?secret=ABCDEFGHIJKLMNOP&counter=x", Counter),
        ("otpauth://yotp/a?secret=ABCDEFGHIJKLMNOP", Type),
        ("otpauth://totp/a?secret=ABCDEFGHIJKLMNOP&secret=BBCDEFGHIJKLMNOP", Malformed),
        ("otpauth://totp/%zz?secret=ABCDEFGHIJKLMNOP", Malformed),
        ("otpauth://totp/%C3?secret=ABCDEFGHIJKLMNOP", Malformed),
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
        ("otpauth://totp/a?secret=", "unusable"),
    ];
    for (text, expected) in cases {
        assert_eq!(kind(text), expected, "{text}");
    }
    assert!(matches!(classify(&[0xff, 0xfe]), Payload::Other));
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
