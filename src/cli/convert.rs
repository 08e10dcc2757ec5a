//! `tofaktor convert`: an export, written in another format.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use exchange::write::{Costs, Target, write};
use exchange::{ExportError, merge};
use formats::Import;
use platform::Outage;
use vault::{AccountId, Contents};
use zeroize::Zeroizing;

use crate::args::{self, To};
use crate::codes::now_ms;
use crate::failure::Failure;
use crate::{input, output};

pub(crate) fn run(args: &args::Convert) -> Result<(), Failure> {
    let (import, end) = input::import(&args.input, &args.password, args.key_file.as_deref())?;
    let is_whole = output::complaints(&import);
    let contents = contents(&import)?;
    if contents.accounts.is_empty() {
        return Err(Failure::Nothing(args.input.clone()));
    }
    let target = match args.to {
        To::Tofaktor => Target::Tofaktor,
        To::Aegis => Target::Aegis,
        To::Otpauth => Target::OtpauthList,
        To::Cxf => Target::Cxf,
        To::Google => Target::Migration,
    };
    let password = match (&args.output_password_file, target.is_plain()) {
        (Some(path), false) => Some(input::password(path)?),
        (None, false) => input::new_password()?,
        (_, true) => None,
    };
    let export = write(target, &contents, password.as_ref(), &Costs::USUAL, now_ms(), &mut random);
    let export = export.map_err(Failure::Export)?;
    for id in &export.left_out {
        let account = contents.account(*id);
        let label = account.map(|a| format!("{}: {}", a.issuer, a.name)).unwrap_or_default();
        eprintln!("tofaktor: {label}: the format cannot hold it; it was left out.");
    }
    for account in export.renamed.iter().filter_map(|id| contents.account(*id)) {
        eprintln!(
            "tofaktor: {}: {}: there are colons in its name, so it may be called otherwise there.",
            account.issuer, account.name
        );
    }
    if export.without_note > 0 {
        eprintln!("tofaktor: {} notes are left out: the format cannot hold them.", export.without_note);
    }
    if export.pages.is_empty() {
        return Err(Failure::Nothing(args.input.clone()));
    }
    if target.is_plain() {
        eprintln!("tofaktor: {} is not encrypted: whoever reads it can sign in with it.", args.output.display());
    }
    let pages: Vec<&[u8]> = export.pages.iter().map(|page| page.as_slice()).collect();
    let mut bytes = Zeroizing::new(pages.join(&b'\n'));
    if target == Target::Migration {
        bytes.push(b'\n');
    }
    save(&args.output, &bytes).map_err(|error| Failure::File(args.output.clone(), error))?;
    let is_all = is_whole && export.left_out.is_empty() && export.without_note == 0;
    if is_all { end } else { Err(Failure::Told) }
}

/// What is written is what the file would make of an empty vault.
fn contents(import: &Import) -> Result<Contents, Failure> {
    let mut contents = import.backup.clone().unwrap_or_default();
    let choices = vec![merge::Choice::Add; import.entries.len()];
    let make_id = || {
        let mut id = AccountId([0; 16]);
        random(&mut id.0)?;
        Ok(id)
    };
    let merged = merge::apply(&mut contents, &import.entries, &choices, now_ms(), make_id);
    merged.map_err(|_| Failure::Export(ExportError::Random))?;
    Ok(contents)
}

pub(crate) fn random(out: &mut [u8]) -> Result<(), Outage> {
    getrandom::fill(out).map_err(|_| Outage::Random)
}

/// Never over a file that is there, and for nobody else to read.
pub(crate) fn save(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
