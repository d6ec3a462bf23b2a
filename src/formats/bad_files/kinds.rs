//! Kinds of damage that must be told apart, each by the files that have it: what the table says of them is not enough if
//! nobody sees that a kind is missing from it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::{format_of, read};
use crate::testing::All;
use model::Lang;

fn look(path: &str) -> All {
    read(format_of(path), &format!("bad/{path}"))
}

/// Each file is told by exactly these codes; `-` where nothing is wrong with it. A refused file gives no row that counts.
fn told(files: &[(&str, &[&str])]) {
    for (path, codes) in files {
        let all = look(path);
        let findings = all.bad.iter().chain(&all.warnings).chain(&all.refused);
        let mut found: Vec<&str> = findings.map(|f| f.code.word()).collect();
        found.dedup();
        assert_eq!(found, *codes, "{path}");
    }
}

/// Nothing is fetched, expanded, run or computed. A formula's saved result is taken as the value it shows, and told.
#[test]
fn doctypes_entities_links_macros_and_formulas_are_dead() {
    told(&[
        ("xml/billion_laughs.xml", &["E_DTD"]),
        ("xml/external_entity.xml", &["E_DTD"]),
        ("xml/own_entity.xml", &["E_DTD"]),
        ("xml/own_entity_in_attribute.xml", &["E_DTD"]),
        ("xlsx/doctype.xlsx", &["E_STRUCTURE"]),
        ("xlsx/external_link.xlsx", &["E_EXTERNAL_LINK"]),
        ("xlsx/macros.xlsm", &["E_MACRO"]),
        ("xlsx/macros_by_another_name.xlsx", &["E_MACRO"]),
        ("xlsx/formula_without_result.xlsx", &["E_CELL_ERROR"]),
        ("xlsx/error_cell.xlsx", &["E_CELL_ERROR"]),
        ("xlsx/formula.xlsx", &["W_NUM_CELL", "W_FORMULA"]),
    ]);
}

/// The message says what the file is, whatever it is called.
#[test]
fn what_is_called_otherwise_is_told_as_what_it_is() {
    for (path, words) in [
        ("xlsx/csv.xlsx", "plain text, perhaps CSV"),
        ("xlsx/page.xls", "a web page (HTML)"),
        ("strangers/xlsx/libreoffice_page.xls", "a web page (HTML)"),
        ("xlsx/excel_2003.xls", "an Excel 2003 XML spreadsheet"),
        ("xlsx/binary.xlsx", "a binary Excel workbook"),
        ("xlsx/dbf.xlsx", "a dBase table"),
        ("xlsx/document.xlsx", "a word processor's document"),
        ("xlsx/pdf.xlsx", "PDF"),
        ("xlsx/zip.xlsx", "a zip archive"),
        ("strangers/xlsx/bzip2_packed.xlsx", "a packed file"),
        ("xlsx/empty.xlsx", "an empty file"),
    ] {
        let refused = look(path).refused.unwrap();
        assert_eq!(refused.code.word(), "E_KIND", "{path}");
        let text = refused.what(Lang::En);
        assert!(text.contains(words), "{path}: {text}");
    }
}

