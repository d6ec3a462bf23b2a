//! What the ledger said of a posted case, as an HTTP answer. Pure.

use crate::say;
use axum::http::StatusCode;
use model::{Code, Finding};
use port::{Answer, BatchVerdict, RowAnswer};
use serde_json::{Map, Value, json};

#[cfg(test)]
mod tests;

/// The return code of a good row.
const GOOD: &str = "0000";

/// The first row that was refused.
pub fn refused_row(answer: &Answer) -> Option<&RowAnswer> {
    answer.rows.other_than(GOOD).1
}

/// The answer to the platform. `why` are the findings of the first refused row, where they could be looked up.
pub fn tell(answer: &Answer, why: &[Finding]) -> (StatusCode, Value) {
    let mut body = Map::new();
    body.insert("batch".into(), answer.batch.to_string().into());
    body.insert("verdict".into(), word(answer.verdict).into());
    if let Some(anchor) = &answer.anchor {
        body.insert("ledger".into(), anchor.as_str().into());
    }
    let whole = matches!(answer.verdict, BatchVerdict::Refused | BatchVerdict::Quarantined);
    if whole || refused_row(answer).is_some() {
        let reasons = reasons(answer, why);
        body.append(&mut first(answer, &reasons));
        let all: Vec<Value> = reasons.iter().map(|f| Value::Object(say::finding(f))).collect();
        body.insert("findings".into(), all.into());
    }
    body.insert("rows".into(), answer.rows.iter().map(row).collect());
    (status(answer), Value::Object(body))
}

fn status(answer: &Answer) -> StatusCode {
    match answer.verdict {
        BatchVerdict::Quarantined => StatusCode::CONFLICT,
        BatchVerdict::Refused => StatusCode::UNPROCESSABLE_ENTITY,
        _ if refused_row(answer).is_some() => StatusCode::UNPROCESSABLE_ENTITY,
        BatchVerdict::Repeat => StatusCode::OK,
        BatchVerdict::Accepted => StatusCode::ACCEPTED,
    }
}

/// What refused it. A warning refuses nothing; and that a batch was seen before is no reason of its refusal.
fn reasons(answer: &Answer, why: &[Finding]) -> Vec<Finding> {
    let findings = match answer.verdict {
        BatchVerdict::Refused | BatchVerdict::Quarantined => &answer.findings,
        BatchVerdict::Accepted | BatchVerdict::Repeat => why,
    };
    let is_reason = |f: &&Finding| !f.code.is_warning() && f.code != Code::ERepeated;
    let mut reasons: Vec<Finding> = findings.iter().filter(is_reason).cloned().collect();
    if reasons.is_empty() && answer.verdict == BatchVerdict::Quarantined {
        // Set aside before: its repeat brings the number only.
        let number = answer
            .findings
            .iter()
            .flat_map(|f| &f.args)
            .find(|(name, _)| name == "number");
        reasons.push(Finding::new(Code::ENumberReused).with("number", number.map_or("?", |(_, n)| n)));
    }
    reasons
}

/// Why, by the first finding; where none can be looked up any more, by the row's own code and sentence.
fn first(answer: &Answer, reasons: &[Finding]) -> Map<String, Value> {
    if let Some(finding) = reasons.first() {
        return say::finding(finding);
    }
    let row = refused_row(answer);
    let code = row.map_or(answer.code.as_str(), |r| r.code.as_str());
    let zh = row
        .map(|r| r.message.as_str())
        .filter(|m| !m.is_empty())
        .unwrap_or("已被拒绝");
    let mut object = say::finding(&Finding::new(Code::EOther));
    object.insert("return_code".into(), code.into());
    object.insert(
        "what".into(),
        json!({"zh": zh, "en": format!("refused with return code {code}")}),
    );
    object
}

fn row(row: RowAnswer) -> Value {
    let mut object = Map::new();
    object.insert("row".into(), row.line.into());
    object.insert("code".into(), row.code.as_str().into());
    if !row.case_no.is_empty() {
        object.insert("case_no".into(), row.case_no.as_str().into());
    }
    if !row.message.is_empty() {
        object.insert("message".into(), row.message.as_str().into());
    }
    Value::Object(object)
}

fn word(verdict: BatchVerdict) -> &'static str {
    match verdict {
        BatchVerdict::Accepted => "accepted",
        BatchVerdict::Repeat => "repeat",
        BatchVerdict::Refused => "refused",
        BatchVerdict::Quarantined => "quarantined",
    }
}
