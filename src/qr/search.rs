//! The order in which things are tried.

use super::budget::{Budget, Tally, Work};
use super::edges;
use super::finders::{self, Candidate, Finder, Scratch, Surroundings};
use super::geometry::Point;
use super::grouping::{self, Frame, Triple};
use super::luma::{self, Tone};
use super::modules::Modules;
use super::others::{self, Others};
use super::parts;
use super::payload;
use super::plane::{Halved, Memory, Plane, Rgba, Source};
use super::remains::{self, Obstacle, Remains, Symbol, Unread};
use super::sampling::{Fit, Lattice, Levels, Threshold, lay};
use super::tiny;
use super::{Found, Kind, Refusal};
use std::mem;

/// A scanner and the memory it keeps from one picture to the next.
#[derive(Default)]
pub struct Scanner {
    /// At full size, at half and at a quarter.
    memory: [Memory; 3],
    tally: Tally,
    unread: Unread,
}

/// The rows of a pass: the first, and how far apart they are.
type Rows = (usize, usize);

/// Every core of a finder, 3 modules high, is met from 1.3 pixels a module on, and most smaller ones are; the second pass
/// looks in between. From afar, and by their colour, larger codes are looked for.
const EVERY_FOURTH: Rows = (2, 4);
const IN_BETWEEN: Rows = (0, 4);
const FROM_AFAR: Rows = (1, 3);
const COLOURED: Rows = (2, 8);
/// Of how many rows of the first pass one is looked at for what was painted module by module, beside codes that were read.
const BESIDE: usize = 2;

/// How far levels must come back to end a run: on the first pass; where there may be seams, lines up to a quarter of the
/// contrast deep between modules that were painted one by one, a pixel wide where two of them share it; and for faint codes.
const HYSTERESIS: u8 = 20;
const SEAMS: u8 = 72;
const FAINT: u8 = 9;

impl Scanner {
    /// The work that the last picture caused.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// What was seen in the last picture and not read.
    pub fn unread(&self) -> Unread {
        self.unread
    }

    /// Finds the codes in a picture that is wholly in memory as RGBA, best first.
    ///
    /// # Errors
    /// A [`Refusal`] if this is no picture or too big a one. A picture without codes is no error.
    pub fn scan(&mut self, width: u32, height: u32, rgba: &[u8]) -> Result<Vec<Found>, Refusal> {
        super::check_size(width, height)?;
        if rgba.len() as u64 != u64::from(width) * u64::from(height) * luma::CHANNELS as u64 {
            return Err(Refusal::BadLength);
        }
        let mut source = Rgba { width: width as usize, pixels: rgba, tone: Tone::Grey };
        Ok(self.scan_source(width as usize, height as usize, &mut source))
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
        let mut source = Fetched { rgba: vec![0; max * luma::CHANNELS], fetch, tone: Tone::Grey };
        Ok(self.scan_source(width as usize, height as usize, &mut source))
    }

