#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use model::BatchId;

fn answer(verdict: BatchVerdict, findings: Vec<Finding>, codes: &[&str]) -> Answer {
    let row = |(n, code): (usize, &&str)| RowAnswer {
        line: n as u64 + 1,
        case_no: String::new(),
        code: (*code).to_owned(),
        message: if *code == GOOD {
            String::new()
        } else {
            "有误".to_owned()
        },
    };
    let rows = codes.iter().enumerate().map(row).collect();
    Answer {
        verdict,
        batch: BatchId(7),
        code: "1008".into(),
        findings,
        rows,
        anchor: None,
    }
}

#[test]
fn every_verdict_has_its_status() {
    use BatchVerdict::{Accepted, Quarantined, Refused, Repeat};
    for (verdict, codes, status) in [
        (Accepted, &["0000"][..], 202),
        (Accepted, &["0000", "2003"], 422),
        (Accepted, &[], 202),
        (Repeat, &["0000"], 200),
        (Repeat, &["2003"], 422),
        (Refused, &[], 422),
        (Quarantined, &[], 409),
    ] {
        let (got, body) = tell(&answer(verdict, vec![], codes), &[]);
        assert_eq!(got.as_u16(), status, "{verdict:?} {codes:?}");
        assert_eq!(body["code"].is_string(), status >= 400, "{verdict:?} {codes:?}");
        assert_eq!(body["batch"], "b7");
    }
}

#[test]
fn a_refused_whole_says_its_first_reason_and_all_of_them() {
    let why = vec![
        Finding::new(Code::WEol),
        Finding::new(Code::EStructure).with("detail", "x").byte(9),
        Finding::new(Code::EBom),
    ];
    let mut again = why.clone();
    again.push(Finding::new(Code::ERepeated));
    for findings in [why, again] {
        let (_, body) = tell(&answer(BatchVerdict::Refused, findings, &[]), &[]);
        assert_eq!(
            (&body["code"], &body["return_code"]),
            (&"E_STRUCTURE".into(), &"1008".into())
        );
        assert_eq!(body["place"]["byte"], 9);
        assert_eq!(body["findings"].as_array().unwrap().len(), 2);
    }
}

#[test]
fn a_row_whose_reasons_are_gone_still_says_its_code_and_sentence() {
    let (_, body) = tell(
        &answer(BatchVerdict::Repeat, vec![Finding::new(Code::ERepeated)], &["2003"]),
        &[],
    );
    assert_eq!(
        (&body["code"], &body["return_code"]),
        (&"E_OTHER".into(), &"2003".into())
    );
    assert_eq!(
        (&body["what"]["zh"], &body["what"]["en"]),
        (&"有误".into(), &"refused with return code 2003".into())
    );
}

#[test]
fn what_was_set_aside_before_is_told_as_such_again() {
    let repeated = Finding::new(Code::ERepeated).with("number", "n1").with("when", "x");
    let (status, body) = tell(&answer(BatchVerdict::Quarantined, vec![repeated], &[]), &[]);
    assert_eq!((status.as_u16(), &body["code"]), (409, &"E_NUMBER_REUSED".into()));
    assert!(body["what"]["en"].as_str().unwrap().contains("n1"));
}

#[test]
fn the_platform_can_keep_what_vouches_for_the_entry() {
    let mut answer = answer(BatchVerdict::Accepted, vec![], &["0000"]);
    assert!(tell(&answer, &[]).1.get("ledger").is_none());
    answer.anchor = Some("th1:abc".into());
    assert_eq!(tell(&answer, &[]).1["ledger"], "th1:abc");
}
