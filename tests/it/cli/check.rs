//! `check --offline` by the real program, which knows the modes' own settings: the shipped configuration is sound, and of
//! a broken one everything is said at once, each with its place.

use super::normal::Normal;
use super::say::{ask, compare, forms, page};
use seams::{Clock, SystemClock};
use std::fs;
use std::path::{Path, PathBuf};

fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("config")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

/// The shipped configuration with some words changed. It is no fault of its that days go by: the years that are missed
/// now have their calendars here.
fn broken(dir: &Path, changes: &[(&str, &str, &str)]) -> PathBuf {
    let config = dir.join("config");
    copy(&shipped(), &config);
    let year = engine::plan::civil(SystemClock::new().now().0, 480).year();
    for year in [year, year + 1] {
        let path = config.join(format!("calendar/{year}.toml"));
        if !path.exists() {
            fs::write(
                path,
                format!("year = {year}\nsource = \"a test\"\noff = []\nwork = []\n"),
            )
            .unwrap();
        }
    }
    for (file, from, to) in changes {
        let path = config.join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file}: {from}");
        fs::write(&path, text.replacen(from, to, 1)).unwrap();
    }
    config
}

/// The next turns depend on the day: however many there are, they are shown as one.
fn one_turn(text: &str) -> String {
    let mut shown = text.to_owned();
    while shown.contains("TIME · TIME") {
        shown = shown.replace("TIME · TIME", "TIME");
    }
    let mut lines: Vec<&str> = Vec::new();
    for line in shown.lines() {
        let same = |other: &&str| line.contains("TIME") && other.trim_end_matches(',') == line.trim_end_matches(',');
        if !lines.last().is_some_and(same) {
            lines.push(line);
        } else if let Some(last) = lines.last_mut() {
            *last = line;
        }
    }
    lines.join("\n") + "\n"
}

/// Where in a file something stands changes with every edit of the example: that is judged word by word below.
fn unplaced(text: &str) -> String {
    let mut lines = Vec::new();
    let mut in_span = false;
    for line in text.lines() {
        let bare = line.trim_start();
        let number = bare.trim_start_matches(|c: char| c.is_ascii_digit());
        in_span = bare.starts_with("\"span\"") || (in_span && (number.is_empty() || number == ","));
        lines.push(if bare.starts_with("--> ") {
            bare.trim_end_matches(|c: char| c.is_ascii_digit() || c == ':')
                .to_owned()
        } else if in_span && number.len() < 2 {
            continue;
        } else if bare.starts_with("\"line\"") || bare.starts_with("\"column\"") {
            bare.split(':').next().unwrap_or_default().to_owned()
        } else if number.starts_with(" |") || number.starts_with('|') || number.starts_with("= ") {
            number.trim_start().to_owned()
        } else {
            line.to_owned()
        });
    }
    lines.join("\n") + "\n"
}

fn golden(name: &str, config: &Path, code: i32, normal: &Normal) {
    let words = ["check", "--offline"];
    let forms = forms(config, &words);
    assert_eq!(forms[0].1.code, code, "{forms:?}");
    compare(name, &unplaced(&page(&words, &forms, normal)));
}

#[test]
fn the_shipped_configuration_is_sound() {
    let dir = tempfile::tempdir().unwrap();
    let config = broken(dir.path(), &[]);
    let forms = forms(&config, &["check", "--offline"]);
    compare(
        "check_shipped",
        &one_turn(&page(&["check", "--offline"], &forms, &Normal::new(&config))),
    );
    assert_eq!(forms[0].1.code, 0, "{forms:?}");
    let value: serde_json::Value = serde_json::from_str(&forms[2].1.out).unwrap();
    assert_eq!(value["good"], true);
    assert_eq!(value["channels"].as_array().unwrap().len(), 0, "nobody was asked");
}

