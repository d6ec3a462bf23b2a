#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::testing::{All, cases, dribble, fixture, input, read_all, vectors};
use crate::{Limits, RowWriter};
use model::{Code, Finding, Header, Row};
use proptest::prelude::*;

const HEAD_FIELDS: [(Heading, &str); 5] = [
    (Heading::From, "A8"),
    (Heading::To, "A8"),
    (Heading::Date, "N8"),
    (Heading::Seq, "N4"),
    (Heading::Answers, "N12"),
];

fn kind(word: &str) -> FixedKind {
    FixedKind::from_word(word).unwrap()
}

/// The interface as the vectors lay it out.
fn frame(letter: u8) -> FixedFrame {
    let layout = &vectors("fixed_width")["layout"];
    let of = |record: &str| layout[record].as_array().unwrap().clone();
    let fields = of(&char::from(letter).to_string()).into_iter().skip(1).map(|field| {
        // The kinds of R are not said there: only the running number is one.
        let number = match field.get(2) {
            Some(kind) => kind == "N",
            None => field[0] == "seq",
        };
        FixedField {
            name: field[0].as_str().unwrap().into(),
            kind: kind(&format!("{}{}", if number { "N" } else { "A" }, field[1])),
        }
    });
    let fields: Vec<FixedField> = fields.collect();
    let sum = (letter == b'D').then(|| "reg_capital_wan_v2".into());
    for (place, record) in [("H", 4), ("T", 2)] {
        assert_eq!(of(place).len(), record + 1);
    }
    FixedFrame {
        encoding: Encoding::Gbk,
        record: usize::try_from(layout["record_bytes"].as_u64().unwrap()).unwrap(),
        head: HEAD_FIELDS.map(|(h, k)| (h, kind(k))).to_vec(),
        tail: vec![(Total::Count, kind("N6")), (Total::Sum, kind("N18"))],
        rows: letter,
        fields,
        sum,
    }
}

fn golden(name: &str) -> Vec<u8> {
    fixture(&format!("files/stat/{name}"))
}

fn ours() -> Vec<u8> {
    golden("TJ20260306.TXT")
}

pub(crate) fn options(letter: u8) -> FixedReadOptions {
    FixedReadOptions {
        frame: frame(letter),
        any_line_end: false,
        limits: Limits::default(),
    }
}

fn open(bytes: &[u8], letter: u8) -> Result<FixedReader, Finding> {
    FixedReader::open(input(bytes), options(letter))
}

fn read(bytes: &[u8]) -> All {
    read_all(open(bytes, b'D'))
}

fn refused(bytes: &[u8]) -> Code {
    read(bytes).refused.map(|f| f.code).unwrap()
}

/// The return code by which a file is refused, as a whole or in a row.
fn code(all: &All) -> Option<&'static str> {
    all.refused.iter().chain(&all.bad).map(|f| f.code.return_code()).next()
}

fn write(frame: FixedFrame, head: Head, rows: &[Vec<String>]) -> Result<Vec<u8>, Vec<Finding>> {
    let header = Header::new(frame.fields.iter().map(|f| f.name.clone()));
    let mut writer = FixedWriter::new(&header, FixedWriteOptions { frame, head }).unwrap();
    let mut out = Vec::new();
    writer.begin(&mut out).unwrap();
    for (line, cells) in (1..).zip(rows) {
        let cells = cells.iter().map(|c| Some(c.as_str().into())).collect();
        writer.row(&Row { line, cells }, &mut out)?;
    }
    writer.end(&mut out).unwrap();
    Ok(out)
}

