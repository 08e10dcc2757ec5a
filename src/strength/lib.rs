//! How hard a passphrase is to guess, by somebody who tries Norwegian and English before anything else.
//!
//! The method is that of zxcvbn (Wheeler, USENIX Security 2016): of all ways to put the text together from what is
//! known (words, sequences, rows of keys, repetitions, years) and single characters, the cheapest for the guesser counts.
//! The crate `zxcvbn` 3.1 was weighed: 0.91 MB in the package, as much as all the rest of it, with 24 crates to vouch for,
//! and it knows no Norwegian; its lists are of English films and encyclopaedias.

use std::collections::HashMap;

/// What people choose, the commonest first, as [`fold`] writes it.
const WORDS: &str = include_str!("words.txt");
/// Rows of the keyboard that Norwegians have.
const ROWS: [&str; 5] = ["1234567890", "qwertyuiopa", "asdfghjkloe", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz"];
/// Bits of a character that nothing is known about.
const ANY: f64 = 3.33;
/// Bits of a word that is on no list here, but would be in a dictionary, up to so many letters, and of each one beyond.
const WORD: f64 = 16.0;
const WORD_LETTERS: usize = 9;
const BEYOND: f64 = 2.0;
/// Bits of a year of this century, and of one that is in a name or a date of birth.
const YEARS: [f64; 2] = [5.0, 7.0];
/// Bits below which it is among the first that anybody would try.
const COMMON: f64 = 16.0;
/// Bits from which it is fair, good and strong: four words that do not belong together are strong.
const STEPS: [f64; 3] = [33.0, 40.0, 50.0];
/// Nobody needs more to be sure; what follows only costs time.
const LONGEST: usize = 128;
const LONGEST_WORD: usize = 24;
const SHORTEST: usize = 8;

/// From 0, too short, to 4, strong.
pub fn score(text: &str) -> u32 {
    if text.chars().count() < SHORTEST {
        return 0;
    }
    // An address is known to whoever wants in.
    if is_address(text) {
        return 1;
    }
    let bits = bits(text);
    1 + u32::try_from(STEPS.iter().filter(|step| bits >= **step).count()).unwrap_or(0)
}

/// Whether it is among the first that anybody would try.
pub fn is_common(text: &str) -> bool {
    bits(text) < COMMON
}

/// The binary logarithm of the guesses that it takes.
fn bits(text: &str) -> f64 {
    let is_gap = |c: char| c.is_whitespace() || "-_".contains(c);
    // Each character, and in which of the parts that gaps make it is.
    let parts = text.split(is_gap).enumerate();
    let (typed, parts): (Vec<char>, Vec<usize>) =
        parts.flat_map(|(at, part)| part.chars().map(move |c| (c, at))).take(LONGEST).unzip();
    let plain: Vec<char> = typed.iter().map(|c| fold(*c)).collect();
    let ranks: HashMap<&str, usize> = WORDS.split_whitespace().zip(1..).collect();
    // The cheapest way to each place.
    let mut best = vec![0.0_f64];
    for end in 1..=plain.len() {
        let mut least = f64::INFINITY;
        for from in 0..end {
            let (Some(before), Some(part), Some(written)) =
                (best.get(from), plain.get(from..end), typed.get(from..end))
            else {
                continue;
            };
            let mut bits = bits_of(part, written, &ranks);
            if parts.get(from) == parts.get(end - 1) {
                bits = bits.min(bits_of_word(part, written));
            }
            least = least.min(before + bits);
        }
        best.push(least);
    }
    best.last().copied().unwrap_or(0.0)
}

/// The same for one piece of it.
fn bits_of(part: &[char], written: &[char], ranks: &HashMap<&str, usize>) -> f64 {
    let length = count(part.len());
    let mut least = if part.len() == 1 { ANY } else { f64::INFINITY };
    if (3..=LONGEST_WORD).contains(&part.len()) {
        let spellings = [spelled(part, 'i'), spelled(part, 'l')];
        let plain: String = part.iter().collect();
        let rank = |word: &String| ranks.get(word.as_str()).map(|rank| count(*rank + 1).log2());
        let clever = spellings.iter().filter_map(rank).map(|bits| bits + 1.0);
        for bits in clever.chain(rank(&plain)) {
            least = least.min(bits + capitals(written));
        }
    }
    if part.len() >= 3 && is_run(part) {
        least = least.min(3.0 + length.log2());
    }
    if part.len() == 4 {
        let year: String = part.iter().collect();
        least = match year.parse::<u32>() {
            Ok(2000..=2039) => least.min(YEARS[0]),
            Ok(1800..=1999) => least.min(YEARS[1]),
            _ => least,
        };
    }
    // A block over and over.
    for size in (1..=part.len() / 2).filter(|size| part.len().is_multiple_of(*size)) {
        let (Some(block), Some(first)) = (part.get(..size), written.get(..size)) else { continue };
        if part.chunks(size).all(|chunk| chunk == block) {
            let once = if size == 1 { ANY } else { bits_of(block, first, ranks).min(ANY * count(size)) };
            least = least.min(once + length.log2());
        }
    }
    least
}

/// The same for what may be a word of any dictionary: letters, or what is put for them, of which some are vowels.
fn bits_of_word(part: &[char], written: &[char]) -> f64 {
    let is_word = [spelled(part, 'i'), spelled(part, 'l')].iter().any(|word| {
        let vowels = word.chars().filter(|c| "aeiouy".contains(*c)).count();
        word.chars().all(char::is_alphabetic) && (part.len()..=3 * part.len()).contains(&(vowels * 4))
    });
    if !is_word || part.len() > LONGEST_WORD {
        return f64::INFINITY;
    }
    let clever = part.iter().filter(|c| !c.is_alphabetic()).count().min(1);
    WORD + BEYOND * count(part.len().saturating_sub(WORD_LETTERS)) + count(clever) + capitals(written)
}

/// One of the rows, or the alphabet, forwards or backwards.
fn is_run(part: &[char]) -> bool {
    let forwards: String = part.iter().collect();
    let backwards: String = part.iter().rev().collect();
    ROWS.iter().any(|row| row.contains(&forwards) || row.contains(&backwards))
}

/// A first capital, or nothing but capitals, is one guess more; others are where they like to be.
fn capitals(written: &[char]) -> f64 {
    let large = written.iter().filter(|c| c.is_uppercase()).count();
    match large {
        0 => 0.0,
        1 if written.first().is_some_and(|c| c.is_uppercase()) => 1.0,
        large if large == written.iter().filter(|c| c.is_alphabetic()).count() => 1.0,
        large => 1.0 + count(large) * 1.5,
    }
}

/// Digits and signs in the place of letters, `1` as told.
fn spelled(part: &[char], one: char) -> String {
    let letter = |c: &char| match c {
        '0' => 'o',
        '1' | '!' | '|' => one,
        '3' | '€' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        c => *c,
    };
    part.iter().map(letter).collect()
}

/// Small, and without what a keyboard abroad does not have.
fn fold(c: char) -> char {
    match c.to_lowercase().next().unwrap_or(c) {
        'å' | 'ä' | 'á' | 'à' => 'a',
        'ø' | 'ö' | 'ó' | 'ò' => 'o',
        'æ' | 'é' | 'è' | 'ê' => 'e',
        c => c,
    }
}

fn is_address(text: &str) -> bool {
    let (name, host) = text.trim().split_once('@').unwrap_or_default();
    let word = |text: &str| !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c == '@');
    word(name) && word(host) && host.trim_matches('.').contains('.')
}

