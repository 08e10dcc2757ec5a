//! What a person has registered at Microsoft, read off the list that the set-up's page shows of it.
//!
//! Nothing but words tells its rows apart: one begins at a line that is a name of a method and nothing else, and is one
//! only where a button to change or delete it follows. What has such a button and no name that is known is counted as
//! unknown. For advice only, never for an act.

use serde::{Deserialize, Serialize};

use super::rules::{Rules, Words};
use super::{Mark, Method, Observation, State};

/// The rows, counted, and what is said of their order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Registered {
    /// Apps that show codes, of which Tofaktor may be one.
    pub apps: u32,
    /// Microsoft's own app, which asks for approval.
    pub approvals: u32,
    /// Passkeys and security keys.
    pub passkeys: u32,
    /// Devices that show codes.
    pub tokens: u32,
    /// Telephones, addresses and whatever else has nothing to do with either.
    pub others: u32,
    /// Rows by no name that is known.
    pub unknown: u32,
    /// The default method, where the page names one that is known.
    pub default: Option<Method>,
    /// The page says that the strongest method is asked for first, whatever the default is.
    pub strongest_first: bool,
}

/// The lists that name rows, those of buttons apart.
const NAMES: [Words; 5] = [Words::RowApp, Words::RowApproval, Words::RowPasskey, Words::RowToken, Words::RowOther];

