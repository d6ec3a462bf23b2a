//! Logging in, the headers of every answer, forged forms, locked doors, and text that would like to be a page.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::testing::{Hall, PASSWORD, field, line, sheet};
use accounts::Role;
use axum::http::StatusCode;

#[tokio::test]
async fn a_token_leads_to_a_password_and_only_there() {
    let hall = Hall::open(vec![]);
    let token = hall.token("赵六", Role::Clerk, None);
    let mut browser = hall.browser();
    let (status, headers) = browser
        .post("/console/login", &[("name", "赵六"), ("password", &token)])
        .await;
    assert_eq!(
        (status, headers["location"].to_str().unwrap()),
        (StatusCode::SEE_OTHER, "/console/password")
    );
    let (_, headers) = browser.get("/console").await;
    assert_eq!(headers["location"], "/console/password", "nothing else opens");
    browser.get("/console/password").await;
    let (status, _) = browser
        .submit("/console/password", &[("new", "short"), ("again", "short")])
        .await;
    assert_eq!(status, StatusCode::CONFLICT);
    let (status, _) = browser
        .submit("/console/password", &[("new", PASSWORD), ("again", "other")])
        .await;
    assert_eq!(status, StatusCode::CONFLICT);
    let (_, headers) = browser
        .submit("/console/password", &[("new", PASSWORD), ("again", PASSWORD)])
        .await;
    assert_eq!(headers["location"], "/console/login?chosen=1");
    let (_, headers) = browser.get("/console/password").await;
    assert_eq!(headers["location"], "/console/login?again=1", "its session ended");
    let (status, _) = browser
        .post("/console/login", &[("name", "赵六"), ("password", &token)])
        .await;
    assert_eq!(status, StatusCode::FORBIDDEN, "the token is used up");
    hall.logged_in("赵六").await;
}

#[tokio::test]
async fn each_login_has_a_new_cookie_that_scripts_and_other_sites_do_not_get() {
    let hall = Hall::open(vec![]);
    let mut browser = hall.browser();
    let set = |headers: &axum::http::HeaderMap| headers["set-cookie"].to_str().unwrap().to_owned();
    let (_, headers) = browser
        .post("/console/login", &[("name", "李华"), ("password", PASSWORD)])
        .await;
    let first = set(&headers);
    assert!(
        first.contains("HttpOnly") && first.contains("SameSite=Strict") && !first.contains("Secure"),
        "{first}"
    );
    let fixed = browser.cookie.clone();
    let (_, headers) = browser
        .post("/console/login", &[("name", "李华"), ("password", PASSWORD)])
        .await;
    assert_ne!(set(&headers), first);
    let mut thief = hall.browser();
    thief.cookie = fixed;
    let (status, _) = thief.get("/console").await;
    assert_eq!(status, StatusCode::SEE_OTHER, "the old session ended at the login");
}

#[tokio::test]
async fn every_answer_tells_the_browser_to_run_and_load_nothing_of_others() {
    let hall = Hall::open(vec![]);
    let mut browser = hall.logged_in("李华").await;
    for path in [
        "/console",
        "/console/login",
        "/console/task/t404",
        "/console/style.css",
        "/console/script.js",
    ] {
        let (_, headers) = browser.get(path).await;
        let csp = headers["content-security-policy"].to_str().unwrap();
        assert!(
            csp.starts_with("default-src 'none'") && csp.contains("frame-ancestors 'none'"),
            "{path}"
        );
        assert!(!csp.contains("unsafe"), "{path}");
        assert_eq!(headers["x-frame-options"], "DENY");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["referrer-policy"], "same-origin");
        assert_eq!(headers["cache-control"], "no-store");
        for foreign in ["http://", "https://", "style=", "onclick", "<script>"] {
            assert!(!browser.page.contains(foreign), "{path}: {foreign}");
        }
    }
}

