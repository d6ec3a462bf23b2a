#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::testing::returned;
use super::*;
use crate::testing::{All, fixture, read_all, vectors};

fn read(path: &str) -> All {
    read_all(SheetReader::open(&fixture(path), returned()))
}

/// Rows by column name: what stands where does not matter.
fn by_name(path: &str) -> Vec<Vec<String>> {
    let reader = SheetReader::open(&fixture(path), returned()).unwrap_or_else(|f| panic!("{path}: {f:?}"));
    let header = reader.header().clone();
    let all = read_all(Ok(reader));
    assert!(all.bad.is_empty() && all.refused.is_none(), "{path}: {all:?}");
    let text = |row: &Row, name: &str| {
        let slot = header.slot(name).or_else(|| header.slot("社会保险登记号")).unwrap();
        row.get(slot).unwrap().to_owned()
    };
    all.rows
        .iter()
        .map(|row| returned().columns.iter().map(|c| text(row, &c.name)).collect())
        .collect()
}

#[test]
fn the_known_workbook_is_read_as_expected() {
    let known = vectors("xlsx_hrss");
    let path = format!("disk/{}", known["file"].as_str().unwrap());
    let bytes = fixture(&path);
    assert_eq!(bytes.len() as u64, known["bytes"].as_u64().unwrap());
    let reader = SheetReader::open(&bytes, returned()).unwrap();
    let expect = &known["expect"];
    assert_eq!(reader.mark(), Some("HRSS20260318-01"));
    assert_eq!(reader.table.line, expect["title_rows"].as_u64().unwrap() as usize);
    assert_eq!(u64::from(reader.table.row) + 1, expect["header_row"].as_u64().unwrap());
    assert_eq!(reader.below, expect["footer_rows"].as_u64().unwrap());
    let seen = SheetReader::open(&bytes, returned()).unwrap().seen().unwrap();
    assert_eq!(seen.rows.len() as u64, expect["data_rows"].as_u64().unwrap());
    let header = reader.header().clone();
    let all = read_all(Ok(reader));
    // The first row is good, and its result is 0000 in the words of the layout; the second lost digits of its number.
    for (name, value) in expect["row4"].as_object().unwrap() {
        let got = all.rows[0].get(header.slot(name).unwrap()).unwrap();
        let value = value.as_str().unwrap();
        assert_eq!(got, if value == "0000" { "成功" } else { value }, "{name}");
    }
    assert_eq!(all.rows.len(), 1);
    assert_eq!(all.facts()[1], "bad E_PRECISION row 2 column 法人身份证号");
    assert_eq!(expect["row5"]["法人身份证号"], "E_PRECISION");
    assert_eq!(seen.rows[1].1.last().unwrap(), "失败：身份证号有误");
    assert_eq!(seen.titles, ["海淀区社会保险登记回盘表", "批次号：HRSS20260318-01"]);
}

/// What stands below a footer is no record, or the whole is refused: nothing below it is dropped in silence.
#[test]
fn a_record_below_a_footer_is_never_dropped() {
    let rows = [["业务编号", "单位名称"], ["1", "甲"], ["备注：另附", ""], ["2", "乙"]];
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in (0..).zip(rows) {
        for (col, text) in (0..).zip(cells).filter(|(_, text)| !text.is_empty()) {
            sheet.write_string(row, col, text).unwrap();
        }
    }
    let bytes = book.save_to_buffer().unwrap();
    for required in [true, false] {
        let columns = ["业务编号", "单位名称"].map(|name| SheetColumn {
            required,
            ..super::testing::column(name, CellKind::Text)
        });
        let options = SheetReadOptions {
            columns: columns.into(),
            ..SheetReadOptions::default()
        };
        let refused = SheetReader::open(&bytes, options).err().map(|f| f.code);
        assert_eq!(refused, Some(Code::EStructure), "required: {required}");
    }
}

/// Written by other programs: openpyxl, xlwt, LibreOffice. However they put it, it is the same table.
#[test]
fn one_table_in_many_makes() {
    let expected = by_name("files/hrss/plain.xlsx");
    assert_eq!(
        expected,
        [
            [
                "1",
                "110108202603020000019",
                "北京测试一号生物制剂有限公司",
                "110199197602140073",
                "110108000123",
                "2026-03-18",
                "成功"
            ],
            [
                "2",
                "110108202603020000027",
                "北京测试二号科技有限公司",
                "11019919760214009X",
                "",
                "",
                "失败：身份证号有误"
            ],
        ]
    );
    for name in [
        "epoch_1904.xlsx",
        "reordered.xlsx",
        "hidden.xlsx",
        "artefacts.xlsx",
        "libreoffice.xlsx",
        "libreoffice.xls",
        "libreoffice.ods",
        "hidden.ods",
        "plain.xls",
        "epoch_1904.xls",
    ] {
        assert_eq!(by_name(&format!("files/hrss/{name}")), expected, "{name}");
    }
}

