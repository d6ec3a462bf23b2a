//! Due hand-overs become a batch: number, sequence and bytes are fixed before anything leaves.

use crate::desk::{Desk, Done};
use crate::doubt::{self, Stands};
use crate::plan::Dept;
use crate::projection::{hex, project};
use crate::transition::{advance, end, forms};
use aws_lc_rs::digest::{Context, SHA256};
use ledger::Event;
use ledger::case_file::{Delivery, Obligation};
use ledger::due::Due;
use ledger::event::{About, Ending, NewAttempt, PartRecord};
use mapping::{Facts, Unwritten};
use model::define::{Channel, Layout};
use model::{AttemptId, BatchId, Code, DeptId, Finding, Header, ObligationKey, Op, Row};
use port::{Adapter, Before, Beside, Encoded, Misfit, Numbers, Outgoing, Record, Starts, Took, Unencoded};
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

/// Bytes of one spool entry in the journal, at most.
const SPOOL_CHUNK: usize = 1 << 20;
/// Deliveries that wait for a person to look, found in one turn.
const DOUBTED: usize = 1_000;
/// Rows of one batch, at most, whatever a channel takes: they are in memory while it is made, and so is all that an answer to
/// it changes.
const ROWS_MAX: usize = 5_000;

/// Hand-overs that are due, looked for in one go.
const PAGE: usize = 256;

/// Makes at most one batch of what is due on a channel. `None` where nothing is.
pub fn prepare(desk: &mut Desk<'_>, dept: &DeptId, channel: &Channel, adapter: &dyn Adapter) -> Done<Option<BatchId>> {
    let now = desk.now;
    prepare_due(desk, dept, channel, adapter, now)
}

/// The same of what was due at an instant: whoever makes batch after batch ends, however much becomes due meanwhile.
pub fn prepare_due(
    desk: &mut Desk<'_>,
    dept: &DeptId,
    channel: &Channel,
    adapter: &dyn Adapter,
    until: i64,
) -> Done<Option<BatchId>> {
    desk.room()?;
    let plan = desk.plan;
    let Some(department) = plan.dept(dept) else {
        return Ok(None);
    };
    if plan.expired(dept, desk.now).is_some() || !desk.books().is_trusted() {
        return Ok(None);
    }
    let single = adapter.abilities().starts == Starts::Claim;
    let most = if single {
        1
    } else {
        ROWS_MAX.min(channel.max_rows as usize)
    };
    loop {
        let wanted = choose(desk, department, channel, most, until)?;
        let (chosen, before) = (wanted.len(), desk.books().last);
        let mut lines = write(desk, department, channel, wanted)?;
        let Some(layout) = lines.first().map(|l| l.layout.clone()) else {
            // Whatever was chosen did not fit and was refused by name: the next may fit.
            if chosen > 0 && desk.books().last != before {
                continue;
            }
            return Ok(None);
        };
        // One file follows one layout; the rest is due again at once.
        lines.retain(|l| Arc::ptr_eq(&l.layout, &layout));
        if let Some((numbers, encoded)) = encode(desk, dept, channel, adapter, &layout, &mut lines)? {
            return commit(desk, dept, channel, adapter, numbers, encoded, lines).map(Some);
        }
        if !lines.is_empty() {
            return Ok(None);
        }
    }
}

/// Makes a batch without rows where the other side is to be told what we took of its batches, and no batch of ours has told
/// it. `None` where there is nothing to tell, or the channel tells nothing.
pub fn tell(desk: &mut Desk<'_>, dept: &DeptId, channel: &Channel, adapter: &dyn Adapter) -> Done<Option<BatchId>> {
    let book = desk.books().channel(dept, &channel.name);
    let plan = desk.plan;
    let layout = channel
        .layouts
        .values()
        .find_map(|name| plan.dept(dept).and_then(|d| d.layout(name)));
    let (true, Some((layout, _))) = (adapter.tells() && book.came.last() > book.told.as_ref(), layout) else {
        return Ok(None);
    };
    let numbers = numbers(desk, dept, channel);
    let rows = outgoing(layout, &mut [], beside(desk, dept, channel, adapter));
    match adapter.encode(&rows, &numbers) {
        Ok(encoded) => commit(desk, dept, channel, adapter, numbers, encoded, Vec::new()).map(Some),
        Err(_) => {
            tracing::error!(%dept, channel = channel.name, "a batch cannot be encoded");
            Ok(None)
        }
    }
}

