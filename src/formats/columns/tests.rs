#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

fn judge(columns: &Columns, found: &[&str]) -> Result<(Vec<String>, usize), String> {
    let found: Vec<String> = found.iter().map(|f| (*f).to_owned()).collect();
    match columns.judge(&found, str::eq_ignore_ascii_case) {
        Ok((header, warnings)) => Ok((header.names().iter().map(|n| n.to_string()).collect(), warnings.len())),
        Err(finding) => Err(finding
            .args
            .iter()
            .map(|(_, v)| v.as_str())
            .collect::<Vec<_>>()
            .join("|")),
    }
}

#[test]
fn order_is_the_files_and_spelling_is_ours() {
    let columns = Columns::exactly(["YWBH", "CLJG"]).optional(["CLSM"]);
    assert_eq!(
        judge(&columns, &["cljg", "Ywbh"]),
        Ok((vec!["CLJG".into(), "YWBH".into()], 0))
    );
    assert_eq!(judge(&columns, &["CLSM", "YWBH", "CLJG"]).unwrap().0.len(), 3);
}

#[test]
fn missing_and_extra_are_named_together() {
    let columns = Columns::exactly(["A", "B"]);
    assert_eq!(judge(&columns, &["A", "C"]), Err("B|C".into()));
    assert_eq!(judge(&columns, &["A"]), Err("B|-".into()));
    assert_eq!(judge(&columns, &["A", "B", "C"]), Err("-|C".into()));
    assert_eq!(
        judge(&columns.clone().extra(Extra::Warn), &["A", "B", "C"]).unwrap().1,
        1
    );
    assert_eq!(judge(&columns.extra(Extra::Warn), &["A", "C"]), Err("B|C".into()));
}

#[test]
fn a_first_line_of_data_is_not_told() {
    assert_eq!(
        judge(&Columns::exactly(["姓名", "号码"]), &["张三", "110199197602140073"]),
        Err("姓名、号码|#2".into())
    );
}

#[test]
fn a_name_may_stand_once() {
    assert!(judge(&Columns::any(), &["A", "B", "a"]).unwrap_err().contains("1 = 3"));
    assert_eq!(judge(&Columns::any(), &["A", "B"]).unwrap().1, 0);
}
