//! Verbs: each question answered from the books, each order carried out as transitions and journalled with its person.

mod disks;
mod queue;
mod reviews;

pub(crate) use disks::named as disk;
pub(crate) use queue::{board, checked};
pub(crate) use reviews::is_no_task;

use crate::command::Ready;
use crate::desk::{Desk, Done, no};
use crate::doubt;
use crate::handle::person;
use crate::plan::Plan;
use crate::run::Shared;
use crate::runtime::Runtime;
use crate::transition::{codes, give_up, prepare, retry, settle};
use crate::verb::{Caller, Reply, Request};
use crate::view;
use ledger::Event;
use ledger::event::Person;
use model::calendar::Calendar;
use model::define::Channel;
use model::{AttemptId, BatchId, CaseNo, Code, DeptId, Finding, ItemNo, MatterId};
use port::{Adapter, Starts};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Answers a verb.
pub fn answer(
    desk: &mut Desk<'_>,
    shared: &Shared,
    runtime: &Runtime,
    request: Request,
    caller: &Caller,
) -> Done<Reply> {
    let who = if request.changes() {
        Some(person(desk.plan, caller)?)
    } else {
        None
    };
    match (request, who) {
        (Request::Case { case_no, reveal }, who) => show_case(desk, &shared.calendar, &case_no, reveal, who),
        (Request::Why { case_no }, _) => Ok(Reply::Why(view::why(desk, shared, runtime, &CaseNo::new(case_no))?)),
        (Request::QueueList { dept }, _) => {
            let dept = known(desk, dept.as_deref())?;
            Ok(Reply::Tasks(view::queue_list(desk, &shared.calendar, dept)))
        }
        (Request::QueueShow { task }, _) if reviews::is_one(&task) => reviews::show(desk, &shared.calendar, &task),
        (Request::QueueShow { task }, _) => queue::show(desk, &shared.calendar, &task, caller),
        (Request::QueueStand { task }, _) => Ok(Reply::Stand(view::stand(desk, number(&task)?)?)),
        (Request::ReviewsList { dept, all }, _) => {
            let dept = known(desk, dept.as_deref())?;
            Ok(Reply::Reviews(view::reviews(desk, &shared.calendar, dept, all)))
        }
        (Request::ReviewsShow { review }, _) => reviews::show(desk, &shared.calendar, &review),
        (Request::HubAsk { case_no, items, reason }, _) => {
            reviews::hub_asks(desk, reviews::Said::new(case_no, items, required(reason)?))
        }
        (Request::HubConfirm { review, reason }, _) => reviews::hub_confirms(desk, &review, required(reason)?),
        (
            Request::ReviewsAsk {
                case_no,
                items,
                dept,
                reason,
            },
            Some(who),
        ) => {
            known(desk, Some(&dept))?;
            let said = reviews::Said::new(case_no, items, required(reason)?);
            reviews::ask(desk, &shared.calendar, said, DeptId::new(dept), who)
        }
        (Request::ReviewsConfirm { review, reason }, Some(who)) => {
            reviews::confirm(desk, &shared.calendar, &review, required(reason)?, who)
        }
        (Request::RefusedList { dept }, _) => {
            Ok(Reply::Refused(view::refused_list(desk, known(desk, dept.as_deref())?)))
        }
        (Request::RefusedShow { id }, _) => match view::refused_one(desk, &id) {
            Some(line) => Ok(Reply::Refused(vec![line])),
            None => no(Code::VNotFound, "what", id),
        },
        (Request::CodesUnmapped, _) => Ok(Reply::Codes(view::unmapped(desk))),
        (Request::QueueStats, _) => Ok(Reply::Keying(view::keying(desk))),
        (Request::UnsettledList, _) => Ok(Reply::Unsettled(view::unsettled(desk))),
        (Request::Receipts { overdue }, _) => Ok(Reply::Receipts(view::receipts(desk, overdue))),
        (Request::DiskLog { overdue }, _) => Ok(Reply::Receipts(view::disk_log(desk, overdue))),
        (Request::DiskSlip { disk }, _) => disks::slip(desk, shared, &disk),
        (Request::DiskCarried { disks, said }, Some(who)) => disks::carried(desk, &disks, said, &who),
        (Request::Day { day }, _) => Ok(Reply::Day(Box::new(view::day(desk, day)?))),
        (Request::Balance, _) => Ok(Reply::Balance(view::balance(desk))),
        (Request::LedgerStats, _) => Ok(Reply::Stats(Box::new(view::stats(desk, runtime)?))),
        (Request::LedgerVerify, _) => Ok(Reply::Verified(desk.ledger.verify()?)),
        (Request::LedgerRebuild, Some(who)) => {
            audit(desk, who, "ledger rebuild", "index", "begun")?;
            desk.ledger.rebuild()?;
            Ok(Reply::Done { count: 1 })
        }
        (Request::LedgerDoubt, _) => Ok(Reply::Doubt(view::doubt(desk))),
        (Request::Changes { since, limit }, _) => Ok(Reply::Changes(view::changes(desk, since.as_deref(), limit)?)),
        (Request::HubCase { case_no }, _) => Ok(Reply::HubCase(view::hub_case(desk, &CaseNo::new(case_no))?)),
        (Request::Undecided, _) => Ok(Reply::Done { count: undecided(desk) }),
        (Request::Map, _) => Ok(Reply::Map(Box::new(view::map(desk, runtime)))),
        (Request::Status, _) => Ok(Reply::Status(status(desk, shared, runtime))),
        (request, Some(who)) => order(desk, request, who),
        (_, None) => no(Code::CNotPossible, "detail", "not a question for the books"),
    }
}

