//! A task printed by a real browser: strangers read its bars and its pages.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::driver::Browser;
use super::{Demo, enter, take};
use std::path::Path;
use std::process::Command;

/// What a scanner sees.
fn scan(picture: &Path) -> String {
    let told = Command::new("zbarimg")
        .args(["--quiet", "--raw", "--nodbus"])
        .arg(picture)
        .output()
        .expect("zbarimg: install zbar-tools");
    String::from_utf8(told.stdout).unwrap().trim().to_owned()
}

#[test]
fn a_printed_task_is_found_by_its_bars_and_fits_its_paper() {
    let (demo, browser) = (Demo::start(), Browser::open());
    enter(&browser, &demo);
    take(&browser, &demo);
    let case = browser.run("return document.querySelector('#entry [name=case_no]').value");
    let print = browser.run("return document.querySelector(\"a[href$='/print']\").href");
    for (lang, says) in [("zh", "录入人签名"), ("en", "Keyed by")] {
        browser.go(&format!("{}?lang={lang}", print.as_str().unwrap()));
        browser.until(says);
        super::picture(&browser, &format!("paper-{lang}"));
        let dir = tempfile::tempdir().unwrap();
        let picture = dir.path().join("paper.png");
        browser.picture(&picture);
        assert_eq!(scan(&picture), case.as_str().unwrap());
        let pdf = browser.paper();
        let text = String::from_utf8_lossy(&pdf);
        assert!(text.starts_with("%PDF"), "{lang}");
        let pages = text.matches("/Type /Page\n").count();
        assert!((1..=2).contains(&pages), "{lang}: {pages} pages");
        std::fs::write(
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("console/paper-{lang}.pdf")),
            pdf,
        )
        .unwrap();
    }
}
