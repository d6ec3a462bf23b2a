//! A batch begins to arrive: is it new, the same again, or a number used before for something else?

use crate::desk::{Desk, Done};
use crate::transition::end::answer_of;
use ledger::Event;
use ledger::arriving::InEnd;
use model::{BatchId, Code, DeptId, Finding};
use port::{Answer, BatchVerdict, RowAnswers};

/// What is known of a batch before its rows are read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Arrival {
    /// From.
    pub dept: DeptId,
    /// Over.
    pub channel: String,
    /// Which feed.
    pub feed: String,
    /// What people call it.
    pub name: String,
    /// SHA-256 of its content, hexadecimal.
    pub digest: String,
    /// Its declared number.
    pub number: Option<String>,
    /// Our batch that it answers.
    pub answers: Option<String>,
    /// Its size.
    pub bytes: u64,
}

/// What to do with it.
#[derive(Clone, PartialEq, Debug)]
pub enum Begun {
    /// Read its rows.
    New(BatchId),
    /// It was answered before, or is answered now without being read.
    Answered(Answer),
    /// It is accepted, and its rows are getting effect.
    Underway(BatchId),
}

/// Judges an arrival by content and declared number, never by name or time.
pub fn begin(desk: &mut Desk<'_>, arrival: Arrival) -> Done<Begun> {
    let seen = desk.books().seen_digest(&arrival.dept, &arrival.digest);
    // What was refused as a whole had no effect, and its reason may have lain beside it (a marker, a setting): the same
    // content again is read again.
    let refused = seen
        .and_then(|id| desk.books().in_batch(id))
        .is_some_and(|b| b.end == Some(InEnd::Refused));
    if let Some(first) = seen.filter(|_| !refused) {
        let known = desk
            .books()
            .in_batch(first)
            .map(|b| (b.number == arrival.number, b.answers == arrival.answers));
        let (same_number, same_answers) = known.unwrap_or_default();
        // Same content under a new number is a new batch: its number counts and it gets its own receipt.
        // What it answers is declared data too: two receipts may read alike and speak of two batches.
        if same_answers && (same_number || arrival.number.is_none()) {
            return Ok(known_as(desk, first));
        }
    }
    if let Some(number) = arrival.number.clone()
        && let Some(first) = desk.books().seen_number(&arrival.dept, &arrival.feed, &number)
    {
        let same = desk.books().in_batch(first).is_some_and(|b| b.digest == arrival.digest);
        if same {
            return Ok(known_as(desk, first));
        }
        return quarantine(desk, arrival, number, first);
    }
    let batch = BatchId(desk.books().counters.batch);
    desk.say(Event::BatchBegun {
        batch,
        dept: arrival.dept,
        channel: arrival.channel,
        feed: arrival.feed,
        name: arrival.name,
        digest: arrival.digest,
        number: arrival.number,
        answers: arrival.answers,
        bytes: arrival.bytes,
    })?;
    Ok(Begun::New(batch))
}

fn known_as(desk: &mut Desk<'_>, first: BatchId) -> Begun {
    let underway = desk.books().in_batch(first).is_some_and(|b| b.end.is_none());
    if underway {
        Begun::Underway(first)
    } else {
        Begun::Answered(repeat(desk, first))
    }
}

fn repeat(desk: &mut Desk<'_>, first: BatchId) -> Answer {
    let offset = desk.plan.rules.offset_minutes;
    let mut answer = answer_of(desk.books(), first);
    if answer.verdict == BatchVerdict::Accepted {
        answer.verdict = BatchVerdict::Repeat;
        answer.code = Code::ERepeated.return_code().to_owned();
    }
    if let Some(batch) = desk.books().in_batch(first) {
        let when = crate::plan::civil(batch.since, offset)
            .strftime("%Y-%m-%d %H:%M:%S")
            .to_string();
        let number = batch.number.clone().unwrap_or_else(|| batch.name.clone());
        answer
            .findings
            .push(Finding::new(Code::ERepeated).with("number", number).with("when", when));
    }
    answer
}

fn quarantine(desk: &mut Desk<'_>, arrival: Arrival, number: String, first: BatchId) -> Done<Begun> {
    let batch = BatchId(desk.books().counters.batch);
    let finding = Finding::new(Code::ENumberReused)
        .with("number", &number)
        .file(&arrival.name);
    desk.say(Event::BatchQuarantined {
        batch,
        dept: arrival.dept,
        channel: arrival.channel,
        name: arrival.name,
        digest: arrival.digest,
        number,
        first,
    })?;
    Ok(Begun::Answered(Answer {
        verdict: BatchVerdict::Quarantined,
        batch,
        code: Code::ENumberReused.return_code().to_owned(),
        findings: vec![finding],
        rows: RowAnswers::default(),
        anchor: None,
    }))
}
