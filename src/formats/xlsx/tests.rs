#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::sheet::testing::column;
use crate::sheet::{CellKind, SheetReadOptions, SheetReader};
use crate::testing::read_all;
use crate::{Kind, Limits};
use std::io::Read as _;

const NAMES: [&str; 3] = ["序号", "业务编号", "单位名称"];

fn options() -> XlsxWriteOptions {
    XlsxWriteOptions {
        sheet: "导盘".into(),
        titles: vec!["海淀区社会保险登记导盘表".into(), "批次号：HUB_HRSS_20260302_01".into()],
        day: jiff::civil::date(2026, 3, 2),
    }
}

fn row(line: u64, cells: &[&str]) -> Row {
    Row {
        line,
        cells: cells.iter().map(|c| Some((*c).into())).collect(),
    }
}

fn write(rows: &[Vec<&str>]) -> Vec<u8> {
    let mut writer = XlsxWriter::new(Header::new(NAMES), options()).unwrap();
    let mut out = Vec::new();
    writer.begin(&mut out).unwrap();
    for (at, cells) in rows.iter().enumerate() {
        writer.row(&row(at as u64 + 1, cells), &mut out).unwrap();
    }
    writer.end(&mut out).unwrap();
    out
}

fn read(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut columns: Vec<_> = NAMES.map(|n| column(n, CellKind::Text)).into();
    columns.iter_mut().for_each(|c| c.required = true);
    let all = read_all(SheetReader::open(
        bytes,
        SheetReadOptions {
            columns,
            limits: Limits::default(),
        },
    ));
    assert!(
        all.bad.is_empty() && all.refused.is_none() && all.warnings.is_empty(),
        "{all:?}"
    );
    all.texts()
}

/// An entry of an archive, as text.
fn part(bytes: &[u8], name: &str) -> String {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

const SAMPLE: [[&str; 3]; 2] = [
    ["1", "110108202603020000019", "北京测试一号生物制剂有限公司"],
    ["2", "110108202603020000027", ""],
];

fn sample() -> Vec<u8> {
    write(&SAMPLE.map(|r| r.to_vec()))
}

#[test]
fn what_is_written_is_read() {
    let bytes = sample();
    assert_eq!(Kind::of(&bytes), Kind::Zip);
    assert_eq!(read(&bytes), SAMPLE);
    let reader = SheetReader::open(
        &bytes,
        SheetReadOptions {
            columns: NAMES.map(|n| column(n, CellKind::Text)).into(),
            limits: Limits::default(),
        },
    );
    assert_eq!(reader.unwrap().mark(), Some("HUB_HRSS_20260302_01"));
}

/// The digest of one file, as it was when this was written: no clock and no machine may change it.
#[test]
fn the_same_rows_are_the_same_bytes_for_ever() {
    let (first, second) = (sample(), sample());
    assert_eq!(first, second);
    let digest = crate::digest::sm3_hex(&first);
    assert_eq!(
        digest, "aa247b2524349db9be61d5e39b00c9deae78cf05b11b2b967b7c9116d51f739e",
        "another process, another day: the same bytes"
    );
    let properties = part(&first, "docProps/core.xml");
    assert!(
        properties.contains("2026-03-02T00:00:00Z") && !properties.contains("2027"),
        "{properties}"
    );
}

/// Text that would run where a program takes it for a formula stays text, and comes back as it was.
#[test]
fn nothing_is_a_formula_and_nothing_a_number() {
    let rows = vec![
        vec!["=1+1", "+86 10 55550100", "-1.5"],
        vec!["@SUM(A1)", "\tx", "\rx"],
        vec!["=cmd|' /C calc'!A0", "００１２", "＝1+1"],
        vec!["0012", "1E5", "TRUE"],
        vec!["_x0041_", "a\nb", "#N/A"],
        vec!["<a>&amp;\"'", "'quoted", "https://example.test/"],
    ];
    let bytes = write(&rows);
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(!sheet.contains("<f>") && !sheet.contains("<f "), "{sheet}");
    let cells = sheet.matches("<c ").count();
    let (strings, blank) = (sheet.matches(" t=\"s\"").count(), sheet.matches("/>").count());
    assert!(strings >= rows.len() * 3 && cells - strings <= blank, "{sheet}");
    assert!(!sheet.contains("hyperlink"));
    let trimmed: Vec<Vec<&str>> = rows.iter().map(|r| r.iter().map(|c| c.trim()).collect()).collect();
    assert_eq!(read(&bytes), trimmed);
    assert!(part(&bytes, "xl/styles.xml").contains("numFmtId=\"49\""));
}

#[test]
fn what_a_cell_cannot_hold_is_named_and_the_rest_goes_on() {
    let mut writer = XlsxWriter::new(Header::new(NAMES), options()).unwrap();
    let mut out = Vec::new();
    let long = "京".repeat(32_768);
    for (cells, code) in [
        (["1", "a\u{1}b", "x"], Code::ECharset),
        (["1", "a\0", "x"], Code::ECharset),
        (["1", "a\u{FFFF}", "x"], Code::ECharset),
        (["1", &long, "x"], Code::ETooLong),
    ] {
        let findings = writer.row(&row(7, &cells), &mut out).unwrap_err();
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].code, code);
        assert_eq!(
            (findings[0].place.row, findings[0].place.column.as_deref()),
            (Some(7), Some("业务编号"))
        );
    }
    assert_eq!(
        writer.row(&row(1, &["1"]), &mut out).unwrap_err()[0].code,
        Code::EStructure
    );
    let just = "京".repeat(32_767);
    writer.row(&row(1, &["1", &just, "㛃𠮷"]), &mut out).unwrap();
    writer.end(&mut out).unwrap();
    assert_eq!(read(&out), [["1", just.as_str(), "㛃𠮷"]]);
}

#[test]
fn names_a_workbook_cannot_have_are_refused() {
    for (names, change) in [
        (vec![], None),
        (vec!["a", ""], None),
        (vec!["a\u{7}"], None),
        (vec!["a"], Some("")),
        (vec!["a"], Some("a/b")),
        (vec!["a"], Some("[a]")),
        (
            vec!["a"],
            Some("一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二"),
        ),
    ] {
        let mut options = options();
        if let Some(sheet) = change {
            options.sheet = sheet.into();
        }
        assert!(
            XlsxWriter::new(Header::new(names.clone()), options).is_err(),
            "{names:?} {change:?}"
        );
    }
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 64, ..crate::testing::cases() })]

    /// Every text without control characters comes back, blanks at its ends apart.
    #[test]
    fn texts_come_back(text in "\\PC{0,40}") {
        let bytes = write(&[vec!["1", "x", &text]]);
        let expected = crate::sheet::testing::trimmed(&text);
        proptest::prop_assert_eq!(&read(&bytes)[0][2], expected);
    }
}
