//! The one next thing to do on a page: the county's guide, step by step.
//!
//! Follows the person through mfasetup from wherever they are. A step may name
//! the element that leads on; it is outlined on the page, and clicked only when
//! the person asks for it. That takes two signals that do not hang together:
//! a wrong element outlined is worse than none.

use serde::{Deserialize, Serialize};

use super::links::{self, OtherApp};
use super::rules::Rules;
use super::{Mark, Observation, State, set_up};

/// What to do next; a sentence in every locale under `step_` and the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Step {
    /// "Your organisation needs more information": go on to the set-up.
    GoOn,
    /// Add a sign-in method.
    AddMethod,
    /// Choose the authenticator app among the methods.
    ChooseApp,
    /// Not Microsoft's own app but another: the link that leads to a QR code for codes.
    OtherApp,
    /// The page offers Microsoft's own app alone: the organisation has switched others off.
    OtherAppMissing,
    /// The page says to add an account in the app; nothing to do but go on.
    Continue,
    /// The QR code is for Microsoft's own app: back to the step with the link.
    BackFromPush,
    /// The same on proofup.aspx, where the link is beside the QR code.
    WithoutNotifications,
    /// The account was found: save it in the popup.
    Save,
    /// It is saved: on to the code.
    ToCode,
    /// The code is in the field: let Microsoft check it.
    CheckCode,
    /// A telephone number, an e-mail address or a code sent there: nothing for an app.
    OtherMethod,
    /// The number or the code of a device that shows codes of its own.
    HardwareToken,
    /// The serial number of an account that is such a device is in the field.
    SerialFilled,
    /// Microsoft refused something: begin again.
    StartAgain,
    /// All is set up. No phone number is needed, and codes by SMS are best avoided.
    Finished,
}

impl Step {
    /// Whether it is one on the way to a code, and not one that has nothing to do with an app.
    pub const fn leads_on(self) -> bool {
        !matches!(self, Self::OtherMethod | Self::HardwareToken)
    }

    /// The element that leads on, if it is there.
    pub fn target(self, rules: &Rules, seen: &Observation) -> Option<Target> {
        let shown = |mark| seen.shows(mark).then_some(Target { mark, words: None });
        let link = |mark, words: &str| Target { mark, words: Some(words.to_owned()) };
        match self {
            Self::GoOn => shown(Mark::MoreInformation),
            Self::AddMethod => shown(Mark::SetUpList),
            Self::ChooseApp => shown(Mark::AuthenticatorTile),
            Self::OtherApp => match links::other_app(rules, seen) {
                OtherApp::Is(words) => Some(link(Mark::OtherApp, words)),
                OtherApp::Perhaps | OtherApp::Missing => None,
            },
            Self::WithoutNotifications => {
                links::without_notifications(rules, seen).map(|words| link(Mark::WithoutNotifications, words))
            }
            Self::Continue | Self::ToCode | Self::CheckCode | Self::SerialFilled => shown(Mark::NextStep),
            // What follows the code need not be the end, and its button then begins something else.
            Self::Finished => shown(Mark::NextStep).filter(|_| set_up::says_done(rules, seen)),
            Self::OtherAppMissing
            | Self::BackFromPush
            | Self::Save
            | Self::OtherMethod
            | Self::HardwareToken
            | Self::StartAgain => None,
        }
    }
}

/// An element that leads on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its mark.
    pub mark: Mark,
    /// What it says, where the mark is that of several links.
    pub words: Option<String>,
}

/// What is known beside the look itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Progress {
    /// The page's QR code is for Microsoft's own app.
    pub push: bool,
    /// An account was found on the page and waits to be saved.
    pub pending: bool,
    /// The account of this page is saved.
    pub saved: bool,
    /// Our code is in the field of this view.
    pub filled: bool,
}

/// The next step, on the pages that have one.
pub fn next(rules: &Rules, state: State, seen: &Observation, progress: Progress) -> Option<Step> {
    Some(match state {
        State::MoreInformation => Step::GoOn,
        State::SecurityInfo if progress.push => Step::BackFromPush,
        State::SecurityInfo => Step::AddMethod,
        State::SetUpPicker => Step::ChooseApp,
        State::SetUpInstall if links::other_app(rules, seen) == OtherApp::Missing => Step::OtherAppMissing,
        State::SetUpInstall => Step::OtherApp,
        State::SetUpInstructions => Step::Continue,
        State::SetUpQr | State::SetUpManual if progress.pending => Step::Save,
        State::SetUpQr | State::SetUpManual if progress.saved => Step::ToCode,
        State::SetUpQr | State::SetUpManual if progress.push && seen.shows(Mark::WithoutNotifications) => {
            Step::WithoutNotifications
        }
        State::SetUpQr | State::SetUpManual if progress.push => Step::BackFromPush,
        State::SetUpCode | State::SetUpTokenCode if progress.filled => Step::CheckCode,
        State::SetUpSerial if progress.filled => Step::SerialFilled,
        State::SetUpSerial | State::SetUpTokenCode => Step::HardwareToken,
        State::SetUpOtherMethod if set_up::is_hardware(rules, seen) => Step::HardwareToken,
        State::SetUpOtherMethod => Step::OtherMethod,
        State::SetUpError => Step::StartAgain,
        State::SetUpDone => Step::Finished,
        _ => return None,
    })
}
