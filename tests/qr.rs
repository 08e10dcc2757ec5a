//! The scanner over whole pictures: the sample that is committed here, and whatever else is at hand.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what the helpers of tests assume is part of the test"
)]

use proptest::prelude::*;
use qr::{self, Kind, Refusal, Scanner, Work};
use std::fs;
use std::path::Path;
use support::picture;

fn payloads(path: &Path) -> Vec<String> {
    let (width, height, rgba) = picture::read(path).expect("a picture");
    let found = qr::scan(width, height, &rgba).expect("not refused");
    found.into_iter().map(|found| String::from_utf8_lossy(&found.payload).into_owned()).collect()
}

#[test]
fn every_code_of_the_sample_is_read_and_nothing_else() {
    let folder = &support::path("tests/qr/sample");
    let truth = fs::read(folder.join("truth.json")).unwrap();
    let truth: serde_json::Value = serde_json::from_slice(&truth).unwrap();
    let mut looked_at = 0;
    for entry in truth.as_array().unwrap() {
        let file = entry["file"].as_str().unwrap();
        if !file.ends_with(".png") {
            continue;
        }
        let codes = entry["codes"].as_array().unwrap();
        let mut expected: Vec<&str> = codes.iter().map(|code| code["text"].as_str().unwrap()).collect();
        let mut found = payloads(&folder.join(file));
        expected.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, expected, "{file}");
        looked_at += 1;
    }
    assert!(looked_at >= 12, "{looked_at}");
}

/// One of each kind that is still missed on screens: a dense code at 1.15 pixels per module, sharp and as JPEG, and
/// grey on grey as JPEG. Whoever makes the scanner better may read them; nobody may read them wrong.
#[test]
fn what_is_too_small_or_too_faint_is_not_read_wrong() {
    let folder = &support::path("tests/qr/unread");
    let truth: serde_json::Value = serde_json::from_slice(&fs::read(folder.join("truth.json")).unwrap()).unwrap();
    let mut read = Vec::new();
    for entry in truth.as_array().unwrap() {
        let file = entry["file"].as_str().unwrap();
        for payload in payloads(&folder.join(file)) {
            assert_eq!(payload, entry["text"].as_str().unwrap(), "{file}");
            read.push(file);
        }
    }
    println!("codes that were never read: {} tried, {read:?} read, 0 wrong", truth.as_array().unwrap().len());
}

/// The pictures beside the checkout, if there are any: what set-up pages show.
#[test]
fn set_up_codes_at_2_to_4_pixels_per_module() {
    let folder = &support::path("../shared/fixtures/qr");
    let Ok(list) = fs::read(folder.join("manifest.json")) else {
        eprintln!("SKIPPED: there is no {}", folder.display());
        return;
    };
    let list: serde_json::Value = serde_json::from_slice(&list).unwrap();
    let mut missed = Vec::new();
    let mut count = 0;
    for entry in list.as_array().unwrap().iter().filter(|entry| entry["corpus"] == "synthetic") {
        let file = entry["file"].as_str().unwrap();
        let expected: Vec<&str> =
            entry["expected"].as_array().unwrap().iter().filter_map(|text| text.as_str()).collect();
        count += 1;
        if payloads(&folder.join(file)) != expected {
            missed.push(file.to_owned());
        }
    }
    assert!(missed.is_empty(), "{count} pictures, missed {missed:?}");
}

/// The picture on which rqrr's own detection panics, and others that are no code.
#[test]
fn hostile_pictures() {
    let folder = &support::path("../shared/fixtures/qr");
    if !folder.exists() {
        eprintln!("SKIPPED: there is no {}", folder.display());
        return;
    }
    assert!(payloads(&folder.join("zxing-bb/qrcode-6/7.png")).len() <= 1);
}

/// Grey levels as RGBA.
fn rgba(levels: impl Iterator<Item = u8>) -> Vec<u8> {
    levels.flat_map(|level| [level, level, level, 255]).collect()
}

/// The most work that a picture of that many pixels may ever cause: a constant, and some looks at each pixel.
fn bound(pixels: usize) -> u64 {
    pixels as u64 * 6 + 30_000_000
}

