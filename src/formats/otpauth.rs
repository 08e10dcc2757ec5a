//! Lists of `otpauth://` URIs, one a line, as many apps write them: Aegis,
//! Stratum, Ente (with a `codeDisplay` of its own), WinAuth, Authenticator-Extension.
//!
//! The URI is <https://github.com/google/google-authenticator/wiki/Key-Uri-Format>;
//! its reader is [`uri`]. Lines of `otpauth-migration://` may stand between.

use super::beside;
use super::draft::{Draft, read_base32};
use super::error::{ImportError, Why};
use super::json::{Fields, Value};
use super::limits::MAX_PART;
use super::{Format, Import, keepass_codes, migration};
use exchange::{Discarded, Entry, Remarks, label};
use otp::uri;
use zeroize::Zeroizing;

/// Whether any line is one of ours to read.
pub(crate) fn is_list(text: &str) -> bool {
    lines(text).any(|line| scheme(line).is_some())
}

/// Reads all lines. Empty ones and comments (`#`, `//`) are passed over.
pub(crate) fn read(text: &str) -> Result<Import, ImportError> {
    let mut import = Import::of(Format::OtpauthList);
    let mut parts = migration::Parts::default();
    let mut lines = lines(text).flat_map(pieces).map(str::trim).peekable();
    while let Some(line) = lines.next() {
        match scheme(line) {
            Some(Scheme::Migration) => {
                let mut more = Vec::new();
                while let Some(next) = lines.next_if(|next| continues(line, &more, next)) {
                    more.push(next);
                }
                read_transfer(line, &more, &mut parts, &mut import)?;
            }
            Some(Scheme::Otpauth | Scheme::Steam) => take(line, &mut import)?,
            None if line.is_empty() || line.starts_with('#') || line.starts_with("//") => {}
            // Between quotes, behind a bullet.
            None if found(line).next().is_some() => found(line).try_for_each(|uri| take(uri, &mut import))?,
            None => import.push(String::new(), Err(Why::NotOtpauth))?,
        }
    }
    if parts.any() {
        import.format = Format::Migration;
        import.parts = parts.counted();
    } else if import.entries.is_empty() && import.discarded.is_empty() && import.is_only(Why::Transfer) {
        return Err(ImportError::Damaged);
    }
    Ok(import)
}

fn take(uri: &str, import: &mut Import) -> Result<(), ImportError> {
    let display = display(uri).unwrap_or(Value::Null);
    let discarded = (display.get("trashed") == Some(&Value::Bool(true))).then_some(Discarded::Trash);
    let remarks = || Remarks::of(display.text_of("note"), display.texts_of("tags"));
    let read = if matches!(scheme(uri), Some(Scheme::Steam)) { parse_field(uri, "Steam", "") } else { parse(uri) };
    let read = read.map(|entry| Entry { remarks: remarks(), ..entry });
    import.push_from(discarded, label_of(uri), read)
}

/// Reads the URIs of a text that is no list: a letter, notes. What stands between them is passed over.
pub(crate) fn read_within(text: &str) -> Option<Result<Import, ImportError>> {
    let uris: Vec<&str> = starting(text, |rest| scheme(rest).is_some()).collect();
    (!uris.is_empty()).then(|| read(&Zeroizing::new(uris.join("\n"))))
}

/// Also those of old Macs, which end in a carriage return alone.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').flat_map(|line| line.trim_end_matches('\r').split('\r'))
}

/// Several URIs on one line, of which each begins after white space, or a comma as Ente takes them.
fn pieces(line: &str) -> impl Iterator<Item = &str> {
    let separates = |c: char| c.is_whitespace() || c == ',' || c == ';';
    let starts = |at: &usize| {
        *at == 0
            || line.get(..*at).is_some_and(|before| before.ends_with(separates))
                && line.get(*at..).is_some_and(|rest| scheme(rest).is_some())
    };
    let mut starts: Vec<usize> = std::iter::once(0)
        .chain(line.match_indices(['o', 'O']).map(|(at, _)| at).filter(|at| *at > 0))
        .filter(starts)
        .collect();
    starts.push(line.len());
    let pieces = std::iter::zip(starts.clone(), starts.into_iter().skip(1));
    pieces.filter_map(move |(from, to)| line.get(from..to)).map(move |piece| piece.trim_end_matches(separates))
}

/// Reads a transfer and the lines after it that may belong to it, as they do where a mail broke what is long. What follows
/// may as well be a word of its own: without which the transfer is whole, is no part of it.
fn read_transfer(
    line: &str,
    more: &[&str],
    parts: &mut migration::Parts,
    import: &mut Import,
) -> Result<(), ImportError> {
    // Of all that fits, the most: one that is cut between two accounts reads as one with fewer.
    let mut counts = vec![more.len(), more.len().saturating_sub(1), 0];
    counts.dedup();
    for count in counts {
        let pieces = || std::iter::once(&line).chain(more.iter().take(count));
        let mut whole = Zeroizing::new(String::with_capacity(pieces().map(|piece| piece.len()).sum()));
        pieces().for_each(|piece| whole.push_str(piece));
        match parts.take(&whole, import) {
            Err(ImportError::Damaged) => {}
            Err(error) => return Err(error),
            Ok(()) => {
                let others = more.iter().skip(count);
                return others.map(|_| Err(Why::NotOtpauth)).try_for_each(|other| import.push(String::new(), other));
            }
        }
    }
    import.push(String::new(), Err(Why::Transfer))
}

