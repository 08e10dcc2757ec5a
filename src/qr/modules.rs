//! A symbol as it was read: which modules are dark, and what it says of itself (format information, ISO/IEC 18004, 7.9).

use super::version::Version;

/// The modules of a symbol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Modules {
    pub(crate) version: Version,
    /// Row by row, as many as the version has.
    dark: Vec<bool>,
}

/// How a symbol is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Format {
    /// The error correction level as the format information has it: M, L, H, Q.
    pub(crate) level: u16,
    /// 0 to 7.
    pub(crate) mask: u16,
}

/// The most modules of one copy of the format information that may be wrong: any two formats differ in seven (annex C).
const FORMAT_ERRORS: u32 = 3;

impl Modules {
    pub(crate) fn new(version: Version, dark: Vec<bool>) -> Modules {
        Modules { version, dark }
    }

    pub(crate) fn is_dark(&self, x: usize, y: usize) -> bool {
        self.dark.get(y * self.version.size() + x).copied().unwrap_or(false)
    }

    /// The symbol as a mirror shows it.
    pub(crate) fn mirrored(&self) -> Modules {
        let size = self.version.size();
        Modules { version: self.version, dark: (0..size * size).map(|i| self.is_dark(i / size, i % size)).collect() }
    }

    /// How many of the modules that the standard fixes are not as they should be, and how many there are.
    pub(crate) fn misdrawn(&self) -> (usize, usize) {
        let fixed = self.version.fixed();
        (fixed.iter().filter(|&&(x, y, dark)| self.is_dark(x, y) != dark).count(), fixed.len())
    }

    /// The format by each of its two copies, where it is legible; once if they agree.
    pub(crate) fn formats(&self) -> impl Iterator<Item = Format> {
        let end = self.version.size() - 1;
        // From the lowest bit: down beside the upper left finder and then to the left below it, and the copy.
        const LINE: [usize; 15] = [0, 1, 2, 3, 4, 5, 7, 8, 7, 5, 4, 3, 2, 1, 0];
        let bits = |place: &dyn Fn(usize, usize) -> (usize, usize)| {
            LINE.iter().enumerate().fold(0_u32, |bits, (i, &at)| {
                let (x, y) = place(i, at);
                bits | u32::from(self.is_dark(x, y)) << i
            })
        };
        let first = legible(bits(&|i, at| if i < 8 { (8, at) } else { (at, 8) }));
        let second = legible(bits(&|i, _| if i < 8 { (end - i, 8) } else { (8, end + i - 14) }));
        first.into_iter().chain(second.filter(|_| second != first))
    }
}

/// The format whose code is nearest to fifteen bits.
fn legible(bits: u32) -> Option<Format> {
    let (distance, format) = (0..32).map(|format| ((code(format) ^ bits).count_ones(), format)).min()?;
    (distance <= FORMAT_ERRORS).then_some(Format { level: (format >> 3) as u16, mask: (format & 7) as u16 })
}

/// Five bits of format with their ten check bits (annex C).
fn code(format: u32) -> u32 {
    let rest =
        (0..5).rev().fold(format << 10, |rest, i| if rest >> (i + 10) & 1 == 1 { rest ^ 0x537 << i } else { rest });
    (format << 10 | rest) ^ 0x5412
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standards_own_example_and_all_that_is_three_modules_off() {
        // Annex C: level M, mask 5.
        assert_eq!(code(0b00101), 0b100_0000_1100_1110);
        for (format, flip) in (0..32).flat_map(|format| (0..15).map(move |i| (format, 0b10010001 << i & 0x7fff))) {
            let read = legible(code(format) ^ flip).unwrap();
            assert_eq!((u32::from(read.level) << 3) + u32::from(read.mask), format);
        }
        assert_eq!(legible(code(3) ^ 0b1111), None);
    }
}
