//! The order in which things are tried.

use super::budget::{Budget, Tally, Work};
use super::edges;
use super::finders::{self, Finder, Scratch, Surroundings};
use super::geometry::Point;
use super::grouping::{self, Frame, Triple};
use super::parts;
use super::payload;
use super::plane::{Memory, Plane, Source};
use super::sampling::{Fit, Lattice, Levels, Threshold, lay};
use super::version::Version;
use super::{Found, Kind, Refusal, luma};
use rqrr::SimpleGrid;

/// A scanner and the memory it keeps from one picture to the next.
#[derive(Default)]
pub struct Scanner {
    memory: Memory,
    tally: Tally,
    unread: bool,
}

/// How far apart the rows of the first pass are. The core of a finder, 3 modules, is met down to 1 pixel per module.
const ROW_STEP: usize = 3;

/// How far levels must come back to end a run: on the first pass, and on the second, for faint codes.
const HYSTERESIS: [u8; 2] = [20, 9];

impl Scanner {
    /// The work that the last picture caused.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// Whether there was something in the last picture that has three finders and both timing patterns of a code, but
    /// could not be read, and nothing that could.
    pub fn unread(&self) -> bool {
        self.unread
    }

    /// Finds the codes in a picture whose pixels are asked for, as RGBA, as they are needed.
    ///
    /// # Errors
    /// A [`Refusal`] if it is empty or too big.
    pub fn scan_fetched(
        &mut self,
        width: u32,
        height: u32,
        fetch: impl FnMut(Fetch, &mut [u8]),
    ) -> Result<Vec<Found>, Refusal> {
        super::check_size(width, height)?;
        let max = (width as usize * BATCH).max(height as usize);
        let mut source = Rows { rgba: vec![0; max * luma::CHANNELS], fetch };
        Ok(self.scan_source(width as usize, height as usize, &mut source))
    }

    pub(crate) fn scan_source(&mut self, width: usize, height: usize, source: &mut dyn Source) -> Vec<Found> {
        let pixels = width * height;
        let mut search = Search {
            plane: Plane::new(width, height, &mut self.memory, source),
            // Some looks at every pixel, and what a page full of codes may cost.
            budget: Budget::new(pixels as u64 * 6 + 30_000_000),
            finders: Vec::new(),
            scratch: Scratch::default(),
            found: Vec::new(),
            unread: false,
        };
        search.run();
        let found = parts::join(search.found);
        self.unread = search.unread && found.is_empty();
        self.tally = search.budget.tally();
        // Four passes over a handful; a sort is more code than the rest of this file.
        let mut ranked = Vec::with_capacity(found.len());
        for kind in [Kind::Otpauth, Kind::Push, Kind::Migration, Kind::Other] {
            ranked.extend(found.iter().filter(|found| found.kind == kind).cloned());
        }
        ranked
    }
}

/// A picture that somebody else has.
struct Rows<F> {
    rgba: Vec<u8>,
    fetch: F,
}

/// How many rows are asked for at once; more would not fit into the processor's nearest cache.
const BATCH: usize = 4;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fetch {
    /// Whole rows from this one on.
    Rows(u32),
    /// A part of column `x`, from row `y` downwards.
    Column {
        /// From the left.
        x: u32,
        /// From the top.
        y: u32,
    },
}

impl<F: FnMut(Fetch, &mut [u8])> Rows<F> {
    fn fetch(&mut self, what: Fetch, grey: &mut [u8]) {
        let rgba = self.rgba.get_mut(..grey.len() * luma::CHANNELS).unwrap_or_default();
        (self.fetch)(what, rgba);
        luma::convert(rgba, grey);
    }
}

impl<F: FnMut(Fetch, &mut [u8])> Source for Rows<F> {
    fn rows(&mut self, y: usize, width: usize, grey: &mut [u8]) {
        for (i, grey) in grey.chunks_mut((width * BATCH).max(1)).enumerate() {
            self.fetch(Fetch::Rows((y + i * BATCH) as u32), grey);
        }
    }

    fn column(&mut self, x: usize, y: usize, grey: &mut [u8]) {
        self.fetch(Fetch::Column { x: x as u32, y: y as u32 }, grey);
    }
}

/// How well the timing patterns are seen where there can be no doubt that there is a code.
const SURELY: f32 = 0.6;

struct Search<'a> {
    plane: Plane<'a>,
    budget: Budget,
    finders: Vec<Finder>,
    scratch: Scratch,
    found: Vec<Found>,
    unread: bool,
}

