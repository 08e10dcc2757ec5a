//! Known words, for pages that show no language-neutral signal at all.
//!
//! The last resort: a word never overrules an id, a hidden field or an icon.
//! Stems, so that inflection does not matter; en, nb, nn, de, sv, da, fi, fr,
//! nl, pl, es and it.

use super::{Method, Observation};

/// What the sentence above the field and the title say together: the one that
/// speaks against the app outweighs the one that names it.
pub(super) fn heard(seen: &Observation) -> Option<Method> {
    let said = || [&seen.sentence, &seen.title].into_iter().flatten().filter_map(|text| method(text));
    said().find(|method| *method != Method::AppCode).or_else(|| said().next())
}

/// What the sentence above the field says the code comes from.
pub(super) fn method(sentence: &str) -> Option<Method> {
    let text = sentence.to_lowercase();
    against(&text).or_else(|| contains(&text, APP).then_some(Method::AppCode))
}

/// What else than an app the code comes from, in small letters.
fn against(text: &str) -> Option<Method> {
    // A masked number or address is the same in every language, and decides.
    if has_masked_address(text) {
        return Some(Method::Email);
    }
    if has_number(text) {
        return Some(if contains(text, CALL) { Method::Voice } else { Method::Sms });
    }
    if contains(text, MESSAGE) {
        Some(Method::Sms)
    } else if contains(text, CALL) {
        Some(Method::Voice)
    } else if contains(text, MAIL) {
        Some(Method::Email)
    } else if contains(text, ENDING) || words(text).any(|word| SENT.contains(&word)) {
        Some(Method::Sent)
    } else {
        None
    }
}

/// Is an app spoken of? Whole words, as `apparat` is another thing.
pub(super) fn names_app(text: &str) -> bool {
    let text = text.to_lowercase();
    words(&text)
        .any(|word| APP_ENDS.iter().any(|end| word.ends_with(end)) || APP_STEMS.iter().any(|stem| word.contains(stem)))
}

/// Does it say that something has been added, or is done?
pub(super) fn says_done(text: &str) -> bool {
    contains(&text.to_lowercase(), DONE)
}

/// Is it about a device that shows codes of its own?
pub(super) fn names_hardware(text: &str) -> bool {
    contains(&text.to_lowercase(), HARDWARE)
}

/// Is it about a way to sign in that has nothing to do with an app?
pub(super) fn names_other_method(text: &str) -> bool {
    let text = text.to_lowercase();
    against(&text).is_some() || contains(&text, OTHER)
}

pub(super) fn contains(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    let is_between = |c: char| {
        c.is_whitespace() || c.is_ascii_punctuation() || matches!(c, '“' | '”' | '„' | '«' | '»' | '’' | '…' | '–')
    };
    text.split(is_between).filter(|word| !word.is_empty())
}

/// `+XX XXXXXXX02`, `*** ** 12`: at least three maskings, then two digits; or `+47 912 34 567` as it is.
fn has_number(text: &str) -> bool {
    let close: Vec<char> = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '(' | ')')).collect();
    let masked = close.windows(5).any(|w| match w {
        [a, b, c, d, e] => {
            [a, b, c].iter().all(|m| matches!(m, 'x' | '*' | '•' | '●')) && d.is_ascii_digit() && e.is_ascii_digit()
        }
        _ => false,
    });
    masked
        || close
            .windows(8)
            .any(|w| w.split_first().is_some_and(|(plus, rest)| *plus == '+' && rest.iter().all(char::is_ascii_digit)))
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
    // Where the sentence says no more than "the code shown in the app".
    "in the app",
    "i appen",
    "in der app",
    "dans l'application",
    "dans l’application",
    "en la aplicación",
    "in de app",
    "nell'app",
    "nell’app",
    "w aplikacji",
    "sovelluksessa",
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
    "call you",
    "phone call",
    "ringer",
    "ringje",
    "ringe deg",
    "ringte",
    "wir rufen",
    "anruf",
    "angerufen",
    "soitamme",
    "appelons",
    "bellen",
    "dzwonimy",
    "llamando",
    "chiamando",
];
const MAIL: &[&str] =
    &["email", "e-mail", "e-post", "epost", "mailadress", "courriel", "correo", "sähköposti", "posta elettronica"];
