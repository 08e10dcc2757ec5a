//! Kinds of files that once lost a name, a code or all that was in them.

use data_encoding::{BASE64, BASE64_NOPAD};
use exchange::merge;
use exchange::migration::{Parameters, Part};
use formats::{Discarded, Import, ImportError, PartsSeen, PassedOver, Password, Why, read, read_file};
use prost::Message;

use super::vectors;

pub(super) const KEY: &str = "JBSWY3DPEHPK3PXP";
pub(super) const OTHER: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

fn import(file: impl AsRef<[u8]>) -> Import {
    read(file.as_ref(), None).unwrap_or_else(|error| panic!("{error:?}: {}", String::from_utf8_lossy(file.as_ref())))
}

/// Issuer, name and key of each, then what is said of those that were not taken.
pub(super) fn told(import: &Import) -> Vec<String> {
    let taken = import.entries.iter().map(|e| format!("{}|{}|{}", e.issuer, e.name, *e.secret_text()));
    let left = import.unreadable.iter().map(|u| format!("{}: {:?}", u.label, u.why));
    let discarded = import.discarded.iter().map(|e| format!("{:?} {}|{}", e.discarded.unwrap(), e.issuer, e.name));
    taken.chain(left).chain(discarded).collect()
}

/// Without names, with one of the app itself, and with some.
fn uris() -> [String; 3] {
    let uri = |label: &str| format!("otpauth://totp{label}?secret={KEY}&algorithm=SHA1&digits=6&period=30");
    [uri(""), uri("/Strongbox"), uri("/Fjord%20Bank:kari%40fjord.example")]
}

