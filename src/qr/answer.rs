//! How an answer crosses the border of the Wasm module: little-endian words, and bytes.

use super::{Charset, Found, Kind, Refusal};

/// `[u32 count]([u32 kind][u32 charset][u32 length][bytes])*`, or a refusal counted down from the largest word.
pub fn encode(result: Result<Vec<Found>, Refusal>) -> Vec<u8> {
    let mut answer = Vec::new();
    let word = |answer: &mut Vec<u8>, value: u32| answer.extend_from_slice(&value.to_le_bytes());
    match result {
        Ok(all) => {
            word(&mut answer, all.len() as u32);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_and_nothing() {
        assert_eq!(encode(Err(Refusal::Empty)), [255; 4]);
        assert_eq!(encode(Err(Refusal::TooLarge)), [254, 255, 255, 255]);
        assert_eq!(encode(Ok(Vec::new())), [0; 4]);
    }
}
