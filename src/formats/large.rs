//! Documents that are gone through twice and never held: as large as may be, in whatever pieces they come.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::json::{JsonReadOptions, JsonReader, Records};
use crate::testing::{All, dribble, input, read_all};
use crate::xml::{EVENTS_MAX, Many, Path, XmlReadOptions, XmlReader};
use crate::{Encoding, Input, Limits, RowReader};
use model::{Code, Finding, Header};
use std::io::{Cursor, Read, Seek, SeekFrom};

mod pieces;

/// Where records stand in a document.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Form {
    Xml,
    Lines,
    List,
}

impl Form {
    const ALL: [Self; 3] = [Self::Xml, Self::Lines, Self::List];

    /// What stands before the records, one of them that says this, what stands behind them.
    fn parts(self, encoding: Encoding, value: &str) -> (String, String, String) {
        let word = encoding.word();
        let (head, record, tail) = match self {
            Self::Xml => (
                format!("<?xml version='1.0' encoding='{word}'?>\n<P><H><Count>1</Count></H><B>"),
                format!("<R><no>串</no><a>{value}</a></R>\n"),
                "</B></P>\n".to_owned(),
            ),
            Self::Lines => (
                String::new(),
                format!("{{\"no\":\"串\",\"a\":\"{value}\"}}\n"),
                String::new(),
            ),
            Self::List => (
                "{\"cursor\":\"17\",\"items\":[{\"no\":\"first\"}".to_owned(),
                format!(",\n{{\"no\":\"串\",\"a\":\"{value}\"}}"),
                "],\"total\":1}\n".to_owned(),
            ),
        };
        (head, record, tail)
    }

    fn open(self, input: Input, encoding: Encoding, limits: Limits) -> Result<Reader, Finding> {
        if self == Self::Xml {
            let mut options = XmlReadOptions::new(encoding, Path::plain("P/B/R"), Many::Any);
            options.limits = limits;
            return XmlReader::open(input, options).map(|r| Reader::Xml(r.into()));
        }
        let mut options = JsonReadOptions::new(match self {
            Self::Lines => Records::Lines,
            _ => Records::List("items".into()),
        });
        options.encoding = encoding;
        options.limits = limits;
        JsonReader::open(input, options).map(|r| Reader::Json(r.into()))
    }

    /// The encodings a document of this form may have.
    fn encodings(self) -> &'static [Encoding] {
        use Encoding::{Gb18030, Gbk, Utf8, Utf16Be, Utf16Le};
        match self {
            Self::Xml => &[Utf8, Gbk, Gb18030, Utf16Le, Utf16Be],
            Self::Lines | Self::List => &[Utf8, Gbk, Gb18030],
        }
    }
}

enum Reader {
    Xml(Box<XmlReader>),
    Json(Box<JsonReader>),
}

impl Reader {
    fn held(&self) -> usize {
        match self {
            Self::Xml(reader) => reader.held(),
            Self::Json(reader) => reader.held(),
        }
    }
    fn reader(&mut self) -> &mut dyn RowReader {
        match self {
            Self::Xml(reader) => &mut **reader,
            Self::Json(reader) => &mut **reader,
        }
    }
}

impl RowReader for Reader {
    fn header(&self) -> &Header {
        match self {
            Self::Xml(reader) => reader.header(),
            Self::Json(reader) => reader.header(),
        }
    }
    fn next(&mut self) -> Result<Option<crate::Taken>, Finding> {
        self.reader().next()
    }
    fn warnings(&mut self) -> Vec<Finding> {
        self.reader().warnings()
    }
    fn counts(&self) -> crate::Counts {
        match self {
            Self::Xml(reader) => reader.counts(),
            Self::Json(reader) => reader.counts(),
        }
    }
}

/// A document that is made while it is read: the same piece so many times between two others.
struct Made {
    head: Vec<u8>,
    piece: Vec<u8>,
    times: u64,
    tail: Vec<u8>,
    at: u64,
}

