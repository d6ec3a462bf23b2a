//! `oneform` by the real program: the published example computed from forms, random forms counted a second time by a
//! script that shares no code, and everything that can be wrong with a form file.

use super::normal::Normal;
use super::say::{Said, call, compare, page};
use seams::{Rng as _, SeededRng};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn fixture() -> PathBuf {
    root().join("fixtures/forms")
}

fn python(script: &Path, words: &[&str], input: &str) -> (i32, String) {
    use std::io::Write as _;
    let mut child = Command::new("python3")
        .arg("-B")
        .arg(script)
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("python3 is needed: install the package python3");
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let done = child.wait_with_output().unwrap();
    let said = [done.stdout, done.stderr].concat();
    (done.status.code().unwrap(), String::from_utf8(said).unwrap())
}

fn json(words: &[&str]) -> serde_json::Value {
    let said = call(&[&["oneform", "--json"], words].concat());
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{}", said.out);
    serde_json::from_str(&said.out).unwrap()
}

fn golden(name: &str, dir: &Path, words: &[&str], code: i32) {
    let form = |more: &[&str]| call(&[&["oneform"], words, more].concat());
    let forms: Vec<(&'static str, Said)> = vec![
        ("--lang zh", form(&["--lang", "zh"])),
        ("--lang en", form(&["--lang", "en"])),
        ("--json --lang zh", form(&["--json", "--lang", "zh"])),
    ];
    assert_eq!(forms[0].1.code, code, "{forms:?}");
    let normal = Normal::new(dir);
    let shown: Vec<String> = words.iter().map(|w| normal.text(w).trim_end().to_owned()).collect();
    let shown: Vec<&str> = [
        &["oneform"],
        shown.iter().map(String::as_str).collect::<Vec<_>>().as_slice(),
    ]
    .concat();
    compare(name, &page(&shown, &forms, &normal));
}

#[test]
fn the_published_example_is_computed_from_its_forms() {
    let dir = fixture();
    let answer = json(&[dir.to_str().unwrap()]);
    let vectors: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(root().join("fixtures/vectors/oneform.json")).unwrap()).unwrap();
    let totals = &vectors["totals"];
    for (ours, published) in [
        ("forms", "forms_before"),
        ("forms_after", "forms_after"),
        ("items", "items_before"),
        ("items_after", "items_after"),
        ("repeated", "duplicate_occurrences"),
    ] {
        assert_eq!(answer[ours], totals[published], "{ours}");
    }
    assert_eq!(answer["forms_saved_pct"], totals["forms_saved_pct"].to_string());
    assert_eq!(answer["repeated_pct"], totals["duplicate_pct"].to_string());
    assert_eq!(answer["shared_items"], vectors["shared_canonical_items"]);
    let departments = answer["departments"].as_array().unwrap();
    assert_eq!(departments.len(), vectors["departments"].as_object().unwrap().len());
    for line in departments {
        let published = &vectors["departments"][line["dept"].as_str().unwrap()];
        assert_eq!(line["forms"], published["forms"]);
        assert_eq!(line["forms_after"], published["forms_after"]);
        assert_eq!(line["shared_occurrences"], published["shared_item_occurrences"]);
        assert_eq!(line["own_items"], published["own_items"]);
    }
    // Why it is not what a survey once said stands beside it.
    assert_eq!(
        answer["survey"]["forms_repeated_pct"],
        vectors["seed_claims"]["forms_repeated_pct"]
    );
    assert_eq!(
        answer["survey"]["items_repeated_pct"],
        vectors["seed_claims"]["items_repeated_pct"]
    );
}

#[test]
fn the_report_reads_well() {
    let dir = fixture();
    let text = |lang: &str| call(&["oneform", "--lang", lang, dir.to_str().unwrap()]);
    let (zh, en) = (text("zh"), text("en"));
    assert_eq!((zh.code, en.code), (0, 0));
    let normal = Normal::new(&dir);
    compare(
        "oneform",
        &page(&["oneform", "FORMS"], &[("--lang zh", zh), ("--lang en", en)], &normal),
    );
}

#[test]
fn the_example_is_what_its_generator_writes() {
    let (code, said) = python(&fixture().join("generate.py"), &["--check"], "");
    assert_eq!(code, 0, "{said}");
}

#[test]
fn files_and_their_directory_are_the_same_forms() {
    let dir = fixture();
    let mut files: Vec<String> = fs::read_dir(&dir)
        .unwrap()
        .map(|e| e.unwrap().path().display().to_string())
        .filter(|p| p.ends_with(".toml"))
        .collect();
    files.sort();
    let words: Vec<&str> = files.iter().map(String::as_str).collect();
    let all = json(&[dir.to_str().unwrap()]);
    assert_eq!(json(&words), all);
    // What is named twice is counted once.
    assert_eq!(json(&[&[dir.to_str().unwrap()], words.as_slice()].concat()), all);
    assert_ne!(json(&words[1..]), all);
}

