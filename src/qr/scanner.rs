//! The scanner as a Wasm module of its own.
