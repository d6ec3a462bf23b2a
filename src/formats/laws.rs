//! What every format promises of a text: it comes back as it was, or it is refused by name.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::csv::{CsvReadOptions, CsvReader, CsvWriteOptions, CsvWriter, Quote};
use crate::dbf::{DbfField, DbfKind, DbfReadOptions, DbfReader, DbfWriteOptions, DbfWriter};
use crate::fixed::{
    FixedField, FixedFrame, FixedKind, FixedReadOptions, FixedReader, FixedWriteOptions, FixedWriter, Head, Heading,
    Total,
};
use crate::json::{JsonReadOptions, JsonReader, JsonWriteOptions, JsonWriter, Records, Whole};
use crate::sheet::testing::column;
use crate::sheet::{CellKind, SheetReadOptions, SheetReader};
use crate::testing::{All, cases, input, read_all};
use crate::xlsx::{XlsxWriteOptions, XlsxWriter};
use crate::xml::{Many, Path, Tag, XmlReadOptions, XmlReader, XmlWriteOptions, XmlWriter};
use crate::{Encoding, Limits, RowWriter};
use model::{Code, Finding, Header, Row};
use proptest::prelude::*;

/// A column of text that is this wide, and one beside it that shows whether anything ran over.
const NAMES: [&str; 2] = ["A", "B"];

/// The text as it comes back, or the code that refused it; the column beside it is as it was.
fn there_and_back(
    writer: Result<impl RowWriter, Finding>,
    text: &str,
    read: impl Fn(&[u8]) -> All,
) -> Result<String, (Code, Vec<(String, String)>)> {
    let mut writer = writer.unwrap();
    let mut out = Vec::new();
    writer.begin(&mut out).unwrap();
    let row = Row {
        line: 1,
        cells: vec![Some(text.into()), Some("beside".into())],
    };
    let before = out.clone();
    if let Err(findings) = writer.row(&row, &mut out) {
        assert_eq!(out, before, "nothing of a refused row is written");
        assert!(findings.iter().all(|f| f.place.row == Some(1)));
        let args = findings[0].args.iter().map(|(n, v)| (n.to_string(), v.to_string()));
        return Err((findings[0].code, args.collect()));
    }
    writer.end(&mut out).unwrap();
    let all = read(&out);
    assert_eq!((&all.refused, &all.bad), (&None, &Vec::new()), "{text:?}");
    assert_eq!((all.rows.len(), all.rows[0].get(1)), (1, Some("beside")), "{text:?}");
    Ok(all.rows[0].get(0).unwrap_or_default().to_owned())
}

type Returned = Result<String, (Code, Vec<(String, String)>)>;

fn csv(text: &str, quote: Quote) -> Returned {
    let encoding = Encoding::Gb18030;
    let options = CsvWriteOptions {
        quote,
        ..CsvWriteOptions::new(encoding)
    };
    there_and_back(Ok(CsvWriter::new(Header::new(NAMES), options)), text, |bytes| {
        read_all(CsvReader::open(input(bytes), CsvReadOptions::new(encoding)))
    })
}

fn dbf(text: &str, width: u8, encoding: Encoding) -> Returned {
    let field = |name: &str, width| DbfField {
        name: name.into(),
        kind: DbfKind::Text { width },
    };
    let options = DbfWriteOptions {
        encoding,
        code_page: 0,
        date: jiff::civil::date(2026, 3, 2),
        rows: 1,
    };
    let writer = DbfWriter::new(vec![field("A", width), field("B", 6)], options);
    there_and_back(writer, text, |bytes| {
        read_all(DbfReader::open(
            input(bytes),
            bytes.len() as u64,
            DbfReadOptions::new(encoding),
        ))
    })
}

fn fixed(text: &str, width: usize, encoding: Encoding) -> Returned {
    let field = |name: &str, width| FixedField {
        name: name.into(),
        kind: FixedKind::Text { width },
    };
    let frame = FixedFrame {
        encoding,
        record: width + 20,
        head: vec![(Heading::From, FixedKind::Text { width: 3 })],
        tail: vec![(Total::Count, FixedKind::Number { width: 6 })],
        rows: b'D',
        fields: vec![field("A", width), field("B", 6)],
        sum: None,
    };
    let head = Head {
        from: "HUB".into(),
        ..Head::default()
    };
    let options = FixedWriteOptions {
        frame: frame.clone(),
        head,
    };
    there_and_back(FixedWriter::new(&Header::new(NAMES), options), text, |bytes| {
        let options = FixedReadOptions {
            frame: frame.clone(),
            any_line_end: false,
            limits: Limits::default(),
        };
        read_all(FixedReader::open(input(bytes), options))
    })
}

