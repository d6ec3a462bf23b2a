//! A ledger that may not be the latest sends nothing: it has forgotten what it gave away, and would give it twice.
//!
//! What raises a doubt is somebody who has seen more of this ledger than it knows: the mark of a restored backup, the
//! witness beside the key, the platform's cursor, an answer to a number that was never given, another machine. A person
//! ends it. From then on no number is given again that may have been given in the time that was lost, and a hand-over
//! that may have been made in that time goes only after somebody has looked (`may_have_gone`).

use crate::choreography::before;
use crate::desk::{Desk, Done, no};
use crate::plan::{Plan, applies};
use ledger::case_file::{Attempt, CaseFile, Obligation};
use ledger::event::{Cause, Jump, Person};
use ledger::{Doubt, Event};
use model::{AttemptId, AttemptState, BatchId, CaseNo, Code, DeptId, Finding, Mode, Op, ReviewId, TaskId};
use std::collections::BTreeSet;

#[cfg(test)]
mod tests;

/// So many numbers are left out: nobody gives as many in the time that a ledger may have lost.
const JUMP: u64 = 1 << 20;
/// The same of a channel's numbers of one day, which begin anew with the next.
const JUMP_OF_DAY: u32 = 1_000;
/// The same where they are carried by hand: names for more than a hundred in one day are not to be had.
const JUMP_OF_DISKS: u32 = 40;
/// A hand-over that is wanted so long after the ledger was trusted again is news, milliseconds: 90 days, twice the longest
/// limit a matter has.
const REACH: i64 = 90 * 24 * 3_600_000;
/// Reasons for one doubt, at most: what is in doubt is not more so for another.
const REASONS: usize = 16;
/// Attempts named in one event.
const NAMED: usize = 1_000;
/// The form of cursors that is told, and the newest that is read.
const CURSOR_FORM: u32 = 1;
/// Hexadecimal digits of a chain head in a cursor.
const DIGITS: usize = 16;

/// A reason to doubt the ledger.
#[derive(Clone, PartialEq, Debug)]
pub struct Reason {
    /// What people are told.
    pub finding: Finding,
    /// By what the same reason is known again.
    pub mark: Option<String>,
    /// The last group that the other course has as well, where that is known.
    pub common: Option<u64>,
    /// A group that others have seen of the other course.
    pub seen: Option<u64>,
    /// The machine it was found on, where that is the reason.
    pub machine: Option<String>,
}

impl Reason {
    /// One of which no more is known.
    pub fn new(finding: Finding) -> Self {
        Self {
            finding,
            mark: None,
            common: None,
            seen: None,
            machine: None,
        }
    }
}

/// Where a ledger comes from: what was found when it was opened.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Origin {
    /// The machine, as a digest; absent where it says nothing of itself.
    pub machine: Option<String>,
    /// Reasons to doubt it.
    pub reasons: Vec<Reason>,
}

/// A machine by its id, which is nobody else's to know.
pub fn machine_digest(id: &str) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, format!("tanghulu machine {id}").as_bytes());
    digest.as_ref().get(..8).map(crate::projection::hex).unwrap_or_default()
}

/// What to say to those who want something to leave.
pub fn why(desk: &mut Desk<'_>) -> Option<Finding> {
    let doubt = desk.books().doubt();
    let codes: BTreeSet<&str> = doubt.findings.iter().map(|f| f.code.word()).collect();
    let codes: Vec<&str> = codes.into_iter().collect();
    (!doubt.is_trusted()).then(|| Finding::new(Code::LDoubt).with("why", codes.join(", ")))
}

/// Says no where the ledger is in doubt.
pub fn need_trust(desk: &mut Desk<'_>) -> Done {
    if desk.books().is_trusted() {
        return Ok(());
    }
    match why(desk) {
        Some(finding) => Err(finding.into()),
        None => Ok(()),
    }
}

/// Raises a doubt, unless it was raised before.
pub fn raise(desk: &mut Desk<'_>, reason: Reason) -> Done {
    let doubt = desk.books().doubt();
    let judged = reason.mark.as_deref().is_some_and(|mark| doubt.knows(mark));
    if judged || doubt.findings.contains(&reason.finding) || doubt.findings.len() >= REASONS {
        return Ok(());
    }
    let why = reason.finding.sentence(model::Lang::En);
    tracing::error!(code = %reason.finding.code, why, "there is a reason to doubt the ledger");
    let Reason {
        finding,
        mark,
        common,
        seen,
        machine,
    } = reason;
    desk.say(Event::LedgerDoubted {
        finding,
        mark,
        common,
        seen,
        machine,
    })?;
    Ok(())
}