/// Broken bytes, another encoding from some row on, marks, two bytes a character, NUL: by place, and no replacement
/// character in any row that was taken.
#[test]
fn broken_bytes_are_placed_and_never_replaced() {
    for (path, code, row, byte, hex) in [
        ("csv/encoding_changes.csv", "E_ENCODING", Some(4), Some(192), true),
        ("csv/four_bytes.csv", "E_ENCODING", Some(3), Some(142), true),
        ("csv/truncated_in_character.csv", "E_ENCODING", Some(5), Some(215), true),
        ("json/gbk_as_utf8.json", "E_ENCODING", None, Some(88), true),
        ("xml/broken_character.xml", "E_ENCODING", None, Some(198), true),
        ("xml/declared_utf8_is_gbk.xml", "E_ENCODING", None, Some(109), true),
        ("csv/utf8_bom.csv", "E_BOM", None, Some(0), false),
        ("csv/utf16.csv", "E_BOM", None, Some(0), false),
        ("fixed/bom.txt", "E_BOM", None, Some(0), false),
        ("xml/bom_before_gb18030.xml", "E_BOM", None, Some(0), false),
        ("json/bom.json", "E_BOM", None, Some(0), false),
        ("jsonl/utf16.jsonl", "E_CODE_PAGE", None, Some(0), false),
        ("csv/nul.csv", "E_STRUCTURE", Some(3), None, false),
    ] {
        let all = look(path);
        let replaced = all.texts().concat().iter().any(|cell| cell.contains('\u{FFFD}'));
        assert!(!replaced, "{path}");
        let refused = all.refused.unwrap();
        assert_eq!(refused.code.word(), code, "{path}");
        assert_eq!((refused.place.row, refused.place.byte), (row, byte), "{path}");
        let shown = refused.args.iter().any(|(name, hex)| name == "hex" && !hex.is_empty());
        assert_eq!(shown, hex, "{path}");
    }
    told(&[
        ("dbf/BADGBK.DBF", &["E_ENCODING"]),
        ("dbf/NUL.DBF", &["E_STRUCTURE"]),
        ("dbf/UTF8.DBF", &["E_ENCODING"]),
        ("fixed/broken_character.txt", &["E_ENCODING"]),
        ("fixed/half_a_character.txt", &["E_CUT_CHARACTER"]),
    ]);
}

/// Quotes, numbers of fields, delimiters, line ends, headers: by row, and no guess about any of them.
#[test]
fn csv_is_read_as_agreed_or_refused_by_its_row() {
    told(&[
        ("csv/quote_open_first.csv", &["E_QUOTE_OPEN"]),
        ("csv/quote_open_middle.csv", &["E_QUOTE_OPEN"]),
        ("csv/quote_open_last.csv", &["E_QUOTE_OPEN"]),
        ("csv/quote_inside_middle.csv", &["E_QUOTE_STRAY"]),
        ("csv/quote_closed_early_middle.csv", &["E_QUOTE_STRAY"]),
        ("csv/ragged_long.csv", &["E_STRUCTURE"]),
        ("csv/ragged_short.csv", &["E_STRUCTURE"]),
        ("csv/cr_only.csv", &["E_STRUCTURE"]),
        ("csv/lf.csv", &["W_EOL"]),
        ("csv/mixed_line_ends.csv", &["W_EOL"]),
        ("csv/header_repeated.csv", &["E_STRUCTURE"]),
        ("csv/header_missing_and_extra.csv", &["E_HEADER"]),
        ("csv/truncated_in_row.csv", &["E_LAST_LINE"]),
        ("strangers/csv/python_semicolon.csv", &["E_HEADER"]),
        ("strangers/csv/python_excel_tab.csv", &["E_HEADER"]),
        ("strangers/csv/python_line_ends_in_a_field.csv", &[]),
    ]);
    for (path, row) in [("ragged_long", 3), ("ragged_short", 3)] {
        assert_eq!(look(&format!("csv/{path}.csv")).bad[0].place.row, Some(row), "{path}");
    }
    for (path, row) in [("first", 1), ("middle", 3), ("last", 5)] {
        let refused = look(&format!("csv/quote_open_{path}.csv")).refused.unwrap();
        assert_eq!(refused.place.row, Some(row), "{path}");
    }
}

