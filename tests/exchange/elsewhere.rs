//! What other people's programs write beside the apps' own exports, or in another spelling.

use formats::{Import, read};
use otp::{Algorithm, Factor};

use super::kinds::{KEY, told};

fn import(file: impl AsRef<[u8]>) -> Import {
    let file = file.as_ref();
    read(file, None).unwrap_or_else(|error| panic!("{error:?}: {}", String::from_utf8_lossy(file)))
}

/// What makes the codes of the one entry.
fn made(file: impl AsRef<[u8]>) -> (Factor, u8, Algorithm) {
    let import = import(file);
    let [entry] = &import.entries[..] else { panic!("{:?}", told(&import)) };
    (entry.credential.factor, entry.credential.digits, entry.credential.algorithm)
}

const fn time(period: u32) -> Factor {
    Factor::Time { period }
}

/// FreeOTP tells Steam's codes by the label, Google's table of kinds has none for them.
#[test]
fn steams_codes_are_told_as_each_app_tells_them() {
    let token = |issuer: &str, digits: u8| {
        format!(
            r#"{{"algo":"SHA1","counter":0,"digits":{digits},"issuerExt":"{issuer}","label":"gabe","period":30,"secret":[72,101,108,108,111,33,-34,-83,-66,-17],"type":"TOTP"}}"#
        )
    };
    let plus = |token: &str| format!(r#"{{"tokenOrder":["x"],"tokens":[{token}]}}"#);
    let preferences = |value: &str| {
        let value = value.replace('&', "&amp;").replace('"', "&quot;");
        format!(
            "<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\n<map><string name=\"a\">{value}</string></map>"
        )
    };
    for digits in [5, 6] {
        let token = token("Steam", digits);
        for file in [plus(&token), preferences(&token)] {
            assert_eq!(made(&file), (Factor::Steam, 5, Algorithm::Sha1), "{file}");
        }
    }
    assert_eq!(made(plus(&token("Other", 6))), (time(30), 6, Algorithm::Sha1));
    // Its list of URIs has the issuer in the label alone.
    let uri = |issuer: &str, digits: u8| {
        format!("otpauth://totp/{issuer}:gabe?secret={KEY}&algorithm=SHA1&digits={digits}&period=30")
    };
    assert_eq!(made(uri("Steam", 5)), (Factor::Steam, 5, Algorithm::Sha1));
    assert_eq!(told(&import(uri("Other", 5))), ["Other:gabe: Digits"]);
    // Whatever the list, nobody else has five.
    let list = format!(r#"[{{"name":"gabe","issuer":"Steam","secret":"{KEY}","digits":5,"type":"totp"}}]"#);
    assert_eq!(made(list), (Factor::Steam, 5, Algorithm::Sha1));
    // A counter that was never used stands before the first.
    let fresh = token("A", 6).replace("\"counter\":0", "\"counter\":-1").replace("TOTP", "HOTP");
    assert_eq!(made(plus(&fresh)), (Factor::Counter { counter: 0 }, 6, Algorithm::Sha1));
    // The first versions kept URIs.
    assert_eq!(told(&import(preferences(&uri("A", 8)))), [format!("A|gabe|{KEY}")]);
}
