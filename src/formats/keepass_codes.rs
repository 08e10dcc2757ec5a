//! The fields that KeePass itself has for codes, in a database, its XML and in whoever's table or list:
//! <https://keepass.info/help/base/placeholders.html#otp>.

use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use zeroize::Zeroizing;

use super::draft::{Draft, Written, parsed, read_base32, read_bytes};
use super::error::Why;
use exchange::Entry;

/// Their names.
pub(crate) const NAMES: [&str; 12] = [
    "TimeOtp-Secret",
    "TimeOtp-Secret-Hex",
    "TimeOtp-Secret-Base32",
    "TimeOtp-Secret-Base64",
    "TimeOtp-Length",
    "TimeOtp-Period",
    "TimeOtp-Algorithm",
    "HmacOtp-Secret",
    "HmacOtp-Secret-Hex",
    "HmacOtp-Secret-Base32",
    "HmacOtp-Secret-Base64",
    "HmacOtp-Counter",
];

/// Whether it is the name of one that holds a key.
pub(crate) fn is_key(name: &str) -> bool {
    name.contains("-Secret")
}

/// The codes that an entry has there; `field` answers with nothing where there is no such field.
pub(crate) fn read<'a>(
    issuer: &'a str,
    name: &'a str,
    field: impl Fn(&str) -> &'a str,
) -> impl Iterator<Item = Result<Entry, Why>> {
    [("TimeOtp", "totp"), ("HmacOtp", "hotp")].into_iter().filter_map(move |(prefix, kind)| {
        let field = |name: &str| Some(field(&format!("{prefix}-{name}")).trim()).filter(|text| !text.is_empty());
        let draft = Draft {
            algorithm: field("Algorithm"),
            digits: parsed(field("Length"), Why::Digits),
            period: parsed(field("Period"), Why::Period),
            counter: parsed(field("Counter"), Why::Counter),
            ..Draft::of(kind, issuer, name, secret(field)?)
        };
        Some(draft.finish())
    })
}

/// KeeOtp's text, `key=…&size=8&step=60&type=totp&otpHashMode=Sha256`, which KeePassXC writes into its table as well; KeeOtp2
/// says `encoding=Hex` and `encoder=steam` beside. `None` for what is none.
pub(crate) fn read_keeotp(text: &str, issuer: &str, name: &str) -> Option<Result<Entry, Why>> {
    let part = |name: &str| {
        let mut pairs = text.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    };
    let key = part("key").filter(|_| !text.contains("://"))?;
    let key = Zeroizing::new(percent_encoding::percent_decode_str(key).decode_utf8_lossy().into_owned());
    let kind = part("encoder").or_else(|| part("type")).unwrap_or("totp");
    let draft = Draft {
        algorithm: part("otpHashMode"),
        digits: parsed(part("size"), Why::Digits),
        period: parsed(part("step"), Why::Period),
        counter: parsed(part("counter"), Why::Counter),
        ..Draft::of(kind, issuer, name, spelt(part("encoding").unwrap_or("Base32"), &key))
    };
    Some(draft.finish())
}

/// In one of four spellings.
fn secret<'a>(field: impl Fn(&str) -> Option<&'a str>) -> Option<Written> {
    const FIELDS: [(&str, &str); 4] =
        [("Secret-Base32", "Base32"), ("Secret-Hex", "Hex"), ("Secret-Base64", "Base64"), ("Secret", "UTF8")];
    FIELDS.into_iter().find_map(|(name, spelling)| Some(spelt(spelling, field(name)?)))
}

/// A key as the name of its spelling says that it is to be read.
pub(crate) fn spelt(spelling: &str, text: &str) -> Written {
    let plain = || Zeroizing::new(text.split_ascii_whitespace().collect::<String>());
    let bytes = match spelling.to_ascii_lowercase().as_str() {
        "base32" => return read_base32(text).map(|(secret, _)| (secret, None)),
        "hex" => HEXLOWER_PERMISSIVE.decode(plain().as_bytes()).ok(),
        "base64" => BASE64.decode(plain().as_bytes()).ok(),
        "utf8" => Some(text.as_bytes().to_vec()),
        _ => return Err(Why::Setting("encoding")),
    };
    bytes.map(Zeroizing::new).ok_or(Why::SecretCharacter).and_then(|bytes| read_bytes(&bytes))
}
