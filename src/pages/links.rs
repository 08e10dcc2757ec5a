//! Links that nothing tells apart but what they say.
//!
//! In the set-up the link to another app has no name of its own, and beside it
//! stand others of the same make, of which some lead out. So its words are one
//! of two signals, and where it stands the other: a link whose words are not
//! known is left to the person, and one that leads out is never ours.

use super::rules::{Rules, Words};
use super::{Mark, Observation};

/// What is known of the way to another app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OtherApp<'a> {
    /// This link leads there.
    Is(&'a str),
    /// One of the links may, in words or a language that are not known.
    Perhaps,
    /// None does.
    Missing,
}

pub(super) fn other_app<'a>(rules: &Rules, seen: &'a Observation) -> OtherApp<'a> {
    if !seen.marks.contains(&Mark::OtherApp) {
        return OtherApp::Missing;
    }
    let stay = || that_stay(rules, seen);
    let mut named = stay().filter(|(_, text)| rules.speaks_of(Words::OtherApp, text)).map(|(link, _)| link);
    match (named.next(), named.next()) {
        (Some(link), None) => return OtherApp::Is(link),
        // Only one of them leads there.
        (Some(_), Some(_)) => return OtherApp::Perhaps,
        (None, _) => {}
    }
    let is_known = seen.language.as_deref().is_some_and(|language| rules.knows(language));
    if stay().any(|(_, text)| !is_known || rules.names_app(&text)) { OtherApp::Perhaps } else { OtherApp::Missing }
}

/// The link beside the QR code of proofup.aspx that changes it for one without notifications.
pub(super) fn without_notifications<'a>(rules: &Rules, seen: &'a Observation) -> Option<&'a str> {
    let found = that_stay(rules, seen).find(|(_, text)| rules.speaks_of(Words::WithoutNotifications, text));
    found.map(|(link, _)| link).filter(|_| seen.marks.contains(&Mark::WithoutNotifications))
}

/// The links that do not lead out, and what they say in small letters.
fn that_stay<'a>(rules: &Rules, seen: &'a Observation) -> impl Iterator<Item = (&'a str, String)> {
    let all = seen.links.iter().map(|link| (link.as_str(), link.to_lowercase()));
    all.filter(|(_, text)| !rules.speaks_of(Words::WaysOut, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(language: Option<&str>, links: &[&str]) -> Observation {
        Observation {
            marks: vec![Mark::OtherApp],
            links: links.iter().map(|link| (*link).to_owned()).collect(),
            language: language.map(str::to_owned),
            ..Observation::default()
        }
    }

    #[test]
    fn the_link_to_another_app_is_told_by_its_words() {
        for link in [
            "Set up a different authentication app",
            "I want to use a different authenticator app",
            "Jeg vil bruke en annen godkjennerapp",
            "Sett opp en annen godkjenningsapp",
            "Ich möchte eine andere Authentifikator-App verwenden",
            "Eine andere Authentifizierungs-App einrichten",
            "Configurer une application d'authentification différente",
            "konfigurera en annan autentiseringsapp",
            "Opsæt en anden Godkendelsesapp",
            "Een andere Authenticator-app instellen",
            "Skonfiguruj inną aplikację uwierzytelniającą",
            "Määritä toinen todennussovellus",
            "Configurar una aplicación de autenticación diferente",
            "Imposta un'altra app Autenticatore",
        ] {
            let seen = page(Some("en"), &["More options", link, "Skip setup"]);
            assert_eq!(other_app(Rules::ours(), &seen), OtherApp::Is(link));
        }
    }

    #[test]
    fn a_link_that_leads_out_is_never_it() {
        for link in [
            "Skip setup",
            "Skip setting up a different authenticator app",
            "Hopp over oppsettet av en annen godkjennerapp",
            "Not now, I use another authenticator app",
            "Learn more about using another authenticator app",
            "Why can't I use a different authenticator app?",
            "Hvorfor kan jeg ikke bruke en annen godkjennerapp?",
            "Les mer om å bruke en annen godkjennerapp",
        ] {
            for language in [Some("en"), Some("ja"), None] {
                assert_eq!(other_app(Rules::ours(), &page(language, &[link])), OtherApp::Missing, "{link}");
            }
        }
        assert_eq!(other_app(Rules::ours(), &page(Some("en-GB"), &["More options", "Skip setup"])), OtherApp::Missing);
    }

    #[test]
    fn of_two_that_could_be_it_none_is() {
        let seen = page(Some("en"), &["Set up a different authentication app", "Use another app"]);
        assert_eq!(other_app(Rules::ours(), &seen), OtherApp::Perhaps);
    }

    /// Neither "there is none" nor an outline: the person reads what we cannot.
    #[test]
    fn unknown_words_are_left_to_the_person() {
        assert_eq!(other_app(Rules::ours(), &page(Some("ja"), &["別の認証アプリの設定"])), OtherApp::Perhaps);
        assert_eq!(other_app(Rules::ours(), &page(None, &["More options"])), OtherApp::Perhaps);
        assert_eq!(
            other_app(Rules::ours(), &page(Some("nb"), &["Annet program? Se hvilke apper som kan brukes"])),
            OtherApp::Perhaps
        );
    }
}
