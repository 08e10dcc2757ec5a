//! From a frame to modules: fit the lattice to the function patterns, read grey levels, decide light and dark.

use super::budget::{Budget, Work};
use super::geometry::{Map, Point};
use super::grouping::Frame;
use super::plane::Grey;
use super::version::Version;

/// A lattice laid over the picture.
#[derive(Debug, Clone)]
pub(crate) struct Lattice {
    pub(crate) version: Version,
    pub(crate) map: Map,
    /// Mean level of light function modules less that of dark ones. Negative for an inverted code.
    pub(crate) contrast: f32,
}

/// The modules whose colour the standard fixes: where their middles are, and 1 for light and -1 for dark, over how many
/// there are of either.
fn template(version: Version) -> Vec<(Point, f32)> {
    let fixed = version.fixed();
    let dark = fixed.iter().filter(|(_, _, dark)| *dark).count() as f32;
    let light = fixed.len() as f32 - dark;
    let middle = |x: usize, y: usize| Point { x: x as f32 + 0.5, y: y as f32 + 0.5 };
    fixed.iter().map(|&(x, y, is_dark)| (middle(x, y), if is_dark { -1.0 / dark } else { 1.0 / light })).collect()
}

/// How exactly to lay a lattice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fit {
    /// From the three finders alone: what is in the fourth corner may be covered.
    Bare,
    /// From the three finders and the alignment pattern in the fourth corner.
    Rough,
    /// Then by moving the corners about as long as the function patterns stand out more sharply.
    Fine,
    /// The same for a code that was scaled without smoothing, down to hardly more than a pixel per module: there each
    /// pixel is of one module alone, and what lies between two pixels means nothing.
    Crisp,
}

impl Fit {
    fn level(self, seen: &Grey, at: Point) -> f32 {
        if self == Fit::Crisp { seen.pixel(at) } else { seen.at(at) }
    }
}

/// Lays the lattice.
pub(crate) fn lay(seen: &Grey, frame: &Frame, fit: Fit, budget: &mut Budget) -> Option<Lattice> {
    let version = Version::of_size(frame.size)?;
    let size = frame.size as f32;
    let sign = frame.contrast.signum();
    let fourth_at = if version.number() == 1 { size - 3.5 } else { size - 6.5 };
    let from = |fourth| {
        [
            Point { x: 3.5, y: 3.5 },
            Point { x: size - 3.5, y: 3.5 },
            Point { x: fourth, y: fourth },
            Point { x: 3.5, y: size - 3.5 },
        ]
    };
    let source = from(fourth_at);
    let [corner, right, fourth, down] = frame.corners;
    let unit = (corner.to(right).length() + corner.to(down).length()) * 0.5 / (size - 7.0);
    let rough = Map::between(from(size - 3.5), frame.corners);
    let mut corners = [corner, right, fourth, down];
    if version.number() > 1 {
        let reach = size * 0.08 + 1.5;
        corners[2] = match fit {
            Fit::Bare => rough.apply(fourth_at, fourth_at),
            _ => alignment(seen, &rough, fourth_at, reach, sign, frame.contrast.abs(), budget)?,
        };
    }
    let template = template(version);
    let score = |corners: [Point; 4]| {
        let map = Map::between(source, corners);
        sign * template.iter().map(|(at, weight)| fit.level(seen, map.apply(at.x, at.y)) * weight).sum::<f32>()
    };
    let mut best = score(corners);
    let steps: &[f32] = match fit {
        Fit::Bare | Fit::Rough => &[],
        Fit::Fine => &[0.4, 0.2, 0.1],
        Fit::Crisp => &[0.4, 0.2, 0.1, 0.05],
    };
    for step in steps {
        let step = step * unit;
        for _ in 0..2 {
            let mut moved = false;
            for i in 0..4 {
                for (x, y) in [(step, 0.0), (-step, 0.0), (0.0, step), (0.0, -step)] {
                    let mut tried = corners;
                    if let Some(corner) = tried.get_mut(i) {
                        *corner = Point { x: corner.x + x, y: corner.y + y };
                    }
                    if !budget.spend(Work::Lattices, template.len()) {
                        return None;
                    }
                    let got = score(tried);
                    if got > best {
                        (best, corners, moved) = (got, tried, true);
                    }
                }
            }
            if !moved {
                break;
            }
        }
    }
    let map = Map::between(source, corners);
    Some(Lattice { version, map, contrast: best * sign })
}

