//! Which three finder patterns belong together, and how big the symbol is that they hold.

use super::budget::{Budget, Work};
use super::finders::Finder;
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
const MOST: usize = 2048;

/// All triples that could be seen as three corners of a square, best first, but for those of the first `old` finders
/// alone, which have been tried before.
pub(crate) fn triples(finders: &[Finder], old: usize, budget: &mut Budget) -> Vec<Triple> {
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
            if !budget.spend(Work::Triples, 2 + rest.len() / 4) {
                break;
            }
            for &(down, d, to_down) in rest {
                let Some(flaw) = flaw(to_right, to_down) else {
                    continue;
                };
                if corner.max(right).max(down) < old {
                    continue;
                }
                let uneven = |a: &Finder, b: &Finder| (a.unit() / b.unit()).ln().abs();
                let flaw = flaw + uneven(c, r) + uneven(c, d) + uneven(r, d);
                // The first row runs clockwise to the first column, unless the code is mirrored; then the
                // format information tells.
                let (right, down) = if to_right.cross(to_down) > 0.0 { (right, down) } else { (down, right) };
                all.push(Triple { corner, right, down, flaw });
            }
        }
        if all.len() > 4 * MOST {
            keep_best(&mut all);
        }
    }
    keep_best(&mut all);
    all
}

fn keep_best(all: &mut Vec<Triple>) {
    all.sort_by(|a, b| a.flaw.total_cmp(&b.flaw));
    all.truncate(MOST);
}

/// Whether two finders may belong to one symbol.
fn alike(a: &Finder, b: &Finder) -> bool {
    let distance = a.centre.to(b.centre).length();
    let unit = (a.unit() + b.unit()) * 0.5;
    a.inverted() == b.inverted()
        && (0.55..1.8).contains(&(a.unit() / b.unit()))
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
    /// Where the middles of the finders are, and of a fourth one if there were one, round the symbol.
    pub(crate) corners: [Point; 4],
    /// Modules on a side.
    pub(crate) size: usize,
    /// How well the timing patterns were seen, up to 1.
    pub(crate) timing: f32,
    /// How much lighter the gaps of the finders are than their cores; negative for an inverted code.
    pub(crate) contrast: f32,
}

/// A side of what may be a symbol, between two finders.
#[derive(Debug, Clone, Copy)]
struct Side {
    from: Point,
    leg: Point,
    /// Modules between the middles of the finders.
    modules: f32,
    /// How much nearer the beginning is than the end, where the code is seen in perspective.
    depth: f32,
}

impl Side {
    fn between(a: &Finder, b: &Finder) -> Side {
        let leg = a.centre.to(b.centre);
        let (first, last) = (a.unit_towards(leg), b.unit_towards(leg));
        // What a finder's unit is off by in a flat code must not look like perspective.
        let ratio = first / last;
        let depth = if ratio.ln().abs() < 0.12 + 0.3 / first.min(last) { 1.0 } else { ratio.sqrt() };
        Side { from: a.centre, leg, modules: leg.length() / (first * last).sqrt(), depth }
    }

    /// The point that is such a share of the side's modules from its beginning.
    fn at(&self, share: f32) -> Point {
        let share = if self.depth == 1.0 { share } else { self.depth * share / (1.0 + (self.depth - 1.0) * share) };
        self.from.plus(self.leg, share)
    }
}

