//! "Unicode text" of other programs, which is UTF-16, and ours as they read it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::{Place, python};
use crate::csv::{CsvReadOptions, CsvReader, CsvWriteOptions, CsvWriter, Delimiter, LineEnd};
use crate::testing::{input, read_all};
use crate::xlsx::{XlsxWriteOptions, XlsxWriter};
use crate::xml::{Many, Path, Tag, XmlReadOptions, XmlReader, XmlWriteOptions, XmlWriter};
use crate::{Encoding, RowWriter};
use model::{Header, Row};
use std::process::Command;

const NAMES: [&str; 3] = ["业务编号", "单位名称", "说明"];
const ROWS: [[&str; 3]; 3] = [
    ["110108202603020000019", "北京测试一号生物制剂有限公司", "成功"],
    ["110108202603020000027", "北京㛃𠮷“测试”公司", "a,b\"c\""],
    ["110108202603020000035", "Ä é ☃", ""],
];

fn rows() -> Vec<Row> {
    let row = |(at, cells): (usize, &[&str; 3])| Row {
        line: at as u64 + 1,
        cells: cells.iter().map(|c| Some((*c).into())).collect(),
    };
    ROWS.iter().enumerate().map(row).collect()
}

fn written(writer: &mut dyn RowWriter) -> Vec<u8> {
    let mut out = Vec::new();
    writer.begin(&mut out).unwrap();
    for row in rows() {
        writer.row(&row, &mut out).unwrap();
    }
    writer.end(&mut out).unwrap();
    out
}

fn texts(bytes: &[u8], options: CsvReadOptions) -> Vec<Vec<String>> {
    let all = read_all(CsvReader::open(input(bytes), options));
    assert!(all.refused.is_none() && all.bad.is_empty(), "{all:?}");
    all.texts()
}

#[test]
fn csv_that_python_and_iconv_write_in_utf_16_is_read() {
    let place = Place::new("wide");
    let script = format!(
        "
import csv, sys
for codec in ['utf-16', 'utf-16-le', 'utf-16-be']:
    with open(sys.argv[1] + codec, 'w', encoding=codec, newline='') as file:
        csv.writer(file).writerows([{NAMES:?}] + {ROWS:?})
"
    );
    let file = place.file("theirs.", b"");
    python(&script, &file);
    for (codec, encoding) in [
        ("utf-16", Encoding::Utf16),
        ("utf-16-le", Encoding::Utf16Le),
        ("utf-16-be", Encoding::Utf16Be),
    ] {
        let bytes = std::fs::read(place.0.join(format!("theirs.{codec}"))).unwrap();
        assert_eq!(bytes.starts_with(encoding.mark()), encoding == Encoding::Utf16);
        assert_eq!(texts(&bytes, CsvReadOptions::new(encoding)), ROWS, "{codec}");
    }
    let plain = place.file("plain.csv", &written(&mut csv_writer(Encoding::Utf8)));
    for (name, encoding) in [
        ("UTF-16", Encoding::Utf16),
        ("UTF-16LE", Encoding::Utf16Le),
        ("UTF-16BE", Encoding::Utf16Be),
    ] {
        let iconv = |from: &str, to: &str, file: &std::path::Path| {
            let done = Command::new("iconv")
                .args(["-f", from, "-t", to])
                .arg(file)
                .output()
                .unwrap();
            assert!(done.status.success(), "{done:?}");
            done.stdout
        };
        assert_eq!(
            texts(&iconv("UTF-8", name, &plain), CsvReadOptions::new(encoding)),
            ROWS
        );
        // What is written is what that program makes of the same text, and goes back to it.
        let ours = place.file("ours.csv", &written(&mut csv_writer(encoding)));
        assert_eq!(iconv(name, "UTF-8", &ours), std::fs::read(&plain).unwrap(), "{name}");
    }
}

fn csv_writer(encoding: Encoding) -> CsvWriter {
    CsvWriter::new(Header::new(NAMES), CsvWriteOptions::new(encoding))
}

/// A clerk opens our workbook and saves it as "Unicode text": UTF-16, fields between tabs.
#[test]
fn the_unicode_text_of_libreoffice_is_read() {
    let place = Place::new("unicode-text");
    let options = XlsxWriteOptions {
        sheet: "表".into(),
        titles: Vec::new(),
        day: jiff::civil::date(2026, 3, 18),
    };
    let mut writer = XlsxWriter::new(Header::new(NAMES), options).unwrap();
    let ours = place.file("ours.xlsx", &written(&mut writer));
    let saved = place.saved_again(&ours, "txt:Text - txt - csv (StarCalc):9,34,65535,1,,0,false");
    assert!(saved.starts_with(Encoding::Utf16.mark()), "{:02X?}", &saved[..8]);
    let options = CsvReadOptions {
        delimiter: Delimiter::new('\t').unwrap(),
        line_end: LineEnd::Lf,
        ..CsvReadOptions::new(Encoding::Utf16)
    };
    assert_eq!(texts(&saved, options), ROWS);
}

#[test]
fn xml_in_utf_16_goes_both_ways_with_python() {
    let place = Place::new("wide-xml");
    for (encoding, declared) in [
        (Encoding::Utf16, "utf-16"),
        (Encoding::Utf16Le, "utf-16le"),
        (Encoding::Utf16Be, "utf-16be"),
    ] {
        let options = XmlWriteOptions {
            around: vec![Tag::new("Results")],
            // A parser of others finds the order of these two by the mark alone.
            bom: true,
            ..XmlWriteOptions::new(encoding, Tag::new("Result"))
        };
        let header = Header::new(["Number", "Name", "Note"]);
        let ours = place.file("ours.xml", &written(&mut XmlWriter::new(header, options).unwrap()));
        let script = format!(
            "
import sys
import xml.etree.ElementTree as tree
document = tree.parse(sys.argv[1])
print('|'.join(field.text or '' for field in document.getroot().iter() if len(field) == 0))
document.write(sys.argv[1] + '.theirs', encoding='{declared}', xml_declaration=True)
"
        );
        let said = python(&script, &ours);
        let wanted = ROWS.concat().into_iter().filter(|c| !c.is_empty()).collect::<Vec<_>>();
        assert_eq!(said.trim_end().trim_end_matches('|'), wanted.join("|"));
        let theirs = std::fs::read(place.0.join("ours.xml.theirs")).unwrap();
        let options = XmlReadOptions::new(encoding, Path::plain("Results/Result"), Many::Any);
        let all = read_all(XmlReader::open(input(&theirs), options));
        assert_eq!(all.refused, None, "{declared}");
        assert_eq!(
            all.rows.iter().map(|r| r.get(1)).collect::<Vec<_>>(),
            ROWS.map(|r| Some(r[1]))
        );
    }
}
