//! FIDO's Credential Exchange Format, as it is written to a file: JSON, alone or in a zip.
//!
//! <https://fidoalliance.org/specs/cx/cxf-v1.0-ps-20250814.html>. The key is in base32; an
//! algorithm that is not known is refused by the entry alone. Passkeys and passwords are no codes.

use super::beside::Beside;
use super::draft::Draft;
use super::error::{ImportError, Why};
use super::json::{Fields, Value, either};
use super::{Format, Import};
use zeroize::Zeroizing;

/// Whether accounts have items, beside a name of the exporter.
pub(crate) fn is_export(json: &Value) -> bool {
    (json.has("exporterRpId") || json.has("exporterDisplayName")) && json.get("accounts").is_some_and(Value::is_array)
}

pub(crate) fn read(json: &Value) -> Result<Import, ImportError> {
    let mut import = Import::of(Format::Cxf);
    let accounts = json.list_of("accounts").iter();
    for (account, item) in accounts.flat_map(|account| account.list_of("items").iter().map(move |item| (account, item)))
    {
        let credentials = item.list_of("credentials");
        let of = |kind: &'static str| credentials.iter().filter(move |credential| credential.text_of("type") == kind);
        let user = of("basic-auth").find_map(|basic| Some(basic.get("username")?.text_of("value")));
        let notes: Vec<&str> = of("note").filter_map(|note| Some(note.get("content")?.text_of("value"))).collect();
        let note = Zeroizing::new(notes.join("\n"));
        let holds = |collection: &&Value| {
            collection
                .list_of("items")
                .iter()
                .any(|link| link.get("item").is_some() && link.get("item") == item.get("id"))
        };
        let collections = account.list_of("collections").iter().filter(holds);
        let urls = item.get("scope").unwrap_or(&Value::Null).list_of("urls");
        let beside = Beside {
            title: item.text_of("title"),
            user: user.unwrap_or_default(),
            site: urls.first().and_then(Value::as_str).unwrap_or_default(),
            note: &note,
            tags: item.texts_of("tags").chain(collections.map(|collection| collection.text_of("title"))).collect(),
            ..Beside::default()
        };
        let issuer = beside.issuer();
        let codes = of("totp").map(|totp| {
            let name = either(totp.text_of("username"), beside.name());
            let draft = Draft {
                kind: "totp",
                // A title that is the account's name says nothing of who asks.
                issuer: either(totp.text_of("issuer"), if *issuer == *name { "" } else { &issuer }),
                name,
                period: totp.optional("period", Why::Period),
                ..Draft::of_json(totp)
            };
            draft.finish()
        });
        beside.push(&mut import, codes.collect())?;
        let values =
            of("custom-fields").flat_map(|custom| custom.list_of("fields")).map(|field| field.text_of("value"));
        beside.take(&mut import, [], values.chain(notes))?;
    }
    Ok(import)
}
