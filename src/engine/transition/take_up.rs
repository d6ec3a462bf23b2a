//! What waited for codes is taken up again, once all of them are known.
//!
//! A parked row becomes a row of a batch of its own, with the line it had: the same way in as ever, so that nothing about
//! it is special. A parked delivery is due again. Dying in between loses nothing: what is still parked and waits for
//! nothing any more is taken up at the next start.

use crate::command::ReadRow;
use crate::desk::{Desk, Done};
use crate::plan::Plan;
use crate::projection::hex;
use crate::transition::{self, end, take};
use aws_lc_rs::digest::{SHA256, digest};
use ledger::Event;
use ledger::arriving::{InBatch, RefusedRow};
use ledger::codes::ParkedRow;
use mapping::Extensions;
use model::{BatchId, CaseNo, Code, Finding, Header, Incoming, ObligationKey, Row, Side, UnmappedCode};
use std::collections::BTreeMap;

/// Rows taken up in one group, at most.
const CHUNK: usize = 500;

/// Takes up everything that waits for nothing any more; how many rows and deliveries that were. What was decided is
/// durable, chunk by chunk, so that a million rows are no group of a million entries.
pub fn all(desk: &mut Desk<'_>) -> Done<u64> {
    let mut count = 0;
    for id in desk.books().refused_in() {
        count += batch(desk, id)?;
    }
    Ok(count + deliveries(desk)?)
}

/// Takes up rows of one batch that wait for nothing any more; how many.
pub fn batch(desk: &mut Desk<'_>, id: BatchId) -> Done<u64> {
    let (mut count, mut after) = (0, None);
    let Some(batch) = desk.books().in_batch(id).cloned() else {
        return Ok(0);
    };
    loop {
        // Never so many that what is made of them were a long batch: it must be taken in one group with their release.
        let most = CHUNK.min(desk.plan.rules.whole_rows);
        let page = desk.books().refused_after(id, after, most);
        let Some((last, _)) = page.last() else {
            return Ok(count);
        };
        after = Some(*last);
        let extensions = desk.extensions();
        let known = |code: &UnmappedCode| is_known(desk.plan, &extensions, code, true);
        let ready: Vec<(u64, ParkedRow)> = waiting(page)
            .filter(|(_, _, parked)| parked.codes.iter().all(known))
            .map(|(line, _, parked)| (line, parked))
            .collect();
        if !ready.is_empty() {
            count += rows(desk, &batch, &ready, &extensions)?;
            desk.ledger.commit()?;
        }
    }
}

/// Of these rows, the ones that are parked and nobody has dealt with: line, case and what they wait for.
pub fn waiting(page: Vec<(u64, RefusedRow)>) -> impl Iterator<Item = (u64, Option<CaseNo>, ParkedRow)> {
    let open = page.into_iter().filter(|(_, row)| row.settled.is_none());
    open.filter_map(|(line, row)| Some((line, row.case_no, row.parked?)))
}

/// Whether a code that was not known is known now: by an extension, or by a table that was configured since.
fn is_known(plan: &Plan, extensions: &Extensions, code: &UnmappedCode, incoming: bool) -> bool {
    let Some(table) = plan.table(&code.table) else {
        return false;
    };
    let (name, code, side) = (code.table.as_str(), code.code.as_str(), code.side);
    let left = || table.canonical(code).is_some() || extensions.canonical(name, code).is_some();
    let right = || table.local(code).is_some() || extensions.local(name, code).is_some();
    match side {
        Side::Local => left(),
        Side::Canonical if incoming => right() || extensions.canonical(name, code).is_some(),
        Side::Canonical => right(),
    }
}

