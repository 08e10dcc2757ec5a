//! What a KeePass database says of codes: the fields of three generations.
//!
//! `otp` (KeePassXC: an otpauth URI; KeeOtp's text),
//! `TimeOtp-…` and `HmacOtp-…` (KeePass itself, `keepass_codes`), `TOTP Seed` and
//! `TOTP Settings` (KeeTrayTOTP), and a URI in any other. Earlier versions of entries are passed over.

use zeroize::Zeroizing;

use super::beside::Beside;
use super::draft::{Draft, Written, parsed, read_base32};
use super::error::{ImportError, Why};
use super::keepass::Mask;
use super::limits::Budget;
use super::xml::{Piece, Pieces};
use super::{Format, Import, keepass_codes, otpauth};
use data_encoding::BASE64;
use exchange::{Discarded, Entry};

/// Without a mask it is the XML that KeePass exports, in which all is in the open.
pub(crate) fn read(xml: &str, mut mask: Option<Mask>, budget: &Budget) -> Result<Import, ImportError> {
    let mut import = Import::of(Format::Keepass);
    let mut pieces = Pieces::of(xml);
    let mut path: Vec<String> = Vec::new();
    let mut masked = false;
    let mut text = Zeroizing::new(String::new());
    // Entries do not nest but in a history, so one at a time is being read.
    let mut fields = Fields::default();
    let mut key = String::new();
    let mut bin = String::new();
    // Group by group from the outside: what it is called, and whether it is the recycle bin.
    let mut groups: Vec<(String, bool)> = Vec::new();
    let mut tags = String::new();
    let mut historic = 0usize;
    while let Some(piece) = pieces.next()? {
        match piece {
            Piece::Open(element) => {
                let protected = element.try_get_attribute("Protected").map_err(|_| ImportError::Damaged)?;
                masked = protected.is_some_and(|attribute| attribute.value.as_ref() == "True");
                text.clear();
                let name = element.name().as_ref().to_owned();
                match name.as_str() {
                    "Group" => groups.push(Default::default()),
                    "Entry" if historic == 0 => {
                        fields = Fields::default();
                        tags.clear();
                    }
                    "History" => historic += 1,
                    _ => {}
                }
                path.push(name);
            }
            Piece::Text(part) => text.push_str(&part),
            Piece::Close => {
                let name = path.pop().unwrap_or_default();
                match (path.last().map(String::as_str), name.as_str()) {
                    (Some("Meta"), "RecycleBinUUID") => bin = text.to_string(),
                    (Some("Group"), "UUID") => {
                        if let Some((_, is_bin)) = groups.last_mut() {
                            *is_bin = !bin.is_empty() && *text == bin;
                        }
                    }
                    (Some("Group"), "Name") => {
                        if let Some((name, _)) = groups.last_mut() {
                            name.push_str(&text);
                        }
                    }
                    (Some("Entry"), "Tags") if historic == 0 => tags = text.to_string(),
                    (Some("String"), "Key") => key = text.to_string(),
                    (Some("String"), "Value") => {
                        // Also of what is passed over: the mask runs through all of them.
                        let value = match mask.as_mut().filter(|_| masked) {
                            Some(mask) => unmask(&text, mask)?,
                            None => std::mem::take(&mut text),
                        };
                        if historic == 0 {
                            budget.value().ok_or(ImportError::TooMany)?;
                            fields.0.push((std::mem::take(&mut key), value));
                        }
                    }
                    (_, "Group") => drop(groups.pop()),
                    (_, "History") => historic = historic.saturating_sub(1),
                    (_, "Entry") if historic == 0 => {
                        let fields = std::mem::take(&mut fields);
                        let discarded = groups.iter().any(|(_, is_bin)| *is_bin).then_some(Discarded::Trash);
                        // The outermost group is the database.
                        let group = groups.iter().skip(1).next_back().filter(|(_, is_bin)| !is_bin);
                        let tags = tags.split([';', ',']).chain(group.map(|(name, _)| name.as_str())).collect();
                        fields.read(discarded, tags, &mut import)?;
                    }
                    _ => {}
                }
                masked = false;
                text.clear();
            }
        }
    }
    Ok(import)
}

fn unmask(text: &str, mask: &mut Mask) -> Result<Zeroizing<String>, ImportError> {
    let mut bytes = BASE64.decode(text.trim().as_bytes()).map(Zeroizing::new).map_err(|_| ImportError::Damaged)?;
    mask.apply(&mut bytes)?;
    String::from_utf8(std::mem::take(&mut *bytes)).map(Zeroizing::new).map_err(|_| ImportError::Damaged)
}

/// The texts of an entry.
#[derive(Default)]
struct Fields(Vec<(String, Zeroizing<String>)>);

impl Fields {
    fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
    }

    /// All of its codes: KeePassXC's further ones are `otp_1` and so on, and a URI may stand in any field.
    fn read(&self, discarded: Option<Discarded>, tags: Vec<&str>, import: &mut Import) -> Result<(), ImportError> {
        let beside = Beside {
            title: self.get("Title"),
            user: self.get("UserName"),
            site: self.get("URL"),
            discarded,
            note: self.get("Notes"),
            tags,
            ..Beside::default()
        };
        let mut codes = Vec::new();
        for (name, value) in &self.0 {
            let value = value.trim();
            match name.as_str() {
                _ if value.is_empty() => {}
                name if is_code(name) => codes.push(beside.read(value)),
                "TOTP Seed" => codes.push(self.tray_totp()),
                _ => codes.extend(otpauth::found(value).map(|uri| beside.read(uri))),
            }
        }
        codes.extend(keepass_codes::read(self.get("Title"), self.get("UserName"), |name| self.get(name)));
        beside.push(import, codes)
    }

    fn draft<'a>(&'a self, kind: &'a str, secret: Written) -> Draft<'a> {
        Draft::of(kind, self.get("Title"), self.get("UserName"), secret)
    }

    /// `30;6`, or `30;S` for Steam; a third part is an address for the time.
    fn tray_totp(&self) -> Result<Entry, Why> {
        let mut settings = self.get("TOTP Settings").split(';').map(str::trim);
        let period = parsed(settings.next().filter(|text| !text.is_empty()), Why::Period);
        let length = settings.next().unwrap_or("6");
        let secret = read_base32(self.get("TOTP Seed"));
        if length.eq_ignore_ascii_case("s") {
            return Draft { period, ..self.draft("steam", secret) }.finish();
        }
        Draft { period, digits: parsed(Some(length), Why::Digits), ..self.draft("totp", secret) }.finish()
    }
}

/// `otp`, and KeePassXC's further ones.
fn is_code(name: &str) -> bool {
    name.strip_prefix("otp").is_some_and(|rest| {
        rest.is_empty() || rest.strip_prefix('_').is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
    })
}
