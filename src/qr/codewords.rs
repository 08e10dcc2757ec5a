//! The data codewords of a symbol (ISO/IEC 18004, 7.6 interleaving, 7.7.3 placement, 7.8 masks), for [`super::payload`]
//! where the answer of rqrr is not enough: rqrr keeps the codewords that it corrected to itself.
//!
//! Their errors are corrected by the crate reed-solomon. It is old and no faster than it must be, but small, complete and
//! of this very code; others know only losses at known places, or come with a whole reader of bar codes.

use super::version::Version;
use rqrr::{BitGrid, Grid, SimpleGrid};

/// The corrected data codewords in their order.
pub(crate) fn data(modules: &SimpleGrid, version: Version) -> Option<Vec<u8>> {
    let (format, _) = Grid::new(modules.clone()).get_raw_data().ok()?;
    let (check, blocks) = version.blocks(format.ecc_level)?;
    let stream = stream(modules, version, format.mask);
    // The last blocks have one more data codeword than the others; these stand after the columns that all have.
    let (short, long) = ((stream.len() / blocks).checked_sub(check)?, stream.len() % blocks);
    let (columns, rest) = stream.split_at_checked(short * blocks)?;
    let (more, checks) = rest.split_at_checked(long)?;
    let mut data = Vec::with_capacity(columns.len() + long);
    for block in 0..blocks {
        let last = block.checked_sub(blocks - long).and_then(|at| more.get(at));
        let of = |all: &'_ [u8]| all.iter().skip(block).step_by(blocks).copied().collect::<Vec<u8>>();
        let read: Vec<u8> = of(columns).into_iter().chain(last.copied()).chain(of(checks)).collect();
        data.extend_from_slice(reed_solomon::Decoder::new(check).correct(&read, None).ok()?.data());
    }
    Some(data)
}

/// The codewords as they stand in the symbol: two columns at a time from the right, up and down in turn.
fn stream(modules: &SimpleGrid, version: Version, mask: u16) -> Vec<u8> {
    let size = version.size();
    let mut bits = Vec::with_capacity(size * size);
    // The vertical timing pattern is no half of a pair.
    let pairs = (7..size).rev().step_by(2).chain([5, 3, 1]);
    for (right, up) in pairs.zip([true, false].into_iter().cycle()) {
        for i in 0..size {
            let y = if up { size - 1 - i } else { i };
            let free = [right, right - 1].into_iter().filter(|&x| !version.is_function(x, y));
            bits.extend(free.map(|x| modules.bit(y, x) ^ turned(mask, x, y)));
        }
    }
    bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |sum, &bit| sum << 1 | u8::from(bit))).collect()
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
    use super::*;
    use qrcodegen::{Mask, QrCode, QrCodeEcc};

    const LEVELS: [QrCodeEcc; 4] = [QrCodeEcc::Medium, QrCodeEcc::Low, QrCodeEcc::High, QrCodeEcc::Quartile];

    #[test]
    fn every_version_level_and_mask_comes_back_with_its_errors_corrected() {
        for (number, i) in (1..=40).flat_map(|number| (0..4).map(move |i| (number, i))) {
            let version = Version::new(number).unwrap();
            let (check, blocks) = version.blocks(i as u16).unwrap();
            let size = version.size();
            let free = (0..size * size).filter(|at| !version.is_function(at % size, at / size)).count();
            let data: Vec<u8> = (0..free / 8 - check * blocks).map(|at| (at * 37 + number) as u8).collect();
            let coded = qrcodegen::Version::new(number as u8);
            let mask = Mask::new(((number + i) % 8) as u8);
            let code = QrCode::encode_codewords(coded, LEVELS[i], &data, Some(mask));
            // The first codeword.
            let broken = |x: usize, y: usize| x + 2 >= size && y + 4 >= size;
            let grid = SimpleGrid::from_func(size, |x, y| code.get_module(x as i32, y as i32) ^ broken(x, y));
            assert_eq!(super::data(&grid, version), Some(data), "{version:?} {i}");
        }
    }

    /// When this fails, there is a rqrr without that fault: then [`Version::is_misread`] can go.
    #[test]
    fn rqrr_takes_the_codewords_of_every_version_but_one_from_the_same_places() {
        for version in (1..=40).filter_map(Version::new) {
            let coded = qrcodegen::Version::new(version.number() as u8);
            let code = QrCode::encode_segments_advanced(&[], LEVELS[0], coded, coded, None, false).unwrap();
            let grid = SimpleGrid::from_func(version.size(), |x, y| code.get_module(x as i32, y as i32));
            let (_, raw) = Grid::new(grid.clone()).get_raw_data().unwrap();
            // No mask at all: rqrr leaves it on here.
            let own = stream(&grid, version, u16::MAX);
            assert_eq!(raw.data[..raw.len / 8] == own, !version.is_misread(), "{version:?}");
        }
    }
}
