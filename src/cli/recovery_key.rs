//! `tofaktor recovery-key`: the key by which an organisation opens a vault whose
//! passphrase is lost, in shares of which so many are needed.

use std::path::Path;

use data_encoding::BASE32_NOPAD;
use sha2::{Digest, Sha256};
use vault::{OrganisationKey, PrivateKey};
use zeroize::Zeroizing;

use crate::args;
use crate::convert::{random, save};
use crate::failure::Failure;
use crate::input;
use crate::issue::private_folder;
use crate::output;

const VERSION: u8 = 1;
const CHECK: usize = 4;
const GROUP: usize = 4;
const MISFIT: Failure = Failure::Plain("the shares do not fit together.");

/// One share of a private key, or all of it where one is needed.
struct Share {
    needed: u8,
    /// Of which key: the first bytes of a hash of the public one.
    of: [u8; 8],
    number: u8,
    part: Zeroizing<Vec<u8>>,
}

pub(crate) fn create(args: &args::RecoveryKeyCreate) -> Result<(), Failure> {
    let (shares, needed) = (args.shares, args.needed);
    if needed > shares {
        return Err(Failure::Plain("more shares would be needed than there are."));
    }
    let mut bytes = Zeroizing::new([0; 32]);
    random(bytes.as_mut_slice()).map_err(|_| Failure::Plain("the system gave no randomness."))?;
    let public = PrivateKey::of(&bytes).public(args.name.trim());
    // What the policy would not take is not made.
    let text = public.to_text();
    if OrganisationKey::from_text(&text).as_ref() != Some(&public) {
        return Err(Failure::Plain("the name must have 1 to 64 bytes, and no control characters."));
    }
    let failed = |error| Failure::File(args.output.clone(), error);
    private_folder(&args.output).map_err(failed)?;
    for share in blahaj::Sharks(needed).dealer(bytes.as_slice()).take(usize::from(shares)) {
        let share = Share::of(needed, &public, &share)?;
        let name = format!("share-{}-of-{shares}.txt", share.number);
        save(&args.output.join(name), format!("{}\n", share.to_text().as_str()).as_bytes()).map_err(failed)?;
    }
    output::line(&serde_json::json!({ "recoveryKeys": [text] }).to_string())?;
    eprintln!(
        "tofaktor: put the line above into the policy. {needed} of the {shares} shares in {} open every vault under it: give each to another person, and delete them there.",
        args.output.display()
    );
    Ok(())
}

/// The private key, of the shares in these files.
pub(crate) fn combined<'a>(files: impl Iterator<Item = &'a Path>) -> Result<PrivateKey, Failure> {
    let mut shares: Vec<Share> = Vec::new();
    for path in files {
        let about = |sentence| Failure::About(path.to_owned(), sentence);
        let no_share = || about("a line in it is no share of a recovery key, or is mistyped.");
        let bytes = input::file(path)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| no_share())?;
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let share = Share::from_text(line).ok_or_else(no_share)?;
            match shares.first() {
                Some(first) if first.of != share.of || first.needed != share.needed => {
                    return Err(about("this share is of another key than the ones before it."));
                }
                _ if shares.iter().any(|other| other.number == share.number) => {}
                _ => shares.push(share),
            }
        }
    }
    let first = shares.first().ok_or(Failure::Plain("there is no share in what was given."))?;
    if shares.len() < usize::from(first.needed) {
        return Err(Failure::TooFewShares { given: shares.len(), needed: first.needed });
    }
    let parts: Vec<_> = shares.iter().filter_map(Share::to_shamir).collect();
    let shamir = blahaj::Sharks(first.needed);
    let secret = shamir.recover(&parts).map(Zeroizing::new).map_err(|_| MISFIT)?;
    let key = PrivateKey::of(<&[u8; 32]>::try_from(secret.as_slice()).map_err(|_| MISFIT)?);
    if fingerprint(&key.public("")) == first.of { Ok(key) } else { Err(MISFIT) }
}

impl Share {
    fn of(needed: u8, public: &OrganisationKey, share: &blahaj::Share) -> Result<Self, Failure> {
        let bytes = Zeroizing::new(Vec::from(share));
        let (number, part) = bytes.split_first().ok_or(MISFIT)?;
        Ok(Self { needed, of: fingerprint(public), number: *number, part: Zeroizing::new(part.to_vec()) })
    }

    fn to_shamir(&self) -> Option<blahaj::Share> {
        let bytes = Zeroizing::new([&[self.number], self.part.as_slice()].concat());
        blahaj::Share::try_from(bytes.as_slice()).ok()
    }

    /// Base32 in groups of four, as the recovery code is printed.
    fn to_text(&self) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new(vec![VERSION, self.needed, self.number]);
        bytes.extend_from_slice(&self.of);
        bytes.extend_from_slice(&self.part);
        let check = check(&bytes);
        bytes.extend_from_slice(&check);
        let letters = Zeroizing::new(BASE32_NOPAD.encode(&bytes));
        let mut text = Zeroizing::new(String::with_capacity(letters.len() * 2));
        for (at, letter) in letters.chars().enumerate() {
            if at > 0 && at % GROUP == 0 {
                text.push('-');
            }
            text.push(letter);
        }
        text
    }

    /// `None` for what is mistyped or no share at all. 0, 1 and 8, which the alphabet lacks, are read as O, I and B, as in a
    /// recovery code: it may have been typed from paper.
    fn from_text(text: &str) -> Option<Self> {
        let read = |letter: char| match letter.to_ascii_uppercase() {
            '0' => 'O',
            '1' => 'I',
            '8' => 'B',
            letter => letter,
        };
        let letters: Zeroizing<String> =
            Zeroizing::new(text.chars().filter(char::is_ascii_alphanumeric).map(read).collect());
        let bytes = Zeroizing::new(BASE32_NOPAD.decode(letters.as_bytes()).ok()?);
        let (said, given) = bytes.split_last_chunk::<CHECK>()?;
        let (&[version, needed, number], rest) = said.split_first_chunk::<3>()?;
        let (of, part) = rest.split_first_chunk::<8>()?;
        let sound = *given == check(said) && version == VERSION && needed > 0 && number > 0 && part.len() == 32;
        sound.then(|| Self { needed, of: *of, number, part: Zeroizing::new(part.to_vec()) })
    }
}

fn fingerprint(public: &OrganisationKey) -> [u8; 8] {
    let text = public.to_text();
    let key = text.split(' ').next().unwrap_or_default();
    hash(b"tofaktor/share/key", key.as_bytes())
}

fn check(bytes: &[u8]) -> [u8; CHECK] {
    hash(b"tofaktor/share/check", bytes)
}

fn hash<const N: usize>(label: &[u8], bytes: &[u8]) -> [u8; N] {
    let mut out = [0; N];
    let hash = Sha256::new().chain_update(label).chain_update(bytes).finalize();
    out.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
    out
}
