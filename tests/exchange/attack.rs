//! Files of each format, changed at random: nothing ends the program, nothing takes more memory than there is a budget
//! for, and no entry goes without a word.
//!
//! A few of each here, ten thousand by `./build.sh attack`, which sets `ATTACK`. What is sealed is changed as often, and
//! opened a hundredth as often, since each time pays for a key; what is inside is a format of its own, in the open.

use std::collections::BTreeMap;

use formats::{Import, read};

use super::bombs;
use super::hostile::Noise;
use super::vectors::{self, Vector};

/// What reading may hold: the text once more, what it becomes, and what it is unpacked to.
const BUDGET: usize = 96 << 20;
/// What a key derivation may take besides (`limits::argon2`).
const DERIVATION: usize = 1 << 30;

#[test]
fn changed_files_end_nothing_and_lose_nothing_in_silence() {
    let times: usize = std::env::var("ATTACK").ok().and_then(|text| text.parse().ok()).unwrap_or(200);
    let mut formats: BTreeMap<String, Vec<Vector>> = BTreeMap::new();
    for vector in vectors::all() {
        if let Some(format) = vector.format.clone() {
            formats.entry(format).or_default().push(vector);
        }
    }
    let mut lost = Vec::new();
    println!("{:24} {:>7} {:>7} {:>7} {:>9}", "format", "changed", "read", "opened", "most KiB");
    for (format, seeds) in &formats {
        let mut noise = Noise(0x2545_f491_4f6c_dd1d ^ format.len() as u64);
        let (mut taken, mut opened, mut most) = (0, 0, 0);
        for time in 0..times {
            let seed = &seeds[noise.below(seeds.len())];
            let damaged = damaged_entry(seed, &mut noise).filter(|_| seed.is_open() && time.is_multiple_of(2));
            let is_damaged = damaged.is_some();
            let file = damaged.unwrap_or_else(|| changed(&seed.body, &mut noise));
            let opens = !seed.is_open() && time.is_multiple_of(100);
            let password = seed.password().filter(|_| opens);
            let (held, answer) = bombs::held(|| read(&file, password.as_ref()));
            most = most.max(held);
            assert!(held < BUDGET + if opens { DERIVATION } else { 0 }, "{format}: {held} bytes");
            opened += usize::from(opens);
            let Ok(import) = answer else { continue };
            taken += 1;
            if is_damaged && said(&import) < said(&read(&seed.body, None).unwrap()) {
                let before = seed.entries.len() + seed.unreadable.len();
                lost.push(format!(
                    "{}: {before}, then {}: {}",
                    seed.name,
                    said(&import),
                    difference(&seed.body, &file)
                ));
            }
        }
        println!("{format:24} {times:7} {taken:7} {opened:7} {:9}", most / 1024);
    }
    assert!(lost.is_empty(), "{} lost something:\n{}", lost.len(), lost[..lost.len().min(40)].join("\n"));
}

fn said(import: &Import) -> usize {
    import.entries.len() + import.unreadable.len() + import.discarded.len()
}

/// The file with letters of one entry's key or names changed: that entry is read as it is now, or listed with a reason.
/// `None` where nothing of an entry stands in the file as it is.
fn damaged_entry(seed: &Vector, noise: &mut Noise) -> Option<Vec<u8>> {
    const LETTERS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let entry = seed.entries.get(noise.below(seed.entries.len().max(1)))?;
    let text =
        entry[["secret", "account", "issuer"][noise.below(3)]].as_str().filter(|text| text.len() >= 4)?.as_bytes();
    let places: Vec<usize> = (0..seed.body.len()).filter(|at| seed.body[*at..].starts_with(text)).collect();
    let place = *places.get(noise.below(places.len().max(1)))?;
    let mut file = seed.body.clone();
    for _ in 0..=noise.below(3) {
        let byte = &mut file[place + noise.below(text.len())];
        if byte.is_ascii_alphanumeric() {
            *byte = LETTERS[noise.below(LETTERS.len())];
        }
    }
    Some(file)
}

/// The file, changed anywhere.
fn changed(body: &[u8], noise: &mut Noise) -> Vec<u8> {
    let mut file = body.to_vec();
    for _ in 0..=noise.below(3) {
        let at = noise.below(file.len().max(1));
        match noise.below(6) {
            0 => file.truncate(at),
            1 => drop(file.drain(at.min(file.len())..(at + noise.below(40)).min(file.len()))),
            2 => {
                let piece = file[at.min(file.len())..(at + noise.below(400)).min(file.len())].to_vec();
                file.splice(at.min(file.len())..at.min(file.len()), piece);
            }
            3 => {
                const WORDS: [&[u8]; 8] =
                    [b"null", b"[", b"{", b"\"", b"99999999999999999999", b"\xff\xff\xff\xff", b"<", b"\n"];
                let word = WORDS[noise.below(WORDS.len())].iter().copied();
                file.splice(at.min(file.len())..at.min(file.len()), word);
            }
            _ => file.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << noise.below(8)),
        }
    }
    file
}

fn difference(before: &[u8], after: &[u8]) -> String {
    let at: Vec<usize> = (0..before.len()).filter(|at| before[*at] != after[*at]).collect();
    let around =
        |at: &usize| String::from_utf8_lossy(&after[at.saturating_sub(20)..(at + 20).min(after.len())]).into_owned();
    at.iter().map(around).collect::<Vec<_>>().join(" … ")
}
