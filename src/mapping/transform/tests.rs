#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

use super::*;
use model::define::CodeTable;
use proptest::prelude::*;

fn table() -> Arc<Table> {
    let pairs = [("1", "111"), ("2", "414"), ("甲", "511")];
    let table = CodeTable {
        name: "id".into(),
        version: String::new(),
        date: "2026-01-01".parse().unwrap(),
        pairs: pairs.iter().map(|(l, r)| ((*l).to_owned(), (*r).to_owned())).collect(),
    };
    Arc::new(Table::new(&table).unwrap())
}

fn parse(spec: &str, way: Way) -> Option<Transform> {
    Transform::parse(spec, way, &|name| (name == "id").then(table))
}

#[test]
fn each_transform_writes_as_agreed() {
    use Code::*;
    let cases: &[(&str, Way, &str, Result<&str, Code>)] = &[
        ("trim", Way::In, "　 甲 乙\u{3000}", Ok("甲 乙")),
        ("width_code", Way::In, "　Ａ－１　", Ok("A-1")),
        ("width_code", Way::In, "１１０１９９", Ok("110199")),
        ("fullwidth", Way::Out, "010-55550100", Ok("０１０－５５５５０１００")),
        ("fullwidth", Way::Out, "１", Err(ECharset)),
        ("fullwidth", Way::Out, "1 ", Err(ECharset)),
        ("hyphen_org", Way::Out, "123456788", Ok("12345678-8")),
        ("hyphen_org", Way::Out, "12345678-8", Err(ELen)),
        ("hyphen_org", Way::Out, "12345678北", Err(ECharset)),
        ("unhyphen", Way::In, "12345678-8", Ok("123456788")),
        ("unhyphen", Way::In, "123456788", Ok("123456788")),
        ("unhyphen", Way::In, "1234-56788", Err(EFormat)),
        ("unhyphen", Way::In, "1234567-8-8", Err(EFormat)),
        ("upper", Way::In, "abX北", Ok("ABX北")),
        ("lower", Way::In, "ABx", Ok("abx")),
        ("wan_to_yuan", Way::Out, "100.000000", Ok("1000000.00")),
        ("wan_to_yuan", Way::Out, "0.000100", Ok("1.00")),
        ("wan_to_yuan", Way::Out, "0.0000001", Err(EScale)),
        ("yuan_to_wan", Way::In, "1000000.00", Ok("100.000000")),
        ("yuan_to_wan", Way::In, "0.01", Ok("0.000001")),
        ("yuan_to_wan", Way::In, "12.345", Err(EScale)),
        ("yuan_to_wan", Way::In, "1e6", Err(EFormat)),
        ("group_commas", Way::Out, "1000000.00", Ok("1,000,000.00")),
        ("group_commas", Way::Out, "100", Ok("100")),
        ("group_commas", Way::Out, "壹佰", Err(EFormat)),
        ("strip_commas", Way::In, "1,000,000.00", Ok("1000000.00")),
        ("strip_commas", Way::In, "1,00,000.00", Err(EFormat)),
        ("strip_commas", Way::In, ",", Err(EFormat)),
        ("date:%Y%m%d", Way::Out, "2026-03-02", Ok("20260302")),
        ("date:%Y/%-m/%-d", Way::Out, "2026-03-02", Ok("2026/3/2")),
        ("date:%Y年%m月%d日", Way::Out, "2026-03-02", Ok("2026年03月02日")),
        ("date:%Y年%-m月%-d日", Way::Out, "2026-04-02", Ok("2026年4月2日")),
        ("date:%Y-%m-%d", Way::Out, "2026-02-30", Err(EDate)),
        ("date:%Y%m%d", Way::In, "20260302", Ok("2026-03-02")),
        ("date:%Y%m%d", Way::In, "00000000", Ok("")),
        ("date:%Y%m%d", Way::In, "20260230", Err(EDate)),
        ("date:%Y%m%d", Way::In, "2026032", Err(EDate)),
        ("date:%Y%m%d", Way::In, "202603021", Err(EDate)),
        ("date:%Y-%m-%d", Way::In, "2026-3-2", Err(EDate)),
        ("date:%Y-%-m-%-d", Way::In, "2026-3-2", Ok("2026-03-02")),
        ("date:%Y-%-m-%-d", Way::In, "2026-03-12", Ok("2026-03-12")),
        ("date:%Y年%-m月%-d日", Way::In, "2026年4月2日", Ok("2026-04-02")),
        ("dict:id", Way::Out, "111", Ok("1")),
        ("dict:id", Way::In, "甲", Ok("511")),
        ("dict:id", Way::In, "9", Err(EUnmapped)),
        ("dict:id", Way::Out, "1\u{1F}2", Err(EUnmapped)),
        ("dict:id", Way::In, "1\u{1F}\u{1F}2", Ok("111\u{1F}\u{1F}414")),
        ("join:、", Way::Out, "甲\u{1F}乙", Ok("甲、乙")),
        ("join:、", Way::Out, "甲、丙\u{1F}乙", Err(EFormat)),
        ("split:,", Way::In, "01,02,03", Ok("01\u{1F}02\u{1F}03")),
        ("first", Way::Out, "甲\u{1F}乙", Ok("甲")),
        ("scale:2", Way::Out, "100.000000", Ok("100.00")),
        ("scale:2", Way::Out, "100.001000", Err(EScale)),
        ("scale:0", Way::Out, "7.0", Ok("7")),
        ("implied:2", Way::Out, "100.5", Ok("10050")),
        ("implied:2", Way::Out, "100.005", Err(EScale)),
        ("implied:2", Way::In, "0000000000010050", Ok("100.50")),
        ("implied:2", Way::In, "100.50", Err(EFormat)),
        ("pad_left:0:6", Way::Out, "50", Ok("000050")),
        ("pad_left:0:6", Way::Out, "0", Ok("000000")),
        ("pad_left:0:6", Way::Out, "050", Err(EFormat)),
        ("pad_left:0:6", Way::Out, "1234567", Err(ETooLong)),
        ("pad_left:0:6", Way::In, "000050", Ok("50")),
        ("pad_left:0:6", Way::In, "000000", Ok("0")),
        ("pad_left:0:6", Way::In, "00050", Err(ELen)),
        ("pad_left:0:6", Way::Out, "", Ok("")),
        ("pad_left:0:6", Way::Out, "5\u{1F}50", Ok("000005\u{1F}000050")),
        ("pad_right:＊:4", Way::Out, "甲", Ok("甲＊＊＊")),
        ("pad_right:＊:4", Way::In, "甲乙丙＊", Ok("甲乙丙")),
        ("pad_right:＊:4", Way::Out, "甲＊", Err(EFormat)),
        ("pad_left:::4", Way::Out, "1", Ok(":::1")),
        ("serial:1900", Way::Out, "2026-03-02", Ok("46083")),
        ("serial:1904", Way::Out, "2026-03-02", Ok("44621")),
        ("serial:1904", Way::Out, "1904-01-01", Ok("0")),
        ("serial:1904", Way::Out, "1903-12-31", Err(EDate)),
        ("serial:1900", Way::Out, "1899-12-31", Err(EDate)),
        ("serial:1900", Way::Out, "1900-02-28", Ok("59")),
        ("serial:1900", Way::In, "0", Err(EDate)),
        ("serial:1900", Way::In, "046083", Err(EDate)),
        ("serial:1900", Way::In, "2958466", Err(EDate)),
        (
            "mask:citizen_id",
            Way::Out,
            "110199197602140073",
            Ok("110***********0073"),
        ),
        ("mask:name", Way::Out, "张测试\u{1F}李测试", Ok("张**\u{1F}李**")),
        ("before:：", Way::In, "失败：缺材料：一", Ok("失败")),
        ("before:：", Way::In, "成功", Ok("成功")),
        ("after:：", Way::In, "失败：缺材料：一", Ok("缺材料：一")),
        ("after:：", Way::In, "成功", Ok("")),
    ];
    for (spec, way, given, expected) in cases {
        let transform = parse(spec, *way).unwrap_or_else(|| panic!("{spec}"));
        let found = transform.apply(given);
        assert_eq!(found.as_deref().map_err(|code| *code), *expected, "{spec} {given}");
    }
}

