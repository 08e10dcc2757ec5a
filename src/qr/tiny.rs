//! Codes whose modules are hardly wider than a pixel. No finder is met in them, as what is one module wide melts into its
//! neighbours; but the outline stays: a row through the upper finders is broken all along and ends in two upright lines, each
//! seven modules high. Where the finders of a symbol of some size lie in that square, there is a code.

use super::budget::{Budget, Work};
use super::edges::Run;
use super::geometry::Point;
use super::grouping::Frame;
use super::plane::{Grey, Plane};

/// No run in a row through the inner modules of a finder is wider than five modules, in pixels.
const LONGEST: f32 = 6.5;
/// How wide a module is, and how long the outer line of a finder.
const UNIT: std::ops::Range<f32> = 0.95..1.5;
const LINE: std::ops::Range<f32> = 5.5..11.0;
/// How much ink is left where the line ends: it melts into what is drawn next to it in one place, and is faint in another.
const BLUR: [f32; 2] = [-0.3, 0.0];
/// How wide a whole code is: from the smallest one on, up to where other things are as likely.
const SIDE: std::ops::Range<f32> = 20.0..200.0;
/// How well modules agree with three finders and with the timing patterns; with both, nothing did in text, icons and noise.
const FINDERS: f32 = 0.7;
const TIMING: f32 = 0.4;

/// Looks for the upper edge of a code in a row.
pub(crate) fn meet(plane: &mut Plane, y: usize, runs: &[Run], frames: &mut Vec<Frame>, budget: &mut Budget) {
    let end = |i: usize| runs.get(i + 1).map_or(f32::MAX, |run| run.start);
    let mut first = 0;
    for (i, run) in runs.iter().enumerate() {
        if end(i) - run.start <= LONGEST {
            continue;
        }
        // The quiet zone is a run of its own where the page has the colour of the ink.
        for trim in [0, 1] {
            if let Some(broken) = runs.get(first + trim..=i.saturating_sub(trim))
                && let Some(edge) = Edge::of(broken)
                && budget.spend(Work::Frames, 20)
                && let Some(frame) = BLUR.iter().find_map(|&blur| edge.frame(plane, y, blur, budget))
                && frames.len() < 64
            {
                frames.push(frame);
            }
        }
        first = i + 1;
    }
}

/// What may be the upper edge of a code: where it begins and ends, and its levels.
struct Edge {
    left: f32,
    right: f32,
    ink: f32,
    paper: f32,
}

impl Edge {
    /// Of runs, the last of which is what comes behind it.
    fn of(broken: &[Run]) -> Option<Self> {
        let (first, last) = (broken.first()?, broken.last()?);
        let width = last.start - first.start;
        // Ink at both ends, and as many runs as there are in two finders and some data.
        let count = broken.len() - 1;
        if !SIDE.contains(&width) || count.is_multiple_of(2) || (count as f32) < (width * 0.25).max(9.0) {
            return None;
        }
        let is_dark = first.level < broken.get(1)?.level;
        let strongest = |parity: usize, dark: bool| {
            let levels = broken.iter().take(count).skip(parity).step_by(2).map(|run| f32::from(run.level));
            if dark { levels.fold(f32::MAX, f32::min) } else { levels.fold(0.0, f32::max) }
        };
        let (ink, paper) = (strongest(0, is_dark), strongest(1, !is_dark));
        Some(Self { left: first.start, right: last.start, ink, paper })
    }

    /// How much of a level is ink, from -1 to 1.
    fn inked(&self, level: f32) -> f32 {
        ((self.paper + self.ink) * 0.5 - level) * 2.0 / (self.paper - self.ink)
    }

