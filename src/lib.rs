//! Tofaktor: an authenticator for Microsoft 365 that lives in the browser.
//!
//! # The map
//! ```text
//!             protocol   the words: every type that crosses a boundary
//!                ↑
//! caller  →     app   →  pages, otp, vault, exchange, sync    pure, tested natively
//!                ↓
//!            platform    the outside world, as one trait
//!                ↑
//!               web      the browser behind it; wasm32 only
//!
//!               qr       the scanner: a Wasm module of its own
//! ```
//!
//! # The invariants
//! - A message from a page is handled only with a [`caller::Page`], and only
//!   [`caller::identify`] makes one. It can be nothing but a
//!   [`protocol::PageRequest`].
//! - A page is told one code at most, never a secret, never an account.
//! - A time-step is noted as used before its code leaves.
//! - Nothing is kept in memory between two calls; nothing secret reaches a disk
//!   unsealed.
//! - Nothing outside `web` names a browser: it would not compile natively.

#![cfg_attr(not(test), deny(clippy::disallowed_methods))]

pub mod app;
pub mod caller;
pub mod encoding;
pub mod exchange;
pub mod json;
pub mod letters;
pub mod otp;
pub mod pages;
mod plain;
pub mod platform;
pub mod policy;
pub mod protocol;
pub mod qr;
pub mod sync;
pub mod vault;
#[cfg(target_arch = "wasm32")]
mod web;
