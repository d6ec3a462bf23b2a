//! Divisions and status codes.

use super::Judge;
use crate::Code;
use crate::Standing;
use crate::check::{Options, division, status};
use crate::vectors::{Value, each, only, rows, text};
use std::sync::Arc;

#[test]
fn divisions() {
    let judge = Judge::new("division");
    each("division", &["standard"], |name, value| {
        match name {
            "province_prefixes" => {
                let prefixes: Vec<String> = division::PROVINCES.iter().map(u8::to_string).collect();
                assert_eq!(rows(value), prefixes);
            }
            "valid" => judge.all_pass(value, &[]),
            "invalid" => judge.all_refused(value),
            "extended" => {
                let extended = Judge::with(
                    "division",
                    Options {
                        extended_division: true,
                        ..Options::default()
                    },
                );
                for row in rows(value) {
                    only(row, &["value", "kind"]);
                    let code = text(row, "value");
                    let depth = match text(row, "kind") {
                        "town9" => division::Depth::Town,
                        "statistical12" => division::Depth::Village,
                        other => panic!("{other}"),
                    };
                    assert_eq!(division::depth(code), Some(depth));
                    extended.passes(code);
                    judge.refuses(code, Code::ELen);
                }
            }
            "strict_table" => {
                let divisions = Some(Arc::new(["110108".into()].into_iter().collect()));
                let strict = Judge::with(
                    "division",
                    Options {
                        divisions,
                        ..Options::default()
                    },
                );
                strict.passes("110108");
                for row in rows(value) {
                    only(row, &["value", "structural", "strict"]);
                    assert_eq!(text(row, "structural"), "ok");
                    judge.passes(text(row, "value"));
                    strict.refuses(text(row, "value"), super::code(row, "strict"));
                }
            }
            _ => return false,
        }
        true
    });
}

#[test]
fn status_codes() {
    each("status_map", &[], |name, value| {
        match name {
            "canonical" => {
                let words: Vec<&str> = Standing::ALL.iter().map(|s| s.word()).collect();
                assert_eq!(rows(value), words);
            }
            "doneresult_std1" => all_mean(value, |code| status::done_result(Some("1"), code)),
            "doneresult_std2" => all_mean(value, |code| status::done_result(Some("2"), code)),
            "noderesult" => all_mean(value, status::node_result),
            "gateway_codes" => all_mean(value, status::gateway),
            "trap" => {
                only(value, &["row", "expect", "row2", "expect2", "missing_stdver"]);
                for (row, expect) in [("row", "expect"), ("row2", "expect2")] {
                    let version = value[row]["STDVER"].to_string();
                    let found = status::done_result(Some(&version), text(&value[row], "DONERESULT"));
                    assert_eq!(found, Ok(Standing::from_word(text(value, expect)).unwrap()));
                }
                assert!(text(value, "missing_stdver").starts_with(Code::ECodeVersion.word()));
                for version in [None, Some(""), Some("3")] {
                    assert_eq!(
                        status::done_result(version, "6"),
                        Err(Code::ECodeVersion),
                        "{version:?}"
                    );
                }
            }
            _ => return false,
        }
        true
    });
    assert_eq!(status::done_result(Some("2"), "7"), Err(Code::EUnmapped));
    assert_eq!(status::node_result("8"), Err(Code::EUnmapped));
    assert_eq!(status::gateway("7"), Err(Code::EUnmapped));
}

fn all_mean(table: &Value, meaning: impl Fn(&str) -> Result<Standing, Code>) {
    for (code, word) in table.as_object().unwrap() {
        let expected = match word.as_str().unwrap() {
            // One step agreed: of the matter that only says that it goes on.
            "approved_node" => Standing::InReview,
            word => Standing::from_word(word).unwrap(),
        };
        assert_eq!(meaning(code), Ok(expected), "{code}");
    }
}
