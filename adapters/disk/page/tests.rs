#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::Page;
use crate::bag::Label;
use crate::opener::Identities;
use crate::suite::Suite;
use jiff::civil::date;
use model::BatchId;
use model::define::{Field, Layout, Meaning};

fn label() -> Label<'static> {
    Label {
        number: "SW0302A1",
        ledger: BatchId(17),
        sender: "bj-hd-01",
        recipient: "ntax",
        day: date(2026, 3, 2),
        rows: 3,
        control_sum: None,
        before: None,
    }
}

fn page<'a>(label: &'a Label<'a>, suite: Suite, payload: &'a str, answer: &'a str) -> Page<'a> {
    Page {
        label,
        suite,
        payload,
        is_sealed: false,
        answer,
        encrypts_for: None,
        returned: None,
    }
}

fn returned() -> Layout {
    let field = |name: &str, meaning: Meaning, required: bool| Field {
        name: name.to_owned(),
        meaning,
        required,
        ..Field::default()
    };
    Layout {
        fields: vec![
            field("YWBH", Meaning::CaseNo, true),
            field("CLJG", Meaning::ReturnCode, true),
            field("CLSM", Meaning::Reason, false),
            field("BZ", Meaning::Ignored, false),
        ],
        ..Layout::default()
    }
}

#[test]
fn whoever_was_handed_a_stick_learns_what_to_bring_back() {
    let label = label();
    let page = Page {
        returned: Some(&returned()),
        ..page(&label, Suite::Age, "SW0302A1.DBF", "HP0302A1.DBF")
    };
    let page = page.text();
    for told in [
        "这是bj-hd-01送交ntax的一批数据，共3条，在 data/SW0302A1.DBF。",
        "存为 HP0302A1.DBF，放在介质的最上一层（与目录 SW0302A1 并列）",
        "各列：YWBH* CLJG* CLSM（带*的必填）",
        "CLJG：已办填 0000",
        "余下的以后用同一文件名再回",
        "Bring the answer back as HP0302A1.DBF, beside the directory SW0302A1",
        "certutil -hashfile tagmanifest-sha256.txt SHA256",
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
    assert!(!page.contains("BZ") && !page.contains("age"), "{page}");
    // What an editor of twenty years ago shows as it is.
    assert!(
        page.starts_with('\u{feff}') && page.lines().all(|line| line.chars().count() <= 120),
        "{page}"
    );
    assert_eq!(page.matches('\n').count(), page.matches("\r\n").count());
}

#[test]
fn how_to_open_what_is_encrypted_stands_there() {
    let label = label();
    let page = Page {
        is_sealed: true,
        ..page(&label, Suite::Age, "SW0302A1.DBF.age", "HP0302A1.DBF.age")
    };
    let page = page.text();
    assert!(
        page.contains("age -d -i 密钥文件 -o 输出文件 SW0302A1.DBF.age"),
        "{page}"
    );
    assert!(!page.contains("各列") && !page.contains("0000"), "{page}");
}

/// Whoever has OpenSSL and nothing else finds every command there, and the key to encrypt for.
#[test]
fn of_the_national_suite_the_commands_stand_there() {
    let keys = Identities::Sm(vec![crate::sm::tests::private(1)]);
    let label = label();
    let plain = page(&label, Suite::Sm, "SW0302A1.DBF", "HP0302A1.DBF");
    let text = plain.text();
    let check = "openssl dgst -sm3 -verify sender.pub -sigopt distid:1234567812345678 -signature signature.sm2 tagmanifest-sm3.txt";
    for told in [
        check,
        "openssl dgst -sm3 tagmanifest-sm3.txt",
        "the first 16 digits of the SM3",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
    for not_told in ["SHA", "age", "sm4", "node.pub"] {
        assert!(!text.contains(not_told), "{not_told}: {text}");
    }
    let sealed = Page {
        is_sealed: true,
        encrypts_for: Some(&keys),
        ..page(&label, Suite::Sm, "SW0302A1.DBF.sm4", "HP0302A1.DBF.sm4")
    };
    let text = sealed.text();
    for told in [
        check,
        "Copy this directory to your machine and work there",
        "openssl pkeyutl -decrypt -inkey my.key -in data/SW0302A1.DBF.sm4.key1 -out keys.txt",
        "openssl enc -d -sm4-cbc -K KEY -iv IV -in data/SW0302A1.DBF.sm4 -out SW0302A1.DBF",
        "openssl enc -sm4-cbc -K KEY -iv IV -in HP0302A1.DBF -out HP0302A1.DBF.sm4",
        "openssl dgst -sm3 -mac HMAC -macopt hexkey:MACKEY -out HP0302A1.DBF.sm4.mac HP0302A1.DBF.sm4",
        "openssl pkeyutl -encrypt -pubin -inkey node.pub -in keys.txt -out HP0302A1.DBF.sm4.key1",
        "HP0302A1.DBF.sm4.mac 和 HP0302A1.DBF.sm4.key1 与它放在一起",
        &keys.pem().unwrap().join("\r\n"),
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
    assert!(text.lines().all(|line| line.chars().count() <= 120), "{text}");
}
