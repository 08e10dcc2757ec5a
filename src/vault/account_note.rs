//! What a person has written down about an account: it may hold recovery codes, and is kept as its key is.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// The longest that is taken, in bytes: an account with it still fits into a record of sync.
pub const MAX_NOTE: usize = 4096;

/// A note of an account. Wiped on drop, and shown only where it is asked for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountNote(Zeroizing<String>);

impl AccountNote {
    /// Without the white space around it; `None` where nothing is left, or more than [`MAX_NOTE`].
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty() && text.len() <= MAX_NOTE).then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// What it says.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether it says what the other says.
    pub fn holds(&self, other: &Self) -> bool {
        self.0.contains(other.expose())
    }

    /// Both, one below the other; `None` where they are too long together.
    pub fn and(&self, other: &Self) -> Option<Self> {
        if self.holds(other) {
            return Some(self.clone());
        }
        Self::new(&Zeroizing::new([self.expose(), other.expose()].join("\n")))
    }
}
