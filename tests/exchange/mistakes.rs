//! What people hand over instead of an export, and exports that came by another way than from the app.

use formats::{ImportError, Why, read};

use super::kinds::{KEY, OTHER, gzip, told, zip};

fn seen(file: impl AsRef<[u8]>) -> Vec<String> {
    let file = file.as_ref();
    told(&read(file, None).unwrap_or_else(|error| panic!("{error:?}: {}", String::from_utf8_lossy(file))))
}

fn both() -> [String; 2] {
    [format!("Fjord|kari|{KEY}"), format!("a|b|{OTHER}")]
}

fn uris() -> [String; 2] {
    [format!("otpauth://totp/Fjord:kari?secret={KEY}&issuer=Fjord"), format!("otpauth://totp/a:b?secret={OTHER}")]
}

#[test]
fn what_is_no_export_is_named() {
    let word = [("[Content_Types].xml", &b"<Types/>"[..]), ("word/document.xml", b"<w:document/>")];
    let excel = [("[Content_Types].xml", &b"<Types/>"[..]), ("xl/workbook.xml", b"<workbook/>")];
    let open = |kind: &str| {
        let kind = format!("application/vnd.oasis.opendocument.{kind}");
        zip(&[("mimetype", kind.as_bytes()), ("content.xml", b"<office:document-content/>")])
    };
    let picture = &b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..];
    let mut tar = vec![0; 512];
    tar[257..262].copy_from_slice(b"ustar");
    let binary = |head: &[u8]| [head, b"\x90\0\x03\xf1\xe8", &[0xcc; 300]].concat();
    use ImportError::{
        Archive, Damaged, Document, Empty, Heic, NoCodes, NotAnExport, Picture, Pictures, SealedOutside, Spreadsheet,
        WebPage,
    };
    for (what, file, error) in [
        ("nothing", Vec::new(), Empty),
        ("white space", b" \r\n\n".to_vec(), Empty),
        ("a download that was only begun", vec![0; 3000], Empty),
        (
            "a page to sign in on",
            b"\xef\xbb\xbf\n<!DOCTYPE html><html><form action=\"/login\"></form>".to_vec(),
            WebPage,
        ),
        ("an older page", b"<?xml version=\"1.0\"?><!DOCTYPE html PUBLIC \"x\"><html xmlns=\"y\"/>".to_vec(), WebPage),
        (
            "passwords without a code, in JSON",
            br#"[{"label":"A","username":"kari","password":"pw","otp":{}}]"#.to_vec(),
            NoCodes,
        ),
        (
            "passwords without a code, in XML",
            b"<?xml version=\"1.0\"?><store><entry><title>A</title><password>pw</password></entry></store>".to_vec(),
            NoCodes,
        ),
        ("a page in an archive", zip(&[("index.html", b"<html></html>")]), WebPage),
        ("half of an export", b"{\"version\":1,\"db\":{\"entries\":[{\"type\":\"to".to_vec(), Damaged),
        ("half of an archive", zip(&[("a.txt", &[7; 5000])])[..1500].to_vec(), Damaged),
        ("an answer of a server", b"{\"error\":\"unauthorized\"}".to_vec(), NotAnExport),
        ("a text by Word", zip(&word), Document),
        ("a text by LibreOffice", open("text"), Document),
        ("a table by Excel", zip(&excel), Spreadsheet),
        ("a table by LibreOffice", open("spreadsheet"), Spreadsheet),
        ("a text by TextEdit", format!("{{\\rtf1\\ansi {}\\par}}", uris()[0]).into_bytes(), Document),
        ("a PDF", b"%PDF-1.7\n%\xe2\xe3\n".to_vec(), Document),
        ("a picture", binary(picture), Picture),
        ("pictures in an archive", zip(&[("a.png", picture), ("b.png", picture)]), Pictures),
        ("a picture as phones take it", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec(), Heic),
        ("a film", b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2".to_vec(), NotAnExport),
        ("tar", tar, Archive),
        ("bzip2", binary(b"BZh91AY&SY"), Archive),
        ("xz", binary(b"\xfd7zXZ\0"), Archive),
        ("Zstandard", binary(b"\x28\xb5\x2f\xfd"), Archive),
        ("a folder in an archive", zip(&[("folder/", b"")]), Archive),
        ("a program", binary(b"MZ"), NotAnExport),
        ("a shortcut", b"[InternetShortcut]\r\nURL=https://fjord.example/\r\n".to_vec(), NotAnExport),
        ("a contact", b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Kari\r\nEND:VCARD\r\n".to_vec(), NotAnExport),
        ("recovery codes", b"1. abcd-efgh\n2. ijkl-mnop\n".to_vec(), NotAnExport),
        (
            "a browser's passwords",
            b"name,url,username,password,note\nFjord,https://x.example,kari,pw,\n".to_vec(),
            NoCodes,
        ),
        ("under GPG", b"-----BEGIN PGP MESSAGE-----\n\nwcBM\n".to_vec(), SealedOutside),
    ] {
        assert_eq!(read(&file, None).map(|import| told(&import)).err(), Some(error), "{what}");
    }
}

/// The name of a program's mark is no reason to turn a text away that begins with the same letters.
#[test]
fn a_text_may_begin_with_the_letters_of_a_mark() {
    for head in ["MZ", "BZh", "ID3", "BM"] {
        let table = format!("{head} name,username,totp\nFjord,kari,{KEY}\n");
        assert_eq!(seen(table), [format!("|kari|{KEY}")], "{head}");
    }
}

#[test]
fn uris_are_found_wherever_they_stand_in_a_text() {
    let [one, two] = uris();
    for text in [
        format!("• {one}\n- {two}\n"),
        format!("1. “{one}”\n2. «{two}»\n"),
        format!("Fjord: \"{one}\"\nBank = '{two}'\n"),
        format!("accounts:\n  - name: Fjord\n    uri: {one}\n  - name: a\n    uri: \"{two}\"\n"),
        format!("| Fjord | `{one}` |\n| Bank | [here]({two}) |\n"),
        format!("Hei!\n\nHer er de: {one}, {two}.\n\nHilsen Kari\n"),
        format!("{one}\n\"{two}\"\n"),
        format!("{one}\n{two}\n\0\0\0\0"),
    ] {
        assert_eq!(seen(&text), both(), "{text}");
    }
    let transfer = "otpauth-migration://offline?data=Ch8KCkhlbGxvId6tvu8SBGthcmkaBUZqb3JkIAEoATACEAEYAQ%3D%3D";
    assert_eq!(seen(format!("Here: <{transfer}>\n")), [format!("Fjord|kari|{KEY}")]);
}

/// Read as it stands, its key would be another one.
#[test]
fn what_was_encoded_for_a_mail_is_decoded() {
    let [one, two] = uris().map(|uri| uri.replace('=', "=3D"));
    for text in [
        format!("Subject: koder\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{one}\r\n{two}\r\n"),
        format!("{}=\r\n{}\r\n{two}", &one[..40], &one[40..]),
        format!("<html><a href=3D\"{one}\">x</a><a href=3D\"{two}\">x</a></html>"),
    ] {
        let list: Vec<String> = seen(text).into_iter().filter(|line| line.contains('|')).collect();
        assert_eq!(list, both());
    }
    // What only looks like it is not.
    let uri = "otpauth://totp/a:b?secret=3DJBSWY3DPEHPK3A&issuer=a&digits=6";
    assert_eq!(seen(uri), ["a|b|3DJBSWY3DPEHPK3A"]);
}

#[test]
fn an_object_a_line_is_read_as_a_list() {
    let [one, two] = uris();
    let lines = format!("{{\"name\":\"x\",\"uri\":\"{one}\"}}\r\n{{\"name\":\"y\",\"uri\":\"{two}\"}}\r\n");
    assert_eq!(seen(lines), both());
    let item = |title: &str, code: &str, trashed: bool| {
        format!(
            r#"{{"uuid":"A","typeName":"webforms.WebForm","title":"{title}","location":"https://fjord.example","trashed":{trashed},"openContents":{{"tags":["Work"]}},
               "secureContents":{{"notesPlain":"hei","fields":[{{"designation":"username","value":"kari"}}],"sections":[{{"fields":[{{"k":"concealed","n":"TOTP_1","t":"one-time password","v":"{code}"}}]}}]}}}}"#
        )
        .replace("\n               ", "")
    };
    let stars = "***5642bee8-a5ff-11dc-8314-0800200c9a66***";
    let file = format!("{}\n{stars}\n{}\n{stars}\n", item("Fjord", KEY, false), item("Skog", &two, true));
    let import = read(file.as_bytes(), None).unwrap();
    assert_eq!(told(&import), [format!("Fjord|kari|{KEY}"), "Trash a|b".to_owned()]);
    assert_eq!(import.entries[0].remarks.tags, ["Work"]);
    assert_eq!(import.format.name(), "1Password");
    // The stars may come first.
    assert_eq!(seen(format!("{stars}\n{}", item("Fjord", KEY, false))), [format!("Fjord|kari|{KEY}")]);
}

