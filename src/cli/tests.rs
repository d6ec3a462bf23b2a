//! Exit codes, streams and languages, over the whole way of a call.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::host::{CheckReport, Preview, Refusal};
use crate::testing::{Fake, call, no, unreachable};
use crate::verb::tests::samples;
use crate::{Surroundings, answer};
use model::{Code, Finding};
use serde_json::{Value, json};

fn config() -> Refusal {
    Refusal::Config {
        diagnostics: Vec::new(),
        sources: Default::default(),
    }
}

#[test]
fn exit_codes_are_as_promised() {
    let balance = |unexplained| Fake::saying(samples::balance(unexplained));
    let batches = |verdict, refused| Fake::saying(samples::batches(verdict, refused));
    let wrong_preview = || {
        let mut host = Fake::refusing(no());
        host.preview = Ok(Preview {
            bad: 1,
            ..Preview::default()
        });
        host
    };
    let warned = || {
        let mut host = Fake::refusing(no());
        host.preview = Ok(Preview {
            batch_findings: vec![Finding::new(Code::WCalendarMissing)],
            ..Preview::default()
        });
        host
    };
    let ending = |ends| {
        let mut host = Fake::refusing(no());
        host.ends = ends;
        host
    };
    for (host, line, code) in [
        (balance(0), "balance", 0),
        (balance(1), "balance", 1),
        (balance(-1), "balance --json", 1),
        (batches("accepted", 0), "collect a", 0),
        (batches("repeat", 0), "collect a f", 0),
        (batches("handed_over", 0), "deliver a", 0),
        (batches("accepted", 1), "collect a", 1),
        (batches("refused", 0), "disk import d", 1),
        (batches("quarantined", 0), "collect a f", 1),
        (batches("handed_over", 0), "disk export a --to d", 0),
        (Fake::saying(samples::unsettled()), "unsettled list", 0),
        (Fake::saying(samples::refused()), "refused list", 0),
        (
            Fake::saying(json!({ "reply": "refused", "is": [] })),
            "refused show a1",
            1,
        ),
        (Fake::refusing(no()), "why 1", 1),
        (Fake::refusing(config()), "why 1", 2),
        (Fake::refusing(Refusal::No(Finding::new(Code::VCall))), "why 1", 2),
        (Fake::refusing(unreachable()), "why 1", 3),
        (wrong_preview(), "preview a f", 1),
        (warned(), "preview a f", 0),
        (ending(Ok(0)), "run", 0),
        (ending(Ok(7)), "demo --once", 7),
        (ending(Err(config())), "run", 2),
        (ending(Err(no())), "demo", 1),
        (Fake::refusing(no()), "check --offline", 0),
        (
            Fake::refusing(no()),
            "settle - a.b booked --reason r --manifest none",
            1,
        ),
        (Fake::refusing(no()), "ledger verify", 2),
        (Fake::refusing(no()), "", 2),
        (Fake::refusing(no()), "nonsense", 2),
        (Fake::refusing(no()), "why", 2),
        (Fake::refusing(no()), "--help", 0),
        (Fake::refusing(no()), "queue --help", 0),
        (Fake::refusing(no()), "--version", 0),
    ] {
        let outcome = call(&host, line);
        assert_eq!(outcome.code, code, "{line}: {outcome:?}");
    }
}

#[test]
fn errors_go_to_the_right_stream() {
    for line in ["why 1", "nonsense", "ledger verify"] {
        let text = call(&Fake::refusing(no()), line);
        assert!(text.out.is_empty() && !text.err.is_empty(), "{line}: {text:?}");
        let json = call(&Fake::refusing(no()), &format!("{line} --json"));
        assert!(json.err.is_empty(), "{line}: {json:?}");
        let value: Value = serde_json::from_str(&json.out).unwrap();
        for key in ["code", "what", "remedy"] {
            assert!(
                value["error"][key].as_str().is_some_and(|s| !s.is_empty()),
                "{line}: {value}"
            );
        }
        assert!(value["error"]["place"].is_object(), "{line}: {value}");
    }
}

