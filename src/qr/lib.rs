//! Finds QR codes in a picture of a screen, and in passing in photographs.
//!
//! What is known of screens shapes it. Codes are small, 2 to 3 pixels per module and often less; they are dark on light,
//! light on dark, tinted and dimmed; but they are flat, and what is next to them was drawn too. So nothing is ever
//! turned into black and white. A scan goes through these stages, each a file:
//!
//! 1. [`luma`]: RGBA to grey; [`plane`]: only those rows that somebody looks at, every fourth to begin with.
//! 2. [`edges`]: each row is cut into runs at sub-pixel borders, from the differences of levels alone.
//! 3. [`finders`]: runs in the widths 1 : 3 : 1 that are so in all directions.
//! 4. [`grouping`]: three of them that span a square with timing patterns on two sides, which also tell its size, and of a
//!    dense one from which side it is seen.
//! 5. [`sampling`]: a lattice is fitted to the function patterns and the modules are read as grey levels.
//! 6. [`codewords`]: the errors are corrected; [`payload`]: what the code says; [`parts`] of one message are put together.
//!
//! Nearly all is ours, because the readers that there are make the picture black and white, find half of what is on
//! screens, and panic on some pictures. The errors are corrected by a library, and another, rqrr, has to read the same where
//! there were any.
//!
//! Where nothing was read, or something was seen and not read, the first stages are gone through again: with edges that the
//! lines between modules are not, which were painted one by one; from afar, with pixels of twice and four times the width,
//! and that first where there is nothing but noise near by; with fainter edges, where [`tiny`] codes are met by their
//! outlines; and by colour alone. What is left over is told: [`remains`] of codes, with what is in their way, and
//! [`others`], which are no QR codes.
//!
//! All work is paid for out of a [`budget`], so that no picture takes for ever, and no input panics.
//!
//! How good that is, beside zxing-wasm 3.1.6 on the same pictures, none of which it was made on: 627 pictures of twelve kinds,
//! drawn by other people's encoders, libraries, terminals and cameras.
//!
//! | all codes of the picture read, % | this | zxing-wasm |
//! |---|---|---|
//! | an element for each module | 100 | 100 |
//! | libraries as they are | 98.8 | 96.5 |
//! | encoders' quirks | 100 | 95.3 |
//! | several on a page | 100 | 95.8 |
//! | stretched up to twice | 100 | 100 |
//! | terminals | 100 | 94.6 |
//! | styled | 100 | 97.3 |
//! | photographs of screens | 100 | 96.8 |
//! | dense | 100 | 97.9 |
//! | partly covered | 100 | 100 |
//! | colours, faint ones too | 100 | 53.2 |
//! | beside other symbols | 100 | 100 |
//!
//! Of 471 pictures more, of another seed, all. Photographs of other people's test sets: 375 of 393, against 366. Screenshots of
//! set-up pages, a tenth of them with less than 2 pixels per module: 100 % of 624 against 93. In two of 1157 pictures
//! something was left out without a word: bars with gaps wider than they are, and a code that is 15 levels darker than its
//! ground beside one that was read.
//!
//! Neither read anything that was not there. What is missed: less than 1.1 pixels per module; ink that gets as light as the
//! paper is elsewhere; versions from 18 on in blurred photographs at less than 5 pixels per module.

pub mod answer;
mod budget;
mod codewords;
mod edges;
mod finders;
mod geometry;
mod grouping;
mod header;
mod luma;
mod modules;
mod order;
mod others;
mod parts;
mod payload;
mod plane;
mod remains;
mod sampling;
mod search;
mod tiny;
mod version;

#[allow(unused_imports, reason = "the Wasm module of its own has no use for it")]
pub use budget::{Tally, Work};
pub use geometry::Point;
pub use header::{Header, header};
pub use payload::{Charset, Part};
pub use remains::{Obstacle, Symbol, Unread};
pub use search::{Fetch, Scanner};

/// The largest picture, in pixels. A 5K tab has 14.7 million, an 8K one would have 33; nothing that a code needs is lost
/// by making such a picture smaller first.
pub const MAX_PIXELS: u64 = 16 << 20;