/// All that a scan did, for a picture of grey levels.
fn work(width: usize, height: usize, level: impl Fn(usize, usize) -> u8) -> (u64, u64) {
    let pixels = rgba((0..width * height).map(|i| level(i % width, i / width)));
    let mut scanner = Scanner::default();
    let mut fetched = 0;
    let found = scanner.scan_fetched(width as u32, height as u32, |what, out| {
        fetched += out.len() as u64 / 4;
        picture::fetch(&pixels, width, what, out);
    });
    assert_eq!(found, Ok(Vec::new()));
    let tally = scanner.tally();
    assert!(tally.times(Work::Rows) > 0);
    (tally.units(), fetched)
}

#[test]
fn work_is_bounded_on_walls_of_icons_and_on_noise() {
    let (width, height) = (1920, 1080);
    let noise = |x: usize, y: usize| {
        let mut hash = (x as u32).wrapping_mul(0x9e37_79b1) ^ (y as u32).wrapping_mul(0x85eb_ca77);
        hash ^= hash >> 15;
        hash = hash.wrapping_mul(0x2c1b_3c6d);
        (hash >> 24) as u8
    };
    let ring = |x: usize, y: usize, pitch: usize, unit: usize| {
        let module = |at: usize| (at % pitch / unit) as i32 - 3;
        let (i, j) = (module(x), module(y));
        let ring = i.abs().max(j.abs());
        if ring <= 1 || ring == 3 { 0 } else { 255 }
    };
    type Level<'a> = &'a dyn Fn(usize, usize) -> u8;
    let pictures: [(&str, Level); 7] = [
        ("noise", &noise),
        ("faint noise", &|x, y| 100 + noise(x, y) / 8),
        ("blocks", &|x, y| noise(x / 5, y / 5)),
        ("tiny finders", &|x, y| ring(x, y, 18, 2)),
        ("finders", &|x, y| ring(x, y, 36, 4)),
        ("big finders", &|x, y| ring(x, y, 90, 10)),
        ("stripes", &|x, y| if (x / 3 + y / 7) % 2 == 0 { 0 } else { 255 }),
    ];
    for (name, picture) in pictures {
        let (units, fetched) = work(width, height, picture);
        assert!(units <= bound(width * height), "{name}: {units}");
        // Each row once, and a column for each candidate at most.
        assert!(fetched <= units + (width * height) as u64, "{name}: {fetched}");
    }
}

/// Hundreds of icons that are finders, of all sizes and anywhere, span millions of triples, and from afar they do so again.
#[test]
fn a_wall_of_finders_costs_three_looks_at_each_pixel() {
    let (width, height, cell) = (1920, 1080, 72);
    let hash = |x: usize, y: usize| (x as u32 * 40 + y as u32 + 1).wrapping_mul(0x9e37_79b1);
    let (units, _) = work(width, height, |x, y| {
        let dice = hash(x / cell, y / cell);
        let side = 9 + (dice >> 5) as usize % 28;
        let start = |dice: u32| dice as usize % (cell - side);
        let (x, y) = ((x % cell).wrapping_sub(start(dice >> 8)), (y % cell).wrapping_sub(start(dice >> 19)));
        let module = |at: usize| (at * 7 / side) as i32 - 3;
        let is_inside = x < side && y < side;
        if is_inside && module(x).abs().max(module(y).abs()) != 2 { 0 } else { 255 }
    });
    assert!(units <= 3 * (width * height) as u64, "{units}");
}

#[test]
fn a_whole_screen_is_small_enough_and_a_wall_of_screens_is_not() {
    for (width, height) in [(3840_u32, 2160_u32), (5120, 2880)] {
        assert!(u64::from(width * height) <= qr::MAX_PIXELS);
    }
    assert_eq!(qr::scan(7680, 4320, &[]), Err(Refusal::TooLarge));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_pixels_are_answered(
        width in 1_u32..90,
        bytes in prop::collection::vec(any::<u8>(), 0..30_000),
    ) {
        let height = bytes.len() as u32 / 4 / width;
        let length = (width * height * 4) as usize;
        match qr::scan(width, height, &bytes[..length]) {
            Ok(found) => prop_assert!(found.iter().all(|found| found.kind <= Kind::Other)),
            Err(refusal) => prop_assert_eq!(refusal, Refusal::Empty),
        }
    }
}