#[test]
fn one_archive_in_another_is_read_and_no_third() {
    let [one, two] = uris().map(|uri| format!("{uri}\n"));
    let inner = zip(&[("one.txt", one.as_bytes())]);
    let packed = gzip(two.as_bytes());
    assert_eq!(seen(zip(&[("inner.zip", &inner), ("two.txt.gz", &packed)])), both());
    let third = zip(&[("middle.zip", &zip(&[("inner.zip", &inner)]))]);
    assert_eq!(read(&third, None).err(), Some(ImportError::Archive));
}

#[test]
fn of_two_fields_of_one_name_no_code_is_lost() {
    let bitwarden = |fields: &str| format!(r#"{{"encrypted":false,"items":[{{"name":"Fjord",{fields}}}]}}"#);
    let twice = format!(r#""login":{{"username":"kari","totp":"{KEY}","totp":"{OTHER}"}}"#);
    assert_eq!(seen(bitwarden(&twice)), [format!("Fjord|kari|{KEY}"), format!("Fjord|kari|{OTHER}")]);
    let named = format!(r#""name":"Other","login":{{"username":"kari","totp":"{KEY}"}}"#);
    assert_eq!(seen(bitwarden(&named)), [format!("Fjord|kari|{KEY}")]);
    for file in [
        format!(r#"{{"services":[{{"name":"a","secret":"{KEY}","secret":"{OTHER}","otp":{{"account":"b"}}}}]}}"#),
        format!(r#"[{{"name":"a: b","otpGenerator":{{"otpSecret":"{KEY}","otpSecret":"{OTHER}"}}}}]"#),
        format!(
            r#"{{"Authenticators":[{{"Type":2,"Issuer":"a","Username":"b","Secret":"{KEY}","Secret":"{OTHER}"}}]}}"#
        ),
        format!(
            r#"{{"k":{{"type":"totp","issuer":"a","account":"b","secret":"{KEY}","secret":"{OTHER}","hash":"k","index":0}}}}"#
        ),
    ] {
        let import = read(file.as_bytes(), None).unwrap_or_else(|error| panic!("{error:?}: {file}"));
        assert_eq!(import.unreadable.iter().map(|one| one.why).collect::<Vec<_>>(), [Why::Twice], "{file}");
    }
}

#[test]
fn a_column_that_says_whether_there_is_a_code_gives_none() {
    let table = |name: &str, value: &str| seen(format!("title,username,{name}\nFjord,kari,{value}\n"));
    for name in ["2FA", "MFA", "Two-factor authentication", "2-step verification", "Tofaktor", "totp", "OTP"] {
        for value in ["yes", "ja", "SMS", "enabled", "hunter2"] {
            assert_eq!(table(name, value), ["Fjord: kari: NoKey"], "{name}: {value}");
        }
        assert_eq!(table(name, KEY), [format!("Fjord|kari|{KEY}")], "{name}");
    }
    for name in [
        "One-Time Password (TOTP)",
        "Authenticator Key (TOTP)",
        "TOTP URI/Key",
        "Two-step secret",
        "2FA token",
        "Totrinnskode",
        "TFA Secret",
    ] {
        assert_eq!(table(name, KEY), [format!("Fjord|kari|{KEY}")], "{name}");
    }
    for name in ["otp length", "2fa enabled on", "totp backup codes", "hotp"] {
        let file = format!("title,password,{name}\nFjord,pw,{KEY}\n");
        assert_eq!(read(file.as_bytes(), None).err(), Some(ImportError::NoCodes), "{name}");
    }
    // Nor does a word that is true of an object.
    let json = format!(r#"[{{"service":"Fjord","two_factor":true,"totp":"{KEY}"}},{{"service":"Skog","2fa":true}}]"#);
    assert_eq!(seen(json), [format!("Fjord||{KEY}")]);
}

/// As Ente wrote them for a while.
#[test]
fn what_had_no_value_is_the_usual() {
    let uri = format!("otpauth://totp/Fjord:kari?secret={KEY}&issuer=null&algorithm=null&digits=null&period=undefined");
    assert_eq!(seen(uri), [format!("Fjord|kari|{KEY}")]);
    assert_eq!(seen(format!("otpauth://hotp/a:b?secret={KEY}&counter=null")), [format!("a|b|{KEY}")]);
    assert_eq!(seen("otpauth://totp/a:b?secret=null\n"), ["a:b: NoSecret"]);
}