/// Forms as chance would have them: few names, so that much is asked twice.
fn random_forms(seed: u64) -> Vec<String> {
    let rng = SeededRng::new(seed);
    let below = |n: u64| rng.next_u64() % n;
    let labels = [
        "电话",
        "电 话",
        "电\u{3000}话",
        "TEL",
        "ＴＥＬ",
        "名称",
        "名称(全)",
        "名称（全）",
        "日期",
        "x",
        "ｘ",
    ];
    let mut files = Vec::new();
    let mut number = 0;
    for _ in 0..=below(4) {
        let mut text = String::new();
        for _ in 0..=below(6) {
            number += 1;
            let (dept, group) = (below(4), below(3));
            write!(
                text,
                "[[form]]\nid = \"f{number}\"\ndept = \"d{dept}\"\ntitle = \"表\"\ngroup = \"g{group}\"\n"
            )
            .unwrap();
            for no in 0..=below(12) {
                let label = labels[below(labels.len() as u64) as usize];
                writeln!(text, "[[form.item]]\nno = {no}\nlabel = \"{label}\"").unwrap();
                if below(3) > 0 {
                    writeln!(text, "canonical = \"i{}\"", below(9)).unwrap();
                }
                let shape = [
                    "type = \"C\"",
                    "type = \"C\"\nlen = 20",
                    "type = \"N\"\nlen = \"16.6\"",
                    "type = \"N\"\nlen = 16",
                ];
                writeln!(text, "{}", shape[below(4) as usize]).unwrap();
                if below(5) == 0 {
                    writeln!(text, "unit = \"元\"").unwrap();
                }
                if below(5) == 0 {
                    writeln!(text, "code = \"GB {}\"", below(2)).unwrap();
                }
                if below(2) == 0 {
                    writeln!(text, "required = true").unwrap();
                }
            }
        }
        files.push(text);
    }
    files
}

#[test]
fn a_stranger_counts_the_same() {
    let script = root().join("tests/oneform.py");
    let (mut sizes, mut conflicts, mut suggestions, mut cores) = (std::collections::BTreeSet::new(), 0, 0, 0);
    for seed in 0..60 {
        let dir = tempfile::tempdir().unwrap();
        for (n, text) in random_forms(seed).iter().enumerate() {
            fs::write(dir.path().join(format!("{n}.toml")), text).unwrap();
        }
        let path = dir.path().to_str().unwrap();
        let answer = json(&[path]);
        let (code, said) = python(&script, &[path, "--json", "-"], &answer.to_string());
        assert_eq!(code, 0, "seed {seed}: {said}");
        sizes.insert(answer["items"].as_u64().unwrap());
        conflicts += answer["conflicts"].as_array().unwrap().len();
        suggestions += answer["suggestions"].as_array().unwrap().len();
        cores += usize::from(answer["merged"][0]["dept"].is_null());
    }
    // Chance has not made the same dull forms sixty times.
    assert!(
        sizes.len() > 20 && conflicts > 60 && suggestions > 60,
        "{sizes:?} {conflicts} {suggestions}"
    );
    assert!((20..60).contains(&cores), "{cores}");
    let (code, said) = python(&script, &[fixture().to_str().unwrap()], "");
    assert!(
        code == 0 && said.contains("forms_after: 11\n") && said.contains("items_after: 423\n"),
        "{said}"
    );
}

#[test]
fn the_stranger_would_notice() {
    let dir = fixture();
    let path = dir.to_str().unwrap();
    for (key, wrong) in [
        ("forms_after", "12"),
        ("repeated_pct", "\"37.7\""),
        ("suggestions", "[]"),
        ("merged", "[]"),
    ] {
        let mut answer = json(&[path]);
        answer[key] = serde_json::from_str(wrong).unwrap();
        let (code, said) = python(
            &root().join("tests/oneform.py"),
            &[path, "--json", "-"],
            &answer.to_string(),
        );
        assert!(
            code == 1 && said.starts_with(&format!("{key}: ")),
            "{key}: {code} {said}"
        );
    }
}

#[test]
fn what_is_wrong_with_forms_is_said_at_once_with_its_place() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &[u8]| fs::write(dir.path().join(name), text).unwrap();
    write(
        "a.toml",
        "[[form]]\nid = \"a-1\"\ndept = \"a\"\ntitel = \"表\"\ngroup = \"g\"\n\
         [[form.item]]\nno = 1\nlabel = \"名称\"\ntype = \"X\"\nlen = 16.6\n\
         [[form.item]]\nno = 1\ntype = \"D\"\nlen = 8\nrequired = \"yes\"\n"
            .as_bytes(),
    );
    write(
        "b.toml",
        "[[form]]\nid = \"a-1\"\ndept = \"b\"\ntitle = \"　\"\ngroup = \"g\"\n".as_bytes(),
    );
    write("c.toml", b"[[form]\nid = 1\n");
    write("d.toml", b"\xff\xfe");
    write("e.toml", b"");
    let path = dir.path().to_str().unwrap();
    golden("oneform_wrong", dir.path(), &[path], 2);
    golden("oneform_no_file", dir.path(), &[&format!("{path}/nothing.toml")], 2);
    let empty = tempfile::tempdir().unwrap();
    golden("oneform_no_forms", empty.path(), &[empty.path().to_str().unwrap()], 2);
}

#[test]
fn too_large_a_file_is_not_read() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("large.toml");
    fs::write(&path, vec![b'#'; (4 << 20) + 1]).unwrap();
    let said = call(&["oneform", "--json", path.to_str().unwrap()]);
    assert_eq!(said.code, 2);
    assert!(
        said.out.contains("S_FILE") && said.out.contains("4194304"),
        "{}",
        said.out
    );
}
