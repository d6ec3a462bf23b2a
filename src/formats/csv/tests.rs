#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::RowWriter;
use crate::testing::{All, dribble, fixture, input, read_all, vectors};
use proptest::prelude::*;

const GOLDEN: &str = "files/ltax/HUB_LTAX_SWDJ_20260316_0001.csv";

fn options(encoding: Encoding) -> CsvReadOptions {
    CsvReadOptions::new(encoding)
}

fn read(bytes: &[u8], options: CsvReadOptions) -> All {
    read_all(CsvReader::open(input(bytes), options))
}

fn write(header: &Header, rows: &[Row], options: CsvWriteOptions) -> Vec<u8> {
    let mut writer = CsvWriter::new(header.clone(), options);
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
fn the_golden_file_is_read_and_written_to_the_byte() {
    let bytes = fixture(GOLDEN);
    let wanted = &vectors("csv_ltax")["files"][0];
    assert_eq!(bytes.len() as u64, wanted["bytes"].as_u64().unwrap());
    let header = CsvReader::open(input(&bytes), options(Encoding::Gbk))
        .unwrap()
        .header()
        .clone();
    assert_eq!(header.slot("注册资本(元)"), Some(9));
    let all = read(&bytes, options(Encoding::Gbk));
    assert_eq!(all.rows.len() as u64, wanted["records"].as_u64().unwrap());
    assert_eq!((all.refused.as_ref(), all.bad.len(), all.warnings.len()), (None, 0, 0));
    assert_eq!(all.rows[0].get(3), Some("１１０１９９０００００００１１"));
    assert_eq!(all.rows[1].get(9), Some("505,000.00"));
    assert_eq!(all.rows[1].line, 2);
    assert_eq!(write(&header, &all.rows, CsvWriteOptions::new(Encoding::Gbk)), bytes);
}

/// The one thing a CSV file cannot know about itself is that whole lines are missing at its end.
#[test]
fn every_prefix_is_refused_or_is_whole_rows() {
    let bytes = fixture(GOLDEN);
    let whole = read(&bytes, options(Encoding::Gbk)).rows;
    let ends: Vec<usize> = (1..=bytes.len()).filter(|n| bytes[..*n].ends_with(b"\r\n")).collect();
    assert_eq!(ends.len(), 3);
    for cut in 0..bytes.len() {
        let all = read(&bytes[..cut], options(Encoding::Gbk));
        match ends.iter().position(|e| *e == cut) {
            Some(rows) => assert_eq!((all.refused, &all.rows[..]), (None, &whole[..rows]), "cut at {cut}"),
            None => assert!(all.refused.is_some() && whole.starts_with(&all.rows), "cut at {cut}"),
        }
    }
}

#[test]
fn quoting() {
    let header = Header::new(["a", "b"]);
    let rows = [
        row(1, &["x,y", "say \"hi\""]),
        row(2, &["", "two\r\nlines"]),
        row(3, &[" z ", "=1+1"]),
    ];
    let needed = CsvWriteOptions {
        quote: Quote::Needed,
        line_end: LineEnd::Lf,
        ..CsvWriteOptions::new(Encoding::Utf8)
    };
    let text = String::from_utf8(write(&header, &rows, needed)).unwrap();
    assert_eq!(text, "a,b\n\"x,y\",\"say \"\"hi\"\"\"\n,\"two\r\nlines\"\n z ,=1+1\n");
    let one = write(&Header::new(["a"]), &[row(1, &[""])], needed);
    assert_eq!(one, b"a\n\"\"\n");
    let absent = write(
        &header,
        &[Row {
            line: 1,
            cells: vec![None, None],
        }],
        CsvWriteOptions::new(Encoding::Utf8),
    );
    assert_eq!(absent, b"\"a\",\"b\"\r\n\"\",\"\"\r\n");
    let marked = write(&header, &[], CsvWriteOptions { bom: true, ..needed });
    assert_eq!(marked, b"\xEF\xBB\xBFa,b\n");
    for (encoding, bom, wanted) in [
        (Encoding::Utf16, false, &b"\xFF\xFEa\0,\0b\0\n\0"[..]),
        (Encoding::Utf16Le, false, b"a\0,\0b\0\n\0"),
        (Encoding::Utf16Be, true, b"\xFE\xFF\0a\0,\0b\0\n"),
        (Encoding::Gbk, true, b"a,b\n"),
    ] {
        let options = CsvWriteOptions {
            encoding,
            bom,
            ..needed
        };
        assert_eq!(write(&header, &[], options), wanted, "{encoding:?}");
    }
    let all = read(
        &marked,
        CsvReadOptions {
            bom: Bom::Accept,
            line_end: LineEnd::Lf,
            ..options(Encoding::Utf8)
        },
    );
    assert_eq!(all, All::default());
}

#[test]
fn what_cannot_be_encoded_is_told_with_row_and_column_and_leaves_nothing() {
    let header = Header::new(["编号", "姓名", "地址"]);
    let mut writer = CsvWriter::new(header, CsvWriteOptions::new(Encoding::Gbk));
    let mut out = b"kept".to_vec();
    let findings = writer.row(&row(7, &["1", "张㛃", "𬱖路"]), &mut out).unwrap_err();
    assert_eq!(out, b"kept");
    let told: Vec<_> = findings
        .iter()
        .map(|f| (f.code, f.place.row, f.place.column.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            (Code::EUnmappable, Some(7), Some("姓名")),
            (Code::EUnmappable, Some(7), Some("地址"))
        ]
    );
    writer.row(&row(8, &["1", "张三", "路"]), &mut out).unwrap();
    assert!(out.len() > 4, "the writer goes on");
    assert!(writer.row(&row(9, &["1"]), &mut out).is_err());
    assert!(writer.row(&row(9, &["1", "a\0b", ""]), &mut out).is_err());
    let mut unwritable = CsvWriter::new(Header::new(["㛃"]), CsvWriteOptions::new(Encoding::Gbk));
    assert_eq!(unwritable.begin(&mut out).unwrap_err().code, Code::EUnmappable);
}

#[test]
fn limits_hold() {
    let code = |bytes: &[u8], limits: Limits| {
        let all = read(
            bytes,
            CsvReadOptions {
                limits,
                line_end: LineEnd::Lf,
                ..options(Encoding::Utf8)
            },
        );
        let refused = all.refused.map(|f| (f.code, f.place.row));
        (all.rows.len(), refused)
    };
    let limits = Limits::default();
    let long = format!("a,b\n1,2\n{},y\n", "x".repeat(200));
    assert_eq!(
        code(
            long.as_bytes(),
            Limits {
                record_bytes: 100,
                ..limits
            }
        ),
        (1, Some((Code::ETooLarge, Some(2))))
    );
    assert_eq!(
        code(
            long.as_bytes(),
            Limits {
                record_bytes: 202,
                ..limits
            }
        ),
        (2, None)
    );
    assert_eq!(
        code(
            long.as_bytes(),
            Limits {
                record_bytes: 201,
                ..limits
            }
        )
        .1,
        Some((Code::ETooLarge, Some(2)))
    );
    assert_eq!(
        code(long.as_bytes(), Limits { rows: 1, ..limits }),
        (1, Some((Code::ETooLarge, Some(2))))
    );
    assert_eq!(
        code(long.as_bytes(), Limits { columns: 1, ..limits }).1,
        Some((Code::ETooLarge, None))
    );
    assert_eq!(
        code(
            long.as_bytes(),
            Limits {
                file_bytes: 50,
                ..limits
            }
        )
        .1
        .map(|f| f.0),
        Some(Code::ETooLarge)
    );
    let open = format!("a,b\n1,2\n\"{}", "x\n".repeat(200));
    assert_eq!(
        code(
            open.as_bytes(),
            Limits {
                field_newlines: 100,
                ..limits
            }
        ),
        (1, Some((Code::EQuoteOpen, Some(2))))
    );
    assert_eq!(
        code(
            open.as_bytes(),
            Limits {
                field_newlines: 1000,
                ..limits
            }
        )
        .1,
        Some((Code::EQuoteOpen, Some(2)))
    );
    let lines = b"a,b\n\"1\n2\n3\",x\n";
    let fields = b"a,b\n\"1\n2\n3\",\"1\n2\n3\"\n\"1\n2\n3\",x\n";
    assert_eq!(
        code(
            fields,
            Limits {
                field_newlines: 2,
                ..limits
            }
        ),
        (2, None),
        "counted per field"
    );
    assert_eq!(
        code(
            lines,
            Limits {
                field_newlines: 2,
                ..limits
            }
        ),
        (1, None)
    );
    assert_eq!(
        code(
            lines,
            Limits {
                field_newlines: 1,
                ..limits
            }
        )
        .1,
        Some((Code::EQuoteOpen, Some(1)))
    );
}

/// A quote nobody closes must not gather the rest of a large file in memory.
#[test]
fn an_open_quote_stops_early() {
    struct Endless(u64);
    impl std::io::Read for Endless {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            let head = b"a,b\r\n1,\"";
            let len = if self.0 == 0 { head.len() } else { out.len() };
            if self.0 == 0 {
                out[..len].copy_from_slice(head)
            } else {
                out.fill(b'x')
            }
            self.0 += len as u64;
            assert!(self.0 < 4 << 20, "read far beyond the limit of a record");
            Ok(len)
        }
    }
    impl std::io::Seek for Endless {
        fn seek(&mut self, _: std::io::SeekFrom) -> std::io::Result<u64> {
            Ok(self.0)
        }
    }
    let all = read_all(CsvReader::open(Box::new(Endless(0)), options(Encoding::Gbk)));
    assert_eq!(all.refused.map(|f| f.code), Some(Code::EQuoteOpen));
}

