//! `tofaktor import`: what an export holds.

use crate::args;
use crate::failure::Failure;
use crate::{input, output};

pub(crate) fn run(args: &args::Import) -> Result<(), Failure> {
    let (import, end) = input::import(&args.file, &args.password)?;
    output::complaints(&import);
    if args.json { output::as_json(&import, args.show_secrets) } else { output::as_lines(&import, args.show_secrets) }?;
    end
}
