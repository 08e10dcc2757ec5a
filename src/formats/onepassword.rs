//! 1Password's 1PUX: a zip, in which `export.data` is JSON.
//!
//! <https://support.1password.com/1pux-format/>. What is in the bin is not exported.

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
        let user = details.list_of("loginFields").iter().find(|field| field.text_of("designation") == "username");
        let beside = Beside {
            title: overview.text_of("title"),
            user: user.map_or("", |field| field.text_of("value")),
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
        let totp = values().map(|value| value.text_of("totp"));
        beside.take(&mut import, totp, texts.chain([details.text_of("notesPlain")]))?;
    }
    Ok(import)
}
