//! KeePass 2: KDBX, version 4, and what version 3 has in common with it.
//!
//! <https://keepass.info/help/kb/kdbx.html>. A header in the open, which says
//! how dear the key is; a hash and an HMAC of it, which tell damage from a wrong
//! password; then blocks, each with an HMAC. Inside, perhaps packed, is a header
//! of its own and the XML, whose protected values are masked by a second
//! stream that runs through them in order.
//!
//! Weighed: keepass; not taken because it derives the key at whatever cost the
//! file asks, unpacks without a limit, and brings 60 crates.

use chacha20::ChaCha20;
use chacha20::cipher::{KeyIvInit, StreamCipher};
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::error::ImportError;
use super::limits::{self, Budget};
use super::sealed::{self, Key};
use super::{Import, Password, gzip, keepass_key, keepass_xml, keepass3};

const SIGNATURE: [u8; 8] = [0x03, 0xd9, 0xa2, 0x9a, 0x67, 0xfb, 0x4b, 0xb5];
const AES: [u8; 16] = 0x31c1_f2e6_bf71_4350_be58_0521_6afc_5aff_u128.to_be_bytes();
const TWOFISH: [u8; 16] = 0xad68_f29f_576f_4bb9_a36a_d47a_f965_346c_u128.to_be_bytes();
pub(super) const CHACHA20: [u8; 16] = 0xd603_8a2b_8b6f_4cb5_a524_339a_31db_b59a_u128.to_be_bytes();
const ARGON2D: [u8; 16] = 0xef63_6ddf_8c29_444b_91f7_a9a4_03e3_0a0c_u128.to_be_bytes();
const ARGON2ID: [u8; 16] = 0x9e29_8b19_56db_4773_b23d_fc3e_c6f0_a1e6_u128.to_be_bytes();
const AES_KDF: [u8; 16] = 0x7c02_bb82_79a7_4ac0_927d_114a_0064_8238_u128.to_be_bytes();
const AES_KDF_3: [u8; 16] = 0xc9d9_f39a_628a_4460_bf74_0d08_c18a_4fea_u128.to_be_bytes();

pub(crate) fn is_database(bytes: &[u8]) -> bool {
    bytes.starts_with(&SIGNATURE)
}

pub(crate) fn read(bytes: &[u8], password: Option<&Password>, budget: &Budget) -> Result<Import, ImportError> {
    let mut reader = Reader(bytes.strip_prefix(&SIGNATURE).ok_or(ImportError::Damaged)?);
    match reader.u32()? >> 16 {
        4 => {}
        // Of version 2 nothing is read otherwise.
        2 | 3 => return keepass3::read(reader, password, budget),
        _ => return Err(ImportError::Keepass),
    }
    let header = Header::read(&mut reader)?;
    let (covered, _) = bytes.split_at_checked(bytes.len() - reader.0.len()).ok_or(ImportError::Damaged)?;
    if !bool::from(Sha256::digest(covered).as_slice().ct_eq(reader.take(32)?)) {
        return Err(ImportError::Damaged);
    }
    let password = password.ok_or(ImportError::NeedsPassword)?;
    let mac = reader.take(32)?;
    let (key, base) = keepass_key::open(password, |composite| {
        let transformed = header.kdf.derive(composite)?;
        let seeded = |tail: &[u8]| Zeroizing::new([header.seed, transformed.as_slice(), tail].concat());
        let base = Zeroizing::new(Sha512::digest(seeded(&[1]).as_slice()));
        if !sealed::is_hmac_sha256(&block_key(u64::MAX, &base), &[covered], mac) {
            return Err(ImportError::KeyFile);
        }
        let key: Key = Zeroizing::new(Sha256::digest(seeded(&[]).as_slice()).into());
        Ok((key, base))
    })?;
    let text = decrypt(header.cipher, &key, header.iv, &join_blocks(&mut reader, &base)?)?;
    let text = if header.packed { gzip::unpack(&text, budget)? } else { text };
    let (mask, xml) = inner_header(&text)?;
    keepass_xml::read(std::str::from_utf8(xml).map_err(|_| ImportError::Damaged)?, Some(mask), budget)
}

