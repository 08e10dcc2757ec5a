//! The built command line, as a script sees it.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test states what it knows, helpers outside #[test] too"
)]

#[path = "exchange/manifest.rs"]
mod manifest;
#[path = "exchange/recovery.rs"]
mod recovery;
#[path = "exchange/shown.rs"]
#[allow(dead_code, reason = "shared with the tests of the library")]
mod shown;
#[path = "exchange/vectors.rs"]
#[allow(dead_code, reason = "shared with the tests of the library")]
mod vectors;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

struct Answer {
    code: i32,
    out: String,
    err: String,
}

fn tofaktor(arguments: &[&str]) -> Answer {
    let command = Command::new(env!("CARGO_BIN_EXE_tofaktor")).args(arguments).stdin(Stdio::null()).output().unwrap();
    Answer {
        code: command.status.code().unwrap(),
        out: String::from_utf8(command.stdout).unwrap(),
        err: String::from_utf8(command.stderr).unwrap(),
    }
}

/// A place for the files of one test, empty.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cli").join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        fs::write(self.path(name), bytes).unwrap();
        self.path(name)
    }
}

fn entries(answer: &Answer) -> Vec<Value> {
    let mut json: Value = serde_json::from_str(&answer.out).unwrap_or_else(|_| panic!("{}", answer.err));
    assert_eq!(json.as_object().unwrap().len(), 1, "nothing but the entries");
    let mut entries: Vec<Value> = serde_json::from_value(json["entries"].take()).unwrap();
    // What is said beside is `exchange::remarks`'s.
    for entry in entries.iter_mut().filter_map(Value::as_object_mut) {
        entry.remove("note");
        entry.remove("tags");
    }
    entries
}

const LIST: &str = "otpauth://totp/Contoso:kari%40contoso.no?secret=5nvfdqfdaaaabbbb&issuer=Microsoft\notpauth://hotp/Example:ola?secret=GEZDGNBVGY3TQOJQ&counter=7&algorithm=SHA256&digits=8\n";
const SECRETS: [&str; 2] = ["5NVFDQFDAAAABBBB", "GEZDGNBVGY3TQOJQ"];

#[test]
fn json_has_the_shape_that_scripts_rely_on() {
    let folder = Folder::new("shape");
    let list = folder.write("list.txt", LIST);
    let answer = tofaktor(&["import", &list, "--json", "--show-secrets"]);
    assert_eq!((answer.code, answer.err.as_str()), (0, ""));
    assert_eq!(
        entries(&answer),
        [
            serde_json::json!({"type":"totp","issuer":"Microsoft","account":"kari@contoso.no","secret":"5NVFDQFDAAAABBBB","algorithm":"SHA1","digits":6,"period":30}),
            serde_json::json!({"type":"hotp","issuer":"Example","account":"ola","secret":"GEZDGNBVGY3TQOJQ","algorithm":"SHA256","digits":8,"counter":7}),
        ]
    );
}

#[test]
fn secrets_are_shown_only_when_asked_for() {
    let folder = Folder::new("secrets");
    let list = folder.write("list.txt", LIST);
    let bad = folder.write("bad.txt", LIST.replace("digits=8", "digits=80"));
    for arguments in [&["import", &list][..], &["import", &list, "--json"], &["import", &bad], &["scan", &list]] {
        let answer = tofaktor(arguments);
        let all = (answer.out + &answer.err).to_uppercase();
        for secret in SECRETS {
            assert!(!all.contains(secret), "{arguments:?}");
        }
    }
    let answer = tofaktor(&["import", &list, "--show-secrets"]);
    assert!(SECRETS.iter().all(|secret| answer.out.contains(secret)));
}

#[test]
fn exit_codes_and_sentences() {
    let folder = Folder::new("codes");
    let empty = folder.write("empty", "");
    let password = folder.write("password", "not it\n");
    for vector in vectors::all().iter().filter(|vector| vector.name == "aegis-encrypted") {
        let file = folder.write("aegis.json", &vector.body);
        let answer = tofaktor(&["import", &file]);
        assert_eq!((answer.code, answer.out.as_str()), (1, ""));
        assert!(answer.err.contains("--password-file"), "{}", answer.err);
        let answer = tofaktor(&["import", &file, "--password-file", &password]);
        assert_eq!((answer.code, answer.err.contains("password does not open")), (1, true), "{}", answer.err);
    }
    for (arguments, code) in [
        (&["import", &empty][..], 1),
        (&["import", "/nowhere/at/all"], 1),
        (&["open", &empty], 1),
        (&["scan", &empty], 1),
        (&[], 2),
        (&["import"], 2),
        (&["scan"], 2),
        (&["convert", &empty, "--to", "nothing", "-o", "x"], 2),
        (&["import", &empty, "--password", "secret"], 2),
        (&["--help"], 0),
        (&["--version"], 0),
        (&["import", "--help"], 0),
    ] {
        let answer = tofaktor(arguments);
        assert_eq!(answer.code, code, "{arguments:?} {}", answer.err);
        assert_eq!(answer.out.is_empty(), code != 0, "{arguments:?}");
    }
}

