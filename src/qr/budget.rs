//! How much work a picture may cause.
//!
//! A count of operations and not a clock, so that the same picture always has the same answer, on a busy machine too.

/// One unit is about what it takes to look at one pixel; every stage pays for what it is about to do.
#[derive(Debug)]
pub(crate) struct Budget {
    left: u64,
    spent: u64,
}

impl Budget {
    pub(crate) fn new(units: u64) -> Self {
        Budget { left: units, spent: 0 }
    }

    /// Takes the units if they are there. Once they are not, nothing more is to be had.
    pub(crate) fn spend(&mut self, units: usize) -> bool {
        let units = units as u64;
        if units > self.left {
            self.left = 0;
            return false;
        }
        self.left -= units;
        self.spent += units;
        true
    }

    pub(crate) fn spent(&self) -> u64 {
        self.spent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_stays_empty() {
        let mut budget = Budget::new(10);
        assert!(budget.spend(6));
        assert!(!budget.spend(6));
        assert!(!budget.spend(1));
        assert_eq!(budget.spent(), 6);
    }
}
