//! Tofaktor: an authenticator for Microsoft 365 that lives in the browser.

pub mod otp;
pub mod platform;
pub mod qr;
pub mod vault;
