//! What a picture file says of itself, before anybody makes room for its pixels: a file of a few bytes can claim to
//! have more of them than a machine has memory.

/// The beginning of a picture file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Header {
    /// No kind of file that is known here; the browser may know it.
    Unknown,
    /// A drawing, which browsers do not decode outside of a page.
    Svg,
    /// Pixels.
    Raster {
        /// Pixels in a row, as claimed.
        width: u32,
        /// Rows, as claimed.
        height: u32,
        /// Whether no pixel lets through what is below. Captured tabs are so.
        opaque: bool,
    },
}

/// Reads the beginning of PNG (W3C, 11.2.1), JPEG (ITU-T T.81, B.2.2), GIF (89a, 18), WebP (RFC 9649) and BMP; of other
/// files only whether they are SVG.
pub fn header(bytes: &[u8]) -> Header {
    let raster = |size: Option<(u32, u32)>, opaque| match size {
        Some((width, height)) => Header::Raster { width, height, opaque },
        None => Header::Unknown,
    };
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        // Grey and colour without alpha.
        let opaque = matches!(bytes.get(25), Some(0 | 2));
        raster(word(bytes, 16).zip(word(bytes, 20)), opaque)
    } else if bytes.starts_with(b"\xff\xd8") {
        raster(jpeg(bytes), true)
    } else if bytes.starts_with(b"GIF8") {
        raster(little(bytes, 6, 2).zip(little(bytes, 8, 2)), false)
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        raster(webp(bytes), false)
    } else if bytes.starts_with(b"BM") {
        let height = little(bytes, 22, 4).map(|height| (height as i32).unsigned_abs());
        raster(little(bytes, 18, 4).zip(height), true)
    } else if is_svg(bytes) {
        Header::Svg
    } else {
        Header::Unknown
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn little(bytes: &[u8], at: usize, count: usize) -> Option<u32> {
    let bytes = bytes.get(at..at + count)?;
    Some(bytes.iter().rev().fold(0, |sum, &byte| sum << 8 | u32::from(byte)))
}

/// Goes from segment to segment until the one that begins a frame.
fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    loop {
        let &[mark, kind, high, low] = bytes.get(at..)?.first_chunk()?;
        match (mark, kind) {
            // Any number of these may stand before a marker.
            (0xff, 0xff) => at += 1,
            (0xff, 0xc0..=0xcf) if !matches!(kind, 0xc4 | 0xc8 | 0xcc) => {
                let &[a, b, c, d] = bytes.get(at + 5..)?.first_chunk()?;
                return Some((u32::from_be_bytes([0, 0, c, d]), u32::from_be_bytes([0, 0, a, b])));
            }
            (0xff, _) => at += 2 + usize::from(u16::from_be_bytes([high, low])),
            _ => return None,
        }
    }
}

fn webp(bytes: &[u8]) -> Option<(u32, u32)> {
    const MASK: u32 = (1 << 14) - 1;
    match bytes.get(12..16)? {
        b"VP8X" => Some((little(bytes, 24, 3)? + 1, little(bytes, 27, 3)? + 1)),
        b"VP8L" => {
            let both = little(bytes, 21, 4)?;
            Some(((both & MASK) + 1, (both >> 14 & MASK) + 1))
        }
        b"VP8 " => Some((little(bytes, 26, 2)? & MASK, little(bytes, 28, 2)? & MASK)),
        _ => None,
    }
}

/// Text that begins with a tag and soon comes to the one of a drawing.
fn is_svg(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let start = text.get(..text.len().min(2048)).unwrap_or_default();
    start.starts_with(b"<") && start.windows(4).any(|tag| tag.eq_ignore_ascii_case(b"<svg"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(bytes: &[u8]) -> Option<(u32, u32, bool)> {
        match header(bytes) {
            Header::Raster { width, height, opaque } => Some((width, height, opaque)),
            _ => None,
        }
    }

    #[test]
    fn the_kinds_of_file() {
        let png = |kind| [&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\x80\0\0\x01\xe0\x08"[..], &[kind]].concat();
        assert_eq!(of(&png(2)), Some((640, 480, true)));
        assert_eq!(of(&png(6)), Some((640, 480, false)));
        let jpeg = b"\xff\xd8\xff\xe0\0\x04ab\xff\xff\xc4\0\x03x\xff\xc2\0\x11\x08\x01\xe0\x02\x80\x03";
        assert_eq!(of(jpeg), Some((640, 480, true)));
        assert_eq!(of(b"GIF89a\x80\x02\xe0\x01"), Some((640, 480, false)));
        assert_eq!(of(b"RIFF....WEBPVP8X....\x10...\x7f\x02\0\xdf\x01\0"), Some((640, 480, false)));
        assert_eq!(of(b"RIFF....WEBPVP8L....\x2f\x7f\xc2\x77\0"), Some((640, 480, false)));
        assert_eq!(of(b"RIFF....WEBPVP8 ....abc\x9d\x01\x2a\x80\x02\xe0\x01"), Some((640, 480, false)));
        assert_eq!(of(b"BM................\x80\x02\0\0\x20\xfe\xff\xff"), Some((640, 480, true)));
        assert_eq!(header(b"\xef\xbb\xbf <?xml version='1.0'?><!-- --><svg width='9'>"), Header::Svg);
        assert_eq!(header(b"<html><p>svg"), Header::Unknown);
    }

    #[test]
    fn cut_short_anywhere_it_is_unknown_or_the_same() {
        let whole = b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x11\x08\x01\xe0\x02\x80\x03";
        for end in 0..whole.len() {
            assert!(matches!(of(&whole[..end]), None | Some((640, 480, true))));
        }
    }

    proptest! {
        #[test]
        fn anything_is_answered(bytes in prop::collection::vec(any::<u8>(), 0..200), kind in 0_usize..6) {
            let starts = [&b""[..], b"\x89PNG\r\n\x1a\n", b"\xff\xd8", b"GIF8", b"RIFF0000WEBP", b"BM"];
            header(&[starts[kind], &bytes].concat());
        }
    }
}
