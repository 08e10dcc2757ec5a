//! `tofaktor scan`: what the QR codes in pictures say.

use std::io::Cursor;
use std::path::Path;

use qr::{self, MAX_PIXELS};
use zeroize::Zeroizing;
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use crate::args;
use crate::failure::Failure;
use crate::{input, output};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
const JPEG: &[u8] = b"\xff\xd8\xff";

pub(crate) fn run(args: &args::Scan) -> Result<(), Failure> {
    for path in &args.pictures {
        let bytes = input::file(path)?;
        for payload in scan(path, &bytes)? {
            output::line(&describe(&payload, args.show_secrets))?;
        }
    }
    Ok(())
}

/// Whether it begins as one of the two formats does.
pub(crate) fn is_picture(bytes: &[u8]) -> bool {
    bytes.starts_with(PNG) || bytes.starts_with(JPEG)
}

/// The payloads of all codes, best first; none at all is a failure.
pub(crate) fn scan(path: &Path, bytes: &[u8]) -> Result<Vec<Vec<u8>>, Failure> {
    let decoded = if bytes.starts_with(PNG) { decode_png(bytes) } else { decode_jpeg(bytes) };
    let picture = decoded.ok_or_else(|| Failure::NotAPicture(path.to_owned()))?;
    let found = qr::scan(picture.width, picture.height, &picture.rgba);
    let found = found.map_err(|_| Failure::NotAPicture(path.to_owned()))?;
    if found.is_empty() {
        return Err(Failure::NoCodes(path.to_owned()));
    }
    Ok(found.into_iter().map(|found| found.payload).collect())
}

/// The payload, with what is secret in it left out unless it was asked for.
fn describe(payload: &[u8], show_secrets: bool) -> Zeroizing<String> {
    let text = Zeroizing::new(String::from_utf8_lossy(payload).into_owned());
    let lower = text.trim_start().to_ascii_lowercase();
    if !show_secrets && lower.starts_with("wifi:") {
        return Zeroizing::new("WIFI:…".to_owned());
    }
    let registers = ["otpauth", "phonefactor:", "https://login."].iter().any(|prefix| lower.starts_with(prefix));
    if show_secrets || !registers {
        return text;
    }
    let (head, query) = text.split_once('?').unwrap_or((&text, ""));
    let hidden = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if ["secret", "data", "code"].iter().any(|known| known.eq_ignore_ascii_case(name)) => {
            format!("{name}=…")
        }
        _ => pair.to_owned(),
    });
    Zeroizing::new(format!("{head}?{}", hidden.collect::<Vec<_>>().join("&")))
}

struct Picture {
    width: u32,
    height: u32,
    rgba: Vec<u8>,
}

fn fits(width: u32, height: u32) -> bool {
    (1..=MAX_PIXELS).contains(&(u64::from(width) * u64::from(height)))
}

/// Lays what is transparent on white, as a browser would show it.
fn decode_png(bytes: &[u8]) -> Option<Picture> {
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), png::Limits { bytes: 256 << 20 });
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().ok()?;
    let (width, height) = (reader.info().width, reader.info().height);
    if !fits(width, height) {
        return None;
    }
    let mut pixels = vec![0; reader.output_buffer_size()?];
    let info = reader.next_frame(&mut pixels).ok()?;
    pixels.truncate(info.buffer_size());
    let channels = info.color_type.samples();
    let on_white = |value: u8, alpha: u8| {
        let (value, alpha) = (u16::from(value), u16::from(alpha));
        ((value * alpha + 255 * (255 - alpha)) / 255) as u8
    };
    let rgba = pixels.chunks_exact(channels).flat_map(|pixel| match *pixel {
        [grey] => [grey, grey, grey, 255],
        [grey, alpha] => {
            let grey = on_white(grey, alpha);
            [grey, grey, grey, 255]
        }
        [r, g, b] => [r, g, b, 255],
        [r, g, b, alpha] => [on_white(r, alpha), on_white(g, alpha), on_white(b, alpha), 255],
        _ => [255; 4],
    });
    Some(Picture { width, height, rgba: rgba.collect() })
}

fn decode_jpeg(bytes: &[u8]) -> Option<Picture> {
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::RGBA);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().ok()?;
    let info = decoder.info()?;
    let (width, height) = (u32::from(info.width), u32::from(info.height));
    if !fits(width, height) {
        return None;
    }
    Some(Picture { width, height, rgba: decoder.decode().ok()? })
}
