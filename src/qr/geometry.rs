//! Points and the projective map from module coordinates to picture coordinates.

/// A point in the picture, in pixels, or in a symbol, in modules; both have their origin at the outer corner of the
/// first pixel or module, so that its middle is at (0.5, 0.5).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f32,
    /// Downwards.
    pub y: f32,
}

impl Point {
    pub(crate) fn plus(self, other: Point, times: f32) -> Point {
        Point { x: self.x + other.x * times, y: self.y + other.y * times }
    }

    pub(crate) fn to(self, other: Point) -> Point {
        Point { x: other.x - self.x, y: other.y - self.y }
    }

    pub(crate) fn length(self) -> f32 {
        (self.x * self.x + self.y * self.y).sqrt()
    }

    pub(crate) fn cross(self, other: Point) -> f32 {
        self.x * other.y - self.y * other.x
    }

    pub(crate) fn dot(self, other: Point) -> f32 {
        self.x * other.x + self.y * other.y
    }
}

/// A projective map of the plane.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Map([f32; 9]);

impl Map {
    /// The map that takes four points to four others, in the order around the quadrilateral.
    pub(crate) fn between(from: [Point; 4], to: [Point; 4]) -> Map {
        let source = adjugate(square_to(from));
        let m = multiply(square_to(to), source);
        let scale = if m[8] == 0.0 { 1.0 } else { 1.0 / m[8] };
        Map(m.map(|value| (value * scale) as f32))
    }

    #[inline]
    pub(crate) fn apply(&self, x: f32, y: f32) -> Point {
        let [a, b, c, d, e, f, g, h, i] = self.0;
        let w = 1.0 / (g * x + h * y + i);
        Point { x: (a * x + b * y + c) * w, y: (d * x + e * y + f) * w }
    }
}

/// The map that takes the unit square to a quadrilateral (Heckbert, Fundamentals of Texture Mapping, 1989, 2.2.3).
fn square_to([p0, p1, p2, p3]: [Point; 4]) -> [f64; 9] {
    let point = |p: Point| (f64::from(p.x), f64::from(p.y));
    let ((x0, y0), (x1, y1), (x2, y2), (x3, y3)) = (point(p0), point(p1), point(p2), point(p3));
    let (dx1, dx2, dx3) = (x1 - x2, x3 - x2, x0 - x1 + x2 - x3);
    let (dy1, dy2, dy3) = (y1 - y2, y3 - y2, y0 - y1 + y2 - y3);
    let area = dx1 * dy2 - dx2 * dy1;
    let area = if area == 0.0 { 1e-9 } else { area };
    let g = (dx3 * dy2 - dx2 * dy3) / area;
    let h = (dx1 * dy3 - dx3 * dy1) / area;
    [x1 - x0 + g * x1, x3 - x0 + h * x3, x0, y1 - y0 + g * y1, y3 - y0 + h * y3, y0, g, h, 1.0]
}

fn adjugate([a, b, c, d, e, f, g, h, i]: [f64; 9]) -> [f64; 9] {
    [
        e * i - f * h,
        c * h - b * i,
        b * f - c * e,
        f * g - d * i,
        a * i - c * g,
        c * d - a * f,
        d * h - e * g,
        b * g - a * h,
        a * e - b * d,
    ]
}

fn multiply(l: [f64; 9], r: [f64; 9]) -> [f64; 9] {
    let [a, b, c, d, e, f, g, h, i] = l;
    let row = |x: f64, y: f64, z: f64| {
        [x * r[0] + y * r[3] + z * r[6], x * r[1] + y * r[4] + z * r[7], x * r[2] + y * r[5] + z * r[8]]
    };
    let ([j, k, l], [m, n, o], [p, q, s]) = (row(a, b, c), row(d, e, f), row(g, h, i));
    [j, k, l, m, n, o, p, q, s]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn p(x: f32, y: f32) -> Point {
        Point { x, y }
    }

    #[test]
    fn the_four_corners_go_where_they_should() {
        let from = [p(3.5, 3.5), p(21.5, 3.5), p(18.5, 18.5), p(3.5, 21.5)];
        let to = [p(100.0, 50.0), p(190.0, 62.0), p(170.0, 140.0), p(95.0, 160.0)];
        let map = Map::between(from, to);
        for (f, t) in from.iter().zip(to) {
            let got = map.apply(f.x, f.y);
            assert!(got.to(t).length() < 0.01, "{got:?} {t:?}");
        }
    }

    #[test]
    fn a_flat_quadrilateral_does_not_panic() {
        let map = Map::between([p(0.0, 0.0); 4], [p(1.0, 1.0); 4]);
        let _ = map.apply(3.0, 4.0);
    }
}
