//! What must hold of the scanner for any bytes; shared by the fuzz targets and `tests/qr_fuzz.rs`.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a failed assumption is what is looked for")]

/// The bytes are a picture, however they come; the first one is its width.
pub(crate) fn rgba(bytes: &[u8]) {
    let Some((&width, pixels)) = bytes.split_first() else { return };
    let width = u32::from(width) + 1;
    let height = pixels.len() as u32 / 4 / width;
    let pixels = &pixels[..(width * height * 4) as usize];
    if let Ok(found) = qr::scan(width, height, pixels) {
        let again = qr::scan(width, height, pixels);
        assert_eq!(again.as_ref(), Ok(&found), "the same picture has the same answer");
    }
    assert_eq!(qr::scan(width, height + 1, pixels), Err(qr::Refusal::BadLength));
}

/// The bytes are the modules of a symbol, drawn as a clean picture with all function patterns that a scanner looks for:
/// version, pixels per module, then the modules.
pub(crate) fn grid(bytes: &[u8]) {
    let [version, unit, modules @ ..] = bytes else { return };
    let size = 17 + 4 * (usize::from(*version) % 40 + 1);
    let unit = usize::from(*unit) % 3 + 1;
    let quiet = 2;
    let side = (size + 2 * quiet) * unit;
    let finder = |x: usize, y: usize| (x < 8 || x >= size - 8) && (y < 8 || y >= size - 8) && (x < 8 || y < 8);
    let dark = |x: usize, y: usize| {
        if finder(x, y) {
            let from_middle = |at: usize| if at < 8 { at.abs_diff(3) } else { (at - (size - 7).min(at)).abs_diff(3) };
            let ring = from_middle(x).max(from_middle(y));
            let separator = x == 7 || y == 7 || x == size - 8 || y == size - 8;
            return !separator && ring != 2;
        }
        if x == 6 || y == 6 {
            return (x + y).is_multiple_of(2);
        }
        let bit = y * size + x;
        modules.get(bit / 8 % modules.len().max(1)).is_some_and(|byte| byte >> (bit % 8) & 1 == 1)
    };
    let mut rgba = Vec::with_capacity(side * side * 4);
    for j in 0..side {
        for i in 0..side {
            let (x, y) = ((i / unit).wrapping_sub(quiet), (j / unit).wrapping_sub(quiet));
            let level = if x < size && y < size && dark(x, y) { 0 } else { 255 };
            rgba.extend([level, level, level, 255]);
        }
    }
    let found = qr::scan(side as u32, side as u32, &rgba).expect("not refused");
    for code in found {
        assert!(code.payload.len() <= 7089);
        assert!((1..=40).contains(&code.version));
    }
}
