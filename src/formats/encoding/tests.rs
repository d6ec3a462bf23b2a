#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::testing::{from_points, unhex, vectors};
use proptest::prelude::*;

#[test]
fn decodes_the_vectors() {
    for vector in vectors("encoding")["decode_gbk"].as_array().unwrap() {
        let bytes = unhex(vector["hex"].as_str().unwrap());
        let text = from_points(vector["cp"].as_str().unwrap());
        assert_eq!(Encoding::Gb18030.decode(&bytes).unwrap(), text, "{vector}");
        // The vectors were made with a decoder that takes four bytes as GBK; ours takes them as GB 18030 only.
        let four_bytes = vector["hex"] == "84318236";
        assert_eq!(Encoding::Gbk.decode(&bytes).is_err(), four_bytes, "{vector}");
        if !four_bytes {
            assert_eq!(Encoding::Gbk.decode(&bytes).unwrap(), text, "{vector}");
        }
    }
}

#[test]
fn moves_the_six_private_characters_and_back() {
    for vector in vectors("encoding")["decode_pua_fix"].as_array().unwrap() {
        let bytes = unhex(vector["hex"].as_str().unwrap());
        for encoding in [Encoding::Gbk, Encoding::Gb18030] {
            let text = encoding.decode(&bytes).unwrap();
            assert_eq!(text, from_points(vector["encoding_rs"].as_str().unwrap()));
            let (settled, notes) = encoding.settle(&text);
            assert_eq!(settled, from_points(vector["fixed"].as_str().unwrap()));
            assert_eq!(notes.len(), 1);
            assert_eq!(notes[0].code, Code::WPuaFixed);
        }
        let fixed = from_points(vector["fixed"].as_str().unwrap());
        assert_eq!(Encoding::Gbk.encode(&fixed).unwrap(), bytes);
        assert_eq!(Encoding::Gb18030.encode(&fixed).unwrap().len(), 4);
    }
    let (text, notes) = Encoding::Gbk.settle("张\u{E000}\u{E001}三");
    assert_eq!(
        (&*text, notes.len(), notes[0].code),
        ("张\u{E000}\u{E001}三", 1, Code::WPua)
    );
    let finding = notes[0].finding(3, "姓名");
    assert_eq!((finding.place.row, finding.args[1].1.as_str()), (Some(3), "U+E000"));
    // In UTF-8 nobody knows which system's private character it was.
    assert_eq!(Encoding::Utf8.settle("\u{E816}").1[0].code, Code::WPua);
}

/// The edition of 2022 gave the bytes of eighteen private characters to standard ones: as those they are read, and the
/// private ones, of which nobody knows what they were, are not written as them.
#[test]
fn the_table_is_that_of_2022() {
    for (bytes, standard, private) in [
        (b"\xA6\xD9", '\u{FE10}', '\u{E78D}'),
        (b"\xA6\xF3", '\u{FE19}', '\u{E796}'),
        (b"\xFE\x59", '\u{9FB4}', '\u{E81E}'),
        (b"\xFE\xA0", '\u{9FBB}', '\u{E864}'),
    ] {
        for encoding in [Encoding::Gbk, Encoding::Gb18030] {
            assert_eq!(encoding.decode(bytes).unwrap(), standard.to_string());
            assert_eq!(encoding.encode(&standard.to_string()).unwrap(), bytes);
            let text = format!("张{private}");
            assert_eq!(
                encoding.encode(&text),
                Err(Unmappable { char: private }),
                "{encoding:?}"
            );
        }
    }
}

#[test]
fn refuses_the_vectors() {
    for vector in vectors("encoding")["decode_error"].as_array().unwrap() {
        let bytes = unhex(vector["hex"].as_str().unwrap());
        let fault = Encoding::Gbk.decode(&bytes).unwrap_err();
        assert_eq!(
            fault.finding(Encoding::Gbk).code.word(),
            vector["error"].as_str().unwrap()
        );
    }
}

