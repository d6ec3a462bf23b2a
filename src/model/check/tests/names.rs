//! Widths, names of people and enterprises, damaged text.

use super::Judge;
use super::code;
use crate::Code;
use crate::check::{Options, corruption, width};
use crate::vectors::{each, only, rows, text};

#[test]
fn widths() {
    let person = Judge::new("person");
    each("width", &["rule"], |name, value| {
        match name {
            "code" => {
                for row in rows(value) {
                    only(row, &["in", "out"]);
                    assert_eq!(width::code(text(row, "in")), text(row, "out"));
                }
            }
            "text_unchanged" => {
                for row in rows(value) {
                    let row = row.as_str().unwrap();
                    assert_eq!(width::text(row), row);
                    assert_eq!(width::text(&format!("　{row}　")), row);
                }
            }
            "name_dot" => person.all_become(value, &[]),
            "name_invalid" => {
                for row in rows(value) {
                    only(row, &["in", "error", "warning"]);
                    match row.get("warning") {
                        Some(_) => person.gives(text(row, "in"), text(row, "in"), &[code(row, "warning")]),
                        None => person.refuses(text(row, "in"), code(row, "error")),
                    }
                }
            }
            _ => return false,
        }
        true
    });
    assert_eq!(width::full("A-1 甲"), "Ａ－１　甲");
    assert_eq!(width::code(&width::full("!A ~")), "!A ~");
}

#[test]
fn names_of_people() {
    let person = Judge::new("person");
    for name in ["𠮷田测", "喆堃", "〇一", "郎"] {
        person.passes(name);
    }
    person.gives("　张三 ", "张三", &[]);
    for (name, code) in [
        ("", Code::ERequired),
        ("  ", Code::ERequired),
        ("张××", Code::EMasked),
        ("张＊", Code::EMasked),
        ("张？", Code::EReplaced),
        ("张&#x36C3;", Code::ENcr),
        ("²âÊÔ", Code::EMojibake),
        ("ÕÅ", Code::EMojibake),
        ("å¼\u{a0}ä¸\u{89}", Code::EMojibake),
        ("·张三", Code::EFormat),
        ("张三.", Code::EFormat),
        ("阿··买", Code::EFormat),
        ("Zhang San", Code::ECharset),
        ("张\u{200B}三", Code::ECharset),
    ] {
        person.refuses(name, code);
    }
    let latin = Judge::with(
        "person",
        Options {
            latin_names: true,
            ..Options::default()
        },
    );
    for name in ["John F. Kennedy", "Þórður O'Brien", "José", "张三"] {
        latin.passes(name);
    }
    latin.refuses("ÕÅÈý", Code::EMojibake);
    latin.refuses("张San", Code::ECharset);
}

#[test]
fn names_of_enterprises() {
    let ent = Judge::new("name_ent");
    for name in [
        "北京示例（集团）有限公司",
        "示例 A&B 科技有限公司",
        "㈱示例",
        "ＡＢＣ有限公司",
        "1号店有限公司",
    ] {
        ent.passes(name);
    }
    ent.gives("示例\u{E000}公司", "示例\u{E000}公司", &[Code::WPua]);
    for (name, code) in [
        ("　", Code::ERequired),
        ("示例?公司", Code::EReplaced),
        ("示例&#14019;公司", Code::ENcr),
        ("12345", Code::ECharset),
        ("示例\n公司", Code::ECharset),
    ] {
        ent.refuses(name, code);
    }
}

#[test]
fn any_text_shows_only_certain_damage() {
    for whole in [
        "材料是否齐全？请补正??",
        "AT&T; 3*5 &# &#; &#x;",
        "10×20±°",
        "Noël, José, Þór",
        "",
        "?",
        "100%",
        "A* B**",
    ] {
        assert_eq!(corruption(whole), None, "{whole}");
    }
    for (damaged, code) in [
        ("示例\u{FFFD}", Code::EReplaced),
        ("????", Code::EReplaced),
        ("??? 12", Code::EReplaced),
        ("住所&#14019;路", Code::ENcr),
        ("锟斤拷锟斤拷", Code::EMojibake),
        ("ï¿½", Code::EMojibake),
        ("北京\u{85}", Code::EMojibake),
        ("ABC ²âÊÔ¹«Ë¾", Code::EMojibake),
        ("138****8000", Code::EMasked),
    ] {
        assert_eq!(corruption(damaged), Some(code), "{damaged}");
    }
}
