#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::testing::dribble;
use model::Code;

/// Every tag in a word, or how it ended.
fn told(xml: &[u8], step: usize) -> Result<Vec<String>, Code> {
    let mut tags = Tags::new(dribble(xml, step), &Limits::default());
    let mut all = Vec::new();
    let plain = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    loop {
        all.push(match tags.next().map_err(|f| f.code)? {
            Tag::Open {
                name,
                attributes,
                empty,
            } => {
                let mut word = format!("<{}", plain(name));
                let mut look = |name: &[u8], value: &[u8]| {
                    let mut text = String::new();
                    decode(value, &mut text).unwrap();
                    word += &format!(" {}={text}", plain(name));
                };
                attributes.each(&mut look).map_err(|f| f.code)?;
                word + if empty { "/" } else { "" }
            }
            Tag::Close => ">".to_owned(),
            Tag::Text(raw) => {
                let mut text = String::new();
                decode(raw, &mut text).map_err(|f| f.code)?;
                text
            }
            Tag::Plain(text) => plain(text),
            Tag::End => return Ok(all),
        });
    }
}

#[test]
fn tags_and_texts_come_as_they_stand_there_wherever_reads_end() {
    let xml = "\u{FEFF}<?xml version='1.0'?>\n<!-- a > b --><x:a p:q=\"1 > 0\" r = '&lt;&#20013;'><b/>  A&amp;B\r\n中<![CDATA[<&]]]>\
               <c ></c\n></x:a>\n<!---->";
    let expected = ["<a q=1 > 0 r=<中", "<b/", "  A&B\n中", "<&]", "<c", ">", ">"];
    for step in [1, 2, 3, 7, 1000] {
        assert_eq!(told(xml.as_bytes(), step).unwrap(), expected, "{step}");
    }
}

#[test]
fn what_is_no_document_is_refused() {
    let deep = "<a>".repeat(200);
    let long = format!("<a b='{}'/>", "x".repeat(3 << 20));
    for (xml, code) in [
        ("", Code::EStructure),
        (" ", Code::EStructure),
        ("text", Code::EStructure),
        ("<a>", Code::EStructure),
        ("<a></b>", Code::EStructure),
        ("<a></a></a>", Code::EStructure),
        ("<a/><b/>", Code::EStructure),
        ("<a/>text", Code::EStructure),
        ("<a b=1/>", Code::EStructure),
        ("<a b/>", Code::EStructure),
        ("<a b='1/>", Code::EStructure),
        ("<a><b </a>", Code::EStructure),
        ("<a>&no;</a>", Code::EStructure),
        ("<a>&amp</a>", Code::EStructure),
        ("<a>&#0;</a>", Code::EStructure),
        ("<a>&#xD800;</a>", Code::EStructure),
        ("<a><!-- </a>", Code::EStructure),
        ("<!DOCTYPE a><a/>", Code::EStructure),
        ("<a><![CDATA[</a>", Code::EStructure),
        ("<![CDATA[x]]>", Code::EStructure),
        ("<></>", Code::EStructure),
        (&deep, Code::ETooLarge),
        (&long, Code::ETooLarge),
    ] {
        for step in [1, 1 << 16] {
            if xml.len() < 1000 || step > 1 {
                assert_eq!(told(xml.as_bytes(), step), Err(code), "{}", &xml[..xml.len().min(40)]);
            }
        }
    }
    assert_eq!(told(b"<a>\xFF</a>", 9), Err(Code::EStructure));
    assert_eq!(told(b"\xFE\xFF\0<", 9), Err(Code::EStructure));
}

proptest::proptest! {
    #![proptest_config(crate::testing::cases())]

    /// Whatever stands there, it ends.
    #[test]
    fn anything_ends(xml in "[<>/a!?='\"&;# \\-\\[\\]CDAT]{0,60}", step in 1_usize..9) {
        let _ = told(xml.as_bytes(), step);
    }
}