#[tokio::test]
async fn a_form_of_another_site_or_session_has_no_effect() {
    let hall = Hall::open(vec![sheet(line("t1", "worksheet", None), vec![field("名称", "甲")])]);
    let mut browser = hall.logged_in("李华").await;
    browser.get("/console").await;
    let good = browser.hidden("/console/next")[0].1.clone();
    let forged = [
        ("csrf", "0".repeat(32)),
        ("csrf", String::new()),
        ("other", good.clone()),
    ];
    for (name, value) in &forged {
        let (status, _) = browser.post("/console/next", &[(name, value.as_str())]).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{name}");
    }
    let mut other = hall.logged_in("王五").await;
    let (status, _) = other.post("/console/next", &[("csrf", &good)]).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "another's token");
    let body = Some(format!("csrf={good}"));
    for origin in ["http://evil.example", "null"] {
        let headers = [("origin", origin), ("host", "127.0.0.1:80")];
        let (status, _) = browser.send("POST", "/console/next", body.clone(), &headers).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{origin}");
    }
    assert!(hall.orders().is_empty());
    let headers = [("origin", "http://127.0.0.1:80"), ("host", "127.0.0.1:80")];
    let (status, _) = browser.send("POST", "/console/next", body, &headers).await;
    assert_eq!((status, hall.orders().len()), (StatusCode::SEE_OTHER, 1));
}

#[tokio::test]
async fn failures_shut_an_account_and_slow_a_place_and_are_journalled() {
    let hall = Hall::open(vec![]);
    let mut browser = hall.browser();
    for _ in 0..5 {
        let (status, _) = browser
            .post("/console/login", &[("name", "李华"), ("password", "no")])
            .await;
        assert_eq!(status, StatusCode::FORBIDDEN);
    }
    let (status, _) = browser
        .post("/console/login", &[("name", "李华"), ("password", PASSWORD)])
        .await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(browser.page.contains("登录失败过多"));
    let notes = hall.notes();
    assert_eq!(notes.len(), 6);
    assert_eq!(notes[4], ("李华".to_owned(), "login".to_owned(), "V_LOGIN".to_owned()));
    assert_eq!(notes[5].2, "V_LOCKED");
    // Names that nobody has are slowed down by where they come from, and fill no journal.
    for _ in 0..24 {
        browser
            .post("/console/login", &[("name", "没有"), ("password", "no")])
            .await;
    }
    let (status, _) = browser
        .post("/console/login", &[("name", "没有"), ("password", "no")])
        .await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(hall.notes().len(), 6);
    hall.clock.advance(61_000);
    hall.logged_in("李华").await;
}

#[tokio::test]
async fn whoever_is_idle_logged_out_or_disabled_sees_nothing_more() {
    let hall = Hall::open(vec![]);
    let mut idle = hall.logged_in("李华").await;
    let mut left = hall.logged_in("李华").await;
    left.get("/console").await;
    left.submit("/console/logout", &[]).await;
    let mut gone = hall.logged_in("王五").await;
    let order = accounts::Order::Disable {
        name: "王五".to_owned(),
    };
    hall.accounts
        .change(|book| order.apply(book, 0, hall.accounts.rng()))
        .unwrap();
    assert_eq!(gone.get("/console").await.0, StatusCode::FORBIDDEN);
    assert_eq!(left.get("/console").await.0, StatusCode::SEE_OTHER);
    assert_eq!(idle.get("/console").await.0, StatusCode::OK);
    hall.clock.advance(15 * 60_000);
    let (status, headers) = idle.get("/console").await;
    assert_eq!(
        (status, &headers["location"]),
        (StatusCode::SEE_OTHER, &"/console/login?again=1".parse().unwrap())
    );
}

#[tokio::test]
async fn text_of_a_case_is_text_wherever_it_stands() {
    for payload in crate::testing::PAYLOADS {
        let mut worksheet = sheet(line("t1", "worksheet", None), vec![field(payload, payload)]);
        worksheet.line.matter = (*payload).to_owned();
        worksheet.line.case_no = (*payload).to_owned();
        let mut form = sheet(line("t2", "form", None), vec![field(payload, "")]);
        form.results = vec![(*payload).to_owned()];
        form.fields[0].zh = (*payload).to_owned();
        let hall = Hall::open(vec![worksheet, form]);
        let mut browser = hall.logged_in("李华").await;
        let mut pages = vec![];
        for task in ["t1", "t2"] {
            browser.get(&format!("/console/task/{task}")).await;
            browser.submit(&format!("/console/task/{task}/claim"), &[]).await;
            browser.get(&format!("/console/task/{task}")).await;
            pages.push(browser.page.clone());
        }
        browser
            .submit("/console/task/t2/draft", &[(&format!("f.{payload}"), payload)])
            .await;
        browser.get("/console/task/t2").await;
        pages.push(browser.page.clone());
        browser.get("/console").await;
        pages.push(browser.page.clone());
        browser
            .post("/console/login", &[("name", payload), ("password", "x")])
            .await;
        pages.push(browser.page.clone());
        for page in pages {
            crate::testing::harmless(&page, payload);
        }
    }
}