/// Raises what was found when the ledger was opened.
pub fn at_start(desk: &mut Desk<'_>, origin: &Origin) -> Done {
    for reason in &origin.reasons {
        raise(desk, reason.clone())?;
    }
    let before = desk.books().doubt().machine;
    if let (Some(before), Some(now)) = (before, &origin.machine)
        && before != *now
    {
        let finding = Finding::new(Code::LMoved)
            .with("before", short(&before))
            .with("now", short(now));
        let common = Some(desk.books().last.group);
        let reason = Reason {
            common,
            machine: Some(now.clone()),
            ..Reason::new(finding)
        };
        raise(desk, reason)?;
    }
    for finding in desk.books().doubt().findings {
        let why = finding.sentence(model::Lang::En);
        tracing::error!(code = %finding.code, why, "the ledger is in doubt: nothing leaves");
    }
    Ok(())
}

fn short(text: &str) -> &str {
    text.get(..8).unwrap_or(text)
}

/// Places in the feed as they are told: group, entry, and a piece of the chain there. Older ones have no piece. Many that
/// follow each other stand in one group: its chain is read once.
#[derive(Default)]
pub struct Cursors(Option<(u64, Option<[u8; 32]>)>);

impl Cursors {
    /// The cursor behind an entry of the feed.
    pub fn of(&mut self, desk: &mut Desk<'_>, key: &str) -> Done<String> {
        let Some((group, _)) = parts(key) else {
            return Ok(key.to_owned());
        };
        let chain = match self.0 {
            Some((known, chain)) if known == group => chain,
            _ => desk.ledger.chain(group)?,
        };
        self.0 = Some((group, chain));
        Ok(chain.map_or_else(|| key.to_owned(), |chain| format!("{key}-{}", piece(&chain))))
    }
}

fn piece(chain: &[u8; 32]) -> String {
    crate::projection::hex(&chain[..DIGITS / 2])
}

/// Group and piece of a cursor that has our form.
fn parts(cursor: &str) -> Option<(u64, Option<&str>)> {
    let mut words = cursor.splitn(3, '-');
    let (group, entry, piece) = (words.next()?, words.next()?, words.next());
    let digits = |text: &str, n| text.len() == n && text.bytes().all(|b| b.is_ascii_digit());
    let ours = digits(group, 16) && digits(entry, 8) && piece.is_none_or(|p| p.len() == DIGITS);
    if ours { Some((group.parse().ok()?, piece)) } else { None }
}

/// The form of a cursor that a newer program told: `v2-…`. Ours begin with a digit.
fn later_form(cursor: &str) -> Option<u32> {
    let (form, _) = cursor.strip_prefix('v')?.split_once('-')?;
    form.parse().ok().filter(|form| *form > CURSOR_FORM)
}

/// From where the feed goes on for whoever has read up to this cursor. One that this ledger cannot have told says that
/// there is another course of it: then from where both are still the same.
pub fn go_on_after(desk: &mut Desk<'_>, since: &str) -> Done<String> {
    if let Some(found) = later_form(since) {
        let finding = Finding::new(Code::LNewer).with("found", found);
        return Err(finding.with("known", CURSOR_FORM).file("since").into());
    }
    let Some((group, piece_seen)) = parts(since) else {
        return Ok(since.to_owned());
    };
    // What was told was durable; what is decided in this group is not yet.
    desk.ledger.commit()?;
    let last = desk.books().last.group;
    let beyond = group > last;
    let chain = desk.ledger.chain(group)?.map(|chain| piece(&chain));
    let other = matches!((&chain, piece_seen), (Some(own), Some(seen)) if own != seen);
    if !beyond && !other {
        return Ok(since.to_owned());
    }
    let doubt = desk.books().doubt();
    if group > doubt.seen {
        let finding = if other { Code::LForked } else { Code::LOlder };
        let finding = Finding::new(finding)
            .with("who", "hub")
            .with("what", format!("cursor {group} > {last}"));
        // One that only went further says the same as before.
        let common = doubt.common.filter(|common| *common < group);
        let reason = Reason {
            mark: Some(format!("cursor {since}")),
            common,
            seen: Some(group),
            ..Reason::new(finding)
        };
        raise(desk, reason)?;
    }
    let common = desk.books().doubt().common.unwrap_or(0);
    let common = if common < group { common } else { 0 };
    Ok(format!("{common:016}-{:08}", 99_999_999))
}

