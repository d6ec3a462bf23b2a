#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::encoding::Encoding;
use crate::testing::{All, dribble, fixture, input, read_all, vectors};
use crate::{Columns, Limits, RowReader, RowWriter};
use model::{Code, Finding, Row};
use proptest::prelude::*;

fn open(bytes: &[u8]) -> Result<DbfReader, Finding> {
    DbfReader::open(input(bytes), bytes.len() as u64, DbfReadOptions::new(Encoding::Gbk))
}

fn read(bytes: &[u8]) -> All {
    read_all(open(bytes))
}

fn golden(name: &str) -> Vec<u8> {
    fixture(&format!("files/ntax/{name}"))
}

fn text(name: &str, width: u8) -> DbfField {
    DbfField {
        name: name.into(),
        kind: DbfKind::Text { width },
    }
}

fn number(name: &str, width: u8, scale: u8) -> DbfField {
    DbfField {
        name: name.into(),
        kind: DbfKind::Number { width, scale },
    }
}

fn date(name: &str) -> DbfField {
    DbfField {
        name: name.into(),
        kind: DbfKind::Date,
    }
}

fn out_fields() -> Vec<DbfField> {
    vec![
        text("YWBH", 21),
        text("NSRMC", 80),
        text("ZCH", 15),
        text("ZZJGDM", 9),
        text("FDDBR", 30),
        text("SFZHM", 18),
        text("ZCDZ", 80),
        text("LXDH", 20),
        number("ZCZB", 16, 2),
        text("HYDM", 5),
        date("DJRQ"),
    ]
}

fn return_fields() -> Vec<DbfField> {
    vec![
        text("YWBH", 21),
        text("CLJG", 4),
        text("CLSM", 60),
        text("NSRSBH", 20),
        text("ZGSWS", 40),
        date("DJRQ"),
    ]
}

fn options(rows: usize) -> DbfWriteOptions {
    let date = jiff::civil::date(2026, 3, 2);
    DbfWriteOptions {
        encoding: Encoding::Gbk,
        code_page: 0x4D,
        date,
        rows: u32::try_from(rows).unwrap(),
    }
}

fn write(fields: Vec<DbfField>, rows: &[Row]) -> Vec<u8> {
    let mut writer = DbfWriter::new(fields, options(rows.len())).unwrap();
    let mut out = Vec::new();
    writer.begin(&mut out).unwrap();
    for row in rows {
        writer.row(row, &mut out).unwrap();
    }
    writer.end(&mut out).unwrap();
    out
}

fn row(line: u64, cells: &[&str]) -> Row {
    Row {
        line,
        cells: cells.iter().map(|c| Some((*c).into())).collect(),
    }
}

#[test]
fn the_golden_files_are_read_and_written_to_the_byte() {
    let vectors = vectors("dbf");
    for (wanted, fields) in
        vectors["files"]
            .as_array()
            .unwrap()
            .iter()
            .zip([out_fields(), return_fields(), return_fields()])
    {
        let name = wanted["name"].as_str().unwrap();
        let bytes = golden(name);
        assert_eq!(bytes.len() as u64, wanted["bytes"].as_u64().unwrap());
        let all = read(&bytes);
        let live = wanted
            .get("live_records")
            .unwrap_or(&wanted["records"])
            .as_u64()
            .unwrap();
        assert_eq!(
            (all.refused.as_ref(), all.bad.len(), all.rows.len() as u64),
            (None, 0, live),
            "{name}"
        );
        if live == 2 {
            assert!(all.warnings.is_empty());
            assert_eq!(write(fields, &all.rows), bytes, "{name}");
        } else {
            assert_eq!(all.warnings[0].code, Code::WDeletedRows);
            assert_eq!(all.warnings[0].args[0].1, "1");
        }
    }
}