/// A hand-over that is to go now.
struct Wanted {
    key: ObligationKey,
    n: u32,
    op: Op,
    about: Option<About>,
    substitute: std::collections::BTreeMap<model::ItemNo, String>,
    parent: Option<AttemptId>,
    class: Box<str>,
    reason: Option<String>,
}

/// What is due on this channel, in order of its instant, keeping the order within a case.
fn choose(desk: &mut Desk<'_>, dept: &Dept, channel: &Channel, most: usize, until: i64) -> Done<Vec<Wanted>> {
    let plan = desk.plan;
    let mut last: Option<Due> = None;
    let mut busy: BTreeSet<model::CaseNo> = BTreeSet::new();
    let mut wanted = Vec::new();
    let mut doubted = Vec::new();
    let doubt = desk.books().doubt();
    let mut page = VecDeque::new();
    while wanted.len() < most && doubted.len() < DOUBTED {
        if page.is_empty() {
            let next = desk.books().due_after(&dept.def.id, last.as_ref(), most.min(PAGE));
            page.extend(next);
        }
        let Some(due) = page.pop_front().filter(|due| due.at <= until) else {
            break;
        };
        last = Some(due.clone());
        let Some(file) = desk.books().case(&due.key.case_no) else {
            continue;
        };
        let Some(o) = file.obligation(&due.key.matter, due.key.round) else {
            continue;
        };
        // What is found as due is looked at: the case says whether it is.
        let is_due = |d: &&Delivery| d.n == due.n && d.due == Some(due.at) && d.superseded.is_none();
        let Some(delivery) = o.deliveries.iter().find(is_due) else {
            continue;
        };
        let op = advance::effective_op(o, delivery);
        let gone = doubt::may_have_gone(plan, &doubt, file, o, due.at);
        if !gone && op == Op::Withdraw && !o.booked() && !o.deliveries.iter().any(|d| d.open_attempt().is_some()) {
            // Said at once: what ends begins nothing more in this turn.
            let reason = file.case.withdrawn.clone().unwrap_or_default();
            desk.say(Event::ObligationEnded {
                key: due.key,
                how: Ending::Withdrawn,
                reason,
                person: None,
            })?;
            continue;
        }
        if dept
            .rung(&due.key.matter, op)
            .is_none_or(|rung| rung.name != channel.name)
        {
            continue;
        }
        let department_busy = file
            .obligations
            .iter()
            .filter(|other| other.matter.dept() == dept.def.id)
            .any(|other| other.deliveries.iter().any(|d| d.open_attempt().is_some()));
        // Order is kept per department and case; invariant: no second attempt while an earlier one may be booked.
        if department_busy || earlier_due(o, delivery) || !busy.insert(due.key.case_no.clone()) {
            continue;
        }
        if gone {
            doubted.push(Stands {
                parent: delivery.attempts.last().map(|a| a.id),
                key: due.key,
                n: due.n,
                op,
            });
            continue;
        }
        wanted.push(Wanted {
            about: delivery.about.clone(),
            substitute: delivery.substitute.clone(),
            parent: delivery.attempts.last().map(|a| a.id),
            class: file.case.ent_class.clone(),
            reason: file.case.withdrawn.clone(),
            key: due.key,
            n: due.n,
            op,
        });
    }
    doubt::stand_in(desk, &channel.name, doubted)?;
    Ok(wanted)
}

