//! The receipt that travels back on the medium: a text that a person reads, the same text for the same answer.

use crate::suite::Suite;
use model::Lang;
use port::{Answer, BatchVerdict};
use std::fmt::Write as _;

/// Rows named one by one; a receipt is read by people.
const ROWS_MAX: usize = 10_000;

/// What ends the name of a receipt.
pub(crate) const TEXT: &str = ".receipt.txt";
/// What ends the name of a form that goes back beside it.
pub(crate) const FORM: &str = ".receipt.xlsx";
/// The name of the receipt for a file or bag.
pub(crate) fn name(of: &str) -> String {
    format!("{of}{TEXT}")
}

/// The name of the form that goes back beside it, where the return was a workbook.
pub(crate) fn form_name(of: &str) -> String {
    format!("{of}{FORM}")
}

/// What a name is about, where it is one of our notes: a receipt's text, or the form beside it, encrypted or not.
pub(crate) fn about(name: &str, suite: Suite) -> Option<&str> {
    let name = suite.whole_of(name).unwrap_or(name);
    let form = name.strip_suffix(suite.ending()).unwrap_or(name).strip_suffix(FORM);
    form.or_else(|| name.strip_suffix(TEXT))
}

/// The text, with the line ends and the mark that old text programs need.
///
/// It says whose ledger has it: what was taken in at two places has two of these.
pub(crate) fn text(of: &str, answer: &Answer, node: &str) -> String {
    let (zh, en) = match answer.verdict {
        BatchVerdict::Accepted => ("已接收", "accepted"),
        BatchVerdict::Repeat => ("重复，以前次答复为准", "seen before; the first answer holds"),
        BatchVerdict::Refused => (
            "整批拒收，未产生任何效果",
            "refused as a whole; nothing of it has effect",
        ),
        BatchVerdict::Quarantined => (
            "隔离待查，未产生任何效果",
            "set aside for a person; nothing of it has effect",
        ),
    };
    let mut out = String::from("\u{feff}");
    let mut line = |text: String| {
        out.push_str(&text);
        out.push_str("\r\n");
    };
    line("回执 Receipt".to_owned());
    line(format!("文件 File: {of}"));
    line(format!("本方节点 Our node: {node}"));
    line(format!("本方批次 Our batch: {}", answer.batch));
    line(format!("结论 Verdict: {zh} / {en}"));
    line(format!("返回码 Code: {}", answer.code));
    if let Some(anchor) = &answer.anchor {
        line(format!("账本 Ledger: {anchor}"));
    }
    for finding in &answer.findings {
        line(format!("  {}", finding.sentence(Lang::Zh)));
        line(format!("  {}", finding.sentence(Lang::En)));
    }
    let (refused, _) = answer.rows.other_than("0000");
    let good = answer.rows.len() as u64 - refused;
    line(format!("共 {} 行，通过 {}，拒绝 {}", answer.rows.len(), good, refused));
    line(format!(
        "{} rows, {} good, {} refused",
        answer.rows.len(),
        good,
        refused
    ));
    if refused > 0 {
        line("拒绝的行 Refused rows: 行 line | 办件编号 case | 返回码 code | 说明 message".to_owned());
    }
    for row in answer.rows.iter().filter(|row| row.code != "0000").take(ROWS_MAX) {
        let mut text = String::new();
        let _ = write!(
            text,
            "  {} | {} | {} | {}",
            row.line,
            plain(&row.case_no),
            plain(&row.code),
            plain(&row.message)
        );
        line(text);
    }
    let told = ROWS_MAX as u64;
    if refused > told {
        line(format!("  … {}", refused - told));
    }
    out
}

/// One line stays one line.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::answer;

    #[test]
    fn what_vouches_for_the_entry_stands_in_it() {
        let mut answer = answer(BatchVerdict::Accepted, &[]);
        assert!(!text("return.dbf", &answer, "n1").contains("账本"));
        answer.anchor = Some("th1:abc".into());
        assert!(text("return.dbf", &answer, "n1").contains("\r\n账本 Ledger: th1:abc\r\n"));
    }
}
