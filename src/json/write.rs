//! Writes a text.

use zeroize::Zeroizing;

use super::{Json, Map};

impl Json {
    /// As text, without white space.
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut out = Out(Zeroizing::new(String::with_capacity(1024)));
        out.value(self);
        out.0
    }
}

/// Grows without leaving the old buffer's bytes behind.
struct Out(Zeroizing<String>);

impl Out {
    fn push(&mut self, text: &str) {
        let needed = self.0.len() + text.len();
        if needed > self.0.capacity() {
            let mut larger = Zeroizing::new(String::with_capacity(needed * 2));
            larger.push_str(&self.0);
            self.0 = larger;
        }
        self.0.push_str(text);
    }

    fn value(&mut self, value: &Json) {
        match value {
            Json::Null => self.push("null"),
            Json::Bool(true) => self.push("true"),
            Json::Bool(false) => self.push("false"),
            Json::Whole(number) => self.push(&number.to_string()),
            Json::Number(text) => self.push(text),
            Json::Text(text) => self.string(text),
            Json::Name(name) => self.string(name),
            Json::Bytes(bytes) => self.list(bytes, |out, byte| out.push(&byte.to_string())),
            Json::List(items) => self.list(items, Self::value),
            Json::Map(Map(fields)) => {
                self.push("{");
                for (at, (name, value)) in fields.iter().enumerate() {
                    self.push(if at > 0 { "," } else { "" });
                    self.string(name);
                    self.push(":");
                    self.value(value);
                }
                self.push("}");
            }
        }
    }

    fn list<T>(&mut self, items: &[T], write: fn(&mut Self, &T)) {
        self.push("[");
        for (at, item) in items.iter().enumerate() {
            self.push(if at > 0 { "," } else { "" });
            write(self, item);
        }
        self.push("]");
    }

    fn string(&mut self, text: &str) {
        self.push("\"");
        let mut rest = text;
        while let Some(at) = rest.bytes().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f)) {
            let (plain, after) = rest.split_at(at);
            self.push(plain);
            let (escaped, after) = after.split_at(1);
            match escaped {
                "\"" => self.push("\\\""),
                "\\" => self.push("\\\\"),
                "\n" => self.push("\\n"),
                "\r" => self.push("\\r"),
                "\t" => self.push("\\t"),
                other => other.bytes().for_each(|byte| self.push(&format!("\\u{byte:04x}"))),
            }
            rest = after;
        }
        self.push(rest);
        self.push("\"");
    }
}