/// An answer names a number of ours that was never given. One that only comes after all that were says that somebody
/// gave it; anything else is a slip of theirs. Where two nodes share a place, each comes upon answers to the other's
/// numbers: one that bears another name where ours bear this node's is none of ours, be it only a digit that differs.
pub fn never_given(desk: &mut Desk<'_>, dept: &DeptId, number: &str) -> Done {
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    if digits < 4 {
        return Ok(());
    }
    let form = |text: &str| text.replace(|c: char| c.is_ascii_digit(), "0");
    let node = desk.plan.rules.node.as_str();
    let of_node = |text: &str| !bears(text, node) || bears(number, node);
    let ours = |text: Option<String>| text.is_some_and(|text| form(&text) == form(number) && of_node(&text));
    let books = desk.books();
    if !ours(books.sent_after(dept, &form(number))) || ours(books.sent_after(dept, number)) {
        return Ok(());
    }
    let doubt = desk.books().doubt();
    // What was given in the time that was lost is answered by and by.
    let since = doubt.trusted.as_ref().filter(|t| t.first.is_some());
    let expected = since.is_some_and(|t| desk.now.saturating_sub(t.at) <= REACH);
    let said = |f: &Finding| f.code == Code::LOlder && f.arg("who") == Some(dept.as_str());
    if expected || doubt.findings.iter().any(said) {
        return Ok(());
    }
    let finding = Finding::new(Code::LOlder).with("who", dept).with("what", number);
    let reason = Reason {
        mark: Some(format!("number {dept} {number}")),
        ..Reason::new(finding)
    };
    raise(desk, reason)
}

/// Whether a node's name stands in a number, by itself and in whatever case.
fn bears(number: &str, node: &str) -> bool {
    let (number, node) = (number.to_ascii_lowercase(), node.to_ascii_lowercase());
    let mut at = number.match_indices(&node);
    let alone = |side: Option<&str>, at_end: bool| {
        let next = |s: &str| {
            if at_end {
                s.chars().next_back()
            } else {
                s.chars().next()
            }
        };
        side.and_then(next).is_none_or(|c| !c.is_ascii_alphanumeric())
    };
    !node.is_empty() && at.any(|(i, _)| alone(number.get(..i), true) && alone(number.get(i + node.len()..), false))
}

/// A person trusts the ledger again. How many attempts are open and nobody knows what became of.
pub fn trust(desk: &mut Desk<'_>, person: Person, reason: String, nothing_lost: bool) -> Done<usize> {
    if desk.books().is_trusted() {
        return no(Code::VState, "detail", "账本并未存疑 the ledger is not in doubt");
    }
    if nothing_lost {
        desk.say(Event::LedgerTrusted {
            person,
            reason,
            jump: None,
        })?;
        return Ok(0);
    }
    let count = doubt_open_attempts(desk)?;
    let counters = desk.books().counters;
    let mut seqs = Vec::new();
    let (plan, day) = (desk.plan, desk.today());
    for (dept, department) in &plan.depts {
        for channel in &department.ladder {
            let last = desk.books().channel(dept, &channel.name).last;
            let seq = last.filter(|(of, _)| *of == day).map_or(0, |(_, seq)| seq);
            let jump = match channel.mode {
                Mode::Disk => JUMP_OF_DISKS,
                _ => JUMP_OF_DAY,
            };
            seqs.push((dept.clone(), channel.name.clone(), seq + jump));
        }
    }
    let jump = Jump {
        batch: BatchId(counters.batch + JUMP),
        attempt: AttemptId(counters.attempt + JUMP),
        task: TaskId(counters.task + JUMP),
        review: ReviewId(counters.review + JUMP),
        day,
        seqs,
    };
    desk.say(Event::LedgerTrusted {
        person,
        reason,
        jump: Some(Box::new(jump)),
    })?;
    Ok(count)
}

