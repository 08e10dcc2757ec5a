//! Enpass' JSON: `{"folders","items":[{"title","fields":[{"type","value"}],…}]}`.
//!
//! After what Bitwarden's importer of it says of its fields
//! (<https://github.com/bitwarden/clients>, `libs/importer/src/importers/enpass`).

use super::beside::Beside;
use super::error::ImportError;
use super::json::{Fields, Value};
use super::{Format, Import};
use exchange::Discarded;

pub(crate) fn is_export(json: &Value) -> bool {
    json.list_of("items").iter().any(|item| item.has("template_type") && item.has("title"))
}

pub(crate) fn read(json: &Value) -> Result<Import, ImportError> {
    let mut import = Import::of(Format::Enpass);
    for item in json.list_of("items") {
        // What a person deleted of an item stays in the file.
        let fields = || item.list_of("fields").iter().filter(|field| field.number_of("deleted") != Some(1));
        let of = |kind: &'static str| {
            fields().filter(move |field| field.text_of("type") == kind).map(|f| f.text_of("value"))
        };
        let first = |kind: &'static str| of(kind).find(|value| !value.is_empty()).unwrap_or_default();
        let is = |name: &str| item.number_of(name) == Some(1);
        let beside = Beside {
            title: item.text_of("title"),
            user: first("username"),
            email: first("email"),
            site: first("url"),
            discarded: match () {
                () if is("trashed") => Some(Discarded::Trash),
                () if is("archived") => Some(Discarded::Archive),
                () => None,
            },
            note: item.text_of("note"),
            tags: (item.list_of("folders").iter().filter_map(|id| json.named("folders", ["uuid", "title"], id)))
                .collect(),
        };
        let texts = fields().filter(|field| field.text_of("type") != "totp").map(|field| field.text_of("value"));
        beside.take(&mut import, of("totp"), texts.chain([item.text_of("note")]))?;
    }
    Ok(import)
}
