//! `tofaktor import`: what an export holds.

use crate::args;
use crate::failure::Failure;
use crate::{input, output};

pub(crate) fn run(args: &args::Import) -> Result<(), Failure> {
    let (import, end) = input::import(&args.file, &args.password, args.key_file.as_deref())?;
    let is_whole = output::complaints(&import);
    if args.json { output::as_json(&import, args.show_secrets) } else { output::as_lines(&import, args.show_secrets) }?;
    if is_whole { end } else { Err(Failure::Told) }
}
