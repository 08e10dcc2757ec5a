//! What a file may ask for. Checked before the work, never during it.

use std::cell::Cell;

use super::error::ImportError;

/// Largest file, in bytes.
pub const MAX_FILE: usize = 16 * 1024 * 1024;
/// Largest archive, KeePass database or object of JSON: they hold attachments and icons, which are passed over.
pub const MAX_LARGE: usize = 4 * MAX_FILE;
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

/// Most values that a file may become: every column of the largest table, every field of the largest database.
const MAX_VALUES: usize = 25 * MAX_ENTRIES;
/// Most bytes that a file may become, unpacked and with all that it repeats.
const MAX_BYTES: usize = 4 * MAX_FILE;

const MAX_MEMORY_KIB: u64 = 1024 * 1024;
/// A minute in a browser; KeePass counts what a fast computer does in a second or more.
const MAX_AES_ROUNDS: u64 = 100_000_000;
const MAX_PBKDF2_ROUNDS: u32 = 10_000_000;

/// What one file may still become. Asked before anything is kept or copied: where a format lets a file
/// point twice at the same bytes, or pack them, its own length bounds nothing.
pub(crate) struct Budget {
    values: Cell<usize>,
    bytes: Cell<usize>,
    passed: Cell<Option<ImportError>>,
}

impl Budget {
    pub(crate) const fn of_a_file() -> Self {
        Self { values: Cell::new(MAX_VALUES), bytes: Cell::new(MAX_BYTES), passed: Cell::new(None) }
    }

    /// For one value more.
    pub(crate) fn value(&self) -> Option<()> {
        self.spend(&self.values, 1, ImportError::TooMany)
    }

    /// For so many bytes more.
    pub(crate) fn bytes(&self, count: usize) -> Option<()> {
        self.spend(&self.bytes, count, ImportError::TooLarge)
    }

    pub(crate) fn bytes_left(&self) -> usize {
        self.bytes.get()
    }

    /// Why nothing more was read: the budget was too small, or otherwise what is given.
    pub(crate) fn or(&self, otherwise: ImportError) -> ImportError {
        self.passed.get().unwrap_or(otherwise)
    }

    fn spend(&self, left: &Cell<usize>, count: usize, passed: ImportError) -> Option<()> {
        let rest = left.get().checked_sub(count);
        match rest {
            Some(rest) => left.set(rest),
            None => self.passed.set(Some(passed)),
        }
        rest.map(drop)
    }
}

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

/// KeePass' own derivation by AES: rounds.
pub fn aes_kdf(rounds: u64) -> Result<u64, ImportError> {
    if rounds > MAX_AES_ROUNDS { Err(ImportError::KdfTooExpensive) } else { Ok(rounds) }
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
