//! The page model against looks that the real content script took at replica pages in a real browser.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests state what they know"
)]

use pages::guide::{self, Progress, Step};
use pages::hindrance::Hindrance;
use pages::rules::Rules;
use pages::{self, Field, FieldKind, Mark, Method, Observation, Proof, State, hosts};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Deserialize)]
struct Vector {
    /// Where the page was.
    at: String,
    /// What the tab showed before, where a step is told by that alone.
    before: Option<State>,
    /// What the script saw.
    seen: Observation,
    expect: Expected,
    /// What the guide says, where the vector is about that.
    guide: Option<Guided>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Guided {
    step: Option<Step>,
    /// The words of the element that it outlines, none if it outlines nothing.
    points: Option<String>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Expected {
    state: State,
    method: Option<Method>,
    account: Option<String>,
    hindrance: Option<Hindrance>,
}

fn vectors() -> Vec<(String, Vector)> {
    let folder = std::fs::read_dir(support::path("tests/vectors/pages")).unwrap();
    let read = |path: std::path::PathBuf| {
        let vector = serde_json::from_str(&std::fs::read_to_string(&path).unwrap());
        (path.file_stem().unwrap().to_str().unwrap().to_owned(), vector.unwrap_or_else(|e| panic!("{path:?}: {e}")))
    };
    folder.map(|file| read(file.unwrap().path())).collect()
}

fn family(vector: &Vector) -> hosts::Family {
    let origin = format!("https://{}", hosts::host_of(&vector.at).unwrap());
    hosts::find(&origin).or_else(|| hosts::organisation(&origin)).unwrap().family()
}

#[test]
fn every_recorded_look_is_judged_right() {
    let mut tried = 0;
    for (name, vector) in vectors() {
        let judged = pages::read(Rules::ours(), family(&vector), &vector.seen, vector.before);
        let state = judged.state;
        let hindrance = judged.hindrance.map(|found| found.hindrance);
        let judged = Expected { state: judged.state, method: judged.method, account: judged.account, hindrance };
        assert_eq!(judged, vector.expect, "{name}");
        if let Some(expected) = vector.guide {
            let step = guide::next(Rules::ours(), state, &vector.seen, Progress::default());
            let points = step.and_then(|step| step.target(Rules::ours(), &vector.seen));
            let points = points.map(|target| target.words.unwrap_or_default());
            assert_eq!(Guided { step, points }, expected, "{name}");
        }
        tried += 1;
    }
    println!("{tried} pages tried, 0 misjudged");
    assert!(tried >= 28);
}

/// Where the set-up goes on, by what was found and done on the way; the pages' looks alone are among the vectors.
#[test]
fn the_next_step_follows_from_what_was_done() {
    let none = Progress::default();
    let push = Progress { push: true, ..none };
    let filled = Progress { filled: true, ..none };
    let without = &["withoutNotifications"][..];
    for (state, marks, progress, expected) in [
        (State::MoreInformation, &[][..], none, Some(Step::GoOn)),
        (State::SecurityInfo, &[], none, Some(Step::AddMethod)),
        (State::SecurityInfo, &[], push, Some(Step::BackFromPush)),
        (State::SetUpQr, &[], none, None),
        (State::SetUpQr, &[], Progress { pending: true, saved: true, push: true, ..none }, Some(Step::Save)),
        (State::SetUpQr, &[], Progress { saved: true, push: true, ..none }, Some(Step::ToCode)),
        (State::SetUpQr, &[], push, Some(Step::BackFromPush)),
        (State::SetUpQr, without, none, None),
        (State::SetUpQr, without, push, Some(Step::WithoutNotifications)),
        (State::SetUpCode, &[], none, None),
        (State::SetUpCode, &[], filled, Some(Step::CheckCode)),
        (State::SetUpTokenCode, &[], none, Some(Step::HardwareToken)),
        (State::SetUpTokenCode, &[], filled, Some(Step::CheckCode)),
        (State::SetUpSerial, &[], none, Some(Step::HardwareToken)),
        (State::SetUpSerial, &[], filled, Some(Step::SerialFilled)),
        (State::SetUpError, &[], none, Some(Step::StartAgain)),
        (State::SetUpDone, &[], none, Some(Step::Finished)),
        (State::Code, &[], filled, None),
    ] {
        let seen = serde_json::from_value(serde_json::json!({ "marks": marks })).unwrap();
        let step = guide::next(Rules::ours(), state, &seen, progress);
        assert_eq!(step, expected, "{state:?} {marks:?} {progress:?}");
        let is_aside = matches!(step, Some(Step::HardwareToken | Step::OtherMethod));
        assert!(step.is_none_or(|step| step.leads_on() != is_aside), "{step:?}");
    }
}

fn app_proof(types: &[&str]) -> Proof {
    Proof { id: "PhoneAppOTP".to_owned(), default: true, types: types.iter().map(|kind| (*kind).to_owned()).collect() }
}

/// Microsoft's own app has codes too, which are not ours.
#[test]
fn the_page_s_own_list_tells_whether_an_app_like_ours_is_registered() {
    let sms = || Proof { id: "OneWaySMS".to_owned(), default: false, types: Vec::new() };
    for (proofs, has) in [
        (vec![], None),
        (vec![sms()], Some(false)),
        (vec![sms(), app_proof(&[])], Some(true)),
        (vec![app_proof(&["MicrosoftAuthenticatorBasedTOTP"]), sms()], Some(false)),
        (vec![app_proof(&["MicrosoftAuthenticatorBasedTOTP", "SoftwareTokenBasedTOTP"])], Some(true)),
    ] {
        assert_eq!(Observation { proofs, ..Observation::default() }.has_app_code(Rules::ours()), has);
    }
}

fn code_view(auth_method: Option<&str>, icon: Option<&str>, sentence: Option<&str>) -> Option<Method> {
    let seen: Observation = serde_json::from_value(serde_json::json!({
        "authMethod": auth_method, "icon": icon, "sentence": sentence,
        "field": { "kind": "otc", "empty": true, "invalid": false, "ours": false },
    }))
    .unwrap();
    let site = hosts::find("https://login.microsoftonline.com").unwrap();
    let judged = pages::read(Rules::ours(), site.family(), &seen, None);
    assert_eq!(judged.state, State::Code);
    judged.method
}

/// What the text says against the app outweighs all; else the hidden field outweighs the icon, and that the text. What no
/// signal names is never filled.
#[test]
fn signals_outweigh_each_other_in_their_order() {
    let app = "Enter the code displayed in the authenticator app on your mobile device";
    let sms = "We texted your phone +XX XXXXXXX02. Please enter the code to sign in.";
    assert_eq!(code_view(Some("PhoneAppOTP"), Some("picker_verify_code_1.svg"), Some(sms)), Some(Method::Sms));
    assert_eq!(code_view(Some("PhoneAppOTP"), Some("picker_verify_sms_1.svg"), Some("Kode")), Some(Method::AppCode));
    assert_eq!(code_view(None, Some("authenticator_verify_sms_1.svg"), Some("Kode")), Some(Method::Sms));
    assert_eq!(code_view(Some("OneWaySMS"), Some("picker_verify_code_1.svg"), Some(app)), Some(Method::Sms));
    assert_eq!(code_view(Some("TwoWayVoiceMobile"), None, Some(app)), Some(Method::Voice));
    assert_eq!(
        code_view(Some("SomethingNew"), Some("picker_verify_code_1.svg"), Some(app)),
        None,
        "a method with a new name is not guessed at"
    );
    assert_eq!(code_view(None, Some("picker_verify_sms_1.svg"), Some(app)), Some(Method::Sms));
    assert_eq!(code_view(None, Some("picker_verify_fluent_authenticator_1.svg"), Some(sms)), Some(Method::Sms));
    assert_eq!(code_view(None, None, Some(app)), Some(Method::AppCode));
    assert_eq!(code_view(None, None, Some(sms)), Some(Method::Sms));
    assert_eq!(code_view(None, None, Some("Kode")), None);
    assert_eq!(code_view(None, None, None), None);
}

/// The method is sent, spoken or e-mailed, in the languages that the words are known in, and by what needs none.
const AGAINST: &[&str] = &[
    "We texted your phone +XX XXXXXXX02. Please enter the code to sign in.",
    "We just sent a 6-digit code to your phone.",
    "Enter the code we emailed to you, or open the authenticator app.",
    "We'll call you. Enter the code that you hear.",
    "Vi sendte en 6-sifret kode til telefonen din.",
    "Angi koden du mottok på e-post.",
    "Vi ringer deg nå.",
    "Vi sende ein kode til deg.",
    "Vi har skickat en kod till din telefon.",
    "Vi har sendt en SMS-besked til dig.",
    "Wir haben eine SMS an Ihr Telefon gesendet.",
    "Geben Sie den Code ein, den Sie per E-Mail erhalten haben.",
    "Nous avons envoyé un code à votre téléphone.",
    "Hemos enviado un código a su teléfono.",
    "Lähetimme koodin puhelimeesi.",
    "We hebben een code naar uw telefoon gestuurd.",
    "Wysłaliśmy kod na Twój telefon.",
    "Abbiamo inviato un codice al telefono.",
    "*** *** 12",
    "o***@contoso.example",
    "+47 912 34 567",
];

/// Names that others have met in the page's list or its form, beside those that are in the captures.
#[test]
fn a_method_of_the_telephone_is_known_by_each_of_its_names() {
    for (name, method) in [
        ("OneWayVoiceMobileOTP", Method::Voice),
        ("OneWayVoiceAlternateMobileOTP", Method::Voice),
        ("OneWayVoiceOfficeOTP", Method::Voice),
        ("TwoWayVoiceAlternateMobile", Method::Voice),
        ("ConsolidatedTelephony", Method::Sent),
    ] {
        assert_eq!(code_view(Some(name), None, Some("コードを入力")), Some(method), "{name}");
        let seen = Observation {
            marks: vec![Mark::ProofPicker],
            proofs: vec![Proof { id: name.to_owned(), default: true, types: Vec::new() }],
            ..Observation::default()
        };
        let found = pages::read(Rules::ours(), hosts::Family::SignIn, &seen, None).hindrance;
        assert_eq!(found.map(|found| found.hindrance), Some(Hindrance::SmsOnly), "{name}");
    }
}

/// A call is answered with a key on the telephone, and so may a text message be: others have met these pages without a field.
#[test]
fn what_is_answered_on_the_telephone_is_known_though_the_page_has_no_field() {
    for family in [hosts::Family::SignIn, hosts::Family::PersonalSignIn] {
        for (name, method) in [
            ("TwoWayVoiceMobile", Method::Voice),
            ("TwoWayVoiceAlternateMobile", Method::Voice),
            ("TwoWayVoiceOffice", Method::Voice),
            ("TwoWaySMS", Method::Sms),
        ] {
            let seen = Observation {
                page_id: Some("ConvergedTFA".to_owned()),
                auth_method: Some(name.to_owned()),
                marks: vec![Mark::AnotherWay],
                sentence: Some("電話でお答えください".to_owned()),
                proofs: vec![Proof { id: name.to_owned(), default: true, types: Vec::new() }],
                ..Observation::default()
            };
            let judged = pages::read(Rules::ours(), family, &seen, None);
            assert_eq!((judged.state, judged.method), (State::Code, Some(method)), "{name}");
            assert!(!pages::is_unrecognised(Rules::ours(), family, &seen, judged.state), "{name}");
            let hindrance = judged.hindrance.map(|found| found.hindrance);
            assert_eq!(hindrance, (family == hosts::Family::SignIn).then_some(Hindrance::SmsOnly), "{name}");
            // Where the field of an app's code is not found, the page is a new one.
            let seen = Observation { auth_method: Some("PhoneAppOTP".to_owned()), ..seen };
            let judged = pages::read(Rules::ours(), family, &seen, None);
            assert!(pages::is_unrecognised(Rules::ours(), family, &seen, judged.state), "{:?}", judged.state);
        }
    }
}

/// In any language, and as an address or not.
#[test]
fn whom_an_organisation_s_own_page_greets_comes_before_whom_its_address_asks_for() {
    let kari = Some("kari@contoso.no");
    for (login, account) in [
        ("For your safety we ask for more to verify your account (kari@contoso.no) ", kari),
        ("Vi trenger mer for å bekrefte kontoen (kari@contoso.no) ola@contoso.no", kari),
        ("アカウント（kari@contoso.no）を確認します ola@contoso.no", kari),
        ("Dette gjelder kari@contoso.no. ola@contoso.no", kari),
        ("Velkommen (CONTOSO\\kari) kari@contoso.no", kari),
        ("Velkommen  kari@contoso.no", kari),
        (" kari@contoso.no", kari),
        ("Velkommen (CONTOSO\\kari) ", None),
        (" ", None),
    ] {
        let seen = Observation { login: Some(login.to_owned()), ..Observation::default() };
        assert_eq!(pages::read(Rules::ours(), hosts::Family::Adfs, &seen, None).account.as_deref(), account, "{login}");
    }
}

/// The page on which another device is signed in calls its field what a code's is called, and may well speak of an app.
#[test]
fn the_code_that_another_device_shows_is_never_an_app_s() {
    let mut tried = 0;
    for (kind, family) in
        KINDS.into_iter().flat_map(|kind| [(kind, hosts::Family::SignIn), (kind, hosts::Family::PersonalSignIn)])
    {
        for sentence in [
            None,
            Some("Enter the code shown in the authenticator app."),
            Some("Angi koden som vises i appen eller på enheten."),
        ] {
            let seen = Observation {
                auth_method: Some("PhoneAppOTP".to_owned()),
                icon: Some("picker_verify_code_1.svg".to_owned()),
                proofs: vec![app_proof(&[])],
                marks: vec![Mark::AnotherWay, Mark::Asks, Mark::DeviceCode],
                sentence: sentence.map(str::to_owned),
                title: sentence.map(str::to_owned),
                field: Some(Field { kind, empty: true, invalid: false, ours: false }),
                ..Observation::default()
            };
            let judged = pages::read(Rules::ours(), family, &seen, None);
            assert_eq!((judged.state, judged.method), (State::OtherCredential, None), "{kind:?} {sentence:?}");
            assert_eq!(judged.hindrance.map(|found| found.hindrance), Some(Hindrance::DeviceCode));
            assert!(!pages::is_unrecognised(Rules::ours(), family, &seen, judged.state));
            tried += 1;
        }
    }
    assert_eq!(tried, 48);
}

/// What is asked for there is nothing of ours, and the page is known for what it is.
#[test]
fn pages_that_ask_for_nothing_of_ours_are_known_by_their_ids() {
    for (id, state) in [
        ("ConvergedChangePassword", State::Password),
        ("ConvergedConsent", State::Unknown),
        ("BssoInterrupt", State::Unknown),
        // A rule of the organisation forbids it.
        ("ConvergedConditionalAccess", State::Unknown),
        // All views of a personal account's sign-in up to its second step.
        ("i5030", State::Unknown),
        // Whether it stays signed in.
        ("i5245", State::StaySignedIn),
    ] {
        let marks = if state == State::Password { vec![Mark::Asks] } else { Vec::new() };
        let seen = Observation { page_id: Some(id.to_owned()), marks, ..Observation::default() };
        for family in [hosts::Family::SignIn, hosts::Family::PersonalSignIn] {
            let judged = pages::read(Rules::ours(), family, &seen, None);
            assert_eq!((judged.state, judged.method), (state, None), "{id}");
            assert!(!pages::is_unrecognised(Rules::ours(), family, &seen, judged.state), "{id}");
        }
    }
}

const KINDS: [FieldKind; 8] = [
    FieldKind::Otc,
    FieldKind::Short,
    FieldKind::Split,
    FieldKind::Verification,
    FieldKind::Dialog,
    FieldKind::Telephone,
    FieldKind::Address,
    FieldKind::Adfs,
];
const BEFORE: [Option<State>; 8] = [
    None,
    Some(State::SetUpInstall),
    Some(State::SetUpInstructions),
    Some(State::SetUpQr),
    Some(State::SetUpManual),
    Some(State::SetUpCode),
    Some(State::SetUpDone),
    Some(State::SetUpOtherMethod),
];

/// A look without each of its signals in turn, and as it is.
fn with_each_signal_removed(seen: &Observation) -> Vec<Observation> {
    let mut looks = vec![seen.clone()];
    for mark in &seen.marks {
        looks.push(Observation { marks: seen.marks.iter().copied().filter(|m| m != mark).collect(), ..seen.clone() });
    }
    looks.push(Observation { title: None, ..seen.clone() });
    looks.push(Observation { sentence: None, ..seen.clone() });
    looks.push(Observation { icon: None, ..seen.clone() });
    looks.push(Observation { links: Vec::new(), language: None, ..seen.clone() });
    looks.push(Observation { manual: None, picture: false, ..seen.clone() });
    looks
}

/// Each signal of a look taken away by itself, down to each item of a list.
fn without_one_signal(seen: &Observation) -> Vec<(String, Observation)> {
    let mut looks = Vec::new();
    let mut less = |signal: String, take: &dyn Fn(&mut Observation)| {
        let mut look = seen.clone();
        take(&mut look);
        if look != *seen {
            looks.push((signal, look));
        }
    };
    less("pageId".to_owned(), &|look| look.page_id = None);
    less("authMethod".to_owned(), &|look| look.auth_method = None);
    less("login".to_owned(), &|look| look.login = None);
    less("organisation".to_owned(), &|look| look.organisation = None);
    less("icon".to_owned(), &|look| look.icon = None);
    less("sentence".to_owned(), &|look| look.sentence = None);
    less("title".to_owned(), &|look| look.title = None);
    less("around".to_owned(), &|look| look.around = None);
    less("language".to_owned(), &|look| look.language = None);
    less("fault".to_owned(), &|look| look.fault = None);
    less("manual".to_owned(), &|look| look.manual = None);
    less("picture".to_owned(), &|look| (look.picture, look.pictures) = (false, 0));
    less("listed".to_owned(), &|look| look.listed = None);
    less("strengths".to_owned(), &|look| look.strengths = false);
    less("proofs".to_owned(), &|look| look.proofs.clear());
    for at in 0..seen.proofs.len() {
        less(format!("proofs.{}", seen.proofs[at].id), &|look| {
            look.proofs.remove(at);
        });
        less(format!("proofs.{}.types", seen.proofs[at].id), &|look| look.proofs[at].types.clear());
        less(format!("proofs.{}.default", seen.proofs[at].id), &|look| look.proofs[at].default = false);
    }
    for (at, mark) in seen.marks.iter().enumerate() {
        less(format!("{mark:?}"), &|look| {
            look.marks.remove(at);
        });
    }
    for at in 0..seen.links.len() {
        less(format!("links.{at}"), &|look| {
            look.links.remove(at);
        });
    }
    looks
}

/// Whether the page gets a code without a person's press, of an account that is here.
fn fills(family: hosts::Family, seen: &Observation, before: Option<State>) -> bool {
    let judged = pages::read(Rules::ours(), family, seen, before);
    seen.field.is_some()
        && matches!(judged.state, State::Code | State::SetUpCode)
        && judged.method == Some(Method::AppCode)
        && seen.has_app_code(Rules::ours()) != Some(false)
}

/// Pages on which one thing alone speaks against the app's code, and others for it. Without that one they are pages that
/// ask for an app's code, in all that there is of them.
const SPOKEN_AGAINST_ONCE: &[(&str, &str)] = &[
    ("msa-device-code__en", "DeviceCode"),
    ("msa-device-code__nb", "DeviceCode"),
    ("msa-e-mailed-code-under-a-title-with-the-app__en", "sentence"),
    ("mysignins-gen3-startAgain__en", "SetUpError"),
    ("mysignins-gen3-startAgain__nb", "SetUpError"),
    ("signin-device-code__en", "DeviceCode"),
    ("signin-device-code__nb", "DeviceCode"),
    ("signin-only-microsofts-app-is-registered__en", "proofs"),
    ("signin-only-microsofts-app-is-registered__en", "proofs.PhoneAppOTP"),
    ("signin-only-microsofts-app-is-registered__en", "proofs.PhoneAppOTP.types"),
    ("signin-texted-code-under-an-app-icon__en", "sentence"),
    ("signin-texted-code-under-an-app-id__en", "sentence"),
];

/// Less than was there may make Tofaktor ask, and never fill where it did not: over every page that gets no code.
#[test]
fn without_any_one_signal_no_other_page_gets_a_code() {
    let (mut tried, mut asks, mut once) = (0, 0, BTreeSet::new());
    for (name, vector) in vectors() {
        let family = family(&vector);
        let was = fills(family, &vector.seen, vector.before);
        for (signal, seen) in without_one_signal(&vector.seen) {
            tried += 1;
            let is = fills(family, &seen, vector.before);
            asks += u32::from(was && !is);
            if is && !was {
                once.insert((name.clone(), signal));
            }
        }
    }
    println!("{tried} looks without one of their signals: {asks} ask where they filled, {} fill", once.len());
    let known = SPOKEN_AGAINST_ONCE.iter().map(|(name, signal)| ((*name).to_owned(), (*signal).to_owned()));
    assert_eq!(once, known.collect());
    assert!(tried > 500);
}

/// Whatever else the page shows or lacks, and wherever it was reached from: where the sentence says that the code
/// was sent, no code goes into any field, also where an id, an icon and the page's own list name the app.
#[test]
fn no_code_goes_where_the_sentence_speaks_against_it() {
    let mut tried = 0;
    for (name, vector) in vectors().into_iter().filter(|(_, vector)| vector.seen.field.is_some()) {
        for seen in with_each_signal_removed(&vector.seen) {
            for (sentence, kind, before) in product(AGAINST, &KINDS, &BEFORE) {
                let is_adfs = family(&vector) == hosts::Family::Adfs;
                let field = Field { kind, empty: true, invalid: true, ours: true };
                let seen = Observation {
                    sentence: Some(sentence.to_owned()),
                    field: Some(field),
                    auth_method: if is_adfs { seen.auth_method.clone() } else { Some("PhoneAppOTP".to_owned()) },
                    icon: Some("picker_verify_code_1.svg".to_owned()),
                    proofs: vec![app_proof(&["SoftwareTokenBasedTOTP"])],
                    ..seen.clone()
                };
                let judged = pages::read(Rules::ours(), family(&vector), &seen, before);
                assert_ne!(judged.method, Some(Method::AppCode), "{name}: {sentence} {kind:?} after {before:?}");
                assert_ne!(judged.state, State::SetUpCode, "{name}: {sentence} {kind:?} after {before:?}");
                tried += 1;
            }
        }
    }
    println!("{tried} looks tried, 0 filled");
    assert!(tried > 100_000);
}

fn product<'a>(
    sentences: &'a [&'a str],
    kinds: &'a [FieldKind],
    befores: &'a [Option<State>],
) -> impl Iterator<Item = (&'a str, FieldKind, Option<State>)> {
    let pairs = kinds.iter().flat_map(move |kind| befores.iter().map(move |before| (*kind, *before)));
    pairs.flat_map(move |(kind, before)| sentences.iter().map(move |sentence| (*sentence, kind, before)))
}

