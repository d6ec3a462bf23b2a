//! A department's result: it sets the standing, gives items, and proves that the hand-over arrived.

use crate::desk::{Desk, Done};
use crate::projection::hex;
use crate::transition::absorb::{News, Source, merge_result};
use crate::transition::{advance, forms, settle, withdraw};
use aws_lc_rs::digest::{SHA256, digest};
use ledger::Event;
use ledger::event::{Cause, Stray};
use model::{CaseNo, Code, Finding, Incoming, MatterId, ObligationKey, Standing};

/// One row of a result feed.
pub fn absorb(desk: &mut Desk<'_>, source: &Source<'_>, line: u64, incoming: &Incoming) -> Done<News> {
    let Some(case_no) = incoming.case_no.clone() else {
        return Ok(Err(Finding::new(Code::ERequired).with("column", "case_no")));
    };
    let Some(matter) = incoming.matter.clone().or_else(|| source.feed.matter.clone()) else {
        return Ok(Err(Finding::new(Code::ERequired).with("column", "matter")));
    };
    let Some(standing) = incoming.standing else {
        return Ok(Err(Finding::new(Code::ERequired).with("column", "status")));
    };
    apply(desk, source, line, &case_no, &matter, standing, incoming)
}

/// Sets a standing from a row, wherever the row came from.
pub fn apply(
    desk: &mut Desk<'_>,
    source: &Source<'_>,
    line: u64,
    case_no: &CaseNo,
    matter: &MatterId,
    standing: Standing,
    incoming: &Incoming,
) -> Done<News> {
    if desk.books().case(case_no).is_none() {
        stray(desk, source, line, None)?;
        return Ok(Err(Finding::new(Code::EUnknownCase)));
    }
    let Some((key, tried, last)) = desk.books().case(case_no).and_then(|file| {
        let o = file.latest(matter)?;
        let key = ObligationKey {
            case_no: case_no.clone(),
            matter: matter.clone(),
            round: o.round,
        };
        let tried = o.deliveries.iter().any(|d| !d.attempts.is_empty());
        Some((key, tried, o.standing.as_ref().map(|s| s.digest.clone())))
    }) else {
        stray(desk, source, line, Some(case_no))?;
        return Ok(Err(Finding::new(Code::EState).with("detail", "never asked")));
    };
    if !tried {
        stray(desk, source, line, Some(case_no))?;
        return Ok(Err(Finding::new(Code::EState).with("detail", "nothing was handed over")));
    }
    let said = said(standing, incoming);
    if last.as_deref() == Some(said.as_str()) {
        return Ok(Ok(false));
    }
    if desk.books().case(case_no).is_some_and(|file| file.erased.is_some()) {
        return Ok(Err(Finding::new(Code::EErased)));
    }
    if let Some(finding) = contradiction(desk, case_no, incoming) {
        stray_as(desk, source, line, Some(case_no), Stray::Contradiction)?;
        // The same file is a repeat for ever: what the two agree on is keyed.
        forms::open_somewhere(desk, &key)?;
        return Ok(Err(finding));
    }
    settle::prove(
        desk,
        &key,
        Cause::Result {
            batch: source.batch,
            line,
        },
    )?;
    if standing.is_positive() {
        merge_result(desk, source, line, &key, incoming)?;
    }
    desk.say(Event::StandingSet {
        key: key.clone(),
        standing,
        reason: incoming.reason.as_deref().map(str::to_owned),
        date: incoming.result_date.as_deref().map(str::to_owned),
        row: (source.batch, line),
        digest: said,
    })?;
    if standing.is_final() {
        settle::close_forms(desk, &key)?;
    }
    if standing.is_negative() {
        withdraw::close_successors(desk, &key)?;
    }
    advance::report(desk, &key)?;
    advance::advance(desk, case_no)?;
    Ok(Ok(true))
}

fn said(standing: Standing, incoming: &Incoming) -> String {
    let words = (standing, &incoming.items, &incoming.reason, &incoming.result_date);
    let text = serde_json::to_vec(&words).unwrap_or_default();
    hex(digest(&SHA256, &text).as_ref())
}

/// An item that must equal another one the case holds, and does not.
fn contradiction(desk: &mut Desk<'_>, case_no: &CaseNo, incoming: &Incoming) -> Option<Finding> {
    let plan = desk.plan;
    let file = desk.books().case(case_no)?;
    incoming.items.iter().find_map(|(no, value)| {
        let other = plan.dictionary.same_as(*no).find(|other| {
            file.case
                .items
                .get(other)
                .is_some_and(|held| !held.proposal && held.value != *value)
        })?;
        let name = |no| plan.dictionary.get(no).map(|d| d.zh.to_string()).unwrap_or_default();
        Some(
            Finding::new(Code::ECrossCheck)
                .with("column", name(*no))
                .with("other", name(other)),
        )
    })
}

fn stray(desk: &mut Desk<'_>, source: &Source<'_>, line: u64, case_no: Option<&CaseNo>) -> Done {
    stray_as(desk, source, line, case_no, Stray::Result)
}

fn stray_as(desk: &mut Desk<'_>, source: &Source<'_>, line: u64, case_no: Option<&CaseNo>, what: Stray) -> Done {
    let (dept, row) = (source.dept.clone(), (source.batch, line));
    desk.say(Event::Unmatched {
        dept,
        row,
        case_no: case_no.cloned(),
        what,
    })?;
    Ok(())
}