struct Header<'a> {
    cipher: [u8; 16],
    packed: bool,
    seed: &'a [u8],
    iv: &'a [u8],
    kdf: Kdf<'a>,
}

impl<'a> Header<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self, ImportError> {
        let (mut cipher, mut packed, mut seed, mut iv, mut kdf) = (None, None, None, None, None);
        loop {
            let (id, field) = reader.field()?;
            match id {
                0 => break,
                2 => cipher = field.try_into().ok(),
                3 => packed = Reader(field).u32().ok(),
                4 => seed = Some(field).filter(|seed| seed.len() == 32),
                7 => iv = Some(field),
                11 => kdf = Some(Kdf::read(Reader(field))?),
                _ => {}
            }
        }
        let packed = packed.filter(|packed| *packed <= 1).ok_or(ImportError::Damaged)? == 1;
        let (Some(cipher), Some(seed), Some(iv), Some(kdf)) = (cipher, seed, iv, kdf) else {
            return Err(ImportError::Damaged);
        };
        Ok(Self { cipher, packed, seed, iv, kdf })
    }
}

pub(super) fn decrypt(
    cipher: [u8; 16],
    key: &Key,
    iv: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, ImportError> {
    match cipher {
        AES => sealed::open_cbc(key, iv, sealed),
        TWOFISH => sealed::open_twofish(key, iv, sealed),
        CHACHA20 => ChaCha20::new_from_slices(key.as_slice(), iv).ok().map(|mut cipher| {
            let mut text = Zeroizing::new(sealed.to_vec());
            cipher.apply_keystream(&mut text);
            text
        }),
        _ => return Err(ImportError::Keepass),
    }
    .ok_or(ImportError::Damaged)
}

/// How the key comes about: a dictionary of typed values.
#[derive(Default)]
struct Kdf<'a> {
    id: &'a [u8],
    salt: &'a [u8],
    memory: u64,
    passes: u64,
    lanes: u64,
    rounds: u64,
}

impl<'a> Kdf<'a> {
    fn read(mut reader: Reader<'a>) -> Result<Self, ImportError> {
        let mut kdf = Self::default();
        reader.take(2)?;
        loop {
            if reader.take(1)? == [0] {
                return Ok(kdf);
            }
            let length = reader.u32()?;
            let name = reader.take(length as usize)?;
            let length = reader.u32()?;
            let value = reader.take(length as usize)?;
            let number = || value.iter().rev().fold(0, |n: u64, byte| n << 8 | u64::from(*byte));
            match name {
                b"$UUID" => kdf.id = value,
                b"S" => kdf.salt = value,
                b"M" => kdf.memory = number(),
                b"I" => kdf.passes = number(),
                b"P" => kdf.lanes = number(),
                b"R" => kdf.rounds = number(),
                b"V" if number() != 0x13 => return Err(ImportError::Keepass),
                _ => {}
            }
        }
    }

    fn derive(&self, composite: &Key) -> Result<Key, ImportError> {
        let id = <[u8; 16]>::try_from(self.id).map_err(|_| ImportError::Damaged)?;
        let cost = || limits::argon2(self.memory / 1024, self.passes, self.lanes);
        match id {
            ARGON2D => sealed::argon2(argon2::Algorithm::Argon2d, composite.as_slice(), self.salt, cost()?),
            ARGON2ID => sealed::argon2id(composite.as_slice(), self.salt, cost()?),
            AES_KDF | AES_KDF_3 => aes_kdf(composite, self.salt, self.rounds),
            _ => Err(ImportError::Keepass),
        }
    }
}

