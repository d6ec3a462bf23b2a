#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::tests::support::BOUNDS;
use model::Code;

fn page(status: u16, json: bool, body: &str) -> Result<Page, Fault> {
    let settings: Results = toml::from_str("feed = \"r\"\npath = \"/r?since={cursor}\"\nlimit = 2").unwrap();
    read(
        &Reply {
            status,
            retry_after: None,
            json,
            body: body.into(),
            ..Reply::default()
        },
        &settings,
        BOUNDS,
        "5",
        "GET /r",
    )
}

#[test]
fn a_page_is_its_rows_and_a_cursor_that_moved() {
    let read = page(200, true, r#"{"items":[{"seq":6},{"seq":7}],"next":7}"#).unwrap_or_else(|f| panic!("{f}"));
    assert_eq!((read.items.len(), read.next.as_str()), (2, "7"));
    assert!(
        page(200, true, r#"{"items":[],"next":"5"}"#).is_ok(),
        "the end stands still"
    );
    assert!(page(200, true, r#"{"items":[]}"#).is_ok());
}

#[test]
fn the_digest_is_of_the_rows_and_not_of_how_they_are_written() {
    let digest = |body| page(200, true, body).unwrap_or_else(|f| panic!("{f}")).digest;
    let one = digest(r#"{"items":[{"seq":6,"a":"x"}],"next":"7"}"#);
    assert_eq!(
        one,
        digest("{ \"next\":\"8\",\"items\":[ {\"a\":\"\\u0078\",\"seq\":6} ]}")
    );
    assert_ne!(one, digest(r#"{"items":[{"seq":6,"a":"y"}],"next":"7"}"#));
    assert_ne!(one, digest(r#"{"items":[{"seq":6.0,"a":"x"}],"next":"7"}"#));
}

#[test]
fn what_is_no_page_is_a_fault_of_the_channel() {
    let long = format!(r#"{{"items":[{{}}],"next":"{}"}}"#, "9".repeat(5000));
    let table = [
        (200, false, r#"{"items":[],"next":"5"}"#),
        (200, true, "<html>"),
        (200, true, r#"{"items":{},"next":"7"}"#),
        (200, true, r#"{"next":"7"}"#),
        (200, true, r#"{"items":[{"seq":6}],"next":"5"}"#),
        (200, true, r#"{"items":[{"seq":6}]}"#),
        (200, true, r#"{"items":[{"seq":6,"seq":7}],"next":"7"}"#),
        (200, true, r#"{"items":[{},{},{}],"next":"8"}"#),
        (204, true, ""),
        (404, true, r#"{"items":[],"next":"5"}"#),
        (200, true, &long),
    ];
    for (status, json, body) in table {
        let Err(fault) = page(status, json, body) else {
            panic!("{body}")
        };
        assert_eq!(fault.finding.code, Code::CProtocol, "{body}");
    }
    assert_eq!(page(503, false, "").err().map(|f| f.finding.code), Some(Code::CBusy));
}