/// Measures the sides in modules and reads the timing patterns (6.3.5) for each size that fits. Best first.
pub(crate) fn frames(plane: &mut Plane, [corner, right, down]: [&Finder; 3], budget: &mut Budget) -> Vec<Frame> {
    if !budget.spend(Work::Frames, 100) {
        return Vec::new();
    }
    let (row, column) = (Side::between(corner, right), Side::between(corner, down));
    if !(0.6..1.67).contains(&(row.modules / column.modules)) {
        return Vec::new();
    }
    let estimate = (row.modules + column.modules) * 0.5 + 7.0;
    let slack = (estimate * 0.15).max(3.0);
    let fourth = {
        // The depths of the corners lie on a plane.
        let depth = row.depth + column.depth - 1.0;
        let along = |from: f32, right: f32, down: f32| (row.depth * right + column.depth * down - from) / depth;
        Point {
            x: along(corner.centre.x, right.centre.x, down.centre.x),
            y: along(corner.centre.y, right.centre.y, down.centre.y),
        }
    };
    let corners = [corner.centre, right.centre, fourth, down.centre];
    let seen = plane.band(&corners, corner.unit().max(right.unit()).max(down.unit()) * 8.0);
    let shade = Shade::of([corner, right, down]);
    let mut frames = Vec::new();
    for size in (1..=40).map(|version| 17 + 4 * version).filter(|&size| (size as f32 - estimate).abs() <= slack) {
        // Most triples are none, and a few modules beside the corner show it.
        let first = (size - 16).min(9);
        let mut begins = |side, other| {
            budget.spend(Work::Frames, first * 3) && timing(&seen, side, other, size, first, shade) > 0.15
        };
        if !begins(row, column) || !begins(column, row) || !budget.spend(Work::Frames, size * 6) {
            continue;
        }
        let across = timing(&seen, row, column, size, size - 16, shade);
        let along = timing(&seen, column, row, size, size - 16, shade);
        // One of them may be covered or badly bent, but not both.
        let timing = (across + along) * 0.4 + across.min(along) * 0.2;
        if timing > 0.35 {
            frames.push(Frame { corners, size, timing, contrast: shade.swing * 2.0 });
        }
    }
    frames.sort_by(|a, b| b.timing.total_cmp(&a.timing));
    frames.truncate(3);
    frames
}

/// What light and dark are in a symbol.
#[derive(Debug, Clone, Copy)]
struct Shade {
    threshold: f32,
    /// Half of light minus dark; negative in an inverted symbol.
    swing: f32,
}

impl Shade {
    fn of(finders: [&Finder; 3]) -> Shade {
        let third = |part: fn(&Finder) -> f32| finders.iter().map(|finder| part(finder)).sum::<f32>() / 3.0;
        let (core, gap) = (third(|f| f.core), third(|f| f.gap));
        Shade { threshold: (core + gap) * 0.5, swing: (gap - core) * 0.5 }
    }

    /// 1 for dark, -1 for light.
    fn darkness(self, level: f32) -> f32 {
        let dark = (self.threshold - level) / self.swing;
        if dark > 1.0 {
            1.0
        } else if dark < -1.0 {
            -1.0
        } else {
            dark
        }
    }
}

/// How well light and dark alternate in the first `count` modules of a timing pattern, from -1 to 1. The line runs three
/// modules beside the middles of the finders, towards the other side.
fn timing(seen: &Grey, side: Side, other: Side, size: usize, count: usize, shade: Shade) -> f32 {
    let scale = 1.0 / (size as f32 - 7.0);
    let line = |offset: f32| {
        let aside = other.from.to(other.at(offset * scale));
        let sum: f32 = (0..count)
            .map(|i| {
                // Module 8 is the first and dark, and the middle of the finder is that of module 3.
                let dark = shade.darkness(seen.at(side.at((i as f32 + 5.0) * scale).plus(aside, 1.0)));
                if i % 2 == 0 { dark } else { -dark }
            })
            .sum();
        sum / count as f32
    };
    // Beside the middle of the line it can be a little better, but not good where it was bad.
    let middle = line(3.0);
    if !(-0.5..0.6).contains(&middle) {
        return middle;
    }
    let (inner, outer) = (line(2.6), line(3.4));
    [middle, inner, outer].into_iter().fold(-1.0, |best, got| if got > best { got } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finder(x: f32, y: f32, unit: f32) -> Finder {
        Finder { centre: Point { x, y }, across: unit, along: unit, core: 0.0, gap: 255.0, hits: 1 }
    }

    #[test]
    fn three_corners_of_a_square_are_a_triple() {
        let finders =
            [finder(400.0, 400.0, 4.0), finder(20.0, 20.0, 4.0), finder(20.0, 120.0, 4.0), finder(120.0, 20.0, 4.0)];
        let all = triples(&finders, 0, &mut Budget::new(10_000));
        assert_eq!((all[0].corner, all[0].right, all[0].down), (1, 3, 2));
    }

    #[test]
    fn a_line_or_unlike_finders_are_none() {
        let mut budget = Budget::new(10_000);
        assert!(
            triples(&[finder(0.0, 0.0, 4.0), finder(99.0, 0.0, 4.0), finder(198.0, 3.0, 4.0)], 0, &mut budget)
                .is_empty()
        );
        assert!(
            triples(&[finder(0.0, 0.0, 4.0), finder(99.0, 0.0, 9.0), finder(0.0, 99.0, 4.0)], 0, &mut budget)
                .is_empty()
        );
    }
}
