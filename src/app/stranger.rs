//! The host of a tab that is none of Microsoft's sign-in pages.

use crate::pages::{hosts, look_alike};
use crate::policy::Policy;
use crate::protocol::{StrangerView, Tab};

/// Only for what to show; nothing is released by it.
pub(super) fn of(tab: &Tab, policy: &Policy) -> Option<StrangerView> {
    let url = tab.url.as_deref()?;
    let host = hosts::host_of(url)?;
    if hosts::find_by_url(url).is_some() {
        return None;
    }
    let looks_alike = look_alike::looks_alike(host) || (tab.imitates && !look_alike::is_microsofts(host));
    let origin = format!("https://{host}");
    let path = url.strip_prefix(&origin).unwrap_or_default();
    let could_be = hosts::is_adfs_path(path) && hosts::organisation(&origin).is_some();
    let organisation = !looks_alike && could_be && policy.allows_adfs(host);
    Some(StrangerView { host: host.to_owned(), looks_alike, organisation })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(url: &str) -> Option<(String, bool)> {
        of(&Tab { url: Some(url.into()), ..Tab::default() }, &Policy::default())
            .map(|stranger| (stranger.host, stranger.looks_alike))
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
    fn an_organisations_own_sign_in_is_told_by_its_path() {
        let under = |policy: &Policy, url: &str| {
            of(&Tab { url: Some(url.into()), ..Tab::default() }, policy).map(|stranger| stranger.organisation)
        };
        let at = |url| under(&Policy::default(), url);
        assert_eq!(at("https://adfs.contoso.no/adfs/ls/?wa=wsignin1.0"), Some(true));
        assert_eq!(at("https://adfs.contoso.no/ADFS/oauth2/authorize"), Some(true));
        assert_eq!(at("https://adfs.contoso.no/"), Some(false));
        assert_eq!(at("http://adfs.contoso.no/adfs/ls/"), Some(false));
        assert_eq!(at("https://adfs.contoso.no:8443/adfs/ls/"), Some(false));
        assert_eq!(at("https://login.micros0ftonline.example/adfs/ls/"), Some(false));
        let named = Policy::parse(Some(r#"{"adfsHosts":["adfs.contoso.no"]}"#));
        assert_eq!(under(&named, "https://adfs.contoso.no/adfs/ls/"), Some(true));
        assert_eq!(under(&named, "https://sts.contoso.no/adfs/ls/"), Some(false));
    }

    #[test]
    fn a_form_that_is_microsofts_is_so_on_no_other_host() {
        let shown_at =
            |url: &str| of(&Tab { url: Some(url.into()), imitates: true, ..Tab::default() }, &Policy::default());
        assert!(shown_at("https://skole.example/a").is_some_and(|stranger| stranger.looks_alike));
        assert!(shown_at("https://account.microsoft.com/a").is_some_and(|stranger| !stranger.looks_alike));
        assert_eq!(shown_at("https://login.microsoftonline.com/common"), None);
    }
}
