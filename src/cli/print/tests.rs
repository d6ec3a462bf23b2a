#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::slip::aloud;
use crate::testing::{Fake, call_in};
use crate::verb::tests::samples;
use serde_json::Value;
use std::path::Path;

/// The page that a verb wrote, and its exit code.
fn printed(reply: Value, line: &str) -> (Option<String>, i32) {
    let dir = tempfile::tempdir().unwrap();
    let outcome = call_in(&Fake::saying(reply), &format!("{line} --to page.html"), dir.path());
    let page = std::fs::read_to_string(dir.path().join("page.html")).ok();
    if page.is_some() {
        assert!(outcome.out.contains("page.html"), "{}", outcome.out);
    }
    (page, outcome.code)
}

fn snap(name: &str, text: String) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    // A code is what a scanner reads; how it is drawn is its library's affair.
    let drawn = undrawn(&text);
    settings.bind(|| insta::assert_snapshot!(name, drawn));
}

/// The page without the path of its code.
fn undrawn(page: &str) -> String {
    match (page.find("<path d=\""), page.find("\" fill=\"#000\"/>")) {
        (Some(from), Some(to)) => format!("{}<path d=\"…{}", &page[..from], &page[to..]),
        _ => page.to_owned(),
    }
}

#[test]
fn pages_are_printed_in_both_languages() {
    for lang in ["zh", "en"] {
        let slip = printed(samples::slip(), &format!("disk slip SW0302A2 --lang {lang}"));
        assert_eq!(slip.1, 0);
        snap(&format!("print_slip_{lang}"), slip.0.unwrap());
        let reminder = printed(samples::disks(), &format!("disk remind ntax --lang {lang}"));
        assert_eq!(reminder.1, 0);
        snap(&format!("print_reminder_{lang}"), reminder.0.unwrap());
    }
}

#[test]
fn each_department_has_a_page_of_its_own_and_only_its_own() {
    let mut disks = samples::disks();
    disks["is"][0]["dept"] = "hrss".into();
    let (all, _) = printed(disks.clone(), "disk remind");
    let all = all.unwrap();
    assert_eq!(all.matches("<section>").count(), 2);
    let (one, _) = printed(disks.clone(), "disk remind hrss");
    let one = one.unwrap();
    assert!(one.contains("SW0302A1") && !one.contains("SW0302A2"));
    // Nothing to remind of: no page that somebody would print for nothing.
    assert_eq!(printed(disks, "disk remind psb"), (None, 0));
}

/// No system brings a program for SM3 along: the one that takes it is named, and no other.
#[test]
fn a_slip_of_the_national_suite_says_how_its_digest_is_taken() {
    let mut slip = samples::slip();
    slip["is"]["digest_kind"] = "SM3".into();
    slip["is"]["file"] = "SW0302A2/tagmanifest-sm3.txt".into();
    for lang in ["zh", "en"] {
        let (page, _) = printed(slip.clone(), &format!("disk slip SW0302A2 --lang {lang}"));
        let page = page.unwrap();
        for told in [
            "openssl dgst -sm3 SW0302A2/tagmanifest-sm3.txt",
            "SM3 SW0302A2/tagmanifest-sm3.txt 7f3a",
        ] {
            assert!(page.contains(told), "{page}");
        }
        assert!(!page.contains("SHA") && !page.contains("certutil"), "{page}");
    }
}

#[test]
fn what_others_wrote_is_text_and_nothing_else() {
    let hostile = "<script>alert(1)</script>&\"\u{202e}\u{7}";
    let mut slip = samples::slip();
    for key in ["node", "file", "digest_kind", "digest", "answer"] {
        slip["is"][key] = hostile.into();
    }
    slip["is"]["batch"]["number"] = hostile.into();
    slip["is"]["batch"]["dept"] = hostile.into();
    let (page, _) = printed(slip, "disk slip x");
    let page = page.unwrap();
    let mut disks = samples::disks();
    disks["is"][1]["number"] = hostile.into();
    disks["is"][1]["media"][1]["by"] = hostile.into();
    let (reminder, _) = printed(disks, "disk remind");
    for page in [page, reminder.unwrap()] {
        assert!(page.contains("&lt;script&gt;"));
        assert!(
            !page.contains("<script") && !page.contains(['\u{202e}', '\u{7}']),
            "{page}"
        );
    }
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    let outcome = call_in(
        &Fake::saying(samples::slip()),
        "disk slip x --to no/page.html",
        Path::new("/nowhere"),
    );
    assert_eq!(outcome.code, 1);
    assert!(
        outcome.err.contains("C_PLACE") && outcome.err.contains("/nowhere/no/page.html"),
        "{}",
        outcome.err
    );
}

#[test]
fn a_code_is_drawn_as_wide_as_it_is_high_with_its_quiet_zone() {
    let code = super::qr::qr("SW0302A2 b5 ntax 120").unwrap();
    // 21 modules are the smallest code; 20 letters fit into 25.
    assert!(code.contains("viewBox=\"0 0 33 33\""), "{code}");
    // The corners of a code are dark; what is around it is not.
    assert!(code.contains("M4 4h1v1h-1z") && !code.contains("M3 "), "{code}");
    assert_eq!(super::qr::qr(&"x".repeat(5000)), None);
}

#[test]
fn digits_are_read_aloud_in_fours() {
    for (digest, said) in [
        ("7f3a91c20be45d10aa01", "7f3a 91c2 0be4 5d10"),
        ("7f3a9", "7f3a 9"),
        ("", ""),
    ] {
        assert_eq!(aloud(digest), said);
    }
}
