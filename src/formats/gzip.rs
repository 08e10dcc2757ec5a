//! gzip, RFC 1952: what many programs pack a single file in. The unpacking is miniz_oxide's.

use miniz_oxide::inflate::decompress_to_vec_with_limit;
use zeroize::Zeroizing;

use super::error::ImportError;
use super::limits::Budget;

pub(crate) fn is_packed(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b, 8])
}

/// Unpacks the first member, within the budget. The checksum is not looked at: whatever is inside is read with care.
pub(crate) fn unpack(bytes: &[u8], budget: &Budget) -> Result<Zeroizing<Vec<u8>>, ImportError> {
    let packed = after_header(bytes).ok_or(ImportError::Damaged)?;
    let unpacked = decompress_to_vec_with_limit(packed, budget.bytes_left()).map(Zeroizing::new);
    let unpacked = unpacked.map_err(|_| ImportError::Damaged)?;
    budget.bytes(unpacked.len()).ok_or(ImportError::TooLarge)?;
    Ok(unpacked)
}

fn after_header(bytes: &[u8]) -> Option<&[u8]> {
    let (head, mut rest) = bytes.split_at_checked(10)?;
    let flags = *head.get(3)?;
    if flags & 4 != 0 {
        let (length, after) = rest.split_first_chunk::<2>()?;
        rest = after.get(usize::from(u16::from_le_bytes(*length))..)?;
    }
    // A name, a comment, each up to a zero.
    for flag in [8, 16] {
        if flags & flag != 0 {
            rest = rest.get(rest.iter().position(|byte| *byte == 0)? + 1..)?;
        }
    }
    if flags & 2 != 0 { rest.get(2..) } else { Some(rest) }
}
