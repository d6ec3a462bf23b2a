#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::text;
use crate::bag::Label;
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
    let page = text(&label(), "SW0302A1.DBF", "HP0302A1.DBF", Some(&returned()));
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
    let page = text(&label(), "SW0302A1.DBF.age", "HP0302A1.DBF.age", None);
    assert!(
        page.contains("age -d -i 密钥文件 -o 输出文件 SW0302A1.DBF.age"),
        "{page}"
    );
    assert!(!page.contains("各列") && !page.contains("0000"), "{page}");
}
