//! The encodings of RFC 4648 against the crate `data-encoding`, which shares no code with ours.

use data_encoding as other;
use proptest::prelude::*;
use tofaktor::encoding::{BASE32_NOPAD, BASE64, BASE64_NOPAD, Encoding, HEXLOWER, HEXLOWER_PERMISSIVE};

const PAIRS: [(Encoding, other::Encoding); 5] = [
    (HEXLOWER, other::HEXLOWER),
    (HEXLOWER_PERMISSIVE, other::HEXLOWER_PERMISSIVE),
    (BASE32_NOPAD, other::BASE32_NOPAD),
    (BASE64, other::BASE64),
    (BASE64_NOPAD, other::BASE64_NOPAD),
];

#[test]
fn every_text_of_four_characters_or_fewer_is_judged_alike() {
    // Enough of each alphabet for the last character's stray bits, and all that may be amiss around it.
    let characters = b"AaBEgQfw79/+=-\n";
    let mut judged = 0;
    for length in 0..=4_u32 {
        for number in 0..characters.len().pow(length) {
            let text: Vec<u8> =
                (0..length).map(|at| characters[number / characters.len().pow(at) % characters.len()]).collect();
            for (ours, theirs) in &PAIRS {
                assert_eq!(ours.decode(&text).ok(), theirs.decode(&text).ok(), "{}", text.escape_ascii());
                judged += 1;
            }
        }
    }
    assert!(judged > 250_000);
}

proptest! {
    #[test]
    fn bytes_are_written_as_others_write_them_and_read_back(bytes: Vec<u8>) {
        for (ours, theirs) in &PAIRS {
            let text = ours.encode(&bytes);
            prop_assert_eq!(&text, &theirs.encode(&bytes));
            let again = ours.decode(text.as_bytes());
            prop_assert_eq!(again.as_ref(), Ok(&bytes));
        }
    }

    #[test]
    fn one_character_amiss_is_judged_alike(bytes: Vec<u8>, at: prop::sample::Index, character: u8) {
        for (ours, theirs) in &PAIRS {
            let mut text = ours.encode(&bytes).into_bytes();
            text.push(b'=');
            let at = at.index(text.len());
            text[at] = character;
            prop_assert_eq!(ours.decode(&text).ok(), theirs.decode(&text).ok());
        }
    }
}
