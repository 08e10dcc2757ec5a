//! The reader of other apps' files as a Wasm module of its own.
//!
//! Hostile files never share an instance with the vault. Nothing here knows of
//! storage, of the network or of what is in the vault: it is given a file and a
//! password, and answers once.

#![cfg(target_arch = "wasm32")]
#![allow(unreachable_pub, reason = "what wasm-bindgen exports is reached from JavaScript")]

use formats::Password;
use formats::tiff::{self, Refusal};
use js_sys::{Uint8Array, Uint8ClampedArray};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

/// Freed memory is overwritten: what was decrypted leaves no copy behind.
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> = zeroizing_alloc::ZeroAlloc(std::alloc::System);

/// A crash names its line, and never a value: what a panic's message says may have one in it.
#[wasm_bindgen(start)]
fn start() {
    std::panic::set_hook(Box::new(|panic| {
        if let Some(at) = panic.location() {
            crashed(at.file(), at.line());
        }
    }));
}

#[wasm_bindgen(raw_module = "../crash.js")]
extern "C" {
    fn crashed(file: &str, line: u32);
}

/// Reads another app's export, for the Worker that `read.js` is. The password
/// comes in two spellings, as it was typed and NFKC-normalised, where one was asked for; it may be empty. An empty key file is
/// none.
///
/// # Errors
/// Throws if what was read cannot be handed over.
#[wasm_bindgen(js_name = readFile, unchecked_return_type = "Reading")]
pub fn read_file(
    file: Uint8Array,
    typed: Option<Uint8Array>,
    normalised: Uint8Array,
    key_file: Uint8Array,
) -> Result<JsValue, JsValue> {
    let file = Zeroizing::new(file.to_vec());
    let mut password = typed.map(|typed| Password::new(typed.to_vec(), normalised.to_vec()));
    if key_file.length() > 0 {
        let typed = password.unwrap_or_else(|| Password::ascii(""));
        password = Some(typed.with_key_file(key_file.to_vec()));
    }
    formats::read_file(&file, password.as_ref()).serialize(&Serializer::new()).map_err(Into::into)
}

#[wasm_bindgen]
extern "C" {
    /// Pixels as JavaScript has them. web-sys has it too, and all of the browser, which is not for this module.
    pub type ImageData;

    #[wasm_bindgen(constructor, catch)]
    fn new(pixels: Uint8ClampedArray, width: u32) -> Result<ImageData, JsValue>;
}

/// Decodes a picture in TIFF, for the Worker that `tiff.js` is.
///
/// # Errors
/// Throws the name of what is wrong with it, as `scan.js` has them.
#[wasm_bindgen(js_name = readTiff)]
pub fn read_tiff(file: &[u8], max_pixels: u32) -> Result<ImageData, JsValue> {
    let picture = tiff::read(file, max_pixels.into()).map_err(|refusal| match refusal {
        Refusal::Unreadable => "notPicture",
        Refusal::TooLarge => "tooLarge",
    })?;
    // A copy: an ImageData keeps the array that it is given, and this memory is about to be wiped.
    let pixels = Uint8ClampedArray::from(picture.rgba.as_slice());
    ImageData::new(pixels, picture.width)
}
