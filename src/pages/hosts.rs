//! The origins that may ever receive a code or hand over a picture: one list.
//!
//! Exact origins, never suffixes: `login.microsoftonline.com.evil.example` and
//! `http://login.microsoftonline.com` are strangers. The manifest's matches
//! repeat this list and a test compares the two. Left out on purpose:
//! Microsoft's content networks and portals, which ask for no code, the closed
//! German cloud, and the air-gapped clouds, where no store delivers.

/// What the pages of a host are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Signs work and school accounts in.
    SignIn,
    /// Sets up their sign-in methods.
    SetUp,
    /// Signs personal accounts in.
    PersonalSignIn,
    /// Sets up theirs.
    PersonalSetUp,
}

/// One origin of Microsoft's that Tofaktor knows. Only [`find`] makes one, so
/// holding it proves that the origin was on the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Site {
    origin: &'static str,
    family: Family,
}

impl Site {
    /// `https://host`, without a slash.
    pub fn origin(self) -> &'static str {
        self.origin
    }

    /// The host alone, as people know it.
    pub fn host(self) -> &'static str {
        self.origin.strip_prefix("https://").unwrap_or(self.origin)
    }

    /// What its pages are for.
    pub fn family(self) -> Family {
        self.family
    }
}

/// The site of exactly this origin, as the browser serialises it.
pub fn find(origin: &str) -> Option<Site> {
    SITES.iter().find(|site| site.origin == origin).copied()
}

/// The site of a whole address, for what to show, never for what to release.
pub fn find_by_url(url: &str) -> Option<Site> {
    let after_scheme = url.strip_prefix("https://")?;
    let host = after_scheme.split(['/', '?', '#']).next()?;
    SITES.iter().find(|site| site.host() == host).copied()
}

/// Does this host pass itself off as Microsoft's sign-in?
///
/// Only for a warning: a host that is not on the list gets nothing either way.
pub fn looks_alike(host: &str) -> bool {
    const BAIT: [&str; 6] =
        ["microsoftonline", "mysignins", "msftauth", "microsoft-login", "office365-login", "login.live"];
    let folded: String = host
        .to_ascii_lowercase()
        .chars()
        .map(|c| match c {
            '0' => 'o',
            '1' => 'l',
            other => other,
        })
        .collect();
    let folded = folded.replace("rn", "m").replace("xn--", "");
    BAIT.iter().any(|bait| folded.contains(&bait.replace("rn", "m"))) && !SITES.iter().any(|site| site.host() == host)
}

/// Every origin, in the order of the manifest.
pub const SITES: &[Site] = &[
    site("https://login.microsoftonline.com", Family::SignIn),
    site("https://login.microsoft.com", Family::SignIn),
    site("https://login.windows.net", Family::SignIn),
    site("https://sts.windows.net", Family::SignIn),
    site("https://login-us.microsoftonline.com", Family::SignIn),
    site("https://login.microsoftonline.us", Family::SignIn),
    site("https://login.usgovcloudapi.net", Family::SignIn),
    site("https://login.partner.microsoftonline.cn", Family::SignIn),
    site("https://login.chinacloudapi.cn", Family::SignIn),
    site("https://login.sovcloud-identity.fr", Family::SignIn),
    site("https://login.sovcloud-identity.de", Family::SignIn),
    site("https://login.sovcloud-identity.sg", Family::SignIn),
    site("https://login.live.com", Family::PersonalSignIn),
    site("https://mysignins.microsoft.com", Family::SetUp),
    site("https://mysignins.azure.us", Family::SetUp),
    site("https://account.activedirectory.windowsazure.com", Family::SetUp),
    site("https://account.activedirectory.windowsazure.cn", Family::SetUp),
    site("https://account.activedirectory.windowsazure.us", Family::SetUp),
    site("https://account.live.com", Family::PersonalSetUp),
];

const fn site(origin: &'static str, family: Family) -> Site {
    Site { origin, family }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_origin_is_found() {
        assert!(find("https://login.microsoftonline.com").is_some());
        for stranger in [
            "https://login.microsoftonline.com:444",
            "https://login.microsoftonline.com.",
            "http://login.microsoftonline.com",
            "https://login.microsoftonline.com/",
            "https://LOGIN.microsoftonline.com",
            "https://microsoftonline.com",
            "https://login.microsoftonline.com.evil.example",
            "https://evil-login.microsoftonline.com",
            "https://xn--login-microsoftonlne-com",
            "null",
            "",
        ] {
            assert!(find(stranger).is_none(), "{stranger}");
        }
    }

    #[test]
    fn look_alikes_are_told_from_the_real() {
        for host in [
            "login.microsoftonline.com.evil.example",
            "login-microsoftonline.com",
            "login.micros0ftonline.com",
            "login.rnicrosoftonline.com",
        ] {
            assert!(looks_alike(host), "{host}");
        }
        for host in ["login.microsoftonline.com", "example.org", "microsoft.com"] {
            assert!(!looks_alike(host), "{host}");
        }
    }
}
