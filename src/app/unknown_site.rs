//! The host of a tab that is none of Microsoft's sign-in pages.

use crate::protocol::{Tab, UnknownSiteView};
use ::policy::Policy;
use pages::{hosts, look_alike};

/// Only for what to show; nothing is released by it. `accounts` are the user names of those that are kept.
pub(super) fn of<'a>(
    tab: &Tab,
    policy: &Policy,
    mut accounts: impl Iterator<Item = &'a str>,
) -> Option<UnknownSiteView> {
    let url = tab.url.as_deref()?;
    let host = hosts::host_of(url)?;
    if hosts::find_by_url(url).is_some() || hosts::is_password_reset(url) {
        return None;
    }
    let looks_alike = look_alike::looks_alike(host) || (tab.imitates && !look_alike::is_microsofts(host));
    let origin = format!("https://{host}");
    let path = url.strip_prefix(&origin).unwrap_or_default();
    let could_be = hosts::is_adfs_path(path) && hosts::organisation(&origin).is_some();
    // An unknown site's host is not proposed to anybody: no code of theirs would ever go there.
    let mut is_theirs = || policy.names_adfs(host) || accounts.any(|name| policy.serves(host, name));
    let organisation = !looks_alike && could_be && is_theirs();
    Some(UnknownSiteView { host: host.to_owned(), looks_alike, organisation })
}

#[cfg(test)]
mod tests {
    use std::iter;

    use super::*;

    fn host(url: &str) -> Option<(String, bool)> {
        of(&Tab { url: Some(url.into()), ..Tab::default() }, &Policy::default(), iter::empty())
            .map(|unknown_site| (unknown_site.host, unknown_site.looks_alike))
    }

    #[test]
    fn tells_microsoft_from_the_rest() {
        assert_eq!(host("https://login.microsoftonline.com/common?x=1"), None);
        assert_eq!(host("chrome://extensions/"), None);
        assert_eq!(host("https://skole.example/a"), Some(("skole.example".into(), false)));
        assert_eq!(
            host("https://login.microsoftonline.com@login.micros0ftonline.example:8443/x"),
            Some(("login.micros0ftonline.example".into(), true))
        );
    }

    #[test]
    fn an_organisations_own_sign_in_is_told_by_its_path_and_by_the_accounts_that_are_kept() {
        let shown = |policy: &Policy, url: &str, name: &str| {
            of(&Tab { url: Some(url.into()), ..Tab::default() }, policy, [name].into_iter())
                .map(|unknown_site| unknown_site.organisation)
        };
        let under = |policy: &Policy, url: &str| shown(policy, url, "kari@contoso.no");
        let at = |url| under(&Policy::default(), url);
        assert_eq!(at("https://adfs.contoso.no/adfs/ls/?wa=wsignin1.0"), Some(true));
        assert_eq!(at("https://adfs.contoso.no/ADFS/oauth2/authorize"), Some(true));
        assert_eq!(at("https://adfs.contoso.no/"), Some(false));
        assert_eq!(at("http://adfs.contoso.no/adfs/ls/"), Some(false));
        assert_eq!(at("https://adfs.contoso.no:8443/adfs/ls/"), Some(false));
        assert_eq!(at("https://login.micros0ftonline.example/adfs/ls/"), Some(false));
        let unknown_site = |name| shown(&Policy::default(), "https://adfs.contoso.no/adfs/ls/", name);
        assert_eq!(unknown_site("Kari@elev.CONTOSO.no"), Some(true));
        for name in ["kari@skole.example", "kari@contoso.no.evil.example", "kari@evilcontoso.no", "contoso.no"] {
            assert_eq!(unknown_site(name), Some(false), "{name}");
        }
        let named = Policy::parse(Some(r#"{"adfsHosts":["adfs.contoso.no"]}"#));
        assert_eq!(under(&named, "https://adfs.contoso.no/adfs/ls/"), Some(true));
        assert_eq!(shown(&named, "https://adfs.contoso.no/adfs/ls/", "kari@skole.example"), Some(true));
        assert_eq!(under(&named, "https://sts.contoso.no/adfs/ls/"), Some(false));
    }

    #[test]
    fn a_form_that_is_microsofts_is_so_on_no_other_host() {
        let shown_at = |url: &str| {
            of(&Tab { url: Some(url.into()), imitates: true, ..Tab::default() }, &Policy::default(), iter::empty())
        };
        assert!(shown_at("https://skole.example/a").is_some_and(|unknown_site| unknown_site.looks_alike));
        assert!(shown_at("https://account.microsoft.com/a").is_some_and(|unknown_site| !unknown_site.looks_alike));
        assert_eq!(shown_at("https://login.microsoftonline.com/common"), None);
    }
}