#[test]
fn the_first_row_is_that_of_the_vectors() {
    let reader = open(&golden("SW0302A1.DBF")).unwrap();
    let all = read(&golden("SW0302A1.DBF"));
    for (name, value) in vectors("dbf")["expect_row1"].as_object().unwrap() {
        let found = all.rows[0].get(reader.header().slot(name).unwrap()).unwrap();
        // The vector's amount went through a float; ours is the text of the file.
        let wanted = if name == "ZCZB" {
            "100.00"
        } else {
            value.as_str().unwrap()
        };
        assert_eq!(found, wanted, "{name}");
    }
    let slot = reader.header().slot("ZCZB").unwrap();
    let cents: u64 = all
        .rows
        .iter()
        .map(|r| r.get(slot).unwrap().replace('.', "").parse::<u64>().unwrap())
        .sum();
    assert_eq!(
        format!("{}.{}", cents / 100, cents % 100),
        vectors("dbf")["files"][0]["sum_ZCZB"].as_str().unwrap()
    );
}

#[test]
fn columns_are_found_in_any_case_and_order() {
    let bytes = fixture("bad/dbf/LOWER.DBF");
    let mut options = DbfReadOptions::new(Encoding::Gbk);
    options.columns = Columns::exactly(["DJRQ", "YWBH"]).extra(crate::Extra::Warn);
    let mut reader = DbfReader::open(dribble(&bytes, 5), bytes.len() as u64, options.clone()).unwrap();
    assert_eq!(reader.header().slot("YWBH"), Some(0));
    assert_eq!(reader.warnings().len(), 9);
    options.columns = Columns::exactly(["NSRSBH"]).extra(crate::Extra::Warn);
    let refused = DbfReader::open(input(&bytes), bytes.len() as u64, options)
        .map(|_| ())
        .unwrap_err();
    assert_eq!(refused.code, Code::EHeader);
}

/// Only the end mark, which is optional, can be missing unseen.
#[test]
fn every_prefix_is_refused() {
    for name in ["SW0302A1.DBF", "HP0302A1.DBF", "DELETED.DBF"] {
        let bytes = golden(name);
        for cut in 0..bytes.len() {
            let all = read(&bytes[..cut]);
            assert_eq!(all.refused.is_some(), cut < bytes.len() - 1, "{name} cut at {cut}");
            assert!(
                all.refused.is_none() || all.rows.is_empty(),
                "{name} cut at {cut}: not one row before that"
            );
        }
        // The length was right when it was asked for, and the file was cut while it was read.
        for cut in 0..bytes.len() {
            let reader = DbfReader::open(
                input(&bytes[..cut]),
                bytes.len() as u64,
                DbfReadOptions::new(Encoding::Gbk),
            );
            assert_eq!(
                read_all(reader).refused.map(|f| f.code),
                Some(Code::ETruncated),
                "{name} cut at {cut}"
            );
        }
        let longer = [&bytes[..], b"x"].concat();
        let reader = DbfReader::open(input(&longer), bytes.len() as u64, DbfReadOptions::new(Encoding::Gbk));
        assert_eq!(read_all(reader).refused.map(|f| f.code), Some(Code::EStructure));
    }
}

