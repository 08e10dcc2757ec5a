//! TIFF (Adobe, TIFF 6.0), which scanners write and browsers do not open: its first picture.
//!
//! By the crate tiff; what samples mean is said here. The crate image knows that too, and brings a colour management along
//! that is bigger than all of this crate.

use std::io::Cursor;

use tiff::ColorType;
use tiff::decoder::{Decoder, DecodingResult, Limits};

/// A picture as pixels.
#[derive(Debug, PartialEq, Eq)]
pub struct Picture {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Four bytes for each pixel, row by row.
    pub rgba: Vec<u8>,
}

/// Why there is no picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It is broken, or of a kind that hardly anything writes.
    Unreadable,
    /// It has more pixels than are wanted.
    TooLarge,
}

/// Whether a file begins as TIFF does.
pub fn is_tiff(file: &[u8]) -> bool {
    file.starts_with(b"II*\0") || file.starts_with(b"MM\0*")
}

/// Reads the first picture of a file.
///
/// # Errors
/// A [`Refusal`].
pub fn read(file: &[u8], max_pixels: u64) -> Result<Picture, Refusal> {
    let mut limits = Limits::default();
    // Four samples of two bytes each.
    limits.decoding_buffer_size = usize::try_from(max_pixels * 8).unwrap_or(usize::MAX);
    let mut decoder = Decoder::new(Cursor::new(file)).map_err(unreadable)?.with_limits(limits);
    let (width, height) = decoder.dimensions().map_err(unreadable)?;
    let pixels = u64::from(width) * u64::from(height);
    if pixels > max_pixels {
        return Err(Refusal::TooLarge);
    }
    let color = decoder.colortype().map_err(unreadable)?;
    let samples = match decoder.read_image().map_err(unreadable)? {
        DecodingResult::U8(samples) => samples,
        DecodingResult::U16(samples) => samples.into_iter().map(high_byte).collect(),
        _ => return Err(Refusal::Unreadable),
    };
    let rgba = in_rgba(color, samples, width as usize)?;
    // Where each colour lies by itself, only the first one was read.
    if rgba.len() as u64 != pixels * 4 {
        return Err(Refusal::Unreadable);
    }
    Ok(Picture { width, height, rgba })
}

fn unreadable(_: tiff::TiffError) -> Refusal {
    Refusal::Unreadable
}

fn high_byte(sample: u16) -> u8 {
    (sample >> 8) as u8
}

fn in_rgba(color: ColorType, samples: Vec<u8>, width: usize) -> Result<Vec<u8>, Refusal> {
    let grey = |level: u8| [level, level, level, u8::MAX];
    Ok(match color {
        ColorType::Gray(bits @ (1 | 2 | 4)) => unpacked(&samples, width, bits).flat_map(grey).collect(),
        ColorType::Gray(8 | 16) => samples.into_iter().flat_map(grey).collect(),
        ColorType::GrayA(8 | 16) => {
            samples.as_chunks().0.iter().flat_map(|&[level, alpha]| [level, level, level, alpha]).collect()
        }
        ColorType::RGB(8 | 16) => samples.as_chunks().0.iter().flat_map(|&[r, g, b]| [r, g, b, u8::MAX]).collect(),
        ColorType::RGBA(8 | 16) => samples,
        ColorType::CMYK(8 | 16) => samples.as_chunks().0.iter().flat_map(|&inks| printed(inks)).collect(),
        _ => return Err(Refusal::Unreadable),
    })
}

/// Samples of a few bits, of which each row begins with a byte of its own.
fn unpacked(samples: &[u8], width: usize, bits: u8) -> impl Iterator<Item = u8> {
    let in_byte = usize::from(8 / bits);
    let most = u8::MAX >> (8 - bits);
    samples.chunks(width.div_ceil(in_byte).max(1)).flat_map(move |row| {
        let each = row.iter().flat_map(move |byte| (0..in_byte).map(move |at| byte << (at as u8 * bits) >> (8 - bits)));
        each.take(width).map(move |sample| sample * (u8::MAX / most))
    })
}

