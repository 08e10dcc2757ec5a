//! The picture as grey levels, row by row and only as far as anybody asks.
//!
//! On a 4K tab, fetching and converting all rows costs more than everything else together, and most rows are never
//! looked at. So a row is fetched from its [`Source`] the first time it is needed and kept.

use super::geometry::Point;
use super::luma::{self, Tone};
use std::ops::Range;

/// Where grey levels come from.
pub(crate) trait Source {
    /// Writes rows from `y` on, as many as `grey` has room for.
    fn rows(&mut self, y: usize, width: usize, grey: &mut [u8]);

    /// Writes the pixels of column `x` from row `y` on, as many as `grey` has room for.
    fn column(&mut self, x: usize, y: usize, grey: &mut [u8]);

    /// From now on, levels are those of the tone.
    fn show(&mut self, tone: Tone);
}

/// A picture that is wholly in memory as RGBA.
pub(crate) struct Rgba<'a> {
    pub(crate) width: usize,
    pub(crate) pixels: &'a [u8],
    pub(crate) tone: Tone,
}

impl Source for Rgba<'_> {
    fn rows(&mut self, y: usize, width: usize, grey: &mut [u8]) {
        let start = y * width * luma::CHANNELS;
        luma::convert(self.pixels.get(start..).unwrap_or_default(), grey, self.tone);
    }

    fn column(&mut self, x: usize, y: usize, grey: &mut [u8]) {
        for (i, level) in grey.iter_mut().enumerate() {
            let start = ((y + i) * self.width + x) * luma::CHANNELS;
            let pixel = self.pixels.get(start..start + luma::CHANNELS).unwrap_or_default();
            luma::convert(pixel, std::slice::from_mut(level), self.tone);
        }
    }

    fn show(&mut self, tone: Tone) {
        self.tone = tone;
    }
}

/// A picture with pixels of twice the width and height: each is the mean of the four that it covers.
pub(crate) struct Halved<'a, 'b>(pub(crate) &'a mut Plane<'b>);

impl Source for Halved<'_, '_> {
    fn rows(&mut self, y: usize, width: usize, grey: &mut [u8]) {
        for (i, row) in grey.chunks_mut(width.max(1)).enumerate() {
            let seen = self.0.rows((y + i) * 2..(y + i + 1) * 2);
            let (above, below) = seen.pixels.split_at(seen.width.min(seen.pixels.len()));
            let (above, below) = (above.as_chunks::<2>().0, below.as_chunks::<2>().0);
            for ((level, above), below) in row.iter_mut().zip(above).zip(below) {
                *level = mean(*above, *below);
            }
        }
    }

    /// From whole rows, which are there already or soon needed.
    fn column(&mut self, x: usize, y: usize, grey: &mut [u8]) {
        let seen = self.0.rows(y * 2..(y + grey.len()) * 2);
        let pairs =
            |line: &[u8]| line.get(x * 2..).and_then(|rest| rest.first_chunk::<2>()).copied().unwrap_or_default();
        let mut lines = seen.pixels.chunks(seen.width.max(1)).map(pairs);
        for level in grey {
            *level = mean(lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
        }
    }

    fn show(&mut self, tone: Tone) {
        self.0.show(tone);
    }
}

#[inline]
fn mean([a, b]: [u8; 2], [c, d]: [u8; 2]) -> u8 {
    ((u16::from(a) + u16::from(b) + u16::from(c) + u16::from(d) + 2) / 4) as u8
}

/// The memory of a plane, kept from one picture to the next.
#[derive(Default)]
pub(crate) struct Memory {
    grey: Vec<u8>,
    present: Vec<bool>,
}

/// A picture whose rows are fetched on demand.
pub(crate) struct Plane<'a> {
    width: usize,
    height: usize,
    memory: &'a mut Memory,
    source: &'a mut dyn Source,
}

