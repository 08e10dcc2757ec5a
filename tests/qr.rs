//! The scanner over whole pictures: the sample that is committed here, and whatever else is at hand.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what the helpers of tests assume is part of the test"
)]

use proptest::prelude::*;
use std::fs;
use std::path::Path;
use tofaktor::qr::{self, Kind, Refusal, Scanner, Work};

/// A picture file as RGBA, laid on white.
fn picture(path: &Path) -> Option<(u32, u32, Vec<u8>)> {
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

fn payloads(path: &Path) -> Vec<String> {
    let (width, height, rgba) = picture(path).expect("a picture");
    let found = qr::scan(width, height, &rgba).expect("not refused");
    found.into_iter().map(|found| String::from_utf8_lossy(&found.payload).into_owned()).collect()
}

#[test]
fn every_code_of_the_sample_is_read_and_nothing_else() {
    let folder = Path::new("tests/qr/sample");
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

/// The pictures beside the checkout, if there are any: what set-up pages show.
#[test]
fn set_up_codes_at_2_to_4_pixels_per_module() {
    let folder = Path::new("../shared/fixtures/qr");
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
    let folder = Path::new("../shared/fixtures/qr");
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

#[test]
fn a_whole_screen_is_small_enough_and_a_wall_of_screens_is_not() {
    for (width, height) in [(3840_u32, 2160_u32), (5120, 2880)] {
        assert!(u64::from(width * height) <= qr::MOST_PIXELS);
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
