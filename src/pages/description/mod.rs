//! What a page is made of, in words that have nothing of a person in them: for a report of a page that no rule knows.
//!
//! A page's texts are not asked for at all, nor are addresses, nor what was typed. What is left, the names of elements, is
//! written by whoever made the page, and may hold anything: a name passes as far as it consists of words that are on a
//! list, or as a whole where the rules know it. Any other part becomes `*`, any digits `#`. So there is nothing in a
//! description that is not in this folder or in the rules.
//!
//! ```text
//! page https://login.microsoftonline.com/common/login
//! id ConvergedTFA
//! language en
//! hidden name=mfaAuthMethod value=PhoneAppOTP
//! img class=tile-img file=picker_verify_code_*.svg
//! input type=tel name=otc id=idTxtBx_*_OTC maxlength=6
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;

use super::hosts;
use super::rules::Rules;

/// Most lines of elements.
const MAX_ELEMENTS: usize = 100;
/// Most parts of a path, and classes of an element.
const MAX_PARTS: usize = 6;
/// No name of Microsoft's is longer.
const MAX_NAME: usize = 80;

/// What was collected of a page, as it stands there.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Collected {
    /// `location.origin`.
    pub origin: String,
    /// `location.pathname`.
    pub path: String,
    /// `meta[name=PageID]`.
    pub page_id: Option<String>,
    /// The document's `lang`.
    pub language: Option<String>,
    /// Visible fields, buttons, links, dialogs and icons, and hidden inputs, in the page's order.
    pub elements: Vec<Element>,
}

/// One of them.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Element {
    /// Its tag in small letters; `hidden` for an input that is.
    pub tag: String,
    /// Its attributes. Those that are named below count, and no others.
    pub attributes: BTreeMap<String, String>,
}

/// The description; `None` of a page whose host is not known.
pub fn describe(page: &Collected) -> Option<String> {
    let site = hosts::find(&page.origin)?;
    let path: Vec<&str> = page.path.split('/').skip(1).take(MAX_PARTS).map(|part| one_of(PATHS, part)).collect();
    let mut lines = vec![format!("page {}/{}", site.origin(), path.join("/"))];
    lines.extend(page.page_id.as_deref().and_then(name).map(|id| format!("id {id}")));
    lines.extend(page.language.as_deref().and_then(language).map(|language| format!("language {language}")));
    lines.extend(page.elements.iter().filter_map(line).take(MAX_ELEMENTS));
    Some(lines.join("\n"))
}

fn line(element: &Element) -> Option<String> {
    let tag = TAGS.iter().find(|tag| **tag == element.tag)?;
    let told = ATTRIBUTES.iter().filter_map(|(attribute, short, read)| {
        let value = read(&element.attributes, element.attributes.get(*attribute)?)?;
        Some(format!(" {short}={value}"))
    });
    Some(format!("{tag}{}", told.collect::<String>()))
}

type Read = fn(&BTreeMap<String, String>, &str) -> Option<String>;

/// What is told of an element: the attribute, what it is called here, and what passes of it.
const ATTRIBUTES: &[(&str, &str, Read)] = &[
    ("type", "type", |_, text| known(TYPES, text)),
    ("role", "role", |_, text| known(ROLES, text)),
    ("name", "name", |_, text| name(text)),
    ("id", "id", |_, text| name(text)),
    ("data-testid", "testid", |_, text| name(text)),
    ("autocomplete", "autocomplete", |_, text| list(text, |part| known(AUTOCOMPLETE, part))),
    ("maxlength", "maxlength", |_, text| {
        text.parse::<u8>().ok().filter(|length| (1..=20).contains(length)).map(|n| n.to_string())
    }),
    ("class", "class", |_, text| list(text, |class| name(class).filter(|name| !name.starts_with('*')))),
    ("file", "file", |_, text| name(text)),
    ("value", "value", |all, text| match all.get("name").map(String::as_str) {
        Some("type") => known(FORM_TYPES, text),
        Some("mfaAuthMethod") => known(METHODS, text),
        _ => None,
    }),
];

