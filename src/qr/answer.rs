//! How an answer crosses the border of the Wasm module: little-endian words, and bytes.

use super::{Found, Header, Refusal, Unread};

/// `[u32 count]([u32 charset][u32 part][u32 length][bytes])*[u32 codes][u32 why][u32 other]`, or a refusal counted down
/// from the largest word. `part` is 0 for a whole message, otherwise how many parts there are. At the end stands how many
/// QR codes were not read, why, and what other symbol there is (from 1; 0 is none).
pub fn encode(result: Result<Vec<Found>, Refusal>, unread: Unread) -> Vec<u8> {
    let mut answer = Vec::new();
    let word = |answer: &mut Vec<u8>, value: u32| answer.extend_from_slice(&value.to_le_bytes());
    match result {
        Ok(all) => {
            word(&mut answer, all.len() as u32);
            for found in all {
                word(&mut answer, found.charset as u32);
                word(&mut answer, found.part.map_or(0, |part| u32::from(part.count)));
                word(&mut answer, found.payload.len() as u32);
                answer.extend_from_slice(&found.payload);
            }
            word(&mut answer, unread.codes);
            word(&mut answer, unread.why as u32);
            word(&mut answer, unread.other.map_or(0, |other| other as u32 + 1));
        }
        Err(refusal) => word(
            &mut answer,
            match refusal {
                Refusal::Empty => u32::MAX,
                Refusal::TooLarge => u32::MAX - 1,
                Refusal::BadLength => u32::MAX - 2,
            },
        ),
    }
    answer
}

/// `[u32 kind][u32 width][u32 height]`: 0 is a file of a kind that is not known, 1 SVG, 2 pixels, 3 pixels that cover what
/// is below.
pub fn encode_header(header: Header) -> Vec<u8> {
    let words = match header {
        Header::Unknown => [0; 3],
        Header::Svg => [1, 0, 0],
        Header::Raster { width, height, opaque } => [2 + u32::from(opaque), width, height],
    };
    words.into_iter().flat_map(u32::to_le_bytes).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Charset, Kind, Obstacle, Part, Point, Symbol};
    use super::*;

    fn words(all: &[u32]) -> Vec<u8> {
        all.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    #[test]
    fn refusals_and_nothing() {
        let unread = Unread { codes: 2, why: Obstacle::Covered, other: Some(Symbol::Aztec) };
        assert_eq!(encode(Err(Refusal::Empty), Unread::default()), [255; 4]);
        assert_eq!(encode(Err(Refusal::TooLarge), unread), [254, 255, 255, 255]);
        assert_eq!(encode(Ok(Vec::new()), Unread::default()), [0; 16]);
        assert_eq!(encode(Ok(Vec::new()), unread), words(&[0, 2, 1, 2]));
    }

    #[test]
    fn a_part_says_of_how_many() {
        let part = Found {
            payload: b"ab".to_vec(),
            charset: Charset::Unknown,
            kind: Kind::Other,
            corners: [Point { x: 0.0, y: 0.0 }; 4],
            version: 1,
            part: Some(Part { index: 0, count: 3, parity: 9 }),
        };
        let answer = encode(Ok(vec![part]), Unread::default());
        assert_eq!(answer, [&words(&[1, 2, 3, 2])[..], b"ab", &[0; 12]].concat());
    }

    #[test]
    fn headers() {
        let raster = Header::Raster { width: 640, height: 1, opaque: true };
        assert_eq!(encode_header(raster), [3, 0, 0, 0, 128, 2, 0, 0, 1, 0, 0, 0]);
        assert_eq!(encode_header(Header::Svg)[0], 1);
        assert_eq!(encode_header(Header::Unknown), [0; 12]);
    }
}
