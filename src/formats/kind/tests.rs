#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::Kind;
use crate::testing::fixture;

#[test]
fn bytes_say_what_they_are_whatever_they_are_called() {
    for (path, kind) in [
        ("bad/xlsx/empty.xlsx", Kind::Empty),
        ("bad/xlsx/page.xls", Kind::Html),
        ("bad/xlsx/csv.xlsx", Kind::Text),
        ("bad/xlsx/excel_2003.xls", Kind::ExcelXml),
        ("bad/xlsx/pdf.xlsx", Kind::Pdf),
        ("bad/xlsx/dbf.xlsx", Kind::Dbf),
        ("bad/xlsx/zip.xlsx", Kind::Zip),
        ("files/hrss/plain.xlsx", Kind::Zip),
        ("files/hrss/plain.xls", Kind::Compound),
        ("bad/xlsx/encrypted.xlsx", Kind::Compound),
        ("bad/csv/nul.csv", Kind::Unknown),
        ("bad/csv/utf16.csv", Kind::Text),
        ("bad/csv/four_bytes.csv", Kind::Text),
        ("bad/json/deep.json", Kind::Json),
    ] {
        assert_eq!(Kind::of(&fixture(path)), kind, "{path}");
    }
    for (bytes, kind) in [
        (b"\x89PNG\r\n\x1a\n".as_slice(), Kind::Picture),
        (b"\x1F\x8B\x08", Kind::Packed),
        (b"<?xml version=\"1.0\"?><a/>", Kind::Xml),
        (b"<?xml version=\"1.0\"?>\n<!-- x --><html xmlns=\"h\">", Kind::Html),
        (b"\xEF\xBB\xBF  <TABLE border=1>", Kind::Html),
        (b"\x03 no date at all, only a text", Kind::Unknown),
        (b"\0\0\0\0", Kind::Unknown),
    ] {
        assert_eq!(Kind::of(bytes), kind, "{bytes:?}");
    }
}

#[test]
fn entries_say_what_an_archive_is() {
    for (names, kind) in [
        (vec!["[Content_Types].xml", "xl/workbook.xml"], Kind::Xlsx),
        (
            vec!["[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"],
            Kind::Xlsm,
        ),
        (vec!["[Content_Types].xml", "xl/workbook.bin"], Kind::Xlsb),
        (vec!["[Content_Types].xml", "word/document.xml"], Kind::Docx),
        (vec!["mimetype", "content.xml"], Kind::Ods),
        (vec!["a.txt"], Kind::Zip),
        (vec![], Kind::Zip),
    ] {
        assert_eq!(Kind::of_archive(names.iter().copied()), kind, "{names:?}");
    }
}