#[test]
fn encodes_the_vectors() {
    let vectors = vectors("encoding");
    for vector in vectors["encode"].as_array().unwrap() {
        let text = vector["text"].as_str().unwrap();
        for encoding in [Encoding::Gbk, Encoding::Gb18030] {
            let wanted = vector[encoding.word()].as_str().map(unhex);
            assert_eq!(encoding.encode(text).ok(), wanted, "{text} {}", encoding.word());
            assert_eq!(encoding.encoded_len(text).ok(), wanted.map(|w| w.len()));
        }
    }
    let text = vectors["lossy_trap"]["text"].as_str().unwrap();
    let mut out = b"before".to_vec();
    let lacking = Encoding::Gbk.encode_into(&format!("张{text}三"), &mut out).unwrap_err();
    assert_eq!(out, b"before", "nothing may be written");
    let finding = lacking.finding(Encoding::Gbk, "姓名");
    assert_eq!(finding.code, Code::EUnmappable);
    assert!(finding.args.contains(&("point".into(), "U+36C3".into())), "{finding:?}");
}

#[test]
fn says_where_and_what() {
    let table: [(Encoding, &[u8], u64, &str); 15] = [
        (Encoding::Gbk, b"ab\x81\x39\xEF\x30cdefghij", 2, "8139EF3063646566"),
        (Encoding::Gbk, b"ab\xD5\xC5\xFF", 4, "FF"),
        (Encoding::Gbk, b"\xD5\x7F", 0, "D57F"),
        (Encoding::Gbk, b"\xD5,\xC5", 0, "D52CC5"),
        (Encoding::Gb18030, b"a\x84\x31\x41\x42", 1, "84314142"),
        (Encoding::Gb18030, b"a\x84\x31\x82", 1, "843182"),
        (Encoding::Gb18030, b"\xFE\x39\xFE\x39", 0, "FE39FE39"),
        (Encoding::Utf8, b"a\xE5\xBC\xA0\xE5\xBC\"", 4, "E5BC22"),
        // Half a byte pair at the end, half a character before it, halves the wrong way round and alone.
        (Encoding::Utf16Le, b"a\0\x20\x5F\x20", 4, "20"),
        (Encoding::Utf16Le, b"a\0\x42\xD8", 2, "42D8"),
        (Encoding::Utf16Le, b"\xB7\xDF\x42\xD8", 0, "B7DF42D8"),
        (Encoding::Utf16Le, b"\x42\xD8a\0b\0", 0, "42D861006200"),
        (Encoding::Utf16Be, b"\0a\xD8\x42\xD8\x42\xDF\xB7", 2, "D842D842DFB7"),
        (Encoding::Utf16Be, b"\x5F\x20\xDF\xB7", 2, "DFB7"),
        (Encoding::Utf16, b"a\0\0", 2, "00"),
    ];
    for (encoding, bytes, byte, hex) in table {
        assert_eq!(
            encoding.decode(bytes),
            Err(Malformed { byte, hex: hex.into() }),
            "{bytes:02X?}"
        );
    }
}

/// A character of two bytes and one of four, in either order, as the standard prints them.
#[test]
fn utf_16_is_as_the_standard_says() {
    let text = "a张\u{20BB7}";
    let little = b"a\0\x20\x5F\x42\xD8\xB7\xDF";
    let big = b"\0a\x5F\x20\xD8\x42\xDF\xB7";
    for (encoding, bytes) in [
        (Encoding::Utf16Le, little),
        (Encoding::Utf16Be, big),
        (Encoding::Utf16, little),
    ] {
        assert_eq!(encoding.encode(text).unwrap(), bytes);
        assert_eq!(encoding.decode(bytes).unwrap(), text);
        assert_eq!(encoding.encoded_len(text), Ok(8));
        assert!(encoding.is_wide());
    }
}

#[test]
fn words() {
    for encoding in Encoding::ALL {
        assert_eq!(Encoding::from_word(encoding.word()), Some(encoding));
    }
    assert_eq!(Encoding::from_word("cp936"), Some(Encoding::Gbk));
    assert_eq!(Encoding::from_word("GBK"), None);
    assert_eq!(Encoding::from_word("gb2312"), None);
}

