//! Files and passwords in.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;

use formats::{Import, ImportError, MAX_FILE, MAX_LARGE, Password};
use qr::Unread;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::args::PasswordSource;
use crate::code::printed_by;
use crate::failure::Failure;
use crate::{output, picture, terminal};

/// Reads an export, asking for its password where it needs one. A picture is
/// scanned, and what its codes say is the export; the second answer is how the
/// program ends, which is a failure if not all of them could be read.
pub(crate) fn import(
    path: &Path,
    source: &PasswordSource,
    key_file: Option<&Path>,
) -> Result<(Import, Result<(), Failure>), Failure> {
    let mut bytes = file(path)?;
    let mut end = Ok(());
    if picture::is_picture(&bytes) {
        let scanned = picture::scan(path, &bytes)?;
        if scanned.unread.codes > 0 {
            output::complain(&Failure::SomeCodes(path.to_owned(), scanned.texts.len(), scanned.unread));
            end = Err(Failure::Told);
        }
        let lines: Vec<&[u8]> = scanned.texts.iter().map(|text| text.as_bytes()).collect();
        bytes = Zeroizing::new(lines.join(&b'\n'));
    }
    let pictures = picture::in_page(&bytes);
    // What the QR codes in a page say is more than its text, which most often has no period.
    if !pictures.is_empty() {
        let count = formats::read(&bytes, None).map_or(0, |import| import.entries.len() + import.discarded.len());
        let (mut texts, mut unread) = (Vec::new(), Unread::default());
        for scanned in pictures.iter().filter_map(|picture| picture::scan(path, picture).ok()) {
            texts.extend(scanned.texts);
            unread = if scanned.unread.codes > 0 { scanned.unread } else { unread };
        }
        if !texts.is_empty() && texts.len() >= count {
            if unread.codes > 0 {
                output::complain(&Failure::SomeCodes(path.to_owned(), texts.len(), unread));
                end = Err(Failure::Told);
            }
            bytes = Zeroizing::new(texts.iter().map(|text| text.as_bytes()).collect::<Vec<_>>().join(&b'\n'));
        }
    }
    let key_file = key_file.map(file).transpose()?;
    let key_file = key_file.as_ref().map(|key_file| key_file.as_slice());
    let given = given(source)?;
    let answer = match given {
        Some(given) => read(&bytes, given, key_file),
        // It may open by that alone.
        None if key_file.is_some() && !io::stdin().is_terminal() => read(&bytes, Password::ascii(""), key_file),
        None => match formats::read(&bytes, None) {
            Err(ImportError::NeedsPassword) if io::stdin().is_terminal() => {
                let typed = terminal::typed(&format!("Password of {}: ", path.display()))?;
                read(&bytes, normalise(&typed), key_file)
            }
            answer => answer,
        },
    };
    answer.map(|import| (import, end)).map_err(|error| Failure::Import(path.to_owned(), error))
}

/// With the password as it was typed, and where that does not open it in its composed and its decomposed form: another
/// system's keyboard may have written the same letters as other bytes.
fn read(bytes: &[u8], password: Password, key_file: Option<&[u8]>) -> Result<Import, ImportError> {
    let with = |password: Password| match key_file {
        Some(key_file) => password.with_key_file(key_file.to_vec()),
        None => password,
    };
    let password = with(password);
    let mut answer = formats::read(bytes, Some(&password));
    let typed = std::str::from_utf8(password.typed()).unwrap_or_default();
    for form in [typed.nfc().collect::<String>(), typed.nfd().collect()] {
        if matches!(answer, Err(ImportError::WrongPassword | ImportError::KeyFile)) && form != typed {
            answer = formats::read(bytes, Some(&with(normalise(&form))));
        }
    }
    answer
}

/// A whole file, no longer than an export may be; `-` is standard input.
pub(crate) fn file(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let failed = |error| Failure::File(path.to_owned(), error);
    let mut bytes = Zeroizing::new(Vec::new());
    // One byte more, so that what is too long is seen to be.
    let max = MAX_LARGE as u64 + 1;
    if path == Path::new("-") {
        io::stdin().lock().take(max).read_to_end(&mut bytes).map_err(failed)?;
    } else {
        File::open(path).map_err(failed)?.take(max).read_to_end(&mut bytes).map_err(failed)?;
    }
    Ok(bytes)
}

/// A whole file that may not be longer either, and has nothing else to say so.
pub(crate) fn whole(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let bytes = file(path)?;
    if bytes.len() > MAX_FILE { Err(Failure::Import(path.to_owned(), ImportError::TooLarge)) } else { Ok(bytes) }
}

/// The password, where its place was named.
pub(crate) fn given(source: &PasswordSource) -> Result<Option<Password>, Failure> {
    if let Some(path) = &source.password_file {
        return first_line(&file(path)?).map(Some);
    }
    #[cfg(unix)]
    if let Some(number) = source.password_fd {
        return first_line(&file(Path::new(&format!("/dev/fd/{number}")))?).map(Some);
    }
    source.password_command.as_deref().map(|command| first_line(&printed_by(command)?)).transpose()
}

/// The first line of a file, for what is written: a file may be under an empty password, and none of ours is.
pub(crate) fn password(path: &Path) -> Result<Password, Failure> {
    let password = first_line(&file(path)?)?;
    if password.typed().is_empty() {
        return Err(Failure::Plain("the first line, which is the password, is empty."));
    }
    Ok(password)
}

fn first_line(bytes: &[u8]) -> Result<Password, Failure> {
    let text = std::str::from_utf8(bytes).map_err(|_| Failure::Plain("the password is not UTF-8."))?;
    let line = text.strip_prefix('\u{feff}').unwrap_or(text).split('\n').next().unwrap_or_default();
    let line = line.strip_suffix('\r').unwrap_or(line);
    Ok(normalise(line))
}

/// Asks twice, because a mistyped password of a backup is found out too late.
pub(crate) fn new_password() -> Result<Option<Password>, Failure> {
    if !io::stdin().is_terminal() {
        return Ok(None);
    }
    let first = terminal::typed("Password for the new file: ")?;
    let second = terminal::typed("Once more: ")?;
    if first.is_empty() {
        return Err(Failure::Plain("a password cannot be empty."));
    }
    if *first != *second {
        return Err(Failure::Plain("the two passwords differ."));
    }
    Ok(Some(normalise(&first)))
}

/// Both spellings: other apps' files are under what was typed, ours under its NFKC.
fn normalise(text: &str) -> Password {
    let normalised = text.nfkc().collect::<String>().into_bytes();
    Password::new(text.as_bytes().to_vec(), normalised)
}
