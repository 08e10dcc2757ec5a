//! `tofaktor recover`: a vault whose passphrase is lost, opened by the
//! organisation and written under a new one.

use std::path::{Path, PathBuf};

use exchange::write::{Costs, Target, write};
use vault::{Contents, VaultError, store};

use crate::args;
use crate::code::newest;
use crate::codes::now_ms;
use crate::convert::{random, save};
use crate::failure::Failure;
use crate::{input, recovery_key};

pub(crate) fn run(args: &args::Recover) -> Result<(), Failure> {
    let path = if args.vault.is_dir() { newest(&args.vault)? } else { args.vault.clone() };
    let record = store::newest_in(&input::whole(&path)?).map_err(|_| Failure::NotOurs(path.clone()))?;
    let key = recovery_key::combined(shares(args).iter().map(PathBuf::as_path))?;
    let opened = key.open(&record).and_then(|key| record.open(&key)).and_then(|json| Contents::decode(&json));
    let mut contents = opened.map_err(|error| {
        let sentence = match error {
            VaultError::NoSuchSlot => {
                "this vault is not sealed to that key: when it was last opened, the policy did not name it."
            }
            _ => "this was changed by another program than Tofaktor, or is damaged.",
        };
        Failure::About(path.clone(), sentence)
    })?;
    // What other browsers share is not the organisation's to hand on.
    contents.settings.shift_remove(vault::sharing::SETTING);
    let password = match input::given(&args.password)? {
        Some(given) => given,
        None => input::new_password()?.ok_or(Failure::Plain(
            "give the new passphrase with --password-file, --password-fd or --password-command.",
        ))?,
    };
    if !password.normalised().is_long_enough() {
        return Err(Failure::Plain("a passphrase must have at least 8 characters."));
    }
    let export = write(Target::Tofaktor, &contents, Some(&password), &Costs::USUAL, now_ms(), &mut random);
    let export = export.map_err(Failure::Export)?;
    let bytes = export.pages.first().ok_or_else(|| Failure::Nothing(path.clone()))?;
    save(&args.output, bytes).map_err(|error| Failure::File(args.output.clone(), error))?;
    eprintln!(
        "tofaktor: {} opens by the new passphrase alone; the file that it was made of, and its copies, open as before.",
        args.output.display()
    );
    Ok(())
}

/// Where the shares are to be read: never what they are.
fn shares(args: &args::Recover) -> Vec<PathBuf> {
    let mut files = args.key_file.clone();
    #[cfg(unix)]
    files.extend(args.key_fd.iter().map(|number| Path::new("/dev/fd").join(number.to_string())));
    files
}
