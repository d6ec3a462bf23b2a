//! Identifiers of enterprises, people, cases, seals.

use super::{Judge, code, numbers};
use crate::Code;
use crate::check::{Options, case_no, citizen_id, name_approval_no, org_code, reg_no15, tax_no, uscc};
use crate::vectors::{each, maybe, only, rows, text};
use jiff::civil::Date;

#[test]
fn credit_codes() {
    let judge = Judge::new("uscc");
    each("uscc", &["standard"], |name, value| {
        match name {
            "charset" => assert_eq!(value, uscc::CHARSET),
            "weights" => assert_eq!(numbers(value), uscc::WEIGHTS),
            "valid" => judge.all_pass(value, &[]),
            "invalid" => judge.all_refused(value),
            "normalise" => judge.all_become(value, &[]),
            "warn" => {
                for row in rows(value) {
                    only(row, &["value", "warning"]);
                    let (value, warning) = (text(row, "value"), code(row, "warning"));
                    let pilot = Judge::with(
                        "uscc",
                        Options {
                            pilot_codes: true,
                            ..Options::default()
                        },
                    );
                    pilot.gives(value, value, &[warning]);
                    match warning {
                        Code::WPilot => judge.refuses(value, Code::ECheck),
                        _ => judge.gives(value, value, &[warning]),
                    }
                }
            }
            _ => return false,
        }
        true
    });
}

#[test]
fn organisation_codes() {
    let judge = Judge::new("org_code");
    each("org_code", &["standard", "char_values"], |name, value| {
        match name {
            "weights" => assert_eq!(numbers(value), org_code::WEIGHTS),
            "valid" => judge.all_pass(value, &[]),
            "normalise" => judge.all_become(value, &[]),
            "invalid" => judge.all_refused(value),
            "repair" => {
                let padding = Judge::with(
                    "org_code",
                    Options {
                        pad_zeros: true,
                        ..Options::default()
                    },
                );
                for row in rows(value) {
                    only(row, &["in_numeric", "zero_padded", "warning"]);
                    let digits = row["in_numeric"].to_string();
                    padding.gives(&digits, text(row, "zero_padded"), &[code(row, "warning")]);
                    padding.refuses(&format!("{digits}1"), Code::ECheck);
                    judge.refuses(&digits, Code::ELen);
                }
            }
            _ => return false,
        }
        true
    });
    assert_eq!(org_code::hyphenated("D2143569X"), "D2143569-X");
}

