//! The data codewords of a symbol (ISO/IEC 18004, 7.6 interleaving, 7.7.3 placement, 7.8 masks).
//!
//! Their errors are corrected by the crate reed-solomon. It is old, but small, complete and of this very code, and it tells
//! in microseconds that a grid is no symbol, which is what most grids are, or one without an error, as nearly all on screens
//! are. rqrr raises its generator to a power for each codeword of each syndrome, which is half as much work again as the
//! whole scan of a small tab. So it is asked where there was something to correct, see [`super::payload`].

use super::modules::{Format, Modules};

/// Data codewords whose errors are corrected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Corrected {
    /// In their order.
    pub(crate) data: Vec<u8>,
    /// How many more codewords could have been wrong in the block that had most errors. At 0, what was read can as well
    /// be another symbol.
    pub(crate) spare: usize,
    /// How many codewords were wrong in all.
    pub(crate) errors: usize,
}

/// Corrects a symbol; nothing if it has more errors than can be told.
pub(crate) fn correct(modules: &Modules, format: Format) -> Option<Corrected> {
    let (check, _) = modules.version.blocks(format.level)?;
    let mut corrected = Corrected { data: Vec::new(), spare: check / 2, errors: 0 };
    for read in blocks(modules, format)? {
        let (right, wrong) = reed_solomon::Decoder::new(check).correct_err_count(&read, None).ok()?;
        corrected.data.extend_from_slice(right.data());
        corrected.errors += wrong;
        corrected.spare = corrected.spare.min((check / 2).saturating_sub(wrong));
    }
    Some(corrected)
}

/// The blocks of codewords that are corrected one by one.
fn blocks(modules: &Modules, format: Format) -> Option<Vec<Vec<u8>>> {
    let (check, blocks) = modules.version.blocks(format.level)?;
    let stream = stream(modules, format.mask);
    // The last blocks have one more data codeword than the others; these stand after the columns that all have.
    let (short, long) = ((stream.len() / blocks).checked_sub(check)?, stream.len() % blocks);
    let (columns, rest) = stream.split_at_checked(short * blocks)?;
    let (more, checks) = rest.split_at_checked(long)?;
    let block = |block: usize| {
        let last = block.checked_sub(blocks - long).and_then(|at| more.get(at)).copied();
        let of = |all: &'_ [u8]| all.iter().skip(block).step_by(blocks).copied().collect::<Vec<u8>>();
        of(columns).into_iter().chain(last).chain(of(checks)).collect()
    };
    Some((0..blocks).map(block).collect())
}

/// The codewords as they stand in the symbol: two columns at a time from the right, up and down in turn.
fn stream(modules: &Modules, mask: u16) -> Vec<u8> {
    let version = modules.version;
    let size = version.size();
    let function = version.function();
    let mut bytes = Vec::with_capacity(size * size / 8);
    let (mut byte, mut bits) = (0, 0);
    // The vertical timing pattern is no half of a pair.
    let pairs = (7..size).rev().step_by(2).chain([5, 3, 1]);
    for (right, up) in pairs.zip([true, false].into_iter().cycle()) {
        for i in 0..size {
            let y = if up { size - 1 - i } else { i };
            for x in [right, right - 1] {
                if function.get(y * size + x) == Some(&false) {
                    byte = byte << 1 | u8::from(modules.is_dark(x, y) ^ turned(mask, x, y));
                    bits += 1;
                    if bits % 8 == 0 {
                        bytes.push(byte);
                    }
                }
            }
        }
    }
    bytes
}