/// Of each number the page is told what it means, and of no other; and a page that shows one asks for no code, whatever
/// field it has.
#[test]
fn microsoft_s_errors_are_told_by_their_numbers() {
    let rules: serde_json::Value = serde_json::from_str(include_str!("../src/pages/rules/rules.json")).unwrap();
    let mut tried = BTreeSet::new();
    let field = Field { kind: FieldKind::Otc, empty: true, invalid: false, ours: false };
    let read = |number: u64| {
        let seen = Observation {
            sentence: Some(format!(
                "Sorry, but we’re having trouble signing you in.\nAADSTS{number}: Use your authenticator app."
            )),
            marks: vec![Mark::SignInError],
            auth_method: Some("PhoneAppOTP".to_owned()),
            field: Some(field),
            ..Observation::default()
        };
        let judged = pages::read(Rules::ours(), hosts::Family::SignIn, &seen, None);
        assert_eq!((judged.state, judged.method), (State::SignInError, None), "{number}");
        let found = judged.hindrance.unwrap();
        assert_eq!(found.error.map(u64::from), Some(number));
        found.hindrance
    };
    for (name, numbers) in rules["errors"].as_object().unwrap() {
        for number in numbers.as_array().unwrap() {
            let number = number.as_u64().unwrap();
            assert_eq!(serde_json::to_value(read(number)).unwrap(), *name, "{number}");
            assert!(tried.insert(number), "{number} means one thing");
        }
    }
    assert_eq!(read(50105), Hindrance::UnknownError);
    // What the reference lists; 50140 is no error but the question whether to stay signed in.
    assert_eq!(tried.len(), 47);
}

