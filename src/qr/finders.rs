//! Finder patterns (ISO/IEC 18004, 6.3.3): a ring, a gap and a core in the widths 1 : 1 : 3 : 1 : 1, whichever way a
//! line crosses the middle.
//!
//! Only the gap and the core are asked for exactly, 1 : 3 : 1. The ring's outer border is where a tinted quiet zone, a
//! frame or the edge of the picture begins, and what is seen there is anybody's guess.

use super::budget::{Budget, Work};
use super::edges::{self, Run};
use super::geometry::Point;
use super::plane::{Grey, Plane};

/// A finder pattern.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Finder {
    /// The middle of the core.
    pub(crate) centre: Point,
    /// The width of a module in pixels, measured along rows and along columns.
    pub(crate) across: f32,
    pub(crate) along: f32,
    /// The levels of the core and of the gap. A core lighter than its gap belongs to an inverted code.
    pub(crate) core: f32,
    pub(crate) gap: f32,
}

impl Finder {
    pub(crate) fn inverted(&self) -> bool {
        self.core > self.gap
    }

    /// The width of a module, all in all.
    pub(crate) fn unit(&self) -> f32 {
        (self.across + self.along) * 0.5
    }

    /// The width of a module in a direction that is one of the symbol's sides. The finder was measured along rows and
    /// columns, and the modules of a turned code are narrower than that.
    pub(crate) fn unit_towards(&self, leg: Point) -> f32 {
        let length = leg.length();
        if leg.x.abs() > leg.y.abs() { self.across * leg.x.abs() / length } else { self.along * leg.y.abs() / length }
    }

    pub(crate) fn contrast(&self) -> f32 {
        (self.core - self.gap).abs()
    }

    /// How dark a level is by its standards: 1 for its core, -1 for its gap.
    pub(crate) fn darkness(&self, level: f32) -> f32 {
        let dark = (level - (self.core + self.gap) * 0.5) * 2.0 / (self.core - self.gap);
        dark.clamp(-1.0, 1.0)
    }

    /// With pixels of twice the width.
    pub(crate) fn halved(&self) -> Finder {
        let centre = Point { x: self.centre.x * 0.5, y: self.centre.y * 0.5 };
        Finder { centre, across: self.across * 0.5, along: self.along * 0.5, ..*self }
    }

    /// Whether it stands upright, square, and all its modules are as they should be.
    pub(crate) fn is_drawn(&self, seen: &Grey) -> bool {
        let right = (-3_i32..=3).flat_map(|j| (-3_i32..=3).map(move |i| (i, j))).filter(|&(i, j)| {
            let at = Point { x: self.centre.x + i as f32 * self.across, y: self.centre.y + j as f32 * self.along };
            (self.darkness(seen.at(at)) > 0.0) != (i.abs().max(j.abs()) == 2)
        });
        right.count() >= 48
    }
}

/// Gap, core and gap on a line.
#[derive(Debug, Clone, Copy)]
struct Section {
    /// The middle of the core, from the start of the line.
    pub(crate) middle: f32,
    /// A fifth of the width of gap, core and gap.
    pub(crate) unit: f32,
    core: f32,
    gap: f32,
    /// What should be the ring is too wide on one side.
    framed: bool,
}

/// What is around a symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Surroundings {
    /// A quiet zone, so that rings are 1 module wide.
    Quiet,
    /// Perhaps something as dark as the ring, which then runs on, but never on the side of the symbol. Letters look
    /// like that too.
    Framed,
}

/// The most finders that are kept; icon walls have thousands of things that look like one.
const MAX: usize = 512;

/// What may be a finder, as far as one row tells.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate {
    y: usize,
    section: Section,
}

/// The most candidates that are put aside.
const MAX_ASIDE: usize = 1 << 15;

