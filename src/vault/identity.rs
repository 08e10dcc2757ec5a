//! Whose an account is: an organisation and a name, as they are compared everywhere.

use super::account::Account;

/// By code points but for case and the blanks around them, never by looks: what passes itself off as another is another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    name: String,
    /// `None` where nobody knows it.
    organisation: Option<String>,
}

impl Identity {
    /// Of an account, an entry of a file, or what a page says.
    pub fn new(name: &str, organisation: Option<&str>) -> Self {
        let organisation = organisation.map(normalise).filter(|organisation| !organisation.is_empty());
        Self { name: normalise(name), organisation }
    }

    /// User principal names do not tell case apart.
    pub fn has_name(&self, name: &str) -> bool {
        self.name == normalise(name)
    }

    /// It is known to be of this very organisation.
    pub fn is_of(&self, organisation: &str) -> bool {
        self.organisation.as_ref().is_some_and(|ours| *ours == normalise(organisation))
    }

    /// Both are known to be of an organisation, and not of the same one. A guest has one user principal name and
    /// a secret for each organisation, so the same name tells nothing of two such accounts.
    pub fn is_of_another_organisation(&self, other: &Self) -> bool {
        matches!((&self.organisation, &other.organisation), (Some(ours), Some(theirs)) if ours != theirs)
    }
}

impl Account {
    /// Whose it is.
    pub fn identity(&self) -> Identity {
        Identity::new(&self.name, self.organisation.as_deref())
    }
}

/// In small letters; signs that only look like letters (ohm, kelvin, angstrom) stay what they are.
fn normalise(text: &str) -> String {
    let small = |c: char| match c {
        '\u{2126}' | '\u{212a}' | '\u{212b}' => c.to_string(),
        _ => c.to_lowercase().collect(),
    };
    text.trim().chars().map(small).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_blanks_tell_nothing_and_every_code_point_does() {
        let of = |text: &str| Identity::new(text, None);
        for (same, other) in [("Kari", " kARI "), ("ÅSE Ødegård", "åse ødegård"), ("ΩMEGA", "ωmega")] {
            assert_eq!(of(same), of(other));
        }
        // Kelvin, angstrom and ohm, which small letters would make a k, an å and an omega of; and others that only look so.
        for (one, other) in [
            ("\u{212a}ari", "kari"),
            ("\u{212b}se", "åse"),
            ("\u{2126}mega", "ωmega"),
            ("a\u{30a}se", "åse"),
            ("k\u{430}ri", "kari"),
        ] {
            assert_ne!(of(one), of(other));
        }
        let long = |last: &str| Identity::new("kari", Some(&("a".repeat(300) + last)));
        assert!(long("x").is_of_another_organisation(&long("y")));
    }
}
