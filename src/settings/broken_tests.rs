//! Broken configurations: each file of `fixtures/settings/` is a small change to `config/`, with everything that must
//! be said about it: code, file, line, column. Nothing more may be said, and nothing less.
//!
//! A place is a mark (`①` … `⑨`) in the changed text, in front of the character meant, or a line and a column.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::testing::{Lenient, example, today};
use crate::{Embedded, Loaded, OnDisk, Show, load_from, report};
use model::Lang;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    about: String,
    #[serde(default)]
    change: Vec<Change>,
    #[serde(default)]
    expect: Vec<Expect>,
    /// Shown to people in both languages, as a snapshot.
    #[serde(default)]
    snapshot: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    file: String,
    /// Stands there exactly once; left out, the whole file is `to`.
    from: Option<String>,
    /// Left out, the file is taken away.
    to: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    code: String,
    file: String,
    mark: Option<char>,
    line: Option<usize>,
    column: Option<usize>,
    hint: Option<String>,
}

type Marks = BTreeMap<(String, char), (usize, usize)>;
type Said = (String, String, usize, usize, Option<String>);

const MARKS: std::ops::RangeInclusive<char> = '①'..='⑨';

fn folder() -> PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/settings")
}

fn cases() -> Vec<(String, Case)> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder())
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    paths.retain(|p| p.extension().is_some_and(|e| e == "toml"));
    paths.sort();
    let read =
        |p: &PathBuf| toml::from_str(&std::fs::read_to_string(p).unwrap()).unwrap_or_else(|e| panic!("{p:?}: {e}"));
    paths
        .iter()
        .map(|p| (p.file_stem().unwrap().to_str().unwrap().to_owned(), read(p)))
        .collect()
}

/// The example with a case's changes; and where the marks stood.
fn changed(name: &str, case: &Case) -> (Embedded, Marks) {
    let mut files = example();
    for change in &case.change {
        let old = files
            .get(&change.file)
            .map(|b| String::from_utf8(b.to_vec()).unwrap())
            .unwrap_or_default();
        match (&change.from, &change.to) {
            (Some(from), Some(to)) => {
                assert_eq!(
                    old.matches(from.as_str()).count(),
                    1,
                    "{name}: {:?} in {}",
                    from,
                    change.file
                );
                files.put(&change.file, old.replacen(from.as_str(), to, 1));
            }
            (None, Some(to)) => files.put(&change.file, to.as_str()),
            (_, None) => files.remove(&change.file),
        }
    }
    let mut marks = BTreeMap::new();
    for file in case.change.iter().map(|c| &c.file).collect::<BTreeSet<_>>() {
        let Some(bytes) = files.get(file) else { continue };
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let (mut line, mut column, mut plain) = (1, 1, String::new());
        for c in text.chars() {
            if MARKS.contains(&c) {
                marks.insert((file.clone(), c), (line, column));
                continue;
            }
            plain.push(c);
            (line, column) = if c == '\n' { (line + 1, 1) } else { (line, column + 1) };
        }
        files.put(file, plain);
    }
    (files, marks)
}

fn said(loaded: &Loaded) -> BTreeSet<Said> {
    let one = |d: &crate::Diagnostic| {
        (
            d.code().word().to_owned(),
            d.file.clone(),
            d.line,
            d.column,
            d.did_you_mean.clone(),
        )
    };
    loaded.diagnostics.iter().map(one).collect()
}

#[test]
fn each_says_exactly_what_is_wrong() {
    let cases = cases();
    assert!(cases.len() >= 40, "only {} cases", cases.len());
    let mut differ = String::new();
    for (name, case) in &cases {
        let (files, marks) = changed(name, case);
        let loaded = load_from(&files, &Lenient, today());
        let place = |e: &Expect| match e.mark {
            Some(mark) => *marks
                .get(&(e.file.clone(), mark))
                .unwrap_or_else(|| panic!("{name}: no mark {mark}")),
            None => (e.line.unwrap_or_default(), e.column.unwrap_or_default()),
        };
        let wanted: BTreeSet<Said> = case
            .expect
            .iter()
            .map(|e| (e.code.clone(), e.file.clone(), place(e).0, place(e).1, e.hint.clone()))
            .collect();
        let found = said(&loaded);
        if wanted != found {
            differ.push_str(&format!("\n{name} ({}):", case.about));
            wanted
                .difference(&found)
                .for_each(|w| differ.push_str(&format!("\n  - {w:?}")));
            found
                .difference(&wanted)
                .for_each(|f| differ.push_str(&format!("\n  + {f:?}")));
        }
        let errors = wanted.iter().any(|w| w.0.starts_with("S_"));
        if loaded.settings.is_none() != errors {
            differ.push_str(&format!("\n{name}: settings only where nothing is wrong"));
        }
    }
    assert!(differ.is_empty(), "{differ}");
}

#[test]
fn people_read_it_in_both_languages() {
    for (name, case) in cases().into_iter().filter(|(_, c)| c.snapshot) {
        let loaded = load_from(&changed(&name, &case).0, &Lenient, today());
        for (lang, suffix) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
            let text = report(&loaded.diagnostics, &loaded.sources, Show { lang, colour: false });
            insta::assert_snapshot!(format!("{name}.{suffix}"), text);
        }
    }
}