/// Whole words: `sent` is also the end of `consent`. What an app shows was sent by nobody.
const SENT: &[&str] = &[
    "sent",
    "send",
    "sending",
    "received",
    "sender",
    "sendte",
    "sendt",
    "tilsendt",
    "sende",
    "mottok",
    "mottatt",
    "motteke",
    "mottog",
    "modtog",
    "modtaget",
    "skickat",
    "skickade",
    "skickar",
    "gesendet",
    "gesandt",
    "geschickt",
    "senden",
    "erhalten",
    "envoyé",
    "envoyée",
    "envoyons",
    "reçu",
    "enviado",
    "enviamos",
    "enviaremos",
    "recibido",
    "lähetimme",
    "lähetetty",
    "lähetettiin",
    "gestuurd",
    "verzonden",
    "gezonden",
    "ontvangen",
    "inviato",
    "ricevuto",
    "wysłaliśmy",
    "wysłano",
    "wysłany",
    "otrzymany",
    "enviámos",
    "recebeu",
];
/// "To the number that ends with ..."
const ENDING: &[&str] = &[
    "ending in",
    "ending with",
    "ends in",
    "ends with",
    "slutter på",
    "sluttar på",
    "slutar på",
    "endet auf",
    "mit der endung",
    "se terminant",
    "terminado en",
    "termina en",
    "päättyvä",
    "eindigt op",
    "eindigend op",
    "che termina",
    "kończąc",
];
const APP_ENDS: &[&str] = &["app", "apps", "appen", "apper", "appar", "appene", "appane"];
const APP_STEMS: &[&str] = &["authenticat", "applicat", "aplik", "aplicac", "aplicaç", "sovellu"];
const DONE: &[&str] = &[
    "added",
    "success",
    "all set",
    "fullført",
    "ferdig",
    "lagt til",
    "tillagd",
    "lagts till",
    "klart",
    "tilføjet",
    "færdig",
    "gennemført",
    "hinzugefügt",
    "erfolg",
    "fertig",
    "ajouté",
    "réussi",
    "terminé",
    "añadid",
    "agregad",
    "correctamente",
    "listo",
    "lisätty",
    "valmis",
    "onnistui",
    "toegevoegd",
    "gelukt",
    "voltooid",
    "dodano",
    "powodzenie",
    "gotowe",
    "aggiunt",
    "completat",
    "riuscit",
];
const HARDWARE: &[&str] = &[
    "hardware token",
    "hardware-token",
    "hardwaretoken",
    "maskinvaretoken",
    "maskinvare-token",
    "maskinvarebasert",
    "jeton matériel",
    "token de hardware",
    "serial number",
    "serienummer",
    "seriennummer",
    "numéro de série",
    "número de serie",
    "numero di serie",
    "numer seryjny",
    "sarjanumero",
];
const OTHER: &[&str] = &[
    "passkey",
    "passnøk",
    "tilgangsnøk",
    "adgangsnøg",
    "nyckel",
    "schlüssel",
    "clé d",
    "clave de",
    "toegangssleutel",
    "beveiligingssleutel",
    "klucz",
    "chiave",
    "avain",
    "security key",
    "sikkerhetsnøk",
    "sikkerheitsnøk",
    "sikkerhedsnøg",
    "phone number",
    "telefonnummer",
    "telefonnumer",
    "rufnummer",
    "numéro de téléphone",
    "número de teléfono",
    "numero di telefono",
    "numer telefonu",
    "puhelinnumero",
    "telefoonnummer",
];

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
            ("Angi den sekssifrede koden som vises i appen.", Some(Method::AppCode)),
            ("We just sent a 6-digit code to +47 912 34 567.", Some(Method::Sms)),
            ("+47 912 34 567 にコードを入力", Some(Method::Sms)),
            ("Vi sendte en 6-sifret kode til telefonen din.", Some(Method::Sent)),
            ("Vi har sendt en kode.", Some(Method::Sent)),
            ("Enter the code from the number ending in 12", Some(Method::Sent)),
            ("Use your authenticator app or the code we sent", Some(Method::Sent)),
            ("We'll call you on the number you gave", Some(Method::Voice)),
            ("Hvilken e-postadresse vil du bruke?", Some(Method::Email)),
            ("Consent is essential", None),
            ("Enter code", None),
            ("", None),
        ];
        for (sentence, method_expected) in cases {
            assert_eq!(method(sentence), method_expected, "{sentence}");
        }
    }

    #[test]
    fn an_app_is_told_from_what_begins_like_one() {
        for text in ["In your app, add an account", "Godkjenningsapp lagt til", "Microsoft Authenticator", "appen"] {
            assert!(names_app(text), "{text}");
        }
        for text in ["Apparatet ditt", "Appel", "Approve", "Sett opp kontoen", ""] {
            assert!(!names_app(text), "{text}");
        }
    }
}
