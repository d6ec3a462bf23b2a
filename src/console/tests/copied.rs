//! Which fields of a task were copied is an audit entry: their names, never their values, and only of whoever holds it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::testing::{Browser, Hall, field, line, sheet};
use axum::http::StatusCode;

async fn opened(hall: &Hall, person: &str) -> Browser {
    let mut browser = hall.logged_in(person).await;
    browser.get("/console/task/t1").await;
    browser
}

fn copies(hall: &Hall) -> Vec<String> {
    let notes = hall.notes().into_iter();
    notes
        .filter(|(_, action, _)| action == "copy fields")
        .map(|(who, _, what)| format!("{who}: {what}"))
        .collect()
}

#[tokio::test]
async fn what_was_copied_is_one_entry_in_the_order_of_the_screen_and_nothing_else_gets_into_it() {
    let fields = vec![
        field("名称", "朝阳一号"),
        field("住所", "朝阳路2号"),
        field("电话", "13800000000"),
    ];
    let hall = Hall::open(vec![sheet(line("t1", "worksheet", None), fields)]);
    let mut browser = opened(&hall, "李华").await;
    let path = "/console/task/t1/copied";
    let csrf = browser.hidden("/console/logout")[0].1.clone();
    let said = [
        ("csrf", csrf.as_str()),
        ("c.电话", "1"),
        ("c.名称", "13800000000"),
        ("c.别的", "1"),
    ];
    let (status, _) = browser.post(path, &said).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "not taken yet");
    browser.get("/console/task/t1").await;
    browser.submit("/console/task/t1/claim", &[]).await;
    assert_eq!(browser.post(path, &said).await.0, StatusCode::OK);
    assert_eq!(copies(&hall), ["李华: 名称、电话"]);
    assert_eq!(
        browser.post(path, &[("csrf", &csrf), ("c.别的", "1")]).await.0,
        StatusCode::OK
    );
    let mut other = opened(&hall, "王五").await;
    let csrf = other.hidden("/console/logout")[0].1.clone();
    let said = [("csrf", csrf.as_str()), ("c.名称", "1")];
    assert_eq!(
        other.post(path, &said).await.0,
        StatusCode::NOT_FOUND,
        "with somebody else"
    );
    assert_eq!(copies(&hall).len(), 1);
}
