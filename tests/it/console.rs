//! The clerk's day in a real browser, over a demo's living departments: log in, take, copy, key, enter a result.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod axe;
pub mod driver;
mod keys;
mod live;
mod others;
mod paper;

use departments::play::config::HUB_KEY;
use departments::poster::Poster;
use driver::{ALT, Browser, CTRL, ENTER, TAB};
use seams::{ScenarioClock, UnixMs};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

const PASSWORD: &str = "correct-horse-battery-9";

struct Demo {
    child: Child,
    console: String,
    name: String,
    token: String,
    dir: tempfile::TempDir,
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
            dir,
        }
    }

    fn config(&self) -> PathBuf {
        self.dir.path().join("config")
    }

    /// The node dies without a word.
    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// It is started again on the same data and address, as a daemon: without the departments.
    fn start_again(&mut self) {
        self.child = Command::new(env!("CARGO_BIN_EXE_tanghulu"))
            .arg("--config")
            .arg(self.config())
            .arg("run")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The platform posts something more.
fn post(demo: &Demo, body: &Value) {
    let base = demo.console.trim_end_matches("/console").to_owned();
    // The first day of a demo.
    let clock = Arc::new(ScenarioClock::new(UnixMs(1_772_413_200_000)));
    let poster = Poster::new(base, "bj-hub", HUB_KEY, 1 << 40, clock).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let told = runtime.block_on(poster.post(body)).unwrap();
    assert!(told.accepted(), "{told:?}");
}

/// Pictures of every page, for people to look at; and nothing on it that keeps people out.
pub fn picture(browser: &Browser, name: &str) {
    axe::agrees(browser, name);
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("console");
    std::fs::create_dir_all(&dir).unwrap();
    browser.picture(&dir.join(format!("{name}.png")));
}

fn log_in(browser: &Browser, demo: &Demo, secret: &str) {
    browser.fill("#name", &demo.name);
    browser.fill("#password", secret);
    browser.click("main button");
}

/// The first login: with the token, then with the password that is chosen.
fn enter(browser: &Browser, demo: &Demo) {
    browser.go(&demo.console);
    browser.until("首次登录填一次性口令");
    picture(browser, "login-zh");
    browser.go(&format!("{}/login?lang=en", demo.console));
    picture(browser, "login-en");
    browser.go(&format!("{}/login?lang=zh", demo.console));
    log_in(browser, demo, &demo.token);
    browser.until("设置口令");
    picture(browser, "password-zh");
    browser.fill("#new", PASSWORD);
    browser.fill("#again", PASSWORD);
    browser.click("main button");
    browser.until("请用它登录");
    log_in(browser, demo, PASSWORD);
    browser.until("待办队列");
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
    enter(&browser, &demo);
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

/// What holds for every page: one heading, nothing wider than the screen, a label for each input, a scope for each head of a
/// column or row, no more than 150 kB, the page itself marked in the navigation.
fn sound(browser: &Browser, place: &str) {
    let checks = [
        ("one h1", "document.querySelectorAll('h1').length === 1"),
        (
            "no wider than the screen",
            "document.documentElement.scrollWidth <= window.innerWidth",
        ),
        (
            "labels",
            "[...document.querySelectorAll('input:not([type=hidden]), select')]\
                .every(e => e.labels.length > 0 || e.getAttribute('aria-label'))",
        ),
        ("scopes", "document.querySelectorAll('th:not([scope])').length === 0"),
        ("size", "new Blob([document.documentElement.outerHTML]).size < 150000"),
        (
            "the page marked",
            "location.pathname.startsWith('/console/case') || document.querySelectorAll('.pages [aria-current]').length === 1",
        ),
    ];
    for (what, holds) in checks {
        let holds = browser.run(&format!("return {holds}")).as_bool();
        assert_eq!(holds, Some(true), "{place}: {what}\n{}", browser.text());
    }
}

#[test]
fn pages_stand_in_both_languages_over_a_living_node() {
    let demo = Demo::start();
    let browser = Browser::open();
    enter(&browser, &demo);
    // Something that was refused, by the department's clerk; and a case that was keyed.
    take(&browser, &demo);
    browser.run("document.querySelector('details.other').open = true");
    browser.fill("[id='i-a.reason']", "名称含禁用字");
    browser.click("form[action$='/refuse'] button");
    browser.until("已退回");
    let case_no = browser.run("return document.querySelector('a[href^=\"/console/case/\"]').innerText");
    let case_no = case_no.as_str().expect("a case in the queue").to_owned();
    let pages = [
        ("queue", "", "待办队列"),
        ("refused", "/refused", "名称含禁用字"),
        ("refused-in", "/refused?list=in", "来件被拒"),
        ("unsettled", "/refused?list=unsettled", "未定"),
        ("codes", "/codes", "待对照代码"),
        ("map", "/map", "糖葫芦"),
        ("audit", "/audit", "谁做了什么"),
        ("accounts", "/accounts", "安全管理员"),
        ("case", "/case?no=", "经过"),
    ];
    for lang in ["en", "zh"] {
        browser.go(&format!("{}?lang={lang}", demo.console));
        for (name, path, says) in pages {
            let tail = if name == "case" { case_no.as_str() } else { "" };
            browser.go(&format!("{}{path}{tail}", demo.console));
            if lang == "zh" {
                browser.until(says);
            }
            sound(&browser, &format!("{name} {lang}"));
            picture(&browser, &format!("page-{name}-{lang}"));
            if matches!(name, "case" | "map" | "accounts") {
                browser.run("window.scrollTo(0, document.body.scrollHeight / 3)");
                picture(&browser, &format!("page-{name}-below-{lang}"));
            }
        }
    }
    // Values are shown for a reason, and the auditor's page says so.
    browser.fill("#reason", "企业来电核对");
    browser.click(".reveal button");
    browser.until("这次查看已记入日志");
    picture(&browser, "page-revealed-zh");
    browser.go(&format!("{}/accounts", demo.console));
    browser.fill("#name", "赵六");
    browser.click("form.card [name='role.verifier']");
    browser.click("form.card button");
    browser.until("只显示这一次");
    picture(&browser, "page-token-zh");
    browser.go(&format!("{}/audit", demo.console));
    for says in ["企业来电核对", "查看个人信息", "新建账户", "赵六"] {
        browser.until(says);
    }
    // What was refused goes again, and is listed no more.
    browser.go(&format!("{}/refused", demo.console));
    let refusal = browser.run("return document.querySelector('.lines tbody a').getAttribute('href')");
    browser.go(&format!(
        "{}{}",
        demo.console.trim_end_matches("/console"),
        refusal.as_str().unwrap()
    ));
    browser.until("改正后重发");
    sound(&browser, "refusal zh");
    picture(&browser, "page-refusal-zh");
    browser.go(&format!("{}/refused", demo.console));
    browser.click("[name=all]");
    browser.click("[name=do][value=retry]");
    browser.fill("#reason", "已与企业核对");
    browser.click(".doing button");
    browser.until("已重发，项数：1");
}
