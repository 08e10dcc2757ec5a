//! KeePass 2: KDBX, version 3, which is also what many programs still write.
//!
//! <https://keepass.info/help/kb/kdbx.html>. The lengths in its header have two bytes, its key is by AES alone, and the
//! header is covered by nothing; whether a password is right is told by 32 bytes that stand in the header and in what
//! is sealed. Then come blocks, each with its hash, and in them the XML, perhaps packed.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::error::ImportError;
use super::keepass::{self, Reader};
use super::limits::Budget;
use super::sealed::Key;
use super::{Import, Password, gzip, keepass_key, keepass_xml};

/// Of the header's fields, the last that is known.
const LAST: usize = 10;

pub(crate) fn read(
    mut reader: Reader<'_>,
    password: Option<&Password>,
    budget: &Budget,
) -> Result<Import, ImportError> {
    let [_, _, cipher, packed, seed, salt, rounds, iv, mask, start, stream] = fields(&mut reader)?;
    let cipher: [u8; 16] = cipher.try_into().map_err(|_| ImportError::Damaged)?;
    let rounds = u64::from_le_bytes(rounds.try_into().map_err(|_| ImportError::Damaged)?);
    // Checked before the key: what is cut short would look like a wrong one for ever.
    if cipher != keepass::CHACHA20 && !reader.0.len().is_multiple_of(16) {
        return Err(ImportError::Damaged);
    }
    let mask = keepass::mask(Reader(stream).u32()?, mask)?;
    let text = keepass_key::open(password.ok_or(ImportError::NeedsPassword)?, |composite| {
        let transformed = keepass::aes_kdf(composite, salt, rounds)?;
        let key: Key =
            Zeroizing::new(Sha256::new().chain_update(seed).chain_update(transformed.as_slice()).finalize().into());
        // A wrong key shows in the padding, or else in the first bytes.
        let text = match keepass::decrypt(cipher, &key, iv, reader.0) {
            Err(ImportError::Damaged) => return Err(ImportError::KeyFile),
            text => text?,
        };
        let is_open = start.len() == 32 && text.get(..32).is_some_and(|begins| bool::from(begins.ct_eq(start)));
        if is_open { Ok(text) } else { Err(ImportError::KeyFile) }
    })?;
    let (_, blocks) = text.split_at_checked(start.len()).ok_or(ImportError::Damaged)?;
    let text = join_blocks(Reader(blocks))?;
    let xml = if Reader(packed).u32()? == 1 { gzip::unpack(&text, budget)? } else { text };
    keepass_xml::read(std::str::from_utf8(&xml).map_err(|_| ImportError::Damaged)?, Some(mask), budget)
}

/// The fields of the header by their numbers, up to the one that ends it.
fn fields<'a>(reader: &mut Reader<'a>) -> Result<[&'a [u8]; LAST + 1], ImportError> {
    let mut fields = [&[][..]; LAST + 1];
    loop {
        let (id, length) = (reader.take(1)?, reader.take(2)?);
        let length = u16::from_le_bytes(length.try_into().map_err(|_| ImportError::Damaged)?);
        let field = reader.take(length.into())?;
        match id {
            [0] => return Ok(fields),
            [id] => fields.get_mut(usize::from(*id)).into_iter().for_each(|at| *at = field),
            _ => {}
        }
    }
}

fn join_blocks(mut reader: Reader<'_>) -> Result<Zeroizing<Vec<u8>>, ImportError> {
    let mut text = Zeroizing::new(Vec::with_capacity(reader.0.len()));
    loop {
        reader.take(4)?;
        let hash = reader.take(32)?;
        let length = reader.u32()?;
        if length == 0 {
            return Ok(text);
        }
        let block = reader.take(length as usize)?;
        if Sha256::digest(block).as_slice() != hash {
            return Err(ImportError::Damaged);
        }
        text.extend_from_slice(block);
    }
}
