//! The vectors in tests/vectors/exchange, each of which says what it is.

use std::fs;

use formats::Password;
use serde_json::Value;

/// One file.
pub(crate) struct Vector {
    pub(crate) name: String,
    pub(crate) format: Option<String>,
    pub(crate) password: Option<String>,
    /// A key file, which a KeePass database may want beside a password or in its place.
    pub key: Option<Vec<u8>>,
    pub(crate) expect: Option<String>,
    pub(crate) entries: Vec<Value>,
    pub(crate) unreadable: Vec<String>,
    pub(crate) body: Vec<u8>,
}

impl Vector {
    fn parse(name: String, text: &str) -> Self {
        let (head, body) = text.split_once("\n\n").expect("a header, an empty line, a body");
        let all = |key: &str| head.lines().filter_map(|line| line.strip_prefix(key)).map(str::trim).collect::<Vec<_>>();
        let one = |key: &str| all(key).first().map(|value| (*value).to_owned());
        let body = match one("body:").as_deref() {
            Some("text") => body.as_bytes().to_vec(),
            Some("base64") => data_encoding::BASE64.decode(body.replace('\n', "").as_bytes()).expect("base64"),
            other => panic!("{name}: {other:?}"),
        };
        Self {
            name,
            format: one("format:"),
            password: one("password:"),
            key: one("key:").map(|key| data_encoding::BASE64.decode(key.as_bytes()).expect("base64")),
            expect: one("expect:"),
            entries: all("entry:").iter().map(|entry| serde_json::from_str(entry).expect("JSON")).collect(),
            unreadable: all("unreadable:").iter().map(|u| (*u).to_owned()).collect(),
            body,
        }
    }

    /// Without tenants; `None` for what is refused.
    #[allow(dead_code, reason = "for the command line's test")]
    pub(crate) fn expected_entries(&self) -> Option<Vec<Value>> {
        let mut entries = self.entries.clone();
        entries.iter_mut().filter_map(Value::as_object_mut).for_each(|entry| drop(entry.remove("tenant")));
        self.expect.is_none().then_some(entries)
    }

    /// Whether it opens without anything.
    pub(crate) fn is_open(&self) -> bool {
        self.password.is_none() && self.key.is_none()
    }

    pub(crate) fn password(&self) -> Option<Password> {
        let text = self.password.clone().unwrap_or_default().into_bytes();
        let password = Password::new(text.clone(), text);
        let password = match &self.key {
            Some(key) => password.with_key_file(key.clone()),
            None => password,
        };
        (!self.is_open()).then_some(password)
    }
}

pub(crate) fn all() -> Vec<Vector> {
    let directory = support::path("tests/vectors/exchange");
    let mut paths: Vec<_> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "vector"));
    paths.sort();
    let parse = |path: &std::path::PathBuf| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        Vector::parse(name, &fs::read_to_string(path).unwrap())
    };
    paths.iter().map(parse).collect()
}