/// A method that is not known may be the one that helps: nothing is said of such a list.
#[test]
fn a_list_says_why_only_where_all_of_it_is_known() {
    let listed = |ids: &[&str], strengths: bool| {
        let proof = |id: &&str| Proof { id: (*id).to_owned(), default: false, types: Vec::new() };
        let seen = Observation {
            marks: vec![Mark::ProofPicker],
            proofs: ids.iter().map(proof).collect(),
            strengths,
            ..Observation::default()
        };
        let judged = pages::read(Rules::ours(), hosts::Family::SignIn, &seen, None);
        judged.hindrance.map(|found| found.hindrance)
    };
    let list = |ids: &[&str]| listed(ids, false);
    // Where a rule of the organisation has made it, that is why there is no code; of what is not known, nothing is said.
    assert_eq!(listed(&["FidoKey"], true), Some(Hindrance::PasskeyOnly));
    assert_eq!(listed(&["FidoKey", "PhoneAppNotification"], true), Some(Hindrance::Stronger));
    assert_eq!(listed(&["OneWaySMS"], true), Some(Hindrance::Stronger));
    assert_eq!(listed(&["FidoKey", "PhoneAppOTP"], true), None);
    assert_eq!(listed(&["FidoKey", "Unheard"], true), None);
    assert_eq!(list(&["FidoKey"]), Some(Hindrance::PasskeyOnly));
    assert_eq!(list(&["FidoKey", "Certificate"]), Some(Hindrance::Certificate));
    assert_eq!(list(&["OneWaySMS", "TwoWayVoiceMobile", "TwoWaySMSAlternateMobile"]), Some(Hindrance::SmsOnly));
    assert_eq!(list(&["AccessPass"]), Some(Hindrance::AccessPass));
    for ids in [
        &[][..],
        &["FidoKey", "Unheard"],
        &["OneWaySMS", "Unheard"],
        &["FidoKey", "PhoneAppOTP"],
        &["OneWaySMS", "PhoneAppOTP"],
        &["OneWaySMS", "PhoneAppNotification"],
        &["FidoKey", "OneWaySMS"],
    ] {
        assert_eq!(list(ids), None, "{ids:?}");
    }
}

