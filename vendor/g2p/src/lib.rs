//! The finite fields that rqrr counts in.
//!
//! Stands in for the crate of this name, whose field of 256 has a table of
//! every product: 64 kB that do not compress, a seventh of our package. rqrr
//! only checks what our own decoder has corrected already, so products are
//! worked out when they are asked for. Written for Tofaktor; its tests are
//! rqrr's agreement with our decoder on every QR version, and those below.

use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Sub, SubAssign};

/// A field of 2^n elements, each the polynomial whose coefficients are its bits.
pub trait GaloisField:
    Copy + Eq + Add<Output = Self> + AddAssign + Sub<Output = Self> + SubAssign + Mul<Output = Self> + MulAssign + Div<Output = Self>
{
    /// Elements in it.
    const SIZE: usize;
    /// The neutral element of addition.
    const ZERO: Self;
    /// The neutral element of multiplication.
    const ONE: Self;
    /// Its powers are all elements but zero.
    const GENERATOR: Self;

    /// `self` to the power of `exponent`.
    fn pow(self, mut exponent: usize) -> Self {
        let (mut power, mut square) = (Self::ONE, self);
        while exponent > 0 {
            if exponent & 1 == 1 {
                power *= square;
            }
            square *= square;
            exponent >>= 1;
        }
        power
    }
}

/// The product of two polynomials of `bits` coefficients, reduced by the modulus.
#[doc(hidden)]
pub fn product(a: u8, b: u8, bits: u32, modulus: u32) -> u8 {
    let (mut sum, mut shifted, mut rest) = (0, u32::from(a), b);
    while rest > 0 {
        if rest & 1 == 1 {
            sum ^= shifted;
        }
        shifted <<= 1;
        if shifted >> bits & 1 == 1 {
            shifted ^= modulus;
        }
        rest >>= 1;
    }
    sum as u8
}

/// Makes a field: its name, its bits, its modulus.
#[macro_export]
macro_rules! g2p {
    ($name:ident, $bits:literal, modulus: $modulus:literal) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name(pub u8);

        impl $crate::GaloisField for $name {
            const SIZE: usize = 1 << $bits;
            const ZERO: Self = Self(0);
            const ONE: Self = Self(1);
            const GENERATOR: Self = Self(2);
        }

        impl ::core::ops::Add for $name {
            type Output = Self;
            #[allow(clippy::suspicious_arithmetic_impl)]
            fn add(self, other: Self) -> Self {
                Self(self.0 ^ other.0)
            }
        }

        impl ::core::ops::Sub for $name {
            type Output = Self;
            #[allow(clippy::suspicious_arithmetic_impl)]
            fn sub(self, other: Self) -> Self {
                self + other
            }
        }

        impl ::core::ops::Mul for $name {
            type Output = Self;
            fn mul(self, other: Self) -> Self {
                Self($crate::product(self.0, other.0, $bits, $modulus))
            }
        }

        impl ::core::ops::Div for $name {
            type Output = Self;
            /// By zero it is zero: a hostile picture must not make it panic.
            #[allow(clippy::suspicious_arithmetic_impl)]
            fn div(self, other: Self) -> Self {
                self * $crate::GaloisField::pow(other, (1 << $bits) - 2)
            }
        }

        impl ::core::ops::AddAssign for $name {
            fn add_assign(&mut self, other: Self) {
                *self = *self + other;
            }
        }

        impl ::core::ops::SubAssign for $name {
            fn sub_assign(&mut self, other: Self) {
                *self = *self - other;
            }
        }

        impl ::core::ops::MulAssign for $name {
            fn mul_assign(&mut self, other: Self) {
                *self = *self * other;
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::GaloisField;

    g2p!(GF16, 4, modulus: 0b1_0011);
    g2p!(GF256, 8, modulus: 0b1_0001_1101);

    #[test]
    fn the_generator_reaches_every_element_once_and_division_undoes() {
        let mut seen: Vec<u8> = (0..255).map(|power| GF256::GENERATOR.pow(power).0).collect();
        seen.sort_unstable();
        assert_eq!(seen, (1..=255).collect::<Vec<_>>());
        for a in 0..=255 {
            for b in 1..=255 {
                assert_eq!(GF256(a) * GF256(b) / GF256(b), GF256(a));
            }
        }
        let mut seen: Vec<u8> = (0..15).map(|power| GF16::GENERATOR.pow(power).0).collect();
        seen.sort_unstable();
        assert_eq!(seen, (1..=15).collect::<Vec<_>>());
    }
}