    fn scan_source(&mut self, width: usize, height: usize, source: &mut dyn Source) -> Vec<Found> {
        let pixels = width * height;
        let [fine, coarse @ ..] = &mut self.memory;
        let mut search = Search {
            // Some looks at every pixel, and what a page full of codes may cost.
            budget: Budget::new(pixels as u64 * 6 + 30_000_000),
            scratch: Scratch::default(),
            found: Vec::new(),
            remains: Vec::new(),
            others: Others::default(),
            micro: false,
        };
        search.run(Plane::new(width, height, fine, source), coarse);
        self.unread = search.unread();
        let found = parts::join(search.found);
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
struct Fetched<F> {
    rgba: Vec<u8>,
    fetch: F,
    tone: Tone,
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

impl<F: FnMut(Fetch, &mut [u8])> Fetched<F> {
    fn fetch(&mut self, what: Fetch, grey: &mut [u8]) {
        let rgba = self.rgba.get_mut(..grey.len() * luma::CHANNELS).unwrap_or_default();
        (self.fetch)(what, rgba);
        luma::convert(rgba, grey, self.tone);
    }
}

impl<F: FnMut(Fetch, &mut [u8])> Source for Fetched<F> {
    fn rows(&mut self, y: usize, width: usize, grey: &mut [u8]) {
        for (i, grey) in grey.chunks_mut((width * BATCH).max(1)).enumerate() {
            self.fetch(Fetch::Rows((y + i * BATCH) as u32), grey);
        }
    }

    fn column(&mut self, x: usize, y: usize, grey: &mut [u8]) {
        self.fetch(Fetch::Column { x: x as u32, y: y as u32 }, grey);
    }

    fn show(&mut self, tone: Tone) {
        self.tone = tone;
    }
}

/// How many pixels of rows there are for each thing that may be a finder in a picture that is all noise at full size, as
/// photographs of screens are: 40. On pages there are 500 and more.
const NOISE: usize = 100;

/// Whether a pass gives up on noise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Patience {
    Little,
    Much,
}

/// From which distance a picture is looked at first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    NearFirst,
    FarFirst,
}

/// So many finders are a wall of icons. Fewer span hardly any triples, and one that shows nothing near by may do so from afar.
const WALL: usize = 24;

/// The most codes that are remembered as not read; nobody counts more.
const MAX_REMAINS: usize = 64;

struct Search {
    budget: Budget,
    scratch: Scratch,
    found: Vec<Found>,
    remains: Vec<Remains>,
    others: Others,
    micro: bool,
}

/// The picture at one size, and the finders met there.
struct Scale<'a> {
    plane: Plane<'a>,
    finders: Vec<Finder>,
    /// Those of a wall of icons that were met nearer by, or without colour. What three of them make together has been tried.
    known: Vec<Finder>,
    /// How many pixels of the picture one of the plane's is wide.
    pixel: f32,
}

impl Scale<'_> {
    fn in_picture(&self, Point { x, y }: Point) -> Point {
        Point { x: x * self.pixel, y: y * self.pixel }
    }

    /// Puts the known ones first, of the finders from `old` on, and tells where the others begin.
    fn known_first(&mut self, old: usize) -> usize {
        let mut new = old;
        for i in old..self.finders.len() {
            let is_known = |finder: &Finder| self.known.iter().any(|known| known.covers(finder.centre, finder.unit()));
            if self.finders.get(i).is_some_and(is_known) {
                self.finders.swap(i, new);
                new += 1;
            }
        }
        new
    }
}

impl Search {
    fn run(&mut self, plane: Plane, memory: &mut [Memory]) {
        let mut fine = Scale { plane, finders: Vec::new(), known: Vec::new(), pixel: 1.0 };
        let is_noise = !self.pass(&mut fine, EVERY_FOURTH, HYSTERESIS, Patience::Little);
        if is_noise {
            self.look_from_afar(&mut fine, memory, Order::FarFirst);
            self.look(&mut fine, EVERY_FOURTH, HYSTERESIS);
        }
        let aside = mem::take(&mut self.scratch.aside);
        self.look_into_frames(&mut fine, &aside);
        let divided = mem::take(&mut self.scratch.divided);
        if !self.is_wanting() {
            self.look_beside(&mut fine, &divided);
        }
        self.look(&mut fine, IN_BETWEEN, SEAMS);
        if !is_noise {
            self.look_from_afar(&mut fine, memory, Order::NearFirst);
        }
        // Where there are many, one more may be fainter, or so small that it lies between the rows of the first pass.
        if self.is_wanting() || self.found.len() > 2 {
            self.pass(&mut fine, IN_BETWEEN, FAINT, Patience::Much);
            // The quiet zone of a faint code runs on into what is next to it; others were tried above.
            let mut aside = mem::take(&mut self.scratch.aside);
            aside.retain(|candidate| candidate.contrast() <= 1.5 * f32::from(HYSTERESIS));
            self.look_into_frames(&mut fine, &aside);
        }
        if self.found.is_empty() && self.unread().codes == 0 {
            self.micro |= others::has_micro(&mut fine.plane, &fine.finders, &mut self.budget);
        }
        self.look_at_colours(&mut fine);
    }

