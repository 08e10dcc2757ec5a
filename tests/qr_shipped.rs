//! The scanner that is shipped uses SIMD; the native one is its scalar twin. Both must do the same, to the last request
//! for a row: which rows and columns are looked at follows from every grey level and every border that was found.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what the helpers of tests assume is part of the test"
)]

use qr::{self, Scanner, answer};
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};
use support::picture;

const SHIPPED: &str = "dist/chromium/core/scanner.wasm";

type Picture = (u32, u32, Vec<u8>);

/// What the native scanner asks for and answers, in the lines that `tests/qr/trace.mjs` writes of the shipped one.
fn native((width, height, pixels): &Picture) -> String {
    let mut lines = String::new();
    let mut scanner = Scanner::default();
    let found = scanner.scan_fetched(*width, *height, |what, out| {
        picture::fetch(pixels, *width as usize, what, out);
        let count = out.len() / 4;
        let _ = match what {
            qr::Fetch::Rows(y) => write!(lines, "r{y}+{} ", count / *width as usize),
            qr::Fetch::Column { x, y } => write!(lines, "c{x},{y}+{count} "),
        };
    });
    let answer = answer::encode(found, scanner.unread());
    let hex: String = answer.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{lines}= {hex}\n")
}

/// All pictures of the sample, and noise of awkward widths with edges and faint steps.
fn pictures() -> Vec<Picture> {
    let mut all: Vec<Picture> = fs::read_dir(support::path("tests/qr/sample"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "png"))
        .map(|path| picture::read(&path).unwrap())
        .collect();
    assert!(all.len() >= 12);
    let mut state = 1_u32;
    let mut random = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    for (width, block, faint) in [(1_u32, 1, 0), (15, 1, 0), (16, 2, 1), (33, 3, 0), (250, 3, 2), (401, 2, 0)] {
        let height = 97;
        let grid: Vec<[u8; 3]> =
            (0..width * height).map(|_| [random(), random(), random()].map(|v| v >> faint)).collect();
        let pixels = (0..width * height).flat_map(|i| {
            let [r, g, b] = grid[((i / width / block) * width + i % width / block) as usize];
            [r, g, b, 255]
        });
        all.push((width, height, pixels.collect()));
    }
    all
}

#[test]
fn the_shipped_scanner_does_what_the_native_one_does() {
    if !support::path(SHIPPED).exists() {
        eprintln!("SKIPPED: there is no {SHIPPED}; ./build.sh build makes it");
        return;
    }
    let mut node = Command::new("node")
        .current_dir(support::path(""))
        .arg("tests/qr/trace.mjs")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let pictures = pictures();
    let mut input = node.stdin.take().unwrap();
    let sent = pictures.clone();
    let writer = std::thread::spawn(move || {
        for (width, height, pixels) in sent {
            input.write_all(&width.to_le_bytes()).unwrap();
            input.write_all(&height.to_le_bytes()).unwrap();
            input.write_all(&pixels).unwrap();
        }
    });
    let output = node.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success());
    let shipped = String::from_utf8(output.stdout).unwrap();
    assert_eq!(shipped.lines().count(), pictures.len());
    let mut requests = 0;
    for (line, of) in shipped.split_inclusive('\n').zip(&pictures) {
        let expected = native(of);
        assert!(
            line == expected,
            "{}x{} (is dist built from this source?)\nshipped {line}\nnative  {expected}",
            of.0,
            of.1
        );
        requests += expected.split(' ').count();
    }
    assert!(requests > 1000, "{requests}");
}