/// Reads parked rows again and gives them effect as a batch of their own.
fn rows(desk: &mut Desk<'_>, batch: &InBatch, parked: &[(u64, ParkedRow)], extensions: &Extensions) -> Done<u64> {
    let plan = desk.plan;
    let layout = plan.dept(&batch.dept).and_then(|dept| {
        let feeds = &dept.channel(&batch.channel)?.feeds;
        let feed = feeds.iter().find(|f| f.name == batch.feed)?;
        dept.layout(&feed.layout).map(|(_, compiled)| compiled.clone())
    });
    // A feed that is configured no more: its rows wait until it is, or until a person drops them.
    let Some(layout) = layout else { return Ok(0) };
    let id = BatchId(desk.books().counters.batch);
    let (mut lines, mut gone) = (Vec::new(), Vec::new());
    for (line, parked) in parked {
        let Some(Event::RowParked { cells, .. }) = desk.ledger.read(parked.pos)? else {
            gone.push(*line);
            continue;
        };
        let header = Header::new(cells.iter().map(|(name, _)| name.clone()));
        let Ok(bound) = layout.bind(&header) else { continue };
        let cells: Vec<_> = cells.into_iter().map(|(_, cell)| cell).collect();
        let row = Row { line: *line, cells };
        let read = bound.read_with(&row, extensions);
        lines.push(match read {
            Ok((incoming, mut findings)) => {
                findings.extend(overtaken(desk, batch, &incoming).map(|f| f.row(*line)));
                ReadRow {
                    line: *line,
                    incoming: Some(Box::new(incoming)),
                    findings,
                    parked: None,
                }
            }
            Err(unread) => ReadRow {
                line: *line,
                incoming: None,
                parked: ReadRow::park(&unread, &header, &row),
                findings: unread.findings,
            },
        });
    }
    for line in gone {
        release(desk, batch, line, None)?;
    }
    if lines.is_empty() {
        return Ok(0);
    }
    let count = lines.len() as u64;
    let numbers: Vec<u64> = lines.iter().map(|row| row.line).collect();
    let print = format!("{} {numbers:?} {id}", batch.batch);
    desk.say(Event::BatchBegun {
        batch: id,
        dept: batch.dept.clone(),
        channel: batch.channel.clone(),
        feed: batch.feed.clone(),
        name: batch.name.clone(),
        digest: hex(digest(&SHA256, print.as_bytes()).as_ref()),
        number: None,
        answers: batch.answers.clone(),
        bytes: 0,
    })?;
    transition::rows::rows(desk, id, lines)?;
    for line in numbers {
        release(desk, batch, line, Some((id, line)))?;
    }
    let whole = end::Reading::Whole {
        warnings: Vec::new(),
        position: None,
    };
    let mut ended = end::end(desk, id, whole)?;
    while ended == end::Ended::Underway {
        ended = take::take(desk, id)?;
    }
    Ok(count)
}

fn release(desk: &mut Desk<'_>, batch: &InBatch, line: u64, into: Option<(BatchId, u64)>) -> Done {
    let row = (batch.batch, line);
    desk.say(Event::RowReleased { row, into })?;
    Ok(())
}

/// A row that waited while its source said something newer would put the old in the place of the new: it is refused by
/// name instead.
fn overtaken(desk: &mut Desk<'_>, batch: &InBatch, incoming: &Incoming) -> Option<Finding> {
    let file = desk.books().case(incoming.case_no.as_ref()?)?;
    let newer = incoming.items.iter().any(|(no, value)| {
        let held = file.case.items.get(no);
        held.is_some_and(|held| held.source == batch.dept && held.at > batch.since && held.value != *value)
    });
    let decided = incoming.standing.is_some()
        && file.obligations.iter().any(|o| {
            let ours = o.matter.dept() == batch.dept && incoming.matter.as_ref().is_none_or(|m| *m == o.matter);
            ours && o.standing.as_ref().is_some_and(|s| s.at > batch.since)
        });
    let detail = "等待期间来源已报新值 the source said something newer while it waited";
    (newer || decided).then(|| Finding::new(Code::EState).with("detail", detail))
}

/// Deliveries that wait for nothing any more are due again.
fn deliveries(desk: &mut Desk<'_>) -> Done<u64> {
    let extensions = desk.extensions();
    let mut ready: Vec<(ObligationKey, u32)> = Vec::new();
    for case_no in desk.books().parked_cases() {
        let plan = desk.plan;
        let Some(file) = desk.books().case(&case_no) else {
            continue;
        };
        for o in file.obligations.iter().filter(|o| o.ended.is_none()) {
            for delivery in o.last_delivery().into_iter().filter(|d| d.is_parked()) {
                if delivery
                    .parked
                    .iter()
                    .all(|code| is_known(plan, &extensions, code, false))
                {
                    let key = ObligationKey {
                        case_no: case_no.clone(),
                        matter: o.matter.clone(),
                        round: o.round,
                    };
                    ready.push((key, delivery.n));
                }
            }
        }
    }
    let count = ready.len() as u64;
    for (key, n) in ready {
        desk.room()?;
        desk.say(Event::DeliveryDue {
            key,
            n,
            at: desk.now,
            person: None,
            substitute: BTreeMap::new(),
            reason: String::new(),
        })?;
    }
    Ok(count)
}
