//! Known words, for pages that show no language-neutral signal at all.
//!
//! The last resort: a word never overrules an id, a hidden field or an icon.
//! Stems, so that inflection does not matter; en, nb, nn, de, sv, da, fi, fr,
//! nl, pl, es and it.

use super::Method;
use crate::letters::small;

/// What the sentence above the field says the code comes from.
pub(super) fn method(sentence: &str) -> Option<Method> {
    let text = small(sentence);
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    // A masked number or address is the same in every language, and decides.
    if has_masked_address(&text) {
        return Some(Method::Email);
    }
    if has_masked_number(&text) {
        return Some(if says(CALL) { Method::Voice } else { Method::Sms });
    }
    match (says(MESSAGE), says(CALL), says(MAIL), says(APP)) {
        (true, ..) => Some(Method::Sms),
        (_, true, ..) => Some(Method::Voice),
        (_, _, true, _) => Some(Method::Email),
        (false, false, false, true) => Some(Method::AppCode),
        (false, false, false, false) => None,
    }
}

/// `+XX XXXXXXX02`, `*** ** 12`: at least three maskings, then two digits.
fn has_masked_number(text: &str) -> bool {
    let masked: Vec<char> = text.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '\u{a0}')).collect();
    masked.windows(5).any(|w| match w {
        [a, b, c, d, e] => {
            [a, b, c].iter().all(|m| matches!(m, 'x' | '*' | '•')) && d.is_ascii_digit() && e.is_ascii_digit()
        }
        _ => false,
    })
}

/// `k***@contoso.no`
fn has_masked_address(text: &str) -> bool {
    text.split_whitespace().any(|word| word.contains('@') && (word.contains("**") || word.contains("••")))
}

const APP: &[&str] = &[
    "authenticator",
    "authentication app",
    "from your mobile app",
    "fra mobilappen",
    "in ihrer mobilen app",
    "från mobilappen",
    "autentiseringsapp",
    "autentiserings-app",
    "godkjennerapp",
    "godkjenningsapp",
    "godkjennar",
    "authentifizierungs",
    "authentifikator",
    "autentiseringsprogram",
    "godkendelsesapp",
    "godkenderapp",
    "todennussovell",
    "todentaja",
    "application d'authentification",
    "application d’authentification",
    "verificatie-app",
    "authenticatie-app",
    "aplikacji uwierzytelniaj",
    "aplikacja uwierzytelniaj",
    "wystawcy uwierzytelni",
    "aplicación de autenticaci",
    "aplicación autenticador",
    "app di autenticazione",
    "app autenticatore",
];
const MESSAGE: &[&str] = &[
    "sms",
    "texted",
    "text message",
    "tekstmelding",
    "tekstmeldin",
    "textnachricht",
    "textmeddelande",
    "sms-besked",
    "tekstiviesti",
    "message texte",
    "sms-bericht",
    "wiadomość",
    "mensaje de texto",
    "messaggio di testo",
];
const CALL: &[&str] = &[
    "calling",
    "we called",
    "ringer",
    "ringte",
    "rufen",
    "angerufen",
    "soitamme",
    "appelons",
    "bellen",
    "dzwonimy",
    "llamando",
    "chiamando",
];
const MAIL: &[&str] = &["we emailed", "e-mailed", "sent to your email", "e-posten din", "e-mail gesendet"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_seen_on_the_pages() {
        let cases = [
            ("Enter the code displayed in the authenticator app on your mobile device", Some(Method::AppCode)),
            ("Please type in the code displayed on your authenticator app from your device", Some(Method::AppCode)),
            ("Skriv inn koden som vises i autentiseringsappen på mobilenheten", Some(Method::AppCode)),
            ("Skriv inn koden som vises i godkjennerappen på mobilen", Some(Method::AppCode)),
            ("We texted your phone +XX XXXXXXX02. Please enter the code to sign in.", Some(Method::Sms)),
            (
                "Wir haben unter +XX XXXXXXX02 eine SMS an Ihr Telefon gesendet. Geben Sie den Code ein, um sich anzumelden.",
                Some(Method::Sms),
            ),
            ("Vi har sendt en kode til +XX XXXXXX12", Some(Method::Sms)),
            ("Enter the code we sent to k*****@contoso.example", Some(Method::Email)),
            ("Enter code", None),
            ("", None),
        ];
        for (sentence, method_expected) in cases {
            assert_eq!(method(sentence), method_expected, "{sentence}");
        }
    }
}