/// What was open may have been settled, refused and sent again under another number: nobody can say.
fn doubt_open_attempts(desk: &mut Desk<'_>) -> Done<usize> {
    let mut prepared: Vec<(AttemptId, CaseNo)> = Vec::new();
    let mut open = Vec::new();
    for batch in desk.books().open_out() {
        let attempts = desk.books().out_batch(batch).map(|b| b.attempts.clone());
        for record in attempts.unwrap_or_default() {
            let case_no = record.key.case_no.clone();
            match crate::transition::settle::state_of(desk.books(), &record) {
                Some(AttemptState::Prepared) => {
                    prepared.push((record.id, case_no.clone()));
                    open.push((record.id, case_no));
                }
                Some(AttemptState::HandedOver) => open.push((record.id, case_no)),
                _ => {}
            }
        }
    }
    for (attempts, to) in [(&prepared, AttemptState::HandedOver), (&open, AttemptState::Unknown)] {
        for attempts in attempts.chunks(NAMED) {
            desk.room()?;
            desk.say(Event::AttemptsMoved {
                attempts: attempts.to_vec(),
                to,
                cause: Cause::Doubt,
            })?;
        }
    }
    Ok(open.len())
}

/// Whether a hand-over that is wanted now may have been made in the time that the ledger does not know.
///
/// It cannot have been where the case was not known then; where a person has looked and said that it was not; where
/// something of the same obligation was handed over since; or where something that must come before it was: for that
/// went only because it had not gone before, and so nothing that rests on it had.
pub fn may_have_gone(plan: &Plan, doubt: &Doubt, file: &CaseFile, o: &Obligation, due: i64) -> bool {
    let Some((trusted, first)) = doubt.trusted.as_ref().and_then(|t| Some((t, t.first?))) else {
        return false;
    };
    if file.case.opened_at > trusted.at || due.saturating_sub(trusted.at) > REACH {
        return false;
    }
    let made_since = |a: &Attempt| a.id >= first && (a.batch.is_some() || matches!(a.cause, Cause::Check { .. }));
    let looked = |a: &Attempt| {
        let said_no = a.state == AttemptState::Recalled && matches!(a.cause, Cause::Person { .. });
        said_no && a.since >= trusted.since
    };
    let known = |o: &Obligation| {
        let mut attempts = o.deliveries.iter().flat_map(|d| &d.attempts);
        attempts.any(|a| made_since(a) || looked(a))
    };
    if known(o) {
        return false;
    }
    // An answered 补正: its round rests on the one before.
    let earlier = |other: &&Obligation| other.matter == o.matter && other.round < o.round;
    if file.obligations.iter().filter(earlier).any(&known) {
        return false;
    }
    let rests_on = match plan.matter(&o.matter) {
        Some(matter) if matter.reports => {
            let about = o.deliveries.iter().filter_map(|d| d.about.as_ref());
            about.map(|about| about.matter.clone()).collect()
        }
        Some(matter) if applies(matter, &file.case.ent_class) => before(plan, &file.case.ent_class, matter),
        _ => BTreeSet::new(),
    };
    let on = |other: &&Obligation| rests_on.contains(&other.matter);
    !file.obligations.iter().filter(on).any(known)
}

/// An attempt that stands for the one that may have been made.
pub struct Stands {
    /// Whose.
    pub key: model::ObligationKey,
    /// Which delivery.
    pub n: u32,
    /// What it asks.
    pub op: Op,
    /// The one before it.
    pub parent: Option<AttemptId>,
}

/// Says of deliveries that they may have been handed over: a person looks before they are.
pub fn stand_in(desk: &mut Desk<'_>, channel: &str, all: Vec<Stands>) -> Done {
    for Stands { key, n, op, parent } in all {
        desk.room()?;
        let id = AttemptId(desk.books().counters.attempt);
        let attempt = ledger::event::NewAttempt {
            id,
            key,
            delivery: n,
            op,
            token: format!("{}-{}", desk.plan.rules.node.to_uppercase(), id.0),
            parent,
        };
        desk.say(Event::DeliveryDoubted {
            attempt,
            channel: channel.to_owned(),
        })?;
    }
    Ok(())
}