    fn frame(&self, plane: &mut Plane, y: usize, blur: f32, budget: &mut Budget) -> Option<Frame> {
        let side = self.right - self.left;
        let y = y as f32 + 0.5;
        let seen = plane.around(y, LINE.end);
        // The upper end of the line and how long it is, if that is as long as a finder's.
        let line = |x: f32| {
            let end = |way: f32| {
                let mut fars = (1..24).map(|i| i as f32 * 0.5);
                fars.find(|far| self.inked(seen.at(Point { x, y: y + way * far })) < blur).unwrap_or(f32::MAX)
            };
            let (up, down) = (end(-1.0), end(1.0));
            LINE.contains(&(up + down)).then_some((y - up + 0.25, up + down - 0.5))
        };
        let ((left, long), (right, tall)) = (line(self.left + 0.5)?, line(self.right - 0.5)?);
        if (left - right).abs() > 1.5 || (long - tall).abs() > 3.0 {
            return None;
        }
        let (top, unit) = ((left + right) * 0.5, (long + tall) / 14.0);
        let upper = [(self.left, top, 1.0, 1.0), (self.right, top, -1.0, 1.0)];
        if !upper.iter().all(|&corner| self.is_finder(&seen, corner, unit)) || !budget.spend(Work::Frames, 30_000) {
            return None;
        }
        let seen = plane.rows((top - LINE.start).max(0.0) as usize..(top + side + LINE.start).max(0.0) as usize);
        if !self.is_finder(&seen, (self.left, top + side, 1.0, -1.0), unit) {
            return None;
        }
        let sizes = (21..=177).step_by(4).filter(|&size| UNIT.contains(&(side / size as f32)));
        let offsets = [-0.5, 0.0, 0.5];
        let tried = sizes
            .flat_map(|size| offsets.map(|by| (size, by)))
            .flat_map(|(size, by)| offsets.map(|down| (size, by, down)));
        let score = |(size, by, down): (usize, f32, f32)| {
            let square = Square { left: self.left - by * 0.5, top: top + down, unit: (side + by) / size as f32, size };
            let inked = |point| self.inked(seen.at(point));
            ([agreement(square.finders(), inked), agreement(square.timing(), inked)], square)
        };
        let sum = |[finders, timing]: [f32; 2]| finders + timing;
        let ([finders, timing], square) = tried.map(score).max_by(|a, b| sum(a.0).total_cmp(&sum(b.0)))?;
        (finders > FINDERS && timing > TIMING).then(|| Frame {
            corners: square.corners(),
            size: square.size,
            timing: 1.0,
            contrast: self.paper - self.ink,
            is_sure: true,
        })
    }

    /// Whether there is a core, a line on the outer sides, and nothing beyond it, from an outer corner inwards: letters have not
    /// all of that.
    fn is_finder(&self, seen: &Grey, (x, y, right, down): (f32, f32, f32, f32), unit: f32) -> bool {
        let at = |i: f32, j: f32| self.inked(seen.at(Point { x: x + right * i * unit, y: y + down * j * unit }));
        let has_line = [1.5, 3.5, 5.5].iter().all(|&i| at(i, 0.7) > -0.5 && at(0.7, i) > -0.5);
        has_line && at(3.5, 3.5) > 0.0 && at(3.5, -2.0) < 0.5 && at(-2.0, 3.5) < 0.5
    }
}

/// Where a code may be.
struct Square {
    left: f32,
    top: f32,
    unit: f32,
    size: usize,
}

impl Square {
    fn at(&self, x: f32, y: f32) -> Point {
        Point { x: self.left + x * self.unit, y: self.top + y * self.unit }
    }

    fn corners(&self) -> [Point; 4] {
        let far = self.size as f32 - 3.5;
        [self.at(3.5, 3.5), self.at(far, 3.5), self.at(far, far), self.at(3.5, far)]
    }

    /// The modules of three finders and what is light around them, and whether each is dark.
    fn finders(&self) -> impl Iterator<Item = (Point, f32)> {
        let far = self.size as i32 - 7;
        let around = || (-1..=7).flat_map(|j| (-1..=7).map(move |i| (i, j)));
        [(0, 0), (far, 0), (0, far)].into_iter().flat_map(move |(left, top)| {
            around().map(move |(i, j): (i32, i32)| {
                let ring = (i - 3).abs().max((j - 3).abs());
                let dark = if ring == 2 || ring == 4 { -1.0 } else { 1.0 };
                (self.at((left + i) as f32 + 0.5, (top + j) as f32 + 0.5), dark)
            })
        })
    }