fn earlier_due(o: &Obligation, delivery: &Delivery) -> bool {
    o.deliveries
        .iter()
        .any(|d| d.n < delivery.n && d.superseded.is_none() && d.due.is_some())
}

/// A hand-over with its row.
struct Line {
    wanted: Wanted,
    attempt: AttemptId,
    token: String,
    layout: Arc<Layout>,
    header: Header,
    row: Row,
}

fn write(desk: &mut Desk<'_>, dept: &Dept, channel: &Channel, wanted: Vec<Wanted>) -> Done<Vec<Line>> {
    let mut lines: Vec<Line> = Vec::with_capacity(wanted.len());
    let mut next = desk.books().counters.attempt;
    let day = desk.today().strftime("%Y%m%d").to_string();
    let node = desk.plan.rules.node.to_uppercase();
    let (plan, extensions) = (desk.plan, desk.extensions());
    for wanted in wanted {
        let Some((layout, compiled)) = channel
            .layouts
            .get(&wanted.key.matter)
            .and_then(|name| dept.layout(name))
        else {
            continue;
        };
        if lines.first().is_some_and(|first| !Arc::ptr_eq(&first.layout, layout)) {
            continue;
        }
        // What the row is made of is not kept beside it.
        let Some(file) = desk.books().case(&wanted.key.case_no) else {
            continue;
        };
        let items = project(plan, file, &wanted.key.matter);
        let attempt = AttemptId(next);
        let token = format!("{node}-{}-{day}-{:06}", dept.def.id.as_str().to_uppercase(), attempt.0);
        let facts = Facts {
            case_no: &wanted.key.case_no,
            ent_class: &wanted.class,
            matter: wanted.about.as_ref().map_or(&wanted.key.matter, |a| &a.matter),
            op: wanted.op,
            items: &items,
            token: &token,
            row_no: lines.len() as u64 + 1,
            reason: wanted
                .about
                .as_ref()
                .and_then(|a| a.reason.as_deref())
                .or(wanted.reason.as_deref()),
            result_date: wanted.about.as_ref().and_then(|a| a.date.as_deref()),
            standing: wanted.about.as_ref().map(|a| a.standing),
        };
        next += 1;
        match compiled.write_with(&facts, &dept.def.agreement, Some(&wanted.substitute), &extensions) {
            Ok(row) => {
                let (layout, header) = (layout.clone(), compiled.header().clone());
                lines.push(Line {
                    attempt,
                    token,
                    layout,
                    header,
                    row,
                    wanted,
                });
            }
            Err(unwritten) => refuse(desk, channel, &wanted, attempt, token, unwritten)?,
        }
    }
    Ok(lines)
}

fn refuse(
    desk: &mut Desk<'_>,
    channel: &Channel,
    wanted: &Wanted,
    id: AttemptId,
    token: String,
    unwritten: Unwritten,
) -> Done {
    let attempt = new_attempt(wanted, id, token);
    let (channel, findings, codes) = (channel.name.clone(), unwritten.findings, unwritten.unmapped);
    desk.say(match codes.is_empty() {
        true => Event::AttemptRefused {
            attempt,
            channel,
            findings,
        },
        // Nobody need write it anew: it goes again by itself, once its codes are known.
        false => Event::DeliveryParked {
            attempt,
            channel,
            findings,
            codes,
        },
    })?;
    Ok(())
}

fn new_attempt(wanted: &Wanted, id: AttemptId, token: String) -> NewAttempt {
    NewAttempt {
        id,
        key: wanted.key.clone(),
        delivery: wanted.n,
        op: wanted.op,
        token,
        parent: wanted.parent,
    }
}

