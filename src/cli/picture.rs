//! `tofaktor scan`: what the QR codes in pictures say.

use std::io::Cursor;
use std::path::Path;

use encoding_rs::Encoding;
use formats::tiff::{self, Refusal};
use image::{DynamicImage, ImageFormat, ImageReader, Limits, RgbaImage};
use otp::base32;
use otp::payload::{self, Payload};
use otp::uri::{self, Enrolment};
use qr::{Found, MAX_PIXELS, Scanner, Unread};
use zeroize::Zeroizing;

use crate::args;
use crate::avif;
use crate::failure::Failure;
use crate::{input, output};

/// The kinds of file that are read besides TIFF and AVIF.
const FORMATS: [ImageFormat; 5] =
    [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP, ImageFormat::Bmp];

/// A picture up to here is made smaller until it fits, as in the extension; beyond, decoding alone is an attack.
const MAX_DECODED: u64 = 64 << 20;

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

/// Whether it begins as one of the formats does.
pub(crate) fn is_picture(bytes: &[u8]) -> bool {
    tiff::is_tiff(bytes)
        || avif::is_avif(bytes)
        || image::guess_format(bytes).is_ok_and(|format| FORMATS.contains(&format))
}

/// The pictures that are written into a web page: Ente's and others' have a QR code for each account.
pub(crate) fn in_page(bytes: &[u8]) -> Vec<Vec<u8>> {
    /// The most that are looked for.
    const MAX_PICTURES: usize = 1000;
    let page = std::str::from_utf8(bytes).unwrap_or_default().trim_start_matches('\u{feff}').trim_start();
    let pictures = page.split("data:image/").skip(1).filter(|_| page.starts_with('<')).filter_map(|rest| {
        let (_, text) = rest.split_once(";base64,")?;
        let is_base64 = |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c) || c.is_ascii_whitespace();
        let text: String = text.split(|c| !is_base64(c)).next()?.split_ascii_whitespace().collect();
        data_encoding::BASE64.decode(text.as_bytes()).ok()
    });
    pictures.take(MAX_PICTURES).collect()
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
    let picture = decode(path, bytes)?;
    let mut scanner = Scanner::default();
    let mut look = |ground| {
        let (width, height, rgba) = laid_on(ground, &picture);
        let found = scanner.scan(width, height, &rgba).map_err(|_| Failure::NotAPicture(path.to_owned()))?;
        Ok(Scanned { texts: found.iter().map(text).collect(), unread: scanner.unread() })
    };
    let mut scanned = look(255)?;
    if scanned.texts.is_empty() && picture.color().has_alpha() {
        // What is transparent may have been meant to lie on something dark.
        let dark = look(0)?;
        if !dark.texts.is_empty() {
            scanned = dark;
        }
    }
    if scanned.texts.is_empty() { Err(Failure::NoCodes(path.to_owned(), scanned.unread)) } else { Ok(scanned) }
}

/// The pixels of a file, no more than the scanner takes; of one that moves, its first picture.
fn decode(path: &Path, bytes: &[u8]) -> Result<DynamicImage, Failure> {
    let read = match bytes {
        _ if tiff::is_tiff(bytes) => Some(tiff::read(bytes, MAX_DECODED)),
        _ if avif::is_avif(bytes) => Some(avif::read(bytes, MAX_DECODED)),
        _ => None,
    };
    if let Some(read) = read {
        let picture = read.map_err(|refusal| match refusal {
            Refusal::Unreadable => Failure::NotAPicture(path.to_owned()),
            Refusal::TooLarge => Failure::TooLarge(path.to_owned()),
        })?;
        let pixels = RgbaImage::from_raw(picture.width, picture.height, picture.rgba);
        return Ok(fitting(pixels.ok_or_else(|| Failure::NotAPicture(path.to_owned()))?.into()));
    }
    let refused = |_| Failure::NotAPicture(path.to_owned());
    let format = image::guess_format(bytes).map_err(refused)?;
    if !FORMATS.contains(&format) {
        return Err(Failure::NotAPicture(path.to_owned()));
    }
    let reader = || {
        let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
        let mut limits = Limits::default();
        limits.max_alloc = Some(8 * MAX_DECODED);
        reader.limits(limits);
        reader
    };
    let (width, height) = reader().into_dimensions().map_err(refused)?;
    if u64::from(width) * u64::from(height) > MAX_DECODED {
        return Err(Failure::TooLarge(path.to_owned()));
    }
    reader().decode().map(fitting).map_err(refused)
}

