//! Archives, as apps and password managers write them: stored or deflated, in
//! the open, under PKWARE's old cipher or under WinZip's AES.
//!
//! <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT> and
//! <https://www.winzip.com/en/support/aes-encryption/>. Sizes are believed only
//! as far as the caps go, so no archive unpacks to more than an export may be.
//!
//! Weighed: zip; not taken because it indexes as many files as an archive
//! claims before one can count them, and its decryption brings randomness and
//! 40 crates. The unpacking is miniz_oxide's, the counter mode ctr's, the checksum crc32fast's.

use aes::cipher::{KeyIvInit, StreamCipher};
use ctr::Ctr128LE;
use miniz_oxide::inflate::decompress_to_vec_with_limit;
use zeroize::Zeroizing;

use super::Password;
use super::error::ImportError;
use super::limits::{Budget, MAX_FILE};

const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
/// Most files: a password manager's archive has one for each attachment.
const MAX_FILES: usize = 20_000;
const AES: u16 = 99;
const AES_ROUNDS: u32 = 1_000;
/// The name of WinZip's extra field.
const AES_EXTRA: u16 = 0x9901;

/// Whether it begins (or, being empty, ends) as an archive does.
pub(crate) fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(LOCAL) || bytes.starts_with(END)
}

/// One file of an archive, still packed.
pub(crate) struct File<'a> {
    flags: u16,
    method: u16,
    time: u16,
    crc: u32,
    size: usize,
    /// Of AES: bytes of the key, and the method beneath.
    aes: Option<(usize, u16)>,
    packed: &'a [u8],
    name: &'a [u8],
}

/// The files that the central directory lists.
pub(crate) fn files(bytes: &[u8]) -> Result<Vec<File<'_>>, ImportError> {
    let end = bytes.windows(END.len()).rposition(|window| window == END).ok_or(ImportError::Damaged)?;
    let end = bytes.get(end..).ok_or(ImportError::Damaged)?;
    let (count, at) = (u16_at(end, 10)?, u32_at(end, 16)?);
    if usize::from(count) > MAX_FILES {
        return Err(ImportError::TooMany);
    }
    let mut files = Vec::new();
    let mut entry = bytes.get(at..).ok_or(ImportError::Damaged)?;
    for _ in 0..count {
        if !entry.starts_with(CENTRAL) {
            return Err(ImportError::Damaged);
        }
        let (name, extra, comment) = (u16_at(entry, 28)?, u16_at(entry, 30)?, u16_at(entry, 32)?);
        let (name, extra, comment) = (usize::from(name), usize::from(extra), usize::from(comment));
        let local = bytes.get(u32_at(entry, 42)?..).filter(|l| l.starts_with(LOCAL)).ok_or(ImportError::Damaged)?;
        let data = 30 + usize::from(u16_at(local, 26)?) + usize::from(u16_at(local, 28)?);
        let length = u32_at(entry, 20)?;
        files.push(File {
            flags: u16_at(entry, 8)?,
            method: u16_at(entry, 10)?,
            time: u16_at(entry, 12)?,
            crc: u32::try_from(u32_at(entry, 16)?).map_err(|_| ImportError::Damaged)?,
            size: u32_at(entry, 24)?,
            aes: aes_extra(entry.get(46 + name..46 + name + extra).ok_or(ImportError::Damaged)?),
            name: entry.get(46..46 + name).ok_or(ImportError::Damaged)?,
            packed: local.get(data..).and_then(|rest| rest.get(..length)).ok_or(ImportError::Damaged)?,
        });
        entry = entry.get(46 + name + extra + comment..).ok_or(ImportError::Damaged)?;
    }
    Ok(files)
}

