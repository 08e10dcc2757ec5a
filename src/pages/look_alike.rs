//! Hosts that pass themselves off as Microsoft's sign-in.
//!
//! Only for a warning: a host that is not on the list of [`hosts`](super::hosts)
//! gets nothing either way.

use super::hosts;

/// Names that a false host borrows. In host names only Microsoft's sign-in is called so.
const BAIT: [&str; 6] =
    ["microsoftonline", "mysignins", "msftauth", "microsoft-login", "office365-login", "login.live"];
/// The names that are misspelt so that the eye reads them all the same.
const NAMES: [&str; 2] = ["microsoftonline", "microsoft"];
/// Registered by Microsoft for itself. Not its hosting, such as `web.core.windows.net`, where anybody's page may lie.
const MICROSOFTS: [&str; 10] = [
    "microsoft.com",
    "microsoftonline.com",
    "microsoftonline.us",
    "microsoftonline.cn",
    "microsoftonline.de",
    "microsoftonline-p.com",
    "msauth.net",
    "msftauth.net",
    "live.com",
    "office.com",
];

/// Belongs to Microsoft, whether or not it is one of its sign-in pages.
pub fn is_microsofts(host: &str) -> bool {
    hosts::SITES.iter().any(|site| site.host() == host)
        || MICROSOFTS
            .iter()
            .any(|own| host.strip_suffix(own).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}

/// Does this host pass itself off as Microsoft's sign-in?
pub fn looks_alike(host: &str) -> bool {
    if is_microsofts(host) {
        return false;
    }
    let folded = fold(host);
    BAIT.iter().any(|bait| folded.contains(&fold(bait)))
        || host.split(['.', '-']).any(is_misspelt)
        || host.split('.').filter_map(ascii_part).any(|label| is_misspelt(&label))
}

/// Letters that look alike become the same one.
fn fold(text: &str) -> String {
    let text = text.to_ascii_lowercase().replace('0', "o").replace(['1', 'i'], "l");
    text.replace("rn", "m").replace("vv", "w")
}

/// What is left of an internationalised label without its foreign letters.
fn ascii_part(label: &str) -> Option<String> {
    let (ascii, _) = label.strip_prefix("xn--")?.rsplit_once('-')?;
    Some(ascii.replace('-', ""))
}

/// One of the names with a letter or two wrong, missing or too many; the name itself is anybody's to mention.
fn is_misspelt(word: &str) -> bool {
    let seen = fold(word);
    NAMES.iter().any(|name| {
        let max = if name.len() > 12 { 2 } else { 1 };
        word != *name && distance(&seen, &fold(name)) <= max
    })
}

/// Levenshtein's.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut left = i + 1;
        let mut corner = i;
        for (y, cell) in b.bytes().zip(row.iter_mut().skip(1)) {
            let here = (left + 1).min(*cell + 1).min(corner + usize::from(x != y));
            corner = std::mem::replace(cell, here);
            left = here;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_alikes_are_told_from_the_real() {
        for host in [
            "login.microsoftonline.com.evil.example",
            "login-microsoftonline.com",
            "login.micros0ftonline.com",
            "login.rnicrosoftonline.com",
            "login.microsoftonllne.com",
            "login.mlcrosoftonline.com",
            "login.micosoftonline.com",
            "login.microsoftoniine.com",
            "xn--mcrosoftonline-2cl.com",
            "login.xn--micrsoftonline-0wg.com",
            "xn--microsftonlne-mcb7w.com",
            "login.xn--mcro-softonline-2cl.com",
            "login.rnicrosoft.com",
            "mysignins-microsoft.example",
            "login.live.com.evil.example",
            "microsoftonline.web.core.windows.net",
            "microsoftonline.com.",
        ] {
            assert!(looks_alike(host), "{host}");
        }
        for host in [
            "login.microsoftonline.com",
            "passwordreset.microsoftonline.com",
            "account.microsoft.com",
            "microsoft.com",
            "login.live.com",
            "example.org",
            "adfs.contoso.no",
            "xn--mre-og-romsdal-qqb.example",
            "microsoft.fandom.example",
            "online.example",
        ] {
            assert!(!looks_alike(host), "{host}");
        }
    }

    #[test]
    fn distances() {
        for (a, b, expected) in [
            ("", "", 0),
            ("a", "", 1),
            ("aaaa", "", 4),
            ("", "ab", 2),
            ("xaby", "ab", 2),
            ("ab", "xaby", 2),
            ("flaw", "lawn", 2),
            ("kitten", "sitting", 3),
            ("abc", "abc", 0),
        ] {
            assert_eq!(distance(a, b), expected, "{a} {b}");
        }
    }
}
