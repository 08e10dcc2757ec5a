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

/// Cuts a line into runs, light and dark in turn. The last run ends at `levels.len()`.
pub(crate) fn runs(levels: &[u8], hysteresis: u8, out: &mut Vec<Run>) {
    out.clear();
    let Some(&first) = levels.first() else { return };
    let Some((mut i, mut rising)) = first_turn(levels, hysteresis) else {
        out.push(Run { start: 0.0, level: first });
        return;
    };
    let extreme = |levels: &[u8], lightest: bool| {
        let all = levels.iter().copied();
        if lightest { all.max() } else { all.min() }.unwrap_or(first)
    };
    // The run before the present one, and the pixel at which the present one was noticed.
    let mut before = Run { start: 0.0, level: extreme(&levels[..i], !rising) };
    let mut turn = i;
    loop {
        let mut level = levels[i];
        // Of a level that only stays, `skip` takes sixteen pixels at a time.
        if rising {
            loop {
                while i < levels.len() && levels[i] > level {
                    level = levels[i];
                    i += 1;
                }
                let floor = level.saturating_sub(hysteresis);
                i = skip(levels, i, floor, level);
                if i >= levels.len() || levels[i] < floor {
                    break;
                }
            }
        } else {
            loop {
                while i < levels.len() && levels[i] < level {
                    level = levels[i];
                    i += 1;
                }
                let ceiling = level.saturating_add(hysteresis);
                i = skip(levels, i, level, ceiling);
                if i >= levels.len() || levels[i] > ceiling {
                    break;
                }
            }
        }
        out.push(before);
        before = Run { start: crossing(levels, turn, before.level, level), level };
        if i >= levels.len() {
            out.push(before);
            return;
        }
        turn = i;
        rising = !rising;
    }
}

/// The first pixel that is farther than the hysteresis from one before it, and whether it is lighter.
fn first_turn(levels: &[u8], hysteresis: u8) -> Option<(usize, bool)> {
    let &first = levels.first()?;
    let (mut low, mut high, mut i) = (first, first, 1);
    loop {
        i = skip(levels, i, low, high);
        let &level = levels.get(i)?;
        (low, high) = (low.min(level), high.max(level));
        if high - low > hysteresis {
            return Some((i, level == high));
        }
    }
}

/// Where the level passes half-way from `before` to `after`, near `turn`, the pixel at which the turn was noticed.
fn crossing(levels: &[u8], turn: usize, before: u8, after: u8) -> f32 {
    // Twice the level, so that half-way is a whole number; turned over if the level falls, so that it always rises.
    let flip = if after > before { 0 } else { 255 };
    let half = u16::from(before ^ flip) + u16::from(after ^ flip);
    let twice = |i: usize| u16::from(levels[i] ^ flip) * 2;
    let mut i = turn;
    if twice(i) >= half {
        while i > 0 && twice(i - 1) >= half {
            i -= 1;
        }
    } else {
        while i + 1 < levels.len() && twice(i) < half {
            i += 1;
        }
    }
    if i == 0 {
        return 0.5;
    }
    let (below, above) = (twice(i - 1), twice(i));
    let part = if above > below { (f32::from(half) - f32::from(below)) / f32::from(above - below) } else { 0.5 };
    i as f32 - 0.5 + part.clamp(0.0, 1.0)
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
