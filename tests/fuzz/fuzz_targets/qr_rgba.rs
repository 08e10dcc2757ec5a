#![no_main]

#[path = "../qr_checks.rs"]
mod qr_checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| qr_checks::rgba(bytes));
