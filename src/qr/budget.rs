//! How much work a picture may cause.
//!
//! A count of operations and not a clock, so that the same picture always has the same answer, on a busy machine too.

/// What work is done for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Cutting rows into runs.
    Rows,
    /// Looking closer at what may be a finder.
    Finders,
    /// Combining finders.
    Triples,
    /// Measuring the sides of what may be a symbol.
    Frames,
    /// Fitting a lattice.
    Lattices,
    /// Reading and correcting modules.
    Grids,
}

/// How often work was done, and how many units it took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally([(u64, u64); 6]);

impl Tally {
    /// How often.
    pub fn times(&self, work: Work) -> u64 {
        self.0.get(work as usize).map_or(0, |entry| entry.0)
    }

    /// All units.
    pub fn units(&self) -> u64 {
        self.0.iter().map(|entry| entry.1).sum()
    }
}

/// One unit is about what it takes to look at one pixel; every stage pays for what it is about to do.
#[derive(Debug)]
pub(crate) struct Budget {
    left: u64,
    tally: Tally,
}

impl Budget {
    pub(crate) fn new(units: u64) -> Self {
        Budget { left: units, tally: Tally::default() }
    }

    /// Takes the units if they are there. Once they are not, nothing more is to be had.
    pub(crate) fn spend(&mut self, work: Work, units: usize) -> bool {
        let units = units as u64;
        if units > self.left {
            self.left = 0;
            return false;
        }
        self.left -= units;
        if let Some(entry) = self.tally.0.get_mut(work as usize) {
            *entry = (entry.0 + 1, entry.1 + units);
        }
        true
    }

    pub(crate) fn tally(&self) -> Tally {
        self.tally
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_stays_empty() {
        let mut budget = Budget::new(10);
        assert!(budget.spend(Work::Rows, 6));
        assert!(!budget.spend(Work::Rows, 6));
        assert!(!budget.spend(Work::Grids, 1));
        assert_eq!((budget.tally().units(), budget.tally().times(Work::Rows)), (6, 1));
    }
}
