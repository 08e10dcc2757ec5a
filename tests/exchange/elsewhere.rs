//! What other people's programs write beside the apps' own exports, or in another spelling.

use formats::{Format, Import, ImportError, read};
use otp::{Algorithm, Factor};

use super::kinds::{KEY, OTHER, told};

fn import(file: impl AsRef<[u8]>) -> Import {
    let file = file.as_ref();
    read(file, None).unwrap_or_else(|error| panic!("{error:?}: {}", String::from_utf8_lossy(file)))
}

/// What makes the codes of the one entry.
fn made(file: impl AsRef<[u8]>) -> (Factor, u8, Algorithm) {
    let import = import(file);
    let [entry] = &import.entries[..] else { panic!("{:?}", told(&import)) };
    (entry.credential.factor, entry.credential.digits, entry.credential.algorithm)
}

const fn time(period: u32) -> Factor {
    Factor::Time { period }
}

/// A name that is not known would make another code.
#[test]
fn what_makes_a_code_is_known_by_many_names() {
    // Microsoft's table of hardware tokens, and its list.
    let table = |key: &str| {
        format!(
            "upn,serial number,secret key,time interval,manufacturer,model\r\nkari@contoso.no,1234567,{key},60,Contoso,X\r\n"
        )
    };
    assert_eq!(told(&import(table(OTHER))), [format!("|kari@contoso.no|{OTHER}")]);
    assert_eq!(made(table(OTHER)), (time(60), 6, Algorithm::Sha1));
    let graph = format!(
        r##"{{"@context":"#$delta","value":[{{"@contentId":"1","serialNumber":"1234567","manufacturer":"Contoso","model":"X","secretKey":"{OTHER}","timeIntervalInSeconds":60,"hashFunction":"hmacsha256","assignTo":{{"id":"0000"}}}}]}}"##
    );
    assert_eq!(made(graph), (time(60), 6, Algorithm::Sha256));
    for name in [
        "Time Interval",
        "time_step",
        "timePeriod",
        "TOTP period",
        "Period (s)",
        "Period [sec]",
        "Periode",
        "Intervall",
        "step",
        "otp_interval",
    ] {
        assert_eq!(made(format!("issuer,secret,{name}\nA,{OTHER},60\n")), (time(60), 6, Algorithm::Sha1), "{name}");
    }
    for name in ["otplen", "OTP Length", "codeDigits", "number of digits", "Siffer", "Stellen", "code_length", "digits"]
    {
        assert_eq!(made(format!("issuer,secret,{name}\nA,{OTHER},8\n")), (time(30), 8, Algorithm::Sha1), "{name}");
    }
    // A name has an end.
    for (name, digits) in [("digits".repeat(10) + "code", 8), ("digits".repeat(10) + "token", 6)] {
        assert_eq!(made(format!("issuer,secret,{name}\nA,{OTHER},8\n")).1, digits, "{name}");
    }
    for name in ["hashlib", "hash function", "hash_algorithm", "HMAC algorithm", "algo", "Algoritme", "digest"] {
        assert_eq!(
            made(format!("issuer,secret,{name}\nA,{OTHER},sha512\n")),
            (time(30), 6, Algorithm::Sha512),
            "{name}"
        );
    }
    for name in ["hotp_counter", "movingFactor", "counter"] {
        let table = format!("issuer,secret,type,{name}\nA,{OTHER},hotp,7\n");
        assert_eq!(made(table), (Factor::Counter { counter: 7 }, 6, Algorithm::Sha1), "{name}");
    }
    // These say nothing of it; of two that may, the more certain counts.
    for name in ["password length", "update interval", "time", "hashCode", "refreshPeriod", "keyLength", "timestamp"] {
        let table = format!("issuer,secret,{name}\nA,{OTHER},8\n");
        assert_eq!(made(table), (time(30), 6, Algorithm::Sha1), "{name}");
    }
    assert_eq!(made(format!("length,issuer,secret,digits\n12,A,{OTHER},8\n")), (time(30), 8, Algorithm::Sha1));
    assert_eq!(
        made(format!(r#"[{{"name":"A","totp":"{KEY}","period":30.0,"digits":8.0}}]"#)),
        (time(30), 8, Algorithm::Sha1)
    );
    // A list that looks like andOTP's, and has the hash under a shorter name.
    let list = format!(
        r#"[{{"type":"TOTP","label":"kari","issuer":"A","secret":"{KEY}","digits":8,"algo":"SHA512","period":60}}]"#
    );
    assert_eq!(told(&import(&list)), [format!("A|kari|{KEY}")]);
    assert_eq!(made(list), (time(60), 8, Algorithm::Sha512));
}

/// FreeOTP tells Steam's codes by the label, Google's table of kinds has none for them.
#[test]
fn steams_codes_are_told_as_each_app_tells_them() {
    let token = |issuer: &str, digits: u8| {
        format!(
            r#"{{"algo":"SHA1","counter":0,"digits":{digits},"issuerExt":"{issuer}","label":"gabe","period":30,"secret":[72,101,108,108,111,33,-34,-83,-66,-17],"type":"TOTP"}}"#
        )
    };
    let plus = |token: &str| format!(r#"{{"tokenOrder":["x"],"tokens":[{token}]}}"#);
    let preferences = |value: &str| {
        let value = value.replace('&', "&amp;").replace('"', "&quot;");
        format!(
            "<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\n<map><string name=\"a\">{value}</string></map>"
        )
    };
    for digits in [5, 6] {
        let token = token("Steam", digits);
        for file in [plus(&token), preferences(&token)] {
            assert_eq!(made(&file), (Factor::Steam, 5, Algorithm::Sha1), "{file}");
        }
    }
    assert_eq!(made(plus(&token("Other", 6))), (time(30), 6, Algorithm::Sha1));
    // Its list of URIs has the issuer in the label alone.
    let uri = |issuer: &str, digits: u8| {
        format!("otpauth://totp/{issuer}:gabe?secret={KEY}&algorithm=SHA1&digits={digits}&period=30")
    };
    assert_eq!(made(uri("Steam", 5)), (Factor::Steam, 5, Algorithm::Sha1));
    assert_eq!(told(&import(uri("Other", 5))), ["Other:gabe: Digits"]);
    // Whatever the list, nobody else has five.
    let list_of = |digits: u8| {
        format!(r#"[{{"name":"gabe","issuer":"Steam","secret":"{KEY}","digits":{digits},"type":"totp"}}]"#)
    };
    assert_eq!(made(list_of(5)), (Factor::Steam, 5, Algorithm::Sha1));
    assert_eq!(made(list_of(6)), (time(30), 6, Algorithm::Sha1), "it has sign-ins of its own");
    // A counter that was never used stands before the first.
    let fresh = token("A", 6).replace("\"counter\":0", "\"counter\":-1").replace("TOTP", "HOTP");
    assert_eq!(made(plus(&fresh)), (Factor::Counter { counter: 0 }, 6, Algorithm::Sha1));
    // The first versions kept URIs.
    assert_eq!(told(&import(preferences(&uri("A", 8)))), [format!("A|gabe|{KEY}")]);
    // A setting may have a kind as well.
    let beside = preferences(&token("A", 6))
        .replace("</map>", "<string name='b'>{&quot;type&quot;:&quot;dark&quot;}</string></map>");
    assert_eq!(told(&import(beside)).len(), 1);
}

#[test]
fn keeotps_text_is_read_wherever_keepass_and_its_kin_write_it() {
    let xml = |otp: &str| {
        let otp = otp.replace('&', "&amp;");
        format!(
            "<KeePassFile><Root><Group><Entry><String><Key>Title</Key><Value>A</Value></String><String><Key>UserName</Key><Value>kari</Value></String><String><Key>otp</Key><Value>{otp}</Value></String></Entry></Group></Root></KeePassFile>"
        )
    };
    let csv = |otp: &str| format!("Group,Title,Username,Password,URL,Notes,TOTP\nRoot,A,kari,pw,,,{otp}\n");
    let hex = "3132333435363738393031323334353637383930";
    for (text, made_of) in [
        (format!("key={OTHER}&size=8&step=60&otpHashMode=Sha256"), (time(60), 8, Algorithm::Sha256)),
        (format!("size=8&key={OTHER}"), (time(30), 8, Algorithm::Sha1)),
        (format!("key={hex}&encoding=Hex"), (time(30), 6, Algorithm::Sha1)),
        ("key=MTIzNDU2Nzg5MDEyMzQ1Njc4OTA%3d&encoding=Base64".to_owned(), (time(30), 6, Algorithm::Sha1)),
        ("key=12345678901234567890&encoding=UTF8".to_owned(), (time(30), 6, Algorithm::Sha1)),
        (format!("key={OTHER}&size=5&encoder=steam"), (Factor::Steam, 5, Algorithm::Sha1)),
        (format!("key={OTHER}&type=Hotp&counter=7"), (Factor::Counter { counter: 7 }, 6, Algorithm::Sha1)),
    ] {
        for file in [xml(&text), csv(&text)] {
            assert_eq!(told(&import(&file)), [format!("A|kari|{OTHER}")], "{text}");
            assert_eq!(made(&file), made_of, "{text}");
        }
    }
    // As base32 it would be another key.
    let hex = "234567abcdef234567ab";
    let key = import(xml(&format!("key={hex}&encoding=hex"))).entries[0].credential.secret.expose().to_vec();
    assert_eq!(data_encoding::HEXLOWER.encode(&key), hex);
    for (text, why) in [("key=31&encoding=Base85", "Setting(\"encoding\")"), ("key=3x&encoding=Hex", "SecretCharacter")]
    {
        assert_eq!(told(&import(xml(text))), [format!("A: kari: {why}")]);
    }
    // KeePassXC writes the settings of a code of the old kind without its key.
    assert_eq!(told(&import(csv("30;6"))), ["A: kari: NoKey"]);
}

#[test]
fn the_kinds_and_the_spellings_of_the_extension_called_authenticator_are_kept() {
    let entry = |kind: &str, secret: &str| {
        format!(
            r#"{{"h":{{"dataType":"OTPStorage","encrypted":false,"hash":"h","index":0,"type":"{kind}","issuer":"A","account":"b","secret":"{secret}","counter":7}}}}"#
        )
    };
    let hex = "3132333435363738393031323334353637383930";
    for (kind, secret, made_of) in [
        ("totp", &*format!("stm-{OTHER}"), (Factor::Steam, 5, Algorithm::Sha1)),
        // A key that is no base32 is hexadecimal there.
        ("totp", hex, (time(30), 6, Algorithm::Sha1)),
        ("hotp", hex, (Factor::Counter { counter: 7 }, 6, Algorithm::Sha1)),
    ] {
        let file = entry(kind, secret);
        assert_eq!(told(&import(&file)), [format!("A|b|{OTHER}")], "{kind} {secret}");
        assert_eq!(made(&file), made_of, "{kind} {secret}");
    }
    assert_eq!(told(&import(entry("totp", "0189"))).len(), 1);
    // What may be either is base32.
    assert_eq!(
        told(&import(entry("totp", "ABCDEF234567ABCDEF234567ABCDEF23"))),
        ["A|b|ABCDEF234567ABCDEF234567ABCDEF23"]
    );
    assert_eq!(told(&import(entry("totp", "018"))), ["A: b: SecretCharacter"]);
}

#[test]
fn authys_tokens_are_read_as_its_service_has_them_and_as_they_were_decrypted() {
    let token = |name: &str, issuer: &str, kind: &str| {
        format!(
            r#"{{"account_type":"{kind}","name":"{name}","issuer":{issuer},"decrypted_seed":"{KEY}","digits":7,"logo":"x","unique_id":"1"}}"#
        )
    };
    let file = |list: &str, tokens: &[String]| format!(r#"{{"message":"success","{list}":[{}]}}"#, tokens.join(","));
    let tokens = [
        token("A:kari", "null", "authenticator"),
        token("Contoso AS:kari@contoso.no", "\"Microsoft\"", "authenticator"),
        token("kari", "\"A\"", "gmail"),
        token("kari", "\"A\"", "authy"),
    ];
    for list in ["decrypted_authenticator_tokens", "authenticator_tokens"] {
        let import = import(file(list, &tokens));
        assert_eq!(
            told(&import),
            [
                format!("A|kari|{KEY}"),
                format!("Microsoft|kari@contoso.no|{KEY}"),
                format!("A|kari|{KEY}"),
                "A: kari: Type".to_owned()
            ]
        );
        assert_eq!(import.entries[1].organisation.as_deref(), Some("Contoso AS"));
        assert!(import.entries.iter().all(|entry| entry.credential.digits == 7));
    }
    // As it was enrolled, as a person has called it since, and with what was sealed left beside.
    let renamed = format!(
        r#"{{"name":"Jobb","originalName":"kari","originalIssuer":"A","decryptedSecret":"{KEY}","encryptedSecret":"AAAA"}}"#
    );
    assert_eq!(told(&import(file("authenticator_tokens", &[renamed]))), [format!("A|Jobb|{KEY}")]);
    // A list of them alone, and a table.
    assert_eq!(told(&import(format!("[{}]", tokens[2]))), [format!("A|kari|{KEY}")]);
    assert_eq!(told(&import(format!("name,issuer,decrypted_seed\nkari,A,{KEY}\n"))), [format!("A|kari|{KEY}")]);
    // What a key of each costs counts together.
    let sealed = |rounds: &str| {
        format!(r#"{{"name":"A:b","encrypted_seed":"AAAA","salt":"x","key_derivation_iterations":{rounds}}}"#)
    };
    let password = formats::Password::ascii("whatever");
    for (rounds, error) in
        [("10000000", ImportError::KdfTooExpensive), ("0", ImportError::Damaged), ("null", ImportError::WrongPassword)]
    {
        let file = file("authenticator_tokens", &vec![sealed(rounds); 9]);
        assert_eq!(read(file.as_bytes(), None).err(), Some(ImportError::NeedsPassword), "{rounds}");
        assert_eq!(read(file.as_bytes(), Some(&password)).err(), Some(error), "{rounds}");
    }
}

/// As 1Password's command line prints them; the code of the moment stands beside.
#[test]
fn pairs_of_names_and_values_are_the_fields_of_what_they_stand_in() {
    let item = |kind: &str, value: &str| {
        format!(
            r#"{{"id":"x","title":"Fjord","vault":{{"id":"v","name":"Work"}},"category":"LOGIN","urls":[{{"primary":true,"href":"https://x.example"}}],"fields":[
               {{"id":"username","type":"STRING","purpose":"USERNAME","label":"username","value":"kari"}},
               {{"id":"password","type":"CONCEALED","purpose":"PASSWORD","label":"password","value":"pw"}},
               {{"id":"notesPlain","type":"STRING","purpose":"NOTES","label":"notesPlain","value":"a note"}},
               {{"id":"TOTP_1","type":"{kind}","label":"one-time password","value":"{value}","totp":"123456"}}]}}"#
        )
    };
    for value in [KEY, &format!("otpauth://totp/?secret={KEY}"), &format!("otpauth://totp/Fjord:kari?secret={KEY}")] {
        for file in [item("OTP", value), format!("[{}]", item("OTP", value))] {
            let import = import(&file);
            assert_eq!(told(&import), [format!("Fjord|kari|{KEY}")], "{value}");
            assert_eq!(import.entries[0].remarks.note.as_ref().map(vault::AccountNote::expose), Some("a note"));
        }
    }
    // By the kind alone, and by the name alone.
    for pair in [r#""name":"Kode","type":"totp""#, r#""key":"TOTP","type":"text""#] {
        let file = format!(
            r#"{{"records":[{{"name":"Fjord","login":"kari","custom":[{{{pair},"value":"{KEY}"}},{{"name":"pin","value":1234}}]}}]}}"#
        );
        assert_eq!(told(&import(file)), [format!("Fjord|kari|{KEY}")], "{pair}");
    }
    // What makes the code, and as a number.
    let file = format!(
        r#"{{"name":"Fjord","custom":[{{"name":"TOTP","value":"{KEY}"}},{{"name":"digits","value":8}},{{"name":"algorithm","value":"SHA256"}}]}}"#
    );
    assert_eq!(made(file), (time(30), 8, Algorithm::Sha256));
    // What has a key of its own is no pair, whatever it is called.
    let entries = format!(
        r#"{{"name":"all","list":[{{"name":"TOTP","value":"123456","totp":"{KEY}"}},{{"name":"TOTP","value":"234567","totp":"{OTHER}"}}]}}"#
    );
    assert_eq!(told(&import(entries)), [format!("TOTP||{KEY}"), format!("TOTP||{OTHER}")]);
    // What is of no code is no pair.
    let uris = format!(
        r#"{{"name":"all","list":[{{"name":"A","value":"otpauth://totp/?secret={KEY}"}},{{"name":"B","value":"otpauth://totp/?secret={OTHER}"}}]}}"#
    );
    assert_eq!(told(&import(uris)), [format!("A||{KEY}"), format!("B||{OTHER}")]);
}

/// Of another app's names, one alone does not make a file that app's.
#[test]
fn what_is_called_like_an_app_s_is_still_read_by_its_own_names() {
    let list = format!(r#"[{{"kind":"TOTP","issuer":"A","account":"b","secret":"{OTHER}","period":60}}]"#);
    assert_eq!(made(&list).0, time(60));
    assert_eq!(told(&import(list)), [format!("A|b|{OTHER}")]);
    let items = format!(r#"{{"items":[{{"issuer":"A","account":"b","secret":"{OTHER}"}}]}}"#);
    let import = import(items);
    assert_eq!((told(&import), import.format), (vec![format!("A|b|{OTHER}")], Format::Json));
}

/// Its header has six names, its rows nine cells and no quotes, and what is not there is called `null`.
#[test]
fn bitwarden_authenticators_table_is_read_as_it_is() {
    let uri = |label: &str, more: &str| {
        format!("otpauth://totp/{label}?secret={KEY}&algorithm=SHA256&digits=8&period=15{more}")
    };
    let table = format!(
        "folder,favorite,type,name,login_uri,login_totp\n,,1,Fjord,,{},Fjord,15,8\n,,1,null,,{},null,30,6\n,,1,Steam,,steam://{OTHER},Steam,30,6\n,,1,Contoso, Inc,,{},Contoso, Inc,30,6",
        uri("Fjord%3Akari", "&issuer=Fjord"),
        uri("kari", ""),
        uri("Contoso%2C%20Inc%3Akari", "&issuer=Contoso%2C%20Inc"),
    );
    let import = import(table);
    assert_eq!(
        told(&import),
        [
            format!("Fjord|kari|{KEY}"),
            format!("|kari|{KEY}"),
            format!("Steam||{OTHER}"),
            format!("Contoso, Inc|kari|{KEY}")
        ]
    );
    assert_eq!(import.entries.iter().map(|entry| entry.credential.digits).collect::<Vec<_>>(), [8, 8, 5, 8]);
}

/// As base32 it would be the key of another code.
#[test]
fn what_is_in_base64_is_no_key_in_base32() {
    let secret = "SGVsbGdGhpcnR5IGJ5dGVzIG5vdA=="[..24].to_owned();
    let file = format!(r#"{{"shared_secret":"{secret}","identity_secret":"x","account_name":"gabe"}}"#);
    let key = data_encoding::BASE32_NOPAD.encode(&data_encoding::BASE64.decode(secret.as_bytes()).unwrap());
    for file in [
        file.clone(),
        format!("[{file},{file}]"),
        format!(r#"{{"BackingMobileAuthenticator":{file},"AccessToken":"x"}}"#),
        format!(r#"{{"accounts":{{"1":{file}}}}}"#),
    ] {
        let import = import(&file);
        assert!(import.entries.iter().all(|entry| entry.credential.factor == Factor::Steam), "{file}");
        assert_eq!(told(&import)[0], format!("Steam|gabe|{key}"), "{file}");
    }
    for name in ["secret", "sharedSecret", "key"] {
        let table = format!("site,user,{name}\nA,b,{secret}\n");
        assert_eq!(told(&import(table)), ["A: b: NoKey"], "{name}");
    }
}

/// As Ente takes them; read as one, the second would be the name of the first.
#[test]
fn uris_may_stand_between_commas() {
    // One that is all that a field holds may have white space in its label; with a line below it, it ends before that.
    for (field, name) in [("My Bank:kari", "My Bank|kari"), ("Bank:kari", "Bank|kari")] {
        let below = if name == "Bank|kari" { "\\nwhat I need for the bank" } else { "" };
        let file = format!(r#"[{{"totp":"otpauth://totp/{field}?secret={KEY}{below}"}}]"#);
        assert_eq!(told(&import(&file)), [format!("{name}|{KEY}")], "{file}");
    }
    let uri = |label: &str, key: &str| format!("otpauth://totp/{label}?secret={key}&issuer=A");
    let (one, two) = (uri("A:kari", KEY), uri("A:ola", OTHER));
    let both = [format!("A|kari|{KEY}"), format!("A|ola|{OTHER}")];
    for between in [",", ", ", ";", " ; ", ",\n", "\n"] {
        for text in [format!("{one}{between}{two}"), format!("{one}{between}{two}{between}")] {
            assert_eq!(told(&import(&text)), both, "{text}");
            let table = format!("title;username;password;notes\nx;y;pw;\"see {text}\"\n");
            assert_eq!(told(&import(&table)), both, "{table}");
        }
    }
    let nameless = format!("{one},otpauth://totp/ola?secret={OTHER}");
    assert_eq!(told(&import(nameless)), [both[0].clone(), format!("|ola|{OTHER}")]);
    // A name may have one.
    let name = format!("otpauth://totp/Contoso, Inc:kari?secret={KEY}&issuer=Contoso, Inc");
    assert_eq!(told(&import(name)), [format!("Contoso, Inc|kari|{KEY}")]);
}

/// Another program's mistake, whose codes are wrong there too.
#[test]
fn what_was_taken_for_a_key_elsewhere_is_none() {
    let uri = |key: &str| format!("otpauth://totp/A:kari?secret={key}&period=30&digits=6&issuer=A");
    for key in [&format!("otpauthtotpAkarisecret{KEY}"), "UNDEFINEDA======"] {
        assert_eq!(told(&import(uri(key))), ["A:kari: NoKey"], "{key}");
        let list = format!(
            r#"{{"version":1,"header":{{}},"db":{{"entries":[{{"type":"totp","name":"kari","issuer":"A","info":{{"secret":"{key}"}}}}]}}}}"#
        );
        assert_eq!(told(&import(list)), ["A: kari: NoKey"], "{key}");
    }
}
