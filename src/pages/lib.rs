//! What is known of Microsoft's pages: an observation in, a judgement out.
//!
//! `extension/content/page.js` looks and reports an [`Observation`]: small,
//! language-neutral descriptors of what is visible. [`read`] says which
//! [`State`] that is and, where a code is asked for, by which [`Method`]. It is
//! pure: what to do about it, for whom, is decided in the crate `app`, and the
//! script carries it out.
//!
//! # Adding a page variant
//! 1. Save the page as one HTML file and run `./build.sh try-page FILE.html --at URL`
//!    on it: it says what the page was taken for, and what was done.
//! 2. Run it with `--vector` and keep what it prints as
//!    `tests/vectors/pages/PAGE__LANGUAGE.json`; write into its `expect` what it
//!    should have been. `cargo test -p support pages::` fails now.
//! 3. Where an element has to be noticed that is not noticed yet, add its selector to `rules/rules.json`, a new name
//!    to [`Mark`] as well, and record the vector anew. Words are in the same file.
//! 4. Add a row to [`sign_in`] or a line to [`set_up`], until the test passes. It prints a table of all pages,
//!    states and languages.

mod adfs;
pub mod description;
pub mod domains;
pub mod guide;
pub mod hindrance;
pub mod hosts;
mod links;
pub mod look_alike;
pub mod organisation;
pub mod registered;
pub mod rules;
mod set_up;
mod sign_in;
mod texts;
mod unrecognised;

use serde::{Deserialize, Serialize};

use hosts::Family;
use organisation::{Organisation, Signs};
use registered::Registered;
use rules::Rules;
pub use unrecognised::{is_unrecognised, takes_by_hand};

/// Where in Microsoft's flows a page is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum State {
    /// Nothing that Tofaktor knows.
    #[default]
    Unknown,
    /// Asks who signs in.
    UserName,
    /// Asks for the password.
    Password,
    /// Asks which known account signs in.
    AccountPicker,
    /// Asks for a code.
    Code,
    /// Waits for an approval on a phone.
    Push,
    /// The approval was denied.
    PushDenied,
    /// Nobody approved in time.
    PushTimedOut,
    /// Offers the registered methods.
    ProofPicker,
    /// "Your organisation needs more information".
    MoreInformation,
    /// "Stay signed in?": the sign-in has succeeded.
    StaySignedIn,
    /// Asks for a passkey, for what stands in for the password, or for another device's code.
    OtherCredential,
    /// An error page of the sign-in.
    SignInError,
    /// The list of a person's sign-in methods.
    SecurityInfo,
    /// Set-up: which method to add.
    SetUpPicker,
    /// Set-up: install Microsoft's app, or choose another.
    SetUpInstall,
    /// Set-up: add an account in the app.
    SetUpInstructions,
    /// Set-up: a QR code is on screen.
    SetUpQr,
    /// Set-up: the secret is on screen as text.
    SetUpManual,
    /// Set-up: asks for the confirming code.
    SetUpCode,
    /// Set-up: asks for the serial number of a device that shows codes of its own.
    SetUpSerial,
    /// Set-up: asks for such a device's code.
    SetUpTokenCode,
    /// Set-up: asks for a number, an address, or the code that was sent there.
    SetUpOtherMethod,
    /// Set-up: the organisation would like something more, which can be put off.
    SetUpCampaign,
    /// Set-up: Microsoft refused something.
    SetUpError,
    /// Set-up: the app has been added.
    SetUpDone,
}

/// How the page wants the person to prove who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Method {
    /// A code of an authenticator app: the one kind that is ever filled.
    AppCode,
    /// A code sent as a text message.
    Sms,
    /// A code spoken in a call, or the call itself.
    Voice,
    /// A code sent by e-mail.
    Email,
    /// A code that was sent; the page does not tell how.
    Sent,
    /// An approval in Microsoft's app.
    Push,
    /// A passkey of any kind.
    Passkey,
    /// A certificate, such as one on a smart card.
    Certificate,
    /// A Temporary Access Pass.
    AccessPass,
}

/// Elements that tell pages apart; visible ones are reported by these names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "each is documented by its selectors in rules/rules.json")]
pub enum Mark {
    UserName,
    Password,
    AccountTiles,
    Push,
    PushDenied,
    PushTimedOut,
    ProofPicker,
    AppCodeChoice,
    AnotherWay,
    MoreInformation,
    StaySignedIn,
    SignInError,
    DeviceCode,
    AccessPass,
    Passkey,
    NewPasskey,
    SetUpList,
    SetUpPicker,
    AuthenticatorTile,
    Install,
    Download,
    OtherApp,
    Instructions,
    QrToggle,
    NextStep,
    WithoutNotifications,
    SetUpError,
    Dialog,
    Asks,
}

/// The field that a code could go into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum FieldKind {
    /// `input[name=otc]` of the sign-in pages.
    Otc,
    /// One box for each digit.
    Split,
    /// The set-up page's own, by its test id.
    Verification,
    /// A text field in a step of the set-up, without a name of its own.
    Dialog,
    /// A field of the set-up that says of itself that it is for a telephone number: never for a code.
    Telephone,
    /// The same for an e-mail address.
    Address,
    /// The one field of the page, made for a short code, where no known field is there.
    Short,
    /// ADFS with Azure MFA.
    Adfs,
}