/// Every two-byte code comes back as the same two bytes, but for the two that have another writing.
#[test]
fn all_two_byte_codes_return() {
    let mut others = Vec::new();
    for lead in 0x81..=0xFE_u8 {
        for trail in (0x40..=0xFE_u8).filter(|t| *t != 0x7F) {
            let bytes = [lead, trail];
            let text = Encoding::Gbk.decode(&bytes).unwrap();
            assert_eq!(text.chars().count(), 1);
            let settled = Encoding::Gbk.settle(&text).0.into_owned();
            if Encoding::Gbk.encode(&settled).unwrap() != bytes {
                others.push(format!("{lead:02X}{trail:02X}"));
            }
            assert_eq!(Encoding::Gb18030.decode(&bytes).unwrap(), text);
        }
    }
    // € is A2E3 and 80 and is written as 80; the full-width space is A3A0 and A1A1 and is written as A1A1.
    assert_eq!(others, ["A2E3", "A3A0"]);
}

/// Every character there is: GB 18030 has them all, each comes back as itself, and nothing stands in for another. The
/// other encodings give the same or say that they lack it.
#[test]
fn every_character_returns_or_is_refused_by_name() {
    for encoding in Encoding::ALL {
        let (mut returned, mut lacking) = (0, 0);
        let (mut bytes, mut back) = (Vec::new(), String::new());
        for char in (0..=u32::from(char::MAX)).filter_map(char::from_u32) {
            bytes.clear();
            back.clear();
            let mut buffer = [0; 4];
            match encoding.encode_into(char.encode_utf8(&mut buffer), &mut bytes) {
                Ok(()) => {
                    assert_eq!(encoding.decode_into(&bytes, &mut back), Ok(()), "{encoding:?} {char:?}");
                    let (settled, notes) = encoding.settle(&back);
                    // The six of GBK whose old places are private: the bytes mean the standard character.
                    let moved = FIXED
                        .iter()
                        .find(|f| f.1 == char && notes.iter().any(|n| n.code == Code::WPuaFixed));
                    assert!(
                        settled.chars().eq([moved.map_or(char, |f| f.2)]),
                        "{encoding:?} {char:?}"
                    );
                    assert!(bytes != b"?" || char == '?');
                    returned += 1;
                }
                Err(unmappable) => {
                    assert_eq!((unmappable.char, bytes.len()), (char, 0));
                    lacking += 1;
                }
            }
        }
        assert_eq!(returned + lacking, 0x11_0000 - 0x800, "{encoding:?}");
        match encoding {
            // Two bytes: 23 940 places, less the two that have another writing, and ASCII with the euro at 80.
            Encoding::Gbk => assert_eq!(returned, 23_940 - 2 + 129 + FIXED.len()),
            // And U+E5E5, which the table has left out since another character got its bytes.
            Encoding::Gb18030 => assert_eq!(lacking, 18 + 1),
            _ => assert_eq!(lacking, 0, "{encoding:?}"),
        }
    }
}

proptest! {
    #![proptest_config(crate::testing::cases())]

    #[test]
    fn text_returns(text in "\\PC{0,40}") {
        for encoding in Encoding::ALL {
            if let Ok(bytes) = encoding.encode(&text) {
                prop_assert_eq!(encoding.encoded_len(&text), Ok(bytes.len()));
                // Of two bytes a character, any may be what they are.
                let named = !encoding.is_wide() && bytes.windows(2).any(|w| w == b"&#");
                prop_assert!(!named || text.contains("&#"));
                let back = encoding.decode(&bytes).unwrap();
                if !text.chars().any(is_private) {
                    prop_assert_eq!(encoding.settle(&back).0, text.as_str());
                }
            }
        }
    }

    #[test]
    fn any_bytes_are_judged(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        for encoding in Encoding::ALL {
            match encoding.decode(&bytes) {
                Ok(text) => prop_assert!(!text.contains(char::REPLACEMENT_CHARACTER) || encoding != Encoding::Gbk),
                Err(fault) => prop_assert!((fault.byte as usize) < bytes.len() && fault.hex.len() <= 16),
            }
            prop_assert!(encoding.whole_len(&bytes) <= bytes.len());
        }
    }
}
