//! Which three finder patterns belong together, and how big the symbol is that they hold.

use super::budget::{Budget, Work};
use super::finders::Finder;
use super::geometry::Point;
use super::order;
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
const MAX: usize = 2048;

/// All triples that could be seen as three corners of a square, best first, but for those of the first `old` finders
/// alone, which have been tried before. A wall of icons has millions; once there are enough, only better ones are looked for.
pub(crate) fn triples(finders: &[Finder], old: usize, budget: &mut Budget) -> Vec<Triple> {
    let (mut all, mut worst) = (Vec::new(), f32::MAX);
    for (corner, c) in finders.iter().enumerate() {
        let partners_of = |skipped: usize| {
            let others = finders.iter().enumerate().skip(skipped).filter(|&(i, other)| i != corner && alike(c, other));
            others.map(|(i, other)| Partner::new(i, c, other)).filter(|partner| partner.uneven < worst)
        };
        if corner < old && partners_of(old).next().is_none() {
            continue;
        }
        let all_partners: Vec<Partner> = partners_of(0).collect();
        let partners: Vec<&Partner> = order::ascending(all_partners.iter().map(|partner| partner.square))
            .filter_map(|i| all_partners.get(i))
            .collect();
        for (i, one) in partners.iter().enumerate().filter(|(_, one)| corner.max(one.finder) >= old) {
            let near = |&(short, long): &(&Partner, &Partner)| {
                let stretch = STRETCH.min(1.0 + worst - short.uneven);
                long.square < short.square * stretch * stretch
            };
            let (shorter, longer) = partners.split_at(i);
            let longer = longer.iter().skip(1).map(|long| (*one, *long)).take_while(near);
            // Two new ones are paired from the shorter one on.
            let shorter = shorter.iter().rev().take(if corner < old { i } else { 0 });
            let shorter = shorter.map(|short| (*short, *one)).take_while(near).filter(|(short, _)| short.finder < old);
            let mut count = 2;
            for (short, long) in longer.chain(shorter) {
                count += 1;
                let dot = short.leg.dot(long.leg);
                if dot * dot > short.square * long.square * SLANT * SLANT {
                    continue;
                }
                let triple = Triple::new(corner, short, long);
                if triple.flaw < worst {
                    all.push(triple);
                }
            }
            if all.len() > 2 * MAX {
                keep_best(&mut all);
                worst = all.last().map_or(worst, |triple| triple.flaw);
            }
            if !budget.spend(Work::Triples, count) {
                break;
            }
        }
    }
    keep_best(&mut all);
    all
}

/// How much longer one side may look than the other, and the cosine of the angle between them: perspective, and the
/// stretching of careless pages.
const STRETCH: f32 = 2.3;
const SLANT: f32 = 0.55;

/// Another finder as seen from a corner.
struct Partner {
    finder: usize,
    leg: Point,
    /// The square of the distance.
    square: f32,
    /// How many times as wide the wider modules of the two are; from 0.
    uneven: f32,
}

impl Partner {
    fn new(finder: usize, corner: &Finder, other: &Finder) -> Partner {
        let leg = corner.centre.to(other.centre);
        let ratio = corner.unit() / other.unit();
        let uneven = if ratio > 1.0 { ratio } else { 1.0 / ratio } - 1.0;
        Partner { finder, leg, square: leg.dot(leg), uneven }
    }
}

impl Triple {
    fn new(corner: usize, short: &Partner, long: &Partner) -> Triple {
        let stretch = (long.square / short.square).sqrt() - 1.0;
        let cosine = short.leg.dot(long.leg) / (short.square * long.square).sqrt();
        let flaw = cosine.abs() * 2.0 + stretch + short.uneven + long.uneven;
        // The first row runs clockwise to the first column, unless the code is mirrored; then the format information
        // tells.
        let (right, down) = if short.leg.cross(long.leg) > 0.0 { (short, long) } else { (long, short) };
        Triple { corner, right: right.finder, down: down.finder, flaw }
    }
}

