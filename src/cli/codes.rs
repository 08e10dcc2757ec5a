//! `tofaktor open`: the accounts of a backup and their codes at this moment.

use std::time::{SystemTime, UNIX_EPOCH};

use formats::Format;
use zeroize::Zeroizing;

use crate::args;
use crate::failure::Failure;
use crate::{input, output};

pub(crate) fn run(args: &args::Open) -> Result<(), Failure> {
    let (import, end) = input::import(&args.backup, &args.password, None)?;
    if import.format != Format::Tofaktor {
        return Err(Failure::NotOurs(args.backup.clone()));
    }
    output::complaints(&import);
    let now = now_ms();
    for entry in &import.entries {
        let code = entry.credential.code_at(now);
        let left = code.left_ms.map(|ms| format!("  ({} s)", ms.div_ceil(1000))).unwrap_or_default();
        output::line(&Zeroizing::new(format!("{:>9}{left:8}  {}", code.grouped().as_str(), entry.label())))?;
    }
    end
}

/// Milliseconds since the Unix epoch by this computer's clock.
pub(crate) fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
