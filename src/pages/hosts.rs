//! The origins that may ever receive a code or hand over a picture: one list,
//! and what may be added to it.
//!
//! Exact origins, never suffixes: `login.microsoftonline.com.evil.example` and
//! `http://login.microsoftonline.com` are strangers. The manifest's matches
//! repeat this list and a test compares the two. Left out on purpose:
//! Microsoft's content networks and portals, which ask for no code, the closed
//! German cloud, and the air-gapped clouds, where no store delivers.
//!
//! An organisation's own sign-in server (AD FS) lies on its own host. Such a host
//! counts only while the person lets the browser grant it, and [`organisation`]
//! says which could be one at all.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::look_alike;

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
    /// An organisation's own server, which signs its accounts in.
    Adfs,
}

/// One origin that Tofaktor knows. Only [`find`] and [`organisation`] make one, so
/// holding it proves that the origin was on the list, or could be an organisation's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    origin: Cow<'static, str>,
    family: Family,
}

impl Site {
    /// `https://host`, without a slash.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The host alone, as people know it.
    pub fn host(&self) -> &str {
        self.origin.strip_prefix("https://").unwrap_or(&self.origin)
    }

    /// Whether it is of the cloud that most organisations are in, and not of a country's own.
    pub fn is_public_cloud(&self) -> bool {
        PUBLIC_CLOUD.contains(&self.host())
    }

    /// What its pages are for.
    pub fn family(&self) -> Family {
        self.family
    }
}

/// The site of exactly this origin, as the browser serialises it.
pub fn find(origin: &str) -> Option<Site> {
    SITES.iter().find(|site| site.origin == origin).cloned()
}

/// The host of a whole address, for what to show, never for what to release.
pub fn host_of(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    host.split(':').next().filter(|host| !host.is_empty())
}

/// The site of a whole address, for what to show, never for what to release.
pub fn find_by_url(url: &str) -> Option<Site> {
    let host = host_of(url).filter(|_| url.starts_with("https://"))?;
    SITES.iter().find(|site| site.host() == host).cloned()
}

/// An organisation's AD FS server, if the origin could be one: a name in the public
/// tree, on the usual port, neither Microsoft's nor one that passes itself off as that.
///
/// Whether it is one is for the person to say, and for the browser to grant.
pub fn organisation(origin: &str) -> Option<Site> {
    let host = origin.strip_prefix("https://")?;
    let is_claimed = look_alike::is_microsofts(host) || look_alike::looks_alike(host);
    (is_name(host) && !is_claimed).then(|| Site { origin: Cow::Owned(origin.to_owned()), family: Family::Adfs })
}

/// A name in the public tree, as DNS spells it, and no address.
pub fn is_name(host: &str) -> bool {
    let labels: Vec<&str> = host.split('.').collect();
    let is_label = |label: &&str| {
        let inside = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        (1..=63).contains(&label.len()) && label.chars().all(inside) && !label.starts_with('-') && !label.ends_with('-')
    };
    let is_address = labels.last().is_some_and(|top| top.starts_with(|c: char| c.is_ascii_digit()));
    labels.len() > 1 && host.len() <= 253 && labels.iter().all(is_label) && !is_address
}

/// Where AD FS serves its sign-in, whatever else the host serves.
pub fn is_adfs_path(path: &str) -> bool {
    path.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("/adfs/"))
}

/// Whether Microsoft serves there what a customer of Azure AD B2C has made, with that customer's own form and scripts.
/// `path` may have a query, which a server reads decoded; an encoded letter among the folders is none of Microsoft's sign-in.
pub fn is_customers_path(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    let (folders, query) = path.split_once(['?', '#']).unwrap_or((&path, ""));
    let own = |folder: &str| folder.starts_with("b2c_") || folder.contains('%');
    let first = folders.split('/').find(|folder| !folder.is_empty()).unwrap_or_default();
    ["te", "tfp"].contains(&first) || folders.split('/').any(own) || query.split('&').any(names_customers_policy)
}

/// Whether a part of a query says which policy of a customer's is meant.
fn names_customers_policy(part: &str) -> bool {
    let (name, value) = part.split_once('=').unwrap_or_default();
    let [name, value] = [name, value].map(|text| {
        let text = text.replace('+', " ");
        percent_decode_str(&text).decode_utf8_lossy().trim().to_ascii_lowercase()
    });
    name == "p" && value.starts_with("b2c_")
}

