//! A batch ended: judged as a whole. The rows of a short one get effect with that, all in one group; those of a long one
//! from then on, stretch by stretch (`take`).

use crate::desk::{Desk, Done};
use crate::transition::{absorb, receipt, take_up};
use ledger::Books;
use ledger::Event;
use ledger::arriving::InEnd;
use ledger::event::{RowRun, RowVerdict};
use model::define::{FeedRole, OnRowError};
use model::{BatchId, Code, Finding, Lang};
use port::{Answer, BatchVerdict, RowAnswer, RowAnswers};

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

/// What the end of a batch came to.
#[derive(Clone, PartialEq, Debug)]
pub enum Ended {
    /// It is answered.
    Answered(Answer),
    /// It is accepted; rows wait to have effect.
    Underway,
}

/// Gives a batch's rows effect, or refuses the whole.
pub fn end(desk: &mut Desk<'_>, batch: BatchId, reading: Reading) -> Done<Ended> {
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
    let facts = desk.books().facts(batch);
    if let (OnRowError::RejectFile, Some(findings)) = (rung.on_row_error, facts.bad) {
        return refuse(desk, batch, findings, position);
    }
    // Where the file does not say which batch of ours it answers, its rows may: each then answers a whole batch.
    let by_row = answers.is_none() && facts.by_row;
    let one_batch = matches!(feed.role, FeedRole::Receipts | FeedRole::ReceiptsWithResults) && !by_row;
    let long = facts.rows > desk.plan.rules.whole_rows as u64;
    if long {
        // What is read back from the journal must be there.
        desk.ledger.commit()?;
    }
    // The answer to one batch of ours is as long as that, and must be seen as a whole.
    if long && !one_batch {
        desk.say(Event::BatchJudged {
            batch,
            last: facts.last,
            findings: warnings,
            position,
        })?;
        return Ok(Ended::Underway);
    }
    let rows = desk.books().next_rows(batch, usize::MAX)?;
    let receipts = match feed.role {
        FeedRole::Receipts | FeedRole::ReceiptsWithResults if one_batch => {
            match receipt::open(desk, &dept, answers.as_deref())? {
                Ok(receipts) => Some(receipts),
                Err(finding) => return refuse(desk, batch, vec![finding], position),
            }
        }
        _ => None,
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
        if receipts.is_some() {
            // A receipt settles once: whoever dies here is offered the file again, and what it settled stays.
            desk.room()?;
        }
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
        take_up::batch(desk, batch)?;
    }
    Ok(Ended::Answered(answer))
}

fn refuse(desk: &mut Desk<'_>, batch: BatchId, findings: Vec<Finding>, position: Option<String>) -> Done<Ended> {
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
    Ok(Ended::Answered(answer_of(desk.books(), batch)))
}

/// The answer a batch gets, the first time and every time after.
pub fn answer_of(books: &mut Books, id: BatchId) -> Answer {
    let Some(batch) = books.in_batch(id).cloned() else {
        return Answer {
            verdict: BatchVerdict::Refused,
            batch: id,
            code: Code::EOther.return_code().to_owned(),
            findings: Vec::new(),
            rows: RowAnswers::default(),
            anchor: None,
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
    let mut rows = RowAnswers::default();
    for run in &batch.rows {
        let plain = |message: &str| RowAnswer {
            line: run.first,
            case_no: String::new(),
            code: run.code.clone(),
            message: message.to_owned(),
        };
        match run.verdict {
            RowVerdict::Merged => rows.push_run(plain(""), run.count),
            RowVerdict::Unchanged => rows.push_run(plain("已处理"), run.count),
            RowVerdict::Refused | RowVerdict::Parked => {
                for line in run.first..=run.last() {
                    rows.push(refused_answer(books, id, run, line));
                }
            }
        }
    }
    Answer {
        verdict,
        batch: id,
        code: code.to_owned(),
        findings: batch.findings,
        rows,
        anchor: None,
    }
}

fn refused_answer(books: &mut Books, batch: BatchId, run: &RowRun, line: u64) -> RowAnswer {
    let refused = books.refused_row(batch, line);
    let findings = refused.map(|r| r.findings.as_slice()).unwrap_or_default();
    let what = findings.iter().map(|f| f.what(Lang::Zh)).collect::<Vec<_>>().join("；");
    let case_no = refused.and_then(|r| r.case_no.as_ref());
    RowAnswer {
        line,
        case_no: case_no.map(ToString::to_string).unwrap_or_default(),
        code: run.code.clone(),
        message: match run.verdict {
            RowVerdict::Parked => format!("已收，待补对照表，不必重报：{what}"),
            _ => what,
        },
    }
}

#[cfg(test)]
mod tests;