/// A symbol as a picture.
struct Drawn {
    code: qrcodegen::QrCode,
    /// Pixels per module.
    unit: usize,
    /// Modules of white around it.
    quiet: usize,
}

impl Drawn {
    fn side(&self) -> usize {
        (self.code.size() as usize + 2 * self.quiet) * self.unit
    }

    fn level(&self, x: usize, y: usize) -> u8 {
        let module = |at: usize| (at / self.unit) as i32 - self.quiet as i32;
        if self.code.get_module(module(x), module(y)) { 0 } else { 255 }
    }
}

/// Symbols side by side.
fn scan_drawn(all: &[Drawn]) -> Vec<qr::Found> {
    let height = all.iter().map(Drawn::side).max().unwrap();
    let mut pixels = Vec::new();
    for y in 0..height {
        for drawn in all {
            pixels.extend((0..drawn.side()).map(|x| if y < drawn.side() { drawn.level(x, y) } else { 255 }));
        }
    }
    let width: usize = all.iter().map(Drawn::side).sum();
    qr::scan(width as u32, height as u32, &rgba(pixels.into_iter())).unwrap()
}

/// Codewords of a version 3-L symbol from bits as text, padded as the standard has it.
fn symbol(bits: &str) -> Drawn {
    let mut bits: Vec<u8> = bits.bytes().filter(|bit| *bit != b' ').map(|bit| bit - b'0').collect();
    bits.extend([0; 4]);
    bits.resize(bits.len().next_multiple_of(8), 0);
    let mut data: Vec<u8> = bits.chunks(8).map(|byte| byte.iter().fold(0, |sum, bit| sum << 1 | bit)).collect();
    let mut padding = [0xec, 0x11].into_iter().cycle();
    data.resize_with(55, || padding.next().unwrap());
    let code = qrcodegen::QrCode::encode_codewords(qrcodegen::Version::new(3), qrcodegen::QrCodeEcc::Low, &data, None);
    Drawn { code, unit: 3, quiet: 4 }
}

fn byte_segment(bytes: &[u8]) -> String {
    let bits: String = bytes.iter().map(|byte| format!("{byte:08b}")).collect();
    format!("0100 {:08b} {bits}", bytes.len())
}

#[test]
fn parts_of_a_message_are_put_together_or_reported() {
    let message = "otpauth://totp/b:blåbær?secret=jbswy3dpehpk3pxp".as_bytes();
    let parity = message.iter().fold(0, |all, byte| all ^ byte);
    let part = |index: usize, bytes| symbol(&format!("0011 {index:04b} 0001 {parity:08b} {}", byte_segment(bytes)));
    // In the middle of a letter, and the other way round in the picture.
    let (head, tail) = message.split_at(20);
    let all = scan_drawn(&[part(1, tail), part(0, head)]);
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].payload.as_slice(), all[0].kind, all[0].part), (message, Kind::Otpauth, None));
    let one = scan_drawn(&[part(1, tail)]);
    assert_eq!(one.len(), 1);
    assert_eq!(one[0].part, Some(qr::Part { index: 1, count: 2, parity }));
}

#[test]
fn other_character_sets() {
    let read = |bits: &str| {
        let found = scan_drawn(&[symbol(bits)]);
        assert_eq!(found.len(), 1, "{bits}");
        (found[0].payload.clone(), found[0].charset)
    };
    let latin = format!("0111 00000011 {}", byte_segment(b"bl\xe5b\xe6r"));
    assert_eq!(read(&latin), ("blåbær".as_bytes().to_vec(), qr::Charset::Utf8));
    let utf8 = format!("0111 00011010 {}", byte_segment("blåbær".as_bytes()));
    assert_eq!(read(&utf8), ("blåbær".as_bytes().to_vec(), qr::Charset::Utf8));
    let shift_jis = format!("0111 00010100 {}", byte_segment(b"\x93\x5f"));
    assert_eq!(read(&shift_jis), (b"\x93\x5f".to_vec(), qr::Charset::ShiftJis));
    assert_eq!(
        read("1000 00000010 0110110011111 1101010101010"),
        (b"\x93\x5f\xe4\xaa".to_vec(), qr::Charset::ShiftJis)
    );
}