/// Looks at the runs of row `y` and adds the finders it meets. What can only be one if it is framed is put aside.
pub(crate) fn scan_row(
    plane: &mut Plane,
    y: usize,
    runs: &[Run],
    found: &mut Vec<Finder>,
    scratch: &mut Scratch,
    budget: &mut Budget,
) {
    let end = plane.width() as f32;
    for (i, window) in runs.windows(5).enumerate() {
        let end = runs.get(i + 5).map_or(end, |run| run.start);
        // Two comparisons that nearly all windows fail.
        if let [_, gap, core, gap2, ring2] = window {
            let middle = gap2.start - core.start;
            if middle < core.start - gap.start || middle < ring2.start - gap2.start {
                continue;
            }
        }
        let Some(section) = section(window, end, Surroundings::Framed) else {
            continue;
        };
        let candidate = Candidate { y, section };
        let met = !section.framed && consider(plane, candidate, Surroundings::Quiet, found, scratch, budget);
        if !met && scratch.aside.len() < MAX_ASIDE {
            scratch.aside.push(candidate);
        }
    }
}

/// Puts aside what of row `y` may be a finder whose core is divided by lines between modules, of no more than that contrast.
pub(crate) fn put_aside_divided(width: usize, y: usize, runs: &[Run], deepest: u8, scratch: &mut Scratch) {
    let is_line = |a: &Run, b: &Run| a.level.abs_diff(b.level) <= deepest;
    for (i, window) in runs.windows(4).enumerate() {
        // Two comparisons that nearly all windows fail.
        let &[ring, gap, mut core, line] = window else { continue };
        if !is_line(&core, &line) || is_line(&gap, &core) {
            continue;
        }
        let mut next = i + 3;
        while let Some([line, piece]) = runs.get(next..next + 2)
            && is_line(&core, line)
        {
            core.level = if core.level < gap.level { core.level.min(piece.level) } else { core.level.max(piece.level) };
            next += 2;
        }
        let Some(&[gap2, ring2]) = runs.get(next..next + 2) else { continue };
        let end = runs.get(next + 2).map_or(width as f32, |run| run.start);
        let section = section(&[ring, gap, core, gap2, ring2], end, Surroundings::Quiet);
        if let Some(section) = section.filter(|_| scratch.divided.len() < MAX_ASIDE) {
            scratch.divided.push(Candidate { y, section });
        }
    }
}

/// Looks closer at a candidate, and adds it if it is a finder. Whether that is all: it is one, there is no room for more, or
/// it could be none in a frame either.
pub(crate) fn consider(
    plane: &mut Plane,
    Candidate { y, section }: Candidate,
    surroundings: Surroundings,
    found: &mut Vec<Finder>,
    scratch: &mut Scratch,
    budget: &mut Budget,
) -> bool {
    let centre = Point { x: section.middle, y: y as f32 + 0.5 };
    if found.iter().rev().any(|known| known.covers(centre, section.unit)) {
        return true;
    }
    if found.len() >= MAX || !budget.spend(Work::Finders, 100) {
        return true;
    }
    let Some(along) = crossed(plane, centre, section, scratch) else {
        return true;
    };
    if along.framed && surroundings == Surroundings::Quiet {
        return false;
    }
    let centre = Point { x: centre.x, y: along.middle };
    // Rows are long, and two columns more tell most letters.
    let is_wide = |plane: &mut Plane, by: f32, scratch: &mut Scratch| {
        crossed(plane, Point { x: centre.x + by * section.unit, ..centre }, section, scratch).is_some()
    };
    if surroundings == Surroundings::Framed && !(is_wide(plane, 0.7, scratch) && is_wide(plane, -0.7, scratch)) {
        return false;
    }
    let seen = plane.around(centre.y, section.unit.max(along.unit) * REACH + 1.0);
    let finder = confirm(&seen, centre, section, along.unit, surroundings, scratch);
    found.extend(finder.filter(|new| !found.iter().any(|known| known.covers(new.centre, new.unit()))));
    finder.is_some()
}

impl Candidate {
    pub(crate) fn contrast(&self) -> f32 {
        self.section.contrast()
    }

    /// Whether the ring is too wide on one side, as in a frame.
    pub(crate) fn is_framed(&self) -> bool {
        self.section.framed
    }

    /// Whether its modules are about as wide.
    pub(crate) fn resembles(&self, unit: f32) -> bool {
        (0.85..1.18).contains(&(self.section.unit / unit))
    }
}

impl Finder {
    /// Whether what is met there with modules about as wide is this one.
    pub(crate) fn covers(&self, point: Point, unit: f32) -> bool {
        let near = self.unit() * 1.6;
        (self.centre.x - point.x).abs() < near
            && (self.centre.y - point.y).abs() < near
            && (0.6..1.7).contains(&(unit / self.unit()))
    }
}

