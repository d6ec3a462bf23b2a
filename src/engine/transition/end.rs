//! A batch ended: judged as a whole, its rows get effect, all in one group.

use crate::desk::{Desk, Done};
use crate::transition::{absorb, receipt, take_up};
use ledger::Event;
use ledger::books::{Books, InEnd, PendingRow};
use ledger::event::RowVerdict;
use model::define::{FeedRole, OnRowError};
use model::{BatchId, Code, Finding, Lang};
use port::{Answer, BatchVerdict, RowAnswer};

/// The return code of a good row.
pub const GOOD: &str = "0000";

/// How reading a batch ended.
#[derive(Clone, PartialEq, Debug)]
pub enum Reading {
    /// All rows were read; what should be known, and the position that is reached.
    Whole {
        /// Warnings about the whole.
        warnings: Vec<Finding>,
        /// Position of the source.
        position: Option<String>,
    },
    /// The batch cannot be taken.
    Failed {
        /// Why.
        finding: Finding,
        /// Position of the source: a page that cannot be read must not stop those behind it.
        position: Option<String>,
    },
}

/// Gives a batch's rows effect, or refuses the whole.
pub fn end(desk: &mut Desk<'_>, batch: BatchId, reading: Reading) -> Done<Answer> {
    let (mut warnings, position) = match reading {
        Reading::Failed { finding, position } => return refuse(desk, batch, vec![finding], position),
        Reading::Whole { warnings, position } => (warnings, position),
    };
    let Some((dept, channel, feed, answers)) = desk
        .books()
        .in_batch(batch)
        .map(|b| (b.dept.clone(), b.channel.clone(), b.feed.clone(), b.answers.clone()))
    else {
        return crate::desk::no(Code::VNotFound, "what", batch);
    };
    let plan = desk.plan;
    let Some(rung) = plan.dept(&dept).and_then(|d| d.channel(&channel)) else {
        return crate::desk::no(Code::VNotFound, "what", format!("{dept}/{channel}"));
    };
    let Some(feed) = rung.feeds.iter().find(|f| f.name == feed) else {
        return crate::desk::no(Code::VNotFound, "what", format!("{dept}/{channel}/{feed}"));
    };
    let rows: Vec<PendingRow> = desk.books().pending.get(&batch).cloned().unwrap_or_default();
    let bad = rows.iter().find(|r| r.incoming.is_none());
    if let (OnRowError::RejectFile, Some(bad)) = (rung.on_row_error, bad) {
        let findings = bad.findings.clone();
        return refuse(desk, batch, findings, position);
    }
    // Where the file does not say which batch of ours it answers, its rows may: each then answers a whole batch.
    let by_row = answers.is_none()
        && rows
            .iter()
            .any(|r| r.incoming.as_ref().is_some_and(|i| i.batch_no.is_some()));
    let receipts = match feed.role {
        FeedRole::Receipts | FeedRole::ReceiptsWithResults if by_row => None,
        FeedRole::Receipts | FeedRole::ReceiptsWithResults => match receipt::open(desk, &dept, answers.as_deref()) {
            Ok(receipts) => Some(receipts),
            Err(finding) => return refuse(desk, batch, vec![finding], position),
        },
        FeedRole::Cases | FeedRole::Results => None,
    };
    let source = absorb::Source {
        dept: &dept,
        channel: rung,
        feed,
        batch,
    };
    let mut receipts = receipts;
    let mut parked = false;
    let mut verdicts = Vec::with_capacity(rows.len());
    for row in &rows {
        let (verdict, code) = absorb::absorb(desk, &source, row, receipts.as_mut())?;
        parked |= verdict == RowVerdict::Parked;
        verdicts.push((row.line, verdict, code));
    }
    if let Some(receipts) = receipts {
        warnings.extend(receipt::close(desk, &source, receipts)?);
    }
    desk.say(Event::BatchEnded {
        batch,
        accepted: true,
        findings: warnings,
        rows: verdicts,
        position,
    })?;
    let answer = answer_of(desk.books(), batch);
    if parked {
        // A code that was mapped while the rows were being read.
        take_up::all(desk)?;
    }
    Ok(answer)
}

fn refuse(desk: &mut Desk<'_>, batch: BatchId, findings: Vec<Finding>, position: Option<String>) -> Done<Answer> {
    let name = desk.books().in_batch(batch).map(|b| b.name.clone()).unwrap_or_default();
    let named = |f: Finding| if f.place.file.is_some() { f } else { f.file(&name) };
    let findings = findings.into_iter().map(named).collect();
    desk.say(Event::BatchEnded {
        batch,
        accepted: false,
        findings,
        rows: Vec::new(),
        position,
    })?;
    Ok(answer_of(desk.books(), batch))
}

/// The answer a batch gets, the first time and every time after.
pub fn answer_of(books: &mut Books, id: BatchId) -> Answer {
    let Some(batch) = books.in_batch(id) else {
        return Answer {
            verdict: BatchVerdict::Refused,
            batch: id,
            code: Code::EOther.return_code().to_owned(),
            findings: Vec::new(),
            rows: Vec::new(),
        };
    };
    let verdict = match batch.end {
        Some(InEnd::Accepted) => BatchVerdict::Accepted,
        Some(InEnd::Quarantined) => BatchVerdict::Quarantined,
        Some(InEnd::Refused) | None => BatchVerdict::Refused,
    };
    let code = match verdict {
        BatchVerdict::Accepted => GOOD,
        BatchVerdict::Quarantined => Code::ENumberReused.return_code(),
        _ => batch.findings.first().map_or("9999", |f| f.code.return_code()),
    };
    let rows = batch
        .rows
        .iter()
        .map(|(line, verdict, code)| {
            let refused = batch.refused.get(line);
            let message = match verdict {
                RowVerdict::Merged => String::new(),
                RowVerdict::Unchanged => "已处理".to_owned(),
                RowVerdict::Refused | RowVerdict::Parked => {
                    let findings = refused.map(|r| r.findings.as_slice()).unwrap_or_default();
                    let what = findings.iter().map(|f| f.what(Lang::Zh)).collect::<Vec<_>>().join("；");
                    match verdict {
                        RowVerdict::Parked => format!("已收，待补对照表，不必重报：{what}"),
                        _ => what,
                    }
                }
            };
            let case_no = refused
                .and_then(|r| r.case_no.as_ref())
                .map(ToString::to_string)
                .unwrap_or_default();
            RowAnswer {
                line: *line,
                case_no,
                code: code.clone(),
                message,
            }
        })
        .collect();
    Answer {
        verdict,
        batch: id,
        code: code.to_owned(),
        findings: batch.findings.clone(),
        rows,
    }
}

#[cfg(test)]
mod tests;
