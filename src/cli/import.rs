//! `tofaktor import`: what an export holds.

use crate::args;
use crate::failure::Failure;
use crate::{input, output};

pub(crate) fn run(args: &args::Import) -> Result<(), Failure> {
    let (import, end) = input::import(&args.file, &args.password, args.key_file.as_deref())?;
    output::complaints(&import);
    if args.json { output::as_json(&import, args.show_secrets) } else { output::as_lines(&import, args.show_secrets) }?;
    // What is told on standard error is told by the exit status, too.
    let is_noted = import.entries.iter().all(|entry| !entry.remarks.note_too_long);
    let is_whole = is_noted && import.unreadable.is_empty() && import.parts.is_none_or(|parts| parts.seen >= parts.of);
    if is_whole { end } else { Err(Failure::Told) }
}
