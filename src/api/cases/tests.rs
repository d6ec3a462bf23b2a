#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use crate::testing::{CASE, Stage, bad_row};
use axum::http::HeaderValue;
use model::{Code, Finding, Lang};
use std::sync::Arc;
use tower::ServiceExt;

fn post(stage: &Stage, body: &str, key: &str) -> axum::http::Request<axum::body::Body> {
    let mut request = stage.signed("POST", "/v1/cases", body);
    request
        .headers_mut()
        .insert("idempotency-key", HeaderValue::from_str(key).unwrap());
    request
}

#[tokio::test]
async fn a_good_post_is_taken_once_and_a_repeat_is_told_the_same() {
    let stage = Stage::new();
    let first = stage.send(post(&stage, CASE, "n1")).await;
    assert_eq!(first.status, 202);
    assert_eq!(
        first.body,
        serde_json::json!({"batch": "b0", "verdict": "accepted", "rows": [{"row": 1, "code": "0000"}]})
    );
    let again = stage.send(post(&stage, CASE, "n1")).await;
    assert_eq!(again.status, 200);
    assert_eq!(
        (&again.body["batch"], &again.body["verdict"]),
        (&first.body["batch"], &"repeat".into())
    );
    assert_eq!(
        stage.post(CASE).await.status,
        200,
        "without a key, content alone decides"
    );
    let parts = stage.node.parts.lock().unwrap();
    let (dept, channel, sent, number) = &parts[0];
    assert_eq!(
        (dept.as_str(), channel.as_str(), number.as_deref()),
        ("hub", "link", Some("n1"))
    );
    assert_eq!(
        (sent.feed.as_str(), sent.name.as_str(), &sent.body[..]),
        ("cases", "/v1/cases", CASE.as_bytes())
    );
}

#[tokio::test]
async fn a_key_used_for_other_content_is_a_conflict() {
    let stage = Stage::new();
    assert_eq!(stage.send(post(&stage, CASE, "n1")).await.status, 202);
    let got = stage.send(post(&stage, &CASE.replace("submit", "amend"), "n1")).await;
    assert_eq!(got.code(), (409, "E_NUMBER_REUSED"));
    assert_eq!(got.body["verdict"], "quarantined");
}

#[tokio::test]
async fn a_refused_row_says_why_in_both_languages_and_the_repeat_says_it_again() {
    let stage = Stage::new();
    let bad = CASE.replace("submit", "BAD");
    let first = stage.post(&bad).await;
    assert_eq!(first.code(), (422, "E_CHECK"));
    assert_eq!(first.body["return_code"], "2003");
    assert_eq!(first.body["what"]["zh"], bad_row().what(Lang::Zh));
    assert_eq!(first.body["what"]["en"], bad_row().what(Lang::En));
    assert_eq!(first.body["remedy"]["en"], bad_row().remedy(Lang::En));
    assert_eq!(
        first.body["place"],
        serde_json::json!({"row": 1, "column": "items.reg_no", "byte": null})
    );
    assert_eq!(
        first.body["findings"].as_array().unwrap().len(),
        1,
        "a warning is no reason"
    );
    let mut again = stage.post(&bad).await;
    assert_eq!(
        (again.code(), &again.body["verdict"]),
        ((422, "E_CHECK"), &"repeat".into())
    );
    again.body["verdict"] = "accepted".into();
    assert_eq!(again.body, first.body);
}

