//! DBF between us, LibreOffice and two libraries of python; workbooks of the departments saved again.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::{Place, python};
use crate::dbf::{DbfField, DbfKind, DbfReadOptions, DbfReader, DbfWriteOptions, DbfWriter};
use crate::sheet::SheetReader;
use crate::sheet::testing::returned;
use crate::testing::{All, fixture, input, read_all};
use crate::{Encoding, RowReader, RowWriter};
use model::{Code, Row};
use std::path::Path;

fn read(bytes: &[u8]) -> (Vec<String>, All) {
    let open = || DbfReader::open(input(bytes), bytes.len() as u64, DbfReadOptions::new(Encoding::Gbk));
    let names = open().map(|r| r.header().names().iter().map(|n| n.to_string()).collect());
    (names.unwrap_or_default(), read_all(open()))
}

/// Files of the departments by the end of their names; one that lies in two folders is the same in both.
fn golden(end: &str) -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let mut found = std::collections::BTreeMap::new();
    for folder in ["disk", "files/hrss", "files/ntax"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if name.ends_with(end) {
                let bytes = fixture(&format!("{folder}/{name}"));
                let same = found.insert(name.clone(), bytes.clone()).is_none_or(|b| b == bytes);
                assert!(same, "{name} is not the same in both folders");
            }
        }
    }
    found.into_iter().collect()
}

/// Every file as LibreOffice saves it again.
fn saved(place: &Place, files: &[(String, Vec<u8>)], format: &str) -> Vec<Vec<u8>> {
    let paths: Vec<_> = files.iter().map(|(name, bytes)| place.file(name, bytes)).collect();
    place.all_saved_again(&paths, format)
}

/// What it changes by its nature: the day of the header is today, the code page byte is 0 (nothing), records marked as
/// deleted are gone. All rows and their text stay.
#[test]
fn libreoffice_saves_every_dbf_again_and_no_row_changed() {
    let place = Place::new("dbf");
    let mut pages = std::collections::BTreeSet::new();
    let files = golden(".DBF");
    assert_eq!(files.len(), 3);
    for ((path, bytes), saved) in files.iter().zip(saved(&place, &files, "dbf")) {
        let (names, before) = read(bytes);
        let (names_after, after) = read(&saved);
        assert_eq!((&before.refused, &after.refused), (&None, &None), "{path}");
        assert!(
            !before.rows.is_empty() && before.bad.is_empty() && after.bad.is_empty(),
            "{path}"
        );
        assert_eq!(names_after, names, "{path}");
        assert_eq!(after.texts(), before.texts(), "{path}");
        assert_eq!(after.warnings, [], "{path}: nothing is left to tell");
        pages.insert(bytes[29]);
        assert_eq!(saved[29], 0, "{path}: the code page is lost");
        assert_ne!(bytes[1..4], saved[1..4], "{path}: the day is today's");
    }
    assert!(pages.contains(&0x4D), "{pages:?}");
}

#[test]
fn libreoffice_saves_every_workbook_again_and_no_row_changed() {
    let place = Place::new("workbooks");
    let files = golden(".xlsx");
    assert!(files.len() >= 7);
    for ((path, bytes), saved) in files.iter().zip(saved(&place, &files, "xlsx")) {
        let before = read_all(SheetReader::open(bytes, returned()));
        assert_eq!(before.refused, None, "{path}");
        assert_ne!(&saved, bytes);
        let after = read_all(SheetReader::open(&saved, returned()));
        assert_eq!(after.refused, None, "{path}");
        assert_eq!(after.texts(), before.texts(), "{path}");
        assert_eq!(after.bad, before.bad, "{path}");
    }
}

fn fields() -> Vec<DbfField> {
    let field = |name: &str, kind| DbfField {
        name: name.into(),
        kind,
    };
    vec![
        field("YWBH", DbfKind::Text { width: 21 }),
        field("NSRMC", DbfKind::Text { width: 40 }),
        field("ZCZB", DbfKind::Number { width: 16, scale: 2 }),
        field("DJRQ", DbfKind::Date),
    ]
}

