//! From a square of modules to corrected data codewords (ISO/IEC 18004, 7.7.3 placement, 7.8 masks, 7.6 interleaving).

use super::bits::Bits;
use super::order;
use super::reed_solomon;
use super::version::{Format, Layout, Version};

/// A symbol whose errors are corrected.
#[derive(Debug, Clone)]
pub(crate) struct Corrected {
    pub(crate) version: Version,
    /// The data codewords in their order.
    pub(crate) data: Vec<u8>,
    /// The modules as they should have been, format information included.
    pub(crate) modules: Bits,
}

/// The places of the codeword modules in the order in which they are filled: two columns at a time from the right,
/// up and down in turn.
fn places(version: Version) -> Vec<(u8, u8)> {
    let (size, function) = (version.size(), version.function_modules());
    let mut all = Vec::with_capacity(version.codewords() * 8 + 8);
    let mut right = size - 1;
    let mut up = true;
    loop {
        for i in 0..size {
            let y = if up { size - 1 - i } else { i };
            for x in [right, right - 1] {
                if !function.get(x, y) {
                    all.push((x as u8, y as u8));
                }
            }
        }
        up = !up;
        // The vertical timing pattern is no half of a pair.
        right = match right {
            8 => 5,
            1 | 0 => return all,
            other => other - 2,
        };
    }
}

/// Whether the mask turns the module over.
fn masked(mask: u8, x: usize, y: usize) -> bool {
    match mask {
        0 => (x + y).is_multiple_of(2),
        1 => y.is_multiple_of(2),
        2 => x.is_multiple_of(3),
        3 => (x + y).is_multiple_of(3),
        4 => (y / 2 + x / 3).is_multiple_of(2),
        5 => x * y % 2 + x * y % 3 == 0,
        6 => (x * y % 2 + x * y % 3).is_multiple_of(2),
        _ => ((x + y) % 2 + x * y % 3).is_multiple_of(2),
    }
}

/// For each codeword of the stream, in its order, its block and its place in that block.
fn interleaving(layout: Layout) -> Vec<(usize, usize)> {
    let Layout { blocks, long, data, check } = layout;
    let short = blocks - long;
    let mut all = Vec::with_capacity(blocks * (data + check) + long);
    for i in 0..=data {
        all.extend((0..blocks).filter(|&block| i < data || block >= short).map(|block| (block, i)));
    }
    for i in 0..check {
        all.extend((0..blocks).map(|block| (block, data + usize::from(block >= short) + i)));
    }
    all
}

/// Corrects a symbol. `doubt` tells how little the reading of a module is to be trusted, from 0 to 1; the worst
/// codewords of each block are erased, `erase` of each hundred check codewords.
pub(crate) fn correct(
    bits: &Bits,
    version: Version,
    format: Format,
    doubt: Option<&dyn Fn(usize, usize) -> f32>,
    erase: usize,
) -> Option<Corrected> {
    let places = places(version);
    let layout = version.layout(format.level);
    let short = layout.blocks - layout.long;
    let order = interleaving(layout);
    let mut blocks: Vec<Vec<u8>> =
        (0..layout.blocks).map(|block| vec![0; layout.data + layout.check + usize::from(block >= short)]).collect();
    let mut doubts: Vec<Vec<f32>> =
        if doubt.is_some() { blocks.iter().map(|block| vec![0.0; block.len()]).collect() } else { Vec::new() };
    for (&(block, at), modules) in order.iter().zip(places.chunks_exact(8)) {
        let mut codeword = 0_u8;
        let mut worst = 0.0_f32;
        for &(x, y) in modules {
            let (x, y) = (usize::from(x), usize::from(y));
            codeword = codeword << 1 | u8::from(bits.get(x, y) ^ masked(format.mask, x, y));
            if let Some(doubt) = doubt {
                worst = worst.max(doubt(x, y));
            }
        }
        *blocks.get_mut(block)?.get_mut(at)? = codeword;
        if let Some(place) = doubts.get_mut(block).and_then(|block| block.get_mut(at)) {
            *place = worst;
        }
    }
    let mut originals = Vec::with_capacity(blocks.len());
    for (i, block) in blocks.iter_mut().enumerate() {
        let erased: Vec<usize> = match doubts.get(i) {
            Some(doubts) => {
                order::ascending(doubts.iter().map(|doubt| -doubt)).take(layout.check * erase / 100).collect()
            }
            None => Vec::new(),
        };
        originals.push(block.clone());
        reed_solomon::correct(block, layout.check, &erased)?;
    }
    let mut modules = bits.clone();
    for (&(block, at), places) in order.iter().zip(places.chunks_exact(8)) {
        let codeword = |all: &[Vec<u8>]| all.get(block).and_then(|block| block.get(at)).copied().unwrap_or(0);
        let wrong = codeword(&blocks) ^ codeword(&originals);
        for (i, &(x, y)) in places.iter().enumerate().filter(|_| wrong != 0) {
            if wrong >> (7 - i) & 1 == 1 {
                let (x, y) = (usize::from(x), usize::from(y));
                modules.set(x, y, !bits.get(x, y));
            }
        }
    }
    format.write(&mut modules);
    let data = blocks.iter().flat_map(|block| block.iter().take(block.len() - layout.check)).copied().collect();
    Some(Corrected { version, data, modules })
}