#[test]
fn a_last_line_may_be_let_end_with_the_file() {
    let lenient = CsvReadOptions {
        last_line_ends: false,
        ..options(Encoding::Utf8)
    };
    let all = read(b"a,b\r\n1,2\r\n3,4", lenient.clone());
    assert_eq!(all.texts(), [["1", "2"], ["3", "4"]]);
    assert_eq!((all.warnings[0].code, all.warnings[0].place.row), (Code::WEol, Some(2)));
    assert_eq!(
        read(b"a,b\r\n1,2\r\n3,4\r", lenient.clone()).refused.unwrap().code,
        Code::ELastLine
    );
    assert_eq!(
        read(b"a,b\r\n1,2\r\n3,\"4", lenient).refused.unwrap().code,
        Code::EQuoteOpen
    );
}

#[test]
fn private_characters_are_told_with_row_and_column() {
    let all = read(b"a,b\r\nx,\xFE\x51\xAA\xA1\r\n", options(Encoding::Gbk));
    assert_eq!(all.texts(), [["x", "\u{20087}\u{E000}"]]);
    let told: Vec<_> = all
        .warnings
        .iter()
        .map(|f| (f.code, f.place.row, f.place.column.as_deref()))
        .collect();
    assert_eq!(
        told,
        [(Code::WPuaFixed, Some(1), Some("b")), (Code::WPua, Some(1), Some("b"))]
    );
}

