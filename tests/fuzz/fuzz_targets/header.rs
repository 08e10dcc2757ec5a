#![no_main]

#[path = "../checks.rs"]
mod checks;
#[path = "../forge.rs"]
mod forge;

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::header(data));