/// Looks for the alignment pattern (6.3.6) in the fourth corner within `reach` modules of where it should be.
fn alignment(
    seen: &Grey,
    rough: &Map,
    at: f32,
    reach: f32,
    sign: f32,
    contrast: f32,
    budget: &mut Budget,
) -> Option<Point> {
    let expected = rough.apply(at, at);
    let (module_x, module_y) = (expected.to(rough.apply(at + 1.0, at)), expected.to(rough.apply(at, at + 1.0)));
    let score = |centre: Point| {
        let mut sums = [0.0_f32; 2];
        for j in -2_i32..=2 {
            for i in -2_i32..=2 {
                let level = seen.at(centre.plus(module_x, i as f32).plus(module_y, j as f32));
                if i.abs().max(j.abs()) == 1 { sums[1] += level } else { sums[0] += level }
            }
        }
        sign * (sums[1] / 8.0 - sums[0] / 17.0)
    };
    let mut search = |reach: f32, step: f32| {
        let steps = (reach / step) as i32;
        if !budget.spend(Work::Lattices, (steps as usize * 2 + 1).pow(2) * 25) {
            return None;
        }
        let mut best = (f32::MIN, expected);
        for j in -steps..=steps {
            for i in -steps..=steps {
                let centre = expected.plus(module_x, i as f32 * step).plus(module_y, j as f32 * step);
                // The nearer, the likelier; data modules imitate the pattern now and then.
                let away = ((i * i + j * j) as f32).sqrt() / (steps as f32 + 1.0);
                let got = score(centre) * (1.0 - 0.3 * away);
                if got > best.0 {
                    best = (got, centre);
                }
            }
        }
        Some(best)
    };
    // Nearly always it is just there.
    let near = search(0.5, 0.5)?;
    let best = if near.0 > contrast * 0.6 { near } else { search(reach, 0.5)? };
    Some(if best.0 > 0.0 { best.1 } else { expected })
}

/// The grey levels of a symbol, row by row, dark being low whatever the polarity.
pub(crate) struct Levels {
    size: usize,
    level: Vec<f32>,
}

impl Levels {
    /// Reads each module: its middle, and some more places if the lattice is worth it.
    pub(crate) fn read(seen: &Grey, lattice: &Lattice, fit: Fit, budget: &mut Budget) -> Option<Levels> {
        const PLACES: [(f32, f32); 5] = [(0.0, 0.0), (-0.2, -0.2), (0.2, -0.2), (-0.2, 0.2), (0.2, 0.2)];
        let size = lattice.version.size();
        let places = PLACES.get(..if fit == Fit::Fine { 5 } else { 1 }).unwrap_or_default();
        if !budget.spend(Work::Grids, size * size * places.len()) {
            return None;
        }
        let weight = lattice.contrast.signum() / places.len() as f32;
        let mut level = Vec::with_capacity(size * size);
        for y in 0..size {
            for x in 0..size {
                let (x, y) = (x as f32 + 0.5, y as f32 + 0.5);
                let at = |&(dx, dy): &(f32, f32)| fit.level(seen, lattice.map.apply(x + dx, y + dy));
                level.push(places.iter().map(at).sum::<f32>() * weight);
            }
        }
        Some(Levels { size, level })
    }

    /// Takes out of each module what its neighbours have blurred into it.
    pub(crate) fn sharpened(&self, strength: f32) -> Levels {
        let size = self.size;
        let mut level = Vec::with_capacity(self.level.len());
        for (y, row) in self.level.chunks(size).enumerate() {
            let line = |y: Option<usize>| y.and_then(|y| self.level.get(y * size..(y + 1) * size)).unwrap_or(row);
            let (above, below) = (line(y.checked_sub(1)), line(Some(y + 1)));
            let left = row.first().into_iter().chain(row);
            let right = row.iter().skip(1).chain(row.last());
            for ((((own, above), below), left), right) in row.iter().zip(above).zip(below).zip(left).zip(right) {
                level.push(own + strength * (own - (above + below + left + right) * 0.25));
            }
        }
        Levels { size, level }
    }