    /// Those of the timing patterns.
    fn timing(&self) -> impl Iterator<Item = (Point, f32)> {
        (8..self.size - 8).flat_map(|i| {
            let dark = if i % 2 == 0 { 1.0 } else { -1.0 };
            [(self.at(i as f32 + 0.5, 6.5), dark), (self.at(6.5, i as f32 + 0.5), dark)]
        })
    }
}

/// How well modules agree with what is seen: the coefficient of correlation.
fn agreement(modules: impl Iterator<Item = (Point, f32)>, inked: impl Fn(Point) -> f32) -> f32 {
    let (mut n, mut s, mut t, mut ss, mut tt, mut st) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
    for (at, dark) in modules {
        let got = inked(at).clamp(-1.5, 1.5);
        (n, s, t) = (n + 1.0, s + got, t + dark);
        (ss, tt, st) = (ss + got * got, tt + dark * dark, st + got * dark);
    }
    let spread = |s: f32, ss: f32| (ss * n - s * s).max(1.0);
    (st * n - s * t) / (spread(s, ss) * spread(t, tt)).sqrt()
}

#[cfg(test)]
mod tests {
    use crate::{Obstacle, Scanner, Unread};

    /// White, with a code that lies anywhere between the pixels, its modules so many tenths of a pixel wide.
    fn drawn(text: &str, tenths: i32, (ink, paper): (i32, i32), x: i32, y: i32) -> (u32, Vec<u8>) {
        let code = qrcodegen::QrCode::encode_text(text, qrcodegen::QrCodeEcc::Medium).unwrap();
        let side = (code.size() + 16) * tenths / 10 + 8;
        // Where a tenth of a pixel lies, from the quiet zone on.
        let module = |tenth: i32| (tenth + tenths * 2).div_euclid(tenths) - 10;
        let dark = |x: i32, y: i32| code.get_module(module(x), module(y));
        let level = |at: i32| {
            let (left, top) = (at % side * 10 + x, at / side * 10 + y);
            let dark = (0..100).filter(|i| dark(left + i % 10, top + i / 10)).count() as i32;
            (paper + (ink - paper) * dark / 100) as u8
        };
        (side as u32, (0..side * side).map(level).flat_map(|level| [level, level, level, 255]).collect())
    }

    #[test]
    fn a_code_of_little_more_than_a_pixel_a_module_is_read() {
        for (length, tenths) in [(20, 11), (60, 11), (120, 11), (120, 12)] {
            for colours in [(0, 255), (255, 30), (90, 200)] {
                for (x, y) in [(0, 0), (3, 7), (8, 2), (5, 5)] {
                    let text = "otpauth://".repeat(12).split_off(120 - length);
                    let (side, rgba) = drawn(&text, tenths, colours, x, y);
                    let found = crate::scan(side, side, &rgba).unwrap();
                    let read: Vec<_> = found.iter().map(|found| found.payload.as_slice()).collect();
                    assert_eq!(read, [text.as_bytes()], "{length} {tenths} {colours:?} {x} {y}");
                }
            }
        }
    }

    /// No finder is left in it, nor one of the other patterns.
    #[test]
    fn one_that_cannot_be_read_is_told() {
        let (side, mut rgba) = drawn(&"otpauth://".repeat(12), 11, (0, 255), 0, 0);
        let damaged =
            |i: usize| (30..side as usize - 30).contains(&(i / 4 % side as usize)) && i / 4 / side as usize > 24;
        for (i, level) in rgba.iter_mut().enumerate().filter(|(i, _)| damaged(*i) && i % 4 < 3) {
            *level = if i / 8 % 3 == 0 { 0 } else { 255 };
        }
        let mut scanner = Scanner::default();
        assert_eq!(scanner.scan(side, side, &rgba), Ok(Vec::new()));
        assert_eq!(scanner.unread(), Unread { codes: 1, why: Obstacle::Small, other: None });
    }
}
