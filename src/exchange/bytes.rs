//! Bytes on their way to JavaScript.

use serde::{Serialize, Serializer};
use zeroize::Zeroizing;

/// Bytes that stay bytes across the boundary: an array that JavaScript can wipe, never text.
#[derive(Clone, Default)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Bytes(#[cfg_attr(target_arch = "wasm32", tsify(type = "Uint8Array"))] pub Zeroizing<Vec<u8>>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}