#[test]
fn the_golden_files_are_read_and_written_byte_for_byte() {
    let expected = [
        (
            "TJ20260306.TXT",
            b'D',
            ["HUB", "STAT", "20260306", "0001"],
            vec![
                vec![
                    "1",
                    "110108202603020000019",
                    "123456788",
                    "北京测试一号生物制剂有限公司",
                    "110108",
                    "150",
                    "2760",
                    "10000",
                    "12",
                    "20260316",
                    "010-55550100",
                    "张测试",
                ],
                vec![
                    "2",
                    "110108202603020000027",
                    "123456796",
                    "北京测试二号科技有限公司",
                    "110108",
                    "150",
                    "6510",
                    "5050000",
                    "12",
                    "20260317",
                    "13800138000",
                    "李喆",
                ],
            ],
        ),
        (
            "TJ20260309.TXT",
            b'R',
            ["STAT", "HUB", "20260309", "0001"],
            vec![
                vec!["1", "110108202603020000019", "0000", "110108260001", ""],
                vec!["2", "110108202603020000027", "2004", "", "行业代码不在字典"],
            ],
        ),
    ];
    for (at, (name, letter, head, _)) in expected.iter().enumerate() {
        let bytes = golden(name);
        let known = &vectors("fixed_width")["files"][at];
        assert_eq!(known["name"], *name);
        assert_eq!(bytes.len() as u64, known["bytes"].as_u64().unwrap());
        assert_eq!(crate::digest::sm3_hex(&bytes), known["sm3"].as_str().unwrap());
        let reader = open(&bytes, *letter).unwrap();
        let found = reader.head().clone();
        assert_eq!([&*found.from, &*found.to, &*found.date, &*found.seq], *head);
        assert_eq!(found.answers, "");
        let all = read_all(Ok(reader));
        assert_eq!((all.bad.len(), all.warnings.len(), &all.refused), (0, 0, &None));
        assert_eq!(all.rows.len() as u64, known["records"].as_u64().unwrap());
        assert_eq!(write(frame(*letter), found, &all.texts()).unwrap(), bytes, "{name}");
    }
    let texts = read(&ours()).texts();
    assert_eq!(texts[0][..8], expected[0].3[0][..8]);
    assert_eq!(texts[0], expected[0].3[0]);
    assert_eq!(texts[1][11], "李喆");
    assert_eq!(texts[1][7], "5050");
    let back = read_all(open(&golden("TJ20260309.TXT"), b'R')).texts();
    assert_eq!(back, expected[1].3);
}

#[test]
fn the_mutations_are_told_by_their_codes() {
    let mutations = vectors("fixed_width")["mutations"].as_array().unwrap().clone();
    for mutation in mutations {
        let what = mutation["do"].as_str().unwrap();
        let mut bytes = ours();
        match what {
            "drop the T record" => bytes.truncate(3 * 302),
            "T count 3" => bytes[3 * 302 + 6] = b'3',
            "T sum 15051" => bytes[3 * 302 + 24] = b'1',
            "cut the last 10 bytes" => bytes.truncate(4 * 302 - 10),
            "replace byte 40 of the first D record by 0xFF" => bytes[302 + 40] = 0xFF,
            "LF instead of CRLF" => bytes.retain(|b| *b != b'\r'),
            "append 0x1A (Ctrl-Z)" => bytes.push(0x1A),
            other => panic!("{other}"),
        }
        let strict = read(&bytes);
        let loose = read_all(FixedReader::open(
            input(&bytes),
            FixedReadOptions {
                any_line_end: true,
                ..options(b'D')
            },
        ));
        match (mutation["error"].as_str(), what.starts_with("LF")) {
            (Some(error), _) => {
                assert_eq!(code(&strict), Some(error), "{what}");
                assert_eq!(code(&loose), Some(error), "{what}");
            }
            (None, true) => {
                assert_eq!(code(&strict), Some("1008"), "{what}");
                assert_eq!(loose.facts(), ["rows 2", "warning W_EOL"]);
            }
            (None, false) => {
                assert_eq!(mutation["expect"], "ignored");
                assert_eq!(strict.facts(), ["rows 2"], "{what}");
            }
        }
    }
}

