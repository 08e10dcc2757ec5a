//! OTP Auth for iOS: a backup (`.otpauthdb`) or one account (`.otpauth`).
//!
//! <https://github.com/CooperRS/decrypt-otpauth-files>, by the app's author. A shell under a key that is the same
//! everywhere, in which lies a property list; in that, what is under the password: RNCryptor's third format, or in the
//! first versions AES-256-CBC under a hash.

use sha1::Sha1;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::draft::{Draft, read_bytes};
use super::error::{ImportError, Why};
use super::limits::Budget;
use super::plist::{Archive, MAGIC, Object};
use super::{Format, Import, Password, sealed};
use otp::Algorithm;

/// RNCryptor's own, which no file says.
const ROUNDS: u32 = 10_000;
/// Version, options, two salts and an IV.
const HEAD: usize = 2 + 8 + 8 + 16;
const MAC: usize = 32;

/// What is in the shell; `None` if it is none.
pub(crate) fn unpack(bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let keys = [b"Authenticator".as_slice(), b"OTPAuth"].map(|name| -> [u8; 32] { Sha256::digest(name).into() });
    // A block is enough to see that it is none.
    let opens = |key: &&[u8; 32]| sealed::first_block(key, bytes).is_some_and(|block| block.starts_with(MAGIC));
    sealed::open_cbc(keys.iter().find(opens)?, &[0; 16], bytes)
}

pub(crate) fn read(shell: &[u8], password: Option<&Password>, budget: &Budget) -> Result<Import, ImportError> {
    let damaged = || budget.or(ImportError::Damaged);
    let (archive, root) = Archive::read(shell, budget).ok_or_else(damaged)?;
    let password = password.ok_or(ImportError::NeedsPassword)?.typed();
    let wrapped = ["WrappedData", "Data"].into_iter().find_map(|name| archive.data(&root, name)).ok_or_else(damaged)?;
    let salt = archive.text(&root, "Salt");
    let text = if salt.is_empty() {
        open(wrapped, password)
    } else {
        let iv =
            archive.data(&root, "IV").map_or_else(|| archive.text(&root, "IV").as_bytes().to_vec(), <[u8]>::to_vec);
        let key = Sha256::new().chain_update(salt.as_bytes()).chain_update("-").chain_update(password).finalize();
        sealed::open_cbc(&key.into(), Sha1::digest(&iv).get(..16).unwrap_or_default(), wrapped)
    };
    let text = text.filter(|text| text.starts_with(MAGIC)).ok_or(ImportError::WrongPassword)?;
    let (archive, root) = Archive::read(&text, budget).ok_or_else(damaged)?;
    let mut import = Import::of(Format::OtpAuth);
    match archive.field(&root, "Folders") {
        None => take(&archive, &root, "", &mut import)?,
        Some(folders) => {
            for folder in archive.items(&folders) {
                let folder = folder.ok_or_else(damaged)?;
                let name = archive.text(&folder, "name");
                let accounts = archive.field(&folder, "accounts").ok_or_else(damaged)?;
                for account in archive.items(&accounts) {
                    take(&archive, &account.ok_or_else(damaged)?, &name, &mut import)?;
                }
            }
        }
    }
    Ok(import)
}

/// <https://github.com/RNCryptor/RNCryptor-Spec/blob/master/RNCryptor-Spec-v3.md>
fn open(sealed: &[u8], password: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (covered, mac) = sealed.split_last_chunk::<MAC>()?;
    let (head, text) = covered.split_at_checked(HEAD)?;
    let [3, 1, salts @ ..] = head else { return None };
    let (salts, iv) = salts.split_at_checked(16)?;
    let (salt, mac_salt) = salts.split_at_checked(8)?;
    let mac_key = sealed::pbkdf2(Algorithm::Sha1, password, mac_salt, ROUNDS);
    if !sealed::is_hmac_sha256(mac_key.as_slice(), &[covered], mac) {
        return None;
    }
    sealed::open_cbc(&sealed::pbkdf2(Algorithm::Sha1, password, salt, ROUNDS), iv, text)
}

fn take(archive: &Archive<'_>, account: &Object<'_>, folder: &str, import: &mut Import) -> Result<(), ImportError> {
    let (issuer, label) = (archive.text(account, "issuer"), archive.text(account, "label"));
    let kind = match archive.number(account, "type") {
        Some(1) => "hotp",
        Some(2) => "totp",
        _ => "",
    };
    // 0 is none that was said, for which the app takes SHA-1.
    let algorithm = match archive.field(account, "algorithm").map(|_| archive.number(account, "algorithm")) {
        None | Some(Some(0 | 1)) => "SHA1",
        Some(Some(2)) => "SHA256",
        Some(Some(3)) => "SHA512",
        Some(Some(4)) => "MD5",
        // One that nobody knows is not guessed.
        Some(_) => "?",
    };
    // Of digits and seconds, too.
    let number = |name| Ok(archive.number(account, name).filter(|number| *number != 0));
    let secret = archive.data(account, "secret").ok_or(Why::NoSecret).and_then(read_bytes);
    import.take(Draft {
        algorithm: Some(algorithm),
        digits: number("digits"),
        period: number("period"),
        counter: number("counter"),
        tags: vec![folder],
        ..Draft::of(kind, &issuer, &label, secret)
    })
}