    /// Beside codes that were read, another may have been painted module by module. Such are large.
    fn look_beside(&mut self, fine: &mut Scale, divided: &[Candidate]) {
        let old = fine.finders.len();
        for &candidate in divided {
            self.consider(fine, candidate, Surroundings::Quiet);
        }
        self.forget_read(fine);
        self.group(fine, old);
        self.remember_lone(fine, old);
    }

    fn consider(&mut self, Scale { plane, finders, .. }: &mut Scale, candidate: Candidate, surroundings: Surroundings) {
        finders::consider(plane, candidate, surroundings, finders, &mut self.scratch, &mut self.budget);
    }

    /// Where no code that is lighter or darker than its ground was read, one may differ from it in colour alone. Such codes
    /// are drawn by hand, and large.
    fn look_at_colours(&mut self, scale: &mut Scale) {
        scale.known = self.known(scale);
        for tone in [Tone::Red, Tone::Blue] {
            if self.found.is_empty() && self.unread().other.is_none() {
                scale.finders.clear();
                scale.plane.show(tone);
                self.pass(scale, COLOURED, HYSTERESIS, Patience::Little);
            }
        }
    }

    /// Tries as finders in a frame what the first pass has put aside. Where a code was read, another may stand beside it
    /// that has no quiet zone, and has modules about as wide.
    fn look_into_frames(&mut self, scale: &mut Scale, aside: &[Candidate]) {
        self.forget_read(scale);
        let old = scale.finders.len();
        let units: Vec<f32> = self.found.iter().map(Found::unit).collect();
        for &candidate in aside {
            let is_like = |&unit: &f32| candidate.resembles(unit) && candidate.is_framed();
            if units.is_empty() || units.iter().any(is_like) {
                self.consider(scale, candidate, Surroundings::Framed);
            }
        }
        self.forget_read(scale);
        self.group(scale, old);
        self.remember_lone(scale, old);
    }

    /// The same with pixels of twice and of four times the width, where what is between the lines of a terminal, the
    /// stripes and the noise of photographs, and the dots of a screen melt into the modules.
    fn look_from_afar(&mut self, near: &mut Scale, memory: &mut [Memory], order: Order) {
        let Some((memory, rest)) = memory.split_first_mut().filter(|_| self.is_wanting()) else { return };
        let (width, height, pixel) = (near.plane.width() / 2, near.plane.height() / 2, near.pixel * 2.0);
        let known = self.known(near).iter().map(Finder::halved).collect();
        let mut source = Halved(&mut near.plane);
        let plane = Plane::new(width, height, memory, &mut source);
        let mut far = Scale { plane, finders: Vec::new(), known, pixel };
        if order == Order::FarFirst {
            self.look_from_afar(&mut far, rest, order);
        }
        self.look(&mut far, FROM_AFAR, HYSTERESIS);
        self.look(&mut far, FROM_AFAR, SEAMS);
        if order == Order::NearFirst {
            self.look_from_afar(&mut far, rest, order);
        }
    }

    /// The finders of which no three are tried again where they are seen otherwise: those of a wall, but for the ones of codes
    /// that were seen and not read.
    fn known(&self, scale: &Scale) -> Vec<Finder> {
        let is_told = |finder: &&Finder| {
            let near =
                |&corner: &Point| corner.to(scale.in_picture(finder.centre)).length() < finder.unit() * scale.pixel;
            self.remains.iter().any(|remains| remains.corners.iter().any(near))
        };
        let is_wall = scale.finders.len() >= WALL;
        scale.finders.iter().filter(|finder| is_wall && !is_told(finder)).copied().collect()
    }

    /// Whether there is more than was read, or nothing was.
    fn is_wanting(&self) -> bool {
        self.found.is_empty() || self.unread().codes > 0
    }