impl Made {
    fn len(&self) -> u64 {
        (self.head.len() + self.tail.len()) as u64 + self.piece.len() as u64 * self.times
    }
    /// The bytes from here to the next seam.
    fn rest(&self) -> &[u8] {
        let (head, piece) = (self.head.len() as u64, self.piece.len() as u64);
        let end = head + piece * self.times;
        let (part, at) = match self.at {
            at if at < head => (&self.head, at),
            at if at < end => (&self.piece, (at - head) % piece),
            at => (&self.tail, (at - end).min(self.tail.len() as u64)),
        };
        &part[usize::try_from(at).unwrap()..]
    }
}

impl Read for Made {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let read = self.rest().read(out)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Made {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::End(0) => self.len(),
            other => panic!("{other:?}"),
        };
        Ok(self.at)
    }
}

/// A document of so many records, each with a value of some size.
fn made(form: Form, encoding: Encoding, times: u64, value: &str) -> Made {
    let (head, piece, tail) = form.parts(encoding, value);
    let bytes = |text: String| encoding.encode(&text).unwrap();
    Made {
        head: bytes(head),
        piece: bytes(piece),
        times,
        tail: bytes(tail),
        at: 0,
    }
}

/// How many rows a document gives, and the most memory its reader held for what it read.
fn gone_through(form: Form, made: Made, encoding: Encoding, limits: Limits) -> (u64, usize) {
    let mut reader = form.open(Box::new(made), encoding, limits).unwrap();
    let mut most = reader.held();
    while reader.next().unwrap().is_some() {
        most = reader.held().max(most);
    }
    (reader.counts().rows, most)
}

/// What is held depends on what a record may have, and on nothing else.
#[test]
fn a_document_larger_than_may_be_held_is_read_in_the_memory_of_a_record() {
    let limits = Limits {
        body_bytes: 1 << 20,
        record_bytes: 32 << 10,
        ..Limits::default()
    };
    let value = "材料以纸质为准".repeat(200);
    for form in Form::ALL {
        for encoding in [Encoding::Gb18030, Encoding::Utf8] {
            let made = |times| made(form, encoding, times, &value);
            let long = made(1_200);
            assert!(long.len() > 3 * limits.body_bytes as u64);
            let rows = 1_200 + u64::from(form == Form::List);
            let (found, most) = gone_through(form, long, encoding, limits);
            assert_eq!(found, rows, "{form:?} {encoding:?}");
            let (_, short) = gone_through(form, made(300), encoding, limits);
            assert_eq!(most, short, "{form:?} {encoding:?}: the longer document holds more");
            assert!(most < limits.body_bytes / 2, "{form:?} {encoding:?}: {most}");
        }
    }
}

/// As before, when it was held: no row at all, and the byte of the document.
#[test]
fn a_fault_in_the_last_record_is_placed_and_refuses_them_all() {
    let value = "串".repeat(100);
    for form in Form::ALL {
        for encoding in form.encodings().iter().copied() {
            let (head, record, tail) = form.parts(encoding, &value);
            let (_, last, _) = form.parts(encoding, "甲&x;\n乙");
            let before = head + &record.repeat(400);
            let bytes = encoding.encode(&(before.clone() + &last + &tail)).unwrap();
            let refused = read_all(form.open(input(&bytes), encoding, Limits::default()))
                .refused
                .unwrap();
            let upto = |what: &str| before.clone() + last.split_once(what).unwrap().0;
            let (code, row, byte) = match form {
                Form::Xml => (Code::EDtd, 401, encoding.encode(&upto("&x;")).unwrap().len()),
                // In the decoded text: JSON is UTF-8 by its standard.
                Form::Lines => (Code::EStructure, 401, upto("\n").len()),
                Form::List => {
                    let again = last.match_indices('\n').nth(1).unwrap().0;
                    (Code::EStructure, 402, before.len() + again)
                }
            };
            let place = &refused.place;
            assert_eq!(
                (refused.code, place.row, place.byte),
                (code, Some(row), Some(byte as u64)),
                "{form:?} {encoding:?}"
            );
        }
    }
}

