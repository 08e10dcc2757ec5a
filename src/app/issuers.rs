//! What an issuer tells that is not exactly Microsoft's own word: other apps keep the organisation's name in its place,
//! or none at all, and password managers what the person has called it.

/// Services whose accounts are none of Microsoft's, by the first word or a domain's name: those that people have most.
const OTHERS: &[&str] = &[
    "1password",
    "adobe",
    "amazon",
    "anthropic",
    "apple",
    "atlassian",
    "auth0",
    "aws",
    "binance",
    "bitbucket",
    "bitwarden",
    "cloudflare",
    "coinbase",
    "dashlane",
    "digitalocean",
    "discord",
    "docker",
    "dropbox",
    "ebay",
    "epic",
    "evernote",
    "facebook",
    "feide",
    "figma",
    "firefox",
    "gandi",
    "github",
    "gitlab",
    "gmail",
    "godaddy",
    "google",
    "hetzner",
    "heroku",
    "hubspot",
    "icloud",
    "instagram",
    "jetbrains",
    "kraken",
    "lastpass",
    "linkedin",
    "mailchimp",
    "meta",
    "mozilla",
    "namecheap",
    "netflix",
    "nintendo",
    "notion",
    "npm",
    "okta",
    "openai",
    "ovh",
    "patreon",
    "paypal",
    "playstation",
    "proton",
    "pypi",
    "reddit",
    "salesforce",
    "shopify",
    "slack",
    "snapchat",
    "sony",
    "spotify",
    "steam",
    "stripe",
    "synology",
    "tiktok",
    "trello",
    "tuta",
    "twitch",
    "twitter",
    "uber",
    "ubiquiti",
    "ubisoft",
    "vipps",
    "wordpress",
    "x",
    "yahoo",
    "zoom",
];
/// What people call Microsoft's by another name.
const MICROSOFTS: &[&str] = &["azure", "entra", "m365", "microsoft", "o365", "office", "office365", "outlook", "teams"];

/// It names a service that is known to be another one.
pub(super) fn is_other(issuer: &str) -> bool {
    OTHERS.contains(&first_word(issuer).as_str())
}

/// It names Microsoft or something of Microsoft's, and so no organisation.
pub(super) fn is_microsofts(issuer: &str) -> bool {
    MICROSOFTS.contains(&first_word(issuer).as_str())
}

/// In lower case; of `https://www.github.com` and `github.com` it is `github`.
fn first_word(issuer: &str) -> String {
    let lower = issuer.trim().to_lowercase();
    let bare = lower.trim_start_matches("https://").trim_start_matches("www.");
    bare.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_service_is_told_from_an_organisation() {
        for issuer in ["GitHub", " github.com", "https://www.github.com/", "Google: Work", "Amazon Web Services"] {
            assert!(is_other(issuer), "{issuer}");
        }
        for issuer in ["", "Contoso", "Office 365", "Microsoft", "Googlesund skole", "ＧitHub"] {
            assert!(!is_other(issuer), "{issuer}");
        }
        assert!(is_microsofts("Office 365") && is_microsofts("Entra ID") && !is_microsofts("Contoso"));
    }
}