/// Whether the mask turns the module over.
fn turned(mask: u16, x: usize, y: usize) -> bool {
    match mask {
        0 => (x + y).is_multiple_of(2),
        1 => y.is_multiple_of(2),
        2 => x.is_multiple_of(3),
        3 => (x + y).is_multiple_of(3),
        4 => (y / 2 + x / 3).is_multiple_of(2),
        5 => x * y % 2 + x * y % 3 == 0,
        6 => (x * y % 2 + x * y % 3).is_multiple_of(2),
        7 => ((x + y) % 2 + x * y % 3).is_multiple_of(2),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::version::Version;
    use super::*;
    use proptest::prelude::*;
    use qrcodegen::{Mask, QrCode, QrCodeEcc};

    const LEVELS: [QrCodeEcc; 4] = [QrCodeEcc::Medium, QrCodeEcc::Low, QrCodeEcc::High, QrCodeEcc::Quartile];

    fn drawn(version: Version, level: usize, mask: usize, data: &[u8]) -> QrCode {
        let number = qrcodegen::Version::new(version.number() as u8);
        QrCode::encode_codewords(number, LEVELS[level], data, Some(Mask::new(mask as u8)))
    }

    fn capacity(version: Version, level: usize) -> usize {
        let (check, blocks) = version.blocks(level as u16).unwrap();
        version.function().iter().filter(|function| !**function).count() / 8 - check * blocks
    }

    fn modules(version: Version, dark: impl Fn(usize, usize) -> bool) -> Modules {
        let size = version.size();
        Modules::new(version, (0..size * size).map(|at| dark(at % size, at / size)).collect())
    }

    #[test]
    fn every_version_level_and_mask_comes_back_with_its_errors_corrected() {
        for (number, level) in (1..=40).flat_map(|number| (0..4).map(move |level| (number, level))) {
            let version = Version::new(number).unwrap();
            let size = version.size();
            let data: Vec<u8> = (0..capacity(version, level)).map(|at| (at * 37 + number) as u8).collect();
            let mask = (number + level) % 8;
            let code = drawn(version, level, mask, &data);
            // The first codeword.
            let broken = |x: usize, y: usize| x + 2 >= size && y + 4 >= size;
            let read = modules(version, |x, y| code.get_module(x as i32, y as i32) ^ broken(x, y));
            let format = Format { level: level as u16, mask: mask as u16 };
            assert_eq!(read.formats().collect::<Vec<_>>(), [format]);
            let corrected = correct(&read, format).unwrap();
            let spare = version.blocks(level as u16).unwrap().0 / 2 - 1;
            assert_eq!((corrected.data, corrected.spare, corrected.errors), (data, spare, 1), "{version:?} {level}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        /// All that rqrr reads is corrected here, and to the same data: few errors or many, mirrored or not. Where there are
        /// more than can be told, rqrr is lucky now and then.
        #[test]
        fn nothing_is_refused_that_rqrr_reads(
            number in prop_oneof![1_usize..8, 1_usize..41],
            level in 0_usize..4,
            mask in 0_usize..8,
            seed in any::<u64>(),
            share in prop_oneof![0_u64..20, 0_u64..120],
            mirror in any::<bool>(),
        ) {
            // Version 21 has an alignment pattern elsewhere in rqrr 0.11.
            prop_assume!(number != 21);
            let version = Version::new(number).unwrap();
            // Byte mode: rqrr gives out the bytes.
            let length = capacity(version, level).min(200) - 3;
            let mut data = vec![0; capacity(version, level)];
            let wide = number > 9;
            let bytes: Vec<u8> = (0..length - usize::from(wide)).map(|at| (seed >> (at % 7 * 8)) as u8 ^ at as u8).collect();
            let mut nibbles = vec![4];
            if wide { nibbles.extend([0, 0]); }
            nibbles.extend([bytes.len() as u8 >> 4, bytes.len() as u8 & 15]);
            nibbles.extend(bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]));
            nibbles.push(0);
            for (to, pair) in data.iter_mut().zip(nibbles.chunks(2)) { *to = pair[0] << 4 | pair.get(1).copied().unwrap_or(0); }
            let code = drawn(version, level, mask, &data);
            let noise = |x: usize, y: usize| {
                let hash = (seed ^ (x as u64) << 32 ^ y as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                (hash ^ hash >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 54 < share
            };
            let dark = |x: usize, y: usize| {
                let (x, y) = if mirror { (y, x) } else { (x, y) };
                code.get_module(x as i32, y as i32) ^ noise(x, y)
            };
            let mut judged = Vec::new();
            let grid = rqrr::SimpleGrid::from_func(version.size(), dark);
            let judge = rqrr::Grid::new(grid).decode_to(&mut judged).is_ok();
            let read = modules(version, dark);
            let both = [read.mirrored(), read];
            let own = both.iter().find_map(|read| read.formats().find_map(|format| correct(read, format)));
            let format = Format { level: level as u16, mask: mask as u16 };
            let clean = blocks(&modules(version, |x, y| code.get_module(x as i32, y as i32)), format).unwrap();
            let drawn = blocks(&both[usize::from(!mirror)], format).unwrap();
            let errors = |(clean, drawn): (&Vec<u8>, &Vec<u8>)| clean.iter().zip(drawn).filter(|(a, b)| a != b).count();
            let most = version.blocks(level as u16).unwrap().0 / 2;
            let tellable = clean.iter().zip(&drawn).map(errors).all(|errors| errors <= most);
            if judge && judged == bytes && tellable {
                prop_assert_eq!(own.map(|own| own.data), Some(data));
            }
        }
    }
}
