//! Symbols that are no QR codes, recognised by what each of them alone has, well enough to be named. They are looked for
//! only where there is no QR code, upright and drawn, as on screens.

use super::budget::{Budget, Work};
use super::edges::Run;
use super::finders::Finder;
use super::geometry::Point;
use super::order;
use super::plane::{Grey, Plane};
use super::remains::Symbol;

/// What the rows of a picture showed so far.
#[derive(Default)]
pub(crate) struct Others {
    /// The first symbol that was met.
    pub(crate) symbol: Option<Symbol>,
    bars: Bars,
    stack: Stack,
    is_odd: bool,
}

impl Others {
    /// Looks at the runs of a row; rows come from top to bottom.
    pub(crate) fn meet(&mut self, plane: &mut Plane, y: usize, runs: &[Run], budget: &mut Budget) {
        if self.symbol.is_some() {
            return;
        }
        let (mut even, mut last) = (0, 0.0);
        for (i, (run, next)) in runs.iter().zip(runs.iter().skip(1)).enumerate() {
            let width = next.start - run.start;
            even = if last > 1.5 && (last - width).abs() < 0.25 * last + 0.5 { even + 1 } else { 0 };
            last = width;
            if even == EVEN && budget.spend(Work::Finders, 100) {
                self.symbol = runs.get(i - EVEN..=i).and_then(|row| alternating(plane, y, row));
                if self.symbol.is_some() {
                    return;
                }
                even -= 1;
            }
        }
        // Bars are high, and this is the slower part.
        self.is_odd = !self.is_odd;
        if self.is_odd {
            return;
        }
        // Rows of a stack differ, but all begin alike; so it is asked first.
        if self.stack.goes_on(runs) {
            self.symbol = Some(Symbol::Pdf417);
        } else if self.bars.go_on(runs) && !self.stack.begun() {
            self.symbol = Some(Symbol::Barcode);
        }
    }
}

/// Whether one of the finders is that of a Micro QR code or of its oblong kin.
pub(crate) fn has_micro(plane: &mut Plane, finders: &[Finder], budget: &mut Budget) -> bool {
    finders.iter().any(|finder| {
        budget.spend(Work::Finders, 100) && is_micro(&plane.around(finder.centre.y, finder.along * 20.0), finder)
    })
}

/// The width of a run that another follows.
fn width(runs: &[Run], i: usize) -> Option<f32> {
    Some(runs.get(i + 1)?.start - runs.get(i)?.start)
}

/// So many runs of the same width follow a first one in what is looked at closer.
const EVEN: usize = 6;

/// What has a row of modules that are light and dark in turn: a bull's eye around the middle one, or a symbol with two solid
/// sides below.
fn alternating(plane: &mut Plane, y: usize, row: &[Run]) -> Option<Symbol> {
    let (first, last) = (row.first()?, row.last()?);
    let unit = (last.start - first.start) / (row.len() as f32 - 1.0);
    let level = |run: &Run| f32::from(run.level);
    let (a, b) = (level(first), row.get(1).map(level)?);
    let seen = plane.around(y as f32, unit * 60.0);
    let shade = Shade { middle: (a + b) * 0.5, inverted: false };
    // The middle of each dark run may be the eye's.
    for run in row.iter().skip(1) {
        let dark = Shade { inverted: level(run) > shade.middle, ..shade };
        if is_eye(&seen, Point { x: run.start + unit * 0.5, y: y as f32 + 0.5 }, unit, dark) {
            return Some(Symbol::Aztec);
        }
    }
    let dark = Shade { inverted: a > b, ..shade };
    has_solid_sides(&seen, Point { x: first.start, y: y as f32 + 0.5 }, unit, dark).then_some(Symbol::DataMatrix)
}

/// What dark is.
#[derive(Clone, Copy)]
struct Shade {
    middle: f32,
    inverted: bool,
}

impl Shade {
    fn is_dark(self, seen: &Grey, x: f32, y: f32) -> bool {
        (seen.at(Point { x, y }) < self.middle) != self.inverted
    }
}

/// Whether squares lie around the point, one in another, each a module wide. The row was met anywhere in the module.
fn is_eye(seen: &Grey, at: Point, unit: f32, shade: Shade) -> bool {
    [0.0, -0.3, 0.3].into_iter().any(|off| {
        let mut wrong = (-4_i32..=4).flat_map(|j| (-4_i32..=4).map(move |i| (i, j))).filter(|&(i, j)| {
            let dark = shade.is_dark(seen, at.x + i as f32 * unit, at.y + (j as f32 + off) * unit);
            dark != (i.abs().max(j.abs()) % 2 == 0)
        });
        // Chequers are full of what is none, so nothing is looked at after the fifth.
        wrong.nth(4).is_none()
    })
}

