//! Proton Pass: `{"version","encrypted","vaults":{id:{"items":[…]}}}`, alone or in a zip.
//!
//! <https://proton.me/support/pass-export>, and what the exporter in
//! <https://github.com/ProtonMail/WebClients> writes. Its other export is under OpenPGP.

use super::beside::Beside;
use super::error::ImportError;
use super::json::{Fields, Value};
use super::{Format, Import};
use exchange::Discarded;

/// The state of an item in the bin.
const TRASHED: i128 = 2;

pub(crate) fn read(json: &Value) -> Result<Import, ImportError> {
    let mut import = Import::of(Format::ProtonPass);
    let vaults = json.get("vaults").and_then(Value::as_object).ok_or(ImportError::Damaged)?;
    let items = vaults.values().flat_map(|vault| vault.list_of("items").iter().map(move |item| (vault, item)));
    for (vault, item) in items {
        let data = item.get("data").unwrap_or(&Value::Null);
        let (metadata, content) =
            (data.get("metadata").unwrap_or(&Value::Null), data.get("content").unwrap_or(&Value::Null));
        let beside = Beside {
            title: metadata.text_of("name"),
            user: content.text_of("itemUsername"),
            // Before 2024 it was the only name.
            email: super::json::either(content.text_of("itemEmail"), content.text_of("username")),
            site: content.list_of("urls").first().and_then(Value::as_str).unwrap_or_default(),
            discarded: (item.number_of("state") == Some(TRASHED)).then_some(Discarded::Trash),
            note: metadata.text_of("note"),
            // Of one alone, that says nothing.
            tags: (vaults.len() > 1).then_some(vault.text_of("name")).into_iter().collect(),
        };
        let extra =
            |key| data.list_of("extraFields").iter().filter_map(move |field| Some(field.get("data")?.text_of(key)));
        let texts = extra("content").chain([metadata.text_of("note")]);
        beside.take(&mut import, content.texts_of("totpUri").chain(extra("totpUri")), texts)?;
    }
    Ok(import)
}
