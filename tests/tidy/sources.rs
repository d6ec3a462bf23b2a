//! How source files look: what they open with, how long they are, what never stands in them.

use crate::tree::{File, files_with, none};

/// The most lines a file of source has: what grows past that hides a second subject.
const LINES: usize = 600;

/// What else lies among sources than code, manifests, pages and expected answers, and why.
const AMONG: &[(&str, &str)] = &[
    (
        "src/api/openapi.json",
        "the description that the node serves, compared with its routes",
    ),
    (
        "src/formats/bad_files.txt",
        "what is wrong with each bad file, as a table that people read",
    ),
    (
        "src/formats/mended_files.txt",
        "which file each remedy makes of a bad one, as a table that people read",
    ),
    ("src/console/assets/map.js", PAGES),
    ("src/console/assets/script/base.js", PAGES),
    ("src/console/assets/script/check.js", PAGES),
    ("src/console/assets/script/copy.js", PAGES),
    ("src/console/assets/script/drafts.js", PAGES),
    ("src/console/assets/script/events.js", PAGES),
    ("src/console/assets/script/keys.js", PAGES),
    ("src/console/assets/script/login.js", PAGES),
    ("src/console/assets/script/sealed.js", PAGES),
    ("src/console/assets/script/send.js", PAGES),
    ("src/console/assets/style.css", PAGES),
    ("src/console/templates/accounts.html", PAGES),
    ("src/console/templates/audit.html", PAGES),
    ("src/console/templates/case.html", PAGES),
    ("src/console/templates/case_link.html", PAGES),
    ("src/console/templates/codes.html", PAGES),
    ("src/console/templates/differs.html", PAGES),
    ("src/console/templates/form.html", PAGES),
    ("src/console/templates/frame.html", PAGES),
    ("src/console/templates/further.html", PAGES),
    ("src/console/templates/hidden.html", PAGES),
    ("src/console/templates/live.html", PAGES),
    ("src/console/templates/login.html", PAGES),
    ("src/console/templates/map.html", PAGES),
    ("src/console/templates/map_part.html", PAGES),
    ("src/console/templates/moves.html", PAGES),
    ("src/console/templates/notice.html", PAGES),
    ("src/console/templates/password.html", PAGES),
    ("src/console/templates/print.html", PAGES),
    ("src/console/templates/proof.html", PAGES),
    ("src/console/templates/queue.html", PAGES),
    ("src/console/templates/refusal.html", PAGES),
    ("src/console/templates/refused.html", PAGES),
    ("src/console/templates/rows.html", PAGES),
    ("src/console/templates/sheet.html", PAGES),
    ("src/console/templates/task.html", PAGES),
    ("src/console/templates/team.html", PAGES),
];

const PAGES: &str = "the console's pages, as a browser gets them";

fn sources() -> Vec<File> {
    files_with(".rs")
}

/// A module's own tests are named by their place: `foo/tests.rs` beside `foo.rs` needs no sentence to say so.
fn is_tests_of_a_module(path: &str) -> bool {
    path.ends_with("/tests.rs")
}

#[test]
fn every_file_opens_with_why_it_exists() {
    let mut wrong = Vec::new();
    for file in sources().iter().filter(|f| !is_tests_of_a_module(&f.path)) {
        let text = file.text().expect("source is text");
        let first = text.lines().next().unwrap_or_default();
        if first.strip_prefix("//! ").is_none_or(|says| says.trim().len() < 10) {
            wrong.push(format!("{} opens with {first:?}", file.path));
        }
    }
    none(&wrong);
}

#[test]
fn no_file_is_called_mod() {
    let wrong: Vec<String> = files_with("/mod.rs").into_iter().map(|f| f.path).collect();
    none(&wrong);
}

#[test]
fn files_are_short() {
    let mut wrong = Vec::new();
    for file in sources() {
        let lines = file.text().expect("source is text").lines().count();
        if lines > LINES {
            wrong.push(format!("{}: {lines} lines", file.path));
        }
    }
    none(&wrong);
}

#[test]
fn nothing_is_left_for_later() {
    // In two halves, so that this file does not say them.
    let never = [
        ("todo", "!("),
        ("unimplemented", "!("),
        ("dbg", "!("),
        ("#[ig", "nore"),
        ("FIX", "ME"),
        ("XX", "X:"),
    ];
    let mut wrong = Vec::new();
    for file in sources() {
        let text = file.text().expect("source is text");
        for (number, line) in text.lines().enumerate() {
            let found = never.iter().find(|(one, two)| line.contains(&format!("{one}{two}")));
            wrong.extend(found.map(|(one, two)| format!("{}:{}: {one}{two}", file.path, number + 1)));
        }
    }
    none(&wrong);
}

#[test]
fn no_unsafe_code_asks_for_permission() {
    let word = ["unsafe", "_code"].concat();
    let mut wrong = Vec::new();
    for file in sources() {
        let text = file.text().expect("source is text");
        if text.contains(&format!("allow({word}")) || text.lines().any(|l| l.trim_start().starts_with("unsafe ")) {
            wrong.push(file.path);
        }
    }
    none(&wrong);
}

#[test]
fn nothing_that_a_run_left_lies_among_sources() {
    let kinds = [".rs", ".md", ".snap", "/Cargo.toml"];
    let mut left: Vec<String> = crate::tree::files().into_iter().map(|f| f.path).collect();
    let all = left.clone();
    left.retain(|p| p.starts_with("src/") || p.starts_with("adapters/"));
    left.retain(|p| !kinds.iter().any(|k| p.ends_with(k)) && !AMONG.iter().any(|(path, _)| path == p));
    let gone = AMONG.iter().filter(|(path, _)| !all.iter().any(|p| p == path));
    left.extend(gone.map(|(path, _)| format!("{path}: named and not there")));
    none(&left);
}
