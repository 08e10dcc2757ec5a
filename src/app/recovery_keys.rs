//! Who can open the vault in the name of the organisation: never in silence. What a person was told stands among their
//! settings, and what has changed since is shown until somebody has read it.

use super::sentences::sentence;
use super::{Done, change_if, guard, unlock_methods};
use crate::protocol::{Notice, RecoverersView};
use platform::Platform;
use strict_json::{Map, Value};
use vault::{Contents, Header, OrganisationKey, session};

/// Name of the list of keys that the person has been told of.
const TOLD: &str = "recoveryKeys";

/// What is set when a vault is made: the form has just said it.
pub(super) fn told_at_first(keys: &[OrganisationKey]) -> Map {
    let mut settings = Map::new();
    if !keys.is_empty() {
        settings.insert(TOLD.to_owned(), texts(keys));
    }
    settings
}

/// Who has come and who has gone since the person was last told.
pub(super) async fn untold(p: &impl Platform, contents: &Contents) -> Option<RecoverersView> {
    let told = contents.settings.get(TOLD);
    // Where nobody ever decided anything there is nothing to look for.
    if told.is_none() && guard::policy(p).await.recovery_keys().0.is_empty() {
        return None;
    }
    let there = keys(&unlock_methods::header(p).await?);
    let told = told.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let told: Vec<_> = told.iter().filter_map(Value::as_str).filter_map(OrganisationKey::from_text).collect();
    let beyond = |some: &[OrganisationKey], others: &[OrganisationKey]| {
        some.iter().filter(|key| !others.contains(key)).map(|key| key.name.clone()).collect::<Vec<_>>()
    };
    let view = RecoverersView { added: beyond(&there, &told), removed: beyond(&told, &there) };
    (!view.added.is_empty() || !view.removed.is_empty()).then_some(view)
}

/// The person has read it.
pub(super) async fn tell(p: &impl Platform) -> Result<Done, Notice> {
    let key = session::key(p).await.map_err(sentence)?;
    let header = unlock_methods::header(p).await.ok_or(Notice::Gone)?;
    let now = texts(&keys(&header));
    let told = change_if(p, &key, |contents| {
        let before = contents.settings.insert(TOLD.to_owned(), now.clone());
        (before != Some(now)).then_some(())
    });
    told.await.map_err(sentence)?;
    Ok(Done::default())
}

fn keys(header: &Header) -> Vec<OrganisationKey> {
    header.slots.iter().filter_map(OrganisationKey::of).collect()
}

fn texts(keys: &[OrganisationKey]) -> Value {
    keys.iter().map(|key| Value::String(key.to_text())).collect()
}
