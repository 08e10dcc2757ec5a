//! What the standard fixes for each version: sizes, alignment patterns, function modules, error correction blocks.
//! ISO/IEC 18004:2015, table 9 (blocks), annex E (alignment patterns), 7.9 (format), 7.10 (version information).

use super::bits::Bits;

/// 1 to 40.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(u8);

/// Error correction codewords in each block, and the number of blocks; rows are versions, columns levels L, M, Q, H.
#[rustfmt::skip]
const BLOCKS: [[(u8, u8); 4]; 40] = [
    [(7, 1), (10, 1), (13, 1), (17, 1)],
    [(10, 1), (16, 1), (22, 1), (28, 1)],
    [(15, 1), (26, 1), (18, 2), (22, 2)],
    [(20, 1), (18, 2), (26, 2), (16, 4)],
    [(26, 1), (24, 2), (18, 4), (22, 4)],
    [(18, 2), (16, 4), (24, 4), (28, 4)],
    [(20, 2), (18, 4), (18, 6), (26, 5)],
    [(24, 2), (22, 4), (22, 6), (26, 6)],
    [(30, 2), (22, 5), (20, 8), (24, 8)],
    [(18, 4), (26, 5), (24, 8), (28, 8)],
    [(20, 4), (30, 5), (28, 8), (24, 11)],
    [(24, 4), (22, 8), (26, 10), (28, 11)],
    [(26, 4), (22, 9), (24, 12), (22, 16)],
    [(30, 4), (24, 9), (20, 16), (24, 16)],
    [(22, 6), (24, 10), (30, 12), (24, 18)],
    [(24, 6), (28, 10), (24, 17), (30, 16)],
    [(28, 6), (28, 11), (28, 16), (28, 19)],
    [(30, 6), (26, 13), (28, 18), (28, 21)],
    [(28, 7), (26, 14), (26, 21), (26, 25)],
    [(28, 8), (26, 16), (30, 20), (28, 25)],
    [(28, 8), (26, 17), (28, 23), (30, 25)],
    [(28, 9), (28, 17), (30, 23), (24, 34)],
    [(30, 9), (28, 18), (30, 25), (30, 30)],
    [(30, 10), (28, 20), (30, 27), (30, 32)],
    [(26, 12), (28, 21), (30, 29), (30, 35)],
    [(28, 12), (28, 23), (28, 34), (30, 37)],
    [(30, 12), (28, 25), (30, 34), (30, 40)],
    [(30, 13), (28, 26), (30, 35), (30, 42)],
    [(30, 14), (28, 28), (30, 38), (30, 45)],
    [(30, 15), (28, 29), (30, 40), (30, 48)],
    [(30, 16), (28, 31), (30, 43), (30, 51)],
    [(30, 17), (28, 33), (30, 45), (30, 54)],
    [(30, 18), (28, 35), (30, 48), (30, 57)],
    [(30, 19), (28, 37), (30, 51), (30, 60)],
    [(30, 19), (28, 38), (30, 53), (30, 63)],
    [(30, 20), (28, 40), (30, 56), (30, 66)],
    [(30, 21), (28, 43), (30, 59), (30, 70)],
    [(30, 22), (28, 45), (30, 62), (30, 74)],
    [(30, 24), (28, 47), (30, 65), (30, 77)],
    [(30, 25), (28, 49), (30, 68), (30, 81)],
];

/// How the codewords of a symbol are cut into blocks: `blocks` of them, the last `long` with one more data codeword.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) blocks: usize,
    pub(crate) long: usize,
    /// Data codewords in a short block.
    pub(crate) data: usize,
    /// Error correction codewords in every block.
    pub(crate) check: usize,
}

impl Version {
    pub(crate) fn new(number: usize) -> Option<Self> {
        (1..=40).contains(&number).then_some(Version(number as u8))
    }

    /// The version whose symbols have the given number of modules on a side.
    pub(crate) fn of_size(size: usize) -> Option<Self> {
        let size = size.checked_sub(17)?;
        if size % 4 == 0 { Version::new(size / 4) } else { None }
    }

    pub(crate) fn number(self) -> usize {
        usize::from(self.0)
    }

    /// Modules on a side.
    pub(crate) fn size(self) -> usize {
        17 + 4 * self.number()
    }