#[test]
fn a_backup_opens_and_converts_to_everything() {
    let folder = Folder::new("convert");
    let list = folder.write("list.txt", LIST);
    // Two code points and their compatibility form are one password for our own files.
    let typed = folder.write("typed", "passo\u{fb01}\u{e5}\r\nsecond line\n");
    let other = folder.write("other", "passofia\u{30a}");
    let backup = folder.path("backup.tofaktor");
    let answer = tofaktor(&["convert", &list, "--to", "tofaktor", "-o", &backup, "--output-password-file", &typed]);
    assert_eq!((answer.code, answer.err.as_str()), (0, ""));
    let answer = tofaktor(&["convert", &list, "--to", "tofaktor", "-o", &backup, "--output-password-file", &typed]);
    assert_eq!(answer.code, 1, "a file that is there is not overwritten");

    let answer = tofaktor(&["open", &backup, "--password-file", &other]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    let lines: Vec<&str> = answer.out.lines().collect();
    assert!(lines[0].contains("Microsoft: kari@contoso.no") && lines[0].contains(" s)"), "{}", answer.out);
    assert!(lines[1].contains("Example: ola"));
    let answer = tofaktor(&["open", &list]);
    assert_eq!(answer.code, 1);

    let wanted = entries(&tofaktor(&["import", &list, "--json", "--show-secrets"]));
    let again = entries(&tofaktor(&["import", &backup, "--password-file", &other, "--json", "--show-secrets"]));
    assert_eq!(again, wanted);
    for (to, plain) in [("aegis", false), ("otpauth", true), ("google", true)] {
        let out = folder.path(to);
        let mut arguments = vec!["convert", &backup, "--password-file", &typed, "--to", to, "-o", &out];
        if !plain {
            arguments.extend(["--output-password-file", &typed]);
        }
        let answer = tofaktor(&arguments);
        assert_eq!(answer.code, 0, "{to}: {}", answer.err);
        assert_eq!(answer.err.contains("not encrypted"), plain, "{to}");
        let again = entries(&tofaktor(&["import", &out, "--password-file", &typed, "--json", "--show-secrets"]));
        assert_eq!(again, wanted, "{to}");
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&out).unwrap().permissions()) & 0o777, 0o600);
    }
    // Another app's file is under what was typed; another keyboard writes the same letters as other bytes.
    let decomposed = folder.write("decomposed", "passo\u{fb01}a\u{30a}");
    let (composed, decomposed) = (&typed, &decomposed);
    let other = folder.path("decomposed.json");
    tofaktor(&["convert", &list, "--to", "aegis", "-o", &other, "--output-password-file", decomposed]);
    for (file, password) in [(folder.path("aegis"), decomposed), (other, composed)] {
        let again = entries(&tofaktor(&["import", &file, "--password-file", password, "--json", "--show-secrets"]));
        assert_eq!(again, wanted);
    }
    let answer = tofaktor(&["convert", &list, "--to", "aegis", "-o", &folder.path("none")]);
    assert_eq!((answer.code, Path::new(&folder.path("none")).exists()), (1, false), "no password, no file");
}

#[test]
fn what_a_format_cannot_hold_is_said() {
    let folder = Folder::new("left-out");
    let list = folder.write(
        "list.txt",
        format!(
            "{LIST}otpauth://steam/Steam:gabe?secret=GEZDGNBVGY3TQOJQ\notpauth://totp/a:b?secret=MZXW6YTB&period=60"
        ),
    );
    let out = folder.path("google");
    let answer = tofaktor(&["convert", &list, "--to", "google", "-o", &out]);
    assert_eq!(answer.code, 1);
    assert!(answer.err.contains("Steam: gabe") && answer.err.contains("a: b"), "{}", answer.err);
    assert_eq!(entries(&tofaktor(&["import", &out, "--json"])).len(), 2);
}

/// Of each of these one entry is taken, and something else is not.
#[test]
fn the_exit_status_tells_of_all_that_is_not_taken() {
    let folder = Folder::new("not-taken");
    let one = LIST.lines().next().unwrap();
    let note = "n".repeat(5000);
    let beside = vectors::all().into_iter().find(|vector| vector.name == "archive-beside").unwrap().body;
    for (name, file, sentence) in [
        ("unreadable", format!("{one}\notpauth://totp/b?secret=1\n").into_bytes(), "does not have"),
        (
            "thrown away",
            format!("{one}\notpauth://totp/b?secret=MZXW6YTB&codeDisplay=%7B%22trashed%22%3Atrue%7D\n").into_bytes(),
            "thrown away",
        ),
        ("noted", format!("name,totp,notes\nFjord,{},{note}\n", SECRETS[0]).into_bytes(), "note is too long"),
        ("beside", beside, "pictures in the archive that were not read: 2"),
    ] {
        let path = folder.write("in", file);
        let answer = tofaktor(&["import", &path, "--json"]);
        assert_eq!((answer.code, entries(&answer).len()), (1, 1), "{name}");
        assert!(answer.err.contains(sentence), "{name}: {}", answer.err);
        let out = folder.path(name);
        let answer = tofaktor(&["convert", &path, "--to", "otpauth", "-o", &out]);
        assert_eq!((answer.code, fs::read_to_string(&out).unwrap().lines().count()), (1, 1), "{name}");
        assert!(answer.err.contains(sentence), "{name}: {}", answer.err);
    }
}

