//! Reed-Solomon over GF(256) with the polynomial x^8 + x^4 + x^3 + x^2 + 1 (ISO/IEC 18004, 7.5.2 and annex B), errors
//! and erasures.
//!
//! This is the fast gate: most grids that are tried are wrong, and logarithm tables tell so in microseconds. What
//! passes here is handed to rqrr, which decides.

#![allow(
    clippy::indexing_slicing,
    reason = "tables of 256 and 512 entries indexed by bytes and sums of two bytes, polynomials of at most CHECK + 1"
)]

/// The most error correction codewords that a block of a QR code has.
const CHECK: usize = 30;

struct Tables {
    exp: [u8; 512],
    log: [u8; 256],
}

const TABLES: Tables = {
    let mut tables = Tables { exp: [0; 512], log: [0; 256] };
    let (mut value, mut i) = (1_u16, 0);
    while i < 255 {
        tables.exp[i] = value as u8;
        tables.exp[i + 255] = value as u8;
        tables.log[value as usize] = i as u8;
        value <<= 1;
        if value > 255 {
            value ^= 0x11d;
        }
        i += 1;
    }
    tables
};

static GF: Tables = TABLES;

fn mul(a: u8, b: u8) -> u8 {
    if a == 0 || b == 0 { 0 } else { GF.exp[usize::from(GF.log[usize::from(a)]) + usize::from(GF.log[usize::from(b)])] }
}

/// `b` is not zero.
fn div(a: u8, b: u8) -> u8 {
    if a == 0 { 0 } else { GF.exp[usize::from(GF.log[usize::from(a)]) + 255 - usize::from(GF.log[usize::from(b)])] }
}

/// alpha to the power.
fn alpha(power: usize) -> u8 {
    GF.exp[power % 255]
}

/// A polynomial, lowest power first.
type Poly = [u8; CHECK + 2];

fn evaluate(poly: &Poly, x: u8) -> u8 {
    poly.iter().rev().fold(0, |sum, &term| mul(sum, x) ^ term)
}

/// Corrects a block in place. `erased` are positions whose codeword is not trusted. Returns how many codewords changed,
/// or nothing if there are more errors than the check codewords can tell.
pub(crate) fn correct(block: &mut [u8], check: usize, erased: &[usize]) -> Option<usize> {
    let length = block.len();
    if length > 255 || check > CHECK || check >= length || erased.len() > check {
        return None;
    }
    let syndromes = syndromes(block, check);
    if syndromes.iter().all(|&s| s == 0) {
        return Some(0);
    }
    // The locator of the erasures, then Berlekamp-Massey from there (Blahut, Algebraic Codes, 7.4).
    let mut locator: Poly = [0; CHECK + 2];
    locator[0] = 1;
    for &position in erased {
        if position >= length {
            return None;
        }
        let root = alpha(length - 1 - position);
        for i in (1..=CHECK + 1).rev() {
            locator[i] ^= mul(locator[i - 1], root);
        }
    }
    let mut previous = locator;
    let mut degree = erased.len();
    for step in erased.len()..check {
        let mut discrepancy = 0;
        for i in 0..=degree.min(step) {
            discrepancy ^= mul(locator[i], syndromes[step - i]);
        }
        // previous is shifted by one power each step.
        previous.copy_within(0..CHECK + 1, 1);
        previous[0] = 0;
        if discrepancy != 0 {
            let saved = locator;
            for i in 0..CHECK + 2 {
                locator[i] ^= mul(discrepancy, previous[i]);
            }
            if 2 * degree <= step + erased.len() {
                degree = step + 1 + erased.len() - degree;
                for i in 0..CHECK + 2 {
                    previous[i] = div(saved[i], discrepancy);
                }
            }
        }
    }
    if degree > check || (degree - erased.len().min(degree)) * 2 + erased.len() > check {
        return None;
    }
    // The evaluator: syndromes times locator, modulo x^check.
    let mut evaluator: Poly = [0; CHECK + 2];
    for i in 0..check {
        for j in 0..=i {
            evaluator[i] ^= mul(locator[j], syndromes[i - j]);
        }
    }
    let (mut roots, mut changed) = (0, 0);
    for (position, codeword) in block.iter_mut().enumerate() {
        let power = length - 1 - position;
        let inverse = alpha(255 - power % 255);
        if evaluate(&locator, inverse) != 0 {
            continue;
        }
        roots += 1;
        // Forney with the first root alpha^0: X * evaluator(1/X) / locator'(1/X).
        let mut derivative: Poly = [0; CHECK + 2];
        for i in (1..CHECK + 2).step_by(2) {
            derivative[i - 1] = locator[i];
        }
        let slope = evaluate(&derivative, inverse);
        if slope == 0 {
            return None;
        }
        let error = mul(alpha(power), div(evaluate(&evaluator, inverse), slope));
        changed += usize::from(error != 0);
        *codeword ^= error;
    }
    let clean = self::syndromes(block, check).iter().all(|&s| s == 0);
    (roots == degree && clean).then_some(changed)
}

