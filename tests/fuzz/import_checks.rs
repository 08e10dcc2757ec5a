//! What must hold for any file that is imported: no panic, and nothing taken that cannot be used.
//!
//! Seeds: tests/vectors/exchange (the part after the first empty line).

use exchange::merge;
use formats::{Import, MAX_ENTRIES, Password, read};
use vault::{AccountId, Contents};

/// Any bytes.
pub fn any(data: &[u8]) {
    if let Ok(import) = read(data, None) {
        is_sound(&import);
    }
}

/// Bytes after one of the beginnings that tell binary formats.
pub fn binary(data: &[u8]) {
    const BEGINNINGS: [&[u8]; 6] = [
        b"M365TOTP\x01\0\0\0",
        b"\xac\xed\0\x05sr\0\x11java.util.HashMap",
        b"PK\x03\x04",
        b"AUTHENTICATORPRO",
        b"AuthenticatorPro",
        b"\xff\xfe",
    ];
    let (which, rest) = data.split_first().unwrap_or((&0, data));
    let beginning = BEGINNINGS.get(usize::from(*which) % BEGINNINGS.len()).copied().unwrap_or_default();
    any(&[beginning, rest].concat());
}

/// Bytes after one of the beginnings that tell text formats.
pub fn text(data: &[u8]) {
    const BEGINNINGS: [&[u8]; 6] = [
        b"otpauth://totp/",
        b"otpauth-migration://offline?data=",
        b"issuer,account,secret,type,digits,period\n",
        b"<map><string name=\"a\">",
        b"name;login_totp\n",
        b"TTM2NVRPVF",
    ];
    let (which, rest) = data.split_first().unwrap_or((&0, data));
    let beginning = BEGINNINGS.get(usize::from(*which) % BEGINNINGS.len()).copied().unwrap_or_default();
    any(&[beginning, rest].concat());
}

/// JSON that begins as one of the apps' does.
pub fn json(data: &[u8]) {
    const BEGINNINGS: [&[u8]; 12] = [
        b"{\"header\":{},\"db\":{\"entries\":[{\"info\":{\"secret\":\"MZXW6YTB\"",
        b"{\"services\":[{\"secret\":\"MZXW6YTB\",\"otp\":{",
        b"{\"encrypted\":false,\"items\":[{\"login\":{\"totp\":",
        b"{\"version\":1,\"entries\":[{\"content\":{",
        b"{\"Authenticators\":[{",
        b"{\"tokenOrder\":[],\"tokens\":[{",
        b"{\"accounts\":[{\"secret\":",
        b"{\"a\":{\"dataType\":\"OTPStorage\",",
        b"[{\"otpGenerator\":{",
        b"[{\"kind\":\"TOTP\",\"timer\":",
        b"[{\"secret\":\"MZXW6YTB\",\"type\":",
        b"{\"entries\":[{\"secret\":",
    ];
    let (which, rest) = data.split_first().unwrap_or((&0, data));
    let beginning = BEGINNINGS.get(usize::from(*which) % BEGINNINGS.len()).copied().unwrap_or_default();
    any(&[beginning, rest].concat());
}

/// With the password of the vectors; slow, because some of what comes asks for a derivation.
pub fn sealed(data: &[u8]) {
    let password = "Blåbær, 7 spann".as_bytes();
    if let Ok(import) = read(data, Some(&Password::new(password.to_vec(), password.to_vec()))) {
        is_sound(&import);
    }
}

fn is_sound(import: &Import) {
    assert!(import.entries.len() + import.unreadable.len() <= MAX_ENTRIES);
    for entry in &import.entries {
        assert!(!entry.credential.secret.expose().is_empty());
        let _ = entry.credential.code_at(1_800_000_000_000);
    }
    let mut contents = Contents::default();
    let choices = vec![merge::Choice::Add; import.entries.len()];
    let mut next = 0u128;
    let make_id = || {
        next += 1;
        Ok(AccountId(next.to_be_bytes()))
    };
    assert!(merge::apply(&mut contents, &import.entries, &choices, 0, make_id).is_ok());
    assert!(!merge::plan(&contents, &import.entries).contains(&merge::Fate::New));
}
