//! What keys do on a page, and what they must not: an input method's Enter, a character that is typed, a key that was moved.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::driver::{ALT, Browser, CTRL, ENTER, TAB};
use super::{Demo, enter, picture, take, take_form};
use serde_json::{Value, json};

const NUMBER: &str = "[id='i-a.number']";
const AGAIN: &str = "[id='i-a.again']";

fn begin() -> (Demo, Browser) {
    let (demo, browser) = (Demo::start(), Browser::open());
    enter(&browser, &demo);
    take(&browser, &demo);
    (demo, browser)
}

/// A key as an input method sends it while it composes, or as it is without one.
fn press(browser: &Browser, composing: bool, ctrl: bool) {
    let head =
        json!({ "key": "Enter", "ctrlKey": ctrl, "isComposing": composing, "bubbles": true, "cancelable": true });
    browser.run(&format!(
        "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {head}))"
    ));
}

fn focus(browser: &Browser) -> Value {
    browser.run("return document.activeElement.id")
}

#[test]
fn the_enter_that_ends_a_composition_neither_sends_nor_goes_on() {
    let (_demo, browser) = begin();
    browser.run("window.fetch = () => { window.sent = true; return new Promise(() => {}); }");
    browser.fill(NUMBER, "GS-1");
    browser.fill(AGAIN, "GS-1");
    browser.run(&format!("document.querySelector(\"{NUMBER}\").focus()"));
    // The draft goes by the same way: only what comes after counts.
    browser.until_true("return window.sent === true");
    browser.run("window.sent = false");
    for ctrl in [false, true] {
        press(&browser, true, ctrl);
        assert_eq!(
            (focus(&browser), browser.run("return window.sent")),
            (json!("i-a.number"), json!(false))
        );
    }
    press(&browser, false, false);
    assert_eq!(
        (focus(&browser), browser.run("return window.sent")),
        (json!("i-a.again"), json!(false))
    );
    press(&browser, false, true);
    assert_eq!(browser.run("return window.sent"), json!(true));
}

#[test]
fn a_key_is_moved_or_switched_off_for_this_browser_and_a_character_that_is_typed_is_text() {
    let (demo, browser) = begin();
    let copied = |browser: &Browser, n: u32| browser.until(&format!("{n}/"));
    browser.run("document.activeElement.blur()");
    browser.keys("?");
    browser.until("恢复默认");
    picture(&browser, "keys");
    browser.click("#key-copy");
    browser.keys("x");
    browser.click("#keys-close");
    browser.keys("x");
    copied(&browser, 1);
    browser.keys(&format!("{ALT}c"));
    browser.keys("x");
    copied(&browser, 2);
    browser.fill(NUMBER, "xx");
    assert_eq!(
        browser.run(&format!("return document.querySelector(\"{NUMBER}\").value")),
        "xx"
    );
    copied(&browser, 2);
    // It stays so on the next page, until it is switched off.
    browser.run("location.reload()");
    copied(&browser, 0);
    browser.keys("x");
    copied(&browser, 1);
    browser.keys("?");
    browser.click("[data-off=copy]");
    browser.click("#keys-close");
    browser.keys("x");
    browser.keys(&format!("{ALT}c"));
    copied(&browser, 1);
    // The lines of the queue.
    browser.go(&demo.console);
    let line = |n: u32| format!("return document.activeElement === document.querySelectorAll('.queue tbody a')[{n}]");
    for (key, n) in [("j", 0), ("j", 1), ("k", 0)] {
        browser.keys(key);
        browser.until_true(&line(n));
    }
}

#[test]
fn what_is_wrong_is_said_when_a_field_is_left_and_what_was_copied_is_told_once() {
    let (demo, browser) = begin();
    browser
        .run("window.put = []; navigator.clipboard.writeText = text => { put.push(text); return Promise.resolve(); }");
    // The form of the field that is next: a number is no date, and may be full-width.
    browser.until_true("return document.querySelector('#copy-as option[value=compact]').disabled");
    browser.run(
        "const box = document.getElementById('copy-as'); box.value = 'wide'; box.dispatchEvent(new Event('change'))",
    );
    browser.click("#sheet .copy");
    browser.until("1/");
    let put = browser.run("return put[0]");
    assert!(put.as_str().unwrap().chars().all(|c| !c.is_ascii()), "{put}");
    let field = browser.run("return document.querySelector('#sheet .copy').closest('tr').dataset.field");
    browser.run(
        "const real = window.fetch; sessionStorage.told = ''; \
         window.fetch = (to, how) => { sessionStorage.told += ' ' + to; return real(to, how); }",
    );
    browser.fill(NUMBER, &format!("GS-1{TAB}"));
    browser.fill(AGAIN, &format!("GS-2{TAB}"));
    browser.until("两遍录入不一致");
    browser.fill(AGAIN, "\u{e003}1");
    browser.until_true("return document.querySelector('#entry .error') === null");
    browser.keys(&format!("{CTRL}{ENTER}"));
    browser.until("已完成");
    // The fields were told before the task was settled.
    let told = browser.run("return sessionStorage.told");
    let told: Vec<&str> = told
        .as_str()
        .unwrap()
        .split_whitespace()
        .filter(|path| !path.ends_with("/draft"))
        .collect();
    assert!(
        told[0].ends_with("/copied") && told[1].ends_with("/keyed"),
        "{told:?} {field}"
    );
    take_form(&browser, &demo, "登记办理结果");
    browser.run("document.querySelector('[name=\"f.处理结果\"]').focus()");
    browser.keys(TAB);
    browser.until("必填");
    let date = browser.run("const date = document.querySelector('[data-form=date]'); return date && date.id");
    if let Some(id) = date.as_str() {
        browser.fill(&format!("[id='{id}']"), &format!("2026-02-30{TAB}"));
        browser.until("日期应如");
    }
}