/// What the list holds; `None` where no row of it is known.
pub(super) fn read(rules: &Rules, seen: &Observation, state: State) -> Option<Registered> {
    let listed = seen.listed.as_deref().filter(|_| state == State::SecurityInfo && !seen.shows(Mark::Dialog))?;
    let lines: Vec<String> = listed.split(['\n', '\t']).map(|line| line.trim().to_lowercase()).collect();
    let mut found = Registered::default();
    let mut row = Row::None;
    let mut lines = lines.iter().filter(|line| !line.is_empty()).peekable();
    while let Some(line) = lines.next() {
        let is_best = rules.speaks_of(Words::StrongestFirst, line);
        found.strongest_first |= is_best;
        if is_best || rules.speaks_of(Words::DefaultMethod, line) {
            // Its value stands behind the colon or on the next line, and a button of its own after it.
            let value = line.split_once(':').map(|(_, value)| value.trim()).filter(|value| !value.is_empty());
            let value = value.or_else(|| lines.peek().map(|next| next.as_str()));
            found.default = found.default.or_else(|| value.and_then(|value| by_name(rules, value)));
            row = Row::Default;
        } else if let Some(name) = NAMES.into_iter().find(|name| rules.words(*name).contains(line)) {
            row = Row::Named(name);
        } else if is_button(rules, line) {
            match row {
                Row::Named(Words::RowApp) => found.apps += 1,
                Row::Named(Words::RowApproval) => found.approvals += 1,
                Row::Named(Words::RowPasskey) => found.passkeys += 1,
                Row::Named(Words::RowToken) => found.tokens += 1,
                Row::Named(_) => found.others += 1,
                Row::Unnamed => found.unknown += 1,
                Row::Default | Row::None => {}
            }
            // A row may have two.
            row = Row::None;
        } else if row == Row::None {
            row = Row::Unnamed;
        }
    }
    let Registered { apps, approvals, passkeys, tokens, others, .. } = found;
    (apps + approvals + passkeys + tokens + others > 0).then_some(found)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Row {
    None,
    Default,
    Named(Words),
    Unnamed,
}

/// Nothing but a button, or two of them side by side.
fn is_button(rules: &Rules, line: &str) -> bool {
    let rest =
        rules.words(Words::RowButton).iter().fold(line.to_owned(), |rest, word| rest.replace(word.as_str(), " "));
    rest.trim().is_empty()
}

/// The default method, by what Microsoft calls it.
fn by_name(rules: &Rules, value: &str) -> Option<Method> {
    let speaks_of = |list| rules.speaks_of(list, value);
    if speaks_of(Words::Approval) {
        return Some(Method::Push);
    }
    if speaks_of(Words::Passkey) {
        return Some(Method::Passkey);
    }
    if speaks_of(Words::Message) || speaks_of(Words::Call) {
        return Some(Method::Sms);
    }
    (rules.names_code(value) && (rules.names_app(value) || rules.names_hardware(value))).then_some(Method::AppCode)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> Option<Registered> {
        let seen = Observation { listed: Some(text.to_owned()), ..Observation::default() };
        read(Rules::ours(), &seen, State::SecurityInfo)
    }

    #[test]
    fn rows_are_told_by_their_names_and_buttons() {
        let found = list(
            "My Sign-Ins\nSecurity info\nThese are the methods you use to sign into your account.\n\
             Default sign-in method: Authenticator app or hardware token - code\nChange\n+ Add sign-in method\n\
             Phone\n+47 912 34 567\nChange\nDelete\nMicrosoft Authenticator\nPush multi-factor authentication (MFA)\nPixel 8\n\
             Delete\nAuthenticator app\nTime-based one-time password (TOTP)\nDelete\nAuthenticator app\nDelete\n\
             Passkey\nWindows Hello\nDelete\nSomething new\nof 2027\nDelete\nLost device? Sign out everywhere",
        );
        assert_eq!(
            found,
            Some(Registered {
                apps: 2,
                approvals: 1,
                passkeys: 1,
                others: 1,
                unknown: 1,
                default: Some(Method::AppCode),
                ..Registered::default()
            })
        );
        let found = list(
            "You're using the most advisable sign-in method where it applies.\n\
             Sign-in method when most advisable is unavailable: App based authentication - notification\nChange\n\
             Microsoft Authenticator\nDelete\nEmail\nk@contoso.no\nChangeDelete",
        );
        let expected = Registered {
            approvals: 1,
            others: 1,
            default: Some(Method::Push),
            strongest_first: true,
            ..Registered::default()
        };
        assert_eq!(found, Some(expected));
        let found = list(
            "Sikkerhetsinformasjon\nStandard påloggingsmetode:\nTelefon – tekstmelding\nEndre\n\
             Godkjennerapp\nSlett\nTelefon\n+47 912 34 567\nEndre\nSlett\nTilgangsnøkkel\nSlett",
        );
        let expected =
            Registered { apps: 1, passkeys: 1, others: 1, default: Some(Method::Sms), ..Registered::default() };
        assert_eq!(found, Some(expected));
    }

    /// A code is an app's where it says so: those of an email are not.
    #[test]
    fn the_default_is_told_by_its_name() {
        for (name, method) in [
            ("Authenticator app or hardware token - code", Some(Method::AppCode)),
            ("Authenticator app - code", Some(Method::AppCode)),
            ("Hardware token - code", Some(Method::AppCode)),
            ("Email - code", None),
            ("Authenticator app", None),
            ("Phone - text message", Some(Method::Sms)),
            ("Phone - we called you", Some(Method::Sms)),
            ("Passkey", Some(Method::Passkey)),
        ] {
            let text = format!("Default sign-in method: {name}\nChange\nEmail\nk@contoso.no\nChange\nDelete");
            assert_eq!(list(&text).map(|found| found.default), Some(method), "{name}");
        }
    }

    #[test]
    fn one_row_of_any_kind_is_a_list_and_what_lies_over_it_hides_it() {
        for row in ["Authenticator app", "Microsoft Authenticator", "Passkey", "Hardware token", "Email"] {
            let text = format!("{row}\nDelete");
            assert!(list(&text).is_some(), "{row}");
            let seen = |marks| Observation { listed: Some(text.clone()), marks, ..Observation::default() };
            assert_eq!(read(Rules::ours(), &seen(vec![Mark::Dialog]), State::SecurityInfo), None);
            assert_eq!(read(Rules::ours(), &seen(vec![]), State::SetUpPicker), None);
        }
    }

    #[test]
    fn what_only_speaks_of_a_method_is_no_row() {
        for text in [
            "",
            "Security info",
            "Authenticator app",
            "Add a sign-in method\nAuthenticator app\nPhone\nEmail",
            "Use an authenticator app\nDelete",
            "Delete\nDelete",
        ] {
            assert_eq!(list(text), None, "{text}");
        }
    }
}
