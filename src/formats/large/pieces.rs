//! How the bytes of a document arrive changes nothing of what is told about it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::testing::cases;
use proptest::prelude::*;

/// Everything that can be told: the header, what stands around, and what is read.
fn told(form: Form, input: Input, encoding: Encoding, limits: Limits) -> (Option<Header>, Vec<Option<String>>, All) {
    let reader = form.open(input, encoding, limits);
    let header = reader.as_ref().ok().map(|r| r.header().clone());
    let around = |reader: &Reader| match reader {
        Reader::Xml(reader) => ["P/H/Count", "P/@v"]
            .map(|p| reader.around(p).map(str::to_owned))
            .to_vec(),
        Reader::Json(reader) => ["cursor", "total"]
            .map(|p| reader.around(p).map(str::to_owned))
            .to_vec(),
    };
    let around = reader.as_ref().map(around).unwrap_or_default();
    (header, around, read_all(reader))
}

/// Bytes that are mostly a document: parts of one put together, some broken, in an encoding.
fn document(form: Form) -> impl Strategy<Value = (Encoding, Vec<u8>)> {
    let parts: &[&str] = match form {
        Form::Xml => &[
            "<R><no>1</no><a> 甲&amp;&#20018; </a></R>\r\n",
            "<R no='2'><a><![CDATA[<乙>]]></a><c><d>㛃</d></c></R>",
            "<!-- 丙 -->",
            "<R><a>longer than the record may be, and longer than is in sight behind it</a></R>",
            "<?x y?>\n",
            "<H><Count>3</Count></H>",
            "<R><a>\u{E000}</a><a>2</a></R>",
            "<R>文<a/></R>",
            "<R><a>&x;</a></R>",
            "<R><b></a></R>",
            "]]>",
            "<!DOCTYPE a>",
        ],
        Form::Lines => &[
            "{\"no\":\"1\",\"a\":\"甲\\u4e32\"}\n",
            "  {\"a\":{\"b\":1.50,\"c\":null}}\t\r\n",
            "{\"a\":[1,2],\"b\":true}\n",
            "{\"a\":\"\u{E000}㛃\",\"a\":\"\"}\n",
            "[]\n",
            "\n",
            "{\"a\":\"\\ud84c\\udf12\"}",
            "{\"a\":\"x\n\"}\n",
            "{\"a\":1e5}\n",
            "tru",
        ],
        Form::List => &[
            ",{\"no\":\"1\",\"a\":\"甲\\u4e32\"}",
            " ,\r\n{\"a\":{\"b\":1.50,\"c\":null}}\t",
            ",{\"a\":[1,2],\"b\":true}",
            ",{\"a\":\"\u{E000}㛃\",\"a\":\"\"}",
            ",{\"a\":\"longer than the record may be, and longer than is in sight behind it\"}",
            ",[]",
            ",7",
            "],\"page\":{\"n\":1,\"next\":\"x\"},\"x\":[1",
            ",{\"a\":\"\\ud84c\\udf12\"}",
            ",{\"a\":\"\\ud84c\"}",
            "]",
        ],
    };
    let middle = proptest::collection::vec(proptest::sample::select(parts.to_vec()), 0..6);
    let broken = proptest::option::weighted(0.3, (any::<prop::sample::Index>(), any::<u8>()));
    let cut = proptest::option::weighted(0.2, any::<prop::sample::Index>());
    let encoding = proptest::sample::select(form.encodings().to_vec());
    (middle, broken, cut, encoding).prop_map(move |(middle, broken, cut, encoding)| {
        let (head, record, tail) = form.parts(encoding, "甲乙");
        let text = head + &middle.concat() + &record + &tail;
        let other = || encoding.encode(&text.replace('㛃', "甲"));
        let mut bytes = encoding.encode(&text).or_else(|_| other()).unwrap();
        if let Some((at, byte)) = broken {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        (encoding, bytes)
    })
}

fn any_document() -> impl Strategy<Value = (Form, (Encoding, Vec<u8>))> {
    proptest::sample::select(Form::ALL.to_vec()).prop_flat_map(|form| (Just(form), document(form)))
}

proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 1024, ..cases() })]

    #[test]
    fn a_few_bytes_at_a_time_say_what_the_whole_says(
        (form, (encoding, bytes)) in any_document(),
        step in 1_usize..8,
        record_bytes in proptest::sample::select(vec![20, 45, 1 << 20]),
    ) {
        let limits = Limits { record_bytes, ..Limits::default() };
        let whole = told(form, input(&bytes), encoding, limits);
        let pieces = told(form, dribble(&bytes, step), encoding, limits);
        prop_assert_eq!(whole, pieces);
    }
}

/// The same document wherever in it a piece of the reader's own ends: its rows are the same, and faults move with it.
#[test]
fn a_piece_may_end_anywhere_in_a_record() {
    const PIECE: usize = 64 << 10;
    for form in Form::ALL {
        for encoding in form.encodings().iter().copied().filter(|e| *e != Encoding::Gbk) {
            let unit = if encoding.is_wide() { 2 } else { 1 };
            let (head, record, tail) = form.parts(encoding, "甲&#38;㛃");
            let wanted = read_all(form.open(
                input(&encoding.encode(&(head.clone() + &record.repeat(3) + &tail)).unwrap()),
                encoding,
                Limits::default(),
            ));
            let before = encoding.encoded_len(&head).unwrap();
            for shift in 0..encoding.encoded_len(&record).unwrap() / unit {
                // A piece begins with the file, or behind the declaration.
                for piece in [PIECE, PIECE + before] {
                    let pad = " ".repeat((piece - before) / unit - shift);
                    let text = match form {
                        Form::Lines => pad + &record.repeat(3),
                        _ => head.clone() + &pad + &record.repeat(3) + &tail,
                    };
                    let all = read_all(form.open(input(&encoding.encode(&text).unwrap()), encoding, Limits::default()));
                    assert_eq!(all, wanted, "{form:?} {encoding:?} {shift}");
                }
            }
        }
    }
}
