//! What was seen of codes and not read: a person must be told, and what to do next.

use super::finders::Finder;
use super::geometry::Point;
use super::plane::Grey;

/// What a picture shows beside the codes that were read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Unread {
    /// How many QR codes were seen that could not be read.
    pub codes: u32,
    /// What is in the way of the first of them.
    pub why: Obstacle,
    /// A symbol that is no QR code, if there is no QR code.
    pub other: Option<Symbol>,
}

/// What is no QR code but looks like one to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Symbol {
    /// The small QR code with one finder, and the oblong one.
    MicroQr,
    /// The one with a bull's eye.
    Aztec,
    /// The one with two solid sides.
    DataMatrix,
    /// Stacked rows of bars.
    Pdf417,
    /// Bars.
    Barcode,
}

/// What is in the way of a code.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Obstacle {
    /// Nothing that can be told.
    #[default]
    Unknown,
    /// Something lies over a part of it.
    Covered,
    /// Its modules are hardly wider than pixels.
    Small,
    /// Light and dark are nearly the same.
    Faint,
    /// It is seen from the side.
    Oblique,
}

/// A code that was not read, by the middles of its finders and of the fourth corner, in pixels of the picture.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Remains {
    pub(crate) corners: [Point; 4],
    pub(crate) why: Obstacle,
}

impl Remains {
    pub(crate) fn middle(&self) -> Point {
        let [a, b, c, d] = self.corners;
        Point { x: (a.x + b.x + c.x + d.x) * 0.25, y: (a.y + b.y + c.y + d.y) * 0.25 }
    }
}

/// Fewer pixels than this for a module are few, or in a symbol of so many modules on a side, which is bent in a photograph;
/// and fewer levels between light and dark.
const FEW_PIXELS: f32 = 2.0;
const FEW_IF_DENSE: f32 = 5.0;
const DENSE: usize = 57;
const FEW_LEVELS: f32 = 40.0;

/// What can be told of a code from its finders: `unit` and `contrast` are those of the picture.
pub(crate) fn why([a, b, c, d]: [Point; 4], unit: f32, size: usize, contrast: f32) -> Obstacle {
    let sides = [a.to(b), b.to(c), c.to(d), d.to(a)].map(Point::length);
    let uneven = |one: f32, other: f32| one > other * 1.15 || other > one * 1.15;
    let [top, right, bottom, left] = sides;
    if unit < FEW_PIXELS {
        Obstacle::Small
    } else if contrast < FEW_LEVELS {
        Obstacle::Faint
    } else if uneven(top, bottom) || uneven(left, right) {
        Obstacle::Oblique
    } else if size >= DENSE && unit < FEW_IF_DENSE {
        Obstacle::Small
    } else {
        Obstacle::Unknown
    }
}

/// How far a timing pattern is followed from a finder, in modules.
const FOLLOWED: usize = 10;

/// What a lone finder shows that [is drawn](Finder::is_drawn), if a timing pattern goes out from it: the other finders are
/// covered.
pub(crate) fn from_one(seen: &Grey, finder: &Finder, others: &[Finder]) -> Option<Remains> {
    let (right, down) = (Point { x: 1.0, y: 0.0 }, Point { x: 0.0, y: 1.0 });
    for (axis, aside) in [(right, down), (down, right)] {
        for (way, side) in [(1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0)] {
            let at = |modules: f32, beside: f32| {
                let unit = |axis: Point| finder.across * axis.x + finder.along * axis.y;
                finder.centre.plus(axis, way * unit(axis) * modules).plus(aside, side * unit(aside) * beside)
            };
            let alternates = |stretch: f32, beside: f32| {
                let each = (0..FOLLOWED).map(|i| {
                    let dark = finder.darkness(seen.at(at(stretch * (i as f32 + 5.0), beside)));
                    if i % 2 == 0 { dark } else { -dark }
                });
                each.sum::<f32>() / FOLLOWED as f32
            };
            // The pattern is one module wide, and there is data on both sides of it. Bars and chequers, which stand beside
            // things like finders in rows of icons, go on to the sides or end.
            let is_data = |stretch: f32| {
                let sides = [2.0, 4.0];
                let dark = sides.iter().flat_map(|&beside| (0..FOLLOWED).map(move |i| (i, beside)));
                let dark =
                    dark.filter(|&(i, beside)| finder.darkness(seen.at(at(stretch * (i as f32 + 5.0), beside))) > 0.0);
                let [inner, outer] = sides.map(|beside| alternates(stretch, beside).abs());
                (4..=FOLLOWED * 2 - 4).contains(&dark.count()) && inner.max(outer) < 0.9 && inner + outer < 1.5
            };
            let timing = |stretch: f32| alternates(stretch, 3.0) > 0.88 && is_data(stretch);
            // On both sides towards the code, a finder has a light line beside it.
            let separated = (-3..=4)
                .map(|i| i as f32)
                .all(|i| [at(4.0, i), at(i, 4.0)].iter().all(|&point| finder.darkness(seen.at(point)) < 0.0));
            if separated && [1.0, 0.98, 1.02].into_iter().any(timing) {
                // As large as another finder tells, or as if it were the smallest code that has so long a pattern.
                let apart = others.iter().find_map(|other| apart(finder, other)).unwrap_or(FOLLOWED as f32 + 8.0);
                let far = |from: Point, axis: Point, sign: f32| {
                    from.plus(axis, sign * (finder.across * axis.x + finder.along * axis.y) * apart)
                };
                let (right, down) = (far(finder.centre, axis, way), far(finder.centre, aside, side));
                let corners = [finder.centre, right, far(right, aside, side), down];
                return Some(Remains { corners, why: Obstacle::Covered });
            }
        }
    }
    None
}

/// How many modules are between the finders, if they may stand at the ends of one side of an upright code.
fn apart(one: &Finder, other: &Finder) -> Option<f32> {
    let leg = one.centre.to(other.centre);
    let (x, y) = ((leg.x / one.across).abs(), (leg.y / one.along).abs());
    let alike = (0.8..1.25).contains(&(one.unit() / other.unit())) && one.inverted() == other.inverted();
    (alike && x.min(y) < 1.5 && (14.0..171.0).contains(&x.max(y))).then_some(x.max(y))
}
