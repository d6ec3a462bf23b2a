//! Hostile and odd input: nothing panics, and nothing passes that has no business to.

use super::Judge;
use crate::Code;
use crate::check::{Options, by_name, by_type, names, tax_no, uscc};
use proptest::prelude::*;

#[test]
fn identity_numbers_of_other_documents_are_judged_by_characters() {
    let options = Options::default();
    let of = |id_type: &str, text: &str| by_type(id_type, text, &options).map(|c| c.value);
    assert_eq!(of("414", "e12345678"), Ok("E12345678".to_owned()));
    assert_eq!(of("516", "h1234567(8)"), Ok("H1234567(8)".to_owned()));
    assert_eq!(of("114", "军字第1234567号"), Ok("军字第1234567号".to_owned()));
    assert_eq!(of("414", "E1234;5678"), Err(Code::ECharset));
    assert_eq!(of("414", "E1234****"), Err(Code::EMasked));
    assert_eq!(of("414", ""), Err(Code::ELen));
    assert_eq!(of("414", "123456789012345678901"), Err(Code::ELen));
    assert_eq!(of("111", "E12345678"), Err(Code::ELen));
    assert_eq!(of("111", "11019919760214009x"), Ok("11019919760214009X".to_owned()));
}

#[test]
fn masks_and_fillers_are_named_as_such() {
    Judge::new("citizen_id").refuses("110199XXXXXXXX0073", Code::EMasked);
    Judge::new("citizen_id").refuses("110199××××××××0073", Code::EMasked);
    Judge::new("uscc").refuses("91110199000000000R", Code::EPlaceholder);
    Judge::new("tax_no").refuses("110199000000000", Code::EPlaceholder);
    Judge::new("tax_no").refuses("1101991234567-8", Code::ELen);
    Judge::new("tax_no").refuses("11019976021400100001", Code::EDate);
    Judge::new("citizen_id").refuses("110199197602140☃73", Code::ECharset);
}

#[test]
fn parts_of_odd_text_are_none() {
    for odd in [
        "",
        "九",
        "一二三四五六",
        "一二三四五六七八九十",
        "ééééééééé",
        "12345678901234567é",
    ] {
        let _ = (
            tax_no::kind(odd),
            tax_no::organisation(odd),
            uscc::org_code(odd),
            uscc::check_char(odd),
        );
        let _ = (crate::check::citizen_id::sex(odd), crate::check::citizen_id::birth(odd));
        assert_eq!(crate::check::org_code::check_char(odd), None);
    }
}

proptest! {
    #[test]
    fn nothing_panics_and_what_passes_is_stable(text in "\\PC{0,24}|[0-9X*/年月日T:.+ -]{0,24}") {
        let options = Options {
            extended_division: true,
            legacy_reg_no: true,
            pilot_codes: true,
            chinese_amount: true,
            latin_names: true,
            pad_zeros: true,
            open_end: true,
            name_approval_any: true,
            seal_code_len: 3,
            default_area: Some("010".into()),
            ..Options::default()
        };
        for name in names() {
            let Some(check) = by_name(name) else { continue };
            if let Ok(first) = check(&text, &options) {
                prop_assert!(first.warnings.iter().all(|w| w.is_warning()));
                let again = check(&first.value, &options);
                prop_assert_eq!(again.map(|c| c.value), Ok(first.value), "{}", name);
            }
        }
        let _ = crate::check::corruption(&text);
        let _ = crate::check::cell::number("org_code", &text, &options);
    }
}
