//! Erases a finished case's data: what it held and what was sent of it. What was owed and decided stays.
//!
//! Nothing goes that something still waits for: no case without its final receipts, no bytes of a batch that is not settled
//! as a whole, no row that nobody has dealt with.

use crate::desk::{Desk, Done, Stop};
use crate::doubt;
use crate::sweep::Scope;
use crate::transition::{close_day, settle};
use ledger::event::Person;
use ledger::{Erasure, Event, Lapse, Needed, Pos};
use model::{BatchId, CaseNo, Code, Finding};
use std::collections::{BTreeMap, BTreeSet};

#[cfg(test)]
mod tests;

/// What of one case stands in the journal and can go.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Data {
    /// The case.
    pub case_no: CaseNo,
    /// As of which of its events this was found.
    pub as_of: Pos,
    /// Where it stands.
    pub places: Vec<Pos>,
    /// The rows among these.
    pub rows: Vec<(BatchId, u64)>,
}

/// Who wants it, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Order {
    /// Who.
    pub person: Person,
    /// Why.
    pub reason: String,
    /// The archive that holds what goes: file name and digest.
    pub archive: Option<(String, String)>,
    /// The rule by which it goes, where no person asked for it; counts are filled in.
    pub rule: Option<Lapse>,
}

/// Whether a case's data may go as things are, and as of which of its events.
pub fn judge(desk: &mut Desk<'_>, case_no: &CaseNo) -> Done<Pos> {
    let Some(file) = desk.books().case(case_no) else {
        return Err(Finding::new(Code::VNotFound).with("what", case_no).into());
    };
    let (needed, as_of) = (file.needed(), file.at);
    if let Some(needed) = needed {
        return stays(case_no, why(&needed));
    }
    for batch in batches(desk, case_no) {
        let records = desk
            .books()
            .out_batch(batch)
            .map(|out| out.attempts.clone())
            .unwrap_or_default();
        if records.iter().any(|record| settle::is_unsettled(desk.books(), record)) {
            let detail = format!("批次{batch}还有办件未了结 batch {batch} has other cases that are not settled");
            return stays(case_no, detail);
        }
    }
    Ok(as_of)
}

/// Which of these cases' data may go. Where one alone is asked for and may not, it is said why.
pub fn scope(desk: &mut Desk<'_>, cases: Vec<CaseNo>) -> Done<Scope> {
    let alone = cases.len() == 1;
    let mut may = BTreeMap::new();
    for case_no in cases {
        match judge(desk, &case_no) {
            Ok(as_of) => {
                let spool = spool(desk, &case_no);
                may.insert(case_no, (as_of, spool));
            }
            Err(stop @ Stop::No(_)) if alone => return Err(stop),
            Err(Stop::No(_)) => {}
            Err(stop) => return Err(stop),
        }
    }
    // What was said in this very group must be found.
    desk.ledger.commit()?;
    let past = desk.books().past();
    Ok(Scope { cases: may, past })
}

/// Our batches that the case left in.
pub fn batches(desk: &mut Desk<'_>, case_no: &CaseNo) -> BTreeSet<BatchId> {
    let deliveries = desk
        .books()
        .case(case_no)
        .into_iter()
        .flat_map(|file| &file.obligations);
    let attempts = deliveries.flat_map(|o| &o.deliveries).flat_map(|d| &d.attempts);
    attempts.filter_map(|attempt| attempt.batch).collect()
}

/// Where the bytes of the batches stand that the case left in.
fn spool(desk: &mut Desk<'_>, case_no: &CaseNo) -> Vec<Pos> {
    let mut places = Vec::new();
    for batch in batches(desk, case_no) {
        let out = desk.books().out_batch(batch);
        places.extend(out.into_iter().flat_map(|out| &out.spool).map(|(_, pos)| *pos));
    }
    places
}