#[test]
fn every_name_has_a_case_and_a_wrong_spec_is_refused_by_name() {
    for name in NAMES {
        let shape = WITH_ARGUMENT
            .iter()
            .find(|(n, _)| n == name)
            .map_or(*name, |(_, shape)| shape);
        let spec = shape
            .replace("TABLE", "id")
            .replace("DIGITS", "2")
            .replace("SEPARATOR", ",")
            .replace("CHARACTER", "0")
            .replace("WIDTH", "9")
            .replace("KIND", "name");
        assert_eq!(check(&spec), Ok(()), "{spec}");
        assert!(parse(&spec, Way::Out).is_some(), "{spec}");
        // What is masked cannot be read.
        assert_eq!(parse(&spec, Way::In).is_some(), *name != "mask", "{spec}");
    }
    let wrong = [
        ("shout", Code::SUnknownTransform),
        ("", Code::SUnknownTransform),
        ("trim:", Code::STransformArg),
        ("trim:x", Code::STransformArg),
        ("date", Code::STransformArg),
        ("date:%Y-%m", Code::STransformArg),
        ("date:%Y-%m-%d %H", Code::STransformArg),
        ("date:%Y%-m%-d", Code::STransformArg),
        ("date:%Y-%m-%d-%d", Code::STransformArg),
        ("scale:two", Code::STransformArg),
        ("scale:13", Code::STransformArg),
        ("join:", Code::STransformArg),
        ("join:\u{1F}", Code::STransformArg),
        ("dict", Code::STransformArg),
        ("pad_left", Code::STransformArg),
        ("pad_left:0", Code::STransformArg),
        ("pad_left:00:5", Code::STransformArg),
        ("pad_left:0:0", Code::STransformArg),
        ("pad_left:0:+5", Code::STransformArg),
        ("pad_left:0:1001", Code::STransformArg),
        ("pad_right: :5", Code::STransformArg),
        ("pad_right:\u{1F}:5", Code::STransformArg),
        ("serial", Code::STransformArg),
        ("serial:1901", Code::STransformArg),
        ("mask", Code::STransformArg),
        ("mask:nobody", Code::STransformArg),
    ];
    for (spec, code) in wrong {
        assert_eq!(check(spec).unwrap_err().code, code, "{spec}");
    }
    assert_eq!(parse("dict:unknown", Way::Out), None);
}

