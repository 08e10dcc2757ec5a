//! Whose accounts an organisation's own sign-in server signs in.
//!
//! A person grants a host; which accounts it serves follows from its name: those whose user names lie under the same
//! registrable domain. That is worked out at each use, so that there is no list that could be wrong or grow old.
//! Where a registry ends and an owner begins is Mozilla's Public Suffix List, in the crate `public-suffix`; `psl` holds
//! the same list in ten times the code. On a domain that is not in DNS's own spelling there is no saying: it is served
//! by nobody.

use public_suffix::{DEFAULT_PROVIDER, EffectiveTLDProvider};

use super::hosts;

/// Microsoft gives every organisation a domain below this one, and the list does not say so.
const SHARED: &str = "onmicrosoft.com";

/// The domain of a user name, in small letters.
pub fn of_account(name: &str) -> Option<String> {
    let (_, domain) = name.rsplit_once('@')?;
    Some(domain.trim().to_lowercase()).filter(|domain| hosts::is_name(domain))
}

/// What somebody has registered and everything below it belongs to, if the host is below a public suffix at all.
pub fn registrable(host: &str) -> Option<&str> {
    DEFAULT_PROVIDER.effective_tld_plus_one(host).ok().filter(|domain| *domain != SHARED)
}

/// Whether the accounts of this domain are the host's own.
pub fn serves(host: &str, domain: &str) -> bool {
    registrable(host).is_some_and(|own| registrable(domain) == Some(own))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signs_in(host: &str, name: &str) -> bool {
        of_account(name).is_some_and(|domain| serves(host, &domain))
    }

    #[test]
    fn a_host_serves_the_accounts_of_its_own_registered_domain() {
        for (host, name) in [
            ("adfs.skole.example", "kari@skole.example"),
            ("adfs.skole.example", " Kari@SKOLE.Example "),
            ("adfs.skole.example", "kari@elev.skole.example"),
            ("adfs.elev.skole.example", "kari@ansatt.skole.example"),
            ("skole.example", "kari@skole.example"),
            ("adfs.bygda.kommune.no", "kari@bygda.kommune.no"),
            ("adfs.bygda.kommune.no", "kari@skole.bygda.kommune.no"),
            ("adfs.school.ac.uk", "kari@school.ac.uk"),
            ("sts.xn--lesund-hua.example", "kari@xn--lesund-hua.example"),
        ] {
            assert!(signs_in(host, name), "{host} {name}");
        }
    }

    #[test]
    fn and_of_no_other() {
        for (host, name) in [
            ("adfs.annetfirma.example", "kari@skole.example"),
            ("evil.example", "kari@skole.example"),
            ("adfs.skole.example", "kari@evil.example"),
            ("adfs.skole.example.evil.example", "kari@skole.example"),
            ("adfs.evilskole.example", "kari@skole.example"),
            ("skole.example", "kari@evilskole.example"),
            ("adfs-skole.example", "kari@skole.example"),
            // Neighbours below a suffix where anybody registers, and the suffix itself.
            ("adfs.bygda.kommune.no", "kari@byen.kommune.no"),
            ("adfs.kommune.no", "kari@byen.kommune.no"),
            ("kommune.no", "kari@byen.kommune.no"),
            ("adfs.kommune.no", "kari@kommune.no"),
            ("kommune.no", "kari@kommune.no"),
            ("adfs.evil.co.uk", "kari@skole.co.uk"),
            ("adfs.co.uk", "kari@skole.co.uk"),
            ("evil.github.io", "kari@skole.github.io"),
            ("evil.azurewebsites.net", "kari@skole.azurewebsites.net"),
            ("evil.onmicrosoft.com", "kari@skole.onmicrosoft.com"),
            ("adfs.skole.example", "kari@example"),
            ("example", "kari@skole.example"),
            // Not as DNS writes it.
            ("sts.xn--lesund-hua.example", "kari@ålesund.example"),
            ("adfs.skole.example", "kari@skole.example."),
            ("adfs.skole.example.", "kari@skole.example"),
            ("adfs.skole.example", "kari@.skole.example"),
            ("adfs.skole.example", "kari@"),
            ("adfs.skole.example", "kari"),
            ("adfs.skole.example", "skole.example"),
            ("adfs.skole.example", "kari@skole.example@evil.example"),
            ("1.0.0.1", "kari@2.0.0.1"),
            ("", ""),
        ] {
            assert!(!signs_in(host, name), "{host} {name}");
        }
    }
}