#[test]
fn what_is_hidden_is_told_and_numbers_are() {
    let number = |name: &str| format!("warning W_NUM_CELL row 1 column {name}");
    for (name, hidden) in [
        ("plain.xlsx", 0),
        ("artefacts.xlsx", 0),
        // A sheet, and a row and a column of the table.
        ("hidden.xlsx", 2),
        ("hidden.ods", 2),
        ("plain.xls", 1),
        ("epoch_1904.xls", 1),
        ("reordered.xlsx", 0),
    ] {
        let facts = read(&format!("files/hrss/{name}")).facts();
        let mut expected = vec!["rows 2".to_owned()];
        expected.extend(vec!["warning W_HIDDEN".to_owned(); hidden]);
        match name {
            "artefacts.xlsx" => {}
            "reordered.xlsx" => expected.push(number("社会保险登记号")),
            _ => expected.push(number("社保登记号")),
        }
        assert_eq!(facts, expected, "{name}");
    }
}

/// Blank rows between are counted: a person finds row 3 below the header where it says 3.
#[test]
fn rows_are_counted_from_the_header() {
    let lines: Vec<u64> = read("files/hrss/reordered.xlsx").rows.iter().map(|r| r.line).collect();
    assert_eq!(lines, [1, 3]);
    let reader = SheetReader::open(&fixture("files/hrss/reordered.xlsx"), returned()).unwrap();
    assert_eq!(reader.mark(), Some("HRSS20260318-01"));
    // A column nobody agreed on is passed on by its own name.
    assert!(reader.header().slot("经办窗口").is_some());
    assert_eq!(reader.seen().unwrap().rows[1].0, 3);
}

#[test]
fn limits_are_kept() {
    let bytes = fixture("files/hrss/plain.xlsx");
    let xls = fixture("files/hrss/plain.xls");
    let ods = fixture("files/hrss/libreoffice.ods");
    let full = Limits::default();
    for (bytes, limits, setting) in [
        (
            &bytes,
            Limits {
                file_bytes: bytes.len() as u64 - 1,
                ..full
            },
            "limits.file_bytes",
        ),
        (
            &xls,
            Limits {
                body_bytes: xls.len() - 1,
                ..full
            },
            "limits.body_bytes",
        ),
        (
            &ods,
            Limits {
                body_bytes: ods.len() - 1,
                ..full
            },
            "limits.body_bytes",
        ),
        (
            &bytes,
            Limits {
                unpacked_bytes: 5_000,
                ..full
            },
            "limits.unpacked_bytes",
        ),
        (
            &bytes,
            Limits {
                held_bytes: 400,
                ..full
            },
            "limits.held_bytes",
        ),
        (
            &bytes,
            Limits {
                record_bytes: 60,
                ..full
            },
            "limits.record_bytes",
        ),
        (&xls, Limits { cells: 15, ..full }, "limits.cells"),
        (&ods, Limits { cells: 15, ..full }, "limits.cells"),
        (&bytes, Limits { rows: 1, ..full }, "limits.rows"),
    ] {
        let refused = SheetReader::open(bytes, SheetReadOptions { limits, ..returned() })
            .err()
            .unwrap();
        let told = refused.args.iter().find(|(name, _)| name == "setting").unwrap();
        assert_eq!((refused.code, told.1.as_str()), (Code::ETooLarge, setting));
    }
}

/// Whatever is cut off or changed, something is said and nothing panics; a whole row never comes from a broken archive.
#[test]
fn cut_anywhere_it_is_refused() {
    for path in [
        "files/hrss/plain.xlsx",
        "files/hrss/libreoffice.ods",
        "files/hrss/plain.xls",
    ] {
        let whole = fixture(path);
        for cut in (0..whole.len()).step_by(64) {
            let refused = SheetReader::open(&whole[..cut], returned()).err();
            // The last sectors of an XLS are padding: cut there, nothing is missing.
            assert!(
                refused.is_some() || (path.ends_with(".xls") && cut > 4096),
                "{path} {cut}"
            );
        }
    }
}

