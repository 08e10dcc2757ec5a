//! The host of a tab that is none of Microsoft's sign-in pages.

use crate::pages::hosts;
use crate::protocol::{StrangerView, Tab};

/// Only for what to show; nothing is released by it.
pub(super) fn of(tab: &Tab) -> Option<StrangerView> {
    let url = tab.url.as_deref()?;
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    if hosts::find_by_url(url).is_some() {
        return None;
    }
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    let host = host.split(':').next().filter(|host| !host.is_empty())?;
    Some(StrangerView { host: host.to_owned(), looks_alike: hosts::looks_alike(host) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(url: &str) -> Option<(String, bool)> {
        of(&Tab { id: None, url: Some(url.into()) }).map(|stranger| (stranger.host, stranger.looks_alike))
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
}