fn keep_best(all: &mut Vec<Triple>) {
    let best = order::ascending(all.iter().map(|triple| triple.flaw)).take(MAX);
    *all = best.filter_map(|i| all.get(i).copied()).collect();
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
    /// Whether there can be no doubt that there is a code, also where it cannot be read.
    pub(crate) is_sure: bool,
}

/// How well timing patterns are seen where that alone leaves no doubt. Those of the smallest symbol have five modules, and
/// things beside an icon look like that too.
fn surely(size: usize) -> f32 {
    if size > 21 { 0.6 } else { 0.85 }
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
    fn between(a: &Finder, b: &Finder, view: View) -> Side {
        let leg = a.centre.to(b.centre);
        let (first, last) = (a.unit_towards(leg), b.unit_towards(leg));
        let ratio = first / last;
        // What a finder's unit is off by in a flat code must not look like perspective.
        let flat = view == View::Flat && ratio.ln().abs() < 0.12 + 0.3 / first.min(last);
        let depth = if flat { 1.0 } else { ratio.sqrt() };
        Side { from: a.centre, leg, modules: leg.length() / (first * last).sqrt(), depth }
    }

    /// The point that is such a share of the side's modules from its beginning.
    fn at(&self, share: f32) -> Point {
        let share = if self.depth == 1.0 { share } else { self.depth * share / (1.0 + (self.depth - 1.0) * share) };
        self.from.plus(self.leg, share)
    }
}

/// How much differences in size between the finders mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum View {
    /// Small ones are errors of measurement, as nearly always on screens.
    Flat,
    /// All of them are perspective.
    Oblique,
}

/// Measures the sides in modules and reads the timing patterns (6.3.5) for each size that fits. Best first.
pub(crate) fn frames(plane: &mut Plane, finders: [&Finder; 3], budget: &mut Budget) -> Vec<Frame> {
    let flat = frames_in(View::Flat, plane, finders, budget);
    let [corner, right, down] = finders;
    let apart = |other: &Finder| (corner.unit() / other.unit() - 1.0).abs() > 0.06;
    if !flat.is_empty() || !(apart(right) || apart(down)) {
        return flat;
    }
    frames_in(View::Oblique, plane, finders, budget)
}

fn frames_in(view: View, plane: &mut Plane, [corner, right, down]: [&Finder; 3], budget: &mut Budget) -> Vec<Frame> {
    if !budget.spend(Work::Frames, 100) {
        return Vec::new();
    }
    let (row, column) = (Side::between(corner, right, view), Side::between(corner, down, view));
    if !(0.6..1.67).contains(&(row.modules / column.modules)) {
        return Vec::new();
    }
    let estimate = (row.modules + column.modules) * 0.5 + 7.0;
    let slack = (estimate * 0.15).max(3.0);
    let corners = corners(row, column);
    let seen = plane.band(&corners, corner.unit().max(right.unit()).max(down.unit()) * 8.0);
    let shade = Shade::of([corner, right, down]);
    if !may_begin(&seen, row, column, estimate, shade, Begin::Perhaps, budget)
        || !may_begin(&seen, column, row, estimate, shade, Begin::Perhaps, budget)
    {
        return Vec::new();
    }
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
        let timing = together(across, along);
        if timing > 0.35 {
            frames.push(Frame { corners, size, timing, contrast: shade.swing * 2.0, is_sure: timing > surely(size) });
        }
    }
    if !frames.iter().any(|frame| frame.is_sure)
        && estimate > DENSE
        && may_begin(&seen, row, column, estimate, shade, Begin::Surely, budget)
        && may_begin(&seen, column, row, estimate, shade, Begin::Surely, budget)
        && is_full(&seen, row, column, estimate, shade, budget)
    {
        let tilted = tilted(&seen, row, column, estimate, shade, budget);
        frames.retain(|frame| frame.size != tilted.size);
        frames.push(tilted);
    }
    let best = order::ascending(frames.iter().map(|frame| -frame.timing)).take(3);
    best.filter_map(|i| frames.get(i).copied()).collect()
}