#[test]
fn vectors_through_the_command_line() {
    let folder = Folder::new("vectors");
    for vector in vectors::all() {
        let file = folder.write("in", &vector.body);
        let mut arguments = vec!["import", &file, "--json", "--show-secrets"];
        let password = vector.password.as_ref().map(|password| folder.write("password", password));
        if let Some(password) = &password {
            arguments.extend(["--password-file", password]);
        }
        let key = vector.key.as_ref().map(|key| folder.write("key", key));
        if let Some(key) = &key {
            arguments.extend(["--key-file", key]);
        }
        let answer = tofaktor(&arguments);
        match vector.expected_entries() {
            Some(expected) => assert_eq!(entries(&answer), expected, "{}: {}", vector.name, answer.err),
            None => {
                assert!(answer.code == 1 && answer.out.is_empty() && answer.err.ends_with(".\n"), "{}", vector.name)
            }
        }
    }
}

#[test]
fn real_files_through_the_command_line() {
    let Some((directory, files)) = manifest::read() else {
        eprintln!("SKIPPED: ../shared/fixtures/imports is not here.");
        return;
    };
    let folder = Folder::new("real");
    let (mut equal, mut refused, mut more) = (0, 0, 0);
    for file in &files {
        let path = directory.join(&file.path).to_str().unwrap().to_owned();
        let mut arguments = vec!["import", &path, "--json", "--show-secrets"];
        let password = file.password.as_ref().map(|password| folder.write("password", password));
        if let Some(password) = &password {
            arguments.extend(["--password-file", password]);
        }
        let answer = tofaktor(&arguments);
        match file.taken() {
            Some(expected) => {
                assert_eq!(entries(&answer), expected, "{}: {}", file.path, answer.err);
                equal += 1;
            }
            // Read, or read in part and with a reason for each line that was left.
            None if !answer.out.is_empty() => {
                assert!(answer.code == 0 || answer.err.ends_with(".\n"), "{}: {}", file.path, answer.err);
                more += 1;
            }
            None => {
                assert!(answer.code == 1 && answer.err.ends_with(".\n"), "{}: {}", file.path, answer.err);
                refused += 1;
            }
        }
    }
    println!("{equal} files equal, {refused} refused with a reason, {more} read that the manifest does not read");
}

#[test]
fn pictures_are_scanned_and_imported() {
    let Some((directory, files)) = manifest::read() else {
        eprintln!("SKIPPED: ../shared/fixtures/imports is not here.");
        return;
    };
    let picture = files.iter().find(|file| file.path.ends_with("test_googleauth_export.png")).unwrap();
    let path = directory.join(&picture.path).to_str().unwrap().to_owned();
    let shown = tofaktor(&["scan", &path]);
    assert_eq!((shown.code, shown.out.trim()), (0, "otpauth-migration://offline?data=…"));
    let all = tofaktor(&["scan", &path, "--show-secrets"]);
    assert!(all.out.len() > 100 && all.out.starts_with("otpauth-migration://offline?data="));
    assert_eq!(entries(&tofaktor(&["import", &path, "--json"])).len(), 3);
}

const ACCOUNT: &str = "otpauth://totp/Fylket:kari?secret=JBSWY3DPEHPK3PXP&issuer=Fylket";

/// A QR code with modules so many pixels wide: dark, and all else let through or white.
fn drawn(text: &str, unit: u32, ink: [u8; 4], paper: [u8; 4]) -> image::RgbaImage {
    let code = qrcodegen::QrCode::encode_text(text, qrcodegen::QrCodeEcc::Medium).unwrap();
    let side = (code.size() as u32 + 8) * unit;
    image::RgbaImage::from_fn(side, side, |x, y| {
        let module = |at: u32| (at / unit) as i32 - 4;
        image::Rgba(if code.get_module(module(x), module(y)) { ink } else { paper })
    })
}

const BLACK: [u8; 4] = [0, 0, 0, 255];
const WHITE: [u8; 4] = [255; 4];

#[test]
fn pictures_of_every_kind_are_scanned_alike() {
    let folder = Folder::new("kinds");
    for (name, ink, paper) in [("plain", BLACK, WHITE), ("white", WHITE, [0; 4]), ("clear", BLACK, [0; 4])] {
        for kind in ["png", "gif", "webp", "bmp", "tiff", "jpg"] {
            // JPEG lets nothing through.
            if kind == "jpg" && name != "plain" {
                continue;
            }
            let path = folder.path(&format!("{name}.{kind}"));
            let drawn = image::DynamicImage::from(drawn(ACCOUNT, 4, ink, paper));
            let drawn = if kind == "jpg" { drawn.to_rgb8().into() } else { drawn };
            if kind == "tiff" {
                let (width, height) = (drawn.width(), drawn.height());
                let mut file = tiff::encoder::TiffEncoder::new(fs::File::create(&path).unwrap()).unwrap();
                file.write_image::<tiff::encoder::colortype::RGBA8>(width, height, drawn.as_bytes()).unwrap();
            } else {
                drawn.save(&path).unwrap();
            }
            let answer = tofaktor(&["scan", &path]);
            assert_eq!(answer.code, 0, "{path}: {}", answer.err);
            assert_eq!(answer.out.trim(), "otpauth://totp/Fylket:kari?secret=…&issuer=Fylket", "{path}");
            assert_eq!(entries(&tofaktor(&["import", &path, "--json"])).len(), 1, "{path}");
        }
    }
}