/// Both halves encrypted over and over, then hashed.
pub(super) fn aes_kdf(composite: &Key, seed: &[u8], rounds: u64) -> Result<Key, ImportError> {
    use aes::cipher::{BlockCipherEncrypt, KeyInit};
    let rounds = limits::aes_kdf(rounds)?;
    let cipher = aes::Aes256::new_from_slice(seed).map_err(|_| ImportError::Damaged)?;
    let mut halves = composite.clone();
    // Both at once: in software, two blocks cost what one does.
    let (blocks, _) = halves.as_chunks_mut::<16>();
    let mut blocks: Vec<aes::Block> = blocks.iter().map(|block| (*block).into()).collect();
    for _ in 0..rounds {
        cipher.encrypt_blocks(&mut blocks);
    }
    let halves = Zeroizing::new(blocks.concat());
    Ok(Zeroizing::new(Sha256::digest(halves.as_slice()).into()))
}

fn block_key(number: u64, base: &[u8]) -> Zeroizing<Vec<u8>> {
    let hash = Sha512::new().chain_update(number.to_le_bytes()).chain_update(base).finalize();
    Zeroizing::new(hash.to_vec())
}

fn join_blocks(reader: &mut Reader<'_>, base: &[u8]) -> Result<Vec<u8>, ImportError> {
    let mut sealed = Vec::with_capacity(reader.0.len());
    for number in 0u64.. {
        let mac = reader.take(32)?;
        let length = reader.u32()?;
        let block = reader.take(length as usize)?;
        let parts = [&number.to_le_bytes()[..], &length.to_le_bytes(), block];
        if !sealed::is_hmac_sha256(&block_key(number, base), &parts, mac) {
            return Err(ImportError::Damaged);
        }
        if length == 0 {
            break;
        }
        sealed.extend_from_slice(block);
    }
    Ok(sealed)
}

/// What masks the protected values, and the XML.
fn inner_header(text: &[u8]) -> Result<(Mask, &[u8]), ImportError> {
    let mut reader = Reader(text);
    let (mut stream, mut key) = (0, &[][..]);
    loop {
        let (id, field) = reader.field()?;
        match id {
            0 => break,
            1 => stream = Reader(field).u32()?,
            2 => key = field,
            _ => {}
        }
    }
    Ok((mask(stream, key)?, reader.0))
}

pub(super) fn mask(stream: u32, key: &[u8]) -> Result<Mask, ImportError> {
    let mask = match stream {
        2 => {
            let key = Zeroizing::new(Sha256::digest(key));
            let nonce = [0xe8, 0x30, 0x09, 0x4b, 0x97, 0x20, 0x5d, 0x2a];
            salsa20::Salsa20::new_from_slices(&key, &nonce).ok().map(|cipher| Mask::Salsa20(Box::new(cipher)))
        }
        3 => {
            let hash = Zeroizing::new(Sha512::digest(key));
            let (key, rest) = hash.split_at_checked(32).ok_or(ImportError::Damaged)?;
            let nonce = rest.get(..12).ok_or(ImportError::Damaged)?;
            ChaCha20::new_from_slices(key, nonce).ok().map(|cipher| Mask::ChaCha20(Box::new(cipher)))
        }
        _ => None,
    };
    mask.ok_or(ImportError::Keepass)
}

/// The stream that runs through the protected values.
pub(crate) enum Mask {
    Salsa20(Box<salsa20::Salsa20>),
    ChaCha20(Box<ChaCha20>),
}

impl Mask {
    pub(crate) fn apply(&mut self, bytes: &mut [u8]) -> Result<(), ImportError> {
        let done = match self {
            Self::Salsa20(cipher) => cipher.try_apply_keystream(bytes),
            Self::ChaCha20(cipher) => cipher.try_apply_keystream(bytes),
        };
        done.map_err(|_| ImportError::Damaged)
    }
}

pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], ImportError> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(ImportError::Damaged)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(super) fn u32(&mut self) -> Result<u32, ImportError> {
        let bytes = self.take(4)?.try_into().map_err(|_| ImportError::Damaged)?;
        Ok(u32::from_le_bytes(bytes))
    }

    /// A number, a length and that many bytes.
    fn field(&mut self) -> Result<(u8, &'a [u8]), ImportError> {
        let id = self.take(1)?.first().copied().unwrap_or_default();
        let length = self.u32()?;
        Ok((id, self.take(length as usize)?))
    }
}