/// Cases after this one that were finished before an instant and may go, some at a time; and after which to go on. No
/// more where that is empty.
pub fn finished(desk: &mut Desk<'_>, before_ms: i64, after: &str) -> Done<(Vec<CaseNo>, String)> {
    let page = desk.books().cases_after(after);
    let next = page.last().map(ToString::to_string).unwrap_or_default();
    let mut done = Vec::new();
    for case_no in page {
        let old = desk
            .books()
            .case(&case_no)
            .is_some_and(|f| f.erased.is_none() && f.last_at() < before_ms);
        if old && judge(desk, &case_no).is_ok() {
            done.push(case_no);
        }
    }
    Ok((done, next))
}

/// Erases the data of these cases, in one group. Those of which something changed since they were looked through, or that
/// may not go by now, are left; the answer is how many went.
pub fn erase(desk: &mut Desk<'_>, found: Vec<Data>, order: &Order) -> Done<usize> {
    if order.rule.is_some() {
        doubt::need_trust(desk)?;
    }
    let (mut events, mut places, mut gone) = (Vec::new(), BTreeSet::new(), 0);
    let mut refused = None;
    for data in found {
        match one(desk, data, order, &mut places) {
            Ok(said) => {
                events.extend(said);
                gone += 1;
            }
            Err(Stop::No(finding)) => refused = Some(finding),
            Err(stop) => return Err(stop),
        }
    }
    match (gone, refused) {
        (0, Some(finding)) => return Err(Stop::No(finding)),
        (0, None) => return Ok(0),
        _ => {}
    }
    close_day::close_day(desk)?;
    let places: Vec<Pos> = places.into_iter().collect();
    // A rule says once what it did; a person's act is said of each case.
    events.extend(order.rule.clone().map(|lapse| {
        Event::Lapsed(Lapse {
            cases: gone as u64,
            entries: places.len() as u64,
            ..lapse
        })
    }));
    events.iter().for_each(|event| desk.mirror(event));
    desk.ledger.erase(desk.now, events, &places)?;
    Ok(gone)
}

fn one(desk: &mut Desk<'_>, data: Data, order: &Order, all: &mut BTreeSet<Pos>) -> Done<Vec<Event>> {
    let case_no = data.case_no;
    if judge(desk, &case_no)? != data.as_of {
        return stays(&case_no, "刚有变动，请重试 it changed meanwhile; try again".to_owned());
    }
    for (batch, line) in &data.rows {
        let ended = desk.books().in_batch(*batch).is_some_and(|b| b.end.is_some());
        let open = desk
            .books()
            .refused_row(*batch, *line)
            .is_some_and(|row| row.settled.is_none());
        if !ended || open {
            return stays(
                &case_no,
                format!("{batch}:{line}尚未处理 {batch}:{line} is not dealt with"),
            );
        }
    }
    let batches: Vec<BatchId> = batches(desk, &case_no).into_iter().collect();
    let places = data.places;
    if places.is_empty() {
        return Err(Finding::new(Code::VState)
            .with("detail", "没有可抹去的 nothing is left to erase")
            .into());
    }
    all.extend(&places);
    let audit = Event::Audit {
        person: order.person.clone(),
        action: if order.archive.is_some() {
            "ledger archive"
        } else {
            "ledger erase"
        }
        .to_owned(),
        object: case_no.to_string(),
        result: order.reason.clone(),
    };
    let erased = Event::CaseErased(Erasure {
        case_no,
        places,
        rows: data.rows,
        batches,
        person: order.person.clone(),
        reason: order.reason.clone(),
        archive: order.archive.clone(),
    });
    Ok(match order.rule {
        Some(_) => vec![erased],
        None => vec![audit, erased],
    })
}

fn stays<T>(case_no: &CaseNo, why: String) -> Done<T> {
    Err(Finding::new(Code::LNeeded)
        .with("case_no", case_no)
        .with("why", why)
        .into())
}

fn why(needed: &Needed) -> String {
    match needed {
        Needed::Open => "还在办 it is still under way".to_owned(),
        Needed::Unsettled(attempt) => format!("{attempt}还没有最终回执 {attempt} has no final receipt"),
        Needed::Form(task) => format!("{task}还在等 {task} still waits"),
        Needed::Review => "还有校核未答 a review is not answered".to_owned(),
    }
}