/// How far levels must come back to end a run of a finder, as a share of its contrast. Where modules were painted one by
/// one, a line across meets seams of a quarter of it, and one through their corners of nearly half.
const SHARES: [f32; 2] = [0.3, 0.5];

/// How long a core may be, in modules of the other direction: 3 of them, 2.5 times as high as they are wide, and its blur.
const TALLEST: f32 = 3.0 * 2.5 * 1.4;

/// How far from the middle of a finder a line must reach, in modules: the ring's outer border and some more; and a column
/// in modules that may be twice as high as they are wide.
const REACH: f32 = 5.0;
const REACH_OF_COLUMN: f32 = 7.0;

/// Buffers that live as long as a scan.
#[derive(Default)]
pub(crate) struct Scratch {
    pub(crate) levels: Vec<u8>,
    pub(crate) runs: Vec<Run>,
    /// What may be finders in a frame, of the last pass.
    pub(crate) aside: Vec<Candidate>,
    /// What may be finders that were painted module by module.
    pub(crate) divided: Vec<Candidate>,
}

/// Whether five runs are ring, gap, core, gap and ring.
fn section(window: &[Run], end: f32, surroundings: Surroundings) -> Option<Section> {
    let &[ring, gap, core, gap2, ring2] = window else {
        return None;
    };
    let (first, middle, second) = (core.start - gap.start, gap2.start - core.start, ring2.start - gap2.start);
    let width = first + middle + second;
    let unit = width * 0.2;
    // The core is 3 modules wide and the gaps 1; half a pixel of blur weighs more the smaller the modules are.
    let slack = 0.45 * unit + 0.35;
    if (middle - 3.0 * unit).abs() > slack * 1.5
        || (first - unit).abs() > slack
        || (second - unit).abs() > slack
        || unit < 0.9
    {
        return None;
    }
    let (left, right) = (gap.start - ring.start, end - ring2.start);
    let max_width = 1.5 * unit + 0.5;
    // Comparisons and not `max`, which is a function call in Wasm.
    let framed = left > max_width || right > max_width;
    let allowed = surroundings == Surroundings::Framed && (left <= max_width || right <= max_width);
    if (framed && !allowed) || left < 0.4 * unit || right < 0.4 * unit {
        return None;
    }
    let level = |run: Run| f32::from(run.level);
    let gaps = (level(gap) + level(gap2)) * 0.5;
    let contrast = (level(core) - gaps).abs();
    let uneven = |a: Run, b: Run| (level(a) - level(b)).abs() > 0.5 * contrast;
    let weak = |ring: Run| (level(ring) - gaps).abs() < 0.4 * contrast;
    if uneven(gap, gap2) || weak(ring) || weak(ring2) {
        return None;
    }
    Some(Section {
        middle: (gap.start + core.start + gap2.start + ring2.start) * 0.25,
        unit,
        core: level(core),
        gap: gaps,
        framed,
    })
}

/// The column through `centre`, if it is that of a finder too. Nearly all candidates end here, for they are letters.
fn crossed(plane: &mut Plane, centre: Point, across: Section, scratch: &mut Scratch) -> Option<Section> {
    let reach = (across.unit * REACH_OF_COLUMN) as usize + 1;
    let y = centre.y as usize;
    let top = plane.column(centre.x as usize, y.saturating_sub(reach)..y + reach + 1, &mut scratch.levels);
    let here = (y - top) as f32 + 0.5;
    let longest = across.unit * TALLEST;
    let along = core_at(here, 1.0, longest, across.contrast(), Surroundings::Framed, scratch)?;
    across.resembles(&along).then_some(Section { middle: top as f32 + along.middle, ..along })
}

/// Measures the finder that `centre` is thought to lie in, along a line with the direction (a unit vector).
fn measure(
    seen: &Grey,
    centre: Point,
    direction: Point,
    unit: f32,
    contrast: f32,
    surroundings: Surroundings,
    scratch: &mut Scratch,
) -> Option<(Point, Section)> {
    // Big finders need no look at every pixel.
    let step = (unit / 6.0).max(if unit < 2.0 { 0.5 } else { 1.0 });
    let half = (unit * REACH / step).ceil();
    let from = centre.plus(direction, -half * step);
    seen.line(from, Point { x: direction.x * step, y: direction.y * step }, &mut scratch.levels, half as usize * 2 + 1);
    // The middle of the middle sample.
    let here = half + 0.5;
    let section = core_at(here, step, unit * TALLEST, contrast, surroundings, scratch)?;
    let ratio = section.unit / unit;
    if !(0.4..2.5).contains(&ratio) {
        return None;
    }
    Some((centre.plus(direction, section.middle - here * step), section))
}