#[test]
fn names_beside_a_uri_fill_in_what_it_lacks() {
    let [bare, own, named] = uris();
    let each = |file: &dyn Fn(&str) -> String| {
        for (uri, expected) in [(&bare, "Fjord|kari"), (&own, "Fjord|kari"), (&named, "Fjord Bank|kari@fjord.example")]
        {
            assert_eq!(told(&import(file(uri))), [format!("{expected}|{KEY}")], "{}", file(uri));
        }
    };
    // Apple Passwords; Strongbox; Zoho Vault; Passbolt.
    each(&|uri| format!("Title,URL,Username,Password,Notes,OTPAuth\nFjord,https://fjord.example/,kari,pw,,{uri}\n"));
    each(&|uri| format!("Title,Username,Email,Password,URL,OTPAuth,Notes\nFjord,kari,k@x.example,pw,,\"{uri}\",\n"));
    each(&|uri| format!("Password Name,Name,User Name,Password,TOTP\nx,Fjord,kari,pw,{uri}\n"));
    // Bitwarden, and as its command line prints it; Proton Pass; 1Password; CXF.
    let item = |uri: &str| format!(r#"[{{"name":"Fjord","login":{{"username":"kari","totp":"{uri}"}}}}]"#);
    each(&|uri| format!(r#"{{"encrypted":false,"items":{}}}"#, item(uri)));
    each(&|uri| item(uri));
    each(&|uri| {
        format!(
            r#"{{"version":"1","encrypted":false,"vaults":{{"v":{{"items":[{{"state":1,"data":{{"metadata":{{"name":"Fjord"}},
               "content":{{"itemEmail":"kari","itemUsername":"","totpUri":"{uri}"}}}}}}]}}}}}}"#
        )
    });
    each(&|uri| {
        format!(
            r#"{{"accounts":[{{"vaults":[{{"items":[{{"overview":{{"title":"","url":"https://www.Fjord/x"}},"details":{{
               "loginFields":[{{"designation":"username","value":"kari"}}],
               "sections":[{{"fields":[{{"value":{{"totp":"{uri}"}}}}]}}]}}}}]}}]}}]}}"#
        )
    });
    // Any JSON; KeePass' XML.
    each(&|uri| format!(r#"{{"things":[{{"title":"Fjord","more":{{"username":"kari","whatever":"{uri}"}}}}]}}"#));
    each(&|uri| keepass(&[("Title", "Fjord"), ("UserName", "kari"), ("otp", &uri.replace('&', "&amp;"))]));
}

#[test]
fn names_and_values_in_turn_are_an_entry() {
    let secret =
        format!("\"Fjord\",\"Username\",\"kari\",\"*Password\",\"pw\",\"One-time code\",\"{KEY}\",\"a note\"\n");
    let enpass = format!("\"Card\",\"Type\",\"x\",\"*PIN\",\"1234\"\n{secret}");
    let read = import(enpass);
    assert_eq!(told(&read), [format!("Fjord|kari|{KEY}")]);
    assert_eq!(read.entries[0].remarks.note.as_ref().map(vault::AccountNote::expose), Some("a note"));
    // RoboForm's printed list, as it was written by two generations of it.
    let page = |cells: &str| format!("<html><body><table>{cells}</table></body></html>");
    let old = format!(
        "<TR><TD class=caption colSpan=3>Work\\Fjord</TD></TR><TR><TD class=subcaption colSpan=3>fjord.<WBR>example</TD></TR>\
         <TR><TD class=field vAlign=top>User ID$:</TD><TD></TD><TD class=wordbreakfield>kari</TD></TR>\
         <TR><TD class=field>TOTP KEY$:</TD><TD></TD><TD class=wordbreakfield>{}<WBR>{}</TD></TR>\
         <TR><TD class=caption>Other</TD></TR><TR><TD class=field>Password$:</TD><TD class=wordbreakfield>{KEY}</TD></TR>",
        &KEY[..8],
        &KEY[8..]
    );
    let new = format!(
        "<div class=\"caption x\">Fjord</div><TR width=\"100%\"><TD width=40% class=field>User ID$:</TD><TD width=55% class=field>kari</TD></TR>\
         <TR><TD class=\"field\">TOTP KEY$:</TD><TD class=\"field\">otpauth://totp/x?secret={KEY}&amp;issuer=Fjord</TD></TR>"
    );
    let read = import(page(&old));
    assert_eq!(told(&read), [format!("Fjord|kari|{KEY}")]);
    assert_eq!(read.entries[0].remarks.tags, ["Work"]);
    assert_eq!(told(&import(page(&new))), [format!("Fjord|x|{KEY}")]);
}

#[test]
fn xml_that_nobody_knows_is_read_by_its_names() {
    let xml = |body: &str| format!("<?xml version=\"1.0\"?>\n<!-- made by x --><root>{body}</root>");
    let uri = format!("otpauth://totp/Fjord%20Bank:kari?secret={OTHER}&amp;issuer=Fjord%20Bank");
    // PasswordSafe; Delinea's Secret Server; Password Depot; attributes alone.
    let pwsafe = format!(
        "<entry id=\"1\"><group><![CDATA[Work]]></group><title><![CDATA[Fjord]]></title><username>kari</username><totptwofactorkey>{KEY}</totptwofactorkey></entry>"
    );
    let item = |name: &str, value: &str| {
        format!(
            "<SecretItem><FieldName>{name}</FieldName><Slug>{}</Slug><Value>{value}</Value></SecretItem>",
            name.to_lowercase()
        )
    };
    let items = item("Username", "kari") + &item("Password", "pw");
    let delinea = format!(
        "<Secret><SecretName>Fjord</SecretName><SiteId>-1</SiteId><TotpKey>{KEY}</TotpKey><TotpBackupCodes /><SecretItems>{items}</SecretItems></Secret>"
    );
    let attributes = format!("<account issuer=\"Fjord\" name=\"kari\" secret=\"{KEY}\"/>");
    let odd = format!("<e><name>Fjord</name><value>x</value><user>kari</user><totp>{KEY}</totp></e>");
    for body in [pwsafe, delinea, attributes, odd] {
        assert_eq!(told(&import(xml(&body))), [format!("Fjord|kari|{KEY}")], "{body}");
    }
    let depot = format!(
        "<item><description>x</description><username>k</username><customfields><field><name>code</name><value>{uri}</value><visible>-1</visible></field><field><name>memo</name><value>m</value></field></customfields></item>"
    );
    assert_eq!(told(&import(xml(&depot))), [format!("Fjord Bank|kari|{OTHER}")]);
    // Of several of one name, none is lost; of what ends in the middle, what can be told for sure.
    let two = format!("<e><title>A</title><user>kari</user><otp>{KEY}</otp><otp>{OTHER}</otp></e>");
    assert_eq!(told(&import(xml(&two))), [format!("A|kari|{KEY}"), format!("A|kari|{OTHER}")]);
    assert_eq!(told(&import(format!("<root><a>{uri}</a><b>"))), [format!("Fjord Bank|kari|{OTHER}")]);
    for nothing in [
        xml("<a>b</a>"),
        xml("<key>CFBundleName</key><token>0123456789abcdefg</token>"),
        "<a".to_owned(),
        "<a><b></a>".to_owned(),
    ] {
        assert_eq!(read(nothing.as_bytes(), None).err(), Some(ImportError::Document), "{nothing}");
    }
}

#[test]
fn objects_on_lines_of_their_own_are_a_list() {
    let line = |title: &str, value: &str| {
        format!(
            r#"{{"title":"{title}","typeName":"webforms.WebForm","openContents":{{"tags":["Work"]}},"secureContents":{{"notesPlain":"a note","fields":[{{"value":"kari","designation":"username"}}],"sections":[{{"fields":[{{"k":"concealed","n":"TOTP_1","t":"code","v":"{value}"}},{{"k":"concealed","n":"pin","v":"{OTHER}"}}]}}]}}}}"#
        )
    };
    let uri = |key: &str| format!("otpauth://totp/kari?secret={key}");
    let pif = format!(
        "{}\r\n***5642bee8-a5ff-11dc-8314-0800200c9a66***\r\n{}\n\n***x***\n",
        line("A", &KEY.to_lowercase()),
        line("B", &uri(OTHER))
    );
    assert_eq!(told(&import(&pif)), [format!("A|kari|{KEY}"), format!("B|kari|{OTHER}")]);
    let first = import(&pif);
    let remarks = &first.entries[0].remarks;
    assert_eq!(
        (remarks.note.as_ref().map(vault::AccountNote::expose), &*remarks.tags),
        (Some("a note"), &["Work".to_owned()][..])
    );
    let gone = line("A", KEY).replace("\"title\"", "\"trashed\":true,\"title\"");
    assert_eq!(told(&import(gone + "\n" + &line("B", OTHER))), [format!("B|kari|{OTHER}"), "Trash A|kari".to_owned()]);
    assert_eq!(read(pif.replace("}}\r\n", "}}\r\n}\n").as_bytes(), None).err(), Some(ImportError::Damaged));
    let list =
        format!(r#"{{"title":"A","user":"kari","folders":["Work","Home"],"tags":["Bank"],"otp":["{KEY}","{OTHER}"]}}"#);
    let import = import(format!("[{list}]"));
    assert_eq!(told(&import), [format!("A|kari|{KEY}"), format!("A|kari|{OTHER}")]);
    assert_eq!(import.entries[0].remarks.tags, ["Bank"]);
}

#[test]
fn columns_are_known_by_what_other_programs_call_them() {
    let row = |header: &str, row: &str| told(&import(format!("{header}\n{}\n", row.replace("KEY", KEY)))).join(", ");
    let expected = format!("Fjord|kari|{KEY}");
    // Netwrix Password Secure, in German; Zoho Vault, with a user name among what it keeps secret; Myki; Delinea; Psono.
    for (header, cells) in [
        (
            "\"Organisationseinheit\";\"DataTags\";\"Beschreibung\";\"Benutzername\";\"Passwort\";\"Internetseite\";\"Informationen\";\"One-Time Passwort\"",
            "\"a\";\"b, c\";\"Fjord\";\"kari\";\"pw\";\"https://x.example\";\"a note\";\"KEY\"",
        ),
        (
            "\"Password Name\",\"Description\",\"Password URL\",\"SecretData\",\"Notes\",\"Tags\",\"TOTP\",\"Folder Name\"",
            "Fjord,,https://x.example,\"SecretType:Web Account\nUser Name:kari\nPassword:pw\n\",,,otpauth://totp?secret=KEY&algorithm=SHA1&period=30&digits=6,Work",
        ),
        ("url,username,password,additionalInfo,nickname,twofaSecret", "https://x.example,kari,pw,,Fjord,KEY"),
        ("url,username,nickname,twofaSecret", "https://x.example,kari,https://Fjord/login,KEY"),
        ("Title,User Name,TimeOtp-Secret-Base32,Group", "Fjord,kari,KEY,OTP/TOTP"),
        (
            "Display_Name,Login_Username,Login_Password,Login_URLs,Login_TOTP,Notes,Favorite",
            "Fjord,kari,pw,https://x.example,KEY,,",
        ),
        (
            "Secret Name,Username,URL,Password,Notes,Folder,TOTP Key,TOTP Backup Codes",
            "Fjord,kari,,pw,,Work,KEY,1111-2222",
        ),
        (
            "type,website_password_title,website_password_username,website_password_totp_code,website_password_totp_period",
            "website_password,Fjord,kari,KEY,60",
        ),
    ] {
        assert_eq!(row(header, cells), expected, "{header}");
    }
    let psono =
        import("type,totp_title,totp_code,totp_period,totp_digits,totp_algorithm\ntotp,Fjord,MZXW6YTB,60,8,SHA256\n");
    let credential = &psono.entries[0].credential;
    assert_eq!((credential.period(), credential.digits, credential.algorithm), (Some(60), 8, otp::Algorithm::Sha256));
}

#[test]
fn an_issuer_that_is_empty_is_none_and_a_name_names_the_account() {
    let uri = format!("otpauth://totp/kari?secret={KEY}");
    for (issuer, label) in [("", ""), ("A", ""), ("", r#","label":"kari","digits":6"#)] {
        let json = format!(
            r#"[{{"name":"kari","secret":"{KEY}","issuer":"{issuer}","type":"totp","counter":null,"url":"{uri}"{label}}}]"#
        );
        assert_eq!(told(&import(json)), [format!("{issuer}|kari|{KEY}")]);
        let table = format!("name,secret,issuer,type,counter,url\nkari,{KEY},{issuer},totp,,{uri}\n");
        assert_eq!(told(&import(table)), [format!("{issuer}|kari|{KEY}")]);
    }
    // What has a name of its own for the account is named by the other.
    let both = format!("name,issuer,account,secret\nFjord,,kari,{KEY}\n");
    assert_eq!(told(&import(both)), [format!("Fjord|kari|{KEY}")]);
    // cotp's list.
    let list = format!(r#"{{"items":["{uri}","otpauth://totp/B:ola?secret={OTHER}"]}}"#);
    assert_eq!(told(&import(list)), [format!("|kari|{KEY}"), format!("B|ola|{OTHER}")]);
}

#[test]
fn a_kind_of_code_that_nobody_knows_is_said_and_steams_period_is_its_own() {
    let file = |kind: &str| {
        format!(
            r#"{{"app":"2fauth_v5","schema":1,"data":[{{"otp_type":"{kind}","account":"kari","service":"A","secret":"{KEY}","digits":5,"algorithm":"sha256","period":40}}]}}"#
        )
    };
    assert!(import(file("steamtotp")).entries[0].credential.factor == otp::Factor::Steam);
    assert_eq!(
        told(&import(format!("[{},{}]", file("xotp"), file("steamtotp")))),
        [format!("A|kari|{KEY}"), ": Type".to_owned()]
    );
    // A login of a password manager is no kind of code.
    assert_eq!(told(&import(format!("type,name,username,totp\nlogin,A,kari,{KEY}\n"))), [format!("A|kari|{KEY}")]);
}

fn keepass(fields: &[(&str, &str)]) -> String {
    let fields = fields.iter().map(|(key, value)| format!("<String><Key>{key}</Key><Value>{value}</Value></String>"));
    format!(
        "<?xml version=\"1.0\"?><KeePassFile><Root><Group><Entry>{}</Entry></Group></Root></KeePassFile>",
        fields.collect::<String>()
    )
}

/// What KeePass calls its own means the same wherever it stands; its `Secret` alone is no base32.
#[test]
fn the_fields_of_keepass_are_read_in_a_database_a_table_and_a_list() {
    for (spelling, key) in [
        ("Secret", "12345678901234567890"),
        ("Secret-Hex", "3132333435363738393031323334353637383930"),
        ("Secret-Base32", "gezd gnbv gy3t qojq gezd gnbv gy3t qojq"),
        ("Secret-Base64", "MTIzNDU2Nzg5MDEyMzQ1Njc4OTA="),
    ] {
        let (time, counted) = (format!("TimeOtp-{spelling}"), format!("HmacOtp-{spelling}"));
        let fields = [
            ("Title", "Fjord"),
            ("UserName", "kari"),
            (&time, key),
            ("TimeOtp-Length", "8"),
            ("TimeOtp-Period", "60"),
            ("TimeOtp-Algorithm", "HMAC-SHA-256"),
            (&counted, key),
            ("HmacOtp-Counter", "7"),
        ];
        let (names, cells): (Vec<_>, Vec<_>) = fields.into_iter().unzip();
        let table = format!("{}\n{}\n", names.join(","), cells.join(","));
        let list = fields.map(|(name, cell)| format!("{name:?}:{cell:?}")).join(",");
        for file in [keepass(&fields), table, format!("[{{{list}}}]")] {
            let import = import(&file);
            assert_eq!(told(&import), [format!("Fjord|kari|{OTHER}"), format!("Fjord|kari|{OTHER}")], "{file}");
            let [time, counted] = [0, 1].map(|at| &import.entries[at].credential);
            assert_eq!((time.period(), time.digits, time.algorithm), (Some(60), 8, otp::Algorithm::Sha256), "{file}");
            assert_eq!((counted.digits, counted.algorithm), (6, otp::Algorithm::Sha1), "{file}");
            assert!(counted.factor == otp::Factor::Counter { counter: 7 }, "{file}");
        }
    }
    for (name, text, why) in [
        ("HmacOtp-Secret-Hex", "3132x", "SecretCharacter"),
        ("TimeOtp-Secret-Base64", "MTIz=", "SecretCharacter"),
        ("TimeOtp-Secret-Base32", "MZXW6YT1", "SecretCharacter"),
    ] {
        assert_eq!(told(&import(keepass(&[("Title", "A"), (name, text)]))), [format!("A: {why}")]);
        // A table with nothing but that says so as well.
        assert_eq!(told(&import(format!("Title,{name}\nA,{text}\n"))), [format!("A: {why}")]);
    }
    let counter = [("Title", "A"), ("HmacOtp-Secret-Base32", KEY), ("HmacOtp-Counter", "many")];
    assert_eq!(told(&import(keepass(&counter))), ["A: Counter"]);
}

/// A code that is made otherwise than it says is worse than none.
#[test]
fn what_makes_the_digits_may_stand_in_an_object_beside_the_key() {
    let made = |inner: &str| {
        let import = import(format!(r#"[{{"name":"A","username":"kari","secret":"{KEY}",{inner}}}]"#));
        let [entry] = &import.entries[..] else { panic!("{inner}: {:?}", told(&import)) };
        (entry.name.clone(), entry.credential.digits, entry.credential.period())
    };
    let kari = || "kari".to_owned();
    assert_eq!(made(r#""params":{"digits":8,"period":60}"#), (kari(), 8, Some(60)));
    assert_eq!(made(r#""otp":{"digits":8}"#), (kari(), 8, Some(30)));
    // A length alone is a password's, and an object with a key of its own is another code.
    assert_eq!(made(r#""policy":{"length":12}"#), (kari(), 6, Some(30)));
    let two = format!(
        r#"[{{"name":"A","username":"kari","secret":"{KEY}","otp":{{"secret":"{OTHER}","digits":8,"period":60}}}}]"#
    );
    let two = import(two);
    assert_eq!(two.entries.iter().map(|entry| entry.credential.digits).collect::<Vec<_>>(), [6, 8]);
    // A label may repeat the issuer.
    let label = format!(r#"[{{"issuer":"A","label":"A: kari","secret":"{KEY}","digits":6,"period":30}}]"#);
    assert_eq!(told(&import(label)), [format!("A|kari|{KEY}")]);
}

#[test]
fn labels_that_are_numbers_become_names() {
    let file = format!(
        r#"<database><label name="Work" id="3"/><label name="Bank" id="4" type="x"/><card title="A" id="1"><field name="Login" type="login">kari</field><field name="One-time password" type="one_time_password">{KEY}</field><label_id>4</label_id><label_id>3</label_id><label_id>9</label_id></card></database>"#
    );
    let import = import(file);
    assert_eq!(told(&import), [format!("A|kari|{KEY}")]);
    assert_eq!(import.entries[0].remarks.tags, ["Bank", "Work"]);
}

#[test]
fn four_lines_an_account_are_read_as_authme_and_others_print_them() {
    let account =
        |name: &str, kind: &str| format!("Name:    {name}\r\nSecret:  {KEY}\r\nIssuer:  A: B\r\nType:    {kind}\r\n");
    let file =
        [account("kari", "totp"), account("ola", "hotp") + "Counter: 4\r\n", account("siv", "OTP_HOTP")].join("\r\n");
    let read = import(&file);
    assert_eq!(told(&read), [format!("A: B|kari|{KEY}"), format!("A: B|ola|{KEY}"), "A: B: siv: Counter".to_owned()]);
    assert!(read.entries[1].credential.factor == otp::Factor::Counter { counter: 4 });
    let sealed = r#"{"role":"codes","encrypted":true,"codes":"AAAA","version":2}"#;
    assert_eq!(formats::read(sealed.as_bytes(), None).err(), Some(ImportError::Database));
}

#[test]
fn every_code_of_an_entry_is_taken_once() {
    let uri = format!("otpauth://totp/Fjord:kari?secret={OTHER}&amp;issuer=Fjord");
    let fields = [
        ("Title", "Fjord"),
        ("UserName", "kari"),
        ("TimeOtp-Secret-Base32", KEY),
        ("otp", &uri),
        ("otp_1", "KRSXG5CTMVRXEZLU"),
        ("HmacOtp-Secret-Base32", "MFRGGZDFMZTWQ2LK"),
        ("spare", &uri.replace(OTHER, "NB2W45DFOIZA2DQK")),
        ("Notes", &format!("the same again: {uri}")),
    ];
    let keys = [OTHER, "KRSXG5CTMVRXEZLU", "NB2W45DFOIZA2DQK", KEY, "MFRGGZDFMZTWQ2LK"];
    assert_eq!(told(&import(keepass(&fields))), keys.map(|key| format!("Fjord|kari|{key}")));

    let table = format!(
        "name,username,totp,otpauth,note\nFjord,kari,{KEY},otpauth://totp/?secret={OTHER},see otpauth://totp/a:b?secret=NB2W45DFOIZA2DQK.\n"
    );
    assert_eq!(
        told(&import(table)),
        [format!("Fjord|kari|{KEY}"), format!("Fjord|kari|{OTHER}"), "a|b|NB2W45DFOIZA2DQK".to_owned()]
            .map(|line| line.replace("DQK.", "DQK"))
    );
    let item = format!(
        r#"{{"items":[{{"name":"Fjord","notes":"otpauth://totp/a:b?secret={OTHER}","fields":[{{"name":"2","value":"otpauth://hotp/?secret=NB2W45DFOIZA2DQK"}}],"login":{{"totp":"{KEY}"}}}}]}}"#
    );
    assert_eq!(
        told(&import(item)),
        [format!("Fjord||{KEY}"), "Fjord||NB2W45DFOIZA2DQK".to_owned(), format!("a|b|{OTHER}")]
    );
}

/// Stored, one after the other.
pub(super) fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut zip, mut directory) = (Vec::new(), Vec::new());
    for (name, body) in files {
        let at = u32::try_from(zip.len()).unwrap().to_le_bytes();
        let size = u32::try_from(body.len()).unwrap().to_le_bytes();
        let length = u16::try_from(name.len()).unwrap().to_le_bytes();
        let shared = [
            &[20, 0, 0, 0, 0, 0, 0, 0, 0, 0][..],
            &crc32fast::hash(body).to_le_bytes(),
            &size,
            &size,
            &length,
            &[0, 0],
        ]
        .concat();
        zip.extend([b"PK\x03\x04", &shared[..], name.as_bytes(), body].concat());
        directory.extend([b"PK\x01\x02\x14\0", &shared[..], &[0; 10], &at, name.as_bytes()].concat());
    }
    let count = u16::try_from(files.len()).unwrap().to_le_bytes();
    let (at, size) =
        (u32::try_from(zip.len()).unwrap().to_le_bytes(), u32::try_from(directory.len()).unwrap().to_le_bytes());
    [&zip, &directory, &b"PK\x05\x06\0\0\0\0"[..], &count, &count, &size, &at, &[0, 0]].concat()
}

#[test]
fn every_export_in_an_archive_is_read_and_no_attachment() {
    let list = |label: &str, key: &str| format!("otpauth://totp/{label}?secret={key}\n");
    let (one, two) = (list("a:b", KEY), list("c:d", OTHER));
    let both = [format!("a|b|{KEY}"), format!("c|d|{OTHER}")];
    assert_eq!(told(&import(zip(&[("one.txt", one.as_bytes()), ("two.txt", two.as_bytes())]))), both);
    let bitwarden =
        format!(r#"{{"encrypted":false,"items":[{{"name":"a","login":{{"username":"b","totp":"{KEY}"}}}}]}}"#);
    let mut files: Vec<(&str, &[u8])> =
        vec![("attachments/1/a.json", b"{\"encrypted\":false,\"items\":[]}"), ("attachments/2/x.txt", two.as_bytes())];
    files.extend([("attachments/3/much", &[7; 40][..]); 40]);
    files.push(("data.json", bitwarden.as_bytes()));
    assert_eq!(told(&import(zip(&files))), &both[..1]);
    // What is damaged is told, and loses nothing else.
    assert_eq!(
        told(&import(zip(&[("x.json", b"{\"items\":"), ("one.txt", one.as_bytes())]))),
        [both[0].as_str(), "x.json: Part"]
    );
}

/// Pictures by themselves, for the scanner reads those; of all else the number; what is known and not read, by its name.
#[test]
fn what_lies_beside_an_export_in_an_archive_is_said() {
    let vector = vectors::all().into_iter().find(|vector| vector.name == "archive-beside").unwrap();
    let reading = read_file(&vector.body, None);
    assert_eq!((reading.pictures, reading.other_files, reading.unreadable.len()), (2, 2, 0));
    let list = format!("otpauth://totp/a:b?secret={KEY}\n");
    let picture = &b"GIF89a\x01\xff"[..];
    let attached = ("Attachments/photo.png", picture);
    let inner = zip(&[("list.txt", list.as_bytes()), ("a.gif", picture)]);
    for (files, beside, named) in [
        (
            vec![("list.txt", list.as_bytes()), ("old.kdb", b"\x03\xd9\xa2\x9a\x65\xfb\x4b\xb5")],
            (0, 0),
            Some("old.kdb: Part"),
        ),
        (vec![("inner.zip", &inner[..]), ("b.gif", picture), ("manual.pdf", b"%PDF-1.7")], (2, 1), None),
        (vec![attached, ("list.txt", list.as_bytes())], (0, 1), None),
        // Where there is no other export, attachments are looked at as well.
        (vec![attached, ("files/list.txt", list.as_bytes())], (1, 0), None),
        (
            vec![("empty.txt", b""), ("folder/", b""), ("export.attributes", b"{}"), ("list.txt", list.as_bytes())],
            (0, 0),
            None,
        ),
    ] {
        let import = import(zip(&files));
        let PassedOver { pictures, files } = import.passed_over;
        assert_eq!((pictures, files), beside);
        let mut expected = vec![format!("a|b|{KEY}")];
        expected.extend(named.map(str::to_owned));
        assert_eq!(told(&import), expected);
    }
    let alone = |files: &[(&str, &[u8])]| read(&zip(files), None).err();
    assert_eq!(alone(&[attached]), Some(ImportError::Pictures));
    assert_eq!(alone(&[("a.gif", picture), ("read.me", b"Look at the picture.")]), Some(ImportError::Pictures));
    // What an app's database has to be told is more than that.
    assert_eq!(
        alone(&[("a.gif", picture), ("old.kdb", b"\x03\xd9\xa2\x9a\x65\xfb\x4b\xb5")]),
        Some(ImportError::Keepass)
    );
}

/// Bytes of which nothing tells what they are.
fn noise(first: [u8; 4]) -> Vec<u8> {
    let noise = (0..100u32).map(|n| (n.wrapping_mul(0x9e37_79b9) >> 24) as u8 | 0x80);
    first.into_iter().chain(noise).collect()
}

#[test]
fn what_only_looks_encrypted_in_an_archive_is_passed_over() {
    let list = format!("otpauth://totp/a:b?secret={KEY}\n");
    let taken = [format!("a|b|{KEY}")];
    let password = || Some(Password::ascii("whatever"));
    let (random, font) = (noise([0xf0, 0x91, 3, 4]), noise([0, 1, 0, 0]));
    assert_eq!(read(&random, password().as_ref()).err(), Some(ImportError::WrongPassword));
    assert_eq!(read(&font, None).err(), Some(ImportError::NeedsPassword));
    let base64 = data_encoding::BASE64.encode(&noise([0; 4])[..96]).into_bytes();
    for other in [&random, &font, &base64] {
        for files in
            [[("a.bin", &other[..]), ("z.txt", list.as_bytes())], [("z.txt", list.as_bytes()), ("a.bin", other)]]
        {
            for password in [None, password()] {
                let import = read(&zip(&files), password.as_ref()).unwrap_or_else(|error| panic!("{error:?}"));
                assert_eq!(told(&import), taken);
            }
        }
        let alone = |password: Option<Password>| read(&zip(&[("a.bin", other)]), password.as_ref()).err();
        assert_eq!(alone(None), Some(ImportError::UnknownOrSealed));
        assert_eq!(alone(password()), Some(ImportError::WrongPassword));
    }
    // What is encrypted for certain asks for its password, after a table without codes too; what is andOTP's opens.
    for (name, asks) in [
        ("aegis-encrypted", ImportError::NeedsPassword),
        ("andotp-new", ImportError::UnknownOrSealed),
        ("andotp-old", ImportError::UnknownOrSealed),
    ] {
        let vector = vectors::all().into_iter().find(|vector| vector.name == name).unwrap();
        let archive =
            zip(&[("a.bin", &random), ("passwords.csv", b"name,password,totp\nx,y,\n"), ("b.json", &vector.body)]);
        let entries = |password: Option<&Password>| read(&archive, password).map(|import| import.entries.len());
        assert_eq!(
            entries(vector.password().as_ref()),
            read(&vector.body, vector.password().as_ref()).map(|i| i.entries.len())
        );
        assert_eq!(entries(None).err(), Some(asks));
        assert_eq!(entries(password().as_ref()).err(), Some(ImportError::WrongPassword));
    }
    assert_eq!(read(&zip(&[("passwords.csv", b"name,password,totp\nx,y,\n")]), None).err(), Some(ImportError::NoCodes));
}

#[test]
fn an_export_among_attachments_is_read_where_there_is_no_other() {
    let list = format!("otpauth://totp/a:b?secret={KEY}\n");
    for folder in ["documents", "files", "icons", "attachments"] {
        let name = format!("{folder}/list.txt");
        for beside in [&b"Hello, this is how to restore it."[..], b"name,password,totp\nx,y,\n", b"{\"a\":"] {
            let import = import(zip(&[("README", beside), (&name, list.as_bytes())]));
            assert_eq!(import.entries.len(), 1, "{name}");
        }
    }
}

#[test]
fn one_bad_part_never_loses_the_rest() {
    let transfer =
        |bytes: &[u8]| format!("otpauth-migration://offline?data={}", BASE64_NOPAD.encode(bytes).replace('+', "%2B"));
    let entry = |name: &[u8]| {
        Parameters { secret: b"Hello!\xde\xad\xbe\xef".to_vec(), name: name.to_vec(), kind: 2, ..Parameters::default() }
            .encode_to_vec()
    };
    let part = |entries: &[Vec<u8>], batch_id: i32, batch_size: i32| {
        Part { entries: entries.to_vec(), batch_id, batch_size, ..Part::default() }.encode_to_vec()
    };
    let whole = |name: &str| format!("|{name}|{KEY}");
    // A line of a transfer, an entry in one, a name in one.
    let list = format!(
        "{}\notpauth-migration://offline?data=AAAA\notpauth://totp/a:b?secret={KEY}\n",
        transfer(&part(&[entry(b"kari")], 1, 1))
    );
    assert_eq!(told(&import(list)), [whole("kari"), format!("a|b|{KEY}"), ": Transfer".to_owned()]);
    let damaged = part(&[entry(b"kari"), vec![0x0a, 9, 1], entry(b"ol\xe9")], 1, 1);
    assert_eq!(told(&import(transfer(&damaged))), [whole("kari"), whole("ol\u{fffd}"), ": Shape".to_owned()]);
    // Of two transfers, one is not all there.
    let two = [part(&[entry(b"a")], 1, 2), part(&[entry(b"b")], 2, 1)].map(|part| transfer(&part)).join("\n");
    assert!(import(two).parts == Some(PartsSeen { seen: 2, of: 3 }));
    // A name cut through a pair of surrogates; a field twice, with one value or with two.
    let aegis = |fields: &str| {
        format!(
            r#"{{"version":1,"version":1,"header":{{}},"db":{{"entries":[{{"type":"totp",{fields}}},{{"type":"totp","name":"c","info":{{"secret":"{OTHER}"}}}}]}}}}"#
        )
    };
    let other = format!("|c|{OTHER}");
    let cut = aegis(&format!(r#""name":"a\ud83d\\ud83d\ud83d\ude00","info":{{"secret":"{KEY}"}}"#));
    assert_eq!(told(&import(cut)), [format!("|a\u{fffd}\\ud83d😀|{KEY}"), other.clone()]);
    let twice = format!(
        r#"[{{"issuer":"a","secret":"{KEY}","type":"TOTP","label":"b"}},{{"issuer":"c","secret":"{KEY}","secret":"{OTHER}","type":"TOTP","label":"d"}}]"#
    );
    assert_eq!(told(&import(twice)), [format!("a|b|{KEY}"), "c: d: Twice".to_owned()]);
    let map = format!(
        r#"{{"h":{{"secret":"{KEY}","issuer":"a","account":"b","index":0}},"h":{{"secret":"{OTHER}","issuer":"c","account":"d","index":1}}}}"#
    );
    assert_eq!(told(&import(map)), [format!("a|b|{KEY}"), format!("c|d|{OTHER}")]);
}

#[test]
fn a_text_is_read_in_whatever_code_page_it_was_saved() {
    let wide = |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let norwegian = format!("name;login_username;login_totp\r\nBlåbær;kari;{KEY}\r\n");
    let western: Vec<u8> = norwegian.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let cyrillic = [&b"name;login_username;login_totp\r\n\xcf\xee\xf7\xf2\xe0;kari;"[..], KEY.as_bytes()].concat();
    for (file, issuer) in [
        (norwegian.clone().into_bytes(), "Blåbær"),
        (western, "Blåbær"),
        (cyrillic, "Почта"),
        (wide(&norwegian, u16::to_le_bytes), "Blåbær"),
        (wide(&norwegian, u16::to_be_bytes), "Blåbær"),
        (format!("sep=;\r\n{norwegian}").into_bytes(), "Blåbær"),
        (norwegian.replace("\r\n", "\r").into_bytes(), "Blåbær"),
    ] {
        assert_eq!(told(&import(&file)), [format!("{issuer}|kari|{KEY}")], "{file:?}");
    }
    let list = format!(
        "# mine\rotpauth://totp/a:b?secret={KEY}\r\r// x\rotpauth://totp/c:d?secret={OTHER}  otpauth://totp/e f:g?secret={KEY}&digits=8\r"
    );
    assert_eq!(told(&import(list)), [format!("a|b|{KEY}"), format!("c|d|{OTHER}"), format!("e f|g|{KEY}")]);
    let quoted = format!("name,note,username,totp\n\"a\",\"say \\\"hei\\\", du\",kari,{KEY}\n");
    assert_eq!(told(&import(quoted)), [format!("a|kari|{KEY}")]);
    // A mail breaks a transfer at 76 columns.
    let entry =
        Parameters { secret: vec![7; 200], name: b"kari".to_vec(), kind: 2, ..Parameters::default() }.encode_to_vec();
    let message = Part { entries: vec![entry], ..Part::default() }.encode_to_vec();
    let broken: Vec<String> = format!("otpauth-migration://offline?data={}", BASE64.encode(&message))
        .into_bytes()
        .chunks(76)
        .map(|line| String::from_utf8(line.to_vec()).unwrap())
        .collect();
    assert_eq!(import(broken.join("\r\n")).entries.len(), 1);
    assert_eq!(
        told(&import([&broken.join("\n"), "Hjemme", "Hytta"].join("\n")))[1..],
        [": NotOtpauth", ": NotOtpauth"]
    );
}

#[test]
fn a_word_after_a_transfer_is_no_part_of_it() {
    let entry = |name: &[u8]| Parameters {
        secret: b"Hello!\xde\xad\xbe\xef".to_vec(),
        name: name.to_vec(),
        kind: 2,
        ..Parameters::default()
    };
    let part = Part { entries: vec![entry(b"kari").encode_to_vec(), entry(b"ola").encode_to_vec()], ..Part::default() };
    let data = BASE64.encode(&part.encode_to_vec());
    let two = [format!("|kari|{KEY}"), format!("|ola|{KEY}")];
    for data in [data.replace('=', "%3D"), data.trim_end_matches('=').to_owned()] {
        let transfer = format!("otpauth-migration://offline?data={data}");
        assert!(transfer.len() >= 60);
        // A word, what a second QR code in a picture says, another transfer.
        for (after, others) in [("Hjemme", 1), ("12345678", 1), ("Hjemme\nHytta\nBua", 3), ("", 0), (&*transfer, 0)] {
            let lines = told(&import(format!("{transfer}\n{after}")));
            assert_eq!(lines[..2], two, "{after}");
            assert_eq!(lines[2..], vec![": NotOtpauth"; others], "{after}");
        }
        // Cut between two accounts, the first line reads as a transfer of one.
        let (before, rest) = transfer.split_at(transfer.len() - 30);
        assert_eq!(told(&import(format!("{before}\n{rest}"))), two);
    }
}

/// gzip, stored, with a name in its header.
pub(super) fn gzip(body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).unwrap();
    [
        &[0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3][..],
        b"a.json\0",
        &[1],
        &length.to_le_bytes(),
        &(!length).to_le_bytes(),
        body,
        &[0; 8],
    ]
    .concat()
}

#[test]
fn a_file_is_named_for_what_it_is() {
    let list = format!("otpauth://totp/a:b?secret={KEY}\n");
    assert_eq!(told(&import(gzip(list.as_bytes()))), [format!("a|b|{KEY}")]);
    let mut state = 1u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    let noise: Vec<u8> = (0..400).map(|_| next() | 1).collect();
    for (file, error) in [
        (&b"-----BEGIN PGP MESSAGE-----\n\nwcBM\n"[..], ImportError::SealedOutside),
        (b"\x85\x01\x0c\x03\x11\x22\x33", ImportError::SealedOutside),
        (b"\x8c\x0d\x04\x09\x03\x08", ImportError::SealedOutside),
        (b"age-encryption.org/v1\n-> X25519 abc\n\x80\x81", ImportError::SealedOutside),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1", ImportError::Heic),
        (b"<?xml version=\"1.0\"?><WinAuth version=\"3.6\"><config/></WinAuth>", ImportError::WinAuth),
        (&[b"bplist00", &noise[..]].concat(), ImportError::NotAnExport),
        (&noise, ImportError::UnknownOrSealed),
        (b"{\"encrypted\":false,\"items\":[]}", ImportError::NoCodes),
        (b"name,url,username,password\nFjord,https://fjord.example,kari,pw\n", ImportError::NoCodes),
        (b"Fjord:kari\nSkog:ola   123456\n", ImportError::NotAnExport),
        (b"{\"shared_secret\":\"AAAA\",\"account_name\":\"x\"}", ImportError::SteamFile),
    ] {
        assert_eq!(read(file, None).err(), Some(error), "{}", String::from_utf8_lossy(file));
    }
}

#[test]
fn a_field_for_keys_gives_only_what_looks_like_the_key_of_a_code() {
    let table = |name: &str, value: &str| {
        told(&read(format!("site,user,{name}\nFjord,kari,{value}\n").as_bytes(), None).unwrap())
    };
    for value in ["hunter2", "administratoraccount", "kari", "sommer"] {
        for name in ["secret", "Secret Key", "seed", "key"] {
            assert_eq!(table(name, value), ["Fjord: kari: NoKey"], "{name} {value}");
        }
    }
    for name in [
        "secret",
        "Secret Key",
        "seed",
        "TOTP",
        "totp_secret",
        "TOTP Secret",
        "otp",
        "OTP Secret",
        "otpauth",
        "OTPAuth URL",
        "one-time password",
        "One Time Password",
        "otpSecret",
        "otpUrl",
        "login_totp",
        "2FA",
        "2FA Secret",
        "2fa key",
        "Two-Factor Secret",
        "two_factor_code",
        "MFA Secret",
        "mfa",
        "Authenticator Key",
        "Google Authenticator",
        "TOTP Seed",
        "totp_uri",
        "TOTP key",
        "otp key",
        "Soft token",
        "engangskode",
        "Engangsnøkkel",
    ] {
        assert_eq!(table(name, KEY), [format!("Fjord|kari|{KEY}")], "{name}");
        assert_eq!(table(name, "jbsw y3dp ehpk 3pxp"), [format!("Fjord|kari|{KEY}")], "{name}");
    }
    // Where a column says what kind of code it is, a short key is one.
    assert_eq!(told(&import("issuer,account,secret,type\na,b,MZXW6YTB,totp\n")), ["a|b|MZXW6YTB"]);
}

#[test]
fn each_password_manager_says_what_was_thrown_away() {
    let proton = format!(
        r#"{{"vaults":{{"v":{{"items":[{{"state":2,"data":{{"metadata":{{"name":"a"}},"content":{{"totpUri":"{KEY}"}}}}}}]}}}}}}"#
    );
    let one = format!(
        r#"{{"accounts":[{{"vaults":[{{"items":[{{"state":"archived","overview":{{"title":"a"}},
           "details":{{"sections":[{{"fields":[{{"value":{{"totp":"{KEY}"}}}}]}}]}}}}]}}]}}]}}"#
    );
    for (file, how) in [(proton, Discarded::Trash), (one, Discarded::Archive)] {
        assert_eq!(told(&import(file)), [format!("{how:?} a|")]);
    }
}

#[test]
fn formats_that_are_a_few_fields() {
    for (file, expected) in [
        (
            format!(
                r#"{{"app":"2fauth_v5.4.3","data":[{{"otp_type":"hotp","account":"b","service":"a","secret":"{KEY}","digits":8,"algorithm":"sha256","period":null,"counter":7,"legacy_uri":""}}]}}"#
            ),
            "a|b",
        ),
        (
            format!(
                r#"{{"version":{{"major":1,"minor":0}},"exporterRpId":"x","accounts":[{{"items":[{{"title":"t","credentials":[{{"type":"totp","secret":"{KEY}","period":60,"digits":8,"username":"b","algorithm":"sha256","issuer":"a"}}]}}]}}]}}"#
            ),
            "a|b",
        ),
        (
            format!(
                "<!DOCTYPE html><p>x</p><table><tr><td><p><b>a</b></p><p><b>b</b></p><p>Type: <b>totp</b></p><p>Digits: <b>8</b></p><p>Secret: <b>{KEY}</b></p></table>"
            ),
            "a|b",
        ),
        (format!("<html><a href=\"otpauth://totp/a:b?secret={KEY}&amp;issuer=a\">x</a>"), "a|b"),
        (format!("hunter2\nuser: b\ntotp: {KEY}\n"), "|"),
        (format!("otpauth://totp/WinAuth:a%20(b)?secret={KEY}&icon=WinAuth"), "a (b)|"),
        (r#"{"shared_secret":"SGVsbG8h3q2+7w==","account_name":"b"}"#.to_owned(), "Steam|b"),
    ] {
        assert_eq!(told(&import(&file)), [format!("{expected}|{KEY}")], "{file}");
    }
    let sealed = import(
        r#"{"app":"x","data":[{"service":"a","account":"b","secret":"JBSWY3DPEHPK3PXP"},{"service":"c","secret":"1"}]}"#,
    );
    assert!(sealed.unreadable.iter().all(|unreadable| unreadable.why == Why::SecretCharacter));
}

/// 10,000 entries over 10,000 accounts: each is compared with a few, or this would take minutes.
#[test]
fn as_many_entries_as_there_may_be_are_planned_and_taken() {
    let uri = |n: usize, secret: &str| format!("otpauth://totp/{}:{}%40x.example?secret={secret}", n % 4, n % 4_000);
    let key = |n: usize| data_encoding::BASE32_NOPAD.encode(&[[7; 8], n.to_be_bytes()].concat());
    let list = |from: usize| (from..from + 10_000).map(|n| uri(n, &key(n))).collect::<Vec<_>>().join("\n");
    let (here, file) = (import(list(0)), import(list(5_000)));
    let mut contents = vault::Contents::default();
    let mut next = 0u128;
    let mut make_id = || {
        next += 1;
        Ok(vault::AccountId(next.to_be_bytes()))
    };
    let add = vec![merge::Choice::Add; 10_000];
    let taken = merge::apply(&mut contents, &here.entries, &add, 1, &mut make_id).unwrap();
    assert_eq!(taken.added.len(), 10_000);
    let fates = merge::plan(&contents, &file.entries);
    let same = fates.iter().filter(|fate| matches!(fate, merge::Fate::Same { .. })).count();
    let clash =
        fates.iter().filter(|fate| matches!(fate, merge::Fate::Conflict { how: merge::Clash::Secret, .. })).count();
    assert_eq!(same, 5_000);
    assert!(clash > 0 && same + clash <= 10_000);
    let taken = merge::apply(&mut contents, &file.entries, &add, 2, &mut make_id).unwrap();
    assert_eq!((taken.added.len(), taken.skipped), (5_000, 5_000));
}

/// A database's or an archive's attachments are passed over.
#[test]
fn what_is_large_for_its_attachments_is_read() {
    let list = format!("otpauth://totp/a:b?secret={KEY}\n");
    let attachment = vec![b'x'; 20 << 20];
    let large = zip(&[("files/film", attachment.as_slice()), ("list.txt", list.as_bytes())]);
    assert_eq!(told(&import(&large)), [format!("a|b|{KEY}")]);
    assert_eq!(read(&attachment, None).err(), Some(ImportError::TooLarge));
    // An Aegis of 500 accounts with an icon each.
    let icon = "A".repeat(60_000);
    let entry = format!(r#"{{"type":"totp","name":"b","issuer":"a","icon":"{icon}","info":{{"secret":"{KEY}"}}}}"#);
    let aegis = format!(r#"{{"version":1,"header":{{}},"db":{{"entries":[{}]}}}}"#, vec![entry; 500].join(","));
    assert_eq!(import(&aegis).entries.len(), 500);
}