/// The dialog for a device that shows codes of its own is the app's in all but its words, and may follow the app's.
#[test]
fn a_hardware_token_s_code_is_never_an_app_s() {
    for sentence in [
        "Enter the serial number of your hardware token.",
        "Enter the 6-digit code shown on your hardware token.",
        "Enter the code shown in the authenticator app or on your hardware token.",
        "Enter the 6-digit code shown in the authenticator app or on your hardware token.",
        "Angi serienummeret til maskinvaretokenet.",
        "Geben Sie die Seriennummer ein.",
    ] {
        for (kind, before) in KINDS.iter().flat_map(|kind| BEFORE.iter().map(move |before| (*kind, *before))) {
            for in_title in [false, true] {
                let (title, text) = if in_title { (sentence, "Enter code") } else { ("Enter code", sentence) };
                let seen = Observation {
                    title: Some(title.to_owned()),
                    sentence: Some(text.to_owned()),
                    marks: vec![Mark::Dialog, Mark::NextStep],
                    field: Some(Field { kind, empty: true, invalid: false, ours: false }),
                    ..Observation::default()
                };
                let judged = pages::read(Rules::ours(), hosts::Family::SetUp, &seen, before);
                assert_eq!(judged.method, None, "{sentence} {kind:?} after {before:?}");
                assert_ne!(judged.state, State::SetUpCode);
                if sentence.contains("authenticator app") {
                    assert_ne!(judged.state, State::SetUpTokenCode, "{sentence} {kind:?} after {before:?}");
                }
                if judged.state == State::SetUpOtherMethod && kind != FieldKind::Telephone {
                    assert_eq!(
                        guide::next(Rules::ours(), judged.state, &seen, Progress::default()),
                        Some(Step::HardwareToken)
                    );
                }
            }
        }
    }
}