const TAGS: &[&str] = &["hidden", "input", "select", "textarea", "button", "a", "img", "dialog", "div", "span", "li"];
const TYPES: &[&str] = &[
    "text", "tel", "number", "email", "password", "search", "url", "submit", "button", "checkbox", "radio", "image",
    "reset",
];
const ROLES: &[&str] = &[
    "button",
    "link",
    "dialog",
    "alertdialog",
    "textbox",
    "combobox",
    "listbox",
    "option",
    "radio",
    "checkbox",
    "tab",
    "menuitem",
];
const AUTOCOMPLETE: &[&str] = &[
    "off",
    "on",
    "one-time-code",
    "tel",
    "tel-national",
    "email",
    "username",
    "current-password",
    "new-password",
    "webauthn",
];
/// Of the sign-in's form: how it wants the proof.
const FORM_TYPES: &[&str] = &["11", "18", "19", "21", "22", "23", "24", "27", "28"];
const METHODS: &[&str] = &[
    "PhoneAppOTP",
    "PhoneAppNotification",
    "CompanionAppsNotification",
    "OneWaySMS",
    "TwoWaySMS",
    "TwoWaySMSOverMobile",
    "TwoWayVoiceMobile",
    "TwoWayVoiceAlternateMobile",
    "TwoWayVoiceOffice",
    "Email",
    "EmailOtp",
    "FidoKey",
    "AccessPass",
    "Certificate",
    "SoftwareTokenBasedTOTP",
];
const PATHS: &[&str] = &[
    "",
    "common",
    "organizations",
    "consumers",
    "login",
    "reprocess",
    "resume",
    "kmsi",
    "SAS",
    "ProcessAuth",
    "BeginAuth",
    "EndAuth",
    "oauth2",
    "v2.0",
    "authorize",
    "saml2",
    "wsfed",
    "ppsecure",
    "post.srf",
    "login.srf",
    "oauth20_authorize.srf",
    "register",
    "security-info",
    "proofs",
    "proofup.aspx",
    "Proofup.aspx",
    "account",
    "passwordreset",
    "fido",
    "get",
    "adfs",
    "ls",
    "deviceauth",
    "appverify",
];
const LANGUAGES: &[&str] = &[
    "ar", "bg", "bs", "ca", "cs", "cy", "da", "de", "el", "en", "es", "et", "eu", "fi", "fr", "ga", "gl", "he", "hi",
    "hr", "hu", "id", "is", "it", "ja", "kk", "ko", "lt", "lv", "mk", "ms", "nb", "nl", "nn", "no", "pl", "pt", "ro",
    "ru", "se", "sk", "sl", "sr", "sv", "th", "tr", "uk", "vi", "zh",
];

fn known(list: &[&str], text: &str) -> Option<String> {
    list.iter().find(|known| **known == text).map(|known| (*known).to_owned())
}

fn one_of<'a>(list: &[&'a str], text: &str) -> &'a str {
    list.iter().find(|known| **known == text).copied().unwrap_or("*")
}

fn language(tag: &str) -> Option<String> {
    known(LANGUAGES, &tag.split(['-', '_']).next()?.to_ascii_lowercase())
}

/// The parts that pass, each once.
fn list(text: &str, read: impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    for part in text.split_ascii_whitespace().filter_map(read) {
        if parts.len() < MAX_PARTS && !parts.contains(&part) {
            parts.push(part);
        }
    }
    (!parts.is_empty()).then(|| parts.join(","))
}

/// What words may be in a name.
static WORDS: LazyLock<BTreeSet<&str>> = LazyLock::new(|| include_str!("words.txt").split_ascii_whitespace().collect());
/// What stands in the rules' selectors, and their names of pages.
static NAMES: LazyLock<BTreeSet<String>> = LazyLock::new(|| Rules::ours().names());