#[test]
fn a_table_that_cannot_be_read_both_ways_is_no_table() {
    let pairs = |l: &str, r: &str| vec![("1".to_owned(), "a".to_owned()), (l.to_owned(), r.to_owned())];
    for (local, canonical, twice) in [("1", "b", "1"), ("2", "a", "a")] {
        let table = CodeTable {
            name: "t".into(),
            version: String::new(),
            date: "2026-01-01".parse().unwrap(),
            pairs: pairs(local, canonical),
        };
        assert_eq!(Table::new(&table), Err(twice.to_owned()));
    }
}

/// The vectors were computed apart from this code. A fraction is dropped with a warning where cells are read; a text has
/// no place for that warning and is refused.
#[test]
fn day_numbers_are_those_of_spreadsheets() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/vectors/excel_serial.json");
    let vectors: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut seen = 0;
    for (member, spec) in [("system1900", "serial:1900"), ("system1904", "serial:1904")] {
        for case in vectors[member].as_array().unwrap() {
            let text = case["serial"].to_string();
            let expected = case["out"].as_str().filter(|_| !text.contains('.')).ok_or(Code::EDate);
            let found = parse(spec, Way::In).unwrap().apply(&text);
            assert_eq!(found.as_deref().map_err(|c| *c), expected, "{spec} {text}");
            seen += 1;
        }
    }
    assert_eq!(seen, 9);
}

/// `inverse(forward(x)) == x` for every x that `forward` takes.
fn holds(spec: &str, way: Way, given: &str) -> Result<(), TestCaseError> {
    let transform = parse(spec, way).unwrap();
    let inverse = transform.inverse().unwrap();
    if let Ok(written) = transform.apply(given) {
        let back = inverse.apply(&written);
        prop_assert_eq!(back.as_deref(), Ok(given), "{} over {}", spec, written);
    }
    Ok(())
}

/// The same, where `forward` must take x: a domain in which nothing is refused.
fn holds_and_takes(spec: &str, way: Way, given: &str) -> Result<(), TestCaseError> {
    prop_assert!(parse(spec, way).unwrap().apply(given).is_ok(), "{spec} refuses {given}");
    holds(spec, way, given)
}

