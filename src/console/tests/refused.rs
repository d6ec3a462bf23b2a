//! Refused and unsettled without a script: lists, several at once with one reason, other words for one.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::testing::told::{refused, unsettled};
use crate::testing::{Browser, Hall};
use accounts::Role;
use axum::http::{HeaderMap, StatusCode};
use engine::verb::Request;
use model::{Code, Finding};

async fn verifier(hall: &Hall) -> Browser {
    hall.add("钱七", Role::Verifier, None);
    hall.logged_in("钱七").await
}

fn place(answer: &(StatusCode, HeaderMap)) -> &str {
    answer.1.get("location").map_or("stays", |l| l.to_str().unwrap())
}

fn tell(hall: &Hall, out: usize, came: usize, open: usize) {
    let mut told = hall.node.told.lock().unwrap();
    told.refused = (0..out).map(|n| refused(&format!("a{n}"), "out")).collect();
    told.refused
        .extend((0..came).map(|n| refused(&format!("b7:{n}"), "in")));
    told.unsettled = (0..open).map(|n| unsettled(&format!("a9{n}"))).collect();
}

#[tokio::test]
async fn a_line_says_what_why_what_to_do_and_since_when() {
    let hall = Hall::open(vec![]);
    tell(&hall, 1, 2, 1);
    let mut browser = hall.logged_in("李华").await;
    for (path, says) in [
        ("/console/refused", ["a0", "aic.name", "E11", "08:59"]),
        ("/console/refused?list=in", ["b7:1", "aic.name", "→", "08:59"]),
        (
            "/console/refused?list=unsettled",
            ["a90", "disk D0301", "结果不明", "在对方系统中查找"],
        ),
    ] {
        let (status, _) = browser.get(path).await;
        assert_eq!(status, StatusCode::OK);
        for text in says {
            assert!(browser.page.contains(text), "{path}: {text}\n{}", browser.page);
        }
        assert!(
            !browser.page.contains("name=\"reason\""),
            "a clerk may look, and no more"
        );
        assert_eq!(browser.page.matches("<h1>").count(), 1);
    }
    let (_, _) = browser.get("/console/refused/a0?lang=en").await;
    assert!(browser.page.contains("Why, and what to do") && !browser.page.contains("s.ent_name"));
    assert_eq!(browser.get("/console/refused/a404").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn several_go_again_by_one_order_with_one_reason() {
    let hall = Hall::open(vec![]);
    tell(&hall, 3, 0, 0);
    let mut browser = verifier(&hall).await;
    browser.get("/console/refused").await;
    let wrong: [&[(&str, &str)]; 4] = [
        &[("do", "retry"), ("reason", "x")],
        &[("pick.a1", "1"), ("do", "retry"), ("reason", " ")],
        &[("pick.a1", "1"), ("reason", "x")],
        &[("pick.a1", "1"), ("do", "booked"), ("reason", "x")],
    ];
    for fields in wrong {
        let (status, _) = browser.submit("/console/refused", fields).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        let picked = fields.iter().any(|(name, _)| *name == "pick.a1");
        assert_eq!(
            browser.page.contains(" checked"),
            picked,
            "what was picked stays picked"
        );
    }
    assert!(hall.orders().is_empty());
    let fields = [
        ("pick.a1", "1"),
        ("pick.a2", "1"),
        ("do", "retry"),
        ("reason", "对照表已补"),
    ];
    let answer = browser.submit("/console/refused", &fields).await;
    assert_eq!(place(&answer), "/console/refused?list=out&did=retry&n=2");
    let Request::RefusedRetry { ids, reason, dept, .. } = &hall.orders()[0].1 else {
        panic!("{:?}", hall.orders())
    };
    assert_eq!(
        (ids.join(","), reason.as_str(), dept),
        ("a1,a2".to_owned(), "对照表已补", &None)
    );
    browser.get(place(&answer)).await;
    assert!(browser.page.contains("已重发，项数：2"));
}

#[tokio::test]
async fn the_same_form_twice_is_one_order() {
    let hall = Hall::open(vec![]);
    tell(&hall, 1, 0, 0);
    let mut browser = verifier(&hall).await;
    browser.get("/console/refused").await;
    let page = browser.page.clone();
    let fields = [("pick.a0", "1"), ("do", "drop"), ("reason", "企业不办了")];
    let first = browser.submit("/console/refused", &fields).await;
    browser.page = page;
    let second = browser.submit("/console/refused", &fields).await;
    assert_eq!(place(&first), place(&second));
    assert_eq!(hall.orders().len(), 1);
}

#[tokio::test]
async fn a_whole_page_is_a_hundred_and_can_be_picked_at_once() {
    let hall = Hall::open(vec![]);
    tell(&hall, 0, 250, 0);
    let mut browser = verifier(&hall).await;
    browser.get("/console/refused?list=in&from=100").await;
    assert!(browser.page.len() < 150_000, "{}", browser.page.len());
    assert_eq!(browser.page.matches("name=\"pick.b7:").count(), 100);
    assert!(browser.page.contains("101–200 / 250") && browser.page.contains("from=200"));
    let fields = [("all", "1"), ("do", "drop"), ("reason", "另行提供")];
    browser.submit("/console/refused", &fields).await;
    let Request::RefusedDrop { ids, .. } = &hall.orders()[0].1 else {
        panic!("{:?}", hall.orders())
    };
    assert_eq!(ids.len(), 100);
    // More than 500 is no list that anybody looked through.
    let shown: Vec<String> = (0..501).map(|n| format!("a{n}")).collect();
    let csrf = browser_csrf(&mut browser).await;
    let shown = shown.join(" ");
    let fields = [
        ("csrf", csrf.as_str()),
        ("shown", &shown),
        ("all", "1"),
        ("do", "drop"),
        ("reason", "x"),
    ];
    let (status, _) = browser.post("/console/refused", &fields).await;
    assert_eq!((status, hall.orders().len()), (StatusCode::UNPROCESSABLE_ENTITY, 1));
}

async fn browser_csrf(browser: &mut Browser) -> String {
    browser.get("/console/refused?list=in").await;
    browser.hidden("/console/refused")[0].1.clone()
}

#[tokio::test]
async fn each_unsettled_one_is_settled_by_its_own_number() {
    let hall = Hall::open(vec![]);
    tell(&hall, 0, 0, 3);
    let mut browser = verifier(&hall).await;
    browser.get("/console/refused?list=unsettled").await;
    let page = browser.page.clone();
    let fields = [("pick.a91", "1"), ("do", "booked"), ("reason", "查到")];
    let answer = browser.submit("/console/refused", &fields).await;
    assert_eq!(place(&answer), "/console/refused?list=unsettled&did=booked&n=1");
    browser.page = page;
    let fields = [
        ("pick.a90", "1"),
        ("pick.a92", "1"),
        ("pick.a99", "1"),
        ("do", "not_booked"),
        ("reason", "没有"),
    ];
    browser.get("/console/refused?list=unsettled").await;
    let (status, _) = browser.submit("/console/refused", &fields).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(browser.page.contains("没有全部办成，已办：2 / 3") && browser.page.contains("a99"));
    let orders = hall.orders();
    let said: Vec<String> = orders
        .iter()
        .map(|(_, request)| match request {
            Request::Settle {
                booked,
                attempt,
                listed,
                ..
            } => format!("{} {booked} {listed}", attempt.as_deref().unwrap()),
            other => panic!("{other:?}"),
        })
        .collect();
    // Several at once are the word of a list; one alone is that of somebody who looked.
    assert_eq!(said, ["a91 true false", "a90 false true", "a92 false true"]);
}

#[tokio::test]
async fn what_the_node_refuses_is_told_with_what_was_typed() {
    let hall = Hall::open(vec![]);
    tell(&hall, 2, 0, 0);
    let mut browser = verifier(&hall).await;
    browser.get("/console/refused").await;
    *hall.node.refuses.lock().unwrap() = Some(Finding::new(Code::LFull));
    let fields = [("pick.a0", "1"), ("do", "retry"), ("reason", "再试一次")];
    let (status, _) = browser.submit("/console/refused", &fields).await;
    assert_eq!(status, StatusCode::CONFLICT);
    for text in [
        &Finding::new(Code::LFull).what(model::Lang::Zh),
        "已办：0 / 1",
        "再试一次",
    ] {
        assert!(browser.page.contains(text), "{text}");
    }
}

#[tokio::test]
async fn one_goes_again_with_other_words() {
    let hall = Hall::open(vec![]);
    tell(&hall, 1, 1, 0);
    let mut browser = verifier(&hall).await;
    browser.get("/console/refused/b7:0").await;
    assert!(
        !browser.page.contains("<form method=\"post\" action=\"/console/refused"),
        "nothing to edit"
    );
    browser.get("/console/refused/a0").await;
    let path = "/console/refused/a0";
    for fields in [
        [("s.ent_name", ""), ("reason", "x")],
        [("s.ent_name", "甲"), ("reason", "")],
    ] {
        let (status, _) = browser.submit(path, &fields).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert!(browser.page.contains("value=\"甲\""), "what was typed is still there");
    let answer = browser
        .submit(path, &[("s.ent_name", "北京某某有限公司"), ("reason", "全称")])
        .await;
    assert_eq!(place(&answer), "/console/refused?list=out&did=edit&n=1");
    let Request::RefusedEdit { id, set, reason } = &hall.orders()[0].1 else {
        panic!("{:?}", hall.orders())
    };
    assert_eq!((id.as_str(), reason.as_str()), ("a0", "全称"));
    assert_eq!(set["ent_name"], "北京某某有限公司");
}

#[tokio::test]
async fn text_of_others_is_text() {
    for payload in crate::testing::PAYLOADS {
        let hall = Hall::open(vec![]);
        {
            let mut told = hall.node.told.lock().unwrap();
            let mut line = refused("a0", "out");
            line.findings = vec![Finding::new(Code::ERequired).with("column", payload)];
            for field in [&mut line.dept, &mut line.case_no, &mut line.what, &mut line.code] {
                *field = (*payload).to_owned();
            }
            let mut said = refused(payload, "in");
            said.findings.clear();
            said.reason = (*payload).to_owned();
            let mut open = unsettled(payload);
            for field in [&mut open.case_no, &mut open.matter, &mut open.channel, &mut open.number] {
                *field = (*payload).to_owned();
            }
            told.case.items[0].zh = (*payload).to_owned();
            told.case.items[0].item = (*payload).to_owned();
            told.case.items[0].value = (*payload).to_owned();
            (told.refused, told.unsettled) = (vec![line, said], vec![open]);
        }
        let mut browser = verifier(&hall).await;
        for path in ["", "?list=in", "?list=unsettled", "/a0"] {
            browser.get(&format!("/console/refused{path}")).await;
            crate::testing::harmless(&browser.page, payload);
        }
        browser
            .submit(
                "/console/refused/a0",
                &[(&format!("s.{payload}"), payload), ("reason", "")],
            )
            .await;
        crate::testing::harmless(&browser.page, payload);
    }
}
