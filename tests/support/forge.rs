//! Takes records apart and puts them together again, lies included.
//!
//! Written from FORMAT.md and not from the code, and free of its checks.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use data_encoding::BASE64;
use hkdf::Hkdf;
use sha2::Sha256;

#[derive(Clone, PartialEq, Eq)]
pub struct Parts {
    pub magic: [u8; 8],
    pub major: u16,
    pub minor: u16,
    /// Written instead of the true length, where given.
    pub header_len: Option<u32>,
    pub vault_id: [u8; 16],
    pub generation: u64,
    pub key_epoch: u32,
    pub written_at: u64,
    pub writer: Vec<u8>,
    pub body_alg: u8,
    pub body_salt: [u8; 32],
    pub commitment: [u8; 32],
    pub pad_class: u8,
    /// Written instead of the true count, where given.
    pub slot_count: Option<u8>,
    pub slots: Vec<SlotParts>,
    pub later: Vec<u8>,
    pub nonce: [u8; 12],
    pub body: Vec<u8>,
}

#[derive(Clone, PartialEq, Eq)]
pub struct SlotParts {
    pub id: [u8; 16],
    pub slot_type: u8,
    pub label: Vec<u8>,
    pub created: u64,
    pub kdf: u8,
    pub numbers: Vec<u32>,
    pub salt: [u8; 32],
    pub specific: Vec<u8>,
    pub commit: [u8; 16],
    pub nonce: [u8; 12],
    pub wrapped: [u8; 48],
    pub later: Vec<u8>,
}

struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(count);
        self.0 = rest;
        taken
    }
    fn array<const N: usize>(&mut self) -> [u8; N] {
        self.take(N).try_into().unwrap()
    }
    fn u8(&mut self) -> u8 {
        self.array::<1>()[0]
    }
    fn u16(&mut self) -> u16 {
        u16::from_le_bytes(self.array())
    }
    fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.array())
    }
    fn u64(&mut self) -> u64 {
        u64::from_le_bytes(self.array())
    }
}

impl Parts {
    pub fn from_text(text: &str) -> Self {
        Self::from_bytes(&BASE64.decode(text.as_bytes()).unwrap())
    }

    pub fn from_bytes(bytes: &[u8]) -> Self {
        let (covered, _) = bytes.split_at(bytes.len() - 4);
        let mut cursor = Cursor(covered);
        let (magic, major, minor) = (cursor.array(), cursor.u16(), cursor.u16());
        let length = cursor.u32() as usize;
        let mut header = Cursor(cursor.take(length));
        let mut parts = Self {
            magic,
            major,
            minor,
            header_len: None,
            vault_id: header.array(),
            generation: header.u64(),
            key_epoch: header.u32(),
            written_at: header.u64(),
            writer: {
                let count = header.u8() as usize;
                header.take(count).to_vec()
            },
            body_alg: header.u8(),
            body_salt: header.array(),
            commitment: header.array(),
            pad_class: header.u8(),
            slot_count: None,
            slots: Vec::new(),
            later: Vec::new(),
            nonce: cursor.array(),
            body: cursor.0.to_vec(),
        };
        for _ in 0..header.u8() {
            let length = header.u16() as usize;
            parts.slots.push(SlotParts::from_bytes(header.take(length)));
        }
        parts.later = header.0.to_vec();
        parts
    }

    pub fn header(&self) -> Vec<u8> {
        let mut out = Vec::new();
        out.extend(self.vault_id);
        out.extend(self.generation.to_le_bytes());
        out.extend(self.key_epoch.to_le_bytes());
        out.extend(self.written_at.to_le_bytes());
        out.push(self.writer.len() as u8);
        out.extend(&self.writer);
        out.push(self.body_alg);
        out.extend(self.body_salt);
        out.extend(self.commitment);
        out.push(self.pad_class);
        out.push(self.slot_count.unwrap_or(self.slots.len() as u8));
        for slot in &self.slots {
            let bytes = slot.to_bytes();
            out.extend((bytes.len() as u16).to_le_bytes());
            out.extend(bytes);
        }
        out.extend(&self.later);
        out
    }

    /// Everything before the nonce: the associated data of the body.
    pub fn aad(&self) -> Vec<u8> {
        let header = self.header();
        let mut out = self.magic.to_vec();
        out.extend(self.major.to_le_bytes());
        out.extend(self.minor.to_le_bytes());
        out.extend(self.header_len.unwrap_or(header.len() as u32).to_le_bytes());
        out.extend(header);
        out
    }

    /// The record, its checksum right.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = self.aad();
        out.extend(self.nonce);
        out.extend(&self.body);
        out.extend(crc32c::crc32c(&out).to_le_bytes());
        out
    }

    pub fn to_text(&self) -> String {
        BASE64.encode(&self.to_bytes())
    }

    /// Seals `padded` as the body under the vault key, whatever it is.
    pub fn reseal(&mut self, vault_key: &[u8; 32], padded: &[u8]) {
        let mut info = b"m365totp/v1/body".to_vec();
        info.extend(self.vault_id);
        info.extend(self.generation.to_le_bytes());
        let mut key = [0; 32];
        Hkdf::<Sha256>::new(Some(&self.body_salt), vault_key).expand(&info, &mut key).unwrap();
        let aad = self.aad();
        let payload = Payload { msg: padded, aad: &aad };
        self.body = Aes256Gcm::new(&key.into()).encrypt(&Nonce::from(self.nonce), payload).unwrap();
    }

    /// [`Parts::reseal`] of a JSON text, padded as it should be.
    pub fn reseal_json(&mut self, vault_key: &[u8; 32], json: &[u8]) {
        let mut padded = (json.len() as u32).to_le_bytes().to_vec();
        padded.extend(json);
        padded.resize(padded.len().next_multiple_of(1024), 0);
        self.reseal(vault_key, &padded);
    }
}

impl SlotParts {
    fn from_bytes(bytes: &[u8]) -> Self {
        let mut cursor = Cursor(bytes);
        let id = cursor.array();
        let slot_type = cursor.u8();
        let count = cursor.u8() as usize;
        let label = cursor.take(count).to_vec();
        let created = cursor.u64();
        let kdf = cursor.u8();
        let numbers = match kdf {
            1 => 3,
            2 => 1,
            _ => 0,
        };
        Self {
            id,
            slot_type,
            label,
            created,
            kdf,
            numbers: (0..numbers).map(|_| cursor.u32()).collect(),
            salt: cursor.array(),
            specific: {
                let count = cursor.u16() as usize;
                cursor.take(count).to_vec()
            },
            commit: cursor.array(),
            nonce: cursor.array(),
            wrapped: cursor.array(),
            later: cursor.0.to_vec(),
        }
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut out = self.id.to_vec();
        out.push(self.slot_type);
        out.push(self.label.len() as u8);
        out.extend(&self.label);
        out.extend(self.created.to_le_bytes());
        out.push(self.kdf);
        for number in &self.numbers {
            out.extend(number.to_le_bytes());
        }
        out.extend(self.salt);
        out.extend((self.specific.len() as u16).to_le_bytes());
        out.extend(&self.specific);
        out.extend(self.commit);
        out.extend(self.nonce);
        out.extend(self.wrapped);
        out.extend(&self.later);
        out
    }
}