/// The middles of the finders, and of a fourth one. The depths of the corners lie on a plane.
fn corners(row: Side, column: Side) -> [Point; 4] {
    let depth = row.depth + column.depth - 1.0;
    let (right, down) = (row.from.plus(row.leg, 1.0), column.from.plus(column.leg, 1.0));
    let along = |from: f32, right: f32, down: f32| (row.depth * right + column.depth * down - from) / depth;
    let fourth = Point { x: along(row.from.x, right.x, down.x), y: along(row.from.y, right.y, down.y) };
    [row.from, right, fourth, down]
}

/// One of the timing patterns may be covered or badly bent, but not both.
fn together(across: f32, along: f32) -> f32 {
    (across + along) * 0.4 + across.min(along) * 0.2
}

/// How a dense symbol most likely lies, and how large it is: its finders are too small to tell from which side it is seen, but
/// its timing patterns do.
fn tilted(seen: &Grey, row: Side, column: Side, estimate: f32, shade: Shade, budget: &mut Budget) -> Frame {
    const STEPS: i32 = 10;
    let contrast = shade.swing * 2.0;
    let mut best = Frame { corners: corners(row, column), size: 17, timing: -1.0, contrast, is_sure: true };
    let slack = (estimate * 0.06).max(4.0);
    for size in (1..=40).map(|version| 17 + 4 * version).filter(|&size| (size as f32 - estimate).abs() <= slack) {
        if !budget.spend(Work::Frames, size * 6 * (2 * STEPS as usize + 1)) {
            break;
        }
        // Each step moves the middle of a side by half a module.
        let tilted = |side: Side, other: Side| {
            let each = (-STEPS..=STEPS).map(|step| Side { depth: 1.0 + step as f32 * 2.0 / size as f32, ..side });
            let seen = each.map(|side| (timing(seen, side, other, size, size - 16, shade), side));
            seen.fold((-1.0, side), |best, next| if next.0 > best.0 { next } else { best })
        };
        let ((across, row), (along, column)) = (tilted(row, column), tilted(column, row));
        let timing = together(across, along);
        if timing > best.timing {
            best = Frame { corners: corners(row, column), size, timing, ..best };
        }
    }
    best
}

/// How clearly a timing pattern must begin, and over how many modules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Begin {
    /// Of two thousand triples that a wall of icons has, which span far too many sizes to try each, nineteen in twenty do not
    /// even do that; of 1100 symbols that were read, on screens and in photographs, none had less than 0.13.
    Perhaps,
    /// As a dense symbol's does, also where it is bent or blurred farther on.
    Surely,
}

/// Whether a timing pattern begins on a side of about so many modules, also if the estimate is off by an eighth.
fn may_begin(
    seen: &Grey,
    side: Side,
    other: Side,
    estimate: f32,
    shade: Shade,
    begin: Begin,
    budget: &mut Budget,
) -> bool {
    const OFF: [f32; 5] = [1.0, 0.94, 1.06, 0.88, 1.12];
    let (count, least) = if begin == Begin::Surely { (9, 0.5) } else { (5, 0.1) };
    budget.spend(Work::Frames, count * OFF.len())
        && OFF.iter().any(|off| alternation(seen, side, other, off / (estimate - 7.0), 3.0, count, shade).0 > least)
}

/// More modules on a side than this make a dense symbol, of version 8 or more.
const DENSE: f32 = 47.0;