/// However late bytes are no text, that is what is told: nothing else that is said of such a document can be trusted.
#[test]
fn bytes_that_are_no_text_come_before_what_the_text_says() {
    let limits = Limits {
        record_bytes: 4 << 10,
        ..Limits::default()
    };
    for form in Form::ALL {
        for encoding in form.encodings().iter().copied().filter(|e| !e.is_wide()) {
            let (head, record, tail) = form.parts(encoding, "甲");
            let refused = |late: &[u8]| {
                let mut bytes = encoding.encode(&(head.clone() + "]" + &record.repeat(10_000))).unwrap();
                let at = bytes.len() as u64;
                bytes.extend_from_slice(late);
                bytes.extend_from_slice(tail.as_bytes());
                (
                    read_all(form.open(input(&bytes), encoding, limits)).refused.unwrap(),
                    at,
                )
            };
            let (sound, at) = refused(b"");
            assert_eq!(sound.code, Code::EStructure);
            assert!(sound.place.byte.unwrap() + 100_000 < at, "early");
            let (broken, at) = refused(b"\xFF");
            assert_eq!(
                (broken.code, broken.place.byte),
                (Code::EEncoding, Some(at)),
                "{form:?} {encoding:?}"
            );
        }
    }
}

#[test]
fn a_document_that_ends_in_the_middle_gives_no_row() {
    let value = "甲".repeat(50);
    for form in Form::ALL {
        let encoding = Encoding::Gb18030;
        let (head, record, tail) = form.parts(encoding, &value);
        let bytes = encoding.encode(&(head + &record.repeat(1_000) + &tail)).unwrap();
        let len = bytes.len();
        let ends = [1, 2, 3, 9, 10, 101, 102, len / 2, len / 2 + 1, len - 40];
        for end in ends.map(|back| len - back) {
            let all = read_all(form.open(input(&bytes[..end]), encoding, Limits::default()));
            // Only a line end, or space behind the root, may be missing in part.
            let whole = encoding.decode(&bytes[..end]).is_ok_and(|t| match form {
                Form::Lines => t.ends_with('\n'),
                Form::Xml => t.trim_end().ends_with("</P>"),
                Form::List => t.trim_end().ends_with(":1}"),
            });
            assert_eq!(all.refused.is_none(), whole, "{form:?} {end} of {len}");
            assert!(whole || all.rows.is_empty());
        }
    }
}

/// Gives an error where so many bytes were read.
struct BreaksOff(Cursor<Vec<u8>>, u64);

impl Read for BreaksOff {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let left = usize::try_from(self.1.saturating_sub(self.0.position())).unwrap();
        if left == 0 {
            return Err(std::io::ErrorKind::ConnectionReset.into());
        }
        let most = out.len().min(left);
        self.0.read(&mut out[..most])
    }
}

impl Seek for BreaksOff {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.0.seek(to)
    }
}

#[test]
fn a_source_that_breaks_off_is_told_as_one() {
    for form in Form::ALL {
        let (head, record, tail) = form.parts(Encoding::Utf8, "甲");
        let bytes = (head + &record.repeat(1_000) + &tail).into_bytes();
        for at in [0, 3, 600, bytes.len() as u64 - 1] {
            let broken = BreaksOff(Cursor::new(bytes.clone()), at);
            let all = read_all(form.open(Box::new(broken), Encoding::Utf8, Limits::default()));
            assert_eq!(all.facts(), ["rows 0", "file E_UNREADABLE"], "{form:?} {at}");
        }
    }
}

/// Another document from the moment on when the first one was read to its end.
struct Changes {
    now: Cursor<Vec<u8>>,
    then: Option<Vec<u8>>,
    ended: bool,
}

impl Read for Changes {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let read = self.now.read(out)?;
        self.ended |= read == 0;
        Ok(read)
    }
}

impl Seek for Changes {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        if self.ended
            && let Some(then) = self.then.take()
        {
            self.now = Cursor::new(then);
        }
        self.now.seek(to)
    }
}

