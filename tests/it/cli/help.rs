//! What can be typed, as the program itself says it; and calls that are none.

use super::normal::Normal;
use super::say::{Said, call, compare, page};
use std::path::Path;

/// Verbs below a word list, from a help text.
fn verbs(help: &str) -> Vec<String> {
    let list = help.lines().skip_while(|l| *l != "Commands:").skip(1);
    list.take_while(|l| !l.is_empty())
        .filter_map(|l| l.split_whitespace().next().map(str::to_owned))
        .collect()
}

fn collect(path: &[String], pages: &mut String) {
    let words: Vec<&str> = path.iter().map(String::as_str).chain(["--help"]).collect();
    let said = call(&words);
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{words:?}");
    pages.push_str(&format!("$ tanghulu {}\n{}\n", words.join(" "), said.out));
    for verb in verbs(&said.out) {
        collect(&[path, &[verb]].concat(), pages);
    }
}

#[test]
fn every_verb_says_what_it_takes() {
    let mut pages = String::new();
    collect(&[], &mut pages);
    for verb in [
        "case",
        "why",
        "queue list",
        "queue show",
        "queue claim",
        "queue complete",
        "queue refuse",
        "queue not-keyed",
        "refused list",
        "refused show",
        "refused retry",
        "refused edit",
        "refused drop",
        "unsettled list",
        "settle",
        "receipts",
        "balance",
        "flow",
        "oneform",
        "disk log",
        "disk export",
        "disk import",
        "disk inspect",
        "collect",
        "deliver",
        "channel take-over",
        "channel trust",
        "preview",
        "check",
        "ledger verify",
        "ledger stats",
        "ledger rebuild",
        "run",
        "demo",
    ] {
        assert!(pages.contains(&format!("$ tanghulu {verb} --help\n")), "{verb}");
    }
    compare("help", &pages);
}

#[test]
fn a_call_that_is_none_ends_with_2() {
    let normal = Normal::new(Path::new("/nowhere"));
    let mut pages = String::new();
    for line in [
        "",
        "nonsense",
        "why",
        "case",
        "queue",
        "queue show",
        "queue refuse t1",
        "queue complete t1 --field x",
        "queue not-keyed t1 --reason=",
        "refused retry --reason r",
        "refused retry a1 --dept d --code c --reason r",
        "refused edit a1 --reason r",
        "refused drop --reason r",
        "settle 1 a.b maybe --reason r",
        "settle 1 a.b booked",
        "preview d f --all",
        "demo --cases 0",
        "balance --lang fr",
        "channel take-over d",
        "channel trust d --fingerprint x",
        "disk export d",
        "--config",
        "why 1 2",
    ] {
        let words: Vec<&str> = line.split_whitespace().collect();
        let plain = call(&words);
        assert_eq!((plain.code, plain.out.as_str()), (2, ""), "{line}: {plain:?}");
        let json = call(&[&["--json"], words.as_slice()].concat());
        let json = Said {
            code: json.code,
            ..json
        };
        pages.push_str(&page(&words, &[("text", plain), ("--json", json)], &normal));
        pages.push('\n');
    }
    compare("wrong_calls", &pages);
}

#[test]
fn the_language_is_chinese_unless_something_says_english() {
    let said = |locale: Option<(&str, &str)>| {
        let mut program = super::say::program();
        program.envs(locale).args(["--config", "/nowhere", "ledger", "verify"]);
        let output = program.output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    for (locale, remedy) in [
        (None, "处理："),
        (Some(("LANG", "zh_CN.UTF-8")), "处理："),
        (Some(("LANG", "en_GB.UTF-8")), "remedy: "),
        (Some(("LC_ALL", "C")), "remedy: "),
    ] {
        let said = said(locale);
        assert!(said.contains(remedy), "{locale:?}: {said}");
    }
}