#[test]
fn the_language_follows_option_then_locale() {
    let said = |locale: Option<&str>, line: &str| {
        let locale = locale.map(ToOwned::to_owned);
        let around = Surroundings {
            here: "/nowhere".into(),
            locale,
            terminal: false,
        };
        let host = Fake::refusing(no());
        let words = ["tanghulu"].into_iter().chain(line.split(' '));
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let english = runtime
            .block_on(answer(&host, words, &around))
            .err
            .contains("was not found");
        if english { "en" } else { "zh" }
    };
    for (locale, line, lang) in [
        (None, "why 1", "zh"),
        (Some("zh_CN.UTF-8"), "why 1", "zh"),
        (Some("fr_FR.UTF-8"), "why 1", "zh"),
        (Some("en_GB.UTF-8"), "why 1", "en"),
        (Some("en"), "why 1", "en"),
        (Some("C"), "why 1", "en"),
        (Some("C.UTF-8"), "why 1", "en"),
        (Some("POSIX"), "why 1", "en"),
        (Some("en_US.UTF-8"), "why 1 --lang zh", "zh"),
        (Some("zh_CN.UTF-8"), "--lang en why 1", "en"),
    ] {
        assert_eq!(said(locale, line), lang, "{locale:?} {line}");
    }
}

#[test]
fn times_are_shown_in_the_node_s_own_offset() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("config")).unwrap();
    let file = dir.path().join("config/tanghulu.toml");
    let host = Fake::saying(samples::claimed());
    for (text, shown) in [
        ("[node]\noffset = \"+08:00\"\n", "2026-03-02 10:00:00"),
        ("[node]\noffset = \"-03:30\"\n", "2026-03-01 22:30:00"),
        // Another table may be broken: an answer is shown all the same.
        ("[node]\noffset = \"+00:00\"\n[log]\nlevel = 7\n", "2026-03-02 02:00:00"),
        ("[node]\n", "2026-03-02 10:00:00"),
        ("not toml", "2026-03-02 10:00:00"),
    ] {
        std::fs::write(&file, text).unwrap();
        let outcome = crate::testing::call_in(&host, "queue claim t1", dir.path());
        assert!(outcome.out.contains(shown), "{text}: {}", outcome.out);
    }
}

#[test]
fn nothing_from_outside_moves_the_terminal() {
    let outcome = call(&Fake::saying(samples::case()), "case 1");
    assert!(outcome.out.contains("已<U+001B>[31m收"));
    assert!(!outcome.out.contains('\u{1b}'));
}

#[test]
fn demo_takes_its_words() {
    let host = Fake::refusing(no());
    call(&host, "demo --once --cases 12 --dir d --sabotage double --json");
    call(&host, "demo --config /c --lang en");
    let played = host.played.lock().unwrap();
    assert!(played[0].once && played[0].auto_clerk && played[0].json);
    assert_eq!((played[0].cases, played[0].config.clone()), (12, None));
    assert_eq!(played[0].dir, Some("/nowhere/d".into()));
    assert_eq!(played[0].sabotage, Some(crate::Sabotage::Double));
    assert!(!played[1].once && !played[1].auto_clerk);
    assert_eq!((played[1].cases, played[1].config.clone()), (200, Some("/c".into())));
    assert_eq!(played[1].lang, model::Lang::En);
}

#[test]
fn a_check_without_findings_is_good() {
    let mut host = Fake::refusing(no());
    host.check = CheckReport::default();
    let value: Value = serde_json::from_str(&call(&host, "check --json").out).unwrap();
    assert_eq!(value["good"], true);
}

#[test]
fn titles_and_places_come_from_the_configuration() {
    let config = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config");
    let titles = crate::local::titles(&config);
    assert_eq!(titles["park"].zh, "海淀园管委会");
    assert_eq!(
        crate::local::data_dir(&config).unwrap(),
        std::path::Path::new("/var/lib/tanghulu")
    );
    assert!(crate::local::titles(std::path::Path::new("/nowhere")).is_empty());
}
