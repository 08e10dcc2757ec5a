//! RoboForm's printed list, which is a web page: a table of each login, whose cells say by their class what they are.
//!
//! After what KeePass (`RoboFormHtml69`) and [1Password's converter](https://github.com/AgileBits/onepassword-utilities) say
//! of it: `caption` is the title with its folders, `subcaption` the site, then `field` and `wordbreakfield`, or twice `field`.

use super::error::ImportError;
use super::named::Named;
use super::{Format, Import};

pub(crate) fn is_list(page: &str) -> bool {
    let classes = || cells(page).map(|(class, _)| class);
    classes().any(|class| class == "caption") && classes().any(|class| class == "field")
}

pub(crate) fn read(page: &str) -> Result<Import, ImportError> {
    let mut import = Import::of(Format::Csv);
    let mut card = Card::default();
    for (class, text) in cells(page) {
        match class {
            "caption" => std::mem::replace(&mut card, Card { caption: text, ..Card::default() }).take(&mut import)?,
            "subcaption" => card.texts.extend(["url".to_owned(), text]),
            _ => card.texts.push(text),
        }
    }
    card.take(&mut import)?;
    Ok(import)
}

#[derive(Default)]
struct Card {
    /// Its folders, and its title.
    caption: String,
    /// Names and values in turn.
    texts: Vec<String>,
}

impl Card {
    fn take(&self, import: &mut Import) -> Result<(), ImportError> {
        let (folder, title) = self.caption.rsplit_once('\\').unwrap_or(("", &self.caption));
        let texts = self.texts.iter().map(String::as_str);
        Named::of_pairs(title, ["folder", folder].into_iter().chain(texts)).take(import)
    }
}

/// The classes that mean something, each with the text of its cell.
fn cells(page: &str) -> impl Iterator<Item = (&'static str, String)> {
    const CLASSES: [&str; 4] = ["caption", "subcaption", "field", "wordbreakfield"];
    /// A value may break anywhere, by a tag; more than these are no value's.
    const MAX: usize = 256;
    page.match_indices('<').filter_map(|(at, _)| {
        let mut tags = page.get(at + 1..)?.split('<');
        let (head, first) = tags.next()?.split_once('>')?;
        let is_cell = ["td ", "div "].iter().any(|name| otp::uri::strip_prefix(head, name).is_some());
        let (_, class) = head.split_once("class=").filter(|_| is_cell)?;
        let class = class.trim_start_matches('"').split(['"', ' ']).next()?;
        let class = CLASSES.into_iter().find(|known| *known == class)?;
        let ends = |tag: &&str| !["/td", "/div"].iter().any(|end| otp::uri::strip_prefix(tag, end).is_some());
        let rest = tags.take_while(ends).take(MAX);
        let rest: String = rest.filter_map(|tag| tag.split_once('>').map(|(_, text)| text)).collect();
        Some((class, super::html::unescape(&[first, &rest].concat()).trim().trim_end_matches(':').to_owned()))
    })
}
