//! The map: how channels are, what waits with whom; and that a page which refreshes itself keeps nobody logged in.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::testing::told::map;
use crate::testing::{Hall, NOW};
use axum::http::StatusCode;
use model::{Code, Finding};

#[tokio::test]
async fn each_channel_has_a_colour_a_shape_and_a_word() {
    let hall = Hall::open(vec![]);
    hall.node.told.lock().unwrap().map = map();
    let mut browser = hall.logged_in("李华").await;
    browser.get("/console/map").await;
    for text in [
        "名称登记",
        "lamp late",
        "▲",
        "中断",
        "03-02 08:59",
        "lamp fine",
        "●",
        "正常",
        "lamp unknown",
        "○",
        "有等待",
        "◆",
        "部分中断",
        "人工",
        "map.js",
        "连不上x",
    ] {
        assert!(browser.page.contains(text), "{text}\n{}", browser.page);
    }
    assert_eq!(browser.page.matches("class=\"berry").count(), 2);
    browser.get("/console/map?lang=en").await;
    for text in ["broken", "partly broken", "well", "manual", "waiting"] {
        assert!(browser.page.contains(text), "{text}\n{}", browser.page);
    }
    browser.get("/console/map?part=1").await;
    assert!(browser.page.starts_with("<p class=\"quiet\">") && !browser.page.contains("<html"));
    hall.node.told.lock().unwrap().map.halted = Some(Finding::new(Code::LFull));
    browser.get("/console/map").await;
    assert!(browser.page.contains(&Finding::new(Code::LFull).what(model::Lang::En)));
}

#[tokio::test]
async fn looking_again_by_script_is_nobody_at_work() {
    let hall = Hall::open(vec![]);
    let mut browser = hall.logged_in("李华").await;
    browser.get("/console/map").await;
    for _ in 0..14 {
        hall.clock.advance(60_000);
        let (status, _) = browser.get("/console/map?part=1").await;
        assert_eq!(status, StatusCode::OK);
    }
    hall.clock.advance(60_000);
    let (status, _) = browser.get("/console/map?part=1").await;
    assert_eq!(
        status,
        StatusCode::SEE_OTHER,
        "fifteen minutes after somebody was last there"
    );
}

#[tokio::test]
async fn text_of_others_is_text() {
    for payload in crate::testing::PAYLOADS {
        let hall = Hall::open(vec![]);
        {
            let mut told = hall.node.told.lock().unwrap();
            told.map = map();
            let text = || (*payload).to_owned();
            let broken = Finding::new(Code::CUnreachable)
                .with("endpoint", payload)
                .with("detail", payload);
            for dept in &mut told.map.depts {
                (dept.dept, dept.zh, dept.finding) = (text(), text(), Some(broken.clone()));
                dept.channels[0].channel = text();
                dept.channels[0].finding = Some(broken.clone());
            }
            for block in &mut told.map.blocks {
                (block.matter, block.zh) = (text(), text());
            }
            (told.map.halted, told.map.doubted) = (Some(broken.clone()), vec![broken]);
            told.map.now = NOW;
        }
        let mut browser = hall.logged_in("李华").await;
        for path in ["/console/map", "/console/map?part=1"] {
            browser.get(path).await;
            crate::testing::harmless(&browser.page, payload);
        }
    }
}
