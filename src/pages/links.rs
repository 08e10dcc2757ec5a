//! Links that nothing tells apart but what they say.
//!
//! In the set-up the link to another app has no name of its own, and beside it
//! stand others of the same make, of which some lead out. So its words are one
//! of two signals, and where it stands the other: a link whose words are not
//! known is left to the person, and one that leads out is never ours.

use super::texts::{contains, names_app};
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

pub(super) fn other_app(seen: &Observation) -> OtherApp<'_> {
    if !seen.marks.contains(&Mark::OtherApp) {
        return OtherApp::Missing;
    }
    let stay =
        || seen.links.iter().map(|link| (link, link.to_lowercase())).filter(|(_, text)| !contains(text, WAYS_OUT));
    if let Some((link, _)) = stay().find(|(_, text)| contains(text, OTHER_APP)) {
        return OtherApp::Is(link);
    }
    let is_known = seen.language.as_deref().is_some_and(knows);
    if stay().any(|(_, text)| !is_known || names_app(&text)) { OtherApp::Perhaps } else { OtherApp::Missing }
}

/// The link beside the QR code of proofup.aspx that changes it for one without notifications.
pub(super) fn without_notifications(seen: &Observation) -> Option<&str> {
    let says = |link: &&String| contains(&link.to_lowercase(), WITHOUT_NOTIFICATIONS);
    seen.links.iter().find(says).map(String::as_str).filter(|_| seen.marks.contains(&Mark::WithoutNotifications))
}

/// The languages that the words below are in, by the beginning of their tag.
fn knows(language: &str) -> bool {
    let begins = language.split(['-', '_']).next().unwrap_or_default();
    ["en", "nb", "nn", "no", "sv", "da", "de", "fr", "es", "it", "nl", "pl", "fi"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(begins))
}

const OTHER_APP: &[&str] = &[
    "different authenti",
    "another authenti",
    "other authenti",
    "different app",
    "another app",
    "annen godkjen",
    "annen autentis",
    "annen app",
    "annet godkjen",
    "annan godkjen",
    "annan autentis",
    "annan app",
    "annat autentis",
    "anden godkend",
    "anden autent",
    "anden app",
    "andere authenti",
    "anderen authenti",
    "andere app",
    "andere verificat",
    "authentification différente",
    "autre application",
    "autre appli",
    "autenticación diferente",
    "autenticación distinta",
    "autenticadora diferente",
    "otra aplicación",
    "un'altra app",
    "un’altra app",
    "autenticazione diversa",
    "inną aplikację",
    "innej aplikacji",
    "toinen todenn",
    "toista todenn",
    "eri todenn",
];

const WAYS_OUT: &[&str] = &[
    "skip",
    "not now",
    "cancel",
    "close",
    "later",
    "remind me",
    "hopp over",
    "ikke nå",
    "ikkje no",
    "senere",
    "seinare",
    "avbryt",
    "lukk",
    "hoppa över",
    "inte nu",
    "senare",
    "stäng",
    "spring over",
    "ikke nu",
    "annull",
    "überspring",
    "nicht jetzt",
    "später",
    "abbrechen",
    "schließen",
    "ignorer",
    "passer cette",
    "pas maintenant",
    "plus tard",
    "annuler",
    "fermer",
    "omitir",
    "ahora no",
    "más tarde",
    "cancelar",
    "cerrar",
    "ignora",
    "non ora",
    "più tardi",
    "chiudi",
    "overslaan",
    "niet nu",
    "later",
    "sluiten",
    "pomiń",
    "nie teraz",
    "później",
    "anuluj",
    "zamknij",
    "ohita",
    "ei nyt",
    "myöhemmin",
    "peruuta",
    "sulje",
];

const WITHOUT_NOTIFICATIONS: &[&str] = &[
    "without notif",
    "uten varsl",
    "utan varsl",
    "utan avis",
    "utan medd",
    "uden medd",
    "uden notif",
    "ohne benach",
    "sans notif",
    "sin notif",
    "senza notif",
    "zonder meld",
    "bez powiad",
    "ilman ilmo",
];

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
            assert_eq!(other_app(&seen), OtherApp::Is(link));
        }
    }

    #[test]
    fn a_link_that_leads_out_is_never_it() {
        for link in [
            "Skip setup",
            "Skip setting up a different authenticator app",
            "Hopp over oppsettet av en annen godkjennerapp",
            "Not now, I use another authenticator app",
        ] {
            for language in [Some("en"), Some("ja"), None] {
                assert_eq!(other_app(&page(language, &[link])), OtherApp::Missing, "{link}");
            }
        }
        assert_eq!(other_app(&page(Some("en-GB"), &["More options", "Skip setup"])), OtherApp::Missing);
    }

    /// Neither "there is none" nor an outline: the person reads what we cannot.
    #[test]
    fn unknown_words_are_left_to_the_person() {
        assert_eq!(other_app(&page(Some("ja"), &["別の認証アプリの設定"])), OtherApp::Perhaps);
        assert_eq!(other_app(&page(None, &["More options"])), OtherApp::Perhaps);
        assert_eq!(other_app(&page(Some("nb"), &["Annet program? Se hvilke apper som kan brukes"])), OtherApp::Perhaps);
    }
}
