#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::testing::{dribble, input};
use proptest::prelude::*;

fn options(encoding: Encoding) -> TextOptions {
    TextOptions {
        encoding,
        bom: Bom::Refuse,
        bytes: 1 << 20,
        setting: "limits.file_bytes",
    }
}

fn drain(mut source: TextSource) -> (String, Option<Finding>) {
    let mut text = String::new();
    loop {
        match source.fill(&mut text) {
            Ok(true) => {}
            Ok(false) => return (text, None),
            Err(finding) => {
                assert_eq!(source.fill(&mut text), Ok(false), "an error comes once");
                return (text, Some(finding));
            }
        }
    }
}

#[test]
fn the_offset_counts_from_the_beginning_of_the_file() {
    let mut bytes = "张三".repeat(50_000).into_bytes();
    let at = bytes.len();
    bytes.extend_from_slice(b"abc\xFFxyz");
    for step in [7, 4096, 1 << 20] {
        let (text, fault) = drain(TextSource::new(dribble(&bytes, step), options(Encoding::Utf8)));
        assert_eq!(text.len(), at + 3, "what is sound comes first");
        let fault = fault.unwrap();
        assert_eq!((fault.code, fault.place.byte), (Code::EEncoding, Some(at as u64 + 3)));
    }
}

#[test]
fn the_mark_is_told() {
    let (utf8, little, big) = (&b"\xEF\xBB\xBF"[..], &b"\xFF\xFE"[..], &b"\xFE\xFF"[..]);
    for (mark, encoding, bom, code) in [
        (utf8, Encoding::Gbk, Bom::Accept, Some(Code::EBom)),
        (utf8, Encoding::Gb18030, Bom::Refuse, Some(Code::EBom)),
        (utf8, Encoding::Utf8, Bom::Refuse, Some(Code::EBom)),
        (utf8, Encoding::Utf8, Bom::Accept, None),
        (utf8, Encoding::Utf16, Bom::Accept, Some(Code::EBom)),
        (little, Encoding::Gbk, Bom::Accept, Some(Code::EBom)),
        (big, Encoding::Utf8, Bom::Accept, Some(Code::EBom)),
        (little, Encoding::Utf16, Bom::Refuse, None),
        (big, Encoding::Utf16, Bom::Refuse, None),
        (b"", Encoding::Utf16, Bom::Accept, Some(Code::EBom)),
        (little, Encoding::Utf16Le, Bom::Accept, None),
        (little, Encoding::Utf16Le, Bom::Refuse, Some(Code::EBom)),
        (big, Encoding::Utf16Le, Bom::Accept, Some(Code::EBom)),
        (big, Encoding::Utf16Be, Bom::Accept, None),
        (b"", Encoding::Utf16Be, Bom::Refuse, None),
    ] {
        // What the mark says the rest is, whatever was agreed.
        let rest = match (mark, encoding) {
            (m, _) if m == little => Encoding::Utf16Le,
            (m, _) if m == big => Encoding::Utf16Be,
            (m, _) if m == utf8 => Encoding::Utf8,
            _ => encoding,
        };
        let marked = [mark, &rest.encode("名").unwrap()].concat();
        let options = TextOptions {
            bom,
            ..options(encoding)
        };
        let (text, fault) = drain(TextSource::new(dribble(&marked, 1), options));
        assert_eq!(fault.as_ref().map(|f| f.code), code, "{mark:02X?} {encoding:?} {bom:?}");
        assert!(fault.is_none_or(|f| f.place.byte == Some(0)));
        assert_eq!(text, if code.is_none() { "名" } else { "" });
    }
    assert_eq!(drain(TextSource::new(input(b""), options(Encoding::Utf16))).1, None);
    let longer = drain(TextSource::new(
        dribble(b"\xFF\xFE\0\0a\0\0\0", 1),
        options(Encoding::Utf16),
    ));
    let told = longer.1.unwrap().sentence(model::Lang::En);
    assert!(told.contains("UTF-32"), "{told}");
}