fn printed([cyan, magenta, yellow, black]: [u8; 4]) -> [u8; 4] {
    let left = |ink: u8| (u16::from(u8::MAX - ink) * u16::from(u8::MAX - black) / 255) as u8;
    [left(cyan), left(magenta), left(yellow), u8::MAX]
}

#[cfg(test)]
mod tests {
    use super::*;
    use tiff::encoder::{Compression, DeflateLevel, TiffEncoder, colortype};

    const COMPRESSIONS: [Compression; 4] = [
        Compression::Uncompressed,
        Compression::Lzw,
        Compression::Deflate(DeflateLevel::Balanced),
        Compression::Packbits,
    ];

    fn written<C: colortype::ColorType<Inner: Clone>>(samples: &[C::Inner], compression: Compression) -> Vec<u8>
    where
        [C::Inner]: tiff::encoder::TiffValue,
    {
        let mut file = Cursor::new(Vec::new());
        let mut encoder = TiffEncoder::new(&mut file).unwrap().with_compression(compression);
        encoder.write_image::<C>(3, 2, samples).unwrap();
        file.into_inner()
    }

    #[test]
    fn each_kind_of_colour_and_compression_is_read() {
        const LEVELS: [u8; 6] = [0, 50, 100, 150, 200, 250];
        let of = |pixel: fn(u8) -> [u8; 4]| Picture {
            width: 3,
            height: 2,
            rgba: LEVELS.into_iter().flat_map(pixel).collect(),
        };
        let each = |pixel: fn(u8) -> Vec<u8>| LEVELS.into_iter().flat_map(pixel).collect::<Vec<u8>>();
        for compression in COMPRESSIONS {
            let grey = of(|v| [v, v, v, 255]);
            assert_eq!(read(&written::<colortype::Gray8>(&LEVELS, compression), 6).as_ref(), Ok(&grey));
            let words = LEVELS.map(|level| u16::from(level) << 8 | 7);
            assert_eq!(read(&written::<colortype::Gray16>(&words, compression), 6), Ok(grey));
            let rgb = each(|v| vec![v, 1, 255 - v]);
            assert_eq!(read(&written::<colortype::RGB8>(&rgb, compression), 6), Ok(of(|v| [v, 1, 255 - v, 255])));
            let rgba = each(|v| vec![v, 1, 2, 255 - v]);
            assert_eq!(read(&written::<colortype::RGBA8>(&rgba, compression), 6), Ok(of(|v| [v, 1, 2, 255 - v])));
            let cmyk = each(|v| vec![255 - v, 255, 255, 0]);
            assert_eq!(read(&written::<colortype::CMYK8>(&cmyk, compression), 6), Ok(of(|v| [v, 0, 0, 255])));
        }
    }

    #[test]
    fn samples_of_a_few_bits_fill_the_range() {
        assert_eq!(unpacked(&[0b1010_0000, 0b0100_0000], 3, 1).collect::<Vec<u8>>(), [255, 0, 255, 0, 255, 0]);
        assert_eq!(unpacked(&[0x0f, 0x80], 3, 4).collect::<Vec<u8>>(), [0, 255, 136]);
        assert_eq!(unpacked(&[0b0001_1011], 4, 2).collect::<Vec<u8>>(), [0, 85, 170, 255]);
    }

    #[test]
    fn what_is_broken_or_too_large_is_refused() {
        let whole = written::<colortype::RGB8>(&[7; 18], Compression::Lzw);
        assert!(is_tiff(&whole) && !is_tiff(b"MM*\0"));
        assert_eq!(read(&whole, 5), Err(Refusal::TooLarge));
        for length in 0..whole.len() - 1 {
            // The last bytes are of tags that say nothing of the pixels.
            let part = read(&whole[..length], 6);
            assert!(part.is_err() || part == read(&whole, 6), "{length}");
        }
        for at in 0..whole.len() {
            for flip in [1, 0x80, 0xff] {
                let mut broken = whole.clone();
                broken[at] ^= flip;
                if let Ok(picture) = read(&broken, 64) {
                    assert_eq!(picture.rgba.len() as u32, picture.width * picture.height * 4);
                }
            }
        }
    }
}
