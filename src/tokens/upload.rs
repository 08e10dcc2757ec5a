//! What an administrator uploads. It holds every key in clear.

use otp::base32;
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use crate::issue::Token;

const MANUFACTURER: &str = "Tofaktor";
const MODEL: &str = "Browser";

/// The admin center's file: this header, six columns, UTF-8 without a byte order mark.
pub fn microsoft_csv<'a>(tokens: impl Iterator<Item = &'a Token>) -> Zeroizing<Vec<u8>> {
    let mut text = Zeroizing::new(String::from("upn,serial number,secret key,time interval,manufacturer,model\r\n"));
    for token in tokens {
        let key = base32::encode(&token.credential.secret);
        // No field can hold what would have to be quoted.
        for part in [
            token.person.upn.as_str(),
            ",",
            &token.serial,
            ",",
            &key,
            ",",
            &seconds(token),
            ",",
            MANUFACTURER,
            ",",
            MODEL,
            "\r\n",
        ] {
            text.push_str(part);
        }
    }
    Zeroizing::new(text.as_bytes().to_vec())
}

/// The body of a `PATCH` on `/beta/directory/authenticationMethodDevices/hardwareOathDevices`. A token is assigned at once
/// where the id of its person's user object is known.
pub fn graph<'a>(tokens: impl Iterator<Item = &'a Token>) -> Zeroizing<Vec<u8>> {
    let value: Vec<Value> = tokens.enumerate().map(|(at, token)| device(at + 1, token)).collect();
    let body = json!({ "@context": "#$delta", "value": value });
    // It fails for maps whose keys are no text, and this has none.
    Zeroizing::new(serde_json::to_vec_pretty(&body).unwrap_or_default())
}

fn device(number: usize, token: &Token) -> Value {
    let mut device = Map::new();
    let mut put = |key: &str, value: Value| device.insert(key.to_owned(), value);
    put("@contentId", number.to_string().into());
    put("displayName", token.person.upn.as_str().into());
    put("serialNumber", token.serial.as_str().into());
    put("manufacturer", MANUFACTURER.into());
    put("model", MODEL.into());
    put("secretKey", base32::encode(&token.credential.secret).as_str().into());
    put("timeIntervalInSeconds", token.credential.period().into());
    put("hashFunction", "hmacsha1".into());
    if let Some(id) = &token.person.id {
        put("assignTo", json!({ "id": id }));
    }
    Value::Object(device)
}

fn seconds(token: &Token) -> String {
    token.credential.period().unwrap_or_default().to_string()
}