fn syndromes(block: &[u8], check: usize) -> [u8; CHECK] {
    let mut all = [0; CHECK];
    for (power, syndrome) in all.iter_mut().enumerate().take(check) {
        let mut sum = 0_u8;
        for &codeword in block {
            sum = if sum == 0 { 0 } else { GF.exp[usize::from(GF.log[usize::from(sum)]) + power] } ^ codeword;
        }
        *syndrome = sum;
    }
    all
}

#[cfg(test)]
pub(crate) fn encode(data: &[u8], check: usize) -> Vec<u8> {
    let mut generator = vec![1_u8];
    for power in 0..check {
        generator.push(0);
        for i in (1..generator.len()).rev() {
            generator[i] ^= mul(generator[i - 1], alpha(power));
        }
    }
    let mut rest = data.to_vec();
    rest.resize(data.len() + check, 0);
    for i in 0..data.len() {
        let factor = rest[i];
        for (j, &g) in generator.iter().enumerate() {
            rest[i + j] ^= mul(g, factor);
        }
    }
    let mut block = data.to_vec();
    block.extend_from_slice(&rest[data.len()..]);
    block
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_standards_own_example() {
        // Annex I: version 1-M, "01234567".
        let data = [0x10, 0x20, 0x0c, 0x56, 0x61, 0x80, 0xec, 0x11, 0xec, 0x11, 0xec, 0x11, 0xec, 0x11, 0xec, 0x11];
        let check = [0xa5, 0x24, 0xd4, 0xc1, 0xed, 0x36, 0xc7, 0x87, 0x2c, 0x55];
        assert_eq!(encode(&data, 10)[16..], check);
    }

    proptest! {
        #[test]
        fn errors_and_erasures_up_to_the_limit_are_mended(
            data in prop::collection::vec(any::<u8>(), 9..120),
            half in 3_usize..=15,
            seed in any::<u64>(),
            erasures in 0_usize..=30,
        ) {
            let check = half * 2;
            let erasures = erasures.min(check);
            let good = encode(&data, check);
            let mut bad = good.clone();
            let mut positions: Vec<usize> = (0..bad.len()).collect();
            let mut state = seed | 1;
            for i in (1..positions.len()).rev() {
                state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                positions.swap(i, (state >> 33) as usize % (i + 1));
            }
            let errors = (check - erasures) / 2;
            for (i, &at) in positions.iter().take(erasures + errors).enumerate() {
                bad[at] ^= (i % 255 + 1) as u8;
            }
            prop_assert!(correct(&mut bad, check, &positions[..erasures]).is_some());
            prop_assert_eq!(bad, good);
        }

        #[test]
        fn anything_is_answered(
            mut block in prop::collection::vec(any::<u8>(), 0..300),
            check in 0_usize..40,
            erased in prop::collection::vec(0_usize..300, 0..40),
        ) {
            let before = block.clone();
            if correct(&mut block, check, &erased) == Some(0) {
                prop_assert_eq!(before, block);
            }
        }
    }
}
