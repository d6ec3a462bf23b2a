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
    let marked = [&BOM[..], "名".as_bytes()].concat();
    for (encoding, bom, code) in [
        (Encoding::Gbk, Bom::Accept, Some(Code::EBom)),
        (Encoding::Gb18030, Bom::Refuse, Some(Code::EBom)),
        (Encoding::Utf8, Bom::Refuse, Some(Code::EBom)),
        (Encoding::Utf8, Bom::Accept, None),
    ] {
        let (text, fault) = drain(TextSource::new(
            dribble(&marked, 1),
            TextOptions {
                bom,
                ..options(encoding)
            },
        ));
        assert_eq!(fault.map(|f| f.code), code);
        assert_eq!(text, if code.is_none() { "名" } else { "" });
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
    let (_, fault) = drain(TextSource::new(Box::new(Broken), options(Encoding::Gbk)));
    let fault = fault.unwrap();
    assert_eq!(fault.code, Code::EUnreadable);
    assert!(!fault.what(model::Lang::En).contains("secret"));
}

proptest! {
    #![proptest_config(crate::testing::cases())]

    /// How the bytes arrive changes nothing.
    #[test]
    fn chunks_do_not_matter(bytes in proptest::collection::vec(any::<u8>(), 0..200), step in 1_usize..9) {
        for encoding in Encoding::ALL {
            let whole = drain(TextSource::new(input(&bytes), options(encoding)));
            let pieces = drain(TextSource::new(dribble(&bytes, step), options(encoding)));
            prop_assert_eq!(&whole.0, &pieces.0);
            let place = |f: &Option<Finding>| f.as_ref().map(|f| (f.code, f.place.byte));
            prop_assert_eq!(place(&whole.1), place(&pieces.1));
            if whole.1.is_none() {
                prop_assert_eq!(Ok(whole.0), encoding.decode(&bytes));
            }
        }
    }
}
