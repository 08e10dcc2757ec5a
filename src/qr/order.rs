//! The one sort of the scanner. Each type that is sorted would bring a copy of the standard library's along.

/// The indices of some values, smallest value first; of equal values the first one first.
pub(crate) fn ascending(values: impl Iterator<Item = f32>) -> impl Iterator<Item = usize> {
    let mut all: Vec<(f32, u32)> = values.zip(0..).collect();
    all.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    all.into_iter().map(|(_, index)| index as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn smallest_and_first_come_first() {
        let order: Vec<usize> = ascending([2.0, 1.0, 2.0, -1.0].into_iter()).collect();
        assert_eq!(order, [3, 1, 0, 2]);
        assert_eq!(ascending([f32::NAN, 0.0].into_iter()).next(), Some(1));
    }
}
