//! What fits into the store.
//!
//! The limits are those of `storage.sync` in Chromium and Firefox:
//! <https://developer.chrome.com/docs/extensions/reference/api/storage#property-sync>.
//! One write may hold any number of items and counts once: of the 120 that
//! Chromium takes in a minute a person needs few.

/// All names and values together, in bytes.
const MAX_BYTES: usize = 102_400;
/// One name and value, in bytes.
const MAX_IN_ITEM: usize = 8_192;
/// Items.
const MAX_ITEMS: usize = 512;

/// Those of `new` that fit beside what is `stored`, in order, and how many do
/// not. An item takes the place of a stored one of its name.
pub fn fit(stored: &[(String, String)], new: Vec<(String, String)>) -> (Vec<(String, String)>, usize) {
    let mut bytes: usize = stored.iter().map(size).sum();
    let mut items = stored.len();
    let (mut fitting, mut left) = (Vec::with_capacity(new.len()), 0);
    for item in new {
        let before = stored.iter().find(|(name, _)| *name == item.0);
        let (then_bytes, then_items) = match before {
            Some(before) => (bytes - size(before) + size(&item), items),
            None => (bytes + size(&item), items + 1),
        };
        if size(&item) > MAX_IN_ITEM || then_bytes > MAX_BYTES || then_items > MAX_ITEMS {
            left += 1;
            continue;
        }
        (bytes, items) = (then_bytes, then_items);
        fitting.push(item);
    }
    (fitting, left)
}

/// As the browser counts: the name, and the value as JSON. Ours is base64, to which JSON adds two quotes.
fn size((name, value): &(String, String)) -> usize {
    name.len() + value.len() + 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(name: usize, length: usize) -> (String, String) {
        (format!("{name:04}"), "x".repeat(length))
    }

    #[test]
    fn fills_up_to_the_brim_and_says_what_is_left() {
        // 100 items of 1,024 bytes each are all there is room for.
        let many: Vec<_> = (0..110).map(|name| item(name, 1018)).collect();
        let (fitting, left) = fit(&[], many);
        assert_eq!((fitting.len(), left), (100, 10));
        // A smaller one in the place of a larger makes room again.
        let (again, left) = fit(&fitting, vec![item(0, 4), item(200, 1000), item(201, 1000)]);
        assert_eq!((again.len(), left), (2, 1));
        assert_eq!(fit(&[], vec![item(0, 8_186), item(1, 8_187)]).1, 1);
        let (fitting, left) = fit(&[], (0..600).map(|name| item(name, 1)).collect());
        assert_eq!((fitting.len(), left), (512, 88));
    }
}