    fn unread(&self) -> Unread {
        let mut distinct: Vec<&Remains> = Vec::new();
        for remains in &self.remains {
            let middle = remains.middle();
            let read = self.found.iter().any(|found| inside(middle, &found.corners));
            let known = |one: &&Remains| inside(middle, &one.corners) || inside(one.middle(), &remains.corners);
            if !read && !distinct.iter().any(known) {
                distinct.push(remains);
            }
        }
        let symbol = if self.micro { Some(Symbol::MicroQr) } else { self.others.symbol };
        Unread {
            codes: distinct.len() as u32,
            why: distinct.first().map(|one| one.why).unwrap_or_default(),
            other: symbol.filter(|_| self.found.is_empty() && distinct.is_empty()),
        }
    }

    /// One pass, unless all that there is was read.
    fn look(&mut self, scale: &mut Scale, rows: Rows, hysteresis: u8) {
        if self.is_wanting() {
            self.pass(scale, rows, hysteresis, Patience::Much);
        }
    }

    /// Goes over the rows, and makes what can be made of the finders. Whether it came to the end.
    fn pass(&mut self, scale: &mut Scale, (first, step): Rows, hysteresis: u8, patience: Patience) -> bool {
        self.forget_read(scale);
        let old = scale.finders.len();
        self.scratch.aside.clear();
        let candidates = |budget: &Budget| budget.tally().times(Work::Finders);
        let enough = match patience {
            Patience::Little => {
                candidates(&self.budget) + (scale.plane.width() * scale.plane.height() / step / NOISE) as u64
            }
            Patience::Much => u64::MAX,
        };
        let (mut runs, mut tiny) = (Vec::new(), Vec::new());
        for y in (first..scale.plane.height()).step_by(step) {
            if candidates(&self.budget) > enough {
                scale.finders.clear();
                return false;
            }
            if !self.budget.spend(Work::Rows, scale.plane.width()) {
                break;
            }
            edges::runs(scale.plane.row(y), hysteresis, &mut runs);
            if hysteresis == SEAMS && scale.pixel == 1.0 && self.found.is_empty() {
                self.others.meet(&mut scale.plane, y, &runs, &mut self.budget);
            }
            if hysteresis == FAINT {
                tiny::meet(&mut scale.plane, y, &runs, &mut tiny, &mut self.budget);
            }
            if runs.len() >= 5 {
                finders::scan_row(&mut scale.plane, y, &runs, &mut scale.finders, &mut self.scratch, &mut self.budget);
                if (first, step, hysteresis) == (EVERY_FOURTH.0, EVERY_FOURTH.1, HYSTERESIS)
                    && (y / step).is_multiple_of(BESIDE)
                {
                    finders::put_aside_divided(scale.plane.width(), y, &runs, SEAMS, &mut self.scratch);
                }
            }
        }
        self.forget_read(scale);
        let new = scale.known_first(old);
        self.group(scale, new);
        self.remember_lone(scale, new);
        for frame in tiny {
            self.look_at_tiny(scale, &frame);
        }
        true
    }

    /// Tries a code of which the outline was met, unless it was read or told before.
    fn look_at_tiny(&mut self, scale: &mut Scale, frame: &Frame) {
        let remains = Remains { corners: frame.corners, why: Obstacle::Small };
        let is_known = |corners: &[Point; 4]| inside(remains.middle(), corners);
        if self.found.iter().any(|found| is_known(&found.corners))
            || self.remains.iter().any(|one| is_known(&one.corners))
        {
            return;
        }
        match self.read(&mut scale.plane, frame) {
            Some(found) => self.found.push(found),
            None => self.remember(remains),
        }
    }

    /// Finders of codes that were read are not used again.
    fn forget_read(&self, scale: &mut Scale) {
        let pixel = scale.pixel;
        let is_read = |Point { x, y }: Point| {
            self.found.iter().any(|found| inside(Point { x: x * pixel, y: y * pixel }, &found.corners))
        };
        scale.finders.retain(|finder| !is_read(finder.centre));
    }

    fn remember(&mut self, remains: Remains) {
        if self.remains.len() < MAX_REMAINS {
            self.remains.push(remains);
        }
    }