/// Whether the point is where the upper, dashed side begins of a symbol whose left and lower sides are solid.
fn has_solid_sides(seen: &Grey, at: Point, unit: f32, shade: Shade) -> bool {
    let x = at.x + unit * 0.5;
    // Up to the upper edge of the module.
    let rise = (0..8).map(|i| i as f32 * unit * 0.125).take_while(|rise| shade.is_dark(seen, x, at.y - rise)).last();
    let top = at.y - rise.unwrap_or(0.0) + unit * 0.5;
    let dark = |i: usize, j: usize| shade.is_dark(seen, x + i as f32 * unit, top + j as f32 * unit);
    let dashes = (0..52).take_while(|&i| dark(i, 0) == (i % 2 == 0)).count();
    let size = dashes / 2 * 2;
    if !(10..=52).contains(&size) {
        return false;
    }
    let quiet = (0..size).all(|i| !shade.is_dark(seen, x - unit, top + i as f32 * unit));
    let wrong = (0..size).filter(|&i| !dark(0, i) || !dark(i, size - 1) || dark(size - 1, i) != (i % 2 == 1)).count();
    quiet && wrong <= 1
}

/// Whether the finder is that of a Micro QR code or of its oblong kin: the timing pattern goes out from its outer edge, and
/// beyond that there is nothing.
pub(crate) fn is_micro(seen: &Grey, finder: &Finder) -> bool {
    let (right, down) = (Point { x: finder.across, y: 0.0 }, Point { x: 0.0, y: finder.along });
    let turns = [(1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0)];
    let goes_out = |axis: Point, aside: Point, count: usize| {
        (0..count).all(|i| {
            let at = |beside: f32| finder.centre.plus(axis, i as f32 + 5.0).plus(aside, -beside);
            (finder.darkness(seen.at(at(3.0))) > 0.0) == (i % 2 == 0) && finder.darkness(seen.at(at(4.2))) < 0.0
        })
    };
    let scaled = |axis: Point, by: f32| Point { x: axis.x * by, y: axis.y * by };
    finder.is_drawn(seen)
        && turns.iter().any(|&(x, y)| {
            let (right, down) = (scaled(right, x), scaled(down, y));
            let (across, along) = (goes_out(right, down, 5), goes_out(down, right, 5));
            (across && along) || goes_out(right, down, 11) || goes_out(down, right, 11)
        })
}

/// Bars: so many runs stay where they are for so many rows, and not all are of one width.
#[derive(Default)]
struct Bars {
    last: Vec<f32>,
    rows: usize,
}

impl Bars {
    const RUNS: usize = 24;
    const ROWS: usize = 4;

    fn go_on(&mut self, runs: &[Run]) -> bool {
        if runs.len() <= Self::RUNS {
            (self.rows, self.last) = (0, Vec::new());
            return false;
        }
        let mut last = self.last.iter().copied().peekable();
        // Where the present stretch begins of borders that are where they were, and the longest one.
        let (mut begin, mut longest) = (0, 0..0);
        for (i, run) in runs.iter().enumerate() {
            while last.next_if(|&before| before < run.start - 1.0).is_some() {}
            if last.next_if(|&before| before <= run.start + 1.0).is_none() {
                begin = i + 1;
            } else if i + 1 - begin > longest.len() {
                longest = begin..i + 1;
            }
        }
        let stay = longest.len() > Self::RUNS && runs.get(longest).is_some_and(is_bars);
        self.rows = if stay { self.rows + 1 } else { 0 };
        self.last.clear();
        self.last.extend(runs.iter().map(|run| run.start));
        self.rows >= Self::ROWS
    }
}

/// Whether some borders of runs, one after the other, are those of bars of 1 to 4 modules, light and dark.
fn is_bars(runs: &[Run]) -> bool {
    let widths: Vec<f32> = (0..runs.len()).filter_map(|i| width(runs, i)).collect();
    let typical = order::ascending(widths.iter().copied()).nth(widths.len() / 2).and_then(|i| widths.get(i)).copied();
    let quiet = typical.unwrap_or(0.0) * 4.5;
    widths.split(|&width| width > quiet).any(|bars| {
        let narrowest = bars.iter().copied().fold(f32::MAX, f32::min);
        let share = |range: std::ops::Range<f32>| {
            bars.iter().filter(|&&width| range.contains(&(width / narrowest))).count() * 6 / bars.len()
        };
        bars.len() >= Bars::RUNS && share(0.0..6.0) == 6 && share(1.6..6.0) >= 1 && share(0.0..1.5) >= 1
    })
}

/// Rows of bars that all begin with the start pattern of PDF417 (ISO/IEC 15438, 5.3.2), 8 1 1 1 1 1 1 3.
#[derive(Default)]
struct Stack {
    at: f32,
    rows: usize,
}

impl Stack {
    const START: [f32; 8] = [8.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 3.0];
    const ROWS: usize = 3;

    fn begun(&self) -> bool {
        self.rows > 1
    }

    fn goes_on(&mut self, runs: &[Run]) -> bool {
        let begins = runs.windows(9).find_map(|window| {
            let (&[first, second, third, ..], last) = (window, window.last()?) else { return None };
            // Hardly any window gets farther.
            if second.start - first.start < 4.0 * (third.start - second.start) {
                return None;
            }
            let unit = (last.start - first.start) / 17.0;
            let fits = window.iter().zip(window.iter().skip(1)).zip(Self::START);
            let fits =
                fits.into_iter().all(|((a, b), wide)| (b.start - a.start - wide * unit).abs() < 0.45 * unit + 0.3);
            (fits && unit > 0.9).then_some(first.start)
        });
        match begins {
            Some(at) if (at - self.at).abs() < 2.0 => self.rows += 1,
            Some(at) => (self.at, self.rows) = (at, 1),
            None => self.rows = 0,
        }
        self.rows >= Self::ROWS
    }
}
