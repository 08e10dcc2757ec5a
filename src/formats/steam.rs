//! Steam's desktop file, `maFile`: `{"shared_secret":"base64","account_name",…}`, as Steam Desktop Authenticator and
//! those after it keep it. <https://github.com/Jessecar96/SteamDesktopAuthenticator>

use super::draft::{Draft, read_bytes};
use super::error::{ImportError, Why};
use super::json::{Fields, Value};
use super::{Format, Import};

/// Steam's are 20 bytes; what is far shorter is none.
const SHORTEST: usize = 10;

/// Whether there is one in it, or a list of them; ArchiSteamFarm keeps one under a name.
pub(crate) fn is_file(json: &Value) -> bool {
    json.get("accounts").is_some_and(Value::is_object) || accounts(json).next().is_some()
}

pub(crate) fn read(json: &Value) -> Result<Import, ImportError> {
    let mut import = Import::of(Format::Steam);
    for account in accounts(json) {
        let secret = account.base64_of("shared_secret").ok().filter(|secret| secret.len() >= SHORTEST);
        let secret = secret.map(zeroize::Zeroizing::new).ok_or(Why::NoSecret).and_then(|secret| read_bytes(&secret));
        import.take(Draft::of("steam", "Steam", account.text_of("account_name"), secret))?;
    }
    if import.entries.is_empty() { Err(ImportError::SteamFile) } else { Ok(import) }
}

fn accounts(json: &Value) -> impl Iterator<Item = &Value> {
    let inner = json.get("accounts").into_iter().flat_map(values).chain(values(json));
    json.each().iter().chain(inner).filter(|account| account.has("shared_secret"))
}

fn values(json: &Value) -> impl Iterator<Item = &Value> {
    json.as_object().into_iter().flat_map(strict_json::Map::values)
}
