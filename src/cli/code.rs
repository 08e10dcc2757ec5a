//! `tofaktor code`: the code of one account, for scripts.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use exchange::Entry;
use formats::Format;
use unicode_normalization::UnicodeNormalization;
use vault::Record;
use zeroize::Zeroizing;

use crate::args;
use crate::codes::now_ms;
use crate::failure::Failure;
use crate::{input, output};

/// What every file of ours begins with.
const MAGIC: &[u8] = b"M365TOTP";

pub(crate) fn run(args: &args::Code) -> Result<(), Failure> {
    let path = if args.backup.is_dir() { newest(&args.backup)? } else { args.backup.clone() };
    let (import, end) = input::import(&path, &args.password, None)?;
    if import.format != Format::Tofaktor {
        return Err(Failure::NotOurs(path));
    }
    let entry = named(&import.entries, &args.account)?;
    let code = entry.credential.code_at(now_ms());
    // A counter that only this program moved on would part from the one in the vault.
    if code.left_ms.is_none() {
        return Err(Failure::Plain(
            "its codes go by a counter, which the extension alone may move on; take the code there.",
        ));
    }
    output::line(code.expose())?;
    end
}

/// The vault that was written last, of those in a folder that are whole: one that another program is still writing, or
/// has synced by half, fails its checksum, and the one before it counts.
pub(crate) fn newest(folder: &Path) -> Result<PathBuf, Failure> {
    let failed = |error| Failure::File(folder.to_owned(), error);
    let mut best: Option<(u64, PathBuf)> = None;
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let Some(record) = begins_as_ours(&path).then(|| input::file(&path).ok()).flatten() else { continue };
        let Ok(record) = Record::parse(record.to_vec()) else { continue };
        let written = record.header().written_at_ms;
        if best.as_ref().is_none_or(|(at, _)| *at < written) {
            best = Some((written, path));
        }
    }
    let none = || Failure::About(folder.to_owned(), "there is no whole Tofaktor vault in this folder.");
    best.map(|(_, path)| path).ok_or_else(none)
}

/// A folder may hold anything, and most of it is not read.
fn begins_as_ours(path: &Path) -> bool {
    let mut start = [0; MAGIC.len()];
    path.is_file() && File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok() && start == *MAGIC
}

/// The one account of that name, or of `ISSUER: NAME`; in whatever letters.
fn named<'a>(entries: &'a [Entry], name: &str) -> Result<&'a Entry, Failure> {
    let folded = |text: &str| text.trim().nfkc().collect::<String>().to_lowercase();
    let wanted = folded(name);
    let is_named = |entry: &&Entry| folded(&entry.name) == wanted || folded(&entry.label()) == wanted;
    let mut found = entries.iter().filter(is_named);
    match (found.next(), found.next()) {
        (Some(entry), None) => Ok(entry),
        (Some(_), Some(_)) => Err(Failure::SeveralAccounts(name.to_owned())),
        (None, _) => Err(Failure::NoAccount(name.to_owned())),
    }
}

/// What a program prints, as `secret-tool lookup` does with what lies in the system's keyring: its first line.
pub(crate) fn printed_by(command: &str) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut process = std::process::Command::new(shell);
    process.args([flag, command]).stdin(std::process::Stdio::inherit()).stderr(std::process::Stdio::inherit());
    let output = process.output().map_err(|error| Failure::File(PathBuf::from(command), error))?;
    let printed = Zeroizing::new(output.stdout);
    if output.status.success() { Ok(printed) } else { Err(Failure::Plain("the password command failed.")) }
}
