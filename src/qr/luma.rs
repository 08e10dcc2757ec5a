//! From RGBA to grey.
//!
//! The weights are 3/8 red, 1/2 green and 1/8 blue, reached by three rounding averages. They are near enough to
//! what the eye sees (ITU-R BT.601: 0.30, 0.59, 0.11), they keep saturated red and saturated blue apart, which a plain
//! mean would not, and in SIMD they are three instructions for sixteen pixels. Alpha is ignored: a captured tab is
//! opaque, and whoever decodes a picture file lays it on a background first.

/// Bytes per pixel of RGBA.
pub(crate) const CHANNELS: usize = 4;

/// Turns a row of RGBA into a row of grey, as many pixels as both have.
pub(crate) fn convert(rgba: &[u8], grey: &mut [u8]) {
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    let done = simd::convert(rgba, grey);
    #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
    let done = 0;
    let rest = rgba.get(done * CHANNELS..).unwrap_or_default();
    convert_scalar(rest, grey.get_mut(done..).unwrap_or_default());
}

/// The same answer one pixel at a time.
pub(crate) fn convert_scalar(rgba: &[u8], grey: &mut [u8]) {
    for (pixel, out) in rgba.chunks_exact(CHANNELS).zip(grey) {
        if let &[red, green, blue, _] = pixel {
            *out = average(average(average(blue, red), red), green);
        }
    }
}

/// The rounding average, as `u8x16_avgr` has it.
fn average(a: u8, b: u8) -> u8 {
    a.midpoint(b) + ((a ^ b) & 1)
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd {
    use core::arch::wasm32::{
        u8x16_avgr, u8x16_narrow_i16x8, u16x8_shr, u16x8_splat, v128, v128_and, v128_load, v128_store,
    };

    const LANES: usize = 16;

    /// Converts sixteen pixels at a time and returns how many it did; the caller does the rest.
    pub(super) fn convert(rgba: &[u8], grey: &mut [u8]) -> usize {
        let (inputs, _) = rgba.as_chunks::<{ LANES * super::CHANNELS }>();
        let (outputs, _) = grey.as_chunks_mut::<LANES>();
        for (input, output) in inputs.iter().zip(outputs.iter_mut()) {
            let at = input.as_ptr().cast::<v128>();
            // SAFETY: `input` is 64 bytes long, four vectors; Wasm loads need no alignment.
            let [a, b, c, d] =
                unsafe { [v128_load(at), v128_load(at.add(1)), v128_load(at.add(2)), v128_load(at.add(3))] };
            let (red_blue_ab, red_blue_cd) = (even(a, b), even(c, d));
            let (red, blue) = (even(red_blue_ab, red_blue_cd), odd(red_blue_ab, red_blue_cd));
            let green = even(odd(a, b), odd(c, d));
            let luma = u8x16_avgr(u8x16_avgr(u8x16_avgr(blue, red), red), green);
            // SAFETY: `output` is 16 bytes long, one vector.
            unsafe { v128_store(output.as_mut_ptr().cast::<v128>(), luma) };
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
            convert(&[level, level, level, 255], &mut out);
            assert_eq!(out, [level]);
        }
    }

    #[test]
    fn red_on_blue_has_contrast() {
        let mut out = [0; 2];
        convert(&[204, 0, 0, 255, 0, 0, 204, 255], &mut out);
        assert!(out[0].abs_diff(out[1]) > 40, "{out:?}");
    }

    #[test]
    fn odd_lengths_do_not_matter() {
        let rgba: Vec<u8> = (0..4 * 37).map(|i| (i * 89 % 251) as u8).collect();
        let (mut fast, mut slow) = (vec![0; 37], vec![0; 37]);
        convert(&rgba, &mut fast);
        convert_scalar(&rgba, &mut slow);
        assert_eq!(fast, slow);
        convert(&rgba[..7], &mut fast[..3]);
    }
}