fn order(desk: &mut Desk<'_>, request: Request, who: Person) -> Done<Reply> {
    match request {
        Request::QueueClaim { .. }
        | Request::QueueComplete { .. }
        | Request::QueueRefuse { .. }
        | Request::QueueNotKeyed { .. }
        | Request::QueueVerify { .. }
        | Request::QueueDecide { .. }
        | Request::QueueBack { .. }
        | Request::QueueRelease { .. }
        | Request::QueueAssign { .. }
        | Request::QueueRank { .. } => queue::order(desk, request, who),
        Request::RefusedRetry {
            ids,
            dept,
            code,
            reason,
        } => {
            let reason = required(reason)?;
            let chosen = chosen(desk, ids, dept.as_deref(), code.as_deref());
            let count = chosen.len();
            for id in chosen {
                retry::by_person(desk, number(&id)?, who.clone(), BTreeMap::new(), reason.clone())?;
            }
            Ok(Reply::Done { count })
        }
        Request::RefusedEdit { id, set, reason } => {
            let reason = required(reason)?;
            let substitute = substitutes(desk, set)?;
            retry::by_person(desk, number(&id)?, who, substitute, reason)?;
            Ok(Reply::Done { count: 1 })
        }
        Request::RefusedDrop { ids, reason } => {
            let reason = required(reason)?;
            let count = ids.len();
            for id in ids {
                drop_one(desk, &id, who.clone(), reason.clone())?;
            }
            Ok(Reply::Done { count })
        }
        Request::CodesMap {
            table,
            code,
            canonical,
            reason,
        } => {
            let mapped = codes::map(desk, &table, &code, &canonical, who, required(reason)?)?;
            let (confirmed, released) = match mapped {
                codes::Mapped::Proposed => (false, 0),
                codes::Mapped::Confirmed(released) => (true, released),
            };
            Ok(Reply::Mapped { confirmed, released })
        }
        Request::TakeOver { dept, reason } => {
            audit(desk, who, "channel take-over", &dept, &required(reason)?)?;
            Ok(Reply::Done { count: 0 })
        }
        Request::Note { action, object, result } => {
            audit(desk, who, &action, &object, &result)?;
            Ok(Reply::Done { count: 1 })
        }
        Request::LedgerResume { reason, nothing_lost } => {
            let count = doubt::trust(desk, who, required(reason)?, nothing_lost)?;
            Ok(Reply::Done { count })
        }
        Request::Settle {
            case_no,
            matter,
            booked,
            reason,
            attempt,
            listed,
        } => {
            let (case_no, matter) = (CaseNo::new(case_no), MatterId::new(matter));
            let attempt = match attempt.map(|text| text.parse().map_err(|_| text)) {
                Some(Err(text)) => return no(Code::VNotFound, "what", text),
                Some(Ok(attempt)) => Some(attempt),
                None => None,
            };
            let word = settle::Word {
                booked,
                attempt,
                listed,
                person: who,
                reason: required(reason)?,
            };
            let count = settle::settle(desk, &case_no, &matter, &word)?;
            Ok(Reply::Done { count })
        }
        _ => no(Code::CNotPossible, "detail", "not an order for the books"),
    }
}

