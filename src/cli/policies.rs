//! `tofaktor policy`: what an organisation decides, before it is rolled out.

use std::fs;
use std::io::Write;
use std::path::Path;

use rollout::{Checked, Ids, Target};

use crate::args;
use crate::convert::save;
use crate::failure::Failure;
use crate::{input, output};

pub(crate) fn check(args: &args::PolicyCheck) -> Result<(), Failure> {
    let checked = sound(&args.file)?;
    for (key, _) in &checked.decisions {
        output::line(key)?;
    }
    output::line(&format!("checksum: {}", checked.checksum))
}

pub(crate) fn write(args: &args::PolicyWrite) -> Result<(), Failure> {
    let chrome = id(&args.id)?;
    let edge = args.edge_id.as_deref().map_or(Ok(chrome.clone()), id)?;
    let target = args.platform;
    let decisions = args.file.as_deref().map(sound).transpose()?.map(|checked| checked.decisions).unwrap_or_default();
    if rollout::would_be_everybodys(target, &decisions) {
        if target == Target::Intune {
            return Err(Failure::Plain(
                "tokens: the script runs as the system, which is nobody's; use the templates (admx), which Intune takes too, for one person.",
            ));
        }
        eprintln!(
            "tofaktor: tokens: on this platform they reach everyone who uses the machine; only for one that a single person uses."
        );
    }
    let written = rollout::write(target, &decisions, &Ids { chrome, edge });
    if target == Target::Admx {
        let none = Failure::Plain("templates are several files; give a folder with --output.");
        let folder = args.output.as_deref().ok_or(none)?;
        eprintln!("tofaktor: the templates hold no values; choose them in the Group Policy editor.");
        return written.iter().try_for_each(|file| {
            let path = folder.join(file.name);
            let parent = path.parent().unwrap_or(folder);
            let done = fs::create_dir_all(parent).and_then(|()| save(&path, &file.bytes));
            done.map_err(|error| Failure::File(path.clone(), error))
        });
    }
    written.iter().try_for_each(|file| match &args.output {
        Some(path) => save(path, &file.bytes).map_err(|error| Failure::File(path.clone(), error)),
        None => std::io::stdout().lock().write_all(&file.bytes).map_err(Failure::Output),
    })
}

/// A policy without a fault; what may not have been meant is said.
fn sound(path: &Path) -> Result<Checked, Failure> {
    let checked = rollout::check(&input::whole(path)?);
    for fault in &checked.faults {
        eprintln!("{}: {fault}", path.display());
    }
    for note in &checked.notes {
        eprintln!("{}: note: {}: {}", path.display(), note.key, note.follows);
    }
    if checked.faults.is_empty() { Ok(checked) } else { Err(Failure::Faults(path.to_owned(), checked.faults.len())) }
}

fn id(text: &str) -> Result<String, Failure> {
    let is_one = text.len() == 32 && text.bytes().all(|byte| (b'a'..=b'p').contains(&byte));
    if is_one { Ok(text.to_owned()) } else { Err(Failure::Id(text.to_owned())) }
}
