//! From RGBA to grey.
//!
//! Where that shows no code, a code may be of two colours that are equally light, as green on magenta is. What is left
//! then is how much more red there is than green, and how much more blue; of two colours that differ, one of the three
//! differs.
//!
//! The weights are 3/8 red, 1/2 green and 1/8 blue, reached by three rounding averages. They are near enough to
//! what the eye sees (ITU-R BT.601: 0.30, 0.59, 0.11), they keep saturated red and saturated blue apart, which a plain
//! mean would not, and in SIMD they are three instructions for sixteen pixels. Alpha is ignored: a captured tab is
//! opaque, and whoever decodes a picture file lays it on a background first.

/// Bytes per pixel of RGBA.
pub(crate) const CHANNELS: usize = 4;

/// What of a colour is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Grey,
    /// How much more red there is than green.
    Red,
    /// How much more blue there is than green.
    Blue,
}

/// Turns a row of RGBA into a row of levels, as many pixels as both have.
pub(crate) fn convert(rgba: &[u8], levels: &mut [u8], tone: Tone) {
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    let done = simd::convert(rgba, levels, tone);
    #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
    let done = 0;
    let rest = rgba.get(done * CHANNELS..).unwrap_or_default();
    convert_scalar(rest, levels.get_mut(done..).unwrap_or_default(), tone);
}

/// The same answer one pixel at a time.
fn convert_scalar(rgba: &[u8], levels: &mut [u8], tone: Tone) {
    for (pixel, out) in rgba.chunks_exact(CHANNELS).zip(levels) {
        if let &[red, green, blue, _] = pixel {
            *out = match tone {
                Tone::Grey => average(average(average(blue, red), red), green),
                Tone::Red => average(red, !green),
                Tone::Blue => average(blue, !green),
            };
        }
    }
}

/// The rounding average, as `u8x16_avgr` has it.
fn average(a: u8, b: u8) -> u8 {
    a.midpoint(b) + ((a ^ b) & 1)
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd {
    use super::Tone;
    use core::arch::wasm32::{
        u8x16_avgr, u8x16_narrow_i16x8, u16x8_shr, u16x8_splat, v128, v128_and, v128_load, v128_not, v128_store,
    };

    const LANES: usize = 16;

    /// Converts sixteen pixels at a time and returns how many it did; the caller does the rest.
    pub(super) fn convert(rgba: &[u8], levels: &mut [u8], tone: Tone) -> usize {
        let (inputs, _) = rgba.as_chunks::<{ LANES * super::CHANNELS }>();
        let (outputs, _) = levels.as_chunks_mut::<LANES>();
        for (input, output) in inputs.iter().zip(outputs.iter_mut()) {
            let at = input.as_ptr().cast::<v128>();
            // SAFETY: `input` is 64 bytes long, four vectors; Wasm loads need no alignment.
            let [a, b, c, d] =
                unsafe { [v128_load(at), v128_load(at.add(1)), v128_load(at.add(2)), v128_load(at.add(3))] };
            let (red_blue_ab, red_blue_cd) = (even(a, b), even(c, d));
            let (red, blue) = (even(red_blue_ab, red_blue_cd), odd(red_blue_ab, red_blue_cd));
            let green = even(odd(a, b), odd(c, d));
            let level = match tone {
                Tone::Grey => u8x16_avgr(u8x16_avgr(u8x16_avgr(blue, red), red), green),
                Tone::Red => u8x16_avgr(red, v128_not(green)),
                Tone::Blue => u8x16_avgr(blue, v128_not(green)),
            };
            // SAFETY: `output` is 16 bytes long, one vector.
            unsafe { v128_store(output.as_mut_ptr().cast::<v128>(), level) };
        }
        inputs.len().min(outputs.len()) * LANES
    }

    /// The bytes with even indices of two vectors. Shuffles would do the same in fewer steps, but in V8 they made the whole
    /// scan of a screen a tenth slower.
    fn even(a: v128, b: v128) -> v128 {
        let low = u16x8_splat(0xff);
        u8x16_narrow_i16x8(v128_and(a, low), v128_and(b, low))
    }

    /// Those with odd ones.
    fn odd(a: v128, b: v128) -> v128 {
        u8x16_narrow_i16x8(u16x8_shr(a, 8), u16x8_shr(b, 8))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn black_white_and_greys_stay_what_they_are() {
        for level in 0..=255 {
            let mut out = [0];
            convert(&[level, level, level, 255], &mut out, Tone::Grey);
            assert_eq!(out, [level]);
        }
    }

    #[test]
    fn red_on_blue_has_contrast() {
        let mut out = [0; 2];
        convert(&[204, 0, 0, 255, 0, 0, 204, 255], &mut out, Tone::Grey);
        assert!(out[0].abs_diff(out[1]) > 40, "{out:?}");
    }

    #[test]
    fn odd_lengths_do_not_matter() {
        let rgba: Vec<u8> = (0..4 * 37).map(|i| (i * 89 % 251) as u8).collect();
        let (mut fast, mut slow) = (vec![0; 37], vec![0; 37]);
        for tone in [Tone::Grey, Tone::Red, Tone::Blue] {
            convert(&rgba, &mut fast, tone);
            convert_scalar(&rgba, &mut slow, tone);
            assert_eq!(fast, slow);
        }
        convert(&rgba[..7], &mut fast[..3], Tone::Grey);
    }

    #[test]
    fn two_colours_that_are_equally_light_differ_in_one_of_the_tones() {
        for [a, b] in
            [[[255, 0, 255], [0, 224, 0]], [[105, 105, 188], [105, 105, 50]], [[230, 180, 0], [137, 208, 255]]]
        {
            let differs = |tone| {
                let mut out = [0; 2];
                convert(&[a[0], a[1], a[2], 255, b[0], b[1], b[2], 255], &mut out, tone);
                out[0].abs_diff(out[1]) > 40
            };
            assert!(!differs(Tone::Grey) && (differs(Tone::Red) || differs(Tone::Blue)), "{a:?} {b:?}");
        }
        // What is grey has neither.
        let mut out = [0; 2];
        convert(&[0, 0, 0, 255, 255, 255, 255, 255], &mut out, Tone::Red);
        assert_eq!(out[0], out[1]);
    }
}