/// What the first pass promised of the second does not hold: nothing that was given may have effect.
#[test]
fn a_document_that_changes_while_it_is_read_is_refused() {
    for form in Form::ALL {
        let (head, record, tail) = form.parts(Encoding::Utf8, "甲");
        let document = |times: usize| (head.clone() + &record.repeat(times) + &tail).into_bytes();
        let cut = document(1_000)[..20_000].to_vec();
        for (then, code) in [
            (document(1_001), Code::EUnreadable),
            (document(999), Code::EUnreadable),
            (cut, Code::EStructure),
        ] {
            let changes = Changes {
                now: Cursor::new(document(1_000)),
                then: Some(then),
                ended: false,
            };
            let all = read_all(form.open(Box::new(changes), Encoding::Utf8, Limits::default()));
            let wanted = match (form, code) {
                (Form::Lines, Code::EStructure) => Code::ELastLine,
                (_, code) => code,
            };
            assert_eq!(all.refused.map(|f| f.code), Some(wanted), "{form:?}");
        }
    }
}

/// What stands beside the records is kept, and is bounded by what a record may have, all of it together.
#[test]
fn what_is_kept_beside_the_records_is_bounded() {
    let limits = Limits {
        record_bytes: 1_000,
        ..Limits::default()
    };
    let json = |inside: &str| format!("{{{inside}\"items\":[{{\"a\":\"1\"}}]}}");
    let xml = |inside: &str| format!("<P>{inside}<B><R><a>1</a></R></B></P>");
    let many = |one: &dyn Fn(usize) -> String, n: usize| (0..n).map(one).collect::<String>();
    for (form, text, wanted) in [
        (
            Form::List,
            json(&many(&|n| format!("\"k{n:03}\":\"{n:0>40}\","), 20)),
            None,
        ),
        (
            Form::List,
            json(&many(&|n| format!("\"k{n:03}\":\"{n:0>40}\","), 30)),
            Some("limits.record_bytes"),
        ),
        // Names without a value are remembered too, so that none stands there twice.
        (Form::List, json(&many(&|n| format!("\"k{n:03}\":null,"), 200)), None),
        (
            Form::List,
            json(&many(&|n| format!("\"k{n:03}\":null,"), 300)),
            Some("limits.record_bytes"),
        ),
        (
            Form::Xml,
            xml(&many(&|n| format!("<k{n:03}>{n:0>40}</k{n:03}>"), 20)),
            None,
        ),
        (
            Form::Xml,
            xml(&many(&|n| format!("<k{n:03}>{n:0>40}</k{n:03}>"), 30)),
            Some("limits.record_bytes"),
        ),
        // Nothing of these is kept.
        (Form::Xml, xml(&"<!-- a -->".repeat(1_000)), None),
        (Form::List, json(&" \n".repeat(100_000)), None),
        // One piece of mark-up is held.
        (
            Form::Xml,
            xml(&format!("<!--{}-->", " ".repeat(1_100))),
            Some("limits.record_bytes"),
        ),
    ] {
        let refused = read_all(form.open(input(text.as_bytes()), Encoding::Utf8, limits)).refused;
        let setting = refused.map(|f| f.args[2].1.to_string());
        assert_eq!(setting.as_deref(), wanted, "{}", &text[..100]);
    }
}

/// Tags and the like are counted for one record, not for the document: any number of sound records is sound.
#[test]
fn many_sound_records_are_no_bomb() {
    let events = usize::try_from(EVENTS_MAX).unwrap();
    let record = format!("<R><a>1</a>{}</R>", "<?a?>".repeat(events / 100));
    let document = |record: String, times: u64| Made {
        head: b"<P><B>".to_vec(),
        piece: record.into_bytes(),
        times,
        tail: b"</B></P>".to_vec(),
        at: 0,
    };
    let (rows, _) = gone_through(Form::Xml, document(record, 1_100), Encoding::Utf8, Limits::default());
    assert_eq!(rows, 1_100);
    let limits = Limits {
        record_bytes: 64 << 20,
        ..Limits::default()
    };
    let bomb = format!("<R>{}</R>", "<?a?>".repeat(events));
    let refused = Form::Xml.open(Box::new(document(bomb, 1)), Encoding::Utf8, limits);
    assert_eq!(refused.err().map(|f| f.code), Some(Code::EStructure));
}