#[test]
fn a_code_that_fills_the_picture_is_read_in_every_version() {
    for number in 1..=40 {
        let version = qrcodegen::Version::new(number);
        let segments = [qrcodegen::QrSegment::make_alphanumeric("TOFAKTOR")];
        let level = qrcodegen::QrCodeEcc::Medium;
        let code =
            qrcodegen::QrCode::encode_segments_advanced(&segments, level, version, version, None, false).unwrap();
        let found = scan_drawn(&[Drawn { code, unit: 2 + usize::from(number) % 3, quiet: 0 }]);
        assert_eq!(found.len(), 1, "version {number}");
        assert_eq!((found[0].payload.as_slice(), found[0].version), (&b"TOFAKTOR"[..], number));
    }
}

/// A code that is there but damaged beyond repair is told apart from none.
#[test]
fn what_cannot_be_read_is_noticed() {
    let drawn = symbol(&byte_segment(b"otpauth://totp/a"));
    let side = drawn.side();
    let scan = |level: &dyn Fn(usize, usize) -> u8| {
        let pixels = rgba((0..side * side).map(|i| level(i % side, i / side)));
        let mut scanner = Scanner::default();
        let found = scanner
            .scan_fetched(side as u32, side as u32, |what, out| picture::fetch(&pixels, side, what, out))
            .unwrap();
        (found.len(), scanner.unread().codes)
    };
    assert_eq!(scan(&|x, y| drawn.level(x, y)), (1, 0));
    // Nearly all data modules gone; finders and timing patterns stay.
    let kept = |x: usize, y: usize| {
        let (i, j) = (x / 3 - 4.min(x / 3), y / 3 - 4.min(y / 3));
        i < 9 || j < 9
    };
    assert_eq!(scan(&|x, y| if kept(x, y) { drawn.level(x, y) } else { 255 }), (0, 1));
    assert_eq!(scan(&|_, _| 255), (0, 0));
}

/// A picture of levels, and what the scanner makes of it.
fn seen(width: usize, height: usize, level: impl Fn(usize, usize) -> u8) -> (Vec<String>, qr::Unread) {
    let pixels = rgba((0..width * height).map(|i| level(i % width, i / width)));
    let mut scanner = Scanner::default();
    let found = scanner.scan(width as u32, height as u32, &pixels).unwrap();
    let texts = found.into_iter().map(|found| String::from_utf8(found.payload).unwrap()).collect();
    (texts, scanner.unread())
}

const TEXT: &str = "otpauth://totp/Fylket:kari?secret=JBSWY3DPEHPK3PXP";

fn drawn(level: qrcodegen::QrCodeEcc, unit: usize) -> Drawn {
    Drawn { code: qrcodegen::QrCode::encode_text(TEXT, level).unwrap(), unit, quiet: 4 }
}

fn is_read(width: usize, height: usize, level: impl Fn(usize, usize) -> u8, what: &str) {
    assert_eq!(seen(width, height, level), (vec![TEXT.to_owned()], qr::Unread::default()), "{what}");
}

#[test]
fn lines_between_modules_are_no_edges() {
    for (unit, ink, paper, depth) in [(4, 0, 255, 4), (5, 20, 255, 4), (7, 0, 255, 5), (6, 255, 30, 4), (9, 0, 160, 4)]
    {
        let code = drawn(qrcodegen::QrCodeEcc::Medium, unit);
        let level = |x: usize, y: usize| {
            if code.level(x, y) > 0 {
                return paper;
            }
            // Each line lets a share of the paper through, and where two cross, what the other has left.
            let lines = usize::from(x.is_multiple_of(unit)) + usize::from(y.is_multiple_of(unit));
            (0..lines).fold(ink, |ink, _| ink + (i32::from(paper) - ink) / depth) as u8
        };
        is_read(code.side(), code.side(), level, &format!("{unit} pixels"));
    }
}

