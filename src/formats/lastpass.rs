//! LastPass Authenticator: `{"version","accounts":[{"issuerName","userName","secret",…}]}`.

use super::draft::Draft;
use super::error::{ImportError, Why};
use super::json::{Fields, Value, either};
use super::{Format, Import};

/// Whether its accounts are named as only LastPass does; an export without any says so by its other fields.
pub(crate) fn is_export(json: &Value) -> bool {
    let accounts = json.list_of("accounts");
    if accounts.is_empty() { json.has("deviceId") } else { accounts.iter().any(|account| account.has("issuerName")) }
}

pub(crate) fn read(json: &Value) -> Result<Import, ImportError> {
    Import::of_list(Format::LastPass, json.get("accounts"), |account| Draft {
        kind: "totp",
        // What the person renamed it to, else what it was.
        issuer: either(account.text_of("issuerName"), account.text_of("originalIssuerName")),
        name: either(account.text_of("userName"), account.text_of("originalUserName")),
        tags: account
            .get("folderData")
            // Folder 0 is that of all which are in none.
            .and_then(|folder| folder.get("folderId").filter(|id| id.number() != Some(0)))
            .and_then(|id| json.named("folders", ["id", "name"], id))
            .into_iter()
            .collect(),
        period: account.optional("timeStep", Why::Period),
        counter: Ok(None),
        ..Draft::of_json(account)
    })
}
