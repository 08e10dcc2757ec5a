//! What is said on a page, for pages that show no language-neutral signal at all.
//!
//! The words are in `rules/rules.json`: en, nb, nn, de, sv, da, fi, fr, nl, pl, es and it. For the app they are the last
//! resort: there a word never overrules an id, a hidden field or an icon.

use super::rules::{Rules, Words};
use super::{FieldKind, Method, Observation, Refusal};

/// What is longer was cut, and what was cut may have spoken against the app.
const MAX_AROUND: usize = 4000;
/// "Code" in the twelve languages, as a word begins or ends.
const CODE: [&str; 7] = ["code", "kode", "koden", "kod", "código", "codice", "koodi"];

impl Rules {
    /// What the sentence above the field and the title say together: the one that
    /// speaks against the app outweighs the one that names it. What stands around a field can do no more than speak against it.
    pub(super) fn heard(&self, seen: &Observation) -> Option<Method> {
        let said = || [&seen.sentence, &seen.title].into_iter().flatten().filter_map(|text| self.method(text));
        // In a step of the set-up the words above the field are known to be its own.
        let is_known = || seen.field.is_some_and(|field| field.kind == FieldKind::Dialog);
        let around =
            || seen.around.as_ref().filter(|_| !is_known()).and_then(|text| self.against(&text.to_lowercase()));
        said().find(|method| *method != Method::AppCode).or_else(around).or_else(|| said().next())
    }

    /// What the sentence above the field says the code comes from.
    pub(super) fn method(&self, sentence: &str) -> Option<Method> {
        let text = sentence.to_lowercase();
        self.against(&text).or_else(|| self.speaks_of(Words::App, &text).then_some(Method::AppCode))
    }

    /// What else than an app the code comes from, in small letters.
    fn against(&self, text: &str) -> Option<Method> {
        // A masked number or address is the same in every language, and decides.
        if has_masked_address(text) {
            return Some(Method::Email);
        }
        if has_number(text) {
            return Some(if self.speaks_of(Words::Call, text) { Method::Voice } else { Method::Sms });
        }
        if self.speaks_of(Words::AccessPass, text) {
            Some(Method::AccessPass)
        } else if self.speaks_of(Words::Message, text) {
            Some(Method::Sms)
        } else if self.speaks_of(Words::Call, text) {
            Some(Method::Voice)
        } else if self.speaks_of(Words::Mail, text) {
            Some(Method::Email)
        } else if self.speaks_of(Words::Ending, text)
            || words(text).any(|word| self.words(Words::Sent).iter().any(|sent| sent == word))
        {
            Some(Method::Sent)
        } else {
            None
        }
    }

    /// Whether anything on the page around a field that no rule knows names another method than an app's code.
    pub(super) fn is_spoken_against(&self, seen: &Observation) -> bool {
        let texts = [&seen.sentence, &seen.title, &seen.around];
        texts.into_iter().flatten().any(|text| {
            let is_cut = text.encode_utf16().count() >= MAX_AROUND;
            let is_push = self.speaks_of(Words::Push, &text.to_lowercase());
            is_cut || is_push || self.names_other_method(text) || self.names_hardware(text)
        })
    }

    /// Is an app spoken of?
    pub(super) fn names_app(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        let names = |word: &str| {
            self.words(Words::AppEnds).iter().any(|end| word.ends_with(end.as_str()))
                || self.speaks_of(Words::AppStems, word)
        };
        words(&text).any(names)
    }

    /// Why the page refused the code, as far as it says.
    pub fn refusal(&self, seen: &Observation) -> Option<Refusal> {
        let text = seen.fault.as_ref()?.to_lowercase();
        let kinds = [
            (Words::TooMany, Refusal::TooMany),
            (Words::Used, Refusal::Used),
            (Words::NotAllowed, Refusal::NotAllowed),
        ];
        kinds.into_iter().find(|(words, _)| self.speaks_of(*words, &text)).map(|(_, refusal)| refusal)
    }

    /// Does it say that something has been added, or is done?
    pub(super) fn says_done(&self, text: &str) -> bool {
        self.speaks_of(Words::Done, &text.to_lowercase())
    }

    /// Is it about a device that shows codes of its own?
    pub(super) fn names_hardware(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.speaks_of(Words::Hardware, &text) || self.speaks_of(Words::Serial, &text)
    }

    /// Does it speak of such a device's serial number?
    pub(super) fn names_serial(&self, text: &str) -> bool {
        self.speaks_of(Words::Serial, &text.to_lowercase())
    }

    /// Does it speak of a code? Too short a word to tell anything by itself.
    pub(super) fn names_code(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        words(&text).any(|word| CODE.iter().any(|stem| word.starts_with(stem) || word.ends_with(stem)))
    }

    /// Is it about a way to sign in that has nothing to do with an app?
    pub(super) fn names_other_method(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.against(&text).is_some() || self.speaks_of(Words::OtherMethod, &text)
    }
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
            assert_eq!(Rules::ours().method(sentence), method_expected, "{sentence}");
        }
    }

    /// What stands in a sentence beside the app's name speaks against the app only where a code could have been sent there.
    #[test]
    fn a_number_or_an_address_that_nothing_is_sent_to_speaks_against_no_app() {
        let cases = [
            ("Enter the code shown in the authenticator app for case 12345678", Some(Method::AppCode)),
            ("Enter the code shown in the authenticator app, +12 345 67", Some(Method::Sms)),
            ("Enter the code shown in the authenticator app for kari@contoso.no", Some(Method::AppCode)),
            ("Enter the code shown in the authenticator app for k***@contoso.no", Some(Method::Email)),
        ];
        for (sentence, method_expected) in cases {
            assert_eq!(Rules::ours().method(sentence), method_expected, "{sentence}");
        }
    }

    #[test]
    fn a_refusal_says_more_than_that_it_is_one() {
        let cases = [
            ("You didn't enter the expected verification code. Please try again.", None),
            ("The verification code has already been used once.", Some(Refusal::Used)),
            ("Koden er allerede brukt. Vent på en ny.", Some(Refusal::Used)),
            ("You've tried too many times. Try again later.", Some(Refusal::TooMany)),
            ("Du har prøvd for mange ganger.", Some(Refusal::TooMany)),
            ("This verification method is not allowed by your organization.", Some(Refusal::NotAllowed)),
            ("", None),
        ];
        for (fault, refusal) in cases {
            let seen = Observation { fault: Some(fault.to_owned()), ..Observation::default() };
            assert_eq!(Rules::ours().refusal(&seen), refusal, "{fault}");
        }
    }

    #[test]
    fn an_app_is_told_from_what_begins_like_one() {
        for text in ["In your app, add an account", "Godkjenningsapp lagt til", "Microsoft Authenticator", "appen"] {
            assert!(Rules::ours().names_app(text), "{text}");
        }
        for text in ["Apparatet ditt", "Appel", "Approve", "Sett opp kontoen", ""] {
            assert!(!Rules::ours().names_app(text), "{text}");
        }
    }
}