#[test]
fn a_text_that_does_not_fit_is_refused_and_never_cut() {
    let case = &vectors("fixed_width")["truncate"][0];
    let (text, width) = (case["text"].as_str().unwrap(), case["bytes"].as_u64().unwrap());
    let narrow = |word: &str| FixedFrame {
        record: 20,
        head: Vec::new(),
        tail: vec![(Total::Count, kind("N6"))],
        fields: vec![FixedField {
            name: "name".into(),
            kind: kind(word),
        }],
        sum: None,
        ..frame(b'D')
    };
    let wrong = write(narrow(&format!("A{width}")), Head::default(), &[vec![text.to_owned()]]).unwrap_err();
    assert_eq!(wrong[0].code.return_code(), case["error"].as_str().unwrap());
    assert_eq!(wrong[0].code, Code::ETooLong);
    // What another program cut is found by the half that is left.
    let whole = write(narrow("A8"), Head::default(), &[vec![text.to_owned()]]).unwrap();
    let cut = read_all(FixedReader::open(
        input(&whole),
        FixedReadOptions {
            frame: narrow(&format!("A{width}")),
            any_line_end: false,
            limits: Limits::default(),
        },
    ));
    assert_eq!(cut.facts(), ["rows 0", "bad E_CUT_CHARACTER row 1 column name byte 29"]);
    assert_eq!(cut.bad[0].code.return_code(), case["error"].as_str().unwrap());
}

#[test]
fn a_file_is_found_cut_at_every_byte() {
    let bytes = ours();
    for at in 0..bytes.len() {
        let all = read(&bytes[..at]);
        let refused = all.refused.unwrap_or_else(|| panic!("cut at {at} and taken"));
        let wanted = if at < 3 * 302 + 300 {
            Code::EFileCount
        } else {
            Code::EStructure
        };
        assert_eq!(refused.code, wanted, "cut at {at}");
    }
}

#[test]
fn records_are_counted_in_bytes_and_nothing_stands_beside_them() {
    let bytes = ours();
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = bytes.clone();
        change(&mut bytes);
        read(&bytes)
    };
    // One byte too many or too few in a record: nothing after it can be trusted.
    assert_eq!(with(&|b| b.insert(310, b' ')).refused.unwrap().code, Code::EStructure);
    let short = with(&|b| b.truncate(302 + 200)).refused.unwrap();
    assert_eq!(short.code, Code::EFileCount);
    let missing = |b: &mut Vec<u8>| {
        b.remove(310);
    };
    let short = with(&missing).refused.unwrap();
    assert_eq!((short.code, short.place.row), (Code::EStructure, Some(1)));
    // Unknown kinds, a second head, something after the tail.
    assert_eq!(
        with(&|b| b[302] = b'X').facts(),
        ["rows 0", "file E_STRUCTURE row 1 byte 302"]
    );
    assert_eq!(
        with(&|b| b[604] = b'H').facts(),
        ["rows 1", "file E_STRUCTURE row 2 byte 604"]
    );
    assert_eq!(with(&|b| b[0] = b'D').facts(), ["rows 0", "file E_STRUCTURE byte 0"]);
    for more in [&b"\x1A\x1A"[..], b"\r\n", b"D"] {
        assert_eq!(
            with(&|b| b.extend_from_slice(more)).refused.unwrap().code,
            Code::EStructure
        );
    }
    assert_eq!(refused(b""), Code::EFileCount);
}

#[test]
fn a_bad_field_refuses_its_row_and_no_other() {
    let mut bytes = ours();
    bytes[302 + 1 + 6 + 21 + 9 + 100 + 6 + 3 + 5] = b' ';
    let all = read(&bytes);
    assert_eq!(
        all.facts(),
        [
            "rows 1",
            "bad E_FORMAT row 1 column reg_capital_wan_v2",
            "file E_FILE_SUM"
        ]
    );
    let mut bytes = ours();
    bytes[302 + 40] = 0;
    assert_eq!(
        read(&bytes).facts(),
        ["rows 1", "bad E_STRUCTURE row 1 column ent_name byte 342"]
    );
    // Blank is empty, for numbers too.
    let mut bytes = ours();
    bytes[302 + 1..302 + 7].fill(b' ');
    assert_eq!(read(&bytes).texts()[0][0], "");
}

