//! What the person typed for a file.

use kdf::Passphrase;
use zeroize::Zeroizing;

/// A password, in the two spellings that matter. Wiped on drop.
///
/// Tofaktor's own files are under the NFKC-normalised form, so that the same
/// keys on another keyboard open them; other apps take the bytes as they come.
/// Who has the person's text also has the means to normalise it (a browser has
/// `String.prototype.normalize`), so the tables are not carried here.
pub struct Password {
    typed: Passphrase,
    normalised: Passphrase,
    key_file: Option<Zeroizing<Vec<u8>>>,
}

impl Password {
    /// Both spellings, in UTF-8.
    pub fn new(typed: Vec<u8>, normalised: Vec<u8>) -> Self {
        Self { typed: Passphrase::new(typed), normalised: Passphrase::new(normalised), key_file: None }
    }

    /// With a key file, which KeePass takes beside a password or in its place.
    #[must_use]
    pub fn with_key_file(self, file: Vec<u8>) -> Self {
        Self { key_file: Some(Zeroizing::new(file)), ..self }
    }

    /// What the key file holds.
    pub fn key_file(&self) -> Option<&[u8]> {
        self.key_file.as_ref().map(|file| file.as_slice())
    }

    /// A password that is its own normal form, as all of ASCII is.
    pub fn ascii(text: &str) -> Self {
        Self::new(text.as_bytes().to_vec(), text.as_bytes().to_vec())
    }

    /// As typed: for other apps' files.
    pub fn typed(&self) -> &[u8] {
        self.typed.expose()
    }

    /// Normalised: for our own.
    pub fn normalised(&self) -> &Passphrase {
        &self.normalised
    }
}