#[expect(clippy::cast_precision_loss, reason = "lengths and ranks are small")]
const fn count(n: usize) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_written_as_it_is_looked_up_and_says_nothing_twice() {
        let mut seen = std::collections::BTreeSet::new();
        for word in WORDS.split_whitespace() {
            assert!(word.chars().all(|c| fold(c) == c) && (3..=LONGEST_WORD).contains(&word.len()), "{word}");
            assert!(seen.insert(word), "{word}");
        }
        println!("{} words, {} bytes", seen.len(), WORDS.len());
    }

    #[test]
    fn what_is_tried_first_is_weak_and_cannot_be_chosen() {
        for text in [
            "Sommer2026!",
            "Velkommen2026!",
            "Passord123!",
            "Manchester United",
            "password",
            "Password1!",
            "12345678",
            "11111111",
            "87654321",
            "qwertyuiop",
            "Qwerty123!",
            "P@ssw0rd",
            "P4ssord2025",
            "abcdefgh",
            "aaaaaaaa",
            "sommersommer",
            "Høst2025!",
            "Jul2024!!",
            "Desember24",
            "Rosenborg1917",
            "BodøGlimt1",
            "vålerenga",
            "Liverpool",
            "Trondheim2026",
            "Kristiansand1",
            "Velkommen1",
            "hemmelig",
            "Hemmelig123",
            "iloveyou",
            "Welcome1",
            "letmein123",
            "asdfghjkløæ",
            "1qaz2wsx3edc",
            "passordpassord",
            "Skole2026!",
            "Norge1814",
            "Fotball123",
        ] {
            assert!(is_common(text) && score(text) <= 1, "{text}: {:.1} bits", bits(text));
        }
    }

    #[test]
    fn what_is_known_of_a_person_is_weak() {
        for text in [
            "kari@skole.example",
            "Ola.Nordmann@fylke.example",
            "Kari Nordmann",
            "KariNordmann1",
            "karinordmann2008",
            "Oslo2026Sommer",
            "ManchesterUnited2026",
            "Test1234!",
            "bil hus",
            "abc123abc123",
            "15081994",
            "Emma og Noah",
            "Sommer Vinter",
            "eple2026!",
        ] {
            assert!(score(text) <= 1, "{text}: {:.1} bits", bits(text));
        }
    }

    /// Against a list of a hundred thousand words and names, two of them are ten thousand million guesses.
    #[test]
    fn a_word_that_is_in_a_dictionary_alone_is_one_word() {
        for text in [
            "competitiveness",
            "Departmental2025",
            "sjølvstendigheit",
            "1nt3rc0n71n3nt4l",
            "processed eastbound",
            "pelikan mausoleum",
        ] {
            assert!(score(text) <= 1, "{text}: {:.1} bits", bits(text));
        }
        for text in
            ["Transformational1", "propulsivedefense", "emulatordecomposition", "FeodoraCloutier", "Ernestine.Rainey"]
        {
            assert!(score(text) <= 2, "{text}: {:.1} bits", bits(text));
        }
    }

    #[test]
    fn what_nobody_would_try_is_taken() {
        for (text, least) in [
            ("korrekt hest batteri stift", 4),
            ("fire glade elger", 3),
            ("felles ord for alle", 3),
            ("traktor blomkål fiolin måne", 4),
            ("en lang nok frase", 3),
            ("gT7#kq9!vXz2wLp0", 4),
            ("xkqvjzwpmtrhgdnb", 4),
            ("Min nabo har 3 blå traktorer", 4),
            ("duplicates-sparingly-monsignor", 3),
            ("networkedposedcarbinesdoctorate", 4),
            ("xukveb-qipgan-7dunqu", 3),
        ] {
            assert!(score(text) >= least && !is_common(text), "{text}: {:.1} bits", bits(text));
        }
        assert_eq!([score(""), score("kort"), score("1234567")], [0; 3]);
        assert_eq!(score(&"ab cd ".repeat(10_000)), 1, "and a long one is answered at once");
    }
}
