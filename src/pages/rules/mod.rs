//! What is known of Microsoft's pages, as data: `rules.json` beside this file, whose shape is `rules.schema.json`.
//!
//! The content scripts read its selectors (`build.sh` lays them into the package), this crate its names and words. An
//! organisation can add to both by policy, until a new version knows a page that Microsoft has changed. It adds, and
//! takes nothing away: no host, no veto, no name of a method.

mod added;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::hindrance::Hindrance;
use super::{FieldKind, Mark, Method, State};
pub use added::Added;

/// All that is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Rules {
    #[serde(rename = "$schema")]
    schema: String,
    sign_in: Elements,
    set_up: Elements,
    never: BTreeMap<NotForCodes, Vec<String>>,
    /// What a `meta[name=PageID]` means, where no element says it.
    page_ids: BTreeMap<String, State>,
    /// Microsoft's names of methods; a `*` at the end stands for any.
    methods: BTreeMap<String, Method>,
    /// Microsoft's numbers of errors.
    errors: BTreeMap<Hindrance, Vec<u32>>,
    /// What the file name of an icon has in it.
    icons: BTreeMap<String, Method>,
    /// The languages that the words are in, by the beginning of their tag.
    languages: Vec<String>,
    words: BTreeMap<Words, Vec<String>>,
}

/// Where the elements of a page are, as CSS selectors.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Elements {
    /// Tell pages apart.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub marks: BTreeMap<Mark, Vec<String>>,
    /// A code could go into.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<FieldKind, Vec<String>>,
    /// The sentence above the field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sentence: Vec<String>,
    /// The title of the page, step or dialog; the first that is there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub title: Vec<String>,
    /// The page's own word that a code was wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fault: Vec<String>,
    /// The button that sends the code off.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub submit: Vec<String>,
    /// The secret as text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub secret: Vec<String>,
}

impl Elements {
    fn selectors(&self) -> impl Iterator<Item = &String> {
        let lists = [&self.sentence, &self.title, &self.fault, &self.submit, &self.secret];
        let named = self.marks.values().chain(self.fields.values());
        named.chain(lists).flatten()
    }
}

/// What a field says that it is for, where it is for no app's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum NotForCodes {
    /// A telephone number.
    Telephone,
    /// An e-mail address.
    Address,
}

/// Lists of words, in small letters. Stems, so that inflection does not matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Words {
    /// The code comes from an app.
    App,
    /// Ends of whole words that name an app: `apparat` is another thing.
    AppEnds,
    /// Parts of words that name an app.
    AppStems,
    /// The code comes in a text message.
    Message,
    /// It is spoken in a call.
    Call,
    /// It comes by e-mail.
    Mail,
    /// It was sent: whole words, as `sent` is also the end of `consent`. What an app shows was sent by nobody.
    Sent,
    /// "To the number that ends with ..."
    Ending,
    /// A way to sign in that has nothing to do with an app.
    OtherMethod,
    /// A passkey.
    Passkey,
    /// A Temporary Access Pass, which stands in for the password.
    AccessPass,
    /// A device that shows codes of its own.
    Hardware,
    /// An approval in Microsoft's app.
    Push,
    /// Its serial number.
    Serial,
    /// Something has been added, or is done.
    Done,
    /// A code was refused because it was used before.
    Used,
    /// Because too many were wrong.
    TooMany,
    /// Because such an app is not allowed.
    NotAllowed,
    /// The link to another app than Microsoft's.
    OtherApp,
    /// The link that puts off what an organisation wants to be set up.
    SkipForNow,
    /// Links that lead out of the set-up.
    WaysOut,
    /// The link to a QR code for an app without notifications.
    WithoutNotifications,
    /// An app that shows codes, as a whole line of the list of a person's methods; so are those that follow.
    RowApp,
    /// Microsoft's own app.
    RowApproval,
    /// A passkey or a security key.
    RowPasskey,
    /// A device that shows codes.
    RowToken,
    /// Any other method.
    RowOther,
    /// A button that changes or deletes a row.
    RowButton,
    /// What stands before the default method.
    DefaultMethod,
    /// That the strongest method is asked for first.
    StrongestFirst,
    /// Approval in Microsoft's app, in the name of the default method.
    Approval,
}

static OURS: LazyLock<Rules> = LazyLock::new(|| strict_json::read(include_str!("rules.json")).unwrap_or_default());

impl Rules {
    /// Those of this version.
    pub fn ours() -> &'static Self {
        &OURS
    }

    /// With what an organisation has added.
    pub fn with(&self, added: &Added) -> Self {
        let mut rules = self.clone();
        added::merge(&mut rules.words, added.words.clone());
        rules
    }

    /// What the content scripts need, with what an organisation has added.
    pub fn for_scripts(&self, added: &Added) -> Added {
        let Self { sign_in, set_up, never, .. } = self.clone();
        let mut all = Added { sign_in, set_up, never, words: BTreeMap::new() };
        all.extend(added.clone());
        all
    }

    pub(super) fn words(&self, list: Words) -> &[String] {
        self.words.get(&list).map_or(&[], Vec::as_slice)
    }

    /// Is one of the words in the text? It is in small letters.
    pub(super) fn speaks_of(&self, list: Words, text: &str) -> bool {
        self.words(list).iter().any(|word| text.contains(word.as_str()))
    }

    pub(super) fn by_page_id(&self, id: &str) -> Option<State> {
        self.page_ids.get(id).copied()
    }

    /// The names that stand in the selectors, and those of pages.
    pub(super) fn names(&self) -> BTreeSet<String> {
        let halves = [&self.sign_in, &self.set_up];
        let selectors = halves.into_iter().flat_map(Elements::selectors).chain(self.never.values().flatten());
        let is_between = |c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '/');
        let names = selectors.flat_map(|selector| selector.split(is_between));
        let names = names.filter(|name| name.starts_with(|c: char| c.is_ascii_alphabetic()));
        names.chain(self.page_ids.keys().map(String::as_str)).map(str::to_owned).collect()
    }

    pub(super) fn knows_page(&self, id: &str) -> bool {
        self.page_ids.contains_key(id)
    }

    pub(super) fn by_method(&self, name: &str) -> Option<Method> {
        let begins = |known: &str| known.strip_suffix('*').is_some_and(|beginning| name.starts_with(beginning));
        self.methods.iter().find(|(known, _)| *known == name || begins(known)).map(|(_, method)| *method)
    }

    /// What an error means; of one that is not listed, that it is not known.
    pub(super) fn by_error(&self, number: u32) -> Hindrance {
        let known = self.errors.iter().find(|(_, numbers)| numbers.contains(&number));
        known.map_or(Hindrance::UnknownError, |(hindrance, _)| *hindrance)
    }

    /// What speaks against the app outweighs what names it.
    pub(super) fn by_icon(&self, file: &str) -> Option<Method> {
        let file = file.to_ascii_lowercase();
        let found = || self.icons.iter().filter(|(part, _)| file.contains(part.as_str())).map(|(_, method)| *method);
        found().find(|method| *method != Method::AppCode).or_else(|| found().next())
    }

    /// Whether the words are in this language.
    pub(super) fn knows(&self, language: &str) -> bool {
        let begins = language.split(['-', '_']).next().unwrap_or_default();
        self.languages.iter().any(|known| known.eq_ignore_ascii_case(begins))
    }
}
