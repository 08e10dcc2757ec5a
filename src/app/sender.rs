//! Who is speaking: from the browser's `MessageSender` to a proof.
//!
//! The own id proves nothing, every content script carries it; `url` can look
//! right while the origin is opaque (a sandboxed frame); the message itself is
//! the page's word. What counts is the origin that the browser vouches for.

use pages::hosts::{self, Family, Site};
use serde::{Deserialize, Serialize};

/// The parts of `runtime.MessageSender` that matter. Unknown parts are ignored:
/// browsers add to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Sender {
    /// The extension whose script speaks.
    pub id: Option<String>,
    /// Serialised origin of the document, `null` where it is opaque.
    pub origin: Option<String>,
    /// Address of the document.
    pub url: Option<String>,
    /// 0 for the top document of a tab.
    pub frame_id: Option<i32>,
    /// `active`, `prerender`, `cached` or `pending_deletion`; Firefox has none.
    pub document_lifecycle: Option<String>,
    /// One document, as long as it lives.
    pub document_id: Option<String>,
    /// The tab.
    pub tab: Option<SenderTab>,
}

/// The parts of `tabs.Tab` that matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SenderTab {
    /// The browser's number of it.
    pub id: Option<i32>,
    /// It is the one in front in its window.
    pub active: bool,
}

/// Why nobody is listened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownSender {
    /// Another extension, or none.
    Id,
    /// An origin that is not on the list.
    Origin,
    /// The address is not under the origin, not where an organisation's host signs in, or a customer's of Microsoft.
    Url,
    /// A frame inside another page.
    Frame,
    /// Not the document that the person looks at.
    Inactive,
    /// The browser does not tell one document from the next (Firefox before 153).
    Document,
    /// Not in a tab.
    Tab,
}

/// Proof that the script of a top document on a known origin is speaking. Only
/// [`identify`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    site: Site,
    tab: i32,
    document: String,
    in_front: bool,
}

impl Page {
    /// The origin, from the list.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// The tab.
    pub fn tab(&self) -> i32 {
        self.tab
    }

    /// The document, by the browser's own name of it, which no page can choose.
    pub fn document(&self) -> &str {
        &self.document
    }

    /// The tab is the one in front in its window.
    pub fn in_front(&self) -> bool {
        self.in_front
    }
}

/// Checks everything that the browser says of a sender. `granted` are the origins
/// that the browser was allowed beside the fixed ones.
pub fn identify(sender: &Sender, self_id: &str, granted: &[String]) -> Result<Page, UnknownSender> {
    if self_id.is_empty() || sender.id.as_deref() != Some(self_id) {
        return Err(UnknownSender::Id);
    }
    let origin = sender.origin.as_deref().ok_or(UnknownSender::Origin)?;
    let is_granted = granted.iter().any(|each| each == origin);
    let site = hosts::find(origin)
        .or_else(|| hosts::organisation(origin).filter(|_| is_granted))
        .ok_or(UnknownSender::Origin)?;
    let path = sender.url.as_deref().and_then(|url| url.strip_prefix(origin)).unwrap_or_default();
    let signs_in = site.family() != Family::Adfs || hosts::is_adfs_path(path);
    if !path.starts_with('/') || !signs_in || hosts::is_customers_path(path) {
        return Err(UnknownSender::Url);
    }
    if sender.frame_id != Some(0) {
        return Err(UnknownSender::Frame);
    }
    if sender.document_lifecycle.as_deref().is_some_and(|lifecycle| lifecycle != "active") {
        return Err(UnknownSender::Inactive);
    }
    let tab = sender.tab.as_ref().ok_or(UnknownSender::Tab)?;
    let id = tab.id.filter(|id| *id >= 0).ok_or(UnknownSender::Tab)?;
    let document = sender.document_id.clone().filter(|id| !id.is_empty()).ok_or(UnknownSender::Document)?;
    Ok(Page { site, tab: id, document, in_front: tab.active })
}
