#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use crate::testing::{Got, Stage};
use engine::verb::Request;
use model::{Code, Finding};

const NO: &str = "110108202603020000019";

async fn post(stage: &Stage, path: &str, body: &str) -> Got {
    stage.send(stage.signed("POST", path, body)).await
}

fn question(item: &str) -> String {
    format!(r#"{{"case_no":"{NO}","items":["{item}"],"reason":"与证件不符"}}"#)
}

#[tokio::test]
async fn the_platform_asks_and_is_told_how_it_stands() {
    let stage = Stage::new();
    let got = post(&stage, "/v1/reviews", &question("tax_no_local")).await;
    assert_eq!((got.status.as_u16(), &got.body["new"]), (202, &1.into()), "{got:?}");
    assert_eq!(got.body["reviews"][0]["state"], "open");
    let asked = stage.node.asked.lock().unwrap().clone();
    let expected = Request::HubAsk {
        case_no: NO.to_owned(),
        items: vec!["tax_no_local".to_owned()],
        reason: "与证件不符".to_owned(),
    };
    assert_eq!(asked, [expected]);
}

#[tokio::test]
async fn what_the_platform_may_not_ask_is_refused_by_name() {
    let stage = Stage::new();
    let got = post(&stage, "/v1/reviews", &question("addr")).await;
    assert_eq!(got.code(), (422, "E_OWN_WORD"));
    let got = post(&stage, "/v1/reviews", &question("nonsense")).await;
    assert_eq!(got.code(), (404, "V_NOT_FOUND"));
}

#[tokio::test]
async fn a_confirmation_is_taken_again_and_another_one_is_a_conflict() {
    let stage = Stage::new();
    let body = r#"{"reason":"已核对原件"}"#;
    for _ in 0..2 {
        let got = post(&stage, "/v1/reviews/r3/confirm", body).await;
        assert_eq!(got.status, 200);
        assert_eq!(got.body["reviews"][0]["answer"], "已核对原件");
    }
    assert_eq!(
        post(&stage, "/v1/reviews/r4/confirm", body).await.code(),
        (409, "V_STATE")
    );
    assert_eq!(
        post(&stage, "/v1/reviews/r5/confirm", body).await.code(),
        (404, "V_NOT_FOUND")
    );
}

/// A node on its way down has said nothing: an answer that was not taken must be sent again, not dropped as a conflict.
#[tokio::test]
async fn a_node_that_stops_is_no_conflict() {
    let stage = Stage::new();
    *stage.node.broken.lock().unwrap() = Some(Finding::new(Code::VStopping));
    let got = post(&stage, "/v1/reviews/r3/confirm", r#"{"reason":"已核对原件"}"#).await;
    assert_eq!(got.code(), (503, "A_UNAVAILABLE"));
}

#[tokio::test]
async fn what_is_not_as_agreed_never_reaches_the_node() {
    let long = "长".repeat(2001);
    let many = vec!["\"x\""; 101].join(",");
    for (path, body) in [
        ("/v1/reviews", "".to_owned()),
        ("/v1/reviews", "[]".to_owned()),
        ("/v1/reviews", r#"{"case_no":"1","items":["x"]}"#.to_owned()),
        ("/v1/reviews", r#"{"case_no":"1","items":[],"reason":"r"}"#.to_owned()),
        (
            "/v1/reviews",
            r#"{"case_no":"1","items":["x"],"reason":"  "}"#.to_owned(),
        ),
        (
            "/v1/reviews",
            r#"{"case_no":"1","items":["张三"],"reason":"r"}"#.to_owned(),
        ),
        ("/v1/reviews", r#"{"case_no":"","items":["x"],"reason":"r"}"#.to_owned()),
        (
            "/v1/reviews",
            r#"{"case_no":"1","items":["x"],"reason":"r","by":"x"}"#.to_owned(),
        ),
        (
            "/v1/reviews",
            r#"{"case_no":"1","items":["x"],"reason":"\u001b[31m"}"#.to_owned(),
        ),
        (
            "/v1/reviews",
            format!(r#"{{"case_no":"1","items":[{many}],"reason":"r"}}"#),
        ),
        ("/v1/reviews/r3/confirm", r#"{"reason":""}"#.to_owned()),
        ("/v1/reviews/r3/confirm", "{}".to_owned()),
    ] {
        let stage = Stage::new();
        let got = post(&stage, path, &body).await;
        assert_eq!(got.code(), (422, "E_STRUCTURE"), "{path} {body}");
        assert!(stage.node.asked.lock().unwrap().is_empty(), "{path} {body}");
    }
    let stage = Stage::with(|options| options.max_body_bytes = 100_000);
    let got = post(&stage, "/v1/reviews/r3/confirm", &format!(r#"{{"reason":"{long}"}}"#)).await;
    assert_eq!(got.code(), (422, "E_STRUCTURE"));
}
