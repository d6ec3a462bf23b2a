#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::{FRESH, PATIENCE};
use crate::testing::{Got, Stage, trouble};
use axum::body::Body;
use axum::http::Request;
use model::{Code, Finding};
use std::sync::atomic::Ordering;
use std::time::Duration;

async fn get(stage: &Stage, path: &str) -> Got {
    stage.send(Request::get(path).body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn alive_and_ready_need_no_signature() {
    let stage = Stage::new();
    assert_eq!(get(&stage, "/livez").await.body["alive"], true);
    let got = get(&stage, "/readyz").await;
    assert_eq!(
        (got.status.as_u16(), &got.body),
        (200, &serde_json::json!({"ready": true}))
    );
}

#[tokio::test]
async fn a_department_in_trouble_is_named_and_leaves_the_node_ready() {
    let stage = Stage::new();
    *stage.node.troubles.lock().unwrap() = vec![trouble()];
    let got = get(&stage, "/readyz?verbose").await;
    assert_eq!((got.status.as_u16(), &got.body["ready"]), (200, &true.into()));
    assert_eq!(got.body["checks"][0]["name"], "engine");
    let line = &got.body["checks"][1];
    assert_eq!(
        (&line["name"], &line["good"]),
        (&"channel park/link".into(), &false.into())
    );
    assert_eq!(
        (&line["needed"], &line["code"]),
        (&false.into(), &"C_UNREACHABLE".into())
    );
    assert!(!got.body.to_string().contains("secret-detail"));
}

#[tokio::test]
async fn a_ledger_without_room_is_named_and_not_ready() {
    let stage = Stage::new();
    *stage.node.halted.lock().unwrap() = Some(Finding::new(Code::LFull).with("detail", "secret-detail"));
    let got = get(&stage, "/readyz?verbose").await;
    assert_eq!((got.status.as_u16(), &got.body["ready"]), (503, &false.into()));
    let line = &got.body["checks"][1];
    assert_eq!((&line["name"], &line["good"]), (&"ledger".into(), &false.into()));
    assert_eq!((&line["needed"], &line["code"]), (&true.into(), &"L_FULL".into()));
    assert!(!got.body.to_string().contains("secret-detail"));
    *stage.node.halted.lock().unwrap() = None;
    stage.clock.advance(FRESH);
    assert_eq!(get(&stage, "/readyz").await.status, 200, "and ready again by itself");
}

/// It sends nothing and takes in all the same: whoever posts must not be turned away.
#[tokio::test]
async fn a_ledger_in_doubt_is_named_and_leaves_the_node_ready() {
    let stage = Stage::new();
    *stage.node.doubted.lock().unwrap() = vec![Finding::new(Code::LOlder).with("what", "secret-detail")];
    let got = get(&stage, "/readyz?verbose").await;
    assert_eq!((got.status.as_u16(), &got.body["ready"]), (200, &true.into()));
    let line = &got.body["checks"][1];
    assert_eq!((&line["name"], &line["good"]), (&"ledger".into(), &false.into()));
    assert_eq!((&line["needed"], &line["code"]), (&false.into(), &"L_OLDER".into()));
    assert!(!got.body.to_string().contains("secret-detail"));
}

#[tokio::test]
async fn an_engine_that_does_not_answer_is_not_ready() {
    let stage = Stage::new();
    stage.node.silent.store(1, Ordering::SeqCst);
    let (got, ()) = tokio::join!(get(&stage, "/readyz?verbose"), async {
        stage.clock.begun(1).await;
        stage.clock.advance(PATIENCE);
    });
    assert_eq!((got.status.as_u16(), &got.body["ready"]), (503, &false.into()));
    assert_eq!(got.body["checks"][0]["good"], false);
    assert_eq!(
        get(&stage, "/livez").await.status,
        200,
        "the process is alive all the same"
    );
}

#[tokio::test]
async fn asking_without_end_costs_the_engine_one_question_a_second() {
    let stage = Stage::new();
    for _ in 0..20 {
        assert_eq!(get(&stage, "/readyz").await.status, 200);
    }
    assert_eq!(stage.node.asked.lock().unwrap().len(), 1);
    stage.clock.advance(Duration::from_secs(1));
    assert_eq!(get(&stage, "/readyz").await.status, 200);
    assert_eq!(stage.node.asked.lock().unwrap().len(), 2);
}
