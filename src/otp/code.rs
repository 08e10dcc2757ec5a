//! The code that a credential gives at an instant.

use std::fmt::Write as _;

use totp_rs::Builder;
use zeroize::Zeroizing;

use super::{Algorithm, Credential, Factor};

/// Seconds per step of a Steam code.
const STEAM_PERIOD: u32 = 30;

/// A code and how long it holds. Wiped on drop.
#[derive(Clone, PartialEq, Eq)]
pub struct Code {
    text: Zeroizing<String>,
    /// The time-step (RFC 6238's T) or the counter that gave it.
    pub step: u64,
    /// Milliseconds until the next code; `None` where no clock moves it on.
    pub left_ms: Option<u64>,
}

impl Code {
    /// The characters, ungrouped.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// The characters in groups of three, as people read them aloud: `123 456`.
    pub fn grouped(&self) -> Zeroizing<String> {
        let size = match self.text.len() {
            5 => 5,
            8 => 4,
            _ => 3,
        };
        let mut out = Zeroizing::new(String::with_capacity(self.text.len() + 3));
        for (i, c) in self.text.chars().enumerate() {
            if i > 0 && i % size == 0 {
                out.push(' ');
            }
            out.push(c);
        }
        out
    }
}

impl Credential {
    /// Seconds per step; `None` for a counter.
    pub fn period(&self) -> Option<u32> {
        match self.factor {
            Factor::Time { period } => Some(period),
            Factor::Steam => Some(STEAM_PERIOD),
            Factor::Counter { .. } => None,
        }
    }

    /// The code at `unix_ms`, milliseconds since the Unix epoch by a corrected
    /// clock. A counter's code does not depend on it.
    pub fn code_at(&self, unix_ms: u64) -> Code {
        let period = match self.factor {
            Factor::Counter { counter } => return self.code_of(counter, None),
            Factor::Time { period } => period,
            Factor::Steam => STEAM_PERIOD,
        };
        let period_ms = u64::from(period) * 1000;
        self.code_of(unix_ms / period_ms, Some(period_ms - unix_ms % period_ms))
    }

    fn code_of(&self, step: u64, left_ms: Option<u64>) -> Code {
        let algorithm = match (self.factor, self.algorithm) {
            (Factor::Steam, _) => totp_rs::Algorithm::Steam,
            (_, Algorithm::Sha1) => totp_rs::Algorithm::SHA1,
            (_, Algorithm::Sha256) => totp_rs::Algorithm::SHA256,
            (_, Algorithm::Sha512) => totp_rs::Algorithm::SHA512,
        };
        // With a step of one second, totp-rs' time is the moving factor itself.
        let totp = Builder::new()
            .with_algorithm(algorithm)
            .with_digits(self.digits)
            .with_step_duration(1)
            .with_secret(totp_rs::Secret::new(self.secret.expose().into()))
            .build_noncompliant();
        let mut text = Zeroizing::new(String::with_capacity(9));
        // Writing into a String cannot fail.
        let _ = write!(text, "{}", totp.generate(step));
        Code { text, step, left_ms }
    }
}
