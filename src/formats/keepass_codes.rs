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

/// In one of four spellings.
fn secret<'a>(field: impl Fn(&str) -> Option<&'a str>) -> Option<Written> {
    let plain = |text: &str| Zeroizing::new(text.split_ascii_whitespace().collect::<String>());
    let bytes = |bytes: Option<Vec<u8>>| {
        bytes.map(Zeroizing::new).ok_or(Why::SecretCharacter).and_then(|bytes| read_bytes(&bytes))
    };
    let base32 = || field("Secret-Base32").map(|text| read_base32(text).map(|(secret, _)| (secret, None)));
    let hex = || field("Secret-Hex").map(|text| bytes(HEXLOWER_PERMISSIVE.decode(plain(text).as_bytes()).ok()));
    let base64 = || field("Secret-Base64").map(|text| bytes(BASE64.decode(plain(text).as_bytes()).ok()));
    base32().or_else(hex).or_else(base64).or_else(|| field("Secret").map(|text| read_bytes(text.as_bytes())))
}
