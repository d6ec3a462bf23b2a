//! A return file: every record we sent must come back exactly once; what does not is an alarm, not a change.

use crate::desk::{Desk, Done};
use crate::doubt;
use crate::transition::absorb::{News, Source};
use crate::transition::end::GOOD;
use crate::transition::{result, retry, settle};
use ledger::Event;
use ledger::books::OutBatch;
use ledger::event::{Cause, NewAttempt, Stray};
use model::define::{FeedRole, OnBatchRefused};
use model::{AttemptState, BatchId, CaseNo, Code, DeptId, Finding, Incoming, Standing};
use std::collections::{BTreeMap, BTreeSet};

/// The batch of ours that a return file answers.
pub struct Receipts {
    batch: BatchId,
    records: Vec<NewAttempt>,
    /// Where in the batch a case stands; several times, where several of its matters are in it.
    places: BTreeMap<CaseNo, Vec<usize>>,
    named: BTreeSet<usize>,
    extra: u64,
    twice: u64,
    whole: Option<Whole>,
}

/// A row that names no case speaks of the whole file.
struct Whole {
    line: u64,
    code: String,
    reason: Option<String>,
}

/// Finds the batch that is answered.
pub fn open(desk: &mut Desk<'_>, dept: &DeptId, answers: Option<&str>) -> Done<Result<Receipts, Finding>> {
    let unknown = |number: &str| Finding::new(Code::EUnknownBatch).with("number", number);
    let Some(number) = answers else {
        return Ok(Err(unknown("?")));
    };
    match find(desk, dept, number) {
        Some(receipts) => Ok(Ok(receipts)),
        None => {
            doubt::never_given(desk, dept, number)?;
            Ok(Err(unknown(number)))
        }
    }
}

/// What answers call a batch of ours. Where the ledger's number stands behind it (`SW0302A1 b7`) it is that batch and no other:
/// short numbers come again every year.
fn named(number: &str) -> (&str, Option<BatchId>) {
    let both = number.rsplit_once(' ');
    match both.and_then(|(name, ledger)| Some((name, ledger.parse().ok()?))) {
        Some((name, ledger)) => (name, Some(ledger)),
        None => (number, None),
    }
}

/// A batch of ours that may have left, by its number.
fn find(desk: &mut Desk<'_>, dept: &DeptId, number: &str) -> Option<Receipts> {
    let books = desk.books();
    let (name, ledger) = named(number);
    let batch = match ledger {
        Some(batch) => batch,
        None => books.sent_number(dept, name)?,
    };
    let meant = |b: &&OutBatch| !b.dissolved && b.dept == *dept && b.number == name;
    let out = books.out_batch(batch).filter(meant)?;
    let records = out.attempts.clone();
    let mut places: BTreeMap<CaseNo, Vec<usize>> = BTreeMap::new();
    for (index, record) in records.iter().enumerate() {
        places.entry(record.key.case_no.clone()).or_default().push(index);
    }
    Some(Receipts {
        batch,
        records,
        places,
        named: BTreeSet::new(),
        extra: 0,
        twice: 0,
        whole: None,
    })
}