/// A code that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// What it says.
    pub payload: Vec<u8>,
    /// What `payload` is.
    pub charset: Charset,
    /// What it is for.
    pub kind: Kind,
    /// Its outer corners: the one between the other two finders first, then round, in the direction of the picture.
    pub corners: [Point; 4],
    /// 1 to 40.
    pub version: u8,
    /// If it is one of several that make a message together, which one.
    pub part: Option<Part>,
}

impl Found {
    /// About how wide a module is, in pixels.
    pub(crate) fn unit(&self) -> f32 {
        let [corner, right, ..] = self.corners;
        corner.to(right).length() / (17.0 + 4.0 * f32::from(self.version))
    }
}

/// What a code is for, in the order in which a user of this extension wants them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `otpauth:`, a secret for codes.
    Otpauth,
    /// A registration for push notifications, which only Microsoft's own app can use.
    Push,
    /// `otpauth-migration:`, an export of another app.
    Migration,
    /// Anything else.
    Other,
}

impl Kind {
    fn of(payload: &[u8]) -> Kind {
        const PUSH_HOSTS: [&[u8]; 3] =
            [b"login.microsoftonline.com", b"login.microsoftonline.us", b"login.chinacloudapi.cn"];
        let starts = |prefix: &[u8]| strip(payload, prefix).is_some();
        let activates = |host: &[u8]| {
            strip(payload, b"https://")
                .and_then(|rest| strip(rest, host))
                .and_then(|rest| strip(rest, b"/authenticatorApp/activateAccount"))
                .is_some_and(|rest| matches!(rest.first(), None | Some(b'?' | b'/' | b'#')))
        };
        if starts(b"otpauth://") {
            Kind::Otpauth
        } else if starts(b"phonefactor://") || PUSH_HOSTS.iter().any(|host| activates(host)) {
            Kind::Push
        } else if starts(b"otpauth-migration://") {
            Kind::Migration
        } else {
            Kind::Other
        }
    }
}

/// What follows the prefix, in upper or lower case.
fn strip<'a>(text: &'a [u8], prefix: &[u8]) -> Option<&'a [u8]> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// Why a picture was not scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It has no pixels.
    Empty,
    /// It has more than [`MAX_PIXELS`].
    TooLarge,
    /// There are not four bytes for each pixel.
    BadLength,
}

/// Finds the codes in a picture, best first.
///
/// # Errors
/// As [`Scanner::scan`].
pub fn scan(width: u32, height: u32, rgba: &[u8]) -> Result<Vec<Found>, Refusal> {
    Scanner::default().scan(width, height, rgba)
}

