//! Light and dark runs along a line of grey levels, without a threshold for light and dark.
//!
//! A run ends where the level has come back from the run's extreme by more than the hysteresis; its border is the place
//! between pixels where the level is half-way between the extremes on both sides. So it makes no difference whether a
//! code is black on white, white on black or grey on a darker grey, nor what surrounds it, and a width is good to a
//! small part of a pixel even when a module is hardly wider than one.

#![allow(
    clippy::indexing_slicing,
    reason = "the hottest loop of the scanner; each index is below levels.len(), which the loop conditions establish"
)]

/// A run of pixels that are lighter or darker than both neighbouring runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Run {
    /// Where it begins, in pixels; where the next one begins it ends.
    pub(crate) start: f32,
    /// Its lightest level if it is a light run, its darkest if it is a dark one.
    pub(crate) level: u8,
}

/// What the levels are doing.
#[derive(Clone, Copy, PartialEq)]
enum Trend {
    Unknown,
    Rising,
    Falling,
}

/// Cuts a line into runs, light and dark in turn. The last run ends at `levels.len()`.
pub(crate) fn runs(levels: &[u8], hysteresis: u8, out: &mut Vec<Run>) {
    out.clear();
    let Some(&first) = levels.first() else { return };
    let mut trend = Trend::Unknown;
    let (mut low, mut high) = (first, first);
    let mut last_turn = 0;
    let mut i = 1;
    // The level of the run before the present one, and its start.
    let mut start = 0.0;
    let mut previous: Option<(u8, usize)> = None;
    loop {
        // Skip all that changes nothing: a level within the band updates no extreme and ends no run.
        let (floor, ceiling) = match trend {
            Trend::Unknown => (low, high),
            Trend::Rising => (high.saturating_sub(hysteresis), high),
            Trend::Falling => (low, low.saturating_add(hysteresis)),
        };
        i = skip(levels, i, floor, ceiling);
        if i >= levels.len() {
            break;
        }
        let level = levels[i];
        match trend {
            Trend::Unknown => {
                low = low.min(level);
                high = high.max(level);
                if high - low > hysteresis {
                    let rising = level == high;
                    previous = Some((if rising { low } else { high }, i));
                    trend = if rising { Trend::Rising } else { Trend::Falling };
                    (low, high) = (level, level);
                    last_turn = i;
                }
            }
            Trend::Rising if level > high => high = level,
            Trend::Falling if level < low => low = level,
            Trend::Rising | Trend::Falling => {
                let extreme = if trend == Trend::Rising { high } else { low };
                if let Some((before, turn)) = previous {
                    out.push(Run { start, level: before });
                    start = crossing(levels, turn, before, extreme);
                }
                previous = Some((extreme, i));
                last_turn = i;
                trend = if trend == Trend::Rising { Trend::Falling } else { Trend::Rising };
                (low, high) = (level, level);
            }
        }
        i += 1;
    }
    match (previous, trend) {
        (Some((before, turn)), Trend::Rising | Trend::Falling) => {
            let extreme = if trend == Trend::Rising { high } else { low };
            out.push(Run { start, level: before });
            out.push(Run { start: crossing(levels, turn.min(last_turn), before, extreme), level: extreme });
        }
        _ => out.push(Run { start: 0.0, level: first }),
    }
}

/// Where the level passes half-way from `before` to `after`, near `turn`, the pixel at which the turn was noticed.
fn crossing(levels: &[u8], turn: usize, before: u8, after: u8) -> f32 {
    let half = (f32::from(before) + f32::from(after)) * 0.5;
    let rising = after > before;
    let beyond = |level: u8| if rising { f32::from(level) >= half } else { f32::from(level) <= half };
    let mut i = turn;
    if beyond(levels[i]) {
        while i > 0 && beyond(levels[i - 1]) {
            i -= 1;
        }
    } else {
        while i + 1 < levels.len() && !beyond(levels[i]) {
            i += 1;
        }
    }
    if i == 0 {
        return 0.5;
    }
    let (a, b) = (f32::from(levels[i - 1]), f32::from(levels[i]));
    let part = if a == b { 0.5 } else { ((half - a) / (b - a)).clamp(0.0, 1.0) };
    i as f32 - 0.5 + part
}

/// The first index from `i` whose level is outside `floor..=ceiling`, or the length.
#[inline]
fn skip(levels: &[u8], mut i: usize, floor: u8, ceiling: u8) -> usize {
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    {
        use core::arch::wasm32::{u8x16_bitmask, u8x16_gt, u8x16_splat, u8x16_sub, v128, v128_load};
        let (base, width) = (u8x16_splat(floor), u8x16_splat(ceiling - floor));
        while i + 16 <= levels.len() {
            // SAFETY: sixteen bytes from `i` are within the slice; Wasm loads need no alignment.
            let chunk = unsafe { v128_load(levels.as_ptr().add(i).cast::<v128>()) };
            let outside = u8x16_bitmask(u8x16_gt(u8x16_sub(chunk, base), width));
            if outside != 0 {
                return i + outside.trailing_zeros() as usize;
            }
            i += 16;
        }
    }
    let width = ceiling - floor;
    while i < levels.len() && levels[i].wrapping_sub(floor) <= width {
        i += 1;
    }
    i
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(levels: &[u8], hysteresis: u8) -> Vec<Run> {
        let mut out = Vec::new();
        runs(levels, hysteresis, &mut out);
        out
    }

    #[test]
    fn sharp_edges_lie_between_pixels() {
        let runs = of(&[255, 255, 255, 0, 0, 255, 255, 255, 255], 20);
        assert_eq!(
            runs,
            [Run { start: 0.0, level: 255 }, Run { start: 3.0, level: 0 }, Run { start: 5.0, level: 255 }]
        );
    }

    #[test]
    fn a_blurred_edge_is_found_inside_the_pixel() {
        let runs = of(&[0, 0, 64, 255, 255, 255, 0], 20);
        // Half-way from 64 (middle at 2.5) to 255 (middle at 3.5) is a third of the way.
        assert!((runs[1].start - 2.83).abs() < 0.01, "{runs:?}");
    }

    #[test]
    fn noise_below_the_hysteresis_makes_no_runs() {
        let noisy: Vec<u8> = (0..100).map(|i| 100 + (i * 7 % 15) as u8).collect();
        assert_eq!(of(&noisy, 20).len(), 1);
        assert!(of(&[], 20).is_empty());
        assert_eq!(of(&[7], 20).len(), 1);
    }

    #[test]
    fn polarity_makes_no_difference() {
        let light: Vec<u8> = [9u8, 9, 200, 180, 30, 30, 30, 250, 10, 10, 90, 90].to_vec();
        let dark: Vec<u8> = light.iter().map(|l| 255 - l).collect();
        let (a, b) = (of(&light, 20), of(&dark, 20));
        assert_eq!(a.len(), b.len());
        for (x, y) in a.iter().zip(&b) {
            assert!((x.start - y.start).abs() < 1e-4);
            assert_eq!(x.level, 255 - y.level);
        }
    }

    #[test]
    fn a_slow_gradient_ends_the_run_half_way() {
        let levels: Vec<u8> = (0..=100).chain((0..100).rev()).collect();
        let runs = of(&levels, 20);
        assert_eq!(runs.len(), 3, "{runs:?}");
        assert!((runs[1].start - 50.5).abs() < 0.6, "{runs:?}");
    }
}