impl<'a> Plane<'a> {
    pub(crate) fn new(width: usize, height: usize, memory: &'a mut Memory, source: &'a mut dyn Source) -> Self {
        let size = width * height;
        if memory.grey.len() < size {
            // A fresh vector, not `resize`: untouched pages of a zeroed allocation cost nothing.
            memory.grey = Vec::new();
            memory.grey = vec![0; size];
        }
        memory.present.clear();
        memory.present.resize(height, false);
        Plane { width, height, memory, source }
    }

    /// Levels are those of the tone from now on.
    pub(crate) fn show(&mut self, tone: Tone) {
        self.source.show(tone);
        self.memory.present.fill(false);
    }

    pub(crate) fn width(&self) -> usize {
        self.width
    }

    pub(crate) fn height(&self) -> usize {
        self.height
    }

    /// One row.
    pub(crate) fn row(&mut self, y: usize) -> &[u8] {
        self.rows(y..y + 1).pixels
    }

    /// Some rows, cut to what the picture has.
    pub(crate) fn rows(&mut self, rows: Range<usize>) -> Grey<'_> {
        let top = rows.start.min(self.height);
        let bottom = rows.end.clamp(top, self.height);
        let mut next = top;
        while next < bottom {
            // As many missing rows at a time as there are in a row.
            let missing = |y: &usize| !self.memory.present.get(*y).copied().unwrap_or(true);
            let start = (next..bottom).find(missing).unwrap_or(bottom);
            let end = (start..bottom).find(|y| !missing(y)).unwrap_or(bottom);
            if let (Some(grey), Some(present)) = (
                self.memory.grey.get_mut(start * self.width..end * self.width),
                self.memory.present.get_mut(start..end),
            ) && start < end
            {
                self.source.rows(start, self.width, grey);
                present.fill(true);
            }
            next = end;
        }
        let pixels = self.memory.grey.get(top * self.width..bottom * self.width).unwrap_or_default();
        Grey { width: self.width, top, height: bottom - top, pixels }
    }

    /// Some of the pixels of a column, cut to what the picture has; also returns the row of the first. What is asked for is
    /// not kept: this is for places of which hardly any is looked at twice.
    pub(crate) fn column(&mut self, x: usize, rows: Range<usize>, levels: &mut Vec<u8>) -> usize {
        let top = rows.start.min(self.height);
        let bottom = rows.end.clamp(top, self.height);
        levels.clear();
        if x < self.width && self.memory.present.get(top..bottom).is_some_and(|rows| rows.iter().all(|&row| row)) {
            let present = self.memory.grey.get(top * self.width..bottom * self.width).unwrap_or_default();
            levels.extend(present.iter().skip(x).step_by(self.width));
            return top;
        }
        levels.resize(bottom - top, 0);
        if x < self.width {
            self.source.column(x, top, levels);
        }
        top
    }

    /// The rows within `reach` of the point.
    pub(crate) fn around(&mut self, y: f32, reach: f32) -> Grey<'_> {
        self.rows((y - reach).max(0.0) as usize..(y + reach).max(0.0) as usize + 2)
    }

    /// The rows from the topmost to the lowest of some points, and some more.
    pub(crate) fn band(&mut self, points: &[Point], more: f32) -> Grey<'_> {
        let top = points.iter().map(|point| point.y).fold(f32::MAX, f32::min);
        let bottom = points.iter().map(|point| point.y).fold(0.0, f32::max);
        self.rows((top - more).max(0.0) as usize..(bottom + more).max(0.0) as usize + 1)
    }
}

/// A band of rows that are there. Reads outside of it are answered by its nearest pixel.
///
/// Coordinates are those of the whole picture; the middle of the first pixel is at (0.5, 0.5).
#[derive(Clone, Copy)]
pub(crate) struct Grey<'a> {
    width: usize,
    top: usize,
    height: usize,
    pixels: &'a [u8],
}

impl<'a> Grey<'a> {
    #[cfg(test)]
    pub(crate) fn new(width: usize, pixels: &'a [u8]) -> Self {
        Grey { width, top: 0, height: pixels.len() / width.max(1), pixels }
    }

