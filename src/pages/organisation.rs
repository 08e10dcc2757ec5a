//! Which organisation a page asks for: a guest has one name and a key for each.

use serde::{Deserialize, Serialize};

/// Longer than any directory's id, domain or name that is kept.
const MAX: usize = 256;

/// What a page says of it, as it is written there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Signs {
    /// The first parts of paths: of `$Config`'s `urlCancel`, `urlResume` and `urlFidoLogin`, of the page's own
    /// address, and its parameter `tenantId`.
    pub paths: Vec<String>,
    /// The folder of the organisation's logo, which stays the same as long as the logo does.
    pub banner: Option<String>,
    /// `$Config.sCompanyDisplayName`.
    pub name: Option<String>,
}

/// What is known of it. Where a page names none, there is none of these.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// The directory's id, else a domain, else the logo's folder; in lower case.
    pub id: Option<String>,
    /// What it calls itself.
    pub name: Option<String>,
}

impl Organisation {
    /// What takes an organisation's place for personal accounts: the one directory of all of them.
    pub fn personal() -> Self {
        Self { id: Some(PERSONAL.to_owned()), name: None }
    }
}

impl Signs {
    /// Of two different directories neither counts: a page that contradicts itself names none.
    pub fn read(&self) -> Option<Organisation> {
        let paths: Vec<String> = self.paths.iter().map(|path| path.to_ascii_lowercase()).collect();
        let id = match the_one(&paths, is_guid) {
            Said::One(guid) => Some(guid),
            Said::None => match the_one(&paths, is_domain) {
                Said::One(domain) => Some(domain),
                Said::None => self.banner.as_deref().and_then(banner),
                Said::Several => None,
            },
            Said::Several => None,
        };
        let name = self.name.as_deref().map(str::trim).filter(|name| !name.is_empty() && name.chars().count() <= MAX);
        let organisation = Organisation { id, name: name.map(str::to_owned) };
        (organisation != Organisation::default()).then_some(organisation)
    }
}

enum Said {
    None,
    One(String),
    Several,
}

fn the_one(paths: &[String], is: fn(&str) -> bool) -> Said {
    let mut fitting = paths.iter().filter(|path| is(path));
    match fitting.next() {
        None => Said::None,
        Some(first) if fitting.all(|other| other == first) => Said::One(first.clone()),
        Some(_) => Said::Several,
    }
}

/// The directory of all personal accounts: every page of every one says this.
pub const PERSONAL: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

fn is_guid(text: &str) -> bool {
    let lengths = [8, 4, 4, 4, 12];
    let parts: Vec<&str> = text.split('-').collect();
    parts.iter().map(|part| part.len()).eq(lengths)
        && parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_hexdigit()))
        && text != PERSONAL
}

fn is_domain(text: &str) -> bool {
    let is_file = [".srf", ".aspx"].iter().any(|ending| text.ends_with(ending));
    !is_file && super::hosts::is_name(text)
}

fn banner(folder: &str) -> Option<String> {
    let is_sound = folder.len() <= MAX
        && folder.len() > 8
        && folder.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    is_sound.then(|| format!("banner:{}", folder.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: &str = "11111111-2222-4333-8444-555555555555";
    const HOST: &str = "AAAAAAAA-2222-4333-8444-555555555555";

    fn id(paths: &[&str], banner: Option<&str>) -> Option<String> {
        let paths = paths.iter().map(|path| (*path).to_owned()).collect();
        Signs { paths, banner: banner.map(str::to_owned), name: None }.read()?.id
    }

    #[test]
    fn a_directory_comes_before_a_domain_and_that_before_a_logo() {
        assert_eq!(id(&["common", HOME, HOME], None).as_deref(), Some(HOME));
        assert_eq!(id(&["skole.example", HOST], Some("c1c6b6c8-abc")), Some(HOST.to_ascii_lowercase()));
        assert_eq!(id(&["Skole.example"], Some("c1c6b6c8-abc")).as_deref(), Some("skole.example"));
        assert_eq!(id(&["common"], Some("c1c6b6c8-aBc")).as_deref(), Some("banner:c1c6b6c8-abc"));
        assert_eq!(id(&["common"], Some("c1c6b6c8-")).as_deref(), Some("banner:c1c6b6c8-"));
        for folder in ["c1c6b6c8", "c1c6b6c8/abc", "c1c6b6c8.abc"] {
            assert_eq!(id(&["common"], Some(folder)), None, "{folder}");
        }
    }

    #[test]
    fn what_names_none_or_two_names_none() {
        for paths in [
            &["common"][..],
            &["organizations", "consumers"],
            &[],
            &[PERSONAL],
            &[HOME, HOST],
            &["a.example", "b.example"],
        ] {
            assert_eq!(id(paths, None), None, "{paths:?}");
        }
        assert_eq!(id(&["login.srf"], None), None);
        assert_eq!(id(&["login", "../x.example", "11111111-2222-4333-8444-55555555555g"], Some("../../etc")), None);
        let named = |name: &str| Signs { name: Some(name.to_owned()), ..Signs::default() }.read();
        assert_eq!(named(" "), None);
        assert_eq!(named(&"\u{202e}a".repeat(300)), None, "longer than a name that is kept");
    }
}