#[tokio::test]
async fn only_plain_json_is_taken() {
    let kinds = [
        (Some("application/json"), None, 202),
        (Some("Application/JSON; charset=utf-8"), None, 202),
        (Some("application/json"), Some("identity"), 202),
        (None, None, 415),
        (Some("application/x-www-form-urlencoded"), None, 415),
        (Some("application/jsonx"), None, 415),
        (Some("application/json"), Some("gzip"), 415),
    ];
    for (media, coding, expected) in kinds {
        let stage = Stage::new();
        let mut request = stage.signed("POST", "/v1/cases", CASE);
        request.headers_mut().remove("content-type");
        let set = [("content-type", media), ("content-encoding", coding)];
        for (name, value) in set.into_iter().filter_map(|(n, v)| Some((n, v?))) {
            request.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        assert_eq!(
            stage.send(request).await.status.as_u16(),
            expected,
            "{media:?} {coding:?}"
        );
        assert_eq!(stage.received() == 1, expected == 202);
    }
}

#[tokio::test]
async fn a_key_that_is_none_is_refused() {
    let stage = Stage::new();
    for key in ["", "a b", "键", &"k".repeat(65)] {
        let mut request = stage.signed("POST", "/v1/cases", CASE);
        request
            .headers_mut()
            .insert("idempotency-key", HeaderValue::from_bytes(key.as_bytes()).unwrap());
        assert_eq!(stage.send(request).await.code(), (400, "A_HEADER"), "{key}");
    }
    let mut twice = post(&stage, CASE, "a");
    twice
        .headers_mut()
        .append("idempotency-key", HeaderValue::from_static("b"));
    assert_eq!(stage.send(twice).await.code(), (400, "A_HEADER"));
    assert_eq!(stage.received(), 0);
    assert_eq!(stage.send(post(&stage, CASE, &"k".repeat(64))).await.status, 202);
}

#[tokio::test]
async fn the_nodes_own_trouble_is_a_later_without_details() {
    let stage = Stage::new();
    *stage.node.broken.lock().unwrap() = Some(Finding::new(Code::LWrite).with("detail", "secret-detail"));
    for got in [
        stage.post(CASE).await,
        stage.get("/v1/changes").await,
        stage.get("/v1/cases/1").await,
    ] {
        assert_eq!(got.code(), (503, "A_UNAVAILABLE"));
        assert!(!got.body.to_string().contains("secret-detail") && got.headers.contains_key("retry-after"));
    }
    let closed = Stage::with(|o| o.intake = None);
    assert_eq!(closed.post(CASE).await.code(), (503, "A_UNAVAILABLE"));
}

#[tokio::test(flavor = "multi_thread")]
async fn identical_posts_at_once_get_one_answer_each_and_one_effect() {
    let stage = Arc::new(Stage::with(|o| o.max_in_flight = 8));
    stage.node.pace.forget_permits(1000);
    let free = async {
        stage.node.began.subscribe().wait_for(|n| *n == 1).await.unwrap();
        // Every other one has had its turn to run into the first by now, or waits for it.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        stage.node.pace.add_permits(100);
    };
    let posts = futures_util::future::join_all((0..8).map(|_| stage.post(CASE)));
    let (got, ()) = tokio::join!(posts, free);
    let mut words: Vec<_> = got
        .iter()
        .map(|g| (g.status.as_u16(), g.body["verdict"].as_str().unwrap()))
        .collect();
    words.sort_unstable();
    let mut expected = vec![(200, "repeat"); 7];
    expected.push((202, "accepted"));
    assert_eq!(words, expected);
    assert!(got.iter().all(|g| g.body["batch"] == "b0"));
    assert_eq!((stage.received(), stage.effects()), (8, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_for_two_cases_at_once_is_a_conflict_for_one_of_them() {
    let stage = Stage::new();
    stage.node.pace.forget_permits(1000);
    let free = async {
        stage.node.began.subscribe().wait_for(|n| *n == 1).await.unwrap();
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        stage.node.pace.add_permits(100);
    };
    let other = CASE.replace("019", "021");
    let (a, b) = (
        stage.send(post(&stage, CASE, "n1")),
        stage.send(post(&stage, &other, "n1")),
    );
    let (a, b, ()) = tokio::join!(a, b, free);
    let mut got = [a.status.as_u16(), b.status.as_u16()];
    got.sort_unstable();
    assert_eq!((got, stage.effects()), ([202, 409], 1));
}

#[tokio::test]
async fn a_caller_who_hangs_up_leaves_no_half_batch_and_no_free_place() {
    let stage = Stage::with(|o| o.max_in_flight = 1);
    stage.node.pace.forget_permits(1000);
    let request = stage.signed("POST", "/v1/cases", CASE);
    let mut began = stage.node.began.subscribe();
    tokio::select! {
        _ = stage.router.clone().oneshot(request) => panic!("nothing was released yet"),
        _ = began.wait_for(|n| *n == 1) => {}
    }
    assert_eq!(
        stage.get("/v1/changes").await.code(),
        (503, "A_BUSY"),
        "it is still under way"
    );
    stage.node.pace.add_permits(10);
    stage.node.ended.subscribe().wait_for(|n| *n == 1).await.unwrap();
    while stage.get("/v1/changes").await.status != 200 {
        tokio::task::yield_now().await;
    }
    assert_eq!(stage.post(CASE).await.body["verdict"], "repeat");
}

#[tokio::test]
async fn a_case_is_read_through_the_agreement() {
    let stage = Stage::new();
    let got = stage.get("/v1/cases/110108202603020000019").await;
    assert_eq!(
        (got.status.as_u16(), &got.body["matters"][0]["account"]),
        (200, &"booked".into())
    );
    let got = stage.get("/v1/cases/2").await;
    assert_eq!(got.code(), (404, "E_UNKNOWN_CASE"));
    assert!(!got.body.to_string().contains("secret-detail"));
    let asked = stage.node.asked.lock().unwrap().len();
    for odd in ["%E5%BC%A0", "a%2Fb", "%FF", "a.b", &"1".repeat(65)] {
        let got = stage.get(&format!("/v1/cases/{odd}")).await;
        assert_eq!(got.code(), (404, "E_UNKNOWN_CASE"), "{odd}");
        assert!(!got.body.to_string().contains('张'));
    }
    assert_eq!(stage.node.asked.lock().unwrap().len(), asked);
    let expired = Finding::new(Code::EAgreementExpired)
        .with("agreement", "A1")
        .with("date", "2026-01-01");
    *stage.node.broken.lock().unwrap() = Some(expired);
    assert_eq!(stage.get("/v1/cases/1").await.code(), (403, "E_AGREEMENT_EXPIRED"));
}