const ROWS: [[&str; 4]; 3] = [
    [
        "110108202603020000019",
        "北京测试一号生物制剂有限公司",
        "100.00",
        "20260302",
    ],
    ["110108202603020000027", "倈〡|\\ =1+1", "-0.01", ""],
    ["010108202603020000035", "", "", "19000101"],
];

fn ours() -> Vec<u8> {
    let options = DbfWriteOptions {
        encoding: Encoding::Gbk,
        code_page: 0x4D,
        date: jiff::civil::date(2026, 3, 2),
        rows: 3,
    };
    let mut writer = DbfWriter::new(fields(), options).unwrap();
    let mut out = Vec::new();
    writer.begin(&mut out).unwrap();
    for (at, cells) in ROWS.iter().enumerate() {
        let cells = cells.iter().map(|c| Some((*c).into())).collect();
        let line = at as u64 + 1;
        writer.row(&Row { line, cells }, &mut out).unwrap();
    }
    writer.end(&mut out).unwrap();
    out
}

#[test]
fn two_python_libraries_read_what_is_written() {
    let place = Place::new("dbf-ours");
    let file = place.file("ours.dbf", &ours());
    let dbfread = "
import dbfread, sys
table = dbfread.DBF(sys.argv[1])
print(table.encoding, table.date)
for r in table:
    print('|'.join(['' if v is None else str(v) for v in r.values()]))
";
    let said = python(dbfread, &file);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[0], "cp936 2026-03-02");
    let as_python = |row: [&str; 4]| {
        let amount = row[2].trim_end_matches('0');
        let amount = if amount.ends_with('.') {
            format!("{amount}0")
        } else {
            amount.to_owned()
        };
        let day = row[3];
        let day = if day.is_empty() {
            String::new()
        } else {
            format!("{}-{}-{}", &day[..4], &day[4..6], &day[6..])
        };
        [row[0].to_owned(), row[1].to_owned(), amount, day].join("|")
    };
    let wanted: Vec<String> = ROWS.into_iter().map(as_python).collect();
    assert_eq!(lines[1..], wanted);

    let dbf = "
import dbf, sys
table = dbf.Table(sys.argv[1])
table.open(dbf.READ_ONLY)
print(table.codepage.name)
for r in table:
    print('|'.join(['' if v is None else str(v).rstrip() for v in r]))
";
    let said = python(dbf, &file);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[0], "cp936");
    assert_eq!(lines[1..], wanted);
}

/// Written by python's `dbf`, with a row marked as deleted in between and a field of each kind.
#[test]
fn what_a_python_library_writes_is_read() {
    let place = Place::new("dbf-theirs");
    let file = place.file("theirs.dbf", b"");
    let script = format!(
        "
import datetime, dbf, decimal, sys
table = dbf.Table(sys.argv[1], 'YWBH C(21); NSRMC C(40); ZCZB N(16,2); DJRQ D', codepage='cp936', dbf_type='db3')
table.open(dbf.READ_WRITE)
for at, row in enumerate({ROWS:?}):
    day = datetime.datetime.strptime(row[3], '%Y%m%d').date() if row[3] else None
    table.append((row[0], row[1], decimal.Decimal(row[2]) if row[2] else None, day))
    if at == 1:
        table.append(('dropped', '', 0, None))
for record in table:
    if record[0].strip() == 'dropped':
        dbf.delete(record)
table.close()
"
    );
    python(&script, &file);
    let (names, all) = read(&std::fs::read(&file).unwrap());
    assert_eq!(names, ["YWBH", "NSRMC", "ZCZB", "DJRQ"]);
    assert_eq!((&all.refused, all.bad.len()), (&None, 0));
    assert_eq!(all.texts(), ROWS);
    let told: Vec<Code> = all.warnings.iter().map(|w| w.code).collect();
    assert_eq!(told, [Code::WDeletedRows]);
}
