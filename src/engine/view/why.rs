//! What a case waits for, since when, and when the next try is.

use crate::choreography::{Missing, missing};
use crate::command::Way;
use crate::desk::{Desk, Done, no};
use crate::plan::applies;
use crate::run::Shared;
use crate::runtime::{Runtime, Trouble};
use crate::view::codes::{ParkedLine, parked_for};
use crate::view::due::{Due, due};
use crate::view::trusted::{TrustedKeys, TrustedLine, trusted};
use crate::view::words::Words;
use ledger::case_file::{Attempt, Obligation};
use ledger::reviews::Review;
use model::{AttemptState, CaseNo, Code, DeptId, Finding};
use serde::{Deserialize, Serialize};

/// One matter and what it waits for.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct WhyLine {
    /// The matter.
    pub matter: String,
    /// What it waits for: `item`, `decision`, `stopped`, `agreement`, `turn`, `channel`, `receipt`, `person`, `settling`,
    /// `result`, `supplement`, `edit`, `code`, `review`; or `nothing`.
    pub waits_for: String,
    /// Which: an item, a matter, a channel, a person.
    pub what: String,
    /// With whom.
    pub with: String,
    /// Since when, milliseconds since 1970.
    pub since: Option<i64>,
    /// Next try, milliseconds since 1970.
    pub next: Option<i64>,
    /// What is wrong.
    pub finding: Option<Finding>,
    /// The host key that a person trusts on its channel in place of the configured one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trusted: Option<TrustedLine>,
}

/// The answer.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct WhyView {
    /// The case.
    pub case_no: String,
    /// One line per matter that applies.
    pub lines: Vec<WhyLine>,
    /// Why nothing leaves at all, where the ledger is in doubt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doubted: Option<Finding>,
}

/// Says what every applicable matter waits for.
pub fn why(desk: &mut Desk<'_>, shared: &Shared, runtime: &Runtime, case_no: &CaseNo) -> Done<WhyView> {
    let plan = desk.plan;
    let now = desk.now;
    let doubted = crate::doubt::why(desk);
    let parked = parked_for(desk, case_no);
    let keys = trusted(desk, shared);
    let mut lines: Vec<WhyLine> = parked.into_iter().map(row_parked).collect();
    let words = Words::about(desk, case_no);
    let Some(file) = desk.books().case(case_no) else {
        // A case whose first row waits for codes is not known yet, and is not lost.
        if lines.is_empty() {
            return no(Code::VNotFound, "what", case_no);
        }
        return Ok(WhyView {
            case_no: case_no.to_string(),
            lines,
            doubted,
        });
    };
    lines.extend(file.open_reviews().map(|r| asked(plan, r)));
    for matter in plan.matters() {
        let latest = file.latest(&matter.id);
        if latest.is_none() && (!applies(matter, &file.case.ent_class) || file.case.withdrawn.is_some()) {
            continue;
        }
        let line = |waits_for: &str, what: String, with: String| WhyLine {
            matter: matter.id.to_string(),
            waits_for: waits_for.to_owned(),
            what,
            with,
            since: None,
            next: None,
            finding: None,
            trusted: None,
        };
        match latest {
            Some(o) => lines.push(with_due(
                open(plan, shared, runtime, &keys, now, o, line),
                due(plan, &shared.calendar, now, file, o),
            )),
            None => {
                for missing in missing(plan, file, matter) {
                    lines.push(match missing {
                        Missing::Item(item, owner) => {
                            let with = owner.map_or_else(|| "hub".to_owned(), |m| m.to_string());
                            line("item", plan.dictionary.id(item).to_owned(), with)
                        }
                        Missing::Decision(before) => line("decision", before.to_string(), before.dept().to_string()),
                        Missing::Stopped(before) => line("stopped", before.to_string(), before.dept().to_string()),
                    });
                }
            }
        }
    }
    for line in &mut lines {
        line.finding = line.finding.as_ref().map(|f| words.finding(f));
        // A supplement is asked for in a department's own words.
        if line.waits_for == "supplement" {
            line.what = words.reason(&line.what);
        }
    }
    Ok(WhyView {
        case_no: case_no.to_string(),
        lines,
        doubted,
    })
}

/// A limit that nobody can count is said where nothing worse is.
fn with_due(mut line: WhyLine, due: Option<Due>) -> WhyLine {
    if line.finding.is_none() {
        line.finding = due.and_then(|due| due.finding);
    }
    line
}

/// The trouble of the ways by which a department's answers come.
fn deaf<'r>(plan: &crate::Plan, runtime: &'r Runtime, dept: &DeptId) -> Option<&'r Trouble> {
    let ladder = plan.dept(dept).map(|d| d.ladder.as_slice()).unwrap_or_default();
    let key = |name: &String| ((dept.clone(), name.clone()), Way::In);
    ladder
        .iter()
        .find_map(|channel| runtime.troubles.get(&key(&channel.name)))
}

/// A question to the source of an item.
fn asked(plan: &crate::Plan, review: &Review) -> WhyLine {
    let asked = &review.asked;
    let asker = asked.matter.as_ref().map_or(asked.asker.as_str(), |m| m.as_str());
    WhyLine {
        matter: asker.to_owned(),
        waits_for: "review".to_owned(),
        what: format!("{} ({})", plan.dictionary.id(asked.item), asked.review),
        with: asked
            .source
            .as_ref()
            .map_or_else(|| "hub".to_owned(), ToString::to_string),
        since: Some(review.at),
        next: None,
        finding: None,
        trusted: None,
    }
}