fn xml(text: &str) -> Returned {
    let options = XmlWriteOptions {
        around: vec![Tag::new("R")],
        ..XmlWriteOptions::new(Encoding::Gb18030, Tag::new("r"))
    };
    there_and_back(XmlWriter::new(Header::new(NAMES), options), text, |bytes| {
        let mut options = XmlReadOptions::new(Encoding::Gb18030, Path::plain("R/r"), Many::Any);
        options.trim = false;
        options.columns = crate::Columns::exactly(NAMES);
        read_all(XmlReader::open(input(bytes), options))
    })
}

fn json(text: &str) -> Returned {
    let writer = JsonWriter::new(Header::new(NAMES), JsonWriteOptions::new(Whole::Lines));
    there_and_back(writer, text, |bytes| {
        read_all(JsonReader::open(input(bytes), JsonReadOptions::new(Records::Lines)))
    })
}

fn xlsx(text: &str) -> Returned {
    let options = XlsxWriteOptions {
        sheet: "S".into(),
        titles: Vec::new(),
        day: jiff::civil::date(2026, 3, 2),
    };
    there_and_back(XlsxWriter::new(Header::new(NAMES), options), text, |bytes| {
        let columns = NAMES.map(|n| column(n, CellKind::Text)).into();
        let limits = Limits::default();
        read_all(SheetReader::open(bytes, SheetReadOptions { columns, limits }))
    })
}

/// What a spreadsheet would take for a formula, in half and in full width.
const FORMULAS: [&str; 12] = [
    "=1+1",
    "+86 10 5555",
    "-1.5",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠a",
    "=cmd|'/c calc'!A1",
    "\0=1",
];

/// Between machines nothing is added to such a text and nothing taken away; in a workbook for people it is text. Where
/// its characters cannot be in a format it is refused by its row.
#[test]
fn what_looks_like_a_formula_comes_back_untouched_or_is_refused() {
    for text in FORMULAS {
        let same = Ok(text.to_owned());
        let nul = text.contains('\0');
        for quote in [Quote::All, Quote::Needed] {
            assert_eq!(csv(text, quote) == same, !nul, "csv {text:?}");
        }
        assert_eq!(json(text) == same, !nul, "json {text:?}");
        assert_eq!(xml(text) == same, !nul, "xml {text:?}");
        let found = dbf(text, 40, Encoding::Gb18030);
        assert_eq!(found == same, !nul, "dbf {text:?} {found:?}");
        let control = text.starts_with(char::is_control);
        let found = fixed(text, 40, Encoding::Gb18030);
        assert_eq!(found == same, !control, "fixed {text:?} {found:?}");
        let found = xlsx(text);
        assert_eq!(found == same, !control, "xlsx {text:?} {found:?}");
    }
}

fn text() -> impl Strategy<Value = String> {
    let any = prop_oneof![
        "[=+@\\-＝＋a-z0-9,;'\"|{}<>&# ]{0,24}",
        "[张三㛃𠮷é☃\u{E000}a]{0,12}",
        "\\PC{0,16}"
    ];
    // Spaces at the end are padding where fields have a width.
    any.prop_map(|text| text.trim_end_matches(' ').to_owned())
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_text_comes_back_from_every_format_as_it_was(text in text(), first in proptest::sample::select(vec!["", "=", "+", "-", "@", "＝"])) {
        let text = format!("{first}{text}");
        let settled = |returned: Returned| returned.map(|t| Encoding::Gb18030.settle(&t).0.into_owned());
        let wanted = Ok(Encoding::Gb18030.settle(&text).0.into_owned());
        prop_assert_eq!(settled(csv(&text, Quote::Needed)), wanted.clone());
        prop_assert_eq!(json(&text), Ok(text.clone()));
        prop_assert_eq!(settled(dbf(&text, 254, Encoding::Gb18030)), wanted.clone());
        prop_assert_eq!(settled(fixed(&text, 254, Encoding::Gb18030)), wanted.clone());
        let found = settled(xml(&text));
        prop_assert!(found == wanted || found.as_ref().is_err_and(|e| e.0 == Code::ECharset), "{:?}", found);
    }

    /// Widths are bytes: a text goes in whole where its bytes do, and is refused with both numbers where they do not.
    #[test]
    fn what_is_longer_than_its_field_is_refused_and_never_cut(text in text(), width in 1_u8..40) {
        for encoding in [Encoding::Gbk, Encoding::Gb18030, Encoding::Utf8] {
            for returned in [dbf(&text, width, encoding), fixed(&text, usize::from(width), encoding)] {
                match encoding.encoded_len(&text) {
                    Ok(len) if len <= usize::from(width) => {
                        prop_assert_eq!(returned, Ok(encoding.settle(&text).0.into_owned()), "{:?}", encoding);
                    }
                    Ok(len) => {
                        let (code, args) = returned.unwrap_err();
                        prop_assert_eq!(code, Code::ETooLong);
                        prop_assert!(args.contains(&("found".into(), len.to_string())));
                        prop_assert!(args.contains(&("limit".into(), width.to_string())));
                    }
                    Err(_) => prop_assert_eq!(returned.unwrap_err().0, Code::EUnmappable),
                }
            }
        }
    }
}
