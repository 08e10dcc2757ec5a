//! `tofaktor scan`: what the QR codes in pictures say.

use std::io::Cursor;
use std::path::Path;

use encoding_rs::Encoding;
use qr::{Found, MAX_PIXELS, Scanner, Unread};
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

/// All pictures are scanned, whatever one of them is.
pub(crate) fn run(args: &args::Scan) -> Result<(), Failure> {
    let mut incomplete = false;
    for path in &args.pictures {
        let scanned = input::file(path).and_then(|bytes| scan(path, &bytes));
        match scanned {
            Ok(Scanned { texts, unread }) => {
                for text in &texts {
                    output::line(&describe(text, args.show_secrets))?;
                }
                if unread.codes > 0 {
                    incomplete = true;
                    output::complain(&Failure::SomeCodes(path.to_owned(), texts.len(), unread));
                }
            }
            Err(failure) => {
                incomplete = true;
                output::complain(&failure);
            }
        }
    }
    if incomplete { Err(Failure::Told) } else { Ok(()) }
}

/// Whether it begins as one of the two formats does.
pub(crate) fn is_picture(bytes: &[u8]) -> bool {
    bytes.starts_with(PNG) || bytes.starts_with(JPEG)
}

/// What a picture shows.
pub(crate) struct Scanned {
    /// What the codes say, best first.
    pub(crate) texts: Vec<Zeroizing<String>>,
    /// What was seen beside them.
    pub(crate) unread: Unread,
}

/// What all codes say; none at all is a failure.
pub(crate) fn scan(path: &Path, bytes: &[u8]) -> Result<Scanned, Failure> {
    let mut scanner = Scanner::default();
    let mut look = |decoded: Option<Picture>| {
        let picture = decoded.ok_or_else(|| Failure::NotAPicture(path.to_owned()))?;
        let found = scanner.scan(picture.width, picture.height, &picture.rgba);
        let found = found.map_err(|_| Failure::NotAPicture(path.to_owned()))?;
        Ok(Scanned { texts: found.iter().map(text).collect(), unread: scanner.unread() })
    };
    let mut scanned = if bytes.starts_with(PNG) { look(decode_png(bytes, 255)) } else { look(decode_jpeg(bytes)) }?;
    if scanned.texts.is_empty() && bytes.starts_with(PNG) {
        // What is transparent may have been meant to lie on something dark.
        let dark = look(decode_png(bytes, 0))?;
        if !dark.texts.is_empty() {
            scanned = dark;
        }
    }
    if scanned.texts.is_empty() { Err(Failure::NoCodes(path.to_owned(), scanned.unread)) } else { Ok(scanned) }
}

/// What a code says, by the character set that it names.
fn text(found: &Found) -> Zeroizing<String> {
    let named = Encoding::for_label(found.charset.label().as_bytes()).unwrap_or(encoding_rs::UTF_8);
    Zeroizing::new(named.decode_without_bom_handling(&found.payload).0.into_owned())
}

/// What of an otpauth URI is no secret, and the names of what is.
const PLAIN: [&str; 5] = ["issuer", "algorithm", "digits", "period", "counter"];
const SECRET: [&str; 3] = ["secret", "data", "code"];