    /// The threshold that divides the levels into the two most different groups (Otsu 1979).
    fn otsu(&self) -> f32 {
        let (low, high) = self.level.iter().fold((f32::MAX, f32::MIN), |(l, h), &v| (l.min(v), h.max(v)));
        const BINS: usize = 64;
        let width = ((high - low) / BINS as f32).max(1e-3);
        let mut bins = [0_u32; BINS];
        for &level in &self.level {
            if let Some(bin) = bins.get_mut((((level - low) / width) as usize).min(BINS - 1)) {
                *bin += 1;
            }
        }
        let all: f32 = self.level.len() as f32;
        let sum: f32 = bins.iter().enumerate().map(|(i, &n)| i as f32 * n as f32).sum();
        let (mut below, mut below_sum, mut best) = (0.0, 0.0, (0.0, 0));
        for (i, &n) in bins.iter().enumerate() {
            below += n as f32;
            below_sum += i as f32 * n as f32;
            let above = all - below;
            if below > 0.0 && above > 0.0 {
                let apart = below_sum / below - (sum - below_sum) / above;
                let between = below * above * apart * apart;
                if between > best.0 {
                    best = (between, i);
                }
            }
        }
        low + (best.1 as f32 + 1.0) * width
    }

    /// What all modules up to four away in each direction come to together: each row by itself, then each column of that.
    fn around<T: Copy>(&self, of: impl Fn(f32) -> T, merge: impl Fn(T, T) -> T) -> Vec<T> {
        const REACH: usize = 4;
        let size = self.size;
        let mut all: Vec<T> = self.level.iter().map(|&level| of(level)).collect();
        for _ in 0..2 {
            let line = |at: usize, middle: usize| {
                all.get(at * size + middle.saturating_sub(REACH)..at * size + (middle + REACH + 1).min(size))
            };
            // What was a row is a column afterwards.
            let turned = (0..size * size).filter_map(|i| line(i % size, i / size)?.iter().copied().reduce(&merge));
            all = turned.collect();
        }
        all
    }

    /// How far above the threshold each module is.
    pub(crate) fn decided(&self, threshold: Threshold) -> Levels {
        let global = self.otsu();
        let above = |thresholds: Vec<f32>| self.level.iter().zip(thresholds).map(|(level, own)| level - own).collect();
        let level = match threshold {
            Threshold::Global => self.level.iter().map(|level| level - global).collect(),
            Threshold::Local => {
                let of = |level| if level < global { [level, 1.0, 0.0, 0.0] } else { [0.0, 0.0, level, 1.0] };
                let sums = self.around(of, |[a, b, c, d], [e, f, g, h]| [a + e, b + f, c + g, d + h]);
                let mean = |sum: f32, count: f32| if count > 0.0 { sum / count } else { global };
                let between = |&[low, lows, high, highs]: &[f32; 4]| (mean(low, lows) + mean(high, highs)) * 0.5;
                above(sums.iter().map(between).collect())
            }
            Threshold::Shaded => {
                let ends = self.around(|level| (level, level), |(a, b), (c, d)| (a.min(c), b.max(d)));
                above(ends.iter().map(|(low, high)| (low + high) * 0.5).collect())
            }
        };
        Levels { size: self.size, level }
    }

    /// After `decided`: which modules are dark, row by row.
    pub(crate) fn dark(&self) -> Vec<bool> {
        self.level.iter().map(|&level| level < 0.0).collect()
    }
}

/// Which threshold to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Threshold {
    /// One for the symbol.
    Global,
    /// One for each module, from those around it that are lighter or darker than that.
    Local,
    /// One for each module, half-way between the lightest and the darkest one around it, as in a shadow.
    Shaded,
}
