//! Names as they are shown. Others wrote them: what turns the text around is left out, what is too long is cut, and
//! what could be taken for another is marked. Only shown so: they are kept as `uri::clean` leaves them, and compared
//! whole, by code points, in small letters.
//!
//! `unicode-security` (UTS 39) would know every letter that looks like another. Its list is of more than 6,000, and they
//! would lie in the module that a popup waits for; what passes itself off as a name in Latin letters takes a few dozen.

use otp::uri;
use platform::LATEST_MS;

/// More of an organisation or an issuer than anybody reads.
const MAX_SHOWN: usize = 80;

/// The same of a name, which may be a long address.
const MAX_NAME_SHOWN: usize = 256;

/// Letters of other alphabets that look Latin.
const LOOK_LATIN: &str = "АВЕЅІЈКМНОРСТУХҮӀԌԚԜаеорсухѕіјһѵүӏԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧαγικνορτυχϲϳԼՍՏՕցհոսօքյզԳ\
    ᎠᎡᎢᎥᎪᎫᎬᎳᎷᎻᎽᏀᏂᏃᏎᏏᏒᏔᏕᏙᏚᏞᏟᏢᏤᏦᏧᏪᏭᏮᏰᏳᏴ";

/// Of an organisation or an issuer.
pub(super) fn as_shown(text: &str) -> String {
    cut(uri::clean(text), MAX_SHOWN)
}

/// Of a name.
pub(super) fn name_as_shown(text: &str) -> String {
    cut(uri::clean(text), MAX_NAME_SHOWN)
}

/// Of a time, which a file may have said.
pub(super) fn time_as_shown(ms: u64) -> u64 {
    ms.min(LATEST_MS)
}

fn cut(text: String, max: usize) -> String {
    match text.char_indices().nth(max) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// Whether a word of it could be taken for another: its letters are of several alphabets among those of which some look
/// alike, or they are all of another one and all look Latin, or there is one that stands for a letter and is none.
pub(super) fn looks_like_another(text: &str) -> bool {
    !text.is_ascii()
        && text.split(|c: char| !c.is_alphabetic()).any(|word| {
            let mut alphabets = word.chars().filter_map(alphabet);
            let is_mixed = alphabets.next().is_some_and(|first| alphabets.any(|other| other != first));
            // Shorter words are words of their own in other alphabets.
            let passes_itself_off = word.chars().nth(2).is_some() && word.chars().all(|c| LOOK_LATIN.contains(c));
            is_mixed || passes_itself_off || word.chars().any(|c| alphabet(c) == Some(Alphabet::None))
        })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Alphabet {
    Latin,
    Greek,
    Cyrillic,
    Armenian,
    Cherokee,
    FullWidth,
    /// Signs of phonetics, mathematics and measures that look like letters.
    None,
}

const fn alphabet(c: char) -> Option<Alphabet> {
    Some(match c {
        'A'..='Z' | 'a'..='z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => Alphabet::Latin,
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Alphabet::Greek,
        '\u{400}'..='\u{52f}' => Alphabet::Cyrillic,
        '\u{530}'..='\u{58f}' => Alphabet::Armenian,
        '\u{13a0}'..='\u{13ff}' | '\u{ab70}'..='\u{abbf}' => Alphabet::Cherokee,
        '\u{250}'..='\u{2af}' | '\u{1d00}'..='\u{1dbf}' | '\u{2100}'..='\u{214f}' | '\u{1d400}'..='\u{1d7ff}' => {
            Alphabet::None
        }
        '\u{ff21}'..='\u{ff5a}' => Alphabet::FullWidth,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_or_turns_the_text_around_is_shown_without_it() {
        assert_eq!(as_shown("Møre og Romsdal fylkeskommune"), "Møre og Romsdal fylkeskommune");
        assert_eq!(as_shown(&"å".repeat(300)), format!("{}…", "å".repeat(80)));
        assert_eq!(as_shown(&"å".repeat(80)), "å".repeat(80));
        assert_eq!(name_as_shown(&"å".repeat(300)), format!("{}…", "å".repeat(256)));
        assert_eq!(as_shown("Skole\u{202e}neloks\u{2066}"), "Skoleneloks");
        assert_eq!(name_as_shown("kari@\u{202e}on.osotnoc\u{2066}\u{200b}"), "kari@on.osotnoc");
        assert_eq!(as_shown("בית ספר"), "בית ספר");
    }

    #[test]
    fn what_could_be_taken_for_another_is_told_word_by_word() {
        for mixed in [
            "Contos\u{43e}",
            "\u{421}ontoso",
            "Micr\u{3bf}soft",
            "pa\u{455}\u{455}word 7",
            "Ｃontoso",
            "𝐂ontoso",
            // Wholly of another alphabet, and wholly of none.
            "\u{430}\u{440}\u{440}\u{4cf}\u{435}",
            "Skolen \u{430}\u{440}\u{440}\u{4cf}\u{435}",
            "\u{39d}\u{399}\u{39a}\u{395}",
            "\u{13e2}\u{13aa}\u{13de}",
            "Conto\u{281}o",
            "\u{262}\u{26a}\u{1d1b}",
            "\u{212a}ari",
            "\u{2113}\u{2113}",
        ] {
            assert!(looks_like_another(mixed), "{mixed}");
        }
        for plain in [
            "Contoso",
            "Blåbærskolen",
            "Школа Contoso",
            "Ольга и Мария",
            "а о",
            "Σχολείο",
            "学校School",
            "مدرسة 5",
            "Łódź",
            "kari@skole.example",
            "",
        ] {
            assert!(!looks_like_another(plain), "{plain}");
        }
    }
}
