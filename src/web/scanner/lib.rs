//! The scanner as a Wasm module of its own.
//!
//! Hostile pixels never share an instance with the vault. Nothing here knows of secrets, storage or the browser; it has
//! three imports and three exports:
//!
//! - `rows(y, count, ptr)` writes so many rows from `y` on as RGBA to `ptr`.
//! - `column(x, y, count, ptr)` writes so many pixels of column `x` from row `y` on.
//! - `crashed(file, length, line)` is told the place of a panic, before the trap.
//! - `scan(width, height)` returns a pointer to the answer, [`qr::answer::encode`]. It is good until the next call.
//! - `room(length)` returns a pointer to where the host may write the beginning of a picture file, and `header()` one to
//!   what that says, [`qr::answer::encode_header`].
//!
//! Rows are pulled rather than pushed because most are never needed: a 4K tab is 33 MB, and copying it takes as long as
//! scanning it.

#![cfg(target_arch = "wasm32")]

use std::cell::RefCell;
use std::sync::Once;

use qr::{Fetch, Scanner, answer};

#[link(wasm_import_module = "picture")]
unsafe extern "C" {
    fn rows(y: u32, count: u32, rgba: *mut u8);
    fn column(x: u32, y: u32, count: u32, rgba: *mut u8);
    fn crashed(file: *const u8, length: usize, line: u32);
}

#[derive(Default)]
struct State {
    scanner: Scanner,
    file: Vec<u8>,
    answer: Vec<u8>,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

/// Uses the state. A crash on the way names its line, and never a value.
fn with_state(work: impl FnOnce(&mut State) -> *mut u8) -> *mut u8 {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        std::panic::set_hook(Box::new(|panic| {
            if let Some(at) = panic.location() {
                // SAFETY: the host reads the name while it is called.
                unsafe { crashed(at.file().as_ptr(), at.file().len(), at.line()) }
            }
        }));
    });
    STATE.with_borrow_mut(work)
}

/// Scans the picture that `rows` and `column` have.
// SAFETY: no other item has this name.
#[unsafe(no_mangle)]
extern "C" fn scan(width: u32, height: u32) -> *mut u8 {
    with_state(|state| {
        let found = state.scanner.scan_fetched(width, height, |what, rgba| {
            let pixels = rgba.len() as u32 / 4;
            // SAFETY: the host writes four bytes for each of the pixels, which is the length of `rgba`.
            unsafe {
                match what {
                    Fetch::Rows(y) => rows(y, pixels / width.max(1), rgba.as_mut_ptr()),
                    Fetch::Column { x, y } => column(x, y, pixels, rgba.as_mut_ptr()),
                }
            }
        });
        state.answer = answer::encode(found, state.scanner.unread());
        state.answer.as_mut_ptr()
    })
}

/// Makes room for the beginning of a file.
// SAFETY: no other item has this name.
#[unsafe(no_mangle)]
extern "C" fn room(length: u32) -> *mut u8 {
    with_state(|state| {
        state.file = vec![0; length as usize];
        state.file.as_mut_ptr()
    })
}

/// Reads it.
// SAFETY: no other item has this name.
#[unsafe(no_mangle)]
extern "C" fn header() -> *mut u8 {
    with_state(|state| {
        state.answer = answer::encode_header(qr::header(&std::mem::take(&mut state.file)));
        state.answer.as_mut_ptr()
    })
}
