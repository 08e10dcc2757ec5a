//! What a KeePass database opens by: a password, a key file, or both.
//!
//! <https://keepass.info/help/base/keys.html#keyfiles>. A key file is XML (version 1 has the key in base64, version 2 in
//! hexadecimal with the beginning of its hash), 32 bytes, 64 digits, or any file by its hash.

use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::Password;
use super::error::ImportError;
use super::sealed::Key;
use super::xml::{Piece, Pieces};

/// Opens something with the hash of all parts. To some programs an empty password is none, to others a part like any: both
/// are tried, first what is usual, where a key file is given and where it is not.
pub(crate) fn open<T>(password: &Password, open: impl Fn(&Key) -> Result<T, ImportError>) -> Result<T, ImportError> {
    let file = password.key_file().map(of_file).transpose()?;
    let open = |has_password: bool| {
        let mut parts = Sha256::new();
        if has_password {
            parts.update(Zeroizing::new(Sha256::digest(password.typed())).as_slice());
        }
        file.iter().for_each(|file| parts.update(file.as_slice()));
        open(&Zeroizing::new(parts.finalize().into()))
    };
    let is_empty = password.typed().is_empty();
    let usual = file.is_none() || !is_empty;
    match open(usual) {
        Err(ImportError::KeyFile) if is_empty => open(!usual),
        answer => answer,
    }
}

fn of_file(file: &[u8]) -> Result<Key, ImportError> {
    let text = std::str::from_utf8(file).ok().map(|text| text.trim_start_matches('\u{feff}'));
    if let Some(text) = text.filter(|text| text.trim_start().starts_with('<') && text.contains("<KeyFile")) {
        return of_xml(text).ok_or(ImportError::KeyFile);
    }
    let digits =
        <&[u8; 64]>::try_from(file).ok().and_then(|digits| HEXLOWER_PERMISSIVE.decode(digits).ok()).map(Zeroizing::new);
    let raw = digits.as_ref().map_or(file, |digits| digits.as_slice());
    Ok(Zeroizing::new(raw.try_into().unwrap_or_else(|_| Sha256::digest(file).into())))
}

/// `None` if it is damaged, or another kind of XML.
fn of_xml(text: &str) -> Option<Key> {
    let (mut version, mut data, mut hash) = (String::new(), Zeroizing::new(String::new()), String::new());
    let mut pieces = Pieces::of(text);
    let mut inside = String::new();
    while let Some(piece) = pieces.next().ok()? {
        match piece {
            Piece::Open(element) => {
                inside = element.name().as_ref().to_owned();
                if inside == "Data" {
                    let said = element.try_get_attribute("Hash").ok()?;
                    hash = said.map(|said| said.value.into_owned()).unwrap_or_default();
                }
            }
            Piece::Text(text) if inside == "Version" => version.push_str(&text),
            Piece::Text(text) if inside == "Data" => data.extend(text.chars().filter(|c| !c.is_whitespace())),
            Piece::Text(_) => {}
            Piece::Close => inside.clear(),
        }
    }
    let decode = if version.trim().starts_with("2.") { HEXLOWER_PERMISSIVE } else { BASE64 };
    let key = decode.decode(data.as_bytes()).map(Zeroizing::new).ok()?;
    let is_whole = hash.is_empty()
        || HEXLOWER_PERMISSIVE
            .decode(hash.trim().as_bytes())
            .is_ok_and(|hash| Sha256::digest(key.as_slice()).as_slice().starts_with(&hash));
    let key = key.as_slice().try_into().ok()?;
    is_whole.then(|| Zeroizing::new(key))
}
