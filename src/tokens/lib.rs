//! Codes without a QR code, for tenants that forbid other apps and allow
//! hardware tokens: a key for each person, for an administrator to upload, and
//! the same key in a sealed parcel for that person alone.
//!
//! What Microsoft takes is after its page on OATH tokens (entra-docs,
//! how-to-mfa-upload-oath-tokens, 2025-03) and Graph's `hardwareOathDevices`
//! (beta, 2025-07).

mod issue;
mod people;
mod upload;

pub use issue::{Issued, Period, Token, issue};
pub use people::{Fault, MAX_PEOPLE, Person, Wrong, read};
pub use upload::{graph, microsoft_csv};