/// Which of the two things it asks for is told in the words of every language, and only by the page's own words about it alone.
#[test]
fn what_a_hardware_token_s_dialog_asks_for_is_told_only_where_nothing_speaks_against_it() {
    let read = |family, sentence: &str| {
        let seen = Observation {
            sentence: Some(sentence.to_owned()),
            marks: vec![Mark::Dialog, Mark::NextStep],
            field: Some(Field { kind: FieldKind::Dialog, empty: true, invalid: false, ours: false }),
            ..Observation::default()
        };
        pages::read(Rules::ours(), family, &seen, None).state
    };
    for (sentence, state) in [
        ("Enter the serial number of your hardware token.", State::SetUpSerial),
        ("Enter the code shown on your hardware token.", State::SetUpTokenCode),
        ("Angi engangskoden som maskinvaretokenet viser.", State::SetUpTokenCode),
        ("Kodefeltet er for det som maskinvaretokenet viser.", State::SetUpTokenCode),
        ("Enter the serial number and a code of your hardware token.", State::SetUpOtherMethod),
        ("Enter the serial number of your hardware token, or of your authenticator app.", State::SetUpOtherMethod),
        ("Enter the serial number of the hardware token that we texted you.", State::SetUpOtherMethod),
        ("Enter the code of your hardware token that we texted you.", State::SetUpOtherMethod),
    ] {
        assert_eq!(read(hosts::Family::SetUp, sentence), state, "{sentence}");
        assert_eq!(read(hosts::Family::PersonalSetUp, sentence), State::SetUpOtherMethod, "{sentence}");
    }
}

