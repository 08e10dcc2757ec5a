//! Fixed-order little-endian fields, written and read.
//!
//! Tiny by intent: the header is short, and a reader of twenty lines can be
//! understood in whole. Reading never looks at what it has not measured.

/// The bytes end before the field does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Short;

/// Takes fields from the front.
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn bytes(&mut self, count: usize) -> Result<&'a [u8], Short> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Short)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Short> {
        let (taken, rest) = self.0.split_first_chunk::<N>().ok_or(Short)?;
        self.0 = rest;
        Ok(*taken)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, Short> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(crate) fn u16(&mut self) -> Result<u16, Short> {
        self.array().map(u16::from_le_bytes)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, Short> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, Short> {
        self.array().map(u64::from_le_bytes)
    }

    /// A `u8` length and that many bytes.
    pub(crate) fn short_bytes(&mut self) -> Result<&'a [u8], Short> {
        let count = self.u8()?;
        self.bytes(usize::from(count))
    }

    /// A `u16` length and that many bytes.
    pub(crate) fn long_bytes(&mut self) -> Result<&'a [u8], Short> {
        let count = self.u16()?;
        self.bytes(usize::from(count))
    }

    /// All that is left.
    pub(crate) fn rest(self) -> &'a [u8] {
        self.0
    }
}

/// Puts fields at the end.
#[derive(Default)]
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend_from_slice(bytes);
        self
    }

    pub(crate) fn u8(&mut self, value: u8) -> &mut Self {
        self.bytes(&[value])
    }

    pub(crate) fn u16(&mut self, value: u16) -> &mut Self {
        self.bytes(&value.to_le_bytes())
    }

    pub(crate) fn u32(&mut self, value: u32) -> &mut Self {
        self.bytes(&value.to_le_bytes())
    }

    pub(crate) fn u64(&mut self, value: u64) -> &mut Self {
        self.bytes(&value.to_le_bytes())
    }

    /// The counterpart of [`Reader::short_bytes`]; what does not fit is cut off,
    /// so the types that hold such bytes must bound them.
    pub(crate) fn short_bytes(&mut self, bytes: &[u8]) -> &mut Self {
        let count = u8::try_from(bytes.len()).unwrap_or(u8::MAX);
        let kept = bytes.get(..usize::from(count)).unwrap_or(bytes);
        self.u8(count).bytes(kept)
    }

    /// The counterpart of [`Reader::long_bytes`], bounded likewise.
    pub(crate) fn long_bytes(&mut self, bytes: &[u8]) -> &mut Self {
        let count = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
        let kept = bytes.get(..usize::from(count)).unwrap_or(bytes);
        self.u16(count).bytes(kept)
    }

    pub(crate) fn done(self) -> Vec<u8> {
        self.0
    }
}