fn check_size(width: u32, height: u32) -> Result<(), Refusal> {
    match u64::from(width) * u64::from(height) {
        0 => Err(Refusal::Empty),
        pixels if pixels > MAX_PIXELS => Err(Refusal::TooLarge),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds() {
        let kind = |text: &str| Kind::of(text.as_bytes());
        assert_eq!(kind("otpauth://totp/a?secret=b"), Kind::Otpauth);
        assert_eq!(kind("OTPAUTH://TOTP/A"), Kind::Otpauth);
        assert_eq!(kind("otpauth-migration://offline?data=x"), Kind::Migration);
        assert_eq!(kind("phonefactor://activate_account?code=1"), Kind::Push);
        assert_eq!(kind("PhoneFactor://activateAccount"), Kind::Push);
        assert_eq!(kind("https://login.microsoftonline.com/authenticatorApp/activateAccount?code=1"), Kind::Push);
        assert_eq!(kind("https://login.microsoftonline.us/AUTHENTICATORAPP/activateaccount?x"), Kind::Push);
        assert_eq!(kind("https://login.chinacloudapi.cn/authenticatorapp/activateAccount"), Kind::Push);
        assert_eq!(kind("https://login.microsoftonline.com.evil/authenticatorApp/activateAccount?"), Kind::Other);
        assert_eq!(kind("https://login.microsoftonline.com/authenticatorApp/activateAccounts"), Kind::Other);
        assert_eq!(kind("otpauth:/"), Kind::Other);
        assert_eq!(kind(""), Kind::Other);
        assert!(Kind::Otpauth < Kind::Push && Kind::Push < Kind::Migration && Kind::Migration < Kind::Other);
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        assert_eq!(scan(0, 0, &[]), Err(Refusal::Empty));
        assert_eq!(scan(7, 0, &[]), Err(Refusal::Empty));
        assert_eq!(scan(u32::MAX, u32::MAX, &[]), Err(Refusal::TooLarge));
        assert_eq!(scan(4097, 4096, &[]), Err(Refusal::TooLarge));
        assert_eq!(scan(2, 2, &[0; 15]), Err(Refusal::BadLength));
        assert_eq!(scan(2, 2, &[0; 17]), Err(Refusal::BadLength));
    }

    /// The rows of the first pass meet no core of its upper finders, which are less than four pixels high.
    #[test]
    fn a_code_between_the_rows_of_the_first_pass_is_read_beside_others() {
        let texts: [&[u8]; 4] = [b"large 0", b"large 1", b"large 2", b"tiny"];
        let [large @ .., tiny] =
            texts.map(|text| qrcodegen::QrCode::encode_binary(text, qrcodegen::QrCodeEcc::High).unwrap());
        let side = (tiny.size() as usize + 8) * 3;
        // In quarters of a pixel, so that a module of the tiny one is a pixel and a quarter wide.
        let level = |code: &qrcodegen::QrCode, quarters: usize, x: usize, y: usize| {
            let module = |at: usize| (at / quarters) as i32 - 4;
            if code.get_module(module(x), module(y)) { 0 } else { 255 }
        };
        let mean =
            |x: usize, y: usize| (0..16).map(|i| level(&tiny, 5, 4 * x + i % 4, 4 * y + i / 4)).sum::<usize>() / 16;
        let pixels = (0..side * side * 4).flat_map(|at| {
            let (x, y) = (at % (side * 4), at / (side * 4));
            let grey = match large.get(x / side) {
                Some(code) => level(code, 12, 4 * (x % side), 4 * y),
                None => mean(x % side, y.saturating_sub(3)),
            };
            [grey as u8; 4]
        });
        let found = scan(side as u32 * 4, side as u32, &pixels.collect::<Vec<u8>>()).unwrap();
        let mut read: Vec<_> = found.into_iter().map(|found| found.payload).collect();
        read.sort_unstable();
        assert_eq!(read, texts);
    }

    #[test]
    fn a_dense_code_that_cannot_be_read_is_told_and_what_is_blank_in_part_is_none() {
        let code = qrcodegen::QrCode::encode_binary(&[7; 500], qrcodegen::QrCodeEcc::Low).unwrap();
        let (size, unit) = (code.size(), 3);
        // Nothing but the finders, and how the timing patterns begin, but for one module.
        let is_drawn = |x: i32, y: i32| (x < 17 && y < 17) || (x >= size - 9 && y < 9) || (x < 9 && y >= size - 9);
        let noise = |x: i32, y: i32| {
            let hash = (x as u32).wrapping_mul(0x9e37_79b1) ^ (y as u32).wrapping_mul(0x85eb_ca77);
            (hash ^ hash >> 15).wrapping_mul(0x2c1b_3c6d) >> 31 == 0
        };
        let told = |blank: bool| {
            let side = (size + 8) * unit;
            let pixels = (0..side * side).flat_map(|at| {
                let (x, y) = (at % side / unit - 4, at / side / unit - 4);
                let inside = (0..size).contains(&x) && (0..size).contains(&y);
                let data = (x, y) == (17, 6) || (x, y) == (6, 17) || noise(x, y);
                let dark = if is_drawn(x, y) { code.get_module(x, y) } else { data && !(blank && x.min(y) > size / 2) };
                [if inside && dark { 0 } else { 255 }; 4]
            });
            let mut scanner = Scanner::default();
            assert_eq!(scanner.scan(side as u32, side as u32, &pixels.collect::<Vec<u8>>()), Ok(Vec::new()));
            scanner.unread()
        };
        assert_eq!(told(false), Unread { codes: 1, why: Obstacle::Small, other: None });
        assert_eq!(told(true), Unread::default());
    }

    #[test]
    fn tiny_pictures_have_no_codes() {
        for (width, height) in [(1, 1), (1, 200), (200, 1), (2, 2), (15, 16)] {
            for fill in [0, 128, 255] {
                assert_eq!(scan(width, height, &vec![fill; (width * height * 4) as usize]), Ok(Vec::new()));
            }
        }
    }
}