/// The code of an app is sent to nobody: where an address stands, another one is asked for.
#[test]
fn in_the_set_up_no_app_s_code_goes_where_an_address_stands() {
    let sentence = "Enter the code shown in the authenticator app for kari@example.no";
    for (text, method) in [(sentence, Method::Email), ("We texted a code for kari@example.no", Method::Sms)] {
        for kind in [FieldKind::Verification, FieldKind::Dialog] {
            let seen = Observation {
                sentence: Some(text.to_owned()),
                field: Some(Field { kind, empty: true, invalid: false, ours: false }),
                ..Observation::default()
            };
            let judged = pages::read(Rules::ours(), hosts::Family::SetUp, &seen, Some(State::SetUpQr));
            assert_eq!((judged.state, judged.method), (State::SetUpOtherMethod, Some(method)), "{text}");
        }
    }
}

/// A wish can be put off; a step that has something to type or to read is no wish, whatever its words.
#[test]
fn a_step_with_a_field_or_the_secret_is_no_campaign() {
    let wish = Observation {
        title: Some("Sign in faster with a passkey".to_owned()),
        marks: vec![Mark::NextStep],
        links: vec!["Skip for now".to_owned()],
        ..Observation::default()
    };
    let campaign = |seen: &Observation| {
        let judged = pages::read(Rules::ours(), hosts::Family::SetUp, seen, None);
        (judged.state == State::SetUpCampaign, judged.hindrance.map(|found| found.hindrance))
    };
    assert_eq!(campaign(&wish), (true, Some(Hindrance::PasskeyCampaign)));
    let field = Field { kind: FieldKind::Verification, empty: true, invalid: false, ours: false };
    let manual = pages::Manual { name: "Contoso:kari@example.no".to_owned(), secret: "JBSWY3DPEHPK3PXP".to_owned() };
    for seen in [
        Observation { field: Some(field), ..wish.clone() },
        Observation { manual: Some(manual), ..wish.clone() },
        Observation { marks: Vec::new(), ..wish },
    ] {
        assert_eq!(campaign(&seen), (false, None));
    }
}

/// An organisation's own server: only Microsoft's own second factor there is known, and any other asks for codes of its own.
#[test]
fn on_an_organisations_server_only_microsofts_own_step_is_one() {
    let azure = Some("AzureMfaAuthentication");
    for (method, kind, marks, expected) in [
        (azure, Some("adfs"), &[][..], State::Code),
        (Some("RsaSecurId"), Some("adfs"), &[], State::Unknown),
        (Some("AzureMfaServerAuthentication"), Some("adfs"), &[], State::Unknown),
        (Some("AzureMfaServerAuthentication"), None, &["push"], State::Unknown),
        (None, Some("adfs"), &[], State::Unknown),
        (azure, Some("short"), &[], State::Unknown),
        (azure, None, &["push"], State::Push),
        (Some("RsaSecurId"), None, &["push"], State::Unknown),
        (azure, None, &[], State::Unknown),
        (Some("FormsAuthentication"), None, &["password"], State::Password),
    ] {
        let field =
            kind.map(|kind| serde_json::json!({ "kind": kind, "empty": true, "invalid": false, "ours": false }));
        let seen = serde_json::json!({ "authMethod": method, "field": field, "marks": marks });
        let judged = pages::read(Rules::ours(), hosts::Family::Adfs, &serde_json::from_value(seen).unwrap(), None);
        assert_eq!(judged.state, expected, "{method:?} {kind:?} {marks:?}");
    }
}