#[test]
fn what_does_not_fit_is_refused_with_row_and_column() {
    let table: [(&str, DbfField, &str, Code); 17] = [
        ("wide", text("A", 4), "张三丰", Code::ETooLong),
        ("wide ascii", text("A", 4), "12345", Code::ETooLong),
        ("lacking", text("A", 9), "张㛃", Code::EUnmappable),
        ("nul", text("A", 9), "a\0", Code::ECharset),
        ("wide number", number("A", 6, 2), "1000.00", Code::ETooLong),
        ("wide after padding", number("A", 6, 2), "1000", Code::ETooLong),
        ("wide by its sign", number("A", 6, 2), "-100", Code::ETooLong),
        ("rounding", number("A", 6, 2), "1.005", Code::EScale),
        ("rounding whole", number("A", 6, 0), "1.5", Code::EScale),
        ("commas", number("A", 16, 2), "1,000", Code::EFormat),
        ("exponent", number("A", 16, 2), "1e3", Code::EFormat),
        ("point alone", number("A", 16, 2), "1.", Code::EFormat),
        ("full width", number("A", 16, 2), "１", Code::EFormat),
        ("stars", number("A", 3, 0), "***", Code::EFormat),
        ("no such day", date("A"), "20260229", Code::EDate),
        ("dashes", date("A"), "2026-03-01", Code::EDate),
        ("spaces", date("A"), "        ", Code::EDate),
    ];
    for (name, field, value, code) in table {
        let mut writer = DbfWriter::new(vec![field], options(2)).unwrap();
        let mut out = b"kept".to_vec();
        let findings = writer.row(&row(4, &[value]), &mut out).unwrap_err();
        assert_eq!(
            (
                findings[0].code,
                findings[0].place.row,
                findings[0].place.column.as_deref()
            ),
            (code, Some(4), Some("A")),
            "{name}"
        );
        assert_eq!(out, b"kept", "{name}");
        let english = findings[0].sentence(model::Lang::En);
        assert!(
            !english.contains(value) || value.trim().is_empty(),
            "no value in a message: {english}"
        );
    }
}

#[test]
fn numbers_are_written_as_they_are() {
    for (value, width, scale, wanted) in [
        ("100", 8, 2, "  100.00"),
        ("-1.5", 8, 2, "   -1.50"),
        ("1.500", 8, 2, "    1.50"),
        ("0", 8, 0, "       0"),
        ("7.0", 8, 0, "       7"),
        ("007", 8, 0, "     007"),
        ("99999.99", 8, 2, "99999.99"),
        ("", 8, 2, "        "),
    ] {
        let bytes = write(vec![number("N", width, scale)], &[row(1, &[value])]);
        assert_eq!(&bytes[66..74], wanted.as_bytes(), "{value}");
    }
}

#[test]
fn the_count_is_a_promise() {
    let mut out = Vec::new();
    let mut writer = DbfWriter::new(vec![text("A", 3)], options(1)).unwrap();
    assert_eq!(writer.end(&mut out).unwrap_err().code, Code::EFileCount);
    writer.row(&row(1, &["a"]), &mut out).unwrap();
    assert_eq!(
        writer.row(&row(2, &["b"]), &mut out).unwrap_err()[0].code,
        Code::EFileCount
    );
    assert!(writer.end(&mut out).is_ok());
}

#[test]
fn fields_that_cannot_be() {
    let many: Vec<DbfField> = (0..256).map(|n| text(&format!("F{n}"), 1)).collect();
    let wide = (0..255).map(|n| DbfField {
        name: format!("F{n}").into(),
        kind: DbfKind::Text { width: 254 },
    });
    for fields in [
        vec![],
        vec![text("", 3)],
        vec![text("ELEVENBYTES", 3)],
        vec![text("lower", 3)],
        vec![text("1A", 3)],
        vec![text("名", 3)],
        vec![text("A", 3), text("A", 3)],
        vec![text("A", 0)],
        vec![text("A", 255)],
        vec![number("A", 3, 2)],
        vec![number("A", 40, 2)],
        many,
    ] {
        assert!(DbfWriter::new(fields.clone(), options(0)).is_err(), "{fields:?}");
    }
    assert!(DbfWriter::new(wide.collect(), options(0)).is_ok(), "64 771 bytes fit");
}

#[test]
fn limits_hold() {
    let bytes = golden("SW0302A1.DBF");
    let code = |limits| {
        let options = DbfReadOptions {
            limits,
            ..DbfReadOptions::new(Encoding::Gbk)
        };
        read_all(DbfReader::open(input(&bytes), bytes.len() as u64, options))
            .refused
            .map(|f| f.args[2].1.clone())
    };
    let limits = Limits::default();
    assert_eq!(code(limits), None);
    assert_eq!(code(Limits { rows: 1, ..limits }).as_deref(), Some("limits.rows"));
    assert_eq!(
        code(Limits { columns: 10, ..limits }).as_deref(),
        Some("limits.columns")
    );
    assert_eq!(
        code(Limits {
            file_bytes: 991,
            ..limits
        })
        .as_deref(),
        Some("limits.file_bytes")
    );
}

