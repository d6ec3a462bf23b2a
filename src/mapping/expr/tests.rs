#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use proptest::prelude::*;

fn eval(text: &str) -> Result<String, Wrong> {
    Expr::parse(text)
        .unwrap_or_else(|f| panic!("{text}: {f:?}"))
        .eval(&|name| match name {
            "ent_name" => Some(Given::One("测试一号有限公司".to_owned())),
            "reg_no" => Some(Given::One("110199000000011".to_owned())),
            "inv_name" => Some(Given::Many(vec!["甲".to_owned(), "乙".to_owned()])),
            _ => None,
        })
}

#[test]
fn texts_are_put_together_and_looked_at() {
    let cases = [
        ("ent_name ~ '（' ~ reg_no ~ '）'", "测试一号有限公司（110199000000011）"),
        ("reg_no[0:6]", "110199"),
        ("reg_no[-4:]", "0011"),
        ("inv_name|join('；')", "甲；乙"),
        ("inv_name|first ~ '等'", "甲等"),
        ("inv_name[1]", "乙"),
        ("fax|default('无')", "无"),
        ("'有' if fax is defined else '无'", "无"),
        ("'京' if reg_no is startingwith '11' else '外'", "京"),
        ("ent_name|replace('有限', '')", "测试一号公司"),
        ("'长' if ent_name|length > 4 else '短'", "长"),
        ("'a\\'b'|upper", "A'B"),
        ("'1' if 'x' == \"x\" and not reg_no in inv_name else '2'", "1"),
    ];
    for (text, expected) in cases {
        assert_eq!(eval(text).as_deref(), Ok(expected), "{text}");
    }
}

#[test]
fn what_it_reads_is_known_before_it_runs() {
    let text =
        "reg_no ~ ent_name ~ (fax|default(tel)) ~ inv_name[0] ~ addr[2:4] ~ ('' if scope is not defined else 'tel_no')";
    let expr = Expr::parse(text).unwrap();
    let names: Vec<&str> = expr.names().iter().map(|n| &**n).collect();
    assert_eq!(names, ["addr", "ent_name", "fax", "inv_name", "reg_no", "scope", "tel"]);
}

#[test]
fn what_multiplies_calculates_or_calls_is_refused_before_it_is_compiled() {
    let wrong = [
        "'a' * 100000000",
        "('a' * 10000) * 10000",
        "['a'] * 100000000",
        "10 ** 10",
        "reg_no + 1",
        "1.5 ~ ''",
        "1e9 ~ ''",
        "reg_no / 2",
        "reg_no % 2",
        "{'a': 1}",
        "reg_no.upper",
        "ent_name|center(100000000)",
        "ent_name|indent(1000000)",
        "ent_name|map('upper')",
        "ent_name is number",
        "ent_name is not divisibleby(3)",
        "名称",
        "'never closed",
        "",
        "   ",
        "ent_name ~",
        "(ent_name",
    ];
    for text in wrong {
        assert_eq!(Expr::parse(text).unwrap_err().code, Code::SExpr, "{text}");
    }
    let long = format!("'{}'", "a".repeat(EXPR_MAX));
    assert_eq!(Expr::parse(&long).unwrap_err().code, Code::SExpr);
    // A function is a name like any other, and nobody defines it.
    assert_eq!(&*Expr::parse("range(9)|join(',')").unwrap().names()[0], "range");
    let deep = format!("{}ent_name{}", "(".repeat(190), ")".repeat(190));
    assert_eq!(Expr::parse(&deep).unwrap_err().code, Code::SExpr);
}

#[test]
fn what_goes_wrong_is_said_without_a_value() {
    let big = |size: usize| move |_: &str| Some(Given::One("x".repeat(size)));
    let wrong = |text: &str| eval(text).unwrap_err().args[0].1.clone();
    assert!(wrong("fax ~ ent_name").contains("fax"), "{}", wrong("fax ~ ent_name"));
    assert!(wrong("fax").contains("fax"));
    assert!(wrong("reg_no|length").contains("number"));
    assert!(wrong("inv_name").contains("sequence"));
    assert!(wrong("ent_name|replace('', 'x')").contains("it cannot be worked out"));
    for (text, size) in [
        ("a", TEXT_MAX + 1),
        ("a ~ a", TEXT_MAX),
        ("a|replace('x', 'yyyyyyyyyy')", TEXT_MAX),
        ("[a, a]|join('')", TEXT_MAX),
    ] {
        let wrong = Expr::parse(text).unwrap().eval(&big(size)).unwrap_err();
        assert_eq!(
            (wrong.code, wrong.args[0].1.contains("too long")),
            (Code::EExpr, true),
            "{text}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever stands in a configuration: it is refused, or what it makes is bounded.
    #[test]
    fn nothing_panics_and_nothing_grows(text in "[a-c'\"|~()\\[\\]:,=<>! 0-9*+.{}-]{0,40}", words in prop::collection::vec(
        prop::sample::select(vec!["a", "b", "'x'", "~", "|replace('x',a)", "|join(b)", "(", ")", "[0:2]", "if", "else", "is", "not",
            "defined", "and", "in", "|default(a)", "|upper", "*", "range", "[", "]", ","]), 0..24)) {
        for text in [text, words.join(" ")] {
            if let Ok(expr) = Expr::parse(&text) {
                let given = |_: &str| Some(Given::One("x".repeat(4096)));
                if let Ok(made) = expr.eval(&given) {
                    prop_assert!(made.len() <= TEXT_MAX);
                }
            }
        }
    }
}
