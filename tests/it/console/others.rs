//! What others do while a page is open: somebody else logs in on it, or looks at the same task; new tasks come; the node ends.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::driver::Browser;
use super::{Demo, PASSWORD, enter, picture, post, take};
use departments::cases;
use serde_json::Value;
use std::process::Command;

const NUMBER: &str = "[id='i-a.number']";
const OTHER: &str = "李四";

fn page(browser: &Browser) -> String {
    browser.run("return location.href").as_str().unwrap().to_owned()
}

/// Another clerk, who has chosen a password and is logged in.
fn another_clerk(demo: &Demo) -> Browser {
    let told = Command::new(env!("CARGO_BIN_EXE_tanghulu"))
        .arg("--config")
        .arg(demo.config())
        .args(["user", "add", OTHER, "--role", "clerk", "--as", &demo.name, "--json"])
        .output()
        .unwrap();
    let told: Value = serde_json::from_slice(&told.stdout).unwrap();
    let token = told["token"]["token"].as_str().unwrap_or_else(|| panic!("{told}"));
    let browser = Browser::open();
    browser.go(&demo.console);
    for secret in [token, PASSWORD] {
        browser.fill("#name", OTHER);
        browser.fill("#password", secret);
        browser.click("main button");
        if secret == token {
            browser.until("设置口令");
            browser.fill("#new", PASSWORD);
            browser.fill("#again", PASSWORD);
            browser.click("main button");
            browser.until("请用它登录");
        }
    }
    browser.until("待办队列");
    browser
}

#[test]
fn somebody_else_who_logs_in_on_an_open_page_sees_and_keeps_nothing_of_what_was_typed() {
    let (demo, browser) = (Demo::start(), Browser::open());
    enter(&browser, &demo);
    take(&browser, &demo);
    let task = page(&browser);
    let other = another_clerk(&demo);
    other.go(&task);
    other.until("正在办理这一件");
    browser.until(&format!("{OTHER} 也打开着这一页"));
    picture(&browser, "presence");
    // The first one's session ends; what is typed now is in the page alone.
    browser.run(
        "const form = document.querySelector(\"form[action='/console/logout']\");\
         fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) })",
    );
    browser.until("登录已结束");
    browser.run(&format!("document.querySelector(\"{NUMBER}\").value = 'SECRET-1'"));
    browser.run("document.getElementById('login-name').value = ''");
    browser.fill("#login-name", OTHER);
    browser.fill("#login-password", PASSWORD);
    browser.click("#login-again button");
    browser.until("正在办理这一件");
    assert_eq!(page(&browser), task);
    let text = browser.run("return document.documentElement.innerHTML");
    assert!(!text.as_str().unwrap().contains("SECRET-1"));
    assert!(!browser.has(NUMBER), "it is the first one's still");
}

#[test]
fn the_queue_says_what_is_new_and_every_page_that_the_node_ends_which_waits_for_none() {
    let (mut demo, browser) = (Demo::start(), Browser::open());
    enter(&browser, &demo);
    browser.go(&demo.console);
    post(&demo, &cases::submission(8));
    browser.until("新任务：");
    picture(&browser, "queue-new");
    let ended = Command::new("kill")
        .args(["-TERM", &demo.child.id().to_string()])
        .status()
        .unwrap();
    assert!(ended.success());
    // Whether the last word arrives before the connection ends is chance; one of both is said.
    browser.until_true("return document.querySelector('[data-kind=stops], [data-kind=lost]') !== null");
    assert!(demo.child.wait().unwrap().success());
}
