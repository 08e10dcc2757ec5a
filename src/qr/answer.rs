//! How an answer crosses the border of the Wasm module: little-endian words, and bytes.

use super::{Charset, Found, Header, Kind, Refusal};

/// `[u32 count][u32 unread]([u32 kind][u32 charset][u32 part][u32 length][bytes])*`, or a refusal counted down from the
/// largest word. `unread` is 1 if there was a code that could not be read. `part` is 0 for a whole message, otherwise how
/// many parts there are.
pub fn encode(result: Result<Vec<Found>, Refusal>, unread: bool) -> Vec<u8> {
    let mut answer = Vec::new();
    let word = |answer: &mut Vec<u8>, value: u32| answer.extend_from_slice(&value.to_le_bytes());
    match result {
        Ok(all) => {
            word(&mut answer, all.len() as u32);
            word(&mut answer, u32::from(unread));
            for found in all {
                word(
                    &mut answer,
                    match found.kind {
                        Kind::Otpauth => 0,
                        Kind::Push => 1,
                        Kind::Migration => 2,
                        Kind::Other => 3,
                    },
                );
                word(
                    &mut answer,
                    match found.charset {
                        Charset::Utf8 => 0,
                        Charset::ShiftJis => 1,
                        Charset::Unknown => 2,
                    },
                );
                word(&mut answer, found.part.map_or(0, |part| u32::from(part.count)));
                word(&mut answer, found.payload.len() as u32);
                answer.extend_from_slice(&found.payload);
            }
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
    use super::super::{Part, Point};
    use super::*;

    #[test]
    fn refusals_and_nothing() {
        assert_eq!(encode(Err(Refusal::Empty), false), [255; 4]);
        assert_eq!(encode(Err(Refusal::TooLarge), true), [254, 255, 255, 255]);
        assert_eq!(encode(Ok(Vec::new()), false), [0; 8]);
        assert_eq!(encode(Ok(Vec::new()), true), [0, 0, 0, 0, 1, 0, 0, 0]);
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
        let words = [1_u32, 0, 3, 2, 3, 2].map(u32::to_le_bytes).concat();
        assert_eq!(encode(Ok(vec![part]), false), [&words[..], b"ab"].concat());
    }

    #[test]
    fn headers() {
        let raster = Header::Raster { width: 640, height: 1, opaque: true };
        assert_eq!(encode_header(raster), [3, 0, 0, 0, 128, 2, 0, 0, 1, 0, 0, 0]);
        assert_eq!(encode_header(Header::Svg)[0], 1);
        assert_eq!(encode_header(Header::Unknown), [0; 12]);
    }
}