/// As large as the scanner takes it.
fn fitting(picture: DynamicImage) -> DynamicImage {
    let (width, height) = (picture.width(), picture.height());
    let pixels = u64::from(width) * u64::from(height);
    if pixels <= MAX_PIXELS {
        return picture;
    }
    let scale = (MAX_PIXELS as f64 / pixels as f64).sqrt();
    let side = |length: u32| ((f64::from(length) * scale) as u32).max(1);
    picture.thumbnail_exact(side(width), side(height))
}

/// As RGBA, what is transparent laid on a ground of that grey.
fn laid_on(ground: u8, picture: &DynamicImage) -> (u32, u32, Vec<u8>) {
    let mut rgba = picture.to_rgba8();
    for pixel in rgba.pixels_mut() {
        let [red, green, blue, alpha] = pixel.0;
        let laid = |value: u8| {
            ((u16::from(value) * u16::from(alpha) + u16::from(ground) * u16::from(255 - alpha)) / 255) as u8
        };
        pixel.0 = [laid(red), laid(green), laid(blue), 255];
    }
    (rgba.width(), rgba.height(), rgba.into_raw())
}

/// What a code says, by the character set that it names.
fn text(found: &Found) -> Zeroizing<String> {
    let named = Encoding::for_label(found.charset.label().as_bytes()).unwrap_or(encoding_rs::UTF_8);
    Zeroizing::new(named.decode_without_bom_handling(&found.payload).0.into_owned())
}

/// What a code says, with all left out that may be secret unless it was asked for: of what is not understood, all.
fn describe(text: &str, show_secrets: bool) -> Zeroizing<String> {
    if show_secrets {
        return Zeroizing::new(text.to_owned());
    }
    let said = match payload::classify(text.as_bytes()) {
        Payload::Enrolment(enrolment) => without_key(&enrolment),
        Payload::Migration => Some("otpauth-migration://offline?data=…".to_owned()),
        Payload::Push => Some("phonefactor://…".to_owned()),
        Payload::Wifi => Some("WIFI:…".to_owned()),
        Payload::Web => host_of(text).map(|host| format!("{host}/…")),
        _ => None,
    };
    let hidden = || format!("{} characters that may be secret; --show-secrets prints them", text.chars().count());
    Zeroizing::new(said.unwrap_or_else(hidden))
}

/// The URI of an account, less its key; nothing if a name of it holds that, too.
fn without_key(enrolment: &Enrolment) -> Option<String> {
    let key = base32::encode(&enrolment.credential.secret);
    let written = uri::write(enrolment);
    let (label, rest) = written.split_once("?secret=")?;
    let shown = format!("{label}?secret=…{}", rest.strip_prefix(key.as_str())?);
    (!shown.to_ascii_uppercase().contains(key.as_str())).then_some(shown)
}

/// Scheme and host of a web address.
fn host_of(text: &str) -> Option<String> {
    let (scheme, rest) = text.trim().split_once("://")?;
    let host = rest.split(['/', '?', '#', '\\']).next()?.rsplit('@').next()?;
    let is_host = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | ':');
    host.chars().all(is_host).then(|| format!("{scheme}://{host}").to_lowercase())
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
            "otpauth://totp/a=secret=JBSWY3DPEHPK3PXP",
            "otpauth://totp/a%3Fsecret%3DJBSWY3DPEHPK3PXP",
            "otpauth://totp/JBSWY3DPEHPK3PXP?secret=JBSWY3DPEHPK3PXP",
            "otpauth://JBSWY3DPEHPK3PXP",
            "otpauth://totp/a?issuer=b;secret=JBSWY3DPEHPK3PXP&secret=JBSWY3DPEHPK3PXP",
            "otpauth%3A%2F%2Ftotp%2Fa%3Fsecret%3DJBSWY3DPEHPK3PXP",
            "apple-otpauth://totp/a?secret=JBSWY3DPEHPK3PXP",
            "otpauth-migration://JBSWY3DPEHPK3PXP",
            "https://JBSWY3DPEHPK3PXP@login.example/",
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
