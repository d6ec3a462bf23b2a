#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use proptest::prelude::*;

#[test]
fn a_name_is_text_only_if_it_comes_back_as_the_same_bytes() {
    use NameEncoding::{Gb18030, Utf8};
    for (encoding, bytes, text) in [
        (Utf8, "登记.csv".as_bytes(), Some("登记.csv")),
        (Utf8, &b"\xb5\xc7\xbc\xc7.csv"[..], None),
        (Gb18030, b"\xb5\xc7\xbc\xc7.csv", Some("登记.csv")),
        // A UTF-8 name on a GBK server reads as other characters, if at all; its bytes are what counts.
        (Gb18030, b"\xff\xfe", None),
        (Gb18030, b"\xb5", None),
        (Gb18030, b"plain.csv", Some("plain.csv")),
        // Four bytes: a character outside GBK.
        (Gb18030, b"\x95\x32\x82\x36", Some("𠀀")),
        (Utf8, b"../x", None),
        (Utf8, b"a/b", None),
        (Utf8, b"a\0b", None),
        (Utf8, b"", None),
    ] {
        assert_eq!(encoding.text(bytes).as_deref(), text, "{encoding:?} {bytes:x?}");
    }
}

#[test]
fn a_path_that_cannot_be_written_is_a_persons_to_mend() {
    // A private character that the standard of 2022 gave to none.
    let fault = NameEncoding::Gb18030.bytes("/in/\u{e5e5}").unwrap_err();
    assert_eq!(fault.finding.code, Code::CPlace);
    assert!(fault.to_string().contains("gb18030"), "{fault}");
}

proptest! {
    #[test]
    fn whatever_is_text_comes_back(name in prop::collection::vec(any::<u8>(), 0..12)) {
        for encoding in [NameEncoding::Utf8, NameEncoding::Gb18030] {
            if let Some(text) = encoding.text(&name) {
                prop_assert_eq!(encoding.bytes(&text).unwrap(), &name[..]);
            }
        }
    }
}
