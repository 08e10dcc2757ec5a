//! What a password manager says of an entry beside its codes, and the codes it has in one place or another.
//!
//! A code's own URI comes first: what it lacks is filled in from the title, the person's name there and the site.

use std::borrow::Cow;

use super::error::{ImportError, Why};
use super::{Import, otpauth};
use exchange::{Discarded, Entry, Remarks, label};
use otp::uri;

/// An entry of a password manager, without its codes.
#[derive(Clone, Default)]
pub(crate) struct Beside<'a> {
    pub(crate) title: &'a str,
    pub(crate) user: &'a str,
    pub(crate) email: &'a str,
    /// A web address.
    pub(crate) site: &'a str,
    pub(crate) discarded: Option<Discarded>,
    pub(crate) note: &'a str,
    pub(crate) tags: Vec<&'a str>,
}

impl<'a> Beside<'a> {
    pub(crate) fn issuer(&self) -> Cow<'a, str> {
        match self.title.trim() {
            "" => host(self.site),
            // A program that has no title takes the address.
            address if address.contains("://") => host(address),
            title => title.into(),
        }
    }

    pub(crate) fn name(&self) -> &'a str {
        if self.user.trim().is_empty() { self.email } else { self.user }
    }

    /// A field for codes: a URI, Steam's own scheme, or a bare key. It must not be empty.
    pub(crate) fn read(&self, field: &str) -> Result<Entry, Why> {
        otpauth::parse_field(field, &self.issuer(), self.name())
    }

    /// What the fields for codes hold, and the URIs anywhere in other texts; one key is taken once.
    pub(crate) fn take<'b>(
        &self,
        import: &mut Import,
        fields: impl IntoIterator<Item = &'b str>,
        texts: impl IntoIterator<Item = &'b str>,
    ) -> Result<(), ImportError> {
        let fields = fields.into_iter().filter(|field| !field.trim().is_empty()).map(|field| self.read(field));
        let found = texts.into_iter().flat_map(otpauth::found).map(|uri| self.read(uri));
        self.push(import, fields.chain(found).collect())
    }

    /// The codes of one entry, each key once.
    pub(crate) fn push(&self, import: &mut Import, codes: Vec<Result<Entry, Why>>) -> Result<(), ImportError> {
        let remarks = Remarks::of(self.note, self.tags.iter().copied());
        for (at, code) in codes.iter().enumerate() {
            let is = |other: &Result<Entry, Why>| match (other, code) {
                (Ok(other), Ok(code)) => other.credential == code.credential,
                _ => false,
            };
            // What cannot be read is like nothing else.
            if code.is_err() || !codes.iter().take(at).any(is) {
                let code = code.clone().map(|code| match remarks == Remarks::default() {
                    true => code,
                    false => Entry { remarks: remarks.clone(), ..code },
                });
                import.push_from(self.discarded, label(&self.issuer(), self.name()), code)?;
            }
        }
        Ok(())
    }
}

/// Who a web address belongs to; nobody, where it is none: it may be anything.
pub(crate) fn host(site: &str) -> Cow<'_, str> {
    let site = site.trim();
    let rest = site.split_once("://").map_or(site, |(_, rest)| rest);
    if !rest.contains('.') && rest == site {
        return "".into();
    }
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    host.strip_prefix("www.").unwrap_or(host).into()
}

/// Fills in what a URI lacks. Some programs write their own name where they know none.
pub(crate) fn fill(entry: &mut Entry, issuer: &str, name: &str) {
    const OWN: [&str; 3] = ["Strongbox", "KeePassXC", "none"];
    let (issuer, name) = (uri::clean(issuer), uri::clean(name));
    if entry.issuer.is_empty() && OWN.contains(&entry.name.as_str()) && !(issuer.is_empty() && name.is_empty()) {
        entry.name.clear();
    }
    if entry.issuer.is_empty() {
        entry.issuer = issuer;
    }
    if entry.name.is_empty() {
        entry.name = name;
    }
}