/// Whether a line may be what a transfer goes on with: of one that was broken, all lines but the last are of a length.
fn continues(transfer: &str, before: &[&str], next: &str) -> bool {
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=%-_".contains(&byte);
    let length = before.first().unwrap_or(&next).len();
    let is_of_a_length = next.len() <= length && before.last().is_none_or(|last| last.len() == length);
    // Base64 of the largest part, and no more.
    let fits = transfer.len() + before.len() * length + next.len() <= MAX_PART / 3 * 4;
    transfer.len() >= 60 && is_of_a_length && fits && !next.is_empty() && next.bytes().all(is_base64)
}

/// The URIs in a text, each up to white space or the mark that it stands between; a text that is one is one whole.
pub(crate) fn found(text: &str) -> impl Iterator<Item = &str> {
    starting(text, |rest| uri::strip_prefix(rest, "otpauth://").is_some())
}

fn starting(text: &str, starts: fn(&str) -> bool) -> impl Iterator<Item = &str> {
    let text = text.trim();
    let is_start = |at: &usize| text.get(*at..).is_some_and(starts);
    let starts: Vec<usize> = text.match_indices(['o', 'O']).map(|(at, _)| at).filter(is_start).collect();
    let is_one = starts == [0] && !text.contains(['\n', '\r', '"', '<']);
    let ends = starts.clone().into_iter().skip(1).chain([text.len()]);
    std::iter::zip(starts, ends).filter_map(move |(from, to)| {
        let rest = text.get(from..to)?;
        if is_one {
            return Some(rest);
        }
        // Of a sentence, its end is no part of it.
        let uri = rest.split(|c: char| c.is_whitespace() || "\"'<>`“”„«»".contains(c)).next()?;
        Some(uri.trim_end_matches(['.', ',', ';', ':', ')', ']']))
    })
}

/// One URI.
pub(crate) fn parse(text: &str) -> Result<Entry, Why> {
    let mut entry: Entry = uri::parse(text)?.into();
    // WinAuth puts itself where the issuer stands, and all names where the account does.
    if entry.issuer == "WinAuth" {
        entry.issuer = std::mem::take(&mut entry.name);
    }
    Ok(entry)
}

/// What password managers keep in their field for codes: a URI, Steam's own scheme, KeeOtp's text, or a bare secret. The
/// issuer and name are for what has none.
pub(crate) fn parse_field(text: &str, issuer: &str, name: &str) -> Result<Entry, Why> {
    let text = text.trim();
    if matches!(scheme(text), Some(Scheme::Otpauth | Scheme::Migration)) {
        let mut entry = parse(text)?;
        beside::fill(&mut entry, issuer, name);
        return Ok(entry);
    }
    if let Some(read) = keepass_codes::read_keeotp(text, issuer, name) {
        return read;
    }
    let (kind, secret) = uri::strip_prefix(text, "steam://").map_or(("totp", text), |secret| ("steam", secret));
    Draft::of(kind, issuer, name, read_base32(secret)).finish()
}

/// What to call a line that cannot be read: its label, never its query.
pub(crate) fn label_of(line: &str) -> String {
    let path = line.split(['?', '#']).next().unwrap_or_default();
    let path = path.split_once("://").map_or(path, |(_, rest)| rest);
    let path = path.split_once('/').map_or("", |(_, rest)| rest);
    label("", &percent_encoding::percent_decode_str(path).decode_utf8_lossy())
}

/// Ente says beside each URI how it is shown, in JSON: also that it lies in the bin, and what was noted of it.
fn display(line: &str) -> Option<Value> {
    let (_, query) = line.split_once('?')?;
    let display = query.split('&').find_map(|part| part.strip_prefix("codeDisplay="))?;
    let display = display.replace('+', " ");
    let display = percent_encoding::percent_decode_str(&display).decode_utf8().ok()?;
    strict_json::parse(&display).ok()
}

enum Scheme {
    Otpauth,
    Steam,
    Migration,
}

fn scheme(line: &str) -> Option<Scheme> {
    let starts = |prefix| uri::strip_prefix(line.trim_start(), prefix).is_some();
    match line {
        _ if ["otpauth://", "apple-otpauth://", "otpauth:totp", "otpauth:hotp"].into_iter().any(starts) => {
            Some(Scheme::Otpauth)
        }
        _ if starts("steam://") => Some(Scheme::Steam),
        _ if starts("otpauth-migration://") => Some(Scheme::Migration),
        _ => None,
    }
}