#[test]
fn a_header_with_zeros_behind_its_end_is_read() {
    let golden = golden("HP0302A1.DBF");
    let mut bytes = golden[..225].to_vec();
    bytes.push(0);
    bytes.extend_from_slice(&golden[225..]);
    bytes[8] += 1;
    assert_eq!(read(&bytes).rows, read(&golden).rows);
}

/// Visual FoxPro keeps the name of a database behind the header's end, and has kinds of fields that are not text: the
/// first is nothing to us, the second is refused by its name.
#[test]
fn tables_of_foxpro_are_read_as_far_as_they_are_text() {
    for name in ["dbf_foxpro", "dbf_visual_foxpro", "dbf_clipper"] {
        let all = read(&fixture(&format!("bad/strangers/dbf/{name}.dbf")));
        assert_eq!(all, read(&fixture("bad/strangers/dbf/dbf_plain.dbf")), "{name}");
        assert_eq!(all.rows.len(), 2);
    }
    let mut linked = fixture("bad/strangers/dbf/dbf_visual_foxpro.dbf");
    let end = (32..).step_by(32).find(|at| linked[*at] == HEADER_END).unwrap();
    linked[end + 1..end + 12].copy_from_slice(b"c:\\data.dbc");
    assert_eq!(read(&linked).rows.len(), 2);
    for kind in *b"IBTYV0" {
        let mut other = linked.clone();
        other[32 + 11] = kind;
        let refused = read(&other).refused.unwrap();
        assert_eq!(
            (refused.code, refused.place.column.as_deref()),
            (Code::EStructure, Some("YWBH"))
        );
    }
    // No other version has such a name there.
    linked[0] = 0x03;
    assert_eq!(read(&linked).refused.map(|f| f.code), Some(Code::EStructure));
}

proptest! {
    #![proptest_config(crate::testing::cases())]

    #[test]
    fn rows_return(table in proptest::collection::vec(("[张三喆A-Z0-9]{0,9}", -99_999_i64..99_999, 0_u32..3, 1_i16..9999), 0..6), step in 1_usize..50) {
        let rows: Vec<Row> = table.iter().enumerate().map(|(n, (name, amount, day, year))| {
            let amount = format!("{}{}.{:02}", if *amount < 0 { "-" } else { "" }, amount.abs() / 100, amount.abs() % 100);
            let date = if *day == 0 { String::new() } else { format!("{year:04}01{day:02}") };
            row(n as u64 + 1, &[name, &amount, &date])
        }).collect();
        let bytes = write(vec![text("NAME", 20), number("SUM", 10, 2), date("DAY")], &rows);
        let all = read_all(DbfReader::open(dribble(&bytes, step), bytes.len() as u64, DbfReadOptions::new(Encoding::Gbk)));
        prop_assert_eq!((&all.refused, &all.bad), (&None, &Vec::new()));
        prop_assert_eq!(&all.rows, &rows);
        prop_assert_eq!(write(vec![text("NAME", 20), number("SUM", 10, 2), date("DAY")], &all.rows), bytes);
    }

    #[test]
    fn any_bytes_are_judged(bytes in proptest::collection::vec(any::<u8>(), 0..200), declared in any::<u16>()) {
        for len in [bytes.len() as u64, u64::from(declared)] {
            let _ = read_all(DbfReader::open(input(&bytes), len, DbfReadOptions::new(Encoding::Gbk)));
        }
    }

    /// Random damage to a real file: read, refused by row or refused whole, and never more rows than it has.
    #[test]
    fn damage_is_judged(hits in proptest::collection::vec((0_usize..992, any::<u8>()), 1..6)) {
        let mut bytes = golden("SW0302A1.DBF");
        for (at, byte) in hits {
            bytes[at] = byte;
        }
        prop_assert!(read(&bytes).rows.len() <= 2);
    }
}
