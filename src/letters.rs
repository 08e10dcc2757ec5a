//! Capital and small letters of the scripts that Europe writes: Latin, Greek,
//! Cyrillic and Armenian. The standard library knows all scripts that have
//! capitals, by tables of 24 kB; others stay as they are here.

/// A row of capitals, and where their small letters are.
struct Row {
    first: u32,
    last: u32,
    /// From one capital to the next.
    step: u32,
    /// From a capital to its small letter.
    away: u32,
}

const fn row(first: u32, last: u32, step: u32, away: u32) -> Row {
    Row { first, last, step, away }
}

const ROWS: [Row; 21] = [
    row(0x41, 0x5a, 1, 32),
    row(0xc0, 0xd6, 1, 32),
    row(0xd8, 0xde, 1, 32),
    row(0x100, 0x12e, 2, 1),
    row(0x132, 0x136, 2, 1),
    row(0x139, 0x147, 2, 1),
    row(0x14a, 0x176, 2, 1),
    row(0x179, 0x17d, 2, 1),
    row(0x386, 0x386, 1, 38),
    row(0x388, 0x38a, 1, 37),
    row(0x38c, 0x38c, 1, 64),
    row(0x38e, 0x38f, 1, 63),
    row(0x391, 0x3a1, 1, 32),
    row(0x3a3, 0x3ab, 1, 32),
    row(0x400, 0x40f, 1, 80),
    row(0x410, 0x42f, 1, 32),
    row(0x48a, 0x4be, 2, 1),
    row(0x4d0, 0x52e, 2, 1),
    row(0x531, 0x556, 1, 48),
    row(0x1e00, 0x1e94, 2, 1),
    row(0x1ea0, 0x1efe, 2, 1),
];

/// In small letters.
pub fn small(text: &str) -> String {
    text.chars().map(small_letter).collect()
}

fn small_letter(letter: char) -> char {
    exchanged(letter, |row| (row.first, row.away.cast_signed()))
}

/// The capital of a letter; the letter itself where it has none here.
pub fn capital(letter: char) -> char {
    exchanged(letter, |row| (row.first + row.away, -row.away.cast_signed()))
}

/// The letter's other form. `from` says where a row's letters of this form begin, and how far the other is.
fn exchanged(letter: char, from: fn(&Row) -> (u32, i32)) -> char {
    let code = u32::from(letter);
    let other = ROWS.iter().find_map(|row| {
        let (first, away) = from(row);
        let at = code.checked_sub(first)?;
        (at <= row.last - row.first && at % row.step == 0).then(|| code.checked_add_signed(away))?
    });
    other.and_then(char::from_u32).unwrap_or(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alone(mut letters: impl Iterator<Item = char>) -> Option<char> {
        letters.next().filter(|_| letters.next().is_none())
    }

    #[test]
    fn every_letter_is_the_standard_librarys_or_left_as_it_is() {
        let mut known = 0;
        for letter in '\0'..=char::MAX {
            let (low, high) = (small_letter(letter), capital(letter));
            assert!(low == letter || alone(letter.to_lowercase()) == Some(low), "{letter} {low}");
            assert!(high == letter || alone(letter.to_uppercase()) == Some(high), "{letter} {high}");
            known += u32::from(low != letter);
        }
        assert_eq!(known, ROWS.iter().map(|row| (row.last - row.first) / row.step + 1).sum::<u32>());
    }

    #[test]
    fn what_norway_writes_is_complete() {
        for letter in ('\0'..='\u{17f}').filter(|letter| !"İŸſµıŉß".contains(*letter)) {
            assert_eq!(Some(small_letter(letter)), alone(letter.to_lowercase()), "{letter}");
            assert!(letter == 'ÿ' || Some(capital(letter)) == alone(letter.to_uppercase()), "{letter}");
        }
        assert_eq!(small("KÅRE ÆRLIG-ŽIŽEK"), "kåre ærlig-žižek");
    }
}