/// A department that is none has no empty list.
fn known<'a>(desk: &Desk<'_>, dept: Option<&'a str>) -> Done<Option<&'a str>> {
    match dept {
        Some(name) if desk.plan.dept(&DeptId::new(name)).is_none() => no(Code::VNotFound, "what", name),
        dept => Ok(dept),
    }
}

fn required(reason: String) -> Done<String> {
    if reason.trim().is_empty() {
        Err(Finding::new(Code::VReason).into())
    } else {
        Ok(reason)
    }
}

fn number<T: std::str::FromStr>(text: &str) -> Done<T> {
    match text.parse() {
        Ok(number) => Ok(number),
        Err(_) => no(Code::VNotFound, "what", text),
    }
}

/// Journals an act that is no transition of a case.
pub fn audit(desk: &mut Desk<'_>, person: Person, action: &str, object: &str, result: &str) -> Done {
    let (action, object, result) = (action.to_owned(), object.to_owned(), result.to_owned());
    desk.say(Event::Audit {
        person,
        action,
        object,
        result,
    })?;
    Ok(())
}

fn show_case(
    desk: &mut Desk<'_>,
    calendar: &Calendar,
    case_no: &str,
    reveal: Option<String>,
    who: Option<Person>,
) -> Done<Reply> {
    let shown = view::case(desk, calendar, &CaseNo::new(case_no), reveal.is_some())?;
    if let (Some(reason), Some(who)) = (reveal, who) {
        audit(desk, who, "reveal", case_no, &required(reason)?)?;
    }
    Ok(Reply::Case(shown))
}

fn chosen(desk: &mut Desk<'_>, ids: Vec<String>, dept: Option<&str>, code: Option<&str>) -> Vec<String> {
    if dept.is_none() && code.is_none() {
        return ids;
    }
    view::refused_list(desk, dept)
        .into_iter()
        .filter(|l| l.way == "out" && code.is_none_or(|c| l.code == c || l.findings.iter().any(|f| f.code.word() == c)))
        .map(|l| l.id)
        .collect()
}

fn substitutes(desk: &Desk<'_>, set: BTreeMap<String, String>) -> Done<BTreeMap<ItemNo, String>> {
    let mut substitutes = BTreeMap::new();
    for (item, text) in set {
        match desk.plan.dictionary.find(&item) {
            Some(def) => substitutes.insert(def.no, text),
            None => return no(Code::VNotFound, "what", item),
        };
    }
    if substitutes.is_empty() {
        return no(Code::ERequired, "column", "set");
    }
    Ok(substitutes)
}

fn drop_one(desk: &mut Desk<'_>, id: &str, who: Person, reason: String) -> Done {
    if let Some((batch, line)) = id.split_once(':') {
        let row: (BatchId, u64) = (number(batch)?, number(line)?);
        if row.1 == ledger::apply::WHOLE && give_up::one(desk, row.0).is_some() {
            return give_up::give_up(desk, row.0, who, reason);
        }
        let open = desk
            .books()
            .refused_row(row.0, row.1)
            .is_some_and(|r| r.settled.is_none());
        if !open {
            return no(Code::VNotFound, "what", id);
        }
        desk.say(Event::RowSettled {
            row,
            person: who,
            reason,
        })?;
        return Ok(());
    }
    let attempt: AttemptId = number(id)?;
    retry::drop(desk, attempt, who, reason)?;
    Ok(())
}

/// Hand-overs counted as due, of one department, at most.
const COUNTED: usize = 100_000;

/// Obligations of open cases that still move; a refusal nobody has dealt with does not.
fn undecided(desk: &mut Desk<'_>) -> usize {
    let mut count = 0;
    view::each_open(desk, |_, file| {
        count += file
            .obligations
            .iter()
            .filter(|o| file.latest(&o.matter).is_some_and(|l| l.round == o.round) && !o.is_over())
            .filter(|o| o.account() != ledger::account::Account::Refused)
            .count();
    });
    count
}