#[test]
fn words_and_delimiters() {
    assert_eq!(LineEnd::from_word("lf"), Some(LineEnd::Lf));
    assert_eq!(LineEnd::from_word("cr"), None);
    for good in [',', ';', '\t', '|', '^', '~', '\\', '{'] {
        assert!(Delimiter::new(good).is_some());
    }
    for bad in ['"', '\r', '\n', '\0', 'a', '1', ' ', '，'] {
        assert!(Delimiter::new(bad).is_none(), "{bad:?}");
    }
}

/// Trap 14: the second byte of a GBK character may be any of these.
#[test]
fn no_gbk_character_is_cut_by_a_delimiter() {
    for delimiter in ['|', '^', '~', '\\', '{', '@', '[', '`', ','] {
        let delimiter = Delimiter::new(delimiter).unwrap();
        let mut bytes = [b"a" as &[u8], &[delimiter.byte()], b"b\r\n"].concat();
        let mut wanted = Vec::new();
        for lead in 0x81..=0xFE_u8 {
            for trail in (0x40..=0xFE_u8).filter(|t| *t != 0x7F) {
                let text = Encoding::Gbk.decode(&[lead, trail]).unwrap();
                wanted.push(Encoding::Gbk.settle(&text).0.into_owned());
                bytes.extend_from_slice(&[lead, trail, delimiter.byte(), lead, trail, b'\r', b'\n']);
            }
        }
        let all = read(
            &bytes,
            CsvReadOptions {
                delimiter,
                ..options(Encoding::Gbk)
            },
        );
        assert_eq!((all.refused, all.bad.len()), (None, 0));
        assert_eq!(all.rows.len(), 126 * 190);
        for (row, wanted) in all.rows.iter().zip(&wanted) {
            assert_eq!((row.get(0), row.get(1)), (Some(wanted.as_str()), Some(wanted.as_str())));
        }
    }
}