/// What `tests/vectors/otpauth.txt` decides of a code that is scanned holds for one in a list or a picture that is imported.
#[test]
fn a_code_is_the_same_wherever_it_stands() {
    let folder = Folder::new("same");
    let table = fs::read_to_string(support::path("tests/vectors/otpauth.txt")).unwrap();
    let lines = table.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'));
    let (mut pictures, mut differ) = (vec!["scan".to_owned()], Vec::new());
    for (text, right) in lines {
        let text = text.replace("{key}", "JBSWY3DPEHPK3PXP");
        let is_account = ["totp ", "hotp ", "steam "].iter().any(|kind| right.starts_with(kind));
        if is_account != formats::read(text.as_bytes(), None).is_ok_and(|import| import.entries.len() == 1) {
            differ.push(text.clone());
        }
        if text.len() < 1000 {
            let path = folder.path(&format!("{}.png", pictures.len()));
            drawn(&text, 3, BLACK, WHITE).save(&path).unwrap();
            pictures.push(path);
        }
    }
    assert!(differ.is_empty(), "{differ:#?}");
    let answer = tofaktor(&pictures.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!((answer.code, answer.err.as_str()), (0, ""));
    assert_eq!(answer.out.lines().count(), pictures.len() - 1);
    assert!(pictures.len() > 170 && !answer.out.to_uppercase().contains("JBSWY3DP"), "{}", answer.out);
}

/// Written by avifenc 0.11 (libaom, rav1e): each bit depth and layout, lossless, in tiles, moving, with what is transparent,
/// and in two colours of one lightness.
#[test]
fn pictures_in_avif_are_scanned_alike() {
    let mut count = 0;
    for file in fs::read_dir(support::path("tests/qr/avif")).unwrap() {
        let path = file.unwrap().path().to_str().unwrap().to_owned();
        let answer = tofaktor(&["scan", &path]);
        assert_eq!((answer.code, answer.err.as_str()), (0, ""), "{path}");
        assert_eq!(answer.out.trim(), "otpauth://totp/Fylket:kari?secret=…&issuer=Fylket", "{path}");
        assert_eq!(entries(&tofaktor(&["import", &path, "--json"])).len(), 1, "{path}");
        count += 1;
    }
    assert_eq!(count, 10);
}

#[test]
fn the_pictures_in_a_page_say_more_than_its_text() {
    let folder = Folder::new("page");
    let picture = |text: &str| {
        let mut png = std::io::Cursor::new(Vec::new());
        image::DynamicImage::from(drawn(text, 4, BLACK, WHITE)).write_to(&mut png, image::ImageFormat::Png).unwrap();
        format!("<img src=\"data:image/png;base64,{}\">", data_encoding::BASE64.encode(png.get_ref()))
    };
    let other = "otpauth://totp/Fylket:ola?secret=GEZDGNBVGY3TQOJQ&issuer=Fylket&period=60";
    let broken = "<img src=\"data:image/png;base64,AAAA\">";
    let page = format!("<!DOCTYPE html><html><body>{}{broken}{}</body></html>", picture(ACCOUNT), picture(other));
    let answer = tofaktor(&["import", &folder.write("ente.html", page), "--json"]);
    let periods: Vec<_> = entries(&answer).iter().map(|entry| entry["period"].as_u64().unwrap()).collect();
    assert_eq!((answer.code, periods), (0, vec![30, 60]), "{}", answer.err);
    let none = tofaktor(&["import", &folder.write("none.html", format!("<html>{broken}</html>"))]);
    assert!(none.code == 1 && none.err.contains("none.html"), "{}", none.err);
}

#[test]
fn a_picture_is_made_smaller_up_to_a_limit_and_what_is_none_has_its_sentence() {
    let folder = Folder::new("sizes");
    // 19 million pixels, and 66.
    let large = folder.path("large.png");
    drawn(ACCOUNT, 106, BLACK, WHITE).save(&large).unwrap();
    assert_eq!(tofaktor(&["scan", &large]).code, 0);
    let larger = folder.path("larger.png");
    image::GrayImage::new(8200, 8200).save(&larger).unwrap();
    let mut avif = fs::read(support::path("tests/qr/avif/limited.avif")).unwrap();
    let cut = folder.write("cut.avif", &avif[..avif.len() / 2]);
    let size = avif.windows(4).position(|kind| kind == b"ispe").unwrap() + 8;
    avif[size..size + 8].copy_from_slice(&[0, 0, 0x20, 8, 0, 0, 0x20, 8]);
    let large_avif = folder.write("large.avif", avif);
    for (path, sentence) in
        [(larger, "make it smaller."), (large_avif, "make it smaller."), (cut, "WebP, AVIF, BMP or TIFF.")]
    {
        let answer = tofaktor(&["scan", &path]);
        assert!(answer.code == 1 && answer.err.trim().ends_with(sentence), "{}", answer.err);
    }
}

#[test]
fn what_was_seen_and_not_read_is_told_beside_what_was() {
    let folder = Folder::new("unread");
    let code = drawn(ACCOUNT, 4, BLACK, WHITE);
    let (side, mut both) =
        (code.width(), image::RgbaImage::from_pixel(code.width() * 2, code.height(), image::Rgba(WHITE)));
    for (x, y, pixel) in code.enumerate_pixels() {
        both.put_pixel(x, y, *pixel);
        // The other one's lower part is covered.
        both.put_pixel(side + x, y, if y > side * 6 / 10 { image::Rgba([90, 90, 90, 255]) } else { *pixel });
    }
    let path = folder.path("both.png");
    both.save(&path).unwrap();
    for verb in ["scan", "import"] {
        let answer = tofaktor(&[verb, &path]);
        assert_eq!((answer.code, answer.out.lines().count()), (1, 1), "{verb}: {}", answer.err);
        assert!(answer.err.contains("1 read, 1 seen but not readable: part of it is covered;"), "{}", answer.err);
    }
}

#[test]
fn a_policy_is_checked_and_written_only_without_a_fault() {
    let folder = Folder::new("policy");
    let sound = folder.write("sound.json", "{\"clockCheck\": false,\n\"tenants\": [\"skole.example\"]}");
    let mistyped = folder.write("mistyped.json", "{\n\"clokCheck\": false}");
    let answer = tofaktor(&["policy", "check", &sound]);
    assert_eq!((answer.code, answer.err.as_str()), (0, ""));
    assert_eq!(answer.out.lines().count(), 3, "{}", answer.out);
    let checksum = answer.out.lines().last().unwrap().strip_prefix("checksum: ").unwrap().to_owned();
    for arguments in [&["policy", "check", &mistyped][..], &["policy", "write", "--for", "linux", &mistyped]] {
        let answer = tofaktor(arguments);
        assert_eq!((answer.code, answer.out.as_str()), (1, ""));
        assert!(
            answer.err.contains("line 2: clokCheck: ") && answer.err.contains("clockCheck was meant"),
            "{}",
            answer.err
        );
    }
    for platform in ["chromeos", "linux", "firefox", "macos", "intune", "chrome-registry", "edge-registry"] {
        let path = folder.path(platform);
        let answer = tofaktor(&["policy", "write", "--for", platform, "-o", &path, &sound]);
        assert_eq!((answer.code, answer.out.as_str(), answer.err.as_str()), (0, "", ""), "{platform}");
        if ["chromeos", "linux", "firefox"].contains(&platform) {
            assert!(tofaktor(&["policy", "check", &path]).out.contains(&checksum), "{platform}");
        }
        assert_eq!(
            tofaktor(&["policy", "write", "--for", platform, "-o", &path, &sound]).code,
            1,
            "nothing is overwritten"
        );
        assert_eq!(tofaktor(&["policy", "write", "--for", platform]).code, 2, "{platform} needs a policy");
    }
    let other = "abcdefghijklmnopabcdefghijklmnop";
    let answer = tofaktor(&["policy", "write", "--for", "linux", "--id", other, &sound]);
    assert!(answer.out.contains(other));
    assert_eq!(tofaktor(&["policy", "write", "--for", "linux", "--id", "x", &sound]).code, 1);
    assert_eq!(tofaktor(&["policy", "write", "--for", "admx"]).code, 1, "several files need a folder");
    assert_eq!(tofaktor(&["policy", "write", "--for", "admx", "-o", &folder.path("admx")]).code, 0);
    assert!(fs::exists(folder.path("admx/nb-NO/tofaktor.adml")).unwrap());
}

const PASSPHRASE: &str = "fire-glade-elger-7391";
const LISTED: &str = "otpauth://totp/Contoso:kari%40contoso.no?secret=5nvfdqfdaaaabbbb&issuer=Microsoft\notpauth://totp/Fylket:kari%40contoso.no?secret=JBSWY3DPEHPK3PXP&issuer=Fylket\notpauth://totp/Sk%C3%A5l:B%C3%B8?secret=MZXW6YTBMZXW6YTB&digits=8&period=60\notpauth://hotp/Example:ola?secret=GEZDGNBVGY3TQOJQ&counter=7\n";

/// A vault with four accounts, and the file with its passphrase.
fn vault_in(folder: &Folder, name: &str) -> (String, String) {
    let list = folder.write("list.txt", LISTED);
    let password = folder.write("password", PASSPHRASE);
    let vault = folder.path(name);
    let made = tofaktor(&["convert", &list, "--to", "tofaktor", "-o", &vault, "--output-password-file", &password]);
    assert_eq!(made.code, 0, "{}", made.err);
    (vault, password)
}

#[test]
fn the_code_of_one_account_is_printed_alone() {
    let folder = Folder::new("code");
    let (vault, password) = vault_in(&folder, "vault.tofaktor");
    let command = format!("cat '{password}'");
    let list = folder.write("list.txt", LISTED);
    let code = |account: &str, more: &[&str]| tofaktor(&[&["code", "--account", account, &vault], more].concat());
    // The codes as another verb prints them, at the same moment or in the next period.
    let shown = |label: &str| {
        let answer = tofaktor(&["open", &vault, "--password-file", &password]);
        let line = answer.out.lines().find(|line| line.ends_with(label)).unwrap().to_owned();
        line.chars().take_while(|c| *c != '(').filter(char::is_ascii_digit).collect::<String>()
    };
    for (account, label) in [
        ("Microsoft: kari@contoso.no", "Microsoft: kari@contoso.no"),
        ("FYLKET: KARI@contoso.no", "Fylket: kari@contoso.no"),
        ("bø", "Skål: Bø"),
    ] {
        let before = shown(label);
        let answer = code(account, &["--password-file", &password]);
        let printed = answer.out.strip_suffix('\n').unwrap();
        assert!(printed.chars().all(|c| c.is_ascii_digit()) && (6..=8).contains(&printed.len()), "{printed}");
        assert!([before, shown(label)].contains(&printed.to_owned()), "{account}");
        assert_eq!((answer.code, answer.err.as_str()), (0, ""));
    }
    assert_eq!(code("bø", &["--password-command", &command]).code, 0);
    for (account, more, sentence) in [
        ("kari@contoso.no", &["--password-file", password.as_str()][..], "several accounts"),
        ("nobody", &["--password-file", &password], "no account is called so"),
        ("ola", &["--password-file", &password], "counter"),
        ("bø", &[], "--password-fd"),
        ("bø", &["--password-command", "false"], "the password command failed"),
        ("bø", &["--password-command", "echo not it"], "does not open it"),
        ("bø", &["--password-fd", "77"], "/dev/fd/77"),
    ] {
        let answer = code(account, more);
        assert_eq!((answer.code, answer.out.as_str()), (1, ""), "{account} {more:?}");
        assert!(answer.err.contains(sentence), "{account} {more:?}: {}", answer.err);
    }
    assert_eq!(tofaktor(&["code", "--account", "bø", &list]).code, 1, "not a vault");
    assert_eq!(code("bø", &["--password-file", &password, "--password-command", &command]).code, 2, "one of them");
}

#[test]
fn of_a_folder_the_newest_whole_vault_is_read() {
    let folder = Folder::new("code-folder");
    let (older, password) = vault_in(&folder, "b-older.tofaktor");
    let code =
        |account: &str| tofaktor(&["code", &folder.path(""), "--account", account, "--password-file", &password]);
    assert_eq!(code("bø").code, 0);
    // Newer, without the account; then a newer one still that was synced by half.
    let list = folder.write("one.txt", LISTED.lines().next().unwrap());
    let newer = folder.path("a-newer.tofaktor");
    tofaktor(&["convert", &list, "--to", "tofaktor", "-o", &newer, "--output-password-file", &password]);
    assert_eq!((code("bø").code, code("kari@contoso.no").code), (1, 0));
    let bytes = fs::read(&newer).unwrap();
    for half in [0, 7, 8, 500, bytes.len() - 1] {
        fs::write(&newer, &bytes[..half]).unwrap();
        assert_eq!(code("bø").code, 0, "{half} bytes of the newer one");
    }
    fs::remove_file(&older).unwrap();
    let answer = code("bø");
    assert!(answer.code == 1 && answer.err.contains("no whole Tofaktor vault"), "{}", answer.err);
}

/// What every process on this computer may read of another, at all moments of its life.
#[cfg(target_os = "linux")]
#[test]
fn no_secret_is_in_arguments_environment_or_files_while_a_code_is_made() {
    use std::io::Write;
    let folder = Folder::new("code-scan");
    let (vault, password) = vault_in(&folder, "vault.tofaktor");
    let home = folder.path("home");
    fs::create_dir(&home).unwrap();
    let secrets = [PASSPHRASE, "5NVFDQFDAAAABBBB", "JBSWY3DPEHPK3PXP", "MZXW6YTBMZXW6YTB"];
    let holds = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).to_uppercase();
        secrets.iter().any(|secret| text.contains(&secret.to_uppercase()))
    };
    // A child's number, and its children's.
    let family = |id: u32| -> Vec<u32> {
        let mut all = vec![id];
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        all.extend(children.split_whitespace().map(|id| id.parse::<u32>().unwrap()));
        all
    };
    let command = format!("cat '{password}'");
    for source in [&["--password-fd", "0"][..], &["--password-command", &command], &["--password-file", &password]] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_tofaktor"))
            .args(["code", &vault, "--account", "bø"])
            .args(source)
            .env("HOME", &home)
            .current_dir(&home)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut looks = 0;
        let mut look = |id| {
            for id in family(id) {
                for part in ["cmdline", "environ"] {
                    if let Ok(bytes) = fs::read(format!("/proc/{id}/{part}")) {
                        assert!(!holds(&bytes), "{part} under {source:?}");
                        looks += usize::from(!bytes.is_empty());
                    }
                }
            }
        };
        look(child.id());
        let mut stdin = child.stdin.take().unwrap();
        // Of a command that reads nothing the other end may be gone.
        let _ = stdin.write_all(format!("{PASSPHRASE}\n").as_bytes());
        drop(stdin);
        while child.try_wait().unwrap().is_none() {
            look(child.id());
        }
        let out = child.wait_with_output().unwrap();
        assert!(out.status.success() && !holds(&out.stdout) && !holds(&out.stderr), "{source:?}");
        assert!(looks > 0);
    }
    assert_eq!(fs::read_dir(&home).unwrap().count(), 0, "nothing was left behind");
    assert!(holds(PASSPHRASE.as_bytes()), "the search finds what there is");
}

