//! A hall's whole day in real browsers, in both languages and without a mouse: take, copy, key, enter a result, key it again
//! unseen, disagree, decide, refuse, supervise. What every field costs beyond its own text is counted.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::desk::{Desk, PASSWORD};
use super::names;
use crate::console::driver::{ALT, Browser, CTRL, ENTER, TAB};
use crate::console::picture;
use std::time::{Duration, Instant};

/// One of the hall at a browser.
struct Person<'a> {
    desk: &'a Desk,
    browser: Browser,
    lang: &'static str,
}

impl<'a> Person<'a> {
    fn sits_down(desk: &'a Desk, name: &str, lang: &'static str) -> Self {
        let browser = Browser::open();
        browser.go(&format!("http://{}/console/login?lang={lang}", desk.at));
        browser.keys(&format!("{name}{TAB}{PASSWORD}{ENTER}"));
        browser.find("#next");
        Self { desk, browser, lang }
    }

    fn go(&self, path: &str) {
        self.browser.go(&format!("http://{}{path}", self.desk.at));
    }

    fn says(&self, zh: &str, en: &str) {
        self.browser.until(if self.lang == "zh" { zh } else { en });
    }

    /// Takes the next task by the keyboard, until it is one of these.
    fn takes(&self, what: &str) {
        let begun = Instant::now();
        loop {
            self.go("/console");
            self.browser.keys(&format!("{ALT}n"));
            std::thread::sleep(Duration::from_millis(300));
            if self.browser.has(what) {
                return;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(30),
                "no {what}\n{}",
                self.browser.text()
            );
        }
    }

    /// Opens the first free task of a kind from the list, by the keyboard, and takes it.
    fn opens(&self, zh: &str, en: &str) {
        let kind = if self.lang == "zh" { zh } else { en };
        let find = format!(
            "const row = [...document.querySelectorAll('.queue tbody tr')].find(r => r.cells[4].innerText === '{kind}' && !r.cells[6].innerText.includes('{until}'));\
             if (row) {{ row.querySelector('a.button').focus(); }} return !!row;",
            until = if self.lang == "zh" { " 至 " } else { " until " }
        );
        let begun = Instant::now();
        loop {
            self.go("/console");
            if self.browser.run(&find).as_bool().unwrap_or_default() {
                break;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(30),
                "no {kind}\n{}",
                self.browser.text()
            );
            std::thread::sleep(Duration::from_millis(100));
        }
        self.browser.keys(ENTER);
        // The button that takes it has the focus.
        self.browser
            .find("form[action$='/claim'] button, form[action$='/take-proof'] button");
        self.browser.keys(ENTER);
        self.browser.find("#entry [name^='f.'], #entry [name^='g.']");
    }

    fn picture(&self, name: &str) {
        picture(&self.browser, &format!("{name}-{}", self.lang));
    }

    /// Copies each field, types the number twice; the keys that were pressed beside the number itself, and the fields.
    fn keys_a_worksheet(&self, number: &str) -> (usize, usize) {
        self.takes("#sheet");
        let fields = self
            .browser
            .run("return document.querySelectorAll('#sheet .copy').length");
        let fields = usize::try_from(fields.as_u64().unwrap()).unwrap();
        let mut pressed = 0;
        for n in 1..=fields {
            self.browser.keys(&format!("{ALT}c"));
            pressed += 2;
            self.says(&format!("{n}/{fields}"), &format!("{n} of {fields}"));
        }
        self.browser.keys(&format!("{ALT}c"));
        self.browser.keys(&format!("{number}{ENTER}"));
        self.browser.keys(number);
        self.browser.keys(&format!("{CTRL}{ENTER}"));
        pressed += 2 + 1 + number.len() + 2;
        self.says("已完成", "Done");
        (pressed, fields + 1)
    }

