//! Lists, tables, Android's preferences and Java's texts, as nobody's app writes them.

use formats::{Import, ImportError, Why, read};

use super::vectors;

fn take(text: &str) -> Import {
    read(text.as_bytes(), None).unwrap_or_else(|error| panic!("{error:?}: {text}"))
}

pub(super) fn refusal(text: &str) -> Option<ImportError> {
    read(text.as_bytes(), None).err()
}

fn issuers(text: &str) -> Vec<String> {
    take(text).entries.into_iter().map(|entry| entry.issuer).collect()
}

fn names(text: &str) -> Vec<String> {
    take(text).entries.into_iter().map(|entry| entry.name).collect()
}

#[test]
fn one_bad_line_does_not_lose_the_others() {
    let import = take(
        "# mine\n\notpauth://totp/a?secret=MZXW6YTB\r\notpauth://totp/b%3Ac?secret=1\nhello\nOTPAUTH://HOTP/c?secret=mzxw6ytb&counter=3\n",
    );
    assert_eq!(import.entries.len(), 2);
    let why: Vec<_> = import.unreadable.iter().map(|u| (u.label.as_str(), u.why)).collect();
    assert_eq!(why, [("b:c", Why::SecretCharacter), ("", Why::NotOtpauth)]);
}

#[test]
fn stray_bits_are_dropped() {
    let import = take("otpauth://totp/a?secret=OIDJAOSIJDOASIJDS&digits=8");
    let credential = &import.entries[0].credential;
    assert_eq!((credential.secret.expose().len(), credential.digits), (10, 8));
}

#[test]
fn a_secret_is_never_part_of_a_label() {
    let label = |line: &str| take(line).unreadable.remove(0).label;
    assert_eq!(label("otpauth://totp/a%20b?secret=MZXW6YT1#x"), "a b");
    assert_eq!(label("otpauth://totp?secret=MZXW6YT1"), "");
}

#[test]
fn quotes_breaks_and_separators() {
    // A line break inside quotes is part of the cell; in a name it is a space, and what cannot be shown is left out.
    assert_eq!(issuers("issuer,secret\r\n\"1,\"\"2\"\"\n3\",MZXW6YTB\n\n5,MZXW6YTB\n"), ["1,\"2\" 3", "5"]);
    assert_eq!(issuers("issuer;secret\n1,5;MZXW6YTB"), ["1,5"]);
    assert_eq!(issuers("issuer\tsecret\na\tMZXW6YTB"), ["a"]);
}

#[test]
fn a_header_must_name_a_column_of_codes() {
    for text in ["Title,Username,TOTP\n", "issuer;account;secret", "name,password"] {
        assert_eq!(refusal(text), Some(ImportError::NoCodes), "{text}");
    }
    for text in ["name,address", "secret"] {
        assert_eq!(refusal(text), Some(ImportError::NotAnExport), "{text}");
    }
}

#[test]
fn columns_of_parameters_are_kept() {
    let import = take(
        "account,secret,issuer,type,digits,period,algorithm,counter\nb,MZXW6YTB,a,totp,8,60,SHA-256,\nc,MZXW6YTB,a,HOTP,,,,7\nd,,,,,,,\ne,MZXW6YTB,,,x,,,",
    );
    assert_eq!(import.entries.len(), 2);
    assert_eq!(import.entries[0].credential.digits, 8);
    assert_eq!(import.unreadable.len(), 1);
    assert_eq!(import.unreadable[0].why, Why::Digits);
}

#[test]
fn an_open_quote_is_damage() {
    for text in ["MZXW6YTB,\"a", "MZXW6YTB,\"a\n", "MZXW6YTB,\"", "\"MZXW6YTB,a\n\nb,c\n"] {
        assert_eq!(refusal(&format!("secret,issuer\n{text}")), Some(ImportError::Damaged), "{text}");
    }
    assert_eq!(issuers("secret,issuer\nMZXW6YTB,\"a\""), ["a"]);
}

#[test]
fn the_texts_of_preferences() {
    let text = r#"<?xml version='1.0'?>
<map>
<int name="x" value="1" />
<string name="a&amp;b">{&quot;secret&quot;:[102],&quot;type&quot;:&quot;TOTP&quot;,&quot;label&quot;:&quot;&#100;&#x65;&quot;}</string><string name='e'><![CDATA[{"secret":[103],"type":"TOTP","label":"&<"}]]></string>
</map>"#;
    assert_eq!(names(text), ["de", "&<"]);
}

#[test]
fn preferences_that_are_not_whole_are_damaged() {
    for text in [
        "<map><string",
        "<map><string name=\"a\">",
        "<map></string>",
        "<map><string>&bad;</string></map>",
        "<map><string>&#xD800;</string></map>",
        "<map><string>& </string></map>",
        "<map/></string>",
        "<map><!DOCTYPE map></map>",
    ] {
        assert_eq!(refusal(text), Some(ImportError::Damaged), "{text}");
    }
    for text in ["<mapping>", "</string>", "<!DOCTYPE map><map>"] {
        assert_eq!(refusal(text), Some(ImportError::Document), "{text}");
    }
}

#[test]
fn nothing_expands() {
    let types = "<!DOCTYPE map [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]>";
    assert_eq!(refusal(&format!("{types}<map><string>&b;</string></map>")), Some(ImportError::Document));
    assert_eq!(refusal(&format!("<map>{types}<string>&b;</string></map>")), Some(ImportError::Damaged));
}

/// FreeOTP 2, whose texts are UTF-16 in disguise.
#[test]
fn java_writes_its_own_utf_8() {
    const TOKEN: &[u8] = b"{\"algo\":\"SHA1\"";
    const LABEL: &[u8] = b"kari.nordmann@contoso.no";
    let vector = vectors::all().into_iter().find(|vector| vector.name == "freeotp2-sha512").unwrap();
    let at = |part: &[u8]| vector.body.windows(part.len()).position(|window| window == part).unwrap();
    let labelled = |label: &[u8]| {
        let mut body = vector.body.clone();
        let length = at(TOKEN) - 2..at(TOKEN);
        let whole = u16::from_be_bytes(body[length.clone()].try_into().unwrap());
        body.splice(at(LABEL)..at(LABEL) + LABEL.len(), label.iter().copied());
        body.splice(length, (whole - LABEL.len() as u16 + label.len() as u16).to_be_bytes());
        read(&body, vector.password().as_ref())
    };
    let name = |label: &[u8]| labelled(label).map(|import| import.entries[0].name.clone());
    assert_eq!(name(b"ab").as_deref(), Ok("ab"));
    assert_eq!(name(&[0xc3, 0xa6]).as_deref(), Ok("æ"));
    assert_eq!(name(&[0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]).as_deref(), Ok("😀"));
    // A zero in two bytes is read, and then is no JSON.
    let zero = labelled(&[0xc0, 0x80, 0xc3, 0xa6]).unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(zero.unreadable.iter().map(|unreadable| unreadable.why).collect::<Vec<_>>(), [Why::Shape]);
    for bad in [&[0xed, 0xa0, 0xbd][..], &[0xf0, 0x9f, 0x98, 0x80], &[0xe2, 0x82]] {
        assert_eq!(name(bad).err(), Some(ImportError::Damaged), "{bad:x?}");
    }
}
