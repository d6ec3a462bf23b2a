//! Documents of two bytes a character: who says so, and in which order the bytes stand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

/// A document in an encoding, its mark before it or not.
fn document(declared: &str, written: Encoding, marked: bool) -> Vec<u8> {
    let declared = match declared {
        "" => String::new(),
        word => format!(" encoding='{word}'"),
    };
    let text = format!("<?xml version='1.0'{declared}?><R><a>张\u{20BB7}</a></R>");
    let mark = if marked { written.mark() } else { b"" };
    [mark, &written.encode(&text).unwrap()].concat()
}

#[test]
fn both_the_document_and_the_interface_may_say_utf_16_and_neither_is_guessed() {
    use Encoding::{Gbk, Utf8, Utf16, Utf16Be, Utf16Le};
    let page = Some(Code::ECodePage);
    let mark = Some(Code::EBom);
    for (agreed, precedence, declared, written, marked, wanted) in [
        // The document says it all.
        (Gbk, Precedence::Declaration, "UTF-16", Utf16Le, true, None),
        (Gbk, Precedence::Declaration, "utf-16", Utf16Be, true, None),
        (Gbk, Precedence::Declaration, "UTF-16LE", Utf16Le, false, None),
        (Gbk, Precedence::Declaration, "UTF-16BE", Utf16Be, false, None),
        // The interface does.
        (Utf16, Precedence::Declaration, "", Utf16Be, true, None),
        (Utf16Le, Precedence::Declaration, "", Utf16Le, false, None),
        (Utf16Le, Precedence::Declaration, "UTF-16", Utf16Le, false, None),
        (Utf16Be, Precedence::Options, "gbk", Utf16Be, false, None),
        // Nobody does, or the bytes are otherwise.
        (Gbk, Precedence::Declaration, "", Utf16Le, true, page),
        (Gbk, Precedence::Declaration, "gb18030", Utf16Le, true, page),
        (Gbk, Precedence::Options, "UTF-16", Utf16Le, true, page),
        (Gbk, Precedence::Declaration, "UTF-16", Utf8, false, page),
        (Utf16, Precedence::Declaration, "", Utf8, false, page),
        (Utf16Le, Precedence::Declaration, "", Utf16Be, false, page),
        (Gbk, Precedence::Declaration, "UTF-16", Utf16Le, false, mark),
        (Utf16Le, Precedence::Declaration, "", Utf16Be, true, mark),
        (Utf16Le, Precedence::Declaration, "", Utf16Le, true, mark),
    ] {
        let options = XmlReadOptions {
            precedence,
            ..XmlReadOptions::new(agreed, Path::plain("R"), Many::One)
        };
        let all = read_all(XmlReader::open(input(&document(declared, written, marked)), options));
        let what = format!("{agreed:?} {precedence:?} {declared:?} {written:?} {marked}");
        assert_eq!(all.refused.as_ref().map(|f| f.code), wanted, "{what}");
        assert!(wanted.is_some() || all.texts() == [["张\u{20BB7}"]], "{what}");
    }
}

/// A fault is told by its byte in the document, as it lies there.
#[test]
fn places_in_utf_16_are_bytes_of_the_document() {
    for (written, marked) in [
        (Encoding::Utf16Le, true),
        (Encoding::Utf16Be, true),
        (Encoding::Utf16Le, false),
    ] {
        let word = if marked { "UTF-16" } else { "UTF-16LE" };
        let good = document(word, written, marked);
        let find = |text: &str| {
            let wanted = written.encode(text).unwrap();
            good.windows(wanted.len()).position(|w| w == wanted).unwrap()
        };
        let refused = |bytes: &[u8]| {
            let options = XmlReadOptions::new(Encoding::Gbk, Path::plain("R"), Many::One);
            let refused = read_all(XmlReader::open(input(bytes), options)).refused.unwrap();
            (refused.code, refused.place.byte)
        };
        let at = find("\u{20BB7}");
        let halved = [&good[..at], &good[at + 2..]].concat();
        assert_eq!(refused(&halved), (Code::EEncoding, Some(at as u64)));
        let odd = &good[..good.len() - 1];
        assert_eq!(refused(odd), (Code::EEncoding, Some(odd.len() as u64 - 1)));
        let at = find("张");
        let entity = [&good[..at], &written.encode("&x;").unwrap(), &good[at + 2..]].concat();
        assert_eq!(refused(&entity), (Code::EDtd, Some(at as u64)));
        for cut in 0..good.len() {
            let options = XmlReadOptions::new(Encoding::Gbk, Path::plain("R"), Many::One);
            let all = read_all(XmlReader::open(input(&good[..cut]), options));
            assert!(all.refused.is_some() && all.rows.is_empty(), "cut at {cut}");
        }
    }
}

#[test]
fn what_is_written_says_what_it_is() {
    for (encoding, bom, wanted) in [
        (Encoding::Utf16, false, &b"\xFF\xFE<\0?\0"[..]),
        (Encoding::Utf16Le, false, b"<\0?\0"),
        (Encoding::Utf16Be, true, b"\xFE\xFF\0<\0?"),
    ] {
        let options = XmlWriteOptions {
            bom,
            ..XmlWriteOptions::new(encoding, Tag::new("R"))
        };
        let mut writer = XmlWriter::new(Header::new(["a"]), options).unwrap();
        let mut out = Vec::new();
        writer.begin(&mut out).unwrap();
        assert!(out.starts_with(wanted), "{encoding:?}");
        let text = encoding.decode(&out).unwrap();
        let word = encoding.word().to_ascii_uppercase();
        assert!(text.contains(&format!("encoding=\"{word}\"")), "{text}");
    }
    let gbk = XmlWriteOptions {
        bom: true,
        ..XmlWriteOptions::new(Encoding::Gbk, Tag::new("R"))
    };
    assert!(XmlWriter::new(Header::new(["a"]), gbk).is_err(), "GBK has no mark");
}
