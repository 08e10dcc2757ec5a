//! The encrypted vault.
pub mod kdf;
