//! What an app says of an account beside its codes: a note, and how it is sorted.

use otp::uri;
use vault::{AccountNote, MAX_GROUP};

/// What comes along with an [`Entry`](super::Entry).
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Remarks {
    /// What a person has written down about it.
    pub note: Option<AccountNote>,
    /// There is more of that than a vault takes.
    pub note_too_long: bool,
    /// Folders, categories and labels, the most telling first.
    pub tags: Vec<String>,
}

impl Remarks {
    /// Of a note and tags as a file has them. A note that is a code's own URI, and nothing else, is none.
    pub fn of<'a>(note: &str, tags: impl IntoIterator<Item = &'a str>) -> Self {
        let note = note.trim();
        let is_uri = uri::strip_prefix(note, "otpauth").is_some() && !note.contains(char::is_whitespace);
        let kept = AccountNote::new(note).filter(|_| !is_uri);
        let mut named: Vec<String> = Vec::new();
        for tag in tags.into_iter().map(|tag| uri::clean(tag.trim())) {
            if !tag.is_empty() && !named.contains(&tag) {
                named.push(tag);
            }
        }
        Self { note_too_long: kept.is_none() && !note.is_empty() && !is_uri, note: kept, tags: named }
    }

    /// The group that it comes into: an account has but one.
    pub fn group(&self) -> Option<&str> {
        self.tags.iter().map(String::as_str).find(|tag| is_a_group(tag))
    }

    /// The tags that become no group.
    pub fn other_tags(&self) -> impl Iterator<Item = &str> {
        let group = self.group();
        self.tags.iter().map(String::as_str).filter(move |tag| Some(*tag) != group)
    }
}

fn is_a_group(tag: &str) -> bool {
    tag.chars().nth(MAX_GROUP).is_none()
}