/// The section whose core is at `here` on the line of levels in `scratch`; `step` is how far apart they are, and no core is
/// longer than `longest`.
fn core_at(
    here: f32,
    step: f32,
    longest: f32,
    contrast: f32,
    surroundings: Surroundings,
    scratch: &mut Scratch,
) -> Option<Section> {
    let hysteresis = |share: f32| (contrast * share).clamp(4.0, 120.0) as u8;
    if flat_around(&scratch.levels, here as usize, hysteresis(SHARES[0])) as f32 * step > longest {
        return None;
    }
    for share in SHARES {
        edges::runs(&scratch.levels, hysteresis(share), &mut scratch.runs);
        let core = scratch.runs.iter().rposition(|run| run.start <= here)?;
        let end_of = |at: usize| scratch.runs.get(at).map_or(scratch.levels.len() as f32, |run| run.start);
        // What is too long already gets no shorter where edges have to be higher: the strokes of letters.
        if (end_of(core + 1) - scratch.runs.get(core)?.start) * step > longest {
            return None;
        }
        let section = core
            .checked_sub(2)
            .and_then(|first| scratch.runs.get(first..core + 3))
            .and_then(|window| section_scaled(window, end_of(core + 3), step, surroundings))
            .filter(|section| section.contrast() >= contrast * 0.4);
        if section.is_some() {
            return section;
        }
    }
    None
}

/// How many levels around one of them are alike, which is long in the strokes of letters.
fn flat_around(levels: &[u8], here: usize, hysteresis: u8) -> usize {
    let Some((before, after)) = levels.split_at_checked(here) else { return 0 };
    let (mut low, mut high) = (u8::MAX, 0);
    let mut is_alike = |&&level: &&u8| {
        let (lower, higher) = (low.min(level), high.max(level));
        let is_alike = higher - lower <= hysteresis;
        if is_alike {
            (low, high) = (lower, higher);
        }
        is_alike
    };
    let below = after.iter().take_while(&mut is_alike).count();
    below + before.iter().rev().take_while(&mut is_alike).count()
}

fn section_scaled(window: &[Run], end: f32, step: f32, surroundings: Surroundings) -> Option<Section> {
    let mut scaled = [Run { start: 0.0, level: 0 }; 5];
    for (to, from) in scaled.iter_mut().zip(window) {
        *to = Run { start: from.start * step, level: from.level };
    }
    section(&scaled, end * step, surroundings)
}

impl Section {
    /// Whether this may be the same finder, crossed from another side.
    fn resembles(&self, other: &Section) -> bool {
        (0.4..2.5).contains(&(other.unit / self.unit)) && (self.core > self.gap) == (other.core > other.gap)
    }

    fn contrast(&self) -> f32 {
        (self.core - self.gap).abs()
    }
}

const RIGHT: Point = Point { x: 1.0, y: 0.0 };
const DOWN: Point = Point { x: 0.0, y: 1.0 };