/// Where nothing on the page says which code it is, its list of proofs does: while the link away from the first is there.
#[test]
fn the_default_proof_tells_what_nothing_else_does() {
    let app = "Enter the code displayed in the authenticator app on your mobile device";
    for (default, text, has_link, expected) in [
        ("PhoneAppOTP", None, true, Some(Method::AppCode)),
        ("PhoneAppOTP", None, false, None),
        ("OneWaySMS", None, true, Some(Method::Sms)),
        ("OneWaySMS", Some(app), false, Some(Method::AppCode)),
        // One says the app, and the other not.
        ("OneWaySMS", Some(app), true, None),
        ("PhoneAppOTP", Some(app), true, Some(Method::AppCode)),
    ] {
        let seen = serde_json::from_value(serde_json::json!({
            "sentence": text, "marks": has_link.then_some("anotherWay").into_iter().collect::<Vec<_>>(),
            "proofs": [{ "id": "Email", "default": false, "types": [] }, { "id": default, "default": true, "types": [] }],
            "field": { "kind": "otc", "empty": true, "invalid": false, "ours": false },
        }));
        let judged = pages::read(Rules::ours(), hosts::Family::SignIn, &seen.unwrap(), None);
        assert_eq!((judged.state, judged.method), (State::Code, expected), "{default} {text:?} {has_link}");
    }
}

/// By hand a code goes into the one field that is made for it, and in the set-up into that of a dialog with words around it.
#[test]
fn by_hand_only_a_short_field_takes_a_code() {
    use hosts::Family::{Adfs, PersonalSetUp, PersonalSignIn, SetUp, SignIn};
    for (family, kind, around, takes) in [
        (SignIn, "short", None, true),
        (PersonalSignIn, "short", None, true),
        (SignIn, "otc", None, false),
        (SetUp, "dialog", Some("Type it"), true),
        (SetUp, "dialog", None, false),
        (SetUp, "verification", Some("Type it"), false),
        (SetUp, "short", Some("Type it"), false),
        (PersonalSetUp, "dialog", Some("Type it"), false),
        (Adfs, "short", None, false),
    ] {
        let field = serde_json::json!({ "kind": kind, "empty": true, "invalid": false, "ours": false });
        let seen = serde_json::json!({ "around": around, "field": field });
        let seen = serde_json::from_value(seen).unwrap();
        assert_eq!(pages::takes_by_hand(Rules::ours(), family, &seen), takes, "{family:?} {kind} {around:?}");
    }
    // What the page would rather have speaks against it, and not what else there is.
    for (default, takes) in [("PhoneAppOTP", true), ("OneWaySMS", false)] {
        let proof = |id: &str| serde_json::json!({ "id": id, "default": id == default, "types": [] });
        let field = serde_json::json!({ "kind": "short", "empty": true, "invalid": false, "ours": false });
        let seen = serde_json::json!({ "field": field, "proofs": [proof("PhoneAppOTP"), proof("OneWaySMS")] });
        let seen = serde_json::from_value(seen).unwrap();
        assert_eq!(pages::takes_by_hand(Rules::ours(), SignIn, &seen), takes, "{default}");
    }
}

/// What follows the code need not be the end: its button is pointed at where the page says that it is done, or names the app.
#[test]
fn the_end_of_the_set_up_is_pointed_at_where_it_says_so() {
    for (title, points) in [
        ("Authenticator app was successfully registered", true),
        ("Authenticator app", true),
        ("Success! Your method was successfully added", true),
        ("Choose a phone", false),
    ] {
        let seen = serde_json::from_value(serde_json::json!({ "title": title, "marks": ["dialog", "nextStep"] }));
        assert_eq!(Step::Finished.target(Rules::ours(), &seen.unwrap()).is_some(), points, "{title}");
    }
}

/// The older generations tell the step between the install and the QR code by a bare dialog that names the app, after the one
/// before it; and the end by what follows the code, and is no other step.
#[test]
fn bare_steps_are_told_by_what_was_before_them() {
    let app = "Microsoft Authenticator";
    let field = serde_json::json!({ "kind": "telephone", "empty": true, "invalid": false, "ours": false });
    let none = serde_json::Value::Null;
    let read = |marks: &[&str], title: &str, field: &serde_json::Value, picture: bool, before| {
        let seen = serde_json::json!({ "marks": marks, "title": title, "field": field, "picture": picture });
        pages::read(Rules::ours(), hosts::Family::SetUp, &serde_json::from_value(seen).unwrap(), before).state
    };
    let (bare, install, code) = (&["dialog", "nextStep"][..], Some(State::SetUpInstall), Some(State::SetUpCode));
    assert_eq!(read(bare, app, &none, false, install), State::SetUpInstructions);
    for (what, state) in [
        ("after another step", read(bare, app, &none, false, Some(State::SetUpPicker))),
        ("without a button", read(&["dialog"], app, &none, false, install)),
        ("without a dialog", read(&["nextStep"], app, &none, false, install)),
        ("with a field", read(bare, app, &field, false, install)),
        ("without the app's name", read(bare, "Welcome", &none, false, install)),
        ("about another method", read(bare, "Authenticator app or phone number", &none, false, install)),
    ] {
        assert_ne!(state, State::SetUpInstructions, "{what}");
    }
    assert_eq!(read(bare, "Done", &none, false, code), State::SetUpDone);
    for (what, state) in [
        ("after another step", read(bare, "Done", &none, false, Some(State::SetUpPicker))),
        ("without a button", read(&["dialog"], "Done", &none, false, code)),
        ("without a dialog", read(&["nextStep"], "Done", &none, false, code)),
        ("with a field", read(bare, "Done", &field, false, code)),
        ("with a picture", read(bare, "Done", &none, true, code)),
        ("about another method", read(bare, "Add a phone number", &none, false, code)),
    ] {
        assert_ne!(state, State::SetUpDone, "{what}");
    }
}

