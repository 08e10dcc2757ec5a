//! Which three finder patterns belong together, and how big the symbol is that they hold.

use super::budget::{Budget, Work};
use super::finders::{self, Finder, Scratch, Surroundings};
use super::geometry::Point;
use super::plane::{Grey, Plane};

/// Three finders that may hold a symbol: the corner, and the ends of the first row and of the first column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Triple {
    pub(crate) corner: usize,
    pub(crate) right: usize,
    pub(crate) down: usize,
    /// How far from a square with even modules; 0 is perfect.
    pub(crate) flaw: f32,
}

/// The most triples that are looked at in one pass.
const MOST: usize = 4096;

/// All triples that could be seen as three corners of a square, best first.
pub(crate) fn triples(finders: &[Finder], budget: &mut Budget) -> Vec<Triple> {
    let mut all = Vec::new();
    for (corner, c) in finders.iter().enumerate() {
        let partners: Vec<(usize, &Finder, Point)> = finders
            .iter()
            .enumerate()
            .filter(|&(i, other)| i != corner && alike(c, other))
            .map(|(i, other)| (i, other, c.centre.to(other.centre)))
            .collect();
        for (i, &(right, r, to_right)) in partners.iter().enumerate() {
            let rest = partners.get(i + 1..).unwrap_or_default();
            if !budget.spend(Work::Triples, 2 + rest.len() / 4) || all.len() >= MOST {
                break;
            }
            for &(down, d, to_down) in rest {
                let Some(flaw) = flaw(to_right, to_down) else { continue };
                let uneven = |a: f32, b: f32| (a / b).ln().abs();
                let flaw = flaw + uneven(c.unit, r.unit) + uneven(c.unit, d.unit) + uneven(r.unit, d.unit);
                // The first row runs clockwise to the first column, unless the code is mirrored; then the
                // format information tells.
                let (right, down) = if to_right.cross(to_down) > 0.0 { (right, down) } else { (down, right) };
                all.push(Triple { corner, right, down, flaw });
            }
        }
    }
    all.sort_by(|a, b| a.flaw.total_cmp(&b.flaw));
    all
}

/// Whether two finders may belong to one symbol.
fn alike(a: &Finder, b: &Finder) -> bool {
    let distance = a.centre.to(b.centre).length();
    let unit = (a.unit + b.unit) * 0.5;
    a.inverted() == b.inverted()
        && (0.55..1.8).contains(&(a.unit / b.unit))
        && (0.4..2.5).contains(&(a.contrast() / b.contrast()))
        // 14 modules apart in version 1, 170 in version 40; more if the code is turned, for a unit then looks wider.
        && (8.0..200.0).contains(&(distance / unit))
}

/// How little two legs look like two sides of a square, if they do at all.
fn flaw(a: Point, b: Point) -> Option<f32> {
    let (long, short) = (a.length().max(b.length()), a.length().min(b.length()));
    let cosine = a.dot(b) / (long * short);
    let stretch = (long / short).ln();
    (cosine.abs() < 0.55 && stretch < 0.6).then_some(cosine.abs() * 2.0 + stretch)
}

/// A symbol whose size is known and whose corners are roughly so.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    pub(crate) corner: Point,
    pub(crate) right: Point,
    pub(crate) down: Point,
    /// Modules on a side.
    pub(crate) size: usize,
    /// How well the timing patterns were seen, up to 1.
    pub(crate) timing: f32,
}

