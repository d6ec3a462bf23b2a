//! A task on paper: whole, signed for, journalled, and for nobody who does not hold it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::testing::{Hall, LEASE, field, line, sheet};
use axum::http::StatusCode;

const PATH: &str = "/console/task/t1/print";

fn hall(kind: &str) -> Hall {
    let mut name = field("企业名称", "朝阳一号");
    (name.zh, name.en) = ("企业名称".to_owned(), "enterprise name".to_owned());
    Hall::open(vec![sheet(
        line("t1", kind, Some("2026-03-20")),
        vec![name, field("住所", "<b>2号</b>")],
    )])
}

fn printed(hall: &Hall) -> usize {
    hall.notes()
        .iter()
        .filter(|(_, action, _)| action == "print task")
        .count()
}

#[tokio::test]
async fn only_whoever_holds_the_task_gets_its_paper_and_each_is_journalled() {
    let hall = hall("worksheet");
    let mut browser = hall.logged_in("李华").await;
    assert_eq!(browser.get(PATH).await.0, StatusCode::FORBIDDEN);
    browser.get("/console/task/t1").await;
    assert!(!browser.page.contains(PATH));
    browser.submit("/console/task/t1/claim", &[]).await;
    browser.get("/console/task/t1").await;
    assert!(browser.page.contains(PATH));
    assert_eq!(printed(&hall), 0);
    assert_eq!(browser.get(PATH).await.0, StatusCode::OK);
    assert_eq!(printed(&hall), 1);
    let mut other = hall.logged_in("王五").await;
    assert_eq!(other.get(PATH).await.0, StatusCode::FORBIDDEN);
    assert!(!other.page.contains("朝阳一号"));
    hall.clock.advance(LEASE);
    let mut browser = hall.logged_in("李华").await;
    assert_eq!(browser.get(PATH).await.0, StatusCode::FORBIDDEN, "the claim ran out");
    assert_eq!(printed(&hall), 1);
}

#[tokio::test]
async fn the_paper_has_the_fields_in_their_order_the_number_as_bars_and_lines_to_sign_in_both_languages() {
    for (kind, lang, words) in [
        (
            "worksheet",
            "zh",
            ["录入人签名", "复核人签名", "对方受理号", "企业名称"],
        ),
        (
            "worksheet",
            "en",
            ["Keyed by", "Checked by", "Their acceptance number", "enterprise name"],
        ),
        (
            "form",
            "en",
            ["Keyed by", "Checked by", "enter their result", "enterprise name"],
        ),
    ] {
        let hall = hall(kind);
        let mut browser = hall.logged_in("李华").await;
        browser.get(&format!("/console/task/t1?lang={lang}")).await;
        browser.submit("/console/task/t1/claim", &[]).await;
        browser.get(PATH).await;
        for word in words {
            assert!(browser.page.contains(word), "{kind} {lang} {word}");
        }
        let (path, _) = crate::code128::path("110108202603020000019", 28).unwrap();
        assert!(browser.page.contains(&format!("<path d=\"{path}\"/>")));
        assert!(browser.page.find("企业名称") < browser.page.find("住所"));
        assert!(!browser.page.contains("<b>") && browser.page.contains("2号"));
    }
}