impl Search<'_> {
    fn run(&mut self) {
        self.look(ROW_STEP, HYSTERESIS[0], Surroundings::Quiet);
        if self.found.is_empty() {
            self.look(1, HYSTERESIS[1], Surroundings::Quiet);
        }
        if self.found.is_empty() {
            self.look(ROW_STEP, HYSTERESIS[0], Surroundings::Framed);
        }
    }

    /// One pass over the rows, and what can be made of the finders.
    fn look(&mut self, row_step: usize, hysteresis: u8, surroundings: Surroundings) {
        let old = self.finders.len();
        let mut runs = Vec::new();
        for y in (row_step / 2..self.plane.height()).step_by(row_step) {
            if !self.budget.spend(Work::Rows, self.plane.width()) {
                break;
            }
            edges::runs(self.plane.row(y), hysteresis, &mut runs);
            if runs.len() >= 5 {
                finders::scan_row(
                    &mut self.plane,
                    y,
                    &runs,
                    surroundings,
                    &mut self.finders,
                    &mut self.scratch,
                    &mut self.budget,
                );
            }
        }
        self.group(old);
    }

    /// Tries the triples of finders, best first. Finders of a code that was read are not used again.
    fn group(&mut self, old: usize) {
        let triples = grouping::triples(&self.finders, old, &mut self.budget);
        let mut used = vec![false; self.finders.len()];
        for triple in triples {
            let all = [triple.corner, triple.right, triple.down];
            if all.iter().any(|&i| used.get(i).copied().unwrap_or(true)) {
                continue;
            }
            if let Some(found) = self.attempt(triple) {
                for (finder, used) in self.finders.iter().zip(&mut used) {
                    *used |= inside(finder.centre, &found.corners);
                }
                self.found.push(found);
            }
        }
        let mut used = used.into_iter();
        self.finders.retain(|_| !used.next().unwrap_or(false));
    }

    fn attempt(&mut self, triple: Triple) -> Option<Found> {
        let finder = |i: usize| self.finders.get(i).copied();
        let all = [finder(triple.corner)?, finder(triple.right)?, finder(triple.down)?];
        let frames = grouping::frames(&mut self.plane, [&all[0], &all[1], &all[2]], &mut self.budget);
        self.unread |= frames.first().is_some_and(|frame| frame.timing > SURELY);
        frames.into_iter().find_map(|frame| self.read(&frame))
    }

    fn read(&mut self, frame: &Frame) -> Option<Found> {
        let [corner, right, ..] = frame.corners;
        let unit = corner.to(right).length() / (frame.size as f32 - 7.0);
        let seen = self.plane.band(&frame.corners, unit * 9.0);
        let fits: &[Fit] = if unit < 2.2 { &[Fit::Rough, Fit::Fine, Fit::Crisp] } else { &[Fit::Rough, Fit::Fine] };
        // Where a picture is sharp, other ways to look at it mostly lead to the same modules.
        let mut refused = Vec::new();
        fits.iter().find_map(|&fit| {
            let lattice = lay(&seen, frame, fit, &mut self.budget)?;
            if lattice.contrast.abs() < 5.0 || lattice.contrast * frame.contrast < 0.0 {
                return None;
            }
            let levels = Levels::read(&seen, &lattice, fit, &mut self.budget)?;
            let strengths: &[f32] = if fit == Fit::Crisp {
                &[0.0]
            } else if unit < 3.2 {
                &[0.5, 1.0, 0.0, 1.6]
            } else {
                &[0.0, 0.5]
            };
            for threshold in [Threshold::Global, Threshold::Local] {
                for &strength in strengths {
                    let sharp = levels.sharpened(strength).decided(threshold);
                    if let Some(found) = decode(&sharp, &lattice, &mut refused, &mut self.budget) {
                        return Some(found);
                    }
                }
                if fit != Fit::Fine {
                    break;
                }
            }
            None
        })
    }
}

fn decode(levels: &Levels, lattice: &Lattice, refused: &mut Vec<Vec<bool>>, budget: &mut Budget) -> Option<Found> {
    let version = lattice.version;
    let all = version.size().pow(2);
    let dark = levels.dark();
    // To rqrr it is a hundred times the work to find out that a grid is no symbol.
    if !budget.spend(Work::Grids, all * 4)
        || !plausible(&dark, version)
        || refused.contains(&dark)
        || !budget.spend(Work::Grids, all * 100)
    {
        return None;
    }
    let at = |x: usize, y: usize| dark.get(y * version.size() + x).copied().unwrap_or(false);
    let Some(message) = payload::read(&SimpleGrid::from_func(version.size(), at), version) else {
        refused.push(dark);
        return None;
    };
    let size = version.size() as f32;
    Some(Found {
        kind: Kind::of(&message.bytes),
        payload: message.bytes,
        charset: message.charset,
        corners: [(0.0, 0.0), (size, 0.0), (size, size), (0.0, size)].map(|(x, y)| lattice.map.apply(x, y)),
        version: version.number() as u8,
        part: message.part,
    })
}

/// Whether hardly more modules of the function patterns are wrong than in a symbol that can be read: of 1150 that were
/// read, on screens and in photographs, all but one had less than 4 % wrong; of 600 grids that were no symbol, four in
/// five had more than a quarter.
fn plausible(dark: &[bool], version: Version) -> bool {
    let fixed = version.fixed();
    let wrong = fixed.iter().filter(|&&(x, y, is_dark)| dark.get(y * version.size() + x) != Some(&is_dark)).count();
    wrong * 4 <= fixed.len()
}

/// Whether a point is inside a convex quadrilateral.
fn inside(point: Point, corners: &[Point; 4]) -> bool {
    let [a, b, c, d] = *corners;
    let side = |from: Point, to: Point| from.to(to).cross(from.to(point)) > 0.0;
    let sides = [side(a, b), side(b, c), side(c, d), side(d, a)];
    sides.iter().all(|&s| s) || sides.iter().all(|&s| !s)
}