/// The modules of a symbol for codewords whose checks are computed here; the function patterns other than the format
/// are left light.
#[cfg(test)]
pub(crate) fn place(data: &[u8], version: Version, format: Format) -> Bits {
    let layout = version.layout(format.level);
    let short = layout.blocks - layout.long;
    let mut rest = data;
    let blocks: Vec<Vec<u8>> = (0..layout.blocks)
        .map(|block| {
            let (these, others) = rest.split_at(layout.data + usize::from(block >= short));
            rest = others;
            reed_solomon::encode(these, layout.check)
        })
        .collect();
    let mut bits = Bits::new(version.size());
    for (&(block, at), modules) in interleaving(layout).iter().zip(places(version).chunks_exact(8)) {
        for (i, &(x, y)) in modules.iter().enumerate() {
            let (x, y) = (usize::from(x), usize::from(y));
            bits.set(x, y, (blocks[block][at] >> (7 - i) & 1 == 1) ^ masked(format.mask, x, y));
        }
    }
    format.write(&mut bits);
    bits
}

#[cfg(test)]
mod tests {
    use super::super::version::Level;
    use super::*;

    #[test]
    fn every_version_level_and_mask_comes_back_and_rqrr_agrees() {
        for number in 1..=40 {
            let version = Version::new(number).unwrap();
            for (i, level) in [Level::L, Level::M, Level::Q, Level::H].into_iter().enumerate() {
                let format = Format { level, mask: ((number + i) % 8) as u8 };
                let layout = version.layout(level);
                let count = layout.blocks * layout.data + layout.long;
                // Byte mode, no characters, a terminator, then anything.
                let mut data: Vec<u8> = (0..count).map(|i| (i * 37 + number) as u8).collect();
                data[..4].copy_from_slice(&[0x40, 0, 0, 0]);
                let mut bits = place(&data, version, format);
                // One wrong codeword in each block is always mended.
                for &(x, y) in places(version).iter().take(8 * layout.blocks).step_by(8) {
                    let (x, y) = (usize::from(x), usize::from(y));
                    bits.set(x, y, !bits.get(x, y));
                }
                let corrected = correct(&bits, version, format, None, 0).unwrap();
                assert_eq!(corrected.data, data, "{version:?} {level:?}");
                assert_eq!(corrected.modules, place(&data, version, format));
                let grid = rqrr::SimpleGrid::from_func(version.size(), |x, y| corrected.modules.get(x, y));
                let mut out = Vec::new();
                let meta = rqrr::Grid::new(grid).decode_to(&mut out).unwrap();
                assert_eq!((meta.version.0, out.len()), (number, 0));
            }
        }
    }
}