/// Encodes; rows that do not fit are refused by name and the rest is encoded without them. Where all of them are more than
/// one batch may hold, it is made of the first; the others are due again at once.
fn encode(
    desk: &mut Desk<'_>,
    dept: &DeptId,
    channel: &Channel,
    adapter: &dyn Adapter,
    layout: &Arc<Layout>,
    lines: &mut Vec<Line>,
) -> Done<Option<(Numbers, Encoded)>> {
    let beside = beside(desk, dept, channel, adapter);
    let mut rows = outgoing(layout, lines, beside);
    let mut cut = false;
    while !lines.is_empty() {
        let numbers = numbers(desk, dept, channel);
        let misfits = match (encode_bounded(adapter, &rows, &numbers), lines.as_slice()) {
            (Ok(encoded), _) => return Ok(Some((numbers, encoded))),
            (Err(Unencoded::Misfits(misfits)), _) => misfits,
            (Err(Unencoded::TooLarge { rows: fit }), [_, _, ..]) => {
                let keep = fewer(lines.len(), fit, cut);
                cut = true;
                lines.truncate(keep);
                rows.rows.truncate(keep);
                rows.records.truncate(keep);
                continue;
            }
            (Err(Unencoded::TooLarge { .. }), _) => vec![alone_too_large()],
        };
        let mut bad: Vec<(usize, Vec<Finding>)> = misfits.into_iter().map(|m| (m.record, m.findings)).collect();
        bad.sort_by_key(|(record, _)| std::cmp::Reverse(*record));
        bad.dedup_by_key(|(record, _)| *record);
        if bad.iter().all(|(record, _)| *record >= lines.len()) {
            // The batch as a whole cannot be made; nothing in it is to blame.
            tracing::error!(%dept, channel = channel.name, "a batch cannot be encoded");
            return Ok(None);
        }
        for (record, findings) in bad {
            if record < lines.len() {
                let line = lines.remove(record);
                rows.rows.remove(record);
                rows.records.remove(record);
                let unwritten = Unwritten {
                    findings,
                    unmapped: Vec::new(),
                };
                refuse(desk, channel, &line.wanted, line.attempt, line.token, unwritten)?;
            }
        }
    }
    Ok(None)
}

/// The numbers of the next batch of a channel.
fn numbers(desk: &mut Desk<'_>, dept: &DeptId, channel: &Channel) -> Numbers {
    let day = desk.today();
    let last = desk.books().channel(dept, &channel.name).last;
    Numbers {
        batch: BatchId(desk.books().counters.batch),
        dept: dept.clone(),
        day,
        seq: last.filter(|(d, _)| *d == day).map_or(1, |(_, seq)| seq + 1),
        at: desk.now,
    }
}

/// What the next batch says besides its rows.
fn beside(desk: &mut Desk<'_>, dept: &DeptId, channel: &Channel, adapter: &dyn Adapter) -> Beside {
    if !adapter.tells() {
        return Beside::default();
    }
    let book = desk.books().channel(dept, &channel.name);
    let before = book.before.map(|sent| Before {
        batch: sent.batch,
        number: sent.number,
        digest: sent.digest,
    });
    let took = |id: &BatchId| {
        let number = desk.books().in_batch(*id)?.number.clone()?;
        let answer = end::answer_of(desk.books(), *id);
        Some(Took { number, answer })
    };
    Beside {
        before,
        took: book.came.iter().filter_map(took).collect(),
    }
}

/// Encodes to at most so many bytes as one batch may have, whatever its interface takes.
fn encode_bounded(adapter: &dyn Adapter, rows: &Outgoing, numbers: &Numbers) -> Result<Encoded, Unencoded> {
    let encoded = adapter.encode(rows, numbers)?;
    let bytes = encoded.bytes();
    if bytes <= Encoded::MAX_BYTES {
        return Ok(encoded);
    }
    // A little less than their share: rows are not all of a length.
    let share = rows.rows.len() as u128 * Encoded::MAX_BYTES as u128 * 9 / (bytes as u128 * 10);
    Err(Unencoded::TooLarge {
        rows: usize::try_from(share).unwrap_or(1),
    })
}

/// How many of so many rows to try next, where `fit` are said to fit. Fewer than before and at least one; half at most,
/// where that was said before: a guess that is wrong again and again must not cost a try for each row.
fn fewer(all: usize, fit: usize, again: bool) -> usize {
    let most = if again { all / 2 } else { all.saturating_sub(1) };
    fit.min(most).max(1)
}