#[test]
fn a_code_may_be_twice_as_wide_or_high() {
    let code = drawn(qrcodegen::QrCodeEcc::Medium, 3);
    is_read(code.side() * 2, code.side(), |x, y| code.level(x / 2, y), "wide");
    is_read(code.side(), code.side() * 2, |x, y| code.level(x, y / 2), "high");
}

#[test]
fn a_round_eye_in_a_square_and_a_square_one_in_a_circle() {
    let code = drawn(qrcodegen::QrCodeEcc::Quartile, 8);
    let size = code.code.size() as f32;
    let level = |round_core: bool, x: usize, y: usize| {
        let at = |pixel: usize| (pixel as f32 + 0.5) / 8.0 - 4.0;
        let (x, y) = (at(x), at(y));
        let near = |v: f32| [3.5, size - 3.5].into_iter().map(|middle| v - middle).find(|off| off.abs() < 4.0);
        match near(x).zip(near(y)).filter(|_| x < 8.0 || y < 8.0) {
            None => code.level(((x + 4.0) * 8.0) as usize, ((y + 4.0) * 8.0) as usize),
            Some((i, j)) => {
                let (round, square) = ((i * i + j * j).sqrt(), i.abs().max(j.abs()));
                let (core, ring) = if round_core { (round, square) } else { (square, round) };
                if core < 1.5 || (2.5..3.5).contains(&ring) { 0 } else { 255 }
            }
        }
    };
    is_read(code.side(), code.side(), |x, y| level(true, x, y), "round core");
    is_read(code.side(), code.side(), |x, y| level(false, x, y), "round ring");
}

#[test]
fn rows_of_a_terminal_stand_apart() {
    let code = drawn(qrcodegen::QrCodeEcc::Low, 8);
    // Two modules in a line of text, and a pixel that they fill by half.
    let line = 2 * 8 + 1;
    let level = |x: usize, y: usize| match y % line {
        16 => code.level(x, y / line * 16 + 15) / 2 + 127,
        row => code.level(x, y / line * 16 + row),
    };
    is_read(code.side(), code.side() / 16 * line, level, "half blocks");
}

/// A whole line of paper between two lines of text, blurred over what is next to it.
#[test]
fn a_line_as_light_as_the_paper_is_no_edge_where_it_is_thin() {
    let code = drawn(qrcodegen::QrCodeEcc::Low, 18);
    let level = |x: usize, y: usize| match (code.level(x, y), y % 18, x % 9) {
        (255, ..) => 250,
        (_, 17, _) => 236,
        (_, 0, _) => 87,
        (_, _, 8) => 55,
        _ => 27,
    };
    is_read(code.side(), code.side(), level, "full blocks");
}

#[test]
fn colours_that_are_equally_light_are_told_apart() {
    let code = drawn(qrcodegen::QrCodeEcc::Medium, 4);
    let side = code.side();
    for (ink, paper) in
        [([0, 224, 0], [255, 0, 255]), ([105, 105, 50], [105, 105, 188]), ([230, 180, 0], [137, 208, 255])]
    {
        let level = |i: usize| if code.level(i % side, i / side) == 0 { ink } else { paper };
        let pixels: Vec<u8> = (0..side * side).flat_map(level).collect();
        let pixels: Vec<u8> = pixels.chunks(3).flat_map(|rgb| [rgb[0], rgb[1], rgb[2], 255]).collect();
        let found = qr::scan(side as u32, side as u32, &pixels).unwrap();
        assert_eq!(found.len(), 1, "{ink:?} on {paper:?}");
        assert_eq!(found[0].payload, TEXT.as_bytes());
    }
}

/// Its quiet zone and its ring are one run from white down to the ink.
#[test]
fn a_faint_code_on_a_ground_of_its_own_is_read() {
    let code = drawn(qrcodegen::QrCodeEcc::Medium, 5);
    let side = code.side();
    let level = |x: usize, y: usize| match x.checked_sub(30).zip(y.checked_sub(30)) {
        Some((x, y)) if x < side && y < side => 134 + code.level(x, y) / 25,
        _ => 255,
    };
    is_read(side + 60, side + 60, level, "ten levels");
}

