//! What keeps people out of a page, as axe-core finds it by the rules of WCAG 2.2 AA. It runs on every page that a picture is
//! taken of, in both languages.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::driver::Browser;
use std::path::Path;
use std::sync::OnceLock;

const RULES: &str = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']";

fn source() -> &'static str {
    static SOURCE: OnceLock<String> = OnceLock::new();
    SOURCE.get_or_init(|| {
        let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../strangers/axe_playwright_python/axe.min.js");
        std::fs::read_to_string(&place).unwrap_or_else(|error| panic!("{}: {error}; ./test gets it", place.display()))
    })
}

/// What it finds on the page that is open: rule and element, each in a line.
fn findings(browser: &Browser) -> Vec<String> {
    browser.run(source());
    let script = format!(
        "return axe.run(document, {{ runOnly: {RULES} }}).then(function (told) {{ \
           return told.violations.flatMap(function (v) {{ \
             return v.nodes.map(function (n) {{ return v.id + ' ' + n.html + ' ' + n.failureSummary; }}); }}); }})"
    );
    let told = browser.run(&script);
    let told = told.as_array().unwrap_or_else(|| panic!("axe did not end: {told}"));
    told.iter()
        .map(|finding| finding.as_str().unwrap().to_owned())
        .collect()
}

/// There is nothing.
pub fn agrees(browser: &Browser, page: &str) {
    let findings = findings(browser);
    assert!(findings.is_empty(), "{page}: {}", findings.join("\n"));
}

/// It finds what is wrong with a page that is wrong.
#[test]
fn it_finds_a_picture_without_words_and_a_pale_text() {
    let browser = Browser::open();
    browser.go(
        "data:text/html,<html lang=en><title>t</title><main><img src=x><p style='color:%23bbb;background:%23fff'>pale</p></main>",
    );
    let rules: Vec<String> = findings(&browser)
        .iter()
        .map(|finding| finding.split(' ').next().unwrap().to_owned())
        .collect();
    assert_eq!(rules, ["color-contrast", "image-alt"], "{rules:?}");
}
