//! An entry of pass or gopass, decrypted: the password, then `name: value`, of which one is a key; a URI on a line of its
//! own makes it a list ([`otpauth`](super::otpauth)).
//!
//! <https://github.com/gopasspw/gopass/blob/master/docs/commands/otp.md>

use super::draft::{Draft, read_base32};
use super::error::ImportError;
use super::{Format, Import};

const NAMES: [&str; 2] = ["totp:", "hotp:"];

pub(crate) fn is_entry(text: &str) -> bool {
    keys(text).next().is_some()
}

pub(crate) fn read(text: &str) -> Result<Import, ImportError> {
    let mut import = Import::of(Format::Pass);
    for (name, key) in keys(text) {
        import.take(Draft::of(name.trim_end_matches(':'), "", "", read_base32(key)))?;
    }
    Ok(import)
}

fn keys(text: &str) -> impl Iterator<Item = (&'static str, &str)> {
    text.lines().filter_map(|line| NAMES.into_iter().find_map(|name| Some((name, line.strip_prefix(name)?.trim()))))
}