/// A row of this case that waits for codes.
fn row_parked(parked: ParkedLine) -> WhyLine {
    WhyLine {
        matter: parked.matter,
        waits_for: "code".to_owned(),
        what: format!("{} ({})", parked.codes.join(", "), parked.id),
        with: parked.dept,
        since: Some(parked.since),
        next: None,
        finding: None,
        trusted: None,
    }
}

fn open(
    plan: &crate::Plan,
    shared: &Shared,
    runtime: &Runtime,
    keys: &TrustedKeys,
    now: i64,
    o: &Obligation,
    line: impl Fn(&str, String, String) -> WhyLine,
) -> WhyLine {
    let dept = o.matter.dept();
    let with = dept.to_string();
    if o.ended.is_some() {
        return line("nothing", "ended".to_owned(), with);
    }
    let Some(last) = o.last_delivery() else {
        return line("nothing", String::new(), with);
    };
    // What follows waits for what went before it.
    let delivery = o
        .deliveries
        .iter()
        .find(|d| d.n < last.n && d.open_attempt().is_some())
        .unwrap_or(last);
    let here = |a: &Attempt| a.state == AttemptState::Prepared;
    let leaves = delivery.due.is_some() || delivery.open_attempt().is_some_and(here);
    if let Some(expired) = plan.expired(&dept, now).filter(|_| leaves) {
        let mut waits = line("agreement", String::new(), with);
        waits.since = Some(delivery.due.unwrap_or(o.opened_at));
        waits.finding = Some(expired);
        return waits;
    }
    if let Some(at) = delivery.due {
        let rung = plan.dept(&dept).and_then(|d| d.rung(&o.matter, delivery.op));
        let name = rung.map(|c| c.name.clone()).unwrap_or_default();
        let key = (dept, name.clone());
        let trouble = runtime.troubles.get(&(key.clone(), Way::Out));
        let next = rung
            .and_then(|c| crate::schedule::next_after(&c.out, now, plan.rules.offset_minutes, &shared.calendar))
            .unwrap_or(at);
        let mut waits = line(if trouble.is_some() { "channel" } else { "turn" }, name, with);
        waits.since = Some(trouble.map_or(at, |t| t.since));
        waits.next = trouble.map_or(Some(next.max(at)), |t| t.not_before);
        waits.trusted = keys.get(&key).cloned();
        waits.finding = trouble.map(|t| t.finding.clone());
        return waits;
    }
    if let Some(attempt) = delivery.open_attempt() {
        let (word, what) = match attempt.state {
            AttemptState::Prepared => ("person", attempt.channel.clone()),
            AttemptState::HandedOver if attempt.claim.is_some() => (
                "person",
                attempt
                    .claim
                    .as_ref()
                    .map(|c| c.person.name.clone())
                    .unwrap_or_default(),
            ),
            AttemptState::HandedOver => ("receipt", attempt.batch.map(|b| b.to_string()).unwrap_or_default()),
            _ => ("settling", attempt.id.to_string()),
        };
        let key = (dept.clone(), attempt.channel.clone());
        let out = runtime.troubles.get(&(key.clone(), Way::Out));
        let trouble = out.or_else(|| deaf(plan, runtime, &dept).filter(|_| word == "receipt"));
        let mut waits = line(word, what, with);
        waits.since = Some(attempt.since);
        waits.next = trouble.and_then(|t| t.not_before);
        waits.trusted = keys.get(&key).cloned();
        waits.finding = trouble.map(|t| t.finding.clone());
        return waits;
    }
    if delivery.is_parked() {
        let codes: Vec<String> = delivery
            .parked
            .iter()
            .map(|c| format!("{} {}", c.table, c.code))
            .collect();
        let mut waits = line("code", codes.join(", "), with);
        waits.since = delivery.attempts.last().map(|a| a.since);
        return waits;
    }
    if delivery.is_refused() {
        let attempt = delivery.attempts.last();
        let mut waits = line("edit", attempt.map(|a| a.id.to_string()).unwrap_or_default(), with);
        waits.since = attempt.map(|a| a.since);
        waits.finding = attempt.and_then(|a| match &a.cause {
            ledger::event::Cause::Check { findings } => findings.first().cloned(),
            _ => None,
        });
        return waits;
    }
    match &o.standing {
        Some(s) if s.standing.is_final() => line("nothing", s.standing.to_string(), with),
        Some(s) if s.standing == model::Standing::SupplementRequested => {
            let mut waits = line("supplement", s.reason.clone().unwrap_or_default(), "hub".to_owned());
            waits.since = Some(s.at);
            waits
        }
        waiting => {
            let said = waiting.as_ref();
            let mut waits = line("result", said.map(|s| s.standing.to_string()).unwrap_or_default(), with);
            waits.since = said.map(|s| s.at).or(delivery.attempts.last().map(|a| a.since));
            let trouble = deaf(plan, runtime, &dept);
            waits.next = trouble.and_then(|t| t.not_before);
            waits.finding = trouble.map(|t| t.finding.clone());
            waits
        }
    }
}
