//! An organisation's policy before it reaches a browser: checked with line and
//! reason, and written in the form of each platform.
//!
//! The keys and their types are those of `extension/policy.json`, which
//! Chromium holds a policy to, and what a value means is asked of the crate
//! `policy`, which reads it in the extension: nothing here can pass what the
//! extension would refuse. A validator for JSON schemas (`jsonschema`, 80
//! crates) was weighed: it knows neither lines nor what the core makes of a
//! value.

mod admx;
mod check;
mod form;
mod json;
mod plist;
mod registry;
mod schema;
mod script;

pub use check::{Checked, Fault, Note, Wrong, check};
pub use schema::{Key, Kind, keys};

use strict_json::Map;

/// The id of the folder that is loaded unpacked, by the `key` in the manifest; a store gives another.
pub const CHROMIUM_ID: &str = "hjbbfnmpdochkcnijcngakileeomikeb";
/// The id in Firefox, from wherever it is installed.
pub const FIREFOX_ID: &str = "tofaktor@tofaktor.no";

/// Under which ids the browsers know the extension.
#[derive(Clone, Debug)]
pub struct Ids {
    /// In Chrome and Chromium.
    pub chrome: String,
    /// In Edge.
    pub edge: String,
}

impl Default for Ids {
    fn default() -> Self {
        Self { chrome: CHROMIUM_ID.to_owned(), edge: CHROMIUM_ID.to_owned() }
    }
}

/// For what a policy is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
pub enum Target {
    /// Chrome on Windows: a .reg file.
    ChromeRegistry,
    /// Edge on Windows: a .reg file.
    EdgeRegistry,
    /// Group Policy: an ADMX template with its words in English and Norwegian.
    Admx,
    /// Intune: a PowerShell script for Chrome and Edge on Windows.
    Intune,
    /// The Google Admin console.
    Chromeos,
    /// Chrome and Chromium on Linux.
    Linux,
    /// Firefox: policies.json.
    Firefox,
    /// Chrome and Edge on macOS: a configuration profile.
    Macos,
}

/// A file that was written.
#[derive(Clone, Debug)]
pub struct Written {
    /// What it is called, below the folder that it is written to.
    pub name: &'static str,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// Whether a platform's form holds for all who use a machine, and decisions have what is one person's.
pub fn would_be_everybodys(target: Target, decisions: &Map) -> bool {
    matches!(target, Target::Intune | Target::Linux | Target::Firefox) && decisions.contains_key(policy::TOKENS)
}

/// Writes decisions for a platform; templates hold none.
pub fn write(target: Target, decisions: &Map, ids: &Ids) -> Vec<Written> {
    let one = |name, bytes| vec![Written { name, bytes }];
    match target {
        Target::ChromeRegistry => one("tofaktor.reg", registry::file(decisions, &registry::chrome(&ids.chrome))),
        Target::EdgeRegistry => one("tofaktor.reg", registry::file(decisions, &registry::edge(&ids.edge))),
        Target::Admx => admx::templates(ids),
        Target::Intune => one("tofaktor.ps1", script::file(decisions, ids)),
        Target::Chromeos => one("tofaktor.json", json::chromeos(decisions)),
        Target::Linux => one("tofaktor.json", json::linux(decisions, &ids.chrome)),
        Target::Firefox => one("policies.json", json::firefox(decisions)),
        Target::Macos => one("tofaktor.mobileconfig", plist::profile(decisions, ids)),
    }
}

/// Text inside XML: also the return that a reader would else take for a line's end.
fn xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\r' => escaped.push_str("&#13;"),
            other => escaped.push(other),
        }
    }
    escaped
}
