#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::tests::world::{channel, layouts};

const GOOD: &str = r#"
transport = "sftp"
format = "csv"
[sftp]
host = "10.1.2.3"
user = "hub"
password = { credential = "ltax-password" }
host_key = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
[out]
dir = "/upload"
name = "HUB_LTAX_SWDJ_{date}_{seq4}.csv"
taken = "/upload/backup"
[in]
dir = "/download"
[[in.feeds]]
feed = "receipts"
pattern = "*_RET.csv"
answers = "_RET"
[[in.feeds]]
feed = "results"
pattern = "LTAX_HUB_DJJG_*.csv"
"#;

fn wrong(from: &str, to: &str) -> Vec<String> {
    let text = GOOD.replace(from, to);
    assert!(from.is_empty() || text != GOOD, "{from}");
    let settings: Settings = toml::from_str(&text).unwrap();
    judge(&settings, &channel(), &layouts())
        .iter()
        .map(|f| f.args[0].1.clone())
        .collect()
}

#[test]
fn what_types_cannot_say_is_judged() {
    let nothing: Vec<String> = Vec::new();
    assert_eq!(wrong("", ""), nothing);
    let table = [
        ("password = { credential = \"ltax-password\" }", "", vec!["sftp"]),
        ("SHA256:AAAA", "MD5:AAAA", vec!["sftp.host_key"]),
        ("SHA256:AAAA", "SHA256:AAA", vec!["sftp.host_key"]),
        ("_{seq4}", "", vec!["out.name"]),
        ("HUB_LTAX_SWDJ_{date}", "../HUB_{date}", vec!["out.name"]),
        (".csv\"\ntaken", ".{ext}\"\ntaken", vec!["out.name"]),
        ("/upload/backup", "/upload/", vec!["out.taken"]),
        ("\"/download\"", "\"/upload\"", vec!["in.dir"]),
        ("\"/download\"", "\"/a/../b\"", vec!["in.dir", "in.done", "in.error"]),
        (
            "feed = \"results\"",
            "feed = \"result\"",
            vec!["in.feeds result", "in.feeds results"],
        ),
        ("answers = \"_RET\"", "", vec!["in.feeds receipts"]),
        ("pattern = \"*_RET.csv\"", "pattern = \"*\"", vec!["in.feeds receipts"]),
        (
            "user = \"hub\"",
            "user = \"hub\"\ntimeout = \"0s\"",
            vec!["sftp.timeout"],
        ),
        ("taken = \"/upload/backup\"", "marker = \"ok\"", vec!["out.marker"]),
        ("taken = \"/upload/backup\"", "ready = \"rename\"", vec![]),
        ("taken = \"/upload/backup\"", "ready = \"stable\"", vec!["out.ready"]),
        ("taken = \"/upload/backup\"", "aside = \".writing\"", vec![]),
        ("taken = \"/upload/backup\"", "aside = \"\"", vec!["out.aside"]),
        ("taken = \"/upload/backup\"", "aside = \"/tmp/x\"", vec!["out.aside"]),
        ("taken = \"/upload/backup\"", "aside = \".ok\"", vec!["out.aside"]),
        ("taken = \"/upload/backup\"", "aside = \".recalled\"", vec!["out.aside"]),
        ("[in]", "[in]\nready = \"rename\"\nunfinished = [\".x\"]", vec![]),
        ("[in]", "[in]\nunfinished = [\"x\"]", vec!["in.unfinished"]),
        ("[in]", "[in]\nunfinished = [\".ok\"]", vec!["in.unfinished"]),
        (
            "feed = \"results\"",
            "feed = \"results\"\nnumbered = true\nhold = \"1h\"",
            vec![],
        ),
        (
            "feed = \"results\"",
            "feed = \"results\"\nhold = \"1h\"",
            vec!["in.feeds results"],
        ),
        (
            "feed = \"results\"",
            "feed = \"results\"\nnumbered = true\nhold = \"0s\"",
            vec!["in.feeds results"],
        ),
        ("feed = \"results\"", "feed = \"results\"\nempty = \"err\"", vec![]),
        ("[in]", "[in]\nanswer = true\nreceipts = \"/upload/receipts\"", vec![]),
        ("[in]", "[in]\nreceipts = \"/upload/receipts\"", vec!["in.receipts"]),
        (
            "[in]",
            "[in]\nanswer = true\nreceipts = \"/upload\"",
            vec!["in.receipts"],
        ),
        (
            "[in]",
            "[in]\nanswer = true\nreceipts = \"/download/\"",
            vec!["in.receipts"],
        ),
        ("\"sftp\"", "\"directory\"", vec!["sftp", "root"]),
        ("\"sftp\"", "\"sftp\"\nroot = \"/srv/front\"", vec!["root"]),
        ("\"sftp\"", "\"directory\"\nroot = \"srv\"", vec!["sftp", "root"]),
    ];
    for (from, to, expect) in table {
        assert_eq!(wrong(from, to), expect, "{from} -> {to}");
    }
}

#[test]
fn an_unknown_key_is_an_error() {
    for (from, to) in [
        ("user =", "users ="),
        ("taken =", "taking ="),
        ("feed = \"results\"", "feeds = \"results\""),
        ("\"sftp\"", "\"ftp\""),
        ("feed = \"results\"", "feed = \"results\"\nempty = \"no\""),
        ("user = \"hub\"", "user = \"hub\"\nfilename_encoding = \"gbk\""),
    ] {
        assert!(toml::from_str::<Settings>(&GOOD.replacen(from, to, 1)).is_err(), "{to}");
    }
    assert!(
        toml::from_str::<Settings>(&GOOD.replace("dir = \"/upload\"", "dir = \"/upload\"\ntaken_keeps = \"7\""))
            .is_err()
    );
}

/// UTF-16 is for what is decoded as a whole; records that count bytes and JSON Lines cannot be it.
#[test]
fn an_encoding_that_a_format_cannot_have_is_named() {
    let named = |text: &str, encoding: &str| -> Vec<String> {
        let settings: Settings = toml::from_str(text).unwrap();
        let mut layouts = layouts();
        for layout in &mut layouts {
            layout.encoding = encoding.to_owned();
        }
        let said = judge(&settings, &channel(), &layouts);
        let of_layouts = said.iter().filter(|f| f.args[0].1 == "layout submit");
        of_layouts.map(|f| f.args[1].1.clone()).collect()
    };
    let xml = |bom: bool| {
        let text = GOOD.replace("\"csv\"", "\"xml\"");
        format!("{text}[xml]\nrecords = \"Package/Case\"\nbom = {bom}\n")
    };
    for encoding in ["utf-16", "utf-16le", "utf-16be"] {
        assert!(named(GOOD, encoding).is_empty(), "{encoding}");
        assert!(named(&xml(true), encoding).is_empty(), "{encoding}");
        let lines = named(&GOOD.replace("\"csv\"", "\"jsonl\""), encoding);
        assert!(lines[0].contains("jsonl"), "{lines:?}");
    }
    assert!(named(&xml(false), "gbk").is_empty());
    assert!(named(&xml(true), "gbk")[0].contains("no mark"));
    assert!(named(GOOD, "utf16")[0].contains("unknown encoding"));
}