/// One row of a return file.
pub fn absorb(
    desk: &mut Desk<'_>,
    source: &Source<'_>,
    line: u64,
    incoming: &Incoming,
    receipts: &mut Receipts,
) -> Done<News> {
    let Some(case_no) = incoming.case_no.clone() else {
        // Codes of the first thousand are the file's; any other row must say whose it is.
        let Some(code) = incoming.return_code.as_deref().filter(|code| code.starts_with('1')) else {
            return Ok(Err(Finding::new(Code::ERequired).with("column", "case_no")));
        };
        let reason = incoming.reason.as_deref().map(str::to_owned);
        receipts.whole = Some(Whole {
            line,
            code: code.to_owned(),
            reason,
        });
        return Ok(Ok(true));
    };
    let meant = |index: &&usize| {
        let matter = receipts.records.get(**index).map(|r| &r.key.matter);
        incoming.matter.as_ref().is_none_or(|m| Some(m) == matter)
    };
    let found = receipts
        .places
        .get(&case_no)
        .and_then(|places| places.iter().find(meant))
        .copied();
    let Some(index) = found else {
        receipts.extra += 1;
        stray(desk, source, line, &case_no, Stray::Receipt)?;
        return Ok(Err(Finding::new(Code::EUnknownCase)));
    };
    if !receipts.named.insert(index) {
        receipts.twice += 1;
        stray(desk, source, line, &case_no, Stray::Duplicate)?;
        return Ok(Ok(false));
    }
    let Some(record) = receipts.records.get(index).cloned() else {
        return Ok(Ok(false));
    };
    let Some(code) = incoming.return_code.as_deref() else {
        return Ok(Err(Finding::new(Code::ERequired).with("column", "return_code")));
    };
    let standing = standing_of(code, source.feed.role);
    let to = if code == "0000" || standing.is_some() {
        AttemptState::Acknowledged
    } else {
        AttemptState::Refused
    };
    let cause = Cause::Receipt {
        batch: source.batch,
        line,
        code: code.to_owned(),
        reason: incoming.reason.as_deref().map(str::to_owned),
        receipt_no: incoming.receipt_no.as_deref().map(str::to_owned),
    };
    let mut news = false;
    let unsettled = settle::is_unsettled(desk.books(), &record);
    match settle::state_of(desk.books(), &record) {
        Some(_) if unsettled => {
            settle::move_attempt(desk, record.id, &case_no, to, cause)?;
            if to == AttemptState::Refused {
                retry::after_refusal(desk, &record, code)?;
            }
            news = true;
        }
        Some(state) if state != to => stray(desk, source, line, &case_no, Stray::Contradiction)?,
        _ => {}
    }
    if let Some(standing) = standing {
        let matter = record.key.matter.clone();
        return match result::apply(desk, source, line, &case_no, &matter, standing, incoming)? {
            Ok(more) => Ok(Ok(news | more)),
            Err(finding) => Ok(Err(finding)),
        };
    }
    Ok(Ok(news))
}

/// One row that answers a whole batch of ours: every record of it is proved booked, or the file as a whole is refused. One
/// that names a row of the batch answers that record alone; those come first.
///
/// The number under which the other side has the batch is the one it has it under: another one says that two of them took
/// it, and somebody must look who keeps it.
pub fn absorb_batch(desk: &mut Desk<'_>, source: &Source<'_>, line: u64, incoming: &Incoming) -> Done<News> {
    let Some(number) = incoming.batch_no.as_deref() else {
        return Ok(Err(Finding::new(Code::ERequired).with("column", "batch_no")));
    };
    let Some(mut receipts) = find(desk, source.dept, number) else {
        doubt::never_given(desk, source.dept, named(number).0)?;
        desk.say(Event::Unmatched {
            dept: source.dept.clone(),
            row: (source.batch, line),
            case_no: None,
            what: Stray::Receipt,
        })?;
        return Ok(Err(Finding::new(Code::EUnknownBatch).with("number", number)));
    };
    let meant: Vec<NewAttempt> = match incoming.row_no {
        None => receipts.records.clone(),
        Some(row) => {
            let at = usize::try_from(row).ok().and_then(|row| row.checked_sub(1));
            let Some(record) = at.and_then(|at| receipts.records.get(at)) else {
                return Ok(Err(Finding::new(Code::EUnknownCase)));
            };
            vec![record.clone()]
        }
    };
    if let (Some(told), Some(held)) = (incoming.receipt_no.as_deref(), held_as(desk, &meant))
        && told != held
    {
        return Ok(Err(Finding::new(Code::ETakenTwice)
            .with("number", number)
            .with("first", held)
            .with("second", told)));
    }
    if let (Some(_), [record]) = (incoming.row_no, meant.as_slice()) {
        let named = Incoming {
            case_no: Some(record.key.case_no.clone()),
            matter: Some(record.key.matter.clone()),
            ..incoming.clone()
        };
        return absorb(desk, source, line, &named, &mut receipts);
    }
    let unsettled: Vec<bool> = receipts
        .records
        .iter()
        .map(|record| settle::is_unsettled(desk.books(), record))
        .collect();
    let code = incoming.return_code.as_deref().unwrap_or_default().to_owned();
    let reason = incoming.reason.as_deref().map(str::to_owned);
    if code.starts_with('1') {
        refuse_whole(desk, source, &receipts, &Whole { line, code, reason })?;
    } else if code == GOOD {
        let cause = Cause::Receipt {
            batch: source.batch,
            line,
            code,
            reason,
            receipt_no: incoming.receipt_no.as_deref().map(str::to_owned),
        };
        settle::move_all(desk, &receipts.records, AttemptState::Acknowledged, cause)?;
    } else {
        return Ok(Err(Finding::new(Code::EUnmapped)
            .with("column", "return_code")
            .with("table", "return_code")));
    }
    Ok(Ok(unsettled.contains(&true)))
}