/// Crosses a candidate from all sides.
fn confirm(
    seen: &Grey,
    centre: Point,
    first: Section,
    along: f32,
    surroundings: Surroundings,
    scratch: &mut Scratch,
) -> Option<Finder> {
    let contrast = first.contrast();
    let same = |section: &Section| (section.core > section.gap) == (first.core > first.gap);
    let (centre, down) = measure(seen, centre, DOWN, along, contrast, surroundings, scratch)?;
    let (centre, right) = measure(seen, centre, RIGHT, first.unit, contrast, surroundings, scratch)?;
    let (centre, down) = measure(seen, centre, DOWN, down.unit, contrast, surroundings, scratch)?;
    if !same(&down) || !same(&right) {
        return None;
    }
    let unit = (down.unit + right.unit) * 0.5;
    // A diagonal is a finder too, whichever way the code is turned; the other one may be spoilt by a rounding. Where the
    // core is a circle and the ring is square, or the other way round, neither is, but such codes stand upright.
    let slant = std::f32::consts::FRAC_1_SQRT_2;
    let mut slanted = [slant, -slant].into_iter().map(|y| {
        measure(seen, centre, Point { x: slant, y }, unit * 1.2, contrast, Surroundings::Framed, scratch).is_some()
    });
    let drawn = || drawn(seen, centre, right.unit, down.unit, (first.core + first.gap) * 0.5, first.core > first.gap);
    let is_finder = match surroundings {
        Surroundings::Quiet => slanted.any(|seen| seen) || drawn(),
        Surroundings::Framed => slanted.any(|seen| seen) && drawn(),
    };
    if !is_finder {
        return None;
    }
    Some(Finder { centre, across: right.unit, along: down.unit, core: right.core, gap: right.gap })
}

/// Whether nearly all modules of a finder that stands upright are as they should be, but for those towards the corners of
/// core, gap and ring, which look otherwise where one of them is a circle. Letters are not so.
fn drawn(seen: &Grey, centre: Point, across: f32, along: f32, threshold: f32, inverted: bool) -> bool {
    let certain = |&(i, j): &(i32, i32)| matches!((i.abs().max(j.abs()), i.abs().min(j.abs())), (_, 0) | (2 | 3, 1));
    let right = (-3_i32..=3).flat_map(|j| (-3_i32..=3).map(move |i| (i, j))).filter(certain).filter(|&(i, j)| {
        let level = seen.at(Point { x: centre.x + i as f32 * across, y: centre.y + j as f32 * along });
        let gap = i.abs().max(j.abs()) == 2;
        (level < threshold) == (gap == inverted)
    });
    right.count() >= 28
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::luma::Tone;
    use crate::plane::{Memory, Source};

    /// A finder of `unit` pixels per module with its outer corner at (10, 10).
    struct Drawn {
        unit: f32,
        core: u8,
        gap: u8,
    }

    impl Source for Drawn {
        fn show(&mut self, _: Tone) {}
        fn column(&mut self, x: usize, y: usize, grey: &mut [u8]) {
            let mut rows = vec![0; 120 * grey.len()];
            self.rows(y, 120, &mut rows);
            for (level, row) in grey.iter_mut().zip(rows.chunks(120)) {
                *level = row[x];
            }
        }
        fn rows(&mut self, y: usize, _: usize, grey: &mut [u8]) {
            let module = |at: usize| ((at as f32 + 0.5 - 10.0) / self.unit).floor();
            for (i, level) in grey.iter_mut().enumerate() {
                let (i, j) = (module(i % 120) - 3.0, module(y + i / 120) - 3.0);
                let ring = i.abs().max(j.abs());
                *level = if ring <= 1.0 || ring == 3.0 { self.core } else { self.gap };
            }
        }
    }

    fn find(mut source: Drawn) -> Vec<Finder> {
        let (mut memory, mut found, mut scratch) = (Memory::default(), Vec::new(), Scratch::default());
        let mut plane = Plane::new(120, 120, &mut memory, &mut source);
        let mut budget = Budget::new(1_000_000);
        for y in (1..120).step_by(3) {
            let mut runs = Vec::new();
            edges::runs(plane.row(y), 20, &mut runs);
            scan_row(&mut plane, y, &runs, &mut found, &mut scratch, &mut budget);
        }
        found
    }

    #[test]
    fn finders_of_every_size_and_polarity_are_met() {
        for (unit, core, gap) in [(2.0, 0, 255), (3.3, 255, 0), (5.0, 30, 60), (11.7, 200, 90)] {
            let found = find(Drawn { unit, core, gap });
            assert_eq!(found.len(), 1, "unit {unit}");
            let finder = found[0];
            let middle = 10.0 + 3.5 * unit;
            assert!(finder.centre.to(Point { x: middle, y: middle }).length() < 0.3 + unit * 0.1, "{finder:?}");
            assert!((finder.unit() / unit - 1.0).abs() < 0.15, "{finder:?}");
            assert_eq!(finder.inverted(), core > gap);
            assert!((finder.contrast() - f32::from(core.abs_diff(gap))).abs() < 20.0);
        }
    }
}
