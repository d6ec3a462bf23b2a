//! The clerk's day in a real browser, over a demo's living departments: log in, take, copy, key, enter a result.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod driver;

use driver::{ALT, Browser, CTRL, ENTER, TAB};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

const PASSWORD: &str = "correct-horse-battery-9";

struct Demo {
    child: Child,
    console: String,
    name: String,
    token: String,
    _dir: tempfile::TempDir,
}

impl Demo {
    fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_tanghulu"))
            .args(["demo", "--cases", "6", "--lang", "zh", "--dir"])
            .arg(dir.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines
            .by_ref()
            .map_while(Result::ok)
            .find(|line| line.starts_with("控制台"));
        let line = line.expect("the demo says where to log in");
        let words: Vec<&str> = line.split_whitespace().collect();
        let [_, console, _, name, _, token] = words.as_slice() else {
            panic!("{line}")
        };
        // The rest is read away: a pipe that nobody reads fills up.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            console: (*console).to_owned(),
            name: (*name).to_owned(),
            token: (*token).to_owned(),
            child,
            _dir: dir,
        }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Pictures of every page, for people to look at.
fn picture(browser: &Browser, name: &str) {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("console");
    std::fs::create_dir_all(&dir).unwrap();
    browser.picture(&dir.join(format!("{name}.png")));
}

fn log_in(browser: &Browser, demo: &Demo, secret: &str) {
    browser.fill("#name", &demo.name);
    browser.fill("#password", secret);
    browser.click("main button");
}

/// Waits until something is there, looking at the queue anew.
fn wait(browser: &Browser, demo: &Demo, what: &str, there: impl Fn() -> bool) {
    for _ in 0..300 {
        browser.go(&demo.console);
        if there() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    panic!("never: {what}\n{}", browser.text());
}

/// Takes the most urgent task by the keyboard: one to be keyed.
fn take(browser: &Browser, demo: &Demo) {
    wait(browser, demo, "a task to key", || {
        browser.keys(&format!("{ALT}n"));
        browser.has("#sheet")
    });
}

/// Opens a free form from the list, and takes it.
fn take_form(browser: &Browser, demo: &Demo, kind: &str) {
    let find = format!(
        "const row = [...document.querySelectorAll('.queue tbody tr')].find(r => r.cells[4].innerText === '{kind}');\
         if (row) {{ location = row.querySelector('a.button').href; }} return !!row;"
    );
    wait(browser, demo, kind, || browser.run(&find).as_bool().unwrap_or_default());
    browser.click("form[action$='/claim'] button");
    browser.find("#entry fieldset:not([disabled])");
}

#[test]
fn a_clerk_keys_a_case_and_enters_its_result_in_both_languages() {
    let demo = Demo::start();
    let browser = Browser::open();
    browser.go(&demo.console);
    browser.until("首次登录填一次性口令");
    picture(&browser, "login-zh");
    browser.go(&format!("{}/login?lang=en", demo.console));
    picture(&browser, "login-en");
    browser.go(&format!("{}/login?lang=zh", demo.console));
    log_in(&browser, &demo, &demo.token);
    browser.until("设置口令");
    picture(&browser, "password-zh");
    browser.fill("#new", PASSWORD);
    browser.fill("#again", PASSWORD);
    browser.click("main button");
    browser.until("请用它登录");
    log_in(&browser, &demo, PASSWORD);
    browser.until("待办队列");
    for (lang, kind, done) in [("zh", "登记办理结果", "已完成"), ("en", "enter their result", "Done")] {
        browser.go(&format!("{}?lang={lang}", demo.console));
        take(&browser, &demo);
        key(&browser, lang);
        browser.until(done);
        picture(&browser, &format!("queue-{lang}"));
        take_form(&browser, &demo, kind);
        fill_in(&browser, lang);
        browser.until(done);
    }
    assert_eq!(
        browser.run(
            "return performance.getEntriesByType('resource').filter(r => !r.name.startsWith(location.origin)).length"
        ),
        0
    );
}

/// Copies every field and types the number twice; no mouse.
fn key(browser: &Browser, lang: &str) {
    let fields = browser
        .run("return document.querySelectorAll('#sheet .copy').length")
        .as_u64()
        .unwrap();
    assert!(fields > 5);
    for n in 1..=fields {
        browser.keys(&format!("{ALT}c"));
        let of = if lang == "zh" { "/" } else { " of " };
        browser.until(&format!("{n}{of}{fields}"));
    }
    picture(browser, &format!("sheet-{lang}"));
    browser.keys(&format!("{ALT}c"));
    let number = format!("GS-{}-{fields}", lang.to_uppercase());
    // Enter goes on to the next field and never sends.
    browser.keys(&format!("{number}{ENTER}"));
    browser.keys(&number);
    browser.until(if lang == "zh" { "草稿已存" } else { "draft kept" });
    browser.keys(&format!("{CTRL}{ENTER}"));
}

/// Enters a refusal: first without what must be there, then whole.
fn fill_in(browser: &Browser, lang: &str) {
    picture(browser, &format!("form-{lang}"));
    browser.fill("[name='f.处理结果']", "不予许可");
    browser.fill("[name='f.说明']", &format!("名称与他人相同{TAB}"));
    let double = browser.has("input.again");
    if double {
        browser.fill("input.again", "1");
        browser.keys(&format!("{CTRL}{ENTER}"));
        browser.until(if lang == "zh" {
            "请改正以下各处"
        } else {
            "Please put these right"
        });
        picture(browser, &format!("form-wrong-{lang}"));
        browser.fill("input.again", "\u{e003}");
    }
    browser.keys(&format!("{CTRL}{ENTER}"));
}