/// The number under which the other side said that it has these.
fn held_as(desk: &mut Desk<'_>, records: &[NewAttempt]) -> Option<String> {
    records.iter().find_map(|record| {
        let file = desk.books().case(&record.key.case_no)?;
        file.attempt(record.id)?.2.receipt_no.clone()
    })
}

/// What a return code says of the matter, where it says anything.
fn standing_of(code: &str, role: FeedRole) -> Option<Standing> {
    match code {
        "0000" if role == FeedRole::ReceiptsWithResults => Some(Standing::Approved),
        "3001" => Some(Standing::AcceptanceRefused),
        "3002" => Some(Standing::SupplementRequested),
        "3003" => Some(Standing::Returned),
        "3004" => Some(Standing::Denied),
        _ => None,
    }
}

/// Lists the records that the file does not name and that still wait for an answer; what is missing, too much or twice
/// is said of the file as a whole.
pub fn close(desk: &mut Desk<'_>, source: &Source<'_>, receipts: Receipts) -> Done<Vec<Finding>> {
    if let Some(whole) = &receipts.whole {
        refuse_whole(desk, source, &receipts, whole)?;
        return Ok(Vec::new());
    }
    let mut missing: Vec<usize> = Vec::new();
    for (index, record) in receipts.records.iter().enumerate() {
        if receipts.named.contains(&index) {
            continue;
        }
        if settle::is_unsettled(desk.books(), record) {
            stray(desk, source, index as u64 + 1, &record.key.case_no, Stray::Missing)?;
            missing.push(index + 1);
        }
    }
    tracing::debug!(batch = %receipts.batch, named = receipts.named.len(), of = receipts.records.len(), "return file taken");
    let mut alarms = Vec::new();
    if let Some(first) = missing.first() {
        alarms.push(
            Finding::new(Code::WReturnMissing)
                .with("count", missing.len())
                .with("first", first),
        );
    }
    for (code, count) in [
        (Code::WReturnExtra, receipts.extra),
        (Code::WReturnTwice, receipts.twice),
    ] {
        if count > 0 {
            alarms.push(Finding::new(code).with("count", count));
        }
    }
    Ok(alarms)
}

/// The department refused the file as a whole: nothing of it is booked.
///
/// Records it blames by name are refused already. The others go again without them, where the channel says so and
/// somebody was blamed; else a person looks, since the same file would be refused again. A file that the department
/// says it had before proves nothing against the records: nobody can say what became of them.
fn refuse_whole(desk: &mut Desk<'_>, source: &Source<'_>, receipts: &Receipts, whole: &Whole) -> Done {
    let repeated = whole.code == Code::ERepeated.return_code();
    let without_named = source.channel.on_batch_refused == OnBatchRefused::WithoutNamed && !receipts.named.is_empty();
    for (index, record) in receipts.records.iter().enumerate() {
        if receipts.named.contains(&index) {
            continue;
        }
        let to = match (repeated, without_named) {
            (true, _) => AttemptState::Unknown,
            (false, true) => AttemptState::Recalled,
            (false, false) => AttemptState::Refused,
        };
        let cause = Cause::Receipt {
            batch: source.batch,
            line: whole.line,
            code: whole.code.clone(),
            reason: whole.reason.clone(),
            receipt_no: None,
        };
        let open = settle::is_unsettled(desk.books(), record);
        settle::move_attempt(desk, record.id, &record.key.case_no, to, cause)?;
        if open && to == AttemptState::Recalled {
            settle::again(desk, &record.key, record.delivery)?;
        }
    }
    Ok(())
}

fn stray(desk: &mut Desk<'_>, source: &Source<'_>, line: u64, case_no: &CaseNo, what: Stray) -> Done {
    let known = desk.books().case(case_no).is_some();
    desk.say(Event::Unmatched {
        dept: source.dept.clone(),
        row: (source.batch, line),
        case_no: known.then(|| case_no.clone()),
        what,
    })?;
    Ok(())
}
