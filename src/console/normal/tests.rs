#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

#[test]
fn what_an_input_method_leaves_is_put_right_and_nothing_else() {
    let cases = [
        ("１２３４５Ｘ", "12345X"),
        ("\u{3000}ＡＢ１ \u{200b}", "AB1"),
        ("（北京）有限公司", "（北京）有限公司"),
        ("京工商〔2026〕第１号", "京工商〔2026〕第1号"),
        ("a　b", "a b"),
        ("\u{202e}321", "321"),
        ("", ""),
        ("Ａ－１２", "A-12"),
        ("2026－03－02 10：30", "2026-03-02 10:30"),
        ("3．50／7＿b−c", "3.50/7_b-c"),
        ("丰台－1号", "丰台－1号"),
        ("经营范围：零售", "经营范围：零售"),
        ("1－－2", "1－－2"),
        ("－1", "－1"),
        ("𠮷野家", "𠮷野家"),
    ];
    for (typed, meant) in cases {
        assert_eq!(normal(typed), meant, "{typed:?}");
        assert_eq!(normal(meant), meant, "again");
    }
}

#[test]
fn a_number_is_one_word() {
    for good in ["A-2026-17", "京工商〔2026〕第1号"] {
        assert!(is_number(good), "{good}");
    }
    for bad in ["", "a b", "<script>", "a\nb", &"9".repeat(65)] {
        assert!(!is_number(bad), "{bad}");
    }
}
