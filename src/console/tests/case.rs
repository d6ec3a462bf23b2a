//! One case as people look at it: found by its number, masked, told in lanes; values shown for a reason.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::testing::told::{CASE, whole_case, why};
use crate::testing::{Hall, NOW, line, sheet};
use accounts::Role;
use axum::http::StatusCode;
use engine::verb::Request;
use model::{Code, Finding};

fn hall() -> Hall {
    let hall = Hall::open(vec![sheet(line("t1", "worksheet", None), vec![])]);
    let mut told = hall.node.told.lock().unwrap();
    told.case = whole_case();
    told.why = why();
    drop(told);
    hall
}

#[tokio::test]
async fn a_number_leads_to_its_case_from_everywhere() {
    let hall = hall();
    let mut browser = hall.logged_in("李华").await;
    browser.get("/console").await;
    let link = format!("href=\"/console/case/{CASE}\"");
    assert!(browser.page.contains(&link) && browser.page.contains("role=\"search\""));
    let wide: String = CASE
        .chars()
        .map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap())
        .collect();
    for typed in [CASE.to_owned(), format!("%20{CASE}%20"), wide] {
        let (status, headers) = browser.get(&format!("/console/case?no={typed}")).await;
        let to = headers.get("location").map(|l| l.to_str().unwrap().to_owned());
        assert_eq!(
            (status, to),
            (StatusCode::SEE_OTHER, Some(format!("/console/case/{CASE}"))),
            "{typed}"
        );
    }
    for typed in ["", "..%2F..%2Fetc", "a%20b", "%3Cscript%3Ealert(1)"] {
        let (status, _) = browser.get(&format!("/console/case?no={typed}")).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{typed}");
        crate::testing::harmless(&browser.page, typed);
    }
}

#[tokio::test]
async fn it_says_what_it_waits_for_and_what_each_department_has() {
    let hall = hall();
    let mut browser = hall.logged_in("李华").await;
    browser.get(&format!("/console/case/{CASE}")).await;
    for text in [
        "等待",
        "办理结果",
        "ltax",
        "03-02 08:00",
        "人工 · counter",
        "前置机",
        "名称预核17",
        "经办 李四",
        "已登记",
        "▲",
        "●",
        "北京**",
        "经过",
        "立案",
        "被拒",
        "发送号",
    ] {
        assert!(browser.page.contains(text), "{text}\n{}", browser.page);
    }
    assert_eq!(browser.page.matches("class=\"lane\"").count(), 2);
    assert_eq!(browser.page.matches("<line class=\"span").count(), 2);
    assert_eq!(browser.page.matches("<circle").count(), 3);
    assert!(browser.page.len() < 150_000);
    browser.get(&format!("/console/case/{CASE}?lang=en")).await;
    for text in [
        "Waits for",
        "the result",
        "frontend",
        "enterprise name",
        "booked",
        "refused",
    ] {
        assert!(browser.page.contains(text), "{text}\n{}", browser.page);
    }
}

#[tokio::test]
async fn values_are_shown_for_a_reason_to_those_who_may() {
    let hall = hall();
    let path = format!("/console/case/{CASE}");
    hall.add("审计", Role::Auditor, None);
    let mut auditor = hall.logged_in("审计").await;
    auditor.get(&path).await;
    assert!(!auditor.page.contains("class=\"reveal\""));
    let mut browser = hall.logged_in("李华").await;
    browser.get(&path).await;
    let (status, _) = browser.submit(&path, &[("reason", "  ")]).await;
    assert_eq!((status, hall.orders().len()), (StatusCode::UNPROCESSABLE_ENTITY, 0));
    let (status, _) = browser.submit(&path, &[("reason", "企业来电核对")]).await;
    assert_eq!(status, StatusCode::OK);
    assert!(browser.page.contains("这次查看已记入日志") && browser.page.contains("北京某某"));
    let orders = hall.orders();
    let [(person, Request::Case { case_no, reveal })] = orders.as_slice() else {
        panic!("{orders:?}")
    };
    assert_eq!(
        (person.as_str(), case_no.as_str(), reveal.as_deref()),
        ("李华", CASE, Some("企业来电核对"))
    );
}

#[tokio::test]
async fn a_case_that_is_none_is_said_and_a_long_one_comes_in_parts() {
    let hall = hall();
    let mut browser = hall.logged_in("李华").await;
    for path in ["/console/case/a%22b", "/console/case/%3Cscript%3E"] {
        assert_eq!(browser.get(path).await.0, StatusCode::NOT_FOUND);
    }
    {
        let mut told = hall.node.told.lock().unwrap();
        let one = told.case.story[0].clone();
        told.case.story = (0..320).map(|_| one.clone()).collect();
        let one = told.case.obligations[0].clone();
        told.case.obligations = (0..70).map(|_| one.clone()).collect();
    }
    browser.get(&format!("/console/case/{CASE}?from=300")).await;
    assert!(browser.page.contains("301–320 / 320") && browser.page.contains("from=200"));
    assert!(browser.page.len() < 150_000, "{}", browser.page.len());
}

#[tokio::test]
async fn text_of_others_is_text() {
    for payload in crate::testing::PAYLOADS {
        let hall = hall();
        {
            let mut told = hall.node.told.lock().unwrap();
            let text = || (*payload).to_owned();
            let case = &mut told.case;
            (case.case_no, case.ent_class, case.withdrawn) = (text(), text(), Some(text()));
            let item = &mut case.items[0];
            (item.item, item.zh, item.value, item.source, item.matter) = (text(), text(), text(), text(), Some(text()));
            for o in &mut case.obligations {
                (o.matter, o.reason, o.ended) = (text(), Some(text()), Some(text()));
                for a in &mut o.attempts {
                    (a.attempt, a.channel, a.batch) = (text(), text(), Some(text()));
                    (a.receipt_no, a.claimed_by, a.parent, a.reason) =
                        (Some(text()), Some(text()), Some(text()), Some(text()));
                    a.findings = vec![Finding::new(Code::ERequired).with("column", payload)];
                }
            }
            (case.story[0].event, case.story[0].detail) = (text(), text());
            case.parked = vec![
                serde_json::from_value(serde_json::json!({
                    "id": payload, "dept": payload, "matter": payload, "codes": [payload], "since": NOW
                }))
                .unwrap(),
            ];
            case.reviews = vec![serde_json::from_value(serde_json::json!({
                "review": payload, "case_no": payload, "item": payload, "zh": payload, "en": payload, "value": payload,
                "version": 1, "asker": payload, "matter": null, "by": payload, "source": payload, "form": null,
                "reason": payload, "since": NOW, "due": null, "overdue": false, "state": payload, "answer": null
            })).unwrap()];
            let wait = &mut told.why.lines[0];
            (wait.matter, wait.what, wait.with) = (text(), text(), text());
            wait.finding = Some(Finding::new(Code::ERequired).with("column", payload));
            told.why.doubted = wait.finding.clone();
        }
        let mut browser = hall.logged_in("李华").await;
        browser.get(&format!("/console/case/{CASE}")).await;
        crate::testing::harmless(&browser.page, payload);
        assert!(browser.page.contains("lane"));
    }
}