/// Every origin, in the order of the manifest.
pub static SITES: &[Site] = &[
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

const PUBLIC_CLOUD: [&str; 5] = [
    "login.microsoftonline.com",
    "login.microsoft.com",
    "login.windows.net",
    "sts.windows.net",
    "mysignins.microsoft.com",
];

/// Where a forgotten password of a work or school account is set anew. It is not among the [`SITES`]: nothing is known of
/// its fields, so no script of ours is there, and the person types the code.
const PASSWORD_RESET: &str = "https://passwordreset.microsoftonline.com";

/// Whether the address is that page's, for what to show.
pub fn is_password_reset(url: &str) -> bool {
    url.strip_prefix(PASSWORD_RESET).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
}

const fn site(origin: &'static str, family: Family) -> Site {
    Site { origin: Cow::Borrowed(origin), family }
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
    fn the_password_reset_is_on_its_own_host_alone() {
        for url in ["", "/", "/?ru=https%3A%2F%2Fa.example", "/passwordreset#!/", "?mkt=nb-NO", "#x"] {
            assert!(is_password_reset(&format!("{PASSWORD_RESET}{url}")), "{url}");
        }
        for stranger in [
            "http://passwordreset.microsoftonline.com/",
            "https://passwordreset.microsoftonline.com.evil.example/",
            "https://passwordreset.microsoftonline.com@evil.example/",
            "https://passwordreset.microsoftonline.com:8443/",
            "https://evil.example/https://passwordreset.microsoftonline.com/",
        ] {
            assert!(!is_password_reset(stranger), "{stranger}");
        }
        assert!(find(PASSWORD_RESET).is_none(), "no code goes there");
    }

    #[test]
    fn what_a_customer_has_made_is_told_by_its_path() {
        for path in [
            "/te/contoso.onmicrosoft.com/b2c_1a_signin/oauth2/v2.0/authorize",
            "/tfp/contoso.onmicrosoft.com/b2c_1_signin/login",
            "/tfp/contoso.onmicrosoft.com/policy/login",
            "/TE/contoso/policy",
            "//te/contoso/policy",
            "/%74e/contoso/policy",
            "/contoso.onmicrosoft.com/B2C_1_signin/oauth2/authorize?x=1",
            "/contoso.onmicrosoft.com/oauth2/v2.0/authorize?client_id=x&p=b2c_1_signin",
            "/contoso.onmicrosoft.com/oauth2/v2.0/authorize?p=%62%32c_1_signin",
            "/contoso.onmicrosoft.com/oauth2/v2.0/authorize?client_id=x&%50=B2C%5f1_signin",
            "/contoso.onmicrosoft.com/oauth2/v2.0/authorize?+p=%20B2C_1_signin",
        ] {
            assert!(is_customers_path(path), "{path}");
        }
        for path in [
            "/",
            "/common/oauth2/v2.0/authorize?client_id=x&redirect_uri=https%3A%2F%2Fa.example%2Fte%2F",
            "/common/SAS/ProcessAuth",
            "/kmsi",
            "/te-contoso.example/login",
            "/3f2b/oauth2/authorize#te/x",
            "/contoso.example/login?prompt=b2c_",
            "/common/oauth2/v2.0/authorize?redirect_uri=https%3A%2F%2Fa.example%2F%3Fp%3Db2c_1&state=p%3Db2c_1",
            "/common/login?p=&p",
        ] {
            assert!(!is_customers_path(path), "{path}");
        }
    }

    #[test]
    fn an_organisation_has_a_name_of_its_own() {
        for origin in ["https://adfs.contoso.no", "https://sts.xn--lesund-hua.example", "https://fs.a-1.example"] {
            assert!(organisation(origin).is_some_and(|site| site.family() == Family::Adfs), "{origin}");
        }
        for origin in [
            "http://adfs.contoso.no",
            "https://adfs.contoso.no:8443",
            "https://adfs.contoso.no/",
            "https://ADFS.contoso.no",
            "https://user@adfs.contoso.no",
            "https://localhost",
            "https://10.0.0.1",
            "https://[::1]",
            "https://*",
            "https://*.contoso.no",
            "https://.no",
            "https://-a.no",
            "https://login.microsoftonline.com",
            "https://adfs.microsoft.com",
            "https://login.microsoftonline.com.evil.example",
            "https://login.micros0ftonline.example",
            "null",
            "",
        ] {
            assert!(organisation(origin).is_none(), "{origin}");
        }
    }
}