/// A name, as far as it is made of known words; `None` where there is none.
fn name(text: &str) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '.' | ':' | '*' | '#');
    if text.len() > MAX_NAME || !text.chars().all(is_plain) {
        return Some("*".to_owned());
    }
    if NAMES.contains(text) {
        return Some(text.to_owned());
    }
    let mut passed = String::new();
    for part in parts(text) {
        let shown = match part.chars().next() {
            Some(c) if c.is_ascii_digit() => "#",
            Some(c) if c.is_ascii_alphabetic() && !WORDS.contains(part.to_ascii_lowercase().as_str()) => "*",
            _ => part,
        };
        // Of what is not known not even the pattern is told.
        if shown == "*" && passed.ends_with('#') {
            passed.pop();
        }
        if !(matches!(shown, "*" | "#") && passed.ends_with('*')) {
            passed.push_str(shown);
        }
    }
    Some(passed)
}

/// Words, digits and what stands between them: `idTxtBx_SAOTCC_OTC1` has eight parts.
fn parts(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let begins = |at: usize| {
        let (Some(before), Some(here)) = (at.checked_sub(1).and_then(|i| bytes.get(i)), bytes.get(at)) else {
            return false;
        };
        let ends_capitals = || bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase);
        match (before, here) {
            (b'a'..=b'z', b'A'..=b'Z') => true,
            (b'A'..=b'Z', b'A'..=b'Z') => ends_capitals(),
            _ => {
                before.is_ascii_alphabetic() != here.is_ascii_alphabetic()
                    || before.is_ascii_digit() != here.is_ascii_digit()
            }
        }
    };
    let mut parts = Vec::new();
    let mut rest = text;
    for at in (1..text.len()).rev().filter(|at| begins(*at)) {
        let (before, part) = rest.split_at(at);
        parts.push(part);
        rest = before;
    }
    parts.push(rest);
    parts.reverse();
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_passes_as_far_as_it_is_known() {
        for (text, passed) in [
            ("idTxtBx_SAOTCC_OTC", "idTxtBx_SAOTCC_OTC"),
            ("idTxtBx_NEWOTCField", "idTxtBx_*Field"),
            ("verification-entercode-input", "verification-entercode-input"),
            ("new-verification-code-input-2", "new-verification-code-input-#"),
            ("codeEntry-0", "codeEntry-#"),
            ("i0116", "i0116"),
            ("picker_verify_sms_7e1f0a9bcd.svg", "picker_verify_sms_*.svg"),
            ("KariNordmann", "*"),
            ("kari.nordmann", "*.*"),
            ("user-kari-code", "user-*-code"),
            ("kari.nordmann@contoso.example", "*"),
            ("Ærlig", "*"),
            ("a b", "*"),
            ("01017012345", "#"),
            ("jbswy3dpehpk3pxp", "*"),
            ("a1b2c3d4", "*"),
        ] {
            assert_eq!(name(text).as_deref(), Some(passed), "{text}");
        }
        assert_eq!(name(""), None);
        assert_eq!(name(&"code-".repeat(16)), Some("code-".repeat(16)), "the longest");
        assert_eq!(name(&"code-".repeat(17)).as_deref(), Some("*"));
    }

    #[test]
    fn a_list_has_each_part_once_and_no_more_than_there_is_room_for() {
        let numbered = |count: usize| (0..count).map(|n| format!("p{n} p{n}")).collect::<Vec<_>>().join(" ");
        for (count, passed) in [(1, 1), (MAX_PARTS, MAX_PARTS), (MAX_PARTS + 1, MAX_PARTS)] {
            let all = list(&numbered(count), |part| Some(part.to_owned())).unwrap();
            assert_eq!(all.split(',').count(), passed, "{count}");
        }
        assert_eq!(list(&numbered(2), |_| None), None);
    }
}
