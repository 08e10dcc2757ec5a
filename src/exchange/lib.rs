//! What a vault takes in and hands out.
//!
//! - [`Entry`]: an account on its way in, wherever it was read;
//! - [`bundle`]: entries as bytes, from the reader's module to the vault's;
//! - [`merge`]: what taking them over would mean for a vault, and doing it;
//! - [`mod@write`]: a vault as a file, or as pages of QR codes.
//!
//! Nothing here reads another app's file: that is the crate `formats`, which
//! the vault's module does not contain.

mod aegis;
pub mod bundle;
mod bytes;
mod cxf;
mod entry;
pub mod merge;
pub mod migration;
mod own;
mod password;
mod remarks;
pub mod write;

pub use bytes::Bytes;
pub use entry::{Discarded, Entry, label, split_name};
pub use password::Password;
pub use remarks::Remarks;
pub use write::ExportError;
