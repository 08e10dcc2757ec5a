//! CRC-32C (Castagnoli), as RFC 3720 has it in appendix B.4.

/// The polynomial, reflected.
const POLYNOMIAL: u32 = 0x82f6_3b78;

/// The checksum. Its table of a kilobyte is made at each call: the eight of the
/// fast implementations cannot be compressed, and were a fortieth of all that there is to load.
pub(crate) fn crc32c(bytes: &[u8]) -> u32 {
    let mut table = [0; 256];
    for (value, entry) in (0..).zip(&mut table) {
        *entry = (0..8).fold(value, |crc, _| if crc & 1 == 1 { crc >> 1 ^ POLYNOMIAL } else { crc >> 1 });
    }
    !bytes.iter().fold(!0, |crc, byte| {
        let entry = table.get(usize::from(*byte ^ crc.to_le_bytes()[0])).copied();
        entry.unwrap_or_default() ^ crc >> 8
    })
}
