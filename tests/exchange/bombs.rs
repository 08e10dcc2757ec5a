//! Small files that ask for much memory. The allocator of this program counts what each takes.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use formats::{ImportError, Password, read};
use miniz_oxide::deflate::compress_to_vec;

use super::keepass;

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

thread_local! {
    /// Of this test's own thread: bytes that are held, and the most that ever were.
    static HELD: Cell<(isize, isize)> = const { Cell::new((0, 0)) };
}

fn count(bytes: isize) {
    // A thread that is ending counts no more.
    let _ = HELD.try_with(|held| {
        let (now, most) = held.get();
        held.set((now + bytes, most.max(now + bytes)));
    });
}

// SAFETY: everything is handed on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(block, layout) }
    }
}

/// The most bytes that something held at once, and what it answered.
pub(super) fn held<T>(work: impl FnOnce() -> T) -> (usize, T) {
    let (before, _) = HELD.get();
    HELD.set((before, before));
    let answer = work();
    ((HELD.get().1 - before) as usize, answer)
}

fn cost(file: &[u8], password: Option<&str>) -> (usize, Option<ImportError>) {
    let password = password.map(Password::ascii);
    held(|| read(file, password.as_ref()).err())
}

const MIB: usize = 1024 * 1024;

#[test]
fn no_file_takes_much_more_memory_than_it_is_long() {
    let (held, _) = cost(b"otpauth://totp/a?secret=MZXW6YTB", None);
    assert!(held > 0, "the test counts nothing");
    let wide = |item: &str| format!("[{}0]", item.repeat(15 * MIB / item.len())).into_bytes();
    let xml = |part: &str| format!("<map>{}</map>", part.repeat(15 * MIB / part.len())).into_bytes();
    let lines = |line: &str| line.repeat(15 * MIB / line.len()).into_bytes();
    let fields = "<String><Key>a</Key><Value>b</Value></String>".repeat(MIB);
    let entry = format!("<KeePassFile><Root><Group><Entry>{fields}</Entry></Group></Root></KeePassFile>");
    let transfer = format!("otpauth-migration://offline?data={}\n", "CgAKAAoA".repeat(30_000));
    let (key, bad) = (Some(keepass::PASSWORD), Some(ImportError::Damaged));
    let (many, large) = (Some(ImportError::TooMany), Some(ImportError::TooLarge));
    let deep = Some(ImportError::TooDeep);
    // What it is, the file, its password, the answer, the most MiB that it may take.
    let bombs = [
        ("SQLite, overlapping rows", sqlite_shared_cell(32), None, many, 16),
        ("SQLite, children without end", sqlite_children(), None, many, 16),
        ("Java, back references", java(&[200 * 1024], 30_000), None, large, 2),
        ("Java, one key again and again", java(&[10], 30_000), None, bad, 4),
        ("Java, one long text", java(&[15 * MIB], 1), None, Some(ImportError::NotAnExport), 96),
        ("ZIP, overlapping files", zip_overlapping(16), None, large, 64),
        ("ZIP, a size that is a lie", zip_of(&[0; 8 * MIB], 10, 1), None, bad, 1),
        ("KeePass, packed, wide", keepass::packed_database(&entry), key, many, 256),
        ("KeePass, packed, long", keepass::packed_database(&" ".repeat(80 * MIB)), key, bad, 256),
        ("JSON, wide", wide("0,"), None, many, 128),
        ("JSON, objects", wide("{\"a\":0},"), None, many, 320),
        ("JSON, deep", "[".repeat(15 * MIB).into_bytes(), None, deep, 64),
        ("XML, wide", xml("<string/>"), None, many, 64),
        ("XML, deep", xml("<a>"), None, deep, 64),
        ("XML, entities", xml("<string>&amp;</string>"), None, many, 64),
        ("URIs, wide", lines("otpauth://totp/a?secret=MZXW6YTB\n"), None, many, 64),
        ("transfers, wide", lines(&transfer), None, many, 64),
        ("CSV, wide", [b"secret,issuer\n".to_vec(), lines(",")].concat(), None, many, 64),
        ("CSV, long", [b"secret,issuer\n".to_vec(), lines("MZXW6YTB,a\n")].concat(), None, many, 64),
    ];
    let mut wrong = Vec::new();
    for (name, file, password, expected, most) in bombs {
        let (held, answer) = cost(&file, password);
        println!("{name}: {} KiB, held {} KiB, {answer:?}", file.len() / 1024, held / 1024);
        if answer != expected || held > most * MIB {
            wrong.push(format!("{name}: {held} bytes, {answer:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A page whose 16,000 pointers all point at one row of as many nulls as fit.
fn sqlite_shared_cell(kib_of_pointers: usize) -> Vec<u8> {
    let mut page = sqlite_page(0x0d);
    let cells = kib_of_pointers * 1024 / 2 - 384;
    page[103..105].copy_from_slice(&(cells as u16).to_be_bytes());
    let at = 108 + 2 * cells;
    page[108..at].chunks_exact_mut(2).for_each(|pointer| pointer.copy_from_slice(&(at as u16).to_be_bytes()));
    let nulls = 65_536 - at - 16;
    let varint = |n: usize| [(n >> 14) as u8 | 0x80, (n >> 7) as u8 | 0x80, n as u8 & 0x7f];
    let cell = [&varint(nulls + 3)[..], &[1], &varint(nulls + 3)].concat();
    page[at..at + cell.len()].copy_from_slice(&cell);
    page
}

/// Pages whose pointers all point back at themselves.
fn sqlite_children() -> Vec<u8> {
    let mut first = sqlite_page(0x05);
    first[103..105].copy_from_slice(&30_000u16.to_be_bytes());
    first[108..112].copy_from_slice(&1u32.to_be_bytes());
    first[112..112 + 60_000].chunks_exact_mut(2).for_each(|pointer| pointer.copy_from_slice(&108u16.to_be_bytes()));
    let rest = vec![0; 15 * MIB];
    [first, rest].concat()
}

fn sqlite_page(kind: u8) -> Vec<u8> {
    let mut page = vec![0; 65_536];
    page[..18].copy_from_slice(b"SQLite format 3\0\0\x01");
    page[100] = kind;
    page
}

/// A map of texts of these lengths, then of references to the first of them.
fn java(lengths: &[usize], pairs: u32) -> Vec<u8> {
    let mut out = b"\xac\xed\0\x05\x73\x72\0\x11java.util.HashMap\0\0\0\0\0\0\0\0\x03".to_vec();
    out.extend_from_slice(b"\0\x02F\0\x0aloadFactorI\0\x09threshold\x78\x70\0\0\0\0\0\0\0\0\x77\x08\0\0\0\x10");
    out.extend_from_slice(&pairs.to_be_bytes());
    for length in lengths {
        out.push(0x7c);
        out.extend_from_slice(&(*length as u64).to_be_bytes());
        out.extend(vec![b'a'; *length]);
    }
    out.extend(b"\x71\0\x7e\0\x02".repeat(2 * pairs as usize - lengths.len()));
    out
}

/// An archive whose directory names one packed file of zeros many times.
fn zip_overlapping(files: u16) -> Vec<u8> {
    zip_of(&vec![0; 16 * MIB], 16 * MIB as u32, files)
}

fn zip_of(content: &[u8], said: u32, files: u16) -> Vec<u8> {
    let packed = compress_to_vec(content, 9);
    let length = (packed.len() as u32).to_le_bytes();
    let mut out = [b"PK\x03\x04".as_slice(), &[0; 26], &packed].concat();
    let at = (out.len() as u32).to_le_bytes();
    let central =
        [b"PK\x01\x02".as_slice(), &[0; 6], &[8, 0], &[0; 8], &length, &said.to_le_bytes(), &[0; 18]].concat();
    (0..files).for_each(|_| out.extend_from_slice(&central));
    out.extend([b"PK\x05\x06".as_slice(), &[0; 6], &files.to_le_bytes(), &[0; 4], &at, &[0; 2]].concat());
    out
}
