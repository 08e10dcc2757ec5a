//! Names as they are shown. Others wrote them: what turns the text around is left out, what is too long is cut, and
//! what mixes alphabets is marked. Only shown so: they are kept as `uri::clean` leaves them, and compared
//! by code points, in small letters.

use otp::uri;

/// More of an organisation or an issuer than anybody reads.
const MAX_SHOWN: usize = 80;

/// Of an organisation or an issuer.
pub(super) fn as_shown(text: &str) -> String {
    let text = uri::clean(text);
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// Whether a word of it has letters of several alphabets, among those of which some look alike.
pub(super) fn mixes_alphabets(text: &str) -> bool {
    text.split(|c: char| !c.is_alphabetic()).any(|word| {
        let mut alphabets = word.chars().filter_map(alphabet);
        alphabets.next().is_some_and(|first| alphabets.any(|other| other != first))
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Alphabet {
    Latin,
    Greek,
    Cyrillic,
    Armenian,
    Cherokee,
    Mathematical,
    FullWidth,
}

const fn alphabet(c: char) -> Option<Alphabet> {
    Some(match c {
        'A'..='Z' | 'a'..='z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => Alphabet::Latin,
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Alphabet::Greek,
        '\u{400}'..='\u{52f}' => Alphabet::Cyrillic,
        '\u{530}'..='\u{58f}' => Alphabet::Armenian,
        '\u{13a0}'..='\u{13ff}' | '\u{ab70}'..='\u{abbf}' => Alphabet::Cherokee,
        '\u{1d400}'..='\u{1d7ff}' => Alphabet::Mathematical,
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
        assert_eq!(as_shown("Skole\u{202e}neloks\u{2066}"), "Skoleneloks");
        assert_eq!(as_shown("בית ספר"), "בית ספר");
    }

    #[test]
    fn alphabets_are_told_apart_word_by_word() {
        for mixed in
            ["Contos\u{43e}", "\u{421}ontoso", "Micr\u{3bf}soft", "pa\u{455}\u{455}word 7", "Ｃontoso", "𝐂ontoso"]
        {
            assert!(mixes_alphabets(mixed), "{mixed}");
        }
        for plain in [
            "Contoso",
            "Blåbærskolen",
            "Школа Contoso",
            "Σχολείο",
            "学校School",
            "مدرسة 5",
            "Łódź",
            "kari@skole.example",
            "",
        ] {
            assert!(!mixes_alphabets(plain), "{plain}");
        }
    }
}