    /// The level at a point, interpolated between the four pixels around it.
    #[inline]
    pub(crate) fn at(&self, point: Point) -> f32 {
        // Comparisons and not `max`, which is a function call in Wasm; NaN becomes 0.
        let above_zero = |v: f32| if v > 0.0 { v } else { 0.0 };
        let x = above_zero(point.x - 0.5);
        let y = above_zero(point.y - 0.5 - self.top as f32);
        let (column, row) = (x as usize, y as usize);
        let (fx, fy) = (x - column as f32, y - row as f32);
        if column >= self.width.saturating_sub(1) || row >= self.height.saturating_sub(1) {
            return self.at_border(column, row);
        }
        let corner = row * self.width + column;
        let ([a, b], [c, d]) = (self.pair(corner), self.pair(corner + self.width));
        let mix = |from: u8, to: u8| f32::from(from) + (f32::from(to) - f32::from(from)) * fx;
        let (above, below) = (mix(a, b), mix(c, d));
        above + (below - above) * fy
    }

    /// The level of the pixel that a point lies in.
    pub(crate) fn pixel(&self, point: Point) -> f32 {
        // A negative number becomes 0.
        self.at_border(point.x as usize, (point.y as usize).saturating_sub(self.top))
    }

    /// The level of the nearest pixel to one that may be outside.
    #[cold]
    fn at_border(&self, column: usize, row: usize) -> f32 {
        let column = column.min(self.width.saturating_sub(1));
        let row = row.min(self.height.saturating_sub(1));
        f32::from(self.pixels.get(row * self.width + column).copied().unwrap_or(0))
    }

    /// A pixel and the one to its right.
    #[inline]
    fn pair(&self, index: usize) -> [u8; 2] {
        self.pixels.get(index..).and_then(|rest| rest.first_chunk::<2>()).copied().unwrap_or_default()
    }

    /// Writes the levels along a line.
    pub(crate) fn line(&self, from: Point, step: Point, levels: &mut Vec<u8>, count: usize) {
        levels.clear();
        levels.extend((0..count).map(|i| {
            let t = i as f32;
            (self.at(Point { x: from.x + step.x * t, y: from.y + step.y * t }) + 0.5) as u8
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting(usize);
    impl Source for Counting {
        fn show(&mut self, _: Tone) {}
        fn column(&mut self, _: usize, _: usize, _: &mut [u8]) {}
        fn rows(&mut self, y: usize, _: usize, grey: &mut [u8]) {
            for (i, row) in grey.chunks_mut(5).enumerate() {
                self.0 += 1;
                row.fill((y + i) as u8);
            }
        }
    }

    #[test]
    fn a_row_is_fetched_once() {
        let (mut memory, mut source) = (Memory::default(), Counting(0));
        let mut plane = Plane::new(5, 10, &mut memory, &mut source);
        assert_eq!(plane.row(7), [7; 5]);
        plane.rows(5..99);
        plane.rows(5..8);
        assert!(plane.rows(50..60).pixels.is_empty());
        assert_eq!(source.0, 5);
    }

    #[test]
    fn any_point_has_a_level() {
        let grey = Grey::new(2, &[0, 100, 200, 40]);
        assert_eq!(grey.at(Point { x: 1.0, y: 1.0 }), 85.0);
        assert_eq!(grey.at(Point { x: -9.0, y: -9.0 }), 0.0);
        assert_eq!(grey.at(Point { x: 1e30, y: 0.0 }), 100.0);
        assert_eq!(grey.at(Point { x: f32::NAN, y: f32::INFINITY }), 200.0);
        assert_eq!(Grey::new(0, &[]).at(Point { x: 3.0, y: 3.0 }), 0.0);
        assert_eq!(grey.pixel(Point { x: 1.1, y: 0.9 }), 100.0);
        assert_eq!(grey.pixel(Point { x: -9.0, y: 1e30 }), 200.0);
        assert_eq!(Grey::new(0, &[]).pixel(Point { x: f32::NAN, y: 3.0 }), 0.0);
    }
}