/// The stripes of a screen look like thousands of tiny finders. What is farther away is looked at first, and all of it
/// costs no more than a few looks at each pixel.
#[test]
fn a_photograph_of_a_screen_is_looked_at_from_afar() {
    let code = drawn(qrcodegen::QrCodeEcc::Medium, 12);
    let side = code.side();
    let noise = |x: usize, y: usize| ((((x * 7919) ^ (y * 104_729)).wrapping_mul(0x9e37_79b1) >> 16) & 63) as u8;
    let level = |x: usize, y: usize| {
        let light = [215, 150, 205, 140][x % 4] - noise(x / 2, y / 3);
        if code.level(x, y) == 0 { 20 + noise(x, y) / 4 } else { light }
    };
    let pixels = rgba((0..side * side).map(|i| level(i % side, i / side)));
    let mut scanner = Scanner::default();
    let found = scanner.scan(side as u32, side as u32, &pixels).unwrap();
    assert_eq!((found.len(), found[0].payload.as_slice()), (1, TEXT.as_bytes()));
    let units = scanner.tally().units();
    assert!(units < 4 * (side * side) as u64, "{units} for {} pixels", side * side);
}

#[test]
fn a_lone_finder_is_told_whatever_data_is_beside_its_timing_pattern() {
    let code = drawn(qrcodegen::QrCodeEcc::High, 4);
    let side = code.side();
    // What is beside the pattern goes on with it for nearly all of its length, on one side.
    let level = |x: usize, y: usize| match ((x / 4) as i32 - 4, (y / 4) as i32 - 4) {
        (_, ..8) | (16.., _) => 90,
        (7, j) if (9..code.code.size() - 8).contains(&j) => {
            if j % 2 == 0 && j != 26 {
                0
            } else {
                255
            }
        }
        _ => code.level(x, y),
    };
    let covered = qr::Unread { codes: 1, why: qr::Obstacle::Covered, other: None };
    assert_eq!(seen(side, side, level), (vec![], covered));
}

#[test]
fn a_code_painted_module_by_module_is_read_beside_one_that_is_not() {
    let (code, other) = (drawn(qrcodegen::QrCodeEcc::Medium, 4), symbol(&byte_segment(b"beside")));
    let (side, width) = (code.side(), code.side() + other.side());
    let level = |x: usize, y: usize| match x.checked_sub(side) {
        Some(x) if y < other.side() => other.level(x, y),
        Some(_) => 255,
        // A quarter of the paper shines through at the right and lower border of each module.
        None if code.level(x, y) == 0 && (x % 4 == 3 || y % 4 == 3) => 64,
        None => code.level(x, y),
    };
    let (mut texts, unread) = seen(width, side, level);
    texts.sort_unstable();
    assert_eq!((texts, unread), (vec!["beside".to_owned(), TEXT.to_owned()], qr::Unread::default()));
}

#[test]
fn what_covers_a_code_is_told_unless_it_can_be_read_all_the_same() {
    let code = drawn(qrcodegen::QrCodeEcc::High, 5);
    let side = code.side();
    let under = |x: usize, y: usize, covers: bool| if covers { 90 } else { code.level(x, y) };
    is_read(side, side, |x, y| under(x, y, x > side * 7 / 10 && y > side * 7 / 10), "the fourth corner");
    let covered = qr::Unread { codes: 1, why: qr::Obstacle::Covered, other: None };
    assert_eq!(seen(side, side, |x, y| under(x, y, y > side * 6 / 10)), (vec![], covered));
    assert_eq!(seen(side, side, |x, y| under(x, y, x > side * 6 / 10)), (vec![], covered));
    // Beside one that is read.
    let both = |x: usize, y: usize| if x < side { code.level(x, y) } else { under(x - side, y, y > side * 6 / 10) };
    assert_eq!(seen(side * 2, side, both), (vec![TEXT.to_owned()], covered));
}

