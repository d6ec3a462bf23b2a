//! What people did, as an auditor reads it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::testing::told::CASE;
use crate::testing::{Browser, Hall, NOW};
use accounts::Role;
use axum::http::StatusCode;
use engine::verb::Request;
use engine::view::ActLine;

fn act(n: usize, action: &str, object: &str, result: &str) -> ActLine {
    ActLine {
        at: NOW,
        pos: format!("{n}/0"),
        person: "李华".to_owned(),
        action: action.to_owned(),
        object: object.to_owned(),
        result: result.to_owned(),
    }
}

async fn auditor(hall: &Hall) -> Browser {
    hall.add("审计", Role::Auditor, None);
    hall.logged_in("审计").await
}

/// What the last page asked the node.
fn asked(hall: &Hall) -> Request {
    hall.orders()
        .into_iter()
        .map(|(_, request)| request)
        .next_back()
        .unwrap()
}

#[tokio::test]
async fn an_auditor_reads_who_did_what_and_goes_on_where_the_page_ended() {
    let hall = Hall::open(vec![]);
    {
        let mut told = hall.node.told.lock().unwrap();
        told.acts.lines = vec![
            act(9, "reveal", CASE, "企业来电核对"),
            act(8, "login", "console", "entered"),
        ];
        told.acts.next = Some("8/0".to_owned());
        told.acts.back_to = Some(NOW);
    }
    let mut browser = auditor(&hall).await;
    browser.get("/console/audit").await;
    for text in [
        "查看个人信息",
        "登录",
        "企业来电核对",
        "9/0",
        "2026-03-02 09:00:00",
        "value=\"8/0\"",
    ] {
        assert!(browser.page.contains(text), "{text}\n{}", browser.page);
    }
    assert!(browser.page.contains(&format!("/console/case/{CASE}\"")));
    assert!(!browser.page.contains("/console/case/console"));
    browser
        .get("/console/audit?person=%E6%9D%8E%E5%8D%8E&day=2026-03-02&before=8%2F0&lang=en")
        .await;
    let Request::Acts {
        before,
        person,
        day,
        most,
    } = asked(&hall)
    else {
        panic!("{:?}", hall.orders())
    };
    assert_eq!(
        (before.as_deref(), person.as_deref(), most),
        (Some("8/0"), Some("李华"), 100)
    );
    assert_eq!(day, Some(jiff::civil::date(2026, 3, 2)));
    assert!(browser.page.contains("value=\"李华\"") && browser.page.contains("personal values"));
    let before = hall.orders().len();
    let (status, _) = browser.get("/console/audit?day=yesterday").await;
    assert_eq!(
        (status, hall.orders().len()),
        (StatusCode::UNPROCESSABLE_ENTITY, before)
    );
}

#[tokio::test]
async fn a_full_page_is_small_and_text_of_others_is_text() {
    for payload in crate::testing::PAYLOADS {
        let hall = Hall::open(vec![]);
        {
            let mut told = hall.node.told.lock().unwrap();
            let mut line = act(1, payload, payload, payload);
            (line.person, line.pos) = ((*payload).to_owned(), (*payload).to_owned());
            told.acts.lines = vec![line; 100];
            told.acts.next = Some((*payload).to_owned());
        }
        let mut browser = auditor(&hall).await;
        browser.get("/console/audit?person=%3Cscript%3Ealert(1)&day=").await;
        crate::testing::harmless(&browser.page, payload);
        assert!(browser.page.len() < 150_000, "{}", browser.page.len());
    }
}
