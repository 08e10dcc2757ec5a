//! Pictures for the scanner.

use std::fs;
use std::path::Path;

/// A picture file as RGBA, laid on white.
pub fn read(path: &Path) -> Option<(u32, u32, Vec<u8>)> {
    let mut decoder = png::Decoder::new(std::io::BufReader::new(fs::File::open(path).ok()?));
    decoder.set_transformations(png::Transformations::normalize_to_color8() | png::Transformations::ALPHA);
    let mut reader = decoder.read_info().ok()?;
    let mut raw = vec![0; reader.output_buffer_size()?];
    let info = reader.next_frame(&mut raw).ok()?;
    let over = |level: u8, alpha: u8| {
        let (level, alpha) = (u32::from(level), u32::from(alpha));
        ((level * alpha + 255 * (255 - alpha)) / 255) as u8
    };
    let rgba = match info.color_type {
        png::ColorType::Rgba => {
            raw.chunks_exact(4).flat_map(|p| [over(p[0], p[3]), over(p[1], p[3]), over(p[2], p[3]), 255]).collect()
        }
        png::ColorType::GrayscaleAlpha => {
            raw.chunks_exact(2).flat_map(|p| [over(p[0], p[1]), over(p[0], p[1]), over(p[0], p[1]), 255]).collect()
        }
        _ => return None,
    };
    Some((info.width, info.height, rgba))
}

/// Hands over the pixels that a scanner asks for.
pub fn fetch(pixels: &[u8], width: usize, what: qr::Fetch, out: &mut [u8]) {
    match what {
        qr::Fetch::Rows(y) => {
            let from = y as usize * width * 4;
            out.copy_from_slice(&pixels[from..from + out.len()]);
        }
        qr::Fetch::Column { x, y } => {
            for (i, out) in out.chunks_exact_mut(4).enumerate() {
                let from = ((y as usize + i) * width + x as usize) * 4;
                out.copy_from_slice(&pixels[from..from + 4]);
            }
        }
    }
}
