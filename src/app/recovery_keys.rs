//! Who can open the vault in the name of the organisation: never in silence. What a person was told stands among their
//! settings, and what has changed since is shown until somebody has read it.

use super::sentences::sentence;
use super::{Done, change_if, unlock_methods};
use crate::protocol::{Notice, RecoverersView};
use ::policy::{Policy, PolicyReport, ReportKind};
use platform::Platform;
use strict_json::{Map, Value};
use vault::{Contents, Header, OrganisationKey, session};

/// Name of the list of keys that the person has been told of.
const TOLD: &str = "recoveryKeys";

/// What is set when a vault is made: what the form has said, which may be another than what holds by now.
pub(super) fn told_at_first(said: &[String]) -> Map {
    let mut settings = Map::new();
    if !said.is_empty() {
        settings.insert(TOLD.to_owned(), texts(&parsed(said)));
    }
    settings
}

/// Who has come and who has gone since the person was last told.
pub(super) async fn untold(p: &impl Platform, contents: &Contents) -> Option<RecoverersView> {
    let header = unlock_methods::header(p).await?;
    let there: Vec<_> = header.slots.iter().filter_map(OrganisationKey::of).collect();
    let told = contents.settings.get(TOLD).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let told = parsed(told.iter().filter_map(Value::as_str));
    let beyond = |some: &[OrganisationKey], others: &[OrganisationKey]| {
        some.iter().filter(|key| !others.contains(key)).map(|key| key.name.clone()).collect::<Vec<_>>()
    };
    let there_now = there.iter().map(OrganisationKey::to_text).collect();
    let view = RecoverersView { added: beyond(&there, &told), removed: beyond(&told, &there), there: there_now };
    (!view.added.is_empty() || !view.removed.is_empty()).then_some(view)
}

/// Whom the policy names, and an open vault has no room for, nor perhaps the disk.
pub(super) fn not_sealed(header: &Header, policy: &Policy) -> Vec<PolicyReport> {
    let there: Vec<_> = header.slots.iter().filter_map(OrganisationKey::of).collect();
    let missing = policy.recovery_keys().0.iter().filter(|key| !there.contains(key));
    missing.map(|key| PolicyReport { key: key.name.clone(), kind: ReportKind::NotSealed }).collect()
}

/// The person has read what was `there` as the card was drawn.
pub(super) async fn tell(p: &impl Platform, there: &[String]) -> Result<Done, Notice> {
    let key = session::key(p).await.map_err(sentence)?;
    let now = texts(&parsed(there));
    let told = change_if(p, &key, |contents| {
        let before = contents.settings.insert(TOLD.to_owned(), now.clone());
        (before != Some(now)).then_some(())
    });
    told.await.map_err(sentence)?;
    Ok(Done::default())
}

fn parsed<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Vec<OrganisationKey> {
    texts.into_iter().filter_map(|text| OrganisationKey::from_text(text.as_ref())).collect()
}

fn texts(keys: &[OrganisationKey]) -> Value {
    keys.iter().map(|key| Value::String(key.to_text())).collect()
}