#[test]
fn identity_numbers() {
    let reference_date = crate::vectors::load("citizen_id")["reference_date"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let judge = Judge::with(
        "citizen_id",
        Options {
            reference_date: Some(reference_date),
            ..Options::default()
        },
    );
    let sex = |row: &_, value: &str| assert_eq!(citizen_id::sex(value).unwrap().to_string(), text(row, "sex"));
    each("citizen_id", &["standard", "reference_date"], |name, value| {
        match name {
            "weights" => {
                // ISO 7064 doubles from digit to digit: the weights are powers of 2 modulo 11.
                let powers: Vec<u32> = (1..=17).rev().map(|n| 2u32.pow(n) % 11).collect();
                assert_eq!(numbers(value), powers);
            }
            "check_table" => {
                for (sum, expected) in value.as_str().unwrap().chars().enumerate() {
                    // The last of 17 digits weighs 2, the one before 4: together they make any sum.
                    let body = (0..100).map(|n| format!("{n:017}")).find(|body| {
                        let (tens, ones) = (body.as_bytes()[15] - b'0', body.as_bytes()[16] - b'0');
                        (usize::from(tens) * 4 + usize::from(ones) * 2) % 11 == sum
                    });
                    assert_eq!(citizen_id::check_char(&body.unwrap()), Some(expected));
                }
            }
            "valid" => {
                judge.all_pass(value, &["sex", "birth"]);
                for row in rows(value) {
                    let number = text(row, "value");
                    sex(row, number);
                    assert_eq!(citizen_id::birth(number).unwrap().to_string(), text(row, "birth"));
                }
            }
            "invalid" | "legacy15_invalid" => judge.all_refused(value),
            "legacy15" => {
                judge.all_become(value, &["sex"]);
                rows(value).iter().for_each(|row| sex(row, text(row, "out")));
            }
            "normalise" => judge.all_become(value, &[]),
            "cross_check" => {
                for row in rows(value) {
                    only(row, &["id", "sex_code", "birth", "ok", "error"]);
                    let expected = if row["ok"] == true {
                        Ok(())
                    } else {
                        Err(code(row, "error"))
                    };
                    let found = match (maybe(row, "sex_code"), maybe(row, "birth")) {
                        (Some(sex_code), None) => citizen_id::cross_sex(text(row, "id"), sex_code),
                        (None, Some(day)) => citizen_id::cross_birth(text(row, "id"), day.parse().unwrap()),
                        _ => panic!("{row}"),
                    };
                    assert_eq!(found, expected, "{row}");
                }
            }
            _ => return false,
        }
        true
    });
}

#[test]
fn registration_numbers() {
    let judge = Judge::new("reg_no15");
    each("reg_no15", &["standard"], |name, value| {
        match name {
            "valid" => {
                judge.all_pass(value, &["kind"]);
                for row in rows(value) {
                    let number = text(row, "value");
                    let (kind, national) = match text(row, "kind") {
                        "domestic enterprise" => (reg_no15::Kind::Domestic, false),
                        "foreign-invested (4-5)" => (reg_no15::Kind::Foreign, false),
                        "registered at national level (100000)" => (reg_no15::Kind::Domestic, true),
                        other => panic!("{other}"),
                    };
                    assert_eq!(
                        (reg_no15::kind(number), reg_no15::is_national(number)),
                        (Some(kind), national)
                    );
                }
            }
            "invalid" => judge.all_refused(value),
            "legacy13" => {
                let legacy = Judge::with(
                    "reg_no15",
                    Options {
                        legacy_reg_no: true,
                        ..Options::default()
                    },
                );
                for row in rows(value) {
                    only(row, &["value", "warning"]);
                    legacy.gives(text(row, "value"), text(row, "value"), &[code(row, "warning")]);
                    judge.refuses(text(row, "value"), Code::ELen);
                }
            }
            _ => return false,
        }
        true
    });
}

#[test]
fn tax_numbers() {
    let judge = Judge::new("tax_no");
    each("tax_no", &[], |name, value| {
        match name {
            "valid" => {
                for row in rows(value) {
                    only(row, &["value", "kind"]);
                    let number = text(row, "value");
                    let (kind, warnings): (_, &[Code]) = match text(row, "kind") {
                        k if k.starts_with("legacy15") => (tax_no::Kind::DivisionOrg, &[]),
                        k if k.starts_with("uscc18") => (tax_no::Kind::Uscc, &[]),
                        k if k.starts_with("id20") => (tax_no::Kind::Citizen, &[]),
                        k if k.starts_with("temporary") => (tax_no::Kind::Temporary, &[]),
                        k if k.starts_with("legacy id15") => (tax_no::Kind::LegacyCitizen, &[Code::WLegacy15]),
                        other => panic!("{other}"),
                    };
                    judge.gives(number, number, warnings);
                    assert_eq!(tax_no::kind(number), Some(kind));
                }
            }
            "invalid" => judge.all_refused(value),
            "cross_check" => {
                for row in rows(value) {
                    only(row, &["tax_no", "org_code", "national", "local", "ok", "error"]);
                    let expected = if row["ok"] == true {
                        Ok(())
                    } else {
                        Err(code(row, "error"))
                    };
                    let found = match maybe(row, "org_code") {
                        Some(organisation) => tax_no::cross_org(text(row, "tax_no"), organisation),
                        None => tax_no::cross_bureaus(text(row, "national"), text(row, "local")),
                    };
                    assert_eq!(found, expected, "{row}");
                }
            }
            _ => return false,
        }
        true
    });
    assert_eq!(
        tax_no::cross_bureaus("110199123456788", "110199000000115"),
        Err(Code::ECrossCheck)
    );
    assert_eq!(
        tax_no::cross_org("L91110199MA00001033", "123456788"),
        Err(Code::EOrgMismatch)
    );
    assert_eq!(
        tax_no::cross_org("11019919760214007300", "123456788"),
        Ok(()),
        "a person's number names no organisation"
    );
}

#[test]
fn case_numbers() {
    let judge = Judge::new("case_no");
    each("case_no", &["format"], |name, value| {
        match name {
            "valid" => {
                judge.all_pass(value, &[]);
                for number in rows(value) {
                    let number = number.as_str().unwrap();
                    let day = Date::strptime("%Y%m%d", &number[6..14]).unwrap();
                    let built = case_no::build(&number[..6], day, number[14..20].parse().unwrap());
                    assert_eq!(built.as_deref(), Some(number));
                }
            }
            "invalid" => judge.all_refused(value),
            _ => return false,
        }
        true
    });
    let day = Date::constant(2026, 3, 2);
    assert_eq!(case_no::build("990000", day, 1), None);
    assert_eq!(case_no::build("110108", day, 1_000_000), None);
}

#[test]
fn seal_codes() {
    let judge = Judge::new("seal_code");
    each("seal_code", &["rule"], |name, value| {
        match name {
            "valid" => judge.all_pass(value, &[]),
            "invalid" => judge.all_refused(value),
            _ => return false,
        }
        true
    });
    Judge::with(
        "seal_code",
        Options {
            seal_code_len: 12,
            ..Options::default()
        },
    )
    .passes("110108000001");
}

#[test]
fn name_approval_numbers() {
    let judge = Judge::new("name_approval_no");
    each(
        "name_approval_no",
        &["regex_after_bracket_normalisation"],
        |name, value| {
            match name {
                "canonical_form" => judge.passes(value.as_str().unwrap()),
                "normalise" => judge.all_become(value, &[]),
                "invalid" => {
                    judge.all_refused(value);
                    let any = Judge::with(
                        "name_approval_no",
                        Options {
                            name_approval_any: true,
                            ..Options::default()
                        },
                    );
                    rows(value).iter().for_each(|row| any.passes(text(row, "in")));
                }
                _ => return name == "note",
            }
            true
        },
    );
    for bad in [
        "（京海一二三四五六七）名称预核（内）字〔2026〕第1号",
        "（京）名称预核（外）字〔26〕第1号",
        "（京）名称预核（丙）字〔2026〕第1号",
        "（京）名称预核（内）字〔2026〕第123456789号",
    ] {
        assert_eq!(
            name_approval_no::check(bad, &Options::default()),
            Err(Code::EFormat),
            "{bad}"
        );
    }
}

#[test]
fn document_numbers() {
    let judge = Judge::new("doc_no");
    each("doc_no", &[], |name, value| {
        match name {
            "valid" => judge.all_pass(value, &[]),
            "normalise" => judge.all_become(value, &[]),
            "invalid" => judge.all_refused(value),
            _ => return false,
        }
        true
    });
}
