//! What the standard fixes for each version: sizes, function patterns, error correction blocks.
//! ISO/IEC 18004:2015, table 9 (blocks), annex E (alignment patterns).

/// 1 to 40.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(u8);

/// Error correction codewords in each block, and the number of blocks; rows are versions, columns are levels in the order
/// of their numbers in the format information: M, L, H, Q.
#[rustfmt::skip]
const BLOCKS: [[(u8, u8); 4]; 40] = [
    [(10, 1), (7, 1), (17, 1), (13, 1)],
    [(16, 1), (10, 1), (28, 1), (22, 1)],
    [(26, 1), (15, 1), (22, 2), (18, 2)],
    [(18, 2), (20, 1), (16, 4), (26, 2)],
    [(24, 2), (26, 1), (22, 4), (18, 4)],
    [(16, 4), (18, 2), (28, 4), (24, 4)],
    [(18, 4), (20, 2), (26, 5), (18, 6)],
    [(22, 4), (24, 2), (26, 6), (22, 6)],
    [(22, 5), (30, 2), (24, 8), (20, 8)],
    [(26, 5), (18, 4), (28, 8), (24, 8)],
    [(30, 5), (20, 4), (24, 11), (28, 8)],
    [(22, 8), (24, 4), (28, 11), (26, 10)],
    [(22, 9), (26, 4), (22, 16), (24, 12)],
    [(24, 9), (30, 4), (24, 16), (20, 16)],
    [(24, 10), (22, 6), (24, 18), (30, 12)],
    [(28, 10), (24, 6), (30, 16), (24, 17)],
    [(28, 11), (28, 6), (28, 19), (28, 16)],
    [(26, 13), (30, 6), (28, 21), (28, 18)],
    [(26, 14), (28, 7), (26, 25), (26, 21)],
    [(26, 16), (28, 8), (28, 25), (30, 20)],
    [(26, 17), (28, 8), (30, 25), (28, 23)],
    [(28, 17), (28, 9), (24, 34), (30, 23)],
    [(28, 18), (30, 9), (30, 30), (30, 25)],
    [(28, 20), (30, 10), (30, 32), (30, 27)],
    [(28, 21), (26, 12), (30, 35), (30, 29)],
    [(28, 23), (28, 12), (30, 37), (28, 34)],
    [(28, 25), (30, 12), (30, 40), (30, 34)],
    [(28, 26), (30, 13), (30, 42), (30, 35)],
    [(28, 28), (30, 14), (30, 45), (30, 38)],
    [(28, 29), (30, 15), (30, 48), (30, 40)],
    [(28, 31), (30, 16), (30, 51), (30, 43)],
    [(28, 33), (30, 17), (30, 54), (30, 45)],
    [(28, 35), (30, 18), (30, 57), (30, 48)],
    [(28, 37), (30, 19), (30, 60), (30, 51)],
    [(28, 38), (30, 19), (30, 63), (30, 53)],
    [(28, 40), (30, 20), (30, 66), (30, 56)],
    [(28, 43), (30, 21), (30, 70), (30, 59)],
    [(28, 45), (30, 22), (30, 74), (30, 62)],
    [(28, 47), (30, 24), (30, 77), (30, 65)],
    [(28, 49), (30, 25), (30, 81), (30, 68)],
];

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
    fn alignments(self) -> impl Iterator<Item = (usize, usize)> {
        let lines = self.alignment();
        let last = self.size() - 7;
        let corner = move |x: usize, y: usize| (x == 6 && (y == 6 || y == last)) || (x == last && y == 6);
        let columns = lines.clone();
        lines
            .into_iter()
            .flat_map(move |y| columns.clone().into_iter().map(move |x| (x, y)))
            .filter(move |&(x, y)| !corner(x, y))
    }

    /// The modules whose colour the standard fixes, but for the format and version: column, row and whether it is dark.
    pub(crate) fn fixed(self) -> Vec<(usize, usize, bool)> {
        let size = self.size();
        let mut all = Vec::new();
        let mut add = |x: usize, y: usize, dark: bool| all.push((x, y, dark));
        for (left, top, edge_x, edge_y) in [(0, 0, 7, 7), (size - 7, 0, size - 8, 7), (0, size - 7, 7, size - 8)] {
            for y in 0..7_usize {
                for x in 0..7_usize {
                    let ring = x.abs_diff(3).max(y.abs_diff(3));
                    add(left + x, top + y, ring != 2);
                }
                add(edge_x, top + y, false);
                add(left + y, edge_y, false);
            }
        }
        for i in 8..size - 8 {
            add(i, 6, i % 2 == 0);
            add(6, i, i % 2 == 0);
        }
        for (x, y) in self.alignments().filter(|&(x, y)| x != 6 && y != 6) {
            for j in 0..5_usize {
                for i in 0..5_usize {
                    add(x + i - 2, y + j - 2, i.abs_diff(2).max(j.abs_diff(2)) != 1);
                }
            }
        }
        all
    }

    /// Which modules carry no codeword, row by row: finders and separators, timing, alignment, format, version.
    pub(crate) fn function(self) -> Vec<bool> {
        let size = self.size();
        let mut all = vec![false; size * size];
        let mut mark = |left: usize, top: usize, width: usize, height: usize| {
            for row in all.chunks_mut(size).skip(top).take(height) {
                row.iter_mut().skip(left).take(width).for_each(|module| *module = true);
            }
        };
        for (left, top, width, height) in [(0, 0, 9, 9), (size - 8, 0, 8, 9), (0, size - 8, 9, 8)] {
            mark(left, top, width, height);
        }
        mark(6, 0, 1, size);
        mark(0, 6, size, 1);
        for (x, y) in self.alignments() {
            mark(x - 2, y - 2, 5, 5);
        }
        if self.number() >= 7 {
            mark(size - 11, 0, 3, 6);
            mark(0, size - 11, 6, 3);
        }
        all
    }

    /// How many error correction codewords each block has, and how many blocks there are. The level is the number in the
    /// format information.
    pub(crate) fn blocks(self, level: u16) -> Option<(usize, usize)> {
        let &(check, blocks) = BLOCKS.get(self.number() - 1)?.get(usize::from(level))?;
        Some((usize::from(check), usize::from(blocks)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
