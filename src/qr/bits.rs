//! A square of modules.

/// Dark and light modules; outside of the square everything is light.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bits {
    size: usize,
    dark: Vec<bool>,
}

impl Bits {
    /// All light.
    pub(crate) fn new(size: usize) -> Self {
        Bits { size, dark: vec![false; size * size] }
    }

    pub(crate) fn from_fn(size: usize, dark: impl Fn(usize, usize) -> bool) -> Self {
        let mut all = Vec::with_capacity(size * size);
        for y in 0..size {
            all.extend((0..size).map(|x| dark(x, y)));
        }
        Bits { size, dark: all }
    }

    /// Modules on a side.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    pub(crate) fn get(&self, x: usize, y: usize) -> bool {
        x < self.size && self.dark.get(y * self.size + x).copied().unwrap_or(false)
    }

    pub(crate) fn set(&mut self, x: usize, y: usize, dark: bool) {
        if x < self.size
            && let Some(module) = self.dark.get_mut(y * self.size + x)
        {
            *module = dark;
        }
    }

    /// Rows become columns, which is how a mirrored code is read.
    pub(crate) fn transposed(&self) -> Bits {
        Bits::from_fn(self.size, |x, y| self.get(y, x))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outside_is_light_and_stays_so() {
        let mut bits = Bits::new(3);
        bits.set(1, 2, true);
        bits.set(3, 0, true);
        bits.set(0, 3, true);
        assert!(bits.get(1, 2) && !bits.get(0, 1) && !bits.get(0, 3) && !bits.get(3, 0));
        assert!(bits.transposed().get(2, 1));
        assert_eq!(bits.transposed().transposed(), bits);
    }
}