#[test]
fn everything_wrong_is_said_at_once_with_its_place() {
    let dir = tempfile::tempdir().unwrap();
    let normal = Normal::new(dir.path()).exact();
    let many = [
        (
            "tanghulu.toml",
            "http = \"127.0.0.1:8700\"",
            "htpp = \"127.0.0.1:8700\"",
        ),
        ("tanghulu.toml", "lease = \"30m\"", "lease = \"thirty minutes\""),
        ("departments/ltax.toml", "transport = \"sftp\"", "transport = \"ftp\""),
        (
            "departments/ntax.toml",
            "control_sum = \"ZCZB\"",
            "control_sum = \"ZCZZ\"",
        ),
        (
            "departments/park.toml",
            "needs = [\"reg_no\"]",
            "needs = [\"reg_no\", \"reg_mo\"]",
        ),
        (
            "departments/aic.toml",
            "\"准予\" = \"approved\"",
            "\"准予\" = \"aproved\"",
        ),
    ];
    let config = broken(&dir.path().join("many"), &many);
    golden("check_many", &config, 2, &normal);
    places(&config);
    // Every verb that needs the configuration says the same, and does nothing.
    let asked = ask(&config, &["balance", "--lang", "en"]);
    let checked = ask(&config, &["check", "--offline", "--lang", "en"]);
    assert_eq!((asked.code, asked.out.as_str()), (2, ""), "{asked:?}");
    assert!(checked.out.contains(asked.err.trim_end()), "{asked:?}\n{checked:?}");
    assert_eq!(ask(&config, &["run"]).code, 2);

    let syntax = broken(
        &dir.path().join("syntax"),
        &[("dictionary.toml", "[[item]]", "[[item]")],
    );
    golden("check_syntax", &syntax, 2, &normal);
    let secret = [(
        "departments/park.toml",
        "client_secret = { file = \"/etc/tanghulu/park.secret\" }",
        "client_secret = \"s3cret\"",
    )];
    let secret = broken(&dir.path().join("secret"), &secret);
    golden("check_secret", &secret, 2, &normal);
    for (form, said) in forms(&secret, &["check", "--offline"]) {
        // The line that is wrong is shown to whoever wrote it; nothing else repeats it.
        assert!(
            form.starts_with("--lang") || !said.out.contains("s3cret"),
            "{form}: {said:?}"
        );
    }
}

/// Every place points at the words meant: by its bytes, and by its line and column.
fn places(config: &Path) {
    let said = ask(config, &["check", "--offline", "--json"]);
    let value: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    let mut found = Vec::new();
    for d in value["diagnostics"].as_array().unwrap() {
        let file = d["file"].as_str().unwrap();
        let text = fs::read_to_string(config.join(file)).unwrap();
        let number = |v: &serde_json::Value| usize::try_from(v.as_u64().unwrap()).unwrap();
        let there = text.get(number(&d["span"][0])..number(&d["span"][1])).unwrap();
        let line = text.lines().nth(number(&d["line"]) - 1).unwrap();
        let rest: String = line.chars().skip(number(&d["column"]) - 1).collect();
        assert!(rest.starts_with(there), "{d}: {there:?} is not at {rest:?}");
        found.push((
            d["code"].as_str().unwrap().to_owned(),
            file.to_owned(),
            there.to_owned(),
        ));
    }
    let expected = [
        ("S_WORD", "departments/aic.toml", "\"aproved\""),
        ("S_WORD", "departments/ltax.toml", "\"ftp\""),
        ("S_CHANNEL_SETTING", "departments/ntax.toml", "\"ZCZZ\""),
        ("S_UNKNOWN_ITEM", "departments/park.toml", "\"reg_mo\""),
        ("S_MISSING_KEY", "tanghulu.toml", "[listen]"),
        ("S_UNKNOWN_KEY", "tanghulu.toml", "htpp"),
        ("S_DURATION", "tanghulu.toml", "\"thirty minutes\""),
    ];
    assert_eq!(
        found,
        expected.map(|(code, file, words)| (code.to_owned(), file.to_owned(), words.to_owned()))
    );
}

#[test]
fn a_configuration_that_is_not_there_is_wrong() {
    for line in [
        &["check", "--offline"][..],
        &["check"],
        &["balance"],
        &["run"],
        &["ledger", "verify"],
    ] {
        for form in ["--json", "--lang=en"] {
            let said = ask(Path::new("/nowhere/config"), &[line, &[form]].concat());
            assert_eq!(said.code, 2, "{line:?}: {said:?}");
            assert!((said.out + &said.err).contains("S_FILE"), "{line:?}");
        }
    }
}

/// A ledger's key that is none: which file it stands in is said, in either language, and not what stands there.
#[test]
fn what_is_no_node_key_is_named_by_its_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).display().to_string();
    let changes = [
        ("tanghulu.toml", "/var/lib/tanghulu", &*at("data")),
        ("tanghulu.toml", "/etc/tanghulu/node.key", &*at("node.key")),
    ];
    let config = broken(dir.path(), &changes);
    for (text, why) in [("not a key at all", "32字节"), (&*"0".repeat(64), "占位")] {
        fs::write(at("node.key"), text).unwrap();
        fs::set_permissions(at("node.key"), fs::Permissions::from_mode(0o600)).unwrap();
        for lang in ["zh", "en"] {
            let said = ask(&config, &["balance", "--lang", lang]);
            assert!(said.code != 0 && said.err.contains("L_KEY"), "{lang}: {said:?}");
            assert!(
                said.err.contains(&at("node.key")) && said.err.contains(why),
                "{lang}: {said:?}"
            );
            assert!(!said.err.contains(text), "{lang}: {said:?}");
        }
    }
}
