//! 1Password's 1PUX: a zip, in which `export.data` is JSON; and 1PIF, which came before it, an object a line.
//!
//! <https://support.1password.com/1pux-format/>. What is in the bin is not exported. 1PIF is described nowhere; this is after
//! a file in Proton Pass' tests (<https://github.com/ProtonMail/WebClients>).

use super::beside::Beside;
use super::error::ImportError;
use super::json::{Fields, Value};
use super::{Format, Import};
use exchange::Discarded;

/// Whether an item of `accounts` has vaults, which no other format's has.
pub(crate) fn is_export(json: &Value) -> bool {
    json.list_of("accounts").first().is_some_and(|account| account.has("vaults"))
}

pub(crate) fn read(json: &Value) -> Result<Import, ImportError> {
    let mut import = Import::of(Format::OnePassword);
    let vaults = json.list_of("accounts").iter().flat_map(|account| account.list_of("vaults"));
    for item in vaults.flat_map(|vault| vault.list_of("items")) {
        // Early versions of the format have one level more.
        let item = item.get("item").unwrap_or(item);
        let (overview, details) =
            (item.get("overview").unwrap_or(&Value::Null), item.get("details").unwrap_or(&Value::Null));
        let beside = Beside {
            title: overview.text_of("title"),
            user: user(details.list_of("loginFields")),
            site: overview.text_of("url"),
            discarded: (item.text_of("state") == "archived").then_some(Discarded::Archive),
            note: details.text_of("notesPlain"),
            tags: overview.texts_of("tags").collect(),
            ..Beside::default()
        };
        let fields = details.list_of("sections").iter().flat_map(|section| section.list_of("fields"));
        let values = || fields.clone().filter_map(|field| field.get("value"));
        let texts = values().flat_map(|value| {
            [value.text_of("string"), value.text_of("concealed"), value.as_str().unwrap_or_default()]
        });
        let totp = values().flat_map(|value| value.texts_of("totp"));
        beside.take(&mut import, totp, texts.chain([details.text_of("notesPlain")]))?;
    }
    Ok(import)
}

/// Whether an item of the list is one of 1PIF.
pub(crate) fn is_pif(json: &Value) -> bool {
    json.each().iter().any(|item| item.has("secureContents") && item.has("typeName"))
}

pub(crate) fn read_pif(json: &Value) -> Result<Import, ImportError> {
    let mut import = Import::of(Format::OnePassword);
    for item in json.each() {
        let part = |name: &str| item.get(name).unwrap_or(&Value::Null);
        let details = part("secureContents");
        let beside = Beside {
            title: item.text_of("title"),
            user: user(details.list_of("fields")),
            site: item.text_of("location"),
            discarded: (part("trashed") == &Value::Bool(true)).then_some(Discarded::Trash),
            note: details.text_of("notesPlain"),
            tags: part("openContents").texts_of("tags").collect(),
            ..Beside::default()
        };
        let texts = |wanted: bool| {
            let fields = details.list_of("sections").iter().flat_map(|section| section.list_of("fields"));
            fields
                .filter(move |field| field.text_of("n").starts_with("TOTP_") == wanted)
                .map(|field| field.text_of("v"))
        };
        beside.take(&mut import, texts(true), texts(false).chain([details.text_of("notesPlain")]))?;
    }
    Ok(import)
}

fn user(fields: &[Value]) -> &str {
    fields.iter().find(|field| field.text_of("designation") == "username").map_or("", |field| field.text_of("value"))
}
