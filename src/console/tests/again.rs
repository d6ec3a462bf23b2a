//! What an open page is answered: where to go on instead of being led there, who it is after a login, what to seal under.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::testing::{Browser, Hall, PASSWORD, field, line, sheet};
use accounts::Role;
use axum::http::StatusCode;
use engine::view::TaskView;

const BY_SCRIPT: [(&str, &str); 1] = [("x-console", "1")];

fn task() -> TaskView {
    sheet(line("t1", "worksheet", None), vec![field("企业名称", "甲")])
}

async fn taken(hall: &Hall, person: &str) -> Browser {
    let mut browser = hall.logged_in(person).await;
    browser.get("/console/task/t1").await;
    browser.submit("/console/task/t1/claim", &[]).await;
    browser.get("/console/task/t1").await;
    browser
}

fn value(page: &str, name: &str) -> Option<String> {
    let rest = page.split(&format!("{name}=\"")).nth(1)?;
    rest.split('"').next().map(str::to_owned)
}

fn body(fields: &[(String, String)]) -> String {
    let pairs: Vec<String> = fields.iter().map(|(n, v)| format!("{n}={v}")).collect();
    pairs.join("&")
}

#[tokio::test]
async fn a_script_is_told_where_its_form_led_and_one_without_effect_is_no_success() {
    let hall = Hall::open(vec![task()]);
    let mut browser = taken(&hall, "李华").await;
    let path = "/console/task/t1/keyed";
    let mut fields = browser.hidden(path);
    fields.retain(|(name, _)| matches!(name.as_str(), "csrf" | "once"));
    let (status, headers) = browser.send("POST", path, Some(body(&fields)), &BY_SCRIPT).await;
    assert_eq!((status, headers.get("x-go")), (StatusCode::UNPROCESSABLE_ENTITY, None));
    fields.extend([("a.number".into(), "A1".into()), ("a.again".into(), "A1".into())]);
    for _ in 0..2 {
        let (status, headers) = browser.send("POST", path, Some(body(&fields)), &BY_SCRIPT).await;
        assert_eq!(
            (status, &headers["x-go"]),
            (StatusCode::OK, &"/console?did=keyed".parse().unwrap())
        );
        assert!(headers.get("location").is_none());
    }
    assert_eq!(hall.orders().len(), 2, "the claim and one answer");
}

#[tokio::test]
async fn whoever_logs_in_on_an_open_page_goes_on_with_the_same_form() {
    let hall = Hall::open(vec![task()]);
    let mut browser = taken(&hall, "李华").await;
    let path = "/console/task/t1/keyed";
    let mut fields = browser.hidden(path);
    fields.retain(|(name, _)| matches!(name.as_str(), "csrf" | "once"));
    fields.extend([("a.number".into(), "A1".into()), ("a.again".into(), "A1".into())]);
    hall.clock.advance(15 * 60_000);
    let (status, _) = browser.send("POST", path, Some(body(&fields)), &BY_SCRIPT).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);

    let login = |secret: &str| Some(format!("name=%E6%9D%8E%E5%8D%8E&password={secret}"));
    let (status, headers) = browser.send("POST", "/console/login", login("no"), &BY_SCRIPT).await;
    assert_eq!(
        (status, &headers["content-type"]),
        (StatusCode::FORBIDDEN, &"text/plain; charset=utf-8".parse().unwrap())
    );
    assert!(
        !browser.page.is_empty() && !browser.page.contains('<'),
        "it says why, in plain words"
    );
    let (status, headers) = browser
        .send("POST", "/console/login", login(PASSWORD), &BY_SCRIPT)
        .await;
    assert_eq!(
        (status, &headers["content-type"]),
        (StatusCode::OK, &"application/json".parse().unwrap())
    );
    let told: serde_json::Value = serde_json::from_str(&browser.page).unwrap();
    assert_eq!((told["person"].as_str(), told["go"].as_str()), (Some("李华"), None));
    fields[0].1 = told["csrf"].as_str().unwrap().to_owned();
    let (status, headers) = browser.send("POST", path, Some(body(&fields)), &BY_SCRIPT).await;
    assert_eq!(
        (status, &headers["x-go"]),
        (StatusCode::OK, &"/console?did=keyed".parse().unwrap())
    );
}

#[tokio::test]
async fn whoever_must_choose_a_password_is_sent_to_do_so() {
    let hall = Hall::open(vec![]);
    let token = hall.token("赵六", Role::Clerk, None);
    let mut browser = hall.browser();
    let login = Some(format!("name=%E8%B5%B5%E5%85%AD&password={token}"));
    browser.send("POST", "/console/login", login, &BY_SCRIPT).await;
    let told: serde_json::Value = serde_json::from_str(&browser.page).unwrap();
    assert_eq!(told["go"], "/console/password");
}

#[tokio::test]
async fn a_stream_says_whose_session_it_is_and_the_token_of_its_forms() {
    let hall = Hall::open(vec![task()]);
    let mut browser = hall.logged_in("李华").await;
    browser.get("/console").await;
    let csrf = browser.hidden("/console/logout")[0].1.clone();
    let mut stream = browser
        .listen("/console/events?task=t1&as=free", &hall.clock)
        .await
        .unwrap();
    let who = stream.event("who").await;
    assert_eq!(
        (who["person"].as_str(), who["csrf"].as_str()),
        (Some("李华"), Some(csrf.as_str()))
    );
}

#[tokio::test]
async fn what_a_browser_seals_under_stands_on_the_pages_of_whoever_types_and_changes_with_the_day() {
    let hall = Hall::open(vec![task()]);
    let mut browser = hall.logged_in("李华").await;
    browser.get("/console/task/t1").await;
    assert_eq!(
        value(&browser.page, "data-seal"),
        None,
        "nothing is typed in what is not mine"
    );
    let mut browser = taken(&hall, "李华").await;
    let today = value(&browser.page, "data-seal").unwrap();
    let who = value(&browser.page, "data-who").unwrap();
    assert_eq!((today.len(), who.len()), (64, 16));
    hall.clock.advance(24 * 3_600_000);
    browser = taken(&hall, "李华").await;
    assert_eq!(value(&browser.page, "data-seal-before"), Some(today.clone()));
    assert_ne!(value(&browser.page, "data-seal"), Some(today.clone()));
    assert_eq!(value(&browser.page, "data-who"), Some(who.clone()));
    hall.clock.advance(3_600_000);
    let other = taken(&hall, "王五").await;
    assert_ne!(value(&other.page, "data-seal-before"), Some(today));
    assert_ne!(value(&other.page, "data-who"), Some(who));
}