#[test]
fn limits_and_words() {
    for (word, width) in [("A1", 1), ("A9999", 9999), ("N1", 1), ("N38", 38)] {
        assert_eq!(FixedKind::from_word(word).map(FixedKind::width), Some(width));
    }
    for word in ["A0", "N39", "A10000", "A", "N", "X5", "A+5", "A 5", "", "汉5", "C21"] {
        assert_eq!(FixedKind::from_word(word), None, "{word}");
    }
    let mut small = options(b'D');
    small.limits.rows = 1;
    assert_eq!(
        read_all(FixedReader::open(input(&ours()), small)).refused.unwrap().code,
        Code::ETooLarge
    );
    let mut small = options(b'D');
    small.limits.file_bytes = 500;
    assert_eq!(
        read_all(FixedReader::open(input(&ours()), small)).refused.unwrap().code,
        Code::ETooLarge
    );
    let wrong: [&dyn Fn(&mut FixedFrame); 5] = [
        &|f| f.record = 299 - 60,
        &|f| f.rows = b'T',
        &|f| f.rows = b'd',
        &|f| f.sum = Some("ent_name".into()),
        &|f| f.tail.clear(),
    ];
    for spoil in wrong {
        let mut frame = frame(b'D');
        assert_eq!(frame.judge(), Ok(()));
        spoil(&mut frame);
        assert!(frame.judge().is_err());
    }
}

#[test]
fn what_a_writer_cannot_write_it_names() {
    let row = |at: usize, text: &str| {
        let mut row = vec![String::new(); 12];
        row[at] = text.to_owned();
        write(frame(b'D'), Head::default(), &[row]).map_err(|f| f.iter().map(|f| f.code).collect::<Vec<_>>())
    };
    assert!(row(7, "").is_ok());
    assert_eq!(row(7, "1.5").unwrap_err(), [Code::EFormat]);
    assert_eq!(row(7, "-1").unwrap_err(), [Code::EFormat]);
    assert_eq!(row(7, "12345678901234567").unwrap_err(), [Code::ETooLong]);
    assert_eq!(row(3, "张㛃").unwrap_err(), [Code::EUnmappable]);
    assert_eq!(row(3, "a\nb").unwrap_err(), [Code::ECharset]);
    assert_eq!(row(3, &"测".repeat(50)).map(|b| b.len()), Ok(3 * 302));
    assert_eq!(row(3, &"测".repeat(51)).unwrap_err(), [Code::ETooLong]);
    let long = Head {
        from: "A NAME TOO LONG".into(),
        ..Head::default()
    };
    let header = Header::new(["seq"]);
    let mut writer = FixedWriter::new(
        &header,
        FixedWriteOptions {
            frame: frame(b'D'),
            head: long,
        },
    )
    .unwrap();
    assert_eq!(writer.begin(&mut Vec::new()).unwrap_err().code, Code::EStructure);
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn what_was_written_is_read_again(
        rows in proptest::collection::vec(("[0-9]{1,6}", "[一-龥a-z0-9]{0,20}", "[0-9]{0,16}"), 0..20),
        step in 1usize..700,
    ) {
        let zeros = |n: &str| if n.is_empty() { String::new() } else { n.parse::<u64>().unwrap().to_string() };
        let rows: Vec<Vec<String>> = rows
            .iter()
            .map(|(seq, name, capital)| {
                let mut row = vec![String::new(); 12];
                (row[0], row[3], row[7]) = (zeros(seq), name.clone(), zeros(capital));
                row
            })
            .collect();
        prop_assume!(rows.iter().all(|r| Encoding::Gbk.encode(&r[3]).is_ok()));
        let bytes = write(frame(b'D'), Head::default(), &rows).unwrap();
        let all = read_all(FixedReader::open(dribble(&bytes, step), options(b'D')));
        prop_assert_eq!(all.refused.clone(), None);
        prop_assert_eq!(all.texts(), rows);
    }

    #[test]
    fn no_input_makes_it_panic(at in 0usize..1208, byte: u8, cut in 0usize..1209) {
        let mut bytes = ours();
        bytes[at] = byte;
        bytes.truncate(cut);
        read(&bytes);
    }
}
