//! Amounts in 元 and 万元.

use super::{Judge, code};
use crate::Code;
use crate::check::Options;
use crate::check::amount::{Amount, Unit, parse};
use crate::money::Decimal;
use crate::vectors::{each, maybe, only, rows, text};

#[test]
fn amounts() {
    let chinese = Options {
        chinese_amount: true,
        ..Options::default()
    };
    each("amount", &["rule"], |name, value| {
        match name {
            "cases" => {
                for row in rows(value) {
                    only(row, &["in", "unit", "yuan", "wan", "error"]);
                    let unit = match maybe(row, "unit") {
                        Some("万元") => Unit::Wan,
                        Some("元") | None => Unit::Yuan,
                        other => panic!("{other:?}"),
                    };
                    let found = parse(text(row, "in"), unit, &Options::default());
                    if row.get("error").is_some() {
                        assert_eq!(found, Err(code(row, "error")), "{row}");
                    } else {
                        let found = found.unwrap_or_else(|code| panic!("{row}: {code}"));
                        assert_eq!(found.yuan().unwrap(), text(row, "yuan"));
                        assert_eq!(found.wan().unwrap(), text(row, "wan"));
                    }
                    if text(row, "in") == "壹佰万元整" {
                        assert_eq!(
                            parse("壹佰万元整", unit, &chinese).unwrap().yuan().unwrap(),
                            "1000000.00"
                        );
                    }
                }
            }
            "fixed_implied" => {
                for row in rows(value) {
                    only(row, &["bytes", "spec", "wan"]);
                    assert_eq!(text(row, "spec"), "N16 implied 2 decimals 万元");
                    let number = Decimal::implied(text(row, "bytes"), 2).unwrap();
                    assert_eq!(Amount::new(number, Unit::Wan).unwrap().wan().unwrap(), text(row, "wan"));
                    assert_eq!(number.to_implied(2, 16).unwrap(), text(row, "bytes"));
                }
            }
            "sums" => {
                for row in rows(value) {
                    only(row, &["rows", "sum"]);
                    let numbers = rows(&row["rows"])
                        .iter()
                        .map(|n| Decimal::parse(n.as_str().unwrap()).unwrap());
                    assert_eq!(Decimal::sum(numbers).unwrap().to_string(), text(row, "sum"));
                }
            }
            _ => return false,
        }
        true
    });
}

#[test]
fn units_and_writings_beyond_the_vectors() {
    let wan = Judge::new("amount_wan");
    wan.gives("50万", "50.000000", &[]);
    wan.gives("50 万元", "50.000000", &[]);
    wan.gives("￥1,234.5万元", "1234.500000", &[]);
    wan.refuses("50元", Code::EUnit);
    wan.refuses("5亿元", Code::EUnit);
    wan.refuses("5亿", Code::EUnit);
    wan.refuses("5万万", Code::EFormat);
    wan.refuses("-1", Code::ERange);
    wan.refuses("1,00,000", Code::EFormat);
    wan.refuses("万元", Code::EFormat);
    wan.refuses("", Code::EFormat);
    wan.refuses("5**", Code::EMasked);
    let yuan = Judge::new("amount_yuan");
    yuan.gives("12.340", "12.34", &[]);
    yuan.gives("100元", "100.00", &[]);
    yuan.refuses("1e6", Code::EFormat);
}

#[test]
fn chinese_capitals() {
    let chinese = Options {
        chinese_amount: true,
        ..Options::default()
    };
    for (written, yuan) in [
        ("零元整", "0.00"),
        ("壹拾元整", "10.00"),
        ("壹仟零伍拾元叁角贰分", "1050.32"),
        ("玖亿零叁万零柒元正", "900030007.00"),
        ("贰圆零伍分", "2.05"),
        ("伍佰贰拾万叁仟元", "5203000.00"),
    ] {
        assert_eq!(
            parse(written, Unit::Yuan, &chinese).unwrap().yuan().unwrap(),
            yuan,
            "{written}"
        );
    }
    for written in [
        "壹佰壹佰元",
        "拾佰元",
        "壹贰元",
        "壹万",
        "壹亿贰亿元",
        "壹元贰",
        "壹拾仟元",
    ] {
        assert_eq!(parse(written, Unit::Yuan, &chinese), Err(Code::EFormat), "{written}");
    }
    assert_eq!(parse("壹佰万元整", Unit::Wan, &chinese), Err(Code::EUnit));
}
