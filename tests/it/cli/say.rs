//! Calling the program and comparing what it says.

use super::normal::Normal;
use std::path::Path;
use std::process::Command;

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_tanghulu");

/// What a call said.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// The program, with nothing in its surroundings that decides how it answers.
pub fn program() -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .env_remove("LC_ALL")
        .env_remove("LANG")
        .env_remove("RUST_LOG")
        .env_remove("NOTIFY_SOCKET");
    command
}

/// Calls the program.
pub fn call(words: &[&str]) -> Said {
    let output = program().args(words).output().unwrap();
    Said {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A call on a configuration.
pub fn ask(config: &Path, words: &[&str]) -> Said {
    call(&[&["--config", config.to_str().unwrap()], words].concat())
}

/// One call in all its forms: text in both languages, JSON once, or twice where its words differ.
pub fn forms(config: &Path, words: &[&str]) -> Vec<(&'static str, Said)> {
    let form = |more: &[&str]| ask(config, &[words, more].concat());
    let mut forms = vec![
        ("--lang zh", form(&["--lang", "zh"])),
        ("--lang en", form(&["--lang", "en"])),
    ];
    let (zh, en) = (form(&["--json", "--lang", "zh"]), form(&["--json", "--lang", "en"]));
    if zh == en {
        forms.push(("--json", zh));
    } else {
        forms.extend([("--json --lang zh", zh), ("--json --lang en", en)]);
    }
    forms
}

/// Forms as one page. All must end alike, and JSON must be JSON.
pub fn page(words: &[&str], forms: &[(&'static str, Said)], normal: &Normal) -> String {
    let code = forms[0].1.code;
    let mut page = format!("tanghulu {}: exit {code}\n", normal.text(&words.join(" ")).trim_end());
    let mut forms: Vec<(&str, &Said)> = forms.iter().map(|(form, said)| (*form, said)).collect();
    if let [.., ("--json --lang zh", zh), ("--json --lang en", en)] = forms.as_slice()
        && zh.err == en.err
        && normal.text(&zh.out) == normal.text(&en.out)
    {
        // A second went by between the two, and nothing else.
        let both = ("--json", *zh);
        forms.truncate(forms.len() - 2);
        forms.push(both);
    }
    for (form, said) in forms {
        assert_eq!(said.code, code, "{words:?} {form}: {said:?}");
        if form.starts_with("--json") {
            assert_eq!(said.err, "", "{words:?} {form}");
            let value: Result<serde_json::Value, _> = serde_json::from_str(&said.out);
            assert!(value.is_ok(), "{words:?} {form}: {}", said.out);
        }
        page.push_str(&format!("=== {form}\n{}", normal.text(&said.out)));
        if !said.err.is_empty() {
            page.push_str(&format!("--- standard error\n{}", normal.text(&said.err)));
        }
    }
    page
}

/// Asks in all forms and compares with what stands in `snapshots/`; the exit code is part of it and of the call.
pub fn golden(name: &str, config: &Path, words: &[&str], code: i32, normal: &Normal) {
    let forms = forms(config, words);
    assert_eq!(forms[0].1.code, code, "{words:?}: {forms:?}");
    compare(name, &page(words, &forms, normal));
}

/// The same for one call only, where a second would find another state.
pub fn golden_once(name: &str, config: &Path, words: &[&str], code: i32, normal: &Normal) {
    let said = ask(config, words);
    assert_eq!(said.code, code, "{words:?}: {said:?}");
    let form = if words.contains(&"--json") {
        "--json"
    } else {
        "as called"
    };
    compare(name, &page(words, &[(form, said)], normal));
}

/// Compares with what stands in `snapshots/`.
pub fn compare(name: &str, text: &str) {
    insta::with_settings!({
        snapshot_path => "snapshots",
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!(name, text);
    });
}
