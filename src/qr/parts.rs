//! Messages that are spread over several codes (structured append, ISO/IEC 18004, clause 8).

use super::payload::{self, Part};
use super::{Found, Kind};

/// Puts messages together all of whose parts are there; parts of others stay as they are.
pub(crate) fn join(mut found: Vec<Found>) -> Vec<Found> {
    let mut at = 0;
    while let Some(first) = found.get(at) {
        match first.part.and_then(|part| whole(&found, part)) {
            Some(message) => {
                let parity = |one: &Found| one.part.map(|part| (part.count, part.parity));
                let of = parity(first);
                let place = found.iter().take(at).filter(|one| parity(one) != of).count();
                found.retain(|one| parity(one) != of);
                found.insert(place, message);
                at = place + 1;
            }
            None => at += 1,
        }
    }
    found
}

/// The whole message that the part belongs to. The exclusive or of its bytes tells whether the parts are its own.
fn whole(found: &[Found], of: Part) -> Option<Found> {
    let mut bytes = Vec::new();
    for index in 0..of.count {
        let part = found.iter().find(|one| one.part == Some(Part { index, ..of }))?;
        bytes.extend_from_slice(&part.payload);
    }
    if bytes.iter().fold(0, |all, byte| all ^ byte) != of.parity {
        return None;
    }
    let first = found.iter().find(|one| one.part == Some(Part { index: 0, ..of }))?;
    let (bytes, charset) = payload::unsaid(bytes);
    Some(Found { kind: Kind::of(&bytes), payload: bytes, charset, part: None, ..first.clone() })
}

#[cfg(test)]
mod tests {
    use super::super::{Charset, Point};
    use super::*;

    fn code(text: &[u8], part: Option<(u8, u8, u8)>) -> Found {
        Found {
            payload: text.to_vec(),
            charset: Charset::Unknown,
            kind: Kind::of(text),
            corners: [Point { x: 0.0, y: 0.0 }; 4],
            version: 1,
            part: part.map(|(index, count, parity)| Part { index, count, parity }),
        }
    }

    #[test]
    fn all_parts_make_a_message_in_their_order_and_some_do_not() {
        let message = "otpauth://totp/blåbær?secret=a".as_bytes();
        let parity = message.iter().fold(0, |all, byte| all ^ byte);
        // In the middle of a letter.
        let (head, tail) = message.split_at(18);
        let parts = [code(tail, Some((1, 2, parity))), code(b"else", None), code(head, Some((0, 2, parity)))];
        let joined = join(parts.to_vec());
        assert_eq!(joined.len(), 2);
        assert_eq!((joined[0].payload.as_slice(), joined[0].kind, joined[0].part), (message, Kind::Otpauth, None));
        assert_eq!(joined[0].charset, Charset::Utf8);
        assert_eq!(join(parts[..2].to_vec()), parts[..2]);
        let strange = [code(tail, Some((1, 2, !parity))), code(head, Some((0, 2, !parity)))];
        assert_eq!(join(strange.to_vec()), strange);
        assert!(join(Vec::new()).is_empty());
    }
}