#[test]
fn a_code_in_a_frame_is_read_beside_one_that_has_a_quiet_zone() {
    let code = drawn(qrcodegen::QrCodeEcc::Medium, 4);
    let framed = Drawn {
        code: qrcodegen::QrCode::encode_text("framed", qrcodegen::QrCodeEcc::Medium).unwrap(),
        unit: 4,
        quiet: 0,
    };
    let (side, inner) = (code.side(), framed.side());
    let level = |x: usize, y: usize| {
        let Some((x, y)) = x.checked_sub(side + 20).zip(y.checked_sub(20)) else {
            return if x < side { code.level(x, y) } else { 0 };
        };
        if x < inner && y < inner { framed.level(x, y) } else { 0 }
    };
    let (mut texts, unread) = seen(side * 2, side, level);
    texts.sort_unstable();
    assert_eq!((texts, unread), (vec!["framed".to_owned(), TEXT.to_owned()], qr::Unread::default()));
}

/// As the encoder segno pads: a codeword of nothing before the padding.
#[test]
fn padding_that_begins_late_is_no_damage() {
    let late = symbol(&format!("{} 0000 00000000", byte_segment(b"otpauth://totp/a")));
    assert_eq!(scan_drawn(&[late])[0].payload, b"otpauth://totp/a");
}

/// Light and dark by chance, the same for the same place.
fn by_chance(x: i32, y: i32) -> bool {
    let hash = (x as u32).wrapping_mul(0x9e37_79b1) ^ (y as u32).wrapping_mul(0x85eb_ca77);
    (hash ^ hash >> 15).wrapping_mul(0x2c1b_3c6d) >> 31 == 1
}

#[test]
fn other_symbols_are_named() {
    let named = |dark: &dyn Fn(i32, i32) -> bool, size: i32| {
        let side = (size as usize + 24) * 5;
        let module = |at: usize| (at / 5) as i32 - 12;
        let (texts, unread) = seen(side, side, |x, y| {
            let inside = (0..size).contains(&module(x)) && (0..size).contains(&module(y));
            if inside && dark(module(x), module(y)) { 0 } else { 255 }
        });
        assert!(texts.is_empty() && unread.codes == 0, "{unread:?}");
        unread.other
    };
    let eye = |x: i32, y: i32| x.abs().max(y.abs());
    let micro = |x: i32, y: i32| match (x, y) {
        (0..8, 0..8) => matches!(eye(x - 3, y - 3), 0 | 1 | 3),
        (_, 0) | (0, _) => (x + y) % 2 == 0,
        _ => by_chance(x, y),
    };
    assert_eq!(named(&micro, 15), Some(qr::Symbol::MicroQr));
    let aztec = |x: i32, y: i32| match eye(x - 7, y - 7) {
        ring @ 0..5 => ring % 2 == 0,
        _ => by_chance(x, y),
    };
    assert_eq!(named(&aztec, 15), Some(qr::Symbol::Aztec));
    let matrix = |x: i32, y: i32| match (x, y) {
        (0, _) | (_, 19) => true,
        (_, 0) => x % 2 == 0,
        (19, _) => y % 2 == 1,
        _ => by_chance(x, y),
    };
    assert_eq!(named(&matrix, 20), Some(qr::Symbol::DataMatrix));
    // Bars of one to three modules.
    let bars = |x: i32, _: i32| (0..=x).filter(|x| [0, 1, 3, 4, 7, 9, 10, 11].contains(&(x % 13))).count() % 2 == 1;
    assert_eq!(named(&bars, 60), Some(qr::Symbol::Barcode));
    let stack = |x: i32, y: i32| match x {
        0..8 => true,
        8..14 => x % 2 == 1,
        14..17 => false,
        _ => (17..=x).filter(|&x| x % 2 == 1 || by_chance(x, y / 3)).count() % 2 == 1,
    };
    assert_eq!(named(&stack, 60), Some(qr::Symbol::Pdf417));
    assert_eq!(named(&by_chance, 40), None);
    assert_eq!(named(&|x, y| x / 2 % 2 == y / 2 % 2, 40), None);
    assert_eq!(named(&|x, _| x % 2 == 0, 60), None);
}