/// A field alone is never enough in the set-up, whatever it is called: a word or the secret before it has to name the app.
#[test]
fn a_field_alone_gets_nothing() {
    let mut tried = 0;
    for (name, vector) in vectors().into_iter().filter(|(_, vector)| family(vector) == hosts::Family::SetUp) {
        for (kind, before) in KINDS.iter().flat_map(|kind| BEFORE.iter().map(move |before| (*kind, *before))) {
            if matches!(before, Some(State::SetUpQr | State::SetUpManual | State::SetUpCode))
                && matches!(kind, FieldKind::Verification | FieldKind::Dialog)
            {
                continue;
            }
            let field = Some(Field { kind, empty: true, invalid: true, ours: true });
            let seen = Observation { title: None, sentence: None, field, ..vector.seen.clone() };
            let judged = pages::read(Rules::ours(), hosts::Family::SetUp, &seen, before);
            assert_eq!(judged.method, None, "{name}: {kind:?} after {before:?}");
            tried += 1;
        }
    }
    assert!(tried > 1_000);
}

/// A link is outlined, and clicked when told, only for its words: where those lead out or say nothing of an app, on
/// whatever page and in whatever language, there is none.
#[test]
fn a_way_out_of_the_set_up_is_never_pointed_at() {
    let ways =
        ["Skip setup", "Hopp over oppsettet", "Not now", "Avbryt", "More options", "Skip for now", "スキップ", "Help"];
    for (name, vector) in vectors() {
        for before in BEFORE {
            for seen in with_each_signal_removed(&vector.seen) {
                let mut marks = seen.marks.clone();
                marks.extend([Mark::OtherApp, Mark::WithoutNotifications]);
                // One alone is pointed at sooner than one of several.
                for links in [&ways[..], &["Skip setting up a different authenticator app"]] {
                    let links = links.iter().map(|way| (*way).to_owned()).collect();
                    let seen = Observation { marks: marks.clone(), links, ..seen.clone() };
                    let state = pages::read(Rules::ours(), family(&vector), &seen, before).state;
                    for push in [false, true] {
                        let progress = Progress { push, ..Progress::default() };
                        let target = guide::next(Rules::ours(), state, &seen, progress)
                            .and_then(|step| step.target(Rules::ours(), &seen));
                        let mark = target.map(|target| target.mark);
                        assert!(
                            !matches!(mark, Some(Mark::OtherApp | Mark::WithoutNotifications)),
                            "{name} after {before:?}"
                        );
                    }
                }
            }
        }
    }
}

/// What is known of which page in which language, as it stands in the vectors: printed, so that it cannot be out of date.
#[test]
fn the_table_of_pages_states_and_languages() {
    let mut table: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for file in std::fs::read_dir(support::path("tests/vectors/pages")).unwrap() {
        let path = file.unwrap().path();
        let vector: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let (page, language) = name.split_once("__").map_or((name, "-"), |(page, rest)| (page, &rest[..2]));
        let expect = &vector["expect"];
        let state = expect["state"].as_str().unwrap();
        let told = expect["method"].as_str().map_or(state.to_owned(), |method| format!("{state}: {method}"));
        let told = expect["hindrance"].as_str().map_or(told.clone(), |hindrance| format!("{told} ({hindrance})"));
        table.entry(page.to_owned()).or_default().insert(language.to_owned(), told);
    }
    let languages = ["en", "nb", "de", "-"];
    println!("{:<42}{}", "page", languages.map(|language| format!("{language:<24}")).concat());
    for (page, cells) in &table {
        let row = languages.map(|language| format!("{:<24}", cells.get(language).map_or("", String::as_str)));
        println!("{page:<42}{}", row.concat());
        let told: BTreeSet<&String> = cells.values().collect();
        assert_eq!(told.len(), 1, "{page} is another page in another language: {cells:?}");
    }
    // Every state there is, in both languages.
    let source = include_str!("../src/pages/lib.rs");
    let variants = source.split_once("pub enum State {").unwrap().1.split_once('}').unwrap().0;
    let all = variants.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['/', '#']));
    for state in all.map(|name| name.trim_end_matches(',')).filter(|name| *name != "Unknown") {
        let state = state[..1].to_lowercase() + &state[1..];
        for language in ["en", "nb"] {
            let is_it = |told: &String| told.split([':', ' ']).next() == Some(&state);
            assert!(table.values().any(|cells| cells.get(language).is_some_and(is_it)), "{state} in {language}");
        }
    }
    // What stands in the way, but for the errors, of which there are only numbers.
    for hindrance in [
        "passkey",
        "passkeyOnly",
        "certificate",
        "accessPass",
        "smsOnly",
        "registrationCampaign",
        "passkeyCampaign",
        "forbidden",
        "unknownError",
    ] {
        for language in ["en", "nb"] {
            let is_it = |told: &String| told.ends_with(&format!("({hindrance})"));
            assert!(table.values().any(|cells| cells.get(language).is_some_and(is_it)), "{hindrance} in {language}");
        }
    }
    // Every generation of the set-up, in both languages, from the wrong QR code to the code that is checked.
    for generation in ["gen1-register", "gen2", "gen3", "gen3-register"] {
        for step in ["backFromPush", "otherApp", "continue", "save", "toCode", "checkCode"] {
            let page = format!("mysignins-{generation}-{step}");
            let cells = table.get(&page).unwrap_or_else(|| panic!("no {page}"));
            assert!(cells.contains_key("en") && cells.contains_key("nb"), "{page}");
        }
    }
}
