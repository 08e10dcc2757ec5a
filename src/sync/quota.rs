//! What fits into the store.
//!
//! The limits are those of `storage.sync` in Chromium and Firefox:
//! <https://developer.chrome.com/docs/extensions/reference/api/storage#property-sync>.
//! One write may hold any number of items and counts once: of the 120 that
//! Chromium takes in a minute a person needs few.

use std::collections::BTreeMap;

/// All names and values together, in bytes.
const MAX_BYTES: usize = 102_400;
/// One name and value, in bytes.
const MAX_IN_ITEM: usize = 8_192;
/// Items.
const MAX_ITEMS: usize = 512;

/// What is to be written: an item to store, or a stored one to remove.
pub type Write = (String, Option<String>);

/// What to write so that as much of `new` as can be fits beside what is `stored`, and how many do not. An item takes the
/// place of a stored one of its name. Those that are `spare` are nothing to be told of: they give way, and where they do
/// not fit they are left out.
pub fn fit(
    stored: &[(String, String)],
    new: Vec<(String, String)>,
    is_spare: impl Fn(&str) -> bool,
) -> (Vec<Write>, usize) {
    let mut stored: BTreeMap<String, usize> = stored.iter().map(|item| (item.0.clone(), size(item))).collect();
    let mut spare: Vec<String> = stored.keys().filter(|name| is_spare(name)).cloned().collect();
    let (spares, others): (Vec<_>, Vec<_>) = new.into_iter().partition(|(name, _)| is_spare(name));
    let mut bytes: usize = stored.values().sum();
    let (mut removed, mut fitting, mut left) = (Vec::new(), Vec::with_capacity(others.len()), 0);
    for item in others.into_iter().chain(spares) {
        let (name, after) = (&item.0, size(&item));
        let before = stored.get(name).copied();
        let items = |stored: &BTreeMap<_, _>| stored.len() + usize::from(before.is_none());
        let mut giving_way = Vec::new();
        let mut then_bytes = bytes - before.unwrap_or(0) + after;
        while then_bytes > MAX_BYTES || items(&stored) - giving_way.len() > MAX_ITEMS {
            let Some(name) = spare.pop().filter(|_| !is_spare(name)) else { break };
            then_bytes -= stored.get(&name).copied().unwrap_or(0);
            giving_way.push(name);
        }
        if after > MAX_IN_ITEM || then_bytes > MAX_BYTES || items(&stored) - giving_way.len() > MAX_ITEMS {
            spare.extend(giving_way);
            left += usize::from(!is_spare(name));
            continue;
        }
        for name in giving_way {
            stored.remove(&name);
            removed.push((name, None));
        }
        bytes = then_bytes;
        stored.insert(name.clone(), after);
        fitting.push((item.0, Some(item.1)));
    }
    // What makes room goes first.
    removed.append(&mut fitting);
    (removed, left)
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

    fn kept(writes: &[Write]) -> Vec<(String, String)> {
        writes.iter().filter_map(|(name, text)| Some((name.clone(), text.clone()?))).collect()
    }

    fn none(_: &str) -> bool {
        false
    }

    #[test]
    fn fills_up_to_the_brim_and_says_what_is_left() {
        // 100 items of 1,024 bytes each are all there is room for.
        let many: Vec<_> = (0..110).map(|name| item(name, 1018)).collect();
        let (fitting, left) = fit(&[], many, none);
        assert_eq!((fitting.len(), left), (100, 10));
        // A smaller one in the place of a larger makes room again.
        let (again, left) = fit(&kept(&fitting), vec![item(0, 4), item(200, 1000), item(201, 1000)], none);
        assert_eq!((again.len(), left), (2, 1));
        let (fitting, left) = fit(&[], vec![item(0, 8_186), item(1, 8_187)], none);
        assert_eq!((fitting.len(), fitting[0].0.as_str(), left), (1, "0000", 1));
        let (fitting, left) = fit(&[], (0..600).map(|name| item(name, 1)).collect(), none);
        assert_eq!((fitting.len(), left), (512, 88));
    }

    #[test]
    fn what_is_spare_gives_way_and_only_where_that_helps() {
        let stored: Vec<_> = (0..100).map(|name| item(name, 1018)).collect();
        let (writes, left) = fit(&stored, vec![item(200, 1018)], |name| ["0007", "0008"].contains(&name));
        assert_eq!((writes.len(), left), (2, 0));
        assert_eq!((writes[0].clone(), writes[1].0.as_str()), (("0008".to_owned(), None), "0200"));
        // Nothing is removed for what does not fit all the same, and nothing without need.
        assert_eq!(fit(&stored, vec![item(200, 3000)], |name| ["0007", "0008"].contains(&name)), (vec![], 1));
        assert_eq!(fit(&stored, vec![item(200, 9000)], |name| name == "0007"), (vec![], 1));
        let (writes, left) = fit(&stored, vec![item(0, 4), item(200, 1000)], |name| name == "0007");
        assert_eq!((writes.len(), left), (2, 0));
        // What is spare itself takes no room from another, and is not missed.
        assert_eq!(
            fit(&stored, vec![item(7, 2000), item(200, 1000)], |name| ["0007", "0200"].contains(&name)),
            (vec![], 0)
        );
        // By their number, too.
        let many: Vec<_> = (0..512).map(|name| item(name, 1)).collect();
        let is_spare = |name: &str| ["0008", "0009"].contains(&name);
        let (writes, left) = fit(&many, vec![item(600, 1)], is_spare);
        assert_eq!(
            (writes.len(), writes[0].clone(), left),
            (2, ("0009".to_owned(), None), 0),
            "one gives way, not both"
        );
        assert_eq!(fit(&many[1..], vec![item(600, 1)], is_spare).0.len(), 1, "none where there is room");
    }
}