    /// The rows and columns in which the middles of alignment patterns lie.
    pub(crate) fn alignment(self) -> Vec<usize> {
        let number = self.number();
        if number == 1 {
            return Vec::new();
        }
        let count = number / 7 + 2;
        let last = self.size() - 7;
        // Evenly spaced from the far end with an even step; version 32 alone is rounded otherwise.
        let step = if number == 32 { 26 } else { (number * 4 + count * 2 + 1) / (2 * count - 2) * 2 };
        let mut all: Vec<usize> = (0..count - 1).map(|i| last - i * step).collect();
        all.push(6);
        all.reverse();
        all
    }

    /// The middles of the alignment patterns, as column and row.
    pub(crate) fn alignments(self) -> impl Iterator<Item = (usize, usize)> {
        let lines = self.alignment();
        let last = self.size() - 7;
        let corner = move |x: usize, y: usize| (x == 6 && (y == 6 || y == last)) || (x == last && y == 6);
        let columns = lines.clone();
        lines
            .into_iter()
            .flat_map(move |y| columns.clone().into_iter().map(move |x| (x, y)))
            .filter(move |&(x, y)| !corner(x, y))
    }

    /// All codewords of a symbol.
    pub(crate) fn codewords(self) -> usize {
        let number = self.number();
        let mut modules = (16 * number + 128) * number + 64;
        if number >= 2 {
            let count = number / 7 + 2;
            modules -= (25 * count - 10) * count - 55;
            if number >= 7 {
                modules -= 36;
            }
        }
        modules / 8
    }

    pub(crate) fn layout(self, level: Level) -> Layout {
        let row = BLOCKS.get(self.number() - 1).copied().unwrap_or_default();
        let (check, blocks) = row.get(level as usize).copied().unwrap_or((1, 1));
        let (check, blocks) = (usize::from(check), usize::from(blocks).max(1));
        let all = self.codewords();
        Layout { blocks, long: all % blocks, data: all / blocks - check, check }
    }

    /// The modules that carry no codewords: finders and separators, timing, alignment, format, version.
    pub(crate) fn function_modules(self) -> Bits {
        let size = self.size();
        let mut bits = Bits::new(size);
        let mut fill = |x: usize, y: usize, width: usize, height: usize| {
            for row in y..y + height {
                for column in x..x + width {
                    bits.set(column, row, true);
                }
            }
        };
        fill(0, 0, 9, 9);
        fill(size - 8, 0, 8, 9);
        fill(0, size - 8, 9, 8);
        fill(6, 0, 1, size);
        fill(0, 6, size, 1);
        for (x, y) in self.alignments() {
            fill(x - 2, y - 2, 5, 5);
        }
        if self.number() >= 7 {
            fill(size - 11, 0, 3, 6);
            fill(0, size - 11, 6, 3);
        }
        bits
    }
}

/// The error correction level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    L,
    M,
    Q,
    H,
}

/// The format information of a symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Format {
    pub(crate) level: Level,
    pub(crate) mask: u8,
}

/// What format information is exclusive-ored with.
const FORMAT_MASK: u16 = 0b101_0100_0001_0010;

impl Format {
    /// The fifteen bits that stand in a symbol.
    fn word(data: u16) -> u16 {
        let mut rest = data << 10;
        for bit in (10..15).rev() {
            if rest >> bit & 1 == 1 {
                rest ^= 0b101_0011_0111 << (bit - 10);
            }
        }
        (data << 10 | rest) ^ FORMAT_MASK
    }

    pub(crate) fn bits(self) -> u16 {
        let level = match self.level {
            Level::L => 1,
            Level::M => 0,
            Level::Q => 3,
            Level::H => 2,
        };
        Format::word(level << 3 | u16::from(self.mask))
    }

    /// The format nearest to what was read, and how many bits it is away.
    fn nearest(read: u16) -> (Format, u32) {
        let all = (0..32).map(|data: u16| {
            let level = match data >> 3 {
                0 => Level::M,
                1 => Level::L,
                2 => Level::H,
                _ => Level::Q,
            };
            (Format { level, mask: (data & 7) as u8 }, (Format::word(data) ^ read).count_ones())
        });
        all.min_by_key(|&(_, distance)| distance).unwrap_or((Format { level: Level::L, mask: 0 }, 15))
    }

