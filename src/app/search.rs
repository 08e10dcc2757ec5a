//! Finding an account by typing.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A text as a search compares it: without case, and without the marks that
/// people leave out when they type fast.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match plain(letter) {
            Some(plain) => folded.push_str(plain),
            None => folded.push(letter),
        }
    }
    folded
}

/// Letters that Unicode does not take apart, as they are typed where no key has them.
const fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        'æ' => "ae",
        'ð' | 'đ' => "d",
        'ħ' => "h",
        'ı' => "i",
        'ł' => "l",
        'ŋ' => "n",
        'ø' => "o",
        'œ' => "oe",
        'ß' => "ss",
        'ŧ' => "t",
        'þ' => "th",
        'ς' => "σ",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn what_is_typed_fast_is_found() {
        assert_eq!(fold("Møre og Romsdal"), "more og romsdal");
        assert_eq!(fold("KÅRE Ærlig"), "kare aerlig");
        assert_eq!(fold("Đorđe"), "dorde");
        assert_eq!(fold("ȘTEFAN Jiří Żak ƯƠNG"), "stefan jiri zak uong");
        assert_eq!(fold("kari@skole.no"), "kari@skole.no");
    }
}
