//! Why a code of an app does not help on a page: what the page wants instead, or what stopped the sign-in.
//!
//! For wording only, never for an act. The names and numbers are in `rules/rules.json`; what is not there stays unknown.

use serde::{Deserialize, Serialize};

use super::hosts::Family;
use super::rules::{Rules, Words};
use super::{Mark, Method, Observation, State};

/// What is in the way; a sentence in every locale under `hindrance_` and the name, and for the service desk under
/// `desk_` and the same name, where it can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Hindrance {
    /// The page asks for a passkey; the person may choose another way.
    Passkey,
    /// Nothing but a passkey is accepted.
    PasskeyOnly,
    /// Nothing but a certificate, or a passkey, is.
    Certificate,
    /// The organisation asks for something stronger than any code.
    Stronger,
    /// It asks for a Temporary Access Pass in place of the password.
    AccessPass,
    /// It asks for the code that another device shows, to sign that one in.
    DeviceCode,
    /// The account has codes by SMS or call alone.
    SmsOnly,
    /// The sign-in went on to another provider's page.
    ExternalMfa,
    /// The organisation wants Microsoft's app to be set up; it can be put off.
    RegistrationCampaign,
    /// The same of a passkey.
    PasskeyCampaign,
    /// The account does not belong to the organisation whose page it is.
    OtherAccount,
    /// Too many tries, or a suspicious address.
    LockedOut,
    /// The password has run out.
    PasswordExpired,
    /// The account is switched off.
    SwitchedOff,
    /// Two-step sign-in has to be set up first.
    SetUpNeeded,
    /// It has to be done once more.
    Again,
    /// The second step did not succeed; why is in the organisation's log alone.
    SecondStep,
    /// Microsoft's own trouble.
    Outage,
    /// Too many calls and text messages.
    PhoneLimit,
    /// The password or the name was wrong.
    WrongPassword,
    /// A rule of the organisation forbids it.
    Forbidden,
    /// It is allowed on managed devices only.
    Device,
    /// It is allowed with certain apps only.
    App,
    /// Taken for risky.
    Risk,
    /// Methods may be set up in certain places or on certain devices only.
    Place,
    /// Two organisations do not let each other's people in.
    BetweenOrganisations,
    /// The page has asked too often.
    Loop,
    /// The person is asked whether they meant to sign in there.
    Confirm,
    /// The Temporary Access Pass was wrong, used or is over.
    AccessPassRefused,
    /// The passkey is not allowed here.
    PasskeyRefused,
    /// The organisation's other provider answered wrongly.
    Provider,
    /// A number that is not known.
    UnknownError,
}

/// What stands in the way on a page, and Microsoft's number of it, where it shows one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// What it is.
    pub hindrance: Hindrance,
    /// `AADSTS` and this.
    pub error: Option<u32>,
}

pub(super) fn find(rules: &Rules, family: Family, seen: &Observation, state: State) -> Option<Found> {
    let plain = |hindrance| Found { hindrance, error: None };
    match family {
        Family::SignIn if state == State::SignInError => {
            let error = seen.sentence.as_deref().and_then(number)?;
            Some(Found { hindrance: rules.by_error(error), error: Some(error) })
        }
        Family::SignIn => asked(rules, seen).or_else(|| by_proofs(rules, seen, state)).map(plain),
        Family::PersonalSignIn if seen.shows(Mark::DeviceCode) => Some(plain(Hindrance::DeviceCode)),
        Family::SetUp => campaign(rules, seen).map(plain),
        _ => None,
    }
}

/// Microsoft's number of an error, as its page shows it.
fn number(text: &str) -> Option<u32> {
    let (_, rest) = text.split_once("AADSTS")?;
    let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok().filter(|_| (4..=8).contains(&digits.len()))
}

/// What the view itself asks for.
pub(super) fn asked(rules: &Rules, seen: &Observation) -> Option<Hindrance> {
    let named = seen.auth_method.as_deref().and_then(|name| rules.by_method(name));
    if seen.shows(Mark::DeviceCode) {
        return Some(Hindrance::DeviceCode);
    }
    if seen.shows(Mark::AccessPass) || named == Some(Method::AccessPass) {
        return Some(Hindrance::AccessPass);
    }
    if seen.shows(Mark::NewPasskey) {
        return Some(Hindrance::PasskeyCampaign);
    }
    if named == Some(Method::Certificate) {
        return Some(Hindrance::Certificate);
    }
    (seen.shows(Mark::Passkey) || named == Some(Method::Passkey)).then_some(Hindrance::Passkey)
}

/// What the page lists, where all of it is known: one method that is not, and it may be the one that helps.
fn by_proofs(rules: &Rules, seen: &Observation, state: State) -> Option<Hindrance> {
    if !matches!(state, State::Unknown | State::Code | State::ProofPicker) {
        return None;
    }
    let methods: Option<Vec<Method>> = seen.proofs.iter().map(|proof| rules.by_method(&proof.id)).collect();
    let methods = methods.filter(|methods| !methods.is_empty())?;
    let all = |kinds: &[Method]| methods.iter().all(|method| kinds.contains(method));
    if all(&[Method::Sms, Method::Voice, Method::Sent]) && !seen.strengths {
        return (state != State::Unknown).then_some(Hindrance::SmsOnly);
    }
    if all(&[Method::Passkey]) {
        return Some(Hindrance::PasskeyOnly);
    }
    if all(&[Method::AccessPass]) {
        return Some(Hindrance::AccessPass);
    }
    if all(&[Method::Passkey, Method::Certificate]) {
        return Some(Hindrance::Certificate);
    }
    // The list itself is the organisation's: what is registered says nothing here.
    (seen.strengths && !methods.contains(&Method::AppCode)).then_some(Hindrance::Stronger)
}

/// The page that interrupts a sign-in with a wish, and lets it be put off. Of the app's the words for that are asked too:
/// where it is wanted for the first time, the same step has other ways out.
pub(super) fn campaign(rules: &Rules, seen: &Observation) -> Option<Hindrance> {
    if seen.field.is_some() || seen.manual.is_some() || !seen.shows(Mark::NextStep) {
        return None;
    }
    let texts = || [&seen.title, &seen.sentence].into_iter().flatten().map(|text| text.to_lowercase());
    let has_link = |list| seen.links.iter().any(|link| rules.speaks_of(list, &link.to_lowercase()));
    if texts().any(|text| rules.speaks_of(Words::Passkey, &text)) && has_link(Words::WaysOut) {
        return Some(Hindrance::PasskeyCampaign);
    }
    let names_microsofts = texts().any(|text| text.contains("microsoft authenticator"));
    (names_microsofts && has_link(Words::SkipForNow)).then_some(Hindrance::RegistrationCampaign)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn microsoft_s_number_is_read_as_it_stands() {
        for (text, expected) in [
            ("AADSTS50105", Some(50105)),
            ("Sorry, but we're having trouble signing you in.\nAADSTS500121: Authentication failed", Some(500_121)),
            ("AADSTS: none", None),
            ("AADSTS12", None),
            ("AADSTS99999999999999", None),
            ("50105", None),
            ("", None),
        ] {
            assert_eq!(number(text), expected, "{text}");
        }
    }
}
