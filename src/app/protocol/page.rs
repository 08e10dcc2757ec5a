//! What passes between the core and the script on a Microsoft page.

use pages::rules::Added;
use pages::{Mark, Observation};
use serde::{Deserialize, Serialize};

/// All that a content script may say to the core. It hands over pictures too, and those stay outside: the worker has
/// them scanned, and brings what their QR codes hold.
#[derive(Clone, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum PageRequest {
    /// What it sees now.
    Look {
        /// The look.
        seen: Box<Observation>,
        /// It knows what the organisation has added to the rules.
        #[serde(default)]
        taught: bool,
        /// The person can see the page.
        visible: bool,
        /// It has the focus, and the person has acted on it.
        acted: bool,
        /// It has not changed for a while, or has been changing for so long that it is taken as it is.
        #[serde(default)]
        resting: bool,
    },
    /// It did, or could not do, what it was told.
    Did {
        /// The field took the code, or the element the click.
        done: bool,
    },
}

/// All that a content script is ever told.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum PageReply {
    /// Nothing to do until the page changes.
    Rest,
    /// Look again, with what an organisation has added to the rules.
    Learn {
        /// All of them.
        rules: Box<Added>,
    },
    /// None of these pictures is the QR code of an account: they count no longer.
    NoQr,
    /// Hand over the pictures.
    SendPictures,
    /// Type this code into the field, and submit it if told so.
    Fill {
        /// The digits.
        code: String,
        /// Click the page's own button afterwards.
        submit: bool,
    },
    /// Click this.
    Click {
        /// The element.
        mark: Mark,
        /// What it says, where the mark is that of several links: that one and no other.
        words: Option<String>,
    },
    /// Nothing to do but to show the person where to go on.
    Point {
        /// The element to outline.
        mark: Mark,
        /// As in a click.
        words: Option<String>,
    },
    /// Look again after so long.
    Again {
        /// Milliseconds.
        after_ms: u32,
    },
}

/// What was done on a page, or why nothing was: the page model's own names,
/// with a sentence in every locale under `reason_` and the name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Reason {
    /// Nothing on this page is for an authenticator.
    #[default]
    NothingToDo,
    /// There is something on it, and no rule knows what.
    NotRecognised,
    /// The code is in the field.
    Filled,
    /// Clicked on the way from the phone to the code; the page has still to go there.
    Switching,
    /// It did not.
    NoEffect,
    /// An account was found on the page.
    Captured,
    /// The page's QR code is for Microsoft's own app.
    PushQr,
    /// The page's QR code cannot be used.
    BadQr,
    /// There is no vault yet.
    NoVault,
    /// The vault is closed.
    Locked,
    /// The vault cannot be read.
    Unreadable,
    /// No account of this name.
    NoAccount,
    /// No account of Microsoft's of this name, but one that could be.
    CouldBeMeant,
    /// The account is none of those that this organisation's own server signs in.
    NotServed,
    /// The page does not name an account.
    AccountNotNamed,
    /// Several accounts fit.
    Ambiguous,
    /// The page wants a code, but not an app's.
    NotAppCode,
    /// The page does not tell what kind of code it wants.
    MethodUnknown,
    /// The page lists how the account may sign in, and a code that could come from here is not among it.
    NotRegistered,
    /// Something has been typed already.
    FieldNotEmpty,
    /// Waiting for the next code: this one is used or about to end.
    WaitingForNext,
    /// Microsoft has counted too many wrong codes.
    TooManyTries,
    /// The code was right, and the organisation allows no other app than Microsoft's.
    AppNotAllowed,
    /// Microsoft refused the code twice.
    Rejected,
    /// The account is set to ask first: the popup waits for a yes.
    AwaitingApproval,
    /// The person said no to this sign-in.
    Denied,
    /// The page is not the one in front.
    NotInFront,
    /// The field or button was gone.
    CouldNot,
    /// The field did not keep the code.
    NotTaken,
}
