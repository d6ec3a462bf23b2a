//! What a page keeps when things go wrong around it: a tab that dies, a session that ends, a node that is killed, a case that
//! is withdrawn while it is keyed; and what keys do there.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::driver::{Browser, CTRL, ENTER};
use super::{Demo, PASSWORD, enter, picture, post, take};
use departments::cases;
use serde_json::{Value, json};
use std::process::Command;

const NUMBER: &str = "[id='i-a.number']";
const AGAIN: &str = "[id='i-a.again']";
/// A server that does not answer, for this page alone.
const SILENCE: &str = "window.fetch = () => new Promise(() => {})";
const STORED: &str = "return Object.keys(localStorage).some(name => name.startsWith('tanghulu.'))";

fn begin() -> (Demo, Browser) {
    let (demo, browser) = (Demo::start(), Browser::open());
    enter(&browser, &demo);
    take(&browser, &demo);
    (demo, browser)
}

fn page(browser: &Browser) -> String {
    browser.run("return location.href").as_str().unwrap().to_owned()
}

fn value(browser: &Browser, css: &str) -> String {
    let value = browser.run(&format!("return document.querySelector(\"{css}\").value"));
    value.as_str().unwrap().to_owned()
}

/// The overlay asks; whoever was here answers.
fn log_in_again(browser: &Browser) {
    browser.until("登录已结束");
    browser.fill("#login-password", PASSWORD);
    browser.click("#login-again button");
}

fn log_out_behind_the_page(browser: &Browser) {
    let script = "const form = document.querySelector(\"form[action='/console/logout']\");\
                  fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) })\
                  .then(() => { window.loggedOut = true; })";
    browser.run(script);
    browser.until_true("return window.loggedOut === true");
}

#[test]
fn what_a_dead_tab_held_is_offered_sealed_and_to_its_person_alone() {
    let (demo, browser) = begin();
    let task = page(&browser);
    browser.run(SILENCE);
    browser.fill(NUMBER, "KEYED-BY-HAND-7");
    browser.until_true(STORED);
    let stored = browser.run("return JSON.stringify(Object.assign({}, localStorage))");
    let (stored, seal) = (
        stored.as_str().unwrap(),
        browser.run("return document.getElementById('entry').dataset.seal"),
    );
    assert!(
        !stored.contains("KEYED") && !stored.contains(seal.as_str().unwrap()),
        "{stored}"
    );
    browser.another_tab();
    browser.go(&task);
    browser.until("尚未送到服务器的录入");
    assert_eq!(value(&browser, NUMBER), "");
    picture(&browser, "restore");
    browser.click("#banners button");
    assert_eq!(value(&browser, NUMBER), "KEYED-BY-HAND-7");
    // Once the server has it, the browser has none; and whoever logs out leaves none.
    browser.until("草稿已存");
    browser.until_true(&STORED.replace("return", "return !"));
    browser.run(SILENCE);
    browser.fill(AGAIN, "KEYED");
    browser.until_true(STORED);
    browser.run("document.querySelector(\"form[action='/console/logout'] button\").click()");
    browser.until("首次登录填一次性口令");
    assert_eq!(browser.run(STORED), Value::Bool(false));
    drop(demo);
}

#[test]
fn a_session_that_ended_is_taken_up_on_the_same_page() {
    let (_demo, browser) = begin();
    browser.fill(NUMBER, "GS-7");
    browser.fill(AGAIN, "GS-7");
    log_out_behind_the_page(&browser);
    browser.until("登录已结束");
    picture(&browser, "login-again");
    browser.fill("#login-password", "wrong");
    browser.click("#login-again button");
    browser.until_true("return !document.getElementById('login-wrong').hidden");
    assert_eq!(value(&browser, NUMBER), "GS-7");
    browser.run("document.getElementById('login-password').value = ''");
    log_in_again(&browser);
    browser.until_true("return !document.getElementById('login-again').open");
    browser.run("document.querySelector('#entry button.main').focus()");
    browser.keys(&format!("{CTRL}{ENTER}"));
    browser.until("已完成");
}

#[test]
fn what_is_sent_while_the_node_is_down_arrives_once_it_is_back_and_once_only() {
    let (mut demo, browser) = begin();
    let case = browser.run("return document.querySelector('#entry [name=case_no]').value");
    browser.fill(NUMBER, "GS-RESTART");
    browser.fill(AGAIN, "GS-RESTART");
    browser.until("草稿已存");
    demo.kill();
    browser.keys(&format!("{CTRL}{ENTER}"));
    browser.until("尚未送达");
    picture(&browser, "unsent");
    demo.start_again();
    log_in_again(&browser);
    browser.until("已完成");
    let told = Command::new(env!("CARGO_BIN_EXE_tanghulu"))
        .arg("--config")
        .arg(demo.config())
        .args(["case", case.as_str().unwrap(), "--json"])
        .output()
        .unwrap();
    let told: Value = serde_json::from_slice(&told.stdout).unwrap();
    let attempts = told["obligations"].as_array().unwrap().iter();
    let attempts = attempts.flat_map(|o| o["attempts"].as_array().unwrap());
    let keyed = attempts.filter(|a| a["receipt_no"] == "GS-RESTART").count();
    assert_eq!(keyed, 1, "{told}");
}

#[test]
fn a_case_that_is_withdrawn_while_it_is_keyed_is_told_at_once_and_shut() {
    let (demo, browser) = begin();
    let case = browser.run("return document.querySelector('#entry [name=case_no]').value");
    let case = case.as_str().unwrap();
    assert!((1..=6).any(|n| cases::case_no(n) == case));
    browser.fill(NUMBER, "GS-1");
    browser.fill(AGAIN, "GS-1");
    post(
        &demo,
        &json!({ "op": "withdraw", "case_no": case, "reason": "申请人撤回" }),
    );
    browser.until("已被撤回");
    let shut = "return document.querySelector('#entry button.main').disabled";
    browser.until_true(shut);
    picture(&browser, "withdrawn");
    browser.keys(&format!("{CTRL}{ENTER}"));
    browser.until("草稿已存");
    assert_eq!(value(&browser, NUMBER), "GS-1");
    // Whoever had keyed it already can still say so: the ledger must know.
    browser.click("#blocked input");
    assert_eq!(browser.run(shut), Value::Bool(false));
    browser.keys(&format!("{CTRL}{ENTER}"));
    browser.until("已完成");
}
