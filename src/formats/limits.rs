//! What a file may ask for. Checked before the work, never during it.

use super::error::ImportError;

/// Largest file, in bytes.
pub const MAX_FILE: usize = 16 * 1024 * 1024;
/// Most accounts in a file.
pub const MAX_ENTRIES: usize = 10_000;
/// Largest part of Google Authenticator's transfer, in bytes; the largest QR code holds 2,953.
pub(crate) const MAX_PART: usize = 256 * 1024;
/// Deepest nesting of XML; KeePass has four levels and those of the person's groups.
pub(crate) const MAX_XML_DEPTH: usize = 128;
/// Most columns of a table.
pub(crate) const MAX_COLUMNS: usize = 1_000;
/// Most passwords' worth of key derivations that one file may ask for.
pub(crate) const MAX_DERIVATIONS: usize = 8;

const MAX_MEMORY_KIB: u64 = 1024 * 1024;
const MAX_PBKDF2_ROUNDS: u32 = 10_000_000;

/// Argon2: memory in KiB, passes, lanes. Ente's 1 GiB in four passes is the dearest known.
pub fn argon2(memory_kib: u64, passes: u64, lanes: u64) -> Result<(u32, u32, u32), ImportError> {
    // KeePassXC counts passes until a second is over: over a hundred, where the memory is small.
    let dear = memory_kib > MAX_MEMORY_KIB
        || passes > 4096
        || lanes > 16
        || memory_kib.saturating_mul(passes) > 8 * MAX_MEMORY_KIB;
    if dear {
        return Err(ImportError::KdfTooExpensive);
    }
    let small = |n: u64| u32::try_from(n).map_err(|_| ImportError::KdfTooExpensive);
    Ok((small(memory_kib)?, small(passes)?, small(lanes)?))
}

/// PBKDF2: rounds.
pub fn pbkdf2(rounds: u64) -> Result<u32, ImportError> {
    match u32::try_from(rounds) {
        Ok(0) => Err(ImportError::Damaged),
        Ok(rounds) if rounds <= MAX_PBKDF2_ROUNDS => Ok(rounds),
        _ => Err(ImportError::KdfTooExpensive),
    }
}

/// scrypt: N, r, p. Returns log2 N, r, p.
pub fn scrypt(n: u64, r: u64, p: u64) -> Result<(u8, u32, u32), ImportError> {
    if n < 2 || !n.is_power_of_two() || r == 0 || p == 0 {
        return Err(ImportError::Damaged);
    }
    let memory_kib = n.saturating_mul(r) / 8;
    if memory_kib > MAX_MEMORY_KIB || memory_kib.saturating_mul(p) > 8 * MAX_MEMORY_KIB || p > 1024 {
        return Err(ImportError::KdfTooExpensive);
    }
    let small = |n: u64| u32::try_from(n).map_err(|_| ImportError::KdfTooExpensive);
    let log_n = u8::try_from(n.trailing_zeros()).map_err(|_| ImportError::KdfTooExpensive)?;
    Ok((log_n, small(r)?, small(p)?))
}
