#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::tests::support::{channel, layout};

const PARK: &str = include_str!("../../../fixtures/link/park.toml");
const HUB: &str = include_str!("../../../fixtures/link/hub.toml");

fn judged(text: &str, feed: &str) -> Vec<String> {
    let settings: Settings = toml::from_str(text).unwrap();
    let found = judge(&settings, &channel(feed), &[layout(&[("caseNo", None)])]);
    found.into_iter().map(|f| f.args[0].1.clone()).collect()
}

#[test]
fn the_examples_are_good() {
    assert_eq!(judged(PARK, "results"), Vec::<String>::new());
    assert_eq!(judged(HUB, "cases"), Vec::<String>::new());
}

#[test]
fn every_contradiction_is_named_by_its_setting() {
    let park = |from: &str, to: &str| {
        assert!(PARK.contains(from), "{from}");
        judged(&PARK.replace(from, to), "results")
    };
    let table = [
        ("https://park.example:8443", "http://park.example", "rest.base"),
        ("https://park.example:8443", "ftp://127.0.0.1", "rest.base"),
        ("https://park.example:8443", "park.example", "rest.base"),
        ("https://park.example:8443", "https://a:b@park.example", "rest.base"),
        ("https://park.example:8443", "https://park.example/?a=b", "rest.base"),
        ("{token}", "{key}", "rest.query.path"),
        ("since={cursor}", "since=0", "rest.results.path"),
        (
            "path = \"/api/v1/results",
            "path = \"//api/v1/results",
            "rest.results.path",
        ),
        ("limit = 100", "limit = 0", "rest.results.limit"),
        ("feed = \"results\"", "feed = \"other\"", "rest.results.feed"),
        ("total = \"60s\"", "total = \"1s\"", "rest.wait.total"),
        (
            "{ credential = \"park-client-secret\" }",
            "{ env = \"A\", file = \"b\" }",
            "rest.oauth.client_secret",
        ),
        (
            "{ credential = \"park-client-secret\" }",
            "{}",
            "rest.oauth.client_secret",
        ),
        (
            "[rest.wait]",
            "[rest.ops]\nsubmit = \"SEND /x\"\n[rest.wait]",
            "rest.ops.submit",
        ),
        (
            "[rest.wait]",
            "[rest.ops]\namend = \"PUT /x/{caseno}\"\n[rest.wait]",
            "rest.ops.amend",
        ),
        (
            "[rest.wait]",
            "[rest.limits]\ndepth = 99\n[rest.wait]",
            "rest.limits.depth",
        ),
        ("[rest]\n", "[rest]\nconcurrency = 0\n", "rest.concurrency"),
        ("transport = \"rest\"", "transport = \"hub\"", "rest"),
    ];
    for (from, to, setting) in table {
        assert!(
            park(from, to).iter().any(|s| s == setting),
            "{from} -> {to}: {:?}",
            park(from, to)
        );
    }
    assert_eq!(
        park(
            "https://park.example:8443\"",
            "http://park.example\"\nplain = \"inside one room\""
        ),
        Vec::<String>::new()
    );
    assert_eq!(
        park("https://park.example:8443", "http://127.0.0.1:1"),
        Vec::<String>::new()
    );
}

#[test]
fn unknown_and_badly_written_settings_are_errors_of_the_reader() {
    let table = [
        (PARK.replace("[rest.wait]", "[rest.wait]\nconect = \"1s\""), "conect"),
        (PARK.replace("[rest]", "[rest]\nurl = \"x\""), "url"),
        (PARK.replace("total = \"60s\"", "total = 60"), "duration"),
        (PARK.replace("total = \"60s\"", "total = \"60\""), "duration"),
        (
            PARK.replace("{ credential = \"park-client-secret\" }", "\"literal\""),
            "client_secret",
        ),
        (HUB.replace("1 MiB", "1 MB"), "size"),
        (PARK.replace("\"rest\"", "\"corba\""), "corba"),
    ];
    for (text, word) in table {
        let error = toml::from_str::<Settings>(&text).unwrap_err();
        assert!(error.to_string().contains(word), "{error}");
        assert!(error.span().is_some(), "{error}");
    }
}

#[test]
fn names_that_cannot_be_nested_are_found() {
    let judged = |fields: &[(&str, Option<&str>)]| {
        let mut found = Vec::new();
        judge_layout(&layout(fields), &mut found);
        found.len()
    };
    assert_eq!(judged(&[("rep.name", None), ("rep.id", None), ("reps", None)]), 0);
    assert_eq!(judged(&[("rep", None), ("rep.name", None)]), 1);
    assert_eq!(judged(&[("rep..name", None)]), 1);
    assert_eq!(judged(&[("a", Some("N16.2"))]), 1);
    let mut found = Vec::new();
    judge_layout(
        &Layout {
            encoding: "gbk".into(),
            ..layout(&[])
        },
        &mut found,
    );
    assert_eq!(found.len(), 1);
}