fn alone_too_large() -> Misfit {
    let finding = Finding::new(Code::ETooLarge)
        .with("found", format!("> {}", Encoded::MAX_BYTES))
        .with("limit", Encoded::MAX_BYTES)
        .with("setting", "max_bytes");
    Misfit {
        record: 0,
        findings: vec![finding],
    }
}

/// A row that was taken out of its line.
const NONE: Row = Row {
    line: 0,
    cells: Vec::new(),
};

/// The rows as an adapter gets them: they are taken out of their lines.
fn outgoing(layout: &Arc<Layout>, lines: &mut [Line], beside: Beside) -> Outgoing {
    let names = || Header::new(layout.fields.iter().map(|f| f.name.as_str()));
    let header = lines.first().map_or_else(names, |l| l.header.clone());
    let records = lines
        .iter()
        .map(|l| Record {
            attempt: l.attempt,
            case_no: l.wanted.key.case_no.clone(),
            matter: l.wanted.key.matter.clone(),
            op: l.wanted.op,
            token: l.token.clone(),
        })
        .collect();
    Outgoing {
        layout: layout.clone(),
        header,
        rows: lines.iter_mut().map(|l| std::mem::replace(&mut l.row, NONE)).collect(),
        records,
        beside,
    }
}

/// What stands for a batch: the digest on its slip, so that paper, ledger and the batch behind it say the same; where it has
/// none, that of all its bytes.
fn digest_of(adapter: &dyn Adapter, encoded: &Encoded) -> String {
    if let Some(slip) = adapter.slip(encoded) {
        return hex(&slip.digest);
    }
    let mut context = Context::new(&SHA256);
    for part in &encoded.parts {
        context.update(&part.bytes);
    }
    hex(context.finish().as_ref())
}

fn commit(
    desk: &mut Desk<'_>,
    dept: &DeptId,
    channel: &Channel,
    adapter: &dyn Adapter,
    numbers: Numbers,
    encoded: Encoded,
    lines: Vec<Line>,
) -> Done<BatchId> {
    let batch = numbers.batch;
    let digest = digest_of(adapter, &encoded);
    let parts = encoded
        .parts
        .iter()
        .map(|p| PartRecord {
            name: p.name.clone(),
            bytes: p.bytes.len() as u64,
            from: p.records.start,
            to: p.records.end,
        })
        .collect();
    desk.say(Event::BatchPrepared {
        batch,
        dept: dept.clone(),
        channel: channel.name.clone(),
        day: numbers.day,
        seq: numbers.seq,
        number: encoded.number,
        parts,
        digest,
        attempts: lines
            .iter()
            .map(|l| new_attempt(&l.wanted, l.attempt, l.token.clone()))
            .collect(),
    })?;
    for (index, part) in encoded.parts.into_iter().enumerate() {
        for chunk in part.bytes.chunks(SPOOL_CHUNK) {
            desk.say(Event::Spooled {
                batch,
                part: index as u32,
                bytes: chunk.to_vec(),
            })?;
        }
    }
    open_forms(desk, channel, &lines)?;
    Ok(batch)
}

/// A clerk's rung brings the result back as a form: it is expected from now on.
fn open_forms(desk: &mut Desk<'_>, channel: &Channel, lines: &[Line]) -> Done {
    for line in lines {
        let key = &line.wanted.key;
        if matches!(line.wanted.op, Op::Submit | Op::Supplement) && forms::brings(channel, key) {
            forms::open(desk, &channel.name, key)?;
        }
    }
    Ok(())
}

/// Return code of a finding list, for views.
pub fn code_of(findings: &[Finding]) -> &'static str {
    findings
        .iter()
        .map(|f| f.code)
        .find(|c| !c.is_warning())
        .map_or(end::GOOD, Code::return_code)
}

#[cfg(test)]
mod tests;
