//! Unmapped codes: what waits, one person's word, another's, and what the node says against it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::testing::told::code;
use crate::testing::{Hall, NOW};
use accounts::Role;
use axum::http::StatusCode;
use engine::verb::Request;
use engine::view::ProposedCode;
use model::{Code, Finding};

fn proposed(by: &str) -> Option<ProposedCode> {
    Some(ProposedCode {
        canonical: "110".to_owned(),
        by: by.to_owned(),
        reason: "对照办法附件三".to_owned(),
        at: NOW,
    })
}

#[tokio::test]
async fn a_code_is_said_by_one_and_confirmed_by_another() {
    let hall = Hall::open(vec![]);
    hall.node.told.lock().unwrap().codes = vec![
        code("gender", "local", "0\u{200b}1"),
        code("region", "canonical", "110105"),
    ];
    let mut browser = hall.logged_in("李华").await;
    browser.get("/console/codes").await;
    for text in [
        "gender", "部门", "U+200B", "记录 3", "发送 2", "aic b7:3", "提议", "region", "统一",
    ] {
        assert!(browser.page.contains(text), "{text}\n{}", browser.page);
    }
    for fields in [[("means", ""), ("reason", "x")], [("means", "1"), ("reason", " ")]] {
        let (status, _) = browser.submit("/console/codes", &fields).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert!(hall.orders().is_empty());
    let (_, headers) = browser
        .submit("/console/codes", &[("means", "1"), ("reason", "国标")])
        .await;
    assert_eq!(headers["location"], "/console/codes?did=proposed&n=0");
    let Request::CodesMap {
        table,
        code,
        canonical,
        reason,
    } = &hall.orders()[0].1
    else {
        panic!("{:?}", hall.orders())
    };
    assert_eq!([table, code, canonical, reason], ["gender", "0\u{200b}1", "1", "国标"]);
    browser.get("/console/codes?did=confirmed&n=5").await;
    assert!(browser.page.contains("继续办理，项数：5"));
}

#[tokio::test]
async fn a_code_of_ours_stands_on_the_right_of_the_pair() {
    let hall = Hall::open(vec![]);
    hall.node.told.lock().unwrap().codes = vec![code("region", "canonical", "110105")];
    let mut browser = hall.logged_in("李华").await;
    browser.get("/console/codes").await;
    browser
        .submit("/console/codes", &[("means", "CY"), ("reason", "税务代码表")])
        .await;
    let Request::CodesMap { code, canonical, .. } = &hall.orders()[0].1 else {
        panic!("{:?}", hall.orders())
    };
    assert_eq!((code.as_str(), canonical.as_str()), ("CY", "110105"));
}

#[tokio::test]
async fn nobody_is_offered_to_confirm_their_own_word_and_who_tries_is_told_why_not() {
    let hall = Hall::open(vec![]);
    let mut line = code("gender", "local", "9");
    line.proposed = proposed("王五");
    hall.node.told.lock().unwrap().codes = vec![line.clone()];
    let mut other = hall.logged_in("李华").await;
    other.get("/console/codes").await;
    assert!(other.page.contains("value=\"110\"") && other.page.contains("确认</button>"));
    let mut own = hall.logged_in("王五").await;
    own.get("/console/codes").await;
    assert!(!own.page.contains("value=\"110\"") && !own.page.contains("确认</button>"));
    assert!(own.page.contains("对照办法附件三"));
    *hall.node.refuses.lock().unwrap() = Some(Finding::new(Code::VSamePerson).with("person", "王五"));
    let (status, _) = own
        .submit("/console/codes", &[("means", "110"), ("reason", "再说一遍")])
        .await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(
        own.page.contains("须由另一人进行") && own.page.contains("value=\"再说一遍\""),
        "{}",
        own.page
    );
}

#[tokio::test]
async fn who_may_not_map_sees_and_says_nothing() {
    let hall = Hall::open(vec![]);
    hall.node.told.lock().unwrap().codes = (0..120).map(|n| code("t", "local", &n.to_string())).collect();
    hall.add("审计", Role::Auditor, None);
    let mut browser = hall.logged_in("审计").await;
    browser.get("/console/codes").await;
    assert!(browser.page.contains("1–100 / 120") && !browser.page.contains("name=\"means\""));
    let mut clerk = hall.logged_in("李华").await;
    clerk.get("/console/codes").await;
    assert!(clerk.page.len() < 150_000, "{}", clerk.page.len());
}

#[tokio::test]
async fn text_of_others_is_text() {
    for payload in crate::testing::PAYLOADS {
        let hall = Hall::open(vec![]);
        let mut line = code(payload, payload, payload);
        line.example = (*payload).to_owned();
        line.proposed = proposed(payload);
        let said = line.proposed.as_mut().unwrap();
        (said.canonical, said.reason) = ((*payload).to_owned(), (*payload).to_owned());
        hall.node.told.lock().unwrap().codes = vec![line];
        let mut browser = hall.logged_in("李华").await;
        browser.get("/console/codes").await;
        crate::testing::harmless(&browser.page, payload);
        browser
            .submit("/console/codes", &[("means", payload), ("reason", "")])
            .await;
        crate::testing::harmless(&browser.page, payload);
    }
}
