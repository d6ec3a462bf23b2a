//! What spreadsheets did to identifiers.

use super::{Judge, code};
use crate::Code;
use crate::check::{Options, cell};
use crate::vectors::{each, maybe, only, rows, text};

#[test]
fn identifiers_from_cells() {
    each("excel_identifier", &["rule"], |name, value| {
        if name != "cases" {
            return false;
        }
        for row in rows(value) {
            only(
                row,
                &[
                    "cell",
                    "typed",
                    "stored_by_excel",
                    "f64_nearest",
                    "value",
                    "expect",
                    "field",
                    "flag",
                ],
            );
            let expect = text(row, "expect");
            if text(row, "cell") == "text" {
                Judge::new("citizen_id").refuses(text(row, "value"), code(row, "expect"));
                continue;
            }
            let Some(number) = row.get("value") else {
                // Refused whatever the digits: what was typed would have passed.
                Judge::new("citizen_id").refuses("110199197602140000", code(row, "expect"));
                for stored in ["typed", "stored_by_excel", "f64_nearest"] {
                    let found = cell::number("citizen_id", text(row, stored), &Options::default());
                    assert_eq!(found, Err(code(row, "expect")), "{stored}");
                }
                continue;
            };
            let check = maybe(row, "field").unwrap_or("reg_no15");
            let options = Options {
                pad_phone: true,
                ..Options::default()
            };
            let found = cell::number(check, &number.to_string(), &options).unwrap();
            assert_eq!(found.value, expect);
            assert!(
                found.warnings.contains(&Code::WNumCell),
                "every numeric cell is flagged"
            );
            if row.get("flag").is_some() {
                assert!(found.warnings.contains(&code(row, "flag")), "{row}");
            }
        }
        true
    });
}

#[test]
fn lost_zeros_are_restored_only_where_that_is_proved() {
    let strict = Options::default();
    assert_eq!(cell::number("phone", "1055550100", &strict), Err(Code::ELen));
    let found = cell::number("org_code", "115", &strict).unwrap();
    assert_eq!(
        (found.value.as_str(), found.warnings.as_slice()),
        ("000000115", &[Code::WPadded, Code::WNumCell][..])
    );
    let padding = Options {
        pad_zeros: true,
        ..Options::default()
    };
    assert_eq!(cell::number("org_code", "115", &padding), Ok(found));
    assert_eq!(cell::number("org_code", "116", &strict), Err(Code::ELen));
    assert_eq!(
        cell::number("postcode", "16000", &strict),
        Err(Code::ELen),
        "nothing proves a post code"
    );
    assert_eq!(cell::number("reg_no15", "1e5", &strict), Err(Code::ECharset));
    assert_eq!(cell::number("no_such_check", "1", &strict), Err(Code::EFormat));
}

#[test]
fn numbers_that_went_through_a_spreadsheet_are_named_so() {
    for text in ["1.10199E+17", "1.1E17", "1E+17", "1.1e+17", "3.0E-5"] {
        assert!(cell::is_scientific(text), "{text}");
    }
    for text in [
        "12345E678",
        "E+17",
        "1.E+17",
        "1.1.1E+17",
        "1.1E+",
        "110199",
        "MA00TEST9",
        "",
    ] {
        assert!(!cell::is_scientific(text), "{text}");
    }
    let refused = [
        ("uscc", "911101991234567000", Code::EPrecision),
        ("case_no", "110108202603020000000", Code::EPrecision),
        ("tax_no", "11019919760214100000", Code::EPrecision),
        ("citizen_id", "110199197602140003", Code::ECheck),
        ("uscc", "9.1110199E+17", Code::ESci),
        ("case_no", "1.10108E+20", Code::ESci),
        ("reg_no15", "1.10199E+14", Code::ESci),
        ("org_code", "110*99115", Code::EMasked),
        ("reg_no15", "11019900000?011", Code::EReplaced),
    ];
    for (check, text, code) in refused {
        Judge::new(check).refuses(text, code);
    }
}