impl File<'_> {
    /// Its path.
    pub(crate) fn name(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(self.name)
    }

    /// Whether it is an attachment or a picture, which password managers put in folders of their own.
    pub(crate) fn is_attachment(&self) -> bool {
        const FOLDERS: [&str; 4] = ["attachments", "files", "documents", "icons"];
        let name = self.name().to_lowercase();
        name.rsplit('/').skip(1).any(|folder| FOLDERS.contains(&folder))
    }

    /// Whether it holds nothing more: a folder, what a system adds on its own, 1Password's word on the archive, Raivo's export as
    /// it is printed.
    pub(crate) fn is_packing(&self) -> bool {
        const SYSTEMS: [&str; 3] = [".DS_Store", "Thumbs.db", "desktop.ini"];
        let name = self.name();
        let is_of_a_system = name.rsplit('/').next().is_some_and(|file| SYSTEMS.contains(&file));
        let is_of_an_app = matches!(&*name, "export.attributes" | "raivo-otp-export.html");
        name.ends_with('/') || name.starts_with("__MACOSX/") || is_of_a_system || is_of_an_app
    }

    /// Whether it tells that the archive is a table: Excel's, or OpenDocument's.
    pub(crate) fn is_of_a_spreadsheet(&self) -> bool {
        self.name == b"xl/workbook.xml"
            || self.name == b"xl/workbook.bin"
            || self.name == b"mimetype" && self.packed.ends_with(b".spreadsheet")
    }

    pub(crate) fn unpack(
        &self,
        password: Option<&Password>,
        budget: &Budget,
    ) -> Result<Zeroizing<Vec<u8>>, ImportError> {
        if self.size > MAX_FILE {
            return Err(ImportError::TooLarge);
        }
        // Several may be the same bytes.
        budget.bytes(self.size.max(self.packed.len())).ok_or(ImportError::TooLarge)?;
        let encrypted = self.flags & 1 != 0;
        if !encrypted {
            return self.inflate(Zeroizing::new(self.packed.to_vec()), self.method, ImportError::Damaged);
        }
        let password = password.ok_or(ImportError::NeedsPassword)?;
        if self.method == AES {
            let (key, method) = self.aes.ok_or(ImportError::Damaged)?;
            let packed = open_aes(self.packed, password.typed(), key)?;
            return self.inflate(packed, method, ImportError::Damaged);
        }
        // PKWARE's cipher has a check of one byte; the checksum is what tells a wrong password.
        let packed = open_pkware(self.packed, password.typed(), self.check_byte()).ok_or(ImportError::WrongPassword)?;
        self.inflate(packed, self.method, ImportError::WrongPassword)
    }

    /// High byte of the checksum, or of the time where the checksum came after the data.
    fn check_byte(&self) -> u8 {
        let [_, high] = self.time.to_le_bytes();
        let [.., last] = self.crc.to_le_bytes();
        if self.flags & 8 != 0 { high } else { last }
    }

    fn inflate(
        &self,
        packed: Zeroizing<Vec<u8>>,
        method: u16,
        bad: ImportError,
    ) -> Result<Zeroizing<Vec<u8>>, ImportError> {
        let file = match method {
            0 => packed,
            8 => decompress_to_vec_with_limit(&packed, self.size).map(Zeroizing::new).map_err(|_| bad)?,
            _ => return Err(ImportError::Archive),
        };
        // WinZip's second version leaves the checksum out, having a better one.
        let whole =
            file.len() == self.size && (self.aes.is_some() && self.crc == 0 || crc32fast::hash(&file) == self.crc);
        if whole { Ok(file) } else { Err(bad) }
    }
}

fn aes_extra(mut extra: &[u8]) -> Option<(usize, u16)> {
    loop {
        let (id, length) = (u16_at(extra, 0).ok()?, usize::from(u16_at(extra, 2).ok()?));
        let field = extra.get(4..4 + length)?;
        if id == AES_EXTRA {
            let key = match field.get(4)? {
                1 => 16,
                2 => 24,
                3 => 32,
                _ => return None,
            };
            return Some((key, u16_at(field, 5).ok()?));
        }
        extra = extra.get(4 + length..)?;
    }
}

