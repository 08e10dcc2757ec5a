//! What a person has thrown away in another app is not brought back unasked.

use exchange::bundle;
use formats::{Discarded, read, read_file};

type Entries = &'static [(&'static str, Option<Discarded>)];

/// What each format says of a live account, one in the bin, one in the archive where it has such; and one in the bin
/// that nobody could read.
const FILES: [(&str, &str, Entries); 4] = [
    (
        "Bitwarden",
        r#"{"encrypted":false,"items":[
            {"name":"live","deletedDate":null,"login":{"username":"a","totp":"mzxw6ytb"}},
            {"name":"thrown","deletedDate":"2026-11-01T08:00:00.000Z","login":{"username":"b","totp":"mzxw6ytc"}},
            {"name":"kept away","archivedDate":"2026-11-01T08:00:00.000Z","login":{"username":"c","totp":"mzxw6ytd"}},
            {"name":"broken","deletedDate":"2026-11-01T08:00:00.000Z","login":{"username":"d","totp":"0"}}]}"#,
        &[("live", None), ("thrown", Some(Discarded::Trash)), ("kept away", Some(Discarded::Archive))],
    ),
    (
        "otpauth",
        "otpauth://totp/live:a?secret=mzxw6ytb&issuer=live&codeDisplay=%7B%22pinned%22%3Atrue%2C%22trashed%22%3Afalse%7D\n\
         otpauth://totp/thrown:b?codeDisplay=%7B%22pinned%22%3Afalse%2C%22trashed%22%3Atrue%7D&secret=mzxw6ytc&issuer=thrown\n\
         otpauth://totp/odd:c?secret=mzxw6ytd&issuer=odd&codeDisplay=%7Btrashed\n\
         otpauth://totp/broken:d?secret=0&codeDisplay=%7B%22trashed%22%3Atrue%7D\n",
        &[("live", None), ("odd", None), ("thrown", Some(Discarded::Trash))],
    ),
    (
        "CSV",
        "Title,Url,Username,Password,OTPAuth,Favorite,Archived,Tags,Notes\n\
         live,https://live.example,a,p,otpauth://totp/live:a?secret=mzxw6ytb&issuer=live,false,false,,\n\
         kept away,https://x.example,b,p,mzxw6ytc,false,true,,\n",
        &[("live", None), ("kept away", Some(Discarded::Archive))],
    ),
    (
        "otpauth",
        "otpauth://totp/thrown:b?secret=mzxw6ytc&issuer=thrown&codeDisplay=%7B%22trashed%22%3Atrue%7D\n",
        &[("thrown", Some(Discarded::Trash))],
    ),
];

#[test]
fn what_was_thrown_away_elsewhere_is_set_apart_and_says_why() {
    for (format, file, expected) in FILES {
        let import = read(file.as_bytes(), None).unwrap();
        assert!(import.entries.iter().all(|entry| entry.discarded.is_none()), "{format}");
        assert_eq!(
            import.unreadable.len(),
            usize::from(file.contains("broken")),
            "{format}: what nobody can read is told"
        );
        // Through the reader's module and back, last in the list.
        let reading = read_file(file.as_bytes(), None);
        assert_eq!((reading.format, reading.count as usize), (format, expected.len()));
        let entries = bundle::unpack(&reading.entries.0).unwrap().entries;
        let seen: Vec<_> = entries.iter().map(|entry| (entry.issuer.as_str(), entry.discarded)).collect();
        assert_eq!(seen, expected, "{format}");
    }
}
