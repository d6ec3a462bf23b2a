//! Accounts at the console: as at the command line, each change journalled, a token shown once.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::testing::{Browser, Hall};
use accounts::Role;
use axum::http::StatusCode;
use model::{Code, Finding};

const PATH: &str = "/console/accounts";

async fn keeper(hall: &Hall) -> Browser {
    let mut browser = hall.logged_in("安全").await;
    browser.get(PATH).await;
    browser
}

/// Sends one of the two forms: the one that holds this field.
async fn send(browser: &mut Browser, fields: &[(&str, &str)]) -> (StatusCode, String) {
    let hidden = browser.hidden(PATH);
    let of = |name: &str| hidden.iter().find(|(n, _)| n == name).unwrap().1.clone();
    let (csrf, once) = (of("csrf"), of("once"));
    let mut all = vec![("csrf", csrf.as_str()), ("once", once.as_str())];
    all.extend(fields);
    let (status, headers) = browser.post(PATH, &all).await;
    let to = headers.get("location").map(|l| l.to_str().unwrap().to_owned());
    (status, to.unwrap_or_default())
}

/// The token that a page shows.
fn token(page: &str) -> Option<String> {
    let after = page.split("class=\"figures token\">").nth(1)?;
    after.split('<').next().map(str::to_owned)
}

#[tokio::test]
async fn a_new_account_logs_in_with_the_token_that_was_shown_once() {
    let hall = Hall::open(vec![]);
    let mut browser = keeper(&hall).await;
    for text in ["李华", "办事员", "安全管理员", "正常"] {
        assert!(browser.page.contains(text), "{text}");
    }
    let fields = [
        ("do", "add"),
        ("name", "赵六"),
        ("role.clerk", "1"),
        ("role.verifier", "1"),
        ("uid", "1007"),
    ];
    let page = browser.page.clone();
    let (status, _) = send(&mut browser, &fields).await;
    assert_eq!(status, StatusCode::OK);
    let shown = token(&browser.page).expect("a token");
    let entry = hall.notes().into_iter().find(|(_, action, _)| action == "user add");
    assert_eq!(entry.unwrap().2, "clerk verifier uid 1007");
    // The same form again shows nothing and adds nobody.
    browser.page = page;
    let (status, to) = send(&mut browser, &fields).await;
    assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, PATH));
    browser.get(PATH).await;
    assert_eq!(token(&browser.page), None);
    assert!(browser.page.contains("待设口令"));
    let mut other = hall.browser();
    let (_, headers) = other
        .post("/console/login", &[("name", "赵六"), ("password", &shown)])
        .await;
    assert_eq!(headers["location"], "/console/password");
}

#[tokio::test]
async fn what_is_done_to_an_account_holds_at_once() {
    let hall = Hall::open(vec![]);
    let mut browser = keeper(&hall).await;
    let mut clerk = hall.logged_in("李华").await;
    let (_, to) = send(
        &mut browser,
        &[("pick", "李华"), ("do", "roles"), ("role.auditor", "1")],
    )
    .await;
    assert_eq!(to, "/console/accounts?did=roles");
    clerk.get("/console").await;
    assert!(!clerk.page.contains("办不了") && clerk.post("/console/next", &[]).await.0 == StatusCode::FORBIDDEN);
    browser.get(PATH).await;
    let (status, _) = send(&mut browser, &[("pick", "李华"), ("do", "token"), ("totp", "1")]).await;
    assert_eq!(status, StatusCode::OK);
    assert!(token(&browser.page).is_some() && browser.page.contains("动态验证密钥"));
    assert_eq!(
        clerk.get("/console").await.0,
        StatusCode::SEE_OTHER,
        "the old password's session is over"
    );
    browser.get(PATH).await;
    let mut other = hall.logged_in("王五").await;
    let (_, to) = send(&mut browser, &[("pick", "王五"), ("do", "disable")]).await;
    assert_eq!(to, "/console/accounts?did=disable");
    assert_eq!(other.get("/console").await.0, StatusCode::FORBIDDEN);
    let notes: Vec<(String, String)> = hall
        .notes()
        .into_iter()
        .map(|(_, action, result)| (action, result))
        .collect();
    for (action, result) in [
        ("user roles", "auditor"),
        ("user passwd", "token +totp"),
        ("user disable", "disabled"),
    ] {
        assert!(
            notes.contains(&(action.to_owned(), result.to_owned())),
            "{action}: {notes:?}"
        );
    }
}

#[tokio::test]
async fn what_is_wrong_is_told_and_neither_journalled_nor_done() {
    let hall = Hall::open(vec![]);
    let mut browser = keeper(&hall).await;
    let notes = hall.notes().len();
    let cases: &[(&[(&str, &str)], &str)] = &[
        (&[("do", "disable")], "请选择一个账户"),
        (&[("pick", "李华")], "请说明如何处理"),
        (&[("pick", "李华"), ("do", "roles")], "--role"),
        (&[("pick", "谁"), ("do", "disable")], "谁"),
        (&[("pick", "安全"), ("do", "disable")], "须始终有一个"),
        (
            &[("pick", "安全"), ("do", "roles"), ("role.clerk", "1")],
            "须始终有一个",
        ),
        (&[("do", "add"), ("name", "李华"), ("role.clerk", "1")], "已有此账户"),
        (
            &[("do", "add"), ("name", "新"), ("role.clerk", "1"), ("uid", "x")],
            "用户号须是数字",
        ),
        (
            &[
                ("do", "add"),
                ("name", "新"),
                ("role.auditor", "1"),
                ("role.system_administrator", "1"),
            ],
            "不得由一人兼任",
        ),
    ];
    for (fields, says) in cases {
        browser.get(PATH).await;
        let (status, _) = send(&mut browser, fields).await;
        assert!(
            status.is_client_error() && browser.page.contains(says),
            "{fields:?} {status}"
        );
    }
    assert!(browser.page.contains("value=\"新\""), "what was typed is still there");
    assert_eq!(hall.notes().len(), notes);
    // What the journal cannot take is not done.
    *hall.node.refuses.lock().unwrap() = Some(Finding::new(Code::LFull));
    browser.get(PATH).await;
    let (status, _) = send(&mut browser, &[("pick", "王五"), ("do", "disable")]).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(!hall.accounts.account("王五").unwrap().disabled);
}

#[tokio::test]
async fn names_are_text_and_a_full_hall_comes_in_parts() {
    let hall = Hall::open(vec![]);
    for payload in crate::testing::PAYLOADS {
        hall.token(payload, Role::Clerk, None);
    }
    for n in 0..120 {
        hall.token(&format!("甲{n:03}"), Role::Clerk, None);
    }
    let mut browser = keeper(&hall).await;
    assert!(browser.page.len() < 150_000, "{}", browser.page.len());
    assert_eq!(browser.page.matches("name=\"pick\"").count(), 100);
    for path in [PATH, "/console/accounts?from=100"] {
        browser.get(path).await;
        for payload in crate::testing::PAYLOADS {
            crate::testing::harmless(&browser.page, payload);
        }
    }
    for payload in crate::testing::PAYLOADS {
        browser.get(PATH).await;
        send(&mut browser, &[("pick", payload), ("do", "token")]).await;
        assert!(token(&browser.page).is_some());
        crate::testing::harmless(&browser.page, payload);
        browser.get(PATH).await;
        send(&mut browser, &[("do", "add"), ("name", payload), ("uid", payload)]).await;
        crate::testing::harmless(&browser.page, payload);
    }
}
