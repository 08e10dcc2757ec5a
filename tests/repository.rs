//! The repository agrees with itself: what is written twice says the same.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests state what they know"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use pages::hosts;
use serde_json::Value;

fn read(path: &str) -> String {
    fs::read_to_string(support::path(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

fn manifest() -> Value {
    serde_json::from_str(&read("extension/manifest.json")).unwrap()
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|v| v.as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_manifest_names_exactly_the_known_origins() {
    let known: Vec<String> = hosts::SITES.iter().map(|site| format!("{}/*", site.origin())).collect();
    let manifest = manifest();
    assert_eq!(strings(&manifest["host_permissions"]), known);
    let scripts = manifest["content_scripts"].as_array().unwrap();
    for (script, sets_up, files) in [
        (&scripts[0], false, &["content/rules.js", "content/page.js"][..]),
        (&scripts[1], true, &["content/rules.js", "content/set-up.js", "content/page.js"]),
    ] {
        let family = |site: &&hosts::Site| {
            sets_up == matches!(site.family(), hosts::Family::SetUp | hosts::Family::PersonalSetUp)
        };
        let known: Vec<String> =
            hosts::SITES.iter().filter(family).map(|site| format!("{}/*", site.origin())).collect();
        assert_eq!(strings(&script["matches"]), known);
        assert_eq!(strings(&script["js"]), files);
        assert_eq!(script["all_frames"], false);
    }
    assert_eq!(scripts.len(), 2);
}

#[test]
fn the_manifest_asks_for_no_more_than_was_reviewed() {
    let manifest = manifest();
    let reviewed = ["activeTab", "alarms", "contextMenus", "idle", "scripting", "storage"];
    for permission in strings(&manifest["permissions"]) {
        assert!(reviewed.contains(&permission.as_str()), "{permission} was not reviewed");
    }
    for absent in ["web_accessible_resources", "externally_connectable", "devtools_page"] {
        assert!(manifest.get(absent).is_none(), "{absent}");
    }
    // Asked for by one switch, which clears copied codes.
    assert_eq!(strings(&manifest["optional_permissions"]), ["clipboardRead", "clipboardWrite", "offscreen"]);
    // What may be asked for, host by host: nothing of it is given before the person says yes to the browser.
    assert_eq!(strings(&manifest["optional_host_permissions"]), ["https://*/*"]);
    let mut manifest = manifest;
    manifest.as_object_mut().unwrap().remove("optional_host_permissions");
    let text = manifest.to_string();
    for absent in ["<all_urls>", "\"tabs\"", "*://", "http://", "unsafe-eval'  ", "unsafe-inline"] {
        assert!(!text.contains(absent), "{absent}");
    }
    let csp = manifest["content_security_policy"]["extension_pages"].as_str().unwrap();
    // The one request that is ever made is a HEAD for the time, to the sign-in host that is open.
    let signs_in = |site: &&hosts::Site| matches!(site.family(), hosts::Family::SignIn | hosts::Family::PersonalSignIn);
    let clocks: Vec<&str> = hosts::SITES.iter().filter(signs_in).map(|site| site.origin()).collect();
    assert_eq!(
        csp,
        format!(
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; img-src 'self' data:; \
             connect-src 'self' {}; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
            clocks.join(" ")
        )
    );
}

/// The two content scripts: one for all pages, and what the set-up takes besides.
const CONTENT: [&str; 2] = ["extension/content/page.js", "extension/content/set-up.js"];

#[test]
fn a_content_script_is_small_and_holds_no_way_to_elsewhere() {
    // As they are shipped, with their comments. A sign-in page gets the first and the rules, the set-up all three.
    let [page, set_up] = CONTENT.map(|file| read(file).len());
    let rules: Value = serde_json::from_str(&read("src/pages/rules/rules.json")).unwrap();
    let rules = ["signIn", "setUp", "never"].map(|part| rules[part].to_string().len()).iter().sum::<usize>();
    println!("page.js {page} bytes, set-up.js {set_up}, rules.js about {rules}");
    assert!(page + set_up < 20_500, "{page} and {set_up} bytes");
    assert!(page + set_up + rules < 24_500, "{page}, {set_up} and {rules} bytes");
    for script in CONTENT.map(read) {
        for absent in ["fetch(", "XMLHttpRequest", "WebAssembly", "innerHTML", "eval(", "postMessage", "import "] {
            assert!(!script.contains(absent), "{absent}");
        }
    }
}

/// What each crate of ours may stand on: the map, from the bottom up. Cargo forbids circles; this forbids new arrows.
const MAP: &[(&str, &[&str])] = &[
    ("strength", &[]),
    ("strict_json", &[]),
    ("otp", &[]),
    ("pages", &["strict_json"]),
    ("qr", &[]),
    ("kdf", &[]),
    ("platform", &["kdf"]),
    ("vault", &["kdf", "otp", "platform", "strict_json"]),
    ("policy", &["pages", "strict_json", "vault"]),
    ("rollout", &["policy", "strict_json"]),
    ("sync", &["kdf", "otp", "platform", "strict_json", "vault"]),
    ("exchange", &["kdf", "otp", "platform", "strict_json", "vault"]),
    ("formats", &["exchange", "kdf", "otp", "strict_json", "vault"]),
    ("tokens", &["exchange", "otp", "vault"]),
    ("app", &["exchange", "kdf", "otp", "pages", "platform", "policy", "strength", "strict_json", "sync", "vault"]),
    ("tofaktor-core", &["app", "kdf", "pages", "platform", "strength", "vault"]),
    ("tofaktor-reader", &["formats"]),
    ("tofaktor-scanner", &["qr"]),
    ("tofaktor", &["exchange", "formats", "otp", "platform", "qr", "rollout", "tokens", "vault"]),
];

/// The crates that are compiled for a browser.
const MODULES: [&str; 3] = ["tofaktor-core", "tofaktor-reader", "tofaktor-scanner"];

fn metadata() -> Value {
    let output = std::process::Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(support::path(""))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_crates_stand_on_each_other_as_the_map_says() {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap();
    let ours: BTreeSet<&str> = packages.iter().map(|package| package["name"].as_str().unwrap()).collect();
    let mapped: BTreeSet<&str> = MAP.iter().map(|(name, _)| *name).chain(["support"]).collect();
    assert_eq!(ours, mapped);
    for (name, allowed) in MAP {
        let package = packages.iter().find(|package| package["name"] == *name).unwrap();
        let needed = package["dependencies"].as_array().unwrap().iter().filter(|needed| needed["kind"].is_null());
        let needed: BTreeSet<&str> = needed.map(|needed| needed["name"].as_str().unwrap()).collect();
        let of_ours: BTreeSet<&str> = needed.intersection(&ours).copied().collect();
        assert_eq!(of_ours, allowed.iter().copied().collect(), "what {name} stands on");
        // A type's form in TypeScript is all that the others say of a browser.
        let browsers: Vec<&str> = needed
            .iter()
            .copied()
            .filter(|needed| ["js-sys", "serde-wasm-bindgen", "web-sys"].contains(needed))
            .collect();
        assert!(browsers.is_empty() || MODULES.contains(name), "{name} knows a browser: {browsers:?}");
    }
}

/// What is compiled natively has nothing of a browser in it.
#[test]
fn the_native_build_knows_no_browser() {
    let tree = tree(&["--package", "app", "--package", "tofaktor"]);
    assert!(tree.contains("aes-gcm"));
    assert!(!tree.contains("wasm-bindgen"), "{tree:?}");
}

/// What reads hostile files is not in the module that holds the vault; the reader's knows no use case, and has no
/// randomness to make a key of.
#[test]
fn the_vaults_module_reads_no_other_apps_file() {
    const WASM: &str = "wasm32-unknown-unknown";
    let core = tree(&["--package", "tofaktor-core", "--target", WASM]);
    let reader = tree(&["--package", "tofaktor-reader", "--target", WASM]);
    for read in ["formats", "quick-xml", "csv-core", "miniz-oxide", "cbc", "twofish", "md5"] {
        assert!(reader.contains(read), "{read}: {reader:?}");
        assert!(!core.contains(read), "{read}: {core:?}");
    }
    for act in ["app", "sync", "policy", "pages", "web-sys", "getrandom"] {
        assert!(core.contains(act), "{act}: {core:?}");
        assert!(!reader.contains(act), "{act}: {reader:?}");
    }
}

/// The names of the crates that are compiled for a package, or for all of them.
/// What the compiler does not see inside a crate: no file of the use cases leans on one that leans on it.
#[test]
fn no_two_use_cases_lean_on_each_other() {
    let mut leans: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let lib = read("src/app/lib.rs");
    let modules: Vec<&str> = lib
        .lines()
        .filter_map(|line| line.trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(';'))
        .collect();
    for module in modules.iter().filter(|module| **module != "protocol") {
        let mut code = String::new();
        for file in files_of(module) {
            let text = read(&file);
            let lines = text.lines().take_while(|line| !line.contains("cfg(test)"));
            // What a file of a folder calls `super` is the folder.
            let own =
                if file.contains(&format!("/{module}/")) && !file.ends_with("mod.rs") { "use super::" } else { "" };
            code.extend(lines.filter(|line| own.is_empty() || !line.starts_with(own)).map(|line| format!("{line}\n")));
        }
        let uses = code
            .split("use ")
            .skip(1)
            .filter_map(|rest| rest.strip_prefix("super::").or_else(|| rest.strip_prefix("crate::")))
            .filter_map(|rest| rest.split(';').next());
        let words: BTreeSet<&str> =
            uses.flat_map(|used| used.split(|c: char| !(c.is_alphanumeric() || c == '_'))).collect();
        leans.insert(
            (*module).to_owned(),
            modules.iter().filter(|m| words.contains(**m)).map(|m| (*m).to_owned()).collect(),
        );
    }
    // Whoever leans on nobody that is left is taken away, until nobody is left.
    assert!(leans.values().map(BTreeSet::len).sum::<usize>() > 40, "{leans:?}");
    loop {
        let before = leans.len();
        let left: BTreeSet<String> = leans.keys().cloned().collect();
        leans.retain(|_, on| on.intersection(&left).next().is_some());
        if leans.len() == before {
            break;
        }
    }
    assert!(leans.is_empty(), "a circle among {leans:?}");
}

/// A module's file, or those of its folder.
fn files_of(module: &str) -> Vec<String> {
    let Ok(folder) = fs::read_dir(support::path(&format!("src/app/{module}"))) else {
        return vec![format!("src/app/{module}.rs")];
    };
    folder.map(|file| format!("src/app/{module}/{}", file.unwrap().file_name().into_string().unwrap())).collect()
}

/// A file of the pages is found by its name alone, and lies with the page that it belongs to, or with what they share.
#[test]
fn no_two_files_of_the_pages_have_one_name() {
    let mut names = BTreeSet::new();
    for folder in fs::read_dir(support::path("www")).unwrap() {
        let folder = folder.unwrap();
        let name = folder.file_name().into_string().unwrap();
        assert!(["manager", "ontop", "popup", "shared", "unlock", "welcome"].contains(&name.as_str()), "{name}");
        for file in fs::read_dir(folder.path()).unwrap() {
            let file = file.unwrap().file_name().into_string().unwrap();
            assert!(names.insert(file.clone()), "{file} is there twice");
        }
    }
    assert!(names.len() > 40, "{}", names.len());
}

fn tree(arguments: &[&str]) -> BTreeSet<String> {
    let tree = std::process::Command::new(env!("CARGO"))
        .args(["tree", "--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{lib}", "--offline"])
        .args(arguments)
        .current_dir(support::path(""))
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    String::from_utf8(tree.stdout)
        .unwrap()
        .lines()
        .map(|line| line.trim_end_matches(" (*)").replace('_', "-"))
        .collect()
}