/// Measures the sides in modules and reads the timing patterns (6.3.5) for each size that fits. Best first.
pub(crate) fn frames(
    plane: &mut Plane,
    [corner, right, down]: [&Finder; 3],
    scratch: &mut Scratch,
    budget: &mut Budget,
) -> Vec<Frame> {
    if !budget.spend(Work::Frames, 100) {
        return Vec::new();
    }
    let unit = corner.unit.max(right.unit).max(down.unit);
    let all = [corner.centre.y, right.centre.y, down.centre.y];
    let (top, bottom) = (all.iter().copied().fold(f32::MAX, f32::min), all.iter().copied().fold(0.0, f32::max));
    let reach = unit * 8.0;
    let seen = plane.rows((top - reach).max(0.0) as usize..(bottom + reach).max(0.0) as usize + 1);
    let threshold = [corner, right, down].iter().map(|f| (f.core + f.gap) * 0.5).sum::<f32>() / 3.0;
    let contrast = [corner, right, down].iter().map(|f| f.gap - f.core).sum::<f32>() / 3.0;
    // Most triples are none, and a few modules beside the corner show it.
    let first = |to: &Finder, other: &Finder| beginning(&seen, corner, to.centre, other.centre, threshold, contrast);
    let (row, column) = (first(right, down), first(down, right));
    if row + column < 0.5 || row.min(column) < -0.1 || !budget.spend(Work::Frames, 400) {
        return Vec::new();
    }
    let mut side = |a: &Finder, b: &Finder| {
        let leg = a.centre.to(b.centre);
        let length = leg.length();
        let direction = Point { x: leg.x / length, y: leg.y / length };
        let mut unit = |f: &Finder| {
            let measured =
                finders::measure(&seen, f.centre, direction, f.unit, f.contrast(), Surroundings::Framed, scratch);
            measured.map_or(f.unit * direction.x.abs().max(direction.y.abs()), |(_, section)| section.unit)
        };
        length / ((unit(a) + unit(b)) * 0.5) + 7.0
    };
    let (across, along) = (side(corner, right), side(corner, down));
    if !(0.6..1.67).contains(&(across / along)) {
        return Vec::new();
    }
    let estimate = (across + along) * 0.5;
    let slack = (estimate * 0.12).max(2.5);
    let mut frames: Vec<Frame> = (1..=40)
        .map(|version| 17 + 4 * version)
        .filter(|&size| (size as f32 - estimate).abs() <= slack)
        .map(|size| {
            let (corner, right, down) = (corner.centre, right.centre, down.centre);
            let row = timing(&seen, corner, right, down, size, threshold, contrast);
            let column = timing(&seen, corner, down, right, size, threshold, contrast);
            // One of them may be covered or badly bent, but not both.
            Frame { corner, right, down, size, timing: (row + column) * 0.4 + row.min(column) * 0.2 }
        })
        .collect();
    budget.spend(Work::Frames, frames.len() * (estimate * 12.0) as usize);
    frames.retain(|frame| frame.timing > 0.35);
    frames.sort_by(|a, b| b.timing.total_cmp(&a.timing));
    frames.truncate(3);
    frames
}

/// How well light and dark alternate in the first modules of the timing pattern from the corner, from -1 to 1.
fn beginning(seen: &Grey, corner: &Finder, to: Point, other: Point, threshold: f32, contrast: f32) -> f32 {
    let (step, aside) = (corner.centre.to(to), corner.centre.to(other));
    let length = step.length();
    // The finder was measured along rows and columns; a turned code's modules are narrower than that.
    let unit = corner.unit * step.x.abs().max(step.y.abs()) / length;
    let (along, across) = (unit / length, unit / aside.length());
    let count = ((length / unit) as usize).saturating_sub(9).clamp(5, 9);
    alternation([2.6, 3.0, 3.4], threshold, contrast, count, |offset, i| {
        seen.at(corner.centre.plus(aside, across * offset).plus(step, along * (i + 5.0)))
    })
}

/// How well the levels of so many modules alternate, dark first, on the best of some lines.
fn alternation(offsets: [f32; 3], threshold: f32, contrast: f32, count: usize, level: impl Fn(f32, f32) -> f32) -> f32 {
    let clip = contrast.abs() * 0.5;
    let line = |offset: f32| {
        let sum: f32 = (0..count)
            .map(|i| {
                let dark = ((threshold - level(offset, i as f32)) * contrast.signum()).clamp(-clip, clip);
                if i % 2 == 0 { dark } else { -dark }
            })
            .sum();
        sum / (count as f32 * clip)
    };
    offsets.into_iter().map(line).fold(-1.0, f32::max)
}

/// How well light and dark alternate between two finders, from -1 to 1. The line runs three modules beside the middles
/// of the finders, towards `other`.
fn timing(seen: &Grey, from: Point, to: Point, other: Point, size: usize, threshold: f32, contrast: f32) -> f32 {
    let scale = 1.0 / (size as f32 - 7.0);
    let (step, aside) = (from.to(to), from.to(other));
    alternation([2.6, 3.0, 3.4], threshold, contrast, size - 16, |offset, i| {
        // Module 8 is the first, and the middle of the finder is that of module 3.
        seen.at(from.plus(aside, offset * scale).plus(step, (i + 5.0) * scale))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finder(x: f32, y: f32, unit: f32) -> Finder {
        Finder { centre: Point { x, y }, unit, core: 0.0, gap: 255.0, hits: 1 }
    }

    #[test]
    fn three_corners_of_a_square_are_a_triple() {
        let finders =
            [finder(400.0, 400.0, 4.0), finder(20.0, 20.0, 4.0), finder(20.0, 120.0, 4.0), finder(120.0, 20.0, 4.0)];
        let all = triples(&finders, &mut Budget::new(10_000));
        assert_eq!((all[0].corner, all[0].right, all[0].down), (1, 3, 2));
    }

    #[test]
    fn a_line_or_unlike_finders_are_none() {
        let mut budget = Budget::new(10_000);
        assert!(
            triples(&[finder(0.0, 0.0, 4.0), finder(99.0, 0.0, 4.0), finder(198.0, 3.0, 4.0)], &mut budget).is_empty()
        );
        assert!(
            triples(&[finder(0.0, 0.0, 4.0), finder(99.0, 0.0, 9.0), finder(0.0, 99.0, 4.0)], &mut budget).is_empty()
        );
    }
}