    /// Reads both copies and takes the better one.
    pub(crate) fn read(bits: &Bits) -> (Format, u32) {
        let [first, second] = Format::places(bits.size()).map(|places| {
            let word = places.iter().fold(0, |word, &(x, y)| word << 1 | u16::from(bits.get(x, y)));
            Format::nearest(word)
        });
        if second.1 < first.1 { second } else { first }
    }

    /// Writes both copies.
    pub(crate) fn write(self, bits: &mut Bits) {
        let word = self.bits();
        for places in Format::places(bits.size()) {
            for (i, (x, y)) in places.into_iter().enumerate() {
                bits.set(x, y, word >> (14 - i) & 1 == 1);
            }
        }
    }

    /// Where both copies stand, most significant bit first, as column and row.
    fn places(size: usize) -> [[(usize, usize); 15]; 2] {
        let corner = [
            (0, 8),
            (1, 8),
            (2, 8),
            (3, 8),
            (4, 8),
            (5, 8),
            (7, 8),
            (8, 8),
            (8, 7),
            (8, 5),
            (8, 4),
            (8, 3),
            (8, 2),
            (8, 1),
            (8, 0),
        ];
        let mut split = [(0, 0); 15];
        for (i, place) in split.iter_mut().enumerate() {
            *place = if i < 7 { (8, size - 1 - i) } else { (size - 15 + i, 8) };
        }
        [corner, split]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> impl Iterator<Item = Version> {
        (1..=40).filter_map(Version::new)
    }

    #[test]
    fn sizes() {
        assert_eq!(Version::of_size(21), Version::new(1));
        assert_eq!(Version::of_size(177), Version::new(40));
        assert_eq!(Version::of_size(22), None);
        assert_eq!(Version::of_size(17), None);
        assert_eq!(Version::of_size(181), None);
    }

    #[test]
    fn alignment_patterns_as_annex_e_has_them() {
        let of = |n| Version::new(n).unwrap().alignment();
        assert!(of(1).is_empty());
        assert_eq!(of(2), [6, 18]);
        assert_eq!(of(7), [6, 22, 38]);
        assert_eq!(of(15), [6, 26, 48, 70]);
        assert_eq!(of(22), [6, 26, 50, 74, 98]);
        assert_eq!(of(30), [6, 26, 52, 78, 104, 130]);
        assert_eq!(of(32), [6, 34, 60, 86, 112, 138]);
        assert_eq!(of(36), [6, 24, 50, 76, 102, 128, 154]);
        assert_eq!(of(40), [6, 30, 58, 86, 114, 142, 170]);
    }

    #[test]
    fn what_is_no_function_module_is_codewords() {
        for version in all() {
            let function = version.function_modules();
            let size = version.size();
            let free = (0..size * size).filter(|i| !function.get(i % size, i / size)).count();
            assert_eq!(free / 8, version.codewords(), "{version:?}");
            assert!(free % 8 < 8);
        }
        assert_eq!(Version::new(40).unwrap().codewords(), 3706);
    }

    #[test]
    fn blocks_use_every_codeword() {
        for version in all() {
            for level in [Level::L, Level::M, Level::Q, Level::H] {
                let layout = version.layout(level);
                let short = layout.data + layout.check;
                assert_eq!(layout.blocks * short + layout.long, version.codewords());
                assert!(layout.check <= 30 && layout.data > layout.check / 4);
            }
        }
    }

    #[test]
    fn the_standards_own_format_example() {
        // Level M, mask 101: annex C.
        assert_eq!(Format { level: Level::M, mask: 5 }.bits(), 0b100_0000_1100_1110);
    }

    #[test]
    fn three_wrong_format_bits_are_mended() {
        for mask in 0..8 {
            for level in [Level::L, Level::M, Level::Q, Level::H] {
                let format = Format { level, mask };
                assert_eq!(Format::nearest(format.bits() ^ 0b100_0010_0000_0100), (format, 3));
                let mut bits = Bits::new(25);
                format.write(&mut bits);
                assert_eq!(Format::read(&bits), (format, 0));
            }
        }
    }
}