/// A visible field that a code could go into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Field {
    /// Which of the known ones.
    pub kind: FieldKind,
    /// Nothing has been typed.
    pub empty: bool,
    /// The page marks what was typed as wrong, and did not yet when Tofaktor last typed.
    pub invalid: bool,
    /// What Tofaktor has typed, the person has not changed since.
    pub ours: bool,
}

/// A way to prove identity that the page's own configuration lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Proof {
    /// Microsoft's name of it, such as `PhoneAppOTP`.
    pub id: String,
    /// The one the page begins with.
    pub default: bool,
    /// Of an app's code: the kinds of app that are registered, where the page tells.
    #[serde(default)]
    pub types: Vec<String>,
}

/// Why a page refused a code, where it says more than that it was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It was used before: nobody's mistake, and the next one may do.
    Used,
    /// Too many were wrong.
    TooMany,
    /// It was right, and the organisation allows no code of such an app.
    NotAllowed,
}

/// The secret where a set-up page shows it as text.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Manual {
    /// `Organisation:user`.
    pub name: String,
    /// Base32.
    pub secret: String,
}

/// What the content script saw, in one look.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Observation {
    /// `meta[name=PageID]`.
    pub page_id: Option<String>,
    /// Hidden `input[name=mfaAuthMethod]`, or `PhoneAppOTP` where the form's `type` is 19, which says the same; on AD FS `AuthMethod`: Microsoft's name of the method asked for.
    pub auth_method: Option<String>,
    /// Hidden `input[name=login]`, else the identity banner, else `$Config.sPOST_Username`;
    /// on AD FS the greeting, and the `username` that Microsoft's page has put into the address.
    pub login: Option<String>,
    /// `$Config.arrUserProofs`.
    pub proofs: Vec<Proof>,
    /// `$Config.fIsChallengeDueToAuthenticationStrengths`: a rule of the organisation has narrowed that list.
    pub strengths: bool,
    /// File name of the icon beside the sentence.
    pub icon: Option<String>,
    /// The sentence above the field.
    pub sentence: Option<String>,
    /// The title of the step or dialog.
    pub title: Option<String>,
    /// The visible marks.
    pub marks: Vec<Mark>,
    /// What the links say that could lead to the right QR code; nothing but their words tells them apart.
    pub links: Vec<String>,
    /// What stands on the page that lists a person's methods, line by line.
    pub listed: Option<String>,
    /// The language that a page of the set-up says it is in.
    pub language: Option<String>,
    /// The visible field.
    pub field: Option<Field>,
    /// What stands around the field, where no rule knows it and it is made for a short code.
    pub around: Option<String>,
    /// What the page says is wrong with what stands there.
    pub fault: Option<String>,
    /// A picture on the page is a QR code of an account, or could be one.
    pub picture: bool,
    /// How many of those were not handed over yet.
    pub pictures: u32,
    /// The secret as text.
    pub manual: Option<Manual>,
    /// What there is of the organisation.
    pub organisation: Option<Signs>,
}

impl Observation {
    fn shows(&self, mark: Mark) -> bool {
        self.marks.contains(&mark)
    }

    /// Whether codes of an app other than Microsoft's own are registered; `None` where the page does not tell.
    pub fn has_app_code(&self, rules: &Rules) -> Option<bool> {
        let is_ours = |kind: &String| kind == "SoftwareTokenBasedTOTP";
        let fits = |proof: &Proof| {
            rules.by_method(&proof.id) == Some(Method::AppCode)
                && (proof.types.is_empty() || proof.types.iter().any(is_ours))
        };
        (!self.proofs.is_empty()).then(|| self.proofs.iter().any(fits))
    }
}

/// What a page is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// Where in the flow.
    pub state: State,
    /// How the page wants the proof; `None` where it wants none or does not tell.
    pub method: Option<Method>,
    /// The account that the page names, as written there.
    pub account: Option<String>,
    /// The organisation that it names.
    pub organisation: Option<Organisation>,
    /// Why a code of an app does not help.
    pub hindrance: Option<hindrance::Found>,
    /// What the list of the person's methods holds.
    pub registered: Option<Registered>,
}

/// Judges one look. `before` is the judgement on the same tab just before it,
/// for the set-up dialogs whose steps differ only in where they come from.
pub fn read(rules: &Rules, family: Family, seen: &Observation, before: Option<State>) -> Judgement {
    let login = seen.login.as_deref().map(str::trim).filter(|login| !login.is_empty());
    let account = if family == Family::Adfs { login.and_then(adfs::named) } else { login }.map(str::to_owned);
    let (state, method) = match family {
        Family::SignIn | Family::PersonalSignIn => sign_in::read(rules, seen),
        Family::SetUp | Family::PersonalSetUp => set_up::read(rules, family, seen, before),
        Family::Adfs => adfs::read(rules, seen),
    };
    let organisation = match family {
        Family::SignIn | Family::SetUp => seen.organisation.as_ref().and_then(Signs::read),
        Family::PersonalSignIn | Family::PersonalSetUp => Some(Organisation::personal()),
        Family::Adfs => None,
    };
    let hindrance = hindrance::find(rules, family, seen, state);
    // What the page lists tells what it wants, where nothing else does.
    let state = if state == State::Unknown && hindrance.is_some() { State::OtherCredential } else { state };
    let registered = registered::read(rules, seen, state).filter(|_| family == Family::SetUp);
    Judgement { state, method, account, organisation, hindrance, registered }
}
