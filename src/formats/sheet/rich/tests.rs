#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::limits::Limits;

fn text(xml: &str) -> Option<String> {
    let mut tags = Tags::new(xml.as_bytes(), &Limits::default());
    tags.next().unwrap();
    let (mut text, mut run) = (String::new(), "left over".to_owned());
    rich(&mut tags, &mut text, &mut run).ok()?;
    assert_eq!(tags.next().unwrap(), Tag::End);
    Some(text)
}

#[test]
fn runs_are_one_text_and_what_is_spoken_is_not() {
    for (xml, expected) in [
        ("<si></si>", Some("")),
        ("<si><t/></si>", Some("")),
        ("<si><t>海淀</t></si>", Some("海淀")),
        ("<si><t> a </t></si>", Some("a")),
        ("<si><t xml:space='preserve'> a </t></si>", Some(" a ")),
        (
            "<si><r><rPr><b/></rPr><t>甲</t></r><r><t xml:space='preserve'> 乙</t></r></si>",
            Some("甲 乙"),
        ),
        (
            "<si><t>東京</t><rPh sb='0' eb='2'><t>とうきょう</t></rPh><phoneticPr/></si>",
            Some("東京"),
        ),
        ("<si><t>a_x000D__x005F_x0041_b</t></si>", Some("a\r_x0041_b")),
        ("<si><t>_xD842__xDFB7_</t></si>", Some("𠮷")),
        ("<si><t>_x12_ _xZZZZ_ _x00411</t></si>", Some("_x12_ _xZZZZ_ _x00411")),
        // Half a character.
        ("<si><t>_xD842_b</t></si>", None),
        ("<si><t>_xDFB7_</t></si>", None),
    ] {
        assert_eq!(text(xml).as_deref(), expected, "{xml}");
    }
}
