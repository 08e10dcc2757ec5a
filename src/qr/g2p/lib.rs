//! Finite fields of up to 256 elements for rqrr, by logarithms.
//!
//! Cargo puts this in the place of the crate of the same name (`[patch.crates-io]`), which multiplies by a table of all
//! products, 64 kB for each field: more than half of what a scanner weighed, and more than its pixels need. It also
//! raises to a power by squaring, once for each codeword and check; here that is one look into a table. rqrr's source is
//! the same with either.

/// What rqrr asks of a field; see the macro [`g2p!`], which makes one.
pub trait GaloisField:
    Copy
    + Eq
    + core::ops::Add<Output = Self>
    + core::ops::AddAssign
    + core::ops::Mul<Output = Self>
    + core::ops::MulAssign
    + core::ops::Div<Output = Self>
{
    /// Adds nothing.
    const ZERO: Self;
    /// Multiplies to the same.
    const ONE: Self;
    /// Its powers are all elements but zero.
    const GENERATOR: Self;

    /// The element multiplied with itself.
    fn pow(self, exponent: usize) -> Self;
}

/// Powers of the generator, twice over so that a sum of two logarithms is an index; and the logarithms.
pub struct Tables {
    exp: [u8; 512],
    log: [u8; 256],
    order: usize,
}

impl Tables {
    /// For the field of 2 to the power of `bits` elements, at most 8, in which 2 is a generator under the modulus.
    pub const fn new(bits: u32, modulus: u16) -> Tables {
        let order = (1 << bits) - 1;
        let mut tables = Tables { exp: [0; 512], log: [0; 256], order };
        let (mut value, mut i) = (1_u16, 0);
        while i < 2 * order {
            tables.exp[i] = value as u8;
            if i < order {
                tables.log[value as usize] = i as u8;
            }
            value <<= 1;
            if value >> bits != 0 {
                value ^= modulus;
            }
            i += 1;
        }
        tables
    }

    /// The product.
    pub fn mul(&self, a: u8, b: u8) -> u8 {
        if a == 0 || b == 0 { 0 } else { self.exp[self.logarithm(a) + self.logarithm(b)] }
    }

    /// The quotient; nothing divided by zero is zero here, and nobody asks.
    pub fn div(&self, a: u8, b: u8) -> u8 {
        if a == 0 || b == 0 { 0 } else { self.exp[self.logarithm(a) + self.order - self.logarithm(b)] }
    }

    /// The power.
    pub fn pow(&self, a: u8, exponent: usize) -> u8 {
        match (a, exponent) {
            (_, 0) => 1,
            (0, _) => 0,
            _ => self.exp[self.logarithm(a) * (exponent % self.order) % self.order],
        }
    }

    fn logarithm(&self, a: u8) -> usize {
        usize::from(self.log[usize::from(a)])
    }
}

/// The sum: elements are polynomials over the field of two elements, in which one and one are zero.
pub fn add(a: u8, b: u8) -> u8 {
    a ^ b
}

/// `g2p!(Name, bits, modulus: polynomial)` makes the type `Name(u8)`, a [`GaloisField`].
#[macro_export]
macro_rules! g2p {
    ($name:ident, $bits:literal, modulus: $modulus:literal) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name(pub u8);

        const _: () = {
            static TABLES: $crate::Tables = $crate::Tables::new($bits, $modulus);

            impl core::ops::Add for $name {
                type Output = Self;
                fn add(self, other: Self) -> Self {
                    $name($crate::add(self.0, other.0))
                }
            }
            impl core::ops::AddAssign for $name {
                fn add_assign(&mut self, other: Self) {
                    *self = *self + other;
                }
            }
            impl core::ops::Mul for $name {
                type Output = Self;
                fn mul(self, other: Self) -> Self {
                    $name(TABLES.mul(self.0, other.0))
                }
            }
            impl core::ops::MulAssign for $name {
                fn mul_assign(&mut self, other: Self) {
                    *self = *self * other;
                }
            }
            impl core::ops::Div for $name {
                type Output = Self;
                fn div(self, other: Self) -> Self {
                    $name(TABLES.div(self.0, other.0))
                }
            }
            impl $crate::GaloisField for $name {
                const ZERO: Self = $name(0);
                const ONE: Self = $name(1);
                const GENERATOR: Self = $name(2);
                fn pow(self, exponent: usize) -> Self {
                    $name(TABLES.pow(self.0, exponent))
                }
            }
        };
    };
}

#[cfg(test)]
mod tests {
    use super::GaloisField as _;

    g2p!(Gf16, 4, modulus: 0b1_0011);
    g2p!(Gf256, 8, modulus: 0b1_0001_1101);

    /// The product as the definition has it: polynomials over two elements, and the rest by the modulus.
    fn product(a: u8, b: u8, bits: u32, modulus: u32) -> u8 {
        let all = (0..8).filter(|i| b >> i & 1 == 1).fold(0, |sum, i| sum ^ u32::from(a) << i);
        (bits..16).rev().fold(all, |rest, i| if rest >> i & 1 == 1 { rest ^ modulus << (i - bits) } else { rest }) as u8
    }

    #[test]
    fn every_product_quotient_and_power_is_the_definitions() {
        for a in 0..=255 {
            let mut power = Gf256::ONE;
            for b in 0..=255 {
                let got = Gf256(a) * Gf256(b);
                assert_eq!(got.0, product(a, b, 8, 0b1_0001_1101), "{a} * {b}");
                assert!(b == 0 || got / Gf256(b) == Gf256(a));
                assert_eq!(Gf256(a).pow(usize::from(b)), power, "{a} ^ {b}");
                power *= Gf256(a);
            }
        }
        for (a, b) in (0..16).flat_map(|a| (0..16).map(move |b| (a, b))) {
            assert_eq!((Gf16(a) * Gf16(b)).0, product(a, b, 4, 0b1_0011));
        }
        assert_eq!(Gf256::GENERATOR.pow(30 * 254), Gf256::GENERATOR.pow(30 * 254 % 255));
    }
}