/// Salt, two bytes of verification, AES in counter mode, ten bytes of HMAC-SHA1.
fn open_aes(packed: &[u8], password: &[u8], key_length: usize) -> Result<Zeroizing<Vec<u8>>, ImportError> {
    let (salt, rest) = packed.split_at_checked(key_length / 2).ok_or(ImportError::Damaged)?;
    let (check, rest) = rest.split_at_checked(2).ok_or(ImportError::Damaged)?;
    let (sealed, mac) = rest.split_last_chunk::<10>().ok_or(ImportError::Damaged)?;
    let mut keys = Zeroizing::new(vec![0; 2 * key_length + 2]);
    pbkdf2::pbkdf2_hmac::<sha1::Sha1>(password, salt, AES_ROUNDS, &mut keys);
    let (key, rest) = keys.split_at_checked(key_length).ok_or(ImportError::Damaged)?;
    let (mac_key, expected) = rest.split_at_checked(key_length).ok_or(ImportError::Damaged)?;
    if check != expected {
        return Err(ImportError::WrongPassword);
    }
    if !is_hmac_sha1(mac_key, sealed, mac) {
        // One wrong password in 65,536 passes the two bytes; damage is likelier by far.
        return Err(ImportError::Damaged);
    }
    let mut text = Zeroizing::new(sealed.to_vec());
    match key_length {
        16 => count_with::<Ctr128LE<aes::Aes128>>(key, &mut text),
        24 => count_with::<Ctr128LE<aes::Aes192>>(key, &mut text),
        _ => count_with::<Ctr128LE<aes::Aes256>>(key, &mut text),
    }
    .ok_or(ImportError::Damaged)?;
    Ok(text)
}

fn is_hmac_sha1(key: &[u8], text: &[u8], mac: &[u8]) -> bool {
    use hmac::Mac;
    let Ok(mut hmac) = <hmac::Hmac<sha1::Sha1> as hmac::digest::KeyInit>::new_from_slice(key) else { return false };
    hmac.update(text);
    hmac.verify_truncated_left(mac).is_ok()
}

/// Counter mode with a little-endian counter from 1, as only WinZip has it.
fn count_with<C: KeyIvInit + StreamCipher>(key: &[u8], text: &mut [u8]) -> Option<()> {
    C::new_from_slices(key, &1u128.to_le_bytes()).ok()?.try_apply_keystream(text).ok()
}

/// APPNOTE 6.1. `None` if the check byte is not `check`.
fn open_pkware(packed: &[u8], password: &[u8], check: u8) -> Option<Zeroizing<Vec<u8>>> {
    let mut keys = [0x1234_5678u32, 0x2345_6789, 0x3456_7890];
    let update = |keys: &mut [u32; 3], byte: u8| {
        let [a, b, c] = keys;
        *a = crc32_step(*a, byte);
        *b = b.wrapping_add(*a & 0xff).wrapping_mul(134_775_813).wrapping_add(1);
        *c = crc32_step(*c, b.to_be_bytes().first().copied().unwrap_or_default());
    };
    for byte in password {
        update(&mut keys, *byte);
    }
    let mut text = Zeroizing::new(packed.to_vec());
    for byte in text.iter_mut() {
        let [.., c] = keys;
        let temp = (c | 2) as u16;
        *byte ^= (temp.wrapping_mul(temp ^ 1) >> 8) as u8;
        update(&mut keys, *byte);
    }
    if text.get(11) != Some(&check) {
        return None;
    }
    text.drain(..12);
    Some(text)
}

/// One step of CRC-32 without the inversions before and after.
fn crc32_step(crc: u32, byte: u8) -> u32 {
    let mut hasher = crc32fast::Hasher::new_with_initial(!crc);
    hasher.update(&[byte]);
    !hasher.finalize()
}

fn u16_at(bytes: &[u8], at: usize) -> Result<u16, ImportError> {
    let field = bytes.get(at..).and_then(|rest| rest.first_chunk::<2>()).ok_or(ImportError::Damaged)?;
    Ok(u16::from_le_bytes(*field))
}

fn u32_at(bytes: &[u8], at: usize) -> Result<usize, ImportError> {
    let field = bytes.get(at..).and_then(|rest| rest.first_chunk::<4>()).ok_or(ImportError::Damaged)?;
    usize::try_from(u32::from_le_bytes(*field)).map_err(|_| ImportError::Damaged)
}