fn status(desk: &mut Desk<'_>, shared: &Shared, runtime: &Runtime) -> view::Status {
    let keys = view::trusted(desk, shared);
    let plan = desk.plan;
    let now = desk.now;
    let mode = |dept: &DeptId, channel: &str| {
        let channel = plan.dept(dept).and_then(|d| d.channel(channel));
        channel.map_or(model::Mode::Link, |c| c.mode)
    };
    // No turn of a channel ends this: it is said for as long as it is so.
    let waiting: Vec<view::ChannelLine> = give_up::all(desk)
        .iter()
        .map(|batch| view::ChannelLine {
            dept: batch.dept.to_string(),
            channel: batch.channel.clone(),
            mode: mode(&batch.dept, &batch.channel),
            good: false,
            finding: Some(give_up::named(batch)),
            trusted: None,
        })
        .collect();
    let troubles = runtime
        .troubles
        .iter()
        .map(|((key, _), trouble)| view::ChannelLine {
            dept: key.0.to_string(),
            channel: key.1.clone(),
            mode: mode(&key.0, &key.1),
            good: false,
            finding: Some(trouble.finding.clone()),
            trusted: keys.get(key).cloned(),
        })
        .chain(waiting)
        .collect();
    let doubted = desk.books().doubt().findings;
    let books = desk.books();
    let due = plan.depts.keys().map(|dept| books.count_due(dept, now, COUNTED)).sum();
    let open_cases = books.counters.open;
    view::Status {
        node: plan.rules.node.clone(),
        now,
        open_cases,
        due,
        troubles,
        halted: runtime.halted.clone(),
        doubted,
    }
}

/// Batches of a department's channels of one kind that were made and never left, or one that is to be cut again.
pub fn export(desk: &mut Desk<'_>, shared: &Shared, dept: &DeptId, starts: Starts, again: Option<&str>) -> Done<Ready> {
    let plan = desk.plan;
    if plan.dept(dept).is_none() {
        return no(Code::VNotFound, "what", dept);
    }
    if let Some(number) = again {
        let Some(batch) = desk.books().sent_number(dept, number) else {
            return no(Code::VNotFound, "what", number);
        };
        if desk.books().out_batch(batch).is_none_or(|b| b.dissolved) {
            return no(Code::VState, "detail", "已撤销 it was taken back");
        }
        return Ok(Ready {
            batches: vec![(batch, number.to_owned())],
            rows: desk.books().out_batch(batch).map_or(0, |b| b.attempts.len() as u64),
            until: desk.now,
        });
    }
    // A person who asks is told why nothing goes.
    doubt::need_trust(desk)?;
    if let Some(expired) = plan.expired(dept, desk.now) {
        return Err(expired.into());
    }
    let until = desk.now;
    let mut ready = Ready {
        batches: Vec::new(),
        rows: desk.books().count_due(dept, until, usize::MAX),
        until,
    };
    for (channel, _) in channels(plan, shared, dept, starts) {
        let key = (dept.clone(), channel.name.clone());
        let open = desk.books().unfinished.get(&key);
        let open: Vec<BatchId> = open.into_iter().flatten().copied().collect();
        for id in open {
            ready.batches.push(numbered(desk, id));
            ready.rows += desk.books().out_batch(id).map_or(0, |b| b.attempts.len() as u64);
        }
    }
    Ok(ready)
}

/// Makes the next batch of what was due at an instant, on the first of a department's channels of one kind that has any.
/// One at a time: a long queue is many batches, and others have their turn in between.
pub fn export_next(
    desk: &mut Desk<'_>,
    shared: &Shared,
    dept: &DeptId,
    starts: Starts,
    until: i64,
) -> Done<Option<(BatchId, String)>> {
    for (channel, adapter) in channels(desk.plan, shared, dept, starts) {
        let mut next = prepare::prepare_due(desk, dept, channel, &*adapter, until)?;
        if next.is_none() {
            next = prepare::tell(desk, dept, channel, &*adapter)?;
        }
        if let Some(batch) = next {
            return Ok(Some(numbered(desk, batch)));
        }
    }
    Ok(None)
}

fn numbered(desk: &mut Desk<'_>, batch: BatchId) -> (BatchId, String) {
    let number = desk.books().out_batch(batch).map(|b| b.number.clone());
    (batch, number.unwrap_or_default())
}

/// A department's channels that are begun so, with their adapters.
fn channels<'p>(
    plan: &'p Plan,
    shared: &Shared,
    dept: &DeptId,
    starts: Starts,
) -> Vec<(&'p Channel, Arc<dyn Adapter>)> {
    let ladder = plan.dept(dept).into_iter().flat_map(|d| &d.ladder);
    let begun = |channel: &'p Arc<Channel>| {
        let adapter = shared.adapter(dept, &channel.name)?;
        (adapter.abilities().starts == starts).then_some((&**channel, adapter))
    };
    ladder.filter_map(begun).collect()
}
