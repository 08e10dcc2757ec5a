//! Entries as the vectors write them.

use formats::Entry;
use otp::Factor;
use serde_json::{Value, json};

/// `{"type","issuer","account","secret","algorithm","digits","period" or "counter"}`, without the tenant.
pub(crate) fn entry(entry: &Entry) -> Value {
    let credential = &entry.credential;
    let mut value = json!({
        "type": credential.factor.name(),
        "issuer": entry.issuer,
        "account": entry.name,
        "secret": entry.secret_text().as_str(),
        "algorithm": credential.algorithm.name(),
        "digits": credential.digits,
    });
    match credential.factor {
        Factor::Counter { counter } => value["counter"] = counter.into(),
        _ => value["period"] = credential.period().into(),
    }
    value
}

/// [`entry`] with the tenant, where there is one.
pub(crate) fn entry_with_organisation(from: &Entry) -> Value {
    let mut value = entry(from);
    if let Some(organisation) = &from.organisation {
        value["tenant"] = organisation.as_str().into();
    }
    value
}