#[test]
fn a_secret_is_never_shown_again() {
    let secret = "hunter2-hunter2";
    let mut files = example();
    for (file, from, to) in [
        (
            "tanghulu.toml",
            "secret = { file = \"/etc/tanghulu/hub.key\" }",
            format!("secret = \"{secret}\""),
        ),
        (
            "departments/aic.toml",
            "in = { at_once = true }",
            format!("in = {{ at_once = true }}\nsettings = {{ key = \"{secret}\" }}"),
        ),
    ] {
        let text = String::from_utf8(files.get(file).unwrap().to_vec()).unwrap();
        files.put(file, text.replacen(from, &to, 1));
    }
    let loaded = load_from(&files, &Lenient, today());
    assert_eq!(loaded.diagnostics.len(), 2, "{:?}", said(&loaded));
    for lang in [Lang::Zh, Lang::En] {
        for colour in [false, true] {
            let text = report(&loaded.diagnostics, &loaded.sources, Show { lang, colour });
            assert!(text.contains("S_SECRET_LITERAL") && !text.contains(secret), "{text}");
        }
        let json: Vec<_> = loaded.diagnostics.iter().map(|d| d.json(lang)).collect();
        assert!(!serde_json::to_string(&json).unwrap().contains(secret));
    }
}

#[test]
fn what_is_printed_as_json_is_complete() {
    let mut files = example();
    files.put("codes/sex.toml", "nmae = \"sex\"\n");
    let loaded = load_from(&files, &Lenient, today());
    let first = serde_json::to_value(loaded.diagnostics[0].json(Lang::En)).unwrap();
    assert_eq!(first["severity"], "error");
    assert_eq!(first["file"], "codes/sex.toml");
    assert!(first["line"].as_u64().unwrap() >= 1 && first["span"].as_array().unwrap().len() == 2);
    let unknown = loaded
        .diagnostics
        .iter()
        .find(|d| d.code().word() == "S_UNKNOWN_KEY")
        .unwrap()
        .json(Lang::Zh);
    assert_eq!(
        (unknown.line, unknown.column, unknown.did_you_mean.as_deref()),
        (1, 1, Some("name"))
    );
    assert!(unknown.message.contains("nmae"));
}

#[test]
fn a_file_full_of_errors_is_cut_and_says_so() {
    let mut files = example();
    let text: String = (0..80).map(|n| format!("key{n} = {n}\n")).collect();
    files.put("codes/many.toml", text);
    let loaded = load_from(&files, &Lenient, today());
    assert_eq!(loaded.diagnostics.len(), crate::diagnostic::MAX_PER_FILE + 1);
    assert_eq!(loaded.diagnostics.last().unwrap().code().word(), "S_TOO_MANY");
}

#[test]
fn bytes_that_are_not_text_are_one_error() {
    let mut files = example();
    files.put("codes/sex.toml", vec![b'n', 0xC4, 0xD0]);
    let loaded = load_from(&files, &Lenient, today());
    assert!(said(&loaded).contains(&("S_FILE".to_owned(), "codes/sex.toml".to_owned(), 0, 0, None)));
}

#[cfg(unix)]
#[test]
fn a_key_that_others_can_read_is_no_key() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let key = dir.path().join("node.key");
    std::fs::write(&key, "0").unwrap();
    let tree = example();
    for folder in ["codes", "calendar", "departments"] {
        std::fs::create_dir(dir.path().join(folder)).unwrap();
        for name in crate::Files::list(&tree, folder).unwrap() {
            let path = format!("{folder}/{name}");
            std::fs::write(dir.path().join(&path), tree.get(&path).unwrap()).unwrap();
        }
    }
    std::fs::write(dir.path().join("dictionary.toml"), tree.get("dictionary.toml").unwrap()).unwrap();
    let text = String::from_utf8(tree.get("tanghulu.toml").unwrap().to_vec()).unwrap();
    std::fs::write(
        dir.path().join("tanghulu.toml"),
        text.replace("/etc/tanghulu/node.key", "node.key"),
    )
    .unwrap();
    let files = OnDisk::new(dir.path());
    for (mode, offline, expected) in [(0o640, false, 1), (0o600, false, 0), (0o604, true, 0)] {
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(mode)).unwrap();
        let loaded = load_from(&files, &Lenient, crate::Today { offline, ..today() });
        let codes: Vec<_> = loaded.diagnostics.iter().map(|d| d.code().word()).collect();
        assert_eq!(codes, vec!["S_KEY_READABLE"; expected], "{mode:o}");
    }
}

#[test]
fn no_bytes_make_it_panic() {
    let tree = example();
    for path in [
        "tanghulu.toml",
        "dictionary.toml",
        "departments/park.toml",
        "codes/sex.toml",
        "calendar/2026.toml",
    ] {
        let bytes = tree.get(path).unwrap();
        for at in (0..bytes.len()).step_by(131) {
            let mut files = tree.clone();
            files.put(path, &bytes[..at]);
            let loaded = load_from(&files, &Lenient, today());
            report(&loaded.diagnostics, &loaded.sources, Show::default());
            let mut bytes = bytes.to_vec();
            bytes[at] = b"\"]={}[\n.'x"[at % 10];
            files.put(path, bytes);
            let loaded = load_from(&files, &Lenient, today());
            report(
                &loaded.diagnostics,
                &loaded.sources,
                Show {
                    lang: Lang::En,
                    colour: true,
                },
            );
        }
    }
}
