//! Proof of keying and the supervisor's page, without a script.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::testing::{Hall, field, line, sheet};
use accounts::Role;
use axum::http::StatusCode;
use engine::verb::Request;
use engine::view::TaskView;
use std::collections::BTreeMap;

const PAYLOAD: &str = "\"><script>alert(1)</script>";

/// A form that was keyed by 王五.
fn keyed(task: &str, kind: &str, entries: &[&str]) -> TaskView {
    let mut line = line(task, kind, Some("2026-03-20"));
    line.not_for = vec!["王五".to_owned()];
    let mut number = field("注册号", "");
    number.keyed = entries.iter().map(|e| (*e).to_owned()).collect();
    let mut view = sheet(line, vec![number]);
    view.feed = Some("name".to_owned());
    view
}

fn place(answer: (StatusCode, axum::http::HeaderMap)) -> String {
    let place = answer.1.get("location").map(|l| l.to_str().unwrap().to_owned());
    place.unwrap_or_else(|| format!("stays, {}", answer.0))
}

#[tokio::test]
async fn the_second_person_keys_blind_and_the_same_one_is_not_asked() {
    let hall = Hall::open(vec![keyed("t1", "rekey", &[])]);
    let mut own = hall.logged_in("王五").await;
    own.get("/console/task/t1").await;
    assert!(
        own.page.contains("您录入过") && !own.page.contains("take-proof"),
        "{}",
        own.page
    );

    let mut browser = hall.logged_in("李华").await;
    browser.get("/console").await;
    assert_eq!(place(browser.submit("/console/next", &[]).await), "/console/task/t1");
    assert!(
        matches!(&hall.orders()[0].1, Request::QueueClaim { verify: true, .. }),
        "{:?}",
        hall.orders()
    );
    browser.get("/console/task/t1").await;
    assert!(
        browser.page.contains("name=\"f.注册号\" value=\"\""),
        "{}",
        browser.page
    );
    // What was typed stays where the session does.
    browser.submit("/console/task/t1/draft", &[("f.注册号", "11")]).await;
    browser.get("/console/task/t1").await;
    assert!(browser.page.contains("name=\"f.注册号\" value=\"11\""));
    let to = place(
        browser
            .submit("/console/task/t1/verify", &[("f.注册号", "１２ ")])
            .await,
    );
    assert_eq!(to, "/console?did=differs");
    let expected = BTreeMap::from([("注册号".to_owned(), "12".to_owned())]);
    let orders = hall.orders();
    let sent = |request: &Request| matches!(request, Request::QueueVerify { fields, .. } if *fields == expected);
    assert!(orders.iter().any(|(_, request)| sent(request)), "{orders:?}");
}

#[tokio::test]
async fn a_third_person_sees_both_and_chooses_with_a_reason() {
    let hall = Hall::open(vec![keyed("t1", "decide", &["12", PAYLOAD])]);
    let mut browser = hall.logged_in("李华").await;
    browser.get("/console/task/t1").await;
    browser.submit("/console/task/t1/take-proof", &[]).await;
    browser.get("/console/task/t1").await;
    assert!(
        browser.page.contains("初录") && browser.page.contains("12"),
        "{}",
        browser.page
    );
    assert!(!browser.page.contains("<script>alert"), "{}", browser.page);
    let path = "/console/task/t1/decide";
    let (status, _) = browser.submit(path, &[("a.reason", "对照原件")]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(browser.page.contains("请选定一项"));
    let (status, _) = browser.submit(path, &[("g.注册号", "second")]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "no reason");
    assert!(
        browser.page.contains("value=\"second\" checked"),
        "what was chosen stays"
    );
    let choices = [("first", "12"), ("second", PAYLOAD), ("other", "13")];
    for (choice, text) in choices {
        let fields = [("g.注册号", choice), ("f.注册号", "１3"), ("a.reason", "对照原件")];
        assert_eq!(place(browser.submit(path, &fields).await), "/console?did=keyed");
        let orders = hall.orders();
        let Some((_, Request::QueueDecide { fields, reason, .. })) = orders.last() else {
            panic!("{orders:?}")
        };
        assert_eq!((fields["注册号"].as_str(), reason.as_str()), (text, "对照原件"));
        browser.get("/console/task/t1").await;
    }
}

#[tokio::test]
async fn it_is_sent_back_only_with_a_reason() {
    let hall = Hall::open(vec![keyed("t1", "rekey", &[])]);
    let mut browser = hall.logged_in("李华").await;
    browser.get("/console/task/t1").await;
    let (status, _) = browser.submit("/console/task/t1/back", &[("a.reason", " ")]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let to = place(browser.submit("/console/task/t1/back", &[("a.reason", "看错行")]).await);
    assert_eq!(to, "/console?did=again");
}

#[tokio::test]
async fn a_supervisor_hands_on_and_orders_and_a_clerk_does_not() {
    let mut held = line("t1", "worksheet", None);
    held.case_no = PAYLOAD.to_owned();
    let hall = Hall::open(vec![sheet(held, vec![field("名称", "甲")])]);
    hall.add("主管", Role::Supervisor, None);
    let mut boss = hall.logged_in("主管").await;
    boss.get("/console/team").await;
    assert!(
        boss.page.contains("李华") && !boss.page.contains("<script>alert"),
        "{}",
        boss.page
    );
    let path = "/console/team/t1/assign";
    let to = |name: &'static str| [("to", name), ("reason", "请假")];
    assert_eq!(
        place(boss.submit(path, &to("无此人")).await),
        "/console/team?did=nobody"
    );
    boss.get("/console/team").await;
    assert_eq!(
        place(boss.submit(path, &to("王五")).await),
        "/console/team?did=assigned"
    );
    boss.get("/console/team").await;
    assert_eq!(place(boss.submit(path, &to("")).await), "/console/team?did=assigned");
    boss.get("/console/team").await;
    let rank = [("rank", "-1"), ("reason", "等材料")];
    assert_eq!(
        place(boss.submit("/console/team/t1/rank", &rank).await),
        "/console/team?did=ranked"
    );
    let orders: Vec<Request> = hall.orders().into_iter().map(|(_, request)| request).collect();
    let (task, reason) = ("t1".to_owned(), "请假".to_owned());
    let assign = |to: Option<&str>| Request::QueueAssign {
        task: task.clone(),
        to: to.map(str::to_owned),
        reason: reason.clone(),
    };
    let rank = Request::QueueRank {
        task: task.clone(),
        rank: -1,
        reason: "等材料".to_owned(),
    };
    assert_eq!(orders, [assign(Some("王五")), assign(None), rank]);
    let mut clerk = hall.logged_in("李华").await;
    let (status, _) = clerk.get("/console/team").await;
    assert_eq!(status, StatusCode::FORBIDDEN);
}