/// `csv-core` on the whole file, as a stranger.
fn stranger(bytes: &[u8], delimiter: u8) -> Vec<Vec<String>> {
    let mut core = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
    let (mut out, mut ends) = (vec![0; bytes.len() + 1], vec![0; 64]);
    let (mut records, mut at) = (Vec::new(), 0);
    loop {
        let (mut written, mut ended) = (0, 0);
        loop {
            let (result, read, wrote, new) = core.read_record(&bytes[at..], &mut out[written..], &mut ends[ended..]);
            (at, written, ended) = (at + read, written + wrote, ended + new);
            match result {
                csv_core::ReadRecordResult::InputEmpty => {}
                csv_core::ReadRecordResult::Record => break,
                csv_core::ReadRecordResult::End => return records,
                other => panic!("{other:?}"),
            }
        }
        let text = |from: usize, to: usize| String::from_utf8(out[from..to].to_vec()).unwrap();
        let starts = std::iter::once(0).chain(ends.iter().copied());
        records.push(
            starts
                .zip(ends.iter().copied())
                .take(ended)
                .map(|(from, to)| text(from, to))
                .collect(),
        );
    }
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z,\"'|; =+-]{0,6}",
        "[\\x01-\\x7F]{0,6}",
        "[张三㛃倈\u{3000}\r\n,\"]{0,6}",
        "\\PC{0,8}"
    ]
}

fn table() -> impl Strategy<Value = Vec<Vec<String>>> {
    (1_usize..5).prop_flat_map(|width| proptest::collection::vec(proptest::collection::vec(cell(), width), 0..8))
}

proptest! {
    #![proptest_config(crate::testing::cases())]

    #[test]
    fn any_text_returns(table in table(), all in any::<bool>(), lf in any::<bool>(), bar in any::<bool>(), step in 1_usize..40) {
        let width = table.first().map_or(2, Vec::len);
        let header = Header::new((0..width).map(|n| format!("列{n}")));
        let rows: Vec<Row> = table.iter().enumerate()
            .map(|(n, cells)| row(n as u64 + 1, &cells.iter().map(String::as_str).collect::<Vec<_>>())).collect();
        let delimiter = Delimiter::new(if bar { '|' } else { ',' }).unwrap();
        let line_end = if lf { LineEnd::Lf } else { LineEnd::Crlf };
        let quote = if all { Quote::All } else { Quote::Needed };
        for encoding in Encoding::ALL.into_iter().filter(|e| *e != Encoding::Gbk) {
            let bytes = write(&header, &rows, CsvWriteOptions { encoding, bom: false, delimiter, line_end, quote });
            let reader = CsvReader::open(dribble(&bytes, step), CsvReadOptions { delimiter, line_end, ..options(encoding) });
            let found = read_all(reader);
            prop_assert_eq!((&found.refused, &found.bad), (&None, &Vec::new()));
            prop_assert!(found.warnings.iter().all(|w| w.code == Code::WPua));
            prop_assert_eq!(&found.rows, &rows);
            if encoding == Encoding::Utf8 {
                let names = header.names().iter().map(|n| n.to_string()).collect();
                let wanted: Vec<Vec<String>> = std::iter::once(names).chain(table.iter().cloned()).collect();
                prop_assert_eq!(stranger(&bytes, delimiter.byte()), wanted);
            }
        }
    }

    #[test]
    fn any_bytes_are_judged(bytes in proptest::collection::vec(prop_oneof![any::<u8>(), prop::sample::select(b"\",\r\na".to_vec())], 0..80)) {
        for encoding in Encoding::ALL {
            for last_line_ends in [true, false] {
                let all = read(&bytes, CsvReadOptions { last_line_ends, ..options(encoding) });
                prop_assert!(all.rows.len() <= bytes.len());
            }
        }
    }
}