/// Count, end mark, deleted rows, memo, code page, overflow, dates, numbers, a Hanzi cut by its field.
#[test]
fn every_oddity_of_a_dbf_is_told_apart() {
    told(&[
        ("dbf/COUNT1.DBF", &["E_FILE_COUNT"]),
        ("dbf/COUNT3.DBF", &["E_FILE_COUNT"]),
        ("dbf/ONEROW.DBF", &["E_FILE_COUNT"]),
        ("dbf/EOFMARK.DBF", &["E_STRUCTURE"]),
        ("dbf/TAIL.DBF", &["E_STRUCTURE"]),
        ("dbf/DELETED.DBF", &["W_DELETED_ROWS"]),
        ("strangers/dbf/dbf_all_deleted.dbf", &["W_DELETED_ROWS"]),
        ("dbf/FLAG.DBF", &["E_STRUCTURE"]),
        ("dbf/MEMOFLAG.DBF", &["E_MEMO"]),
        ("dbf/MEMOFLD.DBF", &["E_MEMO"]),
        ("strangers/dbf/dbf_memo.dbf", &["E_MEMO"]),
        ("dbf/LDID03.DBF", &["W_CODE_PAGE"]),
        ("dbf/LDID78.DBF", &["E_CODE_PAGE"]),
        ("dbf/STARS.DBF", &["E_OVERFLOW"]),
        ("strangers/dbf/pyshp_number_missing.dbf", &["E_OVERFLOW"]),
        ("dbf/BADDATE.DBF", &["E_DATE"]),
        ("dbf/BADNUM.DBF", &["E_FORMAT"]),
        ("dbf/HALFCHAR.DBF", &["E_ENCODING"]),
        ("dbf/HALFPAD.DBF", &["E_ENCODING"]),
        ("dbf/CRYPT.DBF", &["E_STRUCTURE"]),
        ("dbf/RECLEN.DBF", &["E_STRUCTURE"]),
        ("dbf/TYPE.DBF", &["E_STRUCTURE"]),
        ("dbf/TRUNC.DBF", &["E_TRUNCATED"]),
    ]);
    // The mark may be missing: then the count alone says that nothing is.
    let whole = super::fixture("files/ntax/SW0302A1.DBF");
    let unmarked = super::read_bytes("dbf", "", whole.strip_suffix(b"\x1A").unwrap());
    assert_eq!((unmarked.refused, unmarked.rows.len()), (None, 2));
    // A name in Chinese, whole or with half a Hanzi where its ten bytes end: neither can be a column of ours.
    for name in [&b"\xC4\xC9\xCB\xB0\0"[..], b"ABCDEFGHI\xC4\0"] {
        let mut bytes = whole.clone();
        bytes[32..32 + name.len()].copy_from_slice(name);
        let refused = super::read_bytes("dbf", "", &bytes).refused.unwrap();
        assert!(refused.what(Lang::En).contains("field name"), "{refused:?}");
    }
}

/// Numbers that a double cannot hold, repeated names, depth, what is no JSON.
#[test]
fn json_is_exact_or_refused() {
    told(&[
        ("json/beyond_2_53.json", &["E_PRECISION"]),
        ("json/big_number.json", &["E_PRECISION"]),
        ("json/exponent.json", &["E_SCI"]),
        ("jsonl/beyond_2_53.jsonl", &["E_PRECISION"]),
        ("json/duplicate_key.json", &["E_DUPLICATE_KEY"]),
        ("json/duplicate_by_dots.json", &["E_DUPLICATE_KEY"]),
        ("json/duplicate_key_outside.json", &["E_DUPLICATE_KEY"]),
        ("jsonl/duplicate_key.jsonl", &["E_DUPLICATE_KEY"]),
        ("json/deep.json", &["E_TOO_LARGE"]),
        ("json/deep_objects.json", &["E_TOO_LARGE"]),
        ("jsonl/deep.jsonl", &["E_TOO_LARGE"]),
        ("strangers/json/python_deep.json", &["E_TOO_LARGE"]),
        ("json/nan.json", &["E_STRUCTURE"]),
        ("strangers/json/python_nan.json", &["E_STRUCTURE"]),
        ("json/lone_surrogate.json", &["E_STRUCTURE"]),
        ("json/leading_zero.json", &["E_STRUCTURE"]),
    ]);
}