#[test]
fn tokens_are_issued_into_a_folder_of_their_own_or_not_at_all() {
    let folder = Folder::new("issue");
    let people =
        folder.write("people.csv", "\u{feff}Navn;upn\r\nKåre Ødegård;kare@skole.example\r\nOla;ola@skole.example\r\n");
    let out = folder.path("tokens");
    let answer = tofaktor(&["issue", &people, "--organisation", "Fylket", "-o", &out]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    for limit in ["200 tokens in 5 minutes", "five apps and tokens together", "guests none"] {
        assert!(answer.err.contains(limit), "{}", answer.err);
    }
    let upload = fs::read_to_string(folder.path("tokens/upload.csv")).unwrap();
    let rows: Vec<Vec<&str>> = upload.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(rows[0].join(","), "upn,serial number,secret key,time interval,manufacturer,model");
    let codes = fs::read_to_string(folder.path("tokens/codes.csv")).unwrap();
    for (row, code) in rows[1..].iter().zip(codes.lines().skip(1)) {
        let [upn, serial, code] = code.split(',').collect::<Vec<_>>().try_into().unwrap();
        assert_eq!((upn, serial), (row[0], row[1]));
        let parcel = folder.path(&format!("tokens/parcels/{upn}.tofaktor"));
        let code = folder.write("code", code);
        let read = entries(&tofaktor(&["import", &parcel, "--password-file", &code, "--json", "--show-secrets"]));
        assert_eq!((read.len(), read[0]["secret"].as_str(), read[0]["account"].as_str()), (1, Some(row[2]), Some(upn)));
        assert!(!answer.out.contains(row[2]) && !answer.err.contains(row[2]));
    }
    #[cfg(unix)]
    for (path, mode) in [("tokens", 0o700), ("tokens/upload.csv", 0o600), ("tokens/codes.csv", 0o600)] {
        let metadata = fs::metadata(folder.path(path)).unwrap();
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777, mode, "{path}");
    }
    assert_eq!(tofaktor(&["issue", &people, "-o", &out]).code, 1, "a folder that is there is left alone");
    let graph = folder.path("graph");
    assert_eq!(tofaktor(&["issue", &people, "--to", "graph", "--seconds", "60", "-o", &graph]).code, 0);
    let body: Value = serde_json::from_slice(&fs::read(folder.path("graph/upload.json")).unwrap()).unwrap();
    assert_eq!((body["value"].as_array().unwrap().len(), &body["value"][0]["timeIntervalInSeconds"]), (2, &60.into()));

    // In a policy for each, which is sound, and opens nothing but that person's.
    let policies = folder.path("policies");
    let answer = tofaktor(&["issue", &people, "--for-policy", "-o", &policies]);
    assert_eq!((answer.code, fs::exists(folder.path("policies/codes.csv")).unwrap()), (0, false), "{}", answer.err);
    for upn in ["kare@skole.example", "ola@skole.example"] {
        let policy = folder.path(&format!("policies/policies/{upn}.json"));
        #[cfg(unix)]
        assert_eq!(
            std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&policy).unwrap().permissions()) & 0o777,
            0o600
        );
        let checked = tofaktor(&["policy", "check", &policy]);
        assert_eq!((checked.code, checked.out.lines().next()), (0, Some("tokens")), "{}", checked.err);
        let tokens = serde_json::from_slice::<Value>(&fs::read(&policy).unwrap()).unwrap()["tokens"].clone();
        let [person, code, parcel] = tokens[0].as_str().unwrap().split(' ').collect::<Vec<_>>().try_into().unwrap();
        assert_eq!((person, tokens.as_array().unwrap().len()), (upn, 1));
        assert!(![&answer, &checked].iter().any(|said| said.out.contains(code) || said.err.contains(code)));
        let (parcel, code) = (folder.write("parcel", parcel), folder.write("code", code));
        let read = entries(&tofaktor(&["import", &parcel, "--password-file", &code, "--json", "--show-secrets"]));
        let upload = fs::read_to_string(folder.path("policies/upload.csv")).unwrap();
        let row = upload.lines().find(|line| line.starts_with(upn)).unwrap();
        assert_eq!(read[0]["secret"].as_str(), row.split(',').nth(2));
        // Mistyped: said without what opens it.
        let wrong = folder.write("wrong.json", fs::read_to_string(&policy).unwrap().replace(upn, "per@skole.example"));
        let said = tofaktor(&["policy", "check", &wrong]);
        assert!(said.code == 1 && said.err.contains("tokens: \"number 1\""), "{}", said.err);
        assert_eq!(tofaktor(&["policy", "write", "--for", "intune", &policy]).code, 1);
        assert!(
            tofaktor(&["policy", "write", "--for", "firefox", &policy]).err.contains("everyone who uses the machine")
        );
    }

    let bad = folder.write("bad.csv", "upn\nkari@skole.example\nbjørn@skole.example\nKari@skole.example\n");
    let answer = tofaktor(&["issue", &bad, "-o", &folder.path("none")]);
    assert_eq!((answer.code, fs::exists(folder.path("none")).unwrap()), (1, false));
    assert!(
        answer.err.contains("line 3: ") && answer.err.contains("line 4: ") && answer.err.contains("2 faults"),
        "{}",
        answer.err
    );
    assert_eq!(tofaktor(&["issue", &people, "--seconds", "45", "-o", &folder.path("none")]).code, 2);
}

