#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;

#[test]
fn a_format_shows_a_day_a_span_or_a_number() {
    for (code, shown) in [
        ("General", Shown::Number),
        ("@", Shown::Number),
        ("0.00E+00", Shown::Number),
        ("#,##0.00;[Red]-#,##0.00", Shown::Number),
        ("0\" days\"", Shown::Number),
        ("0\\d", Shown::Number),
        ("_d0", Shown::Number),
        ("*m0", Shown::Number),
        ("[Red]0;yyyy", Shown::Number),
        ("[$-804]0", Shown::Number),
        ("[>=100][Magenta]0", Shown::Number),
        ("yyyy\\-mm\\-dd", Shown::Day),
        ("[$-804]yyyy\"年\"m\"月\"d\"日\";@", Shown::Day),
        ("[$-F400]h:mm:ss AM/PM", Shown::Day),
        ("YYYY/M/D", Shown::Day),
        ("[h]:mm:ss", Shown::Span),
        ("[Blue]\\+[MM]", Shown::Span),
        ("[ss].000", Shown::Span),
        ("\"never closed d", Shown::Number),
        ("", Shown::Number),
    ] {
        assert_eq!(by_code(code), shown, "{code}");
    }
}

#[test]
fn only_the_styles_of_cells_are_counted() {
    let xml = "<styleSheet><numFmts><numFmt numFmtId='14' formatCode='0'/><numFmt numFmtId='170' formatCode='[h]:mm'/></numFmts>\
               <cellStyleXfs><xf numFmtId='22'/></cellStyleXfs>\
               <cellXfs><xf numFmtId='0'/><xf numFmtId='170'><alignment/></xf><xf numFmtId='22'/><xf numFmtId='14'/><xf/></cellXfs>\
               <cellStyles><xf numFmtId='22'/></cellStyles></styleSheet>";
    let styles = read(xml.as_bytes(), &Limits::default()).unwrap();
    let expected = [Shown::Number, Shown::Span, Shown::Day, Shown::Number, Shown::Number];
    assert_eq!(styles, expected);
    assert!(
        read(
            "<s><cellXfs><xf numFmtId='x'/></cellXfs></s>".as_bytes(),
            &Limits::default()
        )
        .is_err()
    );
}

#[test]
fn formats_that_nobody_describes_are_known() {
    let shown = |id: u32| {
        let xml = format!("<s><cellXfs><xf numFmtId='{id}'/></cellXfs></s>");
        read(xml.as_bytes(), &Limits::default()).unwrap()[0]
    };
    for (ids, expected) in [
        (vec![0, 1, 2, 10, 13, 37, 44, 48, 49, 59, 163], Shown::Number),
        (vec![14, 22, 27, 36, 45, 47, 50, 58], Shown::Day),
        (vec![46], Shown::Span),
    ] {
        for id in ids {
            assert_eq!(shown(id), expected, "{id}");
        }
    }
}
