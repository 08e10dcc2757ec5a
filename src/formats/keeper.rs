//! Keeper's JSON: `{"shared_folders","records":[{"title","login","custom_fields":{"$oneTimeCode::1":…},…}]}`.
//!
//! After what Keeper's own program writes (<https://github.com/Keeper-Security/Commander>,
//! `keepercommander/importer/json`): a field is called `$TYPE`, `$TYPE:LABEL` or `$TYPE:LABEL:NUMBER`, and holds a list
//! where there are several of one name; in old records the code's is `TFC:Keeper`.

use super::beside::Beside;
use super::error::ImportError;
use super::json::{Fields, Value};
use super::{Format, Import};

const CODES: [&str; 2] = ["$oneTimeCode", "TFC"];

pub(crate) fn is_export(json: &Value) -> bool {
    json.list_of("records").iter().any(|record| record.has("title") && (record.has("$type") || record.has("login")))
}

pub(crate) fn read(json: &Value) -> Result<Import, ImportError> {
    let mut import = Import::of(Format::Keeper);
    for record in json.list_of("records") {
        let paths = record.list_of("folders").iter().flat_map(|at| [at.text_of("folder"), at.text_of("shared_folder")]);
        let folders: Vec<String> = paths.map(folder).collect();
        let beside = Beside {
            title: record.text_of("title"),
            user: record.text_of("login"),
            site: record.text_of("login_url"),
            note: record.text_of("notes"),
            tags: folders.iter().map(String::as_str).collect(),
            ..Beside::default()
        };
        let texts = |wanted: bool| {
            let fields = record.get("custom_fields").and_then(Value::as_object).into_iter().flatten();
            let is_of_a_code = |name: &str| CODES.contains(&name.split(':').next().unwrap_or_default());
            fields
                .filter(move |(name, _)| is_of_a_code(name) == wanted)
                .flat_map(|(_, value)| value.each().iter().filter_map(Value::as_str))
        };
        beside.take(&mut import, texts(true), texts(false).chain([record.text_of("notes")]))?;
    }
    Ok(import)
}

/// The last part of a path; between the parts is a backslash, and one in a name is doubled.
fn folder(path: &str) -> String {
    path.replace("\\\\", "\0").rsplit('\\').next().unwrap_or_default().replace('\0', "\\")
}