/// What a code says, with all left out that may be secret unless it was asked for: of texts of unknown kinds, all.
fn describe(text: &str, show_secrets: bool) -> Zeroizing<String> {
    if show_secrets {
        return Zeroizing::new(text.to_owned());
    }
    let lower = text.trim_start().to_ascii_lowercase();
    let is = |prefix: &str| lower.starts_with(prefix);
    if is("otpauth://") || is("otpauth-migration://") || is("phonefactor://") {
        let (head, query) = text.trim_start().split_once('?').unwrap_or((text.trim_start(), ""));
        let hidden = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| match pair.split_once('=') {
            Some((name, value)) if PLAIN.iter().any(|known| known.eq_ignore_ascii_case(name)) => {
                format!("{name}={value}")
            }
            Some((name, _)) if SECRET.iter().any(|known| known.eq_ignore_ascii_case(name)) => format!("{name}=…"),
            _ => "…".to_owned(),
        });
        return Zeroizing::new(format!("{head}?{}", hidden.collect::<Vec<_>>().join("&")));
    }
    let web = ["https://", "http://"].iter().find(|scheme| is(scheme));
    Zeroizing::new(match web {
        Some(scheme) => {
            let host = lower.get(scheme.len()..).unwrap_or_default().split(['/', '?', '#', '@', ':']).next();
            format!("{scheme}{}/…", host.unwrap_or_default())
        }
        None if is("wifi:") => "WIFI:…".to_owned(),
        None => format!("{} characters that may be secret; --show-secrets prints them", text.chars().count()),
    })
}

struct Picture {
    width: u32,
    height: u32,
    rgba: Vec<u8>,
}

fn fits(width: u32, height: u32) -> bool {
    (1..=MAX_PIXELS).contains(&(u64::from(width) * u64::from(height)))
}

/// Lays what is transparent on a ground of that grey.
fn decode_png(bytes: &[u8], ground: u8) -> Option<Picture> {
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
    let on_ground = |value: u8, alpha: u8| {
        let (value, alpha) = (u16::from(value), u16::from(alpha));
        ((value * alpha + u16::from(ground) * (255 - alpha)) / 255) as u8
    };
    let rgba = pixels.chunks_exact(channels).flat_map(|pixel| match *pixel {
        [grey] => [grey, grey, grey, 255],
        [grey, alpha] => {
            let grey = on_ground(grey, alpha);
            [grey, grey, grey, 255]
        }
        [r, g, b] => [r, g, b, 255],
        [r, g, b, alpha] => [on_ground(r, alpha), on_ground(g, alpha), on_ground(b, alpha), 255],
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

#[cfg(test)]
mod tests {
    use super::describe;

    #[test]
    fn no_payload_gives_its_secret_away() {
        const SECRET: &str = "JBSWY3DPEHPK3PXP";
        for payload in [
            "otpauth://totp/a:b?secret=JBSWY3DPEHPK3PXP&issuer=c",
            "OTPAUTH://totp/a?SECRET=JBSWY3DPEHPK3PXP",
            "otpauth://totp/What?:kari?secret=JBSWY3DPEHPK3PXP",
            "otpauth://totp/a?issuer=b&amp;secret=JBSWY3DPEHPK3PXP",
            "otpauth://totp/a?s%65cret=JBSWY3DPEHPK3PXP",
            "otpauth://totp/a?JBSWY3DPEHPK3PXP",
            " otpauth://totp/a?secret=JBSWY3DPEHPK3PXP",
            "otpauth-migration://offline?data=JBSWY3DPEHPK3PXP",
            "phonefactor://activate_account?code=JBSWY3DPEHPK3PXP&url=https%3A%2F%2Fexample",
            "\u{feff}otpauth://totp/a?secret=JBSWY3DPEHPK3PXP",
            "steam://JBSWY3DPEHPK3PXP",
            "motp://a:b?secret=JBSWY3DPEHPK3PXP",
            "https://login.example/JBSWY3DPEHPK3PXP?code=JBSWY3DPEHPK3PXP#JBSWY3DPEHPK3PXP",
            "WIFI:T:WPA;S:net;P:JBSWY3DPEHPK3PXP;;",
            SECRET,
        ] {
            assert!(!describe(payload, false).to_uppercase().contains(SECRET), "{}", *describe(payload, false));
            assert_eq!(*describe(payload, true), payload);
        }
        let shown = describe("otpauth://totp/a:b?secret=JBSWY3DPEHPK3PXP&issuer=c&digits=8", false);
        assert_eq!(*shown, "otpauth://totp/a:b?secret=…&issuer=c&digits=8");
        assert_eq!(*describe("https://intranet.example/a", false), "https://intranet.example/…");
    }
}
