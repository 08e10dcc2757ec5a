//! Finding an account by typing.

use crate::letters::small;

/// A text as a search compares it: without case, and without the marks that
/// people leave out when they type fast.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in small(text).chars() {
        match c {
            'å' | 'à' | 'á' | 'â' | 'ä' | 'ã' => folded.push('a'),
            'æ' => folded.push_str("ae"),
            'ø' | 'ö' | 'ó' | 'ò' | 'ô' | 'õ' => folded.push('o'),
            'é' | 'è' | 'ê' | 'ë' => folded.push('e'),
            'í' | 'ì' | 'î' | 'ï' => folded.push('i'),
            'ú' | 'ù' | 'û' | 'ü' => folded.push('u'),
            'ñ' => folded.push('n'),
            'ç' | 'č' => folded.push('c'),
            'š' => folded.push('s'),
            'ž' => folded.push('z'),
            'đ' => folded.push('d'),
            c => folded.push(c),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn what_is_typed_fast_is_found() {
        assert_eq!(fold("Møre og Romsdal"), "more og romsdal");
        assert_eq!(fold("KÅRE Ærlig"), "kare aerlig");
        assert_eq!(fold("Đorđe"), "dorde");
        assert_eq!(fold("kari@skole.no"), "kari@skole.no");
    }
}