    /// Takes down what lone finders show of codes whose others are covered.
    fn remember_lone(&mut self, scale: &mut Scale, old: usize) {
        for finder in scale.finders.iter().skip(old) {
            if !self.budget.spend(Work::Finders, 100) {
                return;
            }
            // Nearly all are icons and letters, for which no more rows need be there.
            if !finder.is_drawn(&scale.plane.around(finder.centre.y, finder.along * 4.0)) {
                continue;
            }
            let seen = scale.plane.around(finder.centre.y, finder.along * 20.0);
            if others::is_micro(&seen, finder) {
                self.micro = true;
                continue;
            }
            if let Some(Remains { corners, why }) = remains::from_one(&seen, finder, &scale.finders) {
                self.remember(Remains { corners: corners.map(|point| scale.in_picture(point)), why });
            }
        }
    }

    /// Tries the triples of finders, best first.
    fn group(&mut self, scale: &mut Scale, old: usize) {
        let triples = grouping::triples(&scale.finders, old, &mut self.budget);
        let mut used = vec![false; scale.finders.len()];
        for triple in triples {
            let all = [triple.corner, triple.right, triple.down];
            if all.iter().any(|&i| used.get(i).copied().unwrap_or(true)) {
                continue;
            }
            if let Some(mut found) = self.attempt(scale, triple) {
                for (finder, used) in scale.finders.iter().zip(&mut used) {
                    *used |= inside(finder.centre, &found.corners);
                }
                found.corners = found.corners.map(|point| scale.in_picture(point));
                self.found.push(found);
            }
        }
        self.forget_read(scale);
    }

    fn attempt(&mut self, scale: &mut Scale, triple: Triple) -> Option<Found> {
        let finder = |i: usize| scale.finders.get(i).copied();
        let all = [finder(triple.corner)?, finder(triple.right)?, finder(triple.down)?];
        let frames = grouping::frames(&mut scale.plane, [&all[0], &all[1], &all[2]], &mut self.budget);
        let sure = frames.iter().find(|frame| frame.is_sure).copied();
        let found = frames.into_iter().find_map(|frame| self.read(&mut scale.plane, &frame));
        if let Some(frame) = sure.filter(|_| found.is_none()) {
            let unit = all.iter().map(Finder::unit).fold(f32::MAX, f32::min) * scale.pixel;
            let corners = frame.corners.map(|point| scale.in_picture(point));
            self.remember(Remains { corners, why: remains::why(corners, unit, frame.size, frame.contrast.abs()) });
        }
        found
    }

    fn read(&mut self, plane: &mut Plane, frame: &Frame) -> Option<Found> {
        let [corner, right, ..] = frame.corners;
        let unit = corner.to(right).length() / (frame.size as f32 - 7.0);
        let seen = plane.band(&frame.corners, unit * 9.0);
        let fits: &[Fit] = if unit < 2.2 {
            &[Fit::Rough, Fit::Fine, Fit::Crisp, Fit::Bare]
        } else {
            &[Fit::Rough, Fit::Fine, Fit::Bare]
        };
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
            for threshold in [Threshold::Global, Threshold::Local, Threshold::Shaded] {
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

fn decode(levels: &Levels, lattice: &Lattice, refused: &mut Vec<Modules>, budget: &mut Budget) -> Option<Found> {
    let version = lattice.version;
    let all = version.size().pow(2);
    let modules = Modules::new(version, levels.dark());
    if !budget.spend(Work::Grids, all * 4)
        || !plausible(&modules)
        || refused.contains(&modules)
        || !budget.spend(Work::Grids, all * 10)
    {
        return None;
    }
    let Some(message) = payload::read(&modules) else {
        refused.push(modules);
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
fn plausible(modules: &Modules) -> bool {
    let (wrong, all) = modules.misdrawn();
    wrong * 4 <= all
}

/// Whether a point is inside a convex quadrilateral.
fn inside(point: Point, corners: &[Point; 4]) -> bool {
    let [a, b, c, d] = *corners;
    let side = |from: Point, to: Point| from.to(to).cross(from.to(point)) > 0.0;
    let sides = [side(a, b), side(b, c), side(c, d), side(d, a)];
    sides.iter().all(|&s| s) || sides.iter().all(|&s| !s)
}
