//! Web pages that an app prints its accounts on: URIs anywhere in them, else what Ente Auth writes beside its pictures,
//! <https://github.com/ente-io/ente/blob/main/mobile/apps/auth/lib/ui/settings/data/html_export.dart>.
//!
//! What the QR codes in a page say is more (Ente's text has no period), and whoever can scan looks there first.

use zeroize::Zeroizing;

use super::draft::{Draft, parsed, read_base32};
use super::error::{ImportError, Why};
use super::{Format, Import, otpauth, roboform};

pub(crate) fn is_page(text: &str) -> bool {
    let text = text.trim_start();
    ["<!doctype html", "<html"].iter().any(|head| otp::uri::strip_prefix(text, head).is_some())
}

pub(crate) fn read(page: &str) -> Result<Import, ImportError> {
    let uris: Vec<&str> = otpauth::found(page).collect();
    if !uris.is_empty() {
        return otpauth::read(&Zeroizing::new(uris.join("\n")));
    }
    if roboform::is_list(page) {
        return roboform::read(page);
    }
    let mut import = Import::of(Format::Ente);
    for entry in page.split("<table").skip(1) {
        let entry = Entry::of(entry);
        if let Some(secret) = entry.after("Secret:") {
            let kind = entry.after("Type:").unwrap_or_default();
            import.take(Draft {
                algorithm: entry.after("Algorithm:"),
                digits: parsed(entry.after("Digits:"), Why::Digits),
                // Neither the counter nor the period is in the text.
                counter: if kind == "hotp" { Err(Why::Counter) } else { Ok(None) },
                ..Draft::of(kind, entry.at(0), entry.at(1), read_base32(secret))
            })?;
        }
    }
    if import.entries.is_empty() && import.unreadable.is_empty() { Err(ImportError::WebPage) } else { Ok(import) }
}

/// The bold texts of an entry, each with what stands before it.
struct Entry(Vec<(String, String)>);

impl Entry {
    fn of(html: &str) -> Self {
        let bold = html.split("<b>").zip(html.split("<b>").skip(1));
        Self(
            bold.map(|(before, text)| {
                let before = before.rsplit('>').next().unwrap_or_default();
                (before.trim().to_owned(), unescape(text.split("</b>").next().unwrap_or_default()))
            })
            .collect(),
        )
    }

    fn after(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(before, _)| before == name).map(|(_, text)| text.trim())
    }

    fn at(&self, place: usize) -> &str {
        self.0.get(place).filter(|(before, _)| before.is_empty()).map_or("", |(_, text)| text)
    }
}

pub(crate) fn unescape(text: &str) -> String {
    const NAMED: [(&str, &str); 5] = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    NAMED.iter().fold(text.to_owned(), |text, (name, c)| text.replace(name, c))
}