#[test]
fn a_chain_is_undone_from_its_end() {
    let specs = ["wan_to_yuan".to_owned(), "implied:2".to_owned(), "fullwidth".to_owned()];
    let chain: Vec<_> = specs.iter().map(|spec| parse(spec, Way::Out).unwrap()).collect();
    let back = crate::chain::inverse(&chain, &specs).unwrap();
    let written = crate::chain::run(&chain, "100.500000").unwrap();
    assert_eq!(written, "１００５０００００");
    assert_eq!(crate::chain::run(&back, &written).unwrap(), "100.500000");
    let specs = ["trim".to_owned(), "upper".to_owned()];
    let chain: Vec<_> = specs.iter().map(|spec| parse(spec, Way::Out).unwrap()).collect();
    assert_eq!(crate::chain::inverse(&chain, &specs), Err("upper"));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_comes_back_or_is_refused(text in any::<String>(), words in "[0-9A-Za-z ,;!~－０-９甲乙丁\u{3000}\u{1F}]{0,12}") {
        for text in [&text, &words] {
            for spec in ["fullwidth", "hyphen_org", "dict:id", "join:,", "join:;;"] {
                holds(spec, Way::Out, text)?;
            }
            for spec in ["dict:id", "split:,", "split:;;"] {
                holds(spec, Way::In, text)?;
            }
        }
    }

    #[test]
    fn dates_come_back(year in 1i16..=9999, month in 1i8..=12, day in 1i8..=31, pattern in 0usize..6) {
        let patterns = ["%Y-%m-%d", "%Y%m%d", "%Y/%-m/%-d", "%Y年%-m月%-d日", "%d.%m.%Y", "%Y-%-m-%-d"];
        if jiff::civil::Date::new(year, month, day).is_ok() {
            let spec = format!("date:{}", patterns[pattern]);
            holds_and_takes(&spec, Way::Out, &format!("{year:04}-{month:02}-{day:02}"))?;
        }
    }

    #[test]
    fn padded_dates_come_back_from_the_departments_side(year in 1i16..=9999, month in 1i8..=12, day in 1i8..=28) {
        holds_and_takes("date:%Y%m%d", Way::In, &format!("{year:04}{month:02}{day:02}"))?;
    }

    #[test]
    fn amounts_come_back(cents in 0u64..10_000_000_000_000_000) {
        let yuan = format!("{}.{:02}", cents / 100, cents % 100);
        let wan = format!("{}.{:06}", cents / 1_000_000, cents % 1_000_000);
        holds_and_takes("yuan_to_wan", Way::In, &yuan)?;
        holds_and_takes("wan_to_yuan", Way::Out, &wan)?;
        holds_and_takes("group_commas", Way::Out, &yuan)?;
        holds_and_takes("implied:2", Way::Out, &yuan)?;
        holds_and_takes("scale:6", Way::Out, &wan)?;
        // The two units are the same amount.
        prop_assert_eq!(parse("yuan_to_wan", Way::In).unwrap().apply(&yuan), Ok(wan));
    }

    #[test]
    fn filled_values_come_back(text in "[0-9A-Z甲＊]{0,9}", width in 1usize..=9, fill in "[0＊甲]") {
        for name in ["pad_left", "pad_right"] {
            holds(&format!("{name}:{fill}:{width}"), Way::Out, &text)?;
            holds(&format!("{name}:{fill}:{width}"), Way::In, &text)?;
        }
    }

    #[test]
    fn numbers_without_zeros_in_front_are_always_filled(number in 0u32..=999_999) {
        holds_and_takes("pad_left:0:6", Way::Out, &number.to_string())?;
    }

    #[test]
    fn day_numbers_come_back(serial in 1i64..=2_958_465) {
        for base in ["serial:1900", "serial:1904"] {
            holds(base, Way::In, &serial.to_string())?;
        }
        if serial != 60 {
            holds_and_takes("serial:1900", Way::In, &serial.to_string())?;
        }
    }

    #[test]
    fn organisation_codes_come_back(code in "[0-9A-Z]{9}") {
        holds_and_takes("hyphen_org", Way::Out, &code)?;
    }

    #[test]
    fn nothing_panics(spec in "[a-z_]{0,12}(:.{0,8})?", text in any::<String>()) {
        for way in [Way::Out, Way::In] {
            if let Some(transform) = parse(&spec, way) {
                let _ = transform.apply(&text);
            }
        }
        for name in NAMES {
            for arg in ["", ":2", ":,", ":%Y%m%d", ":id"] {
                if let Some(transform) = parse(&format!("{name}{arg}"), Way::In) {
                    let _ = transform.apply(&text);
                }
            }
        }
    }
}