/// Commands stand in backquotes or as a line of a block, and have the flags of their verb.
#[test]
fn what_the_papers_tell_to_type_is_understood() {
    let mut found = 0;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    for page in fs::read_dir(folder).unwrap() {
        let page = page.unwrap().path();
        let text = fs::read_to_string(&page).unwrap();
        for command in text.split(['`', '\n']).filter_map(|part| part.strip_prefix("tofaktor ")) {
            let words: Vec<&str> = command.split_whitespace().collect();
            let verbs = if words[0] == "policy" || words[0] == "recovery-key" { 2 } else { 1 };
            let help = tofaktor(&[&words[..verbs], &["--help"]].concat());
            assert_eq!(help.code, 0, "{}: {command}", page.display());
            let known: Vec<&str> = help.out.split([' ', ',', '\n', '[', ']', ':']).collect();
            for (at, word) in words.iter().enumerate().skip(verbs) {
                assert!(!word.starts_with('-') || known.contains(word), "{}: {command}: {word}", page.display());
                assert!(words[at - 1] != "--for" || known.contains(word), "{}: {command}: {word}", page.display());
            }
            found += 1;
        }
    }
    assert!(found >= 10, "{found}");
}

/// What `tests/terminal.py` says of a person at a terminal, where there is Python for it.
#[cfg(unix)]
fn at_a_terminal(arguments: &[&str], steps: &[[&str; 2]], secrets: &[&str]) -> Option<Value> {
    use std::io::Write;
    let program: Vec<&str> = std::iter::once(env!("CARGO_BIN_EXE_tofaktor")).chain(arguments.iter().copied()).collect();
    let asked = serde_json::json!({ "program": program, "steps": steps, "secrets": secrets }).to_string();
    let python = Command::new("python3")
        .arg(support::path("tests/terminal.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut child) = python else {
        eprintln!("SKIPPED: no python3, so nobody typed a passphrase at a terminal.");
        return None;
    };
    child.stdin.take().unwrap().write_all(asked.as_bytes()).unwrap();
    let said = child.wait_with_output().unwrap();
    assert!(said.status.success(), "{arguments:?}");
    let said: Value = serde_json::from_slice(&said.stdout).unwrap();
    let shown = said["shown"].as_str().unwrap();
    assert!(secrets.iter().all(|secret| !shown.contains(secret)), "{shown}");
    assert_eq!((&said["echoed"], &said["restored"]), (&Value::Bool(false), &Value::Bool(true)), "{said}");
    assert_eq!(said["seen"], Value::Array(Vec::new()), "in the arguments or the environment");
    Some(said)
}

/// Asked, not shown, told if it is wrong; and Ctrl-C leaves the terminal as it was.
#[cfg(unix)]
#[test]
fn a_passphrase_is_asked_for_at_a_terminal_and_never_shown() {
    let folder = Folder::new("terminal");
    let (vault, _) = vault_in(&folder, "vault.tofaktor");
    let code = ["code", &vault, "--account", "b\u{f8}"];
    let right = format!("{PASSPHRASE}\r");
    // As a person mends what was mistyped, a letter of two bytes too.
    let mended = format!("{PASSPHRASE}\u{e6}\u{7f}\r");
    let at = |steps: &[[&str; 2]]| at_a_terminal(&code, steps, &[PASSPHRASE, "MZXW6YTBMZXW6YTB", "not-it-at-all"]);
    let question = ["wait", "Password of "];
    for typed in [&right, &mended] {
        let Some(said) = at(&[question, ["type", typed]]) else { return };
        let last = said["shown"].as_str().unwrap().lines().last().unwrap().to_owned();
        assert_eq!((&said["status"], last.len()), (&Value::from(0), 8), "{said}");
        assert!(last.bytes().all(|byte| byte.is_ascii_digit()), "{said}");
    }
    let Some(said) = at(&[question, ["type", "not-it-at-all\r"]]) else { return };
    assert_eq!(said["status"], 1);
    assert!(said["shown"].as_str().unwrap().contains("the password does not open it"), "{said}");
    let Some(said) = at(&[question, ["type", "not-it-at-all\u{3}"]]) else { return };
    assert_eq!(said["status"], -2, "ended by the signal, as a shell expects: {said}");

    // A new one is asked for twice.
    let list = folder.path("list.txt");
    let made = folder.path("made.tofaktor");
    let convert = ["convert", &list, "--to", "tofaktor", "-o", &made];
    for (again, status) in [("not-it-at-all\r", 1), (right.as_str(), 0)] {
        let steps =
            [["wait", "Password for the new file: "], ["type", &right], ["wait", "Once more: "], ["type", again]];
        let Some(said) = at_a_terminal(&convert, &steps, &[PASSPHRASE, "not-it-at-all"]) else { return };
        assert_eq!((&said["status"], Path::new(&made).exists()), (&Value::from(status), status == 0), "{said}");
        assert_eq!(said["shown"].as_str().unwrap().contains("the two passwords differ"), status == 1, "{said}");
    }
    let answer = tofaktor(&["open", &made, "--password-file", &folder.path("password")]);
    assert_eq!(answer.code, 0, "{}", answer.err);
}
