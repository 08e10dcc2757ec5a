//! Tofaktor: an authenticator for Microsoft 365 that lives in the browser.

pub mod app;
pub mod caller;
pub mod exchange;
pub mod otp;
pub mod pages;
pub mod platform;
pub mod protocol;
pub mod qr;
pub mod vault;
#[cfg(target_arch = "wasm32")]
mod web;
