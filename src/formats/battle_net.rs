//! Battle.net's preferences, taken from a phone: codes of eight digits, of which the app has no export.
//!
//! After Aegis' importer of it: the key and the serial number are in hexadecimal under a mask that is the same everywhere.

use data_encoding::HEXLOWER_PERMISSIVE;
use zeroize::Zeroizing;

use super::draft::{Draft, Written, read_bytes};
use super::error::{ImportError, Why};
use super::{Format, Import};

pub(crate) const SECRET: &str = "com.blizzard.messenger.AUTHENTICATOR_DEVICE_SECRET";
pub(crate) const SERIAL: &str = "com.blizzard.messenger.AUTHENTICATOR_SERIAL";

const MASK: [u8; 57] = [
    0x39, 0x8e, 0x27, 0xfc, 0x50, 0x27, 0x6a, 0x65, 0x60, 0x65, 0xb0, 0xe5, 0x25, 0xf4, 0xc0, 0x6c, 0x04, 0xc6, 0x10,
    0x75, 0x28, 0x6b, 0x8e, 0x7a, 0xed, 0xa5, 0x9d, 0xa9, 0x81, 0x3b, 0x5d, 0xd6, 0xc8, 0x0d, 0x2f, 0xb3, 0x80, 0x68,
    0x77, 0x3f, 0xa5, 0x9b, 0xa4, 0x7c, 0x17, 0xca, 0x6c, 0x64, 0x79, 0x01, 0x5c, 0x1d, 0x5b, 0x8b, 0x8f, 0x6b, 0x9a,
];

pub(crate) fn read(secret: &str, serial: &str) -> Result<Import, ImportError> {
    let mut import = Import::of(Format::BattleNet);
    let serial = unmask(serial).unwrap_or_default();
    import.take(Draft { digits: Ok(Some(8)), ..Draft::of("totp", "Battle.net", &serial, key(secret)) })?;
    Ok(import)
}

fn key(secret: &str) -> Written {
    let text = unmask(secret).ok_or(Why::SecretCharacter)?;
    let bytes = HEXLOWER_PERMISSIVE.decode(text.as_bytes()).map(Zeroizing::new);
    read_bytes(&bytes.map_err(|_| Why::SecretCharacter)?)
}

/// `None` for what is longer than the mask, or no text.
fn unmask(text: &str) -> Option<Zeroizing<String>> {
    let masked = HEXLOWER_PERMISSIVE.decode(text.trim().as_bytes()).ok().filter(|masked| masked.len() <= MASK.len())?;
    let bytes: Vec<u8> = std::iter::zip(masked, MASK).map(|(byte, mask)| byte ^ mask).collect();
    String::from_utf8(bytes).ok().filter(|text| text.is_ascii()).map(Zeroizing::new)
}