    /// Fills a form in; the keys beside what is entered.
    fn enters_a_result(&self, number: &str) -> (usize, usize) {
        self.opens("登记办理结果", "enter their result");
        self.browser.run("document.querySelector('#entry select').focus()");
        // The list is chosen from by its first character; each field is left by Enter.
        self.browser.keys(&format!("准{ENTER}"));
        self.browser.keys(ENTER);
        self.browser.keys(number);
        self.browser.keys(&format!("{CTRL}{ENTER}"));
        (1 + 1 + 2, 3)
    }

    fn keys_again(&self, number: &str) {
        self.opens("复核录入", "Key again");
        assert!(
            !self.browser.text().contains("SL-"),
            "what was keyed first is not shown"
        );
        self.picture("rekey");
        self.browser
            .run("document.querySelector('#entry input:not([type=hidden])').focus()");
        self.browser.keys(&format!("{number}{CTRL}{ENTER}"));
    }
}

#[test]
fn a_day_of_a_hall_in_both_languages() {
    let desk = Desk::open(6, &names(3));
    desk.account("boss", "supervisor");
    for (lang, n) in [("zh", 1), ("en", 2)] {
        let first = Person::sits_down(&desk, "clerk-1", lang);
        let (pressed, fields) = first.keys_a_worksheet(&format!("GS-{n}"));
        eprintln!("{lang}: a worksheet of {fields} fields: {pressed} keys beside what is typed once");
        assert!(
            pressed <= 2 * fields + "GS-1".len() + 5,
            "{pressed} keys for {fields} fields"
        );
        let other = Person::sits_down(&desk, "clerk-2", lang);
        other.keys_a_worksheet(&format!("GS-{n}-2"));
        // One of them is refused there.
        if lang == "zh" {
            first.takes("#sheet");
            first.browser.run("document.querySelector('details.other').open = true");
            first.browser.fill(
                "form[action$='/refuse'] [name='a.reason']",
                &format!("对方系统停用{ENTER}"),
            );
            first.says("已退回", "Sent back");
        }
        // Two results; the first one is keyed otherwise by the second person, and a third one looks.
        for number in ["SL-1", "SL-2"] {
            let (pressed, fields) = first.enters_a_result(number);
            assert!(pressed <= 2 * fields);
            first.says("已录入，等待他人复核", "Keyed. It waits until somebody else");
        }
        other.keys_again("SL-1");
        other.says("已完成", "Done");
        other.keys_again("SL-1");
        other.says("与初录不一致", "It differs from the first entry");
        let third = Person::sits_down(&desk, "clerk-3", lang);
        third.opens("裁定", "Decide");
        third.says("初录", "first entry");
        third.picture("decide");
        third.browser.click("input[value='first']");
        third.browser.fill("[name='a.reason']", "对照原件");
        third.browser.keys(&format!("{CTRL}{ENTER}"));
        third.says("已完成", "Done");
        let boss = Person::sits_down(&desk, "boss", lang);
        boss.go("/console/team");
        boss.says("班组", "Team");
        boss.says("clerk-2", "clerk-2");
        boss.picture("team");
        if lang == "en" {
            boss.browser.fill(".moves [name='to']", "clerk-3");
            boss.browser.fill(".moves [name='reason']", &format!("try{ENTER}"));
            boss.says("已改派", "Assigned");
            third.go("/console");
            third.says("我的", "Mine");
            // Handed on, and not lost: it goes back to the queue, where whoever takes it looks first.
            boss.browser.fill(
                ".moves form[action$='/assign'] [name='reason']",
                &format!("back{ENTER}"),
            );
            boss.says("已改派", "Assigned");
            third.go("/console");
            third.says("可能已经录入", "It may already be keyed");
        }
    }
    let stats = desk.bench.answer(&["queue", "stats"]);
    let of = |name: &str| {
        stats["clerks"]
            .as_array()
            .unwrap()
            .iter()
            .find(|c| c["name"] == name)
            .unwrap()
            .clone()
    };
    assert_eq!(
        (&of("clerk-1")["wrong"], &of("clerk-2")["wrong"]),
        (&0.into(), &2.into()),
        "{stats}"
    );
    let balance = desk.bench.answer(&["balance"]);
    assert_eq!(balance["unexplained"], 0, "{balance}");
}