/// A flipped bit anywhere: the whole file is refused, or it stood where nothing is read and every row is as before.
#[test]
fn a_flipped_bit_refuses_the_file_or_changes_nothing() {
    for path in ["files/hrss/plain.xlsx", "files/hrss/libreoffice.xlsx"] {
        let whole = fixture(path);
        let (before, mut refused) = (read(path).texts(), 0);
        for at in (0..whole.len()).step_by(3) {
            let mut flipped = whole.clone();
            flipped[at] ^= 1 << (at % 8);
            let all = read_all(SheetReader::open(&flipped, returned()));
            match &all.refused {
                Some(_) => refused += 1,
                None => assert_eq!(all.texts(), before, "{path} byte {at}"),
            }
            assert!(
                all.refused.is_none() || all.rows.is_empty(),
                "{path} byte {at}: not one row"
            );
        }
        assert!(refused * 2 > whole.len() / 3, "{path}: {refused}");
    }
}

/// A cell that asks another program for its value names that program in a part of its own.
#[test]
fn a_link_to_another_program_is_refused() {
    let bytes = fixture("bad/xlsx/external_link.xlsx");
    let zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut names = zip.file_names().map(|n| n.unwrap().into_owned());
    let part = names.find(|n| n.starts_with("xl/externalLinks/")).unwrap();
    let dde = with_part("bad/xlsx/external_link.xlsx", &part, |_| {
        b"<externalLink xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><ddeLink ddeService='cmd' ddeTopic='/c calc'/></externalLink>".to_vec()
    });
    let refused = SheetReader::open(&dde, returned()).err().unwrap();
    assert_eq!(refused.code, Code::EExternalLink);
}

/// What is streamed is not held: only a table that is shown as a whole is bounded by its cells.
#[test]
fn a_workbook_is_not_bounded_by_what_may_be_held() {
    let bytes = fixture("files/hrss/plain.xlsx");
    let limits = Limits {
        cells: 13,
        body_bytes: 1,
        ..Limits::default()
    };
    let reader = || SheetReader::open(&bytes, SheetReadOptions { limits, ..returned() });
    assert_eq!(read_all(reader()).texts().len(), 2);
    let refused = reader().unwrap().seen().err().unwrap();
    assert_eq!(refused.code, Code::ETooLarge);
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 400, ..crate::testing::cases() })]

    /// Changed bytes give rows or a finding, never a panic and never an endless read.
    #[test]
    fn changed_bytes_end(which in 0_usize..3, at in proptest::prelude::any::<proptest::sample::Index>(), byte in proptest::prelude::any::<u8>()) {
        let path = ["files/hrss/plain.xls", "files/hrss/epoch_1904.xls", "files/hrss/libreoffice.ods"][which];
        let mut bytes = fixture(path);
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = read_all(SheetReader::open(&bytes, returned()));
    }
}

/// The archive with one part changed, whole in every other respect.
fn with_part(path: &str, name: &str, change: impl Fn(Vec<u8>) -> Vec<u8>) -> Vec<u8> {
    use std::io::{Cursor, Read as _, Write as _};
    let mut from = zip::ZipArchive::new(Cursor::new(fixture(path))).unwrap();
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..from.len() {
        let mut entry = from.by_index(at).unwrap();
        let (called, mut bytes) = (entry.name().unwrap().into_owned(), Vec::new());
        entry.read_to_end(&mut bytes).unwrap();
        if called == name {
            bytes = change(bytes);
        }
        to.start_file(called, zip::write::SimpleFileOptions::default()).unwrap();
        to.write_all(&bytes).unwrap();
    }
    to.finish().unwrap().into_inner()
}

const PARTS: [(&str, &str); 7] = [
    ("files/hrss/libreoffice.xlsx", "xl/worksheets/sheet1.xml"),
    ("files/hrss/libreoffice.xlsx", "xl/sharedStrings.xml"),
    ("files/hrss/libreoffice.xlsx", "xl/workbook.xml"),
    ("files/hrss/libreoffice.xlsx", "xl/styles.xml"),
    ("files/hrss/libreoffice.xlsx", "xl/_rels/workbook.xml.rels"),
    ("bad/xlsx/formula.xlsx", "xl/worksheets/sheet1.xml"),
    ("files/hrss/libreoffice.ods", "content.xml"),
];

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 300, ..crate::testing::cases() })]

    /// What stands inside a sound archive may be anything: it ends in rows or a finding.
    #[test]
    fn changed_parts_end(
        which in 0..PARTS.len(),
        at in proptest::prelude::any::<proptest::sample::Index>(),
        with in "[0-9A-Z<>/\"=# -]{0,12}",
        cut in 0_usize..6,
    ) {
        let (path, part) = PARTS[which];
        let bytes = with_part(path, part, |mut bytes| {
            let at = at.index(bytes.len());
            let end = (at + cut).min(bytes.len());
            bytes.splice(at..end, with.bytes());
            bytes
        });
        let _ = read_all(SheetReader::open(&bytes, returned()));
    }
}