/// Bytes are counted from the beginning of the file, the mark too, and a pair cut by a chunk is none the worse.
#[test]
fn faults_in_utf_16_are_placed() {
    for encoding in [Encoding::Utf16, Encoding::Utf16Le, Encoding::Utf16Be] {
        let mark = if encoding == Encoding::Utf16 {
            encoding.mark()
        } else {
            b""
        };
        let sound = [mark, &encoding.encode(&"张\u{20BB7}".repeat(40_000)).unwrap()].concat();
        let half = encoding.encode("\u{20BB7}").unwrap()[..2].to_vec();
        let other = encoding.encode("a").unwrap();
        for (what, end) in [
            ("odd", vec![0x41]),
            ("half", half.clone()),
            ("alone", [half, other].concat()),
        ] {
            let bytes = [&sound[..], &end].concat();
            for step in [1, 7, 1 << 20] {
                let (text, fault) = drain(TextSource::new(dribble(&bytes, step), options(encoding)));
                assert_eq!(text.chars().count(), 80_000);
                let fault = fault.unwrap();
                let at = sound.len() as u64;
                assert_eq!(
                    (fault.code, fault.place.byte),
                    (Code::EEncoding, Some(at)),
                    "{what} {encoding:?}"
                );
            }
        }
        let (_, fault) = drain(TextSource::new(dribble(&sound, 5), options(encoding)));
        assert_eq!(fault, None);
    }
}

#[test]
fn too_large_and_broken_off() {
    let (_, fault) = drain(TextSource::new(
        input(&[b'a'; 101]),
        TextOptions {
            bytes: 100,
            ..options(Encoding::Gbk)
        },
    ));
    assert_eq!(fault.unwrap().code, Code::ETooLarge);
    let (text, fault) = drain(TextSource::new(
        input(&[b'a'; 100]),
        TextOptions {
            bytes: 100,
            ..options(Encoding::Gbk)
        },
    ));
    assert_eq!((text.len(), fault), (100, None));

    struct Broken;
    impl std::io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::new(ErrorKind::ConnectionReset, "/secret/path"))
        }
    }
    impl std::io::Seek for Broken {
        fn seek(&mut self, _: SeekFrom) -> std::io::Result<u64> {
            Ok(0)
        }
    }
    let (_, fault) = drain(TextSource::new(Box::new(Broken), options(Encoding::Gbk)));
    let fault = fault.unwrap();
    assert_eq!(fault.code, Code::EUnreadable);
    assert!(!fault.what(model::Lang::En).contains("secret"));
}

proptest! {
    #![proptest_config(crate::testing::cases())]

    /// A place in the text is a byte of the file, however the bytes arrive.
    #[test]
    fn a_place_in_the_text_is_a_byte_of_the_file(text in "[a-z <张三㛃𠮷é\u{E000}]{0,60}", step in 1_usize..9) {
        for encoding in Encoding::ALL {
            let mark = if encoding == Encoding::Utf16 { encoding.mark() } else { b"" };
            let Ok(bytes) = encoding.encode(&text) else { continue };
            let mut source = TextSource::new(dribble(&[mark, &bytes].concat(), step), options(encoding));
            prop_assert_eq!(source.drain(), Ok(()));
            for at in text.char_indices().map(|(at, _)| at).chain([text.len()]) {
                let before = mark.len() + encoding.encoded_len(&text[..at]).unwrap();
                prop_assert_eq!(source.byte_of(at as u64), Ok(before as u64), "{:?}", encoding);
            }
        }
    }

    /// How the bytes arrive changes nothing.
    #[test]
    fn chunks_do_not_matter(bytes in proptest::collection::vec(any::<u8>(), 0..200), step in 1_usize..9) {
        for encoding in Encoding::ALL {
            let whole = drain(TextSource::new(input(&bytes), options(encoding)));
            let pieces = drain(TextSource::new(dribble(&bytes, step), options(encoding)));
            prop_assert_eq!(&whole.0, &pieces.0);
            prop_assert_eq!(&whole.1, &pieces.1);
            if whole.1.is_none() {
                let (encoding, mark) = judge_mark(&bytes, encoding, Bom::Refuse).unwrap();
                prop_assert_eq!(Ok(whole.0), encoding.decode(&bytes[mark..]));
            }
        }
    }
}