/// Whether all of the square between the finders is full of modules: no part of it is nearly all light or dark, or of large
/// pieces. Of 20,000 triples on walls of icons that got here, all had a part that was blank.
fn is_full(seen: &Grey, row: Side, column: Side, estimate: f32, shade: Shade, budget: &mut Budget) -> bool {
    const PARTS: usize = 4;
    let side = (estimate - 7.0) as usize / PARTS;
    let is_dark = |x: usize, y: usize| {
        let share = |at: usize| at as f32 / (side * PARTS) as f32;
        shade.darkness(seen.at(row.at(share(x)).plus(column.from.to(column.at(share(y))), 1.0))) > 0.0
    };
    let is_full = |left: usize, top: usize| {
        let (mut dark, mut turns) = (0, 0);
        for y in top..top + side {
            let mut last = is_dark(left, y);
            for x in left..left + side {
                let this = is_dark(x, y);
                dark += usize::from(this);
                turns += usize::from(this != last);
                last = this;
            }
        }
        let all = side * side;
        (all / 4..=all - all / 4).contains(&dark) && turns * 5 > all
    };
    budget.spend(Work::Frames, (side * PARTS).pow(2))
        && (0..PARTS).all(|y| (0..PARTS).all(|x| is_full(x * side, y * side)))
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
        dark.clamp(-1.0, 1.0)
    }
}

/// How well light and dark alternate in the first `count` modules of a timing pattern, from -1 to 1. The line runs three
/// modules beside the middles of the finders, towards the other side.
fn timing(seen: &Grey, side: Side, other: Side, size: usize, count: usize, shade: Shade) -> f32 {
    let scale = 1.0 / (size as f32 - 7.0);
    let line = |offset: f32| alternation(seen, side, other, scale, offset, count, shade);
    // Beside the middle of the line it can be a little better, but not good where it was bad, or where there is nothing.
    let (middle, shade_of_all) = line(3.0);
    if !(-0.5..0.6).contains(&middle) || shade_of_all.abs() > 0.95 {
        return middle;
    }
    let (inner, outer) = (line(2.6).0, line(3.4).0);
    [middle, inner, outer].into_iter().fold(-1.0, |best, got| if got > best { got } else { best })
}

/// How well they alternate on a line so many modules beside the middles, and how dark they are; `scale` is the share of the
/// side that a module is long.
fn alternation(
    seen: &Grey,
    side: Side,
    other: Side,
    scale: f32,
    offset: f32,
    count: usize,
    shade: Shade,
) -> (f32, f32) {
    let aside = other.from.to(other.at(offset * scale));
    let (mut turns, mut all) = (0.0, 0.0);
    for i in 0..count {
        // Module 8 is the first and dark, and the middle of the finder is that of module 3.
        let dark = shade.darkness(seen.at(side.at((i as f32 + 5.0) * scale).plus(aside, 1.0)));
        turns += if i % 2 == 0 { dark } else { -dark };
        all += dark;
    }
    (turns / count as f32, all / count as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finder(x: f32, y: f32, unit: f32) -> Finder {
        Finder { centre: Point { x, y }, across: unit, along: unit, core: 0.0, gap: 255.0 }
    }

    #[test]
    fn three_corners_of_a_square_are_a_triple() {
        let finders =
            [finder(400.0, 400.0, 4.0), finder(20.0, 20.0, 4.0), finder(20.0, 120.0, 4.0), finder(120.0, 20.0, 4.0)];
        let all = triples(&finders, 0, &mut Budget::new(10_000));
        assert_eq!((all[0].corner, all[0].right, all[0].down), (1, 3, 2));
    }

    #[test]
    fn what_was_tried_before_is_tried_again_only_with_a_new_one() {
        let corners = [finder(20.0, 20.0, 4.0), finder(120.0, 20.0, 4.0), finder(20.0, 120.0, 4.0)];
        for turn in 0..3 {
            let mut finders = corners;
            finders.rotate_left(turn);
            let count = |old: usize| triples(&finders, old, &mut Budget::new(10_000)).len();
            assert_eq!([0, 1, 2, 3].map(count), [1, 1, 1, 0].map(|some| some * count(0)), "{turn}");
        }
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
